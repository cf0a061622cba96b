//! The sets of a version, from sorted numbers.

use crate::error;
use crate::list::load::reading::Reading;
use crate::list::set_reader::{Listed, SetReader, hash};
use crate::list::sort_files::Temp;
use crate::list::version::{Opened, SetIds};
use crate::sys::progress::{Progress, Reported};
use crate::sys::row::text_datum;
use crate::sys::spi::{Statement, with_scratch};
use dnc_core::list::block::{Block, Packer};
use dnc_core::list::sort::Merge;
use pgrx::IntoDatum;
use pgrx::pg_sys::{self};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Changes are merged into the whole list when they are more than one in this many of its numbers.
const JOINED: u64 = 10;

thread_local! {
    static NEW_SET: Statement = const { Statement::new(c"SELECT pg_catalog.nextval('dnc.list_set_seq')", &[]) };
    static BLOCK: Statement = const {
        Statement::new(
            c"INSERT INTO dnc.list_block (set_id, start, stop, packed) VALUES ($1, $2, $3, $4)",
            &[pg_sys::INT8OID, pg_sys::INT8OID, pg_sys::INT8OID, pg_sys::BYTEAOID],
        )
    };
    static FORGET: Statement = const {
        Statement::new(c"DELETE FROM dnc.list_block WHERE set_id OPERATOR(pg_catalog.=) $1", &[pg_sys::INT8OID])
    };
    static REJECTS: Statement = const {
        Statement::new(
            c"INSERT INTO dnc.list_reject (version_id, line, content, reason) SELECT $1, (r OPERATOR(pg_catalog.->>) 0)::pg_catalog.int8, r OPERATOR(pg_catalog.->>) 1, r OPERATOR(pg_catalog.->>) 2 FROM pg_catalog.jsonb_array_elements($2::pg_catalog.jsonb) AS r",
            &[pg_sys::INT8OID, pg_sys::TEXTOID],
        )
    };
    static READY: Statement = const {
        Statement::new(
            c"UPDATE dnc.list_version SET state = 'ready', whole_set = $2, plus_set = $3, minus_set = $4, numbers = $5, added = $6, removed = $7, duplicates = $8, lines = $9, rejected = $10, file_bytes = $11, file_hash = $12, digest = $13 WHERE version_id OPERATOR(pg_catalog.=) $1 AND state OPERATOR(pg_catalog.=) 'open' RETURNING true",
            &[
                pg_sys::INT8OID, pg_sys::INT8OID, pg_sys::INT8OID, pg_sys::INT8OID, pg_sys::INT8OID, pg_sys::INT8OID,
                pg_sys::INT8OID, pg_sys::INT8OID, pg_sys::INT8OID, pg_sys::INT8OID, pg_sys::INT8OID, pg_sys::BYTEAOID,
                pg_sys::BYTEAOID,
            ],
        )
    };
}

/// Writes the sets of the version, its rejects and its counts.
pub fn write(opened: Opened, reading: Reading, progress: &Progress) {
    let Reading { sorter, lines, rejected, rejects, bytes, hash } = reading;
    let mut writer = Writer { progress, written: 0 };
    let mut keys = sorter.merge();
    let base = opened.before.map_or(0, |(_, numbers)| numbers);
    let done = match (opened.delta, opened.before) {
        (true, Some((sets, numbers))) => changed(&mut writer, &mut keys, sets, numbers),
        (true, None) => error::load_not_open(opened.version),
        (false, before) => whole(&mut writer, &mut keys, before.map(|(sets, _)| sets)),
    };
    // Every line is accounted for: a number, a duplicate, or a reject.
    let made = if opened.delta { done.added + done.removed } else { done.numbers };
    if lines != made + done.duplicates + rejected || opened.delta && done.numbers + done.removed != base + done.added {
        error::lines_unaccounted(opened.version, lines, made, done.duplicates, rejected);
    }
    if !rejects.is_empty() {
        let rows = rejects.iter().map(|r| serde_json::json!([r.line.to_string(), r.text, r.reason.rule()]));
        let rows = Value::Array(rows.collect()).to_string();
        with_scratch(|| {
            REJECTS.with(|s| s.run(&[opened.version.into_datum(), Some(text_datum(&rows))], false));
        });
    }
    let count = |n: u64| (n as i64).into_datum();
    let (plus, minus) = done.sets.changes.unzip();
    let ready = READY.with(|s| {
        s.run(
            &[
                opened.version.into_datum(),
                done.sets.whole.into_datum(),
                plus.into_datum(),
                minus.into_datum(),
                count(done.numbers),
                count(done.added),
                count(done.removed),
                count(done.duplicates),
                count(lines),
                count(rejected),
                count(bytes),
                hash.and_then(|hash| hash.as_slice().into_datum()),
                done.digest.as_slice().into_datum(),
            ],
            false,
        )
    });
    // A query used as a source may have loaded the same version itself.
    if ready.is_none() {
        error::load_not_open(opened.version);
    }
}

struct Done {
    sets: SetIds,
    numbers: u64,
    added: u64,
    removed: u64,
    duplicates: u64,
    digest: [u8; 32],
}

/// Writes sets.
struct Writer<'a> {
    progress: &'a Progress,
    written: u64,
}

/// A set being written.
struct NewSet {
    set: i64,
    packer: Packer,
    numbers: u64,
    digest: Sha256,
}

impl Writer<'_> {
    fn begin(&self) -> NewSet {
        let set = NEW_SET.with(|s| s.run(&[], false)).and_then(|row| row[0]).expect("nextval gives a number");
        NewSet { set: set.value() as i64, packer: Packer::default(), numbers: 0, digest: Sha256::new() }
    }

    fn push(&mut self, set: &mut NewSet, number: u64) {
        set.numbers += 1;
        self.written += 1;
        if let Some(block) = set.packer.push(number) {
            self.put(set, &block);
        }
    }

    /// Writes the rest; returns the set's digest.
    fn finish(&mut self, set: &mut NewSet) -> [u8; 32] {
        while let Some(block) = set.packer.finish() {
            self.put(set, &block);
        }
        set.digest.clone().finalize().into()
    }

    fn put(&mut self, set: &mut NewSet, block: &Block) {
        hash(&mut set.digest, block);
        self.progress.report(Reported::Numbers, self.written);
        with_scratch(|| {
            BLOCK.with(|s| {
                let range = [block.start as i64, block.stop as i64].map(IntoDatum::into_datum);
                s.run(&[set.set.into_datum(), range[0], range[1], block.bytes.as_slice().into_datum()], false)
            });
        });
        pgrx::check_for_interrupts!();
    }
}

/// Writes a full list, and counts its additions and removals relative to the current version.
fn whole(writer: &mut Writer, keys: &mut Merge<Temp>, before: Option<SetIds>) -> Done {
    let mut set = writer.begin();
    let mut old = before.map(|sets| Listed::of(sets, false)).into_iter().flatten().peekable();
    let (mut added, mut removed, mut duplicates) = (0, 0, 0);
    let mut last = None;
    for number in keys.map(|key| key >> 1) {
        if last == Some(number) {
            duplicates += 1;
            continue;
        }
        last = Some(number);
        while old.next_if(|old| *old < number).is_some() {
            removed += 1;
        }
        if old.next_if_eq(&number).is_none() {
            added += 1;
        }
        writer.push(&mut set, number);
    }
    removed += old.count() as u64;
    let digest = digest_of(&[writer.finish(&mut set)]);
    Done { sets: SetIds { whole: set.set, changes: None }, numbers: set.numbers, added, removed, duplicates, digest }
}

/// A version's digest: that of the digests of the sets that were written for it.
fn digest_of(sets: &[[u8; 32]]) -> [u8; 32] {
    Sha256::digest(sets.concat()).into()
}

/// Applies changes to a version. The result is a change set relative to its whole set, or a new whole set if the
/// changes are many.
fn changed(writer: &mut Writer, keys: &mut Merge<Temp>, sets: SetIds, numbers: u64) -> Done {
    let (mut plus, mut minus) = (writer.begin(), writer.begin());
    let mut whole = SetReader::of(sets.whole, true);
    let old = |set: Option<i64>| set.map(|set| SetReader::of(set, true)).into_iter().flatten().peekable();
    let (mut old_plus, mut old_minus) = (old(sets.changes.map(|c| c.0)), old(sets.changes.map(|c| c.1)));
    let mut keys = keys.peekable();
    let (mut added, mut removed, mut duplicates) = (0, 0, 0);
    loop {
        let key = keys.peek().map(|key| *key >> 1);
        let Some(number) = [key, old_plus.peek().copied(), old_minus.peek().copied()].into_iter().flatten().min()
        else {
            break;
        };
        let in_whole = whole.has(number);
        // Each iterator advances independently of the others.
        let in_plus = old_plus.next_if_eq(&number).is_some();
        let in_minus = old_minus.next_if_eq(&number).is_some();
        let was = (in_whole || in_plus) && !in_minus;
        let mut is = was;
        if key == Some(number) {
            // A number both added and removed is on the list: additions come first.
            is = keys.next().is_some_and(|key| key & 1 == 0);
            while keys.next_if(|key| key >> 1 == number).is_some() {
                duplicates += 1;
            }
            match (was, is) {
                (false, true) => added += 1,
                (true, false) => removed += 1,
                _ => duplicates += 1,
            }
        }
        match (in_whole, is) {
            (false, true) => writer.push(&mut plus, number),
            (true, false) => writer.push(&mut minus, number),
            _ => {}
        }
    }
    let digest = digest_of(&[writer.finish(&mut plus), writer.finish(&mut minus)]);
    whole.close();
    let changes = SetIds { whole: sets.whole, changes: Some((plus.set, minus.set)) };
    let numbers = numbers + added - removed;
    let of_whole = numbers + minus.numbers - plus.numbers;
    if (plus.numbers + minus.numbers) * JOINED <= of_whole {
        return Done { sets: changes, numbers, added, removed, duplicates, digest };
    }
    writer.progress.report(Reported::Phase, 3);
    let mut set = writer.begin();
    for number in Listed::of(changes, true) {
        writer.push(&mut set, number);
    }
    let digest = digest_of(&[writer.finish(&mut set)]);
    for set in [plus.set, minus.set] {
        FORGET.with(|s| s.run(&[set.into_datum()], false));
    }
    Done { sets: SetIds { whole: set.set, changes: None }, numbers, added, removed, duplicates, digest }
}
