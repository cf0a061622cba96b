//! The locks shared by guarded rows and opt-outs that commit at the same time.

use crate::sys::lock;
use crate::sys::spi::{Statement, connected};
use crate::sys::trigger::Trigger;
use crate::sys::xact::{self, Subtransaction, Transaction};
use crate::sys::{self};
use crate::{error, trigger_function};
use dnc_core::phone::{Phone, line};
use pgrx::pg_sys::{self, Datum};
use std::cell::Cell;

/// A transaction holds at most this many locks. Numbers that share a stripe only cause waiting.
const STRIPES: u32 = 128;

/// First key of the advisory locks; the second is the stripe.
const LOCK_CLASS: i32 = 0x444E43;

thread_local! {
    static TOUCHED: Cell<Touched> = Cell::default();
    static ENDINGS: Statement = const {
        Statement::new(c"SELECT pg_catalog.count(*) FROM dnc.entry AS w WHERE w.ends OPERATOR(pg_catalog.=) $1", &[pg_sys::INT8OID])
    };
}

/// Stripes that this transaction's rows touch, one bit each. Those of a rolled-back subtransaction remain: extra locks
/// do no harm.
#[derive(Clone, Copy, Default)]
pub struct Touched {
    pub guarded: u128,
    suppressed: u128,
    /// Locks already held, by mode.
    as_guard: u128,
    as_refusal: u128,
}

/// Called when the library is loaded.
pub fn init() {
    xact::at_transaction_end(|end| {
        if end != Transaction::Ending {
            TOUCHED.set(Touched::default());
        }
    });
    // A rolled-back subtransaction releases its locks.
    xact::at_subtransaction_end(|end| {
        if end == Subtransaction::RolledBack {
            touch(|t| (t.as_guard, t.as_refusal) = (0, 0));
        }
    });
}

/// The stripe of a number's line.
pub fn stripe(phone: Phone) -> u128 {
    // A multiplicative hash: spreads neighbouring numbers over the stripes.
    let mixed = (line::line(phone).bits() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    1 << ((mixed >> 32) as u32 % STRIPES)
}

/// Notes stripes that this transaction's rows touch.
pub fn touch(change: impl FnOnce(&mut Touched)) {
    let mut touched = TOUCHED.get();
    change(&mut touched);
    TOUCHED.set(touched);
}

/// Notes that an opt-out or revocation of a number is written: its stripe is locked at commit.
pub fn touch_suppressed(phone: Phone) {
    touch(|t| t.suppressed |= stripe(phone));
}

/// Takes the locks of all stripes that this transaction has touched, in ascending order: each in the mode of opt-outs,
/// of guards, or both.
pub fn lock_touched() {
    let mut touched = TOUCHED.get();
    let (suppresses, guards) = (touched.suppressed & !touched.as_refusal, touched.guarded & !touched.as_guard);
    for n in (0..STRIPES).filter(|n| (suppresses | guards) >> n & 1 != 0) {
        let mode = match (guards >> n & 1 != 0, suppresses >> n & 1 != 0) {
            (true, true) => lock::LockMode::Both,
            (true, false) => lock::LockMode::Reader,
            (false, _) => lock::LockMode::Writer,
        };
        lock::advisory(LOCK_CLASS, n as i32, mode);
    }
    touched.as_refusal |= suppresses;
    touched.as_guard |= guards;
    TOUCHED.set(touched);
}

trigger_function!(dnc_entry_touch, pg_finfo_dnc_entry_touch, entry_touch);

trigger_function!(dnc_touch_all, pg_finfo_dnc_touch_all, touch_all);

trigger_function!(dnc_entry_commit, pg_finfo_dnc_entry_commit, entry_commit);

/// BEFORE INSERT or UPDATE of a row that concerns every number.
fn touch_all(trigger: Trigger) -> Datum {
    let tuple = trigger.new_tuple().unwrap_or_else(|| error::not_a_trigger());
    touch(|t| t.suppressed = u128::MAX);
    trigger.pass(tuple)
}

/// BEFORE INSERT on `dnc.entry`. A writer that revokes an opt-out has locked it (`dnc.lock_refusals`); under a single
/// snapshot for the whole transaction it may not see an earlier revocation.
fn entry_touch(trigger: Trigger) -> Datum {
    let tuple = trigger.new_tuple().unwrap_or_else(|| error::not_a_trigger());
    let row = trigger.row(tuple);
    if let Some(phone) = row.value("phone") {
        touch_suppressed(Phone::from_stored(phone.int()));
    }
    if let Some(ends) = row.value("ends")
        && sys::keeps_one_snapshot()
    {
        let count =
            || ENDINGS.with(|s| s.run(&[Some(ends.datum())], true)).and_then(|row| row[0]).map(|count| count.value());
        let (seen, there) = connected(sys::owner(), || (sys::with_snapshot(count), sys::with_latest_snapshot(count)));
        if seen != there {
            error::ended_meanwhile(ends.int());
        }
    }
    trigger.pass(tuple)
}

/// AFTER INSERT on `dnc.entry`, deferred to the commit.
fn entry_commit(_: Trigger) -> Datum {
    lock_touched();
    Datum::from(0usize)
}
