#!/usr/bin/env python3
"""Processes of the server are killed, and the whole server, while others write opt-outs, take them back, record contacts, map codes of outcomes, load lists, import and fill a guarded table.
What was acknowledged is there afterwards, nothing is half there, and checks say what the model makes of the rows.

    kills.py KILLS SEED PG_BIN LOG

Runs as the server's user. The seed repeats what is tried and killed, not when it meets. Needs the environment that libpq reads, and PGDATA."""
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import psycopg2
from model import Entry, List, Moment, Store, Version, check

NUMBERS = ['+1212555%04d' % n for n in range(300)]
SCOPES = [('all', None)] * 3 + [('sms', None), ('voice', None), ('voice', 'acme')]
OUTCOMES = ['connected', 'no_answer', 'refused', 'refused_channel', 'complained', 'not_interested']
LIST_SIZE = 20000  # numbers that no opt-out is about, so that a load takes its time


def connect(database='kills'):
    c = psycopg2.connect(dbname=database)
    c.autocommit = True
    q = c.cursor()
    q.execute("SET TimeZone = 'UTC'; SET client_min_messages = error; SET statement_timeout = '60s'")
    return c, q


class Worker(threading.Thread):
    def __init__(self, world, task, seed):
        super().__init__()
        self.world, self.task, self.random = world, task, random.Random(seed)

    def run(self):
        try:
            c, q = connect()
            while not self.world.stopping:
                getattr(self.world, 'do_' + self.task)(q, self.random)
        except (psycopg2.OperationalError, psycopg2.InterfaceError, psycopg2.errors.CrashShutdown, psycopg2.errors.AdminShutdown):
            pass  # killed
        except Exception as e:
            self.world.problem = e


class World:
    def __init__(self):
        self.lock, self.serial, self.stopping, self.problem = threading.Lock(), 0, False, None
        self.opt_outs, self.withdrawals, self.rows, self.batches = [], [], [], []  # acknowledged
        self.attempts, self.maps = [], 0  # acknowledged
        self.loads, self.acknowledged_load = {}, None  # what each version was to hold, by the name of its load; the last one that is known to be there
        self.counts = Counter()

    def unique(self):
        with self.lock:
            self.serial += 1
            return self.serial

    def number(self, r):
        return r.choice(NUMBERS)

    def do_add(self, q, r):
        ref = 'a%d' % self.unique()
        q.execute('SELECT dnc_add(%s::dnc_phone, %s, %s, external_ref => %s)', (self.number(r),) + r.choice(SCOPES) + (ref,))
        self.opt_outs.append(ref)

    def do_revoke(self, q, r):
        by = 'w%d' % self.unique()
        q.execute('SELECT dnc_revoke(%s::dnc_phone, %s, %s, by => %s)', (self.number(r),) + r.choice(SCOPES) + (by,))
        ended = q.fetchone()[0]
        if ended:
            self.withdrawals.append((by, ended))

    def do_guarded(self, q, r):
        row = self.unique()
        try:
            q.execute('BEGIN; INSERT INTO queue VALUES (%s, %s); UPDATE queue SET note = %s WHERE id = %s; COMMIT', (row, self.number(r), 'x', row))
            self.rows.append(row)
        except (psycopg2.errors.IntegrityError, psycopg2.errors.SerializationFailure):
            q.execute('ROLLBACK')

    def do_import(self, q, r):
        name = 'file %d' % self.unique()
        numbers = r.sample(NUMBERS, 20)
        q.execute('BEGIN')
        q.execute('SELECT dnc_import_start(%s)', (name,))
        batch = q.fetchone()[0]
        q.execute('INSERT INTO dnc.import_row (batch_id, phone, words) SELECT %s, unnest(%s), %s', (batch, numbers, name))
        q.execute('SELECT added FROM dnc_import_finish(%s)', (batch,))
        q.execute('COMMIT')
        self.batches.append((batch, len(numbers)))

    def do_load(self, q, r):
        load, some = self.unique(), frozenset(r.sample(NUMBERS, 40))
        # The query is kept as the version's file.
        query = "SELECT unnest('{%s}'::text[]) UNION ALL SELECT '+1415' || (2000000 + i * 37 + %d) FROM generate_series(1, %d) AS i" % (','.join(sorted(some)), load % 37, LIST_SIZE)
        self.loads['query: ' + query[:900]] = some
        q.execute('SELECT dnc_list_load_query(%s, %s)', ('partner', query))
        self.acknowledged_load = max(self.acknowledged_load or 0, q.fetchone()[0])

    def attempt(self, r):
        ref = 'c%d' % self.unique()
        if r.random() < 0.3:  # a code of a dialer, which may be mapped meanwhile
            return self.number(r), r.choice(('voice', 'sms')), None, 'dialer', 'K%d' % r.randrange(self.maps, self.maps + 4), ref
        return self.number(r), r.choice(('voice', 'sms')), r.choice(OUTCOMES), None, None, ref

    def do_attempt(self, q, r):
        row = self.attempt(r)
        q.execute('SELECT dnc_attempt(%s::dnc_phone, %s, %s, source => %s, code => %s, external_ref => %s)', (row[0], row[2], row[1]) + row[3:])
        self.attempts.append(row[5])

    def do_attempts(self, q, r):
        rows = [self.attempt(r) for _ in range(40)]
        if r.random() < 0.2:
            rows.append((self.number(r), 'voice', 'no such outcome', None, None, 'never'))
        q.execute('BEGIN')
        try:
            q.execute('INSERT INTO dnc.contact_attempt (phone, channel, outcome, source, code, external_ref) SELECT p::dnc_phone, c, o, s, k, e FROM unnest(%s, %s, %s, %s, %s, %s) AS x (p, c, o, s, k, e)',
                      tuple(list(x) for x in zip(*rows)))
            q.execute('COMMIT')
            self.attempts.extend(row[5] for row in rows)
        except psycopg2.errors.InvalidParameterValue:
            q.execute('ROLLBACK')

    def do_map(self, q, r):
        time.sleep(r.random() * 0.05)
        code = 'K%d' % r.randrange(self.maps, self.maps + 3)
        q.execute('SELECT dnc_outcome_map(%s, %s, %s)', ('dialer', code, r.choice(OUTCOMES)))
        self.maps += 1

    # ---- killing

    def kill(self, r, pg_bin, log):
        postmaster = int(open(os.environ['PGDATA'] + '/postmaster.pid').readline())
        what = r.choice(['backend'] * 5 + ['postmaster'] * 2 + ['checkpointer', 'walwriter', 'autovacuum launcher'])
        victim = postmaster if what == 'postmaster' else None
        if victim is None:
            try:
                c, q = connect('postgres')
                if what == 'backend':
                    q.execute("SELECT pid, left(query, 40) FROM pg_stat_activity WHERE datname = 'kills' AND backend_type = 'client backend' ORDER BY pid")
                else:
                    q.execute('SELECT pid FROM pg_stat_activity WHERE backend_type = %s', (what,))
                victims = [x[0] for x in q.fetchall()]
                c.close()
                victim = r.choice(victims) if victims else None
            except psycopg2.Error:
                pass
        if victim is None:
            return
        try:
            os.kill(victim, signal.SIGKILL)
            self.counts[what] += 1
        except ProcessLookupError:
            return
        if what == 'postmaster':
            # Its children may take a moment to notice.
            for _ in range(100):
                started = subprocess.run([pg_bin + '/pg_ctl', '-D', os.environ['PGDATA'], '-l', log, '-w', 'start'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                if started.returncode == 0:
                    break
                time.sleep(0.2)

    def recovered(self):
        for _ in range(300):
            try:
                return connect()
            except psycopg2.OperationalError:
                time.sleep(0.1)
        raise SystemExit('the server does not come back')

    # ---- what has to be true

    def verify(self):
        c, q = self.recovered()

        def rows(sql, *args):
            q.execute(sql, args)
            return q.fetchall()

        def none(what, found):
            if found:
                raise SystemExit('%s: %s' % (what, found[:10]))
        there = {x[0] for x in rows('SELECT external_ref FROM dnc.entry WHERE external_ref IS NOT NULL')}
        none('opt-outs that were acknowledged and are gone', [x for x in self.opt_outs if x not in there])
        ended = Counter(x[0] for x in rows("SELECT taken_by FROM dnc.entry WHERE kind = 'withdrawal'"))
        none('withdrawals that were acknowledged and are gone', [x for x, n in self.withdrawals if ended[x] != n])
        kept = {x[0] for x in rows('SELECT id FROM queue')}
        none('guarded rows that were acknowledged and are gone', [x for x in self.rows if x not in kept])
        batches = dict(rows('SELECT batch_id, count(*) FROM dnc.entry WHERE ends IS NULL AND batch_id IS NOT NULL GROUP BY 1'))
        none('imports that were acknowledged and are gone', [x for x, n in self.batches if batches.get(x) != n])
        none('imports that are there in part', [x for x, n in batches.items() if n != 20])
        there = {x[0] for x in rows('SELECT external_ref FROM dnc.contact_attempt')}
        none('contacts that were acknowledged and are gone', [x for x in self.attempts if x not in there])
        none('contacts of a transaction that failed', rows("SELECT attempt_id FROM dnc.contact_attempt WHERE external_ref = 'never'"))
        none('contacts that record an opt-out which is not there', rows("""SELECT a.attempt_id, a.phone, a.outcome, a.code FROM dnc.contact_attempt AS a
            JOIN dnc.outcome AS o ON o.outcome = dnc.attempt_outcome(a.outcome, a.source, a.code) AND o.scope IS NOT NULL
            WHERE NOT EXISTS (SELECT FROM dnc.entry AS e WHERE e.phone = a.phone AND e.ends IS NULL AND e.evidence -> 'attempt' = to_jsonb(a.attempt_id))"""))
        none('opt-outs of contacts that are not there', rows("""SELECT e.entry_id FROM dnc.entry AS e WHERE e.evidence ? 'attempt'
            AND NOT EXISTS (SELECT FROM dnc.contact_attempt AS a WHERE to_jsonb(a.attempt_id) = e.evidence -> 'attempt')"""))
        none('contacts that are not decided, or said to be', rows("""(SELECT a.attempt_id FROM dnc.contact_attempt AS a WHERE dnc.attempt_outcome(a.outcome, a.source, a.code) IS NULL
            EXCEPT SELECT u.attempt_id FROM dnc.undecided_attempt AS u) UNION ALL (SELECT u.attempt_id FROM dnc.undecided_attempt AS u
            EXCEPT SELECT a.attempt_id FROM dnc.contact_attempt AS a WHERE dnc.attempt_outcome(a.outcome, a.source, a.code) IS NULL)"""))
        # Each entry has its row of the log, with data.
        none('rows without their log, or the other way round', rows("""SELECT e.entry_id, l.seq, d.seq FROM dnc.entry AS e FULL JOIN (SELECT * FROM dnc.audit_log WHERE relation = 'entry') AS l ON l.seq = e.audit_seq
            LEFT JOIN dnc.audit_data AS d ON d.seq = l.seq WHERE e.entry_id IS NULL OR l.seq IS NULL OR d.seq IS NULL"""))
        # The list is the last one that was acknowledged, or a later one that was committed unheard; whole in each case.
        current = rows("SELECT version_id, file, numbers FROM dnc.list_version WHERE state = 'current'")
        if self.acknowledged_load and (not current or current[0][0] < self.acknowledged_load):
            raise SystemExit('version %s was acknowledged, and current is %s' % (self.acknowledged_load, current))
        listed = self.loads[current[0][1]] if current else frozenset()
        none('versions with another number of numbers', [x for x in current if x[2] != LIST_SIZE + 40])
        none('lists that are not whole', rows('SELECT * FROM dnc_list_verify() WHERE NOT healthy'))
        none('ill', rows('SELECT subject, detail FROM dnc_health(deep => true) WHERE NOT healthy AND subject <> %s', 'outcome codes'))
        store = Store()
        store.apply([('entry', i, Entry(number, ends, None, None, at, at, at, channel, purpose, reason)) for i, number, ends, channel, purpose, reason, at in
                     rows('SELECT entry_id, phone::text, ends, channel, purpose, reason, received_at FROM dnc.entry')])
        store.apply([('list', 'partner', List(None, None, 'check', False, None, True)), ('version', 1, Version('partner', listed, None, 'current', None))])
        by_number = {}
        for i, e in store.tables['entry'].items():
            by_number.setdefault(e.number, {})[i] = e
        store.entries_of = lambda number: by_number.get(number, {})
        for sets in ('on', 'off'):
            q.execute('SET dnc.statement_set = ' + sets)
            for channel, purpose in (('voice', None), ('sms', 'acme'), ('voice', 'acme')):
                got = rows('SELECT n, dnc_check(n::dnc_phone, %s, %s), now(), statement_timestamp() FROM unnest(%s) AS n', channel, purpose, NUMBERS)
                none('answers that are not the model\'s (%s, %s)' % (channel, purpose), [(n, refused) for n, refused, now, at in got if refused != check(store, n, channel, purpose, Moment(None, now, at))])
        c.close()


def main():
    kills, seed, pg_bin, log = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    admin, q = connect('postgres')
    q.execute('DROP DATABASE IF EXISTS kills WITH (FORCE)')
    q.execute('CREATE DATABASE kills')
    admin.close()
    c, q = connect()
    q.execute("CREATE EXTENSION dnc; SELECT dnc_attempt_partitions(); INSERT INTO dnc.purpose (purpose) VALUES ('acme')")
    q.execute("INSERT INTO dnc.list (list, kind, shrink_percent, keep_versions) VALUES ('partner', 'partner', 100, 2)")
    q.execute("CREATE TABLE queue (id int PRIMARY KEY, phone dnc_phone, note text); SELECT dnc_attach('queue', 'phone')")
    c.close()
    world, r = World(), random.Random(seed)
    while sum(world.counts.values()) < kills:
        world.stopping = False
        workers = [Worker(world, task, r.randrange(1 << 30)) for task in ('add', 'revoke', 'attempt', 'attempts', 'map', 'guarded', 'import', 'load')]
        for w in workers:
            w.start()
        time.sleep(0.1 + r.random() * 0.7)
        world.kill(r, pg_bin, log)
        world.stopping = True
        for w in workers:
            w.join()
        if world.problem:
            raise world.problem
        world.verify()
    print('%d kills (%s): %d opt-outs, %d withdrawals, %d guarded rows, %d imports, %d contacts, %d codes mapped, %d loads; nothing acknowledged is lost' % (kills, ', '.join('%s %d' % x for x in sorted(world.counts.items())),
          len(world.opt_outs), len(world.withdrawals), len(world.rows), len(world.batches), len(world.attempts), world.maps, len(world.loads)))
    if not (world.opt_outs and world.withdrawals and world.rows and world.batches and world.attempts and world.maps and world.acknowledged_load):
        raise SystemExit('too little happened to tell')


main()
