//! The set in memory.

use crate::Dice;
use dnc_core::list::number_set::{Builder, Failure, Verdict};
use dnc_core::phone::layout::MAX_DIGITS;
use dnc_core::phone::{Phone, parse};
use std::collections::BTreeMap;

/// Numbers of a set: many of one prefix, so that spans have tables of runs; some of every length; few elsewhere.
fn numbers_of_a_set(dice: &mut Dice, many: usize, few: usize) -> BTreeMap<Phone, bool> {
    let mut all = BTreeMap::new();
    let mut put = |digits: String, listed: bool| {
        let digits: Vec<u8> = digits.bytes().map(|b| b - b'0').collect();
        if let Some(phone) = Phone::new(&digits) {
            all.insert(phone, listed);
        }
    };
    for _ in 0..many {
        put(format!("1212{:07}", dice.roll(10_000_000)), dice.roll(5) > 0);
    }
    for n in 0..many / 4 {
        put(format!("1415555{n:04}"), true);
    }
    for _ in 0..few {
        let digits = 7 + dice.roll(9);
        put(
            (0..digits).map(|i| char::from(b'1' + dice.roll(if i == 0 { 9 } else { 8 }) as u8)).collect(),
            dice.roll(3) > 0,
        );
    }
    all
}

#[test]
fn a_set_of_numbers_says_what_was_put_into_it_and_no_more() {
    let mut dice = Dice(0x5EED);
    for (many, few) in [(0, 0), (0, 1), (0, 300), (1, 0), (2047, 3), (3000, 0), (40_000, 2000)] {
        let all = numbers_of_a_set(&mut dice, many, few);
        let mut builder = Builder::new(64 << 20);
        for (phone, listed) in &all {
            builder.push(*phone, *listed).unwrap();
        }
        let set = builder.finish().unwrap();
        assert_eq!(set.len(), all.len());
        let verdict = |phone: &Phone| match all.get(phone) {
            Some(true) => Verdict::Listed,
            Some(false) => Verdict::Unsure,
            None => Verdict::Absent,
        };
        for phone in all.keys() {
            assert_eq!(set.get(*phone), verdict(phone), "{phone}");
            // Its neighbours, and the same digits at other lengths.
            let text = phone.to_string();
            let value: u64 = text[1..].parse().unwrap();
            let near = [value.wrapping_sub(1), value + 1, value / 10, value * 10, value + 65_536];
            for digits in near.map(|n| n.to_string().bytes().map(|b| b - b'0').collect::<Vec<u8>>()) {
                if digits.len() <= MAX_DIGITS
                    && let Some(near) = Phone::new(&digits)
                {
                    assert_eq!(set.get(near), verdict(&near), "{near} beside {phone}");
                }
            }
        }
    }
}

#[test]
fn a_set_of_numbers_stays_within_its_memory() {
    let all = numbers_of_a_set(&mut Dice(7), 100_000, 1000);
    let mut whole = Builder::new(usize::MAX);
    all.iter().for_each(|(phone, listed)| whole.push(*phone, *listed).unwrap());
    let bytes = whole.finish().unwrap().bytes();
    for limit in [0, 1000, bytes / 4, bytes - 1] {
        let mut builder = Builder::new(limit);
        let built =
            all.iter().try_for_each(|(phone, listed)| builder.push(*phone, *listed)).and_then(|()| builder.finish());
        assert_eq!(built.err(), Some(Failure::Full), "{limit} of {bytes}");
    }
}

#[test]
fn a_set_of_numbers_takes_them_in_order_only() {
    let phone = |text: &str| parse::canonical(text.as_bytes()).unwrap();
    for (first, second) in
        [("+14155550102", "+14155550101"), ("+14155550101", "+14155550101"), ("+442071838750", "+14155550101")]
    {
        let mut builder = Builder::new(1 << 20);
        builder.push(phone(first), true).unwrap();
        // Of another length nothing is known, so two spans of it may come in any order but their own.
        let again = builder.push(phone(second), true);
        assert_eq!(again.is_err(), phone(first).count() == phone(second).count(), "{first} {second}");
    }
}
