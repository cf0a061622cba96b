//! The blocks of one set, found without its index and read where they lie in the buffers.
//!
//! A session that has asked for a set more than a few times keeps where its blocks are. That is a hint: a row is taken for
//! the block only if the active snapshot sees it and it says itself that it is, and what a set's blocks hold never changes.

use crate::sys::row_place::{Files, Found, Hint, OpenTable, RowPlace};
use dnc_core::list::block::Packed;
use dnc_core::list::memory::fetch_line;

/// Bytes of a block's header.
const BLOCK_HEADER: usize = 16;

pub struct Directory {
    set: i64,
    files: Files,
    starts: Vec<u64>,
    places: Vec<RowPlace>,
    /// For equal parts of what lies from the second start to the last: how many starts come before. So that a search is short.
    before: Vec<u32>,
    /// Bits of a number below the part.
    part: u32,
}

/// Into so many parts at most.
const PARTS: u64 = 4096;

impl Directory {
    /// For a set whose blocks' starts and places are given in order; `None` if they do not begin with 0.
    pub fn new(table: OpenTable, set: i64, blocks: &[(u64, (u32, u16))]) -> Option<Directory> {
        let starts: Vec<u64> = blocks.iter().map(|block| block.0).collect();
        let places = blocks.iter().map(|block| RowPlace::new(block.1)).collect();
        if starts.first() != Some(&0) {
            return None;
        }
        let first = starts.get(1).copied().unwrap_or(0);
        let span = starts[starts.len() - 1] - first;
        let part = (span / PARTS).checked_ilog2().map_or(0, |bits| bits + 1);
        let before = (0..=span >> part).map(|n| starts.partition_point(|start| *start < first + (n << part)) as u32);
        let before = before.chain([starts.len() as u32]).collect();
        Some(Directory { set, files: table.files(), starts, places, before, part })
    }

    /// Bytes that a block takes in a directory.
    pub const BYTES_A_BLOCK: usize = size_of::<u64>() + size_of::<RowPlace>();

    /// Whether the table is still where it was: a table that was written anew has its rows elsewhere.
    pub fn is_of(&self, table: OpenTable) -> bool {
        table.files() == self.files
    }

    /// The block in whose range a number is.
    fn at(&self, number: u64) -> usize {
        let Some(above) = self.starts.get(1).and_then(|first| number.checked_sub(*first)) else { return 0 };
        let part = ((above >> self.part) as usize).min(self.before.len() - 2);
        let (from, to) = (self.before[part] as usize, self.before[part + 1] as usize);
        from + self.starts[from..to].partition_point(|start| *start <= number) - 1
    }

    /// Whether the set has a number, if its block is in a buffer where it was last. Raises no error but for want of memory.
    pub fn has_in_place(&self, number: u64) -> Option<bool> {
        let at = self.at(number);
        self.places[at].peek(self.files, |row| self.block_has(at, number, &row))
    }

    /// The same, reading the block into a buffer; `None` if it is not where it was.
    pub fn has(&self, table: OpenTable, number: u64) -> Option<bool> {
        let at = self.at(number);
        self.places[at].read(table, |row| self.block_has(at, number, &row))
    }

    /// Whether a row, if it is the block, has a number.
    fn block_has(&self, at: usize, number: u64, row: &Found) -> Option<bool> {
        let [set, start, stop] = row.ints;
        if (set, start) != (self.set, self.starts[at] as i64) || number >= stop as u64 {
            return None;
        }
        Packed::of(row.bytes).ok()?.contains(number)
    }

    /// Has the processor fetch what looks for these numbers will read. Pages are read without a lock, so whatever they say is a
    /// hint: where to read next.
    pub fn fetch(&self, numbers: &[u64]) {
        // Each pass asks for what the next one reads.
        let mut blocks: Vec<(Hint, u64)> = Vec::with_capacity(numbers.len());
        for number in numbers {
            if let Some(hint) = self.places[self.at(*number)].hint(BLOCK_HEADER) {
                hint.lines().into_iter().for_each(fetch_line);
                blocks.push((hint, *number));
            }
        }
        let mut offsets: Vec<(Hint, Option<usize>, usize)> = Vec::with_capacity(blocks.len());
        for (hint, number) in blocks {
            let header: [u8; BLOCK_HEADER] = hint.bytes(0);
            let Some((offset, groups)) = Packed::place_of_offset(&header, number) else { continue };
            if let Some(offset) = offset {
                fetch_line(hint.line(offset));
            }
            offsets.push((hint, offset, groups));
        }
        for (hint, offset, groups) in offsets {
            let at = offset.map_or(0, |offset| usize::from(u16::from_le_bytes(hint.bytes(offset))));
            fetch_line(hint.line(groups).wrapping_add(at));
            fetch_line(hint.line(groups).wrapping_add(at + 32));
        }
    }
}
