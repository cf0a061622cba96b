-- What a guard holds to: the columns that it was made for, tables that inherit, triggers around it, blank and renamed
-- columns.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SELECT dnc_add('+14155550101') > 0 AS added;
-- Its arguments are named, and name what the table had; the id is the database's own.
CREATE TABLE queue (id int, gone int, phone text, "Mobile ""é""" text, country text, bad boolean);
ALTER TABLE queue DROP COLUMN gone;
SELECT dnc_attach('queue', '{phone,"Mobile \"é\""}'::text[], region_column => 'country', mode => 'flag',
    flag_column => 'bad');
SELECT replace(replace(a, i.installation, 'ID'), 'queue'::regclass::oid::text, 'OID') AS argument
FROM dnc.installation AS i, pg_trigger AS t,
    unnest(string_to_array(encode(t.tgargs, 'escape'), '\000')) AS a WHERE t.tgrelid = 'queue'::regclass
        AND t.tgname LIKE 'zz_dnc_guard%' AND a <> '';
SELECT relation, mode, channel, region_column, flag_column, phone_columns, problem FROM dnc.attachment;
SELECT dnc_detach('queue');
-- A column that takes the name of a guarded one is not guarded in its place: nothing is let through.
SELECT dnc_attach('queue', 'phone', region => 'US');
INSERT INTO queue (id, phone) VALUES (1, '415 555 0102');
ALTER TABLE queue RENAME COLUMN phone TO old_phone;
ALTER TABLE queue RENAME COLUMN "Mobile ""é""" TO phone;
INSERT INTO queue (id, old_phone) VALUES (2, '415 555 0101');
INSERT INTO queue (id, phone) VALUES (3, '415 555 0102');
UPDATE queue SET id = 4;
SELECT relation, problem FROM dnc.attachment;
SELECT subject, healthy, detail FROM dnc_health(deep => true) WHERE subject = 'guards';
SELECT dnc_detach('queue'), dnc_attach('queue', 'phone', region => 'US');
INSERT INTO queue (id, phone) VALUES (5, '415 555 0101');
INSERT INTO queue (id, phone) VALUES (6, '415 555 0102');
-- The same below a partitioned table, whose partitions have their columns in another order.
CREATE TABLE parted (id int, phone text, other text) PARTITION BY RANGE (id);
CREATE TABLE parted_1 (other text, phone text, id int);
ALTER TABLE parted ATTACH PARTITION parted_1 FOR VALUES FROM (0) TO (10);
SELECT dnc_attach('parted', 'phone', region => 'US');
INSERT INTO parted VALUES (1, '415 555 0101', NULL);
INSERT INTO parted VALUES (1, '415 555 0102', '415 555 0101');
INSERT INTO parted_1 (id, phone) VALUES (2, '415 555 0101');
ALTER TABLE parted RENAME COLUMN phone TO old_phone;
ALTER TABLE parted RENAME COLUMN other TO phone;
INSERT INTO parted VALUES (3, '415 555 0102', '415 555 0102');
DROP TABLE parted;
-- A column that is dropped and made anew is another one.
CREATE TABLE again (id int, phone text);
SELECT dnc_attach('again', 'phone', region => 'US');
ALTER TABLE again DROP COLUMN phone;
INSERT INTO again VALUES (1);
ALTER TABLE again ADD COLUMN phone text;
INSERT INTO again VALUES (1, '415 555 0102');
DROP TABLE again;
-- A table that comes to inherit is not guarded, and health says so.
CREATE TABLE parent (id int, phone text);
SELECT dnc_attach('parent', 'phone', region => 'US');
CREATE TABLE child () INHERITS (parent);
SELECT relation, problem FROM dnc.attachment WHERE problem IS NOT NULL;
SELECT relation, column_name, guarded FROM dnc_coverage() WHERE relation IN ('parent'::regclass, 'child'::regclass);
SELECT subject, healthy, detail FROM dnc_health(deep => true) WHERE subject = 'guards';
SELECT dnc_attach('child', 'phone', region => 'US');
SELECT subject, healthy, detail FROM dnc_health(deep => true) WHERE subject = 'guards';
INSERT INTO child VALUES (1, '415 555 0101');
DROP TABLE child, parent;
-- A trigger that runs after the guard and writes the number: the commit finds it, also where the row is updated again.
CREATE TABLE late (id int, phone text, note text, bad boolean);
SELECT dnc_attach('late', 'phone', region => 'US', flag_column => 'bad');
CREATE FUNCTION late() RETURNS trigger
LANGUAGE plpgsql AS $$BEGIN IF NEW.note IS NULL THEN NEW.phone := '415 555 0101'; END IF; RETURN NEW; END$$;
CREATE TRIGGER zzz_late BEFORE INSERT OR UPDATE ON late FOR EACH ROW EXECUTE FUNCTION late();
SELECT relation, problem FROM dnc.attachment WHERE problem IS NOT NULL;
INSERT INTO late VALUES (1, '415 555 0102');
BEGIN;
INSERT INTO late VALUES (1, '415 555 0102');
UPDATE late SET note = 'x';
COMMIT;
INSERT INTO late VALUES (1, '415 555 0102', 'kept');
BEGIN;
UPDATE late SET note = NULL;
UPDATE late SET note = 'y';
COMMIT;
-- Rows that COPY froze are this transaction's too.
BEGIN;
TRUNCATE late;
COPY late (id, phone, note) FROM STDIN WITH (FREEZE);
2	415 555 0102	\N
\.
UPDATE late SET note = 'x';
COMMIT;
SELECT * FROM late;
-- A guard without a flag sees the row that was written.
SELECT dnc_detach('late'), dnc_attach('late', 'phone', region => 'US') > 0 AS has_rows;
SELECT relation, problem FROM dnc.attachment WHERE problem IS NOT NULL;
INSERT INTO late VALUES (1, '415 555 0102');
UPDATE late SET note = NULL;
SELECT * FROM late;
DROP TABLE late;
-- Blank is white space and nothing else.
CREATE TABLE blank (id int, phone text);
INSERT INTO blank VALUES (1, E'\013'), (2, 'v'), (3, E' \t\n'), (4, NULL), (5, '415 555 0102');
SELECT dnc_attach('blank', 'phone', region => 'US');
SELECT dnc_create_view('public.blank_view', 'blank', 'phone', region => 'US');
INSERT INTO blank VALUES (6, 'v');
DROP VIEW blank_view;
DROP TABLE blank;
-- Arguments that this release does not know let nothing through.
CREATE TABLE future (id int, phone text);
CREATE TRIGGER zz_dnc_guard_voice BEFORE INSERT
    ON future FOR EACH ROW EXECUTE FUNCTION dnc_guard('guard=2', 'mode=reject', 'phone_column=phone');
INSERT INTO future VALUES (1, '415 555 0102');
DROP TABLE future;
-- A purpose that was set for a role counts for that role, not for another that the session becomes.
INSERT INTO dnc.purpose (purpose) VALUES ('a'), ('b');
CREATE ROLE guard_a LOGIN; CREATE ROLE guard_b;
GRANT guard_b TO guard_a;
SELECT dnc_grant('reader', 'guard_a'), dnc_grant('reader', 'guard_b');
ALTER ROLE guard_a SET dnc.purpose = 'a';
SELECT dnc_add('+14155550110', purpose => 'a') > 0, dnc_add('+14155550111', purpose => 'b') > 0;
SELECT current_database() AS db \gset
\c :db guard_a
SELECT current_user, dnc_check('+14155550110') AS a, dnc_check('+14155550111') AS b,
    dnc_is_clear('+14155550111') AS clear;
SET ROLE guard_b;
SELECT current_user, dnc_check('+14155550110') AS a, dnc_check('+14155550111') AS b,
    dnc_is_clear('+14155550111') AS clear;
SELECT bool_and(dnc_check(p)) AS all_suppressed
FROM (SELECT '+14155550111'::dnc_phone AS p FROM generate_series(1, 3000)) AS x;
RESET ROLE;
SELECT current_user, dnc_check('+14155550110') AS a, dnc_check('+14155550111') AS b;
\c :db postgres
-- One that the session sets itself counts whatever the role.
SET dnc.purpose = 'a';
SET ROLE guard_b;
SELECT dnc_check('+14155550110') AS a, dnc_check('+14155550111') AS b, dnc_status('+14155550111') AS status;
RESET ROLE;
RESET dnc.purpose;
SELECT dnc_ungrant('reader', 'guard_a'), dnc_ungrant('reader', 'guard_b');
DROP ROLE guard_a, guard_b;
-- A set that was made while a purpose was set is not used without it.
CREATE TABLE contact AS SELECT i, ('+1415555' || lpad(i::text, 4, '0'))::dnc_phone AS phone
    FROM generate_series(1000, 9999) AS i;
SELECT count(dnc_add(phone::text, 'voice', 'b')) FROM contact WHERE i % 2 = 0;
INSERT INTO dnc.list (list, kind, purposes) VALUES ('of_b', 'industry', '{b}');
SET client_min_messages = warning;
SELECT dnc_list_load_query('of_b', 'SELECT phone FROM contact') > 0 AS loaded;
RESET client_min_messages;
ANALYZE contact;
SET dnc.statement_set = on;
SELECT x.i < 2000 AS asked_about_a, count(*) FILTER (WHERE y.suppressed) AS suppressed, count(*)
    FROM (SELECT set_config('dnc.purpose', CASE WHEN i < 2000 THEN 'a' ELSE '' END, true) AS was, i, phone FROM contact
        ORDER BY i OFFSET 0) AS x,
         LATERAL (SELECT dnc_check(x.phone) AS suppressed WHERE x.was IS NOT NULL OFFSET 0) AS y GROUP BY 1 ORDER BY 1;
-- What guards report: SQLSTATEs of class 23, so that every driver sees a constraint that is violated. Other functions
-- that are called on the way keep it.
CREATE TABLE coded (phone text, region text);
SELECT dnc_attach('coded', 'phone', channel => 'voice', region_column => 'region');
INSERT INTO dnc.list (list, kind, strict, jurisdiction, channels) VALUES ('late', 'national', true, 'FR', '{voice}');
\set VERBOSITY sqlstate
INSERT INTO coded VALUES ('+14155550110', 'US');
INSERT INTO coded VALUES ('rubbish', 'US');
INSERT INTO coded VALUES ('415 555 0199', NULL);
INSERT INTO coded VALUES ('+33142685300', 'FR');
DO $$ BEGIN INSERT INTO coded VALUES ('+14155550110', 'US'); END $$;
BEGIN;
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO coded VALUES ('+14155550110', 'US');
ROLLBACK;
\set VERBOSITY default
DO $$
BEGIN
    INSERT INTO coded VALUES ('+14155550110', 'US');
EXCEPTION WHEN integrity_constraint_violation OR SQLSTATE '23N01' THEN
    RAISE NOTICE '% is %', SQLERRM, SQLSTATE;
END
$$;
DELETE FROM dnc.list WHERE list = 'late';
