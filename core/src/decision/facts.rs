//! Recorded facts of a number.

use crate::rule::clock::Micros;
use crate::rule::windows::Week;
use std::rc::Rc;

/// What a register reports of a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Said {
    /// The number is not on it.
    Clear,
    /// The number is on it.
    Listed,
    /// The list is not loaded.
    Missing,
    /// Older than its own maximal age.
    Stale,
    /// The list does not cover the number.
    Uncovered,
    /// The answer has expired.
    Lapsed,
}

/// Kind of a register.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RegisterKind {
    /// The official list of a state or a subdivision.
    Official,
    /// Any other list.
    Other,
    /// An answer about the number: it may replace a list.
    Answer,
}

/// A register: a loaded list, or one that answers about single numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Register {
    /// `None`: every place where the number may be.
    pub jurisdiction: Option<Rc<str>>,
    /// Kind of the register.
    pub kind: RegisterKind,
    /// What it reports.
    pub said: Said,
    /// When the list was obtained, or the answer given.
    pub obtained_at: Micros,
}

/// Consent that a person gave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Consent {
    /// When it was given.
    pub given_at: Micros,
    /// With the wording shown, and evidence.
    pub proven: bool,
}

/// An opt-out that a person sent, if nothing else suppresses the number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OptOut {
    /// When the first of those in force was received.
    pub received_at: Micros,
    /// Whether anything was sent since.
    pub answered: bool,
}

/// How a person prefers to be contacted.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Preference {
    /// The channels that the person prefers; `None`: any.
    pub channels: Option<Vec<String>>,
    /// The hours that the person prefers; `None`: any.
    pub hours: Option<Week>,
    /// If contacts reached the number that the person wants at most: until when.
    pub capped_until: Option<Micros>,
}

/// Recorded facts of a number.
#[derive(Default, Debug)]
pub struct Facts {
    /// The result of `dnc_check`.
    pub suppressed: Option<bool>,
    /// Whether any suppression of any scope is effective.
    pub revoked: bool,
    /// Whether the number was found not to be the contact's.
    pub wrong_number: bool,
    /// Whether an attempt has a code that is not mapped to an outcome.
    pub undecided: bool,
    /// Consents that cover the contact.
    pub consents: Vec<Consent>,
    /// Relationship events that count.
    pub relations: Vec<(String, Micros)>,
    /// The number was bought, and proof of its lawful basis is missing.
    pub purchased_without_proof: bool,
    /// What registers report of the number.
    pub registers: Vec<Register>,
    /// Whether [`Self::registers`] includes lists.
    pub asked_registers: bool,
    /// When opt-outs that were not revoked were received.
    pub refusals: Vec<Micros>,
    /// When attempts were made, and on which channel.
    pub attempts: Vec<(Micros, Rc<str>)>,
    /// How the person prefers to be contacted.
    pub preference: Preference,
    /// The opt-out that a confirmation would confirm.
    pub opt_out: Option<OptOut>,
}

impl Facts {
    /// Clears all facts, but keeps the allocated memory.
    pub fn clear(&mut self) {
        let Facts { consents, relations, registers, refusals, attempts, .. } = std::mem::take(self);
        *self = Facts { consents, relations, registers, refusals, attempts, ..Facts::default() };
        self.consents.clear();
        self.relations.clear();
        self.registers.clear();
        self.refusals.clear();
        self.attempts.clear();
    }
}
