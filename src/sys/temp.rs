//! Temporary files of the server: within `temp_file_limit` and `temp_tablespaces`, deleted with the transaction, and
//! after a crash at the next start.

use super::Room;
use pgrx::pg_sys;
use std::ffi::c_void;

/// Owner of temporary files. The server puts a file's structure into the current memory context, and the file under the
/// current resource owner. While rows are being read, both may be freed before the next row, so they are recorded at
/// the start of the work that uses the files.
#[derive(Clone, Copy)]
pub struct TempFiles {
    room: Room,
    owner: pg_sys::ResourceOwner,
}

impl TempFiles {
    /// Files that live as long as what is allocated and opened here: no longer than the running call.
    pub fn here() -> TempFiles {
        // SAFETY: reads a variable of the server.
        unsafe { TempFiles { room: Room::here(), owner: pg_sys::CurrentResourceOwner } }
    }

    /// An empty file.
    pub fn create(self) -> TempFile {
        // SAFETY: the owner is live, see above; `false`: the file does not outlive the transaction. After an error the
        // abort restores the owner.
        unsafe {
            let owner = pg_sys::CurrentResourceOwner;
            pg_sys::CurrentResourceOwner = self.owner;
            let file = self.room.with(|| pg_sys::BufFileCreateTemp(false));
            pg_sys::CurrentResourceOwner = owner;
            TempFile(file)
        }
    }
}

/// A file of [`TempFiles`].
pub struct TempFile(*mut pg_sys::BufFile);

impl TempFile {
    pub fn write(&mut self, bytes: &[u8]) {
        // SAFETY: pointer and length are those of the slice, which is only read.
        unsafe { pg_sys::BufFileWrite(self.0, bytes.as_ptr().cast_mut().cast::<c_void>(), bytes.len()) }
    }

    /// Seeks to its beginning.
    pub fn rewind(&mut self) {
        // SAFETY: an open file.
        if unsafe { pg_sys::BufFileSeek(self.0, 0, 0, libc::SEEK_SET) } != 0 {
            crate::error::cannot_read("a temporary file", "it cannot be read from its beginning");
        }
    }

    /// Reads on; fewer bytes than requested only at the end.
    pub fn read(&mut self, bytes: &mut [u8]) -> usize {
        // SAFETY: pointer and length are those of the slice.
        unsafe { pg_sys::BufFileRead(self.0, bytes.as_mut_ptr().cast(), bytes.len()) }
    }

    /// Deletes it. After an error the server does; hence no `Drop`, which would come before that.
    pub fn close(self) {
        // SAFETY: open, and closed once.
        unsafe { pg_sys::BufFileClose(self.0) }
    }
}
