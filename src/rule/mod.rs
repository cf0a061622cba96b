//! `sql/install/rule/calendar.sql` and `rule/rule.sql`: evaluation of rules for a number and a time.
//!
//! Rules, holidays and jurisdictions are read once a session, and again when the number in `dnc.rule_epoch` changes, as
//! the active snapshot sees it.

use crate::error;
use crate::phone::DncPhone;
use crate::sys::invalidation::{self, Known};
use crate::sys::table::{self, Value};
use crate::sys::{self, Text, one_row_table};
use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use dnc_core::phone::{Phone, area, library, plan, zones};
use dnc_core::rule::calendar::Spec;
use dnc_core::rule::clock::{self, Micros};
use dnc_core::rule::deadline::Amount;
use dnc_core::rule::rule::{Book, Case, Holiday, Kind, Regime, Rule};
use dnc_core::rule::windows::Week;
use pgrx::datum::{Date, Interval};
use pgrx::iter::TableIterator;
use pgrx::pg_sys::Oid;
use pgrx::prelude::*;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::CStr;
use std::rc::Rc;

/// A rule book, and the epoch it was read at: the OID of the epoch table, and its number.
type Read = ((Oid, i64), Rc<Book>);

thread_local! {
    static EPOCH: Known<Oid> = {
        invalidation::register(&EPOCH);
        Known::new()
    };
    static READ: RefCell<Option<Read>> = const { RefCell::new(None) };
}

/// Rules as the active snapshot sees them; raises an error if they cannot be read.
pub fn book() -> Rc<Book> {
    try_book().unwrap_or_else(|what| error::bad_rule_book(&what))
}

fn try_book() -> Result<Rc<Book>, String> {
    let table = EPOCH.with(|known| {
        known.get(|| {
            let table = sys::relation(c"rule_epoch");
            (table, [table, table])
        })
    });
    let epoch = (table, one_row_table::row(table, 2).unwrap_or_else(|| error::missing_relation("rule_epoch")));
    if let Some(book) = READ.with_borrow(|read| read.as_ref().filter(|read| read.0 == epoch).map(|r| Rc::clone(&r.1))) {
        return Ok(book);
    }
    let book = Rc::new(read()?);
    READ.set(Some((epoch, Rc::clone(&book))));
    Ok(book)
}

/// Reads rules, holidays and jurisdictions; the error names what is invalid.
fn read() -> Result<Book, String> {
    let mut book = Book::default();
    table::each(c"jurisdiction", [c"jurisdiction", c"within"], |[place, within]| {
        book.add_place(place.text().unwrap_or_default(), within.texts().unwrap_or_default().to_vec());
    });
    let mut problem = None;
    table::each(c"holiday", HOLIDAY, |[calendar, name, day, from, to]| {
        let year = |value: &Value| value.int().and_then(|year| i32::try_from(year).ok());
        let text = |value| Value::text(value).unwrap_or_default();
        let (calendar, name, day) = (text(&calendar), text(&name), text(&day));
        let holiday = Holiday { calendar, name, day, years: (year(&from), year(&to)) };
        problem = problem.take().or(book.add_holiday(&holiday).err());
    });
    let mut switched: HashMap<String, Vec<(i64, Micros, bool)>> = HashMap::new();
    table::each(c"rule_decision", DECISION, |[rule, decision, id, decided_at]| {
        let (rule, on) = (rule.text().unwrap_or_default(), decision.text() != Some("disable"));
        let decision = (id.int().unwrap_or_default(), decided_at.int().unwrap_or_default(), on);
        switched.entry(rule.to_owned()).or_default().push(decision);
    });
    table::each(c"rule", RULE, |row| {
        let name = row[0].text().unwrap_or_default().to_owned();
        match rule(row) {
            None => problem = Some(format!("rule \"{name}\"")),
            Some(mut rule) => {
                let mut decisions = switched.remove(&name).unwrap_or_default();
                decisions.sort_unstable();
                rule.switched = decisions.into_iter().map(|(_, at, on)| (at, on)).collect();
                book.rules.push(rule);
            }
        }
    });
    if let Some(problem) = problem {
        return Err(problem);
    }
    book.rules.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(book)
}

const HOLIDAY: [&CStr; 5] = [c"calendar", c"name", c"day", c"from_year", c"to_year"];
const DECISION: [&CStr; 4] = [c"rule", c"decision", c"decision_id", c"decided_at"];
const RULE: [&CStr; 23] = [
    c"rule",
    c"jurisdiction",
    c"kind",
    c"channels",
    c"call_types",
    c"party",
    c"line_types",
    c"amount",
    c"business",
    c"anchor",
    c"attempts",
    c"windows",
    c"calendar",
    c"regime",
    c"precedence",
    c"valid_from",
    c"valid_to",
    c"replaces",
    c"exempts",
    c"enabled",
    c"confidence",
    c"recorded_at",
    c"citation",
];

/// PostgreSQL's internal values of the dates `-infinity` and `infinity`.
const INFINITE_PAST: i64 = i32::MIN as i64;
const INFINITE_FUTURE: i64 = i32::MAX as i64;

/// A row of `dnc.rule`; `None` if a value in it cannot be read.
fn rule(row: [Value; 23]) -> Option<Rule> {
    let [
        name,
        jurisdiction,
        kind,
        channels,
        call_types,
        party,
        line_types,
        amount,
        business,
        anchor,
        attempts,
        windows,
        calendar,
        regime,
        precedence,
        from,
        to,
        replaces,
        exempts,
        enabled,
        confidence,
        recorded_at,
        citation,
    ] = row;
    let text = |value: &Value| value.text().map(str::to_owned);
    let texts = |value: &Value| value.texts().map(<[String]>::to_vec);
    let day = |value: &Value, without: NaiveDate| match value.int() {
        // Infinity means no limit.
        None | Some(INFINITE_PAST | INFINITE_FUTURE) => Some(without),
        Some(day) => clock::day(i32::try_from(day).ok()?),
    };
    let amount = match amount {
        Value::Interval { months, days, micros } => Amount {
            months: u32::try_from(months).ok()?,
            days: u32::try_from(days).ok()?,
            micros,
            business: business.bool()?,
        },
        _ => Amount::default(),
    };
    Some(Rule {
        channels: texts(&channels),
        call_types: texts(&call_types),
        party: text(&party),
        line_types: texts(&line_types),
        amount,
        anchor: text(&anchor),
        attempts: attempts.int().and_then(|n| u32::try_from(n).ok()),
        windows: match windows.text() {
            None => None,
            Some(text) => Some(Week::parse(text).ok()?),
        },
        calendar: text(&calendar),
        regime: match regime.text() {
            None => None,
            Some(name) => Some(Regime::of(name)?),
        },
        precedence: precedence.int().unwrap_or(0),
        valid: (day(&from, NaiveDate::MIN)?, day(&to, NaiveDate::MAX)?),
        replaces: text(&replaces),
        exempts: exempts.bool()?,
        enabled: enabled.bool()?,
        graded_v: confidence.text() == Some("V"),
        recorded_at: recorded_at.int().unwrap_or(Micros::MIN),
        ..Rule::new(name.text()?, jurisdiction.text()?, Kind::of(kind.text()?)?, citation.text()?)
    })
}

/// The jurisdictions in which a number may be, with the enclosing ones.
pub fn places(book: &Book, phone: Phone) -> Vec<String> {
    let regions = library::region(phone).map_or_else(
        || {
            let sharing = plan::regions().iter().filter(|region| region.code == phone.calling_code());
            sharing.map(|region| region.as_str().to_owned()).collect()
        },
        |region| vec![region],
    );
    let mut parts: Vec<&str> = area::subdivisions(phone).to_vec();
    // A number of no area, such as a freephone one, counts as in every part of both countries that share it.
    if parts.is_empty() && regions.iter().any(|region| region == "US" || region == "CA") {
        parts = area::all_subdivisions();
        parts.extend(["US", "CA"]);
    }
    let parts = parts.into_iter().filter(|part| book.knows(part)).map(str::to_owned);
    book.around(regions.iter().cloned().chain(parts).chain(["*".to_owned()]))
}

/// Time zones in which a number may be; if none is known, the two extreme zones.
pub fn zones_of(phone: Phone) -> Vec<Tz> {
    let known = clock::zones(&zones::zones(phone));
    if known.is_empty() { vec![Tz::Pacific__Kiritimati, Tz::Etc__GMTPlus12] } else { known }
}

/// The day in the callee's calendar on which a request was made or received, the earliest of several zones.
fn day_of(at: Micros, zones: &[Tz]) -> Option<NaiveDate> {
    zones.iter().filter_map(|zone| clock::local(at, *zone)).map(|local| local.date()).min()
}

fn case(book: &Book, phone: Phone, channel: Option<Text>) -> Case {
    let channel = channel.map(|c| c.to_utf8().into_owned()).filter(|c| c != "all");
    Case { places: places(book, phone), channel, ..Case::default() }
}

/// Deadlines that rules of a kind give a request, one row each.
fn ends(
    kind: Kind,
    phone: Phone,
    channel: Option<Text>,
    requested_at: Micros,
    received_at: Micros,
    earliest: bool,
) -> Vec<(String, Option<Micros>)> {
    let book = match try_book() {
        Ok(book) => book,
        // A request is recorded whatever the state of the rules: as due at once.
        Err(what) => {
            pgrx::warning!("the rules cannot be read, so that no deadline is known: {what}");
            return Vec::new();
        }
    };
    let zones = zones_of(phone);
    let Some(day) = day_of(received_at, &zones) else { return Vec::new() };
    let rules = book.of_kind(kind, &case(&book, phone, channel), day, Micros::MAX);
    let end = |rule: &&dnc_core::rule::rule::Rule| {
        let anchor = if rule.anchor.as_deref() == Some("request") { requested_at } else { received_at };
        let calendar = book.calendar(rule.calendar.as_deref());
        let end = if earliest {
            rule.amount.first_end(anchor, &zones, calendar)
        } else {
            rule.amount.last_end(anchor, &zones, calendar)
        };
        (rule.name.clone(), end)
    };
    rules.iter().map(end).collect()
}

#[pg_extern(sql = false)]
fn dnc_rule_due(
    phone: Option<DncPhone>,
    channel: Option<Text>,
    requested_at: Option<i64>,
    received_at: Option<i64>,
) -> Option<i64> {
    due(*phone?, channel?, requested_at?, received_at?)
}

/// The latest time by which a request must be honoured, under the strictest rule; `None` if no rule applies.
pub fn due(phone: Phone, channel: Text, requested_at: Micros, received_at: Micros) -> Option<Micros> {
    let all = ends(Kind::HonourWithin, phone, Some(channel), requested_at, received_at, true);
    all.into_iter().filter_map(|(_, end)| end).min()
}

#[pg_extern(sql = false)]
fn dnc_rule_keep_until(
    phone: Option<DncPhone>,
    channel: Option<Text>,
    requested_at: Option<i64>,
    received_at: Option<i64>,
) -> Option<i64> {
    let all = ends(Kind::Retention, *phone?, channel, requested_at?, received_at?, false);
    all.into_iter().filter_map(|(_, end)| end).max()
}

/// The time until which the proof of a consent is kept: counted from its grant and again from each use.
#[pg_extern(sql = false)]
fn dnc_rule_proof_until(
    phone: Option<DncPhone>,
    channel: Option<Text>,
    granted_at: Option<i64>,
    used_at: Option<i64>,
) -> Option<i64> {
    let all = ends(Kind::ConsentProof, *phone?, channel, granted_at?, used_at?.max(granted_at?), false);
    all.into_iter().filter_map(|(_, end)| end).max()
}

/// The time until which the record of a contact must be kept.
#[pg_extern(sql = false)]
fn dnc_rule_records_until(phone: Option<DncPhone>, channel: Option<Text>, happened_at: Option<i64>) -> Option<i64> {
    let all = ends(Kind::Records, *phone?, channel, happened_at?, happened_at?, false);
    all.into_iter().filter_map(|(_, end)| end).max()
}

/// How far back attempts and opt-outs count in decisions.
#[pg_extern(sql = false)]
fn dnc_longest_pause() -> Interval {
    Interval::new(0, 0, book().longest_pause()).expect("a number of microseconds")
}

#[pg_extern(sql = false)]
fn dnc_rule_places(phone: DncPhone) -> Vec<String> {
    let mut places = places(&book(), *phone);
    places.sort();
    places
}

#[pg_extern(sql = false)]
fn dnc_require_windows(windows: Text) {
    if let Err(what) = Week::parse(&windows.to_utf8()) {
        error::bad_windows(&windows.to_utf8(), &what);
    }
}

#[pg_extern(sql = false)]
fn dnc_require_holiday(day: Text) {
    if Spec::parse(&day.to_utf8()).is_none() {
        error::bad_holiday(&day.to_utf8());
    }
}

#[pg_extern(sql = false)]
fn dnc_require_zone(name: Text) {
    if clock::zone(&name.to_utf8()).is_none() {
        error::unknown_zone(&name.to_utf8());
    }
}

fn calendar_of<'a>(book: &'a Book, name: Text) -> &'a dnc_core::rule::calendar::Calendar {
    let name = name.to_utf8();
    if !book.has_calendar(&name) {
        error::unknown_calendar(&name);
    }
    book.calendar(Some(&name))
}

fn to_date(day: NaiveDate) -> Option<Date> {
    Date::new(day.year(), day.month() as u8, day.day() as u8).ok()
}

#[pg_extern(sql = false)]
fn dnc_holidays(calendar: Text, year: i32) -> TableIterator<'static, (name!(day, Option<Date>), name!(name, String))> {
    let book = book();
    let of_year = calendar_of(&book, calendar).of_year(year);
    let rows: Vec<_> = of_year.into_iter().map(|(day, name)| (to_date(day), name.to_owned())).collect();
    TableIterator::new(rows)
}

#[pg_extern(sql = false)]
fn dnc_business_day(day: Date, days: i32, calendar: Text) -> Option<Date> {
    let book = book();
    let calendar = calendar_of(&book, calendar);
    let day = clock::day(day.to_pg_epoch_days())?;
    let days =
        u32::try_from(days).ok().filter(|days| *days <= 10_000).unwrap_or_else(|| error::bad_business_days(days));
    to_date(calendar.business_day_after(day, days)?)
}
