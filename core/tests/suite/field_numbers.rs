//! Valid numbers of all regions in the spellings that people use: the generator of fields decorates them.

use crate::{Dice, LIBRARY, TYPES};
use dnc_core::phone::{Phone, RegionPlan, library, parse, plan};
use rlibphonenumber::{PhoneNumber, PhoneNumberFormat, Region};
use std::sync::OnceLock;

pub struct Number {
    pub phone: Phone,
    pub region: &'static RegionPlan,
    pub e164: String,
    international: String,
    /// Not to be used if `readings` is empty.
    national: String,
    rfc3966: String,
    /// What the national spelling can mean; empty if the library does not read it as this number.
    readings: Vec<Phone>,
    /// The national spelling begins with a trunk zero, which is no part of the number.
    trunk_zero: bool,
}

/// A number as written in a field, and what the digits can mean.
pub struct Spelled {
    pub text: String,
    pub readings: Vec<Phone>,
    /// A person needs nothing else to read exactly one number.
    pub clear: bool,
    /// The library may read it too: no `00` where the international prefix is another one.
    pub plain: bool,
}

/// A national spelling with fewer digits may be another kind of number to a person.
const FEWEST: usize = 7;

pub fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

pub fn pick<'a, T: ?Sized>(dice: &mut Dice, from: &[&'a T]) -> &'a T {
    from[dice.roll(from.len())]
}

/// The valid numbers that digits without a plus sign can mean: as a national number, with the plus sign lost, and with
/// `00` as the international prefix.
pub fn bare(digits: &str, region: &RegionPlan) -> Vec<Phone> {
    let mut found: Vec<Phone> = parse(digits, Some(region)).ok().into_iter().collect();
    if digits.starts_with(&region.code.to_string()) {
        found.extend(parse(&format!("+{digits}"), None));
    }
    if let Some(rest) = digits.strip_prefix("00") {
        found.extend(parse(&format!("+{rest}"), None));
    }
    found.retain(|phone| library::is_valid(*phone));
    found.sort();
    found.dedup();
    found
}

/// Numbers of each region that has some: the library's examples of every type with other last digits.
pub fn pool() -> &'static [Vec<Number>] {
    static POOL: OnceLock<Vec<Vec<Number>>> = OnceLock::new();
    POOL.get_or_init(|| {
        let mut dice = Dice(0x2545_F491_4F6C_DD1D);
        let all = plan::regions().iter().map(|region| of_region(region, &mut dice));
        all.filter(|numbers: &Vec<Number>| numbers.len() > 1).collect()
    })
}

fn of_region(region: &'static RegionPlan, dice: &mut Dice) -> Vec<Number> {
    let id = Region::from_code(region.as_str()).unwrap();
    let mut numbers: Vec<Number> = Vec::new();
    for kind in TYPES {
        let Ok(example) = LIBRARY.get_example_number_for_type_and_region(id, kind) else { continue };
        for _ in 0..24 {
            let number = vary(&example, dice);
            numbers.extend(LIBRARY.is_valid_number(&number).then(|| Number::new(number, region)).flatten());
        }
    }
    numbers.sort_by_key(|number| number.phone);
    numbers.dedup_by_key(|number| number.phone);
    numbers
}

/// The example with other last digits that are neither equal nor in sequence, so that it is no placeholder.
fn vary(example: &PhoneNumber, dice: &mut Dice) -> PhoneNumber {
    let mut number = example.clone();
    let last = loop {
        let last = 1000 + dice.roll(9000);
        let d = [last / 1000, last / 100 % 10, last / 10 % 10, last % 10];
        let in_steps = |step: usize| d.windows(2).all(|pair| (pair[0] + step) % 10 == pair[1]);
        if ![0, 1, 9].into_iter().any(in_steps) {
            break last as u64;
        }
    };
    let size = if example.national_number > 999_999 { 10_000 } else { 100 };
    number.national_number = example.national_number / size * size + last % size;
    number
}

impl Number {
    fn new(number: PhoneNumber, region: &'static RegionPlan) -> Option<Number> {
        let format = |style| LIBRARY.format(&number, style).into_owned();
        let e164 = format(PhoneNumberFormat::E164);
        let phone = parse(&e164, None).ok().filter(|phone| phone.to_string() == e164)?;
        let national = format(PhoneNumberFormat::National);
        let is_read = parse(&national, Some(region)) == Ok(phone);
        Some(Number {
            phone,
            region,
            international: format(PhoneNumberFormat::International),
            rfc3966: format(PhoneNumberFormat::RFC3966),
            readings: if is_read { bare(&digits(&national), region) } else { Vec::new() },
            trunk_zero: region.trunk_zero && digits(&national) == format!("0{}", phone.national()),
            national,
            e164,
        })
    }

    /// One of the usual spellings that a field of this region can hold. Fields with two numbers have no `/` or ` - `
    /// inside a number.
    pub fn spell(&self, dice: &mut Dice, region: Option<&RegionPlan>, two: bool) -> Spelled {
        let own = region.is_some_and(|r| r.region == self.region.region) && !self.readings.is_empty();
        match dice.roll(if own { 10 } else { 5 }) {
            0 => self.international(self.e164.clone()),
            1 => self.international(self.international.clone()),
            2 => self.international(separate(&self.international, dice, true)),
            3 => self.with_trunk_zero(dice),
            4 => self.with_00(dice, region),
            5 | 6 => self.national(self.national.clone()),
            7 => self.national(bracketed(&self.national)),
            _ => self.national(separate(&self.national, dice, two)),
        }
    }

    fn international(&self, text: String) -> Spelled {
        Spelled { text, readings: vec![self.phone], clear: true, plain: true }
    }

    fn national(&self, text: String) -> Spelled {
        let clear = self.readings.len() == 1 && digits(&text).len() >= FEWEST && !is_date_or_address(&text);
        Spelled { text, readings: self.readings.clone(), clear, plain: true }
    }

    /// `+49 (0)30 …` where the trunk prefix is 0.
    fn with_trunk_zero(&self, dice: &mut Dice) -> Spelled {
        match self.international.split_once(' ').filter(|_| self.trunk_zero) {
            Some((code, rest)) => self.international(format!("{code} (0){}{rest}", pick(dice, &["", " "]))),
            None => self.international(self.international.replace(' ', "")),
        }
    }

    /// `0049 …`, to be read for certain where 00 is the international prefix.
    fn with_00(&self, dice: &mut Dice, region: Option<&RegionPlan>) -> Spelled {
        let text = format!("00{}", &separate(&self.international, dice, true)[1..]);
        let plain = region.is_some_and(|r| r.idd == "00");
        let mut readings = vec![self.phone];
        readings.extend(region.filter(|_| !plain).into_iter().flat_map(|r| bare(&digits(&text), r)));
        Spelled { text, readings, clear: plain, plain }
    }

    /// Digits and perhaps a plus sign, without separators.
    pub fn compact(&self, dice: &mut Dice, region: Option<&RegionPlan>) -> Spelled {
        match self.compact_national(region) {
            Some(national) if dice.roll(2) == 0 => national,
            _ => self.international(self.e164.clone()),
        }
    }

    pub fn compact_national(&self, region: Option<&RegionPlan>) -> Option<Spelled> {
        let own = region.is_some_and(|r| r.region == self.region.region) && !self.readings.is_empty();
        own.then(|| self.national(digits(&self.national)))
    }

    /// Every spelling without decoration, and the region to read it by.
    pub fn spellings(&self, dice: &mut Dice) -> Vec<(Spelled, Option<&'static RegionPlan>)> {
        let mut all = Vec::new();
        for region in [Some(self.region), None, Some(&plan::regions()[dice.roll(plan::regions().len())])] {
            let written = [self.e164.clone(), self.international.clone(), self.rfc3966.clone()];
            all.extend(written.map(|text| (self.international(text), region)));
            all.push((self.international(separate(&self.international, dice, false)), region));
            all.push((self.with_trunk_zero(dice), region));
            all.push((self.with_00(dice, region), region));
        }
        if !self.readings.is_empty() {
            let written = [self.national.clone(), digits(&self.national), bracketed(&self.national)];
            all.extend(written.map(|text| (self.national(text), Some(self.region))));
            for _ in 0..3 {
                all.push((self.national(separate(&self.national, dice, false)), Some(self.region)));
            }
        }
        all.retain(|(spelled, _)| spelled.plain && !is_date_or_address(&spelled.text));
        all
    }

    /// Another number that differs in the last `n` digits, and those digits.
    pub fn neighbour(&self, dice: &mut Dice, n: usize) -> Option<(Phone, String)> {
        let head = self.e164.get(..self.e164.len().checked_sub(n)?)?;
        let tail: String = (0..n).map(|_| char::from(b'0' + dice.roll(10) as u8)).collect();
        let other = parse(&format!("{head}{tail}"), None).ok()?;
        (other != self.phone && other.to_string() == format!("{head}{tail}") && library::is_valid(other))
            .then_some((other, tail))
    }

    /// Lengths of the groups of the international spelling, without the calling code.
    pub fn groups(&self) -> Vec<usize> {
        self.international.split([' ', '-']).skip(1).map(|group| digits(group).len()).collect()
    }
}

/// The spelling with other separators: one kind everywhere, or `/` or ` - ` behind the area code only.
fn separate(text: &str, dice: &mut Dice, one_kind_only: bool) -> String {
    let first = text.find([' ', '-']);
    let style = dice.roll(if one_kind_only { 6 } else { 9 });
    if let (Some(at), 6..) = (first, style) {
        let (head, tail) = text.split_at(at);
        if !head.contains(['+', '(']) && digits(head).len() > 1 && digits(tail).len() > 4 {
            return format!("{head}{}{}", ["/", " / ", " - "][style - 6], &tail[1..].replace(['-', ' '], ""));
        }
    }
    let separator = [".", "-", " ", "\u{a0}", "\u{202f}", ""][style % 6];
    text.replace([' ', '-'], separator)
}

/// The first group in brackets.
fn bracketed(text: &str) -> String {
    match text.split_once(' ') {
        Some((head, tail)) if !text.contains('(') => format!("({head}) {tail}"),
        _ => text.to_owned(),
    }
}

/// Whether separators make the number look like a date (`24/11/2026`), two years or an IP address.
fn is_date_or_address(text: &str) -> bool {
    let groups: Vec<&str> = text.split(['.', '-', '/']).map(str::trim).collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    match lengths[..] {
        [1..=2, 1..=2, 2 | 4] | [4, 1..=2, 1..=2] => true,
        [4, 4] => groups.iter().all(|group| group.starts_with("19") || group.starts_with("20")),
        [1..=3, 1..=3, 1..=3, 1..=3] => groups.iter().all(|group| group.parse::<u8>().is_ok()),
        _ => false,
    }
}
