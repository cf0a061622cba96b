//! `dnc`: a Do-Not-Call list that the database enforces itself.
//!
//! What users see is in `sql/install/`, in the order of `sql/order.txt`. Here are the bodies of its functions, in folders of the same
//! names. All code here may know PostgreSQL; code that must not is the crate `dnc-core` (`core/`).
//!
//! | module | what |
//! | --- | --- |
//! | `phone` | the type `dnc_phone`, functions on one number, sets of numbers as values |
//! | `audit` | the triggers that write the log, sealing, proofs, verification |
//! | `entry` | lookup keys, requests, and the lookup in the index of entries |
//! | `list` | loading external lists, their blocks, what lists have in common |
//! | `rule` | what rules say of a number and a time |
//! | `check` | checks: lookups, sets that queries make, external lists and prefixes, the planner |
//! | `decide` | decisions: facts of numbers, of one number and of all that a query gives |
//! | `crm` | guards of a CRM's own tables |
//! | `privacy` | pseudonyms of erased numbers, and erasure |
//! | `reply` | what replies mean, and opt-out tokens |
//! | `keys` | the file of keys |
//! | `settings`, `error` | the settings and every error, with its SQLSTATE |
//! | `sys` | PostgreSQL's own interface, wrapped; no domain code |

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

/// Runs when the library is loaded: by the server at start if it is preloaded, else by the first use in a session.
#[pgrx::pg_guard]
pub extern "C-unwind" fn _PG_init() {
    // Before anything can fail.
    sys::without_backtraces();
    settings::define();
    sys::xact::init();
    sys::executor::init();
    entry::lookup_key::init();
    list::load::chunk::init();
    sys::statistics::init(check::planning::distinct);
    sys::invalidation::init();
    audit::trigger::init();
    crm::guard::init();
    if sys::is_preloading() {
        sys::shared::init();
        dnc_core::phone::preload();
    }
}
