//! External lists, suppressed prefixes and pseudonyms of erased numbers in checks.
//!
//! The lists, the current version of each, the suppressed prefixes and the registered keys are read once a session and
//! again when the number in `dnc.list_epoch` changes, as the active snapshot sees it: a check sees either the old state
//! or the new one. A lookup then reads one block a set. The definition is the SQL function `dnc.list_refuses`; this is
//! a faster equivalent, and falls back on it.
//!
//! | file | contents |
//! | --- | --- |
//! | `config` | lists, prefixes and keys |
//! | `binding` | which of them are in a query's scope, and what they report of a number |
//! | `set` | the sets of a list, read by their index or by a block directory |
//! | `strict` | when absence from a list is inconclusive |
//! | `prefix` | suppressed prefixes |
//! | `registers` | what lists report to a decision |

mod binding;
mod config;
mod prefix;
mod registers;
mod set;
mod strict;

use crate::entry::index_lookup;
use crate::error;
use crate::sys::spi::{Statement, connected};
use crate::sys::{self};
use dnc_core::entry::scope::QueryScope;
use dnc_core::phone::Phone;
use pgrx::pg_sys::{self};

pub use binding::{Binding, binding};
pub use config::{absence, pseudonyms};
pub use registers::{Registers, registers};

thread_local! {
    static REFUSES: Statement = const {
        Statement::new(
            c"SELECT dnc.list_refuses($1, $2, $3, $4)",
            &[pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TIMESTAMPTZOID],
        )
    };
}

/// Whether an opt-out of a prefix or of an erased number is effective, or an external list contains the number; `None`:
/// not known.
pub fn suppresses(phone: Phone, query: &QueryScope, at: Option<i64>, asked: &Binding) -> Option<bool> {
    let mut known = true;
    match asked.own_suppresses(phone, at) {
        Some(true) => return Some(true),
        Some(false) => {}
        None => known = false,
    }
    for list in &asked.lists {
        if let Some(sets) = &list.sets {
            match sets.has(phone.e164_number() as u64) {
                Some(true) => return Some(true),
                Some(false) => {}
                // The index is unusable.
                None => return by_sql(phone, query, at).filter(|suppressed| known || *suppressed),
            }
        }
        known &= list.strict.as_ref().is_none_or(|strict| !strict.doubts(phone));
    }
    known.then_some(false)
}

/// Names of the lists that contain a number, the internal one for a suppressed prefix; `None`: not known.
pub fn names(phone: Phone, asked: &Binding, suppressed: bool) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let own = if suppressed { Some(true) } else { asked.own_suppresses(phone, None) };
    if own == Some(true) {
        names.push("internal".to_owned());
    }
    let mut known = own.is_some();
    for list in &asked.lists {
        match list.sets.as_ref().map(|sets| sets.has(phone.e164_number() as u64)) {
            Some(Some(true)) => names.push(list.name.to_string()),
            Some(Some(false)) | None => known &= list.strict.as_ref().is_none_or(|strict| !strict.doubts(phone)),
            Some(None) => known = false,
        }
    }
    (known || !names.is_empty()).then_some(names)
}

fn by_sql(phone: Phone, query: &QueryScope, at: Option<i64>) -> Option<bool> {
    let arguments = index_lookup::arguments(Some(phone), query, at);
    connected(sys::owner(), || {
        let row = REFUSES.with(|s| s.run(&arguments, true)).unwrap_or_else(|| error::missing_relation("list"));
        row[0].map(|d| d.value() != 0)
    })
}
