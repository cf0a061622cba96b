-- The one message that confirms an opt-out: where an accepted rule allows it, once, in time, and if nothing else
-- suppresses the number.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
INSERT INTO dnc.purpose (purpose) VALUES ('acme');
-- No test depends on the clock: a site's rule opens all hours of one state.
CREATE FUNCTION may(number text, channel text DEFAULT 'sms', at timestamptz DEFAULT NULL,
    purpose text DEFAULT NULL) RETURNS text LANGUAGE sql
    RETURN (SELECT CASE WHEN allowed THEN 'allowed' ELSE array_to_string(grounds, ', ') END
        FROM dnc_may_contact(number, channel, purpose, at, call_type => 'confirmation'));
INSERT INTO dnc.rule (rule, jurisdiction, kind, windows, precedence, citation, confidence)
VALUES ('us-open', 'US', 'calling_hours', 'daily 00:00-24:00', 9, 'test', 'V'),
    ('us-ny-open', 'US-NY', 'calling_hours', 'daily 00:00-24:00', 9, 'test', 'V');
SELECT dnc_rule_disable('us-revoke-all', 'Legal', 'applies from a day on; below');
-- Without an accepted rule, none. One that was not read in the law itself cannot be accepted.
SELECT * FROM dnc_reply('+12125550101', 'STOP');
SELECT may('+12125550101');
SELECT dnc_rule_accept('us-confirmation', 'Legal');
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, anchor, channels, valid_from, replaces, exempts, citation,
    confidence)
VALUES ('us-confirmation-read', 'US', 'confirmation', '5 minutes', 'receipt', '{sms}', '2024-04-04',
    'us-confirmation', true, '47 CFR 64.1200(a)(12)', 'V');
SELECT may('+12125550101');
SELECT dnc_rule_accept('us-confirmation-read', 'Legal');
SELECT may('+12125550101');
-- Nothing else is allowed, and no other channel.
SELECT ground FROM dnc_may_contact('+12125550101', 'sms');
SELECT ground FROM dnc_may_contact('+12125550101', 'sms', call_type => 'service');
SELECT c, may('+12125550101', c) FROM unnest('{voice,whatsapp,all}'::text[]) AS c;
SELECT rules FROM dnc_may_contact('+12125550101', 'sms', call_type => 'confirmation');
-- Within the time.
SELECT may('+12125550101', at => now() + interval '4 minutes 59 seconds') AS in_time,
    may('+12125550101', at => now() + interval '5 minutes 1 second') AS too_late,
    may('+12125550101', at => now() - interval '1 hour') AS before;
SELECT meaning FROM dnc_reply('+12125550102', 'STOP', received_at => now() - interval '6 minutes');
SELECT may('+12125550102') AS too_late;
SELECT meaning FROM dnc_reply('+12125550102', 'STOP') AS again;
SELECT may('+12125550102') AS the_first_counts;
-- Once. The attempt is no violation; a second one is, and so is one too late.
SELECT dnc_attempt_partitions() > 0 AS log;
SELECT dnc_attempt('+12125550101', 'no_answer', 'sms', happened_at => now() - interval '1 day') > 0 AS earlier;
SELECT may('+12125550101') AS still;
SELECT dnc_attempt('+12125550101', 'connected', 'sms', call_type => 'confirmation') > 0 AS confirmed;
SELECT may('+12125550101');
SELECT dnc_attempt('+12125550101', 'connected', 'sms', call_type => 'confirmation') > 0 AS again;
SELECT dnc_attempt('+12125550102', 'connected', 'sms', call_type => 'confirmation') > 0 AS too_late;
SELECT dnc_attempt('+12125550112', 'connected', 'sms', call_type => 'confirmation') > 0 AS nothing_to_confirm;
SELECT phone, count(*) FROM dnc.violation GROUP BY 1 ORDER BY 1;
SELECT dnc_attempt_sweep();
-- What was sent since counts, whatever it was.
SELECT meaning FROM dnc_reply('+12125550103', 'Please stop texting me');
SELECT may('+12125550103') AS free_text;
SELECT dnc_attempt('+12125550103', 'connected', 'sms', call_type => 'sales') > 0 AS sent;
SELECT may('+12125550103');
-- After START and another STOP, again.
SELECT meaning, ended FROM dnc_reply('+12125550104', 'STOP', purpose => 'acme', opt_out_channel => 'sms',
    received_at => now() - interval '4 minutes') UNION ALL
SELECT meaning, ended FROM dnc_reply('+12125550104', 'START', purpose => 'acme');
SELECT may('+12125550104', purpose => 'acme');
SELECT dnc_attempt('+12125550104', 'connected', 'sms', happened_at => now() - interval '2 minutes') > 0 AS between;
SELECT meaning FROM dnc_reply('+12125550104', 'STOP', purpose => 'acme', received_at => now() - interval '1 minute');
SELECT may('+12125550104', purpose => 'acme');
-- Nothing to confirm: no opt-out, one by another way, by another channel, or of another reason.
SELECT may('+12125550105');
SELECT dnc_add('+12125550105', source => 'web_form') > 0 AS added;
SELECT may('+12125550105') AS by_a_form;
SELECT meaning FROM dnc_reply('+12125550105', 'STOP');
SELECT may('+12125550105') AS by_a_form_before;
SELECT meaning FROM dnc_reply('+12125550106', 'STOP', 'whatsapp');
SELECT may('+12125550106') AS by_whatsapp;
SELECT dnc_add('+12125550107', source => 'sms_keyword') > 0 AS added;
SELECT may('+12125550107') AS by_text;
SELECT dnc_add('+12125550107', reason => r) > 0 AS added, may('+12125550107') FROM unnest('{litigator}'::text[]) AS r;
SELECT r, dnc_add('+1212555012' || n, reason => r, source => 'sms_keyword') > 0 AS added
FROM unnest('{complaint,no_processing,wrong_number,not_interested}'::text[]) WITH ORDINALITY AS x (r, n);
SELECT n, may('+1212555012' || n) FROM generate_series(1, 4) AS n;
-- A prefix, a list and an unknown list stay.
SELECT meaning FROM dnc_reply('+12125550108', 'STOP');
SELECT may('+12125550108');
SELECT dnc_add_prefix('+1212555010') > 0 AS added;
SELECT may('+12125550108') AS prefix;
SELECT dnc_revoke_prefix('+1212555010') AS revoked;
SELECT may('+12125550108');
INSERT INTO dnc.list (list, kind, region, strict) VALUES ('litigators', 'litigator', 'US', true);
SELECT may('+12125550108') AS not_loaded;
SELECT dnc_list_load_query('litigators', $$VALUES ('2125550109')$$) > 0 AS loaded;
SELECT may('+12125550108') AS not_on_it;
SELECT meaning FROM dnc_reply('+12125550109', 'STOP');
SELECT may('+12125550109') AS listed;
INSERT INTO dnc.list (list, kind, jurisdiction, region, applies) VALUES ('us', 'national', 'US', 'US', 'decision');
SELECT dnc_list_load_query('us', $$VALUES ('2125550108')$$) > 0 AS loaded;
SELECT may('+12125550108') AS registered;
UPDATE dnc.list SET enabled = false;
SELECT may('+12125550108');
-- Given facts.
SELECT grounds FROM (VALUES ('[]'::jsonb), ('[["opt_out", 833000000000000, null, true, null]]'),
    ('[["opt_out", 833000000000000, null, null, null]]'), ('[["opt_out", 832999000000000, null, true, null]]'))
    AS v (facts),
    LATERAL dnc.decide_given('+12125550101', jsonb_build_object('suppressed', true, 'revoked', false, 'facts', facts),
        'sms', '2000-01-01 00:04Z'::timestamptz + 833000000 * interval '1 second', 'confirmation', NULL, NULL, NULL);
-- Where an opt-out of one scope covers all, an earlier one of another scope counts too.
SELECT dnc_add('+12125550110', 'voice', source => 'phone_agent') > 0 AS of_calls;
SELECT meaning FROM dnc_reply('+12125550110', 'STOP', opt_out_channel => 'sms');
SELECT may('+12125550110');
INSERT INTO dnc.rule (rule, jurisdiction, kind, citation, confidence)
VALUES ('us-all', 'US', 'revocation_scope', 'test', 'V');
SELECT may('+12125550110') AS refused_before, may('+12125550108') AS not_refused_before;
SELECT dnc_rule_disable('us-all', 'Legal', 'test');
-- A place without a rule, closed hours, and forms without facts.
SELECT meaning FROM dnc_reply('+442079460018', 'STOP');
SELECT may('+442079460018');
SELECT dnc_rule_disable('us-ny-open', 'Legal', 'closed');
INSERT INTO dnc.rule (rule, jurisdiction, kind, windows, precedence, citation, confidence)
VALUES ('us-ny-closed', 'US-NY', 'calling_hours', 'daily 00:00-00:01', 9, 'test', 'V');
SELECT grounds, next_allowed_at
FROM dnc.decide_given('+12125550101', '{"suppressed": true, "revoked": false,
        "facts": [["opt_out", 833000000000000, null, true, null]]}', 'sms',
    '2000-01-01 00:04Z'::timestamptz + 833000000 * interval '1 second', 'confirmation', NULL, NULL, NULL);
SELECT allowed, ground FROM dnc_may_contact_as_of('+12125550108', now(), channel => 'sms',
    call_type => 'confirmation');
CREATE TABLE contact (id int, phone text);
INSERT INTO contact VALUES (1, '+12125550108');
SELECT allowed, ground FROM dnc_may_contact_all('contact', 'id', 'phone', 'US', channel => 'sms',
    call_type => 'confirmation');
DROP FUNCTION may;
