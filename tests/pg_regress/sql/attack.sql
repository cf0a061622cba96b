-- Ways in that were tried.
\set SHOW_CONTEXT never
-- A database owner who is no superuser plants operators before installing, and replaces the schema afterwards.
CREATE ROLE regress_dnc_crook;
SELECT format('GRANT CREATE ON DATABASE %I TO regress_dnc_crook', current_database()) \gexec
CREATE SCHEMA lair AUTHORIZATION regress_dnc_crook;
SET ROLE regress_dnc_crook;
CREATE FUNCTION lair.evil(oid, regclass) RETURNS boolean
LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'run as %', current_user; RETURN $1 OPERATOR(pg_catalog.=) $2::oid; END $$;
CREATE FUNCTION lair.evil(oid, regnamespace) RETURNS boolean
LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'run as %', current_user; RETURN $1 OPERATOR(pg_catalog.=) $2::oid; END $$;
CREATE FUNCTION lair.evil(oid, regprocedure) RETURNS boolean
LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'run as %', current_user; RETURN $1 OPERATOR(pg_catalog.=) $2::oid; END $$;
CREATE FUNCTION lair.evil(text, text) RETURNS boolean
LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'run as %', current_user; RETURN $1 OPERATOR(pg_catalog.=) $2; END $$;
CREATE OPERATOR lair.= (LEFTARG = oid, RIGHTARG = regclass, FUNCTION = lair.evil);
CREATE OPERATOR lair.= (LEFTARG = oid, RIGHTARG = regnamespace, FUNCTION = lair.evil);
CREATE OPERATOR lair.= (LEFTARG = oid, RIGHTARG = regprocedure, FUNCTION = lair.evil);
CREATE OPERATOR lair.= (LEFTARG = text, RIGHTARG = text, FUNCTION = lair.evil);
SET search_path = lair, pg_catalog;
CREATE EXTENSION dnc WITH SCHEMA lair;
SELECT string_agg(subject, ', ') AS unhealthy FROM dnc_health(deep => true) WHERE NOT healthy;
SELECT count(*) FROM dnc.attachment; SELECT count(*) FROM dnc_coverage();
ALTER SCHEMA lair RENAME TO old_lair;
CREATE SCHEMA lair;
CREATE FUNCTION lair.dnc_parse(text, text) RETURNS int
LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'run as %', current_user; RETURN 1; END $$;
CREATE FUNCTION lair.dnc_mask(old_lair.dnc_phone) RETURNS text
LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'run as %', current_user; RETURN ''; END $$;
CREATE FUNCTION lair.dnc_try_parse(text, text) RETURNS old_lair.dnc_phone
LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'run as %', current_user; RETURN NULL; END $$;
CREATE FUNCTION lair.dnc_check(old_lair.dnc_phone, text, text) RETURNS boolean
LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'run as %', current_user; RETURN NULL; END $$;
CREATE FUNCTION lair.evil(old_lair.dnc_phone, old_lair.dnc_phone) RETURNS boolean
LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'run as %', current_user; RETURN false; END $$;
CREATE OPERATOR lair.= (LEFTARG = old_lair.dnc_phone, RIGHTARG = old_lair.dnc_phone, FUNCTION = lair.evil);
CREATE DOMAIN lair.dnc_phone AS text;
SET search_path = old_lair;
SELECT dnc_add('+14155550101', external_ref => 'R') AS e \gset
SELECT dnc_add('+14155550101', external_ref => 'R') = :e AS same, dnc_check('+14155550101'),
    (SELECT count(*) FROM dnc_explain('+14155550101')) AS grounds,
    (SELECT count(*) FROM dnc_history('+14155550101')) AS rows;
SELECT dnc_correct(:e, '+14155550102', 'x') > 0 AS corrected, dnc_revoke('+14155550102'), dnc_revoke('+14155550103');
BEGIN;
SELECT dnc_import_start('f', 'US') AS batch \gset
INSERT INTO dnc.import_row (phone) VALUES ('415 555 0104');
COMMIT;
SELECT added FROM dnc_import_finish(:batch);
SELECT dnc_import_undo(:batch, 'x');
SELECT bool_and(healthy) FROM dnc_health(deep => true);
RESET ROLE; RESET search_path;
-- No definer function names the target schema in a body that is read at run time.
SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    WHERE l.lanname = 'plpgsql' AND p.prosrc ~ '\mlair\M'
    -- Functions of schema dnc are called by such functions; these three write statements that run as the caller.
      AND (p.prosecdef OR p.pronamespace = 'dnc'::regnamespace
          AND p.proname NOT IN ('region_expression', 'phone_expressions', 'clear_condition'));
SET dnc.allow_drop = on;
DROP EXTENSION dnc CASCADE; DROP OWNED BY regress_dnc_crook CASCADE; DROP ROLE regress_dnc_crook;
CREATE EXTENSION dnc;
INSERT INTO dnc.purpose (purpose) VALUES ('acme'), ('acme/cards');
-- Who asks about a brand asks about its products.
SELECT dnc_add('+14155550201', purpose => 'acme/cards') > 0 AS added;
SELECT dnc_check('+14155550201', 'voice', 'acme') AS brand;
SELECT dnc_revoke('+14155550201', purpose => 'acme/cards');
SELECT dnc_check('+14155550201', 'voice', 'acme') AS brand;
-- An unknown purpose in the setting stops a guard as it stops a check.
CREATE TABLE queue (id int, phone dnc_phone, alt dnc_phone, note text);
SELECT dnc_attach('queue', 'phone');
SET dnc.purpose = 'acmee';
INSERT INTO queue VALUES (1, '+14155550299');
RESET dnc.purpose;
-- A trigger that sorts after the guard, on an UPDATE that does not name the column.
SELECT dnc_add('+14155550202') > 0 AS added;
CREATE FUNCTION swap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.phone := NEW.alt; RETURN NEW; END $$;
CREATE TRIGGER zzz BEFORE UPDATE ON queue FOR EACH ROW EXECUTE FUNCTION swap();
INSERT INTO queue VALUES (1, '+14155550203', '+14155550202');
UPDATE queue SET note = 'swap';
SELECT phone FROM queue;
-- A row that its own transaction deleted again does not cost the refusal.
CREATE TABLE passing (id int, phone dnc_phone);
SELECT dnc_attach('passing', 'phone');
BEGIN;
INSERT INTO passing VALUES (1, '+14155550206'), (2, '+14155550207');
SELECT dnc_add('+14155550206') > 0 AS added;
DELETE FROM passing WHERE id = 1;
UPDATE passing SET phone = '+14155550208' WHERE id = 2;
SELECT dnc_add('+14155550207') > 0 AS added;
COMMIT;
SELECT dnc_check('+14155550206') AS one, dnc_check('+14155550207') AS two,
    (SELECT array_agg(phone) FROM passing) AS rows;
-- The flag is the guard's.
CREATE TABLE flagging (phone dnc_phone, bad boolean, country text, raw text);
SELECT dnc_attach('flagging', 'phone', mode => 'flag', flag_column => 'bad');
INSERT INTO flagging VALUES ('+14155550202'), (NULL);
UPDATE flagging SET bad = false;
SELECT phone, bad FROM flagging;
SELECT dnc_attach('flagging', 'phone', channel => 'sms', mode => 'flag', flag_column => 'phone');
-- Inheritance, and skipping rows that move between partitions.
CREATE TABLE child () INHERITS (flagging);
SELECT dnc_attach('flagging', 'phone', channel => 'fax');
CREATE TABLE parted (id int, phone dnc_phone) PARTITION BY LIST (id);
SELECT dnc_attach('parted', 'phone', mode => 'skip');
-- Channels whose names resemble a trigger's, or are long.
INSERT INTO dnc.channel (channel, description) VALUES ('x', 'x'), ('x_commit', 'x'), (repeat('y', 60), 'x');
SELECT dnc_attach('flagging', 'raw', channel => 'x_commit', region => 'US') FROM (SELECT 1) AS x WHERE false;
CREATE TABLE plain (phone dnc_phone);
SELECT dnc_attach('plain', 'phone', channel => 'x_commit'), dnc_attach('plain', 'phone', channel => repeat('y', 60));
SELECT dnc_detach('plain', 'x');
SELECT count(*) AS guards FROM dnc.attachment WHERE relation = 'plain'::regclass;
SELECT dnc_detach('plain');
-- A number that may not be read is not shown by an error.
CREATE TABLE hidden (phone text, country text);
SELECT dnc_attach('hidden', 'phone', region_column => 'country');
INSERT INTO hidden VALUES ('0171 5550134', 'DE');
UPDATE hidden SET country = 'ZZ';
-- Times at which nothing is known.
SELECT dnc_check('+14155550202', at => 'infinity');
SELECT dnc_is_clear('+14155550202', at => '-infinity');
BEGIN;
SELECT dnc_check('+14155550202', at => now()) AS at_now,
    dnc_check('+14155550202', at => now() - interval '1 hour') AS before;
COMMIT;
-- A withdrawal made before the refusal, recorded after it.
SELECT dnc_revoke('+14155550202', requested_at => now() - interval '10 days', received_at => now() - interval '9 days');
SELECT dnc_check('+14155550202');
-- A reference whose request was withdrawn does not swallow the next one.
SELECT dnc_add('+14155550204', external_ref => 'S-1') > 0 AS added, dnc_revoke('+14155550204');
SELECT dnc_add('+14155550204', external_ref => 'S-1');
-- Imports lose nothing silently.
BEGIN;
SELECT dnc_import_start('a.csv', 'US') AS a \gset
COPY dnc.import_row (phone, channel, purpose, requested_at, external_ref) FROM STDIN WITH (FORMAT csv);
4155550301,sms,,,C1
4155550301,voice,,,C1
4155550302,voice,later,,
4155550303,,,2024-01-01 00:00:00 Foo/Bar,
4155550304,,,2024-01-01 00:00:00+99:00,
4155550305,,,yesterday,
4155550306,,,03/04/2024,
4155550307,,,2024-04-03,U1
\.
COMMIT;
SELECT * FROM dnc_import_finish(:a);
SELECT dnc_check('+14155550301', 'sms') AS sms, dnc_check('+14155550301') AS voice,
    dnc_check('+14155550302') AS rejected;
INSERT INTO dnc.import_row (batch_id, phone) VALUES (:a, '4155550399');
INSERT INTO dnc.import_row (phone) VALUES ('4155550399');
-- The same file again, when what was unknown is known: only that is added.
INSERT INTO dnc.purpose (purpose) VALUES ('later');
BEGIN;
SELECT dnc_import_start('a.csv', 'US') AS b \gset
COPY dnc.import_row (phone, channel, purpose, requested_at, external_ref) FROM STDIN WITH (FORMAT csv);
4155550301,sms,,,C1
4155550301,voice,,,C1
4155550302,voice,later,,
4155550303,,,2024-01-01 00:00:00 Foo/Bar,
4155550304,,,2024-01-01 00:00:00+99:00,
4155550305,,,yesterday,
4155550306,,,03/04/2024,
4155550307,,,2024-04-03,U1
\.
COMMIT;
SELECT * FROM dnc_import_finish(:b);
SELECT dnc_check('+14155550302', 'voice', 'later') AS added;
-- Another file with the same reference stands on its own.
BEGIN;
SELECT dnc_import_start('c.csv', 'US') AS c \gset
COPY dnc.import_row (phone, external_ref) FROM STDIN WITH (FORMAT csv);
4155550307,U1
\.
COMMIT;
SELECT * FROM dnc_import_finish(:c);
SELECT dnc_import_undo(:a, 'wrong');
SELECT dnc_check('+14155550307') AS still;
-- Numbers that ON CONFLICT dropped are forgotten, whoever guesses the next.
BEGIN;
INSERT INTO dnc.channel (channel, description, audit_seq) SELECT 'x', 'x', last_value + i
FROM dnc.audit_seq, generate_series(1, 3) AS i ON CONFLICT DO NOTHING;
SELECT dnc_add('+14155550401') > 0 AS added;
COMMIT;
SELECT healthy FROM dnc_health(deep => true) WHERE subject = 'rows in the log';
-- One number with very many refusals, each ended: linear.
SET client_min_messages = warning;
SELECT count(dnc_add('+14155550501')) FROM generate_series(1, 3000);
SELECT dnc_revoke('+14155550501');
SET statement_timeout = '2s';
SELECT count(dnc_check('+14155550501')) FROM generate_series(1, 20);
