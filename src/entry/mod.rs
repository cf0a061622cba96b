//! Entries: what is recorded of numbers.
//!
//! | file | contents |
//! | --- | --- |
//! | `import` | the rows of an import |
//! | `intake` | the numbers of a field that are recorded together |
//! | `lookup_key` | whether a lookup table contains a name |
//! | `load` | many entries at once, without SQL |
//! | `request` | recording an opt-out of one number without SQL |
//! | `index_lookup` | the lookup of a number in the index of entries |

pub mod import;
pub mod index_lookup;
pub mod intake;
pub mod load;
pub mod lookup_key;
pub mod request;
