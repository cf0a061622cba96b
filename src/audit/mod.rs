//! What the audit log says of a row, and what it commits to. Pure: nothing here knows PostgreSQL.
//!
//! | file | what |
//! | --- | --- |
//! | `canonical` | the canonical bytes of a row, independent of every setting |
//! | `commit` | the salted commitment to a row's data, and the hash of a log row |

pub mod canonical;
pub mod commit;
