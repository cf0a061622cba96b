//! Ad-hoc queries, read row by row.

use super::spi::{Cursor, with_scratch};

pub use super::spi::Fetched;

/// Passes each row of a query to `work`. Call inside [`super::spi::connected`]; every name in the query must be
/// schema-qualified.
pub fn each(query: &str, read_only: bool, mut work: impl FnMut(&Fetched)) {
    let text = std::ffi::CString::new(query).expect("no zero bytes");
    let mut cursor = Cursor::open(&text, None, 1000, read_only);
    while with_scratch(|| cursor.fetch(&mut work)) {}
    cursor.close();
}

/// The result of `work` for a query's first row.
pub fn first<T>(query: &str, read_only: bool, mut work: impl FnMut(&Fetched) -> T) -> Option<T> {
    let mut found = None;
    each(query, read_only, |row| {
        if found.is_none() {
            found = Some(work(row));
        }
    });
    found
}
