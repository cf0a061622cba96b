//! Which numbers of a row are the transaction's own. A row that was there before may be written several times; a number
//! that none of the versions has changed is still that of before.

use super::numbers::changed;
use super::pending::Guard;
use super::plan::Plan;
use crate::sys::row::Row;
use crate::sys::trigger::{Trigger, is_own, place_of};
use crate::sys::xact::{self, Transaction};
use std::cell::RefCell;
use std::collections::HashMap;

/// Versions that are remembered at most. Of any other all columns count as written, which rejects more, never less.
const MOST: usize = 100_000;

/// A version of a row: the guard, and the place.
type Version = (Guard, u64);

thread_local! {
    /// Versions by this transaction of rows from before it, with the columns that it has written.
    static KEPT: RefCell<HashMap<Version, Vec<usize>>> = RefCell::default();
}

/// Called when the library is loaded.
pub fn init() {
    xact::at_transaction_end(|end| {
        if end != Transaction::Ending {
            KEPT.take();
        }
    });
}

/// The phone columns of the new version that this transaction has written, in it or in an earlier version.
pub fn written(guard: Guard, trigger: &Trigger, plan: &Plan, row: &Row) -> Vec<usize> {
    let all = || plan.phones.iter().map(|phone| phone.place).collect::<Vec<_>>();
    let version = |tuple| (guard, place_of(tuple));
    let new = trigger.new_tuple().map(version);
    let written = match trigger.old_tuple() {
        None => all(),
        Some(old) => {
            let mut written = changed(plan, &trigger.row(old), row);
            if is_own(old) {
                let before = KEPT.with_borrow(|kept| kept.get(&version(old)).cloned());
                written.extend(before.unwrap_or_else(all));
            }
            written
        }
    };
    let is_whole = plan.phones.iter().all(|phone| written.contains(&phone.place));
    KEPT.with_borrow_mut(|kept| match new {
        // A version in the same place was rolled back.
        Some(new) if is_whole && !kept.is_empty() => _ = kept.remove(&new),
        _ if is_whole => {}
        Some(new) if kept.len() < MOST => _ = kept.insert(new, written.clone()),
        _ => {}
    });
    written
}

/// Whether this transaction has written this column of a version of its own, as far as is remembered.
pub fn is_written(guard: Guard, place: u64, column: usize) -> bool {
    KEPT.with_borrow(|kept| kept.get(&(guard, place)).is_none_or(|written| written.contains(&column)))
}
