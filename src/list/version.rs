//! Versions of lists, and their sets.

use crate::error;
use crate::list::format::format;
use crate::sys::spi::Statement;
use dnc_core::list::file_format::Format;
use pgrx::IntoDatum;
use pgrx::pg_sys::{self, Datum};
use serde_json::Value;

thread_local! {
    static VERSION: Statement = const {
        Statement::new(
            c"SELECT (pg_catalog.to_jsonb(v) OPERATOR(pg_catalog.||) pg_catalog.jsonb_build_object('percent', l.reject_percent, 'before', (SELECT pg_catalog.to_jsonb(b) FROM dnc.list_version AS b WHERE b.version_id OPERATOR(pg_catalog.=) v.base_id OR v.base_id IS NULL AND b.list OPERATOR(pg_catalog.=) v.list AND b.state OPERATOR(pg_catalog.=) 'current')))::pg_catalog.text FROM dnc.list_version AS v JOIN dnc.list AS l ON l.list OPERATOR(pg_catalog.=) v.list WHERE v.version_id OPERATOR(pg_catalog.=) $1 FOR UPDATE OF v",
            &[pg_sys::INT8OID],
        )
    };
}

/// The sets of a version.
#[derive(Clone, Copy)]
pub struct SetIds {
    pub whole: i64,
    pub changes: Option<(i64, i64)>,
}

/// State of an open version before it is loaded.
pub struct Opened {
    pub version: i64,
    pub format: Format,
    /// For a file with changes of one kind only: whether its numbers are removed.
    pub removes: Option<bool>,
    /// Whether the file contains changes.
    pub delta: bool,
    pub reject_percent: i64,
    /// The version that the changes apply to, otherwise the current one.
    pub before: Option<(SetIds, u64)>,
}

impl Opened {
    /// Call as the owner.
    pub fn of(version: i64) -> Opened {
        let row = one(&VERSION, &[version.into_datum()]);
        let known = row.as_deref().and_then(|row| serde_json::from_str::<Value>(row).ok());
        let Some(known) = known.filter(|known| known["state"] == "open") else { error::load_not_open(version) };
        let format = format(known["format"].as_str().unwrap_or_default(), known["region"].as_str());
        let before = &known["before"];
        let before = before["whole_set"].as_i64().map(|whole| {
            let changes = before["plus_set"].as_i64().zip(before["minus_set"].as_i64());
            (SetIds { whole, changes }, before["numbers"].as_u64().unwrap_or(0))
        });
        let operation = known["operation"].as_str();
        Opened {
            version,
            format: format.unwrap_or_else(|| error::load_not_open(version)),
            removes: operation.filter(|operation| *operation != "by_line").map(|operation| operation == "remove"),
            delta: operation.is_some(),
            reject_percent: known["percent"].as_i64().unwrap_or(0),
            before,
        }
    }
}

/// The text returned by a statement that runs as the owner.
pub fn one(statement: &'static std::thread::LocalKey<Statement>, arguments: &[Option<Datum>]) -> Option<String> {
    statement.with(|s| s.text(arguments, false))
}
