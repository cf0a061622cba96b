//! Subdivisions (ISO 3166-2) of the United States and Canada in which a number's area code lies.
//!
//! Numbers are ported and their holders move: the result is inferred from the number, not known of the person.

use super::layout::MAX_DIGITS;
use super::{Phone, plan, zones};
use std::sync::OnceLock;

static DATA: &str = include_str!("../../../data/area-codes.txt");

/// A line of the table.
struct Area {
    code: u16,
    /// ISO 3166-2.
    parts: Vec<&'static str>,
    /// Time zones in which a number of the area code may be if its exchange is unknown.
    zones: Vec<&'static str>,
}

/// Area codes in order.
fn table() -> &'static [Area] {
    static TABLE: OnceLock<Vec<Area>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let lines = DATA.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' '));
        let lines: Vec<(&str, &str)> = lines.collect();
        let is_zone = |word: &&str| word.contains('/');
        let is_code = |word: &&str| word.bytes().all(|b| b.is_ascii_digit());
        // Zones of the area code in the prefix table, with those missing there.
        let own = |code: &str| {
            let words = lines.iter().find(|line| line.0 == code).map_or("", |line| line.1);
            zones::within(&format!("1{code}")).into_iter().chain(words.split(' ').filter(is_zone)).collect::<Vec<_>>()
        };
        let area = |(code, words): &(&str, &'static str)| {
            let overlaid = words.split(' ').filter(is_code);
            Some(Area {
                code: code.parse().ok()?,
                parts: words.split(' ').filter(|word| !is_zone(word) && !is_code(word)).collect(),
                zones: zones::distinct(own(code).into_iter().chain(overlaid.flat_map(own))),
            })
        };
        let mut rows: Vec<Area> = lines.iter().filter_map(area).collect();
        rows.sort_by_key(|row| row.code);
        rows
    })
}

fn of(phone: Phone) -> Option<&'static Area> {
    if phone.calling_code() != 1 {
        return None;
    }
    let code: u16 = phone.national().get(..3)?.parse().ok()?;
    table().binary_search_by_key(&code, |row| row.code).ok().map(|at| &table()[at])
}

/// All subdivisions that share the number's area code; empty if none is known.
pub fn subdivisions(phone: Phone) -> &'static [&'static str] {
    of(phone).map_or(&[], |area| &area.parts)
}

/// All subdivisions.
pub fn all_subdivisions() -> Vec<&'static str> {
    zones::distinct(table().iter().flat_map(|area| area.parts.iter().copied()))
}

/// Time zones in which a number of the same area code may be: those of all its exchanges, and of all area codes that it
/// overlays. `None` if the area code is not one of the United States or Canada.
pub fn zones(phone: Phone) -> Option<&'static [&'static str]> {
    of(phone).map(|area| &area.zones[..])
}

/// Time zones of a country or subdivision (ISO 3166), derived from its numbers; empty if they do not determine them.
/// Subdivisions are supported in the United States and Canada only.
pub fn zones_of(place: &str) -> Vec<&'static str> {
    let country = place.get(..2).unwrap_or_default();
    let Some(plan) = plan::region(country) else { return Vec::new() };
    if plan.code != 1 {
        return zones::within(&plan.code.to_string());
    }
    let lies = |part: &str| part == place || place.len() == 2 && part.starts_with(place);
    let areas = table().iter().filter(|area| area.parts.iter().any(|part| lies(part)));
    zones::distinct(areas.flat_map(|area| area.zones.iter().copied()))
}

/// A key that numbers share only if they have the same possible places: decisions cache places by it.
///
/// A calling code of one country with one time zone is one neighbourhood. Elsewhere numbers of eleven or more digits
/// that differ only in their last four are assumed to lie together, since numbering plans assign blocks of ten thousand
/// or more (core/tests tries all regions); in the United States and Canada the area code decides, and further digits if
/// it has several zones.
#[inline]
pub fn neighbourhood(phone: Phone) -> u64 {
    let mut buffer = [0; MAX_DIGITS];
    let digits = phone.digits(&mut buffer);
    let head = |n: usize| digits[..n].iter().fold(0, |value, d| value * 10 + u64::from(*d)) * 16 + n as u64;
    let code = phone.code_len();
    if code == 1 && digits[0] == 1 {
        return match (digits.len(), digits.get(4)) {
            (11, Some(2..=9)) if is_whole(&digits[1..4]) => head(4),
            (11, Some(2..=9)) => head(7),
            _ => whole(phone),
        };
    }
    if is_single(phone.calling_code()) {
        return head(code);
    }
    let kept = digits.len().saturating_sub(4);
    if kept < 7 || zones::is_split(&digits[..kept]) { whole(phone) } else { head(kept) * 16 + digits.len() as u64 }
}

/// Whether [`Phone::beginning`] determines the neighbourhood.
#[inline]
pub fn is_begun(phone: Phone) -> bool {
    let key = neighbourhood(phone);
    key >> 63 == 0 && (phone.calling_code() == 1 || is_single(phone.calling_code()))
}

/// Codes of freephone numbers, which all have the same places.
const FREEPHONE: [usize; 7] = [800, 833, 844, 855, 866, 877, 888];

/// Whether an area code is one of the United States or Canada with a single set of zones, or one of freephone numbers.
fn is_whole(code: &[u8]) -> bool {
    static WHOLE: OnceLock<Vec<bool>> = OnceLock::new();
    let number = |digits: &[u8]| digits.iter().fold(0, |value, d| value * 10 + usize::from(*d));
    let whole = WHOLE.get_or_init(|| {
        let digits = |code: usize| [1, (code / 100) as u8, (code / 10 % 10) as u8, (code % 10) as u8];
        let known = |code: usize| {
            table().binary_search_by_key(&(code as u16), |row| row.code).is_ok() || FREEPHONE.contains(&code)
        };
        (0..1000).map(|code| known(code) && !zones::is_split(&digits(code))).collect()
    });
    whole[number(code)]
}

/// A key for one number, distinct from those of prefixes.
fn whole(phone: Phone) -> u64 {
    1 << 63 | phone.bits() as u64
}

/// Whether a calling code belongs to one region with a single set of zones.
fn is_single(code: u16) -> bool {
    static SINGLE: OnceLock<Vec<u16>> = OnceLock::new();
    let single = SINGLE.get_or_init(|| {
        let mut codes: Vec<u16> = plan::regions().iter().map(|region| region.code).collect();
        codes.sort_unstable();
        let shared: Vec<u16> = codes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        codes.retain(|code| !shared.contains(code) && zones::is_one(*code));
        codes
    });
    single.binary_search(&code).is_ok()
}
