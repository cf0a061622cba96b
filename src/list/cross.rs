//! `sql/install/71-cross.sql` and `72-scrub.sql`: on which lists a number is, what lists have in common, and the hash of a
//! scrub's result.

use crate::check;
use crate::check::adaptive;
use crate::list::set_reader::Listed;
use crate::phone::DncPhone;
use crate::phone::set::built;
use crate::sys::spi::connected;
use crate::sys::{self, Text, aggregate};
use crate::{raw_function, settings};
use dnc_core::list::phone_set;
use pgrx::pg_sys::{Datum, FunctionCallInfo};
use pgrx::prelude::*;
use pgrx::{FromDatum, IntoDatum};
use sha2::{Digest, Sha256};

#[pg_extern(sql = false)]
fn dnc_lists_of(phone: Option<DncPhone>, channel: Option<Text>, purpose: Option<Text>) -> Option<Vec<String>> {
    let (channel, purpose) = (channel.map(Text::bytes), purpose.map(Text::bytes));
    let set_purpose = if purpose.is_none() { settings::purpose() } else { None };
    let question = check::question(channel, purpose, set_purpose.as_deref());
    adaptive::lists_of(*phone?, &question)
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

/// # Safety
/// Called by the function manager, as the SQL declares; so is the one below.
unsafe fn hash_add(fcinfo: FunctionCallInfo) -> Datum {
    // SAFETY: see above; the second argument is a text.
    unsafe {
        let state = aggregate::state(fcinfo, 0, Sha256::new);
        let text = aggregate::argument(fcinfo, 1).and_then(|value| Text::from_datum(value, false));
        match text {
            None => (*state).update(u64::MAX.to_le_bytes()),
            Some(text) => {
                let text = text.to_utf8();
                (*state).update((text.len() as u64).to_le_bytes());
                (*state).update(text.as_bytes());
            }
        }
        Datum::from(state)
    }
}

unsafe fn hash_finish(fcinfo: FunctionCallInfo) -> Datum {
    // SAFETY: see above.
    unsafe {
        let hash = match aggregate::argument(fcinfo, 0) {
            Some(state) => (*state.cast_mut_ptr::<Sha256>()).clone(),
            None => Sha256::new(),
        };
        hash.finalize().as_slice().into_datum().unwrap_or(Datum::from(0usize))
    }
}
