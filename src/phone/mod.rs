//! Phone numbers in SQL.
//!
//! | file | contents |
//! | --- | --- |
//! | `datum` | `dnc_phone` as an argument and as a result |
//! | `doubt` | numbers and fields that are probably no person's number |
//! | `functions` | the type's input and output, and the functions on one number |
//! | `set` | sets of numbers as values, and the aggregate that makes them |

mod datum;
mod doubt;
mod functions;
pub mod set;

pub use datum::DncPhone;
pub use functions::{
    default_region, default_region_if_known, is_phone, line_type_name, read, read_all, read_or_raise, region_in_place,
    region_of,
};
