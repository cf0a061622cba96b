//! Hours of a week, from what clauses allow and forbid.

use super::clock::{FIRST, LAST, Window};
use crate::rule::windows::{DAY, Week, common};

/// Days of a week, Monday the lowest bit.
pub(super) type Days = u8;
/// All of them.
pub(super) const ALL_DAYS: Days = 0b111_1111;
/// Monday to Friday.
pub(super) const WEEKDAYS: Days = 0b001_1111;
/// Saturday and Sunday.
pub(super) const WEEKEND: Days = 0b110_0000;

const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Days with windows; either may be absent.
#[derive(Clone, Debug, Default)]
struct Group {
    days: Option<Days>,
    windows: Vec<(u16, u16)>,
}

/// What was said of days and windows so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Hours {
    groups: Vec<Group>,
    not_days: Days,
    not_windows: Vec<Window>,
}

impl Hours {
    pub(super) fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.not_days == 0 && self.not_windows.is_empty()
    }

    /// Allows days; `joined` if "and" or "or" precedes them. `None` if that is not certain.
    pub(super) fn allow_days(&mut self, days: Days, joined: bool) -> Option<()> {
        match self.groups.last_mut() {
            Some(group) if group.days.is_none() && !joined => group.days = Some(days),
            Some(group) if joined && group.windows.is_empty() => *group.days.get_or_insert(0) |= days,
            _ => self.groups.push(Group { days: Some(days), ..Group::default() }),
        }
        Some(())
    }

    /// Allows a window.
    pub(super) fn allow_window(&mut self, window: Window, joined: bool) -> Option<()> {
        let (from, to) = window.allowed()?;
        match self.groups.last_mut() {
            Some(group) if group.windows.is_empty() && !joined => group.windows.push((from, to)),
            Some(group) if joined && !group.windows.is_empty() => group.windows.push((from, to)),
            // "On weekdays and in the evening" may be one or two.
            Some(group) if joined && group.days != Some(WEEKEND) => return None,
            Some(_) if !joined => return None,
            _ => self.groups.push(Group { days: None, windows: vec![(from, to)] }),
        }
        Some(())
    }

    pub(super) fn forbid_days(&mut self, days: Days) {
        self.not_days |= days;
    }

    pub(super) fn forbid_window(&mut self, window: Window) {
        self.not_windows.push(window);
    }

    /// The hours that are left, in the form that `Week::parse` reads; none if no restriction or nothing is left.
    pub(super) fn week(&self) -> Option<String> {
        let mut days: [Vec<(u16, u16)>; 7] = Default::default();
        if self.groups.is_empty() {
            let open = if self.not_windows.is_empty() { (0, DAY) } else { (FIRST.min(self.earliest()), LAST) };
            days.fill(vec![open]);
        }
        // Days of one group may belong to the hours of another, but "evenings and weekends" has all of a weekend.
        let dayless = self.groups.iter().filter(|group| group.days.is_none()).count();
        let timed = self.groups.iter().any(|group| !group.windows.is_empty());
        if dayless > 1 || timed && self.groups.iter().any(Group::is_whole) {
            return None;
        }
        for group in &self.groups {
            let windows = if group.windows.is_empty() { vec![(0, DAY)] } else { group.windows.clone() };
            for (at, day) in days.iter_mut().enumerate() {
                if group.days.unwrap_or(ALL_DAYS) & 1 << at != 0 {
                    day.extend(&windows);
                }
            }
        }
        for (at, day) in days.iter_mut().enumerate() {
            if self.not_days & 1 << at != 0 {
                day.clear();
            }
            *day = merged(std::mem::take(day));
            for window in &self.not_windows {
                *day = common(day, &window.left()?);
            }
        }
        let text = shown(&days)?;
        Week::parse(&text).ok().map(|_| text)
    }

    /// Where a day begins, earlier than others do if a text forbids what is before.
    fn earliest(&self) -> u16 {
        let left = self.not_windows.iter().filter_map(|window| window.left());
        left.filter_map(|left| left.first().map(|first| first.0)).min().unwrap_or(FIRST)
    }
}

impl Group {
    /// Whether it has all hours of days that are not of a weekend.
    fn is_whole(&self) -> bool {
        self.windows.is_empty() && self.days.is_some_and(|days| days & !WEEKEND != 0)
    }
}

/// Windows in order, those that meet joined.
fn merged(mut windows: Vec<(u16, u16)>) -> Vec<(u16, u16)> {
    windows.sort_unstable();
    let mut all: Vec<(u16, u16)> = Vec::new();
    for (from, to) in windows {
        match all.last_mut() {
            Some(last) if last.1 >= from => last.1 = last.1.max(to),
            _ => all.push((from, to)),
        }
    }
    all
}

/// Days with the same windows are written together.
fn shown(days: &[Vec<(u16, u16)>; 7]) -> Option<String> {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let mut parts = Vec::new();
    let mut at = 0;
    while at < days.len() {
        let same = days[at..].iter().take_while(|windows| **windows == days[at]).count();
        if !days[at].is_empty() {
            let mut part = match same {
                7 => "daily".to_owned(),
                1 => NAMES[at].to_owned(),
                _ => format!("{}-{}", NAMES[at], NAMES[at + same - 1]),
            };
            for (from, to) in &days[at] {
                part += &format!(" {}-{}", clock(*from), clock(*to));
            }
            parts.push(part);
        }
        at += same;
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}
