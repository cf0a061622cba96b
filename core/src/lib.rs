//! The parts of dnc that do not depend on PostgreSQL. Nothing here can use pgrx, so plain `cargo test -p dnc-core`
//! tests all of it.
//!
//! | module | contents |
//! | --- | --- |
//! | [`phone`] | the number: storage, parsing, numbering plans, time zones |
//! | [`entry`] | scopes and classes of entries |
//! | [`list`] | sets of numbers: in memory, in blocks, sorted, and as list files |
//! | [`rule`] | legal rules: conditions, calendars, hours, deadlines |
//! | [`decision`] | may a number be contacted now, why not, and when next |
//! | [`reply`] | the meaning of a reply |
//! | [`audit`] | the canonical bytes of a row, and the hashes and proofs of the log |
//! | [`limits`] | maximum size of one argument |

pub mod audit;
pub mod decision;
pub mod entry;
pub mod limits;
pub mod list;
pub mod phone;
pub mod reply;
pub mod rule;
