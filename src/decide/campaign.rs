//! `sql/install/81-decide.sql`: decisions about all numbers that a query gives, and what a change of rules means for them.
//!
//! What is recorded is read once, into memory that is limited as that of maintenance work is, and what the rules say of a place is
//! worked out once a place. The decision itself is the same as about one number.

use crate::decide::gather::{Gatherer, Group, Scope, Spread};
use crate::decide::single::{Asked, Known, Place, add, finite, line_type, party, question};
use crate::rule;
use crate::sys::row::text_datum;
use crate::sys::{self, Text, result_set, stream};
use crate::{error, raw_function};
use chrono_tz::Tz;
use dnc_core::decision::{Decision, Facts, Frame, Ground, Situation};
use dnc_core::limits;
use dnc_core::phone::{Phone, area};
use dnc_core::rule::clock::{self, Micros};
use dnc_core::rule::rule::Book;
use pgrx::FromDatum;
use pgrx::pg_sys::{self, Datum, FunctionCallInfo};
use std::collections::HashMap;
use std::ffi::CString;
use std::rc::Rc;

/// Beginnings of numbers whose places are kept at hand.
const BEGINS: usize = 1 << 14;
raw_function!(dnc_decide_query_wrapper, pg_finfo_dnc_decide_query_wrapper, decide_query);

/// # Safety
/// Called by the function manager, as the SQL declares.
unsafe fn decide_query(fcinfo: FunctionCallInfo) -> Datum {
    // SAFETY: six arguments, of the declared types.
    let (query, channel, purpose, at, call_type, said) = unsafe {
        let arguments = (*fcinfo).args.as_slice(6);
        let given = |n: usize| Text::from_datum(arguments[n].value, arguments[n].isnull);
        let text = |n: usize| given(n).map(|text| text.limited("a text argument", limits::TEXT));
        let at = (!arguments[3].isnull).then(|| arguments[3].value.value() as i64);
        (query(given(0)), text(1), text(2), finite(at), text(4), text(5))
    };
    let rows = result_set::Rows::new(fcinfo);
    let Some(query) = query else { return rows.finish() };
    let book = rule::book();
    if sys::past(at).is_some() {
        error::campaign_in_the_past();
    }
    let mut run = Run::of_many(&book, channel, purpose, at, call_type, said);
    walk(query, |key, phone, suppressed| {
        let (decision, rules) = match phone {
            Some(phone) => {
                let (decision, frame, _) = run.decide(phone, suppressed);
                (decision, Some(run.names(&frame)))
            }
            None => (Decision { grounds: vec![Ground::Unreadable], next_allowed_at: None }, None),
        };
        let told = run.told(&decision.grounds);
        rows.put(&[
            key,
            phone.map(|phone| Datum::from(phone.bits())),
            Some(Datum::from(decision.grounds.is_empty())),
            told.map(|told| told.0),
            told.map(|told| told.1),
            decision.next_allowed_at.map(Datum::from),
            rules,
        ]);
    });
    rows.finish()
}

fn query(text: Option<Text>) -> Option<Text> {
    text.map(|text| text.limited("the query", limits::LONG))
}

/// Runs a query as the caller and hands over its rows: a key, a number, and what a check says.
fn walk(query: Text, mut row: impl FnMut(Option<Datum>, Option<Phone>, Option<bool>)) {
    let query = CString::new(query.bytes()).unwrap_or_else(|_| error::not_text());
    let mut check = |descriptor: pg_sys::TupleDesc| {
        // SAFETY: the description of a query's rows.
        let kinds: Vec<_> =
            unsafe { (0..(*descriptor).natts as usize).map(|n| sys::attribute(descriptor, n).atttypid).collect() };
        if kinds.len() != 3
            || kinds[0] != pg_sys::TEXTOID
            || !crate::audit::trigger::is_phone(kinds[1])
            || kinds[2] != pg_sys::BOOLOID
        {
            error::not_a_decision_query();
        }
    };
    // SAFETY: connect and finish come in pairs; rows are looked at only when their columns are of the right types.
    unsafe {
        pg_sys::SPI_connect();
        stream::each(&query, &mut check, &mut |columns| {
            let phone = columns[1].map(|value| Phone::from_stored(value.value() as i64));
            row(columns[0], phone, columns[2].map(|value| value.value() != 0));
        });
        pg_sys::SPI_finish();
    }
}

raw_function!(dnc_impact_query_wrapper, pg_finfo_dnc_impact_query_wrapper, impact_query);

/// What a change of rules does to the contacts of a place.
#[derive(Default)]
struct Impact {
    contacts: i64,
    before: i64,
    after: i64,
    forbidden: i64,
    permitted: i64,
    grounds: HashMap<Ground, i64>,
}

/// # Safety
/// Called by the function manager, as the SQL declares.
unsafe fn impact_query(fcinfo: FunctionCallInfo) -> Datum {
    // SAFETY: six arguments, of the declared types.
    let (query, day, channel, purpose, call_type, said) = unsafe {
        let arguments = (*fcinfo).args.as_slice(6);
        let given = |n: usize| Text::from_datum(arguments[n].value, arguments[n].isnull);
        let text = |n: usize| given(n).map(|text| text.limited("a text argument", limits::TEXT));
        let day = (!arguments[1].isnull).then(|| arguments[1].value.value() as i32);
        (query(given(0)), day, text(2), text(3), text(4), text(5))
    };
    let rows = result_set::Rows::new(fcinfo);
    let (Some(query), Some(day)) = (query, day.and_then(clock::day)) else { return rows.finish() };
    let Some(eve) = day.pred_opt() else { return rows.finish() };
    let book = rule::book();
    // Noon in the middle of the world; each place has its own below.
    let noon = clock::first(day.and_hms_opt(12, 0, 0).expect("noon"), Tz::UTC);
    let mut run = Run::of_many(&book, channel, purpose, noon, call_type, said);
    run.gatherer.check_now();
    let mut impacts: Vec<(Vec<String>, Situation, Impact)> = Vec::new();
    let mut frames: HashMap<(usize, Known), (usize, [Frame; 2])> = HashMap::new();
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
        // Registers are taken to be as fresh then as they must be: what is asked is what the rules change.
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

/// What a run over numbers keeps; one number is a run, too.
pub struct Run<'a> {
    book: &'a Book,
    /// Where texts are that are told again and again: rows come while a query runs, whose memory goes with it.
    room: sys::Room,
    asked: Asked,
    /// What the caller says of the people.
    said: Known,
    asks_line_types: bool,
    gatherer: Gatherer,
    neighbourhoods: HashMap<u64, usize, Spread>,
    /// Places by what numbers begin with, where that tells; the last of each slot. Made for the second number.
    begins: Vec<(u64, usize)>,
    /// What was found out about the number before, for its memory.
    facts: Facts,
    places: Vec<Place>,
    /// By place, for people of whom nothing is known.
    plain: Vec<Option<Rc<Frame<'a>>>>,
    /// By place, by what is known of the person, and by the kind of line if rules ask for that.
    frames: HashMap<(usize, Known, Option<String>), Rc<Frame<'a>>>,
    /// Grounds as they are told: the first, and all.
    told: Vec<(Vec<Ground>, (Datum, Datum))>,
    /// Names of rules as they are told, by the frame that they are of.
    names: HashMap<*const Frame<'a>, Datum>,
}

impl<'a> Run<'a> {
    pub fn new(book: &'a Book, asked: Asked, gatherer: Gatherer, said: Known) -> Run<'a> {
        Run {
            book,
            room: sys::Room::here(),
            asked,
            said,
            asks_line_types: book.asks_line_types(),
            gatherer,
            neighbourhoods: HashMap::default(),
            begins: Vec::new(),
            facts: Facts::default(),
            places: Vec::new(),
            plain: Vec::new(),
            frames: HashMap::new(),
            told: Vec::new(),
            names: HashMap::new(),
        }
    }

    fn of_many(
        book: &'a Book,
        channel: Option<Text>,
        purpose: Option<Text>,
        at: Option<Micros>,
        call_type: Option<Text>,
        said: Option<Text>,
    ) -> Run<'a> {
        let question = question(channel, purpose);
        let asked = Asked::new(book, channel, call_type, at, None);
        let said = Known { party: party(said), ..Known::default() };
        Run::new(book, asked, Gatherer::all(Scope::new(question, at, None, book)), said)
    }

    /// What a check says of a number.
    pub fn suppressed(&self, phone: Phone) -> Option<bool> {
        self.gatherer.suppressed(phone)
    }

    /// What is recorded of a number, but for what only some places ask for; to be given back.
    fn facts(&mut self, phone: Phone, suppressed: Option<bool>) -> (Facts, Known) {
        let mut facts = std::mem::take(&mut self.facts);
        facts.clear();
        facts.suppressed = suppressed;
        let (mut known, at) = (self.said.clone(), self.asked.at);
        self.gatherer.each(Group::Facts, phone, |fact| add(&mut facts, &mut known, fact, at));
        (facts, known)
    }

    /// What a frame asks for besides.
    fn complete(&mut self, frame: &Frame, phone: Phone, suppressed: Option<bool>, facts: &mut Facts) {
        let at = self.asked.at;
        for (group, needed) in [
            (Group::Refusals, frame.needs_refusals() && facts.refusals.is_empty()),
            (Group::Attempts, frame.needs_attempts() && facts.attempts.is_empty()),
        ] {
            if needed {
                self.gatherer.each(group, phone, |fact| add(facts, &mut Known::default(), fact, at));
            }
        }
        if frame.revocation_covers_all() && suppressed != Some(true) {
            facts.revoked = self.gatherer.revoked(phone);
        }
        if !facts.asked_registers {
            self.gatherer.registers(phone, suppressed == Some(false), &mut facts.registers);
            facts.asked_registers = true;
        }
    }

    fn place(&mut self, phone: Phone) -> usize {
        if self.places.is_empty() {
            return self.new_place(phone, area::neighbourhood(phone));
        }
        if self.begins.is_empty() {
            self.begins.resize(BEGINS, (0, 0));
        }
        let begin = phone.beginning();
        let slot = (begin.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as usize % BEGINS;
        if self.begins[slot].0 == begin {
            return self.begins[slot].1;
        }
        let key = area::neighbourhood(phone);
        let place = match self.neighbourhoods.get(&key) {
            Some(place) => *place,
            None => self.new_place(phone, key),
        };
        if area::is_begun(phone) {
            self.begins[slot] = (begin, place);
        }
        place
    }

    fn new_place(&mut self, phone: Phone, key: u64) -> usize {
        let place = Place::of(self.book, phone);
        let known = self.places.iter().position(|p| p.places == place.places && p.zones == place.zones);
        let place = known.unwrap_or_else(|| {
            self.places.push(place);
            self.places.len() - 1
        });
        // A million neighbourhoods take some thirty megabytes.
        if self.neighbourhoods.len() >= 1_000_000 {
            self.neighbourhoods.clear();
        }
        self.neighbourhoods.insert(key, place);
        place
    }

    /// The decision about a number, what rules it was made by, and what is known of the person.
    pub fn decide(&mut self, phone: Phone, suppressed: Option<bool>) -> (Decision, Rc<Frame<'a>>, Known) {
        let (mut facts, known) = self.facts(phone, suppressed);
        let place = self.place(phone);
        let frame = self.frame(place, &known, phone);
        self.complete(&frame, phone, suppressed, &mut facts);
        let decision = frame.decide(&facts);
        self.facts = facts;
        (decision, frame, known)
    }

    fn frame(&mut self, place: usize, known: &Known, phone: Phone) -> Rc<Frame<'a>> {
        if !self.asks_line_types && *known == self.said {
            if let Some(Some(frame)) = self.plain.get(place) {
                return Rc::clone(frame);
            }
            let made = self.framed(place, known, None);
            self.plain.resize_with(self.plain.len().max(place + 1), || None);
            self.plain[place] = Some(Rc::clone(&made));
            return made;
        }
        let line_type = if self.asks_line_types { line_type(phone) } else { None };
        let key = (place, known.clone(), line_type.clone());
        if let Some(frame) = self.frames.get(&key) {
            return Rc::clone(frame);
        }
        let made = self.framed(place, known, line_type);
        self.frames.insert(key, Rc::clone(&made));
        made
    }

    fn framed(&self, place: usize, known: &Known, line_type: Option<String>) -> Rc<Frame<'a>> {
        Rc::new(Frame::new(self.book, self.places[place].situation(self.book, &self.asked, known, line_type)))
    }

    /// The names of the rules that a frame was made from, as they are told.
    fn names(&mut self, frame: &Rc<Frame<'a>>) -> Datum {
        let room = self.room;
        *self.names.entry(Rc::as_ptr(frame)).or_insert_with(|| {
            let names: Vec<&str> = frame.used().iter().map(|rule| &rule.name[..]).collect();
            room.with(|| text_datum(&names.join(", ")))
        })
    }

    fn told(&mut self, grounds: &[Ground]) -> Option<(Datum, Datum)> {
        if grounds.is_empty() {
            return None;
        }
        if let Some((_, told)) = self.told.iter().find(|(known, _)| known == grounds) {
            return Some(*told);
        }
        let names: Vec<&str> = grounds.iter().map(|ground| ground.name()).collect();
        let told = self.room.with(|| (text_datum(names[0]), text_datum(&names.join(", "))));
        self.told.push((grounds.to_vec(), told));
        Some(told)
    }
}
