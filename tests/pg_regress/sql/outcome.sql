-- What a contact's outcome records: opt-outs, pauses, wrong numbers, callbacks; and the codes of dialers.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SELECT dnc_attempt_partitions(since => current_date - 60) > 0 AS log;
INSERT INTO dnc.purpose (purpose) VALUES ('acme'), ('acme/solar'), ('acme/solar/spring'), ('acme/gas');
-- Every outcome that is a refusal records one, with the scope it says.
SELECT outcome, class, records, scope, reason FROM dnc.outcome WHERE records <> 'nothing' ORDER BY outcome;
SELECT class, count(*) FROM dnc.outcome GROUP BY class ORDER BY class;
INSERT INTO dnc.outcome (outcome, description, class) VALUES ('own_dnc', 'do not call', 'refusal');
INSERT INTO dnc.outcome (outcome, description, class, records) VALUES ('own_dnc', 'do not call', 'refusal', 'opt_out');
INSERT INTO dnc.outcome (outcome, description, class, records, scope, reason)
VALUES ('own_dnc', 'do not call', 'refusal', 'opt_out', 'product', 'no_processing');
INSERT INTO dnc.outcome (outcome, description, class, records, scope, reason)
VALUES ('own_dnc', 'do not call us again, ever', 'refusal', 'opt_out', 'everything', 'no_contact');
-- A single call.
SELECT dnc_attempt('+12125550101', 'refused', purpose => 'acme/solar/spring', agent => 'agent 7', duration => 90,
    words => 'take me off your list', recording => 'rec/1.wav', happened_at => now() - interval '1 hour',
    campaign => 'spring') AS attempt \gset
SELECT e.channel, e.purpose, e.reason, e.source, taken_by,
    requested_at = a.happened_at + interval '90 seconds' AS at_the_end, expires_at, evidence - 'attempt' AS evidence,
    evidence -> 'attempt' = to_jsonb(:attempt) AS proven
FROM dnc.entry AS e JOIN dnc.contact_attempt AS a USING (phone) WHERE e.phone = '+12125550101' \gx
SELECT dnc_check('+12125550101') AS everything, dnc_check('+12125550101', 'sms', 'acme/gas') AS other;
-- It is no violation of itself, not even when everything is looked at again; a later call is.
SELECT count(*) FROM dnc.violation;
SELECT dnc_attempt_sweep();
SELECT dnc_attempt('+12125550101', 'connected') > 0 AS again;
SELECT count(*) FROM dnc.violation;
-- Nor is one whose clock is ahead.
SELECT dnc_attempt('+12125550109', 'refused', happened_at => now() + interval '2 minutes', duration => 60) > 0 AS ahead;
SELECT dnc_attempt_sweep() AS none;
-- A later outcome does not take it back.
SELECT dnc_attempt('+12125550101', 'sale') > 0 AS sold;
SELECT dnc_check('+12125550101');
-- Of a channel, of a product, provisional, complaints; without a purpose, everything.
SELECT dnc_attempt('+12125550102', 'refused_channel', 'sms') > 0 AS a,
    dnc_attempt('+12125550103', 'refused_product', purpose => 'acme/solar/spring') > 0 AS b,
    dnc_attempt('+12125550104', 'not_interested') > 0 AS c,
    dnc_attempt('+12125550105', 'refused_perhaps', agent => 'agent 8') > 0 AS d,
    dnc_attempt('+12125550106', 'threatened') > 0 AS e,
    dnc_attempt('+12125550107', 'own_dnc', direction => 'inbound') > 0 AS f,
    dnc_attempt('+12125550108', 'not_now') > 0 AS g;
SELECT phone, channel, purpose, reason, source, evidence -> 'provisional' AS provisional FROM dnc.entry
WHERE phone BETWEEN '+12125550102' AND '+12125550108' ORDER BY phone;
SELECT dnc_check('+12125550103', purpose => 'acme/solar') AS solar, dnc_check('+12125550103', purpose => 'acme/gas')
    AS gas;
SELECT phone, because FROM dnc.review_due;
SELECT dnc_review(entry_id, 'keep', 'she meant it', 'B. Lee') AS confirmed FROM dnc.review_due;
SELECT count(*) FROM dnc.review_due;
-- A pause ends when the person said; without a time it stays until somebody finds out.
SELECT dnc_attempt('+12125550110', 'paused', next_at => now() + interval '30 days') > 0 AS until,
    dnc_attempt('+12125550111', 'paused') > 0 AS no_time,
    dnc_attempt('+12125550112', 'paused', next_at => now() - interval '1 day') > 0 AS nonsense,
    dnc_attempt('+12125550113', 'paused', happened_at => now() - interval '9 days', next_at => now() - interval '1 day')
        > 0 AS over;
SELECT phone, reason, round(extract(epoch FROM nullif(expires_at, 'infinity') - now()) / 86400) AS days,
    evidence ? 'provisional' AS provisional,
    dnc_check(phone) AS now, dnc_check(phone, at => now() + interval '31 days') AS later
FROM dnc.entry WHERE reason = 'pause' ORDER BY phone;
\set VERBOSITY sqlstate
SELECT dnc_attempt('+12125550114', 'paused', next_at => 'infinity');
\set VERBOSITY default
-- A wrong number is no opt-out. Decisions keep to it until it is known whose number it is.
SELECT dnc_attempt('+12125550120', 'wrong_number', agent => 'agent 9', words => 'no Smith here') > 0 AS wrong;
SELECT dnc_check('+12125550120'), grounds[1:1] AS decided FROM dnc_may_contact('+12125550120');
SELECT phone, taken_by, evidence ->> 'words' AS words FROM dnc.wrong_number_in_force;
SELECT dnc_right_number('+12125550120', '');
SELECT dnc_right_number('+12125550120', 'confirmed by e-mail', by => 'B. Lee') AS ended,
    dnc_right_number('+12125550120', 'again') AS nothing;
SELECT 'wrong_number' = ANY (grounds) AS still FROM dnc_may_contact('+12125550120');
SELECT dnc_attempt('+12125550121', 'wrong_number', happened_at => now() - interval '1 hour') > 0 AS wrong,
    dnc_consent('+12125550121', 'voice', given_at => now() - interval '2 hours') > 0 AS consent;
SELECT 'wrong_number' = ANY (grounds) AS earlier_consent FROM dnc_may_contact('+12125550121');
SELECT dnc_consent('+12125550121', 'voice') > 0 AS consent;
SELECT 'wrong_number' = ANY (grounds) AS later_consent FROM dnc_may_contact('+12125550121');
SELECT event, evidence - 'attempt' AS evidence FROM dnc_history('+12125550120');
-- A promised callback is checked like every other contact, and is no consent.
SELECT dnc_attempt('+12125550101', 'call_back', next_at => now() + interval '1 hour') > 0 AS promised,
    dnc_attempt('+12125550122', 'call_back', next_at => now() + interval '2 hours', agent => 'agent 3') > 0 AS p,
    dnc_attempt('+12125550123', 'call_back', happened_at => now() - interval '2 hours',
        next_at => now() - interval '1 hour') > 0 AS q, dnc_attempt('+12125550123', 'connected') > 0 AS kept;
SELECT phone, round(extract(epoch FROM due_at - now()) / 3600) AS hours, agent, kept_at IS NOT NULL AS kept,
    suppressed FROM dnc_callbacks();
SELECT ground FROM dnc_may_contact('+12125550101');
SELECT count(*) AS before FROM dnc.violation \gset
SELECT dnc_attempt('+12125550101', 'transferred', call_type => 'transfer') > 0 AS transfer,
    dnc_attempt('+12125550101', 'connected', call_type => 'manual') > 0 AS manual,
    dnc_attempt('+12125550101', 'connected', call_type => 'callback') > 0 AS callback;
SELECT count(*) - :before AS violations FROM dnc.violation;
-- In bulk: in the same transaction, or not at all; and a call after the refusal of an earlier row is a violation.
SELECT format('%s', now() - interval '3 hours') AS one, format('%s', now() - interval '2 hours') AS two,
    format('%s', now() - interval '4 hours') AS none \gset
CREATE TEMP TABLE feed (phone text, at timestamptz, outcome text);
INSERT INTO feed VALUES ('+12125550130', :'one', 'refused'), ('+12125550130', :'two', 'connected'),
    ('+12125550130', :'none', 'connected'), ('+12125550131', :'one', 'connected'),
    ('+12125550132', :'one', 'complained'), ('+12125550133', :'one', 'wrong_number');
INSERT INTO dnc.contact_attempt (phone, happened_at, channel, outcome)
SELECT phone::dnc_phone, at, 'voice', outcome FROM feed;
SELECT phone, reason, channel FROM dnc.entry WHERE phone BETWEEN '+12125550130' AND '+12125550139' ORDER BY phone;
SELECT phone, happened_at = :'two' AS after_it FROM dnc.violation
WHERE phone BETWEEN '+12125550130' AND '+12125550139';
SELECT phone FROM dnc.wrong_number_in_force WHERE phone BETWEEN '+12125550130' AND '+12125550139';
BEGIN;
INSERT INTO dnc.contact_attempt (phone, channel, outcome) VALUES ('+12125550134', 'voice', 'refused');
SELECT dnc_check('+12125550134') AS at_once;
ROLLBACK;
SELECT dnc_check('+12125550134') AS rolled_back;
COPY dnc.contact_attempt (phone, channel, outcome) FROM STDIN;
+12125550134	voice	refused
+12125550135	voice	whistled
\.
SELECT count(*) AS none FROM dnc.entry WHERE phone = '+12125550134';
-- An outcome does not change, so that what it recorded stays what it means.
INSERT INTO dnc.outcome (outcome, description) VALUES ('own_other', 'other');
UPDATE dnc.outcome SET description = 'something else' WHERE outcome = 'own_other';
UPDATE dnc.outcome SET records = 'callback' WHERE outcome = 'own_other';
DELETE FROM dnc.outcome WHERE outcome = 'own_other';
UPDATE dnc.outcome SET records = 'nothing', scope = NULL, reason = NULL WHERE outcome = 'refused';
-- Codes: those of common dialers are mapped.
SELECT source, count(*) > 25 AS many, bool_and(outcome IS NOT NULL) AS mapped FROM dnc.code_in_use GROUP BY 1
ORDER BY 1;
SELECT dnc_attempt('+12125550140', source => 'vicidial', code => 'DNC', agent => 'agent 1') > 0 AS refused,
    dnc_attempt('+12125550141', source => 'twilio', code => '21610', channel => 'sms') > 0 AS stopped,
    dnc_attempt('+12125550142', source => 'asterisk', code => '17') > 0 AS busy;
SELECT phone, reason, source, evidence - 'attempt' AS evidence FROM dnc.entry
WHERE phone BETWEEN '+12125550140' AND '+12125550142' ORDER BY 1;
SELECT outcome, code FROM dnc.attempts_of('+12125550142');
-- Neither, both, or a code of nobody.
SELECT dnc_attempt('+12125550143');
SELECT dnc_attempt('+12125550143', 'busy', source => 'asterisk', code => '17');
SELECT dnc_attempt('+12125550143', code => '17');
\set VERBOSITY sqlstate
INSERT INTO dnc.contact_attempt (phone, channel, outcome, cost) VALUES ('+12125550143', 'voice', 'busy', -1);
INSERT INTO dnc.contact_attempt (phone, channel, outcome, caller, cost)
VALUES ('+12125550143', 'voice', 'busy', '', 1);
INSERT INTO dnc.contact_attempt (phone, channel, outcome, hung_up_by, talk_seconds)
VALUES ('+12125550143', 'voice', 'busy', 'nobody', NULL);
INSERT INTO dnc.contact_attempt (phone, channel, outcome, talk_seconds) VALUES ('+12125550143', 'voice', 'busy', -1);
INSERT INTO dnc.contact_attempt (phone, channel, outcome, happened_at) VALUES ('+12125550143', 'voice', 'busy',
    '-infinity');
INSERT INTO dnc.contact_attempt (phone, channel, outcome, next_at)
VALUES ('+12125550143', 'voice', 'busy', '-infinity');
INSERT INTO dnc.contact_attempt (phone, channel) VALUES ('+12125550143', 'voice');
SELECT dnc_attempt('+12125550143', 'busy', source => 'No Name');
INSERT INTO dnc.contact_attempt (phone, channel, outcome, source) VALUES ('+12125550143', 'voice', 'busy', 'No Name');
SELECT dnc_attempt('+12125550143', 'busy', hung_up_by => 'nobody');
SELECT dnc_attempt('+12125550143', 'busy', vendor => 'nobody');
SELECT dnc_attempt('+12125550143', 'busy', acquisition_id => 99);
SELECT dnc_attempt('+12125550143', 'busy', cost => -1);
SELECT dnc_attempt('+12125550143', 'busy', words => repeat('x', 10001));
\set VERBOSITY default
-- A code that is not mapped: the attempt is stored, nobody knows what was said, and no contact is allowed.
SELECT dnc_attempt('+12125550150', source => 'ourdialer', code => 'DNC-X', words => 'never again',
    happened_at => now() - interval '1 day') > 0 AS stored;
COPY dnc.contact_attempt (phone, channel, source, code) FROM STDIN;
+12125550151	voice	ourdialer	DNC-X
+12125550152	voice	ourdialer	HUH
+12125550153	voice	vicidial	NA
\.
SELECT source, code, outcome FROM dnc.code_in_use WHERE outcome IS NULL ORDER BY 1, 2;
SELECT phone, source, code FROM dnc.undecided_attempt ORDER BY phone;
SELECT p, ground, detail FROM unnest('{+12125550150,+12125550152}'::text[]) AS p, dnc_may_contact(p);
SELECT 'undecided' = ANY (grounds) AS undecided FROM dnc_may_contact('+12125550153');
SELECT subject, severity, value, regexp_replace(detail, '\d{4}-\d\d-\d\d', '…', 'g') AS detail FROM dnc_health()
WHERE subject = 'outcome codes';
-- Mapped later, it counts for the attempts so far.
SELECT * FROM dnc_outcome_map('ourdialer', 'DNC-X', 'refused', 'do not call');
SELECT phone, reason, evidence ->> 'words' AS words, requested_at < now() - interval '23 hours' AS then FROM dnc.entry
WHERE phone BETWEEN '+12125550150' AND '+12125550152' ORDER BY 1;
SELECT * FROM dnc_outcome_map('ourdialer', 'DNC-X', 'refused');
SELECT * FROM dnc_outcome_map('ourdialer', 'HUH', 'not_now');
SELECT p, dnc_check(p), 'undecided' = ANY (grounds) AS undecided
FROM unnest('{+12125550150,+12125550152}'::text[]) AS p, dnc_may_contact(p);
SELECT count(*) AS undecided FROM dnc.undecided_attempt;
SELECT healthy FROM dnc_health() WHERE subject = 'outcome codes';
-- A refusal is not mapped away by accident; what was recorded stays.
SELECT * FROM dnc_outcome_map('vicidial', 'DNC', 'connected');
SELECT * FROM dnc_outcome_map('ourdialer', 'DNC-X', 'connected', force => true);
SELECT dnc_check('+12125550150') AS stays;
-- A wrong mapping, put right, counts for the past, once.
SELECT * FROM dnc_outcome_map('ourdialer', 'HUH', 'refused');
SELECT * FROM dnc_outcome_map('ourdialer', 'DNC-X', 'refused');
SELECT phone, count(*) FROM dnc.entry WHERE phone BETWEEN '+12125550150' AND '+12125550152' GROUP BY 1 ORDER BY 1;
SELECT * FROM dnc_outcome_map('ourdialer', 'WN', 'wrong_number');
SELECT dnc_attempt('+12125550154', source => 'ourdialer', code => 'WN') > 0 AS wrong;
SELECT count(*) FROM dnc.wrong_number_in_force WHERE phone = '+12125550154';
-- A site's own word before a built-in one; a dialer of a known kind.
SELECT * FROM dnc_outcome_map('vicidial', 'NI', 'not_now');
SELECT outcome, builtin FROM dnc.code_in_use WHERE source = 'vicidial' AND code = 'NI';
SELECT dnc_outcome_map('vicidial-paris', codes_of => 'vicidial') > 80 AS mapped;
SELECT dnc_attempt('+12125550155', source => 'vicidial-paris', code => 'DNC') > 0 AS refused,
    dnc_check('+12125550155') AS not_yet;
SELECT dnc_check('+12125550155') AS refused;
SELECT dnc_outcome_map('x', codes_of => 'nobody');
\set VERBOSITY sqlstate
SELECT dnc_outcome_map('x', NULL, 'refused');
SELECT dnc_outcome_map('X', 'A', 'refused');
SELECT dnc_outcome_map('x', 'A', 'unknown');
INSERT INTO dnc.outcome_code (source, code, outcome, builtin) VALUES ('x', 'y', 'busy', true);
DELETE FROM dnc.outcome_code WHERE source = 'vicidial' AND builtin;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT dnc_outcome_map('x', 'A', 'refused');
ROLLBACK;
\set VERBOSITY default
-- Completeness: the dialer's totals of a day.
SELECT (now() - interval '1 day')::date AS day \gset
INSERT INTO dnc.contact_attempt (phone, happened_at, channel, source, code)
SELECT ('+1212555' || 6000 + n)::dnc_phone, :'day'::date + interval '12 hours', 'voice', 'd1', code
FROM (VALUES (1, 'A'), (2, 'A'), (3, 'DNC')) AS v (n, code);
SELECT * FROM dnc_attempt_reconcile('d1', :'day', '{"A": 3, "DNC": 1, "NA": 2}');
SELECT * FROM dnc_attempt_reconcile('d1', :'day', '3');
SELECT source, missing, surplus FROM dnc.attempt_gap;
SELECT * FROM dnc_attempt_reconcile('d1', :'day', '{"A": 2, "total": 5}');
SELECT source, missing, surplus FROM dnc.attempt_gap;
SELECT subject, severity, value FROM dnc_health() WHERE subject = 'attempt totals';
SELECT * FROM dnc_attempt_reconcile('d1', :'day'::date - 4, '0');
SELECT source, :'day' - day AS days_ago, missing FROM dnc.attempt_gap ORDER BY day;
\set VERBOSITY sqlstate
SELECT dnc_attempt_reconcile('d1', current_date, '3');
SELECT dnc_attempt_reconcile('d1', :'day', '[3]');
SELECT dnc_attempt_reconcile('d1', :'day', '{"A": -3}');
SELECT dnc_attempt_reconcile('d1', :'day', '3', 'Mars');
\set VERBOSITY default
-- The person's report includes them.
SELECT dnc_attempt('+12125550160', 'wrong_number', words => 'I am not Ann') > 0 AS wrong,
    dnc_attempt('+12125550160', source => 'ourdialer', code => 'NEW-1') > 0 AS undecided;
SELECT p.part, jsonb_array_length(p.rows) FROM dnc.held_of('+12125550160') AS p WHERE p.rows IS NOT NULL;
SELECT part, finding FROM dnc_audit_verify() WHERE NOT healthy;
-- Agents record, and do not map.
CREATE ROLE regress_dnc_agent; SELECT dnc_grant('agent', 'regress_dnc_agent'); SET ROLE regress_dnc_agent;
SELECT dnc_attempt('+12125550170', 'refused', words => 'no') > 0 AS taken;
INSERT INTO dnc.contact_attempt (phone, channel, source, code, words)
VALUES ('+12125550171', 'voice', 'vicidial', 'DNC', 'no');
SELECT dnc_check('+12125550170') AS a, dnc_check('+12125550171') AS b;
SELECT dnc_outcome_map('ourdialer', 'NEW-1', 'not_now');
SELECT count(*) > 250 AS readable FROM dnc.outcome_code;
RESET ROLE;
SELECT dnc_ungrant('agent', 'regress_dnc_agent');
DROP ROLE regress_dnc_agent;
