-- An opt-out of the person behind a row: every number in its guarded columns, under one request.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
CREATE TABLE contact (id int PRIMARY KEY, phone text, mobile text, home dnc_phone, country text);
INSERT INTO contact VALUES (1, '(415) 555-0101', '415 555 0102 / 415 555 0103', '+14155550104', 'US'),
    (2, '415 555 0105', 'ask her', NULL, 'US'), (3, 'ask her', ' ', NULL, 'US'), (4, NULL, NULL, NULL, 'US'),
    (5, '415 555 0106', '415 555 0106', '+14155550106', 'US'), (6, '415 555 0107 or 0108', '415 555 0109', NULL, 'US');
SELECT * FROM dnc_refuse_row('contact', '1');
SELECT dnc_attach('contact', '{phone,mobile}'::text[], region_column => 'country', unreadable => 'allow'),
    dnc_attach('contact', 'home', channel => 'sms');
SELECT column_name, phone, problem, request = min(request) OVER () AS one FROM dnc_refuse_row('contact', '1',
    source => 'phone_agent', by => 'agent 7', evidence => '{"words": "never again"}');
SELECT phone, channel, source, taken_by, evidence FROM dnc.entry ORDER BY phone;
SELECT column_name, phone, problem FROM dnc_refuse_row('contact', '2', channel => 'sms');
SELECT column_name, phone, problem FROM dnc_refuse_row('contact', '3');
SELECT column_name, phone, problem FROM dnc_refuse_row('contact', '4');
SELECT column_name, phone, problem FROM dnc_refuse_row('contact', '5');
SELECT column_name, phone, problem FROM dnc_refuse_row('contact', '6');
-- A row without a country.
INSERT INTO contact (id, phone) VALUES (8, '415 555 0111');
SELECT column_name, phone FROM dnc_refuse_row('contact', '8');
SELECT column_name, phone FROM dnc_refuse_row('contact', '8', region => 'Atlantis');
SELECT column_name, phone FROM dnc_refuse_row('contact', '8', region => 'US') WHERE phone IS NOT NULL;
SELECT dnc_refuse_row('contact', '7');
SELECT dnc_refuse_row('contact', '1 OR true');
SELECT dnc_refuse_row('contact', NULL);
CREATE TABLE keyless (phone text);
SELECT dnc_attach('keyless', 'phone', region => 'US');
SELECT dnc_refuse_row('keyless', '1');
-- The same reference adds nothing.
SELECT count(DISTINCT request) AS requests FROM (SELECT request FROM dnc_refuse_row('contact', '5', channel => 'voice',
    external_ref => 'T-1') UNION ALL SELECT request FROM dnc_refuse_row('contact', '5', channel => 'voice',
    external_ref => 'T-1')) AS x;
-- An agent needs the row, and no right to read the list.
CREATE ROLE agent_of_rows;
SELECT dnc_grant('agent', 'agent_of_rows');
SET ROLE agent_of_rows;
SELECT dnc_refuse_row('contact', '1');
RESET ROLE;
GRANT SELECT ON contact TO agent_of_rows;
SET ROLE agent_of_rows;
SELECT column_name, phone, problem FROM dnc_refuse_row('contact', '1', channel => 'sms');
SELECT count(*) FROM dnc.entry;
RESET ROLE;
DROP OWNED BY agent_of_rows;
DROP ROLE agent_of_rows;
