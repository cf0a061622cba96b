//! Sets of numbers: in memory while a query runs, in blocks, sorted, and as the files they come in.
//!
//! | file | what |
//! | --- | --- |
//! | `file_format` | files of lists, read record by record |
//! | `block` | numbers packed in blocks (Elias-Fano) |
//! | `number_set` | a set in memory, made once by a query and then only asked |
//! | `phone_set` | a set as one value |
//! | `sort` | sorting in bounded memory |
//! | `pseudonym` | keyed hashes of erased numbers, and a filter of them |
//! | `memory` | memory on huge pages, and requests for memory that can fail |

pub mod block;
pub mod file_format;
pub mod memory;
pub mod number_set;
pub mod phone_set;
pub mod pseudonym;
pub mod sort;
