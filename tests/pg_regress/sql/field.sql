-- Fields as people write them, in checks, guards, views, scrubs and decisions; one line in all its forms.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION dnc;
SET client_min_messages = notice;

-- Every number in a text, with its extension and label.
SELECT * FROM dnc_numbers('Tel. 030 23125001 ext. 12 / mobil 0171 3920012', 'DE');
SELECT phone, certain FROM dnc_numbers('030 23125001/02', 'DE');
SELECT phone, certain FROM dnc_numbers('491713920012', 'DE');
SELECT count(*) FROM dnc_numbers('24.11.2026', 'DE');
SELECT count(*) FROM dnc_numbers(NULL, 'DE');
SELECT dnc_readings('030 23125001/02', 'DE'), dnc_readings('415-555-XXXX', 'US') IS NULL AS masked,
    dnc_readings('(212) 555-0134', 'US');

-- Exactly one number or nothing, and why.
SELECT regexp_replace(t, '[^ -~]', '.', 'g') AS t,
    dnc_try_parse(t, r) AS number, dnc_parse_problem(t, r) AS problem FROM (VALUES
    ('0171 3920012 (privat)', 'DE'), ('030 23125001 - 2', 'DE'), ('030 23125001 (2)', 'DE'), ('415-555-0142.0', 'US'),
    ('4.155550142E9', 'US'), ('4.15556E+09', 'US'), ('415-555-XXXX', 'US'), ('415-555-0142 / 415-555-0143', 'US'),
    ('EUR 1.250,00', 'DE'), ('0000000000', 'US'), ('  ', 'US'), (E'\u202a+1 415-555-0142\u202c', NULL),
    ('14155550142@c.us', NULL), ('*31#03023125001', 'DE'), ('Order 12345 paid', 'DE'), ('030 23125001',
        NULL)) AS v (t, r);
SELECT dnc_parse('415-555-0142 / 415-555-0143', 'US');

-- A field is suppressed if one of its numbers is, clear if it was read completely and all of them are.
SELECT dnc_add('+49 171 3920012', source => 'web_form') > 0 AS added;
SET dnc.default_region = 'DE';
SELECT t, dnc_check(t), dnc_is_clear(t), dnc_check(dnc_readings(t)) AS of_set FROM (VALUES
    ('0171 3920012'), ('030 23125001'), ('030 23125001 oder 0171 3920012'), ('030 23125001 oder 030 23125002'),
    ('491713920012'), ('0171 3920012 - 4'), ('030 23125001 - 4'), ('keine'), ('')) AS v (t);
SELECT dnc_check('{}'::dnc_phone_set), dnc_check(NULL::dnc_phone_set), dnc_check('{+4930231250010}'::dnc_phone_set);
RESET dnc.default_region;

CREATE TABLE contact (id int PRIMARY KEY, phone text, country text);
INSERT INTO contact VALUES (1, '030 23125001', 'DE'), (2, '030 23125001 / 0171 3920012', 'DE'), (3, NULL, 'DE'),
    (4, ' ', 'DE'), (5, 'keine', 'DE'), (6, '030 23125001, 030 23125002', 'DE'), (7, '415-555-XXXX', 'US'),
    (8, 'mobil 0171 3920012 (privat)', 'DE'), (9, '030 23125001 - 2', 'DE');
SELECT dnc_create_view('callable', 'contact', 'phone', region_column => 'country');
SELECT dnc_create_view('flagged', 'contact', 'phone', region_column => 'country', mode => 'flag');
SELECT dnc_create_view('masked', 'contact', 'phone', region_column => 'country', mode => 'mask');
SELECT id FROM callable ORDER BY id;
SELECT id, dnc_status, dnc_grounds, dnc_lists FROM flagged ORDER BY id;
SELECT id, phone FROM masked ORDER BY id;
CALL dnc_scrub('contact', 'id', 'phone', 'result', region_column => 'country');
SELECT key, phone, status, ground, lists FROM result ORDER BY n;
SELECT clear, suppressed, unreadable, missing FROM dnc.scrub;
SELECT bool_and(same) FROM dnc_verify_scrub(1, 'result');
SELECT list, rows FROM dnc_cross_check('contact', 'phone', region_column => 'country');
SELECT key, phone, ground FROM dnc_may_contact_all('contact', 'id', 'phone', region_column => 'country') ORDER BY key;

CREATE TABLE queue (id int, phone text, country text, state text);
SELECT dnc_attach('queue', 'phone', region_column => 'country');
INSERT INTO queue VALUES (1, '030 23125001', 'DE'), (2, NULL, 'DE'), (3, ' ', 'DE'), (4, '030 23125001, 030 23125002',
    'DE');
\set VERBOSITY sqlstate
INSERT INTO queue VALUES (5, '030 23125001 oder 0171 3920012', 'DE');
INSERT INTO queue VALUES (5, '030 23125001 - 2', 'DE');
INSERT INTO queue VALUES (5, '0171 3920012 - 2', 'DE');
INSERT INTO queue VALUES (5, '491713920012', 'DE');
INSERT INTO queue VALUES (5, '030 23125001', NULL);
\set VERBOSITY terse
SELECT id FROM queue ORDER BY id;

-- A line: an opt-out of any form counts for all.
SELECT dnc_forms('+541155550123'), dnc_forms('+14155550142');
SELECT dnc_add('+541155550123') > 0 AS added;
SELECT f, dnc_check(f), dnc_may_contact.ground FROM unnest(dnc_forms('+541155550123')) AS f, dnc_may_contact(f);
SELECT count(*) FROM dnc_explain('+5491155550123');
SELECT event, channel FROM dnc_history('+5491155550123');
INSERT INTO queue VALUES (6, '+54 9 11 5555-0123', 'AR');
SELECT count(*) FILTER (WHERE dnc_check(p)) AS suppressed FROM (SELECT ('+54911555' || 50000 + i)::dnc_phone AS p
    FROM generate_series(100, 400) AS i) AS x;
SELECT dnc_check_as_of('+5491155550123', now());
SELECT dnc_revoke('+5491155550123') AS ended;
SELECT dnc_check('+541155550123') AS after;
-- An erasure takes the line's other forms with it, and the opt-outs of all stay.
SELECT dnc_add('+541155550123') > 0 AS landline, dnc_consent('+5491155550123', 'sms',
    source => 'web_form') > 0 AS mobile;
SELECT readable ~ 'no_contact' AS opt_out, readable ~ 'sms' AS consent FROM dnc_subject_report('+5491155550123');
-- The same in an external list, by lookups and in a set.
INSERT INTO dnc.list (list, kind) VALUES ('industry', 'industry');
SELECT dnc_list_load_query('industry', $$VALUES ('+541155550777')$$) > 0 AS loaded;
SELECT dnc_check('+5491155550777'), dnc_lists_of('+5491155550777'), dnc_check_as_of('+5491155550777', now());
SET dnc.statement_set = on;
SELECT p, dnc_check(p) FROM (VALUES ('+5491155550777'::dnc_phone), ('+5491155550778')) AS v (p) ORDER BY p;
RESET dnc.statement_set;

-- A locale with a region and other mistakes: nothing is read as another number.
SELECT dnc_try_parse(repeat('4', 3000), 'US'), dnc_parse_problem(repeat('1 ', 900), 'US') IS NOT NULL AS long,
    dnc_try_parse(E'+1\t415\n555 0142', 'US');
DROP TABLE queue, contact, result CASCADE;
SET dnc.allow_drop = on;
DROP EXTENSION dnc;

-- Columns of other types: numbers, arrays, domains over domains. What cannot be read says what to do.
SET client_min_messages = warning;
CREATE EXTENSION dnc;
SELECT dnc_add('+12125550134') > 0 AS added;
CREATE DOMAIN one AS text; CREATE DOMAIN two AS one; CREATE DOMAIN three AS dnc_phone; CREATE DOMAIN four AS three;
CREATE TABLE other (id int PRIMARY KEY, b bigint, n numeric, a text[], d two, e four, j jsonb, country_id int, t text,
    g dnc_phone GENERATED ALWAYS AS (dnc_try_parse(t, 'US')) STORED);
SELECT dnc_attach('other', '{b,n,a,d,e}'::text[], region => 'US');
\set VERBOSITY sqlstate
INSERT INTO other (id, b) VALUES (1, 2125550134);
INSERT INTO other (id, n) VALUES (1, 12125550134);
INSERT INTO other (id, a) VALUES (1, '{212 555 0188,(212) 555-0134}');
INSERT INTO other (id, d) VALUES (1, '212-555-0134');
INSERT INTO other (id, e) VALUES (1, '+12125550134');
\set VERBOSITY default
INSERT INTO other (id, b, n, a, d, e) VALUES (1, 2125550188, 2125550188, '{212 555 0188,212 555 0189}', '212-555-0188',
    '+12125550188'), (2, NULL, NULL, '{}', ' ', NULL);
SELECT dnc_detach('other') > 0 AS detached;
INSERT INTO other (id, b) VALUES (3, 2125550134);
INSERT INTO other (id, a) VALUES (4, '{212 555 0134}');
SELECT dnc_create_view('others', 'other', '{b,n,a,d,e}'::text[], region => 'US', mode => 'flag');
SELECT id, dnc_status, dnc_lists FROM others ORDER BY id;
CALL dnc_scrub('other', 'id', 'a', 'result', region => 'US');
SELECT key, phone, status, lists FROM result ORDER BY n;
SELECT list, rows FROM dnc_cross_check('other', 'a', region => 'US');
\set SHOW_CONTEXT never
SELECT dnc_attach('other', 'j', region => 'US', channel => 'sms');
SELECT dnc_attach('other', 't', region_column => 'country_id', channel => 'sms');
SELECT dnc_attach('other', 'g', channel => 'sms');
SELECT dnc_attach('other', 't', channel => 'sms');
DROP TABLE other, result CASCADE;
DROP DOMAIN two, one, four, three;
SET dnc.allow_drop = on;
DROP EXTENSION dnc;
