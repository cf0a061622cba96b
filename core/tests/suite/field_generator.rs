//! Generated fields: every number that the reader gives stands in the text, and it reads what a person reads.
//!
//! `FIELDS=1000000 cargo test -p dnc-core --profile tests field_generator -- --nocapture` tries a million texts;
//! `FIELDS_SEED` gives others. `FIELDS_SHOW=5` prints the first five of each kind.

use crate::Dice;
use crate::field_numbers::pool;
use crate::field_texts::{Made, make};
use crate::field_words::{Count, KINDS};
use dnc_core::phone::{Phone, field, parse};
use std::collections::{BTreeMap, BTreeSet};

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// What happened to the texts of one kind.
#[derive(Default)]
struct Tally {
    texts: usize,
    wrong: usize,
    /// Texts with one number that a person reads, and how many of them were read.
    clear: usize,
    read: usize,
    /// Texts with two numbers, those of which both were found, and those where `one` gave a number.
    two: usize,
    both: usize,
    half: usize,
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.texts += other.texts;
        self.wrong += other.wrong;
        self.clear += other.clear;
        self.read += other.read;
        self.two += other.two;
        self.both += other.both;
        self.half += other.half;
    }
}

/// Examples of each offence, at most twenty.
#[derive(Default)]
struct Offences(BTreeMap<&'static str, Vec<String>>);

impl Offences {
    fn note(&mut self, offence: &'static str, made: &Made, result: &str) {
        let list = self.0.entry(offence).or_default();
        if list.len() < 20 {
            let truth: Vec<String> = made.truth.iter().map(Phone::to_string).collect();
            let region = made.region.map_or("", |region| region.as_str());
            let clear = if made.clear { "" } else { " unclear" };
            let result = if result.is_empty() { String::new() } else { format!(", got {result}") };
            list.push(format!("{:?} [{region}] {}: {:?}{clear} {truth:?}{result}", made.text, made.kind, made.count));
        }
    }

    fn print(&self) {
        for (offence, list) in &self.0 {
            println!("{offence}:");
            list.iter().for_each(|row| println!("  {row}"));
        }
    }
}

fn judge(made: &Made, tally: &mut Tally, offences: &mut Offences) {
    let one = field::one(&made.text, made.region);
    let field = field::read(&made.text, made.region);
    let found: BTreeSet<Phone> = field.numbers.iter().map(|number| number.phone).collect();
    let listed: Vec<String> =
        field.numbers.iter().map(|n| format!("{}{}", n.phone, if n.certain { "" } else { "?" })).collect();
    let result = format!("{:?} {listed:?}", one.as_ref().map(Phone::to_string));
    let one = one.ok();
    let given = field.numbers.iter().filter(|number| number.certain).map(|number| number.phone).chain(one);
    tally.texts += 1;
    if given.into_iter().any(|phone| !made.truth.contains(&phone)) {
        tally.wrong += 1;
        offences.note("wrong number", made, &result);
    }
    let is_inside = |n: &field::Found| n.start < n.end && made.text.get(n.start..n.end).is_some();
    if !field.numbers.iter().all(is_inside) {
        offences.note("position outside the text", made, &result);
    }
    if one.is_some() != field.problem.is_none() || one.is_some_and(|phone| !found.contains(&phone)) {
        offences.note("one() and read() differ", made, &result);
    }
    if made.visible.as_ref().is_some_and(|text| field::one(text, made.region).ok() != one) {
        offences.note("invisible characters change the result", made, &result);
    }
    match made.count {
        Count::One if made.clear => {
            tally.clear += 1;
            tally.read += usize::from(one.is_some());
            if one.is_none() {
                offences.note("not read", made, &result);
            }
        }
        Count::Two => {
            tally.two += 1;
            let both = made.truth.iter().all(|phone| found.contains(phone));
            tally.both += usize::from(both);
            if !both {
                offences.note("not both found", made, &result);
            }
            if one.is_some() {
                tally.half += 1;
                offences.note("one of two numbers", made, &result);
            }
        }
        _ => {}
    }
}

#[test]
fn no_number_is_given_that_does_not_stand_in_the_text() {
    let size = setting("FIELDS", 30_000);
    let mut dice = Dice(setting("FIELDS_SEED", 0x9E37_79B9_7F4A_7C15));
    let mut by_kind: BTreeMap<&str, Tally> = BTreeMap::new();
    let (mut offences, mut shown) = (Offences::default(), Offences::default());
    let show = setting("FIELDS_SHOW", 0) as usize;
    let mut regions = BTreeSet::new();
    for _ in 0..size {
        let made = make(&mut dice);
        regions.extend(made.region.map(|region| region.region));
        let tally = by_kind.entry(made.kind).or_default();
        if tally.texts < show {
            shown.note(made.kind, &made, "");
        }
        judge(&made, tally, &mut offences);
    }
    shown.print();
    let mut all = Tally::default();
    let share = |part: usize, whole: usize| if whole == 0 { 100.0 } else { 100.0 * part as f64 / whole as f64 };
    println!("{:44} {:>8} {:>6} {:>7} {:>6} {:>7}", "kind", "texts", "wrong", "read", "half", "both");
    for (kind, tally) in &by_kind {
        let read = if tally.clear > 0 { format!("{:.1}", share(tally.read, tally.clear)) } else { String::new() };
        let both = if tally.two > 0 { format!("{:.1}", share(tally.both, tally.two)) } else { String::new() };
        println!("{kind:44} {:8} {:6} {read:>7} {:6} {both:>7}", tally.texts, tally.wrong, tally.half);
        all.add(tally);
    }
    let (read, both) = (share(all.read, all.clear), share(all.both, all.two));
    println!(
        "{} texts, {} regions: {} wrong; {read:.2} % of {} read; {} of {} with two numbers gave one, {both:.2} % found both",
        all.texts,
        regions.len(),
        all.wrong,
        all.clear,
        all.half,
        all.two,
    );
    offences.print();
    assert!(regions.len() >= 60 && by_kind.len() == KINDS.len() || size < 10_000);
    assert_eq!(all.wrong, 0, "numbers that do not stand in the text");
    assert_eq!(all.half, 0, "texts with two numbers of which one was given");
    assert!(read >= 98.0, "{read:.2} % of the texts with one number are read");
    assert!(both >= 90.0, "both numbers are found in {both:.2} % of the texts with two");
    for offence in ["position outside the text", "one() and read() differ", "invisible characters change the result"] {
        assert!(!offences.0.contains_key(offence), "{offence}");
    }
}

#[test]
fn plain_numbers_are_read_as_the_library_reads_them() {
    let mut dice = Dice(0xD1B5_4A32_D192_ED03);
    let (mut equal, mut unclear, mut ours) = (0, 0, 0);
    let mut differ = Vec::new();
    for number in pool().iter().flatten().step_by(3) {
        for (spelled, region) in number.spellings(&mut dice) {
            let one = field::one(&spelled.text, region).ok();
            match parse(&spelled.text, region) {
                Ok(theirs) if one == Some(theirs) => equal += 1,
                // Digits with two meanings, such as those of a national number that may have lost its plus sign.
                Ok(_) if spelled.readings.len() > 1 && one.is_none_or(|one| spelled.readings.contains(&one)) => {
                    unclear += 1;
                }
                // Spellings that the library does not know, such as U+202F.
                Err(_) if one.is_none_or(|one| one == number.phone) => ours += 1,
                theirs => {
                    let region = region.map_or("", |region| region.as_str());
                    let theirs = theirs.map(|phone| phone.to_string());
                    differ.push(format!("{:?} [{region}]: {one:?}, the library {theirs:?}", spelled.text));
                }
            }
        }
    }
    println!("{equal} equal, {unclear} with two meanings, {ours} unknown to the library, {} differ", differ.len());
    differ.iter().take(20).for_each(|row| println!("  {row}"));
    assert!(differ.is_empty(), "{} plain spellings are not read as the library reads them", differ.len());
    assert!(equal > 50_000 && unclear * 100 < equal, "{equal} equal, {unclear} with two meanings");
}
