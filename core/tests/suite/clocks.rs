//! North American numbers and the clocks they may go by, held against what others say of area codes.

use chrono::{DateTime, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;
use dnc_core::phone::{area, parse, zones};
use dnc_core::rule::clock::{self, Micros};
use dnc_core::rule::hours::{Hours, Open};
use dnc_core::rule::rule::{Book, Case, Kind, Rule};
use dnc_core::rule::windows::Week;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Area codes as the North American Numbering Plan Administrator reports them, and the prefixes of the extension's
/// table: read here by other means than the extension's.
static REPORT: &str = include_str!("area-codes.txt");
static PREFIXES: &str = include_str!("../../../data/time-zones.txt");

const MINUTE: Micros = 60_000_000;
/// 2000-01-01 in seconds since 1970.
const EPOCH: i64 = 946_684_800;

struct Reported {
    place: &'static str,
    letters: &'static str,
    service: &'static str,
    complex: Vec<&'static str>,
}

fn reported() -> BTreeMap<&'static str, Reported> {
    let lines = REPORT.lines().filter(|line| !line.starts_with('#'));
    let rows = lines.map(|line| {
        let [code, place, letters, service, complex] = line.split('|').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let complex = complex.split('/').filter(|other| !other.is_empty() && *other != code).collect();
        (code, Reported { place, letters, service, complex })
    });
    rows.collect()
}

type Zones = BTreeMap<&'static str, BTreeSet<&'static str>>;

/// Zones of the prefixes that begin with an area code, and of each exchange that is named.
fn prefixes() -> (Zones, Zones) {
    let (mut codes, mut exchanges) = (BTreeMap::new(), BTreeMap::new());
    for line in PREFIXES.lines() {
        let Some((prefix, names)) = line.split_once('|') else { continue };
        if !prefix.starts_with('1') || prefix.len() < 4 || line.starts_with('#') {
            continue;
        }
        codes.entry(&prefix[1..4]).or_insert_with(BTreeSet::new).extend(names.split('&'));
        if prefix.len() == 7 {
            exchanges.insert(&prefix[1..], names.split('&').collect());
        }
    }
    (codes, exchanges)
}

/// What the letters of the report stand for.
fn lettered(row: &Reported) -> Vec<&'static str> {
    if row.letters.starts_with('(') {
        return vec!["Pacific/Honolulu"];
    }
    let of = |letter| match (letter, row.place) {
        ('M', "AZ") => Some("America/Phoenix"),
        ('C', "SASKATCHEWAN") => Some("America/Regina"),
        ('E', _) => Some("America/New_York"),
        ('C', _) => Some("America/Chicago"),
        ('M', _) => Some("America/Denver"),
        ('P', _) => Some("America/Los_Angeles"),
        ('A', "AK") => Some("America/Anchorage"),
        ('A', _) => Some("America/Halifax"),
        ('N', _) => Some("America/St_Johns"),
        _ => None,
    };
    let word = if row.letters == "PT/MT only for W Wendover" { "PM" } else { row.letters };
    word.chars().filter_map(of).collect()
}

/// Minutes from midnight on the wall of a zone. Clocks of Canada that were put on for good in 2026 are told by hand.
fn minute(at: Micros, zone: &str) -> u32 {
    let seconds = at / 1_000_000 + EPOCH;
    let for_good = match zone {
        "America/Vancouver" => Some(-7),
        "America/Edmonton" => Some(-6),
        "America/Winnipeg" => Some(-5),
        _ => None,
    };
    // 2026-11-01 10:00 UTC.
    if let Some(hours) = for_good.filter(|_| seconds >= 1_793_527_200) {
        return ((seconds + hours * 3600).rem_euclid(86_400) / 60) as u32;
    }
    let wall = DateTime::<Utc>::from_timestamp(seconds, 0).unwrap().with_timezone(&zone.parse::<Tz>().unwrap());
    wall.hour() * 60 + wall.minute()
}

fn micros(day: NaiveDate) -> Micros {
    (day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp() - EPOCH) * 1_000_000
}

/// A call that the federal hours allow, at whatever minute of a week, is one between eight and nine on every clock
/// that the number may go by: weeks in winter and in summer, and those in which clocks change.
#[test]
fn no_call_is_made_outside_hours_in_any_zone_of_a_number() {
    let (reported, (codes, exchanges)) = (reported(), prefixes());
    assert!(reported.len() > 420 && codes.len() > 400 && exchanges.len() > 1400);
    let windows = Some(Week::parse("daily 08:00-21:00").unwrap());
    let hours = Rule { windows, ..Rule::new("hours", "*", Kind::CallingHours, "47 CFR 64.1200(c)(1)") };
    let mut book = Book::default();
    book.rules.push(hours);
    book.add_place("*", Vec::new());
    let case = Case { places: vec!["*".to_owned()], ..Case::default() };
    let none = BTreeSet::new();
    let mut tried: HashSet<(Vec<Tz>, Vec<&str>)> = HashSet::new();
    let (mut numbers, mut named, mut several, mut open) = (0, 0, 0, 0);
    for (code, row) in &reported {
        // An overlay, younger than the others of its complex, is wherever those are.
        let older = row.complex.iter().filter(|other| {
            let other = reported.get(*other).map_or("-", |other| other.service);
            other != "-" && (row.service == "-" || other < row.service)
        });
        let of = |code: &str| codes.get(code).unwrap_or(&none).iter().copied();
        let any: BTreeSet<&str> = of(code).chain(older.flat_map(|other| of(other))).chain(lettered(row)).collect();
        assert!(!any.is_empty(), "{code}");
        for exchange in 200..=999 {
            let Ok(phone) = parse(&format!("+1{code}{exchange}0101"), None) else { continue };
            let truth = exchanges.get(&format!("{code}{exchange}")[..]);
            let truth: Vec<&str> = truth.unwrap_or(&any).iter().copied().collect();
            let clocks = clock::zones(&zones::zones(phone));
            (numbers, named) = (numbers + 1, named + usize::from(truth.len() < any.len()));
            several += usize::from(truth.len() > 1);
            if !tried.insert((clocks.clone(), truth.clone())) {
                continue;
            }
            let hours = Hours {
                book: &book,
                case: &case,
                zones: &clocks,
                known: Micros::MAX,
                rules_of: None,
                wanted: None,
                days: RefCell::default(),
            };
            for (year, month, day) in
                [(2026, 1, 12), (2026, 3, 6), (2026, 7, 13), (2026, 10, 30), (2027, 2, 1), (2027, 3, 12)]
            {
                let start = micros(NaiveDate::from_ymd_opt(year, month, day).unwrap());
                for at in (0..7 * 24 * 60).map(|n| start + n * MINUTE).filter(|at| hours.at(*at) == Open::Yes) {
                    open += 1;
                    for zone in &truth {
                        let wall = minute(at, zone);
                        assert!(
                            (8 * 60..21 * 60).contains(&wall),
                            "{phone} is called at {at} by the clocks of {clocks:?}, when it is {:02}:{:02} in {zone}",
                            wall / 60,
                            wall % 60
                        );
                    }
                }
            }
        }
    }
    // Not one that cannot fail: most numbers can be called, thousands are named, and tens of thousands may be in several zones.
    assert!(numbers > 300_000 && named > 1000 && several > 15_000, "{numbers} {named} {several}");
    assert!(tried.len() > 30 && open > 500_000, "{} {open}", tried.len());
}

#[test]
fn unnamed_exchanges_and_overlays_are_in_every_zone_of_the_area_code() {
    let of = |n: &str| zones::zones(parse(n, None).unwrap());
    // Gary and its neighbours are named; the rest of 219 is in either.
    assert_eq!(of("+12195550101"), ["America/Chicago", "America/New_York"]);
    for overlay in ["+13645550101", "+14485550101", "+19305550101"] {
        assert_eq!(of(overlay), ["America/Chicago", "America/New_York"], "{overlay}");
    }
    assert_eq!(of("+14585550101"), ["America/Denver", "America/Los_Angeles"]);
    assert_eq!(of("+14232020101"), ["America/New_York"]);
    assert_eq!(of("+17785550101"), ["America/Edmonton", "America/Vancouver"]);
    assert_eq!(of("+12125550101"), ["America/New_York"]);
    // Elsewhere exceptions are areas.
    assert_eq!((of("+34912345678"), of("+34922123456")), (vec!["Europe/Madrid"], vec!["Atlantic/Canary"]));
    assert_eq!(area::zones_of("US-IN"), ["America/Chicago", "America/New_York"]);
    assert!(
        area::zones_of("US-ID").contains(&"America/Los_Angeles") && area::zones_of("US-ID").contains(&"America/Boise")
    );
}

/// Every area code that overlays another says so, and every zone of the report is among those of the area code.
#[test]
fn the_table_says_of_area_codes_what_the_report_says() {
    let offsets = |names: &[&str]| -> BTreeSet<u32> {
        let at = |day| {
            names
                .iter()
                .map(move |zone| minute(micros(NaiveDate::from_ymd_opt(2026, day, 15).unwrap()), zone) * 100 + day)
        };
        at(1).chain(at(7)).collect()
    };
    for (code, row) in reported() {
        let phone = parse(&format!("+1{code}5550101"), None).unwrap();
        let known = area::zones(phone).unwrap_or_else(|| panic!("{code} is missing"));
        let lacking: Vec<u32> = offsets(&lettered(&row)).difference(&offsets(known)).copied().collect();
        assert!(lacking.is_empty(), "{code}: {known:?} lacks one of {:?}", lettered(&row));
    }
}

/// When the tz database of a new version of chrono-tz knows of the changes, `CHANGED` in core/src/rule/clock.rs is to be
/// looked at again.
#[test]
fn the_tz_database_is_the_one_that_was_looked_at() {
    assert_eq!(chrono_tz::IANA_TZDB_VERSION, "2025b");
    let both = clock::zones(&["America/Edmonton"]);
    assert_eq!(both, [Tz::America__Edmonton, Tz::America__Regina]);
    assert_eq!(clock::with_changes([Tz::America__New_York]), [Tz::America__New_York]);
}
