//! Every error that Rust code raises: what was wrong with which value, the rule, and the way out.
//!
//! A telephone number appears in full only where its writer gets it back (text that would not parse); a number that
//! is known to be somebody's is masked.

use crate::phone::{Phone, PhoneError};
use pgrx::PgSqlErrorCode::{self, *};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, function_name};

/// Most bytes of an offending text that an error repeats.
const SHOWN: usize = 60;

fn raise(code: PgSqlErrorCode, message: String, detail: String, hint: &str) -> ! {
    let mut report = ErrorReport::new(code, message, function_name!());
    if !detail.is_empty() {
        report = report.set_detail(detail);
    }
    if !hint.is_empty() {
        report = report.set_hint(hint.to_owned());
    }
    report.report(PgLogLevel::ERROR);
    unreachable!("an ERROR does not return")
}

fn shown(text: &str) -> String {
    if text.len() <= SHOWN {
        return text.to_owned();
    }
    let mut end = SHOWN;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}

pub fn not_a_phone(text: &str, why: PhoneError, region: Option<&str>) -> ! {
    let read_in = region.map_or(String::new(), |r| format!(" in region {r}"));
    raise(
        ERRCODE_INVALID_TEXT_REPRESENTATION,
        format!("invalid input syntax for type dnc_phone: \"{}\"{read_in}", shown(text)),
        format!("This is no telephone number: {}.", why.rule()),
        why.hint(),
    )
}

pub fn not_text() -> ! {
    raise(
        ERRCODE_CHARACTER_NOT_IN_REPERTOIRE,
        "invalid byte sequence in a telephone number".into(),
        "The text is not valid in the database's encoding.".into(),
        "",
    )
}

pub fn unknown_region(region: &str) -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("unknown region \"{}\"", shown(region)),
        "A region is an ISO 3166-1 alpha-2 code, such as US or DE.".into(),
        "",
    )
}

pub fn bad_binary(bits: i64) -> ! {
    raise(
        ERRCODE_INVALID_BINARY_REPRESENTATION,
        "invalid binary representation of dnc_phone".into(),
        format!("The value {bits:#018x} stands for no number."),
        "",
    )
}

pub fn not_a_number_value(number: i64) -> ! {
    raise(
        ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
        format!("{number} is no international telephone number"),
        "As an integer a number is written with its calling code and nothing before it, such as 14155552671.".into(),
        "For other spellings use dnc_parse(text, region).",
    )
}

pub fn bad_prefix(prefix: &str) -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("invalid number prefix \"{}\"", shown(prefix)),
        "A prefix is a plus sign and up to 15 digits, calling code first.".into(),
        "Write it like +1415.",
    )
}

pub fn unknown_style(style: &str) -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("unknown number format \"{}\"", shown(style)),
        "The formats are e164, international, national and rfc3966.".into(),
        "",
    )
}

#[allow(dead_code)]
pub fn mask(phone: Phone) -> String {
    phone.mask()
}
