//! A hash over texts in any order: the SHA-256 over the SHA-256 of each, in ascending order of these.
//!
//! Whoever has the texts can compute it, in whatever order they come; a text that comes twice counts twice. The hashes are
//! sorted in bounded memory: portions are sorted, written as runs, and merged.

use super::sort::{SortedRun, Store};
use sha2::{Digest, Sha256, compress256};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A hash as four numbers, the first eight bytes first: compared as its bytes are, and faster.
type Words = [u64; 4];
/// Bytes of a hash.
const SIZE: usize = 32;
/// Bytes of a block of SHA-256, and of a text that fits into one with its padding.
const BLOCK: usize = 64;
const ONE_BLOCK: usize = BLOCK - 9;
/// The state in which SHA-256 begins (FIPS 180-4, 5.3.3).
const BEGINNING: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];
/// Parts that are sorted by themselves, by the first byte: each of them fits into a cache.
const PARTS: usize = 256;
/// Hashes written, read or hashed at once.
const PORTION: usize = 1 << 11;

/// Collects the hashes of texts.
pub struct Unordered<S: Store> {
    store: S,
    /// The hashes in memory, by their first byte.
    parts: Vec<Vec<Words>>,
    count: usize,
    /// Maximum hashes in memory.
    most: usize,
    runs: Vec<S::Run>,
    pushed: Sum,
}

/// A checksum that detects lost or altered hashes of runs.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Sum(u64, u64);

impl Sum {
    fn add(&mut self, hash: &Words) {
        *self = Sum(self.0 + 1, self.1.wrapping_add(hash[0] ^ hash[3]));
    }
}

impl<S: Store> Unordered<S> {
    /// Sorts within about this many bytes.
    pub fn new(store: S, bytes: usize) -> Unordered<S> {
        Unordered {
            store,
            parts: vec![Vec::new(); PARTS],
            count: 0,
            most: (bytes / SIZE).max(1024),
            runs: Vec::new(),
            pushed: Sum::default(),
        }
    }

    /// Adds a text.
    #[inline]
    pub fn push(&mut self, text: &[u8]) {
        if self.count == self.most {
            self.spill();
        }
        let hash = hashed(text);
        let part = &mut self.parts[(hash[0] >> 56) as usize];
        if part.len() == part.capacity() {
            part.reserve_exact((part.len() / 2).max(64));
        }
        self.pushed.add(&hash);
        part.push(hash);
        self.count += 1;
    }

    fn spill(&mut self) {
        let mut run = self.store.create();
        self.sorted(|portion| run.write(portion));
        run.rewind();
        self.runs.push(run);
    }

    /// Passes on the hashes in memory in order, and keeps the memory.
    fn sorted(&mut self, mut take: impl FnMut(&[u8])) {
        let mut portion = Vec::with_capacity(PORTION * SIZE);
        for part in &mut self.parts {
            part.sort_unstable();
            self.store.pause();
            for hashes in part.chunks(PORTION) {
                portion.clear();
                write(hashes, &mut portion);
                take(&portion);
            }
            part.clear();
        }
        self.count = 0;
    }

    /// The hash over all texts; [`Store::lost`] is called if hashes read from storage differ from those written.
    pub fn finish(mut self) -> [u8; SIZE] {
        let mut all = Sha256::new();
        if self.runs.is_empty() {
            self.sorted(|portion| all.update(portion));
            return all.finalize().into();
        }
        if self.count > 0 {
            self.spill();
        }
        self.parts = Vec::new();
        let mut sources: Vec<_> = self.runs.into_iter().map(Reader::new).collect();
        let mut heads = BinaryHeap::with_capacity(sources.len());
        for (n, source) in sources.iter_mut().enumerate() {
            heads.extend(source.next().map(|hash| Reverse((hash, n))));
        }
        let (mut merged, mut portion) = (Sum::default(), Vec::with_capacity(PORTION * SIZE));
        while let Some(mut head) = heads.peek_mut() {
            let Reverse((hash, source)) = *head;
            merged.add(&hash);
            write(&[hash], &mut portion);
            match sources[source].next() {
                Some(next) => *head = Reverse((next, source)),
                None => {
                    std::collections::binary_heap::PeekMut::pop(head);
                }
            }
            if portion.len() == PORTION * SIZE {
                all.update(&portion);
                portion.clear();
                self.store.pause();
            }
        }
        all.update(&portion);
        if merged != self.pushed {
            self.store.lost();
        }
        sources.into_iter().for_each(|source| source.run.close());
        all.finalize().into()
    }
}

/// The SHA-256 of a text. One that is padded to one block, as rows usually are, is hashed without a buffer.
#[inline]
fn hashed(text: &[u8]) -> Words {
    if text.len() > ONE_BLOCK {
        return words(&Sha256::digest(text).into());
    }
    let (mut block, mut state) = ([0; BLOCK], BEGINNING);
    block[..text.len()].copy_from_slice(text);
    block[text.len()] = 0x80;
    block[BLOCK - 8..].copy_from_slice(&(text.len() as u64 * 8).to_be_bytes());
    compress256(&mut state, &[block.into()]);
    std::array::from_fn(|n| u64::from(state[2 * n]) << 32 | u64::from(state[2 * n + 1]))
}

fn words(hash: &[u8; SIZE]) -> Words {
    let (words, _) = hash.as_chunks::<8>();
    std::array::from_fn(|n| u64::from_be_bytes(words[n]))
}

fn write(hashes: &[Words], to: &mut Vec<u8>) {
    hashes.iter().flatten().for_each(|word| to.extend_from_slice(&word.to_be_bytes()));
}

/// The hashes of a run, in order.
struct Reader<R: SortedRun> {
    run: R,
    hashes: std::vec::IntoIter<Words>,
}

impl<R: SortedRun> Reader<R> {
    fn new(run: R) -> Reader<R> {
        Reader { run, hashes: Vec::new().into_iter() }
    }

    fn next(&mut self) -> Option<Words> {
        if let Some(hash) = self.hashes.next() {
            return Some(hash);
        }
        let mut read = vec![0; PORTION * SIZE];
        let count = self.run.read(&mut read);
        let (hashes, _) = read[..count].as_chunks::<SIZE>();
        self.hashes = hashes.iter().map(words).collect::<Vec<_>>().into_iter();
        self.hashes.next()
    }
}
