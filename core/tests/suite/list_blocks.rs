//! Blocks of packed numbers, and sorting what does not fit into memory.

use crate::Dice;
use dnc_core::list::block::{Block, END, Fault, MOST_BYTES, Packed, Packer};
use dnc_core::list::phone_set::{self, Operation, PhoneSet};
use dnc_core::list::sort::{SortedRun, Sorter, Store};
use dnc_core::list::unordered::Unordered;
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

fn blocks(numbers: &BTreeSet<u64>) -> Vec<Block> {
    let mut packer = Packer::default();
    let mut all: Vec<Block> = numbers.iter().filter_map(|number| packer.push(*number)).collect();
    all.extend(std::iter::from_fn(|| packer.finish()));
    all
}

fn has(blocks: &[Block], number: u64) -> bool {
    let block = &blocks[blocks.partition_point(|block| block.start <= number) - 1];
    Packed::of(&block.bytes).unwrap().contains(number).expect("whole bytes")
}

/// Numbers of every kind of list: clustered, spread, dense, a few of everywhere.
fn lists() -> Vec<BTreeSet<u64>> {
    let mut dice = Dice(11);
    let mut spread = |count: usize, from: u64, over: usize| -> BTreeSet<u64> {
        (0..count).map(|_| from + dice.roll(over) as u64).collect()
    };
    let mut mixed = spread(30_000, 12_000_000_000, 8_000_000_000);
    mixed.extend(spread(20_000, 441_000_000_000, 100_000_000));
    mixed.extend(spread(3, 1, 500));
    mixed.extend([1, END - 1]);
    vec![
        BTreeSet::new(),
        BTreeSet::from([0]),
        BTreeSet::from([END - 1]),
        BTreeSet::from([0, END - 1]),
        (4_930_000_000..4_930_100_000).collect(),
        (4_930_000_000..4_930_300_000).step_by(3).collect(),
        spread(100_000, 12_012_000_000, 1_000_000),
        spread(100_000, 12_012_000_000, 100_000_000),
        spread(50_000, 0, END as usize),
        mixed,
    ]
}

#[test]
fn blocks_hold_what_went_in_and_nothing_else() {
    let mut dice = Dice(5);
    for numbers in lists() {
        let blocks = blocks(&numbers);
        let back: Vec<u64> = blocks.iter().flat_map(|block| Packed::of(&block.bytes).unwrap().iter()).collect();
        assert!(back.iter().eq(&numbers), "{} numbers", numbers.len());
        for number in &numbers {
            assert!(has(&blocks, *number), "{number}");
            for near in [number.wrapping_sub(1), number + 1, number ^ 0x100, number ^ 0x1_0000] {
                if near < END {
                    assert_eq!(has(&blocks, near), numbers.contains(&near), "{near}");
                }
            }
        }
        for _ in 0..10_000 {
            let number = dice.roll(END as usize) as u64;
            assert_eq!(has(&blocks, number), numbers.contains(&number), "{number}");
        }
    }
}

#[test]
fn blocks_follow_each_other_and_fit_a_page() {
    for numbers in lists() {
        let blocks = blocks(&numbers);
        assert_eq!((blocks[0].start, blocks[blocks.len() - 1].stop), (0, END));
        assert!(blocks.windows(2).all(|pair| pair[0].stop == pair[1].start));
        for block in &blocks {
            assert!(block.bytes.len() <= MOST_BYTES);
            assert_eq!(Packed::of(&block.bytes).unwrap().check(block.start, block.stop), Ok(()));
        }
        // All but the last are full, but for what one more number would have made too much.
        let spread = numbers.len() > 1000 && numbers.last().unwrap() - numbers.first().unwrap() < 1_000_000_000;
        assert!(!spread || blocks[..blocks.len() - 1].iter().all(|block| block.bytes.len() > MOST_BYTES - 64));
    }
}

#[test]
fn what_a_number_takes() {
    // 250 million and 25 million of the 2.8 billion numbers of 350 area codes: a part of them, as dense.
    for (share, most) in [(0.0893, 0.73), (0.00893, 1.17)] {
        let mut dice = Dice(3);
        let numbers: BTreeSet<u64> =
            (12_012_000_000..12_062_000_000).filter(|_| (dice.roll(1_000_000) as f64) < share * 1e6).collect();
        let bytes: usize = blocks(&numbers).iter().map(|block| block.bytes.len()).sum();
        let each = bytes as f64 / numbers.len() as f64;
        assert!(each < most, "{each} bytes a number at {share}");
    }
}

#[test]
fn the_format_does_not_change() {
    let block = &blocks(&BTreeSet::from([4, 5, 516]))[0].bytes;
    // Distances 0, 1 and 512: seven low bits each, two numbers in bucket 0 and one in bucket 4 of the only group, whose high
    // part has 67 bits and whose low part is 0, 1 and 0 from bit 88 back.
    assert_eq!(block[..16], [1, 7, 3, 0, 1, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(block[16..], [0b0100_0011, 0, 0, 0, 0, 0, 0, 0, 0, 1 << (88 - 14 - 72), 0]);
    // Every fourth number to 512: one low bit, 257 buckets in five groups, half of which have a number, whose low bit is 0.
    let block = &blocks(&(0..=512).step_by(4).collect())[0].bytes;
    assert_eq!(block[..24], [1, 1, 129, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 32, 0, 48, 0, 64, 0]);
    let every_third = [0b0100_1001, 0b1001_0010, 0b0010_0100];
    assert_eq!(block[24..36], every_third.repeat(4));
    assert_eq!(block[36..40], [0; 4]);
}

#[test]
fn changed_bytes_are_noticed_or_harmless() {
    let mut dice = Dice(77);
    for numbers in lists() {
        for block in blocks(&numbers).into_iter().take(3) {
            for _ in 0..300 {
                let mut bytes = block.bytes.clone();
                let at = if dice.roll(3) == 0 { dice.roll(bytes.len().min(40)) } else { dice.roll(bytes.len()) };
                match dice.roll(3) {
                    0 => bytes[at] ^= 1 << dice.roll(8),
                    1 => bytes[at] = dice.roll(256) as u8,
                    _ => bytes.truncate(at),
                }
                if bytes == block.bytes {
                    continue;
                }
                let Ok(packed) = Packed::of(&bytes) else { continue };
                for _ in 0..20 {
                    let number = block.start + dice.roll((block.stop - block.start) as usize) as u64;
                    packed.contains(number);
                    Packed::place_of_offset(&bytes, number);
                }
                assert!(packed.iter().count() <= packed.count());
                // What passes is the packing of other numbers.
                if packed.check(block.start, block.stop) == Ok(()) {
                    let others: Vec<u64> = packed.iter().collect();
                    assert!(others.iter().all(|number| packed.contains(*number) == Some(true)));
                    assert_ne!(others, Packed::of(&block.bytes).unwrap().iter().collect::<Vec<_>>());
                }
            }
        }
    }
}

#[test]
fn numbers_outside_the_range_are_noticed() {
    let block = &blocks(&BTreeSet::from([14_155_550_100, 14_155_550_199]))[0];
    let packed = Packed::of(&block.bytes).unwrap();
    assert_eq!(packed.check(14_155_550_101, END), Err(Fault::Range));
    assert_eq!(packed.check(0, 14_155_550_199), Err(Fault::Range));
    assert_eq!(packed.check(14_155_550_100, 14_155_550_200), Ok(()));
    assert_eq!(Packed::of(&[2; 16]).err(), Some(Fault::Format));
    assert_eq!(Packed::of(&[]).err(), Some(Fault::Length));
}

proptest! {
    #[test]
    fn garbage_is_harmless(bytes in proptest::collection::vec(any::<u8>(), 0..200), low in 0u8..60, number in any::<u64>()) {
        let mut bytes = bytes;
        if bytes.len() > 16 {
            // A header that fits, so that more than the length is tried.
            let (count, buckets) = (bytes.len() - 16, 7 * (bytes.len() as u32 - 16));
            bytes[..2].copy_from_slice(&[1, 0]);
            bytes[2..4].copy_from_slice(&(count as u16).to_le_bytes());
            bytes[4..8].copy_from_slice(&[buckets as u8 % 5, 0, 0, 0]);
            if low < 48 { bytes[1] = low; }
        }
        if let Ok(packed) = Packed::of(&bytes) {
            packed.contains(number);
            let _ = packed.check(0, END);
            prop_assert!(packed.iter().count() <= packed.count());
        }
    }

    #[test]
    fn packing_and_unpacking(numbers in proptest::collection::btree_set(0u64..END, 0..300), spread in 0u32..45) {
        let numbers: BTreeSet<u64> = numbers.iter().map(|number| number >> spread).collect();
        let back: Vec<u64> = blocks(&numbers).iter().flat_map(|block| Packed::of(&block.bytes).unwrap().iter().collect::<Vec<_>>()).collect();
        prop_assert!(back.iter().eq(&numbers));
    }
}

struct Memory(std::rc::Rc<std::cell::Cell<usize>>, fn(&mut Vec<u8>));

struct Bytes(std::io::Cursor<Vec<u8>>, fn(&mut Vec<u8>));

impl Store for Memory {
    type Run = Bytes;
    fn create(&mut self) -> Bytes {
        self.0.set(self.0.get() + 1);
        Bytes(std::io::Cursor::default(), self.1)
    }
    fn pause(&mut self) {}
    fn lost(&self) -> ! {
        panic!("lost")
    }
}

impl SortedRun for Bytes {
    fn write(&mut self, bytes: &[u8]) {
        std::io::Write::write_all(&mut self.0, bytes).unwrap();
    }
    fn rewind(&mut self) {
        self.0.set_position(0);
        self.1(self.0.get_mut());
    }
    fn read(&mut self, bytes: &mut [u8]) -> usize {
        std::io::Read::read(&mut self.0, bytes).unwrap()
    }
    fn close(self) {}
}

#[test]
fn sorting_in_runs() {
    for (count, runs) in [(0, 0), (1, 0), (1024, 0), (1025, 2), (200_000, 196)] {
        let mut dice = Dice(9);
        let created = std::rc::Rc::default();
        let mut sorter = Sorter::new(Memory(std::rc::Rc::clone(&created), |_| {}), 1);
        let mut keys: Vec<u64> =
            (0..count).map(|_| dice.roll(if count > 1000 { 1 << 40 } else { 3 }) as u64 * 3).collect();
        keys.extend(keys.first().copied().filter(|_| count > 1025));
        keys.iter().for_each(|key| sorter.push(*key));
        let sorted: Vec<u64> = sorter.merge().collect();
        keys.sort_unstable();
        assert_eq!(sorted, keys);
        assert_eq!(created.get(), runs, "{count} keys");
    }
}

/// A run that is cut off, empty, or not what was written is told, and not taken for the list.
#[test]
fn sorting_in_runs_that_fail() {
    let damages: [fn(&mut Vec<u8>); 5] = [
        |bytes| bytes.truncate(bytes.len() - 1),
        Vec::clear,
        |bytes| bytes.fill(0),
        |bytes| bytes[7] ^= 2,
        |bytes| bytes.extend_from_slice(&[1, 1]),
    ];
    for damage in damages {
        let mut sorter = Sorter::new(Memory(std::rc::Rc::default(), damage), 1);
        (0..5000).for_each(|key| sorter.push(key * 3));
        let merged = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| sorter.merge().count()));
        let why = merged.expect_err("told").downcast::<&str>().expect("a text");
        assert_eq!(*why, "lost");
    }
}

/// The hash of texts in any order is that of their hashes in ascending order, with one run, with several and with none.
#[test]
fn hashes_in_any_order() {
    for (count, runs) in [(0, 0), (1, 0), (1024, 0), (1025, 2), (20_000, 20)] {
        let texts: Vec<String> = (0..count).map(|n| format!("{:>1$}", n / 2, n / 2 % 200)).collect();
        let mut hashes: Vec<[u8; 32]> = texts.iter().map(|text| Sha256::digest(text).into()).collect();
        hashes.sort_unstable();
        let expected: [u8; 32] = Sha256::digest(hashes.concat()).into();
        for turned in [false, true] {
            let created = std::rc::Rc::default();
            let mut all = Unordered::new(Memory(std::rc::Rc::clone(&created), |_| {}), 1);
            let push = |text: &String| all.push(text.as_bytes());
            if turned {
                texts.iter().rev().for_each(push)
            } else {
                texts.iter().for_each(push)
            }
            assert_eq!(all.finish(), expected, "{count} texts");
            assert_eq!(created.get(), runs, "{count} texts");
        }
    }
}

/// A run that is cut off or not what was written is told.
#[test]
fn hashes_in_runs_that_fail() {
    let damages: [fn(&mut Vec<u8>); 4] =
        [|bytes| bytes.truncate(bytes.len() - 1), Vec::clear, |bytes| bytes[7] ^= 2, |bytes| bytes[31] ^= 1];
    for damage in damages {
        let mut all = Unordered::new(Memory(std::rc::Rc::default(), damage), 1);
        (0..5000).for_each(|n: u32| all.push(&n.to_be_bytes()));
        let finished = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| all.finish()));
        let why = finished.expect_err("told").downcast::<&str>().expect("a text");
        assert_eq!(*why, "lost");
    }
}

#[test]
fn sets_as_values() {
    let lists = lists();
    for a in &lists {
        let bytes = phone_set::build(a.iter().copied()).unwrap();
        let value = PhoneSet::of(&bytes).unwrap();
        assert!(value.is_valid());
        assert_eq!(value.count(), a.len() as u64);
        assert!(value.iter().eq(a.iter().copied()));
        assert!(a.iter().take(500).all(|number| value.contains(*number) == Some(true)));
        let mut dice = Dice(8);
        for _ in 0..1000 {
            let number = dice.roll(END as usize) as u64;
            assert_eq!(value.contains(number), Some(a.contains(&number)));
        }
        for b in &lists {
            let numbers = |operation| phone_set::merged(a.iter().copied(), b.iter().copied(), operation);
            assert!(numbers(Operation::Union).eq(a.union(b).copied()));
            assert!(numbers(Operation::Intersection).eq(a.intersection(b).copied()));
            assert!(numbers(Operation::Difference).eq(a.difference(b).copied()));
            assert_eq!(phone_set::common(a.iter().copied(), b.iter().copied()), a.intersection(b).count() as u64);
        }
    }
    let twice = phone_set::build([5, 5, 7]).unwrap();
    assert_eq!(twice, phone_set::build([5, 7]).unwrap());
    let mut dice = Dice(4);
    let bytes = phone_set::build(lists[7].iter().copied()).unwrap();
    for _ in 0..300 {
        let mut changed = bytes.clone();
        let at = if dice.roll(2) == 0 { dice.roll(400) } else { dice.roll(bytes.len()) };
        if dice.roll(4) == 0 {
            changed.truncate(at)
        } else {
            changed[at] ^= 1 << dice.roll(8)
        }
        let Some(value) = PhoneSet::of(&changed) else { continue };
        (0..50).for_each(|_| _ = value.contains(dice.roll(END as usize) as u64));
        assert!(!value.is_valid() || value.iter().all(|number| value.contains(number) == Some(true)));
    }
}
