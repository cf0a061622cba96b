//! `sql/install/70-guard.sql`: the triggers on a CRM's own tables, and the meeting of a guarded row with a refusal that
//! another transaction commits at the same time.
//!
//! Both sides take advisory locks on the stripes of their numbers when they commit, in ascending order: guards go with
//! guards and refusals with refusals, but not the one with the other. Then the guard looks again under the newest snapshot.
//! So either the refusal has committed and the guard sees it, or the guard's row commits first and the refusal waits for it.

use crate::audit::trigger::is_phone;
use crate::check;
use crate::check::adaptive;
use crate::entry::index_lookup;
use crate::phone::read;
use crate::sys::invalidation::Changed;
use crate::sys::lock;
use crate::sys::row::{Row, text_datum};
use crate::sys::spi::{Statement, connected};
use crate::sys::trigger::{Event, Trigger};
use crate::sys::{self, Text};
use crate::{error, settings, trigger_function};
use dnc_core::entry::scope::Question;
use dnc_core::phone::{Phone, PhoneError, RegionPlan, plan};
use pgrx::pg_sys::{self, Datum};
use pgrx::{FromDatum, pg_guard};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// How many numbers share a lock is of no consequence but waiting; a transaction holds at most this many locks.
const STRIPES: u32 = 128;
/// Most characters of an unreadable number that are kept or shown.
const SHOWN: usize = 100;
/// Types whose values are texts, domains apart.
const TEXTS: [pg_sys::Oid; 3] = [pg_sys::TEXTOID, pg_sys::VARCHAROID, pg_sys::BPCHAROID];
/// First key of the advisory locks; the second is the stripe.
const LOCK_CLASS: i32 = 0x444E43;

/// Stripes that this transaction's rows touch, a bit each. A rolled-back subtransaction's stay: too many locks do no
/// harm.
#[derive(Clone, Copy, Default)]
struct Touched {
    guarded: u128,
    refused: u128,
    /// What is locked already, as what.
    as_guard: u128,
    as_refusal: u128,
}

/// What a guard asks and what it was made of: channel, purpose and the setting `dnc.purpose`.
type Asked = ((String, String, Option<String>), Question);

thread_local! {
    static TOUCHED: Cell<Touched> = Cell::default();
    /// The last question that was found to name what is known, for the rest of the transaction.
    static QUESTION: Cell<Option<Asked>> = const { Cell::new(None) };
    /// The guards that this session has met, by their triggers.
    static PLANS: RefCell<HashMap<pg_sys::Oid, Rc<Plan>>> = RefCell::default();
    /// How often the catalogs have changed.
    static CHANGES: Cell<u64> = const { Cell::new(0) };
    static ENDINGS: Statement = const {
        Statement::new(c"SELECT pg_catalog.count(*) FROM dnc.entry AS w WHERE w.ends OPERATOR(pg_catalog.=) $1", &[pg_sys::INT8OID])
    };
    static LISTS: Statement = const { Statement::new(c"SELECT dnc.deciding_lists($1, $2, $3)", &[pg_sys::TEXTOID; 3]) };
    static EVENT: Statement = const {
        Statement::new(
            c"INSERT INTO dnc.guard_event (relation, column_name, operation, action, e164, spelling, ground, role_name, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[pg_sys::TEXTOID; 9],
        )
    };
}

/// Called when the library is loaded.
pub fn init() {
    // SAFETY: the callback is a function of this library, which is never unloaded.
    unsafe {
        pg_sys::RegisterXactCallback(Some(forget), std::ptr::null_mut());
        pg_sys::RegisterSubXactCallback(Some(forget_locks), std::ptr::null_mut());
    }
}

/// A subtransaction that is rolled back gives up the locks that it took.
#[pg_guard]
unsafe extern "C-unwind" fn forget_locks(
    event: pg_sys::SubXactEvent::Type,
    _mine: pg_sys::SubTransactionId,
    _parent: pg_sys::SubTransactionId,
    _argument: *mut std::ffi::c_void,
) {
    if event == pg_sys::SubXactEvent::SUBXACT_EVENT_ABORT_SUB {
        touch(|t| (t.as_guard, t.as_refusal) = (0, 0));
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn forget(_event: pg_sys::XactEvent::Type, _argument: *mut std::ffi::c_void) {
    TOUCHED.set(Touched::default());
    QUESTION.set(None);
}

trigger_function!(dnc_guard_row, pg_finfo_dnc_guard_row, guard_row);
trigger_function!(dnc_guard_commit, pg_finfo_dnc_guard_commit, guard_commit);
trigger_function!(dnc_entry_touch, pg_finfo_dnc_entry_touch, entry_touch);
trigger_function!(dnc_touch_all, pg_finfo_dnc_touch_all, touch_all);
trigger_function!(dnc_entry_commit, pg_finfo_dnc_entry_commit, entry_commit);

/// What `dnc_attach` wrote into the trigger, as `name=value`, and where the table has what that names.
struct Plan {
    mode: Mode,
    /// Empty is any.
    channel: String,
    purpose: String,
    region: Region,
    phones: Vec<PhoneColumn>,
    flag: Option<FlagColumn>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Reject,
    Skip,
    Flag,
}

/// By which region's rules a row's texts are read.
enum Region {
    Of(Option<&'static RegionPlan>),
    /// What this column, counted from 0, names.
    Column(usize),
}

struct PhoneColumn {
    name: String,
    place: usize,
    is_phone: bool,
}

struct FlagColumn {
    name: String,
    kind: pg_sys::Oid,
}

/// The form of the arguments, their first one.
const FORM: &str = "guard=1";

impl Plan {
    /// What the trigger that is being called says; worked out once, until the catalogs change.
    fn of(trigger: &Trigger) -> Rc<Plan> {
        let oid = trigger.oid();
        let known = PLANS.with_borrow(|plans| plans.get(&oid).cloned());
        known.unwrap_or_else(|| {
            let changes = CHANGES.get();
            let plan = Rc::new(Plan::read(trigger));
            if changes == CHANGES.get() {
                PLANS.with_borrow_mut(|plans| plans.insert(oid, Rc::clone(&plan)));
            }
            plan
        })
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
        let (phones, region_column, flag_column) =
            (values("phone_column"), value("region_column"), value("flag_column"));
        if phones.is_empty() {
            bad("its trigger's arguments name no phone column");
        }
        let given = [region_column, flag_column].into_iter().filter(|name| !name.is_empty());
        let names: Vec<&str> = phones.iter().copied().chain(given).collect();
        let columns = trigger.columns();
        let find = |name: &str| -> (usize, pg_sys::Oid) {
            let found = columns.iter().find(|(_, known, _)| known == name);
            let Some((place, _, kind)) = found else { bad(&format!("column \"{name}\" is missing")) };
            (*place, base(*kind))
        };
        for name in &names {
            let _ = find(name);
        }
        // Where the columns were in the table that was guarded: a name alone could belong to another one by now.
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
            if !is_phone && !TEXTS.contains(&kind) {
                bad(&format!("column \"{name}\" is neither text nor dnc_phone"));
            }
            PhoneColumn { name: (*name).to_owned(), place, is_phone }
        };
        Plan {
            mode,
            channel: value("channel").to_owned(),
            purpose: value("purpose").to_owned(),
            region: if region_column.is_empty() {
                Region::Of(plan::region(value("region")))
            } else {
                let (place, kind) = find(region_column);
                if !TEXTS.contains(&kind) {
                    bad(&format!("column \"{region_column}\" is not text"));
                }
                Region::Column(place)
            },
            phones: phones.iter().map(phone).collect(),
            flag: (mode == Mode::Flag).then(|| {
                let kind = find(flag_column).1;
                if ![pg_sys::BOOLOID, pg_sys::TEXTOID].contains(&kind) {
                    bad("its flag column is neither boolean nor text");
                }
                FlagColumn { name: flag_column.to_owned(), kind }
            }),
        }
    }

    fn question(&self) -> Question {
        question(&self.channel, &self.purpose)
    }
}

/// Called for every change of the catalogs.
pub fn forget_if(_: Changed) {
    CHANGES.set(CHANGES.get().wrapping_add(1));
    PLANS.with_borrow_mut(HashMap::clear);
}

/// The question that a guard asks; an error for a channel or purpose that is not known, as in a check.
fn question(channel: &str, purpose: &str) -> Question {
    let set_purpose = if purpose.is_empty() { settings::purpose() } else { None };
    let from = (channel.to_owned(), purpose.to_owned(), set_purpose);
    if let Some((known, question)) = QUESTION.take().filter(|(known, _)| *known == from) {
        QUESTION.set(Some((known, question.clone())));
        return question;
    }
    let server = |s: &str| (!s.is_empty()).then(|| sys::row::server_bytes(s));
    let question = check::question(server(channel).as_deref(), server(purpose).as_deref(), from.2.as_deref());
    QUESTION.set(Some((from, question.clone())));
    question
}

/// A number that a row holds, or what is there instead.
struct Found {
    column: String,
    spelling: String,
    phone: Result<Phone, PhoneError>,
}

/// The numbers of a row's guarded columns; NULL and blank ones are none.
fn numbers(plan: &Plan, row: &Row) -> Vec<Found> {
    let region = match plan.region {
        Region::Of(region) => region,
        Region::Column(place) => row.at(place).and_then(|value| plan::region(&as_text(value)?.to_utf8())),
    };
    let mut found = Vec::new();
    for PhoneColumn { name, place, is_phone } in &plan.phones {
        let Some(value) = row.at(*place) else { continue };
        if *is_phone {
            let phone = Phone::from_stored(value.value() as i64);
            found.push(Found { column: name.clone(), spelling: phone.to_string(), phone: Ok(phone) });
            continue;
        }
        let Some(text) = as_text(value) else { continue };
        if text.bytes().iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let spelling =
            sys::try_utf8(text.bytes()).map_or_else(|| "(invalid text)".into(), |t| t.chars().take(SHOWN).collect());
        found.push(Found { column: name.clone(), spelling, phone: read(text, region) });
    }
    found
}

fn base(kind: pg_sys::Oid) -> pg_sys::Oid {
    // SAFETY: a catalog lookup.
    unsafe { pg_sys::getBaseType(kind) }
}

/// A value of one of [`TEXTS`].
fn as_text(value: Datum) -> Option<Text<'static>> {
    // SAFETY: the column's type was looked at when the plan was made; the tuple outlives the trigger's call.
    unsafe { Text::from_datum(value, false) }
}

/// Whether none of the columns that the guard reads changed.
fn unchanged(plan: &Plan, old: &Row, new: &Row) -> bool {
    let same = |place: usize, is_phone: bool| match (old.at(place), new.at(place)) {
        (None, None) => true,
        (Some(a), Some(b)) if is_phone => a.value() == b.value(),
        (Some(a), Some(b)) => match (as_text(a), as_text(b)) {
            (Some(a), Some(b)) => a.bytes() == b.bytes(),
            _ => false,
        },
        _ => false,
    };
    plan.phones.iter().all(|column| same(column.place, column.is_phone))
        && match plan.region {
            Region::Of(_) => true,
            Region::Column(place) => same(place, false),
        }
}

/// BEFORE INSERT OR UPDATE.
fn guard_row(trigger: Trigger) -> Datum {
    let plan = Plan::of(&trigger);
    let tuple = trigger.new_tuple().unwrap_or_else(|| error::not_a_trigger());
    let row = trigger.row(tuple);
    // The flag is the guard's to set, also when somebody writes only into it.
    if plan.mode != Mode::Flag
        && let Some(old) = trigger.old_tuple()
        && unchanged(&plan, &trigger.row(old), &row)
    {
        return trigger.pass(tuple);
    }
    let numbers = numbers(&plan, &row);
    let question = plan.question();
    // A row without any number is not clear: there is nothing to contact.
    let mut status = if numbers.is_empty() { "unreadable" } else { "clear" };
    for found in numbers {
        let read = found.phone.is_ok();
        let answer = found.phone.ok().and_then(|phone| {
            touch(|t| t.guarded |= stripe(phone));
            adaptive::refused(phone, &question, None)
        });
        let here = match answer {
            Some(false) => continue,
            Some(true) => "suppressed",
            None => "unreadable",
        };
        match plan.mode {
            Mode::Skip => {
                record(&trigger, &found, "skip", if read && answer.is_none() { "unknown" } else { here });
                return trigger.skip();
            }
            Mode::Flag => {
                record(&trigger, &found, "flag", if read && answer.is_none() { "unknown" } else { here });
                if status != "suppressed" {
                    status = here;
                }
            }
            Mode::Reject => refuse(&trigger, &found, &question, answer),
        }
    }
    match &plan.flag {
        Some(FlagColumn { name, kind: pg_sys::BOOLOID }) => {
            trigger.pass(row.with(name, Datum::from(status != "clear")))
        }
        Some(FlagColumn { name, .. }) => trigger.pass(row.with(name, text_datum(status))),
        None => trigger.pass(tuple),
    }
}

/// Turns the row away; `answer` is what the check gave for a number that can be read.
fn refuse(trigger: &Trigger, found: &Found, question: &Question, answer: Option<bool>) -> ! {
    let relation = trigger.relation_name();
    match found.phone {
        Ok(phone) => {
            let arguments = index_lookup::arguments(Some(phone), question, None);
            let lists = connected(sys::owner(), || {
                let row = LISTS.with(|s| s.run(&arguments[..3], true))?;
                // SAFETY: the function gives a text.
                row[0].map(|lists| unsafe { sys::row::text(lists) })
            });
            error::guarded(&relation, &found.column, phone, &lists.unwrap_or_default(), answer.is_some())
        }
        // Who updates a row may not be allowed to read the number that stands in it.
        Err(why) if trigger.event() == Event::Update => {
            let starred: String = found.spelling.chars().map(|c| if c.is_numeric() { '*' } else { c }).collect();
            error::guarded_unreadable(&relation, &found.column, &starred, why)
        }
        Err(why) => error::guarded_unreadable(&relation, &found.column, &found.spelling, why),
    }
}

fn record(trigger: &Trigger, found: &Found, action: &str, ground: &str) {
    // SAFETY: catalog lookups by OIDs of live objects.
    let (schema, role) = unsafe {
        let schema = pg_sys::get_namespace_name(pg_sys::get_rel_namespace(trigger.relation_oid()));
        (std::ffi::CStr::from_ptr(schema).to_bytes(), sys::role_name(pg_sys::GetOuterUserId()))
    };
    let relation = format!("{}.{}", sys::quoted(&sys::to_utf8(schema)), sys::quoted(&trigger.relation_name()));
    let operation = if trigger.event() == Event::Insert { "INSERT" } else { "UPDATE" };
    let e164 = found.phone.ok().map(|p| p.to_string());
    let actor = settings::actor();
    connected(sys::owner(), || {
        let text = |s: &str| Some(text_datum(s));
        let spelling = if e164.is_none() { text(&found.spelling) } else { None };
        EVENT.with(|s| {
            s.run(
                &[
                    text(&relation),
                    text(&found.column),
                    text(operation),
                    text(action),
                    e164.as_deref().map(text_datum),
                    spelling,
                    text(ground),
                    text(&role),
                    actor.as_deref().map(text_datum),
                ],
                false,
            )
        });
    });
}

fn stripe(phone: Phone) -> u128 {
    // A multiplicative hash: neighbouring numbers go to different stripes.
    let mixed = (phone.bits() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    1 << ((mixed >> 32) as u32 % STRIPES)
}

fn touch(change: impl FnOnce(&mut Touched)) {
    let mut touched = TOUCHED.get();
    change(&mut touched);
    TOUCHED.set(touched);
}

/// Takes the locks of every stripe that this transaction has touched, in ascending order: each as one who adds a refusal,
/// as one who guards, or as both at once.
fn lock_touched() {
    let mut touched = TOUCHED.get();
    let (refuses, guards) = (touched.refused & !touched.as_refusal, touched.guarded & !touched.as_guard);
    for n in (0..STRIPES).filter(|n| (refuses | guards) >> n & 1 != 0) {
        let mode = match (guards >> n & 1 != 0, refuses >> n & 1 != 0) {
            (true, true) => lock::Mode::Both,
            (true, false) => lock::Mode::Reader,
            (false, _) => lock::Mode::Writer,
        };
        lock::advisory(LOCK_CLASS, n as i32, mode);
    }
    touched.as_refusal |= refuses;
    touched.as_guard |= guards;
    TOUCHED.set(touched);
}

/// AFTER INSERT OR UPDATE of a guarded table, deferred to the commit: every number that this transaction wrote and leaves
/// behind is checked, by the event of the row version that is left.
fn guard_commit(trigger: Trigger) -> Datum {
    let plan = Plan::of(&trigger);
    let row = trigger.row(trigger.new_tuple().unwrap_or_else(|| error::not_a_trigger()));
    // What this version took over from one that was committed before is not this transaction's. From one that this
    // transaction wrote itself it is: that one's own event finds it gone.
    if let Some(old) = trigger.old_tuple()
        && !sys::trigger::is_own(old)
        && unchanged(&plan, &trigger.row(old), &row)
    {
        return Datum::from(0usize);
    }
    let found = numbers(&plan, &row);
    let question = plan.question();
    found.iter().filter_map(|f| f.phone.ok()).for_each(|p| touch(|t| t.guarded |= stripe(p)));
    lock_touched();
    // SAFETY: what the last statement wrote is seen only from the next command on.
    unsafe { pg_sys::CommandCounterIncrement() };
    sys::with_latest_snapshot(|| {
        // A version that this transaction itself deleted or replaced is nobody to contact; the next one has its own event.
        let found = if trigger.is_alive() { found } else { Vec::new() };
        for f in found {
            match f.phone {
                Ok(phone) if adaptive::refused(phone, &question, None) == Some(false) => {}
                Ok(phone) => error::overtaken(&trigger.relation_name(), &f.column, &phone.mask()),
                // Let through by a trigger that ran after the guard.
                Err(_) => refuse(&trigger, &f, &question, None),
            }
        }
    });
    Datum::from(0usize)
}

/// BEFORE INSERT or UPDATE of what concerns every number.
fn touch_all(trigger: Trigger) -> Datum {
    let tuple = trigger.new_tuple().unwrap_or_else(|| error::not_a_trigger());
    touch(|t| t.refused = u128::MAX);
    trigger.pass(tuple)
}

/// BEFORE INSERT on `dnc.entry`. Whoever ends a refusal has locked it (`dnc.lock_refusals`); under one snapshot for the whole
/// transaction it may not see what ended the refusal before.
fn entry_touch(trigger: Trigger) -> Datum {
    let tuple = trigger.new_tuple().unwrap_or_else(|| error::not_a_trigger());
    let row = trigger.row(tuple);
    if let Some(phone) = row.value("phone") {
        touch(|t| t.refused |= stripe(Phone::from_stored(phone.value() as i64)));
    }
    if let Some(ends) = row.value("ends")
        && sys::keeps_one_snapshot()
    {
        let count = || ENDINGS.with(|s| s.run(&[Some(ends)], true)).and_then(|row| row[0]).map(|count| count.value());
        let (seen, there) = connected(sys::owner(), || (sys::with_snapshot(count), sys::with_latest_snapshot(count)));
        if seen != there {
            error::ended_meanwhile(ends.value() as i64);
        }
    }
    trigger.pass(tuple)
}

/// AFTER INSERT on `dnc.entry`, deferred to the commit.
fn entry_commit(_: Trigger) -> Datum {
    lock_touched();
    Datum::from(0usize)
}
