//! `sql/install/entry/token.sql`: tokens for opting out, or choosing something less, without a login.
//!
//! A token is a version byte, a nonce, and the ciphertext of XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha), in
//! base64url: its holder can neither read the number in it nor change a bit of it. Its key is derived from the key
//! `token` of the file of the setting `dnc.key_file`; keys named `token-…` still open the tokens they encrypted.

use crate::error;
use crate::keys;
use crate::phone::DncPhone;
use crate::sys::Text;
use base64ct::{Base64UrlUnpadded, Encoding};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use dnc_core::audit::canonical::hex;
use dnc_core::phone::Phone;
use hmac::{Hmac, Mac};
use pgrx::iter::TableIterator;
use pgrx::prelude::*;
use sha2::Sha256;

/// Name of the key that encrypts tokens, and prefix of those that decrypt them.
const KEY: &str = "token";
const VERSION: u8 = 1;
const NONCE: usize = 24;
/// Bits of the choices that a token can offer.
const OFFERS: u8 = 0b1_1111;
/// Longer than any token can be.
const LONGEST: usize = 4096;

fn cipher(key: &[u8]) -> XChaCha20Poly1305 {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).expect("a key of any length");
    mac.update(b"dnc token 1");
    XChaCha20Poly1305::new(&mac.finalize().into_bytes())
}

#[pg_extern(sql = false)]
fn dnc_token_close(
    phone: Option<DncPhone>,
    until: Option<i64>,
    starts: Option<bool>,
    channel: Option<Text>,
    purpose: Option<Text>,
    offers: Option<i32>,
) -> Option<String> {
    let (phone, until, starts, channel, offers) = (phone?, until?, starts?, channel?, offers?);
    let mut bytes = vec![0; 1 + NONCE];
    bytes[0] = VERSION;
    // SAFETY: the server's generator fills the whole slice.
    if !crate::sys::draw(&mut bytes[1..=NONCE]) {
        error::no_randomness();
    }
    let (channel, purpose) = (channel.to_utf8(), purpose.map(Text::to_utf8));
    let mut plain = Vec::new();
    plain.extend(phone.bits().to_le_bytes());
    plain.extend(until.to_le_bytes());
    plain.push(u8::from(starts) | u8::from(purpose.is_some()) << 1 | (offers as u8 & OFFERS) << 2);
    // Channel names have at most 63 bytes.
    plain.push(channel.len() as u8);
    plain.extend(channel.bytes());
    plain.extend(purpose.unwrap_or_default().bytes());
    let cipher = keys::with_key(KEY, cipher);
    let payload = Payload { msg: &plain, aad: &[VERSION] };
    let closed = cipher.encrypt(XNonce::from_slice(&bytes[1..]), payload).unwrap_or_else(|_| error::bad_token());
    bytes.extend(closed);
    Some(Base64UrlUnpadded::encode_string(&bytes))
}

/// The contents of a token; raises an error for a forged or altered one.
#[pg_extern(sql = false)]
#[allow(clippy::type_complexity)]
fn dnc_token_open(
    token: Text,
) -> TableIterator<
    'static,
    (
        name!(token_id, String),
        name!(phone, Option<DncPhone>),
        name!(until, i64),
        name!(starts, bool),
        name!(channel, String),
        name!(purpose, Option<String>),
        name!(offers, i32),
    ),
> {
    let bytes = (token.bytes().len() <= LONGEST).then(|| decoded(token.bytes())).flatten();
    let bytes =
        bytes.filter(|bytes| bytes.len() > 1 + NONCE && bytes[0] == VERSION).unwrap_or_else(|| error::bad_token());
    let (nonce, closed) = bytes[1..].split_at(NONCE);
    let payload = || Payload { msg: closed, aad: &[VERSION] };
    let open = |key: &[u8]| cipher(key).decrypt(XNonce::from_slice(nonce), payload()).ok();
    let plain = keys::with_keys(KEY, |keys| keys.into_iter().find_map(open)).unwrap_or_else(|| error::bad_token());
    let parts = parts(&plain).unwrap_or_else(|| error::bad_token());
    TableIterator::once((
        hex(nonce),
        Some(DncPhone(parts.phone)),
        parts.until,
        parts.starts,
        parts.channel,
        parts.purpose,
        parts.offers,
    ))
}

fn decoded(token: &[u8]) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(std::str::from_utf8(token).ok()?).ok()
}

/// What a token contains.
struct Parts {
    phone: Phone,
    until: i64,
    starts: bool,
    channel: String,
    purpose: Option<String>,
    offers: i32,
}

fn parts(plain: &[u8]) -> Option<Parts> {
    let number = |from: usize| Some(i64::from_le_bytes(plain.get(from..from + 8)?.try_into().ok()?));
    let (flags, len) = (*plain.get(16)?, usize::from(*plain.get(17)?));
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    let (channel, purpose) = plain.get(18..)?.split_at_checked(len)?;
    Some(Parts {
        phone: Phone::from_bits(number(0)?)?,
        until: number(8)?,
        starts: flags & 1 != 0,
        channel: text(channel)?,
        purpose: if flags & 2 != 0 { Some(text(purpose)?) } else { None },
        offers: i32::from(flags >> 2 & OFFERS),
    })
}
