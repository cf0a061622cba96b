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

fn report(code: PgSqlErrorCode, message: String, detail: String, hint: &str) -> ErrorReport {
    let mut report = ErrorReport::new(code, message, function_name!());
    if !detail.is_empty() {
        report = report.set_detail(detail);
    }
    if !hint.is_empty() {
        report = report.set_hint(hint.to_owned());
    }
    report
}

fn raise(code: PgSqlErrorCode, message: String, detail: String, hint: &str) -> ! {
    report(code, message, detail, hint).report(PgLogLevel::ERROR);
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
    phone_report(text, why, region).report(PgLogLevel::ERROR);
    unreachable!("an ERROR does not return")
}

pub fn phone_report(text: &str, why: PhoneError, region: Option<&str>) -> ErrorReport {
    let read_in = region.map_or(String::new(), |r| format!(" in region {r}"));
    report(
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

pub fn not_a_trigger() -> ! {
    raise(
        ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED,
        "this function is called by row triggers only".into(),
        String::new(),
        "",
    )
}

/// The store cannot be read: never an answer.
pub fn missing_relation(name: &str) -> ! {
    raise(
        ERRCODE_UNDEFINED_TABLE,
        format!("the Do-Not-Call store cannot be read: dnc.{name} is missing"),
        "Without it nobody can be told apart from somebody who may be contacted.".into(),
        "Restore it from a backup, or create the extension anew.",
    )
}

pub fn missing_column(relation: &str, column: &str) -> ! {
    raise(
        ERRCODE_UNDEFINED_COLUMN,
        format!("column \"{column}\" of table \"{relation}\" is missing"),
        String::new(),
        "",
    )
}

pub fn audit_key_changed(relation: &str, was: &str, is: &str) -> ! {
    raise(
        ERRCODE_FEATURE_NOT_SUPPORTED,
        format!("the key of a row of dnc.{relation} cannot be changed"),
        format!("The audit log knows this row as \"{}\", not \"{}\".", shown(was), shown(is)),
        "Insert a new row instead.",
    )
}

/// An INSERT that brings an `audit_seq` and is no restore.
pub fn audit_forged(relation: &str, key: &str, seq: i64, why: &str) -> ! {
    raise(
        ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION,
        format!("row \"{}\" of dnc.{relation} cannot be inserted with audit_seq {seq}", shown(key)),
        format!("A row that brings its audit_seq must be the one that the audit log describes last: {why}."),
        "Leave audit_seq out: the row is then logged as new.",
    )
}

pub fn audit_type(relation: &str, column: &str) -> ! {
    raise(
        ERRCODE_DATATYPE_MISMATCH,
        format!("column \"{column}\" of dnc.{relation} has a type that the audit log cannot write"),
        String::new(),
        "",
    )
}

pub fn unknown_channel(channel: &str, known: &str) -> ! {
    let region = crate::phone::plan::region(channel).is_some();
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("unknown channel \"{}\"", shown(channel)),
        format!("The channels are {known}."),
        if region {
            "The second argument is the channel. A region goes to dnc_try_parse(text, region), whose result is checked."
        } else {
            "A site adds channels by inserting into dnc.channel."
        },
    )
}

pub fn infinite_time() -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        "a check cannot be made at an infinite time".into(),
        "Nothing is known of it.".into(),
        "Leave at out to ask about now.",
    )
}

pub fn unknown_purpose(purpose: &str, setting: bool) -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("unknown purpose \"{}\"{}", shown(purpose), if setting { " in the setting dnc.purpose" } else { "" }),
        "A purpose is a path such as brand/product/campaign, known to dnc.purpose.".into(),
        "A site adds purposes by inserting into dnc.purpose.",
    )
}

/// A row that a guard turns away: its number is refused.
pub fn guarded(relation: &str, column: &str, phone: Phone) -> ! {
    raise(
        ERRCODE_CHECK_VIOLATION,
        format!("{} must not be contacted: table \"{relation}\" is guarded, column \"{column}\"", phone.mask()),
        "The number is on the internal Do-Not-Call list.".into(),
        "dnc_explain(phone, channel, purpose) tells every ground.",
    )
}

/// A row that a guard turns away: what is not known to be clear is not contacted.
pub fn guarded_unreadable(relation: &str, column: &str, spelling: &str, why: PhoneError) -> ! {
    raise(
        ERRCODE_CHECK_VIOLATION,
        format!("\"{}\" cannot be read: table \"{relation}\" is guarded, column \"{column}\"", shown(spelling)),
        format!("This is no telephone number: {}.", why.rule()),
        "Mend the number, or leave it NULL. In mode skip or flag such rows are left out or marked instead.",
    )
}

/// A row that a refusal, committed meanwhile, overtakes.
pub fn overtaken(relation: &str, column: &str, phone: &str) -> ! {
    raise(
        ERRCODE_T_R_SERIALIZATION_FAILURE,
        format!("{phone} was refused while this transaction ran: table \"{relation}\", column \"{column}\""),
        "A refusal that commits first wins over a row that commits later.".into(),
        "Run the transaction again.",
    )
}

pub fn bad_guard(relation: &str, what: &str) -> ! {
    raise(
        ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        format!("the guard of table \"{relation}\" cannot work: {what}"),
        "No row is let through unchecked.".into(),
        "Call dnc_detach, then dnc_attach again with the columns the table has now.",
    )
}
