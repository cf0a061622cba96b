-- The question: right for scope, time, NULL and rubbish; and never "not listed" for what could not be read.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
INSERT INTO dnc.purpose (purpose) VALUES ('a'), ('a/b'), ('a/b/c'), ('a/x'), ('ab');
SELECT dnc_add('+14155550101') > 0 AS added;
SELECT dnc_check('+14155550101') AS refused, dnc_check('+14155550102') AS clear, dnc_check('rubbish') AS rubbish,
    dnc_check('') AS empty,
       dnc_check(NULL::text) AS null_text, dnc_check(NULL::dnc_phone) AS null_phone,
           dnc_check(repeat('1', 1000000)) AS huge;
SELECT dnc_is_clear('+14155550101') AS refused, dnc_is_clear('+14155550102') AS clear,
    dnc_is_clear('rubbish') AS rubbish,
       dnc_is_clear(NULL::text) AS null_text, dnc_is_clear(NULL::dnc_phone) AS null_phone;
SELECT dnc_check('(415) 555-0101') AS no_region;
SET dnc.default_region = 'US';
SELECT dnc_check('(415) 555-0101') AS with_region;
RESET dnc.default_region;
SELECT dnc_check('+14155550101', 'US');
SELECT dnc_check('+14155550101', 'telegraph');
SELECT dnc_check('+14155550101', '');
SELECT dnc_check('+14155550101', 'voice', 'unknown');
SELECT dnc_check(NULL::text, 'telegraph');
-- The setting for roles that always contact for one purpose; superusers set it.
SELECT dnc_add('+14155550105', purpose => 'a/b') > 0 AS added;
SELECT dnc_check('+14155550105') AS any_purpose;
SET dnc.purpose = 'a/x';
SELECT dnc_check('+14155550105') AS other_purpose, dnc_check('+14155550105', 'voice', 'a/b/c') AS named,
    dnc_check('+14155550101') AS untyped;
SET dnc.purpose = 'unknown';
SELECT dnc_check('+14155550105');
RESET dnc.purpose;
CREATE ROLE regress_dnc_plain;
SET ROLE regress_dnc_plain;
SET dnc.purpose = 'a/x';
RESET ROLE;
DROP ROLE regress_dnc_plain;
-- Explained.
SELECT ground, list, scope_channel, scope_purpose, reason, source, until FROM dnc_explain('+14155550105');
SELECT ground, list, rule FROM dnc_explain('rubbish');
SELECT count(*) FROM dnc_explain('+14155550102');
SELECT ground FROM dnc_explain('+14155550102', 'telegraph');
-- The fast answer is the defined one, over random histories, questions and times.
SET client_min_messages = warning;
SELECT setseed(0.42);
DO $$
DECLARE
    channels text[] := '{all,voice,sms,fax}';
    purposes text[] := '{NULL,a,a/b,a/b/c,a/x,ab}';
    p text;
BEGIN
    FOR i IN 1..1500 LOOP
        p := '+1212555' || lpad((random() * 60)::int::text, 4, '0');
        IF random() < 0.6 THEN
            PERFORM dnc_add(p, channels[1 + (random() * 3)::int], purposes[1 + (random() * 5)::int],
                requested_at => now() - interval '40 days', received_at => now() - random() * interval '30 days',
                effective_at => CASE WHEN random() < 0.2 THEN now() + random() * interval '10 days' END,
                expires_at => CASE
                    WHEN random() < 0.2 THEN now() + interval '10 days' + random() * interval '10 days' END);
        ELSE
            PERFORM dnc_revoke(p, channels[1 + (random() * 3)::int], purposes[1 + (random() * 5)::int],
                requested_at => now() - interval '40 days', received_at => now() - random() * interval '20 days');
        END IF;
    END LOOP;
END
$$;
RESET client_min_messages;
CREATE TABLE answers AS
    SELECT p, c, u, t, dnc_check(p::dnc_phone, c, u, t) AS fast, dnc.refused(p, nullif(c, 'all'), u, t) AS defined
    FROM (SELECT '+1212555' || lpad(i::text, 4, '0') FROM generate_series(0, 61) AS i) AS x(p),
         unnest('{NULL,all,voice,sms,fax,whatsapp}'::text[]) AS c, unnest('{NULL,a,a/b,a/b/c,a/x,ab}'::text[]) AS u,
         unnest(ARRAY[NULL, now() - interval '35 days', now() - interval '15 days', now() - interval '2 days',
                 now() + interval '5 days', now() + interval '15 days', now() + interval '1 year']) AS t;
SELECT count(*) AS answers, count(*) FILTER (WHERE fast) > 3000 AS many_refused,
    count(*) FILTER (WHERE NOT fast) > 3000 AS many_clear,
       count(*) FILTER (WHERE fast IS DISTINCT FROM defined) AS differ FROM answers;
-- An answer without a time is that of now; explain has a row just where the answer is true.
SELECT count(*) AS differ FROM answers WHERE t IS NULL AND fast <> EXISTS (SELECT FROM dnc_explain(p::dnc_phone, c, u));
SELECT count(*) AS differ FROM (SELECT DISTINCT p FROM answers) AS a
    WHERE dnc_check(p::dnc_phone, NULL) <> EXISTS (SELECT FROM dnc.suppressed s WHERE s.e164 = p);
-- One's own uncommitted refusal counts, one rolled back does not; in PL/pgSQL, in a subtransaction, in a cursor.
BEGIN;
SELECT dnc_add('+14155550110') > 0 AS added;
SELECT dnc_check('+14155550110') AS own;
ROLLBACK;
SELECT dnc_check('+14155550110') AS rolled_back;
DO $$
DECLARE
    before boolean; during boolean; after boolean; undone boolean;
BEGIN
    before := dnc_check('+14155550111');
    BEGIN
        PERFORM dnc_add('+14155550111');
        during := dnc_check('+14155550111');
        RAISE EXCEPTION 'undo' USING ERRCODE = 'XX999';
    EXCEPTION WHEN SQLSTATE 'XX999' THEN
        undone := dnc_check('+14155550111');
    END;
    PERFORM dnc_add('+14155550111');
    after := dnc_check('+14155550111');
    RAISE NOTICE 'before %, during %, undone %, after %', before, during, undone, after;
END
$$;
BEGIN;
DECLARE c CURSOR FOR SELECT dnc_check('+14155550112') FROM generate_series(1, 3);
FETCH 1 FROM c;
SELECT dnc_add('+14155550112') > 0 AS added;
FETCH ALL FROM c;
COMMIT;
-- In parallel workers.
CREATE TABLE many AS SELECT ('+1212555' || lpad((i % 62)::text, 4, '0'))::dnc_phone AS p
    FROM generate_series(1, 20000) AS i;
ANALYZE many;
SELECT count(*) FILTER (WHERE dnc_check(p)) AS serial FROM many \gset
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT count(*) FROM many WHERE dnc_is_clear(p);
SELECT count(*) FILTER (WHERE dnc_check(p)) = :serial AS same FROM many;
RESET max_parallel_workers_per_gather; RESET parallel_setup_cost; RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
-- A hostile search_path changes nothing.
CREATE SCHEMA bait;
CREATE FUNCTION bait.eq(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE OPERATOR bait.= (LEFTARG = text, RIGHTARG = text, FUNCTION = bait.eq);
CREATE FUNCTION bait.never(dnc_phone, dnc_phone) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE OPERATOR bait.= (LEFTARG = dnc_phone, RIGHTARG = dnc_phone, FUNCTION = bait.never);
CREATE TABLE bait.entry (phone dnc_phone); CREATE FUNCTION bait.now() RETURNS timestamptz
LANGUAGE sql AS $$SELECT timestamptz '-infinity'$$;
SET search_path = bait, public, pg_catalog;
SELECT dnc_check('+14155550101') AS still_refused, dnc_is_clear('+14155550101') AS still_not_clear,
    dnc_add('+14155550113') > 0 AS added, dnc_check('+14155550113') AS refused,
       dnc_revoke('+14155550113') AS revoked, (SELECT count(*) FROM dnc_explain('+14155550101')) AS grounds;
RESET search_path;
DROP SCHEMA bait CASCADE;
-- Fail closed. An index that cannot be trusted is not used; a table that cannot be read is an error.
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'dnc.entry_phone'::regclass;
SELECT dnc_check('+14155550101') AS refused, dnc_check('+14155550102') AS clear;
SELECT subject, healthy, detail FROM dnc_health(deep => true) WHERE NOT healthy;
UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'dnc.entry_phone'::regclass;
BEGIN;
ALTER EXTENSION dnc DROP TABLE dnc.entry;
DROP INDEX dnc.entry_phone;
SELECT dnc_check('+14155550101') AS refused, dnc_check('+14155550102') AS clear;
CREATE INDEX entry_phone ON dnc.entry (phone) WHERE phone > '+2';
SELECT dnc_check('+14155550101') AS refused, dnc_check('+14155550102') AS clear;
DROP INDEX dnc.entry_phone;
CREATE INDEX entry_phone ON dnc.entry (entry_id);
SELECT dnc_check('+14155550101') AS refused, dnc_check('+14155550102') AS clear;
DROP INDEX dnc.entry_phone;
CREATE INDEX entry_phone ON dnc.entry USING hash (phone);
SELECT dnc_check('+14155550101') AS refused, dnc_check('+14155550102') AS clear;
ROLLBACK;
BEGIN;
ALTER TABLE dnc.entry RENAME TO entry_elsewhere;
SELECT dnc_check('+14155550101');
ROLLBACK;
BEGIN;
ALTER TABLE dnc.entry RENAME TO entry_elsewhere;
SELECT dnc_is_clear('+14155550102');
ROLLBACK;
BEGIN;
ALTER TABLE dnc.entry RENAME COLUMN channel TO way;
SELECT dnc_check('+14155550101');
ROLLBACK;
BEGIN;
ALTER TABLE dnc.channel RENAME TO channel_elsewhere;
SELECT dnc_check('+14155550101') AS refused;
SELECT dnc_check('+14155550101', 'a_site''s_own');
ROLLBACK;
SELECT dnc_check('+14155550101') AS refused, dnc_check('+14155550102') AS clear;
