//! `sql/install/list/load.sql`: from a file, a query or copied lines to the blocks of a version.
//!
//! Numbers are sorted outside memory if necessary ([`dnc_core::list::sort`]) and written block by block, so a load
//! takes the same memory whatever the size of the file. A file of changes makes two small sets, the additions to and
//! removals from the whole list; when those exceed a tenth of it, the whole is rewritten.
//!
//! | file | contents |
//! | --- | --- |
//! | `file`, `query`, `chunk` | sources of records: a file on the server, a query, copied lines |
//! | `reading` | records as they are read, sorted |
//! | `write` | the sets of the version |

pub mod chunk;
mod file;
mod query;
mod reading;
mod write;

use crate::error;
use crate::list::load::reading::Reading;
use crate::list::load::write::write;
use crate::list::version::Opened;
use crate::sys::progress::{Progress, Reported};
use crate::sys::spi::connected;
use crate::sys::{self};

/// Loads an open version until it is ready. `read` reads the source, with the privileges of the caller.
pub fn load(version: i64, reject_percent: Option<i32>, read: impl FnOnce(&Opened, &mut Reading, &Progress)) {
    let owner = sys::owner();
    let opened = connected(owner, || Opened::of(version));
    let progress = Progress::start(sys::relation(c"list_block"));
    progress.report(Reported::Version, version as u64);
    progress.report(Reported::Phase, 1);
    let mut reading = Reading::new();
    read(&opened, &mut reading, &progress);
    reading.report(&progress);
    let allowed = reject_percent.map_or(opened.reject_percent, i64::from).max(0) as u64;
    if reading.rejected * 100 > reading.lines * allowed {
        error::too_many_rejects(reading.rejected, reading.lines, allowed, &reading.rejects);
    }
    progress.report(Reported::Phase, 2);
    connected(owner, || write(opened, reading, &progress));
    progress.end();
}
