//! `sql/install/entry/import_finish.sql`: the rows of an import, read without SQL.
//!
//! A *plain* row is recorded here: one number that is certain and in a range in use, one channel and purpose, times in
//! ISO 8601 that are in order, and no reference. All others, the *odd* ones, are left to `dnc.import_lines` and the
//! statements of `dnc_import_finish`, which define what a row means. The source is that of the import, whose row keeps it
//! from being deleted.
//!
//! | file | contents |
//! | --- | --- |
//! | `staged` | the rows of an import in their order, and their hash |
//! | `plain` | whether a row is plain, and what it records |
//! | `open` | the trigger and the default of `dnc.import_row` |

pub mod open;
mod plain;
mod staged;

use super::load::{EntryLoad, NewEntry, next_entry, require_size};
use crate::check::lists;
use crate::raw_function;
use crate::sys::args::Args;
use crate::sys::column::Column;
use crate::sys::progress::{Progress, Reported};
use crate::sys::spi::connected;
use crate::sys::{self, stream, xact};
use crate::{error, rule};
use dnc_core::entry::evidence::Imported;
use dnc_core::entry::repeated::Repeated;
use dnc_core::limits;
use dnc_core::phone::Phone;
use pgrx::IntoDatum;
use pgrx::pg_sys::Datum;
use plain::{Batch, Plain};
use staged::Row;

raw_function!(dnc_import_hash, pg_finfo_dnc_import_hash, import_hash);
raw_function!(dnc_import_take, pg_finfo_dnc_import_take, import_take);
raw_function!(dnc_import_write, pg_finfo_dnc_import_write, import_write);

/// `dnc.import_hash(batch, format)`: SHA-256 over the rows of an import in order, and their count.
fn import_hash(args: Args) -> Datum {
    let rows = args.rows();
    let batch = args.int(0).unwrap_or(0);
    let mut hash = staged::Contents::new(args.text(1));
    connected(sys::owner(), || staged::each(batch, &mut |row| hash.add(row)));
    let (hash, lines) = hash.finish();
    rows.put(&[(&hash[..]).into_datum(), (lines as i64).into_datum()]);
    rows.finish()
}

/// Rows of an import that are recorded or left.
#[derive(Default)]
struct Taken {
    /// Plain rows that were recorded.
    added: i64,
    /// Odd rows: their ids, and their lines.
    ids: Vec<i64>,
    lines: Vec<i64>,
}

/// `dnc.import_take(batch, region, source, header, started_at, lines)`: records the plain rows of an import; returns
/// their number, and ids and lines of the odd ones.
fn import_take(args: Args) -> Datum {
    let rows = args.rows();
    let batch = Batch {
        id: args.int(0).unwrap_or(0),
        region: crate::phone::region_of(args.text(1)),
        source: source(args, 2),
        header: args.bool(3) == Some(true),
        started_at: args.int(4).unwrap_or(0),
    };
    let taken = connected(sys::owner(), || take(&batch, args.int(5).unwrap_or(0) as u64));
    rows.put(&[taken.added.into_datum(), taken.ids.into_datum(), taken.lines.into_datum()]);
    rows.finish()
}

/// The source of an import, in an argument.
fn source(args: Args, place: usize) -> String {
    let text = args.text(place).map(|text| text.limited("the source", limits::TEXT));
    text.map(|text| text.to_utf8().into_owned()).unwrap_or_default()
}

fn take(batch: &Batch, lines: u64) -> Taken {
    let mut plain = plain::Reader::new(batch);
    let pseudonyms = lists::pseudonyms();
    if let Some(pseudonyms) = &pseudonyms {
        pseudonyms.expect(lines as f64);
    }
    // An opt-out that is stored under the pseudonym of an erased number is not stored again, which SQL decides.
    let may_be_erased = |phone: Phone| pseudonyms.as_ref().is_some_and(|known| !known.surely_lack(phone));
    let mut key = [0; 16];
    if !sys::draw(&mut key) {
        pgrx::error!("could not draw random bytes for an import");
    }
    let repeated = Repeated::new(lines, sys::maintenance_bytes() as u64, key);
    let mut repeated = repeated.unwrap_or_else(|| error::no_memory(lines as usize / 8));
    let progress = Progress::start(sys::relation(c"import_row"));
    progress.report(Reported::BytesTotal, lines * repeated.passes());
    progress.report(Reported::Version, batch.id as u64);
    let mut seen = 0;
    let mut report = |line: u64| {
        if line.is_multiple_of(1000) {
            seen += 1000;
            progress.report(Reported::Bytes, seen);
        }
    };
    for _ in 1..repeated.passes() {
        staged::each(batch.id, &mut |row| {
            report(row.place);
            if let Some(plain) = plain.read(row) {
                repeated.note(row.place, &plain.key());
            }
        });
        repeated.next_pass();
    }
    let mut load = EntryLoad::start();
    let (mut taken, mut entry) = (Taken::default(), new_entry(batch));
    staged::each(batch.id, &mut |row| {
        report(row.place);
        match plain.read(row).filter(|plain| !may_be_erased(plain.phone)) {
            Some(plain) if repeated.repeats(row.place, &plain.key()) => {}
            Some(plain) => {
                record(&plain, row, batch, &mut entry);
                load.put(&entry);
                taken.added += 1;
            }
            None => {
                crate::sys::memory::grow(&mut taken.ids, 1);
                crate::sys::memory::grow(&mut taken.lines, 1);
                taken.ids.push(row.id);
                taken.lines.push(batch.line(row.place) as i64);
            }
        }
    });
    load.finish();
    progress.end();
    taken
}

/// What all entries of an import have in common.
fn new_entry(batch: &Batch) -> NewEntry {
    NewEntry {
        source: batch.source.clone(),
        batch: Some(batch.id),
        recorded_at: xact::start(),
        ..NewEntry::new(0, Phone::from_stored(0))
    }
}

/// The entry of a plain row.
fn record(plain: &Plain, row: &Row, batch: &Batch, entry: &mut NewEntry) {
    let text = |text: Option<sys::Text>| text.map(|text| text.to_utf8().into_owned());
    entry.entry = next_entry();
    entry.request = entry.entry;
    entry.phone = plain.phone;
    entry.channel.clone_from(&plain.scope.channel);
    entry.purpose.clone_from(&plain.scope.purpose);
    entry.reason.clone_from(&plain.scope.reason);
    (entry.requested_at, entry.received_at) = (plain.at, plain.received);
    let due = rule::due(plain.phone, plain.scope.channel_text(), plain.at, plain.received);
    entry.due_at = Some(due.unwrap_or(plain.received));
    entry.taken_by = text(row.taken_by());
    let (note, words) = (text(row.note()), text(row.words()));
    let spelling = row.phone().map(|phone| phone.to_utf8().chars().take(plain::SPELLING).collect::<String>());
    entry.evidence = Imported {
        line: batch.line(row.place),
        note: note.as_deref(),
        words: words.as_deref(),
        spelling: spelling.as_deref().filter(|spelling| **spelling != plain.phone.to_string()),
    }
    .text();
}

/// `dnc.import_write(batch, source)`: records the opt-outs in `pg_temp.dnc_import_chosen`.
fn import_write(args: Args) -> Datum {
    let batch = args.int(0);
    let source = source(args, 1);
    let written = connected(sys::owner(), || {
        let mut load = EntryLoad::start();
        let mut entry =
            NewEntry { source, batch, recorded_at: xact::start(), ..NewEntry::new(0, Phone::from_stored(0)) };
        let query = c"SELECT c.id, c.number, c.starts, c.stops, c.got, c.channel, c.purpose, c.reason, c.request, c.at, c.due, c.taken_by, c.evidence, c.external_ref FROM pg_temp.dnc_import_chosen AS c ORDER BY c.id";
        let mut scratch = sys::Scratch::new();
        stream::each_alone(query, &mut |_| {}, &mut |row| {
            scratch.once(|| {
                chosen(row, &mut entry);
                load.put(&entry);
            });
        });
        load.finish()
    });
    args.give((written as i64).into_datum())
}

/// The entry of a row of `pg_temp.dnc_import_chosen`.
fn chosen(row: &[Option<Column>], entry: &mut NewEntry) {
    require_size(row.iter().filter_map(|column| column.as_ref()?.size()).sum());
    let int = |place: usize| row[place].map_or(0, Column::int);
    let text = |place: usize| row[place].map(Column::string);
    (entry.entry, entry.phone) = (int(0), Phone::from_stored(int(1)));
    (entry.effective_at, entry.expires_at, entry.received_at) = (int(2), int(3), int(4));
    entry.channel = text(5).unwrap_or_default();
    (entry.purpose, entry.reason) = (text(6), text(7));
    plain::require(&entry.channel, entry.purpose.as_deref(), entry.reason.as_deref());
    (entry.request, entry.requested_at, entry.due_at) = (int(8), int(9), row[10].map(Column::int));
    entry.taken_by = text(11);
    entry.evidence = row[12].and_then(Column::jsonb).unwrap_or_default();
    entry.external_ref = text(13);
}
