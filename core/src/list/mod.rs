//! Lists of numbers: in memory while a query runs, packed in blocks, sorted, and as the files they come in.

pub mod fingerprint;
pub mod format;
pub mod memory;
pub mod numbers;
pub mod packed;
pub mod set;
pub mod sorter;
