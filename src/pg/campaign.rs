//! `sql/install/81-decide.sql`: decisions about all numbers that a query gives, and what a change of rules means for them.
//!
//! What is recorded is read once, into memory that is limited as that of maintenance work is, and what the rules say of a place is
//! worked out once a place. The decision itself is the same as about one number.

use super::decide::{Asked, Fact, Known, Place, add, finite, known_call_type, line_type, owned, party, question};
use super::list::{self, Registers};
use super::sys::row::{text, text_datum};
use super::sys::spi::{self, Cursor, Statement, connected};
use super::sys::{self, Text, receiver, srf};
use super::{rule, store};
use crate::phone::{Phone, area};
use crate::rules::clock::{self, Micros};
use crate::rules::decide::{Decision, Facts, Frame, Ground, Situation};
use crate::rules::rule::Book;
use crate::rules::scope::Question;
use crate::{error, limits, raw_function};
use chrono_tz::Tz;
use pgrx::FromDatum;
use pgrx::pg_sys::{self, Datum, FunctionCallInfo};
use std::collections::HashMap;
use std::ffi::CString;
use std::hash::{BuildHasher, Hasher};
use std::rc::Rc;

/// Facts that are read at a time.
const BATCH: i64 = 1000;
/// Beginnings of numbers whose places are kept at hand.
const BEGINS: usize = 1 << 14;
/// Whether anything at all is refused.
const ANYTHING: Question = Question { channel: None, purpose: None };
/// Bytes that a fact takes in memory, about.
const FACT: usize = 192;

/// Hashes stored numbers, which nobody chooses to collide with each other: a multiplication and its high half.
#[derive(Clone, Copy, Default)]
struct Spread(u64);

impl BuildHasher for Spread {
    type Hasher = Spread;

    fn build_hasher(&self) -> Spread {
        Spread(0)
    }
}

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, value: u64) {
        let product = u128::from(self.0 ^ value) * 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    fn write_i64(&mut self, value: i64) {
        self.write_u64(value as u64);
    }
}

/// What is recorded of many numbers, in the order of their stored values.
struct Group {
    phones: HashMap<i64, (u32, u32), Spread>,
    facts: Vec<Fact>,
}

impl Group {
    /// Reads a query of `dnc.decision_queries`; an error if that takes more memory than there may be.
    fn read(query: &str) -> Group {
        let query = CString::new(query).unwrap_or_else(|_| error::not_text());
        // SAFETY: a setting of the server's, in kilobytes.
        let limit = unsafe { pg_sys::maintenance_work_mem }.max(65_536) as usize * 1024 / FACT;
        let mut group = Group { phones: HashMap::default(), facts: Vec::new() };
        connected(sys::owner(), || {
            let mut cursor = Cursor::open(&query, None, BATCH, true);
            while cursor.fetch(|tuple, descriptor| {
                // SAFETY: the query gives a number, a text, two times, a boolean and a text.
                unsafe {
                    let column = |n| spi::column(tuple, descriptor, n);
                    let Some(phone) = column(1) else { return };
                    let place = group.facts.len() as u32;
                    let known = group.phones.entry(phone.value() as i64).or_insert((place, place));
                    known.1 = place + 1;
                    group.facts.push(Fact {
                        kind: column(2).map(|value| text(value)).unwrap_or_default(),
                        a: column(3).map(|value| value.value() as i64),
                        b: column(4).map(|value| value.value() as i64),
                        flag: column(5).map(|value| value.value() != 0),
                        note: column(6).map(|value| text(value)),
                    });
                }
            }) {
                if group.facts.len() > limit {
                    error::too_much_to_decide(limit);
                }
            }
            cursor.close();
        });
        group
    }

    fn of(&self, phone: Phone) -> &[Fact] {
        if self.facts.is_empty() {
            return &[];
        }
        self.phones.get(&phone.bits()).map_or(&[], |(from, to)| &self.facts[*from as usize..*to as usize])
    }
}

/// Groups of facts that are read when the first number needs them.
struct Groups {
    queries: Vec<String>,
    read: [Option<Group>; 3],
}

impl Groups {
    fn of(&mut self, group: usize, phone: Phone) -> &[Fact] {
        let queries = &self.queries;
        self.read[group].get_or_insert_with(|| Group::read(&queries[group])).of(phone)
    }
}

thread_local! {
    static QUERIES: Statement = const {
        Statement::new(
            c"SELECT dnc.decision_queries($1, $2, $3)",
            &[pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TIMESTAMPTZOID],
        )
    };
}

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
    let rows = srf::Rows::new(fcinfo);
    let Some(query) = query else { return rows.finish() };
    let book = rule::book();
    if sys::past(at).is_some() {
        error::campaign_in_the_past();
    }
    let mut run = Run::start(&book, channel, purpose, at, call_type, said);
    walk(query, |key, phone, suppressed| {
        let (decision, rules) = match phone {
            Some(phone) => run.decide(phone, suppressed),
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
            || !super::audit::is_phone(kinds[1])
            || kinds[2] != pg_sys::BOOLOID
        {
            error::not_a_decision_query();
        }
    };
    // SAFETY: connect and finish come in pairs; rows are looked at only when their columns are of the right types.
    unsafe {
        pg_sys::SPI_connect();
        receiver::each(&query, &mut check, &mut |columns| {
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
    let rows = srf::Rows::new(fcinfo);
    let (Some(query), Some(day)) = (query, day.and_then(clock::day)) else { return rows.finish() };
    let Some(eve) = day.pred_opt() else { return rows.finish() };
    let book = rule::book();
    // Noon in the middle of the world; each place has its own below.
    let noon = clock::first(day.and_hms_opt(12, 0, 0).expect("noon"), Tz::UTC);
    let mut run = Run::start(&book, channel, purpose, noon, call_type, said);
    run.at = None;
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
        let names = |days: &dyn Fn(&crate::rules::rule::Rule) -> bool| {
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

/// What the rules say, and the names of those that were looked at.
type Framed<'a> = (Rc<Frame<'a>>, Datum);

/// What a run over many numbers keeps.
struct Run<'a> {
    book: &'a Book,
    /// Where texts are that are told again and again: rows come while a query runs, whose memory goes with it.
    room: sys::Room,
    asked: Asked,
    /// The time that was asked about; `None` is now.
    at: Option<Micros>,
    asks_line_types: bool,
    party: Option<String>,
    registers: Registers,
    /// Prefixes that are refused for anything.
    anything: Rc<list::Asked>,
    groups: Groups,
    neighbourhoods: HashMap<u64, usize, Spread>,
    /// Places by what numbers begin with, where that tells; the last of each slot.
    begins: Vec<(u64, usize)>,
    /// What was found out about the number before, for its memory.
    facts: Facts,
    places: Vec<Place>,
    /// By place, for people of whom nothing is known.
    plain: Vec<Option<Framed<'a>>>,
    /// By place, by what is known of the person, and by the kind of line if rules ask for that.
    frames: HashMap<(usize, Known, Option<String>), Framed<'a>>,
    /// Grounds as they are told: the first, and all.
    told: Vec<(Vec<Ground>, (Datum, Datum))>,
}

impl<'a> Run<'a> {
    fn start(
        book: &'a Book,
        channel: Option<Text>,
        purpose: Option<Text>,
        at: Option<Micros>,
        call_type: Option<Text>,
        said: Option<Text>,
    ) -> Run<'a> {
        let question = question(channel, purpose);
        let text_of = |text: Option<Text>| text.map(|text| text_datum(&text.to_utf8()));
        let queries = connected(sys::owner(), || {
            let arguments = [text_of(channel), text_of(purpose), at.map(Datum::from)];
            let row = QUERIES.with(|s| s.run(&arguments, true)).unwrap_or_default();
            // SAFETY: an array of texts.
            row.first().copied().flatten().map(|value| unsafe { sys::row::texts(value) })
        });
        let queries = queries.unwrap_or_default().into_iter().map(Option::unwrap_or_default).collect();
        Run {
            book,
            room: sys::Room::here(),
            asked: Asked {
                channel: owned(channel).filter(|channel| channel != "all"),
                call_type: known_call_type(book, call_type),
                at: at.unwrap_or_else(sys::now),
                known: Micros::MAX,
            },
            at,
            asks_line_types: book.asks_line_types(),
            party: party(said),
            registers: list::registers(&question),
            anything: list::asked(&ANYTHING),
            groups: Groups { queries, read: [None, None, None] },
            neighbourhoods: HashMap::default(),
            begins: vec![(0, 0); BEGINS],
            facts: Facts::default(),
            places: Vec::new(),
            plain: Vec::new(),
            frames: HashMap::new(),
            told: Vec::new(),
        }
    }

    /// What is recorded of a number, but for what only some places ask for; to be given back.
    fn facts(&mut self, phone: Phone, suppressed: Option<bool>) -> (Facts, Known) {
        let mut facts = std::mem::take(&mut self.facts);
        facts.clear();
        facts.suppressed = suppressed;
        let mut known = Known { party: self.party.clone(), ..Known::default() };
        for fact in self.groups.of(0, phone) {
            add(&mut facts, &mut known, fact, self.asked.at);
        }
        (facts, known)
    }

    /// What a frame asks for besides.
    fn complete(&mut self, frame: &Frame, phone: Phone, suppressed: Option<bool>, facts: &mut Facts) {
        for (group, needed) in [
            (1, frame.needs_refusals() && facts.refusals.is_empty()),
            (2, frame.needs_attempts() && facts.attempts.is_empty()),
        ] {
            for fact in if needed { self.groups.of(group, phone) } else { &[] } {
                add(facts, &mut Known::default(), fact, self.asked.at);
            }
        }
        if frame.revocation_covers_all() && suppressed == Some(false) {
            facts.revoked =
                store::look(phone, &ANYTHING, self.at) || self.anything.own_refuses(phone, self.at) != Some(false);
        }
        if !facts.asked_registers {
            self.registers.of(phone, suppressed == Some(false), self.at.unwrap_or_else(sys::now), &mut facts.registers);
            facts.asked_registers = true;
        }
    }

    fn place(&mut self, phone: Phone) -> usize {
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

    fn decide(&mut self, phone: Phone, suppressed: Option<bool>) -> (Decision, Option<Datum>) {
        let (mut facts, known) = self.facts(phone, suppressed);
        let place = self.place(phone);
        let (frame, rules) = self.frame(place, &known, phone);
        self.complete(&frame, phone, suppressed, &mut facts);
        let decision = frame.decide(&facts);
        self.facts = facts;
        (decision, Some(rules))
    }

    fn frame(&mut self, place: usize, known: &Known, phone: Phone) -> Framed<'a> {
        let plain =
            !self.asks_line_types && known.zone.is_none() && known.location.is_none() && known.party == self.party;
        if plain {
            if let Some(Some((frame, rules))) = self.plain.get(place) {
                return (Rc::clone(frame), *rules);
            }
            let made = self.framed(place, known, None);
            self.plain.resize_with(self.plain.len().max(place + 1), || None);
            self.plain[place] = Some((Rc::clone(&made.0), made.1));
            return made;
        }
        let line_type = if self.asks_line_types { line_type(phone) } else { None };
        let key = (place, known.clone(), line_type.clone());
        if let Some((frame, rules)) = self.frames.get(&key) {
            return (Rc::clone(frame), *rules);
        }
        let made = self.framed(place, known, line_type);
        self.frames.insert(key, (Rc::clone(&made.0), made.1));
        made
    }

    fn framed(&self, place: usize, known: &Known, line_type: Option<String>) -> Framed<'a> {
        let situation = self.places[place].situation(self.book, &self.asked, known, line_type);
        let frame = Rc::new(Frame::new(self.book, situation));
        let names: Vec<&str> = frame.used().iter().map(|rule| &rule.name[..]).collect();
        (frame, self.room.with(|| text_datum(&names.join(", "))))
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
