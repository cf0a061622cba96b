//! Whether a row of an import is plain, and what it records.

use super::staged::Row;
use crate::entry::intake;
use crate::entry::lookup_key::is_known;
use crate::phone::read_all;
use crate::sys::row::{server_bytes, text_datum};
use crate::sys::spi::{Statement, connected};
use crate::sys::{self, Text};
use dnc_core::entry::iso_time::is_iso;
use dnc_core::phone::plan::RegionPlan;
use dnc_core::phone::{Phone, library};
use pgrx::pg_sys;
use std::collections::HashMap;
use std::rc::Rc;

/// Characters of a spelling that are kept.
pub const SPELLING: usize = 250;
/// Maximum characters of `taken_by`.
const LONGEST: usize = 500;

thread_local! {
    static SCOPE: Statement = const {
        Statement::new(
            c"SELECT s.channels[1], s.purposes[1], s.chosen FROM dnc.import_scope($1, $2, $3) AS s WHERE s.problem IS NULL AND s.doubt IS NULL AND pg_catalog.cardinality(s.channels) OPERATOR(pg_catalog.=) 1 AND pg_catalog.cardinality(s.purposes) OPERATOR(pg_catalog.=) 1",
            &[pg_sys::TEXTOID; 3],
        )
    };
}

/// An open import.
pub struct Batch {
    pub id: i64,
    pub region: Option<&'static RegionPlan>,
    pub source: String,
    pub header: bool,
    pub started_at: i64,
}

impl Batch {
    /// The line of the file at a place, from 1.
    pub fn line(&self, place: u64) -> u64 {
        place + u64::from(self.header)
    }
}

/// Channel, purpose and reason that rows name.
pub struct Scope {
    /// Distinguishes it from others of the import.
    number: u64,
    pub channel: String,
    pub purpose: Option<String>,
    pub reason: Option<String>,
}

impl Scope {
    fn is_same(&self, other: &Scope) -> bool {
        (&self.channel, &self.purpose, &self.reason) == (&other.channel, &other.purpose, &other.reason)
    }

    pub fn channel_text(&self) -> Text<'_> {
        Text::of_ascii(&self.channel)
    }
}

/// What a plain row records.
pub struct Plain {
    pub phone: Phone,
    pub scope: Rc<Scope>,
    pub at: i64,
    pub received: i64,
}

impl Plain {
    /// Rows with the same key record the same: the first one counts.
    pub fn key(&self) -> [i64; 3] {
        [self.phone.bits(), self.scope.number as i64, self.at]
    }
}

/// Reads rows of an import.
pub struct Reader<'a> {
    batch: &'a Batch,
    /// Scopes by the fields that name them; `None`: not plain.
    scopes: HashMap<[Vec<u8>; 3], Option<Rc<Scope>>>,
    /// That of rows that name none.
    plainest: Option<Option<Rc<Scope>>>,
    /// All of them, by number.
    found: Vec<Rc<Scope>>,
}

impl Reader<'_> {
    pub fn new(batch: &Batch) -> Reader<'_> {
        Reader { batch, scopes: HashMap::new(), plainest: None, found: Vec::new() }
    }

    /// What a row records, if it is plain.
    pub fn read(&mut self, row: &Row) -> Option<Plain> {
        if row.is_rich() || row.taken_by().is_some_and(|text| text.bytes().len() > LONGEST) {
            return None;
        }
        let phone =
            intake::one(&read_all(row.phone()?, self.batch.region)).filter(|phone| library::is_valid(*phone))?;
        let started = self.batch.started_at;
        let at = row.requested_at().map_or(Some(started), time).filter(|at| *at <= started)?;
        let received = row.received_at().map_or(Some(started), time).filter(|got| (at..=started).contains(got))?;
        Some(Plain { phone, scope: self.scope(row)?, at, received })
    }

    fn scope(&mut self, row: &Row) -> Option<Rc<Scope>> {
        let fields = [row.channel(), row.purpose(), row.reason()];
        if fields.iter().all(Option::is_none) {
            if self.plainest.is_none() {
                self.plainest = Some(self.find(&fields));
            }
            return self.plainest.clone().flatten();
        }
        let key = fields.map(|field| field.map_or(Vec::new(), |field| field.bytes().to_vec()));
        if let Some(known) = self.scopes.get(&key) {
            return known.clone();
        }
        let found = self.find(&fields);
        self.scopes.insert(key, found.clone());
        found
    }

    /// The scope that fields name. Other names of a scope that is known have its number.
    fn find(&mut self, fields: &[Option<Text>; 3]) -> Option<Rc<Scope>> {
        let found = find(fields, self.found.len() as u64)?;
        if let Some(known) = self.found.iter().find(|known| known.is_same(&found)) {
            return Some(Rc::clone(known));
        }
        self.found.push(Rc::clone(&found));
        Some(found)
    }
}

/// The scope that fields name, if it is one channel and one purpose without a doubt.
fn find(fields: &[Option<Text>; 3], number: u64) -> Option<Rc<Scope>> {
    let text = |field: Option<Text>| Some(text_datum(field.map_or("".into(), Text::to_utf8).trim_matches(' ')));
    let found = connected(sys::owner(), || SCOPE.with(|scope| scope.values(&fields.map(text), true)))?;
    let text = |place: usize| found[place].text().map(str::to_owned);
    let scope = Scope { number, channel: text(0)?, purpose: text(1), reason: text(2) };
    look_up(&scope.channel, scope.purpose.as_deref(), scope.reason.as_deref()).then(|| Rc::new(scope))
}

/// Looks names up, so that they cannot be deleted until the transaction ends; whether they are there.
fn look_up(channel: &str, purpose: Option<&str>, reason: Option<&str>) -> bool {
    let names = [("channel", Some(channel)), ("purpose", purpose), ("reason", reason)];
    names.into_iter().all(|(table, name)| name.is_none_or(|name| is_known(table.as_bytes(), &server_bytes(name))))
}

/// The same; raises an error if one is not there.
pub fn require(channel: &str, purpose: Option<&str>, reason: Option<&str>) {
    if look_up(channel, purpose, reason) {
        return;
    }
    for (table, name) in [("channel", Some(channel)), ("purpose", purpose), ("reason", reason)] {
        let names = [Some(text_datum(table)), name.map(text_datum)];
        if name.is_some() {
            sys::call_ours(c"require_known", &[pg_sys::TEXTOID; 2], &names);
        }
    }
}

/// The time that a text means under every setting but the time zone.
fn time(text: Text) -> Option<i64> {
    let text = text.utf8_in_place()?.trim();
    is_iso(text).then(|| sys::timestamp(text))
}
