//! Every `dnc.*` setting.

use pgrx::pg_sys;
use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting};
use std::ffi::CString;

pub static DEFAULT_REGION: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);
static PURPOSE: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);
static ACTOR: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);
static IMPORT_BATCH: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);

pub fn define() {
    let text = |name, short, long, setting, context| {
        GucRegistry::define_string_guc(name, short, long, setting, context, GucFlags::default());
    };
    text(
        c"dnc.default_region",
        c"Region by which national spellings are read where none is given.",
        c"ISO 3166-1 alpha-2, such as US. Empty: only international spellings are read.",
        &DEFAULT_REGION,
        GucContext::Userset,
    );
    text(
        c"dnc.purpose",
        c"Purpose that checks ask about where none is given.",
        c"Set it for a role (ALTER ROLE … SET) whose queries always contact for one brand. Empty: refusals of any purpose count.",
        &PURPOSE,
        GucContext::Suset,
    );
    text(
        c"dnc.actor",
        c"Who acts, as the application claims.",
        c"Recorded as a claim beside the session's user in the audit log. Behind a connection pooler use SET LOCAL.",
        &ACTOR,
        GucContext::Userset,
    );
    text(
        c"dnc.import_batch",
        c"Batch to which rows put into dnc.import_row belong.",
        c"dnc_import_start sets it for the session.",
        &IMPORT_BATCH,
        GucContext::Userset,
    );
    // SAFETY: the name is a C string; the call takes no ownership.
    unsafe { pg_sys::MarkGUCPrefixReserved(c"dnc".as_ptr()) };
}

fn text(setting: &GucSetting<Option<CString>>) -> Option<String> {
    setting.get().map(|value| crate::pg::sys::to_utf8(value.to_bytes()).into_owned()).filter(|value| !value.is_empty())
}

/// `dnc.purpose`, if it is set.
pub fn purpose() -> Option<String> {
    text(&PURPOSE)
}

/// `dnc.actor`, if it is set.
pub fn actor() -> Option<String> {
    text(&ACTOR)
}
