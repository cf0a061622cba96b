//! Rows inserted with their log sequence number, as in a restore.

use crate::error;
use crate::sys;
use crate::sys::row::text_datum;
use crate::sys::spi::{Statement, connected};
use crate::sys::trigger::Trigger;
use dnc_core::audit::canonical::same_row;
use pgrx::pg_sys::{self, Datum, Oid};
use std::cell::Cell;

thread_local! {
    /// Whether this transaction's restored rows may precede the log, once determined.
    pub static EARLY: Cell<Option<bool>> = const { Cell::new(None) };
    /// Whether this transaction has discarded the short list.
    pub static DISCARDED: Cell<bool> = const { Cell::new(false) };
    static DISCARD: Statement = const { Statement::new(c"DELETE FROM dnc.entry_watch_state", &[]) };
    static OWN: Statement = const { Statement::new(c"SELECT true FROM dnc.audit_log WHERE NOT loaded LIMIT 1", &[]) };
    /// The newest log row of a key: that of the number, unless the index of rows has a newer one.
    static LAST: Statement = const {
        Statement::new(
            c"SELECT l.seq, l.operation, d.after FROM (
                  (SELECT x.seq, x.operation FROM dnc.audit_log x WHERE x.relation OPERATOR(pg_catalog.=) $1 AND x.row_key OPERATOR(pg_catalog.=) $2 AND (x.relation OPERATOR(pg_catalog.<>) 'entry' OR x.operation OPERATOR(pg_catalog.<>) 'INSERT') ORDER BY x.seq USING OPERATOR(pg_catalog.>) LIMIT 1)
                  UNION ALL
                  (SELECT y.seq, y.operation FROM dnc.audit_log y WHERE y.seq OPERATOR(pg_catalog.=) $3 AND y.relation OPERATOR(pg_catalog.=) $1 AND y.row_key OPERATOR(pg_catalog.=) $2)) AS l
              LEFT JOIN dnc.audit_data d ON d.seq OPERATOR(pg_catalog.=) l.seq ORDER BY l.seq USING OPERATOR(pg_catalog.>) LIMIT 1",
            &[pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::INT8OID],
        )
    };
}

/// A row inserted with its log sequence number must match the last log row of its key.
///
/// A parallel restore loads tables in any order, so the log may not be loaded yet. Such a row is accepted only from a
/// superuser, the only role that restores, and only while this database has written no log row of its own; `dnc_health`
/// compares every row with the log, whenever it was inserted.
pub fn check_restored(trigger: &Trigger, relation: &str, key: &str, seq: i64, row: &str) {
    let last = connected(trigger.owner(), || {
        let found = LAST.with(|last| {
            last.values(&[Some(text_datum(relation)), Some(text_datum(key)), Some(Datum::from(seq))], false)
        })?;
        let text = |place: usize| found[place].text().map(str::to_owned);
        Some((found[0].int().unwrap_or(0), text(1).unwrap_or_default(), text(2)))
    });
    let early = matches!(last, None | Some((_, _, None)));
    if early && may_come_early(trigger.owner()) {
        return;
    }
    let why = match last {
        None => "the log does not know the row".to_owned(),
        Some((last, ..)) if last != seq => format!("its last log row is {last}"),
        Some((_, operation, _)) if operation == "DELETE" || operation == "ERASE" => "the row was deleted".to_owned(),
        Some((_, _, None)) => "the log no longer holds its data".to_owned(),
        Some((_, _, Some(logged))) if !same_row(&logged, row) => "the log describes other contents".to_owned(),
        Some(_) => return,
    };
    error::audit_forged(relation, key, seq, &why)
}

/// Discards the short list of opt-outs that may need attention (`sql/install/entry/watch.sql`), which finds changes by
/// log rows written here: until `dnc_maintain` makes another one, the whole list is read.
pub fn discard_watch(trigger: &Trigger) {
    if !DISCARDED.replace(true) {
        connected(trigger.owner(), || DISCARD.with(|discard| discard.run(&[], false)));
    }
}

/// Whether this is a restore whose log is not loaded yet. Determined once a transaction, since it reads the whole log.
fn may_come_early(owner: Oid) -> bool {
    if !sys::is_superuser(sys::outer_user()) {
        return false;
    }
    let found = EARLY.get().unwrap_or_else(|| connected(owner, || OWN.with(|own| own.run(&[], false)).is_none()));
    EARLY.set(Some(found));
    found
}
