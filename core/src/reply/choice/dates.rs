//! Calendar arithmetic.

use super::{Period, Unit};
use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

/// Days that a text names: the first of them, and the first after them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Point {
    pub(super) start: NaiveDate,
    pub(super) end: NaiveDate,
    /// Which contain today.
    pub(super) this: bool,
    /// Which are the end of others.
    pub(super) edge: bool,
}

impl Point {
    fn new(start: NaiveDate, end: NaiveDate) -> Point {
        Point { start, end, this: false, edge: false }
    }

    /// Whether they are a whole year.
    pub(super) fn is_year(self) -> bool {
        (self.end - self.start).num_days() > 364
    }

    /// Their end, as a place in time.
    pub(super) fn last(self) -> Point {
        Point { start: self.end, end: self.end, this: false, edge: true }
    }

    /// Their beginning.
    pub(super) fn first(self) -> Option<Point> {
        Some(Point { end: self.start.succ_opt()?, ..self })
    }
}

/// The day that is so much later, by calendar months.
pub(super) fn later(day: NaiveDate, Period { count, unit }: Period) -> Option<NaiveDate> {
    match unit {
        Unit::Day => day.checked_add_days(Days::new(count.into())),
        Unit::Week => day.checked_add_days(Days::new(u64::from(count) * 7)),
        Unit::Month => day.checked_add_months(Months::new(count)),
        Unit::Quarter => day.checked_add_months(Months::new(count.checked_mul(3)?)),
        Unit::HalfYear => day.checked_add_months(Months::new(count.checked_mul(6)?)),
        Unit::Year => day.checked_add_months(Months::new(count.checked_mul(12)?)),
    }
}

/// The first day of the week, month or year that contains a day.
fn beginning(day: NaiveDate, unit: Unit) -> Option<NaiveDate> {
    let of_months = |months: u32| day.with_day(1)?.with_month(day.month0() / months * months + 1);
    match unit {
        Unit::Day => Some(day),
        Unit::Week => day.week(Weekday::Mon).checked_first_day(),
        Unit::Month => of_months(1),
        Unit::Quarter => of_months(3),
        Unit::HalfYear => of_months(6),
        Unit::Year => of_months(12),
    }
}

/// This day, week, month or year, from today on.
pub(super) fn this(today: NaiveDate, unit: Unit) -> Option<Point> {
    let end = later(beginning(today, unit)?, Period { count: 1, unit })?;
    Some(Point { this: true, ..Point::new(today, end) })
}

/// The next day, week, month or year.
pub(super) fn next(today: NaiveDate, unit: Unit) -> Option<Point> {
    let start = this(today, unit)?.end;
    Some(Point::new(start, later(start, Period { count: 1, unit })?))
}

/// A day.
pub(super) fn day(day: NaiveDate) -> Option<Point> {
    Some(Point::new(day, day.succ_opt()?))
}

/// The next day of the week after today.
pub(super) fn weekday(today: NaiveDate, weekday: u8) -> Option<Point> {
    let ahead = (u64::from(weekday) + 6 - u64::from(today.weekday().num_days_from_monday())) % 7 + 1;
    day(today.checked_add_days(Days::new(ahead))?)
}

/// That day of the next week, if it is also the next such day.
pub(super) fn next_weekday(today: NaiveDate, of: u8) -> Option<Point> {
    let point = weekday(today, of)?;
    (point.start >= next(today, Unit::Week)?.start).then_some(point)
}

/// A month; without a year the next that has not begun.
pub(super) fn month(today: NaiveDate, month: u32, year: Option<i32>) -> Option<Point> {
    let year = year.unwrap_or(if month > today.month() { today.year() } else { today.year() + 1 });
    let start = NaiveDate::from_ymd_opt(year, month, 1)?;
    future(today, Point::new(start, start.checked_add_months(Months::new(1))?))
}

/// A day of a month; without a year the next after today.
pub(super) fn date(today: NaiveDate, day_of_month: u32, month: u32, year: Option<i32>) -> Option<Point> {
    let of = |year| NaiveDate::from_ymd_opt(year, month, day_of_month);
    let found = match year {
        Some(year) => of(year)?,
        None => {
            let date = of(today.year())?;
            // Today itself may be this year's or next year's.
            if date == today {
                return None;
            }
            if date > today { date } else { of(today.year() + 1)? }
        }
    };
    future(today, day(found)?)
}

/// That day of this month or the next.
pub(super) fn day_of_month(today: NaiveDate, day_of_month: u32) -> Option<Point> {
    let of = |first: NaiveDate| first.with_day(day_of_month);
    if day_of_month == today.day() {
        return None;
    }
    if day_of_month > today.day() { day(of(today)?) } else { day(of(next(today, Unit::Month)?.start)?) }
}

/// A year.
pub(super) fn year(today: NaiveDate, year: i32) -> Option<Point> {
    let first = |year| NaiveDate::from_ymd_opt(year, 1, 1);
    future(today, Point::new(first(year)?, first(year + 1)?))
}

/// Days that have not begun.
fn future(today: NaiveDate, point: Point) -> Option<Point> {
    (point.start > today).then_some(point)
}
