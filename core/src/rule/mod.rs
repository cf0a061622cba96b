//! What the law says and when. Rules themselves are rows (`sql/rules/`), not code.
//!
//! | file | what |
//! | --- | --- |
//! | `rule` | rules, and which of them hold in a case |
//! | `calendar` | holidays |
//! | `clock` | local times and the instants they stand for |
//! | `deadline` | spans of time from an event on |
//! | `hours` | when somebody may be called |
//! | `windows` | times of a day and of a week |

pub mod calendar;
pub mod clock;
pub mod deadline;
pub mod hours;
#[allow(clippy::module_inception)]
pub mod rule;
pub mod windows;
