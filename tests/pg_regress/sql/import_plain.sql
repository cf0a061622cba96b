-- Rows of an import that need no SQL are recorded as by SQL: a row that names the import's own region needs it.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET client_min_messages = warning;
SET TimeZone = 'Asia/Kolkata';
INSERT INTO dnc.purpose (purpose) VALUES ('acme'), ('acme/energy');
CREATE TABLE file (id serial, phone text, channel text, purpose text, reason text, requested_at text, received_at text,
    taken_by text, words text, note text);
INSERT INTO file (phone, channel, purpose, reason, requested_at, received_at, taken_by, words, note)
SELECT CASE i % 13 WHEN 0 THEN '+1212555' || lpad(i::text, 4, '0')
        WHEN 1 THEN format('(212) 555-%s', lpad(i::text, 4, '0'))
        WHEN 2 THEN '+44 20 7946 ' || lpad(i::text, 4, '0') WHEN 3 THEN '212-555-0101 / 212-555-0102'
        WHEN 4 THEN 'tel:+1-212-555-' || lpad(i::text, 4, '0') WHEN 5 THEN '+13851705' || lpad(i::text, 3, '0')
        WHEN 6 THEN 'Ann, +12125550106 (home)' WHEN 7 THEN '2125550107 ext. ' || i WHEN 8 THEN '0000000000'
        WHEN 9 THEN '+1212555' || lpad((i % 40)::text, 4, '0') WHEN 10 THEN '' WHEN 11 THEN '415XXXXXXX'
        ELSE E' +12125550112\t' END,
    (ARRAY[NULL, '', 'all', 'voice', ' sms ', 'SMS', 'voice sms', 'pigeon', 'voice'])[1 + i % 9],
    (ARRAY[NULL, '', '*', 'acme', 'acme/energy', 'acme acme/energy', 'nowhere'])[1 + i % 7],
    (ARRAY[NULL, 'no_contact', 'complaint', 'because', 'no_processing'])[1 + i % 5],
    (ARRAY[NULL, '', '2026-11-24', '2026-11-24 14:30', '2026-11-24T14:30:05.5Z', '2026-11-24 14:30+05', '11/24/2026',
        '2026-02-30', '2999-01-01', 'last week', ' 2026-11-23 '])[1 + i % 11],
    (ARRAY[NULL, '2026-11-25', '2026-11-01', '2026-11-26 00:00'])[1 + i / 3 % 4],
    (ARRAY[NULL, 'Ann', repeat('x', 501), 'Zoë'])[1 + i / 5 % 4],
    (ARRAY[NULL, 'stop', E'"no" \\ \t\n\r\x08\x0c\x01\x7f é', ''])[1 + i / 7 % 4],
    (ARRAY[NULL, 'a note', E'ü\\u0041'])[1 + i / 2 % 3]
FROM generate_series(1, 2600) AS i;
INSERT INTO file (phone, channel, words) SELECT phone, channel, 'once more' FROM file WHERE id % 17 = 0 ORDER BY id;

BEGIN;
SELECT dnc_import_start('plain.csv', 'US') AS plain \gset
INSERT INTO dnc.import_row (phone, channel, purpose, reason, requested_at, received_at, taken_by, words, note)
    SELECT phone, channel, purpose, reason, requested_at, received_at, taken_by, words, note FROM file ORDER BY id;
SELECT * FROM dnc_import_finish(:plain) \gset plain_
SELECT dnc_import_start('odd.csv', 'US') AS odd \gset
INSERT INTO dnc.import_row (phone, channel, purpose, reason, requested_at, received_at, taken_by, words, note, region)
    SELECT phone, channel, purpose, reason, requested_at, received_at, taken_by, words, note, 'US' FROM file
    ORDER BY id;
SELECT * FROM dnc_import_finish(:odd) \gset odd_
COMMIT;
SELECT :plain_rows_read = :odd_rows_read AS read, :plain_rejected = :odd_rejected AS rejected,
    :plain_invalid = :odd_invalid AS invalid, :plain_undated = :odd_undated AS undated, :plain_entries > 900 AS many;
-- Of rows that repeat each other another one may have been recorded.
CREATE VIEW recorded AS SELECT e.batch_id, (e.evidence ->> 'line')::int AS line, e.phone, e.effective_at, e.expires_at,
    e.received_at, e.channel, e.purpose, e.kind, e.reason, e.source, e.requested_at, e.due_at, e.taken_by, e.evidence,
    e.external_ref, e.request_id = min(e.request_id) OVER (PARTITION BY e.batch_id, e.evidence ->> 'line')
        AS one_request FROM dnc.entry AS e;
SELECT count(*) > 800 AS same_line, count(*) FILTER (WHERE to_jsonb(a) - 'batch_id' <> to_jsonb(b) - 'batch_id')
    AS different FROM recorded AS a JOIN recorded AS b USING (line, phone, channel)
    WHERE a.batch_id = :plain AND b.batch_id = :odd AND a.purpose IS NOT DISTINCT FROM b.purpose;
SELECT count(*) AS different FROM (
    (SELECT phone, channel, purpose, reason, requested_at FROM recorded WHERE batch_id = :plain
        EXCEPT ALL SELECT phone, channel, purpose, reason, requested_at FROM recorded WHERE batch_id = :odd)
    UNION ALL
    (SELECT phone, channel, purpose, reason, requested_at FROM recorded WHERE batch_id = :odd
        EXCEPT ALL SELECT phone, channel, purpose, reason, requested_at FROM recorded WHERE batch_id = :plain)) AS x;
SELECT count(*) AS different FROM (
    (SELECT line, phone, reason, recorded FROM dnc.import_reject WHERE batch_id = :plain
        EXCEPT ALL SELECT line, phone, reason, recorded FROM dnc.import_reject WHERE batch_id = :odd)
    UNION ALL
    (SELECT line, phone, reason, recorded FROM dnc.import_reject WHERE batch_id = :odd
        EXCEPT ALL SELECT line, phone, reason, recorded FROM dnc.import_reject WHERE batch_id = :plain)) AS x;
SELECT part, healthy, finding, detail FROM dnc_audit_verify(parts => '{data,tables}');
SELECT dnc_import_undo(:plain, 'a test') = :plain_entries AS undone;

-- A long file is read several times.
SET maintenance_work_mem = '1MB';
CREATE TABLE long AS SELECT '+1415' || 2000000 + i % 22500 AS phone FROM generate_series(0, 29999) AS i;
BEGIN;
SELECT dnc_import_start('long.csv') AS batch \gset
INSERT INTO dnc.import_row (phone) SELECT phone FROM long;
SELECT rows_read, added, duplicates, rejected FROM dnc_import_finish(:batch);
COMMIT;
SELECT count(*), count(DISTINCT phone) AS phones, max((evidence ->> 'line')::int) AS last FROM dnc.entry
    WHERE batch_id = :batch;
SELECT count(*) AS left_over, pg_relation_size('dnc.import_row') AS bytes FROM dnc.import_row;
RESET maintenance_work_mem;
-- Rows of another import stay.
SELECT dnc_import_start('other.csv', header => false) AS other \gset
INSERT INTO dnc.import_row (batch_id, phone) VALUES (:other, '+14155550101');
BEGIN;
SELECT dnc_import_start('longer.csv') AS batch \gset
INSERT INTO dnc.import_row (phone) SELECT phone FROM long UNION ALL SELECT '+14155550102';
SELECT rows_read, added, duplicates, rejected FROM dnc_import_finish(:batch);
COMMIT;
SELECT batch_id = :other AS other, count(*) FROM dnc.import_row GROUP BY 1;
SELECT rows_read, added FROM dnc_import_finish(:other);
-- Cancelled: nothing is recorded, and it can be finished later.
SELECT count(*) AS before FROM dnc.entry \gset
SELECT dnc_import_start('cancelled.csv') AS batch \gset
INSERT INTO dnc.import_row (batch_id, phone) SELECT :batch, '+1' || 2132000000 + i FROM generate_series(1, 30000) AS i;
SET statement_timeout = 30;
SELECT added FROM dnc_import_finish(:batch);
RESET statement_timeout;
SELECT count(*) - :before AS added FROM dnc.entry;
SELECT added FROM dnc_import_finish(:batch);
-- How far it is.
CREATE TABLE steps (done bigint, total bigint, percent numeric);
CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_stat_clear_snapshot();
    INSERT INTO public.steps SELECT rows_done, rows_total, percent FROM dnc.import_progress
        WHERE batch_id = NEW.batch_id;
    RETURN NULL;
END $$;
CREATE TRIGGER see AFTER INSERT ON dnc.entry FOR EACH ROW EXECUTE FUNCTION see();
BEGIN;
SELECT dnc_import_start('shown.csv') AS batch \gset
INSERT INTO dnc.import_row (phone) SELECT '+1' || 2152000000 + i FROM generate_series(1, 2500) AS i;
SELECT added FROM dnc_import_finish(:batch);
COMMIT;
SELECT DISTINCT * FROM steps ORDER BY 1;
SELECT count(*) FROM dnc.import_progress;
DROP TRIGGER see ON dnc.entry;
-- Which import a row is of is looked up in each command.
SELECT dnc_import_start('closed.csv') AS batch \gset
BEGIN;
INSERT INTO dnc.import_row (batch_id, phone) VALUES (:batch, '+14155550109');
SELECT added FROM dnc_import_finish(:batch);
INSERT INTO dnc.import_row (batch_id, phone) VALUES (:batch, '+14155550109');
ROLLBACK;
INSERT INTO dnc.import_row (batch_id, phone) VALUES (999, '+14155550109');
INSERT INTO dnc.import_row (phone) VALUES ('+14155550109');
DO $$
BEGIN
    BEGIN
        INSERT INTO dnc.import_row (batch_id, phone) SELECT max(batch_id), '+14155550109' FROM dnc.import_batch;
        RAISE EXCEPTION USING ERRCODE = 'division_by_zero';
    EXCEPTION WHEN division_by_zero THEN NULL;
    END;
    PERFORM dnc_import_abandon(max(batch_id)) FROM dnc.import_batch;
    INSERT INTO dnc.import_row (batch_id, phone) SELECT max(batch_id), '+14155550109' FROM dnc.import_batch;
END $$;
SELECT part, healthy, finding, detail FROM dnc_audit_verify(parts => '{data,tables}');
SET dnc.allow_drop = on;
DROP EXTENSION dnc CASCADE;
