//! A compact, exact set of numbers, built once in stored order, then immutable.
//!
//! Made for lookups in random order, whose cost is memory accesses outside the caches: two bytes a number, and mostly
//! one access into them.
//!
//! ```text
//! +1 415 555 2671 = 14155552671 = 210 × 2^26 + 947 × 2^16 + 38815
//!                                 │            │            └ one of the u16 values of its run, in order
//!                                 │            └ the run: start and end of its values, from the span's table
//!                                 └ with the length, the span: found in a small hash table
//! ```
//!
//! A span of few numbers has no table of runs: it holds 26 bits of each, in order. The tables of runs stay in a cache
//! (half a megabyte for 5 million numbers of one country), so a lookup accesses memory once. Filters in front of it
//! were tried and saved nothing: their own accesses cost as much.

use super::memory::{HugeBlock, Zeroed, prefetch};
use crate::phone::Phone;

/// The set's answer about a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Not in the set.
    Absent,
    /// In the set.
    Listed,
    /// Must be decided by a lookup.
    Unsure,
}

/// Why there is no set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    /// It would exceed the memory limit.
    Full,
    /// Numbers were not in the order of their stored values.
    Unsorted,
}

/// Bits of a number within its span.
const SPAN_BITS: u32 = 26;
/// Runs of a span: the bits of a span above those of a value.
const RUNS: usize = 1 << (SPAN_BITS - 16);
/// Numbers of a span from which on a table of runs pays off.
const MANY: usize = 2048;

#[derive(Clone, Copy)]
struct Span {
    /// 0: empty slot.
    key: u64,
    /// Start of its table of runs, or, for a span of few numbers, of its numbers in `few`.
    start: u32,
    /// Count of numbers, if few; otherwise 0.
    few: u32,
}

// SAFETY: a span is made of integers.
unsafe impl Zeroed for Span {}

/// The finished set.
pub struct Numbers {
    spans: HugeBlock<Span>,
    /// Tables of runs: `RUNS + 1` indexes into `values` per span.
    runs: HugeBlock<u32>,
    values: HugeBlock<u16>,
    few: HugeBlock<u32>,
    /// One bit for each of `few` and then of `values`; `None` if nothing is unsure.
    unsure: Option<HugeBlock<u64>>,
    len: usize,
}

fn span_and_rest(phone: Phone) -> (u64, u32) {
    let value = phone.e164_number() as u64;
    let rest = value as u32 & ((1 << SPAN_BITS) - 1);
    // The length, never 0, distinguishes spans of equal values.
    (value >> SPAN_BITS | (phone.count() as u64) << 32, rest)
}

fn mixed(key: u64) -> u64 {
    // Fibonacci hashing; the high bits are good.
    key.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// A number below `range`, from the high bits of a hash, without a division.
fn reduced(hash: u64, range: usize) -> usize {
    ((u128::from(hash) * range as u128) >> 64) as usize
}

/// Index of a value in an ordered slice of such values below `1 << bits`.
fn place<T: Copy + Ord + Into<u32>>(values: &[T], value: T, bits: u32) -> Option<usize> {
    // Values are nearly uniform, so the index is predictable within a few, and starting there reads one cache line
    // where a binary search reads several.
    let guess = ((u64::from(value.into()) * values.len() as u64) >> bits) as usize;
    let near = 4 + (1 << ((values.len() | 1).ilog2() / 2));
    let (from, to) = (guess.saturating_sub(near), (guess + near).min(values.len()));
    let window = &values[from..to];
    match (window.first(), window.last()) {
        (Some(first), Some(last)) if *first <= value && value <= *last => {
            window.iter().position(|v| *v == value).map(|n| from + n)
        }
        (Some(first), _) if value < *first => values[..from].binary_search(&value).ok(),
        _ => values[to..].binary_search(&value).ok().map(|n| to + n),
    }
}

impl Numbers {
    /// The set's answer about a number.
    #[inline]
    pub fn get(&self, phone: Phone) -> Verdict {
        let (key, rest) = span_and_rest(phone);
        let mut at = reduced(mixed(key), self.spans.len());
        let span = loop {
            let span = &self.spans[at];
            if span.key == 0 {
                return Verdict::Absent;
            }
            if span.key == key {
                break span;
            }
            at = if at + 1 == self.spans.len() { 0 } else { at + 1 };
        };
        let start = span.start as usize;
        let found = if span.few > 0 {
            let few = &self.few[start..start + span.few as usize];
            place(few, rest, SPAN_BITS).map(|n| start + n)
        } else {
            let run = start + (rest >> 16) as usize;
            let (from, to) = (self.runs[run] as usize, self.runs[run + 1] as usize);
            place(&self.values[from..to], rest as u16, 16).map(|n| self.few.len() + from + n)
        };
        match (found, &self.unsure) {
            (None, _) => Verdict::Absent,
            (Some(at), Some(unsure)) if unsure[at / 64] >> (at % 64) & 1 != 0 => Verdict::Unsure,
            _ => Verdict::Listed,
        }
    }

    /// Prefetches into the CPU cache what lookups of these numbers will read. Successive lookups wait for memory one
    /// after the other; this overlaps the waits.
    #[inline]
    pub fn fetch(&self, bits: &[i64]) {
        for phone in bits.iter().map(|bits| Phone::from_stored(*bits)) {
            let (key, rest) = span_and_rest(phone);
            let span = &self.spans[reduced(mixed(key), self.spans.len())];
            // A span is rarely outside its first hash slot.
            if span.key != key || span.few > 0 {
                continue;
            }
            let run = span.start as usize + (rest >> 16) as usize;
            let (from, to) = (self.runs[run] as usize, self.runs[run + 1] as usize);
            let at = from + ((usize::from(rest as u16) * (to - from)) >> 16);
            prefetch(&self.values, at.saturating_sub(8));
            prefetch(&self.values, at + 8);
        }
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The count of numbers.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The bytes it takes.
    pub fn bytes(&self) -> usize {
        HugeBlock::<Span>::bytes(self.spans.len())
            + HugeBlock::<u32>::bytes(self.runs.len())
            + HugeBlock::<u16>::bytes(self.values.len())
            + HugeBlock::<u32>::bytes(self.few.len())
            + self.unsure.as_ref().map_or(0, |bits| HugeBlock::<u64>::bytes(bits.len()))
    }
}

/// A collected number: 26 bits, and above them whether it is unsure.
type Gathered = u32;
const UNSURE: Gathered = 1 << SPAN_BITS;

/// The span being collected; one per length, since numbers of different lengths are interleaved.
#[derive(Default)]
struct OpenSpan {
    key: u64,
    numbers: Vec<Gathered>,
}

/// Takes numbers in the order of their stored values, each once.
pub struct Builder {
    limit: usize,
    /// Bytes of finished blocks.
    blocks: usize,
    open: [OpenSpan; 16],
    spans: Vec<Span>,
    runs: Vec<u32>,
    values: Vec<u16>,
    few: Vec<u32>,
    /// Indexes of unsure numbers in `values` and in `few`.
    unsure_values: Vec<u32>,
    unsure_few: Vec<u32>,
}

impl Builder {
    /// For a set that takes at most `limit` bytes, also while being built.
    pub fn new(limit: usize) -> Builder {
        Builder {
            limit,
            blocks: 0,
            open: Default::default(),
            spans: Vec::new(),
            runs: Vec::new(),
            values: Vec::new(),
            few: Vec::new(),
            unsure_values: Vec::new(),
            unsure_few: Vec::new(),
        }
    }

    /// Adds a number: in the set, or else unsure.
    #[inline]
    pub fn push(&mut self, phone: Phone, listed: bool) -> Result<(), Failure> {
        let (key, rest) = span_and_rest(phone);
        let open = &mut self.open[phone.count()];
        if open.key != key {
            if key < open.key {
                return Err(Failure::Unsorted);
            }
            self.flush(phone.count())?;
            self.open[phone.count()].key = key;
        } else if open.numbers.last().is_some_and(|last| last & !UNSURE >= rest) {
            return Err(Failure::Unsorted);
        }
        let full = {
            let numbers = &self.open[phone.count()].numbers;
            numbers.len() == numbers.capacity()
        };
        let room = if full { self.room() } else { 0 };
        let gathered = if listed { rest } else { rest | UNSURE };
        grow(&mut self.open[phone.count()].numbers, 1, room)?.push(gathered);
        Ok(())
    }

    /// Closes the open span of this length.
    fn flush(&mut self, length: usize) -> Result<(), Failure> {
        let OpenSpan { key, mut numbers } = std::mem::take(&mut self.open[length]);
        if numbers.is_empty() {
            return Ok(());
        }
        // The numbers are still in memory, and each growing vector reduces what is left for the next.
        let gathered = numbers.capacity() * size_of::<Gathered>();
        let most = numbers.len().max(RUNS + 1) * size_of::<u32>() * 2;
        let room = self.room().saturating_sub(gathered + most);
        let span = if numbers.len() < MANY {
            let start = self.few.len();
            let few = grow(&mut self.few, numbers.len(), room)?;
            for n in &numbers {
                if n & UNSURE != 0 {
                    grow(&mut self.unsure_few, 1, room)?.push(few.len() as u32);
                }
                few.push(n & !UNSURE);
            }
            Span { key, start: start as u32, few: numbers.len() as u32 }
        } else {
            let start = self.runs.len();
            let runs = grow(&mut self.runs, RUNS + 1, room)?;
            let values = grow(&mut self.values, numbers.len(), room)?;
            for n in &numbers {
                let run = ((n & !UNSURE) >> 16) as usize;
                while runs.len() <= start + run {
                    runs.push(values.len() as u32);
                }
                if n & UNSURE != 0 {
                    grow(&mut self.unsure_values, 1, room)?.push(values.len() as u32);
                }
                values.push(*n as u16);
            }
            runs.resize(start + RUNS + 1, values.len() as u32);
            Span { key, start: start as u32, few: 0 }
        };
        let room = self.room();
        grow(&mut self.spans, 1, room)?.push(span);
        // Keeps the memory for reuse.
        numbers.clear();
        self.open[length].numbers = numbers;
        Ok(())
    }

    /// The set of the pushed numbers.
    pub fn finish(mut self) -> Result<Numbers, Failure> {
        for length in 0..self.open.len() {
            self.flush(length)?;
            self.open[length].numbers = Vec::new();
        }
        let len = self.values.len() + self.few.len();
        if u32::try_from(len).is_err() {
            return Err(Failure::Full);
        }
        let mut spans = self.block::<Span>(self.spans.len() * 2 + 1)?;
        for span in &self.spans {
            let mut at = reduced(mixed(span.key), spans.len());
            while spans[at].key != 0 {
                at = if at + 1 == spans.len() { 0 } else { at + 1 };
            }
            spans[at] = *span;
        }
        let runs = self.moved(|all| &mut all.runs)?;
        let values = self.moved(|all| &mut all.values)?;
        let few = self.moved(|all| &mut all.few)?;
        let mut unsure = None;
        if !self.unsure_values.is_empty() || !self.unsure_few.is_empty() {
            let mut bits = self.block::<u64>(len / 64 + 1)?;
            let values = self.unsure_values.iter().map(|place| few.len() + *place as usize);
            for place in self.unsure_few.iter().map(|place| *place as usize).chain(values) {
                bits[place / 64] |= 1 << (place % 64);
            }
            unsure = Some(bits);
        }
        Ok(Numbers { spans, runs, values, few, unsure, len })
    }

    /// A copy on huge pages; the original is freed.
    fn moved<T: Zeroed>(&mut self, of: impl Fn(&mut Builder) -> &mut Vec<T>) -> Result<HugeBlock<T>, Failure> {
        let len = of(self).len();
        let mut block = self.block(len.max(1))?;
        block[..len].copy_from_slice(&std::mem::take(of(self)));
        Ok(block)
    }

    fn block<T: Zeroed>(&mut self, len: usize) -> Result<HugeBlock<T>, Failure> {
        let bytes = HugeBlock::<T>::bytes(len);
        if bytes > self.room() {
            return Err(Failure::Full);
        }
        self.blocks += bytes;
        HugeBlock::zeroed(len).ok_or(Failure::Full)
    }

    /// Bytes left of the limit.
    fn room(&self) -> usize {
        let gathered: usize = self.open.iter().map(|open| open.numbers.capacity()).sum();
        let held = self.blocks
            + gathered * size_of::<Gathered>()
            + self.spans.capacity() * size_of::<Span>()
            + self.values.capacity() * size_of::<u16>()
            + (self.runs.capacity() + self.few.capacity()) * size_of::<u32>()
            + (self.unsure_values.capacity() + self.unsure_few.capacity()) * size_of::<u32>();
        self.limit.saturating_sub(held)
    }
}

/// Reserves room for `more` values within `room`. While a vector grows, both the old and the new one exist.
fn grow<T>(vector: &mut Vec<T>, more: usize, room: usize) -> Result<&mut Vec<T>, Failure> {
    if vector.capacity() - vector.len() < more {
        let more = more.max(vector.len() / 2).max(256);
        if (vector.len() + more) * size_of::<T>() > room {
            return Err(Failure::Full);
        }
        vector.try_reserve_exact(more).map_err(|_| Failure::Full)?;
    }
    Ok(vector)
}
