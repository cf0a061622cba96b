//! What PostgreSQL's own interface needs wrapped: the only place with differences between its versions.

pub mod aggregate;
pub mod catalog;
pub mod cursor;
pub mod executor;
pub mod insert;
pub mod invalidation;
pub mod jsonb;
pub mod lock;
pub mod lookahead;
pub mod memory;
pub mod one_row_table;
pub mod planner;
pub mod probe;
pub mod progress;
pub mod raw;
pub mod result_set;
pub mod row;
pub mod sequence;
pub mod shared;
pub mod soft_error;
pub mod spi;
pub mod statistics;
pub mod stream;
pub mod table;
pub mod temp;
mod text;
pub mod trigger;
pub mod xact;

pub use text::{Spelling, Text, to_utf8, try_utf8};

use pgrx::pg_sys::{self, Oid};
use std::ffi::CStr;

/// The server's clock at the start of this statement, in microseconds since 2000-01-01 UTC.
pub fn now() -> i64 {
    // SAFETY: reads a variable of the server's.
    unsafe { pg_sys::GetCurrentStatementStartTimestamp() }
}

/// `at` if it is before this transaction: from its start on, what it sees counts, whenever that was received.
pub fn past(at: Option<i64>) -> Option<i64> {
    // SAFETY: as above.
    at.filter(|at| *at < unsafe { pg_sys::GetCurrentTransactionStartTimestamp() })
}

/// Whether parallel workers are at work, or this is one: no new snapshot can be taken then.
pub fn is_parallel() -> bool {
    // SAFETY: a read of the transaction's state.
    unsafe { raw::IsInParallelMode() }
}

/// Does `work` under the newest snapshot, as what is remembered of the catalogs must be found: an older one may not see what
/// this session has been told of already. Beside parallel workers the active snapshot stays.
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

/// A column's description.
///
/// # Safety
/// `descriptor` is live and has a column at this place, counted from 0.
pub unsafe fn attribute<'a>(descriptor: pg_sys::TupleDesc, place: usize) -> &'a pg_sys::FormData_pg_attribute {
    // SAFETY: see above. From PostgreSQL 18 on the array stands behind another one, and an accessor finds it.
    #[cfg(feature = "pg18")]
    unsafe {
        &*pg_sys::TupleDescAttr(descriptor, place as i32)
    }
    #[cfg(not(feature = "pg18"))]
    unsafe {
        &*(*descriptor).attrs.as_ptr().add(place)
    }
}

/// A relation of schema dnc; an error if it is not there.
pub fn relation(name: &CStr) -> Oid {
    // SAFETY: lookups by C strings.
    let oid = unsafe { pg_sys::get_relname_relid(name.as_ptr(), schema()) };
    if oid == pg_sys::InvalidOid { crate::error::missing_relation(&name.to_string_lossy()) } else { oid }
}

/// Whether schema dnc has a relation of this name.
pub fn has_relation(name: &CStr) -> bool {
    index(name) != pg_sys::InvalidOid
}

/// An index of schema dnc; `InvalidOid` if it is missing, which is no error.
pub fn index(name: &CStr) -> Oid {
    // SAFETY: a lookup by a C string.
    unsafe { pg_sys::get_relname_relid(name.as_ptr(), schema()) }
}

/// Opens a table of schema dnc by an OID that was looked up before; an error if it has been dropped since.
pub fn open(table: Oid, name: &CStr, lock: u32) -> pg_sys::Relation {
    // SAFETY: an OID of any kind; null is what has none.
    let relation = unsafe { pg_sys::try_table_open(table, lock as i32) };
    if relation.is_null() { crate::error::missing_relation(&name.to_string_lossy()) } else { relation }
}

/// Schema dnc; an error if it is not there.
pub fn schema() -> Oid {
    // SAFETY: a lookup by a C string; `true` lets it be missing.
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

/// A function of schema dnc, if it is there. Not through the parser, which asks for rights on the schema.
pub fn function(name: &CStr, arguments: &[Oid]) -> Option<Oid> {
    function_of(schema(), name, arguments)
}

/// A function of a schema, if it is there.
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

/// Calls a function by its OID, whose rights the caller answers for; `None` for NULL.
///
/// # Safety
/// The arguments are of the number and types that it declares, and it is not strict where one is NULL.
pub unsafe fn call(function: Oid, arguments: &[Option<pg_sys::Datum>]) -> Option<pg_sys::Datum> {
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

/// Whether argument `place` of a function call, counted from 0, is written as a constant. A parameter is none: it changes
/// from one run of a plan to the next, and call sites can outlive a run.
///
/// # Safety
/// The expression is that of a function manager's lookup: a live node, or null.
pub unsafe fn is_constant(call: *mut pg_sys::Node, place: usize) -> bool {
    // SAFETY: node types are looked at before nodes are read.
    unsafe {
        if call.is_null() || (*call).type_ != pg_sys::NodeTag::T_FuncExpr {
            return false;
        }
        let arguments = (*call.cast::<pg_sys::FuncExpr>()).args;
        if arguments.is_null() || (*arguments).length as usize <= place {
            return false;
        }
        (*pg_sys::list_nth(arguments, place as i32).cast::<pg_sys::Node>()).type_ == pg_sys::NodeTag::T_Const
    }
}

/// The role that owns schema dnc, and with it the store.
pub fn owner() -> Oid {
    // SAFETY: a catalog lookup; the row is released before the value is used.
    unsafe {
        let row =
            pg_sys::SearchSysCache1(pg_sys::SysCacheIdentifier::NAMESPACEOID as i32, pg_sys::Datum::from(schema()));
        if row.is_null() {
            crate::error::missing_relation("*")
        }
        let owner = (*pg_sys::GETSTRUCT(row).cast::<pg_sys::FormData_pg_namespace>()).nspowner;
        pg_sys::ReleaseSysCache(row);
        owner
    }
}

/// Runs `work` with this role's rights. An error needs no cleaning up here: the abort of the transaction or
/// subtransaction restores the user.
pub fn as_role<T>(role: Oid, work: impl FnOnce() -> T) -> T {
    // SAFETY: plain calls; user and context are restored to what they were.
    unsafe {
        let (mut user, mut context) = (pg_sys::InvalidOid, 0);
        pg_sys::GetUserIdAndSecContext(&mut user, &mut context);
        let flags = pg_sys::SECURITY_LOCAL_USERID_CHANGE | pg_sys::SECURITY_NOFORCE_RLS;
        pg_sys::SetUserIdAndSecContext(role, context | flags as i32);
        let result = work();
        pg_sys::SetUserIdAndSecContext(user, context);
        result
    }
}

/// Runs `work` under a snapshot taken now: under READ COMMITTED it sees all that has committed.
pub fn with_snapshot<T>(work: impl FnOnce() -> T) -> T {
    // SAFETY: push and pop come in pairs; an error in between is cleaned up by the abort.
    unsafe {
        pg_sys::PushActiveSnapshot(pg_sys::GetTransactionSnapshot());
        let result = work();
        pg_sys::PopActiveSnapshot();
        result
    }
}

/// A memory context, for what must outlive those that come and go while rows are being read.
#[derive(Clone, Copy)]
pub struct Room(pg_sys::MemoryContext);

impl Room {
    /// The current one, which is good for the call that is running.
    pub fn here() -> Room {
        // SAFETY: reads a variable of the server's.
        Room(unsafe { pg_sys::CurrentMemoryContext })
    }

    /// Does `work`, which allocates there. An error needs no putting back: the abort that follows does that.
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

/// Whether all statements of the transaction see what its first one saw.
pub fn keeps_one_snapshot() -> bool {
    // SAFETY: a variable of the server's.
    unsafe { pg_sys::XactIsoLevel >= pg_sys::XACT_REPEATABLE_READ as i32 }
}

/// The name of a role; its number if it is gone.
pub fn role_name(role: Oid) -> String {
    // SAFETY: a lookup; `true` gives NULL for a missing role, else a C string.
    unsafe {
        let name = pg_sys::GetUserNameFromId(role, true);
        if name.is_null() {
            return role.to_u32().to_string();
        }
        to_utf8(CStr::from_ptr(name).to_bytes()).into_owned()
    }
}

/// Bytes that a query may take for what it keeps.
pub fn allowed_bytes() -> usize {
    // SAFETY: a setting, in kilobytes.
    unsafe { pg_sys::work_mem as usize * 1024 }
}

/// An SQL identifier in quotes where it needs them.
pub fn quoted(name: &str) -> String {
    let plain = !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit())
        && !name.as_bytes()[0].is_ascii_digit();
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// Whether a table is partitioned, or a partition.
///
/// # Safety
/// The OID is a relation's.
pub unsafe fn is_partition_or_parent(table: Oid) -> bool {
    // SAFETY: lookups in caches.
    unsafe {
        pg_sys::get_rel_relkind(table) as u8 == pg_sys::RELKIND_PARTITIONED_TABLE
            || pg_sys::get_rel_relispartition(table)
    }
}
