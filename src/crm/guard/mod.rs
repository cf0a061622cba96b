//! `sql/install/crm/guard.sql`: the triggers on a CRM's own tables, and how a guarded row is checked against an opt-out
//! that another transaction commits at the same time.
//!
//! At commit, both sides take advisory locks on the stripes of their numbers, in ascending order. Guards are compatible
//! with guards and opt-outs with opt-outs, but guards conflict with opt-outs. Then the guard checks again under the
//! newest snapshot. So either the opt-out has committed and the guard sees it, or the guard's row commits first and the
//! opt-out waits for it.
//!
//! The numbers of all rows are checked at once, in one deferred event for each guarded table that was written. Only a
//! number that is not clear leads back to its rows, which may have been deleted or changed since.
//!
//! | file | contents |
//! | --- | --- |
//! | `plan` | a guard's configuration, from its trigger |
//! | `numbers` | the numbers of a row |
//! | `pending` | the numbers that are checked at commit |
//! | `commit` | the check at commit, and what precedes it when a row is written |
//! | `rewritten` | which numbers of a row are the transaction's own |
//! | `stripes` | the locks shared by guards and opt-outs |

mod commit;
mod numbers;
mod pending;
mod plan;
mod rewritten;
mod stripes;

use crate::check::{adaptive, lists, verdict};
use crate::entry::index_lookup;
use crate::sys::report::{Place, Report};
use crate::sys::row::Row;
use crate::sys::row::text_datum;
use crate::sys::spi::{Statement, connected};
use crate::sys::trigger::{Event, Trigger};
use crate::sys::{self};
use crate::{error, settings, trigger_function};
use dnc_core::entry::scope::QueryScope;
use numbers::{Held, SHOWN, changed, masked, named_region, numbers};
use pgrx::pg_sys::{self, Datum};
use plan::{FlagColumn, Mode, Plan, Unreadable};
pub use stripes::touch_suppressed;

thread_local! {
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
    // What remains to be checked is checked before anything is forgotten.
    commit::init();
    stripes::init();
    plan::init();
    pending::init();
    rewritten::init();
}

trigger_function!(dnc_guard_row, pg_finfo_dnc_guard_row, guard_row, reports);

/// BEFORE INSERT OR UPDATE. In mode reject without a flag it is the deferred trigger of INSERT.
fn guard_row(trigger: Trigger) -> Result<Datum, Report> {
    if trigger.is_after() {
        return commit::guard_commit(trigger);
    }
    let plan = Plan::of(&trigger);
    let tuple = trigger.new_tuple().unwrap_or_else(|| error::not_a_trigger());
    let row = trigger.row(tuple);
    // A number of before is never a reason to reject. The flag is brought up to date, which nobody else sets.
    let written = trigger.old_tuple().map(|old| changed(&plan, &trigger.row(old), &row));
    let settled = written.as_ref().is_some_and(Vec::is_empty);
    if settled && plan.flag.is_none() {
        return Ok(trigger.pass(tuple));
    }
    if let Some(absence) = absence() {
        let (Some(flag), Some(old)) = (&plan.flag, trigger.old_tuple().filter(|_| settled)) else {
            return Err(error::guarded_without_list(place(&trigger, ""), &absence));
        };
        return Ok(trigger.pass(row.with(&flag.name, trigger.row(old).value(&flag.name).map(|value| value.datum()))));
    }
    let numbers = numbers(&plan, &row, trigger.owner());
    let query = plan.query();
    // A row without any number is not clear: there is nothing to contact.
    let mut status = if numbers.is_empty() { "missing" } else { "clear" };
    for found in numbers {
        let read = found.phone.is_ok();
        let answer = found.phone.ok().and_then(|phone| verdict(phone, &query, None, None));
        let here = match answer {
            Some(false) => continue,
            Some(true) => "suppressed",
            None => "unreadable",
        };
        let ground = if read && answer.is_none() { "unknown" } else { here };
        let is_written = written.as_ref().is_none_or(|places| places.contains(&found.place));
        match if is_written { action(&plan, read) } else { Action::Allow } {
            Action::Reject => {
                let region = named_region(&plan, &row, trigger.owner());
                return Err(refuse(&trigger, &plan, &row, &found, region.as_deref(), &query, answer));
            }
            Action::Skip => {
                record(&trigger, &row, &found, "skip", ground);
                return Ok(trigger.skip());
            }
            Action::Flag => record(&trigger, &row, &found, "flag", ground),
            Action::Allow => {}
        }
        if status != "suppressed" {
            status = here;
        }
    }
    Ok(match &plan.flag {
        Some(FlagColumn { name, kind: pg_sys::BOOLOID }) => {
            trigger.pass(row.with(name, Some(Datum::from(status != "clear"))))
        }
        Some(FlagColumn { name, .. }) => trigger.pass(row.with(name, Some(text_datum(status)))),
        None => trigger.pass(tuple),
    })
}

/// Evidence that the list is not in this database. A query that has read the lists has seen it.
fn absence() -> Option<String> {
    if adaptive::has_lists() { None } else { lists::absence() }
}

/// What becomes of a row whose number is suppressed, or is not known to be clear.
enum Action {
    Reject,
    Skip,
    Flag,
    Allow,
}

fn action(plan: &Plan, is_read: bool) -> Action {
    match (plan.unreadable.filter(|_| !is_read), plan.mode) {
        (Some(Unreadable::Reject), _) | (None, Mode::Reject) => Action::Reject,
        (Some(Unreadable::Flag), _) | (None, Mode::Flag) => Action::Flag,
        (Some(Unreadable::Allow), _) => Action::Allow,
        (None, Mode::Skip) => Action::Skip,
    }
}

/// What the error is about.
fn place(trigger: &Trigger, column: &str) -> Place {
    Place {
        schema: sys::schema_name(trigger.relation_oid()),
        table: trigger.relation_name(),
        column: column.to_owned(),
        constraint: trigger.name(),
    }
}

/// The row's primary key, as errors name it; empty if it is or may be a number, or if the role may not read it.
fn key(trigger: &Trigger, plan: &Plan, row: &Row) -> String {
    let key = trigger.primary_key();
    let is_guarded = |place: usize| plan.phones.iter().any(|phone| phone.place == place);
    let hidden = |place: usize| is_guarded(place) || !sys::may_select(trigger.relation_oid(), place as i16 + 1);
    if key.is_empty() || key.iter().any(|(place, _)| hidden(*place)) {
        return String::new();
    }
    let names: Vec<String> = key.iter().map(|(_, name)| sys::quoted(name)).collect();
    let shown = |(place, _): &(usize, String)| {
        row.written(*place).map_or_else(|| "null".into(), |value| value.chars().take(SHOWN).collect::<String>())
    };
    let values: Vec<String> = key.iter().map(shown).collect();
    format!(" The row is ({})=({}).", names.join(", "), values.join(", "))
}

/// Why the row is rejected; `answer` is the result of the check of a readable number.
fn refuse(
    trigger: &Trigger,
    plan: &Plan,
    row: &Row,
    found: &Held,
    region: Option<&str>,
    query: &QueryScope,
    answer: Option<bool>,
) -> Report {
    let place = place(trigger, found.column);
    let mut report = match found.phone {
        Ok(phone) => {
            let arguments = index_lookup::arguments(Some(phone), query, None);
            let lists = connected(sys::owner(), || LISTS.with(|s| s.text(&arguments[..3], true)));
            error::guarded(place, phone, &lists.unwrap_or_default(), answer.is_some())
        }
        // A role that updates a row may have no right to read its number.
        Err(why) if trigger.event() == Event::Update => {
            let region = region.map(|region| masked(region, 0));
            error::guarded_unreadable(place, &masked(&found.spelling(row), 0), why, region.as_deref())
        }
        Err(why) => error::guarded_unreadable(place, &masked(&found.spelling(row), 2), why, region),
    };
    report.detail += &key(trigger, plan, row);
    report
}

fn record(trigger: &Trigger, row: &Row, found: &Held, action: &str, ground: &str) {
    let (schema, role) = (sys::schema_name(trigger.relation_oid()), sys::role_name(sys::outer_user()));
    let relation = format!("{}.{}", sys::quoted(&schema), sys::quoted(&trigger.relation_name()));
    let operation = if trigger.event() == Event::Insert { "INSERT" } else { "UPDATE" };
    let e164 = found.phone.ok().map(|p| p.to_string());
    let actor = settings::actor();
    connected(sys::owner(), || {
        let text = |s: &str| Some(text_datum(s));
        let spelling = if e164.is_none() { text(&found.spelling(row)) } else { None };
        EVENT.with(|s| {
            s.run(
                &[
                    text(&relation),
                    text(found.column),
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
