//! Joins tokens to items: lengths of time, dates, days, hours, numbers of messages.

use super::clock::{self, Window};
use super::dates::{self, Point};
use super::hours::{ALL_DAYS, Days, WEEKDAYS, WEEKEND};
use super::token::{DAY, Token};
use super::words::Words;
use super::{Channel, Period};
use chrono::NaiveDate;

const VOICE: Channel = Channel::Voice;

/// How a time is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    Bare,
    For,
    In,
    Within,
    Until,
    Before,
    After,
    From,
}

/// A part of a text that has one meaning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Item {
    /// A token that is not of a time or number.
    Plain(Token),
    /// A length of time.
    Length(Role, Period),
    /// Days of the calendar.
    Point(Role, Point),
    /// The next period, as "next year".
    Next(Role, Point),
    /// Days of the week, and whether all such days are meant.
    Days(Days, bool),
    Window(Window),
    /// So many contacts in a period.
    Rate {
        times: u32,
        period: Period,
        /// Whether a number was said, and whether as a number of messages.
        counted: bool,
        messages: bool,
    },
}

/// The items of a text. `None` if a word of a time or number belongs to none.
pub(super) fn items(tokens: &[Token], words: &Words, today: NaiveDate) -> Option<Vec<Item>> {
    /// Most tokens of a choice.
    const MOST: usize = 120;
    let tokens: Vec<Token> = tokens.iter().copied().filter(|token| *token != Token::Filler).collect();
    if tokens.len() > MOST {
        return None;
    }
    let reader = Reader { words, today };
    let (mut items, mut rest) = (Vec::new(), &tokens[..]);
    while let Some(token) = rest.first() {
        let (item, length) = reader.item(rest).unwrap_or((Item::Plain(*token), 1));
        if let Item::Plain(token) = item {
            match token {
                Token::Article | Token::To => {}
                Token::Dash(false) => {}
                Token::AllBut => items.extend([Item::Plain(Token::All), Item::Plain(Token::Except)]),
                Token::Dash(true) | Token::Stopped => items.push(Item::Plain(Token::Break)),
                _ if is_loose(token, items.last(), rest.get(1), words) => {}
                _ if is_plain(token) => items.push(item),
                _ => return None,
            }
        } else {
            // "Call me at 5 every day."
            let called = matches!(items.last(), Some(Item::Plain(Token::Ask(VOICE) | Token::Verb(VOICE))));
            if called && matches!(item, Item::Rate { messages: true, .. }) && !has_message(&rest[..length]) {
                return None;
            }
            items.push(item);
        }
        rest = &rest[length..];
    }
    let mut items = daily(items);
    if words.in_spans {
        spanned(&mut items);
    }
    Some(items)
}

/// "No … en 4 meses": not for 4 months.
fn spanned(items: &mut [Item]) {
    let mut refused = false;
    for item in items {
        match item {
            Item::Plain(Token::No) => refused = true,
            Item::Plain(Token::Break | Token::But | Token::And | Token::Or | Token::Again) => refused = false,
            Item::Length(role @ Role::In, _) if refused => *role = Role::For,
            _ => {}
        }
    }
}

/// Whether tokens name a message.
fn has_message(tokens: &[Token]) -> bool {
    tokens.iter().any(|token| matches!(token, Token::Channel(_) | Token::Contact | Token::Verb(_)))
}

/// Every day at some hours: those of each day.
fn daily(mut items: Vec<Item>) -> Vec<Item> {
    let is_window = |item: Option<&Item>| matches!(item, Some(Item::Window(_)));
    for at in 0..items.len() {
        if let Item::Rate { times: 1, period: Period { count: 1, unit: DAY }, counted: false, .. } = items[at]
            && (is_window(items.get(at + 1)) || at > 0 && is_window(items.get(at - 1)))
        {
            items[at] = Item::Days(ALL_DAYS, true);
        }
    }
    items
}

/// Whether a preposition belongs to no time: "by", "for this product", "every evening".
fn is_loose(token: Token, before: Option<&Item>, after: Option<&Token>, words: &Words) -> bool {
    let is_thing = |token: &Token| {
        matches!(
            token,
            Token::Channel(_)
                | Token::Verb(_)
                | Token::Ask(_)
                | Token::Send
                | Token::Contact
                | Token::Product
                | Token::Others
        )
    };
    match token {
        Token::In | Token::For | Token::From | Token::Per if words.after => {
            matches!(before, Some(Item::Plain(token)) if is_thing(token))
        }
        Token::In | Token::For | Token::From | Token::Per => after.is_some_and(is_thing),
        // "以后" at the beginning: from now on.
        Token::After if words.after => matches!(before, None | Some(Item::Plain(Token::Break | Token::But))),
        Token::Every => {
            matches!(
                after,
                Some(Token::Part(_) | Token::Weekday(_) | Token::Weekend | Token::Weekdays | Token::EachWeekday(_))
            ) || after.is_some_and(is_thing)
        }
        _ => false,
    }
}

/// Whether a token has a meaning outside times and numbers.
fn is_plain(token: Token) -> bool {
    use Token::*;
    matches!(
        token,
        Channel(_)
            | Verb(_)
            | Ask(_)
            | Send
            | Contact
            | No
            | Never
            | Stop
            | Only
            | First
            | Except
            | Instead
            | Fine
            | Others
            | All
            | Product
            | Request
            | Courtesy
            | But
            | And
            | Or
            | Pause
            | Again
            | Now
            | Less
            | Often
            | Most
            | Over
            | Break
            | Question
            | Unread
    )
}

pub(super) struct Reader<'a> {
    pub(super) words: &'a Words,
    pub(super) today: NaiveDate,
}

impl Reader<'_> {
    /// The item that tokens begin with, and how many it takes.
    fn item(&self, tokens: &[Token]) -> Option<(Item, usize)> {
        self.rate(tokens).or_else(|| self.at_days(tokens)).or_else(|| self.window(tokens)).or_else(|| self.when(tokens))
    }

    fn window(&self, tokens: &[Token]) -> Option<(Item, usize)> {
        clock::window(tokens, self.words).map(|(window, length)| (Item::Window(window), length))
    }

    /// So many in a period: "twice a month", "2 texts a week", "monthly".
    fn rate(&self, tokens: &[Token]) -> Option<(Item, usize)> {
        if let Some((times, messages, mut at)) = count(tokens) {
            // "2 at most a week" is not the number of what came.
            let most = tokens.get(at) == Some(&Token::Most);
            at += usize::from(most);
            if let Some((period, linked, length)) = self.period(&tokens[at..])
                && linked
            {
                return Some((Item::Rate { times, period, counted: true, messages: messages && !most }, at + length));
            }
        }
        let (period, linked, mut at) = self.period(tokens)?;
        // "In 3 months" alone is a time, and "in 3 months a call" too.
        let certain = matches!(tokens[0], Token::Per | Token::Every | Token::Rate(..));
        let is_time = !certain && linked && matches!(tokens.get(1), Some(Token::Number(..)));
        let is = |at: usize, token: Token| usize::from(tokens.get(at) == Some(&token));
        // "一年联系一次", "一星期最多发一次".
        let verb = |at: usize| {
            let is_verb = matches!(tokens.get(at), Some(Token::Verb(_) | Token::Ask(_) | Token::Send));
            usize::from(self.words.after && is_verb)
        };
        let most = is(at, Token::Most);
        let sent = verb(at + most);
        if sent > 0
            && let Some((times, messages, length)) = count(&tokens[at + most + sent..])
        {
            let period = Item::Rate { times, period, counted: true, messages: messages && most == 0 };
            return Some((period, at + most + sent + length));
        }
        if let Some((times, messages, length)) = count(&tokens[at + most..])
            && !(is_time && messages)
        {
            let messages = messages && most == 0;
            return Some((Item::Rate { times, period, counted: true, messages }, at + most + length));
        }
        if self.words.after && tokens.get(at) == Some(&Token::In) {
            at += 1;
            // "हफ्ते में सिर्फ एक बार"
            let most = is(at, Token::Most) + is(at, Token::Only);
            at += most;
            // "हफ्ते में एक से ज़्यादा मत"
            let number = match (tokens.get(at), tokens.get(at + 1)) {
                (Some(Token::Number(times @ 1..=99, _)), Some(Token::Over)) => Some((*times, false, 1)),
                _ => None,
            };
            let (times, messages, length) = count(&tokens[at..]).or(number)?;
            let messages = messages && most == 0;
            return Some((Item::Rate { times, period, counted: true, messages }, at + length));
        }
        certain.then_some((Item::Rate { times: 1, period, counted: false, messages: false }, at))
    }

    /// A period, and whether a word joins it to a number before: "a month", "every 3 months", "monthly".
    fn period(&self, tokens: &[Token]) -> Option<(Period, bool, usize)> {
        if let Token::Rate(count, unit) = *tokens.first()? {
            return Some((Period { count, unit }, true, 1));
        }
        let linked = matches!(
            tokens[0],
            Token::Per | Token::Every | Token::In | Token::For | Token::To | Token::Article | Token::Within
        );
        let mut at = usize::from(linked);
        at += usize::from(linked && tokens[0] != Token::Article && tokens.get(at) == Some(&Token::Article));
        let (period, length) = match *tokens.get(at)? {
            Token::Number(count @ 1..=99, _) => {
                let Some(Token::Unit(unit)) = tokens.get(at + 1) else { return None };
                (Period { count, unit: *unit }, 2)
            }
            Token::Unit(unit) => (Period { count: 1, unit }, 1),
            Token::Span(count, unit) => (Period { count, unit }, 1),
            _ => return None,
        };
        Some((period, linked, at + length))
    }

    /// Days of the week: "Monday to Friday", "Saturdays and Sundays", "weekends".
    fn days(&self, tokens: &[Token]) -> Option<(Days, bool, usize)> {
        let day = |at: usize| match tokens.get(at) {
            Some(Token::Weekday(day)) => Some((*day, false)),
            Some(Token::EachWeekday(day)) => Some((*day, true)),
            _ => None,
        };
        let (mut days, mut each, mut at) = match tokens.first()? {
            Token::Weekend => (WEEKEND, true, 1),
            Token::Weekdays => (WEEKDAYS, true, 1),
            Token::EveryDay => (ALL_DAYS, true, 1),
            _ => {
                let (first, mut each) = day(0)?;
                let (mut days, mut at) = (1 << first, 1);
                let ranges = match tokens.get(1) {
                    Some(Token::To | Token::Until | Token::Dash(_)) => true,
                    Some(Token::From) => self.words.after,
                    _ => false,
                };
                if ranges && let Some((last, _)) = day(2) {
                    let mut next = first;
                    while next != last {
                        next = (next + 1) % 7;
                        days |= 1 << next;
                    }
                    (each, at) = (true, 3);
                    at += usize::from(self.words.after && tokens.get(at) == Some(&Token::Until));
                }
                (days, each, at)
            }
        };
        // More of them.
        while matches!(tokens.get(at), Some(Token::And | Token::Or | Token::Break)) {
            let more = at + 1 + usize::from(tokens.get(at + 1) == Some(&Token::Every));
            let Some((next, is_each)) = day(more) else { break };
            if matches!(tokens.get(more + 1), Some(Token::To | Token::Until | Token::Dash(_))) {
                break;
            }
            days |= 1 << next;
            each |= is_each;
            at = more + 1;
        }
        Some((days, each, at))
    }

    /// Days, except one after "until" and the like, which is a date.
    fn at_days(&self, tokens: &[Token]) -> Option<(Item, usize)> {
        let before = match tokens.first()? {
            Token::Every => 1,
            // "From Monday to Friday", "in the weekend".
            Token::From | Token::In | Token::For | Token::Between => 1,
            _ => 0,
        };
        let (days, each, length) = self.days(&tokens[before..])?;
        let at = before + length;
        let each = each || tokens[0] == Token::Every;
        let is_range = each && days.count_ones() > 1;
        if tokens[0] == Token::From && !is_range || tokens[0] == Token::Between {
            return None;
        }
        let role_after =
            matches!(tokens.get(at), Some(Token::Until | Token::Before | Token::After | Token::From | Token::Within));
        if self.words.after && role_after && !each && clock::window(&tokens[at..], self.words).is_none() {
            return None;
        }
        Some((Item::Days(days, each), at))
    }

    /// A length of time or days of the calendar, with what says how they are meant.
    fn when(&self, tokens: &[Token]) -> Option<(Item, usize)> {
        let (mut role, mut at) = match (tokens.first()?, tokens.get(1)) {
            (Token::Until, Some(Token::After)) => {
                let (item, length) = self.when(&tokens[1..])?;
                return match item {
                    Item::Point(Role::After, point) | Item::Next(Role::After, point) => {
                        Some((Item::Point(Role::Until, point.last()), length + 1))
                    }
                    _ => None,
                };
            }
            (Token::Until | Token::Before, Some(Token::Before | Token::Until | Token::In)) => (Role::Until, 2),
            (Token::From, Some(Token::In)) => (Role::From, 2),
            (token, _) => role(*token).map_or((Role::Bare, 0), |role| (role, 1)),
        };
        let rest = &tokens[at..];
        let (item, length) = if let Some((period, length)) = length(rest) {
            at += length;
            if tokens.get(at) == Some(&Token::FromNow) && matches!(role, Role::Bare | Role::In) {
                return Some((Item::Length(Role::In, period), at + 1));
            }
            (Item::Length(role, period), 0)
        } else if let Some(Token::NextOf(unit)) = rest.first().filter(|_| self.month_of_year(rest).is_none()) {
            (Item::Next(role, dates::next(self.today, *unit)?), 1)
        } else {
            let (point, length) = self.point(rest)?;
            (Item::Point(role, point), length)
        };
        at += length;
        if self.words.after && role == Role::Bare {
            let mut item = item;
            if matches!(tokens.get(at), Some(Token::End | Token::EndOf(_))) {
                at += 1;
                item = match item {
                    Item::Point(role, point) | Item::Next(role, point) => Item::Point(role, point.last()),
                    _ => return None,
                };
            }
            if let Some(after) = tokens.get(at).and_then(|token| self::role(*token)) {
                (role, at) = (after, at + 1);
                // "3 महीने तक" is for three months, and "三个月后" in three months.
                item = match item {
                    Item::Length(_, period) => match role {
                        Role::Until => Item::Length(Role::For, period),
                        Role::After => Item::Length(Role::In, period),
                        Role::Before => return None,
                        _ => Item::Length(role, period),
                    },
                    Item::Point(_, point) => Item::Point(role, point),
                    Item::Next(_, point) => Item::Next(role, point),
                    item => item,
                };
            }
            return Some((item, at));
        }
        // "到三月底之前"
        let closes = matches!(
            (role, tokens.get(at)),
            (Role::Until, Some(Token::Before | Token::Until)) | (Role::From, Some(Token::After | Token::From))
        );
        Some((item, at + usize::from(self.words.after && closes)))
    }
}

/// A length of time, and how many tokens it takes.
fn length(tokens: &[Token]) -> Option<(Period, usize)> {
    let (count, unit, length) = match (tokens.first()?, tokens.get(1)) {
        (Token::Number(count @ 1..=99, _), Some(Token::Unit(unit))) => (*count, *unit, 2),
        (Token::Article, Some(Token::Unit(unit))) => (1, *unit, 2),
        (Token::Span(count, unit), _) => (*count, *unit, 1),
        (Token::Article, Some(Token::Span(count, unit))) => (*count, *unit, 2),
        _ => return None,
    };
    Some((Period { count, unit }, length))
}

/// A number of contacts, whether it is one of messages, and how many tokens it takes.
fn count(tokens: &[Token]) -> Option<(u32, bool, usize)> {
    let is_message = |at: usize| matches!(tokens.get(at), Some(Token::Channel(_) | Token::Contact | Token::Verb(_)));
    let more = |at: usize| at + usize::from(is_message(at));
    match (tokens.first()?, tokens.get(1)) {
        (Token::Times(times), _) => Some((*times, false, more(1))),
        (Token::Number(times @ 1..=99, _), Some(Token::Time)) => Some((*times, false, more(2))),
        (Token::Article, Some(Token::Time)) => Some((1, false, more(2))),
        // "3 a month", "una al mese".
        (Token::Number(times @ 1..=99, _), Some(link)) if is_link(*link, tokens.get(2)) => Some((*times, true, 1)),
        (Token::Article, Some(Token::Per | Token::Every | Token::Rate(..))) => Some((1, true, 1)),
        (Token::Number(times @ 1..=99, _), _) if is_message(1) => Some((*times, true, more(2))),
        (Token::Article, _) if is_message(1) => Some((1, true, more(2))),
        _ => None,
    }
}

/// Whether a word joins a number to a period.
fn is_link(token: Token, next: Option<&Token>) -> bool {
    match token {
        Token::Per | Token::Every | Token::Rate(..) | Token::Article | Token::Most => true,
        // "5 in 2 weeks" has a time of day.
        Token::For | Token::To => matches!(next, Some(Token::Unit(_))),
        _ => false,
    }
}

fn role(token: Token) -> Option<Role> {
    match token {
        Token::For => Some(Role::For),
        Token::In => Some(Role::In),
        Token::Within => Some(Role::Within),
        Token::Until => Some(Role::Until),
        Token::Before => Some(Role::Before),
        Token::After => Some(Role::After),
        Token::From => Some(Role::From),
        _ => None,
    }
}
