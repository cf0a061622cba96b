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
SELECT * FROM dnc_import_finish(:batch);
SELECT line, phone, reason FROM dnc.import_reject ORDER BY 1;
SELECT count(*) AS staged FROM dnc.import_row;
SELECT phone, channel, purpose, reason, source, external_ref, evidence FROM dnc.entry ORDER BY phone;
SELECT dnc_check('+14155550101') AS a, dnc_check('+14155550107') AS b, dnc_check('+14155550107', 'sms', 'acme') AS c, dnc_check('+442079460018') AS d;
SELECT * FROM dnc_import_finish(:batch);
SELECT * FROM dnc_import_finish(-1);
-- The same file again adds nothing.
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
SELECT * FROM dnc_import_finish(:batch2);
-- Another file may name the same numbers; undoing the first one ends only its own.
SELECT dnc_import_start('other.csv', 'US') AS batch3 \gset
COPY dnc.import_row (phone, external_ref) FROM STDIN WITH (FORMAT csv);
4155550101,
4155550107,R-7
\.
SELECT * FROM dnc_import_finish(:batch3);
SELECT dnc_import_undo(:batch, ' ');
SELECT dnc_import_undo(:batch, 'wrong file');
SELECT dnc_import_undo(:batch, 'again');
SELECT dnc_check('+14155550101') AS still_by_the_other, dnc_check('+442079460018') AS undone;
-- What was undone can be imported again, reference and all.
SELECT dnc_import_start('optouts.csv', 'US') AS batch4 \gset
COPY dnc.import_row (phone, channel, purpose, reason, requested_at, external_ref, words) FROM STDIN WITH (FORMAT csv);
4155550107,sms,acme,complaint,2026-01-01T12:00:00Z,R-7,"no, thanks"
\.
SELECT * FROM dnc_import_finish(:batch4);
SELECT dnc_check('+14155550107', 'sms', 'acme') AS refused;
SELECT state, file, rows_read, rows_added, rows_duplicate, rows_rejected FROM dnc.import_batch ORDER BY batch_id;
-- A failure half-way adds nothing.
SELECT dnc_import_start('half.csv', 'US') AS batch5 \gset
COPY dnc.import_row (phone) FROM STDIN;
4155550190
\.
BEGIN;
SELECT added FROM dnc_import_finish(:batch5);
ROLLBACK;
SELECT dnc_check('+14155550190') AS nothing;
SELECT added FROM dnc_import_finish(:batch5);
RESET ROLE;
SELECT operation, row_key, count(*) FROM dnc.audit_log WHERE relation = 'import_batch' GROUP BY 1, 2 ORDER BY 2::int, 1;
SELECT dnc_ungrant('administrator', 'regress_dnc_importer');
DROP OWNED BY regress_dnc_importer; DROP ROLE regress_dnc_importer;
