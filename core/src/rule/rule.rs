//! Rules as rows of `dnc.rule`, and which of them apply.
//!
//! A rule that forbids, shortens or protects applies wherever it may: what is not known of a contact never excludes it. An
//! exemption applies only where all that it asks for is known.

use super::calendar::{Calendar, Spec};
use super::clock::Micros;
use super::deadline::Amount;
use super::windows::Week;
use chrono::NaiveDate;
use std::collections::HashMap;

/// What a rule is about.
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
    /// What may be done by default.
    Regime,
    /// How old a copy of a register may be.
    RegistryMaxAge,
    /// How long a new entry of a register need not be known.
    RegistryGrace,
    /// How long a consent is good.
    ConsentMaxAge,
    /// Consent needs proof.
    ConsentProof,
    /// A business relationship exempts.
    RelationshipExemption,
    /// How many attempts are allowed in a time.
    AttemptCap,
    /// How long to wait after an opt-out.
    CoolOff,
    /// An opt-out of one thing counts for everything.
    RevocationScope,
    /// Told where rules are shown; nothing is computed from them.
    Records,
    /// A request is answered within a time.
    AnswerWithin,
    /// An opt-out is confirmed.
    Confirmation,
    /// What a safe harbour asks for.
    SafeHarbor,
    /// A duty that nothing here enforces.
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
    /// The kind of this name, as rows have it.
    pub fn of(name: &str) -> Option<Kind> {
        KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }
}

/// Call types that are known without a rule that names them.
pub const CALL_TYPES: [&str; 8] =
    ["sales", "automated", "collections", "research", "charity", "service", "claims_management", "pensions"];

/// What may be done by somebody who was neither refused nor agreed to.
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
    /// The regime of this name, as rows have it.
    pub fn of(name: &str) -> Option<Regime> {
        match name {
            "opt_out" => Some(Regime::OptOut),
            "registry" => Some(Regime::Registry),
            "opt_in" => Some(Regime::OptIn),
            _ => None,
        }
    }
}

/// A day that returns, or a day of one year, in a calendar; a row.
pub struct Holiday<'a> {
    /// The calendar.
    pub calendar: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The day, as rows spell it.
    pub day: &'a str,
    /// First and last year.
    pub years: (Option<i32>, Option<i32>),
}

/// One row.
pub struct Rule {
    /// Its name.
    pub name: String,
    /// Where it holds: ISO 3166, `EU`, or `*` for everywhere.
    pub jurisdiction: String,
    /// What it is about.
    pub kind: Kind,
    /// Channels that it is about; `None`: all.
    pub channels: Option<Vec<String>>,
    /// Call types that it is about; `None`: all.
    pub call_types: Option<Vec<String>>,
    /// `consumer` or `business`; `None`: both.
    pub party: Option<String>,
    /// Kinds of line that it is about; `None`: all.
    pub line_types: Option<Vec<String>>,
    /// The time that it gives.
    pub amount: Amount,
    /// The event from which the time counts.
    pub anchor: Option<String>,
    /// How many attempts it allows.
    pub attempts: Option<u32>,
    /// The hours that it allows.
    pub windows: Option<Week>,
    /// The calendar whose days it counts.
    pub calendar: Option<String>,
    /// What may be done by default.
    pub regime: Option<Regime>,
    /// Of rules of a kind and a jurisdiction only those of the highest hold.
    pub precedence: i64,
    /// First and last day.
    pub valid: (NaiveDate, NaiveDate),
    /// The rule in place of which it holds.
    pub replaces: Option<String>,
    /// Whether it allows what is forbidden without it: off until it is accepted.
    pub exempts: bool,
    /// Whether it is on before anybody decides otherwise.
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
    /// A jurisdiction, and those that it lies in.
    within: HashMap<String, Vec<String>>,
    none: Calendar,
}

/// A contact, or a request, as rules see it; `None` is not known.
#[derive(Clone, Default, PartialEq, Eq, Debug, Hash)]
pub struct Case {
    /// Jurisdictions in which it may be, with those around them.
    pub places: Vec<String>,
    /// `voice`, `sms` or another channel.
    pub channel: Option<String>,
    /// What kind of call it is.
    pub call_type: Option<String>,
    /// `consumer` or `business`.
    pub party: Option<String>,
    /// What kind of line the number has.
    pub line_type: Option<String>,
}

impl Rule {
    /// A rule about everybody that is on and says nothing yet.
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

    /// Whether it is on, as far as was known at a time.
    fn is_on(&self, known: Micros) -> bool {
        let switched = self.switched.iter().rev().find(|(at, _)| *at <= known).map(|(_, on)| *on);
        self.recorded_at <= known
            && if self.exempts { self.graded_v && switched == Some(true) } else { switched.unwrap_or(self.enabled) }
    }

    fn applies(&self, case: &Case) -> bool {
        // Whether the rule's values include what is known; what is not known is met by protection only.
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

    /// Whether it applies whatever is not known of the case: only such a rule takes another's place.
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
    /// Adds a jurisdiction, and those that it lies in.
    pub fn add_place(&mut self, place: &str, within: Vec<String>) {
        self.within.insert(place.to_owned(), within);
    }

    /// Adds a holiday; an error if its day cannot be read.
    pub fn add_holiday(&mut self, holiday: &Holiday) -> Result<(), String> {
        let spec =
            Spec::parse(holiday.day).ok_or_else(|| format!("holiday {} of {}", holiday.day, holiday.calendar))?;
        let (from, to) = (holiday.years.0.unwrap_or(i32::MIN), holiday.years.1.unwrap_or(i32::MAX));
        self.calendars.entry(holiday.calendar.to_owned()).or_default().add(holiday.name, spec, from, to);
        Ok(())
    }

    /// The longest time for which attempts and refusals matter to a decision, in microseconds: twice that of the longest rule
    /// about them, months of 31 days, and two days for clocks.
    pub fn longest_pause(&self) -> Micros {
        const DAY: Micros = 86_400_000_000;
        let pauses = self.rules.iter().filter(|rule| matches!(rule.kind, Kind::AttemptCap | Kind::CoolOff));
        let micros = |amount: &Amount| {
            let days = i64::from(amount.months) * 31 + i64::from(amount.days);
            days.saturating_mul(DAY).saturating_add(amount.micros)
        };
        pauses.map(|rule| micros(&rule.amount)).max().unwrap_or(0).saturating_mul(2).saturating_add(2 * DAY)
    }

    /// Jurisdictions with all that they lie in.
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

    /// Whether a jurisdiction is another one, or lies in it.
    pub fn lies_in(&self, place: &str, around: &str) -> bool {
        // Each is looked at once: what lies in itself, by whatever way round, ends nothing.
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

    /// Whether a rule that is on is about a case, on whatever day.
    pub fn concerns(&self, rule: &Rule, case: &Case, known: Micros) -> bool {
        rule.is_on(known) && rule.applies(case)
    }

    /// Whether a call type is known: of the extension's own, or of some rule.
    pub fn has_call_type(&self, name: &str) -> bool {
        CALL_TYPES.contains(&name)
            || self.rules.iter().any(|rule| rule.call_types.iter().flatten().any(|known| known == name))
    }

    /// Whether any rule is for some kinds of lines only.
    pub fn asks_line_types(&self) -> bool {
        self.rules.iter().any(|rule| rule.line_types.is_some())
    }

    /// Whether there is a jurisdiction of this name.
    pub fn knows(&self, jurisdiction: &str) -> bool {
        self.within.contains_key(jurisdiction)
    }

    /// A calendar by its name; without one, no day is a holiday.
    pub fn calendar(&self, name: Option<&str>) -> &Calendar {
        name.and_then(|name| self.calendars.get(name)).unwrap_or(&self.none)
    }

    /// Whether there is a calendar of this name.
    pub fn has_calendar(&self, name: &str) -> bool {
        self.calendars.contains_key(name)
    }

    /// Rules of a kind that apply on a day, as far as was known at a time: of each jurisdiction those of the highest
    /// precedence, and none that another one in force replaces.
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
