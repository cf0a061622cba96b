//! Suppressed prefixes.

use dnc_core::entry::scope::Scope;
use dnc_core::phone::Phone;

/// A row of `dnc.prefix_entry`.
#[derive(Clone)]
pub struct Prefix {
    /// Least and greatest stored value of the numbers with this prefix.
    pub range: (i64, i64),
    pub entry: i64,
    pub ends: Option<i64>,
    pub expires: i64,
    pub received: i64,
    pub scope: Scope,
}

impl Prefix {
    pub fn holds(&self, phone: Phone) -> bool {
        (self.range.0..=self.range.1).contains(&phone.bits())
    }
}
