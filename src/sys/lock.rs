//! Advisory locks in more modes than the SQL functions offer.

use super::raw;
use pgrx::pg_sys;

/// Lock modes: two of them are compatible with themselves only.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum LockMode {
    /// The mode of `pg_advisory_xact_lock_shared`.
    Reader,
    Writer,
    /// Conflicts with every mode.
    Both,
}

/// Takes the advisory lock of two keys until the end of the transaction.
pub fn advisory(class: i32, key: i32, mode: LockMode) {
    let mode = match mode {
        LockMode::Reader => pg_sys::ShareLock,
        LockMode::Writer => pg_sys::RowExclusiveLock,
        LockMode::Both => pg_sys::ShareRowExclusiveLock,
    };
    // SAFETY: a tag like that of the server's own functions (`SET_LOCKTAG_ADVISORY`); an error leaves nothing to clean
    // up.
    unsafe {
        let tag = pg_sys::LOCKTAG {
            locktag_field1: pg_sys::MyDatabaseId.to_u32(),
            locktag_field2: class as u32,
            locktag_field3: key as u32,
            locktag_field4: 2,
            locktag_type: pg_sys::LockTagType::LOCKTAG_ADVISORY as u8,
            locktag_lockmethodid: pg_sys::USER_LOCKMETHOD as u8,
        };
        raw::guard(pg_sys::CurrentMemoryContext, || raw::LockAcquire(&tag, mode as i32, false, false));
    }
}

/// Locks a relation until the end of the transaction. Locking a dropped one does no harm.
pub fn relation(relation: pg_sys::Oid, mode: u32) {
    // SAFETY: any OID may be locked; nothing in the guard needs dropping.
    unsafe { raw::guard(pg_sys::CurrentMemoryContext, || raw::LockRelationOid(relation, mode as i32)) };
}
