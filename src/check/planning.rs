//! `sql/install/check/check.sql`: selectivity and cost of a check, for the planner.

use crate::phone::is_phone;
use crate::sys::{self, planner, shared};
use dnc_core::phone::parse;
use pgrx::Internal;
use pgrx::pg_sys;
use pgrx::prelude::*;
use std::cell::Cell;

/// Weight of the initial estimate, in checks: observations outweigh it once there are more.
const GUESS_WEIGHT: f64 = 1000.0;
/// Upper limit of the suppressed share in the initial estimate.
const GUESS_MOST: f64 = 0.5;
/// Where the counts are halved, so that old observations weigh less.
const HALVED_FROM: u64 = 1 << 24;

/// Cost of a lookup in units of `cpu_operator_cost`, and what each doubling of the list adds. Chosen, not measured: a
/// check comes after cheaper conditions, and costs more the higher the index is.
const LOOK: f64 = 50.0;
const LOOK_DOUBLING: f64 = 5.0;
/// Cost of reading a text, in the same units.
const TEXT: f64 = 5.0;

thread_local! {
    /// Observations of this session, used if there is no shared memory.
    static SEEN: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

/// Checks at one place of a query, and how many of them found the number suppressed; added to the statistics when the
/// query ends.
#[derive(Default)]
pub struct Tally {
    pub asked: Cell<u64>,
    pub suppressed: Cell<u64>,
}

impl Tally {
    pub fn add(&self, suppressed: bool) {
        self.asked.set(self.asked.get() + 1);
        self.suppressed.set(self.suppressed.get() + u64::from(suppressed));
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        let (asked, suppressed) = (self.asked.get(), self.suppressed.get());
        if asked == 0 {
            return;
        }
        match shared::checks() {
            Some(checks) => checks.add(asked, suppressed, HALVED_FROM),
            None => {
                let (all, refusals) = SEEN.get();
                let (all, refusals) = (all + asked, refusals + suppressed);
                SEEN.set(if all > HALVED_FROM { (all / 2, refusals / 2) } else { (all, refusals) });
            }
        }
    }
}

/// Estimated share of `rows` rows that a check suppresses: initially as if every suppressed number were in the table,
/// then increasingly from observed checks.
fn suppressed_share(rows: f64) -> f64 {
    let guess = (entries() / rows.max(1.0)).min(GUESS_MOST);
    let (asked, suppressed) = shared::checks().map_or_else(|| SEEN.get(), |checks| checks.get());
    (suppressed as f64 + guess * GUESS_WEIGHT) / (asked as f64 + GUESS_WEIGHT)
}

/// Entries of the list, as last counted; 0 if not known, or if there is no list.
fn entries() -> f64 {
    sys::counted_rows(c"entry")
}

/// Support function of the checks.
#[pg_extern(sql = false)]
fn dnc_check_support(request: Internal) -> Internal {
    let node = planner::node(request);
    if let Some(asked) = planner::selectivity(node) {
        let rows = asked.rows();
        return asked.answer(suppressed_share(rows));
    }
    if let Some(asked) = planner::cost(node) {
        let text = if asked.argument_type() == Some(pg_sys::TEXTOID) { TEXT } else { 0.0 };
        let doublings = (entries() / 10_000.0).max(1.0).log2();
        let unit = sys::operator_cost();
        return asked.answer((LOOK + LOOK_DOUBLING * doublings + text) * unit);
    }
    planner::declined()
}

/// Distinct numbers of a table of schema dnc, for which no statistics are collected
/// (`sql/install/privacy/statistics.sql`): a number has about one row, but usually more than one contact attempt.
/// Chosen, not measured.
pub fn distinct(table: pg_sys::Oid, column: i16) -> Option<f32> {
    if !sys::is_ours(table) || !is_phone(sys::column_type(table, column)) {
        return None;
    }
    Some(if sys::is_partition_or_parent(table) { -0.2 } else { -0.9 })
}

/// Planner support of `dnc.by_text(number, number)`, which is always true.
#[pg_extern(sql = false)]
fn dnc_by_text_support(request: Internal) -> Internal {
    let node = planner::node(request);
    match planner::selectivity(node) {
        Some(asked) => asked.answer(1.0),
        None => planner::index_equal_text(node, |text| Some(parse::canonical(text.bytes())?.bits())),
    }
}
