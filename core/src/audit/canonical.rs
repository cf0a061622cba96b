//! Canonical bytes of a row, format 1: a JSON object without white space, its keys in the order of their bytes.
//!
//! | column type | written as |
//! | --- | --- |
//! | `boolean`, integers | JSON's own |
//! | `text` | string; only `"`, `\` and control characters are escaped |
//! | `text[]` | array of such strings, or `null`, whatever its bounds |
//! | `dnc_phone` | string, E.164 with plus sign |
//! | `timestamptz` | RFC 3339 string in UTC, six decimals: `2026-11-24T20:16:34.000000Z`; or `infinity`, `-infinity` |
//! | `date` | string, `2026-11-24`; or `infinity`, `-infinity` |
//! | `interval` | array of its months, days and microseconds |
//! | `bytea` | string, lower-case hexadecimal |
//! | `jsonb` | as PostgreSQL writes it |
//! | NULL | `null` |
//!
//! Neither `TimeZone`, `DateStyle`, `client_encoding` nor the order of a table's columns changes a byte.

use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Version of the format above, stored with every log row.
pub const FORMAT: i16 = 1;

/// Microseconds from the Unix epoch to PostgreSQL's, 2000-01-01.
const POSTGRES_EPOCH_DAYS: i64 = 10_957;
const DAY: i64 = 86_400_000_000;

/// A column's value.
pub enum Canonical<'a> {
    /// SQL's NULL.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer of any size.
    Int(i64),
    /// A text.
    Text(&'a str),
    /// An array of texts.
    Texts(&'a [Option<String>]),
    /// Microseconds since 2000-01-01 UTC; the ends of the range are the infinities, as in PostgreSQL.
    Timestamp(i64),
    /// Days since 2000-01-01, with the infinities likewise.
    Date(i32),
    /// Months, days, microseconds.
    Interval(i32, i32, i64),
    /// A bytea.
    Bytes(&'a [u8]),
    /// JSON text.
    Json(&'a str),
}

/// The canonical bytes of a row given as its columns, in any order.
pub fn row<'a>(columns: impl IntoIterator<Item = (&'a str, Canonical<'a>)>) -> String {
    let mut columns: Vec<_> = columns.into_iter().collect();
    columns.sort_unstable_by_key(|(name, _)| *name);
    let mut out = String::with_capacity(256);
    out.push('{');
    for (i, (name, value)) in columns.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        string(name, &mut out);
        out.push(':');
        write_value(value, &mut out);
    }
    out.push('}');
    out
}

fn write_value(value: &Canonical, out: &mut String) {
    match value {
        Canonical::Null => out.push_str("null"),
        Canonical::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Canonical::Int(n @ 0..) => digits(*n, 1, out),
        Canonical::Int(n) => write!(out, "{n}").expect("writing to a string"),
        Canonical::Text(s) => string(s, out),
        Canonical::Texts(all) => {
            out.push('[');
            for (i, s) in all.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                match s {
                    Some(s) => string(s, out),
                    None => out.push_str("null"),
                }
            }
            out.push(']');
        }
        Canonical::Timestamp(t) => string(&timestamp(*t), out),
        Canonical::Date(d) => string(&date(*d), out),
        Canonical::Interval(months, days, micros) => {
            write!(out, "[{months},{days},{micros}]").expect("writing to a string");
        }
        Canonical::Bytes(b) => {
            out.push('"');
            write_hex(b, out);
            out.push('"');
        }
        Canonical::Json(s) => out.push_str(s),
    }
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    write_hex(bytes, &mut out);
    out
}

pub(super) fn write_hex(bytes: &[u8], out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for part in bytes.chunks(32) {
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(part) {
            (pair[0], pair[1]) = (DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]);
        }
        out.push_str(std::str::from_utf8(&text[..part.len() * 2]).expect("digits"));
    }
}

/// Whether a byte must be escaped in a string.
fn is_escaped(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\')
}

pub(super) fn string(s: &str, out: &mut String) {
    out.push('"');
    let mut from = 0;
    // Most have none; testing whether there is any is much faster than finding its position.
    let any = s.bytes().fold(0, |any, byte| any | u8::from(is_escaped(byte))) != 0;
    for (at, byte) in s.bytes().enumerate().filter(|(_, byte)| any && is_escaped(*byte)) {
        out.push_str(&s[from..at]);
        from = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            byte => write!(out, "\\u{byte:04x}").expect("writing to a string"),
        }
    }
    out.push_str(&s[from..]);
    out.push('"');
}

/// RFC 3339 in UTC, of microseconds since 2000-01-01.
pub fn timestamp(micros: i64) -> String {
    match micros {
        i64::MAX => return "infinity".into(),
        i64::MIN => return "-infinity".into(),
        _ => {}
    }
    let (days, time) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
    let (year, month, day) = civil(days + POSTGRES_EPOCH_DAYS);
    let (seconds, fraction) = (time / 1_000_000, time % 1_000_000);
    let mut out = String::with_capacity(27);
    write_date(year, month, day, &mut out);
    for (mark, part) in [('T', seconds / 3600), (':', seconds / 60 % 60), (':', seconds % 60)] {
        out.push(mark);
        digits(part, 2, &mut out);
    }
    out.push('.');
    digits(fraction, 6, &mut out);
    out.push('Z');
    out
}

/// A non-negative number in at least this many digits.
pub(super) fn digits(number: i64, least: usize, out: &mut String) {
    let (mut text, mut from, mut left) = ([b'0'; 20], 20, number);
    while left > 0 || from > 20 - least {
        from -= 1;
        text[from] = b'0' + (left % 10) as u8;
        left /= 10;
    }
    out.push_str(std::str::from_utf8(&text[from..]).expect("digits"));
}

fn write_date(year: i64, month: i64, day: i64, out: &mut String) {
    if year < 0 {
        out.push('-');
        digits(-year, 3, out);
    } else {
        digits(year, 4, out);
    }
    for part in [month, day] {
        out.push('-');
        digits(part, 2, out);
    }
}

fn date(days: i32) -> String {
    match days {
        i32::MAX => return "infinity".into(),
        i32::MIN => return "-infinity".into(),
        _ => {}
    }
    let (year, month, day) = civil(i64::from(days) + POSTGRES_EPOCH_DAYS);
    let mut out = String::with_capacity(10);
    write_date(year, month, day, &mut out);
    out
}

/// Year, month and day of the proleptic Gregorian calendar, of days since 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    // Years are counted from 1 March, so that the leap day is a year's last; 146,097 days are 400 years.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Whether two canonical rows describe the same row, where the first may have been written before columns were added: a
/// field that only the second has must be NULL, the value with which such columns are filled.
pub fn same_row(logged: &str, now: &str) -> bool {
    if logged == now {
        return true;
    }
    let parse = |s| serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(s);
    let (Ok(logged), Ok(now)) = (parse(logged), parse(now)) else { return false };
    logged.keys().all(|k| now.contains_key(k))
        && now.iter().all(|(k, v)| match logged.get(k) {
            Some(was) => was.get() == v.get(),
            None => v.get() == "null",
        })
}
