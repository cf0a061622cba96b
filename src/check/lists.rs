//! External lists, refused prefixes and fingerprints of erased numbers in checks.
//!
//! What lists there are, which version of each is current, which prefixes are refused and which keys are registered is read once a session and again
//! when `dnc.list_epoch` has another number, as the active snapshot sees it: so a check sees the old state or the new one. A
//! look then touches one block a set. The definition is the SQL function `dnc.list_refuses`; this is the same, faster, and
//! what it falls back on.

use crate::crm::installation;
use crate::entry::index_lookup;
use crate::error;
use crate::list::block_directory::Directory;
use crate::privacy::pseudonym::{Fingerprints, Registered};
use crate::settings::{self, StatementSet};
use crate::sys::executor::{self, Looked};
use crate::sys::invalidation::{Changed, Known};
use crate::sys::probe::{Expected, Probe};
use crate::sys::row::server_bytes;
use crate::sys::spi::{Statement, connected};
use crate::sys::table::{self, Value};
use crate::sys::{self, one_row_table};
use dnc_core::decision::{Register, Said, Source};
use dnc_core::entry::scope::{ALL, Ledger, Question, Scope, covers};
use dnc_core::list::block::{Fault, Packed};
use dnc_core::phone::{Phone, layout, library};
use pgrx::FromDatum;
use pgrx::pg_extern;
use pgrx::pg_sys::{self, Oid};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::CStr;
use std::rc::Rc;

/// Looks into a set by its index, after which the session makes a directory of its blocks.
const LOOKS: u32 = 32;
/// The columns of `dnc.list_block` that are searched.
const SEARCHED: &[i16] = &[1, 2];

thread_local! {
    static REFUSES: Statement = const {
        Statement::new(
            c"SELECT dnc.list_refuses($1, $2, $3, $4)",
            &[pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TIMESTAMPTZOID],
        )
    };
    static EPOCH: Known<Oid> = const { Known::new() };
    /// The state of the lists under which it was last found that the list is here, and whether beside parallel workers.
    static HERE: Known<(Epoch, bool)> = const { Known::new() };
    static BLOCKS: Known<(Oid, Oid)> = const { Known::new() };
    static READ: RefCell<Option<Rc<Config>>> = const { RefCell::new(None) };
    static ASKED: RefCell<Option<Rc<Asked>>> = const { RefCell::new(None) };
}

/// Called for every change of the catalogs.
pub fn forget_if(changed: Changed) {
    EPOCH.with(|known| known.forget_if(changed));
    BLOCKS.with(|known| known.forget_if(changed));
    // A guard or a view may have come, whatever it was that changed.
    HERE.with(|known| known.forget_if(Changed::Names));
}

/// The state of lists and prefixes: the table that has the number, since an extension can be dropped and made again, and the
/// number.
type Epoch = (Oid, i64);

/// What is known of lists and prefixes.
struct Config {
    epoch: Epoch,
    lists: Vec<List>,
    prefixes: Vec<Prefix>,
    keys: Vec<Registered>,
    fingerprints: RefCell<Option<Rc<Fingerprints>>>,
}

struct List {
    name: Rc<str>,
    /// Whole, plus and minus; none without a current version.
    sets: Option<Sets>,
    channels: Option<Vec<Vec<u8>>>,
    purposes: Option<Vec<Vec<u8>>>,
    strict: Option<Rc<Strict>>,
    /// Whether checks ask it; decisions ask every list.
    in_checks: bool,
    /// Whose it is, and when it was obtained.
    source: Source,
    jurisdiction: Option<Rc<str>>,
    obtained_at: i64,
    /// How what is known of it stands.
    knows: Rc<Strict>,
}

#[derive(Clone)]
struct Sets {
    whole: Rc<Set>,
    changes: Option<(Rc<Set>, Rc<Set>)>,
}

/// A set of blocks, and what this session has found out about it.
struct Set {
    id: i64,
    looks: Cell<u32>,
    directory: RefCell<Option<Directory>>,
}

/// When a strict list cannot say that a number is not on it.
struct Strict {
    loaded: bool,
    /// Microseconds since 2000-01-01.
    good_until: i64,
    /// Stored values of numbers that are covered; `None`: all.
    coverage: Option<Vec<(i64, i64)>>,
    /// Numbers of other regions are none of its business.
    region: Option<String>,
}

/// A row of `dnc.prefix_entry`.
#[derive(Clone)]
struct Prefix {
    /// Least and greatest stored value of the numbers.
    range: (i64, i64),
    entry: i64,
    ends: Option<i64>,
    expires: i64,
    received: i64,
    scope: Scope,
}

/// What one question asks of lists and prefixes.
pub struct Asked {
    epoch: Epoch,
    question: Question,
    lists: Vec<Bound>,
    prefixes: Vec<Prefix>,
    fingerprints: Option<Rc<Fingerprints>>,
}

/// A list that binds what is asked.
struct Bound {
    name: Rc<str>,
    sets: Option<Sets>,
    strict: Option<Rc<Strict>>,
}

fn epoch_table() -> Oid {
    EPOCH.with(|known| {
        known.get(|| {
            let table = sys::relation(c"list_epoch");
            (table, [table, table])
        })
    })
}

fn blocks() -> (Oid, Oid) {
    BLOCKS.with(|known| {
        known.get(|| {
            let table = sys::relation(c"list_block");
            // SAFETY: a lookup by a C string; a missing index is no error.
            let index = unsafe { pg_sys::get_relname_relid(c"list_block_pkey".as_ptr(), sys::schema()) };
            ((table, index), [table, index])
        })
    })
}

fn open(context: pg_sys::MemoryContext) -> Option<Probe> {
    let (table, index) = blocks();
    Probe::open(&Expected { name: c"list_block", table, index, columns: SEARCHED, judge: None }, context)
}

/// What lists and prefixes a question meets, as the active snapshot sees them.
pub fn asked(question: &Question) -> Rc<Asked> {
    let epoch = epoch();
    let known = ASKED.with_borrow(|known| known.clone());
    let current = |known: &Rc<Asked>| known.fingerprints.as_ref().is_none_or(|f| f.is_current());
    if let Some(known) = known.filter(|k| k.epoch == epoch && k.question == *question && current(k)) {
        return known;
    }
    let asked = Rc::new(config(epoch).asked(question));
    ASKED.set(Some(Rc::clone(&asked)));
    asked
}

/// The keys that are registered, if any is, as the active snapshot sees them.
pub fn fingerprints() -> Option<Rc<Fingerprints>> {
    config(state()).fingerprints()
}

/// The state of lists, prefixes and fingerprints under the active snapshot. An error where the list is not in this database.
fn epoch() -> Epoch {
    let epoch = state();
    require_here(epoch);
    epoch
}

/// The same, wherever the list is.
fn state() -> Epoch {
    let table = epoch_table();
    (table, one_row_table::row(table, 2).unwrap_or_else(|| error::missing_relation("list_epoch")))
}

/// Raises an error where the list is not in this database: no answer could be given from it.
fn require_here(epoch: Epoch) {
    let parallel = sys::is_parallel();
    let look = || {
        if let Some(absence) = sys::with_latest_snapshot(installation::absence) {
            error::list_absent(&absence);
        }
        ((epoch, parallel), [pg_sys::InvalidOid; 2])
    };
    HERE.with(|known| {
        let (found, beside_workers) = known.get(look);
        // Beside workers it was found under a snapshot that may be older than what this session has been told: good until they end.
        if found != epoch || beside_workers && !parallel {
            known.forget_if(Changed::Names);
            known.get(look);
        }
    });
}

#[pg_extern(sql = false)]
fn dnc_require_list() -> bool {
    epoch();
    true
}

fn config(epoch: Epoch) -> Rc<Config> {
    let config = READ.with_borrow(|config| config.clone()).filter(|config| config.epoch == epoch);
    config.unwrap_or_else(|| {
        let config = Rc::new(Config::read(epoch));
        READ.set(Some(Rc::clone(&config)));
        config
    })
}

/// Microseconds.
const DAY: i64 = 86_400_000_000;
const VERSION: [&CStr; 7] = [c"list", c"state", c"whole_set", c"plus_set", c"minus_set", c"obtained_at", c"coverage"];
const LIST: [&CStr; 9] =
    [c"list", c"kind", c"jurisdiction", c"channels", c"purposes", c"applies", c"strict", c"max_age_days", c"enabled"];
const PREFIX: [&CStr; 7] = [c"prefix_id", c"prefix", c"ends", c"expires_at", c"received_at", c"channel", c"purpose"];
const KEY: [&CStr; 4] = [c"key_id", c"check_value", c"added_at", c"retired_at"];

impl Config {
    /// Reads the tables, as the active snapshot sees them.
    fn read(epoch: Epoch) -> Config {
        let before = READ.with_borrow(|config| config.clone()).filter(|config| config.epoch.0 == epoch.0);
        let bytes = |value: &Value| -> Option<Vec<Vec<u8>>> {
            Some(value.texts()?.iter().map(|text| server_bytes(text)).collect())
        };
        let mut current: HashMap<String, [Value; 6]> = HashMap::new();
        table::each(c"list_version", VERSION, |[list, state, whole, plus, minus, obtained_at, coverage]| {
            if state.text() == Some("current") {
                let name = list.text().unwrap_or_default().to_owned();
                current.insert(name, [list, whole, plus, minus, obtained_at, coverage]);
            }
        });
        let mut lists: Vec<List> = Vec::new();
        table::each(
            c"list",
            LIST,
            |[name, kind, jurisdiction, channels, purposes, applies, strict, max_age, enabled]| {
                if enabled.bool() == Some(false) {
                    return;
                }
                let name = name.text().unwrap_or_else(|| error::missing_relation("list"));
                let version = current.remove(name);
                let of_version = |place: usize| version.as_ref().map(|version| &version[place]);
                let set = |place: usize| Some(Set::of(of_version(place)?.int()?, before.as_deref()));
                let sets = set(1).map(|whole| Sets { whole, changes: set(2).zip(set(3)) });
                let obtained_at = of_version(4).and_then(Value::int);
                let coverage = of_version(5).and_then(Value::texts).map(|prefixes| {
                    prefixes
                        .iter()
                        .filter_map(|prefix| layout::written_prefix_bounds(prefix.as_bytes()))
                        .collect::<Vec<_>>()
                });
                let age = max_age.int().map(|days| days.saturating_mul(DAY));
                let knows = Rc::new(Strict {
                    loaded: sets.is_some(),
                    good_until: obtained_at.zip(age).map_or(i64::MAX, |(at, age)| at.saturating_add(age)),
                    coverage,
                    region: jurisdiction.text().map(|own| own.chars().take(2).collect()),
                });
                let official = jurisdiction.text().is_some() && matches!(kind.text(), Some("national" | "state"));
                lists.push(List {
                    name: name.into(),
                    sets,
                    channels: bytes(&channels),
                    purposes: bytes(&purposes),
                    strict: strict.bool().unwrap_or(true).then(|| Rc::clone(&knows)),
                    in_checks: applies.text() != Some("decision"),
                    source: if official { Source::Official } else { Source::Other },
                    jurisdiction: jurisdiction.text().map(Into::into),
                    obtained_at: obtained_at.unwrap_or(i64::MIN),
                    knows,
                });
            },
        );
        lists.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        let mut prefixes: Vec<Prefix> = Vec::new();
        table::each(c"prefix_entry", PREFIX, |[entry, prefix, ends, expires, received, channel, purpose]| {
            let read = || {
                Some(Prefix {
                    range: layout::written_prefix_bounds(prefix.text()?.as_bytes())?,
                    entry: entry.int()?,
                    ends: ends.int(),
                    expires: expires.int()?,
                    received: received.int()?,
                    scope: Scope { channel: server_bytes(channel.text()?), purpose: purpose.text().map(server_bytes) },
                })
            };
            prefixes.push(read().unwrap_or_else(|| error::missing_relation("prefix_entry")));
        });
        let mut keys: Vec<(i64, Registered)> = Vec::new();
        table::each(c"fingerprint_key", KEY, |[key, check, added_at, retired_at]| {
            if retired_at != Value::Null {
                return;
            }
            let read = || Some(Registered { id: key.text()?.to_owned(), check: check.bytes()?.to_vec() });
            let key = read().unwrap_or_else(|| error::missing_relation("fingerprint_key"));
            keys.push((added_at.int().unwrap_or(i64::MIN), key));
        });
        // The newest first.
        keys.sort_unstable_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.id.cmp(&y.id)));
        Config {
            epoch,
            lists,
            prefixes,
            keys: keys.into_iter().map(|(_, key)| key).collect(),
            fingerprints: RefCell::new(None),
        }
    }

    fn fingerprints(&self) -> Option<Rc<Fingerprints>> {
        if self.keys.is_empty() {
            return None;
        }
        let known = self.fingerprints.borrow().clone().filter(|known| known.is_current());
        Some(known.unwrap_or_else(|| {
            let made = Fingerprints::of(&self.keys);
            *self.fingerprints.borrow_mut() = Some(Rc::clone(&made));
            made
        }))
    }

    fn asked(&self, question: &Question) -> Asked {
        let bound =
            |list: &List| Bound { name: Rc::clone(&list.name), sets: list.sets.clone(), strict: list.strict.clone() };
        let met: Vec<i64> = self
            .prefixes
            .iter()
            .filter(|p| p.ends.is_none() && question.meets(&p.scope.channel, p.scope.purpose.as_deref()).is_some())
            .map(|p| p.entry)
            .collect();
        Asked {
            epoch: self.epoch,
            question: question.clone(),
            lists: self.lists.iter().filter(|list| list.in_checks && list.binds(question)).map(bound).collect(),
            prefixes: self.prefixes.iter().filter(|p| met.contains(&p.ends.unwrap_or(p.entry))).cloned().collect(),
            fingerprints: self.fingerprints(),
        }
    }
}

impl List {
    /// Whether it is about all that a question asks, so that what is not on it is on none such.
    fn is_about_all(&self, question: &Question) -> bool {
        let channel = match (&self.channels, &question.channel) {
            (None, _) => true,
            (Some(bound), asked) => bound.iter().any(|bound| bound == ALL || Some(bound) == asked.as_ref()),
        };
        let purpose = match (&self.purposes, &question.purpose) {
            (None, _) => true,
            (Some(bound), Some(asked)) => bound.iter().any(|bound| covers(bound, asked)),
            (Some(_), None) => false,
        };
        channel && purpose
    }

    /// Whether its channels and purposes are those of a question.
    fn binds(&self, question: &Question) -> bool {
        let channel = match (&self.channels, &question.channel) {
            (Some(bound), Some(asked)) => bound.iter().any(|bound| bound == ALL || bound == asked),
            _ => true,
        };
        channel
            && match (&self.purposes, &question.purpose) {
                (Some(bound), Some(asked)) => bound.iter().any(|bound| covers(bound, asked) || covers(asked, bound)),
                _ => true,
            }
    }
}

/// Lists that bind a question, and what they say of numbers now.
pub struct Registers {
    config: Rc<Config>,
    /// Which, and whether they are about all of the question.
    places: Vec<(usize, bool)>,
}

/// See [`Registers`].
pub fn registers(question: &Question) -> Registers {
    let config = config(epoch());
    let lists = config.lists.iter().enumerate().filter(|(_, list)| list.binds(question));
    let places = lists.map(|(n, list)| (n, list.is_about_all(question))).collect();
    Registers { config, places }
}

impl Registers {
    /// Adds what they say of a number, to be used at a time. `clear` is what the same question as a check gave, which has asked
    /// some of them.
    pub fn of(&self, phone: Phone, clear: bool, at: i64, registers: &mut Vec<Register>) {
        for (list, about_all) in self.places.iter().map(|(n, about_all)| (&self.config.lists[*n], *about_all)) {
            let asked = |sets: &Sets| {
                if clear && list.in_checks { Some(false) } else { sets.has(phone.e164_number() as u64) }
            };
            let said = match list.sets.as_ref().map(asked) {
                // A block that is missing tells nothing.
                None | Some(None) => Said::Missing,
                Some(Some(true)) => Said::Listed,
                Some(Some(false)) if list.knows.is_stale(at) => Said::Stale,
                Some(Some(false)) if !about_all || !list.knows.covers(phone) => Said::Uncovered,
                Some(Some(false)) => Said::Clear,
            };
            let jurisdiction = list.jurisdiction.clone();
            registers.push(Register { jurisdiction, kind: list.source, said, obtained_at: list.obtained_at });
        }
    }
}

/// Whether a refusal of a prefix or of an erased number holds, or an external list has the number; `None`: not known.
pub fn refuses(phone: Phone, question: &Question, at: Option<i64>, asked: &Asked) -> Option<bool> {
    let mut known = true;
    match asked.own_refuses(phone, at) {
        Some(true) => return Some(true),
        Some(false) => {}
        None => known = false,
    }
    for list in &asked.lists {
        if let Some(sets) = &list.sets {
            match sets.has(phone.e164_number() as u64) {
                Some(true) => return Some(true),
                Some(false) => {}
                // The index is not what it must be.
                None => return by_sql(phone, question, at).filter(|refused| known || *refused),
            }
        }
        known &= list.strict.as_ref().is_none_or(|strict| !strict.doubts(phone));
    }
    known.then_some(false)
}

/// The names of lists on which a number is, the internal one for a refused prefix; `None`: not known.
pub fn names(phone: Phone, asked: &Asked, refused: bool) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let own = if refused { Some(true) } else { asked.own_refuses(phone, None) };
    if own == Some(true) {
        names.push("internal".to_owned());
    }
    let mut known = own.is_some();
    for list in &asked.lists {
        match list.sets.as_ref().map(|sets| sets.has(phone.e164_number() as u64)) {
            Some(Some(true)) => names.push(list.name.to_string()),
            Some(Some(false)) | None => known &= list.strict.as_ref().is_none_or(|strict| !strict.doubts(phone)),
            Some(None) => known = false,
        }
    }
    (known || !names.is_empty()).then_some(names)
}

impl Asked {
    /// Whether a refusal of a prefix or of an erased number meets the question; `None`: not known.
    pub fn own_refuses(&self, phone: Phone, at: Option<i64>) -> Option<bool> {
        if self.prefix_refuses(phone, at) {
            return Some(true);
        }
        self.fingerprints.as_ref().map_or(Some(false), |f| f.refuses(phone, &self.question, at))
    }

    /// Tells that so many numbers are about to be asked for.
    pub fn expect(&self, rows: f64) {
        if let Some(fingerprints) = &self.fingerprints {
            fingerprints.expect(rows);
        }
    }

    /// Whether a refusal of what the number begins with meets the question.
    fn prefix_refuses(&self, phone: Phone, at: Option<i64>) -> bool {
        if !self.has_prefix(phone) {
            return false;
        }
        let (now, past) = (at.unwrap_or_else(sys::now), sys::past(at));
        let mut ledger = Ledger::default();
        for prefix in self.prefixes.iter().filter(|prefix| prefix.holds(phone)) {
            if past.is_some_and(|at| prefix.received > at) {
                continue;
            }
            match prefix.ends {
                Some(ends) => ledger.ending(ends, prefix.scope.clone()),
                None if prefix.expires <= now => {}
                None => {
                    if let Some(met) = self.question.meets(&prefix.scope.channel, prefix.scope.purpose.as_deref()) {
                        ledger.refusal(prefix.entry, met);
                    }
                }
            }
        }
        ledger.refused()
    }

    fn has_prefix(&self, phone: Phone) -> bool {
        self.prefixes.iter().any(|prefix| prefix.holds(phone))
    }

    /// What lists and prefixes say of a number, where that takes nothing but blocks that are in the buffers; `None` leaves
    /// the question to [`refuses`]. Raises no error but for want of memory.
    ///
    /// # Safety
    /// The query that asked is running, so that what it knows is what its snapshot sees, and holds the table locked.
    pub unsafe fn in_place(&self, phone: Phone) -> Option<bool> {
        if self.has_prefix(phone) || self.fingerprints.as_ref().is_some_and(|f| !f.surely_lack(phone)) {
            return None;
        }
        for list in &self.lists {
            if list.strict.as_ref().is_some_and(|strict| !strict.is_sure()) {
                return None;
            }
            // SAFETY: see above.
            if unsafe { list.sets.as_ref()?.in_place(phone.e164_number() as u64)? } {
                return Some(true);
            }
        }
        Some(false)
    }

    /// Whether [`Self::in_place`] has anything to look into.
    pub fn has_lists(&self) -> bool {
        !self.lists.is_empty()
    }

    /// Has the processor fetch what looks for these numbers will read.
    pub fn fetch(&self, bits: &[i64]) {
        if let Some(fingerprints) = &self.fingerprints {
            fingerprints.fetch(bits);
        }
        if self.lists.is_empty() {
            return;
        }
        let numbers: Vec<u64> = bits.iter().map(|bits| Phone::from_stored(*bits).e164_number() as u64).collect();
        for sets in self.lists.iter().filter_map(|list| list.sets.as_ref()) {
            // The sets of changes are small, and mostly in a cache.
            if let Ok(directory) = sets.whole.directory.try_borrow()
                && let Some(directory) = directory.as_ref()
            {
                directory.fetch(&numbers);
            }
        }
    }
}

impl Prefix {
    fn holds(&self, phone: Phone) -> bool {
        (self.range.0..=self.range.1).contains(&phone.bits())
    }
}

impl Strict {
    /// Whether the list knows all there is, of whatever number.
    fn is_sure(&self) -> bool {
        self.loaded && self.coverage.is_none() && !self.is_stale(sys::now())
    }

    fn is_stale(&self, at: i64) -> bool {
        self.good_until < at
    }

    fn covers(&self, phone: Phone) -> bool {
        let covered = |all: &Vec<(i64, i64)>| all.iter().any(|(from, to)| (*from..=*to).contains(&phone.bits()));
        self.coverage.as_ref().is_none_or(covered)
    }

    /// Whether a number that is not on the list may yet be.
    fn doubts(&self, phone: Phone) -> bool {
        let doubt = !self.loaded || self.is_stale(sys::now()) || !self.covers(phone);
        doubt && self.region.as_deref().is_none_or(|own| library::region(phone).is_none_or(|region| region == own))
    }
}

impl Sets {
    fn has(&self, number: u64) -> Option<bool> {
        let Some((plus, minus)) = &self.changes else { return self.whole.has(number) };
        Some(plus.has(number)? || (self.whole.has(number)? && !minus.has(number)?))
    }

    /// # Safety
    /// As for [`Asked::in_place`].
    unsafe fn in_place(&self, number: u64) -> Option<bool> {
        // SAFETY: see above.
        unsafe {
            let Some((plus, minus)) = &self.changes else { return self.whole.in_place(number) };
            Some(plus.in_place(number)? || (self.whole.in_place(number)? && !minus.in_place(number)?))
        }
    }
}

impl Set {
    /// The set, with what was found out about it before.
    fn of(id: i64, before: Option<&Config>) -> Rc<Set> {
        let known = before.into_iter().flat_map(|config| &config.lists).filter_map(|list| list.sets.as_ref());
        known
            .flat_map(|sets| std::iter::once(&sets.whole).chain(sets.changes.iter().flat_map(|(p, m)| [p, m])))
            .find(|set| set.id == id)
            .map_or_else(|| Rc::new(Set { id, looks: Cell::new(0), directory: RefCell::new(None) }), Rc::clone)
    }

    /// Whether it has a number; `None` if its index cannot be trusted.
    fn has(&self, number: u64) -> Option<bool> {
        if self.directory.borrow().is_some()
            && let Some(answer) = executor::with_blocks(blocks().0, |table| self.by_directory(table, number))
        {
            return Some(answer);
        }
        executor::with_probe(Looked::Blocks, open, |probe| {
            self.looks.set(self.looks.get() + 1);
            if self.looks.get() >= LOOKS && settings::statement_set() != StatementSet::Off {
                self.looks.set(0);
                self.make_directory(probe);
                if let Some(answer) = self.by_directory(probe.table(), number) {
                    return answer;
                }
            }
            self.by_index(probe, number)
        })
    }

    fn by_directory(&self, table: pg_sys::Relation, number: u64) -> Option<bool> {
        let answer = {
            let directory = self.directory.borrow();
            let directory = directory.as_ref()?;
            // SAFETY: an open table, and a snapshot is active whenever a function is called.
            if directory.is_of(table) { unsafe { directory.has(table, number) } } else { None }
        };
        if answer.is_none() {
            self.put_directory(None);
        }
        answer
    }

    fn make_directory(&self, probe: &mut Probe) {
        let most = sys::allowed_bytes() / Directory::BYTES_A_BLOCK;
        let mut blocks = Vec::new();
        if probe.sweep_places(self.id, most, |start, place| blocks.push((start as u64, place))) {
            self.put_directory(Directory::new(probe.table(), self.id, &blocks));
        }
    }

    fn put_directory(&self, directory: Option<Directory>) {
        // Borrowed it is only where an error for want of memory left it so.
        if let Ok(mut place) = self.directory.try_borrow_mut() {
            *place = directory;
        }
    }

    fn by_index(&self, probe: &mut Probe, number: u64) -> bool {
        probe.seek_last(self.id, number as i64);
        if !probe.previous_row() {
            error::missing_block(self.id, number);
        }
        let answer = {
            let (values, nulls) = probe.columns(4);
            let int = |n: usize| values[n].value() as i64;
            if nulls.contains(&true) || int(0) != self.id || int(1) > number as i64 || int(2) <= number as i64 {
                error::missing_block(self.id, number);
            }
            // SAFETY: the column is a bytea, and the row stays until the next move.
            let bytes = unsafe { <&[u8]>::from_datum(values[3], false) }.unwrap_or_default();
            match Packed::of(bytes) {
                Ok(packed) => packed.contains(number).ok_or(Fault::Bits),
                Err(fault) => Err(fault),
            }
            .unwrap_or_else(|fault| error::broken_block(self.id, int(1) as u64, fault))
        };
        probe.rest(false);
        answer
    }

    /// # Safety
    /// As for [`Asked::in_place`].
    unsafe fn in_place(&self, number: u64) -> Option<bool> {
        let directory = self.directory.try_borrow().ok()?;
        // SAFETY: see above.
        unsafe { directory.as_ref()?.has_in_place(number) }
    }
}

fn by_sql(phone: Phone, question: &Question, at: Option<i64>) -> Option<bool> {
    let arguments = index_lookup::arguments(Some(phone), question, at);
    connected(sys::owner(), || {
        let row = REFUSES.with(|s| s.run(&arguments, true)).unwrap_or_else(|| error::missing_relation("list"));
        row[0].map(|d| d.value() != 0)
    })
}
