-- The log of contacts, and contacts that should not have been.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'Asia/Kolkata';
SET DateStyle = 'ISO';
CREATE ROLE regress_dnc_before; SELECT dnc_grant('agent', 'regress_dnc_before');
SELECT dnc_attempt('+12125550101', 'connected');
SELECT dnc_attempt_sweep();
SELECT * FROM dnc_history('+12125550101');
-- IST is Israel's abbreviation to PostgreSQL: no time goes through one.
SET DateStyle = 'Postgres';
SELECT dnc_attempt_partitions(since => current_date - 60) BETWEEN 5 AND 7 AS made,
    dnc_attempt_partitions() AS nothing_new;
SELECT dnc_attempt_partitions(since => '1900-01-01');
SELECT dnc_attempt_partitions(ahead => 0);
SET DateStyle = 'ISO';
-- They belong to no extension, so that a dump has them; nobody changes a row, and triggers fire always.
SELECT count(*) AS members FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND d.classid = 'pg_class'::regclass
WHERE d.deptype = 'e' AND c.relname LIKE 'contact_attempt%' AND c.relkind <> 'S';
SELECT count(*) AS weak FROM dnc.weak_trigger;
SELECT bool_and(pg_get_expr(c.relpartbound, c.oid) ~ '-01 05:30:00\+05:30' OR c.relname = 'contact_attempt_other')
    AS months_are_utc FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'dnc.contact_attempt'::regclass;
INSERT INTO dnc.purpose (purpose) VALUES ('acme'), ('other');
-- Against a refusal: noticed when it is written.
SELECT dnc_add('+12125550101', requested_at => now() - interval '20 days', received_at => now() - interval '19 days',
    purpose => 'acme') AS refusal;
SELECT dnc_attempt('+12125550101', 'no_answer', purpose => 'acme', agent => 'agent 7', campaign => 'spring')
    AS violates;
SELECT dnc_attempt('+12125550101', 'connected', purpose => 'other') AS another_purpose;
SELECT dnc_attempt('+12125550101', 'blocked', purpose => 'acme') AS not_tried;
SELECT dnc_attempt('+12125550101', 'connected', purpose => 'acme', direction => 'inbound') AS they_called;
SELECT dnc_attempt('+12125550101', 'connected', purpose => 'acme', happened_at => now() - interval '18 days')
    AS within_the_deadline;
SELECT dnc_attempt('+12125550101', 'connected', purpose => 'acme', happened_at => now() - interval '19 days 12 hours')
    AS had_asked_but_not_been_heard;
SELECT dnc_attempt('+12125550101', 'connected', purpose => 'acme', happened_at => now() - interval '21 days')
    AS before_they_asked;
SELECT attempt_id, agent, campaign, jsonb_path_query_array(grounds, '$[*].ground') AS grounds, on_record,
    after_deadline, found_by FROM dnc.violation ORDER BY attempt_id;
SELECT dnc_attempt_sweep() AS found, dnc_attempt_sweep() AS nothing_new;
SELECT attempt_id, on_record, after_deadline, found_by FROM dnc.violation WHERE found_by = 'sweep';
-- A late import: what was said before the contact is found by a sweep.
SELECT dnc_attempt('+442079460018', 'connected', happened_at => now() - interval '3 days') AS attempt;
BEGIN;
SELECT dnc_import_start('late.csv', 'GB') AS batch \gset
INSERT INTO dnc.import_row (phone, requested_at) SELECT '020 7946 0018',
    to_char(now() - interval '5 days', 'YYYY-MM-DD');
COMMIT;
SELECT added FROM dnc_import_finish(:batch);
SELECT dnc_attempt_sweep(now() - interval '1 day') AS too_short, dnc_attempt_sweep(now() - interval '10 days') AS found;
SELECT phone, on_record, after_deadline, found_by FROM dnc.violation WHERE phone = '+442079460018';
-- Undone, it never was; taken back, it was until then.
SELECT dnc_import_undo(:batch, 'another company''s file') AS undone;
SELECT dnc_attempt('+442079460018', 'connected') AS none;
SELECT dnc_attempt_sweep() AS none;
-- Prefixes and lists.
SELECT dnc_add_prefix('+1900') > 0 AS prefix;
SELECT dnc_attempt('+19005550101', 'connected') AS prefix_attempt;
INSERT INTO dnc.list (list, kind, region) VALUES ('national', 'national', 'US');
SELECT dnc_list_load_query('national', 'SELECT 4155552671') > 0 AS loaded;
SELECT dnc_attempt('+14155552671', 'delivered', 'sms') AS list_attempt,
    dnc_attempt('+14155552671', 'delivered', 'sms', happened_at => now() - interval '1 hour') AS before_it_was_loaded;
SELECT phone, channel, grounds -> 0 ->> 'ground' AS ground,
    coalesce(grounds -> 0 ->> 'prefix', grounds -> 0 ->> 'list') AS what, requested_at, due_at, after_deadline
FROM dnc.violation WHERE phone IN ('+19005550101', '+14155552671') ORDER BY 1;
-- Notices and consents stay with the contact; a consent that was relied on was used.
SELECT dnc_add_notice('opt-out', 'en', 'Reply STOP.', 'sms') AS notice,
    dnc_consent('+12125550105', 'sms') AS consent \gset
SELECT dnc_attempt('+12125550105', 'delivered', 'sms', notice_id => :notice, consent_id => :consent,
    decision => '{"allowed": true}') > 0 AS attempt;
SELECT last_used_on = (now() AT TIME ZONE 'UTC')::date AS used FROM dnc.consent_state WHERE consent_id = :consent;
SELECT event, reason, evidence - 'notice' - 'consent' AS evidence, evidence ? 'notice' AND evidence ? 'consent' AS named
FROM dnc_history('+12125550105') WHERE event = 'attempt';
SELECT dnc_attempt('+12125550105', 'delivered', 'sms', notice_id => 999);
SELECT dnc_attempt('+12125550106', 'delivered', 'sms', consent_id => :consent);
-- In bulk; bad rows lose the whole of it, and say which.
COPY dnc.contact_attempt (phone, channel, outcome) FROM STDIN;
+12125550110	voice	no_answer
+19005550101	voice	connected
+12125550111	voice	busy
\.
COPY dnc.contact_attempt (phone, channel, outcome) FROM STDIN;
+12125550110	voice	no_answer
+12125550111	voice	whistled
\.
COPY dnc.contact_attempt (phone, channel, outcome) FROM STDIN;
+12125550110	pigeon	no_answer
\.
\set VERBOSITY sqlstate
SELECT dnc_attempt('+12125550110', 'connected', 'all');
SELECT dnc_attempt('+12125550110', 'connected', happened_at => now() + interval '1 day');
SELECT dnc_attempt('+12125550110', 'connected', duration => -1);
SELECT dnc_attempt('+12125550110', 'connected', happened_at => 'infinity');
SELECT dnc_attempt(NULL, 'connected');
UPDATE dnc.contact_attempt SET outcome = 'blocked';
\set VERBOSITY default
SELECT count(*) FROM dnc.contact_attempt WHERE phone IN ('+12125550110', '+12125550111');
DELETE FROM dnc.contact_attempt_other;
TRUNCATE dnc.contact_attempt;
TRUNCATE dnc.contact_attempt_other;
DELETE FROM dnc.violation;
INSERT INTO dnc.outcome (outcome, description) VALUES ('whistled', 'a fax answered');
SELECT dnc_attempt('+12125550110', 'whistled') > 0 AS site_outcome;
-- Rows of months without a partition wait in one of their own, and move when their month is made.
SELECT dnc_attempt('+12125550120', 'connected', happened_at => '2020-02-29 23:59:59Z') > 0 AS old,
    dnc_attempt('+12125550120', 'connected', happened_at => '2020-03-01 00:00:00Z') > 0 AS older;
SELECT count(*) FROM ONLY dnc.contact_attempt_other;
SELECT subject, detail, remedy FROM dnc_health(deep => true) WHERE NOT healthy;
SELECT dnc_attempt_partitions(since => '2020-01-01') > 60 AS made;
SELECT (SELECT count(*) FROM ONLY dnc.contact_attempt_2020_02) AS february,
    (SELECT count(*) FROM ONLY dnc.contact_attempt_2020_03) AS march,
    (SELECT count(*) FROM ONLY dnc.contact_attempt_other) AS other;
SELECT count(*) AS weak FROM dnc.weak_trigger;
TRUNCATE dnc.contact_attempt_2020_02;
DELETE FROM dnc.contact_attempt_2020_02;
SELECT * FROM dnc_health(deep => true) WHERE NOT healthy;
-- Rights: who had the set before the log was made has them too.
SET ROLE regress_dnc_before;
SELECT dnc_attempt('+12125550130', 'connected') > 0 AS one;
INSERT INTO dnc.contact_attempt (phone, channel, outcome) VALUES ('+12125550131', 'voice', 'busy');
-- Nobody writes their own number, time or name into the log.
INSERT INTO dnc.contact_attempt (attempt_id, phone, channel, outcome) VALUES (1, '+12125550101', 'voice', 'busy');
INSERT INTO dnc.contact_attempt (phone, channel, outcome, recorded_by, recorded_at)
VALUES ('+12125550101', 'voice', 'busy', 'nobody', '2001-01-01');
SELECT count(*) FROM dnc.contact_attempt;
INSERT INTO dnc.contact_attempt_other (phone, channel, outcome) VALUES ('+12125550131', 'voice', 'busy');
SELECT * FROM dnc.violation;
RESET ROLE;
CREATE ROLE regress_dnc_after; SELECT dnc_grant('auditor', 'regress_dnc_after'); SET ROLE regress_dnc_after;
SELECT count(*) > 10 AS readable FROM dnc.contact_attempt; SELECT count(*) > 3 AS readable FROM dnc.violation;
INSERT INTO dnc.contact_attempt (phone, channel, outcome) VALUES ('+12125550131', 'voice', 'busy');
RESET ROLE;
SELECT dnc_ungrant('auditor', 'regress_dnc_after'), dnc_ungrant('agent', 'regress_dnc_before');
DROP ROLE regress_dnc_after, regress_dnc_before;
SELECT event, reason, requested_at FROM dnc_history('+12125550120');
