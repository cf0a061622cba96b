//! The parts that know no PostgreSQL, tried without one: `cargo test --test pure`.

#[allow(dead_code, unused_imports)]
#[path = "../../src/phone/mod.rs"]
mod phone;

#[allow(dead_code)]
#[path = "../../src/audit/mod.rs"]
mod audit;

#[allow(dead_code)]
#[path = "../../src/lists/mod.rs"]
mod lists;

#[allow(dead_code)]
#[path = "../../src/rules/mod.rs"]
mod rules;

mod clocks;
mod decide;
mod keyword;
mod list_blocks;
mod list_files;
mod seals;

use audit::canonical::{self, Value};
use audit::commit;
use lists::numbers::{Builder, Failure, Verdict};
use phone::frozen::{self, Zeros};
use phone::layout::{self, MAX_DIGITS};
use phone::{Phone, PhoneError, parse, plan};
use proptest::prelude::*;
use rlibphonenumber::{PhoneNumberFormat, PhoneNumberType, PhoneNumberUtil, Region};
use rules::shape;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The library as it ships, with its own metadata untouched.
static LIBRARY: LazyLock<PhoneNumberUtil> = LazyLock::new(|| PhoneNumberUtil::new().unwrap());

/// A small deterministic generator, so that a failure can be run again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }
}

const TYPES: [PhoneNumberType; 11] = [
    PhoneNumberType::FixedLine,
    PhoneNumberType::Mobile,
    PhoneNumberType::FixedLineOrMobile,
    PhoneNumberType::TollFree,
    PhoneNumberType::PremiumRate,
    PhoneNumberType::SharedCost,
    PhoneNumberType::VoIP,
    PhoneNumberType::PersonalNumber,
    PhoneNumberType::Pager,
    PhoneNumberType::UAN,
    PhoneNumberType::VoiceMail,
];

/// Spellings of every region's example numbers and of random digits, in every style people use, some of them broken.
fn spellings() -> Vec<(String, &'static plan::RegionPlan)> {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut out = Vec::new();
    for region in plan::regions() {
        let id = Region::from_code(region.as_str()).unwrap();
        let examples = TYPES.iter().filter_map(|t| LIBRARY.get_example_number_for_type_and_region(id, *t).ok());
        for n in examples {
            for f in [
                PhoneNumberFormat::E164,
                PhoneNumberFormat::International,
                PhoneNumberFormat::National,
                PhoneNumberFormat::RFC3966,
            ] {
                spell(&LIBRARY.format(&n, f), region, &mut dice, &mut out);
            }
        }
        for _ in 0..40 {
            let len = 3 + dice.roll(13);
            let digits: String = (0..len).map(|_| char::from(b'0' + dice.roll(10) as u8)).collect();
            let code = region.code.to_string();
            for s in [
                digits.clone(),
                format!("+{digits}"),
                format!("+{code}{digits}"),
                format!("{code}{digits}"),
                format!("0{digits}"),
                format!("+{code}0{digits}"),
                format!("00{code}{digits}"),
                format!("011 {code} {digits}"),
            ] {
                spell(&s, region, &mut dice, &mut out);
            }
        }
    }
    out
}

fn spell(
    s: &str,
    region: &'static plan::RegionPlan,
    dice: &mut Dice,
    out: &mut Vec<(String, &'static plan::RegionPlan)>,
) {
    let mut push = |t: String| out.push((t, region));
    push(s.to_owned());
    push(s.replace(' ', "-"));
    push(s.replace([' ', '-', '(', ')'], ""));
    push(format!("{s} ext. {}", 1 + dice.roll(9999)));
    push(format!("{s} x{}", 1 + dice.roll(999)));
    push(s.replace(' ', "."));
    push(s.chars().map(|c| c.to_digit(10).map_or(c, |d| char::from_u32(0xFF10 + d).unwrap())).collect());
    push(s.chars().map(|c| c.to_digit(10).map_or(c, |d| char::from_u32(0x0660 + d).unwrap())).collect());
    push(format!("  ({s})"));
    push(format!("tel: {s};ext={}", dice.roll(99)));
    // One accident: a character changed, dropped or put in.
    let noise: Vec<char> = "0123456789+-./() xX#*~abcPQRs;,\t\u{a0}\u{2010}\u{ff0b}".chars().collect();
    let mut chars: Vec<char> = s.chars().collect();
    let at = dice.roll(chars.len());
    match dice.roll(3) {
        0 => chars[at] = noise[dice.roll(noise.len())],
        1 => drop(chars.remove(at)),
        _ => chars.insert(at, noise[dice.roll(noise.len())]),
    }
    push(chars.into_iter().collect());
}

/// What the library says, with the two rules that are ours: it must be possible, and not only locally.
fn library(text: &str, region: &plan::RegionPlan) -> Option<String> {
    let number = LIBRARY.parse(text, Region::from_code(region.as_str()).ok()).ok()?;
    let e164 = LIBRARY.format(&number, PhoneNumberFormat::E164).into_owned();
    let local = LIBRARY
        .is_possible_number_with_reason(&number)
        .is_ok_and(|t| matches!(t, rlibphonenumber::NumberLengthType::IsPossibleLocalOnly));
    (LIBRARY.is_possible_number(&number) && !local && e164.len() <= 1 + MAX_DIGITS).then_some(e164)
}

#[test]
fn the_fast_path_agrees_with_the_library() {
    let all = spellings();
    let (mut quick, mut trunk) = (0, 0);
    for (text, region) in &all {
        let slow = parse::slow(text, Some(region));
        if let Some(fast) = parse::fast(text.as_bytes(), Some(region)) {
            assert_eq!(Ok(fast), slow, "{text:?} in {}", region.as_str());
            quick += 1;
        }
        let theirs = library(text, region);
        let ours = slow.ok().map(|p| p.to_string());
        if ours != theirs {
            // The one difference: the library keeps a trunk 0 behind a calling code when what is left without it
            // would be too short.
            let e164 =
                theirs.unwrap_or_else(|| panic!("{text:?} in {}: only we read it, as {ours:?}", region.as_str()));
            assert_eq!(ours, None, "{text:?} in {}: they read {e164}", region.as_str());
            let digits: Vec<u8> = e164[1..].bytes().map(|b| b - b'0').collect();
            assert_eq!(digits[frozen::code_len(&digits).unwrap()], 0, "{text:?}: refused, they read {e164}");
            let number = LIBRARY.parse(text, Region::from_code(region.as_str()).ok()).unwrap();
            assert!(!LIBRARY.is_valid_number(&number), "{text:?}: {e164} is in use");
            trunk += 1;
        }
    }
    println!("{} spellings, {quick} by the fast path, {trunk} refused for a trunk 0", all.len());
    assert!(all.len() > 900_000 && quick > 80_000);
}

/// Where a second implementation differs from ours, the library must be on our side; the differences are listed.
#[test]
fn a_second_opinion() {
    let mut differ: BTreeMap<&str, (usize, String)> = BTreeMap::new();
    let mut agree = 0;
    for (text, region) in spellings().iter().step_by(7) {
        let Ok(ours) = parse(text, Some(region)) else { continue };
        let id: Option<phonenumber::country::Id> = region.as_str().parse().ok();
        let theirs = std::panic::catch_unwind(|| phonenumber::parse(id, text).ok())
            .ok()
            .flatten()
            .map(|n| n.format().mode(phonenumber::Mode::E164).to_string());
        if theirs.as_deref() == Some(&ours.to_string()) {
            agree += 1;
            continue;
        }
        assert_eq!(library(text, region), Some(ours.to_string()), "{text:?} in {}", region.as_str());
        let row = differ.entry(region.as_str()).or_default();
        row.0 += 1;
        row.1 = format!("{text:?}: ours {ours}, theirs {theirs:?}");
    }
    let mut list = format!("{agree} agree; differences by region, how many and one example:\n");
    differ.iter().for_each(|(region, (n, example))| list += &format!("{region} {n}: {example}\n"));
    println!("{list}");
    std::fs::write(concat!(env!("CARGO_TARGET_TMPDIR"), "/second-opinion.txt"), list).unwrap();
    assert!(agree > 10_000);
}

#[test]
fn known_spellings() {
    for (text, region, want) in [
        ("+14155552671", "", "+14155552671"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("415.555.2671 ext. 12", "US", "+14155552671"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("1 (415) 555-2671", "us", "+14155552671"),
        ("011 44 20 7946 0018", "US", "+442079460018"),
        ("+44 (0)20 7946 0018", "", "+442079460018"),
        ("0044 20 7946 0018", "FR", "+442079460018"),
        ("020 7946 0018", "UK", "+442079460018"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("030 23125 000", "DE", "+493023125000"),
        ("+490301234567", "", "+49301234567"),
        ("06 6982 1234", "IT", "+390669821234"),
        ("02-2345-6789", "TW", "+886223456789"),
        ("＋８１ ３-１２３４-５６７８", "", "+81312345678"),
        ("٠١٠١٢٣٤٥٦٧٨", "EG", "+201012345678"),
        ("tel:+1-415-555-2671;ext=3", "", "+14155552671"),
        ("+7 800 555-35-35", "", "+78005553535"),
        ("+800 1234 5678", "", "+80012345678"),
        ("8 (495) 123-45-67", "RU", "+74951234567"),
    ] {
        let got = parse(text, plan::region(region)).map(|p| p.to_string());
        assert_eq!(got.as_deref(), Ok(want), "{text} in {region}");
    }
    for (text, region, want) in [
        ("", "US", PhoneError::NotANumber),
        ("n/a", "US", PhoneError::NotANumber),
        ("12", "US", PhoneError::TooShort),
        ("555-2671", "US", PhoneError::LocalOnly),
        ("+1 415 555 26711", "", PhoneError::TooLong),
        ("+1 415 555 267", "", PhoneError::TooShort),
        ("415 555 2671", "", PhoneError::NoRegion),
        ("+999 415 555 2671", "", PhoneError::UnknownCallingCode),
        ("415 555 2671;phone-context=+1", "US", PhoneError::PhoneContext),
        ("+61 412 345 678 90", "", PhoneError::Impossible),
    ] {
        assert_eq!(parse(text, plan::region(region)), Err(want), "{text} in {region}");
    }
    let long = "1".repeat(1 << 20);
    assert_eq!(parse(&long, plan::region("US")), Err(PhoneError::TextTooLong(1 << 20)));
}

/// A stored number is read back as itself without asking metadata.
#[test]
fn canonical_text_is_never_altered() {
    let mut differ: BTreeMap<u16, (usize, String)> = BTreeMap::new();
    for (text, region) in spellings() {
        let Ok(p) = parse(&text, Some(region)) else { continue };
        assert_eq!(parse::canonical(p.to_string().as_bytes()), Some(p));
        assert_eq!(Phone::from_bits(p.bits()), Some(p));
        if parse(&p.to_string(), None) != Ok(p) {
            let row = differ.entry(p.calling_code()).or_default();
            row.0 += 1;
            row.1 = format!("{text} -> {p} -> {:?}", parse(&p.to_string(), None).map(|p| p.to_string()));
        }
    }
    println!("numbers that parsing changes again: {differ:#?}");
}

#[test]
fn the_frozen_table_holds_what_the_metadata_allow() {
    for code in plan::codes() {
        let frozen = frozen::all().iter().find(|(c, ..)| *c == code.code);
        let (_, lengths, zeros) = frozen.unwrap_or_else(|| panic!("calling code {} is missing", code.code));
        let cap = (1u32 << (MAX_DIGITS + 1 - code.code.to_string().len())) - 1;
        assert_eq!(code.lengths & cap & !u32::from(*lengths), 0, "a length of +{} is missing", code.code);
        assert!(*zeros != Zeros::Never || !code.zero_leads, "+{} now has numbers that begin with 0", code.code);
    }
}

#[test]
fn metadata_of_this_build_say_the_same_as_the_librarys() {
    for (text, region) in spellings().iter().step_by(11) {
        let Ok(p) = parse(text, Some(region)) else { continue };
        let n = phone::library::number(p);
        assert_eq!(LIBRARY.format(&n, PhoneNumberFormat::E164), p.to_string());
        assert_eq!(phone::library::is_valid(p), LIBRARY.is_valid_number(&n), "{p}");
        assert_eq!(phone::library::line_type(p), LIBRARY.get_number_type(&n), "{p}");
        assert_eq!(
            phone::library::format(p, PhoneNumberFormat::International),
            LIBRARY.format(&n, PhoneNumberFormat::International),
        );
    }
}

#[test]
fn masks_and_parts() {
    let p = parse("+390669821234", None).unwrap();
    assert_eq!((p.calling_code(), p.national().as_str(), p.count()), (39, "0669821234", 12));
    assert_eq!(p.mask(), "+39********34");
    assert_eq!(p.e164_number(), 390_669_821_234);
}

#[test]
fn canonical_rows() {
    let texts = [Some("a\"".to_owned()), None, Some("é".to_owned())];
    assert_eq!(
        canonical::row([("t", Value::Texts(&texts)), ("e", Value::Texts(&[]))]),
        r#"{"e":[],"t":["a\"",null,"é"]}"#
    );
    let row = canonical::row([
        ("phone", Value::Text("+1")),
        ("b", Value::Bool(true)),
        ("Z", Value::Int(-5)),
        ("text", Value::Text("a\"b\\c\né")),
        ("json", Value::Json(r#"{"k": 1}"#)),
        ("at", Value::Timestamp(0)),
        ("bytes", Value::Bytes(&[0, 255])),
        ("none", Value::Null),
    ]);
    let want = [
        r#"{"Z":-5,"at":"2000-01-01T00:00:00.000000Z","b":true,"bytes":"00ff","json":{"k": 1},"none":null,"#,
        r#""phone":"+1","text":"a\"b\\c\u000aé"}"#,
    ];
    assert_eq!(row, want.concat());
    const DAY: i64 = 86_400_000_000;
    for (days, micros, want) in [
        (0, -1, "1999-12-31T23:59:59.999999Z"),
        (59, 0, "2000-02-29T00:00:00.000000Z"),
        (9_132, 1, "2025-01-01T00:00:00.000001Z"),
        (-730_119, 0, "0001-01-01T00:00:00.000000Z"),
        (36_584, 0, "2100-03-01T00:00:00.000000Z"),
    ] {
        assert_eq!(canonical::timestamp(days * DAY + micros), want);
    }
    assert_eq!(canonical::timestamp(i64::MIN), "-infinity");
}

#[test]
fn a_log_rows_text_is_its_canonical_row() {
    for (seq, actor, role) in
        [(1, None, "postgres"), (i64::MAX, Some("a \"b\"\\\n\u{1}é"), "weird \"role"), (-7, Some(""), "")]
    {
        let row = commit::LogRow {
            seq,
            relation: "entry",
            operation: "INSERT",
            row_key: "x\"1",
            logged_at: -1,
            session_role: role,
            effective_role: "é",
            actor,
            commitment: &[0xAB; 32],
        };
        let want = canonical::row([
            ("seq", Value::Int(seq)),
            ("relation", Value::Text("entry")),
            ("operation", Value::Text("INSERT")),
            ("row_key", Value::Text("x\"1")),
            ("logged_at", Value::Timestamp(-1)),
            ("session_role", Value::Text(role)),
            ("effective_role", Value::Text("é")),
            ("actor", actor.map_or(Value::Null, Value::Text)),
            ("commitment", Value::Bytes(&[0xAB; 32])),
            ("format", Value::Int(i64::from(canonical::FORMAT))),
        ]);
        assert_eq!(row.text(), want);
    }
}

#[test]
fn a_column_added_later_counts_as_null() {
    for (logged, now, same) in [
        (r#"{"a":1,"b":"x"}"#, r#"{"a":1,"b":"x"}"#, true),
        (r#"{"a":1,"b":"x"}"#, r#"{"a":1,"b":"x","c":null}"#, true),
        (r#"{"a":1,"b":"x"}"#, r#"{"a":1,"b":"x","c":false}"#, false),
        (r#"{"a":1,"b":"x"}"#, r#"{"a":1,"b":"y","c":null}"#, false),
        (r#"{"a":1,"b":"x"}"#, r#"{"a":1}"#, false),
        (r#"{"a":1}"#, r#"{"a":1.0}"#, false),
        ("", "{}", false),
    ] {
        assert_eq!(canonical::same_row(logged, now), same, "{logged} {now}");
    }
}

#[test]
fn commitments_tell_null_from_empty_and_where_a_part_ends() {
    let parts = [(None, None), (None, Some("")), (Some(""), None), (Some("a"), Some("b")), (Some("ab"), Some(""))];
    let all = parts.map(|(before, after): (Option<&str>, Option<&str>)| {
        commit::commitment(&[7; commit::SALT], before.map(str::as_bytes), after.map(str::as_bytes))
    });
    for (i, a) in all.iter().enumerate() {
        assert!(all[i + 1..].iter().all(|b| a != b));
    }
    // As sha256sum says of 32 bytes of 7 and two of 0.
    assert_eq!(canonical::hex(&all[0]), "825e206aabf65c62f512521ac808d63d83b398738d57b61dc0a09e4491650565");
    assert_ne!(commit::commitment(&[8; commit::SALT], None, None), all[0]);
}

/// Digit strings that can be stored.
fn storable() -> impl Strategy<Value = Vec<u8>> {
    (0..frozen::all().len(), prop::collection::vec(0u8..10, 17), any::<u16>()).prop_filter_map(
        "allowed by the frozen table",
        |(row, random, pick)| {
            let (code, lengths, _) = frozen::all()[row];
            let allowed: Vec<usize> = (1..16).filter(|n| lengths >> n & 1 != 0).collect();
            let mut digits: Vec<u8> = code.to_string().bytes().map(|b| b - b'0').collect();
            digits.extend_from_slice(&random[..allowed[usize::from(pick) % allowed.len()]]);
            frozen::allows(&digits).then_some(digits)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn bits_round_trip_and_keep_the_order_of_digit_strings(a in storable(), b in storable()) {
        let (p, q) = (Phone::new(&a).unwrap(), Phone::new(&b).unwrap());
        let mut buffer = [0; MAX_DIGITS];
        prop_assert_eq!(p.digits(&mut buffer), &a[..]);
        prop_assert_eq!(Phone::from_bits(p.bits()), Some(p));
        prop_assert!(p.bits() > 0 && p.bits() < 1 << 54);
        prop_assert_eq!(p.cmp(&q), a.cmp(&b));
        prop_assert_eq!(parse::canonical(p.to_string().as_bytes()), Some(p));
    }

    #[test]
    fn a_prefix_is_a_range(a in storable(), b in storable(), cut in 0usize..16) {
        let prefix = &a[..cut.min(a.len())];
        let (low, high) = layout::prefix_bounds(prefix).unwrap();
        for digits in [&a, &b] {
            let bits = Phone::new(digits).unwrap().bits();
            prop_assert_eq!((low..=high).contains(&bits), digits.starts_with(prefix));
        }
    }

    #[test]
    fn no_bits_and_no_text_panic(bits in any::<i64>(), text in any::<String>(), region in "[A-Z]{2}") {
        if let Some(p) = Phone::from_bits(bits) {
            prop_assert_eq!(p.bits(), bits);
        }
        let region = plan::region(&region);
        if let Some(fast) = parse::fast(text.as_bytes(), region) {
            prop_assert_eq!(parse::slow(&text, region), Ok(fast));
        }
        let _ = parse(&text, region);
    }

    #[test]
    fn number_like_text_is_read_alike_by_both_paths(text in "[+0-9 ()./-]{1,24}", at in any::<prop::sample::Index>()) {
        let region = &plan::regions()[at.index(plan::regions().len())];
        if let Some(fast) = parse::fast(text.as_bytes(), Some(region)) {
            prop_assert_eq!(parse::slow(&text, Some(region)), Ok(fast));
            prop_assert_eq!(library(&text, region), Some(fast.to_string()));
        }
    }
}

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

#[test]
fn shapes_say_what_scopes_say() {
    use rules::scope::{Ledger, Question};
    let channels: [&[u8]; 7] = [b"all", b"voice", b"sms", b"whatsapp", b"fax", b"pigeon", b""];
    for refused in channels {
        let shape = shape::of(true, refused);
        assert_eq!(shape::of(false, refused), shape::READ);
        for asked in channels {
            for purpose in [None, Some(b"brand/product".to_vec())] {
                let channel = (asked != b"all").then(|| asked.to_vec());
                let question = Question { channel: channel.clone(), purpose };
                let mut ledger = Ledger::default();
                if let Some(met) = question.meets(refused, None) {
                    ledger.refusal(1, met);
                }
                match shape::Asked::about(channel.as_deref()).told_by(shape) {
                    shape::Says::Refuses => assert!(ledger.refused(), "{refused:?} {asked:?}"),
                    shape::Says::Nothing => assert!(!ledger.refused(), "{refused:?} {asked:?}"),
                    shape::Says::Read => assert_eq!(shape, shape::READ),
                }
            }
        }
    }
}
