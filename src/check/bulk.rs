//! Checks of many numbers at once, without a query that would keep what it has read.

use super::adaptive;
use super::lists;
use crate::entry::index_lookup;
use crate::settings::{self, StatementSet};
use crate::sys::probe::Probe;
use crate::sys::{self, SnapshotId, executor};
use dnc_core::entry::scope::QueryScope;
use dnc_core::list::number_set::{Numbers, Verdict};
use dnc_core::phone::{Phone, line};
use std::rc::Rc;
use std::time::Instant;

/// Lookups before their cost is compared with that of a set.
const ENOUGH: usize = 256;

/// Checks the rows of a statement that is no query, as COPY is: what a query keeps for its checks is kept here.
#[derive(Default)]
pub struct Rows {
    /// The active snapshot of the checks so far.
    snapshot: Option<SnapshotId>,
    lookups: usize,
    nanos: f64,
    /// All entries and the lists in scope, once lookups have taken as long as reading them.
    read: Option<(QueryScope, Numbers, Rc<lists::Binding>)>,
}

impl Rows {
    /// Whether a number is suppressed; `None`: not known.
    pub fn verdict(&mut self, phone: Phone, scope: &QueryScope) -> Option<bool> {
        if executor::query().is_some() {
            return super::verdict(phone, scope, None, None);
        }
        let snapshot = Some(sys::active_snapshot());
        if self.snapshot != snapshot {
            *self = Rows { snapshot, ..Rows::default() };
        }
        if let Some((read_for, set, lists)) = &self.read {
            let is_clear = read_for == scope
                && set.get(phone) == Verdict::Absent
                && !line::has_forms(phone)
                && lists::suppresses(phone, scope, None, lists) == Some(false);
            return if is_clear { Some(false) } else { super::verdict(phone, scope, None, None) };
        }
        let started = Instant::now();
        let verdict = super::verdict(phone, scope, None, None);
        self.nanos += started.elapsed().as_nanos() as f64;
        self.lookups += 1;
        if self.lookups.is_multiple_of(ENOUGH) {
            let set = index_lookup::with_index(|probe| set(probe, self.nanos, scope)).flatten();
            self.read = set.map(|set| (scope.clone(), set, lists::binding(scope)));
        }
        verdict
    }

    /// Whether the statement has read the lists.
    pub fn has_lists(&self) -> bool {
        self.read.is_some() && self.snapshot == Some(sys::active_snapshot())
    }
}

/// Those of the numbers, in ascending order, that are not known to be clear under the active snapshot.
pub fn not_clear(numbers: &[i64], scope: &QueryScope) -> Vec<i64> {
    let lists = lists::binding(scope);
    let mut doubtful =
        index_lookup::with_index(|probe| in_entries(probe, numbers, scope)).unwrap_or_else(|| numbers.to_vec());
    let rest = numbers.iter().copied().filter(|number| {
        let phone = Phone::from_stored(*number);
        line::has_forms(phone) || lists::suppresses(phone, scope, None, &lists) != Some(false)
    });
    doubtful.extend(rest);
    doubtful.sort_unstable();
    doubtful.dedup();
    doubtful.retain(|number| super::verdict(Phone::from_stored(*number), scope, None, None) != Some(false));
    doubtful
}

/// Those that entries may suppress.
fn in_entries(probe: &mut Probe, numbers: &[i64], scope: &QueryScope) -> Vec<i64> {
    let look = |probe: &mut Probe, number: i64| {
        pgrx::check_for_interrupts!();
        index_lookup::by_shapes(probe, number, scope) != Some(false)
    };
    let (first, rest) = numbers.split_at(numbers.len().min(ENOUGH));
    let started = Instant::now();
    let mut found: Vec<i64> = first.iter().copied().filter(|number| look(probe, *number)).collect();
    let lookup = started.elapsed().as_nanos() as f64 / first.len().max(1) as f64;
    match set(probe, rest.len() as f64 * lookup, scope) {
        Some(set) => {
            let is_clear = |number: i64| set.get(Phone::from_stored(number)) == Verdict::Absent;
            found.extend(rest.iter().copied().filter(|number| !is_clear(*number)));
        }
        None => found.extend(rest.iter().copied().filter(|number| look(probe, *number))),
    }
    found
}

/// All entries in memory, if reading them takes less than `nanos`.
fn set(probe: &mut Probe, nanos: f64, scope: &QueryScope) -> Option<Numbers> {
    if settings::statement_set() == StatementSet::Off {
        return None;
    }
    adaptive::cost(probe).filter(|cost| *cost < nanos)?;
    adaptive::make(probe, scope).ok()
}
