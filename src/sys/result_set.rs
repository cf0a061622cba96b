//! Functions that return many rows at once.

use pgrx::pg_sys::{self, Datum, FunctionCallInfo};

/// The rows that a call returns.
pub struct Rows {
    fcinfo: FunctionCallInfo,
    info: *mut pg_sys::ReturnSetInfo,
}

impl Rows {
    /// Raises an error if the caller accepts no set of rows.
    pub fn new(fcinfo: FunctionCallInfo) -> Rows {
        // SAFETY: called by the function manager for a function whose declaration names its columns.
        unsafe {
            pg_sys::InitMaterializedSRF(fcinfo, 0);
            Rows { fcinfo, info: (*fcinfo).resultinfo.cast() }
        }
    }

    /// Adds a row; its values are copied.
    pub fn put(&self, row: &[Option<Datum>]) {
        let (mut values, mut nulls) = ([Datum::from(0usize); 16], [true; 16]);
        for (n, value) in row.iter().enumerate() {
            (values[n], nulls[n]) = (value.unwrap_or(Datum::from(0usize)), value.is_none());
        }
        // SAFETY: as many values as the description has columns, and no more than sixteen.
        unsafe {
            debug_assert_eq!((*(*self.info).setDesc).natts as usize, row.len());
            pg_sys::tuplestore_putvalues(
                (*self.info).setResult,
                (*self.info).setDesc,
                values.as_mut_ptr(),
                nulls.as_mut_ptr(),
            );
        }
    }

    /// The function's result.
    pub fn finish(self) -> Datum {
        // SAFETY: the call's own structure.
        unsafe { (*self.fcinfo).isnull = true };
        Datum::from(0usize)
    }
}
