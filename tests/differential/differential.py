#!/usr/bin/env python3
"""Compares the extension with model.py: sessions that record, revoke, correct, erase, import and load at random, in transactions of either
isolation level with savepoints, rollbacks and prepared transactions, are asked through every way there is to ask.

    differential.py SECONDS SEED

One thread runs the sessions in turn, so a seed repeats a run: rounds have the seeds SEED, SEED + 1, …, each in a database of its own. What
waits for another session's lock is given up at once (lock_timeout), which an error like any other is. On the first difference the
seed, all statements of the round and the question are printed. Needs the environment that libpq reads."""
import io
import random
import re
import sys
import time
from collections import Counter
from datetime import datetime, timedelta, timezone

import psycopg2
from model import (Batch, Entry, List, Moment, Store, Version, check, check_as_of, covers, ends_all, is_suppressed_row, meets, prefixes_of, refuses)

NUMBERS = ['+1212555%04d' % n for n in range(7)] + ['+1415555%04d' % n for n in range(3)] + ['+4930123%03d' % n for n in range(4)]
PREFIXES = ['+1212', '+12125550', '+1415', '+49301230', '+12125550003', '+493012300']
CHANNELS = ['voice', 'sms', 'whatsapp', 'fax']
PURPOSES = ['acme', 'acme/loans', 'acme/loans/new', 'acme/cards', 'acmes', 'other']
REASONS = ['no_contact', 'not_interested', 'no_processing', 'complaint', 'litigator']
STICKY = {'complaint', 'litigator'}
LISTS = ['national', 'brand', 'strict', 'decided']
SECONDS = [1, 3, 86400, 5 * 86400]  # of times ahead: some come during a round
UTC = timezone.utc
FAR = datetime(2100, 1, 1, tzinfo=UTC)
STEPS = 800
SESSIONS = 4
# What a statement may meet because of what other sessions do: a lock, another transaction's change, a reference that another one used.
CONFLICTS = {'55P03', '40001'}


class Difference(Exception):
    pass


class Transaction:
    def __init__(self, level, started, base):
        self.level, self.started, self.base = level, started, base  # base: the store at its first statement, for REPEATABLE READ
        self.changes, self.savepoints, self.cursors = [], [], []


class Cursor:
    def __init__(self, name, question, expected, depth):
        self.name, self.question, self.expected, self.depth, self.place = name, question, expected, depth, 0


class Session:
    def __init__(self, world, n):
        self.world, self.n, self.transaction, self.prepared = world, n, None, set()
        self.connection = psycopg2.connect(dbname=world.database)
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        for s in ("SET TimeZone = 'UTC'", "SET lock_timeout = '50ms'", "SET client_min_messages = error", "SET statement_timeout = '60s'"):
            self.cursor.execute(s)

    def run(self, sql, *args):
        self.world.log.append('%d: %s' % (self.n, self.cursor.mogrify(sql, args).decode()))
        try:
            self.cursor.execute(sql, args)
            rows = self.cursor.fetchall() if self.cursor.description else []
        except psycopg2.Error as e:
            self.world.log.append('%d: -- %s %s' % (self.n, e.pgcode, str(e).strip().split('\n')[0]))
            raise
        return rows

    def sees(self):
        t = self.transaction
        if t is None:
            return self.world.committed
        return (t.base or self.world.committed).with_changes(t.changes)


class World:
    def __init__(self, seed, keys):
        self.seed, self.random, self.log, self.counts = seed, random.Random(seed), [], Counter()
        self.database = 'differential'
        self.committed, self.prepared, self.instants, self.serial = Store(), {}, [], 0
        admin = psycopg2.connect(dbname='postgres')
        admin.autocommit = True
        c = admin.cursor()
        c.execute("SELECT gid FROM pg_prepared_xacts WHERE database = 'differential'")
        stale = [g for g, in c.fetchall()]
        if stale:
            old = psycopg2.connect(dbname='differential')
            old.autocommit = True
            for g in stale:
                old.cursor().execute('ROLLBACK PREPARED %s', (g,))
            old.close()
        c.execute('DROP DATABASE IF EXISTS differential WITH (FORCE)')
        c.execute('CREATE DATABASE differential')
        c.execute("ALTER DATABASE differential SET dnc.key_file = '%s'" % keys)
        c.execute("SELECT current_setting('server_version_num')::int >= 160000")
        self.force_parallel = 'debug_parallel_query' if c.fetchone()[0] else 'force_parallel_mode'
        admin.close()
        self.set_up()
        self.sessions = [Session(self, n) for n in range(SESSIONS)]

    def set_up(self):
        c = psycopg2.connect(dbname=self.database)
        q = c.cursor()
        q.execute('CREATE EXTENSION dnc')
        q.execute('INSERT INTO dnc.purpose (purpose) SELECT unnest(%s)', (PURPOSES,))
        q.execute('CREATE TABLE number (id int PRIMARY KEY, phone dnc_phone NOT NULL, spelling text NOT NULL)')
        for i, n in enumerate(NUMBERS):
            q.execute('INSERT INTO number VALUES (%s, %s, %s)', (i, n, n[:3] + ' (' + n[3:6] + ') ' + n[6:]))
        q.execute('CREATE TABLE many AS SELECT n.* FROM number AS n, generate_series(1, 60)')
        q.execute('ANALYZE')
        q.execute("CREATE TABLE queue (phone dnc_phone); SELECT dnc_attach('queue', 'phone', channel => 'voice')")
        q.execute("CREATE TABLE skipped (phone dnc_phone); SELECT dnc_attach('skipped', 'phone', channel => 'sms', purpose => 'acme', mode => 'skip')")
        q.execute("SELECT dnc_create_view('callable', 'number', 'phone', channel => 'voice')")
        q.execute("SELECT dnc_create_view('flagged', 'number', 'phone', channel => 'sms', purpose => 'acme/loans', mode => 'flag')")
        q.execute("SELECT dnc_create_view('masked', 'number', 'phone', channel => 'all', mode => 'mask')")
        q.execute("CREATE VIEW clear_fax AS SELECT * FROM many WHERE dnc_is_clear(phone, 'fax')")
        q.execute("""INSERT INTO dnc.list (list, kind, jurisdiction, channels, purposes, applies, strict, shrink_percent, keep_versions, coverage) VALUES
            ('national', 'other', 'US', NULL, NULL, 'check', false, 100, 1000, NULL),
            ('brand', 'partner', 'US', '{voice,sms}', '{acme/loans}', 'check', false, 100, 1000, NULL),
            ('strict', 'industry', 'US', '{fax}', NULL, 'check', true, 100, 1000, '{+1212}'),
            ('decided', 'other', 'US', NULL, NULL, 'decision', false, 100, 1000, NULL)""")
        conf = {'national': List(None, None, 'check', False, None, True), 'brand': List(('voice', 'sms'), ('acme/loans',), 'check', False, None, True),
                'strict': List(('fax',), None, 'check', True, ('+1212',), True), 'decided': List(None, None, 'decision', False, None, True)}
        c.commit()
        c.close()
        self.committed.apply([('list', n, l) for n, l in conf.items()])

    def close(self):
        for s in self.sessions:
            s.connection.close()

    def fail(self, session, what, expected, got):
        for number in NUMBERS:
            if number in what:
                try:
                    print('%s as session %d sees it:' % (number, session.n), *session.run('SELECT entry, event, ends, channel, purpose, received_at, recorded_at, effective_at, expires_at FROM dnc_history(%s::dnc_phone)', number), sep='\n  ')
                except psycopg2.Error as e:
                    print(e)
                print('%s in the model:' % number, *session.sees().entries_of(number).items(), *prefixes_of(session.sees(), number).items(), sep='\n  ')
        raise Difference('session %d: %s\n  expected %s\n  got      %s' % (session.n, what, expected, got))

    # ---- choices, none of which depends on a clock

    def number(self):
        return self.random.choice(NUMBERS)

    def scope(self):
        r = self.random
        return r.choice(CHANNELS + ['all'] * 4), r.choice(PURPOSES + PURPOSES[:3] + [None] * 3)

    def ending_scope(self, rows):
        """A number or prefix and a scope to take back: mostly of a refusal that there is, or just beside it."""
        r, refusals = self.random, [e for _, e in sorted(rows.items(), key=str) if e.ends is None]
        channel, purpose = self.scope()
        if not refusals or r.random() < 0.2:
            return None, channel, purpose
        e = r.choice(refusals)
        near = [p for p in PURPOSES if e.purpose is None or covers(e.purpose, p) or covers(p, e.purpose)]
        return e.number, r.choice([e.channel, 'all', channel]), r.choice(near + [e.purpose, None])

    def unique(self):
        self.serial += 1
        return self.serial

    # ---- transactions

    def begin(self, s):
        level = self.random.choice(['READ COMMITTED', 'READ COMMITTED', 'REPEATABLE READ'])
        s.run('BEGIN ISOLATION LEVEL ' + level)
        started = s.run('SELECT now()')[0][0]
        self.instants.append(started)
        s.transaction = Transaction(level, started, self.committed.with_changes([]) if level == 'REPEATABLE READ' else None)

    def finish(self, s):
        """Ends a transaction in one of the ways there are."""
        t, how = s.transaction, self.random.choice(['COMMIT'] * 6 + ['ROLLBACK'] * 2 + ['PREPARE'] * 2)
        s.transaction = None
        if how == 'ROLLBACK':
            s.run('ROLLBACK')
        elif how == 'PREPARE' and len(self.prepared) < 3:
            gid = 'g%d' % self.unique()
            try:
                s.run('PREPARE TRANSACTION %s', gid)
                self.prepared[gid] = t.changes
            except psycopg2.Error as e:  # temporary tables (of imports and erasures) cannot be part of one, nor can cursors' snapshots
                self.error(e, {'0A000'})
        else:
            try:
                s.run('COMMIT')
                self.committed.apply(t.changes)
            except psycopg2.Error as e:
                self.error(e)

    def finish_prepared(self, s):
        gid = self.random.choice(sorted(self.prepared))
        changes = self.prepared.pop(gid)
        if self.random.random() < 0.7:
            s.run('COMMIT PREPARED %s', gid)
            self.committed.apply(changes)
        else:
            s.run('ROLLBACK PREPARED %s', gid)

    def savepoint(self, s):
        t = s.transaction
        name = 's%d' % len(t.savepoints)
        s.run('SAVEPOINT ' + name)
        t.savepoints.append((name, len(t.changes)))

    def back(self, s):
        t = s.transaction
        name, length = t.savepoints[-1]
        s.run('ROLLBACK TO ' + name)
        del t.changes[length:]
        t.cursors = [c for c in t.cursors if c.depth < len(t.savepoints)]
        if self.random.random() < 0.5:
            s.run('RELEASE ' + name)
            t.savepoints.pop()

    def release(self, s):
        t = s.transaction
        name, _ = t.savepoints.pop()
        s.run('RELEASE ' + name)
        for c in t.cursors:
            c.depth = min(c.depth, len(t.savepoints))

    def error(self, e, allowed=frozenset()):
        self.counts['error ' + (e.pgcode or '?')] += 1
        # What a constraint says by itself tells nobody what to do.
        if e.pgcode not in CONFLICTS | set(allowed) or re.search('violates (unique|check|foreign key) constraint', str(e)):
            raise Difference('unexpected error %s: %s' % (e.pgcode, e))

    def failed(self, s, e, allowed):
        """After an error within a transaction: to a savepoint or all the way."""
        self.error(e, allowed)
        if s.transaction is not None:
            if s.transaction.savepoints and self.random.random() < 0.8:
                self.back(s)
            else:
                s.transaction = None
                s.run('ROLLBACK')

    # ---- operations. Each gives (changes, allowed errors); what it expects is known before it runs.

    def operate(self, s):
        name = self.random.choice(['add'] * 8 + ['revoke'] * 3 + ['add_many', 'add_and_check', 'revoke', 'revoke', 'revoke', 'revoke', 'correct', 'correct', 'erase', 'add_prefix', 'add_prefix', 'revoke_prefix', 'revoke_prefix',
                                   'load', 'load', 'load_copied', 'delta', 'delta', 'activate', 'revert', 'change_list', 'import', 'import', 'undo'])
        own = s.transaction is None and name in ('load_copied', 'import', 'add_and_check')
        if own:
            self.begin(s)
        operation = getattr(self, 'op_' + name)
        self.allowed = set()
        try:
            now = s.transaction.started if s.transaction else None
            changes = operation(s, s.sees(), now)
        except psycopg2.Error as e:
            self.counts[name + ' failed'] += 1
            self.failed(s, e, self.allowed)
            if own and s.transaction:
                self.finish(s)
            return
        self.counts[name] += 1
        if s.transaction:
            s.transaction.changes += changes
        else:
            self.committed.apply(changes)
        if own:
            self.finish(s)

    def op_add(self, s, store, now):
        r, number, (channel, purpose) = self.random, self.number(), self.scope()
        reason, source = r.choice(REASONS[:2] * 4 + REASONS), r.choice(['unspecified', 'web_form'])
        past = r.choice([i for i in self.instants if now is None or i <= now] or [None]) if r.random() < 0.2 else None
        expires, effective = r.choice([None] * 4 + SECONDS), r.choice([None] * 5 + SECONDS)
        if expires and effective:
            expires += effective
        ref = 'r%d' % r.randrange(40) if r.random() < 0.3 else None
        sql = """SELECT dnc_add(%s::""" + r.choice(['text', 'dnc_phone']) + """, %s, %s, %s, %s, requested_at => coalesce(%s, now()), external_ref => %s, received_at => %s,
            expires_at => now() + make_interval(secs => %s), effective_at => now() + make_interval(secs => %s)), now()"""
        arguments = (number, channel, purpose, reason, source, past, ref, past, expires, effective)
        if reason == 'no_processing':
            channel, purpose = 'all', None
        if ref:
            self.allowed.add('23505')  # of another request, which this transaction may not see
            earlier = {i: e for i, e in store.tables['entry'].items() if isinstance(i, int) and e.ends is None and (e.source, e.ref, e.batch) == (source, ref, None)}
            if earlier:
                ended = any(w.ends in earlier for w in store.tables['entry'].values())
                same = all((e.number, e.channel, e.purpose, e.reason) == (number, channel, purpose, reason) for e in earlier.values())
                got = s.run(sql, *arguments)[0][0]
                if ended or not same or got != min(earlier):
                    self.fail(s, 'dnc_add with a reference again', 'an error' if ended or not same else min(earlier), got)
                return []
        entry, now = s.run(sql, *arguments)[0]
        self.instants.append(now)
        ahead = lambda seconds: now + timedelta(seconds=seconds) if seconds else None
        return [('entry', entry, Entry(number, None, ahead(effective), ahead(expires), past or now, now, past or now, channel, purpose, reason, source, ref))]

    def op_add_many(self, s, store, now):
        numbers, (channel, purpose) = self.random.sample(NUMBERS, 3), self.scope()
        request, now = s.run('SELECT dnc_add(%s::dnc_phone[], %s, %s), now()', numbers, channel, purpose)[0]
        self.instants.append(now)
        rows = s.run('SELECT entry_id, phone::text FROM dnc.entry WHERE request_id = %s AND ends IS NULL AND corrects IS NULL', request)
        if sorted(n for _, n in rows) != sorted(numbers):
            self.fail(s, 'entries of request %s' % request, sorted(numbers), rows)
        return [('entry', i, Entry(n, None, None, None, now, now, now, channel, purpose, 'no_contact')) for i, n in rows]

    def op_add_and_check(self, s, store, now):
        """A statement does not see what it records itself; the next one does."""
        number = self.number()
        before, entry, after, now, at = s.run('SELECT dnc_check(%s::dnc_phone), dnc_add(%s::dnc_phone), dnc_check(%s::dnc_phone), now(), statement_timestamp()', number, number, number)[0]
        expected = check(store, number, 'voice', None, Moment(None, now, at))
        if (before, after) != (expected, expected):
            self.fail(s, 'dnc_check(%s) within a statement that adds it' % number, (expected, expected), (before, after))
        return [('entry', entry, Entry(number, None, None, None, now, now, now, 'all', None, 'no_contact'))]

    def parts(self, rows, channel, purpose):
        """Of refusals what a withdrawal of this scope would end: (refusal, channel, purpose)."""
        for i, e in sorted(((i, e) for i, e in rows.items() if e.ends is None), key=lambda x: (isinstance(x[0], int), x[0][1] * -1 if isinstance(x[0], tuple) else x[0])):
            part_channel = e.channel if channel == 'all' else channel if e.channel in ('all', channel) else None
            if part_channel is None:
                continue
            if purpose is None or covers(purpose, e.purpose):
                part_purpose = e.purpose
            elif e.purpose is None or covers(e.purpose, purpose):
                part_purpose = purpose
            else:
                part_purpose = part_channel = None
            if part_channel is not None:
                yield i, e, part_channel, part_purpose

    def op_revoke(self, s, store, now):
        number, channel, purpose = self.ending_scope(store.tables['entry'])
        number, force = number or self.number(), self.random.random() < 0.3
        rows = store.entries_of(number)
        ended, now = s.run('SELECT dnc_revoke(%s::dnc_phone, %s, %s, force => %s), now()', number, channel, purpose, force)[0]
        self.instants.append(now)
        changes = []
        for i, e, c, p in self.parts(rows, channel, purpose):
            if not force and (e.reason == 'no_processing' and (channel != 'all' or purpose is not None) or e.requested > now):
                continue
            if any(w.ends == i and ends_all(w.channel, w.purpose, c, p) for w in rows.values()) or e.reason in STICKY and not force:
                continue
            changes.append(('entry', self.ending(i), Entry(number, i, None, None, now, now, now, c, p, None)))
        if ended != len(changes):
            self.fail(s, 'dnc_revoke(%s, %s, %s, force => %s)' % (number, channel, purpose, force), len(changes), ended)
        return changes

    def ending(self, refusal):
        """A key for an ending, which nothing asks the server for: of an erased number's as refusals of those."""
        return ('mark', self.unique()) if isinstance(refusal, tuple) else 'ending %d' % self.unique()

    def op_correct(self, s, store, now):
        entries = sorted(i for i in self.committed.tables['entry'] if isinstance(i, int))
        if not entries:
            return []
        entry, number = self.random.choice(entries[-30:]), self.number()
        e = store.tables['entry'].get(entry)
        endings = {i: w for i, w in store.tables['entry'].items() if w.ends == entry}
        wrong = e is None or e.number == number or any(ends_all(w.channel, w.purpose, e.channel, e.purpose) for w in endings.values())
        if wrong:
            self.allowed |= {'P0002', '22023', '55000'}
        fresh, now = s.run("SELECT dnc_correct(%s, %s::dnc_phone, 'typing error'), now()", entry, number)[0]
        if wrong:
            self.fail(s, 'dnc_correct(%s, %s)' % (entry, number), 'an error', fresh)
        self.instants.append(now)
        at = max([now, e.recorded] + [w.recorded for w in endings.values()])  # not before what it mends was recorded
        changes = [('entry', fresh, e._replace(number=number, recorded=at, ref=None))]
        changes += [('entry', self.ending(0), w._replace(number=number, ends=fresh, recorded=at)) for w in endings.values()]
        changes.append(('entry', self.ending(0), Entry(e.number, entry, None, None, at, at, at, e.channel, e.purpose, None)))
        return changes

    def op_erase(self, s, store, now):
        number = self.number()
        if s.transaction and s.transaction.level != 'READ COMMITTED':
            self.allowed.add('25000')
        now = s.run("SELECT now() FROM dnc_erase(%s::dnc_phone, 'test') LIMIT 1", number)[0][0]
        self.instants.append(now)
        if s.transaction and s.transaction.level != 'READ COMMITTED':
            self.fail(s, 'dnc_erase under REPEATABLE READ', 'an error', 'none')
        rows = {i: e for i, e in store.entries_of(number).items() if not isinstance(i, tuple)}
        changes = [('entry', i, None) for i in rows] + [('erasure', number, now)]
        for i, e in rows.items():
            endings = [w for w in rows.values() if w.ends == i]
            if e.ends is None and (e.expires is None or e.expires > now) and not any(ends_all(w.channel, w.purpose, e.channel, e.purpose) for w in endings):
                mark = ('mark', self.unique())
                changes.append(('entry', mark, e._replace(ref=None, batch=None)))
                changes += [('entry', ('mark', self.unique()), w._replace(ends=mark)) for w in endings]
        # Versions that are not asked any more and had the number are gone.
        for version, v in self.versions(s).items():
            earlier = store.tables['version'].get(version)
            if earlier and v.state != earlier.state:
                if v.state != 'pruned' or earlier.state == 'current':
                    self.fail(s, 'state of version %d after an erasure' % version, earlier.state, v.state)
                changes.append(('version', version, earlier._replace(state=v.state)))
            elif earlier and number in earlier.numbers and earlier.state == 'former':
                self.fail(s, 'state of version %d, which had the erased number' % version, 'pruned', v.state)
        return changes

    def op_add_prefix(self, s, store, now):
        prefix, (channel, purpose), reason, seconds = self.random.choice(PREFIXES), self.scope(), self.random.choice(REASONS), self.random.choice([None] * 3 + SECONDS)
        entry, now = s.run('SELECT dnc_add_prefix(%s, %s, %s, %s, expires_at => now() + make_interval(secs => %s)), now()', prefix, channel, purpose, reason, seconds)[0]
        self.instants.append(now)
        return [('prefix', entry, Entry(prefix, None, None, now + timedelta(seconds=seconds) if seconds else None, now, now, now, channel, purpose, reason))]

    def op_revoke_prefix(self, s, store, now):
        prefix, channel, purpose = self.ending_scope(store.tables['prefix'])
        prefix, force = prefix or self.random.choice(PREFIXES), self.random.random() < 0.5
        rows = {i: e for i, e in store.tables['prefix'].items() if e.number == prefix}
        ended, now = s.run('SELECT dnc_revoke_prefix(%s, %s, %s, force => %s), now()', prefix, channel, purpose, force)[0]
        self.instants.append(now)
        changes = [('prefix', 'ending %d' % self.unique(), Entry(prefix, i, None, None, now, now, now, c, p, None)) for i, e, c, p in self.parts(rows, channel, purpose)
                   if not any(w.ends == i and ends_all(w.channel, w.purpose, c, p) for w in rows.values()) and not (e.reason in STICKY and not force)]
        if ended != len(changes):
            self.fail(s, 'dnc_revoke_prefix(%s, %s, %s, force => %s)' % (prefix, channel, purpose, force), len(changes), ended)
        return changes

    # ---- lists

    def versions(self, s):
        return {i: Version(l, None, None, state, at) for i, l, state, at in s.run('SELECT version_id, list, state, activated_at FROM dnc.list_version')}

    def loaded(self, s, store, name, version, numbers, active=True):
        """Changes after a load: the server tells states of versions, which of them is current and how many numbers it has is expected."""
        changes, found = [], self.versions(s)
        count = s.run('SELECT numbers FROM dnc.list_version WHERE version_id = %s', version)[0][0]
        if count != len(numbers):
            self.fail(s, 'numbers of version %d of %s' % (version, name), len(numbers), count)
        active = active and bool(numbers)  # an empty version waits for confirmation
        current = store.current(name)[0]
        expected = version if active else current
        got = [i for i, v in found.items() if v.list == name and v.state == 'current']
        if got != ([expected] if expected else []):
            self.fail(s, 'current version of %s' % name, expected, got)
        coverage = store.tables['list'][name].coverage
        for i, v in found.items():
            earlier = store.tables['version'].get(i)
            if i == version:
                changes.append(('version', i, Version(name, frozenset(numbers), coverage, v.state, v.activated)))
            elif earlier and earlier.state != v.state:
                changes.append(('version', i, earlier._replace(state=v.state, activated=v.activated)))
        if active:
            changes.append(('activation', (name, version, found[version].activated), True))
        return changes

    def some_numbers(self):
        return self.random.sample(NUMBERS, self.random.randrange(0, 9))

    def op_load(self, s, store, now):
        name, numbers, active = self.random.choice(LISTS), self.some_numbers(), self.random.random() < 0.8
        repeated = numbers + numbers[:2]
        self.random.shuffle(repeated)
        query = "SELECT unnest('{%s}'::text[])" % ','.join(repeated)
        if not s.transaction:
            return self.in_transaction(s, lambda store: self.load(s, store, name, query, numbers, active))
        return self.load(s, store, name, query, numbers, active)

    def in_transaction(self, s, operation):
        """What needs more than one statement, where no transaction is open."""
        s.run('BEGIN')
        try:
            changes = operation(self.committed)
            s.run('COMMIT')
            return changes
        except psycopg2.Error:
            s.run('ROLLBACK')
            raise

    def load(self, s, store, name, query, numbers, active, **more):
        version = s.run('SELECT dnc_list_load_query(%s, %s, activate => %s)', name, query, active)[0][0]
        return self.loaded(s, store, name, version, numbers, active)

    def op_load_copied(self, s, store, now):
        name, numbers = self.random.choice(LISTS), self.some_numbers()
        version = s.run("SELECT dnc_list_load_start(%s, 'a file')", name)[0][0]
        lines = ''.join('%d\t%s\n' % (version, n) for n in numbers or ['# none'])
        self.log.append('%d: \\copy dnc.list_line (version_id, line): %s' % (s.n, ' '.join(numbers)))
        s.cursor.copy_expert('COPY dnc.list_line (version_id, line) FROM STDIN', io.StringIO(lines))
        s.run('SELECT dnc_list_load_finish(%s)', version)
        return self.loaded(s, store, name, version, numbers)

    def op_delta(self, s, store, now):
        name, numbers, operation = self.random.choice(LISTS), self.random.sample(NUMBERS, self.random.randrange(1, 4)), self.random.choice(['add', 'remove'])
        if not s.transaction:
            return self.in_transaction(s, lambda store: self.delta(s, store, name, numbers, operation))
        return self.delta(s, store, name, numbers, operation)

    def delta(self, s, store, name, numbers, operation):
        current, v = store.current(name)
        if current is None:
            return []
        self.allowed.add('55000')  # the same changes were made from this version before
        fresh = v.numbers | set(numbers) if operation == 'add' else v.numbers - set(numbers)
        query = "SELECT unnest('{%s}'::text[])" % ','.join(numbers)
        version = s.run('SELECT dnc_list_load_query(%s, %s, applies_to => %s, operation => %s)', name, query, current, operation)[0][0]
        return self.loaded(s, store, name, version, fresh)

    def activated(self, s, store, name, version):
        found = self.versions(s)
        got = [i for i, v in found.items() if v.list == name and v.state == 'current']
        if got != [version]:
            self.fail(s, 'current version of %s' % name, version, got)
        known = store.tables['version']
        changes = [('version', i, known[i]._replace(state=v.state, activated=v.activated)) for i, v in found.items() if i in known and known[i].state != v.state]
        return changes + [('activation', (name, version, found[version].activated), True)]

    def op_activate(self, s, store, now):
        name = self.random.choice(LISTS)
        versions = sorted(i for i, v in store.tables['version'].items() if v.list == name)
        if not versions:
            return []
        version = self.random.choice(versions[-4:])
        was = store.tables['version'][version].state
        self.allowed.add('55000')  # pruned, or changes of another version than the current one

        def activate(store):
            s.run('SELECT dnc_list_activate(%s, %s, confirm => true)', name, version)
            return [] if was == 'current' else self.activated(s, store, name, version)
        return activate(store) if s.transaction else self.in_transaction(s, activate)

    def op_revert(self, s, store, now):
        name = self.random.choice(LISTS)
        former = [(v.activated, i) for i, v in store.tables['version'].items() if v.list == name and v.state == 'former']
        if not former:
            return []

        def revert(store):
            version = s.run('SELECT dnc_list_revert(%s)', name)[0][0]
            if version != max(former)[1]:
                self.fail(s, 'dnc_list_revert(%s)' % name, max(former)[1], version)
            return self.activated(s, store, name, version)
        return revert(store) if s.transaction else self.in_transaction(s, revert)

    def op_change_list(self, s, store, now):
        name = self.random.choice(LISTS)
        lst = store.tables['list'][name]
        lst = lst._replace(**self.random.choice([{'enabled': not lst.enabled}, {'enabled': True}, {'channels': self.random.choice([None, ('sms',), ('fax', 'voice'), ('all',)])},
                                                 {'purposes': self.random.choice([None, ('acme',), ('acme/loans/new', 'other')])}]))
        self.allowed.add('23503')
        s.run('UPDATE dnc.list SET enabled = %s, channels = %s, purposes = %s WHERE list = %s', lst.enabled, list(lst.channels) if lst.channels else None, list(lst.purposes) if lst.purposes else None, name)
        return [('list', name, lst)]

    # ---- imports

    def op_import(self, s, store, now):
        r = self.random
        again = [b for b in store.tables['batch'].values()]
        if again and r.random() < 0.25:
            contents = r.choice(again).contents
        else:
            contents = tuple((self.number() if r.random() < 0.9 else 'rubbish',) + self.scope() + (r.choice(REASONS[:2] * 3 + REASONS), 'w%d' % self.unique()) for _ in range(r.randrange(1, 7)))
        batch, = s.run("SELECT dnc_import_start('a file', 'US', invalid => 'accept')")[0]
        for row in contents:
            s.run('INSERT INTO dnc.import_row (batch_id, phone, channel, purpose, reason, words) VALUES (%s, %s, %s, %s, %s, %s)', batch, *row)
        read, added, duplicates, rejected = s.run('SELECT rows_read, added, duplicates, rejected FROM dnc_import_finish(%s)', batch)[0]
        same = {i for i, b in store.tables['batch'].items() if b.contents == contents and b.state == 'finished'}
        expected, seen, bad = [], set(), 0
        now = s.transaction.started
        for number, channel, purpose, reason, words in contents:
            if number == 'rubbish':
                bad += 1
                continue
            if reason == 'no_processing':
                channel, purpose = 'all', None
            key = (number, channel, purpose, reason)
            marks = {i: e for i, e in store.entries_of(number).items() if isinstance(i, tuple)}
            marked = any(e.ends is None and e.effective is None and e.expires is None and e.channel in ('all', channel) and (e.purpose is None or covers(e.purpose, purpose))
                         and not any(w.ends == i for w in marks.values()) for i, e in marks.items())
            repeated = any(e.batch in same and e.ends is None and (e.number, e.channel, e.purpose, e.reason) == key and e.expires is None for e in store.tables['entry'].values())
            if key not in seen and not marked and not repeated:
                expected.append(key)
            seen.add(key)
        if (read, added, duplicates, rejected) != (len(contents), len(expected), len(contents) - len(expected) - bad, bad):
            self.fail(s, 'dnc_import_finish(%d)' % batch, (len(contents), len(expected), len(contents) - len(expected) - bad, bad), (read, added, duplicates, rejected))
        rows = s.run('SELECT entry_id, phone::text, channel, purpose, reason FROM dnc.entry WHERE batch_id = %s AND ends IS NULL', batch)
        if sorted(map(str, (x[1:] for x in rows))) != sorted(map(str, expected)):
            self.fail(s, 'entries of import %d' % batch, expected, rows)
        changes = [('entry', i, Entry(n, None, None, None, now, now, now, c, p, reason, 'import', None, batch)) for i, n, c, p, reason in rows]
        return changes + [('batch', batch, Batch(contents, 'repeated' if same and not expected else 'finished'))]

    def op_undo(self, s, store, now):
        batches = sorted(self.committed.tables['batch'])
        if not batches:
            return []
        batch = self.random.choice(batches[-4:])
        b = store.tables['batch'].get(batch)
        if b is None or b.state != 'finished':
            self.allowed.add('55000')
        rows = {i: e for i, e in store.tables['entry'].items() if e.batch == batch and e.ends is None and not isinstance(i, tuple)}
        ended, now = s.run("SELECT dnc_import_undo(%s, 'wrong file'), now()", batch)[0]
        self.instants.append(now)
        if b is None or b.state != 'finished' or ended != len(rows):
            self.fail(s, 'dnc_import_undo(%d)' % batch, len(rows) if b and b.state == 'finished' else 'an error', ended)
        changes = []
        for i, e in rows.items():
            at = max(now, e.recorded)  # not before what it ends was recorded
            changes.append(('entry', self.ending(0), Entry(e.number, i, None, None, at, at, at, e.channel, e.purpose, None, batch=batch)))
        return changes + [('batch', batch, b._replace(state='undone'))]

    # ---- questions

    SCOPES = [None, None, 'acme', 'acme/loans', 'acme', 'acme/loans', 'acme/loans/new', 'acme/cards', 'acmes', 'other']

    def ask(self, s):
        kind = self.random.choice(['table', 'table', 'many', 'text', 'single', 'prepared', 'prepared', 'filter', 'callable', 'flagged', 'masked', 'clear_fax', 'status', 'sql', 'guard', 'skip',
                                   'suppressed', 'explain', 'as_of', 'may_contact', 'cursor', 'cursor', 'setting', 'switched', 'routine', 'scrub'])
        r = self.random
        channel, purpose = r.choice(CHANNELS + ['all', 'voice', 'voice']), r.choice(self.SCOPES)
        at = r.choice([None] * 4 + [datetime(2020, 1, 1, tzinfo=UTC), FAR] + [r.choice(self.instants + [FAR])] * 2)
        sets, parallel, generic = r.choice(['', '', 'on', 'off']), r.random() < 0.15, r.random() < 0.5
        number = self.number()
        in_transaction = s.transaction is not None
        if not in_transaction:
            if kind == 'scrub':
                self.counts['asked scrub'] += 1
                return self.ask_scrub(s, channel, purpose)
            s.run('BEGIN')
        elif kind == 'scrub':
            kind = 'many'
        try:
            settings = ([('dnc.statement_set', sets)] if sets else []) + ([(self.force_parallel, 'on'), ('parallel_setup_cost', '0'), ('parallel_tuple_cost', '0'), ('min_parallel_table_scan_size', '0')] if parallel else [])
            s.run('SAVEPOINT question')
            for k, v in settings:
                s.run('SELECT set_config(%s, %s, true)', k, v)
            getattr(self, 'ask_' + kind)(s, s.sees(), channel, purpose, at, number, generic)
            s.run('ROLLBACK TO question' if kind != 'cursor' else 'RELEASE question')
            if kind != 'cursor':
                s.run('RELEASE question')
            elif settings:
                for k, _ in settings:
                    s.run('RESET ' + k)
        except psycopg2.Error as e:
            raise Difference('a question (%s) failed: %s' % (kind, e))
        self.counts['asked ' + kind] += 1
        if not in_transaction:
            s.run('COMMIT')

    def expected(self, store, channel, purpose, at, transaction, statement):
        moment = Moment(at, transaction, statement)
        return [check(store, n, None if channel == 'all' else channel, purpose, moment) for n in NUMBERS]

    def compare(self, s, what, expected, got):
        self.counts['answers'] += len(expected)
        if list(got) != list(expected):
            for n, e, g in zip(NUMBERS, expected, got):
                if e != g:
                    self.fail(s, '%s of %s' % (what, n), e, g)

    def moments(self, rows):
        return rows[0][-2], rows[0][-1]

    def ask_table(self, s, store, channel, purpose, at, number, generic):
        rows = s.run('SELECT id, dnc_check(phone, %s, %s, %s), now(), statement_timestamp() FROM number ORDER BY id', channel, purpose, at)
        self.compare(s, 'dnc_check(phone, %s, %s, %s)' % (channel, purpose, at), self.expected(store, channel, purpose, at, *self.moments(rows)), [x[1] for x in rows])

    def ask_many(self, s, store, channel, purpose, at, number, generic):
        rows = s.run('SELECT id, bool_and(c), bool_or(c), count(c), now(), statement_timestamp() FROM (SELECT id, dnc_check(phone, %s, %s, %s) AS c FROM many) AS m GROUP BY id ORDER BY id', channel, purpose, at)
        expected = self.expected(store, channel, purpose, at, *self.moments(rows))
        self.compare(s, 'all of dnc_check(phone, %s, %s, %s) of many rows' % (channel, purpose, at), [(e, e, 0 if e is None else 60) for e in expected], [x[1:4] for x in rows])

    def ask_text(self, s, store, channel, purpose, at, number, generic):
        rows = s.run('SELECT id, dnc_check(spelling, %s, %s, %s), now(), statement_timestamp() FROM number ORDER BY id', channel, purpose, at)
        self.compare(s, 'dnc_check(text, %s, %s, %s)' % (channel, purpose, at), self.expected(store, channel, purpose, at, *self.moments(rows)), [x[1] for x in rows])
        if s.run('SELECT dnc_check(%s::text, %s, %s, %s)', 'rubbish', channel, purpose, at)[0][0] is not None:
            self.fail(s, 'dnc_check of what is no number', None, 'something')

    def one(self, s, store, what, number, channel, purpose, at, row):
        expected = check(store, number, None if channel == 'all' else channel, purpose, Moment(at, row[1], row[2]))
        self.counts['answers'] += 1
        if row[0] != expected:
            self.fail(s, '%s of %s, %s, %s, %s' % (what, number, channel, purpose, at), expected, row[0])

    def ask_single(self, s, store, channel, purpose, at, number, generic):
        self.one(s, store, 'dnc_check', number, channel, purpose, at, s.run('SELECT dnc_check(%s::dnc_phone, %s, %s, %s), now(), statement_timestamp()', number, channel, purpose, at)[0])
        self.one(s, store, 'dnc_check', number, channel, purpose, at, s.run('SELECT dnc_check(phone, %s, %s, %s), now(), statement_timestamp() FROM number WHERE phone = %s', channel, purpose, at, number)[0])

    def ask_prepared(self, s, store, channel, purpose, at, number, generic):
        if 'asked' not in s.prepared:
            s.run('PREPARE asked (text, text, timestamptz) AS SELECT id, dnc_check(phone, $1, $2, $3), now(), statement_timestamp() FROM number ORDER BY id')
            s.run('PREPARE one (dnc_phone, text, text, timestamptz) AS SELECT dnc_check($1, $2, $3, $4), now(), statement_timestamp()')
            s.run('PREPARE bound AS SELECT id, dnc_check(phone), now(), statement_timestamp() FROM number ORDER BY id')
            s.prepared.add('asked')
        s.run('SELECT set_config(%s, %s, true)', 'plan_cache_mode', 'force_generic_plan' if generic else 'auto')
        rows = s.run('EXECUTE asked (%s, %s, %s)', channel, purpose, at)
        self.compare(s, 'prepared dnc_check(phone, %s, %s, %s)' % (channel, purpose, at), self.expected(store, channel, purpose, at, *self.moments(rows)), [x[1] for x in rows])
        rows = s.run('EXECUTE bound')
        self.compare(s, 'prepared dnc_check(phone)', self.expected(store, 'voice', None, None, *self.moments(rows)), [x[1] for x in rows])
        self.one(s, store, 'prepared dnc_check', number, channel, purpose, at, s.run('EXECUTE one (%s, %s, %s, %s)', number, channel, purpose, at)[0])

    def ids(self, s, what, expected, rows, wanted):
        self.compare(s, what, [wanted(e) for e in expected], [i in {x[0] for x in rows} for i in range(len(NUMBERS))])

    def ask_filter(self, s, store, channel, purpose, at, number, generic):
        now, statement = s.run('SELECT now(), statement_timestamp()')[0]
        tables = ['number', 'many']
        for condition, wanted in (('dnc_check(phone, %s, %s, %s)', lambda e: e is True), ('NOT dnc_check(phone, %s, %s, %s)', lambda e: e is False), ('dnc_is_clear(phone, %s, %s, %s)', lambda e: e is False),
                                  ('dnc_check(phone, %s, %s, %s) IS NULL', lambda e: e is None)):
            sql = 'SELECT DISTINCT id, statement_timestamp() FROM ' + tables[generic] + ' WHERE ' + condition
            rows = s.run(sql, channel, purpose, at)
            before, after = self.expected(store, channel, purpose, at, now, statement), self.expected(store, channel, purpose, at, now, rows[0][1] if rows else s.run('SELECT statement_timestamp()')[0][0])
            self.ids(s, condition % (channel, purpose, at), after if before != after and rows else before if before == after else self.skip(), rows, wanted)

    def skip(self):
        raise Skip()

    def view(self, s, store, channel, purpose, sql):
        """Rows of a view and what is expected of each; None where a time came while it was asked."""
        first = self.expected(store, channel, purpose, None, *s.run('SELECT now(), statement_timestamp()')[0])
        rows = s.run(sql)
        return (rows, first) if first == self.expected(store, channel, purpose, None, *s.run('SELECT now(), statement_timestamp()')[0]) else (None, None)

    def ask_callable(self, s, store, channel, purpose, at, number, generic):
        rows, expected = self.view(s, store, 'voice', None, 'SELECT id FROM callable')
        if rows is not None:
            self.ids(s, 'the view callable', expected, rows, lambda e: e is False)

    def ask_clear_fax(self, s, store, channel, purpose, at, number, generic):
        rows, expected = self.view(s, store, 'fax', None, 'SELECT id, count(*) FROM clear_fax GROUP BY id')
        if rows is not None:
            self.ids(s, 'the view clear_fax', expected, rows, lambda e: e is False)

    def ask_flagged(self, s, store, channel, purpose, at, number, generic):
        rows, expected = self.view(s, store, 'sms', 'acme/loans', "SELECT id, CASE dnc_status WHEN 'doubtful' THEN 'clear' ELSE dnc_status END, dnc_grounds IS NULL AND dnc_lists IS NULL FROM flagged ORDER BY id")
        if rows is not None:
            status = {True: 'suppressed', False: 'clear', None: 'unreadable'}
            self.compare(s, 'the view flagged', [(status[e], e is False) for e in expected], [x[1:] for x in rows])

    def ask_masked(self, s, store, channel, purpose, at, number, generic):
        rows, expected = self.view(s, store, 'all', None, 'SELECT id, phone IS NOT NULL FROM masked ORDER BY id')
        if rows is not None:
            self.compare(s, 'the view masked', [e is False for e in expected], [x[1] for x in rows])

    def ask_status(self, s, store, channel, purpose, at, number, generic):
        rows = s.run('SELECT id, dnc_status(phone, %s, %s), dnc_grounds(phone, %s, %s) IS NULL, now(), statement_timestamp() FROM number ORDER BY id', channel, purpose, channel, purpose)
        status = {True: 'suppressed', False: 'clear', None: 'unreadable'}
        self.compare(s, 'dnc_status(phone, %s, %s)' % (channel, purpose), [(status[e], e is False) for e in self.expected(store, channel, purpose, None, *self.moments(rows))], [x[1:3] for x in rows])

    def ask_sql(self, s, store, channel, purpose, at, number, generic):
        rows = s.run('SELECT id, dnc.refused(phone::text, %s, %s, %s), now(), statement_timestamp() FROM number ORDER BY id', None if channel == 'all' else channel, purpose, at)
        self.compare(s, 'dnc.refused(%s, %s, %s)' % (channel, purpose, at), self.expected(store, channel, purpose, at, *self.moments(rows)), [x[1] for x in rows])

    def ask_guard(self, s, store, channel, purpose, at, number, generic):
        now, before = s.run('SELECT now(), statement_timestamp()')[0]
        s.run('SAVEPOINT guarded')
        try:
            s.run('INSERT INTO queue VALUES (%s)', number)
            got = False
        except psycopg2.Error as e:
            if e.pgcode in CONFLICTS:
                s.run('ROLLBACK TO guarded')
                return
            if not e.pgcode.startswith('23'):
                raise
            got = True
        s.run('ROLLBACK TO guarded')
        after = s.run('SELECT statement_timestamp()')[0][0]
        expected = {check(store, number, 'voice', None, Moment(None, now, t)) for t in (before, after)}
        self.counts['answers'] += 1
        # What is not known is turned away as what is refused.
        if got not in {e is not False for e in expected}:
            self.fail(s, 'the guard of queue, for %s' % number, expected, got)

    def ask_skip(self, s, store, channel, purpose, at, number, generic):
        rows, expected = self.view(s, store, 'sms', 'acme', 'INSERT INTO skipped SELECT phone FROM number RETURNING phone::text')
        if rows is not None:
            self.compare(s, 'rows that the guard of skipped lets in', [e is False for e in expected], [n in {x[0] for x in rows} for n in NUMBERS])

    def ask_suppressed(self, s, store, channel, purpose, at, number, generic):
        rows = s.run('SELECT n.id, s.e164 IS NOT NULL, now(), statement_timestamp() FROM number AS n LEFT JOIN dnc.suppressed AS s ON s.e164 = n.phone::text ORDER BY n.id')
        moment = Moment(None, *self.moments(rows))
        self.compare(s, 'dnc.suppressed', [is_suppressed_row(store, n, moment) for n in NUMBERS], [x[1] for x in rows])

    def ask_explain(self, s, store, channel, purpose, at, number, generic):
        rows = s.run("SELECT n.id, bool_or(e.ground IN ('refusal', 'prefix', 'listed')), now(), statement_timestamp() FROM number AS n LEFT JOIN LATERAL dnc_explain(n.phone, %s, %s, %s) AS e ON true GROUP BY n.id ORDER BY n.id", channel, purpose, at)
        expected = self.expected(store, channel, purpose, at, *self.moments(rows))
        self.compare(s, 'grounds of dnc_explain(phone, %s, %s, %s)' % (channel, purpose, at), [e is True for e in expected], [x[1] is True for x in rows])

    def ask_as_of(self, s, store, channel, purpose, at, number, generic):
        now = s.run('SELECT now()')[0][0]
        if at is None or at > now:
            at = now
        rows = s.run('SELECT id, dnc_check_as_of(phone, %s, channel => %s, purpose => %s), now() FROM number ORDER BY id', at, channel, purpose)
        self.compare(s, 'dnc_check_as_of(phone, %s, %s, %s)' % (at, channel, purpose), [check_as_of(store, n, None if channel == 'all' else channel, purpose, at, now) for n in NUMBERS], [x[1] for x in rows])

    def ask_may_contact(self, s, store, channel, purpose, at, number, generic):
        rows = s.run("SELECT n.id, m.allowed, 'suppressed' = ANY (m.grounds), now(), statement_timestamp() FROM number AS n, LATERAL dnc_may_contact(n.phone, %s, %s, %s) AS m ORDER BY n.id", channel, purpose, at)
        expected = self.expected(store, channel, purpose, at, *self.moments(rows))
        self.compare(s, 'the ground suppressed of dnc_may_contact(phone, %s, %s, %s)' % (channel, purpose, at), [True if e is None else e for e in expected], [True if e is None else x[2] for e, x in zip(expected, rows)])
        for e, x, n in zip(expected, rows, NUMBERS):
            if x[1] and e is not False:
                self.fail(s, 'dnc_may_contact(%s, %s, %s, %s)' % (n, channel, purpose, at), 'not allowed', 'allowed')

    def ask_setting(self, s, store, channel, purpose, at, number, generic):
        s.run('SELECT set_config(%s, %s, true)', 'dnc.purpose', purpose or '')
        rows = s.run('SELECT id, dnc_check(phone, %s, NULL, %s), now(), statement_timestamp() FROM number ORDER BY id', channel, at)
        self.compare(s, 'dnc_check(phone, %s, NULL, %s) with dnc.purpose = %s' % (channel, at, purpose), self.expected(store, channel, purpose, at, *self.moments(rows)), [x[1] for x in rows])
        s.run('SELECT set_config(%s, %s, true)', 'dnc.purpose', '')

    def ask_switched(self, s, store, channel, purpose, at, number, generic):
        """A purpose that is set anew between two checks of one row."""
        other = self.random.choice(PURPOSES)
        rows = s.run('SELECT id, set_config(%s, %s, true), dnc_check(phone, %s, NULL, %s), set_config(%s, %s, true), dnc_check(phone, %s, NULL, %s), now(), statement_timestamp() FROM number ORDER BY id',
                     'dnc.purpose', purpose or '', channel, at, 'dnc.purpose', other, channel, at)
        self.compare(s, 'dnc_check(phone, %s, NULL, %s) with dnc.purpose = %s, then %s' % (channel, at, purpose, other),
                     list(zip(self.expected(store, channel, purpose, at, *self.moments(rows)), self.expected(store, channel, other, at, *self.moments(rows)))), [(x[2], x[4]) for x in rows])
        s.run('SELECT set_config(%s, %s, true)', 'dnc.purpose', '')

    def ask_routine(self, s, store, channel, purpose, at, number, generic):
        """Looks from PL/pgSQL, a statement a number."""
        s.run("""CREATE FUNCTION pg_temp.looks(c text, p text, t timestamptz) RETURNS TABLE (id int, refused boolean) LANGUAGE plpgsql AS
            $$DECLARE n record; BEGIN FOR n IN SELECT x.id, x.phone FROM number AS x ORDER BY 1 LOOP id := n.id; refused := dnc_check(n.phone, c, p, t); RETURN NEXT; END LOOP; END$$""")
        rows = s.run('SELECT id, refused, now(), statement_timestamp() FROM pg_temp.looks(%s, %s, %s)', channel, purpose, at)
        self.compare(s, 'dnc_check(phone, %s, %s, %s) in a routine' % (channel, purpose, at), self.expected(store, channel, purpose, at, *self.moments(rows)), [x[1] for x in rows])

    def ask_cursor(self, s, store, channel, purpose, at, number, generic):
        """Some rows now and some later: what others did meanwhile, and the session itself, does not count."""
        t = s.transaction
        if t is None:
            return
        if t.cursors and generic:
            c = self.random.choice(t.cursors)
            self.fetch(s, c, 7)
            return
        name = 'c%d' % self.unique()
        # At a time of its own, or far ahead: no expiry comes between two portions.
        at = at or FAR
        s.run('DECLARE ' + name + ' NO SCROLL CURSOR FOR SELECT id, dnc_check(phone, %s, %s, %s) FROM number ORDER BY id', channel, purpose, at)
        expected = self.expected(store, channel, purpose, at, t.started, t.started)
        c = Cursor(name, (channel, purpose, at), expected, len(t.savepoints))
        t.cursors.append(c)
        self.fetch(s, c, 5)

    def fetch(self, s, c, count):
        rows = s.run('FETCH %d FROM %s' % (count, c.name))
        self.counts['answers'] += len(rows)
        for i, refused in rows:
            if refused != c.expected[i]:
                self.fail(s, 'cursor over dnc_check(phone, %s, %s, %s), for %s' % (c.question + (NUMBERS[i],)), c.expected[i], refused)

    def ask_scrub(self, s, channel, purpose):
        channel = 'voice' if channel == 'all' else channel
        before = s.run('SELECT now(), statement_timestamp()')[0]
        try:
            s.run('CALL dnc_scrub(%s, %s, %s, %s, channel => %s, purpose => %s)', 'number', 'id', 'phone', 'scrubbed', channel, purpose)
        except psycopg2.Error as e:
            return self.error(e)
        rows = s.run('SELECT key::int, status FROM scrubbed ORDER BY key::int')
        after = s.run('SELECT now(), statement_timestamp()')[0]
        s.run('DROP TABLE scrubbed')
        first, last = (self.expected(self.committed, channel, purpose, None, *m) for m in (before, after))
        if first == last:
            status = {True: 'suppressed', False: 'clear', None: 'unreadable'}
            self.compare(s, 'dnc_scrub for %s, %s' % (channel, purpose), [status[e] for e in first], [x[1] for x in rows])

    # ---- a round

    def step(self):
        r = self.random
        s = r.choice(self.sessions)
        if self.prepared and r.random() < 0.2:
            free = [x for x in self.sessions if x.transaction is None]
            if free:
                return self.finish_prepared(r.choice(free))
        if s.transaction is None and r.random() < 0.35:
            self.begin(s)
        what = r.random()
        if s.transaction and what < 0.08:
            return self.savepoint(s)
        if s.transaction and s.transaction.savepoints and what < 0.14:
            return self.back(s) if r.random() < 0.6 else self.release(s)
        if s.transaction and what < 0.24:
            return self.finish(s)
        if what < 0.62:
            self.operate(s)
        else:
            try:
                self.ask(s)
            except Skip:
                s.run('ROLLBACK TO question')
                if s.transaction is None:
                    s.run('COMMIT')

    def play(self):
        for _ in range(STEPS):
            self.step()
        for s in self.sessions:
            if s.transaction:
                s.transaction = None
                s.run('ROLLBACK')
        for gid in sorted(self.prepared):
            self.sessions[0].run('ROLLBACK PREPARED %s', gid)
        self.prepared.clear()
        s = self.sessions[0]
        for sql in ('SELECT part, finding, detail FROM dnc_audit_verify() WHERE NOT healthy', 'SELECT version, detail FROM dnc_list_verify() WHERE NOT healthy'):
            wrong = s.run(sql)
            if wrong:
                self.fail(s, sql, 'nothing', wrong)


class Skip(Exception):
    """A time came between a question and its clock: nothing to compare."""


def main():
    seconds, seed, keys = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    counts, stop, rounds = Counter(), time.monotonic() + seconds, 0
    while rounds == 0 or time.monotonic() < stop:
        world = World(seed + rounds, keys)
        try:
            world.play()
        except (Difference, psycopg2.Error) as e:
            print('\n'.join(world.log))
            print('\nDIFFERENCE, seed %d, after %d statements: %s' % (world.seed, len(world.log), e))
            sys.exit(1)
        counts += world.counts
        rounds += 1
        world.close()
    answers = counts.pop('answers', 0)
    print('%d rounds from seed %d, %d answers compared; ' % (rounds, seed, answers) + ', '.join('%s %d' % x for x in sorted(counts.items())))
    if not answers:
        print('nothing was compared')
        sys.exit(1)


main()
