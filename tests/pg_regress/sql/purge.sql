-- Ways that were open once: no purge and no erasure turns a no into a yes.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
DO $$ BEGIN
    EXECUTE format('COPY (VALUES (''pseudonym 000102030405060708090a0b0c0d0e0f''), '
        '(''token 000102030405060708090a0b0c0d0e0f'')) TO PROGRAM %L',
        'umask 077; cat >' || current_setting('data_directory') || '/purge-key');
    PERFORM set_config('dnc.key_file', current_setting('data_directory') || '/purge-key', false);
END $$;
-- What time does: everything that is recorded is older by so much.
CREATE FUNCTION let_pass(howlong interval) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT c.oid::regclass AS t, string_agg(format('%1$I = %1$I - $1', a.attname), ', ') AS changes
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.atttypid = 'timestamptz'::regtype
        AND a.attnum > 0
             WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind IN ('r', 'p')
               AND c.relname
                 ~ '^(entry|consent|relationship|reassignment|preference|acquisition|reply|token_use|registry_batch|re'
                   'gistry_answer|review|subject_request|subject_request_step|contact_attempt.*|undecided_'
                   'attempt|wrong_number|violation)$'
                       GROUP BY c.oid ORDER BY c.oid DESC LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', r.t);
        CONTINUE WHEN r.t::text LIKE 'dnc.contact_attempt_%';
        EXECUTE format('UPDATE %s SET %s', r.t, r.changes) USING howlong;
    END LOOP;
    PERFORM dnc_repair_triggers();
END
$$;
INSERT INTO dnc.purpose (purpose) VALUES ('acme');
INSERT INTO dnc.list (list, kind, jurisdiction, format, region) VALUES ('us', 'national', 'US', 'lines', 'US'),
    ('fr', 'national', 'FR', 'lines', 'FR');
SELECT dnc_list_load_query('us', $$VALUES ('2125559999')$$) + dnc_list_load_query('fr', $$VALUES ('0199009999')$$) > 0
    AS loaded;
INSERT INTO dnc.registry (registry, description, jurisdiction, valid_days, results, official)
VALUES ('br', 'own', 'BR', 30, '{"Y": "listed", "N": "not_listed"}', true);
INSERT INTO dnc.rule (rule, jurisdiction, kind, regime, channels, citation, confidence)
VALUES ('br-own', 'BR', 'regime', 'opt_out', '{voice}', 'own', 'V'),
    ('us-own-sms', 'US', 'regime', 'opt_in', '{sms}', 'own', 'V');
SELECT dnc_attempt_partitions((now() - interval '500 days')::date) > 0 AS made;
CREATE TABLE n (k text, phone dnc_phone);
INSERT INTO n VALUES ('consent taken back by a refusal that ended', '+4930123401'),
    ('pause after a refusal that is over', '+919876543210'), ('cap', '+33199000101'), ('listed', '+551131234567'),
    ('reassigned', '+4930123403'), ('reassigned preference', '+4930123404'),
    ('relationship ended', '+12125550106'), ('reply', '+12125550107'), ('link', '+12125550108'),
    ('withdrawn', '+4930123405'), ('restricted', '+4930123406'), ('refused in part', '+12125550110'),
    ('capped', '+12125550111'), ('undecided', '+12125550112'), ('wrong number', '+12125550113');
SELECT dnc_consent(phone, 'voice', 'acme', given_at => now() - interval '20 days', wording => 'x',
    evidence => '{"a": 1}', external_ref => k) > 0 AS consent FROM n WHERE phone::text LIKE '+4930%';
SELECT dnc_add('+4930123401', requested_at => now() - interval '10 days') AS e1 \gset
SELECT dnc_review(ARRAY[:e1], 'end', 'x', 'A. Smith') AS ended;
SELECT dnc_add('+919876543210', 'sms', expires_at => now() + interval '100 ms') > 0 AS temporary;
SELECT count(dnc_attempt('+33199000101', 'no_answer', happened_at => now() - make_interval(hours => i)))
FROM generate_series(1, 4) AS i;
SELECT dnc_registry_import('br', 'a.csv', $$VALUES ('+551131234567', 'Y', NULL)$$) > 0 AS answers;
SELECT dnc_reassigned('+4930123403', now() - interval '2 days') > 0 AS reassigned,
    dnc_prefer('+4930123404', '{sms}', stated_at => now() - interval '9 days') > 0 AS preference,
    dnc_reassigned('+4930123404', now() - interval '8 days') > 0 AS again;
SELECT dnc_relationship('+12125550106', 'purchase', happened_at => now() - interval '5 days', external_ref => 'order-1')
    > 0
    AS purchase, dnc_relationship('+12125550106', 'ended', happened_at => now() - interval '3 days') > 0 AS ended;
SELECT dnc_add('+12125550107', 'sms', 'acme') > 0 AS refused; SELECT meaning, ended
FROM dnc_reply('+12125550107', 'START', 'sms', 'acme', external_ref => 'm1');
SELECT dnc_add('+12125550107', 'sms', 'acme') > 0 AS refused_again;
SELECT dnc_add('+12125550108') > 0 AS refused, dnc_token('+12125550108', 'start', valid_for => '9 years') AS link \gset
SELECT ended FROM dnc_redeem(:'link'); SELECT dnc_add('+12125550108') > 0 AS refused_again;
SELECT dnc_withdraw_consent('+4930123405') AS withdrawn,
    dnc_subject_request('+4930123406', 'restriction') > 0 AS restricted, dnc_add('+12125550110', 'sms') > 0 AS refused;
SELECT dnc_prefer('+12125550111', max_contacts => 1, max_per => '1 year', stated_at => now() - interval '2 hours') > 0
    AS cap, dnc_attempt('+12125550111', 'no_answer', happened_at => now() - interval '1 hour') > 0 AS contact;
SET client_min_messages = error;
SELECT dnc_attempt('+12125550112', source => 'ours', code => 'X', words => 'never again') > 0 AS undecided,
    dnc_attempt('+12125550113', 'wrong_number') > 0 AS wrong;
RESET client_min_messages;
SELECT pg_sleep(0.2);
-- What is answered now, and a time later before a purge and after it.
CREATE FUNCTION answers() RETURNS TABLE (k text, q text, yes boolean) LANGUAGE sql AS $$
    SELECT n.k, c, m.allowed
    FROM n, unnest('{voice,sms}'::text[]) AS c,
        dnc_may_contact(n.phone, c, 'acme', at => now() + interval '6 days') AS m
    UNION ALL SELECT n.k, 'clear ' || c, dnc_is_clear(n.phone, c) FROM n, unnest('{voice,sms}'::text[]) AS c
    UNION ALL SELECT n.k, 'processing', dnc_may_process(n.phone) FROM n
    UNION ALL SELECT n.k, 'consent', EXISTS (SELECT FROM dnc.consents(n.phone, 'voice', 'acme', now()) AS x) FROM n
    UNION ALL SELECT n.k, 'registry ' || c, 'registered' <> ALL (m.grounds)
    FROM n, unnest('{voice,sms}'::text[]) AS c, dnc_may_contact(n.phone, c, 'acme') AS m
    UNION ALL SELECT n.k, 'findings', NOT ('{undecided,wrong_number,suppressed}'::text[] && m.grounds)
    FROM n, dnc_may_contact(n.phone, 'voice', 'acme') AS m
    UNION ALL SELECT n.k, 'caps and pauses ' || c, NOT ('{attempt_cap,cool_off,personal_cap}'::text[] && m.grounds)
    FROM n, unnest('{voice,sms}'::text[]) AS c, dnc_may_contact(n.phone, c, 'acme') AS m
$$;
-- What is said no to at first.
SELECT k, string_agg(q, ', ' ORDER BY q) AS no FROM answers() WHERE NOT yes AND q !~ '^(voice|sms)$' GROUP BY k
ORDER BY k;
INSERT INTO dnc.retention (subject, keep, why) SELECT s, '1 day', 'the shortest'
FROM unnest(
    '{contact_attempt,violation,consent,relationship,reassignment,preference,acquisition,wrong_number,complaint,reply,'
    'token_use,registry_answer,guard_event,import_reject,list_reject,subject_request,ended_entry}'::text[]) AS s;
CREATE FUNCTION purge_opens(after interval) RETURNS TABLE (k text, q text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM let_pass(after);
    CREATE TEMP TABLE b AS SELECT * FROM answers();
    PERFORM * FROM dnc_maintain();
    RETURN QUERY SELECT b.k, b.q FROM b JOIN answers() AS a USING (k, q) WHERE NOT b.yes AND a.yes;
    DROP TABLE b;
END
$$;
SET client_min_messages = warning;
SELECT * FROM purge_opens('3 days'); SELECT * FROM purge_opens('40 days'); SELECT * FROM purge_opens('400 days');
SELECT subject, sum(rows) FROM dnc.purge WHERE rows > 0 GROUP BY 1 ORDER BY 1;
-- What nobody had explained is still there to be explained.
SELECT * FROM dnc_outcome_map('ours', 'X', 'refused');
SELECT dnc_check('+12125550112') AS refused;
-- What is delivered again, or late.
SELECT meaning, ended FROM dnc_reply('+12125550107', 'START', 'sms', 'acme', external_ref => 'm1');
SELECT dnc_check('+12125550107', 'sms', 'acme');
\set VERBOSITY terse
SELECT * FROM dnc_redeem(:'link');
\set VERBOSITY default
DO $$ BEGIN PERFORM dnc_consent('+4930123403', 'voice', 'acme', given_at => now() - interval '446 days', wording => 'x',
        evidence => '{"a": 1}');
    EXCEPTION WHEN invalid_parameter_value THEN RAISE WARNING 'refused: older than what is kept'; END $$;
SELECT count(*) FROM dnc.consents('+4930123403', 'voice', 'acme', now());
SELECT dnc_relationship('+12125550106', 'purchase', happened_at => now() - interval '448 days',
    external_ref => 'order-1') > 0
    AS again;
\set VERBOSITY terse
INSERT INTO dnc.retention (subject, keep, why) VALUES ('reply', '178000000 years', 'x');
UPDATE dnc.retention SET keep = '-1200 months 36001 days' WHERE subject = 'reply'; SELECT dnc_maintain(NULL);
SELECT * FROM dnc_erase('+12125550106', refuse => NULL);
\set VERBOSITY default
-- The same after an erasure. A restriction and open requests are in the way.
SELECT * FROM dnc_erase('+4930123406');
SELECT dnc_subject_request_step(request_id, 'lifted', 'x') FROM dnc.restriction_in_force;
CREATE TABLE b AS SELECT * FROM answers();
-- Caps and what registries answered go with the rest: dnc_erase says so, and a registry is asked again before a
-- contact.
SELECT count(*) AS erased FROM n, LATERAL (SELECT * FROM dnc_erase(n.phone) LIMIT 1) AS e;
SELECT b.k, b.q FROM b JOIN answers() AS a USING (k, q) WHERE NOT b.yes AND a.yes AND b.q NOT LIKE 'caps%'
    AND b.k <> 'listed' ORDER BY 1, 2;
SELECT meaning, ended FROM dnc_reply('+12125550107', 'START', 'sms', 'acme', external_ref => 'm1');
SELECT dnc_check('+12125550107', 'sms', 'acme');
\set VERBOSITY terse
SELECT * FROM dnc_redeem(:'link');
\set VERBOSITY default
SELECT dnc_check('+12125550108');
DELETE FROM dnc.retention;
SELECT dnc_consent('+4930123405', 'voice', 'acme', given_at => now() - interval '1 hour', wording => 'x',
    evidence => '{"a": 1}') > 0 AS new_one; SELECT count(*) AS in_force
FROM dnc.consents('+4930123405', 'voice', 'acme', now());
SELECT count(*) AS references FROM dnc.token_use WHERE phone IS NULL; SELECT meaning, reply, external_ref FROM dnc.reply
WHERE phone IS NULL;
-- A hold that came while a transaction was waiting.
BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM dnc_erase('+12125550110'); ROLLBACK;
BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM dnc_maintain(); ROLLBACK;
-- Whatever was written, a person can be erased, and nobody else is.
SELECT dnc_consent('+4930123501', 'voice', wording => E'call 030\t12 35.01 or ０３０１２３５０１',
    evidence => '{"phone": 4930123501, "30123501": [30, 12, 35, 1], "at": "2026-11-26T05:40:00", "deep": {"note": '
                '"030 – 123501"}}') > 0 AS consent;
BEGIN;
SELECT dnc_import_start('f', 'GB') AS b \gset
INSERT INTO dnc.import_row (phone, channel) VALUES ('020 7946 3002', 'pigeon'), ('+683 4000', 'pigeon'),
    ('415 555 4000 9999', NULL), ('+1 207 946 3002', 'pigeon');
COMMIT;
SELECT rejected FROM dnc_import_finish(:b);
SELECT count(*) > 0 AS erased FROM dnc_erase('+4930123501'); SELECT count(*) > 0 AS erased
FROM dnc_erase('+12079463002'); SELECT count(*) > 0 AS erased FROM dnc_erase('+6834000');
SELECT record ->> 'wording' AS wording, record -> 'evidence' AS evidence FROM dnc.kept_record ORDER BY kept_id DESC
LIMIT 1; SELECT phone FROM dnc.import_reject;
SELECT * FROM dnc_mentions('+442079463002');
-- The list that is shared: a refusal that was erased is not told to be removed.
SELECT dnc_add('+12125550111') > 0 AS added; SELECT count(*) > 0 AS erased FROM dnc_erase('+12125550111');
SELECT dnc_export_position() AS p \gset
SELECT dnc_add('+12125550111', 'sms') > 0 AS added; SELECT * FROM dnc_export_since(:p);
-- Keys that are needed are kept, and a broken file of keys is told.
SELECT dnc_pseudonym_retire('pseudonym');
SET dnc.key_file = '/tmp'; SELECT dnc_hash('+12125550111', 'x'); SET dnc.key_file = '/dev/zero';
SELECT dnc_hash('+12125550111', 'x');
