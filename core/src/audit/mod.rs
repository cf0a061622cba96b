//! What the audit log says of a row, what it commits to, and how the log is sealed.
//!
//! | file | what |
//! | --- | --- |
//! | `canonical` | the canonical bytes of a row, independent of every setting |
//! | `commitment` | the salted commitment to a row's data, and the hash of a log row |
//! | `merkle_tree` | the Merkle tree over the log, RFC 6962: roots, inclusion and consistency proofs |
//! | `sparse_map` | the verifiable map that tells where in the log a number is spoken of, and that it is not |
//! | `subject` | whom a log row speaks of |
//! | `checkpoint` | the signed text that says how long the log was and what its root was |

pub mod canonical;
pub mod checkpoint;
pub mod commitment;
pub mod merkle_tree;
pub mod sparse_map;
pub mod subject;
