//! Sets of numbers: in memory during a query, in blocks, sorted, and as list files.
//!
//! | file | contents |
//! | --- | --- |
//! | `file_format` | list files, read record by record |
//! | `block` | numbers packed in blocks (Elias-Fano) |
//! | `number_set` | an immutable set in memory, built once by a query |
//! | `phone_set` | a set as one value |
//! | `sort` | sorting in bounded memory |
//! | `unordered` | a hash over texts in any order |
//! | `pseudonym` | keyed hashes of erased numbers, and a filter of them |
//! | `memory` | memory on huge pages, and fallible allocation |

pub mod block;
pub mod file_format;
pub mod memory;
pub mod number_set;
pub mod phone_set;
pub mod pseudonym;
pub mod sort;
pub mod unordered;
