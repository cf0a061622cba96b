-- In the CRM: views and guards, over identifiers of any spelling.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
CREATE SCHEMA "weird ""name";
CREATE TABLE "weird ""name"."Contact's" (id int, "Phone ""1""" varchar(40), phone2 text, "Land" char(2),
    e164 dnc_phone);
INSERT INTO "weird ""name"."Contact's" VALUES
    (1, '(415) 555-0101', '', 'US', '+14155550101'), (2, '020 7946 0018', NULL, 'GB', '+442079460018'),
    (3, 'rubbish', NULL, 'US', NULL),
    (4, NULL, NULL, 'US', NULL), (5, '', '  ', 'US', NULL),
    (6, '(415) 555-0102', '020 7946 0018', 'US', '+14155550102'),
    (7, NULL, '(415) 555-0103', 'US', '+14155550103'), (8, '(415) 555-0104', '415 555 0101', 'US', '+14155550104'),
    (9, '4155550105', NULL, NULL, NULL);
SELECT dnc_add('+14155550101') > 0 AS added;
SELECT dnc_create_view('callable', '"weird ""name"."Contact''s"', 'Phone "1"', region_column => 'Land');
SELECT * FROM "weird ""name".callable ORDER BY id;
SELECT dnc_create_view('public.two', '"weird ""name"."Contact''s"', '{"Phone \"1\"",phone2}'::text[],
    region_column => 'Land');
SELECT id FROM two ORDER BY id;
SELECT dnc_create_view('public.flagged', '"weird ""name"."Contact''s"', '{"Phone \"1\"",phone2}'::text[],
    region => 'US', mode => 'flag');
SELECT id, dnc_status, dnc_grounds, dnc_lists FROM flagged ORDER BY id;
SELECT dnc_create_view('public.masked', '"weird ""name"."Contact''s"', '{e164}'::text[], mode => 'mask');
SELECT id, phone2, e164 FROM masked ORDER BY id;
-- The flag is the check's answer; a doubtful number is clear.
SELECT count(*) AS differ
FROM (SELECT dnc_status, dnc_check(dnc_try_parse("Phone ""1""", 'US')) AS c FROM flagged
    WHERE coalesce(btrim(phone2), '') = '' AND coalesce("Phone ""1""", '') <> '') AS x
    WHERE replace(dnc_status, 'doubtful', 'clear') <> CASE c WHEN true THEN 'suppressed' WHEN false THEN 'clear'
        ELSE 'unreadable' END;
-- A column that the table gains comes into its views.
ALTER TABLE "weird ""name"."Contact's" ADD COLUMN note text DEFAULT 'new';
SELECT dnc_refresh_view('public.two'), dnc_refresh_view('public.flagged');
SELECT id, note FROM two ORDER BY id LIMIT 1;
SELECT id, note, dnc_status FROM flagged ORDER BY id LIMIT 1;
CREATE VIEW by_hand AS SELECT 1 AS one;
SELECT dnc_refresh_view('by_hand');
-- Bad input.
SELECT dnc_create_view('v', '"weird ""name"."Contact''s"', 'phone', region => 'US');
SELECT dnc_create_view('v', '"weird ""name"."Contact''s"', 'phone2');
SELECT dnc_create_view('v', '"weird ""name"."Contact''s"', 'phone2', region => 'XX');
SELECT dnc_create_view('v', '"weird ""name"."Contact''s"', 'phone2', region => 'US', region_column => 'Land');
SELECT dnc_create_view('v', '"weird ""name"."Contact''s"', 'id');
SELECT dnc_create_view('v', '"weird ""name"."Contact''s"', 'phone2', region => 'US', mode => 'hide');
SELECT dnc_create_view('v', '"weird ""name"."Contact''s"', 'phone2', channel => 'telegraph', region => 'US');
SELECT dnc_create_view('a.b.c', '"weird ""name"."Contact''s"', 'phone2', region => 'US');
SELECT dnc_create_view('public.two', '"weird ""name"."Contact''s"', 'phone2', region => 'US');
-- Guards: reject.
CREATE TABLE queue (id int, phone text, mobile dnc_phone, country text, note text);
INSERT INTO queue VALUES (0, '415 555 0101', NULL, 'US', 'there before');
SELECT dnc_attach('queue', '{phone,mobile}'::text[], region_column => 'country');
INSERT INTO queue VALUES (1, '415 555 0102', '+14155550103', 'US');
INSERT INTO queue VALUES (2, '415 555 0101', NULL, 'US');
INSERT INTO queue VALUES (3, NULL, '+14155550101', 'US');
INSERT INTO queue VALUES (4, 'rubbish', NULL, 'US');
INSERT INTO queue VALUES (5, '415 555 0102', NULL, NULL);
INSERT INTO queue VALUES (6, NULL, NULL, 'US'), (7, ' ', NULL, 'US');
COPY queue FROM STDIN WITH (FORMAT csv);
8,415 555 0104,,US,
9,415 555 0101,,US,
\.
SELECT id FROM queue ORDER BY id;
-- An UPDATE is looked at only when a guarded column changes.
UPDATE queue SET note = 'touched' WHERE id = 0;
UPDATE queue SET phone = '4155550101' WHERE id = 1;
UPDATE queue SET country = 'DE' WHERE id = 1;
UPDATE queue SET phone = '415 555 0199' WHERE id = 1;
SELECT dnc_attach('queue', 'phone', region => 'US');
SELECT relation, mode, channel, region_column, phone_columns, always FROM dnc.attachment;
-- Whatever session_replication_role says.
SET session_replication_role = replica;
INSERT INTO queue VALUES (10, '415 555 0101', NULL, 'US');
RESET session_replication_role;
-- A guarded column that goes away lets nothing through unchecked.
ALTER TABLE queue RENAME COLUMN mobile TO cell;
INSERT INTO queue VALUES (11, '415 555 0102', NULL, 'US');
ALTER TABLE queue RENAME COLUMN cell TO mobile;
-- Another channel has another guard.
SELECT dnc_add('+14155550120', 'sms') > 0 AS added;
INSERT INTO queue VALUES (12, NULL, '+14155550120', 'US');
SELECT dnc_attach('queue', 'mobile', channel => 'sms');
INSERT INTO queue VALUES (13, NULL, '+14155550120', 'US');
SELECT dnc_detach('queue', 'sms'), dnc_detach('queue');
SELECT dnc_detach('queue');
INSERT INTO queue VALUES (14, '415 555 0101', NULL, 'US');
-- Skip: what was left out is recorded.
CREATE TABLE skipping (id int, phone text);
SELECT dnc_attach('skipping', 'phone', region => 'US', mode => 'skip');
INSERT INTO skipping VALUES (1, '415 555 0101'), (2, '415 555 0102'), (3, 'rubbish');
COPY skipping FROM STDIN;
4	415 555 0101
5	415 555 0105
\.
SELECT * FROM skipping;
SELECT relation, column_name, operation, action, e164, spelling, ground FROM dnc.guard_event ORDER BY event_id;
-- Flag: boolean or text.
CREATE TABLE flagging (id int, phone text, bad boolean, why text);
SELECT dnc_attach('flagging', 'phone', region => 'US', mode => 'flag', flag_column => 'bad');
SELECT dnc_attach('flagging', 'phone', channel => 'sms', region => 'US', mode => 'flag', flag_column => 'why');
INSERT INTO flagging VALUES (1, '415 555 0101'), (2, '415 555 0120'), (3, 'rubbish'), (4, NULL);
SELECT * FROM flagging ORDER BY id;
-- Partitions, and a name with a space.
CREATE TABLE "part ed" (id int, phone dnc_phone) PARTITION BY RANGE (id);
CREATE TABLE part_1 PARTITION OF "part ed" FOR VALUES FROM (0) TO (10);
SELECT dnc_attach('"part ed"', 'phone');
CREATE TABLE part_2 PARTITION OF "part ed" FOR VALUES FROM (10) TO (20);
INSERT INTO "part ed" VALUES (1, '+14155550101');
INSERT INTO "part ed" VALUES (11, '+14155550101');
INSERT INTO part_2 VALUES (12, '+14155550101');
INSERT INTO "part ed" VALUES (1, '+14155550102'), (11, '+14155550102');
SELECT dnc_detach('"part ed"');
INSERT INTO part_2 VALUES (12, '+14155550101');
-- Bad input.
SELECT dnc_attach('queue', 'nowhere', region => 'US');
SELECT dnc_attach('queue', 'phone');
SELECT dnc_attach('queue', 'phone', region => 'US', mode => 'ignore');
SELECT dnc_attach('queue', 'phone', region => 'US', mode => 'flag');
SELECT dnc_attach('queue', 'phone', region => 'US', mode => 'flag', flag_column => 'id');
SELECT dnc_attach('queue', 'phone', region => 'US', flag_column => 'note');
SELECT dnc_attach('queue', '{}'::text[]);
SELECT dnc_attach(NULL, 'phone');
SELECT dnc_attach('two', 'phone2', region => 'US');
CREATE TABLE computed (raw text, phone dnc_phone GENERATED ALWAYS AS (dnc_try_parse(raw, 'US')) STORED);
SELECT dnc_attach('computed', 'phone');
SELECT count(*) AS guards FROM pg_trigger WHERE tgrelid IN ('queue'::regclass, 'computed'::regclass);
SELECT * FROM dnc_coverage();
