-- Replies, notices, and tokens for opting out without a login.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
INSERT INTO dnc.purpose (purpose) VALUES ('acme'), ('acme/loans'), ('marketing');
SELECT r, dnc_keyword(r)
FROM unnest(ARRAY['STOP', ' stop! ', 'Unsubscribe', 'opt out', 'revoke', 'BAJA', 'ARRÊT', 'Abmelden', 'stopp',
        'cancella', 'sair', '停止', '退订', 'बंद', 'START', 'unstop', 'HELP', 'please stop calling me', 'no me llamen más',
        'ne m''appelez plus',
    'Rufen Sie mich nicht mehr an', 'non chiamatemi più', 'não me ligue mais', '不要再打电话', 'मुझे फोन मत करना',
        'yes please', 'call me tomorrow at 5', 'end of the month is fine', '', '👍']) WITH ORDINALITY AS x (r, n)
        ORDER BY n;
SELECT dnc_keyword(NULL) IS NULL AS unknown, dnc_keyword(repeat('a ', 500000)) AS long,
    dnc_keyword(repeat('x', 1000000) || ' stop calling me') AS beyond_what_is_read;
-- STOP refuses everything; START opens its own channel and the sender's purpose, and nothing else.
SELECT * FROM dnc_reply('+12125550101', 'STOP', purpose => 'acme', external_ref => 'M-1');
SELECT * FROM dnc_reply('+12125550101', 'STOP', purpose => 'acme', external_ref => 'M-1');
SELECT * FROM dnc_reply('+12125550101', 'stop it', purpose => 'acme', external_ref => 'M-1');
SELECT count(*) AS once FROM dnc.entry;
SELECT * FROM dnc_reply('+12125550101', 'Start', purpose => 'acme');
SELECT c, p, dnc_check('+12125550101', c, p)
FROM unnest('{sms,voice,whatsapp}'::text[]) AS c, unnest('{acme,acme/loans,marketing}'::text[]) AS p ORDER BY 1, 2;
SELECT * FROM dnc_reply('+12125550101', 'start please', purpose => 'marketing');
SELECT * FROM dnc_reply('+12125550101', 'start') AS of_what;
SELECT dnc_add('+12125550106', reason => 'no_processing') > 0 AS objection;
SELECT * FROM dnc_reply('+12125550106', 'start', purpose => 'acme') AS only_as_a_whole;
SELECT dnc_check('+12125550106', 'sms', 'acme'), dnc_may_process('+12125550106');
-- Less than everything, where a site says so.
SELECT * FROM dnc_reply('+12125550102', 'stop', 'whatsapp', 'marketing', opt_out_channel => 'whatsapp',
    opt_out_purpose => 'marketing');
SELECT c, dnc_check('+12125550102', c, 'marketing') FROM unnest('{whatsapp,sms}'::text[]) AS c;
-- Free text refuses at once, provisionally, and comes up for review.
SELECT * FROM dnc_reply('+12125550103', 'Please stop calling me at work');
SELECT * FROM dnc_reply('+12125550104', 'see you at the bus stop');
SELECT dnc_check('+12125550103'), dnc_check('+12125550104');
SELECT phone, because, evidence ->> 'words' AS words FROM dnc.review_due JOIN dnc.entry USING (entry_id, phone)
ORDER BY 1;
SELECT entry_id AS kept FROM dnc.review_due WHERE phone = '+12125550103' \gset
SELECT entry_id AS ended FROM dnc.review_due WHERE phone = '+12125550104' \gset
SELECT dnc_review(:kept, 'keep', 'it is what they meant', 'A. Smith'),
    dnc_review(:ended, 'end', 'about a bus', 'A. Smith');
SELECT dnc_check('+12125550103'), dnc_check('+12125550104');
SELECT phone, state FROM dnc.request WHERE entry_id IN (:kept, :ended) ORDER BY 1;
SELECT count(*) FROM dnc.review_due;
-- What says nothing is recorded, and nothing is done. A complaint stays sticky.
SELECT * FROM dnc_reply('+12125550105', 'what does it cost?');
SELECT dnc_add('+12125550105', reason => 'complaint') > 0 AS complaint;
SELECT * FROM dnc_reply('+12125550105', 'START');
SELECT dnc_check('+12125550105', 'sms');
SELECT dnc_reply('+12125550105', NULL);
SELECT dnc_reply('+12125550105', 'stop', 'all');
SELECT dnc_reply('+12125550105', 'stop', 'pigeon');
SELECT event, channel, purpose, reason, evidence - 'entry' - 'reply' AS evidence FROM dnc_history('+12125550101');
-- Notices: a row a version, never changed.
SELECT dnc_add_notice('opt-out', 'en', 'Reply STOP, or follow https://example.com/stop/{token}', 'sms', '2026-01-01')
    AS first;
SELECT dnc_add_notice('opt-out', 'en', 'Reply STOP, or follow https://example.com/stop/{token}', 'sms') AS the_same;
SELECT dnc_add_notice('opt-out', 'en', 'Reply STOP to end.', 'sms', '2026-06-01') AS second;
SELECT dnc_add_notice('opt-out', 'en', 'Too late', 'sms', '2026-05-01');
SELECT dnc_add_notice('opt-out', 'fr', 'Répondez ARRET.', 'sms', '2026-01-01') AS other_language;
SELECT at, notice_id, version, body FROM unnest('{2025-12-31,2026-03-01,2026-07-01}'::timestamptz[]) AS at
LEFT JOIN LATERAL dnc_notice('opt-out', 'en', at) ON true;
SELECT dnc_add_notice('opt-out', 'en', '');
SELECT dnc_add_notice('opt-out', 'en', 'x', 'pigeon');
UPDATE dnc.notice SET body = 'x';
-- Tokens need a key that never comes into the database.
SELECT dnc_token('+12125550110');
DO $$
BEGIN
    EXECUTE format('COPY (VALUES (''token 000102030405060708090a0b0c0d0e0f'')) TO %L',
        current_setting('data_directory') || '/token-key');
    EXECUTE format(
        'COPY (VALUES (''token 100102030405060708090a0b0c0d0e0f''), (''token-2026 '
        '000102030405060708090a0b0c0d0e0f'')) TO %L', current_setting('data_directory') || '/token-ring');
    EXECUTE format('COPY (VALUES (''token 200102030405060708090a0b0c0d0e0f'')) TO %L',
        current_setting('data_directory') || '/token-other');
END
$$;
\! chmod 600 $(psql -Atc 'SHOW data_directory' -d postgres)/token-*
SELECT current_setting('data_directory') || '/token-key' AS key,
    current_setting('data_directory') || '/token-ring' AS ring,
    current_setting('data_directory') || '/token-other' AS other \gset
SET dnc.key_file = :'key';
SELECT dnc_token('+12125550110') AS stop, dnc_token('+12125550110', 'start', 'sms', 'acme') AS start,
    dnc_token('+12125550111', valid_for => '1 microsecond') AS short, dnc_token('+12125550112') AS old \gset
SELECT length(:'stop') < 120 AS short_enough, :'stop' ~ '^[A-Za-z0-9_-]+$' AS fit_for_a_link,
    :'stop' <> dnc_token('+12125550110') AS each_another, strpos(:'stop', '2125550110') AS clear;
SELECT * FROM dnc_redeem(:'stop');
SELECT dnc_check('+12125550110', 'sms', 'acme');
\set VERBOSITY terse
SELECT dnc_redeem(:'stop');
\set VERBOSITY default
SELECT * FROM dnc_redeem(:'start');
SELECT dnc_check('+12125550110', 'sms', 'acme') AS sms, dnc_check('+12125550110', 'voice', 'acme') AS voice;
\set VERBOSITY terse
SELECT dnc_redeem(:'short');
-- Any one changed character is noticed.
CREATE TABLE changed AS SELECT i, dnc_token('+12125550113') AS t FROM generate_series(1, 60) AS i;
DO $$
DECLARE
    c record;
    n integer := 0;
BEGIN
    FOR c IN
        SELECT overlay(t PLACING translate(substr(t, i, 1),
            'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
            'BCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_A') FROM i FOR 1) AS token FROM changed LOOP
        BEGIN
            PERFORM dnc_redeem(c.token);
        EXCEPTION WHEN invalid_authorization_specification THEN n := n + 1;
        END;
    END LOOP;
    RAISE NOTICE '% refused', n;
END
$$;
SELECT dnc_check('+12125550113') AS refused;
SELECT dnc_redeem('');
SELECT dnc_redeem('AQ');
SELECT dnc_redeem(repeat('A', 1000000));
SELECT dnc_redeem('Äpfel');
SELECT dnc_redeem(NULL);
SELECT dnc_token('+12125550110', 'dance');
SELECT dnc_token('+12125550110', valid_for => '-1 day');
SELECT dnc_token('+12125550110', channel => 'pigeon');
SELECT dnc_token(NULL) IS NULL AS nothing;
-- A retired key opens what it closed; another one does not.
SET dnc.key_file = :'other';
SELECT dnc_redeem(:'old');
SET dnc.key_file = :'ring';
SELECT action, masked FROM dnc_redeem(:'old');
SELECT action, channel, purpose, ended FROM dnc.token_use ORDER BY used_at;
SELECT event, channel, purpose, reason FROM dnc_history('+12125550110') ORDER BY recorded_at, event;
-- An agent may do all this, a reader none of it.
CREATE ROLE regress_dnc_agent; SELECT dnc_grant('agent', 'regress_dnc_agent'); SET ROLE regress_dnc_agent;
SELECT meaning FROM dnc_reply('+12125550120', 'stop'); SELECT version FROM dnc_notice('opt-out', 'en'); SELECT action
FROM dnc_redeem(dnc_token('+12125550121'));
SELECT * FROM dnc.token_use; SELECT dnc.token_open('x');
SELECT dnc.token_close('+12125550121', now(), false, 'all', NULL);
RESET ROLE; SELECT dnc_ungrant('agent', 'regress_dnc_agent'); DROP ROLE regress_dnc_agent;
SELECT subject, detail FROM dnc_health(deep => true) WHERE NOT healthy;
-- A reaction, a quotation and a request for more are none; what is written beside them counts.
SELECT r, dnc_keyword(r)
FROM unnest(ARRAY['Liked “Sale! Reply STOP to end”', 'Liked "STOP"', '👍 to “Reply STOP to end”',
    E'Liked “Reply STOP to end”\nSTOP', E'> Reply STOP to end\nSTOP', E'> Reply STOP to end\nok', '"STOP"',
    'please do not remove me', 'don''t unsubscribe me', 'never stop sending', 'Don''t. Stop.'])
    WITH ORDINALITY AS x (r, n) ORDER BY n;
SELECT meaning, entry FROM dnc_reply('+12125550130', 'Liked “Sale! Reply STOP to end”');
SELECT dnc_check('+12125550130');
-- The number as messengers write it.
SELECT n, (dnc_reply(n, 'STOP', 'whatsapp', opt_out_channel => 'whatsapp')).meaning
FROM unnest('{whatsapp:+5215512345678,14155550142@s.whatsapp.net,'
    '14155550143:12@s.whatsapp.net,14155550144@c.us}'::text[])
    AS n;
SELECT phone, meaning FROM dnc.reply WHERE channel = 'whatsapp' ORDER BY reply_id;
SELECT n, dnc_check(n, 'whatsapp')
FROM unnest('{+5215512345678,+525512345678,+14155550142,+14155550143,+14155550144,+14155550145}'::text[]) AS n;
SELECT dnc_reply('120363025246125486@g.us', 'STOP', 'whatsapp');
SELECT dnc_reply('whatsapp:+14155550142 or +14155550143', 'STOP', 'whatsapp');
