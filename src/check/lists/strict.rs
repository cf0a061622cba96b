//! When absence from a list is inconclusive.

use crate::sys::{self};
use dnc_core::phone::{Phone, library};

/// When absence from a strict list is inconclusive.
pub struct Strict {
    pub loaded: bool,
    /// Microseconds since 2000-01-01.
    pub good_until: i64,
    /// Ranges of stored values that are covered; `None`: all.
    pub coverage: Option<Vec<(i64, i64)>>,
    /// Numbers of other regions are out of the list's scope.
    pub region: Option<String>,
}

impl Strict {
    /// Whether absence is conclusive for every number.
    pub fn is_sure(&self) -> bool {
        self.loaded && self.coverage.is_none() && !self.is_stale(sys::now())
    }

    pub fn is_stale(&self, at: i64) -> bool {
        self.good_until < at
    }

    pub fn covers(&self, phone: Phone) -> bool {
        let covered = |all: &Vec<(i64, i64)>| all.iter().any(|(from, to)| (*from..=*to).contains(&phone.bits()));
        self.coverage.as_ref().is_none_or(covered)
    }

    /// Whether a number absent from the list may still be suppressed.
    pub fn doubts(&self, phone: Phone) -> bool {
        let doubt = !self.loaded || self.is_stale(sys::now()) || !self.covers(phone);
        doubt && self.region.as_deref().is_none_or(|own| library::region(phone).is_none_or(|region| region == own))
    }
}
