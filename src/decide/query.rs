//! `sql/install/decide/decide.sql`: decisions about all numbers that a query returns.

use super::contact::finite;
use super::run::Run;
use crate::rule;
use crate::sys::args::Args;
use crate::sys::column::Column;
use crate::sys::spi::with_connection;
use crate::sys::{self, Text, stream};
use crate::{error, raw_function};
use dnc_core::decision::{Decision, Ground};
use dnc_core::limits;
use dnc_core::phone::Phone;
use pgrx::pg_sys::{self, Datum};
use std::ffi::CString;

raw_function!(dnc_decide_query_wrapper, pg_finfo_dnc_decide_query_wrapper, decide_query);

fn decide_query(args: Args) -> Datum {
    let text = |n: usize| args.text(n).map(|text| text.limited("a text argument", limits::TEXT));
    let (query, channel, purpose, at) = (query(args.text(0)), text(1), text(2), finite(args.int(3)));
    let (call_type, said) = (text(4), text(5));
    let rows = args.rows();
    let Some(query) = query else { return rows.finish() };
    let book = rule::book();
    if sys::past(at).is_some() {
        error::campaign_in_the_past();
    }
    let mut run = Run::of_many(&book, channel, purpose, at, call_type, said);
    walk(query, |key, phone, suppressed| {
        let (decision, rules) = match phone {
            Some(phone) => {
                let (decision, frame, _) = run.decide(phone, suppressed);
                (decision, Some(run.names(&frame)))
            }
            None => (Decision { grounds: vec![Ground::Unreadable], next_allowed_at: None }, None),
        };
        let returned = run.returned(&decision.grounds);
        rows.put(&[
            key,
            phone.map(|phone| Datum::from(phone.bits())),
            Some(Datum::from(decision.grounds.is_empty())),
            returned.map(|returned| returned.0),
            returned.map(|returned| returned.1),
            decision.next_allowed_at.map(Datum::from),
            rules,
        ]);
    });
    rows.finish()
}

pub fn query(text: Option<Text>) -> Option<Text> {
    text.map(|text| text.limited("the query", limits::LONG))
}

/// Runs a query as the caller and passes on its rows: a key, a number, and the result of a check.
pub fn walk(query: Text, mut row: impl FnMut(Option<Datum>, Option<Phone>, Option<bool>)) {
    let query = CString::new(query.bytes()).unwrap_or_else(|_| error::not_text());
    let mut check = |kinds: &[pg_sys::Oid]| {
        if kinds.len() != 3
            || kinds[0] != pg_sys::TEXTOID
            || !crate::phone::is_phone(kinds[1])
            || kinds[2] != pg_sys::BOOLOID
        {
            error::not_a_decision_query();
        }
    };
    with_connection(|| {
        stream::each(&query, &mut check, &mut |columns| {
            let phone = columns[1].map(|value| Phone::from_stored(value.int()));
            row(columns[0].map(Column::datum), phone, columns[2].map(Column::bool));
        });
    });
}
