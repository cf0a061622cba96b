//! The lists, prefixes and pseudonyms in a query's scope, and what they report of a number.

use super::config::{Epoch, config, epoch};
use super::prefix::Prefix;
use super::set::Sets;
use super::strict::Strict;
use crate::privacy::pseudonym::Pseudonyms;
use crate::sys::{self};
use dnc_core::entry::scope::{Ledger, QueryScope};
use dnc_core::phone::Phone;
use std::cell::RefCell;
use std::rc::Rc;

thread_local! {
    static LAST: RefCell<Option<Rc<Binding>>> = const { RefCell::new(None) };
}

/// Lists, prefixes and pseudonyms that apply to one scope.
pub struct Binding {
    pub epoch: Epoch,
    pub query: QueryScope,
    pub lists: Vec<Bound>,
    pub prefixes: Vec<Prefix>,
    pub pseudonyms: Option<Rc<Pseudonyms>>,
}

/// A list that applies to the scope.
pub struct Bound {
    pub name: Rc<str>,
    pub sets: Option<Sets>,
    pub strict: Option<Rc<Strict>>,
}

/// Lists and prefixes that apply to a scope, as the active snapshot sees them.
pub fn binding(query: &QueryScope) -> Rc<Binding> {
    let epoch = epoch();
    let known = LAST.with_borrow(|known| known.clone());
    let current = |known: &Rc<Binding>| known.pseudonyms.as_ref().is_none_or(|f| f.is_current());
    if let Some(known) = known.filter(|k| k.epoch == epoch && k.query == *query && current(k)) {
        return known;
    }
    let asked = Rc::new(config(epoch).binding(query));
    LAST.set(Some(Rc::clone(&asked)));
    asked
}

impl Binding {
    /// Whether an opt-out of a prefix or of an erased number is in scope; `None`: not known.
    pub fn own_suppresses(&self, phone: Phone, at: Option<i64>) -> Option<bool> {
        if self.prefix_suppresses(phone, at) {
            return Some(true);
        }
        self.pseudonyms.as_ref().map_or(Some(false), |f| f.suppresses(phone, &self.query, at))
    }

    /// Announces that about `rows` numbers will be checked.
    pub fn expect(&self, rows: f64) {
        if let Some(pseudonyms) = &self.pseudonyms {
            pseudonyms.expect(rows);
        }
    }

    /// Whether an opt-out of a prefix of the number is in scope.
    fn prefix_suppresses(&self, phone: Phone, at: Option<i64>) -> bool {
        if !self.has_prefix(phone) {
            return false;
        }
        let (now, past) = (at.unwrap_or_else(sys::now), sys::past(at));
        let mut ledger = Ledger::default();
        for prefix in self.prefixes.iter().filter(|prefix| prefix.holds(phone)) {
            if past.is_some_and(|at| prefix.received > at) {
                continue;
            }
            match prefix.ends {
                Some(ends) => ledger.ending(ends, prefix.scope.clone()),
                None if prefix.expires <= now => {}
                None => {
                    if let Some(met) = self.query.meets(&prefix.scope.channel, prefix.scope.purpose.as_deref()) {
                        ledger.refusal(prefix.entry, met);
                    }
                }
            }
        }
        ledger.suppressed()
    }

    fn has_prefix(&self, phone: Phone) -> bool {
        self.prefixes.iter().any(|prefix| prefix.holds(phone))
    }

    /// What lists and prefixes report of a number, from cached blocks only; `None`: use [`suppresses`]. Raises no error
    /// except out of memory.
    ///
    /// Valid only while the query that built this binding is running, so that the state is that of its snapshot, and
    /// while it holds a lock on the table of blocks.
    pub fn in_place(&self, phone: Phone) -> Option<bool> {
        if self.has_prefix(phone) || self.pseudonyms.as_ref().is_some_and(|f| !f.surely_lack(phone)) {
            return None;
        }
        for list in &self.lists {
            if list.strict.as_ref().is_some_and(|strict| !strict.is_sure()) {
                return None;
            }
            if list.sets.as_ref()?.in_place(phone.e164_number() as u64)? {
                return Some(true);
            }
        }
        Some(false)
    }

    /// Whether [`Self::in_place`] has lists to search.
    pub fn has_lists(&self) -> bool {
        !self.lists.is_empty()
    }

    /// Prefetches into the CPU cache what lookups of these numbers will read.
    pub fn fetch(&self, bits: &[i64]) {
        if let Some(pseudonyms) = &self.pseudonyms {
            pseudonyms.fetch(bits);
        }
        if self.lists.is_empty() {
            return;
        }
        let numbers: Vec<u64> = bits.iter().map(|bits| Phone::from_stored(*bits).e164_number() as u64).collect();
        for sets in self.lists.iter().filter_map(|list| list.sets.as_ref()) {
            // Change sets are small and mostly in a CPU cache.
            if let Ok(directory) = sets.whole.directory.try_borrow()
                && let Some(directory) = directory.as_ref()
            {
                directory.fetch(&numbers);
            }
        }
    }
}
