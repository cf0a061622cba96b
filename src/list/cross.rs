//! `sql/install/list/cross.sql` and `crm/scrub.sql`: the lists that contain a number, the overlap of lists, and the
//! hash of a scrub's result.

use crate::check;
use crate::list::set_reader::Listed;
use crate::phone::DncPhone;
use crate::phone::set::built;
use crate::sys::args::Args;
use crate::sys::spi::connected;
use crate::sys::{self, Text};
use crate::{raw_function, settings};
use dnc_core::list::phone_set;
use pgrx::IntoDatum;
use pgrx::pg_sys::Datum;
use pgrx::prelude::*;
use sha2::{Digest, Sha256};

#[pg_extern(sql = false)]
fn dnc_lists_of(phone: Option<DncPhone>, channel: Option<Text>, purpose: Option<Text>) -> Option<Vec<String>> {
    let (channel, purpose) = (channel.map(Text::bytes), purpose.map(Text::bytes));
    let set_purpose = if purpose.is_none() { settings::purpose() } else { None };
    let query = check::query(channel, purpose, set_purpose.as_deref());
    check::lists_of(*phone?, &query)
}

#[pg_extern(sql = false)]
fn dnc_version_numbers(version: i64) -> Vec<u8> {
    built(connected(sys::owner(), || phone_set::build(Listed::of_version(version))))
}

#[pg_extern(sql = false)]
fn dnc_version_common(a: i64, b: i64) -> i64 {
    connected(sys::owner(), || phone_set::common(Listed::of_version(a), Listed::of_version(b))) as i64
}

raw_function!(dnc_scrub_hash_add_wrapper, pg_finfo_dnc_scrub_hash_add_wrapper, hash_add);
raw_function!(dnc_scrub_hash_finish_wrapper, pg_finfo_dnc_scrub_hash_finish_wrapper, hash_finish);

fn hash_add(args: Args) -> Datum {
    args.with_state(0, Sha256::new, |hash| match args.text(1) {
        None => hash.update(u64::MAX.to_le_bytes()),
        Some(text) => {
            let text = text.to_utf8();
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        }
    })
}

fn hash_finish(args: Args) -> Datum {
    let hash = args.state(0, |hash: &mut Sha256| hash.clone()).unwrap_or_default();
    args.give(hash.finalize().as_slice().into_datum())
}
