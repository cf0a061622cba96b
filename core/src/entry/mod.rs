//! What an entry covers.
//!
//! | file | what |
//! | --- | --- |
//! | `scope` | channels and purposes, and which of them meet |
//! | `class` | what an entry says by itself, in one byte |

pub mod class;
pub mod scope;
