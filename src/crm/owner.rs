//! `sql/install/crm/recheck.sql`: statements that run as the owner of a table of the CRM.

use crate::sys::spi::{self, with_connection};
use crate::{error, raw_function, sys};
use pgrx::IntoDatum;

raw_function!(dnc_as_table_owner, pg_finfo_dnc_as_table_owner, |args| {
    let (relation, statement) = (args.oid(0), args.text(1).map(|text| text.bytes().to_vec()));
    let owner = relation.and_then(sys::owner_of).unwrap_or_else(|| error::missing_relation("a guarded table"));
    let statement = statement.unwrap_or_default();
    let value = sys::as_table_owner(owner, || with_connection(|| spi::value(&statement)));
    args.give(value.and_then(IntoDatum::into_datum))
});
