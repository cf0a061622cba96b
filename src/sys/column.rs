//! A value with its type from the row's descriptor, so that reading it checks the type.

use super::{Text, row};
use pgrx::FromDatum;
use pgrx::pg_sys::{self, Datum, Oid};
use std::marker::PhantomData;

/// A non-NULL value that lives as long as its row. Created only here, from rows and their descriptors.
#[derive(Clone, Copy)]
pub struct Column<'a> {
    kind: Oid,
    value: Datum,
    row: PhantomData<&'a ()>,
}

/// Text types.
const TEXTS: [Oid; 3] = [pg_sys::TEXTOID, pg_sys::VARCHAROID, pg_sys::BPCHAROID];
/// Types whose values begin with their length.
const LONG: [Oid; 4] = [pg_sys::TEXTOID, pg_sys::TEXTARRAYOID, pg_sys::BYTEAOID, pg_sys::JSONBOID];

impl<'a> Column<'a> {
    /// # Safety
    /// The value is of this type, or of a domain over it, and lives for `'a`.
    pub(super) unsafe fn new(value: Datum, kind: Oid) -> Column<'a> {
        Column { kind, value, row: PhantomData }
    }

    /// Its type.
    pub fn kind(self) -> Oid {
        self.kind
    }

    /// The value as a function argument.
    pub fn datum(self) -> Datum {
        self.value
    }

    /// An eight-byte value: a bigint, a timestamptz, a number. For other types an arbitrary number.
    #[inline]
    pub fn int(self) -> i64 {
        self.value.value() as i64
    }

    /// A boolean. For other types an arbitrary value.
    pub fn bool(self) -> bool {
        self.value.value() != 0
    }

    /// The text, if it is a text.
    pub fn text(self) -> Option<Text<'a>> {
        let is_text = |kind: Oid| TEXTS.contains(&kind);
        // No system type read here is a domain over a text.
        let is_domain = || self.kind.to_u32() >= pg_sys::FirstNormalObjectId && is_text(super::base_type(self.kind));
        // SAFETY: the type was checked.
        if is_text(self.kind) || is_domain() { unsafe { Text::from_datum(self.value, false) } } else { None }
    }

    /// The text of a value that people write in a column of texts, of numbers or of arrays of texts, whose elements are
    /// separated by semicolons; `None` for other types.
    pub fn written(self) -> Option<Text<'a>> {
        if let Some(text) = self.text() {
            return Some(text);
        }
        let text = match super::base_type(self.kind) {
            pg_sys::INT4OID => (self.value.value() as i32).to_string(),
            pg_sys::INT8OID => self.int().to_string(),
            // SAFETY: the type was checked; the function returns a C string.
            pg_sys::NUMERICOID => unsafe {
                let text = pg_sys::OidOutputFunctionCall(pg_sys::F_NUMERIC_OUT.into(), self.value);
                std::ffi::CStr::from_ptr(text).to_string_lossy().into_owned()
            },
            pg_sys::TEXTARRAYOID | pg_sys::VARCHARARRAYOID => {
                // SAFETY: the type was checked; a varchar has the layout of a text.
                let elements = unsafe { row::texts(self.value) };
                elements.into_iter().flatten().collect::<Vec<_>>().join(" ; ")
            }
            _ => return None,
        };
        // SAFETY: a text datum was just made.
        unsafe { Text::from_datum(row::text_datum(&text), false) }
    }

    /// The text without a copy, if it is neither compressed nor stored out of line. Raises no error.
    #[inline]
    pub fn plain_text(self) -> Option<Text<'a>> {
        // SAFETY: the type was checked.
        if TEXTS.contains(&self.kind) { unsafe { Text::in_place(self.value) } } else { None }
    }

    /// The text as UTF-8; raises an error of the extension if it is not a text.
    pub fn string(self) -> String {
        self.text().unwrap_or_else(|| self.unexpected("a text")).to_utf8().into_owned()
    }

    /// The bytes of a bytea; raises an error of the extension if it is not one.
    pub fn bytes(self) -> &'a [u8] {
        if self.kind != pg_sys::BYTEAOID {
            self.unexpected("a bytea");
        }
        // SAFETY: the type was checked; a bytea has the layout of a text.
        unsafe { Text::from_datum(self.value, false) }.expect("not NULL").bytes()
    }

    /// The elements of an array of texts, if it is one.
    pub fn texts(self) -> Option<Vec<Option<String>>> {
        // SAFETY: the type was checked.
        (self.kind == pg_sys::TEXTARRAYOID).then(|| unsafe { row::texts(self.value) })
    }

    /// The elements of a bigint array; raises an error of the extension if it is not one.
    pub fn ints(self) -> Vec<i64> {
        if self.kind != pg_sys::INT8ARRAYOID {
            self.unexpected("a bigint[]");
        }
        // SAFETY: the type was checked.
        unsafe { Vec::<i64>::from_datum(self.value, false) }.expect("not NULL")
    }

    /// A jsonb in PostgreSQL's output format, if it is one.
    pub fn jsonb(self) -> Option<String> {
        // SAFETY: the type was checked.
        (self.kind == pg_sys::JSONBOID).then(|| unsafe { row::jsonb(self.value) })
    }

    /// Months, days and microseconds of an interval, if it is one.
    pub fn interval(self) -> Option<(i32, i32, i64)> {
        // SAFETY: the type was checked.
        (self.kind == pg_sys::INTERVALOID).then(|| unsafe {
            let interval = &*self.value.cast_mut_ptr::<pg_sys::Interval>();
            (interval.month, interval.day, interval.time)
        })
    }

    /// Size in bytes of a variable-length value, determined without detoasting it.
    pub fn size(self) -> Option<usize> {
        // SAFETY: types whose values begin with their length.
        LONG.contains(&self.kind).then(|| unsafe { pg_sys::toast_raw_datum_size(self.value) })
    }

    fn unexpected(self, wanted: &str) -> ! {
        pgrx::error!("a column of the extension is of type {}, where {wanted} is expected", self.kind)
    }
}
