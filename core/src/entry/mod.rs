//! The scope of an entry.
//!
//! | file | contents |
//! | --- | --- |
//! | `scope` | channels and purposes, and how they overlap |
//! | `class` | the shape of an entry in one byte |

pub mod class;
pub mod scope;
