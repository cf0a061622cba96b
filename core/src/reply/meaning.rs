//! The meaning of a reply: a keyword that ends or restarts messages, a request for help, a likely refusal in free text,
//! or none of these.
//!
//! The English words come from 47 CFR 64.1200(a)(10), which names "stop", "quit", "end", "revoke", "opt out", "cancel"
//! and "unsubscribe", and from the CTIA Messaging Principles and Best Practices with the practice of carriers: STOP,
//! STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT; START, UNSTOP; HELP, INFO. The other languages have what senders there
//! print under their messages, and what people write instead.
//!
//! A keyword counts only if it is the whole message, apart from courtesy ("stop please") and repetition ("STOP STOP").
//! Opting in again is never guessed: `Start` is the keyword alone. Everything else that looks like a refusal is
//! `LikelyStop`, for a person to read, and the tables err on that side: "see you at the bus stop" is one. Words that
//! are common in other sentences (end, cancel, baja, fin, pare) are ignored in free text.
//!
//! What the text repeats is not the person's: reactions (`Liked "… reply STOP …"`) and quotations are taken out first,
//! see `own`. Nor is a request for more messages a refusal ("please do not remove me"), see `spared`.
//!
//! Every language is tried on every text, since the language of a reply is not known in advance. Not recognised: irony,
//! a signature after a keyword, and other languages.

use super::fold::{append, fold, is_han};
use super::own::own;
use super::spared::without_spared;
use super::words::{LANGUAGES, Language, Rows};

/// The meaning of a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// The whole message is a keyword that ends messages.
    Stop,
    /// The whole message is a keyword that lets them begin again.
    Start,
    /// The whole message is a keyword that asks who the sender is.
    Help,
    /// A possible request not to be contacted; to be read by a person.
    LikelyStop,
    /// None of these.
    Nothing,
}

impl Meaning {
    /// Its name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Meaning::Stop => "stop",
            Meaning::Start => "start",
            Meaning::Help => "help",
            Meaning::LikelyStop => "likely_stop",
            Meaning::Nothing => "nothing",
        }
    }
}

/// Maximum characters read, so that a long text costs no more. A longer text is not a keyword, and the rest is ignored.
pub const HEAD: usize = 4000;

/// Signs that mean a refusal if the text contains nothing else.
pub(super) const SIGNS: [char; 3] = ['🛑', '🚫', '⛔'];

/// Classifies a reply: a message, a line of a letter, a note about a call. Accepts any text.
pub fn meaning(text: &str) -> Meaning {
    // Padding must not make a keyword too long to be one.
    let mut characters = text.trim().chars();
    let read: String = characters.by_ref().take(HEAD).collect();
    let whole = characters.next().is_none();
    let own = own(&read);
    let head = fold(without_spared(&own.text).chars());
    if whole && is_only(&head, |language| language.stop, true) {
        Meaning::Stop
    } else if whole && !own.shortened && is_only(&head, |language| language.start, false) {
        Meaning::Start
    } else if whole && is_only(&head, |language| language.help, true) {
        Meaning::Help
    } else if whole && is_only(&head, |language| language.perhaps, true)
        || LANGUAGES.iter().any(|language| language.refuses(&head))
        || head.is_empty() && own.text.chars().any(|sign| SIGNS.contains(&sign))
    {
        Meaning::LikelyStop
    } else {
        Meaning::Nothing
    }
}

impl Language {
    /// Whether a folded text contains a likely refusal.
    pub(super) fn refuses(&self, text: &str) -> bool {
        // A mark that occurs in no row replaces each harmless phrase, so that the words around it are not joined.
        let text = without(text, self.harmless, "|");
        if words(&text).any(|rest| heads(self.phrases, rest).next().is_some()) {
            return true;
        }
        let text = without(&text, self.fillers, "");
        words(&text).any(|rest| {
            self.pairs.iter().any(|(first, second)| {
                heads(first, rest).any(|head| heads(second, rest[head.len()..].trim_start()).next().is_some())
            })
        })
    }
}

/// Whether a folded text consists of one or more such keywords only.
fn is_only(text: &str, keywords: fn(&Language) -> Rows, courtesy: bool) -> bool {
    let longest = |rows: fn(&Language) -> Rows, rest| {
        LANGUAGES.iter().flat_map(|language| heads(rows(language), rest)).map(str::len).max().unwrap_or(0)
    };
    let (mut rest, mut found) = (text, false);
    while !rest.is_empty() {
        let keyword = longest(keywords, rest);
        let polite = if courtesy { longest(|language| language.courtesy, rest) } else { 0 };
        if keyword.max(polite) == 0 {
            return false;
        }
        found |= keyword >= polite;
        rest = rest[keyword.max(polite)..].trim_start();
    }
    found
}

/// The suffixes of a folded text that start at each of its words.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut before = ' ';
    text.char_indices().filter_map(move |(at, c)| {
        let begins = c != ' ' && (before == ' ' || is_han(before) || is_han(c));
        before = c;
        begins.then(|| &text[at..])
    })
}

/// The first word of a text.
pub(super) fn word(rest: &str) -> &str {
    match rest.chars().next() {
        Some(first) if is_han(first) => &rest[..first.len_utf8()],
        _ => &rest[..rest.find(|c| c == ' ' || is_han(c)).unwrap_or(rest.len())],
    }
}

/// The rows that a text starts with, whole words only.
pub(super) fn heads(rows: Rows, rest: &str) -> impl Iterator<Item = &'static str> {
    let word = word(rest);
    // First bytes decide most comparisons, at less cost than whole rows.
    let first = word.bytes().next();
    let order = |row: &&str| row.bytes().next().cmp(&first).then_with(|| row[..].cmp(word));
    let from = if word.is_empty() { rows.len() } else { rows.partition_point(|row| order(row).is_lt()) };
    rows[from..].iter().copied().take_while(move |row| row.starts_with(word)).filter(move |row| {
        let after = rest.strip_prefix(row).map(|after| after.chars().next().unwrap_or(' '));
        after.is_some_and(|after| after == ' ' || is_han(after) || row.ends_with(is_han))
    })
}

/// A text with a mark in place of each such row.
fn without(text: &str, rows: Rows, mark: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let row = heads(rows, rest).map(str::len).max();
        let length = row.unwrap_or(word(rest).len());
        append(&mut kept, if row.is_some() { mark } else { &rest[..length] });
        rest = rest[length..].trim_start();
    }
    kept
}
