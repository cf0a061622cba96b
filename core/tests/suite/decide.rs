//! Places and zones, hours and holidays.

use super::{Dice, LIBRARY, TYPES};
use chrono::{Datelike, NaiveDate, Weekday};
use dnc_core::phone::{Phone, area, library, parse, plan, zones};
use dnc_core::rule::calendar::{Calendar, Spec, easter};
use dnc_core::rule::clock;
use dnc_core::rule::windows::Week;
use rlibphonenumber::{PhoneNumberFormat, Region};
use std::collections::HashMap;

/// Numbers that share a neighbourhood are in the same region and the same zones: example numbers of every region and kind, and
/// such with other last digits, as far as they are valid.
#[test]
fn neighbours_lie_together() {
    let mut dice = Dice(0x51ed_270b);
    let mut known: HashMap<u64, (Option<String>, Vec<&str>, Phone)> = HashMap::new();
    let (mut tried, mut shared) = (0, 0);
    for region in plan::regions() {
        let of = Region::from_code(region.as_str()).unwrap();
        for kind in TYPES {
            let Ok(example) = LIBRARY.get_example_number_for_type_and_region(of, kind) else { continue };
            let text = LIBRARY.format(&example, PhoneNumberFormat::E164).into_owned();
            for _ in 0..200 {
                let mut digits: Vec<u8> = text.bytes().collect();
                let len = digits.len();
                // From one to all but three of the digits are drawn anew.
                let from = 4 + dice.roll(len - 4);
                for d in &mut digits[from..] {
                    *d = b'0' + dice.roll(10) as u8;
                }
                let Ok(phone) = parse(std::str::from_utf8(&digits).unwrap(), None) else { continue };
                if !library::is_valid(phone) {
                    continue;
                }
                tried += 1;
                let lies = (library::region(phone), zones::zones(phone));
                let (region, zones, first) =
                    known.entry(area::neighbourhood(phone)).or_insert_with(|| (lies.0.clone(), lies.1.clone(), phone));
                shared += usize::from(*first != phone);
                assert_eq!((&*region, &*zones), (&lies.0, &lies.1), "{first} and {phone} share a neighbourhood");
            }
        }
    }
    assert!(tried > 100_000 && shared > 50_000, "{tried} tried, {shared} shared");
}

#[test]
fn area_codes_lie_in_states() {
    let places = |n: &str| area::subdivisions(parse(n, None).unwrap()).to_vec();
    assert_eq!(places("+12125550101"), ["US-NY"]);
    assert_eq!(places("+18675550101"), ["CA-NT", "CA-NU", "CA-YT"]);
    assert!(
        places("+18005550101").is_empty() && places("+442079460018").is_empty() && places("+17875550101").is_empty()
    );
}

/// Easter Sundays from the tables of the Nautical Almanac Office, and what Easter always is.
#[test]
fn easter_falls_where_tables_say() {
    for (year, month, day) in [
        (1961, 4, 2),
        (1980, 4, 6),
        (2000, 4, 23),
        (2008, 3, 23),
        (2011, 4, 24),
        (2016, 3, 27),
        (2019, 4, 21),
        (2020, 4, 12),
        (2021, 4, 4),
        (2022, 4, 17),
        (2023, 4, 9),
        (2024, 3, 31),
        (2025, 4, 20),
        (2026, 4, 5),
        (2027, 3, 28),
        (2038, 4, 25),
    ] {
        assert_eq!(easter(year), NaiveDate::from_ymd_opt(year, month, day));
    }
    for year in 1583..2500 {
        let day = easter(year).unwrap();
        let (first, last) =
            (NaiveDate::from_ymd_opt(year, 3, 22).unwrap(), NaiveDate::from_ymd_opt(year, 4, 25).unwrap());
        assert!(day.weekday() == Weekday::Sun && (first..=last).contains(&day));
    }
}

#[test]
fn holidays_are_read_and_refused() {
    for good in [
        "2026-06-05",
        "12-25",
        "02-29",
        "07-04 nearest",
        "12-26 next",
        "3 mon 01",
        "last mon 05",
        "mon before 05-25",
        "easter",
        "easter+1",
        "easter-2",
    ] {
        assert!(Spec::parse(good).is_some(), "{good}");
    }
    for bad in [
        "",
        " ",
        "2026-02-29",
        "13-01",
        "02-30",
        "7-4",
        "07-04 soon",
        "0 mon 01",
        "6 mon 01",
        "3 moon 01",
        "3 mon 13",
        "easter1",
        "easter+",
        "easter+999",
        "mon after 05-25",
        "12-25 next ",
        "１２-25",
    ] {
        assert!(Spec::parse(bad).is_none(), "{bad}");
    }
}

/// Two holidays in a row on a weekend are given on two days after it; one is never given on another.
#[test]
fn given_days_do_not_meet() {
    let mut calendar = Calendar::default();
    for (name, day) in [("a", "12-25 next"), ("b", "12-26 next"), ("c", "01-01 next")] {
        calendar.add(name, Spec::parse(day).unwrap(), i32::MIN, i32::MAX);
    }
    for year in 1990..2100 {
        let days: Vec<NaiveDate> = calendar.of_year(year).into_iter().map(|(day, _)| day).collect();
        let weekdays = days.iter().filter(|day| day.weekday().num_days_from_monday() < 5).count();
        assert_eq!(weekdays, 3, "{year}: {days:?}");
        assert!(days.windows(2).all(|pair| pair[0] < pair[1]), "{year}: {days:?}");
    }
}

#[test]
fn hours_are_read_and_refused() {
    let week = Week::parse("mon-fri 10:00-13:00 14:00-20:00; sat 09:00-24:00; hol 10:00-11:00").unwrap();
    assert_eq!(week.on(Weekday::Mon, false), [(600, 780), (840, 1200)]);
    assert_eq!(week.on(Weekday::Sat, false), [(540, 1440)]);
    assert_eq!((week.on(Weekday::Sun, false), week.on(Weekday::Mon, true)), (&[][..], &[(600, 660)][..]));
    assert!(week.names(Weekday::Sat) && !week.names(Weekday::Sun));
    for bad in [
        "",
        ";",
        "mon 09:00",
        "mon 9:00-10:00",
        "mon 10:00-09:00",
        "mon 09:00-09:00",
        "mon 09:00-12:00 11:00-13:00",
        "mon 24:01-24:02",
        "mon 09:60-10:00",
        "fri-mon 09:00-10:00",
        "mon 09:00-10:00; mon 11:00-12:00",
        "hol; hol",
        "daily 09:00-25:00",
    ] {
        assert!(Week::parse(bad).is_err(), "{bad}");
    }
}

/// A day ends when the next one begins, also where the clock is put forward at midnight.
#[test]
fn days_end_at_midnight_or_the_jump() {
    let end = |zone: &str, y, m, d| {
        clock::end_of(NaiveDate::from_ymd_opt(y, m, d).unwrap(), clock::zone(zone).unwrap()).unwrap()
    };
    // 2026-07-02 24:00 in New York is 04:00 UTC of the 3rd: 836,366,400 seconds after 2000-01-01.
    assert_eq!(end("America/New_York", 2026, 7, 2), 836_366_400_000_000);
    // In Beirut the clock went from midnight to one o'clock on 2022-03-27: that day began at 22:00 UTC.
    assert_eq!(end("Asia/Beirut", 2022, 3, 26), 701_647_200_000_000);
    assert!(clock::local(i64::MAX, clock::zone("UTC").unwrap()).is_none());
}
