-- Choices between all and nothing: in replies, by links, and as preferences of a person.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
COPY (VALUES ('token 000102030405060708090a0b0c0d0e0f')) TO PROGRAM 'umask 077; cat > choice-key';
SELECT set_config('dnc.key_file', current_setting('data_directory') || '/choice-key', false) <> '' AS key;
SELECT dnc_attempt_partitions(since => current_date - 60) > 0 AS log;
INSERT INTO dnc.purpose (purpose) VALUES ('acme'), ('acme/solar'), ('acme/gas');
-- No test depends on the clock: a site's rules open all hours of one state, and ask for no consent.
INSERT INTO dnc.rule (rule, jurisdiction, kind, windows, precedence, citation, confidence)
VALUES ('us-open', 'US', 'calling_hours', 'daily 00:00-24:00', 9, 'test', 'V'),
    ('us-ny-open', 'US-NY', 'calling_hours', 'daily 00:00-24:00', 9, 'test', 'V');
SELECT dnc_rule_disable('us-revoke-all', 'Legal', 'below');
-- What is read.
SELECT t, c.* FROM (VALUES ('Please pause for 3 months'), ('only email please'), ('no calls please, texts are ok'),
    ('max 2 texts a month'), ('less often please'), ('only in the evening'), ('STOP'), ('don''t call me'),
    ('what time do you open?')) AS v (t), dnc_choices(t, '2026-11-29') AS c;
SELECT t, dnc_keyword(t) FROM (VALUES ('Please pause for 3 months'), ('only email please'), ('less often please'),
    ('STOP'), ('what time do you open?')) AS v (t);
SELECT * FROM dnc_choices('', '2026-11-29');
SELECT * FROM dnc_choices('pause for 3 months', 'infinity');
SELECT * FROM dnc_choices(repeat('pause for 3 months ', 500), '2026-11-29');
-- Replies do what they say. A pause ends when the day begins where the person is.
SELECT meaning, entry > 0 AS entry, choices, preference FROM dnc_reply('+12125550101', 'Please pause for 3 months');
SELECT channel, purpose, reason, source, evidence ->> 'words' AS words, evidence ->> 'choice' AS choice,
    expires_at = ((now() AT TIME ZONE 'America/New_York')::date + interval '3 months') AT TIME ZONE 'America/New_York'
    AS ends FROM dnc.entry WHERE phone = '+12125550101';
SELECT dnc_check('+12125550101') AS now, dnc_check('+12125550101', at => now() + interval '4 months') AS later;
SELECT choice - 'ends' - 'until' AS choice, (choice ->> 'until')::date > current_date + 80 AS until
FROM dnc.reply, jsonb_array_elements(choices) AS choice WHERE phone = '+12125550101';
-- Only some channels: an opt-out of all others, those added later included.
SELECT meaning, choices, preference > 0 AS preference FROM dnc_reply('+12125550102', 'please only text me');
SELECT c, dnc_check('+12125550102', c) FROM unnest('{voice,sms,whatsapp,fax}'::text[]) AS c;
INSERT INTO dnc.channel (channel, description) VALUES ('rcs', 'rich messages');
SELECT dnc_check('+12125550102', 'rcs') AS later_channel;
SELECT meaning, choices, preference FROM dnc_reply('+12125550103', 'only e-mail please');
SELECT c, dnc_check('+12125550103', c) FROM unnest('{voice,sms}'::text[]) AS c;
SELECT meaning, choices FROM dnc_reply('+12125550104', 'no calls please, texts are ok');
SELECT c, dnc_check('+12125550104', c) FROM unnest('{voice,sms}'::text[]) AS c;
-- It adds to what was refused before, and takes nothing back.
SELECT dnc_add('+12125550105') > 0 AS everything;
SELECT meaning FROM dnc_reply('+12125550105', 'please only text me');
SELECT dnc_check('+12125550105', 'sms') AS still;
-- Fewer: a cap of the person's own. Without a number, one a month.
SELECT meaning, choices, preference > 0 AS preference FROM dnc_reply('+12125550106', 'max 2 texts a month');
SELECT meaning FROM dnc_reply('+12125550107', 'less often please');
SELECT phone, max_contacts, max_per FROM dnc.preference WHERE phone BETWEEN '+12125550106' AND '+12125550107'
ORDER BY 1;
CREATE FUNCTION capped(number text, at timestamptz DEFAULT NULL) RETURNS boolean LANGUAGE sql
    RETURN (SELECT 'personal_cap' = ANY (grounds) FROM dnc_may_contact(number, 'voice', at => at));
SELECT capped('+12125550106') AS before;
SELECT dnc_attempt('+12125550106', 'no_answer', happened_at => now() - interval '20 days') > 0 AS one;
SELECT capped('+12125550106') AS one;
SELECT dnc_attempt('+12125550106', 'blocked') > 0 AS none, dnc_attempt('+12125550106', 'connected', 'sms') > 0 AS two;
SELECT capped('+12125550106') AS two, capped('+12125550106', now() + interval '12 days') AS later;
CREATE TABLE contact AS SELECT 1 AS id, '+12125550106'::dnc_phone AS phone;
SELECT 'personal_cap' = ANY (string_to_array(grounds, ', ')) AS of_many
FROM dnc_may_contact_all('contact', 'id', 'phone');
-- Hours, kept with what was said before.
SELECT meaning, choices FROM dnc_reply('+12125550106', 'only in the evening');
SELECT max_contacts, hours FROM dnc.preference WHERE phone = '+12125550106' ORDER BY preference_id DESC LIMIT 1;
-- Several choices at once.
SELECT meaning, choices FROM dnc_reply('+12125550108', 'pause for 2 months, then only email please');
-- What is not certain is an opt-out until somebody has read it; a product that is not known, too.
SELECT meaning, choices FROM dnc_reply('+12125550109', 'pause me for a while');
SELECT dnc_check('+12125550109'), (SELECT because FROM dnc.review_due WHERE phone = '+12125550109') AS because;
SELECT meaning, choices FROM dnc_reply('+12125550110', 'nothing more about this product, others are ok',
    purpose => 'acme/solar');
SELECT dnc_check('+12125550110', 'sms', 'acme/solar') AS solar, dnc_check('+12125550110', 'sms', 'acme/gas') AS gas;
SELECT meaning, choices FROM dnc_reply('+12125550111', 'nothing more about this product, others are ok');
SELECT dnc_check('+12125550111', 'sms', 'acme/gas') AS everything;
SELECT meaning, choices FROM dnc_reply('+12125550112', 'pause until 1 March 2026', received_at => now());
-- A repeated reference adds nothing; START does not end a choice of another channel.
SELECT meaning, choices, entry IS NOT NULL AS entry FROM dnc_reply('+12125550113', 'Please pause for 3 months',
    external_ref => 'm1') UNION ALL
SELECT meaning, choices, entry IS NOT NULL FROM dnc_reply('+12125550113', 'Please pause for 3 months',
    external_ref => 'm1');
SELECT count(*) FROM dnc.entry WHERE phone = '+12125550113';
-- Links offer choices beside stop, each once.
SELECT dnc_token('+12125550120', purpose => 'acme/solar', choices => '{pause,fewer,only,product,hours}') AS token \gset
SELECT masked, action, purpose, choices, used FROM dnc_token_choices(:'token');
SELECT action, entry > 0 AS entry FROM dnc_redeem(:'token', 'pause', until => now() + interval '30 days');
\set VERBOSITY sqlstate
SELECT dnc_redeem(:'token', 'pause', until => now() + interval '1 day');
\set VERBOSITY default
SELECT action, preference > 0 AS preference FROM dnc_redeem(:'token', 'fewer', max_contacts => 1, max_per => '1 month');
SELECT action, preference > 0 AS preference FROM dnc_redeem(:'token', 'hours', hours => 'mon-fri 18:00-20:00');
SELECT action, entry > 0 AS entry FROM dnc_redeem(:'token', 'product');
SELECT action, entry > 0 AS entry, preference > 0 AS preference FROM dnc_redeem(:'token', 'only', channels => '{sms}');
SELECT action, entry > 0 AS entry FROM dnc_redeem(:'token');
SELECT used FROM dnc_token_choices(:'token');
SELECT channel, purpose, kind, reason, expires_at < 'infinity' AS ends, evidence ->> 'choice' AS choice FROM dnc.entry
WHERE phone = '+12125550120' ORDER BY entry_id;
SELECT channels, hours, max_contacts, max_per FROM dnc.preference WHERE phone = '+12125550120' ORDER BY preference_id;
-- What is not offered, or says nothing, is refused; the link stays good.
SELECT dnc_token('+12125550121', choices => '{pause}') AS token \gset
SELECT dnc_redeem(:'token', 'fewer');
SELECT dnc_redeem(:'token', 'pause');
SELECT dnc_redeem(:'token', 'nonsense');
\set VERBOSITY sqlstate
SELECT dnc_redeem(:'token', 'pause', until => now() - interval '1 day');
SELECT dnc_redeem(:'token', 'pause', until => 'infinity');
SELECT dnc_redeem(:'token', 'start');
SELECT dnc_token('+12125550121', choices => '{sing}');
SELECT dnc_token('+12125550121', 'start', choices => '{pause}');
SELECT dnc_token_choices('x');
SELECT dnc_redeem(dnc_token('+12125550121', choices => '{hours}'), 'hours', hours => 'whenever');
SELECT dnc_redeem(dnc_token('+12125550121', choices => '{only}'), 'only', channels => '{pigeon}');
SELECT dnc_redeem(dnc_token('+12125550121', choices => '{product}'), 'product');
SELECT dnc_redeem(dnc_token('+12125550121', choices => '{product}'), 'product', purposes => '{nobody}');
SELECT dnc_redeem(dnc_token('+12125550121', choices => '{fewer}'), 'fewer', max_contacts => 0, max_per => '1 day');
SELECT dnc_prefer('+12125550121', max_contacts => 1);
SELECT dnc_prefer('+12125550121', max_contacts => 0, max_per => '1 day');
SELECT dnc_prefer('+12125550121', hours => 'mon 09:00-10:00', expires_at => now() - interval '1 day');
\set VERBOSITY default
SELECT action FROM dnc_redeem(:'token') AS stop;
SELECT dnc_redeem(dnc_token('+12125550122'), 'pause', until => now() + interval '1 day');
-- A preference ends only where the person said so.
SELECT dnc_prefer('+12125550123', channels => '{sms}', expires_at => now() + interval '10 days') > 0 AS stated;
SELECT 'not_preferred_channel' = ANY (grounds) AS now FROM dnc_may_contact('+12125550123');
SELECT 'not_preferred_channel' = ANY (grounds) AS over FROM dnc_may_contact('+12125550123',
    at => now() + interval '11 days');
SELECT event, reason, evidence - 'token' - 'until' - 'entry' AS evidence FROM dnc_history('+12125550120')
WHERE event <> 'refusal';
