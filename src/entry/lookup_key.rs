//! `sql/install/entry/lookup.sql`: whether a lookup table contains a name, which is then kept until this transaction
//! ends.
//!
//! A session that refers to a name holds ROW SHARE on its table from before the lookup to the end of the transaction.
//! This lock is cheap and shared by any number of sessions, whereas row locks would make all sessions contend for one
//! row. A session that deletes names takes an exclusive lock on the table before its statement begins, by a trigger: it
//! waits for the referring sessions and finds what they wrote. The trigger also invalidates the cached names of every
//! session; a session receives that with the lock, before its lookup.

use crate::sys::invalidation::{self, Cache, Changed, invalidate};
use crate::sys::row::text_datum;
use crate::sys::spi::{connected, finds};
use crate::sys::trigger::Trigger;
use crate::sys::xact::{self, Subtransaction, Transaction};
use crate::sys::{self, Text, lock};
use crate::trigger_function;
use pgrx::pg_extern;
use pgrx::pg_sys::{self, Datum, Oid};
use std::cell::RefCell;

/// Maximum names cached per table; beyond it, names are looked up each time.
const REMEMBERED: usize = 1000;

/// A lookup table, and the names cached as present.
struct Lookup {
    name: Vec<u8>,
    table: Oid,
    /// Whether deleters wait; otherwise rows are locked.
    waits: bool,
    names: Vec<Vec<u8>>,
}

/// The lookup tables cached in this session.
#[derive(Default)]
struct Lookups(RefCell<Vec<Lookup>>);

thread_local! {
    static LOOKUPS: Lookups = {
        invalidation::register(&LOOKUPS);
        Lookups::default()
    };
}

/// Called when the library is loaded.
pub fn init() {
    // A name may have been inserted by the transaction or subtransaction that rolls back.
    xact::at_transaction_end(|end| {
        if end == Transaction::Over {
            LOOKUPS.with(|lookups| lookups.forget(None));
        }
    });
    xact::at_subtransaction_end(|end| {
        if end == Subtransaction::RolledBack {
            LOOKUPS.with(|lookups| lookups.forget(None));
        }
    });
}

impl Cache for Lookups {
    fn forget_if(&self, changed: Changed) {
        match changed {
            Changed::Relation(relation) if relation != pg_sys::InvalidOid => self.forget(Some(relation)),
            _ => self.forget(None),
        }
    }
}

impl Lookups {
    fn forget(&self, table: Option<Oid>) {
        self.0.borrow_mut().retain(|lookup| table.is_some_and(|table| table != lookup.table));
    }
}

trigger_function!(dnc_names_wait, pg_finfo_dnc_names_wait, names_wait, false);

/// BEFORE DELETE of a lookup table, per statement.
fn names_wait(trigger: Trigger) -> Datum {
    let table = trigger.relation_oid();
    lock::relation(table, pg_sys::ExclusiveLock);
    invalidate(table);
    Datum::from(0usize)
}

/// `dnc.is_known(relation, name)`: whether a lookup table contains a name, which is then kept until this transaction
/// ends.
#[pg_extern(sql = false)]
fn dnc_is_known(relation: Option<Text>, name: Option<Text>) -> bool {
    let (Some(relation), Some(name)) = (relation, name) else { return false };
    is_known(relation.bytes(), name.bytes())
}

/// The same for a relation of schema dnc whose key column has its own name, and a name, both in the server's encoding.
pub fn is_known(relation: &[u8], name: &[u8]) -> bool {
    let known = |seen: bool| {
        LOOKUPS.with(|Lookups(all)| {
            let all = all.borrow();
            let lookup = all.iter().find(|lookup| lookup.name == relation)?;
            let has = seen && lookup.names.iter().any(|known| known == name);
            Some((lookup.table, lookup.waits, has))
        })
    };
    let (table, waits, _) = known(false).unwrap_or_else(|| look_up(relation));
    if !waits {
        return is_there(relation, name, true);
    }
    lock::relation(table, pg_sys::RowShareLock);
    // Taking the lock processed pending invalidations: the table may be another one now, or without its trigger.
    let (still, waits, has) = known(true).unwrap_or_else(|| look_up(relation));
    if still != table || !waits {
        return is_there(relation, name, true);
    }
    has || {
        let there = is_there(relation, name, false);
        if there {
            remember(table, name);
        }
        there
    }
}

/// The table's OID, whether deleters wait, and that no name is cached yet.
fn look_up(relation: &[u8]) -> (Oid, bool, bool) {
    let name = std::ffi::CString::new(relation).unwrap_or_default();
    let table = sys::relation(&name);
    let waits = sys::function(c"names_wait", &[]).is_some_and(|function| sys::trigger::fires_always(table, function));
    LOOKUPS.with(|Lookups(all)| {
        let mut all = all.borrow_mut();
        all.push(Lookup { name: relation.to_vec(), table, waits, names: Vec::new() });
    });
    (table, waits, false)
}

fn remember(table: Oid, name: &[u8]) {
    LOOKUPS.with(|Lookups(all)| {
        let mut all = all.borrow_mut();
        let lookup = all.iter_mut().find(|lookup| lookup.table == table && lookup.names.len() < REMEMBERED);
        if let Some(lookup) = lookup {
            lookup.names.push(name.to_vec());
        }
    });
}

/// Whether a name exists, as the newest snapshot sees it; with `with_lock`, locks its row as a foreign key does.
fn is_there(relation: &[u8], name: &[u8], with_lock: bool) -> bool {
    let (relation, name) = (sys::quoted(&sys::to_utf8(relation)), sys::to_utf8(name));
    let lock = if with_lock { " FOR KEY SHARE" } else { "" };
    let text = format!("SELECT true FROM dnc.{relation} AS x WHERE x.{relation} OPERATOR(pg_catalog.=) $1{lock}");
    if with_lock {
        return connected(sys::owner(), || finds(&text, text_datum(&name), false));
    }
    // Changes of the last command are visible only from the next one on.
    xact::next_command();
    sys::with_latest_snapshot(|| connected(sys::owner(), || finds(&text, text_datum(&name), true)))
}
