//! `sql/install/audit/log.sql`: the triggers that write the log.
//!
//! A BEFORE trigger draws the log sequence number; an AFTER trigger, which sees generated columns and is not called for
//! rows dropped by `ON CONFLICT`, writes the log row. An INSERT with a log sequence number is a restore: it writes
//! nothing, and must match the last log row of its key.

use super::log_row::{Change, log};
use super::restored::{DISCARDED, EARLY, check_restored, discard_watch};
use super::row::{SEQ, canonical_row, key_of, seq_of};
use crate::sys::invalidation;
use crate::sys::row::text_datum;
use crate::sys::sequence::Sequence;
use crate::sys::spi::{Statement, connected};
use crate::sys::trigger::{Event, Trigger};
use crate::sys::xact::{self, Subtransaction};
use crate::sys::{self};
use crate::{error, trigger_function};
use pgrx::pg_extern;
use pgrx::pg_sys::{self, Datum, Oid};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::thread::LocalKey;

thread_local! {
    /// Rows inserted with their log sequence number, between their BEFORE and AFTER triggers: relation, key and number.
    static BROUGHT: RefCell<HashSet<(u32, String, i64)>> = RefCell::default();
    /// Whether the extension is inserting the log row itself.
    static WRITING: Cell<bool> = const { Cell::new(false) };
    /// Whether rows are being erased.
    static ERASING: Cell<bool> = const { Cell::new(false) };
    static NUMBERS: Sequence = {
        invalidation::register(&NUMBERS);
        Sequence::new(c"audit_seq")
    };
    /// Two searches, since an entry's first log row is not in the index of rows.
    static FORGET: Statement = const {
        Statement::new(
            c"DELETE FROM dnc.audit_data d USING dnc.audit_log l WHERE l.relation OPERATOR(pg_catalog.=) $1 AND l.row_key OPERATOR(pg_catalog.=) $2 AND (l.relation OPERATOR(pg_catalog.<>) 'entry' OR l.operation OPERATOR(pg_catalog.<>) 'INSERT') AND d.seq OPERATOR(pg_catalog.=) l.seq AND l.operation OPERATOR(pg_catalog.<>) 'ERASE'",
            &[pg_sys::TEXTOID, pg_sys::TEXTOID],
        )
    };
    static FORGET_ONE: Statement = const {
        Statement::new(c"DELETE FROM dnc.audit_data d WHERE d.seq OPERATOR(pg_catalog.=) $1", &[pg_sys::INT8OID])
    };
}

/// Called when the library is loaded.
pub fn init() {
    xact::at_transaction_end(|_| {
        BROUGHT.with_borrow_mut(|brought| brought.clear());
        EARLY.set(None);
        DISCARDED.set(false);
    });
    xact::at_subtransaction_end(|end| {
        if end == Subtransaction::RolledBack {
            DISCARDED.set(false);
        }
    });
}

trigger_function!(dnc_audit_draw, pg_finfo_dnc_audit_draw, draw);

trigger_function!(dnc_audit_write, pg_finfo_dnc_audit_write, write);

trigger_function!(dnc_audit_stamp, pg_finfo_dnc_audit_stamp, stamp);

/// BEFORE INSERT OR UPDATE, argument: the key column.
pub fn draw(trigger: Trigger) -> Datum {
    let new = trigger.new_tuple().unwrap_or_else(|| error::not_a_trigger());
    let row = trigger.row(new);
    if trigger.event() == Event::Update {
        let old = trigger.row(trigger.old_tuple().expect("an update has an old row"));
        let (was, is) = (key_of(&trigger, &old), key_of(&trigger, &row));
        if was != is {
            error::audit_key_changed(&trigger.relation_name(), &was, &is);
        }
    } else if let Some(seq) = seq_of(&row) {
        let brought = (trigger.relation_oid().to_u32(), key_of(&trigger, &row), seq);
        BROUGHT.with_borrow_mut(|all| all.insert(brought));
        return trigger.pass(new);
    }
    trigger.pass(row.with(SEQ, Some(Datum::from(next_seq(trigger.owner())))))
}

/// AFTER INSERT, UPDATE OR DELETE, argument: the key column.
fn write(trigger: Trigger) -> Datum {
    let relation = trigger.relation_name();
    let old = trigger.old_tuple().map(|t| trigger.row(t));
    let new = trigger.new_tuple().map(|t| trigger.row(t));
    let key = key_of(&trigger, new.as_ref().or(old.as_ref()).expect("a row trigger has a row"));
    let before = old.as_ref().map(|r| canonical_row(&relation, r));
    let after = new.as_ref().map(|r| canonical_row(&relation, r));
    let seq = match new.as_ref().and_then(seq_of) {
        Some(seq) if trigger.event() == Event::Insert && was_brought(&trigger, &key, seq) => {
            check_restored(&trigger, &relation, &key, seq, after.as_deref().unwrap_or(""));
            discard_watch(&trigger);
            return Datum::from(0usize);
        }
        Some(seq) => seq,
        None => next_seq(trigger.owner()),
    };
    if ERASING.get() && trigger.event() == Event::Delete {
        // The log records only the erasure; the earlier commitments remain.
        let erased = Change { seq, relation: &relation, operation: "ERASE", key: &key, before: None, after: None };
        log(&trigger, &erased);
        connected(trigger.owner(), || {
            FORGET.with(|forget| forget.run(&[Some(text_datum(&relation)), Some(text_datum(&key))], false));
            let last = old.as_ref().and_then(seq_of);
            FORGET_ONE.with(|forget| forget.run(&[last.map(Datum::from)], false));
        });
        return Datum::from(0usize);
    }
    let operation = match trigger.event() {
        Event::Insert => "INSERT",
        Event::Update => "UPDATE",
        Event::Delete => "DELETE",
        Event::Truncate => error::not_a_trigger(),
    };
    let (before, after) = (before.as_deref(), after.as_deref());
    log(&trigger, &Change { seq, relation: &relation, operation, key: &key, before, after });
    Datum::from(0usize)
}

/// Runs `work`, in which history rows can be deleted, each with all its data in the log.
pub fn erasing<T>(work: impl FnOnce() -> T) -> T {
    marked(&ERASING, work)
}

/// Runs `work`, whose rows are not stamped as loaded.
pub fn writing<T>(work: impl FnOnce() -> T) -> T {
    marked(&WRITING, work)
}

/// Runs `work` with a flag set.
fn marked<T>(flag: &'static LocalKey<Cell<bool>>, work: impl FnOnce() -> T) -> T {
    let _mark = SetFlag::set(flag);
    work()
}

/// `dnc.erasing()`: whether rows are being erased: only while [`erasing`] runs.
#[pg_extern(sql = false)]
fn dnc_erasing() -> bool {
    ERASING.get()
}

/// Sets a flag for its lifetime; also cleared when an error unwinds.
struct SetFlag(&'static LocalKey<Cell<bool>>);

impl SetFlag {
    fn set(flag: &'static LocalKey<Cell<bool>>) -> SetFlag {
        flag.set(true);
        SetFlag(flag)
    }
}

impl Drop for SetFlag {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

fn was_brought(trigger: &Trigger, key: &str, seq: i64) -> bool {
    BROUGHT
        .with_borrow_mut(|all| !all.is_empty() && all.remove(&(trigger.relation_oid().to_u32(), key.to_owned(), seq)))
}

/// BEFORE INSERT on the log itself: marks rows that the extension did not write as loaded.
fn stamp(trigger: Trigger) -> Datum {
    let row = trigger.row(trigger.new_tuple().unwrap_or_else(|| error::not_a_trigger()));
    trigger.pass(row.with("loaded", Some(Datum::from(!WRITING.get()))))
}

/// The next log sequence number.
pub fn next_seq(owner: Oid) -> i64 {
    sys::as_role(owner, || NUMBERS.with(Sequence::next))
}
