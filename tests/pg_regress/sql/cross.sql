-- Lists against each other, contacts against all of them, and scrubs.
CREATE EXTENSION dnc;
SET client_min_messages = warning;
CREATE TABLE number AS SELECT i,
    ('+1' || (2000000000 + (hashint8extended(i, 7) & 9223372036854775807) % 7999999999))::dnc_phone AS phone
    FROM generate_series(1, 3000) AS i;
INSERT INTO dnc.list (list, kind, jurisdiction) VALUES ('a', 'national', 'US'), ('b', 'industry', 'US'),
    ('c', 'litigator', 'US-CA'), ('d', 'partner', NULL);
SELECT dnc_list_load_query('a', 'SELECT phone FROM number WHERE i <= 1000') > 0,
    dnc_list_load_query('b', 'SELECT phone FROM number WHERE i BETWEEN 501 AND 1500') > 0,
    dnc_list_load_query('c', 'SELECT phone FROM number WHERE i > 2000') > 0;
SELECT count(dnc_add(phone)) FROM number WHERE i BETWEEN 901 AND 1100;
SELECT dnc_add_prefix('+1900') > 0;
SELECT dnc_overlap('a', 'b'), dnc_overlap('b', 'a'), dnc_overlap('a', 'c'), dnc_overlap('a', 'internal'),
    dnc_overlap('internal', 'internal'), dnc_overlap('a', 'a');
SELECT dnc_overlap('a', 'd');
SELECT dnc_overlap('a', 'z');
SELECT a, b, kind, jurisdiction, numbers_b, in_both FROM dnc_overlaps();
SELECT dnc_set_count(dnc_list_numbers('a')), dnc_set_count(dnc_list_numbers('internal'));
SELECT dnc_list_load_query('b', 'SELECT phone FROM number WHERE i = 501',
    applies_to => (SELECT version_id FROM dnc.list_version WHERE list = 'b'), operation => 'remove') > 0;
SELECT dnc_overlap('a', 'b');
SELECT i, dnc_lists_of(phone), dnc_lists_of(phone, 'sms') FROM number WHERE i IN (1, 600, 950, 1050, 1600, 2001)
ORDER BY i;
SELECT dnc_lists_of(NULL), dnc_lists_of('+19005550101'), dnc_lists_of('+442079460018');
SELECT dnc_lists_of('+14155550101', 'telegraph');
CREATE TABLE contact AS SELECT i AS id,
    CASE i % 10 WHEN 0 THEN 'rubbish ' || i WHEN 1 THEN NULL ELSE dnc_format(phone, 'national') END AS phone,
    'US' AS country FROM number;
SELECT list, kind, jurisdiction, rows FROM dnc_cross_check('contact', 'phone', region_column => 'country');
SELECT sum(rows) FROM dnc_cross_check('contact', 'phone', region => 'US') WHERE list IN ('clear', 'unreadable');
SELECT count(*) FILTER (WHERE dnc_is_clear(dnc_try_parse(phone, 'US'))),
    count(*) FILTER (WHERE dnc_try_parse(phone, 'US') IS NULL) FROM contact;
UPDATE dnc.list SET strict = true WHERE list = 'd';
SELECT list, rows FROM dnc_cross_check('contact', 'phone', region => 'US') WHERE kind IS NULL;
UPDATE dnc.list SET strict = false WHERE list = 'd';
-- A large table in parts; nothing is counted twice or left out. None at all.
CREATE TABLE large AS SELECT id, phone, repeat('x', 900) AS filler FROM contact, generate_series(1, 4);
SET client_min_messages = notice;
SELECT list, rows FROM dnc_cross_check('large', 'phone', region => 'US');
SET client_min_messages = warning;
TRUNCATE large;
SELECT * FROM dnc_cross_check('large', 'phone', region => 'US');
SELECT * FROM dnc_cross_check('contact', 'phone');
SELECT * FROM dnc_cross_check('contact', 'nothing', region => 'US');

-- A scrub in one pass, and its receipt.
ALTER TABLE contact ADD PRIMARY KEY (id);
CALL dnc_scrub('contact', 'id', 'phone', 'result', region_column => 'country');
SELECT status, ground, lists, count(*) FROM result GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
SELECT count(*) FILTER (WHERE (r.status = 'clear') <> dnc_is_clear(dnc_try_parse(c.phone, 'US'))) AS wrong, count(*)
FROM result AS r JOIN contact AS c ON c.id = r.key;
SELECT source, target, key_column, phone_column, channel, state, started_by, rows, clear, suppressed, unreadable, lists,
    jsonb_array_length(versions) AS states, length(result_hash) FROM dnc.scrub;
SELECT what, same FROM dnc_verify_scrub(1, 'result');
UPDATE result SET status = 'clear' WHERE n = 2;
SELECT what, same FROM dnc_verify_scrub(1, 'result') WHERE NOT same;
-- In batches, cut short by an error and gone on with; the lists change in between.
CREATE FUNCTION trip() RETURNS trigger
LANGUAGE plpgsql AS $$BEGIN IF NEW.n > 1500
    AND current_setting('test.trip', true) = 'on' THEN RAISE EXCEPTION 'tripped'; END IF; RETURN NEW; END$$;
CREATE TABLE source AS SELECT * FROM contact;
ALTER TABLE source ADD PRIMARY KEY (id);
CALL dnc_scrub('source', 'id', 'phone', 'batched', region => 'US', batch => 5000);
DROP TABLE batched;
CREATE FUNCTION event_trip() RETURNS event_trigger
LANGUAGE plpgsql AS $$BEGIN IF to_regclass('batched') IS NOT NULL THEN CREATE TRIGGER trip BEFORE INSERT
    ON batched FOR EACH ROW EXECUTE FUNCTION trip(); END IF; END$$;
CREATE EVENT TRIGGER put_trip ON ddl_command_end WHEN TAG IN ('CREATE TABLE AS') EXECUTE FUNCTION event_trip();
SET test.trip = 'on';
\set VERBOSITY terse
CALL dnc_scrub('source', 'id', 'phone', 'batched', region => 'US', batch => 1000);
SELECT count(*), max(n) FROM batched;
CALL dnc_scrub('source', 'id', 'phone', 'batched', channel => 'sms', region => 'US', batch => 1000);
SET test.trip = 'off';
SELECT dnc_list_load_query('d', 'SELECT phone FROM number WHERE i > 2500') > 0;
CALL dnc_scrub('source', 'id', 'phone', 'batched', region => 'US', batch => 1000);
\set VERBOSITY default
SELECT count(*), max(n), count(DISTINCT key) FROM batched;
SELECT count(*) FILTER (WHERE r.status <> b.status AND r.n <> 2) AS differ FROM result AS r
JOIN batched AS b USING (key);
SELECT state, rows, lists, jsonb_array_length(versions) AS states, versions -> -1 ? 'd' AS last FROM dnc.scrub
ORDER BY scrub_id;
SELECT bool_and(same) FROM dnc_verify_scrub((SELECT max(scrub_id) FROM dnc.scrub), 'batched');
CALL dnc_scrub('source', 'id', 'phone', 'batched', region => 'US');
DROP EVENT TRIGGER put_trip;
BEGIN; CALL dnc_scrub('source', 'id', 'phone', 'inside', region => 'US', batch => 1000); ROLLBACK;
-- What a batch began, one pass goes on with.
CREATE TABLE partly AS SELECT * FROM result WITH NO DATA;
INSERT INTO dnc.scrub (source, target, key_column, phone_column, channel, state, started_at, started_by, region)
VALUES ('source', 'partly', 'id', 'phone', 'voice', 'running', now(), session_user, 'US');
INSERT INTO partly SELECT * FROM batched WHERE n <= 1234;
CALL dnc_scrub('source', 'id', 'phone', 'partly', region => 'US');
SELECT count(*), max(n), count(DISTINCT key) FROM partly;
SELECT bool_and(same) FROM dnc_verify_scrub((SELECT max(scrub_id) FROM dnc.scrub), 'partly');
DROP TABLE batched;
ALTER TABLE source DROP CONSTRAINT source_pkey;
CALL dnc_scrub('source', 'id', 'phone', 'more', region => 'US', batch => 1000);
CALL dnc_scrub('source', 'id', 'phone', 'x; DROP TABLE source', region => 'US');
CALL dnc_scrub('source', 'id', 'phone', '"a ""b"', region => 'US');
SELECT count(*) FROM "a ""b";
SELECT dnc_verify_scrub(99, 'partly');
SELECT dnc.scrub_end(1, 0, 0, 0, 0, 0, '{}', sha256(''));
SELECT encode(dnc_scrub_hash(x ORDER BY x), 'hex')
    = encode(sha256('\x0100000000000000'::bytea || 'a' || '\x0200000000000000' || 'bc'), 'hex') AS as_documented
FROM unnest('{bc,a}'::text[]) AS x;
SELECT operation, count(*) FROM dnc.audit_log WHERE relation = 'scrub' GROUP BY 1 ORDER BY 1;
SELECT subject FROM dnc_health(deep => true) WHERE NOT healthy;
