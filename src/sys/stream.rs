//! A query whose rows are passed on one by one as the executor returns them, neither collected nor copied.

use super::column::Column;
use pgrx::pg_guard;
use pgrx::pg_sys;
use std::ffi::{CStr, c_int};

/// Receives a row's values.
type Take<'a> = dyn FnMut(&[Option<Column>]) + 'a;
/// Checks the types of the columns to come; raises an error for unwanted ones.
type Check<'a> = dyn FnMut(&[pg_sys::Oid]) + 'a;
/// The same with their type modifiers.
type CheckModified<'a> = dyn FnMut(&[(pg_sys::Oid, i32)]) + 'a;

/// Maximum columns of a row.
const COLUMNS: usize = 20;

#[repr(C)]
struct Receiver<'a> {
    base: pg_sys::DestReceiver,
    check: &'a mut CheckModified<'a>,
    take: &'a mut Take<'a>,
}

/// Runs a read-only query under the active snapshot and with the privileges of the current role, and passes its rows
/// on. `check` is called before the rows of each statement in the query. Values live until the next row. Call while
/// connected to SPI; an error of the query is raised.
pub fn each(query: &CStr, check: &mut Check, take: &mut Take) {
    let mut plain = |columns: &[(pg_sys::Oid, i32)]| {
        check(&columns.iter().map(|(kind, _)| *kind).collect::<Vec<_>>());
    };
    run(query, pg_sys::CURSOR_OPT_PARALLEL_OK, &mut plain, take);
}

/// The same without parallel workers, so that `take` may write.
pub fn each_alone(query: &CStr, check: &mut CheckModified, take: &mut Take) {
    run(query, 0, check, take);
}

fn run(query: &CStr, options: u32, check: &mut CheckModified, take: &mut Take) {
    let cursor_options = options as c_int;
    let mut receiver = Receiver {
        base: pg_sys::DestReceiver {
            receiveSlot: Some(receive),
            rStartup: Some(startup),
            rShutdown: Some(nothing),
            rDestroy: Some(nothing),
            mydest: pg_sys::CommandDest::DestNone,
        },
        check,
        take,
    };
    let options = pg_sys::SPIExecuteOptions {
        read_only: true,
        must_return_tuples: true,
        dest: &raw mut receiver.base,
        ..Default::default()
    };
    // SAFETY: connected, as the callers say; the receiver lives through the call. A failed preparation is reported by the
    // execution.
    let status = unsafe {
        let plan = pg_sys::SPI_prepare_cursor(query.as_ptr(), 0, std::ptr::null_mut(), cursor_options);
        let status = pg_sys::SPI_execute_plan_extended(plan, &options);
        pg_sys::SPI_freeplan(plan);
        status
    };
    if status < 0 {
        pgrx::error!("a query failed with SPI status {status}");
    }
}

#[pg_guard]
unsafe extern "C-unwind" fn receive(slot: *mut pg_sys::TupleTableSlot, receiver: *mut pg_sys::DestReceiver) -> bool {
    // SAFETY: the executor passes a slot of the query and the receiver that `each` passed to it.
    unsafe {
        let receiver = &mut *receiver.cast::<Receiver>();
        let descriptor = (*slot).tts_tupleDescriptor;
        let columns = (*descriptor).natts as usize;
        if ((*slot).tts_nvalid as usize) < columns {
            pg_sys::slot_getsomeattrs_int(slot, columns as c_int);
        }
        let mut row = [None; COLUMNS];
        for (n, value) in row.iter_mut().enumerate().take(columns) {
            *value = (!*(*slot).tts_isnull.add(n))
                .then(|| Column::new(*(*slot).tts_values.add(n), super::attribute(descriptor, n).atttypid));
        }
        (receiver.take)(&row[..columns.min(COLUMNS)]);
    }
    true
}

#[pg_guard]
unsafe extern "C-unwind" fn startup(
    receiver: *mut pg_sys::DestReceiver,
    _operation: c_int,
    descriptor: pg_sys::TupleDesc,
) {
    // SAFETY: the receiver that `each` passed, and the descriptor of the rows to come.
    unsafe {
        let columns = (*descriptor).natts as usize;
        let described = (0..columns).map(|n| super::attribute(descriptor, n));
        let kinds: Vec<(pg_sys::Oid, i32)> = described.map(|column| (column.atttypid, column.atttypmod)).collect();
        ((*receiver.cast::<Receiver>()).check)(&kinds);
    }
}

unsafe extern "C-unwind" fn nothing(_: *mut pg_sys::DestReceiver) {}
