//! What a text is that is not one person's number: codes for reports.

use super::super::doubt::{Doubt, doubt};
use super::super::plan::RegionPlan;
use super::super::{Phone, PhoneError, parse};
use super::entity::{Kind, Scan};
use super::normal::normal;
use super::{Problem, one, read};

impl Problem {
    /// The code by which SQL names the problem.
    pub fn code(self) -> &'static str {
        match self {
            Problem::Missing => "missing",
            Problem::NoNumber => "no_number",
            Problem::TwoNumbers => "two_numbers",
            Problem::DigitsLeft => "digits_left",
            Problem::Masked => "masked",
            Problem::LostDigits => "lost_digits",
            Problem::Ambiguous => "ambiguous",
            Problem::Placeholder => "placeholder",
            Problem::Parse(error) => match error {
                PhoneError::TextTooLong(_) => "text_too_long",
                PhoneError::PhoneContext | PhoneError::NotANumber => "no_number",
                PhoneError::NoRegion => "no_region",
                PhoneError::UnknownCallingCode => "unknown_calling_code",
                PhoneError::TooShort => "too_short",
                PhoneError::TooLong => "too_long",
                PhoneError::LocalOnly => "local_only",
                PhoneError::Impossible | PhoneError::Library => "impossible",
            },
        }
    }
}

/// Kinds in the order in which a text is named after one of them.
const KINDS: [(Kind, &str); 9] = [
    (Kind::Account, "account"),
    (Kind::Uuid, "uuid"),
    (Kind::Mail, "mail_address"),
    (Kind::Web, "web_address"),
    (Kind::Internet, "internet_address"),
    (Kind::Amount, "amount"),
    (Kind::Date, "date"),
    (Kind::Time, "time"),
    (Kind::Reference, "reference"),
];

/// Why a text is probably no person's number: its problem, what it looks like if it has no number, or why its number is
/// doubtful. `None`: it is one number, and nothing speaks against it.
pub fn code(text: &str, region: Option<&RegionPlan>) -> Option<&'static str> {
    let problem = match one(text, region) {
        Ok(phone) => return doubt(phone).map(Doubt::code),
        Err(problem) => problem,
    };
    let looks = match problem {
        Problem::NoNumber | Problem::Parse(_) => looks(text, region),
        _ => None,
    };
    Some(looks.unwrap_or_else(|| problem.code()))
}

/// Whether any number that a text may mean is doubtful.
pub fn is_doubtful(text: &str, region: Option<&RegionPlan>) -> bool {
    let is_doubtful = |phone: Phone| doubt(phone).is_some();
    match parse::canonical(text.as_bytes()) {
        Some(phone) => is_doubtful(phone),
        None => read(text, region).numbers.iter().any(|found| is_doubtful(found.phone)),
    }
}

/// What a text without a number looks like.
fn looks(text: &str, region: Option<&RegionPlan>) -> Option<&'static str> {
    if text.len() > super::MOST_BYTES {
        return None;
    }
    let mut chars = normal(text).chars;
    let visible: String = chars.iter().filter(|c| !matches!(c, ' ' | '\n' | '"')).collect();
    let digits: Vec<u8> = visible.bytes().filter(u8::is_ascii_digit).collect();
    if digits.len() + visible.bytes().filter(|b| b"+-./()".contains(b)).count() == visible.len() && is_typed(&digits) {
        return Some(Problem::Placeholder.code());
    }
    let mut scan = Scan { chars: &mut chars, kinds: 0 };
    scan.entities(region.is_some_and(|region| region.code == 1));
    let kinds = scan.kinds;
    // More digits may be those of a number that cannot be read.
    if chars.iter().filter(|c| c.is_ascii_digit()).count() <= 4
        && let Some((_, code)) = KINDS.iter().find(|(kind, _)| kinds >> *kind as u16 & 1 != 0)
    {
        return Some(code);
    }
    let parts: Vec<&str> = visible.split('.').collect();
    let is_byte = |part: &&str| part.parse::<u8>().is_ok();
    if parts.len() == 4 && parts.iter().all(is_byte) {
        return Some("internet_address");
    }
    if let [whole, cents] = visible.split(['.', ',']).collect::<Vec<_>>()[..]
        && (1..=6).contains(&whole.len())
        && cents.len() == 2
        && digits.len() + 1 == visible.len()
    {
        return Some("amount");
    }
    // `20261124`, where it is no number.
    let value = |from: usize, to: usize| visible.get(from..to).and_then(|part| part.parse::<u32>().ok());
    let is_date = visible.len() == 8
        && digits.len() == 8
        && matches!(value(0, 4), Some(1900..2100))
        && matches!(value(4, 6), Some(1..=12))
        && matches!(value(6, 8), Some(1..=31));
    (is_date && region.is_some()).then_some("date")
}

/// Digits as people type who have no number: zeros, four or more equal ones, five or more consecutive ones.
fn is_typed(digits: &[u8]) -> bool {
    let steps = |step: u8| digits.windows(2).all(|pair| (pair[0] - b'0' + step) % 10 == pair[1] - b'0');
    match digits {
        [] => false,
        [first, ..] if steps(0) => *first == b'0' || digits.len() >= 4,
        _ => digits.len() >= 5 && (steps(1) || steps(9)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::plan;
    use super::*;

    #[test]
    fn a_text_is_named_after_what_it_looks_like() {
        for (text, region, expected) in [
            ("", "US", "missing"),
            ("n/a", "US", "no_number"),
            ("0", "US", "placeholder"),
            ("0000000000", "US", "placeholder"),
            ("(000) 000-0000", "", "placeholder"),
            ("123-456-7890", "US", "placeholder"),
            ("987654321", "US", "placeholder"),
            ("0123456789", "DE", "placeholder"),
            ("+10000000000", "", "placeholder"),
            ("2026-11-24", "US", "date"),
            ("24.11.2026", "DE", "date"),
            ("20261124", "US", "date"),
            ("5 pm", "US", "time"),
            ("EUR 1.250,00", "DE", "amount"),
            ("1250.00", "US", "amount"),
            ("192.168.1.1", "US", "internet_address"),
            ("10.20.30.40", "US", "internet_address"),
            ("DE89 3704 0044 0532 0130 00", "DE", "account"),
            ("123e4567-e89b-12d3-a456-426614174000", "US", "uuid"),
            ("jane7@example.com", "US", "mail_address"),
            ("https://example.com/4155552671", "US", "web_address"),
            ("order no. 12345678", "US", "reference"),
            ("415XXXXXXX", "US", "masked"),
            ("4.15555E+09", "US", "lost_digits"),
            ("415-555-2671 / 415-555-2672", "US", "two_numbers"),
            ("555-2671", "US", "local_only"),
            ("(415) 555-2671", "", "no_region"),
            ("12", "DE", "local_only"),
            ("17", "US", "too_short"),
            ("41555526714155552671", "US", "too_long"),
            ("+2101234567", "", "unknown_calling_code"),
            ("(415) 555-0134", "US", "fiction"),
            ("385 170 5849", "US", "not_valid"),
        ] {
            assert_eq!(code(text, plan::region(region)), Some(expected), "{text:?} in {region:?}");
        }
        assert_eq!(code("(415) 555-2671", plan::region("US")), None);
        assert_eq!(code("030 23126001 (mornings, since 2019)", plan::region("DE")), None);
    }

    #[test]
    fn one_doubtful_number_makes_a_field_doubtful() {
        let us = plan::region("US");
        assert!(is_doubtful("(415) 555-2671 / (415) 555-0134", us));
        assert!(is_doubtful("+13851705849", us));
        assert!(!is_doubtful("(415) 555-2671 / (415) 555-2672", us));
        assert!(!is_doubtful("rubbish", us));
    }
}
