//! `sql/install/60-check.sql`: the question, answered from the index of `dnc.entry` without SQL.
//!
//! The definition of the answer is the SQL function `dnc.refused`; this is the same, faster. Where the index cannot be
//! trusted the SQL function answers, and where the table cannot be read there is an error: never "not listed".

use super::sys::row::text_datum;
use super::sys::spi::{Statement, connected};
use super::sys::{self, Text, probe::Probe};
use crate::phone::Phone;
use crate::rules::scope::{ALL, Ledger, Question, Scope};
use crate::{error, settings};
use pgrx::fcinfo::pg_func_extra;
use pgrx::pg_sys::{self, Datum, FunctionCallInfo};
use pgrx::prelude::*;

/// The first columns of `dnc.entry`, in its order; [`Store::find`] holds the table to them.
const COLUMNS: [&std::ffi::CStr; 8] =
    [c"entry_id", c"phone", c"ends", c"effective_at", c"expires_at", c"received_at", c"channel", c"purpose"];
const PHONE: i16 = 2;

thread_local! {
    static REFUSED: Statement = const {
        Statement::new(
            c"SELECT dnc.refused($1, $2, $3, $4)",
            &[pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TIMESTAMPTZOID],
        )
    };
    static CHANNEL: Statement = const {
        Statement::new(
            c"SELECT (SELECT true FROM dnc.channel WHERE channel OPERATOR(pg_catalog.=) $1), (SELECT pg_catalog.string_agg(channel, ', ' ORDER BY channel USING OPERATOR(pg_catalog.<)) FROM dnc.channel)",
            &[pg_sys::TEXTOID],
        )
    };
    static PURPOSE: Statement = const {
        Statement::new(
            c"SELECT true FROM dnc.purpose WHERE purpose OPERATOR(pg_catalog.=) $1",
            &[pg_sys::TEXTOID],
        )
    };
}

/// What a call site has found out.
#[derive(Default)]
struct Site {
    store: Store,
    asked: Asked,
}

/// A question in its last form, its channel and purpose known to exist.
#[derive(Default)]
struct Asked {
    channel: Option<Vec<u8>>,
    purpose: Option<Vec<u8>>,
    set_purpose: Option<String>,
    question: Option<Question>,
}

impl Asked {
    /// The question that these arguments ask. Channel and purpose are looked up once a site; one that was known stays
    /// known, since neither is deleted while anything refers to it.
    fn question(&mut self, channel: Option<Text>, purpose: Option<Text>) -> &Question {
        let (channel, purpose) = (channel.map(Text::bytes), purpose.map(Text::bytes));
        let set_purpose = if purpose.is_none() { settings::purpose() } else { None };
        let same = self.question.is_some()
            && self.channel.as_deref() == channel
            && self.purpose.as_deref() == purpose
            && self.set_purpose == set_purpose;
        if !same {
            let question = question(channel, purpose, set_purpose.as_deref());
            self.channel = channel.map(<[u8]>::to_vec);
            self.purpose = purpose.map(<[u8]>::to_vec);
            self.set_purpose = set_purpose;
            self.question = Some(question);
        }
        self.question.as_ref().expect("just set")
    }
}

/// The question that a channel, a purpose and the setting `dnc.purpose` ask; an error if one of them is unknown.
pub fn question(channel: Option<&[u8]>, purpose: Option<&[u8]>, set_purpose: Option<&str>) -> Question {
    let channel = channel.filter(|c| *c != ALL);
    let asked = purpose.map(sys::to_utf8).or(set_purpose.map(Into::into));
    connected(sys::owner(), || {
        if let Some(channel) = channel {
            let channel = sys::to_utf8(channel);
            let found = CHANNEL.with(|s| s.run(&[Some(text_datum(&channel))], true)).unwrap_or_default();
            if found.first().is_none_or(Option::is_none) {
                // SAFETY: the second column is a text.
                let known = found.get(1).copied().flatten().map(|d| unsafe { sys::row::text(d) });
                error::unknown_channel(&channel, &known.unwrap_or_default());
            }
        }
        if let Some(asked) = &asked
            && PURPOSE.with(|s| s.run(&[Some(text_datum(asked))], true)).is_none()
        {
            error::unknown_purpose(asked, purpose.is_none());
        }
    });
    Question { channel: channel.map(<[u8]>::to_vec), purpose: asked.map(|p| sys::row::server_bytes(&p)) }
}

/// Where the store is, once its columns were found where they are read. A call site keeps it and looks the table up by
/// name at every call, since plans outlive tables; a column dropped meanwhile reads as NULL, which is no answer either.
#[derive(Default)]
pub struct Store {
    table: Option<pg_sys::Oid>,
}

impl Store {
    /// Table and index.
    fn find(&mut self) -> (pg_sys::Oid, pg_sys::Oid) {
        let table = sys::relation(c"entry");
        if self.table != Some(table) {
            for (place, name) in COLUMNS.iter().enumerate() {
                // SAFETY: a lookup by a C string.
                if i32::from(unsafe { pg_sys::get_attnum(table, name.as_ptr()) }) != place as i32 + 1 {
                    error::missing_column("dnc.entry", &name.to_string_lossy());
                }
            }
            self.table = Some(table);
        }
        // SAFETY: a lookup by a C string; a missing index is no error.
        let index = unsafe { pg_sys::get_relname_relid(c"entry_phone".as_ptr(), sys::schema()) };
        (table, index)
    }
}

/// Whether a refusal holds for this number, as the active snapshot sees the store. `at` is microseconds since 2000-01-01;
/// `None` is now.
pub fn refused(store: &mut Store, phone: Phone, question: &Question, at: Option<i64>) -> bool {
    let (table, index) = store.find();
    match Probe::open(table, index, PHONE, phone.bits()) {
        Some(probe) => by_index(probe, question, at),
        None => by_sql(phone, question, at),
    }
}

fn by_index(mut probe: Probe, question: &Question, at: Option<i64>) -> bool {
    let mut ledger = Ledger::default();
    // SAFETY: the server's clock of this statement.
    let now = at.unwrap_or_else(|| unsafe { pg_sys::GetCurrentStatementStartTimestamp() });
    // SAFETY: as above. From the start of this transaction on, what it sees counts, whenever it was received.
    let past = at.filter(|at| *at < unsafe { pg_sys::GetCurrentTransactionStartTimestamp() });
    while probe.next() {
        let (values, nulls) = probe.columns(COLUMNS.len());
        let int = |i: usize| (!nulls[i]).then(|| values[i].value() as i64);
        // SAFETY: columns seven and eight are texts, and the row stays until the next move.
        let text = |i: usize| (!nulls[i]).then(|| unsafe { Text::from_datum(values[i], false) }).flatten();
        let (entry, effective, expires) = (int(0), int(3), int(4));
        let (Some(entry), Some(effective), Some(expires), Some(received), Some(channel)) =
            (entry, effective, expires, int(5), text(6))
        else {
            error::missing_column("dnc.entry", "channel")
        };
        let purpose = text(7).map(Text::bytes);
        if let Some(ends) = int(2) {
            if past.is_none_or(|at| received <= at) {
                ledger.ending(ends, Scope { channel: channel.bytes().to_vec(), purpose: purpose.map(<[u8]>::to_vec) });
            }
            continue;
        }
        // An entry without a start of its own counts for everybody who sees it; at a time in the past, from its receipt.
        let start = if effective == i64::MIN && past.is_some() { received } else { effective };
        if start <= now
            && now < expires
            && let Some(met) = question.meets(channel.bytes(), purpose)
        {
            ledger.refusal(entry, met);
        }
    }
    probe.close();
    ledger.refused()
}

fn by_sql(phone: Phone, question: &Question, at: Option<i64>) -> bool {
    let bytes = |b: &Vec<u8>| text_datum(&sys::to_utf8(b));
    connected(sys::owner(), || {
        let arguments = [
            Some(text_datum(&phone.to_string())),
            question.channel.as_ref().map(bytes),
            question.purpose.as_ref().map(bytes),
            at.map(Datum::from),
        ];
        let answer = REFUSED.with(|s| s.run(&arguments, true)).and_then(|row| row[0]);
        answer.map(|d| d.value() != 0)
    })
    .unwrap_or_else(|| error::missing_relation("entry"))
}

/// The answer at a call site.
fn check(
    phone: Option<Phone>,
    channel: Option<Text>,
    purpose: Option<Text>,
    at: Option<i64>,
    fcinfo: FunctionCallInfo,
) -> Option<bool> {
    // SAFETY: the function manager's own structure; the site lives as long as the call site does.
    let mut site = unsafe { pg_func_extra(fcinfo, Site::default) };
    let Site { store, asked } = &mut *site;
    let question = asked.question(channel, purpose);
    if matches!(at, Some(i64::MIN | i64::MAX)) {
        error::infinite_time();
    }
    Some(refused(store, phone?, question, at))
}

#[pg_extern(sql = false)]
fn dnc_check_phone(
    phone: Option<Phone>,
    channel: Option<Text>,
    purpose: Option<Text>,
    at: Option<i64>,
    fcinfo: FunctionCallInfo,
) -> Option<bool> {
    check(phone, channel, purpose, at, fcinfo)
}

#[pg_extern(sql = false)]
fn dnc_check_text(
    text: Option<Text>,
    channel: Option<Text>,
    purpose: Option<Text>,
    at: Option<i64>,
    fcinfo: FunctionCallInfo,
) -> Option<bool> {
    let phone = text.and_then(|t| super::phone::read(t, super::phone::default_region()).ok());
    check(phone, channel, purpose, at, fcinfo)
}
