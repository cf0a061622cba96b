//! The eight bytes of a number.
//!
//! ```text
//!  bit 63      54 53                                                    4 3      0
//!     ┌──────────┬───────────────────────────────────────────────────────┬────────┐
//!     │ 0      0 │ E.164 digits as a decimal of 15 places, left-aligned  │ count  │
//!     └──────────┴───────────────────────────────────────────────────────┴────────┘
//! +14155552671  →  (141555526710000 << 4) | 11
//! ```
//!
//! The value is always positive, equality and order are those of `int8`, and that order is the order of the digit
//! strings: a shorter string sorts before its continuations, since the count breaks the tie left by the padding.

use super::frozen;

/// Maximum digits of an international number (ITU-T E.164, section 6).
pub const MAX_DIGITS: usize = 15;

/// A telephone number in E.164 form. Created only by [`Phone::new`] and [`Phone::from_bits`], which both validate it.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Phone(i64);

/// `10^(15 - n)`: the value of one unit of digit `n`.
const PLACE: [i64; MAX_DIGITS + 1] = {
    let mut table = [1i64; MAX_DIGITS + 1];
    let mut n = MAX_DIGITS;
    while n > 0 {
        table[n - 1] = table[n] * 10;
        n -= 1;
    }
    table
};

fn left_aligned(digits: &[u8]) -> i64 {
    digits.iter().fold(0i64, |v, &d| v * 10 + i64::from(d)) * PLACE[digits.len()]
}

impl Phone {
    /// The number with these digits (values 0 to 9, calling code first), if the frozen table allows it.
    #[inline]
    pub fn new(digits: &[u8]) -> Option<Phone> {
        frozen::allows(digits).then(|| Phone(left_aligned(digits) << 4 | digits.len() as i64))
    }

    /// The number with this calling code and these digits behind it, if the frozen table allows it.
    #[inline]
    pub(super) fn after(code: u16, national: &[u8]) -> Option<Phone> {
        let count = national.len() + if code > 99 { 3 } else { 1 + usize::from(code > 9) };
        if count > MAX_DIGITS || !frozen::allows_after(code, national) {
            return None;
        }
        let number = national.iter().fold(i64::from(code), |v, &d| v * 10 + i64::from(d));
        Some(Phone((number * PLACE[count]) << 4 | count as i64))
    }

    /// The number with these stored bits; `None` if they are invalid.
    #[inline]
    pub fn from_bits(bits: i64) -> Option<Phone> {
        let count = (bits & 15) as usize;
        let decimal = bits >> 4;
        if bits < 0 || count == 0 || decimal >= PLACE[0] || decimal % PLACE[count] != 0 {
            return None;
        }
        let phone = Phone(bits);
        frozen::allows(phone.digits(&mut [0; MAX_DIGITS])).then_some(phone)
    }

    /// Bits that [`Phone::bits`] returned, unchecked: for values that PostgreSQL returns from storage.
    #[inline]
    pub const fn from_stored(bits: i64) -> Phone {
        Phone(bits)
    }

    /// The stored value.
    #[inline]
    pub const fn bits(self) -> i64 {
        self.0
    }

    /// Count of digits, calling code included.
    #[inline]
    pub const fn count(self) -> usize {
        (self.0 & 15) as usize
    }

    /// Its digits (values 0 to 9), written into `buffer`.
    #[inline]
    pub fn digits(self, buffer: &mut [u8; MAX_DIGITS]) -> &[u8] {
        let mut rest = self.0 >> 4;
        for place in buffer.iter_mut().rev() {
            *place = (rest % 10) as u8;
            rest /= 10;
        }
        &buffer[..self.count()]
    }

    /// The digits as a number: `14155552671`. No calling code begins with 0, so nothing is lost.
    #[inline]
    pub fn e164_number(self) -> i64 {
        (self.0 >> 4) / PLACE[self.count()]
    }

    /// Its first seven digits and its length: a key shared by numbers that begin alike.
    #[inline]
    pub const fn beginning(self) -> u64 {
        ((self.0 >> 4) / 100_000_000) as u64 * 16 + (self.0 & 15) as u64
    }

    /// How many of the digits are the calling code.
    #[inline]
    pub fn code_len(self) -> usize {
        frozen::code_len(self.digits(&mut [0; MAX_DIGITS])).unwrap_or(0)
    }

    /// The country calling code (ITU-T E.164): 1 to 999.
    #[inline]
    pub fn calling_code(self) -> u16 {
        let mut buffer = [0; MAX_DIGITS];
        let digits = self.digits(&mut buffer);
        digits[..frozen::code_len(digits).unwrap_or(0)].iter().fold(0, |v, &d| v * 10 + u16::from(d))
    }

    /// The national significant number, with any leading zeros that belong to it.
    pub fn national(self) -> String {
        self.to_string()[1 + self.code_len()..].to_owned()
    }

    /// Calling code and last two digits, the rest starred: for error messages, logs and screens.
    pub fn mask(self) -> String {
        let shown = 1 + self.code_len();
        let text = self.to_string();
        text.bytes().enumerate().map(|(i, b)| if i < shown || i + 2 >= text.len() { b as char } else { '*' }).collect()
    }
}

impl std::fmt::Display for Phone {
    /// E.164 with its plus sign: `+14155552671`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut buffer = [0; MAX_DIGITS];
        let count = self.digits(&mut buffer).len();
        buffer.iter_mut().for_each(|d| *d += b'0');
        f.write_str("+")?;
        f.write_str(std::str::from_utf8(&buffer[..count]).expect("ASCII digits"))
    }
}

/// The least and the greatest stored value among numbers that begin with `digits`, both included; `None` for more than
/// fifteen digits.
///
/// The least has the prefix's own length in its low bits: without it, shorter numbers that are equal up to padding
/// would be included.
pub fn prefix_bounds(digits: &[u8]) -> Option<(i64, i64)> {
    if digits.len() > MAX_DIGITS {
        return None;
    }
    let low = left_aligned(digits);
    Some((low << 4 | digits.len() as i64, (low + PLACE[digits.len()] - 1) << 4 | 15))
}

/// The same for a prefix in written form: a plus sign and digits.
pub fn written_prefix_bounds(prefix: &[u8]) -> Option<(i64, i64)> {
    let digits = prefix.strip_prefix(b"+").filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
    prefix_bounds(&digits.iter().map(|digit| digit - b'0').collect::<Vec<_>>())
}
