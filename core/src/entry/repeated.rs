//! Rows that repeat another one, found in bounded memory.
//!
//! Rows are compared by 128 bits of a keyed hash. Where not all of them fit into memory, the rows are read several
//! times: each pass but the last compares a part of them and leaves a bit for each row that repeats.

use crate::list::memory::reserve;
use siphasher::sip128::{Hasher128, SipHasher13};
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

/// Bytes of a row in the set, at most.
const BYTES: u64 = 40;

/// The rows that were seen.
pub struct Repeated {
    keys: (u64, u64),
    passes: u64,
    pass: u64,
    seen: HashSet<u128, BuildHasherDefault<Low>>,
    /// Bits of the rows by place, where there are several passes.
    bits: Vec<u64>,
}

/// The low half of a hash, which needs no other hash.
#[derive(Default)]
struct Low(u64);

impl Hasher for Low {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().take(8).rev().fold(0, |all, byte| all << 8 | u64::from(*byte));
    }

    fn write_u128(&mut self, hash: u128) {
        self.0 = hash as u64;
    }
}

impl Repeated {
    /// For this many rows, in about this many bytes, under a random key; `None` if there is no memory for a bit of each
    /// row.
    pub fn new(rows: u64, bytes: u64, key: [u8; 16]) -> Option<Repeated> {
        let key = u128::from_ne_bytes(key);
        let parts = (rows * BYTES).div_ceil(bytes.max(1)).max(1);
        // One pass writes what it finds; several of them find first.
        let passes = if parts == 1 { 1 } else { parts + 1 };
        let mut bits = Vec::new();
        if passes > 1 {
            let words = rows as usize / 64 + 1;
            if !reserve(&mut bits, words) {
                return None;
            }
            bits.resize(words, 0);
        }
        Some(Repeated { keys: ((key >> 64) as u64, key as u64), passes, pass: 0, seen: HashSet::default(), bits })
    }

    /// How often the rows are read, the last time to write them.
    pub fn passes(&self) -> u64 {
        self.passes
    }

    fn hash(&self, key: &[i64; 3]) -> u128 {
        let mut hasher = SipHasher13::new_with_keys(self.keys.0, self.keys.1);
        key.iter().for_each(|part| hasher.write_i64(*part));
        hasher.finish128().as_u128()
    }

    /// Notes a row, by its place from 0, in a pass that is not the last.
    pub fn note(&mut self, place: u64, key: &[i64; 3]) {
        let hash = self.hash(key);
        if (hash >> 64) as u64 % (self.passes - 1) == self.pass && !self.seen.insert(hash) {
            self.bits[place as usize / 64] |= 1 << (place % 64);
        }
    }

    /// Begins the next pass.
    pub fn next_pass(&mut self) {
        self.pass += 1;
        self.seen = HashSet::default();
    }

    /// Whether a row repeats an earlier one, in the last pass.
    pub fn repeats(&mut self, place: u64, key: &[i64; 3]) -> bool {
        if self.passes > 1 {
            return self.bits[place as usize / 64] >> (place % 64) & 1 != 0;
        }
        let hash = self.hash(key);
        !self.seen.insert(hash)
    }
}
