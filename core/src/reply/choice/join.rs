//! Joins clauses that punctuation divides, though they say one thing.

use super::clause::{Clause, Joint};
use super::phrase::{Item, Role};
use super::token::Token;

/// Joins a time that stands apart to the refusal that it limits: "until March, no messages".
pub(super) fn with_times(clauses: Vec<Clause>) -> Vec<Clause> {
    let limits = |clause: &Clause| {
        clause.has_times()
            && clause.items.iter().all(|item| match item {
                Item::Plain(token) => *token == Token::Courtesy,
                Item::Length(role, _) | Item::Point(role, _) | Item::Next(role, _) => {
                    matches!(role, Role::Until | Role::For | Role::Within | Role::Before)
                }
                _ => false,
            })
    };
    let refuses = |clause: &Clause| {
        let refusal = [Token::No, Token::Stop, Token::Pause].iter().any(|token| clause.has(*token));
        refusal && !clause.has_times() && clause.items.len() > 1 || clause.has(Token::Pause) && !clause.has_times()
    };
    // "Monday to Friday, 9 to 5".
    let is_hours = |clause: &Clause| {
        let is_hour = |item: &Item| matches!(item, Item::Days(..) | Item::Window(_) | Item::Plain(Token::Courtesy));
        clause.has_times() && clause.items.iter().all(is_hour)
    };
    let mut all: Vec<Clause> = Vec::new();
    for mut clause in clauses {
        match all.last_mut() {
            Some(last)
                if clause.joint == Joint::Break
                    && (limits(last) && refuses(&clause)
                        || refuses(last) && limits(&clause)
                        || is_hours(last) && is_hours(&clause)) =>
            {
                last.items.append(&mut clause.items);
            }
            _ => all.push(clause),
        }
    }
    all
}

/// Joins the parts of a list: "only email, sms or fax", "email, sms are ok".
pub(super) fn with_lists(clauses: Vec<Clause>) -> Option<Vec<Clause>> {
    let mut all: Vec<Clause> = Vec::new();
    let mut waiting: Vec<Item> = Vec::new();
    let mut clauses = clauses.into_iter().peekable();
    while let Some(mut clause) = clauses.next() {
        if !clause.is_list() || clause.joint == Joint::But {
            if waiting.is_empty() {
                all.push(clause);
            } else {
                waiting.append(&mut clause.items);
                let joint = clause.joint;
                all.push(Clause { joint, items: std::mem::take(&mut waiting) });
            }
            continue;
        }
        let before = all.last_mut().filter(|before| extends(before));
        let follows = clauses.peek().is_some_and(|next| next.joint == Joint::Break && permits(next));
        let ends = matches!(clause.items.first(), Some(Item::Plain(Token::And | Token::Or)))
            || clause.has(Token::And)
            || clause.has(Token::Or);
        match before {
            // Either of the two could have it.
            Some(_) if follows && !ends => return None,
            Some(before) if waiting.is_empty() => {
                before.items.push(Item::Plain(Token::Or));
                before.items.append(&mut clause.items);
            }
            None if follows => {
                waiting.append(&mut clause.items);
                waiting.push(Item::Plain(Token::Or));
            }
            _ => return None,
        }
    }
    waiting.is_empty().then_some(all)
}

/// Whether a list of channels may continue a clause: it has an attitude before its own channels, and no times.
fn extends(clause: &Clause) -> bool {
    let attitude = clause
        .items
        .iter()
        .position(|item| matches!(item, Item::Plain(Token::No | Token::Never | Token::Stop | Token::Only)));
    let last = clause.items.iter().rev().find(|item| **item != Item::Plain(Token::Courtesy));
    attitude.is_some() && !clause.has_times() && matches!(last, Some(Item::Plain(Token::Channel(_) | Token::Verb(_))))
}

/// Whether a clause permits the channels that precede its own: "… sms are ok", "… sms only".
fn permits(clause: &Clause) -> bool {
    let last = clause.items.iter().rev().find(|item| **item != Item::Plain(Token::Courtesy));
    matches!(last, Some(Item::Plain(Token::Fine | Token::Only)))
}
