//! Queries that are written for the occasion, read row by row.

use super::spi::{Cursor, column, with_scratch};
use pgrx::{FromDatum, pg_sys};

/// A row of a query that is being read.
pub struct Fetched {
    row: pg_sys::HeapTuple,
    descriptor: pg_sys::TupleDesc,
}

impl Fetched {
    fn datum(&self, place: i32) -> Option<pg_sys::Datum> {
        // SAFETY: row and descriptor came together.
        unsafe { column(self.row, self.descriptor, place) }
    }

    pub fn is_null(&self, place: i32) -> bool {
        self.datum(place).is_none()
    }

    /// A bigint, timestamptz or xid8; 0 for NULL.
    pub fn int(&self, place: i32) -> i64 {
        self.datum(place).map_or(0, |d| d.value() as i64)
    }

    pub fn bool(&self, place: i32) -> bool {
        self.datum(place).is_some_and(|d| d.value() != 0)
    }

    /// A bytea; nothing for NULL.
    pub fn bytes(&self, place: i32) -> Vec<u8> {
        // SAFETY: the callers' queries give a bytea there.
        self.datum(place).and_then(|d| unsafe { Vec::<u8>::from_datum(d, false) }).unwrap_or_default()
    }

    pub fn hash(&self, place: i32) -> Option<[u8; 32]> {
        self.bytes(place).try_into().ok()
    }

    pub fn text(&self, place: i32) -> Option<String> {
        // SAFETY: the callers' queries give a text there.
        self.datum(place).map(|d| unsafe { super::row::text(d) })
    }

    pub fn ints(&self, place: i32) -> Vec<i64> {
        // SAFETY: the callers' queries give a bigint[] there, without NULLs.
        self.datum(place).and_then(|d| unsafe { Vec::<i64>::from_datum(d, false) }).unwrap_or_default()
    }
}

/// Hands each row of a query to `work`. Call inside
/// [`super::spi::connected`]; every name in the query is qualified.
pub fn each(query: &str, read_only: bool, mut work: impl FnMut(&Fetched)) {
    let text = std::ffi::CString::new(query).expect("no zero bytes");
    let mut cursor = Cursor::open(&text, None, 1000, read_only);
    while with_scratch(|| cursor.fetch(|row, descriptor| work(&Fetched { row, descriptor }))) {}
    cursor.close();
}

/// What `work` makes of a query's first row.
pub fn first<T>(query: &str, read_only: bool, mut work: impl FnMut(&Fetched) -> T) -> Option<T> {
    let mut found = None;
    each(query, read_only, |row| {
        if found.is_none() {
            found = Some(work(row));
        }
    });
    found
}
