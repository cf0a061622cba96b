//! Recorded facts of numbers, from which decisions are made; defined by `sql/install/decide/decide.sql`.
//!
//! There is one definition, in SQL, and two ways to read it: for all numbers at once, into memory, for a table; and for
//! one number, kind by kind, if a lookup in the index of the kind's table finds anything.

use crate::check::lists::{self, Binding, Registers};
use crate::check::verdict;
use crate::entry::index_lookup;
use crate::error;
use crate::sys::column::Column;
use crate::sys::probe::{self, Expected};
use crate::sys::spi::{Cursor, Statement, connected};
use crate::sys::{self};
use dnc_core::decision::{Register, RegisterKind, Said};
use dnc_core::entry::scope::QueryScope;
use dnc_core::phone::{Phone, line};
use dnc_core::rule::clock::Micros;
use dnc_core::rule::rule::Book;
use pgrx::pg_sys::{self, Datum, Oid};
use std::collections::HashMap;
use std::ffi::{CStr, CString};
use std::hash::{BuildHasher, Hasher};
use std::rc::Rc;
use std::thread::LocalKey;

/// Facts read at a time.
const BATCH: i64 = 1000;
/// Approximate memory of a fact, in bytes.
const FACT: usize = 192;
/// The scope of any suppression at all.
const ANYTHING: QueryScope = QueryScope { channel: None, purpose: None };

/// Scope and point in time of a decision.
pub struct FactScope {
    pub query: QueryScope,
    /// The time of the contact; `None` is now.
    pub at: Option<Micros>,
    /// Facts recorded later are ignored; `None`: all visible facts count.
    pub known_at: Option<Micros>,
    /// How far back attempts, and pauses after opt-outs, count.
    pub pause: Micros,
}

impl FactScope {
    pub fn new(query: QueryScope, at: Option<Micros>, known_at: Option<Micros>, book: &Book) -> FactScope {
        FactScope { query, at, known_at, pause: book.longest_pause() }
    }

    pub fn time(&self) -> Micros {
        self.at.unwrap_or_else(sys::now)
    }

    /// Whether this is a decision about the present, with all visible facts.
    fn is_present(&self) -> bool {
        self.known_at.is_none() && sys::past(self.at).is_none()
    }

    /// Latest time of facts that count against a contact: for the present all visible facts, whatever the statement's
    /// clock.
    fn seen(&self) -> Micros {
        if self.is_present() { Micros::MAX } else { self.time() }
    }

    /// The values of [`PARAMETERS`].
    fn arguments(&self, phone: Option<Phone>) -> [Option<Datum>; 7] {
        let [phone, channel, purpose, _] = index_lookup::arguments(phone, &self.query, None);
        let times =
            [self.time(), self.seen(), self.known_at.unwrap_or(Micros::MAX), self.time().saturating_sub(self.pause)];
        let [at, seen, known_at, since] = times.map(|time| Some(Datum::from(time)));
        [phone, channel, purpose, at, seen, known_at, since]
    }
}

/// A fact as SQL returns it.
pub struct Fact {
    pub kind: String,
    pub a: Option<Micros>,
    pub b: Option<Micros>,
    pub flag: Option<bool>,
    pub note: Option<String>,
}

impl Fact {
    /// A fact's columns: kind, two times, a flag and a note.
    fn of(columns: &[Option<Column>]) -> Fact {
        Fact {
            kind: columns[0].map(Column::string).unwrap_or_default(),
            a: columns[1].map(Column::int),
            b: columns[2].map(Column::int),
            flag: columns[3].map(Column::bool),
            note: columns[4].map(Column::string),
        }
    }
}

/// Groups of facts: for every decision, for pauses after an opt-out, for caps on attempts.
#[derive(Clone, Copy)]
pub enum Group {
    Facts,
    Refusals,
    Attempts,
}

/// Facts of numbers, and what checks and lists report of them.
pub struct Gatherer {
    scope: FactScope,
    read: Read,
    registers: Option<Registers>,
    /// Suppressed prefixes of any scope.
    anything: Option<Rc<Binding>>,
    /// An attempt that is not to count, since the decision is about it.
    pub ignored: Option<i64>,
}

// One gatherer per query, so the size of the smaller variant does not matter.
#[allow(clippy::large_enum_variant)]
enum Read {
    /// One number at a time.
    Single,
    /// All numbers at once.
    All { facts_of: [Option<Datum>; 7], groups: [Option<Table>; 3] },
}

impl Gatherer {
    /// For one number, or a few.
    pub fn single(scope: FactScope) -> Gatherer {
        Gatherer { scope, read: Read::Single, registers: None, anything: None, ignored: None }
    }

    /// For many numbers.
    pub fn all(scope: FactScope) -> Gatherer {
        let facts_of = scope.arguments(None);
        let read = Read::All { facts_of, groups: [None, None, None] };
        Gatherer { scope, read, registers: None, anything: None, ignored: None }
    }

    /// From now on checks and lists are evaluated for the present, whatever the time of the facts.
    pub fn check_now(&mut self) {
        self.scope.at = None;
    }

    /// Result of a check of a number; `None`: not known.
    pub fn suppressed(&self, phone: Phone) -> Option<bool> {
        match self.scope.known_at {
            None => verdict(phone, &self.scope.query, self.scope.at, None),
            Some(_) => self.ask(phone, &SUPPRESSED).and_then(|row| row[0]).map(|value| value.value() != 0),
        }
    }

    /// Whether any suppression of any scope is effective, if it is not known to be one in the decision's scope.
    pub fn revoked(&mut self, phone: Phone) -> bool {
        if self.scope.known_at.is_some() {
            return self.ask(phone, &REVOKED).and_then(|row| row[0]).is_none_or(|value| value.value() != 0);
        }
        let at = self.scope.at;
        let anything = self.anything.get_or_insert_with(|| lists::binding(&ANYTHING));
        // Later opt-outs count against the past, too.
        let look = |at| line::forms(phone).iter().any(|form| index_lookup::look(*form, &ANYTHING, at));
        look(at)
            || sys::past(at).is_some() && look(None)
            || line::forms(phone).iter().any(|form| anything.own_suppresses(*form, at) != Some(false))
    }

    /// Passes the facts of a group about a number to `fact`.
    pub fn each(&mut self, group: Group, phone: Phone, mut fact: impl FnMut(&Fact)) {
        match &mut self.read {
            Read::All { facts_of, groups } => {
                let table = groups[group as usize].get_or_insert_with(|| Table::read(group, facts_of));
                line::forms(phone).iter().flat_map(|form| table.of(*form)).for_each(fact);
            }
            Read::Single => {
                for form in line::forms(phone).iter() {
                    let kinds =
                        KINDS.iter().filter(|kind| kind.group as usize == group as usize && kind.may_have(*form));
                    let mut kinds = kinds.peekable();
                    if kinds.peek().is_none() {
                        continue;
                    }
                    connected(sys::owner(), || {
                        let arguments = self.scope.arguments(Some(*form));
                        for kind in kinds {
                            kind.single.with(|s| s.each(&arguments, true, |columns| fact(&Fact::of(columns))));
                        }
                    });
                }
            }
        }
    }

    /// The opt-out that a person sent through the decision's channel, if nothing else suppresses the number; `anything`:
    /// no opt-out of another scope either. Only for one number, and with all visible facts.
    pub fn opt_out(&self, phone: Phone, anything: bool, mut fact: impl FnMut(&Fact)) {
        if self.scope.known_at.is_some() || !matches!(self.read, Read::Single) {
            return;
        }
        let [phone, channel, purpose, at] = index_lookup::arguments(Some(phone), &self.scope.query, self.scope.at);
        let arguments = [phone, channel, purpose, at, Some(Datum::from(anything)), self.ignored.map(Datum::from)];
        connected(sys::owner(), || {
            OPT_OUT.with(|s| s.each(&arguments, true, |columns| fact(&Fact::of(columns))));
        });
    }

    /// Adds what lists report of a number. `clear`: a check, which uses some of the lists, did not find it.
    pub fn registers(&mut self, phone: Phone, clear: bool, registers: &mut Vec<Register>) {
        if self.scope.is_present() {
            let at = self.scope.time();
            let lists = self.registers.get_or_insert_with(|| lists::registers(&self.scope.query));
            // What another form of the line is on counts; that it is on none says nothing more.
            for other in line::forms(phone)[1..].iter() {
                let from = registers.len();
                lists.of(*other, clear, at, registers);
                let listed = registers.drain(from..).filter(|r| r.said == Said::Listed).collect::<Vec<_>>();
                registers.extend(listed);
            }
            return lists.of(phone, clear, at, registers);
        }
        connected(sys::owner(), || {
            let arguments = self.scope.arguments(Some(phone));
            LISTS.with(|s| s.each(&arguments, true, |columns| registers.push(register_of(columns))));
        });
    }

    fn ask(&self, phone: Phone, statement: &'static LocalKey<Statement>) -> Option<Vec<Option<Datum>>> {
        connected(sys::owner(), || statement.with(|s| s.run(&self.scope.arguments(Some(phone)), true)))
    }
}

/// What a list reported of a number at a time: jurisdiction, a word, when it was obtained, and whether it is official.
fn register_of(columns: &[Option<Column>]) -> Register {
    let text = |place: usize| columns[place].map(Column::string);
    Register {
        jurisdiction: text(0).map(Into::into),
        said: said(text(1).as_deref()),
        obtained_at: columns[2].map_or(Micros::MIN, Column::int),
        kind: if columns[3].is_some_and(Column::bool) { RegisterKind::Official } else { RegisterKind::Other },
    }
}

/// What a list reports, from its word.
pub fn said(word: Option<&str>) -> Said {
    match word {
        Some("clear") => Said::Clear,
        Some("listed") => Said::Listed,
        Some("stale") => Said::Stale,
        Some("uncovered") => Said::Uncovered,
        Some("lapsed") => Said::Lapsed,
        _ => Said::Missing,
    }
}

/// A table of recorded facts, its index of numbers, and the query that returns them.
struct FactKind {
    group: Group,
    table: &'static CStr,
    index: &'static CStr,
    /// Column of the number in the table.
    phone: &'static [i16],
    /// Source of the facts of all numbers.
    from: &'static str,
    /// Query for one number.
    single: &'static LocalKey<Statement>,
}

impl FactKind {
    /// Whether anything of this kind is recorded of a number. Attempts are partitioned, and are left to the query.
    fn may_have(&self, phone: Phone) -> bool {
        if matches!(self.group, Group::Attempts) {
            return sys::has_relation(self.table);
        }
        let (table, index) = (sys::relation(self.table), sys::index(self.index));
        let expected = Expected { name: self.table, table, index, columns: self.phone, judge: None };
        probe::any(&expected, phone.bits()).unwrap_or(true)
    }
}

/// Parameters of all queries here: a number's text, channel, purpose, the time, the latest time of facts against a
/// contact, the latest recording time, and how far back pauses reach.
const PARAMETERS: &[Oid] = &[
    pg_sys::TEXTOID,
    pg_sys::TEXTOID,
    pg_sys::TEXTOID,
    pg_sys::TIMESTAMPTZOID,
    pg_sys::TIMESTAMPTZOID,
    pg_sys::TIMESTAMPTZOID,
    pg_sys::TIMESTAMPTZOID,
];

/// Declares the kinds of facts.
macro_rules! kinds {
    ($($statement:ident: $group:ident, $table:literal, $index:literal, $phone:literal, $from:expr;)*) => {
        thread_local! {
            $(static $statement: Statement = const {
                let text = concat!(
                    "SELECT f.fact, f.a, f.b, f.flag, f.note FROM ", $from,
                    " AS f WHERE dnc.same_phone(f.phone, dnc.try_parse($1, NULL))\0"
                );
                match CStr::from_bytes_with_nul(text.as_bytes()) {
                    Ok(text) => Statement::new(text, PARAMETERS),
                    Err(_) => panic!("a zero byte at the end"),
                }
            };)*
        }

        const KINDS: &[FactKind] = &[$(FactKind {
            group: Group::$group,
            table: $table,
            index: $index,
            phone: &[$phone],
            from: $from,
            single: &$statement,
        },)*];
    };
}

kinds! {
    CONSENTS: Facts, c"consent", c"consent_phone", 2, "dnc.consent_facts($2, $3, $4, $5, $6)";
    RELATIONSHIPS: Facts, c"relationship", c"relationship_phone", 2, "dnc.relationship_facts($3, $4, $5, $6)";
    PREFERENCES: Facts, c"preference", c"preference_phone", 2, "dnc.preference_facts($4, $5, $6)";
    WRONG_NUMBERS: Facts, c"wrong_number", c"wrong_number_phone", 2, "dnc.wrong_number_facts($4, $5, $6)";
    UNDECIDED: Facts, c"undecided_attempt", c"undecided_attempt_phone", 1, "dnc.undecided_facts($5, $6)";
    PURCHASES: Facts, c"acquisition", c"acquisition_phone", 2, "dnc.purchase_facts($5, $6)";
    ANSWERS: Facts, c"registry_answer", c"registry_answer_phone", 4, "dnc.answer_facts($2, $5, $6)";
    REFUSALS: Refusals, c"entry", c"entry_phone", 2, "dnc.refusal_facts($5, $6, $7)";
    // Parsed under the caller's search_path, so operators are schema-qualified. An unknown outcome counts.
    ATTEMPTS: Attempts, c"contact_attempt", c"contact_attempt_phone", 2,
        "(SELECT t.phone, 'attempt'::text AS fact, t.happened_at AS a, NULL::timestamptz AS b, NULL::boolean AS flag, t.channel AS note \
          FROM dnc.contact_attempt AS t \
          WHERE t.direction OPERATOR(pg_catalog.=) 'outbound' AND t.happened_at OPERATOR(pg_catalog.>) $7 \
            AND t.happened_at OPERATOR(pg_catalog.<=) $5 AND t.recorded_at OPERATOR(pg_catalog.<=) $6 \
            AND NOT EXISTS (SELECT FROM dnc.outcome AS o WHERE o.outcome OPERATOR(pg_catalog.=) \
              dnc.attempt_outcome(t.outcome, t.source, t.code) AND NOT o.contacted))";
}

thread_local! {
    static SUPPRESSED: Statement = const {
        Statement::new(c"SELECT dnc.was_refused(dnc.try_parse($1, NULL), $4, $6, $2, $3)", PARAMETERS)
    };
    static REVOKED: Statement = const {
        Statement::new(c"SELECT dnc.refused_as_of(dnc.try_parse($1, NULL), NULL, NULL, $4, $6)", PARAMETERS)
    };
    static OPT_OUT: Statement = const {
        Statement::new(
            c"SELECT f.fact, f.a, f.b, f.flag, f.note FROM dnc.opt_out_facts(dnc.try_parse($1, NULL), $2, $3, $4, $5, $6) AS f",
            &[
                pg_sys::TEXTOID,
                pg_sys::TEXTOID,
                pg_sys::TEXTOID,
                pg_sys::TIMESTAMPTZOID,
                pg_sys::BOOLOID,
                pg_sys::INT8OID,
            ],
        )
    };
    static LISTS: Statement = const {
        Statement::new(
            c"SELECT l.jurisdiction, CASE WHEN l.has THEN 'listed' ELSE coalesce(l.doubt, 'clear') END, l.obtained_at, \
                     l.kind OPERATOR(pg_catalog.=) ANY ('{national,state}'::text[]) AND l.jurisdiction IS NOT NULL \
              FROM dnc.lists_as_of(dnc.try_parse($1, NULL), $2, $3, least($4, $6)) AS l",
            PARAMETERS,
        )
    };
}

/// Facts of many numbers, ordered by stored value.
struct Table {
    phones: HashMap<i64, (u32, u32), Spread>,
    facts: Vec<Fact>,
}

impl Table {
    /// Reads the facts of a group about all numbers; raises an error if that exceeds the memory limit.
    fn read(group: Group, facts_of: &[Option<Datum>]) -> Table {
        let kinds = KINDS.iter().filter(|kind| kind.group as usize == group as usize && sys::has_relation(kind.table));
        let parts: Vec<String> = kinds.map(|kind| format!("SELECT * FROM {} AS f", kind.from)).collect();
        if parts.is_empty() {
            return Table { phones: HashMap::default(), facts: Vec::new() };
        }
        let parts = parts.join(" UNION ALL ");
        let query = format!("SELECT f.phone, f.fact, f.a, f.b, f.flag, f.note FROM ({parts}) AS f ORDER BY f.phone");
        let query = CString::new(query).expect("a text without zero bytes");
        let limit = sys::maintenance_bytes().max(64 << 20) / FACT;
        let mut table = Table { phones: HashMap::default(), facts: Vec::new() };
        connected(sys::owner(), || {
            let mut cursor = Cursor::open_with(&query, PARAMETERS, facts_of, BATCH, true);
            while cursor.fetch(|row| {
                let columns: [_; 6] = std::array::from_fn(|n| row.column(n as i32 + 1));
                let Some(phone) = columns[0] else { return };
                let place = table.facts.len() as u32;
                let known = table.phones.entry(phone.int()).or_insert((place, place));
                known.1 = place + 1;
                table.facts.push(Fact::of(&columns[1..]));
            }) {
                if table.facts.len() > limit {
                    error::too_much_to_decide(limit);
                }
            }
            cursor.close();
        });
        table
    }

    fn of(&self, phone: Phone) -> &[Fact] {
        if self.facts.is_empty() {
            return &[];
        }
        self.phones.get(&phone.bits()).map_or(&[], |(from, to)| &self.facts[*from as usize..*to as usize])
    }
}

/// Hashes stored numbers, which nobody chooses to collide: a multiplication and its high half.
#[derive(Clone, Copy, Default)]
pub struct Spread(u64);

impl BuildHasher for Spread {
    type Hasher = Spread;

    fn build_hasher(&self) -> Spread {
        Spread(0)
    }
}

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, value: u64) {
        let product = u128::from(self.0 ^ value) * 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    fn write_i64(&mut self, value: i64) {
        self.write_u64(value as u64);
    }
}
