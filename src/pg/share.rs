//! `sql/install/74-share.sql`: hashes of numbers, with keys that never come into the database.
//!
//! The file of the setting `dnc.key_file` has a key a line: its name, a space, and at least 16 bytes in hexadecimal. It is read
//! when a session first needs it and again when it changes; without it, or without the key, there is an error.

use super::sys::{self, Text};
use crate::phone::Phone;
use crate::{error, settings};
use hmac::{Hmac, Mac};
use pgrx::prelude::*;
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;

/// Bytes that a key has at least.
const LEAST: usize = 16;

/// What was read of a key file, and how the file looked then.
struct Keys {
    path: String,
    seen: (i64, i64, u64),
    /// When the file was last looked at: once a statement.
    looked: i64,
    keys: HashMap<String, Vec<u8>>,
}

thread_local! {
    static KEYS: RefCell<Option<Keys>> = const { RefCell::new(None) };
}

/// Hands the key of a name to `work`; an error if there is none.
pub fn with_key<T>(id: &str, work: impl FnOnce(&[u8]) -> T) -> T {
    with_all(|keys| match keys.get(id) {
        Some(key) => work(key),
        None => error::no_key(id),
    })
}

/// Hands the key of a name, and those of names that go on from it with a hyphen, to `work`; an error if there is none.
pub fn with_keys<T>(id: &str, work: impl FnOnce(Vec<&[u8]>) -> T) -> T {
    with_all(|keys| {
        let family = |name: &str| name.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
        let family: Vec<&[u8]> = keys.iter().filter(|(name, _)| family(name)).map(|(_, key)| &key[..]).collect();
        if family.is_empty() { error::no_key(id) } else { work(family) }
    })
}

fn with_all<T>(work: impl FnOnce(&HashMap<String, Vec<u8>>) -> T) -> T {
    let path = settings::key_file().unwrap_or_else(|| error::no_key_file());
    let now = sys::now();
    KEYS.with_borrow_mut(|known| {
        if known.as_ref().is_none_or(|known| known.path != path || known.looked != now) {
            let fail = |why: std::io::Error| -> ! {
                error::cannot_read("the file of the setting dnc.key_file", &why.to_string())
            };
            let facts = std::fs::metadata(&path).unwrap_or_else(|why| fail(why));
            let seen = (facts.mtime(), facts.mtime_nsec(), facts.len());
            match known {
                Some(known) if known.path == path && known.seen == seen => known.looked = now,
                _ => {
                    if facts.mode() & 0o077 != 0 {
                        error::open_key_file();
                    }
                    let text = std::fs::read_to_string(&path).unwrap_or_else(|why| fail(why));
                    *known = Some(Keys { path, seen, looked: now, keys: parsed(&text) });
                }
            }
        }
        work(known.as_ref().map_or(&HashMap::new(), |known| &known.keys))
    })
}

fn parsed(text: &str) -> HashMap<String, Vec<u8>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|(n, line)| {
            let key = line.trim().split_once(char::is_whitespace).and_then(|(id, hex)| Some((id, unhex(hex.trim())?)));
            match key.filter(|(_, key)| key.len() >= LEAST) {
                Some((id, key)) => (id.to_owned(), key),
                None => error::bad_key(n + 1),
            }
        })
        .collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[pg_extern(sql = false)]
fn dnc_hash(phone: Option<Phone>, key_id: Option<Text>) -> Option<Vec<u8>> {
    let text = phone?.to_string();
    Some(match key_id {
        None => Sha256::digest(text).to_vec(),
        Some(id) => with_key(&id.to_utf8(), |key| {
            let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        }),
    })
}
