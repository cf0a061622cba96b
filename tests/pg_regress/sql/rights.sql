-- A person's rights: access, rectification, the register, legal holds, who received a number; and evidence by brand.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
DO $$ BEGIN EXECUTE format('COPY (VALUES (''pseudonym 000102030405060708090a0b0c0d0e0f'')) TO %L',
        current_setting('data_directory') || '/rights-key'); END $$;
\! chmod 600 $(psql -Atc 'SHOW data_directory' -d postgres)/rights-key
DO $$ BEGIN PERFORM set_config('dnc.key_file', current_setting('data_directory') || '/rights-key', false); END $$;
INSERT INTO dnc.purpose (purpose) VALUES ('acme'), ('acme/loans'), ('bold');
-- Everything that is held.
SELECT report -> 'held' AS held, readable ~ 'no data about this number' AS nothing
    FROM dnc_subject_report('+4930123456');
INSERT INTO dnc.recipient (recipient, kind, description, contact)
VALUES ('dialer', 'dialer', 'the call centre''s', 'ops@example.org'), ('partner', 'partner', 'a partner', NULL);
INSERT INTO dnc.vendor (vendor, description) VALUES ('leads', 'Leads Ltd');
INSERT INTO dnc.list (list, kind, region, source) VALUES ('industry', 'industry', 'DE', 'an association');
SELECT dnc_list_load_query('industry', $$VALUES ('030 123456'), ('030 123457')$$) > 0 AS loaded;
SELECT dnc_add_prefix('+49301') > 0 AS prefix;
SELECT dnc_add('+4930123456', 'sms', 'acme', source => 'web_form', requested_at => '2026-01-02',
    received_at => '2026-01-02', evidence => '{"words": "no more"}', by => 'agent 7') > 0 AS added,
    dnc_consent('+4930123456', 'voice', 'acme/loans', given_at => '2026-01-03', wording => 'Call me.',
        evidence => '{"form": 1}', source => 'letter') > 0 AS consent,
        dnc_relationship('+4930123456', 'purchase', happened_at => '2026-01-04') > 0 AS relationship,
    dnc_prefer('+4930123456', '{voice}', 'mon-fri 17:00-20:00') > 0 AS preference,
        dnc_acquired(ARRAY['+4930123456'::dnc_phone], 'leads', lawful_basis => 'consent', proof => '{"p": 1}')
        AS acquired, dnc_reassigned('+4930123456', '2025-01-01') > 0 AS reassigned;
SELECT meaning FROM dnc_reply('+4930123456', 'please never call again', 'whatsapp');
SELECT dnc_attempt_partitions('2026-01-01') > 0 AS made,
    dnc_attempt('+4930123456', 'no_answer', happened_at => '2026-01-05 10:00', campaign => 'spring', agent => 'agent 9')
    > 0 AS attempt;
SELECT dnc_registry_import('au-dncr', 'wash.csv', $$VALUES ('+4930123456', 'N', NULL)$$) > 0 AS answer;
SELECT count(dnc_review(entry_id, 'keep', 'meant so', 'A. Smith')) FROM dnc.review_due;
CREATE TABLE contact (phone dnc_phone); SELECT dnc_attach('contact', 'phone', mode => 'skip');
INSERT INTO contact VALUES ('+4930123456');
SELECT count(*) FROM dnc_export_to('dialer', 'e164', 'sms'); SELECT count(*)
FROM dnc_export_to('dialer', 'e164', 'fax', 'bold'); SELECT * FROM dnc_export_to('nobody');
SELECT dnc_disclosed('partner', 'list of leads', ARRAY['+4930123456'::dnc_phone]),
    dnc_disclosed('partner', 'all of it', disclosed_at => '2025-12-31');
SELECT date_trunc('day', now()) - interval '2 days' AS asked \gset
SELECT dnc_subject_request('+4930123456', 'access', :'asked', 'letter', '{"reference": "L-1"}', 'agent 7')
    AS request \gset
SELECT h ->> 'part' AS part, h ->> 'used_for' AS used_for, jsonb_array_length(h -> 'rows') AS rows
FROM dnc_subject_report('+4930123456') AS r, jsonb_array_elements(r.report -> 'held') AS h;
SELECT o ->> 'from' AS came_from
FROM dnc_subject_report('+4930123456') AS r, jsonb_array_elements(r.report -> 'came_from') AS o ORDER BY 1;
SELECT o ->> 'recipient' AS recipient, o ->> 'what' AS what, o ->> 'times' AS times
FROM dnc_subject_report('+4930123456') AS r, jsonb_array_elements(r.report -> 'received_by') AS o;
SELECT line FROM dnc_subject_report('+4930123456') AS r,
    regexp_split_to_table(regexp_replace(r.readable, '\d{4}-\d\d-\d\d[T ][0-9:.+]+', '…', 'g'), E'\n')
    WITH ORDINALITY AS l (line, n) WHERE n <= 12 OR line ~ '^[A-Z]' ORDER BY n;
SELECT dnc_subject_report(NULL::dnc_phone);
-- Rectification.
SELECT dnc_rectify('+4930123457', '+4930123458', 'x') AS nothing, dnc_add('+4930123457') > 0 AS added,
    dnc_add('+4930123457', 'sms', 'bold') > 0 AS another;
SELECT dnc_rectify('+4930123457', '+4930999999', 'typing error', 'agent 7') AS moved;
SELECT dnc_check('+4930999999', 'fax'),
    (SELECT count(*) FROM dnc.refusals('+4930123457', NULL, NULL, NULL)) AS left_behind;
SELECT dnc_rectify('+4930123456', '+4930999998', 'typing error') AS moved;
-- The register: due in a month, extended once and in time, identity first, refused with a ground.
SELECT kind, due_at = timestamptz :'asked' + interval '1 month' AS in_a_month, state, overdue
FROM dnc.subject_request_state;
SELECT dnc_subject_request_step(:request, 'done', 'sent', 'agent 7');
SELECT dnc_subject_request_step(:request, 'identified', 'called back on the number', 'agent 7');
\set VERBOSITY terse
SELECT dnc_subject_request_step(:request, 'extended', 'three systems to search', 'agent 7',
    timestamptz :'asked' + interval '3 months 1 day');
\set VERBOSITY default
SELECT dnc_subject_request_step(:request, 'extended', 'three systems to search', 'agent 7',
    timestamptz :'asked' + interval '3 months -1 day');
SELECT kind, due_at = timestamptz :'asked' + interval '3 months -1 day' AS extended, state, identity_check,
    extended_because FROM dnc.subject_request_state;
SELECT dnc_subject_request_step(:request, 'done', 'report sent by registered letter', 'agent 7');
\set VERBOSITY terse
SELECT dnc_subject_request_step(:request, 'refused', 'unfounded');
\set VERBOSITY default
SELECT dnc_subject_request_step(:request, 'identified', ''); SELECT dnc_subject_request_step(99, 'done', 'x');
SELECT dnc_subject_request_step(:request, 'lost', 'x'); SELECT dnc_subject_request_step(:request, 'lifted', 'x');
SELECT state, closed_by, outcome FROM dnc.subject_request_state;
SELECT dnc_subject_request('+4930555001', 'objection') AS objection \gset
SELECT dnc_check('+4930555001', 'fax'), dnc_may_process('+4930555001');
SELECT dnc_subject_request_step(:objection, 'done', 'data no longer used');
SELECT dnc_check('+4930555001', 'fax'), dnc_may_process('+4930555001');
SELECT dnc_subject_request_step(:objection, 'lifted', 'the person took it back');
SELECT dnc_check('+4930555001', 'fax'), dnc_may_process('+4930555001'),
    (SELECT state FROM dnc.subject_request_state WHERE request_id = :objection);
SELECT dnc_subject_request('+4930555002', 'restriction') AS restriction \gset
SELECT dnc_may_process('+4930555002'),
    dnc_subject_request_step(:restriction, 'refused', 'no ground of art. 18(1) applies');
SELECT dnc_may_process('+4930555002');
SELECT dnc_subject_request('+4930555003', 'oblivion');
\set VERBOSITY terse
SELECT dnc_subject_request('+4930555003', 'access', 'infinity');
\set VERBOSITY default
 SELECT dnc_subject_request(NULL::dnc_phone, 'access');
SELECT dnc_subject_request('+4930555003', 'access', '2026-01-01') > 0 AS late; SELECT healthy, detail FROM dnc_health()
WHERE subject = 'requests of persons';
UPDATE dnc.subject_request SET due_at = 'infinity'; DELETE FROM dnc.subject_request_step; DELETE FROM dnc.legal_hold;
DELETE FROM dnc.disclosure;
-- A legal hold blocks erasure until it is lifted; a request for erasure is identified first, and closed by it.
SELECT dnc_subject_request('+4930555010', 'erasure', evidence => '{"words": "forget 030 555010"}') AS erasure \gset
SELECT dnc_add('+4930555010') > 0 AS added,
    dnc_hold('Smith v. Acme', ARRAY['+4930555010'::dnc_phone, '+4930555011'], 'claim of 2026', 'Legal') AS held;
SELECT * FROM dnc_erase('+4930555010', request => :erasure);
SELECT dnc_lift_hold('Smith v. Acme', 'settled', 'Legal', ARRAY['+4930555011'::dnc_phone]),
    dnc_lift_hold('another', 'x');
SELECT * FROM dnc_erase('+4930555010', request => :erasure);
SELECT dnc_lift_hold('Smith v. Acme', 'settled', 'Legal') AS lifted,
    (SELECT count(*) FROM dnc.legal_hold_in_force) AS in_force;
SELECT * FROM dnc_erase('+4930555010', request => :erasure);
SELECT dnc_subject_request_step(:erasure, 'identified', 'identity card seen, of 030 555 010');
SELECT * FROM dnc_erase('+4930555011', request => :erasure);
SELECT what, rows, outcome FROM dnc_erase('+4930555010', 'art. 17(1)(b)', 'DPO', :erasure)
WHERE outcome <> 'out of reach';
SELECT erased_by, why, jsonb_path_query_array(request, '$[*].state') AS states,
    jsonb_path_query_array(request, '$[*].identity_check') AS checks FROM dnc.erasure ORDER BY erasure_id DESC LIMIT 1;
SELECT x ->> 'why' AS why, x -> 'request' -> 0 ->> 'state' AS state
FROM dnc_subject_report('+4930555010') AS r, jsonb_array_elements(r.report -> 'held') AS h,
    jsonb_array_elements(h -> 'rows') AS x WHERE h ->> 'part' = 'erasures';
SELECT dnc_subject_request('+4930555011', 'access') AS access,
    dnc_subject_request('+4930555011', 'objection') AS objection,
    dnc_subject_request('+4930555011', 'erasure') AS erasure \gset
SELECT * FROM dnc_erase('+4930555011');
SELECT dnc_subject_request_step(:access, 'refused', 'nobody of that name');
SELECT what, rows, outcome FROM dnc_erase('+4930555011') WHERE outcome NOT IN ('out of reach', 'erased');
SELECT jsonb_path_query_array(request, '$[*].state') AS states FROM dnc.erasure ORDER BY erasure_id DESC LIMIT 1;
SELECT dnc_hold('everything', NULL, 'audit') AS held; SELECT * FROM dnc_erase('+4930555011');
SELECT dnc_lift_hold('everything', 'over') AS lifted;
SELECT dnc_hold('', NULL, 'x'); SELECT dnc_hold('x', '{}', 'x');
SELECT dnc_hold('x', NULL, 'x', since => '2026-02-01', until => '2026-01-01');
-- What a law wants kept stays without the number; who received it is named.
SELECT dnc_attempt('+12125550001', 'connected', happened_at => '2026-02-01 15:00', agent => 'agent 9') > 0 AS attempt;
SELECT what, rows, outcome, detail ~ '16 CFR 310.5' AS cited FROM dnc_erase('+12125550001') WHERE what ~ 'attempt';
SELECT what, rows, outcome, regexp_replace(detail, '\d{4}-\d\d-\d\d[T ][0-9:.+]+', '…', 'g') AS detail
FROM dnc_erase('+4930123456') WHERE outcome <> 'out of reach';
SELECT relation, record - '{recorded_at,given_at,attempt_id,consent_id}'::text[] AS record, keep_until, because
FROM dnc.kept_record ORDER BY kept_id;
SELECT count(*) AS left_over FROM dnc.audit_data WHERE concat(before, after) ~ '4930123456|2125550001';
SELECT subject, detail FROM dnc_health(deep => true) WHERE NOT healthy AND subject <> 'requests of persons';
-- Who works for a brand reads the evidence of that brand, and of what is about every one; checks answer all the same.
CREATE ROLE regress_dnc_brand; CREATE ROLE regress_dnc_brand_member IN ROLE regress_dnc_brand;
CREATE ROLE regress_dnc_teller;
SELECT dnc_add('+12125550301', purpose => 'acme/loans', evidence => '{"words": "loans"}') > 0 AS a,
    dnc_add('+12125550302', purpose => 'bold', evidence => '{"words": "bold"}') > 0 AS b,
    dnc_add('+12125550303', evidence => '{"words": "all"}') > 0 AS c,
    dnc_add('+12125550304', purpose => 'acme', evidence => '{"words": "acme"}') > 0 AS d;
SELECT dnc_grant('reader', 'regress_dnc_brand'), dnc_grant_brand('acme', 'regress_dnc_brand'),
    dnc_grant('agent', 'regress_dnc_teller');
SELECT dnc_grant_brand('nothing', 'regress_dnc_brand'); SELECT dnc_grant_brand('acme', 'public');
SET ROLE regress_dnc_brand_member;
SELECT e164, purpose, evidence FROM dnc.brand_request WHERE e164 LIKE '+1212555030%' ORDER BY 1;
SELECT count(*) FROM dnc.brand_consent; SELECT count(*) FROM dnc.brand_reply; SELECT count(*) FROM dnc.brand_violation;
SELECT dnc_check('+12125550302') AS a_hidden_refusal_counts; SELECT count(*) FROM dnc.entry;
-- No function of the reader's own sees what is hidden.
CREATE FUNCTION pg_temp.look(t text) RETURNS boolean
LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN IF t LIKE '%302' THEN RAISE WARNING 'seen: %', t; END IF; RETURN true; END $$;
SELECT count(*) FROM dnc.brand_request WHERE pg_temp.look(e164) AND e164 LIKE '+1212555030%';
SET ROLE regress_dnc_teller;
SELECT masked, channels, purposes, reasons FROM dnc.suppressed_masked WHERE purposes && '{bold}' ORDER BY masked;
SELECT count(*) FROM dnc.suppressed; SELECT dnc_subject_report('+12125550301');
SELECT dnc_subject_request('+12125550301', 'access') > 0 AS taken;
RESET ROLE;
SELECT dnc_ungrant_brand('acme', 'regress_dnc_brand'), dnc_ungrant_brand('acme', 'regress_dnc_brand');
SET ROLE regress_dnc_brand_member; SELECT count(*) FROM dnc.brand_request; RESET ROLE;
SELECT dnc_ungrant('reader', 'regress_dnc_brand'), dnc_ungrant('agent', 'regress_dnc_teller');
DROP OWNED BY regress_dnc_brand, regress_dnc_brand_member, regress_dnc_teller;
DROP ROLE regress_dnc_brand_member, regress_dnc_brand, regress_dnc_teller;
