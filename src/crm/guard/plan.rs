//! A guard's configuration, from its trigger.

use crate::check;
use crate::phone::is_phone;
use crate::sys::invalidation::{self, Cache, Changed};
use crate::sys::spi::{self, Lookup, Statement};
use crate::sys::trigger::Trigger;
use crate::sys::xact;
use crate::sys::{self};
use crate::{error, settings};
use dnc_core::entry::scope::QueryScope;
use dnc_core::phone::{RegionPlan, region_name};
use pgrx::pg_sys::{self};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// Text types, without domains.
const TEXTS: [pg_sys::Oid; 3] = [pg_sys::TEXTOID, pg_sys::VARCHAROID, pg_sys::BPCHAROID];

/// Types of columns that are read as fields.
const FIELDS: [pg_sys::Oid; 8] = [
    pg_sys::TEXTOID,
    pg_sys::VARCHAROID,
    pg_sys::BPCHAROID,
    pg_sys::INT4OID,
    pg_sys::INT8OID,
    pg_sys::NUMERICOID,
    pg_sys::TEXTARRAYOID,
    pg_sys::VARCHARARRAYOID,
];

/// The format version of the arguments; the first argument.
const FORM: &str = "guard=1";

/// The guards cached in this session, by trigger.
#[derive(Default)]
struct Plans {
    known: RefCell<HashMap<pg_sys::Oid, Rc<Plan>>>,
    last: RefCell<Option<(pg_sys::Oid, Rc<Plan>)>>,
    /// Number of catalog changes so far.
    changes: Cell<u64>,
}

impl Cache for Plans {
    fn forget_if(&self, _: Changed) {
        self.changes.set(self.changes.get().wrapping_add(1));
        self.known.borrow_mut().clear();
        self.last.borrow_mut().take();
    }
}

thread_local! {
    static PLANS: Plans = {
        invalidation::register(&PLANS);
        Plans::default()
    };
    /// The last resolved scope, valid for the rest of the transaction.
    pub static QUERY: Cell<Option<Asked>> = const { Cell::new(None) };
    static PATHS: Statement = const {
        Statement::new(
            c"SELECT p.column_name, p.lookup FROM dnc.region_paths($1, $2) AS p ORDER BY p.n",
            &[pg_sys::REGCLASSOID, pg_sys::TEXTOID],
        )
    };
}

/// Called when the library is loaded.
pub fn init() {
    xact::at_transaction_end(|_| QUERY.set(None));
}

/// The arguments that `dnc_attach` wrote into the trigger, as `name=value`, and the columns they name.
pub struct Plan {
    pub mode: Mode,
    /// What becomes of a row with a number that cannot be read; `None`: what the mode does.
    pub unreadable: Option<Unreadable>,
    /// Empty: any channel.
    pub channel: String,
    purpose: String,
    pub region: Region,
    pub phones: Vec<PhoneColumn>,
    pub flag: Option<FlagColumn>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Reject,
    Skip,
    Flag,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    Reject,
    Flag,
    Allow,
}

/// The region whose dialling rules apply to a row's texts.
pub enum Region {
    Of(Option<&'static RegionPlan>),
    /// The region named in the first of these that is not blank.
    In(Vec<RegionPlace>),
}

/// Where a row names its region.
pub struct RegionPlace {
    /// A column, counted from 0: it holds the region, or the key of a row of another table.
    pub column: usize,
    /// The query for the region, over foreign keys.
    pub lookup: Option<Lookup>,
}

pub struct PhoneColumn {
    pub name: String,
    pub place: usize,
    pub is_phone: bool,
}

pub struct FlagColumn {
    pub name: String,
    pub kind: pg_sys::Oid,
}

/// Number of changes of the catalogs that this session has seen.
pub fn changes() -> u64 {
    PLANS.with(|plans| plans.changes.get())
}

impl Plan {
    /// The configuration of the called trigger; cached until the catalogs change.
    pub fn of(trigger: &Trigger) -> Rc<Plan> {
        let oid = trigger.oid();
        PLANS.with(|plans| {
            if let Some((_, last)) = plans.last.borrow().as_ref().filter(|(last, _)| *last == oid) {
                return Rc::clone(last);
            }
            if let Some(known) = plans.known.borrow().get(&oid) {
                plans.last.replace(Some((oid, Rc::clone(known))));
                return Rc::clone(known);
            }
            let changes = plans.changes.get();
            let plan = Rc::new(Plan::read(trigger));
            if changes == plans.changes.get() {
                plans.known.borrow_mut().insert(oid, Rc::clone(&plan));
            }
            plan
        })
    }

    /// The same, with what a call site has cached.
    pub fn of_site(trigger: &Trigger, site: &mut Option<(u64, Rc<Plan>)>) -> Rc<Plan> {
        let changes = changes();
        if let Some((_, plan)) = site.as_ref().filter(|(known, _)| *known == changes) {
            return Rc::clone(plan);
        }
        let plan = Plan::of(trigger);
        *site = Some((changes, Rc::clone(&plan)));
        plan
    }

    fn read(trigger: &Trigger) -> Plan {
        let relation = trigger.relation_name();
        let bad = |what: &str| -> ! { error::bad_guard(&relation, what) };
        let arguments = trigger.arguments();
        if arguments.first().is_none_or(|form| form != FORM) {
            bad("its trigger's arguments are not of the form that this release reads");
        }
        let values = |name: &str| -> Vec<&str> {
            arguments.iter().filter_map(|a| a.split_once('=').filter(|(n, _)| *n == name)).map(|(_, v)| v).collect()
        };
        let value = |name: &str| values(name).first().copied().unwrap_or_default();
        let mode = match value("mode") {
            "reject" => Mode::Reject,
            "skip" => Mode::Skip,
            "flag" => Mode::Flag,
            _ => bad("its trigger's arguments name no mode"),
        };
        let unreadable = match value("unreadable") {
            "" => None,
            "reject" => Some(Unreadable::Reject),
            "flag" => Some(Unreadable::Flag),
            "allow" => Some(Unreadable::Allow),
            _ => bad("its trigger's arguments do not say what becomes of unreadable numbers"),
        };
        let (phones, region_column, flag_column) =
            (values("phone_column"), value("region_column"), value("flag_column"));
        let region_path = value("region_path");
        if phones.is_empty() {
            bad("its trigger's arguments name no phone column");
        }
        let given = [region_column, flag_column].into_iter().filter(|name| !name.is_empty());
        let names: Vec<&str> = phones.iter().copied().chain(given).collect();
        let columns = trigger.columns();
        let find = |name: &str| -> (usize, pg_sys::Oid) {
            let found = columns.iter().find(|(_, known, _)| known == name);
            let Some((place, _, kind)) = found else { bad(&format!("column \"{name}\" is missing")) };
            (*place, sys::base_type(*kind))
        };
        for name in &names {
            let _ = find(name);
        }
        // Column numbers at the time of attachment: a name alone could belong to another column by now.
        let places = value("places").split(',').map(|place| place.parse().unwrap_or(0)).collect::<Vec<i16>>();
        let table = value("table").parse::<u32>().map_or(pg_sys::InvalidOid, pg_sys::Oid::from);
        if trigger.is_of(table)
            && let Some(moved) =
                names.iter().zip(&places).find(|(n, p)| sys::column_name(table, **p).is_none_or(|c| c != **n))
        {
            bad(&format!("column \"{}\" is not the column that was guarded under this name", moved.0));
        }
        let phone = |name: &&str| {
            let (place, kind) = find(name);
            let is_phone = is_phone(kind);
            if !is_phone && !FIELDS.contains(&kind) {
                bad(&format!("column \"{name}\" is neither text, a number or an array of texts, nor dnc_phone"));
            }
            PhoneColumn { name: (*name).to_owned(), place, is_phone }
        };
        Plan {
            mode,
            unreadable,
            channel: value("channel").to_owned(),
            purpose: value("purpose").to_owned(),
            region: if !region_path.is_empty() {
                let place = |(name, lookup): (String, Option<String>)| {
                    let (column, _) = find(&name);
                    let kind = columns.iter().find(|(place, ..)| *place == column).map(|(.., kind)| *kind);
                    let text = |lookup| Lookup::new(&format!("{lookup}$1"), kind.unwrap_or(pg_sys::InvalidOid));
                    RegionPlace { column, lookup: lookup.map(text) }
                };
                Region::In(paths(trigger.relation_oid(), region_path).into_iter().map(place).collect())
            } else if region_column.is_empty() {
                Region::Of(region_name::region(value("region")))
            } else {
                let (column, kind) = find(region_column);
                if !TEXTS.contains(&kind) {
                    bad(&format!("column \"{region_column}\" is not text"));
                }
                Region::In(vec![RegionPlace { column, lookup: None }])
            },
            phones: phones.iter().map(phone).collect(),
            flag: (!flag_column.is_empty()).then(|| {
                let kind = find(flag_column).1;
                if ![pg_sys::BOOLOID, pg_sys::TEXTOID, pg_sys::VARCHAROID].contains(&kind) {
                    bad("its flag column is neither boolean nor text");
                }
                FlagColumn { name: flag_column.to_owned(), kind }
            }),
        }
    }

    /// Whether a row is checked once it is written, and not before: nothing else is to be done with it. A trigger before
    /// an UPDATE would lock every row, and one before an INSERT keeps COPY from writing many rows at once.
    pub fn checks_written(&self) -> bool {
        self.mode == Mode::Reject && self.flag.is_none()
    }

    pub fn query(&self) -> QueryScope {
        query(&self.channel, &self.purpose)
    }
}

/// The columns with which a region path begins, and the queries that lead on from there; raises an error for a path
/// that no longer leads anywhere.
fn paths(table: pg_sys::Oid, region_path: &str) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    spi::connected(sys::owner(), || {
        let arguments = [Some(pg_sys::Datum::from(table)), Some(sys::row::text_datum(region_path))];
        PATHS.with(|s| {
            s.each(&arguments, true, |row| {
                found.extend(row[0].map(|name| (name.string(), row[1].map(|lookup| lookup.string()))));
            });
        });
    });
    found
}

/// A guard's scope with what it was resolved from: channel, purpose and the setting `dnc.purpose`.
type Asked = ((String, String, Option<String>), QueryScope);

/// The scope of a guard; raises an error for an unknown channel or purpose, as a check does.
pub fn query(channel: &str, purpose: &str) -> QueryScope {
    let set_purpose = if purpose.is_empty() { settings::purpose() } else { None };
    let from = (channel.to_owned(), purpose.to_owned(), set_purpose);
    if let Some((known, query)) = QUERY.take().filter(|(known, _)| *known == from) {
        QUERY.set(Some((known, query.clone())));
        return query;
    }
    let server = |s: &str| (!s.is_empty()).then(|| sys::row::server_bytes(s));
    let query = check::query(server(channel).as_deref(), server(purpose).as_deref(), from.2.as_deref());
    QUERY.set(Some((from, query.clone())));
    query
}
