//! The audit log.
//!
//! | file | what |
//! | --- | --- |
//! | `trigger` | the triggers that write the log |
//! | `row` | a table's row as canonical bytes |
//! | `log_row` | rows of the log, as they are written |
//! | `restored` | rows that bring their number along |
//! | `seal` | sealing, which takes what was written to the log into the tree |
//! | `proof` | the tree and the map as they are stored, and proofs from them |
//! | `verify` | whether the log is what was sealed |

mod log_row;
mod proof;
mod restored;
mod row;
mod seal;
pub mod trigger;
mod verify;
