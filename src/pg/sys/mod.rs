//! What PostgreSQL's own interface needs wrapped: the only place with differences between its versions.

pub mod planner;
mod text;

pub use text::{Text, to_utf8};
