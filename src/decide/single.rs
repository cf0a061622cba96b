//! `sql/install/81-decide.sql`: decisions about one number, from what SQL gathers of it. About many: `campaign`.

use crate::check;
use crate::decide::campaign::Run;
use crate::decide::gather::{self, Fact, Gatherer, Scope};
use crate::phone::DncPhone;
use crate::rule;
use crate::sys::{self, Text};
use crate::{error, settings};
use chrono_tz::Tz;
use dnc_core::decision::{Consent, Decision, Facts, Frame, Ground, Preference, Register, Said, Situation, Source};
use dnc_core::entry::scope::Question;
use dnc_core::phone::{Phone, area, zones};
use dnc_core::rule::clock::{self, Micros};
use dnc_core::rule::rule::{Book, Case};
use dnc_core::rule::windows::Week;
use pgrx::prelude::*;
use serde_json::Value;

/// What is told of a person's whereabouts, beside what their number says.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug)]
pub struct Known {
    pub location: Option<String>,
    pub zone: Option<Tz>,
    /// What the person said of their clock once, where the caller says that they are somewhere.
    pub other_zone: Option<Tz>,
    pub party: Option<String>,
}

/// What a caller says about a contact.
pub struct Asked {
    pub channel: Option<String>,
    pub call_type: Option<String>,
    pub at: Micros,
    pub known: Micros,
}

impl Asked {
    /// An error for a call type that is not known.
    pub fn new(
        book: &Book,
        channel: Option<Text>,
        call_type: Option<Text>,
        at: Option<Micros>,
        known_at: Option<Micros>,
    ) -> Asked {
        Asked {
            channel: owned(channel).filter(|channel| channel != "all"),
            call_type: known_call_type(book, call_type),
            at: at.unwrap_or_else(sys::now),
            known: known_at.unwrap_or(Micros::MAX),
        }
    }
}

/// Where a number may be.
pub struct Place {
    pub places: Vec<String>,
    pub zones: Vec<Tz>,
}

impl Place {
    pub fn of(book: &Book, phone: Phone) -> Place {
        Place { places: rule::places(book, phone), zones: clock::zones(&zones::zones(phone)) }
    }

    /// The clocks that count: the one that is known; else those of the number, and of where the person is known to be.
    fn clocks(&self, known: &Known) -> Vec<Tz> {
        if let Some(zone) = known.zone {
            return clock::with_changes([zone]);
        }
        let mut zones = self.zones.clone();
        let elsewhere = known.location.as_ref().filter(|location| !self.places.contains(location));
        if let Some(location) = elsewhere {
            let there = clock::zones(&area::zones_of(location));
            if there.is_empty() {
                return there;
            }
            zones.extend(there);
        }
        zones.extend(clock::with_changes(known.other_zone));
        zones
    }

    pub fn situation(&self, book: &Book, asked: &Asked, known: &Known, line_type: Option<String>) -> Situation {
        let places = match &known.location {
            // A part that was known once and is no more still lies in its country.
            Some(location) => {
                let country = if book.knows(location) { None } else { location.get(..2).map(str::to_owned) };
                book.around(self.places.iter().cloned().chain([location.clone()]).chain(country))
            }
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

/// Puts a fact where decisions look for it. A preference says where the person is, too.
pub fn add(facts: &mut Facts, known: &mut Known, fact: &Fact, at: Micros) {
    let when = fact.a.unwrap_or(Micros::MIN);
    match &fact.kind[..] {
        "consent" => facts.consents.push(Consent { given_at: when, proven: fact.flag == Some(true) }),
        "relationship" => facts.relations.push((fact.note.clone().unwrap_or_default(), when)),
        "purchase" => facts.purchased_without_proof |= fact.flag != Some(true),
        "refusal" => facts.refusals.push(when),
        "attempt" => facts.attempts.push((when, fact.note.as_deref().unwrap_or_default().into())),
        "answer" | "other_answer" => {
            let said = match fact.flag {
                Some(true) if fact.b.is_none_or(|until| until > at) => Said::Clear,
                Some(true) => Said::Lapsed,
                _ => Said::Listed,
            };
            let jurisdiction = fact.note.as_deref().unwrap_or_default().into();
            let jurisdiction = Some(jurisdiction);
            let kind = if fact.kind == "answer" { Source::Answer } else { Source::Other };
            facts.registers.push(Register { jurisdiction, kind, said, obtained_at: when });
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
            let zone = word("zone").and_then(|zone| clock::zone(&zone));
            if known.location.is_some() && known.zone.is_none() {
                known.other_zone = zone;
            } else {
                known.zone = known.zone.or(zone);
            }
            known.location = known.location.take().or(word("location"));
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

impl Told {
    fn of(decision: Decision, frame: &Frame, known: &Known) -> Told {
        let mut places = frame.places().to_vec();
        places.sort();
        let rules = frame.used().iter().map(|rule| format!("{}: {}", rule.name, rule.citation)).collect();
        Told { decision, rules, places, assumed: known.location.is_none() || known.zone.is_none() }
    }
}

/// A decision's columns, as the functions below name them: pgrx asks each of them for its own.
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

fn columns(told: Option<Told>) -> Columns {
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
pub fn owned(text: Option<Text>) -> Option<String> {
    text.map(|text| text.to_utf8().into_owned())
}

/// Raises for a channel or purpose that is not known, and gives the question.
pub fn question(channel: Option<Text>, purpose: Option<Text>) -> Question {
    let (channel, purpose) = (channel.map(Text::bytes), purpose.map(Text::bytes));
    let set_purpose = if purpose.is_none() { settings::purpose() } else { None };
    check::question(channel, purpose, set_purpose.as_deref())
}

/// Raises for a call type that neither the extension nor a rule knows: one that is misspelled would meet no rule that is about it.
pub fn known_call_type(book: &Book, call_type: Option<Text>) -> Option<String> {
    owned(call_type).inspect(|call_type| {
        if !book.has_call_type(call_type) {
            error::unknown_call_type(call_type);
        }
    })
}

pub fn party(party: Option<Text>) -> Option<String> {
    let party = owned(party);
    if party.as_deref().is_some_and(|party| party != "consumer" && party != "business") {
        error::unknown_party(party.as_deref().unwrap_or_default());
    }
    party
}

pub fn finite(at: Option<Micros>) -> Option<Micros> {
    if matches!(at, Some(i64::MIN | i64::MAX)) {
        error::infinite_time();
    }
    at
}

/// What the caller says of the person: the party, a place and a zone.
fn said_of(book: &Book, (of_party, location, zone): (Option<Text>, Option<Text>, Option<Text>)) -> Known {
    Known {
        party: party(of_party),
        location: owned(location).inspect(|location| {
            if !book.knows(location) {
                error::unknown_jurisdiction(location);
            }
        }),
        zone: owned(zone).map(|zone| clock::zone(&zone).unwrap_or_else(|| error::unknown_zone(&zone))),
        other_zone: None,
    }
}

/// The decision about one number, from what is recorded of it.
#[allow(clippy::too_many_arguments)]
fn decide(
    phone: Option<Phone>,
    channel: Option<Text>,
    purpose: Option<Text>,
    at: Option<Micros>,
    known_at: Option<Micros>,
    call_type: Option<Text>,
    said: (Option<Text>, Option<Text>, Option<Text>),
) -> Option<Told> {
    let question = question(channel, purpose);
    let book = rule::book();
    let known = said_of(&book, said);
    let asked = Asked::new(&book, channel, call_type, at, known_at);
    let phone = phone?;
    let scope = Scope::new(question, at, known_at, &book);
    let mut run = Run::new(&book, asked, Gatherer::single(scope), known);
    let suppressed = run.suppressed(phone);
    let (decision, frame, known) = run.decide(phone, suppressed);
    Some(Told::of(decision, &frame, &known))
}

/// The decision from what is given, whatever is recorded.
fn decide_given(
    phone: Option<Phone>,
    given: &Value,
    channel: Option<Text>,
    at: Option<Micros>,
    call_type: Option<Text>,
    said: (Option<Text>, Option<Text>, Option<Text>),
) -> Option<Told> {
    question(channel, None);
    let book = rule::book();
    let mut known = said_of(&book, said);
    let asked = Asked::new(&book, channel, call_type, at, None);
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
            kind: if register[3] == "other" { Source::Other } else { Source::Official },
            said: gather::said(register[1].as_str()),
            obtained_at: register[2].as_i64().unwrap_or(Micros::MIN),
        });
    }
    let frame = Frame::new(&book, Place::of(&book, phone).situation(&book, &asked, &known, line_type(phone)));
    Some(Told::of(frame.decide(&facts), &frame, &known))
}

/// The kind of line, where the number tells; one that may be either tells nothing.
pub fn line_type(phone: Phone) -> Option<String> {
    let name = crate::phone::line_type_name(phone);
    (name != "unknown" && name != "fixed_line_or_mobile").then(|| name.to_owned())
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
    let told =
        decide(phone.as_deref().copied(), channel, purpose, finite(at), None, call_type, (party, location, time_zone));
    TableIterator::once(columns(told))
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
    let told = decide(
        phone.as_deref().copied(),
        channel,
        purpose,
        Some(at),
        Some(known_at),
        call_type,
        (party, location, time_zone),
    );
    TableIterator::once(columns(told))
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
    // SAFETY: the argument is declared as jsonb.
    let given = given.map(|given| unsafe { sys::row::jsonb(given.datum()) });
    let given = given.map(|given| serde_json::from_str(&given).unwrap_or_else(|_| error::too_deep("given")));
    let given = given.unwrap_or_default();
    let told =
        decide_given(phone.as_deref().copied(), &given, channel, finite(at), call_type, (party, location, time_zone));
    TableIterator::once(columns(told))
}
