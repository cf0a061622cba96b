//! `sql/install/phone/`: the type, its input and output, and the functions on one number.

use super::DncPhone;
use crate::error;
use crate::sys::{self, Spelling, Text};
use crate::{raw_function, settings};
use dnc_core::phone::field::{self, Field, Problem};
use dnc_core::phone::{Phone, PhoneError, RegionPlan, layout, library, line, parse, region_name, zones};
use pgrx::Internal;
use pgrx::pg_sys::{self, Datum};
use pgrx::prelude::*;
use rlibphonenumber::{PhoneNumberFormat, PhoneNumberType};
use std::borrow::Cow;
use std::cell::Cell;
use std::ffi::CStr;

#[pg_extern(sql = false)]
fn dnc_phone_in(input: &CStr, fcinfo: pg_sys::FunctionCallInfo) -> Option<DncPhone> {
    if let Some(phone) = parse::canonical(input.to_bytes()) {
        return Some(DncPhone(phone));
    }
    let (text, read) = match crate::sys::try_utf8(input.to_bytes()) {
        Some(text) => (text.clone(), field::one(&text, None)),
        None => (String::from_utf8_lossy(input.to_bytes()), Err(Problem::Parse(PhoneError::NotANumber))),
    };
    match read {
        Ok(phone) => Some(DncPhone(phone)),
        Err(why) if crate::sys::soft_error::save(fcinfo, || error::phone_report(&text, why, None)) => None,
        Err(why) => error::not_a_phone(&text, why, None),
    }
}

/// Whether this is the extension's type, by its input function. The last answer is cached.
pub fn is_phone(kind: pg_sys::Oid) -> bool {
    thread_local! {
        static KNOWN: Cell<pg_sys::Oid> = const { Cell::new(pg_sys::InvalidOid) };
    }
    if kind == KNOWN.get() {
        return kind != pg_sys::InvalidOid;
    }
    if u32::from(kind) < pg_sys::FirstNormalObjectId {
        return false;
    }
    let phone = sys::has_input(kind, dnc_phone_in_wrapper as *const ());
    if phone {
        KNOWN.set(kind);
    }
    phone
}

#[pg_extern(sql = false)]
fn dnc_phone_out(phone: DncPhone) -> &'static CStr {
    sys::c_string(&phone.to_string())
}

#[pg_extern(sql = false)]
fn dnc_phone_recv(message: Internal) -> DncPhone {
    let bits = sys::int_of_message(message).expect("a message");
    DncPhone(Phone::from_bits(bits).unwrap_or_else(|| error::bad_binary(bits)))
}

/// The region named by a text; `None` for NULL and for an unknown region.
pub fn region_of(region: Option<Text>) -> Option<&'static RegionPlan> {
    region_name::region(&sys::try_utf8(region?.bytes())?)
}

/// The same without server functions, and so without an error: of a text that needs converting, `None`.
pub fn region_in_place(region: Option<Text>) -> Option<&'static RegionPlan> {
    region_name::region(region?.utf8_in_place()?)
}

/// `dnc.default_region`; raises an error if it is not a known region.
pub fn default_region() -> Option<&'static RegionPlan> {
    settings::default_region(|set| {
        let name = sys::try_utf8(set.to_bytes())?;
        region_name::region(&name).or_else(|| error::unknown_region(&name))
    })?
}

/// Parses a number. ASCII text, as nearly always, is read in place.
pub fn read(text: Text, region: Option<&RegionPlan>) -> Result<Phone, Problem> {
    if let Some(phone) = field::fast(text.bytes(), region) {
        return Ok(phone);
    }
    let not_text = Problem::Parse(PhoneError::NotANumber);
    field::one(&readable(text).map_err(Problem::Parse)?.ok_or(not_text)?, region)
}

/// All numbers that a text may mean.
pub fn read_all(text: Text, region: Option<&RegionPlan>) -> Field {
    let failed = |error| Field { problem: Some(Problem::Parse(error)), ..Field::default() };
    match readable(text) {
        Ok(Some(text)) => field::read(&text, region),
        Ok(None) => failed(PhoneError::NotANumber),
        Err(error) => failed(error),
    }
}

/// The text in UTF-8, if it is not too long to be read; `None` inside: it is invalid.
pub(super) fn readable(text: Text<'_>) -> Result<Option<Cow<'_, str>>, PhoneError> {
    let length = text.bytes().len();
    if length > field::MOST_BYTES {
        Err(PhoneError::TextTooLong(length))
    } else {
        Ok(crate::sys::try_utf8(text.bytes()))
    }
}

/// The same without an error: `None` if it is not a known region.
pub fn default_region_if_known() -> Option<Option<&'static RegionPlan>> {
    match settings::default_region(|set| region_name::region(sys::utf8_in_place(set.to_bytes())?)) {
        None => Some(None),
        Some(None) => None,
        Some(region) => Some(region),
    }
}

pub fn read_or_raise(text: Text, region: Option<&RegionPlan>) -> Phone {
    read(text, region).unwrap_or_else(|why| {
        let head = &text.bytes()[..text.bytes().len().min(parse::MAX_TEXT)];
        error::not_a_phone(&String::from_utf8_lossy(head), why, region.map(RegionPlan::as_str))
    })
}

#[pg_extern(sql = false)]
fn dnc_parse(text: Option<Spelling>, region: Option<Text>) -> Option<DncPhone> {
    let Spelling(text) = text?;
    Some(DncPhone(read_or_raise(text, known_region(region))))
}

#[pg_extern(sql = false)]
fn dnc_parse_default(text: Spelling) -> DncPhone {
    DncPhone(read_or_raise(text.0, default_region()))
}

#[pg_extern(sql = false)]
fn dnc_try_parse(text: Option<Spelling>, region: Option<Spelling>) -> Option<DncPhone> {
    let region = region.map(|Spelling(region)| region);
    read(text?.0, region_of(region)).ok().map(DncPhone)
}

#[pg_extern(sql = false)]
fn dnc_try_parse_default(text: Spelling) -> Option<DncPhone> {
    read(text.0, default_region()).ok().map(DncPhone)
}

#[pg_extern(sql = false)]
fn dnc_parse_problem(text: Option<Spelling>, region: Option<Text>) -> Option<String> {
    let Some(Spelling(text)) = text else { return Some("it is NULL".into()) };
    let plan = region_of(region);
    let why = read(text, plan).err()?;
    let unknown = region.filter(|_| plan.is_none() && why == Problem::Parse(PhoneError::NoRegion));
    Some(unknown.and_then(|named| error::region_rule(&named.to_utf8())).unwrap_or_else(|| why.rule()))
}

/// `dnc_numbers`: the numbers in a text, in order.
#[pg_extern(sql = false)]
#[allow(clippy::type_complexity)]
fn dnc_numbers(
    text: Option<Spelling>,
    region: Option<Text>,
) -> TableIterator<
    'static,
    (
        name!(phone, DncPhone),
        name!(extension, Option<String>),
        name!(label, Option<String>),
        name!(place, i32),
        name!(certain, bool),
    ),
> {
    let found = text.map_or_else(Field::default, |Spelling(text)| read_all(text, region_of(region)));
    TableIterator::new(found.numbers.into_iter().map(|number| {
        let place = i32::try_from(number.start).unwrap_or(i32::MAX).saturating_add(1);
        (DncPhone(number.phone), number.extension, number.label, place, number.certain)
    }))
}

/// The region named by a text; raises an error if it is not known.
fn known_region(region: Option<Text>) -> Option<&'static RegionPlan> {
    let plan = region_of(region);
    if let (None, Some(named)) = (plan, region) {
        error::unknown_region(&named.to_utf8());
    }
    plan
}

/// The numbers that a text may mean; `None` if it was not read completely.
pub fn readings(text: Text, region: Option<&RegionPlan>) -> Option<Vec<Phone>> {
    if let Some(phone) = field::fast(text.bytes(), region) {
        return Some(vec![phone]);
    }
    let found = read_all(text, region);
    found.complete.then(|| found.numbers.iter().map(|number| number.phone).collect())
}

raw_function!(dnc_forms_wrapper, pg_finfo_dnc_forms_wrapper, |args| {
    // It is strict.
    let phone = Phone::from_stored(args.int(0).unwrap_or_default());
    let mut forms: Vec<Datum> = line::forms(phone).iter().map(|form| Datum::from(form.bits())).collect();
    args.give_array(&mut forms)
});

#[pg_extern(sql = false)]
fn dnc_format(phone: DncPhone, style: Text) -> String {
    let style = match &style.bytes().to_ascii_lowercase()[..] {
        b"e164" => return phone.to_string(),
        b"international" => PhoneNumberFormat::International,
        b"national" => PhoneNumberFormat::National,
        b"rfc3966" => PhoneNumberFormat::RFC3966,
        _ => error::unknown_style(&style.to_utf8()),
    };
    library::format(*phone, style)
}

#[pg_extern(sql = false)]
fn dnc_region_code(region: Text) -> Option<&'static str> {
    region_of(Some(region)).map(RegionPlan::as_str)
}

#[pg_extern(sql = false)]
fn dnc_region(phone: DncPhone) -> Option<String> {
    library::region(*phone)
}

#[pg_extern(sql = false)]
fn dnc_country_code(phone: DncPhone) -> i32 {
    i32::from(phone.calling_code())
}

#[pg_extern(sql = false)]
fn dnc_national(phone: DncPhone) -> String {
    phone.national()
}

#[pg_extern(sql = false)]
fn dnc_is_valid(phone: DncPhone) -> bool {
    library::is_valid(*phone)
}

#[pg_extern(sql = false)]
fn dnc_line_type(phone: DncPhone) -> &'static str {
    line_type_name(*phone)
}

/// The line type, as rules name it.
pub fn line_type_name(phone: Phone) -> &'static str {
    match library::line_type(phone) {
        PhoneNumberType::FixedLine => "fixed_line",
        PhoneNumberType::Mobile => "mobile",
        PhoneNumberType::FixedLineOrMobile => "fixed_line_or_mobile",
        PhoneNumberType::TollFree => "toll_free",
        PhoneNumberType::PremiumRate => "premium_rate",
        PhoneNumberType::SharedCost => "shared_cost",
        PhoneNumberType::VoIP => "voip",
        PhoneNumberType::PersonalNumber => "personal_number",
        PhoneNumberType::Pager => "pager",
        PhoneNumberType::UAN => "uan",
        PhoneNumberType::VoiceMail => "voicemail",
        PhoneNumberType::Unknown => "unknown",
    }
}

#[pg_extern(sql = false)]
fn dnc_time_zones(phone: DncPhone) -> Option<Vec<&'static str>> {
    let zones = zones::zones(*phone);
    (!zones.is_empty()).then_some(zones)
}

#[pg_extern(sql = false)]
fn dnc_mask(phone: DncPhone) -> String {
    phone.mask()
}

#[pg_extern(sql = false)]
fn dnc_metadata_version() -> &'static str {
    dnc_core::phone::METADATA_VERSION
}

#[pg_extern(sql = false)]
fn dnc_phone_to_bigint(phone: DncPhone) -> i64 {
    phone.e164_number()
}

#[pg_extern(sql = false)]
fn dnc_phone_from_bigint(number: i64) -> DncPhone {
    DncPhone(parse::of_integer(number).unwrap_or_else(|| error::not_a_number_value(number)))
}

/// The range of stored values of numbers with this prefix.
fn prefix_bounds(prefix: Text) -> (i64, i64) {
    layout::written_prefix_bounds(prefix.bytes()).unwrap_or_else(|| error::bad_prefix(&prefix.to_utf8()))
}

#[pg_extern(sql = false)]
fn dnc_has_prefix(phone: DncPhone, prefix: Text) -> bool {
    let (low, high) = prefix_bounds(prefix);
    (low..=high).contains(&phone.bits())
}

/// Planner support of `dnc_has_prefix(column, constant)`: the range of an ordered index.
#[pg_extern(sql = false)]
fn dnc_has_prefix_support(request: Internal) -> Internal {
    sys::planner::index_range(request, |prefix| Some(prefix_bounds(prefix)))
}
