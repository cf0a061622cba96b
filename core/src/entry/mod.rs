//! The scope and evidence of an entry.
//!
//! | file | contents |
//! | --- | --- |
//! | `scope` | channels and purposes, and how they overlap |
//! | `class` | the shape of an entry in one byte |
//! | `evidence` | the evidence of an imported entry |
//! | `iso_time` | times in files that mean the same under every setting |
//! | `repeated` | rows of a file that repeat another one |

pub mod class;
pub mod evidence;
pub mod iso_time;
pub mod repeated;
pub mod scope;
