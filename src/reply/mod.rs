//! `sql/install/entry/choice.sql`, `entry/reply.sql` and `entry/token.sql`: the meaning of replies, and tokens.

mod token;

use crate::sys::{self, Text};
use chrono::Datelike;
use dnc_core::limits;
use dnc_core::reply::{Channel, Choice, Meaning, Period, Unit, choices, is_perhaps, meaning};
use dnc_core::rule::clock;
use pgrx::datum::{Date, Interval};
use pgrx::iter::TableIterator;
use pgrx::prelude::*;

#[pg_extern(sql = false)]
fn dnc_keyword(reply: Text) -> &'static str {
    // A reply that is not valid text is unreadable to a human as well.
    let Some(reply) = sys::try_utf8(reply.bytes()) else { return Meaning::Nothing.name() };
    match meaning(&reply) {
        // Who chooses something less may be contacted less: not nothing.
        Meaning::Nothing if is_perhaps(&reply) => Meaning::LikelyStop.name(),
        meaning => meaning.name(),
    }
}

/// A choice as SQL returns it.
#[derive(Default)]
struct ChoiceRow {
    choice: &'static str,
    until: Option<Date>,
    channels: Option<Vec<String>>,
    max_contacts: Option<i32>,
    max_per: Option<Interval>,
    hours: Option<String>,
}

impl From<Choice> for ChoiceRow {
    fn from(choice: Choice) -> ChoiceRow {
        let names = |channels: Vec<Channel>| Some(channels.iter().map(|channel| channel.name().to_owned()).collect());
        match choice {
            Choice::Pause(until) => ChoiceRow {
                choice: "pause",
                until: Date::new(until.year(), until.month() as u8, until.day() as u8).ok(),
                ..ChoiceRow::default()
            },
            Choice::Only(channels) => ChoiceRow { choice: "only", channels: names(channels), ..ChoiceRow::default() },
            Choice::Not(channels) => ChoiceRow { choice: "not", channels: names(channels), ..ChoiceRow::default() },
            Choice::Fewer(None) => ChoiceRow { choice: "fewer", ..ChoiceRow::default() },
            Choice::Fewer(Some((times, period))) => ChoiceRow {
                choice: "fewer",
                max_contacts: i32::try_from(times).ok(),
                max_per: interval(period),
                ..ChoiceRow::default()
            },
            Choice::Hours(week) => ChoiceRow { choice: "hours", hours: Some(week), ..ChoiceRow::default() },
            Choice::NotThis => ChoiceRow { choice: "product", ..ChoiceRow::default() },
        }
    }
}

/// A period of a person's words.
fn interval(period: Period) -> Option<Interval> {
    let count = i32::try_from(period.count).ok()?;
    let (months, days) = match period.unit {
        Unit::Day => (0, count),
        Unit::Week => (0, count.checked_mul(7)?),
        Unit::Month => (count, 0),
        Unit::Quarter => (count.checked_mul(3)?, 0),
        Unit::HalfYear => (count.checked_mul(6)?, 0),
        Unit::Year => (count.checked_mul(12)?, 0),
    };
    Interval::new(months, days, 0).ok()
}

#[pg_extern(sql = false)]
#[allow(clippy::type_complexity)]
fn dnc_choices(
    reply: Text,
    day: Date,
) -> TableIterator<
    'static,
    (
        name!(choice, String),
        name!(until, Option<Date>),
        name!(channels, Option<Vec<String>>),
        name!(max_contacts, Option<i32>),
        name!(max_per, Option<Interval>),
        name!(hours, Option<String>),
    ),
> {
    let reply = reply.limited("the reply", limits::TEXT);
    let read = clock::day(day.to_pg_epoch_days()).zip(sys::try_utf8(reply.bytes()));
    let found = read.and_then(|(day, reply)| choices(&reply, day)).unwrap_or_default();
    let rows: Vec<ChoiceRow> = found.into_iter().map(ChoiceRow::from).collect();
    TableIterator::new(
        rows.into_iter()
            .map(|row| (row.choice.to_owned(), row.until, row.channels, row.max_contacts, row.max_per, row.hours)),
    )
}
