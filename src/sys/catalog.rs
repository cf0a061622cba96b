//! Rows of system catalogs without a syscache, read by index under the newest catalog snapshot.

use super::row::Row;
use pgrx::pg_sys::{self, Oid};
use std::ffi::CStr;

/// OIDs of catalogs and their indexes, from PostgreSQL's headers; the same in all supported versions.
pub const TRIGGERS: Oid = Oid::from_u32(2620);
pub const RULES: Oid = Oid::from_u32(2618);
const TRIGGERS_BY_OID: Oid = Oid::from_u32(2702);
const RULES_BY_OID: Oid = Oid::from_u32(2692);
const DEPENDENCIES: Oid = Oid::from_u32(2608);
const DEPENDENCIES_BY_REFERENCE: Oid = Oid::from_u32(2674);
const EXTENSIONS: Oid = Oid::from_u32(3079);
const EXTENSIONS_BY_OID: Oid = Oid::from_u32(3080);
const FUNCTIONS: Oid = Oid::from_u32(1255);
const RELATIONS: Oid = Oid::from_u32(1259);

/// Passes on the rows whose columns (by number from 1) have these OIDs, using an index that begins with those columns.
fn each(catalog: Oid, index: Oid, keys: &[(i16, Oid)], mut row: impl FnMut(&Row)) {
    let lock = pg_sys::AccessShareLock as i32;
    let mut scan_keys: Vec<pg_sys::ScanKeyData> = vec![Default::default(); keys.len()];
    // SAFETY: the catalog is opened before it is read and closed after; a row is read before the scan advances.
    unsafe {
        for (key, (column, value)) in scan_keys.iter_mut().zip(keys) {
            let equals = pg_sys::BTEqualStrategyNumber as u16;
            pg_sys::ScanKeyInit(key, *column, equals, Oid::from_u32(pg_sys::F_OIDEQ), (*value).into());
        }
        let relation = pg_sys::table_open(catalog, lock);
        let count = scan_keys.len() as i32;
        let scan =
            pg_sys::systable_beginscan(relation, index, true, std::ptr::null_mut(), count, scan_keys.as_mut_ptr());
        loop {
            let tuple = pg_sys::systable_getnext(scan);
            if tuple.is_null() {
                break;
            }
            row(&Row::of(tuple, (*relation).rd_att));
        }
        pg_sys::systable_endscan(scan);
        pg_sys::table_close(relation, lock);
    }
}

fn oid(row: &Row, column: &str) -> Oid {
    row.value(column).map_or(pg_sys::InvalidOid, |value| Oid::from_u32(value.int() as u32))
}

/// Objects that depend on a function: catalog and OID.
pub fn dependents(function: Oid) -> Vec<(Oid, Oid)> {
    let mut found = Vec::new();
    each(DEPENDENCIES, DEPENDENCIES_BY_REFERENCE, &[(4, FUNCTIONS), (5, function)], |row| {
        found.push((oid(row, "classid"), oid(row, "objid")));
    });
    found
}

/// A trigger's arguments; `None` if it no longer exists, or was cloned for a partition from its parent.
pub fn trigger_arguments(trigger: Oid) -> Option<Vec<Vec<u8>>> {
    let mut found = None;
    each(TRIGGERS, TRIGGERS_BY_OID, &[(1, trigger)], |row| {
        if oid(row, "tgparentid") == pg_sys::InvalidOid
            && let Some(arguments) = row.value("tgargs")
        {
            // Each argument ends with a zero byte.
            let bytes = arguments.bytes();
            found = Some(bytes.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect());
        }
    });
    found
}

/// The relation of a rewrite rule; a view's is the view.
pub fn relation_of_rule(rule: Oid) -> Option<Oid> {
    let mut found = None;
    each(RULES, RULES_BY_OID, &[(1, rule)], |row| found = Some(oid(row, "ev_class")));
    found
}

/// The schema of a relation.
pub fn schema_of(relation: Oid) -> Oid {
    // SAFETY: a catalog lookup by an OID.
    unsafe { pg_sys::get_rel_namespace(relation) }
}

/// The comment on a relation, in the server's encoding.
pub fn comment(relation: Oid) -> Option<Vec<u8>> {
    // SAFETY: a catalog lookup; its result is a C string.
    unsafe {
        let comment = pg_sys::GetComment(relation, RELATIONS, 0);
        (!comment.is_null()).then(|| CStr::from_ptr(comment).to_bytes().to_vec())
    }
}

/// Whether an extension is installed, and the schema of its functions.
pub fn extension_schema(name: &CStr) -> Option<Oid> {
    // SAFETY: a catalog lookup by a C string; a missing one raises no error.
    let extension = unsafe { pg_sys::get_extension_oid(name.as_ptr(), true) };
    if extension == pg_sys::InvalidOid {
        return None;
    }
    let mut found = None;
    each(EXTENSIONS, EXTENSIONS_BY_OID, &[(1, extension)], |row| found = Some(oid(row, "extnamespace")));
    found
}
