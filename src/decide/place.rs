//! Possible locations of a number: jurisdictions and time zones.

use super::contact::{Contact, Person};
use crate::rule;
use chrono_tz::Tz;
use dnc_core::decision::Situation;
use dnc_core::phone::{Phone, area, zones};
use dnc_core::rule::clock::{self};
use dnc_core::rule::rule::{Book, Case};

/// Possible locations of a number.
pub struct Place {
    pub places: Vec<String>,
    pub zones: Vec<Tz>,
}

impl Place {
    pub fn of(book: &Book, phone: Phone) -> Place {
        Place { places: rule::places(book, phone), zones: clock::zones(&zones::zones(phone)) }
    }

    /// The time zones that count: the stated one, if any; otherwise those of the number and of the person's known
    /// location.
    fn clocks(&self, known: &Person) -> Vec<Tz> {
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

    /// The jurisdictions of the number and of the person's known location.
    pub fn around(&self, book: &Book, known: &Person) -> Vec<String> {
        match &known.location {
            // A subdivision that no longer exists still lies in its country.
            Some(location) => {
                let country = if book.knows(location) { None } else { location.get(..2).map(str::to_owned) };
                book.around(self.places.iter().cloned().chain([location.clone()]).chain(country))
            }
            None => self.places.clone(),
        }
    }

    pub fn situation(&self, book: &Book, asked: &Contact, known: &Person, line_type: Option<String>) -> Situation {
        Situation {
            case: Case {
                places: self.around(book, known),
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
