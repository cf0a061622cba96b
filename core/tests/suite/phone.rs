//! Numbers: both ways to read them against the library, and how they are stored.

use crate::{Dice, LIBRARY, TYPES};
use dnc_core::phone::frozen::{self, Zeros};
use dnc_core::phone::layout::{self, MAX_DIGITS};
use dnc_core::phone::{Phone, PhoneError, library as shipped, parse, plan};
use proptest::prelude::*;
use rlibphonenumber::{PhoneNumberFormat, Region};
use std::collections::BTreeMap;

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
        let n = shipped::number(p);
        assert_eq!(LIBRARY.format(&n, PhoneNumberFormat::E164), p.to_string());
        assert_eq!(shipped::is_valid(p), LIBRARY.is_valid_number(&n), "{p}");
        assert_eq!(shipped::line_type(p), LIBRARY.get_number_type(&n), "{p}");
        assert_eq!(
            shipped::format(p, PhoneNumberFormat::International),
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
