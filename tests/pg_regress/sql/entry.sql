-- Taking requests, ending them, mending them; what the table itself refuses.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
INSERT INTO dnc.purpose (purpose) VALUES ('acme'), ('acme/loans'), ('acme/loans/spring'), ('acme/cards'), ('other');
INSERT INTO dnc.purpose (purpose) VALUES ('nowhere/child');
INSERT INTO dnc.purpose (purpose) VALUES ('bad//path');
-- One request, several numbers.
SELECT dnc_add(ARRAY['+14155550101', '+14155550102', '+14155550101'], source => 'letter', external_ref => 'L-1',
    by => 'agent 3', evidence => '{"words": "stop"}') AS request;
SELECT count(*) AS entries, count(DISTINCT request_id) AS requests FROM dnc.entry;
-- The same reference again adds nothing; for anything else it is refused.
SELECT dnc_add(ARRAY['+14155550102', '+14155550101'], source => 'letter', external_ref => 'L-1') AS request;
SELECT dnc_add('+14155550101', source => 'letter', external_ref => 'L-1');
SELECT dnc_add(ARRAY['+14155550102', '+14155550101'], channel => 'sms', source => 'letter', external_ref => 'L-1');
SELECT dnc_add('+14155550103', source => 'email', external_ref => 'L-1') > 0 AS another_source;
SELECT count(*) AS entries FROM dnc.entry;
-- Bad input: each a clear error, and nothing is recorded.
SELECT dnc_add('12345');
SELECT dnc_add(NULL::text);
SELECT dnc_add(ARRAY[]::text[]);
SELECT dnc_add(ARRAY['+14155550103', NULL]);
SELECT dnc_add(ARRAY['+14155550103', 'rubbish']);
SELECT dnc_add('+14155550103', channel => 'pigeon');
SELECT dnc_add('+14155550103', channel => NULL);
SELECT dnc_add('+14155550103', purpose => 'acme/unknown');
SELECT dnc_add('+14155550103', reason => 'whim');
SELECT dnc_add('+14155550103', source => 'dream');
\set VERBOSITY sqlstate
SELECT dnc_add('+14155550103', requested_at => '2999-01-01');
SELECT dnc_add('+14155550103', requested_at => '2020-01-02', received_at => '2020-01-01');
SELECT dnc_add('+14155550103', effective_at => '2998-01-02', expires_at => '2998-01-01');
SELECT dnc_add('+14155550103', expires_at => '2020-01-01');
SELECT dnc_add('+14155550103', requested_at => 'infinity');
SELECT dnc_add('+14155550103', requested_at => '-infinity');
\set VERBOSITY default
SELECT dnc_add('+14155550103', evidence => '[1]');
SELECT dnc_add('+14155550103', external_ref => '');
SELECT dnc_add('+14155550103', external_ref => repeat('x', 501));
SELECT dnc_add('+14155550103', by => repeat('x', 501));
SELECT dnc_add('+14155550103', requested_at => '2020-01-02', received_at => '2020-01-02', due_at => '2020-01-01');
SELECT dnc_revoke('+14155550103', evidence => '[1]');
SELECT dnc_revoke('+14155550103', 'pigeon');
SELECT dnc_revoke('+14155550103', source => NULL);
SELECT count(*) AS entries FROM dnc.entry;
-- Taking back exactly the scope that is named.
SELECT dnc_add('+14155550110') > 0 AS everything;
SELECT dnc_revoke('+14155550110', 'sms', source => 'sms_keyword', evidence => '{"words": "START"}');
SELECT c, dnc_check('+14155550110', c) FROM unnest('{voice,sms,fax,all,NULL}'::text[]) AS c;
INSERT INTO dnc.channel (channel, description) VALUES ('carrier_pigeon', 'added later');
SELECT dnc_check('+14155550110', 'carrier_pigeon') AS also_refused;
SELECT dnc_revoke('+14155550110', 'sms') AS again;
SELECT dnc_revoke('+14155550110', 'voice', 'acme') AS voice_of_acme;
SELECT p, dnc_check('+14155550110', 'voice', p) FROM unnest('{acme,acme/loans,other,NULL}'::text[]) AS p;
SELECT dnc_revoke('+14155550110') AS rest;
SELECT c, dnc_check('+14155550110', c) FROM unnest('{voice,sms,fax,all,NULL}'::text[]) AS c;
SELECT event, ends IS NOT NULL AS ends, channel, purpose FROM dnc_history('+14155550110');
-- Purposes are a tree.
SELECT dnc_add('+14155550111', purpose => 'acme/loans') > 0 AS loans;
SELECT p, dnc_check('+14155550111', 'voice', p)
FROM unnest('{acme,acme/loans,acme/loans/spring,acme/cards,other,NULL}'::text[]) AS p;
SELECT dnc_revoke('+14155550111', purpose => 'acme/loans/spring') AS spring;
SELECT p, dnc_check('+14155550111', 'voice', p) FROM unnest('{acme/loans,acme/loans/spring,NULL}'::text[]) AS p;
SELECT dnc_revoke('+14155550111', purpose => 'other') AS not_covered;
SELECT dnc_revoke('+14155550111', purpose => 'acme') AS from_above;
SELECT dnc_check('+14155550111', NULL);
-- Two endings of parts do not make up an ending of the whole.
SELECT dnc_add('+14155550112') > 0 AS everything;
SELECT dnc_revoke('+14155550112', c) FROM (SELECT channel AS c FROM dnc.channel WHERE channel <> 'all' ORDER BY 1) AS x;
SELECT dnc_check('+14155550112', 'voice') AS voice, dnc_check('+14155550112', 'all') AS any_channel;
-- Complaints stay unless forced.
SELECT dnc_add('+14155550113', reason => 'litigator') > 0 AS litigator;
SELECT dnc_revoke('+14155550113');
SELECT dnc_check('+14155550113');
SELECT dnc_revoke('+14155550113', force => true, evidence => '{"settled": "2026-10-01"}');
SELECT dnc_check('+14155550113');
-- Times.
SELECT dnc_add('+14155550114', expires_at => now() + interval '1 hour') > 0 AS pause;
SELECT dnc_check('+14155550114') AS now, dnc_check('+14155550114', at => now() + interval '2 hours') AS later;
SELECT dnc_add('+14155550115', effective_at => now() + interval '1 hour') > 0 AS later_start;
SELECT dnc_check('+14155550115') AS now, dnc_check('+14155550115', at => now() + interval '2 hours') AS later;
SELECT dnc_add('+14155550116', requested_at => '2020-05-01', received_at => '2020-05-03', effective_at => '2020-05-10')
    > 0 AS past_start_counts_from_receipt;
SELECT d, dnc_check('+14155550116', at => d) FROM unnest('{2020-05-02,2020-05-04,2026-01-01}'::timestamptz[]) AS d;
-- A mistake is mended; parts that were withdrawn stay withdrawn.
SELECT dnc_add('+14155550120', source => 'phone_agent', evidence => '{"words": "no"}') AS wrong \gset
SELECT dnc_revoke('+14155550120', 'sms');
SELECT dnc_correct(:wrong, '+14155550121', 'typing error') AS mended \gset
SELECT dnc_check('+14155550120', NULL) AS old_number, dnc_check('+14155550121') AS new_voice,
    dnc_check('+14155550121', 'sms') AS new_sms;
SELECT event, channel, evidence FROM dnc_history('+14155550120');
SELECT event, channel, corrects = :wrong AS corrects, evidence FROM dnc_history('+14155550121');
SELECT dnc_correct(:wrong, '+14155550122', 'again');
SELECT dnc_correct(-1, '+14155550122', 'x');
SELECT dnc_correct(:mended, '+14155550121', 'x');
SELECT dnc_correct(:mended, '+14155550122', ' ');
-- History is only added to, by whomever.
UPDATE dnc.entry SET reason = 'no_contact';
DELETE FROM dnc.entry;
TRUNCATE dnc.entry CASCADE;
SET session_replication_role = replica;
DELETE FROM dnc.entry;
RESET session_replication_role;
-- The invariants stand in the table.
SELECT conname FROM pg_constraint WHERE conrelid = 'dnc.entry'::regclass AND contype = 'c' ORDER BY 1;
-- Built-in names are the extension's.
UPDATE dnc.reason SET sticky = false WHERE reason = 'complaint';
DELETE FROM dnc.channel WHERE channel = 'fax';
INSERT INTO dnc.reason (reason, description, builtin) VALUES ('mine', 'x', true);
INSERT INTO dnc.reason (reason, description, sticky) VALUES ('court_order', 'ordered by a court', true);
SELECT dnc_add('+14155550130', reason => 'court_order') > 0 AS site_reason;
SELECT e164, channels, purposes, reasons, entries FROM dnc.suppressed ORDER BY 1;
