//! Cached catalog lookups, invalidated on change: the server notifies every session of a change before the session can
//! see it.
//!
//! A cache is registered where it is declared, at its first use:
//!
//! ```ignore
//! thread_local! {
//!     static TABLE: Known<Oid> = { invalidation::register(&TABLE); Known::new() };
//! }
//! ```

use pgrx::pg_guard;
use pgrx::pg_sys::{self, Datum, Oid};
use std::cell::{Cell, RefCell};
use std::thread::LocalKey;

/// What changed.
#[derive(Clone, Copy)]
pub enum Changed {
    /// A relation, or all.
    Relation(Oid),
    /// Some function or schema.
    Names,
}

/// A cache that is cleared when the catalogs change.
pub trait Cache {
    /// Called at any time; may neither fail nor look anything up.
    fn forget_if(&self, changed: Changed);
}

/// A cache that any change invalidates.
pub struct OfAll<T: Copy>(pub Known<T>);

impl<T: Copy> Cache for OfAll<T> {
    fn forget_if(&self, _: Changed) {
        self.0.forget();
    }
}

impl<C: Cache, const N: usize> Cache for [C; N] {
    fn forget_if(&self, changed: Changed) {
        self.iter().for_each(|cache| cache.forget_if(changed));
    }
}

/// A cached value, and the relations whose changes invalidate it.
pub struct Known<T: Copy> {
    value: Cell<Option<(T, [Oid; 2])>>,
    changes: Cell<u64>,
}

impl<T: Copy> Known<T> {
    pub const fn new() -> Known<T> {
        Known { value: Cell::new(None), changes: Cell::new(0) }
    }

    /// The cached value, or else the result of `look_up`, which also returns the relations it depends on.
    pub fn get(&self, look_up: impl FnOnce() -> (T, [Oid; 2])) -> T {
        self.get_if(|| Some(look_up())).expect("a value that was looked up")
    }

    /// The same for a lookup that may find nothing, which is not cached.
    pub fn get_if(&self, look_up: impl FnOnce() -> Option<(T, [Oid; 2])>) -> Option<T> {
        if let Some((value, _)) = self.value.get() {
            return Some(value);
        }
        let before = self.changes.get();
        let found = look_up()?;
        // A change during the lookup may or may not have been seen.
        if before == self.changes.get() {
            self.value.set(Some(found));
        }
        Some(found.0)
    }

    /// The value, if it is cached.
    pub fn peek(&self) -> Option<T> {
        self.value.get().map(|(value, _)| value)
    }

    /// Clears the value, whatever changed.
    pub fn forget(&self) {
        self.forget_if(Changed::Names);
    }
}

impl<T: Copy> Cache for Known<T> {
    fn forget_if(&self, changed: Changed) {
        self.changes.set(self.changes.get().wrapping_add(1));
        let concerned = match (changed, self.value.get()) {
            (Changed::Relation(relation), Some((_, about))) => {
                relation == pg_sys::InvalidOid || about.contains(&relation)
            }
            _ => true,
        };
        if concerned {
            self.value.set(None);
        }
    }
}

type Forget = &'static dyn Fn(Changed);

thread_local! {
    static CACHES: RefCell<Vec<Forget>> = const { RefCell::new(Vec::new()) };
}

/// Registers a cache for notification of all changes. Call once per cache, in its initializer.
pub fn register<C: Cache>(cache: &'static LocalKey<C>) {
    let forget: Forget = Box::leak(Box::new(move |changed| cache.with(|cache| cache.forget_if(changed))));
    CACHES.with_borrow_mut(|all| all.push(forget));
}

/// Called when the library is loaded.
pub fn init() {
    // SAFETY: the callbacks are functions of this library, which is never unloaded.
    unsafe {
        pg_sys::CacheRegisterRelcacheCallback(Some(relation), Datum::from(0usize));
        for cache in [pg_sys::SysCacheIdentifier::PROCOID, pg_sys::SysCacheIdentifier::NAMESPACEOID] {
            pg_sys::CacheRegisterSyscacheCallback(cache as i32, Some(names), Datum::from(0usize));
        }
    }
}

/// Invalidates a relation: in all sessions when this transaction commits, in this one at once.
pub fn invalidate(relation: Oid) {
    // SAFETY: the OID of an existing relation; this session's caches are cleared at the next command.
    unsafe {
        pg_sys::CacheInvalidateRelcacheByRelid(relation);
        pg_sys::CommandCounterIncrement();
    }
    tell(Changed::Relation(relation));
}

fn tell(changed: Changed) {
    for n in 0..CACHES.with_borrow(Vec::len) {
        let forget = CACHES.with_borrow(|all| all[n]);
        forget(changed);
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn relation(_argument: Datum, relation: Oid) {
    tell(Changed::Relation(relation));
}

#[pg_guard]
unsafe extern "C-unwind" fn names(_argument: Datum, _cache: i32, _hash: u32) {
    tell(Changed::Names);
}
