//! Most that a caller may hand over in one argument, in bytes. What is larger is an error (54000) before anything of it is
//! copied; what grows with what is left, asks for memory in a way that can fail (53200), see [`crate::list::memory`].
//!
//! Numbers as they are spelled have no limit here: what is too long is none.

/// A text: a name, a reply, a checkpoint, hours.
pub const TEXT: usize = 1 << 20;
/// A query, or the log's description of a row.
pub const LONG: usize = 16 << 20;
/// All values of a row of a table that the audit log describes.
pub const ROW: usize = 16 << 20;
