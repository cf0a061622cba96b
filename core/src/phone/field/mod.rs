//! The field reader: the numbers in a text as people and programs write them, or none.
//!
//! A number is what a person would read as one. It never has digits of a remark, a date, an amount or a second number.
//! Where a text may mean several numbers, all of them are found and none is certain.
//!
//! | file | contents |
//! | --- | --- |
//! | `plain` | plain spellings, which are read without the rest |
//! | `normal` | the text without what cannot be seen, in ASCII digits and punctuation |
//! | `entity` | dates, times, amounts, order numbers, addresses: digits of no telephone number |
//! | `words` | labels, words before extensions and between numbers |
//! | `items` | runs of digit groups, and what stands between them |
//! | `run` | the numbers that a run of digit groups means |
//! | `kind` | what a text is that is not one number |

mod entity;
mod items;
mod kind;
pub(super) mod normal;
mod plain;
mod run;
mod words;

use super::doubt::is_wholly_regular;
use super::plan::RegionPlan;
use super::{Phone, PhoneError, library, parse};
use items::Item;
pub use kind::{code, is_doubtful};
use normal::{Normal, normal};
pub use plain::fast;
use run::{Part, Reader, Reading, Run};
use words::Word;

/// Most bytes of a field: a longer one is not read.
pub const MOST_BYTES: usize = 2000;

/// A number in a text.
#[derive(Clone, Debug)]
pub struct Found {
    /// The number.
    pub phone: Phone,
    /// Digits of its extension.
    pub extension: Option<String>,
    /// The word that says what it is for.
    pub label: Option<String>,
    /// First byte in the text.
    pub start: usize,
    /// Byte behind the last.
    pub end: usize,
    /// A person would read exactly this number. If not, it is one that may be meant.
    pub certain: bool,
}

/// Why a text is not exactly one number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Problem {
    /// Nothing visible.
    Missing,
    /// No number.
    NoNumber,
    /// Two numbers or more.
    TwoNumbers,
    /// Beside the number there are digits that may belong to it.
    DigitsLeft,
    /// Digits are masked by other characters.
    Masked,
    /// Scientific notation that lost digits.
    LostDigits,
    /// It may be one of several numbers.
    Ambiguous,
    /// Equal or consecutive digits, as people type who have no number.
    Placeholder,
    /// What looks like one number is none.
    Parse(PhoneError),
}

impl Problem {
    /// The rule that was broken, as the end of a sentence.
    pub fn rule(self) -> String {
        match self {
            Problem::Missing => "it is blank".into(),
            Problem::NoNumber => "it has no telephone number".into(),
            Problem::TwoNumbers => "it has more than one number".into(),
            Problem::DigitsLeft => "it has digits beside the number that may belong to it".into(),
            Problem::Masked => "digits are masked".into(),
            Problem::LostDigits => "it is scientific notation that lost digits".into(),
            Problem::Ambiguous => "it may be one of several numbers".into(),
            Problem::Placeholder => "its digits are a placeholder".into(),
            Problem::Parse(error) => error.rule(),
        }
    }

    /// What to do.
    pub fn hint(self) -> &'static str {
        match self {
            Problem::TwoNumbers => "dnc_numbers(text, region) returns each of them.",
            Problem::DigitsLeft | Problem::Ambiguous => {
                "Write it internationally (+14155552671) and without other digits; dnc_numbers(text, region) shows what was found."
            }
            Problem::Masked => "Write all digits. To suppress all numbers that begin alike, use dnc_add_prefix.",
            Problem::LostDigits => "Export the column as text again: the digits are not in the file.",
            Problem::Parse(error) => error.hint(),
            _ => "dnc_try_parse gives NULL for text that is no number.",
        }
    }
}

/// What a text holds.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// The numbers in order, each once.
    pub numbers: Vec<Found>,
    /// `None`: the text is exactly one number.
    pub problem: Option<Problem>,
    /// Every digit of the text is accounted for: no number can stand in it but these.
    pub complete: bool,
}

/// The number, if the text has exactly one and nothing in the rest could belong to it.
#[inline]
pub fn one(text: &str, region: Option<&RegionPlan>) -> Result<Phone, Problem> {
    fast(text.as_bytes(), region).map_or_else(|| slow(text, region), Ok)
}

#[cold]
fn slow(text: &str, region: Option<&RegionPlan>) -> Result<Phone, Problem> {
    let field = read(text, region);
    match field.problem {
        None => Ok(field.numbers[0].phone),
        Some(problem) => Err(problem),
    }
}

/// Equal or consecutive digits that are in no range of numbers.
fn is_placeholder(phone: Phone, text: &[char]) -> bool {
    let zeros = text.iter().rev().filter(|c| c.is_ascii_digit()).take_while(|c| **c == '0').count();
    zeros >= 7 || is_wholly_regular(phone) && !library::is_valid(phone)
}

/// All numbers of a text, and what else there is.
pub fn read(text: &str, region: Option<&RegionPlan>) -> Field {
    let failed = |problem| Field { numbers: Vec::new(), problem: Some(problem), complete: false };
    if text.len() > MOST_BYTES {
        return failed(Problem::Parse(PhoneError::TextTooLong(text.len())));
    }
    if text.contains(";phone-context=") {
        return failed(Problem::Parse(PhoneError::PhoneContext));
    }
    let mut normal = normal(text);
    if normal.chars.iter().all(|c| matches!(c, ' ' | '\n')) {
        return failed(Problem::Missing);
    }
    if let Some(phone) = vanity(text, region) {
        let found = Found { phone, extension: None, label: None, start: 0, end: text.len(), certain: true };
        return Field { numbers: vec![found], problem: None, complete: true };
    }
    match items::scientific(&mut normal) {
        Some(true) => {}
        Some(false) => return failed(Problem::LostDigits),
        None if items::is_masked(&normal.chars) => return failed(Problem::Masked),
        None => {
            let north_american = region.is_some_and(|region| region.code == 1);
            items::blank_dial_codes(&mut normal.chars, region);
            entity::Scan { chars: &mut normal.chars, kinds: 0 }.entities(north_american);
        }
    }
    let items = items::items(&normal.chars, region);
    let mut gathered =
        Gathered { text, normal: &normal, region, numbers: Vec::new(), left: false, unclear: false, error: None };
    gathered.gather(&items);
    gathered.field()
}

/// `1-800-FLOWERS`: seven letters and digits behind a freephone code of North America.
fn vanity(text: &str, region: Option<&RegionPlan>) -> Option<Phone> {
    let upper = text.bytes().filter(u8::is_ascii_uppercase).count();
    if upper < 3
        || text.contains("XX")
        || !text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b"+-. ()".contains(&b))
    {
        return None;
    }
    let marks: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let number = marks.strip_prefix('1').unwrap_or(&marks);
    let toll_free = matches!(number.get(..3), Some("800" | "888" | "877" | "866" | "855" | "844" | "833"));
    let national = text.starts_with("+1") || region.is_some_and(|region| region.code == 1);
    (national && toll_free && number.len() == 10).then(|| parse::slow(text, region).ok()).flatten()
}

/// What has been found so far.
struct Gathered<'a> {
    text: &'a str,
    normal: &'a Normal,
    region: Option<&'a RegionPlan>,
    numbers: Vec<(Reading, Found)>,
    /// Digits remain that may belong to a number.
    left: bool,
    /// Some digits have several meanings.
    unclear: bool,
    error: Option<Problem>,
}

impl Gathered<'_> {
    fn gather(&mut self, items: &[Item]) {
        let normal = self.normal;
        let reader = Reader { chars: &normal.chars, region: self.region };
        let runs = items.iter().filter(|item| matches!(item, Item::Run(_))).count();
        let is_strange = |item: &Item| match item {
            Item::Word(_, _, word) => !matches!(word, Word::Label | Word::Extension),
            Item::Entity => true,
            _ => false,
        };
        let strange = items.iter().any(is_strange);
        let labelled = items.iter().any(|item| matches!(item, Item::Word(..)));
        let mut label = None;
        let mut at = 0;
        while at < items.len() {
            match &items[at] {
                Item::Word(from, to, word) => {
                    if matches!(word, Word::Label) || self.numbers.is_empty() && *word == Word::Extension {
                        label = Some((*from, *to));
                    }
                }
                Item::Run(run) => {
                    let follows = self.follows(items, at);
                    let parts = reader.parts(run);
                    let several = runs + parts.len() > 2;
                    for part in parts {
                        self.part(part, run, follows, several || strange, labelled);
                    }
                    if let Some((from, to)) = label.take()
                        && let Some((_, found)) = self.numbers.last_mut()
                    {
                        found.label = Some(normal.chars[from..to].iter().collect());
                    }
                    at = self.extension(&reader, items, at + 1);
                    continue;
                }
                Item::Gap(..) | Item::Entity => {}
            }
            at += 1;
        }
    }

    /// Whether a run stands right behind a number, or with "or" between.
    fn follows(&self, items: &[Item], at: usize) -> bool {
        let mut between = items[..at].iter().rev().take_while(|item| !matches!(item, Item::Run(_)));
        !self.numbers.is_empty() && between.all(|item| matches!(item, Item::Gap(..) | Item::Word(_, _, Word::And)))
    }

    fn part(&mut self, part: Part, run: &Run, follows: bool, strange: bool, labelled: bool) {
        match part {
            Part::Number(reading) if reading.short => {
                self.unclear = true;
                self.push(reading);
            }
            Part::Number(mut reading) => {
                let digits = self.normal.chars[reading.from..reading.to].iter().filter(|c| c.is_ascii_digit()).count();
                let other = reading.other.take();
                let accepted = reading.plus
                    || if strange {
                        digits >= 7 && reading.strong && reading.is_sound(digits)
                    } else {
                        !labelled || digits >= 7 || library::is_valid(reading.phone)
                    };
                if !accepted {
                    return self.weak(reading, run, follows);
                }
                if !reading.plus && is_placeholder(reading.phone, &self.normal.chars[reading.from..reading.to]) {
                    self.error.get_or_insert(Problem::Placeholder);
                    return;
                }
                if let Some(phone) = other {
                    self.unclear = true;
                    self.push(Reading { phone, ..reading.clone() });
                }
                self.push(reading);
            }
            Part::Possible(reading) => {
                self.unclear = true;
                self.push_doubtful(reading);
            }
            Part::Unclear(readings) => {
                self.unclear = true;
                readings.into_iter().for_each(|reading| self.push(reading));
            }
            Part::Left(from, to, error) => {
                let reader = Reader { chars: &self.normal.chars, region: self.region };
                if follows && let Some(short) = self.previous().and_then(|previous| reader.short(run, 0, previous)) {
                    self.unclear = true;
                    return self.push(short);
                }
                self.left |= to > from;
                if let Some(error) = error {
                    self.error.get_or_insert(Problem::Parse(error));
                }
            }
        }
    }

    fn previous(&self) -> Option<Phone> {
        self.numbers.last().map(|(_, found)| found.phone)
    }

    /// A number that its surroundings make doubtful: it may be one, or the last digits of one.
    fn weak(&mut self, reading: Reading, run: &Run, follows: bool) {
        self.left = true;
        let reader = Reader { chars: &self.normal.chars, region: self.region };
        let short = if follows { self.previous().and_then(|previous| reader.short(run, 0, previous)) } else { None };
        if let Some(short) = short {
            self.unclear = true;
            self.push(short);
        }
        if library::is_valid(reading.phone) && run.digits() >= 5 {
            self.unclear = true;
            self.push_doubtful(reading);
        }
    }

    fn push(&mut self, reading: Reading) {
        let certain = !reading.short;
        self.add(reading, certain);
    }

    fn push_doubtful(&mut self, reading: Reading) {
        self.add(reading, false);
    }

    fn add(&mut self, reading: Reading, certain: bool) {
        if self.numbers.iter().any(|(_, found)| found.phone == reading.phone) {
            return;
        }
        let start = self.normal.byte(reading.from);
        let end = self.normal.end(self.text, reading.to);
        let found = Found { phone: reading.phone, extension: None, label: None, start, end, certain };
        self.numbers.push((reading, found));
    }

    /// Takes an extension behind a number. Returns where to go on.
    fn extension(&mut self, reader: &Reader, items: &[Item], mut at: usize) -> usize {
        if self.numbers.is_empty() {
            return at;
        }
        while let Some((run, next)) = items::extension(&self.normal.chars, items, at) {
            at = next;
            let Some(run) = run else { continue };
            if let Some((first, rest)) = run.behind_extension() {
                self.extend(reader, &first);
                for part in reader.parts(&rest) {
                    self.part(part, &rest, false, true, false);
                }
                continue;
            }
            let digits = run.digits();
            let is_number = digits >= 7 || digits > 4 && run.groups.len() > 1;
            if is_number && !items::is_tone(&self.normal.chars, run) {
                // A second number behind "x" or "ext".
                for part in reader.parts(run) {
                    let previous = self.previous();
                    match part {
                        Part::Number(reading)
                            if library::is_valid(reading.phone) && (digits > 7 || run.groups.len() > 1) =>
                        {
                            self.push(reading);
                        }
                        _ => {
                            self.left = true;
                            let short = previous.and_then(|previous| reader.short(run, 0, previous));
                            if let Some(short) = short {
                                self.push(short);
                            }
                        }
                    }
                }
                continue;
            }
            self.extend(reader, run);
        }
        at
    }

    fn extend(&mut self, reader: &Reader, run: &Run) {
        if let Some((_, found)) = self.numbers.last_mut()
            && found.extension.is_none()
        {
            let digits = run.groups.iter().flat_map(|(from, to)| &reader.chars[*from..*to]);
            found.extension = Some(digits.collect());
        }
    }

    fn field(self) -> Field {
        let Gathered { mut numbers, left, unclear, error, .. } = self;
        let short = numbers.iter().any(|(reading, _)| reading.short);
        let problem = if numbers.is_empty() {
            Some(match error {
                Some(error) => error,
                None => Problem::NoNumber,
            })
        } else if short || numbers.len() > 1 && !unclear && !left {
            Some(Problem::TwoNumbers)
        } else if unclear && numbers.len() > 1 {
            Some(Problem::Ambiguous)
        } else if left || error.is_some() {
            Some(Problem::DigitsLeft)
        } else {
            None
        };
        if matches!(problem, Some(Problem::Ambiguous | Problem::DigitsLeft)) {
            numbers.iter_mut().for_each(|(_, found)| found.certain = false);
        }
        let complete = !left && error.is_none() && !numbers.is_empty();
        Field { numbers: numbers.into_iter().map(|(_, found)| found).collect(), problem, complete }
    }
}
