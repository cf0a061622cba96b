//! Lines: the numbers that one subscriber has had, or that are written in two forms.
//!
//! `data/renumberings.tsv` says which numbers are one line. Values stay as they were written: a line is computed where
//! it is needed. Its canonical form, the newest, is a key to compare by and not a number to dial.

use super::layout::MAX_DIGITS;
use super::{Phone, frozen};
use std::ops::Deref;
use std::sync::OnceLock;

/// Version of the table, as its header states it.
pub const VERSION: u32 = 1;

/// The most forms that a line has: a test counts them.
pub const MOST_FORMS: usize = 4;

static DATA: &str = include_str!("../../../data/renumberings.tsv");

/// A renumbering, or two forms of a number: `old` and `new` are first digits, calling code included.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// First digits of the old form.
    pub old: String,
    /// Length of the old form.
    pub digits: u8,
    /// What stands in place of `old` in the new form.
    pub new: String,
    /// Day from which the new form is valid (ISO 8601).
    pub from: Option<&'static str>,
    /// Last day of parallel running (ISO 8601).
    pub until: Option<&'static str>,
    /// Whether the old form can be a number today: `gone`, `same` or `never`, as the table's header explains.
    pub today: &'static str,
    /// `V` (read in a primary text), `S` (secondary) or `M` (memory).
    pub grade: &'static str,
    /// Title, address and day read.
    pub source: String,
    /// Why it is as it is; may be empty.
    pub note: &'static str,
}

/// A row of the table: its fields but the calling code, as they stand there.
struct Row([&'static str; 9]);

fn rows() -> impl Iterator<Item = Row> {
    let rows = DATA.lines().filter(|line| !line.starts_with(['#', '=']));
    rows.map(|line| {
        let mut fields = line.split('\t').skip(1);
        Row(std::array::from_fn(|_| fields.next().expect("a renumbering has ten fields")))
    })
}

impl Row {
    /// Old prefix, length and new prefix of each mapping.
    fn pairs(&self) -> impl Iterator<Item = (String, u8, String)> + use<> {
        let [old, digits, new, ..] = self.0;
        let (least, most) = digits.split_once('-').unwrap_or((digits, digits));
        let lengths = least.parse::<u8>().expect("a length")..=most.parse().expect("a length");
        let pairs = expand(old, new);
        lengths.flat_map(move |digits| pairs.clone().into_iter().map(move |(old, new)| (old, digits, new)))
    }

    fn is_storable(&self) -> bool {
        self.0[5] != "never"
    }
}

/// All mappings in the table's order, one for each old prefix and length.
pub fn mappings() -> impl Iterator<Item = Mapping> {
    rows().flat_map(|row| {
        let [_, _, _, from, until, today, grade, keys, note] = row.0;
        let given = |field: &'static str| (field != "-").then_some(field);
        let (from, until, note) = (given(from), given(until), given(note).unwrap_or(""));
        let source = keys.split(' ').map(source).collect::<Vec<_>>().join("; ");
        row.pairs().map(move |(old, digits, new)| {
            let source = source.clone();
            Mapping { old, digits, new, from, until, today, grade, source, note }
        })
    })
}

/// What the table says of a key in its column `source`.
fn source(key: &str) -> &'static str {
    let sources = DATA.lines().filter_map(|line| line.strip_prefix('=')?.split_once('\t'));
    { sources }.find(|source| source.0 == key).expect("each key is explained").1
}

/// The digits that one place of a pattern allows, one bit a digit, and how many bytes it takes there.
const fn place(pattern: &[u8], at: usize) -> (u16, usize) {
    if pattern[at] != b'[' {
        return (1 << (pattern[at] - b'0'), 1);
    }
    let (mut digits, mut end) = (0, at + 1);
    while pattern[end] != b']' {
        let last = if pattern[end + 1] == b'-' { end + 2 } else { end };
        let mut digit = pattern[end];
        while digit <= pattern[last] {
            digits |= 1 << (digit - b'0');
            digit += 1;
        }
        end = last + 1;
    }
    (digits, end + 1 - at)
}

/// All old prefixes of a pattern, each with its new prefix: the classes of `new` are those of `old` in the same order.
fn expand(old: &str, new: &str) -> Vec<(String, String)> {
    let Some(class) = old.find('[') else { return vec![(old.to_owned(), new.to_owned())] };
    let in_new = new.find('[').expect("new has a class for each of old");
    let digits = place(old.as_bytes(), class).0;
    assert_eq!(place(new.as_bytes(), in_new).0, digits, "classes of {old} and {new}");
    let with = |pattern: &str, at: usize, digit: u16| {
        let len = place(pattern.as_bytes(), at).1;
        format!("{}{digit}{}", &pattern[..at], &pattern[at + len..])
    };
    let each = (0..10).filter(|digit| digits >> digit & 1 != 0);
    each.flat_map(|digit| expand(&with(old, class, digit), &with(new, in_new, digit))).collect()
}

/// First four digits of all numbers in a range that the table names, one bit each: most numbers need no more than this.
static BEGINNINGS: [u64; 157] = beginnings();

/// Where the field after this one begins.
const fn next_field(text: &[u8], mut at: usize) -> usize {
    while text[at] != b'\t' {
        at += 1;
    }
    at + 1
}

const fn beginnings() -> [u64; 157] {
    let text = DATA.as_bytes();
    let (mut bits, mut at) = ([0; 157], 0);
    while at < text.len() {
        if text[at] != b'#' && text[at] != b'=' {
            let old = next_field(text, at);
            let new = next_field(text, next_field(text, old));
            let today = next_field(text, next_field(text, next_field(text, new)));
            if text[today] != b'n' {
                bits = mark(bits, text, old);
                bits = mark(bits, text, new);
            }
        }
        while text[at] != b'\n' {
            at += 1;
        }
        at += 1;
    }
    bits
}

const fn mark(mut bits: [u64; 157], text: &[u8], mut at: usize) -> [u64; 157] {
    let (mut digits, mut i) = ([0x3ff; 4], 0);
    while i < 4 && text[at] != b'\t' {
        let (allowed, len) = place(text, at);
        digits[i] = allowed;
        at += len;
        i += 1;
    }
    let mut number = 0;
    while number < 10_000 {
        // A first digit that is not allowed rules out all numbers with it.
        let mut skip = 1;
        if digits[0] >> (number / 1000) & 1 == 0 {
            skip = 1000;
        } else if digits[1] >> (number / 100 % 10) & 1 == 0 {
            skip = 100;
        } else if digits[2] >> (number / 10 % 10) & 1 == 0 {
            skip = 10;
        } else if digits[3] >> (number % 10) & 1 != 0 {
            bits[number / 64] |= 1 << (number % 64);
        }
        number += skip;
    }
    bits
}

/// Whether the number is in a range that the table names. False for nearly all countries.
#[inline]
fn is_named(phone: Phone) -> bool {
    let beginning = (phone.bits() >> 4) as u64 / 100_000_000_000;
    BEGINNINGS[(beginning / 64) as usize] >> (beginning % 64) & 1 != 0
}

/// Numbers of one length with the same first digits, as decimals of fifteen places.
#[derive(Clone, Copy)]
struct Range {
    count: u8,
    prefix_len: u8,
    low: i64,
}

impl Range {
    fn new(prefix: &str, count: u8) -> Range {
        let value: i64 = prefix.parse().expect("digits");
        Range { count, prefix_len: prefix.len() as u8, low: value * power(MAX_DIGITS - prefix.len()) }
    }

    fn high(self) -> i64 {
        self.low + power(MAX_DIGITS - usize::from(self.prefix_len)) - 1
    }

    fn has(self, count: u8, decimal: i64) -> bool {
        self.count == count && self.low <= decimal && decimal <= self.high()
    }

    /// A number of this range with its first digits replaced by those of another.
    fn moved(self, decimal: i64, to: Range) -> Option<Phone> {
        let tail = decimal - self.low;
        let tail = if to.prefix_len >= self.prefix_len {
            tail / power(usize::from(to.prefix_len - self.prefix_len))
        } else {
            tail * power(usize::from(self.prefix_len - to.prefix_len))
        };
        Phone::from_bits((to.low + tail) << 4 | i64::from(to.count))
    }
}

const fn power(exponent: usize) -> i64 {
    10i64.pow(exponent as u32)
}

#[derive(Clone, Copy)]
struct Rule {
    old: Range,
    new: Range,
}

struct Table {
    /// By length and first digits of the old form; these ranges do not overlap.
    by_old: Vec<Rule>,
    /// By length and first digits of the new form, each with the end of the ranges up to it.
    by_new: Vec<(Rule, i64)>,
    /// Rules whose old form cannot be stored.
    unstorable: Vec<Rule>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let rule = |(old, digits, new): (String, u8, String)| {
            let new_digits = digits + new.len() as u8 - old.len() as u8;
            Rule { old: Range::new(&old, digits), new: Range::new(&new, new_digits) }
        };
        let (storable, unstorable): (Vec<_>, Vec<_>) = rows().partition(Row::is_storable);
        let rules = |rows: &[Row]| -> Vec<Rule> { rows.iter().flat_map(Row::pairs).map(rule).collect() };
        let mut by_old = rules(&storable);
        by_old.sort_by_key(|rule| (rule.old.count, rule.old.low));
        let mut by_new: Vec<_> = by_old.iter().map(|&rule| (rule, rule.new.high())).collect();
        by_new.sort_by_key(|(rule, _)| (rule.new.count, rule.new.low));
        for i in 1..by_new.len() {
            if by_new[i - 1].0.new.count == by_new[i].0.new.count {
                by_new[i].1 = by_new[i].1.max(by_new[i - 1].1);
            }
        }
        Table { by_old, by_new, unstorable: rules(&unstorable) }
    })
}

/// Parses the table, which is otherwise done when the first number in one of its ranges is seen.
pub fn load() {
    table();
}

fn parts(phone: Phone) -> (u8, i64) {
    (phone.count() as u8, phone.bits() >> 4)
}

/// The next newer form.
fn newer(phone: Phone) -> Option<Phone> {
    let (count, decimal) = parts(phone);
    let rules = &table().by_old;
    let at = rules.partition_point(|rule| (rule.old.count, rule.old.low) <= (count, decimal));
    let rule = rules[..at].last().filter(|rule| rule.old.has(count, decimal))?;
    rule.old.moved(decimal, rule.new)
}

/// The next older forms.
fn older(phone: Phone) -> impl Iterator<Item = Phone> {
    let (count, decimal) = parts(phone);
    let rules = &table().by_new;
    let at = rules.partition_point(|(rule, _)| (rule.new.count, rule.new.low) <= (count, decimal));
    let near = rules[..at].iter().rev().take_while(move |(rule, end)| rule.new.count == count && *end >= decimal);
    near.filter(move |(rule, _)| rule.new.has(count, decimal))
        .filter_map(move |(rule, _)| rule.new.moved(decimal, rule.old))
}

/// The line's canonical form, the newest: two numbers have the same exactly if they are forms of one line.
#[inline]
pub fn line(phone: Phone) -> Phone {
    if is_named(phone) { newest(phone) } else { phone }
}

fn newest(mut phone: Phone) -> Phone {
    while let Some(next) = newer(phone) {
        phone = next;
    }
    phone
}

/// All forms of a line that can be stored.
#[derive(Clone, Copy)]
pub struct Forms {
    list: [Phone; MOST_FORMS],
    count: usize,
}

impl Deref for Forms {
    type Target = [Phone];

    fn deref(&self) -> &[Phone] {
        &self.list[..self.count]
    }
}

impl Forms {
    fn add(&mut self, phone: Phone) {
        if !self.contains(&phone) {
            self.list[self.count] = phone;
            self.count += 1;
        }
    }
}

/// All forms of the number's line: the number itself, then the newest form, then older ones.
///
/// Forms that cannot be stored (`+52 1 …`, the eight digits of Ivory Coast) are never values and are not among them.
#[inline]
pub fn forms(phone: Phone) -> Forms {
    let mut forms = Forms { list: [phone; MOST_FORMS], count: 1 };
    if is_named(phone) {
        collect(newest(phone), &mut forms);
    }
    forms
}

fn collect(form: Phone, forms: &mut Forms) {
    forms.add(form);
    older(form).for_each(|old| collect(old, forms));
}

/// Whether the number's line has other forms.
#[inline]
pub fn has_forms(phone: Phone) -> bool {
    is_named(phone) && forms(phone).len() > 1
}

/// The newest form of a number whose old form cannot be stored, for those who read texts: digits (values 0 to 9) with
/// calling code.
pub fn of_unstorable(digits: &[u8]) -> Option<Phone> {
    if digits.len() > MAX_DIGITS || frozen::allows(digits) {
        return None;
    }
    let value = digits.iter().fold(0i64, |v, &d| v * 10 + i64::from(d));
    let (count, decimal) = (digits.len() as u8, value * power(MAX_DIGITS - digits.len()));
    let rule = table().unstorable.iter().find(|rule| rule.old.has(count, decimal))?;
    rule.old.moved(decimal, rule.new).map(line)
}
