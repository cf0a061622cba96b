//! An event trigger's call: which drop is about to run.

use super::to_utf8;
use pgrx::pg_sys::{self, FunctionCallInfo, NodeTag};
use std::ffi::CStr;

/// A DROP that may reach objects that it does not name.
pub enum Drop {
    /// DROP EXTENSION of these.
    Extension(Vec<String>),
    /// DROP SCHEMA … CASCADE of these.
    SchemaCascade(Vec<String>),
    /// DROP OWNED BY these roles.
    Owned { roles: Vec<String>, cascade: bool },
}

/// The drop that this event trigger's call is about; `None` for other commands.
///
/// # Safety
/// `fcinfo` is what the function manager passed to the running function.
pub unsafe fn of(fcinfo: FunctionCallInfo) -> Option<Drop> {
    // SAFETY: see above; the tags say what the nodes are.
    unsafe {
        let context = (*fcinfo).context;
        if context.is_null() || (*context).type_ != NodeTag::T_EventTriggerData {
            crate::error::not_a_trigger();
        }
        let command = (*context.cast::<pg_sys::EventTriggerData>()).parsetree;
        if command.is_null() {
            return None;
        }
        match (*command).type_ {
            NodeTag::T_DropStmt => {
                let command = &*command.cast::<pg_sys::DropStmt>();
                let is_cascade = command.behavior == pg_sys::DropBehavior::DROP_CASCADE;
                let names = || each(command.objects, |node| name(node)).collect();
                match command.removeType {
                    pg_sys::ObjectType::OBJECT_EXTENSION => Some(Drop::Extension(names())),
                    pg_sys::ObjectType::OBJECT_SCHEMA if is_cascade => Some(Drop::SchemaCascade(names())),
                    _ => None,
                }
            }
            NodeTag::T_DropOwnedStmt => {
                let command = &*command.cast::<pg_sys::DropOwnedStmt>();
                let role = |node: *mut pg_sys::Node| {
                    // An unknown role has no name, and the command fails by itself.
                    let role = pg_sys::get_rolespec_oid(node.cast(), true);
                    (role != pg_sys::InvalidOid).then(|| super::role_name(role))
                };
                let cascade = command.behavior == pg_sys::DropBehavior::DROP_CASCADE;
                Some(Drop::Owned { roles: each(command.roles, role).collect(), cascade })
            }
            _ => None,
        }
    }
}

/// # Safety
/// A list of nodes, which may be null for an empty one.
unsafe fn each<T>(list: *mut pg_sys::List, read: impl Fn(*mut pg_sys::Node) -> Option<T>) -> impl Iterator<Item = T> {
    // SAFETY: see above; a list has as many elements as its length says.
    let count = if list.is_null() { 0 } else { unsafe { (*list).length as usize } };
    // SAFETY: as above.
    (0..count).filter_map(move |n| read(unsafe { (*(*list).elements.add(n)).ptr_value.cast() }))
}

/// The text of a node that is a name.
///
/// # Safety
/// A live node.
unsafe fn name(node: *mut pg_sys::Node) -> Option<String> {
    // SAFETY: see above; the tag says that it is a string, which is a C string.
    unsafe {
        ((*node).type_ == NodeTag::T_String)
            .then(|| to_utf8(CStr::from_ptr((*node.cast::<pg_sys::String>()).sval).to_bytes()).into_owned())
    }
}
