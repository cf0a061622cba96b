//! What the audit log says of a row, and what it commits to. Pure: nothing here knows PostgreSQL.
