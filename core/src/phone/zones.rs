//! Time zones in which a number may be, from libphonenumber's prefix table.

use super::{Phone, area, library};
use rlibphonenumber::PhoneNumberType;
use std::sync::OnceLock;

static DATA: &str = include_str!("../../../data/time-zones.txt");

/// The table's lines, prefix and zones, ordered by prefix, so that continuations of a prefix follow it.
///
/// A row states what most numbers of a prefix have in common. In North America a hundred exchanges of an area code may
/// be elsewhere, so an exchange without its own row may be anywhere in its area code; `area` handles that. Elsewhere
/// the exceptions are areas, and a number outside all of them is in the zone of the row.
fn table() -> &'static [(&'static str, &'static str)] {
    static TABLE: OnceLock<Vec<(&str, &str)>> = OnceLock::new();
    TABLE.get_or_init(|| DATA.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once('|')).collect())
}

/// Each zone once, in order of appearance.
pub fn distinct<'a>(zones: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut all: Vec<&str> = zones.collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn row(digits: &str) -> Option<&'static str> {
    let table = table();
    table.binary_search_by_key(&digits, |(prefix, _)| prefix).ok().map(|at| table[at].1)
}

/// The zones of the longest prefix of `digits` in the table.
fn longest(digits: &str) -> Vec<&'static str> {
    (1..=digits.len()).rev().find_map(|n| row(&digits[..n])).map_or_else(Vec::new, known)
}

fn known(zones: &'static str) -> Vec<&'static str> {
    zones.split('&').filter(|zone| *zone != "Etc/Unknown").collect()
}

/// IANA names of all time zones in which the number may be: those of its area for a geographic number, otherwise those
/// of its whole country. Empty for codes of no country.
pub fn zones(phone: Phone) -> Vec<&'static str> {
    let text = phone.to_string();
    let digits = &text[1..];
    let code = &digits[..phone.code_len()];
    // If all numbers of a code are in the same zones, the type of the number does not matter.
    if is_one(phone.calling_code()) {
        return longest(code);
    }
    let geographic = library::line_type(phone) != PhoneNumberType::Unknown
        && library::load().is_number_geographical(&library::number(phone));
    if !geographic {
        return longest(code);
    }
    match area::zones(phone) {
        Some(of_area) if !of_area.is_empty() => {
            digits.get(..EXCHANGE).and_then(row).map_or_else(|| of_area.to_vec(), known)
        }
        _ => longest(digits),
    }
}

/// Digits of a North American exchange, with the calling code and the area code. A shorter row of the table covers
/// exchanges without their own row.
const EXCHANGE: usize = 7;

/// All zones of numbers that begin with these digits.
pub fn within(digits: &str) -> Vec<&'static str> {
    let table = table();
    let from = table.partition_point(|(known, _)| *known < digits);
    distinct(
        table[from..].iter().take_while(|(prefix, _)| prefix.starts_with(digits)).flat_map(|(_, zones)| known(zones)),
    )
}

/// Whether further digits distinguish numbers that begin with these digits.
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
