//! What is recorded of a number.

use crate::rule::clock::Micros;
use crate::rule::windows::Week;
use std::rc::Rc;

/// What a register says of a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Said {
    /// The number is not on it.
    Clear,
    /// The number is on it.
    Listed,
    /// A list that is not loaded.
    Missing,
    /// Older than its own maximal age.
    Stale,
    /// The list does not cover the number.
    Uncovered,
    /// An answer that is not good any more.
    Lapsed,
}

/// What kind of register it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RegisterKind {
    /// The list of a state or a part of one.
    Official,
    /// Any other list.
    Other,
    /// An answer about the number: it may stand in for a list.
    Answer,
}

/// A register: a list that is loaded, or one that answers about single numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Register {
    /// `None`: wherever the number may be.
    pub jurisdiction: Option<Rc<str>>,
    /// What kind of register it is.
    pub kind: RegisterKind,
    /// What it says.
    pub said: Said,
    /// When the list was obtained, or the answer given.
    pub obtained_at: Micros,
}

/// Consent that a person gave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Consent {
    /// When it was given.
    pub given_at: Micros,
    /// With the words that were shown, and evidence.
    pub proven: bool,
}

/// How a person wants to be contacted.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Preference {
    /// The channels that the person wants; `None`: any.
    pub channels: Option<Vec<String>>,
    /// The hours that the person wants; `None`: any.
    pub hours: Option<Week>,
}

/// What is recorded of a number.
#[derive(Default, Debug)]
pub struct Facts {
    /// What `dnc_check` says.
    pub suppressed: Option<bool>,
    /// Whether any refusal of anything holds.
    pub revoked: bool,
    /// Consents that cover the contact.
    pub consents: Vec<Consent>,
    /// Events of relationships that count.
    pub relations: Vec<(String, Micros)>,
    /// The number was bought, and proof of its lawful basis is missing.
    pub purchased_without_proof: bool,
    /// What registers say of the number.
    pub registers: Vec<Register>,
    /// Whether lists were asked for [`Self::registers`].
    pub asked_registers: bool,
    /// When refusals were received that nobody has taken back.
    pub refusals: Vec<Micros>,
    /// When attempts were made, and by which channel.
    pub attempts: Vec<(Micros, Rc<str>)>,
    /// How the person wants to be contacted.
    pub preference: Preference,
}

impl Facts {
    /// Nothing is recorded, in the same memory.
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
