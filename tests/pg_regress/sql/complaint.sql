-- Complaints: the register, deadlines, steps, the opt-out; the file of a complaint, as JSON and as a page.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
DO $$ BEGIN EXECUTE format('COPY (VALUES (''pseudonym 000102030405060708090a0b0c0d0e0f'')) TO PROGRAM %L',
        'umask 077; cat >' || current_setting('data_directory') || '/complaint-key');
    PERFORM set_config('dnc.key_file', current_setting('data_directory') || '/complaint-key', false); END $$;
INSERT INTO dnc.purpose (purpose) VALUES ('acme'), ('acme/loans');
-- Without a contact log the file says so.
BEGIN;
SELECT dnc_complaint('+12125550199', words => 'no more') AS c \gset
SELECT u AS not_known FROM jsonb_array_elements_text(dnc_case(:c) -> 'not_known') AS u;
SELECT length(dnc_case_page(:c)) > 0 AS page;
ROLLBACK;
SELECT dnc_attempt_partitions('2026-01-01') > 0 AS made;
CREATE FUNCTION state(sql text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    hint   text;
BEGIN
    EXECUTE sql;
    RETURN 'ok';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(E'\n ', SQLSTATE || ' ' || SQLERRM, nullif(detail, ''), nullif(hint, ''));
END
$$;
-- ---------------------------------------------------------------------------
-- A complaint is an opt-out of everything, too, unless that is not wanted.
-- ---------------------------------------------------------------------------
SELECT dnc_complaint('+12125550101', words => 'You call me every day.', received_at => '2026-02-10 15:00',
    source => 'letter', by => 'agent 7', evidence => '{"scan": 17}') AS person \gset
SELECT dnc_check('+12125550101', c) FROM unnest('{voice,sms,fax}'::text[]) AS c;
SELECT c.origin, c.words, c.evidence, c.taken_by, e.channel, e.purpose, e.reason,
    e.requested_at = c.received_at AS when,
    e.evidence - 'complaint' AS of_the_entry, e.evidence -> 'complaint' = to_jsonb(c.complaint_id) AS names_it
FROM dnc.complaint AS c JOIN dnc.entry AS e USING (entry_id);
SELECT dnc_complaint('+12125550102'::dnc_phone, 'regulator', authority => 'FCC', reference => '26-118',
    received_at => '2026-02-10', channel => 'sms', purpose => 'acme') AS regulator \gset
SELECT dnc_check('+12125550102', 'sms', 'acme/loans') AS in_scope, dnc_check('+12125550102') AS by_voice;
SELECT dnc_complaint('+12125550103', 'carrier', received_at => '2026-02-10', opt_out => false) AS carrier \gset
SELECT dnc_check('+12125550103') AS not_wanted, entry_id FROM dnc.complaint WHERE complaint_id = :carrier;
-- It stays in force, whatever becomes of the complaint, and is revoked only by force.
SELECT dnc_revoke('+12125550101') AS nothing;
-- The deadline: by origin, by the site, or as the caller says.
SELECT dnc_complaint('+12125550104', 'other', received_at => '2026-01-31') AS other \gset
INSERT INTO dnc.complaint_deadline (origin, answer_within, why) VALUES ('regulator', '10 days', 'policy 4');
SELECT dnc_complaint('+12125550104', 'regulator', received_at => '2026-02-10') AS policy,
    dnc_complaint('+12125550104', 'regulator', received_at => '2026-02-10', due_at => '2026-03-01') AS named \gset
SELECT origin, received_at, due_at, state, overdue FROM dnc.complaint_state ORDER BY complaint_id;
SELECT healthy, detail, remedy FROM dnc_health() WHERE subject = 'complaints';
\set VERBOSITY terse
INSERT INTO dnc.complaint_deadline (origin, answer_within, why) VALUES ('person', '1 day -24 hours', 'x');
INSERT INTO dnc.complaint_deadline (origin, answer_within, why) VALUES ('anybody', '1 day', 'x');
\set VERBOSITY default
-- The same reference again adds nothing; of another authority or number it is another complaint.
SELECT dnc_complaint('+12125550102', 'regulator', authority => 'FCC', reference => '26-118', channel => 'sms',
        purpose => 'acme') = :regulator AS same,
    dnc_complaint('+12125550102', 'regulator', authority => 'FTC', reference => '26-118') > :regulator AS another,
    dnc_complaint('+12125550105', 'regulator', authority => 'FCC', reference => '26-118') > :regulator AS another_one;
SELECT count(*) FROM dnc.complaint WHERE external_ref = '26-118';
SELECT count(*) AS of_both, count(DISTINCT c) AS ids FROM dnc_complaint(
    phones => '{+12125550106,+12125550107,+12125550106}'::dnc_phone[], words => 'both of us') AS c;
-- ---------------------------------------------------------------------------
-- What is refused
-- ---------------------------------------------------------------------------
SELECT dnc_attempt('+12125550109', 'connected', happened_at => '2026-02-01') AS attempt \gset
SELECT state(s) FROM unnest(ARRAY[
    $$SELECT dnc_complaint(NULL::dnc_phone)$$,
    $$SELECT dnc_complaint('no number')$$,
    $$SELECT dnc_complaint('+12125550108', NULL)$$,
    $$SELECT dnc_complaint('+12125550108', 'neighbour')$$,
    $$SELECT dnc_complaint('+12125550108', channel => 'pigeon')$$,
    $$SELECT dnc_complaint('+12125550108', purpose => 'nothing')$$,
    $$SELECT dnc_complaint('+12125550108', opt_out => NULL)$$,
    $$SELECT dnc_complaint('+12125550108', evidence => '[]')$$,
    $$SELECT dnc_complaint('+12125550108', words => '')$$,
    $$SELECT dnc_complaint('+12125550108', words => repeat('x', 100001))$$,
    $$SELECT dnc_complaint('+12125550108', authority => repeat('x', 501))$$,
    $$SELECT dnc_complaint('+12125550108', reference => '')$$,
    $$SELECT dnc_complaint('+12125550108', by => '')$$,
    $$SELECT dnc_complaint('+12125550108', received_at => '2026-02-01', due_at => '2026-01-31')$$,
    $$SELECT dnc_complaint('+12125550108', received_at => '2026-02-01', due_at => 'infinity')$$,
    format($$SELECT dnc_complaint('+12125550108', attempt_id => %s)$$, :attempt),
    $$SELECT dnc_complaint('+12125550102', 'carrier', authority => 'FCC', reference => '26-118', channel => 'sms',
        purpose => 'acme')$$,
    $$SELECT dnc_complaint(phones => '{}'::dnc_phone[])$$,
    $$SELECT dnc_case(99)$$, $$SELECT dnc_case_page(NULL)$$,
    $$UPDATE dnc.complaint SET words = 'x'$$, $$DELETE FROM dnc.complaint$$, $$TRUNCATE dnc.complaint CASCADE$$]) AS s;
SELECT state($$SELECT dnc_complaint('+12125550108', received_at => 'infinity')$$) ~ '^22023' AS not_yet,
    state($$SELECT dnc_complaint('+12125550108', source => 'rumour')$$) ~ '^22023 unknown source' AS unknown;
SELECT count(*) AS recorded FROM dnc.entry WHERE phone = '+12125550108';
-- ---------------------------------------------------------------------------
-- Steps
-- ---------------------------------------------------------------------------
SELECT dnc_complaint('+12125550110', 'regulator', received_at => date_trunc('day', now()) - interval '1 day',
    authority => 'FTC') AS c \gset
SELECT date_trunc('day', now()) + interval '30 days' AS later \gset
CREATE VIEW state_of AS SELECT complaint_id AS c, state, overdue, outcome, closed_by FROM dnc.complaint_state;
SELECT state(format(s, :c)) FROM unnest(ARRAY[
    $$SELECT dnc_complaint_step(99, 'closed', 'x')$$, $$SELECT dnc_complaint_step(%s, 'lost', 'x')$$,
    $$SELECT dnc_complaint_step(%s, 'closed', ' ')$$, $$SELECT dnc_complaint_step(%s, 'closed', 'x', '')$$]) AS s;
\set VERBOSITY terse
SELECT dnc_complaint_step(:c, 'reopened', 'x'); SELECT dnc_complaint_step(:c, 'extended', 'x');
SELECT dnc_complaint_step(:c, 'extended', 'x', due_at => now());
SELECT dnc_complaint_step(:c, 'action', 'x', due_at => :'later');
BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT dnc_complaint_step(:c, 'action', 'x'); ROLLBACK;
\set VERBOSITY default
SELECT dnc_complaint_step(:c, 'acknowledged', 'e-mail of today', 'legal'); SELECT * FROM state_of WHERE c = :c;
SELECT dnc_complaint_step(:c, 'extended', 'the call centre has to answer', 'legal', :'later');
SELECT due_at = :'later' AS extended FROM dnc.complaint_state WHERE complaint_id = :c;
SELECT dnc_complaint_step(:c, 'action', 'agent 9 was trained', 'quality');
SELECT dnc_complaint_step(:c, 'answered', 'letter of 3 pages', 'legal'); SELECT * FROM state_of WHERE c = :c;
SELECT state(format(s, :c)) ~ '55000' AS no FROM unnest(ARRAY[$$SELECT dnc_complaint_step(%s, 'acknowledged', 'x')$$,
    $$SELECT dnc_complaint_step(%s, 'extended', 'x', due_at => now() + interval '9 years')$$]) AS s;
SELECT dnc_complaint_step(:c, 'closed', 'the FTC closed its file', 'legal'); SELECT * FROM state_of WHERE c = :c;
SELECT state(format(s, :c)) ~ '55000' AS no FROM unnest(ARRAY[$$SELECT dnc_complaint_step(%s, 'closed', 'x')$$,
    $$SELECT dnc_complaint_step(%s, 'answered', 'x')$$]) AS s;
SELECT dnc_complaint_step(:c, 'action', 'a refund'), dnc_complaint_step(:c, 'reopened', 'the FTC wrote again');
SELECT s.state, s.outcome, s.due_at - x.done_at BETWEEN interval '10 days' AND interval '10 days 1 hour' AS policy
FROM dnc.complaint_state AS s JOIN dnc.complaint_step AS x USING (complaint_id) WHERE complaint_id = :c
    AND x.step = 'reopened';
SELECT dnc_complaint_step(:c, 'closed', 'withdrawn'); SELECT state, overdue FROM state_of WHERE c = :c;
SELECT dnc_check('+12125550110') AS still_suppressed; UPDATE dnc.complaint_step SET detail = 'x';
DELETE FROM dnc.complaint_step; TRUNCATE dnc.complaint_step;
SELECT event, reason, taken_by, evidence - '{complaint,entry,answer_due_at}'::text[] AS evidence
FROM dnc_history('+12125550110');
-- ---------------------------------------------------------------------------
-- The file: what was recorded about the number, in the order of time
-- ---------------------------------------------------------------------------
-- Hostile values everywhere.
\set evil '<script>alert(1)</script>"&\''
SELECT :'evil' AS evil;
SELECT dnc_prefer('+12125550120', hours => 'mon-fri 10:00-12:00', time_zone => 'America/Chicago',
        stated_at => '2026-01-20', evidence => jsonb_build_object('e', :'evil')) > 0 AS preference,
    dnc_consent('+12125550120', 'voice', 'acme', given_at => '2026-01-05', wording => :'evil',
        evidence => jsonb_build_object(:'evil', :'evil'), by => :'evil') > 0 AS consent,
    dnc_relationship('+12125550120', 'purchase', happened_at => '2026-01-04', by => :'evil') > 0 AS relationship,
    dnc_reassigned('+12125550120', '2025-06-01', evidence => jsonb_build_object('e', :'evil')) > 0 AS reassigned;
SELECT dnc_attempt('+12125550120', 'no_answer', happened_at => '2026-01-10 15:00', purpose => 'acme') AS first,
    dnc_attempt('+12125550120', 'connected', happened_at => '2026-02-01 20:30', purpose => 'acme', agent => :'evil',
        campaign => :'evil', decision => jsonb_build_object('allowed', true, 'e', :'evil')) AS about,
    dnc_attempt('+12125550120', 'connected', happened_at => '2026-02-02', direction => 'inbound') AS inbound,
    dnc_attempt('+12125550120', 'busy', happened_at => '2025-09-09 12:00') AS old \gset
SELECT meaning FROM dnc_reply('+12125550120', :'evil', received_at => '2026-02-03');
SELECT dnc_complaint('+12125550120', 'regulator', words => :'evil' || E'\nsecond line \u202e', authority => :'evil',
    reference => :'evil', received_at => '2026-02-05', source => 'letter', attempt_id => :about, by => :'evil',
    evidence => jsonb_build_object(:'evil', :'evil')) AS case \gset
SET client_min_messages = error;
SELECT dnc_attempt('+12125550120', 'connected', happened_at => '2026-02-20 16:00', purpose => 'acme',
    agent => :'evil') AS after \gset
RESET client_min_messages;
SELECT dnc_attempt_sweep('2026-01-01') AS found;
SELECT dnc_complaint_step(:case, 'action', :'evil', :'evil'), dnc_complaint_step(:case, 'answered', :'evil', 'legal');
SELECT dnc_review(entry_id, 'keep', :'evil', 'A. Smith') AS reviewed FROM dnc.entry WHERE phone = '+12125550120';
SELECT dnc_case(:case) AS file, dnc_case_page(:case) AS page \gset
SELECT k, CASE jsonb_typeof(v) WHEN 'array' THEN jsonb_array_length(v)::text ELSE jsonb_typeof(v) END AS length
FROM jsonb_each(:'file') AS f (k, v) ORDER BY k COLLATE "C";
SELECT t ->> 'part' AS part, left(t ->> 'at', 19) AS at, t ->> 'local' AS local, t ->> 'event' AS event
FROM jsonb_array_elements(:'file'::jsonb -> 'timeline') WITH ORDINALITY AS x (t, n)
WHERE t ->> 'at' < '2026-03-01' ORDER BY n;
SELECT (SELECT array_agg(t ->> 'at' ORDER BY n) = array_agg(t ->> 'at' ORDER BY (t ->> 'at')::timestamptz, n)
    FROM jsonb_array_elements(:'file'::jsonb -> 'timeline') WITH ORDINALITY AS x (t, n)) AS in_order;
SELECT (d ->> 'attempt')::bigint = :about AS about, left(d ->> 'at', 16) AS at, d -> 'suppressed' AS suppressed,
    d -> 'allowed' AS allowed, d ->> 'ground' AS ground, d -> 'allowed_with_later_records' AS later,
    d ->> 'ground_with_later_records' AS later_ground, d ->> 'problem' AS problem
FROM jsonb_array_elements(:'file'::jsonb -> 'decisions') AS d;
SELECT r ->> 'rule' AS rule, r ->> 'citation' AS citation
FROM jsonb_array_elements(:'file'::jsonb -> 'rules') AS r WHERE r ->> 'kind' = 'calling hours';
SELECT :'file'::jsonb -> 'suppressed_now' AS now, :'file'::jsonb #>> '{complaint,state}' AS state,
    :'file'::jsonb -> 'time_zones' AS zones;
SELECT a ->> 'event' AS action, a ->> 'detail' AS detail FROM jsonb_array_elements(:'file'::jsonb -> 'actions') AS a;
SELECT c ->> 'what' AS what, c ->> 'problem' AS problem
FROM jsonb_array_elements(:'file'::jsonb -> 'certificates') AS c;
SELECT u AS not_known FROM jsonb_array_elements_text(:'file'::jsonb -> 'not_known') AS u;
SELECT u AS limit FROM jsonb_array_elements_text(:'file'::jsonb -> 'limits') AS u;
-- In UTC, whatever the session's time zone and style of dates.
SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German';
SELECT dnc_case(:case) #>> '{complaint,received_at}' AS received_at,
    position('<td>2026-02-05 00:00:00</td>' IN dnc_case_page(:case)) > 0 AS on_the_page;
RESET DateStyle; SET TimeZone = 'UTC';
-- The page: nothing hostile survives, and nothing is run or loaded.
SELECT position('<script' IN :'page') AS script, :'page' ~* '<[a-z]+[^>]*\s(on[a-z]+|src|href|action)\s*=' AS loads,
    :'page' ~ '[\u202e]' AS turns, length(:'page') - length(replace(:'page', 'alert(1)', '')) > 0 AS shown,
    position('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;&#39;' IN :'page') > 0 AS escaped,
    (SELECT count(*) FROM regexp_matches(:'page', 'alert\(1\)', 'g'))
        = (SELECT count(*) FROM regexp_matches(:'page', '&lt;script&gt;alert\(1\)&lt;/script&gt;&quot;&amp;', 'g'))
        AS each;
-- Every element that is opened is closed.
SELECT t[1] AS element, count(*) FILTER (WHERE t[2] = '') - count(*) FILTER (WHERE t[2] = '/') AS left_open
FROM (SELECT ARRAY[m[2], m[1]] FROM regexp_matches(:'page', '<(/?)([a-z0-9]+)[^>]*>', 'g') AS m) AS x (t)
WHERE t[1] NOT IN ('meta', 'br') GROUP BY 1 HAVING count(*) FILTER (WHERE t[2] = '')
    <> count(*) FILTER (WHERE t[2] = '/');
SELECT h[1] AS heading FROM regexp_matches(:'page', '<h[12]>(.*?)</h[12]>', 'g') AS h;
SELECT l[1] AS summary FROM regexp_matches(split_part(split_part(:'page', '<h2>Summary</h2>', 2), '<h2>', 1),
    '<li>(.*?)</li>', 'g') AS l;
-- With a checkpoint there is a certificate, which the page sums up.
SELECT dnc_audit_seal() > 0 AS sealed;
SELECT c ->> 'what' AS what, c #>> '{certificate,format}' AS format, c #> '{certificate,listed}' AS listed,
    c #> '{certificate,complete}' AS complete
FROM jsonb_array_elements(dnc_case(:case) -> 'certificates') AS c;
SELECT c ->> 'what' AS what, c #> '{certificate,listed}' AS listed
FROM jsonb_array_elements(dnc_case(:person) -> 'certificates') AS c;
SELECT position('The checkpoint is not signed.' IN dnc_case_page(:case)) > 0 AS said;
-- An attempt that is not named, a number in several zones, one of no zone, and no decision for an unknown type.
SELECT dnc_attempt('+18005550120', 'connected', happened_at => '2026-02-01 20:30', call_type => 'odd') > 0 AS attempt,
    dnc_attempt('+80012345678', 'connected', happened_at => '2026-02-01 20:30') > 0 AS attempt;
SELECT dnc_complaint('+18005550120', received_at => '2026-02-05', opt_out => false) AS several,
    dnc_complaint('+80012345678', received_at => '2026-02-05', opt_out => false) AS none \gset
SELECT n, a ->> 'local' AS local, f #>> '{decisions,0,remark}' AS remark, f #>> '{decisions,0,ground}' AS ground,
    c ->> 'what' AS certificate
FROM (VALUES (1, dnc_case(:several)), (2, dnc_case(:none))) AS v (n, f), jsonb_array_elements(f -> 'attempts') AS a,
    LATERAL (SELECT f #> '{certificates,0}') AS x (c) ORDER BY n;
SELECT u FROM unnest(ARRAY[:several, :none]) AS c, jsonb_array_elements_text(dnc_case(c) -> 'not_known') AS u
WHERE u ~ '^(The local|Whether|Which)' ORDER BY 1;
-- What is cut off is named: the newest stay, and the attempt that the complaint is about.
BEGIN;
CREATE OR REPLACE FUNCTION dnc.case_limit(what text) RETURNS integer LANGUAGE sql IMMUTABLE
    RETURN CASE what WHEN 'rows' THEN 3 WHEN 'decisions' THEN 1 WHEN 'days' THEN 20 END;
SELECT array_agg((a ->> 'id')::bigint = :about) AS about, array_agg(left(a ->> 'at', 10)) AS newest
FROM jsonb_array_elements(dnc_case(:case) -> 'attempts') AS a;
SELECT u AS limit FROM jsonb_array_elements_text(dnc_case(:case) -> 'limits') AS u;
SELECT dnc_complaint('+12125550120', received_at => '2026-02-06', attempt_id => :old, opt_out => false) AS of_old \gset
SELECT array_agg((a ->> 'id')::bigint = :old) AS about
FROM jsonb_array_elements(dnc_case(:of_old) -> 'attempts') AS a;
SELECT position('only the newest 3 are in this file' IN dnc_case_page(:case)) > 0 AS said;
ROLLBACK;
-- ---------------------------------------------------------------------------
-- Who may do what
-- ---------------------------------------------------------------------------
CREATE ROLE regress_dnc_c_agent; CREATE ROLE regress_dnc_c_admin; CREATE ROLE regress_dnc_c_auditor;
SELECT dnc_grant('agent', 'regress_dnc_c_agent'), dnc_grant('administrator', 'regress_dnc_c_admin'),
    dnc_grant('auditor', 'regress_dnc_c_auditor');
CREATE TEMP TABLE tried (n int GENERATED ALWAYS AS IDENTITY, sql text);
INSERT INTO tried (sql) VALUES ($$SELECT dnc_complaint('+12125550130'::dnc_phone, opt_out => false)$$),
    ($$SELECT dnc_complaint('+12125550130', opt_out => false)$$),
    ($$SELECT dnc_complaint(phones => '{+12125550130}'::dnc_phone[], opt_out => false)$$),
    ($$SELECT * FROM dnc.complaint$$), ($$SELECT * FROM dnc.complaint_step$$), ($$SELECT * FROM dnc.complaint_state$$),
    (format($$SELECT dnc_complaint_step(%s, 'action', 'x')$$, :case)), (format($$SELECT dnc_case(%s)$$, :case)),
    (format($$SELECT dnc_case_page(%s)$$, :case)),
    ($$INSERT INTO dnc.complaint_deadline (origin, answer_within, why) VALUES ('other', '2 days', 'x')$$),
    ($$INSERT INTO dnc.complaint_step (complaint_id, step, detail, done_by, done_at)
        VALUES (1, 'closed', 'x', 'x', now())$$),
    ($$DELETE FROM dnc.complaint$$), ($$SELECT dnc.case_of(1)$$);
GRANT SELECT ON tried TO PUBLIC;
BEGIN;
SET LOCAL ROLE regress_dnc_c_agent; CREATE TEMP TABLE agent AS SELECT n, left(state(sql), 5) AS said FROM tried;
SET LOCAL ROLE regress_dnc_c_admin; CREATE TEMP TABLE admin AS SELECT n, left(state(sql), 5) AS said FROM tried;
SET LOCAL ROLE regress_dnc_c_auditor; CREATE TEMP TABLE auditor AS SELECT n, left(state(sql), 5) AS said FROM tried;
RESET ROLE;
SELECT left(regexp_replace(t.sql, '\(\d+', '(…'), 50) AS what, agent.said AS agent, admin.said AS administrator,
    auditor.said AS auditor
FROM tried AS t JOIN agent USING (n) JOIN admin USING (n) JOIN auditor USING (n) ORDER BY t.n;
ROLLBACK;
SELECT dnc_ungrant('agent', 'regress_dnc_c_agent'), dnc_ungrant('administrator', 'regress_dnc_c_admin'),
    dnc_ungrant('auditor', 'regress_dnc_c_auditor');
DROP OWNED BY regress_dnc_c_agent, regress_dnc_c_admin, regress_dnc_c_auditor;
DROP ROLE regress_dnc_c_agent, regress_dnc_c_admin, regress_dnc_c_auditor;
-- ---------------------------------------------------------------------------
-- A person's rights: the report, rectification, erasure; and retention
-- ---------------------------------------------------------------------------
SELECT r -> 'state' AS state, r ->> 'words' = :'evil' || E'\nsecond line \u202e' AS words,
    jsonb_array_length(r -> 'steps') AS steps
FROM dnc_subject_report('+12125550120') AS x, jsonb_array_elements(x.report -> 'held') AS h,
    jsonb_array_elements(h -> 'rows') AS r WHERE h ->> 'part' = 'complaints';
SELECT readable ~ E'\nComplaints \\(1\\), used to answer them' AS readable FROM dnc_subject_report('+12125550120');
SELECT dnc_complaint('+442079460118', words => 'my number is 020 7946 0118') AS open \gset
SELECT dnc_rectify('+442079460118', '+442079460119', 'typing error') AS moved;
SELECT dnc_case(:open) #>> '{actions,0,event}' AS action, dnc_check('+442079460119') AS moved_to;
SELECT dnc_complaint('+442079460128', words => 'my number is 020 7946 0128') AS open \gset
SELECT * FROM dnc_erase('+442079460128');
SELECT count(*) AS still_there FROM dnc.complaint WHERE complaint_id = :open;
SELECT dnc_complaint_step(:open, 'answered', 'told 020 7946 0128 that we are sorry');
SELECT what, rows FROM dnc_erase('+442079460128') WHERE outcome = 'erased';
SELECT count(*) AS left_over FROM dnc.complaint_step WHERE complaint_id = :open;
SELECT count(*) AS left_over FROM dnc.audit_data WHERE concat(before, after) ~ '2079460128|7946 0128';
SELECT state(format('SELECT dnc_case(%s)', :open)) AS gone; SELECT dnc_check('+442079460128') AS still_suppressed;
-- A number of which only a complaint is stored is erased with the other forms of its line.
SELECT dnc_complaint('+12125550140', opt_out => false, received_at => '2026-02-01') AS alone \gset
SELECT dnc.is_stored('+12125550140') AS stored, dnc_complaint_step(:alone, 'closed', 'x');
-- What was answered is purged after the site's period; what waits for an answer is not.
CREATE FUNCTION pass(howlong interval) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    ALTER TABLE dnc.complaint_step DISABLE TRIGGER USER;
    UPDATE dnc.complaint_step SET done_at = done_at - howlong;
    ALTER TABLE dnc.complaint DISABLE TRIGGER USER;
    UPDATE dnc.complaint SET received_at = received_at - howlong, due_at = due_at - howlong;
    PERFORM dnc_repair_triggers(); END $$;
SELECT pass('5 years');
INSERT INTO dnc.retention (subject, keep, why) VALUES ('complaint', '4 years', 'claims: 28 U.S.C. 1658(a)');
SET client_min_messages = error;
SELECT dnc_hold('FTC', '{+12125550110}', 'inquiry') AS held;
SELECT count(*) AS answered FROM dnc.complaint_state WHERE state IN ('answered', 'closed');
SELECT subject, rows FROM dnc_maintain(dry_run => true) WHERE subject = 'complaint';
SELECT subject, rows FROM dnc_maintain() WHERE subject = 'complaint';
SELECT phone, state FROM dnc.complaint_state WHERE state IN ('answered', 'closed');
SELECT count(*) AS open FROM dnc.complaint_state WHERE state NOT IN ('answered', 'closed');
SELECT dnc_lift_hold('FTC', 'over') AS lifted; SELECT subject, rows FROM dnc_maintain() WHERE subject = 'complaint';
SELECT dnc_check('+12125550120') AND dnc_check('+12125550110') AS still_suppressed;
-- Rows that lost what they refer to are found.
SELECT problems FROM dnc.health_deep() WHERE subject = 'references';
BEGIN;
ALTER TABLE dnc.complaint_step DISABLE TRIGGER ALL;
INSERT INTO dnc.complaint_step (complaint_id, step, detail, done_by, done_at, audit_seq)
    VALUES (999999, 'closed', 'x', 'x', now(), -1);
SELECT problems, detail FROM dnc.health_deep() WHERE subject = 'references';
ROLLBACK;
-- Days on which the contact log is not complete, and codes without a meaning, are named.
SELECT dnc_complaint('+12125550150') AS gap \gset
SELECT count(*) AS none FROM jsonb_array_elements_text(dnc_case(:gap) -> 'not_known') AS u WHERE u ~ 'totals|code of';
SELECT count(*) FROM dnc_attempt_reconcile('ours', current_date - 3, '5');
SELECT dnc_attempt('+12125550150', source => 'ours', code => 'HM', happened_at => now() - interval '1 hour') > 0 AS one;
SELECT regexp_replace(u, '\d+ days', 'n days') AS not_known
FROM jsonb_array_elements_text(dnc_case(:gap) -> 'not_known') AS u WHERE u ~ 'totals|code of';
