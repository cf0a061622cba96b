//! Erasure, and what is kept of an erased number.

mod erase;
pub mod pseudonym;
