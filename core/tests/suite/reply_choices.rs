//! What replies choose.

use chrono::{NaiveDate, Weekday};
use dnc_core::reply::{Choice, Meaning, choices, is_perhaps, meaning, reading};
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

/// How well a text is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Reading {
    AsAsked,
    /// A person reads what the text asks for.
    ByPerson,
    /// It would permit more than the text does.
    Less,
    Other,
}

/// Compares a reading with the one that a text asks for.
fn compared(asked: &str, read: &str) -> Reading {
    match (asked, read) {
        _ if asked == read => Reading::AsAsked,
        (_, "nothing") => Reading::Less,
        // Nobody is contacted until a person has read it.
        ("nothing", _) => Reading::Other,
        ("stop", _) => Reading::Less,
        (_, "stop" | "review") => Reading::ByPerson,
        ("review", _) => Reading::Less,
        _ if is_less(asked, read) => Reading::Less,
        _ => Reading::Other,
    }
}

/// Whether choices that were read permit in any part what the choices asked for forbid.
fn is_less(asked: &str, read: &str) -> bool {
    let parts = |text: &str| -> Vec<(String, String)> {
        let mut parts: Vec<(String, String)> = Vec::new();
        for part in text.split("; ") {
            let (kind, rest) = part.split_once(' ').unwrap_or((part, ""));
            match parts.last_mut() {
                // Hours have parts of their own.
                Some((last, week)) if last == "hours" && !KINDS.contains(&kind) => *week += &format!("; {part}"),
                _ => parts.push((kind.into(), rest.into())),
            }
        }
        parts
    };
    let read = parts(read);
    let found = |kind: &str| read.iter().find(|(found, _)| found == kind).map(|(_, value)| &value[..]);
    parts(asked).iter().any(|(kind, asked)| match &kind[..] {
        "pause" => found("pause").is_none_or(|until| until < &asked[..]),
        "only" => found("only").is_none_or(|only| !is_subset(only, asked)),
        // "Only" forbids all others.
        "not" => {
            let forbids = found("not").is_some_and(|not| is_subset(asked, not));
            !forbids && found("only").is_none_or(|only| only.split(',').any(|one| asked.split(',').any(|no| no == one)))
        }
        "fewer" => found("fewer").is_none_or(|cap| yearly(cap) > yearly(asked)),
        "hours" => found("hours").is_none_or(|week| !is_within(week, asked)),
        _ => found(kind).is_none(),
    })
}

const KINDS: [&str; 5] = ["pause", "only", "not", "fewer", "hours"];

fn is_subset(some: &str, all: &str) -> bool {
    some.split(',').all(|one| all.split(',').any(|other| other == one))
}

/// About how many contacts a year "1 P3M" permits; the most if no number is said.
fn yearly(cap: &str) -> u64 {
    let Some((times, period)) = cap.split_once(" P") else { return u64::MAX };
    let (count, unit) = period.split_at(period.len() - 1);
    let days = match unit {
        "D" => 1,
        "W" => 7,
        "M" => 30,
        _ => 365,
    };
    times.parse::<u64>().unwrap() * 365_000 / (count.parse::<u64>().unwrap() * days)
}

/// Whether hours of a week are all among others.
fn is_within(some: &str, all: &str) -> bool {
    let (some, all) = (Week::parse(some).unwrap(), Week::parse(all).unwrap());
    let mut day = Weekday::Mon;
    (0..7).all(|_| {
        day = day.succ();
        let open = all.on(day, false);
        some.on(day, false).iter().all(|(from, to)| open.iter().any(|(begin, end)| begin <= from && to <= end))
    })
}

/// Texts of somebody who did not see the code: none is read as less than it asks, and few need a person.
#[test]
fn independent_texts_are_never_read_as_less() {
    judge(include_str!("reply-choices.tsv"));
}

/// The same for texts that nobody who wrote the code had seen before it was finished.
#[test]
fn unseen_texts_are_never_read_as_less() {
    judge(include_str!("reply-choices-unseen.tsv"));
}

#[track_caller]
fn judge(table: &str) {
    let table = table.lines().filter(|line| !line.starts_with('#'));
    let (mut less, mut other, mut by_person, mut choices) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for line in table {
        let mut columns = line.splitn(3, '\t');
        let [_, asked, text] = [(); 3].map(|()| columns.next().expect("a language, a reading and a text"));
        let is_choice = !matches!(asked, "stop" | "review" | "nothing");
        choices += usize::from(is_choice);
        let read = reading(text, today());
        // What is recorded is asked first, without the day (`dnc_keyword`).
        let kept = !matches!(meaning(text), Meaning::Nothing) || is_perhaps(text);
        assert!(kept || matches!(asked, "nothing"), "nothing at all: {text}");
        let row = (text, asked, read.clone());
        match compared(asked, &read) {
            Reading::AsAsked => {}
            Reading::Less => less.push(row),
            Reading::ByPerson if is_choice => by_person.push(row),
            Reading::ByPerson | Reading::Other => other.push(row),
        }
    }
    assert!(less.is_empty(), "text, asked, read as less: {less:#?}");
    assert!(by_person.len() * 20 <= choices, "text, asked, left to a person: {by_person:#?}");
    // An ordinary text may be left to a person.
    assert!(other.len() <= 2, "text, asked, read otherwise: {other:#?}");
}

#[test]
fn weaker_readings_are_less() {
    for (asked, read) in [
        ("pause 2026-12-14", "pause 2026-12-13"),
        ("pause 2026-12-14", "only email"),
        ("pause 2026-12-14; only email", "pause 2026-12-14"),
        ("only email", "only email,sms"),
        ("only email", "not voice"),
        ("not sms,voice", "not voice"),
        ("not sms", "only email,sms"),
        ("fewer 1 P1M", "fewer 2 P1M"),
        ("fewer 1 P1M", "fewer 1 P1W"),
        ("fewer 1 P1M", "fewer"),
        ("hours mon-fri 09:00-12:00", "hours daily 09:00-12:00"),
        ("hours sat-sun 09:00-12:00", "hours sat-sun 09:00-13:00"),
        ("hours mon-fri 09:00-12:00; sat 10:00-12:00", "hours mon-sat 09:00-12:00"),
        ("not this", "not voice"),
        ("review", "pause 2027-01-01"),
        ("review", "nothing"),
        ("stop", "review"),
    ] {
        assert_eq!(compared(asked, read), Reading::Less, "{asked}: {read}");
    }
    for (asked, read) in [
        ("pause 2026-12-13", "pause 2026-12-14"),
        ("only email,sms", "only email"),
        ("not voice", "only email"),
        ("fewer", "fewer 1 P1M"),
        ("fewer 1 P1M", "fewer 1 P1M; only email"),
        ("hours daily 09:00-12:00", "hours mon-fri 09:00-12:00; sat 10:00-12:00"),
    ] {
        assert_eq!(compared(asked, read), Reading::Other, "{asked}: {read}");
    }
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
