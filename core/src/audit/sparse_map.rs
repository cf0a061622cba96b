//! The map that each seal commits to: from a *place* to the positions of the log that speak of it.
//!
//! A place is what a number, a prefix list or an external list becomes under a key that the database does not hold, so that the
//! map tells nobody whose numbers it has. It is a compact sparse Merkle tree over the bits of the places, the first bit at the
//! root:
//!
//! * a subtree without places is `Empty`, 32 bytes of 0 where its hash is asked for;
//! * a subtree with one place is that place's leaf, at whatever depth: `SHA-256(0x00 ‖ place ‖ n ‖ p1 ‖ … ‖ pn)`, the count and
//!   the positions as big-endian 64-bit integers, ascending;
//! * any other is `SHA-256(0x01 ‖ left ‖ right)`.
//!
//! The root depends on the map alone. A path that ends in nothing, or in the leaf of another place, proves that a place has no
//! positions at all.

use super::merkle_tree::Hash;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// Bytes of a place.
pub const PLACE: usize = 16;
/// Where a name is in the map: a keyed hash of it.
pub type Place = [u8; PLACE];

/// Bits of a place.
const DEPTH: usize = PLACE * 8;

/// Depths whose nodes are stored, beside the root: a byte of the place each.
pub const LAYERS: [usize; 2] = [8, 16];

const NOTHING: Hash = [0; 32];

/// `HMAC-SHA-256(key, name)`, its first 16 bytes; names are such as `phone:+14155550100`.
pub fn place(key: &[u8], name: &str) -> Place {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(name.as_bytes());
    mac.finalize().into_bytes()[..PLACE].try_into().expect("longer than a place")
}

/// What tells a key from any other without giving it away.
pub fn key_check(key: &[u8]) -> Hash {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(b"dnc state key");
    mac.finalize().into_bytes().into()
}

/// A place with the positions that speak of it, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Where it is in the map.
    pub place: Place,
    /// Leaf indexes of the log, ascending.
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

/// A subtree, as the one above it needs to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// It has no place.
    Empty,
    /// It has one place only.
    Leaf(Hash),
    /// It has several places.
    Inner(Hash),
}

impl Node {
    /// Its hash; zeros where it has no place.
    pub fn hash(&self) -> Hash {
        match self {
            Node::Empty => NOTHING,
            Node::Leaf(hash) | Node::Inner(hash) => *hash,
        }
    }

    /// The subtree of two that are beside each other.
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

/// The subtree at a depth over items that agree in all bits before it, ascending by place.
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

/// The way from the root to where a place is, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Hashes of the subtrees beside it, the root's child first.
    pub siblings: Vec<Hash>,
    /// What it ends in.
    pub end: End,
}

/// What a path through the map ends in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// A subtree without any place.
    Empty,
    /// The one item of the subtree: the place's own, or another that proves its absence.
    Item(Item),
}

/// Goes down these levels of a tree towards a place, from a depth on; true if the end was reached: nothing, or one place.
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

/// The same below the layers, where the items are at hand.
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

/// The positions of a place under this root, as the path proves them: empty for none. `None` if it proves nothing.
pub fn proven(place: &Place, path: &Path, root: &Hash) -> Option<Vec<u64>> {
    let depth = path.siblings.len();
    if depth > DEPTH {
        return None;
    }
    let (mut hash, positions) = match &path.end {
        End::Empty => (NOTHING, Vec::new()),
        End::Item(item) => {
            // Another place proves absence only where this one would have been found.
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
