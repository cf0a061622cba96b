//! `sql/install/crm/scrub.sql`: reads the rows of a scrub, writes their results into a table and hashes them, in one
//! pass.
//!
//! The caller's query checks the rows, so that the check is that of any filter. What follows of a check is added here:
//! status, ground, lists, and two hashes. One is over the stored rows in their order. The other is over all rows in any
//! order: it needs only what the source table had, so it shows what was clear even if only the other rows are stored.

use crate::check;
use crate::list::sort_files::Temp;
use crate::phone::{is_phone, read, read_all, region_of};
use crate::sys::args::Args;
use crate::sys::bulk_insert::BulkInsert;
use crate::sys::column::Column;
use crate::sys::named_rows::NamedRows;
use crate::sys::output::{Output, write_int};
use crate::sys::progress::{Progress, Reported};
use crate::sys::row::{text_datum, texts_datum};
use crate::sys::spi::with_connection;
use crate::sys::temp::TempFiles;
use crate::sys::{self, Room, Scratch, Text, stream};
use crate::{error, raw_function, settings};
use dnc_core::entry::scope::QueryScope;
use dnc_core::limits;
use dnc_core::list::unordered::Unordered;
use dnc_core::phone::{MAX_DIGITS, Phone};
use pgrx::IntoDatum;
use pgrx::pg_sys::{self, Datum, Oid};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ffi::CString;

/// Maximum bytes in which the hashes of rows are sorted at once.
const MOST_SORTED: usize = 256 << 20;
/// Bytes of rows' values after which the batch is written.
const MOST_SCRATCH: usize = 1 << 19;
/// Bytes that are hashed at once.
const HASHED: usize = 1 << 14;
/// Rows between two reports of progress.
const REPORTED: u64 = 1 << 12;

raw_function!(dnc_scrub_query_wrapper, pg_finfo_dnc_scrub_query_wrapper, write);
raw_function!(dnc_scrub_hash_query_wrapper, pg_finfo_dnc_scrub_hash_query_wrapper, rows_hash);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    Clear,
    Suppressed,
    Unreadable,
    Missing,
}

const STATUSES: [&str; 4] = ["clear", "suppressed", "unreadable", "missing"];

#[derive(Clone, Copy)]
enum Ground {
    Missing,
    Unreadable,
    NotKnown,
    Refusal,
    Listed,
}

const GROUNDS: [&str; 5] = ["missing", "unreadable", "not known", "refusal", "listed"];

/// Where result rows go.
enum Sink {
    Table(BulkInsert),
    /// Collected for an INSERT: the table needs one.
    Statement(NamedRows),
}

/// What a scrub is asked, and what is set up before its rows come.
struct Asked {
    target: Oid,
    scope: QueryScope,
    /// Whether clear rows are stored, too.
    all: bool,
    files: TempFiles,
}

/// State of a scrub.
struct Pass<'a> {
    asked: &'a Asked,
    key: Output,
    /// Whether the column to check holds texts.
    is_text: bool,
    sink: Sink,
    progress: Progress,
    scratch: Scratch,
    statuses: [Datum; 4],
    grounds: [Datum; 5],
    /// Rows read before, in earlier batches, and now.
    place: i64,
    counts: [i64; 4],
    lists: BTreeMap<String, i64>,
    stored: Sha256,
    /// Result rows not yet hashed.
    pending: Vec<u8>,
    rows: Unordered<Temp>,
    /// The text of the row's key.
    key_text: Vec<u8>,
    /// The row as it is hashed.
    row: Vec<u8>,
}

fn query(text: Option<Text>) -> CString {
    let text = text.map_or(&b""[..], |text| text.limited("the query", limits::LONG).bytes());
    CString::new(text).unwrap_or_else(|_| error::not_text())
}

/// Arguments: table, query, channel, purpose, rows read before, whether all rows are stored. The query returns a key, a
/// number or a field, its check, and its region.
fn write(args: Args) -> Datum {
    let rows = args.rows();
    let (channel, purpose) = (args.text(2).map(Text::bytes), args.text(3).map(Text::bytes));
    let set_purpose = if purpose.is_none() { settings::purpose() } else { None };
    let scope = check::query(channel, purpose, set_purpose.as_deref());
    let query = query(args.text(1));
    let (target, before) = (args.oid(0).unwrap_or(pg_sys::InvalidOid), args.int(4).unwrap_or(0));
    let result = with_connection(|| {
        let (room, files) = (Room::here(), TempFiles::here());
        let asked = Asked { target, scope, all: args.bool(5) != Some(false), files };
        let pass = std::cell::RefCell::new(None);
        stream::each_alone(
            &query,
            &mut |kinds| *pass.borrow_mut() = Some(room.with(|| Pass::new(&asked, kinds, before))),
            &mut |columns| pass.borrow_mut().iter_mut().for_each(|pass| pass.row(columns)),
        );
        pass.into_inner().unwrap_or_else(|| error::not_a_scrub_query()).finish()
    });
    rows.put(&result.datums());
    rows.finish()
}

/// The hash of the rows of a query in any order, whose columns are texts.
fn rows_hash(args: Args) -> Datum {
    let query = query(args.text(0));
    let hash = with_connection(|| {
        let mut rows = unordered(TempFiles::here());
        let (mut row, mut scratch) = (Vec::new(), Scratch::new());
        stream::each_alone(
            &query,
            &mut |kinds| {
                if kinds.iter().any(|(kind, _)| *kind != pg_sys::TEXTOID) {
                    error::not_a_scrub_query();
                }
            },
            &mut |columns| {
                row.clear();
                scratch.with(|| {
                    columns.iter().for_each(|column| {
                        put(column.and_then(Column::text).map(Text::utf8_bytes).as_deref(), &mut row);
                    });
                });
                rows.push(&row);
                if scratch.size() > MOST_SCRATCH {
                    scratch.clear();
                }
            },
        );
        rows.finish()
    });
    args.give((&hash[..]).into_datum())
}

fn unordered(files: TempFiles) -> Unordered<Temp> {
    Unordered::new(Temp(files), sys::maintenance_bytes().min(MOST_SORTED))
}

/// The text of a number in E.164.
fn e164(phone: Phone, buffer: &mut [u8; MAX_DIGITS + 1]) -> &[u8] {
    let mut digits = [0; MAX_DIGITS];
    let count = phone.digits(&mut digits).len();
    buffer[0] = b'+';
    buffer[1..].iter_mut().zip(digits).for_each(|(to, digit)| *to = digit + b'0');
    &buffer[..=count]
}

/// Appends a text as a netstring: its length in bytes, a colon, the text, a comma; a minus sign for NULL.
#[inline]
fn put(text: Option<&[u8]>, to: &mut Vec<u8>) {
    match text {
        None => to.push(b'-'),
        Some(text) => {
            // Nearly all are short.
            match text.len() {
                0..10 => to.push(b'0' + text.len() as u8),
                10..100 => to.extend_from_slice(&[b'0' + (text.len() / 10) as u8, b'0' + (text.len() % 10) as u8]),
                length => write_int(length as i64, to),
            }
            to.push(b':');
            to.extend_from_slice(text);
            to.push(b',');
        }
    }
}

/// Whether a field has nothing but white space.
fn is_blank(text: &[u8]) -> bool {
    text.iter().all(|byte| b" \t\n\r\x0c\x0b".contains(byte))
}

impl<'a> Pass<'a> {
    fn new(asked: &'a Asked, kinds: &[(Oid, i32)], place: i64) -> Pass<'a> {
        let &[(key, modifier), (value, _), (checked, _), (region, _)] = kinds else { error::not_a_scrub_query() };
        let is_text = value == pg_sys::TEXTOID;
        if !is_text && !is_phone(value) || checked != pg_sys::BOOLOID || region != pg_sys::TEXTOID {
            error::not_a_scrub_query();
        }
        let phone = sys::column_type(asked.target, sys::column_number(asked.target, c"phone"));
        let columns = [
            (c"n", pg_sys::INT8OID, -1),
            (c"key", key, modifier),
            (c"phone", phone, -1),
            (c"status", pg_sys::TEXTOID, -1),
            (c"ground", pg_sys::TEXTOID, -1),
            (c"lists", pg_sys::TEXTARRAYOID, -1),
        ];
        let table = if is_phone(phone) { BulkInsert::open(asked.target, &columns) } else { None };
        Pass {
            asked,
            key: Output::of(key),
            is_text,
            sink: match table {
                Some(table) => Sink::Table(table),
                None => Sink::Statement(NamedRows::new(c"dnc_scrubbed", &columns)),
            },
            progress: Progress::start(asked.target),
            scratch: Scratch::new(),
            statuses: STATUSES.map(text_datum),
            grounds: GROUNDS.map(text_datum),
            place,
            counts: [0; 4],
            lists: BTreeMap::new(),
            stored: Sha256::new(),
            pending: Vec::new(),
            rows: unordered(asked.files),
            key_text: Vec::new(),
            row: Vec::new(),
        }
    }

    fn row(&mut self, columns: &[Option<Column>]) {
        let &[key, value, checked, region] = columns else { error::not_a_scrub_query() };
        let room = self.scratch.room();
        room.with(|| self.judge(key, value, checked.map(Column::bool), region));
        let full = matches!(&self.sink, Sink::Table(table) if table.is_full());
        if full || self.scratch.size() > MOST_SCRATCH {
            self.flush();
        }
        self.place += 1;
        if (self.place as u64).is_multiple_of(REPORTED) {
            self.progress.report(Reported::Lines, self.place as u64);
        }
    }

    fn judge(&mut self, key: Option<Column>, value: Option<Column>, checked: Option<bool>, region: Option<Column>) {
        let field = value.filter(|_| self.is_text).and_then(Column::text);
        let phone = value.filter(|_| !self.is_text).map(|value| Phone::from_stored(value.int()));
        let region = region.and_then(Column::text);
        let missing = phone.is_none() && field.is_none_or(|field| is_blank(field.bytes()));
        let status = match checked {
            Some(true) => Status::Suppressed,
            Some(false) => Status::Clear,
            None if missing => Status::Missing,
            None => Status::Unreadable,
        };
        self.counts[status as usize] += 1;
        self.key_text.clear();
        if let Some(key) = key {
            self.key.write(key, &mut self.key_text);
        }
        self.row.clear();
        put(key.map(|_| &self.key_text[..]), &mut self.row);
        match phone {
            Some(phone) => put(Some(e164(phone, &mut [0; MAX_DIGITS + 1])), &mut self.row),
            None => put(field.map(Text::utf8_bytes).as_deref(), &mut self.row),
        }
        put(region.map(Text::utf8_bytes).as_deref(), &mut self.row);
        put(Some(STATUSES[status as usize].as_bytes()), &mut self.row);
        self.rows.push(&self.row);
        if self.asked.all || status != Status::Clear {
            let phone = phone.or_else(|| read(field?, region_of(region)).ok());
            let lists = checked.filter(|refused| *refused).and_then(|_| self.lists_of(phone, field, region));
            let ground = match checked {
                Some(false) => None,
                _ if missing => Some(Ground::Missing),
                None if phone.is_none() => Some(Ground::Unreadable),
                None => Some(Ground::NotKnown),
                Some(true) if lists.iter().flatten().any(|list| list == "internal") => Some(Ground::Refusal),
                Some(true) => Some(Ground::Listed),
            };
            self.store(key, phone, status, ground, lists);
        }
    }

    /// The lists of a number, or of all numbers of a field; `None`: not known, or a field's numbers are on none.
    fn lists_of(&self, phone: Option<Phone>, field: Option<Text>, region: Option<Text>) -> Option<Vec<String>> {
        if let Some(phone) = phone {
            return check::lists_of(phone, &self.asked.scope);
        }
        let found = read_all(field?, region_of(region));
        let lists = found.numbers.iter().filter_map(|number| check::lists_of(number.phone, &self.asked.scope));
        let mut lists: Vec<String> = lists.flatten().collect();
        lists.sort_by(|a, b| sys::in_collation(a, b));
        lists.dedup();
        (!lists.is_empty()).then_some(lists)
    }

    fn store(
        &mut self,
        key: Option<Column>,
        phone: Option<Phone>,
        status: Status,
        ground: Option<Ground>,
        lists: Option<Vec<String>>,
    ) {
        let n = self.place + 1;
        self.row.clear();
        write_int(n, &mut self.row);
        let mut put = |text: &[u8]| {
            self.row.push(b'|');
            self.row.extend_from_slice(text);
        };
        if key.is_some() {
            put(&self.key_text);
        }
        if let Some(phone) = phone {
            put(e164(phone, &mut [0; MAX_DIGITS + 1]));
        }
        put(STATUSES[status as usize].as_bytes());
        if let Some(ground) = ground {
            put(GROUNDS[ground as usize].as_bytes());
        }
        if let Some(lists) = &lists {
            put(lists.join(",").as_bytes());
        }
        self.pending.extend_from_slice(&(self.row.len() as u64).to_le_bytes());
        self.pending.extend_from_slice(&self.row);
        if self.pending.len() > HASHED {
            self.hash();
        }
        let row = [
            Some(Datum::from(n)),
            key.map(|key| self.key.copied(key)),
            phone.map(|phone| Datum::from(phone.bits())),
            Some(self.statuses[status as usize]),
            ground.map(|ground| self.grounds[ground as usize]),
            lists.as_deref().map(texts_datum),
        ];
        for list in lists.into_iter().flatten() {
            *self.lists.entry(list).or_default() += 1;
        }
        match &mut self.sink {
            Sink::Table(table) => table.put(&row),
            Sink::Statement(rows) => rows.put(&row),
        }
    }

    fn hash(&mut self) {
        self.stored.update(&self.pending);
        self.pending.clear();
    }

    fn flush(&mut self) {
        if let Sink::Table(table) = &mut self.sink {
            table.flush();
        }
        self.scratch.clear();
    }

    fn finish(mut self) -> Scrubbed {
        self.hash();
        self.flush();
        let direct = matches!(self.sink, Sink::Table(_));
        match self.sink {
            Sink::Table(table) => table.finish(),
            Sink::Statement(rows) => rows.run(&format!(
                "INSERT INTO {} (n, key, phone, status, ground, lists) SELECT n, key, phone, status, ground, lists \
                 FROM dnc_scrubbed",
                sys::qualified_name(self.asked.target)
            )),
        }
        self.progress.end();
        Scrubbed {
            direct,
            counts: self.counts,
            lists: self.lists.into_iter().collect(),
            stored: self.stored.finalize().into(),
            rows: self.rows.finish(),
        }
    }
}

/// The result of a scrub.
struct Scrubbed {
    /// Whether the table holds exactly the rows that were hashed: no trigger or rule changed them.
    direct: bool,
    counts: [i64; 4],
    lists: Vec<(String, i64)>,
    stored: [u8; 32],
    rows: [u8; 32],
}

impl Scrubbed {
    fn datums(self) -> [Option<Datum>; 10] {
        let [clear, suppressed, unreadable, missing] = self.counts;
        let (names, counts): (Vec<String>, Vec<i64>) = self.lists.into_iter().unzip();
        [
            Some(Datum::from(self.direct)),
            Some(Datum::from(clear + suppressed + unreadable + missing)),
            Some(Datum::from(clear)),
            Some(Datum::from(suppressed)),
            Some(Datum::from(unreadable)),
            Some(Datum::from(missing)),
            Some(texts_datum(&names)),
            counts.into_datum(),
            (&self.stored[..]).into_datum(),
            (&self.rows[..]).into_datum(),
        ]
    }
}
