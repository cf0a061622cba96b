//! Normalises texts for the comparison of words.

use super::words::TRADITIONAL;

/// A text in the form of the tables' rows, however it was typed.
pub(super) fn fold(characters: impl Iterator<Item = char>) -> String {
    let mut spaced = String::new();
    let mut run = 0;
    for c in characters.map(plain).filter(|c| !is_invisible(*c) && !is_mark(*c) && !is_apostrophe(*c)) {
        for c in c.to_lowercase().map(bare).filter(|c| !is_mark(*c)) {
            if !c.is_alphanumeric() && !is_devanagari(c) {
                spaced.push(' ');
                continue;
            }
            // No word of these languages has the same letter three times: "stoppp" is emphasis.
            run = if c.is_ascii_lowercase() && spaced.ends_with(c) { run + 1 } else { 0 };
            match c {
                'ß' => spaced.push_str("ss"),
                'œ' => spaced.push_str("oe"),
                'æ' => spaced.push_str("ae"),
                _ if run == 2 => {
                    spaced.pop();
                }
                _ if run > 2 => {}
                _ => spaced.push(c),
            }
        }
    }
    // "S.T.O.P." is a word, and so is "s t o p".
    let mut text = String::with_capacity(spaced.len());
    let words: Vec<&str> = spaced.split(' ').filter(|word| !word.is_empty()).collect();
    for letters in words.chunk_by(|one, next| is_letter(one) && is_letter(next)) {
        if letters.len() > 2 {
            append(&mut text, &letters.concat());
        } else {
            letters.iter().for_each(|word| append(&mut text, word));
        }
    }
    text
}

fn is_letter(word: &str) -> bool {
    word.len() == 1 && word.as_bytes()[0].is_ascii_lowercase()
}

/// The letter for a wide, bold, circled or boxed one.
pub(super) fn plain(c: char) -> char {
    let nth = |first: char, n: u32| char::from(first as u8 + n as u8);
    match c as u32 {
        wide @ 0xff01..=0xff5e => nth('!', wide - 0xff01),
        // Thirteen styles of an alphabet in capitals and small letters.
        styled @ 0x1d400..=0x1d6a3 => match (styled - 0x1d400) % 52 {
            capital @ 0..26 => nth('A', capital),
            small => nth('a', small - 26),
        },
        circled @ 0x24b6..=0x24cf => nth('a', circled - 0x24b6),
        circled @ 0x24d0..=0x24e9 => nth('a', circled - 0x24d0),
        boxed @ 0x1f130..=0x1f149 => nth('a', boxed - 0x1f130),
        circled @ 0x1f150..=0x1f169 => nth('a', circled - 0x1f150),
        boxed @ 0x1f170..=0x1f189 => nth('a', boxed - 0x1f170),
        _ => c,
    }
}

/// Characters that are invisible and do not separate words: soft hyphens, joiners, directions, emoji variants.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{e0000}'..='\u{e01ef}')
}

/// A combining accent, and the dot of Devanagari, which many omit.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{93c}')
}

/// Removed, since as many write "dont" and "mappelez" as "don't" and "m'appelez".
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '`' | '´' | '‘' | '’' | '‛' | '′' | 'ʼ' | 'ʹ' | 'ˈ')
}

pub(super) fn is_devanagari(c: char) -> bool {
    // The two in between are full stops.
    matches!(c, '\u{900}'..='\u{963}' | '\u{966}'..='\u{97f}')
}

/// A small letter without its accent, a Chinese character in its simplified form.
fn bare(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' | 'ª' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' | 'º' => 'o',
        'š' | 'ś' | 'ş' => 's',
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ž' | 'ź' | 'ż' => 'z',
        // Devanagari: the two signs of nasal vowels are used alike, and letters with a dot lose it.
        'ँ' => 'ं',
        '\u{929}' => 'न',
        '\u{931}' => 'र',
        '\u{934}' => 'ळ',
        '\u{958}' => 'क',
        '\u{959}' => 'ख',
        '\u{95a}' => 'ग',
        '\u{95b}' => 'ज',
        '\u{95c}' => 'ड',
        '\u{95d}' => 'ढ',
        '\u{95e}' => 'फ',
        '\u{95f}' => 'य',
        _ if is_han(c) => simplified(c),
        _ => c,
    }
}

fn simplified(c: char) -> char {
    let first = |pair: &str| pair.chars().next();
    let found = TRADITIONAL.binary_search_by_key(&Some(c), |pair| first(pair));
    found.ok().and_then(|at| TRADITIONAL[at].chars().nth(1)).unwrap_or(c)
}

/// A Chinese character. The script has no spaces: each character is a word.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2fa1f}')
}

/// Appends a word, with a space only between words of scripts that use spaces.
pub(super) fn append(text: &mut String, word: &str) {
    if !text.is_empty() && !word.is_empty() && !text.ends_with(is_han) && !word.starts_with(is_han) {
        text.push(' ');
    }
    text.push_str(word);
}
