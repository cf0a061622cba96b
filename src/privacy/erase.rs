//! `sql/install/privacy/pseudonym.sql` and `privacy/erase.sql`: keys of erasures, and deletion of rows.

use crate::audit::trigger;
use crate::check::lists;
use crate::keys;
use crate::phone::DncPhone;
use crate::sys::{self, Spelling, Text, spi};
use dnc_core::limits;
use dnc_core::list::pseudonym::{Key, Pseudonym};
use pgrx::iter::TableIterator;
use pgrx::prelude::*;

/// `dnc.pseudonyms(phone)`: the number's pseudonym under each available key, newest key first.
#[pg_extern(sql = false)]
fn dnc_pseudonyms(
    phone: DncPhone,
) -> TableIterator<'static, (name!(key_id, String), name!(pseudonym, i64), name!(pseudonym_low, i64))> {
    let pseudonyms: Vec<_> = lists::pseudonyms().map_or_else(Vec::new, |pseudonyms| {
        pseudonyms.pseudonyms(*phone).map(|(id, Pseudonym { high, low })| (id.to_owned(), high, low)).collect()
    });
    TableIterator::new(pseudonyms)
}

/// `dnc.missing_keys()`: registered keys that are not available.
#[pg_extern(sql = false)]
fn dnc_missing_keys() -> Vec<String> {
    lists::pseudonyms().map_or_else(Vec::new, |pseudonyms| pseudonyms.missing().to_vec())
}

/// `dnc.key_check(key_id)`: a value that distinguishes a key of the file from any other.
#[pg_extern(sql = false)]
fn dnc_key_check(key_id: Text) -> Vec<u8> {
    keys::with_key(&key_id.to_utf8(), |key| Key::new(key).check().to_vec())
}

/// `dnc.erase_rows(relation, condition)`: deletes rows of a table of schema dnc, including history, with their data in
/// the log.
#[pg_extern(sql = false)]
fn dnc_erase_rows(relation: Text, condition: Spelling) -> i64 {
    let condition = condition.0.limited("the condition", limits::LONG);
    let quoted = sys::quoted(&relation.to_utf8());
    let delete = format!("DELETE FROM dnc.{quoted} AS r WHERE {}", condition.to_utf8());
    trigger::erasing(|| spi::connected(sys::owner(), || spi::execute(&delete))) as i64
}
