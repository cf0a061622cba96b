-- What the planner makes of a check.
\set VERBOSITY terse
CREATE EXTENSION dnc;
-- An id that is the same each time, since views show it.
INSERT INTO dnc.installation (installation, own, since) VALUES ('00000000-0000-0000-0000-000000000000', true, now());
CREATE FUNCTION estimate(query text) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
    RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END
$$;
-- Half of the numbers of a page of contacts refused, a tenth of all.
SELECT count(dnc_add(('+1212555' || lpad(i::text, 4, '0'))::dnc_phone)) AS refused FROM generate_series(1, 1000) AS i;
VACUUM (ANALYZE) dnc.entry;
CREATE TABLE contact AS SELECT i AS id, i % 100 AS account, ('+1212' || 5550000 + i)::dnc_phone AS phone,
    '(212) ' || 555 + i / 10000 || '-' || lpad((i % 10000)::text, 4, '0') AS spelled
    FROM generate_series(1, 10000) AS i;
ALTER TABLE contact ADD PRIMARY KEY (id);
CREATE TABLE account AS SELECT i AS account, 'name ' || i AS name FROM generate_series(0, 99) AS i;
ALTER TABLE account ADD PRIMARY KEY (account);
ANALYZE contact; ANALYZE account;
-- Before anything was checked: as if the whole list stood in the table. Afterwards: what checks found.
SELECT estimate('SELECT FROM contact WHERE dnc_check(phone)') BETWEEN 700 AND 1300 AS refused,
    estimate('SELECT FROM contact WHERE dnc_is_clear(phone)') BETWEEN 8700 AND 9300 AS clear;
SET dnc.default_region = 'US';
SELECT count(*) FROM contact, generate_series(1, 10) WHERE dnc_is_clear(phone);
SELECT estimate('SELECT FROM contact WHERE dnc_check(phone)') BETWEEN 900 AND 1100 AS refused,
    estimate('SELECT FROM contact WHERE dnc_is_clear(phone)') BETWEEN 8900 AND 9100 AS clear,
       estimate('SELECT FROM contact WHERE dnc_is_clear(spelled)') BETWEEN 8900 AND 9100 AS clear_by_text;
-- Cheaper conditions come first, whatever order they are written in; a join and a filter keep their indexes.
SET max_parallel_workers_per_gather = 0;
EXPLAIN (COSTS OFF) SELECT * FROM contact WHERE dnc_is_clear(phone) AND account < 50;
EXPLAIN (COSTS OFF) SELECT * FROM contact WHERE dnc_is_clear(spelled) AND dnc_is_clear(phone) AND spelled LIKE '(212)%';
SELECT dnc_create_view('callable', 'contact', 'phone');
EXPLAIN (COSTS OFF) SELECT c.id, a.name FROM callable AS c JOIN account AS a USING (account) WHERE c.id = 77;
EXPLAIN (COSTS OFF) SELECT a.name, count(*) FROM callable AS c JOIN account AS a USING (account) GROUP BY a.name;
-- A constant is checked once, before anything is read.
EXPLAIN (COSTS OFF) SELECT * FROM contact WHERE dnc_is_clear('+12125550001'::dnc_phone);
-- A prefix is a range of the index.
CREATE INDEX contact_phone ON contact (phone);
EXPLAIN (COSTS OFF) SELECT * FROM contact WHERE dnc_has_prefix(phone, '+121255500') AND dnc_is_clear(phone);
-- Large tables are shared among workers.
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 10; SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT count(*) FROM callable;
RESET max_parallel_workers_per_gather; RESET parallel_setup_cost; RESET min_parallel_table_scan_size;
-- What can raise is not pushed below a barrier: no check is leakproof.
SELECT count(*) FROM pg_proc WHERE proname IN ('dnc_check', 'dnc_is_clear') AND proleakproof;
-- Planning survives a list that is not there.
BEGIN;
ALTER TABLE dnc.entry RENAME TO entry_elsewhere;
SELECT estimate('SELECT FROM contact WHERE dnc_check(phone)') > 0 AS planned;
ROLLBACK;
-- Of columns that hold numbers no statistics are made; the planner knows all the same that a number has about one row.
CREATE FUNCTION plan_rows(q text) RETURNS text
LANGUAGE plpgsql AS $$ DECLARE j json; BEGIN EXECUTE 'EXPLAIN (FORMAT JSON) ' || q INTO j;
    RETURN j -> 0 -> 'Plan' ->> 'Plan Rows'; END $$;
SELECT count(dnc_add('+1212556' || lpad(i::text, 4, '0'), evidence => '{"words": "no"}'))
FROM generate_series(1, 1000) AS i;
ANALYZE dnc.entry; ANALYZE dnc.audit_data;
SELECT tablename, attname FROM pg_stats
WHERE schemaname = 'dnc' AND attname IN ('phone', 'evidence', 'external_ref', 'before', 'after', 'e164');
SELECT plan_rows($$SELECT * FROM dnc.entry WHERE phone = '+12125560001'$$)::float < 3 AS about_one,
    plan_rows($$SELECT * FROM dnc.entry AS e JOIN dnc.entry AS f USING (phone)$$)::float < 3 * (SELECT count(*)
    FROM dnc.entry) AS about_as_many;
