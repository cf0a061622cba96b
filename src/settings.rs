//! Every `dnc.*` setting.

use crate::error;
use crate::sys::{self, guc};
use dnc_core::limits;
use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting, PostgresGucEnum, pg_extern};
use std::ffi::{CStr, CString};
use std::sync::atomic::{AtomicBool, Ordering};

static DEFAULT_REGION: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);
static PURPOSE: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);
static ACTOR: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);
static IMPORT_BATCH: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);
static KEY_FILE: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);
static SEAL_KEY: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);
static LIST_LOAD: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);
/// Whether the value of `dnc.purpose` was set for a role (`ALTER ROLE … SET`).
static PURPOSE_OF_ROLE: AtomicBool = AtomicBool::new(false);
static ALLOW_DROP: GucSetting<bool> = GucSetting::<bool>::new(false);
static STATEMENT_SET: GucSetting<StatementSet> = GucSetting::<StatementSet>::new(StatementSet::Auto);

/// `dnc.statement_set`: whether a query may build a set of the list's numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PostgresGucEnum)]
pub enum StatementSet {
    /// If the expected cost justifies it.
    #[name = c"auto"]
    Auto,
    #[name = c"off"]
    Off,
    /// At the first check.
    #[name = c"on"]
    On,
}

pub fn define() {
    let text = |name, short, long, setting, context| {
        GucRegistry::define_string_guc(name, short, long, setting, context, GucFlags::default());
    };
    text(
        c"dnc.default_region",
        c"Region by which national spellings are read where none is given.",
        c"A code or name, such as US, USA or United States. Empty: only international spellings are read.",
        &DEFAULT_REGION,
        GucContext::Userset,
    );
    guc::define_noting_role(
        c"dnc.purpose",
        c"Purpose that checks ask about where none is given.",
        c"Set it for a role (ALTER ROLE … SET) whose queries always contact for one brand; after SET ROLE to another it is ignored. Empty: refusals of any purpose count.",
        &PURPOSE,
        GucContext::Suset,
        &PURPOSE_OF_ROLE,
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
        c"dnc_import_start sets it for its transaction.",
        &IMPORT_BATCH,
        GucContext::Userset,
    );
    text(
        c"dnc.key_file",
        c"File of the server with keys for hashes of numbers.",
        c"A key a line: name, space, hexadecimal; readable by the server's user alone. Empty: there are no keys.",
        &KEY_FILE,
        GucContext::Suset,
    );
    text(
        c"dnc.seal_key",
        c"Key of dnc.key_file that signs seals of the audit log.",
        c"32 bytes, the seed of an Ed25519 key. Empty: seal. Signatures of earlier keys are good while those keys, named seal-…, stay in the file.",
        &SEAL_KEY,
        GucContext::Suset,
    );
    text(
        c"dnc.list_load",
        c"Version of a list to which lines put into dnc.list_line belong.",
        c"dnc_list_load_start sets it for its transaction.",
        &LIST_LOAD,
        GucContext::Userset,
    );
    GucRegistry::define_enum_guc(
        c"dnc.statement_set",
        c"Whether a query that checks many numbers reads the list into memory, within work_mem.",
        c"auto: when it pays; off: never; on: at its first check. Answers are the same.",
        &STATEMENT_SET,
        GucContext::Userset,
        GucFlags::default(),
    );
    GucRegistry::define_bool_guc(
        c"dnc.allow_drop",
        c"Whether the extension may be dropped while opt-outs are in force.",
        c"DROP EXTENSION, and DROP SCHEMA or DROP OWNED where they reach it, delete the list and its log.",
        &ALLOW_DROP,
        GucContext::Userset,
        GucFlags::default(),
    );
    guc::reserve(c"dnc");
}

fn text(setting: &GucSetting<Option<CString>>) -> Option<String> {
    guc::with(setting, |value| {
        let bytes = value.to_bytes();
        if bytes.len() > limits::TEXT {
            error::too_large("a setting of dnc", bytes.len(), limits::TEXT);
        }
        crate::sys::to_utf8(bytes).into_owned()
    })
}

/// The result of `read` for `dnc.default_region`, if that is set.
pub fn default_region<T>(read: impl FnOnce(&CStr) -> T) -> Option<T> {
    guc::with(&DEFAULT_REGION, read)
}

/// The result of `read` for `dnc.import_batch`, if that is set.
pub fn import_batch<T>(read: impl FnOnce(&CStr) -> T) -> Option<T> {
    guc::with(&IMPORT_BATCH, read)
}

/// Whether `dnc.purpose` is valid: a value set for the session's role does not apply to a role assumed by SET ROLE,
/// whose own value the server does not set.
fn purpose_counts() -> bool {
    !PURPOSE_OF_ROLE.load(Ordering::Relaxed) || sys::outer_user() == sys::session_user()
}

/// `dnc.purpose`, if it is set and valid.
pub fn purpose() -> Option<String> {
    text(&PURPOSE).filter(|_| purpose_counts())
}

/// Whether there is a [`purpose`].
pub fn has_purpose() -> bool {
    guc::with(&PURPOSE, |_| ()).is_some() && purpose_counts()
}

#[pg_extern(sql = false)]
fn dnc_session_purpose() -> Option<String> {
    purpose()
}

/// The role on whose behalf a function that runs as superuser was called.
#[pg_extern(sql = false)]
fn dnc_caller() -> String {
    sys::role_name(sys::outer_user())
}

/// `dnc.actor`, if it is set.
pub fn actor() -> Option<String> {
    text(&ACTOR)
}

/// `dnc.key_file`, if it is set.
pub fn key_file() -> Option<String> {
    text(&KEY_FILE)
}

/// `dnc.seal_key`, or its default name.
pub fn seal_key() -> String {
    text(&SEAL_KEY).unwrap_or_else(|| "seal".to_owned())
}

/// `dnc.list_load`, if it is set.
pub fn list_load() -> Option<String> {
    text(&LIST_LOAD)
}

/// `dnc.allow_drop`.
pub fn allow_drop() -> bool {
    ALLOW_DROP.get()
}

/// `dnc.statement_set`.
pub fn statement_set() -> StatementSet {
    STATEMENT_SET.get()
}
