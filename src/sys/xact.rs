//! The ends of transactions and subtransactions.

use super::report;
use pgrx::pg_guard;
use pgrx::pg_sys::{self, SubXactEvent, XactEvent};
use std::cell::RefCell;
use std::ffi::c_void;

/// What happens to a transaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transaction {
    /// It is about to commit or to be prepared: an error still stops it.
    Ending,
    Committed,
    /// Rolled back, prepared, or ended in a parallel worker: no error may be raised.
    Over,
}

/// What happens to a subtransaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subtransaction {
    /// It is about to be released: an error still stops it.
    Ending,
    /// What it did is now its parent's.
    Released,
    /// It is rolled back: no error may be raised.
    RolledBack,
}

thread_local! {
    static TRANSACTION: RefCell<Vec<fn(Transaction)>> = const { RefCell::new(Vec::new()) };
    static SUBTRANSACTION: RefCell<Vec<fn(Subtransaction)>> = const { RefCell::new(Vec::new()) };
}

/// Called when the library is loaded.
pub fn init() {
    // SAFETY: the callbacks are functions of this library, which is never unloaded.
    unsafe {
        pg_sys::RegisterXactCallback(Some(transaction_ends), std::ptr::null_mut());
        pg_sys::RegisterSubXactCallback(Some(subtransaction_ends), std::ptr::null_mut());
    }
}

/// Registers `callback` for the end of each transaction. Call when the library is loaded.
pub fn at_transaction_end(callback: fn(Transaction)) {
    TRANSACTION.with_borrow_mut(|all| all.push(callback));
}

/// Registers `callback` for the end of each subtransaction, which then still counts as a nesting level. Call when the
/// library is loaded.
pub fn at_subtransaction_end(callback: fn(Subtransaction)) {
    SUBTRANSACTION.with_borrow_mut(|all| all.push(callback));
}

/// Nesting level of transactions.
pub fn nesting_level() -> i32 {
    // SAFETY: a read of the transaction's state.
    unsafe { super::raw::GetCurrentTransactionNestLevel() }
}

/// Start of this transaction, in microseconds since 2000-01-01 UTC.
pub fn start() -> i64 {
    // SAFETY: reads a variable of the server's.
    unsafe { pg_sys::GetCurrentTransactionStartTimestamp() }
}

/// This transaction's id, with its epoch; assigns one if it has none.
pub fn id() -> u64 {
    // SAFETY: raises an error if no id can be assigned.
    unsafe { pg_sys::GetTopFullTransactionId().value }
}

/// The same, if it has one.
pub fn id_if_assigned() -> Option<u64> {
    // SAFETY: a read of the transaction's state.
    let id = unsafe { pg_sys::GetTopFullTransactionIdIfAny().value };
    (id != 0).then_some(id)
}

/// The number of the current command.
pub fn command() -> u32 {
    // SAFETY: a read of the transaction's state, since the command need not write.
    unsafe { pg_sys::GetCurrentCommandId(false) }
}

/// The next transaction id to be assigned, with its epoch.
pub fn next_id() -> u64 {
    // SAFETY: a read of shared memory under a lock.
    unsafe { pg_sys::ReadNextFullTransactionId().value }
}

/// Makes the changes of the last command visible from now on.
pub fn next_command() {
    // SAFETY: raises an error if that is not possible.
    unsafe { pg_sys::CommandCounterIncrement() };
}

/// A callback may end with an error that has one of the extension's own SQLSTATEs.
unsafe extern "C-unwind" fn transaction_ends(event: XactEvent::Type, argument: *mut c_void) {
    // SAFETY: called by the server; the guard has returned, and there is nothing to drop.
    unsafe {
        guarded(event, argument);
        report::raise_kept();
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn guarded(event: XactEvent::Type, _argument: *mut c_void) {
    use XactEvent::{XACT_EVENT_COMMIT, XACT_EVENT_PARALLEL_PRE_COMMIT, XACT_EVENT_PRE_COMMIT, XACT_EVENT_PRE_PREPARE};
    let what = match event {
        XACT_EVENT_PRE_COMMIT | XACT_EVENT_PARALLEL_PRE_COMMIT | XACT_EVENT_PRE_PREPARE => Transaction::Ending,
        XACT_EVENT_COMMIT => Transaction::Committed,
        _ => Transaction::Over,
    };
    // A callback may raise an error, so the list must not be borrowed.
    for n in 0..TRANSACTION.with_borrow(Vec::len) {
        TRANSACTION.with_borrow(|all| all[n])(what);
        if report::is_kept() {
            return;
        }
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn subtransaction_ends(
    event: SubXactEvent::Type,
    _mine: pg_sys::SubTransactionId,
    _parent: pg_sys::SubTransactionId,
    _argument: *mut c_void,
) {
    let what = match event {
        SubXactEvent::SUBXACT_EVENT_PRE_COMMIT_SUB => Subtransaction::Ending,
        SubXactEvent::SUBXACT_EVENT_COMMIT_SUB => Subtransaction::Released,
        SubXactEvent::SUBXACT_EVENT_ABORT_SUB => Subtransaction::RolledBack,
        _ => return,
    };
    for n in 0..SUBTRANSACTION.with_borrow(Vec::len) {
        SUBTRANSACTION.with_borrow(|all| all[n])(what);
    }
}
