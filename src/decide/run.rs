//! A run over numbers, and the state shared by all of them.
//!
//! Recorded facts are read once, into memory limited by `maintenance_work_mem`; the rules of a place are resolved once
//! a place. A single number is a run, too.

use super::contact::{Contact, Person, line_type, party, query};
use super::facts::add;
use super::place::Place;
use crate::decide::gather::{FactScope, Gatherer, Group, Spread};
use crate::sys::row::text_datum;
use crate::sys::{self, Text};
use dnc_core::decision::{Decision, Facts, Frame, Ground};
use dnc_core::phone::{Phone, area};
use dnc_core::rule::clock::Micros;
use dnc_core::rule::rule::Book;
use pgrx::pg_sys::Datum;
use std::collections::HashMap;
use std::rc::Rc;

/// Number prefixes whose places are cached.
const BEGINS: usize = 1 << 14;

/// State of a run over numbers; a single number is a run, too.
pub struct Run<'a> {
    book: &'a Book,
    /// Memory context of texts that are returned repeatedly: rows arrive while a query runs, and its memory is freed
    /// with it.
    room: sys::Room,
    pub asked: Contact,
    /// What the caller states about the people.
    said: Person,
    pub gatherer: Gatherer,
    neighbourhoods: HashMap<u64, usize, Spread>,
    /// Places by number prefix, where it determines the place; each slot keeps its last. Created for the second number.
    begins: Vec<(u64, usize)>,
    /// Facts of the previous number, kept for its allocations.
    pub facts: Facts,
    pub places: Vec<Place>,
    /// By place, for people without recorded facts.
    plain: Vec<Option<Rc<Frame<'a>>>>,
    /// By place, by what is known of the person, and by the line type if rules depend on it.
    frames: HashMap<(usize, Person, Option<String>), Rc<Frame<'a>>>,
    /// Grounds in the form returned: the first, and all.
    returned: Vec<(Vec<Ground>, (Datum, Datum))>,
    /// Names of rules in the form returned, by their frame.
    names: HashMap<*const Frame<'a>, Datum>,
}

impl<'a> Run<'a> {
    pub fn new(book: &'a Book, asked: Contact, gatherer: Gatherer, said: Person) -> Run<'a> {
        Run {
            book,
            room: sys::Room::here(),
            asked,
            said,
            gatherer,
            neighbourhoods: HashMap::default(),
            begins: Vec::new(),
            facts: Facts::default(),
            places: Vec::new(),
            plain: Vec::new(),
            frames: HashMap::new(),
            returned: Vec::new(),
            names: HashMap::new(),
        }
    }

    pub fn of_many(
        book: &'a Book,
        channel: Option<Text>,
        purpose: Option<Text>,
        at: Option<Micros>,
        call_type: Option<Text>,
        said: Option<Text>,
    ) -> Run<'a> {
        let query = query(channel, purpose);
        let asked = Contact::new(book, channel, call_type, at, None);
        let said = Person { party: party(said), ..Person::default() };
        Run::new(book, asked, Gatherer::all(FactScope::new(query, at, None, book)), said)
    }

    /// Result of a check of a number.
    pub fn suppressed(&self, phone: Phone) -> Option<bool> {
        self.gatherer.suppressed(phone)
    }

    /// Recorded facts of a number, except those that only some places need; the caller returns them for reuse.
    pub fn facts(&mut self, phone: Phone, suppressed: Option<bool>) -> (Facts, Person) {
        let mut facts = std::mem::take(&mut self.facts);
        facts.clear();
        facts.suppressed = suppressed;
        let (mut known, at) = (self.said.clone(), self.asked.at);
        self.gatherer.each(Group::Facts, phone, |fact| add(&mut facts, &mut known, fact, at));
        (facts, known)
    }

    /// Adds the facts that only this frame needs.
    pub fn complete(&mut self, frame: &Frame, phone: Phone, suppressed: Option<bool>, facts: &mut Facts) {
        let at = self.asked.at;
        for (group, needed) in [
            (Group::Refusals, frame.needs_refusals() && facts.refusals.is_empty()),
            (Group::Attempts, frame.needs_attempts() && facts.attempts.is_empty()),
        ] {
            if needed {
                self.gatherer.each(group, phone, |fact| add(facts, &mut Person::default(), fact, at));
            }
        }
        if frame.revocation_covers_all() && suppressed != Some(true) {
            facts.revoked = self.gatherer.revoked(phone);
        }
        if frame.needs_opt_out() && suppressed == Some(true) {
            self.gatherer.opt_out(phone, frame.revocation_covers_all(), |fact| {
                add(facts, &mut Person::default(), fact, at);
            });
        }
        if !facts.asked_registers {
            self.gatherer.registers(phone, suppressed == Some(false), &mut facts.registers);
            facts.asked_registers = true;
        }
    }

    pub fn place(&mut self, phone: Phone) -> usize {
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
        // A million neighbourhoods take about 30 MB.
        if self.neighbourhoods.len() >= 1_000_000 {
            self.neighbourhoods.clear();
        }
        self.neighbourhoods.insert(key, place);
        place
    }

    /// The decision about a number, the rules applied, and what is known of the person.
    pub fn decide(&mut self, phone: Phone, suppressed: Option<bool>) -> (Decision, Rc<Frame<'a>>, Person) {
        let (mut facts, known) = self.facts(phone, suppressed);
        let place = self.place(phone);
        let frame = self.frame(place, &known, phone);
        self.complete(&frame, phone, suppressed, &mut facts);
        let decision = frame.decide(&facts);
        self.facts = facts;
        (decision, frame, known)
    }

    fn frame(&mut self, place: usize, known: &Person, phone: Phone) -> Rc<Frame<'a>> {
        let is_plain = *known == self.said;
        if is_plain && let Some(Some(frame)) = self.plain.get(place) {
            return Rc::clone(frame);
        }
        // A number's line type is looked up only where a rule depends on it: that costs more than the rest.
        let places = self.places[place].around(self.book, known);
        let depends = self.book.depends_on_line_type(&places);
        if is_plain && !depends {
            let made = self.framed(place, known, None);
            self.plain.resize_with(self.plain.len().max(place + 1), || None);
            self.plain[place] = Some(Rc::clone(&made));
            return made;
        }
        let line_type = if depends { line_type(phone) } else { None };
        let key = (place, known.clone(), line_type.clone());
        if let Some(frame) = self.frames.get(&key) {
            return Rc::clone(frame);
        }
        let made = self.framed(place, known, line_type);
        self.frames.insert(key, Rc::clone(&made));
        made
    }

    fn framed(&self, place: usize, known: &Person, line_type: Option<String>) -> Rc<Frame<'a>> {
        Rc::new(Frame::new(self.book, self.places[place].situation(self.book, &self.asked, known, line_type)))
    }

    /// The names of the rules that a frame was made from, in the form returned.
    pub fn names(&mut self, frame: &Rc<Frame<'a>>) -> Datum {
        let room = self.room;
        *self.names.entry(Rc::as_ptr(frame)).or_insert_with(|| {
            let names: Vec<&str> = frame.used().iter().map(|rule| &rule.name[..]).collect();
            room.with(|| text_datum(&names.join(", ")))
        })
    }

    pub fn returned(&mut self, grounds: &[Ground]) -> Option<(Datum, Datum)> {
        if grounds.is_empty() {
            return None;
        }
        if let Some((_, returned)) = self.returned.iter().find(|(known, _)| known == grounds) {
            return Some(*returned);
        }
        let names: Vec<&str> = grounds.iter().map(|ground| ground.name()).collect();
        let returned = self.room.with(|| (text_datum(names[0]), text_datum(&names.join(", "))));
        self.returned.push((grounds.to_vec(), returned));
        Some(returned)
    }
}
