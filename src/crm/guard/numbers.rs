//! The numbers of a guarded row.

use super::plan::{PhoneColumn, Plan, Region, RegionPlace};
use crate::phone::{read, read_all};
use crate::sys::row::Row;
use crate::sys::{self, spi};
use dnc_core::phone::field::Problem;
use dnc_core::phone::{Phone, RegionPlan, region_name};
use pgrx::pg_sys::Oid;

/// Maximum characters of an unreadable number that are stored or shown.
pub const SHOWN: usize = 100;

/// A number in a row, or what is wrong with the text in its place.
pub struct Held<'a> {
    pub column: &'a str,
    /// The column's index, from 0.
    pub place: usize,
    pub phone: Result<Phone, Problem>,
}

impl Held<'_> {
    /// What the row's column says.
    pub fn spelling(&self, row: &Row) -> String {
        if let Ok(phone) = self.phone {
            return phone.to_string();
        }
        let Some(text) = row.at(self.place).and_then(|value| value.written()) else { return String::new() };
        sys::try_utf8(text.bytes()).map_or_else(|| "(invalid text)".into(), |t| t.chars().take(SHOWN).collect())
    }
}

/// The region in whose dialling rules the row's texts are read.
fn region(plan: &Plan, row: &Row, owner: Oid) -> Option<&'static RegionPlan> {
    match plan.region {
        Region::Of(region) => region,
        Region::In(_) => region_name::region(&named_region(plan, row, owner)?),
    }
}

/// The region that the row names, if it names one; `owner`: of the table, as whom other tables are read.
pub fn named_region(plan: &Plan, row: &Row, owner: Oid) -> Option<String> {
    let Region::In(places) = &plan.region else { return None };
    let named = |RegionPlace { column, lookup }: &RegionPlace| {
        let value = row.at(*column)?;
        match lookup {
            None => sys::try_utf8(value.text()?.bytes()).map(|text| text.into_owned()),
            Some(lookup) => sys::as_table_owner(owner, || spi::with_connection(|| lookup.find(value))),
        }
    };
    places.iter().filter_map(named).find(|name| !name.trim().is_empty())
}

/// The numbers in a row's guarded columns, without NULL and blank ones; `owner`: of the table.
pub fn numbers<'a>(plan: &'a Plan, row: &Row, owner: Oid) -> Vec<Held<'a>> {
    let region = region(plan, row, owner);
    let mut found = Vec::with_capacity(plan.phones.len());
    for PhoneColumn { name, place, is_phone } in &plan.phones {
        let Some(value) = row.at(*place) else { continue };
        let hold = |phone| Held { column: name, place: *place, phone };
        if *is_phone {
            found.push(hold(Ok(Phone::from_stored(value.int()))));
            continue;
        }
        let Some(text) = value.written() else { continue };
        if text.bytes().iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match read(text, region) {
            Ok(phone) => found.push(hold(Ok(phone))),
            Err(Problem::Missing) => {}
            // Every number that may be meant counts; what was not read completely is not known to be clear.
            Err(problem) => {
                let field = read_all(text, region);
                found.extend(field.numbers.iter().map(|number| hold(Ok(number.phone))));
                if !field.complete {
                    found.push(hold(Err(problem)));
                }
            }
        }
    }
    found
}

/// The phone columns whose numbers are not those of an old row: with another value, or read in another region.
pub fn changed(plan: &Plan, old: &Row, new: &Row) -> Vec<usize> {
    let is_same_region = match &plan.region {
        Region::Of(_) => true,
        Region::In(places) => places.iter().all(|region| old.same(new, region.column)),
    };
    let is_changed = |phone: &&PhoneColumn| !(phone.is_phone || is_same_region) || !old.same(new, phone.place);
    plan.phones.iter().filter(is_changed).map(|phone| phone.place).collect()
}

/// An unreadable number as errors show it: with its last two digits, or with none.
pub fn masked(spelling: &str, shown: usize) -> String {
    let digits = spelling.chars().filter(|c| c.is_numeric()).count();
    let mut seen = 0;
    let star = |c: char| {
        seen += usize::from(c.is_numeric());
        if c.is_numeric() && seen + shown <= digits { '*' } else { c }
    };
    spelling.chars().map(star).collect()
}
