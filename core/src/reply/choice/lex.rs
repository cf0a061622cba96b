//! Divides a text into tokens of a language, always the longest row of its tables.

use super::settle::settled;
use super::token::Token;
use super::words::{Words, bare, index};
use crate::reply::fold::{append, fold, is_apostrophe, is_devanagari, is_invisible, is_mark, plain};
use crate::reply::meaning::word;

/// A folded text, and the marks of its punctuation, with their places in order.
pub(super) struct Folded {
    text: String,
    marks: Vec<(usize, Token)>,
}

/// Signs of friendliness, which change nothing, unlike those of irony (😂) and of things (📞).
const FRIENDLY: &str = "👍🙏😊🙂😀😃😄😁☺❤🌸😉💐🙋🤗👋✌👌🎄🎅🤶🎁🎉🎊❄⛄☃🌞☀🌻🌹🌷🌺🍀💪🤝🙌👏😇😍🥰😘😅🤓😎🤞✨⭐🌟🥳😴🙈🙊😬😌\
    🤩💕💖💙💚💛💜🧡🖤🤍💗😋🙇🤷🤦😔😞😢😕🙁😩😫🥺🤒🤧🏖🌴✈🚗💼";

impl Folded {
    /// Folds a text clause by clause.
    pub(super) fn new(text: &str) -> Folded {
        let characters: Vec<char> = text.chars().map(plain).map(digit).collect();
        let mut folded = Folded { text: String::new(), marks: Vec::new() };
        let mut piece = String::new();
        for (at, c) in characters.iter().copied().enumerate() {
            let before = at.checked_sub(1).map_or(' ', |before| characters[before]);
            let after = characters.get(at + 1).copied().unwrap_or(' ');
            let numbers = before.is_ascii_digit() && after.is_ascii_digit();
            let mark = match c {
                ':' if numbers => {
                    piece.push('h');
                    continue;
                }
                '¿' | '¡' => None,
                '.' if numbers => Some(Token::Dot),
                '°' | 'º' if before.is_ascii_digit() => None,
                // An ordinal number, or an abbreviation of one letter.
                '.' if before.is_ascii_digit() || is_initial(&characters[..at]) => None,
                '.' => Some(Token::Stopped),
                '/' if numbers => Some(Token::Slash),
                '/' | '、' => Some(Token::Or),
                '&' | '+' => Some(Token::And),
                '?' => Some(Token::Question),
                ',' if numbers => Some(Token::Unknown),
                '-' | '–' | '—' | '−' | '~' | '‐' | '‑' | '〜' => {
                    Some(Token::Dash(before.is_whitespace() || after.is_whitespace()))
                }
                '\n' | '!' | '…' | ';' | ',' | ':' | '。' | '।' | '(' | ')' | '[' | ']' | '·' | '•' => {
                    Some(Token::Break)
                }
                _ if c.is_whitespace() => None,
                _ if is_of_word(c) => {
                    piece.push(c);
                    continue;
                }
                '\u{1f3fb}'..='\u{1f3ff}' => None,
                _ if FRIENDLY.contains(c) => None,
                _ => Some(Token::Sign),
            };
            piece.push(' ');
            if let Some(mark) = mark {
                folded.add(&piece);
                piece.clear();
                folded.marks.push((folded.text.len(), mark));
            }
        }
        folded.add(&piece);
        folded
    }

    fn add(&mut self, piece: &str) {
        append(&mut self.text, &fold(piece.chars()).chars().map(bare).collect::<String>());
    }

    /// Its tokens in a language; a word that no table has is unknown.
    pub(super) fn tokens(&self, words: &Words) -> Vec<Token> {
        let (text, rows) = (&self.text[..], index(words));
        let (mut tokens, mut at, mut mark) = (Vec::new(), 0, 0);
        while at < text.len() {
            while let Some((_, token)) = self.marks.get(mark).filter(|(place, _)| *place <= at) {
                tokens.push(*token);
                mark += 1;
            }
            let rest = &text[at..];
            // A row may contain a dash ("e-mail"), but no other mark.
            let is_whole = |length: usize| {
                let inside = self.marks[mark..].iter().take_while(|(place, _)| *place < at + length);
                inside.into_iter().all(|(_, token)| *token == Token::Dash(false))
            };
            let first = word(rest);
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let is_hour = rest.starts_with('h') && rest[1..].starts_with(|c: char| c.is_ascii_digit());
            let (token, length) = if let Some((row, token)) = rows.longest(rest, first, is_whole) {
                (token, row)
            } else if is_hour && matches!(tokens.last(), Some(Token::Number(..))) {
                (Token::Clock, 1)
            } else if (1..=4).contains(&digits) {
                (rest[..digits].parse().map_or(Token::Unknown, |number| Token::Number(number, digits as u8)), digits)
            } else {
                (Token::Unknown, first.len().max(1))
            };
            tokens.push(token);
            let end = at + length;
            while self.marks.get(mark).is_some_and(|(place, _)| *place < end) {
                mark += 1;
            }
            at = text.len() - text[end..].trim_start().len();
        }
        tokens.extend(self.marks[mark..].iter().map(|(_, token)| *token));
        settled(without_abbreviations(&tokens), words)
    }
}

/// Tokens without the full stops of abbreviations: "Mo.-Fr.", "max. 2", "1. Jan. 2027".
fn without_abbreviations(tokens: &[Token]) -> Vec<Token> {
    let is_short = |at: usize| {
        let before = at.checked_sub(1).map(|before| tokens[before]);
        let after = tokens.get(at + 1);
        tokens[at] == Token::Stopped
            && matches!(before, Some(Token::MonthName(_) | Token::Weekday(_) | Token::Most | Token::Clock))
            && matches!(after, Some(Token::Number(..) | Token::Dash(_) | Token::Weekday(_) | Token::To | Token::Until))
    };
    (0..tokens.len()).filter(|at| !is_short(*at)).map(|at| tokens[at]).collect()
}

/// Whether a text ends with a word of one letter.
fn is_initial(characters: &[char]) -> bool {
    match characters {
        [.., before, last] => last.is_alphabetic() && !before.is_alphanumeric(),
        _ => false,
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_apostrophe(c) || is_invisible(c) || is_mark(c) || is_devanagari(c)
}

/// The digit for one of Devanagari.
fn digit(c: char) -> char {
    match c as u32 {
        devanagari @ 0x966..=0x96f => char::from(b'0' + (devanagari - 0x966) as u8),
        _ => c,
    }
}
