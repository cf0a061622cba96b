//! What a refusal covers and what ends it. Pure: nothing here knows PostgreSQL.

pub mod scope;
pub mod shape;
