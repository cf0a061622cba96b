//! Planner estimates for columns without collected statistics.

use pgrx::pg_sys::{self, Datum, Oid};
use pgrx::{PgRelation, pg_guard};
use std::sync::OnceLock;

/// Share of a column's values that are distinct, by table and column; `None` leaves the column alone.
pub type Distinct = fn(Oid, i16) -> Option<f32>;

static DISTINCT: OnceLock<Distinct> = OnceLock::new();
static mut PREVIOUS: pg_sys::get_relation_stats_hook_type = None;

/// Called when the library is loaded.
pub fn init(distinct: Distinct) {
    if DISTINCT.set(distinct).is_ok() {
        // SAFETY: the hook is a function of this library, which is never unloaded.
        unsafe {
            PREVIOUS = pg_sys::get_relation_stats_hook;
            pg_sys::get_relation_stats_hook = Some(relation_stats);
        }
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn relation_stats(
    root: *mut pg_sys::PlannerInfo,
    entry: *mut pg_sys::RangeTblEntry,
    column: pg_sys::AttrNumber,
    data: *mut pg_sys::VariableStatData,
) -> bool {
    // SAFETY: the planner's own structures, alive during its call.
    unsafe {
        if let Some(previous) = PREVIOUS
            && previous(root, entry, column, data)
        {
            return true;
        }
        let table = (*entry).relid;
        if u32::from(table) < pg_sys::FirstNormalObjectId || column <= 0 || is_known(table, column, (*entry).inh) {
            return false;
        }
        let Some(distinct) = DISTINCT.get().and_then(|distinct| distinct(table, column)) else { return false };
        (*data).statsTuple = tuple(table, column, distinct);
        (*data).freefunc = Some(free);
        true
    }
}

/// Whether a column has collected statistics.
unsafe fn is_known(table: Oid, column: i16, inherited: bool) -> bool {
    // SAFETY: a lookup in a cache; the row is released.
    unsafe {
        let row = pg_sys::SearchSysCache3(
            pg_sys::SysCacheIdentifier::STATRELATTINH as i32,
            Datum::from(table),
            Datum::from(column),
            Datum::from(inherited),
        );
        if !row.is_null() {
            pg_sys::ReleaseSysCache(row);
        }
        !row.is_null()
    }
}

/// A row of `pg_statistic` with only the number of distinct values.
unsafe fn tuple(table: Oid, column: i16, distinct: f32) -> pg_sys::HeapTuple {
    const COLUMNS: usize = pg_sys::Natts_pg_statistic as usize;
    let mut values = [Datum::from(0usize); COLUMNS];
    let mut nulls = [false; COLUMNS];
    values[0] = Datum::from(table);
    values[1] = Datum::from(column);
    // Width in bytes, and the distinct share as a negative number.
    values[4] = Datum::from(8i32);
    values[5] = Datum::from(distinct.to_bits());
    // Numbers and values of the five slots.
    nulls[COLUMNS - 10..].fill(true);
    // SAFETY: the arrays are as long as the table has columns.
    unsafe {
        let statistic = PgRelation::with_lock(pg_sys::StatisticRelationId, pg_sys::AccessShareLock as i32);
        pg_sys::heap_form_tuple((*statistic.as_ptr()).rd_att, values.as_mut_ptr(), nulls.as_mut_ptr())
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn free(tuple: pg_sys::HeapTuple) {
    // SAFETY: made above.
    unsafe { pg_sys::heap_freetuple(tuple) }
}
