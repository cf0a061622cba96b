//! The numbers of a guarded row.

use super::plan::{PhoneColumn, Plan, Region};
use crate::phone::{read, read_all, region_of};
use crate::sys::row::Row;
use crate::sys::{self};
use dnc_core::phone::field::Problem;
use dnc_core::phone::{Phone, RegionPlan};

/// Maximum characters of an unreadable number that are stored or shown.
const SHOWN: usize = 100;

/// A number in a row, or the unreadable text in its place.
pub struct Held {
    pub column: String,
    pub spelling: String,
    pub phone: Result<Phone, Problem>,
}

/// The region in whose dialling rules the row's texts are read.
fn region(plan: &Plan, row: &Row) -> Option<&'static RegionPlan> {
    match plan.region {
        Region::Of(region) => region,
        Region::Column(place) => region_of(row.at(place)?.text()),
    }
}

/// What the row's region column holds, if the plan has one.
pub fn named_region(plan: &Plan, row: &Row) -> Option<String> {
    let Region::Column(place) = plan.region else { return None };
    sys::try_utf8(row.at(place)?.text()?.bytes()).map(|text| text.into_owned())
}

/// The numbers in a row's guarded columns, without NULL and blank ones.
pub fn numbers(plan: &Plan, row: &Row) -> Vec<Held> {
    let region = region(plan, row);
    let mut found = Vec::new();
    for PhoneColumn { name, place, is_phone } in &plan.phones {
        let Some(value) = row.at(*place) else { continue };
        if *is_phone {
            let phone = Phone::from_stored(value.int());
            found.push(Held { column: name.clone(), spelling: phone.to_string(), phone: Ok(phone) });
            continue;
        }
        let Some(text) = value.written() else { continue };
        if text.bytes().iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let spelling: String =
            sys::try_utf8(text.bytes()).map_or_else(|| "(invalid text)".into(), |t| t.chars().take(SHOWN).collect());
        let hold = |phone| Held { column: name.clone(), spelling: spelling.clone(), phone };
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

/// Whether none of the columns that the guard reads has changed.
pub fn unchanged(plan: &Plan, old: &Row, new: &Row) -> bool {
    let same = |place: usize, is_phone: bool| match (old.at(place), new.at(place)) {
        (None, None) => true,
        (Some(a), Some(b)) if is_phone => a.int() == b.int(),
        (Some(a), Some(b)) => match (a.text(), b.text()) {
            (Some(a), Some(b)) => a.bytes() == b.bytes(),
            _ => false,
        },
        _ => false,
    };
    plan.phones.iter().all(|column| same(column.place, column.is_phone))
        && match plan.region {
            Region::Of(_) => true,
            Region::Column(place) => same(place, false),
        }
}
