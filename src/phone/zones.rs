//! Time zones in which a number may be, from libphonenumber's prefix table.

use super::{Phone, library};
use rlibphonenumber::PhoneNumberType;
use std::sync::OnceLock;

static DATA: &str = include_str!("../../data/time-zones.txt");

/// The table's lines, prefix and zones, in the order of their prefixes.
fn table() -> &'static [(&'static str, &'static str)] {
    static TABLE: OnceLock<Vec<(&str, &str)>> = OnceLock::new();
    TABLE.get_or_init(|| DATA.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once('|')).collect())
}

/// The zones of the longest prefix of `digits` that the table has.
fn longest(digits: &str) -> Option<&'static str> {
    let table = table();
    (1..=digits.len())
        .rev()
        .find_map(|n| table.binary_search_by_key(&&digits[..n], |(prefix, _)| prefix).ok().map(|at| table[at].1))
}

/// IANA names of all zones in which the number may be: those of its area for a geographic number, else those of its
/// whole country. Empty for codes of no country.
pub fn zones(phone: Phone) -> Vec<&'static str> {
    let text = phone.to_string();
    let digits = &text[1..];
    let geographic = library::line_type(phone) != PhoneNumberType::Unknown
        && library::load().is_number_geographical(&library::number(phone));
    let found = if geographic { longest(digits) } else { longest(&digits[..phone.code_len()]) };
    found.map_or_else(Vec::new, |zones| zones.split('&').filter(|z| *z != "Etc/Unknown").collect())
}
