//! A block of a list: numbers in order, packed so that one of them is found without unpacking any.
//!
//! The code is that of Elias (1974) and Fano (1971), as Vigna describes it ("Quasi-succinct indices", 2013): of each
//! number's distance from the first, the low bits are kept as they are, and the high ones as a count of how many numbers
//! share them. What it takes depends on how close the numbers lie, and never on which they are: 250 million numbers
//! spread over 350 area codes of +1 take 0.7 bytes each, 25 million of them 1.1.
//!
//! All integers are little-endian, bits are counted from the lowest of byte 0. Format 1:
//!
//! ```text
//! byte 0        1: the format
//! byte 1        low: how many low bits of a distance are kept as they are, 0 to 48
//! bytes 2-3     count: how many numbers, 0 to 65535
//! bytes 4-7     buckets: how many different high parts there can be: (last - base >> low) + 1; 0 if count is 0
//! bytes 8-15    base: the first number; 0 if count is 0
//! then          samples: for the buckets 128, 256, … below `buckets`, in two bytes, at which bit of the high part it begins
//! then          high part: for each bucket as many ones as it has numbers, and a zero; up to a whole byte
//! then          low part: the low bits of each number in order; up to a whole byte
//! ```
//!
//! Bits that fill up a byte are zero. A number `x` is looked for in bucket `x - base >> low`: from the sample before it the
//! zeros of the buckets between are passed, and the ones that stand there say which low bits to compare.
//!
//! Bytes are never trusted: whatever they are, a look stays within them and ends, and [`Packed::check`] says whether they are
//! what the writer of this module makes.

/// First byte of a block.
const FORMAT: u8 = 1;
const HEADER: usize = 16;
/// Every so many buckets it is said where the bucket begins.
const SAMPLED: usize = 128;
/// Most bytes that a block takes: with its row's header and other columns it fills a page of 8192 bytes.
pub const MOST_BYTES: usize = 8096;
/// Numbers are below this: they have at most fifteen digits.
pub const END: u64 = 1_000_000_000_000_000;
const MOST_LOW: u32 = 48;

/// What is wrong with a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    Format,
    Length,
    Bits,
    Order,
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

/// A block as it lies in a page.
#[derive(Clone, Copy)]
pub struct Packed<'a> {
    low: u32,
    count: usize,
    buckets: usize,
    base: u64,
    samples: &'a [u8],
    high: &'a [u8],
    lows: &'a [u8],
}

fn samples(buckets: usize) -> usize {
    buckets.saturating_sub(1) / SAMPLED
}

fn bytes_for(bits: usize) -> usize {
    bits.div_ceil(8)
}

/// Up to eight bytes from here, what lies beyond the end being zero.
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

/// At which bit the zero number `n` (from 0) of `bits` is; there are more than `n`.
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
    pub fn of(bytes: &'a [u8]) -> Result<Packed<'a>, Fault> {
        let header = bytes.get(..HEADER).ok_or(Fault::Length)?;
        if header[0] != FORMAT || u32::from(header[1]) > MOST_LOW {
            return Err(Fault::Format);
        }
        let low = u32::from(header[1]);
        let count = usize::from(u16::from_le_bytes([header[2], header[3]]));
        let buckets = u32::from_le_bytes(header[4..8].try_into().expect("four bytes")) as usize;
        let base = u64::from_le_bytes(header[8..16].try_into().expect("eight bytes"));
        if buckets > MOST_BYTES * 8 {
            return Err(Fault::Length);
        }
        let (of_samples, of_high) = (samples(buckets) * 2, bytes_for(count + buckets));
        let of_low = bytes_for(count * low as usize);
        if bytes.len() != HEADER + of_samples + of_high + of_low {
            return Err(Fault::Length);
        }
        let (samples, rest) = bytes[HEADER..].split_at(of_samples);
        let (high, lows) = rest.split_at(of_high);
        Ok(Packed { low, count, buckets, base, samples, high, lows })
    }

    /// How many numbers it has.
    pub fn count(&self) -> usize {
        self.count
    }

    fn sample(&self, n: usize) -> usize {
        if n == 0 { 0 } else { usize::from(u16::from_le_bytes([self.samples[2 * n - 2], self.samples[2 * n - 1]])) }
    }

    fn low_bits(&self, place: usize) -> u64 {
        let at = place * self.low as usize;
        // 48 bits and up to seven before them are within eight bytes.
        word(self.lows, at / 8) >> (at % 8) & ((1 << self.low) - 1)
    }

    /// Whether it has the number.
    pub fn contains(&self, number: u64) -> bool {
        let Some(distance) = number.checked_sub(self.base).filter(|_| self.count > 0) else { return false };
        let bucket = distance >> self.low;
        if bucket >= self.buckets as u64 {
            return false;
        }
        let bucket = bucket as usize;
        let mut at = self.sample(bucket / SAMPLED);
        let mut pass = (bucket % SAMPLED) as u32;
        // Where the bucket's ones begin.
        while pass > 0 {
            let shift = at % 8;
            // The bits from `at` on; what is shifted in at the top counts as ones, so as no zeros.
            let bits = word(self.high, at / 8) >> shift | !(u64::MAX >> shift);
            let zeros = bits.count_zeros();
            if zeros >= pass {
                at += select_zero(bits, pass - 1) as usize + 1;
                break;
            }
            pass -= zeros;
            at += 64 - shift;
            if at >= self.high.len() * 8 {
                return false;
            }
        }
        let wanted = distance & ((1 << self.low) - 1);
        let Some(mut place) = at.checked_sub(bucket) else { return false };
        while self.high.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 != 0) {
            let found = self.low_bits(place);
            if found >= wanted {
                return found == wanted;
            }
            place += 1;
            at += 1;
        }
        false
    }

    /// Where in a block whose header this is a look for the number is likely to read: a sample, the high part and the low
    /// part, for who wants to ask for them ahead. Numbers are taken to be spread alike.
    pub fn likely_places(header: &[u8], number: u64) -> Option<[usize; 5]> {
        let header = header.get(..HEADER).filter(|header| header[0] == FORMAT && u32::from(header[1]) <= MOST_LOW)?;
        let low = u32::from(header[1]);
        let count = usize::from(u16::from_le_bytes([header[2], header[3]]));
        let buckets = u32::from_le_bytes(header[4..8].try_into().expect("four bytes")) as usize;
        let base = u64::from_le_bytes(header[8..16].try_into().expect("eight bytes"));
        let bucket = ((number.checked_sub(base)? >> low) as usize).min(MOST_BYTES * 8);
        let buckets = buckets.clamp(1, MOST_BYTES * 8);
        let high = HEADER + samples(buckets) * 2;
        let lows = high + bytes_for(count + buckets);
        let place = count * bucket / buckets;
        let (of_high, of_low) = (high + (place + bucket) / 8, lows + place * low as usize / 8);
        Some([HEADER + bucket / SAMPLED * 2, of_high.saturating_sub(16), of_high + 16, of_low.saturating_sub(24), of_low + 40])
    }

    /// Its numbers in order. Of bytes that [`Self::check`] refuses, any numbers.
    pub fn iter(self) -> Iter<'a> {
        Iter { packed: self, at: 0, bits: 0, bucket: 0, place: 0 }
    }

    /// Whether these are the bytes that a writer makes of numbers from `start` on and before `stop`.
    pub fn check(&self, start: u64, stop: u64) -> Result<(), Fault> {
        let all = self.count + self.buckets;
        let mut ones = 0;
        for at in (0..self.high.len()).step_by(8) {
            ones += word(self.high, at).count_ones() as usize;
        }
        let bit = |bits: &[u8], at: usize| bits[at / 8] >> (at % 8) & 1 != 0;
        let padded = |bits: &[u8], used: usize| (used..bits.len() * 8).any(|at| bit(bits, at));
        if ones != self.count
            || padded(self.high, all)
            || padded(self.lows, self.count * self.low as usize)
            || (self.count == 0 && (self.buckets, self.base, self.low) != (0, 0, 0))
            || (self.count > 0 && (self.buckets == 0 || bit(self.high, all - 1)))
        {
            return Err(Fault::Bits);
        }
        let mut before = None;
        let (mut place, mut sampled) = (0, 0);
        for number in self.iter() {
            if before.is_some_and(|before| before >= number) {
                return Err(Fault::Order);
            }
            if number < start || number >= stop.min(END) {
                return Err(Fault::Range);
            }
            // As when they were written: buckets from the last sample on begin after all numbers so far.
            while ((sampled + 1) * SAMPLED) as u64 <= (number - self.base) >> self.low {
                sampled += 1;
                if sampled > samples(self.buckets) || self.sample(sampled) != place + sampled * SAMPLED {
                    return Err(Fault::Bits);
                }
            }
            before = Some(number);
            place += 1;
        }
        // The last bucket has a number, and the first number is the base.
        if place != self.count
            || before.is_some_and(|last| {
                let span = last - self.base;
                span >> self.low != self.buckets as u64 - 1 || layout(self.count, span).0 != self.low
            })
            || (self.count > 0 && self.iter().next() != Some(self.base))
        {
            return Err(Fault::Bits);
        }
        Ok(())
    }
}

/// The numbers of a block.
pub struct Iter<'a> {
    packed: Packed<'a>,
    /// Bits of the high part that are still to be read, the lowest first, and how many are read or in `bits`.
    bits: u64,
    at: usize,
    /// Zeros so far, counted at the start of `bits`: the ones' positions say the rest.
    bucket: u64,
    place: usize,
}

impl Iterator for Iter<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        if self.place == self.packed.count {
            return None;
        }
        while self.bits == 0 {
            if self.at >= self.packed.high.len() * 8 {
                return None;
            }
            self.bits = word(self.packed.high, self.at / 8);
            self.at += 64;
        }
        let position = self.at - 64 + self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        // Before it stand as many ones as numbers came before; the others are zeros.
        self.bucket = (position as u64).saturating_sub(self.place as u64);
        let number = self.packed.base.wrapping_add(
            (self.bucket << self.packed.low).wrapping_add(self.packed.low_bits(self.place)),
        );
        self.place += 1;
        Some(number)
    }
}

/// How many low bits make `count` numbers over `span` (the last one's distance from the first) small, and the bytes
/// that they take then.
fn layout(count: usize, span: u64) -> (u32, usize) {
    let low = (span / count.max(1) as u64).checked_ilog2().unwrap_or(0).min(MOST_LOW);
    let buckets = (span >> low) as usize + 1;
    (low, HEADER + samples(buckets) * 2 + bytes_for(count + buckets) + bytes_for(count * low as usize))
}

/// The bytes of a block; `numbers` ascend, and are few enough for one.
fn pack(numbers: &[u64]) -> Vec<u8> {
    let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else {
        let mut empty = vec![0; HEADER];
        empty[0] = FORMAT;
        return empty;
    };
    let (low, size) = layout(numbers.len(), last - first);
    let buckets = ((last - first) >> low) as usize + 1;
    let mut bytes = vec![0; size];
    bytes[0] = FORMAT;
    bytes[1] = low as u8;
    bytes[2..4].copy_from_slice(&(numbers.len() as u16).to_le_bytes());
    bytes[4..8].copy_from_slice(&(buckets as u32).to_le_bytes());
    bytes[8..16].copy_from_slice(&first.to_le_bytes());
    let (of_samples, rest) = bytes[HEADER..].split_at_mut(samples(buckets) * 2);
    let (high, lows) = rest.split_at_mut(bytes_for(numbers.len() + buckets));
    let mut sampled = 0;
    let mut lows = lows.iter_mut();
    let (mut bits, mut filled) = (0u64, 0);
    for (place, number) in numbers.iter().enumerate() {
        let distance = number - first;
        let bucket = (distance >> low) as usize;
        // Buckets from the last sample on begin after all numbers so far.
        while (sampled + 1) * SAMPLED <= bucket {
            sampled += 1;
            let begins = (place + sampled * SAMPLED) as u16;
            of_samples[2 * sampled - 2..2 * sampled].copy_from_slice(&begins.to_le_bytes());
        }
        let at = place + bucket;
        high[at / 8] |= 1 << (at % 8);
        bits |= (distance & ((1 << low) - 1)) << filled;
        filled += low;
        while filled >= 8 {
            *lows.next().expect("bytes for all low bits") = bits as u8;
            bits >>= 8;
            filled -= 8;
        }
    }
    if let Some(rest) = lows.next() {
        *rest = bits as u8;
    }
    bytes
}

/// Numbers from `start` on and before `stop`.
#[derive(Clone, PartialEq, Debug)]
pub struct Block {
    pub start: u64,
    pub stop: u64,
    pub bytes: Vec<u8>,
}

/// Makes blocks of numbers that come in order. Their ranges follow each other from 0 to [`END`], so that for every number
/// there is the one block that has it if any has, and a block that is missing is noticed.
pub struct Packer {
    start: u64,
    numbers: Vec<u64>,
    /// When to look whether they still fit.
    look_at: usize,
}

/// Numbers are looked at so many at a time: looking costs more than adding one.
const STEP: usize = 64;

impl Default for Packer {
    fn default() -> Packer {
        Packer { start: 0, numbers: Vec::with_capacity(1 << 16), look_at: STEP }
    }
}

impl Packer {
    /// Adds a number greater than all before. The block that it completes, if it does.
    pub fn push(&mut self, number: u64) -> Option<Block> {
        debug_assert!(number < END && self.numbers.last().is_none_or(|last| *last < number));
        self.numbers.push(number);
        if self.numbers.len() < self.look_at {
            return None;
        }
        self.look_at = self.numbers.len() + STEP;
        let fits = |n: usize| n <= usize::from(u16::MAX) && layout(n, self.numbers[n - 1] - self.numbers[0]).1 <= MOST_BYTES;
        if fits(self.numbers.len()) {
            return None;
        }
        // More numbers take more bytes, so the most that fit are found by halving; one always does.
        let (mut most, mut too_many) = (1, self.numbers.len());
        while most + 1 < too_many {
            let middle = usize::midpoint(most, too_many);
            if fits(middle) { most = middle } else { too_many = middle }
        }
        Some(self.close(most))
    }

    fn close(&mut self, count: usize) -> Block {
        let bytes = pack(&self.numbers[..count]);
        let start = self.start;
        self.numbers.drain(..count);
        self.start = self.numbers.first().copied().unwrap_or(END);
        self.look_at = self.numbers.len() + STEP;
        Block { start, stop: self.start, bytes }
    }

    /// The next of the blocks that are left; `None` after the last, which ends at [`END`].
    pub fn finish(&mut self) -> Option<Block> {
        if self.start == END {
            return None;
        }
        let mut most = self.numbers.len();
        while most > 1 && layout(most, self.numbers[most - 1] - self.numbers[0]).1 > MOST_BYTES {
            most -= 1;
        }
        Some(self.close(most))
    }
}
