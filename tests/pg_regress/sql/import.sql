-- Imports by somebody who is no superuser.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
CREATE ROLE regress_dnc_importer;
SELECT dnc_grant('administrator', 'regress_dnc_importer');
SET ROLE regress_dnc_importer;
INSERT INTO dnc.purpose (purpose) VALUES ('acme');
COPY dnc.import_row (phone) FROM STDIN;
+14155550101
\.
SELECT dnc_import_start('optouts.csv', 'ZZ');
SELECT dnc_import_start('', 'US');
SELECT dnc_import_start('optouts.csv', 'US', 'nowhere');
BEGIN;
SELECT dnc_import_start('optouts.csv', 'US') AS batch \gset
COPY dnc.import_row (phone, channel, purpose, reason, requested_at, external_ref, words) FROM STDIN WITH (FORMAT csv);
(415) 555-0101,,,,,,stop
not a number,,,,,,
4155550102,pigeon,,,,,
4155550103,voice,nowhere,,,,
4155550104,voice,acme,whim,,,
4155550105,,,,2026-02-30,,
4155550106,,,,2999-01-01,,
415 555 0101,,,,,,same again
4155550107,sms,acme,complaint,2026-01-01T12:00:00Z,R-7,"no, thanks"
4155550107,sms,acme,complaint,2026-01-01T12:00:00Z,R-7,
,,,,,,
+442079460018,,,,,,
\.
COMMIT;
SELECT * FROM dnc_import_finish(:batch);
SELECT line, phone, reason FROM dnc.import_reject ORDER BY 1;
SELECT count(*) AS staged FROM dnc.import_row;
SELECT phone, channel, purpose, reason, source, external_ref, evidence FROM dnc.entry ORDER BY phone;
SELECT dnc_check('+14155550101') AS a, dnc_check('+14155550107') AS b, dnc_check('+14155550107', 'sms', 'acme') AS c,
    dnc_check('+442079460018') AS d;
SELECT * FROM dnc_import_finish(:batch);
SELECT * FROM dnc_import_finish(-1);
-- The same file again adds nothing.
BEGIN;
SELECT dnc_import_start('optouts.csv', 'US') AS batch2 \gset
COPY dnc.import_row (phone, channel, purpose, reason, requested_at, external_ref, words) FROM STDIN WITH (FORMAT csv);
(415) 555-0101,,,,,,stop
not a number,,,,,,
4155550102,pigeon,,,,,
4155550103,voice,nowhere,,,,
4155550104,voice,acme,whim,,,
4155550105,,,,2026-02-30,,
4155550106,,,,2999-01-01,,
415 555 0101,,,,,,same again
4155550107,sms,acme,complaint,2026-01-01T12:00:00Z,R-7,"no, thanks"
4155550107,sms,acme,complaint,2026-01-01T12:00:00Z,R-7,
,,,,,,
+442079460018,,,,,,
\.
COMMIT;
SELECT * FROM dnc_import_finish(:batch2);
-- Another file may name the same numbers; undoing the first one ends only its own.
BEGIN;
SELECT dnc_import_start('other.csv', 'US') AS batch3 \gset
COPY dnc.import_row (phone, external_ref) FROM STDIN WITH (FORMAT csv);
4155550101,
4155550107,R-7
\.
COMMIT;
SELECT * FROM dnc_import_finish(:batch3);
SELECT dnc_import_undo(:batch, ' ');
SELECT dnc_import_undo(:batch, 'wrong file');
SELECT dnc_import_undo(:batch, 'again');
SELECT dnc_check('+14155550101') AS still_by_the_other, dnc_check('+442079460018') AS undone;
-- What was undone can be imported again, reference and all.
BEGIN;
SELECT dnc_import_start('optouts.csv', 'US') AS batch4 \gset
COPY dnc.import_row (phone, channel, purpose, reason, requested_at, external_ref, words) FROM STDIN WITH (FORMAT csv);
4155550107,sms,acme,complaint,2026-01-01T12:00:00Z,R-7,"no, thanks"
\.
COMMIT;
SELECT * FROM dnc_import_finish(:batch4);
SELECT dnc_check('+14155550107', 'sms', 'acme') AS refused;
SELECT state, file, rows_read, rows_added, rows_duplicate, rows_rejected FROM dnc.import_batch ORDER BY batch_id;
-- A failure half-way adds nothing.
BEGIN;
SELECT dnc_import_start('half.csv', 'US') AS batch5 \gset
COPY dnc.import_row (phone) FROM STDIN;
4155550190
\.
COMMIT;
BEGIN;
SELECT added FROM dnc_import_finish(:batch5);
ROLLBACK;
SELECT dnc_check('+14155550190') AS nothing;
SELECT added FROM dnc_import_finish(:batch5);
-- One reference twice: said again it is a duplicate; with other times it is a request that nobody can tell from the
-- first, and put aside.
BEGIN;
SELECT dnc_import_start('refs.csv', 'US') AS batch6 \gset
COPY dnc.import_row (phone, channel, external_ref, effective_at, expires_at) FROM STDIN WITH (FORMAT csv);
4155550195,,R-8,,
+14155550195,,R-8,2001-01-01,
(415) 555-0195,,R-8,,2999-01-01
4155550195,,R-8,2999-01-01,
4155550195,sms,R-8,,2999-01-01
4155550196,,R-8,2999-01-01,
4155550196,,R-8,,
\.
SELECT * FROM dnc_import_finish(:batch6);
COMMIT;
SELECT line, phone, reason FROM dnc.import_reject WHERE batch_id = :batch6 ORDER BY 1;
SELECT phone, channel, effective_at, expires_at, external_ref FROM dnc.entry WHERE batch_id = :batch6 ORDER BY entry_id;
-- What a transaction started is nobody else's, and ends with it.
SELECT dnc_import_start('mine.csv', 'US') AS batch7 \gset
SELECT current_setting('dnc.import_batch') = '' AS nothing_left;
INSERT INTO dnc.import_row (phone) VALUES ('4155550197');
INSERT INTO dnc.import_row (batch_id, phone) VALUES (:batch7, '4155550197');
BEGIN;
SELECT dnc_import_start('theirs.csv', 'US') AS batch8 \gset
SAVEPOINT s;
SELECT dnc_import_start('theirs too.csv', 'US') AS batch9 \gset
ROLLBACK TO s;
INSERT INTO dnc.import_row (phone) VALUES ('4155550198');
SELECT added FROM dnc_import_finish(:batch8);
-- It has its rows; there is no default any more.
INSERT INTO dnc.import_row (phone) VALUES ('4155550198');
ROLLBACK;
SELECT added FROM dnc_import_finish(:batch7);
-- Of nothing there is no import; what nobody finishes is removed.
SELECT dnc_import_start('empty.csv', 'US') AS batch10 \gset
SELECT * FROM dnc_import_finish(:batch10);
INSERT INTO dnc.import_row (batch_id, phone) VALUES (:batch10, '4155550199'), (:batch10, '4155550198');
SELECT dnc_import_abandon(:batch10);
SELECT dnc_import_abandon(:batch10);
SELECT dnc_import_abandon(-1), 'no such import';
SELECT dnc_import_abandon(NULL);
SELECT dnc_import_abandon(:batch7);
SELECT dnc_import_finish(:batch10);
INSERT INTO dnc.import_row (batch_id, phone) VALUES (:batch10, '4155550199');
SELECT count(*) AS staged FROM dnc.import_row;
SELECT state, finished_at IS NULL AS unfinished, rows_read FROM dnc.import_batch WHERE batch_id = :batch10;
SELECT dnc_check('+14155550199') AS never_imported;
-- What an import took itself makes no request late, nor do the moments of one that no rule gives a time for; hours do.
SELECT dnc_import_start('slow.csv') AS slow \gset
INSERT INTO dnc.import_row (batch_id, phone) SELECT :slow, p
FROM unnest(ARRAY['+14155550181', '+442079460081', '+6834001', '+8821612345678']) AS p;
SELECT problem, e164 FROM dnc.overdue;
SELECT pg_sleep(0.01);
SELECT added FROM dnc_import_finish(:slow);
SELECT problem, e164 FROM dnc.overdue;
SELECT count(*) AS no_rule_says FROM dnc.entry WHERE batch_id = :slow AND due_at = received_at;
SELECT count(*) AS after_their_start FROM dnc.entry WHERE batch_id = :slow AND recorded_at > received_at;
SELECT dnc_add('+6834002', received_at => now() - interval '10 seconds', requested_at => now() - interval '10 seconds')
    > 0 AS at_once, dnc_add('+6834003', received_at => now() - interval '2 hours',
    requested_at => now() - interval '2 hours') > 0 AS late;
SELECT problem, e164 FROM dnc.overdue;
SELECT dnc_import_start('left.csv') AS left_open \gset
INSERT INTO dnc.import_row (batch_id, phone) SELECT :left_open, p FROM unnest(ARRAY['+14155550182', '+6834004']) AS p;
RESET ROLE;
UPDATE dnc.import_batch SET started_at = started_at - interval '61 minutes' WHERE batch_id = :left_open;
SELECT problem, e164 FROM dnc.overdue ORDER BY 2;
UPDATE dnc.import_batch SET started_at = started_at - interval '2 days' WHERE batch_id = :left_open;
SELECT subject, healthy, replace(detail, :'left_open', 'N') AS detail FROM dnc_health() WHERE subject = 'open imports';
SELECT added FROM dnc_import_finish(:left_open);
SELECT problem, e164 FROM dnc.overdue ORDER BY 2;
SELECT operation, row_key, count(*) FROM dnc.audit_log WHERE relation = 'import_batch' GROUP BY 1, 2 ORDER BY 2::int, 1;
SELECT dnc_ungrant('administrator', 'regress_dnc_importer');
DROP OWNED BY regress_dnc_importer; DROP ROLE regress_dnc_importer;
