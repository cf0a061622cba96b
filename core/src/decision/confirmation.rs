//! Whether an opt-out may be confirmed: one message after it, where a rule allows that.
//!
//! The number is suppressed, but by nothing except what the person just sent through the channel. The rule excuses from
//! regimes and pauses of its own jurisdiction, which the opt-out itself would break, and from nothing else: lists,
//! caps, hours and preferences hold.

use super::decide::Frame;
use super::facts::Facts;
use super::ground::Ground;
use crate::rule::clock::Micros;
use crate::rule::rule::{Book, Case, Rule};

/// Call type of the message that confirms an opt-out.
pub const CONFIRMATION: &str = "confirmation";

/// The rules for the confirmation of an opt-out.
pub(super) struct Confirmation<'a> {
    pub(super) rules: Vec<&'a Rule>,
    /// Whether one applies in every country where the number may be.
    pub(super) is_ruled: bool,
}

impl<'a> Confirmation<'a> {
    pub(super) fn new(book: &Book, case: &Case, rules: Vec<&'a Rule>) -> Confirmation<'a> {
        let is_country = |place: &&String| place.len() == 2 && *place != "EU";
        let mut countries = case.places.iter().filter(is_country).peekable();
        let is_ruled = countries.peek().is_some()
            && countries.all(|country| rules.iter().any(|rule| book.lies_in(country, &rule.jurisdiction)));
        Confirmation { rules, is_ruled }
    }

    /// Whether a rule of a jurisdiction does not count against a confirmation.
    pub(super) fn excuses(&self, jurisdiction: &str) -> bool {
        self.rules.iter().any(|rule| rule.jurisdiction == jurisdiction)
    }
}

impl Frame<'_> {
    /// Adds the grounds against a confirmation.
    pub(super) fn confirm(&self, confirmation: &Confirmation, facts: &Facts, grounds: &mut Vec<Ground>) {
        if !confirmation.is_ruled {
            grounds.push(Ground::NoConfirmationRule);
        }
        match facts.opt_out {
            // Suppressed by anything else is a ground by itself.
            None if facts.suppressed == Some(true) => {}
            None => grounds.push(Ground::NothingToConfirm),
            Some(opt_out) => {
                if confirmation.is_ruled && self.confirmable_until(facts).is_none_or(|end| end <= self.time()) {
                    grounds.push(Ground::ConfirmationTooLate);
                }
                if opt_out.answered {
                    grounds.push(Ground::Confirmed);
                }
            }
        }
    }

    /// Until when the opt-out may be confirmed, by the strictest rule.
    pub(super) fn confirmable_until(&self, facts: &Facts) -> Option<Micros> {
        let received_at = facts.opt_out?.received_at;
        let rules = &self.confirmation.as_ref()?.rules;
        let ends: Option<Vec<Micros>> = rules.iter().map(|rule| self.first_end(rule, received_at)).collect();
        ends?.into_iter().min()
    }
}
