//! Times of day.

use super::token::{Part, Token};
use super::words::Words;

/// When a day begins where a text says only its end, and when it ends, in minutes: "after 6pm" is until 22:00.
pub(super) const FIRST: u16 = 8 * 60;
pub(super) const LAST: u16 = 22 * 60;

/// Hours of a day, in minutes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Window {
    Between(u16, u16),
    Before(u16),
    Until(u16),
    After(u16),
    Night,
}

impl Window {
    /// When contact is possible if only this window is wanted.
    pub(super) fn allowed(self) -> Option<(u16, u16)> {
        let (from, to) = match self {
            Window::Between(from, to) => (from, to),
            Window::Before(to) | Window::Until(to) => (FIRST, to),
            Window::After(from) => (from, LAST),
            Window::Night => return None,
        };
        (from < to).then_some((from, to))
    }

    /// When it is possible if this window is not wanted.
    pub(super) fn left(self) -> Option<Vec<(u16, u16)>> {
        let all = match self {
            Window::Between(from, to) => vec![(FIRST.min(from), from), (to, LAST)],
            Window::Before(from) => vec![(from, LAST)],
            // "Not until 10" may be about today only.
            Window::Until(_) => return None,
            Window::After(to) => vec![(FIRST, to)],
            Window::Night => vec![(FIRST, LAST)],
        };
        let all: Vec<_> = all.into_iter().filter(|(from, to)| from < to).collect();
        (!all.is_empty()).then_some(all)
    }

    /// The window of a part of the day.
    pub(super) fn of(part: Part) -> Window {
        match part {
            Part::Morning => Window::Between(FIRST, 12 * 60),
            Part::Afternoon => Window::Between(12 * 60, 18 * 60),
            Part::Evening => Window::Between(18 * 60, LAST),
            Part::Night => Window::Night,
        }
    }
}

/// Which half of the day an hour is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Half {
    Am,
    Pm,
    Of(Part),
}

/// A time as written.
#[derive(Clone, Copy, Debug)]
struct Time {
    hour: u32,
    minute: u32,
    half: Option<Half>,
    /// Whether it is certainly of 24 hours: "09:00", "9 Uhr".
    certain: bool,
}

impl Time {
    /// Minutes from midnight, if its half of the day is known.
    fn minutes(self) -> Option<u16> {
        let hour = match (self.half, self.hour) {
            (None, hour) => hour,
            (Some(Half::Am), 12) => 0,
            (Some(Half::Am | Half::Of(Part::Morning)), hour @ 1..=12) => hour,
            (Some(Half::Pm | Half::Of(Part::Afternoon)), 12) => 12,
            (Some(Half::Pm), hour @ 1..=11) => hour + 12,
            (Some(Half::Of(Part::Afternoon)), hour @ 1..=8) => hour + 12,
            (Some(Half::Of(Part::Evening)), hour @ 4..=11) => hour + 12,
            (Some(Half::Of(Part::Night)), hour @ 6..=11) => hour + 12,
            (Some(Half::Pm | Half::Of(Part::Afternoon | Part::Evening | Part::Night)), hour @ 13..) => hour,
            _ => return None,
        };
        let minutes = hour * 60 + self.minute;
        (self.minute < 60 && minutes <= 24 * 60).then_some(minutes as u16)
    }

    /// The same where it stands alone: "after 9" may be in the morning or in the evening.
    fn alone(self) -> Option<u16> {
        let known = self.half.is_some() || self.hour >= 13 || self.certain && self.hour >= 8;
        self.minutes().filter(|_| known)
    }
}

/// A time at the beginning of tokens, and how many it takes.
fn time(tokens: &[Token], words: &Words) -> Option<(Time, usize)> {
    let whole = |hour| Time { hour, minute: 0, half: None, certain: true };
    let mut at = 0;
    let mut half = None;
    match tokens.first()? {
        Token::Noon => return Some((whole(12), 1)),
        Token::Midnight => return Some((whole(24), 1)),
        Token::Part(part) if words.after => {
            half = Some(Half::Of(*part));
            at += 1;
        }
        _ => {}
    }
    let Some(Token::Number(hour, 1..=2)) = tokens.get(at) else { return None };
    let written = matches!(tokens.get(at), Some(Token::Number(_, 2)));
    at += 1;
    let (mut minute, mut certain, mut clock) = (0, false, false);
    if let Some(Token::Clock | Token::Dot) = tokens.get(at) {
        clock = tokens[at] == Token::Clock;
        if let Some(Token::Number(number, 2)) = tokens.get(at + 1) {
            // "1.12" is a date.
            if tokens[at] == Token::Dot && *number != 0 && *number <= 12 && tokens.get(at + 2) != Some(&Token::Clock) {
                return None;
            }
            minute = *number;
            certain = written;
            at += 2;
        } else if clock {
            at += 1;
        } else {
            return None;
        }
    }
    if tokens.get(at) == Some(&Token::HalfPast) {
        (minute, at) = (30, at + 1);
    }
    if tokens.get(at) == Some(&Token::Clock) {
        (clock, at) = (true, at + 1);
    }
    let after = match tokens.get(at) {
        Some(Token::Am) => Some(Half::Am),
        Some(Token::Pm) => Some(Half::Pm),
        Some(Token::Part(part)) if !words.after => Some(Half::Of(*part)),
        // "6 in the evening".
        Some(Token::In) if !words.after && matches!(tokens.get(at + 1), Some(Token::Part(_))) => {
            at += 1;
            let Token::Part(part) = tokens[at] else { return None };
            Some(Half::Of(part))
        }
        _ => None,
    };
    if let Some(after) = after {
        if half.replace(after).is_some() {
            return None;
        }
        at += 1;
    }
    // A number of something else.
    let other = matches!(
        tokens.get(at),
        Some(
            Token::Unit(_)
                | Token::Span(..)
                | Token::MonthName(_)
                | Token::MonthSign
                | Token::DaySign
                | Token::Ordinal
                | Token::Time
                | Token::Slash
                | Token::Dot
                | Token::Channel(_)
                | Token::Contact
                | Token::Rate(..)
        )
    );
    if other && !clock && half.is_none() && !certain {
        return None;
    }
    certain |= clock && words.clock24;
    Some((Time { hour: *hour, minute, half, certain }, at))
}

/// Where a time stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Bare,
    Between,
    After,
    Before,
    Until,
}

/// A window at the beginning of tokens, and how many it takes.
pub(super) fn window(tokens: &[Token], words: &Words) -> Option<(Window, usize)> {
    let mut at = 0;
    let mut place = match tokens.first()? {
        Token::Between => Place::Between,
        Token::From | Token::After => Place::After,
        Token::Before => Place::Before,
        Token::Until => Place::Until,
        _ => Place::Bare,
    };
    at += usize::from(place != Place::Bare);
    let part_at = at + usize::from(place == Place::Bare && matches!(tokens.get(at), Some(Token::In | Token::For)));
    let Some((first, length)) = time(&tokens[at..], words) else {
        let Some(Token::Part(part)) = tokens.get(part_at) else { return None };
        return (place == Place::Bare).then_some((Window::of(*part), part_at + 1));
    };
    at += length;
    let ranges = match tokens.get(at) {
        Some(Token::To | Token::Until | Token::Dash(_)) => true,
        Some(Token::From) => words.after,
        Some(Token::And) => place == Place::Between || words.after,
        _ => false,
    };
    if ranges
        && matches!(place, Place::Bare | Place::Between | Place::After)
        && let article = usize::from(tokens.get(at + 1) == Some(&Token::To))
        && let Some((second, length)) = time(&tokens[at + 1 + article..], words)
    {
        let joined = tokens[at] == Token::And;
        at += 1 + article + length;
        let closes = matches!(tokens.get(at), Some(Token::Between | Token::Until)) && words.after;
        if closes || !joined || place == Place::Between {
            let (from, to) = range(first, second)?;
            return (from < to).then_some((Window::Between(from, to), at + usize::from(closes)));
        }
        return None;
    }
    if words.after && place == Place::Bare {
        place = match tokens.get(at) {
            Some(Token::From | Token::After) => Place::After,
            Some(Token::Before) => Place::Before,
            Some(Token::Until) => Place::Until,
            _ => return None,
        };
        at += 1;
    }
    let minutes = first.alone()?;
    let window = match place {
        Place::After => Window::After(minutes),
        Place::Before => Window::Before(minutes),
        Place::Until => Window::Until(minutes),
        Place::Bare | Place::Between => return None,
    };
    Some((window, at))
}

/// From one time to another: "9 to 5" is until 17:00, "6-8pm" from 18:00.
fn range(first: Time, second: Time) -> Option<(u16, u16)> {
    const NOON: u16 = 12 * 60;
    let (from, to) = (first.minutes()?, second.minutes()?);
    match (first.half, second.half) {
        (None, None) if first.certain && second.certain => Some((from, to)),
        (None, None) if from < 7 * 60 => None,
        (None, None) if to <= from && to <= NOON && from <= NOON => Some((from, to + NOON)),
        (None, None) => Some((from, to)),
        (Some(Half::Am | Half::Of(Part::Morning)), None) if to <= from && to <= NOON => Some((from, to + NOON)),
        (Some(Half::Am | Half::Of(Part::Morning)), None) => Some((from, to)),
        (Some(half), None) => Some((from, Time { half: Some(half), ..second }.minutes()?)),
        (None, Some(_)) if from < NOON && to > NOON && from + NOON < to => Some((from + NOON, to)),
        (None, Some(_)) => Some((from, to)),
        _ => Some((from, to)),
    }
}
