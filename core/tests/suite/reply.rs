//! What replies say.

use dnc_core::reply::{HEAD, LANGUAGES, Meaning, Rows, TRADITIONAL, meaning};
use proptest::prelude::*;

/// Every text of a table, with those that are read otherwise named.
#[track_caller]
pub fn all(expected: Meaning, texts: &[&str]) {
    let wrong: Vec<_> = texts.iter().map(|text| (text, meaning(text))).filter(|(_, said)| *said != expected).collect();
    assert!(wrong.is_empty(), "not {}: {wrong:#?}", expected.name());
}

#[test]
fn names() {
    let all = [Meaning::Stop, Meaning::Start, Meaning::Help, Meaning::LikelyStop, Meaning::Nothing];
    assert_eq!(all.map(Meaning::name), ["stop", "start", "help", "likely_stop", "nothing"]);
}

#[test]
fn rows_are_written_as_texts_are_read() {
    let mut out_of_order = Vec::new();
    let mut ordered =
        |rows: Rows| out_of_order.extend(rows.windows(2).filter(|pair| pair[0] >= pair[1]).map(|pair| pair[1]));
    ordered(TRADITIONAL);
    for language in &LANGUAGES {
        for rows in [language.stop, language.start, language.help, language.perhaps, language.courtesy] {
            ordered(rows);
        }
        for rows in [language.phrases, language.fillers, language.harmless] {
            ordered(rows);
        }
        for rows in [language.spared, language.reactions, language.signed, language.instructions] {
            ordered(rows);
        }
        language.pairs.iter().for_each(|(first, second)| [first, second].into_iter().for_each(|rows| ordered(rows)));
    }
    assert!(out_of_order.is_empty(), "not in the order of their bytes, or there twice: {out_of_order:?}");
    // A row with an accent, an apostrophe or a filler, or one that means two things, would not be found.
    for language in &LANGUAGES {
        all(Meaning::Stop, language.stop);
        all(Meaning::Start, language.start);
        all(Meaning::Help, language.help);
        all(Meaning::LikelyStop, language.perhaps);
        all(Meaning::Nothing, language.courtesy);
        all(Meaning::Nothing, language.harmless);
        all(Meaning::Nothing, language.spared);
        for reaction in language.reactions {
            all(Meaning::Nothing, &[&format!("{reaction} “Sale! Reply STOP to end”")]);
            all(Meaning::LikelyStop, &[&format!("so {reaction} “Sale! Reply STOP to end”, then please stop")]);
        }
        for reaction in language.signed {
            all(Meaning::Nothing, &[&format!("{reaction} 👍 «STOP»")]);
            all(Meaning::LikelyStop, &[&format!("{reaction} «please STOP»")]);
        }
        for instruction in language.instructions {
            all(Meaning::Nothing, &[&format!("what does \"{instruction}\" mean")]);
        }
        for (first, verb) in language.quoting {
            all(Meaning::Nothing, &[&format!("ok\n\n{first} 5 Jan 2026, 15:00 Acme {verb}:\nReply STOP to end")]);
        }
        for phrase in language.phrases {
            all(Meaning::LikelyStop, &[&format!("x {phrase} x")]);
        }
        for (first, second) in language.pairs {
            for (one, other) in first.iter().flat_map(|one| second.iter().map(move |other| (one, other))) {
                all(Meaning::LikelyStop, &[&format!("x {one} {other} x")]);
            }
        }
        for polite in language.courtesy {
            all(Meaning::Stop, &[&format!("{polite}, stop"), &format!("STOP {polite}!")]);
        }
        for filler in
            language.fillers.iter().filter(|filler| !filler.starts_with(|c: char| ('\u{4e00}'..).contains(&c)))
        {
            let (first, second) = language.pairs[0];
            all(Meaning::LikelyStop, &[&format!("{} {filler} {}", first[0], second[0])]);
        }
    }
    assert!(TRADITIONAL.iter().all(|pair| pair.chars().count() == 2));
}

#[test]
fn long_texts() {
    let noise = "lorem ipsum ".repeat(100_000);
    assert_eq!(meaning(&noise), Meaning::Nothing);
    assert_eq!(meaning(&format!("please stop calling. {noise}")), Meaning::LikelyStop);
    // Beyond the head nothing is read, but it is there: this is not the keyword alone.
    assert_eq!(meaning(&format!("{noise} stop")), Meaning::Nothing);
    assert_eq!(meaning(&format!("stop {noise}")), Meaning::LikelyStop);
    assert_eq!(meaning(&format!("start {noise}")), Meaning::Nothing);
    assert_eq!(meaning(&format!("start{}x", "!".repeat(HEAD))), Meaning::Nothing);
    // Padding is nothing.
    assert_eq!(meaning(&format!("{0}stop{0}", " \n".repeat(500_000))), Meaning::Stop);
    // What could make a search slow.
    for unit in [
        "stop ",
        "do not ",
        "a ",
        "aa",
        "不要",
        "要不要",
        "\u{301}",
        "\u{200b}",
        "न ",
        "ß",
        "🛑",
        "ﷺ",
        "İ",
        "\"",
        "\"\n",
        "“",
        "“”",
        "liked \"",
        "> ",
        ">\n",
        "on 2026 wrote:\n",
        "dont stop. ",
        "\"reply stop\"",
    ] {
        let text = unit.repeat(1_000_000 / unit.len());
        let begun = std::time::Instant::now();
        meaning(&text);
        assert!(begun.elapsed().as_secs() < 2, "{unit:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_can_be_read(
        text in any::<String>(),
        pieces in "([a-z' ]|stop|不要|打|要不要|\u{301}|मत|\u{94d}|\\PC|\\pM){0,40}",
    ) {
        meaning(&text);
        meaning(&pieces);
        meaning(&format!("{text}{pieces}"));
    }

    #[test]
    fn keywords_stay_however_they_are_typed(
        language in 0..LANGUAGES.len(),
        nth in any::<prop::sample::Index>(),
        before in "[ \t\n.!?\"'*()\u{a0}\u{3000}\u{200b}。！«»🛑🙏]{0,6}",
        after in "[ \t\n.!?\"'*()\u{a0}\u{3000}\u{200b}。！«»🛑🙏]{0,6}",
    ) {
        let language = &LANGUAGES[language];
        for (rows, expected) in
            [(language.stop, Meaning::Stop), (language.start, Meaning::Start), (language.help, Meaning::Help)]
        {
            let row = nth.get(rows);
            let wide = row.chars().map(|c| match c {
                'a'..='z' => char::from_u32(c as u32 + 0xfee0).unwrap(),
                _ => c,
            });
            let accented = row.chars().flat_map(|c| [Some(c), c.is_ascii_lowercase().then_some('\u{301}')]);
            for text in [
                row.to_string(),
                row.to_uppercase(),
                row.replace(' ', "  -\n"),
                wide.collect(),
                accented.flatten().collect(),
                format!("{row} {row}"),
            ] {
                prop_assert_eq!(meaning(&format!("{before}{text}{after}")), expected, "{}", text);
            }
        }
    }
}
