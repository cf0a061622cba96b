//! Plain spellings: digits in groups, as in one number. They are read here alone, since nearly all fields are plain.

use super::super::doubt::ends_regularly;
use super::super::plan::RegionPlan;
use super::super::{Phone, parse};

/// The number of a plain spelling; `None` leaves the decision, and every error, to [`one`].
///
/// Plain are digits in groups with single separators, as in one number. What may be a date, an address of the internet or
/// two things is not.
#[inline]
pub fn fast(text: &[u8], region: Option<&RegionPlan>) -> Option<Phone> {
    let plus = text.first() == Some(&b'+');
    let rest = &text[usize::from(plus)..];
    if !is_usual(rest, plus) {
        return grouped(text, region);
    }
    let mut digits = [0u8; WIDTH];
    let mut count = 0;
    for &b in rest {
        let digit = b.wrapping_sub(b'0');
        digits[count] = digit;
        count += usize::from(digit < 10);
    }
    number(&digits[..count], plus, region)
}

/// Bytes of the longest usual spelling.
const WIDTH: usize = 16;

/// Usual spellings by length, with zeros for digits: those in which [`Shape`] finds nothing in any region.
const USUAL: [&[u128]; WIDTH + 1] = {
    let mut of_length: [&[u128]; WIDTH + 1] = [&[]; WIDTH + 1];
    of_length[11] = &[packed(b"0000 000000"), packed(b"000 0000000")];
    of_length[12] = &[
        packed(b"000-000-0000"),
        packed(b"000 000 0000"),
        packed(b"000.000.0000"),
        packed(b"0000 000 000"),
        packed(b"0000 0000000"),
        packed(b"00000 000000"),
    ];
    of_length[13] = &[packed(b"(000)000-0000"), packed(b"000 0000 0000"), packed(b"0000 000 0000")];
    of_length[14] = &[packed(b"(000) 000-0000"), packed(b"(000) 000 0000"), packed(b"00 00 00 00 00")];
    of_length
};

const fn packed(text: &[u8]) -> u128 {
    let (mut value, mut i) = (0, 0);
    while i < text.len() {
        value |= (text[i] as u128) << (8 * i);
        i += 1;
    }
    value
}

/// Whether a text is digits alone or, without a plus sign before it, one of [`USUAL`].
#[inline]
fn is_usual(text: &[u8], plus: bool) -> bool {
    const EACH: u128 = u128::MAX / 255;
    // Two words that may overlap, since a copy of any length would cost more.
    let (Some(head), Some(tail)) = (text.first_chunk(), text.last_chunk()) else { return false };
    let Some(missing) = WIDTH.checked_sub(text.len()) else { return false };
    let tail = u128::from(u64::from_le_bytes(*tail) >> (8 * missing as u32 % 64)) << 64;
    let value = u128::from(u64::from_le_bytes(*head)) | if missing == 8 { 0 } else { tail };
    // 0x10 in each byte from 0x30 to 0x3f; nothing else that is usual has it.
    let tens = value & (EACH * 0x10) & (value >> 1 & (EACH * 0x10));
    let over_nine = (value & (EACH * 0x0f)) + EACH * 6;
    if value & (EACH * 0xc0) != 0 || over_nine & tens != 0 {
        return false;
    }
    let shape = value & !((tens >> 4) * 0x0f);
    let all = (EACH * 0x30) >> (8 * missing);
    shape == all || !plus && USUAL[text.len()].contains(&shape)
}

/// The number of digits in groups, if the groups are those of one number.
fn grouped(text: &[u8], region: Option<&RegionPlan>) -> Option<Phone> {
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
    number(&digits[..count], plus, region)
}

/// The number of the digits of a plain spelling.
#[inline]
fn number(digits: &[u8], plus: bool, region: Option<&RegionPlan>) -> Option<Phone> {
    // `00` where it is no international prefix may be meant as one.
    if !plus && digits.starts_with(&[0, 0]) && region.is_none_or(|region| region.idd != "00") {
        return None;
    }
    parse::of_digits(plus, digits, region).filter(|phone| plus || !ends_regularly(*phone, digits))
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

#[cfg(test)]
mod tests {
    use super::super::super::plan;
    use super::{USUAL, fast, grouped};

    /// The short way and the long one give the same result, in every region.
    #[test]
    fn usual_spellings_are_plain() {
        let shapes = USUAL
            .into_iter()
            .flatten()
            .map(|shape| shape.to_le_bytes().into_iter().filter(|b| *b != 0).collect::<Vec<u8>>());
        let alone = (1..=16).map(|length| vec![b'0'; length]);
        for shape in shapes.chain(alone) {
            for seed in 0..2000u64 {
                let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
                let mut text = shape.clone();
                for b in text.iter_mut().filter(|b| **b == b'0') {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    *b = b'0' + if seed < 100 { (seed % 10) as u8 } else { (state % 10) as u8 };
                }
                let region = &plan::regions()[(state % plan::regions().len() as u64) as usize];
                assert_eq!(fast(&text, Some(region)), grouped(&text, Some(region)), "{:?}", String::from_utf8(text));
                let mut with_plus = vec![b'+'];
                with_plus.extend_from_slice(&text);
                assert_eq!(fast(&with_plus, None), grouped(&with_plus, None), "{:?}", String::from_utf8(with_plus));
            }
        }
    }

    #[test]
    fn bytes_beside_the_digits_are_none() {
        for b in 0..=255u8 {
            for place in 0..12 {
                let mut text = *b"415-555-2671";
                text[place] = b;
                let us = plan::region("US");
                assert_eq!(fast(&text, us), grouped(&text, us), "{b} at {place}");
            }
        }
    }
}
