//! Divides items into clauses, each with one attitude, and sees what a clause has.

use super::Channel;
use super::phrase::Item;
use super::token::Token;

/// A set of channels, the first of [`Channel::ALL`] the lowest bit.
pub(super) type Channels = u8;

pub(super) fn bit(channel: Channel) -> Channels {
    1 << channel as u8
}

/// What joins a clause to the one before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Joint {
    None,
    Break,
    And,
    But,
}

/// A clause.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    pub(super) joint: Joint,
    pub(super) items: Vec<Item>,
}

/// Divides items into clauses: at punctuation, at "but", and before a second attitude.
pub(super) fn clauses(items: &[Item]) -> Vec<Clause> {
    let mut all: Vec<Clause> = Vec::new();
    let mut clause = Clause { joint: Joint::None, items: Vec::new() };
    for (at, item) in items.iter().copied().enumerate() {
        match item {
            Item::Plain(Token::Break | Token::Question) => next(&mut all, &mut clause, Joint::Break),
            Item::Plain(Token::But) => next(&mut all, &mut clause, Joint::But),
            // "Pause for 2 months, then only email".
            Item::Plain(token)
                if is_attitude(token)
                    && (clause.has_attitude() || clause.has(Token::Pause) && clause.has_times())
                    && clause.has_content() =>
            {
                // "Stop this product only" is one clause.
                let ends = matches!(
                    items.get(at + 1),
                    None | Some(Item::Plain(Token::Break | Token::But | Token::Courtesy | Token::Question))
                );
                // "I prefer email only".
                let prefers = token == Token::Only && ends && clause.items.first() == Some(&Item::Plain(Token::Fine));
                let prefers = prefers && Clause::channels(&clause.items).count_ones() == 1 && !clause.negates();
                let one = token == Token::Only && ends && matches!(clause.items.last(), Some(item) if is_product(item));
                // "Only this product not".
                let product = [Item::Plain(Token::Only), Item::Plain(Token::Product)];
                let one = one || prefers || token == Token::No && clause.items.ends_with(&product);
                if !one && token != Token::Except {
                    let joined = matches!(clause.items.last(), Some(Item::Plain(Token::And | Token::Or)));
                    if joined {
                        clause.items.pop();
                    }
                    next(&mut all, &mut clause, if joined { Joint::And } else { Joint::None });
                }
                clause.items.push(item);
            }
            _ => clause.items.push(item),
        }
    }
    next(&mut all, &mut clause, Joint::None);
    all.into_iter().flat_map(with_permission).flat_map(with_addition).collect()
}

fn next(all: &mut Vec<Clause>, clause: &mut Clause, joint: Joint) {
    if clause.items.is_empty() {
        // "…, but": the stronger of the two.
        clause.joint = if clause.joint == Joint::But { Joint::But } else { joint };
    } else {
        all.push(std::mem::replace(clause, Clause { joint, items: Vec::new() }));
    }
}

/// "No calls please texts are ok": two clauses, divided by the courtesy.
fn with_permission(clause: Clause) -> Vec<Clause> {
    let is = |wanted: fn(Token) -> bool| {
        clause.items.iter().position(|item| matches!(item, Item::Plain(token) if wanted(*token)))
    };
    let no = is(|token| matches!(token, Token::No | Token::Never | Token::Stop));
    let fine = is(|token| token == Token::Fine);
    let polite = is(|token| token == Token::Courtesy);
    // "Not this product others are fine".
    let others = is(|token| token == Token::Others);
    if let (Some(no), Some(others), Some(fine)) = (no, others, fine)
        && no.min(others) > 0
        && no < others
        && fine == others + 1
        && clause.items[..others].iter().any(is_product)
        && !matches!(clause.items[others - 1], Item::Plain(Token::And | Token::Or))
    {
        let (first, second) = clause.items.split_at(others);
        let second = Clause { joint: Joint::Break, items: second.to_vec() };
        return vec![Clause { joint: clause.joint, items: first.to_vec() }, second];
    }
    if let (Some(no), Some(fine), Some(polite)) = (no, fine, polite)
        && no < polite
        && polite < fine
    {
        let (first, second) = clause.items.split_at(polite + 1);
        let second = Clause { joint: Joint::Break, items: second.to_vec() };
        return vec![Clause { joint: clause.joint, items: first.to_vec() }, second];
    }
    vec![clause]
}

/// "Email only and at most once a month": the second is limited too.
fn with_addition(clause: Clause) -> Vec<Clause> {
    let and = clause.items.iter().position(|item| *item == Item::Plain(Token::And));
    let Some(and) = and.filter(|_| clause.has(Token::Only)) else { return vec![clause] };
    let (first, second) = (&clause.items[..and], &clause.items[and + 1..]);
    let first = Clause { joint: clause.joint, items: first.to_vec() };
    let limits = |item: &Item| match item {
        Item::Plain(token) => matches!(token, Token::Most | Token::Courtesy | Token::Fine | Token::And | Token::Or),
        _ => true,
    };
    let mut second = Clause { joint: Joint::And, items: second.to_vec() };
    let fits = first.has(Token::Only) && Clause::channels(&first.items) != 0 && !first.has_times();
    if !fits || !second.has_times() || !second.items.iter().all(limits) {
        return vec![clause];
    }
    second.items.insert(0, Item::Plain(Token::Only));
    vec![first, second]
}

fn is_attitude(token: Token) -> bool {
    matches!(token, Token::No | Token::Never | Token::Stop | Token::Only | Token::First | Token::Except)
}

fn is_product(item: &Item) -> bool {
    *item == Item::Plain(Token::Product)
}

impl Clause {
    pub(super) fn has(&self, token: Token) -> bool {
        self.items.contains(&Item::Plain(token))
    }

    pub(super) fn find(&self, token: Token) -> Option<usize> {
        self.items.iter().position(|item| *item == Item::Plain(token))
    }

    fn negates(&self) -> bool {
        [Token::No, Token::Never, Token::Stop].iter().any(|token| self.has(*token))
    }

    fn has_attitude(&self) -> bool {
        self.items.iter().any(|item| matches!(item, Item::Plain(token) if is_attitude(*token) || *token == Token::Fine))
    }

    /// Whether it has more than attitudes and courtesy.
    fn has_content(&self) -> bool {
        self.items.iter().any(|item| match item {
            Item::Plain(token) => {
                !is_attitude(*token)
                    && !matches!(token, Token::Courtesy | Token::Request | Token::And | Token::Or)
                    && (*token != Token::Fine || self.items.len() > 1)
            }
            _ => true,
        })
    }

    /// The channels among items.
    pub(super) fn channels(items: &[Item]) -> Channels {
        items.iter().fold(0, |all, item| match item {
            Item::Plain(Token::Channel(channel) | Token::Verb(channel) | Token::Ask(channel)) => all | bit(*channel),
            _ => all,
        })
    }

    /// Whether it has nouns of channels, and nothing else but connectors.
    pub(super) fn is_list(&self) -> bool {
        let mut some = false;
        self.items.iter().all(|item| match item {
            Item::Plain(Token::Channel(_)) => {
                some = true;
                true
            }
            Item::Plain(Token::And | Token::Or | Token::Courtesy) => true,
            _ => false,
        }) && some
    }

    /// Whether it has times or numbers.
    pub(super) fn has_times(&self) -> bool {
        self.items.iter().any(|item| !matches!(item, Item::Plain(_)))
    }
}
