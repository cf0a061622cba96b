//! What lists report to a decision.

use super::config::{Config, config, epoch};
use super::set::Sets;
use dnc_core::decision::{Register, Said};
use dnc_core::entry::scope::QueryScope;
use dnc_core::phone::Phone;
use std::rc::Rc;

/// Lists that apply to a scope, and what they report of numbers now.
pub struct Registers {
    config: Rc<Config>,
    /// Index of each list, and whether the list covers the whole scope.
    places: Vec<(usize, bool)>,
}

/// See [`Registers`].
pub fn registers(query: &QueryScope) -> Registers {
    let config = config(epoch());
    let lists = config.lists.iter().enumerate().filter(|(_, list)| list.binds(query));
    let places = lists.map(|(n, list)| (n, list.is_about_all(query))).collect();
    Registers { config, places }
}

impl Registers {
    /// Adds what the lists report of a number, for use at time `at`. `clear`: a check of the same scope did not find
    /// the number, so the lists that checks use need not be searched again.
    pub fn of(&self, phone: Phone, clear: bool, at: i64, registers: &mut Vec<Register>) {
        for (list, about_all) in self.places.iter().map(|(n, about_all)| (&self.config.lists[*n], *about_all)) {
            let asked = |sets: &Sets| {
                if clear && list.in_checks { Some(false) } else { sets.has(phone.e164_number() as u64) }
            };
            let said = match list.sets.as_ref().map(asked) {
                // A missing block gives no answer.
                None | Some(None) => Said::Missing,
                Some(Some(true)) => Said::Listed,
                Some(Some(false)) if list.knows.is_stale(at) => Said::Stale,
                Some(Some(false)) if !about_all || !list.knows.covers(phone) => Said::Uncovered,
                Some(Some(false)) => Said::Clear,
            };
            let jurisdiction = list.jurisdiction.clone();
            registers.push(Register { jurisdiction, kind: list.source, said, obtained_at: list.obtained_at });
        }
    }
}
