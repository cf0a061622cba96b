-- Each state that health must report: it is made, seen with what to do about it, repaired, and gone.
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
CREATE FUNCTION health(subject text, deep boolean DEFAULT false) RETURNS TABLE (severity text, value bigint, unit text,
    "limit" bigint, detail text, remedy text) LANGUAGE sql STABLE AS
    'SELECT h.severity, h.value, h.unit, h.limit, h.detail, h.remedy FROM dnc_health($2) AS h WHERE h.subject = $1';
-- Every check has a unit, a limit and a severity, and says of when its value is; a fresh database is one empty list.
SELECT count(*) AS checks, count(DISTINCT subject) AS subjects, bool_and(unit <> '') AS units,
    bool_and("limit" IS NOT NULL) AS limits, bool_and(severity IS NOT NULL) AS severities,
    string_agg(subject, ', ') FILTER (WHERE as_of IS NULL) AS uncounted,
    string_agg(subject, ', ') FILTER (WHERE NOT healthy) AS problems FROM dnc_health(deep => true);
-- No list at all.
SELECT * FROM health('the list');
SELECT detail FROM health('external lists');
SELECT dnc_add('+12125550101') AS entry \gset
SELECT * FROM health('the list');
INSERT INTO dnc.list (list, kind, jurisdiction) VALUES ('us-national', 'national', 'US');
SELECT * FROM health('external lists');
SELECT dnc_list_load_query('us-national', 'SELECT 2125550199') > 0 AS loaded;
SELECT * FROM health('external lists');
-- A restore that lost the list: the guards know another one.
CREATE TABLE dial (id int, phone text, note text);
SELECT dnc_attach('dial', 'phone', region => 'US');
ALTER TABLE dnc.installation DISABLE TRIGGER ALL;
UPDATE dnc.installation SET installation = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
SELECT dnc_repair_triggers() AS repaired;
SELECT * FROM health('the list');
SELECT dnc_list_is_complete('a test') AS adopted;
SELECT * FROM health('the list');
-- A guard whose column was renamed.
ALTER TABLE dial RENAME COLUMN phone TO telephone;
SELECT * FROM health('guards');
ALTER TABLE dial RENAME COLUMN telephone TO phone;
SELECT * FROM health('guards');
-- Lines of an import that nobody has dealt with.
BEGIN;
SELECT dnc_import_start('file.csv', 'US') AS batch \gset
INSERT INTO dnc.import_row (phone) VALUES ('212 555 0102'), ('rubbish');
COMMIT;
SELECT added, rejected FROM dnc_import_finish(:batch);
SELECT severity, value, unit, replace(detail, :'batch', 'N') AS detail, remedy FROM health('rejected import lines');
SELECT dnc_import_resolve(batch_id, line, 'B. Lee', 'no number') FROM dnc.import_unresolved;
SELECT * FROM health('rejected import lines');
-- Invalid numbers, counted by dnc_maintain and added since; corrected ones are gone.
SELECT dnc_add('+12120550103') AS wrong \gset
SELECT * FROM health('numbers');
SELECT task, subject, rows, detail FROM dnc_maintain() WHERE task = 'counted';
SELECT * FROM health('numbers');
SELECT dnc_add('+12120550104') AS later \gset
SELECT value FROM health('numbers') UNION ALL SELECT value FROM health('numbers', true);
SELECT dnc_correct(:wrong, '+12125550103', 'misread') > 0 AS corrected, dnc_revoke('+12120550104') AS revoked;
SELECT value FROM health('numbers') UNION ALL SELECT value FROM health('numbers', true);
-- Phone columns without a guard, as dnc_maintain found them.
CREATE TABLE lead (id int, mobile text, office_phone text);
SELECT severity, value FROM health('phone columns');
SELECT count(*) > 0 AS ran FROM dnc_maintain();
SELECT * FROM health('phone columns');
SELECT dnc_attach('lead', '{mobile,office_phone}', region => 'US');
SELECT value, as_of < now() AS as_of_then FROM dnc_health() WHERE subject = 'phone columns';
SELECT count(*) > 0 AS ran FROM dnc_maintain();
SELECT * FROM health('phone columns');
-- Opt-outs from free text that nobody reviewed for over 30 days.
INSERT INTO dnc.entry (phone, received_at, channel, kind, reason, source, request_id, requested_at, recorded_at,
    evidence) SELECT '+12125550105', at, 'all', 'refusal', 'no_contact', 'letter', 1, at, at, '{"provisional": true}'
    FROM (SELECT now() - interval '40 days') AS x (at);
SELECT count(*) > 0 AS ran FROM dnc_maintain();
SELECT * FROM health('provisional refusals');
SELECT dnc_review(entry_id, 'keep', 'meant so', 'B. Lee') AS reviewed FROM dnc.review_due;
SELECT * FROM health('provisional refusals');
-- dnc_maintain does not run.
UPDATE dnc.entry_watch_state SET counted_at = counted_at - interval '4 days';
SELECT severity, value, unit, "limit", remedy FROM health('maintenance');
SELECT count(*) > 0 AS ran FROM dnc_maintain();
SELECT severity, value, remedy FROM health('maintenance');
-- A replica that is behind, a feed that stopped.
SELECT 1 AS made FROM pg_create_physical_replication_slot('regress_dnc_slot', true);
SELECT name, why ~ '^\d+ MB behind, and nobody reads it$' AS why FROM dnc.behind(0);
SELECT pg_drop_replication_slot('regress_dnc_slot');
SELECT * FROM dnc.behind(0);
BEGIN;
SET LOCAL client_min_messages = error;
CREATE SUBSCRIPTION regress_dnc_feed CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false);
UPDATE pg_subscription SET subenabled = true WHERE subname = 'regress_dnc_feed';
SELECT * FROM health('replicas');
ROLLBACK;
SELECT * FROM health('replicas');
-- What dnc_maintain keeps for reviews, falsified by hand: only deep sees it.
SELECT dnc_add('+12125550106', requested_at => '2001-01-01', received_at => '2001-01-01') AS old \gset
SELECT count(*) > 0 AS ran FROM dnc_maintain();
DELETE FROM dnc.entry_watch;
SELECT count(*) AS due FROM dnc.review_due;
SELECT * FROM health('reviews', true);
DELETE FROM dnc.entry_watch_state;
SELECT count(*) > 0 AS ran FROM dnc_maintain();
SELECT * FROM health('reviews', true);
SELECT count(*) AS due FROM dnc.review_due;
-- An auditor reads it all, and the two lists.
CREATE ROLE regress_dnc_auditor;
SELECT dnc_grant('auditor', 'regress_dnc_auditor');
SET ROLE regress_dnc_auditor;
SELECT string_agg(subject, ', ') AS problems FROM dnc_health() WHERE NOT healthy;
SELECT (SELECT count(*) FROM dnc.review_due) AS due, (SELECT count(*) FROM dnc.overdue) AS late;
RESET ROLE;
DROP OWNED BY regress_dnc_auditor;
DROP ROLE regress_dnc_auditor;
