//! A text as runs of digit groups, words, and what stands between them.

use super::super::plan::RegionPlan;
use super::entity::{ENTITY, is_letter};
use super::normal::Normal;
use super::run::{Gap, Run};
use super::words::{Word, meaning};

/// A part of a text; ranges are of characters.
#[derive(Debug)]
pub enum Item {
    Run(Run),
    Word(usize, usize, Word),
    /// Something with digits of its own.
    Entity,
    /// What ends a run: `, `, ` or a line's end behind a number.
    Gap(usize, usize),
}

/// Whether a number was in scientific notation, which is then written out. `Some(false)`: it lost digits.
pub fn scientific(normal: &mut Normal) -> Option<bool> {
    let is_frame = |c: &char| matches!(c, ' ' | '\n' | '"' | '=');
    let from = normal.chars.iter().take_while(|c| is_frame(c)).count();
    let to = normal.chars.len() - normal.chars.iter().rev().take_while(|c| is_frame(c)).count();
    let text: String = normal.chars.get(from..to)?.iter().collect();
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let exponent: usize = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    let (whole, decimals) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let are_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.len() != 1 || !are_digits(whole) || !are_digits(decimals) || !(5..=15).contains(&exponent) {
        return None;
    }
    if decimals.len() != exponent {
        return Some(false);
    }
    // The digits in place of the point and the exponent; the rest is blank.
    let digits: Vec<char> = whole.chars().chain(decimals.chars()).collect();
    normal.chars[from..from + digits.len()].copy_from_slice(&digits);
    normal.chars[from + digits.len()..to].fill(' ');
    Some(true)
}

/// Whether digits are masked: two marks in a row, with at most a separator between, beside digits.
pub fn is_masked(chars: &[char]) -> bool {
    let is_separator = |c: char| matches!(c, ' ' | '.' | '-' | '/' | '(' | ')');
    let get = |at: usize| chars.get(at).copied().unwrap_or('\n');
    let alone = |at: usize, c: char| {
        let same = |x: char| x.eq_ignore_ascii_case(&c);
        let mut from = at;
        while from > 0 && same(chars[from - 1]) {
            from -= 1;
        }
        let mut to = at;
        while same(get(to)) {
            to += 1;
        }
        !is_letter(get(to)) && (from == 0 || !is_letter(chars[from - 1]))
    };
    for (at, c) in chars.iter().enumerate().skip(1) {
        if !matches!(c, 'x' | 'X' | '*' | '#' | '?' | '•') {
            continue;
        }
        let is_x = matches!(c, 'x' | 'X');
        if is_x && !alone(at, *c) {
            continue;
        }
        let mut next = at + 1;
        while next < at + 3 && is_separator(get(next)) {
            next += 1;
        }
        let pair = get(next).eq_ignore_ascii_case(c) && (!is_x || alone(next, *c));
        let behind = chars[at - 1].is_ascii_digit()
            || is_separator(chars[at - 1]) && at > 1 && chars[at - 2].is_ascii_digit()
            || is_separator(chars[at - 1]) && at > 2 && is_separator(chars[at - 2]) && chars[at - 3].is_ascii_digit();
        let after = (next + 1..next + 9).map(get).find(|x| !is_separator(*x) && !x.eq_ignore_ascii_case(c));
        if pair && (behind || after.is_some_and(|x| x.is_ascii_digit())) {
            return true;
        }
        // One mark in place of the last digit, or of one inside.
        if is_x && chars[at - 1].is_ascii_digit() && !get(at + 1).is_ascii_digit() && get(at + 1) != '.' {
            return true;
        }
    }
    false
}

/// Blanks codes that are dialled before a number: `*31#`, `#31#`, `*67`, and `141` in the United Kingdom.
pub fn blank_dial_codes(chars: &mut [char], region: Option<&RegionPlan>) {
    let Some(from) = chars.iter().position(|c| !matches!(c, ' ' | '\n' | '"')) else { return };
    let digits = |at: usize| chars[at.min(chars.len())..].iter().take_while(|c| c.is_ascii_digit()).count();
    let end = match chars[from] {
        '*' | '#' => {
            let count = digits(from + 1);
            let behind: String = chars[from..].iter().skip(3).filter(|c| !matches!(c, ' ' | '(')).take(3).collect();
            let north_american =
                region.is_some_and(|region| region.code == 1) || behind.starts_with("+1") || behind == "001";
            if matches!(count, 2..=3) && chars.get(from + 1 + count) == Some(&'#') {
                from + 2 + count
            } else if chars[from] == '*'
                && north_american
                && matches!(chars[from + 1..], ['6', '7', ..] | ['8', '2', ..])
            {
                from + 3
            } else {
                return;
            }
        }
        '1' => {
            let count = digits(from);
            let code: String = chars[from..from + count].iter().collect();
            let space = chars.get(from + count) == Some(&' ');
            let british = region.is_some_and(|region| region.as_str() == "GB");
            let behind: String = chars[from + count..].iter().skip(1).take(3).collect();
            let follows = behind == "+44" || british && behind.starts_with(['0', '+', '(']);
            if !(matches!(&code[..], "141" | "1470") && space && follows) {
                return;
            }
            from + count
        }
        _ => return,
    };
    chars[from..end].fill(' ');
}

/// How a text between two groups of digits separates them; `None`: it ends a run. `first`: digits before it.
fn gap(between: &[char], groups: usize, first: usize) -> Option<Gap> {
    let core: Vec<char> = between.iter().copied().filter(|c| *c != ' ').collect();
    let opens = core.iter().any(|c| matches!(c, '(' | '[' | '{')) && (groups > 1 || first > 4);
    let signs: Vec<char> = core.into_iter().filter(|c| !matches!(c, '(' | ')' | '[' | ']' | '{' | '}')).collect();
    let spaced = between.first() == Some(&' ') || between.last() == Some(&' ');
    match signs[..] {
        [] if opens => Some(Gap::Open),
        [] => Some(Gap::Weak),
        ['-'] => Some(if spaced && between != [')', ' ', '-'] { Gap::Open } else { Gap::Weak }),
        ['.'] => Some(if spaced { Gap::Open } else { Gap::Weak }),
        ['/' | '\n'] => Some(Gap::Open),
        ['\\' | ':' | '=' | '•' | '·' | '_' | '*'] => Some(Gap::Odd),
        _ => None,
    }
}

/// The items of a text in order.
pub fn items(chars: &[char], region: Option<&RegionPlan>) -> Vec<Item> {
    let mut items = Vec::new();
    let get = |at: usize| chars.get(at).copied().unwrap_or('\0');
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        if let Some(run) = run(chars, at, region) {
            at = run.decimals.unwrap_or(run.to());
            items.push(Item::Run(run));
        } else if c == ENTITY {
            at += chars[at..].iter().take_while(|c| **c == ENTITY).count();
            items.push(Item::Entity);
        } else if is_letter(c) {
            let end = at + chars[at..].iter().take_while(|c| is_letter(**c)).count();
            let word: String = chars[at..end].iter().flat_map(|c| c.to_lowercase()).collect();
            let kind = meaning(&word);
            let forgotten = word == "x" && !(end..end + 4).any(|next| get(next).is_ascii_digit());
            if forgotten && let [.., Item::Run(run), Item::Gap(..)] = &mut items[..] {
                few_digits_last(run);
            }
            items.push(Item::Word(at, end, kind));
            at = end;
        } else {
            let from = at;
            at += 1;
            while at < chars.len() && !is_letter(get(at)) && get(at) != ENTITY && run_starts(chars, at).is_none() {
                at += 1;
            }
            items.push(Item::Gap(from, at));
        }
    }
    items
}

/// Where the first group of a run begins that starts here with a digit, a plus sign or a bracket.
fn run_starts(chars: &[char], at: usize) -> Option<usize> {
    let mut first = at;
    while matches!(chars.get(first), Some('+' | '(' | '[' | '{' | ' ')) {
        if chars[first] == ' ' && first == at {
            return None;
        }
        first += 1;
    }
    (first < at + 4 && chars.get(first).is_some_and(char::is_ascii_digit)).then_some(first)
}

fn run(chars: &[char], at: usize, region: Option<&RegionPlan>) -> Option<Run> {
    let first = run_starts(chars, at)?;
    let digits = |from: usize| chars[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let mut run = Run { from: at, plus: chars[at..first].contains(&'+'), ..Run::default() };
    let mut from = first;
    loop {
        let to = from + digits(from);
        run.groups.push((from, to));
        let mut next = to;
        while chars.get(next).is_some_and(|c| !c.is_ascii_digit() && !is_letter(*c) && *c != ENTITY && *c != '+') {
            next += 1;
        }
        match chars.get(next) {
            // A plus sign behind an international prefix or a calling code: what is before it is written twice.
            Some('+') if run.groups.len() == 1 && !run.plus && next - to <= 1 => {
                let before: String = chars[from..to].iter().collect();
                let code = region.is_some_and(|region| region.code.to_string() == before);
                if !(code || before == "00") || !chars.get(next + 1).is_some_and(char::is_ascii_digit) {
                    break;
                }
                run.plus = true;
                run.gaps.push(Gap::Weak);
                from = next + 1;
                continue;
            }
            Some(c) if c.is_ascii_digit() => {
                let length = run.groups[0].1 - run.groups[0].0;
                let Some(gap) = gap(&chars[to..next], run.groups.len(), length) else { break };
                run.gaps.push(gap);
                from = next;
            }
            _ => break,
        }
    }
    end_at_odd(&mut run);
    drop_decimals(chars, &mut run, region);
    Some(run)
}

/// A single odd separator ends a run; several are a way to write one number.
fn end_at_odd(run: &mut Run) {
    let odd: Vec<usize> = (0..run.gaps.len()).filter(|n| run.gaps[*n] == Gap::Odd).collect();
    if let [at] = odd[..] {
        run.gaps.truncate(at);
        run.groups.truncate(at + 1);
    }
    run.gaps.iter_mut().filter(|gap| **gap == Gap::Odd).for_each(|gap| *gap = Gap::Open);
}

/// `.0` behind a number is of a spreadsheet; one or two digits behind a point, and one behind a space, are no part of it
/// for certain.
fn drop_decimals(chars: &[char], run: &mut Run, region: Option<&RegionPlan>) {
    let zeros = |from: usize| chars[from..].iter().take_while(|c| **c == '0').count();
    let end = run.to();
    if chars.get(end) == Some(&',') {
        let count = zeros(end + 1);
        let next = chars.get(end + 1 + count);
        if matches!(count, 1 | 2) && next.is_none_or(|c| !c.is_ascii_digit() && *c != ',') && run.digits() > 6 {
            run.decimals = Some(end + 1 + count);
        }
    }
    let Some(last) = run.gaps.len().checked_sub(1) else { return };
    let between = |n: usize| &chars[run.groups[n].1..run.groups[n + 1].0];
    let point = |n: usize| between(n) == ['.'];
    let (from, to) = run.groups[last + 1];
    let pairs = last > 0
        && point(last - 1)
        && run.groups[last].1 - run.groups[last].0 == 2
        && !run.plus
        && region.is_some_and(|region| region.lengths.is_power_of_two());
    let bracketed = between(last).iter().any(|c| "([{".contains(*c)) && matches!(chars.get(to), Some(')' | ']' | '}'));
    if !(bracketed || to - from == 1 || point(last) && to - from == 2 && !pairs) || run.gaps[last] == Gap::Open {
        return;
    }
    if last == 0 && point(0) && zeros(from) == to - from && run.digits() > 7 {
        // Its place stays in the run's length, so that it is not read again.
        run.groups.pop();
        run.gaps.pop();
        run.decimals = Some(to);
    } else {
        run.gaps[last] = Gap::Open;
        run.doubtful = true;
    }
}

/// Before an "x" without digits one or two digits may be its own.
fn few_digits_last(run: &mut Run) {
    let (from, to) = run.groups[run.groups.len() - 1];
    if let Some(gap) = run.gaps.last_mut()
        && to - from <= 2
    {
        *gap = Gap::Open;
        run.doubtful = true;
        run.forgotten = true;
    }
}

/// An extension's marks behind a number, its digits if there are any, and the place behind.
pub fn extension<'a>(chars: &[char], items: &'a [Item], at: usize) -> Option<(Option<&'a Run>, usize)> {
    let text = |item: &Item| match item {
        Item::Gap(from, to) => chars[*from..*to].iter().collect::<String>(),
        _ => String::new(),
    };
    let mut next = at;
    let mut gap = String::new();
    if let Some(item @ Item::Gap(..)) = items.get(next) {
        gap = text(item);
        next += 1;
    }
    let core: String = gap.chars().filter(|c| *c != ' ').collect();
    if let Some(Item::Run(run)) = items.get(next) {
        let short = run.digits() <= 7 && !run.plus;
        let tone = core.starts_with(",,") || core.starts_with("#,,") || core == ",,," || core == "#,";
        if (tone || core == "#" || core == ",#") && (short || run.groups.len() == 1 && !run.plus) {
            return Some((Some(run), next + 1));
        }
        return None;
    }
    let Some(Item::Word(from, to, word)) = items.get(next) else { return None };
    let pause = to - from == 1 && matches!(chars[*from], 'p' | 'w') && gap.is_empty();
    let allowed = core.chars().all(|c| matches!(c, ',' | '.' | ';' | '(' | '-' | '/' | ')' | '"' | '['));
    if !(*word == Word::Extension || pause) || !allowed {
        return None;
    }
    next += 1;
    let before_gap = next;
    if let Some(item @ Item::Gap(..)) = items.get(next)
        && text(item).chars().all(|c| matches!(c, ' ' | '.' | ':' | ')' | '=' | '-' | '#'))
    {
        next += 1;
    }
    match items.get(next) {
        Some(Item::Run(run)) if !run.plus => Some((Some(run), next + 1)),
        _ => Some((None, before_gap)),
    }
}

/// Whether digits are dialled as tones: a `#` follows them.
pub fn is_tone(chars: &[char], run: &Run) -> bool {
    chars.get(run.to()) == Some(&'#')
}
