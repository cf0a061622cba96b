//! `sql/install/crm/doubtful.sql`: numbers and fields that are probably no person's number.

use super::DncPhone;
use super::functions::{readable, region_of};
use crate::sys::Spelling;
use dnc_core::phone::PhoneError;
use dnc_core::phone::doubt::{self, Doubt};
use dnc_core::phone::field::{self, Problem};
use pgrx::prelude::*;

#[pg_extern(sql = false)]
fn dnc_phone_doubt(phone: DncPhone) -> Option<&'static str> {
    doubt::doubt(*phone).map(Doubt::code)
}

#[pg_extern(sql = false)]
fn dnc_field_problem(text: Option<Spelling>, region: Option<Spelling>) -> Option<&'static str> {
    let Some(Spelling(text)) = text else { return Some(Problem::Missing.code()) };
    let region = region.map(|Spelling(region)| region);
    let plan = region_of(region);
    let code = match readable(text) {
        Ok(Some(text)) => field::code(&text, plan)?,
        Ok(None) => Problem::NoNumber.code(),
        Err(error) => Problem::Parse(error).code(),
    };
    let is_unknown = plan.is_none() && region.is_some_and(|region| !region.bytes().trim_ascii().is_empty());
    Some(if is_unknown && code == Problem::Parse(PhoneError::NoRegion).code() { "unknown_region" } else { code })
}

#[pg_extern(sql = false)]
fn dnc_field_is_doubtful(text: Option<Spelling>, region: Option<Spelling>) -> bool {
    let Some(Spelling(text)) = text else { return false };
    let region = region_of(region.map(|Spelling(region)| region));
    matches!(readable(text), Ok(Some(text)) if field::is_doubtful(&text, region))
}
