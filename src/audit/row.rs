//! A table's row as canonical bytes, with its key and log sequence number.

use crate::error;
use crate::phone::is_phone;
use crate::sys::Spelling;
use crate::sys::column::Column;
use crate::sys::row::Row;
use crate::sys::trigger::Trigger;
use dnc_core::audit::canonical::{self, Canonical, same_row};
use dnc_core::limits;
use dnc_core::phone::Phone;
use pgrx::pg_extern;
use pgrx::pg_sys::{self};
use std::borrow::Cow;

pub const SEQ: &str = "audit_seq";

/// `dnc.row_matches(logged, row)`: whether the log's canonical bytes describe this row.
#[pg_extern(sql = false)]
fn dnc_row_matches(logged: Option<Spelling>, row: Option<pgrx::AnyElement>) -> bool {
    let (Some(Spelling(logged)), Some(row)) = (logged, row) else { return false };
    let logged = logged.limited("the log's description of a row", limits::LONG);
    let Some(canonical) = Row::of_record(&row, |row| canonical_row("row", row)) else { return false };
    same_row(&logged.to_utf8(), &canonical)
}

pub fn seq_of(row: &Row) -> Option<i64> {
    row.value(SEQ).map(Column::int)
}

/// The text of the key column, which the trigger's argument names.
pub fn key_of(trigger: &Trigger, row: &Row) -> String {
    let column = trigger.argument(0).unwrap_or_else(|| error::not_a_trigger());
    if row.place(&column).is_none() {
        error::missing_column(&trigger.relation_name(), &column);
    }
    let Some(value) = row.value(&column) else { return String::new() };
    match value.kind() {
        pg_sys::TEXTOID => value.string(),
        pg_sys::INT8OID => value.int().to_string(),
        _ => error::audit_type(&trigger.relation_name(), &column),
    }
}

/// The row's canonical bytes, without the log sequence number.
pub fn canonical_row(relation: &str, row: &Row) -> String {
    let size: usize = row.columns().filter_map(|(_, column)| column?.size()).sum();
    if size > limits::ROW {
        error::too_large(&format!("a row of dnc.{relation}"), size, limits::ROW);
    }
    let columns = row.columns().filter(|(name, _)| name != SEQ);
    let owned: Vec<(Cow<str>, Owned)> = columns
        .map(|(name, column)| {
            let value = column.map_or(Owned::Null, |column| {
                Owned::read(column).unwrap_or_else(|| error::audit_type(relation, &name))
            });
            (name, value)
        })
        .collect();
    canonical::row(owned.iter().map(|(name, value)| (&**name, value.borrow())))
}

/// A column's value; a text is borrowed from the tuple, any other value is copied.
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
    /// `None` for a type that the format does not support.
    fn read(column: Column<'a>) -> Option<Owned<'a>> {
        Some(match column.kind() {
            pg_sys::BOOLOID => Owned::Bool(column.bool()),
            pg_sys::INT2OID => Owned::Int(i64::from(column.int() as i16)),
            pg_sys::INT4OID => Owned::Int(i64::from(column.int() as i32)),
            pg_sys::INT8OID => Owned::Int(column.int()),
            pg_sys::TEXTOID => Owned::Text(column.text()?.to_utf8()),
            pg_sys::TEXTARRAYOID => Owned::Texts(column.texts()?),
            pg_sys::TIMESTAMPTZOID => Owned::Timestamp(column.int()),
            pg_sys::DATEOID => Owned::Date(column.int() as i32),
            pg_sys::INTERVALOID => {
                let (months, days, micros) = column.interval()?;
                Owned::Interval(months, days, micros)
            }
            pg_sys::BYTEAOID => Owned::Bytes(column.bytes().to_vec()),
            pg_sys::JSONBOID => Owned::Json(column.jsonb()?),
            kind if is_phone(kind) => Owned::Text(Phone::from_stored(column.int()).to_string().into()),
            _ => return None,
        })
    }

    fn borrow(&self) -> Canonical<'_> {
        match self {
            Owned::Null => Canonical::Null,
            Owned::Bool(b) => Canonical::Bool(*b),
            Owned::Int(n) => Canonical::Int(*n),
            Owned::Text(s) => Canonical::Text(s),
            Owned::Texts(all) => Canonical::Texts(all),
            Owned::Timestamp(t) => Canonical::Timestamp(*t),
            Owned::Date(d) => Canonical::Date(*d),
            Owned::Interval(months, days, micros) => Canonical::Interval(*months, *days, *micros),
            Owned::Bytes(b) => Canonical::Bytes(b),
            Owned::Json(s) => Canonical::Json(s),
        }
    }
}
