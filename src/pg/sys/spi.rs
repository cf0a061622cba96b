//! Statements that the extension runs on its own tables: prepared once a session, run as the tables' owner.
//!
//! Every name in them is qualified and no operator needs a lookup beyond `pg_catalog`'s, so the caller's `search_path`
//! decides nothing.

use pgrx::pg_sys::{self, Datum, Oid};
use std::cell::Cell;
use std::ffi::CStr;

/// A statement and the types of its parameters.
pub struct Statement {
    text: &'static CStr,
    types: &'static [Oid],
    plan: Cell<pg_sys::SPIPlanPtr>,
}

impl Statement {
    pub const fn new(text: &'static CStr, types: &'static [Oid]) -> Statement {
        Statement { text, types, plan: Cell::new(std::ptr::null_mut()) }
    }

    /// Runs it and gives the first row's columns, if there is a row. Call inside [`connected`]. A statement that only
    /// reads runs under the active snapshot, any other under a new one.
    pub fn run(&self, arguments: &[Option<Datum>], read_only: bool) -> Option<Vec<Option<Datum>>> {
        debug_assert_eq!(arguments.len(), self.types.len());
        // SAFETY: SPI is connected; arrays live through the calls and have the declared lengths; results are read
        // before the next statement.
        unsafe {
            if self.plan.get().is_null() {
                let plan =
                    pg_sys::SPI_prepare(self.text.as_ptr(), self.types.len() as i32, self.types.as_ptr().cast_mut());
                if plan.is_null() || pg_sys::SPI_keepplan(plan) != 0 {
                    pgrx::error!("could not prepare a statement of the extension: {:?}", self.text);
                }
                self.plan.set(plan);
            }
            let mut values: Vec<Datum> = arguments.iter().map(|a| a.unwrap_or(Datum::from(0))).collect();
            let nulls: Vec<i8> = arguments.iter().map(|a| if a.is_some() { b' ' } else { b'n' } as i8).collect();
            let status =
                pg_sys::SPI_execute_plan(self.plan.get(), values.as_mut_ptr(), nulls.as_ptr().cast(), read_only, 0);
            if status < 0 {
                pgrx::error!("a statement of the extension failed with SPI status {status}: {:?}", self.text);
            }
            let table = pg_sys::SPI_tuptable;
            if table.is_null() || pg_sys::SPI_processed == 0 {
                return None;
            }
            let (row, columns) = (*(*table).vals, (*table).tupdesc);
            let row = (1..=(*columns).natts).map(|n| {
                let mut is_null = false;
                let value = pg_sys::SPI_getbinval(row, columns, n, &mut is_null);
                (!is_null).then_some(value)
            });
            Some(row.collect())
        }
    }
}

/// Runs `work` connected to SPI, as `owner`. What it returns must not point into SPI's memory.
pub fn connected<T>(owner: Oid, work: impl FnOnce() -> T) -> T {
    super::as_role(owner, || {
        // SAFETY: connect and finish come in pairs; an error in between is cleaned up by the abort.
        unsafe {
            pg_sys::SPI_connect();
            let result = work();
            pg_sys::SPI_finish();
            result
        }
    })
}
