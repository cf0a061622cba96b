//! Lookups in `dnc.entry`, and in `dnc.pseudonym` for erased numbers: one index probe without SQL.
//!
//! The definition of the answer is the SQL function `dnc.refusals`; this is a faster equivalent. If the index is
//! unusable, the SQL function answers; if the table cannot be read, an error is raised. Neither case returns "not
//! suppressed".

use crate::error;
use crate::sys::column::Column;
use crate::sys::invalidation::{self, Known};
use crate::sys::probe::{Expected, Probe};
use crate::sys::row::text_datum;
use crate::sys::spi::{Statement, connected};
use crate::sys::{self, Text, executor};
use dnc_core::entry::class::{self, Says};
use dnc_core::entry::scope::{Ledger, QueryScope, Scope};
use dnc_core::list::pseudonym::Pseudonym;
use dnc_core::phone::Phone;
use pgrx::pg_sys::{self, Datum};
use std::ffi::CStr;

/// Numbers of the columns that determine a row's shape, in both tables.
const SHAPED: [i16; 5] = [3, 4, 5, 7, 8];
/// Number of the searched column, in both tables.
const SEARCHED: &[i16] = &[2];

/// A table of opt-outs and revocations, and its index. Both tables begin with the same columns, except for two names.
struct EntryTable {
    table: &'static CStr,
    index: &'static CStr,
    /// The first columns, in order; [`EntryTable::store`] checks the table against them.
    columns: &'static [&'static CStr],
}

const ENTRIES: EntryTable = EntryTable {
    table: c"entry",
    index: c"entry_phone",
    columns: &[c"entry_id", c"phone", c"ends", c"effective_at", c"expires_at", c"received_at", c"channel", c"purpose"],
};
const PSEUDONYMS: EntryTable = EntryTable {
    table: c"pseudonym",
    index: c"pseudonym_lookup",
    columns: &[
        c"pseudonym_id",
        c"pseudonym",
        c"ends",
        c"effective_at",
        c"expires_at",
        c"received_at",
        c"channel",
        c"purpose",
        c"pseudonym_low",
    ],
};

thread_local! {
    static REFUSED: Statement = const {
        Statement::new(
            c"SELECT dnc.refused($1, $2, $3, $4)",
            &[pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TIMESTAMPTZOID],
        )
    };
    static ERASED: Statement = const {
        Statement::new(
            c"SELECT dnc.pseudonym_refuses($1, $2, $3, $4, $5)",
            &[pg_sys::INT8OID, pg_sys::INT8OID, pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TIMESTAMPTZOID],
        )
    };
    static STORES: [Known<Store>; 2] = {
        invalidation::register(&STORES);
        [Known::new(), Known::new()]
    };
}

/// OIDs of the table and its index, once its columns are checked; looked up again after any change.
#[derive(Clone, Copy)]
struct Store {
    table: pg_sys::Oid,
    /// Invalid if missing.
    index: pg_sys::Oid,
    judge: Option<pg_sys::Oid>,
}

impl EntryTable {
    fn store(&self) -> Store {
        let place = usize::from(self.table == PSEUDONYMS.table);
        STORES.with(|stores| {
            stores[place].get(|| {
                let table = sys::relation(self.table);
                for (place, name) in self.columns.iter().enumerate() {
                    if i32::from(sys::column_number(table, name)) != place as i32 + 1 {
                        self.lacks(name);
                    }
                }
                let index = sys::index(self.index);
                let judge = sys::function(
                    c"entry_shape",
                    &[
                        pg_sys::INT8OID,
                        pg_sys::TIMESTAMPTZOID,
                        pg_sys::TIMESTAMPTZOID,
                        pg_sys::TEXTOID,
                        pg_sys::TEXTOID,
                    ],
                );
                (Store { table, index, judge }, [table, index])
            })
        })
    }

    fn open(&self, context: pg_sys::MemoryContext) -> Option<Probe> {
        let Store { table, index, judge } = self.store();
        let judge = judge.map(|function| (function, &SHAPED[..]));
        Probe::open(&Expected { name: self.table, table, index, columns: SEARCHED, judge }, context)
    }

    fn lacks(&self, column: &CStr) -> ! {
        error::missing_column(&format!("dnc.{}", self.table.to_string_lossy()), &column.to_string_lossy())
    }

    /// Passes the open index to `work`, if it is usable and its entries have shapes.
    fn with_index<T>(&self, work: impl FnOnce(&mut Probe) -> T) -> Option<T> {
        let judged = |probe: &mut Probe| probe.is_judged().then(|| work(probe));
        executor::with_probe(self.table, |context| self.open(context), judged).flatten()
    }

    /// Whether an opt-out under this key is effective. Rows whose pseudonym has another low half are of other numbers.
    fn by_index(&self, probe: &mut Probe, key: i64, low: Option<i64>, query: &QueryScope, at: Option<i64>) -> bool {
        if at.is_none()
            && probe.is_judged()
            && let Some(answer) = by_shapes(probe, key, query)
        {
            return answer;
        }
        self.by_rows(probe, key, low, query, at)
    }

    fn by_rows(&self, probe: &mut Probe, key: i64, low: Option<i64>, query: &QueryScope, at: Option<i64>) -> bool {
        let mut ledger = Ledger::default();
        let (now, past) = (at.unwrap_or_else(sys::now), sys::past(at));
        probe.seek(Some(key));
        while probe.next_row() {
            let (values, nulls) = probe.columns(self.columns.len());
            let int = |i: usize| (!nulls[i]).then(|| values[i].value() as i64);
            if low.is_some() && int(8) != low {
                continue;
            }
            let text = |i: usize| probe.column(i).and_then(Column::text);
            let (entry, effective, expires) = (int(0), int(3), int(4));
            let (Some(entry), Some(effective), Some(expires), Some(received), Some(channel)) =
                (entry, effective, expires, int(5), text(6))
            else {
                self.lacks(c"channel")
            };
            let purpose = text(7).map(Text::bytes);
            if let Some(ends) = int(2) {
                if past.is_none_or(|at| received <= at) {
                    ledger.ending(
                        ends,
                        Scope { channel: channel.bytes().to_vec(), purpose: purpose.map(<[u8]>::to_vec) },
                    );
                }
                continue;
            }
            // An entry without its own start is effective for every snapshot that sees it; for a time in the past, from
            // its receipt.
            let start = if effective == i64::MIN && past.is_some() { received } else { effective };
            if start <= now
                && now < expires
                && let Some(met) = query.meets(channel.bytes(), purpose)
            {
                ledger.refusal(entry, met);
            }
        }
        probe.rest(true);
        ledger.suppressed()
    }
}

/// Whether an opt-out of this number is effective, by one lookup under the active snapshot. `at` is in microseconds
/// since 2000-01-01; `None` is now.
pub fn look(phone: Phone, query: &QueryScope, at: Option<i64>) -> bool {
    let by_index = |probe: &mut Probe| ENTRIES.by_index(probe, phone.bits(), None, query, at);
    executor::with_probe(ENTRIES.table, |context| ENTRIES.open(context), by_index)
        .unwrap_or_else(|| by_sql(phone, query, at))
}

/// The same for the pseudonym of an erased number. If no row must be read, the high half of the pseudonym decides: a
/// false suppression by another number with the same half occurs less than once in 10^12 lookups.
pub fn lookup_pseudonym(pseudonym: Pseudonym, query: &QueryScope, at: Option<i64>) -> bool {
    let by_index = |probe: &mut Probe| PSEUDONYMS.by_index(probe, pseudonym.high, Some(pseudonym.low), query, at);
    executor::with_probe(PSEUDONYMS.table, |context| PSEUDONYMS.open(context), by_index).unwrap_or_else(|| {
        let [_, channel, purpose, at] = arguments(None, query, at);
        connected(sys::owner(), || {
            let pseudonyms =
                [Some(Datum::from(pseudonym.high)), Some(Datum::from(pseudonym.low)), channel, purpose, at];
            let row = ERASED.with(|s| s.run(&pseudonyms, true)).unwrap_or_else(|| error::missing_relation("pseudonym"));
            row[0].is_none_or(|d| d.value() != 0)
        })
    })
}

/// Passes the open index of entries to `work`, if it is usable and its entries have shapes.
pub fn with_index<T>(work: impl FnOnce(&mut Probe) -> T) -> Option<T> {
    ENTRIES.with_index(work)
}

/// The same with the index of pseudonyms.
pub fn with_pseudonyms<T>(work: impl FnOnce(&mut Probe) -> T) -> Option<T> {
    PSEUDONYMS.with_index(work)
}

/// The answer, if the shapes alone determine it.
pub fn by_shapes(probe: &mut Probe, key: i64, query: &QueryScope) -> Option<bool> {
    let asked = class::ChannelClass::about(query.channel.as_deref());
    let mut suppressed = false;
    probe.seek(Some(key));
    while let Some((_, shape)) = probe.next_key() {
        match asked.said_by(shape) {
            Says::Suppresses => suppressed = suppressed || probe.visible(),
            Says::Nothing => {}
            Says::Read => {
                probe.rest(false);
                return None;
            }
        }
        pgrx::check_for_interrupts!();
    }
    probe.rest(true);
    Some(suppressed)
}

/// Arguments of the SQL functions that define the answer.
pub fn arguments(phone: Option<Phone>, query: &QueryScope, at: Option<i64>) -> [Option<Datum>; 4] {
    let bytes = |b: &Vec<u8>| text_datum(&sys::to_utf8(b));
    [
        phone.map(|phone| text_datum(&phone.to_string())),
        query.channel.as_ref().map(bytes),
        query.purpose.as_ref().map(bytes),
        at.map(Datum::from),
    ]
}

fn by_sql(phone: Phone, query: &QueryScope, at: Option<i64>) -> bool {
    let arguments = arguments(Some(phone), query, at);
    connected(sys::owner(), || {
        let row = REFUSED.with(|s| s.run(&arguments, true)).unwrap_or_else(|| error::missing_relation("entry"));
        // NULL (not known) occurs only if no entry suppresses the number.
        row[0].is_some_and(|d| d.value() != 0)
    })
}
