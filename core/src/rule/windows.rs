//! Hours of a week: `mon-fri 10:00-13:00 14:00-20:00; sat 09:00-17:00`.
//!
//! Days are `mon` to `sun`, ranges of them, `daily`, and `hol` for holidays; a day that is not named is closed. A
//! window is open from its first minute until just before its last: `09:00-21:00` is closed at 21:00:00. `24:00` ends a
//! day.

use super::calendar::{WEEKDAYS, two_digits};
use chrono::Weekday;

/// Minutes from midnight, start and end.
pub type Window = (u16, u16);

/// Windows of Monday to Sunday, and of holidays if named.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Week {
    days: [Vec<Window>; 7],
    /// Days named in the text, with windows or without.
    named: [bool; 7],
    holiday: Option<Vec<Window>>,
}

/// Minutes of a day.
pub const DAY: u16 = 24 * 60;

impl Week {
    /// Parses a text; the error continues a sentence that begins with "it".
    pub fn parse(text: &str) -> Result<Week, String> {
        let mut week = Week::default();
        for part in text.split(';').map(str::trim) {
            let mut words = part.split_whitespace();
            let Some(days) = words.next() else { return Err("names no day".into()) };
            let mut windows = Vec::new();
            for word in words {
                windows.push(window(word).ok_or_else(|| format!("has no window \"{word}\": write 09:00-17:30"))?);
            }
            if let Some((from, to)) = windows.iter().find(|(from, to)| from >= to) {
                return Err(format!("has a window that ends before it starts: {}-{}", clock(*from), clock(*to)));
            }
            windows.sort_unstable();
            if let Some(pair) = windows.windows(2).find(|pair| pair[0].1 > pair[1].0) {
                let [a, b] = pair else { unreachable!("two") };
                let shown = |w: &Window| format!("{}-{}", clock(w.0), clock(w.1));
                return Err(format!("has windows that overlap: {} and {}", shown(a), shown(b)));
            }
            if days == "hol" {
                if week.holiday.replace(windows).is_some() {
                    return Err("names hol twice".into());
                }
                continue;
            }
            for day in
                days_of(days).ok_or_else(|| format!("has no day \"{days}\": days are mon to sun, daily and hol"))?
            {
                if std::mem::replace(&mut week.named[day], true) {
                    return Err(format!("names {} twice", WEEKDAYS[day]));
                }
                week.days[day].clone_from(&windows);
            }
        }
        Ok(week)
    }

    /// Windows of a weekday, or on a holiday those of holidays, which are empty unless named.
    pub fn on(&self, weekday: Weekday, holiday: bool) -> &[Window] {
        if holiday {
            self.holiday.as_deref().unwrap_or(&[])
        } else {
            &self.days[weekday.num_days_from_monday() as usize]
        }
    }

    /// Whether the text names a day of the week.
    pub fn names(&self, weekday: Weekday) -> bool {
        self.named[weekday.num_days_from_monday() as usize]
    }
}

/// Windows open in both.
pub fn common(a: &[Window], b: &[Window]) -> Vec<Window> {
    let pairs = a.iter().flat_map(|x| b.iter().map(move |y| (x.0.max(y.0), x.1.min(y.1))));
    let mut all: Vec<Window> = pairs.filter(|(from, to)| from < to).collect();
    all.sort_unstable();
    all
}

fn days_of(text: &str) -> Option<std::ops::RangeInclusive<usize>> {
    let day = |name: &str| WEEKDAYS.iter().position(|known| *known == name);
    match text.split_once('-') {
        _ if text == "daily" => Some(0..=6),
        None => day(text).map(|day| day..=day),
        Some((from, to)) => {
            let (from, to) = (day(from)?, day(to)?);
            (from <= to).then_some(from..=to)
        }
    }
}

fn window(text: &str) -> Option<Window> {
    let (from, to) = text.split_once('-')?;
    Some((minute(from)?, minute(to)?))
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (two_digits(hour)? as u16, two_digits(minute)? as u16);
    (minute < 60 && hour * 60 + minute <= DAY).then_some(hour * 60 + minute)
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}
