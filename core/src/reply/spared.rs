//! Clauses that ask for more messages: "please do not remove me", "never stop sending".

use super::fold::{append, fold, is_apostrophe, is_devanagari, is_han, is_invisible, is_mark};
use super::meaning::heads;
use super::words::{LANGUAGES, Rows};

/// Replaces the words of such a clause; it occurs in no row.
const SPARED: &str = " ᚠ ";
/// Words that may precede them, besides courtesy.
const LEADS: Rows = &["and", "but", "hello", "hey", "hi", "oh", "ok", "okay", "sorry", "wait", "yes"];
/// Before these, they ask for more than they name: "entfernen Sie mich nicht nur, …".
const ONLY: Rows = &["apenas", "just", "merely", "nur", "only", "seulement", "simply", "solo", "soltanto"];

/// A text in which a mark replaces the words that ask for more messages, at the beginning of each clause. Only words
/// directly one after the other are such: "Don't. Stop" asks for none, and "you never stop sending" complains.
pub(super) fn without_spared(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut clause = 0;
    // The character before, and the one before a space.
    let (mut last, mut lead) = (' ', ' ');
    for (at, c) in text.char_indices() {
        // Chinese has no spaces within a clause.
        if !is_of_clause(c) || last == ' ' && is_han(lead) && is_han(c) {
            push_clause(&mut kept, &text[clause..at]);
            clause = at;
        }
        let c = if matches!(c, '\u{a0}' | '\u{3000}') { ' ' } else { c };
        if c == ' ' && last != ' ' {
            lead = last;
        }
        last = c;
    }
    push_clause(&mut kept, &text[clause..]);
    kept
}

/// Whether a character is one of words, or between those of a clause.
fn is_of_clause(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{3000}')
        || c.is_alphanumeric()
        || is_apostrophe(c)
        || is_invisible(c)
        || is_mark(c)
        || is_devanagari(c)
}

fn push_clause(kept: &mut String, clause: &str) {
    let said = fold(clause.chars());
    let mut rest = &said[..];
    let longest = |rows: fn(&'static super::words::Language) -> Rows, rest: &str| {
        LANGUAGES.iter().flat_map(|language| heads(rows(language), rest)).map(str::len).max().unwrap_or(0)
    };
    loop {
        let lead = heads(LEADS, rest).map(str::len).max().unwrap_or(0).max(longest(|language| language.courtesy, rest));
        if lead == 0 {
            break;
        }
        rest = rest[lead..].trim_start();
    }
    let spared = longest(|language| language.spared, rest);
    let after = rest[spared..].trim_start();
    if spared == 0 || heads(ONLY, after).next().is_some() {
        kept.push_str(clause);
        return;
    }
    let mut left = said[..said.len() - rest.len()].to_owned();
    append(&mut left, SPARED);
    kept.push(' ');
    kept.push_str(&left);
    kept.push_str(after);
}
