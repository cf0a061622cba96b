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
        let mut first = None;
        self.each(arguments, read_only, |row| first = first.take().or_else(|| Some(row.to_vec())));
        first
    }

    /// Runs it and hands over the columns of each row. Call inside [`connected`]. See [`Self::run`].
    pub fn each(&self, arguments: &[Option<Datum>], read_only: bool, mut row: impl FnMut(&[Option<Datum>])) {
        debug_assert_eq!(arguments.len(), self.types.len());
        // SAFETY: SPI is connected; arrays live through the calls and have the declared lengths; results are read
        // before the next statement.
        unsafe {
            if self.plan.get().is_null() {
                // One plan for all arguments: another for each of the first five would cost more than these statements do.
                let plan = pg_sys::SPI_prepare_cursor(
                    self.text.as_ptr(),
                    self.types.len() as i32,
                    self.types.as_ptr().cast_mut(),
                    pg_sys::CURSOR_OPT_GENERIC_PLAN as i32,
                );
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
            if table.is_null() {
                return;
            }
            let (rows, descriptor) = ((*table).vals, (*table).tupdesc);
            let mut columns = vec![None; (*descriptor).natts as usize];
            for n in 0..pg_sys::SPI_processed as usize {
                for (place, value) in columns.iter_mut().enumerate() {
                    *value = column(*rows.add(n), descriptor, place as i32 + 1);
                }
                row(&columns);
            }
        }
    }
}

/// Runs a statement that is written for the occasion, and gives how many rows it changed. Call inside [`connected`]; every name in it is
/// qualified.
pub fn execute(text: &str) -> u64 {
    let text = std::ffi::CString::new(super::row::server_bytes(text)).unwrap_or_default();
    // SAFETY: SPI is connected, and the text is a C string.
    let status = unsafe { pg_sys::SPI_execute(text.as_ptr(), false, 0) };
    if status < 0 {
        pgrx::error!("a statement of the extension failed with SPI status {status}");
    }
    // SAFETY: reads a variable of the server's.
    unsafe { pg_sys::SPI_processed }
}

/// Whether a query that is written for the occasion, with one parameter, a text, finds a row. Call inside [`connected`]; every
/// name in it is qualified. One that only reads sees what the active snapshot sees.
pub fn finds(text: &str, argument: Datum, read_only: bool) -> bool {
    let text = std::ffi::CString::new(super::row::server_bytes(text)).unwrap_or_default();
    let (mut types, mut values) = ([pg_sys::TEXTOID], [argument]);
    // SAFETY: SPI is connected, the text is a C string, and the arrays have one place.
    unsafe {
        let status = pg_sys::SPI_execute_with_args(
            text.as_ptr(),
            1,
            types.as_mut_ptr(),
            values.as_mut_ptr(),
            std::ptr::null(),
            read_only,
            1,
        );
        if status < 0 {
            pgrx::error!("a statement of the extension failed with SPI status {status}");
        }
        pg_sys::SPI_processed > 0
    }
}

/// The rows of a query, a few at a time. Call inside [`connected`], or otherwise connected.
pub struct Cursor {
    portal: pg_sys::Portal,
    batch: i64,
}

impl Cursor {
    /// A query with one parameter, a bigint, or with none. One that only reads sees what the active snapshot sees, and may be run
    /// beside parallel workers; any other is read under a snapshot of its own, which sees what this transaction has written.
    pub fn open(text: &CStr, argument: Option<i64>, batch: i64, read_only: bool) -> Cursor {
        match argument {
            Some(argument) => {
                Cursor::open_with(text, &[pg_sys::INT8OID], &[Some(Datum::from(argument))], batch, read_only)
            }
            None => Cursor::open_with(text, &[], &[], batch, read_only),
        }
    }

    /// The same with parameters of these types.
    pub fn open_with(text: &CStr, types: &[Oid], arguments: &[Option<Datum>], batch: i64, read_only: bool) -> Cursor {
        debug_assert_eq!(arguments.len(), types.len());
        let mut types = types.to_vec();
        let mut values: Vec<Datum> = arguments.iter().map(|a| a.unwrap_or(Datum::from(0))).collect();
        let nulls: Vec<i8> = arguments.iter().map(|a| if a.is_some() { b' ' } else { b'n' } as i8).collect();
        // SAFETY: SPI is connected; the arrays have a place for each parameter, and the values are copied.
        let portal = unsafe {
            pg_sys::SPI_cursor_open_with_args(
                std::ptr::null(),
                text.as_ptr(),
                types.len() as i32,
                types.as_mut_ptr(),
                values.as_mut_ptr(),
                nulls.as_ptr().cast(),
                read_only,
                0,
            )
        };
        Cursor { portal, batch }
    }

    /// Hands the next rows to `row`; false after the last. What `row` keeps must not point into them.
    pub fn fetch(&mut self, mut row: impl FnMut(pg_sys::HeapTuple, pg_sys::TupleDesc)) -> bool {
        pgrx::check_for_interrupts!();
        // SAFETY: an open portal; its rows are freed after they were read.
        unsafe {
            pg_sys::SPI_cursor_fetch(self.portal, true, self.batch);
            let (table, count) = (pg_sys::SPI_tuptable, pg_sys::SPI_processed as usize);
            for n in 0..count {
                row(*(*table).vals.add(n), (*table).tupdesc);
            }
            pg_sys::SPI_freetuptable(table);
            count > 0
        }
    }

    pub fn close(self) {
        // SAFETY: open, and closed once.
        unsafe { pg_sys::SPI_cursor_close(self.portal) }
    }
}

/// A column of a row, counted from 1.
///
/// # Safety
/// Row and descriptor belong together.
pub unsafe fn column(row: pg_sys::HeapTuple, descriptor: pg_sys::TupleDesc, column: i32) -> Option<Datum> {
    let mut is_null = false;
    // SAFETY: see above.
    let value = unsafe { pg_sys::SPI_getbinval(row, descriptor, column, &mut is_null) };
    (!is_null).then_some(value)
}

/// Runs `work` with a memory context of its own, which goes with all that was allocated in it.
pub fn with_scratch<T>(work: impl FnOnce() -> T) -> T {
    // SAFETY: the context is a child of the current one, which outlives it; on an error it goes with that.
    unsafe {
        let scratch = pg_sys::AllocSetContextCreateInternal(
            pg_sys::CurrentMemoryContext,
            c"dnc scratch".as_ptr(),
            pg_sys::ALLOCSET_DEFAULT_MINSIZE as usize,
            pg_sys::ALLOCSET_DEFAULT_INITSIZE as usize,
            pg_sys::ALLOCSET_DEFAULT_MAXSIZE as usize,
        );
        let before = pg_sys::MemoryContextSwitchTo(scratch);
        let result = work();
        pg_sys::MemoryContextSwitchTo(before);
        pg_sys::MemoryContextDelete(scratch);
        result
    }
}

/// Runs `work` connected to SPI, as `owner`. What it returns must not point into SPI's memory.
pub fn connected<T>(owner: Oid, work: impl FnOnce() -> T) -> T {
    super::as_role(owner, || with_connection(work))
}

/// Runs `work` connected to SPI, as the current user. What it returns must not point into SPI's memory.
pub fn with_connection<T>(work: impl FnOnce() -> T) -> T {
    // SAFETY: connect and finish come in pairs; an error in between is cleaned up by the abort.
    unsafe {
        pg_sys::SPI_connect();
        let result = work();
        pg_sys::SPI_finish();
        result
    }
}
