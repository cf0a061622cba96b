//! Progress of a long command, for other connections to see: in the server's own shared memory, as of a COPY, so that it
//! shows in `pg_stat_progress_copy` too and needs no preloading.

use pgrx::pg_sys;

/// Places of what is told, counted from 0; from 10 on they are ours (`dnc.load_progress` reads them).
#[derive(Clone, Copy)]
pub enum Told {
    Bytes = 0,
    BytesTotal = 1,
    Lines = 2,
    Rejected = 3,
    Version = 9,
    Phase = 10,
    Numbers = 11,
}

/// Ends with the command, or with the transaction.
pub struct Progress(());

impl Progress {
    /// Begins to tell about work on a table.
    pub fn start(relation: pg_sys::Oid) -> Progress {
        // SAFETY: plain calls.
        unsafe {
            pg_sys::pgstat_progress_start_command(pg_sys::ProgressCommandType::PROGRESS_COMMAND_COPY, relation);
            let (command, from) = (pg_sys::PROGRESS_COPY_COMMAND as i32, i64::from(pg_sys::PROGRESS_COPY_COMMAND_FROM));
            pg_sys::pgstat_progress_update_param(command, from);
        }
        Progress(())
    }

    pub fn tell(&self, what: Told, value: u64) {
        // SAFETY: a place below the number of places.
        unsafe { pg_sys::pgstat_progress_update_param(what as i32, value as i64) }
    }

    pub fn end(self) {
        // SAFETY: a plain call.
        unsafe { pg_sys::pgstat_progress_end_command() }
    }
}
