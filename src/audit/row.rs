//! A table's row as canonical bytes, and its key and number.

use crate::error;
use crate::phone::is_phone;
use crate::sys::row::{self, Column, Row};
use crate::sys::trigger::Trigger;
use crate::sys::{Spelling, Text};
use dnc_core::audit::canonical::{self, Value, same_row};
use dnc_core::limits;
use dnc_core::phone::Phone;
use pgrx::pg_sys::{self, Datum, Oid};
use pgrx::{FromDatum, IntoDatum, pg_extern};
use std::borrow::Cow;

pub const SEQ: &str = "audit_seq";

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

pub fn seq_of(row: &Row) -> Option<i64> {
    row.value(SEQ).map(|d| d.value() as i64)
}

/// The text of the key column, which the trigger's argument names.
pub fn key_of(trigger: &Trigger, row: &Row) -> String {
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
pub fn canonical_row(relation: &str, row: &Row) -> String {
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
