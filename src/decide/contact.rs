//! The contact to decide on: what the caller states about it and about the person.

use crate::check;
use crate::sys::{self, Text};
use crate::{error, settings};
use chrono_tz::Tz;
use dnc_core::entry::scope::QueryScope;
use dnc_core::phone::Phone;
use dnc_core::rule::clock::{self, Micros};
use dnc_core::rule::rule::Book;

/// What is known of a person's location besides their number.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug)]
pub struct Person {
    pub location: Option<String>,
    pub zone: Option<Tz>,
    /// The time zone that the person stated earlier, where the caller states another location.
    pub other_zone: Option<Tz>,
    pub party: Option<String>,
}

/// What a caller states about a contact.
pub struct Contact {
    pub channel: Option<String>,
    pub call_type: Option<String>,
    pub at: Micros,
    pub known: Micros,
}

impl Contact {
    /// Raises an error for an unknown call type.
    pub fn new(
        book: &Book,
        channel: Option<Text>,
        call_type: Option<Text>,
        at: Option<Micros>,
        known_at: Option<Micros>,
    ) -> Contact {
        Contact {
            channel: owned(channel).filter(|channel| channel != "all"),
            call_type: known_call_type(book, call_type),
            at: at.unwrap_or_else(sys::now),
            known: known_at.unwrap_or(Micros::MAX),
        }
    }
}

/// The text of an argument.
pub fn owned(text: Option<Text>) -> Option<String> {
    text.map(|text| text.to_utf8().into_owned())
}

/// The scope; raises an error for an unknown channel or purpose.
pub fn query(channel: Option<Text>, purpose: Option<Text>) -> QueryScope {
    let (channel, purpose) = (channel.map(Text::bytes), purpose.map(Text::bytes));
    let set_purpose = if purpose.is_none() { settings::purpose() } else { None };
    check::query(channel, purpose, set_purpose.as_deref())
}

/// Raises an error for a call type that neither the extension nor a rule knows: a misspelled one would match no rule.
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

/// What the caller states about the person: the party, a location and a time zone.
pub fn said_of(book: &Book, (of_party, location, zone): (Option<Text>, Option<Text>, Option<Text>)) -> Person {
    Person {
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

/// The line type, if the number determines it; `None` for ranges shared by several types.
pub fn line_type(phone: Phone) -> Option<String> {
    let name = crate::phone::line_type_name(phone);
    (name != "unknown" && name != "fixed_line_or_mobile").then(|| name.to_owned())
}
