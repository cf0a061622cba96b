//! Sorting in the server's temporary files.

use crate::error;
use crate::sys::temp::{TempFile, TempFiles};
use dnc_core::list::sort::{SortedRun, Store};

/// The server's temporary files as the sorter's storage.
pub struct Temp(pub TempFiles);

impl Store for Temp {
    type Run = TempFile;

    fn create(&mut self) -> TempFile {
        self.0.create()
    }

    fn pause(&mut self) {
        pgrx::check_for_interrupts!();
    }

    fn lost(&self) -> ! {
        error::lost_in_sorting()
    }
}

impl SortedRun for TempFile {
    fn write(&mut self, bytes: &[u8]) {
        TempFile::write(self, bytes);
    }

    fn rewind(&mut self) {
        TempFile::rewind(self);
    }

    fn read(&mut self, bytes: &mut [u8]) -> usize {
        TempFile::read(self, bytes)
    }

    fn close(self) {
        TempFile::close(self);
    }
}
