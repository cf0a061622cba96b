//! Rebuilds the verifiable map from the rows' data.

use super::{Finding, REPORT_EVERY, Report, Tree};
use crate::audit::proof::{self, STATE_KEY};
use crate::audit::seal;
use crate::keys;
use crate::sys::column::Column;
use crate::sys::{Text, stream};
use dnc_core::audit::sparse_map::{self, Node, PLACE};
use dnc_core::audit::{merkle_tree, subject};
use std::ffi::CString;

/// An order-independent sum over pairs of leaf index and log index.
#[derive(Default, PartialEq, Eq)]
struct PositionSum(u64, u128);

impl PositionSum {
    fn add(&mut self, place: &sparse_map::Place, position: u64) {
        let mut bytes = [0; PLACE + 8];
        bytes[..PLACE].copy_from_slice(place);
        bytes[PLACE..].copy_from_slice(&position.to_be_bytes());
        let hash = merkle_tree::leaf(&bytes);
        self.0 += 1;
        self.1 = self.1.wrapping_add(u128::from_be_bytes(hash[..16].try_into().expect("16 of 32 bytes")));
    }
}

pub fn verify(report: &mut Report, tree: &Tree) {
    report.begin("map");
    let Some((seal, state)) = tree.last.as_ref().and_then(|s| Some((s.seal, s.state.clone()?))) else {
        report.end("there is none yet: it needs a key named state in dnc.key_file".to_owned());
        return;
    };
    let put = |report: &mut Report, what, detail| {
        report.put(Finding { what, seal: Some(seal), position: None, seq: None, detail });
    };
    let key = keys::configured().and_then(|ring| ring.get(STATE_KEY).cloned());
    let Some(key) = key.filter(|key| sparse_map::key_check(key) == state.key_check) else {
        put(
            report,
            "another key",
            "the key named state is not available, or is not the one used for sealing".to_owned(),
        );
        return;
    };
    let (mut reported, mut wanted) = (0u64, PositionSum::default());
    // Log indexes of rows with data, one bit each.
    let mut known = vec![0u64; state.size as usize / 64 + 1];
    let query = CString::new(seal::payloads(0, state.size)).expect("no zero bytes");
    stream::each(&query, &mut |_| {}, &mut |row| {
        let position = row[0].map_or(0, |d| d.int() as u64);
        let relation = row[1].and_then(Column::text).expect("never NULL");
        let (before, after) =
            (row[2].and_then(Column::text).map(Text::to_utf8), row[3].and_then(Column::text).map(Text::to_utf8));
        known[position as usize / 64] |= 1 << (position % 64);
        for name in subject::names(&relation.to_utf8(), before.as_deref(), after.as_deref()) {
            wanted.add(&sparse_map::place(&key, &name), position);
        }
        reported += 1;
        if reported.is_multiple_of(REPORT_EVERY) {
            pgrx::notice!("verifying the map: {reported} rows");
        }
    });
    let mut found = PositionSum::default();
    let mut nodes: Vec<Node> = Vec::with_capacity(256);
    let mut places = 0;
    for part in 0..=255u8 {
        pgrx::check_for_interrupts!();
        let from = u128::from(part) << 120;
        let items = proof::items(&from.to_be_bytes(), &(from | (u128::MAX >> 8)).to_be_bytes(), state.size, true);
        for item in &items {
            // Rows whose data were erased can no longer be attributed to a number.
            let of = |p: &&u64| known[**p as usize / 64] >> (**p % 64) & 1 == 1;
            item.positions.iter().filter(of).for_each(|p| found.add(&item.place, *p));
        }
        places += items.len();
        nodes.push(sparse_map::subtree(&items, 8));
    }
    let root = sparse_map::layer(&nodes).hash();
    if root != state.root {
        put(report, "map changed", "its leaf and log indexes do not give the sealed root".to_owned());
    } else if found != wanted {
        put(report, "map false", "it was sealed with leaf or log indexes that are not those of the rows".to_owned());
    } else if proof::nodes(1, 0, seal, true) != nodes {
        put(report, "map changed", "its nodes do not match its leaf indexes".to_owned());
    }
    report.end(format!("{places} leaves over {} log indexes", state.size));
}
