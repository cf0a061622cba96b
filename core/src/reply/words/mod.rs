//! The words of each language, one file per language, so that a native reader needs only one.
//!
//! Words are in the form that `fold` returns.

mod de;
mod en;
mod es;
mod fr;
mod hi;
mod it;
mod pt;
mod zh;

pub use zh::TRADITIONAL;

/// Rows of a table, in the form that `fold` returns: small letters without accents and apostrophes, words separated by
/// one space, Chinese in simplified characters. Sorted by bytes, for binary search.
pub type Rows = &'static [&'static str];

/// The tables of a language. A new word is one more row.
pub struct Language {
    /// Whole messages that mean `Stop`.
    pub stop: Rows,
    /// Whole messages that mean `Start`, except those that also answer another question, such as yes.
    pub start: Rows,
    /// Whole messages that mean `Help`.
    pub help: Rows,
    /// Whole messages that are likely refusals, though they could answer another question.
    pub perhaps: Rows,
    /// Words that may accompany a keyword without changing it.
    pub courtesy: Rows,
    /// Likely refusals anywhere in a text, word by word.
    pub phrases: Rows,
    /// Likely refusals too: any of the first directly followed by any of the second, ignoring fillers.
    pub pairs: &'static [(Rows, Rows)],
    /// Words ignored by `pairs`, so that "don't you ever call" is "dont call".
    pub fillers: Rows,
    /// Phrases that contain words of `phrases` or `pairs` but mean something else.
    pub harmless: Rows,
    /// Requests for more messages, where a clause begins with them: "do not remove". Only such that remain one when
    /// their punctuation is lost: "no cancelen" may be "no, cancelen".
    pub spared: Rows,
    /// Words of a reaction to a message: all that is outside its quotation marks.
    pub reactions: Rows,
    /// Words of a reaction that count only beside an emoji: "reacted 👍 to".
    pub signed: Rows,
    /// Instructions how to opt out, which a quotation repeats.
    pub instructions: Rows,
    /// The beginning of the line that a mail program writes above a quotation, and its verb: "On … wrote:".
    pub quoting: &'static [(&'static str, &'static str)],
}

/// All supported languages.
pub static LANGUAGES: [Language; 8] =
    [en::WORDS, es::WORDS, fr::WORDS, de::WORDS, it::WORDS, pt::WORDS, zh::WORDS, hi::WORDS];
