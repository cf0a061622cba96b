//! The audit log's formats and proofs.
//!
//! | file | contents |
//! | --- | --- |
//! | `canonical` | the canonical bytes of a row, independent of every setting |
//! | `commitment` | the salted commitment to a row's data, and the hash of a log row |
//! | `merkle_tree` | the Merkle tree over the log, RFC 6962: roots, inclusion and consistency proofs |
//! | `sparse_map` | the verifiable map from a number to its log indexes, with non-membership proofs |
//! | `subject` | the numbers, lists and rules that a log row concerns |
//! | `checkpoint` | the signed text with the log's size and root |

pub mod canonical;
pub mod checkpoint;
pub mod commitment;
pub mod merkle_tree;
pub mod sparse_map;
pub mod subject;
