//! Subdivisions (ISO 3166-2) of the United States and Canada in which a number's area code lies.
//!
//! Numbers are ported and their holders move: what this says is assumed from the number, not known of the person.

use super::Phone;
use std::sync::OnceLock;

static DATA: &str = include_str!("../../data/area-codes.txt");

/// Area codes as numbers, in order, and their subdivisions.
fn table() -> &'static [(u16, Vec<&'static str>)] {
    static TABLE: OnceLock<Vec<(u16, Vec<&str>)>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let lines = DATA.lines().filter(|line| !line.starts_with('#'));
        let mut rows: Vec<(u16, Vec<&str>)> = lines
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                Some((words.next()?.parse().ok()?, words.collect()))
            })
            .collect();
        rows.sort();
        rows
    })
}

/// All subdivisions that share the number's area code; empty where none is known.
pub fn subdivisions(phone: Phone) -> &'static [&'static str] {
    if phone.calling_code() != 1 {
        return &[];
    }
    let Some(code) = phone.national().get(..3).and_then(|code| code.parse::<u16>().ok()) else { return &[] };
    table().binary_search_by_key(&code, |row| row.0).map_or(&[], |at| &table()[at].1)
}
