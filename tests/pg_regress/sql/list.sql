-- External lists: made, loaded, asked, changed, taken back.
CREATE EXTENSION dnc;
SET client_min_messages = notice;
SET dnc.default_region = 'US';
\set VERBOSITY default

-- What is wrong with a list is said when it is made.
INSERT INTO dnc.list (list, kind, jurisdiction) VALUES ('us', 'national', 'XX');
INSERT INTO dnc.list (list, kind, channels) VALUES ('us', 'national', '{telegraph}');
INSERT INTO dnc.list (list, kind, purposes) VALUES ('us', 'national', '{nothing}');
INSERT INTO dnc.list (list, kind, coverage) VALUES ('us', 'national', '{+1415,415}');
INSERT INTO dnc.list (list, kind, coverage) VALUES ('us', 'national', '{}');
INSERT INTO dnc.list (list, kind, format) VALUES ('us', 'national', 'papyrus');
INSERT INTO dnc.list (list, kind) VALUES ('internal', 'national');
INSERT INTO dnc.list_format (format, description, layout, number_columns, builtin)
VALUES ('mine', '', 'lines', '{1}', true);
SELECT dnc_list_load_query('us', 'SELECT 1');

INSERT INTO dnc.list (list, kind, jurisdiction, format, channels, max_age_days, source)
VALUES ('us', 'national', 'US', 'us-dnc', '{voice,sms}', 31, 'registry');
UPDATE dnc.list SET list = 'other' WHERE list = 'us';
-- Never loaded, it says nothing, and that is known.
SELECT dnc_check('+14155550101'), dnc_is_clear('+14155550101');
SELECT ground, list, source, rule FROM dnc_explain('+14155550101');
SELECT list, version_id, state FROM dnc.stale_list;
SELECT subject, healthy, detail FROM dnc_health(deep => true) WHERE subject LIKE '%list%';

-- From the client.
BEGIN;
SELECT dnc_list_load_start('us', 'full.txt', obtained_at => '2026-01-01 12:00+00');
COPY dnc.list_line (line) FROM stdin;
415,5550101
415,5550102

# a comment
212,5550103
4155550104
415,5550101
\.
COMMIT;
SELECT lines FROM dnc.list_chunk WHERE false;
SELECT dnc_list_load_finish(1);
COPY dnc.list_line (line) FROM stdin;
415,5550199
\.
SELECT dnc_list_load_finish(1);
SELECT state, file, format, region, obtained_at = '2026-01-01 12:00+00' AS obtained, lines, numbers, added, removed,
    duplicates, rejected, encode(file_hash, 'hex') AS file_hash, encode(digest, 'hex') AS digest FROM dnc.list_version;
SELECT encode(sha256(E'415,5550101\n415,5550102\n\n# a comment\n212,5550103\n4155550104\n415,5550101\n'), 'hex');
SELECT n, dnc_check(n), dnc_check(n, 'sms') AS sms, dnc_check(n, 'fax') AS fax, dnc_check(n, 'all') AS "all",
    dnc_check(n::dnc_phone) AS phone
FROM unnest(ARRAY['+14155550101', '+12125550103', '+14155550104', '+14155550105', '+12125550101']) AS n;
SELECT dnc_check('+14155550101', at => now() + interval '1 day'),
    dnc_check('+14155550105', at => now() + interval '1 day');
-- Too old, since 2026; it goes on answering, and says so.
SELECT ground, list, entry, scope_channel, reason, source, rule, citation FROM dnc_explain('+14155550101');
SELECT ground, list, source, rule FROM dnc_explain('+14155550105');
SELECT dnc_status('+14155550101'), dnc_grounds('+14155550101'), dnc_lists('+14155550101'), dnc_status('+14155550105'),
    dnc_grounds('+14155550105'), dnc_lists('+14155550105');
UPDATE dnc.list SET strict = true WHERE list = 'us';
SELECT dnc_check('+14155550101'), dnc_check('+14155550105'), dnc_is_clear('+14155550105'),
    dnc_check('+442079460018') AS british, dnc_check('+14155550105', 'fax') AS fax;
SELECT ground, list, source, rule FROM dnc_explain('+14155550105');
SELECT dnc_status('+14155550105'), dnc_grounds('+14155550105'), dnc_lists('+14155550105');
SELECT list, state, strict FROM dnc.stale_list;
UPDATE dnc.list SET max_age_days = 36500 WHERE list = 'us';
SELECT dnc_check('+14155550101'), dnc_check('+14155550105');
-- What is not subscribed is not known.
SELECT dnc_list_load_query('us', $$SELECT '4155550101'$$, coverage => '{+1415,+1212}', activate => false);
SELECT state, numbers, removed FROM dnc.list_version WHERE version_id = 2;
SELECT dnc_list_activate('us', 2);
SELECT dnc_list_activate('us', 2, confirm => true);
SELECT dnc_check('+14155550101'), dnc_check('+12125550103'), dnc_check('+16285550103') AS uncovered,
    dnc_check('+442079460018') AS british;
SELECT ground, list, rule FROM dnc_explain('+16285550103');
UPDATE dnc.list SET strict = false WHERE list = 'us';
SELECT dnc_check('+16285550103');
SELECT ground, list, rule FROM dnc_explain('+16285550103');
SELECT dnc_list_revert('us');
SELECT dnc_check('+12125550103'), dnc_check('+16285550103');
SELECT version_id, state FROM dnc.list_version ORDER BY 1;
SELECT dnc_list_activate('us', 99), 'no such version';
SELECT dnc_list_revert('nothing');

-- Purposes.
INSERT INTO dnc.purpose (purpose) VALUES ('sales'), ('sales/phone'), ('service');
UPDATE dnc.list SET purposes = '{sales}' WHERE list = 'us';
SELECT p, dnc_check('+14155550101', 'voice', p) FROM unnest(ARRAY[NULL, 'sales', 'sales/phone', 'service']) AS p;
UPDATE dnc.list SET purposes = NULL, applies = 'decision' WHERE list = 'us';
SELECT dnc_check('+14155550101');
UPDATE dnc.list SET applies = 'check', enabled = false WHERE list = 'us';
SELECT dnc_check('+14155550101');
UPDATE dnc.list SET enabled = true WHERE list = 'us';
SELECT dnc_check('+14155550101');

-- Changes apply to exactly the version that they were made for, once.
SELECT dnc_list_load_query('us', $$SELECT '4155550106'$$, applies_to => 1);
SELECT dnc_list_load_query('us', $$SELECT '4155550106'$$, operation => 'add');
SELECT dnc_list_load_query('us', $$SELECT '4155550106'$$, applies_to => 2, operation => 'add');
SELECT dnc_list_load_start('us', 'changes.txt', 'us-dnc-changes', operation => 'add', applies_to => 1);
SELECT dnc_list_load_start('us', 'changes.txt', 'us-dnc-changes');
BEGIN;
SELECT dnc_list_load_start('us', 'changes.txt', 'us-dnc-changes', applies_to => 1) AS v \gset
COPY dnc.list_line (line) FROM stdin;
415,5550106,2026-11-01,A
415,5550107,2026-11-01,A
415,5550107,2026-11-02,D
415,5550102,2026-11-02,D
415,5550199,2026-11-02,D
415,5550101,2026-11-02,A
\.
COMMIT;
SELECT dnc_list_load_finish(:v);
SELECT n, dnc_check(n)
FROM unnest(ARRAY['+14155550101', '+14155550102', '+14155550106', '+14155550107', '+14155550199']) AS n;
SELECT operation, numbers, added, removed, duplicates, lines FROM dnc.list_version WHERE version_id = :v;
SELECT dnc_list_load_start('us', 'changes.txt', 'us-dnc-changes', applies_to => 1);
-- Taken back and applied again, they are known.
SELECT dnc_list_revert('us');
BEGIN;
SELECT dnc_list_load_start('us', 'changes.txt', 'us-dnc-changes', applies_to => 1) AS w \gset
COPY dnc.list_line (line) FROM stdin;
415,5550106,2026-11-01,A
415,5550107,2026-11-01,A
415,5550107,2026-11-02,D
415,5550102,2026-11-02,D
415,5550199,2026-11-02,D
415,5550101,2026-11-02,A
\.
COMMIT;
\set VERBOSITY terse
SELECT dnc_list_load_finish(:w);
\set VERBOSITY default
SELECT dnc_list_activate('us', :v);
SELECT dnc_check('+14155550106');

-- A list of many blocks, and changes that are few: sets that differ from the whole.
INSERT INTO dnc.list (list, kind, jurisdiction, keep_versions) VALUES ('big', 'industry', 'US', 1);
CREATE TABLE number
AS SELECT ('+1' || (2000000000 + (hashint8extended(i, 7) & 9223372036854775807) % 7999999999))::dnc_phone AS phone, i
    FROM generate_series(1, 60000) AS i;
SELECT dnc_list_load_query('big', 'SELECT phone FROM number WHERE i <= 50000') AS first \gset
SELECT numbers, added, removed FROM dnc.list_version WHERE version_id = :first;
SELECT count(*) > 5 AS blocks, sum(dnc.block_count(packed)), min(start), max(stop) FROM dnc.list_block
WHERE set_id = (SELECT whole_set FROM dnc.list_version WHERE version_id = :first);
SELECT count(*) FILTER (WHERE dnc_check(phone) <> (i <= 50000)) AS wrong FROM number;
SELECT dnc_list_load_query('big', 'SELECT phone FROM number WHERE i BETWEEN 49990 AND 50100', applies_to => :first,
    operation => 'add') AS second \gset
SELECT numbers, added, removed, duplicates, plus_set IS NOT NULL AS differs FROM dnc.list_version
WHERE version_id = :second;
SELECT count(*) FILTER (WHERE dnc_check(phone) <> (i <= 50100)) AS wrong FROM number;
SELECT dnc_list_load_query('big', 'SELECT phone FROM number WHERE i BETWEEN 49901 AND 50050', applies_to => :second,
    operation => 'remove') AS third \gset
SELECT numbers, added, removed, duplicates, plus_set IS NOT NULL AS differs FROM dnc.list_version
WHERE version_id = :third;
CREATE FUNCTION wrong(version text) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FILTER (WHERE dnc_check(phone) IS DISTINCT FROM (CASE version
        WHEN 'third' THEN i <= 49900 OR i BETWEEN 50051 AND 50100
        WHEN 'second' THEN i <= 50100 WHEN 'fifth' THEN i > 30000 END)) FROM number $$;
SELECT wrong('third');
SET dnc.statement_set = off; SELECT wrong('third');
SET dnc.statement_set = on; SELECT wrong('third');
SET dnc.statement_set = auto; SELECT wrong('third');
SET enable_indexscan = off;
SELECT count(*) FILTER (WHERE dnc_check(phone) IS DISTINCT FROM dnc.refused(phone::text, 'voice', NULL, NULL)) AS wrong
    FROM number WHERE i % 10 = 0; RESET enable_indexscan;
SELECT * FROM dnc_list_verify('big');
SELECT dnc_list_revert('big') = :second AS reverted;
SELECT wrong('second');
SELECT dnc_list_activate('big', :third);
-- Changes that are many are joined with the whole.
SELECT dnc_list_load_query('big', 'SELECT phone FROM number WHERE i <= 30000', applies_to => :third,
    operation => 'remove', activate => false) AS fourth \gset
SELECT numbers, added, removed, plus_set IS NULL AS whole FROM dnc.list_version WHERE version_id = :fourth;
SELECT dnc_list_load_query('big', 'SELECT phone FROM number WHERE i > 30000') AS fifth \gset
SELECT dnc_list_activate('big', :fifth, confirm => true);
SELECT wrong('fifth');
SELECT version_id - :first AS version, state, numbers FROM dnc.list_version WHERE list = 'big' ORDER BY version_id;
SELECT count(DISTINCT set_id) FROM dnc.list_block
WHERE set_id NOT IN (SELECT unnest(ARRAY[whole_set, plus_set, minus_set]) FROM dnc.list_version
    WHERE state <> 'pruned' AND plus_set IS NOT NULL UNION SELECT whole_set FROM dnc.list_version
    WHERE state <> 'pruned');
SELECT dnc_list_prune('big');
SELECT * FROM dnc_list_verify() WHERE NOT healthy;

-- A query that meets refused numbers first asks its lists all the same: one question and two, with a set at once and
-- after many looks.
BEGIN;
SET client_min_messages = warning;
SELECT count(dnc_add(phone)) FROM number WHERE i <= 2000;
RESET client_min_messages;
CREATE TABLE ordered AS SELECT phone, i FROM number WHERE i <= 2000 OR i > 55000 ORDER BY i;
CREATE FUNCTION right_or_not(setting text) RETURNS TABLE (one bigint, two bigint, texts bigint) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('dnc.statement_set', setting, false);
    SELECT count(*) FILTER (WHERE NOT r) INTO one FROM (SELECT dnc_check(phone) AS r FROM ordered) AS x;
    SELECT count(*) FILTER (WHERE NOT r) INTO two
    FROM (SELECT CASE WHEN i % 2 = 0 THEN dnc_check(phone, 'voice', 'sales')
            ELSE dnc_check(phone, 'voice', 'service') END AS r FROM ordered) AS x;
    SELECT count(*) FILTER (WHERE NOT r) INTO texts FROM (SELECT dnc_check(phone::text) AS r FROM ordered) AS x;
    RETURN NEXT;
END$$;
SELECT s, r.* FROM unnest('{on,auto,off}'::text[]) AS s, right_or_not(s) AS r ORDER BY 1;
RESET dnc.statement_set;
SELECT dnc_add('+14155550177') > 0;
SET dnc.statement_set = on;
SELECT p, dnc_check(p)
FROM unnest(ARRAY['+14155550177'] || (SELECT array_agg(phone::text ORDER BY i) FROM number
        WHERE i BETWEEN 50001 AND 50003)) AS p;
ROLLBACK;

-- Changes that were loaded side by side do not lose each other.
SELECT dnc_list_load_query('big', 'SELECT phone FROM number WHERE i = 1', applies_to => :fifth, operation => 'add',
    activate => false) AS one \gset
SELECT dnc_list_load_query('big', 'SELECT phone FROM number WHERE i = 2', applies_to => :fifth, operation => 'add',
    activate => false) AS other \gset
SELECT dnc_list_activate('big', :one);
\set VERBOSITY terse
SELECT dnc_list_activate('big', :other);
SELECT dnc.load_end(:other, true);
\set VERBOSITY default
SELECT dnc_list_load_start('big', 'nothing comes', applies_to => :one, operation => 'add') AS empty \gset
SELECT dnc_list_load_finish(:empty);
SELECT dnc_list_activate('big', :fifth);

-- Unreadable lines.
SELECT dnc_list_load_query('us', $$SELECT CASE WHEN i <= 95 THEN '41555502' || i ELSE 'rubbish ' || i END
        FROM generate_series(10, 99) AS i$$);
SELECT dnc_list_load_query('us', $$SELECT CASE WHEN i <= 95 THEN '41555502' || i ELSE 'rubbish ' || i END
        FROM generate_series(10, 99) AS i$$, reject_percent => 10, activate => false) AS v \gset
SELECT * FROM dnc.list_reject WHERE version_id = :v ORDER BY line;
SELECT dnc_list_load_query('us', 'SELECT NULL::text WHERE false') IS NOT NULL AS empty;
SELECT dnc_list_load_query('us', 'SELECT NULL::text'), 'NULL is no number';
SELECT dnc_list_load_query('us', 'DELETE FROM number'), 'no rows';
SELECT dnc_list_load_query('us', 'nonsense');
SELECT dnc_list_load('us', '/nowhere/file');
SELECT dnc_list_load('us', '.');
SELECT dnc_list_load('us', '/etc/hostname', 'papyrus');
\set VERBOSITY terse
SELECT dnc_list_load_query('us', 'SELECT 1', obtained_at => 'infinity');
\set VERBOSITY default
SELECT dnc_list_load_query('us', 'SELECT 1', coverage => '{415}');

-- Formats by name of a column, by place, of a site's own; a sample is recognised.
INSERT INTO dnc.list_format (format, description, layout, delimiter, number_columns, action_column, add_values,
    remove_values) VALUES ('vendor', 'vendor''s', 'lines', ';', '{cc,number}', 'op', '{new}', '{gone}');
SELECT format, lines, readable FROM dnc_list_sniff(E'415,5550101\n212,5550102\n415,55', 'US');
SELECT format, lines, readable FROM dnc_list_sniff(E'0207 3787244\n01635 506160\n', 'GB') LIMIT 1;
SELECT format, lines, readable
FROM dnc_list_sniff('<list><ac val="416"><ph val="5550101"/><ph val="5550102"/></ac></list>') LIMIT 1;
SELECT format, lines, readable FROM dnc_list_sniff(E'name,phone\nx,415-555-0101\n', 'US') LIMIT 1;
SELECT format, lines, readable FROM dnc_list_sniff(E'op;cc;number\nnew;+1;4155550101\n') LIMIT 1;
SELECT * FROM dnc_list_sniff('nothing of the kind');

-- Guards and views name the list.
CREATE TABLE contact (id int, phone dnc_phone);
INSERT INTO contact VALUES (1, '+14155550101'), (2, '+14155559999'), (3, '+16285550103'), (4, NULL);
SELECT dnc_create_view('flagged', 'contact', 'phone', mode => 'flag'), dnc_attach('contact', 'phone');
SELECT id, dnc_status, dnc_grounds, dnc_lists FROM flagged ORDER BY id;
INSERT INTO contact VALUES (5, '+14155550101');
SELECT dnc_add('+14155550101');
INSERT INTO contact VALUES (5, '+14155550101');
UPDATE dnc.list SET strict = true, max_age_days = 1 WHERE list = 'us';
INSERT INTO contact VALUES (5, '+14155559999');
SELECT id, dnc_status, dnc_grounds, dnc_lists FROM flagged ORDER BY id;
UPDATE dnc.list SET strict = false WHERE list = 'us';

-- Blocks are whole, in their place and stay; one that is not is an error, never "not listed".
INSERT INTO dnc.list_block VALUES (1000, 0, 1000, '\x01');
INSERT INTO dnc.list_block SELECT 1000, 0, 14155550101, packed FROM dnc.list_block
WHERE dnc.block_has(packed, 14155550101) LIMIT 1;
UPDATE dnc.list_block SET stop = stop;
TRUNCATE dnc.list_block;
DELETE FROM dnc.list_block
WHERE set_id = (SELECT whole_set FROM dnc.list_version WHERE list = 'big' AND state = 'current');
BEGIN;
ALTER TABLE dnc.list_block DISABLE TRIGGER ALL;
ALTER TABLE dnc.list_block DISABLE TRIGGER "00_keep";
DELETE FROM dnc.list_block
WHERE start > 0 AND set_id = (SELECT whole_set FROM dnc.list_version WHERE list = 'big' AND state = 'current');
SELECT subject, healthy FROM dnc_health(deep => true) WHERE subject = 'list blocks';
SAVEPOINT s;
SET LOCAL dnc.statement_set = off;
SELECT dnc_check('+19995550101', 'fax');
ROLLBACK TO s;
SELECT count(dnc_check(phone, 'fax')) FROM number;
ROLLBACK TO s;
SELECT dnc.refused('+19995550101', 'fax', NULL, NULL) IS NULL AS unknown;
ROLLBACK;
SELECT wrong('fifth');
-- Without a trustworthy index the answer comes from SQL; without the table there is none.
BEGIN;
ALTER TABLE dnc.list_block DROP CONSTRAINT list_block_pkey;
SELECT dnc_check(phone) FROM number WHERE i IN (1, 60000) ORDER BY i;
ROLLBACK;
BEGIN;
DROP TABLE dnc.list_epoch;
SELECT dnc_check('+14155550105');
ROLLBACK;
BEGIN;
ALTER EXTENSION dnc DROP TABLE dnc.list_epoch;
DROP TABLE dnc.list_epoch;
SELECT dnc_check('+14155550105');
ROLLBACK;
BEGIN;
DELETE FROM dnc.list_epoch;
SELECT dnc_check('+14155550105');
ROLLBACK;

-- All of it is in the log.
SELECT relation, operation, count(*) FROM dnc.audit_log WHERE relation LIKE 'list%' GROUP BY 1, 2 ORDER BY 1, 2;
SELECT subject, healthy FROM dnc_health(deep => true) WHERE subject = 'rows in the log';
DELETE FROM dnc.list WHERE list = 'us';
-- The extension made anew in the same session: nothing is kept of what was known before.
SET dnc.allow_drop = on;
DROP EXTENSION dnc CASCADE;
CREATE EXTENSION dnc;
INSERT INTO dnc.list (list, kind, jurisdiction, format) VALUES ('us', 'national', 'US', 'us-dnc');
SELECT dnc_check('+14155550101'), dnc_check('+14155550107');
SELECT dnc_list_load_query('us', $$SELECT '4155550107'$$);
SELECT dnc_check('+14155550101'), dnc_check('+14155550107');
