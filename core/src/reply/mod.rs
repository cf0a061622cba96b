//! The meaning of a reply.
//!
//! | file | contents |
//! | --- | --- |
//! | `meaning` | a keyword, a likely refusal, or nothing |
//! | `choice` | what it chooses between all and nothing: a pause, channels, hours, fewer messages |
//! | `own` | takes out what a text repeats: reactions and quotations |
//! | `spared` | takes out requests for more messages |
//! | `fold` | normalises texts for the comparison of words |
//! | `words` | the words of each language |

mod choice;
mod fold;
mod meaning;
mod own;
mod spared;
mod words;

pub use choice::{Channel, Choice, Period, Unit, choices, is_perhaps, preload, reading};
pub use meaning::{HEAD, Meaning, meaning};
pub use words::{LANGUAGES, Language, Rows, TRADITIONAL};
