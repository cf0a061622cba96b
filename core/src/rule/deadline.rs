//! Deadlines and retention periods.
//!
//! Days are counted in the callee's calendar. The day of the anchor is not counted; the last day counts to its end.
//! Months are counted to the same day of the month, or the last one if there is none: from 29 February a year ends on
//! 28 February.

use super::calendar::Calendar;
use super::clock::{self, Micros};
use chrono::{Days, Months, NaiveDate};
use chrono_tz::Tz;

/// An amount of time with the fields of PostgreSQL's intervals.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Amount {
    /// Calendar months.
    pub months: u32,
    /// Days.
    pub days: u32,
    /// Microseconds.
    pub micros: i64,
    /// Days are business days.
    pub business: bool,
}

impl Amount {
    /// The last day of the amount, counted from a day; `None` if outside the calendar's range.
    pub fn last_day(&self, anchor: NaiveDate, calendar: &Calendar) -> Option<NaiveDate> {
        let day = anchor.checked_add_months(Months::new(self.months))?;
        if self.business {
            calendar.business_day_after(day, self.days)
        } else {
            day.checked_add_days(Days::new(u64::from(self.days)))
        }
    }

    /// The end: for minutes and hours to the microsecond, for days and months at the end of the last day in a zone.
    pub fn end(&self, anchor: Micros, zone: Tz, calendar: &Calendar) -> Option<Micros> {
        if self.months == 0 && self.days == 0 {
            return anchor.checked_add(self.micros);
        }
        let day = clock::local(anchor, zone)?.date();
        clock::end_of(self.last_day(day, calendar)?, zone)?.checked_add(self.micros)
    }

    /// The earliest end in any of several zones.
    pub fn first_end(&self, anchor: Micros, zones: &[Tz], calendar: &Calendar) -> Option<Micros> {
        zones.iter().filter_map(|zone| self.end(anchor, *zone, calendar)).min()
    }

    /// The latest end in any of several zones.
    pub fn last_end(&self, anchor: Micros, zones: &[Tz], calendar: &Calendar) -> Option<Micros> {
        zones.iter().filter_map(|zone| self.end(anchor, *zone, calendar)).max()
    }
}
