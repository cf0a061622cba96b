//! Wrappers for PostgreSQL's interface: the only place with differences between its versions.

pub mod args;
pub mod bulk_insert;
pub mod catalog;
pub mod column;
pub mod cursor;
pub mod event;
pub mod executor;
pub mod guc;
pub mod insert;
pub mod invalidation;
pub mod jsonb;
pub mod lock;
pub mod lookahead;
pub mod memory;
pub mod named_rows;
pub mod one_row_table;
pub mod output;
pub mod planner;
pub mod probe;
pub mod progress;
pub mod raw;
pub mod report;
pub mod result_set;
mod role;
pub mod row;
pub mod row_place;
mod scratch;
pub mod sequence;
pub mod shared;
pub mod site;
pub mod soft_error;
pub mod spi;
pub mod statistics;
pub mod stream;
pub mod table;
pub mod temp;
mod text;
pub mod trigger;
pub mod written_row;
pub mod xact;

pub use role::*;
pub use scratch::Scratch;
pub use text::{Spelling, Text, in_collation, to_utf8, try_utf8, utf8_in_place};

use pgrx::pg_sys::{self, Oid};
use std::ffi::CStr;

/// The start of this statement, in microseconds since 2000-01-01 UTC.
pub fn now() -> i64 {
    // SAFETY: reads a variable of the server's.
    unsafe { pg_sys::GetCurrentStatementStartTimestamp() }
}

/// `at` if it is before this transaction: from its start on, everything visible counts, whenever it was received.
pub fn past(at: Option<i64>) -> Option<i64> {
    // SAFETY: as above.
    at.filter(|at| *at < unsafe { pg_sys::GetCurrentTransactionStartTimestamp() })
}

/// The time that a text means, in microseconds since 2000-01-01 UTC; raises an error if it means none.
pub fn timestamp(text: &str) -> i64 {
    let text = std::ffi::CString::new(text).unwrap_or_default();
    // SAFETY: the input function takes a C string.
    let found = unsafe {
        let function = pg_sys::F_TIMESTAMPTZ_IN.into();
        pg_sys::OidInputFunctionCall(function, text.as_ptr().cast_mut(), pg_sys::InvalidOid, -1)
    };
    found.value() as i64
}

/// Whether parallel workers are running, or this is one: no new snapshot can be taken then.
pub fn is_parallel() -> bool {
    // SAFETY: a read of the transaction's state.
    unsafe { raw::IsInParallelMode() }
}

/// Runs `work` under the newest snapshot, as needed for cached catalog lookups: an older one may not see changes whose
/// invalidations this session has already processed. In parallel mode the active snapshot stays.
pub fn with_latest_snapshot<T>(work: impl FnOnce() -> T) -> T {
    if is_parallel() {
        return work();
    }
    // SAFETY: the snapshot is popped again; an error in between drops it with the transaction.
    unsafe {
        pg_sys::PushActiveSnapshot(pg_sys::GetLatestSnapshot());
        let result = work();
        pg_sys::PopActiveSnapshot();
        result
    }
}

/// Distinguishes the active snapshot from others, as long as it is active or kept below another one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SnapshotId(pg_sys::Snapshot);

pub fn active_snapshot() -> SnapshotId {
    // SAFETY: a snapshot is active whenever a function is called.
    SnapshotId(unsafe { raw::GetActiveSnapshot() })
}

/// A column's description.
///
/// # Safety
/// `descriptor` is live and has a column at this index, counted from 0.
pub unsafe fn attribute<'a>(descriptor: pg_sys::TupleDesc, place: usize) -> &'a pg_sys::FormData_pg_attribute {
    // SAFETY: see above. From PostgreSQL 18 on the array follows another one, and an accessor finds it.
    #[cfg(feature = "pg18")]
    unsafe {
        &*pg_sys::TupleDescAttr(descriptor, place as i32)
    }
    // SAFETY: see above.
    #[cfg(not(feature = "pg18"))]
    unsafe {
        &*(*descriptor).attrs.as_ptr().add(place)
    }
}

/// A relation of schema dnc; raises an error if it does not exist.
pub fn relation(name: &CStr) -> Oid {
    // SAFETY: lookups by C strings.
    let oid = unsafe { pg_sys::get_relname_relid(name.as_ptr(), schema()) };
    if oid == pg_sys::InvalidOid { crate::error::missing_relation(&name.to_string_lossy()) } else { oid }
}

/// Whether schema dnc has a relation of this name.
pub fn has_relation(name: &CStr) -> bool {
    index(name) != pg_sys::InvalidOid
}

/// An index of schema dnc; `InvalidOid` if it is missing, without an error.
pub fn index(name: &CStr) -> Oid {
    // SAFETY: a lookup by a C string.
    unsafe { pg_sys::get_relname_relid(name.as_ptr(), schema()) }
}

/// Opens a table of schema dnc by a previously looked-up OID; raises an error if it has been dropped since.
pub fn open(table: Oid, name: &CStr, lock: u32) -> pg_sys::Relation {
    // SAFETY: any OID; null is returned if it has no table.
    let relation = unsafe { pg_sys::try_table_open(table, lock as i32) };
    if relation.is_null() { crate::error::missing_relation(&name.to_string_lossy()) } else { relation }
}

/// Schema dnc; raises an error if it does not exist.
pub fn schema() -> Oid {
    // SAFETY: a lookup by a C string; `true` allows it to be missing.
    let oid = unsafe { pg_sys::get_namespace_oid(c"dnc".as_ptr(), true) };
    if oid == pg_sys::InvalidOid { crate::error::missing_relation("*") } else { oid }
}

/// The name of a table's column, by its number from 1, if there is one.
pub fn column_name(table: Oid, number: i16) -> Option<String> {
    // SAFETY: a catalog lookup that may find nothing; a name is a C string.
    unsafe {
        let name = pg_sys::get_attname(table, number, true);
        (!name.is_null()).then(|| to_utf8(CStr::from_ptr(name).to_bytes()).into_owned())
    }
}

/// A function of schema dnc, if it exists. Bypasses the parser, which checks privileges on the schema.
pub fn function(name: &CStr, arguments: &[Oid]) -> Option<Oid> {
    function_of(schema(), name, arguments)
}

/// A function of a schema, if it exists.
pub fn function_of(schema: Oid, name: &CStr, arguments: &[Oid]) -> Option<Oid> {
    // SAFETY: a catalog lookup by a name, a vector made for it and an OID.
    let oid = unsafe {
        let vector = pg_sys::buildoidvector(arguments.as_ptr(), arguments.len() as i32);
        pg_sys::GetSysCacheOid(
            pg_sys::SysCacheIdentifier::PROCNAMEARGSNSP as i32,
            pg_sys::Anum_pg_proc_oid as i16,
            pg_sys::Datum::from(name.as_ptr()),
            pg_sys::Datum::from(vector),
            pg_sys::Datum::from(schema),
            pg_sys::Datum::from(0usize),
        )
    };
    (oid != pg_sys::InvalidOid).then_some(oid)
}

/// Calls a function of schema dnc, for whose privileges the caller is responsible; `None` for NULL. Raises an error if
/// no function has these argument types.
pub fn call_ours(name: &CStr, types: &[Oid], arguments: &[Option<pg_sys::Datum>]) -> Option<pg_sys::Datum> {
    assert_eq!(types.len(), arguments.len());
    let found = function(name, types).unwrap_or_else(|| crate::error::missing_relation(&name.to_string_lossy()));
    // SAFETY: the function takes arguments of these types; it is not strict if one is NULL, as SQL declares it.
    unsafe { call(found, arguments) }
}

/// Calls a function by its OID, for whose privileges the caller is responsible; `None` for NULL.
///
/// # Safety
/// The arguments have the number and types that it declares, and it is not strict if one is NULL.
unsafe fn call(function: Oid, arguments: &[Option<pg_sys::Datum>]) -> Option<pg_sys::Datum> {
    // SAFETY: see above; the structure has room for the arguments behind its fields.
    unsafe {
        let mut manager = pg_sys::FmgrInfo::default();
        pg_sys::fmgr_info(function, &mut manager);
        let size = size_of::<pg_sys::FunctionCallInfoBaseData>() + size_of_val(arguments) * 2;
        let info = pg_sys::palloc0(size).cast::<pg_sys::FunctionCallInfoBaseData>();
        (*info).flinfo = &mut manager;
        (*info).nargs = arguments.len() as i16;
        let places = (*info).args.as_mut_slice(arguments.len());
        for (place, argument) in places.iter_mut().zip(arguments) {
            place.value = argument.unwrap_or(pg_sys::Datum::from(0usize));
            place.isnull = argument.is_none();
        }
        let run = manager.fn_addr.expect("the function manager found the function");
        let result = pg_sys::ffi::pg_guard_ffi_boundary(|| run(info));
        (!(*info).isnull).then_some(result)
    }
}

/// Runs `work` under a snapshot taken now: under READ COMMITTED it sees everything committed.
pub fn with_snapshot<T>(work: impl FnOnce() -> T) -> T {
    // SAFETY: push and pop come in pairs; an error in between is cleaned up by the abort.
    unsafe {
        pg_sys::PushActiveSnapshot(pg_sys::GetTransactionSnapshot());
        let result = work();
        pg_sys::PopActiveSnapshot();
        result
    }
}

/// A memory context, for data that must outlive the per-row contexts.
#[derive(Clone, Copy)]
pub struct Room(pg_sys::MemoryContext);

impl Room {
    /// The current one, valid for the running call.
    pub fn here() -> Room {
        // SAFETY: reads a variable of the server's.
        Room(unsafe { pg_sys::CurrentMemoryContext })
    }

    /// Runs `work` with allocations in this context. After an error, the abort restores the previous one.
    pub fn with<T>(self, work: impl FnOnce() -> T) -> T {
        // SAFETY: the context is live, see above.
        unsafe {
            let before = pg_sys::MemoryContextSwitchTo(self.0);
            let result = work();
            pg_sys::MemoryContextSwitchTo(before);
            result
        }
    }
}

/// Whether all statements of the transaction share the snapshot of the first.
pub fn keeps_one_snapshot() -> bool {
    // SAFETY: a variable of the server.
    unsafe { pg_sys::XactIsoLevel >= pg_sys::XACT_REPEATABLE_READ as i32 }
}

/// Bytes that a query may use for its kept state: `work_mem`.
pub fn allowed_bytes() -> usize {
    // SAFETY: a setting, in kilobytes.
    unsafe { pg_sys::work_mem as usize * 1024 }
}

/// An SQL identifier, quoted if necessary.
pub fn quoted(name: &str) -> String {
    let plain = !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit())
        && !name.as_bytes()[0].is_ascii_digit();
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// Whether a table is partitioned, or a partition.
pub fn is_partition_or_parent(table: Oid) -> bool {
    // SAFETY: cache lookups, which may find nothing.
    unsafe {
        pg_sys::get_rel_relkind(table) as u8 == pg_sys::RELKIND_PARTITIONED_TABLE
            || pg_sys::get_rel_relispartition(table)
    }
}

/// The clock now, in microseconds since 2000-01-01 UTC.
pub fn clock() -> i64 {
    // SAFETY: a plain call.
    unsafe { pg_sys::GetCurrentTimestamp() }
}

/// Fills `bytes` with strong random data; false on failure.
#[must_use]
pub fn draw(bytes: &mut [u8]) -> bool {
    // SAFETY: the buffer has the given length.
    unsafe { pg_sys::pg_strong_random(bytes.as_mut_ptr().cast(), bytes.len()) }
}

/// Bytes that maintenance may use: `maintenance_work_mem`.
pub fn maintenance_bytes() -> usize {
    // SAFETY: a setting, in kilobytes.
    unsafe { pg_sys::maintenance_work_mem as usize * 1024 }
}

/// The planner's cost of calling an operator.
pub fn operator_cost() -> f64 {
    // SAFETY: a setting.
    unsafe { pg_sys::cpu_operator_cost }
}

/// Whether the postmaster is preloading the library at server start.
pub fn is_preloading() -> bool {
    // SAFETY: a flag of the server, read in its own process.
    unsafe { pg_sys::process_shared_preload_libraries_in_progress }
}

/// The base type of a domain; any other type itself.
pub fn base_type(kind: Oid) -> Oid {
    // SAFETY: a catalog lookup.
    unsafe { pg_sys::getBaseType(kind) }
}

/// The type of a table's column, by its number from 1; `InvalidOid` if there is none.
pub fn column_type(table: Oid, number: i16) -> Oid {
    // SAFETY: a catalog lookup that may find nothing.
    unsafe { pg_sys::get_atttype(table, number) }
}

/// The number of a table's column, from 1; 0 if there is none.
pub fn column_number(table: Oid, name: &CStr) -> i16 {
    // SAFETY: a catalog lookup by a C string.
    unsafe { pg_sys::get_attnum(table, name.as_ptr()) }
}

/// The name of a relation's schema; empty if the relation no longer exists.
pub fn schema_name(relation: Oid) -> String {
    // SAFETY: catalog lookups; a name is a C string.
    unsafe {
        let name = pg_sys::get_namespace_name(pg_sys::get_rel_namespace(relation));
        if name.is_null() { String::new() } else { to_utf8(CStr::from_ptr(name).to_bytes()).into_owned() }
    }
}

/// A relation's name with its schema, quoted where necessary; empty if the relation no longer exists.
pub fn qualified_name(relation: Oid) -> String {
    // SAFETY: catalog lookups; names and the result are C strings.
    unsafe {
        let name = pg_sys::get_rel_name(relation);
        let schema = pg_sys::get_namespace_name(pg_sys::get_rel_namespace(relation));
        if name.is_null() || schema.is_null() {
            return String::new();
        }
        to_utf8(CStr::from_ptr(pg_sys::quote_qualified_identifier(schema, name)).to_bytes()).into_owned()
    }
}

/// Whether a relation belongs to schema dnc.
pub fn is_ours(relation: Oid) -> bool {
    // SAFETY: catalog lookups; `true` allows the schema to be missing.
    unsafe {
        let schema = pg_sys::get_namespace_oid(c"dnc".as_ptr(), true);
        schema != pg_sys::InvalidOid && pg_sys::get_rel_namespace(relation) == schema
    }
}

/// Rows of a relation of schema dnc, as last counted; 0 if not known, or if there is no such relation.
pub fn counted_rows(name: &CStr) -> f64 {
    // SAFETY: catalog lookups; the row is released before its value is used.
    unsafe {
        let schema = pg_sys::get_namespace_oid(c"dnc".as_ptr(), true);
        let table = pg_sys::get_relname_relid(name.as_ptr(), schema);
        let row = pg_sys::SearchSysCache1(pg_sys::SysCacheIdentifier::RELOID as i32, pg_sys::Datum::from(table));
        if row.is_null() {
            return 0.0;
        }
        let tuples = (*pg_sys::GETSTRUCT(row).cast::<pg_sys::FormData_pg_class>()).reltuples;
        pg_sys::ReleaseSysCache(row);
        f64::from(tuples).max(0.0)
    }
}

/// Whether the input function of a type is this one of the extension: names prove nothing, since any other type may use
/// them.
pub fn has_input(kind: Oid, function: *const ()) -> bool {
    // SAFETY: catalog lookups; the function manager fills the structure.
    unsafe {
        let (mut input, mut parameter) = (pg_sys::InvalidOid, pg_sys::InvalidOid);
        pg_sys::getTypeInputInfo(kind, &mut input, &mut parameter);
        let mut manager = pg_sys::FmgrInfo::default();
        pg_sys::fmgr_info(input, &mut manager);
        manager.fn_addr.is_some_and(|f| f as usize == function as usize)
    }
}

/// A text in the call's memory, as functions return a cstring.
pub fn c_string(text: &str) -> &'static CStr {
    let mut out = pgrx::StringInfo::new();
    out.push_str(text);
    // SAFETY: the buffer is in the call's memory context, which outlives the result, and ends with a zero byte.
    unsafe { CStr::from_ptr(out.into_char_ptr()) }
}

/// The rest of a message passed to a receive function; `None` if it is not one.
pub fn rest_of_message(mut message: pgrx::Internal) -> Option<Vec<u8>> {
    // SAFETY: the receive protocol passes a StringInfo, as the type's declaration says.
    unsafe {
        let message = message.get_mut::<pg_sys::StringInfoData>()?;
        let len = message.len - message.cursor;
        let start = pg_sys::pq_getmsgbytes(message, len);
        Some(memory::copied(std::slice::from_raw_parts(start.cast::<u8>(), len as usize)))
    }
}

/// A bigint of a message passed to a receive function; `None` if it is not one.
pub fn int_of_message(mut message: pgrx::Internal) -> Option<i64> {
    // SAFETY: as above.
    unsafe { message.get_mut::<pg_sys::StringInfoData>().map(|buffer| pg_sys::pq_getmsgint64(buffer)) }
}

/// An array of one eight-byte by-value element.
pub fn array_of_one(element: Option<pg_sys::Datum>, kind: Oid) -> pg_sys::Datum {
    let mut elements = [element.unwrap_or(pg_sys::Datum::from(0usize))];
    let (mut is_null, mut size, mut lower) = ([element.is_none()], 1, 1);
    // SAFETY: one element of the type.
    let array = unsafe {
        pg_sys::construct_md_array(
            elements.as_mut_ptr(),
            is_null.as_mut_ptr(),
            1,
            &mut size,
            &mut lower,
            kind,
            8,
            true,
            b'd' as std::ffi::c_char,
        )
    };
    pg_sys::Datum::from(array)
}

/// An array of eight-byte by-value elements.
pub fn array_of(elements: &mut [pg_sys::Datum], kind: Oid) -> pg_sys::Datum {
    // SAFETY: elements of the type.
    let array = unsafe {
        let (count, align) = (elements.len() as i32, b'd' as std::ffi::c_char);
        pg_sys::construct_array(elements.as_mut_ptr(), count, kind, 8, true, align)
    };
    pg_sys::Datum::from(array)
}

/// The array type of a type.
pub fn array_type(kind: Oid) -> Oid {
    // SAFETY: a catalog lookup.
    unsafe { pg_sys::get_array_type(kind) }
}

/// Disables backtraces in errors, whatever the server's environment sets. Call when the library is loaded.
pub fn without_backtraces() {
    const ASKED: &str = "RUST_LIB_BACKTRACE";
    let before = std::env::var_os(ASKED);
    // SAFETY: a server process has one thread, and reads its environment in no signal handler.
    unsafe {
        std::env::set_var(ASKED, "0");
        // The result is cached for all later errors.
        drop(std::backtrace::Backtrace::capture());
        match before {
            Some(value) => std::env::set_var(ASKED, value),
            None => std::env::remove_var(ASKED),
        }
    }
}
