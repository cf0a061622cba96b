//! Writes rows of the log.

use super::trigger::writing;
use crate::settings;
use crate::sys::insert::{Outcome, Target};
use crate::sys::invalidation;
use crate::sys::row::text_datum;
use crate::sys::spi::{self, Statement};
use crate::sys::trigger::Trigger;
use crate::sys::xact;
use crate::sys::{self};
use dnc_core::audit::canonical::{self};
use dnc_core::audit::commitment::{self, LogRow, SALT};
use pgrx::IntoDatum;
use pgrx::pg_sys::{self, Datum, Oid};
use std::cell::RefCell;
use std::thread::LocalKey;

/// `xid8` (pg_type.dat).
const XID8: Oid = Oid::from_u32(5069);

thread_local! {
    pub static LOG_TABLE: Target = {
        invalidation::register(&LOG_TABLE);
        Target::new(
            c"audit_log",
            &[
                (c"seq", pg_sys::INT8OID),
                (c"relation", pg_sys::TEXTOID),
                (c"operation", pg_sys::TEXTOID),
                (c"row_key", pg_sys::TEXTOID),
                (c"logged_at", pg_sys::TIMESTAMPTZOID),
                (c"session_role", pg_sys::TEXTOID),
                (c"effective_role", pg_sys::TEXTOID),
                (c"actor", pg_sys::TEXTOID),
                (c"commitment", pg_sys::BYTEAOID),
                (c"row_hash", pg_sys::BYTEAOID),
                (c"format", pg_sys::INT2OID),
                (c"xid", XID8),
                (c"loaded", pg_sys::BOOLOID),
            ],
            Some(c"audit_stamp"),
        )
    };
    pub static DATA_TABLE: Target = {
        invalidation::register(&DATA_TABLE);
        Target::new(
            c"audit_data",
            &[
                (c"seq", pg_sys::INT8OID),
                (c"salt", pg_sys::BYTEAOID),
                (c"before", pg_sys::TEXTOID),
                (c"after", pg_sys::TEXTOID),
            ],
            None,
        )
    };
    /// The same in SQL, for tables whose definition was changed.
    static LOG: Statement = const {
        Statement::new(
            c"INSERT INTO dnc.audit_log (seq, relation, operation, row_key, logged_at, session_role, effective_role, actor, commitment, row_hash, format, xid) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            &[
                pg_sys::INT8OID, pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TIMESTAMPTZOID,
                pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::BYTEAOID, pg_sys::BYTEAOID,
                pg_sys::INT2OID, XID8,
            ],
        )
    };
    static DATA: Statement = const {
        Statement::new(
            c"INSERT INTO dnc.audit_data (seq, salt, before, after) VALUES ($1, $2, $3, $4)",
            &[pg_sys::INT8OID, pg_sys::BYTEAOID, pg_sys::TEXTOID, pg_sys::TEXTOID],
        )
    };
}

pub fn log(
    trigger: &Trigger,
    seq: i64,
    relation: &str,
    operation: &str,
    key: &str,
    before: Option<&str>,
    after: Option<&str>,
) {
    let salt = draw_salt();
    let (logged_at, xid) = (sys::clock(), xact::id());
    let session_role = sys::role_name(sys::session_user());
    let effective_role = sys::role_name(sys::outer_user());
    let actor = settings::actor();
    let commitment = commitment::commitment(&salt, before.map(str::as_bytes), after.map(str::as_bytes));
    let row_hash = LogRow {
        seq,
        relation,
        operation,
        row_key: key,
        logged_at,
        session_role: &session_role,
        effective_role: &effective_role,
        actor: actor.as_deref(),
        commitment: &commitment,
    }
    .hash();

    let text = |s: &str| Some(text_datum(s));
    let row = [
        seq.into_datum(),
        text(relation),
        text(operation),
        text(key),
        logged_at.into_datum(),
        text(&session_role),
        text(&effective_role),
        actor.as_deref().map(text_datum),
        (&commitment[..]).into_datum(),
        (&row_hash[..]).into_datum(),
        canonical::FORMAT.into_datum(),
        Some(Datum::from(xid)),
        false.into_datum(),
    ];
    let data = [seq.into_datum(), (&salt[..]).into_datum(), before.map(text_datum), after.map(text_datum)];
    sys::as_role(trigger.owner(), || {
        writing(|| put(&LOG_TABLE, &row, &LOG, &row[..12]));
        put(&DATA_TABLE, &data, &DATA, &data);
    });
}

/// Random bytes for a commitment. They are drawn for several rows at once, since the cost is per call; each is used
/// once.
fn draw_salt() -> [u8; SALT] {
    const DRAWN: usize = 32;
    thread_local! {
        static LEFT: RefCell<Vec<[u8; SALT]>> = const { RefCell::new(Vec::new()) };
    }
    if let Some(salt) = LEFT.with_borrow_mut(Vec::pop) {
        return salt;
    }
    let mut drawn = [[0; SALT]; DRAWN];
    if !sys::draw(drawn.as_flattened_mut()) {
        pgrx::error!("could not draw random bytes for the audit log");
    }
    LEFT.with_borrow_mut(|left| {
        left.extend(drawn);
        left.pop()
    })
    .expect("just drawn")
}

/// Inserts a row into a table, without SQL if possible.
fn put(
    target: &'static LocalKey<Target>,
    row: &[Option<Datum>],
    statement: &'static LocalKey<Statement>,
    arguments: &[Option<Datum>],
) {
    if target.with(|target| target.insert(row)) == Outcome::NeedsSql {
        spi::with_connection(|| statement.with(|statement| statement.run(arguments, false)));
    }
}
