-- ---------------------------------------------------------------------------
-- The installation id
-- ---------------------------------------------------------------------------

CREATE TRIGGER "90_epoch" AFTER INSERT ON dnc.installation FOR EACH ROW EXECUTE FUNCTION dnc.new_epoch();
ALTER TABLE dnc.installation ENABLE ALWAYS TRIGGER "90_epoch";

-- Created on first use, so that a restore finds none.
CREATE FUNCTION dnc.installation_id() RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS $$
DECLARE
    found text;
BEGIN
    SELECT i.installation INTO found FROM dnc.installation AS i WHERE i.own;
    IF found IS NULL THEN
        LOCK TABLE dnc.installation IN SHARE ROW EXCLUSIVE MODE;
        INSERT INTO dnc.installation (installation, own, since) VALUES (gen_random_uuid()::text, true, now())
        ON CONFLICT DO NOTHING;
        SELECT i.installation INTO found FROM dnc.installation AS i WHERE i.own;
        IF found IS NULL THEN
            RAISE EXCEPTION 'another session has just given this database its installation id'
                USING ERRCODE = 'serialization_failure', HINT = 'Run the transaction again.';
        END IF;
    END IF;
    RETURN found;
END
$$;
COMMENT ON FUNCTION dnc.installation_id() IS 'installation id of this database, which its guards and views carry';

-- A worker of a Citus cluster gets CREATE EXTENSION, but not the list. Its group is not 0, the coordinator's. A worker
-- without metadata has group 0 and no nodes, and is recognized by the application_name of its connections.
CREATE FUNCTION dnc.is_citus_worker() RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog,
    pg_temp AS $$
DECLARE
    worker boolean;
BEGIN
    IF to_regclass('pg_catalog.pg_dist_local_group') IS NULL OR to_regclass('pg_catalog.pg_dist_node') IS NULL THEN
        RETURN false;
    END IF;
    EXECUTE 'SELECT coalesce((SELECT max(g.groupid) FROM pg_catalog.pg_dist_local_group AS g), 0) <> 0
                 OR current_setting(''application_name'') LIKE ''citus%'' 
                    
                    AND NOT EXISTS (SELECT FROM pg_catalog.pg_dist_node)' INTO worker;
    RETURN worker;
END
$$;
COMMENT ON FUNCTION dnc.is_citus_worker() IS 'whether this server is a worker of a Citus cluster, which has no list';

CREATE FUNCTION dnc.require_local(relation regclass) RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog,
    pg_temp AS $$
DECLARE
    distributed boolean;
BEGIN
    IF to_regclass('pg_catalog.pg_dist_partition') IS NULL THEN
        RETURN;
    END IF;
    EXECUTE 'SELECT EXISTS (SELECT FROM pg_catalog.pg_dist_partition AS p WHERE p.logicalrelid = $1)' INTO distributed
        USING relation;
    IF distributed THEN
        RAISE EXCEPTION '% is distributed by Citus', relation USING ERRCODE = 'feature_not_supported',
            DETAIL = 'Its rows are checked on workers, which do not have the Do-Not-Call list.',
            HINT = 'Guard, scrub or view a local table of the coordinator; or check there what a query has fetched: '
                   'SELECT … FROM (SELECT … OFFSET 0) AS x WHERE dnc_is_clear(x.phone).';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_local(regclass)
    IS 'raises for a table whose rows are on the workers of a Citus cluster';

-- In the WHERE of every view of dnc_create_view; evaluated once per scan.
CREATE FUNCTION @extschema@.dnc_is_here(installation text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM dnc.installation AS i WHERE i.installation = dnc_is_here.installation) THEN
        RAISE EXCEPTION 'the view was made for a Do-Not-Call list that is not in this database'
            USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'The list was not restored, or the view came from another database. So nothing is known to be '
                     'clear.',
            HINT = 'Restore the data of the extension as a superuser. If the list is complete as it is, an '
                   'administrator states so: SELECT dnc_list_is_complete(why => ''…'').';
    END IF;
    RETURN true;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_is_here(text)
    IS 'Returns true if the list that a view was made for is in this database. Called by the views of dnc_create_view.
Errors: 55000 the list is not in this database.
Example: SELECT dnc_is_here(installation => dnc.installation_id());';

-- Created before the functions that call it; it reads dnc.absence, which is created later.
CREATE FUNCTION dnc.require_list() RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_require_list_wrapper'
LANGUAGE c STABLE PARALLEL SAFE;
COMMENT ON FUNCTION dnc.require_list() IS 'true if the list is in this database; raises (55000) otherwise';

-- Derived from the privileges on one object of the set.
CREATE FUNCTION dnc.holders(grant_set text) RETURNS SETOF text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT CASE WHEN g.grantee = 0 THEN 'public' ELSE r.rolname::text END FROM (
        SELECT a.grantee FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
            AND d.deptype = 'e'
            JOIN pg_extension AS x ON x.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass
                AND x.extname = 'dnc', aclexplode(p.proacl) AS a
            WHERE a.privilege_type = 'EXECUTE'
              AND p.proowner = (SELECT n.nspowner FROM pg_namespace AS n WHERE n.nspname = 'dnc')
              AND p.proname = CASE holders.grant_set WHEN 'reader' THEN 'dnc_is_clear' WHEN 'agent' THEN 'dnc_add'
                WHEN 'administrator' THEN 'dnc_import_start' END
        UNION ALL
        SELECT a.grantee FROM pg_class AS c, aclexplode(c.relacl) AS a WHERE c.oid = 'dnc.audit_log'::regclass
            AND a.privilege_type = 'SELECT' AND holders.grant_set = 'auditor') AS g
    LEFT JOIN pg_roles AS r ON r.oid = g.grantee WHERE g.grantee = 0 OR NOT r.rolsuper;
END;
COMMENT ON FUNCTION dnc.holders(text) IS 'roles that were granted a grant set';
