//! Checks of erased numbers.
//!
//! A number is looked up under its pseudonym for each key. A session with many lookups caches a filter of all
//! pseudonyms, which rules out most numbers. The filter is built from the whole index, including rows that no snapshot
//! sees yet, and is discarded when `dnc.list_epoch` changes, so it contains everything that a snapshot sees.
//!
//! If a registered key is missing from the file, or differs there, every number that is not suppressed otherwise is
//! reported as not known.

use crate::entry::index_lookup;
use crate::error;
use crate::keys::{self, Ring};
use crate::sys;
use crate::sys::probe::{Probe, Swept};
use dnc_core::entry::scope::QueryScope;
use dnc_core::list::pseudonym::{Filter, Key, Pseudonym};
use dnc_core::phone::Phone;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Cost of a lookup, and of reading one pseudonym into the filter, in nanoseconds: measured once.
const LOOK_NANOS: f64 = 2_000.0;
const PSEUDONYM_NANOS: f64 = 20.0;

/// A row of `dnc.pseudonym_key` that is not retired.
pub struct Registered {
    pub id: String,
    pub check: Vec<u8>,
}

/// The registered keys, and what this session has cached of their pseudonyms.
pub struct Pseudonyms {
    /// The file's keys at the time of caching.
    ring: Option<Rc<Ring>>,
    keys: Vec<(String, Key)>,
    missing: Vec<String>,
    filter: RefCell<Option<Filter>>,
    ahead: RefCell<Upcoming>,
    /// Lookups that a filter would have saved, and how many lookups cost as much as building one.
    looks: Cell<f64>,
    worth: Cell<Option<f64>>,
}

/// Numbers that a scan is about to return, and whether the filter lets each pass.
#[derive(Default)]
struct Upcoming {
    bits: Vec<i64>,
    /// Their pseudonyms under one key.
    highs: Vec<i64>,
    /// Whether each may have a pseudonym under any key.
    may_have: Vec<bool>,
    /// Index of the number expected next.
    next: usize,
}

impl Pseudonyms {
    pub fn of(registered: &[Registered]) -> Rc<Pseudonyms> {
        let ring = keys::ring();
        let find = |wanted: &Registered| {
            let key = Key::new(ring.as_ref().ok()?.get(&wanted.id)?);
            (key.check()[..] == wanted.check).then(|| (wanted.id.clone(), key))
        };
        let keys: Vec<_> = registered.iter().filter_map(find).collect();
        let has = |id: &str| keys.iter().any(|(known, _)| known == id);
        let missing: Vec<String> = registered.iter().map(|r| r.id.clone()).filter(|id| !has(id)).collect();
        if !missing.is_empty() {
            error::warn_missing_keys(&missing);
        }
        let (filter, looks, worth) = (RefCell::new(None), Cell::new(0.0), Cell::new(None));
        let ahead = RefCell::default();
        Rc::new(Pseudonyms { ring: ring.ok(), keys, missing, filter, ahead, looks, worth })
    }

    /// Whether the file still has the same keys.
    pub fn is_current(&self) -> bool {
        match (&self.ring, keys::ring().ok()) {
            (Some(then), Some(now)) => Rc::ptr_eq(then, &now),
            (None, None) => true,
            _ => false,
        }
    }

    /// The number's pseudonym under each available key, with the key's name, newest key first.
    pub fn pseudonyms(&self, phone: Phone) -> impl Iterator<Item = (&str, Pseudonym)> {
        self.keys.iter().map(move |(id, key)| (&id[..], key.pseudonym(phone)))
    }

    /// Registered keys that are not available.
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    /// Announces that about this many numbers will be checked.
    pub fn expect(&self, looks: f64) {
        if self.filter.borrow().is_none() && looks > self.worth() * 1.5 {
            self.make_filter();
        }
    }

    /// Whether an erased number's opt-out is in scope; `None`: not known, because a key is missing.
    pub fn suppresses(&self, phone: Phone, query: &QueryScope, at: Option<i64>) -> Option<bool> {
        if self.filter.borrow().is_none() {
            self.looks.set(self.looks.get() + self.keys.len() as f64);
            if self.looks.get() > self.worth() {
                self.make_filter();
            }
        }
        for (_, key) in &self.keys {
            let may_have = self.filter.borrow().as_ref().is_none_or(|filter| filter.may_have(key.high(phone)));
            if may_have && index_lookup::lookup_pseudonym(key.pseudonym(phone), query, at) {
                return Some(true);
            }
        }
        self.missing.is_empty().then_some(false)
    }

    /// Whether it is certain, without a lookup, that the number has no pseudonym. Raises no error.
    pub fn surely_lack(&self, phone: Phone) -> bool {
        if !self.missing.is_empty() {
            return false;
        }
        if let Ok(mut ahead) = self.ahead.try_borrow_mut()
            && let Some(passed) = ahead.bits.iter().skip(ahead.next).take(4).position(|bits| *bits == phone.bits())
        {
            let place = ahead.next + passed;
            ahead.next = place + 1;
            return !ahead.may_have[place];
        }
        let Ok(filter) = self.filter.try_borrow() else { return false };
        let Some(filter) = filter.as_ref() else { return false };
        !self.keys.iter().any(|(_, key)| filter.may_have(key.high(phone)))
    }

    /// Applies the filter to the next numbers of a scan, all at once, so that their memory accesses overlap.
    pub fn fetch(&self, bits: &[i64]) {
        let (Ok(filter), Ok(mut ahead)) = (self.filter.try_borrow(), self.ahead.try_borrow_mut()) else { return };
        let Upcoming { bits: known, highs, may_have, next } = &mut *ahead;
        known.clear();
        *next = 0;
        let Some(filter) = filter.as_ref() else { return };
        known.extend_from_slice(bits);
        may_have.clear();
        may_have.resize(bits.len(), false);
        for (_, key) in &self.keys {
            highs.clear();
            highs.extend(bits.iter().map(|bits| key.high(Phone::from_stored(*bits))));
            highs.iter().for_each(|high| filter.fetch(*high));
            may_have.iter_mut().zip(highs.iter()).for_each(|(may, high)| *may |= filter.may_have(*high));
        }
    }

    /// How many lookups cost as much as building the filter; infinite if it cannot be built.
    fn worth(&self) -> f64 {
        self.worth.get().unwrap_or_else(|| {
            let pseudonyms = index_lookup::with_pseudonyms(|probe| probe.estimate().0);
            let worth = pseudonyms.map_or(f64::INFINITY, |pseudonyms| pseudonyms * PSEUDONYM_NANOS / LOOK_NANOS);
            self.worth.set(Some(worth));
            worth
        })
    }

    fn make_filter(&self) {
        match index_lookup::with_pseudonyms(read_pseudonyms).flatten() {
            Some(filter) => {
                self.ahead.take();
                *self.filter.borrow_mut() = Some(filter);
            }
            None => self.worth.set(Some(f64::INFINITY)),
        }
    }
}

/// All pseudonyms in the index, whether or not their rows are visible.
fn read_pseudonyms(probe: &mut Probe) -> Option<Filter> {
    let mut filter = Filter::new(probe.estimate().0 as usize, sys::allowed_bytes())?;
    let mut batch = [Swept::default(); 1024];
    probe.lock_all();
    probe.seek(None);
    loop {
        let swept = probe.sweep(&mut batch, |_| false);
        batch[..swept].iter().for_each(|entry| filter.insert(entry.key));
        if swept < batch.len() {
            probe.rest(true);
            return Some(filter);
        }
    }
}
