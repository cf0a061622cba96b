//! The decision, from the rules of a situation and the facts of a number.

use super::confirmation::{CONFIRMATION, Confirmation};
use super::facts::{Consent, Facts, Register, RegisterKind, Said};
use super::ground::Ground;
use crate::rule::clock::{self, Micros};
use crate::rule::hours::{Hours, Open};
use crate::rule::rule::{Book, Case, Kind, Regime, Rule};
use crate::rule::windows::Week;
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::cell::RefCell;

/// Place, time and kind of an intended contact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Situation {
    /// The contact as rules see it.
    pub case: Case,
    /// Empty: not known.
    pub zones: Vec<Tz>,
    /// Time of the contact.
    pub at: Micros,
    /// Only rules recorded up to this time count.
    pub known: Micros,
    /// The rules of this day apply, whatever the day of the contact.
    pub rules_of: Option<NaiveDate>,
}

/// The rules that apply in a situation, independent of the number's facts.
pub struct Frame<'a> {
    book: &'a Book,
    situation: Situation,
    regimes: Vec<&'a Rule>,
    /// Whether a regime applies in every country where the number may be.
    is_ruled: bool,
    registry_max_age: Vec<&'a Rule>,
    consent_max_age: Vec<&'a Rule>,
    needs_proof: bool,
    relationships: Vec<&'a Rule>,
    caps: Vec<&'a Rule>,
    cool_offs: Vec<&'a Rule>,
    /// Set for the confirmation of an opt-out.
    pub(super) confirmation: Option<Confirmation<'a>>,
    revocation_covers_all: bool,
    open: Open,
    /// The next time within calling hours, ignoring everything else.
    next_open: Option<Micros>,
    used: Vec<&'a Rule>,
    /// Cached ages of registers: when they were obtained, and whether that is too long ago.
    ages: RefCell<Vec<(Micros, bool)>>,
}

/// The answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// Empty: allowed. In the order of precedence.
    pub grounds: Vec<Ground>,
    /// When it would be allowed, if only time stands against it; the time itself if it is allowed.
    pub next_allowed_at: Option<Micros>,
}

impl<'a> Frame<'a> {
    /// The rules of `book` for a situation.
    pub fn new(book: &'a Book, situation: Situation) -> Frame<'a> {
        // If time zones put the contact on two days, a prohibition on either day counts, and a permission must hold on
        // both.
        let mut days: Vec<NaiveDate> = match situation.rules_of {
            Some(day) => vec![day],
            None => {
                situation.zones.iter().filter_map(|zone| clock::local(situation.at, *zone)).map(|t| t.date()).collect()
            }
        };
        if days.is_empty() {
            days.extend(clock::local(situation.at, Tz::UTC).map(|local| local.date()));
        }
        days.sort_unstable();
        days.dedup();
        let on = |kind: Kind, day: NaiveDate| book.of_kind(kind, &situation.case, day, situation.known);
        let is_one_of = |rules: &[&Rule], rule: &Rule| rules.iter().any(|known| std::ptr::eq(*known, rule));
        let mut used: Vec<&Rule> = Vec::new();
        let mut of = |kind: Kind| {
            let mut rules: Vec<&Rule> = Vec::new();
            for rule in days.iter().flat_map(|day| on(kind, *day)) {
                if !is_one_of(&rules, rule) {
                    rules.push(rule);
                }
            }
            rules.retain(|rule| !rule.exempts || days.iter().all(|day| is_one_of(&on(kind, *day), rule)));
            used.extend(rules.iter().copied());
            rules
        };
        let regimes = of(Kind::Regime);
        let (registry_max_age, consent_max_age) = (of(Kind::RegistryMaxAge), of(Kind::ConsentMaxAge));
        let needs_proof = !of(Kind::ConsentProof).is_empty();
        let (relationships, caps, cool_offs) =
            (of(Kind::RelationshipExemption), of(Kind::AttemptCap), of(Kind::CoolOff));
        let confirms = situation.case.call_type.as_deref() == Some(CONFIRMATION);
        let confirmation = confirms.then(|| Confirmation::new(book, &situation.case, of(Kind::Confirmation)));
        let revocation_covers_all = !of(Kind::RevocationScope).is_empty();
        let hours = Hours {
            book,
            case: &situation.case,
            zones: &situation.zones,
            known: situation.known,
            rules_of: situation.rules_of,
            wanted: None,
            days: RefCell::default(),
        };
        used.extend(hours.used(situation.at));
        let is_country = |place: &&String| place.len() == 2 && *place != "EU";
        let mut countries = situation.case.places.iter().filter(is_country).peekable();
        let is_ruled = countries.peek().is_some()
            && countries.all(|country| {
                // A permission must apply for certain; a prohibition need not.
                let sure = |rule: &Rule| rule.regime == Some(Regime::OptIn) || rule.surely_applies(&situation.case);
                let rules = |day: &NaiveDate| on(Kind::Regime, *day);
                days.iter()
                    .all(|day| rules(day).iter().any(|rule| book.lies_in(country, &rule.jurisdiction) && sure(rule)))
            });
        let (open, next_open) = (hours.at(situation.at), hours.next(situation.at));
        Frame {
            book,
            is_ruled,
            regimes,
            registry_max_age,
            consent_max_age,
            needs_proof,
            relationships,
            caps,
            cool_offs,
            confirmation,
            revocation_covers_all,
            open,
            next_open,
            used,
            situation,
            ages: RefCell::default(),
        }
    }

    /// Jurisdictions in which the number may be, with the enclosing ones.
    pub fn places(&self) -> &[String] {
        &self.situation.case.places
    }

    /// Rules that were evaluated.
    pub fn used(&self) -> &[&'a Rule] {
        &self.used
    }

    /// Minutes within calling hours in the seven days from a day on, by the first of the time zones.
    pub fn minutes_a_week(&self, from: NaiveDate) -> i32 {
        self.hours(None).minutes(from, 7)
    }

    /// Whether a decision needs the number's attempts.
    pub fn needs_attempts(&self) -> bool {
        !self.caps.is_empty()
    }

    /// Whether a decision needs the times of opt-outs.
    pub fn needs_refusals(&self) -> bool {
        !self.cool_offs.is_empty()
    }

    /// Whether a decision needs the opt-out that is to be confirmed.
    pub fn needs_opt_out(&self) -> bool {
        self.confirmation.is_some()
    }

    /// Whether an opt-out of any scope counts for every contact.
    pub fn revocation_covers_all(&self) -> bool {
        self.revocation_covers_all
    }

    /// The decision from the facts of a number.
    pub fn decide(&self, facts: &Facts) -> Decision {
        let at = self.situation.at;
        let mut grounds = Vec::new();
        match facts.suppressed {
            // By what is to be confirmed, and by nothing else.
            Some(true) if self.needs_opt_out() && facts.opt_out.is_some() => {}
            Some(true) => grounds.push(Ground::Suppressed),
            None => grounds.push(Ground::Unknown),
            Some(false) => {}
        }
        if facts.wrong_number {
            grounds.push(Ground::WrongNumber);
        }
        if facts.undecided {
            grounds.push(Ground::Undecided);
        }
        if self.revocation_covers_all && facts.revoked && facts.suppressed != Some(true) {
            grounds.push(Ground::Revoked);
        }
        self.may_at_all(facts, &mut grounds);
        if facts.purchased_without_proof && self.consent(facts).is_err() {
            grounds.push(Ground::PurchasedWithoutProof);
        }
        if let Some(wanted) = &facts.preference.channels
            && !wanted.iter().any(|w| w == "all" || Some(w) == self.situation.case.channel.as_ref())
        {
            grounds.push(Ground::NotPreferredChannel);
        }
        // The earliest time at which all temporary grounds have passed.
        let mut from = Some(at);
        let later = |a: Option<Micros>, b: Option<Micros>| Some(a?.max(b?));
        let cool_offs = self.cool_offs.iter().filter(|rule| !self.excuses(&rule.jurisdiction));
        let pauses = cool_offs.flat_map(|rule| facts.refusals.iter().map(|refusal| self.last_end(rule, *refusal)));
        let pause = pauses.filter(|end| end.is_none_or(|end| end > at)).collect::<Vec<_>>();
        if !pause.is_empty() {
            grounds.push(Ground::CoolOff);
            from = pause.into_iter().fold(from, later);
        }
        let full: Vec<Option<Micros>> = self.caps.iter().filter_map(|rule| self.cap(rule, facts)).collect();
        if !full.is_empty() {
            grounds.push(Ground::AttemptCap);
            from = full.into_iter().fold(from, later);
        }
        if let Some(until) = facts.preference.capped_until.filter(|until| *until > at) {
            grounds.push(Ground::PersonalCap);
            from = later(from, Some(until));
        }
        let wanted = facts.preference.hours.as_ref();
        if self.situation.zones.is_empty() {
            grounds.push(Ground::UnknownZone);
        } else {
            match self.open {
                Open::Yes => {}
                Open::Hours => grounds.push(Ground::OutsideHours),
                Open::Day => grounds.push(Ground::ClosedDay),
            }
            if wanted.is_some() && self.open == Open::Yes && self.hours(wanted).at(at) != Open::Yes {
                grounds.push(Ground::NotPreferredHours);
            }
        }
        let next_allowed_at = if !grounds.iter().all(|ground| ground.passes()) {
            None
        } else if from == Some(at) && wanted.is_none() {
            self.next_open
        } else {
            from.and_then(|from| self.hours(wanted).next(from))
        };
        let ends = self.needs_opt_out().then(|| self.confirmable_until(facts).unwrap_or(Micros::MIN));
        let next_allowed_at = next_allowed_at.filter(|next| ends.is_none_or(|end| *next < end));
        Decision { grounds, next_allowed_at }
    }

    /// Whether a rule of a jurisdiction does not count, since another there allows the confirmation.
    fn excuses(&self, jurisdiction: &str) -> bool {
        self.confirmation.as_ref().is_some_and(|confirmation| confirmation.excuses(jurisdiction))
    }

    /// Time of the contact.
    pub(super) fn time(&self) -> Micros {
        self.situation.at
    }

    fn hours<'b>(&'b self, wanted: Option<&'b Week>) -> Hours<'a, 'b> {
        let situation = &self.situation;
        Hours {
            book: self.book,
            case: &situation.case,
            zones: &situation.zones,
            known: situation.known,
            rules_of: situation.rules_of,
            wanted,
            days: RefCell::default(),
        }
    }

    /// Whether a consent is valid: present, not too old, proven.
    fn consent(&self, facts: &Facts) -> Result<(), Ground> {
        let good = |consent: &Consent| {
            let fresh = self
                .consent_max_age
                .iter()
                .all(|rule| self.first_end(rule, consent.given_at).is_some_and(|end| end > self.situation.at));
            if !fresh {
                return Err(Ground::ConsentTooOld);
            }
            if self.needs_proof && !consent.proven { Err(Ground::ConsentWithoutProof) } else { Ok(()) }
        };
        let mut why = Ground::NoConsent;
        for consent in &facts.consents {
            match good(consent) {
                Ok(()) => return Ok(()),
                Err(ground) => why = why.max(ground),
            }
        }
        Err(why)
    }

    /// Whether an accepted exemption for business relationships covers the number: one of the same jurisdiction, since
    /// a country's exemption from its own register does not apply to the list of a subdivision. A rule for some call
    /// types only (`call_types`) is exempted by an exemption for call types, not by one for all calls.
    fn related(&self, facts: &Facts, jurisdiction: &str, call_types: Option<&[String]>) -> bool {
        let counts = |rule: &Rule, event: &str| match rule.anchor.as_deref() {
            Some("purchase") => matches!(event, "purchase" | "payment" | "delivery"),
            Some("contract") => matches!(event, "contract" | "contract_end"),
            Some("inquiry") => event == "inquiry",
            _ => event != "inquiry",
        };
        let is_own =
            |rule: &&&Rule| rule.jurisdiction == jurisdiction && (call_types.is_none() || rule.call_types.is_some());
        self.relationships.iter().filter(is_own).any(|rule| {
            let events = facts.relations.iter().filter(|(event, _)| counts(rule, event));
            // Of several zones the earliest end counts: an exemption lasts only as long as is certain.
            events.into_iter().any(|(_, at)| self.first_end(rule, *at).is_some_and(|end| end > self.situation.at))
        })
    }

    /// Grounds that do not depend on the hour: each regime by itself, and every list that contains the number.
    fn may_at_all(&self, facts: &Facts, grounds: &mut Vec<Ground>) {
        match &self.confirmation {
            Some(confirmation) => self.confirm(confirmation, facts, grounds),
            None if !self.is_ruled => grounds.push(Ground::NoRule),
            None => {}
        }
        let consent = self.consent(facts);
        let excused = |jurisdiction: &str, call_types: Option<&[String]>| {
            !self.needs_opt_out() && (consent.is_ok() || self.related(facts, jurisdiction, call_types))
        };
        let mut against: Vec<Ground> = Vec::new();
        for rule in self.regimes.iter().filter(|rule| !self.excuses(&rule.jurisdiction)) {
            match rule.regime {
                Some(Regime::OptIn) if !excused(&rule.jurisdiction, rule.call_types.as_deref()) => {
                    against.extend(consent.err());
                }
                Some(Regime::Registry) => against.extend(self.register(rule, facts, excused)),
                _ => {}
            }
        }
        for register in &facts.registers {
            let jurisdiction = register.jurisdiction.as_deref().unwrap_or("*");
            match (register.kind, register.said) {
                // A listed number is listed wherever it seems to be.
                (_, Said::Listed) if !excused(jurisdiction, None) => against.push(Ground::Registered),
                _ if !self.concerns(register) => {}
                (_, Said::Listed | Said::Clear) | (RegisterKind::Official | RegisterKind::Answer, _) => {}
                (RegisterKind::Other, _) => against.push(Ground::Unknown),
            }
        }
        against.sort_unstable();
        against.dedup();
        grounds.extend(against);
        grounds.sort_unstable();
        grounds.dedup();
    }

    /// Whether a register covers a place where the number may be.
    fn concerns(&self, register: &Register) -> bool {
        let places = &self.situation.case.places;
        register.jurisdiction.as_deref().is_none_or(|own| places.iter().any(|place| place == own))
    }

    /// The open doubt about a number in the registers of a jurisdiction. Each list must give an answer, and one must be
    /// the jurisdiction's own. An answer about the number may replace the jurisdiction's own lists, but not those of
    /// its subdivisions. Lists from which the number is exempt need not give one.
    fn register(
        &self,
        rule: &Rule,
        facts: &Facts,
        excused: impl Fn(&str, Option<&[String]>) -> bool,
    ) -> Option<Ground> {
        let lies_in = |register: &&Register| {
            let jurisdiction = register.jurisdiction.as_deref();
            self.concerns(register) && jurisdiction.is_some_and(|own| self.book.lies_in(own, &rule.jurisdiction))
        };
        let (mut known, mut answered) = (false, false);
        // Doubts of the jurisdiction's own registers, and of the others.
        let (mut own_doubt, mut other_doubt) = (None, None);
        for register in facts.registers.iter().filter(lies_in).filter(|register| register.kind != RegisterKind::Other) {
            let doubt = match register.said {
                Said::Listed => None,
                Said::Clear if self.is_too_old(register.obtained_at) => Some(Ground::RegistryStale),
                Said::Clear => None,
                Said::Missing => Some(Ground::RegistryMissing),
                Said::Stale => Some(Ground::RegistryStale),
                Said::Uncovered => Some(Ground::RegistryUncovered),
                Said::Lapsed => Some(Ground::RegistryLapsed),
            };
            let own = register.jurisdiction.as_deref().unwrap_or("*");
            if own == rule.jurisdiction {
                known |= doubt.is_none();
                answered |= doubt.is_none() && register.kind == RegisterKind::Answer;
                own_doubt = own_doubt.max(doubt);
            } else if doubt.is_some() && !excused(own, None) {
                other_doubt = other_doubt.max(doubt);
            }
        }
        let is_known = answered || known && own_doubt.is_none();
        let own = if is_known || excused(&rule.jurisdiction, rule.call_types.as_deref()) {
            None
        } else {
            Some(own_doubt.unwrap_or(Ground::RegistryMissing))
        };
        own.max(other_doubt)
    }

    /// Whether a register obtained at this time is older than a rule allows. Lists are obtained once for all numbers,
    /// so the result is cached.
    fn is_too_old(&self, obtained_at: Micros) -> bool {
        if let Some((_, old)) = self.ages.borrow().iter().find(|(at, _)| *at == obtained_at) {
            return *old;
        }
        let over = |rule: &&Rule| self.first_end(rule, obtained_at).is_none_or(|end| end <= self.situation.at);
        let old = self.registry_max_age.iter().any(over);
        let mut ages = self.ages.borrow_mut();
        if ages.len() < 16 {
            ages.push((obtained_at, old));
        }
        old
    }

    /// If the attempts reach the cap of a rule: when the next one is possible.
    fn cap(&self, rule: &Rule, facts: &Facts) -> Option<Option<Micros>> {
        let at = self.situation.at;
        let allowed = rule.attempts.unwrap_or(0) as usize;
        let counts = |channel: &str| rule.channels.as_ref().is_none_or(|all| all.iter().any(|c| c == channel));
        let counted = facts.attempts.iter().filter(|(_, channel)| counts(channel));
        let ends = counted.map(|(attempt, _)| self.last_end(rule, *attempt).unwrap_or(Micros::MAX));
        let mut ends: Vec<Micros> = ends.filter(|end| *end > at).collect();
        if ends.len() < allowed {
            return None;
        }
        ends.sort_unstable();
        // The time at which all but `allowed - 1` have expired.
        Some(ends.get(ends.len() - allowed).copied().filter(|end| *end < Micros::MAX))
    }

    fn last_end(&self, rule: &Rule, anchor: Micros) -> Option<Micros> {
        rule.amount.last_end(anchor, self.zones(), self.book.calendar(rule.calendar.as_deref()))
    }

    pub(super) fn first_end(&self, rule: &Rule, anchor: Micros) -> Option<Micros> {
        rule.amount.first_end(anchor, self.zones(), self.book.calendar(rule.calendar.as_deref()))
    }

    fn zones(&self) -> &[Tz] {
        if self.situation.zones.is_empty() {
            &[Tz::Pacific__Kiritimati, Tz::Etc__GMTPlus12]
        } else {
            &self.situation.zones
        }
    }
}
