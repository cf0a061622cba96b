-- Decisions from what is recorded: each ground once, many numbers at once, the past, and what a change of rules means.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
INSERT INTO dnc.purpose (purpose) VALUES ('acme'), ('acme/loans'), ('other');
-- Noon of next week's Tuesday and Sunday in New York, and a night there; at noon all is open in what follows unless
-- told.
SELECT (w + interval '8 days 12 hours') AT TIME ZONE 'America/New_York' AS tue,
    (w + interval '7 days 22 hours') AT TIME ZONE 'America/New_York' AS night,
    (w + interval '13 days 12 hours') AT TIME ZONE 'America/New_York' AS sun
FROM date_trunc('week', now() AT TIME ZONE 'UTC') AS w \gset
-- A refusal of one thing is one of all in the United States from 2027-01-31 on; not in what follows, whenever it is
-- run.
SELECT at, allowed, ground FROM unnest('{2027-01-29 17:00Z,2027-02-02 17:00Z}'::timestamptz[]) AS at,
    LATERAL dnc.decide_given('+12125550103',
    '{"suppressed": false, "revoked": true, "registers": [["US", "clear", 853000000000000]]}', 'voice', at, 'sales',
    NULL, NULL, NULL);
SELECT dnc_rule_disable('us-revoke-all', 'test', 'to be tried by itself');
-- Nor do holidays count in what follows: a site's own rules take the place of those with them.
INSERT INTO dnc.rule (rule, jurisdiction, kind, windows, citation, confidence, replaces)
VALUES ('test-fr', 'FR', 'calling_hours', 'mon-fri 10:00-13:00 14:00-20:00', 'test', 'V', 'fr-hours'),
    ('test-au', 'AU', 'calling_hours', 'mon-fri 09:00-20:00', 'test', 'V', 'au-hours'),
    ('test-la', 'US-LA', 'calling_hours', 'mon-sat 08:00-20:00', 'test', 'V', 'us-la-hours'),
    ('test-es', 'ES', 'calling_hours', 'mon-fri 09:00-21:00', 'test', 'V', 'es-hours');
INSERT INTO dnc.rule (rule, jurisdiction, kind, regime, channels, citation, confidence)
VALUES ('test-us-sms', 'US', 'regime', 'registry', '{sms}', 'test', 'V');
-- Nothing is allowed without a register that was asked, without a rule, without a number.
SELECT n, allowed, ground, detail, next_allowed_at
FROM (VALUES ('+12125550101'), ('+81312345678'), (NULL), ('+80012345678')) AS v (n),
    LATERAL dnc_may_contact(n::dnc_phone, at => :'tue') ORDER BY 1;
INSERT INTO dnc.list (list, kind, jurisdiction, region, applies, max_age_days, coverage)
VALUES ('us', 'national', 'US', 'US', 'decision', 31, '{+1212,+1305,+1504,+1202}');
SELECT ground FROM dnc_may_contact('+12125550101', at => :'tue') AS not_loaded;
SELECT dnc_list_load_query('us', $$VALUES ('2125550102'), ('2125550110')$$) > 0 AS loaded;
SELECT n, allowed, ground, next_allowed_at = :'tue' AS at_once
FROM (VALUES ('+12125550101'), ('+12125550102'), ('+14155552671')) AS v (n),
    LATERAL dnc_may_contact(n::dnc_phone, at => :'tue') ORDER BY 1;
SELECT ground, next_allowed_at > :'night' AND next_allowed_at <= :'tue' AS later
FROM dnc_may_contact('+12125550101', at => :'night');
SELECT dnc_check('+12125550102') AS not_in_checks;
SELECT ground FROM dnc_may_contact('+12125550101', at => :'tue'::timestamptz + interval '40 days') AS stale;
-- A specific consent beats the register, a relationship only once the exemption is accepted, a refusal beats both.
SELECT dnc_consent('+12125550102', 'voice', 'acme', given_at => '2026-01-01', wording => 'w', evidence => '{"a": 1}')
    > 0 AS consent;
SELECT p, allowed, ground
FROM unnest('{acme,acme/loans,other,NULL}'::text[]) AS p, LATERAL dnc_may_contact('+12125550102', 'voice', p, :'tue');
SELECT dnc_relationship('+12125550110', 'purchase', happened_at => now() - interval '1 month') > 0 AS purchase;
SELECT allowed, ground FROM dnc_may_contact('+12125550110', at => :'tue');
SELECT dnc_rule_accept('us-relationship-purchase', 'Legal, A. Smith', 'memo 12');
SELECT allowed, ground FROM dnc_may_contact('+12125550110', at => :'tue');
SELECT dnc_relationship('+12125550110', 'ended', happened_at => now() - interval '1 day') > 0 AS ended;
SELECT allowed, ground FROM dnc_may_contact('+12125550110', at => :'tue');
SELECT dnc_add('+12125550102', purpose => 'acme/loans') > 0 AS refused;
SELECT p, allowed, ground
FROM unnest('{acme,acme/loans}'::text[]) AS p, LATERAL dnc_may_contact('+12125550102', 'voice', p, :'tue');
SELECT dnc_reassigned('+12125550102') > 0 AS reassigned;
SELECT dnc_revoke('+12125550102') AS new_holder;
SELECT allowed, ground FROM dnc_may_contact('+12125550102', 'voice', 'acme', :'tue');
SELECT dnc_add('+12125550103', purpose => 'other', channel => 'sms') > 0 AS refused;
-- Consent where it is needed: none, too old, without proof.
SELECT ground FROM dnc_may_contact('+4930123456', at => :'tue');
SELECT dnc_consent('+34911234567', 'voice', given_at => now() - interval '3 years') > 0 AS old;
SELECT ground FROM dnc_may_contact('+34911234567', at => :'tue');
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, anchor, citation, confidence)
VALUES ('es-proof', 'ES', 'consent_proof', '1 year', 'last_use', 'site policy', 'V');
SELECT dnc_rule_disable('es-proof', 'Legal', 'to record one without proof');
SELECT dnc_consent('+34911234568', 'voice') > 0 AS unproven;
SELECT dnc_rule_enable('es-proof', 'Legal');
SELECT ground FROM dnc_may_contact('+34911234568', at => :'tue');
-- Purchased data, preferences, zones, what the person is and where.
INSERT INTO dnc.vendor (vendor, description) VALUES ('leads', 'sells');
SELECT dnc_acquired(ARRAY['+12125550104'::dnc_phone], 'leads', lawful_basis => 'consent');
SELECT ground FROM dnc_may_contact('+12125550104', at => :'tue');
SELECT dnc_acquired(ARRAY['+12125550104'::dnc_phone], 'leads', lawful_basis => 'consent',
    proof => '{"url": "https://example.com"}');
SELECT allowed FROM dnc_may_contact('+12125550104', at => :'tue');
SELECT dnc_prefer('+12125550105', channels => '{sms}') > 0 AS stated,
    dnc_prefer('+12125550106', hours => 'mon-fri 08:00-10:00', time_zone => 'America/Los_Angeles') > 0 AS stated;
SELECT c, allowed, ground
FROM unnest('{voice,sms}'::text[]) AS c, LATERAL dnc_may_contact('+12125550105', c, at => :'tue');
SELECT allowed, ground, assumed FROM dnc_may_contact('+12125550106', at => :'tue');
SELECT allowed, ground FROM dnc_may_contact('+12125550106', at => :'tue'::timestamptz + interval '90 minutes');
SELECT dnc_prefer('+12125550106', hours => 'tue 20:00-20:30') > 0 AS another_statement;
SELECT allowed, ground, to_char(next_allowed_at AT TIME ZONE 'America/New_York', 'Dy HH24:MI') AS next
FROM dnc_may_contact('+12125550106', at => :'tue');
SELECT ground, places FROM dnc_may_contact('+12125550107', at => :'sun', location => 'US-LA') AS another_state;
SELECT ground, to_char(next_allowed_at AT TIME ZONE 'America/Chicago', 'Dy HH24:MI') AS next
FROM dnc_may_contact('+15045550101', at => :'sun');
SELECT allowed, ground, assumed
FROM dnc_may_contact('+12125550107', at => :'night', time_zone => 'Pacific/Honolulu', location => 'US-HI');
-- Attempts and pauses, in France before consent was needed there.
SELECT at, ground, next_allowed_at
FROM (VALUES ('2026-06-02 12:30Z'::timestamptz, 3), ('2026-06-02 12:30Z', 4), ('2026-06-02 12:30Z', 6)) AS v (at, n),
    LATERAL dnc.decide_given('+33142685300',
    jsonb_build_object('suppressed', false, 'registers', '[["FR", "clear", 833000000000000]]'::jsonb, 'facts',
        (SELECT jsonb_agg(jsonb_build_array('attempt',
                    dnc.microseconds('2026-05-20 12:00Z'::timestamptz + i * interval '1 day'), NULL, NULL, NULL))
            FROM generate_series(1, n) AS i)), 'voice', at, 'sales', NULL, NULL, NULL);
SELECT dnc_attempt_partitions() > 0 AS log;
SELECT count(dnc_attempt('+33142685300', 'no_answer')) FROM generate_series(1, 4);
SELECT dnc_consent('+33142685300', 'voice') > 0 AS consent;
SELECT ground, grounds FROM dnc_may_contact('+33142685300', at => :'tue'::timestamptz - interval '2 hours');
SELECT dnc_add('+33142685301', purpose => 'other', received_at => now() - interval '3 days',
    requested_at => now() - interval '3 days') > 0 AS refused,
    dnc_consent('+33142685301', 'voice', 'acme') > 0 AS consent;
SELECT ground, grounds
FROM dnc_may_contact('+33142685301', 'voice', 'acme', at => :'tue'::timestamptz - interval '2 hours');
SELECT dnc_revoke('+33142685301') AS taken_back;
SELECT allowed FROM dnc_may_contact('+33142685301', 'voice', 'acme', at => :'tue'::timestamptz - interval '2 hours');
-- Answers of registries: clear, lapsed, adverse.
SELECT dnc_registry_import('au-dncr', 'wash.csv', $$VALUES ('+61291234567', 'N', NULL), ('+61291234568', 'Y', NULL)$$,
    now() - interval '20 days') > 0 AS washed,
    dnc_registry_import('au-dncr', 'old.csv', $$VALUES ('+61291234569', 'N', NULL)$$, now() - interval '31 days') > 0
    AS old;
SELECT n, allowed, ground FROM unnest('{+61291234567,+61291234568,+61291234569,+61291234570}'::text[]) AS n,
    LATERAL dnc_may_contact(n::dnc_phone, at => date_trunc('week', now()) + interval '8 days 1 hour') ORDER BY 1;
-- A strict list that cannot tell; a list that binds checks.
INSERT INTO dnc.list (list, kind, region, strict) VALUES ('strict', 'litigator', 'US', true);
SELECT ground, detail FROM dnc_may_contact('+12125550101', at => :'tue');
DELETE FROM dnc.list WHERE list = 'strict';
-- Many numbers at once say what each says alone.
CREATE TABLE contact (id int, phone text, country text);
INSERT INTO contact SELECT i, '+1212555' || lpad((100 + i)::text, 4, '0'), 'US' FROM generate_series(0, 20) AS i;
INSERT INTO contact VALUES (21, '01 42 68 53 00', 'FR'), (22, '01 42 68 53 01', 'FR'), (23, '030 123456', 'DE'),
    (24, '(02) 9123 4567', 'AU'), (25, '(02) 9123 4568', 'AU'), (26, '(02) 9123 4569', 'AU'),
    (27, '03 1234 5678', 'JP'), (28, 'rubbish', 'US'), (29, NULL, 'US'), (30, '91 123 45 67', 'ES'),
    (31, '911 23 45 67', 'ES'), (32, '(504) 555-0101', 'US'), (33, '(800) 555-0101', 'US'), (34, '911 234 568', 'ES');
SELECT count(*) AS rows,
    count(*) FILTER (WHERE (m.allowed, m.ground, m.grounds, m.next_allowed_at) IS DISTINCT FROM (d.allowed, d.ground,
        nullif(array_to_string(d.grounds, ', '), ''), d.next_allowed_at)) AS differ, count(DISTINCT m.ground) AS grounds
    FROM unnest(ARRAY[:'tue', :'night', :'sun']::timestamptz[]) AS at,
        unnest('{voice,sms,whatsapp}'::text[]) AS channel, unnest('{acme,NULL}'::text[]) AS purpose,
         LATERAL dnc_may_contact_all('contact', 'id', 'phone', channel => channel, purpose => purpose,
             region_column => 'country', at => at)
             AS m, LATERAL dnc_may_contact(m.phone, channel, purpose, at) AS d;
SELECT key, phone, allowed, ground, rules
FROM dnc_may_contact_all('contact', 'id', 'phone', region_column => 'country', at => :'tue') ORDER BY key::int LIMIT 6;
SELECT dnc_may_contact_all('contact', 'nothing', 'phone', region => 'US');
SELECT dnc_may_contact_all('contact', 'id', 'nothing', region => 'US');
SELECT dnc_may_contact_all('contact', 'id', 'phone');
SELECT * FROM dnc.decide_query('SELECT 1, 2, 3', 'voice', NULL, NULL, NULL, NULL);
SELECT * FROM dnc.decide_query('SELECT ''a''::text, NULL::dnc_phone, NULL::boolean, 4', 'voice', NULL, NULL, NULL,
    NULL);
SELECT * FROM dnc.decide_query('DELETE FROM contact', 'voice', NULL, NULL, NULL, NULL);
-- Ways that were open once: each is a no.
SELECT dnc_add('+12125550130', effective_at => now() + interval '1 day') > 0 AS starts_tomorrow;
INSERT INTO contact VALUES (40, '+12125550130', 'US');
SELECT allowed, ground FROM dnc_may_contact_all('contact', 'id', 'phone', region_column => 'country', at => :'tue')
WHERE key = '40';
SELECT ground FROM dnc_may_contact('+12125550131', at => :'tue', location => 'JP') AS no_rule_there;
SELECT dnc_relationship('+12125550132', 'purchase', happened_at => now() - interval '1 month') > 0 AS purchase;
SELECT l, c, ground FROM (VALUES (NULL, 'voice'), (NULL, 'whatsapp'), ('DE', 'voice')) AS v (l, c),
    LATERAL dnc_may_contact('+12125550132', c, at => :'tue', location => l);
INSERT INTO dnc.list (list, kind, jurisdiction, region) VALUES ('us2', 'national', 'US', 'US');
SELECT ground FROM dnc_may_contact('+12125550131', at => :'tue') AS another_not_loaded;
DELETE FROM dnc.list WHERE list = 'us2';
INSERT INTO dnc.list (list, kind, region, applies) VALUES ('trade', 'industry', 'US', 'decision'),
    ('nowhere', 'national', 'US', 'decision');
SELECT ground FROM dnc_may_contact('+12125550131', at => :'tue') AS not_loaded;
SELECT dnc_list_load_query('trade', $$VALUES ('2125550131')$$) > 0 AS loaded,
    dnc_list_load_query('nowhere', $$VALUES ('2125550133')$$) > 0 AS loaded;
SELECT n, ground FROM unnest('{+12125550131,+12125550133,+12125550134}'::text[]) AS n,
    LATERAL dnc_may_contact(n::dnc_phone, at => :'tue') ORDER BY 1;
SELECT key, ground
FROM (SELECT 1
    FROM dnc.decide_query($$SELECT n, n::dnc_phone, false
            FROM unnest('{+12125550131,+12125550133,+12125550134}'::text[]) AS n$$, 'voice', NULL, :'tue', 'sales',
        NULL)) AS x (one),
    dnc.decide_query($$SELECT n, n::dnc_phone, false
        FROM unnest('{+12125550131,+12125550133,+12125550134}'::text[]) AS n$$, 'voice', NULL, :'tue', 'sales', NULL)
    AS d WHERE one = 1 GROUP BY 1, 2 ORDER BY 1;
UPDATE dnc.list SET enabled = false WHERE list IN ('trade', 'nowhere');
-- Registers: who is in one is in it; an official answer stands in for its own jurisdiction's lists only, another one's
-- for none.
SELECT n, r, f, ground
FROM (VALUES ('+12125550101', '[["US", "clear", 853000000000000], ["US-FL", "listed", 853000000000000]]', '[]'),
    ('+13055550101', '[["US-FL", "missing", null]]', '[["answer", 853000000000000, null, true, "US"]]'),
    ('+13055550101', '[["US", "missing", null]]', '[["answer", 853000000000000, null, true, "US"]]'),
    ('+13055550101', '[]', '[["other_answer", 853000000000000, null, true, "US"]]')) AS v (n, r, f),
    LATERAL dnc.decide_given(n::dnc_phone,
        jsonb_build_object('suppressed', false, 'revoked', false, 'facts', f::jsonb, 'registers', r::jsonb), 'voice',
        '2027-01-12 17:00Z', 'sales', NULL, NULL, NULL);
INSERT INTO dnc.registry (registry, description, jurisdiction, valid_days, results)
VALUES ('mine-au', 'own', 'AU', 30, '{"N": "not_listed"}');
SELECT dnc_registry_import('mine-au', 'own.csv', $$VALUES ('+61291234570', 'N', NULL)$$) > 0 AS answered;
SELECT ground FROM dnc_may_contact('+61291234570', at => date_trunc('week', now()) + interval '8 days 1 hour')
    AS not_the_register;
-- Operators of the caller's schemas are not run.
CREATE SCHEMA bait; CREATE FUNCTION bait.minus(timestamptz, interval) RETURNS timestamptz
LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'bait taken'; END $$;
CREATE OPERATOR bait.- (LEFTARG = timestamptz, RIGHTARG = interval, FUNCTION = bait.minus);
SET search_path = bait, pg_catalog, public; SELECT count(*) > 30 AS decided
    FROM dnc_may_contact_all('contact', 'id', 'phone', region_column => 'country'); RESET search_path;
DROP SCHEMA bait CASCADE;
-- Beside parallel workers; every statement of a query gives what it must; the past is asked one by one.
BEGIN; SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0;
CREATE TABLE answers AS SELECT *
    FROM dnc_may_contact_all('contact', 'id', 'phone', region_column => 'country', at => :'tue'); COMMIT;
SELECT count(*) = (SELECT count(*) FROM contact) AS all_of_them FROM answers;
SELECT * FROM dnc.decide_query('SELECT ''a''::text, ''+12125550101''::dnc_phone, false; SELECT 1, 2, 3', 'voice', NULL,
    NULL, NULL, NULL);
SELECT * FROM dnc.decide_query('SELECT ''a''::text, NULL::dnc_phone, false WHERE false; SELECT 1, 2, 3 WHERE false',
    'voice', NULL, NULL, NULL, NULL);
-- What is told of many numbers is told alike by each of its statements, whose memory goes with it.
SELECT count(*), count(DISTINCT (allowed, ground, grounds, rules)),
    bool_and(length(rules) BETWEEN 1 AND 1000 AND length(grounds) < 1000) AS whole
FROM dnc.decide_query($$SELECT i::text, '+12125550101'::dnc_phone, true FROM generate_series(1, 3) AS i;
        SELECT repeat('x', i), '+12125550101'::dnc_phone, true FROM generate_series(1, 5000) AS i$$, 'voice', NULL,
    :'tue', NULL, NULL);
SELECT dnc_may_contact_all('contact', 'id', 'phone', region_column => 'country', at => now() - interval '1 second');
-- A prefix refused for something else counts where a refusal covers all.
SELECT dnc_rule_enable('us-revoke-all', 'test');
SELECT dnc_add_prefix('+1212555014', purpose => 'other') > 0 AS refused;
INSERT INTO contact VALUES (41, '+12125550141', 'US');
SELECT m.ground, m.grounds = array_to_string(d.grounds, ', ') AS same
FROM dnc_may_contact_all('contact', 'id', 'phone', purpose => 'acme', region_column => 'country',
    at => greatest('2027-02-02 17:00Z', :'tue'::timestamptz)) AS m,
    LATERAL dnc_may_contact(m.phone, purpose => 'acme', at => greatest('2027-02-02 17:00Z', :'tue'::timestamptz)) AS d
WHERE key = '41';
SELECT dnc_rule_disable('us-revoke-all', 'test', 'tried');
-- What was deleted permits nothing: an outcome, a calendar's days, a place.
INSERT INTO dnc.outcome (outcome, description) VALUES ('hung_up', 'own');
SELECT count(dnc_attempt('+33142685310', 'hung_up')) FROM generate_series(1, 4);
DELETE FROM dnc.outcome WHERE outcome = 'hung_up';
ALTER TABLE dnc.outcome DISABLE TRIGGER "02_keep_outcome"; DELETE FROM dnc.outcome WHERE outcome = 'hung_up';
ALTER TABLE dnc.outcome ENABLE ALWAYS TRIGGER "02_keep_outcome";
SELECT 'attempt_cap' = ANY (grounds) AS still_counted FROM dnc_may_contact('+33142685310');
INSERT INTO dnc.holiday (holiday, calendar, name, day, source) VALUES ('own/day', 'own', 'Day', '01-01', 'own');
INSERT INTO dnc.rule (rule, jurisdiction, kind, windows, calendar, citation, confidence)
VALUES ('test-own', 'US', 'calling_hours', 'daily 00:00-24:00', 'own', 'test', 'V');
SELECT ground FROM dnc_may_contact('+12125550134', at => :'tue'); DELETE FROM dnc.holiday WHERE calendar = 'own';
SELECT ground FROM dnc_may_contact('+12125550134', at => :'tue') AS no_calendar;
SELECT dnc_rule_disable('test-own', 'test', 'tried');
INSERT INTO dnc.jurisdiction (jurisdiction, within, name) VALUES ('KR-11', '{KR}', 'Seoul');
SELECT dnc_prefer('+12125550136', location => 'KR-11') > 0 AS stated; DELETE FROM dnc.jurisdiction
WHERE jurisdiction = 'KR-11';
SELECT ground, places && '{KR}' AS in_korea FROM dnc_may_contact('+12125550136', at => :'tue');
-- The clock that a person named once does not replace that of where the caller says they are.
SELECT dnc_prefer('+12125550137', time_zone => 'Pacific/Honolulu') > 0 AS stated;
SELECT l, ground FROM unnest('{US-CA,NULL}'::text[]) AS l,
    LATERAL dnc_may_contact('+12125550137', at => :'night', location => l);
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, attempts, anchor, channels, citation, confidence)
VALUES ('test-all', 'US', 'attempt_cap', '1 day', 1, 'attempt', '{all}', 'test', 'V');
-- A rule takes another's place only where it applies for certain.
INSERT INTO dnc.rule (rule, jurisdiction, kind, windows, line_types, citation, confidence, replaces)
VALUES ('test-mobile', 'US', 'calling_hours', 'daily 00:00-24:00', '{mobile}', 'test', 'V', 'us-hours');
INSERT INTO dnc.rule (rule, jurisdiction, kind, regime, call_types, citation, confidence, precedence)
VALUES ('test-service', 'US', 'regime', 'opt_out', '{service}', 'test', 'V', 1);
SELECT ground FROM dnc_may_contact('+12125550134', at => :'night') AS not_surely_mobile;
SELECT t, allowed, ground
FROM unnest('{sales,service,NULL}'::text[]) AS t, LATERAL dnc_may_contact('+14155552671', at => :'tue', call_type => t);
SELECT dnc_rule_disable(r, 'test', 'tried') FROM unnest('{test-mobile,test-service}'::text[]) AS r;
SELECT dnc_may_contact('+442079460018', call_type => 'claims-management');
SELECT dnc_may_contact_all('contact', 'id', 'phone', region => 'US', call_type => 'Sales');
-- A withdrawal reaches consents of before that come in later, and so does a refusal; a review does not bring them back.
SELECT dnc_withdraw_consent('+4930123457', given_at => now() - interval '1 day') AS nothing_yet;
SELECT dnc_consent('+4930123457', 'voice', given_at => now() - interval '5 days', wording => 'w',
    evidence => '{"paper": 1}') > 0 AS found_in_a_drawer;
SELECT ground FROM dnc_may_contact('+4930123457', at => :'tue');
SELECT dnc_consent('+4930123458', 'voice', given_at => now() - interval '5 days', wording => 'w',
    evidence => '{"paper": 1}') > 0 AS consent, (dnc_reply('+4930123458', 'stop')).entry AS refused \gset
SELECT dnc_review(:refused, 'end', 'no rule keeps it', 'A. Smith') AS ended;
SELECT dnc_check('+4930123458') AS check, ground FROM dnc_may_contact('+4930123458', at => :'tue');
SELECT state FROM dnc.consent_state WHERE phone = '+4930123458';
SELECT dnc_add('+4930123459') > 0 AS refused,
    dnc_consent('+4930123459', 'voice', given_at => now() - interval '5 days', wording => 'w',
    evidence => '{"paper": 1}') > 0 AS consent;
SELECT dnc_revoke('+4930123459') AS taken_back_by_the_person;
SELECT allowed FROM dnc_may_contact('+4930123459', at => :'tue');
-- Caps count every channel that the rule is about; hours that never come are searched for no longer than a moment.
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, attempts, anchor, citation, confidence)
VALUES ('test-cap', 'US', 'attempt_cap', '5 years', 1, 'attempt', 'test', 'V');
SELECT dnc_attempt('+12125550135', 'delivered', 'sms', happened_at => now() - interval '4 years') > 0 AS long_ago;
SELECT ground FROM dnc_may_contact('+12125550135', at => :'tue');
SELECT dnc_rule_disable('test-cap', 'test', 'tried');
SELECT dnc_prefer('+18005550100', hours => 'daily 08:00-08:30') > 0 AS stated;
SET statement_timeout = '5s'; SELECT ground, next_allowed_at FROM dnc_may_contact('+18005550100', at => :'tue');
RESET statement_timeout;
-- What can be seen counts, whatever the clock of the statement says.
CREATE PROCEDURE campaign() LANGUAGE plpgsql AS $$
DECLARE
    answer text := '';
BEGIN
    COMMIT;
    PERFORM pg_sleep(0.02);
    PERFORM dnc_consent('+4930123460', 'voice', given_at => now() - interval '1 day', wording => 'w',
        evidence => '{"a": 1}');
    COMMIT;
    answer := answer || (SELECT allowed FROM dnc_may_contact('+4930123460'));
    PERFORM dnc_withdraw_consent('+4930123460');
    COMMIT;
    answer := answer || ' ' || (SELECT allowed FROM dnc_may_contact('+4930123460'));
    FOR i IN 1..5 LOOP
        answer := answer || ' ' || (SELECT 'attempt_cap' = ANY (grounds) FROM dnc_may_contact('+33142685309'));
        PERFORM dnc_attempt('+33142685309', 'no_answer');
        COMMIT;
    END LOOP;
    answer := answer || ' ' || (SELECT 'attempt_cap' = ANY (grounds) FROM dnc_may_contact('+33142685309'));
    RAISE NOTICE '%', answer;
END
$$;
CALL campaign();
-- Bad questions.
SELECT dnc_may_contact('+12125550101', 'pigeon');
SELECT dnc_may_contact('+12125550101', 'voice', 'nowhere');
SELECT dnc_may_contact('+12125550101', location => 'US-XX');
SELECT dnc_may_contact('+12125550101', time_zone => 'Mars/Base');
SELECT dnc_may_contact('+12125550101', party => 'alien');
SELECT dnc_may_contact('+12125550101', at => 'infinity');
-- The past: what held at a time, as far as it was known at another.
SELECT clock_timestamp() AS before \gset
SELECT dnc_add('+12125550115', requested_at => now() - interval '10 days', received_at => now() - interval '10 days')
    > 0 AS recorded_late;
SELECT clock_timestamp() AS after \gset
SELECT dnc_check_as_of('+12125550115', now() - interval '5 days', :'before') AS not_known_then,
    dnc_check_as_of('+12125550115', now() - interval '5 days', :'after') AS known_later,
    dnc_check_as_of('+12125550115', now() - interval '11 days') AS before_it_was_received;
SELECT ground FROM dnc_may_contact_as_of('+12125550115', now() - interval '5 days', :'after') AS known_later;
SELECT ground <> 'suppressed' AS not_known_then
FROM dnc_may_contact_as_of('+12125550115', now() - interval '5 days', :'before');
SELECT dnc_revoke('+12125550115') AS taken_back;
SELECT dnc_check('+12125550115') AS now, dnc_check_as_of('+12125550115', now() - interval '5 days') AS then,
    dnc_check_as_of('+12125550115', now(), :'after') AS as_known_before_that;
-- Rules that were not known are not used; the built-in ones are known from their release on.
INSERT INTO dnc.rule (rule, jurisdiction, kind, regime, citation, confidence)
VALUES ('acme-jp', 'JP', 'regime', 'opt_out', 'site policy', 'V');
SELECT ground FROM dnc_may_contact_as_of('+81312345678', now(), :'after') AS not_known_then;
SELECT allowed FROM dnc_may_contact_as_of('+81312345678', now(), now()) AS known;
SELECT ground FROM dnc_may_contact_as_of('+442079460018', '2026-11-20', '2026-11-20');
-- Lists count by the version that was current then, also after going back.
INSERT INTO dnc.list (list, kind, region) VALUES ('industry', 'industry', 'US');
SELECT dnc_list_load_query('industry', $$VALUES ('2125550120')$$) AS first;
SELECT clock_timestamp() AS first_loaded \gset
SELECT dnc_list_load_query('industry', $$VALUES ('2125550121')$$) AS second;
SELECT clock_timestamp() AS second_loaded \gset
SELECT dnc_list_revert('industry') AS back, pg_sleep(0.01);
SELECT n, dnc_check_as_of(n::dnc_phone, now() - interval '1 day') AS before,
    dnc_check_as_of(n::dnc_phone, :'first_loaded') AS first, dnc_check_as_of(n::dnc_phone, :'second_loaded') AS second,
    dnc_check(n::dnc_phone) AS now FROM unnest('{+12125550120,+12125550121}'::text[]) AS n;
\set VERBOSITY sqlstate
SELECT dnc_check_as_of('+12125550120', '2999-01-01');
SELECT dnc_check_as_of('+12125550120', NULL);
\set VERBOSITY default
SELECT dnc_may_contact_as_of('+12125550120', NULL);
-- The present by the past's way is the present.
SELECT count(*) AS differ FROM contact AS c, LATERAL (SELECT dnc_try_parse(c.phone, c.country) AS n) AS x,
    LATERAL (SELECT now() AS t) AS t, LATERAL dnc_may_contact(n, at => t) AS a,
    LATERAL dnc_may_contact_as_of(n, t, t) AS b
WHERE (a.allowed, a.grounds, a.next_allowed_at, a.rules) IS DISTINCT FROM (b.allowed, b.grounds, b.next_allowed_at,
    b.rules);
-- What a change of rules means.
SELECT dnc_rule_enable('us-revoke-all', 'test');
SELECT place, contacts, allowed_before, allowed_after, newly_forbidden, ground, rules_ending, rules_starting,
    open_minutes_before, open_minutes_after
FROM dnc_rule_impact('contact', 'phone', '2026-08-11', region_column => 'country') WHERE place IN ('EU, FR', 'DE, EU');
-- Pennsylvania has a list of its own.
INSERT INTO dnc.list (list, kind, jurisdiction, region, applies) VALUES ('pa', 'state', 'US-PA', 'US', 'decision');
SELECT dnc_list_load_query('pa', $$VALUES ('2155550199')$$) > 0 AS loaded;
INSERT INTO contact SELECT 100 + i, '(215) 555-' || lpad(i::text, 4, '0'), 'US' FROM generate_series(101, 110) AS i;
UPDATE dnc.list SET coverage = NULL WHERE list = 'us';
SELECT dnc_list_load_query('us', $$VALUES ('2125550102'), ('2125550110')$$) > 0 AS loaded;
SELECT place, contacts, allowed_before, allowed_after, newly_forbidden, ground, rules_starting, open_minutes_before,
    open_minutes_after FROM dnc_rule_impact('contact', 'phone', '2026-10-18', region_column => 'country')
WHERE place = 'US, US-PA';
SELECT place, newly_forbidden, ground, rules_starting
FROM dnc_rule_impact('contact', 'phone', '2027-01-31', region_column => 'country') WHERE place = 'US, US-NY';
-- Rules of one rank that contradict each other are told.
SELECT * FROM dnc.rule_conflict;
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, anchor, citation, confidence)
VALUES ('acme-us-keep', 'US', 'retention', '7 years', 'request', 'site policy', 'V');
SELECT rule, other_rule, kind FROM dnc.rule_conflict;
SELECT subject, healthy, detail, remedy FROM dnc_health(deep => true) WHERE subject = 'rules';
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, anchor, citation, confidence, replaces)
VALUES ('acme-us-keep-8', 'US', 'retention', '8 years', 'request', 'site policy', 'V', 'us-retention');
SELECT dnc_rule_disable('acme-us-keep', 'Legal', 'replaced');
SELECT count(*) FROM dnc.rule_conflict;
-- A page a jurisdiction.
SELECT dnc_rule_page('FR', '2026-08-11');
SELECT dnc_rule_page('JP', '2026-08-11') ~ 'acme-jp' AS own,
    dnc_rule_page('CH', '2026-08-11') ~ 'whatsapp' AS everywhere;
SELECT obj_description('dnc_may_contact(dnc_phone,text,text,timestamptz,text,text,text,text)'::regprocedure)
    ~ 'nothing recorded and no enabled rule forbids it' AS says_so;
-- A reader may ask, and sees nothing else.
CREATE ROLE regress_dnc_decider; SELECT dnc_grant('reader', 'regress_dnc_decider'); SET ROLE regress_dnc_decider;
SELECT allowed FROM dnc_may_contact('+12125550101', at => :'tue'); SELECT dnc_may_contact_as_of('+12125550101', now());
SELECT * FROM dnc.consent;
RESET ROLE; SELECT dnc_ungrant('reader', 'regress_dnc_decider'); DROP ROLE regress_dnc_decider;
