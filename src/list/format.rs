//! The formats of list files, which are rows of `dnc.list_format`.

use crate::error;
use crate::list::version::one;
use crate::sys::row::text_datum;
use crate::sys::spi::{Statement, connected};
use crate::sys::{self};
use dnc_core::list::file_format::{Action, ColumnName, Format, Parser, Record, Reject, Replacement, Unreadable};
use dnc_core::phone::region_name;
use pgrx::pg_sys::{self};
use pgrx::prelude::*;
use serde_json::Value;

/// Bytes of a file read at once, and bytes of copied lines per chunk.
pub const PORTION: usize = 1 << 20;

thread_local! {
    static FORMAT: Statement = const {
        Statement::new(
            c"SELECT pg_catalog.to_jsonb(f)::pg_catalog.text FROM dnc.list_format AS f WHERE f.format OPERATOR(pg_catalog.=) $1",
            &[pg_sys::TEXTOID],
        )
    };
}

/// A format by name, with the region whose dialling rules apply to its numbers. Call as the owner.
pub fn format(name: &str, region: Option<&str>) -> Option<Format> {
    let row = one(&FORMAT, &[Some(text_datum(name))])?;
    let row: Value = serde_json::from_str(&row).ok()?;
    let byte = |name: &str| row[name].as_str().and_then(|text| text.bytes().next());
    let texts = |name: &str| -> Vec<String> {
        row[name].as_array().into_iter().flatten().filter_map(|text| Some(text.as_str()?.to_owned())).collect()
    };
    let region = region.or(row["region"].as_str());
    Some(Format {
        xml: row["layout"] == "xml",
        delimiter: byte("delimiter"),
        quote: byte("quote"),
        comment: byte("comment"),
        number: texts("number_columns").iter().map(|column| ColumnName::of(column)).collect(),
        action: row["action_column"].as_str().map(|column| Action {
            column: ColumnName::of(column),
            add: texts("add_values"),
            remove: texts("remove_values"),
        }),
        prefixes: texts("prefixes").iter().map(|prefix| Replacement::of(prefix)).collect(),
        region: region.map(|region| region_name::region(region).unwrap_or_else(|| error::unknown_region(region))),
    })
}

#[pg_extern(sql = false)]
fn dnc_format_reads(
    sample: Option<&str>,
    format_name: Option<&str>,
    region: Option<&str>,
) -> TableIterator<'static, (name!(lines, Option<i64>), name!(readable, Option<i64>))> {
    let (mut lines, mut readable) = (0, 0);
    let format = connected(sys::owner(), || format(format_name.unwrap_or_default(), region));
    if let (Some(format), Some(sample)) = (format, sample) {
        let mut parser = Parser::new(&format);
        let mut sink = |found: Result<Record, Reject>| {
            lines += 1;
            readable += i64::from(found.is_ok());
        };
        // The last line may be incomplete.
        let whole = sample.rfind(['\n', '>']).map_or(sample, |end| &sample[..=end]);
        if parse(&mut parser, whole.as_bytes(), &mut sink).is_err() || parser.finish(&mut sink).is_err() {
            (lines, readable) = (0, 0);
        }
    }
    TableIterator::once((Some(lines), Some(readable)))
}

/// Passes bytes to a parser in portions, so that the query can be cancelled however many there are.
pub fn parse(
    parser: &mut Parser,
    bytes: &[u8],
    sink: &mut impl FnMut(Result<Record, Reject>),
) -> Result<(), Unreadable> {
    bytes.chunks(PORTION).try_for_each(|portion| {
        pgrx::check_for_interrupts!();
        parser.feed(portion, sink)
    })
}
