//! `sql/install/decide/decide.sql`: decisions about one number.

use super::contact::{Contact, Person, finite, line_type, owned, query, said_of};
use super::facts::add;
use super::place::Place;
use super::run::Run;
use crate::decide::gather::{self, Fact, FactScope, Gatherer};
use crate::error;
use crate::phone::DncPhone;
use crate::rule;
use crate::sys::{self, Text};
use dnc_core::decision::{CONFIRMATION, Decision, Facts, Frame, Ground, Register, RegisterKind};
use dnc_core::phone::Phone;
use dnc_core::rule::clock::Micros;
use pgrx::prelude::*;
use serde_json::Value;

/// A decision's columns.
struct DecisionRow {
    decision: Decision,
    rules: Vec<String>,
    places: Vec<String>,
    assumed: bool,
}

impl DecisionRow {
    fn of(decision: Decision, frame: &Frame, known: &Person) -> DecisionRow {
        let mut places = frame.places().to_vec();
        places.sort();
        let rules = frame.used().iter().map(|rule| format!("{}: {}", rule.name, rule.citation)).collect();
        DecisionRow { decision, rules, places, assumed: known.location.is_none() || known.zone.is_none() }
    }
}

/// A decision's columns, named as in the functions below: pgrx requires it for each of them.
#[allow(clippy::type_complexity)]
type Columns = (
    Option<bool>,
    Option<String>,
    Option<String>,
    Option<Vec<String>>,
    Option<i64>,
    Option<Vec<String>>,
    Option<Vec<String>>,
    Option<bool>,
);

fn columns(returned: Option<DecisionRow>) -> Columns {
    let unreadable = DecisionRow {
        decision: Decision { grounds: vec![Ground::Unreadable], next_allowed_at: None },
        rules: Vec::new(),
        places: Vec::new(),
        assumed: true,
    };
    let returned = returned.unwrap_or(unreadable);
    let first = returned.decision.grounds.first();
    (
        Some(returned.decision.grounds.is_empty()),
        first.map(|ground| ground.name().to_owned()),
        first.map(|ground| ground.detail().to_owned()),
        Some(returned.decision.grounds.iter().map(|ground| ground.name().to_owned()).collect()),
        returned.decision.next_allowed_at,
        Some(returned.rules),
        Some(returned.places),
        Some(returned.assumed),
    )
}

/// The decision about one number, from recorded facts.
#[allow(clippy::too_many_arguments)]
fn decide(
    phone: Option<Phone>,
    channel: Option<Text>,
    purpose: Option<Text>,
    at: Option<Micros>,
    known_at: Option<Micros>,
    call_type: Option<Text>,
    said: (Option<Text>, Option<Text>, Option<Text>),
) -> Option<DecisionRow> {
    let query = query(channel, purpose);
    let book = rule::book();
    let known = said_of(&book, said);
    let asked = Contact::new(&book, channel, call_type, at, known_at);
    let phone = phone?;
    let scope = FactScope::new(query, at, known_at, &book);
    let mut run = Run::new(&book, asked, Gatherer::single(scope), known);
    let suppressed = run.suppressed(phone);
    let (decision, frame, known) = run.decide(phone, suppressed);
    Some(DecisionRow::of(decision, &frame, &known))
}

/// The decision from the given facts only, ignoring recorded ones.
fn decide_given(
    phone: Option<Phone>,
    given: &Value,
    channel: Option<Text>,
    at: Option<Micros>,
    call_type: Option<Text>,
    said: (Option<Text>, Option<Text>, Option<Text>),
) -> Option<DecisionRow> {
    query(channel, None);
    let book = rule::book();
    let mut known = said_of(&book, said);
    let asked = Contact::new(&book, channel, call_type, at, None);
    let phone = phone?;
    let mut facts = Facts {
        suppressed: given["suppressed"].as_bool(),
        revoked: given["revoked"].as_bool().unwrap_or(true),
        ..Facts::default()
    };
    for fact in given["facts"].as_array().into_iter().flatten() {
        let fact = Fact {
            kind: fact[0].as_str().unwrap_or_default().to_owned(),
            a: fact[1].as_i64(),
            b: fact[2].as_i64(),
            flag: fact[3].as_bool(),
            note: fact[4].as_str().map(str::to_owned),
        };
        add(&mut facts, &mut known, &fact, asked.at);
    }
    for register in given["registers"].as_array().into_iter().flatten() {
        facts.registers.push(Register {
            jurisdiction: register[0].as_str().map(Into::into),
            kind: if register[3] == "other" { RegisterKind::Other } else { RegisterKind::Official },
            said: gather::said(register[1].as_str()),
            obtained_at: register[2].as_i64().unwrap_or(Micros::MIN),
        });
    }
    let frame = Frame::new(&book, Place::of(&book, phone).situation(&book, &asked, &known, line_type(phone)));
    Some(DecisionRow::of(frame.decide(&facts), &frame, &known))
}

#[pg_extern(sql = false)]
#[allow(clippy::type_complexity, clippy::too_many_arguments)]
fn dnc_may_contact(
    phone: Option<DncPhone>,
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
    let returned =
        decide(phone.as_deref().copied(), channel, purpose, finite(at), None, call_type, (party, location, time_zone));
    TableIterator::once(columns(returned))
}

/// Whether an attempt was the confirmation of an opt-out that was allowed at its time.
#[pg_extern(sql = false)]
fn dnc_may_confirm(
    phone: Option<DncPhone>,
    channel: Option<Text>,
    purpose: Option<Text>,
    at: Option<i64>,
    attempt: Option<i64>,
) -> Option<bool> {
    let (phone, at) = (phone.as_deref().copied()?, finite(at)?);
    let (query, book) = (query(channel, purpose), rule::book());
    let asked = Contact {
        channel: owned(channel).filter(|channel| channel != "all"),
        call_type: Some(CONFIRMATION.to_owned()),
        at,
        known: Micros::MAX,
    };
    let mut gatherer = Gatherer::single(FactScope::new(query, Some(at), None, &book));
    gatherer.ignored = attempt;
    let mut run = Run::new(&book, asked, gatherer, Person::default());
    let suppressed = run.suppressed(phone);
    Some(run.decide(phone, suppressed).0.grounds.is_empty())
}

#[pg_extern(sql = false)]
#[allow(clippy::type_complexity, clippy::too_many_arguments)]
fn dnc_may_contact_as_of(
    phone: Option<DncPhone>,
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
    let returned = decide(
        phone.as_deref().copied(),
        channel,
        purpose,
        Some(at),
        Some(known_at),
        call_type,
        (party, location, time_zone),
    );
    TableIterator::once(columns(returned))
}

#[pg_extern(sql = false)]
#[allow(clippy::type_complexity, clippy::too_many_arguments)]
fn dnc_decide_given(
    phone: Option<DncPhone>,
    given: Option<pgrx::AnyElement>,
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
    let given = given.and_then(|given| sys::jsonb::written(&given));
    let given = given.map(|given| serde_json::from_str(&given).unwrap_or_else(|_| error::too_deep("given")));
    let given = given.unwrap_or_default();
    let returned =
        decide_given(phone.as_deref().copied(), &given, channel, finite(at), call_type, (party, location, time_zone));
    TableIterator::once(columns(returned))
}
