//! The meaning of a reply.
//!
//! | file | contents |
//! | --- | --- |
//! | `meaning` | a keyword, a likely refusal, or nothing |
//! | `fold` | normalises texts for the comparison of words |
//! | `words` | the words of each language |

mod fold;
mod meaning;
mod words;

pub use meaning::{HEAD, Meaning, meaning};
pub use words::{LANGUAGES, Language, Rows, TRADITIONAL};
