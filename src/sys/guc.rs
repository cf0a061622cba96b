//! Settings.

use pgrx::pg_sys;
use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting};
use std::cell::Cell;
use std::ffi::{CStr, CString, c_char, c_void};
use std::sync::atomic::{AtomicBool, Ordering};

/// Reads a setting in place, without a copy; an empty one counts as not set. `read` must not change settings.
#[inline]
pub fn with<T>(setting: &GucSetting<Option<CString>>, read: impl FnOnce(&CStr) -> T) -> Option<T> {
    // SAFETY: a C string of the server or null; it changes only when a setting is assigned, not while it is read.
    let value = unsafe {
        let start = *setting.as_ptr();
        if start.is_null() || *start == 0 {
            return None;
        }
        CStr::from_ptr(start)
    };
    Some(read(value))
}

/// Lets the server reject undefined settings under this prefix.
pub fn reserve(prefix: &CStr) {
    // SAFETY: a C string; the call takes no ownership.
    unsafe { pg_sys::MarkGUCPrefixReserved(prefix.as_ptr()) };
}

thread_local! {
    /// Where the setting of [`define_noting_role`] records its source.
    static NOTED: Cell<Option<&'static AtomicBool>> = const { Cell::new(None) };
}

/// Defines a setting that records in `of_role` whether its value was set for a role (`ALTER ROLE … SET`). There is one
/// such setting.
pub fn define_noting_role(
    name: &'static CStr,
    short: &'static CStr,
    long: &'static CStr,
    setting: &'static GucSetting<Option<CString>>,
    context: GucContext,
    of_role: &'static AtomicBool,
) {
    NOTED.set(Some(of_role));
    // SAFETY: the hooks raise no error.
    unsafe {
        GucRegistry::define_string_guc_with_hooks(
            name,
            short,
            long,
            setting,
            context,
            GucFlags::default(),
            Some(checked),
            Some(assigned),
            None,
        );
    }
}

/// Records the source of a value. The server stores it with the value, and passes both to the assign hook, including
/// when a transaction's end restores an earlier value.
unsafe extern "C-unwind" fn checked(
    _value: *mut *mut c_char,
    extra: *mut *mut c_void,
    source: pg_sys::GucSource::Type,
) -> bool {
    // SAFETY: memory that the server frees as it frees that of its own settings.
    unsafe {
        let kept = allocate(size_of_val(&source)).cast::<pg_sys::GucSource::Type>();
        if kept.is_null() {
            return false;
        }
        kept.write(source);
        *extra = kept.cast();
    }
    true
}

unsafe extern "C-unwind" fn assigned(_value: *const c_char, extra: *mut c_void) {
    use pg_sys::GucSource::{PGC_S_DATABASE_USER, PGC_S_USER};
    // SAFETY: allocated by the check hook for this value.
    let source = unsafe { extra.cast::<pg_sys::GucSource::Type>().as_ref() };
    let of_role = source.is_some_and(|s| [PGC_S_USER, PGC_S_DATABASE_USER].contains(s));
    if let Some(noted) = NOTED.get() {
        noted.store(of_role, Ordering::Relaxed);
    }
}

/// Memory of the kind in which the server keeps settings.
unsafe fn allocate(size: usize) -> *mut c_void {
    // SAFETY: plain calls.
    #[cfg(feature = "pg15")]
    unsafe {
        libc::malloc(size)
    }
    // SAFETY: as above.
    #[cfg(not(feature = "pg15"))]
    unsafe {
        pg_sys::guc_malloc(pg_sys::LOG as i32, size)
    }
}
