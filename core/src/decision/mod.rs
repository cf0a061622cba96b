//! May this number be contacted now, why not, and when next?
//!
//! A company's own refusals come first; then whether a consent, a relationship or the want of an entry in a register allows it
//! at all; then attempts, pauses, and the hours that law and person want. What is not known is a no. All grounds are told, in
//! this order, and the first decides.
//!
//! | file | what |
//! | --- | --- |
//! | `facts` | what is recorded of a number |
//! | `ground` | why not |
//! | `decide` | the rules of a situation, and the decision from them and the facts |

mod decide;
mod facts;
mod ground;

pub use decide::{Decision, Frame, Situation};
pub use facts::{Consent, Facts, Preference, Register, RegisterKind, Said};
pub use ground::Ground;
