//! The number: how it is stored, read and written. Pure: nothing here knows PostgreSQL.
//!
//! | file | what |
//! | --- | --- |
//! | `layout` | [`Phone`], the 8 bytes, their order and the bounds of a prefix |
//! | `frozen` | which numbers can be stored: a table that only ever grows |
//! | `plan` | what the fast path knows of each region (`plan_table` is generated) |
//! | `parse` | spellings to numbers: the fast path, the library, and the guards around it |
//! | `library` | libphonenumber: validity, region, formats |
//! | `zones` | time zones by prefix |

pub mod area;
pub mod frozen;
pub mod layout;
pub mod library;
pub mod parse;
pub mod plan;
mod plan_table;
pub mod zones;

pub use layout::Phone;
pub use parse::{PhoneError, parse};
pub use plan::RegionPlan;
pub use plan_table::METADATA_VERSION;
