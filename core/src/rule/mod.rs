//! Legal rules and their evaluation. Rules themselves are rows (`sql/rules/`), not code.
//!
//! | file | contents |
//! | --- | --- |
//! | `rule` | rules, and which of them apply in a case |
//! | `calendar` | holidays |
//! | `clock` | local times and the instants they stand for |
//! | `deadline` | spans of time from an event on |
//! | `hours` | calling hours |
//! | `windows` | times of a day and of a week |

pub mod calendar;
pub mod clock;
pub mod deadline;
pub mod hours;
#[allow(clippy::module_inception)]
pub mod rule;
pub mod windows;
