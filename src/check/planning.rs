//! `sql/install/check/check.sql`: what the planner is told of a check: how many rows it leaves, and what it costs.

use crate::phone::is_phone;
use crate::sys::{self, planner, shared};
use pgrx::Internal;
use pgrx::pg_sys;
use pgrx::prelude::*;
use std::cell::Cell;

/// Checks that what was seen must outnumber before it decides more than the guess.
const GUESS_WEIGHT: f64 = 1000.0;
/// Most that the guess takes to be refused.
const GUESS_MOST: f64 = 0.5;
/// Where the counts are halved, so that what is long past weighs less.
const HALVED_FROM: u64 = 1 << 24;

/// A look in units of `cpu_operator_cost`, and what each doubling of the list adds. Chosen, not measured: a check comes after
/// whatever is cheaper, and costs more the higher the index is.
const LOOK: f64 = 50.0;
const LOOK_DOUBLING: f64 = 5.0;
/// Reading a text, in the same units.
const TEXT: f64 = 5.0;

thread_local! {
    /// Where no memory is shared: what this session saw.
    static SEEN: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

/// Checks at one place of a query, and those of them that were refused; added to what is known when the query ends.
#[derive(Default)]
pub struct Tally {
    pub asked: Cell<u64>,
    pub refused: Cell<u64>,
}

impl Tally {
    pub fn add(&self, refused: bool) {
        self.asked.set(self.asked.get() + 1);
        self.refused.set(self.refused.get() + u64::from(refused));
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        let (asked, refused) = (self.asked.get(), self.refused.get());
        if asked == 0 {
            return;
        }
        match shared::checks() {
            Some(checks) => checks.add(asked, refused, HALVED_FROM),
            None => {
                let (all, refusals) = SEEN.get();
                let (all, refusals) = (all + asked, refusals + refused);
                SEEN.set(if all > HALVED_FROM { (all / 2, refusals / 2) } else { (all, refusals) });
            }
        }
    }
}

/// Which part of `rows` rows a check refuses: at first as if every number of the list stood in the table, and then more and
/// more what checks have found.
fn refused_share(rows: f64) -> f64 {
    let guess = (entries() / rows.max(1.0)).min(GUESS_MOST);
    let (asked, refused) = shared::checks().map_or_else(|| SEEN.get(), |checks| checks.get());
    (refused as f64 + guess * GUESS_WEIGHT) / (asked as f64 + GUESS_WEIGHT)
}

/// Entries of the list, as last counted; 0 if that is not known, or there is no list.
fn entries() -> f64 {
    sys::counted_rows(c"entry")
}

/// Support function of the checks.
#[pg_extern(sql = false)]
fn dnc_check_support(request: Internal) -> Internal {
    let node = planner::node(request);
    if let Some(asked) = planner::selectivity(node) {
        let rows = asked.rows();
        return asked.answer(refused_share(rows));
    }
    if let Some(asked) = planner::cost(node) {
        let text = if asked.argument_type() == Some(pg_sys::TEXTOID) { TEXT } else { 0.0 };
        let doublings = (entries() / 10_000.0).max(1.0).log2();
        let unit = sys::operator_cost();
        return asked.answer((LOOK + LOOK_DOUBLING * doublings + text) * unit);
    }
    planner::declined()
}

/// Numbers of a table of schema dnc, of which no statistics are made (`sql/install/privacy/statistics.sql`): a number has about one row, and
/// a contact attempt is mostly not the only one. Chosen, not measured.
pub fn distinct(table: pg_sys::Oid, column: i16) -> Option<f32> {
    if !sys::is_ours(table) || !is_phone(sys::column_type(table, column)) {
        return None;
    }
    Some(if sys::is_partition_or_parent(table) { -0.2 } else { -0.9 })
}
