//! What a reply means.
//!
//! | file | what |
//! | --- | --- |
//! | `meaning` | a keyword, a likely refusal, or nothing |
//! | `fold` | texts in the form in which words are compared |
//! | `words` | the words of each language |

mod fold;
mod meaning;
mod words;

pub use meaning::{HEAD, Meaning, meaning};
pub use words::{LANGUAGES, Language, Rows, TRADITIONAL};
