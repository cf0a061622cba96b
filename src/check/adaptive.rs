//! A query that asks about many numbers: from looks at the index to a set made once.
//!
//! A look costs the same every time. Making a set costs as much as the list is long, and then an answer costs next to
//! nothing. So a query begins with looks and times some of them. If its plan expects many more rows than pay for a set,
//! the set is made soon; if nothing is known, when as much time has gone into looks as the set will cost: then no query
//! takes more than about twice what the better way would have taken.
//!
//! The set never changes an answer. It is read under the query's own snapshot and serves only calls under that very
//! snapshot ([`executor::query`]); it holds what depends on no clock, and where an entry says more than its shape tells,
//! it says so and a look follows.

use crate::check::lists;
use crate::entry::index_lookup;
use crate::settings::{self, StatementSet};
use crate::sys::args::{Args, Expression};
use crate::sys::column::Column;
use crate::sys::executor::Query;
use crate::sys::lookahead::Lookahead;
use crate::sys::probe::{Probe, Swept};
use crate::sys::{self, Text, executor};
use dnc_core::entry::class::{ChannelClass, Says};
use dnc_core::entry::scope::Question;
use dnc_core::list::number_set::{Builder, Failure, Numbers, Verdict};
use dnc_core::phone::{Phone, RegionPlan, parse};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Instant;

/// One look in so many is timed.
const TIMED: u64 = 16;
/// Timed looks before anything is decided.
const ENOUGH: u64 = 8;
/// Bytes that a number of a set takes at least: where even that is too much, none is tried.
const LEAST_BYTES: f64 = 2.0;
/// Expected looks must cost this many times what a set costs, if the set is to be made early: plans guess badly.
const CLEARLY: f64 = 1.5;

thread_local! {
    /// What reading an entry of the index took when a set was last made, in nanoseconds; at first a measured guess.
    static ENTRY_NANOS: Cell<f64> = const { Cell::new(60.0) };
    /// Entries and memory with which the last set that was too large was tried.
    static TOO_LARGE: Cell<(f64, usize)> = const { Cell::new((f64::INFINITY, 0)) };
}

/// What reading an entry takes more where its row must be looked at in the table, in nanoseconds: measured once.
const ROW_NANOS: f64 = 200.0;

/// What one query has spent on looks for one channel, and what it has decided.
struct Pace {
    channel: Option<Vec<u8>>,
    looks: u64,
    timed: u64,
    nanos: u64,
    way: Way,
}

enum Way {
    Undecided,
    /// Looks until they have taken so many nanoseconds.
    Looks(f64),
    Set(Rc<Numbers>),
}

/// A set that a call site has at hand, and the query that holds it: a site can outlive the query.
pub struct AtHand {
    query: executor::Id,
    numbers: Weak<Numbers>,
    /// What lists and prefixes the question meets.
    lists: Rc<lists::Binding>,
    ahead: Option<RefCell<Ahead>>,
}

/// What is known of the rows that a scan is about to bring.
struct Ahead {
    scan: Lookahead,
    /// Their numbers.
    bits: Vec<i64>,
    /// If they are texts, how they are spelled, and which of them the next call should ask for.
    spelled: Vec<ReadSpelling>,
    next: usize,
}

/// A spelling that has been read, by itself: what it says is true wherever it is found again.
struct ReadSpelling {
    text: [u8; SPELLING],
    len: u8,
    region: *const RegionPlan,
    phone: Phone,
}

/// Longest spelling that is kept.
const SPELLING: usize = 24;

/// How a check's argument is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    Phone,
    Text,
}

impl Reads {
    /// The number that a column holds, where reading it needs nothing of the server's and raises no error.
    fn plainly(self, value: Column, region: Option<&RegionPlan>) -> Option<Phone> {
        match self {
            Reads::Phone => Some(Phone::from_stored(value.int())),
            Reads::Text => parse::fast(value.plain_text()?.bytes(), region),
        }
    }

    /// The same of a check's argument.
    fn argument(self, args: Args, region: Option<&RegionPlan>) -> Option<Phone> {
        match self {
            Reads::Phone => args.int(0).map(Phone::from_stored),
            Reads::Text => parse::fast(args.plain_text(0)?.bytes(), region),
        }
    }
}

impl Ahead {
    fn new(scan: Lookahead) -> Ahead {
        Ahead { scan, bits: Vec::new(), spelled: Vec::new(), next: 0 }
    }

    /// Reads what the rest of a page holds, where this is the first call for the page.
    fn look(&mut self, reads: Reads, region: Option<&RegionPlan>, numbers: &Numbers, lists: &lists::Binding) {
        let values = self.scan.next();
        if values.is_empty() {
            return;
        }
        self.bits.clear();
        self.spelled.clear();
        self.next = 0;
        for value in values {
            let Some(phone) = reads.plainly(*value, region) else { continue };
            self.bits.push(phone.bits());
            if reads == Reads::Text
                && let Some(text) = value.plain_text().map(Text::bytes).filter(|text| text.len() <= SPELLING)
            {
                let mut kept = [0; SPELLING];
                kept[..text.len()].copy_from_slice(text);
                let region = region.map_or(std::ptr::null(), std::ptr::from_ref);
                self.spelled.push(ReadSpelling { text: kept, len: text.len() as u8, region, phone });
            }
        }
        numbers.fetch(&self.bits);
        lists.fetch(&self.bits);
    }

    /// What this text was read as, if it is the next of those looked at ahead, or soon after it.
    fn recall(&mut self, text: &[u8], region: Option<&RegionPlan>) -> Option<Phone> {
        let region = region.map_or(std::ptr::null(), std::ptr::from_ref);
        let kept = self.spelled.iter().skip(self.next).take(4);
        let found = kept.enumerate().find(|(_, s)| &s.text[..usize::from(s.len)] == text && s.region == region)?;
        let (passed, phone) = (found.0, found.1.phone);
        self.next += passed + 1;
        Some(phone)
    }
}

/// The set of entries that the running query has made for this question's channel, if it has.
fn entry_set(question: &Question) -> Option<Rc<Numbers>> {
    executor::peek(executor::query()?, |_, known: &Pacing| {
        let Way::Set(numbers) = &known.paces[of(&known.paces, question)?].way else { return None };
        Some(Rc::clone(numbers))
    })
}

impl AtHand {
    /// What answers without looks: the set of entries, and what lists the question meets, once the running query knows
    /// both. A question that has met only refused numbers so far has not asked for its lists.
    pub fn for_site(question: &Question, site: Expression) -> Option<AtHand> {
        let numbers = entry_set(question)?;
        let query = executor::query()?;
        let (id, lists) = executor::peek(query, |id, known: &Pacing| Some((id, Rc::clone(known.lists(question)?))))?;
        let ahead = Lookahead::of(query, site).map(|scan| RefCell::new(Ahead::new(scan)));
        Some(AtHand { query: id, numbers: Rc::downgrade(&numbers), lists, ahead })
    }

    /// Whether this is about the query that is running, under its snapshot.
    pub fn holds(&self) -> bool {
        executor::keeps(self.query)
    }

    /// The answer to a check's argument; nothing where that needs more than the set and blocks that are in the buffers.
    /// Raises no error but for want of memory.
    pub fn ask(&self, reads: Reads, args: Args, region: Option<&RegionPlan>) -> Option<bool> {
        if !self.holds() {
            return None;
        }
        let numbers = self.numbers.upgrade()?;
        let lists = &*self.lists;
        let phone = match self.ahead.as_ref().and_then(|ahead| ahead.try_borrow_mut().ok()) {
            None => reads.argument(args, region)?,
            Some(mut ahead) => {
                ahead.look(reads, region, &numbers, lists);
                let recalled = match reads {
                    Reads::Phone => None,
                    Reads::Text => ahead.recall(args.plain_text(0)?.bytes(), region),
                };
                recalled.or_else(|| reads.argument(args, region))?
            }
        };
        match numbers.get(phone) {
            Verdict::Listed => Some(true),
            // The query is running, and has the blocks' table locked.
            Verdict::Absent if !lists.has_lists() || executor::keeps_table() => lists.in_place(phone),
            Verdict::Absent | Verdict::Unsure => None,
        }
    }
}

/// What a query keeps: how it looks for entries, by channel, and what lists each of its questions meets.
#[derive(Default)]
struct Pacing {
    paces: Vec<Pace>,
    lists: Vec<(Question, Rc<lists::Binding>)>,
}

impl Pacing {
    fn lists(&self, question: &Question) -> Option<&Rc<lists::Binding>> {
        Some(&self.lists.iter().find(|(asked, _)| asked == question)?.1)
    }
}

/// Whether a refusal holds now, or an external list has the number; `None`: not known.
pub fn refused(phone: Phone, question: &Question, site: Option<Expression>) -> Option<bool> {
    if entry_refuses(phone, question, site) {
        return Some(true);
    }
    lists::refuses(phone, question, None, &asked(question, site))
}

/// The lists on which a number is now; `None`: not known.
pub fn lists_of(phone: Phone, question: &Question) -> Option<Vec<String>> {
    let refused = entry_refuses(phone, question, None);
    lists::names(phone, &asked(question, None), refused)
}

/// What lists, prefixes and pseudonyms a question meets, as the running query found first.
fn asked(question: &Question, site: Option<Expression>) -> Rc<lists::Binding> {
    let kept =
        executor::query().and_then(|query| executor::peek(query, |_, known: &Pacing| known.lists(question).cloned()));
    kept.unwrap_or_else(|| {
        let asked = lists::binding(question);
        if let Some(query) = executor::query() {
            if let Some(site) = site
                && let Some(rows) = executor::expected_rows(query, site)
            {
                asked.expect(rows);
            }
            executor::keep(query, Pacing::default, |known| known.lists.push((question.clone(), Rc::clone(&asked))));
        }
        asked
    })
}

/// Whether a refusal of this number holds now.
fn entry_refuses(phone: Phone, question: &Question, site: Option<Expression>) -> bool {
    let Some(query) = executor::query() else { return index_lookup::look(phone, question, None) };
    match entry_set(question).map(|set| set.get(phone)) {
        Some(Verdict::Absent) => return false,
        Some(Verdict::Listed) => return true,
        Some(Verdict::Unsure) => return index_lookup::look(phone, question, None),
        None => {}
    }
    executor::keep(query, Pacing::default, |Pacing { paces, .. }| {
        let place = of(paces, question).unwrap_or_else(|| {
            paces.push(Pace::new(question));
            paces.len() - 1
        });
        paces[place].look(phone, question, query, site)
    })
}

/// The place of what is known about this question's channel.
fn of(paces: &[Pace], question: &Question) -> Option<usize> {
    paces.iter().position(|pace| pace.channel == question.channel)
}

impl Pace {
    fn new(question: &Question) -> Pace {
        let off = settings::statement_set() == StatementSet::Off;
        let way = if off { Way::Looks(f64::INFINITY) } else { Way::Undecided };
        Pace { channel: question.channel.clone(), looks: 0, timed: 0, nanos: 0, way }
    }

    /// One look, timed now and then.
    fn look(&mut self, phone: Phone, question: &Question, query: Query, site: Option<Expression>) -> bool {
        self.looks += 1;
        if !self.looks.is_multiple_of(TIMED) && settings::statement_set() != StatementSet::On {
            return index_lookup::look(phone, question, None);
        }
        let started = Instant::now();
        let answer = index_lookup::look(phone, question, None);
        self.nanos += started.elapsed().as_nanos() as u64;
        self.timed += 1;
        self.decide(query, site);
        answer
    }

    fn decide(&mut self, query: Query, site: Option<Expression>) {
        let at_once = settings::statement_set() == StatementSet::On;
        if self.timed < ENOUGH && !at_once {
            return;
        }
        let look = self.nanos as f64 / self.timed as f64;
        if let Way::Undecided = self.way {
            self.way = Way::Looks(match index_lookup::with_index(cost).flatten() {
                None => f64::INFINITY,
                Some(_) if at_once => 0.0,
                Some(cost) => {
                    let expected = site.and_then(|site| executor::expected_rows(query, site));
                    if expected.is_some_and(|rows| rows * look > cost * CLEARLY) { 0.0 } else { cost }
                }
            });
        }
        if let Way::Looks(until) = self.way
            && look * self.looks as f64 >= until
        {
            let asked = ChannelClass::about(self.channel.as_deref());
            self.way = match index_lookup::with_index(|probe| make(probe, asked)) {
                Some(Ok(numbers)) => Way::Set(Rc::new(numbers)),
                _ => Way::Looks(f64::INFINITY),
            };
        }
    }
}

/// What making a set will take, in nanoseconds; `None` if it would not fit into memory.
fn cost(probe: &mut Probe) -> Option<f64> {
    let (entries, seen) = probe.estimate();
    let (failed_entries, failed_bytes) = TOO_LARGE.get();
    if entries * LEAST_BYTES > sys::allowed_bytes() as f64
        || (entries >= failed_entries && sys::allowed_bytes() <= failed_bytes)
    {
        return None;
    }
    Some(entries * (ENTRY_NANOS.get() + (1.0 - seen) * ROW_NANOS))
}

/// Reads the whole index, in order, under the active snapshot.
fn make(probe: &mut Probe, asked: ChannelClass) -> Result<Numbers, Failure> {
    let (entries, seen) = probe.estimate();
    let started = Instant::now();
    probe.lock_all();
    probe.seek(None);
    let mut builder = Builder::new(sys::allowed_bytes());
    let mut batch = [Swept::default(); 1024];
    // The number whose entries are being read: whether one refuses, and whether one must be read.
    let mut number: Option<(i64, bool, bool)> = None;
    let mut count = 0u64;
    let result = loop {
        let swept = probe.sweep(&mut batch, |shape| asked.told_by(shape) == Says::Refuses);
        count += swept as u64;
        let mut failure = None;
        for entry in &batch[..swept] {
            if number.is_none_or(|(key, ..)| key != entry.key) {
                failure = close(&mut builder, number).err();
                if failure.is_some() {
                    break;
                }
                number = Some((entry.key, false, false));
            }
            if let Some((_, refuses, read)) = &mut number {
                *refuses |= entry.visible;
                *read |= asked.told_by(entry.judgement) == Says::Read;
            }
        }
        if let Some(failure) = failure {
            probe.rest(false);
            break Err(failure);
        }
        // Asked again, a scan that has come to its end begins anew.
        if swept < batch.len() {
            probe.rest(true);
            break close(&mut builder, number).and_then(|()| builder.finish());
        }
    };
    // No count: whoever may ask about numbers need not know how many there are.
    if result.is_ok() {
        pgrx::debug1!("dnc has read the list into memory for this query");
    }
    match &result {
        Ok(_) if count > 10_000 => {
            let nanos = started.elapsed().as_nanos() as f64 / count as f64 - (1.0 - seen) * ROW_NANOS;
            ENTRY_NANOS.set(nanos.clamp(20.0, 2_000.0));
        }
        Err(Failure::Full) => TOO_LARGE.set((entries, sys::allowed_bytes())),
        _ => {}
    }
    result
}

/// Puts a number into the set, once its entries have been read.
fn close(builder: &mut Builder, number: Option<(i64, bool, bool)>) -> Result<(), Failure> {
    match number {
        Some((key, refuses, read)) if refuses || read => builder.push(Phone::from_stored(key), !read),
        _ => Ok(()),
    }
}
