//! `sql/install/60-check.sql`: the question, answered from the index of `dnc.entry` without SQL.
//!
//! A call site works out once what is asked; then the set answers that its query has made ([`statement`]), or a look at the
//! store ([`store`]).

pub mod adaptive;
pub mod lists;
pub mod planning;

use crate::entry::index_lookup;
use crate::sys::row::text_datum;
use crate::sys::spi::{Statement, connected};
use crate::sys::{self, Text};
use crate::{error, settings};
use adaptive::{AtHand, Reads};
use dnc_core::entry::class;
use dnc_core::entry::scope::{ALL, Question};
use dnc_core::limits;
use dnc_core::phone::Phone;
use pgrx::fcinfo::pg_func_extra;
use pgrx::pg_guard;
use pgrx::pg_sys::{self, Datum, FunctionCallInfo};
use pgrx::prelude::*;
use planning::Tally;

thread_local! {
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
            if let Some(name) = [channel, purpose].into_iter().flatten().find(|name| name.len() > limits::TEXT) {
                error::too_large("a channel or purpose", name.len(), limits::TEXT);
            }
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
    if asked.is_none() && channel.is_none_or(class::is_builtin) {
        return question(None);
    }
    let channel = channel.filter(|c| !class::is_builtin(c));
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
    asked.question(channel, purpose);
    let question = asked.question.as_ref().expect("just asked");
    if matches!(at, Some(i64::MIN | i64::MAX)) {
        error::infinite_time();
    }
    let answer = match at {
        None => adaptive::refused(phone?, question, Some(expression)),
        Some(_) if index_lookup::look(phone?, question, at) => Some(true),
        Some(_) => lists::refuses(phone?, question, at, &lists::binding(question)),
    };
    if at.is_none() {
        tally.add(answer == Some(true));
        // What is at hand is asked without comparing the question: so none is kept that the session's purpose is a part of.
        if constant && asked.set_purpose.is_none() && !set.as_ref().is_some_and(AtHand::holds) {
            *set = AtHand::for_site(question, expression);
        }
    }
    answer
}

/// The answer from the set that this call site has at hand, if there is one and it knows. Nothing here raises an error, but
/// for want of memory, and nothing needs dropping then, so that it takes no guard: in a long scan that is half of what a
/// call costs.
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
            Reads::Text => crate::phone::default_region_if_known()?,
        };
        let answer = set.ask(reads, arguments[0].value, region)?;
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
            crate::phone::read(Text::from_datum(value, false)?, crate::phone::default_region()).ok()
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
    class::of(plain, channel.map_or(b"", Text::bytes)) as i8
}
