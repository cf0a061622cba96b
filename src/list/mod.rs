//! External lists: how they are loaded and kept.
//!
//! | file | what |
//! | --- | --- |
//! | `load` | from a file, a query or copied lines to the blocks of a version |
//! | `block_directory` | the blocks of one set, found without its index |
//! | `cross` | what lists have in common, and the hash of a scrub's result |
//! | `share` | hashes of numbers for others |

pub mod block_directory;
mod cross;
pub mod load;
mod share;
