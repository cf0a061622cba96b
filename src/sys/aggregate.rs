//! States of aggregates: values of ours that live as long as the aggregate does.

use pgrx::PgMemoryContexts;
use pgrx::pg_sys::{self, Datum, FunctionCallInfo};

/// An argument; `None` for NULL.
///
/// # Safety
/// Called by the function manager for a function with that many arguments.
pub unsafe fn argument(fcinfo: FunctionCallInfo, place: usize) -> Option<Datum> {
    // SAFETY: see above.
    unsafe {
        let argument = &(*fcinfo).args.as_slice(place + 1)[place];
        (!argument.isnull).then_some(argument.value)
    }
}

/// The state that is this argument, or a new one where it is NULL; an error outside an aggregate.
///
/// # Safety
/// As for [`argument`]; the argument is such a state.
pub unsafe fn state<T>(fcinfo: FunctionCallInfo, place: usize, make: impl FnOnce() -> T) -> *mut T {
    // SAFETY: see above.
    unsafe { argument(fcinfo, place).map_or_else(|| new(fcinfo, make), |state| state.cast_mut_ptr()) }
}

/// A new state.
///
/// # Safety
/// As for [`argument`].
pub unsafe fn new<T>(fcinfo: FunctionCallInfo, make: impl FnOnce() -> T) -> *mut T {
    // SAFETY: see above; the context is that of the aggregate, which drops the state when it goes.
    unsafe {
        let mut context = std::ptr::null_mut();
        if pg_sys::AggCheckCallContext(fcinfo, &mut context) == 0 {
            crate::error::not_an_aggregate();
        }
        PgMemoryContexts::For(context).leak_and_drop_on_delete(make())
    }
}

/// Declares an exported function with the function manager's own signature, and its version record.
#[macro_export]
macro_rules! raw_function {
    ($name:ident, $info:ident, $body:path) => {
        #[unsafe(no_mangle)]
        pub extern "C" fn $info() -> &'static pgrx::pg_sys::Pg_finfo_record {
            &pgrx::pg_sys::Pg_finfo_record { api_version: 1 }
        }

        /// # Safety
        /// Called by the function manager.
        #[unsafe(no_mangle)]
        #[pgrx::pg_guard]
        pub unsafe extern "C-unwind" fn $name(fcinfo: pgrx::pg_sys::FunctionCallInfo) -> pgrx::pg_sys::Datum {
            let body: unsafe fn(pgrx::pg_sys::FunctionCallInfo) -> pgrx::pg_sys::Datum = $body;
            // SAFETY: see above.
            unsafe { body(fcinfo) }
        }
    };
}
