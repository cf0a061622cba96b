//! Lists, prefixes and keys, as the active snapshot sees them.

use super::binding::{Binding, Bound};
use super::prefix::Prefix;
use super::set::{Set, Sets};
use super::strict::Strict;
use crate::crm::installation;
use crate::error;
use crate::privacy::pseudonym::{Pseudonyms, Registered};
use crate::sys::invalidation::{self, Known, OfAll};
use crate::sys::row::server_bytes;
use crate::sys::table::{self, Value};
use crate::sys::{self, one_row_table};
use dnc_core::decision::RegisterKind;
use dnc_core::entry::scope::{ALL, QueryScope, Scope, covers};
use dnc_core::phone::layout;
use pgrx::pg_extern;
use pgrx::pg_sys::{self, Oid};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::CStr;
use std::rc::Rc;

/// Microseconds.
const DAY: i64 = 86_400_000_000;

const VERSION: [&CStr; 7] = [c"list", c"state", c"whole_set", c"plus_set", c"minus_set", c"obtained_at", c"coverage"];

const LIST: [&CStr; 9] =
    [c"list", c"kind", c"jurisdiction", c"channels", c"purposes", c"applies", c"strict", c"max_age_days", c"enabled"];

const PREFIX: [&CStr; 7] = [c"prefix_id", c"prefix", c"ends", c"expires_at", c"received_at", c"channel", c"purpose"];

const KEY: [&CStr; 4] = [c"key_id", c"check_value", c"added_at", c"retired_at"];

thread_local! {
    static EPOCH: Known<Oid> = {
        invalidation::register(&EPOCH);
        Known::new()
    };
    /// Invalidated by any change, since any may add a guard or a view. The list epoch for which the list was last found
    /// to be in this database, and whether that was in parallel mode.
    static HERE: OfAll<(Epoch, bool)> = {
        invalidation::register(&HERE);
        OfAll(Known::new())
    };
    static READ: RefCell<Option<Rc<Config>>> = const { RefCell::new(None) };
}

/// The epoch of lists and prefixes: the OID of the table that holds it, since an extension can be dropped and created
/// again, and the number.
pub type Epoch = (Oid, i64);

/// Cached state of lists and prefixes.
pub struct Config {
    epoch: Epoch,
    pub lists: Vec<List>,
    prefixes: Vec<Prefix>,
    keys: Vec<Registered>,
    pseudonyms: RefCell<Option<Rc<Pseudonyms>>>,
}

pub struct List {
    name: Rc<str>,
    /// Whole, plus and minus; `None` without a current version.
    pub sets: Option<Sets>,
    channels: Option<Vec<Vec<u8>>>,
    purposes: Option<Vec<Vec<u8>>>,
    strict: Option<Rc<Strict>>,
    /// Whether checks use it; decisions use every list.
    pub in_checks: bool,
    /// Owner and type of the register.
    pub source: RegisterKind,
    pub jurisdiction: Option<Rc<str>>,
    pub obtained_at: i64,
    /// When its answer is definite.
    pub knows: Rc<Strict>,
}

impl List {
    /// Whether the list covers the whole scope, so that absence from it is conclusive.
    pub fn is_about_all(&self, query: &QueryScope) -> bool {
        let channel = match (&self.channels, &query.channel) {
            (None, _) => true,
            (Some(bound), asked) => bound.iter().any(|bound| bound == ALL || Some(bound) == asked.as_ref()),
        };
        let purpose = match (&self.purposes, &query.purpose) {
            (None, _) => true,
            (Some(bound), Some(asked)) => bound.iter().any(|bound| covers(bound, asked)),
            (Some(_), None) => false,
        };
        channel && purpose
    }

    /// Whether its channels and purposes overlap the scope.
    pub fn binds(&self, query: &QueryScope) -> bool {
        let channel = match (&self.channels, &query.channel) {
            (Some(bound), Some(asked)) => bound.iter().any(|bound| bound == ALL || bound == asked),
            _ => true,
        };
        channel
            && match (&self.purposes, &query.purpose) {
                (Some(bound), Some(asked)) => bound.iter().any(|bound| covers(bound, asked) || covers(asked, bound)),
                _ => true,
            }
    }
}

impl Config {
    /// Reads the tables, as the active snapshot sees them.
    fn read(epoch: Epoch) -> Config {
        let before = READ.with_borrow(|config| config.clone()).filter(|config| config.epoch.0 == epoch.0);
        let bytes = |value: &Value| -> Option<Vec<Vec<u8>>> {
            Some(value.texts()?.iter().map(|text| server_bytes(text)).collect())
        };
        let mut current: HashMap<String, [Value; 6]> = HashMap::new();
        table::each(c"list_version", VERSION, |[list, state, whole, plus, minus, obtained_at, coverage]| {
            if state.text() == Some("current") {
                let name = list.text().unwrap_or_default().to_owned();
                current.insert(name, [list, whole, plus, minus, obtained_at, coverage]);
            }
        });
        let mut lists: Vec<List> = Vec::new();
        table::each(
            c"list",
            LIST,
            |[name, kind, jurisdiction, channels, purposes, applies, strict, max_age, enabled]| {
                if enabled.bool() == Some(false) {
                    return;
                }
                let name = name.text().unwrap_or_else(|| error::missing_relation("list"));
                let version = current.remove(name);
                let of_version = |place: usize| version.as_ref().map(|version| &version[place]);
                let set = |place: usize| Some(Set::of(of_version(place)?.int()?, before.as_deref()));
                let sets = set(1).map(|whole| Sets { whole, changes: set(2).zip(set(3)) });
                let obtained_at = of_version(4).and_then(Value::int);
                let coverage = of_version(5).and_then(Value::texts).map(|prefixes| {
                    prefixes
                        .iter()
                        .filter_map(|prefix| layout::written_prefix_bounds(prefix.as_bytes()))
                        .collect::<Vec<_>>()
                });
                let age = max_age.int().map(|days| days.saturating_mul(DAY));
                let knows = Rc::new(Strict {
                    loaded: sets.is_some(),
                    good_until: obtained_at.zip(age).map_or(i64::MAX, |(at, age)| at.saturating_add(age)),
                    coverage,
                    region: jurisdiction.text().map(|own| own.chars().take(2).collect()),
                });
                let official = jurisdiction.text().is_some() && matches!(kind.text(), Some("national" | "state"));
                lists.push(List {
                    name: name.into(),
                    sets,
                    channels: bytes(&channels),
                    purposes: bytes(&purposes),
                    strict: strict.bool().unwrap_or(true).then(|| Rc::clone(&knows)),
                    in_checks: applies.text() != Some("decision"),
                    source: if official { RegisterKind::Official } else { RegisterKind::Other },
                    jurisdiction: jurisdiction.text().map(Into::into),
                    obtained_at: obtained_at.unwrap_or(i64::MIN),
                    knows,
                });
            },
        );
        lists.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        let mut prefixes: Vec<Prefix> = Vec::new();
        table::each(c"prefix_entry", PREFIX, |[entry, prefix, ends, expires, received, channel, purpose]| {
            let read = || {
                Some(Prefix {
                    range: layout::written_prefix_bounds(prefix.text()?.as_bytes())?,
                    entry: entry.int()?,
                    ends: ends.int(),
                    expires: expires.int()?,
                    received: received.int()?,
                    scope: Scope { channel: server_bytes(channel.text()?), purpose: purpose.text().map(server_bytes) },
                })
            };
            prefixes.push(read().unwrap_or_else(|| error::missing_relation("prefix_entry")));
        });
        let mut keys: Vec<(i64, Registered)> = Vec::new();
        table::each(c"pseudonym_key", KEY, |[key, check, added_at, retired_at]| {
            if retired_at != Value::Null {
                return;
            }
            let read = || Some(Registered { id: key.text()?.to_owned(), check: check.bytes()?.to_vec() });
            let key = read().unwrap_or_else(|| error::missing_relation("pseudonym_key"));
            keys.push((added_at.int().unwrap_or(i64::MIN), key));
        });
        // Newest first.
        keys.sort_unstable_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.id.cmp(&y.id)));
        Config {
            epoch,
            lists,
            prefixes,
            keys: keys.into_iter().map(|(_, key)| key).collect(),
            pseudonyms: RefCell::new(None),
        }
    }

    fn pseudonyms(&self) -> Option<Rc<Pseudonyms>> {
        if self.keys.is_empty() {
            return None;
        }
        let known = self.pseudonyms.borrow().clone().filter(|known| known.is_current());
        Some(known.unwrap_or_else(|| {
            let made = Pseudonyms::of(&self.keys);
            *self.pseudonyms.borrow_mut() = Some(Rc::clone(&made));
            made
        }))
    }

    pub fn binding(&self, query: &QueryScope) -> Binding {
        let bound =
            |list: &List| Bound { name: Rc::clone(&list.name), sets: list.sets.clone(), strict: list.strict.clone() };
        let met: Vec<i64> = self
            .prefixes
            .iter()
            .filter(|p| p.ends.is_none() && query.meets(&p.scope.channel, p.scope.purpose.as_deref()).is_some())
            .map(|p| p.entry)
            .collect();
        Binding {
            epoch: self.epoch,
            query: query.clone(),
            lists: self.lists.iter().filter(|list| list.in_checks && list.binds(query)).map(bound).collect(),
            prefixes: self.prefixes.iter().filter(|p| met.contains(&p.ends.unwrap_or(p.entry))).cloned().collect(),
            pseudonyms: self.pseudonyms(),
        }
    }
}

fn epoch_table() -> Oid {
    EPOCH.with(|known| {
        known.get(|| {
            let table = sys::relation(c"list_epoch");
            (table, [table, table])
        })
    })
}

/// The epoch of lists, prefixes and pseudonyms under the active snapshot. Raises an error if the list is not in this
/// database.
pub fn epoch() -> Epoch {
    let epoch = state();
    require_here(epoch);
    epoch
}

/// The same, without the check that the list is in this database.
fn state() -> Epoch {
    let table = epoch_table();
    (table, one_row_table::row(table, 2).unwrap_or_else(|| error::missing_relation("list_epoch")))
}

/// Raises an error if the list is not in this database: it could not give an answer.
fn require_here(epoch: Epoch) {
    if let Some(absence) = absent(epoch) {
        error::list_absent(&absence);
    }
}

/// Evidence that the list is not in this database; `None` if there is none.
pub fn absence() -> Option<String> {
    absent(state())
}

/// The same for this epoch. Presence is cached; absence is checked each time.
fn absent(epoch: Epoch) -> Option<String> {
    let parallel = sys::is_parallel();
    let known = HERE.with(|OfAll(known)| known.peek());
    // In parallel mode, presence was found under a snapshot that may be older than the invalidations received by this
    // session: valid until parallel mode ends.
    if known.is_some_and(|(found, beside_workers)| found == epoch && (!beside_workers || parallel)) {
        return None;
    }
    let mut absence = None;
    HERE.with(|OfAll(known)| {
        known.forget();
        known.get_if(|| {
            absence = sys::with_latest_snapshot(installation::absence);
            absence.is_none().then_some(((epoch, parallel), [pg_sys::InvalidOid; 2]))
        })
    });
    absence
}

#[pg_extern(sql = false)]
fn dnc_require_list() -> bool {
    epoch();
    true
}

pub fn config(epoch: Epoch) -> Rc<Config> {
    let config = READ.with_borrow(|config| config.clone()).filter(|config| config.epoch == epoch);
    config.unwrap_or_else(|| {
        let config = Rc::new(Config::read(epoch));
        READ.set(Some(Rc::clone(&config)));
        config
    })
}

/// The registered keys, if any, as the active snapshot sees them.
pub fn pseudonyms() -> Option<Rc<Pseudonyms>> {
    config(state()).pseudonyms()
}
