//! Words whose meaning depends on the words around them.

use super::token::Token::{self, *};
use super::words::Words;

/// Tokens in which each of those words has its meaning; a word without one is a filler or uncertain.
pub(super) fn settled(mut tokens: Vec<Token>, words: &Words) -> Vec<Token> {
    cut_signature(&mut tokens);
    let mut at = 0;
    while at < tokens.len() {
        let text = Text { tokens: &tokens, at };
        match tokens[at] {
            Fine | Yes | Can | Request if text.is_tag() => {
                let question = text.next().unwrap_or(at);
                tokens[question] = Filler;
                tokens[at] = Courtesy;
            }
            Can => tokens[at] = if text.is_asked() { Request } else { Fine },
            Particle => {
                let counts = text.previous_is(|token| matches!(token, Number(..) | Article));
                tokens[at] = if counts { Time } else { Filler };
            }
            // "Los sms sí", "no sms, sì email".
            Yes => {
                let last = text.ends() && !text.begins();
                let first =
                    text.begins() && text.next() == Some(at + 1) && text.next_is(|token| matches!(token, Channel(_)));
                tokens[at] = if last || first { Fine } else { Filler };
            }
            Nothing => tokens[at] = if text.repeats_negation() { Filler } else { No },
            Uninterested if text.limits_interest() => tokens[at] = No,
            Enough => tokens[at] = text.enough(),
            Emphatic => settle_emphatic(&mut tokens, at),
            Ever => settle_ever(&mut tokens, at),
            These | Product if text.next_is(|token| token == Unknown) => {
                let noun = text.next().unwrap_or(at);
                let one = !matches!(tokens.get(noun + 1), Some(Unknown | Sign));
                if one && (tokens[at] == These || tokens.contains(&Others)) {
                    (tokens[at], tokens[noun]) = (Product, Filler);
                } else if tokens[at] == These {
                    tokens[at] = Filler;
                }
            }
            These => tokens[at] = Filler,
            Else => settle_else(&mut tokens, at),
            Reason => settle_reason(&mut tokens, at, words),
            _ => {}
        }
        at += 1;
    }
    tokens
}

/// A token, and those around it.
struct Text<'a> {
    tokens: &'a [Token],
    at: usize,
}

fn is_end(token: Token) -> bool {
    matches!(token, Break | Stopped | Question | But | Dash(true))
}

fn is_negation(token: Token) -> bool {
    matches!(token, No | Never | Stop)
}

/// What somebody is contacted with.
fn is_contact(token: Token) -> bool {
    matches!(token, Channel(_) | Verb(_) | Ask(_) | Send | Contact)
}

fn is_time(token: Token) -> bool {
    matches!(
        token,
        NextOf(_)
            | NextDay(_)
            | AfterNext(_)
            | DayAfter
            | Unit(_)
            | Span(..)
            | MonthName(_)
            | MonthSign
            | Weekday(_)
            | EachWeekday(_)
            | Weekend
            | Weekdays
            | Part(_)
            | Clock
            | Am
            | Pm
            | NewYear
            | EndOf(_)
            | Season
            | Later
            | Vague
    )
}

impl Text<'_> {
    /// The place of the next token that is not a filler.
    fn next(&self) -> Option<usize> {
        (self.at + 1..self.tokens.len()).find(|at| self.tokens[*at] != Filler)
    }

    fn previous(&self) -> Option<usize> {
        (0..self.at).rev().find(|at| self.tokens[*at] != Filler)
    }

    fn next_is(&self, wanted: impl Fn(Token) -> bool) -> bool {
        self.next().is_some_and(|at| wanted(self.tokens[at]))
    }

    fn previous_is(&self, wanted: impl Fn(Token) -> bool) -> bool {
        self.previous().is_some_and(|at| wanted(self.tokens[at]))
    }

    fn begins(&self) -> bool {
        self.previous().is_none_or(|at| is_end(self.tokens[at]))
    }

    fn ends(&self) -> bool {
        self.next().is_none_or(|at| is_end(self.tokens[at]) || self.tokens[at] == Courtesy)
    }

    /// Where its clause begins and ends.
    fn clause(&self) -> (usize, usize) {
        let begin = (0..self.at).rev().find(|at| is_end(self.tokens[*at])).map_or(0, |at| at + 1);
        let end = (self.at..self.tokens.len()).find(|at| is_end(self.tokens[*at])).unwrap_or(self.tokens.len());
        (begin, end)
    }

    fn before(&self) -> &[Token] {
        &self.tokens[self.clause().0..self.at]
    }

    /// "…, ok?": asks for consent to a choice.
    fn is_tag(&self) -> bool {
        let chooses = |token: &Token| matches!(token, Only | First | Most | Less | Pause | Again);
        let last = self.next().filter(|at| self.tokens[*at] == Question);
        last.is_some_and(|last| last + 1 == self.tokens.len()) && self.tokens[..self.at].iter().any(chooses)
    }

    /// Whether it begins a question.
    fn is_asked(&self) -> bool {
        let asks = self.tokens[self.at..].iter().find(|token| matches!(token, Question | Stopped)) == Some(&Question);
        let before = self.before().iter().all(|token| matches!(token, Filler | Courtesy));
        asks && before
    }

    /// "No me manden nada", "no quiero nada": one negation.
    fn repeats_negation(&self) -> bool {
        self.before().contains(&No) && self.previous_is(|token| matches!(token, No | Send | Verb(_) | Ask(_)))
    }

    /// Whether a text says in what or when somebody is not interested.
    fn limits_interest(&self) -> bool {
        let limit =
            |token: &Token| matches!(token, Now | Product | These | Others | Again | ThisOf(_)) || is_time(*token);
        self.tokens.iter().any(limit)
    }

    /// "Basta SMS" is a refusal, "una volta al mese basta" is not.
    fn enough(&self) -> Token {
        if self.next_is(|token| is_contact(token) || token == Product) {
            return Stop;
        }
        let limit = |token: &Token| {
            matches!(token, Unit(_) | Times(_) | Time | Rate(..) | Span(..) | Every | Per | Article | Number(..))
        };
        // "Basta chiamare il numero verde."
        if self.next_is(|token| matches!(token, Verb(_))) {
            return Unknown;
        }
        if self.before().iter().any(limit) || self.next_is(|token| limit(&token)) {
            return Fine;
        }
        let sets = self.previous_is(|token| token == And) || self.before().contains(&Only);
        if sets { if self.before().contains(&Only) { Filler } else { Only } } else { Stop }
    }
}

/// "केवल … ही" says it once, and "व्हाट्सएप ही" is of the word before.
fn settle_emphatic(tokens: &mut [Token], at: usize) {
    let text = Text { tokens, at };
    let repeats = text.before().contains(&Only);
    let previous = text.previous().filter(|_| !text.begins());
    match previous {
        _ if repeats => tokens[at] = Filler,
        Some(previous) if matches!(tokens[previous], Number(..) | Times(_) | Time) => tokens[at] = Filler,
        Some(previous) if matches!(tokens[previous], Channel(_)) => {
            tokens[at] = tokens[previous];
            tokens[previous] = Only;
        }
        // "शाम 6 बजे के बाद ही …"
        Some(previous) if is_time(tokens[previous]) || matches!(tokens[previous], After | Before | Until | Between) => {
            let begin = text.clause().0;
            tokens[at] = Only;
            if !tokens[begin..at].iter().any(|token| is_contact(*token)) {
                tokens[begin..=at].rotate_right(1);
            }
        }
        _ => tokens[at] = Only,
    }
}

/// "कभी … मत" is one negation.
fn settle_ever(tokens: &mut [Token], at: usize) {
    let end = Text { tokens, at }.clause().1;
    tokens[at] = Vague;
    if let Some(no) = (at + 1..end).find(|no| tokens[*no] == No) {
        (tokens[at], tokens[no]) = (Never, Filler);
    }
}

/// "Only email, nothing else", "email and nothing else".
fn settle_else(tokens: &mut [Token], at: usize) {
    let text = Text { tokens, at };
    let hours = |token: &Token| matches!(token, Weekdays | Weekend | Part(_) | Clock | Weekday(_) | Am | Pm);
    let begins = text.begins();
    let limits = |token: &Token| matches!(token, Only | Most) || begins && hours(token);
    let begin = text.clause().0;
    let before = text.before();
    let joined = before
        .iter()
        .rposition(|token| *token == And)
        .filter(|and| before[and + 1..].iter().all(|token| *token == Filler));
    // What it follows: this clause, or the one before.
    let (from, mark) = if !text.begins() {
        (begin, joined.map(|and| begin + and))
    } else {
        let mark = begin.checked_sub(1);
        (mark.map_or(0, |mark| Text { tokens, at: mark.saturating_sub(1) }.clause().0), mark)
    };
    let said = &tokens[from..mark.unwrap_or(at)];
    let channels = said.iter().any(|token| matches!(token, Channel(_) | Ask(_) | Verb(_)));
    let only_channels = channels
        && said.iter().all(|token| {
            matches!(token, Channel(_) | Ask(_) | Verb(_) | Or | And | Filler | Courtesy | Fine | Article)
                || matches!(token, For | In | From | Per)
        });
    if tokens[..at].iter().any(limits) && !said.iter().any(|token| is_negation(*token)) {
        tokens[at] = Filler;
        if let Some(and) = mark.filter(|mark| tokens[*mark] == And) {
            tokens[and] = Filler;
        }
    } else if only_channels || !begins && said.iter().any(hours) && !said.iter().any(|token| is_negation(*token)) {
        let end = mark.unwrap_or(at);
        tokens[from..end].iter_mut().filter(|token| **token == Fine).for_each(fill);
        tokens[at] = Only;
        if let Some(mark) = mark {
            tokens[mark] = Filler;
        }
    } else {
        tokens[at] = No;
    }
}

/// A reason counts for nothing if it stands apart from what the text chooses.
fn settle_reason(tokens: &mut [Token], at: usize, words: &Words) {
    let (begin, end) = Text { tokens, at }.clause();
    let is_empty = |token: &Token| matches!(token, Filler | Courtesy | Now | Reason | And);
    let (before, after) = (&tokens[begin..at], &tokens[at + 1..end]);
    let begins = before.iter().all(is_empty);
    let rest = after.iter().position(|token| !is_empty(token));
    let wishes =
        |token: &Token| matches!(token, Verb(_) | Ask(_) | Send | Again | Pause) || words.after && is_contact(*token);
    match rest {
        None if begins => {
            tokens[begin..end].iter_mut().filter(|token| matches!(token, Now | Reason | And)).for_each(fill)
        }
        // "Busy, call me tomorrow", without the comma.
        Some(rest) if begins => {
            let rest = at + 1 + rest;
            let follows = if words.after {
                tokens[rest..end].iter().any(wishes)
            } else {
                wishes(&tokens[rest]) || is_negation(tokens[rest]) || tokens[rest] == Only
            };
            if follows {
                tokens[begin..rest].iter_mut().filter(|token| matches!(token, Now | Reason | And)).for_each(fill);
                tokens[rest - 1] = Break;
            }
        }
        // "Call me tomorrow, I'm at work", without the comma.
        None => {
            let limited = before.iter().any(|token| is_negation(*token) || matches!(token, Only | Except | Vague));
            let said = before.iter().any(|token| is_time(*token)) && before.iter().any(wishes);
            if said && !limited {
                let last = before.iter().rposition(|token| !is_empty(token)).map_or(begin, |last| begin + last + 1);
                tokens[last..end].iter_mut().filter(|token| matches!(token, Now | Reason | And)).for_each(fill);
            }
        }
        _ => {}
    }
}

fn fill(token: &mut Token) {
    *token = Filler;
}

/// Takes out a name after "kind regards".
fn cut_signature(tokens: &mut Vec<Token>) {
    const NAMES: usize = 4;
    let Some(regards) = tokens.iter().rposition(|token| *token == Regards) else { return };
    let after = &tokens[regards + 1..];
    let names = after.iter().filter(|token| **token == Unknown).count();
    let is_name = |token: &Token| matches!(token, Unknown | Break | Stopped | Filler | Courtesy | And | Dash(_));
    if names <= NAMES && after.iter().all(is_name) {
        tokens.truncate(regards);
        tokens.push(Courtesy);
    }
    tokens.iter_mut().filter(|token| **token == Regards).for_each(|token| *token = Courtesy);
}
