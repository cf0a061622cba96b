-- A database owner who is no superuser installs, grants, adds and checks; others do what they were granted.
\set SHOW_CONTEXT never
CREATE ROLE regress_dnc_owner; CREATE ROLE regress_dnc_plain; CREATE ROLE regress_dnc_agent;
CREATE ROLE regress_dnc_auditor; CREATE ROLE regress_dnc_admin;
SELECT format('GRANT CREATE ON DATABASE %I TO regress_dnc_owner', current_database()) \gexec
CREATE SCHEMA dnc;
CREATE EXTENSION dnc WITH SCHEMA dnc;
DROP SCHEMA dnc;
CREATE SCHEMA "100%";
CREATE EXTENSION dnc WITH SCHEMA "100%";
DROP SCHEMA "100%";
CREATE SCHEMA app AUTHORIZATION regress_dnc_owner;
GRANT USAGE ON SCHEMA app TO PUBLIC;
SET ROLE regress_dnc_owner;
CREATE EXTENSION dnc WITH SCHEMA app;
SET search_path = app;
SELECT dnc_grant('agent', 'regress_dnc_agent'), dnc_grant('auditor', 'regress_dnc_auditor'),
    dnc_grant('administrator', 'regress_dnc_admin');
SELECT dnc_grant('king', 'regress_dnc_agent');
SELECT dnc_grant('reader', 'nobody there');
SELECT dnc_grant('agent', 'public');
SELECT dnc_add('+14155550101') > 0 AS added;
SELECT dnc_check('+14155550101'), dnc_is_clear('+14155550102');
CREATE TABLE contact (id int, phone text, e164 dnc_phone GENERATED ALWAYS AS (dnc_try_parse(phone, 'US')) STORED);
INSERT INTO contact VALUES (1, '415 555 0101'), (2, '415 555 0102');
SELECT dnc_create_view('callable', 'contact', 'e164', readers => '{regress_dnc_plain}');
SELECT dnc_attach('contact', 'phone', region => 'US');
GRANT INSERT, SELECT ON contact TO regress_dnc_plain;
-- Somebody with no grant but those on the view and the table.
SET ROLE regress_dnc_plain;
SELECT * FROM callable;
INSERT INTO contact VALUES (3, '415 555 0103');
INSERT INTO contact VALUES (4, '415 555 0101');
SELECT dnc_parse('(415) 555 0101', 'US') = '+14155550101' AS type_is_public;
SELECT dnc_add('+14155550109');
SELECT dnc_explain('+14155550101');
SELECT dnc_history('+14155550101');
SELECT dnc_grant('agent', 'regress_dnc_plain');
SELECT * FROM dnc.entry;
SELECT * FROM dnc.suppressed;
SELECT dnc_import_start('x');
CREATE TEMP TABLE oracle (phone app.dnc_phone);
CREATE TRIGGER t BEFORE INSERT
    ON oracle FOR EACH ROW EXECUTE FUNCTION dnc_guard('guard=1', 'mode=reject', 'phone_column=phone');
-- An agent.
SET ROLE regress_dnc_agent;
SELECT dnc_add('+14155550110', source => 'phone_agent') > 0 AS added;
SELECT dnc_check('+14155550110'), dnc_revoke('+14155550110'),
    (SELECT count(*) FROM dnc_history('+14155550110')) AS rows;
SELECT channel FROM dnc.channel WHERE channel = 'voice';
SELECT count(*) FROM dnc.entry;
INSERT INTO dnc.entry (phone) VALUES ('+14155550111');
INSERT INTO dnc.purpose (purpose) VALUES ('x');
SELECT dnc_import_undo(1, 'x');
INSERT INTO dnc.list (list, kind) VALUES ('us', 'national');
SELECT dnc_list_load_query('us', 'SELECT 1');
SELECT dnc_add_prefix('+1900');
-- An administrator.
SET ROLE regress_dnc_admin;
INSERT INTO dnc.purpose (purpose) VALUES ('acme');
SELECT count(*) FROM dnc.entry;
SELECT dnc_correct(1, '+14155550120', 'typing error') > 0 AS corrected;
SELECT bool_and(healthy) FROM dnc_health(deep => true) WHERE severity <> 'notice';
UPDATE dnc.purpose SET description = 'the brand'; UPDATE dnc.purpose SET purpose = 'b'; DELETE FROM dnc.purpose;
UPDATE dnc.reason SET sticky = false; UPDATE dnc.entry SET reason = NULL; ALTER TABLE dnc.entry DISABLE TRIGGER ALL;
SELECT count(*) FROM dnc.audit_data;
SELECT dnc_export('everything');
SELECT count(*) FROM dnc_export('entries', 'all');
-- Who loads a list reads with rights of their own, and writes nothing but versions.
INSERT INTO dnc.list (list, kind, jurisdiction) VALUES ('us', 'national', 'US');
SELECT dnc_list_load_query('us', 'SELECT 4155550190') AS version;
SELECT dnc_list_load_query('us', 'SELECT phone FROM dnc.audit_data');
SELECT dnc_list_load('us', '/etc/passwd');
SELECT dnc.load_file(1, '/etc/passwd', 100);
SELECT dnc.load_end(1, true);
SELECT dnc.make_current(1);
INSERT INTO dnc.list_version (list, state) VALUES ('us', 'current');
UPDATE dnc.list_version SET state = 'former';
DELETE FROM dnc.list_block;
SELECT count(*) FROM dnc.list_block;
SELECT dnc_check('+14155550190'), dnc_add_prefix('+1900') > 0 AS prefix,
    (SELECT count(*) FROM dnc.list_progress) AS loads, (SELECT count(*) FROM dnc.stale_list) AS stale;
-- An auditor reads all and writes nothing.
SET ROLE regress_dnc_auditor;
SELECT effective_role, count(*) FROM dnc.audit_log GROUP BY 1 ORDER BY 1;
SELECT count(*) > 0 AS data FROM dnc.audit_data;
SELECT dnc_check('+14155550120'), (SELECT count(*) FROM dnc_explain('+14155550120')) AS grounds;
SELECT list_name, healthy FROM dnc_list_verify();
SELECT dnc_list_revert('us');
SELECT dnc_add('+14155550109'); INSERT INTO dnc.audit_log SELECT * FROM dnc.audit_log; DELETE FROM dnc.audit_log;
-- The extension's owner does not own the tables, and so cannot switch a trigger off.
SET ROLE regress_dnc_owner;
ALTER TABLE dnc.entry DISABLE TRIGGER ALL;
DROP TRIGGER "00_audit_write" ON dnc.entry;
SELECT count(*) > 0 AS can_dump FROM dnc.entry;
SELECT count(*) > 100 AS everything FROM dnc_export('everything');
SELECT dnc_ungrant('agent', 'regress_dnc_agent');
SET ROLE regress_dnc_agent;
SELECT dnc_add('+14155550110');
RESET ROLE;
-- Checks for all in one line.
SET ROLE regress_dnc_owner; SELECT dnc_grant('reader', 'public'); SET ROLE regress_dnc_plain;
SELECT dnc_check('+14155550120'); RESET ROLE;
-- No function of the store is anybody's by default; every SECURITY DEFINER function has its search_path pinned.
SELECT dnc_ungrant('reader', 'public');
SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
    AND d.deptype = 'e'
    WHERE d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'dnc')
      AND has_function_privilege('public', p.oid, 'EXECUTE')
      AND p.proname !~ '^dnc_phone|^dnc_(parse|try_parse|parse_problem|format|region|country_code|national|is_valid|li'
                       'ne_type|time_zones|mask|keyword|has_prefix|has_prefix_support|metadata_version)$|^(min|max)$';
SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
    AND d.deptype = 'e'
    WHERE p.prosecdef AND NOT coalesce(p.proconfig::text, '') LIKE '%search_path=pg_catalog, pg_temp%';
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind IN ('r', 'v', 'S')
    AND has_table_privilege('public', c.oid, 'SELECT');
-- Whatever a set may read, it can.
DO $$
DECLARE
    s text;
    r text;
BEGIN
    FOREACH s IN ARRAY ARRAY['administrator', 'auditor', 'agent'] LOOP
        EXECUTE format('CREATE ROLE regress_dnc_set_%s', s);
        PERFORM dnc_grant(s, 'regress_dnc_set_' || s);
        FOR r IN SELECT object FROM dnc.permission WHERE grant_set = s AND privilege ~ 'SELECT'
            AND to_regclass(object) IS NOT NULL LOOP
            BEGIN
                EXECUTE format('SET ROLE regress_dnc_set_%s', s);
                EXECUTE format('SELECT * FROM %s', r);
            EXCEPTION WHEN insufficient_privilege THEN RAISE WARNING '% cannot read %: %', s, r, SQLERRM;
            END;
            RESET ROLE;
        END LOOP;
        PERFORM dnc_ungrant(s, 'regress_dnc_set_' || s);
        EXECUTE format('DROP ROLE regress_dnc_set_%s', s);
    END LOOP;
END
$$;
SET dnc.allow_drop = on;
DROP EXTENSION dnc CASCADE;
DROP SCHEMA app CASCADE; DROP OWNED BY regress_dnc_owner, regress_dnc_plain, regress_dnc_agent, regress_dnc_auditor,
    regress_dnc_admin;
DROP ROLE regress_dnc_owner, regress_dnc_plain, regress_dnc_agent, regress_dnc_auditor, regress_dnc_admin;
