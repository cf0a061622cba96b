//! A row version at its place, as an AFTER trigger sees it: for a function in a trigger's WHEN clause, which the server
//! calls as soon as the row is written, and for rows that are looked at again.

use super::raw;
use super::trigger::{Event, Trigger};
use pgrx::pg_sys::{self, Datum, Oid};
use std::cell::Cell;
use std::ptr;

/// A copy of a table's trigger, since the server's own is replaced with any change of the table.
pub struct TableTrigger {
    table: Oid,
    trigger: *mut pg_sys::Trigger,
    /// Buffers of the last row and of its earlier version.
    recent: Cell<[pg_sys::Buffer; 2]>,
    /// Memory context of the copy.
    context: pg_sys::MemoryContext,
}

impl Drop for TableTrigger {
    fn drop(&mut self) {
        // SAFETY: a context of its own, to which nothing else points.
        unsafe { raw::MemoryContextDelete(self.context) }
    }
}

/// Which row versions are returned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sees {
    Any,
    /// Those visible to the active snapshot.
    Visible,
}

/// A row version on its pinned page.
struct Fetched {
    tuple: pg_sys::HeapTupleData,
    buffer: pg_sys::Buffer,
}

impl Fetched {
    /// `recent`: the buffer that the page may be in.
    ///
    /// # Safety
    /// The table is open and uses the heap access method; a snapshot is active. An error may be raised.
    unsafe fn at(place: u64, table: pg_sys::Relation, sees: Sees, recent: pg_sys::Buffer) -> Fetched {
        let mut found = Fetched { tuple: pg_sys::HeapTupleData::default(), buffer: 0 };
        let (block, offset) = ((place >> 16) as u32, place as u16);
        // SAFETY: see above; the page is pinned, and locked while its line pointers are read. A row of this transaction,
        // or a visible one, is not removed meanwhile. The invalid block number would add a page.
        unsafe {
            let main = pg_sys::ForkNumber::MAIN_FORKNUM;
            let is_recent = recent > 0
                && block != pg_sys::InvalidBlockNumber
                && raw::ReadRecentBuffer(raw::node(table), main, block, recent);
            if !is_recent && block >= raw::RelationGetNumberOfBlocksInFork(table, main) {
                return found;
            }
            found.buffer = if is_recent { recent } else { raw::ReadBuffer(table, block) };
            // Buffers of temporary tables are numbered below zero, and have pages elsewhere.
            let page = if found.buffer > 0 {
                raw::page(found.buffer)
            } else {
                pg_sys::BufferGetPage(found.buffer).cast::<u8>().cast_const()
            };
            raw::LockBuffer(found.buffer, pg_sys::BUFFER_LOCK_SHARE as i32);
            let row = if (1..=raw::rows(page)).contains(&offset) { raw::row(page, offset) } else { None };
            if let Some((row, len)) = row
                && (sees == Sees::Any || raw::sees((row, len), (*table).rd_id, (block, offset), found.buffer))
            {
                found.tuple.t_len = len as u32;
                found.tuple.t_data = row.cast_mut().cast();
                found.tuple.t_tableOid = (*table).rd_id;
                found.tuple.t_self.ip_blkid.bi_hi = (block >> 16) as u16;
                found.tuple.t_self.ip_blkid.bi_lo = block as u16;
                found.tuple.t_self.ip_posid = offset;
            }
            raw::LockBuffer(found.buffer, pg_sys::BUFFER_LOCK_UNLOCK as i32);
        }
        found
    }

    fn is_there(&self) -> bool {
        !self.tuple.t_data.is_null()
    }
}

/// A trigger call without rows.
fn data(table: pg_sys::Relation, trigger: *mut pg_sys::Trigger) -> pg_sys::TriggerData {
    pg_sys::TriggerData {
        type_: pg_sys::NodeTag::T_TriggerData,
        tg_event: pg_sys::TRIGGER_EVENT_ROW | pg_sys::TRIGGER_EVENT_INSERT,
        tg_relation: table,
        tg_trigger: trigger,
        ..pg_sys::TriggerData::default()
    }
}

/// The first trigger of a table that is wanted; `None` also for what is not a heap table with rows of its own. The table
/// stays locked against changes until the end of the transaction.
pub fn find(table: Oid, is_wanted: impl Fn(&Trigger) -> bool) -> Option<TableTrigger> {
    // SAFETY: the relation is opened before it is read and closed once; the description has an element for each trigger.
    // The copy lives in a context of its own.
    unsafe {
        let relation = pg_sys::try_relation_open(table, pg_sys::AccessShareLock as i32);
        if relation.is_null() {
            return None;
        }
        let is_heap = (*(*relation).rd_rel).relkind as u8 == pg_sys::RELKIND_RELATION
            && ptr::eq((*relation).rd_tableam, pg_sys::GetHeapamTableAmRoutine());
        let mut found = None;
        if is_heap && !(*relation).trigdesc.is_null() {
            let context = pg_sys::AllocSetContextCreateExtended(
                pg_sys::TopMemoryContext,
                c"dnc: a trigger".as_ptr(),
                0,
                1024,
                8192,
            );
            let mut copy = TableTrigger { table, trigger: ptr::null_mut(), recent: Cell::default(), context };
            let all = raw::guard(context, || pg_sys::CopyTriggerDesc((*relation).trigdesc));
            let mut each = (0..(*all).numtriggers as usize).map(|n| (*all).triggers.add(n));
            found = each.find(|trigger| is_wanted(&Trigger::of_data(&mut data(relation, *trigger)))).map(|trigger| {
                copy.trigger = trigger;
                copy
            });
        }
        pg_sys::relation_close(relation, pg_sys::NoLock as i32);
        found
    }
}

impl TableTrigger {
    pub fn is_of(&self, table: Oid) -> bool {
        self.table == table
    }

    /// Passes a trigger call to `work`: for a row inserted at `new`, or updated from `old`; without `new`, for no row.
    /// `None` if there is no such row.
    pub fn call<T>(
        &self,
        new: Option<u64>,
        old: Option<u64>,
        sees: Sees,
        work: impl FnOnce(Trigger) -> T,
    ) -> Option<T> {
        // SAFETY: the table is locked, so it can be opened without a lock; it is closed once, and every page is
        // released. An error does that with the (sub)transaction.
        unsafe {
            let (table, mut rows) = raw::guard(pg_sys::CurrentMemoryContext, || {
                let table = raw::RelationIdGetRelation(self.table);
                let fetched = |place: Option<u64>, recent| {
                    place.filter(|_| !table.is_null()).map(|place| Fetched::at(place, table, sees, recent))
                };
                let [recent_new, recent_old] = self.recent.get();
                (table, [fetched(new, recent_new), fetched(old, recent_old)])
            });
            self.recent.set(rows.each_ref().map(|row| row.as_ref().map_or(0, |row| row.buffer)));
            if table.is_null() {
                return None;
            }
            let result = rows.iter().flatten().all(Fetched::is_there).then(|| {
                let mut data = data(table, self.trigger);
                let [new, old] =
                    rows.each_mut().map(|row| row.as_mut().map_or(ptr::null_mut(), |row| &raw mut row.tuple));
                data.tg_trigtuple = if old.is_null() { new } else { old };
                if !old.is_null() {
                    data.tg_event = pg_sys::TRIGGER_EVENT_ROW | pg_sys::TRIGGER_EVENT_UPDATE;
                    data.tg_newtuple = new;
                }
                work(Trigger::of_data(&mut data))
            });
            rows.iter().flatten().filter(|row| row.buffer != 0).for_each(|row| raw::ReleaseBuffer(row.buffer));
            raw::RelationClose(table);
            result
        }
    }
}

/// The place in a value of type tid.
///
/// # Safety
/// The value is a tid.
pub unsafe fn place_in(tid: Datum) -> u64 {
    // SAFETY: see above.
    super::trigger::packed(unsafe { tid.cast_mut_ptr::<pg_sys::ItemPointerData>().read() })
}

impl Trigger {
    /// Whether this trigger calls a function of the library.
    pub fn calls(&self, function: *const ()) -> bool {
        // SAFETY: a trigger has a function; the function manager fills the structure.
        unsafe {
            let mut manager = pg_sys::FmgrInfo::default();
            pg_sys::fmgr_info(self.function(), &mut manager);
            manager.fn_addr.is_some_and(|f| f as usize == function as usize)
        }
    }

    /// Whether this trigger runs after the event.
    pub fn is_after(&self) -> bool {
        self.kind() & (pg_sys::TRIGGER_TYPE_BEFORE | pg_sys::TRIGGER_TYPE_INSTEAD) == 0
    }

    /// Whether this trigger is for these events.
    pub fn is_for(&self, event: Event) -> bool {
        let bit = match event {
            Event::Insert => pg_sys::TRIGGER_TYPE_INSERT,
            Event::Delete => pg_sys::TRIGGER_TYPE_DELETE,
            Event::Update => pg_sys::TRIGGER_TYPE_UPDATE,
            Event::Truncate => pg_sys::TRIGGER_TYPE_TRUNCATE,
        };
        self.kind() & bit != 0
    }
}
