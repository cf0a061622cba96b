-- The extension in use, for the documents' SQL and the examples of the reference.
SET client_min_messages = warning;
CREATE EXTENSION dnc;
CREATE ROLE crm_reader;
CREATE ROLE crm_agent;
CREATE ROLE crm_admin;
CREATE ROLE crm_auditor;
SET dnc.default_region = 'US';
INSERT INTO dnc.purpose (purpose) VALUES ('acme'), ('acme/energy'), ('acme/energy/winter');

SELECT dnc_pseudonym_key();
SELECT dnc_add(phone => '+44 20 7946 0018', source => 'phone_agent', by => 'agent 12',
    evidence => '{"words": "stop calling"}');
SELECT dnc_add(phone => '+12125550134', channel => 'voice', source => 'web_form');
SELECT dnc_add_prefix('+1900');
SELECT dnc_consent(phone => '+4930901820', channel => 'voice', purpose => 'acme', source => 'web_form',
    wording => 'Acme may call me.', evidence => '{"ip": "192.0.2.7"}');

INSERT INTO dnc.list (list, kind, jurisdiction, format, max_age_days)
    VALUES ('us-national', 'national', 'US', 'lines', 31), ('partner', 'partner', NULL, 'lines', NULL);
SELECT dnc_list_load_query('us-national', $$VALUES ('+12125550134'), ('+12125550188')$$);
SELECT dnc_list_load_query('partner', $$VALUES ('+12125550188')$$);

BEGIN;
SELECT dnc_import_start('old-list.csv') AS batch \gset
INSERT INTO dnc.import_row (phone) VALUES ('+12125550101'), ('+12125550102');
SELECT dnc_import_finish(:batch);
COMMIT;

SELECT dnc_attempt_partitions();
SELECT dnc_create_view('callable', 'contact', 'phone', region_column => 'country') AS made \gset
DROP VIEW callable;
CALL dnc_scrub('contact', 'id', 'phone', 'scrub_result', region_column => 'country');
SELECT dnc_attach('dial_queue', 'phone', region_column => 'country');
SELECT dnc_hold(matter => 'case 7', phones => '{+12125550177}', why => 'litigation', by => 'counsel');
SELECT dnc_subject_request(phone => '+12125550166', kind => 'access', source => 'email');
SELECT dnc_complaint(phone => '+12125550167', words => 'no more calls', source => 'email');
INSERT INTO dnc.recipient (recipient, kind, description) VALUES ('dialer', 'dialer', 'the dialer');
SELECT dnc_add_notice(notice => 'winter', language => 'en', body => 'Reply STOP to opt out.', channel => 'sms');
SELECT dnc_review_start(title => 'Review of the list', by => 'compliance');
SELECT dnc_audit_seal(true);
SELECT dnc_grant(x.grant_set, x.role_name) FROM (VALUES ('reader', 'crm_reader'), ('agent', 'crm_agent'),
    ('administrator', 'crm_admin'), ('auditor', 'crm_auditor')) AS x (grant_set, role_name);
