//! `dnc`: a Do-Not-Call list that the database enforces itself.
//!
//! What users see is in `sql/install/`, one file a subject, in the order of `sql/order.txt`. Here are the bodies:
//!
//! | module | what | knows PostgreSQL |
//! | --- | --- | --- |
//! | `phone` | the number: storage, parsing, numbering plans | no |
//! | `lists` | sets of numbers | no |
//! | `rules` | what a refusal covers and what ends it | no |
//! | `audit` | the canonical bytes of a row and what the log commits to | no |
//! | `pg` | the functions that SQL declares | yes |

#[allow(dead_code)]
mod audit;
mod error;
mod limits;
#[allow(dead_code)]
mod lists;
mod pg;
#[allow(dead_code)]
mod phone;
mod rules;
mod settings;

pgrx::pg_module_magic!(name, version);

/// Runs when the library is loaded: by the server at start if it is preloaded, else by the first use in a session.
#[pgrx::pg_guard]
pub extern "C-unwind" fn _PG_init() {
    error::init();
    settings::define();
    pg::sys::executor::init();
    pg::init();
    pg::audit::init();
    pg::guard::init();
    // SAFETY: a flag of the server's, read in its own process.
    if unsafe { pgrx::pg_sys::process_shared_preload_libraries_in_progress } {
        pg::sys::shared::init();
        phone::preload();
    }
}
