//! The running query, and state kept until it ends.
//!
//! A function does not receive its calling query. An executor hook records the query, so that a probe can keep its
//! relations open until the executor returns, and a set can be kept until the query ends.
//!
//! The hook has no pgrx guard: errors pass through it unchanged. Nothing in it runs while an error propagates; the
//! transaction and subtransaction callbacks remove from the stack what an error left there.

use super::args::Expression;
use super::probe::Probe;
use super::row_place::OpenTable;
use super::xact::{self, Subtransaction, Transaction};
use pgrx::pg_guard;
use pgrx::pg_sys::{self, QueryDesc};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::ffi::{CStr, c_void};

/// An executor call that has not returned.
struct ExecutorRun {
    query: *mut QueryDesc,
    /// State kept by the query, if any; see [`Kept`].
    kept: Option<Id>,
    /// Whether the caller of the executor wants all rows, as far as it states.
    to_the_end: bool,
    /// Transaction nesting depth at the call.
    level: i32,
    owner: pg_sys::ResourceOwner,
    /// Probes that the query keeps open, one per table, with the tables' names.
    probes: [Option<(&'static CStr, Probe)>; PROBES],
    /// A table read without its index.
    table: Option<(pg_sys::Oid, pg_sys::Relation)>,
}

/// Maximum probes that a query keeps open.
const PROBES: usize = 3;

/// State that a query keeps between executor calls, which cursors make repeatedly.
struct Kept {
    query: *mut QueryDesc,
    id: Id,
    state: Option<Box<dyn Any>>,
}

/// A running query: valid until it returns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Query(*mut QueryDesc);

/// Distinguishes the state of one query from that of any other: query addresses are reused.
pub type Id = std::num::NonZeroU64;

thread_local! {
    static IDS: Cell<u64> = const { Cell::new(0) };
    /// The innermost run, cached for frequent access: its query and the id of its state.
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
    // SAFETY: the arguments are passed on unchanged.
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
    // SAFETY: the arguments are passed on unchanged.
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

/// Changes the stack of runs, and updates the cached innermost run.
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
        // Above it are only runs that ended with an error without an abort.
        if runs.len() > depth { runs.drain(depth..).next() } else { None }
    });
    if let Some(ExecutorRun { probes, table, owner, .. }) = run {
        // SAFETY: the executor has just returned to its caller, so the current owner is the caller's; the table is
        // open.
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
    // Before the commit, holdable cursors are still being run.
    if end != Transaction::Ending {
        change(Vec::clear);
    }
}

fn subtransaction_ends(end: Subtransaction) {
    if end == Subtransaction::RolledBack {
        let level = xact::nesting_level();
        // Their open relations are released with their resource owners.
        change(|runs| {
            while runs.last().is_some_and(|run| run.level >= level) {
                runs.pop();
            }
        });
    }
}

/// Passes a probe to `look`: the one that the running query keeps open, or one that is closed again if no query is
/// running or in a subtransaction started inside the query, since an error that ends only the subtransaction would
/// leave the query with an interrupted probe. `open` receives the memory context in which the probe is to live; `None`
/// if it returns none. `name` is that of the table, and distinguishes the probes of a query.
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
    // An error in here ends the run, and its resource owner closes what is open.
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

/// Passes a table of schema dnc to `look`; the running query then keeps it open, as [`with_probe`] does with a probe.
/// It keeps one such table.
pub fn with_table<T>(table: pg_sys::Oid, name: &'static CStr, look: impl FnOnce(OpenTable) -> T) -> T {
    let lock = pg_sys::AccessShareLock as i32;
    let level = xact::nesting_level();
    let run = RUNS.with_borrow(|runs| {
        let run = runs.last().filter(|run| run.level == level)?;
        Some((run.table, run.owner))
    });
    // SAFETY: the table is opened before it is read, and closed under the owner that opened it; the owner outlives the
    // run.
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

/// Whether the running query keeps a table open by [`with_table`], and thus locked.
pub fn keeps_table() -> bool {
    RUNS.with_borrow(|runs| runs.last().is_some_and(|run| run.table.is_some()))
}

/// Runs `work` with another current resource owner. After an error, the abort restores the previous one.
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

/// The running query, if its snapshot is the active one. A query holds its snapshot registered, and a registered
/// snapshot is never changed, so what was read under it stays true until the query ends.
pub fn query() -> Option<Query> {
    let (query, _) = INNERMOST.get();
    // SAFETY: a running query's description is live; a snapshot is active whenever a function is called.
    unsafe { (!query.is_null() && (*query).snapshot == super::raw::GetActiveSnapshot()).then_some(Query(query)) }
}

/// Whether this is the running query's state, and its snapshot the active one.
pub fn keeps(id: Id) -> bool {
    let (query, kept) = INNERMOST.get();
    // SAFETY: as above.
    kept == Some(id) && unsafe { (*query).snapshot == super::raw::GetActiveSnapshot() }
}

/// Reads the running query's state: `look` must not call the server. `None` if there is no state yet.
pub fn peek<S: Any, T>(Query(query): Query, look: impl FnOnce(Id, &S) -> Option<T>) -> Option<T> {
    KEPT.with_borrow(|all| {
        let kept = all.iter().rev().find(|kept| kept.query == query)?;
        look(kept.id, kept.state.as_ref()?.downcast_ref::<S>()?)
    })
}

/// Changes the running query's state, created by `new` at first use or after an error discarded it.
pub fn keep<S: Any, T>(Query(query): Query, new: impl FnOnce() -> S, work: impl FnOnce(&mut S) -> T) -> T {
    let find = |all: &mut Vec<Kept>| all.iter().rposition(|kept| kept.query == query);
    let place = KEPT.with_borrow_mut(find).unwrap_or_else(|| {
        // SAFETY: the callback lives in the context that calls it on its deletion.
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
    // Taken out during the work, which may call the server, and that may call this function again.
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

/// The planner's row estimate for the node of this expression, if all rows are wanted and no node above it can stop
/// early.
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

/// The node of the running query whose filter contains this expression.
pub fn scan_with(query: Query, expression: Expression) -> Option<*mut pg_sys::PlanState> {
    search(query.0, expression.node(), false)
}

/// The plan node that contains the expression.
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
    /// Only if no node above can stop early.
    to_the_end: bool,
    found: Option<*mut pg_sys::PlanState>,
}

/// A plan walker: stops at the node that contains the expression.
#[pg_guard]
unsafe extern "C-unwind" fn in_plan(state: *mut pg_sys::PlanState, search: *mut c_void) -> bool {
    // SAFETY: calls by the walker itself; the plan's nodes have the types of their tags.
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
