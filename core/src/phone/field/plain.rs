//! Plain spellings: digits in groups, as in one number. They are read here alone, since nearly all fields are plain.

use super::super::doubt::is_regular;
use super::super::plan::RegionPlan;
use super::super::{Phone, parse};

/// The number of a plain spelling; `None` leaves the decision, and every error, to [`one`].
///
/// Plain are digits in groups with single separators, as in one number. What may be a date, an address of the internet or
/// two things is not.
#[inline]
pub fn fast(text: &[u8], region: Option<&RegionPlan>) -> Option<Phone> {
    let mut digits = [0u8; parse::MAX_COLLECTED];
    let mut count = 0;
    let mut shape = Shape::default();
    let plus = text.first() == Some(&b'+');
    let mut before = b' ';
    for &b in &text[usize::from(plus)..] {
        let digit = b.wrapping_sub(b'0');
        if digit < 10 {
            *digits.get_mut(count)? = digit;
            count += 1;
            if !before.is_ascii_digit() {
                shape.group(before);
            }
            shape.length += 1;
        } else if !shape.separates(b, before) {
            return None;
        }
        before = b;
    }
    if !before.is_ascii_digit() || shape.groups > 1 && !shape.is_plain(text, plus, region) {
        return None;
    }
    let digits = &digits[..count];
    // `00` where it is no international prefix may be meant as one.
    if !plus && digits.starts_with(&[0, 0]) && region.is_none_or(|region| region.idd != "00") {
        return None;
    }
    parse::of_digits(plus, digits, region).filter(|phone| plus || !is_regular(*phone))
}

/// The groups of a spelling.
#[derive(Default)]
struct Shape {
    groups: u32,
    /// Digits of the running group, of the one before, and the most that one has.
    length: u32,
    length_before: u32,
    longest: u32,
    /// The last two gaps.
    gap: u8,
    gap_before: u8,
    /// Groups of one or two digits but the running one.
    small: u32,
    points: u32,
    hyphens: u32,
    spaced: bool,
}

impl Shape {
    #[inline]
    fn group(&mut self, before: u8) {
        self.groups += 1;
        self.small += u32::from(self.length == 1 || self.length == 2);
        self.longest = self.longest.max(self.length);
        (self.gap_before, self.gap, self.length_before, self.length) = (self.gap, before, self.length, 0);
    }

    /// Whether a separator may stand here in one number.
    #[inline]
    fn separates(&mut self, b: u8, before: u8) -> bool {
        let digit = before.is_ascii_digit();
        match b {
            b' ' => {
                self.spaced = true;
                digit || before == b')'
            }
            b'-' => {
                self.hyphens += 1;
                digit || before == b')'
            }
            b'.' => {
                self.points += 1;
                digit
            }
            b'(' => self.groups <= 1 && self.length < 5 && before != b'-',
            b')' => digit,
            _ => false,
        }
    }

    fn is_plain(&self, text: &[u8], plus: bool, region: Option<&RegionPlan>) -> bool {
        // A plus sign and one digit that is no calling code.
        if let [b'+', code, b' ' | b'(' | b'-' | b'.', ..] = text
            && !matches!(code, b'1' | b'7')
        {
            return false;
        }
        let Shape { groups, length, length_before, gap, gap_before, points, .. } = *self;
        let longest = self.longest.max(length);
        let small = self.small + u32::from(length <= 2);
        // Dates, addresses of the internet, a last group of one digit, and one of two digits behind a point.
        let is_date = points + self.hyphens > 1 && groups <= 4 && small > 1
            || self.spaced && gap == gap_before && matches!(gap, b'.' | b'-') && length_before <= 2 && length == 4;
        let is_address = points == 3 && groups == 4 && longest <= 3;
        let pairs = gap_before == b'.' && length_before == 2;
        let one_length = !plus && region.is_some_and(|region| region.lengths.is_power_of_two());
        let doubtful = length == 1 || gap == b'.' && length == 2 && !(pairs && one_length);
        !(is_date || is_address || doubtful)
    }
}
