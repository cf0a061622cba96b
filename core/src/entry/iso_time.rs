//! Times that mean the same whatever the settings say, but for a time zone that is left out.

use chrono::{NaiveDate, NaiveTime};

/// Whether a text is a date `2026-11-24`, alone or followed by `T` or a blank, a time of day to the minute, second or a
/// part of it, and perhaps `Z` or an offset such as `+01:00`. Years are those of four digits.
pub fn is_iso(text: &str) -> bool {
    let Some((date, rest)) = text.split_at_checked(10) else { return false };
    let bytes = date.as_bytes();
    let digits = |range: std::ops::Range<usize>| bytes[range].iter().all(u8::is_ascii_digit);
    let shaped = digits(0..4) && bytes[4] == b'-' && digits(5..7) && bytes[7] == b'-' && digits(8..10);
    let real = shaped && date.parse::<NaiveDate>().is_ok_and(|date| date >= FIRST);
    let Some(rest) = rest.strip_prefix(['T', ' ']) else { return real && rest.is_empty() };
    let end = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(end);
    real && is_time(time) && is_zone(zone)
}

/// PostgreSQL has no year 0.
const FIRST: NaiveDate = NaiveDate::from_ymd_opt(1, 1, 1).expect("a day of the calendar");

/// `14:30`, `14:30:05` or `14:30:05.123456`.
fn is_time(text: &str) -> bool {
    let shaped = text.bytes().enumerate().all(|(at, byte)| match at {
        2 | 5 => byte == b':',
        8 => byte == b'.',
        _ => byte.is_ascii_digit(),
    });
    let second = text.get(6..8).is_none_or(|second| second < "60");
    let known = matches!(text.len(), 5 | 8 | 10..=15) && shaped && second;
    known && text.get(..5).is_some_and(|minute| NaiveTime::parse_from_str(minute, "%H:%M").is_ok())
}

/// Nothing, `Z`, `+01`, `+0130` or `+01:30`.
fn is_zone(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some((b'+' | b'-', offset)) = bytes.split_first() else { return matches!(text, "" | "Z") };
    let offset: Vec<u8> = match offset {
        [a, b, b':', c, d] => vec![*a, *b, *c, *d],
        offset => offset.to_vec(),
    };
    let below = |part: &[u8], end: &[u8]| part.iter().all(u8::is_ascii_digit) && part < end;
    match &offset[..] {
        hour if hour.len() == 2 => below(hour, b"15"),
        [hour @ .., c, d] if hour.len() == 2 => below(hour, b"15") && below(&[*c, *d], b"60"),
        _ => false,
    }
}
