//! Inserts many rows into a plain table without SQL, a batch at a time, as COPY does: a page's rows are written, and
//! logged in the WAL, at once.
//!
//! CHECK and NOT NULL constraints, every index, visibility and rollback are those of an INSERT. Privileges are checked as
//! for one. A table for which an INSERT does more (triggers, rules, policies, other columns, partitions) is left to SQL.

use super::insert;
use super::raw;
use pgrx::pg_sys::{self, Datum, Oid};
use std::ffi::{CStr, c_int};
use std::ptr;

/// Rows of a batch; as many as COPY has.
const ROWS: usize = 1000;

/// A column, its type and its type modifier.
pub type Column = (&'static CStr, Oid, i32);

/// A table that rows are inserted into. Without a `Drop`: after an error, the abort releases everything.
pub struct BulkInsert {
    table: pg_sys::Relation,
    estate: *mut pg_sys::EState,
    target: *mut pg_sys::ResultRelInfo,
    bulk: pg_sys::BulkInsertState,
    command: pg_sys::CommandId,
    options: c_int,
    /// For each table column the index of its value; `None` if the column was dropped.
    places: Vec<Option<usize>>,
    slots: Vec<*mut pg_sys::TupleTableSlot>,
    /// Slots that hold a row.
    used: usize,
    checks: bool,
    indexes: bool,
}

impl BulkInsert {
    /// Opens a table that has these columns, in any order, and no others; `None` if it needs SQL, also to raise the error
    /// of an INSERT that is not permitted.
    pub fn open(table: Oid, columns: &[Column]) -> Option<BulkInsert> {
        // SAFETY: the table is opened before it is read; what is made for it lives in a context of an executor state
        // that runs nothing, and is freed with that.
        unsafe {
            let relation = pg_sys::try_table_open(table, pg_sys::RowExclusiveLock as i32);
            if relation.is_null() {
                return None;
            }
            let Some(places) = places(relation, columns) else {
                pg_sys::table_close(relation, pg_sys::NoLock as i32);
                return None;
            };
            let estate = pg_sys::CreateExecutorState();
            let before = pg_sys::MemoryContextSwitchTo((*estate).es_query_cxt);
            let target = pg_sys::palloc0(size_of::<pg_sys::ResultRelInfo>()).cast::<pg_sys::ResultRelInfo>();
            (*target).type_ = pg_sys::NodeTag::T_ResultRelInfo;
            (*target).ri_RelationDesc = relation;
            pg_sys::ExecOpenIndices(target, false);
            let bulk = pg_sys::GetBulkInsertState();
            pg_sys::MemoryContextSwitchTo(before);
            // Nobody else has put rows into the free space of a new table.
            let is_new = (*relation).rd_createSubid != 0;
            Some(BulkInsert {
                table: relation,
                estate,
                target,
                bulk,
                command: pg_sys::GetCurrentCommandId(true),
                options: if is_new { pg_sys::TABLE_INSERT_SKIP_FSM as c_int } else { 0 },
                places,
                slots: Vec::with_capacity(ROWS),
                used: 0,
                checks: !(*(*relation).rd_att).constr.is_null(),
                indexes: (*target).ri_NumIndices > 0,
            })
        }
    }

    /// Adds a row, given as its values in the order of the declared columns, to the batch. The values must live until the
    /// batch is written by [`Self::flush`], and are of the columns' types.
    pub fn put(&mut self, values: &[Option<Datum>]) {
        if self.is_full() {
            self.flush();
        }
        if self.used == self.slots.len() {
            // SAFETY: the table is open, and the context lives as long as its executor state.
            self.slots.push(unsafe {
                raw::guard((*self.estate).es_query_cxt, || raw::table_slot_create(self.table, ptr::null_mut()))
            });
        }
        let slot = self.slots[self.used];
        for (n, place) in self.places.iter().enumerate() {
            let value = place.and_then(|place| values[place]);
            // SAFETY: an empty slot has room for a value for each of the table's columns.
            unsafe {
                *(*slot).tts_values.add(n) = value.unwrap_or(Datum::from(0usize));
                *(*slot).tts_isnull.add(n) = value.is_none();
            }
        }
        self.used += 1;
    }

    /// Whether the batch has as many rows as are written at once.
    pub fn is_full(&self) -> bool {
        self.used == ROWS
    }

    /// Writes the rows of the batch.
    pub fn flush(&mut self) {
        let count = std::mem::take(&mut self.used);
        if count == 0 {
            return;
        }
        let slots = &self.slots[..count];
        // SAFETY: the table is open and locked, and the slots are its own. Nothing here needs dropping.
        unsafe {
            raw::guard((*self.estate).es_query_cxt, || {
                for slot in slots {
                    raw::ExecStoreVirtualTuple(*slot);
                    if self.checks {
                        raw::ExecConstraints(self.target, *slot, self.estate);
                    }
                }
                raw::multi_insert(self.table, slots, self.command, self.options, self.bulk);
                for slot in slots {
                    if self.indexes {
                        raw::insert_index_tuples(self.target, *slot, self.estate);
                    }
                    raw::clear(*slot);
                }
                raw::reset_per_row(self.estate);
            });
        }
    }

    /// Writes the last batch, and closes the table. Later commands see the rows.
    pub fn finish(mut self) {
        self.flush();
        // SAFETY: everything is closed once; the lock is kept, as for any INSERT.
        unsafe {
            pg_sys::FreeBulkInsertState(self.bulk);
            pg_sys::table_finish_bulk_insert(self.table, self.options);
            self.slots.iter().for_each(|slot| pg_sys::ExecDropSingleTupleTableSlot(*slot));
            pg_sys::ExecCloseIndices(self.target);
            pg_sys::FreeExecutorState(self.estate);
            pg_sys::table_close(self.table, pg_sys::NoLock as i32);
            pg_sys::CommandCounterIncrement();
        }
    }
}

/// For each table column the index of its value; `None` if an INSERT by the current role would do more than write these
/// values, or is not permitted.
///
/// # Safety
/// The table is open.
unsafe fn places(table: pg_sys::Relation, columns: &[Column]) -> Option<Vec<Option<usize>>> {
    // SAFETY: an open relation has its descriptor.
    unsafe {
        let oid = (*table).rd_id;
        let permitted = !pg_sys::XactReadOnly
            && pg_sys::pg_class_aclcheck(oid, pg_sys::GetUserId(), pg_sys::ACL_INSERT as pg_sys::AclMode)
                == pg_sys::AclResult::ACLCHECK_OK
            && !pg_sys::IsSystemRelation(table);
        if !permitted || insert::fires(table, None) {
            return None;
        }
        let unmodified: Vec<insert::Column> = columns.iter().map(|(name, kind, _)| (*name, *kind)).collect();
        let places = insert::places(table, &unmodified)?;
        let as_expected = |(n, place): (usize, &Option<usize>)| {
            let attribute = super::attribute((*table).rd_att, n);
            place.is_none_or(|place| attribute.attidentity == 0 && attribute.atttypmod == columns[place].2)
        };
        places.iter().enumerate().all(as_expected).then_some(places)
    }
}
