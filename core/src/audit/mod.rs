//! What the audit log says of a row, what it commits to, and how the log is sealed. Pure: nothing here knows PostgreSQL.
//!
//! | file | what |
//! | --- | --- |
//! | `canonical` | the canonical bytes of a row, independent of every setting |
//! | `commit` | the salted commitment to a row's data, and the hash of a log row |
//! | `tree` | the Merkle tree over the log, RFC 6962: roots, inclusion and consistency proofs |
//! | `state` | the Merkle map that tells where in the log a number is spoken of, and that it is not |
//! | `subject` | whom a log row speaks of |
//! | `checkpoint` | the signed text that says how long the log was and what its root was |

pub mod canonical;
pub mod checkpoint;
pub mod commit;
pub mod state;
pub mod subject;
pub mod tree;
