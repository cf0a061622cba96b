//! `sql/install/audit/seal.sql`: the stored Merkle tree and verifiable map, and proofs from them.
//!
//! Leaf batches hold the leaves (never across a multiple of 256), `dnc.audit_node` the complete nodes of every eighth
//! level, `dnc.audit_place` the log indexes of each leaf of the map, and `dnc.audit_state` the map's layers, one
//! version per signed checkpoint that changed them.

use crate::keys;
use crate::sys::cursor::{Fetched, each, first};
use crate::sys::spi::connected;
use crate::sys::{self, Text};
use crate::{error, settings};
use dnc_core::audit::merkle_tree::{self, Hash, NodeReader};
use dnc_core::audit::sparse_map::{self, End, Item, Node, PLACE, Path, Place};
use dnc_core::audit::{checkpoint, commitment};
use pgrx::prelude::*;
use std::collections::HashMap;

/// Name of the key that maps numbers to leaf indexes.
pub const STATE_KEY: &str = "state";

/// Tiles cached: a proof reads at most a dozen.
const REMEMBERED: usize = 64;

/// A node that is not stored although the tree must have it.
pub struct Missing {
    pub level: u32,
    pub index: u64,
}

impl Missing {
    pub fn raise(self) -> ! {
        error::tree_is_broken(self.level, self.index)
    }
}

/// The stored tree. Use while connected to SPI.
pub struct Stored {
    /// Whether it is read under the active snapshot; otherwise under one that sees what this transaction has written.
    read_only: bool,
    tiles: HashMap<(u32, u64), Vec<Option<Hash>>>,
}

impl Stored {
    pub fn new(read_only: bool) -> Stored {
        Stored { read_only, tiles: HashMap::new() }
    }

    fn tile(&mut self, level: u32, tile: u64) -> &[Option<Hash>] {
        if !self.tiles.contains_key(&(level, tile)) {
            if self.tiles.len() >= REMEMBERED {
                self.tiles.clear();
            }
            let (from, to) = (tile * merkle_tree::WIDTH, (tile + 1) * merkle_tree::WIDTH);
            let query = if level == 0 {
                format!("SELECT first, leaves FROM dnc.audit_run WHERE first >= {from} AND first < {to} ORDER BY first")
            } else {
                format!(
                    "SELECT index, hash FROM dnc.audit_node WHERE level = {level} AND index >= {from} AND index < {to} ORDER BY index"
                )
            };
            let mut nodes = vec![None; merkle_tree::WIDTH as usize];
            each(&query, self.read_only, |row| {
                let first = row.int(1) as u64 - from;
                for (n, hash) in row.bytes(2).chunks_exact(32).enumerate() {
                    if let Some(place) = nodes.get_mut(first as usize + n) {
                        *place = hash.try_into().ok();
                    }
                }
            });
            self.tiles.insert((level, tile), nodes);
        }
        &self.tiles[&(level, tile)]
    }
}

impl NodeReader for Stored {
    type Error = Missing;
    fn stored(&mut self, level: u32, index: u64) -> Result<Hash, Missing> {
        let (tile, place) = (index / merkle_tree::WIDTH, (index % merkle_tree::WIDTH) as usize);
        self.tile(level, tile)[place].ok_or(Missing { level, index })
    }
}

/// `dnc.tree_root(size)`: the root of the first `size` leaves.
#[pg_extern(sql = false)]
fn dnc_tree_root(size: i64) -> Vec<u8> {
    connected(sys::owner(), || merkle_tree::root(&mut Stored::new(true), size as u64).unwrap_or_else(|m| m.raise()))
        .to_vec()
}

/// `dnc.tree_path(position, size)`: the inclusion proof of a leaf in the tree of the first `size` leaves.
#[pg_extern(sql = false)]
fn dnc_tree_path(position: i64, size: i64) -> Vec<Vec<u8>> {
    if position < 0 || position >= size {
        error::not_in_tree(position, size);
    }
    let path = connected(sys::owner(), || merkle_tree::inclusion(&mut Stored::new(true), position as u64, size as u64));
    path.unwrap_or_else(|m| m.raise()).iter().map(|h| h.to_vec()).collect()
}

/// `dnc.tree_growth(old, new)`: the consistency proof between the trees of `old` and of `new` leaves.
#[pg_extern(sql = false)]
fn dnc_tree_growth(old: i64, new: i64) -> Vec<Vec<u8>> {
    if old < 0 || old > new {
        error::not_in_tree(old, new);
    }
    let path = connected(sys::owner(), || merkle_tree::consistency(&mut Stored::new(true), old as u64, new as u64));
    path.unwrap_or_else(|m| m.raise()).iter().map(|h| h.to_vec()).collect()
}

/// `dnc.log_text(…)`: the canonical bytes of a log row, whose hash is its leaf.
#[pg_extern(sql = false)]
#[allow(clippy::too_many_arguments)]
fn dnc_log_text(
    seq: i64,
    relation: Text,
    operation: Text,
    row_key: Text,
    logged_at: TimestampWithTimeZone,
    session_role: Text,
    effective_role: Text,
    actor: Option<Text>,
    commitment: &[u8],
) -> String {
    let commitment: Hash = commitment.try_into().unwrap_or([0; 32]);
    commitment::LogRow {
        seq,
        relation: &relation.to_utf8(),
        operation: &operation.to_utf8(),
        row_key: &row_key.to_utf8(),
        logged_at: logged_at.into_inner(),
        session_role: &session_role.to_utf8(),
        effective_role: &effective_role.to_utf8(),
        actor: actor.as_ref().map(|a| a.to_utf8()).as_deref(),
        commitment: &commitment,
    }
    .text()
}

/// The columns of `dnc.seal` that [`seal_row`] reads.
pub const SEAL_COLUMNS: &str = "seal_id, origin, tree_size, rows, sealed_at, complete_to, sealed_by, state_size, state_root, state_key, loaded_rows, accepted";

/// A row of [`SEAL_COLUMNS`].
pub fn seal_row(row: &Fetched) -> commitment::SealRow {
    let state = (!row.is_null(8)).then(|| commitment::StateRow {
        size: row.int(8),
        root: row.hash(9).unwrap_or_default(),
        key_check: row.hash(10).unwrap_or_default(),
    });
    commitment::SealRow {
        seal: row.int(1),
        origin: row.text(2).unwrap_or_default(),
        tree_size: row.int(3),
        rows: row.int(4),
        sealed_at: row.int(5),
        complete_to: row.int(6),
        sealed_by: row.text(7).unwrap_or_default(),
        state,
        loaded_rows: row.int(11),
        accepted: row.text(12),
    }
}

/// `dnc.seal_text(seal)`: the canonical bytes of a checkpoint, whose hash is the last of its leaves.
#[pg_extern(sql = false)]
fn dnc_seal_text(seal: i64) -> Option<String> {
    let query = format!("SELECT {SEAL_COLUMNS} FROM dnc.seal WHERE seal_id = {seal}");
    connected(sys::owner(), || first(&query, true, |row| seal_row(row).text()))
}

/// The signing key, named as in the setting.
fn signing_key() -> [u8; checkpoint::SEED] {
    let name = settings::seal_key();
    keys::with_key(&name, |key| seed(&name, key))
}

/// A key as a seed; raises an error if it has another length.
pub fn seed(name: &str, key: &[u8]) -> [u8; checkpoint::SEED] {
    key.try_into().unwrap_or_else(|_| error::key_length(name, checkpoint::SEED, key.len()))
}

/// `dnc.note_line(text, name)`: the signature of a text, as a line of a signed note.
#[pg_extern(sql = false)]
fn dnc_note_line(text: Text, name: Text) -> String {
    checkpoint::sign(&text.to_utf8(), &name.to_utf8(), &signing_key())
}

/// `dnc.note_key(name)`: the public key, in the format of note verifiers.
#[pg_extern(sql = false)]
fn dnc_note_key(name: Text) -> String {
    checkpoint::public(&name.to_utf8(), &signing_key())
}

/// `dnc.place(name)`: the leaf index of a name in the map.
#[pg_extern(sql = false)]
fn dnc_place(name: Text) -> Vec<u8> {
    keys::with_key(STATE_KEY, |key| sparse_map::place(key, &name.to_utf8()).to_vec())
}

/// A layer's 256 nodes below a prefix, as of a checkpoint.
pub fn nodes(layer: usize, prefix: u64, seal: i64, read_only: bool) -> Vec<Node> {
    let mut nodes = vec![Node::Empty; 256];
    let (from, to) = (prefix << 8, (prefix << 8) + 255);
    let query = format!(
        "SELECT p.prefix - {from}, s.single, s.hash FROM pg_catalog.generate_series({from}, {to}) AS p (prefix)
         CROSS JOIN LATERAL (SELECT s.single, s.hash FROM dnc.audit_state AS s WHERE s.layer = {layer} AND s.prefix = p.prefix AND s.seal_id <= {seal} ORDER BY s.seal_id DESC LIMIT 1) AS s"
    );
    each(&query, read_only, |row| {
        let hash = row.hash(3).unwrap_or_default();
        nodes[row.int(1) as u32 as usize & 255] = if row.bool(2) { Node::Leaf(hash) } else { Node::Inner(hash) };
    });
    nodes
}

/// The items from one leaf index to another, both included, with their log indexes below `size`.
pub fn items(from: &Place, to: &Place, size: i64, read_only: bool) -> Vec<Item> {
    let hex = dnc_core::audit::canonical::hex;
    let query = format!(
        "SELECT place, position FROM dnc.audit_place WHERE place >= '\\x{}' AND place <= '\\x{}' AND position < {size} ORDER BY place, position",
        hex(from),
        hex(to)
    );
    let mut items: Vec<Item> = Vec::new();
    each(&query, read_only, |row| {
        let (place, position) = (row.bytes(1), row.int(2) as u64);
        match items.last_mut() {
            Some(last) if last.place[..] == place[..] => last.positions.push(position),
            _ => {
                if let Ok(place) = place.try_into() {
                    items.push(Item { place, positions: vec![position] });
                }
            }
        }
    });
    items
}

/// The first and the last leaf index that share this many bits with `place`.
fn around(place: &Place, bits: usize) -> (Place, Place) {
    let mask = if bits == 0 { 0 } else { u128::MAX << (128 - bits) };
    let at = u128::from_be_bytes(*place);
    ((at & mask).to_be_bytes(), (at | !mask).to_be_bytes())
}

/// The authentication path of a leaf index in the map of a checkpoint that covers log indexes below `size`.
fn path(place: &Place, seal: i64, size: i64) -> Path {
    let mut siblings = Vec::new();
    let mut reached = sparse_map::descend_layer(&nodes(1, 0, seal, true), place, 0, &mut siblings);
    if reached.is_none() {
        reached = sparse_map::descend_layer(&nodes(2, u64::from(place[0]), seal, true), place, 8, &mut siblings);
    }
    let end = match reached {
        Some(Node::Empty) => End::Empty,
        Some(_) => {
            let (from, to) = around(place, siblings.len());
            items(&from, &to, size, true).pop().map_or(End::Empty, End::Item)
        }
        None => {
            let (from, to) = around(place, sparse_map::LAYERS[1]);
            sparse_map::descend_items(&items(&from, &to, size, true), place, sparse_map::LAYERS[1], &mut siblings)
        }
    };
    Path { siblings, end }
}

/// `dnc.state_path(place, seal, size, root)`: the authentication path of a leaf index in a checkpoint's map: sibling
/// hashes, and the leaf index at its end, with its log indexes. Raises an error if it does not lead to the root.
#[pg_extern(sql = false)]
#[allow(clippy::type_complexity)]
fn dnc_state_path(
    place: &[u8],
    seal: i64,
    size: i64,
    root: &[u8],
) -> TableIterator<'static, (name!(siblings, Vec<Vec<u8>>), name!(ends_in, Option<Vec<u8>>), name!(positions, Vec<i64>))>
{
    let place: Place = place.try_into().unwrap_or([0; PLACE]);
    let root: Hash = root.try_into().unwrap_or_default();
    let path = connected(sys::owner(), || path(&place, seal, size));
    if sparse_map::proven(&place, &path, &root).is_none() {
        error::map_is_broken(seal);
    }
    let siblings = path.siblings.iter().map(|s| s.to_vec()).collect();
    let (ends_in, positions) = match path.end {
        End::Empty => (None, Vec::new()),
        End::Item(item) => (Some(item.place.to_vec()), item.positions.into_iter().map(|p| p as i64).collect()),
    };
    TableIterator::once((siblings, ends_in, positions))
}
