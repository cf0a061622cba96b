//! What the fast path knows of numbering plans. The rows are generated from libphonenumber's metadata.

use super::plan_table::{CODES, REGIONS};

/// A region's rules for national spellings. Masks hold a bit a length, or a bit a digit.
pub struct RegionPlan {
    /// ISO 3166-1 alpha-2.
    pub region: [u8; 2],
    /// Calling code.
    pub code: u16,
    /// Possible lengths of a national significant number.
    pub lengths: u32,
    /// Lengths that can only be dialled locally, without an area code.
    pub local_only: u32,
    /// International prefix, if it is one plain string of digits, else empty.
    pub idd: &'static str,
    /// Digits with which the international prefix can begin.
    pub idd_first: u16,
    /// Digits with which something that is stripped before the national significant number can begin.
    pub trunk_first: u16,
    /// A leading 0 is the trunk prefix and nothing else: no national significant number begins with 0.
    pub trunk_zero: bool,
}

/// A calling code's rules for what follows it.
pub struct CodePlan {
    /// Calling code.
    pub code: u16,
    /// Region whose rules hold after the calling code; empty for codes of no region (`+800`).
    pub main: &'static str,
    /// Possible lengths of a national significant number, a bit a length.
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

    /// Whether a national significant number can have so many digits.
    #[inline]
    pub fn has_length(&self, length: usize) -> bool {
        self.lengths >> length & 1 != 0 && self.local_only >> length & 1 == 0
    }
}

/// The plan of a region given as ISO 3166-1 alpha-2, in either case and with white space around it. `UK` is understood
/// as `GB` (the code is reserved for it), since CRMs are full of it.
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

/// The plan of the calling code with which these digits begin, and how long the code is.
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
