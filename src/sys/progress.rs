//! Progress of a long command, visible to other connections: in the server's own shared memory, as for a COPY, so that
//! it also appears in `pg_stat_progress_copy` and needs no preloading.

use pgrx::pg_sys;

/// Progress parameters, counted from 0; those from 10 on are the extension's (`dnc.load_progress` reads them).
#[derive(Clone, Copy)]
pub enum Reported {
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
    /// Starts reporting progress on a table.
    pub fn start(relation: pg_sys::Oid) -> Progress {
        // SAFETY: plain calls.
        unsafe {
            pg_sys::pgstat_progress_start_command(pg_sys::ProgressCommandType::PROGRESS_COMMAND_COPY, relation);
            let (command, from) = (pg_sys::PROGRESS_COPY_COMMAND as i32, i64::from(pg_sys::PROGRESS_COPY_COMMAND_FROM));
            pg_sys::pgstat_progress_update_param(command, from);
        }
        Progress(())
    }

    pub fn report(&self, what: Reported, value: u64) {
        // SAFETY: a parameter below the number of parameters.
        unsafe { pg_sys::pgstat_progress_update_param(what as i32, value as i64) }
    }

    pub fn end(self) {
        // SAFETY: a plain call.
        unsafe { pg_sys::pgstat_progress_end_command() }
    }
}
