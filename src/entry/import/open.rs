//! Rows of open imports: the trigger and the default of `dnc.import_row`.

use crate::sys::spi::{Statement, connected};
use crate::sys::trigger::Trigger;
use crate::sys::xact::{self, Subtransaction};
use crate::{error, raw_function, settings, trigger_function};
use pgrx::IntoDatum;
use pgrx::pg_sys::{self, Datum};
use std::cell::Cell;

thread_local! {
    /// The import that was found open and locked, and the command that found it.
    static OPEN: Cell<Option<(i64, u32)>> = const { Cell::new(None) };
    /// Locked: an import cannot be finished while rows for it are uncommitted.
    static LOCK: Statement = const {
        Statement::new(
            c"SELECT true FROM dnc.import_batch AS b WHERE b.batch_id OPERATOR(pg_catalog.=) $1 AND b.state OPERATOR(pg_catalog.=) 'open' FOR SHARE",
            &[pg_sys::INT8OID],
        )
    };
}

/// Called when the library is loaded.
pub fn init() {
    xact::at_transaction_end(|_| OPEN.set(None));
    xact::at_subtransaction_end(|end| {
        if end == Subtransaction::RolledBack {
            OPEN.set(None);
        }
    });
}

trigger_function!(dnc_import_is_open, pg_finfo_dnc_import_is_open, is_open);

raw_function!(dnc_current_batch, pg_finfo_dnc_current_batch, |args| args.give(current_batch().into_datum()));

/// BEFORE INSERT OR UPDATE: raises an error if the import is not open. Looked up once in a command.
fn is_open(trigger: Trigger) -> Datum {
    let tuple = trigger.new_tuple().unwrap_or_else(|| error::not_a_trigger());
    let batch = trigger.row(tuple).value("batch_id").map_or(0, |batch| batch.int());
    if OPEN.get() != Some((batch, xact::command())) {
        let key = [batch.into_datum()];
        if connected(trigger.owner(), || LOCK.with(|lock| lock.run(&key, false))).is_none() {
            error::import_not_open(batch);
        }
        OPEN.set(Some((batch, xact::command())));
    }
    trigger.pass(tuple)
}

/// The import that this transaction started: a setting of an earlier client of the connection does not count.
fn current_batch() -> i64 {
    let open = settings::import_batch(|set| {
        let (batch, transaction) = set.to_str().ok()?.split_once(' ')?;
        let is_own = xact::id_if_assigned().is_some_and(|own| transaction.parse() == Ok(own));
        if is_own { batch.parse().ok() } else { None }
    });
    open.flatten().unwrap_or_else(|| error::no_open_import())
}
