//! Memory for random access, on huge pages where available: in tens of megabytes on small pages, address translation
//! costs more than the access itself. Also prefetching, and fallible allocation.

use std::alloc::{Layout, alloc, dealloc};
use std::cell::Cell;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

/// Size of a huge page on common machines; elsewhere only an alignment.
const HUGE: usize = 2 << 20;

/// Types for which all bits zero is a valid value.
///
/// # Safety
/// All bits zero is a value of the type.
pub unsafe trait Zeroed: Copy {}

// SAFETY: integers.
unsafe impl Zeroed for u16 {}
// SAFETY: integers.
unsafe impl Zeroed for u32 {}
// SAFETY: integers.
unsafe impl Zeroed for u64 {}
// SAFETY: integers.
unsafe impl Zeroed for [u32; 8] {}

/// `len` values, initially all bits zero; dropped like a `Vec`.
pub struct HugeBlock<T: Zeroed> {
    start: NonNull<T>,
    len: usize,
}

impl<T: Zeroed> HugeBlock<T> {
    fn layout(len: usize) -> Option<Layout> {
        let plain = Layout::array::<T>(len).ok()?;
        if plain.size() < HUGE { Some(plain) } else { plain.align_to(HUGE).ok().map(|l| l.pad_to_align()) }
    }

    /// Bytes that `len` values take.
    pub fn bytes(len: usize) -> usize {
        Self::layout(len).map_or(usize::MAX, |layout| layout.size())
    }

    /// `None` if memory is insufficient, or the length is zero.
    pub fn zeroed(len: usize) -> Option<HugeBlock<T>> {
        let layout = Self::layout(len).filter(|layout| layout.size() > 0)?;
        // SAFETY: the layout has a size; all of it is overwritten with zeros, which are values of `T`. The advice
        // concerns memory that we own, and may be ignored. Pages are allocated at the first write to them, so only
        // after it.
        let start = unsafe {
            let start = NonNull::new(trying(|| alloc(layout)))?;
            #[cfg(target_os = "linux")]
            if layout.size() >= HUGE {
                libc::madvise(start.as_ptr().cast(), layout.size(), libc::MADV_HUGEPAGE);
            }
            start.write_bytes(0, layout.size());
            start
        };
        Some(HugeBlock { start: start.cast(), len })
    }
}

impl<T: Zeroed> Deref for HugeBlock<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        // SAFETY: owned, of this length, and initialised from the start.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

impl<T: Zeroed> DerefMut for HugeBlock<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as above, and borrowed for writing.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

impl<T: Zeroed> Drop for HugeBlock<T> {
    fn drop(&mut self) {
        if let Some(layout) = Self::layout(self.len) {
            // SAFETY: allocated with this layout.
            unsafe { dealloc(self.start.as_ptr().cast(), layout) }
        }
    }
}

thread_local! {
    static TRYING: Cell<bool> = const { Cell::new(false) };
}

/// Whether the present allocation may fail. If not, the allocator ends the session (`sys::memory` in the extension).
#[inline]
pub fn is_trying() -> bool {
    TRYING.get()
}

/// Runs an allocation that may fail. `ask` must do nothing else.
fn trying<T>(ask: impl FnOnce() -> T) -> T {
    TRYING.set(true);
    let result = ask();
    TRYING.set(false);
    result
}

/// Reserves room for `more` values; false if memory is insufficient.
#[must_use]
#[inline]
pub fn reserve<T>(values: &mut Vec<T>, more: usize) -> bool {
    values.capacity() - values.len() >= more || trying(|| values.try_reserve(more)).is_ok()
}

/// Prefetches the cache line of a slice element.
#[inline]
pub fn prefetch<T>(values: &[T], place: usize) {
    if let Some(value) = values.get(place) {
        fetch_line(std::ptr::from_ref(value).cast());
    }
}

/// Prefetches a cache line.
#[inline]
pub fn fetch_line(line: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint, whatever the address; every processor of this kind has the instruction.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(line.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    std::hint::black_box(line);
}
