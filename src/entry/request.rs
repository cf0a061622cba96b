//! `sql/install/50-requests.sql`: recording a refusal of one number.
//!
//! The SQL function `dnc.record_request` says what a request must be and what becomes of it; this is the same for a plain
//! one, faster. Whatever is out of the ordinary, and every error but that of an unreadable number, is left to it.

use crate::entry::lookup_key::is_known;
use crate::phone::DncPhone;
use crate::rule;
use crate::sys::insert::{self, Outcome, Target};
use crate::sys::invalidation::Changed;
use crate::sys::sequence::Sequence;
use crate::sys::spi::{Statement, with_connection};
use crate::sys::{self, Text, call, jsonb};
use dnc_core::phone::Phone;
use pgrx::pg_sys::{self, Datum, FunctionCallInfo, NullableDatum};
use pgrx::{FromDatum, IntoDatum, pg_guard};

/// How many arguments `dnc_add` has.
const ARGUMENTS: usize = 13;
/// Most characters of a reference, or of who took a request.
const LONGEST: usize = 500;

thread_local! {
    static ENTRY: Target = const {
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
    static SEQUENCE: Sequence = const { Sequence::new(c"entry_entry_id_seq") };
    /// One request a reference, as in `dnc.record_request`: whoever comes second waits.
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

/// Called for every change of the catalogs.
pub fn forget_if(changed: Changed) {
    ENTRY.with(|table| table.forget_if(changed));
    SEQUENCE.with(|sequence| sequence.forget_if(changed));
}

/// Declares a form of `dnc_add` for one number, and its version record.
macro_rules! add_function {
    ($name:ident, $info:ident, $phone:expr) => {
        #[unsafe(no_mangle)]
        pub extern "C" fn $info() -> &'static pg_sys::Pg_finfo_record {
            &pg_sys::Pg_finfo_record { api_version: 1 }
        }

        /// # Safety
        /// Called by the function manager.
        #[unsafe(no_mangle)]
        #[pg_guard]
        pub unsafe extern "C-unwind" fn $name(fcinfo: FunctionCallInfo) -> Datum {
            // SAFETY: the function manager's own structure, with the arguments that SQL declares.
            unsafe {
                let arguments = (*fcinfo).args.as_slice(ARGUMENTS);
                let phone = (!arguments[0].isnull).then(|| ($phone)(arguments[0].value));
                let entry = add(phone, arguments);
                (*fcinfo).isnull = entry.is_none();
                entry.unwrap_or(Datum::from(0usize))
            }
        }
    };
}

add_function!(dnc_add_phone, pg_finfo_dnc_add_phone, |value: Datum| Phone::from_stored(value.value() as i64));
add_function!(dnc_add_text, pg_finfo_dnc_add_text, |value: Datum| {
    crate::phone::read_or_raise(Text::from_datum(value, false).expect("not NULL"), crate::phone::default_region())
});

/// # Safety
/// The arguments are what SQL declares.
unsafe fn add(phone: Option<Phone>, arguments: &[NullableDatum]) -> Option<Datum> {
    // SAFETY: see above.
    match phone.and_then(|phone| unsafe { plain(phone, arguments) }) {
        Some(entry) => entry.into_datum(),
        // SAFETY: as above.
        None => unsafe { by_sql(phone, arguments) },
    }
}

/// Records a plain request and gives its entry; `None`, and nothing is recorded, if it is none.
///
/// # Safety
/// As [`add`].
unsafe fn plain(phone: Phone, arguments: &[NullableDatum]) -> Option<i64> {
    let given = |n: usize| (!arguments[n].isnull).then_some(arguments[n].value);
    // SAFETY: see above.
    let text = |n: usize| given(n).and_then(|value| unsafe { Text::from_datum(value, false) });
    let time = |n: usize| given(n).map(|value| value.value() as i64);
    let (channel, purpose, reason, source) = (text(1)?, text(2), text(3)?, text(4)?);
    let (requested, evidence, reference) = (time(5)?, given(6)?, text(7));
    let (effective, expires, due, taken_by) = (time(9), time(10).unwrap_or(i64::MAX), time(11), text(12));
    // SAFETY: reads a variable of the server's.
    let now = unsafe { pg_sys::GetCurrentTransactionStartTimestamp() };
    let received = time(8).unwrap_or(now);
    let finite = |at: i64| at != i64::MIN && at != i64::MAX;
    // Only a start yet to come is a start.
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
        // Of more bytes than characters are allowed SQL counts the characters.
        && [taken_by, reference].iter().flatten().all(|text| (1..=LONGEST).contains(&text.bytes().len()))
        // SAFETY: see above.
        && unsafe { jsonb::is_object(evidence) };
    let known = ordinary
        && is_known(b"channel", channel.bytes())
        && is_known(b"reason", reason.bytes())
        && is_known(b"source", source.bytes())
        && purpose.is_none_or(|purpose| is_known(b"purpose", purpose.bytes()));
    if !known {
        return None;
    }
    // Under one snapshot for the whole transaction it is the unique index that finds out.
    if reference.is_some() && sys::keeps_one_snapshot() {
        return None;
    }
    if reference.is_some() {
        let key = [given(4), given(7)];
        let earlier = with_connection(|| {
            REFERENCE.with(|s| s.run(&key, false));
            EARLIER.with(|s| s.run(&key, false)).is_some()
        });
        if earlier {
            return None;
        }
    }
    let due = [due, rule::due(phone, channel, requested, received)].into_iter().flatten().min().unwrap_or(received);
    let entry = SEQUENCE.with(Sequence::next);
    let at = |at: i64| Some(Datum::from(at));
    let row = [
        entry.into_datum(),
        DncPhone(phone).into_datum(),
        None,
        at(effective),
        at(expires),
        at(received),
        given(1),
        given(2),
        Some(sys::row::text_datum("refusal")),
        given(3),
        given(4),
        entry.into_datum(),
        at(requested),
        at(now),
        at(due),
        given(12),
        given(6),
        given(7),
        None,
        None,
        None,
    ];
    (ENTRY.with(|table| table.insert(&row)) != Outcome::NeedsSql).then_some(entry)
}

/// Has `dnc.record_request` record the request, or say what is wrong with it.
///
/// # Safety
/// As [`add`].
unsafe fn by_sql(phone: Option<Phone>, arguments: &[NullableDatum]) -> Option<Datum> {
    let entry = sys::relation(c"entry");
    // SAFETY: catalog lookups, an array of one element of the type of the column, and a call with what SQL declares.
    unsafe {
        let kind = pg_sys::get_atttype(entry, pg_sys::get_attnum(entry, c"phone".as_ptr()));
        let array = pg_sys::get_array_type(kind);
        let (at, text, json) = (pg_sys::TIMESTAMPTZOID, pg_sys::TEXTOID, pg_sys::JSONBOID);
        let types = [array, text, text, text, text, at, json, text, at, at, at, at, text];
        let record = sys::function(c"record_request", &types)
            .unwrap_or_else(|| crate::error::missing_relation("record_request"));
        let mut elements = [phone.map_or(Datum::from(0usize), |phone| Datum::from(phone.bits()))];
        let (mut is_null, mut size, mut lower) = ([phone.is_none()], 1, 1);
        let phones = pg_sys::construct_md_array(
            elements.as_mut_ptr(),
            is_null.as_mut_ptr(),
            1,
            &mut size,
            &mut lower,
            kind,
            8,
            true,
            b'd' as std::ffi::c_char,
        );
        let mut all: Vec<Option<Datum>> = arguments.iter().map(|a| (!a.isnull).then_some(a.value)).collect();
        all[0] = Some(Datum::from(phones));
        call(record, &all)
    }
}
