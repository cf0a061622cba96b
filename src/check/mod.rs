//! `sql/install/check/check.sql`: checks, answered from the index of `dnc.entry` without SQL.
//!
//! A call site resolves the scope once. The answer then comes from the set that its query has built ([`adaptive`]), or
//! from a lookup in the index of entries ([`index_lookup`]).

pub mod adaptive;
pub mod bulk;
pub mod lists;
pub mod planning;

use crate::entry::index_lookup;
use crate::sys::args::{Args, Expression};
use crate::sys::row::text_datum;
use crate::sys::site;
use crate::sys::spi::{Statement, connected};
use crate::sys::table::Value;
use crate::sys::{self, Text};
use crate::{error, quick_function, settings};
use adaptive::{Cached, Reads};
use dnc_core::entry::class;
use dnc_core::entry::scope::{ALL, QueryScope};
use dnc_core::limits;
use dnc_core::phone::{Phone, RegionPlan, line};
use pgrx::pg_sys::{self, Datum};
use pgrx::prelude::*;
use planning::Tally;

/// Place of the region among the arguments of `dnc.check_field`.
const REGION: usize = 4;

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

/// State cached at a call site.
#[derive(Default)]
struct Site {
    asked: SiteQuery,
    /// The set of the query, if the arguments are constants and it has built one.
    set: Option<Cached>,
    tally: Tally,
}

/// A resolved scope, whose channel and purpose are known to exist.
#[derive(Default)]
struct SiteQuery {
    channel: Option<Vec<u8>>,
    purpose: Option<Vec<u8>>,
    set_purpose: Option<String>,
    query: Option<QueryScope>,
    /// The arguments are constants: once resolved, they need not be compared again.
    constant: bool,
}

impl SiteQuery {
    /// The scope of these arguments. Channel and purpose are looked up once a call site. A known one stays known, since
    /// neither is deleted while anything refers to it.
    fn query(&mut self, channel: Option<Text>, purpose: Option<Text>) -> &QueryScope {
        if self.constant && self.set_purpose.is_none() && (purpose.is_some() || !settings::has_purpose()) {
            return self.query.as_ref().expect("constant only once asked");
        }
        let (channel, purpose) = (channel.map(Text::bytes), purpose.map(Text::bytes));
        let set_purpose = if purpose.is_none() { settings::purpose() } else { None };
        let same = self.query.is_some()
            && self.channel.as_deref() == channel
            && self.purpose.as_deref() == purpose
            && self.set_purpose == set_purpose;
        if !same {
            if let Some(name) = [channel, purpose].into_iter().flatten().find(|name| name.len() > limits::TEXT) {
                error::too_large("a channel or purpose", name.len(), limits::TEXT);
            }
            let query = query(channel, purpose, set_purpose.as_deref());
            self.channel = channel.map(<[u8]>::to_vec);
            self.purpose = purpose.map(<[u8]>::to_vec);
            self.set_purpose = set_purpose;
            self.query = Some(query);
        }
        self.query.as_ref().expect("just set")
    }
}

/// The scope of a channel, a purpose and the setting `dnc.purpose`; raises an error if one of them is unknown.
pub fn query(channel: Option<&[u8]>, purpose: Option<&[u8]>, set_purpose: Option<&str>) -> QueryScope {
    let channel = channel.filter(|c| *c != ALL);
    let asked = purpose.map(sys::to_utf8).or(set_purpose.map(Into::into));
    let query = |asked: Option<&str>| QueryScope {
        channel: channel.map(<[u8]>::to_vec),
        purpose: asked.map(sys::row::server_bytes),
    };
    // Built-in channels always exist.
    if asked.is_none() && channel.is_none_or(class::is_builtin) {
        return query(None);
    }
    let channel = channel.filter(|c| !class::is_builtin(c));
    connected(sys::owner(), || {
        if let Some(channel) = channel {
            let channel = sys::to_utf8(channel);
            let found = CHANNEL.with(|s| s.values(&[Some(text_datum(&channel))], true)).unwrap_or_default();
            if found.first().is_none_or(|known| *known == Value::Null) {
                let known = found.get(1).and_then(Value::text);
                error::unknown_channel(&channel, known.unwrap_or_default());
            }
        }
        if let Some(asked) = &asked
            && PURPOSE.with(|s| s.run(&[Some(text_datum(asked))], true)).is_none()
        {
            error::unknown_purpose(asked, purpose.is_none());
        }
    });
    query(asked.as_deref())
}

/// Whether a number is suppressed, in whatever form of its line an opt-out or a list names it; `None`: not known. `at`
/// NULL means now.
pub fn verdict(phone: Phone, scope: &QueryScope, at: Option<i64>, site: Option<Expression>) -> Option<bool> {
    let one = |phone: Phone| match at {
        None => adaptive::suppressed(phone, scope, site),
        Some(_) if index_lookup::look(phone, scope, at) => Some(true),
        Some(_) => lists::suppresses(phone, scope, at, &lists::binding(scope)),
    };
    let verdict = one(phone);
    if verdict == Some(true) || !line::has_forms(phone) {
        return verdict;
    }
    // A list may not know the region or the prefix of an earlier form: that another form is not known says nothing.
    if line::forms(phone)[1..].iter().any(|form| one(*form) == Some(true)) { Some(true) } else { verdict }
}

/// The lists that contain a number now, in whatever form of its line; `None`: not known.
pub fn lists_of(phone: Phone, scope: &QueryScope) -> Option<Vec<String>> {
    let mut names = adaptive::lists_of(phone, scope)?;
    if line::has_forms(phone) {
        for form in &line::forms(phone)[1..] {
            for name in adaptive::lists_of(*form, scope).unwrap_or_default() {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    }
    Some(names)
}

/// Suppressed if one is; clear if all are.
fn any(verdicts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(false);
    for verdict in verdicts {
        match verdict {
            Some(true) => return verdict,
            Some(false) => {}
            None => all = None,
        }
    }
    all
}

/// The answer at a call site for a text: every reading counts, and it is clear only if it was read completely.
fn of_text(text: Option<Text>, region: Option<&RegionPlan>, args: Args) -> Option<bool> {
    let Some(text) = text else { return check(None, args) };
    match crate::phone::read(text, region) {
        Ok(phone) => check(Some(phone), args),
        Err(_) => {
            let found = crate::phone::read_all(text, region);
            let verdict = any(found.numbers.iter().map(|number| check(Some(number.phone), args)));
            if verdict == Some(true) || found.complete && verdict.is_some() { verdict } else { check(None, args) }
        }
    }
}

/// The same for a set of numbers: an empty one is not known to be clear.
fn of_set(args: Args) -> Option<bool> {
    let Some(bytes) = args.bytes(0) else { return check(None, args) };
    let mut phones = crate::phone::set::phones(bytes).peekable();
    if phones.peek().is_none() {
        return check(None, args);
    }
    any(phones.map(|phone| check(Some(phone), args)))
}

/// The answer at a call site.
fn check(phone: Option<Phone>, args: Args) -> Option<bool> {
    let (channel, purpose, at) = (args.text(1), args.text(2), args.int(3));
    let Site { asked, set, tally } = site::of(args, Site::default);
    let expression = args.expression();
    if asked.query.is_none() {
        asked.query(channel, purpose);
        asked.constant = expression.is_constant(1) && expression.is_constant(2);
    }
    let constant = asked.constant;
    asked.query(channel, purpose);
    let query = asked.query.as_ref().expect("just asked");
    if matches!(at, Some(i64::MIN | i64::MAX)) {
        error::infinite_time();
    }
    let answer = verdict(phone?, query, at, Some(expression));
    if at.is_none() {
        tally.add(answer == Some(true));
        // The cached set is used without comparing the scope, so none is cached if the scope includes the session's
        // purpose.
        if constant && asked.set_purpose.is_none() && !set.as_ref().is_some_and(Cached::holds) {
            *set = Cached::for_site(query, expression);
        }
    }
    answer
}

/// The answer from the set cached at this call site, if there is one and it is definite. Raises no error except out of
/// memory, and then nothing needs dropping.
fn cached(args: Args, reads: Reads) -> Option<Datum> {
    let site = site::peek::<Site>(args)?;
    let set = site.set.as_ref()?;
    if args.is_null(0) || !args.is_null(3) || (args.is_null(2) && settings::has_purpose()) {
        return None;
    }
    let region = match reads {
        Reads::Phone => None,
        Reads::Text => crate::phone::default_region_if_known()?,
        Reads::Field => crate::phone::region_in_place(args.plain_text(REGION)),
    };
    let answer = set.ask(reads, args, region)?;
    site.tally.add(answer);
    Some(Datum::from(answer))
}

quick_function!(
    dnc_check_phone_wrapper,
    pg_finfo_dnc_check_phone_wrapper,
    check_phone,
    |args| cached(args, Reads::Phone),
    |args| args.give(check(args.int(0).map(Phone::from_stored), args).map(Datum::from))
);
quick_function!(
    dnc_check_text_wrapper,
    pg_finfo_dnc_check_text_wrapper,
    check_text,
    |args| cached(args, Reads::Text),
    |args| {
        let verdict = of_text(args.text(0), crate::phone::default_region(), args);
        args.give(verdict.map(Datum::from))
    }
);
quick_function!(dnc_check_set_wrapper, pg_finfo_dnc_check_set_wrapper, check_set, |_| None, |args| args
    .give(of_set(args).map(Datum::from)));
// The field of a row, with its region as the last argument.
quick_function!(
    dnc_check_field_wrapper,
    pg_finfo_dnc_check_field_wrapper,
    check_field,
    |args| cached(args, Reads::Field),
    |args| {
        let region = crate::phone::region_of(args.text(REGION));
        args.give(of_text(args.text(0), region, args).map(Datum::from))
    }
);

/// The shape of an entry, as stored in its index; see [`shape`].
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
