//! Numbers that are probably no person's: placeholders, numbers for fiction, numbers that no operator can have given.
//! They are numbers all the same: an opt-out of one is stored, and a check answers for it.

use super::layout::MAX_DIGITS;
use super::{Phone, library};

/// Why a number is probably no person's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Doubt {
    /// Equal or consecutive digits, as people type who have no number.
    Placeholder,
    /// Set aside for fiction and documentation.
    Fiction,
    /// Of a possible length, but in no range in use.
    NotValid,
}

impl Doubt {
    /// The code by which SQL names it.
    pub fn code(self) -> &'static str {
        match self {
            Doubt::Placeholder => "placeholder",
            Doubt::Fiction => "fiction",
            Doubt::NotValid => "not_valid",
        }
    }
}

/// Ranges for fiction and documentation: their first digits (`?`: any), and how many digits follow.
const FICTION: &[(&str, usize)] = &[
    // North America: 555-01xx in every area (NANPA).
    ("1???55501", 2),
    // United Kingdom: numbers for drama (Ofcom).
    ("441632960", 3),
    ("441134960", 3),
    ("441144960", 3),
    ("441154960", 3),
    ("441164960", 3),
    ("441174960", 3),
    ("441184960", 3),
    ("441214960", 3),
    ("441314960", 3),
    ("441414960", 3),
    ("441514960", 3),
    ("441614960", 3),
    ("442079460", 3),
    ("441914980", 3),
    ("442896496", 3),
    ("442920180", 3),
    ("447700900", 3),
    ("448081570", 3),
    ("449098790", 3),
    ("443069990", 3),
    // Australia: numbers for fiction (ACMA).
    ("6125550", 4),
    ("6135550", 4),
    ("6175550", 4),
    ("6185550", 4),
    ("6127010", 4),
    ("6137010", 4),
    ("6177010", 4),
    ("6187010", 4),
    // Germany: numbers for media (Bundesnetzagentur, Mitteilung 148/2021).
    ("493023125", 3),
    ("496990009", 3),
    ("494066969", 3),
    ("492214710", 3),
    ("498999998", 3),
    ("4917139200", 2),
    ("49176040690", 2),
    ("4915228817386", 0),
    ("4915228895456", 0),
    ("4915254599371", 0),
    ("491729925904", 0),
    ("491729968532", 0),
    ("491729973185", 0),
    ("491729973186", 0),
    ("491729980752", 0),
    ("491749091317", 0),
    ("491749464308", 0),
    // France: numbers for audiovisual works (ARCEP, numbering plan).
    ("3319900", 4),
    ("3326191", 4),
    ("3335301", 4),
    ("3346571", 4),
    ("3353649", 4),
    ("3363998", 4),
];

/// Australia's mobile numbers for fiction (ACMA): the digits behind +61 491 57.
const FICTION_AU_MOBILE: &[u16] = &[
    6, 156, 157, 158, 159, 110, 313, 737, 1266, 1491, 1804, 2549, 2665, 2983, 3770, 3087, 4118, 4632, 5254, 5789, 6398,
    6801, 7426, 7644, 8957, 8148, 8888, 9212, 9760,
];

/// Why the number is probably no person's; `None`: nothing speaks against it.
pub fn doubt(phone: Phone) -> Option<Doubt> {
    if is_fiction(phone) {
        return Some(Doubt::Fiction);
    }
    let mut buffer = [0; MAX_DIGITS];
    let zeros = phone.digits(&mut buffer).iter().rev().take_while(|digit| **digit == 0).count();
    if zeros >= 7 {
        return Some(Doubt::Placeholder);
    }
    if library::is_valid(phone) {
        return None;
    }
    Some(if zeros == 6 || is_regular(phone) { Doubt::Placeholder } else { Doubt::NotValid })
}

fn is_fiction(phone: Phone) -> bool {
    let mut buffer = [0; MAX_DIGITS];
    let digits = phone.digits(&mut buffer);
    let is_in = |(first, more): &(&str, usize)| {
        digits.len() == first.len() + more && first.bytes().zip(digits).all(|(b, digit)| b == b'?' || b == b'0' + digit)
    };
    let australian = || {
        digits.len() == 11
            && digits.starts_with(&[6, 1, 4, 9, 1, 5, 7])
            && FICTION_AU_MOBILE.contains(&digits[7..].iter().fold(0, |value, digit| value * 10 + u16::from(*digit)))
    };
    matches!(digits[0], 1 | 3 | 4 | 6) && (FICTION.iter().any(is_in) || australian())
}

/// Whether all digits behind the calling code are equal or consecutive.
pub(super) fn is_wholly_regular(phone: Phone) -> bool {
    let national: Vec<u8> = phone.national().into_bytes();
    let step = national[1].wrapping_sub(national[0]).wrapping_add(10) % 10;
    step <= 1 && national.windows(2).all(|pair| (pair[0] - b'0' + step) % 10 == pair[1] - b'0')
}

/// [`is_regular`] of a number that ends with these digits, which it was read from.
#[inline]
pub(super) fn ends_regularly(phone: Phone, digits: &[u8]) -> bool {
    // Of fewer, a trunk prefix may be one of the six.
    let (Some(last), 7..) = (digits.last_chunk::<6>(), digits.len()) else { return is_regular(phone) };
    let step = last[1].wrapping_sub(last[0]);
    (step <= 1 || step == 9u8.wrapping_neg()) && last.windows(2).all(|pair| (pair[0] + (step & 1)) % 10 == pair[1])
}

/// Whether the last six digits are equal or consecutive.
#[inline]
pub(super) fn is_regular(phone: Phone) -> bool {
    let mut number = phone.e164_number();
    let mut last = [0; 6];
    for place in last.iter_mut().rev() {
        *place = number % 10;
        number /= 10;
    }
    let step = last[1] - last[0];
    (step == 0 || step == 1 || step == -9)
        && last.windows(2).all(|pair| (pair[0] + step.rem_euclid(10)) % 10 == pair[1])
}

#[cfg(test)]
mod tests {
    use super::super::parse::canonical;
    use super::*;

    fn of(text: &str) -> Option<Doubt> {
        doubt(canonical(text.as_bytes()).expect(text))
    }

    #[test]
    fn placeholders_fiction_and_numbers_in_no_range_are_doubtful() {
        for (doubt, numbers) in [
            (Doubt::Placeholder, &["+10000000000", "+11234567890", "+15555555555", "+491234567890"][..]),
            (
                Doubt::Fiction,
                &["+12125550134", "+442079460018", "+61491570156", "+61255501234", "+493023125001", "+33199001234"],
            ),
            (Doubt::NotValid, &["+13851705849", "+442071234"]),
        ] {
            for number in numbers {
                assert_eq!(of(number), Some(doubt), "{number}");
            }
        }
    }

    #[test]
    fn numbers_in_use_are_not_doubtful() {
        for number in [
            "+14155552671",
            "+12125550200",
            "+442079470018",
            "+61491579999",
            "+493023126001",
            "+33142685300",
            "+390612345678",
        ] {
            assert_eq!(of(number), None, "{number}");
        }
    }
}
