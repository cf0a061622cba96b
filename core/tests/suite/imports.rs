//! What imports read without SQL: times, evidence, repeated rows.

use dnc_core::entry::evidence::Imported;
use dnc_core::entry::iso_time::is_iso;
use dnc_core::entry::repeated::Repeated;
use std::collections::HashSet;

#[test]
fn iso_times() {
    for text in [
        "2026-11-24",
        "2024-02-29",
        "2026-11-24 14:30",
        "2026-11-24T14:30:05",
        "2026-11-24 14:30:05.1",
        "0001-01-01",
        "2026-11-24T14:30:05.123456Z",
        "2026-11-24 14:30+01",
        "2026-11-24 14:30:05-0130",
        "2026-11-24 23:59:59+14:59",
    ] {
        assert!(is_iso(text), "{text}");
    }
    for text in [
        "",
        "2026",
        "2026-11",
        "2026-13-01",
        "2026-02-29",
        "0000-01-01",
        "26-11-24",
        "24.11.2026",
        "2026-11-24 ",
        "2026-11-24 24:00",
        "2026-11-24 14:60",
        "2026-11-24 14:30:60",
        "2026-11-24 14",
        "2026-11-24 14:30:05.",
        "2026-11-24 14:30:05.1234567",
        "2026-11-24 14:30 pm",
        "2026-11-24 14:30+",
        "2026-11-24 14:30+1",
        "2026-11-24 14:30+15",
        "2026-11-24 14:30+0160",
        "2026-11-24  14:30",
        "2026-11-24X14:30",
        "+2026-11-2",
        "2026-11-24Z",
        "infinity",
        "now",
        "2026-11-24é14:30",
        "é026-11-24",
        "2026-11-24 14:30 UTC",
        "2026-11-24 1é:30",
    ] {
        assert!(!is_iso(text), "{text}");
    }
}

#[test]
fn evidence() {
    let bare = Imported { line: 7, ..Imported::default() };
    assert_eq!(bare.text(), r#"{"line": 7}"#);
    let all = Imported { line: 1, note: Some("a\tb"), words: Some("\"no\"\\\n\u{1}\u{7f}ü"), spelling: Some("(1) 2") };
    let expected =
        "{\"line\": 1, \"note\": \"a\\tb\", \"words\": \"\\\"no\\\"\\\\\\n\\u0001\u{7f}ü\", \"spelling\": \"(1) 2\"}";
    assert_eq!(all.text(), expected);
    serde_json::from_str::<serde_json::Value>(&all.text()).expect("JSON");
}

/// The places of rows that repeat another one.
fn found(rows: &[[i64; 3]], bytes: u64) -> (u64, Vec<usize>) {
    let mut repeated = Repeated::new(rows.len() as u64, bytes, [7; 16]).expect("memory");
    for _ in 1..repeated.passes() {
        rows.iter().enumerate().for_each(|(place, row)| repeated.note(place as u64, row));
        repeated.next_pass();
    }
    let places = (0..rows.len()).filter(|place| repeated.repeats(*place as u64, &rows[*place])).collect();
    (repeated.passes(), places)
}

#[test]
fn repeated_rows_are_the_same_in_one_pass_and_in_several() {
    let rows: Vec<[i64; 3]> = (0..5000i64).map(|n| [n * n % 3571, n % 2, 1_700_000_000 + n % 3]).collect();
    let mut seen = HashSet::new();
    let expected: Vec<usize> = (0..rows.len()).filter(|place| !seen.insert(rows[*place])).collect();
    assert!(!expected.is_empty());
    for (bytes, passes) in [(u64::MAX, 1), (100_000, 3), (20_000, 11)] {
        assert_eq!(found(&rows, bytes), (passes, expected.clone()));
    }
}
