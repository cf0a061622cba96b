//! Fields with a known truth: numbers with every kind of decoration that people and programs add, and texts without a
//! number.

use crate::Dice;
use crate::field_numbers::{Number, Spelled, bare, digits, pick, pool};
use crate::field_words::{self as words, Count, Kind};
use dnc_core::phone::{Phone, RegionPlan, library, parse, plan};

pub struct Made {
    pub kind: &'static str,
    pub text: String,
    pub region: Option<&'static RegionPlan>,
    /// The numbers in the text. A text of unclear meaning has one number, and here every number that it can be.
    pub truth: Vec<Phone>,
    pub count: Count,
    /// A person reads exactly the numbers in `truth`.
    pub clear: bool,
    /// The text before invisible characters were put in.
    pub visible: Option<String>,
}

/// A text of one of the kinds.
pub fn make(dice: &mut Dice) -> Made {
    loop {
        let kind = &words::KINDS[dice.roll(words::KINDS.len())];
        if let Some(made) = try_make(kind, dice) {
            return made;
        }
    }
}

fn try_make(kind: &'static Kind, dice: &mut Dice) -> Option<Made> {
    let numbers = &pool()[dice.roll(pool().len())];
    let (first, second) = (&numbers[dice.roll(numbers.len())], &numbers[dice.roll(numbers.len())]);
    if first.phone == second.phone {
        return None;
    }
    let region = match dice.roll(10) {
        0 => None,
        1 => Some(&plan::regions()[dice.roll(plan::regions().len())]),
        _ => Some(first.region),
    };
    let template = pick(dice, kind.templates);
    let two = kind.count == Count::Two;
    let mut scene = Scene { dice, region, first, second, truth: Vec::new(), clear: kind.clear, two };
    let text = scene.fill(template)?;
    let Scene { mut truth, clear, .. } = scene;
    truth.sort();
    truth.dedup();
    if kind.count == Count::None {
        truth.clear();
    }
    if kind.count == Count::Two && !clear {
        return None;
    }
    let mut made = Made { kind: kind.name, text, region, truth, count: kind.count, clear, visible: None };
    if kind.written_by_people && made.text.len() < 70 && dice.roll(10) == 0 {
        let zero = pick(dice, &["０", "٠", "۰", "०", "০", "๐", "𝟎"]).chars().next().unwrap() as u32;
        let other = |c: char| c.to_digit(10).map_or(c, |d| char::from_u32(zero + d).unwrap());
        made.text = made.text.chars().map(other).collect();
    } else if made.text.len() < 150 && dice.roll(10) == 0 {
        let hidden = add_invisible(&made.text, dice);
        made.visible = Some(std::mem::replace(&mut made.text, hidden));
    }
    Some(made)
}

const INVISIBLE: [char; 14] = [
    '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{ad}', '\u{200e}', '\u{200f}', '\u{202a}',
    '\u{202c}', '\u{202d}', '\u{2066}', '\u{2068}', '\u{2069}',
];

/// One to four invisible characters anywhere; spaces may become tabs or narrow spaces.
fn add_invisible(text: &str, dice: &mut Dice) -> String {
    let space = [' ', '\t', '\u{202f}', '\u{a0}'][dice.roll(4)];
    let mut chars: Vec<char> = text.chars().map(|c| if c == ' ' { space } else { c }).collect();
    for _ in 0..1 + dice.roll(4) {
        let at = dice.roll(chars.len() + 1);
        chars.insert(at, INVISIBLE[dice.roll(INVISIBLE.len())]);
    }
    chars.into_iter().collect()
}

/// What the placeholders of one text are replaced by.
struct Scene<'a> {
    dice: &'a mut Dice,
    region: Option<&'static RegionPlan>,
    first: &'static Number,
    second: &'static Number,
    truth: Vec<Phone>,
    clear: bool,
    two: bool,
}

impl Scene<'_> {
    /// `None`: the template does not fit the numbers.
    fn fill(&mut self, template: &str) -> Option<String> {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (key, after) = after.split_once('}').expect("a placeholder ends");
            text += before;
            text += &self.value(key)?;
            rest = after;
        }
        Some(text + rest)
    }

    fn add(&mut self, spelled: Spelled) -> String {
        self.clear &= spelled.clear;
        self.truth.extend(spelled.readings);
        spelled.text
    }

    /// The field's region, if it is that of the number.
    fn own(&self) -> Option<&'static RegionPlan> {
        self.region.filter(|region| region.region == self.first.region.region)
    }

    fn value(&mut self, key: &str) -> Option<String> {
        let (region, first, second) = (self.region, self.first, self.second);
        Some(match key {
            "number" | "second" => {
                let number = if key == "number" { first } else { second };
                let spelled = number.spell(self.dice, region, self.two);
                self.add(spelled)
            }
            "compact" | "second compact" => {
                let number = if key == "compact" { first } else { second };
                let spelled = number.compact(self.dice, region);
                (digits(&spelled.text).len() > 7).then(|| self.add(spelled))?
            }
            "second long" => {
                let spelled = second.compact(self.dice, region);
                (digits(&spelled.text).len() > 8).then(|| self.add(spelled))?
            }
            "e164" => {
                self.truth.push(first.phone);
                first.e164.clone()
            }
            "e164 digits" => {
                self.truth.push(first.phone);
                first.e164[1..].to_owned()
            }
            "national" => {
                let spelled = first.compact_national(region)?;
                self.add(spelled)
            }
            "lost plus" => self.bare_digits(first.e164[1..].to_owned())?,
            "number of a file" => self.number_of_a_file()?,
            "scientific" => {
                let digits = self.number_of_a_file()?;
                (!digits.starts_with(['0', '+']) && !digits.ends_with('0')).then(|| self.scientific(&digits))?
            }
            "rounded" => self.rounded(),
            "masked" => self.masked(),
            "short second" => self.short_second()?,
            "*67" => (first.region.code == 1).then(|| pick(self.dice, &["*67", "*82"]).to_owned())?,
            "141" => (first.region.as_str() == "GB").then(|| "141".to_owned())?,
            _ => self.word(key),
        })
    }

    /// Digits without a plus sign that mean the first number, and perhaps others.
    fn bare_digits(&mut self, digits: String) -> Option<String> {
        let readings = bare(&digits, self.own()?);
        self.clear &= readings.len() == 1 && digits.len() > 6;
        readings.contains(&self.first.phone).then(|| self.truth.extend(readings))?;
        Some(digits)
    }

    /// As spreadsheets and programs keep numbers.
    fn number_of_a_file(&mut self) -> Option<String> {
        match self.dice.roll(4) {
            0 => self.value("national"),
            1 => self.value("e164"),
            2 => self.bare_digits(self.first.phone.national()),
            _ => self.bare_digits(self.first.e164[1..].to_owned()),
        }
    }

    fn scientific(&mut self, digits: &str) -> String {
        let exponent = digits.len() - 1;
        let e = match self.dice.roll(3) {
            0 => format!("E{exponent}"),
            1 => format!("E+{exponent:02}"),
            _ => format!("e+{exponent}"),
        };
        format!("{}.{}{e}", &digits[..1], &digits[1..])
    }

    /// Scientific notation that lost digits.
    fn rounded(&mut self) -> String {
        let digits = if self.dice.roll(2) == 0 { self.first.phone.national() } else { self.first.e164[1..].to_owned() };
        let digits = digits.trim_start_matches('0');
        let kept = (2 + self.dice.roll(4)).min(digits.len() - 2);
        let point = pick(self.dice, &[".", ","]);
        let e = pick(self.dice, &["E+", "E", "e+"]);
        format!("{}{point}{}{e}{:02}", &digits[..1], &digits[1..kept], digits.len() - 1)
    }

    /// A number with two or more digits masked, at the end or inside.
    fn masked(&mut self) -> String {
        let mut text: Vec<char> = self.first.spell(self.dice, self.region, true).text.chars().collect();
        let places: Vec<usize> = (0..text.len()).filter(|at| text[*at].is_ascii_digit()).collect();
        let count = 2 + self.dice.roll(3);
        let from = (places.len() - count).saturating_sub([0, 0, 2][self.dice.roll(3)]);
        let mask = ['X', 'x', '*', '#', '?', '•'][self.dice.roll(6)];
        places[from..from + count].iter().for_each(|at| text[*at] = mask);
        text.into_iter().collect()
    }

    /// A number, and the last digits of a second one.
    fn short_second(&mut self) -> Option<String> {
        let region = self.own()?;
        let spelled = self.first.spell(self.dice, self.region, true);
        let groups = self.first.groups();
        let last_groups = groups[groups.len() - (1 + self.dice.roll(2)).min(groups.len())..].iter().sum();
        let n = [1, 2, 3, last_groups, last_groups, last_groups][self.dice.roll(6)];
        let (other, tail) = self.first.neighbour(self.dice, n)?;
        if n + 2 > self.first.phone.national().len() || digits(&spelled.text).len() < 8 {
            return None;
        }
        if parse(&tail, Some(region)).is_ok_and(library::is_valid) {
            return None;
        }
        let between = if n < 4 { &["/", " / "][..] } else { words::BEFORE_SHORT_SECOND };
        self.truth.push(other);
        let text = self.add(spelled);
        Some(format!("{text}{}{tail}", pick(self.dice, between)))
    }

    /// Words, dates and other numbers.
    fn word(&mut self, key: &str) -> String {
        let dice = &mut *self.dice;
        let (day, month, year) = (1 + dice.roll(28), 1 + dice.roll(12), 1960 + dice.roll(70));
        match key {
            "date" => match dice.roll(6) {
                0 => format!("{day:02}.{month:02}.{year}"),
                1 => format!("{day}.{month}.{year}"),
                2 => format!("{year}-{month:02}-{day:02}"),
                3 => format!("{day:02}/{month:02}/{year}"),
                4 => format!("{month}/{day}/{year}"),
                _ => format!("{day:02}-{month:02}-{year}"),
            },
            "date in words" => match dice.roll(4) {
                0 => format!("{day} {} {year}", pick(dice, words::MONTHS)),
                1 => format!("{} {day}, {year}", pick(dice, words::MONTHS)),
                2 => format!("{day}. {} {year}", pick(dice, words::MONTHS)),
                _ => format!("{} {year}", pick(dice, words::MONTHS)),
            },
            "year" => year.to_string(),
            "time" => format!("{}:{:02}", 1 + dice.roll(23), dice.roll(60)),
            "hour" => (1 + dice.roll(12)).to_string(),
            "amount" => match dice.roll(6) {
                0 => format!("EUR {}.{:03},{:02}", 1 + dice.roll(9), dice.roll(1000), dice.roll(100)),
                1 => format!("€ {},{:02}", 10 + dice.roll(900), dice.roll(100)),
                2 => format!("${},{:03}.{:02}", 1 + dice.roll(99), dice.roll(1000), dice.roll(100)),
                3 => format!("{}.{:02} USD", 10 + dice.roll(9000), dice.roll(100)),
                4 => format!("{},{:02} €", 10 + dice.roll(900), dice.roll(100)),
                _ => format!("£{}.{:02}", 10 + dice.roll(900), dice.roll(100)),
            },
            "order" => (1000 + dice.roll(99_000)).to_string(),
            "postcode" => pick(dice, words::POSTCODES).to_owned(),
            "label" => pick(dice, words::LABELS).to_owned(),
            "use" => pick(dice, words::USES).to_owned(),
            "remark" => pick(dice, words::REMARKS).to_owned(),
            "name" => pick(dice, words::NAMES).to_owned(),
            "extension" => pick(dice, words::EXTENSIONS).to_owned(),
            "or" => pick(dice, words::BETWEEN).to_owned(),
            "digits" => (0..1 + dice.roll(4)).map(|_| char::from(b'1' + dice.roll(9) as u8)).collect(),
            "surplus" => pick(dice, &["1", "2", "3", "4", "12", "10", "07"]).to_owned(),
            // Four pairs of digits are a number to people in many countries: the first part has three digits.
            "ip" => format!("{}.{}.{}.{}", 100 + dice.roll(150), dice.roll(255), dice.roll(255), 1 + dice.roll(250)),
            _ => panic!("unknown placeholder {key:?}"),
        }
    }
}
