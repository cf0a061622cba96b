//! Numbers that were erased, in checks.
//!
//! A number is looked for under the pseudonym that each key gives it. A session that asks often keeps a filter of all pseudonyms, from
//! which most numbers are known to have none; the filter is made from the index as it is, rows that nobody sees yet
//! included, and goes when `dnc.list_epoch` changes, so that whatever a snapshot sees is in it.
//!
//! A registered key that the file does not have, or has with other bytes, leaves every number that nothing else refuses
//! unknown.

use crate::entry::index_lookup;
use crate::error;
use crate::keys::{self, Ring};
use crate::sys;
use crate::sys::probe::{Probe, Swept};
use dnc_core::entry::scope::Question;
use dnc_core::list::pseudonym::{Filter, Key, Pseudonym};
use dnc_core::phone::Phone;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// What a look costs, and what reading one pseudonym into the filter does, in nanoseconds: measured once.
const LOOK_NANOS: f64 = 2_000.0;
const PSEUDONYM_NANOS: f64 = 20.0;

/// A row of `dnc.pseudonym_key` that is not retired.
pub struct Registered {
    pub id: String,
    pub check: Vec<u8>,
}

/// The keys of the store, and what this session has found out about their pseudonyms.
pub struct Pseudonyms {
    /// The keys of the file as they were when these were made.
    ring: Option<Rc<Ring>>,
    keys: Vec<(String, Key)>,
    missing: Vec<String>,
    filter: RefCell<Option<Filter>>,
    ahead: RefCell<Upcoming>,
    /// Looks that a filter would have spared, and how many it costs to make one.
    looks: Cell<f64>,
    worth: Cell<Option<f64>>,
}

/// Numbers that a scan is about to bring, and whether the filter lets each pass.
#[derive(Default)]
struct Upcoming {
    bits: Vec<i64>,
    /// Their pseudonyms under one key.
    highs: Vec<i64>,
    /// Whether each may have a pseudonym under any.
    may_have: Vec<bool>,
    /// Which the next call should ask for.
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

    /// Whether the file still has the keys it had.
    pub fn is_current(&self) -> bool {
        match (&self.ring, keys::ring().ok()) {
            (Some(then), Some(now)) => Rc::ptr_eq(then, &now),
            (None, None) => true,
            _ => false,
        }
    }

    /// The number's pseudonym under each key at hand, by the key's name, that of the newest first.
    pub fn pseudonyms(&self, phone: Phone) -> impl Iterator<Item = (&str, Pseudonym)> {
        self.keys.iter().map(move |(id, key)| (&id[..], key.pseudonym(phone)))
    }

    /// Registered keys that are not at hand.
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    /// Tells that so many numbers are about to be asked for.
    pub fn expect(&self, looks: f64) {
        if self.filter.borrow().is_none() && looks > self.worth() * 1.5 {
            self.make_filter();
        }
    }

    /// Whether an erased number's refusal meets the question; `None`: not known, for want of a key.
    pub fn refuses(&self, phone: Phone, question: &Question, at: Option<i64>) -> Option<bool> {
        if self.filter.borrow().is_none() {
            self.looks.set(self.looks.get() + self.keys.len() as f64);
            if self.looks.get() > self.worth() {
                self.make_filter();
            }
        }
        for (_, key) in &self.keys {
            let may_have = self.filter.borrow().as_ref().is_none_or(|filter| filter.may_have(key.high(phone)));
            if may_have && index_lookup::lookup_pseudonym(key.pseudonym(phone), question, at) {
                return Some(true);
            }
        }
        self.missing.is_empty().then_some(false)
    }

    /// Whether it is certain, without a look, that the number has no pseudonym. Raises no error.
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

    /// Asks the filter for numbers that are about to come, all of them at once: so the processor waits for one memory access
    /// while it does the next.
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

    /// How many looks cost what making the filter does; without end where it cannot be made.
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

/// All pseudonyms of the index, whoever sees their rows.
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
