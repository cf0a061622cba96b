-- A list from another system: dates as people write them, a look before anything is written, rejected lines that are
-- worked through, and nothing old that counts as late.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
-- Times.
SELECT v AS value, dnc.try_time(v, 'mdy') AS mdy, dnc.try_time(v, 'dmy') AS dmy
FROM unnest(ARRAY['2026-11-24', '2026-11-24T10:00:00Z', '2026-11-24 10:00:00+02', '11/24/2026', '24/11/2026',
    '03/04/2026', '24.11.2026', '24.11.2026 15:45', '11/24/2026 3:45 PM', '24-Nov-2026', 'Nov 24, 2026',
    '24 November 2026', 'Tue, 24 Nov 2026 10:00:00 +0000', '20261124', '24/11/26', '1795514400', '1795514400000',
    '46350', '46350.5', '31/02/2026', '2026-02-31', 'yesterday', 'now', 'epoch', 'infinity', 'today 10:00', 'soon',
    '12', '2026', '', ' ', E'2026-11-24\n', '99999999999999999999', '2026-11-24; DROP TABLE x']) AS v;
SELECT dnc_import_start('old.csv', date_order => 'ymd');
SELECT dnc_import_start('old.csv', honoured_since => '2999-01-01');
-- A preview writes nothing; it says what is rejected, and what is doubtful.
BEGIN;
SELECT dnc_import_start('old.csv', region => 'US', honoured_since => '2020-01-01') AS batch \gset
COPY dnc.import_row (phone, region, requested_at, channel, reason, note, external_ref) FROM STDIN WITH (FORMAT csv);
(415) 555-0101,,11/24/2020,Phone,no_contact,called on Tuesday,A-1
(415) 555-0102,USA,03/04/2021,SMS,Customer asked,,A-2
020 7946 0018,United Kingdom,2021-05-01,"voice, text",,,A-3
020 7946 0019,US,2021-05-02,,,,A-4
(415) 555-0103,US,someday,,,,A-5
(415) 555-0104,US,2021-05-03,e-mail,,,A-6
13851705849,US,2021-05-04,,,,A-7
415XXXXXXX,US,2021-05-05,,,,A-8
\.
SELECT line, phones, status, channels, reason, nullif(requested_at, now()) AS requested_at, problem
    FROM dnc_import_preview(:batch);
SELECT count(*) AS nothing FROM dnc.entry;
SELECT * FROM dnc_import_finish(:batch);
COMMIT;
SELECT dnc_import_preview(:batch);
SELECT phone, channel, reason, nullif(requested_at, received_at) AS requested_at,
    evidence - 'file' - 'spelling' AS evidence FROM dnc.entry ORDER BY entry_id;
SELECT problem, entry_id FROM dnc.overdue;
SELECT line, phone, region, reason, recorded FROM dnc.import_unresolved ORDER BY line;
SELECT severity, value, detail FROM dnc_health() WHERE subject = 'rejected import lines';
-- Rejected lines: in another region, with a corrected number, with what is possible; the rest stays.
SELECT * FROM dnc_import_retry(:batch, by => 'clerk 4', line => 5, region => 'GB');
SELECT * FROM dnc_import_retry(:batch, by => 'clerk 4', region => 'CN');
SELECT * FROM dnc_import_retry(:batch, by => 'clerk 4', line => 9, phone => '+1 415 555 0109');
SELECT * FROM dnc_import_retry(:batch, by => 'clerk 4', phone => '+1 415 555 0109');
SELECT * FROM dnc_import_retry(:batch, by => NULL);
SELECT * FROM dnc_import_retry(:batch, by => 'clerk 4', line => 9);
SELECT line, phone, reason FROM dnc.import_unresolved ORDER BY line;
SELECT line, why, resolved_by FROM dnc.import_resolution ORDER BY line;
SELECT phone, external_ref, nullif(requested_at, received_at) AS requested_at, batch_id = :batch AS of_the_file
    FROM dnc.entry ORDER BY entry_id;
SELECT file, state, rows_read, rows_added FROM dnc.import_batch ORDER BY batch_id;
-- The dates of a file show their order; where nothing shows it, it is assumed and reported.
BEGIN;
SELECT dnc_import_start('eu.csv', region => 'GB') AS batch \gset
INSERT INTO dnc.import_row (phone, requested_at)
    VALUES ('020 7946 0031', '03/04/2021'), ('020 7946 0032', '24/11/2020');
SELECT line, requested_at, problem FROM dnc_import_preview(:batch);
DELETE FROM dnc.import_row WHERE batch_id = :batch AND requested_at LIKE '24%';
SELECT line, requested_at, problem FROM dnc_import_preview(:batch);
ROLLBACK;
-- What a file showed holds for its rejected lines too.
BEGIN;
SELECT dnc_import_start('us.csv') AS batch \gset
INSERT INTO dnc.import_row (phone, region, requested_at, external_ref)
    VALUES ('415 555 0131', 'US', '12/24/2020', 'B-1'), ('415 555 0132', NULL, '03/04/2021', 'B-2');
SELECT rejected FROM dnc_import_finish(:batch);
COMMIT;
SELECT line, phone, reason, external_ref FROM dnc.import_unresolved WHERE batch_id = :batch;
SELECT recorded FROM dnc_import_retry(:batch, by => 'clerk 4', region => 'US');
SELECT requested_at FROM dnc.entry WHERE external_ref = 'B-2';
-- Without honoured_since, what reaches this system after its deadline is late.
BEGIN;
SELECT dnc_import_start('late.csv', region => 'US') AS batch \gset
INSERT INTO dnc.import_row (phone, requested_at, received_at) VALUES ('415 555 0120', '2021-01-01', '2021-01-02');
SELECT added FROM dnc_import_finish(:batch);
COMMIT;
SELECT problem, e164 FROM dnc.overdue;
