//! External lists: loading and storage.
//!
//! | file | contents |
//! | --- | --- |
//! | `version` | versions of lists, and their sets |
//! | `format` | the formats of list files |
//! | `set_reader` | the numbers of stored sets in order |
//! | `sort_files` | sorting in the server's temporary files |
//! | `block` | functions on the blocks of sets |
//! | `block_directory` | the blocks of one set, found without its index |
//! | `load` | from a file, a query or copied lines to the blocks of a version |
//! | `cross` | overlap of lists, and the hash of a scrub's result |
//! | `share` | hashes of numbers for others |

mod block;
pub mod block_directory;
mod cross;
mod format;
pub mod load;
mod set_reader;
mod share;
pub mod sort_files;
mod version;
