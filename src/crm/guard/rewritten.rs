//! Which numbers of a row are the transaction's own. A row that was there before may be written several times; a number
//! that none of the versions has changed is still that of before.

use super::numbers::changed;
use super::plan::Plan;
use crate::sys::row::Row;
use crate::sys::trigger::{Trigger, is_own, place_of};
use crate::sys::xact;
use pgrx::pg_sys::Oid;
use std::cell::RefCell;
use std::collections::HashMap;

/// Versions that are remembered at most. Of any other all columns count as written, which rejects more, never less.
const MOST: usize = 100_000;

/// A version of a row: the guard's trigger, and the place.
type Version = (Oid, u64);

thread_local! {
    /// Versions by this transaction of rows from before it, with the columns that it has written.
    static KEPT: RefCell<HashMap<Version, Vec<usize>>> = RefCell::default();
}

/// Called when the library is loaded.
pub fn init() {
    xact::at_transaction_end(|_| KEPT.with_borrow_mut(|kept| *kept = HashMap::new()));
}

/// The phone columns of the new version that this transaction has written, in it or in an earlier version.
pub fn written(trigger: &Trigger, plan: &Plan, row: &Row) -> Vec<usize> {
    let all = || plan.phones.iter().map(|phone| phone.place).collect::<Vec<_>>();
    let version = |tuple| (trigger.oid(), place_of(tuple));
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
        Some(new) if is_whole => _ = kept.remove(&new),
        Some(new) if kept.len() < MOST => _ = kept.insert(new, written.clone()),
        _ => {}
    });
    written
}
