//! Rules as rows of `dnc.rule`, and which of them apply.
//!
//! A rule that forbids, shortens or protects applies wherever it may: an unknown property of a contact never excludes
//! it. An exemption applies only if all its conditions are known to be met.

use super::calendar::{Calendar, Spec};
use super::clock::Micros;
use super::deadline::Amount;
use super::windows::Week;
use chrono::NaiveDate;
use std::collections::HashMap;

/// Subject of a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An opt-out is honoured within a time.
    HonourWithin,
    /// Records of opt-outs are kept for a time.
    Retention,
    /// The hours in which calls are allowed.
    CallingHours,
    /// A day on which no call is allowed.
    ClosedDay,
    /// The default rule for contacts.
    Regime,
    /// Maximum age of a copy of a register.
    RegistryMaxAge,
    /// Period in which a new entry of a register need not be known.
    RegistryGrace,
    /// Period of validity of a consent.
    ConsentMaxAge,
    /// Consent needs proof.
    ConsentProof,
    /// A business relationship exempts.
    RelationshipExemption,
    /// Maximum number of attempts in a period.
    AttemptCap,
    /// Waiting period after an opt-out.
    CoolOff,
    /// An opt-out of one scope counts for everything.
    RevocationScope,
    /// Shown with the rules; nothing is computed from it.
    Records,
    /// A request is answered within a time.
    AnswerWithin,
    /// An opt-out may be confirmed within a time, once.
    Confirmation,
    /// Conditions of a safe harbour.
    SafeHarbor,
    /// A duty that is not enforced here.
    Duty,
}

const KINDS: [(&str, Kind); 18] = [
    ("honour_within", Kind::HonourWithin),
    ("retention", Kind::Retention),
    ("calling_hours", Kind::CallingHours),
    ("closed_day", Kind::ClosedDay),
    ("regime", Kind::Regime),
    ("registry_max_age", Kind::RegistryMaxAge),
    ("registry_grace", Kind::RegistryGrace),
    ("consent_max_age", Kind::ConsentMaxAge),
    ("consent_proof", Kind::ConsentProof),
    ("relationship_exemption", Kind::RelationshipExemption),
    ("attempt_cap", Kind::AttemptCap),
    ("cool_off", Kind::CoolOff),
    ("revocation_scope", Kind::RevocationScope),
    ("records", Kind::Records),
    ("answer_within", Kind::AnswerWithin),
    ("confirmation", Kind::Confirmation),
    ("safe_harbor", Kind::SafeHarbor),
    ("duty", Kind::Duty),
];

impl Kind {
    /// The kind with this name in the table.
    pub fn of(name: &str) -> Option<Kind> {
        KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }
}

/// Call types known without a rule that names them.
pub const CALL_TYPES: [&str; 9] = [
    "sales",
    "automated",
    "collections",
    "research",
    "charity",
    "service",
    "claims_management",
    "pensions",
    "confirmation",
];

/// The default for a person who has neither opted out nor consented.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Regime {
    /// Contact is allowed until the person opts out.
    OptOut,
    /// Contact is allowed if the number is in no register.
    Registry,
    /// Contact needs consent.
    OptIn,
}

impl Regime {
    /// The regime with this name in the table.
    pub fn of(name: &str) -> Option<Regime> {
        match name {
            "opt_out" => Some(Regime::OptOut),
            "registry" => Some(Regime::Registry),
            "opt_in" => Some(Regime::OptIn),
            _ => None,
        }
    }
}

/// A row of a calendar: a recurring day, or a day of one year.
pub struct Holiday<'a> {
    /// The calendar.
    pub calendar: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The day, as the row spells it.
    pub day: &'a str,
    /// First and last year.
    pub years: (Option<i32>, Option<i32>),
}

/// A row of `dnc.rule`.
pub struct Rule {
    /// Its name.
    pub name: String,
    /// Where it applies: ISO 3166, `EU`, or `*` for everywhere.
    pub jurisdiction: String,
    /// Its subject.
    pub kind: Kind,
    /// Channels that it applies to; `None`: all.
    pub channels: Option<Vec<String>>,
    /// Call types that it applies to; `None`: all.
    pub call_types: Option<Vec<String>>,
    /// `consumer` or `business`; `None`: both.
    pub party: Option<String>,
    /// Line types that it applies to; `None`: all.
    pub line_types: Option<Vec<String>>,
    /// Its period.
    pub amount: Amount,
    /// The event from which the period counts.
    pub anchor: Option<String>,
    /// Maximum number of attempts.
    pub attempts: Option<u32>,
    /// The allowed hours.
    pub windows: Option<Week>,
    /// The calendar whose days it counts.
    pub calendar: Option<String>,
    /// The default for contacts.
    pub regime: Option<Regime>,
    /// Among rules of a kind and a jurisdiction only those of the highest precedence apply.
    pub precedence: i64,
    /// First and last day of validity.
    pub valid: (NaiveDate, NaiveDate),
    /// The rule that it replaces.
    pub replaces: Option<String>,
    /// Whether it allows what is forbidden without it: off until it is accepted.
    pub exempts: bool,
    /// Whether it is on by default.
    pub enabled: bool,
    /// Whether it is graded V: verified against its source.
    pub graded_v: bool,
    /// When it was recorded.
    pub recorded_at: Micros,
    /// When it was accepted or enabled (true) or disabled (false), in order.
    pub switched: Vec<(Micros, bool)>,
    /// The law's section, or another source.
    pub citation: String,
}

/// All rules, calendars and places.
#[derive(Default)]
pub struct Book {
    /// The rules.
    pub rules: Vec<Rule>,
    calendars: HashMap<String, Calendar>,
    /// A jurisdiction, and the enclosing ones.
    within: HashMap<String, Vec<String>>,
    none: Calendar,
}

/// The properties of a contact or a request that rules depend on; `None` is not known.
#[derive(Clone, Default, PartialEq, Eq, Debug, Hash)]
pub struct Case {
    /// Jurisdictions in which it may be, with the enclosing ones.
    pub places: Vec<String>,
    /// `voice`, `sms` or another channel.
    pub channel: Option<String>,
    /// Call type.
    pub call_type: Option<String>,
    /// `consumer` or `business`.
    pub party: Option<String>,
    /// Line type of the number.
    pub line_type: Option<String>,
}

impl Rule {
    /// An enabled rule that applies to everybody and has no values yet.
    pub fn new(name: &str, jurisdiction: &str, kind: Kind, citation: &str) -> Rule {
        Rule {
            name: name.to_owned(),
            jurisdiction: jurisdiction.to_owned(),
            kind,
            channels: None,
            call_types: None,
            party: None,
            line_types: None,
            amount: Amount::default(),
            anchor: None,
            attempts: None,
            windows: None,
            calendar: None,
            regime: None,
            precedence: 0,
            valid: (NaiveDate::MIN, NaiveDate::MAX),
            replaces: None,
            exempts: false,
            enabled: true,
            graded_v: false,
            recorded_at: Micros::MIN,
            switched: Vec::new(),
            citation: citation.to_owned(),
        }
    }

    /// Whether it is on, as recorded up to a time.
    fn is_on(&self, known: Micros) -> bool {
        let switched = self.switched.iter().rev().find(|(at, _)| *at <= known).map(|(_, on)| *on);
        self.recorded_at <= known
            && if self.exempts { self.graded_v && switched == Some(true) } else { switched.unwrap_or(self.enabled) }
    }

    fn applies(&self, case: &Case) -> bool {
        // Whether the rule's values include the known one; an unknown one matches unless the rule exempts.
        let meets = |bound: Option<&[String]>, known: Option<&str>| match (bound, known) {
            (None, _) => true,
            (Some(_), None) => !self.exempts,
            (Some(bound), Some(known)) => bound.iter().any(|b| b == known),
        };
        let party = self.party.as_ref().map(std::slice::from_ref);
        case.places.contains(&self.jurisdiction)
            && meets(self.channels.as_deref(), case.channel.as_deref())
            && meets(self.call_types.as_deref(), case.call_type.as_deref())
            && meets(party, Some(case.party.as_deref().unwrap_or("consumer")))
            && meets(self.line_types.as_deref(), case.line_type.as_deref())
    }

    /// Whether it applies whatever the unknown properties: only such a rule replaces another.
    pub fn surely_applies(&self, case: &Case) -> bool {
        let met = |bound: Option<&[String]>, known: Option<&str>| {
            bound.is_none_or(|bound| known.is_some_and(|known| bound.iter().any(|b| b == known)))
        };
        met(self.channels.as_deref(), case.channel.as_deref())
            && met(self.call_types.as_deref(), case.call_type.as_deref())
            && met(self.line_types.as_deref(), case.line_type.as_deref())
    }

    fn is_valid_on(&self, day: NaiveDate) -> bool {
        (self.valid.0..=self.valid.1).contains(&day)
    }
}

impl Book {
    /// Adds a jurisdiction, and the enclosing ones.
    pub fn add_place(&mut self, place: &str, within: Vec<String>) {
        self.within.insert(place.to_owned(), within);
    }

    /// Adds a holiday; returns an error if its day cannot be read.
    pub fn add_holiday(&mut self, holiday: &Holiday) -> Result<(), String> {
        let spec =
            Spec::parse(holiday.day).ok_or_else(|| format!("holiday {} of {}", holiday.day, holiday.calendar))?;
        let (from, to) = (holiday.years.0.unwrap_or(i32::MIN), holiday.years.1.unwrap_or(i32::MAX));
        self.calendars.entry(holiday.calendar.to_owned()).or_default().add(holiday.name, spec, from, to);
        Ok(())
    }

    /// How far back attempts and opt-outs count in a decision, in microseconds: twice the longest period of the rules
    /// for them, with months of 31 days, and two days for time zones.
    pub fn longest_pause(&self) -> Micros {
        const DAY: Micros = 86_400_000_000;
        let pauses = self.rules.iter().filter(|rule| matches!(rule.kind, Kind::AttemptCap | Kind::CoolOff));
        let micros = |amount: &Amount| {
            let days = i64::from(amount.months) * 31 + i64::from(amount.days);
            days.saturating_mul(DAY).saturating_add(amount.micros)
        };
        pauses.map(|rule| micros(&rule.amount)).max().unwrap_or(0).saturating_mul(2).saturating_add(2 * DAY)
    }

    /// Jurisdictions with all enclosing ones.
    pub fn around(&self, places: impl IntoIterator<Item = String>) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        let mut left: Vec<String> = places.into_iter().collect();
        while let Some(place) = left.pop() {
            if !all.contains(&place) {
                left.extend(self.within.get(&place).cloned().unwrap_or_default());
                all.push(place);
            }
        }
        all
    }

    /// Whether a jurisdiction is `around`, or lies in it.
    pub fn lies_in(&self, place: &str, around: &str) -> bool {
        // Each is visited once, so cycles end.
        let mut known = vec![place];
        let mut next = 0;
        while next < known.len() {
            if known[next] == around {
                return true;
            }
            for outer in self.within.get(known[next]).into_iter().flatten() {
                if !known.contains(&outer.as_str()) {
                    known.push(outer);
                }
            }
            next += 1;
        }
        false
    }

    /// Whether an enabled rule applies to a case, on any day.
    pub fn concerns(&self, rule: &Rule, case: &Case, known: Micros) -> bool {
        rule.is_on(known) && rule.applies(case)
    }

    /// Whether a call type is known: a built-in one, or one of a rule.
    pub fn has_call_type(&self, name: &str) -> bool {
        CALL_TYPES.contains(&name)
            || self.rules.iter().any(|rule| rule.call_types.iter().flatten().any(|known| known == name))
    }

    /// Whether any rule of these places applies to some line types only.
    pub fn depends_on_line_type(&self, places: &[String]) -> bool {
        self.rules.iter().any(|rule| rule.line_types.is_some() && places.contains(&rule.jurisdiction))
    }

    /// Whether a jurisdiction of this name exists.
    pub fn knows(&self, jurisdiction: &str) -> bool {
        self.within.contains_key(jurisdiction)
    }

    /// A calendar by its name; without one, no day is a holiday.
    pub fn calendar(&self, name: Option<&str>) -> &Calendar {
        name.and_then(|name| self.calendars.get(name)).unwrap_or(&self.none)
    }

    /// Whether a calendar of this name exists.
    pub fn has_calendar(&self, name: &str) -> bool {
        self.calendars.contains_key(name)
    }

    /// Rules of a kind that apply on a day, as recorded up to a time: of each jurisdiction those of the highest
    /// precedence, and none that another applicable rule replaces.
    pub fn of_kind<'a>(&'a self, kind: Kind, case: &Case, day: NaiveDate, known: Micros) -> Vec<&'a Rule> {
        let holds =
            |rule: &&Rule| rule.kind == kind && rule.is_valid_on(day) && rule.is_on(known) && rule.applies(case);
        let all: Vec<&Rule> = self.rules.iter().filter(holds).collect();
        let replaced = |rule: &Rule| {
            all.iter().any(|other| other.replaces.as_deref() == Some(&rule.name) && other.surely_applies(case))
        };
        let ranked = |rule: &Rule| {
            let outranks =
                |other: &&Rule| other.jurisdiction == rule.jurisdiction && other.precedence > rule.precedence;
            all.iter().any(|other| outranks(other) && other.surely_applies(case))
        };
        all.iter().copied().filter(|rule| !replaced(rule) && !ranked(rule)).collect()
    }
}
