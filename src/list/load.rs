//! `sql/install/57-load.sql`: from a file, a query or copied lines to the blocks of a version.
//!
//! Numbers are sorted outside memory where they must be ([`dnc_core::list::sort`]) and written block by block, so that a load
//! takes the same memory whatever the size of the file. A file of changes makes two small sets, what the whole list gained
//! and lost; when those outgrow a tenth of it, the whole is written anew.

use crate::sys::progress::{Progress, Told};
use crate::sys::row::{text, text_datum};
use crate::sys::spi::{Cursor, Statement, column, connected, with_scratch};
use crate::sys::temp::{TempFile, TempFiles};
use crate::sys::trigger::Trigger;
use crate::sys::{self, Text};
use crate::{error, settings, trigger_function};
use dnc_core::list::block::{Block, END, Fault, Packed, Packer};
use dnc_core::list::file_format::{Action, Column, Format, Item, Parser, Reason, Reject, Unreadable, masked, number};
use dnc_core::list::phone_set::{Merged, Operation, merged};
use dnc_core::list::sort::{Merge, Run, Sorter, Store};
use dnc_core::phone::{Phone, PhoneError, plan};
use pgrx::pg_sys::{self, Datum};
use pgrx::prelude::*;
use pgrx::{FromDatum, IntoDatum, pg_guard};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::io::Read;

/// Rejects that are kept.
const KEPT_REJECTS: usize = 10_000;
/// Most bytes that sorting takes.
const MOST_SORTED: usize = 256 << 20;
/// Bytes of a file that are read at once, and of copied lines that make a chunk.
const PORTION: usize = 1 << 20;
/// Changes are joined with the whole list when they are more than one in so many of its numbers.
const JOINED: u64 = 10;

thread_local! {
    static VERSION: Statement = const {
        Statement::new(
            c"SELECT (pg_catalog.to_jsonb(v) OPERATOR(pg_catalog.||) pg_catalog.jsonb_build_object('percent', l.reject_percent, 'before', (SELECT pg_catalog.to_jsonb(b) FROM dnc.list_version AS b WHERE b.version_id OPERATOR(pg_catalog.=) v.base_id OR v.base_id IS NULL AND b.list OPERATOR(pg_catalog.=) v.list AND b.state OPERATOR(pg_catalog.=) 'current')))::pg_catalog.text FROM dnc.list_version AS v JOIN dnc.list AS l ON l.list OPERATOR(pg_catalog.=) v.list WHERE v.version_id OPERATOR(pg_catalog.=) $1 FOR UPDATE OF v",
            &[pg_sys::INT8OID],
        )
    };
    static FORMAT: Statement = const {
        Statement::new(
            c"SELECT pg_catalog.to_jsonb(f)::pg_catalog.text FROM dnc.list_format AS f WHERE f.format OPERATOR(pg_catalog.=) $1",
            &[pg_sys::TEXTOID],
        )
    };
    static SETS: Statement = const {
        Statement::new(
            c"SELECT whole_set, plus_set, minus_set FROM dnc.list_version WHERE version_id OPERATOR(pg_catalog.=) $1 AND state OPERATOR(pg_catalog.=) ANY ('{ready,current,former}')",
            &[pg_sys::INT8OID],
        )
    };
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
    static OPEN: Statement = const {
        Statement::new(
            c"SELECT state FROM dnc.list_version WHERE version_id OPERATOR(pg_catalog.=) $1 FOR SHARE",
            &[pg_sys::INT8OID],
        )
    };
    static CHUNK: Statement = const {
        Statement::new(c"INSERT INTO dnc.list_chunk (version_id, lines) VALUES ($1, $2)", &[pg_sys::INT8OID, pg_sys::BYTEAOID])
    };
}

/// Sorting's files are the server's.
struct Temp(TempFiles);

impl Store for Temp {
    type Run = TempFile;

    fn create(&mut self) -> TempFile {
        self.0.create()
    }

    fn pause(&mut self) {
        pgrx::check_for_interrupts!();
    }

    fn lost(&self) -> ! {
        error::lost_in_sorting()
    }
}

impl Run for TempFile {
    fn write(&mut self, bytes: &[u8]) {
        TempFile::write(self, bytes);
    }

    fn rewind(&mut self) {
        TempFile::rewind(self);
    }

    fn read(&mut self, bytes: &mut [u8]) -> usize {
        TempFile::read(self, bytes)
    }

    fn close(self) {
        TempFile::close(self);
    }
}

/// The sets that a version consists of.
#[derive(Clone, Copy)]
struct Sets {
    whole: i64,
    changes: Option<(i64, i64)>,
}

/// What is known of an open version before it is loaded.
struct Opened {
    version: i64,
    format: Format,
    /// Of a file of changes that are all alike: whether its numbers are removed.
    removes: Option<bool>,
    /// Whether the file has changes.
    delta: bool,
    reject_percent: i64,
    /// The version that the changes apply to, or else the current one.
    before: Option<(Sets, u64)>,
}

impl Opened {
    /// Call as the owner.
    fn of(version: i64) -> Opened {
        let row = one(&VERSION, &[version.into_datum()]);
        let known = row.as_deref().and_then(|row| serde_json::from_str::<Value>(row).ok());
        let Some(known) = known.filter(|known| known["state"] == "open") else { error::load_not_open(version) };
        let format = format(known["format"].as_str().unwrap_or_default(), known["region"].as_str());
        let before = &known["before"];
        let before = before["whole_set"].as_i64().map(|whole| {
            let changes = before["plus_set"].as_i64().zip(before["minus_set"].as_i64());
            (Sets { whole, changes }, before["numbers"].as_u64().unwrap_or(0))
        });
        let operation = known["operation"].as_str();
        Opened {
            version,
            format: format.unwrap_or_else(|| error::load_not_open(version)),
            removes: operation.filter(|operation| *operation != "by_line").map(|operation| operation == "remove"),
            delta: operation.is_some(),
            reject_percent: known["percent"].as_i64().unwrap_or(0),
            before,
        }
    }
}

/// The text that a statement of the owner's gives.
fn one(statement: &'static std::thread::LocalKey<Statement>, arguments: &[Option<Datum>]) -> Option<String> {
    let row = statement.with(|s| s.run(arguments, false))?;
    // SAFETY: such statements give a text.
    row[0].map(|value| unsafe { text(value) })
}

/// A format by its name, and by which region's rules its numbers are read. Call as the owner.
fn format(name: &str, region: Option<&str>) -> Option<Format> {
    let row = one(&FORMAT, &[Some(text_datum(name))])?;
    let row: Value = serde_json::from_str(&row).ok()?;
    let byte = |name: &str| row[name].as_str().and_then(|text| text.bytes().next());
    let texts = |name: &str| -> Vec<String> {
        row[name].as_array().into_iter().flatten().filter_map(|text| Some(text.as_str()?.to_owned())).collect()
    };
    let region = region.or(row["region"].as_str());
    Some(Format {
        xml: row["layout"] == "xml",
        delimiter: byte("delimiter"),
        quote: byte("quote"),
        comment: byte("comment"),
        number: texts("number_columns").iter().map(|column| Column::of(column)).collect(),
        action: row["action_column"].as_str().map(|column| Action {
            column: Column::of(column),
            add: texts("add_values"),
            remove: texts("remove_values"),
        }),
        region: region.map(|region| plan::region(region).unwrap_or_else(|| error::unknown_region(region))),
    })
}

/// What has been read of a file.
struct Reading {
    sorter: Sorter<Temp>,
    lines: u64,
    rejected: u64,
    rejects: Vec<Reject>,
    bytes: u64,
    hash: Option<[u8; 32]>,
}

impl Reading {
    /// Call where the load begins: its files live as long as what is allocated here.
    fn new() -> Reading {
        // SAFETY: a setting, in kilobytes.
        let allowed = unsafe { pg_sys::maintenance_work_mem as usize * 1024 };
        let sorter = Sorter::new(Temp(TempFiles::here()), allowed.min(MOST_SORTED));
        Reading { sorter, lines: 0, rejected: 0, rejects: Vec::new(), bytes: 0, hash: None }
    }

    /// Takes a record. A key is the number, doubled, and one more where it is removed.
    fn take(&mut self, found: Result<Item, Reject>, removes: Option<bool>) {
        self.lines += 1;
        match found {
            Ok(Item { phone, removed }) => {
                let removed = removes.unwrap_or(removed);
                self.sorter.push((phone.e164_number() as u64) << 1 | u64::from(removed));
            }
            Err(reject) => {
                self.rejected += 1;
                if self.rejects.len() < KEPT_REJECTS {
                    self.rejects.push(reject);
                }
            }
        }
    }

    fn tell(&self, progress: &Progress) {
        progress.tell(Told::Bytes, self.bytes);
        progress.tell(Told::Lines, self.lines);
        progress.tell(Told::Rejected, self.rejected);
    }
}

/// A load from the version's opening to its being ready. `read` reads the file, with the rights of the caller.
fn load(version: i64, reject_percent: Option<i32>, read: impl FnOnce(&Opened, &mut Reading, &Progress)) {
    let owner = sys::owner();
    let opened = connected(owner, || Opened::of(version));
    let progress = Progress::start(sys::relation(c"list_block"));
    progress.tell(Told::Version, version as u64);
    progress.tell(Told::Phase, 1);
    let mut reading = Reading::new();
    read(&opened, &mut reading, &progress);
    reading.tell(&progress);
    let allowed = reject_percent.map_or(opened.reject_percent, i64::from).max(0) as u64;
    if reading.rejected * 100 > reading.lines * allowed {
        error::too_many_rejects(reading.rejected, reading.lines, allowed, &reading.rejects);
    }
    progress.tell(Told::Phase, 2);
    connected(owner, || write(opened, reading, &progress));
    progress.end();
}

/// Writes the sets of the version, its rejects and its counts.
fn write(opened: Opened, reading: Reading, progress: &Progress) {
    let Reading { sorter, lines, rejected, rejects, bytes, hash } = reading;
    let mut writer = Writer { progress, written: 0 };
    let mut keys = sorter.merge();
    let base = opened.before.map_or(0, |(_, numbers)| numbers);
    let done = match (opened.delta, opened.before) {
        (true, Some((sets, numbers))) => changed(&mut writer, &mut keys, sets, numbers),
        (true, None) => error::load_not_open(opened.version),
        (false, before) => whole(&mut writer, &mut keys, before.map(|(sets, _)| sets)),
    };
    // Every line is accounted for: a number, one that was said before, or one that could not be read.
    let told = if opened.delta { done.added + done.removed } else { done.numbers };
    if lines != told + done.duplicates + rejected || opened.delta && done.numbers + done.removed != base + done.added {
        error::lines_unaccounted(opened.version, lines, told, done.duplicates, rejected);
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
    // A query that is read may have loaded the same version itself.
    if ready.is_none() {
        error::load_not_open(opened.version);
    }
}

struct Done {
    sets: Sets,
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

/// A set that is being written.
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

    /// Writes what is left; the digest of the set.
    fn finish(&mut self, set: &mut NewSet) -> [u8; 32] {
        while let Some(block) = set.packer.finish() {
            self.put(set, &block);
        }
        set.digest.clone().finalize().into()
    }

    fn put(&mut self, set: &mut NewSet, block: &Block) {
        hash(&mut set.digest, block);
        self.progress.tell(Told::Numbers, self.written);
        with_scratch(|| {
            BLOCK.with(|s| {
                let range = [block.start as i64, block.stop as i64].map(IntoDatum::into_datum);
                s.run(&[set.set.into_datum(), range[0], range[1], block.bytes.as_slice().into_datum()], false)
            });
        });
        pgrx::check_for_interrupts!();
    }
}

/// Writes a full list, and counts what it gains and loses to the version that is current.
fn whole(writer: &mut Writer, keys: &mut Merge<Temp>, before: Option<Sets>) -> Done {
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
    Done { sets: Sets { whole: set.set, changes: None }, numbers: set.numbers, added, removed, duplicates, digest }
}

/// Adds a block to its set's digest.
fn hash(digest: &mut Sha256, block: &Block) {
    for word in [block.start, block.stop, block.bytes.len() as u64] {
        digest.update(word.to_le_bytes());
    }
    digest.update(&block.bytes);
}

/// A version's digest: that of the digests of the sets that were written for it.
fn digest_of(sets: &[[u8; 32]]) -> [u8; 32] {
    Sha256::digest(sets.concat()).into()
}

/// Applies changes to a version: what it then differs by from its whole set, or, if that is much, a whole set anew.
fn changed(writer: &mut Writer, keys: &mut Merge<Temp>, sets: Sets, numbers: u64) -> Done {
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
        // Each moves on, whatever the others say.
        let in_plus = old_plus.next_if_eq(&number).is_some();
        let in_minus = old_minus.next_if_eq(&number).is_some();
        let was = (in_whole || in_plus) && !in_minus;
        let mut is = was;
        if key == Some(number) {
            // A number that is both added and removed is listed: additions come first.
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
    let changes = Sets { whole: sets.whole, changes: Some((plus.set, minus.set)) };
    let numbers = numbers + added - removed;
    let of_whole = numbers + minus.numbers - plus.numbers;
    if (plus.numbers + minus.numbers) * JOINED <= of_whole {
        return Done { sets: changes, numbers, added, removed, duplicates, digest };
    }
    writer.progress.tell(Told::Phase, 3);
    let mut set = writer.begin();
    for number in Listed::of(changes, true) {
        writer.push(&mut set, number);
    }
    let digest = digest_of(&[writer.finish(&mut set)]);
    for set in [plus.set, minus.set] {
        FORGET.with(|s| s.run(&[set.into_datum()], false));
    }
    Done { sets: Sets { whole: set.set, changes: None }, numbers, added, removed, duplicates, digest }
}

/// A set, read block by block in order.
pub struct SetReader {
    set: i64,
    /// Whether each block is compared with what a writer makes: where it is to be written anew under another digest.
    checked: bool,
    /// Open until the last block was read.
    cursor: Option<Cursor>,
    blocks: std::collections::VecDeque<Block>,
    /// Where the last block that was read ends.
    read_to: u64,
    current: Block,
    numbers: std::vec::IntoIter<u64>,
}

impl SetReader {
    fn of(set: i64, checked: bool) -> SetReader {
        let cursor = Cursor::open(
            c"SELECT start, stop, packed FROM dnc.list_block WHERE set_id OPERATOR(pg_catalog.=) $1 ORDER BY start USING OPERATOR(pg_catalog.<)",
            Some(set),
            32,
            false,
        );
        SetReader {
            set,
            checked,
            cursor: Some(cursor),
            blocks: std::collections::VecDeque::new(),
            read_to: 0,
            current: Block { start: 0, stop: 0, bytes: Vec::new() },
            numbers: Vec::new().into_iter(),
        }
    }

    /// The next block; `None` if it is missing.
    fn next_block(&mut self) -> Option<Block> {
        if self.blocks.is_empty() {
            let blocks = &mut self.blocks;
            self.cursor.as_mut()?.fetch(|row, descriptor| {
                // SAFETY: the columns are those of the query, none of them NULL.
                unsafe {
                    let int = |n| column(row, descriptor, n).map_or(0, |value| value.value() as u64);
                    let bytes = column(row, descriptor, 3).and_then(|value| <&[u8]>::from_datum(value, false));
                    blocks.push_back(Block { start: int(1), stop: int(2), bytes: bytes.unwrap_or_default().to_vec() });
                }
            });
        }
        let block = self.blocks.pop_front().filter(|block| block.start == self.read_to && block.stop > block.start)?;
        self.read_to = block.stop;
        if self.read_to == END {
            self.close();
        }
        Some(block)
    }

    fn advance(&mut self) {
        self.current = self.next_block().unwrap_or_else(|| error::missing_block(self.set, self.read_to));
        if self.checked {
            let Block { start, stop, .. } = self.current;
            self.packed().check(start, stop).unwrap_or_else(|fault| self.broken(fault));
        }
    }

    fn packed(&self) -> Packed<'_> {
        Packed::of(&self.current.bytes).unwrap_or_else(|fault| self.broken(fault))
    }

    fn broken(&self, fault: Fault) -> ! {
        error::broken_block(self.set, self.current.start, fault)
    }

    /// Whether it has a number; numbers are asked for in order.
    fn has(&mut self, number: u64) -> bool {
        while self.current.stop <= number {
            self.advance();
        }
        self.packed().contains(number).unwrap_or_else(|| self.broken(Fault::Bits))
    }

    /// Reads no more.
    fn close(&mut self) {
        if let Some(cursor) = self.cursor.take() {
            cursor.close();
        }
    }
}

impl Iterator for SetReader {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        loop {
            if let Some(number) = self.numbers.next() {
                return Some(number);
            }
            if self.read_to == END {
                return None;
            }
            self.advance();
            self.numbers = self.packed().iter().collect::<Vec<_>>().into_iter();
        }
    }
}

/// The numbers of a version in order.
pub enum Listed {
    Whole(SetReader),
    /// The whole without minus, and plus.
    Changed(Box<Merged<Merged<SetReader, SetReader>, SetReader>>),
}

impl Listed {
    /// Those of a version. Call as the owner, inside `connected`.
    pub fn of_version(version: i64) -> Listed {
        let sets = SETS.with(|s| s.run(&[version.into_datum()], true)).unwrap_or_else(|| error::no_version(version));
        let int = |n: usize| sets[n].map(|value| value.value() as i64);
        let whole = int(0).unwrap_or_else(|| error::no_version(version));
        Listed::of(Sets { whole, changes: int(1).zip(int(2)) }, false)
    }

    fn of(sets: Sets, checked: bool) -> Listed {
        let reader = |set| SetReader::of(set, checked);
        match sets.changes {
            None => Listed::Whole(reader(sets.whole)),
            Some((plus, minus)) => {
                let kept = merged(reader(sets.whole), reader(minus), Operation::Difference);
                Listed::Changed(Box::new(merged(kept, reader(plus), Operation::Union)))
            }
        }
    }
}

impl Iterator for Listed {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        match self {
            Listed::Whole(numbers) => numbers.next(),
            Listed::Changed(numbers) => numbers.next(),
        }
    }
}

/// Has a parser read bytes, a portion at a time, so that the query can be cancelled however many they are.
fn parse(parser: &mut Parser, bytes: &[u8], sink: &mut impl FnMut(Result<Item, Reject>)) -> Result<(), Unreadable> {
    bytes.chunks(PORTION).try_for_each(|portion| {
        pgrx::check_for_interrupts!();
        parser.feed(portion, sink)
    })
}

/// Reads bytes as records of the version's format.
fn feed(opened: &Opened, parser: &mut Parser, bytes: Option<&[u8]>, reading: &mut Reading, file: &str) {
    let mut sink = |found| reading.take(found, opened.removes);
    let result = match bytes {
        Some(bytes) => parse(parser, bytes, &mut sink),
        None => parser.finish(&mut sink),
    };
    match result {
        Ok(()) => {}
        Err(Unreadable::Encoding) => error::not_a_text_file(file),
        Err(Unreadable::NoHeader(column)) => error::no_header(file, &column),
    }
}

/// Passes bytes on and counts and hashes them.
struct Hashing {
    file: std::fs::File,
    hash: Sha256,
    bytes: u64,
}

impl Read for Hashing {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.hash.update(&buffer[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}

#[pg_extern(sql = false)]
fn dnc_load_file(version: Option<i64>, file: Option<&str>, reject_percent: Option<i32>) {
    let (Some(version), Some(file)) = (version, file) else { error::load_not_open(0) };
    // SAFETY: lookups by OIDs; the role is one that every server has.
    let may_read =
        unsafe { pg_sys::has_privs_of_role(pg_sys::GetUserId(), pg_sys::Oid::from(pg_sys::ROLE_PG_READ_SERVER_FILES)) };
    if !may_read {
        error::may_not_read_files();
    }
    load(version, reject_percent, |opened, reading, progress| {
        let fail = |why: std::io::Error| -> ! { error::cannot_read(&format!("file \"{file}\""), &why.to_string()) };
        let opened_file = std::fs::File::open(file).unwrap_or_else(|why| fail(why));
        let facts = opened_file.metadata().unwrap_or_else(|why| fail(why));
        if !facts.is_file() {
            error::cannot_read(&format!("file \"{file}\""), "it is no regular file");
        }
        progress.tell(Told::BytesTotal, facts.len());
        let mut raw =
            std::io::BufReader::with_capacity(PORTION, Hashing { file: opened_file, hash: Sha256::new(), bytes: 0 });
        let zipped = std::io::BufRead::fill_buf(&mut raw).is_ok_and(|bytes| bytes.starts_with(&[0x1f, 0x8b]));
        let mut source = if zipped {
            Source::Zipped(Box::new(flate2::bufread::MultiGzDecoder::new(raw)))
        } else {
            Source::Plain(raw)
        };
        let mut parser = Parser::new(&opened.format);
        let mut buffer = vec![0; PORTION];
        loop {
            pgrx::check_for_interrupts!();
            let read = source.read(&mut buffer).unwrap_or_else(|why| fail(why));
            if read == 0 {
                break;
            }
            feed(opened, &mut parser, Some(&buffer[..read]), reading, file);
            reading.bytes = source.raw().bytes;
            reading.tell(progress);
        }
        feed(opened, &mut parser, None, reading, file);
        let raw = source.raw();
        (reading.bytes, reading.hash) = (raw.bytes, Some(raw.hash.clone().finalize().into()));
    });
}

enum Source {
    Plain(std::io::BufReader<Hashing>),
    Zipped(Box<flate2::bufread::MultiGzDecoder<std::io::BufReader<Hashing>>>),
}

impl Source {
    fn raw(&self) -> &Hashing {
        match self {
            Source::Plain(raw) => raw.get_ref(),
            Source::Zipped(decoder) => decoder.get_ref().get_ref(),
        }
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Source::Plain(raw) => raw.read(buffer),
            Source::Zipped(decoder) => decoder.read(buffer),
        }
    }
}

#[pg_extern(sql = false)]
fn dnc_load_query(version: Option<i64>, query: Option<&str>, reject_percent: Option<i32>) {
    let (Some(version), Some(query)) = (version, query) else { error::load_not_open(0) };
    let query = std::ffi::CString::new(query).unwrap_or_default();
    // SAFETY: the column's type is that of the store's numbers.
    let phone_type = unsafe { pg_sys::get_atttype(sys::relation(c"entry"), 2) };
    load(version, reject_percent, |opened, reading, progress| {
        // SAFETY: connect and finish come in pairs; the query runs with the rights of the caller.
        unsafe {
            pg_sys::SPI_connect();
            let mut cursor = Cursor::open(&query, None, 10_000, false);
            loop {
                let more = cursor.fetch(|row, descriptor| {
                    let line = reading.lines + 1;
                    let found = match column(row, descriptor, 1) {
                        None => Err((String::new(), Reason::Phone(PhoneError::NotANumber))),
                        Some(value) if pg_sys::SPI_gettypeid(descriptor, 1) == phone_type => {
                            Ok(Phone::from_stored(value.value() as i64))
                        }
                        Some(_) => {
                            let spelled = pg_sys::SPI_getvalue(row, descriptor, 1);
                            let bytes = std::ffi::CStr::from_ptr(spelled).to_bytes();
                            let found = number(bytes.trim_ascii(), opened.format.region)
                                .map_err(|reason| (masked(bytes), reason));
                            pg_sys::pfree(spelled.cast());
                            found
                        }
                    };
                    let found = found.map(|phone| Item { phone, removed: false });
                    reading.take(found.map_err(|(text, reason)| Reject { line, text, reason }), opened.removes);
                });
                reading.tell(progress);
                if !more {
                    break;
                }
            }
            cursor.close();
            pg_sys::SPI_finish();
        }
    });
}

#[pg_extern(sql = false)]
fn dnc_load_chunks(version: Option<i64>, reject_percent: Option<i32>) {
    let Some(version) = version else { error::load_not_open(0) };
    load(version, reject_percent, |opened, reading, progress| {
        connected(sys::owner(), || {
            let mut cursor = Cursor::open(
                c"SELECT lines FROM dnc.list_chunk WHERE version_id OPERATOR(pg_catalog.=) $1 ORDER BY chunk_id USING OPERATOR(pg_catalog.<)",
                Some(version),
                1,
                false,
            );
            let mut parser = Parser::new(&opened.format);
            let mut hash = Sha256::new();
            while cursor.fetch(|row, descriptor| {
                with_scratch(|| {
                    // SAFETY: the column is a bytea.
                    let lines =
                        unsafe { column(row, descriptor, 1).and_then(|value| <&[u8]>::from_datum(value, false)) };
                    let lines = lines.unwrap_or_default();
                    hash.update(lines);
                    reading.bytes += lines.len() as u64;
                    feed(opened, &mut parser, Some(lines), reading, "dnc.list_line");
                });
            }) {
                reading.tell(progress);
            }
            feed(opened, &mut parser, None, reading, "dnc.list_line");
            reading.hash = Some(hash.finalize().into());
            cursor.close();
        });
    });
}

/// Lines of a statement that are not written yet.
struct Taken {
    /// Nesting depth of transactions in which the statement runs.
    level: i32,
    /// The version that lines go to without saying so, once it was asked for.
    default: Option<i64>,
    /// Whose the lines are.
    version: i64,
    lines: Vec<u8>,
}

thread_local! {
    /// Of the statements that are running, the innermost last: a statement may call a function that puts in lines too.
    static TAKEN: RefCell<Vec<Taken>> = const { RefCell::new(Vec::new()) };
}

/// Called when the library is loaded.
pub fn init() {
    // SAFETY: the callbacks are functions of this library, which is never unloaded.
    unsafe {
        pg_sys::RegisterXactCallback(Some(transaction_ends), std::ptr::null_mut());
        pg_sys::RegisterSubXactCallback(Some(subtransaction_ends), std::ptr::null_mut());
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn transaction_ends(event: pg_sys::XactEvent::Type, _argument: *mut std::ffi::c_void) {
    use pg_sys::XactEvent::{XACT_EVENT_PARALLEL_PRE_COMMIT, XACT_EVENT_PRE_COMMIT, XACT_EVENT_PRE_PREPARE};
    if [XACT_EVENT_PRE_COMMIT, XACT_EVENT_PARALLEL_PRE_COMMIT, XACT_EVENT_PRE_PREPARE].contains(&event) {
        require_written(0);
    } else {
        TAKEN.with_borrow_mut(Vec::clear);
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn subtransaction_ends(
    event: pg_sys::SubXactEvent::Type,
    _mine: pg_sys::SubTransactionId,
    _parent: pg_sys::SubTransactionId,
    _argument: *mut std::ffi::c_void,
) {
    // SAFETY: a read of the transaction's state, which still counts the subtransaction.
    let level = unsafe { sys::raw::GetCurrentTransactionNestLevel() };
    match event {
        pg_sys::SubXactEvent::SUBXACT_EVENT_PRE_COMMIT_SUB => require_written(level),
        // Only the lines of statements that ran in it go with it.
        pg_sys::SubXactEvent::SUBXACT_EVENT_ABORT_SUB => {
            TAKEN.with_borrow_mut(|all| all.retain(|taken| taken.level < level));
        }
        _ => {}
    }
}

/// A caller of the executor that wanted fewer rows than a statement returns left it before its end, and its lines with it.
fn require_written(level: i32) {
    if TAKEN.with_borrow(|all| all.iter().any(|taken| taken.level >= level && !taken.lines.is_empty())) {
        error::lines_not_written();
    }
}

trigger_function!(dnc_take_line, pg_finfo_dnc_take_line, take_line);
trigger_function!(dnc_take_chunk, pg_finfo_dnc_take_chunk, take_chunk, false);

/// INSTEAD OF INSERT on `dnc.list_line`.
fn take_line(trigger: Trigger) -> Datum {
    let tuple = trigger.new_tuple().unwrap_or_else(|| error::not_a_trigger());
    // SAFETY: the columns of the view: a bigint and a text.
    let (version, line) = unsafe {
        let version = trigger.value(tuple, 1).map(|value| value.value() as i64);
        (version, trigger.value(tuple, 2).and_then(|value| Text::from_datum(value, false)))
    };
    let version = TAKEN.with_borrow_mut(|all| {
        let taken = all.last_mut().unwrap_or_else(|| error::not_a_trigger());
        let default = || settings::list_load().and_then(|version| version.parse().ok());
        version.unwrap_or_else(|| *taken.default.get_or_insert_with(|| default().unwrap_or_else(|| error::no_load())))
    });
    if TAKEN.with_borrow(|all| all.last().is_some_and(|taken| taken.version != version)) {
        write_chunk();
    }
    let full = TAKEN.with_borrow_mut(|all| {
        let taken = all.last_mut().unwrap_or_else(|| error::not_a_trigger());
        taken.version = version;
        taken.lines.extend_from_slice(line.map_or(b"", Text::bytes));
        taken.lines.push(b'\n');
        taken.lines.len() >= PORTION
    });
    if full {
        write_chunk();
    }
    trigger.pass(tuple)
}

/// BEFORE and AFTER INSERT on `dnc.list_line`, for each statement.
fn take_chunk(trigger: Trigger) -> Datum {
    if trigger.arguments().first().is_some_and(|event| event == "begin") {
        // SAFETY: a read of the transaction's state.
        let level = unsafe { sys::raw::GetCurrentTransactionNestLevel() };
        TAKEN.with_borrow_mut(|all| all.push(Taken { level, default: None, version: 0, lines: Vec::new() }));
    } else {
        write_chunk();
        TAKEN.with_borrow_mut(Vec::pop);
    }
    Datum::from(0usize)
}

/// Writes what the innermost statement has.
fn write_chunk() {
    let (version, lines) = TAKEN.with_borrow_mut(|all| {
        all.last_mut().map_or((0, Vec::new()), |taken| (taken.version, std::mem::take(&mut taken.lines)))
    });
    if lines.is_empty() {
        return;
    }
    connected(sys::owner(), || {
        // Locked, so that a load is not finished while lines for it are still to be committed.
        if one(&OPEN, &[version.into_datum()]).is_none_or(|state| state != "open") {
            error::load_not_open(version);
        }
        CHUNK.with(|s| s.run(&[version.into_datum(), lines.as_slice().into_datum()], false));
    });
}

#[pg_extern(sql = false)]
fn dnc_format_reads(
    sample: Option<&str>,
    format_name: Option<&str>,
    region: Option<&str>,
) -> TableIterator<'static, (name!(lines, Option<i64>), name!(readable, Option<i64>))> {
    let (mut lines, mut readable) = (0, 0);
    let format = connected(sys::owner(), || format(format_name.unwrap_or_default(), region));
    if let (Some(format), Some(sample)) = (format, sample) {
        let mut parser = Parser::new(&format);
        let mut sink = |found: Result<Item, Reject>| {
            lines += 1;
            readable += i64::from(found.is_ok());
        };
        // The last line may be cut off.
        let whole = sample.rfind(['\n', '>']).map_or(sample, |end| &sample[..=end]);
        if parse(&mut parser, whole.as_bytes(), &mut sink).is_err() || parser.finish(&mut sink).is_err() {
            (lines, readable) = (0, 0);
        }
    }
    TableIterator::once((Some(lines), Some(readable)))
}

#[pg_extern(sql = false)]
fn dnc_block_is_valid(start: i64, stop: i64, packed: &[u8]) -> bool {
    let range = (u64::try_from(start), u64::try_from(stop));
    match (Packed::of(packed), range) {
        (Ok(packed), (Ok(start), Ok(stop))) => packed.check(start, stop).is_ok(),
        _ => false,
    }
}

#[pg_extern(sql = false)]
fn dnc_block_has(packed: &[u8], number: i64) -> Option<bool> {
    Packed::of(packed).ok()?.contains(u64::try_from(number).ok()?)
}

#[pg_extern(sql = false)]
fn dnc_block_count(packed: &[u8]) -> Option<i32> {
    Some(Packed::of(packed).ok()?.count() as i32)
}

#[pg_extern(sql = false)]
#[allow(clippy::type_complexity)]
fn dnc_set_facts(
    set: Option<i64>,
) -> TableIterator<'static, (name!(digest, Option<Vec<u8>>), name!(numbers, Option<i64>), name!(problem, Option<String>))>
{
    let (mut digest, mut numbers, mut problem) = (Sha256::new(), 0, None);
    connected(sys::owner(), || {
        let mut reader = SetReader::of(set.unwrap_or(0), false);
        while problem.is_none() && reader.read_to != END {
            match reader.next_block() {
                None => problem = Some(format!("the block from {} on is missing", reader.read_to)),
                Some(block) => {
                    hash(&mut digest, &block);
                    let checked = Packed::of(&block.bytes).and_then(|packed| {
                        numbers += packed.count() as i64;
                        packed.check(block.start, block.stop)
                    });
                    problem = checked.err().map(|fault| format!("the block from {} on: {}", block.start, fault.rule()));
                }
            }
        }
        reader.close();
    });
    TableIterator::once((Some(digest.finalize().to_vec()), Some(numbers), problem))
}
