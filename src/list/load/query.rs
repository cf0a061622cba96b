//! Loads from a query.

use crate::error;
use crate::list::load::load;
use crate::list::load::reading::feed;
use crate::sys::spi::{Cursor, with_connection};
use crate::sys::{self};
use dnc_core::list::file_format::{Parser, Reason, Record, Reject, masked, number};
use dnc_core::phone::field::Problem;
use dnc_core::phone::{Phone, PhoneError};
use pgrx::prelude::*;

#[pg_extern(sql = false)]
fn dnc_load_query(version: Option<i64>, query: Option<&str>, reject_percent: Option<i32>) {
    let (Some(version), Some(query)) = (version, query) else { error::load_not_open(0) };
    let query = std::ffi::CString::new(query).unwrap_or_default();
    let phone_type = sys::column_type(sys::relation(c"entry"), 2);
    load(version, reject_percent, |opened, reading, progress| {
        // The query runs with the privileges of the caller.
        with_connection(|| {
            let mut parser = (!opened.format.is_plain()).then(|| Parser::new(&opened.format));
            let mut cursor = Cursor::open(&query, None, 10_000, false);
            loop {
                let more = cursor.fetch(|row| {
                    if let (Some(parser), Some(value)) = (&mut parser, row.column(1))
                        && value.kind() != phone_type
                    {
                        // A line of the format, which may be its header.
                        let mut line = row.written(1).unwrap_or_default().to_vec();
                        line.push(b'\n');
                        return feed(opened, parser, Some(&line), reading, "query");
                    }
                    let line = reading.lines + 1;
                    let found = match row.column(1) {
                        None => Err((String::new(), Reason::Phone(Problem::Parse(PhoneError::NotANumber)))),
                        Some(value) if value.kind() == phone_type => Ok(Phone::from_stored(value.int())),
                        Some(_) => {
                            let bytes = row.written(1).unwrap_or_default();
                            number(bytes.trim_ascii(), opened.format.region).map_err(|reason| (masked(&bytes), reason))
                        }
                    };
                    let found = found.map(|phone| Record { phone, removed: false });
                    reading.take(found.map_err(|(text, reason)| Reject { line, text, reason }), opened.removes);
                });
                reading.report(progress);
                if !more {
                    break;
                }
            }
            cursor.close();
        });
    });
}
