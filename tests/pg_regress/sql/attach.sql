-- What a guard reports and what it lets in: error fields, masks, the row's key, unreadable numbers, flags.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SELECT dnc_add('+14155550101') > 0 AS added;
CREATE SCHEMA crm;
CREATE TABLE crm.lead (lead_id int PRIMARY KEY, name text, country text, phone text, mobile text, status text);
SELECT dnc_attach('crm.lead', '{phone,mobile}'::text[], region_column => 'country', unreadable => 'never');
SELECT dnc_attach('crm.lead', '{phone,mobile}'::text[], region_column => 'country', mode => 'skip',
    flag_column => 'status');
SELECT dnc_attach('crm.lead', '{phone,mobile}'::text[], region_column => 'country', mode => 'flag');
SELECT dnc_attach('crm.lead', '{phone,mobile}'::text[], region_column => 'country', flag_column => 'country');
SELECT dnc_attach('crm.lead', '{phone,mobile}'::text[], region_column => 'country', flag_column => 'status',
    unreadable => 'flag');
SELECT relation, mode, unreadable, flag_column, phone_columns, problem FROM dnc.attachment;
-- The error names schema, table, column, constraint and key; the number is masked in every field.
CREATE FUNCTION caught(statement text) RETURNS TABLE (field text, value text) LANGUAGE plpgsql AS $$
DECLARE
    s text; m text; d text; h text; c text; n text; t text; k text; x text;
BEGIN
    EXECUTE statement;
    RETURN QUERY VALUES ('no error', NULL::text);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS s = RETURNED_SQLSTATE, m = MESSAGE_TEXT, d = PG_EXCEPTION_DETAIL, h = PG_EXCEPTION_HINT,
        c = COLUMN_NAME, n = CONSTRAINT_NAME, t = TABLE_NAME, k = SCHEMA_NAME, x = PG_EXCEPTION_CONTEXT;
    RETURN QUERY VALUES ('sqlstate', s), ('message', m), ('detail', d), ('hint', h), ('schema', k), ('table', t),
        ('column', c), ('constraint', n), ('number in a field', (concat(m, d, h, x) LIKE '%4155550101%'
            OR concat(m, d, h, x) LIKE '%555-0101%')::text);
END
$$;
SELECT * FROM caught($$INSERT INTO crm.lead VALUES (17, 'A', 'US', NULL, '(415) 555-0101')$$);
SELECT * FROM caught($$INSERT INTO crm.lead VALUES (17, 'A', 'US', '+14155550101', NULL)$$);
\set SHOW_CONTEXT always
-- Neither the line of a COPY nor the statement of a function is repeated.
COPY crm.lead (lead_id, country, phone) FROM STDIN;
18	US	(415) 555-0102
19	US	(415) 555-0101
\.
DO $$BEGIN INSERT INTO crm.lead VALUES (20, 'A', 'US', '(415) 555-0101'); END$$;
\set SHOW_CONTEXT never
SELECT count(*) AS nothing FROM crm.lead;
-- A number that cannot be read is stored, flagged and recorded; a suppressed one beside it still counts.
INSERT INTO crm.lead VALUES (1, 'clear', 'US', '415 555 0102', NULL), (2, 'unreadable', 'US', 'ask her', NULL),
    (3, 'no region', NULL, '415 555 0102', NULL), (4, 'missing', 'US', ' ', NULL),
    (5, 'both', 'US', '415 555 0102', '12345');
INSERT INTO crm.lead VALUES (6, 'A', 'US', 'ask her', '415 555 0101');
SELECT lead_id, name, status FROM crm.lead ORDER BY 1;
SELECT column_name, operation, action, ground, spelling FROM dnc.guard_event ORDER BY event_id;
-- Only the guard sets the flag. An update of another column is never rejected, and brings the flag up to date.
UPDATE crm.lead SET status = 'clear' WHERE lead_id = 2;
UPDATE crm.lead SET name = 'later' WHERE lead_id = 1;
SELECT dnc_add('+14155550102') > 0 AS added;
UPDATE crm.lead SET name = 'refused since' WHERE lead_id = 1;
UPDATE crm.lead SET phone = '415-555-0102' WHERE lead_id = 1;
SELECT lead_id, name, status FROM crm.lead ORDER BY 1;
-- Rows that have been there longer: the procedure sets their flags in batches, and counts.
SELECT dnc_detach('crm.lead');
UPDATE crm.lead SET status = NULL;
INSERT INTO crm.lead VALUES (7, 'old', 'US', '415 555 0101');
SELECT dnc_attach('crm.lead', '{phone,mobile}'::text[], region_column => 'country', flag_column => 'status',
    mode => 'flag');
CALL dnc_recheck('crm.lead', batch => 0);
CALL dnc_recheck('crm.lead', channel => 'sms');
CALL dnc_recheck('crm.lead');
SELECT lead_id, name, status FROM crm.lead ORDER BY 1;
SELECT relation, channel, rows, suppressed, unreadable, missing FROM dnc.guard_check;
SELECT subject, severity, value, detail FROM dnc_health() WHERE subject = 'guarded rows';
CALL dnc_recheck('crm.lead');
BEGIN;
CALL dnc_recheck('crm.lead');
ROLLBACK;
-- Each row counts once, also where the flag moves it to another page.
CREATE TABLE crm.many AS SELECT '+14155550102' AS phone, NULL::text AS status FROM generate_series(1, 3000) AS n;
SELECT dnc_attach('crm.many', 'phone', region => 'US', flag_column => 'status',
    mode => 'flag') > 7 AS several_batches;
SET client_min_messages = warning;
CALL dnc_recheck('crm.many', batch => 7);
RESET client_min_messages;
SELECT rows, suppressed, (SELECT count(*) FROM crm.many WHERE status = 'suppressed') AS flags FROM dnc.guard_check
WHERE relation = 'crm.many';
-- allow, and reject of unreadable numbers alone.
SELECT dnc_detach('crm.lead'), dnc_attach('crm.lead', 'phone', region => 'US', unreadable => 'allow');
INSERT INTO crm.lead VALUES (8, 'allowed', 'US', 'no number');
INSERT INTO crm.lead VALUES (9, 'A', 'US', '415 555 0101');
SELECT dnc_detach('crm.lead'), dnc_attach('crm.lead', 'phone', region => 'US', mode => 'flag', flag_column => 'status',
    unreadable => 'reject');
INSERT INTO crm.lead VALUES (10, 'A', 'US', '415-555-01 ext 12');
INSERT INTO crm.lead VALUES (10, 'flagged', 'US', '415 555 0101');
SELECT lead_id, name, status FROM crm.lead WHERE lead_id > 7 ORDER BY 1;
-- The key is not named where it is a number, or where the role may not read it.
CREATE TABLE keyed (phone text PRIMARY KEY, note text);
SELECT dnc_attach('keyed', 'phone', region => 'US');
SELECT * FROM caught($$INSERT INTO keyed VALUES ('415 555 0101')$$) WHERE field = 'detail';
CREATE TABLE pair (a int, "b ""c" text, phone text, PRIMARY KEY (a, "b ""c"));
SELECT dnc_attach('pair', 'phone', region => 'US');
SELECT * FROM caught($$INSERT INTO pair VALUES (1, 'x', '415 555 0101')$$) WHERE field = 'detail';
SELECT current_user AS me \gset
CREATE ROLE writer_of_attach;
GRANT INSERT ON pair TO writer_of_attach;
GRANT EXECUTE ON FUNCTION caught TO writer_of_attach;
SET ROLE writer_of_attach;
SELECT * FROM caught($$INSERT INTO pair VALUES (1, 'x', '415 555 0101')$$) WHERE field = 'detail';
RESET ROLE;
-- Mode skip, tables of messages, and a region in the place of a purpose say so.
SELECT dnc_detach('pair'), dnc_attach('pair', 'phone', region => 'US', mode => 'skip');
CREATE TABLE sms_queue (id int PRIMARY KEY, phone text, whatsapp text);
SELECT dnc_attach('sms_queue', 'phone', region => 'US');
SELECT dnc_detach('sms_queue'), dnc_attach('sms_queue', 'phone', region => 'US', channel => 'sms');
SELECT dnc_create_view('talk', 'sms_queue', 'whatsapp', region => 'US');
SELECT dnc_attach('keyed', 'phone', NULL, 'voice', 'US');
SELECT dnc_check('+14155550101', purpose => 'Germany');
-- A table in use is not waited for without end.
SET lock_timeout = 1;
SELECT dnc_attach('sms_queue', 'phone', region => 'US') AS in_no_hurry;
RESET lock_timeout;
-- A view with a row for each number that is clear.
CREATE TABLE person (id int PRIMARY KEY, phone text, mobile text, fax dnc_phone);
INSERT INTO person VALUES (1, '415 555 0101', '415 555 0103', NULL),
    (2, '415 555 0103', '(415) 555-0103', '+14155550104'),
    (3, '415 555 0103 / 415 555 0101', 'ask her', NULL), (4, '415 555 0103 or 0104', NULL, '+14155550101'),
    (5, NULL, '', NULL);
SELECT dnc_create_view('callable', 'person', '{phone,mobile,fax}'::text[], region => 'US', mode => 'numbers');
SELECT dnc_phone, dnc_column, id, phone, mobile FROM callable ORDER BY id, dnc_phone;
ALTER TABLE person ADD COLUMN note text DEFAULT 'new';
SELECT dnc_refresh_view('callable');
SELECT dnc_phone, note FROM callable WHERE id = 1;
SELECT dnc_create_view('talkable', 'person', '{phone,mobile,fax}'::text[], region => 'US');
SELECT id FROM talkable ORDER BY id;
DROP OWNED BY writer_of_attach;
DROP ROLE writer_of_attach;
-- What a transaction refuses itself is no matter of running it again.
CREATE TABLE own (id int PRIMARY KEY, phone text, company int);
CREATE TABLE company (id int PRIMARY KEY, country text);
SELECT dnc_attach('own', 'phone', region => 'US');
\set VERBOSITY sqlstate
BEGIN;
INSERT INTO own VALUES (1, '415 555 0120');
SELECT dnc_add('+14155550120') > 0 AS added;
COMMIT;
BEGIN ISOLATION LEVEL REPEATABLE READ;
INSERT INTO own VALUES (1, '415 555 0121');
SELECT dnc_add('+14155550121') > 0 AS added;
COMMIT;
\set VERBOSITY default
-- Mode flag records what it flags once, not at every update of another column; a flag may be a varchar.
CREATE TABLE flagging (id int PRIMARY KEY, phone text, note text, flag varchar(10), short varchar(5));
SELECT dnc_attach('flagging', 'phone', region => 'US', mode => 'flag', flag_column => 'short');
SELECT dnc_attach('flagging', 'phone', region => 'US', mode => 'flag', flag_column => 'flag');
INSERT INTO flagging VALUES (1, '415 555 0101'), (2, 'ask her');
UPDATE flagging SET note = 'x';
UPDATE flagging SET note = 'y', flag = 'clear';
SELECT id, flag FROM flagging ORDER BY id;
SELECT operation, count(*) FROM dnc.guard_event WHERE relation = 'public.flagging' GROUP BY 1;
-- A number of before is no reason to reject another one; a suppressed one that is written is, as is another country.
CREATE TABLE several (id int PRIMARY KEY, country text, phone text, mobile text);
INSERT INTO several VALUES (1, 'US', '415 555 0101', NULL), (2, 'US', '415 555 0103', NULL),
    (3, NULL, '415 555 0101', NULL);
SELECT dnc_attach('several', '{phone,mobile}', region_column => 'country');
UPDATE several SET mobile = '415 555 0103' WHERE id = 1;
UPDATE several SET phone = '(415) 555-0101' WHERE id = 1;
UPDATE several SET mobile = '415 555 0101' WHERE id = 2;
UPDATE several SET country = 'US' WHERE id = 3;
BEGIN;
INSERT INTO several VALUES (4, 'US', '415 555 0103', NULL);
UPDATE several SET mobile = '415 555 0104' WHERE id = 4;
SELECT dnc_add('+14155550103', channel => 'voice', expires_at => now() + interval '1 day') > 0 AS added;
COMMIT;
-- Also where the row is written several times.
BEGIN;
UPDATE several SET mobile = NULL WHERE id = 1;
UPDATE several SET mobile = '415 555 0104' WHERE id = 1;
SAVEPOINT s;
UPDATE several SET mobile = '415 555 0105' WHERE id = 1;
ROLLBACK TO s;
UPDATE several SET id = 1 WHERE id = 1;
COMMIT;
BEGIN;
UPDATE several SET mobile = '415 555 0106' WHERE id = 2;
UPDATE several SET id = 2 WHERE id = 2;
SELECT dnc_add('+14155550106') > 0 AS added;
COMMIT;
BEGIN;
UPDATE several SET phone = '415 555 0107' WHERE id = 1;
UPDATE several SET id = 1 WHERE id = 1;
SELECT dnc_add('+14155550107') > 0 AS added;
COMMIT;
SELECT * FROM several ORDER BY id;
SELECT statement FROM dnc_setup_check() WHERE item = 'guards';
-- Rows whose deferred checks are to come keep a guard from being made.
ALTER TABLE own ADD FOREIGN KEY (company) REFERENCES company DEFERRABLE INITIALLY DEFERRED;
SELECT dnc_detach('own');
BEGIN;
INSERT INTO own VALUES (2, '415 555 0122', 1);
SELECT dnc_attach('own', 'phone', region => 'US');
ROLLBACK;
-- What a form asks before a row is written.
SELECT f.field, s.* FROM (VALUES ('415 555 0101'), ('415 555 0103'), ('415 555 0103 / 415 555 0101'), ('ask her'),
    (' '), (NULL)) AS f (field), dnc_field_status(f.field, 'US') AS s;
SELECT * FROM dnc_field_status('+14155550101', purpose => 'nothing');
