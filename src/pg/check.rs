//! `sql/install/60-check.sql`: the question, answered from the index of `dnc.entry` without SQL.
//!
//! The definition of the answer is the SQL function `dnc.refused`; this is the same, faster. Where the index cannot be
//! trusted the SQL function answers, and where the table cannot be read there is an error: never "not listed".

use super::planning::Tally;
use super::statement::{self, AtHand, Reads};
use super::sys::invalidation::{self, Known};
use super::sys::probe::{Expected, Probe};
use super::sys::row::text_datum;
use super::sys::spi::{Statement, connected};
use super::sys::{self, Text, executor};
use crate::lists::numbers::Verdict;
use crate::phone::Phone;
use crate::rules::scope::{ALL, Ledger, Question, Scope};
use crate::rules::shape::{self, Says};
use crate::{error, settings};
use pgrx::fcinfo::pg_func_extra;
use pgrx::pg_guard;
use pgrx::pg_sys::{self, Datum, FunctionCallInfo};
use pgrx::prelude::*;

/// The first columns of `dnc.entry`, in its order; [`store`] holds the table to them.
const COLUMNS: [&std::ffi::CStr; 8] =
    [c"entry_id", c"phone", c"ends", c"effective_at", c"expires_at", c"received_at", c"channel", c"purpose"];
const PHONE: i16 = 2;
/// Those that give an entry its shape, by number.
const SHAPED: [i16; 5] = [3, 4, 5, 7, 8];

thread_local! {
    static REFUSED: Statement = const {
        Statement::new(
            c"SELECT dnc.refused($1, $2, $3, $4)",
            &[pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TEXTOID, pg_sys::TIMESTAMPTZOID],
        )
    };
    static CHANNEL: Statement = const {
        Statement::new(
            c"SELECT (SELECT true FROM dnc.channel WHERE channel OPERATOR(pg_catalog.=) $1), (SELECT pg_catalog.string_agg(channel, ', ' ORDER BY channel USING OPERATOR(pg_catalog.<)) FROM dnc.channel)",
            &[pg_sys::TEXTOID],
        )
    };
    static PURPOSE: Statement = const {
        Statement::new(
            c"SELECT true FROM dnc.purpose WHERE purpose OPERATOR(pg_catalog.=) $1",
            &[pg_sys::TEXTOID],
        )
    };
}

/// What a call site has found out.
#[derive(Default)]
struct Site {
    asked: Asked,
    /// Where the arguments are constants and the query has made a set, that.
    set: Option<AtHand>,
    tally: Tally,
}

/// A question in its last form, its channel and purpose known to exist.
#[derive(Default)]
struct Asked {
    channel: Option<Vec<u8>>,
    purpose: Option<Vec<u8>>,
    set_purpose: Option<String>,
    question: Option<Question>,
    /// The arguments are constants: asked once, they need not be compared again.
    constant: bool,
}

impl Asked {
    /// The question that these arguments ask. Channel and purpose are looked up once a site; one that was known stays
    /// known, since neither is deleted while anything refers to it.
    fn question(&mut self, channel: Option<Text>, purpose: Option<Text>) -> &Question {
        if self.constant && self.set_purpose.is_none() && (purpose.is_some() || !settings::has_purpose()) {
            return self.question.as_ref().expect("constant only once asked");
        }
        let (channel, purpose) = (channel.map(Text::bytes), purpose.map(Text::bytes));
        let set_purpose = if purpose.is_none() { settings::purpose() } else { None };
        let same = self.question.is_some()
            && self.channel.as_deref() == channel
            && self.purpose.as_deref() == purpose
            && self.set_purpose == set_purpose;
        if !same {
            let question = question(channel, purpose, set_purpose.as_deref());
            self.channel = channel.map(<[u8]>::to_vec);
            self.purpose = purpose.map(<[u8]>::to_vec);
            self.set_purpose = set_purpose;
            self.question = Some(question);
        }
        self.question.as_ref().expect("just set")
    }
}

/// The question that a channel, a purpose and the setting `dnc.purpose` ask; an error if one of them is unknown.
pub fn question(channel: Option<&[u8]>, purpose: Option<&[u8]>, set_purpose: Option<&str>) -> Question {
    let channel = channel.filter(|c| *c != ALL);
    let asked = purpose.map(sys::to_utf8).or(set_purpose.map(Into::into));
    let question = |asked: Option<&str>| Question {
        channel: channel.map(<[u8]>::to_vec),
        purpose: asked.map(sys::row::server_bytes),
    };
    // Channels of the extension's own are always there.
    if asked.is_none() && channel.is_none_or(shape::is_builtin) {
        return question(None);
    }
    let channel = channel.filter(|c| !shape::is_builtin(c));
    connected(sys::owner(), || {
        if let Some(channel) = channel {
            let channel = sys::to_utf8(channel);
            let found = CHANNEL.with(|s| s.run(&[Some(text_datum(&channel))], true)).unwrap_or_default();
            if found.first().is_none_or(Option::is_none) {
                // SAFETY: the second column is a text.
                let known = found.get(1).copied().flatten().map(|d| unsafe { sys::row::text(d) });
                error::unknown_channel(&channel, &known.unwrap_or_default());
            }
        }
        if let Some(asked) = &asked
            && PURPOSE.with(|s| s.run(&[Some(text_datum(asked))], true)).is_none()
        {
            error::unknown_purpose(asked, purpose.is_none());
        }
    });
    question(asked.as_deref())
}

/// Where the store is, once its columns were found where they are read; looked up again when anything of that changes.
#[derive(Clone, Copy)]
struct Store {
    table: pg_sys::Oid,
    /// None if it is missing.
    index: pg_sys::Oid,
    judge: Option<pg_sys::Oid>,
}

thread_local! {
    static STORE: Known<Store> = const { Known::new() };
}

/// Called when the library is loaded.
pub fn init() {
    invalidation::init(|changed| STORE.with(|store| store.forget_if(changed)));
}

fn store() -> Store {
    STORE.with(|known| {
        known.get(|| {
            let table = sys::relation(c"entry");
            for (place, name) in COLUMNS.iter().enumerate() {
                // SAFETY: a lookup by a C string.
                if i32::from(unsafe { pg_sys::get_attnum(table, name.as_ptr()) }) != place as i32 + 1 {
                    error::missing_column("dnc.entry", &name.to_string_lossy());
                }
            }
            // SAFETY: a lookup by a C string; a missing index is no error.
            let index = unsafe { pg_sys::get_relname_relid(c"entry_phone".as_ptr(), sys::schema()) };
            let judge = sys::function(
                c"entry_shape",
                &[pg_sys::INT8OID, pg_sys::TIMESTAMPTZOID, pg_sys::TIMESTAMPTZOID, pg_sys::TEXTOID, pg_sys::TEXTOID],
            );
            (Store { table, index, judge }, [table, index])
        })
    })
}

fn open(context: pg_sys::MemoryContext) -> Option<Probe> {
    let Store { table, index, judge } = store();
    let judge = judge.map(|function| (function, &SHAPED[..]));
    Probe::open(&Expected { table, index, column: PHONE, judge }, context)
}

/// Whether a refusal holds for this number, as the active snapshot sees the store. `at` is microseconds since 2000-01-01;
/// `None` is now. `site` is the expression that asks, if a query does.
pub fn refused(phone: Phone, question: &Question, at: Option<i64>, site: Option<*mut pg_sys::Node>) -> bool {
    match at {
        None => statement::refused(phone, question, site),
        Some(_) => look(phone, question, at),
    }
}

/// The same by one look at the index.
pub fn look(phone: Phone, question: &Question, at: Option<i64>) -> bool {
    executor::with_probe(open, |probe| by_index(probe, phone, question, at))
        .unwrap_or_else(|| by_sql(phone, question, at))
}

/// Does something with the open index, if it can be trusted and judges its entries.
pub fn with_index<T>(work: impl FnOnce(&mut Probe) -> T) -> Option<T> {
    executor::with_probe(open, |probe| probe.is_judged().then(|| work(probe))).flatten()
}

fn by_index(probe: &mut Probe, phone: Phone, question: &Question, at: Option<i64>) -> bool {
    if at.is_none()
        && probe.is_judged()
        && let Some(answer) = by_shapes(probe, phone, question)
    {
        return answer;
    }
    by_rows(probe, phone, question, at)
}

/// The answer if the entries' shapes alone give it.
fn by_shapes(probe: &mut Probe, phone: Phone, question: &Question) -> Option<bool> {
    let asked = shape::Asked::about(question.channel.as_deref());
    let mut refused = false;
    probe.seek(Some(phone.bits()));
    while let Some((_, shape)) = probe.next_key() {
        match asked.told_by(shape) {
            Says::Refuses => refused = refused || probe.visible(),
            Says::Nothing => {}
            Says::Read => {
                probe.rest(false);
                return None;
            }
        }
        pgrx::check_for_interrupts!();
    }
    probe.rest(true);
    Some(refused)
}

fn by_rows(probe: &mut Probe, phone: Phone, question: &Question, at: Option<i64>) -> bool {
    let mut ledger = Ledger::default();
    // SAFETY: the server's clock of this statement.
    let now = at.unwrap_or_else(|| unsafe { pg_sys::GetCurrentStatementStartTimestamp() });
    // SAFETY: as above. From the start of this transaction on, what it sees counts, whenever it was received.
    let past = at.filter(|at| *at < unsafe { pg_sys::GetCurrentTransactionStartTimestamp() });
    probe.seek(Some(phone.bits()));
    while probe.next_row() {
        let (values, nulls) = probe.columns(COLUMNS.len());
        let int = |i: usize| (!nulls[i]).then(|| values[i].value() as i64);
        // SAFETY: columns seven and eight are texts, and the row stays until the next move.
        let text = |i: usize| (!nulls[i]).then(|| unsafe { Text::from_datum(values[i], false) }).flatten();
        let (entry, effective, expires) = (int(0), int(3), int(4));
        let (Some(entry), Some(effective), Some(expires), Some(received), Some(channel)) =
            (entry, effective, expires, int(5), text(6))
        else {
            error::missing_column("dnc.entry", "channel")
        };
        let purpose = text(7).map(Text::bytes);
        if let Some(ends) = int(2) {
            if past.is_none_or(|at| received <= at) {
                ledger.ending(ends, Scope { channel: channel.bytes().to_vec(), purpose: purpose.map(<[u8]>::to_vec) });
            }
            continue;
        }
        // An entry without a start of its own counts for everybody who sees it; at a time in the past, from its receipt.
        let start = if effective == i64::MIN && past.is_some() { received } else { effective };
        if start <= now
            && now < expires
            && let Some(met) = question.meets(channel.bytes(), purpose)
        {
            ledger.refusal(entry, met);
        }
    }
    probe.rest(true);
    ledger.refused()
}

fn by_sql(phone: Phone, question: &Question, at: Option<i64>) -> bool {
    let bytes = |b: &Vec<u8>| text_datum(&sys::to_utf8(b));
    connected(sys::owner(), || {
        let arguments = [
            Some(text_datum(&phone.to_string())),
            question.channel.as_ref().map(bytes),
            question.purpose.as_ref().map(bytes),
            at.map(Datum::from),
        ];
        let answer = REFUSED.with(|s| s.run(&arguments, true)).and_then(|row| row[0]);
        answer.map(|d| d.value() != 0)
    })
    .unwrap_or_else(|| error::missing_relation("entry"))
}

/// The answer at a call site.
fn check(
    phone: Option<Phone>,
    channel: Option<Text>,
    purpose: Option<Text>,
    at: Option<i64>,
    fcinfo: FunctionCallInfo,
) -> Option<bool> {
    // SAFETY: the function manager's own structure; the site lives as long as the call site does.
    let mut site = unsafe { pg_func_extra(fcinfo, Site::default) };
    let Site { asked, set, tally } = &mut *site;
    // SAFETY: the function manager's own structure.
    let expression = unsafe { (*(*fcinfo).flinfo).fn_expr };
    if asked.question.is_none() {
        asked.question(channel, purpose);
        // SAFETY: the expression that calls, as the executor holds it.
        asked.constant = unsafe { sys::is_constant(expression, 1) && sys::is_constant(expression, 2) };
    }
    let constant = asked.constant;
    let question = asked.question(channel, purpose);
    if matches!(at, Some(i64::MIN | i64::MAX)) {
        error::infinite_time();
    }
    let answer = refused(phone?, question, at, Some(expression));
    if at.is_none() {
        tally.add(answer);
        if constant && !set.as_ref().is_some_and(AtHand::holds) {
            *set = AtHand::for_site(question, expression);
        }
    }
    Some(answer)
}

/// The answer from the set that this call site has at hand, if there is one and it knows. Nothing here can fail, so that it
/// needs no guard: in a long scan that is half of what a call costs.
///
/// # Safety
/// Called by the function manager for one of the checks.
unsafe fn at_hand(fcinfo: FunctionCallInfo, reads: Reads) -> Option<bool> {
    // SAFETY: the function manager's own structures, with the four arguments that the checks have; only they put a site
    // into `fn_extra`.
    unsafe {
        let site = (*(*fcinfo).flinfo).fn_extra.cast::<Site>().as_ref()?;
        let set = site.set.as_ref()?;
        let arguments = (*fcinfo).args.as_slice(4);
        if arguments[0].isnull || !arguments[3].isnull || (arguments[2].isnull && settings::has_purpose()) {
            return None;
        }
        let region = match reads {
            Reads::Phone => None,
            Reads::Text => super::phone::default_region_if_known()?,
        };
        let answer = match set.ask(reads, arguments[0].value, region)? {
            Verdict::Absent => false,
            Verdict::Listed => true,
            Verdict::Unsure => return None,
        };
        site.tally.add(answer);
        Some(answer)
    }
}

/// Declares a check: from the set at hand, or else as any function is called.
macro_rules! check_function {
    ($name:ident, $info:ident, $reads:expr, $slow:ident) => {
        #[unsafe(no_mangle)]
        pub extern "C" fn $info() -> &'static pg_sys::Pg_finfo_record {
            &pg_sys::Pg_finfo_record { api_version: 1 }
        }

        /// # Safety
        /// Called by the function manager.
        #[unsafe(no_mangle)]
        pub unsafe extern "C-unwind" fn $name(fcinfo: FunctionCallInfo) -> Datum {
            // SAFETY: see above.
            unsafe {
                match at_hand(fcinfo, $reads) {
                    Some(answer) => Datum::from(answer),
                    None => $slow(fcinfo),
                }
            }
        }
    };
}

check_function!(dnc_check_phone_wrapper, pg_finfo_dnc_check_phone_wrapper, Reads::Phone, check_phone);
check_function!(dnc_check_text_wrapper, pg_finfo_dnc_check_text_wrapper, Reads::Text, check_text);

#[pg_guard]
unsafe extern "C-unwind" fn check_phone(fcinfo: FunctionCallInfo) -> Datum {
    // SAFETY: called by the function manager.
    unsafe { check_call(fcinfo, |value| Some(Phone::from_stored(value.value() as i64))) }
}

#[pg_guard]
unsafe extern "C-unwind" fn check_text(fcinfo: FunctionCallInfo) -> Datum {
    // SAFETY: called by the function manager; the argument is a text.
    unsafe {
        check_call(fcinfo, |value| {
            super::phone::read(Text::from_datum(value, false)?, super::phone::default_region()).ok()
        })
    }
}

/// # Safety
/// Called by the function manager for one of the checks.
unsafe fn check_call(fcinfo: FunctionCallInfo, phone: impl FnOnce(Datum) -> Option<Phone>) -> Datum {
    // SAFETY: the arguments are what the SQL declaration says.
    unsafe {
        let [number, channel, purpose, at] = (*fcinfo).args.as_slice(4) else { unreachable!("four were asked for") };
        let number = if number.isnull { None } else { phone(number.value) };
        let channel = Text::from_datum(channel.value, channel.isnull);
        let purpose = Text::from_datum(purpose.value, purpose.isnull);
        let at = (!at.isnull).then(|| at.value.value() as i64);
        let answer = check(number, channel, purpose, at, fcinfo);
        (*fcinfo).isnull = answer.is_none();
        Datum::from(answer.unwrap_or(false))
    }
}

/// The shape of an entry, as its index keeps it; see [`shape`].
#[pg_extern(sql = false)]
fn dnc_entry_shape(
    ends: Option<i64>,
    effective_at: Option<i64>,
    expires_at: Option<i64>,
    channel: Option<Text>,
    purpose: Option<Text>,
) -> i8 {
    let plain = ends.is_none() && purpose.is_none() && effective_at == Some(i64::MIN) && expires_at == Some(i64::MAX);
    shape::of(plain, channel.map_or(b"", Text::bytes)) as i8
}
