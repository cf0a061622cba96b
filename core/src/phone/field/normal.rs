//! A field's text in the form that the reader works on: ASCII digits and punctuation, and nothing invisible.

/// Characters, and where each begins in the text. The first one is a line's end that does not stand there.
pub struct Normal {
    pub chars: Vec<char>,
    starts: Vec<usize>,
    length: usize,
}

impl Normal {
    /// Byte at which a character begins; the text's length behind the last.
    pub fn byte(&self, at: usize) -> usize {
        self.starts.get(at).copied().unwrap_or(self.length)
    }

    /// Byte at which a range of characters ends.
    pub fn end(&self, text: &str, to: usize) -> usize {
        let last = self.byte(to.saturating_sub(1));
        text[last..].chars().next().map_or(self.length, |c| last + c.len_utf8())
    }
}

/// First characters of the decimal digits of scripts (Unicode, general category Nd).
const ZEROS: [u32; 46] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
    0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
    0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x11066, 0x110f0, 0x11136, 0x1d7ce, 0x1d7d8, 0x1d7e2,
    0x1d7ec, 0x1d7f6, 0x1e950,
];

fn digit(c: char) -> Option<char> {
    let code = c as u32;
    let zero = ZEROS[..ZEROS.partition_point(|zero| *zero <= code)].last()?;
    (code - zero < 10).then(|| char::from(b'0' + (code - zero) as u8))
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' | '\0'..='\u{8}')
}

/// The character that stands for another one; `None`: it is invisible.
pub fn visible(c: char) -> Option<char> {
    Some(match c {
        _ if is_invisible(c) => return None,
        '\t'
        | '\u{b}'
        | '\u{c}'
        | '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}' => ' ',
        '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => '-',
        '\'' | '`' | '´' | '‘' | '’' | '‚' | '‛' | '“' | '”' | '„' | '‟' | '«' | '»' | '‹' | '›' => {
            '"'
        }
        '、' | '،' => ',',
        '؛' => ';',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => digit(c).unwrap_or(c),
    })
}

/// Marks of HTML, and what they stand for.
const MARKS: [(&str, char); 5] = [("&nbsp;", ' '), ("&amp;", '&'), ("<br>", '\n'), ("<br/>", '\n'), ("<br />", '\n')];

pub fn normal(text: &str) -> Normal {
    let mut normal = Normal {
        chars: Vec::with_capacity(text.len() + 1),
        starts: Vec::with_capacity(text.len() + 1),
        length: text.len(),
    };
    normal.chars.push('\n');
    normal.starts.push(0);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let at = text.len() - rest.len();
        let mark = match c {
            '&' | '<' => MARKS.iter().find(|(mark, _)| rest.starts_with(mark)),
            _ => None,
        };
        let (length, c) = match mark {
            Some((mark, c)) => (mark.len(), Some(*c)),
            None if c.is_ascii_alphanumeric() => (1, Some(c)),
            None => (c.len_utf8(), visible(c)),
        };
        rest = &rest[length..];
        // A carriage return and a line feed are one line's end.
        if let Some(c) = c.filter(|c| *c != '\n' || !text[at..].starts_with("\r\n")) {
            normal.chars.push(c);
            normal.starts.push(at);
        }
    }
    normal
}
