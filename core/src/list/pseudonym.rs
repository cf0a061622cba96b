//! What is kept of an erased number: a pseudonym that only the key's holder can compute, and a filter that rules out
//! most numbers at once.
//!
//! A pseudonym is SipHash-2-4 (Aumasson and Bernstein, 2012) of the number's stored value, eight bytes little-endian,
//! under two keys: 128 bits. It identifies nobody without the key; with it, trying all numbers finds the number, so
//! that it is still personal data.

use super::memory::{HugeBlock, fetch_line};
use crate::phone::Phone;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use siphasher::sip::SipHasher24;

/// A number's pseudonym under one key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pseudonym {
    /// The index key.
    pub high: i64,
    /// Distinguishes numbers with the same high half.
    pub low: i64,
}

/// A key of the key ring.
#[derive(Clone)]
pub struct Key {
    high: SipHasher24,
    low: SipHasher24,
    check: [u8; 16],
}

impl Key {
    /// From the secret in the key file, of any length.
    pub fn new(secret: &[u8]) -> Key {
        let derived = |label: &[u8]| -> [u8; 32] {
            let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(secret).expect("a key of any length");
            mac.update(label);
            mac.finalize().into_bytes().into()
        };
        let keys = derived(b"dnc pseudonym 1");
        let half = |from: usize| SipHasher24::new_with_key(keys[from..from + 16].try_into().expect("16 bytes"));
        let check = derived(b"dnc pseudonym check 1")[..16].try_into().expect("16 bytes");
        Key { high: half(0), low: half(16), check }
    }

    /// Distinguishes this key from any other, and reveals nothing of it.
    pub fn check(&self) -> &[u8; 16] {
        &self.check
    }

    /// The high half of a number's pseudonym.
    #[inline]
    pub fn high(&self, phone: Phone) -> i64 {
        self.high.hash(&phone.bits().to_le_bytes()) as i64
    }

    /// A number's pseudonym.
    #[inline]
    pub fn pseudonym(&self, phone: Phone) -> Pseudonym {
        Pseudonym { high: self.high(phone), low: self.low.hash(&phone.bits().to_le_bytes()) as i64 }
    }
}

/// A filter of pseudonyms: a Bloom filter split into blocks of 32 bytes; a lookup reads one of them and tests a bit in
/// each of its eight words (Putze, Sanders and Singler, "Cache-, hash- and space-efficient Bloom filters", 2007). No
/// false negatives; less than one false positive in 2000.
pub struct Filter {
    blocks: HugeBlock<[u32; 8]>,
}

/// Bits per pseudonym.
const BITS: usize = 24;
/// Odd numbers that spread the low half of a pseudonym over the words, a fraction of 2^32 each.
const SPREAD: [u32; 8] =
    [0x9E37_79B1, 0x85EB_CA77, 0xC2B2_AE3D, 0x27D4_EB2F, 0x1656_67B1, 0xD35A_2D97, 0xFD70_46C5, 0xB55A_4F09];

impl Filter {
    /// An empty filter for this many pseudonyms; `None` if that exceeds `most_bytes`.
    pub fn new(pseudonyms: usize, most_bytes: usize) -> Option<Filter> {
        let blocks = (pseudonyms.max(1) * BITS).div_ceil(256);
        if HugeBlock::<[u32; 8]>::bytes(blocks) > most_bytes {
            return None;
        }
        Some(Filter { blocks: HugeBlock::zeroed(blocks)? })
    }

    fn block(&self, high: i64) -> usize {
        ((u128::from(high as u64) * self.blocks.len() as u128) >> 64) as usize
    }

    fn bits(high: i64) -> [u32; 8] {
        SPREAD.map(|odd| 1 << ((high as u32).wrapping_mul(odd) >> 27))
    }

    /// Adds the high half of a pseudonym.
    #[inline]
    pub fn insert(&mut self, high: i64) {
        let block = self.block(high);
        for (word, bit) in self.blocks[block].iter_mut().zip(Filter::bits(high)) {
            *word |= bit;
        }
    }

    /// Whether there may be a pseudonym with this high half.
    #[inline]
    pub fn may_have(&self, high: i64) -> bool {
        let block = &self.blocks[self.block(high)];
        block.iter().zip(Filter::bits(high)).all(|(word, bit)| word & bit != 0)
    }

    /// Prefetches what [`Self::may_have`] will read.
    #[inline]
    pub fn fetch(&self, high: i64) {
        fetch_line(self.blocks.as_ptr().wrapping_add(self.block(high)).cast());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use siphasher::sip::SipHasher24;

    fn phone(n: i64) -> Phone {
        crate::phone::parse::canonical(format!("+1415555{n:04}").as_bytes()).expect("a number")
    }

    #[test]
    fn the_hash_is_the_published_one() {
        // Appendix A of the paper: key 00 01 … 0f, message 00 01 … 0e.
        let key: [u8; 16] = std::array::from_fn(|n| n as u8);
        let message: Vec<u8> = (0..15).collect();
        assert_eq!(SipHasher24::new_with_key(&key).hash(&message), 0xa129_ca61_49be_45e5);
    }

    #[test]
    fn a_pseudonym_depends_on_key_and_number_and_never_changes() {
        let (a, b) = (Key::new(b"0123456789abcdef"), Key::new(b"0123456789abcdeg"));
        assert_eq!(a.pseudonym(phone(1)), Key::new(b"0123456789abcdef").pseudonym(phone(1)));
        assert_ne!(a.pseudonym(phone(1)), a.pseudonym(phone(2)));
        assert_ne!(a.pseudonym(phone(1)).high, b.pseudonym(phone(1)).high);
        assert_ne!(a.check(), b.check());
        assert_eq!(a.high(phone(1)), a.pseudonym(phone(1)).high);
        assert_eq!(a.pseudonym(phone(1)), PINNED);
    }

    /// A stored pseudonym must be found by every later version.
    const PINNED: Pseudonym = Pseudonym { high: -2_722_211_822_431_194_492, low: -8_338_057_497_997_456_825 };

    #[test]
    fn the_filter_holds_what_was_put_in_and_little_else() {
        let key = Key::new(b"0123456789abcdef");
        let mut filter = Filter::new(5_000, 1 << 20).expect("room");
        let number = |n: i64| crate::phone::parse::canonical(format!("+1415{n:07}").as_bytes()).expect("a number");
        (0..5_000).for_each(|n| filter.insert(key.high(number(2_000_000 + n))));
        assert!((0..5_000).all(|n| filter.may_have(key.high(number(2_000_000 + n)))));
        let wrong = (0..200_000).filter(|n| filter.may_have(key.high(number(3_000_000 + n)))).count();
        assert!(wrong < 100, "{wrong}");
        assert!(Filter::new(1 << 30, 1 << 20).is_none());
    }
}
