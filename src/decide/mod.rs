//! Decisions: may this number be contacted now?
//!
//! | file | what |
//! | --- | --- |
//! | `single` | decisions about one number |
//! | `query` | decisions about all numbers that a query gives |
//! | `impact` | what a change of rules means for them |
//! | `run` | what is worked out once for all numbers of a run |
//! | `contact` | the contact that a decision is about |
//! | `place` | where a number may be |
//! | `facts` | recorded facts as decisions take them |
//! | `gather` | what is recorded of numbers |

mod contact;
mod facts;
mod gather;
mod impact;
mod place;
mod query;
mod run;
mod single;
