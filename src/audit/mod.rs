//! The audit log.
//!
//! | file | contents |
//! | --- | --- |
//! | `trigger` | the triggers that write the log |
//! | `row` | a table's row as canonical bytes |
//! | `log_row` | writes rows of the log |
//! | `restored` | rows inserted with their log sequence number |
//! | `seal` | appends log rows to the Merkle tree under a new signed checkpoint |
//! | `proof` | the stored Merkle tree and verifiable map, and proofs from them |
//! | `verify` | whether the log matches its signed checkpoints |

pub mod log_row;
mod proof;
mod restored;
mod row;
mod seal;
pub mod trigger;
mod verify;
