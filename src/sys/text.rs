//! A `text` argument as bytes in the server's encoding, so that reading an ASCII number neither copies nor validates.

use crate::error;
use dnc_core::limits;
use pgrx::callconv::{Arg, ArgAbi};
use pgrx::pg_sys;
use pgrx::prelude::*;
use std::borrow::Cow;

/// Text in the server's encoding, valid during the call.
#[derive(Clone, Copy)]
pub struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    /// A text that is neither compressed nor stored out of line.
    ///
    /// # Safety
    /// The datum is a text.
    pub unsafe fn in_place(datum: pg_sys::Datum) -> Option<Text<'a>> {
        // SAFETY: see above.
        unsafe {
            let varlena = datum.cast_mut_ptr::<pg_sys::varlena>();
            if pgrx::varatt_is_1b_e(varlena) || pgrx::varatt_is_4b_c(varlena) {
                return None;
            }
            Some(Text(std::slice::from_raw_parts(pgrx::vardata_any(varlena).cast(), pgrx::varsize_any_exhdr(varlena))))
        }
    }

    /// An ASCII text, which is the same in every encoding.
    pub fn of_ascii(text: &'a str) -> Text<'a> {
        debug_assert!(text.is_ascii());
        Text(text.as_bytes())
    }

    pub fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// The same, if it is within the limit of bytes; otherwise raises an error.
    pub fn limited(self, what: &str, limit: usize) -> Text<'a> {
        if self.0.len() > limit {
            error::too_large(what, self.0.len(), limit);
        }
        self
    }

    /// The bytes in UTF-8, for hashing: not validated if the server's encoding is UTF-8 or SQL_ASCII.
    pub fn utf8_bytes(self) -> Cow<'a, [u8]> {
        if self.0.is_ascii() {
            return Cow::Borrowed(self.0);
        }
        // SAFETY: a lookup of the database's encoding.
        let encoding = unsafe { pg_sys::GetDatabaseEncoding() };
        if encoding == pg_sys::pg_enc::PG_UTF8 as i32 || encoding == pg_sys::pg_enc::PG_SQL_ASCII as i32 {
            return Cow::Borrowed(self.0);
        }
        match self.to_utf8() {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        }
    }

    /// The same as UTF-8, if it needs no conversion. Raises no error.
    pub fn utf8_in_place(self) -> Option<&'a str> {
        utf8_in_place(self.0)
    }

    /// The same as UTF-8; raises an error if the bytes are not valid in the server's encoding.
    pub fn to_utf8(self) -> Cow<'a, str> {
        to_utf8(self.0)
    }
}

/// Text in the server's encoding as UTF-8; raises an error if the bytes are not valid in that encoding, which is
/// possible under SQL_ASCII.
pub fn to_utf8(bytes: &[u8]) -> Cow<'_, str> {
    try_utf8(bytes).unwrap_or_else(|| error::not_text())
}

/// Text in the server's encoding as UTF-8, if it needs no conversion. Raises no error.
pub fn utf8_in_place(bytes: &[u8]) -> Option<&str> {
    let kept = [pg_sys::pg_enc::PG_UTF8 as i32, pg_sys::pg_enc::PG_SQL_ASCII as i32];
    // SAFETY: a lookup of the database's encoding.
    let is_kept = || kept.contains(&unsafe { pg_sys::GetDatabaseEncoding() });
    if bytes.is_ascii() || is_kept() { std::str::from_utf8(bytes).ok() } else { None }
}

/// Text in the server's encoding as UTF-8, if it is valid in that encoding.
pub fn try_utf8(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if bytes.is_ascii() {
        // SAFETY: ASCII is valid UTF-8.
        return Some(Cow::Borrowed(unsafe { std::str::from_utf8_unchecked(bytes) }));
    }
    // SAFETY: a lookup of the database's encoding.
    let encoding = unsafe { pg_sys::GetDatabaseEncoding() };
    let utf8 = pg_sys::pg_enc::PG_UTF8 as i32;
    if encoding != utf8 && encoding != pg_sys::pg_enc::PG_SQL_ASCII as i32 {
        // SAFETY: the pointer and length are those of a live slice; the result is a C string of the current
        // memory context, or the argument itself.
        let converted = unsafe { pg_sys::pg_server_to_any(bytes.as_ptr().cast(), bytes.len() as i32, utf8) };
        if converted.cast_const() != bytes.as_ptr().cast() {
            // SAFETY: a C string, see above.
            let converted = unsafe { std::ffi::CStr::from_ptr(converted) };
            return converted.to_str().ok().map(|s| Cow::Owned(s.to_owned()));
        }
    }
    std::str::from_utf8(bytes).ok().map(Cow::Borrowed)
}

/// The order of two texts, given as UTF-8, in the database's collation.
pub fn in_collation(a: &str, b: &str) -> std::cmp::Ordering {
    let (a, b) = (super::row::server_bytes(a), super::row::server_bytes(b));
    // SAFETY: pointers and lengths of live slices.
    let order = unsafe {
        let collation = pg_sys::DEFAULT_COLLATION_OID;
        pg_sys::varstr_cmp(a.as_ptr().cast(), a.len() as i32, b.as_ptr().cast(), b.len() as i32, collation)
    };
    order.cmp(&0)
}

impl FromDatum for Text<'_> {
    unsafe fn from_polymorphic_datum(datum: pg_sys::Datum, is_null: bool, _: pg_sys::Oid) -> Option<Self> {
        if is_null {
            return None;
        }
        // SAFETY: the caller guarantees that the datum is a text; a detoasted copy lives in the call's memory context.
        unsafe {
            // Most texts are plain: no call for those.
            Text::in_place(datum).or_else(|| {
                let plain = pg_sys::pg_detoast_datum_packed(datum.cast_mut_ptr());
                Text::in_place(pg_sys::Datum::from(plain))
            })
        }
    }
}

pgrx::impl_sql_translatable!(Text<'_>, "text");

// SAFETY: the argument is a text, as the SQL declaration says.
unsafe impl<'fcx> ArgAbi<'fcx> for Text<'fcx> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        // SAFETY: the caller has checked for NULL.
        let text: Text = unsafe { arg.unbox_arg_using_from_datum() }.expect("a strict argument");
        text.limited("a text argument", limits::TEXT)
    }
}

/// A text argument without the length limit: only its beginning is read, or it has a limit of its own.
#[derive(Clone, Copy)]
pub struct Spelling<'a>(pub Text<'a>);

impl FromDatum for Spelling<'_> {
    unsafe fn from_polymorphic_datum(datum: pg_sys::Datum, is_null: bool, kind: pg_sys::Oid) -> Option<Self> {
        // SAFETY: as the caller vouches.
        unsafe { Text::from_polymorphic_datum(datum, is_null, kind) }.map(Spelling)
    }
}

pgrx::impl_sql_translatable!(Spelling<'_>, "text");

// SAFETY: as for a text.
unsafe impl<'fcx> ArgAbi<'fcx> for Spelling<'fcx> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        // SAFETY: the caller has checked for NULL.
        unsafe { arg.unbox_arg_using_from_datum() }.expect("a strict argument")
    }
}
