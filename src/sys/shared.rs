//! Memory shared by all sessions, if the library is preloaded.

use pgrx::pg_sys;
use std::ffi::c_void;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering::Relaxed};

/// Counts of checks, and of those that found the number suppressed. They are not read atomically together, and need not
/// be.
pub struct Checks {
    asked: AtomicU64,
    suppressed: AtomicU64,
}

impl Checks {
    /// Adds to both, and halves both once the first passes `halved_from`.
    pub fn add(&self, asked: u64, suppressed: u64, halved_from: u64) {
        self.suppressed.fetch_add(suppressed, Relaxed);
        if self.asked.fetch_add(asked, Relaxed) + asked > halved_from {
            for count in [&self.asked, &self.suppressed] {
                count.store(count.load(Relaxed) / 2, Relaxed);
            }
        }
    }

    pub fn get(&self) -> (u64, u64) {
        (self.asked.load(Relaxed), self.suppressed.load(Relaxed))
    }
}

/// Slots for databases; databases with the same slot share their counts, which are estimates.
const PLACES: usize = 16;

static CHECKS: AtomicPtr<Checks> = AtomicPtr::new(std::ptr::null_mut());

/// The counts of all sessions of this database; `None` if the library was not preloaded.
pub fn checks() -> Option<&'static Checks> {
    let first = CHECKS.load(Relaxed);
    // SAFETY: null, or the first of `PLACES` slots that the server keeps as long as it runs; zeroed on creation.
    unsafe { if first.is_null() { None } else { Some(&*first.add(pg_sys::MyDatabaseId.to_u32() as usize % PLACES)) } }
}

static mut PREVIOUS_REQUEST: pg_sys::shmem_request_hook_type = None;
static mut PREVIOUS_STARTUP: pg_sys::shmem_startup_hook_type = None;

/// Called when the server preloads the library.
pub fn init() {
    // SAFETY: the server is starting, in one process; the hooks are functions of this library.
    unsafe {
        PREVIOUS_REQUEST = pg_sys::shmem_request_hook;
        pg_sys::shmem_request_hook = Some(request);
        PREVIOUS_STARTUP = pg_sys::shmem_startup_hook;
        pg_sys::shmem_startup_hook = Some(startup);
    }
}

#[pgrx::pg_guard]
unsafe extern "C-unwind" fn request() {
    // SAFETY: called by the server in its startup hook.
    unsafe {
        if let Some(previous) = PREVIOUS_REQUEST {
            previous();
        }
        pg_sys::RequestAddinShmemSpace(size_of::<Checks>() * PLACES);
    }
}

#[pgrx::pg_guard]
unsafe extern "C-unwind" fn startup() {
    // SAFETY: as above; the structure is zeroed by its creator before another process can find it.
    unsafe {
        if let Some(previous) = PREVIOUS_STARTUP {
            previous();
        }
        let mut found = false;
        let place: *mut c_void = pg_sys::ShmemInitStruct(c"dnc".as_ptr(), size_of::<Checks>() * PLACES, &mut found);
        if !found {
            place.write_bytes(0, size_of::<Checks>() * PLACES);
        }
        CHECKS.store(place.cast(), Relaxed);
    }
}
