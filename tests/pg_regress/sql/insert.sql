-- Rows that are put into tables without SQL (src/pg/sys/insert.rs): whatever somebody adds to those tables has its say.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TIME ZONE 'UTC';
CREATE VIEW log AS SELECT l.relation, l.operation, l.row_key, l.actor, l.loaded, d.after::jsonb ->> 'phone' AS phone
    FROM dnc.audit_log AS l JOIN dnc.audit_data AS d USING (seq) ORDER BY l.seq;

-- One row each, as SQL puts it there.
SELECT dnc_add('+14155550101'::dnc_phone, channel => 'sms', source => 'web_form', evidence => '{"words": "stop"}',
    by => 'ann') AS entry;
SELECT dnc.record_request(ARRAY['+14155550102'::dnc_phone], 'sms', NULL, 'no_contact', 'web_form', now(),
    '{"words": "stop"}', NULL, NULL, NULL, NULL, NULL, 'ann') AS entry;
SELECT count(*) AS same
FROM (SELECT ends, effective_at, expires_at, channel, purpose, kind, reason, source, entry_id = request_id,
    requested_at = received_at AND received_at = recorded_at, due_at, taken_by, evidence, external_ref, batch_id,
    corrects
    FROM dnc.entry GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16) AS x;
SELECT * FROM log;
SELECT dnc_add('+14155550103', effective_at => '2999-01-01', expires_at => '2999-02-01', due_at => '2998-01-01',
    requested_at => '2026-01-01', received_at => '2026-01-02') AS entry;
SELECT phone, effective_at, expires_at, received_at, requested_at, due_at < '2027-01-01' AS due FROM dnc.entry
WHERE entry_id = 3;
SELECT dnc_add('+14155550104', effective_at => '2020-01-01') AS entry;
SELECT effective_at, expires_at FROM dnc.entry WHERE entry_id = 4;
-- A reference; five hundred characters of more bytes; evidence that does not fit into a page.
SELECT dnc_add('+14155550105', source => 'web_form', external_ref => 'W-1') AS entry;
SELECT dnc_add('+14155550105', source => 'web_form', external_ref => 'W-1') AS the_same;
SELECT dnc_add('+14155550106', source => 'web_form', external_ref => 'W-1') AS another;
SELECT dnc_add('+14155550107', by => repeat('é', 500)) AS entry;
SELECT dnc_add('+14155550107', by => repeat('é', 501)) AS entry;
SELECT dnc_add('+14155550108', evidence => (SELECT jsonb_build_object('words', string_agg(md5(n::text), ' '))
        FROM generate_series(1, 3000) AS n)) AS entry;
SELECT length(evidence ->> 'words') AS words FROM dnc.entry WHERE phone = '+14155550108';
SELECT count(*) AS not_as_logged FROM dnc.entry AS e JOIN dnc.audit_data AS d ON d.seq = e.audit_seq
WHERE NOT dnc.row_matches(d.after, e);
-- In one transaction, what is rolled back and what is not.
BEGIN;
SELECT dnc_add('+14155550110') > 0 AS added;
SAVEPOINT s;
SELECT dnc_add('+14155550111') > 0 AS added;
ROLLBACK TO s;
SELECT dnc_add('+14155550112', channel => 'telegram');
ROLLBACK TO s;
SELECT dnc_add('+14155550113') > 0 AS added;
COMMIT;
SELECT phone, dnc_check(phone) FROM unnest('{+14155550110,+14155550111,+14155550113}'::dnc_phone[]) AS phone;
SELECT count(*) AS added, count(dnc_add(('+1415556' || n)::dnc_phone)) FROM generate_series(1000, 1099) AS n;
SELECT count(*) AS entries FROM dnc.entry;

-- Indexes of every kind: on expressions, partial, unique, and of other access methods.
CREATE INDEX log_expression ON dnc.audit_log (upper(row_key), relation) WHERE operation = 'INSERT';
CREATE INDEX log_brin ON dnc.audit_log USING brin (logged_at);
CREATE INDEX log_hash ON dnc.audit_log USING hash (relation);
CREATE INDEX data_expression ON dnc.audit_data ((after::jsonb ->> 'taken_by'));
CREATE INDEX entry_evidence ON dnc.entry USING gin (evidence);
CREATE INDEX entry_taken ON dnc.entry (lower(taken_by)) WHERE taken_by IS NOT NULL;
SELECT dnc_add('+14155550120', by => 'Bob', evidence => '{"desk": 7}') > 0 AS added;
SET enable_seqscan = off;
SELECT phone FROM dnc.entry WHERE evidence @> '{"desk": 7}';
SELECT phone FROM dnc.entry WHERE lower(taken_by) = 'bob';
SELECT count(*) FROM dnc.audit_data WHERE after::jsonb ->> 'taken_by' = 'Bob';
SELECT count(*) FROM dnc.audit_log
WHERE upper(row_key) = (SELECT entry_id::text FROM dnc.entry WHERE lower(taken_by) = 'bob') AND relation = 'entry'
    AND operation = 'INSERT';
SELECT count(*) FROM dnc.audit_log WHERE relation = 'entry';
SELECT count(*) FROM dnc.audit_log WHERE NOT loaded AND xid IS NOT NULL;
RESET enable_seqscan;
CREATE UNIQUE INDEX one_insert ON dnc.audit_log (relation, row_key) WHERE operation = 'INSERT' AND actor = 'once';
CREATE UNIQUE INDEX one_number ON dnc.entry (phone) WHERE taken_by = 'once';
SELECT dnc_add('+14155550121', by => 'once') > 0 AS added;
SELECT dnc_add('+14155550121', by => 'once') > 0 AS added;
DROP INDEX dnc.log_expression, dnc.log_brin, dnc.log_hash, dnc.data_expression, dnc.entry_evidence, dnc.entry_taken,
    dnc.one_insert, dnc.one_number;
SELECT dnc_add('+14155550122') > 0 AS added;

-- Constraints.
\set VERBOSITY terse
ALTER TABLE dnc.audit_log ADD CONSTRAINT named CHECK (actor <> 'nobody') NOT VALID;
SET dnc.actor = 'nobody';
SELECT dnc_add('+14155550130') > 0 AS added;
RESET dnc.actor;
ALTER TABLE dnc.audit_log DROP CONSTRAINT named;
ALTER TABLE dnc.entry ADD CONSTRAINT by_somebody CHECK (taken_by IS NOT NULL) NOT VALID;
SELECT dnc_add('+14155550131') > 0 AS added;
ALTER TABLE dnc.entry DROP CONSTRAINT by_somebody;
ALTER TABLE dnc.audit_data ADD CONSTRAINT none CHECK (false) NOT VALID;
SELECT dnc_add('+14155550132') > 0 AS added;
ALTER TABLE dnc.audit_data DROP CONSTRAINT none;
-- What a function of a constraint says may change.
CREATE FUNCTION fits(entry bigint) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN true;
ALTER TABLE dnc.entry ADD CONSTRAINT fits CHECK (fits(request_id));
SELECT dnc_add('+14155550133') > 0 AS added;
CREATE OR REPLACE FUNCTION fits(entry bigint) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN false;
SELECT dnc_add('+14155550133') > 0 AS added;
ALTER TABLE dnc.entry DROP CONSTRAINT fits;
\set VERBOSITY default

-- Triggers, of rows and of statements, with transition tables and deferred.
CREATE TABLE heard (n int GENERATED ALWAYS AS IDENTITY, what text, loaded boolean, path text);
CREATE FUNCTION hears() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.heard (what, loaded, path) SELECT concat_ws(' ', TG_WHEN, TG_LEVEL, TG_TABLE_NAME),
        to_jsonb(NEW) -> 'loaded' = 'true', current_setting('search_path');
    RETURN CASE WHEN TG_LEVEL = 'ROW' THEN NEW END;
END
$$;
CREATE TRIGGER "99" BEFORE INSERT ON dnc.audit_log FOR EACH ROW EXECUTE FUNCTION hears();
CREATE TRIGGER "98" AFTER INSERT ON dnc.audit_log FOR EACH ROW EXECUTE FUNCTION hears();
CREATE TRIGGER "97" AFTER INSERT ON dnc.audit_data FOR EACH STATEMENT EXECUTE FUNCTION hears();
CREATE TRIGGER "96" AFTER INSERT ON dnc.entry FOR EACH STATEMENT EXECUTE FUNCTION hears();
CREATE CONSTRAINT TRIGGER "95" AFTER INSERT ON dnc.entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION hears();
SELECT dnc_add('+14155550140') > 0 AS added;
SELECT * FROM heard ORDER BY n;
CREATE FUNCTION counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.heard (what) SELECT count(*) || ' new of ' || TG_TABLE_NAME FROM fresh;
    RETURN NULL;
END
$$;
CREATE TRIGGER "94" AFTER INSERT ON dnc.audit_data REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION counts();
CREATE TRIGGER "93" AFTER INSERT ON dnc.entry REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION counts();
TRUNCATE heard;
SELECT dnc_add('+14155550141') > 0 AS added;
SELECT what FROM heard ORDER BY n;
DROP TRIGGER "99" ON dnc.audit_log; DROP TRIGGER "98" ON dnc.audit_log; DROP TRIGGER "97" ON dnc.audit_data;
DROP TRIGGER "94" ON dnc.audit_data;
DROP TRIGGER "96" ON dnc.entry; DROP TRIGGER "95" ON dnc.entry; DROP TRIGGER "93" ON dnc.entry;
-- One that leaves rows out, and one that records another refusal.
CREATE FUNCTION drops() RETURNS trigger
LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN NEW.phone <> '+14155550142' THEN NEW END; END $$;
CREATE TRIGGER "92" BEFORE INSERT ON dnc.entry FOR EACH ROW EXECUTE FUNCTION drops();
ALTER FUNCTION drops() SET search_path = public;
SELECT dnc_add('+14155550142') > 0 AS added;
SELECT count(*) FROM dnc.entry WHERE phone = '+14155550142';
DROP TRIGGER "92" ON dnc.entry;
CREATE FUNCTION doubles() RETURNS trigger
LANGUAGE plpgsql SET search_path = public
AS $$ BEGIN IF NEW.channel = 'sms' THEN PERFORM dnc_add(NEW.phone, 'whatsapp'); END IF; RETURN NULL; END $$;
CREATE TRIGGER "91" AFTER INSERT ON dnc.entry FOR EACH ROW EXECUTE FUNCTION doubles();
SELECT dnc_add('+14155550143', 'sms') > 0 AS added;
SELECT phone, channel FROM dnc.entry WHERE phone = '+14155550143' ORDER BY channel;
DROP TRIGGER "91" ON dnc.entry;

-- Columns, and rules, are for SQL.
ALTER TABLE dnc.audit_log ADD COLUMN node text NOT NULL DEFAULT 'a';
CREATE RULE tells AS ON INSERT TO dnc.audit_data DO ALSO INSERT INTO public.heard (what)
    VALUES ('rule ' || length(NEW.salt));
TRUNCATE heard;
SELECT dnc_add('+14155550150') > 0 AS added;
SELECT l.node, l.loaded, dnc.row_matches(d.after, e) AS as_logged FROM dnc.entry AS e
JOIN dnc.audit_log AS l ON l.seq = e.audit_seq JOIN dnc.audit_data AS d USING (seq) WHERE e.phone = '+14155550150';
SELECT what FROM heard;
DROP RULE tells ON dnc.audit_data;
ALTER TABLE dnc.audit_log DROP COLUMN node;
SELECT dnc_add('+14155550151') > 0 AS added;

-- A row from somebody's hand, between ours.
INSERT INTO dnc.audit_log (seq, relation, operation, row_key, logged_at, session_role, effective_role, commitment,
    row_hash, format, xid, loaded)
    SELECT nextval('dnc.audit_seq'), 'entry', 'INSERT', '0', now(), 'x', 'x', row_hash, row_hash, 1, xid, false
    FROM dnc.audit_log LIMIT 1;
SELECT dnc_add('+14155550152') > 0 AS added;
SELECT loaded, row_key = '0' AS by_hand, count(*) > 0 AS some FROM dnc.audit_log GROUP BY 1, 2 ORDER BY 1, 2;

-- A lookup table without its trigger locks rows, as it did.
INSERT INTO dnc.source (source, description) VALUES ('kiosk', 'terminal');
SELECT dnc_add('+14155550160', source => 'kiosk') > 0 AS added,
    (SELECT count(*) FROM pg_locks WHERE relation = 'dnc.source'::regclass AND mode = 'RowShareLock'
    AND pid = pg_backend_pid()) AS locks;
ALTER TABLE dnc.source DISABLE TRIGGER "00_names_wait";
SELECT dnc_add('+14155550161', source => 'kiosk') > 0 AS added;
DELETE FROM dnc.entry WHERE source = 'kiosk';
SELECT xmax <> 0 AS locked FROM dnc.source WHERE source = 'kiosk';
ALTER TABLE dnc.source ENABLE ALWAYS TRIGGER "00_names_wait";
SELECT dnc_add('+14155550162', source => 'terminal') > 0 AS added;
SELECT dnc.is_known('source', 'kiosk'), dnc.is_known('source', 'terminal'), dnc.is_known('source', NULL),
    dnc.is_known(NULL, 'kiosk');
SELECT dnc.is_known('sourc', 'kiosk');
-- Other than the row of the log above, all is as it must be.
SELECT subject, detail FROM dnc_health(deep => true)
WHERE NOT healthy AND subject IN ('triggers', 'indexes', 'rows in the log', 'references');
