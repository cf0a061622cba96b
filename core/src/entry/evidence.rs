//! The evidence of an imported entry: a JSON object in the bytes in which PostgreSQL writes a `jsonb`.

/// Members of the object in the order of a `jsonb`: shorter names first, then by bytes.
#[derive(Default)]
pub struct Imported<'a> {
    /// Line of the file.
    pub line: u64,
    /// Anything else that the file says.
    pub note: Option<&'a str>,
    /// The person's words.
    pub words: Option<&'a str>,
    /// The number as the file spells it, unless that is E.164.
    pub spelling: Option<&'a str>,
}

impl Imported<'_> {
    /// The text of the object.
    pub fn text(&self) -> String {
        let mut out = String::with_capacity(64);
        out.push_str("{\"line\": ");
        out.push_str(&self.line.to_string());
        for (name, value) in [("note", self.note), ("words", self.words), ("spelling", self.spelling)] {
            if let Some(value) = value {
                out.push_str(", \"");
                out.push_str(name);
                out.push_str("\": ");
                string(value, &mut out);
            }
        }
        out.push('}');
        out
    }
}

/// Appends a string as `escape_json` in PostgreSQL's json.c does.
fn string(value: &str, out: &mut String) {
    out.push('"');
    let mut from = 0;
    for (at, byte) in value.bytes().enumerate().filter(|(_, byte)| *byte < 0x20 || matches!(byte, b'"' | b'\\')) {
        out.push_str(&value[from..at]);
        from = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            8 => out.push_str("\\b"),
            12 => out.push_str("\\f"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            byte => out.push_str(&format!("\\u{byte:04x}")),
        }
    }
    out.push_str(&value[from..]);
    out.push('"');
}
