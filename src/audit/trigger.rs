//! `sql/install/20-audit.sql`: the triggers that write the log.
//!
//! A BEFORE trigger draws the number of the change; an AFTER trigger, which sees generated columns and is not called
//! for rows that `ON CONFLICT` dropped, writes the log row. An INSERT that brings a number is a restore: it writes
//! nothing, and must be what the log describes last for that row.

use crate::sys::insert::{Outcome, Target};
use crate::sys::invalidation::Changed;
use crate::sys::row::{self, Column, Row, text_datum};
use crate::sys::sequence::Sequence;
use crate::sys::spi::{self, Statement, connected};
use crate::sys::trigger::{Event, Trigger};
use crate::sys::{self, Spelling, Text};
use crate::{error, settings, trigger_function};
use dnc_core::audit::canonical::{self, Value, same_row};
use dnc_core::audit::commitment::{self, LogRow, SALT};
use dnc_core::limits;
use dnc_core::phone::Phone;
use pgrx::pg_sys::{self, Datum, Oid};
use pgrx::{FromDatum, IntoDatum, pg_extern, pg_guard};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::thread::LocalKey;

const SEQ: &str = "audit_seq";

thread_local! {
    /// Rows that brought their number along, between their BEFORE and their AFTER trigger: relation, key and number.
    static BROUGHT: RefCell<HashSet<(u32, String, i64)>> = RefCell::default();
    /// Whether the row going into the log is ours.
    static WRITING: Cell<bool> = const { Cell::new(false) };
    /// Whether rows are being erased.
    static ERASING: Cell<bool> = const { Cell::new(false) };
    static NUMBERS: Sequence = const { Sequence::new(c"audit_seq") };
    static LOG_TABLE: Target = const {
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
    static DATA_TABLE: Target = const {
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
    /// The same in SQL, for tables that somebody has changed.
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
    /// Whether this transaction's restored rows may come before the log, once that was looked at.
    static EARLY: Cell<Option<bool>> = const { Cell::new(None) };
    static OWN: Statement = const { Statement::new(c"SELECT true FROM dnc.audit_log WHERE NOT loaded LIMIT 1", &[]) };
    static FORGET: Statement = const {
        Statement::new(
            c"DELETE FROM dnc.audit_data d USING dnc.audit_log l WHERE l.relation OPERATOR(pg_catalog.=) $1 AND l.row_key OPERATOR(pg_catalog.=) $2 AND d.seq OPERATOR(pg_catalog.=) l.seq AND l.operation OPERATOR(pg_catalog.<>) 'ERASE'",
            &[pg_sys::TEXTOID, pg_sys::TEXTOID],
        )
    };
    static LAST: Statement = const {
        Statement::new(
            c"SELECT l.seq, l.operation, d.after FROM dnc.audit_log l LEFT JOIN dnc.audit_data d ON d.seq OPERATOR(pg_catalog.=) l.seq WHERE l.relation OPERATOR(pg_catalog.=) $1 AND l.row_key OPERATOR(pg_catalog.=) $2 ORDER BY l.seq USING OPERATOR(pg_catalog.>) LIMIT 1",
            &[pg_sys::TEXTOID, pg_sys::TEXTOID],
        )
    };
}

/// `xid8` (pg_type.dat).
const XID8: Oid = Oid::from_u32(5069);

/// Called when the library is loaded.
pub fn init() {
    // SAFETY: the callback is a function of this library, which is never unloaded.
    unsafe { pg_sys::RegisterXactCallback(Some(forget), std::ptr::null_mut()) };
}

#[pg_guard]
unsafe extern "C-unwind" fn forget(_event: pg_sys::XactEvent::Type, _argument: *mut std::ffi::c_void) {
    BROUGHT.with_borrow_mut(|brought| brought.clear());
    EARLY.set(None);
}

/// Called for every change of the catalogs.
pub fn forget_if(changed: Changed) {
    NUMBERS.with(|numbers| numbers.forget_if(changed));
    LOG_TABLE.with(|table| table.forget_if(changed));
    DATA_TABLE.with(|table| table.forget_if(changed));
}

trigger_function!(dnc_audit_draw, pg_finfo_dnc_audit_draw, draw);
trigger_function!(dnc_audit_write, pg_finfo_dnc_audit_write, write);
trigger_function!(dnc_audit_stamp, pg_finfo_dnc_audit_stamp, stamp);

/// BEFORE INSERT OR UPDATE, argument: the key column.
fn draw(trigger: Trigger) -> Datum {
    let new = trigger.new_tuple().unwrap_or_else(|| error::not_a_trigger());
    let row = trigger.row(new);
    if trigger.event() == Event::Update {
        let old = trigger.row(trigger.old_tuple().expect("an update has an old row"));
        let (was, is) = (key_of(&trigger, &old), key_of(&trigger, &row));
        if was != is {
            error::audit_key_changed(&trigger.relation_name(), &was, &is);
        }
    } else if let Some(seq) = seq_of(&row) {
        let brought = (trigger.relation_oid().to_u32(), key_of(&trigger, &row), seq);
        BROUGHT.with_borrow_mut(|all| all.insert(brought));
        return trigger.pass(new);
    }
    trigger.pass(row.with(SEQ, Datum::from(next_seq(trigger.owner()))))
}

/// AFTER INSERT, UPDATE OR DELETE, argument: the key column.
fn write(trigger: Trigger) -> Datum {
    let relation = trigger.relation_name();
    let old = trigger.old_tuple().map(|t| trigger.row(t));
    let new = trigger.new_tuple().map(|t| trigger.row(t));
    let key = key_of(&trigger, new.as_ref().or(old.as_ref()).expect("a row trigger has a row"));
    let before = old.as_ref().map(|r| canonical_row(&relation, r));
    let after = new.as_ref().map(|r| canonical_row(&relation, r));
    let seq = match new.as_ref().and_then(seq_of) {
        Some(seq) if trigger.event() == Event::Insert && was_brought(&trigger, &key, seq) => {
            check_restored(&trigger, &relation, &key, seq, after.as_deref().unwrap_or(""));
            return Datum::from(0usize);
        }
        Some(seq) => seq,
        None => next_seq(trigger.owner()),
    };
    if ERASING.get() && trigger.event() == Event::Delete {
        // The log says that the row is gone and no more of it than that; what it committed to before stays committed to.
        log(&trigger, seq, &relation, "ERASE", &key, None, None);
        connected(trigger.owner(), || {
            FORGET.with(|forget| forget.run(&[Some(text_datum(&relation)), Some(text_datum(&key))], false))
        });
        return Datum::from(0usize);
    }
    let operation = match trigger.event() {
        Event::Insert => "INSERT",
        Event::Update => "UPDATE",
        Event::Delete => "DELETE",
        Event::Truncate => error::not_a_trigger(),
    };
    log(&trigger, seq, &relation, operation, &key, before.as_deref(), after.as_deref());
    Datum::from(0usize)
}

/// Does `work`, in which rows of history can be deleted, and with each all that the log holds of it.
pub fn erasing<T>(work: impl FnOnce() -> T) -> T {
    marked(&ERASING, work)
}

/// Does `work`, whose rows are not stamped as loaded.
pub fn writing<T>(work: impl FnOnce() -> T) -> T {
    marked(&WRITING, work)
}

/// Does `work` with a flag set.
fn marked<T>(flag: &'static LocalKey<Cell<bool>>, work: impl FnOnce() -> T) -> T {
    let _mark = Mark::set(flag);
    work()
}

/// `dnc.erasing()`: whether rows are being erased: only while [`erasing`] runs.
#[pg_extern(sql = false)]
fn dnc_erasing() -> bool {
    ERASING.get()
}

/// Sets a flag while it lives, also when an error unwinds.
struct Mark(&'static LocalKey<Cell<bool>>);

impl Mark {
    fn set(flag: &'static LocalKey<Cell<bool>>) -> Mark {
        flag.set(true);
        Mark(flag)
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

fn was_brought(trigger: &Trigger, key: &str, seq: i64) -> bool {
    BROUGHT
        .with_borrow_mut(|all| !all.is_empty() && all.remove(&(trigger.relation_oid().to_u32(), key.to_owned(), seq)))
}

/// BEFORE INSERT on the log itself: says of every row that is not ours that it was loaded.
fn stamp(trigger: Trigger) -> Datum {
    let row = trigger.row(trigger.new_tuple().unwrap_or_else(|| error::not_a_trigger()));
    trigger.pass(row.with("loaded", Datum::from(!WRITING.get())))
}

fn log(
    trigger: &Trigger,
    seq: i64,
    relation: &str,
    operation: &str,
    key: &str,
    before: Option<&str>,
    after: Option<&str>,
) {
    let salt = draw_salt();
    // SAFETY: plain calls.
    let (logged_at, session_role, effective_role, xid) = unsafe {
        (
            pg_sys::GetCurrentTimestamp(),
            sys::role_name(pg_sys::GetSessionUserId()),
            sys::role_name(pg_sys::GetOuterUserId()),
            pg_sys::GetTopFullTransactionId().value,
        )
    };
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

/// Random bytes for a commitment. They are drawn for some rows at once, since what costs is the asking; each is given out
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
    // SAFETY: the buffer has the length that is given.
    if !unsafe { pg_sys::pg_strong_random(drawn.as_mut_ptr().cast(), size_of_val(&drawn)) } {
        pgrx::error!("could not draw random bytes for the audit log");
    }
    LEFT.with_borrow_mut(|left| {
        left.extend(drawn);
        left.pop()
    })
    .expect("just drawn")
}

/// Puts a row into a table, past SQL where that can be.
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

/// A row that brings its number must be the one that the log describes last under its key.
///
/// A parallel restore loads tables in any order, so the log may not be there yet. Such a row is taken only from a
/// superuser, who alone restores, and only while this database has written no log row of its own; `dnc_health` compares
/// every row with the log, whenever it came.
fn check_restored(trigger: &Trigger, relation: &str, key: &str, seq: i64, row: &str) {
    let last = connected(trigger.owner(), || {
        let found = LAST.with(|last| last.run(&[Some(text_datum(relation)), Some(text_datum(key))], false))?;
        let seq = found[0].map_or(0, |d| d.value() as i64);
        // SAFETY: columns two and three are texts; they are copied before SPI's memory goes.
        let texts = unsafe { (found[1].map(|d| row::text(d)), found[2].map(|d| row::text(d))) };
        Some((seq, texts.0.unwrap_or_default(), texts.1))
    });
    let early = matches!(last, None | Some((_, _, None)));
    if early && may_come_early(trigger.owner()) {
        return;
    }
    let why = match last {
        None => "the log does not know the row".to_owned(),
        Some((last, ..)) if last != seq => format!("its last log row is {last}"),
        Some((_, operation, _)) if operation == "DELETE" || operation == "ERASE" => "the row was deleted".to_owned(),
        Some((_, _, None)) => "the log no longer holds its data".to_owned(),
        Some((_, _, Some(logged))) if !same_row(&logged, row) => "the log describes other contents".to_owned(),
        Some(_) => return,
    };
    error::audit_forged(relation, key, seq, &why)
}

/// Whether this is a restore whose log is still to come. Found out once a transaction, since it reads the whole log.
fn may_come_early(owner: Oid) -> bool {
    // SAFETY: a lookup of the attribute of the user outside all functions that run as somebody else.
    if !unsafe { pg_sys::superuser_arg(pg_sys::GetOuterUserId()) } {
        return false;
    }
    let found = EARLY.get().unwrap_or_else(|| connected(owner, || OWN.with(|own| own.run(&[], false)).is_none()));
    EARLY.set(Some(found));
    found
}

/// `dnc.row_matches(logged, row)`: whether the log's canonical bytes describe this row.
#[pg_extern(sql = false)]
fn dnc_row_matches(logged: Option<Spelling>, row: Option<pgrx::AnyElement>) -> bool {
    let (Some(Spelling(logged)), Some(row)) = (logged, row) else { return false };
    let logged = logged.limited("the log's description of a row", limits::LONG);
    // SAFETY: the argument is declared as a record; its header says of which type.
    let canonical = unsafe {
        let header: pg_sys::HeapTupleHeader = pg_sys::pg_detoast_datum(row.datum().cast_mut_ptr()).cast();
        let mut tuple = pg_sys::HeapTupleData {
            t_len: pgrx::varsize_any(header.cast()) as u32,
            t_data: header,
            ..pg_sys::HeapTupleData::default()
        };
        let datum = (*header).t_choice.t_datum;
        let descriptor = pg_sys::lookup_rowtype_tupdesc_copy(datum.datum_typeid, datum.datum_typmod);
        canonical_row("row", &Row::of(&mut tuple, descriptor))
    };
    same_row(&logged.to_utf8(), &canonical)
}

fn next_seq(owner: Oid) -> i64 {
    sys::as_role(owner, || NUMBERS.with(Sequence::next))
}

fn seq_of(row: &Row) -> Option<i64> {
    row.value(SEQ).map(|d| d.value() as i64)
}

/// The text of the key column, which the trigger's argument names.
fn key_of(trigger: &Trigger, row: &Row) -> String {
    let column = trigger.argument(0).unwrap_or_else(|| error::not_a_trigger());
    let Some(found) = row.column(&column) else { error::missing_column(&trigger.relation_name(), &column) };
    let Some(value) = found.value else { return String::new() };
    match found.type_oid {
        // SAFETY: the column's type says how to read it.
        pg_sys::TEXTOID => unsafe { row::text(value) },
        pg_sys::INT8OID => (value.value() as i64).to_string(),
        _ => error::audit_type(&trigger.relation_name(), &column),
    }
}

/// Bytes of a value of a type of any length, found out without reading it.
fn size(column: Column) -> Option<usize> {
    let long = [pg_sys::TEXTOID, pg_sys::TEXTARRAYOID, pg_sys::BYTEAOID, pg_sys::JSONBOID];
    // SAFETY: types whose values begin with their length.
    column.value.filter(|_| long.contains(&column.type_oid)).map(|value| unsafe { pg_sys::toast_raw_datum_size(value) })
}

/// The row's canonical bytes; the number of the change is not part of them.
fn canonical_row(relation: &str, row: &Row) -> String {
    let size: usize = row.columns().filter_map(|(_, column)| size(column)).sum();
    if size > limits::ROW {
        error::too_large(&format!("a row of dnc.{relation}"), size, limits::ROW);
    }
    let columns = row.columns().filter(|(name, _)| name != SEQ);
    let owned: Vec<(Cow<str>, Owned)> = columns
        .map(|(name, column)| {
            let value = column.value.map_or(Owned::Null, |value| {
                // SAFETY: the column's type says how to read it.
                unsafe { Owned::read(value, column.type_oid) }.unwrap_or_else(|| error::audit_type(relation, &name))
            });
            (name, value)
        })
        .collect();
    canonical::row(owned.iter().map(|(name, value)| (&**name, value.borrow())))
}

/// A column's value; a text where it lies in the tuple, anything else copied out of it.
enum Owned<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Text(Cow<'a, str>),
    Texts(Vec<Option<String>>),
    Timestamp(i64),
    Date(i32),
    Interval(i32, i32, i64),
    Bytes(Vec<u8>),
    Json(String),
}

impl<'a> Owned<'a> {
    /// `None` for a type that the format does not know.
    unsafe fn read(value: Datum, kind: Oid) -> Option<Owned<'a>> {
        // SAFETY: the caller vouches that the datum is of this type.
        unsafe {
            Some(match kind {
                pg_sys::BOOLOID => Owned::Bool(value.value() != 0),
                pg_sys::INT2OID => Owned::Int(i64::from(value.value() as i16)),
                pg_sys::INT4OID => Owned::Int(i64::from(value.value() as i32)),
                pg_sys::INT8OID => Owned::Int(value.value() as i64),
                pg_sys::TEXTOID => Owned::Text(Text::from_datum(value, false)?.to_utf8()),
                pg_sys::TEXTARRAYOID => Owned::Texts(row::texts(value)),
                pg_sys::TIMESTAMPTZOID => Owned::Timestamp(value.value() as i64),
                pg_sys::DATEOID => Owned::Date(value.value() as i32),
                pg_sys::INTERVALOID => {
                    let interval = *value.cast_mut_ptr::<pg_sys::Interval>();
                    Owned::Interval(interval.month, interval.day, interval.time)
                }
                pg_sys::BYTEAOID => Owned::Bytes(<&[u8]>::from_datum(value, false)?.to_vec()),
                pg_sys::JSONBOID => Owned::Json(row::jsonb(value)),
                _ if is_phone(kind) => Owned::Text(Phone::from_stored(value.value() as i64).to_string().into()),
                _ => return None,
            })
        }
    }

    fn borrow(&self) -> Value<'_> {
        match self {
            Owned::Null => Value::Null,
            Owned::Bool(b) => Value::Bool(*b),
            Owned::Int(n) => Value::Int(*n),
            Owned::Text(s) => Value::Text(s),
            Owned::Texts(all) => Value::Texts(all),
            Owned::Timestamp(t) => Value::Timestamp(*t),
            Owned::Date(d) => Value::Date(*d),
            Owned::Interval(months, days, micros) => Value::Interval(*months, *days, *micros),
            Owned::Bytes(b) => Value::Bytes(b),
            Owned::Json(s) => Value::Json(s),
        }
    }
}

/// Whether this is our type: its input function is ours. The last answer is remembered; another type asks anew.
pub fn is_phone(kind: Oid) -> bool {
    thread_local! {
        static KNOWN: Cell<Oid> = const { Cell::new(pg_sys::InvalidOid) };
    }
    if kind == KNOWN.get() {
        return kind != pg_sys::InvalidOid;
    }
    if u32::from(kind) < pg_sys::FirstNormalObjectId {
        return false;
    }
    let phone = crate::phone::is_phone_type(kind);
    if phone {
        KNOWN.set(kind);
    }
    phone
}
