//! What replies choose.

use chrono::NaiveDate;
use dnc_core::reply::{Choice, choices, is_perhaps, reading};
use dnc_core::rule::windows::Week;
use proptest::prelude::*;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 29).unwrap()
}

#[test]
fn texts_are_read_as_the_table_says() {
    let table = include_str!("choices.tsv").lines().filter(|line| !line.starts_with('#'));
    let rows = table.map(|line| line.split_once('\t').expect("a reading and a text"));
    let wrong: Vec<_> = rows
        .map(|(expected, text)| (text, expected, reading(text, today())))
        .filter(|(_, expected, read)| expected != read)
        .collect();
    assert!(wrong.is_empty(), "text, expected, read: {wrong:#?}");
}

#[test]
fn forms_of_choices() {
    let one = |text: &str| choices(text, today());
    assert_eq!(one("pause for 3 months"), Some(vec![Choice::Pause(NaiveDate::from_ymd_opt(2027, 2, 28).unwrap())]));
    assert_eq!(one("hello"), None);
    assert!(is_perhaps("no calls about cars"));
    assert!(!is_perhaps("what time do you open on sunday?"));
    let long = format!("only email {}", "please ".repeat(700));
    assert_eq!(one(&long), None);
    assert!(is_perhaps(&long));
}

/// Words of choices, to be joined at random.
const WORDS: [&str; 60] = [
    "no",
    "not",
    "never",
    "only",
    "please",
    "call me",
    "text",
    "email",
    "calls",
    "in",
    "for",
    "until",
    "before",
    "after",
    "between",
    "and",
    "or",
    "but",
    ",",
    ".",
    "?",
    "-",
    "/",
    ":",
    "3",
    "12",
    "31",
    "2027",
    "0",
    "99",
    "24",
    "months",
    "weeks",
    "day",
    "monday",
    "sundays",
    "march",
    "next",
    "next year",
    "this year",
    "end of",
    "a",
    "once",
    "twice",
    "per",
    "every",
    "max",
    "less often",
    "evening",
    "am",
    "pm",
    "6pm",
    "weekdays",
    "only",
    "ok",
    "others",
    "this product",
    "except",
    "instead of",
    "pause",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in any::<String>(), day in -90_000_000i32..90_000_000) {
        let today = NaiveDate::from_num_days_from_ce_opt(day).unwrap_or(NaiveDate::MAX);
        reading(&text, today);
        is_perhaps(&text);
    }

    #[test]
    fn any_words_are_read(
        words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..12),
        spaced in any::<bool>(),
    ) {
        let text = words.join(if spaced { " " } else { "" });
        for today in [today(), NaiveDate::MIN, NaiveDate::MAX] {
            for choice in choices(&text, today).unwrap_or_default() {
                match choice {
                    Choice::Pause(until) => prop_assert!(until > today),
                    Choice::Hours(week) => prop_assert!(Week::parse(&week).is_ok(), "{week}"),
                    Choice::Only(channels) | Choice::Not(channels) => {
                        prop_assert!(channels.is_sorted() && !channels.is_empty());
                    }
                    Choice::Fewer(_) | Choice::NotThis => {}
                }
            }
        }
    }

    #[test]
    fn a_word_of_another_language_leaves_nothing_certain(word in "[qxz]{4,8}") {
        prop_assert_eq!(choices(&format!("only email {word}"), today()), None);
        prop_assert_eq!(reading(&format!("only email {word}"), today()), "review");
    }
}
