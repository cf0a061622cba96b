//! Maximum sizes of one argument, in bytes. A larger argument raises an error (54000) before any of it is copied;
//! within the limits, memory that grows with the argument is allocated fallibly (53200), see [`crate::list::memory`].
//!
//! Spellings of numbers have no limit here: one that is too long is not a number.

/// A text: a name, a reply, a checkpoint, hours.
pub const TEXT: usize = 1 << 20;
/// A query, or the log's description of a row.
pub const LONG: usize = 16 << 20;
/// All values of one row of a table covered by the audit log.
pub const ROW: usize = 16 << 20;
