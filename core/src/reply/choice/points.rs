//! Days of the calendar: dates, months, years, "the end of next month".

use super::dates::{self, Point};
use super::phrase::Reader;
use super::token::{DAY, MONTH, Token, YEAR};
use chrono::Datelike;

impl Reader<'_> {
    /// Days of the calendar.
    pub(super) fn point(&self, tokens: &[Token]) -> Option<(Point, usize)> {
        match *tokens.first()? {
            Token::End => {
                let (point, length) = self.point(&tokens[1..])?;
                Some((point.last(), length + 1))
            }
            Token::Beginning => {
                let (point, length) = self.point(&tokens[1..])?;
                Some((point.first()?, length + 1))
            }
            Token::EndOf(unit) => Some((dates::this(self.today, unit)?.last(), 1)),
            Token::ThisOf(unit) if self.month_of_year(tokens).is_none() => {
                let point = dates::this(self.today, unit)?;
                if matches!(tokens.get(1), Some(Token::End | Token::EndOf(_))) && self.words.after {
                    return Some((point.last(), 2));
                }
                Some((point, 1))
            }
            Token::NextOf(unit) if self.month_of_year(tokens).is_none() => Some((dates::next(self.today, unit)?, 1)),
            Token::AfterNext(unit) => {
                let after = dates::next(self.today, unit)?.end;
                Some((dates::next(after.pred_opt()?, unit)?, 1))
            }
            Token::DayAfter => Some((dates::day(dates::next(self.today, DAY)?.end)?, 1)),
            Token::NewYear => Some((dates::next(self.today, YEAR)?.first()?, 1)),
            Token::Next => match tokens.get(1)? {
                Token::Weekday(day) => Some((dates::next_weekday(self.today, *day)?, 2)),
                Token::MonthName(month) => Some((dates::month(self.today, (*month).into(), None)?, 2)),
                _ => None,
            },
            Token::NextDay(day) => Some((dates::next_weekday(self.today, day)?, 1)),
            Token::Weekday(day) => Some((dates::weekday(self.today, day)?, 1)),
            // "三月底"
            Token::Number(month @ 1..=12, 1..=2) if tokens.get(1) == Some(&Token::EndOf(MONTH)) => {
                Some((dates::month(self.today, month, None)?.last(), 2))
            }
            _ => self.month_of_year(tokens).or_else(|| self.date(tokens)),
        }
    }

    /// A month of this or the next year: "March next year", "明年三月".
    pub(super) fn month_of_year(&self, tokens: &[Token]) -> Option<(Point, usize)> {
        let year = |token: &Token| match token {
            Token::NextOf(YEAR) => Some(self.today.year() + 1),
            Token::ThisOf(YEAR) => Some(self.today.year()),
            _ => None,
        };
        let (month, year, length) = if let Some(year) = tokens.first().and_then(year) {
            let at = 1 + usize::from(tokens.get(1) == Some(&Token::In));
            let (month, length) = month(&tokens[at..])?;
            (month, year, at + length)
        } else {
            let (month, length) = month(tokens)?;
            let at = length + usize::from(tokens.get(length) == Some(&Token::In));
            (month, year(tokens.get(at)?)?, at + 1)
        };
        Some((dates::month(self.today, month, Some(year))?, length))
    }

    /// A date, a month or a year.
    fn date(&self, tokens: &[Token]) -> Option<(Point, usize)> {
        let number = |at: usize, most: u8| match tokens.get(at) {
            Some(Token::Number(number, digits)) if *digits <= most => Some(*number),
            _ => None,
        };
        let year = |at: usize| match tokens.get(at) {
            Some(Token::Number(number @ 2000..=2199, 4)) => Some(*number as i32),
            _ => None,
        };
        let is = |at: usize, token: Token| tokens.get(at) == Some(&token);
        // "2027年3月1日"
        if let Some(named) = year(0).filter(|_| is(1, Token::Unit(YEAR))) {
            let Some((month, length)) = month(&tokens[2..]) else {
                return Some((dates::year(self.today, named)?, 2));
            };
            let at = 2 + length;
            if let Some(day) = number(at, 2).filter(|_| is(at + 1, Token::DaySign)) {
                return Some((dates::date(self.today, day, month, Some(named))?, at + 2));
            }
            return Some((dates::month(self.today, month, Some(named))?, at));
        }
        if let Some(named) = year(0) {
            // "2027-03-01"
            if is(1, Token::Dash(false)) && is(3, Token::Dash(false)) {
                return Some((dates::date(self.today, number(4, 2)?, number(2, 2)?, Some(named))?, 5));
            }
            let other = matches!(tokens.get(1), Some(Token::Dash(_) | Token::Dot | Token::Slash | Token::Unit(_)));
            return if other { None } else { Some((dates::year(self.today, named)?, 1)) };
        }
        // "1.3.2027", "1/3/2027"
        if let (Some(first), Some(mark @ (Token::Dot | Token::Slash)), Some(second)) =
            (number(0, 2), tokens.get(1), number(2, 2))
        {
            let (named, length) = if tokens.get(3) == Some(mark) { (Some(year(4)?), 5) } else { (None, 3) };
            let (day, month) = match (self.words.day_first || *mark == Token::Dot, second) {
                (true, _) => (first, second),
                (false, 13..) => (second, first),
                (false, _) if first > 12 || first == second => (first, second),
                _ => return None,
            };
            return Some((dates::date(self.today, day, month, named)?, length));
        }
        // "1st March 2027", "the 15th"
        if let Some(day) = number(0, 2) {
            let at = 1 + usize::from(is(1, Token::Ordinal));
            if let Some(Token::MonthName(month)) = tokens.get(at) {
                let named = year(at + 1);
                let length = at + 1 + usize::from(named.is_some());
                return Some((dates::date(self.today, day, (*month).into(), named)?, length));
            }
            if is(1, Token::Ordinal) || is(1, Token::DaySign) {
                return Some((dates::day_of_month(self.today, day)?, 2));
            }
        }
        let (month, at) = month(tokens)?;
        // "March 1st", "3月1日"
        if let Some(day) = number(at, 2)
            && !matches!(tokens.get(at + 1), Some(Token::Unit(_) | Token::Clock | Token::Time | Token::To))
        {
            let mark = usize::from(is(at + 1, Token::Ordinal) || is(at + 1, Token::DaySign));
            let break_ = usize::from(is(at + 1 + mark, Token::Break) && year(at + 2 + mark).is_some());
            let named = year(at + 1 + mark + break_);
            let length = at + 1 + mark + break_ + usize::from(named.is_some());
            return Some((dates::date(self.today, day, month, named)?, length));
        }
        let named = year(at);
        Some((dates::month(self.today, month, named)?, at + usize::from(named.is_some())))
    }
}

/// A month, and how many tokens it takes.
fn month(tokens: &[Token]) -> Option<(u32, usize)> {
    match (tokens.first()?, tokens.get(1)) {
        (Token::MonthName(month), _) => Some(((*month).into(), 1)),
        (Token::Number(month @ 1..=12, 1..=2), Some(Token::MonthSign)) => Some((*month, 2)),
        _ => None,
    }
}
