-- The log: written always, never changed, and not to be tricked.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
SET dnc.actor = 'agent 7';
SELECT dnc_add('+14155550101', evidence => '{"words": "é \"quoted\" \\ "}') AS entry;
RESET dnc.actor;
INSERT INTO dnc.purpose (purpose, description) VALUES ('acme', 'brand');
UPDATE dnc.purpose SET description = 'the brand' WHERE purpose = 'acme';
SELECT seq, relation, operation, row_key, session_role = session_user AS session,
    effective_role = current_user AS effective, actor, format, loaded FROM dnc.audit_log ORDER BY seq;
SELECT seq, before, after FROM dnc.audit_data WHERE seq > 1 ORDER BY seq;
SELECT after::json ->> 'phone' AS phone, after::json -> 'evidence' ->> 'words' AS words,
    after::json ->> 'effective_at' AS effective_at FROM dnc.audit_data WHERE seq = 1;
-- The commitment is what it says it is.
CREATE FUNCTION part(t text) RETURNS bytea LANGUAGE sql AS $$
    SELECT CASE WHEN t IS NULL THEN '\x00'::bytea ELSE '\x01'::bytea
        || int8send(octet_length(convert_to(t, 'UTF8'))) || convert_to(t, 'UTF8') END $$;
SELECT bool_and(l.commitment = sha256(d.salt || part(d.before) || part(d.after))) AS commitments,
    count(DISTINCT d.salt) = count(*) AS salts
    FROM dnc.audit_log l JOIN dnc.audit_data d USING (seq);
-- So is the row hash: RFC 6962's leaf hash of the canonical row.
SELECT bool_and(row_hash = sha256('\x00'::bytea || convert_to(format(
    '{"actor":%s,"commitment":"%s","effective_role":"%s","format":%s,"logged_at":"%s","operation":"%s",'
    '"relation":"%s","row_key":"%s","seq":%s,"session_role":"%s"}',
    coalesce('"' || actor || '"', 'null'), encode(commitment, 'hex'), effective_role, format,
        to_char(logged_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    operation, relation, row_key, seq, session_role), 'UTF8'))) AS row_hashes FROM dnc.audit_log;
-- The canonical bytes do not depend on settings.
SET TimeZone = 'Asia/Kolkata'; SET DateStyle = 'German'; SET IntervalStyle = 'sql_standard';
SET extra_float_digits = -3; SET client_encoding = 'LATIN1';
SELECT dnc_add('+14155550102', requested_at => '2020-02-29 12:00:00.5+00', received_at => '2020-03-01 00:00+00') > 0
    AS added;
RESET client_encoding; RESET DateStyle; SET TimeZone = 'UTC';
SELECT after::json ->> 'requested_at' AS requested_at, after::json ->> 'received_at' AS received_at FROM dnc.audit_data
ORDER BY seq DESC LIMIT 1;
-- A rolled-back change leaves nothing behind; neither does a row that ON CONFLICT drops.
SELECT count(*) AS before FROM dnc.audit_log \gset
BEGIN; SELECT dnc_add('+14155550103') > 0 AS added; ROLLBACK;
INSERT INTO dnc.purpose (purpose) VALUES ('acme') ON CONFLICT DO NOTHING;
SELECT count(*) - :before AS more FROM dnc.audit_log;
-- An UPDATE with an old number gets a new one.
UPDATE dnc.purpose SET audit_seq = 1, description = 'x' WHERE purpose = 'acme' RETURNING audit_seq > 4 AS new_number;
-- A number of its own is taken only from the row that the log describes last.
SELECT audit_seq AS seq FROM dnc.purpose WHERE purpose = 'acme' \gset
INSERT INTO dnc.purpose (purpose, audit_seq) VALUES ('forged', :seq);
INSERT INTO dnc.purpose (purpose, audit_seq) VALUES ('forged', 1000000);
DELETE FROM dnc.purpose WHERE purpose = 'acme';
INSERT INTO dnc.purpose (purpose, description, audit_seq) VALUES ('acme', 'x', :seq);
SELECT operation, row_key FROM dnc.audit_log WHERE relation = 'purpose' ORDER BY seq;
INSERT INTO dnc.purpose (purpose, description) VALUES ('acme', 'y');
UPDATE dnc.purpose SET purpose = 'renamed';
-- The restored row must be the very row.
SELECT audit_seq AS seq FROM dnc.purpose WHERE purpose = 'acme' \gset
BEGIN;
ALTER TABLE dnc.purpose DISABLE TRIGGER "00_audit_write";
DELETE FROM dnc.purpose;
ALTER TABLE dnc.purpose ENABLE ALWAYS TRIGGER "00_audit_write";
SAVEPOINT s;
INSERT INTO dnc.purpose (purpose, description, audit_seq) VALUES ('acme', 'z', :seq);
ROLLBACK TO s;
INSERT INTO dnc.purpose (purpose, description, audit_seq) VALUES ('acme', 'y', :seq);
SELECT audit_seq = :seq AS restored FROM dnc.purpose;
SAVEPOINT s;
INSERT INTO dnc.purpose (purpose, description, audit_seq) VALUES ('acme2', 'y', :seq);
ROLLBACK;
-- Rows put into the log by hand are marked as loaded, whatever they say.
INSERT INTO dnc.audit_log SELECT 999999, relation, operation, row_key, logged_at, session_role, effective_role, actor,
    commitment, row_hash, format, xid, false FROM dnc.audit_log WHERE seq = 1;
SELECT seq, loaded FROM dnc.audit_log WHERE seq = 999999;
SELECT dnc_add('+14155550104') > 0 AS ours;
SELECT loaded FROM dnc.audit_log WHERE seq <> 999999 ORDER BY seq DESC LIMIT 1;
-- Append-only, for the superuser too, and whatever session_replication_role says.
UPDATE dnc.audit_log SET actor = 'x'; DELETE FROM dnc.audit_log; TRUNCATE dnc.audit_log CASCADE;
UPDATE dnc.audit_data SET after = 'x'; DELETE FROM dnc.audit_data; TRUNCATE dnc.audit_data CASCADE;
SET session_replication_role = replica;
DELETE FROM dnc.audit_log;
SELECT dnc_add('+14155550105') > 0 AS added;
SELECT relation, operation FROM dnc.audit_log WHERE seq <> 999999 ORDER BY seq DESC LIMIT 1;
RESET session_replication_role;
TRUNCATE dnc.purpose CASCADE; TRUNCATE dnc.channel CASCADE; TRUNCATE dnc.import_batch CASCADE;
-- Triggers that were switched off and on again are found, and mended.
SELECT subject, healthy FROM dnc_health(deep => true);
ALTER TABLE dnc.entry DISABLE TRIGGER ALL; ALTER TABLE dnc.entry ENABLE TRIGGER ALL;
SELECT subject, healthy, detail, remedy FROM dnc_health(deep => true) WHERE NOT healthy;
SELECT dnc_repair_triggers();
SELECT subject, healthy FROM dnc_health(deep => true) WHERE subject = 'triggers';
-- Every table with an audit_seq is under audit, and every trigger of the store fires always.
SELECT c.relname, array_agg(t.tgname ORDER BY t.tgname) FILTER (WHERE t.tgname LIKE '00_audit%' AND t.tgenabled = 'A')
    AS audit
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'audit_seq'
    LEFT JOIN pg_trigger t ON t.tgrelid = c.oid
    WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind = 'r' GROUP BY 1 ORDER BY 1;
SELECT * FROM dnc.weak_trigger;
