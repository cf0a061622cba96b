//! Erasure, and what stays of an erased number.

mod erase;
pub mod pseudonym;
