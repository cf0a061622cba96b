//! What stands in fields beside numbers and has digits of its own: dates, times, amounts, order numbers, addresses.
//! The reader sees [`ENTITY`] in its place.

mod address;

use super::words::{self, Word, meaning};

/// Stands for a character of something that is no telephone number. Not assigned by Unicode.
pub const ENTITY: char = '\u{e000}';

pub fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic()
        || !c.is_ascii()
            && (c.is_alphabetic() || matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}'))
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// What digits are that are no telephone number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Account,
    Uuid,
    Mail,
    Web,
    /// `192.168.1.1`.
    Internet,
    Amount,
    Date,
    Time,
    /// Order numbers, postcodes, codes with letters.
    Reference,
    /// Counts and ordinals in a remark.
    Remark,
}

/// A text under work.
pub struct Scan<'a> {
    pub chars: &'a mut Vec<char>,
    /// A bit for each [`Kind`] that was found.
    pub kinds: u16,
}

impl Scan<'_> {
    fn get(&self, at: usize) -> char {
        self.chars.get(at).copied().unwrap_or('\0')
    }

    fn before(&self, at: usize) -> char {
        if at == 0 { '\0' } else { self.chars[at - 1] }
    }

    fn end_of(&self, from: usize, is: impl Fn(char) -> bool) -> usize {
        from + self.chars[from.min(self.chars.len())..].iter().take_while(|c| is(**c)).count()
    }

    fn skip(&self, from: usize, among: &str) -> usize {
        self.end_of(from, |c| among.contains(c))
    }

    fn word(&self, from: usize, to: usize) -> String {
        self.chars[from..to].iter().flat_map(|c| c.to_lowercase()).collect()
    }

    fn number(&self, from: usize, to: usize) -> Option<u32> {
        let digits: String = self.chars[from..to].iter().collect();
        digits.parse().ok()
    }

    fn mark(&mut self, from: usize, to: usize, kind: Kind) {
        self.chars[from..to].fill(ENTITY);
        self.kinds |= 1 << kind as u16;
    }

    /// Whether digits end here: none follow, not even behind separators.
    fn ends(&self, at: usize) -> bool {
        let next = self.skip(at, " .-/()").min(at + 3);
        !is_digit(self.get(next))
    }

    /// The same for digits that a word before them explains: behind a space, a point or a hyphen there are no others.
    fn ends_group(&self, at: usize) -> bool {
        let next = self.get(at);
        !(is_digit(next) || matches!(next, ' ' | '.' | '-' | '/') && is_digit(self.get(at + 1)))
    }

    /// Whether digits that begin here follow no others, not even behind separators.
    fn begins(&self, at: usize) -> bool {
        let mut first = at;
        while first > 0 && first + 3 > at && " .-/)".contains(self.chars[first - 1]) {
            first -= 1;
        }
        !matches!(self.before(first), '+' | '0'..='9') && self.before(at) != '+'
    }

    /// The same, but for a space between.
    fn begins_behind_space(&self, at: usize) -> bool {
        let before = self.before(at);
        let digit_before = at > 1 && is_digit(self.chars[at - 2]);
        !(matches!(before, '+' | '0'..='9') || matches!(before, '.' | '-' | '/') && digit_before)
    }

    /// Marks everything that is no telephone number.
    pub fn entities(&mut self, is_north_american: bool) {
        self.addresses();
        let mut at = 0;
        let mut last_word: Option<(Word, usize)> = None;
        while at < self.chars.len() {
            let c = self.chars[at];
            if is_letter(c) {
                let end = self.end_of(at, is_letter);
                let to = self.of_word(at, end, &mut last_word);
                at = to.max(end);
            } else if is_digit(c) {
                let end = self.end_of(at, is_digit);
                let to = self.of_digits(at, end, last_word, is_north_american);
                last_word = None;
                at = to.max(end);
            } else {
                if words::is_currency_sign(c) {
                    at = self.amount_after(at).max(at + 1);
                    continue;
                }
                // A number sign at the beginning.
                let end = self.end_of(at + 1, is_digit);
                if c == '#' && at == 1 && end > at + 1 {
                    self.mark(at, end, Kind::Reference);
                }
                at += 1;
            }
        }
    }

    /// Texts in which letters and digits are mixed, words before digits. Returns where to go on.
    fn of_word(&mut self, from: usize, end: usize, last_word: &mut Option<(Word, usize)>) -> usize {
        if self.account(from) {
            return from;
        }
        let word = self.word(from, end);
        let kind = meaning(&word);
        let attached = is_digit(self.get(end)) && self.chars[from].is_ascii();
        if attached {
            let digits = self.end_of(end, is_digit);
            let only = !is_letter(self.get(digits)) && !is_digit(self.before(from));
            // "Tel030…" and "ext12"; "p12" behind digits is a pause, and belongs to them.
            let known = matches!(kind, Word::Label | Word::Extension) && (word.len() > 1 || word == "x");
            let pause =
                is_digit(self.before(from)) && matches!(&word[..], "x" | "p" | "w") && !is_letter(self.get(digits));
            if !(pause || only && known) {
                let start = self.start_of_mixed(from);
                let to = self.end_of(end, |c| is_letter(c) || is_digit(c));
                self.mark(start, to, Kind::Reference);
                *last_word = None;
                return to;
            }
        }
        *last_word = match (kind, *last_word) {
            // "order no.", "Kd.-Nr."
            (Word::Label, Some((Word::Key, _))) if matches!(&word[..], "no" | "nr" | "number" | "nummer" | "phone") => {
                Some((Word::Key, end))
            }
            (Word::Other, _) if words::is_street(&word) => Some((Word::Key, end)),
            _ => Some((kind, end)),
        };
        if kind == Word::Month { self.month_first(from, end).unwrap_or(end) } else { end }
    }

    fn start_of_mixed(&self, from: usize) -> usize {
        from - self.chars[..from].iter().rev().take_while(|c| is_letter(**c) || is_digit(**c)).count()
    }

    /// Digits: dates, times, amounts, and what a word before or behind them says. Returns where to go on.
    fn of_digits(&mut self, from: usize, end: usize, last: Option<(Word, usize)>, is_north_american: bool) -> usize {
        let length = end - from;
        if length > 10 {
            return end;
        }
        if self.begins_behind_space(from) {
            let apart = self.begins(from);
            let found = self
                .time(from)
                .map(|to| (to, Kind::Time))
                .or_else(|| Some((self.date(from, apart)?, Kind::Date)))
                .or_else(|| Some((if apart { self.internet_address(from) } else { None }?, Kind::Internet)))
                .or_else(|| {
                    Some((if is_north_american { self.social_security(from) } else { None }?, Kind::Reference))
                });
            if let Some((to, kind)) = found {
                self.mark(from, to, kind);
                return to;
            }
        }
        let found = self
            .hours(from, end)
            .map(|to| (to, Kind::Time))
            .or_else(|| Some((self.amount_before(from)?, Kind::Amount)))
            .or_else(|| Some((self.day_first(from, end)?, Kind::Date)))
            .or_else(|| Some((self.mixed(from, end)?, Kind::Remark)));
        if let Some((to, kind)) = found {
            self.mark(from, to, kind);
            return to;
        }
        // What a word says of the digits behind it.
        if let Some((kind, word_end)) = last
            && (if kind == Word::Key { self.ends_group(end) } else { self.ends(end) })
            && self.chars[word_end..from].iter().all(|c| " .:#-(/\"".contains(*c))
        {
            let is_year = length == 4 && matches!(self.number(from, end), Some(1900..2100));
            let few = length <= 2 && kind == Word::Other;
            if kind == Word::Key || matches!(kind, Word::Other | Word::Month) && is_year || few {
                let kind = match kind {
                    Word::Key => Kind::Reference,
                    _ if is_year => Kind::Date,
                    _ => Kind::Remark,
                };
                self.mark(from, end, kind);
                return end;
            }
        }
        self.postcode(from, end).inspect(|to| self.mark(from, *to, Kind::Reference)).unwrap_or(end)
    }

    /// Digits with letters behind them: `2nd`, `1AA`, `231O`.
    fn mixed(&self, from: usize, end: usize) -> Option<usize> {
        let to = self.end_of(end, is_letter);
        let word = self.word(end, to);
        let few = end - from <= 4 && self.get(end).is_ascii() && !matches!(&word[..], "x" | "p" | "w" | "ext");
        let confused = matches!(&word[..], "o" | "l" | "i" | "s" | "b" | "z");
        (to > end && (few || confused)).then(|| self.end_of(to, |c| is_letter(c) || is_digit(c)))
    }

    /// `192.168.1.1`, if its parts cannot be the pairs of a number.
    fn internet_address(&self, from: usize) -> Option<usize> {
        let mut at = from;
        let mut pairs = 0;
        for part in 0..4 {
            let end = self.end_of(at, is_digit);
            if end == at || end - at > 3 || self.number(at, end)? > 255 {
                return None;
            }
            pairs += usize::from(end - at == 2);
            at = end;
            if part < 3 {
                if self.get(at) != '.' {
                    return None;
                }
                at += 1;
            }
        }
        (pairs < 4 && self.ends(at)).then_some(at)
    }

    /// Three groups with one separator, at most five digits in the first two.
    fn three(&self, from: usize, separators: &str) -> Option<([usize; 6], usize)> {
        let a = self.end_of(from, is_digit);
        let separator = self.get(a);
        if !separators.contains(separator) {
            return None;
        }
        let b = self.end_of(a + 1, is_digit);
        if b == a + 1 || self.get(b) != separator {
            return None;
        }
        let c = self.end_of(b + 1, is_digit);
        (c > b + 1 && !(self.get(c) == separator && is_digit(self.get(c + 1))) && !is_digit(self.get(c)))
            .then_some(([from, a, a + 1, b, b + 1, c], c))
    }

    /// A date, with two digits for the year only `apart` from other digits.
    fn date(&self, from: usize, apart: bool) -> Option<usize> {
        let (at, end) = self.three(from, "./-")?;
        let [a, b, c] = [0, 2, 4].map(|n| self.number(at[n], at[n + 1]));
        let lengths = [0, 2, 4].map(|n| at[n + 1] - at[n]);
        let (a, b, c) = (a?, b?, c?);
        let is_date = match lengths {
            [4, 1..=2, 1..=2] => (1900..2100).contains(&a) && is_day(b, c),
            [1..=2, 1..=2, 4] => (1900..2100).contains(&c) && (is_day(a, b) || is_day(b, a)),
            [1..=2, 1..=2, 2] => apart && (is_day(a, b) || is_day(b, a)),
            _ => false,
        };
        is_date.then_some(end)
    }

    fn time(&self, from: usize) -> Option<usize> {
        let a = self.end_of(from, is_digit);
        let b = self.end_of(a + 1, is_digit);
        let is_time = self.get(a) == ':'
            && a - from <= 2
            && b - a == 3
            && self.number(from, a)? < 24
            && self.number(a + 1, b)? < 60
            && !is_digit(self.get(b));
        if !is_time {
            return None;
        }
        let c = self.end_of(b + 1, is_digit);
        Some(if self.get(b) == ':' && c - b == 3 { c } else { b })
    }

    fn social_security(&self, from: usize) -> Option<usize> {
        let (at, end) = self.three(from, "-")?;
        ([0, 2, 4].map(|n| at[n + 1] - at[n]) == [3, 2, 4]).then_some(end)
    }

    /// `9-17h`, `5 pm`.
    fn hours(&self, from: usize, end: usize) -> Option<usize> {
        if end - from > 2 || is_digit(self.before(from)) {
            return None;
        }
        let mut at = end;
        if self.get(at) == '-' {
            let next = self.end_of(at + 1, is_digit);
            if matches!(next - at, 2..=3) {
                at = next;
            }
        }
        let word = self.skip(at, " ");
        let to = self.end_of(word, is_letter);
        let text = self.word(word, to);
        (to > word && words::is_hour(&text) && (text != "a" && text != "h" || word == at)).then_some(to)
    }

    /// Digits with points and commas, such as `1.250,00`, and whether they have the form of an amount.
    fn figures(&self, from: usize) -> (usize, bool) {
        let mut end = self.end_of(from, |c| is_digit(c) || c == '.' || c == ',');
        while matches!(self.before(end), '.' | ',') {
            end -= 1;
        }
        let text: String = self.chars[from..end].iter().collect();
        let cents = text.len() > 3 && matches!(text.as_bytes()[text.len() - 3], b'.' | b',');
        let groups: Vec<&str> = text.split(['.', ',']).collect();
        let inner = &groups[1..groups.len().max(1)];
        let inner = if cents { &inner[..inner.len() - 1] } else { inner };
        let in_thousands = inner.iter().all(|group| group.len() == 3) && (inner.is_empty() || groups[0].len() <= 3);
        let is_amount = in_thousands && groups.len() > 1 && (cents || !inner.is_empty()) && groups[0].len() <= 6;
        (end, is_amount)
    }

    fn amount_after(&mut self, sign: usize) -> usize {
        let from = self.skip(sign + 1, " ");
        if !is_digit(self.get(from)) {
            return sign + 1;
        }
        let (end, is_amount) = self.figures(from);
        if is_amount || end - from <= 4 {
            self.mark(sign, end, Kind::Amount);
            return end;
        }
        end
    }

    /// An amount and its currency, or one that can be nothing else: `1.250,00`.
    fn amount_before(&self, from: usize) -> Option<usize> {
        if !self.begins(from) {
            return None;
        }
        let (end, is_amount) = self.figures(from);
        let word = self.skip(end, " ");
        let to = self.end_of(word, is_letter);
        let behind = words::is_currency_sign(self.get(word)) || words::is_currency(&self.word(word, to));
        let before = self.skip_back(from);
        let named = words::is_currency(&self.word(before.0, before.1));
        let both = self.chars[from..end].contains(&'.') && self.chars[from..end].contains(&',');
        let is_money = is_amount && (behind || named || both) || (behind || named) && end - from <= 4 && self.ends(end);
        is_money.then(|| if behind { to.max(word + 1) } else { end })
    }

    /// The word before, with only spaces between.
    fn skip_back(&self, from: usize) -> (usize, usize) {
        let end = from - self.chars[..from].iter().rev().take_while(|c| **c == ' ').count();
        let start = end - self.chars[..end].iter().rev().take_while(|c| is_letter(**c)).count();
        (start, end)
    }

    /// `24. November 2026`, `24 Nov`.
    fn day_first(&self, from: usize, end: usize) -> Option<usize> {
        if end - from > 2 || !self.begins(from) {
            return None;
        }
        let word = self.skip(end, " .");
        let to = self.end_of(word, is_letter);
        if to == word || meaning(&self.word(word, to)) != Word::Month {
            return None;
        }
        let year = self.skip(to, " .");
        let year_end = self.end_of(year, is_digit);
        Some(if year_end - year == 4 && self.ends(year_end) { year_end } else { to })
    }

    /// `November 24, 2026`, `Nov 2026`. Marks it and returns its end.
    fn month_first(&mut self, from: usize, end: usize) -> Option<usize> {
        let mut at = self.skip(end, " .");
        let mut to = self.end_of(at, is_digit);
        if matches!(to - at, 1..=2) {
            at = self.skip(to, " ,");
            let year = self.end_of(at, is_digit);
            if year - at == 4 {
                to = year;
            }
        } else if to - at != 4 || !matches!(self.number(at, to), Some(1900..2100)) {
            return None;
        }
        self.ends(to).then(|| {
            self.mark(from, to, Kind::Date);
            to
        })
    }

    /// `10115 Berlin`: a code and a name with a capital letter.
    fn postcode(&self, from: usize, end: usize) -> Option<usize> {
        let mut to = end;
        let first = end - from;
        if !self.begins(from) || self.before(from) == '+' {
            return None;
        }
        let second = self.end_of(end + 1, is_digit);
        let second_length = second.saturating_sub(end + 1);
        match (first, self.get(end), second_length) {
            (4 | 5, ' ', 0) => {}
            // Czechia, Slovakia, Sweden; Poland.
            (3, ' ', 2) | (2, '-', 3) => to = second,
            _ => return None,
        }
        if first == 4 && self.chars[from] == '0' || !self.ends(to) {
            return None;
        }
        let word = self.skip(to, " ");
        let word_end = self.end_of(word, is_letter);
        let name = self.word(word, word_end);
        (word > to && word_end - word >= 2 && self.chars[word].is_uppercase() && meaning(&name) == Word::Other)
            .then_some(to)
    }
}

fn is_day(month: u32, day: u32) -> bool {
    (1..=12).contains(&month) && (1..=31).contains(&day)
}
