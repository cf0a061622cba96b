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
    // Where all numbers of a code are in the same zones, what a number is decides nothing.
    if is_one(phone.calling_code())
        && let Some(found) = longest(&digits[..phone.code_len()])
    {
        return known(found);
    }
    let geographic = library::line_type(phone) != PhoneNumberType::Unknown
        && library::load().is_number_geographical(&library::number(phone));
    let found = if geographic { longest(digits) } else { longest(&digits[..phone.code_len()]) };
    found.map_or_else(Vec::new, known)
}

fn known(zones: &'static str) -> Vec<&'static str> {
    zones.split('&').filter(|zone| *zone != "Etc/Unknown").collect()
}

/// Zones of numbers that begin with just these digits; empty where the table has no such row.
pub fn of_prefix(digits: &str) -> Vec<&'static str> {
    let table = table();
    let found = table.binary_search_by_key(&digits, |(prefix, _)| prefix).ok();
    found.map_or_else(Vec::new, |at| known(table[at].1))
}

/// Whether numbers that begin with these digits are told apart by further ones.
pub fn is_split(digits: &[u8]) -> bool {
    let prefix: String = digits.iter().map(|d| char::from(b'0' + d)).collect();
    let table = table();
    let from = table.partition_point(|(known, _)| *known <= &prefix[..]);
    table.get(from).is_some_and(|(next, _)| next.starts_with(&prefix))
}

/// Whether all numbers of a calling code are in the same zones.
pub fn is_one(code: u16) -> bool {
    let code = code.to_string();
    let table = table();
    let from = table.partition_point(|(known, _)| *known < &code[..]);
    let mut of_code = table[from..].iter().take_while(|(known, _)| known.starts_with(&code)).map(|(_, zones)| zones);
    of_code.next().is_some_and(|first| of_code.all(|zones| zones == first))
}
