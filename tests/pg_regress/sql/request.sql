-- Requests through their life: due, kept, reviewed.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
INSERT INTO dnc.purpose (purpose) VALUES ('acme'), ('acme/loans'), ('marketing');
-- Received → effective at once → due → kept.
SELECT dnc_add('+12125550101', requested_at => '2026-07-01 12:00Z', received_at => '2026-07-02 12:00Z',
    source => 'letter') AS us;
SELECT dnc_add('+442079460018', requested_at => '2026-07-01 12:00Z', received_at => '2026-07-02 12:00Z',
    source => 'letter') AS gb;
SELECT dnc_add('+81312345678', requested_at => '2026-07-01 12:00Z', received_at => '2026-07-02 12:00Z',
    due_at => '2026-07-09 00:00Z', source => 'letter') AS told_deadline_where_no_rule_is;
SELECT dnc_add('+12125550102', requested_at => '2026-07-01 12:00Z', received_at => '2026-07-02 12:00Z',
    due_at => '2027-07-09 00:00Z', source => 'letter') AS the_law_is_stricter;
SELECT dnc_add('+12125550103', requested_at => '2026-07-01 12:00Z', received_at => '2026-07-02 12:00Z',
    due_at => '2026-07-05 00:00Z', source => 'letter') AS the_promise_is_stricter;
SELECT dnc_add('+12125550104', effective_at => now() + interval '400 days', source => 'letter') AS starts_too_late;
SELECT dnc_add('+12125550105', source => 'letter', reason => 'not_interested', purpose => 'acme/loans',
    expires_at => now() + interval '30 days') AS a_pause;
SELECT entry_id, phone, state, due_at, late, keep_until FROM dnc.request WHERE entry_id <= 5 ORDER BY 1;
SELECT entry_id, phone, state, late FROM dnc.request WHERE entry_id > 5 ORDER BY 1;
SELECT problem, entry_id, e164, due_at FROM dnc.overdue WHERE entry_id <= 5 ORDER BY 2;
SELECT problem, entry_id, e164, due_at < honoured_at AS late, honoured_at > now() AS to_come FROM dnc.overdue
WHERE entry_id > 5 ORDER BY 2;
SELECT dnc_correct(1, '+442079460019', 'typing error') AS corrected;
SELECT entry_id, phone, state, due_at FROM dnc.request WHERE entry_id = 1 OR phone = '+442079460019' ORDER BY 1;
-- An import that nobody finishes is late too.
BEGIN;
SELECT dnc_import_start('late.csv', 'GB') AS batch \gset
INSERT INTO dnc.import_row (phone, requested_at) VALUES ('020 7946 0020', '2026-01-01'), ('rubbish', NULL);
COMMIT;
UPDATE dnc.import_batch SET started_at = started_at - interval '2 hours' WHERE batch_id = :batch;
SELECT problem, e164, requested_at, batch_id = :batch AS batch FROM dnc.overdue WHERE batch_id IS NOT NULL;
SELECT * FROM dnc_import_finish(:batch);
SELECT count(*) FROM dnc.overdue WHERE batch_id IS NOT NULL;
-- An objection to any use of the data is never smaller than that, and takes the person out of analytics.
SELECT dnc_add('+12125550110', channel => 'sms', purpose => 'acme/loans', reason => 'no_processing') AS objection;
SELECT channel, purpose FROM dnc.entry WHERE phone = '+12125550110';
SELECT n, dnc_may_process(n::dnc_phone) FROM unnest(ARRAY['+12125550110', '+12125550102', '+12125550199', NULL]) AS n;
-- "Not this product" does not lapse unless it was made temporary in so many words.
SELECT dnc_add('+12125550111', reason => 'not_interested', purpose => 'acme/loans', requested_at => '2001-01-01',
    received_at => '2001-01-01') AS entry \gset
SELECT dnc_check('+12125550111', 'voice', 'acme/loans') AS refused,
    dnc_check('+12125550111', 'voice', 'marketing') AS other;
SELECT because, since, keep_until FROM dnc.review_due WHERE entry_id = :entry;
-- A marketing-only refusal of WhatsApp is a purpose of a channel.
SELECT dnc_add('+12125550112', channel => 'whatsapp', purpose => 'marketing') > 0 AS added;
SELECT c, p, dnc_check('+12125550112', c, p)
FROM unnest('{whatsapp,voice,sms,fax}'::text[]) AS c, unnest('{marketing,acme}'::text[]) AS p ORDER BY 1, 2;
-- Signed reviews.
SELECT dnc_review(:entry, 'end', NULL, 'A. Smith');
SELECT dnc_review(:entry, 'end', 'asked again by letter', ' ');
\set VERBOSITY sqlstate
SELECT dnc_review(:entry, 'perhaps', 'x', 'A. Smith');
SELECT dnc_review(:entry, 'keep', 'x', 'A. Smith', review_again_at => '2020-01-01');
\set VERBOSITY default
SELECT dnc_review(ARRAY[:entry, 987654], 'keep', 'x', 'A. Smith');
SELECT dnc_review('{}'::bigint[], 'keep', 'x', 'A. Smith');
SELECT dnc_review(2, 'end', 'spring cleaning', 'A. Smith') AS no_rule_keeps_it;
SELECT dnc_review(4, 'end', 'spring cleaning', 'A. Smith');
SELECT dnc_review(:entry, 'keep', 'confirmed by letter', 'A. Smith', review_again_at => now() + interval '10 days')
    AS kept;
SELECT count(*) AS not_due_now FROM dnc.review_due WHERE entry_id = :entry;
SELECT dnc_review(:entry, 'end', 'the person asked for offers again, letter of today', 'A. Smith') AS ended;
SELECT dnc_review(:entry, 'keep', 'x', 'A. Smith');
SELECT dnc_check('+12125550111', 'voice', 'acme/loans') AS refused;
SELECT dnc_add('+12125550113', reason => 'complaint', requested_at => '2001-01-01', received_at => '2001-01-01')
    AS sticky \gset
SELECT dnc_review(:sticky, 'end', 'old', 'A. Smith');
SELECT dnc_review(:sticky, 'end', 'settled, file 17', 'A. Smith', force => true) AS forced;
SELECT decision, decided_by, why FROM dnc.review ORDER BY review_id;
SELECT kind, taken_by, evidence FROM dnc.entry WHERE kind = 'review' ORDER BY entry_id;
UPDATE dnc.review SET why = 'x';
-- A reassigned number puts refusals up for review, and ends none.
SELECT dnc_add('+12125550114', requested_at => '2026-01-01', received_at => '2026-01-01') AS former \gset
SELECT dnc_reassigned('+12125550114', '2026-02-01') > 0 AS recorded;
SELECT dnc_check('+12125550114') AS still_refused;
SELECT because FROM dnc.review_due WHERE entry_id = :former;
SELECT dnc_review(:former, 'end', 'the new holder never refused', 'A. Smith') AS ended;
SELECT dnc_check('+12125550114') AS refused;
-- The whole list as one task.
SELECT dnc_review_start('2026, whole list', 'B. Jones') AS task \gset
SELECT dnc_review_start('', 'B. Jones');
\set VERBOSITY sqlstate
SELECT dnc_review_start('x', 'B. Jones', '2020-01-01');
\set VERBOSITY default
SELECT dnc_add('+12125550120') > 0 AS came_later;
SELECT total, done, waiting, percent, late FROM dnc.review_progress WHERE task_id = :task;
SELECT entry, phone, reason FROM dnc_review_open(:task) LIMIT 3;
SELECT dnc_review(array_agg(entry), 'keep', 'looked at', 'B. Jones', :task) AS three
FROM (SELECT entry FROM dnc_review_open(:task, 3)) AS x;
SELECT dnc_revoke('+12125550105', force => true) AS ended_otherwise;
SELECT total, done, waiting, kept, ended, percent FROM dnc.review_progress WHERE task_id = :task;
SELECT dnc_review_finish(:task, 'B. Jones');
SELECT dnc_review(array_agg(entry), 'keep', 'looked at', 'B. Jones', :task) > 0 AS rest FROM dnc_review_open(:task);
SELECT dnc_review_finish(:task, 'B. Jones');
SELECT total = done AS all_done, waiting, percent, finished_by FROM dnc.review_progress WHERE task_id = :task;
SELECT dnc_review_finish(:task, 'B. Jones');
SELECT dnc_review(4, 'keep', 'x', 'B. Jones', :task);
-- What goes out comes in again with its scopes and times.
SELECT dnc_revoke('+12125550102', 'sms') AS in_part;
CREATE TABLE file AS SELECT * FROM dnc_export('entries', NULL) WITH ORDINALITY AS x (line, n);
SELECT line FROM file WHERE n = 1 OR line LIKE '+81%' ORDER BY n;
SELECT count(*) AS before,
    md5(string_agg(concat_ws('|', phone, channel, purpose, reason, requested_at, received_at, effective_at, expires_at,
            due_at), E'\n' ORDER BY phone, entry_id)) AS hash
    FROM dnc.entry AS e WHERE e.ends IS NULL AND e.expires_at > now()
        AND NOT EXISTS (SELECT FROM dnc.entry w WHERE w.ends = e.entry_id AND w.channel = e.channel
        AND w.purpose IS NOT DISTINCT FROM e.purpose) \gset
CREATE DATABASE regress_dnc_there;
\set here :DBNAME
\! psql -X -q -d regress_request -Atc "SELECT line FROM file ORDER BY n" > /tmp/regress_dnc_entries.csv
\c regress_dnc_there
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
INSERT INTO dnc.purpose (purpose) VALUES ('acme'), ('acme/loans'), ('marketing');
BEGIN;
SELECT dnc_import_start('there.csv') AS batch \gset
\copy dnc.import_row (phone, channel, purpose, reason, requested_at, external_ref, taken_by, words, received_at, effective_at, expires_at, due_at) FROM '/tmp/regress_dnc_entries.csv' WITH (FORMAT csv, HEADER true)
COMMIT;
SELECT rows_read = :before AS all, duplicates, rejected FROM dnc_import_finish(:batch);
SELECT md5(string_agg(concat_ws('|', phone, channel, purpose, reason, requested_at, received_at, effective_at,
            expires_at, due_at), E'\n' ORDER BY phone, entry_id)) = :'hash' AS same FROM dnc.entry AS e;
BEGIN;
SELECT dnc_import_start('bad.csv') AS batch \gset
COPY dnc.import_row (phone, requested_at, received_at, effective_at, expires_at, due_at) FROM STDIN;
+12125550130	2026-01-02	2026-01-01			
+12125550131		2999-01-01			
+12125550132			soon		
+12125550133				2020-01-01	
+12125550134			2999-01-01	2998-01-01	
+12125550135	2026-01-02				2026-01-01
+12125550136	2026-01-02	2026-01-03		2999-01-01	
\.
COMMIT;
SELECT rows_read, added, rejected FROM dnc_import_finish(:batch);
SELECT line, reason FROM dnc.import_reject WHERE batch_id = :batch ORDER BY 1;
SELECT received_at, expires_at FROM dnc.entry WHERE phone = '+12125550136';
\c :here
DROP DATABASE regress_dnc_there;
\! rm -f /tmp/regress_dnc_entries.csv
SELECT dnc_import_resolve(batch_id, line, 'clerk 4', 'no number') FROM dnc.import_unresolved;
SELECT * FROM dnc_health(deep => true) WHERE NOT healthy;
