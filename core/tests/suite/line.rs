//! Lines: which numbers are one line, and that the table of renumberings is sound.

use crate::Dice;
use dnc_core::phone::line::{self, Mapping, forms, has_forms, line, mappings};
use dnc_core::phone::{Phone, frozen, library as shipped, parse};
use proptest::prelude::*;
use std::sync::LazyLock;

static MAPPINGS: LazyLock<Vec<Mapping>> = LazyLock::new(|| mappings().collect());

fn phone(text: &str) -> Phone {
    parse(text, None).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn digits(text: &str) -> Vec<u8> {
    text.bytes().map(|b| b - b'0').collect()
}

/// A number of the mapping, in its old and in its new form, with these digits behind.
fn pair(mapping: &Mapping, tail: u64) -> (Vec<u8>, Vec<u8>) {
    let len = usize::from(mapping.digits) - mapping.old.len();
    let tail = format!("{:0len$}", tail % 10u64.pow(len as u32));
    (digits(&format!("{}{tail}", mapping.old)), digits(&format!("{}{tail}", mapping.new)))
}

fn random(dice: &mut Dice) -> u64 {
    dice.roll(1 << 40) as u64
}

#[test]
fn forms_of_one_line() {
    for (old, new) in [
        ("+551187650123", "+5511987650123"),
        ("+541155550123", "+5491155550123"),
        ("+22997000001", "+2290197000001"),
        ("+5712345678", "+576012345678"),
        ("+841201234567", "+84701234567"),
        ("+84437654321", "+842437654321"),
        ("+39612345678", "+390612345678"),
        ("+70951234567", "+74951234567"),
        ("+20101234567", "+201001234567"),
        ("+9744412345", "+97444412345"),
        ("+441711234567", "+442071234567"),
        ("+5995421234", "+17215421234"),
        ("+38138123456", "+38338123456"),
        ("+6328123456", "+63288123456"),
    ] {
        let (old, new) = (phone(old), phone(new));
        assert_eq!(line(old), new, "{old}");
        assert_eq!(line(new), new, "{new}");
        assert!(forms(old).contains(&new) && forms(new).contains(&old), "{old} {new}");
        assert_eq!(forms(new)[0], new);
    }
    let gabon: Vec<String> = forms(phone("+24166123456")).iter().map(Phone::to_string).collect();
    assert_eq!(gabon.len(), 3, "{gabon:?}");
    assert_eq!(line(phone("+2416123456")), line(phone("+24106123456")));
}

#[test]
fn other_numbers_have_one_form() {
    for number in [
        "+14155552671",
        "+17205550123",
        "+447911123456",
        "+441614960123",
        "+4930123456",
        "+33123456789",
        "+551123456789",  // a landline
        "+551170123456",  // trunked radio keeps eight digits
        "+548001234567",  // freephone
        "+393331234567",  // mobile
        "+39800123456",   // freephone
        "+525512345678",  // its old form cannot be stored
        "+2250707000001", // nor can this one's
    ] {
        let number = phone(number);
        assert_eq!(line(number), number);
        assert_eq!(&forms(number)[..], [number]);
        assert!(!has_forms(number), "{number}");
    }
}

#[test]
fn old_forms_that_cannot_be_stored_are_read() {
    for (old, new) in [
        ("5215512345678", "+525512345678"),
        ("22507000001", "+2250707000001"),
        ("22505000001", "+2250505000001"),
        ("22547000001", "+2250747000001"),
        ("22520212345", "+2252720212345"),
    ] {
        assert_eq!(line::of_unstorable(&digits(old)).map(|p| p.to_string()).as_deref(), Some(new));
    }
    for none in ["14155552671", "22997000001", "123", "", "22511000001", "9999999999999999"] {
        assert_eq!(line::of_unstorable(&digits(none)), None, "{none}");
    }
}

#[test]
fn the_table_says_what_is_true() {
    let mut dice = Dice(0x2545_F491_4F6C_DD1D);
    let mut wrong = Vec::new();
    for mapping in MAPPINGS.iter() {
        let name = format!("{} ({} digits) to {}", mapping.old, mapping.digits, mapping.new);
        let (mut old_valid, mut new_valid) = (0, 0);
        for _ in 0..200 {
            let (old, new) = pair(mapping, random(&mut dice));
            let Some(new) = Phone::new(&new) else {
                wrong.push(format!("{name}: new form cannot be stored"));
                break;
            };
            new_valid += u32::from(shipped::is_valid(new));
            match Phone::new(&old) {
                Some(old) if mapping.today == "never" => wrong.push(format!("{name}: {old} can be stored")),
                Some(old) => {
                    old_valid += u32::from(shipped::is_valid(old));
                    assert_ne!(old, line(old), "{name}");
                }
                None if mapping.today != "never" => wrong.push(format!("{name}: old form cannot be stored")),
                None => {}
            }
        }
        match mapping.today {
            "gone" if old_valid > 0 => wrong.push(format!("{name}: old form is valid today ({old_valid} of 200)")),
            "gone" | "same" | "never" => {}
            today => wrong.push(format!("{name}: today is {today}")),
        }
        if new_valid == 0 {
            wrong.push(format!("{name}: new form is never valid"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rows_are_well_formed() {
    let table = include_str!("../../../data/renumberings.tsv");
    assert!(table.lines().next().unwrap().contains(&format!("VERSION {},", line::VERSION)));
    for row in table.lines().filter(|row| !row.starts_with(['#', '='])) {
        let fields: Vec<&str> = row.split('\t').collect();
        assert!(fields[1].starts_with(fields[0]), "{row}");
    }
    let is_day = |day: &str| chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").is_ok() && day.len() == 10;
    for (i, mapping) in MAPPINGS.iter().enumerate() {
        assert!(["V", "S", "M"].contains(&mapping.grade), "{mapping:?}");
        assert!([mapping.from, mapping.until].iter().flatten().all(|day| is_day(day)), "{mapping:?}");
        assert!(mapping.from <= mapping.until || mapping.until.is_none(), "{mapping:?}");
        assert!(mapping.source.contains("read 20"), "{mapping:?}");
        assert!(mapping.today != "same" || !mapping.note.is_empty(), "{mapping:?}");
        let overlaps = |other: &&Mapping| other.digits == mapping.digits && other.old.starts_with(&mapping.old);
        assert_eq!(MAPPINGS.iter().filter(overlaps).count(), 1, "{mapping:?} overlaps");
        assert!(frozen::code_len(&digits(&mapping.old)).is_some() && i < 5000);
    }
}

/// What must hold for every number.
fn check(phone: Phone) {
    let all = forms(phone);
    assert_eq!(all[0], phone);
    assert!(all.contains(&line(phone)));
    assert_eq!(has_forms(phone), all.len() > 1);
    assert_eq!(line(line(phone)), line(phone));
    let mut sorted = all.to_vec();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), all.len());
    for &form in all.iter() {
        assert_eq!(line(form), line(phone), "{form} {phone}");
        let mut others = forms(form).to_vec();
        others.sort();
        assert_eq!(others, sorted, "{form} {phone}");
        assert!(frozen::allows(form.digits(&mut [0; 15])));
    }
}

#[test]
fn each_mapping_is_a_line() {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut most = 0;
    for mapping in MAPPINGS.iter() {
        for _ in 0..50 {
            let (old, new) = pair(mapping, random(&mut dice));
            let new = Phone::new(&new).unwrap();
            check(new);
            most = most.max(forms(new).len());
            if let Some(old) = Phone::new(&old) {
                check(old);
                assert_eq!(line(old), line(new), "{old} {new}");
                assert!(has_forms(old));
            }
        }
    }
    assert_eq!(most, 3);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lines_are_classes(mapping in 0..MAPPINGS.len(), new in any::<bool>(), cut in 0usize..4, tail in any::<u64>(), longer in 0usize..3) {
        // Numbers in and near the ranges of the table: some of its first digits, then any digits.
        let mapping = &MAPPINGS[mapping];
        let prefix = if new { &mapping.new } else { &mapping.old };
        let prefix = &prefix[..prefix.len().saturating_sub(cut).max(2)];
        let count = (usize::from(mapping.digits) + longer).clamp(prefix.len(), 15);
        let len = count - prefix.len();
        let text = format!("{prefix}{:0len$}", tail % 10u64.pow(len as u32));
        if let Some(phone) = Phone::new(&digits(&text)) {
            check(phone);
            // Two numbers have the same canonical form only if each is a form of the other.
            let next = Phone::from_bits(phone.bits() ^ 16);
            if let Some(next) = next {
                prop_assert_eq!(line(next) == line(phone), forms(phone).contains(&next));
            }
        }
    }
}
