//! The key ring. Keys are never stored in the database.
//!
//! The file of the setting `dnc.key_file` has one key a line: its name, a space, and at least 16 bytes in hexadecimal.
//! It is read when a session first needs it and again when it changes.

use crate::sys;
use crate::{error, settings};
use std::cell::RefCell;
use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::rc::Rc;

/// Minimum bytes of a key.
const LEAST: usize = 16;

/// Maximum bytes of the file.
const LONGEST: u64 = 1 << 20;

/// Keys by name.
pub type Ring = HashMap<String, Vec<u8>>;

/// What was read of a key file, and the file's state at that time.
struct ReadFile {
    path: String,
    seen: (i64, i64, u64),
    /// When the file was last checked: once a statement.
    looked: i64,
    ring: Rc<Ring>,
}

/// Why no keys are available.
pub enum KeyFault {
    NoFile,
    Unreadable(String),
    /// Other users than the server's may read it.
    Open,
    /// This line is not a valid key.
    Line(usize),
}

impl KeyFault {
    pub fn raise(self) -> ! {
        match self {
            KeyFault::NoFile => error::no_key_file(),
            KeyFault::Unreadable(why) => error::cannot_read("the file of the setting dnc.key_file", &why),
            KeyFault::Open => error::open_key_file(),
            KeyFault::Line(line) => error::bad_key(line),
        }
    }
}

thread_local! {
    static KNOWN: RefCell<Option<ReadFile>> = const { RefCell::new(None) };
}

/// Passes the key of a name to `work`; raises an error if there is none.
pub fn with_key<T>(id: &str, work: impl FnOnce(&[u8]) -> T) -> T {
    match ring().unwrap_or_else(|fault| fault.raise()).get(id) {
        Some(key) => work(key),
        None => error::no_key(id),
    }
}

/// Passes the key of a name, and those of names that continue it with a hyphen, to `work`; raises an error if there is
/// none.
pub fn with_keys<T>(id: &str, work: impl FnOnce(Vec<&[u8]>) -> T) -> T {
    let ring = ring().unwrap_or_else(|fault| fault.raise());
    let family = |name: &str| name.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    let family: Vec<&[u8]> = ring.iter().filter(|(name, _)| family(name)).map(|(_, key)| &key[..]).collect();
    if family.is_empty() { error::no_key(id) } else { work(family) }
}

/// The keys, if a file is set; raises an error if it cannot be read.
pub fn configured() -> Option<Rc<Ring>> {
    match ring() {
        Ok(ring) => Some(ring),
        Err(KeyFault::NoFile) => None,
        Err(fault) => fault.raise(),
    }
}

/// The keys in the present file: the same ring as long as the file does not change.
pub fn ring() -> Result<Rc<Ring>, KeyFault> {
    let path = settings::key_file().ok_or(KeyFault::NoFile)?;
    let now = sys::now();
    KNOWN.with_borrow_mut(|known| {
        if let Some(known) = known
            && known.path == path
            && known.looked == now
        {
            return Ok(Rc::clone(&known.ring));
        }
        let unreadable = |why: std::io::Error| KeyFault::Unreadable(why.to_string());
        let facts = std::fs::metadata(&path).map_err(unreadable)?;
        if !facts.is_file() || facts.len() > LONGEST {
            return Err(KeyFault::Unreadable("it is no plain file, or longer than a megabyte".to_owned()));
        }
        if facts.mode() & 0o077 != 0 {
            return Err(KeyFault::Open);
        }
        let seen = (facts.mtime(), facts.mtime_nsec(), facts.len());
        if let Some(known) = known
            && known.path == path
            && known.seen == seen
        {
            known.looked = now;
            return Ok(Rc::clone(&known.ring));
        }
        let ring = Rc::new(parsed(&std::fs::read_to_string(&path).map_err(unreadable)?)?);
        *known = Some(ReadFile { path, seen, looked: now, ring: Rc::clone(&ring) });
        Ok(ring)
    })
}

fn parsed(text: &str) -> Result<Ring, KeyFault> {
    let mut ring = Ring::new();
    for (n, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let key = line.trim().split_once(char::is_whitespace).and_then(|(id, hex)| Some((id, unhex(hex.trim())?)));
        let (id, key) = key.filter(|(_, key)| key.len() >= LEAST).ok_or(KeyFault::Line(n + 1))?;
        // With two of the same name it would be unclear which one counts.
        if ring.insert(id.to_owned(), key).is_some() {
            return Err(KeyFault::Line(n + 1));
        }
    }
    Ok(ring)
}

/// Decodes hexadecimal text.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
