//! The Merkle tree of RFC 6962, section 2.1, over hashes that arrive one at a time and are stored elsewhere.
//!
//! Leaves are numbered from 0. Node `(level, index)` is the root of the `2^level` leaves from `index * 2^level` on; a
//! node with all of its leaves is *complete*, and never changes again. Complete nodes of every eighth level are stored,
//! as in the tiles of C2SP's tlog-tiles; the levels between are computed from them.

use sha2::{Digest, Sha256};

/// SHA-256.
pub type Hash = [u8; 32];

/// Distance of stored levels.
pub const TILE: u32 = 8;
/// Nodes of the next stored level below a stored node.
pub const WIDTH: u64 = 1 << TILE;

/// `SHA-256(0x00 ‖ data)`.
pub fn leaf(data: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(data).finalize().into()
}

/// `SHA-256(0x01 ‖ left ‖ right)`.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of no leaves: the hash of nothing.
pub fn empty() -> Hash {
    Sha256::new().finalize().into()
}

/// A growing tree: the roots of its complete subtrees, the largest first.
#[derive(Clone, Default)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// A tree of `size` leaves, read from `source`.
    pub fn of<S: NodeReader>(source: &mut S, size: u64) -> Result<Frontier, S::Error> {
        let peaks = peaks(size).map(|(level, index)| complete(source, level, index)).collect::<Result<_, _>>()?;
        Ok(Frontier { size, peaks })
    }

    /// Leaves so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf, and passes each node above it that is now complete to `completed`: level, index and hash.
    pub fn push(&mut self, leaf: Hash, mut completed: impl FnMut(u32, u64, &Hash)) {
        let mut hash = leaf;
        for level in 1..=self.size.trailing_ones() {
            let left = self.peaks.pop().expect("a peak for each bit");
            hash = node(&left, &hash);
            completed(level, self.size >> level, &hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// Root of the leaves so far.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return empty() };
        peaks.fold(*last, |right, left| node(left, &right))
    }
}

/// Levels and indexes of the largest complete nodes that together cover the first `size` leaves, from left to right.
fn peaks(size: u64) -> impl Iterator<Item = (u32, u64)> {
    (0..u64::BITS).rev().filter(move |level| size >> level & 1 == 1).map(move |level| (level, (size >> level) - 1))
}

/// Storage of nodes.
pub trait NodeReader {
    /// Error if a hash cannot be read.
    type Error;
    /// A complete node of a stored level: 0 for leaves, 8, 16, …
    fn stored(&mut self, level: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// A complete node.
pub fn complete<S: NodeReader>(source: &mut S, level: u32, index: u64) -> Result<Hash, S::Error> {
    if level.is_multiple_of(TILE) {
        return source.stored(level, index);
    }
    let (left, right) = (complete(source, level - 1, index * 2)?, complete(source, level - 1, index * 2 + 1)?);
    Ok(node(&left, &right))
}

/// The root of leaves `start` to `end`, `end` not included, where `start` is a multiple of the smallest power of two
/// that is at least their number.
fn range<S: NodeReader>(source: &mut S, start: u64, end: u64) -> Result<Hash, S::Error> {
    let count = end - start;
    if count == 0 {
        return Ok(empty());
    }
    if count.is_power_of_two() {
        return complete(source, count.trailing_zeros(), start / count);
    }
    let middle = start + split(count);
    let (left, right) = (range(source, start, middle)?, range(source, middle, end)?);
    Ok(node(&left, &right))
}

/// The largest power of two below `count`, which is at least 2.
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

/// The root of the first `size` leaves.
pub fn root<S: NodeReader>(source: &mut S, size: u64) -> Result<Hash, S::Error> {
    range(source, 0, size)
}

/// The inclusion proof of a leaf in the tree of the first `size` leaves, from below: section 2.1.1.
///
/// # Panics
/// Unless `index < size`.
pub fn inclusion<S: NodeReader>(source: &mut S, index: u64, size: u64) -> Result<Vec<Hash>, S::Error> {
    assert!(index < size);
    let (mut start, mut end, mut path) = (0, size, Vec::new());
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            path.push(range(source, middle, end)?);
            end = middle;
        } else {
            path.push(range(source, start, middle)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The consistency proof between the trees of the first `old` and the first `new` leaves: section 2.1.2. Empty if they
/// are the same, or `old` is 0.
///
/// # Panics
/// Unless `old <= new`.
pub fn consistency<S: NodeReader>(source: &mut S, old: u64, new: u64) -> Result<Vec<Hash>, S::Error> {
    assert!(old <= new);
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let (mut start, mut end, mut path, mut whole) = (0, new, Vec::new(), true);
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            path.push(range(source, middle, end)?);
            end = middle;
        } else {
            path.push(range(source, start, middle)?);
            start = middle;
            whole = false;
        }
    }
    if !whole {
        path.push(range(source, start, end)?);
    }
    path.reverse();
    Ok(path)
}

/// Verifies an inclusion proof: RFC 9162, section 2.1.3.2.
pub fn includes(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node(sibling, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Verifies a consistency proof: RFC 9162, section 2.1.4.2.
pub fn extends(old: u64, old_root: &Hash, new: u64, new_root: &Hash, path: &[Hash]) -> bool {
    if old > new {
        return false;
    }
    if old == 0 {
        return path.is_empty() && *old_root == empty();
    }
    if old == new {
        return path.is_empty() && old_root == new_root;
    }
    let mut path = path.iter();
    let first = if old.is_power_of_two() { Some(old_root) } else { path.next() };
    let Some(first) = first else { return false };
    let (mut at, mut last) = (old - 1, new - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (mut was, mut is) = (*first, *first);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            was = node(sibling, &was);
            is = node(sibling, &is);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            is = node(&is, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && was == *old_root && is == *new_root
}
