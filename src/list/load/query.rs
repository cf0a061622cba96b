//! Loads from a query.

use crate::error;
use crate::list::load::load;
use crate::sys::spi::{Cursor, column};
use crate::sys::{self};
use dnc_core::list::file_format::{Item, Reason, Reject, masked, number};
use dnc_core::list::sort::Run;
use dnc_core::phone::{Phone, PhoneError};
use pgrx::pg_sys::{self};
use pgrx::prelude::*;
use sha2::Digest;
use std::io::Read;

#[pg_extern(sql = false)]
fn dnc_load_query(version: Option<i64>, query: Option<&str>, reject_percent: Option<i32>) {
    let (Some(version), Some(query)) = (version, query) else { error::load_not_open(0) };
    let query = std::ffi::CString::new(query).unwrap_or_default();
    // SAFETY: the column's type is that of the store's numbers.
    let phone_type = unsafe { pg_sys::get_atttype(sys::relation(c"entry"), 2) };
    load(version, reject_percent, |opened, reading, progress| {
        // SAFETY: connect and finish come in pairs; the query runs with the rights of the caller.
        unsafe {
            pg_sys::SPI_connect();
            let mut cursor = Cursor::open(&query, None, 10_000, false);
            loop {
                let more = cursor.fetch(|row, descriptor| {
                    let line = reading.lines + 1;
                    let found = match column(row, descriptor, 1) {
                        None => Err((String::new(), Reason::Phone(PhoneError::NotANumber))),
                        Some(value) if pg_sys::SPI_gettypeid(descriptor, 1) == phone_type => {
                            Ok(Phone::from_stored(value.value() as i64))
                        }
                        Some(_) => {
                            let spelled = pg_sys::SPI_getvalue(row, descriptor, 1);
                            let bytes = std::ffi::CStr::from_ptr(spelled).to_bytes();
                            let found = number(bytes.trim_ascii(), opened.format.region)
                                .map_err(|reason| (masked(bytes), reason));
                            pg_sys::pfree(spelled.cast());
                            found
                        }
                    };
                    let found = found.map(|phone| Item { phone, removed: false });
                    reading.take(found.map_err(|(text, reason)| Reject { line, text, reason }), opened.removes);
                });
                reading.tell(progress);
                if !more {
                    break;
                }
            }
            cursor.close();
            pg_sys::SPI_finish();
        }
    });
}
