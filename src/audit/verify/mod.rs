//! `sql/install/audit/verify.sql`: whether the log matches its signed checkpoints.
//!
//! Three passes, each a sequential scan of a table in bounded memory. Findings are reported in scan order, so the first
//! finding is the first false leaf batch or row.
//!
//! | file | contents |
//! | --- | --- |
//! | `verify/tree` | the leaves against the nodes, the checkpoints, their signatures and an external checkpoint |
//! | `verify/log` | the rows of the log and their data against the leaves |
//! | `verify/map` | the map against the rows' data |

mod log;
mod map;
mod tree;

use crate::raw_function;
use crate::sys::args::Args;
use crate::sys::result_set::Rows;
use crate::sys::row::text_datum;
use crate::sys::spi::connected;
use crate::sys::{self};
use dnc_core::audit::commitment::SealRow;
use dnc_core::limits;
use pgrx::IntoDatum;
use pgrx::pg_sys::Datum;

/// Findings of one pass that are listed; the rest are only counted.
const NAMED: usize = 100;
/// Rows between two progress messages.
const REPORT_EVERY: u64 = 1_000_000;

/// A deviation from the sealed state.
struct Finding {
    what: &'static str,
    seal: Option<i64>,
    position: Option<u64>,
    seq: Option<i64>,
    detail: String,
}

/// Output of findings: the first hundred of each pass.
struct Report {
    rows: Rows,
    pass: &'static str,
    found: usize,
}

impl Report {
    fn begin(&mut self, pass: &'static str) {
        (self.pass, self.found) = (pass, 0);
    }

    fn put(&mut self, finding: Finding) {
        self.found += 1;
        if self.found <= NAMED {
            self.row(false, &finding);
        }
    }

    fn row(&self, healthy: bool, finding: &Finding) {
        self.rows.put(&[
            Some(text_datum(self.pass)),
            Some(Datum::from(healthy)),
            Some(text_datum(finding.what)),
            finding.seal.and_then(IntoDatum::into_datum),
            finding.position.and_then(|p| (p as i64).into_datum()),
            finding.seq.and_then(IntoDatum::into_datum),
            Some(text_datum(&finding.detail)),
        ]);
    }

    /// Ends a pass: reports what was verified if nothing was found, or the number of findings not listed.
    fn end(&self, looked_at: String) {
        let nowhere = |what, detail| Finding { what, seal: None, position: None, seq: None, detail };
        if self.found == 0 {
            self.row(true, &nowhere("ok", looked_at));
        } else if self.found > NAMED {
            self.row(false, &nowhere("more", format!("and {} more", self.found - NAMED)));
        }
    }
}
/// Result of the tree pass.
#[derive(Default)]
struct Tree {
    /// Leaves covered by checkpoints, and the first one verified.
    size: u64,
    start: u64,
    /// Rows from outside below this log index are accounted for by a restored signed checkpoint, or by an external one.
    trusted: u64,
    /// Checkpoints that accepted rows from outside: from which leaf to which.
    accepted: Vec<(u64, u64)>,
    /// The oldest-xmin cutoff of the last checkpoint: transactions before it are sealed.
    horizon: u64,
    last: Option<SealRow>,
    /// Leaves are missing or duplicated: it is then unknown which rows have none.
    broken: bool,
}

raw_function!(dnc_verify_wrapper, pg_finfo_dnc_verify_wrapper, verify);

/// `dnc.verify(since, against, data, map)`: deviations from the sealed state, from checkpoint `since` on; `data` and
/// `map`: whether those are verified.
fn verify(args: Args) -> Datum {
    let since = args.int(0).unwrap_or(0);
    let against = args.text(1).map(|t| t.limited("the checkpoint", limits::TEXT).to_utf8().into_owned());
    let (data, map) = (args.bool(2) == Some(true), args.bool(3) == Some(true));
    let rows = args.rows();
    let mut report = Report { rows, pass: "", found: 0 };
    connected(sys::owner(), || {
        let tree = tree::verify(&mut report, since, against.as_deref());
        log::verify(&mut report, &tree, data);
        if map {
            map::verify(&mut report, &tree);
        }
    });
    report.rows.finish()
}
