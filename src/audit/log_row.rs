//! Writes rows of the log.

use super::trigger::writing;
use crate::settings;
use crate::sys::insert::{Load, Outcome, Target};
use crate::sys::invalidation;
use crate::sys::row::text_datum;
use crate::sys::spi::{self, Statement};
use crate::sys::trigger::Trigger;
use crate::sys::xact;
use crate::sys::{self};
use dnc_core::audit::canonical::{self};
use dnc_core::audit::commitment::{self, LogRow, SALT};
use dnc_core::audit::merkle_tree::Hash;
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

/// A change of a row, as the log records it.
pub struct Change<'a> {
    pub seq: i64,
    pub relation: &'a str,
    pub operation: &'a str,
    pub key: &'a str,
    pub before: Option<&'a str>,
    pub after: Option<&'a str>,
}

/// Who makes changes, and in which transaction.
pub struct Author {
    session_role: String,
    effective_role: String,
    actor: Option<String>,
    xid: u64,
}

impl Author {
    pub fn here() -> Author {
        Author {
            session_role: sys::role_name(sys::session_user()),
            effective_role: sys::role_name(sys::outer_user()),
            actor: settings::actor(),
            xid: xact::id(),
        }
    }
}

/// What is drawn and computed when a change is logged.
struct Drawn {
    salt: [u8; SALT],
    logged_at: i64,
    commitment: Hash,
    row_hash: Hash,
}

impl Change<'_> {
    fn draw(&self, author: &Author) -> Drawn {
        let (salt, logged_at) = (draw_salt(), sys::clock());
        let commitment = commitment::commitment(&salt, self.before.map(str::as_bytes), self.after.map(str::as_bytes));
        let row_hash = LogRow {
            seq: self.seq,
            relation: self.relation,
            operation: self.operation,
            row_key: self.key,
            logged_at,
            session_role: &author.session_role,
            effective_role: &author.effective_role,
            actor: author.actor.as_deref(),
            commitment: &commitment,
        }
        .hash();
        Drawn { salt, logged_at, commitment, row_hash }
    }

    /// The row of the log.
    fn row(&self, author: &Author, drawn: &Drawn) -> [Option<Datum>; 13] {
        let text = |s: &str| Some(text_datum(s));
        [
            self.seq.into_datum(),
            text(self.relation),
            text(self.operation),
            text(self.key),
            drawn.logged_at.into_datum(),
            text(&author.session_role),
            text(&author.effective_role),
            author.actor.as_deref().map(text_datum),
            (&drawn.commitment[..]).into_datum(),
            (&drawn.row_hash[..]).into_datum(),
            canonical::FORMAT.into_datum(),
            Some(Datum::from(author.xid)),
            false.into_datum(),
        ]
    }

    /// The row of its data.
    fn data(&self, drawn: &Drawn) -> [Option<Datum>; 4] {
        [self.seq.into_datum(), (&drawn.salt[..]).into_datum(), self.before.map(text_datum), self.after.map(text_datum)]
    }
}

/// Writes a change to the log.
pub fn log(trigger: &Trigger, change: &Change) {
    let author = Author::here();
    let drawn = change.draw(&author);
    let (row, data) = (change.row(&author, &drawn), change.data(&drawn));
    sys::as_role(trigger.owner(), || {
        writing(|| put(&LOG_TABLE, &row, &LOG, &row[..12]));
        put(&DATA_TABLE, &data, &DATA, &data);
    });
}

/// Many changes on their way into the log.
pub struct LogLoad {
    author: Author,
    log: Load,
    data: Load,
}

impl LogLoad {
    /// `None` if the log's tables need SQL.
    pub fn start() -> Option<LogLoad> {
        let author = Author::here();
        let log = LOG_TABLE.with(|table| table.load(&[c"audit_stamp"]))?;
        let Some(data) = DATA_TABLE.with(|table| table.load(&[])) else {
            log.finish();
            return None;
        };
        Some(LogLoad { author, log, data })
    }

    pub fn put(&mut self, change: &Change) {
        let drawn = change.draw(&self.author);
        self.log.put(|| change.row(&self.author, &drawn));
        self.data.put(|| change.data(&drawn));
    }

    pub fn finish(self) {
        self.log.finish();
        self.data.finish();
    }
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
