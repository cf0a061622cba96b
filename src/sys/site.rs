//! What a call site keeps from one call to the next, in the function manager's `fn_extra`.

use super::args::Args;
use pgrx::PgMemoryContexts;
use std::any::TypeId;

struct SiteValue<T> {
    kind: TypeId,
    value: T,
}

/// What this call site keeps, made when it is first asked for; dropped when the site goes.
///
/// Two calls of one site never run at the same time but by recursion, in which the inner one has another site.
pub fn of<'a, T: 'static>(args: Args<'a>, make: impl FnOnce() -> T) -> &'a mut T {
    // SAFETY: the function manager's own structure; what it keeps is null or was put there below, and lives as long as the site.
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

/// What this call site keeps, if it keeps something. Raises no error.
#[inline]
pub fn peek<'a, T: 'static>(args: Args<'a>) -> Option<&'a T> {
    // SAFETY: as above; only `of` puts something there.
    unsafe {
        let kept = (*(*args.fcinfo()).flinfo).fn_extra.cast::<SiteValue<T>>().as_ref()?;
        (kept.kind == TypeId::of::<T>()).then_some(&kept.value)
    }
}

/// Declares a function that first tries to answer without a guard, which in a long scan is half of what a call costs, and else
/// as any function does. `fast` raises no error but for want of memory, and nothing needs dropping then.
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
