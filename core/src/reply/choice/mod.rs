//! What a reply chooses between all and nothing: a pause, channels, hours, fewer messages.
//!
//! | file | contents |
//! | --- | --- |
//! | `mod` | choices, and the reading of any text |
//! | `token` | what a word stands for |
//! | `words` | the words of each language |
//! | `lex` | divides a text into tokens |
//! | `settle` | words whose meaning depends on the words around them |
//! | `phrase` | joins tokens to times and numbers |
//! | `points` | joins tokens to dates |
//! | `dates` | calendar arithmetic |
//! | `clock` | times of day |
//! | `hours` | hours of a week |
//! | `clause` | what a clause says |
//! | `join` | joins clauses that punctuation divides |
//! | `facts` | what all clauses say together |
//! | `until` | until when times hold |
//! | `perhaps` | texts that may contain a choice |
//!
//! A choice is read only if every word of the text is known in one language and all of them together have one meaning.
//! A reading never permits more than the text does.

mod clause;
mod clock;
mod dates;
mod facts;
mod hours;
mod join;
mod lex;
mod perhaps;
mod phrase;
mod points;
mod settle;
mod token;
mod until;
mod words;

use super::meaning::{HEAD, Meaning, meaning};
use super::own::own;
use chrono::NaiveDate;
use lex::Folded;
use std::fmt;
use token::Token;

/// A way to contact somebody.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Channel {
    /// Electronic mail.
    Email,
    /// Fax.
    Fax,
    /// Letters on paper.
    Letter,
    /// Text messages.
    Sms,
    /// Telephone calls.
    Voice,
    /// WhatsApp.
    Whatsapp,
}

impl Channel {
    /// All channels, in the order of their names.
    pub const ALL: [Channel; 6] =
        [Channel::Email, Channel::Fax, Channel::Letter, Channel::Sms, Channel::Voice, Channel::Whatsapp];

    /// Its name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Fax => "fax",
            Channel::Letter => "letter",
            Channel::Sms => "sms",
            Channel::Voice => "voice",
            Channel::Whatsapp => "whatsapp",
        }
    }
}

/// A unit of the calendar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// A day.
    Day,
    /// Seven days, from Monday.
    Week,
    /// A month.
    Month,
    /// Three months.
    Quarter,
    /// Six months.
    HalfYear,
    /// A year.
    Year,
}

/// A length of time, written as in ISO 8601: `P3M`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Period {
    /// How many, from 1 to 99.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, letter) = match self.unit {
            Unit::Day if self.count.is_multiple_of(7) => (self.count / 7, 'W'),
            Unit::Day => (self.count, 'D'),
            Unit::Week => (self.count, 'W'),
            Unit::Month if self.count.is_multiple_of(12) => (self.count / 12, 'Y'),
            Unit::Month => (self.count, 'M'),
            Unit::Quarter => (self.count.saturating_mul(3), 'M'),
            Unit::HalfYear => (self.count.saturating_mul(6), 'M'),
            Unit::Year => (self.count, 'Y'),
        };
        write!(f, "P{count}{letter}")
    }
}

/// One choice. All choices of a text hold together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Choice {
    /// No contact before this date.
    Pause(NaiveDate),
    /// Contact through these channels only; sorted.
    Only(Vec<Channel>),
    /// No contact through these channels, but through others; sorted.
    Not(Vec<Channel>),
    /// Fewer contacts: at most so many in a period, if the text says how many.
    Fewer(Option<(u32, Period)>),
    /// Contact at these hours only, as `rule::windows::Week::parse` reads them.
    Hours(String),
    /// Nothing more about what the message was about.
    NotThis,
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |channels: &[Channel]| channels.iter().map(|channel| channel.name()).collect::<Vec<_>>().join(",");
        match self {
            Choice::Pause(until) => write!(f, "pause {until}"),
            Choice::Only(channels) => write!(f, "only {}", names(channels)),
            Choice::Not(channels) => write!(f, "not {}", names(channels)),
            Choice::Fewer(None) => write!(f, "fewer"),
            Choice::Fewer(Some((times, period))) => write!(f, "fewer {times} {period}"),
            Choice::Hours(week) => write!(f, "hours {week}"),
            Choice::NotThis => write!(f, "not this"),
        }
    }
}

/// The choices of a reply that came on a day, at least one, in the order of [`Choice`]. `None`: none, or not certain.
pub fn choices(text: &str, today: NaiveDate) -> Option<Vec<Choice>> {
    let read = head(text)?;
    let folded = Folded::new(&read);
    let mut found = None;
    for words in &words::LANGUAGES {
        let tokens = folded.tokens(words);
        if tokens.contains(&Token::Unknown) || tokens.contains(&Token::Sign) {
            continue;
        }
        let Some(choices) = phrase::items(&tokens, words, today).and_then(|items| facts::choices(&items, today)) else {
            continue;
        };
        // Two languages that disagree: not certain.
        if found.as_ref().is_some_and(|found| *found != choices) {
            return None;
        }
        found = Some(choices);
    }
    found
}

/// Whether a text contains a choice, or may contain one: then it is no text to do nothing about, whatever [`choices`]
/// reads on a certain day.
pub fn is_perhaps(text: &str) -> bool {
    let read: String = text.trim().chars().take(HEAD).collect();
    let folded = Folded::new(&own(&read).text);
    words::LANGUAGES.iter().any(|words| perhaps::is_perhaps(&folded.tokens(words)))
        || choices(text, FIRST_DAY).is_some()
}

/// A day on which few dates have passed.
const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2000, 1, 1).expect("a day of the calendar");

/// Makes the tables of words, which the first text that may contain a choice makes otherwise.
pub fn preload() {
    words::preload();
}

/// What to do with a reply that came on a day: its choices separated by "; ", or `stop`, `review` or `nothing`.
pub fn reading(text: &str, today: NaiveDate) -> String {
    if let Some(choices) = choices(text, today) {
        return choices.iter().map(Choice::to_string).collect::<Vec<_>>().join("; ");
    }
    let word = match meaning(text) {
        Meaning::Stop => "stop",
        Meaning::LikelyStop => "review",
        _ if is_perhaps(text) => "review",
        Meaning::Start | Meaning::Help | Meaning::Nothing => "nothing",
    };
    word.into()
}

/// What the person wrote, if it is short enough to be read whole.
fn head(text: &str) -> Option<String> {
    let text = text.trim();
    (text.chars().nth(HEAD).is_none()).then(|| own(text).text)
}
