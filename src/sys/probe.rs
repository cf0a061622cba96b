//! Lookups in one index of one table through the access-method interface: no parser, no planner, no executor.
//!
//! An error leaves nothing to clean up here: relations and buffers belong to a resource owner, memory to a context, and
//! both are released with the aborted transaction or subtransaction.

use super::column::Column;
use super::raw;
use super::row_place::OpenTable;
use pgrx::pg_sys::{self, Datum, Oid};
use std::ffi::CStr;
use std::ptr;

/// Requirements for a usable index, besides being valid and complete.
pub struct Expected {
    /// The table's name, for errors.
    pub name: &'static CStr,
    pub table: Oid,
    pub index: Oid,
    /// The searched columns, eight bytes by value: the first of the index.
    pub columns: &'static [i16],
    /// The second of the index: this function of these columns, one byte. Without it rows can be read, but keys have no
    /// shape.
    pub judge: Option<(Oid, &'static [i16])>,
}

/// Maximum conditions of a search.
const MOST_KEYS: i32 = 2;

/// Number of visibility map pages kept pinned: those of 4 GB of table.
const MAPS: usize = 16;

/// An entry of the index.
#[derive(Clone, Copy, Default)]
pub struct Swept {
    pub key: i64,
    pub judgement: u8,
    pub visible: bool,
}

/// An index of a table, open for lookups by its first column.
pub struct Probe {
    table: pg_sys::Relation,
    index: pg_sys::Relation,
    slot: *mut pg_sys::TupleTableSlot,
    scan: pg_sys::IndexScanDesc,
    /// Memory context of the slot, the scan, and the scan's later allocations.
    context: pg_sys::MemoryContext,
    /// Pinned pages of the visibility map: rows come from all over the table, and unpinned pages would cost a buffer
    /// table lookup each.
    maps: [raw::Map; MAPS],
    judged: bool,
}

impl Probe {
    /// Opens table and index for the current resource owner; allocations live in `context`. `None`, with nothing left
    /// open, if this index cannot be relied on to find every row.
    pub fn open(expected: &Expected, context: pg_sys::MemoryContext) -> Option<Probe> {
        let lock = pg_sys::AccessShareLock as i32;
        // SAFETY: relations are opened before they are read, and closed once.
        unsafe {
            let table = super::open(expected.table, expected.name, pg_sys::AccessShareLock);
            let index = pg_sys::try_index_open(expected.index, lock);
            if index.is_null() {
                pg_sys::table_close(table, lock);
                return None;
            }
            if !trusted(table, index, expected.columns) {
                pg_sys::index_close(index, lock);
                pg_sys::table_close(table, lock);
                return None;
            }
            let judged = expected.judge.is_some_and(|(function, columns)| judges(index, function, columns));
            let before = pg_sys::MemoryContextSwitchTo(context);
            let slot = pg_sys::table_slot_create(table, ptr::null_mut());
            let snapshot = pg_sys::GetActiveSnapshot();
            #[cfg(feature = "pg18")]
            let scan = pg_sys::index_beginscan(table, index, snapshot, ptr::null_mut(), MOST_KEYS, 0);
            #[cfg(not(feature = "pg18"))]
            let scan = pg_sys::index_beginscan(table, index, snapshot, MOST_KEYS, 0);
            (*scan).xs_want_itup = judged;
            pg_sys::MemoryContextSwitchTo(before);
            Some(Probe { table, index, slot, scan, context, maps: [raw::NO_MAP; MAPS], judged })
        }
    }

    /// Whether the index stores the shape with each number.
    pub fn is_judged(&self) -> bool {
        self.judged
    }

    /// Starts with the rows whose first index column equals `key`, or with all, under the active snapshot.
    pub fn seek(&mut self, key: Option<i64>) {
        match key {
            Some(key) => self.search(&mut [raw::equals(key)]),
            None => self.search(&mut []),
        }
    }

    /// Starts before the last row whose first index column equals `key` and whose second is at most `most`.
    pub fn seek_last(&mut self, key: i64, most: i64) {
        self.search(&mut [raw::equals(key), raw::at_most(most)]);
    }

    fn search(&mut self, keys: &mut [pg_sys::ScanKeyData]) {
        // SAFETY: the scan is open and copies the keys, for all of which it has room, and the active snapshot outlives
        // the lookup.
        unsafe {
            (*self.scan).xs_snapshot = raw::GetActiveSnapshot();
            let count = keys.len() as i32;
            (*self.scan).numberOfKeys = count;
            raw::guard(self.context, || raw::index_rescan(self.scan, keys.as_mut_ptr(), count, ptr::null_mut(), 0));
        }
    }

    /// Moves to the next index entry: its number and its shape. [`Self::visible`] returns whether its row is visible.
    pub fn next_key(&mut self) -> Option<(i64, u8)> {
        // SAFETY: an open scan that was told to keep its index tuples, of two columns without NULLs: eight bytes and
        // one.
        unsafe {
            if raw::guard(self.context, || {
                raw::index_getnext_tid(self.scan, pg_sys::ScanDirection::ForwardScanDirection)
            })
            .is_null()
            {
                return None;
            }
            Some(raw::key_and_judgement((*self.scan).xs_itup))
        }
    }

    /// Whether the row of the current index entry is visible.
    pub fn visible(&mut self) -> bool {
        // SAFETY: the scan is on an entry.
        unsafe { raw::guard(self.context, || self.sees()) }
    }

    /// # Safety
    /// The scan is on an entry; an error may be raised.
    unsafe fn sees(&mut self) -> bool {
        // SAFETY: the scan keeps the index page pinned, which makes the visibility map reliable (see
        // nodeIndexonlyscan.c).
        unsafe {
            let block = raw::block(&(*self.scan).xs_heaptid);
            let map = &mut self.maps[(block / raw::HEAP_PAGES_PER_MAP) as usize % MAPS];
            if !raw::all_visible(self.table, block, map) {
                return raw::index_fetch_heap(self.scan, self.slot);
            }
            raw::PredicateLockPage(self.table, block, (*self.scan).xs_snapshot);
            true
        }
    }

    /// The next index entries, as many as fit in `batch`; fewer at the end of the scan. Visibility is checked only for
    /// entries whose shape satisfies `matters`; the others count as invisible.
    pub fn sweep(&mut self, batch: &mut [Swept], matters: impl Fn(u8) -> bool) -> usize {
        pgrx::check_for_interrupts!();
        // SAFETY: as in `next_key`; nothing here needs dropping.
        unsafe {
            raw::guard(self.context, || {
                for (n, swept) in batch.iter_mut().enumerate() {
                    if raw::index_getnext_tid(self.scan, pg_sys::ScanDirection::ForwardScanDirection).is_null() {
                        return n;
                    }
                    let (key, judgement) = raw::key_and_judgement((*self.scan).xs_itup);
                    let visible = matters(judgement) && self.sees();
                    *swept = Swept { key, judgement, visible };
                }
                batch.len()
            })
        }
    }

    /// The second column and the table location of every entry whose first column equals `key`, in order, visible or
    /// not; false if there are more than `most`.
    pub fn sweep_places(
        &mut self,
        key: i64,
        most: usize,
        mut entry: impl FnMut(i64, (pg_sys::BlockNumber, u16)),
    ) -> bool {
        // SAFETY: the scan keeps its index tuples; both of their columns are eight bytes by value and not NULL.
        unsafe {
            (*self.scan).xs_want_itup = true;
            self.seek(Some(key));
            let mut count = 0;
            loop {
                pgrx::check_for_interrupts!();
                let found = raw::guard(self.context, || {
                    raw::index_getnext_tid(self.scan, pg_sys::ScanDirection::ForwardScanDirection)
                });
                let ended = found.is_null();
                if ended || count == most {
                    self.rest(ended);
                    (*self.scan).xs_want_itup = self.judged;
                    return ended;
                }
                count += 1;
                entry(raw::second_key((*self.scan).xs_itup), self.place());
            }
        }
    }

    /// Moves to the next visible row, whose columns can then be read.
    pub fn next_row(&mut self) -> bool {
        pgrx::check_for_interrupts!();
        // SAFETY: an open scan and its slot.
        unsafe {
            raw::guard(self.context, || {
                raw::index_getnext_slot(self.scan, pg_sys::ScanDirection::ForwardScanDirection, self.slot)
            })
        }
    }

    /// The same, backwards.
    pub fn previous_row(&mut self) -> bool {
        pgrx::check_for_interrupts!();
        // SAFETY: an open scan and its slot.
        unsafe {
            raw::guard(self.context, || {
                raw::index_getnext_slot(self.scan, pg_sys::ScanDirection::BackwardScanDirection, self.slot)
            })
        }
    }

    /// Location of the current row.
    pub fn place(&self) -> (pg_sys::BlockNumber, u16) {
        // SAFETY: the scan is on an entry.
        unsafe { (raw::block(&(*self.scan).xs_heaptid), (*self.scan).xs_heaptid.ip_posid) }
    }

    /// The table.
    pub fn table(&self) -> OpenTable<'_> {
        // SAFETY: open as long as the probe.
        unsafe { OpenTable::of(self.table) }
    }

    /// The first `count` columns of the current row, valid until the next move.
    pub fn columns(&self, count: usize) -> (&[Datum], &[bool]) {
        // SAFETY: the slot holds a row of the table, which has at least these columns; deforming fills the arrays.
        unsafe {
            if usize::from((*self.slot).tts_nvalid as u16) < count {
                pg_sys::slot_getsomeattrs_int(self.slot, count as i32);
            }
            (
                std::slice::from_raw_parts((*self.slot).tts_values, count),
                std::slice::from_raw_parts((*self.slot).tts_isnull, count),
            )
        }
    }

    /// A column of the current row, counted from 0, among those that [`Self::columns`] has read; `None` for NULL.
    pub fn column(&self, place: usize) -> Option<Column<'_>> {
        // SAFETY: the slot's values are described by its descriptor.
        unsafe {
            if place >= usize::from((*self.slot).tts_nvalid as u16) || *(*self.slot).tts_isnull.add(place) {
                return None;
            }
            let kind = super::attribute((*self.slot).tts_tupleDescriptor, place).atttypid;
            Some(Column::new(*(*self.slot).tts_values.add(place), kind))
        }
    }

    /// Releases all buffers, so that the probe can outlive the resource owner of this lookup. `ended`:
    /// [`Self::next_key`] or [`Self::next_row`] reached the end, where the scan has released its own.
    pub fn rest(&mut self, ended: bool) {
        // SAFETY: the pins are the scan's, the slot's and ours; a rescan releases those of the scan.
        unsafe {
            for map in self.maps.iter_mut().filter(|map| map.buffer != 0) {
                raw::ReleaseBuffer(map.buffer);
                *map = raw::NO_MAP;
            }
            if raw::holds_tuple(self.slot) {
                raw::guard(self.context, || raw::clear(self.slot));
            }
            if !ended {
                raw::guard(self.context, || {
                    raw::index_rescan(self.scan, ptr::null_mut(), (*self.scan).numberOfKeys, ptr::null_mut(), 0);
                });
            }
        }
    }

    /// Estimated entries of the index, from its present size and its density when last counted; and the share of the
    /// table's pages, from 0 to 1, known to be all-visible.
    pub fn estimate(&self) -> (f64, f64) {
        // SAFETY: open relations.
        unsafe {
            let pages =
                f64::from(pg_sys::RelationGetNumberOfBlocksInFork(self.index, pg_sys::ForkNumber::MAIN_FORKNUM));
            let (index, table) = ((*self.index).rd_rel, (*self.table).rd_rel);
            // Unknown, or counted when it was empty: 28 bytes an entry, pages 90 % full.
            let density = if (*index).relpages > 0 && (*index).reltuples > 0.0 {
                f64::from((*index).reltuples) / f64::from((*index).relpages)
            } else {
                260.0
            };
            let seen = f64::from((*table).relallvisible) / f64::from((*table).relpages.max(1));
            (pages * density.max(1.0), seen.clamp(0.0, 1.0))
        }
    }

    /// A serializable transaction that reads all of the table conflicts with any writer to it: one lock instead of one
    /// a page.
    pub fn lock_all(&self) {
        // SAFETY: an open relation and a live snapshot.
        unsafe { raw::guard(self.context, || raw::PredicateLockRelation(self.table, raw::GetActiveSnapshot())) }
    }

    pub fn close(self) {
        let lock = pg_sys::AccessShareLock as i32;
        // SAFETY: each is open and closed once.
        unsafe {
            pg_sys::index_endscan(self.scan);
            pg_sys::ExecDropSingleTupleTableSlot(self.slot);
            pg_sys::index_close(self.index, lock);
            pg_sys::table_close(self.table, lock);
        }
    }
}

/// Whether a row under a key is visible to the active snapshot; `None` if the index is unusable.
pub fn any(expected: &Expected, key: i64) -> Option<bool> {
    // SAFETY: reads a variable of the server.
    let mut probe = Probe::open(expected, unsafe { pg_sys::CurrentMemoryContext })?;
    probe.seek(Some(key));
    let found = probe.next_row();
    probe.rest(!found);
    probe.close();
    Some(found)
}

/// A plain heap, and a valid, complete btree index over all of it that begins with the searched columns.
unsafe fn trusted(table: pg_sys::Relation, index: pg_sys::Relation, columns: &[i16]) -> bool {
    // SAFETY: both relations are open.
    unsafe {
        let (heap, facts, tuple) = ((*table).rd_rel, (*index).rd_index, (*index).rd_indextuple);
        (*heap).relkind as u8 == pg_sys::RELKIND_RELATION
            && (*heap).relam == pg_sys::HEAP_TABLE_AM_OID
            && (*(*index).rd_rel).relam == pg_sys::BTREE_AM_OID
            && (*facts).indrelid == (*table).rd_id
            && (*facts).indisvalid
            && (*facts).indisready
            && (*facts).indislive
            && (*facts).indnkeyatts as usize >= columns.len()
            && columns.iter().enumerate().all(|(n, column)| *(*facts).indkey.values.as_ptr().add(n) == *column)
            && pg_sys::heap_attisnull(tuple, pg_sys::Anum_pg_index_indpred as i32, ptr::null_mut())
            // An index built while broken HOT chains existed is complete only for snapshots younger than it.
            && (!(*facts).indcheckxmin
                || pg_sys::TransactionIdPrecedes(
                    pg_sys::htup::HeapTupleHeaderGetXmin((*tuple).t_data),
                    pg_sys::TransactionXmin,
                ))
    }
}

/// Whether the index has two columns and the second is this function of these columns.
unsafe fn judges(index: pg_sys::Relation, function: Oid, columns: &[i16]) -> bool {
    // SAFETY: the index is open; node types are checked before nodes are read.
    unsafe {
        let facts = (*index).rd_index;
        if (*facts).indnatts != 2 || (*facts).indnkeyatts != 2 || *(*facts).indkey.values.as_ptr().add(1) != 0 {
            return false;
        }
        let expressions = pg_sys::RelationGetIndexExpressions(index);
        if expressions.is_null() || (*expressions).length != 1 {
            return false;
        }
        let call = pg_sys::list_nth(expressions, 0).cast::<pg_sys::FuncExpr>();
        if (*call).xpr.type_ != pg_sys::NodeTag::T_FuncExpr
            || (*call).funcid != function
            || (*call).args.is_null()
            || (*(*call).args).length as usize != columns.len()
        {
            return false;
        }
        columns.iter().enumerate().all(|(n, column)| {
            let argument = pg_sys::list_nth((*call).args, n as i32).cast::<pg_sys::Var>();
            (*argument).xpr.type_ == pg_sys::NodeTag::T_Var && (*argument).varattno == *column
        })
    }
}
