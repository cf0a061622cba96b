//! A set of numbers as one value: blocks of [`super::block`], and their offsets.
//!
//! All integers are little-endian. Format 1:
//!
//! ```text
//! byte 0        1: the format
//! bytes 1-3     0
//! bytes 4-7     count of blocks
//! bytes 8-15    count of numbers
//! then          for each block, the start of its range (eight bytes) and the end of its bytes, counted from the first
//!               block (four)
//! then          the blocks
//! ```

use super::block::{END, Packed, Packer};
use super::memory::reserve;
use std::iter::Peekable;

const FORMAT: u8 = 1;
const HEADER: usize = 16;
const PLACE: usize = 12;

/// A set in place in memory. Its bytes are not trusted: a lookup stays within them.
#[derive(Clone, Copy)]
pub struct PhoneSet<'a> {
    count: u64,
    places: &'a [u8],
    blocks: &'a [u8],
}

impl<'a> PhoneSet<'a> {
    /// Reads the header; `None` if it is invalid.
    pub fn of(bytes: &'a [u8]) -> Option<PhoneSet<'a>> {
        let header = bytes.get(..HEADER).filter(|header| header[..4] == [FORMAT, 0, 0, 0])?;
        let blocks = u32::from_le_bytes(header[4..8].try_into().ok()?) as usize;
        let count = u64::from_le_bytes(header[8..16].try_into().ok()?);
        let (places, blocks) = bytes[HEADER..].split_at_checked(blocks.checked_mul(PLACE)?)?;
        Some(PhoneSet { count, places, blocks })
    }

    /// The count of numbers.
    pub fn count(&self) -> u64 {
        self.count
    }

    fn start(&self, block: usize) -> u64 {
        let at = block * PLACE;
        u64::from_le_bytes(self.places[at..at + 8].try_into().expect("eight bytes"))
    }

    fn end(&self, block: usize) -> usize {
        let at = block * PLACE + 8;
        u32::from_le_bytes(self.places[at..at + 4].try_into().expect("four bytes")) as usize
    }

    fn len(&self) -> usize {
        self.places.len() / PLACE
    }

    fn block(&self, block: usize) -> Option<Packed<'a>> {
        let from = if block == 0 { 0 } else { self.end(block - 1) };
        Packed::of(self.blocks.get(from..self.end(block))?).ok()
    }

    /// Whether it contains a number; `None` if the bytes are not [`build`]'s output.
    pub fn contains(&self, number: u64) -> Option<bool> {
        let (mut from, mut to) = (0, self.len());
        while from < to {
            let middle = usize::midpoint(from, to);
            if self.start(middle) <= number { from = middle + 1 } else { to = middle }
        }
        self.block(from.checked_sub(1)?)?.contains(number)
    }

    /// Its numbers in order.
    pub fn iter(self) -> impl Iterator<Item = u64> + 'a {
        (0..self.len()).filter_map(move |n| self.block(n)).flat_map(Packed::iter)
    }

    /// Whether these bytes are [`build`]'s output.
    pub fn is_valid(&self) -> bool {
        let mut count = 0;
        let whole = (0..self.len()).all(|n| {
            let stop = if n + 1 < self.len() { self.start(n + 1) } else { END };
            let Some(block) = self.block(n) else { return false };
            count += block.count() as u64;
            self.start(n) < stop && block.check(self.start(n), stop).is_ok()
        });
        whole
            && self.len() > 0
            && self.start(0) == 0
            && self.end(self.len() - 1) == self.blocks.len()
            && count == self.count
    }
}

/// Why there is no set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unbuilt {
    /// It takes over four gigabytes.
    TooLarge,
    /// Memory of this many bytes is not available.
    NoMemory(usize),
}

fn room<T>(values: &mut Vec<T>, more: usize) -> Result<(), Unbuilt> {
    if reserve(values, more) { Ok(()) } else { Err(Unbuilt::NoMemory(more * size_of::<T>())) }
}

/// The bytes of a set of ascending numbers; equal ones count once.
pub fn build(numbers: impl IntoIterator<Item = u64>) -> Result<Vec<u8>, Unbuilt> {
    let (mut packer, mut places, mut blocks) = (Packer::default(), Vec::<(u64, u32)>::new(), Vec::<u8>::new());
    let (mut count, mut last) = (0u64, None);
    let mut put = |block: super::block::Block| {
        room(&mut blocks, block.bytes.len())?;
        blocks.extend_from_slice(&block.bytes);
        room(&mut places, 1)?;
        places.push((block.start, u32::try_from(blocks.len()).map_err(|_| Unbuilt::TooLarge)?));
        Ok(())
    };
    for number in numbers {
        if last == Some(number) {
            continue;
        }
        last = Some(number);
        count += 1;
        if let Some(block) = packer.push(number) {
            put(block)?;
        }
    }
    while let Some(block) = packer.finish() {
        put(block)?;
    }
    let mut bytes = Vec::new();
    room(&mut bytes, HEADER + places.len() * PLACE + blocks.len())?;
    bytes.extend_from_slice(&[FORMAT, 0, 0, 0]);
    bytes.extend_from_slice(&(places.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&count.to_le_bytes());
    for (start, end) in places {
        bytes.extend_from_slice(&start.to_le_bytes());
        bytes.extend_from_slice(&end.to_le_bytes());
    }
    bytes.extend_from_slice(&blocks);
    Ok(bytes)
}

/// A set operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operation {
    /// Numbers of either.
    Union,
    /// Numbers of both.
    Intersection,
    /// Numbers of the first that are not in the second.
    Difference,
}

/// The union, intersection or difference of two ascending sequences.
pub struct Merged<A: Iterator<Item = u64>, B: Iterator<Item = u64>> {
    a: Peekable<A>,
    b: Peekable<B>,
    operation: Operation,
}

/// The numbers of two ascending sequences, combined by an operation, ascending.
pub fn merged<A: Iterator<Item = u64>, B: Iterator<Item = u64>>(a: A, b: B, operation: Operation) -> Merged<A, B> {
    Merged { a: a.peekable(), b: b.peekable(), operation }
}

impl<A: Iterator<Item = u64>, B: Iterator<Item = u64>> Iterator for Merged<A, B> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        loop {
            let (a, b) = (self.a.peek().copied(), self.b.peek().copied());
            let number = match (a, b) {
                (None, None) => return None,
                (Some(a), Some(b)) => a.min(b),
                (Some(one), None) | (None, Some(one)) => one,
            };
            let (in_a, in_b) = (a == Some(number), b == Some(number));
            if in_a {
                self.a.next();
            }
            if in_b {
                self.b.next();
            }
            let wanted = match self.operation {
                Operation::Union => true,
                Operation::Intersection => in_a && in_b,
                Operation::Difference => in_a && !in_b,
            };
            if wanted {
                return Some(number);
            }
            // Nothing more of the other sequence is needed.
            if self.operation != Operation::Union && a.is_none() {
                return None;
            }
        }
    }
}

/// The count of numbers that two ascending sequences have in common.
pub fn common(a: impl Iterator<Item = u64>, mut b: impl Iterator<Item = u64>) -> u64 {
    let (mut count, mut other) = (0, b.next());
    for number in a {
        while other.is_some_and(|other| other < number) {
            other = b.next();
        }
        match other {
            None => break,
            Some(other) => count += u64::from(other == number),
        }
    }
    count
}
