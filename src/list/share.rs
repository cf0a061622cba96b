//! `sql/install/list/export.sql`: hashes of numbers, with keys that are never stored in the database.

use crate::keys::with_key;
use crate::phone::DncPhone;
use crate::sys::Text;
use hmac::{Hmac, Mac};
use pgrx::prelude::*;
use sha2::{Digest, Sha256};

#[pg_extern(sql = false)]
fn dnc_hash(phone: Option<DncPhone>, key_id: Option<Text>) -> Option<Vec<u8>> {
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
