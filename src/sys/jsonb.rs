//! Type of a jsonb value's top level.

use pgrx::pg_sys::{self, Datum};

/// Whether it is an object.
///
/// # Safety
/// The datum is a jsonb.
pub unsafe fn is_object(value: Datum) -> bool {
    /// Flag in a container's header (jsonb.h).
    const OBJECT: u32 = 0x2000_0000;
    // SAFETY: see above; every jsonb begins with the header of a container.
    unsafe {
        let plain = pg_sys::pg_detoast_datum(value.cast_mut_ptr());
        pgrx::vardata_any(plain).cast::<u32>().read_unaligned() & OBJECT != 0
    }
}

/// An argument in PostgreSQL's output format, if it is a jsonb.
pub fn written(value: &pgrx::AnyElement) -> Option<String> {
    // SAFETY: the type was checked.
    (value.oid() == pg_sys::JSONBOID).then(|| unsafe { super::row::jsonb(value.datum()) })
}

/// A jsonb of a JSON text, in the current memory context; raises an error if it is none.
pub fn datum(text: &str) -> Datum {
    let text = std::ffi::CString::new(super::row::server_bytes(text)).expect("no zero bytes");
    // SAFETY: the input function takes a C string.
    unsafe { pg_sys::OidInputFunctionCall(pg_sys::F_JSONB_IN.into(), text.as_ptr().cast_mut(), pg_sys::InvalidOid, -1) }
}
