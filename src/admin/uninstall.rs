//! `sql/install/admin/uninstall.sql`: the extension is not dropped while opt-outs are in force.

use crate::sys::event::{self, Drop};
use crate::sys::row::text_datum;
use crate::sys::spi::{Statement, connected};
use crate::{error, settings, sys};
use pgrx::pg_sys::{self, Datum, FunctionCallInfo};

thread_local! {
    static WOULD: Statement = const {
        Statement::new(
            c"SELECT dnc.would_be_dropped($1, $2, $3, $4)",
            &[pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::BOOLOID, pg_sys::TEXTOID],
        )
    };
}

#[unsafe(no_mangle)]
pub extern "C" fn pg_finfo_dnc_before_drop() -> &'static pg_sys::Pg_finfo_record {
    &pg_sys::Pg_finfo_record { api_version: 1 }
}

/// # Safety
/// Called by the function manager.
#[unsafe(no_mangle)]
#[pgrx::pg_guard]
pub unsafe extern "C-unwind" fn dnc_before_drop(fcinfo: FunctionCallInfo) -> Datum {
    // SAFETY: see above.
    let drop = unsafe { event::of(fcinfo) };
    if let Some(drop) = drop.filter(|_| !settings::allow_drop()) {
        let (kind, names, cascade) = match &drop {
            Drop::Extension(names) => ("extension", names, true),
            Drop::SchemaCascade(names) => ("schema", names, true),
            Drop::Owned { roles, cascade } => ("owned", roles, *cascade),
        };
        let role = sys::role_name(sys::current_user());
        let would = |name: &String| {
            let arguments =
                [Some(text_datum(kind)), Some(text_datum(name)), Some(Datum::from(cascade)), Some(text_datum(&role))];
            connected(sys::owner(), || WOULD.with(|s| s.text(&arguments, false)))
        };
        if let Some(what) = names.iter().find_map(would) {
            error::still_in_force(&what);
        }
    }
    Datum::from(0usize)
}
