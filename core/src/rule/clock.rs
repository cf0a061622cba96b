//! Times and local wall-clock times. Times are microseconds since 2000-01-01 UTC, as in PostgreSQL.

use chrono::offset::LocalResult;
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::{GapInfo, Tz};

/// Microseconds since 2000-01-01 UTC.
pub type Micros = i64;

/// 2000-01-01 in microseconds since 1970.
const EPOCH: i64 = 946_684_800_000_000;

/// The day this many days after 2000-01-01, as PostgreSQL counts; `None` if out of range or infinite.
pub fn day(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2000, 1, 1)?.checked_add_signed(TimeDelta::days(i64::from(days)))
}

/// The time zone of an IANA name.
pub fn zone(name: &str) -> Option<Tz> {
    name.parse().ok()
}

/// Zones whose clocks were changed by law after the built-in tz database (2025b), each with one that has always shown
/// the new time. Both count, before and after the change: British Columbia -07 and Alberta -06 (tzdb 2026b and 2026c;
/// the Northwest Territories go with Alberta), Manitoba -05 (announced on 2026-09-17, in no tzdb yet), Morocco +00
/// (tzdb 2026c).
const CHANGED: [(Tz, Tz); 11] = [
    (Tz::America__Vancouver, Tz::America__Fort_Nelson),
    (Tz::Canada__Pacific, Tz::America__Fort_Nelson),
    (Tz::America__Edmonton, Tz::America__Regina),
    (Tz::Canada__Mountain, Tz::America__Regina),
    (Tz::America__Yellowknife, Tz::America__Regina),
    (Tz::America__Inuvik, Tz::America__Regina),
    (Tz::America__Winnipeg, Tz::America__Panama),
    (Tz::Canada__Central, Tz::America__Panama),
    (Tz::America__Rainy_River, Tz::America__Panama),
    (Tz::Africa__Casablanca, Tz::Africa__Abidjan),
    (Tz::Africa__El_Aaiun, Tz::Africa__Abidjan),
];

/// Zones, and for those with changed clocks also the zone of their new time.
pub fn with_changes(zones: impl IntoIterator<Item = Tz>) -> Vec<Tz> {
    let mut all: Vec<Tz> = Vec::new();
    for zone in zones {
        let now = CHANGED.iter().find(|(changed, _)| *changed == zone).map(|(_, now)| *now);
        for zone in [Some(zone), now].into_iter().flatten() {
            if !all.contains(&zone) {
                all.push(zone);
            }
        }
    }
    all
}

/// The zones of IANA names, [`with_changes`].
pub fn zones(names: &[&str]) -> Vec<Tz> {
    with_changes(names.iter().filter_map(|name| zone(name)))
}

/// The wall-clock time in a zone; `None` if out of range or infinite.
pub fn local(at: Micros, zone: Tz) -> Option<NaiveDateTime> {
    let utc = DateTime::from_timestamp_micros(at.checked_add(EPOCH)?)?;
    Some(zone.from_utc_datetime(&utc.naive_utc()).naive_local())
}

/// The first time at which the wall clock shows this; if it never does because clocks were put forward, the time of
/// that change.
pub fn first(wall: NaiveDateTime, zone: Tz) -> Option<Micros> {
    let at = match zone.from_local_datetime(&wall) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at,
        LocalResult::None => GapInfo::new(&wall, &zone)?.end?,
    };
    Some(at.timestamp_micros() - EPOCH)
}

/// The end of a day: the time at which the next one begins.
pub fn end_of(day: NaiveDate, zone: Tz) -> Option<Micros> {
    first(day.checked_add_days(Days::new(1))?.and_time(NaiveTime::MIN), zone)
}
