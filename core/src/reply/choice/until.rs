//! Until when times of a clause hold.

use super::dates::{self, Point};
use super::phrase::{Item, Role};
use chrono::NaiveDate;

pub(super) const NOTHING: (usize, usize, usize, usize, usize) = (0, 0, 0, 0, 0);

/// How many lengths of time, dates, days of the week, windows and numbers of contacts there are.
pub(super) fn counted(items: &[Item]) -> (usize, usize, usize, usize, usize) {
    items.iter().fold(NOTHING, |(lengths, points, days, windows, rates), item| match item {
        Item::Plain(_) => (lengths, points, days, windows, rates),
        Item::Length(..) => (lengths + 1, points, days, windows, rates),
        Item::Point(..) | Item::Next(..) => (lengths, points + 1, days, windows, rates),
        Item::Days(..) => (lengths, points, days + 1, windows, rates),
        Item::Window(_) => (lengths, points, days, windows + 1, rates),
        Item::Rate { .. } => (lengths, points, days, windows, rates + 1),
    })
}

/// Until when a refusal holds: "not for 3 months", "not before March", "not this year".
pub(super) fn refused_until(item: Item, forever: bool, stop: bool, today: NaiveDate) -> Option<NaiveDate> {
    match item {
        Item::Length(Role::For | Role::Within | Role::Bare, period) if !forever => dates::later(today, period),
        Item::Point(Role::Bare | Role::In | Role::For | Role::Within, Point { this: true, end, .. }) => Some(end),
        Item::Point(Role::Until | Role::Before, Point { this: false, start, .. })
        | Item::Next(Role::Until | Role::Before, Point { start, .. })
            if !stop || matches!(item, Item::Point(Role::Until, _) | Item::Next(Role::Until, _)) =>
        {
            Some(start)
        }
        Item::Point(Role::After, Point { this: true, .. }) => None,
        _ => None,
    }
}

/// Until when a pause is: "pause for 3 months", "pause until March".
pub(super) fn paused_until(item: Item, today: NaiveDate) -> Option<NaiveDate> {
    match item {
        Item::Length(Role::For | Role::Within | Role::Bare, period) => dates::later(today, period),
        Item::Point(Role::Until, Point { this: false, start, .. }) | Item::Next(Role::Until, Point { start, .. }) => {
            Some(start)
        }
        _ => None,
    }
}

/// From when contact is wished: "in 3 months", "in March", "next year", "after Monday".
pub(super) fn wished_from(item: Item, today: NaiveDate) -> Option<NaiveDate> {
    match item {
        Item::Length(Role::In | Role::After, period) => dates::later(today, period),
        Item::Point(Role::After, Point { end, .. }) | Item::Next(Role::After, Point { end, .. }) => Some(end),
        Item::Point(Role::Bare | Role::In | Role::From, Point { this: false, edge: false, start, .. })
        | Item::Next(Role::Bare | Role::In | Role::From, Point { start, .. }) => Some(start),
        _ => None,
    }
}
