"""What dnc_check has to say, in plain Python: the documented meaning (README, sql/install/check/check.sql, src/rules/scope.rs), without a database.

A Store is a set of tables (dictionaries of rows that never change). A transaction is a list of changes to one; what it sees is a
store with its own changes on top. Times are datetimes with a zone; None is an infinite one."""
from typing import NamedTuple, Optional, FrozenSet, Tuple
from datetime import datetime, timedelta


class Entry(NamedTuple):  # also of a prefix (`number` is the prefix then), and of an erased number
    number: str
    ends: object
    effective: Optional[datetime]  # None: at once
    expires: Optional[datetime]  # None: never
    received: datetime
    recorded: datetime
    requested: datetime
    channel: str
    purpose: Optional[str]
    reason: Optional[str]
    source: str = 'unspecified'
    ref: Optional[str] = None
    batch: Optional[int] = None


class List(NamedTuple):
    channels: Optional[Tuple[str, ...]]
    purposes: Optional[Tuple[str, ...]]
    applies: str
    strict: bool
    coverage: Optional[Tuple[str, ...]]
    enabled: bool


class Version(NamedTuple):
    list: str
    numbers: FrozenSet[str]
    coverage: Optional[Tuple[str, ...]]
    state: str
    activated: Optional[datetime]


class Batch(NamedTuple):
    contents: tuple
    state: str


class Store:
    TABLES = ('entry', 'prefix', 'list', 'version', 'activation', 'batch', 'erasure')

    def __init__(self, tables=None):
        self.tables = tables or {t: {} for t in self.TABLES}

    def with_changes(self, changes):
        fresh = Store({t: dict(rows) for t, rows in self.tables.items()})
        fresh.apply(changes)
        return fresh

    def apply(self, changes):
        for table, key, row in changes:
            if row is None:
                self.tables[table].pop(key, None)
            else:
                self.tables[table][key] = row

    def entries_of(self, number):
        return {i: e for i, e in self.tables['entry'].items() if e.number == number}

    def current(self, name):
        for version, v in self.tables['version'].items():
            if v.list == name and v.state == 'current':
                return version, v
        return None, None


def covers(node, purpose):
    """Whether a purpose is `node` or below it; as in SQL, nothing is known of no purpose."""
    return purpose is not None and node is not None and (purpose == node or purpose.startswith(node + '/'))


def meets(channel, purpose, asked_channel, asked_purpose):
    return ((asked_channel is None or channel in ('all', asked_channel))
            and (asked_purpose is None or purpose is None or covers(purpose, asked_purpose) or covers(asked_purpose, purpose)))


def ends_all(ending_channel, ending_purpose, channel, purpose, asked_channel=None, asked_purpose=None):
    """Whether one ending covers the whole rectangle in which a question meets a refusal."""
    met_channel = asked_channel or channel
    if asked_purpose is None:
        met_purpose = purpose
    elif purpose is None or not covers(asked_purpose, purpose):
        met_purpose = asked_purpose
    else:
        met_purpose = purpose
    return ending_channel in ('all', met_channel) and (ending_purpose is None or covers(ending_purpose, met_purpose))


class Moment(NamedTuple):
    """When a question is asked: at its own time, or now (at is None), by a statement within a transaction."""
    at: Optional[datetime]
    transaction: datetime
    statement: datetime

    def saw(self, received):
        return self.at is None or received <= self.at or self.at >= self.transaction

    def time(self):
        return self.at or self.statement


def in_force(refusal, endings, channel, purpose, moment):
    if refusal.ends is not None or not meets(refusal.channel, refusal.purpose, channel, purpose):
        return False
    if not (moment.saw(refusal.received) if refusal.effective is None else refusal.effective <= moment.time()):
        return False
    if refusal.expires is not None and refusal.expires <= moment.time():
        return False
    return not any(moment.saw(w.received) and ends_all(w.channel, w.purpose, refusal.channel, refusal.purpose, channel, purpose) for w in endings)


def refuses(rows, channel, purpose, moment):
    """Whether any of these entries (of one number, or prefixes of it) holds."""
    for key, e in rows.items():
        if e.ends is None and in_force(e, [w for w in rows.values() if w.ends == key], channel, purpose, moment):
            return True
    return False


def prefixes_of(store, number):
    return {i: e for i, e in store.tables['prefix'].items() if number.startswith(e.number)}


def binds(lst, channel, purpose):
    return (lst.enabled and lst.applies == 'check'
            and (channel is None or lst.channels is None or 'all' in lst.channels or channel in lst.channels)
            and (purpose is None or lst.purposes is None or any(covers(p, purpose) or covers(purpose, p) for p in lst.purposes)))


def in_doubt(lst, version, number):
    """Whether a strict list cannot say that a number of its country (here the United States) is not on it."""
    return lst.strict and number.startswith('+1') and (version is None or version.coverage is not None and not any(number.startswith(c) for c in version.coverage))


def refused_internally(store, number, channel, purpose, moment):
    return refuses(store.entries_of(number), channel, purpose, moment) or refuses(prefixes_of(store, number), channel, purpose, moment)


def check(store, number, channel, purpose, moment):
    """True: do not contact. None: not known. False: nothing forbids it."""
    if number is None:
        return None
    if refused_internally(store, number, channel, purpose, moment):
        return True
    unknown = False
    for name, lst in store.tables['list'].items():
        if binds(lst, channel, purpose):
            _, v = store.current(name)
            if v is not None and number in v.numbers:
                return True
            unknown = unknown or in_doubt(lst, v, number)
    return None if unknown else False


def check_as_of(store, number, channel, purpose, at, transaction):
    """What was true at a time, as far as is recorded now."""
    def held(rows, starts):
        for key, e in rows.items():
            if (e.ends is None and meets(e.channel, e.purpose, channel, purpose) and e.recorded <= transaction and starts(e) <= at and (e.expires is None or e.expires > at)
                    and not any(w.ends == key and w.received <= at and w.recorded <= transaction
                                and ends_all(w.channel, w.purpose, e.channel, e.purpose, channel, purpose) for w in rows.values())):
                return True
        return False
    if held(store.entries_of(number), lambda e: e.effective or e.received) or held(prefixes_of(store, number), lambda e: e.received):
        return True
    unknown = False
    for name, lst in store.tables['list'].items():
        if not binds(lst, channel, purpose):
            continue
        if at >= transaction:
            _, v = store.current(name)
        else:
            then = [(when, version) for (n, version, when) in store.tables['activation'] if n == name and when <= at]
            v = store.tables['version'][max(then)[1]] if then else None
        if v is not None and v.state not in ('current', 'former'):
            unknown = True  # pruned since
        elif v is not None and number in v.numbers:
            return True
        else:
            unknown = unknown or in_doubt(lst, v, number)
    erased = store.tables['erasure'].get(number)
    return None if unknown or erased is not None and at < erased else False


def is_suppressed_row(store, number, moment):
    """Whether dnc.suppressed has a row of the number: only what stands in the list itself."""
    rows = {i: e for i, e in store.entries_of(number).items() if not isinstance(i, tuple)}
    return refuses(rows, None, None, moment)
