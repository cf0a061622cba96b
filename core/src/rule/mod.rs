//! What a refusal covers and what ends it; what the law says and when. Pure: nothing here knows PostgreSQL.
//!
//! Rules themselves are rows (`sql/rules/`), not code.

pub mod calendar;
pub mod clock;
pub mod deadline;
pub mod decide;
pub mod hours;
pub mod keyword;
pub mod rule;
pub mod scope;
pub mod shape;
pub mod windows;
