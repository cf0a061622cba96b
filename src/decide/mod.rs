//! Decisions: may this number be contacted now?
//!
//! | file | contents |
//! | --- | --- |
//! | `single` | decisions about one number |
//! | `query` | decisions about all numbers that a query returns |
//! | `impact` | effect of a rule change on them |
//! | `run` | state shared by all numbers of a run |
//! | `contact` | the contact to decide on |
//! | `place` | possible locations of a number |
//! | `facts` | recorded facts in the form that decisions take |
//! | `gather` | reads the recorded facts of numbers |

mod contact;
mod facts;
mod gather;
mod impact;
mod place;
mod query;
mod run;
mod single;
