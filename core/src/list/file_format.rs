//! List files, read as a stream of records: lines, or the tags of an XML file.
//!
//! A layout is data, a row of `dnc.list_format`: the columns that form the number when concatenated, their delimiter,
//! the region whose dialling rules apply, and the column that states whether the number is added or removed.

use crate::phone::field::{self, Problem};
use crate::phone::{Phone, PhoneError, RegionPlan, parse};

/// The layout of a file.
#[derive(Clone, Default)]
pub struct Format {
    /// An XML file instead of lines.
    pub xml: bool,
    /// Between columns; without one, a line is one column.
    pub delimiter: Option<u8>,
    /// Around columns that may contain a delimiter.
    pub quote: Option<u8>,
    /// Lines that begin with it are ignored.
    pub comment: Option<u8>,
    /// Columns that form the number, in this order; a line without a delimiter is the whole number.
    pub number: Vec<ColumnName>,
    /// The column that states whether the number is added or removed, and its values, in lower case.
    pub action: Option<Action>,
    /// Region whose dialling rules apply to the numbers.
    pub region: Option<&'static RegionPlan>,
    /// What replaces the beginning of a number, first match first, so that it is read as international.
    pub prefixes: Vec<Replacement>,
}

/// A beginning of a number and what it stands for, such as `011` and `+`.
#[derive(Clone, PartialEq, Debug)]
pub struct Replacement {
    /// What the number begins with.
    pub from: String,
    /// What takes its place.
    pub to: String,
}

impl Replacement {
    /// Of `011=+`.
    pub fn of(text: &str) -> Replacement {
        let (from, to) = text.split_once('=').unwrap_or((text, ""));
        Replacement { from: from.to_owned(), to: to.to_owned() }
    }
}

impl Format {
    /// Whether each line is a number and nothing else, as people write it.
    pub fn is_plain(&self) -> bool {
        let first = self.number == [ColumnName::Place(0)];
        !self.xml && self.delimiter.is_none() && self.action.is_none() && self.prefixes.is_empty() && first
    }

    /// Reads a number.
    pub fn read(&self, text: &[u8]) -> Result<Phone, Reason> {
        let digit = text.first().is_some_and(|b| b.is_ascii_digit() || *b == b'+');
        let replaced = self.prefixes.iter().find(|prefix| digit && text.starts_with(prefix.from.as_bytes()));
        match replaced {
            Some(prefix) if prefix.from != prefix.to => {
                let mut joined = Joined::default();
                joined.add(prefix.to.as_bytes());
                joined.add(&text[prefix.from.len()..]);
                number(joined.bytes(), self.region)
            }
            _ => number(text, self.region),
        }
    }
}

/// The action column of a file of changes.
#[derive(Clone)]
pub struct Action {
    /// The column.
    pub column: ColumnName,
    /// Its values that add a number.
    pub add: Vec<String>,
    /// Its values that remove a number.
    pub remove: Vec<String>,
}

/// Location of a value: a column, by index from 0 or by its name in the header; in XML `element/@attribute`, or
/// `element` for its content.
#[derive(Clone, PartialEq, Debug)]
pub enum ColumnName {
    /// By index, counted from 0.
    Place(usize),
    /// By the name in its header.
    Named(String),
}

impl ColumnName {
    /// `3` is the third column, anything else a name.
    pub fn of(text: &str) -> ColumnName {
        match text.parse::<usize>() {
            Ok(place) if place > 0 => ColumnName::Place(place - 1),
            _ => ColumnName::Named(text.to_owned()),
        }
    }
}

/// A parsed record.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Record {
    /// The number.
    pub phone: Phone,
    /// Removed, in a file of changes.
    pub removed: bool,
}

/// A rejected record.
#[derive(Clone, PartialEq, Debug)]
pub struct Reject {
    /// From 1.
    pub line: u64,
    /// Its text in ASCII, with all digits but the last two starred, 60 characters at most.
    pub text: String,
    /// Why it was rejected.
    pub reason: Reason,
}

/// Why a record was rejected.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Reason {
    /// Its number cannot be read.
    Phone(Problem),
    /// A named column is missing.
    NoColumn,
    /// The action column has neither value.
    NoAction,
    /// The line is longer than [`MOST_LINE`].
    Long,
}

impl Reason {
    /// The broken rule, for a report.
    pub fn rule(self) -> String {
        match self {
            Reason::Phone(why) => why.rule(),
            Reason::NoColumn => "it lacks a column that the format names".into(),
            Reason::NoAction => "it says neither that the number is added nor that it is removed".into(),
            Reason::Long => format!("it has over {MOST_LINE} bytes"),
        }
    }
}

/// Why a file cannot be read at all.
#[derive(Clone, PartialEq, Debug)]
pub enum Unreadable {
    /// A byte order mark of UTF-16 or UTF-32, or zero bytes.
    Encoding,
    /// The header lacks a named column.
    NoHeader(String),
}

/// Maximum bytes of a record.
pub const MOST_LINE: usize = 1 << 16;
/// Maximum characters kept of a rejected record.
const SHOWN: usize = 60;

/// Takes a file in portions and returns its records.
pub struct Parser<'a> {
    format: &'a Format,
    /// The beginning of a record that continues in the next portion.
    rest: Vec<u8>,
    /// The record is too long, and skipped up to its end.
    skipping: bool,
    /// The line of the current record, and whether there was a record.
    line: u64,
    begun: bool,
    places: Places,
}

/// Column locations, known once the header was read, and in XML their last values.
struct Places {
    number: Vec<usize>,
    action: Option<usize>,
    known: bool,
    /// In XML: the last value of each column, and of the action.
    values: Vec<Vec<u8>>,
}

impl<'a> Parser<'a> {
    /// A parser of records of this format.
    pub fn new(format: &'a Format) -> Parser<'a> {
        let place = |column: &ColumnName| if let ColumnName::Place(place) = column { Some(*place) } else { None };
        let number: Option<Vec<usize>> = format.number.iter().map(place).collect();
        let action = format.action.as_ref().map(|action| place(&action.column));
        let known = number.is_some() && action != Some(None);
        let places = Places {
            number: number.unwrap_or_default(),
            action: action.flatten(),
            known,
            values: vec![Vec::new(); format.number.len() + 1],
        };
        Parser { format, rest: Vec::new(), skipping: false, line: 0, begun: false, places }
    }

    /// Reads a portion. `sink` receives every record except comments, blank lines and the header.
    pub fn feed(&mut self, bytes: &[u8], sink: &mut impl FnMut(Result<Record, Reject>)) -> Result<(), Unreadable> {
        let mut bytes = bytes;
        if !self.begun && !bytes.is_empty() {
            self.begun = true;
            if bytes.starts_with(&[0xff, 0xfe])
                || bytes.starts_with(&[0xfe, 0xff])
                || bytes.iter().take(64).any(|b| *b == 0)
            {
                return Err(Unreadable::Encoding);
            }
            bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        }
        let end = if self.format.xml { b'>' } else { b'\n' };
        while let Some(at) = memchr::memchr(end, bytes) {
            let (record, rest) = (&bytes[..at], &bytes[at + 1..]);
            bytes = rest;
            if self.rest.is_empty() && !self.skipping {
                self.record(record, sink)?;
                continue;
            }
            self.keep(record);
            let whole = std::mem::take(&mut self.rest);
            self.whole(&whole, sink)?;
            self.rest = whole;
            self.rest.clear();
        }
        self.keep(bytes);
        Ok(())
    }

    /// Reads the rest of the last portion.
    pub fn finish(&mut self, sink: &mut impl FnMut(Result<Record, Reject>)) -> Result<(), Unreadable> {
        let whole = std::mem::take(&mut self.rest);
        if whole.is_empty() && !self.skipping { Ok(()) } else { self.whole(&whole, sink) }
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.rest.len() + bytes.len() > MOST_LINE {
            self.skipping = true;
        } else {
            self.rest.extend_from_slice(bytes);
        }
    }

    fn whole(&mut self, record: &[u8], sink: &mut impl FnMut(Result<Record, Reject>)) -> Result<(), Unreadable> {
        if !std::mem::take(&mut self.skipping) {
            return self.record(record, sink);
        }
        self.line += 1;
        sink(Err(Reject { line: self.line, text: masked(record), reason: Reason::Long }));
        Ok(())
    }

    fn record(&mut self, record: &[u8], sink: &mut impl FnMut(Result<Record, Reject>)) -> Result<(), Unreadable> {
        if self.format.xml {
            self.tag(record, sink);
            return Ok(());
        }
        self.line += 1;
        let line = trimmed(record, self.format.delimiter);
        if line.trim_ascii().is_empty() || self.format.comment.is_some_and(|comment| line[0] == comment) {
            return Ok(());
        }
        if !self.places.known {
            self.header(line)?;
            return Ok(());
        }
        // Fast path for the commonest file, which contains only numbers.
        let found = if self.format.delimiter.is_none() && self.format.action.is_none() {
            self.format.read(line).map(|phone| Record { phone, removed: false })
        } else {
            self.columns(line)
        };
        match found {
            Ok(item) => sink(Ok(item)),
            // An unused header.
            Err(_) if self.line == 1 && !line.iter().any(u8::is_ascii_digit) => {}
            Err(reason) => sink(Err(Reject { line: self.line, text: masked(line), reason })),
        }
        Ok(())
    }

    fn columns(&self, line: &[u8]) -> Result<Record, Reason> {
        let mut columns: [&[u8]; MOST_COLUMNS] = [&[]; MOST_COLUMNS];
        let count = split(line, self.format, &mut columns);
        let column = |place: usize| columns[..count].get(place).copied().ok_or(Reason::NoColumn);
        if count == 1 && self.format.action.is_none() {
            return Ok(Record { phone: self.format.read(columns[0])?, removed: false });
        }
        let mut joined = Joined::default();
        for place in &self.places.number {
            joined.add(column(*place)?);
        }
        let removed = match (&self.format.action, self.places.action) {
            (Some(action), Some(place)) => action.removes(column(place)?)?,
            _ => false,
        };
        Ok(Record { phone: self.format.read(joined.bytes())?, removed })
    }

    fn header(&mut self, line: &[u8]) -> Result<(), Unreadable> {
        let mut columns: [&[u8]; MOST_COLUMNS] = [&[]; MOST_COLUMNS];
        let count = split(line, self.format, &mut columns);
        let place = |column: &ColumnName| match column {
            ColumnName::Place(place) => Ok(*place),
            ColumnName::Named(name) => columns[..count]
                .iter()
                .position(|found| found.eq_ignore_ascii_case(name.as_bytes()))
                .ok_or_else(|| Unreadable::NoHeader(name.clone())),
        };
        self.places.number = self.format.number.iter().map(place).collect::<Result<_, _>>()?;
        self.places.action = self.format.action.as_ref().map(|action| place(&action.column)).transpose()?;
        self.places.known = true;
        Ok(())
    }

    /// A record that ends with a tag: the text before it is the content of the element that it closes, if any. The only
    /// requirement is that tags end; the published samples of registries are not well-formed.
    fn tag(&mut self, record: &[u8], sink: &mut impl FnMut(Result<Record, Reject>)) {
        let opened = memchr::memrchr(b'<', record);
        self.line += if self.line == 0 { 1 } else { 0 };
        let line = self.line + memchr::memchr_iter(b'\n', &record[..opened.unwrap_or(0)]).count() as u64;
        self.line += memchr::memchr_iter(b'\n', record).count() as u64;
        let Some(opened) = opened else { return };
        let (content, tag) = (record[..opened].trim_ascii(), &record[opened + 1..]);
        let closes = tag.first() == Some(&b'/');
        let tag = tag.strip_prefix(b"/").unwrap_or(tag);
        let name_ends = tag.iter().position(|b| b.is_ascii_whitespace() || *b == b'/').unwrap_or(tag.len());
        let (name, attributes) = tag.split_at(name_ends);
        let last = self.format.number.len() - 1;
        let mut complete = false;
        let wanted = self.format.number.iter().chain(self.format.action.iter().map(|action| &action.column));
        for (n, column) in wanted.enumerate() {
            let ColumnName::Named(column) = column else { continue };
            let value = match column.split_once("/@") {
                Some((element, attribute)) if !closes && element.as_bytes() == name => {
                    attribute_of(attributes, attribute)
                }
                None if closes && column.as_bytes() == name => Some(content),
                _ => None,
            };
            if let Some(value) = value {
                self.places.values[n].clear();
                self.places.values[n].extend_from_slice(value.trim_ascii());
                complete |= n == last;
            }
        }
        if complete {
            let mut joined = Joined::default();
            self.places.values[..=last].iter().for_each(|value| joined.add(value));
            let removed =
                self.format.action.as_ref().map_or(Ok(false), |action| action.removes(&self.places.values[last + 1]));
            let found =
                self.format.read(joined.bytes()).and_then(|phone| removed.map(|removed| Record { phone, removed }));
            sink(found.map_err(|reason| Reject { line, text: masked(joined.bytes()), reason }));
        }
    }
}

impl Action {
    fn removes(&self, value: &[u8]) -> Result<bool, Reason> {
        let is = |names: &[String]| names.iter().any(|name| name.as_bytes().eq_ignore_ascii_case(value));
        if is(&self.remove) {
            Ok(true)
        } else if is(&self.add) {
            Ok(false)
        } else {
            Err(Reason::NoAction)
        }
    }
}

/// Parses a number.
pub fn number(text: &[u8], region: Option<&RegionPlan>) -> Result<Phone, Reason> {
    if let Some(phone) = field::fast(text, region) {
        return Ok(phone);
    }
    let text = std::str::from_utf8(text).map_err(|_| Reason::Phone(Problem::Parse(PhoneError::NotANumber)))?;
    // What is longer was cut.
    if text.len() > parse::MAX_TEXT {
        return Err(Reason::Phone(Problem::Parse(PhoneError::TextTooLong(text.len()))));
    }
    match field::one(text, region) {
        // A list may have numbers that people type as placeholders: none of its lines is left out for its digits.
        Err(Problem::Placeholder) => parse::parse(text, region).map_err(|why| Reason::Phone(Problem::Parse(why))),
        read => read.map_err(Reason::Phone),
    }
}

/// Without surrounding white space, unless that is a delimiter.
fn trimmed(bytes: &[u8], delimiter: Option<u8>) -> &[u8] {
    let outside = |b: &u8| b.is_ascii_whitespace() && Some(*b) != delimiter;
    let from = bytes.iter().position(|b| !outside(b)).unwrap_or(bytes.len());
    let to = bytes.iter().rposition(|b| !outside(b)).map_or(from, |at| at + 1);
    &bytes[from..to]
}

/// Maximum columns read per line.
const MOST_COLUMNS: usize = 64;

fn split<'a>(line: &'a [u8], format: &Format, columns: &mut [&'a [u8]; MOST_COLUMNS]) -> usize {
    let Some(delimiter) = format.delimiter else {
        columns[0] = unquoted(line, format.quote);
        return 1;
    };
    let (mut count, mut rest) = (0, line);
    loop {
        let mut end = memchr::memchr(delimiter, rest);
        // A delimiter within quotes does not count.
        if let Some(quote) = format.quote
            && rest.first() == Some(&quote)
            && let Some(closed) = memchr::memchr(quote, &rest[1..])
        {
            end = memchr::memchr(delimiter, &rest[closed + 2..]).map(|at| at + closed + 2);
        }
        let (column, next) = rest.split_at(end.unwrap_or(rest.len()));
        columns[count] = unquoted(trimmed(column, format.delimiter), format.quote);
        count += 1;
        if end.is_none() || count == MOST_COLUMNS {
            return count;
        }
        rest = &next[1..];
        while delimiter != b' ' && rest.first() == Some(&b' ') {
            rest = &rest[1..];
        }
    }
}

fn unquoted(column: &[u8], quote: Option<u8>) -> &[u8] {
    let inner = quote.and_then(|quote| column.strip_prefix(&[quote])?.strip_suffix(&[quote]));
    inner.map_or(column, <[u8]>::trim_ascii)
}

/// The value of an attribute, in single or double quotes or in none.
fn attribute_of<'a>(attributes: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let mut rest = attributes;
    loop {
        let equals = memchr::memchr(b'=', rest)?;
        let (before, after) = (rest[..equals].trim_ascii(), rest[equals + 1..].trim_ascii_start());
        let quoted = after.first().copied().filter(|quote| matches!(quote, b'"' | b'\''));
        let (value, next) = match quoted {
            Some(quote) => {
                let end = memchr::memchr(quote, &after[1..])?;
                (&after[1..=end], &after[end + 2..])
            }
            None => after.split_at(after.iter().position(u8::is_ascii_whitespace).unwrap_or(after.len())),
        };
        // Whitespace, or the slash of the preceding element, is not part of the name.
        let begins = before.iter().rposition(u8::is_ascii_whitespace).map_or(0, |at| at + 1);
        if &before[begins..] == name.as_bytes() {
            return Some(value);
        }
        rest = next;
    }
}

/// The concatenated parts of a number.
struct Joined {
    bytes: [u8; parse::MAX_TEXT + 1],
    len: usize,
}

impl Default for Joined {
    fn default() -> Joined {
        Joined { bytes: [0; parse::MAX_TEXT + 1], len: 0 }
    }
}

impl Joined {
    /// Excess bytes are dropped; the rest is still too long to be a number.
    fn add(&mut self, part: &[u8]) {
        let len = part.len().min(self.bytes.len() - self.len);
        self.bytes[self.len..self.len + len].copy_from_slice(&part[..len]);
        self.len += len;
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// A text as shown in rejects.
pub fn masked(record: &[u8]) -> String {
    let text = String::from_utf8_lossy(record);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let mut seen = 0;
    let star = |c: char| {
        seen += usize::from(c.is_ascii_digit());
        match c {
            '0'..='9' if seen + 2 <= digits => '*',
            ' '..='~' => c,
            _ => '?',
        }
    };
    text.chars().map(star).take(SHOWN).collect()
}
