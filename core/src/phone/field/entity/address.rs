//! Bank accounts, and addresses of the internet with letters.

use super::{Kind, Scan, is_digit, is_letter};

impl Scan<'_> {
    /// An IBAN, by its check digits.
    pub(super) fn account(&mut self, from: usize) -> bool {
        if is_letter(self.before(from)) || is_digit(self.before(from)) {
            return false;
        }
        let head = &self.chars[from..self.chars.len().min(from + 4)];
        let [a, b, c, d] = head else { return false };
        if !(a.is_ascii_uppercase() && b.is_ascii_uppercase() && is_digit(*c) && is_digit(*d)) {
            return false;
        }
        let mut taken: Vec<(usize, char)> = Vec::new();
        for (at, c) in self.chars.iter().enumerate().skip(from) {
            match c {
                ' ' => {}
                'A'..='Z' | '0'..='9' if taken.len() < 34 => taken.push((at, *c)),
                _ => break,
            }
        }
        let length = (15..=taken.len()).rev().find(|length| {
            let value = taken[4..*length].iter().chain(&taken[..4]).fold(0u32, |rest, (_, c)| {
                let digit = c.to_digit(36).expect("a letter or digit");
                (rest * if digit > 9 { 100 } else { 10 } + digit) % 97
            });
            value == 1
        });
        if let Some(length) = length {
            self.mark(from, taken[length - 1].0 + 1, Kind::Account);
        }
        length.is_some()
    }

    /// Addresses of the internet. Of those that hold a number only the number is left: `sip:+49…@host`, `wa.me/49…`.
    pub(super) fn addresses(&mut self) {
        if !self.chars.iter().any(|c| matches!(c, '@' | '/' | '-')) {
            return;
        }
        let is_part = |c: char| !matches!(c, ' ' | '\n' | '<' | '>' | '"' | ',' | ';');
        let mut at = 0;
        while at < self.chars.len() {
            let end = self.end_of(at, is_part);
            if end > at {
                self.address(at, end);
            }
            at = end.max(at + 1);
        }
    }

    fn address(&mut self, from: usize, end: usize) {
        let text = self.word(from, end);
        let place = |part: &str| text.find(part).map(|at| from + text[..at].chars().count());
        if let Some(at) = place("@") {
            let host = &text[text.find('@').unwrap_or(0) + 1..];
            let mut user =
                from + text[..text.find('@').unwrap_or(0)].rfind([':', '/']).map_or(0, |n| text[..=n].chars().count());
            let whatsapp = matches!(host, "c.us" | "s.whatsapp.net");
            if whatsapp && let Some(device) = place(":") {
                self.mark(device, at, Kind::Web);
                user = from;
            }
            let is_number = self.chars[user..at].iter().all(|c| is_digit(*c) || "+-.() \u{e000}".contains(*c));
            let is_call = text.starts_with("sip") || text.starts_with("pjsip") || whatsapp;
            let kind = if is_call { Kind::Web } else { Kind::Mail };
            self.mark(at, end, kind);
            if !(is_call && is_number) {
                self.mark(from, at, kind);
            } else if whatsapp {
                self.international(user, at);
            }
            return;
        }
        if let Some(at) = place("wa.me/").filter(|_| text.starts_with("wa.me/") || text.contains("://wa.me/")) {
            let from_number = self.skip(at + 6, "+");
            let to = self.end_of(from_number, is_digit);
            self.mark(to, end, Kind::Web);
            self.mark(from, from_number, Kind::Web);
            self.international(from_number, to);
        } else if text.contains("://") && !text.starts_with("callto:") || text.starts_with("www.") {
            self.mark(from, end, Kind::Web);
        } else if end - from == 36 && self.is_uuid(from, end) {
            self.mark(from, end, Kind::Uuid);
        }
    }

    fn is_uuid(&self, from: usize, end: usize) -> bool {
        self.chars[from..end].iter().enumerate().all(|(n, c)| match n {
            8 | 13 | 18 | 23 => *c == '-',
            _ => c.is_ascii_hexdigit(),
        })
    }

    /// These digits are an international number without its plus sign: it goes before them.
    fn international(&mut self, from: usize, to: usize) {
        if to - from >= 7 {
            self.chars[from - 1] = '+';
        }
    }
}
