//! May this number be contacted now, why not, and when next?
//!
//! A company's own suppressions come first; then whether a consent, a relationship or absence from a register allows
//! the contact at all; then attempts, pauses, and the hours of the law and of the person's preference. Missing
//! information counts against the contact. All grounds are returned, in this order, and the first decides.
//!
//! | file | contents |
//! | --- | --- |
//! | `facts` | recorded facts of a number |
//! | `ground` | the grounds against a contact |
//! | `decide` | the rules of a situation, and the decision from them and the facts |

mod decide;
mod facts;
mod ground;

pub use decide::{Decision, Frame, Situation};
pub use facts::{Consent, Facts, Preference, Register, RegisterKind, Said};
pub use ground::Ground;
