//! `dnc_phone` as an argument and as a result of functions.

use dnc_core::phone::Phone;
use pgrx::callconv::{Arg, ArgAbi, BoxRet, FcInfo};
use pgrx::pg_sys;
use pgrx::prelude::*;
use std::ops::Deref;

/// A number as a function's argument or result.
#[derive(Clone, Copy)]
pub struct DncPhone(pub Phone);

impl Deref for DncPhone {
    type Target = Phone;

    fn deref(&self) -> &Phone {
        &self.0
    }
}

impl FromDatum for DncPhone {
    unsafe fn from_polymorphic_datum(datum: pg_sys::Datum, is_null: bool, _: pg_sys::Oid) -> Option<Self> {
        (!is_null).then(|| DncPhone(Phone::from_stored(datum.value() as i64)))
    }
}

impl IntoDatum for DncPhone {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        Some(pg_sys::Datum::from(self.bits()))
    }

    /// Never called: results are returned under the type that SQL declares, and a bare name would be looked up in the
    /// caller's `search_path`.
    fn type_oid() -> pg_sys::Oid {
        pg_sys::InvalidOid
    }
}

pgrx::impl_sql_translatable!(DncPhone, "dnc_phone");

// SAFETY: the argument is a dnc_phone, passed by value.
unsafe impl<'fcx> ArgAbi<'fcx> for DncPhone {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        // SAFETY: the caller has checked for NULL.
        unsafe { arg.unbox_arg_using_from_datum() }.expect("a strict argument")
    }
}

// SAFETY: eight bytes by value are returned as their own datum.
unsafe impl BoxRet for DncPhone {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> pgrx::datum::Datum<'fcx> {
        // SAFETY: a by-value datum of the declared type.
        unsafe { fcinfo.return_raw_datum(pg_sys::Datum::from(self.bits())) }
    }
}
