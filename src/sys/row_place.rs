//! Rows of a table that are read again at their last location in the buffers, without an index.
//!
//! The location is a hint: it may hold another row by now, or none. The rows have three bigint columns and a bytea,
//! none of them NULL; only one visible to the active snapshot is read.

use super::raw;
use pgrx::pg_sys::{self, Relation};
use std::cell::Cell;
use std::marker::PhantomData;

/// Bytes of a row's header, and of its bigint columns.
const HEADER: usize = 24;
const COLUMNS: usize = 24;
/// Offset of the bytea's contents.
const BYTES: usize = HEADER + COLUMNS + 4;

/// An open table, locked against being dropped.
#[derive(Clone, Copy)]
pub struct OpenTable<'a> {
    relation: Relation,
    open: PhantomData<&'a ()>,
}

impl OpenTable<'_> {
    /// # Safety
    /// The relation is open for as long as this lives.
    pub(super) unsafe fn of(relation: Relation) -> Self {
        OpenTable { relation, open: PhantomData }
    }

    /// The table's files.
    pub fn files(self) -> Files {
        // SAFETY: the table is open.
        Files(unsafe { raw::node(self.relation) })
    }
}

/// The files of a table. A rewritten table has others.
#[derive(Clone, Copy)]
pub struct Files(raw::Node);

impl PartialEq for Files {
    fn eq(&self, other: &Files) -> bool {
        let (a, b) = (self.0, other.0);
        #[cfg(feature = "pg15")]
        return (a.spcNode, a.dbNode, a.relNode) == (b.spcNode, b.dbNode, b.relNode);
        #[cfg(not(feature = "pg15"))]
        return (a.spcOid, a.dbOid, a.relNumber) == (b.spcOid, b.dbOid, b.relNumber);
    }
}

/// Last known location of a row.
pub struct RowPlace {
    block: pg_sys::BlockNumber,
    offset: u16,
    /// The buffer that last held it; 0: not known.
    buffer: Cell<pg_sys::Buffer>,
    /// Offset of the row in the page then.
    row: Cell<u16>,
}

/// A row's columns, while its page is pinned.
pub struct Found<'a> {
    pub ints: [i64; 3],
    pub bytes: &'a [u8],
}

impl RowPlace {
    pub fn new((block, offset): (pg_sys::BlockNumber, u16)) -> RowPlace {
        RowPlace { block, offset, buffer: Cell::new(0), row: Cell::new(0) }
    }

    /// The result of `read` for the row, if its page is in the same buffer as before and its header alone shows it
    /// visible to the active snapshot. Raises no error except out of memory, and then without unwinding: callers hold
    /// nothing that must be dropped.
    pub fn peek<T>(&self, files: Files, read: impl FnOnce(Found) -> Option<T>) -> Option<T> {
        let buffer = self.buffer.get();
        // SAFETY: the buffer existed before, and its contents are checked; then the page is pinned.
        unsafe {
            if buffer == 0 || !raw::ReadRecentBuffer(files.0, pg_sys::ForkNumber::MAIN_FORKNUM, self.block, buffer) {
                return None;
            }
            let found = self.read_page(buffer, None).and_then(read);
            raw::ReleaseBuffer(buffer);
            found
        }
    }

    /// The same, but reads the page into a buffer and checks visibility in full; `None` if the row is no longer there.
    /// `read` is called a second time if the first, cheap attempt found nothing.
    pub fn read<T>(&self, table: OpenTable, read: impl Fn(Found) -> Option<T>) -> Option<T> {
        let files = table.files();
        // SAFETY: the table is open; nothing in here needs dropping. A truncated table no longer has such a page.
        unsafe {
            raw::guard(pg_sys::CurrentMemoryContext, || {
                if let Some(answer) = self.peek(files, &read) {
                    return Some(answer);
                }
                let relation = table.relation;
                if self.block >= raw::RelationGetNumberOfBlocksInFork(relation, pg_sys::ForkNumber::MAIN_FORKNUM) {
                    return None;
                }
                let buffer = raw::ReadBuffer(relation, self.block);
                self.buffer.set(buffer);
                let found = self.read_page(buffer, Some((*relation).rd_id)).and_then(read);
                raw::ReleaseBuffer(buffer);
                found
            })
        }
    }

    /// The row on this page; `None` if the location holds another kind of row, or its visibility cannot be determined.
    /// With `judge`, the table, also if visibility takes more than the row's header.
    ///
    /// # Safety
    /// The buffer is pinned, for as long as the row is used, and holds the page; an error may be raised if `judge`.
    unsafe fn read_page<'a>(&self, buffer: pg_sys::Buffer, judge: Option<pg_sys::Oid>) -> Option<Found<'a>> {
        // SAFETY: the page is pinned, so its rows stay in place; only data within it is read. Visibility is checked
        // under the lock; then the row can be read without it, since a visible row is neither removed nor changed.
        unsafe {
            let page = raw::page(buffer);
            raw::LockBuffer(buffer, pg_sys::BUFFER_LOCK_SHARE as i32);
            let row = self.row_on(page, buffer, judge);
            raw::LockBuffer(buffer, pg_sys::BUFFER_LOCK_UNLOCK as i32);
            let (row, len) = row?;
            self.row.set(row.offset_from(page) as u16);
            let columns = row.add(HEADER);
            let int = |n: usize| columns.add(8 * n).cast::<i64>().read_unaligned();
            let size = (columns.add(COLUMNS).cast::<u32>().read_unaligned() >> 2) as usize;
            let to = HEADER + COLUMNS + size;
            if to < BYTES || to > len {
                return None;
            }
            let bytes = std::slice::from_raw_parts(row.add(BYTES), to - BYTES);
            Some(Found { ints: [int(0), int(1), int(2)], bytes })
        }
    }

    /// The row at this location and its length, if it is visible to the active snapshot and has such columns.
    ///
    /// # Safety
    /// As in [`Self::read_page`]; the buffer is locked.
    unsafe fn row_on(
        &self,
        page: *const u8,
        buffer: pg_sys::Buffer,
        judge: Option<pg_sys::Oid>,
    ) -> Option<(*const u8, usize)> {
        // SAFETY: see above; the page header says how many line pointers it has.
        unsafe {
            if self.offset > raw::rows(page) {
                return None;
            }
            let (row, len) = raw::row(page, self.offset).filter(|(_, len)| *len >= BYTES)?;
            let header = row.cast::<pg_sys::HeapTupleHeaderData>();
            let infomask = u32::from((*header).t_infomask);
            let columns = u32::from((*header).t_infomask2) & pg_sys::HEAP_NATTS_MASK;
            if columns != 4 || infomask & pg_sys::HEAP_HASNULL != 0 || usize::from((*header).t_hoff) != HEADER {
                return None;
            }
            // A compressed or external bytea has other low bits; only plain ones are read.
            if row.add(HEADER + COLUMNS).read() & 3 != 0 {
                return None;
            }
            let snapshot = raw::GetActiveSnapshot();
            let committed = infomask & pg_sys::HEAP_XMIN_COMMITTED != 0 && infomask & pg_sys::HEAP_XMAX_INVALID != 0;
            let frozen = infomask & pg_sys::HEAP_XMIN_FROZEN == pg_sys::HEAP_XMIN_FROZEN;
            let xmin: u32 = (*header).t_choice.t_heap.t_xmin.into();
            let before = (xmin.wrapping_sub((*snapshot).xmin.into()) as i32) < 0;
            if !(committed && (frozen || before)) {
                let at = (self.block, self.offset);
                if judge.is_none_or(|table| !raw::sees((row, len), table, at, buffer)) {
                    return None;
                }
            }
            Some((row, len))
        }
    }

    /// Last location of the row's bytes, if at least `len` of them would be on the page. Read without a pin or a lock,
    /// so the contents are only a hint of where to read next.
    pub fn hint(&self, len: usize) -> Option<Hint> {
        let buffer = self.buffer.get();
        let begins = usize::from(self.row.get()) + BYTES;
        if buffer <= 0 || begins + len > pg_sys::BLCKSZ as usize {
            return None;
        }
        // SAFETY: the buffer existed before, so its page and its descriptor are in memory.
        let (page, description) = unsafe { (raw::page(buffer), raw::buffer_description(buffer)) };
        Some(Hint { page, begins, description })
    }
}

/// Bytes of a shared buffer's page that other processes may be writing.
#[derive(Clone, Copy)]
pub struct Hint {
    page: *const u8,
    begins: usize,
    description: *const u8,
}

impl Hint {
    /// Memory read for any row: the buffer's descriptor, the page's header, and the start of the bytes.
    pub fn lines(&self) -> [*const u8; 3] {
        [self.description, self.page, self.line(0)]
    }

    /// Address of the `at`th byte, or the last address on the page from which `len` bytes are on it.
    fn within(&self, at: usize, len: usize) -> *const u8 {
        self.page.wrapping_add(self.begins.saturating_add(at).min(pg_sys::BLCKSZ as usize - len))
    }

    /// Address of the `at`th byte, for prefetching.
    pub fn line(&self, at: usize) -> *const u8 {
        self.within(at, 2)
    }

    /// The present bytes from the `at`th on.
    pub fn bytes<const N: usize>(&self, at: usize) -> [u8; N] {
        // SAFETY: within a page of the buffers; volatile, since other processes may be writing.
        unsafe { self.within(at, N).cast::<[u8; N]>().read_volatile() }
    }
}
