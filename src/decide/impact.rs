//! `sql/install/decide/decide.sql`: effect of a rule change on the numbers that a query returns.

use super::contact::Person;
use super::query::{query, walk};
use super::run::Run;
use crate::raw_function;
use crate::rule;
use crate::sys::args::Args;
use crate::sys::row::text_datum;
use chrono_tz::Tz;
use dnc_core::decision::{Frame, Ground, Situation};
use dnc_core::limits;
use dnc_core::rule::clock::{self};
use pgrx::pg_sys::Datum;
use std::collections::HashMap;

raw_function!(dnc_impact_query_wrapper, pg_finfo_dnc_impact_query_wrapper, impact_query);

/// Effect of a rule change on the contacts of a place.
#[derive(Default)]
struct Impact {
    contacts: i64,
    before: i64,
    after: i64,
    forbidden: i64,
    permitted: i64,
    grounds: HashMap<Ground, i64>,
}

fn impact_query(args: Args) -> Datum {
    let text = |n: usize| args.text(n).map(|text| text.limited("a text argument", limits::TEXT));
    let (query, day) = (query(args.text(0)), args.int4(1));
    let (channel, purpose, call_type, said) = (text(2), text(3), text(4), text(5));
    let rows = args.rows();
    let (Some(query), Some(day)) = (query, day.and_then(clock::day)) else { return rows.finish() };
    let Some(eve) = day.pred_opt() else { return rows.finish() };
    let book = rule::book();
    // Noon UTC; each place has its own noon below.
    let noon = clock::first(day.and_hms_opt(12, 0, 0).expect("noon"), Tz::UTC);
    let mut run = Run::of_many(&book, channel, purpose, noon, call_type, said);
    run.gatherer.check_now();
    let mut impacts: Vec<(Vec<String>, Situation, Impact)> = Vec::new();
    let mut frames: HashMap<(usize, Person), (usize, [Frame; 2])> = HashMap::new();
    walk(query, |_, phone, suppressed| {
        let Some(phone) = phone else { return };
        let (mut facts, known) = run.facts(phone, suppressed);
        let place = run.place(phone);
        let (at, frames) = frames.entry((place, known.clone())).or_insert_with(|| {
            let mut situation = run.places[place].situation(&book, &run.asked, &known, None);
            let zone = situation.zones.first().copied().unwrap_or(Tz::UTC);
            situation.at = clock::first(day.and_hms_opt(12, 0, 0).expect("noon"), zone).unwrap_or(situation.at);
            let of = |rules_of| Frame::new(&book, Situation { rules_of: Some(rules_of), ..situation.clone() });
            let frames = [of(eve), of(day)];
            let places = situation.case.places.clone();
            let at = impacts.iter().position(|(known, ..)| *known == places).unwrap_or_else(|| {
                impacts.push((places, situation.clone(), Impact::default()));
                impacts.len() - 1
            });
            (at, frames)
        });
        for frame in frames.iter() {
            run.complete(frame, phone, suppressed, &mut facts);
        }
        // Registers are assumed to be as fresh as required then: this measures only the effect of the rules.
        let then = impacts[*at].1.at;
        facts.registers.iter_mut().for_each(|register| register.obtained_at = register.obtained_at.max(then));
        let [before, after] = [&frames[0], &frames[1]].map(|frame| frame.decide(&facts).grounds);
        run.facts = facts;
        let impact = &mut impacts[*at].2;
        impact.contacts += 1;
        impact.before += i64::from(before.is_empty());
        impact.after += i64::from(after.is_empty());
        impact.permitted += i64::from(!before.is_empty() && after.is_empty());
        if before.is_empty()
            && let Some(ground) = after.first()
        {
            impact.forbidden += 1;
            *impact.grounds.entry(*ground).or_default() += 1;
        }
    });
    for (places, situation, impact) in &impacts {
        let names = |days: &dyn Fn(&dnc_core::rule::rule::Rule) -> bool| {
            let rules =
                book.rules.iter().filter(|rule| days(rule) && book.concerns(rule, &situation.case, situation.known));
            let names: Vec<&str> = rules.map(|rule| &rule.name[..]).collect();
            (!names.is_empty()).then(|| text_datum(&names.join(", ")))
        };
        let minutes = |rules_of| {
            let frame = Frame::new(&book, Situation { rules_of: Some(rules_of), ..situation.clone() });
            Some(Datum::from(frame.minutes_a_week(day)))
        };
        let commonest = impact.grounds.iter().max_by_key(|(ground, n)| (**n, std::cmp::Reverse(**ground)));
        let mut shown: Vec<&str> = places.iter().map(String::as_str).filter(|place| *place != "*").collect();
        shown.sort_unstable();
        rows.put(&[
            Some(text_datum(&shown.join(", "))),
            Some(Datum::from(impact.contacts)),
            Some(Datum::from(impact.before)),
            Some(Datum::from(impact.after)),
            Some(Datum::from(impact.forbidden)),
            Some(Datum::from(impact.permitted)),
            commonest.map(|(ground, _)| text_datum(ground.name())),
            names(&|rule| rule.valid.1 == eve),
            names(&|rule| rule.valid.0 == day),
            minutes(eve),
            minutes(day),
        ]);
    }
    rows.finish()
}
