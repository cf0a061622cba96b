//! Parsing of numbers.
//!
//! [`fast`] takes plain E.164 and the commonest punctuated spellings and decides only what it can decide without a
//! pattern; [`slow`] is the library. Where `fast` answers, `slow` gives the same answer; a test checks that.

use super::plan::{self, RegionPlan};
use super::{Phone, frozen, library};
use rlibphonenumber::{ParseError, Region, get_national_significant_number_owned};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Maximum bytes of a spelling. libphonenumber has the same limit.
pub const MAX_TEXT: usize = 250;
/// Maximum digits the fast path collects: international prefix, calling code and national number.
pub(super) const MAX_COLLECTED: usize = 20;

/// Why a spelling is not a number that can be stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PhoneError {
    /// The text has this many bytes, more than [`MAX_TEXT`].
    TextTooLong(usize),
    /// RFC 3966's `;phone-context=`, which names a region in a way that is not supported.
    PhoneContext,
    /// Too few digits, or characters that do not occur in telephone numbers.
    NotANumber,
    /// A national spelling without a region.
    NoRegion,
    /// It begins with `+` or an international prefix, and the calling code that follows is unassigned.
    UnknownCallingCode,
    /// Fewer digits than any number there.
    TooShort,
    /// More digits than any number there.
    TooLong,
    /// A number without its area code.
    LocalOnly,
    /// No number of this calling code has this length, or begins like this.
    Impossible,
    /// The library failed.
    Library,
}

impl PhoneError {
    /// The rule that was broken, as the end of a sentence.
    pub fn rule(self) -> String {
        match self {
            PhoneError::TextTooLong(n) => {
                format!("it has {n} bytes, and at most {} are read", super::field::MOST_BYTES)
            }
            PhoneError::PhoneContext => "it has a \";phone-context=\" parameter".into(),
            PhoneError::NotANumber => "it does not read as a telephone number".into(),
            PhoneError::NoRegion => "it is a national spelling and no region is known to read it by".into(),
            PhoneError::UnknownCallingCode => "no country has its calling code".into(),
            PhoneError::TooShort => "it has fewer digits than any number of its country".into(),
            PhoneError::TooLong => "it has more digits than any number of its country".into(),
            PhoneError::LocalOnly => "it lacks the area code".into(),
            PhoneError::Impossible => "no number of its country has this length or beginning".into(),
            PhoneError::Library => "the numbering library failed on it".into(),
        }
    }

    /// The hint for correcting it.
    pub fn hint(self) -> &'static str {
        match self {
            PhoneError::NoRegion => {
                "Write it internationally (+14155552671), give dnc_parse(text, region) a region, or set dnc.default_region."
            }
            PhoneError::UnknownCallingCode => "An international number begins with + and a country calling code.",
            PhoneError::LocalOnly => "Add the area code.",
            PhoneError::PhoneContext => "Put the global number before the semicolon: tel:+14155552671.",
            _ => "dnc_try_parse gives NULL for text that is no number.",
        }
    }
}

/// The number that `text` spells, read in `region` unless it is an international spelling.
#[inline]
pub fn parse(text: &str, region: Option<&RegionPlan>) -> Result<Phone, PhoneError> {
    match fast(text.as_bytes(), region) {
        Some(phone) => Ok(phone),
        None => slow(text, region),
    }
}

/// `+` and digits exactly as [`Phone`]'s `Display` writes them, if the frozen table allows them: independent of
/// metadata, so that a stored number can be read back by every later version.
#[inline]
pub fn canonical(text: &[u8]) -> Option<Phone> {
    let (b'+', rest) = text.split_first()? else { return None };
    let mut digits = [0; super::layout::MAX_DIGITS];
    for (place, b) in digits.get_mut(..rest.len())?.iter_mut().zip(rest) {
        *place = b.checked_sub(b'0').filter(|d| *d < 10)?;
    }
    Phone::new(&digits[..rest.len()])
}

/// The number whose E.164 digits are this integer.
#[inline]
pub fn of_integer(digits: i64) -> Option<Phone> {
    canonical(format!("+{digits}").as_bytes())
}

/// The number, if it takes no pattern; `None` leaves the decision, and every error, to [`slow`].
#[inline]
pub fn fast(text: &[u8], region: Option<&RegionPlan>) -> Option<Phone> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let mut collected = [0u8; MAX_COLLECTED];
    let mut count = 0;
    let mut plus = false;
    for &b in text {
        match b {
            b'0'..=b'9' => {
                *collected.get_mut(count)? = b - b'0';
                count += 1;
            }
            b'+' if count == 0 && !plus => plus = true,
            b' ' | b'(' | b')' | b'-' | b'.' | b'/' => {}
            _ => return None,
        }
    }
    of_digits(plus, &collected[..count], region)
}

/// The number of digits in the order of a spelling, with a plus sign or without.
#[inline]
pub(super) fn of_digits(plus: bool, digits: &[u8], region: Option<&RegionPlan>) -> Option<Phone> {
    if plus {
        return international(digits);
    }
    let region = region?;
    let first = *digits.first()?;
    if region.idd_first >> first & 1 != 0 {
        if region.idd.is_empty() {
            return None;
        }
        if let Some(rest) = strip(digits, region.idd) {
            return if *rest.first()? == 0 { None } else { international(rest) };
        }
    }
    let (code, code_len) = code_digits(region.code);
    if let Some(rest) = digits.strip_prefix(&code[3 - code_len..]) {
        // Only a number too long to be a national one certainly begins with the calling code.
        let longest = (u32::BITS - 1 - (region.lengths | region.local_only).leading_zeros()) as usize;
        if digits.len() <= longest || region.trunk_first >> *rest.first()? & 1 != 0 {
            return None;
        }
        return international(digits);
    }
    national(digits, 0, region, region.code)
}

/// Digits that begin with a calling code.
fn international(digits: &[u8]) -> Option<Phone> {
    let (code, code_len) = plan::code(digits)?;
    // No calling code begins with 0.
    if digits[0] == 0 || digits.len() < code_len + 2 {
        return None;
    }
    match plan::region(code.main) {
        Some(main) => national(digits, code_len, main, 0),
        None => Phone::new(digits),
    }
}

/// `digits[skip..]` are a national number of `region`, perhaps after its trunk prefix. Skipped digits are the calling
/// code; if none are skipped, `code` is prepended to the number.
fn national(digits: &[u8], skip: usize, region: &RegionPlan, code: u16) -> Option<Phone> {
    let mut number = &digits[skip..];
    let first = *number.first()?;
    if region.trunk_first >> first & 1 != 0 {
        if first != 0 || !region.trunk_zero {
            return None;
        }
        number = &number[1..];
    }
    if !region.has_length(number.len()) {
        return None;
    }
    if skip > 0 && skip + number.len() == digits.len() {
        return Phone::new(digits);
    }
    let code = if skip > 0 { digits[..skip].iter().fold(0, |value, d| value * 10 + u16::from(*d)) } else { code };
    Phone::after(code, number)
}

/// The digits of a calling code, right-aligned, and their count.
fn code_digits(code: u16) -> ([u8; 3], usize) {
    let digits = [(code / 100) as u8, (code / 10 % 10) as u8, (code % 10) as u8];
    (
        digits,
        if code > 99 {
            3
        } else if code > 9 {
            2
        } else {
            1
        },
    )
}

fn strip<'a>(digits: &'a [u8], prefix: &str) -> Option<&'a [u8]> {
    let (head, rest) = digits.split_at_checked(prefix.len())?;
    head.iter().zip(prefix.bytes()).all(|(d, b)| d + b'0' == b).then_some(rest)
}

/// The library's answer, for everything that [`fast`] leaves.
pub fn slow(text: &str, region: Option<&RegionPlan>) -> Result<Phone, PhoneError> {
    if text.len() > MAX_TEXT {
        return Err(PhoneError::TextTooLong(text.len()));
    }
    if text.contains(";phone-context=") {
        return Err(PhoneError::PhoneContext);
    }
    if text.is_ascii() && !text.bytes().any(|b| b.is_ascii_digit()) {
        return Err(PhoneError::NotANumber);
    }
    let in_region = region.and_then(|r| Region::from_code(r.as_str()).ok());
    let number = catch_unwind(AssertUnwindSafe(|| library::load().parse(text, in_region)))
        .map_err(|_| PhoneError::Library)?
        .map_err(|e| match e {
            ParseError::InvalidCountryCode if region.is_none() && !text.contains(['+', '\u{FF0B}']) => {
                PhoneError::NoRegion
            }
            ParseError::InvalidCountryCode => PhoneError::UnknownCallingCode,
            ParseError::NotANumber(_) => PhoneError::NotANumber,
            ParseError::TooShortAfterIdd | ParseError::TooShortNsn => PhoneError::TooShort,
            ParseError::TooLongNsn => PhoneError::TooLong,
        })?;
    let national = get_national_significant_number_owned(&number);
    let digits: Vec<u8> = format!("{}{national}", number.country_code).bytes().map(|b| b - b'0').collect();
    Phone::new(&digits).ok_or_else(|| impossible(&digits, national.len()))
}

fn impossible(digits: &[u8], national: usize) -> PhoneError {
    let Some((code, _)) = plan::code(digits) else { return PhoneError::UnknownCallingCode };
    if plan::region(code.main).is_some_and(|r| r.local_only >> national & 1 != 0) {
        return PhoneError::LocalOnly;
    }
    let lengths = u32::from(frozen::lengths(digits).unwrap_or(0));
    if national < lengths.trailing_zeros() as usize {
        PhoneError::TooShort
    } else if lengths >> national == 0 {
        PhoneError::TooLong
    } else {
        PhoneError::Impossible
    }
}
