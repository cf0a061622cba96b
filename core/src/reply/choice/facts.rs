//! What all clauses of a text say together.

use super::clause::{Channels, Clause, Joint, bit, clauses};
use super::dates;
use super::hours::Hours;
use super::join;
use super::phrase::{Item, Role};
use super::token::Token;
use super::until::{NOTHING, counted, paused_until, refused_until, wished_from};
use super::{Channel, Choice, Period};
use chrono::NaiveDate;

/// What was said so far.
#[derive(Default)]
struct Facts {
    pause: Option<NaiveDate>,
    only: Option<Channels>,
    refused: Channels,
    allowed: Channels,
    /// Whether messages without a certain channel are permitted, or other channels or products are.
    others: bool,
    /// Whether everything is refused.
    bare: bool,
    fewer: Option<Option<(u32, Period)>>,
    hours: Hours,
    not_this: bool,
    /// Channels that a clause with a time names.
    timed: Channels,
    /// Whether the text says "not now".
    not_now: bool,
    /// Whether it says "too often".
    complains: bool,
    /// Whether it says that some messages are not read.
    unread: bool,
}

/// The choices of a text, if every item has its place among them.
pub(super) fn choices(items: &[Item], today: NaiveDate) -> Option<Vec<Choice>> {
    let clauses = clauses(items);
    // "In a month or …".
    if clauses.iter().any(|clause| clause.items.last() == Some(&Item::Plain(Token::Or))) {
        return None;
    }
    let clauses = join::with_lists(join::with_times(clauses))?;
    let asks = items.contains(&Item::Plain(Token::Question));
    let chooses = |item: &Item| {
        use Token::*;
        matches!(item, Item::Plain(No | Never | Stop | Only | First | Pause | Again | Less | Most | Instead))
    };
    if asks && !(items.contains(&Item::Plain(Token::Request)) && items.iter().any(chooses)) {
        return None;
    }
    let mut facts = Facts::default();
    for clause in &clauses {
        facts.add(clause, today)?;
    }
    facts.choices()
}

impl Facts {
    fn add(&mut self, clause: &Clause, today: NaiveDate) -> Option<()> {
        if clause.has(Token::Unread) {
            return self.add_unread(clause);
        }
        let negated = [Token::No, Token::Never, Token::Stop].iter().any(|token| clause.has(*token));
        if negated { self.add_refusal(clause, today) } else { self.add_wish(clause, today) }
    }

    fn has_choice(&self) -> bool {
        let channels = self.only.unwrap_or(0) | self.refused | self.allowed;
        self.pause.is_some() || self.fewer.is_some() || channels != 0 || !self.hours.is_empty() || self.not_this
    }

    /// "I don't read texts".
    fn add_unread(&mut self, clause: &Clause) -> Option<()> {
        use Token::{Channel, Contact, Courtesy, Unread};
        self.unread = true;
        self.refused |= Clause::channels(&clause.items);
        let fits = |item: &Item| matches!(item, Item::Plain(Unread | Channel(_) | Contact | Courtesy));
        clause.items.iter().all(fits).then_some(())
    }

    /// A clause with "no", "never" or "stop".
    fn add_refusal(&mut self, clause: &Clause, today: NaiveDate) -> Option<()> {
        let negation =
            clause.items.iter().position(|item| matches!(item, Item::Plain(Token::No | Token::Never | Token::Stop)))?;
        let channels = Clause::channels(&clause.items);
        if [Token::Fine, Token::Pause, Token::Less, Token::First, Token::Instead, Token::Others, Token::Request]
            .iter()
            .any(|token| clause.has(*token) && !(*token == Token::Request && negation > 0))
        {
            return None;
        }
        if let Some(except) = clause.find(Token::Except) {
            return self.add_exception(clause, except);
        }
        let only = clause.find(Token::Only);
        let has_times = clause.has_times();
        if clause.has(Token::Product) {
            // "Stop this product only", "just not this product", "only this product not".
            let product = clause.find(Token::Product).unwrap_or(0);
            self.others |= only.is_some_and(|only| {
                only > negation && !clause.has(Token::No)
                    || only + 1 == negation
                    || only + 1 == product && only < negation
            });
            if only.is_some() && !self.others || has_times {
                return None;
            }
            self.not_this = true;
            return Some(());
        }
        if clause.has(Token::Often) {
            self.timed |= channels;
            return (only.is_none() && !has_times).then(|| self.fewer.get_or_insert(None)).map(|_| ());
        }
        let (lengths, points, days, windows, rates) = counted(&clause.items);
        // "Stop only the calls".
        if let Some(only) = only
            && clause.items[negation] == Item::Plain(Token::Stop)
            && only == negation + 1
            && clause.items[only + 1..]
                .iter()
                .all(|item| matches!(item, Item::Plain(Token::Channel(_) | Token::And | Token::Or | Token::Courtesy)))
        {
            self.refused |= channels;
            self.others = true;
            return (channels != 0).then_some(());
        }
        if let Some(only) = only {
            // "Just not on Sundays".
            let hours_only = days + windows > 0 && lengths + points + rates == 0;
            if !(only < negation && hours_only && channels & !bit(Channel::Voice) == 0) {
                return None;
            }
        }
        if !has_times {
            if clause.has(Token::Now) {
                self.not_now = true;
                return (channels & !bit(Channel::Voice) == 0).then_some(());
            }
            if clause.has(Token::Most) || clause.has(Token::Over) {
                return None;
            }
            self.refused |= channels;
            // A refusal of everything, like a keyword.
            if clause.items.iter().all(|item| matches!(item, Item::Plain(Token::Stop | Token::Courtesy))) {
                return None;
            }
            let all = [Token::Send, Token::Contact, Token::All].iter().any(|token| clause.has(*token));
            let answers = clause
                .items
                .iter()
                .all(|item| matches!(item, Item::Plain(Token::No | Token::Courtesy | Token::And | Token::Or)));
            // After a choice: "less is not enough, nothing".
            if answers && self.has_choice() {
                return None;
            }
            // "No, only email" has an answer; "no messages by email" has a channel.
            self.bare |= channels == 0 && (all || !answers);
            // "Calls no emails" may be about one or both.
            let around = |items: &[Item]| Clause::channels(items) != 0;
            let divided = around(&clause.items[..negation]) && around(&clause.items[negation..]);
            return (!divided && !clause.has(Token::Now)).then_some(());
        }
        self.timed |= channels;
        if clause.has(Token::Now) {
            return None;
        }
        let over = clause.has(Token::Over) || clause.has(Token::Most);
        match (lengths + points, days + windows, rates) {
            (1, 0, 0) if !over => {
                let forever = clause.has(Token::Never);
                let stop = clause.has(Token::Stop);
                let until = clause.items.iter().find_map(|item| refused_until(*item, forever, stop, today))?;
                self.pause_until(until)
            }
            (0, 1.., 0) if !over && (days == 0 || windows == 0) => {
                for item in &clause.items {
                    match item {
                        Item::Days(days, _) => self.hours.forbid_days(*days),
                        Item::Window(window) => self.hours.forbid_window(*window),
                        _ => {}
                    }
                }
                Some(())
            }
            (0, 0, 1) => clause.items.iter().find_map(|item| match *item {
                Item::Rate { times, period, counted: true, .. } if over => self.fewer_than(times, period),
                // "Not every day".
                Item::Rate { counted: false, .. } if !over && !clause.has(Token::Stop) => {
                    self.fewer.get_or_insert(None);
                    Some(())
                }
                _ => None,
            }),
            _ => None,
        }
    }

    /// "No messages except email", "no calls except on Sundays".
    fn add_exception(&mut self, clause: &Clause, except: usize) -> Option<()> {
        let (before, after) = (&clause.items[..except], &clause.items[except + 1..]);
        let channels = Clause::channels(after);
        let (lengths, points, days, windows, rates) = counted(after);
        let some = [Token::Only, Token::Now, Token::Product, Token::Over, Token::Often];
        if lengths + points + rates > 0 || some.iter().any(|token| clause.has(*token)) || counted(before) != NOTHING {
            return None;
        }
        if days + windows > 0 {
            // "Nothing except texts on Sundays" limits the channel too.
            if (channels | Clause::channels(before)) & !bit(Channel::Voice) != 0 {
                return None;
            }
            self.timed |= channels | Clause::channels(before);
            return self.add_hours(after);
        }
        let all = before.iter().any(|item| matches!(item, Item::Plain(Token::Send | Token::Contact | Token::All)));
        // "除了邮件都不要": the negation comes last.
        let negation = after.iter().position(|item| matches!(item, Item::Plain(Token::No | Token::Never)));
        if let (0, Some(negation)) = (except, negation) {
            let fits = Clause::channels(&after[negation..]) == 0 && channels != 0;
            return fits.then(|| self.only_by(channels))?;
        }
        (channels != 0 && Clause::channels(before) == 0 && (all || before.len() == 1))
            .then(|| self.only_by(channels))?
    }

    /// A clause that refuses nothing.
    fn add_wish(&mut self, clause: &Clause, today: NaiveDate) -> Option<()> {
        let has = |token: Token| clause.has(token);
        let channels = Clause::channels(&clause.items);
        // "Too often": a reason.
        if has(Token::Often) {
            let is_reason = |item: &Item| {
                matches!(
                    item,
                    Item::Plain(
                        Token::Often
                            | Token::Contact
                            | Token::Channel(_)
                            | Token::Courtesy
                            | Token::Verb(_)
                            | Token::Ask(_)
                            | Token::Send
                    )
                )
            };
            self.complains = true;
            return clause.items.iter().all(is_reason).then_some(());
        }
        if has(Token::Now) || has(Token::Over) || has(Token::Product) {
            return None;
        }
        if let Some(instead) = clause.find(Token::Instead) {
            let refused = Clause::channels(&clause.items[instead..]);
            self.allowed |= channels & !refused;
            self.refused |= refused;
            let others = [Token::Only, Token::First, Token::Pause, Token::Less, Token::Except];
            let fits = !clause.has_times() && !others.iter().any(|token| has(*token));
            return (fits && refused.count_ones() == 1).then_some(());
        }
        if let Some(except) = clause.find(Token::Except) {
            return self.add_all_but(clause, except);
        }
        let object = clause.items.iter().any(|item| matches!(item, Item::Plain(Token::Ask(_) | Token::Send)));
        let verb = clause.items.iter().any(|item| matches!(item, Item::Plain(Token::Verb(_))));
        if let Some(only) = clause.find(Token::Only).or(clause.find(Token::First)) {
            return self.add_only(clause, only, today);
        }
        let (lengths, points, days, windows, rates) = counted(&clause.items);
        let (whens, hours) = (lengths + points, days + windows);
        if clause.has_times() {
            self.timed |= channels;
        }
        if has(Token::Pause) {
            let until = clause.items.iter().find_map(|item| paused_until(*item, today))?;
            return (whens == 1 && hours + rates == 0 && !has(Token::Less)).then(|| self.pause_until(until))?;
        }
        if rates > 0 {
            let marked = has(Token::Most) || has(Token::Fine) || has(Token::Courtesy) || object || verb;
            return clause.items.iter().find_map(|item| match *item {
                Item::Rate { times, period, messages, .. } if rates == 1 && whens + hours == 0 => {
                    (marked || !messages).then(|| self.fewer_than(times, period))?
                }
                _ => None,
            });
        }
        if has(Token::Most) {
            return None;
        }
        if has(Token::Less) {
            self.fewer.get_or_insert(None);
            self.timed |= channels;
            return (whens + hours == 0).then_some(());
        }
        // "Call me on Monday" is about one Monday.
        let one_day = clause.items.iter().find_map(|item| match item {
            Item::Days(days, false) if days.count_ones() == 1 => Some(days.trailing_zeros() as u8),
            _ => None,
        });
        if whens > 0 || one_day.is_some() {
            let certain = clause.items.iter().any(|item| matches!(item, Item::Next(..) | Item::Length(..)));
            // "From March, please".
            let from = clause.items.iter().any(|item| matches!(item, Item::Point(Role::From | Role::After, _)));
            let marked = object || verb || has(Token::Again) || self.not_now || certain || from && has(Token::Courtesy);
            let until = match one_day {
                Some(day) if whens == 0 && hours == 1 => dates::weekday(today, day)?.start,
                None if whens == 1 && hours == 0 => clause.items.iter().find_map(|item| wished_from(*item, today))?,
                _ => return None,
            };
            return marked.then(|| self.pause_until(until))?;
        }
        if hours > 0 {
            let marked = object || verb || has(Token::Fine) || has(Token::Courtesy) || channels != 0;
            return (marked || days > 0 && windows > 0 || !self.hours.is_empty())
                .then(|| self.add_hours(&clause.items))?;
        }
        // "Don't call, text or email": without an object a verb may continue the list.
        let listed = self.refused != 0 && verb && !object && !has(Token::Fine) && !has(Token::Courtesy);
        let several = self.refused != 0 && clause.joint == Joint::Break && channels.count_ones() > 1;
        let begins = self.refused != 0 && clause.items.first() == Some(&Item::Plain(Token::Or));
        if listed || begins || several && !has(Token::Fine) {
            return None;
        }
        let contrast = clause.joint == Joint::But && self.refused != 0;
        let permits = has(Token::Fine) || object || verb || contrast;
        self.allowed |= channels;
        self.others |= permits && (has(Token::Others) || channels == 0 && (has(Token::Contact) || has(Token::All)));
        let says = channels != 0 || has(Token::Others) || has(Token::Contact) || has(Token::All);
        (permits || !says).then_some(())
    }

    /// "Everything except calls", "any time except Sundays".
    fn add_all_but(&mut self, clause: &Clause, except: usize) -> Option<()> {
        let (before, after) = (&clause.items[..except], &clause.items[except + 1..]);
        let is_all = |item: &Item| matches!(item, Item::Plain(Token::All | Token::Fine | Token::Others | Token::Send));
        // "除了电话都可以": what is permitted comes last.
        let all = before.iter().any(is_all) || except == 0 && clause.has(Token::Fine);
        let (lengths, points, days, windows, rates) = counted(after);
        if !all || lengths + points + rates > 0 || counted(before) != NOTHING || Clause::channels(before) != 0 {
            return None;
        }
        if days > 0 && windows > 0 || clause.has(Token::Only) {
            return None;
        }
        let channels = Clause::channels(after);
        if days + windows == 0 {
            self.refused |= channels;
            self.others = true;
            return (channels != 0).then_some(());
        }
        for item in after {
            match item {
                Item::Days(days, _) => self.hours.forbid_days(*days),
                Item::Window(window) => self.hours.forbid_window(*window),
                _ => {}
            }
        }
        (channels == 0).then_some(())
    }

    /// A clause with "only", at a place of its items.
    fn add_only(&mut self, clause: &Clause, only: usize, today: NaiveDate) -> Option<()> {
        let channels = Clause::channels(&clause.items);
        if [Token::Pause, Token::Less, Token::Others].iter().any(|token| clause.has(*token)) {
            return None;
        }
        let first = clause.has(Token::First);
        let is_scope = |item: &&Item| {
            !matches!(
                item,
                Item::Plain(
                    Token::Courtesy
                        | Token::Request
                        | Token::Most
                        | Token::Only
                        | Token::Fine
                        | Token::First
                        | Token::All
                )
            )
        };
        let scope = clause.items[only..].iter().find(is_scope).copied();
        let (lengths, points, days, windows, rates) = counted(&clause.items);
        let times = lengths + points + days + windows + rates;
        // "Always only after 6 pm".
        if clause.has(Token::All) && (days + windows == 0 || lengths + points + rates > 0) {
            return None;
        }
        let voice = bit(Channel::Voice);
        let of_channel = match scope {
            Some(Item::Plain(Token::Channel(_))) if times > 0 => return None,
            Some(Item::Plain(Token::Channel(_))) => true,
            // "Only call me in the evening" is about the time, "only text me in the evening" about both.
            Some(Item::Plain(Token::Verb(channel) | Token::Ask(channel))) => match times {
                0 => true,
                _ if bit(channel) == voice && channels == voice => false,
                _ => return None,
            },
            Some(Item::Plain(Token::Send | Token::Contact)) if times > 0 && channels != 0 => return None,
            Some(Item::Plain(Token::Send | Token::Contact | Token::Again)) => times == 0,
            Some(Item::Plain(_)) => return None,
            Some(_) => false,
            // At the end: what is before.
            None if times > 0 && channels & !voice != 0 => return None,
            None => times == 0,
        };
        if of_channel {
            let ambiguous = clause.has(Token::Contact) && scope == Some(Item::Plain(Token::Contact));
            return (channels != 0 && !ambiguous && !first && !clause.has(Token::Most))
                .then(|| self.only_by(channels))?;
        }
        self.timed |= channels;
        match (lengths + points, days + windows, rates) {
            (1, 0, 0) => {
                let until = clause.items.iter().find_map(|item| match item {
                    Item::Length(Role::Bare | Role::For, _) => None,
                    Item::Next(Role::Bare | Role::In, point) if point.is_year() => Some(point.start),
                    Item::Point(Role::Bare | Role::In, _) | Item::Next(Role::Bare | Role::In, _) if !first => None,
                    item => wished_from(*item, today),
                })?;
                self.pause_until(until)
            }
            (0, 1.., 0) => self.add_hours(&clause.items),
            (0, 0, 1) => clause.items.iter().find_map(|item| match *item {
                Item::Rate { times, period, .. } if !first => self.fewer_than(times, period),
                _ => None,
            }),
            _ => None,
        }
    }

    fn add_hours(&mut self, items: &[Item]) -> Option<()> {
        let mut joined = false;
        for item in items {
            match item {
                Item::Days(days, _) => self.hours.allow_days(*days, joined)?,
                Item::Window(window) => self.hours.allow_window(*window, joined)?,
                _ => {}
            }
            joined = matches!(item, Item::Plain(Token::And | Token::Or));
        }
        Some(())
    }

    fn pause_until(&mut self, until: NaiveDate) -> Option<()> {
        (*self.pause.get_or_insert(until) == until).then_some(())
    }

    fn only_by(&mut self, channels: Channels) -> Option<()> {
        (*self.only.get_or_insert(channels) == channels).then_some(())
    }

    fn fewer_than(&mut self, times: u32, period: Period) -> Option<()> {
        let said = Some((times, period));
        let before = self.fewer.replace(said).flatten();
        (before.is_none() || before == said).then_some(())
    }

    /// All choices, if they do not contradict each other.
    fn choices(self) -> Option<Vec<Choice>> {
        let Facts { only, refused, allowed, timed, .. } = self;
        let named = only.unwrap_or(0);
        let contradiction = match only {
            Some(only) => refused & only != 0 || allowed & !only != 0 || timed & !only != 0 || self.others,
            None => {
                let one = allowed == 0 || timed == 0 || timed == allowed;
                refused & allowed != 0 || refused & timed != 0 || !one || refused != 0 && timed != 0
            }
        };
        // A refusal that nothing limits is one of everything.
        let unlimited = only.is_none() && (self.bare || refused != 0 && allowed == 0 && !self.others);
        let unread = self.unread && only.is_none() && refused == 0;
        let product = self.not_this && (!self.others || allowed | named | refused != 0);
        if contradiction || unlimited || product || unread || self.complains && self.fewer.is_none() {
            return None;
        }
        let list = |set: Channels| Channel::ALL.into_iter().filter(|channel| set & bit(*channel) != 0).collect();
        let mut all = Vec::new();
        all.extend(self.pause.map(Choice::Pause));
        all.extend(only.map(|only| Choice::Only(list(only))));
        if only.is_none() && refused != 0 {
            all.push(Choice::Not(list(refused)));
        }
        all.extend(self.fewer.map(Choice::Fewer));
        if !self.hours.is_empty() {
            all.push(Choice::Hours(self.hours.week()?));
        }
        if self.not_this {
            all.push(Choice::NotThis);
        }
        (!all.is_empty()).then_some(all)
    }
}
