//! Inserts rows into the extension's own tables without SQL: no parser and no planner. What the executor would set up
//! for every INSERT (CHECK expressions, index information) is cached for the session.
//!
//! All effects of an INSERT occur: triggers, CHECK and NOT NULL constraints, every index, including unique, partial and
//! expression indexes. Privileges are not checked; the caller is responsible for them. A table that differs from the
//! extension's definition (another column, a rule, a policy) is left to SQL.

mod load;

pub use load::Load;

use super::invalidation::{Cache, Changed};
use super::raw;
use pgrx::pg_sys::{self, Datum, MemoryContext, Oid};
use std::cell::{Cell, RefCell};
use std::ffi::CStr;
use std::ptr;
use std::rc::Rc;

/// A column and its type; [`BY_VALUE`] for any eight-byte by-value type.
pub type Column = (&'static CStr, Oid);

pub const BY_VALUE: Oid = pg_sys::InvalidOid;

/// A table of schema dnc and all its columns, in insert order.
pub struct Target {
    name: &'static CStr,
    columns: &'static [Column],
    /// A trigger function of schema dnc that has no effect on the rows inserted here, if there is one.
    silent: Option<&'static CStr>,
    prepared: RefCell<Option<Rc<Prepared>>>,
    /// Whether the cached state is outdated.
    stale: Cell<bool>,
}

/// Cached state of a table, until its catalog rows change.
struct Prepared {
    table: Oid,
    indexes: Vec<(Oid, *mut pg_sys::IndexInfo)>,
    /// CHECK constraints, in the order of the table's, or null.
    checks: *mut *mut pg_sys::ExprState,
    /// For each table column the index of its value; `None` if the column was dropped.
    places: Vec<Option<usize>>,
    /// Whether the table has triggers that may have an effect.
    fires: bool,
    /// Memory context of all of this.
    context: MemoryContext,
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // SAFETY: a context of its own, to which nothing else points.
        unsafe { raw::MemoryContextDelete(self.context) }
    }
}

/// Outcome of an insert.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Inserted,
    /// Skipped by a trigger.
    LeftOut,
    /// Nothing was done: this needs SQL.
    NeedsSql,
}

impl Cache for Target {
    fn forget_if(&self, changed: Changed) {
        let concerned = match (changed, self.prepared.try_borrow().as_deref()) {
            (Changed::Relation(relation), Ok(Some(known))) => {
                relation == pg_sys::InvalidOid
                    || relation == known.table
                    || known.indexes.iter().any(|(index, _)| *index == relation)
            }
            _ => true,
        };
        if concerned {
            self.stale.set(true);
        }
    }
}

impl Target {
    pub const fn new(name: &'static CStr, columns: &'static [Column], silent: Option<&'static CStr>) -> Target {
        Target { name, columns, silent, prepared: RefCell::new(None), stale: Cell::new(true) }
    }

    /// Inserts a row, given as its values in the order of the declared columns. Call as a role with the privilege.
    pub fn insert(&self, values: &[Option<Datum>]) -> Outcome {
        debug_assert_eq!(values.len(), self.columns.len());
        let known = self.prepared.borrow().as_ref().filter(|_| !self.stale.get()).map(|known| known.table);
        // SAFETY: the table is opened before it is read and closed once; its lock is kept, as for any INSERT.
        unsafe {
            let table = known.unwrap_or_else(|| super::relation(self.name));
            let table = super::open(table, self.name, pg_sys::RowExclusiveLock);
            // Taking the lock processed all pending invalidations.
            let prepared = self.prepare(table);
            let outcome = prepared.map_or(Outcome::NeedsSql, |prepared| {
                raw::guard(pg_sys::CurrentMemoryContext, || run(&prepared, table, values))
            });
            pg_sys::table_close(table, pg_sys::NoLock as i32);
            outcome
        }
    }

    /// The cached state of the table, set up if necessary; `None` if the table needs SQL.
    ///
    /// # Safety
    /// The table is open.
    unsafe fn prepare(&self, table: pg_sys::Relation) -> Option<Rc<Prepared>> {
        // SAFETY: see above.
        let oid = unsafe { (*table).rd_id };
        if !self.stale.get()
            && let Some(known) = self.prepared.borrow().as_ref().filter(|known| known.table == oid)
        {
            return Some(Rc::clone(known));
        }
        // A change during the setup may or may not have been seen.
        self.stale.set(false);
        // SAFETY: see above.
        let found = unsafe { Prepared::of(table, self) }.map(Rc::new);
        if found.is_none() {
            self.stale.set(true);
        }
        self.prepared.replace(found.clone());
        found
    }
}

impl Prepared {
    /// # Safety
    /// The table is open and locked.
    unsafe fn of(table: pg_sys::Relation, target: &Target) -> Option<Prepared> {
        // SAFETY: an open relation, its descriptor, and lists that the server makes from it. The results live in one
        // context, that of an executor state that runs nothing; after an error it is freed with the transaction's.
        unsafe {
            let places = places(table, target.columns)?;
            let fires = fires(table, target.silent);
            let estate = pg_sys::CreateExecutorState();
            let context = (*estate).es_query_cxt;
            let before = pg_sys::MemoryContextSwitchTo(context);
            let list = pg_sys::RelationGetIndexList(table);
            let count = if list.is_null() { 0 } else { (*list).length };
            let indexes = (0..count).map(|n| {
                let oid = pg_sys::list_nth_oid(list, n);
                let lock = pg_sys::RowExclusiveLock as i32;
                let index = pg_sys::index_open(oid, lock);
                let info = pg_sys::BuildIndexInfo(index);
                pg_sys::index_close(index, lock);
                if !(*info).ii_Predicate.is_null() {
                    (*info).ii_PredicateState = pg_sys::ExecPrepareQual((*info).ii_Predicate, estate);
                }
                if !(*info).ii_Expressions.is_null() {
                    (*info).ii_ExpressionsState = pg_sys::ExecPrepareExprList((*info).ii_Expressions, estate);
                }
                (oid, info)
            });
            let indexes = indexes.collect();
            let checks = checks(table, estate);
            pg_sys::MemoryContextSwitchTo(before);
            pg_sys::MemoryContextSetParent(context, pg_sys::CacheMemoryContext);
            Some(Prepared { table: (*table).rd_id, indexes, checks, places, fires, context })
        }
    }
}

/// For each table column the index of its value; `None` if the table is not as expected.
///
/// # Safety
/// The table is open.
pub(super) unsafe fn places(table: pg_sys::Relation, columns: &[Column]) -> Option<Vec<Option<usize>>> {
    // SAFETY: an open relation has its catalog row and its descriptor.
    unsafe {
        let (facts, descriptor, triggers) = ((*table).rd_rel, (*table).rd_att, (*table).trigdesc);
        let plain = (*facts).relkind as u8 == pg_sys::RELKIND_RELATION
            && !(*facts).relispartition
            && !(*facts).relrowsecurity
            && (*table).rd_rules.is_null()
            && (triggers.is_null() || !(*triggers).trig_insert_new_table);
        if !plain {
            return None;
        }
        let mut places = Vec::new();
        for n in 0..(*descriptor).natts as usize {
            let attribute = super::attribute(descriptor, n);
            if attribute.attisdropped {
                places.push(None);
                continue;
            }
            let name = CStr::from_ptr(attribute.attname.data.as_ptr());
            let place = columns.iter().position(|(known, _)| *known == name)?;
            let kind = columns[place].1;
            let as_expected =
                if kind == BY_VALUE { attribute.attbyval && attribute.attlen == 8 } else { attribute.atttypid == kind };
            if !as_expected || attribute.attgenerated != 0 {
                return None;
            }
            places.push(Some(place));
        }
        (places.iter().flatten().count() == columns.len()).then_some(places)
    }
}

/// Whether an INSERT into the table may call a trigger other than those of the silent function.
///
/// # Safety
/// The table is open.
pub(super) unsafe fn fires(table: pg_sys::Relation, silent: Option<&CStr>) -> bool {
    const DISABLED: u8 = b'D';
    let silent = silent.and_then(|name| super::function(name, &[]));
    // SAFETY: see above; the description has an element for each trigger.
    unsafe {
        let triggers = (*table).trigdesc;
        let count = if triggers.is_null() { 0 } else { (*triggers).numtriggers as usize };
        (0..count).map(|n| &*(*triggers).triggers.add(n)).any(|trigger| {
            trigger.tgtype as u32 & pg_sys::TRIGGER_TYPE_INSERT != 0
                && trigger.tgenabled as u8 != DISABLED
                && Some(trigger.tgfoid) != silent
        })
    }
}

/// The table's CHECK constraints, ready to be evaluated; null if there are none.
///
/// # Safety
/// The table is open; the current context is that of the executor's state.
unsafe fn checks(table: pg_sys::Relation, estate: *mut pg_sys::EState) -> *mut *mut pg_sys::ExprState {
    // SAFETY: see above; an array with an element for each constraint.
    unsafe {
        let constraints = (*(*table).rd_att).constr;
        let count = if constraints.is_null() { 0 } else { usize::from((*constraints).num_check) };
        if count == 0 {
            return ptr::null_mut();
        }
        let states = pg_sys::palloc0(count * size_of::<*mut pg_sys::ExprState>()).cast::<*mut pg_sys::ExprState>();
        for n in 0..count {
            let check = &*(*constraints).check.add(n);
            #[cfg(feature = "pg18")]
            if !check.ccenforced {
                continue;
            }
            let says = pg_sys::stringToNode(check.ccbin).cast::<pg_sys::Expr>();
            *states.add(n) = pg_sys::ExecPrepareExpr(says, estate);
        }
        states
    }
}

/// The executor's steps for one row of an INSERT (see `ExecSimpleRelationInsert`), with the cached state of the table.
///
/// # Safety
/// The table is open and locked, and prepared in its present state; an error may be raised.
unsafe fn run(prepared: &Prepared, table: pg_sys::Relation, values: &[Option<Datum>]) -> Outcome {
    // SAFETY: see above. The result relation lives as long as the state that lists it; nothing here needs dropping.
    unsafe {
        let fires = prepared.fires;
        let estate = raw::CreateExecutorState();
        let before = pg_sys::CurrentMemoryContext;
        pg_sys::CurrentMemoryContext = (*estate).es_query_cxt;
        let mut target = pg_sys::ResultRelInfo::default();
        if fires {
            raw::InitResultRelInfo(&mut target, table, 0, ptr::null_mut(), 0);
        } else {
            // The same without a copy of the triggers.
            target.type_ = pg_sys::NodeTag::T_ResultRelInfo;
            target.ri_RelationDesc = table;
        }
        raw::set_checks(&mut target, prepared.checks);
        (*estate).es_opened_result_relations = raw::lappend(ptr::null_mut(), (&raw mut target).cast());
        open_indexes(prepared, &mut target);

        let slot = raw::table_slot_create(table, &mut (*estate).es_tupleTable);
        for (n, place) in prepared.places.iter().enumerate() {
            let value = place.and_then(|place| values[place]);
            *(*slot).tts_values.add(n) = value.unwrap_or(Datum::from(0usize));
            *(*slot).tts_isnull.add(n) = value.is_none();
        }
        raw::ExecStoreVirtualTuple(slot);

        if fires {
            // Triggers see the snapshot that a separate statement would.
            raw::PushActiveSnapshot(raw::GetTransactionSnapshot());
            raw::AfterTriggerBeginQuery();
            raw::ExecBSInsertTriggers(estate, &mut target);
        }
        let wanted = !fires
            || !(*(*table).trigdesc).trig_insert_before_row
            || raw::ExecBRInsertTriggers(estate, &mut target, slot);
        if wanted {
            if !(*(*table).rd_att).constr.is_null() {
                raw::ExecConstraints(&mut target, slot, estate);
            }
            raw::tuple_insert(table, slot);
            let recheck = if target.ri_NumIndices > 0 { index(&mut target, slot, estate) } else { ptr::null_mut() };
            if fires {
                raw::ExecARInsertTriggers(estate, &mut target, slot, recheck, ptr::null_mut());
            }
        }
        if fires {
            raw::ExecASInsertTriggers(estate, &mut target, ptr::null_mut());
            raw::AfterTriggerEndQuery(estate);
            raw::PopActiveSnapshot();
        }
        raw::ExecResetTupleTable((*estate).es_tupleTable, false);
        raw::ExecCloseResultRelations(estate);
        pg_sys::CurrentMemoryContext = before;
        raw::FreeExecutorState(estate);
        // Later commands see the row.
        raw::CommandCounterIncrement();
        if wanted { Outcome::Inserted } else { Outcome::LeftOut }
    }
}

/// Opens the indexes of the table, as `ExecOpenIndices` does.
///
/// # Safety
/// As [`run`], within the memory context of the executor's state.
unsafe fn open_indexes(prepared: &Prepared, target: &mut pg_sys::ResultRelInfo) {
    let count = prepared.indexes.len();
    if count == 0 {
        return;
    }
    // SAFETY: arrays with an element for each index.
    unsafe {
        let relations = raw::palloc(count * size_of::<pg_sys::Relation>()).cast::<pg_sys::Relation>();
        let infos = raw::palloc(count * size_of::<*mut pg_sys::IndexInfo>()).cast::<*mut pg_sys::IndexInfo>();
        target.ri_NumIndices = count as i32;
        target.ri_IndexRelationDescs = relations;
        target.ri_IndexRelationInfo = infos;
        for (n, (index, info)) in prepared.indexes.iter().enumerate() {
            *relations.add(n) = raw::index_open(*index, pg_sys::RowExclusiveLock as i32);
            *infos.add(n) = *info;
        }
    }
}

/// Inserts the row's index entries, and returns the indexes to be rechecked at the end.
///
/// # Safety
/// As [`run`]; the row is in the table.
unsafe fn index(
    target: &mut pg_sys::ResultRelInfo,
    slot: *mut pg_sys::TupleTableSlot,
    estate: *mut pg_sys::EState,
) -> *mut pg_sys::List {
    // SAFETY: see above.
    unsafe {
        // State that an access method keeps between rows points to open relations, so it is freed with them.
        for n in 0..target.ri_NumIndices as usize {
            let info = *target.ri_IndexRelationInfo.add(n);
            (*info).ii_AmCache = ptr::null_mut();
            (*info).ii_Context = (*estate).es_query_cxt;
        }
        raw::insert_index_tuples(target, slot, estate)
    }
}
