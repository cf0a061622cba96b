//! What dnc knows without PostgreSQL. Nothing here can use pgrx, so plain `cargo test -p dnc-core` tests all of it.
//!
//! | module | what |
//! | --- | --- |
//! | [`phone`] | the number: storage, parsing, numbering plans, time zones |
//! | [`entry`] | what an entry covers: scopes and classes |
//! | [`list`] | sets of numbers: in memory, in blocks, sorted, and as the files they come in |
//! | [`rule`] | what the law says and when: rules, calendars, hours, deadlines |
//! | [`decision`] | may a number be contacted now, why not, and when next |
//! | [`reply`] | what a reply means |
//! | [`audit`] | the canonical bytes of a row, and what the log commits to |
//! | [`limits`] | the most that a caller may pass in one argument |

pub mod audit;
pub mod decision;
pub mod entry;
pub mod limits;
pub mod list;
pub mod phone;
pub mod reply;
pub mod rule;
