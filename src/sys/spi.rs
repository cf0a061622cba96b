//! Statements that the extension runs on its own tables: prepared once a session, run as the tables' owner.
//!
//! Every name in them is schema-qualified and no operator lookup goes beyond `pg_catalog`, so the caller's
//! `search_path` has no effect.

use super::column::Column;
use super::table::Value;
use pgrx::pg_sys::{self, Datum, Oid};
use std::cell::Cell;
use std::ffi::{CStr, CString};

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

    /// Runs it and returns the first row's columns, if there is a row. Call inside [`connected`]. A read-only statement
    /// runs under the active snapshot, any other under a new one.
    pub fn run(&self, arguments: &[Option<Datum>], read_only: bool) -> Option<Vec<Option<Datum>>> {
        let mut first = None;
        self.each(arguments, read_only, |row| {
            first = first.take().or_else(|| Some(row.iter().map(|column| column.map(Column::datum)).collect()));
        });
        first
    }

    /// The same with copied values, read by the types of their columns.
    pub fn values(&self, arguments: &[Option<Datum>], read_only: bool) -> Option<Vec<Value>> {
        let mut first = None;
        self.each(arguments, read_only, |row| {
            first = first.take().or_else(|| Some(row.iter().map(|column| Value::of(*column)).collect()));
        });
        first
    }

    /// The first column of the first row, a text.
    pub fn text(&self, arguments: &[Option<Datum>], read_only: bool) -> Option<String> {
        self.values(arguments, read_only)?.first()?.text().map(str::to_owned)
    }

    /// Runs it and passes on the columns of each row. Call inside [`connected`]. See [`Self::run`].
    pub fn each(&self, arguments: &[Option<Datum>], read_only: bool, mut row: impl FnMut(&[Option<Column>])) {
        debug_assert_eq!(arguments.len(), self.types.len());
        // SAFETY: SPI is connected; arrays live through the calls and have the declared lengths; results are read
        // before the next statement.
        unsafe {
            if self.plan.get().is_null() {
                // One generic plan: a custom plan for each of the first five calls would cost more than these
                // statements do.
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
                    *value = typed(*rows.add(n), descriptor, place as i32 + 1);
                }
                row(&columns);
            }
        }
    }
}

/// A query for one text by the value of a column, planned once.
pub struct Lookup {
    text: CString,
    kind: Oid,
    plan: Cell<pg_sys::SPIPlanPtr>,
}

impl Lookup {
    /// `text` has the parameter `$1`, of type `kind`.
    pub fn new(text: &str, kind: Oid) -> Lookup {
        let text = CString::new(super::row::server_bytes(text)).unwrap_or_default();
        Lookup { text, kind, plan: Cell::new(std::ptr::null_mut()) }
    }

    /// The text in the first row, if there is one and it is not NULL. Call inside [`with_connection`].
    pub fn find(&self, key: Column) -> Option<String> {
        // SAFETY: SPI is connected; one parameter, of the column's type; the result is read before it is freed.
        unsafe {
            if self.plan.get().is_null() {
                let plan = pg_sys::SPI_prepare(self.text.as_ptr(), 1, [self.kind].as_mut_ptr());
                if plan.is_null() || pg_sys::SPI_keepplan(plan) != 0 {
                    pgrx::error!("could not prepare a lookup: {:?}", self.text);
                }
                self.plan.set(plan);
            }
            let status =
                pg_sys::SPI_execute_plan(self.plan.get(), [key.datum()].as_mut_ptr(), std::ptr::null(), true, 1);
            if status < 0 {
                pgrx::error!("a lookup failed with SPI status {status}: {:?}", self.text);
            }
            if pg_sys::SPI_processed == 0 {
                return None;
            }
            let table = pg_sys::SPI_tuptable;
            typed(*(*table).vals, (*table).tupdesc, 1).map(Column::string)
        }
    }
}

impl Drop for Lookup {
    fn drop(&mut self) {
        // SAFETY: a kept plan, freed once; a process that ends frees it with everything, and has no server around it.
        unsafe {
            if !self.plan.get().is_null() && !pg_sys::proc_exit_inprogress {
                pg_sys::SPI_freeplan(self.plan.get());
            }
        }
    }
}

/// Runs an ad-hoc statement, and returns the number of rows it changed. Call inside [`connected`]; every name in it
/// must be schema-qualified.
pub fn execute(text: &str) -> u64 {
    let text = std::ffi::CString::new(super::row::server_bytes(text)).unwrap_or_default();
    // SAFETY: SPI is connected, and the text is a C string.
    let status = unsafe { pg_sys::SPI_execute(text.as_ptr(), false, 0) };
    if status < 0 {
        pgrx::error!("a statement of the extension failed with SPI status {status}");
    }
    // SAFETY: reads a variable of the server.
    unsafe { pg_sys::SPI_processed }
}

/// Runs an ad-hoc statement in the server's encoding, and returns the first value of its result or, without a result,
/// the count of rows that it changed. Call inside [`with_connection`]; every name in it must be schema-qualified.
pub fn value(text: &[u8]) -> Option<String> {
    let text = CString::new(text).unwrap_or_default();
    // SAFETY: SPI is connected, and the text is a C string; a result is read before it is freed.
    unsafe {
        let status = pg_sys::SPI_execute(text.as_ptr(), false, 0);
        if status < 0 {
            pgrx::error!("a statement of the extension failed with SPI status {status}");
        }
        let table = pg_sys::SPI_tuptable;
        if table.is_null() {
            return Some({ pg_sys::SPI_processed }.to_string());
        }
        if pg_sys::SPI_processed == 0 {
            return None;
        }
        let row = Fetched { row: *(*table).vals, descriptor: (*table).tupdesc };
        row.written(1).map(|text| super::to_utf8(&text).into_owned())
    }
}

/// Whether an ad-hoc query with one parameter, a text, finds a row. Call inside [`connected`]; every name in it must be
/// schema-qualified. A read-only one runs under the active snapshot.
pub fn finds(text: &str, argument: Datum, read_only: bool) -> bool {
    let text = std::ffi::CString::new(super::row::server_bytes(text)).unwrap_or_default();
    let (mut types, mut values) = ([pg_sys::TEXTOID], [argument]);
    // SAFETY: SPI is connected, the text is a C string, and the arrays have one element.
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

/// The rows of a query, read in batches. Call inside [`connected`], or otherwise connected.
pub struct Cursor {
    portal: pg_sys::Portal,
    batch: i64,
}

impl Cursor {
    /// A query with one parameter, a bigint, or with none. A read-only one runs under the active snapshot, and may run
    /// in parallel mode; any other runs under its own snapshot, which sees what this transaction has written.
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
        // SAFETY: SPI is connected; the arrays have an element for each parameter, and the values are copied.
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

    /// Passes the next rows to `row`; false after the last.
    pub fn fetch(&mut self, mut row: impl FnMut(&Fetched)) -> bool {
        pgrx::check_for_interrupts!();
        // SAFETY: an open portal; its rows are freed after they were read.
        unsafe {
            pg_sys::SPI_cursor_fetch(self.portal, true, self.batch);
            let (table, count) = (pg_sys::SPI_tuptable, pg_sys::SPI_processed as usize);
            for n in 0..count {
                row(&Fetched { row: *(*table).vals.add(n), descriptor: (*table).tupdesc });
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

/// A row of a query.
pub struct Fetched {
    row: pg_sys::HeapTuple,
    descriptor: pg_sys::TupleDesc,
}

impl Fetched {
    /// A column, counted from 1; `None` for NULL.
    pub fn column(&self, place: i32) -> Option<Column<'_>> {
        // SAFETY: row and descriptor came together.
        unsafe { typed(self.row, self.descriptor, place) }
    }

    /// A column in its type's output format, in the server's encoding; `None` for NULL.
    pub fn written(&self, place: i32) -> Option<Vec<u8>> {
        // SAFETY: row and descriptor came together; the text is a C string of ours.
        unsafe {
            let text = pg_sys::SPI_getvalue(self.row, self.descriptor, place);
            if text.is_null() {
                return None;
            }
            let bytes = CStr::from_ptr(text).to_bytes().to_vec();
            pg_sys::pfree(text.cast());
            Some(bytes)
        }
    }

    pub fn is_null(&self, place: i32) -> bool {
        self.column(place).is_none()
    }

    /// A bigint, timestamptz or xid8; 0 for NULL.
    pub fn int(&self, place: i32) -> i64 {
        self.column(place).map_or(0, Column::int)
    }

    pub fn bool(&self, place: i32) -> bool {
        self.column(place).is_some_and(Column::bool)
    }

    /// A bytea; empty for NULL.
    pub fn bytes(&self, place: i32) -> &[u8] {
        self.column(place).map_or(&[], Column::bytes)
    }

    pub fn hash(&self, place: i32) -> Option<[u8; 32]> {
        self.bytes(place).try_into().ok()
    }

    pub fn text(&self, place: i32) -> Option<String> {
        self.column(place).map(Column::string)
    }

    /// A bigint[] without NULLs; empty for NULL.
    pub fn ints(&self, place: i32) -> Vec<i64> {
        self.column(place).map(Column::ints).unwrap_or_default()
    }
}

/// A column of a row, counted from 1.
///
/// # Safety
/// Row and descriptor belong together, and the row lives for `'a`.
unsafe fn typed<'a>(row: pg_sys::HeapTuple, descriptor: pg_sys::TupleDesc, place: i32) -> Option<Column<'a>> {
    let mut is_null = false;
    // SAFETY: see above.
    unsafe {
        let value = pg_sys::SPI_getbinval(row, descriptor, place, &mut is_null);
        (!is_null).then(|| Column::new(value, super::attribute(descriptor, place as usize - 1).atttypid))
    }
}

/// Runs `work` with a temporary memory context, which is freed with all its allocations.
pub fn with_scratch<T>(work: impl FnOnce() -> T) -> T {
    // SAFETY: the context is a child of the current one, which outlives it; after an error it is freed with that.
    unsafe {
        let scratch = super::memory::context(pg_sys::CurrentMemoryContext, c"dnc scratch");
        let before = pg_sys::MemoryContextSwitchTo(scratch);
        let result = work();
        pg_sys::MemoryContextSwitchTo(before);
        pg_sys::MemoryContextDelete(scratch);
        result
    }
}

/// Runs `work` connected to SPI, as `owner`. Its result must not point into SPI's memory.
pub fn connected<T>(owner: Oid, work: impl FnOnce() -> T) -> T {
    super::as_role(owner, || with_connection(work))
}

/// Runs `work` connected to SPI, as the current user. Its result must not point into SPI's memory.
pub fn with_connection<T>(work: impl FnOnce() -> T) -> T {
    // SAFETY: connect and finish come in pairs; an error in between is cleaned up by the abort.
    unsafe {
        pg_sys::SPI_connect();
        let result = work();
        pg_sys::SPI_finish();
        result
    }
}
