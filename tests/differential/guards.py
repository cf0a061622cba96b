#!/usr/bin/env python3
"""Guarded rows against opt-outs, by time of commit: sessions write rows in every way while others record, revoke, import and load opt-outs.
Afterwards, for each row that is left, no opt-out that was committed before it may forbid it.

    guards.py SECONDS SEED

The seed repeats what each session tries, not how they meet. Needs track_commit_timestamp, and the environment that libpq reads."""
import random
import sys
import threading
import time
from collections import Counter
from datetime import datetime, timezone

import psycopg2
from model import Entry, Moment, refuses

NUMBERS = ['+1212555%04d' % n for n in range(40)] + ['+4930123%03d' % n for n in range(10)]
PREFIXES = ['+12125550', '+121255500', '+4930123', '+49301230']
# Table, guard, purpose, mode, what happens to its rows in triggers of its own.
TABLES = {'plain': ('voice', None, 'reject'), 'skips': ('voice', None, 'skip'), 'brand': ('sms', 'acme/loans', 'reject'), 'touched': ('voice', None, 'reject'), 'rewritten': ('voice', None, 'reject')}
SCOPES = [('all', None)] * 4 + [('voice', None), ('sms', None), ('fax', None), ('all', 'acme'), ('sms', 'acme/loans/new'), ('voice', 'other')]
WRITERS, OPPONENTS = 5, 3


def connect():
    c = psycopg2.connect(dbname='guards')
    c.autocommit = True
    q = c.cursor()
    q.execute("SET TimeZone = 'UTC'; SET client_min_messages = error; SET statement_timeout = '60s'; SET deadlock_timeout = '100ms'")
    return c, q


def set_up():
    admin = psycopg2.connect(dbname='postgres')
    admin.autocommit = True
    admin.cursor().execute('DROP DATABASE IF EXISTS guards WITH (FORCE)')
    admin.cursor().execute('CREATE DATABASE guards')
    admin.close()
    c, q = connect()
    q.execute("CREATE EXTENSION dnc; INSERT INTO dnc.purpose (purpose) VALUES ('acme'), ('acme/loans'), ('acme/loans/new'), ('other')")
    q.execute("INSERT INTO dnc.list (list, kind, channels, shrink_percent, keep_versions) VALUES ('partner', 'partner', '{voice}', 100, 1000)")
    q.execute('CREATE TABLE loaded (transaction xid8, numbers text[])')
    for table, (channel, purpose, mode) in TABLES.items():
        # `written` is the transaction that last changed the number: a guard does not look at a row whose number stays.
        q.execute("CREATE TABLE %s (id int PRIMARY KEY, phone dnc_phone, note text, written xid8)" % table)
        q.execute('SELECT dnc_attach(%s, %s, channel => %s, purpose => %s, mode => %s)', (table, 'phone', channel, purpose, mode))
    q.execute("""CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN UPDATE touched SET note = 'touched' WHERE id = NEW.id; RETURN NULL; END$$;
        CREATE TRIGGER touch AFTER INSERT ON touched FOR EACH ROW EXECUTE FUNCTION touch();
        CREATE FUNCTION rewrite() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
            IF NEW.note LIKE '+%' THEN NEW.phone := NEW.note; END IF;
            IF TG_OP = 'INSERT' OR NEW.phone <> OLD.phone THEN NEW.written := pg_current_xact_id(); ELSE NEW.written := OLD.written; END IF;
            RETURN NEW; END$$;
        CREATE TRIGGER zzz_rewrite BEFORE INSERT OR UPDATE ON rewritten FOR EACH ROW EXECUTE FUNCTION rewrite()""")
    c.close()


class Worker(threading.Thread):
    # Serialization, deadlock, a row refused; a key that another session took.
    EXPECTED = {'40001', '40P01', '23N01', '23505'}

    def __init__(self, n, seed, stop):
        super().__init__()
        self.n, self.random, self.stop_at, self.counts, self.problem = n, random.Random(seed * 100 + n), stop, Counter(), None

    def run(self):
        try:
            self.connection, self.q = connect()
            while time.monotonic() < self.stop_at:
                self.once()
            self.connection.close()
        except Exception as e:
            self.problem = e

    def once(self):
        how = self.choose()
        try:
            self.q.execute('BEGIN ISOLATION LEVEL ' + self.random.choice(['READ COMMITTED'] * 3 + ['REPEATABLE READ', 'SERIALIZABLE']))
            getattr(self, how)()
            self.wait()
            self.place = ' at commit'
            if self.random.random() < 0.1 and how not in ('imports', 'copies'):
                gid = 'guards %d' % self.n
                self.q.execute('PREPARE TRANSACTION %s', (gid,))
                self.wait()
                self.q.execute('COMMIT PREPARED %s', (gid,))
            else:
                self.q.execute('COMMIT')
            self.counts[how] += 1
        except psycopg2.Error as e:
            self.counts['%s: %s%s' % (how, e.pgcode, self.place)] += 1
            # What a full number of prepared transactions refuses.
            if not (e.pgcode in self.EXPECTED or e.pgcode.startswith('23N') or e.pgcode == '53400'):
                raise
            self.q.execute('ROLLBACK')
        finally:
            self.place = ''

    place = ''

    def wait(self):
        if self.random.random() < 0.5:
            time.sleep(self.random.random() * 0.01)


class Writer(Worker):
    def choose(self):
        self.table, self.id = self.random.choice(list(TABLES)), self.random.randrange(60)
        return self.random.choice(['inserts', 'inserts_and_updates', 'upserts', 'goes_back', 'changes', 'changes_twice', 'deletes', 'nested', 'copies'])

    def number(self):
        return self.random.choice(NUMBERS)

    def free(self):
        self.q.execute('DELETE FROM %s WHERE id = %%s' % self.table, (self.id,))

    def insert(self, number, more=''):
        self.q.execute('INSERT INTO %s AS t VALUES (%%s, %%s, %%s, pg_current_xact_id()) %s' % (self.table, more), (self.id, number, self.note()))

    def note(self):
        return self.number() if self.random.random() < 0.5 else 'x'

    def update_note(self):
        self.wait()
        self.q.execute("UPDATE %s SET note = 'changed' WHERE id = %%s" % self.table, (self.id,))

    def update_number(self):
        number = self.number()
        self.q.execute('UPDATE %s SET phone = %%s, note = %%s, written = CASE WHEN phone = %%s THEN written ELSE pg_current_xact_id() END WHERE id = %%s' % self.table, (number, self.note(), number, self.id))

    def inserts(self):
        self.free()
        self.insert(self.number())

    def inserts_and_updates(self):
        self.free()
        self.insert(self.number())
        self.update_note()

    def upserts(self):
        for _ in range(self.random.randrange(1, 3)):
            self.insert(self.number(), 'ON CONFLICT (id) DO UPDATE SET phone = EXCLUDED.phone, note = EXCLUDED.note, written = CASE WHEN t.phone = EXCLUDED.phone THEN t.written ELSE EXCLUDED.written END')
            self.wait()

    def goes_back(self):
        self.free()
        self.q.execute('SAVEPOINT a')
        self.insert(self.number())
        self.update_note()
        self.q.execute(self.random.choice(['ROLLBACK TO a', 'RELEASE a; DELETE FROM %s WHERE id = %d' % (self.table, self.id)]))
        self.insert(self.number())
        self.q.execute('SAVEPOINT b')
        self.update_note()
        if self.random.random() < 0.5:
            self.q.execute('ROLLBACK TO b')

    def changes(self):
        self.update_number()

    def changes_twice(self):
        self.update_number()
        self.wait()
        self.random.choice([self.update_number, self.update_note])()

    def deletes(self):
        self.free()
        self.insert(self.number())
        self.free()
        self.insert(self.number())
        self.update_note()

    def nested(self):
        self.free()
        self.q.execute("""DO $$BEGIN BEGIN INSERT INTO %s VALUES (%d, '%s', 'x', pg_current_xact_id()); UPDATE %s SET note = 'y' WHERE id = %d; EXCEPTION WHEN division_by_zero THEN NULL; END; END$$"""
                       % (self.table, self.id, self.number(), self.table, self.id))

    def copies(self):
        import io
        self.free()
        self.q.execute('SELECT pg_current_xact_id()')
        transaction = self.q.fetchone()[0]
        self.q.copy_expert('COPY %s FROM STDIN' % self.table, io.StringIO('%d\t%s\tx\t%s\n' % (self.id, self.number(), transaction)))
        self.update_note()


class Opponent(Worker):
    def choose(self):
        time.sleep(self.random.random() * 0.01)
        return self.random.choice(['adds'] * 6 + ['adds_many', 'revokes', 'revokes', 'revokes', 'revokes_all', 'prefix', 'no_prefix', 'no_prefix', 'imports', 'loads'])

    def adds(self):
        self.q.execute('SELECT dnc_add(%s::dnc_phone, %s, %s)', (self.random.choice(NUMBERS),) + self.random.choice(SCOPES))

    def adds_many(self):
        self.q.execute('SELECT dnc_add(%s::dnc_phone[], %s, %s)', (self.random.sample(NUMBERS, 4),) + self.random.choice(SCOPES))

    def revokes(self):
        for number in sorted(self.random.sample(NUMBERS, 4)):
            self.q.execute('SELECT dnc_revoke(%s::dnc_phone, %s, %s)', (number,) + self.random.choice(SCOPES))

    def revokes_all(self):
        for number in NUMBERS:
            self.q.execute('SELECT dnc_revoke(%s::dnc_phone)', (number,))

    def prefix(self):
        self.q.execute('SELECT dnc_add_prefix(%s, %s, %s)', (self.random.choice(PREFIXES),) + self.random.choice(SCOPES))

    def no_prefix(self):
        for prefix in PREFIXES:
            self.q.execute('SELECT dnc_revoke_prefix(%s)', (prefix,))

    def imports(self):
        self.q.execute("SELECT dnc_import_start('a file')")
        batch = self.q.fetchone()[0]
        self.q.execute('INSERT INTO dnc.import_row (batch_id, phone) SELECT %s, unnest(%s)', (batch, self.random.sample(NUMBERS, 3)))
        self.q.execute('SELECT dnc_import_finish(%s)', (batch,))

    def loads(self):
        numbers = self.random.sample(NUMBERS, self.random.randrange(1, 8))
        self.q.execute("SELECT dnc_list_load_query('partner', %s)", ("SELECT unnest('{%s}'::text[])" % ','.join(numbers),))
        self.q.execute('INSERT INTO loaded VALUES (pg_current_xact_id(), %s)', (numbers,))


def entries(q, table, key, number):
    q.execute('SELECT %s, %s::text, ends, channel, purpose, kind, pg_xact_commit_timestamp(xmin) FROM dnc.%s' % (key, number, table))
    rows = {}
    for entry, number, ends, channel, purpose, kind, at in q.fetchall():
        rows.setdefault(number, {})[entry] = Entry(number, ends, None, None, at, at, at, channel, purpose, kind)
    return rows


def verify():
    """Rows that an opt-out forbids which was committed before them. Both held the number's lock when they committed, so that their times are in order."""
    c, q = connect()
    listed, prefixes = entries(q, 'entry', 'entry_id', 'phone'), entries(q, 'prefix_entry', 'prefix_id', 'prefix')
    q.execute('SELECT pg_xact_commit_timestamp(transaction::xid) AS at, numbers FROM loaded ORDER BY 1')
    loads = q.fetchall()
    rows, wrong = 0, []
    for table, (channel, purpose, _) in TABLES.items():
        q.execute('SELECT id, phone::text, written, pg_xact_commit_timestamp(written::xid) FROM %s WHERE phone IS NOT NULL' % table)
        for id_, number, transaction, at in q.fetchall():
            rows += 1
            moment = Moment(at, datetime.max.replace(tzinfo=timezone.utc), at)
            current = ([n for when, n in loads if when <= at] or [[]])[-1]
            if (refuses(listed.get(number, {}), channel, purpose, moment) or any(refuses(p, channel, purpose, moment) for prefix, p in prefixes.items() if number.startswith(prefix))
                    or channel == 'voice' and number in current):
                opt_outs = [(i, e.ends, e.channel, e.purpose, str(e.received)) for i, e in listed.get(number, {}).items() if e.received <= at][-6:]
                wrong.append('%s %d: %s, written by %s at %s; opt-outs before: %s%s' % (table, id_, number, transaction, at, opt_outs, '; on the list' if number in current else ''))
    c.close()
    return rows, wrong


def main():
    seconds, seed = float(sys.argv[1]), int(sys.argv[2])
    set_up()
    stop, counts, rows, round_ = time.monotonic() + seconds, Counter(), 0, 0
    # A row's last state is what is verified, so it is verified often.
    while time.monotonic() < stop:
        round_ += 1
        until = min(stop, time.monotonic() + 3)
        workers = [Writer(n, seed + round_, until) for n in range(WRITERS)] + [Opponent(WRITERS + n, seed + round_, until) for n in range(OPPONENTS)]
        for w in workers:
            w.start()
        for w in workers:
            w.join()
        for w in workers:
            counts += w.counts
            if w.problem:
                raise w.problem
        found, wrong = verify()
        rows += found
        if wrong:
            print('\n'.join(wrong))
            print('seed %d: %d of %d rows are left against an opt-out that was committed before them' % (seed, len(wrong), found))
            sys.exit(1)
    print('seed %d: %d rows compared; ' % (seed, rows) + ', '.join('%s %d' % x for x in sorted(counts.items())))
    refused = sum(n for what, n in counts.items() if what.endswith(' at commit'))
    if rows == 0 or refused == 0:
        print('too little happened to tell: %d rows, %d refused at commit' % (rows, refused))
        sys.exit(1)


main()
