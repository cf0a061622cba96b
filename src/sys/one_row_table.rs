//! A table of one row, read without SQL.

use super::raw;
use pgrx::pg_sys::{self, Datum, Oid};
use std::cell::Cell;
use std::ptr;

thread_local! {
    /// Last location of the page: table and buffer.
    static RECENT: Cell<(Oid, pg_sys::Buffer)> = const { Cell::new((pg_sys::InvalidOid, 0)) };
}

/// A column (eight bytes by value, from 1) of the first row visible to the active snapshot; `None` if there is no row.
pub fn row(table: Oid, column: i32) -> Option<i64> {
    // SAFETY: the table is opened before it is read, and closed.
    unsafe {
        let lock = pg_sys::AccessShareLock as i32;
        let relation = super::open(table, c"list_epoch", pg_sys::AccessShareLock);
        // A serializable transaction must record what it read, as a scan does.
        let found = if pg_sys::XactIsoLevel == pg_sys::XACT_SERIALIZABLE as i32 {
            None
        } else {
            raw::guard(pg_sys::CurrentMemoryContext, || in_first_page(relation, column))
        };
        let value = found.or_else(|| scanned(relation, column));
        pg_sys::table_close(relation, lock);
        value.map(|value| value.value() as i64)
    }
}

/// The row at its usual location: a scan would ask the system for the file's size each time.
///
/// # Safety
/// The table is open and a snapshot active; an error may be raised.
unsafe fn in_first_page(relation: pg_sys::Relation, column: i32) -> Option<Datum> {
    // SAFETY: see above; the page is pinned and locked while it is read.
    unsafe {
        let (table, recent) = RECENT.get();
        let main = pg_sys::ForkNumber::MAIN_FORKNUM;
        let known = table == (*relation).rd_id && raw::ReadRecentBuffer(raw::node(relation), main, 0, recent);
        let buffer = if known {
            recent
        } else {
            if raw::RelationGetNumberOfBlocksInFork(relation, main) == 0 {
                return None;
            }
            raw::ReadBuffer(relation, 0)
        };
        RECENT.set(((*relation).rd_id, buffer));
        raw::LockBuffer(buffer, pg_sys::BUFFER_LOCK_SHARE as i32);
        let page = raw::page(buffer);
        let value = (1..=raw::rows(page)).find_map(|place| {
            let (row, len) = raw::row(page, place)?;
            if !raw::sees((row, len), (*relation).rd_id, (0, place), buffer) {
                return None;
            }
            let mut tuple =
                pg_sys::HeapTupleData { t_len: len as u32, t_data: row.cast_mut().cast(), ..Default::default() };
            raw::attribute(&mut tuple, column, (*relation).rd_att)
        });
        raw::LockBuffer(buffer, pg_sys::BUFFER_LOCK_UNLOCK as i32);
        raw::ReleaseBuffer(buffer);
        value
    }
}

/// # Safety
/// The table is open and a snapshot active.
unsafe fn scanned(relation: pg_sys::Relation, column: i32) -> Option<Datum> {
    // SAFETY: see above; the tuple's page stays pinned while it is read.
    unsafe {
        let scan = pg_sys::table_beginscan_strat(relation, raw::GetActiveSnapshot(), 0, ptr::null_mut(), false, false);
        let tuple = pg_sys::heap_getnext(scan, pg_sys::ScanDirection::ForwardScanDirection);
        let value = tuple.as_mut().and_then(|tuple| raw::attribute(tuple, column, (*relation).rd_att));
        pg_sys::heap_endscan(scan);
        value
    }
}
