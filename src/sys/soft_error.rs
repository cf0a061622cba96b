//! Errors that an input function returns to its caller instead of raising them: `pg_input_is_valid`, `COPY … (ON_ERROR
//! ignore)`. Available from PostgreSQL 16 on.

use pgrx::pg_sys;
use pgrx::pg_sys::panic::ErrorReport;

/// Whether the caller accepted the error. If so, the function returns NULL.
#[cfg(feature = "pg15")]
pub fn save(_: pg_sys::FunctionCallInfo, _: impl FnOnce() -> ErrorReport) -> bool {
    false
}

/// Whether the caller accepted the error. If so, the function returns NULL.
#[cfg(not(feature = "pg15"))]
pub fn save(fcinfo: pg_sys::FunctionCallInfo, report: impl FnOnce() -> ErrorReport) -> bool {
    // SAFETY: the function manager's own structure; the error is set in the caller's memory context, as errsave_finish
    // does.
    unsafe {
        let context = (*fcinfo).context;
        if context.is_null() || (*context).type_ != pg_sys::NodeTag::T_ErrorSaveContext {
            return false;
        }
        let context = context.cast::<pg_sys::ErrorSaveContext>();
        (*context).error_occurred = true;
        if (*context).details_wanted {
            let copy = |text: Option<&str>| {
                text.map_or(std::ptr::null_mut(), |t| pg_sys::pnstrdup(t.as_ptr().cast(), t.len()))
            };
            let report = report();
            let data = pg_sys::palloc0(size_of::<pg_sys::ErrorData>()).cast::<pg_sys::ErrorData>();
            (*data).elevel = pgrx::PgLogLevel::ERROR as i32;
            (*data).sqlerrcode = pgrx::PgSqlErrorCode::ERRCODE_INVALID_TEXT_REPRESENTATION as i32;
            (*data).message = copy(Some(report.message()));
            (*data).detail = copy(report.detail());
            (*data).hint = copy(report.hint());
            (*context).error_data = data;
        }
        true
    }
}
