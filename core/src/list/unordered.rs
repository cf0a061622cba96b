//! A hash over texts in any order: the SHA-256 over the SHA-256 of each, in ascending order of these.
//!
//! Whoever has the texts can compute it, in whatever order they come; a text that comes twice counts twice. The hashes are
//! sorted in bounded memory: portions are sorted, written as runs, and merged.

use super::sort::{SortedRun, Store};
use sha2::{Digest, Sha256};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A hash as four numbers, the first eight bytes first: compared as its bytes are, and faster.
type Words = [u64; 4];
/// Bytes of a hash.
const SIZE: usize = 32;
/// Hashes written, read or hashed at once.
const PORTION: usize = 1 << 11;

/// Collects the hashes of texts.
pub struct Unordered<S: Store> {
    store: S,
    hashes: Vec<Words>,
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
            hashes: Vec::new(),
            most: (bytes / SIZE).max(1024),
            runs: Vec::new(),
            pushed: Sum::default(),
        }
    }

    /// Adds a text.
    #[inline]
    pub fn push(&mut self, text: &[u8]) {
        if self.hashes.len() == self.most {
            self.spill();
        }
        if self.hashes.len() == self.hashes.capacity() {
            // Grows as a vector does, but within the limit.
            let more = self.hashes.len().max(1024).min(self.most - self.hashes.len());
            self.hashes.reserve_exact(more);
        }
        let hash = words(&Sha256::digest(text).into());
        self.pushed.add(&hash);
        self.hashes.push(hash);
    }

    fn spill(&mut self) {
        self.hashes.sort_unstable();
        self.store.pause();
        let mut run = self.store.create();
        for portion in self.hashes.chunks(PORTION) {
            run.write(&bytes(portion));
        }
        run.rewind();
        self.hashes.clear();
        self.runs.push(run);
    }

    /// The hash over all texts; [`Store::lost`] is called if hashes read from storage differ from those written.
    pub fn finish(mut self) -> [u8; SIZE] {
        let mut all = Sha256::new();
        if self.runs.is_empty() {
            self.hashes.sort_unstable();
            self.store.pause();
            self.hashes.chunks(PORTION).for_each(|portion| all.update(bytes(portion)));
            return all.finalize().into();
        }
        if !self.hashes.is_empty() {
            self.spill();
        }
        self.hashes = Vec::new();
        let mut sources: Vec<_> = self.runs.into_iter().map(Reader::new).collect();
        let mut heads = BinaryHeap::with_capacity(sources.len());
        for (n, source) in sources.iter_mut().enumerate() {
            heads.extend(source.next().map(|hash| Reverse((hash, n))));
        }
        let (mut merged, mut portion) = (Sum::default(), Vec::with_capacity(PORTION));
        while let Some(mut head) = heads.peek_mut() {
            let Reverse((hash, source)) = *head;
            merged.add(&hash);
            portion.push(hash);
            match sources[source].next() {
                Some(next) => *head = Reverse((next, source)),
                None => {
                    std::collections::binary_heap::PeekMut::pop(head);
                }
            }
            if portion.len() == PORTION {
                all.update(bytes(&portion));
                portion.clear();
                self.store.pause();
            }
        }
        all.update(bytes(&portion));
        if merged != self.pushed {
            self.store.lost();
        }
        sources.into_iter().for_each(|source| source.run.close());
        all.finalize().into()
    }
}

fn words(hash: &[u8; SIZE]) -> Words {
    let (words, _) = hash.as_chunks::<8>();
    std::array::from_fn(|n| u64::from_be_bytes(words[n]))
}

fn bytes(hashes: &[Words]) -> Vec<u8> {
    hashes.iter().flatten().flat_map(|word| word.to_be_bytes()).collect()
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
