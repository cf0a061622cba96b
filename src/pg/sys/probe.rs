//! A look into one index of one table through the access-method interface: no parser, no planner, no executor.
//!
//! Relations are opened and closed at every call. The resource owner and the memory context take care of an error in
//! between, so nothing here cleans up on unwinding.

use pgrx::pg_sys::{self, Datum, Oid};

/// An equality scan over the first column of an index.
pub struct Probe {
    table: pg_sys::Relation,
    index: pg_sys::Relation,
    slot: *mut pg_sys::TupleTableSlot,
    scan: pg_sys::IndexScanDesc,
}

impl Probe {
    /// Opens a scan for rows whose first index column equals `key` (an eight-byte value), under the active snapshot.
    /// `None` if this is not an index that can be trusted to find every such row; then nothing stays open.
    pub fn open(table: Oid, index: Oid, column: i16, key: i64) -> Option<Probe> {
        let lock = pg_sys::AccessShareLock as i32;
        // SAFETY: relations are opened before they are read and closed once; the scan key is copied by the scan.
        unsafe {
            let table = pg_sys::table_open(table, lock);
            let index = pg_sys::try_index_open(index, lock);
            if index.is_null() {
                pg_sys::table_close(table, lock);
                return None;
            }
            if !trusted(table, index, column) {
                pg_sys::index_close(index, lock);
                pg_sys::table_close(table, lock);
                return None;
            }
            let slot = pg_sys::table_slot_create(table, std::ptr::null_mut());
            let snapshot = pg_sys::GetActiveSnapshot();
            #[cfg(feature = "pg18")]
            let scan = pg_sys::index_beginscan(table, index, snapshot, std::ptr::null_mut(), 1, 0);
            #[cfg(not(feature = "pg18"))]
            let scan = pg_sys::index_beginscan(table, index, snapshot, 1, 0);
            let mut scan_key = pg_sys::ScanKeyData::default();
            pg_sys::ScanKeyInit(
                &mut scan_key,
                1,
                pg_sys::BTEqualStrategyNumber as u16,
                Oid::from(pg_sys::F_INT8EQ),
                Datum::from(key),
            );
            pg_sys::index_rescan(scan, &mut scan_key, 1, std::ptr::null_mut(), 0);
            Some(Probe { table, index, slot, scan })
        }
    }

    /// Moves to the next row; its columns are then there to be read.
    pub fn next(&mut self) -> bool {
        pgrx::check_for_interrupts!();
        // SAFETY: an open scan and its slot.
        unsafe { pg_sys::index_getnext_slot(self.scan, pg_sys::ScanDirection::ForwardScanDirection, self.slot) }
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

/// A plain heap, and a valid, complete btree index over all of it whose first column is the one to be searched.
unsafe fn trusted(table: pg_sys::Relation, index: pg_sys::Relation, column: i16) -> bool {
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
            && *(*facts).indkey.values.as_ptr() == column
            && pg_sys::heap_attisnull(tuple, pg_sys::Anum_pg_index_indpred as i32, std::ptr::null_mut())
            // An index built while broken HOT chains existed is complete only for snapshots younger than it.
            && (!(*facts).indcheckxmin
                || pg_sys::TransactionIdPrecedes(
                    pg_sys::htup::HeapTupleHeaderGetXmin((*tuple).t_data),
                    pg_sys::TransactionXmin,
                ))
    }
}
