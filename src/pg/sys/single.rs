//! A table of one row, read without SQL.

use super::raw;
use pgrx::pg_sys::{self, Oid};
use std::ptr;

/// A column (eight bytes by value, from 1) of a table's first row that the active snapshot sees; `None` if there is no row.
pub fn row(table: Oid, column: i32) -> Option<i64> {
    // SAFETY: the table is opened before it is read, and closed; the tuple's page stays pinned while it is read.
    unsafe {
        let lock = pg_sys::AccessShareLock as i32;
        let table = pg_sys::table_open(table, lock);
        let scan = pg_sys::table_beginscan_strat(table, raw::GetActiveSnapshot(), 0, ptr::null_mut(), false, false);
        let tuple = pg_sys::heap_getnext(scan, pg_sys::ScanDirection::ForwardScanDirection);
        let value = tuple.as_mut().and_then(|tuple| raw::attribute(tuple, column, (*table).rd_att));
        pg_sys::heap_endscan(scan);
        pg_sys::table_close(table, lock);
        value.map(|value| value.value() as i64)
    }
}
