//! The CRM's own tables.
//!
//! | file | contents |
//! | --- | --- |
//! | `guard` | the triggers that enforce the list there |
//! | `installation` | whether guards and views were made for the list that is in this database |

pub mod guard;
pub mod installation;
