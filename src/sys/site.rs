//! State of a call site between calls, in the function manager's `fn_extra`.

use super::args::Args;
use pgrx::PgMemoryContexts;
use std::any::TypeId;

struct SiteValue<T> {
    kind: TypeId,
    value: T,
}

/// The state of this call site, created at first use; dropped with the call site.
///
/// Two calls of one site never run at the same time except by recursion, in which the inner one has another site.
pub fn of<'a, T: 'static>(args: Args<'a>, make: impl FnOnce() -> T) -> &'a mut T {
    // SAFETY: the function manager's own structure; its pointer is null or was set below, and lives as long as the
    // site.
    unsafe {
        let info = (*args.fcinfo()).flinfo;
        if (*info).fn_extra.is_null() {
            let kept = SiteValue { kind: TypeId::of::<T>(), value: make() };
            (*info).fn_extra = PgMemoryContexts::For((*info).fn_mcxt).leak_and_drop_on_delete(kept).cast();
        }
        let kept = &mut *(*info).fn_extra.cast::<SiteValue<T>>();
        assert!(kept.kind == TypeId::of::<T>(), "a call site keeps one kind of thing");
        &mut kept.value
    }
}

/// The state of this call site, if there is one. Raises no error.
#[inline]
pub fn peek<'a, T: 'static>(args: Args<'a>) -> Option<&'a T> {
    // SAFETY: as above; only `of` sets the pointer.
    unsafe {
        let kept = (*(*args.fcinfo()).flinfo).fn_extra.cast::<SiteValue<T>>().as_ref()?;
        (kept.kind == TypeId::of::<T>()).then_some(&kept.value)
    }
}

/// Declares a function that first tries `fast` without a guard, which in a long scan is half of the cost of a call, and
/// otherwise runs as any function does. `fast` raises no error except out of memory, and nothing needs dropping then.
#[macro_export]
macro_rules! quick_function {
    ($name:ident, $info:ident, $slow:ident, $fast:expr, $body:expr) => {
        #[unsafe(no_mangle)]
        pub extern "C" fn $info() -> &'static pgrx::pg_sys::Pg_finfo_record {
            &pgrx::pg_sys::Pg_finfo_record { api_version: 1 }
        }

        /// # Safety
        /// Called by the function manager.
        #[unsafe(no_mangle)]
        pub unsafe extern "C-unwind" fn $name(fcinfo: pgrx::pg_sys::FunctionCallInfo) -> pgrx::pg_sys::Datum {
            let fast: fn($crate::sys::args::Args) -> Option<pgrx::pg_sys::Datum> = $fast;
            // SAFETY: see above.
            match fast(unsafe { $crate::sys::args::Args::of(fcinfo) }) {
                Some(answer) => answer,
                // SAFETY: as above.
                None => unsafe { $slow(fcinfo) },
            }
        }

        #[pgrx::pg_guard]
        unsafe extern "C-unwind" fn $slow(fcinfo: pgrx::pg_sys::FunctionCallInfo) -> pgrx::pg_sys::Datum {
            let body: fn($crate::sys::args::Args) -> pgrx::pg_sys::Datum = $body;
            // SAFETY: called by the function manager.
            body(unsafe { $crate::sys::args::Args::of(fcinfo) })
        }
    };
}
