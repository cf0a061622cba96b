//! Many entries at once: rows and their log rows are written without SQL, as if each were recorded by itself.
//!
//! What the triggers of `dnc.entry` do for a row is done here: the log row (`audit`), and the note for the locks at
//! commit (`crm/guard/stripes.rs`). The last row is inserted with all triggers, since its deferred one takes those locks
//! for all. A table with other triggers is left to them. The caller looks up channels, purposes, reasons and sources
//! (`lookup_key`), as for every insert.

use super::request::{ENTRY, SEQUENCE, entry_types};
use crate::audit::log_row::{Change, LogLoad};
use crate::audit::trigger::next_seq;
use crate::crm::guard::touch_suppressed;
use crate::error;
use crate::phone::DncPhone;
use crate::sys::insert::{Load, Outcome};
use crate::sys::row::text_datum;
use crate::sys::sequence::Sequence;
use crate::sys::{self, jsonb};
use dnc_core::audit::canonical::{self, Canonical};
use dnc_core::limits;
use dnc_core::phone::Phone;
use pgrx::IntoDatum;
use pgrx::pg_sys::Datum;

/// Trigger functions of `dnc.entry` whose work is done here.
const REPLACED: [&std::ffi::CStr; 4] = [c"audit_draw", c"audit_write", c"entry_touch", c"entry_commit"];

/// Columns that a writer gives: all but `audit_seq`.
const COLUMNS: usize = 20;

/// An entry to be written.
#[derive(Clone)]
pub struct NewEntry {
    pub entry: i64,
    pub phone: Phone,
    pub ends: Option<i64>,
    pub effective_at: i64,
    pub expires_at: i64,
    pub received_at: i64,
    pub channel: String,
    pub purpose: Option<String>,
    pub kind: &'static str,
    pub reason: Option<String>,
    pub source: String,
    pub request: i64,
    pub requested_at: i64,
    pub recorded_at: i64,
    pub due_at: Option<i64>,
    pub taken_by: Option<String>,
    /// A JSON object as PostgreSQL writes it.
    pub evidence: String,
    pub external_ref: Option<String>,
    pub batch: Option<i64>,
}

impl NewEntry {
    /// An opt-out of everything with the values that a table gives by default, and no times.
    pub fn new(entry: i64, phone: Phone) -> NewEntry {
        NewEntry {
            entry,
            phone,
            ends: None,
            effective_at: i64::MIN,
            expires_at: i64::MAX,
            received_at: 0,
            channel: "all".to_owned(),
            purpose: None,
            kind: "refusal",
            reason: Some("no_contact".to_owned()),
            source: "unspecified".to_owned(),
            request: entry,
            requested_at: 0,
            recorded_at: 0,
            due_at: None,
            taken_by: None,
            evidence: "{}".to_owned(),
            external_ref: None,
            batch: None,
        }
    }

    /// Its values in the order of [`ENTRY`], in the current memory context.
    fn values(&self, audit_seq: Option<i64>) -> [Option<Datum>; 21] {
        let text = |text: &str| Some(text_datum(text));
        let optional = |text: &Option<String>| text.as_deref().map(text_datum);
        let at = |at: i64| Some(Datum::from(at));
        [
            self.entry.into_datum(),
            DncPhone(self.phone).into_datum(),
            self.ends.into_datum(),
            at(self.effective_at),
            at(self.expires_at),
            at(self.received_at),
            text(&self.channel),
            optional(&self.purpose),
            text(self.kind),
            optional(&self.reason),
            text(&self.source),
            self.request.into_datum(),
            at(self.requested_at),
            at(self.recorded_at),
            self.due_at.map(Datum::from),
            optional(&self.taken_by),
            Some(jsonb::datum(&self.evidence)),
            optional(&self.external_ref),
            self.batch.into_datum(),
            None,
            audit_seq.into_datum(),
        ]
    }

    /// Its canonical bytes, as `audit::row::canonical_row` returns them for the row.
    fn canonical(&self) -> String {
        fn text(text: &Option<String>) -> Canonical<'_> {
            text.as_deref().map_or(Canonical::Null, Canonical::Text)
        }
        let int = |int: Option<i64>| int.map_or(Canonical::Null, Canonical::Int);
        let phone = self.phone.to_string();
        canonical::row([
            ("batch_id", int(self.batch)),
            ("channel", Canonical::Text(&self.channel)),
            ("corrects", Canonical::Null),
            ("due_at", self.due_at.map_or(Canonical::Null, Canonical::Timestamp)),
            ("effective_at", Canonical::Timestamp(self.effective_at)),
            ("ends", int(self.ends)),
            ("entry_id", Canonical::Int(self.entry)),
            ("evidence", Canonical::Json(&self.evidence)),
            ("expires_at", Canonical::Timestamp(self.expires_at)),
            ("external_ref", text(&self.external_ref)),
            ("kind", Canonical::Text(self.kind)),
            ("phone", Canonical::Text(&phone)),
            ("purpose", text(&self.purpose)),
            ("reason", text(&self.reason)),
            ("received_at", Canonical::Timestamp(self.received_at)),
            ("recorded_at", Canonical::Timestamp(self.recorded_at)),
            ("request_id", Canonical::Int(self.request)),
            ("requested_at", Canonical::Timestamp(self.requested_at)),
            ("source", Canonical::Text(&self.source)),
            ("taken_by", text(&self.taken_by)),
        ])
    }
}

/// Entries on their way into the table.
pub struct EntryLoad {
    /// `None` if the tables need SQL, or have other triggers.
    loads: Option<(Load, LogLoad)>,
    /// The row to be inserted last.
    held: Option<NewEntry>,
    written: u64,
}

/// Raises an error if an entry's values, of so many bytes, are more than the log describes.
pub fn require_size(bytes: usize) {
    if bytes > limits::ROW {
        error::too_large("a row of dnc.entry", bytes, limits::ROW);
    }
}

/// The id of an entry to be written.
pub fn next_entry() -> i64 {
    SEQUENCE.with(Sequence::next)
}

impl EntryLoad {
    /// Call as the extension's owner.
    pub fn start() -> EntryLoad {
        let loads = ENTRY.with(|table| table.load(&REPLACED)).and_then(|entries| match LogLoad::start() {
            Some(log) => Some((entries, log)),
            None => {
                entries.finish();
                None
            }
        });
        EntryLoad { loads, held: None, written: 0 }
    }

    pub fn put(&mut self, entry: &NewEntry) {
        self.written += 1;
        // The next one takes the memory of this one.
        let mut held = self.held.take();
        if let Some(before) = &held {
            self.write(before);
        }
        match &mut held {
            Some(held) => held.clone_from(entry),
            None => held = Some(entry.clone()),
        }
        self.held = held;
    }

    fn write(&mut self, entry: &NewEntry) {
        let Some((entries, log)) = &mut self.loads else { return insert(entry) };
        touch_suppressed(entry.phone);
        let seq = next_seq(sys::owner());
        let (key, after) = (entry.entry.to_string(), entry.canonical());
        log.put(&Change { seq, relation: "entry", operation: "INSERT", key: &key, before: None, after: Some(&after) });
        entries.put(|| entry.values(Some(seq)));
    }

    /// Writes what is left; returns the number of entries.
    pub fn finish(mut self) -> u64 {
        if let Some((entries, log)) = self.loads.take() {
            log.finish();
            entries.finish();
        }
        if let Some(last) = self.held.take() {
            insert(&last);
        }
        self.written
    }
}

/// Inserts an entry with all triggers.
fn insert(entry: &NewEntry) {
    sys::spi::with_scratch(|| {
        let values = entry.values(None);
        if ENTRY.with(|table| table.insert(&values)) == Outcome::NeedsSql {
            sys::call_ours(c"insert_entry", &entry_types(), &values[..COLUMNS]);
        }
    });
}
