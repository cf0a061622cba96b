//! A block of a list: ascending numbers, packed so that one can be found without unpacking any.
//!
//! The code is that of Elias (1974) and Fano (1971), as Vigna describes it ("Quasi-succinct indices", 2013): of each
//! number's distance from the first, the low bits are stored as they are, and the high ones as a count of the numbers
//! that share them, here in groups, so that a lookup reads one location. The size depends on the density of the
//! numbers, not on their values: 250 million numbers spread over 350 area codes of +1 take 0.7 bytes each, 25 million
//! of them 1.2.
//!
//! All integers are little-endian, bits are counted from the lowest of byte 0. Format 1:
//!
//! ```text
//! byte 0        1: the format
//! byte 1        low: the number of low bits of a distance stored as they are, 0 to 48
//! bytes 2-3     count: the number of numbers, 0 to 65535
//! bytes 4-5     groups: the number of groups of 64 buckets: (last - base >> low >> 6) + 1; 0 if count is 0
//! bytes 6-7     0
//! bytes 8-15    base: the first number; 0 if count is 0
//! then          for each group but the first, two bytes: its offset in bytes from the first group
//! then          the groups. Each from its start: for each of its buckets as many ones as the bucket has numbers,
//!               and a zero; from its end backwards: the low bits of its numbers, the first at the very end; between
//!               them at most seven zeros, so that a group has whole bytes
//! ```
//!
//! A number `x` is searched in bucket `b = x - base >> low`, in group `b >> 6`: the zeros of the group's earlier
//! buckets are skipped, and the ones that follow determine the low bits to compare.
//!
//! Bytes are never trusted: whatever they are, a lookup stays within them and ends, and [`Packed::check`] returns
//! whether they are the output of this module's writer.

/// First byte of a block.
const FORMAT: u8 = 1;
const HEADER: usize = 16;
/// Buckets of a group.
const GROUP: usize = 64;
/// Maximum bytes of a block: with its row's header and other columns it fills a page of 8192 bytes.
pub const MOST_BYTES: usize = 8096;
/// Numbers are below this: they have at most fifteen digits.
pub const END: u64 = 1_000_000_000_000_000;
const MOST_LOW: u32 = 48;

/// Why a block is invalid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The header is not one of this format.
    Format,
    /// It has another number of bytes or of numbers than its header says.
    Length,
    /// Its bits differ from a writer's output.
    Bits,
    /// Its numbers do not ascend.
    Order,
    /// A number is outside the block's range.
    Range,
}

impl Fault {
    /// The rule that is broken.
    pub fn rule(self) -> &'static str {
        match self {
            Fault::Format => "its format is not 1",
            Fault::Length => "its length is not what its header says",
            Fault::Bits => "its bits do not agree with its header",
            Fault::Order => "its numbers are not in order",
            Fault::Range => "it has numbers outside its range",
        }
    }
}

/// A block in place, as stored in a page.
#[derive(Clone, Copy)]
pub struct Packed<'a> {
    header: Header,
    offsets: &'a [u8],
    groups: &'a [u8],
}

#[derive(Clone, Copy)]
struct Header {
    low: u32,
    count: usize,
    groups: usize,
    base: u64,
}

impl Header {
    fn of(bytes: &[u8]) -> Result<Header, Fault> {
        let header = bytes.get(..HEADER).ok_or(Fault::Length)?;
        if header[0] != FORMAT || u32::from(header[1]) > MOST_LOW || header[6..8] != [0, 0] {
            return Err(Fault::Format);
        }
        let two = |at: usize| usize::from(u16::from_le_bytes([header[at], header[at + 1]]));
        let base = u64::from_le_bytes(header[8..16].try_into().expect("eight bytes"));
        Ok(Header { low: u32::from(header[1]), count: two(2), groups: two(4), base })
    }

    /// The bucket of the number, if the block's range extends that far.
    fn bucket(self, number: u64) -> Option<usize> {
        let bucket = number.checked_sub(self.base)? >> self.low;
        (bucket < (self.groups * GROUP) as u64).then_some(bucket as usize)
    }

    fn offsets(self) -> usize {
        self.groups.saturating_sub(1) * 2
    }
}

/// Up to eight bytes from here; those beyond the end are zero.
fn word(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..at + 8) {
        Some(all) => u64::from_le_bytes(all.try_into().expect("eight bytes")),
        None => {
            let rest = bytes.get(at..).unwrap_or(&[]);
            let mut all = [0; 8];
            all[..rest.len()].copy_from_slice(rest);
            u64::from_le_bytes(all)
        }
    }
}

/// The position of zero number `n` (from 0) in `bits`, which has more than `n`.
fn select_zero(bits: u64, n: u32) -> u32 {
    let (mut zeros, mut at, mut n) = (!bits, 0, n);
    for width in [32, 16, 8] {
        let here = (zeros & ((1 << width) - 1)).count_ones();
        if n >= here {
            n -= here;
            zeros >>= width;
            at += width;
        }
    }
    for _ in 0..n {
        zeros &= zeros - 1;
    }
    at + zeros.trailing_zeros()
}

impl<'a> Packed<'a> {
    /// Reads the header.
    #[inline]
    pub fn of(bytes: &'a [u8]) -> Result<Packed<'a>, Fault> {
        let header = Header::of(bytes)?;
        let (offsets, groups) = bytes[HEADER..].split_at_checked(header.offsets()).ok_or(Fault::Length)?;
        Ok(Packed { header, offsets, groups })
    }

    /// How many numbers it has.
    #[inline]
    pub fn count(&self) -> usize {
        self.header.count
    }

    /// Start and end of a group; `None` if they are out of bounds.
    fn group(&self, group: usize) -> Option<(usize, usize)> {
        let begins = |group: usize| match group.checked_sub(1).map(|n| &self.offsets[2 * n..]) {
            None => 0,
            Some([low, high, ..]) => usize::from(u16::from_le_bytes([*low, *high])),
            Some(_) => self.groups.len(),
        };
        let (from, end) = (begins(group), begins(group + 1));
        (from <= end && end <= self.groups.len()).then_some((from, end))
    }

    /// Low bits of number `place`, from 0, of a group that ends there; `None` if there is no such number.
    fn low_bits(&self, end: usize, place: usize) -> Option<u64> {
        let at = (end * 8).checked_sub((place + 1) * self.header.low as usize)?;
        // 48 bits and up to seven before them fit in eight bytes.
        Some(word(self.groups, at / 8) >> (at % 8) & ((1 << self.header.low) - 1))
    }

    /// Whether it contains the number; `None` if the bytes read are not a writer's output.
    #[inline]
    pub fn contains(&self, number: u64) -> Option<bool> {
        let Some(bucket) = self.header.bucket(number) else { return Some(false) };
        let (from, end) = self.group(bucket / GROUP)?;
        let first = from * 8;
        let bucket = bucket % GROUP;
        // Start of the bucket's ones.
        let (mut at, mut pass) = (first, bucket as u32);
        while pass > 0 {
            let shift = at % 8;
            // The bits from `at` on; bits shifted in at the top count as ones, thus not as zeros.
            let bits = word(self.groups, at / 8) >> shift | !(u64::MAX >> shift);
            let zeros = bits.count_zeros();
            if zeros >= pass {
                at += select_zero(bits, pass - 1) as usize + 1;
                break;
            }
            pass -= zeros;
            at += 64 - shift;
            if at >= end * 8 {
                return None;
            }
        }
        let wanted = (number - self.header.base) & ((1 << self.header.low) - 1);
        let mut place = at - first - bucket;
        // A zero ends the bucket.
        while at < end * 8 {
            if self.groups[at / 8] >> (at % 8) & 1 == 0 {
                return Some(false);
            }
            let found = self.low_bits(end, place)?;
            if found >= wanted {
                return Some(found == wanted);
            }
            place += 1;
            at += 1;
        }
        None
    }

    /// Where in a block with this header a lookup of the number reads its group's offset (two bytes; `None` for the
    /// first group), and the position that the offset counts from. For prefetching.
    #[inline]
    pub fn place_of_offset(header: &[u8], number: u64) -> Option<(Option<usize>, usize)> {
        let header = Header::of(header).ok()?;
        let group = header.bucket(number)? / GROUP;
        Some((group.checked_sub(1).map(|n| HEADER + 2 * n), HEADER + header.offsets()))
    }

    /// Its numbers in order. Arbitrary numbers if [`Self::check`] would reject the bytes.
    pub fn iter(self) -> Iter<'a> {
        let end = self.group(0).map_or(0, |(_, end)| end);
        Iter { packed: self, left: self.header.count, group: 0, end, at: 0, zeros: 0, place: 0 }
    }

    /// Whether these bytes are a writer's output for numbers from `start` on and before `stop`.
    pub fn check(&self, start: u64, stop: u64) -> Result<(), Fault> {
        let numbers: Vec<u64> = self.iter().collect();
        if numbers.len() != self.header.count {
            return Err(Fault::Length);
        }
        if numbers.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(Fault::Order);
        }
        if numbers.iter().any(|number| *number < start || *number >= stop.min(END)) {
            return Err(Fault::Range);
        }
        // The packing of given numbers is unique.
        let packed = pack(&numbers);
        let again = Packed::of(&packed)?;
        let same =
            (packed[..HEADER] == self.header.bytes()) && again.offsets == self.offsets && again.groups == self.groups;
        if same { Ok(()) } else { Err(Fault::Bits) }
    }
}

impl Header {
    fn bytes(self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[0] = FORMAT;
        bytes[1] = self.low as u8;
        bytes[2..4].copy_from_slice(&(self.count as u16).to_le_bytes());
        bytes[4..6].copy_from_slice(&(self.groups as u16).to_le_bytes());
        bytes[8..16].copy_from_slice(&self.base.to_le_bytes());
        bytes
    }
}

/// The numbers of a block.
pub struct Iter<'a> {
    packed: Packed<'a>,
    /// Numbers still to be returned.
    left: usize,
    /// The current group, its end, the next bit to read, and its zeros and ones before that.
    group: usize,
    end: usize,
    at: usize,
    zeros: usize,
    place: usize,
}

impl Iterator for Iter<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        if self.left == 0 {
            return None;
        }
        let packed = &self.packed;
        loop {
            // Zeros up to the next one, limited to the group's high part.
            let shift = self.at % 8;
            let zeros = (word(packed.groups, self.at / 8) >> shift).trailing_zeros().min(64 - shift as u32) as usize;
            let zeros = zeros.min(GROUP - self.zeros);
            self.at += zeros;
            self.zeros += zeros;
            if self.zeros == GROUP || self.at >= self.end * 8 {
                self.group += 1;
                if self.group >= packed.header.groups {
                    return None;
                }
                let (from, end) = packed.group(self.group)?;
                (self.at, self.end, self.zeros, self.place) = (from * 8, end, 0, 0);
            } else if packed.groups[self.at / 8] >> (self.at % 8) & 1 != 0 {
                break;
            }
        }
        let bucket = (self.group * GROUP + self.zeros) as u64;
        let distance = bucket << packed.header.low | packed.low_bits(self.end, self.place)?;
        self.at += 1;
        self.place += 1;
        self.left -= 1;
        Some(packed.header.base.wrapping_add(distance))
    }
}

/// The layout of `count` numbers over a span (the last one's distance from the first): low bits, groups, and maximum
/// bytes.
fn layout(count: usize, span: u64) -> (u32, usize, usize) {
    let low = (span / count.max(1) as u64).checked_ilog2().unwrap_or(0).min(MOST_LOW);
    let groups = (span >> low) as usize / GROUP + 1;
    // Each group may need padding bits.
    (low, groups, HEADER + groups * (2 + GROUP / 8 + 1) + (count * (1 + low as usize)).div_ceil(8))
}

/// Bytes of a group of `count` numbers.
fn group_bytes(count: usize, low: u32) -> usize {
    (GROUP + count * (1 + low as usize)).div_ceil(8)
}

/// The bytes of a block; `numbers` ascend, and fit into one.
fn pack(numbers: &[u64]) -> Vec<u8> {
    let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else {
        return Header { low: 0, count: 0, groups: 0, base: 0 }.bytes().to_vec();
    };
    let (low, groups, most) = layout(numbers.len(), last - first);
    let header = Header { low, count: numbers.len(), groups, base: *first };
    let mut bytes = Vec::with_capacity(most);
    bytes.extend_from_slice(&header.bytes());
    bytes.resize(HEADER + header.offsets(), 0);
    let begin = bytes.len();
    let mut rest = numbers;
    for group in 0..groups {
        if group > 0 {
            let (at, begins) = (HEADER + 2 * group - 2, (bytes.len() - begin) as u16);
            bytes[at..at + 2].copy_from_slice(&begins.to_le_bytes());
        }
        let bucket = |number: u64| ((number - first) >> low) as usize;
        let (own, others) = rest.split_at(rest.partition_point(|number| bucket(*number) / GROUP == group));
        rest = others;
        let from = bytes.len();
        let to = from + group_bytes(own.len(), low);
        // Eight extra bytes, so that bits can be written by words.
        bytes.resize(to + 8, 0);
        for (place, number) in own.iter().enumerate() {
            put(&mut bytes, from * 8 + bucket(*number) % GROUP + place, 1);
            put(&mut bytes, to * 8 - (place + 1) * low as usize, (number - first) & ((1 << low) - 1));
        }
        bytes.truncate(to);
    }
    bytes
}

/// ORs in a value of up to 57 bits at bit `at`; eight bytes from its byte on must exist.
fn put(bytes: &mut [u8], at: usize, value: u64) {
    let word = &mut bytes[at / 8..at / 8 + 8];
    let bits = u64::from_le_bytes((&*word).try_into().expect("eight bytes")) | value << (at % 8);
    word.copy_from_slice(&bits.to_le_bytes());
}

/// Numbers from `start` on and before `stop`.
#[derive(Clone, PartialEq, Debug)]
pub struct Block {
    /// Start of its range.
    pub start: u64,
    /// End of its range, exclusive.
    pub stop: u64,
    /// The packed numbers.
    pub bytes: Vec<u8>,
}

/// Makes blocks of ascending numbers. Their ranges are contiguous from 0 to [`END`], so that exactly one block can
/// contain a given number, and a missing block is detected.
pub struct Packer {
    start: u64,
    numbers: Vec<u64>,
    /// Count at which to check next whether they still fit.
    look_at: usize,
}

/// Numbers between two checks: a check costs more than adding a number.
const STEP: usize = 64;

impl Default for Packer {
    fn default() -> Packer {
        Packer { start: 0, numbers: Vec::with_capacity(1 << 16), look_at: STEP }
    }
}

impl Packer {
    /// Adds a number greater than all before. Returns the block that it completes, if any.
    pub fn push(&mut self, number: u64) -> Option<Block> {
        debug_assert!(number < END && self.numbers.last().is_none_or(|last| *last < number));
        self.numbers.push(number);
        if self.numbers.len() < self.look_at {
            return None;
        }
        self.look_at = self.numbers.len() + STEP;
        let (low, groups, most) = layout(self.numbers.len(), number - self.numbers[0]);
        // The padding of groups is a maximum.
        if most - groups <= MOST_BYTES && self.numbers.len() <= usize::from(u16::MAX) {
            return None;
        }
        // The last number stays: the next block starts with it.
        Some(self.close(self.most_that_fit(low).min(self.numbers.len() - 1)))
    }

    /// How many numbers fill a block; `low` is a guess of its low bits.
    fn most_that_fit(&self, low: u32) -> usize {
        let span = |n: usize| self.numbers[n - 1] - self.numbers[0];
        let fits = |n: usize| n <= usize::from(u16::MAX) && layout(n, span(n)).2 <= MOST_BYTES;
        if fits(self.numbers.len()) {
            return self.numbers.len();
        }
        // More numbers take more bytes, so the safe maximum is found by binary search; one always fits.
        let (mut most, mut too_many) = (1, self.numbers.len());
        while most + 1 < too_many {
            let middle = usize::midpoint(most, too_many);
            if fits(middle) { most = middle } else { too_many = middle }
        }
        // Some more fit by their actual size.
        let (mut before, mut group, mut own) = (0, 0, 0);
        for (n, number) in self.numbers.iter().enumerate().take(usize::from(u16::MAX)) {
            let here = ((number - self.numbers[0]) >> low) as usize / GROUP;
            if here != group {
                before += group_bytes(own, low) + (here - group - 1) * group_bytes(0, low);
                (group, own) = (here, 0);
            }
            own += 1;
            if HEADER + 2 * group + before + group_bytes(own, low) > MOST_BYTES {
                break;
            }
            if n + 1 > most && layout(n + 1, span(n + 1)).0 == low {
                most = n + 1;
            }
        }
        most
    }

    fn close(&mut self, count: usize) -> Block {
        let bytes = pack(&self.numbers[..count]);
        let start = self.start;
        self.numbers.drain(..count);
        self.start = self.numbers.first().copied().unwrap_or(END);
        self.look_at = self.numbers.len() + STEP;
        Block { start, stop: self.start, bytes }
    }

    /// The next remaining block; `None` after the last, which ends at [`END`].
    pub fn finish(&mut self) -> Option<Block> {
        if self.start == END {
            return None;
        }
        let low = self.numbers.last().map_or(0, |last| layout(self.numbers.len(), last - self.numbers[0]).0);
        Some(self.close(if self.numbers.is_empty() { 0 } else { self.most_that_fit(low) }))
    }
}
