//! Numbering plans for the fast path. The rows are generated from libphonenumber's metadata.

use super::plan_table::{CODES, REGIONS};

/// A region's rules for national spellings. Masks have one bit per length or per digit.
pub struct RegionPlan {
    /// ISO 3166-1 alpha-2.
    pub region: [u8; 2],
    /// Calling code.
    pub code: u16,
    /// Possible lengths of a national significant number.
    pub lengths: u32,
    /// Lengths that can only be dialled locally, without an area code.
    pub local_only: u32,
    /// International prefix, if it is one plain string of digits, otherwise empty.
    pub idd: &'static str,
    /// Possible first digits of the international prefix.
    pub idd_first: u16,
    /// Possible first digits of prefixes that are removed before the national significant number.
    pub trunk_first: u16,
    /// A leading 0 is the trunk prefix and nothing else: no national significant number begins with 0.
    pub trunk_zero: bool,
}

/// A calling code's rules for the digits after it.
pub struct CodePlan {
    /// Calling code.
    pub code: u16,
    /// Region whose rules apply after the calling code; empty for codes of no region (`+800`).
    pub main: &'static str,
    /// Possible lengths of a national significant number, one bit per length.
    pub lengths: u32,
    /// Whether a national significant number can begin with 0.
    pub zero_leads: bool,
}

const NONE: u8 = u8::MAX;

const REGION_INDEX: [u8; 26 * 26] = {
    assert!(REGIONS.len() < NONE as usize);
    let mut index = [NONE; 26 * 26];
    let mut i = 0;
    while i < REGIONS.len() {
        let [a, b] = REGIONS[i].region;
        index[(a - b'A') as usize * 26 + (b - b'A') as usize] = i as u8;
        i += 1;
    }
    index
};

impl RegionPlan {
    /// ISO 3166-1 alpha-2.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.region).expect("two ASCII letters")
    }

    /// Whether a national significant number can have this many digits.
    #[inline]
    pub fn has_length(&self, length: usize) -> bool {
        self.lengths >> length & 1 != 0 && self.local_only >> length & 1 == 0
    }
}

/// The plan of a region given as ISO 3166-1 alpha-2, in either case and with surrounding white space. `UK` is accepted
/// for `GB` (the code is reserved for it), since it is common in CRMs.
pub fn region(name: &str) -> Option<&'static RegionPlan> {
    let [a, b] = name.trim().as_bytes() else { return None };
    let (a, b) = match (a.to_ascii_uppercase(), b.to_ascii_uppercase()) {
        (b'U', b'K') => (b'G', b'B'),
        pair => pair,
    };
    if !a.is_ascii_uppercase() || !b.is_ascii_uppercase() {
        return None;
    }
    let i = REGION_INDEX[usize::from(a - b'A') * 26 + usize::from(b - b'A')];
    REGIONS.get(usize::from(i))
}

/// All regions, in order.
pub fn regions() -> &'static [RegionPlan] {
    REGIONS
}

/// The plan of the calling code at the start of these digits, and the code's length.
#[inline]
pub fn code(digits: &[u8]) -> Option<(&'static CodePlan, usize)> {
    let mut value = 0;
    for (i, &d) in digits.iter().take(3).enumerate() {
        value = value * 10 + u16::from(d);
        if let Ok(at) = CODES.binary_search_by_key(&value, |c| c.code) {
            return Some((&CODES[at], i + 1));
        }
    }
    None
}

/// All calling codes, in order.
pub fn codes() -> &'static [CodePlan] {
    CODES
}
