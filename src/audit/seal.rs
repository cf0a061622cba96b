//! `sql/install/audit/seal.sql`: appends log rows to the Merkle tree under a new signed checkpoint.
//!
//! Rows are appended in the order of (transaction, log sequence number), and only those of transactions that ended
//! before any running one began: below the xmin of the snapshot under which they are read. So no later row can sort
//! before them, and no writer waits. Rows from outside, as from a restore, carry other clusters' transaction ids and
//! are appended only if the caller gives a reason.

use crate::audit::proof::{self, STATE_KEY, Stored};
use crate::audit::trigger::writing;
use crate::keys;
use crate::sys::cursor::{each, first};
use crate::sys::spi::{Statement, connected};
use crate::sys::{self, Text, row::text_datum};
use crate::{error, settings};
use dnc_core::audit::commitment::{SealRow, StateRow};
use dnc_core::audit::merkle_tree::{self, Frontier, Hash};
use dnc_core::audit::sparse_map::{self, Item, Node, PLACE, Place};
use dnc_core::audit::{checkpoint, subject};
use pgrx::prelude::*;
use pgrx::{IntoDatum, pg_sys};
use std::collections::BTreeSet;

/// Log rows between two progress messages.
const REPORT_EVERY: u64 = 1_000_000;
/// Map leaves written at once.
const PLACES_AT_ONCE: usize = 50_000;
/// From this many changed groups of the 65,536 on, the whole map is read in one pass.
const MANY_GROUPS: usize = 4096;
/// The map is updated at once if it lacks this part of the log (one in …),
const FOLD_PART: i64 = 16;
/// and at the latest after this many microseconds.
const FOLD_AFTER: i64 = 3_600_000_000;

thread_local! {
    static RUN: Statement = const {
        Statement::new(
            c"INSERT INTO dnc.audit_run (first, seal_id, seqs, leaves, least_seq, most_seq) VALUES ($1, $2, $3, $4, $5, $6)",
            &[pg_sys::INT8OID, pg_sys::INT8OID, pg_sys::INT8ARRAYOID, pg_sys::BYTEAOID, pg_sys::INT8OID, pg_sys::INT8OID],
        )
    };
    static NODE: Statement = const {
        Statement::new(
            c"INSERT INTO dnc.audit_node (level, index, hash) VALUES ($1, $2, $3)",
            &[pg_sys::INT4OID, pg_sys::INT8OID, pg_sys::BYTEAOID],
        )
    };
    static PLACES: Statement = const {
        Statement::new(
            c"INSERT INTO dnc.audit_place (place, position) SELECT pg_catalog.substring($1, (16 OPERATOR(pg_catalog.*) x.n OPERATOR(pg_catalog.-) 15)::integer, 16), x.p FROM ROWS FROM (pg_catalog.unnest($2)) WITH ORDINALITY AS x (p, n)",
            &[pg_sys::BYTEAOID, pg_sys::INT8ARRAYOID],
        )
    };
    static STATE: Statement = const {
        Statement::new(
            c"INSERT INTO dnc.audit_state (layer, prefix, seal_id, single, hash) VALUES ($1, $2, $3, $4, $5)",
            &[pg_sys::INT4OID, pg_sys::INT4OID, pg_sys::INT8OID, pg_sys::BOOLOID, pg_sys::BYTEAOID],
        )
    };
    static SEAL: Statement = const {
        Statement::new(
            c"INSERT INTO dnc.seal (seal_id, origin, tree_size, rows, root, sealed_at, complete_to, sealed_by, state_size, state_root, state_key, loaded_rows, accepted, signature, horizon, next_xid)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::text::xid8, $16::text::xid8)",
            &[
                pg_sys::INT8OID, pg_sys::TEXTOID, pg_sys::INT8OID, pg_sys::INT8OID, pg_sys::BYTEAOID, pg_sys::TIMESTAMPTZOID,
                pg_sys::TIMESTAMPTZOID, pg_sys::TEXTOID, pg_sys::INT8OID, pg_sys::BYTEAOID, pg_sys::BYTEAOID, pg_sys::INT8OID,
                pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TEXTOID,
            ],
        )
    };
}

/// `dnc.seal_now(state, quiet, accept, origin, by)`: makes a signed checkpoint and returns its id. If there are no new
/// rows and the last one is younger than `quiet` microseconds, returns that one's id; 0 if there is none. The caller
/// holds the lock on `dnc.seal`.
#[pg_extern(sql = false)]
fn dnc_seal_now(fold: Option<bool>, quiet: i64, accept: Option<Text>, origin: Text, by: Text) -> i64 {
    let accept = accept.map(|a| a.to_utf8().into_owned());
    connected(sys::owner(), || seal(fold, quiet, accept, origin.to_utf8().into_owned(), by.to_utf8().into_owned()))
}

/// State at the start of a checkpoint.
struct Start {
    last: Option<SealRow>,
    /// Clock before anything was read: rows logged from now on may be missing.
    at: i64,
    /// Transactions from this id on began later.
    next_xid: u64,
    /// The oldest-xmin cutoff: all transactions before it have ended.
    horizon: u64,
    /// Transactions before this id are in the tree, according to the newest checkpoint made here, whose id is `own`; 0
    /// for none.
    sealed: u64,
    own: i64,
}

fn seal(fold: Option<bool>, quiet: i64, accept: Option<String>, origin: String, by: String) -> i64 {
    // SAFETY: plain calls.
    let (at, next_xid) = (sys::clock(), sys::xact::next_id());
    sys::with_snapshot(|| {
        let last = first(
            &format!("SELECT {} FROM dnc.seal ORDER BY seal_id DESC LIMIT 1", proof::SEAL_COLUMNS),
            true,
            proof::seal_row,
        );
        let number = |query: &str| first(query, true, |row| row.int(1));
        let horizon =
            number("SELECT pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())").unwrap_or(0) as u64;
        let own = "SELECT horizon, seal_id FROM dnc.seal WHERE NOT loaded ORDER BY seal_id DESC LIMIT 1";
        let (sealed, own) = first(own, true, |row| (row.int(1) as u64, row.int(2))).unwrap_or((0, 0));
        if own > 0 && last.as_ref().is_some_and(|last| last.seal != own) {
            error::seals_by_hand(own);
        }
        let start = Start { last, at, next_xid, horizon, sealed, own };
        Sealing::begin(start, accept).run(fold, quiet, origin, by)
    })
}

/// A checkpoint being made.
struct Sealing {
    start: Start,
    accept: Option<String>,
    id: i64,
    frontier: Frontier,
    /// The leaves of the unwritten leaf batch, and their log sequence numbers: 0 for a checkpoint's own leaf.
    seqs: Vec<i64>,
    leaves: Vec<u8>,
    rows: u64,
}

impl Sealing {
    fn begin(start: Start, accept: Option<String>) -> Sealing {
        let (id, size) = start.last.as_ref().map_or((0, 0), |s| (s.seal, s.tree_size as u64));
        let frontier = Frontier::of(&mut Stored::new(true), size).unwrap_or_else(|m| m.raise());
        Sealing { start, accept, id: id + 1, frontier, seqs: Vec::new(), leaves: Vec::new(), rows: 0 }
    }

    fn run(mut self, fold: Option<bool>, quiet: i64, origin: String, by: String) -> i64 {
        let ended = format!(
            "NOT x.loaded AND x.xid >= '{}'::xid8 AND x.xid < '{}'::xid8",
            self.start.sealed, self.start.horizon
        );
        let last_is_ours = self.start.last.as_ref().is_none_or(|s| s.seal == self.start.own);
        self.take(&if last_is_ours {
            format!("SELECT x.seq, x.row_hash FROM dnc.audit_log AS x WHERE {ended} ORDER BY x.xid, x.seq")
        } else {
            // The checkpoints were restored, and the transaction ids of their rows are those of another cluster.
            unsealed(&ended, "l.xid, l.seq")
        });
        let own = self.rows;
        if self.accept.is_some() {
            // 0 stands for a checkpoint's own leaf; the triggers number from 1.
            self.take(&unsealed("x.loaded AND x.seq <> 0", "l.seq"));
        }
        let (rows, loaded_rows) = (self.rows as i64, (self.rows - own) as i64);
        self.write_run();
        let size = self.frontier.size() as i64;
        let earlier = self.start.last.as_ref().and_then(|s| s.state.clone());
        let folded = earlier.as_ref().map_or(0, |s| s.size);
        // A checkpoint's own leaf concerns no number.
        let lacks = if rows > 0 || self.start.last.is_none() { size - folded } else { (size - folded - 1).max(0) };
        let behind = lacks > 0 || earlier.is_none();
        let due = self.start.last.as_ref().is_none_or(|s| s.sealed_at <= self.start.at.saturating_sub(quiet));
        if rows == 0 && !due && !(fold == Some(true) && behind) {
            return self.start.last.map_or(0, |s| s.seal);
        }
        let state = match state_key(fold == Some(true)) {
            Some(key) if fold == Some(true) => Some(self.fold(&key, earlier.as_ref(), size)),
            // The log is sealed nevertheless.
            Some(key) if earlier.as_ref().is_some_and(|s| s.key_check != sparse_map::key_check(&key)) => {
                pgrx::warning!("the key \"{STATE_KEY}\" is not the one used before: the map is not brought up to date");
                earlier
            }
            Some(key) if fold.is_none() && self.fold_is_due(earlier.as_ref(), size) => {
                Some(self.fold(&key, earlier.as_ref(), size))
            }
            _ => earlier,
        };
        let seal = SealRow {
            seal: self.id,
            origin: self.start.last.as_ref().map_or(origin, |s| s.origin.clone()),
            tree_size: size + 1,
            rows,
            sealed_at: self.start.at,
            complete_to: self.complete_to(),
            sealed_by: by,
            state,
            loaded_rows,
            accepted: self.accept.clone().filter(|_| loaded_rows > 0),
        };
        self.push(0, seal.hash());
        self.write_run();
        let root = self.frontier.root();
        write_seal(&seal, &root, &self.start);
        seal.seal
    }

    /// Appends the rows of a query (log sequence number and hash) to the tree.
    fn take(&mut self, query: &str) {
        each(query, true, |row| {
            let Some(hash) = row.hash(2) else { return };
            self.push(row.int(1), hash);
            self.rows += 1;
            if self.rows.is_multiple_of(REPORT_EVERY) {
                pgrx::notice!("sealing: {} rows", self.rows);
            }
        });
    }

    fn push(&mut self, seq: i64, leaf: Hash) {
        self.seqs.push(seq);
        self.leaves.extend(leaf);
        self.frontier.push(leaf, |level, index, hash| {
            if level.is_multiple_of(merkle_tree::TILE) {
                NODE.with(|s| {
                    s.run(&[(level as i32).into_datum(), (index as i64).into_datum(), (&hash[..]).into_datum()], false)
                });
            }
        });
        if self.frontier.size().is_multiple_of(merkle_tree::WIDTH) {
            self.write_run();
        }
    }

    fn write_run(&mut self) {
        if self.seqs.is_empty() {
            return;
        }
        let first = self.frontier.size() as i64 - self.seqs.len() as i64;
        let rows = || self.seqs.iter().copied().filter(|seq| *seq != 0);
        let run = [
            first.into_datum(),
            self.id.into_datum(),
            self.seqs.clone().into_datum(),
            (&self.leaves[..]).into_datum(),
            rows().min().and_then(IntoDatum::into_datum),
            rows().max().and_then(IntoDatum::into_datum),
        ];
        RUN.with(|s| s.run(&run, false));
        self.seqs.clear();
        self.leaves.clear();
    }

    /// The time before which every row was logged by a transaction that is now in the tree: the time of the last
    /// checkpoint, this one included, whose earlier transactions have all ended.
    fn complete_to(&self) -> i64 {
        if self.start.next_xid <= self.start.horizon {
            return self.start.at;
        }
        let query = format!(
            "SELECT sealed_at FROM dnc.seal WHERE NOT loaded AND next_xid <= '{}'::xid8 ORDER BY seal_id DESC LIMIT 1",
            self.start.horizon
        );
        let before = self.start.last.as_ref().map_or(i64::MIN, |s| s.complete_to);
        first(&query, true, |row| row.int(1)).map_or(before, |at| at.max(before))
    }

    /// Whether the map lacks enough rows, or has lacked rows for long enough, to be updated.
    fn fold_is_due(&self, earlier: Option<&StateRow>, size: i64) -> bool {
        let Some(earlier) = earlier else { return true };
        if (size - earlier.size).saturating_mul(FOLD_PART) >= size {
            return true;
        }
        let query = format!("SELECT sealed_at FROM dnc.seal WHERE tree_size = {}", earlier.size + 1);
        first(&query, true, |row| row.int(1)).is_none_or(|at| at <= self.start.at - FOLD_AFTER)
    }

    /// Adds to the map what it lacks of the first `size` log indexes.
    fn fold(&self, key: &[u8], earlier: Option<&StateRow>, size: i64) -> StateRow {
        let key_check = sparse_map::key_check(key);
        if earlier.is_some_and(|s| s.key_check != key_check) {
            error::another_key(STATE_KEY);
        }
        let from = earlier.map_or(0, |s| s.size);
        let mut changed: BTreeSet<u16> = BTreeSet::new();
        let mut places: Vec<(Place, i64)> = Vec::new();
        each(&payloads(from, size), false, |row| {
            let (before, after) = (row.text(3), row.text(4));
            let names = subject::names(&row.text(2).unwrap_or_default(), before.as_deref(), after.as_deref());
            places.extend(names.iter().map(|name| (sparse_map::place(key, name), row.int(1))));
            if places.len() >= PLACES_AT_ONCE {
                write_places(&mut places, &mut changed);
            }
        });
        write_places(&mut places, &mut changed);
        let root = self.refold(&changed, size);
        StateRow { size, root, key_check }
    }

    /// Writes the nodes above the changed groups; returns the root.
    fn refold(&self, changed: &BTreeSet<u16>, size: i64) -> Hash {
        if changed.len() >= MANY_GROUPS {
            // By the first byte of the leaf index, so that only a part of the map is in memory.
            for part in 0..256u32 {
                pgrx::check_for_interrupts!();
                let (from, to) = ((part as u128) << 120, ((part as u128) << 120) | (u128::MAX >> 8));
                let items = proof::items(&from.to_be_bytes(), &to.to_be_bytes(), size, false);
                for group in items.chunk_by(|a, b| a.place[1] == b.place[1]) {
                    self.write_group(group);
                }
            }
        } else {
            for group in changed {
                pgrx::check_for_interrupts!();
                let (from, to) = (u128::from(*group) << 112, (u128::from(*group) << 112) | (u128::MAX >> 16));
                self.write_group(&proof::items(&from.to_be_bytes(), &to.to_be_bytes(), size, false));
            }
        }
        let above: BTreeSet<u16> = changed.iter().map(|group| group >> 8).collect();
        for part in above {
            let node = sparse_map::layer(&proof::nodes(2, u64::from(part), self.id, false));
            self.write_node(1, i32::from(part), node);
        }
        sparse_map::layer(&proof::nodes(1, 0, self.id, false)).hash()
    }

    fn write_group(&self, items: &[Item]) {
        if let [first, ..] = items {
            let prefix = u16::from_be_bytes([first.place[0], first.place[1]]);
            self.write_node(2, i32::from(prefix), sparse_map::subtree(items, sparse_map::LAYERS[1]));
        }
    }

    fn write_node(&self, layer: i32, prefix: i32, node: Node) {
        let single = matches!(node, Node::Leaf(_));
        let row = [
            layer.into_datum(),
            prefix.into_datum(),
            self.id.into_datum(),
            single.into_datum(),
            (&node.hash()[..]).into_datum(),
        ];
        STATE.with(|s| s.run(&row, false));
    }
}

/// Log rows (log sequence number and hash) in no leaf batch, whatever their transaction.
fn unsealed(which: &str, order: &str) -> String {
    format!(
        "SELECT l.seq, l.row_hash FROM dnc.audit_log AS l JOIN (SELECT x.seq FROM dnc.audit_log AS x WHERE {which}
         EXCEPT SELECT pg_catalog.unnest(r.seqs) FROM dnc.audit_run AS r) AS n ON n.seq = l.seq ORDER BY {order}"
    )
}

/// Rows with data by log index, from one (included) to another (excluded): relation, before and after.
pub fn payloads(from: i64, to: i64) -> String {
    format!(
        "SELECT r.first + u.n - 1, l.relation, d.before, d.after FROM dnc.audit_run AS r CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(r.seqs)) WITH ORDINALITY AS u (seq, n)
         JOIN dnc.audit_log AS l ON l.seq = u.seq JOIN dnc.audit_data AS d ON d.seq = u.seq WHERE r.first >= {from} AND r.first < {to}"
    )
}

/// The key of the map; `None` if no key file is set, or it lacks the key, unless `required`.
fn state_key(required: bool) -> Option<Vec<u8>> {
    if required {
        return Some(keys::with_key(STATE_KEY, <[u8]>::to_vec));
    }
    key(STATE_KEY)
}

/// A key of the key file, if a file is set and contains it.
fn key(name: &str) -> Option<Vec<u8>> {
    keys::configured()?.get(name).cloned()
}

fn write_places(places: &mut Vec<(Place, i64)>, changed: &mut BTreeSet<u16>) {
    // Sorted, so that the index is filled in order.
    places.sort_unstable();
    changed.extend(places.iter().map(|(place, _)| u16::from_be_bytes([place[0], place[1]])));
    let mut bytes: Vec<u8> = Vec::with_capacity(places.len() * PLACE);
    places.iter().for_each(|(place, _)| bytes.extend(place));
    let positions: Vec<i64> = places.iter().map(|(_, position)| *position).collect();
    if !positions.is_empty() {
        sys::spi::with_scratch(|| PLACES.with(|s| s.run(&[(&bytes[..]).into_datum(), positions.into_datum()], false)));
    }
    places.clear();
}

fn write_seal(seal: &SealRow, root: &Hash, start: &Start) {
    let name = settings::seal_key();
    let signature = key(&name).map(|key| {
        let checkpoint =
            checkpoint::Checkpoint { origin: seal.origin.clone(), size: seal.tree_size as u64, root: *root };
        checkpoint::sign(&checkpoint.text(), &seal.origin, &proof::seed(&name, &key))
    });
    let state = seal.state.as_ref();
    let text = |s: &str| Some(text_datum(s));
    let row = [
        seal.seal.into_datum(),
        text(&seal.origin),
        seal.tree_size.into_datum(),
        seal.rows.into_datum(),
        (&root[..]).into_datum(),
        seal.sealed_at.into_datum(),
        seal.complete_to.into_datum(),
        text(&seal.sealed_by),
        state.and_then(|s| s.size.into_datum()),
        state.and_then(|s| (&s.root[..]).into_datum()),
        state.and_then(|s| (&s.key_check[..]).into_datum()),
        seal.loaded_rows.into_datum(),
        seal.accepted.as_deref().map(text_datum),
        signature.as_deref().map(text_datum),
        text(&start.horizon.to_string()),
        text(&start.next_xid.to_string()),
    ];
    writing(|| SEAL.with(|s| s.run(&row, false)));
}
