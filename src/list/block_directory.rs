//! The blocks of one set, found without its index and read where they lie in the buffers.
//!
//! A session that has asked for a set more than a few times keeps where its blocks are. That is a hint: a row is taken for
//! the block only if the active snapshot sees it and it says itself that it is, and what a set's blocks hold never changes.

use crate::sys::raw;
use dnc_core::list::block::Packed;
use dnc_core::list::memory::fetch_line;
use pgrx::pg_sys::{self, Relation};
use std::cell::Cell;

/// Bytes of a row's header, and of the three columns before the block.
const ROW_HEADER: usize = 24;
const COLUMNS: usize = 24;
/// Bytes of a block's header.
const BLOCK_HEADER: usize = 16;

struct Place {
    block: pg_sys::BlockNumber,
    offset: u16,
    /// The buffer that held it last; 0: not known.
    buffer: Cell<pg_sys::Buffer>,
    /// Where in the page the row was then.
    row: Cell<u16>,
}

pub struct Directory {
    set: i64,
    node: raw::Node,
    starts: Vec<u64>,
    places: Vec<Place>,
    /// For equal parts of what lies from the second start to the last: how many starts come before. So that a search is short.
    before: Vec<u32>,
    /// Bits of a number below the part.
    part: u32,
}

/// Into so many parts at most.
const PARTS: u64 = 4096;

impl Directory {
    /// For a set whose blocks' starts and places are given in order; `None` if they do not begin with 0.
    pub fn new(table: Relation, set: i64, blocks: &[(u64, (pg_sys::BlockNumber, u16))]) -> Option<Directory> {
        let place = |(block, offset)| Place { block, offset, buffer: Cell::new(0), row: Cell::new(0) };
        let starts: Vec<u64> = blocks.iter().map(|block| block.0).collect();
        let places = blocks.iter().map(|block| place(block.1)).collect();
        if starts.first() != Some(&0) {
            return None;
        }
        let first = starts.get(1).copied().unwrap_or(0);
        let span = starts[starts.len() - 1] - first;
        let part = (span / PARTS).checked_ilog2().map_or(0, |bits| bits + 1);
        let before = (0..=span >> part).map(|n| starts.partition_point(|start| *start < first + (n << part)) as u32);
        let before = before.chain([starts.len() as u32]).collect();
        // SAFETY: the table is open.
        let node = unsafe { raw::node(table) };
        Some(Directory { set, node, starts, places, before, part })
    }

    /// Bytes that a block takes in a directory.
    pub const BYTES_A_BLOCK: usize = size_of::<u64>() + size_of::<Place>();

    /// Whether the table is still where it was: a table that was written anew has its rows elsewhere.
    pub fn is_of(&self, table: Relation) -> bool {
        // SAFETY: the table is open.
        let (now, then) = (unsafe { raw::node(table) }, self.node);
        #[cfg(feature = "pg15")]
        return (now.spcNode, now.dbNode, now.relNode) == (then.spcNode, then.dbNode, then.relNode);
        #[cfg(not(feature = "pg15"))]
        return (now.spcOid, now.dbOid, now.relNumber) == (then.spcOid, then.dbOid, then.relNumber);
    }

    /// The block in whose range a number is.
    fn at(&self, number: u64) -> usize {
        let Some(above) = self.starts.get(1).and_then(|first| number.checked_sub(*first)) else { return 0 };
        let part = ((above >> self.part) as usize).min(self.before.len() - 2);
        let (from, to) = (self.before[part] as usize, self.before[part + 1] as usize);
        from + self.starts[from..to].partition_point(|start| *start <= number) - 1
    }

    /// Whether the set has a number, if its block is in a buffer where it was last. Raises no error but for want of memory.
    ///
    /// # Safety
    /// The table is locked and a snapshot active; an error may be raised.
    pub unsafe fn has_in_place(&self, number: u64) -> Option<bool> {
        let at = self.at(number);
        let place = &self.places[at];
        let buffer = place.buffer.get();
        // SAFETY: see above; the buffer was one once, and is asked what it holds.
        unsafe {
            if buffer == 0 || !raw::ReadRecentBuffer(self.node, pg_sys::ForkNumber::MAIN_FORKNUM, place.block, buffer) {
                return None;
            }
            let found = self.read(at, number, buffer, None);
            raw::ReleaseBuffer(buffer);
            found
        }
    }

    /// The same, reading the block into a buffer; `None` if it is not where it was.
    ///
    /// # Safety
    /// The table is open and a snapshot active.
    pub unsafe fn has(&self, table: Relation, number: u64) -> Option<bool> {
        // SAFETY: see above.
        unsafe { raw::guard(pg_sys::CurrentMemoryContext, || self.read_in(table, number)) }
    }

    /// # Safety
    /// As for [`Self::has`]; an error may be raised.
    unsafe fn read_in(&self, table: Relation, number: u64) -> Option<bool> {
        // SAFETY: see above. A table that shrank has no such page any more.
        unsafe {
            if let Some(answer) = self.has_in_place(number) {
                return Some(answer);
            }
            let at = self.at(number);
            let place = &self.places[at];
            if place.block >= raw::RelationGetNumberOfBlocksInFork(table, pg_sys::ForkNumber::MAIN_FORKNUM) {
                return None;
            }
            let buffer = raw::ReadBuffer(table, place.block);
            place.buffer.set(buffer);
            let found = self.read(at, number, buffer, Some((*table).rd_id));
            raw::ReleaseBuffer(buffer);
            found
        }
    }

    /// Reads the block at this place; `None` where another row is, or one that cannot be judged. With `judge`, the table, also where the snapshot's view of the row takes more than its
    /// header.
    ///
    /// # Safety
    /// The buffer is pinned and holds the page; an error may be raised if `judge`.
    unsafe fn read(&self, at: usize, number: u64, buffer: pg_sys::Buffer, judge: Option<pg_sys::Oid>) -> Option<bool> {
        let place = &self.places[at];
        // SAFETY: the page is pinned, so that rows on it stay where they are; what is read is within it. Under the lock
        // the row is judged; then it can be read without, since a visible row neither goes nor changes.
        unsafe {
            let page = raw::page(buffer);
            raw::LockBuffer(buffer, pg_sys::BUFFER_LOCK_SHARE as i32);
            let row = row(place, page, buffer, judge);
            raw::LockBuffer(buffer, pg_sys::BUFFER_LOCK_UNLOCK as i32);
            let (row, len) = row?;
            place.row.set(row.offset_from(page) as u16);
            let columns = row.add(ROW_HEADER);
            let int = |n: usize| columns.add(8 * n).cast::<i64>().read_unaligned();
            let size = (columns.add(COLUMNS).cast::<u32>().read_unaligned() >> 2) as usize;
            let (from, to) = (ROW_HEADER + COLUMNS + 4, ROW_HEADER + COLUMNS + size);
            if (int(0), int(1)) != (self.set, self.starts[at] as i64)
                || number >= int(2) as u64
                || to < from
                || to > len
            {
                return None;
            }
            Packed::of(std::slice::from_raw_parts(row.add(from), to - from)).ok()?.contains(number)
        }
    }

    /// Has the processor fetch what looks for these numbers will read. Pages are read without a lock, so whatever they say is a
    /// hint: where to read next.
    pub fn fetch(&self, numbers: &[u64]) {
        // Each pass asks for what the next one reads.
        let mut blocks: Vec<(*const u8, *const u8, u64)> = Vec::with_capacity(numbers.len());
        for number in numbers {
            let place = &self.places[self.at(*number)];
            let buffer = place.buffer.get();
            let begins = usize::from(place.row.get()) + ROW_HEADER + COLUMNS + 4;
            if buffer > 0 && begins + BLOCK_HEADER <= pg_sys::BLCKSZ as usize {
                // SAFETY: the buffer was one once, so its page and its description are in memory.
                let (page, description) = unsafe { (raw::page(buffer), raw::buffer_description(buffer)) };
                let block = page.wrapping_add(begins);
                fetch_line(description);
                fetch_line(page);
                fetch_line(block);
                blocks.push((page, block, *number));
            }
        }
        let mut offsets: Vec<(*const u8, *const u8)> = Vec::with_capacity(blocks.len());
        for (page, block, number) in blocks {
            // SAFETY: within a page of the buffers; volatile, since others may be writing.
            let header = unsafe { block.cast::<[u8; BLOCK_HEADER]>().read_volatile() };
            let Some((offset, groups)) = Packed::place_of_offset(&header, number) else { continue };
            let last = page.wrapping_add(pg_sys::BLCKSZ as usize - 2);
            let within = |at: usize| block.wrapping_add(at).min(last);
            let offset = offset.map_or(std::ptr::null(), within);
            if !offset.is_null() {
                fetch_line(offset);
            }
            offsets.push((offset, within(groups)));
        }
        for (offset, groups) in offsets {
            // SAFETY: two bytes within a page, as above.
            let at = if offset.is_null() {
                0
            } else {
                usize::from(u16::from_le_bytes(unsafe { offset.cast::<[u8; 2]>().read_volatile() }))
            };
            fetch_line(groups.wrapping_add(at));
            fetch_line(groups.wrapping_add(at + 32));
        }
    }
}

/// The row at this place and its length, if the active snapshot sees it and it has the columns of a block.
///
/// # Safety
/// As in [`Directory::read`]; the buffer is locked.
unsafe fn row(
    place: &Place,
    page: *const u8,
    buffer: pg_sys::Buffer,
    judge: Option<pg_sys::Oid>,
) -> Option<(*const u8, usize)> {
    // SAFETY: see above; the page's header says how many places it has.
    unsafe {
        if place.offset > raw::rows(page) {
            return None;
        }
        let (row, len) = raw::row(page, place.offset).filter(|(_, len)| *len >= ROW_HEADER + COLUMNS + 4)?;
        let header = row.cast::<pg_sys::HeapTupleHeaderData>();
        let infomask = u32::from((*header).t_infomask);
        let columns = u32::from((*header).t_infomask2) & pg_sys::HEAP_NATTS_MASK;
        if columns != 4 || infomask & pg_sys::HEAP_HASNULL != 0 || usize::from((*header).t_hoff) != ROW_HEADER {
            return None;
        }
        // A compressed or external block has other low bits; blocks are plain.
        if row.add(ROW_HEADER + COLUMNS).read() & 3 != 0 {
            return None;
        }
        let snapshot = raw::GetActiveSnapshot();
        let committed = infomask & pg_sys::HEAP_XMIN_COMMITTED != 0 && infomask & pg_sys::HEAP_XMAX_INVALID != 0;
        let frozen = infomask & pg_sys::HEAP_XMIN_FROZEN == pg_sys::HEAP_XMIN_FROZEN;
        let xmin: u32 = (*header).t_choice.t_heap.t_xmin.into();
        let before = (xmin.wrapping_sub((*snapshot).xmin.into()) as i32) < 0;
        if !(committed && (frozen || before)) {
            let at = (place.block, place.offset);
            if judge.is_none_or(|table| !raw::sees((row, len), table, at, buffer)) {
                return None;
            }
        }
        Some((row, len))
    }
}
