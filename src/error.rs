//! Every error raised by Rust code: the offending value, the broken rule, and the way out.
//!
//! A telephone number appears in full only if its writer supplied it (text that could not be parsed); a number known to
//! belong to somebody is masked.

use crate::sys::report::{Place, Report};
use dnc_core::list::block::Fault;
use dnc_core::list::file_format::Reject;
use dnc_core::phone::field::Problem;
use dnc_core::phone::{Phone, PhoneError, region_name};
use pgrx::PgSqlErrorCode::{self, *};
use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, function_name};

/// Maximum bytes of an offending text that an error repeats.
const SHOWN: usize = 60;

fn report(code: PgSqlErrorCode, message: String, detail: String, hint: &str) -> ErrorReport {
    let mut report = ErrorReport::new(code, message, function_name!());
    if !detail.is_empty() {
        report = report.set_detail(detail);
    }
    if !hint.is_empty() {
        report = report.set_hint(hint.to_owned());
    }
    report
}

fn raise(code: PgSqlErrorCode, message: String, detail: String, hint: &str) -> ! {
    report(code, message, detail, hint).report(PgLogLevel::ERROR);
    unreachable!("an ERROR does not return")
}

fn shown(text: &str) -> String {
    if text.len() <= SHOWN {
        return text.to_owned();
    }
    let mut end = SHOWN;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}

pub fn not_a_phone(text: &str, why: Problem, region: Option<&str>) -> ! {
    phone_report(text, why, region).report(PgLogLevel::ERROR);
    unreachable!("an ERROR does not return")
}

/// A text with several numbers, where one was to be recorded.
pub fn several_numbers(text: &str, phones: &[Phone]) -> ! {
    let listed: Vec<String> = phones.iter().map(Phone::to_string).collect();
    raise(
        ERRCODE_INVALID_TEXT_REPRESENTATION,
        format!("invalid input syntax for type dnc_phone: \"{}\"", shown(text)),
        format!("This is not one telephone number: {}.", Problem::TwoNumbers.rule()),
        &format!("To record all of them: dnc_add(phones => '{{{}}}').", listed.join(",")),
    )
}

/// A notice, not an error: what was recorded is of a possible number that nobody can have.
pub fn in_no_range(phone: Phone) {
    let message = format!("{} is in no range in use; recorded", phone.mask());
    let hint = "Check the region in which it was read; dnc_correct moves an opt-out to another number.";
    report(ERRCODE_SUCCESSFUL_COMPLETION, message, String::new(), hint).report(PgLogLevel::NOTICE);
}

pub fn phone_report(text: &str, why: Problem, region: Option<&str>) -> ErrorReport {
    let read_in = region.map_or(String::new(), |r| format!(" in region {r}"));
    report(
        ERRCODE_INVALID_TEXT_REPRESENTATION,
        format!("invalid input syntax for type dnc_phone: \"{}\"{read_in}", shown(text)),
        format!("This is not one telephone number: {}.", why.rule()),
        why.hint(),
    )
}

pub fn not_text() -> ! {
    raise(
        ERRCODE_CHARACTER_NOT_IN_REPERTOIRE,
        "invalid byte sequence in a telephone number".into(),
        "The text is not valid in the database's encoding.".into(),
        "",
    )
}

/// A text that names no region, or may mean several.
pub fn unknown_region(region: &str) -> ! {
    let problem = region_name::problem(region);
    let is_ambiguous = problem.as_ref().is_some_and(|problem| problem.ambiguous);
    let (kind, lead) = if is_ambiguous { ("ambiguous", "It may be") } else { ("unknown", "Perhaps you mean") };
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("{kind} region \"{}\"", shown(region)),
        REGION_RULE.into(),
        &problem.and_then(|problem| problem.listed()).map_or(String::new(), |meant| format!("{lead} {meant}.")),
    )
}

const REGION_RULE: &str =
    "A region is named by its ISO 3166-1 code, name or calling code, such as DE, DEU, Germany, Deutschland or +49.";

/// The same as the end of a sentence, as the reason why a national spelling is not read; `None` if nothing is named.
pub fn region_rule(region: &str) -> Option<String> {
    let problem = region_name::problem(region).filter(|_| !region.trim().is_empty())?;
    let (kind, lead) = if problem.ambiguous { ("ambiguous", "it may be") } else { ("unknown", "perhaps it is") };
    let meant = problem.listed().map_or(String::new(), |meant| format!(": {lead} {meant}"));
    Some(format!("it is a national spelling, and its region \"{}\" is {kind}{meant}", shown(region)))
}

pub fn bad_binary(bits: i64) -> ! {
    raise(
        ERRCODE_INVALID_BINARY_REPRESENTATION,
        "invalid binary representation of dnc_phone".into(),
        format!("The value {bits:#018x} encodes no number."),
        "",
    )
}

pub fn not_a_number_value(number: i64) -> ! {
    raise(
        ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
        format!("{number} is no international telephone number"),
        "As an integer a number is written with its calling code and nothing before it, such as 14155552671.".into(),
        "For other spellings use dnc_parse(text, region).",
    )
}

pub fn bad_prefix(prefix: &str) -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("invalid number prefix \"{}\"", shown(prefix)),
        "A prefix is a plus sign and up to 15 digits, calling code first.".into(),
        "Write it like +1415.",
    )
}

pub fn unknown_style(style: &str) -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("unknown number format \"{}\"", shown(style)),
        "The formats are e164, international, national and rfc3966.".into(),
        "",
    )
}

pub fn not_a_set(text: &str) -> ! {
    raise(
        ERRCODE_INVALID_TEXT_REPRESENTATION,
        format!("invalid input syntax for type dnc_phone_set: \"{}\"", shown(text)),
        "A set is written as its numbers, in braces, with commas between them.".into(),
        "Write it like {+14155552671,+442079460018}; the aggregate dnc_set makes one of rows.",
    )
}

pub fn bad_set() -> ! {
    raise(
        ERRCODE_INVALID_BINARY_REPRESENTATION,
        "invalid binary representation of dnc_phone_set".into(),
        "The bytes are not those of a set of numbers.".into(),
        "",
    )
}

/// An argument, or its result, that exceeds the limit.
pub fn too_large(what: &str, bytes: usize, limit: usize) -> ! {
    raise(
        ERRCODE_PROGRAM_LIMIT_EXCEEDED,
        format!("{what} is too large: {bytes} bytes"),
        format!("The limit is {limit} bytes."),
        "",
    )
}

/// A failed allocation.
pub fn no_memory(bytes: usize) -> ! {
    raise(ERRCODE_OUT_OF_MEMORY, "out of memory".into(), format!("Failed on request of size {bytes}."), "")
}

pub fn set_too_large() -> ! {
    raise(
        ERRCODE_PROGRAM_LIMIT_EXCEEDED,
        "the set has more numbers than a value can hold".into(),
        "A value takes up to one gigabyte.".into(),
        "Load the numbers as a list: dnc_list_load_query.",
    )
}

pub fn not_an_aggregate() -> ! {
    raise(ERRCODE_INVALID_PARAMETER_VALUE, "this function is called by an aggregate only".into(), String::new(), "")
}

pub fn not_a_trigger() -> ! {
    raise(
        ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED,
        "this function is called by row triggers only".into(),
        String::new(),
        "",
    )
}

/// The tables cannot be read: an error instead of an answer.
pub fn missing_relation(name: &str) -> ! {
    raise(
        ERRCODE_UNDEFINED_TABLE,
        format!("the Do-Not-Call store cannot be read: dnc.{name} is missing"),
        "Without it no number is known to be clear.".into(),
        "Restore it from a backup, or create the extension anew.",
    )
}

pub fn import_not_open(batch: i64) -> ! {
    raise(
        ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        format!("import {batch} is not open"),
        "The row would never be read.".to_owned(),
        "dnc_import_start opens an import.",
    )
}

pub fn no_open_import() -> ! {
    raise(
        ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        "no import is open in this transaction".to_owned(),
        "dnc_import_start opens one for rows of its own transaction.".to_owned(),
        "Start the import, copy and finish it in one transaction, or say with each row which import it is of: its \
         batch_id.",
    )
}

pub fn missing_column(relation: &str, column: &str) -> ! {
    raise(
        ERRCODE_UNDEFINED_COLUMN,
        format!("column \"{column}\" of table \"{relation}\" is missing"),
        String::new(),
        "",
    )
}

pub fn audit_key_changed(relation: &str, was: &str, is: &str) -> ! {
    raise(
        ERRCODE_FEATURE_NOT_SUPPORTED,
        format!("the key of a row of dnc.{relation} cannot be changed"),
        format!("The audit log knows this row as \"{}\", not \"{}\".", shown(was), shown(is)),
        "Insert a new row instead.",
    )
}

/// An INSERT with an `audit_seq` that is not a restore.
pub fn audit_forged(relation: &str, key: &str, seq: i64, why: &str) -> ! {
    raise(
        ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION,
        format!("row \"{}\" of dnc.{relation} cannot be inserted with audit_seq {seq}", shown(key)),
        format!("A row that brings its audit_seq must be the one that the audit log describes last: {why}."),
        "Leave audit_seq out: the row is then logged as new.",
    )
}

pub fn audit_type(relation: &str, column: &str) -> ! {
    raise(
        ERRCODE_DATATYPE_MISMATCH,
        format!("column \"{column}\" of dnc.{relation} has a type that the audit log cannot write"),
        String::new(),
        "",
    )
}

pub fn unknown_channel(channel: &str, known: &str) -> ! {
    let region = region_name::region(channel).is_some();
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("unknown channel \"{}\"", shown(channel)),
        format!("The channels are {known}."),
        if region {
            "The second argument is the channel. A region goes to dnc_try_parse(text, region), whose result is checked."
        } else {
            "A site adds channels by inserting into dnc.channel."
        },
    )
}

pub fn infinite_time() -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        "a check cannot be made at an infinite time".into(),
        "Nothing is known of it.".into(),
        "Leave at out to check the present.",
    )
}

pub fn campaign_in_the_past() -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        "many numbers are decided for now or later".into(),
        "Past states of the lists are queried for one number at a time.".into(),
        "Call dnc_may_contact_as_of for each number.",
    )
}

pub fn unknown_purpose(purpose: &str, setting: bool) -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("unknown purpose \"{}\"{}", shown(purpose), if setting { " in the setting dnc.purpose" } else { "" }),
        "A purpose is a path such as brand/product/campaign, known to dnc.purpose.".into(),
        match region_name::region(purpose) {
            Some(_) => "This is a region: write region => in front of it.",
            None => "A site adds purposes by inserting into dnc.purpose.",
        },
    )
}

/// A missing block of a list: an error instead of an answer.
pub fn missing_block(set: i64, number: u64) -> ! {
    raise(
        ERRCODE_DATA_CORRUPTED,
        format!("a block of a list is missing: set {set} has none from {number} on"),
        "Without it, it is not known which numbers are on the list.".into(),
        "Load the list again, or make another version current with dnc_list_activate.",
    )
}

pub fn broken_block(set: i64, start: u64, fault: Fault) -> ! {
    raise(
        ERRCODE_DATA_CORRUPTED,
        format!("a block of a list cannot be read: set {set}, from {start} on"),
        format!("The block is not what a load writes: {}.", fault.rule()),
        "Load the list again, or make another version current with dnc_list_activate.",
    )
}

pub fn no_version(version: i64) -> ! {
    raise(
        ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        format!("version {version} of a list has no numbers to read"),
        "It was never loaded, or has been pruned.".into(),
        "dnc.list_version shows the state of versions.",
    )
}

pub fn load_not_open(version: i64) -> ! {
    raise(
        ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        format!("load {version} is not open"),
        "What is read for it would never be used.".into(),
        "dnc_list_load_start opens one.",
    )
}

/// Without numbers, so that the message is the same whatever was lost.
pub fn lost_in_sorting() -> ! {
    raise(
        ERRCODE_DATA_CORRUPTED,
        "numbers were lost in sorting".into(),
        "What was read back in order is not what was written.".into(),
        "Nothing was loaded. Try again; if it persists, check the disk of temp_tablespaces.",
    )
}

pub fn lines_unaccounted(version: i64, lines: u64, made: u64, duplicates: u64, rejected: u64) -> ! {
    raise(
        ERRCODE_DATA_CORRUPTED,
        format!("the lines of load {version} are not all accounted for"),
        format!("Of {lines} lines, {made} made numbers, {duplicates} were duplicates and {rejected} were rejected."),
        "Nothing was loaded. Load again, or the full list where these are changes.",
    )
}

pub fn no_load() -> ! {
    raise(
        ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        "no load of a list is open in this transaction".into(),
        "dnc_list_load_start opens one for lines of its own transaction.".into(),
        "Start the load, copy and finish it in one transaction, or give each line the version_id of its load.",
    )
}

pub fn lines_not_written() -> ! {
    raise(
        ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        "a statement that put lines into dnc.list_line was left before its end".into(),
        "Its last lines were not written, so the list would lack them.".into(),
        "Leave out RETURNING, or fetch all rows.",
    )
}

pub fn may_not_read_files() -> ! {
    raise(
        ERRCODE_INSUFFICIENT_PRIVILEGE,
        "permission denied to read a file of the server".into(),
        "Only roles with the privileges of pg_read_server_files read the server's files.".into(),
        "From a client, in one transaction: dnc_list_load_start, \\copy dnc.list_line (line) FROM the file, dnc_list_load_finish.",
    )
}

/// A server file that cannot be read; `what` names it.
pub fn cannot_read(what: &str, why: &str) -> ! {
    raise(
        ERRCODE_UNDEFINED_FILE,
        format!("{what} cannot be read"),
        format!("The server says: {why}."),
        "The path is one on the server, and the server's user must be allowed to read it.",
    )
}

pub fn no_key_file() -> ! {
    raise(
        ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        "there are no keys".into(),
        "Keyed hashes, tokens, pseudonyms of erased numbers and signatures of checkpoints need a file of keys on the server."
            .into(),
        "Set dnc.key_file to its path, as superuser: a key a line, name, space, hexadecimal (echo \"pseudonym $(openssl rand -hex 32)\").",
    )
}

pub fn open_key_file() -> ! {
    raise(
        ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        "the file of the setting dnc.key_file can be read by others".into(),
        "Who has the keys can find the numbers of all hashes.".into(),
        "Give it to the server's user alone: chmod 600.",
    )
}

pub fn bad_key(line: usize) -> ! {
    raise(
        ERRCODE_CONFIG_FILE_ERROR,
        format!("line {line} of the file of the setting dnc.key_file is no key"),
        "A key is written as its name, a space, and at least 16 bytes in hexadecimal, each name once.".into(),
        "",
    )
}

pub fn no_key(id: &str) -> ! {
    raise(
        ERRCODE_UNDEFINED_OBJECT,
        format!("there is no key \"{}\"", shown(id)),
        "The file of the setting dnc.key_file has none of that name.".into(),
        "",
    )
}

pub fn key_length(id: &str, wanted: usize, has: usize) -> ! {
    raise(
        ERRCODE_CONFIG_FILE_ERROR,
        format!("the key \"{}\" has {has} bytes", shown(id)),
        format!("A key that signs has {wanted}."),
        "Write one with: echo \"seal $(openssl rand -hex 32)\".",
    )
}

pub fn another_key(id: &str) -> ! {
    raise(
        ERRCODE_CONFIG_FILE_ERROR,
        format!("the key \"{}\" is not the one used before", shown(id)),
        "What was sealed with the earlier key cannot be distinguished from what would be sealed with this one.".into(),
        "Put the earlier key back into the file of the setting dnc.key_file.",
    )
}

pub fn tree_is_broken(level: u32, index: u64) -> ! {
    raise(
        ERRCODE_DATA_CORRUPTED,
        format!("the tree of the audit log lacks node {index} of level {level}"),
        "A leaf or a node that was sealed is gone.".into(),
        "dnc_audit_verify() reports what else is wrong.",
    )
}

pub fn map_is_broken(seal: i64) -> ! {
    raise(
        ERRCODE_DATA_CORRUPTED,
        format!("the map of signed checkpoint {seal} does not have the root that was signed"),
        "A leaf or a node of it was changed, added or removed.".into(),
        "dnc_audit_verify() reports what else is wrong.",
    )
}

pub fn seals_by_hand(own: i64) -> ! {
    raise(
        ERRCODE_DATA_CORRUPTED,
        format!("there are signed checkpoints after {own} that were not made here"),
        "A restore loads checkpoints before any is made; these were inserted by hand, and it is not known what they cover."
            .into(),
        "dnc_audit_verify() reports what else is wrong.",
    )
}

pub fn no_such_seal(seal: i64) -> ! {
    raise(ERRCODE_UNDEFINED_OBJECT, format!("there is no seal {seal}"), String::new(), "dnc.seal lists them.")
}

pub fn not_a_checkpoint(why: &str) -> ! {
    raise(
        ERRCODE_INVALID_TEXT_REPRESENTATION,
        "this is no checkpoint".into(),
        format!("A checkpoint is a note: origin, size, root, an empty line, signatures. But {why}."),
        "Pass the result of dnc_audit_checkpoint() unchanged.",
    )
}

pub fn another_log(theirs: &str, ours: &str) -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("the checkpoint is of another log, \"{}\"", shown(theirs)),
        format!("This log is \"{ours}\"."),
        "",
    )
}

pub fn unsigned_checkpoint() -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        "the checkpoint is not signed with a key of this log".into(),
        "Anybody could have written it: its signature is none, or of a key that dnc.key_file does not have.".into(),
        "Put the key back under a name that begins with seal-; or compare size and root with those in dnc.seal by eye.",
    )
}

pub fn not_in_tree(position: i64, size: i64) -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("log index or size {position} is not within a tree of {size} leaves"),
        "Log indexes are counted from 0; sizes ascend.".into(),
        "",
    )
}

pub fn warn_missing_keys(missing: &[String]) {
    pgrx::ereport!(
        PgLogLevel::WARNING,
        PgSqlErrorCode::ERRCODE_WARNING,
        format!("erased numbers cannot be recognized: the key \"{}\" is not available", missing.join("\", \"")),
        "Checks return NULL (do not contact) for every number that is not suppressed otherwise, until the file of the setting dnc.key_file has it again."
    );
}

pub fn not_a_text_file(file: &str) -> ! {
    raise(
        ERRCODE_CHARACTER_NOT_IN_REPERTOIRE,
        format!("\"{}\" is no text file that can be read", shown(file)),
        "It is written in UTF-16 or UTF-32, or holds zero bytes.".into(),
        "Convert it to UTF-8. Files packed with gzip are read as they are; other archives have to be unpacked.",
    )
}

pub fn no_header(file: &str, column: &str) -> ! {
    raise(
        ERRCODE_UNDEFINED_COLUMN,
        format!("the header of \"{}\" has no column \"{}\"", shown(file), shown(column)),
        "The format names its columns by the first line of the file.".into(),
        "Give another format: dnc_list_sniff(sample) proposes one.",
    )
}

/// A list file with too many rejects.
pub fn too_many_rejects(rejected: u64, lines: u64, percent: u64, rejects: &[Reject]) -> ! {
    let first: Vec<String> =
        rejects.iter().take(5).map(|r| format!("line {}, \"{}\": {}", r.line, r.text, r.reason.rule())).collect();
    raise(
        ERRCODE_INVALID_TEXT_REPRESENTATION,
        format!("{rejected} of {lines} lines cannot be read, more than {percent} %"),
        format!("The first ones: {}.", first.join("; ")),
        "Check the format and the region of the list. To have every rejected line in dnc.list_reject, load with activate => false, reject_percent => 100.",
    )
}

/// SQLSTATEs of guards, in class 23, so that drivers see a constraint violation.
pub const GUARD_SUPPRESSED: &str = "23N01";
pub const GUARD_UNREADABLE: &str = "23N02";
pub const GUARD_REGION_MISSING: &str = "23N03";
pub const GUARD_NOT_DECIDED: &str = "23N04";
pub const GUARD_LIST_UNKNOWN: &str = "23N05";

/// A row rejected by a guard: its number is suppressed by these lists, or they give no definite answer.
pub fn guarded(place: Place, phone: Phone, lists: &str, known: bool) -> Report {
    let Place { table, column, .. } = &place;
    Report {
        state: if known { GUARD_SUPPRESSED } else { GUARD_NOT_DECIDED },
        message: format!("{} must not be contacted: table \"{table}\" is guarded, column \"{column}\"", phone.mask()),
        detail: match (known, lists) {
            (true, "internal" | "") => "The number is on the internal Do-Not-Call list.".into(),
            (true, lists) => format!("The number is on Do-Not-Call lists: {lists}."),
            (false, lists) => format!("The number is not known to be clear; lists without a definite answer: {lists}."),
        },
        hint: "Those who may read the list see why with dnc_explain(phone, channel, purpose).",
        place: Box::new(place),
    }
}

/// A row rejected by a guard: a number that cannot be read is not known to be clear.
///
/// `spelling` is masked; `region` is what its region column holds.
pub fn guarded_unreadable(place: Place, spelling: &str, why: Problem, region: Option<&str>) -> Report {
    let Place { table, column, .. } = &place;
    let region_missing = why == Problem::Parse(PhoneError::NoRegion);
    let unknown = region.filter(|_| region_missing).and_then(region_rule);
    Report {
        state: if region_missing { GUARD_REGION_MISSING } else { GUARD_UNREADABLE },
        message: format!("\"{}\" cannot be read: table \"{table}\" is guarded, column \"{column}\"", shown(spelling)),
        hint: if unknown.is_some() {
            "Write the number with + and its calling code, or correct the region: DE, DEU, Germany or +49."
        } else if region_missing {
            "Write the number with + and its calling code, or attach the guard with region, region_column or region_path."
        } else {
            "Correct the number, or leave it NULL. dnc_attach(…, unreadable => 'flag') stores such rows and reports them."
        },
        detail: format!("This is not one telephone number: {}.", unknown.unwrap_or_else(|| why.rule())),
        place: Box::new(place),
    }
}

/// A row rejected by a guard: the list is not in this database.
pub fn guarded_without_list(place: Place, absence: &str) -> Report {
    let (message, detail, hint) = absent(absence);
    Report {
        state: GUARD_LIST_UNKNOWN,
        message: format!("no row can be let into table \"{}\", which is guarded: {message}", place.table),
        detail,
        hint,
        place: Box::new(place),
    }
}

/// A row whose number was suppressed by a transaction that committed meanwhile.
pub fn overtaken(place: Place, phone: Phone) -> Report {
    let Place { table, column, .. } = &place;
    Report {
        state: "40001",
        message: format!(
            "{} was suppressed while this transaction ran: table \"{table}\", column \"{column}\"",
            phone.mask()
        ),
        detail: "An opt-out that commits first wins over a row that commits later.".into(),
        hint: "Run the transaction again.",
        place: Box::new(place),
    }
}

/// A command that would drop the extension.
pub fn still_in_force(what: &str) -> ! {
    raise(
        ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST,
        format!("extension dnc is not dropped: {what} are in force"),
        "Dropping it deletes the Do-Not-Call list, the audit log, and every guard.".into(),
        "dnc_export('everything') returns all data. To drop it all the same: SET dnc.allow_drop = on.",
    )
}

/// A database without the list: `worker`, or the guard or view that shows its absence.
pub fn list_absent(absence: &str) -> ! {
    let (message, detail, hint) = absent(absence);
    raise(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, message, detail, hint)
}

/// The same as message, detail and hint.
fn absent(absence: &str) -> (String, String, &'static str) {
    if absence == "worker" {
        return (
            "a worker of a Citus cluster does not have the Do-Not-Call list".into(),
            "The list is on the coordinator; here every number would look clear.".into(),
            "Check on the coordinator what the query has fetched: SELECT … FROM (SELECT … OFFSET 0) AS x WHERE dnc_is_clear(x.phone).",
        );
    }
    (
        format!("the {absence} was made for a Do-Not-Call list that is not in this database"),
        "The list was not restored, or what carries its id came from another database. So no number is known to be clear."
            .into(),
        "Restore the data of the extension as a superuser. If the list is complete as it is, an administrator states so: \
         SELECT dnc_list_is_complete(why => '…').",
    )
}

/// A revocation of an opt-out that was revoked, in whole or in part, after the transaction's snapshot was taken.
pub fn ended_meanwhile(refusal: i64) -> ! {
    raise(
        ERRCODE_T_R_SERIALIZATION_FAILURE,
        "an opt-out was revoked, moved or revoked in part while this transaction ran".into(),
        format!("It is entry {refusal}; the transaction does not see that, and would use the previous state."),
        "Run the transaction again.",
    )
}

pub fn bad_guard(relation: &str, what: &str) -> ! {
    raise(
        ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
        format!("the guard of table \"{relation}\" cannot work: {what}"),
        "No row is let through unchecked.".into(),
        "Call dnc_detach, then dnc_attach again with the columns the table has now.",
    )
}

pub fn bad_rule_book(what: &str) -> ! {
    raise(
        ERRCODE_DATA_CORRUPTED,
        "the rules cannot be read".into(),
        format!("Not as it must be: {}", shown(what)),
        "dnc_health() compares rows with the log; rows of the extension come back with an update.",
    )
}

pub fn bad_windows(windows: &str, what: &str) -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("invalid hours \"{}\"", shown(windows)),
        format!("It {what}."),
        "Write them like mon-fri 10:00-13:00 14:00-20:00; sat 09:00-17:00. Days that are not named are closed.",
    )
}

pub fn bad_holiday(day: &str) -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("invalid holiday \"{}\"", shown(day)),
        "A holiday is a date, a day of every year, the n-th weekday of a month, or counted from Easter.".into(),
        "Write 2026-06-05; 12-25; 07-04 nearest; 12-26 next; 3 mon 01; last mon 05; mon before 05-25; easter+1.",
    )
}

pub fn unknown_zone(name: &str) -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("unknown time zone \"{}\"", shown(name)),
        "Zones are given by their IANA names, which are case-sensitive.".into(),
        "Write it like Europe/Paris or America/New_York.",
    )
}

pub fn unknown_calendar(name: &str) -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("unknown calendar \"{}\"", shown(name)),
        "Calendars are defined by the rows of dnc.holiday.".into(),
        "SELECT DISTINCT calendar FROM dnc.holiday lists them; a site adds its own by inserting rows.",
    )
}

pub fn too_deep(what: &str) -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("the JSON of {what} cannot be read"),
        "It is nested too deeply.".into(),
        "",
    )
}

pub fn bad_business_days(days: i32) -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("cannot count {days} business days"),
        "Business days are counted forward, up to 10,000.".into(),
        "",
    )
}

pub fn bad_token() -> ! {
    raise(
        ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION,
        "the token is not valid".into(),
        "It was not made here, was changed on its way, or its key is gone.".into(),
        "dnc_token(phone) makes a new one.",
    )
}

pub fn no_randomness() -> ! {
    raise(ERRCODE_INTERNAL_ERROR, "could not draw random bytes".into(), "The server's generator failed.".into(), "")
}

pub fn unknown_party(party: &str) -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("unknown party \"{}\"", shown(party)),
        "A party is consumer or business; who is not known counts as a consumer.".into(),
        "",
    )
}

pub fn unknown_jurisdiction(name: &str) -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("unknown jurisdiction \"{}\"", shown(name)),
        "A location is a country or a part of one as ISO 3166 names it, with a row in dnc.jurisdiction.".into(),
        "Write US-CA for California.",
    )
}

pub fn no_time_to_ask_of() -> ! {
    raise(
        ERRCODE_NULL_VALUE_NOT_ALLOWED,
        "the time of the decision must not be NULL".into(),
        "Nor must the time at which the facts were known.".into(),
        "dnc_may_contact decides for the present.",
    )
}

pub fn too_much_to_decide(limit: usize) -> ! {
    raise(
        ERRCODE_PROGRAM_LIMIT_EXCEEDED,
        format!("more than {limit} consents, relationships, preferences, opt-outs or attempts to decide by"),
        "They are read into memory, as much as maintenance_work_mem allows.".into(),
        "Raise maintenance_work_mem for this session, or call dnc_may_contact number by number.",
    )
}

pub fn not_a_decision_query() -> ! {
    raise(
        ERRCODE_DATATYPE_MISMATCH,
        "the query does not give what decisions are made of".into(),
        "Its columns are a text, a dnc_phone, and the boolean of dnc_check.".into(),
        "dnc_may_contact_all makes it from a table.",
    )
}

pub fn not_a_scrub_query() -> ! {
    raise(
        ERRCODE_DATATYPE_MISMATCH,
        "the query does not give what a scrub is made of".into(),
        "Its columns are a key, a dnc_phone or a text, the boolean of the check, and a text with the region.".into(),
        "dnc_scrub and dnc_verify_scrub make it from a table.",
    )
}

pub fn unknown_call_type(name: &str) -> ! {
    raise(
        ERRCODE_INVALID_PARAMETER_VALUE,
        format!("unknown call type \"{}\"", shown(name)),
        format!("Known are {}, and those of a site's own rules.", dnc_core::rule::rule::CALL_TYPES.join(", ")),
        "NULL means not known: the rules of every call type then apply.",
    )
}
