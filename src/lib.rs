//! `dnc`: a Do-Not-Call list that the database enforces itself.
//!
//! The SQL interface is in `sql/install/`, in the order of `sql/order.txt`. This crate contains the bodies of its
//! functions, in folders of the same names. Code here may depend on PostgreSQL; code that must not is in the crate
//! `dnc-core` (`core/`).
//!
//! | module | contents |
//! | --- | --- |
//! | `phone` | the type `dnc_phone`, functions on one number, sets of numbers as values |
//! | `audit` | the triggers that write the log, signed checkpoints, proofs, verification |
//! | `entry` | lookup keys, requests, and the lookup in the index of entries |
//! | `list` | loading external lists, their blocks, overlap of lists |
//! | `rule` | evaluation of rules for a number and a time |
//! | `check` | checks: lookups, in-memory sets of queries, external lists and prefixes, the planner |
//! | `decide` | decisions about one number and about all numbers that a query returns |
//! | `crm` | guards of a CRM's own tables |
//! | `admin` | the installation as a whole |
//! | `privacy` | pseudonyms of erased numbers, and erasure |
//! | `reply` | the meaning of replies, and opt-out tokens |
//! | `keys` | the key file |
//! | `settings`, `error` | the settings and every error, with its SQLSTATE |
//! | `sys` | PostgreSQL's own interface, wrapped; no domain code |

mod admin;
mod audit;
mod check;
mod crm;
mod decide;
mod entry;
mod error;
mod keys;
mod list;
mod phone;
mod privacy;
mod reply;
mod rule;
mod settings;
mod sys;

pgrx::pg_module_magic!(name, version);

/// Runs when the library is loaded: by the server at start if it is preloaded, otherwise at the first use in a session.
#[pgrx::pg_guard]
pub extern "C-unwind" fn _PG_init() {
    // Before anything can fail.
    sys::without_backtraces();
    settings::define();
    sys::xact::init();
    sys::executor::init();
    entry::import::open::init();
    entry::lookup_key::init();
    list::load::chunk::init();
    sys::statistics::init(check::planning::distinct);
    sys::invalidation::init();
    audit::trigger::init();
    crm::guard::init();
    if sys::is_preloading() {
        sys::shared::init();
        dnc_core::phone::preload();
        dnc_core::reply::preload();
    }
}
