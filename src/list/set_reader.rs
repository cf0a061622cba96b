//! The numbers of stored sets, and of versions, in order.

use crate::error;
use crate::list::version::SetIds;
use crate::sys::spi::{Cursor, Statement};
use dnc_core::list::block::{Block, END, Fault, Packed};
use dnc_core::list::phone_set::{Merged, Operation, merged};
use pgrx::IntoDatum;
use pgrx::pg_sys::{self};
use sha2::{Digest, Sha256};

thread_local! {
    static SETS: Statement = const {
        Statement::new(
            c"SELECT whole_set, plus_set, minus_set FROM dnc.list_version WHERE version_id OPERATOR(pg_catalog.=) $1 AND state OPERATOR(pg_catalog.=) ANY ('{ready,current,former}')",
            &[pg_sys::INT8OID],
        )
    };
}

/// A set, read block by block in order.
pub struct SetReader {
    set: i64,
    /// Whether each block is compared with a writer's output: needed if it is to be rewritten under another digest.
    checked: bool,
    /// Open until the last block was read.
    cursor: Option<Cursor>,
    blocks: std::collections::VecDeque<Block>,
    /// End of the last block read.
    pub read_to: u64,
    current: Block,
    numbers: std::vec::IntoIter<u64>,
}

impl SetReader {
    pub fn of(set: i64, checked: bool) -> SetReader {
        let cursor = Cursor::open(
            c"SELECT start, stop, packed FROM dnc.list_block WHERE set_id OPERATOR(pg_catalog.=) $1 ORDER BY start USING OPERATOR(pg_catalog.<)",
            Some(set),
            32,
            false,
        );
        SetReader {
            set,
            checked,
            cursor: Some(cursor),
            blocks: std::collections::VecDeque::new(),
            read_to: 0,
            current: Block { start: 0, stop: 0, bytes: Vec::new() },
            numbers: Vec::new().into_iter(),
        }
    }

    /// The next block; `None` if it is missing.
    pub fn next_block(&mut self) -> Option<Block> {
        if self.blocks.is_empty() {
            let blocks = &mut self.blocks;
            self.cursor.as_mut()?.fetch(|row| {
                let (start, stop) = (row.int(1) as u64, row.int(2) as u64);
                blocks.push_back(Block { start, stop, bytes: row.bytes(3).to_vec() });
            });
        }
        let block = self.blocks.pop_front().filter(|block| block.start == self.read_to && block.stop > block.start)?;
        self.read_to = block.stop;
        if self.read_to == END {
            self.close();
        }
        Some(block)
    }

    fn advance(&mut self) {
        self.current = self.next_block().unwrap_or_else(|| error::missing_block(self.set, self.read_to));
        if self.checked {
            let Block { start, stop, .. } = self.current;
            self.packed().check(start, stop).unwrap_or_else(|fault| self.broken(fault));
        }
    }

    fn packed(&self) -> Packed<'_> {
        Packed::of(&self.current.bytes).unwrap_or_else(|fault| self.broken(fault))
    }

    fn broken(&self, fault: Fault) -> ! {
        error::broken_block(self.set, self.current.start, fault)
    }

    /// Whether it contains a number; numbers must be passed in ascending order.
    pub fn has(&mut self, number: u64) -> bool {
        while self.current.stop <= number {
            self.advance();
        }
        self.packed().contains(number).unwrap_or_else(|| self.broken(Fault::Bits))
    }

    /// Stops reading.
    pub fn close(&mut self) {
        if let Some(cursor) = self.cursor.take() {
            cursor.close();
        }
    }
}

impl Iterator for SetReader {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        loop {
            if let Some(number) = self.numbers.next() {
                return Some(number);
            }
            if self.read_to == END {
                return None;
            }
            self.advance();
            self.numbers = self.packed().iter().collect::<Vec<_>>().into_iter();
        }
    }
}

/// The numbers of a version in order.
pub enum Listed {
    Whole(SetReader),
    /// The whole set without minus, and plus.
    Changed(Box<Merged<Merged<SetReader, SetReader>, SetReader>>),
}

impl Listed {
    /// Those of a version. Call as the owner, inside `connected`.
    pub fn of_version(version: i64) -> Listed {
        let sets = SETS.with(|s| s.run(&[version.into_datum()], true)).unwrap_or_else(|| error::no_version(version));
        let int = |n: usize| sets[n].map(|value| value.value() as i64);
        let whole = int(0).unwrap_or_else(|| error::no_version(version));
        Listed::of(SetIds { whole, changes: int(1).zip(int(2)) }, false)
    }

    pub fn of(sets: SetIds, checked: bool) -> Listed {
        let reader = |set| SetReader::of(set, checked);
        match sets.changes {
            None => Listed::Whole(reader(sets.whole)),
            Some((plus, minus)) => {
                let kept = merged(reader(sets.whole), reader(minus), Operation::Difference);
                Listed::Changed(Box::new(merged(kept, reader(plus), Operation::Union)))
            }
        }
    }
}

impl Iterator for Listed {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        match self {
            Listed::Whole(numbers) => numbers.next(),
            Listed::Changed(numbers) => numbers.next(),
        }
    }
}

/// Adds a block to its set's digest.
pub fn hash(digest: &mut Sha256, block: &Block) {
    for word in [block.start, block.stop, block.bytes.len() as u64] {
        digest.update(word.to_le_bytes());
    }
    digest.update(&block.bytes);
}
