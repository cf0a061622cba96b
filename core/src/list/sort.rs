//! Sorts more numbers than memory holds: portions are sorted, written as runs, and merged.
//!
//! A run stores the differences between its keys, each as groups of seven bits, the lowest first, all but the last with
//! the eighth bit set (LEB128): two bytes a key for a sorted portion of a national list.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Storage of runs.
pub trait Store {
    /// Storage of one run.
    type Run: SortedRun;
    /// A new run, empty.
    fn create(&mut self) -> Self::Run;
    /// Called at intervals during the work; may not return.
    fn pause(&mut self);
    /// Called if the keys read differ from those written.
    fn lost(&self) -> !;
}

/// Bytes that are written, then read once from the beginning.
pub trait SortedRun {
    /// Appends bytes.
    fn write(&mut self, bytes: &[u8]);
    /// Seeks to the beginning, for reading.
    fn rewind(&mut self);
    /// Reads on; fewer bytes than requested only at the end.
    fn read(&mut self, bytes: &mut [u8]) -> usize;
    /// Called once, after the last read, unless an error came before.
    fn close(self);
}

/// Bytes written or read at once.
const PORTION: usize = 1 << 16;
/// Maximum bytes of an encoded key.
const LONGEST: usize = 10;
/// Keys between two calls of `pause`.
const PAUSE: u64 = 1 << 16;

/// Sorts keys in bounded memory.
pub struct Sorter<S: Store> {
    store: S,
    keys: Vec<u64>,
    /// Maximum keys in memory.
    most: usize,
    runs: Vec<S::Run>,
    pushed: Sum,
}

/// A checksum that detects lost or altered keys of runs.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    count: u64,
    keys: u64,
}

impl Sum {
    fn add(&mut self, key: u64) {
        self.count += 1;
        self.keys = self.keys.wrapping_add(key);
    }
}

impl<S: Store> Sorter<S> {
    /// Sorts within about this many bytes.
    pub fn new(store: S, bytes: usize) -> Sorter<S> {
        Sorter {
            store,
            keys: Vec::new(),
            most: (bytes / size_of::<u64>()).max(1024),
            runs: Vec::new(),
            pushed: Sum::default(),
        }
    }

    /// Adds a key.
    #[inline]
    pub fn push(&mut self, key: u64) {
        if self.keys.len() == self.most {
            self.spill();
        }
        if self.keys.len() == self.keys.capacity() {
            // Grows as a vector does, but within the limit.
            let more = self.keys.len().max(1024).min(self.most - self.keys.len());
            self.keys.reserve_exact(more);
        }
        self.pushed.add(key);
        self.keys.push(key);
    }

    fn spill(&mut self) {
        self.keys.sort_unstable();
        self.store.pause();
        let mut run = self.store.create();
        let mut bytes = Vec::with_capacity(PORTION + LONGEST);
        let mut before = 0;
        for key in &self.keys {
            let mut rest = key - before;
            before = *key;
            while rest >= 0x80 {
                bytes.push(rest as u8 | 0x80);
                rest >>= 7;
            }
            bytes.push(rest as u8);
            if bytes.len() >= PORTION {
                run.write(&bytes);
                bytes.clear();
            }
        }
        run.write(&bytes);
        run.rewind();
        self.keys.clear();
        self.runs.push(run);
    }

    /// All keys in order, with duplicates; at the end, [`Store::lost`] is called if any differ from those added.
    pub fn merge(mut self) -> Merge<S> {
        let mut sources = Vec::new();
        if self.runs.is_empty() {
            self.keys.sort_unstable();
            sources.push(MergeSource::Memory(std::mem::take(&mut self.keys), 0));
        } else {
            if !self.keys.is_empty() {
                self.spill();
            }
            self.keys = Vec::new();
            sources.extend(self.runs.into_iter().map(|run| MergeSource::Run(Reader::new(run))));
        }
        let mut heads = BinaryHeap::with_capacity(sources.len());
        for (n, source) in sources.iter_mut().enumerate() {
            heads.extend(source.next().map(|key| Reverse((key, n))));
        }
        Merge { store: self.store, sources, heads, pushed: self.pushed, merged: Sum::default() }
    }
}

enum MergeSource<R: SortedRun> {
    Memory(Vec<u64>, usize),
    Run(Reader<R>),
}

impl<R: SortedRun> MergeSource<R> {
    fn next(&mut self) -> Option<u64> {
        match self {
            MergeSource::Memory(keys, at) => {
                let key = keys.get(*at).copied();
                *at += 1;
                key
            }
            MergeSource::Run(reader) => reader.next(),
        }
    }
}

struct Reader<R: SortedRun> {
    run: R,
    bytes: Vec<u8>,
    at: usize,
    before: u64,
}

impl<R: SortedRun> Reader<R> {
    fn new(run: R) -> Reader<R> {
        Reader { run, bytes: Vec::new(), at: 0, before: 0 }
    }

    fn next(&mut self) -> Option<u64> {
        // A whole key is buffered, or the run is at its end.
        if self.bytes.len() - self.at < LONGEST {
            self.bytes.drain(..self.at);
            self.at = 0;
            let had = self.bytes.len();
            self.bytes.resize(had + PORTION, 0);
            let read = self.run.read(&mut self.bytes[had..]);
            self.bytes.truncate(had + read);
        }
        let (mut difference, mut shift) = (0, 0);
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            difference |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
            shift += 7;
        }
        self.before += difference;
        Some(self.before)
    }
}

/// The sorted keys, in order.
pub struct Merge<S: Store> {
    store: S,
    sources: Vec<MergeSource<S::Run>>,
    heads: BinaryHeap<Reverse<(u64, usize)>>,
    pushed: Sum,
    merged: Sum,
}

impl<S: Store> Iterator for Merge<S> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        if self.merged.count % PAUSE == PAUSE - 1 {
            self.store.pause();
        }
        let Some(mut head) = self.heads.peek_mut() else {
            if self.merged != self.pushed {
                self.store.lost();
            }
            return None;
        };
        let Reverse((key, source)) = *head;
        self.merged.add(key);
        match self.sources[source].next() {
            Some(next) => *head = Reverse((next, source)),
            None => {
                std::collections::binary_heap::PeekMut::pop(head);
                if let MergeSource::Run(reader) =
                    std::mem::replace(&mut self.sources[source], MergeSource::Memory(Vec::new(), 0))
                {
                    reader.run.close();
                }
            }
        }
        Some(key)
    }
}
