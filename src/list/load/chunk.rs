//! Loads from copied lines: rows inserted into `dnc.list_line` are stored in chunks.

use crate::list::format::PORTION;
use crate::list::load::load;
use crate::list::load::reading::feed;
use crate::list::version::one;
use crate::sys::column::Column;
use crate::sys::spi::{Cursor, Statement, connected, with_scratch};
use crate::sys::trigger::Trigger;
use crate::sys::xact::{self, Subtransaction, Transaction};
use crate::sys::{self, Text};
use crate::{error, settings, trigger_function};
use dnc_core::list::file_format::Parser;
use pgrx::IntoDatum;
use pgrx::pg_sys::{self, Datum};
use pgrx::prelude::*;
use sha2::{Digest, Sha256};
use std::cell::RefCell;

thread_local! {
    /// Running statements, the innermost last: a statement may call a function that inserts lines too.
    static TAKEN: RefCell<Vec<Taken>> = const { RefCell::new(Vec::new()) };
    static OPEN: Statement = const {
        Statement::new(
            c"SELECT state FROM dnc.list_version WHERE version_id OPERATOR(pg_catalog.=) $1 FOR SHARE",
            &[pg_sys::INT8OID],
        )
    };
    static CHUNK: Statement = const {
        Statement::new(c"INSERT INTO dnc.list_chunk (version_id, lines) VALUES ($1, $2)", &[pg_sys::INT8OID, pg_sys::BYTEAOID])
    };
}

#[pg_extern(sql = false)]
fn dnc_load_chunks(version: Option<i64>, reject_percent: Option<i32>) {
    let Some(version) = version else { error::load_not_open(0) };
    load(version, reject_percent, |opened, reading, progress| {
        connected(sys::owner(), || {
            let mut cursor = Cursor::open(
                c"SELECT lines FROM dnc.list_chunk WHERE version_id OPERATOR(pg_catalog.=) $1 ORDER BY chunk_id USING OPERATOR(pg_catalog.<)",
                Some(version),
                1,
                false,
            );
            let mut parser = Parser::new(&opened.format);
            let mut hash = Sha256::new();
            while cursor.fetch(|row| {
                with_scratch(|| {
                    let lines = row.bytes(1);
                    hash.update(lines);
                    reading.bytes += lines.len() as u64;
                    feed(opened, &mut parser, Some(lines), reading, "dnc.list_line");
                });
            }) {
                reading.report(progress);
            }
            feed(opened, &mut parser, None, reading, "dnc.list_line");
            reading.hash = Some(hash.finalize().into());
            cursor.close();
        });
    });
}

/// Lines of a statement that are not yet written.
struct Taken {
    /// Transaction nesting depth of the statement.
    level: i32,
    /// The version of lines that do not name one, once looked up.
    default: Option<i64>,
    /// Version of the lines.
    version: i64,
    lines: Vec<u8>,
}

/// Called when the library is loaded.
pub fn init() {
    xact::at_transaction_end(|end| match end {
        Transaction::Ending => require_written(0),
        Transaction::Committed | Transaction::Over => TAKEN.with_borrow_mut(Vec::clear),
    });
    xact::at_subtransaction_end(|end| {
        let level = xact::nesting_level();
        match end {
            Subtransaction::Ending => require_written(level),
            Subtransaction::Released => {}
            // Only the lines of statements that ran in it are discarded.
            Subtransaction::RolledBack => TAKEN.with_borrow_mut(|all| all.retain(|taken| taken.level < level)),
        }
    });
}

/// The executor's caller wanted fewer rows than the statement returns, so the statement ended early with lines
/// unwritten.
fn require_written(level: i32) {
    if TAKEN.with_borrow(|all| all.iter().any(|taken| taken.level >= level && !taken.lines.is_empty())) {
        error::lines_not_written();
    }
}

trigger_function!(dnc_take_line, pg_finfo_dnc_take_line, take_line);

trigger_function!(dnc_take_chunk, pg_finfo_dnc_take_chunk, take_chunk, false);

/// INSTEAD OF INSERT on `dnc.list_line`.
fn take_line(trigger: Trigger) -> Datum {
    let tuple = trigger.new_tuple().unwrap_or_else(|| error::not_a_trigger());
    let version = trigger.value(tuple, 1).map(Column::int);
    let line = trigger.value(tuple, 2).and_then(Column::text);
    let version = TAKEN.with_borrow_mut(|all| {
        let taken = all.last_mut().unwrap_or_else(|| error::not_a_trigger());
        let default = || {
            let set = settings::list_load()?;
            let (version, transaction) = set.split_once(' ')?;
            (transaction.parse() == Ok(xact::id())).then(|| version.parse().ok())?
        };
        version.unwrap_or_else(|| *taken.default.get_or_insert_with(|| default().unwrap_or_else(|| error::no_load())))
    });
    if TAKEN.with_borrow(|all| all.last().is_some_and(|taken| taken.version != version)) {
        write_chunk();
    }
    let full = TAKEN.with_borrow_mut(|all| {
        let taken = all.last_mut().unwrap_or_else(|| error::not_a_trigger());
        taken.version = version;
        taken.lines.extend_from_slice(line.map_or(b"", Text::bytes));
        taken.lines.push(b'\n');
        taken.lines.len() >= PORTION
    });
    if full {
        write_chunk();
    }
    trigger.pass(tuple)
}

/// BEFORE and AFTER INSERT on `dnc.list_line`, for each statement.
fn take_chunk(trigger: Trigger) -> Datum {
    if trigger.arguments().first().is_some_and(|event| event == "begin") {
        let level = xact::nesting_level();
        TAKEN.with_borrow_mut(|all| all.push(Taken { level, default: None, version: 0, lines: Vec::new() }));
    } else {
        write_chunk();
        TAKEN.with_borrow_mut(Vec::pop);
    }
    Datum::from(0usize)
}

/// Writes the lines of the innermost statement.
fn write_chunk() {
    let (version, lines) = TAKEN.with_borrow_mut(|all| {
        all.last_mut().map_or((0, Vec::new()), |taken| (taken.version, std::mem::take(&mut taken.lines)))
    });
    if lines.is_empty() {
        return;
    }
    connected(sys::owner(), || {
        // Locked, so that a load is not finished while lines for it are uncommitted.
        if one(&OPEN, &[version.into_datum()]).is_none_or(|state| state != "open") {
            error::load_not_open(version);
        }
        CHUNK.with(|s| s.run(&[version.into_datum(), lines.as_slice().into_datum()], false));
    });
}
