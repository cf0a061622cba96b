//! The audit log.
//!
//! | file | what |
//! | --- | --- |
//! | `trigger` | the triggers that write the log |
//! | `seal` | sealing, which takes what was written to the log into the tree |
//! | `proof` | the tree and the map as they are stored, and proofs from them |
//! | `verify` | whether the log is what was sealed |

mod proof;
mod seal;
pub mod trigger;
mod verify;
