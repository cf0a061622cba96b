-- Consents, relationships, preferences, reassigned numbers, purchased data.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
INSERT INTO dnc.purpose (purpose) VALUES ('acme'), ('acme/loans'), ('acme/cards'), ('other');
-- A consent covers its channel and what lies below its purpose, and nothing else.
SELECT dnc_consent('+12125550101', 'voice', 'acme', given_at => '2026-01-01',
    wording => 'You may call me about offers of Acme.', evidence => '{"form": 12}', source => 'web_form',
    external_ref => 'C-1') AS consent;
SELECT dnc_consent('+12125550101', 'voice', 'acme', given_at => '2026-01-01', source => 'web_form',
    external_ref => 'C-1') AS the_same;
SELECT c, p, at, (SELECT count(*) FROM dnc.consents('+12125550101', c, p, at)) AS consents
    FROM unnest('{voice,sms,all}'::text[]) AS c, unnest('{acme,acme/loans,other,NULL}'::text[]) AS p,
        unnest('{2025-12-31,2026-06-01}'::timestamptz[]) AS at WHERE at > '2026-01-01' OR (c = 'voice' AND p = 'acme')
    ORDER BY at, c, p;
-- Withdrawn in part, then altogether.
SELECT dnc_withdraw_consent('+12125550101', 'all', 'acme/loans', given_at => '2026-05-01') AS part;
SELECT p, (SELECT count(*) FROM dnc.consents('+12125550101', 'voice', p, '2026-06-01')) AS after,
    (SELECT count(*) FROM dnc.consents('+12125550101', 'voice', p, '2026-04-01')) AS before
FROM unnest('{acme,acme/loans,acme/cards}'::text[]) AS p;
SELECT state FROM dnc.consent_state;
SELECT dnc_withdraw_consent('+12125550101', given_at => '2026-07-01') AS rest,
    dnc_withdraw_consent('+12125550101') AS nothing_left;
SELECT state, last_used_on FROM dnc.consent_state;
SELECT count(*) FROM dnc.consents('+12125550101', 'voice', 'acme/cards', '2026-08-01');
-- It expires.
SELECT dnc_consent('+12125550102', 'sms', given_at => '2026-01-01', expires_at => '2026-02-01') > 0 AS added;
SELECT at, (SELECT count(*) FROM dnc.consents('+12125550102', 'sms', NULL, at))
FROM unnest('{2026-01-31 23:59,2026-02-01}'::timestamptz[]) AS at;
-- A consent never ends a refusal; a withdrawal that cites it does.
SELECT dnc_add('+12125550103') > 0 AS refused;
SELECT dnc_consent('+12125550103', 'voice') AS consent \gset
SELECT dnc_check('+12125550103');
SELECT dnc_revoke('+12125550103', 'voice', evidence => '{"consent": 1}');
SELECT dnc_revoke('+12125550103', 'voice', evidence => '{"consent": "x"}');
SELECT dnc_revoke('+12125550103', 'voice', evidence => jsonb_build_object('consent', :consent));
SELECT dnc_check('+12125550103') AS voice, dnc_check('+12125550103', 'sms') AS sms;
-- Where the law asks for proof (Germany), there is none without; it is kept from the last use on.
SELECT dnc_consent('+4930123456', 'voice', given_at => '2024-02-29 12:00Z');
SELECT dnc_consent('+4930123456', 'voice', given_at => '2024-02-29 12:00Z', wording => 'Ja, rufen Sie mich an.');
SELECT dnc_consent('+4930123456', 'voice', given_at => '2024-02-29 12:00Z', wording => 'Ja, rufen Sie mich an.',
    evidence => '{"double_opt_in": "2024-02-29T12:05:00Z"}') AS german \gset
SELECT keep_proof_until FROM dnc.consent_state WHERE consent_id = :german;
SELECT dnc_consent_used(:german, '2026-03-31 23:30Z'), dnc_consent_used(:german, '2026-03-31 08:00Z');
SELECT last_used_on, keep_proof_until FROM dnc.consent_state WHERE consent_id = :german;
SELECT dnc_consent_used(999);
-- A number that went to somebody else takes nothing with it.
SELECT dnc_relationship('+12125550104', 'purchase', happened_at => '2026-01-01', purpose => 'acme',
    external_ref => 'order 7') AS purchase;
SELECT dnc_relationship('+12125550104', 'purchase', happened_at => '2026-01-01', purpose => 'acme',
    external_ref => 'order 7') AS the_same;
SELECT dnc_relationship('+12125550104', 'ended', happened_at => '2026-02-15', purpose => 'acme',
    external_ref => 'order 7') <> 1 AS another_event;
SELECT dnc_consent('+12125550104', 'voice', given_at => '2026-01-01') > 0 AS consent;
SELECT dnc_reassigned('+12125550104', '2026-03-01', evidence => '{"registry": "us-reassigned"}') > 0 AS reassigned;
SELECT dnc_consent('+12125550104', 'sms', given_at => '2026-04-01') > 0 AS of_the_new_holder;
SELECT c, (SELECT count(*) FROM dnc.consents('+12125550104', c, NULL, '2026-05-01'))
FROM unnest('{voice,sms}'::text[]) AS c;
SELECT count(*) AS while_it_was_theirs FROM dnc.consents('+12125550104', 'voice', NULL, '2026-02-01');
SELECT channel, state FROM dnc.consent_state WHERE phone = '+12125550104' ORDER BY 1;
-- What a registry says of a number does the same.
SELECT dnc_consent('+12125550105', 'voice', given_at => '2026-01-01') > 0 AS consent;
SELECT dnc_registry_import('us-reassigned', 'answers.csv',
    $$VALUES ('+12125550105', 'yes', '2026-01-01'), ('+12125550101', 'no', '2026-01-01')$$, '2026-05-01') > 0
    AS imported;
SELECT phone, reassigned_at, evidence - 'batch' AS evidence FROM dnc.reassignment WHERE phone = '+12125550105';
SELECT count(*) FROM dnc.consents('+12125550105', 'voice', NULL, '2026-06-01');
-- Preferences: the newest statement counts, as a whole.
SELECT dnc_prefer('+12125550106', channels => '{sms}', hours => 'mon-fri 17:00-20:00; sat 10:00-12:00',
    time_zone => 'America/Chicago', location => 'US-IL', party => 'consumer', language => 'es') > 0 AS stated;
SELECT dnc_prefer('+12125550106', channels => '{}');
SELECT dnc_prefer('+12125550106', channels => '{pigeon}');
SELECT dnc_prefer('+12125550106', hours => 'evenings');
SELECT dnc_prefer('+12125550106', hours => 'mon 20:00-17:00');
SELECT dnc_prefer('+12125550106', time_zone => 'America/Gotham');
SELECT dnc_prefer('+12125550106', time_zone => 'EST5EDTX');
SELECT dnc_prefer('+12125550106', location => 'US-XX');
SELECT dnc_prefer('+12125550106', party => 'company');
SELECT dnc_prefer('+12125550106', language => 'Spanish!');
SELECT channels, hours, time_zone, location, party, language FROM dnc.preference;
-- Purchased data: what is absent is not allowed.
INSERT INTO dnc.vendor (vendor, description) VALUES ('leads-inc', 'Leads, Inc.');
SELECT dnc_acquired(ARRAY['+12125550107', '+12125550108', '+12125550107', NULL]::dnc_phone[], 'leads-inc', '2026-01-01',
    lawful_basis => 'consent', proof => '{"url": "https://example.com/proof/1"}') AS with_proof;
SELECT dnc_acquired(ARRAY['+12125550109']::dnc_phone[], 'leads-inc', '2026-01-01', lawful_basis => 'consent')
    AS without;
SELECT dnc_acquired(ARRAY['+12125550109']::dnc_phone[], 'leads-inc', '2026-01-01') AS without_anything;
SELECT dnc_acquired(ARRAY['+12125550109']::dnc_phone[], 'somebody');
SELECT dnc_acquired(ARRAY['+12125550109']::dnc_phone[], 'leads-inc', proof => '{}');
-- Bad input: clear errors, nothing recorded.
SELECT count(*) AS before FROM dnc.audit_log \gset
SELECT dnc_consent(NULL::dnc_phone, 'voice');
SELECT dnc_consent('rubbish', 'voice');
SELECT dnc_consent('+12125550101', 'pigeon');
SELECT dnc_consent('+12125550101', 'voice', 'nowhere');
SELECT dnc_consent('+12125550101', 'voice', evidence => '[]');
SELECT dnc_consent('+12125550101', 'voice', given_at => '2026-02-01', expires_at => '2026-01-01');
SELECT dnc_relationship('+12125550101', 'friendship');
\set VERBOSITY sqlstate
SELECT dnc_consent('+12125550101', 'voice', given_at => '2999-01-01');
SELECT dnc_consent('+12125550101', 'voice', given_at => '-infinity');
SELECT dnc_relationship('+12125550101', 'purchase', happened_at => '2999-01-01');
SELECT dnc_reassigned('+12125550101', '2999-01-01');
SELECT dnc_prefer('+12125550101', stated_at => '2999-01-01');
UPDATE dnc.consent SET channel = 'all';
DELETE FROM dnc.relationship;
TRUNCATE dnc.preference;
TRUNCATE dnc.consent_use;
\set VERBOSITY default
SELECT count(*) - :before AS recorded FROM dnc.audit_log;
-- The whole story of a number.
SELECT event, channel, purpose, reason, requested_at, evidence FROM dnc_history('+12125550104');
SELECT event, evidence FROM dnc_history('+12125550106');
SELECT event, source, evidence FROM dnc_history('+12125550109');
SELECT event, channel, ends IS NOT NULL AS ends FROM dnc_history('+12125550103');
SELECT * FROM dnc_health(deep => true) WHERE NOT healthy;
