//! Fields as people write them: each case of `field-cases.tsv` gives its right value, or no number at all.

use dnc_core::phone::field::{self, Field};
use dnc_core::phone::{Phone, RegionPlan, parse, plan};
use std::collections::BTreeSet;

const FICTION: &str = "the code for fiction is in no range in use, and nothing else tells for certain";
const LEER: &str = "a valid number of another German area code too";

/// Cases where the reader gives no number although a person reads one: text as in the file, region, reason.
#[rustfmt::skip]
const SAFE: &[(&str, &str, &str)] = &[
    ("01632960123 (looks ok, not sure will need more £££ first)", "GB", FICTION),
    ("01632960123---------------------dead", "GB", FICTION),
    ("(01632) 960123 (might be ready next Thursday)", "GB", FICTION),
    ("01632 960123 (call after 6)", "GB", FICTION),
    ("01632 960123 - call Tue", "GB", FICTION),
    ("01632960123/01632960124", "GB", FICTION),
    ("01632 960123//01632960124", "GB", FICTION),
    ("01632960123-01632960124", "GB", FICTION),
    ("01632 960123 or 01632 960124", "GB", FICTION),
    ("01632 960123 & 01632 960124", "GB", FICTION),
    ("01632 960123; 01632 960124", "GB", FICTION),
    ("4.91713920012E11", "DE", LEER),
    ("491713920012.0", "DE", LEER),
    ("491713920012", "DE", LEER),
    ("49 7755 91155", "DE", LEER),
    ("+54 9 11 15 5555 0123", "", "the mobile prefix is written in both ways at once"),
    ("+22520123456", "", "the block 20 12 is in no range whose renumbering is published by block"),
    ("415-555-O142", "US", "a letter in place of a digit: what it stands for is a guess"),
    ("4l5-555-0142", "US", "a letter in place of a digit: what it stands for is a guess"),
    ("0030 23125001", "DE", "too short for Greece, and no number of Germany"),
    ("+8 (916) 123-45-67", "RU", "no calling code: whether 7 or another digit is meant is a guess"),
    ("12 34 56 78 12 34 56 79", "DK", "1234 5678 is in no range in use"),
    ("01 415 555 0142", "US", "01 is no prefix in North America"),
];

/// Kinds whose right value is the current form of a line. The number as written is right too; `core/tests` tests
/// elsewhere that both forms are one line.
const RENUMBERED: [&str; 4] = ["renumbered", "MX former mobile 1", "AR 9 and 15", "BR ninth digit"];

struct Case {
    kind: &'static str,
    /// As in the file.
    written: &'static str,
    text: String,
    region: &'static str,
    right: &'static str,
}

impl Case {
    fn plan(&self) -> Option<&'static RegionPlan> {
        let plan = plan::region(self.region);
        assert!(plan.is_some() || self.region.is_empty(), "unknown region {:?}", self.region);
        plan
    }
}

fn cases() -> Vec<Case> {
    let lines = include_str!("field-cases.tsv").lines().filter(|line| !line.starts_with('#'));
    let case = |line: &'static str| {
        let [kind, written, region, right] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line:?}") };
        Case { kind, written, text: unescape(written), region, right }
    };
    lines.map(case).collect()
}

/// The text of a Python literal in single quotes; other text as it is.
fn unescape(written: &str) -> String {
    let Some(inner) = written.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) else {
        return written.to_owned();
    };
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let escape = chars.next().expect("a character follows a backslash");
        let hex = match escape {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            'n' | 'r' | 't' => {
                out.push(match escape {
                    'n' => '\n',
                    'r' => '\r',
                    _ => '\t',
                });
                continue;
            }
            _ => {
                out.push(escape);
                continue;
            }
        };
        let digits: String = chars.by_ref().take(hex).collect();
        out.push(char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap());
    }
    out
}

#[derive(PartialEq, Eq, Debug)]
enum Verdict {
    /// The right value.
    Pass,
    /// No number where a person reads one or two, and the field says so.
    Safe,
    /// A wrong number, one of two, or a number where there is none.
    Fail(String),
}
use Verdict::{Fail, Pass, Safe};

fn numbers(field: &Field, certain_only: bool) -> BTreeSet<Phone> {
    field.numbers.iter().filter(|n| n.certain || !certain_only).map(|n| n.phone).collect()
}

fn phone(e164: &str) -> Phone {
    parse::canonical(e164.as_bytes()).unwrap_or_else(|| panic!("{e164} is not a number"))
}

fn judge(case: &Case) -> Verdict {
    let plan = case.plan();
    let one = field::one(&case.text, plan).ok();
    let field = field::read(&case.text, plan);
    if one.is_some() != field.problem.is_none() {
        return Fail(format!("one() gives {one:?}, and the problem is {:?}", field.problem));
    }
    let (value, listed) = case.right.split_once(' ').unwrap_or((case.right, ""));
    let mut right: BTreeSet<Phone> = listed.split(' ').filter(|e164| !e164.is_empty()).map(phone).collect();
    if value.starts_with('+') {
        right.insert(phone(value));
        right.extend(parse(&case.text, plan).ok().filter(|_| RENUMBERED.contains(&case.kind)));
    }
    let found = numbers(&field, false);
    if let Some(wrong) = numbers(&field, true).difference(&right).next() {
        return Fail(format!("it is certain of {wrong}"));
    }
    match (value, one) {
        ("NULL", None) => Pass,
        ("two" | "amb", None) if right.is_subset(&found) => Pass,
        ("two" | "amb", None) => Safe,
        ("two" | "amb" | "NULL", Some(one)) => Fail(format!("{one}")),
        (_, Some(one)) if right.contains(&one) => Pass,
        (_, Some(one)) => Fail(format!("{one}")),
        (_, None) => Safe,
    }
}

#[test]
fn no_case_gives_a_wrong_number_and_each_unread_one_has_a_reason() {
    let mut failed = Vec::new();
    let mut safe = Vec::new();
    let cases = cases();
    for case in &cases {
        let known = SAFE.iter().any(|(text, region, _)| (*text, *region) == (case.written, case.region));
        let row = format!("{}\t{}\t{}\t{}", case.kind, case.written, case.region, case.right);
        let problem = || format!("{:?}", field::read(&case.text, case.plan()).problem);
        match judge(case) {
            Pass if known => failed.push(format!("{row}: it is read now, remove it from the list")),
            Pass => {}
            Safe if known => {}
            Safe => safe.push(format!("{row}: {}", problem())),
            Fail(why) => failed.push(format!("{row}: {why}")),
        }
    }
    println!("{} cases, {} fail, {} are safe without a reason", cases.len(), failed.len(), safe.len());
    for row in failed.iter().map(|row| format!("FAIL {row}")).chain(safe.iter().map(|row| format!("SAFE {row}"))) {
        println!("{row}");
    }
    let all = |listed: &&(&str, &str, &str)| cases.iter().any(|c| (c.written, c.region) == (listed.0, listed.1));
    assert!(SAFE.iter().all(|listed| all(&listed)), "the list names a text that is no case");
    assert!(failed.is_empty() && safe.is_empty(), "{} fail, {} are safe without a reason", failed.len(), safe.len());
}

#[test]
fn the_file_has_all_its_cases_and_escapes_are_decoded() {
    let cases = cases();
    assert_eq!(cases.len(), 354);
    assert_eq!(unescape(r"'+1\u202f415\xa0555\n\\'"), "+1\u{202f}415\u{a0}555\n\\");
    assert_eq!(unescape(r"+1 415\555\0142"), r"+1 415\555\0142");
    assert_eq!(unescape("'+14155550142"), "'+14155550142");
    for case in &cases {
        let (value, listed) = case.right.split_once(' ').unwrap_or((case.right, ""));
        let count = listed.split_whitespace().map(phone).count();
        assert!(
            match value {
                "NULL" => count == 0,
                "two" => count == 2,
                "amb" => count > 0,
                _ => count == 0 && phone(value).count() > 0,
            },
            "{} {}",
            case.written,
            case.right
        );
    }
}

#[test]
fn missing_and_unreadable_are_two_problems() {
    for text in ["", " ", "\t\n", "\u{a0}", "\u{200b}\u{200e}\u{feff}"] {
        let field = field::read(text, plan::region("DE"));
        assert!(matches!(field.problem, Some(field::Problem::Missing)), "{text:?}: {:?}", field.problem);
        assert!(field.numbers.is_empty());
    }
    for text in ["n/a", "keine", "-", "siehe Notiz 3", "?"] {
        let field = field::read(text, plan::region("DE"));
        assert!(!matches!(field.problem, None | Some(field::Problem::Missing)), "{text:?}: {:?}", field.problem);
    }
}

#[test]
fn a_found_number_has_its_extension_and_its_place() {
    for (text, extension) in [
        ("Tel: 030 23125001 ext. 12 (Axel)", Some("12")),
        ("030 23125001 Durchwahl 034", Some("034")),
        ("tel:+493023125001;ext=7", Some("7")),
        ("Büro 030 23125001", None),
        ("\u{200e}+49 30 23125001\u{200e}", None),
    ] {
        let field = field::read(text, plan::region("DE"));
        let [found] = &field.numbers[..] else { panic!("{text:?}: {} numbers", field.numbers.len()) };
        assert_eq!(found.phone, phone("+493023125001"), "{text:?}");
        assert_eq!(found.extension.as_deref(), extension, "{text:?}");
        assert!(text[found.start..found.end].contains("23125001"), "{text:?}: {}..{}", found.start, found.end);
    }
}
