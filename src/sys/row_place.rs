//! Rows of a table that are read again where they were, in the buffers, without an index.
//!
//! The place is a hint: another row may be there by now, or none. What is read is a row of three bigint columns and a bytea, none of
//! them NULL, that the active snapshot sees.

use super::raw;
use pgrx::pg_sys::{self, Relation};
use std::cell::Cell;
use std::marker::PhantomData;

/// Bytes of a row's header, and of its bigint columns.
const HEADER: usize = 24;
const COLUMNS: usize = 24;
/// Where the bytes of the bytea begin.
const BYTES: usize = HEADER + COLUMNS + 4;

/// A table that is open, and locked against being dropped.
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

/// The files of a table. One that was written anew has others.
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

/// Where a row was.
pub struct RowPlace {
    block: pg_sys::BlockNumber,
    offset: u16,
    /// The buffer that held it last; 0: not known.
    buffer: Cell<pg_sys::Buffer>,
    /// Where in the page the row was then.
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

    /// What `read` makes of the row, if its page is in the buffer where it was last and its header tells that the active snapshot sees
    /// it. Raises no error but for want of memory, and then without unwinding: callers hold nothing that must be dropped.
    pub fn peek<T>(&self, files: Files, read: impl FnOnce(Found) -> Option<T>) -> Option<T> {
        let buffer = self.buffer.get();
        // SAFETY: the buffer was one once, and is asked what it holds; then the page is pinned.
        unsafe {
            if buffer == 0 || !raw::ReadRecentBuffer(files.0, pg_sys::ForkNumber::MAIN_FORKNUM, self.block, buffer) {
                return None;
            }
            let found = self.read_page(buffer, None).and_then(read);
            raw::ReleaseBuffer(buffer);
            found
        }
    }

    /// The same, reading the page into a buffer and judging the row in full; `None` if the row is not where it was. `read` is tried
    /// a second time where the first glance found nothing.
    pub fn read<T>(&self, table: OpenTable, read: impl Fn(Found) -> Option<T>) -> Option<T> {
        let files = table.files();
        // SAFETY: the table is open; nothing in here needs dropping. A table that shrank has no such page any more.
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

    /// The row on this page; `None` where another kind of row is, or one that cannot be judged. With `judge`, the table, also where the
    /// snapshot's view of the row takes more than its header.
    ///
    /// # Safety
    /// The buffer is pinned, for as long as the row is used, and holds the page; an error may be raised if `judge`.
    unsafe fn read_page<'a>(&self, buffer: pg_sys::Buffer, judge: Option<pg_sys::Oid>) -> Option<Found<'a>> {
        // SAFETY: the page is pinned, so that rows on it stay where they are; what is read is within it. Under the lock
        // the row is judged; then it can be read without, since a visible row neither goes nor changes.
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

    /// The row at this place and its length, if the active snapshot sees it and it has such columns.
    ///
    /// # Safety
    /// As in [`Self::read_page`]; the buffer is locked.
    unsafe fn row_on(
        &self,
        page: *const u8,
        buffer: pg_sys::Buffer,
        judge: Option<pg_sys::Oid>,
    ) -> Option<(*const u8, usize)> {
        // SAFETY: see above; the page's header says how many places it has.
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
            // A compressed or external bytea has other low bits; those that are read are plain.
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

    /// Where the row's bytes were last, if at least `len` of them would be on the page. Read without a pin or a lock, so what is there
    /// is a hint: where to read next.
    pub fn hint(&self, len: usize) -> Option<Hint> {
        let buffer = self.buffer.get();
        let begins = usize::from(self.row.get()) + BYTES;
        if buffer <= 0 || begins + len > pg_sys::BLCKSZ as usize {
            return None;
        }
        // SAFETY: the buffer was one once, so its page and its description are in memory.
        let (page, description) = unsafe { (raw::page(buffer), raw::buffer_description(buffer)) };
        Some(Hint { page, begins, description })
    }
}

/// Bytes of a page of the buffers that others may be writing.
#[derive(Clone, Copy)]
pub struct Hint {
    page: *const u8,
    begins: usize,
    description: *const u8,
}

impl Hint {
    /// What is read for any row: the buffer's description, the page's header, and where the bytes begin.
    pub fn lines(&self) -> [*const u8; 3] {
        [self.description, self.page, self.line(0)]
    }

    /// Where the `at`th of the bytes is, or the last place of the page from which `N` bytes are on it.
    fn within(&self, at: usize, len: usize) -> *const u8 {
        self.page.wrapping_add(self.begins.saturating_add(at).min(pg_sys::BLCKSZ as usize - len))
    }

    /// The `at`th of the bytes, for who wants to ask for it ahead.
    pub fn line(&self, at: usize) -> *const u8 {
        self.within(at, 2)
    }

    /// Bytes as they are at this moment, from the `at`th on.
    pub fn bytes<const N: usize>(&self, at: usize) -> [u8; N] {
        // SAFETY: within a page of the buffers; volatile, since others may be writing.
        unsafe { self.within(at, N).cast::<[u8; N]>().read_volatile() }
    }
}
