//! The functions that SQL declares, one file a subject, named as in `sql/install/`. Nothing outside this folder calls
//! PostgreSQL, and what is `unsafe` about that is in `sys`.

pub mod audit;
pub mod check;
pub mod guard;
mod phone;
pub mod sys;
