//! `sql/install/entry/request.sql`: recording an opt-out of one number.
//!
//! The SQL function `dnc.record_request` defines what a request must contain and its effect; this is a faster
//! equivalent for a plain one. It leaves unusual requests, and every error except an unreadable number, to that
//! function.

use crate::entry::intake;
use crate::entry::load::{EntryLoad, NewEntry, next_entry, require_size};
use crate::entry::lookup_key::is_known;
use crate::error;
use crate::phone::DncPhone;
use crate::raw_function;
use crate::rule;
use crate::sys::args::Args;
use crate::sys::insert::{self, Outcome, Target};
use crate::sys::invalidation;
use crate::sys::sequence::Sequence;
use crate::sys::spi::{Statement, with_connection};
use crate::sys::xact;
use crate::sys::{self, Text, memory};
use dnc_core::phone::{Phone, library};
use pgrx::IntoDatum;
use pgrx::pg_sys::{self, Datum};

/// Maximum characters of a reference, or of `taken_by`.
const LONGEST: usize = 500;

thread_local! {
    pub static ENTRY: Target = {
        invalidation::register(&ENTRY);
        Target::new(
            c"entry",
            &[
                (c"entry_id", pg_sys::INT8OID),
                (c"phone", insert::BY_VALUE),
                (c"ends", pg_sys::INT8OID),
                (c"effective_at", pg_sys::TIMESTAMPTZOID),
                (c"expires_at", pg_sys::TIMESTAMPTZOID),
                (c"received_at", pg_sys::TIMESTAMPTZOID),
                (c"channel", pg_sys::TEXTOID),
                (c"purpose", pg_sys::TEXTOID),
                (c"kind", pg_sys::TEXTOID),
                (c"reason", pg_sys::TEXTOID),
                (c"source", pg_sys::TEXTOID),
                (c"request_id", pg_sys::INT8OID),
                (c"requested_at", pg_sys::TIMESTAMPTZOID),
                (c"recorded_at", pg_sys::TIMESTAMPTZOID),
                (c"due_at", pg_sys::TIMESTAMPTZOID),
                (c"taken_by", pg_sys::TEXTOID),
                (c"evidence", pg_sys::JSONBOID),
                (c"external_ref", pg_sys::TEXTOID),
                (c"batch_id", pg_sys::INT8OID),
                (c"corrects", pg_sys::INT8OID),
                (c"audit_seq", pg_sys::INT8OID),
            ],
            None,
        )
    };
    pub static SEQUENCE: Sequence = {
        invalidation::register(&SEQUENCE);
        Sequence::new(c"entry_entry_id_seq")
    };
    /// One request per reference, as in `dnc.record_request`: a concurrent second request waits.
    static REFERENCE: Statement = const {
        Statement::new(
            c"SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1 OPERATOR(pg_catalog.||) '/' OPERATOR(pg_catalog.||) $2, 4476483))",
            &[pg_sys::TEXTOID; 2],
        )
    };
    static EARLIER: Statement = const {
        Statement::new(
            c"SELECT true FROM dnc.entry AS e WHERE e.source OPERATOR(pg_catalog.=) $1 AND e.external_ref OPERATOR(pg_catalog.=) $2 AND e.batch_id IS NULL LIMIT 1",
            &[pg_sys::TEXTOID; 2],
        )
    };
}

raw_function!(dnc_add_phone, pg_finfo_dnc_add_phone, |args| add(args.int(0).map(Phone::from_stored), args));
raw_function!(dnc_add_text, pg_finfo_dnc_add_text, |args| {
    let read = |text| {
        let region = crate::phone::default_region();
        crate::phone::read(text, region).unwrap_or_else(|why| intake::refuse(text, region, why))
    };
    add(args.text(0).map(read), args)
});

raw_function!(dnc_add_phones, pg_finfo_dnc_add_phones, add_all);

fn add(phone: Option<Phone>, args: Args) -> Datum {
    let entry = match phone.and_then(|phone| record(phone, &plain(args)?, args)) {
        Some(entry) => {
            phone.into_iter().filter(|phone| !library::is_valid(*phone)).for_each(error::in_no_range);
            entry.into_datum()
        }
        None => {
            let kind = phone_type();
            by_sql(sys::array_of_one(phone.map(|phone| Datum::from(phone.bits())), kind), args)
        }
    };
    args.give(entry)
}

/// One request for several numbers. Its other arguments are those of a request for one.
fn add_all(args: Args) -> Datum {
    let phones = args.eight_bytes(0).filter(|phones| !phones.is_empty());
    let recorded = phones.and_then(|phones| Some(record_all(phones, &plain(args)?, args)));
    let request = match (recorded, args.datum(0)) {
        (Some(request), _) => request.into_datum(),
        (None, Some(phones)) => by_sql(phones, args),
        (None, None) => by_sql(sys::array_of_one(None, phone_type()), args),
    };
    args.give(request)
}

/// A request of which nothing needs SQL.
struct Request {
    effective: i64,
    expires: i64,
    received: i64,
    requested: i64,
    now: i64,
    due: Option<i64>,
}

impl Request {
    /// The deadline of a number: the earliest of what was given and what the rules say.
    fn due(&self, phone: Phone, channel: Text) -> i64 {
        let by_rules = rule::due(phone, channel, self.requested, self.received);
        [self.due, by_rules].into_iter().flatten().min().unwrap_or(self.received)
    }
}

/// The request, if it is plain and not recorded already.
fn plain(args: Args) -> Option<Request> {
    let (channel, purpose, reason, source) = (args.text(1)?, args.text(2), args.text(3)?, args.text(4)?);
    let (requested, is_object, reference) = (args.int(5)?, args.is_json_object(6)?, args.text(7));
    let (effective, expires, due) = (args.int(9), args.int(10).unwrap_or(i64::MAX), args.int(11));
    let (taken_by, now) = (args.text(12), xact::start());
    let received = args.int(8).unwrap_or(now);
    let finite = |at: i64| at != i64::MIN && at != i64::MAX;
    // Only a future start is stored.
    let effective = effective.filter(|at| *at > now).unwrap_or(i64::MIN);
    let widest = channel.bytes() == b"all" && purpose.is_none();
    let ordinary = (widest || reason.bytes() != b"no_processing")
        && finite(requested)
        && finite(received)
        && requested <= received
        && received <= now
        && effective != i64::MAX
        && effective < expires
        && expires > now
        && due.is_none_or(|due| finite(due) && due >= requested)
        // If there are more bytes than characters allowed, SQL counts the characters.
        && [taken_by, reference].iter().flatten().all(|text| (1..=LONGEST).contains(&text.bytes().len()))
        && is_object;
    let known = ordinary
        && is_known(b"channel", channel.bytes())
        && is_known(b"reason", reason.bytes())
        && is_known(b"source", source.bytes())
        && purpose.is_none_or(|purpose| is_known(b"purpose", purpose.bytes()));
    if !known {
        return None;
    }
    // Under a single snapshot for the whole transaction, the unique index detects the conflict.
    if reference.is_some() && sys::keeps_one_snapshot() {
        return None;
    }
    if reference.is_some() {
        let key = [args.datum(4), args.datum(7)];
        let earlier = with_connection(|| {
            REFERENCE.with(|s| s.run(&key, false));
            EARLIER.with(|s| s.run(&key, false)).is_some()
        });
        if earlier {
            return None;
        }
    }
    Some(Request { effective, expires, received, requested, now, due })
}

/// Records the request for a number and returns its entry; `None`, and nothing is recorded, if the table needs SQL.
fn record(phone: Phone, request: &Request, args: Args) -> Option<i64> {
    let given = |n: usize| args.datum(n);
    let entry = next_entry();
    let at = |at: i64| Some(Datum::from(at));
    let row = [
        entry.into_datum(),
        DncPhone(phone).into_datum(),
        None,
        at(request.effective),
        at(request.expires),
        at(request.received),
        given(1),
        given(2),
        Some(sys::row::text_datum("refusal")),
        given(3),
        given(4),
        entry.into_datum(),
        at(request.requested),
        at(request.now),
        at(request.due(phone, args.text(1)?)),
        given(12),
        given(6),
        given(7),
        None,
        None,
        None,
    ];
    (ENTRY.with(|table| table.insert(&row)) != Outcome::NeedsSql).then_some(entry)
}

/// Records the request for all numbers, of which there is one at least; returns the first entry.
fn record_all(mut phones: Vec<i64>, request: &Request, args: Args) -> i64 {
    require_size(args.size(6));
    phones.sort_unstable();
    phones.dedup();
    let string = |n: usize| args.text(n).map(|text| text.to_utf8().into_owned());
    let channel = args.text(1).expect("a plain request has a channel");
    let mut entry = NewEntry {
        kind: "refusal",
        effective_at: request.effective,
        expires_at: request.expires,
        received_at: request.received,
        requested_at: request.requested,
        recorded_at: request.now,
        channel: channel.to_utf8().into_owned(),
        purpose: string(2),
        reason: string(3),
        source: string(4).unwrap_or_default(),
        evidence: args.json(6).unwrap_or_default(),
        external_ref: string(7),
        taken_by: string(12),
        ..NewEntry::new(next_entry(), Phone::from_stored(phones[0]))
    };
    let first = entry.entry;
    let mut load = EntryLoad::start();
    let mut doubtful = Vec::new();
    for (n, phone) in phones.into_iter().map(Phone::from_stored).enumerate() {
        (entry.phone, entry.request) = (phone, first);
        entry.entry = if n == 0 { first } else { next_entry() };
        entry.due_at = Some(request.due(phone, channel));
        load.put(&entry);
        if !library::is_valid(phone) {
            memory::grow(&mut doubtful, 1);
            doubtful.push(Datum::from(phone.bits()));
        }
    }
    load.finish();
    if !doubtful.is_empty() {
        let kind = phone_type();
        let doubtful = sys::array_of(&mut doubtful, kind);
        sys::call_ours(c"report_no_range", &[sys::array_type(kind)], &[Some(doubtful)]);
    }
    first
}

/// Lets `dnc.record_request` record the request, or raise the error.
fn by_sql(phones: Datum, args: Args) -> Option<Datum> {
    let (at, text, json) = (pg_sys::TIMESTAMPTZOID, pg_sys::TEXTOID, pg_sys::JSONBOID);
    let phone_array = sys::array_type(phone_type());
    let types = [phone_array, text, text, text, text, at, json, text, at, at, at, at, text];
    let mut all = args.datums();
    all[0] = Some(phones);
    sys::call_ours(c"record_request", &types, &all)
}

/// The type of a number.
fn phone_type() -> pg_sys::Oid {
    let entry = sys::relation(c"entry");
    sys::column_type(entry, sys::column_number(entry, c"phone"))
}

/// The types of the columns of [`ENTRY`], without `audit_seq`.
pub fn entry_types() -> Vec<pg_sys::Oid> {
    let (int, at, text) = (pg_sys::INT8OID, pg_sys::TIMESTAMPTZOID, pg_sys::TEXTOID);
    let json = pg_sys::JSONBOID;
    vec![int, phone_type(), int, at, at, at, text, text, text, text, text, int, at, at, at, text, json, text, int, int]
}
