//! Phone numbers: storage, parsing and formatting.
//!
//! | file | contents |
//! | --- | --- |
//! | `layout` | [`Phone`], the 8 bytes, their order and the bounds of a prefix |
//! | `frozen` | which numbers can be stored: a table that only ever grows |
//! | `plan` | numbering plans for the fast path (`plan_table` is generated) |
//! | `region_name` | regions as people name them |
//! | `field` | the numbers in a text as people write them |
//! | `doubt` | numbers that are probably no person's |
//! | `parse` | spellings to numbers: the fast path, the library, and the guards around it |
//! | `library` | libphonenumber: validity, region, formats |
//! | `line` | numbers that are one line: renumberings, two forms of one number |
//! | `zones` | time zones by prefix |

pub mod area;
pub mod doubt;
pub mod field;
pub mod frozen;
pub mod layout;
pub mod library;
pub mod line;
pub mod parse;
pub mod plan;
mod plan_table;
pub mod region_name;
pub mod zones;

pub use layout::{MAX_DIGITS, Phone};
pub use parse::{PhoneError, parse};
pub use plan::RegionPlan;
pub use plan_table::METADATA_VERSION;

/// Loads all metadata and tables that are otherwise loaded at first use, so that child processes share them: the
/// library's metadata, area codes, zones, renumberings, names of regions, and the patterns of North America, whose regions share a code.
pub fn preload() {
    library::load();
    line::load();
    region_name::load();
    if let Ok(phone) = parse("+12015550123", None) {
        library::region(phone);
        library::line_type(phone);
        area::subdivisions(phone);
        area::is_begun(phone);
        zones::zones(phone);
    }
}
