//! All rows of a small table of schema dnc, read without SQL.

use super::column::Column;
use super::row;
use crate::error;
use pgrx::pg_sys::{self, Datum, Oid};
use std::ffi::CStr;
use std::ptr;

/// A column's value, read by the column's type. Times are microseconds since 2000-01-01, days are days since then.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    Texts(Vec<String>),
    Bytes(Vec<u8>),
    Interval { months: i32, days: i32, micros: i64 },
}

impl Value {
    /// A copy of a column.
    pub fn of(column: Option<Column>) -> Value {
        // SAFETY: a column's value is of its type.
        column.map_or(Value::Null, |column| unsafe { read(column.datum(), column.kind()) })
    }

    pub fn bool(&self) -> Option<bool> {
        if let Value::Bool(value) = self { Some(*value) } else { None }
    }

    pub fn int(&self) -> Option<i64> {
        if let Value::Int(value) = self { Some(*value) } else { None }
    }

    pub fn text(&self) -> Option<&str> {
        if let Value::Text(value) = self { Some(value) } else { None }
    }

    pub fn texts(&self) -> Option<&[String]> {
        if let Value::Texts(value) = self { Some(value) } else { None }
    }

    pub fn bytes(&self) -> Option<&[u8]> {
        if let Value::Bytes(value) = self { Some(value) } else { None }
    }
}

/// Passes on the named columns of every row visible to the active snapshot, in no order. Raises an error if the table
/// or a column is missing, or has a type not supported here.
pub fn each<const N: usize>(table: &CStr, columns: [&CStr; N], mut row: impl FnMut([Value; N])) {
    let relation = super::open(super::relation(table), table, pg_sys::AccessShareLock);
    // SAFETY: the table is open; a tuple's page stays pinned until the scan advances; arrays have an element for each
    // attribute.
    unsafe {
        let descriptor = (*relation).rd_att;
        let places = columns.map(|name| place(descriptor, name).unwrap_or_else(|| lacks(table, name)));
        let count = (*descriptor).natts as usize;
        let (mut values, mut nulls) = (vec![Datum::from(0usize); count], vec![true; count]);
        let scan =
            pg_sys::table_beginscan_strat(relation, pg_sys::GetActiveSnapshot(), 0, ptr::null_mut(), true, false);
        loop {
            pgrx::check_for_interrupts!();
            let tuple = pg_sys::heap_getnext(scan, pg_sys::ScanDirection::ForwardScanDirection);
            if tuple.is_null() {
                break;
            }
            pg_sys::heap_deform_tuple(tuple, descriptor, values.as_mut_ptr(), nulls.as_mut_ptr());
            row(places.map(|(place, kind)| if nulls[place] { Value::Null } else { read(values[place], kind) }));
        }
        pg_sys::heap_endscan(scan);
        pg_sys::table_close(relation, pg_sys::AccessShareLock as i32);
    }
}

fn lacks(table: &CStr, column: &CStr) -> ! {
    error::missing_column(&format!("dnc.{}", table.to_string_lossy()), &column.to_string_lossy())
}

/// The index of a column, counted from 0, and its type.
///
/// # Safety
/// The descriptor is live.
unsafe fn place(descriptor: pg_sys::TupleDesc, name: &CStr) -> Option<(usize, Oid)> {
    // SAFETY: see above; a name is a C string.
    unsafe {
        (0..(*descriptor).natts as usize).find_map(|place| {
            let attribute = super::attribute(descriptor, place);
            let known = CStr::from_ptr(attribute.attname.data.as_ptr());
            (!attribute.attisdropped && known == name).then_some((place, attribute.atttypid))
        })
    }
}

/// # Safety
/// The datum is of this type.
unsafe fn read(value: Datum, kind: Oid) -> Value {
    // SAFETY: see above.
    unsafe {
        match kind {
            pg_sys::BOOLOID => Value::Bool(value.value() != 0),
            pg_sys::INT2OID => Value::Int(i64::from(value.value() as i16)),
            pg_sys::INT4OID | pg_sys::DATEOID => Value::Int(i64::from(value.value() as i32)),
            pg_sys::INT8OID | pg_sys::TIMESTAMPTZOID => Value::Int(value.value() as i64),
            pg_sys::TEXTOID => Value::Text(row::text(value)),
            pg_sys::TEXTARRAYOID => {
                let texts: Option<Vec<String>> = row::texts(value).into_iter().collect();
                Value::Texts(
                    texts.unwrap_or_else(|| pgrx::error!("an array of the extension has an element that is NULL")),
                )
            }
            pg_sys::BYTEAOID => {
                let bytes = pg_sys::pg_detoast_datum(value.cast_mut_ptr());
                Value::Bytes(pgrx::varlena_to_byte_slice(bytes).to_vec())
            }
            pg_sys::INTERVALOID => {
                let interval = &*value.cast_mut_ptr::<pg_sys::Interval>();
                Value::Interval { months: interval.month, days: interval.day, micros: interval.time }
            }
            _ => pgrx::error!("a column of the extension is of type {kind}, which is not read from here"),
        }
    }
}
