//! The numbers that this transaction has written into guarded tables and has yet to check at its end, and whether a
//! deferred trigger will do that.
//!
//! Rows of a subtransaction that is rolled back are dropped. Checks made in one are made again: it has given up its
//! locks.

use crate::sys::xact::{self, Subtransaction, Transaction};
use pgrx::pg_sys::Oid;
use std::cell::{Cell, RefCell};

/// Numbers that are remembered at most, in all guarded tables: 64 MB. Any further row is checked by an event of its own.
const MOST: usize = 4 << 20;

/// A guard of a table, for the rest of the transaction: an index into [`PENDING`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Guard(usize);

/// A number and where the row is that holds it.
#[derive(Clone, Copy)]
pub struct Written {
    pub number: i64,
    pub place: u64,
}

struct Rows {
    table: Oid,
    channel: String,
    rows: Vec<Written>,
    /// Nesting levels of subtransactions that have written rows, and the number of rows before each.
    levels: Vec<(i32, usize)>,
    /// How many of the rows have been checked, from the first, and at which nesting level.
    checked: (usize, i32),
    /// Nesting level of the subtransaction that has queued an event; 0: there is none.
    queued: i32,
}

thread_local! {
    static PENDING: RefCell<Vec<Rows>> = const { RefCell::new(Vec::new()) };
    /// Numbers in all of them.
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// Called when the library is loaded.
pub fn init() {
    xact::at_transaction_end(|end| {
        if end != Transaction::Ending {
            PENDING.take();
            COUNT.set(0);
        }
    });
    xact::at_subtransaction_end(|end| {
        let level = xact::nesting_level();
        let each = |change: fn(&mut Rows, i32)| {
            PENDING.with_borrow_mut(|all| all.iter_mut().for_each(|rows| change(rows, level)));
        };
        match end {
            Subtransaction::Ending => {}
            Subtransaction::Released => each(Rows::release),
            Subtransaction::RolledBack => each(Rows::roll_back),
        }
    });
}

impl Rows {
    fn release(&mut self, level: i32) {
        let parent = level - 1;
        self.checked.1 = self.checked.1.min(parent);
        self.queued = self.queued.min(parent);
        if self.levels.last().is_some_and(|(last, _)| *last == level) {
            let before = self.levels.iter().rev().nth(1).map_or(1, |(before, _)| *before);
            match self.levels.last_mut() {
                Some((last, _)) if before < parent => *last = parent,
                _ => _ = self.levels.pop(),
            }
        }
    }

    fn roll_back(&mut self, level: i32) {
        while let Some((_, before)) = self.levels.pop_if(|(last, _)| *last >= level) {
            COUNT.set(COUNT.get() - (self.rows.len() - before));
            self.rows.truncate(before);
        }
        if self.checked.1 >= level {
            self.checked = (0, 0);
        }
        self.checked.0 = self.checked.0.min(self.rows.len());
        if self.queued >= level {
            self.queued = 0;
        }
    }
}

/// The guard of a table for a channel; `last` is a guess.
pub fn guard(table: Oid, channel: &str, last: Option<Guard>) -> Guard {
    let is_it = |rows: &Rows| rows.table == table && rows.channel == channel;
    PENDING.with_borrow_mut(|all| {
        if let Some(last) = last.filter(|last| all.get(last.0).is_some_and(is_it)) {
            return last;
        }
        Guard(all.iter().position(is_it).unwrap_or_else(|| {
            let channel = channel.to_owned();
            all.push(Rows { table, channel, rows: Vec::new(), levels: Vec::new(), checked: (0, 0), queued: 0 });
            all.len() - 1
        }))
    })
}

/// Remembers the numbers of a row. Returns whether an event is to be queued for it.
pub fn add(guard: Guard, place: u64, numbers: impl Iterator<Item = i64>) -> bool {
    let level = xact::nesting_level();
    PENDING.with_borrow_mut(|all| {
        if COUNT.get() >= MOST {
            return true;
        }
        let rows = &mut all[guard.0];
        if level > rows.levels.last().map_or(1, |(last, _)| *last) {
            rows.levels.push((level, rows.rows.len()));
        }
        let before = rows.rows.len();
        rows.rows.extend(numbers.map(|number| Written { number, place }));
        COUNT.set(COUNT.get() + rows.rows.len() - before);
        let queues = rows.queued == 0;
        if queues {
            rows.queued = level;
        }
        queues
    })
}

/// The numbers that have yet to be checked. The event that has been queued is being run.
pub fn unchecked(guard: Guard) -> Vec<i64> {
    PENDING.with_borrow_mut(|all| {
        let rows = &mut all[guard.0];
        rows.queued = 0;
        rows.rows[rows.checked.0..].iter().map(|written| written.number).collect()
    })
}

/// The rows that hold one of these numbers, which are in ascending order.
pub fn with_numbers(guard: Guard, numbers: &[i64]) -> Vec<Written> {
    PENDING.with_borrow(|all| {
        let is_one = |written: &&Written| numbers.binary_search(&written.number).is_ok();
        all[guard.0].rows.iter().filter(is_one).copied().collect()
    })
}

/// All rows so far have been checked.
pub fn set_checked(guard: Guard) {
    let level = xact::nesting_level();
    PENDING.with_borrow_mut(|all| {
        let rows = &mut all[guard.0];
        rows.checked = (rows.rows.len(), level);
        if level == 1 {
            COUNT.set(COUNT.get() - rows.rows.len());
            (rows.rows, rows.checked) = (Vec::new(), (0, 0));
        }
    });
}

/// The guards with rows that have yet to be checked: table and channel.
pub fn remaining() -> Vec<(Guard, Oid, String)> {
    PENDING.with_borrow(|all| {
        let open = all.iter().enumerate().filter(|(_, rows)| rows.checked.0 < rows.rows.len());
        open.map(|(n, rows)| (Guard(n), rows.table, rows.channel.clone())).collect()
    })
}
