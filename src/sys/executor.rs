//! Which query is being run, and what is kept while it is.
//!
//! A function that a query calls is not told which query that is. A hook around the executor notes it, so that a look at
//! the store can keep its relations open until the executor returns, and a set can be kept until the query ends.
//!
//! The hook is no pgrx guard: errors pass through it as they are. So nothing runs in it on the way out of an error, and
//! the callbacks of transactions and subtransactions take from the stack what an error left there.

use super::args::Expression;
use super::probe::Probe;
use super::row_place::OpenTable;
use super::xact::{self, Subtransaction, Transaction};
use pgrx::pg_guard;
use pgrx::pg_sys::{self, QueryDesc};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::ffi::{CStr, c_void};

/// A call of the executor that has not returned.
struct ExecutorRun {
    query: *mut QueryDesc,
    /// What the query keeps, if it keeps something; see [`Kept`].
    kept: Option<Id>,
    /// All rows are wanted, as far as the caller knows.
    to_the_end: bool,
    /// Nesting depth of transactions in which it was called.
    level: i32,
    owner: pg_sys::ResourceOwner,
    /// Probes that the query keeps open, one a table, and the tables' names.
    probes: [Option<(&'static CStr, Probe)>; PROBES],
    /// A table that is read without its index.
    table: Option<(pg_sys::Oid, pg_sys::Relation)>,
}

/// Probes that a query keeps open at most.
const PROBES: usize = 3;

/// What a query keeps from one call of the executor to the next, as a cursor makes them.
struct Kept {
    query: *mut QueryDesc,
    id: Id,
    state: Option<Box<dyn Any>>,
}

/// A query that is being run: good until it has returned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Query(*mut QueryDesc);

/// Tells what one query keeps from what any other ever kept: queries come to lie where others lay before.
pub type Id = std::num::NonZeroU64;

thread_local! {
    static IDS: Cell<u64> = const { Cell::new(0) };
    /// The innermost run, for who asks often: its query and what that keeps.
    static INNERMOST: Cell<(*mut QueryDesc, Option<Id>)> = const { Cell::new((std::ptr::null_mut(), None)) };
    static RUNS: RefCell<Vec<ExecutorRun>> = const { RefCell::new(Vec::new()) };
    static KEPT: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
}

static mut PREVIOUS: pg_sys::ExecutorRun_hook_type = None;

unsafe extern "C-unwind" {
    #[cfg(not(feature = "pg18"))]
    #[link_name = "standard_ExecutorRun"]
    fn standard(query: *mut QueryDesc, direction: pg_sys::ScanDirection::Type, count: u64, once: bool);
    #[cfg(feature = "pg18")]
    #[link_name = "standard_ExecutorRun"]
    fn standard(query: *mut QueryDesc, direction: pg_sys::ScanDirection::Type, count: u64);
}

/// Called when the library is loaded.
pub fn init() {
    // SAFETY: hook and callbacks are functions of this library, which is never unloaded.
    unsafe {
        PREVIOUS = pg_sys::ExecutorRun_hook;
        pg_sys::ExecutorRun_hook = Some(run);
    }
    xact::at_transaction_end(transaction_ends);
    xact::at_subtransaction_end(subtransaction_ends);
}

// Errors jump over this function: it holds nothing that needs dropping.
#[cfg(not(feature = "pg18"))]
unsafe extern "C-unwind" fn run(
    query: *mut QueryDesc,
    direction: pg_sys::ScanDirection::Type,
    count: u64,
    execute_once: bool,
) {
    // SAFETY: the arguments go on as they came.
    unsafe {
        let depth = enter(query, count);
        match PREVIOUS {
            Some(previous) => previous(query, direction, count, execute_once),
            None => standard(query, direction, count, execute_once),
        }
        leave(depth);
    }
}

#[cfg(feature = "pg18")]
unsafe extern "C-unwind" fn run(query: *mut QueryDesc, direction: pg_sys::ScanDirection::Type, count: u64) {
    // SAFETY: the arguments go on as they came.
    unsafe {
        let depth = enter(query, count);
        match PREVIOUS {
            Some(previous) => previous(query, direction, count),
            None => standard(query, direction, count),
        }
        leave(depth);
    }
}

unsafe fn enter(query: *mut QueryDesc, count: u64) -> usize {
    // SAFETY: reads of the transaction's state; neither can fail.
    let (level, owner) = unsafe { (super::raw::GetCurrentTransactionNestLevel(), pg_sys::CurrentResourceOwner) };
    let kept = KEPT.with_borrow(|all| all.iter().rev().find(|kept| kept.query == query).map(|kept| kept.id));
    change(|runs| {
        runs.push(ExecutorRun {
            query,
            kept,
            to_the_end: count == 0,
            level,
            owner,
            probes: [const { None }; PROBES],
            table: None,
        });
        runs.len() - 1
    })
}

/// Changes the stack of runs, and what is known of the innermost.
fn change<T>(change: impl FnOnce(&mut Vec<ExecutorRun>) -> T) -> T {
    RUNS.with_borrow_mut(|runs| {
        let result = change(runs);
        INNERMOST.set(runs.last().map_or((std::ptr::null_mut(), None), |run| (run.query, run.kept)));
        result
    })
}

#[pg_guard]
unsafe extern "C-unwind" fn leave(depth: usize) {
    let run = change(|runs| {
        // Above it only those that an error ended, where nothing was aborted for it.
        if runs.len() > depth { runs.drain(depth..).next() } else { None }
    });
    if let Some(ExecutorRun { probes, table, owner, .. }) = run {
        // SAFETY: the executor has just returned to whom it was called by, whose owner it is; the table is open.
        unsafe {
            owned_by(owner, || {
                probes.into_iter().flatten().for_each(|(_, probe)| probe.close());
                if let Some((_, table)) = table {
                    pg_sys::table_close(table, pg_sys::AccessShareLock as i32);
                }
            });
        }
    }
}

fn transaction_ends(end: Transaction) {
    // Before the commit the cursors that are to outlive it are still being run.
    if end != Transaction::Ending {
        change(Vec::clear);
    }
}

fn subtransaction_ends(end: Subtransaction) {
    if end == Subtransaction::RolledBack {
        let level = xact::nesting_level();
        // What they had open goes with their resource owners.
        change(|runs| {
            while runs.last().is_some_and(|run| run.level >= level) {
                runs.pop();
            }
        });
    }
}

/// Does a look with the probe that the running query keeps open, or else with one that is closed again: where no query is
/// running, and in a subtransaction that the query's own caller does not know of, since an error that ends only that would
/// leave the query with a probe that it interrupted. `open` is told in which context the probe is to live; `None` if it
/// gives none. `name` is that of the table, and tells the probes of a query apart.
pub fn with_probe<T>(
    name: &'static CStr,
    open: impl FnOnce(pg_sys::MemoryContext) -> Option<Probe>,
    look: impl FnOnce(&mut Probe) -> T,
) -> Option<T> {
    // SAFETY: a read of the server's state.
    let (level, context) = (xact::nesting_level(), unsafe { pg_sys::CurrentMemoryContext });
    let run = RUNS.with_borrow_mut(|runs| {
        let run = runs.last_mut().filter(|run| run.level == level)?;
        let kept = run.probes.iter_mut().find(|probe| probe.as_ref().is_some_and(|(of, _)| *of == name));
        Some((kept.and_then(Option::take).map(|(_, probe)| probe), run.owner, run.query))
    });
    let Some((kept, owner, query)) = run else {
        let mut probe = open(context)?;
        let result = look(&mut probe);
        probe.close();
        return Some(result);
    };
    // SAFETY: owner and context of the query outlive the run.
    let opened = || unsafe {
        let context = (*(*query).estate).es_query_cxt;
        owned_by(owner, || open(context))
    };
    let mut probe = kept.or_else(opened)?;
    // An error in here ends the run, and its owner closes what is open.
    let result = look(&mut probe);
    let mut probe = Some(probe);
    RUNS.with_borrow_mut(|runs| {
        if let Some(free) = runs.last_mut().and_then(|run| run.probes.iter_mut().find(|probe| probe.is_none())) {
            *free = probe.take().map(|probe| (name, probe));
        }
    });
    // SAFETY: as above.
    unsafe { owned_by(owner, || probe.into_iter().for_each(Probe::close)) };
    Some(result)
}

/// Does something with a table of schema dnc, which the running query then keeps open, as [`with_probe`] does with a probe. It keeps
/// one such table.
pub fn with_table<T>(table: pg_sys::Oid, name: &'static CStr, look: impl FnOnce(OpenTable) -> T) -> T {
    let lock = pg_sys::AccessShareLock as i32;
    let level = xact::nesting_level();
    let run = RUNS.with_borrow(|runs| {
        let run = runs.last().filter(|run| run.level == level)?;
        Some((run.table, run.owner))
    });
    // SAFETY: the table is opened before it is read, and closed by whom it was opened for; the owner outlives the run.
    unsafe {
        match run {
            Some((Some((kept, relation)), _)) if kept == table => look(OpenTable::of(relation)),
            Some((None, owner)) => {
                let relation = owned_by(owner, || super::open(table, name, pg_sys::AccessShareLock));
                RUNS.with_borrow_mut(|runs| runs.last_mut().map(|run| run.table = Some((table, relation))));
                look(OpenTable::of(relation))
            }
            Some((Some(_), _)) | None => {
                let relation = super::open(table, name, pg_sys::AccessShareLock);
                let result = look(OpenTable::of(relation));
                pg_sys::table_close(relation, lock);
                result
            }
        }
    }
}

/// Whether the running query keeps a table open by [`with_table`], and with it locked.
pub fn keeps_table() -> bool {
    RUNS.with_borrow(|runs| runs.last().is_some_and(|run| run.table.is_some()))
}

/// Does `work` with another resource owner in place of the current one. An error needs no putting back: the abort that
/// follows does that.
///
/// # Safety
/// The owner is live.
unsafe fn owned_by<T>(owner: pg_sys::ResourceOwner, work: impl FnOnce() -> T) -> T {
    // SAFETY: see above.
    unsafe {
        let own = pg_sys::CurrentResourceOwner;
        pg_sys::CurrentResourceOwner = owner;
        let result = work();
        pg_sys::CurrentResourceOwner = own;
        result
    }
}

/// The query that is being run, if what its snapshot sees is what this call is to see: the very same snapshot. A query
/// holds its snapshot registered, and a registered one is never changed; so what was read under it stays true until the
/// query ends.
pub fn query() -> Option<Query> {
    let (query, _) = INNERMOST.get();
    // SAFETY: a running query's description is live; a snapshot is active whenever a function is called.
    unsafe { (!query.is_null() && (*query).snapshot == super::raw::GetActiveSnapshot()).then_some(Query(query)) }
}

/// Whether this is what the running query keeps, and its snapshot the active one.
pub fn keeps(id: Id) -> bool {
    let (query, kept) = INNERMOST.get();
    // SAFETY: as above.
    kept == Some(id) && unsafe { (*query).snapshot == super::raw::GetActiveSnapshot() }
}

/// A glance at what the running query keeps: `look` calls nothing of the server's. `None` if there is nothing yet.
pub fn peek<S: Any, T>(Query(query): Query, look: impl FnOnce(Id, &S) -> Option<T>) -> Option<T> {
    KEPT.with_borrow(|all| {
        let kept = all.iter().rev().find(|kept| kept.query == query)?;
        look(kept.id, kept.state.as_ref()?.downcast_ref::<S>()?)
    })
}

/// Work on what the running query keeps, made by `new` when first asked for, or when an error lost it.
pub fn keep<S: Any, T>(Query(query): Query, new: impl FnOnce() -> S, work: impl FnOnce(&mut S) -> T) -> T {
    let find = |all: &mut Vec<Kept>| all.iter().rposition(|kept| kept.query == query);
    let place = KEPT.with_borrow_mut(find).unwrap_or_else(|| {
        // SAFETY: the callback lives in the context that calls it when it goes.
        unsafe {
            let context = (*(*query).estate).es_query_cxt;
            let size = size_of::<pg_sys::MemoryContextCallback>();
            let callback = pg_sys::MemoryContextAllocZero(context, size).cast::<pg_sys::MemoryContextCallback>();
            (*callback).func = Some(query_ends);
            (*callback).arg = query.cast();
            pg_sys::MemoryContextRegisterResetCallback(context, callback);
        }
        IDS.set(IDS.get() + 1);
        let id = Id::new(IDS.get()).expect("counted from one");
        change(|runs| runs.iter_mut().filter(|run| run.query == query).for_each(|run| run.kept = Some(id)));
        KEPT.with_borrow_mut(|all| {
            all.push(Kept { query, id, state: None });
            all.len() - 1
        })
    });
    // Taken out of its place, since the work may call the server, and that may call us.
    let taken = KEPT.with_borrow_mut(|all| all[place].state.take());
    let mut state = taken.and_then(|state| state.downcast::<S>().ok()).unwrap_or_else(|| Box::new(new()));
    let result = work(&mut state);
    KEPT.with_borrow_mut(|all| find(all).map(|place| all[place].state = Some(state)));
    result
}

#[pg_guard]
unsafe extern "C-unwind" fn query_ends(query: *mut c_void) {
    KEPT.with_borrow_mut(|all| all.retain(|kept| !std::ptr::eq(kept.query.cast(), query)));
}

/// How many rows the running query's plan expects where this expression stands, if all of them are wanted and nothing
/// above it can stop early.
pub fn expected_rows(query: Query, expression: Expression) -> Option<f64> {
    let Query(query) = query;
    let to_the_end = RUNS.with_borrow(|runs| runs.last().is_some_and(|run| run.query == query && run.to_the_end));
    if !to_the_end {
        return None;
    }
    let state = search(query, expression.node(), true)?;
    // SAFETY: as in `search`.
    Some(unsafe { (*(*state).plan).plan_rows })
}

/// The node of the running query in whose filter this expression stands.
pub fn scan_with(query: Query, expression: Expression) -> Option<*mut pg_sys::PlanState> {
    search(query.0, expression.node(), false)
}

/// The node of the plan in which the expression stands.
fn search(query: *mut QueryDesc, expression: *mut pg_sys::Node, to_the_end: bool) -> Option<*mut pg_sys::PlanState> {
    if expression.is_null() {
        return None;
    }
    let mut search = Search { expression, to_the_end, found: None };
    // SAFETY: the plan of a running query is live and is only read.
    unsafe { in_plan((*query).planstate, (&raw mut search).cast()) };
    search.found
}

struct Search {
    expression: *mut pg_sys::Node,
    /// Only where nothing above can stop early.
    to_the_end: bool,
    found: Option<*mut pg_sys::PlanState>,
}

/// A walker of plans: stops where the expression was found.
#[pg_guard]
unsafe extern "C-unwind" fn in_plan(state: *mut pg_sys::PlanState, search: *mut c_void) -> bool {
    // SAFETY: the walker's own calls; the plan's nodes are what their tags say.
    unsafe {
        let asked = &mut *search.cast::<Search>();
        if state.is_null() || (asked.to_the_end && (*state).type_ == pg_sys::NodeTag::T_LimitState) {
            return false;
        }
        let plan = (*state).plan;
        if in_expression((*plan).qual.cast(), search) || in_expression((*plan).targetlist.cast(), search) {
            asked.found = Some(state);
            return true;
        }
        pg_sys::planstate_tree_walker(state, Some(in_plan), search)
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn in_expression(node: *mut pg_sys::Node, search: *mut c_void) -> bool {
    // SAFETY: as above.
    unsafe {
        if node.is_null() {
            return false;
        }
        node == (*search.cast::<Search>()).expression
            || pg_sys::expression_tree_walker(node, Some(in_expression), search)
    }
}
