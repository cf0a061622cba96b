//! Regions as people name them: ISO 3166-1 codes, names in English and in the country's own languages, calling codes.
//!
//! `data/regions.tsv` has the codes and names. A name is compared without case, accents, dots and apostrophes. What may
//! mean two regions names none: [`problem`] says what was probably meant.

use super::field::normal::visible;
use super::plan::{self, RegionPlan};
use super::{library, parse};
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::OnceLock;

static DATA: &str = include_str!("../../../data/regions.tsv");

/// Most bytes of a name: a longer text is none.
const MOST_BYTES: usize = 200;
/// Most regions that a message suggests.
const MOST_MEANT: usize = 3;

/// A region's codes and names, as in the table.
pub struct Names {
    /// The region.
    pub plan: &'static RegionPlan,
    /// ISO 3166-1 alpha-3.
    pub alpha3: &'static str,
    /// ISO 3166-1 numeric, three digits; `-` if there is none.
    pub numeric: &'static str,
    /// The name in messages, in ASCII.
    pub shown: &'static str,
    fields: [&'static str; 4],
}

impl Names {
    /// All names: the one in messages, then others in English, in the country's own languages, and in others.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        let [english, native, foreign, _] = self.fields;
        std::iter::once(self.shown).chain([english, native, foreign].into_iter().flat_map(split))
    }

    /// Names of what may be another region, or of none, for which a message suggests this one.
    pub fn hints(&self) -> impl Iterator<Item = &'static str> + use<> {
        split(self.fields[3])
    }

    fn choice(&self) -> String {
        format!("{} ({})", self.plan.as_str(), self.shown)
    }
}

fn split(field: &'static str) -> impl Iterator<Item = &'static str> {
    field.split('|').filter(|name| *name != "-")
}

struct Table {
    regions: Vec<Names>,
    /// By folded name or alpha-3 code.
    named: HashMap<String, &'static RegionPlan>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let regions: Vec<Names> = DATA.lines().filter(|line| !line.starts_with('#')).map(row).collect();
        let named = regions.iter().flat_map(|region| {
            let folded = region.names().map(|name| fold(name).text);
            folded.chain([region.alpha3.to_ascii_lowercase()]).map(|name| (name, region.plan))
        });
        Table { named: named.collect(), regions }
    })
}

fn row(line: &'static str) -> Names {
    let mut fields = line.split('\t');
    let mut next = || fields.next().expect("a region has eight fields");
    Names {
        plan: plan::region(next()).expect("a region with a plan"),
        alpha3: next(),
        numeric: next(),
        shown: next(),
        fields: std::array::from_fn(|_| next()),
    }
}

/// All regions in order, with their names.
pub fn regions() -> &'static [Names] {
    &table().regions
}

/// Parses the table, which is otherwise done when the first name is seen that is no alpha-2 code.
pub fn load() {
    table();
}

/// The region that a text names; `None` if it names none, or may mean several.
#[inline]
pub fn region(name: &str) -> Option<&'static RegionPlan> {
    plan::region(name).or_else(|| recent(name))
}

/// A name that was asked for lately: the rows of a table name few regions.
#[derive(Clone, Copy)]
struct Recent {
    name: [u8; 31],
    len: u8,
    region: Option<&'static RegionPlan>,
}

fn recent(name: &str) -> Option<&'static RegionPlan> {
    const NONE: Recent = Recent { name: [0; 31], len: 0, region: None };
    thread_local! {
        static RECENT: [Cell<Recent>; 16] = const { [const { Cell::new(NONE) }; 16] };
    }
    let [first, .., last] = name.as_bytes() else { return named(name) };
    let place = (name.len() * 7 + usize::from(*first) * 3 + usize::from(*last)) % 16;
    RECENT.with(|recent| {
        let known = recent[place].get();
        if known.name[..usize::from(known.len)] == *name.as_bytes() {
            return known.region;
        }
        let region = named(name);
        let mut kept = [0; 31];
        if let Some(bytes) = kept.get_mut(..name.len()) {
            bytes.copy_from_slice(name.as_bytes());
            recent[place].set(Recent { name: kept, len: name.len() as u8, region });
        }
        region
    })
}

fn named(name: &str) -> Option<&'static RegionPlan> {
    if name.len() > MOST_BYTES {
        return None;
    }
    if let Some(Code { region, other: None }) = calling_code(name) {
        return Some(region);
    }
    let Folded { text, accents } = fold(name);
    // A code has no accents: `Áo` is Austria in Vietnamese, and AO is Angola.
    match text.len() {
        0 => None,
        2 if accents => None,
        2 => plan::region(&text),
        _ => {
            let region = *table().named.get(&text)?;
            let is_code = || of(region).is_some_and(|names| names.alpha3.eq_ignore_ascii_case(&text));
            if accents && is_code() { None } else { Some(region) }
        }
    }
}

/// A calling code: its region, and another one that the same digits may mean.
struct Code {
    region: &'static RegionPlan,
    other: Option<&'static Names>,
}

/// The text without what cannot be seen at its ends and in it.
fn trimmed(name: &str) -> String {
    let seen: String = name.chars().filter_map(visible).collect();
    seen.trim().to_owned()
}

/// `+44`, `0044` or `44`. Three digits without a plus sign may also be an ISO 3166-1 numeric code.
fn calling_code(name: &str) -> Option<Code> {
    if name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) {
        return None;
    }
    let text = trimmed(name);
    let digits = text.strip_prefix('+').or_else(|| text.strip_prefix("00")).unwrap_or(&text);
    if digits.len() > 3 || !digits.bytes().all(|b| b.is_ascii_digit()) || digits.starts_with('0') {
        return None;
    }
    let region = of_calling_code(digits.parse().ok()?)?;
    let numeric = || table().regions.iter().find(|other| other.numeric == text && other.plan.region != region.region);
    Some(Code { region, other: numeric() })
}

/// The region whose rules apply to a calling code: of several that share it, the main one. A national spelling of
/// another of them is read as the same number there, or not at all.
pub fn of_calling_code(code: u16) -> Option<&'static RegionPlan> {
    let codes = plan::codes();
    let at = codes.binary_search_by_key(&code, |plan| plan.code).ok()?;
    plan::region(codes[at].main)
}

/// A name in the form in which names are compared.
#[derive(Default)]
struct Folded {
    text: String,
    /// Whether something was taken away that makes a letter another one.
    accents: bool,
}

/// Letters, and those that are the same with an accent.
const ACCENTS: [(&str, &str); 39] = [
    ("a", "àáâãäåāăąạảấầẩẫậắằẳẵặ"),
    ("ae", "æ"),
    ("c", "çćĉċč"),
    ("d", "ďđð"),
    ("e", "èéêëēĕėęěẹẻẽếềểễệə"),
    ("g", "ĝğġģ"),
    ("h", "ĥħ"),
    ("i", "ìíîïĩīĭįỉịı"),
    ("j", "ĵ"),
    ("k", "ķ"),
    ("l", "ĺļľł"),
    ("n", "ñńņň"),
    ("o", "òóôõöøōŏőơọỏốồổỗộớờởỡợ"),
    ("oe", "œ"),
    ("r", "ŕŗřṛ"),
    ("s", "śŝşšș"),
    ("ss", "ß"),
    ("t", "ţťțṭ"),
    ("th", "þ"),
    ("u", "ùúûüũūŭůűųưụủứừửữự"),
    ("w", "ŵ"),
    ("y", "ýÿŷỳỵỷỹ"),
    ("z", "źżž"),
    ("α", "ά"),
    ("ε", "έ"),
    ("η", "ή"),
    ("ι", "ΐίϊ"),
    ("ο", "ό"),
    ("σ", "ς"),
    ("υ", "ΰϋύ"),
    ("ω", "ώ"),
    ("г", "ѓ"),
    ("е", "ѐё"),
    ("и", "йѝ"),
    ("к", "ќ"),
    ("у", "ў"),
    ("і", "ї"),
    ("ا", "أإآ"),
    (
        "",
        "\u{300}\u{301}\u{302}\u{303}\u{304}\u{306}\u{307}\u{308}\u{309}\u{30a}\u{30b}\u{30c}\u{31b}\u{323}\u{327}\u{328}",
    ),
];

/// Lower case, without accents, dots and apostrophes, with one space between words; initials are one word.
fn fold(name: &str) -> Folded {
    let mut spelled = String::with_capacity(name.len());
    let mut accents = false;
    for c in name.chars().filter_map(visible).flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => spelled.push(c),
            '.' | '"' | 'ʻ' | 'ʼ' => {}
            ' ' | '\n' | '-' | ',' | '(' | ')' => spelled.push(' '),
            '&' => spelled.push_str(" and "),
            _ if c.is_ascii() => spelled.push(c),
            _ => match ACCENTS.iter().find(|(_, with)| with.contains(c)) {
                Some((plain, _)) => {
                    accents = true;
                    spelled.push_str(plain);
                }
                None => spelled.push(c),
            },
        }
    }
    let mut words: Vec<&str> = spelled.split_whitespace().collect();
    if words.len() > 1 && words[0] == "the" {
        words.remove(0);
    }
    let initials = words.iter().all(|word| word.chars().nth(1).is_none());
    let words = words.into_iter().map(|word| if word == "st" { "saint" } else { word });
    let text = words.collect::<Vec<_>>().join(if initials { "" } else { " " });
    Folded { text, accents }
}

/// Why a text names no region.
pub struct Problem {
    /// It names several regions. If not, it names none.
    pub ambiguous: bool,
    /// What was probably meant, such as `DE (Germany)`; may be empty.
    pub choices: Vec<String>,
}

impl Problem {
    /// The choices as part of a sentence; `None` if there are none.
    pub fn listed(&self) -> Option<String> {
        let (last, others) = self.choices.split_last()?;
        Some(if others.is_empty() { last.clone() } else { format!("{} or {last}", others.join(", ")) })
    }
}

/// Why a text names no region, and what was probably meant; `None` if it names one.
#[cold]
pub fn problem(name: &str) -> Option<Problem> {
    if region(name).is_some() {
        return None;
    }
    if name.len() > MOST_BYTES {
        return Some(Problem { ambiguous: false, choices: Vec::new() });
    }
    if let Some(Code { region, other: Some(other) }) = calling_code(name) {
        let code = format!("+{} ({})", region.code, of(region).map_or("", |names| names.shown));
        return Some(Problem { ambiguous: true, choices: vec![code, other.choice()] });
    }
    let hinted = hinted(&fold(name).text);
    let ambiguous = hinted.len() > 1;
    let ways: [fn(&str) -> Vec<&'static Names>; 4] = [in_digits, in_parts, similar, begun];
    let meant = if hinted.is_empty() {
        ways.iter().map(|way| way(name)).find(|found| !found.is_empty() && found.len() <= MOST_MEANT)
    } else {
        Some(hinted)
    };
    Some(Problem { ambiguous, choices: meant.unwrap_or_default().into_iter().map(Names::choice).collect() })
}

fn hinted(folded: &str) -> Vec<&'static Names> {
    regions().iter().filter(|region| region.hints().any(|hint| fold(hint).text == folded)).collect()
}

fn of(plan: &RegionPlan) -> Option<&'static Names> {
    regions().iter().find(|region| region.plan.region == plan.region)
}

/// An ISO 3166-1 numeric code, or a calling code with more digits behind.
fn in_digits(name: &str) -> Vec<&'static Names> {
    let text = trimmed(name);
    let is_code = |c: char| c.is_ascii_digit() || "+-() ".contains(c);
    if !text.chars().all(is_code) || !text.contains(|c: char| c.is_ascii_digit()) {
        return Vec::new();
    }
    let numeric = regions().iter().find(|region| region.numeric == text);
    let zeros = text.trim_start_matches(['+', '0']);
    if text.starts_with(['+', '0'])
        && let Some(code) = zeros.parse().ok().and_then(of_calling_code).and_then(of)
    {
        return numeric.into_iter().chain([code]).collect();
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.strip_prefix("00").unwrap_or(&digits);
    let found = numeric.or_else(|| {
        if digits.len() == 4 && digits.starts_with('1') {
            // The area code of a North American region.
            let phone = parse(&format!("+{digits}2345678"), None).ok()?;
            return regions().iter().find(|region| library::region(phone).as_deref() == Some(region.plan.as_str()));
        }
        let values: Vec<u8> = digits.bytes().map(|b| b - b'0').collect();
        of(plan::region(plan::code(&values)?.0.main)?)
    });
    found.into_iter().collect()
}

/// Regions named by a part of the text: `Germany (DE)`, `en-US`.
fn in_parts(name: &str) -> Vec<&'static Names> {
    let mut found: Vec<&'static Names> = Vec::new();
    for part in name.split(|c: char| !c.is_alphanumeric() && c != '+' && c != ' ').map(str::trim) {
        // Two small letters are more often a word or a language.
        let is_word = part.len() < 2 || part.len() == 2 && part.bytes().any(|b| b.is_ascii_lowercase());
        let names = if is_word || part == name { None } else { region(part).and_then(of) };
        found.extend(names.filter(|names| found.iter().all(|known| known.shown != names.shown)));
    }
    found
}

/// Regions with a name of nearly the same letters.
fn similar(name: &str) -> Vec<&'static Names> {
    let given: Vec<char> = fold(name).text.chars().collect();
    let mut least = match given.len() {
        0..=3 => return Vec::new(),
        4..=7 => 1,
        8..=11 => 2,
        _ => 3,
    };
    let mut found: Vec<&'static Names> = Vec::new();
    for region in regions() {
        let names = region.names().map(|name| fold(name).text);
        let near = names.filter_map(|name| distance(&given, &name.chars().collect::<Vec<_>>(), least)).min();
        if let Some(near) = near {
            if near < least {
                found.clear();
                least = near;
            }
            found.push(region);
        }
    }
    found
}

/// Letters that are wrong, missing, too many, or exchanged with the next one; `None` if they are more than `most`.
fn distance(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut before = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let wrong = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut cost = wrong.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(before[j - 2] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut above, row);
    }
    Some(above[b.len()]).filter(|cost| *cost <= most)
}

/// Regions whose name in English begins like this.
fn begun(name: &str) -> Vec<&'static Names> {
    let given = fold(name).text;
    if given.chars().count() < 3 {
        return Vec::new();
    }
    regions().iter().filter(|region| fold(region.shown).text.starts_with(&given)).collect()
}
