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
//! | `confirmation` | whether an opt-out may be confirmed |
//! | `decide` | the rules of a situation, and the decision from them and the facts |

mod confirmation;
mod decide;
mod facts;
mod ground;

pub use confirmation::CONFIRMATION;
pub use decide::{Decision, Frame, Situation};
pub use facts::{Consent, Facts, OptOut, Preference, Register, RegisterKind, Said};
pub use ground::Ground;
