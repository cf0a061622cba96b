//! A sequence of the extension, looked up once.

use super::invalidation::{Cache, Changed, Known};
use super::raw;
use pgrx::pg_sys::{self, Oid};
use std::ffi::CStr;

/// A sequence of schema dnc.
pub struct Sequence {
    name: &'static CStr,
    known: Known<Oid>,
}

impl Cache for Sequence {
    fn forget_if(&self, changed: Changed) {
        self.known.forget_if(changed);
    }
}

impl Sequence {
    pub const fn new(name: &'static CStr) -> Sequence {
        Sequence { name, known: Known::new() }
    }

    /// Its next value; the current user needs the privilege.
    pub fn next(&self) -> i64 {
        let sequence = self.known.get(|| {
            let sequence = super::relation(self.name);
            (sequence, [sequence, sequence])
        });
        // SAFETY: a sequence's OID; an error leaves nothing to clean up.
        unsafe { raw::guard(pg_sys::CurrentMemoryContext, || raw::nextval_internal(sequence, true)) }
    }
}
