//! Many rows for one of the extension's own tables: pages are filled as a whole, and no trigger is called.
//!
//! The caller vouches for what triggers and foreign keys of the table would check and do. CHECK and NOT NULL constraints
//! and unique indexes hold as for any INSERT.

use super::super::raw;
use super::{Prepared, Target, index, open_indexes};
use pgrx::pg_sys::{self, Datum, MemoryContext};
use std::ffi::CStr;
use std::ptr;
use std::rc::Rc;

/// Rows written at once.
const ROWS: usize = 1000;
/// Bytes of values held before they are written.
const BYTES: usize = 1 << 20;

/// Rows on their way into a table. Rows not yet written at [`Load::finish`] are written then; a load that is dropped
/// loses them, as after an error.
pub struct Load {
    prepared: Rc<Prepared>,
    table: pg_sys::Relation,
    estate: *mut pg_sys::EState,
    target: Box<pg_sys::ResultRelInfo>,
    slots: Vec<*mut pg_sys::TupleTableSlot>,
    used: usize,
    /// Where values of rows not yet written live.
    values: MemoryContext,
    /// Where everything else lives.
    context: MemoryContext,
}

impl Target {
    /// Opens the table for many rows; `None` if it needs SQL, or has a trigger that is neither called by one of the
    /// `replaced` functions of schema dnc nor that of a foreign key. Call as a role with the privilege.
    pub fn load(&self, replaced: &[&CStr]) -> Option<Load> {
        // SAFETY: the table stays open until the load ends, or an error closes it; its lock is kept.
        unsafe {
            let table = super::super::relation(self.name);
            let table = super::super::open(table, self.name, pg_sys::RowExclusiveLock);
            match self.prepare(table).filter(|_| !has_other_trigger(table, replaced)) {
                Some(prepared) => Some(Load::of(prepared, table)),
                None => {
                    pg_sys::table_close(table, pg_sys::NoLock as i32);
                    None
                }
            }
        }
    }
}

/// Whether an INSERT calls a trigger that a load does not replace.
///
/// # Safety
/// The table is open.
unsafe fn has_other_trigger(table: pg_sys::Relation, replaced: &[&CStr]) -> bool {
    let replaced: Vec<_> = replaced.iter().filter_map(|name| super::super::function(name, &[])).collect();
    // SAFETY: see above; the description has an element for each trigger.
    unsafe {
        let triggers = (*table).trigdesc;
        let count = if triggers.is_null() { 0 } else { (*triggers).numtriggers as usize };
        (0..count).map(|n| &*(*triggers).triggers.add(n)).any(|trigger| {
            trigger.tgtype as u32 & pg_sys::TRIGGER_TYPE_INSERT != 0
                && !trigger.tgisinternal
                && !replaced.contains(&trigger.tgfoid)
        })
    }
}

impl Load {
    /// # Safety
    /// The table is open and locked, and prepared in its present state.
    unsafe fn of(prepared: Rc<Prepared>, table: pg_sys::Relation) -> Load {
        // SAFETY: see above; a context below the current one, which outlives the load.
        unsafe {
            let parent = pg_sys::CurrentMemoryContext;
            let context = super::super::memory::context(parent, c"dnc load");
            let before = pg_sys::MemoryContextSwitchTo(context);
            let values = super::super::memory::context(context, c"dnc loaded values");
            let estate = pg_sys::CreateExecutorState();
            let mut target = Box::<pg_sys::ResultRelInfo>::default();
            target.type_ = pg_sys::NodeTag::T_ResultRelInfo;
            target.ri_RelationDesc = table;
            raw::set_checks(&mut target, prepared.checks);
            raw::guard(context, || open_indexes(&prepared, &mut target));
            pg_sys::MemoryContextSwitchTo(before);
            Load { prepared, table, estate, target, slots: Vec::new(), used: 0, values, context }
        }
    }

    /// Adds a row: `make` returns its values in the order of the declared columns, made in a memory context in which
    /// they live until they are written.
    pub fn put<const COLUMNS: usize>(&mut self, make: impl FnOnce() -> [Option<Datum>; COLUMNS]) {
        // SAFETY: contexts and slots of this load; each place is a column of the row.
        unsafe {
            let before = pg_sys::MemoryContextSwitchTo(self.values);
            let values = make();
            pg_sys::MemoryContextSwitchTo(before);
            let slot = self.slot();
            for (n, place) in self.prepared.places.iter().enumerate() {
                let value = place.and_then(|place| values[place]);
                *(*slot).tts_values.add(n) = value.unwrap_or(Datum::from(0usize));
                *(*slot).tts_isnull.add(n) = value.is_none();
            }
            raw::guard(self.context, || raw::ExecStoreVirtualTuple(slot));
        }
        self.used += 1;
        // SAFETY: a context of this load.
        if self.used == ROWS || self.used.is_multiple_of(64) && unsafe { self.held() } >= BYTES {
            self.write();
        }
    }

    /// Bytes of values held.
    ///
    /// # Safety
    /// The context is live.
    unsafe fn held(&self) -> usize {
        // SAFETY: see above.
        unsafe { pg_sys::MemoryContextMemAllocated(self.values, true) }
    }

    /// An empty slot.
    ///
    /// # Safety
    /// The table is open.
    unsafe fn slot(&mut self) -> *mut pg_sys::TupleTableSlot {
        if let Some(slot) = self.slots.get(self.used) {
            return *slot;
        }
        // SAFETY: see above; the slot lives in the context of the load.
        let slot = unsafe { raw::guard(self.context, || raw::table_slot_create(self.table, ptr::null_mut())) };
        self.slots.push(slot);
        slot
    }

    /// Writes the rows held, with their index entries.
    fn write(&mut self) {
        pgrx::check_for_interrupts!();
        let (table, estate, target) = (self.table, self.estate, &raw mut *self.target);
        let slots = &self.slots[..self.used];
        // SAFETY: the table and its indexes are open, every slot holds a row, and nothing in the calls needs dropping.
        unsafe {
            raw::guard(self.values, || {
                if !(*(*table).rd_att).constr.is_null() {
                    for slot in slots.iter() {
                        raw::ExecConstraints(target, *slot, estate);
                        raw::reset_per_row(estate);
                    }
                }
                raw::multi_insert(table, slots, raw::GetCurrentCommandId(true), 0, ptr::null_mut());
                for slot in slots.iter() {
                    if (*target).ri_NumIndices > 0 {
                        index(&mut *target, *slot, estate);
                        raw::reset_per_row(estate);
                    }
                    raw::clear(*slot);
                }
            });
            pg_sys::MemoryContextReset(self.values);
        }
        self.used = 0;
    }

    /// Writes what is left, and closes the table. Later commands see the rows.
    pub fn finish(mut self) {
        if self.used > 0 {
            self.write();
        }
        // SAFETY: opened by this load, and closed once.
        unsafe {
            for slot in self.slots.drain(..) {
                pg_sys::ExecDropSingleTupleTableSlot(slot);
            }
            for n in 0..self.target.ri_NumIndices as usize {
                pg_sys::index_close(*self.target.ri_IndexRelationDescs.add(n), pg_sys::RowExclusiveLock as i32);
            }
            pg_sys::table_close(self.table, pg_sys::NoLock as i32);
            pg_sys::FreeExecutorState(self.estate);
            raw::MemoryContextDelete(self.context);
            raw::guard(pg_sys::CurrentMemoryContext, || raw::CommandCounterIncrement());
        }
    }
}
