//! Memory for the values of some rows, freed together.

use pgrx::pg_sys;

/// A memory context of its own.
pub struct Scratch(pg_sys::MemoryContext);

impl Scratch {
    /// Ends with the current memory context.
    pub fn new() -> Scratch {
        // SAFETY: the current context is live.
        Scratch(unsafe { super::memory::context(pg_sys::CurrentMemoryContext, c"dnc rows") })
    }

    /// Runs `work` with allocations here.
    pub fn with<T>(&self, work: impl FnOnce() -> T) -> T {
        super::Room(self.0).with(work)
    }

    /// Runs `work`, and frees what it has allocated.
    pub fn once<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let result = self.with(work);
        self.clear();
        result
    }

    /// The memory, for a caller that changes its own state meanwhile.
    pub fn room(&self) -> super::Room {
        super::Room(self.0)
    }

    /// Bytes allocated.
    pub fn size(&self) -> usize {
        // SAFETY: a live context.
        unsafe { (*self.0).mem_allocated }
    }

    /// Frees all of it.
    pub fn clear(&mut self) {
        // SAFETY: a live context, and not the current one.
        unsafe { pg_sys::MemoryContextReset(self.0) }
    }
}
