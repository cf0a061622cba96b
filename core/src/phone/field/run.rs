//! Runs: groups of digits that may be one number, or several.

use super::super::library;
use super::super::line;
use super::super::parse::{self, PhoneError, parse};
use super::super::plan::RegionPlan;
use super::super::{Phone, layout::MAX_DIGITS};
use rlibphonenumber::PhoneNumberFormat;

/// How strongly two groups of digits are separated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gap {
    /// As inside a number.
    Weak,
    /// As between an area code and the rest, or between two numbers: `/`, ` - `.
    Open,
    /// As neither, unless it occurs several times: `:`, `=`.
    Odd,
}

/// Groups of digits with their places in the characters.
#[derive(Default, Debug)]
pub struct Run {
    pub groups: Vec<(usize, usize)>,
    /// Between each two groups.
    pub gaps: Vec<Gap>,
    /// Where it begins, plus sign and bracket included.
    pub from: usize,
    pub plus: bool,
    /// The last gap is open only because few digits are behind it.
    pub doubtful: bool,
    /// Behind it an "x" has no digits of its own.
    pub forgotten: bool,
    /// Where it ends with the `.0` of a spreadsheet, which is no part of it.
    pub decimals: Option<usize>,
}

impl Run {
    pub fn to(&self) -> usize {
        self.groups.last().map_or(self.from, |group| group.1)
    }

    /// An extension, and what stands behind an open gap after it.
    pub fn behind_extension(&self) -> Option<(Run, Run)> {
        let length = self.groups[0].1 - self.groups[0].0;
        if self.gaps.first() != Some(&Gap::Open) || length > 6 || self.digits() - length < 6 {
            return None;
        }
        let first = Run { groups: vec![self.groups[0]], from: self.from, ..Run::default() };
        let (groups, gaps) = (self.groups[1..].to_vec(), self.gaps[1..].to_vec());
        let from = groups[0].0;
        Some((first, Run { groups, gaps, from, doubtful: self.doubtful, ..Run::default() }))
    }

    pub fn digits(&self) -> usize {
        self.groups.iter().map(|(from, to)| to - from).sum()
    }
}

/// What the digits of a run mean.
#[derive(Clone, Debug)]
pub struct Reading {
    pub phone: Phone,
    /// Characters.
    pub from: usize,
    pub to: usize,
    /// It is international, or has the trunk prefix that its region uses.
    pub strong: bool,
    /// It has a plus sign.
    pub plus: bool,
    /// It begins with the trunk prefix 0.
    pub trunk: bool,
    /// Only the last digits stand there: the others are those of the number before.
    pub short: bool,
    /// Digits without a plus sign that may as well be another number.
    pub other: Option<Phone>,
}

impl Reading {
    /// Whether it is in a range in use, or has the trunk prefix and the length that make a person read a number.
    pub fn is_sound(&self, digits: usize) -> bool {
        self.trunk && digits >= 9 || library::is_valid(self.phone)
    }
}

/// Parts of a run.
#[derive(Debug)]
pub enum Part {
    Number(Reading),
    /// What the number before and the digits behind it may mean together.
    Possible(Reading),
    /// Groups with more than one meaning.
    Unclear(Vec<Reading>),
    /// Digits that are no number.
    Left(usize, usize, Option<PhoneError>),
}

pub struct Reader<'a> {
    pub chars: &'a [char],
    pub region: Option<&'a RegionPlan>,
}

impl Reader<'_> {
    /// Groups `from..to` of a run as a text for the parser.
    fn text(&self, run: &Run, from: usize, to: usize) -> String {
        let start = if from == 0 { run.from } else { run.groups[from].0 };
        let mut text = String::with_capacity(24);
        let mut at = start;
        for (n, (group, end)) in run.groups[from..to].iter().enumerate() {
            for c in &self.chars[at..*group] {
                match c {
                    '+' | '(' | ')' => text.push(*c),
                    '-' | '.' => text.push('-'),
                    _ => {}
                }
            }
            if n > 0 && !text.ends_with(['(', ')', '-']) {
                text.push(' ');
            }
            text.extend(&self.chars[*group..*end]);
            at = *end;
        }
        if text.matches('(').count() > text.matches(')').count() { text.replace(['(', ')'], "") } else { text }
    }

    /// The number that groups `from..to` mean.
    fn read(&self, run: &Run, from: usize, to: usize) -> Result<Reading, PhoneError> {
        let text = self.text(run, from, to);
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if text.len() > parse::MAX_TEXT {
            return Err(PhoneError::TooLong);
        }
        let plus = from == 0 && run.plus;
        let mut reading = Reading {
            phone: Phone::new(&[1, 2, 0, 1, 5, 5, 5, 0, 1, 0, 0]).ok_or(PhoneError::Library)?,
            from: if from == 0 { run.from } else { run.groups[from].0 },
            to: run.groups[to - 1].1,
            strong: true,
            plus,
            trunk: false,
            short: false,
            other: None,
        };
        if plus {
            let digits = digits.trim_start_matches('0');
            let phone = parse(&format!("+{digits}"), None).or_else(|e| self.former(digits).ok_or(e));
            // Russia's trunk prefix behind a plus sign that does not belong there.
            let eight = run.groups[0].1 - run.groups[0].0 == 1 && digits.starts_with('8');
            let national = self.region.filter(|region| region.code == 7 && eight);
            let national = national.and_then(|region| parse(digits, Some(region)).ok());
            (reading.phone, reading.other) = match (phone, national) {
                (Ok(phone), other) => (phone, other),
                (Err(e), _) => return Err(e),
            };
            return Ok(reading);
        }
        let national = parse(&text, self.region);
        let lost = self.lost_plus(&digits);
        (reading.phone, reading.other) = match (national, lost) {
            (Ok(phone), None) => (phone, None),
            (Ok(phone), Some(lost)) if phone == lost => (phone, None),
            (Ok(phone), Some(lost)) if library::is_valid(phone) => (phone, Some(lost)),
            (_, Some(lost)) => (lost, None),
            (Err(e), None) => (self.former_national(&digits).ok_or(e)?, None),
        };
        let is_lost = lost == Some(reading.phone) || digits.starts_with("00");
        let uses_trunk = self.region.is_some_and(|region| region.trunk_zero);
        reading.trunk = uses_trunk && digits.starts_with('0');
        // Where numbers are usually written without the trunk prefix they are complete without it.
        reading.strong = is_lost || reading.trunk || !uses_trunk || {
            let usual = library::format(reading.phone, PhoneNumberFormat::National);
            usual.bytes().find(u8::is_ascii_digit).is_none_or(|first| first != b'0')
        };
        Ok(reading)
    }

    /// A valid number whose plus sign was lost, or that begins with `00` where the international prefix is another one.
    fn lost_plus(&self, digits: &str) -> Option<Phone> {
        let region = self.region?;
        let written = match digits.strip_prefix("00") {
            Some(rest) if region.idd != "00" && rest.len() > 6 => rest,
            Some(_) => return None,
            None => digits,
        };
        let mut code = region.code;
        let mut first = 1;
        while code > 9 {
            code /= 10;
            first *= 10;
        }
        let begins = written.len() < digits.len()
            || written.starts_with(char::from(b'0' + (region.code / first) as u8))
                && written.starts_with(&region.code.to_string());
        if !begins || written.len() > MAX_DIGITS {
            return None;
        }
        parse(&format!("+{written}"), None)
            .ok()
            .or_else(|| self.former(written))
            .filter(|phone| library::is_valid(*phone))
    }

    /// The present form of a former international number that cannot be stored.
    fn former(&self, digits: &str) -> Option<Phone> {
        let digits = digits.strip_prefix("52044").map_or(digits.to_owned(), |rest| format!("521{rest}"));
        line::of_unstorable(&values(&digits))
    }

    /// The same of a national one. Mexico's mobile numbers were dialled with 044, 045 or 1 before them.
    fn former_national(&self, digits: &str) -> Option<Phone> {
        let region = self.region?;
        if region.as_str() == "MX" {
            let rest = ["044", "045", "01", "1"].iter().find_map(|prefix| digits.strip_prefix(prefix))?;
            return parse(&format!("+52{rest}"), None)
                .ok()
                .filter(|phone| rest.len() == 10 && library::is_valid(*phone));
        }
        line::of_unstorable(&values(&format!("{}{digits}", region.code)))
    }

    fn valid(&self, run: &Run, from: usize, to: usize) -> Option<Reading> {
        let digits = run.groups[from..to].iter().map(|(a, b)| b - a).sum();
        self.read(run, from, to).ok().filter(|reading| reading.is_sound(digits))
    }

    /// What a run is: one number, or several.
    pub fn parts(&self, run: &Run) -> Vec<Part> {
        let mut parts = Vec::new();
        self.parts_of(run, 0, None, &mut parts);
        parts
    }

    fn left(&self, run: &Run, from: usize, to: usize, error: Option<PhoneError>) -> Part {
        Part::Left(run.groups[from].0, run.groups[to - 1].1, error)
    }

    /// The parts from a group on; `previous`: the number before.
    fn parts_of(&self, run: &Run, from: usize, previous: Option<Phone>, parts: &mut Vec<Part>) {
        let count = run.groups.len();
        let whole = self.read(run, from, count);
        let open: Vec<usize> = (from..count - 1).filter(|n| run.gaps[*n] == Gap::Open).collect();
        if run.doubtful
            && open == [count - 2]
            && let Ok(whole) = &whole
        {
            if !run.forgotten && self.is_canonical(run, from, whole.phone) {
                return parts.push(Part::Number(whole.clone()));
            }
            if whole.is_sound(run.digits())
                && let Some(first) = self.valid(run, from, count - 1)
            {
                return parts.push(Part::Unclear(vec![first, whole.clone()]));
            }
        }
        // A number that is complete before a slash, a spaced hyphen, a line's end.
        for gap in &open {
            if let Some(first) =
                self.valid(run, from, gap + 1).filter(|first| self.is_enough(first, run, from, gap + 1))
            {
                let phone = first.phone;
                parts.push(Part::Number(first));
                // Digits behind it may as well belong to it, as those of a direct line.
                if let Ok(whole) = whole
                    && whole.is_sound(run.digits())
                {
                    parts.push(Part::Possible(whole));
                }
                return self.parts_of(run, gap + 1, Some(phone), parts);
            }
        }
        if let Ok(whole) = whole.as_ref().cloned()
            && (open.is_empty() || whole.is_sound(run.digits()))
            && (previous.is_none() || whole.strong && whole.is_sound(run.digits()))
        {
            let split = if count - from < 2 || self.is_usual(run, from, &whole) { None } else { self.split(run, from) };
            match split {
                None => return parts.push(Part::Number(whole)),
                Some((a, b)) if !library::is_valid(whole.phone) => {
                    return parts.extend([Part::Number(a), Part::Number(b)]);
                }
                Some((a, b)) => return parts.push(Part::Unclear(vec![whole, a, b])),
            }
        }
        if let Some((a, b)) = self.split(run, from) {
            return parts.extend([Part::Number(a), Part::Number(b)]);
        }
        if let Some(previous) = previous
            && let Some(short) = self.short(run, from, previous)
        {
            return parts.push(Part::Number(short));
        }
        // A number behind digits that are none.
        for gap in open.iter().rev() {
            if let Some(last) = self.valid(run, gap + 1, count).filter(|last| last.strong) {
                parts.push(self.left(run, from, gap + 1, None));
                return parts.push(Part::Number(last));
            }
        }
        parts.push(self.left(run, from, count, whole.err()));
    }

    /// Whether a number before an open gap is one by itself, and no area code.
    fn is_enough(&self, first: &Reading, run: &Run, from: usize, to: usize) -> bool {
        let digits: usize = run.groups[from..to].iter().map(|(a, b)| b - a).sum();
        first.plus || digits >= 4 && (first.strong || digits >= 7)
    }

    /// Whether the groups are those of a usual spelling.
    fn is_canonical(&self, run: &Run, from: usize, phone: Phone) -> bool {
        let lengths: Vec<usize> = run.groups[from..].iter().map(|(a, b)| b - a).collect();
        let usual = |style| {
            let text = library::format(phone, style);
            text.split(|c: char| !c.is_ascii_digit())
                .filter(|group| !group.is_empty())
                .map(str::len)
                .collect::<Vec<_>>()
        };
        let international = usual(PhoneNumberFormat::International);
        // The last separator is the same as the one before.
        let between = |n: usize| &self.chars[run.groups[n].1..run.groups[n + 1].0];
        let last = run.gaps.len() - 1;
        if last > from && between(last) != between(last - 1) && between(last) == ['.'] {
            return false;
        }
        let same = usual(PhoneNumberFormat::National) == lengths || international[1..] == lengths[1..];
        same && library::is_valid(phone)
    }

    /// Whether no later group begins like a number of its own.
    fn is_usual(&self, run: &Run, from: usize, whole: &Reading) -> bool {
        let zero = |n: usize| self.chars[run.groups[n].0] == '0';
        let rest = |n: usize| run.groups[n..].iter().map(|(a, b)| b - a).sum::<usize>();
        let begins = |n: usize| rest(n) >= 7 && (zero(n) || rest(n) >= 8 && run.digits() - rest(n) >= 8);
        !(from + 1..run.groups.len()).any(begins) && (whole.plus || run.digits() < 14)
    }

    /// Two valid numbers with a weak gap between.
    fn split(&self, run: &Run, from: usize) -> Option<(Reading, Reading)> {
        let count = run.groups.len();
        let digits = |a: usize, b: usize| run.groups[a..b].iter().map(|(x, y)| y - x).sum::<usize>();
        let mut found: Vec<(usize, (Reading, Reading))> = Vec::new();
        for at in from + 1..count {
            let (a, b) = (digits(from, at), digits(at, count));
            let across = (from..count - 1).any(|n| n + 1 != at && run.gaps[n] == Gap::Open);
            if a < 6 || b < 6 || across {
                continue;
            }
            if let (Some(first), Some(second)) = (self.valid(run, from, at), self.valid(run, at, count))
                && first.strong
                && second.strong
            {
                found.push((a.abs_diff(b), (first, second)));
            }
        }
        found.sort_by_key(|(difference, _)| *difference);
        found.into_iter().next().map(|(_, pair)| pair)
    }

    /// A number of which only the last digits stand there.
    pub fn short(&self, run: &Run, from: usize, previous: Phone) -> Option<Reading> {
        let digits: String = run.groups[from..].iter().flat_map(|(a, b)| &self.chars[*a..*b]).collect();
        let before = previous.to_string();
        let kept = before.len().checked_sub(digits.len()).filter(|kept| *kept > 3)?;
        let phone = parse::canonical(format!("{}{digits}", &before[..kept]).as_bytes())?;
        let (from, to) = (run.groups[from].0, run.to());
        library::is_valid(phone).then_some(Reading {
            phone,
            from,
            to,
            strong: false,
            plus: false,
            trunk: false,
            short: true,
            other: None,
        })
    }
}

fn values(digits: &str) -> Vec<u8> {
    digits.bytes().map(|b| b.wrapping_sub(b'0')).collect()
}
