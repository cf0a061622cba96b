//! The CRM's own tables.
//!
//! | file | contents |
//! | --- | --- |
//! | `guard` | the triggers that enforce the list there |
//! | `owner` | statements that run as the owner of one of those tables |
//! | `scrub` | the results of a scrub, written and hashed in one pass |
//! | `installation` | whether guards and views were made for the list that is in this database |

pub mod guard;
pub mod installation;
mod owner;
mod scrub;
