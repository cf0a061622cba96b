//! Sets of numbers.

mod memory;
pub mod numbers;
