//! Rust's memory: a failed allocation raises an error in the statement or, at worst, ends the session, but never the
//! server.
//!
//! Rust aborts the process if an allocation fails that does not expect it, and the server then ends all sessions. An
//! allocator may neither unwind nor jump, so it cannot raise a statement's error; it can end the session, which returns
//! to nobody. Large allocations use [`grow`], which raises an error instead.

use crate::error;
use dnc_core::list::memory::{is_trying, reserve};
use pgrx::pg_sys;
use std::alloc::{GlobalAlloc, Layout, System};
use std::ffi::{CStr, c_char, c_int};

unsafe extern "C-unwind" {
    fn errstart(level: c_int, domain: *const c_char) -> bool;
    fn errcode(code: c_int) -> c_int;
    fn errmsg(format: *const c_char, ...) -> c_int;
    fn errdetail(format: *const c_char, ...) -> c_int;
    fn errfinish(file: *const c_char, line: c_int, function: *const c_char);
}

struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

// SAFETY: the system's allocator, except when it is out of memory: then it does not return, unless null is expected.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller vouches; so below.
        given(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: see above.
        given(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: see above.
        given(unsafe { System.realloc(memory, layout, size) }, size)
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: see above.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[inline]
fn given(memory: *mut u8, size: usize) -> *mut u8 {
    if memory.is_null() && !is_trying() {
        end_session(size);
    }
    memory
}

#[cold]
fn end_session(size: usize) -> ! {
    // SAFETY: as the server reports its own out-of-memory error, for which it keeps a reserve; at this level it does
    // not return. Nothing here allocates.
    unsafe {
        if errstart(pg_sys::FATAL as c_int, std::ptr::null()) {
            errcode(pg_sys::errcodes::PgSqlErrorCode::ERRCODE_OUT_OF_MEMORY as c_int);
            errmsg(c"out of memory".as_ptr());
            errdetail(c"Failed on request of size %zu.".as_ptr(), size);
            errfinish(c"memory.rs".as_ptr(), line!() as c_int, c"end_session".as_ptr());
        }
    }
    std::process::abort()
}

/// Reserves room for `more` values; raises an error in the statement if memory is insufficient.
pub fn grow<T>(values: &mut Vec<T>, more: usize) {
    if !reserve(values, more) {
        error::no_memory(more.saturating_mul(size_of::<T>()));
    }
}

/// A copy of the bytes.
pub fn copied(bytes: &[u8]) -> Vec<u8> {
    let mut copy = Vec::new();
    grow(&mut copy, bytes.len());
    copy.extend_from_slice(bytes);
    copy
}

/// A memory context below another one.
///
/// # Safety
/// The parent is live.
pub unsafe fn context(parent: pg_sys::MemoryContext, name: &'static CStr) -> pg_sys::MemoryContext {
    // SAFETY: see above.
    unsafe {
        pg_sys::AllocSetContextCreateInternal(
            parent,
            name.as_ptr(),
            pg_sys::ALLOCSET_DEFAULT_MINSIZE as usize,
            pg_sys::ALLOCSET_DEFAULT_INITSIZE as usize,
            pg_sys::ALLOCSET_DEFAULT_MAXSIZE as usize,
        )
    }
}
