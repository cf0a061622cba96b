//! Roles: who runs, as whom, and what they may do.

use super::{schema, to_utf8};
use pgrx::pg_sys::{self, Oid};
use std::ffi::CStr;

/// The role that owns schema dnc, and thus the tables.
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

/// Runs `work` with this role's privileges. After an error, the abort of the transaction or subtransaction restores the
/// user.
pub fn as_role<T>(role: Oid, work: impl FnOnce() -> T) -> T {
    as_role_with(role, pg_sys::SECURITY_NOFORCE_RLS, work)
}

/// The same for the owner of a table of the CRM: what runs on its behalf can change nothing that outlasts it.
pub fn as_table_owner<T>(role: Oid, work: impl FnOnce() -> T) -> T {
    as_role_with(role, pg_sys::SECURITY_RESTRICTED_OPERATION, work)
}

fn as_role_with<T>(role: Oid, flags: u32, work: impl FnOnce() -> T) -> T {
    // SAFETY: plain calls; user and context are restored.
    unsafe {
        let (mut user, mut context) = (pg_sys::InvalidOid, 0);
        pg_sys::GetUserIdAndSecContext(&mut user, &mut context);
        let flags = flags | pg_sys::SECURITY_LOCAL_USERID_CHANGE;
        pg_sys::SetUserIdAndSecContext(role, context | flags as i32);
        let result = work();
        pg_sys::SetUserIdAndSecContext(user, context);
        result
    }
}

/// The name of a role; its OID as text if it no longer exists.
pub fn role_name(role: Oid) -> String {
    // SAFETY: a lookup; `true` returns NULL for a missing role, otherwise a C string.
    unsafe {
        let name = pg_sys::GetUserNameFromId(role, true);
        if name.is_null() {
            return role.to_u32().to_string();
        }
        to_utf8(CStr::from_ptr(name).to_bytes()).into_owned()
    }
}

/// The current role.
pub fn current_user() -> Oid {
    // SAFETY: a read of the session's state.
    unsafe { pg_sys::GetUserId() }
}

/// The role that started the session.
pub fn session_user() -> Oid {
    // SAFETY: a read of the session's state.
    unsafe { pg_sys::GetSessionUserId() }
}

/// The current role outside all security-definer functions.
pub fn outer_user() -> Oid {
    // SAFETY: a read of the session's state.
    unsafe { pg_sys::GetOuterUserId() }
}

/// Whether the current role may read a column, by its number from 1.
pub fn may_select(table: Oid, column: i16) -> bool {
    #[allow(clippy::useless_conversion)] // a wider type from PostgreSQL 16 on
    let right = pg_sys::ACL_SELECT.into();
    // SAFETY: privilege lookups by OIDs.
    unsafe {
        let user = pg_sys::GetUserId();
        pg_sys::pg_class_aclcheck(table, user, right) == pg_sys::AclResult::ACLCHECK_OK
            || pg_sys::pg_attribute_aclcheck(table, column, user, right) == pg_sys::AclResult::ACLCHECK_OK
    }
}

/// Whether a role is a superuser.
pub fn is_superuser(role: Oid) -> bool {
    // SAFETY: a lookup; a role that no longer exists is none.
    unsafe { pg_sys::superuser_arg(role) }
}

/// Whether the current role may read files of the server.
pub fn may_read_files() -> bool {
    // SAFETY: lookups by OIDs; the role exists in every server.
    unsafe { pg_sys::has_privs_of_role(pg_sys::GetUserId(), Oid::from(pg_sys::ROLE_PG_READ_SERVER_FILES)) }
}

/// The owner of a relation; `None` if it no longer exists.
pub fn owner_of(relation: Oid) -> Option<Oid> {
    // SAFETY: a catalog lookup; the row is released before the value is used.
    unsafe {
        let row = pg_sys::SearchSysCache1(pg_sys::SysCacheIdentifier::RELOID as i32, pg_sys::Datum::from(relation));
        if row.is_null() {
            return None;
        }
        let owner = (*pg_sys::GETSTRUCT(row).cast::<pg_sys::FormData_pg_class>()).relowner;
        pg_sys::ReleaseSysCache(row);
        Some(owner)
    }
}
