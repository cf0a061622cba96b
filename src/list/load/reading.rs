//! Records as they are read: sorted numbers, rejects and counts.

use crate::error;
use crate::list::format::parse;
use crate::list::sort_files::Temp;
use crate::list::version::Opened;
use crate::sys;
use crate::sys::progress::{Progress, Reported};
use crate::sys::temp::TempFiles;
use dnc_core::list::file_format::{Parser, Record, Reject, Unreadable};
use dnc_core::list::sort::Sorter;

/// Maximum rejects kept.
const KEPT_REJECTS: usize = 10_000;

/// Maximum bytes used for sorting.
const MOST_SORTED: usize = 256 << 20;

/// State of the records read so far.
pub struct Reading {
    pub sorter: Sorter<Temp>,
    pub lines: u64,
    pub rejected: u64,
    pub rejects: Vec<Reject>,
    pub bytes: u64,
    pub hash: Option<[u8; 32]>,
}

impl Reading {
    /// Call at the start of the load: the files live as long as what is allocated here.
    pub fn new() -> Reading {
        let allowed = sys::maintenance_bytes();
        let sorter = Sorter::new(Temp(TempFiles::here()), allowed.min(MOST_SORTED));
        Reading { sorter, lines: 0, rejected: 0, rejects: Vec::new(), bytes: 0, hash: None }
    }

    /// Takes a record. A key is twice the number, plus one for a removal.
    pub fn take(&mut self, found: Result<Record, Reject>, removes: Option<bool>) {
        self.lines += 1;
        match found {
            Ok(Record { phone, removed }) => {
                let removed = removes.unwrap_or(removed);
                self.sorter.push((phone.e164_number() as u64) << 1 | u64::from(removed));
            }
            Err(reject) => {
                self.rejected += 1;
                if self.rejects.len() < KEPT_REJECTS {
                    self.rejects.push(reject);
                }
            }
        }
    }

    pub fn report(&self, progress: &Progress) {
        progress.report(Reported::Bytes, self.bytes);
        progress.report(Reported::Lines, self.lines);
        progress.report(Reported::Rejected, self.rejected);
    }
}

/// Parses bytes as records of the version's format.
pub fn feed(opened: &Opened, parser: &mut Parser, bytes: Option<&[u8]>, reading: &mut Reading, file: &str) {
    let mut sink = |found| reading.take(found, opened.removes);
    let result = match bytes {
        Some(bytes) => parse(parser, bytes, &mut sink),
        None => parser.finish(&mut sink),
    };
    match result {
        Ok(()) => {}
        Err(Unreadable::Encoding) => error::not_a_text_file(file),
        Err(Unreadable::NoHeader(column)) => error::no_header(file, &column),
    }
}
