//! The list as it stands in `dnc.entry`: one look at its index without SQL.
//!
//! The definition of the answer is the SQL function `dnc.refusals`; this is the same, faster. Where the index cannot be
//! trusted the SQL function answers, and where the table cannot be read there is an error: never "not listed".

use super::sys::executor::Looked;
use super::sys::invalidation::{Changed, Known};
use super::sys::probe::{Expected, Probe};
use super::sys::row::text_datum;
use super::sys::spi::{Statement, connected};
use super::sys::{self, Text, executor};
use crate::error;
use crate::phone::Phone;
use crate::rules::scope::{Ledger, Question, Scope};
use crate::rules::shape::{self, Says};
use pgrx::FromDatum;
use pgrx::pg_sys::{self, Datum};

/// The first columns of `dnc.entry`, in its order; [`store`] holds the table to them.
const COLUMNS: [&std::ffi::CStr; 8] =
    [c"entry_id", c"phone", c"ends", c"effective_at", c"expires_at", c"received_at", c"channel", c"purpose"];
const PHONE: &[i16] = &[2];
/// Those that give an entry its shape, by number.
const SHAPED: [i16; 5] = [3, 4, 5, 7, 8];

thread_local! {
    static REFUSED: Statement = const {
        Statement::new(
            c"SELECT dnc.refused($1, $2, $3, $4)",
            &[pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TIMESTAMPTZOID],
        )
    };
    static STORE: Known<Store> = const { Known::new() };
}

/// Where the store is, once its columns were found where they are read; looked up again when anything of that changes.
#[derive(Clone, Copy)]
struct Store {
    table: pg_sys::Oid,
    /// None if it is missing.
    index: pg_sys::Oid,
    judge: Option<pg_sys::Oid>,
}

/// Called for every change of the catalogs.
pub fn forget_if(changed: Changed) {
    STORE.with(|store| store.forget_if(changed));
}

fn store() -> Store {
    STORE.with(|known| {
        known.get(|| {
            let table = sys::relation(c"entry");
            for (place, name) in COLUMNS.iter().enumerate() {
                // SAFETY: a lookup by a C string.
                if i32::from(unsafe { pg_sys::get_attnum(table, name.as_ptr()) }) != place as i32 + 1 {
                    error::missing_column("dnc.entry", &name.to_string_lossy());
                }
            }
            // SAFETY: a lookup by a C string; a missing index is no error.
            let index = unsafe { pg_sys::get_relname_relid(c"entry_phone".as_ptr(), sys::schema()) };
            let judge = sys::function(
                c"entry_shape",
                &[pg_sys::INT8OID, pg_sys::TIMESTAMPTZOID, pg_sys::TIMESTAMPTZOID, pg_sys::TEXTOID, pg_sys::TEXTOID],
            );
            (Store { table, index, judge }, [table, index])
        })
    })
}

fn open(context: pg_sys::MemoryContext) -> Option<Probe> {
    let Store { table, index, judge } = store();
    let judge = judge.map(|function| (function, &SHAPED[..]));
    Probe::open(&Expected { table, index, columns: PHONE, judge }, context)
}

/// Whether a refusal holds for this number, by one look, as the active snapshot sees the store. `at` is microseconds since
/// 2000-01-01; `None` is now.
pub fn look(phone: Phone, question: &Question, at: Option<i64>) -> bool {
    executor::with_probe(Looked::Entries, open, |probe| by_index(probe, phone, question, at))
        .unwrap_or_else(|| by_sql(phone, question, at))
}

/// Does something with the open index, if it can be trusted and judges its entries.
pub fn with_index<T>(work: impl FnOnce(&mut Probe) -> T) -> Option<T> {
    executor::with_probe(Looked::Entries, open, |probe| probe.is_judged().then(|| work(probe))).flatten()
}

fn by_index(probe: &mut Probe, phone: Phone, question: &Question, at: Option<i64>) -> bool {
    if at.is_none()
        && probe.is_judged()
        && let Some(answer) = by_shapes(probe, phone, question)
    {
        return answer;
    }
    by_rows(probe, phone, question, at)
}

/// The answer if the entries' shapes alone give it.
fn by_shapes(probe: &mut Probe, phone: Phone, question: &Question) -> Option<bool> {
    let asked = shape::Asked::about(question.channel.as_deref());
    let mut refused = false;
    probe.seek(Some(phone.bits()));
    while let Some((_, shape)) = probe.next_key() {
        match asked.told_by(shape) {
            Says::Refuses => refused = refused || probe.visible(),
            Says::Nothing => {}
            Says::Read => {
                probe.rest(false);
                return None;
            }
        }
        pgrx::check_for_interrupts!();
    }
    probe.rest(true);
    Some(refused)
}

fn by_rows(probe: &mut Probe, phone: Phone, question: &Question, at: Option<i64>) -> bool {
    let mut ledger = Ledger::default();
    let (now, past) = (at.unwrap_or_else(sys::now), sys::past(at));
    probe.seek(Some(phone.bits()));
    while probe.next_row() {
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
    probe.rest(true);
    ledger.refused()
}

/// What the functions take that define the answer.
pub fn arguments(phone: Phone, question: &Question, at: Option<i64>) -> [Option<Datum>; 4] {
    let bytes = |b: &Vec<u8>| text_datum(&sys::to_utf8(b));
    [
        Some(text_datum(&phone.to_string())),
        question.channel.as_ref().map(bytes),
        question.purpose.as_ref().map(bytes),
        at.map(Datum::from),
    ]
}

fn by_sql(phone: Phone, question: &Question, at: Option<i64>) -> bool {
    let arguments = arguments(phone, question, at);
    connected(sys::owner(), || {
        let row = REFUSED.with(|s| s.run(&arguments, true)).unwrap_or_else(|| error::missing_relation("entry"));
        // The whole answer; it is not known only where no entry refuses.
        row[0].is_some_and(|d| d.value() != 0)
    })
}
