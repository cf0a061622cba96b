//! Recorded facts in the form that decisions take.

use super::contact::Person;
use crate::decide::gather::Fact;
use dnc_core::decision::{Consent, Facts, OptOut, Preference, Register, RegisterKind, Said};
use dnc_core::rule::clock::{self, Micros};
use dnc_core::rule::windows::Week;
use serde_json::Value;

/// Adds a fact to those of the decision. A preference may also state the person's location.
pub fn add(facts: &mut Facts, known: &mut Person, fact: &Fact, at: Micros) {
    let when = fact.a.unwrap_or(Micros::MIN);
    match &fact.kind[..] {
        "consent" => facts.consents.push(Consent { given_at: when, proven: fact.flag == Some(true) }),
        "relationship" => facts.relations.push((fact.note.clone().unwrap_or_default(), when)),
        "purchase" => facts.purchased_without_proof |= fact.flag != Some(true),
        // Anything but a known silence counts as an answer.
        "opt_out" => facts.opt_out = Some(OptOut { received_at: when, answered: fact.flag != Some(true) }),
        "wrong_number" => facts.wrong_number = true,
        "undecided" => facts.undecided = true,
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
            let kind = if fact.kind == "answer" { RegisterKind::Answer } else { RegisterKind::Other };
            facts.registers.push(Register { jurisdiction, kind, said, obtained_at: when });
        }
        "preference" => {
            let said: Value = fact.note.as_deref().and_then(|note| serde_json::from_str(note).ok()).unwrap_or_default();
            let word = |name: &str| said[name].as_str().map(str::to_owned);
            let channels = said["channels"].as_array();
            facts.preference = Preference {
                channels: channels.map(|all| all.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
                // Unreadable hours allow no time at all.
                hours: word("hours").map(|hours| Week::parse(&hours).unwrap_or_default()),
                capped_until: fact.b,
            };
            // What the caller states of this contact takes precedence over what the person stated earlier.
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
