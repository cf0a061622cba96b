//! `sql/install/81-decide.sql`: decisions about one number, and about all that a query gives.
//!
//! One number is decided from what SQL gathers of it. For many, what is recorded is read once, into memory that is limited as that
//! of maintenance work is, and what the rules say of a place is worked out once a place.

use super::list::{self, Registers};
use super::rule;
use super::sys::row::{text, text_datum};
use super::sys::spi::{self, Cursor, Statement, connected};
use super::sys::{self, Text, receiver, srf};
use super::{check, store};
use crate::phone::{Phone, area, zones};
use crate::rules::clock::{self, Micros};
use crate::rules::decide::{Consent, Decision, Facts, Frame, Ground, Preference, Register, Said, Situation, Source};
use crate::rules::rule::{Book, Case};
use crate::rules::scope::Question;
use crate::rules::windows::Week;
use crate::{error, raw_function, settings};
use chrono_tz::Tz;
use pgrx::FromDatum;
use pgrx::iter::TableIterator;
use pgrx::pg_sys::{self, Datum, FunctionCallInfo};
use pgrx::prelude::*;
use serde_json::Value;
use std::collections::HashMap;
use std::ffi::CString;
use std::hash::{BuildHasher, Hasher};
use std::rc::Rc;

/// Facts that are read at a time.
const BATCH: i64 = 1000;
/// Beginnings of numbers whose places are kept at hand.
const BEGINS: usize = 1 << 14;
/// Bytes that a fact takes in memory, about.
const FACT: usize = 192;

thread_local! {
    static OF: Statement = const {
        Statement::new(
            c"SELECT dnc.decision_of($1, $2, $3, $4, $5)",
            &[
                pg_sys::TEXTOID,
                pg_sys::TEXTOID,
                pg_sys::TEXTOID,
                pg_sys::TIMESTAMPTZOID,
                pg_sys::TIMESTAMPTZOID,
            ],
        )
    };
}

/// What is told of a person's whereabouts, beside what their number says.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug)]
struct Known {
    location: Option<String>,
    zone: Option<Tz>,
    party: Option<String>,
}

/// What a caller says about a contact.
struct Asked {
    channel: Option<String>,
    call_type: Option<String>,
    at: Micros,
    known: Micros,
}

/// Where a number may be.
struct Place {
    places: Vec<String>,
    zones: Vec<Tz>,
}

impl Place {
    fn of(book: &Book, phone: Phone) -> Place {
        let zones = zones::zones(phone).iter().filter_map(|name| clock::zone(name)).collect();
        Place { places: rule::places(book, phone), zones }
    }

    /// The clocks that count: the one that is known; else those of the number, and of where the person is known to be.
    fn clocks(&self, known: &Known) -> Vec<Tz> {
        if let Some(zone) = known.zone {
            return vec![zone];
        }
        let mut zones = self.zones.clone();
        let elsewhere = known.location.as_ref().filter(|location| !self.places.contains(location));
        if let Some(location) = elsewhere {
            let there: Vec<Tz> = area::zones_of(location).iter().filter_map(|name| clock::zone(name)).collect();
            if there.is_empty() {
                return there;
            }
            zones.extend(there);
        }
        zones
    }

    fn situation(&self, book: &Book, asked: &Asked, known: &Known, line_type: Option<String>) -> Situation {
        let places = match &known.location {
            Some(location) => book.around(self.places.iter().cloned().chain([location.clone()])),
            None => self.places.clone(),
        };
        Situation {
            case: Case {
                places,
                channel: asked.channel.clone(),
                call_type: asked.call_type.clone(),
                party: known.party.clone(),
                line_type,
            },
            zones: self.clocks(known),
            at: asked.at,
            known: asked.known,
            rules_of: None,
        }
    }
}

/// A fact as SQL gives it.
struct Fact {
    kind: String,
    a: Option<Micros>,
    b: Option<Micros>,
    flag: Option<bool>,
    note: Option<String>,
}

/// Puts a fact where decisions look for it. A preference says where the person is, too.
fn add(facts: &mut Facts, known: &mut Known, fact: &Fact, at: Micros) {
    let when = fact.a.unwrap_or(Micros::MIN);
    match &fact.kind[..] {
        "consent" => facts.consents.push(Consent { given_at: when, proven: fact.flag == Some(true) }),
        "relationship" => facts.relations.push((fact.note.clone().unwrap_or_default(), when)),
        "purchase" => facts.purchased_without_proof |= fact.flag != Some(true),
        "refusal" => facts.refusals.push(when),
        "attempt" => facts.attempts.push((when, fact.note.as_deref().unwrap_or_default().into())),
        "answer" => {
            let said = match fact.flag {
                Some(true) if fact.b.is_none_or(|until| until > at) => Said::Clear,
                Some(true) => Said::Lapsed,
                _ => Said::Listed,
            };
            let jurisdiction = fact.note.as_deref().unwrap_or_default().into();
            let jurisdiction = Some(jurisdiction);
            facts.registers.push(Register { jurisdiction, kind: Source::Answer, said, obtained_at: when });
        }
        "preference" => {
            let said: Value = fact.note.as_deref().and_then(|note| serde_json::from_str(note).ok()).unwrap_or_default();
            let word = |name: &str| said[name].as_str().map(str::to_owned);
            let channels = said["channels"].as_array();
            facts.preference = Preference {
                channels: channels.map(|all| all.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
                // Hours that cannot be read are no hours at all.
                hours: word("hours").map(|hours| Week::parse(&hours).unwrap_or_default()),
            };
            // What the caller says of this contact comes before what the person said once.
            known.location = known.location.take().or(word("location"));
            known.zone = known.zone.or(word("zone").and_then(|zone| clock::zone(&zone)));
            known.party = known.party.take().or(word("party"));
        }
        _ => {}
    }
}

/// A decision's columns.
struct Told {
    decision: Decision,
    rules: Vec<String>,
    places: Vec<String>,
    assumed: bool,
}

#[allow(clippy::type_complexity)]
type Row = (
    Option<bool>,
    Option<String>,
    Option<String>,
    Option<Vec<String>>,
    Option<i64>,
    Option<Vec<String>>,
    Option<Vec<String>>,
    Option<bool>,
);

fn row(told: Option<Told>) -> Row {
    let unreadable = Told {
        decision: Decision { grounds: vec![Ground::Unreadable], next_allowed_at: None },
        rules: Vec::new(),
        places: Vec::new(),
        assumed: true,
    };
    let told = told.unwrap_or(unreadable);
    let first = told.decision.grounds.first();
    (
        Some(told.decision.grounds.is_empty()),
        first.map(|ground| ground.name().to_owned()),
        first.map(|ground| ground.detail().to_owned()),
        Some(told.decision.grounds.iter().map(|ground| ground.name().to_owned()).collect()),
        told.decision.next_allowed_at,
        Some(told.rules),
        Some(told.places),
        Some(told.assumed),
    )
}

/// The text of an argument.
fn owned(text: Option<Text>) -> Option<String> {
    text.map(|text| text.to_utf8().into_owned())
}

/// Raises for a channel or purpose that is not known, and gives the question.
fn question(channel: Option<Text>, purpose: Option<Text>) -> Question {
    let (channel, purpose) = (channel.map(Text::bytes), purpose.map(Text::bytes));
    let set_purpose = if purpose.is_none() { settings::purpose() } else { None };
    check::question(channel, purpose, set_purpose.as_deref())
}

/// Raises for a call type that neither the extension nor a rule knows: one that is misspelled would meet no rule that is about it.
fn call_type(book: &Book, call_type: Option<Text>) -> Option<String> {
    owned(call_type).inspect(|call_type| {
        if !book.has_call_type(call_type) {
            error::unknown_call_type(call_type);
        }
    })
}

fn party(party: Option<Text>) -> Option<String> {
    let party = owned(party);
    if party.as_deref().is_some_and(|party| party != "consumer" && party != "business") {
        error::unknown_party(party.as_deref().unwrap_or_default());
    }
    party
}

fn now() -> Micros {
    // SAFETY: the server's clock of this statement.
    unsafe { pg_sys::GetCurrentStatementStartTimestamp() }
}

fn finite(at: Option<Micros>) -> Option<Micros> {
    if matches!(at, Some(i64::MIN | i64::MAX)) {
        error::infinite_time();
    }
    at
}

/// What SQL gathers of a number.
fn gathered(
    phone: Phone,
    channel: Option<Text>,
    purpose: Option<Text>,
    at: Option<Micros>,
    known: Option<Micros>,
) -> Value {
    let text_of = |text: Option<Text>| text.map(|text| text_datum(&text.to_utf8()));
    let json = connected(sys::owner(), || {
        let arguments = [
            Some(text_datum(&phone.to_string())),
            text_of(channel),
            text_of(purpose),
            at.map(Datum::from),
            known.map(Datum::from),
        ];
        // SAFETY: the function gives a text.
        OF.with(|s| s.run(&arguments, true)).and_then(|row| row[0]).map(|value| unsafe { text(value) })
    });
    json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_else(|| error::missing_relation("entry"))
}

#[allow(clippy::too_many_arguments)]
fn decide(
    phone: Option<Phone>,
    channel: Option<Text>,
    purpose: Option<Text>,
    at: Option<Micros>,
    known_at: Option<Micros>,
    call_type: Option<Text>,
    said: (Option<Text>, Option<Text>, Option<Text>),
    given: Option<Value>,
) -> Option<Told> {
    question(channel, purpose);
    let book = rule::book();
    let (party_said, location, zone) = said;
    let mut known = Known {
        party: party(party_said),
        location: owned(location).inspect(|location| {
            if !book.knows(location) {
                error::unknown_jurisdiction(location);
            }
        }),
        zone: owned(zone).map(|zone| clock::zone(&zone).unwrap_or_else(|| error::unknown_zone(&zone))),
    };
    let phone = phone?;
    let asked = Asked {
        channel: owned(channel).filter(|channel| channel != "all"),
        call_type: self::call_type(&book, call_type),
        at: at.unwrap_or_else(now),
        known: known_at.unwrap_or(Micros::MAX),
    };
    let gathered = given.unwrap_or_else(|| gathered(phone, channel, purpose, at, known_at));
    let mut facts = Facts {
        suppressed: gathered["suppressed"].as_bool(),
        revoked: gathered["revoked"].as_bool().unwrap_or(true),
        ..Facts::default()
    };
    for fact in gathered["facts"].as_array().into_iter().flatten() {
        let fact = Fact {
            kind: fact[0].as_str().unwrap_or_default().to_owned(),
            a: fact[1].as_i64(),
            b: fact[2].as_i64(),
            flag: fact[3].as_bool(),
            note: fact[4].as_str().map(str::to_owned),
        };
        add(&mut facts, &mut known, &fact, asked.at);
    }
    for register in gathered["registers"].as_array().into_iter().flatten() {
        let said = match register[1].as_str() {
            Some("clear") => Said::Clear,
            Some("listed") => Said::Listed,
            Some("stale") => Said::Stale,
            Some("uncovered") => Said::Uncovered,
            Some("lapsed") => Said::Lapsed,
            _ => Said::Missing,
        };
        facts.registers.push(Register {
            jurisdiction: register[0].as_str().map(Into::into),
            kind: if register[3] == "other" { Source::Other } else { Source::Official },
            said,
            obtained_at: register[2].as_i64().unwrap_or(Micros::MIN),
        });
    }
    let assumed = known.location.is_none() || known.zone.is_none();
    let situation = Place::of(&book, phone).situation(&book, &asked, &known, line_type(phone));
    let mut places = situation.case.places.clone();
    places.sort();
    let frame = Frame::new(&book, situation);
    let rules = frame.used().iter().map(|rule| format!("{}: {}", rule.name, rule.citation)).collect();
    Some(Told { decision: frame.decide(&facts), rules, places, assumed })
}

/// The kind of line, where the number tells; one that may be either tells nothing.
fn line_type(phone: Phone) -> Option<String> {
    let name = super::phone::line_type_name(phone);
    (name != "unknown" && name != "fixed_line_or_mobile").then(|| name.to_owned())
}

#[pg_extern(sql = false)]
#[allow(clippy::type_complexity, clippy::too_many_arguments)]
fn dnc_may_contact(
    phone: Option<Phone>,
    channel: Option<Text>,
    purpose: Option<Text>,
    at: Option<i64>,
    call_type: Option<Text>,
    party: Option<Text>,
    location: Option<Text>,
    time_zone: Option<Text>,
) -> TableIterator<
    'static,
    (
        name!(allowed, Option<bool>),
        name!(ground, Option<String>),
        name!(detail, Option<String>),
        name!(grounds, Option<Vec<String>>),
        name!(next_allowed_at, Option<i64>),
        name!(rules, Option<Vec<String>>),
        name!(places, Option<Vec<String>>),
        name!(assumed, Option<bool>),
    ),
> {
    let told = decide(phone, channel, purpose, finite(at), None, call_type, (party, location, time_zone), None);
    TableIterator::once(row(told))
}

#[pg_extern(sql = false)]
#[allow(clippy::type_complexity, clippy::too_many_arguments)]
fn dnc_may_contact_as_of(
    phone: Option<Phone>,
    at: Option<i64>,
    known_at: Option<i64>,
    channel: Option<Text>,
    purpose: Option<Text>,
    call_type: Option<Text>,
    party: Option<Text>,
    location: Option<Text>,
    time_zone: Option<Text>,
) -> TableIterator<
    'static,
    (
        name!(allowed, Option<bool>),
        name!(ground, Option<String>),
        name!(detail, Option<String>),
        name!(grounds, Option<Vec<String>>),
        name!(next_allowed_at, Option<i64>),
        name!(rules, Option<Vec<String>>),
        name!(places, Option<Vec<String>>),
        name!(assumed, Option<bool>),
    ),
> {
    let (Some(at), Some(known_at)) = (finite(at), finite(known_at)) else { error::no_time_to_ask_of() };
    let told = decide(phone, channel, purpose, Some(at), Some(known_at), call_type, (party, location, time_zone), None);
    TableIterator::once(row(told))
}

#[pg_extern(sql = false)]
#[allow(clippy::type_complexity, clippy::too_many_arguments)]
fn dnc_decide_given(
    phone: Option<Phone>,
    given: Option<pgrx::JsonB>,
    channel: Option<Text>,
    at: Option<i64>,
    call_type: Option<Text>,
    party: Option<Text>,
    location: Option<Text>,
    time_zone: Option<Text>,
) -> TableIterator<
    'static,
    (
        name!(allowed, Option<bool>),
        name!(ground, Option<String>),
        name!(detail, Option<String>),
        name!(grounds, Option<Vec<String>>),
        name!(next_allowed_at, Option<i64>),
        name!(rules, Option<Vec<String>>),
        name!(places, Option<Vec<String>>),
        name!(assumed, Option<bool>),
    ),
> {
    let given = Some(given.map(|given| given.0).unwrap_or_default());
    let told = decide(phone, channel, None, finite(at), None, call_type, (party, location, time_zone), given);
    TableIterator::once(row(told))
}

/// Hashes stored numbers, which nobody chooses to collide with each other: a multiplication and its high half.
#[derive(Clone, Copy, Default)]
struct Spread(u64);

impl BuildHasher for Spread {
    type Hasher = Spread;

    fn build_hasher(&self) -> Spread {
        Spread(0)
    }
}

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, value: u64) {
        let product = u128::from(self.0 ^ value) * 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    fn write_i64(&mut self, value: i64) {
        self.write_u64(value as u64);
    }
}

/// What is recorded of many numbers, in the order of their stored values.
struct Group {
    phones: HashMap<i64, (u32, u32), Spread>,
    facts: Vec<Fact>,
}

impl Group {
    /// Reads a query of `dnc.decision_queries`; an error if that takes more memory than there may be.
    fn read(query: &str) -> Group {
        let query = CString::new(query).unwrap_or_else(|_| error::not_text());
        // SAFETY: a setting of the server's, in kilobytes.
        let limit = unsafe { pg_sys::maintenance_work_mem }.max(65_536) as usize * 1024 / FACT;
        let mut group = Group { phones: HashMap::default(), facts: Vec::new() };
        connected(sys::owner(), || {
            let mut cursor = Cursor::open(&query, None, BATCH);
            while cursor.fetch(|tuple, descriptor| {
                // SAFETY: the query gives a number, a text, two times, a boolean and a text.
                unsafe {
                    let column = |n| spi::column(tuple, descriptor, n);
                    let Some(phone) = column(1) else { return };
                    let place = group.facts.len() as u32;
                    let known = group.phones.entry(phone.value() as i64).or_insert((place, place));
                    known.1 = place + 1;
                    group.facts.push(Fact {
                        kind: column(2).map(|value| text(value)).unwrap_or_default(),
                        a: column(3).map(|value| value.value() as i64),
                        b: column(4).map(|value| value.value() as i64),
                        flag: column(5).map(|value| value.value() != 0),
                        note: column(6).map(|value| text(value)),
                    });
                }
            }) {
                if group.facts.len() > limit {
                    error::too_much_to_decide(limit);
                }
            }
            cursor.close();
        });
        group
    }

    fn of(&self, phone: Phone) -> &[Fact] {
        if self.facts.is_empty() {
            return &[];
        }
        self.phones.get(&phone.bits()).map_or(&[], |(from, to)| &self.facts[*from as usize..*to as usize])
    }
}

/// Groups of facts that are read when the first number needs them.
struct Groups {
    queries: Vec<String>,
    read: [Option<Group>; 3],
}

impl Groups {
    fn of(&mut self, group: usize, phone: Phone) -> &[Fact] {
        let queries = &self.queries;
        self.read[group].get_or_insert_with(|| Group::read(&queries[group])).of(phone)
    }
}

thread_local! {
    static QUERIES: Statement = const {
        Statement::new(
            c"SELECT dnc.decision_queries($1, $2, $3)",
            &[pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TIMESTAMPTZOID],
        )
    };
}

raw_function!(dnc_decide_query_wrapper, pg_finfo_dnc_decide_query_wrapper, decide_query);

/// # Safety
/// Called by the function manager, as the SQL declares.
unsafe fn decide_query(fcinfo: FunctionCallInfo) -> Datum {
    // SAFETY: six arguments, of the declared types.
    let (query, channel, purpose, at, call_type, said) = unsafe {
        let arguments = (*fcinfo).args.as_slice(6);
        let text = |n: usize| Text::from_datum(arguments[n].value, arguments[n].isnull);
        let at = (!arguments[3].isnull).then(|| arguments[3].value.value() as i64);
        (text(0), text(1), text(2), finite(at), text(4), text(5))
    };
    let rows = srf::Rows::new(fcinfo);
    let Some(query) = query else { return rows.finish() };
    let book = rule::book();
    let mut run = Run::start(&book, channel, purpose, at, call_type, said);
    walk(query, |key, phone, suppressed| {
        let (decision, rules) = match phone {
            Some(phone) => run.decide(phone, suppressed),
            None => (Decision { grounds: vec![Ground::Unreadable], next_allowed_at: None }, None),
        };
        let told = run.told(&decision.grounds);
        rows.put(&[
            key,
            phone.map(|phone| Datum::from(phone.bits())),
            Some(Datum::from(decision.grounds.is_empty())),
            told.map(|told| told.0),
            told.map(|told| told.1),
            decision.next_allowed_at.map(Datum::from),
            rules,
        ]);
    });
    rows.finish()
}

/// Runs a query as the caller and hands over its rows: a key, a number, and what a check says.
fn walk(query: Text, mut row: impl FnMut(Option<Datum>, Option<Phone>, Option<bool>)) {
    let query = CString::new(query.bytes()).unwrap_or_else(|_| error::not_text());
    let mut known = false;
    // SAFETY: connect and finish come in pairs; rows are looked at only when their columns are of the right types.
    unsafe {
        pg_sys::SPI_connect();
        receiver::each(&query, &mut |columns, descriptor| {
            if !known {
                let kinds: Vec<_> =
                    (0..(*descriptor).natts as usize).map(|n| sys::attribute(descriptor, n).atttypid).collect();
                if kinds.len() != 3
                    || kinds[0] != pg_sys::TEXTOID
                    || !super::audit::is_phone(kinds[1])
                    || kinds[2] != pg_sys::BOOLOID
                {
                    error::not_a_decision_query();
                }
                known = true;
            }
            let phone = columns[1].map(|value| Phone::from_stored(value.value() as i64));
            row(columns[0], phone, columns[2].map(|value| value.value() != 0));
        });
        pg_sys::SPI_finish();
    }
}

raw_function!(dnc_impact_query_wrapper, pg_finfo_dnc_impact_query_wrapper, impact_query);

/// What a change of rules does to the contacts of a place.
#[derive(Default)]
struct Impact {
    contacts: i64,
    before: i64,
    after: i64,
    forbidden: i64,
    permitted: i64,
    grounds: HashMap<Ground, i64>,
}

/// # Safety
/// Called by the function manager, as the SQL declares.
unsafe fn impact_query(fcinfo: FunctionCallInfo) -> Datum {
    // SAFETY: six arguments, of the declared types.
    let (query, day, channel, purpose, call_type, said) = unsafe {
        let arguments = (*fcinfo).args.as_slice(6);
        let text = |n: usize| Text::from_datum(arguments[n].value, arguments[n].isnull);
        let day = (!arguments[1].isnull).then(|| arguments[1].value.value() as i32);
        (text(0), day, text(2), text(3), text(4), text(5))
    };
    let rows = srf::Rows::new(fcinfo);
    let epoch = chrono::NaiveDate::from_ymd_opt(2000, 1, 1).expect("a day");
    let day = day.and_then(|day| epoch.checked_add_signed(chrono::TimeDelta::days(i64::from(day))));
    let (Some(query), Some(day)) = (query, day) else { return rows.finish() };
    let Some(eve) = day.pred_opt() else { return rows.finish() };
    let book = rule::book();
    // Noon in the middle of the world; each place has its own below.
    let noon = clock::first(day.and_hms_opt(12, 0, 0).expect("noon"), Tz::UTC);
    let mut run = Run::start(&book, channel, purpose, noon, call_type, said);
    run.at = None;
    let mut impacts: Vec<(Vec<String>, Situation, Impact)> = Vec::new();
    let mut frames: HashMap<(usize, Known), (usize, [Frame; 2])> = HashMap::new();
    walk(query, |_, phone, suppressed| {
        let Some(phone) = phone else { return };
        let (mut facts, known) = run.facts(phone, suppressed);
        let place = run.place(phone);
        let (at, frames) = frames.entry((place, known.clone())).or_insert_with(|| {
            let mut situation = run.places[place].situation(&book, &run.asked, &known, None);
            let zone = situation.zones.first().copied().unwrap_or(Tz::UTC);
            situation.at = clock::first(day.and_hms_opt(12, 0, 0).expect("noon"), zone).unwrap_or(situation.at);
            let of = |rules_of| Frame::new(&book, Situation { rules_of: Some(rules_of), ..situation.clone() });
            let frames = [of(eve), of(day)];
            let places = situation.case.places.clone();
            let at = impacts.iter().position(|(known, ..)| *known == places).unwrap_or_else(|| {
                impacts.push((places, situation.clone(), Impact::default()));
                impacts.len() - 1
            });
            (at, frames)
        });
        for frame in frames.iter() {
            run.complete(frame, phone, suppressed, &mut facts);
        }
        // Registers are taken to be as fresh then as they must be: what is asked is what the rules change.
        let then = impacts[*at].1.at;
        facts.registers.iter_mut().for_each(|register| register.obtained_at = register.obtained_at.max(then));
        let [before, after] = [&frames[0], &frames[1]].map(|frame| frame.decide(&facts).grounds);
        run.facts = facts;
        let impact = &mut impacts[*at].2;
        impact.contacts += 1;
        impact.before += i64::from(before.is_empty());
        impact.after += i64::from(after.is_empty());
        impact.permitted += i64::from(!before.is_empty() && after.is_empty());
        if before.is_empty()
            && let Some(ground) = after.first()
        {
            impact.forbidden += 1;
            *impact.grounds.entry(*ground).or_default() += 1;
        }
    });
    for (places, situation, impact) in &impacts {
        let names = |days: &dyn Fn(&crate::rules::rule::Rule) -> bool| {
            let rules =
                book.rules.iter().filter(|rule| days(rule) && book.concerns(rule, &situation.case, situation.known));
            let names: Vec<&str> = rules.map(|rule| &rule.name[..]).collect();
            (!names.is_empty()).then(|| text_datum(&names.join(", ")))
        };
        let minutes = |rules_of| {
            let frame = Frame::new(&book, Situation { rules_of: Some(rules_of), ..situation.clone() });
            Some(Datum::from(frame.minutes_a_week(day)))
        };
        let commonest = impact.grounds.iter().max_by_key(|(ground, n)| (**n, std::cmp::Reverse(**ground)));
        let mut shown: Vec<&str> = places.iter().map(String::as_str).filter(|place| *place != "*").collect();
        shown.sort_unstable();
        rows.put(&[
            Some(text_datum(&shown.join(", "))),
            Some(Datum::from(impact.contacts)),
            Some(Datum::from(impact.before)),
            Some(Datum::from(impact.after)),
            Some(Datum::from(impact.forbidden)),
            Some(Datum::from(impact.permitted)),
            commonest.map(|(ground, _)| text_datum(ground.name())),
            names(&|rule| rule.valid.1 == eve),
            names(&|rule| rule.valid.0 == day),
            minutes(eve),
            minutes(day),
        ]);
    }
    rows.finish()
}

/// What the rules say, and the names of those that were looked at.
type Framed<'a> = (Rc<Frame<'a>>, Datum);

/// What a run over many numbers keeps.
struct Run<'a> {
    book: &'a Book,
    asked: Asked,
    /// The time that was asked about; `None` is now.
    at: Option<Micros>,
    asks_line_types: bool,
    party: Option<String>,
    registers: Registers,
    groups: Groups,
    neighbourhoods: HashMap<u64, usize, Spread>,
    /// Places by what numbers begin with, where that tells; the last of each slot.
    begins: Vec<(u64, usize)>,
    /// What was found out about the number before, for its memory.
    facts: Facts,
    places: Vec<Place>,
    /// By place, for people of whom nothing is known.
    plain: Vec<Option<Framed<'a>>>,
    /// By place, by what is known of the person, and by the kind of line if rules ask for that.
    frames: HashMap<(usize, Known, Option<String>), Framed<'a>>,
    /// Grounds as they are told: the first, and all.
    told: Vec<(Vec<Ground>, (Datum, Datum))>,
}

impl<'a> Run<'a> {
    fn start(
        book: &'a Book,
        channel: Option<Text>,
        purpose: Option<Text>,
        at: Option<Micros>,
        call_type: Option<Text>,
        said: Option<Text>,
    ) -> Run<'a> {
        let question = question(channel, purpose);
        let text_of = |text: Option<Text>| text.map(|text| text_datum(&text.to_utf8()));
        let queries = connected(sys::owner(), || {
            let arguments = [text_of(channel), text_of(purpose), at.map(Datum::from)];
            let row = QUERIES.with(|s| s.run(&arguments, true)).unwrap_or_default();
            // SAFETY: an array of texts.
            row.first().copied().flatten().map(|value| unsafe { sys::row::texts(value) })
        });
        let queries = queries.unwrap_or_default().into_iter().map(Option::unwrap_or_default).collect();
        Run {
            book,
            asked: Asked {
                channel: owned(channel).filter(|channel| channel != "all"),
                call_type: self::call_type(book, call_type),
                at: at.unwrap_or_else(now),
                known: Micros::MAX,
            },
            at,
            asks_line_types: book.asks_line_types(),
            party: party(said),
            registers: list::registers(&question),
            groups: Groups { queries, read: [None, None, None] },
            neighbourhoods: HashMap::default(),
            begins: vec![(0, 0); BEGINS],
            facts: Facts::default(),
            places: Vec::new(),
            plain: Vec::new(),
            frames: HashMap::new(),
            told: Vec::new(),
        }
    }

    /// What is recorded of a number, but for what only some places ask for; to be given back.
    fn facts(&mut self, phone: Phone, suppressed: Option<bool>) -> (Facts, Known) {
        let mut facts = std::mem::take(&mut self.facts);
        facts.clear();
        facts.suppressed = suppressed;
        let mut known = Known { party: self.party.clone(), ..Known::default() };
        for fact in self.groups.of(0, phone) {
            add(&mut facts, &mut known, fact, self.asked.at);
        }
        (facts, known)
    }

    /// What a frame asks for besides.
    fn complete(&mut self, frame: &Frame, phone: Phone, suppressed: Option<bool>, facts: &mut Facts) {
        for (group, needed) in [
            (1, frame.needs_refusals() && facts.refusals.is_empty()),
            (2, frame.needs_attempts() && facts.attempts.is_empty()),
        ] {
            for fact in if needed { self.groups.of(group, phone) } else { &[] } {
                add(facts, &mut Known::default(), fact, self.asked.at);
            }
        }
        if frame.revocation_covers_all() && suppressed == Some(false) {
            facts.revoked = store::look(phone, &Question { channel: None, purpose: None }, self.at);
        }
        if !facts.asked_registers {
            self.registers.of(phone, suppressed == Some(false), &mut facts.registers);
            facts.asked_registers = true;
        }
    }

    fn place(&mut self, phone: Phone) -> usize {
        let begin = phone.beginning();
        let slot = (begin.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as usize % BEGINS;
        if self.begins[slot].0 == begin {
            return self.begins[slot].1;
        }
        let key = area::neighbourhood(phone);
        let place = match self.neighbourhoods.get(&key) {
            Some(place) => *place,
            None => self.new_place(phone, key),
        };
        if area::is_begun(phone) {
            self.begins[slot] = (begin, place);
        }
        place
    }

    fn new_place(&mut self, phone: Phone, key: u64) -> usize {
        let place = Place::of(self.book, phone);
        let known = self.places.iter().position(|p| p.places == place.places && p.zones == place.zones);
        let place = known.unwrap_or_else(|| {
            self.places.push(place);
            self.places.len() - 1
        });
        // A million neighbourhoods take some thirty megabytes.
        if self.neighbourhoods.len() >= 1_000_000 {
            self.neighbourhoods.clear();
        }
        self.neighbourhoods.insert(key, place);
        place
    }

    fn decide(&mut self, phone: Phone, suppressed: Option<bool>) -> (Decision, Option<Datum>) {
        let (mut facts, known) = self.facts(phone, suppressed);
        let place = self.place(phone);
        let (frame, rules) = self.frame(place, &known, phone);
        self.complete(&frame, phone, suppressed, &mut facts);
        let decision = frame.decide(&facts);
        self.facts = facts;
        (decision, Some(rules))
    }

    fn frame(&mut self, place: usize, known: &Known, phone: Phone) -> Framed<'a> {
        let plain =
            !self.asks_line_types && known.zone.is_none() && known.location.is_none() && known.party == self.party;
        if plain {
            if let Some(Some((frame, rules))) = self.plain.get(place) {
                return (Rc::clone(frame), *rules);
            }
            let made = self.framed(place, known, None);
            self.plain.resize_with(self.plain.len().max(place + 1), || None);
            self.plain[place] = Some((Rc::clone(&made.0), made.1));
            return made;
        }
        let line_type = if self.asks_line_types { line_type(phone) } else { None };
        let key = (place, known.clone(), line_type.clone());
        if let Some((frame, rules)) = self.frames.get(&key) {
            return (Rc::clone(frame), *rules);
        }
        let made = self.framed(place, known, line_type);
        self.frames.insert(key, (Rc::clone(&made.0), made.1));
        made
    }

    fn framed(&self, place: usize, known: &Known, line_type: Option<String>) -> Framed<'a> {
        let situation = self.places[place].situation(self.book, &self.asked, known, line_type);
        let frame = Rc::new(Frame::new(self.book, situation));
        let names: Vec<&str> = frame.used().iter().map(|rule| &rule.name[..]).collect();
        (frame, text_datum(&names.join(", ")))
    }

    fn told(&mut self, grounds: &[Ground]) -> Option<(Datum, Datum)> {
        if grounds.is_empty() {
            return None;
        }
        if let Some((_, told)) = self.told.iter().find(|(known, _)| known == grounds) {
            return Some(*told);
        }
        let names: Vec<&str> = grounds.iter().map(|ground| ground.name()).collect();
        let told = (text_datum(names[0]), text_datum(&names.join(", ")));
        self.told.push((grounds.to_vec(), told));
        Some(told)
    }
}
