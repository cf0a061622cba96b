//! Holidays: parsing of a row of `dnc.holiday`, and its days in a year.
//!
//! | text | meaning |
//! | --- | --- |
//! | `2026-06-05` | that day |
//! | `12-25` | every year |
//! | `07-04 nearest` | every year, and on Friday or Monday if it falls on a weekend (5 U.S.C. 6103(b)) |
//! | `12-26 next` | every year, and on the next weekday that is not a holiday if it falls on a weekend (Commonwealth
//! countries) |
//! | `3 mon 01`, `last mon 05` | the third Monday of January, the last of May |
//! | `mon before 05-25` | the last Monday before that day |
//! | `easter`, `easter+1`, `easter-2` | Western Easter Sunday and days counted from it |
//!
//! A day on which a holiday falls remains a holiday if a substitute day is given for it.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// A parsed row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Spec {
    /// A day of one year.
    Once(NaiveDate),
    /// The same day each year.
    Yearly {
        /// From 1 to 12.
        month: u32,
        /// Day of the month.
        day: u32,
        /// The substitute day if it falls on a weekend.
        moved: Moved,
    },
    /// From 1; 0 is the last.
    Nth {
        /// Which one of the month.
        n: u8,
        /// The day of the week.
        weekday: Weekday,
        /// From 1 to 12.
        month: u32,
    },
    /// The last given weekday before a day.
    Before {
        /// The day of the week.
        weekday: Weekday,
        /// From 1 to 12.
        month: u32,
        /// Day of the month.
        day: u32,
    },
    /// This many days after Easter Sunday.
    Easter(i64),
}

/// The substitute day of a holiday on a weekend.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moved {
    /// None.
    No,
    /// The Friday before, or the Monday after.
    Nearest,
    /// The next weekday that is not a holiday.
    Next,
}

/// The holidays of one calendar.
#[derive(Default)]
pub struct Calendar {
    rows: Vec<HolidayRow>,
    /// Cached holidays by year.
    years: RefCell<BTreeMap<i32, BTreeSet<NaiveDate>>>,
}

struct HolidayRow {
    name: String,
    spec: Spec,
    years: (i32, i32),
}

/// Names of weekdays in texts, from Monday.
pub const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn weekday(name: &str) -> Option<Weekday> {
    let day = WEEKDAYS.iter().position(|known| *known == name)?;
    Weekday::try_from(day as u8).ok()
}

impl Spec {
    /// `None` if the text has none of the forms above.
    pub fn parse(text: &str) -> Option<Spec> {
        let words: Vec<&str> = text.split(' ').collect();
        match words[..] {
            [one] if one.starts_with("easter") => match &one[6..] {
                "" => Some(Spec::Easter(0)),
                days => days
                    .parse()
                    .ok()
                    .filter(|n: &i64| days.starts_with(['+', '-']) && n.unsigned_abs() < 200)
                    .map(Spec::Easter),
            },
            [one] if one.len() == 10 => NaiveDate::parse_from_str(one, "%Y-%m-%d").ok().map(Spec::Once),
            [one] => month_day(one).map(|(month, day)| Spec::Yearly { month, day, moved: Moved::No }),
            [one, how] => {
                let (month, day) = month_day(one)?;
                let moved = match how {
                    "nearest" => Moved::Nearest,
                    "next" => Moved::Next,
                    _ => return None,
                };
                Some(Spec::Yearly { month, day, moved })
            }
            [name, "before", date] => {
                let (month, day) = month_day(date)?;
                Some(Spec::Before { weekday: weekday(name)?, month, day })
            }
            [n, name, month] => {
                let n = if n == "last" { 0 } else { n.parse().ok().filter(|n| (1..=5).contains(n))? };
                let month = two_digits(month).filter(|month| (1..=12).contains(month))?;
                Some(Spec::Nth { n, weekday: weekday(name)?, month })
            }
            _ => None,
        }
    }

    /// The day in a year, without substitution, if there is one.
    fn day(self, year: i32) -> Option<NaiveDate> {
        match self {
            Spec::Once(day) => (day.year() == year).then_some(day),
            Spec::Yearly { month, day, .. } => NaiveDate::from_ymd_opt(year, month, day),
            Spec::Nth { n: 0, weekday, month } => {
                let next = NaiveDate::from_ymd_opt(year, month, 1)?.checked_add_months(Months::new(1))?;
                last_before(next, weekday)
            }
            Spec::Nth { n, weekday, month } => NaiveDate::from_weekday_of_month_opt(year, month, weekday, n),
            Spec::Before { weekday, month, day } => last_before(NaiveDate::from_ymd_opt(year, month, day)?, weekday),
            Spec::Easter(days) => easter(year)?.checked_add_signed(chrono::TimeDelta::days(days)),
        }
    }
}

/// A number of exactly two digits.
pub fn two_digits(text: &str) -> Option<u32> {
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// `MM-DD`, valid in a leap year.
fn month_day(text: &str) -> Option<(u32, u32)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (two_digits(month)?, two_digits(day)?);
    NaiveDate::from_ymd_opt(2024, month, day).map(|_| (month, day))
}

fn last_before(day: NaiveDate, weekday: Weekday) -> Option<NaiveDate> {
    (1..=7).filter_map(|n| day.checked_sub_days(Days::new(n))).find(|day| day.weekday() == weekday)
}

/// Western Easter Sunday (Meeus, Jones and Butcher's algorithm for the Gregorian calendar).
pub fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - b / 4 - g + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    NaiveDate::from_ymd_opt(year, month as u32, day as u32)
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

impl Calendar {
    /// Adds a holiday, from one year to another, both included.
    pub fn add(&mut self, name: &str, spec: Spec, from_year: i32, to_year: i32) {
        self.rows.push(HolidayRow { name: name.to_owned(), spec, years: (from_year, to_year) });
        self.years.get_mut().clear();
    }

    /// The holidays that belong to a year, with substitute days, which may lie in the year before.
    pub fn of_year(&self, year: i32) -> Vec<(NaiveDate, &str)> {
        let rows = self.rows.iter().filter(|row| (row.years.0..=row.years.1).contains(&year));
        let mut days: Vec<(NaiveDate, &HolidayRow)> =
            rows.filter_map(|row| row.spec.day(year).map(|day| (day, row))).collect();
        days.sort_by_key(|(day, _)| *day);
        let mut taken: BTreeSet<NaiveDate> = days.iter().map(|(day, _)| *day).collect();
        let mut given = Vec::new();
        for (day, row) in days.iter().filter(|(day, _)| is_weekend(*day)) {
            let Spec::Yearly { moved, .. } = row.spec else { continue };
            let other = match (moved, day.weekday()) {
                (Moved::No, _) => None,
                (Moved::Nearest, Weekday::Sat) => day.pred_opt(),
                (Moved::Nearest, _) => day.succ_opt(),
                (Moved::Next, _) => (1..30)
                    .filter_map(|n| day.checked_add_days(Days::new(n)))
                    .find(|d| !is_weekend(*d) && !taken.contains(d)),
            };
            if let Some(other) = other {
                taken.insert(other);
                given.push((other, row.name.as_str()));
            }
        }
        let mut all: Vec<(NaiveDate, &str)> =
            days.iter().map(|(day, row)| (*day, row.name.as_str())).chain(given).collect();
        all.sort();
        all
    }

    /// Whether a day is a holiday.
    pub fn is_holiday(&self, day: NaiveDate) -> bool {
        if self.rows.is_empty() {
            return false;
        }
        // A substitute day may lie in the year before, as for New Year's Day, or in the next one.
        (day.year() - 1..=day.year() + 1).any(|year| {
            let mut years = self.years.borrow_mut();
            years
                .entry(year)
                .or_insert_with(|| self.of_year(year).into_iter().map(|(day, _)| day).collect())
                .contains(&day)
        })
    }

    /// Whether a day is neither a holiday nor on a weekend.
    pub fn is_business_day(&self, day: NaiveDate) -> bool {
        !is_weekend(day) && !self.is_holiday(day)
    }

    /// The `n`th business day after a day; the day itself is not counted, and is the result for 0. `None` if a year has
    /// none.
    pub fn business_day_after(&self, day: NaiveDate, n: u32) -> Option<NaiveDate> {
        let (mut day, mut left, mut idle) = (day, n, 0);
        while left > 0 && idle < 366 {
            day = day.succ_opt()?;
            (left, idle) = if self.is_business_day(day) { (left - 1, 0) } else { (left, idle + 1) };
        }
        (left == 0).then_some(day)
    }
}
