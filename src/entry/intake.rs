//! `sql/install/entry/import.sql`: the numbers of a field that are recorded together, all or none.

use crate::error;
use crate::phone::{read_all, read_or_raise, region_of};
use crate::raw_function;
use crate::sys::Text;
use dnc_core::phone::field::{Field, Problem};
use dnc_core::phone::plan::RegionPlan;
use dnc_core::phone::{Phone, parse};
use pgrx::IntoDatum;
use pgrx::pg_sys::Datum;

/// All numbers of a field that was read completely, if it is certain which ones they are.
fn certain(field: &Field) -> Option<Vec<Phone>> {
    let all = field.complete && field.numbers.iter().all(|number| number.certain);
    let plain = matches!(field.problem, None | Some(Problem::TwoNumbers));
    (all && plain).then(|| field.numbers.iter().map(|number| number.phone).collect())
}

/// The number of a field that has exactly one, and that is certain.
pub fn one(field: &Field) -> Option<Phone> {
    certain(field).and_then(|phones| match phones[..] {
        [phone] => Some(phone),
        _ => None,
    })
}

/// The number of a placeholder. Raises the error for other texts that are not one number; for several numbers it says
/// how to record them.
pub fn refuse(text: Text, region: Option<&RegionPlan>, why: Problem) -> Phone {
    // An opt-out is never dropped for its digits: dnc_doubtful() lists it.
    if why == Problem::Placeholder
        && let Ok(phone) = parse::parse(&text.to_utf8(), region)
    {
        return phone;
    }
    if why == Problem::TwoNumbers
        && let Some(phones) = certain(&read_all(text, region))
    {
        error::several_numbers(&text.to_utf8(), &phones);
    }
    read_or_raise(text, region)
}

raw_function!(dnc_intake_phones, pg_finfo_dnc_intake_phones, |args| {
    let region = region_of(args.text(1));
    match args.text(0).and_then(|text| certain(&read_all(text, region))) {
        Some(phones) => {
            let mut phones: Vec<Datum> = phones.iter().map(|phone| Datum::from(phone.bits())).collect();
            args.give_array(&mut phones)
        }
        None => args.give(None),
    }
});

raw_function!(dnc_intake_problem, pg_finfo_dnc_intake_problem, |args| {
    let region = args.text(1);
    let problem = args.text(0).map_or(Some(Problem::Missing.rule()), |text| {
        let field = read_all(text, region_of(region));
        match field.problem {
            _ if certain(&field).is_some() => None,
            Some(Problem::Missing) => Some(Problem::Missing.rule()),
            _ if region.is_some() && region_of(region).is_none() => {
                let given = region.map(|region| region.to_utf8().chars().take(60).collect::<String>());
                Some(format!("unknown region \"{}\"", given.unwrap_or_default()))
            }
            problem => problem.map(|problem| format!("{}{}", problem.rule(), what_to_do(problem))),
        }
    });
    args.give(problem.and_then(IntoDatum::into_datum))
});

/// What to do about a rejected line, where the rule does not say it.
fn what_to_do(problem: Problem) -> &'static str {
    match problem {
        Problem::Masked => "; dnc_add_prefix suppresses all numbers that begin alike",
        Problem::TwoNumbers => ", not all of them written in full",
        Problem::LostDigits => "; export the column as text again",
        _ => "",
    }
}
