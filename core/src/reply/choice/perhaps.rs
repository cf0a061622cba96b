//! Texts that may contain a choice.

use super::token::Token::{self, *};

/// Words between two that belong together.
const NEAR: usize = 3;
/// Words of a short sentence.
const SHORT: usize = 6;

/// Whether tokens have what a choice is made of.
pub(super) fn is_perhaps(tokens: &[Token]) -> bool {
    let words: Vec<Token> = tokens.iter().copied().filter(|token| *token != Sign).collect();
    if is_appointment(&words) {
        return false;
    }
    let mut sentences = words.split_inclusive(|token| matches!(token, Question | Stopped | Break));
    words.iter().any(|token| matches!(token, Peace | Uninterested))
        || words.contains(&Product) && words.contains(&Others) && !words.contains(&Question)
        || !words.contains(&Unknown) && is_whole(&words)
        || sentences.any(is_of_choice)
}

/// Whether a text asks for a contact at a day and an hour, and limits nothing: "call me tomorrow at 5".
fn is_appointment(words: &[Token]) -> bool {
    let has = |wanted: fn(&Token) -> bool| words.iter().any(wanted);
    let limits = |token: &Token| {
        matches!(
            token,
            No | Never | Stop | Only | First | Except | AllBut | Instead | Pause | Less | Often | Most | Over
        ) || matches!(token, Peace | Uninterested | Elsewhere | Nothing | Else | Enough | Unread | Until | Before)
    };
    let day = words.iter().position(|token| matches!(token, NextOf(super::token::DAY) | Weekday(_) | NextDay(_)));
    let hour = |rest: &[Token]| {
        let is_hour = |token: &Token| matches!(token, Number(1..=24, 1..=2));
        rest.iter().zip(rest.iter().skip(1).map(Some).chain([None])).any(|(token, next)| {
            is_hour(token)
                && !next.is_some_and(|next| matches!(next, Unit(_) | Span(..) | Times(_) | Time | MonthName(_)))
        })
    };
    has(|token| matches!(token, Ask(_))) && !words.iter().any(limits) && day.is_some_and(|day| hour(&words[day..]))
}

/// Whether a sentence has what a choice is made of.
fn is_of_choice(sentence: &[Token]) -> bool {
    // "Do you only accept email?"
    let begins = sentence.first().is_some_and(|token| *token == Request || is_essential(*token));
    let asks = sentence.last() == Some(&Question);
    let words: Vec<Token> = sentence
        .iter()
        .copied()
        .filter(|token| !matches!(token, Filler | Article | Break | Stopped | Question))
        .collect();
    // "Once a month?"
    let short = words.len() <= SHORT;
    if asks && !begins && !(short && !words.contains(&Unknown) && has_rate(&words)) {
        return false;
    }
    let said = |token: &&Token| !matches!(token, Courtesy | Break | Stopped | Article);
    let edge = |token: Option<&Token>| matches!(token, Some(Only | First | Instead));
    let limited = edge(sentence.iter().find(said)) || edge(sentence.iter().rev().find(said));
    // "Only by pigeon."
    let few = words.iter().filter(|token| **token != Courtesy).count() <= NEAR;
    let limited = !asks && few && limited;
    // "Can you stop that for three months?"
    let pauses = sentence.first() == Some(&Request)
        && words
            .windows(2)
            .any(|pair| matches!(pair[0], For | Until | Within) && (is_time(pair[1]) || is_number(pair[1])));
    limited
        || pauses
        || has_rate(&words)
        || !asks && delays(&words)
        || (0..words.len()).any(|at| is_at(&words, at, asks))
}

/// Whether a choice may be at a word of a sentence.
fn is_at(words: &[Token], at: usize, asks: bool) -> bool {
    let near = |wanted: fn(Token) -> bool| {
        let after = &words[at + 1..words.len().min(at + 1 + NEAR)];
        let before = &words[at.saturating_sub(NEAR)..at];
        after.iter().chain(before).any(|token| wanted(*token))
    };
    let token = |at: usize| words.get(at).copied().unwrap_or(Unknown);
    let (next, before) = (token(at + 1), at.checked_sub(1).map_or(Unknown, token));
    let ends = words[at + 1..].iter().all(|token| *token == Courtesy);
    let begins = words[..at].iter().all(|token| *token == Courtesy);
    let short = words.len() <= SHORT;
    match words[at] {
        Pause => true,
        Less | Often => {
            near(is_contact)
                || near(|token| matches!(token, No | Fine | Courtesy))
                || short && begins
                || words.len() <= 3
        }
        No | Never | Stop => {
            near(is_contact)
                || matches!(next, Now | Before | Until | Within | Often | Vague | ThisOf(_) | First | Later | Season)
                || matches!(next, NextOf(_) | Every | Weekend | Weekday(_) | EachWeekday(_) | Product | Others)
                || matches!(before, Now | ThisOf(_) | Later)
                || ends && matches!(before, Product | Weekday(_) | EachWeekday(_) | Weekend | Others)
                || near(|token| matches!(token, Until | Within | Peace)) && words.iter().any(|token| is_time(*token))
        }
        Only | First | Except | Instead | AllBut => {
            near(|token| is_contact(token) || matches!(token, Vague | Elsewhere | Peace | Often))
                || !asks && near(is_hours)
        }
        Elsewhere => near(|token| matches!(token, Only | No | Fine | Instead)),
        Ask(_) => near(is_date) || near(|token| matches!(token, Later | Season | NextOf(_) | NextDay(_) | DayAfter)),
        // "Call me later", "call me in a few months", "write to me in March".
        Again if near(is_hours) => true,
        Send | Again => {
            near(is_uncertain) || near(|token| matches!(token, Unit(_) | Span(..) | NextOf(_) | MonthName(_)))
        }
        Later => short && begins || near(|token| matches!(token, Fine | Courtesy | Vague)),
        Season => near(|token| matches!(token, After | Until | Vague | Again)) && short,
        Fine => near(|token| matches!(token, Weekend | Weekdays | EachWeekday(_) | Part(_) | Rate(..))) && short,
        Product => next == No && token(at + 2) == Unknown && ends,
        _ => false,
    }
}

/// Whether a sentence begins with a time to come, or is no more than one: "after the holidays", "next year".
fn delays(words: &[Token]) -> bool {
    let is_link =
        |token: &Token| matches!(token, After | Until | Before | First | Within | In | For | From | To | Courtesy);
    let is_length = |token: &Token| matches!(token, Unit(_) | Span(..) | Number(..));
    let links = words.iter().take_while(|token| is_link(token));
    let linked = links.clone().any(|token| !matches!(token, Courtesy | In | For | From | To));
    let starts = links.clone().any(|token| *token == From);
    let far = links.clone().any(|token| *token != Courtesy);
    let Some(first) = words.iter().find(|token| !is_link(token)) else { return false };
    let uncertain = is_uncertain(*first) || matches!(first, NextOf(_) | AfterNext(_));
    let short = words.len() <= SHORT;
    let dated = linked && (is_length(first) || matches!(first, MonthName(_) | NewYear | EndOf(_)));
    let known = !words.contains(&Unknown);
    let dated = dated || starts && matches!(first, MonthName(_) | NewYear);
    // "In January."
    let dated = dated || known && far && words.len() <= 3 && matches!(first, MonthName(_));
    // "Three weeks please."
    let dated = dated || is_length(first) && words.contains(&Courtesy) && words.iter().any(|token| is_unit(*token));
    let dated = dated || far && is_length(first) && words.iter().any(|token| is_unit(*token));
    // "Kuch din baad", "过完年再说".
    let follows = words.iter().any(|token| matches!(token, After | Again | Later));
    short
        && (*first == Later
            || *first == Season && far
            || known && (uncertain && far && *first != NextOf(super::token::DAY) || dated))
        || short && follows && words.iter().any(|token| matches!(token, Season | Later | Vague))
        || known && words.len() <= 2 && uncertain && *first != NextOf(super::token::DAY)
}

/// Whether a sentence has a number of times in a period: "once a month", "monthly is enough".
fn has_rate(words: &[Token]) -> bool {
    let is_period = |token: &Token| matches!(token, Unit(_) | Rate(..) | Span(..));
    words.windows(2).any(|pair| matches!(pair, [Times(_), period] | [period, Times(_)] if is_period(period)))
        || words.windows(3).any(|three| match three {
            [Every, Vague, period]
            | [Times(_), Per | Every | In | To | For | Time, period]
            | [Number(..), Time, period]
            | [period, In | Most | Send | Verb(_), Times(_)]
            | [period, Number(..), Time] => is_period(period),
            _ => false,
        })
        || words.windows(4).any(|four| match four {
            [Number(..), Time, Per | Every | In | To | For, period]
            | [Times(_), Every, Number(..), period]
            | [period, In, Number(..), Time]
            | [Times(_), Channel(_) | Contact, _, period] => is_period(period),
            _ => false,
        })
        || words.contains(&Most) && words.iter().any(is_period)
}

/// Whether a text of which every word is known chooses something, though not certainly.
fn is_whole(tokens: &[Token]) -> bool {
    let has = |wanted: fn(Token) -> bool| tokens.iter().any(|token| wanted(*token));
    let asks = has(|token| token == Question) && !has(|token| token == Request);
    let attitude = has(|token| matches!(token, No | Never | Stop | Only | First | Except | AllBut | Instead | Else));
    let thing = has(|token| is_contact(token) || is_time(token) || matches!(token, Product | Others | Elsewhere));
    let wishes = has(|token| matches!(token, Ask(_) | Send | Again)) && has(is_date);
    let limits = has(|token| matches!(token, Pause | Less | Most));
    // "Maybe later", "maybe next year".
    let delays = tokens.iter().filter(|token| is_uncertain(**token) || matches!(token, NextOf(_) | Again)).count() > 1;
    let delays = delays && has(is_uncertain);
    let less = has(|token| token == Less);
    less || !asks && (attitude && thing || limits || wishes || delays || has(|token| matches!(token, Stop | Never)))
}

/// Words without which a text is no choice.
fn is_essential(token: Token) -> bool {
    matches!(
        token,
        No | Never | Stop | Only | First | Except | Instead | Pause | Less | Most | Often | Again | Ask(_) | Send
    )
}

fn is_contact(token: Token) -> bool {
    matches!(token, Channel(_) | Verb(_) | Ask(_) | Send | Contact)
}

fn is_number(token: Token) -> bool {
    matches!(token, Number(..) | Article)
}

fn is_unit(token: Token) -> bool {
    matches!(token, Unit(_) | Span(..))
}

fn is_uncertain(token: Token) -> bool {
    matches!(token, Vague | Later | Season)
}

/// Hours and days of a week.
fn is_hours(token: Token) -> bool {
    matches!(token, Weekday(_) | EachWeekday(_) | Weekend | Weekdays | EveryDay | Part(_) | Clock | Am | Pm | Noon)
}

/// Times that may be past or impossible dates, unlike an appointment ("call me tomorrow at 5").
fn is_date(token: Token) -> bool {
    is_uncertain(token) || matches!(token, Unit(_) | Span(..) | MonthName(_) | MonthSign | Dot | Slash | Number(_, 4))
}

/// Times that are dates or lengths of time.
fn is_time(token: Token) -> bool {
    is_hours(token)
        || is_uncertain(token)
        || matches!(
            token,
            Unit(_)
                | Span(..)
                | MonthName(_)
                | MonthSign
                | NextOf(_)
                | AfterNext(_)
                | NextDay(_)
                | NewYear
                | EndOf(_)
                | Now
                | ThisOf(_)
                | Rate(..)
                | Times(_)
                | Dot
        )
}
