//! The words of choices, one file per language, with its dates, days and hours in `times`.
//!
//! A row is written as people write it; it is folded when it is first needed, so accents and apostrophes do no harm.
//! German umlauts are found as "ue" as well. A row belongs to one token only.

mod any;
mod de;
mod en;
mod es;
mod fr;
mod hi;
mod it;
mod pt;
mod times;
mod zh;

use super::token::Token;
use crate::reply::Rows;
use crate::reply::fold::{fold, is_han};
use std::sync::LazyLock;

pub(super) use zh::bare;

/// The tables of a language. A new word is one more row.
pub(super) struct Words {
    /// Its place among the languages.
    place: usize,
    /// What each word or phrase stands for.
    rows: [&'static [(Token, Rows)]; 2],
    /// Whether prepositions follow: Chinese "3个月后", Hindi "मार्च तक".
    pub(super) after: bool,
    /// Whether a number before noon is one, since hours are counted to 24.
    pub(super) clock24: bool,
    /// Whether 1/3 is the first of March.
    pub(super) day_first: bool,
    /// Whether "not in 3 months" is "not for 3 months": Spanish "en", Portuguese "em".
    pub(super) in_spans: bool,
}

/// All supported languages.
pub(super) static LANGUAGES: [Words; 8] = [
    Words {
        place: 0,
        rows: [en::ROWS, times::en::ROWS],
        after: false,
        clock24: false,
        day_first: false,
        in_spans: false,
    },
    Words { place: 1, rows: [es::ROWS, times::es::ROWS], after: false, clock24: true, day_first: true, in_spans: true },
    Words {
        place: 2,
        rows: [fr::ROWS, times::fr::ROWS],
        after: false,
        clock24: true,
        day_first: true,
        in_spans: false,
    },
    Words {
        place: 3,
        rows: [de::ROWS, times::de::ROWS],
        after: false,
        clock24: true,
        day_first: true,
        in_spans: false,
    },
    Words {
        place: 4,
        rows: [it::ROWS, times::it::ROWS],
        after: false,
        clock24: true,
        day_first: true,
        in_spans: false,
    },
    Words { place: 5, rows: [pt::ROWS, times::pt::ROWS], after: false, clock24: true, day_first: true, in_spans: true },
    Words {
        place: 6,
        rows: [zh::ROWS, times::zh::ROWS],
        after: true,
        clock24: false,
        day_first: false,
        in_spans: false,
    },
    Words {
        place: 7,
        rows: [hi::ROWS, times::hi::ROWS],
        after: true,
        clock24: false,
        day_first: true,
        in_spans: false,
    },
];

/// The rows of a language in the order of their bytes.
pub(super) struct Index(Vec<(String, Token)>);

static INDEXES: LazyLock<Vec<Index>> = LazyLock::new(|| LANGUAGES.iter().map(Index::new).collect());

/// Makes all indexes.
pub(super) fn preload() {
    LazyLock::force(&INDEXES);
}

/// The index of a language.
pub(super) fn index(words: &Words) -> &'static Index {
    &INDEXES[words.place]
}

impl Index {
    fn new(words: &Words) -> Index {
        let mut all = Vec::new();
        for (token, rows) in any::ROWS.iter().chain(words.rows.into_iter().flatten()) {
            for row in *rows {
                let other = umlauts(row);
                for spelling in [Some(*row), Some(&other[..]).filter(|other| other != row)].into_iter().flatten() {
                    all.push((fold(spelling.chars()).chars().map(bare).collect(), *token));
                }
            }
        }
        all.sort_by(|one: &(String, Token), other| one.0.cmp(&other.0));
        all.dedup();
        let index = Index(all);
        debug_assert_eq!(index.twice(), None, "a row of two tokens in language {}", words.place);
        index
    }

    /// A row that stands for two tokens.
    fn twice(&self) -> Option<&str> {
        self.0.windows(2).find(|pair| pair[0].0 == pair[1].0).map(|pair| &pair[0].0[..])
    }

    /// The longest row that a text starts with, whole words only, and of which a length is accepted.
    pub(super) fn longest(&self, rest: &str, word: &str, accepts: impl Fn(usize) -> bool) -> Option<(usize, Token)> {
        let from = if word.is_empty() { self.0.len() } else { self.0.partition_point(|(row, _)| &row[..] < word) };
        let begun = self.0[from..].iter().take_while(|(row, _)| row.starts_with(word));
        let whole = begun.filter(|(row, _)| {
            let after = rest.strip_prefix(&row[..]).map(|after| after.chars().next().unwrap_or(' '));
            after.is_some_and(|after| after == ' ' || is_han(after) || row.ends_with(is_han)) && accepts(row.len())
        });
        whole.max_by_key(|(row, _)| row.len()).map(|(row, token)| (row.len(), *token))
    }
}

/// A row in the spelling without umlauts.
fn umlauts(row: &str) -> String {
    row.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue")
}
