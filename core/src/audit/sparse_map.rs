//! The verifiable map that each checkpoint commits to: from a *leaf index* to the log indexes of its rows.
//!
//! A leaf index is the keyed hash of a number, a prefix list or an external list. The database does not hold the key,
//! so the map does not reveal whose numbers it contains. It is a compact sparse Merkle tree over the bits of the leaf
//! indexes, the first bit at the root:
//!
//! * an empty subtree is `Empty`, with the hash of 32 zero bytes;
//! * a subtree with one leaf is that leaf, at whatever depth: `SHA-256(0x00 ‖ place ‖ n ‖ p1 ‖ … ‖ pn)`, where `place`
//!   is the leaf index, and the count and the log indexes are big-endian 64-bit integers, ascending;
//! * any other is `SHA-256(0x01 ‖ left ‖ right)`.
//!
//! The root depends only on the map's contents. An authentication path that ends in an empty subtree, or in another
//! leaf, is a non-membership proof.

use super::merkle_tree::Hash;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// Bytes of a leaf index.
pub const PLACE: usize = 16;
/// A leaf index of the map: a keyed hash of a name.
pub type Place = [u8; PLACE];

/// Bits of a leaf index.
const DEPTH: usize = PLACE * 8;

/// Depths whose nodes are stored, besides the root: one byte of the leaf index each.
pub const LAYERS: [usize; 2] = [8, 16];

const NOTHING: Hash = [0; 32];

/// `HMAC-SHA-256(key, name)`, its first 16 bytes; names are such as `phone:+14155550100`.
pub fn place(key: &[u8], name: &str) -> Place {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(name.as_bytes());
    mac.finalize().into_bytes()[..PLACE].try_into().expect("longer than a leaf index")
}

/// Distinguishes a key from any other without revealing it.
pub fn key_check(key: &[u8]) -> Hash {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(b"dnc state key");
    mac.finalize().into_bytes().into()
}

/// A leaf of the map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its leaf index.
    pub place: Place,
    /// Log indexes, ascending.
    pub positions: Vec<u64>,
}

impl Item {
    /// Its hash, as a leaf of the map.
    pub fn hash(&self) -> Hash {
        let mut hash = Sha256::new().chain_update([0]).chain_update(self.place);
        hash.update((self.positions.len() as u64).to_be_bytes());
        for position in &self.positions {
            hash.update(position.to_be_bytes());
        }
        hash.finalize().into()
    }
}

/// A subtree, reduced to what its parent needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// No leaf.
    Empty,
    /// One leaf.
    Leaf(Hash),
    /// Several leaves.
    Inner(Hash),
}

impl Node {
    /// Its hash; zeros if it is empty.
    pub fn hash(&self) -> Hash {
        match self {
            Node::Empty => NOTHING,
            Node::Leaf(hash) | Node::Inner(hash) => *hash,
        }
    }

    /// The parent of two sibling subtrees.
    pub fn above(left: Node, right: Node) -> Node {
        match (left, right) {
            (Node::Empty, one @ (Node::Empty | Node::Leaf(_))) | (one @ Node::Leaf(_), Node::Empty) => one,
            _ => Node::Inner(inner(&left.hash(), &right.hash())),
        }
    }
}

fn inner(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

fn bit(place: &Place, depth: usize) -> bool {
    place[depth / 8] >> (7 - depth % 8) & 1 == 1
}

/// The subtree at a depth over items that agree in all bits before it, ascending by leaf index.
pub fn subtree(items: &[Item], depth: usize) -> Node {
    match items {
        [] => Node::Empty,
        [one] => Node::Leaf(one.hash()),
        _ => {
            let middle = items.partition_point(|item| !bit(&item.place, depth));
            Node::above(subtree(&items[..middle], depth + 1), subtree(&items[middle..], depth + 1))
        }
    }
}

/// The subtree eight levels above these 256.
pub fn layer(nodes: &[Node]) -> Node {
    match nodes {
        [one] => *one,
        _ => {
            let (left, right) = nodes.split_at(nodes.len() / 2);
            Node::above(layer(left), layer(right))
        }
    }
}

/// The authentication path of a leaf index, which may be absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Hashes of the sibling subtrees, starting with the root's child.
    pub siblings: Vec<Hash>,
    /// The end of the path.
    pub end: End,
}

/// The end of an authentication path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// An empty subtree.
    Empty,
    /// The only leaf of the subtree: the one sought, or another that proves its absence.
    Item(Item),
}

/// Descends through these levels of a tree towards a leaf index, from a depth on; returns the end, if reached: an empty
/// subtree or a single leaf.
pub fn descend_layer(nodes: &[Node], place: &Place, depth: usize, siblings: &mut Vec<Hash>) -> Option<Node> {
    let whole = layer(nodes);
    if !matches!(whole, Node::Inner(_)) {
        return Some(whole);
    }
    if nodes.len() == 1 {
        return None;
    }
    let (left, right) = nodes.split_at(nodes.len() / 2);
    let (ours, other) = if bit(place, depth) { (right, left) } else { (left, right) };
    siblings.push(layer(other).hash());
    descend_layer(ours, place, depth + 1, siblings)
}

/// The same below the stored layers, from the items.
pub fn descend_items(items: &[Item], place: &Place, depth: usize, siblings: &mut Vec<Hash>) -> End {
    match items {
        [] => End::Empty,
        [one] => End::Item(one.clone()),
        _ => {
            let (left, right) = items.split_at(items.partition_point(|item| !bit(&item.place, depth)));
            let (ours, other) = if bit(place, depth) { (right, left) } else { (left, right) };
            siblings.push(subtree(other, depth + 1).hash());
            descend_items(ours, place, depth + 1, siblings)
        }
    }
}

/// The log indexes of a leaf index under this root, as the path proves them; empty for a non-membership proof. `None`
/// if the path is invalid.
pub fn proven(place: &Place, path: &Path, root: &Hash) -> Option<Vec<u64>> {
    let depth = path.siblings.len();
    if depth > DEPTH {
        return None;
    }
    let (mut hash, positions) = match &path.end {
        End::Empty => (NOTHING, Vec::new()),
        End::Item(item) => {
            // Another leaf proves absence only in the subtree in which this one would be.
            if (0..depth).any(|d| bit(&item.place, d) != bit(place, d)) {
                return None;
            }
            (item.hash(), if item.place == *place { item.positions.clone() } else { Vec::new() })
        }
    };
    for (depth, sibling) in path.siblings.iter().enumerate().rev() {
        hash = if bit(place, depth) { inner(sibling, &hash) } else { inner(&hash, sibling) };
    }
    (hash == *root).then_some(positions)
}
