//! What a person wrote, without what the text repeats: reactions to messages, and quotations.
//!
//! A telephone that cannot show a reaction sends it as text: `Liked “Sale! Reply STOP to end”`. A mail program repeats
//! what it answers, in lines that begin with `>` or below a line such as `On …, … wrote:`. Only what is certainly a
//! repetition is taken out, since taken out wrongly it could be an opt-out: a reaction has its exact words outside the
//! quotation marks, a quotation in a sentence repeats an instruction ("reply STOP"), and a text that consists of a
//! quotation alone is left as it is.

use super::fold::{fold, is_invisible};
use super::meaning::{SIGNS, heads, words};
use super::words::{LANGUAGES, Rows};
use std::ops::Range;

/// What a person wrote.
pub(super) struct Own {
    pub(super) text: String,
    /// Whether the text contained anything else.
    pub(super) shortened: bool,
}

/// Quotation marks: what opens, and what closes.
const MARKS: [(char, &str); 14] = [
    ('"', "\""),
    ('＂', "＂"),
    ('“', "”"),
    ('”', "”"),
    ('„', "“”"),
    ('‟', "”"),
    ('«', "»"),
    ('»', "«"),
    ('‹', "›"),
    ('「', "」"),
    ('『', "』"),
    ('《', "》"),
    ('‘', "’"),
    ('‚', "‘’"),
];
/// How many of these, from the last on, are apostrophes as well, and count in reactions only.
const SINGLE: usize = 2;
/// Longest words outside the quotation marks of a reaction, in bytes.
const OUTSIDE: usize = 160;
/// Quotation marks that are tried.
const TRIED: usize = 32;

/// Takes out reactions and quotations.
pub(super) fn own(text: &str) -> Own {
    let (rest, reacted) = without_reactions(text);
    let (kept, instructed) = without_instructions(&rest);
    let (kept, quoted) = without_quotations(&kept);
    let is_word = |c: char| c.is_alphanumeric() || is_sign(c);
    if (instructed || quoted) && kept.chars().any(is_word) {
        return Own { text: kept, shortened: true };
    }
    Own { text: rest, shortened: reacted }
}

/// A text without reactions, of which only signs that mean a refusal are kept, and whether there were any.
fn without_reactions(text: &str) -> (String, bool) {
    let (mut kept, mut rest, mut found) = (String::with_capacity(text.len()), text, false);
    while !rest.is_empty() {
        let line = &rest[..rest.find('\n').map_or(rest.len(), |at| at + 1)];
        if let Some((quoted, end)) = reaction(line, rest) {
            found = true;
            let outside = [&rest[..quoted.start], &rest[quoted.end..end]];
            kept.extend(outside.iter().flat_map(|part| part.chars()).filter(|sign| SIGNS.contains(sign)));
            kept.push('\n');
            rest = &rest[end..];
        } else {
            kept.push_str(line);
            rest = &rest[line.len()..];
        }
    }
    (kept, found)
}

/// The reaction that a text begins with: what it quotes, which may be several lines, and where it ends.
fn reaction(line: &str, rest: &str) -> Option<(Range<usize>, usize)> {
    for (open, mark, closing) in openings(line, &MARKS).take(TRIED).filter(|(open, ..)| *open <= OUTSIDE) {
        let Some(close) = closed(rest, open, mark, closing) else { continue };
        let end = rest[close..].find('\n').map_or(rest.len(), |at| close + at);
        let quotes = rest[open..close].chars().any(char::is_alphanumeric);
        if quotes && end - close <= OUTSIDE && is_reaction(&rest[..open], &rest[close..end]) {
            return Some((open..close, end));
        }
    }
    None
}

/// Where the quotation ends that opens here: behind the mark that closes it and all that open within.
fn closed(text: &str, open: usize, mark: char, closing: &str) -> Option<usize> {
    let (mut depth, mut before) = (0, ' ');
    let mut characters = text[open..].char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let after = characters.peek().map_or(' ', |(_, after)| *after);
        // Of marks that look alike, one before a word opens. An apostrophe closes nothing.
        let opens = c == mark && (!closing.contains(c) || before.is_whitespace() && !after.is_whitespace());
        if at == 0 || opens {
            depth += 1;
        } else if closing.contains(c) && !(c == '’' && after.is_alphanumeric()) {
            depth -= 1;
        }
        if depth == 0 {
            return Some(open + at + c.len_utf8());
        }
        before = c;
    }
    None
}

/// Quotation marks that open in a text: where, which, and what closes them.
fn openings<'a>(
    text: &'a str,
    marks: &'static [(char, &'static str)],
) -> impl Iterator<Item = (usize, char, &'static str)> + 'a {
    text.char_indices().filter_map(|(at, c)| {
        let (_, closing) = marks.iter().find(|(mark, _)| *mark == c)?;
        Some((at, c, *closing))
    })
}

/// Whether these are the words of a reaction, before and after what it quotes.
fn is_reaction(before: &str, after: &str) -> bool {
    let outside = || before.chars().chain([' ']).chain(after.chars());
    let said = fold(outside());
    let has = |rows: Rows| rows.binary_search(&&said[..]).is_ok();
    LANGUAGES.iter().any(|language| has(language.reactions) || has(language.signed) && outside().any(is_sign))
}

/// An emoji.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{203c}' | '\u{2049}' | '\u{2600}'..='\u{27bf}' | '\u{2b50}' | '\u{1f000}'..='\u{1faff}')
}

/// A text without what it quotes between quotation marks, where that is the instruction how to opt out, and whether
/// there was any.
fn without_instructions(text: &str) -> (String, bool) {
    let (mut kept, mut rest, mut found) = (String::with_capacity(text.len()), text, false);
    let marks = &MARKS[..MARKS.len() - SINGLE];
    while let Some((open, mark, closing)) = openings(rest, marks).next() {
        let inside = open + mark.len_utf8();
        let close = rest[inside..].char_indices().find(|(_, c)| closing.contains(*c));
        let Some((close, end)) = close.map(|(at, c)| (inside + at, inside + at + c.len_utf8())) else {
            kept.push_str(&rest[..inside]);
            rest = &rest[inside..];
            continue;
        };
        let quoted = fold(rest[inside..close].chars());
        let instructs =
            words(&quoted).any(|at| LANGUAGES.iter().any(|own| heads(own.instructions, at).next().is_some()));
        kept.push_str(&rest[..if instructs { open } else { end }]);
        if instructs {
            kept.push('\n');
        }
        found |= instructs;
        rest = &rest[end..];
    }
    kept.push_str(rest);
    (kept, found)
}

/// A text without the lines that a mail program repeats, and whether there were any: those that begin with `>`, and the
/// paragraph below a line such as `On …, … wrote:`. Later paragraphs stay, since people answer there.
fn without_quotations(text: &str) -> (String, bool) {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let count = |from: usize, of: fn(&str) -> bool| lines[from..].iter().take_while(|line| of(line)).count();
    let (mut kept, mut at) = (String::with_capacity(text.len()), 0);
    while at < lines.len() {
        if is_quoted(lines[at]) {
            at += 1;
        } else if let Some(header) = header(&lines[at..]) {
            at += header;
            at += count(at, |line| line.trim().is_empty());
            at += count(at, |line| !line.trim().is_empty() && !is_quoted(line));
        } else {
            kept.push_str(lines[at]);
            at += 1;
        }
    }
    let found = kept.len() < text.len();
    (kept, found)
}

fn is_quoted(line: &str) -> bool {
    let first = line.chars().find(|c| !c.is_whitespace() && !is_invisible(*c));
    matches!(first, Some('>' | '＞'))
}

/// How many of the first lines are what mail programs write above a quotation: when, and by whom.
fn header(lines: &[&str]) -> Option<usize> {
    if is_header(lines[0]) {
        return Some(1);
    }
    // A long one is broken: the second line has the rest of the name.
    let second = lines.get(1).filter(|second| has_time(lines[0]) && !is_header(second))?;
    is_header(&format!("{} {second}", lines[0].trim_end())).then_some(2)
}

/// Whether a line is such. A sentence of the person's own has no time ("On Monday I wrote:"), or says who writes.
fn is_header(line: &str) -> bool {
    if !line.trim_end().ends_with([':', '：']) || line.len() > 300 || !has_time(line) {
        return false;
    }
    let said = fold(line.chars());
    let is_own = |word: &str| ["eu", "i", "ich", "io", "je", "my", "we", "wir", "yo"].contains(&word);
    let quotes = |(first, verb): &(&str, &'static str)| {
        let begins = first.is_empty() || said.strip_prefix(first).is_some_and(|rest| rest.starts_with(' '));
        begins
            && words(&said).any(|at| at.strip_prefix(verb).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
    };
    !said.split(' ').any(is_own)
        && LANGUAGES.iter().any(|language| language.quoting.iter().any(quotes))
        && !LANGUAGES.iter().any(|language| language.refuses(&said))
}

/// Whether a line has a year or a time of day.
fn has_time(line: &str) -> bool {
    line.as_bytes().windows(4).any(|four| match four {
        [a, b':' | b'.' | b'h', c, d] => [a, c, d].iter().all(|digit| digit.is_ascii_digit()),
        four => four.iter().all(u8::is_ascii_digit),
    })
}
