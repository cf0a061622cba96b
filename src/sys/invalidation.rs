//! What was looked up in the catalogs, until they change: the server tells every session of each change before it lets
//! the session see it.
//!
//! A cache registers where it is declared, as it is first used:
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

/// What is to be forgotten when the catalogs change.
pub trait Cache {
    /// Called at any time; may neither fail nor look anything up.
    fn forget_if(&self, changed: Changed);
}

/// A cache that any change at all concerns.
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

/// Something that was looked up, and the relations by which it stands and falls.
pub struct Known<T: Copy> {
    value: Cell<Option<(T, [Oid; 2])>>,
    changes: Cell<u64>,
}

impl<T: Copy> Known<T> {
    pub const fn new() -> Known<T> {
        Known { value: Cell::new(None), changes: Cell::new(0) }
    }

    /// The value as it is known, or else as `look_up` finds it, with the relations that it is about.
    pub fn get(&self, look_up: impl FnOnce() -> (T, [Oid; 2])) -> T {
        self.get_if(|| Some(look_up())).expect("a value that was looked up")
    }

    /// The same, where nothing may be found, which is not remembered.
    pub fn get_if(&self, look_up: impl FnOnce() -> Option<(T, [Oid; 2])>) -> Option<T> {
        if let Some((value, _)) = self.value.get() {
            return Some(value);
        }
        let before = self.changes.get();
        let found = look_up()?;
        // What changed while it was being looked up may have been seen or not.
        if before == self.changes.get() {
            self.value.set(Some(found));
        }
        Some(found.0)
    }

    /// The value, if it is known.
    pub fn peek(&self) -> Option<T> {
        self.value.get().map(|(value, _)| value)
    }

    /// Forgets the value, whatever changed.
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

/// Has a cache told of every change from now on. Call once a cache, in its initializer.
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

/// Has every session that this transaction's end concerns forget what it knows of a relation, and this one at once.
pub fn invalidate(relation: Oid) {
    // SAFETY: the OID of a relation that is there; what this session knows goes with the next command.
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
