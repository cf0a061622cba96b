//! A directory of the blocks of one set, found without its index and read in place in the buffers.
//!
//! A session that has searched a set more than a few times caches the locations of its blocks. They are hints: a row is
//! used as the block only if the active snapshot sees it and its columns identify it, and the contents of a set's
//! blocks never change.

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
    /// For equal parts of the range from the second start to the last: the number of starts before each part, which
    /// shortens the search.
    before: Vec<u32>,
    /// Bits of a number below the part.
    part: u32,
}

/// Maximum number of parts.
const PARTS: u64 = 4096;

impl Directory {
    /// For a set whose blocks' starts and locations are given in order; `None` if they do not begin with 0.
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

    /// Bytes per block in a directory.
    pub const BYTES_A_BLOCK: usize = size_of::<u64>() + size_of::<RowPlace>();

    /// Whether the table still has the same files: a rewritten table has its rows elsewhere.
    pub fn is_of(&self, table: OpenTable) -> bool {
        table.files() == self.files
    }

    /// The block whose range contains a number.
    fn at(&self, number: u64) -> usize {
        let Some(above) = self.starts.get(1).and_then(|first| number.checked_sub(*first)) else { return 0 };
        let part = ((above >> self.part) as usize).min(self.before.len() - 2);
        let (from, to) = (self.before[part] as usize, self.before[part + 1] as usize);
        from + self.starts[from..to].partition_point(|start| *start <= number) - 1
    }

    /// Whether the set contains a number, if its block is still at its last location in the buffers. Raises no error
    /// except out of memory.
    pub fn has_in_place(&self, number: u64) -> Option<bool> {
        let at = self.at(number);
        self.places[at].peek(self.files, |row| self.block_has(at, number, &row))
    }

    /// The same, but reads the block into a buffer; `None` if it is no longer at its location.
    pub fn has(&self, table: OpenTable, number: u64) -> Option<bool> {
        let at = self.at(number);
        self.places[at].read(table, |row| self.block_has(at, number, &row))
    }

    /// Whether a row contains a number; `None` if the row is not the block.
    fn block_has(&self, at: usize, number: u64, row: &Found) -> Option<bool> {
        let [set, start, stop] = row.ints;
        if (set, start) != (self.set, self.starts[at] as i64) || number >= stop as u64 {
            return None;
        }
        Packed::of(row.bytes).ok()?.contains(number)
    }

    /// Prefetches into the CPU cache what lookups of these numbers will read. Pages are read without a lock, so their
    /// contents are only hints of where to read next.
    pub fn fetch(&self, numbers: &[u64]) {
        // Each pass prefetches what the next one reads.
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
