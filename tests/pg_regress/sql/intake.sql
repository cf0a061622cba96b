-- What comes in is recorded with all of its numbers or not at all, and whatever is not is visible until somebody has
-- dealt with it.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET dnc.default_region = 'US';
INSERT INTO dnc.purpose (purpose) VALUES ('acme'), ('acme/energy');
-- Two numbers are not one.
SELECT dnc_add('(415) 555-0101 / (415) 555-0102');
SELECT dnc_add('415-555-0101 or 0102');
SELECT dnc_add('415XXXXXXX');
SELECT count(*) AS nothing FROM dnc.entry;
SELECT dnc_add(phones => '{+14155550101,+14155550102}');
SELECT phone, request_id FROM dnc.entry ORDER BY phone;
-- A number that nobody can have: once for each call, by either path.
SELECT dnc_add('+13851705849'), dnc_check('+13851705849') AS recorded;
SELECT dnc_add('+13851705849'::dnc_phone, 'sms') > 0 AS recorded;
SELECT dnc_add('+13851705849', reason => 'no_processing', channel => 'sms') > 0 AS by_sql;
SELECT dnc_add(phones => '{+13851705849,+11234567890,+14155550103}') > 0 AS several;
SELECT dnc_revoke('+11234567890'), dnc_revoke('+11234567890');
SELECT dnc_correct(dnc_add('+14155550104'), '+13851705848', 'digits swapped') > 0 AS moved;
SELECT dnc_add('+14155550105') > 0 AS nothing_to_say;

-- An import: region of each row, code and number, several numbers, masks, invalid numbers, bad times.
SELECT dnc_import_start('x.csv', invalid => 'perhaps');
SELECT dnc_import_start('x.csv', invalid => NULL);
SELECT dnc_import_start('x.csv', format => 'papyrus');
BEGIN;
SELECT dnc_import_start('mixed.csv', 'US') AS batch \gset
COPY dnc.import_row (phone, region, phone_code, phone_number, requested_at, received_at, effective_at, expires_at,
    due_at) FROM STDIN WITH (FORMAT csv);
020 7946 0018,GB,,,,,,,
030 23125001,DE,,,,,,,
(415) 555-0110,,,,,,,,
,,1,4155550111,,,,,
,,44,020 7946 0019,,,,,
,,+49,30 23125002,,,,,
,,0039,06 69812345,,,,,
,GB,,020 7946 0020,,,,,
,,44,+1 415 555 0112,,,,,
415-555-0113 / 415-555-0114,,,,,,,,
415-555-0115 or 0116,,,,,,,,
415-555-0117 (1),,,,,,,,
415XXXXXXX,,,,,,,,
4.155550e9,,,,,,,,
+13851705849,,,,,,,,
+13851705849 / 415-555-0118,,,,,,,,
415 555 0119,,,,yesterday,,,,
415 555 0120,,,,2999-01-01,,,,
415 555 0121,,,,2001-01-01,2000-01-01,soon,later,1999-01-01
020 7946 0021,Atlantis,,,,,,,
+44 20 7946 0022,Atlantis,,,,,,,
415 555 0122,,1,4155550122,,,,,
415 555 0123,,1,,,,,,
,,US,4155550124,,,,,
,,44,,,,,,
415 555 0125,,,,,,,2001-01-01,
\.
SELECT * FROM dnc_import_finish(:batch);
COMMIT;
SELECT e.evidence -> 'line' AS line, e.phone, e.request_id = e.entry_id AS first,
    e.requested_at = b.started_at AS at_start, e.received_at = b.started_at AS got, e.effective_at, e.expires_at
FROM dnc.entry AS e JOIN dnc.import_batch AS b ON b.batch_id = e.batch_id WHERE e.batch_id = :batch ORDER BY entry_id;
SELECT count(DISTINCT request_id) AS one_request, count(*) AS two_numbers FROM dnc.entry
WHERE batch_id = :batch AND evidence ->> 'line' = '11';
SELECT line, phone, region, reason, recorded FROM dnc.import_reject WHERE batch_id = :batch ORDER BY line;
SELECT dnc_check('+14155550113') AS both, dnc_check('+14155550114') AS of_them, dnc_check('+14155550115') AS none,
    dnc_check('+14155550118') AS of_those;
SELECT rows_read, rows_added, rows_rejected, rows_invalid, rows_undated, entries_added, invalid
FROM dnc.import_batch WHERE batch_id = :batch;

-- Rejected lines stay visible until somebody has dealt with them.
SELECT healthy, detail, remedy FROM dnc_health(deep => true) WHERE subject = 'rejected import lines';
SELECT dnc_import_resolve(:batch, 14, 'clerk 4', ' ');
SELECT dnc_import_resolve(:batch, 14, NULL, 'x');
SELECT dnc_import_resolve(:batch, 2, 'clerk 4', 'it was recorded');
SELECT dnc_import_resolve(NULL, 2, 'clerk 4', 'it was recorded');
SELECT dnc_import_resolve(:batch, 14, 'clerk 4', 'recorded with dnc_add_prefix');
SELECT dnc_import_resolve(:batch, 14, 'clerk 4', 'again');
SELECT count(*) FILTER (WHERE line = 14) AS dealt_with, count(*) FROM dnc.import_unresolved WHERE batch_id = :batch;
SELECT healthy FROM dnc_health(deep => true) WHERE subject = 'rejected import lines';
SELECT dnc_import_resolve(:batch, NULL, 'clerk 4', 'no numbers');
SELECT healthy, detail, remedy FROM dnc_health(deep => true) WHERE subject = 'rejected import lines';
SELECT batch_id = :batch AS same, line, why, resolved_by, resolved_at = now() AS now FROM dnc.import_resolution
    ORDER BY 2;
UPDATE dnc.import_resolution SET why = 'other';
SELECT relation, operation, count(*) FROM dnc.audit_log WHERE relation = 'import_resolution' GROUP BY 1, 2;
SELECT healthy FROM dnc_health(deep => true) WHERE subject = 'rows in the log';
SELECT detail, healthy FROM dnc_health(deep => true) WHERE subject = 'numbers';

-- Set aside at first, and accepted by a decision.
BEGIN;
SELECT dnc_import_start('china.csv', 'US') AS asked \gset
COPY dnc.import_row (phone) FROM STDIN;
+13851705840
+14155550130
\.
SELECT * FROM dnc_import_finish(:asked);
COMMIT;
SELECT dnc_check('+13851705840') AS set_aside, dnc_check('+14155550130') AS recorded;
BEGIN;
SELECT dnc_import_start('china.csv', 'US', invalid => 'accept') AS accepted \gset
COPY dnc.import_row (phone) FROM STDIN;
+13851705840
+14155550130
\.
SELECT * FROM dnc_import_finish(:accepted);
COMMIT;
SELECT dnc_check('+13851705840') AS accepted;
SELECT dnc_import_undo(:accepted, 'a test');

-- Several scopes in a row, as the summary of an export has them.
BEGIN;
SELECT dnc_import_start('scopes.csv', 'US') AS scopes \gset
COPY dnc.import_row (phone, channel, purpose, reason) FROM STDIN WITH (FORMAT csv);
415-555-0140 / 415-555-0141,sms voice,acme,complaint no_contact
415-555-0142,all sms,* acme,
415-555-0143,sms,acme acme/energy,no_contact
415-555-0144,sms pigeon,,
415-555-0145,sms,acme beta,
415-555-0146,,,whim
\.
SELECT * FROM dnc_import_finish(:scopes);
COMMIT;
SELECT phone, channel, purpose, reason, dense_rank() OVER (ORDER BY request_id) AS request FROM dnc.entry
WHERE batch_id = :scopes ORDER BY entry_id;
SELECT line, reason FROM dnc.import_reject WHERE batch_id = :scopes ORDER BY line;

-- Numbers in no range in use are counted where the rows of a guarded table are.
CREATE TABLE contact (id int, phone text, other dnc_phone);
INSERT INTO contact VALUES (1, '385 170 5849', '+13851705847'), (2, '415 555 0199', NULL), (3, 'none', '+14155550198');
SELECT dnc_attach('contact', ARRAY['phone', 'other'], 'US');
CALL dnc_recheck('contact');
SELECT dnc_create_view('callable', 'contact', ARRAY['phone', 'other'], 'US');
CREATE TABLE fine (phone text);
INSERT INTO fine VALUES ('415 555 0199');
SELECT dnc_attach('fine', 'phone', 'US');
CALL dnc_recheck('fine');
SELECT dnc_create_view('fine_view', 'fine', 'phone', 'US');

-- An erasure finds a number in what was rejected, whichever of several it is.
SELECT line FROM dnc.import_reject WHERE batch_id = :batch AND dnc.spells(phone, 'US', '+14155550118');
