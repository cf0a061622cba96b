//! Decisions: may this number be contacted now?
//!
//! | file | what |
//! | --- | --- |
//! | `single` | about one number |
//! | `campaign` | about all numbers that a query gives |
//! | `gather` | what is recorded of numbers |

mod campaign;
mod gather;
mod single;
