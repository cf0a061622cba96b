//! Temporary files of the server's: within `temp_file_limit` and `temp_tablespaces`, gone with the transaction, and after a
//! crash with the next start.

use pgrx::pg_sys;
use std::ffi::c_void;

pub struct TempFile(*mut pg_sys::BufFile);

impl TempFile {
    /// An empty file, which belongs to the current resource owner.
    pub fn create() -> TempFile {
        // SAFETY: a plain call; `false`: it does not outlive the transaction.
        TempFile(unsafe { pg_sys::BufFileCreateTemp(false) })
    }

    pub fn write(&mut self, bytes: &[u8]) {
        // SAFETY: pointer and length are those of the slice, which is only read.
        unsafe { pg_sys::BufFileWrite(self.0, bytes.as_ptr().cast_mut().cast::<c_void>(), bytes.len()) }
    }

    /// Goes back to its beginning.
    pub fn rewind(&mut self) {
        // SAFETY: an open file.
        if unsafe { pg_sys::BufFileSeek(self.0, 0, 0, libc::SEEK_SET) } != 0 {
            crate::error::cannot_read("a temporary file", "it cannot be read from its beginning");
        }
    }

    /// Reads on; fewer bytes than asked for only at the end.
    pub fn read(&mut self, bytes: &mut [u8]) -> usize {
        // SAFETY: pointer and length are those of the slice.
        unsafe { pg_sys::BufFileRead(self.0, bytes.as_mut_ptr().cast(), bytes.len()) }
    }

    /// Removes it. After an error the server does; so there is no `Drop`, which would come before that.
    pub fn close(self) {
        // SAFETY: open, and closed once.
        unsafe { pg_sys::BufFileClose(self.0) }
    }
}
