//! Errors with SQLSTATEs that PostgreSQL does not define. pgrx knows only the server's own, and an error that passes
//! one of its guards loses any other. A function therefore stores such a report until its guard has returned, and it is
//! raised outside.
//!
//! Such an error has no CONTEXT, and the log shows no STATEMENT with it: both repeat what the writer sent, numbers in
//! full (the line of a COPY, the text of a statement, parameters).

use pgrx::pg_sys;
use std::cell::Cell;
use std::ffi::{CString, c_char, c_int};

/// An error to be raised.
pub struct Report {
    /// Five characters.
    pub state: &'static str,
    pub message: String,
    pub detail: String,
    pub hint: &'static str,
    pub place: Box<Place>,
}

/// What the error is about, for drivers.
#[derive(Default)]
pub struct Place {
    pub schema: String,
    pub table: String,
    /// Empty: no one column.
    pub column: String,
    pub constraint: String,
}

/// A stored report: C strings in the memory context of the call.
#[derive(Clone, Copy)]
struct Kept {
    state: c_int,
    texts: [*const c_char; 7],
}

/// The fields of a [`Place`], in its order.
const FIELDS: [u8; 4] = [
    pg_sys::PG_DIAG_SCHEMA_NAME,
    pg_sys::PG_DIAG_TABLE_NAME,
    pg_sys::PG_DIAG_COLUMN_NAME,
    pg_sys::PG_DIAG_CONSTRAINT_NAME,
];

thread_local! {
    static KEPT: Cell<Option<Kept>> = const { Cell::new(None) };
}

// The server's own, without pgrx's guards.
unsafe extern "C-unwind" {
    fn errstart(level: c_int, domain: *const c_char) -> bool;
    fn errcode(state: c_int) -> c_int;
    fn errmsg(format: *const c_char, ...) -> c_int;
    fn errdetail(format: *const c_char, ...) -> c_int;
    fn errhint(format: *const c_char, ...) -> c_int;
    fn errhidestmt(hide: bool) -> c_int;
    fn err_generic_string(field: c_int, text: *const c_char) -> c_int;
    fn errfinish(file: *const c_char, line: c_int, function: *const c_char);
}

/// The server's encoding of an SQLSTATE: six bits a character.
const fn number(state: &str) -> c_int {
    let (bytes, mut n, mut number) = (state.as_bytes(), 0, 0);
    while n < 5 {
        number |= ((bytes[n] as c_int - 0x30) & 0x3f) << (6 * n);
        n += 1;
    }
    number
}

impl Report {
    /// Stores the report for [`raise_kept`], which must follow before anything else is done.
    pub fn keep(self) {
        let copy = |text: &str| -> *const c_char {
            let text = CString::new(text.replace('\0', "")).unwrap_or_default();
            // SAFETY: a C string is copied into the current memory context.
            unsafe { pg_sys::pstrdup(text.as_ptr()).cast_const() }
        };
        let Place { schema, table, column, constraint } = &*self.place;
        let texts = [&*self.message, &self.detail, self.hint, schema, table, column, constraint].map(copy);
        KEPT.set(Some(Kept { state: number(self.state), texts }));
    }
}

/// Whether a report is stored.
pub fn is_kept() -> bool {
    KEPT.get().is_some()
}

/// Raises the stored report, if there is one.
///
/// # Safety
/// Called directly from the function manager, outside every pgrx guard, with nothing to drop: the error jumps.
pub unsafe fn raise_kept() {
    let Some(Kept { state, texts: [message, detail, hint, place @ ..] }) = KEPT.take() else { return };
    // SAFETY: see above; the texts live in a context that is reset only after the error was copied. Whatever catches
    // the error restores the stack of contexts that it had.
    unsafe {
        pg_sys::error_context_stack = std::ptr::null_mut();
        if errstart(pgrx::PgLogLevel::ERROR as c_int, std::ptr::null()) {
            errcode(state);
            errmsg(c"%s".as_ptr(), message);
            if *detail != 0 {
                errdetail(c"%s".as_ptr(), detail);
            }
            if *hint != 0 {
                errhint(c"%s".as_ptr(), hint);
            }
            errhidestmt(true);
            for (field, text) in FIELDS.into_iter().zip(place) {
                if *text != 0 {
                    err_generic_string(c_int::from(field), text);
                }
            }
            errfinish(c"dnc".as_ptr(), 0, c"guard".as_ptr());
        }
    }
}
