//! `sql/install/82-verify.sql`: whether the log is what was sealed.
//!
//! Three passes, each over a table from one end to the other in bounded memory. What is wrong is named in their order, so that the
//! first finding is the first false block or row.
//!
//! | file | what |
//! | --- | --- |
//! | `verify/tree` | leaf by leaf against the nodes, the seals, their signatures and a checkpoint from elsewhere |
//! | `verify/log` | the rows of the log and their data against the leaves |
//! | `verify/map` | the map against the rows' data |

mod log;
mod map;
mod tree;

use crate::raw_function;
use crate::sys::result_set::Rows;
use crate::sys::row::text_datum;
use crate::sys::spi::connected;
use crate::sys::{self, Text};
use dnc_core::audit::commitment::SealRow;
use dnc_core::limits;
use pgrx::pg_sys::{Datum, FunctionCallInfo};
use pgrx::{FromDatum, IntoDatum};

/// Findings of one pass that are named; of more it is said how many.
const NAMED: usize = 100;
/// Rows between two messages about progress.
const TOLD_EVERY: u64 = 1_000_000;

/// Something that is not as it was sealed.
struct Finding {
    what: &'static str,
    seal: Option<i64>,
    position: Option<u64>,
    seq: Option<i64>,
    detail: String,
}

/// Where findings go: the first hundred of each pass.
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

    /// Ends a pass: says what was looked at if nothing was found, or how much more there is than was named.
    fn end(&self, looked_at: String) {
        let nowhere = |what, detail| Finding { what, seal: None, position: None, seq: None, detail };
        if self.found == 0 {
            self.row(true, &nowhere("ok", looked_at));
        } else if self.found > NAMED {
            self.row(false, &nowhere("more", format!("and {} more", self.found - NAMED)));
        }
    }
}
/// What the tree was found to be.
#[derive(Default)]
struct Tree {
    /// Leaves that seals have, and the first that was looked at.
    size: u64,
    start: u64,
    /// Up to here rows that came from outside are accounted for: a restored seal that is signed, or a checkpoint from elsewhere.
    trusted: u64,
    /// Seals that took in rows from outside: from which leaf to which.
    accepted: Vec<(u64, u64)>,
    /// Transactions before this are sealed.
    horizon: u64,
    last: Option<SealRow>,
    /// Leaves are missing or there twice: which rows have none is then not known.
    broken: bool,
}

raw_function!(dnc_verify_wrapper, pg_finfo_dnc_verify_wrapper, verify);

/// `dnc.verify(since, against, data, map)`: what is not as it was sealed, from seal `since` on; `data` and `map`: whether those are looked at.
///
/// # Safety
/// Called by the function manager, as the SQL declares.
unsafe fn verify(fcinfo: FunctionCallInfo) -> Datum {
    // SAFETY: four arguments, of the declared types.
    let (since, against, data, map) = unsafe {
        let arguments = (*fcinfo).args.as_slice(4);
        let since = if arguments[0].isnull { 0 } else { arguments[0].value.value() as i64 };
        let against = Text::from_datum(arguments[1].value, arguments[1].isnull)
            .map(|t| t.limited("the checkpoint", limits::TEXT).to_utf8().into_owned());
        let told = |n: usize| !arguments[n].isnull && arguments[n].value.value() != 0;
        (since, against, told(2), told(3))
    };
    let rows = Rows::new(fcinfo);
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

/// A column that is a text, where it lies.
fn text_of<'a>(value: Option<Datum>) -> Option<Text<'a>> {
    // SAFETY: the query gives a text there, which lives until the next row.
    value.and_then(|d| unsafe { Text::in_place(d).or_else(|| Text::from_datum(d, false)) })
}

/// The bytes of a bytea, as long as its row lives.
fn text_bytes<'a>(datum: Datum) -> Option<&'a [u8]> {
    // SAFETY: the query gives a bytea there; it has the layout of a text.
    unsafe { Text::in_place(datum).map(Text::bytes).or_else(|| <&[u8]>::from_datum(datum, false)) }
}
