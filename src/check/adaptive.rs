//! Checks of many numbers in one query: starts with index lookups and may switch to an in-memory set.
//!
//! An index lookup has a constant cost. Building a set costs time proportional to the size of the list; after that, an
//! answer costs almost nothing. A query therefore starts with lookups and times some of them. If its plan expects many
//! more rows than are needed to pay for a set, the set is built early. Otherwise it is built once the time spent on
//! lookups equals the estimated cost of the set, so that no query takes more than about twice the time of the better
//! method.
//!
//! The set never changes an answer. It is read under the query's snapshot and serves only calls under the same snapshot
//! ([`executor::query`]). It contains only what does not depend on the clock; where the shape of an entry does not
//! decide, the set reports that and a lookup follows.

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
use dnc_core::entry::scope::QueryScope;
use dnc_core::list::number_set::{Builder, Failure, Numbers, Verdict};
use dnc_core::phone::{Phone, RegionPlan, field, line};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Instant;

/// One lookup in this many is timed.
const TIMED: u64 = 16;
/// Timed lookups before the first decision.
const ENOUGH: u64 = 8;
/// Minimum bytes per number of a set. If even this exceeds the memory limit, no set is attempted.
const LEAST_BYTES: f64 = 2.0;
/// To build the set early, the expected cost of lookups must exceed the cost of the set by this factor: planner
/// estimates are imprecise.
const CLEARLY: f64 = 1.5;

thread_local! {
    /// Time to read an index entry when a set was last built, in nanoseconds; initially a measured estimate.
    static ENTRY_NANOS: Cell<f64> = const { Cell::new(60.0) };
    /// Entries and memory limit at the last attempt that ran out of memory.
    static TOO_LARGE: Cell<(f64, usize)> = const { Cell::new((f64::INFINITY, 0)) };
}

/// Extra time for an index entry whose row must be fetched from the table, in nanoseconds: measured once.
const ROW_NANOS: f64 = 200.0;

/// Time that one query has spent on lookups for one channel, and its decision.
struct Pace {
    channel: Option<Vec<u8>>,
    looks: u64,
    timed: u64,
    nanos: u64,
    way: Way,
}

enum Way {
    Undecided,
    /// Lookups, until they have taken this many nanoseconds.
    Looks(f64),
    Set(Rc<Numbers>),
}

/// A set available at a call site, and the query that owns it: a call site can outlive the query.
pub struct Cached {
    query: executor::Id,
    numbers: Weak<Numbers>,
    /// Lists and prefixes in the query's scope.
    lists: Rc<lists::Binding>,
    ahead: Option<RefCell<Ahead>>,
}

/// What is known of the rows that a scan is about to return.
struct Ahead {
    scan: Lookahead,
    /// Their numbers.
    bits: Vec<i64>,
    /// For text arguments: their spellings, and which of them the next call should try.
    spelled: Vec<ReadSpelling>,
    next: usize,
}

/// A parsed spelling. Self-contained: the result holds wherever the same spelling is found again.
struct ReadSpelling {
    text: [u8; SPELLING],
    len: u8,
    region: *const RegionPlan,
    phone: Phone,
}

/// Longest spelling that is cached.
const SPELLING: usize = 24;

/// Type of a check's argument.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    Phone,
    Text,
    /// A text whose region is another argument.
    Field,
}

impl Reads {
    /// The number in a column, if it can be read without server functions and without raising an error.
    fn plainly(self, value: Column, region: Option<&RegionPlan>) -> Option<Phone> {
        match self {
            Reads::Phone => Some(Phone::from_stored(value.int())),
            Reads::Text | Reads::Field => field::fast(value.plain_text()?.bytes(), region),
        }
    }

    /// The same for a check's argument.
    fn argument(self, args: Args, region: Option<&RegionPlan>) -> Option<Phone> {
        match self {
            Reads::Phone => args.int(0).map(Phone::from_stored),
            Reads::Text | Reads::Field => field::fast(args.plain_text(0)?.bytes(), region),
        }
    }
}

impl Ahead {
    fn new(scan: Lookahead) -> Ahead {
        Ahead { scan, bits: Vec::new(), spelled: Vec::new(), next: 0 }
    }

    /// On the first call for a page, reads the values on the rest of the page.
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
            if reads != Reads::Phone
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

    /// The cached result for this text, if it is the next prefetched value or soon after it.
    fn recall(&mut self, text: &[u8], region: Option<&RegionPlan>) -> Option<Phone> {
        let region = region.map_or(std::ptr::null(), std::ptr::from_ref);
        let kept = self.spelled.iter().skip(self.next).take(4);
        let found = kept.enumerate().find(|(_, s)| &s.text[..usize::from(s.len)] == text && s.region == region)?;
        let (passed, phone) = (found.0, found.1.phone);
        self.next += passed + 1;
        Some(phone)
    }
}

/// The entry set that the running query has built for this scope's channel, if any.
fn entry_set(scope: &QueryScope) -> Option<Rc<Numbers>> {
    executor::peek(executor::query()?, |_, known: &Pacing| {
        let Way::Set(numbers) = &known.paces[of(&known.paces, scope)?].way else { return None };
        Some(Rc::clone(numbers))
    })
}

impl Cached {
    /// What answers without lookups: the entry set and the lists in scope, once the running query has both. A scope
    /// with only suppressed numbers so far has not loaded its lists.
    pub fn for_site(scope: &QueryScope, site: Expression) -> Option<Cached> {
        let numbers = entry_set(scope)?;
        let query = executor::query()?;
        let (id, lists) = executor::peek(query, |id, known: &Pacing| Some((id, Rc::clone(known.lists(scope)?))))?;
        let ahead = Lookahead::of(query, site).map(|scan| RefCell::new(Ahead::new(scan)));
        Some(Cached { query: id, numbers: Rc::downgrade(&numbers), lists, ahead })
    }

    /// Whether this belongs to the running query, under its snapshot.
    pub fn holds(&self) -> bool {
        executor::keeps(self.query)
    }

    /// The answer for a check's argument; `None` if that needs more than the set and cached blocks. Raises no error
    /// except out of memory.
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
                    Reads::Text | Reads::Field => ahead.recall(args.plain_text(0)?.bytes(), region),
                };
                recalled.or_else(|| reads.argument(args, region))?
            }
        };
        let verdict = |phone| match numbers.get(phone) {
            Verdict::Listed => Some(true),
            // The query is running and holds a lock on the table of blocks.
            Verdict::Absent if !lists.has_lists() || executor::keeps_table() => lists.in_place(phone),
            Verdict::Absent | Verdict::Unsure => None,
        };
        let own = verdict(phone)?;
        if own || !line::has_forms(phone) {
            return Some(own);
        }
        for form in line::forms(phone)[1..].iter() {
            if verdict(*form)? {
                return Some(true);
            }
        }
        Some(false)
    }
}

/// State of one query: lookup method by channel, and the lists in each scope.
#[derive(Default)]
struct Pacing {
    paces: Vec<Pace>,
    lists: Vec<(QueryScope, Rc<lists::Binding>)>,
}

impl Pacing {
    fn lists(&self, scope: &QueryScope) -> Option<&Rc<lists::Binding>> {
        Some(&self.lists.iter().find(|(asked, _)| asked == scope)?.1)
    }
}

/// Whether an opt-out is effective now, or an external list contains the number; `None`: not known.
pub fn suppressed(phone: Phone, scope: &QueryScope, site: Option<Expression>) -> Option<bool> {
    if entry_suppresses(phone, scope, site) {
        return Some(true);
    }
    lists::suppresses(phone, scope, None, &asked(scope, site))
}

/// The lists that contain the number now; `None`: not known.
pub fn lists_of(phone: Phone, scope: &QueryScope) -> Option<Vec<String>> {
    let suppressed = entry_suppresses(phone, scope, None);
    lists::names(phone, &asked(scope, None), suppressed)
}

/// Lists, prefixes and pseudonyms in scope, cached for the running query.
fn asked(scope: &QueryScope, site: Option<Expression>) -> Rc<lists::Binding> {
    let kept =
        executor::query().and_then(|query| executor::peek(query, |_, known: &Pacing| known.lists(scope).cloned()));
    kept.unwrap_or_else(|| {
        let asked = lists::binding(scope);
        if let Some(query) = executor::query() {
            if let Some(site) = site
                && let Some(rows) = executor::expected_rows(query, site)
            {
                asked.expect(rows);
            }
            executor::keep(query, Pacing::default, |known| known.lists.push((scope.clone(), Rc::clone(&asked))));
        }
        asked
    })
}

/// Whether the running query has read the lists in a scope, under its snapshot.
pub fn has_lists() -> bool {
    let any = |known: &Pacing| (!known.lists.is_empty()).then_some(());
    executor::query().and_then(|query| executor::peek(query, |_, known| any(known))).is_some()
}

/// Whether an opt-out of this number is effective now.
fn entry_suppresses(phone: Phone, scope: &QueryScope, site: Option<Expression>) -> bool {
    let Some(query) = executor::query() else { return index_lookup::look(phone, scope, None) };
    match entry_set(scope).map(|set| set.get(phone)) {
        Some(Verdict::Absent) => return false,
        Some(Verdict::Listed) => return true,
        Some(Verdict::Unsure) => return index_lookup::look(phone, scope, None),
        None => {}
    }
    executor::keep(query, Pacing::default, |Pacing { paces, .. }| {
        let place = of(paces, scope).unwrap_or_else(|| {
            paces.push(Pace::new(scope));
            paces.len() - 1
        });
        paces[place].look(phone, scope, query, site)
    })
}

/// Index of the state for this scope's channel.
fn of(paces: &[Pace], scope: &QueryScope) -> Option<usize> {
    paces.iter().position(|pace| pace.channel == scope.channel)
}

impl Pace {
    fn new(scope: &QueryScope) -> Pace {
        let off = settings::statement_set() == StatementSet::Off;
        let way = if off { Way::Looks(f64::INFINITY) } else { Way::Undecided };
        Pace { channel: scope.channel.clone(), looks: 0, timed: 0, nanos: 0, way }
    }

    /// One lookup, timed on every [`TIMED`]th call.
    fn look(&mut self, phone: Phone, scope: &QueryScope, query: Query, site: Option<Expression>) -> bool {
        self.looks += 1;
        if !self.looks.is_multiple_of(TIMED) && settings::statement_set() != StatementSet::On {
            return index_lookup::look(phone, scope, None);
        }
        let started = Instant::now();
        let answer = index_lookup::look(phone, scope, None);
        self.nanos += started.elapsed().as_nanos() as u64;
        self.timed += 1;
        self.decide(scope, query, site);
        answer
    }

    fn decide(&mut self, scope: &QueryScope, query: Query, site: Option<Expression>) {
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
            self.way = match index_lookup::with_index(|probe| make(probe, scope)) {
                Some(Ok(numbers)) => Way::Set(Rc::new(numbers)),
                _ => Way::Looks(f64::INFINITY),
            };
        }
    }
}

/// Estimated time to build a set, in nanoseconds; `None` if it would not fit into memory.
pub(super) fn cost(probe: &mut Probe) -> Option<f64> {
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
pub(super) fn make(probe: &mut Probe, scope: &QueryScope) -> Result<Numbers, Failure> {
    let asked = ChannelClass::about(scope.channel.as_deref());
    let (entries, seen) = probe.estimate();
    let started = Instant::now();
    probe.lock_all();
    probe.seek(None);
    let mut builder = Builder::new(sys::allowed_bytes());
    let mut batch = [Swept::default(); 1024];
    // The number whose entries are being read: whether one suppresses it, and whether one must be read.
    let mut number: Option<(i64, bool, bool)> = None;
    let mut count = 0u64;
    let result = loop {
        let swept = probe.sweep(&mut batch, |shape| asked.said_by(shape) == Says::Suppresses);
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
            if let Some((_, suppresses, read)) = &mut number {
                *suppresses |= entry.visible;
                *read |= asked.said_by(entry.judgement) == Says::Read;
            }
        }
        if let Some(failure) = failure {
            probe.rest(false);
            break Err(failure);
        }
        // A scan called again after its end would start over.
        if swept < batch.len() {
            probe.rest(true);
            break close(&mut builder, number).and_then(|()| builder.finish());
        }
    };
    // No count: a caller that may check numbers need not know how many there are.
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

/// Adds a number to the set once all its entries have been read.
fn close(builder: &mut Builder, number: Option<(i64, bool, bool)>) -> Result<(), Failure> {
    match number {
        Some((key, suppresses, read)) if suppresses || read => builder.push(Phone::from_stored(key), !read),
        _ => Ok(()),
    }
}
