//! `sql/install/16-phone-set.sql`: sets of numbers as values, and the aggregate that makes them.

use crate::phone::DncPhone;
use crate::sys::{aggregate, memory};
use crate::{error, raw_function};
use dnc_core::list::phone_set::{self, Operation, PhoneSet, Unbuilt};
use dnc_core::list::sort::{Run, Sorter, Store};
use dnc_core::phone::{Phone, parse};
use pgrx::pg_sys::{self, Datum, FunctionCallInfo};
use pgrx::prelude::*;
use pgrx::{FromDatum, Internal, IntoDatum, StringInfo};
use std::ffi::CStr;

/// Bytes of numbers that the aggregate sorts at once; what it has sorted takes about two bytes a number.
const SORTED: usize = 8 << 20;

/// The set that these bytes are; an error if they are none.
fn set(bytes: &[u8]) -> PhoneSet<'_> {
    PhoneSet::of(bytes).unwrap_or_else(|| error::bad_set())
}

/// The set that was built; an error if there is none.
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
    numbers.extend(inner.split(',').take(given).map(|one| match parse(one.trim(), None) {
        Ok(phone) => phone.e164_number() as u64,
        Err(why) => error::not_a_phone(one.trim(), why, None),
    }));
    numbers.sort_unstable();
    build(numbers)
}

#[pg_extern(sql = false)]
fn dnc_phone_set_out(numbers: &[u8]) -> &'static CStr {
    let mut out = StringInfo::new();
    out.push('{');
    for (n, number) in set(numbers).iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        out.push_str(&format!("+{number}"));
    }
    out.push('}');
    // SAFETY: the buffer is in the memory context of the call, which outlives the result, and ends with a zero byte.
    unsafe { CStr::from_ptr(out.into_char_ptr()) }
}

#[pg_extern(sql = false)]
fn dnc_phone_set_recv(mut message: Internal) -> Vec<u8> {
    // SAFETY: the receive protocol hands over a StringInfo; the rest of it is the value.
    let bytes = unsafe {
        let Some(message) = message.get_mut::<pg_sys::StringInfoData>() else { error::bad_set() };
        let len = message.len - message.cursor;
        let start = pg_sys::pq_getmsgbytes(message, len);
        std::slice::from_raw_parts(start.cast::<u8>(), len as usize)
    };
    let received = PhoneSet::of(bytes).filter(PhoneSet::is_valid).unwrap_or_else(|| error::bad_set());
    if !received.iter().all(|number| phone(number).is_some()) {
        error::bad_set();
    }
    memory::copied(bytes)
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

/// Runs stay in memory, where they take about two bytes a number.
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

impl Run for Bytes {
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

/// What the aggregate has gathered; taken out when it is finished.
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

/// # Safety
/// Called by the function manager, as the SQL declares; so are those below.
unsafe fn set_add(fcinfo: FunctionCallInfo) -> Datum {
    // SAFETY: see above.
    unsafe {
        let state = aggregate::state(fcinfo, 0, new_state);
        let number = aggregate::argument(fcinfo, 1);
        if let (Some(number), Some(sorter)) = (number, &mut *state) {
            sorter.push(Phone::from_stored(number.value() as i64).e164_number() as u64);
        }
        Datum::from(state)
    }
}

unsafe fn set_combine(fcinfo: FunctionCallInfo) -> Datum {
    // SAFETY: see above; the second state is another worker's, and read once.
    unsafe {
        let state = aggregate::state(fcinfo, 0, new_state);
        if let (Some(other), Some(sorter)) = (aggregate::argument(fcinfo, 1), &mut *state)
            && let Some(other) = (*other.cast_mut_ptr::<State>()).take()
        {
            other.merge().for_each(|number| sorter.push(number));
        }
        Datum::from(state)
    }
}

unsafe fn set_deserialize(fcinfo: FunctionCallInfo) -> Datum {
    // SAFETY: see above; the bytes are those that a worker sent.
    unsafe {
        let bytes = aggregate::argument(fcinfo, 0).and_then(|bytes| <&[u8]>::from_datum(bytes, false));
        let state = aggregate::new(fcinfo, new_state);
        if let (Some(bytes), Some(sorter)) = (bytes, &mut *state) {
            set(bytes).iter().for_each(|number| sorter.push(number));
        }
        Datum::from(state)
    }
}

/// The set, for the last step and for the worker that sends it.
unsafe fn set_finish(fcinfo: FunctionCallInfo) -> Datum {
    // SAFETY: see above.
    unsafe {
        let bytes = match aggregate::argument(fcinfo, 0) {
            Some(state) => gathered(&mut *state.cast_mut_ptr::<State>()),
            None => build([]),
        };
        bytes.into_datum().unwrap_or(Datum::from(0usize))
    }
}
