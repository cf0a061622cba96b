//! Calling hours: those of all applicable rules, in all time zones where the person may be.

use super::clock::{self, Micros};
use super::rule::{Book, Case, Kind, Rule};
use super::windows::{self, DAY, Week, Window};
use chrono::{Datelike, NaiveDate, Timelike};
use chrono_tz::Tz;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Days searched for the next open minute.
const AHEAD: u64 = 370;

/// Whether a time is open, and why not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Open {
    /// Open.
    Yes,
    /// Closed at this hour.
    Hours,
    /// Closed on this day.
    Day,
}

/// The rules of a place, its time zones, and the hours that a person prefers.
pub struct Hours<'a, 'b> {
    /// The rules.
    pub book: &'a Book,
    /// The contact.
    pub case: &'b Case,
    /// Time zones that count.
    pub zones: &'b [Tz],
    /// Only rules recorded up to this time count.
    pub known: Micros,
    /// The rules of this day apply, whatever the day of the contact.
    pub rules_of: Option<NaiveDate>,
    /// The hours that the person prefers.
    pub wanted: Option<&'b Week>,
    /// Cached windows by day.
    pub days: RefCell<HashMap<NaiveDate, Rc<[Window]>>>,
}

impl<'a> Hours<'a, '_> {
    /// Rules of a kind for a day in the callee's calendar.
    fn rules(&self, kind: Kind, day: NaiveDate) -> Vec<&'a Rule> {
        self.book.of_kind(kind, self.case, self.rules_of.unwrap_or(day), self.known)
    }

    /// Open windows of a day, in minutes of the wall clock. Cached, since the search for the next open minute calls it
    /// repeatedly.
    fn windows(&self, day: NaiveDate) -> Rc<[Window]> {
        if let Some(known) = self.days.borrow().get(&day) {
            return Rc::clone(known);
        }
        let windows: Rc<[Window]> = self.worked_out(day).into();
        self.days.borrow_mut().insert(day, Rc::clone(&windows));
        windows
    }

    fn worked_out(&self, day: NaiveDate) -> Vec<Window> {
        // With a calendar without rows, any day may be a holiday.
        let is_holiday = |rule: &Rule| {
            let name = rule.calendar.as_deref();
            name.is_some_and(|name| !self.book.has_calendar(name) || self.book.calendar(Some(name)).is_holiday(day))
        };
        let closed = self
            .rules(Kind::ClosedDay, day)
            .iter()
            .any(|rule| rule.windows.as_ref().is_some_and(|week| week.names(day.weekday())) || is_holiday(rule));
        if closed {
            return Vec::new();
        }
        let mut open = vec![(0, DAY)];
        for rule in self.rules(Kind::CallingHours, day) {
            if let Some(week) = &rule.windows {
                open = windows::common(&open, week.on(day.weekday(), is_holiday(rule)));
            }
        }
        match self.wanted {
            Some(week) => windows::common(&open, week.on(day.weekday(), false)),
            None => open,
        }
    }

    /// Open minutes in this many days from a day on.
    pub fn minutes(&self, from: NaiveDate, days: usize) -> i32 {
        from.iter_days()
            .take(days)
            .flat_map(|day| self.windows(day).to_vec())
            .map(|(from, to)| i32::from(to - from))
            .sum()
    }

    /// Whether a time is open in every zone.
    pub fn at(&self, at: Micros) -> Open {
        let mut worst = Open::Yes;
        for zone in self.zones {
            let Some(wall) = clock::local(at, *zone) else { return Open::Day };
            let (day, minute) = (wall.date(), (wall.hour() * 60 + wall.minute()) as u16);
            let open = self.windows(day);
            if open.is_empty() {
                return Open::Day;
            }
            if !open.iter().any(|(from, to)| (*from..*to).contains(&minute)) {
                worst = Open::Hours;
            }
        }
        worst
    }

    /// Whether a time is open in one zone.
    fn is_open(&self, at: Micros, zone: Tz) -> bool {
        clock::local(at, zone).is_some_and(|wall| {
            let minute = (wall.hour() * 60 + wall.minute()) as u16;
            self.windows(wall.date()).iter().any(|(from, to)| (*from..*to).contains(&minute))
        })
    }

    /// The first open time from `from` on; `None`: none within a year.
    pub fn next(&self, from: Micros) -> Option<Micros> {
        if self.at(from) == Open::Yes {
            return Some(from);
        }
        // It opens at the start of a window in one of the zones.
        let mut found: Option<(Micros, u64)> = None;
        for ahead in 0..AHEAD {
            // Another zone may reach an earlier start a day or two later in its calendar.
            if found.is_some_and(|(_, day)| ahead > day + 2) {
                break;
            }
            for zone in self.zones {
                let day = clock::local(from, *zone)?.date().checked_add_days(chrono::Days::new(ahead))?;
                for (start, _) in self.windows(day).iter() {
                    let wall = day.and_hms_opt(u32::from(start / 60), u32::from(start % 60), 0)?;
                    let Some(start) = clock::first(wall, *zone) else { continue };
                    let better = start > from && found.is_none_or(|(known, _)| start < known);
                    if better && self.zones.iter().all(|zone| self.is_open(start, *zone)) {
                        found = Some((start, found.map_or(ahead, |(_, day)| day)));
                    }
                }
            }
        }
        found.map(|(start, _)| start)
    }

    /// Rules that determine whether a time is open.
    pub fn used(&self, at: Micros) -> Vec<&'a Rule> {
        let mut used: Vec<&Rule> = Vec::new();
        for zone in self.zones {
            let Some(wall) = clock::local(at, *zone) else { continue };
            for kind in [Kind::CallingHours, Kind::ClosedDay] {
                for rule in self.rules(kind, wall.date()) {
                    if !used.iter().any(|known| std::ptr::eq(*known, rule)) {
                        used.push(rule);
                    }
                }
            }
        }
        used
    }
}
