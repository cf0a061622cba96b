//! The words of each language, one file a language, so that a native reader opens one.
//!
//! Words are in the form that `fold` gives.

mod de;
mod en;
mod es;
mod fr;
mod hi;
mod it;
mod pt;
mod zh;

pub use zh::TRADITIONAL;

/// Rows of a table, as `fold` leaves them: small letters without accents and apostrophes, words apart by one space,
/// Chinese in simplified characters. They stand in the order of their bytes, for they are searched by halves.
pub type Rows = &'static [&'static str];

/// What is known of a language. A new word is one more row.
pub struct Language {
    /// Whole messages that mean `Stop`.
    pub stop: Rows,
    /// Whole messages that mean `Start`; nothing that also answers another question, such as yes.
    pub start: Rows,
    /// Whole messages that mean `Help`.
    pub help: Rows,
    /// Whole messages that are likely refusals, though they could answer another question.
    pub perhaps: Rows,
    /// What may stand beside a keyword without changing it.
    pub courtesy: Rows,
    /// Likely refusals anywhere in a text, word by word.
    pub phrases: Rows,
    /// Likely refusals too: any of the first directly followed by any of the second, fillers left out.
    pub pairs: &'static [(Rows, Rows)],
    /// Words that `pairs` do not see, so that "don't you ever call" is "dont call".
    pub fillers: Rows,
    /// What holds words of `phrases` or `pairs` and says something else.
    pub harmless: Rows,
}

/// All languages that are read.
pub static LANGUAGES: [Language; 8] =
    [en::WORDS, es::WORDS, fr::WORDS, de::WORDS, it::WORDS, pt::WORDS, zh::WORDS, hi::WORDS];
