//! The sets of a list: searched by their index, or by a directory of their blocks.

use super::config::Config;
use crate::error;
use crate::list::block_directory::Directory;
use crate::settings::{self, StatementSet};
use crate::sys::column::Column;
use crate::sys::executor;
use crate::sys::invalidation::{self, Known};
use crate::sys::probe::{Expected, Probe};
use crate::sys::row_place::OpenTable;
use crate::sys::{self};
use dnc_core::list::block::{Fault, Packed};
use pgrx::pg_sys::{self, Oid};
use std::cell::{Cell, RefCell};
use std::ffi::CStr;
use std::rc::Rc;

/// Index lookups in a set before the session builds a directory of its blocks.
const LOOKS: u32 = 32;

/// The table of blocks.
const TABLE: &CStr = c"list_block";
/// Its searched columns.
const SEARCHED: &[i16] = &[1, 2];

thread_local! {
    pub static BLOCKS: Known<(Oid, Oid)> = {
        invalidation::register(&BLOCKS);
        Known::new()
    };
}

#[derive(Clone)]
pub struct Sets {
    pub whole: Rc<Set>,
    pub changes: Option<(Rc<Set>, Rc<Set>)>,
}

/// A set of blocks, and what this session has cached of it.
pub struct Set {
    id: i64,
    looks: Cell<u32>,
    pub directory: RefCell<Option<Directory>>,
}

fn blocks() -> (Oid, Oid) {
    BLOCKS.with(|known| {
        known.get(|| {
            let table = sys::relation(c"list_block");
            let index = sys::index(c"list_block_pkey");
            ((table, index), [table, index])
        })
    })
}

fn open(context: pg_sys::MemoryContext) -> Option<Probe> {
    let (table, index) = blocks();
    Probe::open(&Expected { name: TABLE, table, index, columns: SEARCHED, judge: None }, context)
}

impl Sets {
    pub fn has(&self, number: u64) -> Option<bool> {
        let Some((plus, minus)) = &self.changes else { return self.whole.has(number) };
        Some(plus.has(number)? || (self.whole.has(number)? && !minus.has(number)?))
    }

    /// The same from cached blocks; `None` if they are not enough. Raises no error except out of memory.
    pub fn in_place(&self, number: u64) -> Option<bool> {
        let Some((plus, minus)) = &self.changes else { return self.whole.in_place(number) };
        Some(plus.in_place(number)? || (self.whole.in_place(number)? && !minus.in_place(number)?))
    }
}

impl Set {
    /// The set, with what was cached of it before.
    pub fn of(id: i64, before: Option<&Config>) -> Rc<Set> {
        let known = before.into_iter().flat_map(|config| &config.lists).filter_map(|list| list.sets.as_ref());
        known
            .flat_map(|sets| std::iter::once(&sets.whole).chain(sets.changes.iter().flat_map(|(p, m)| [p, m])))
            .find(|set| set.id == id)
            .map_or_else(|| Rc::new(Set { id, looks: Cell::new(0), directory: RefCell::new(None) }), Rc::clone)
    }

    /// Whether it contains a number; `None` if its index is unusable.
    fn has(&self, number: u64) -> Option<bool> {
        if self.directory.borrow().is_some()
            && let Some(answer) = executor::with_table(blocks().0, TABLE, |table| self.by_directory(table, number))
        {
            return Some(answer);
        }
        executor::with_probe(TABLE, open, |probe| {
            self.looks.set(self.looks.get() + 1);
            if self.looks.get() >= LOOKS && settings::statement_set() != StatementSet::Off {
                self.looks.set(0);
                self.make_directory(probe);
                if let Some(answer) = self.by_directory(probe.table(), number) {
                    return answer;
                }
            }
            self.by_index(probe, number)
        })
    }

    fn by_directory(&self, table: OpenTable, number: u64) -> Option<bool> {
        let answer = {
            let directory = self.directory.borrow();
            let directory = directory.as_ref()?;
            if directory.is_of(table) { directory.has(table, number) } else { None }
        };
        if answer.is_none() {
            self.put_directory(None);
        }
        answer
    }

    fn make_directory(&self, probe: &mut Probe) {
        let most = sys::allowed_bytes() / Directory::BYTES_A_BLOCK;
        let mut blocks = Vec::new();
        if probe.sweep_places(self.id, most, |start, place| blocks.push((start as u64, place))) {
            self.put_directory(Directory::new(probe.table(), self.id, &blocks));
        }
    }

    fn put_directory(&self, directory: Option<Directory>) {
        // Borrowed only if an out-of-memory error left it so.
        if let Ok(mut place) = self.directory.try_borrow_mut() {
            *place = directory;
        }
    }

    fn by_index(&self, probe: &mut Probe, number: u64) -> bool {
        probe.seek_last(self.id, number as i64);
        if !probe.previous_row() {
            error::missing_block(self.id, number);
        }
        let answer = {
            let (values, nulls) = probe.columns(4);
            let int = |n: usize| values[n].value() as i64;
            if nulls.contains(&true) || int(0) != self.id || int(1) > number as i64 || int(2) <= number as i64 {
                error::missing_block(self.id, number);
            }
            let bytes = probe.column(3).map_or(&[][..], Column::bytes);
            match Packed::of(bytes) {
                Ok(packed) => packed.contains(number).ok_or(Fault::Bits),
                Err(fault) => Err(fault),
            }
            .unwrap_or_else(|fault| error::broken_block(self.id, int(1) as u64, fault))
        };
        probe.rest(false);
        answer
    }

    /// The same from cached blocks; `None` if they are not enough. Raises no error except out of memory.
    fn in_place(&self, number: u64) -> Option<bool> {
        let directory = self.directory.try_borrow().ok()?;
        directory.as_ref()?.has_in_place(number)
    }
}
