//! Rows that a statement reads by a name, as a trigger's statement reads its transition tables.

use pgrx::pg_sys::{self, Datum};
use std::ffi::CStr;

/// Collected rows: in memory up to `work_mem`, then in a temporary file.
pub struct NamedRows {
    name: &'static CStr,
    store: *mut pg_sys::Tuplestorestate,
    descriptor: pg_sys::TupleDesc,
}

impl NamedRows {
    /// No rows yet; they live no longer than the current memory context and resource owner.
    pub fn new(name: &'static CStr, columns: &[super::bulk_insert::Column]) -> NamedRows {
        // SAFETY: a descriptor with an entry for each column.
        unsafe {
            let descriptor = pg_sys::CreateTemplateTupleDesc(columns.len() as i32);
            for (n, (column, kind, modifier)) in columns.iter().enumerate() {
                pg_sys::TupleDescInitEntry(descriptor, n as i16 + 1, column.as_ptr(), *kind, *modifier, 0);
            }
            NamedRows { name, store: pg_sys::tuplestore_begin_heap(false, false, pg_sys::work_mem), descriptor }
        }
    }

    /// Adds a row; its values, which are of the columns' types, are copied.
    pub fn put(&mut self, row: &[Option<Datum>]) {
        let mut values: Vec<Datum> = row.iter().map(|value| value.unwrap_or(Datum::from(0usize))).collect();
        let mut nulls: Vec<bool> = row.iter().map(Option::is_none).collect();
        // SAFETY: as many values as the descriptor has columns.
        unsafe {
            debug_assert_eq!((*self.descriptor).natts as usize, row.len());
            pg_sys::tuplestore_putvalues(self.store, self.descriptor, values.as_mut_ptr(), nulls.as_mut_ptr());
        }
    }

    /// Runs a statement that reads the rows by their name, as the current role. Call inside
    /// [`super::spi::with_connection`].
    pub fn run(self, statement: &str) {
        let mut relation = pg_sys::EphemeralNamedRelationData::default();
        relation.md.name = self.name.as_ptr().cast_mut();
        relation.md.tupdesc = self.descriptor;
        relation.md.enrtype = pg_sys::EphemeralNameRelationType::ENR_NAMED_TUPLESTORE;
        relation.reldata = self.store.cast();
        // SAFETY: SPI is connected; rows and name live until the relation is unregistered, or the connection ends with
        // an error.
        unsafe {
            relation.md.enrtuples = pg_sys::tuplestore_tuple_count(self.store) as f64;
            if pg_sys::SPI_register_relation(&mut relation) < 0 {
                pgrx::error!("collected rows cannot be named {:?}", self.name);
            }
            super::spi::execute(statement);
            pg_sys::SPI_unregister_relation(self.name.as_ptr());
            pg_sys::tuplestore_end(self.store);
        }
    }
}
