//! `sql/install/phone/set.sql`: sets of numbers as values, and the aggregate that makes them.

use crate::phone::DncPhone;
use crate::sys::args::Args;
use crate::sys::{self, Spelling, Text, memory};
use crate::{error, raw_function};
use dnc_core::list::phone_set::{self, Operation, PhoneSet, Unbuilt};
use dnc_core::list::sort::{SortedRun, Sorter, Store};
use dnc_core::phone::{Phone, RegionPlan, field, parse};
use pgrx::pg_sys::Datum;
use pgrx::prelude::*;
use pgrx::{Internal, IntoDatum};
use std::ffi::CStr;

/// Bytes of numbers that the aggregate sorts at once; once sorted, a number takes about two bytes.
const SORTED: usize = 8 << 20;

/// The set in these bytes; raises an error if they are not one.
fn set(bytes: &[u8]) -> PhoneSet<'_> {
    PhoneSet::of(bytes).unwrap_or_else(|| error::bad_set())
}

/// The built set; raises an error if building failed.
pub fn built(set: Result<Vec<u8>, Unbuilt>) -> Vec<u8> {
    set.unwrap_or_else(|why| match why {
        Unbuilt::TooLarge => error::set_too_large(),
        Unbuilt::NoMemory(bytes) => error::no_memory(bytes),
    })
}

fn build(numbers: impl IntoIterator<Item = u64>) -> Vec<u8> {
    built(phone_set::build(numbers))
}

#[pg_extern(sql = false)]
fn dnc_phone_set_in(input: &CStr) -> Vec<u8> {
    let text = crate::sys::to_utf8(input.to_bytes());
    let Some(inner) = text.trim().strip_prefix('{').and_then(|text| text.strip_suffix('}')) else {
        error::not_a_set(&text)
    };
    let given = if inner.trim().is_empty() { 0 } else { inner.bytes().filter(|byte| *byte == b',').count() + 1 };
    let mut numbers: Vec<u64> = Vec::new();
    memory::grow(&mut numbers, given);
    numbers.extend(inner.split(',').take(given).map(|one| match field::one(one.trim(), None) {
        Ok(phone) => phone.e164_number() as u64,
        Err(why) => error::not_a_phone(one.trim(), why, None),
    }));
    numbers.sort_unstable();
    build(numbers)
}

/// The numbers that a text may mean, as a set.
fn readings(text: Text, region: Option<&RegionPlan>) -> Option<Vec<u8>> {
    let phones = super::functions::readings(text, region)?;
    let mut numbers: Vec<u64> = phones.iter().map(|phone| phone.e164_number() as u64).collect();
    numbers.sort_unstable();
    Some(build(numbers))
}

#[pg_extern(sql = false)]
fn dnc_readings(text: Option<Spelling>, region: Option<Spelling>) -> Option<Vec<u8>> {
    readings(text?.0, super::functions::region_of(region.map(|Spelling(region)| region)))
}

#[pg_extern(sql = false)]
fn dnc_readings_default(text: Spelling) -> Option<Vec<u8>> {
    readings(text.0, super::default_region())
}

/// The numbers of a set.
pub fn phones(numbers: &[u8]) -> impl Iterator<Item = Phone> + '_ {
    set(numbers).iter().map(|number| phone(number).unwrap_or_else(|| error::bad_set()))
}

#[pg_extern(sql = false)]
fn dnc_phone_set_out(numbers: &[u8]) -> &'static CStr {
    let mut out = String::from("{");
    for (n, number) in set(numbers).iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        out.push_str(&format!("+{number}"));
    }
    out.push('}');
    sys::c_string(&out)
}

#[pg_extern(sql = false)]
fn dnc_phone_set_recv(message: Internal) -> Vec<u8> {
    let bytes = sys::rest_of_message(message).unwrap_or_else(|| error::bad_set());
    let received = PhoneSet::of(&bytes).filter(PhoneSet::is_valid).unwrap_or_else(|| error::bad_set());
    if !received.iter().all(|number| phone(number).is_some()) {
        error::bad_set();
    }
    bytes
}

/// The number with these E.164 digits.
fn phone(number: u64) -> Option<Phone> {
    parse::of_integer(number as i64)
}

#[pg_extern(sql = false)]
fn dnc_set_count(numbers: &[u8]) -> i64 {
    set(numbers).count() as i64
}

#[pg_extern(sql = false)]
fn dnc_set_has(numbers: &[u8], phone: DncPhone) -> bool {
    set(numbers).contains(phone.e164_number() as u64).unwrap_or_else(|| error::bad_set())
}

#[pg_extern(sql = false)]
fn dnc_set_phones(numbers: &[u8]) -> SetOfIterator<'static, DncPhone> {
    let set = set(numbers);
    let mut numbers: Vec<u64> = Vec::new();
    for number in set.iter() {
        memory::grow(&mut numbers, 1);
        numbers.push(number);
    }
    SetOfIterator::new(numbers.into_iter().filter_map(phone).map(DncPhone))
}

fn together(a: &[u8], b: &[u8], operation: Operation) -> Vec<u8> {
    build(phone_set::merged(set(a).iter(), set(b).iter(), operation))
}

#[pg_extern(sql = false)]
fn dnc_set_union(a: &[u8], b: &[u8]) -> Vec<u8> {
    together(a, b, Operation::Union)
}

#[pg_extern(sql = false)]
fn dnc_set_intersect(a: &[u8], b: &[u8]) -> Vec<u8> {
    together(a, b, Operation::Intersection)
}

#[pg_extern(sql = false)]
fn dnc_set_minus(a: &[u8], b: &[u8]) -> Vec<u8> {
    together(a, b, Operation::Difference)
}

#[pg_extern(sql = false)]
fn dnc_set_common(a: &[u8], b: &[u8]) -> i64 {
    phone_set::common(set(a).iter(), set(b).iter()) as i64
}

/// Sorted runs stay in memory, at about two bytes a number.
struct Memory;

#[derive(Default)]
struct Bytes {
    bytes: Vec<u8>,
    at: usize,
}

impl Store for Memory {
    type Run = Bytes;

    fn create(&mut self) -> Bytes {
        Bytes::default()
    }

    fn pause(&mut self) {
        pgrx::check_for_interrupts!();
    }

    fn lost(&self) -> ! {
        error::lost_in_sorting()
    }
}

impl SortedRun for Bytes {
    fn write(&mut self, bytes: &[u8]) {
        memory::grow(&mut self.bytes, bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    fn rewind(&mut self) {
        self.at = 0;
    }

    fn read(&mut self, bytes: &mut [u8]) -> usize {
        let rest = &self.bytes[self.at..];
        let len = rest.len().min(bytes.len());
        bytes[..len].copy_from_slice(&rest[..len]);
        self.at += len;
        len
    }

    fn close(self) {}
}

/// State of the aggregate; taken out when it is finished.
type State = Option<Sorter<Memory>>;

fn new_state() -> State {
    Some(Sorter::new(Memory, SORTED))
}

fn gathered(state: &mut State) -> Vec<u8> {
    state.take().map_or_else(|| build([]), |sorter| build(sorter.merge()))
}

raw_function!(dnc_set_add_wrapper, pg_finfo_dnc_set_add_wrapper, set_add);
raw_function!(dnc_set_combine_wrapper, pg_finfo_dnc_set_combine_wrapper, set_combine);
raw_function!(dnc_set_serialize_wrapper, pg_finfo_dnc_set_serialize_wrapper, set_finish);
raw_function!(dnc_set_deserialize_wrapper, pg_finfo_dnc_set_deserialize_wrapper, set_deserialize);
raw_function!(dnc_set_finish_wrapper, pg_finfo_dnc_set_finish_wrapper, set_finish);

fn set_add(args: Args) -> Datum {
    args.with_state(0, new_state, |state| {
        if let (Some(number), Some(sorter)) = (args.int(1), state) {
            sorter.push(Phone::from_stored(number).e164_number() as u64);
        }
    })
}

fn set_combine(args: Args) -> Datum {
    // The second state is another worker's, and read once.
    let other = args.state(1, |other: &mut State| other.take()).flatten();
    args.with_state(0, new_state, |state| {
        if let (Some(other), Some(sorter)) = (other, state) {
            other.merge().for_each(|number| sorter.push(number));
        }
    })
}

fn set_deserialize(args: Args) -> Datum {
    args.with_new_state(new_state, |state| {
        if let (Some(bytes), Some(sorter)) = (args.bytes(0), state) {
            set(bytes).iter().for_each(|number| sorter.push(number));
        }
    })
}

/// The set, for the final function and for the worker that sends it.
fn set_finish(args: Args) -> Datum {
    let bytes = args.state(0, gathered).unwrap_or_else(|| build([]));
    args.give(bytes.into_datum())
}
