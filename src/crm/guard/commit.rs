//! When a row of a guarded table has been written, its numbers are remembered; at commit they are checked.
//!
//! A deferred trigger's WHEN clause calls [`written`] for each row, as soon as it is written. It returns true for the
//! first row alone, so that the server queues one event, which then checks every number. If a subtransaction is rolled
//! back that had queued the event, the next row queues another. Should none be left, the end of the transaction checks.

use super::numbers::{Held, changed, named_region, numbers};
use super::pending::{self, Guard, Written};
use super::plan::{self, Plan};
use super::rewritten::{self, is_written};
use super::stripes::{lock_touched, stripe, touch};
use super::{Action, absence, action, key, place, record, refuse};
use crate::check::{bulk, verdict};
use crate::sys::args::Args;
use crate::sys::report::Report;
use crate::sys::row::Row;
use crate::sys::trigger::{Event, Trigger, is_own, place_of};
use crate::sys::written_row::{self, Sees, TableTrigger};
use crate::sys::xact::{self, Transaction};
use crate::sys::{self, lock, site};
use crate::{error, reporting_function, trigger_function};
use dnc_core::phone::Phone;
use pgrx::pg_sys::{self, Datum, Oid};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

trigger_function!(dnc_guard_commit, pg_finfo_dnc_guard_commit, guard_commit, reports);

reporting_function!(dnc_guard_written, pg_finfo_dnc_guard_written, written);

/// Triggers that a session keeps at most.
const KNOWN: usize = 1000;

/// Table, whether it is the trigger of UPDATE, channel.
type Asked = (Oid, bool, String);

thread_local! {
    /// With the count of changes of the catalogs at which it was found.
    static TRIGGERS: RefCell<HashMap<Asked, (u64, Rc<TableTrigger>)>> = RefCell::default();
}

/// State of a WHEN clause in a running statement.
#[derive(Default)]
struct Site {
    trigger: Option<Rc<TableTrigger>>,
    guard: Option<Guard>,
    plan: Option<(u64, Rc<Plan>)>,
    checks: bulk::Rows,
}

/// Called when the library is loaded.
pub fn init() {
    xact::at_transaction_end(|end| {
        if end == Transaction::Ending
            && let Err(report) = check_remaining()
        {
            report.keep();
        }
    });
}

/// The deferred trigger of a table's guard for a channel; it is looked up again after any change of the catalogs. The
/// table stays locked against changes until the end of the transaction.
fn find(table: Oid, channel: &str, event: Option<Event>) -> Option<Rc<TableTrigger>> {
    let (key, changes) = ((table, event == Some(Event::Update), channel.to_owned()), plan::changes());
    let known = TRIGGERS.with_borrow(|all| all.get(&key).filter(|(at, _)| *at == changes).map(|(_, t)| Rc::clone(t)));
    if known.is_some() {
        lock::relation(table, pg_sys::AccessShareLock);
        return known;
    }
    let is_it = |trigger: &Trigger| {
        let asked = format!("channel={channel}");
        let channels: Vec<String> = trigger.arguments().into_iter().filter(|a| a.starts_with("channel=")).collect();
        event.is_none_or(|event| trigger.is_for(event))
            && (channels.first() == Some(&asked) || channel.is_empty() && channels.is_empty())
            && trigger.is_after()
            && (trigger.calls(dnc_guard_commit as *const ()) || trigger.calls(super::dnc_guard_row as *const ()))
    };
    let found = Rc::new(written_row::find(table, is_it)?);
    TRIGGERS.with_borrow_mut(|all| {
        if all.len() >= KNOWN {
            all.clear();
        }
        all.insert(key, (changes, Rc::clone(&found)))
    });
    Some(found)
}

/// WHEN clause of the deferred triggers: channel, table, place of the row, place of its earlier version. True if an
/// event is to be queued.
fn written(args: Args) -> Result<Datum, Report> {
    let (Some(table), Some(new)) = (args.oid(1), args.place(2)) else { return Ok(Datum::from(false)) };
    let old = args.place(3);
    let Site { trigger, guard, plan, checks } = site::of(args, Site::default);
    if trigger.as_ref().is_none_or(|known| !known.is_of(table)) {
        let Some(channel) = args.text(0) else { return Ok(Datum::from(false)) };
        let event = if old.is_some() { Event::Update } else { Event::Insert };
        *plan = None;
        *trigger = find(table, &channel.to_utf8(), Some(event));
    }
    // What cannot be looked at here is checked by an event of its own.
    let Some(trigger) = trigger else { return Ok(Datum::from(true)) };
    let queues = trigger.call(new.into(), old, Sees::Any, |trigger| row_written(&trigger, guard, plan, checks));
    queues.unwrap_or(Ok(false)).map(Datum::from)
}

fn row_written(
    trigger: &Trigger,
    guard: &mut Option<Guard>,
    plan: &mut Option<(u64, Rc<Plan>)>,
    checks: &mut bulk::Rows,
) -> Result<bool, Report> {
    let Some(tuple) = trigger.new_tuple().filter(|tuple| is_own(*tuple)) else { return Ok(false) };
    let plan = Plan::of_site(trigger, plan);
    let known = pending::guard(trigger.relation_oid(), &plan.channel, *guard);
    *guard = Some(known);
    let guard = known;
    let row = trigger.row(tuple);
    let mut found = match trigger.old_tuple() {
        None => numbers(&plan, &row, trigger.owner()),
        Some(_) => {
            let written = rewritten::written(guard, trigger, &plan, &row);
            if written.is_empty() {
                return Ok(false);
            }
            let mut found = numbers(&plan, &row, trigger.owner());
            found.retain(|held| written.contains(&held.place));
            found
        }
    };
    if plan.checks_written() {
        check_now(trigger, &plan, &row, &found, checks)?;
    } else if let Some(held) = found.iter().find(|held| held.phone.is_err() && !is_accepted(&plan)) {
        // Accepted by the guard, then changed by a later trigger.
        let region = named_region(&plan, &row, trigger.owner());
        return Err(refuse(trigger, &plan, &row, held, region.as_deref(), &plan.query(), None));
    }
    found.retain(|held| held.phone.is_ok());
    if found.is_empty() {
        return Ok(false);
    }
    let readable = || found.iter().filter_map(|held| held.phone.ok());
    readable().for_each(|phone| touch(|t| t.guarded |= stripe(phone)));
    Ok(pending::add(guard, place_of(tuple), readable().map(Phone::bits)))
}

/// Whether a number that cannot be read is let in.
fn is_accepted(plan: &Plan) -> bool {
    matches!(action(plan, false), Action::Flag | Action::Allow)
}

/// Checks a row that has just been written, in mode reject without a flag: the columns that the statement has changed.
fn check_now(trigger: &Trigger, plan: &Plan, row: &Row, found: &[Held], checks: &mut bulk::Rows) -> Result<(), Report> {
    let changed = trigger.old_tuple().map(|old| changed(plan, &trigger.row(old), row));
    if changed.as_ref().is_none_or(|changed| !changed.is_empty())
        && !checks.has_lists()
        && let Some(absence) = absence()
    {
        return Err(error::guarded_without_list(place(trigger, ""), &absence));
    }
    let query = plan.query();
    for held in found.iter().filter(|held| changed.as_ref().is_none_or(|changed| changed.contains(&held.place))) {
        let answer = held.phone.ok().and_then(|phone| checks.verdict(phone, &query));
        match action(plan, held.phone.is_ok()) {
            _ if answer == Some(false) => {}
            Action::Reject | Action::Skip => {
                let region = named_region(plan, row, trigger.owner());
                return Err(refuse(trigger, plan, row, held, region.as_deref(), &query, answer));
            }
            Action::Flag => record(trigger, row, held, "flag", "unreadable"),
            Action::Allow => {}
        }
    }
    Ok(())
}

/// AFTER INSERT or UPDATE of a guarded table, deferred to the commit: checks every number that this transaction has
/// written into the table and that remains, and those of this row, which may be one that was not remembered.
pub fn guard_commit(trigger: Trigger) -> Result<Datum, Report> {
    let plan = Plan::of(&trigger);
    let guard = pending::guard(trigger.relation_oid(), &plan.channel, None);
    let tuple = trigger.new_tuple().unwrap_or_else(|| error::not_a_trigger());
    let row = trigger.row(tuple);
    let written = rewritten::written(guard, &trigger, &plan, &row);
    let own = numbers(&plan, &row, trigger.owner())
        .into_iter()
        .filter(|held| written.contains(&held.place))
        .filter_map(|held| Some(Written { number: held.phone.ok()?.bits(), place: place_of(tuple) }));
    check(&trigger, &plan, guard, &own.collect::<Vec<_>>())?;
    Ok(Datum::from(0usize))
}

/// Before the commit: what no event has checked.
fn check_remaining() -> Result<(), Report> {
    for (guard, table, channel) in pending::remaining() {
        sys::with_latest_snapshot(|| {
            let trigger = find(table, &channel, None);
            let checked = trigger.and_then(|trigger| {
                trigger.call(None, None, Sees::Visible, |trigger| check(&trigger, &Plan::of(&trigger), guard, &[]))
            });
            // A table that was dropped, or whose guard was, has nothing to be checked.
            checked.unwrap_or(Ok(()))
        })?;
    }
    Ok(())
}

fn check(trigger: &Trigger, plan: &Plan, guard: Guard, own: &[Written]) -> Result<(), Report> {
    let mut numbers = pending::unchecked(guard);
    numbers.extend(own.iter().map(|written| written.number));
    if numbers.is_empty() {
        return Ok(());
    }
    numbers.sort_unstable();
    numbers.dedup();
    own.iter().for_each(|written| touch(|t| t.guarded |= stripe(Phone::from_stored(written.number))));
    lock_touched();
    // Changes of the last statement are visible only from the next command on.
    xact::next_command();
    let report = sys::with_latest_snapshot(|| {
        let suspects = bulk::not_clear(&numbers, &plan.query());
        if suspects.is_empty() {
            return None;
        }
        let own = own.iter().copied().filter(|written| suspects.binary_search(&written.number).is_ok());
        let rows = own.chain(pending::with_numbers(guard, &suspects));
        let table = find(trigger.relation_oid(), &plan.channel, Some(trigger.event()));
        let table = table.as_ref();
        rows.into_iter().find_map(|written| {
            // A version that this transaction deleted or replaced needs no check: its replacement is remembered itself.
            table?
                .call(Some(written.place), None, Sees::Visible, |trigger| still_holds(&trigger, plan, guard, written))?
        })
    });
    match report {
        Some(report) => Err(report),
        None => {
            pending::set_checked(guard);
            Ok(())
        }
    }
}

/// The error if the row holds a number that is not clear.
fn still_holds(trigger: &Trigger, plan: &Plan, guard: Guard, written: Written) -> Option<Report> {
    let tuple = trigger.new_tuple().filter(|tuple| is_own(*tuple))?;
    let row = trigger.row(tuple);
    let phone = Phone::from_stored(written.number);
    let found = numbers(plan, &row, trigger.owner());
    let held = found.iter().find(|f| f.phone == Ok(phone) && is_written(guard, written.place, f.place))?;
    let query = plan.query();
    // A transaction that keeps one snapshot may not have seen the opt-out. For any other, running it again would change
    // nothing.
    let seen = || sys::with_snapshot(|| verdict(phone, &query, None, None));
    if sys::keeps_one_snapshot() && seen() == Some(false) {
        let mut report = error::overtaken(place(trigger, held.column), phone);
        report.detail += &key(trigger, plan, &row);
        return Some(report);
    }
    let answer = verdict(phone, &query, None, None);
    Some(refuse(trigger, plan, &row, held, None, &query, answer))
}
