-- ---------------------------------------------------------------------------
-- Guards and views whose list is not in this database
-- ---------------------------------------------------------------------------

CREATE VIEW dnc.installation_claim AS
    SELECT t.tgrelid::pg_catalog.regclass AS relation, 'guard'::text AS kind,
        (dnc.guard_argument(t.tgargs, 'installation'))[1] AS installation, true AS counts
    FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_trigger AS t ON t.oid = d.objid
    WHERE d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
      AND d.refobjid = '@extschema@.dnc_guard()'::pg_catalog.regprocedure
      AND d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND t.tgparentid = 0
    UNION
    SELECT r.ev_class::pg_catalog.regclass, 'view',
        coalesce(pg_catalog.substring(pg_catalog.obj_description(r.ev_class, 'pg_class'),
            '^dnc_create_view .*"installation": "([^"]*)"'),
               pg_catalog.substring(pg_catalog.pg_get_viewdef(r.ev_class), 'dnc_is_here\(''([0-9a-f-]{36})')),
           pg_catalog.has_function_privilege(v.relowner, '@extschema@.dnc_guard()'::pg_catalog.regprocedure, 'EXECUTE')
    FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_rewrite AS r ON r.oid = d.objid
    JOIN pg_catalog.pg_class AS v ON v.oid = r.ev_class
    WHERE v.relnamespace <> 'dnc'::pg_catalog.regnamespace AND d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
      AND d.refobjid = '@extschema@.dnc_is_here(text)'::pg_catalog.regprocedure
      AND d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass;
COMMENT ON VIEW dnc.installation_claim
    IS 'guards and views of this database with the id of the list that each was made for';

CREATE VIEW dnc.foreign_claim AS
    SELECT c.relation, c.kind, c.installation, c.counts FROM dnc.installation_claim AS c
    WHERE c.installation IS NOT NULL
      AND NOT EXISTS (SELECT FROM dnc.installation AS i WHERE i.installation = c.installation);
COMMENT ON COLUMN dnc.installation_claim.counts
    IS 'whether it blocks every check while its list is missing. A view does so only if its owner may create guards, '
       'so that nobody else can block checks; otherwise only the view fails';
COMMENT ON VIEW dnc.foreign_claim
    IS 'guards and views made for a list that is not in this database; while one of them counts, every check fails';

-- Read by src/pg/list.rs when it loads the caches of checks.
CREATE FUNCTION dnc.absence() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_extension AS x WHERE x.extname = 'citus')
        AND dnc.is_citus_worker() THEN 'worker'
                ELSE (SELECT pg_catalog.format('%s of %s', c.kind, c.relation) FROM dnc.foreign_claim AS c
                    WHERE c.counts ORDER BY c.relation::text, c.kind LIMIT 1) END;
END;
COMMENT ON FUNCTION dnc.absence()
    IS 'worker for a worker of a Citus cluster, or a guard or view whose list is missing; NULL: the list is in this '
       'database';

CREATE FUNCTION @extschema@.dnc_list_is_complete(why text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    c       record;
    adopted integer := 0;
BEGIN
    IF length(btrim(coalesce(why, ''))) NOT BETWEEN 1 AND 4000 THEN
        RAISE EXCEPTION 'a reason is needed, of 1 to 4000 characters' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'The statement is kept in dnc.installation and in the audit log.',
            HINT = 'Write what makes you sure, as in ''test copy without people''.';
    END IF;
    PERFORM dnc.installation_id();
    FOR c IN SELECT DISTINCT f.installation FROM dnc.foreign_claim AS f ORDER BY 1 LOOP
        INSERT INTO dnc.installation (installation, own, since, stated_by, why)
        VALUES (c.installation, false, now(), left(session_user, 500), why);
        adopted := adopted + 1;
    END LOOP;
    IF adopted = 0 THEN
        -- Nothing was missing: this states that the empty list is complete.
        INSERT INTO dnc.installation (installation, own, since, stated_by, why)
        VALUES (gen_random_uuid()::text, false, now(), left(session_user, 500), why);
    END IF;
    RETURN adopted;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_list_is_complete(text)
    IS 'Records an administrator''s statement, audited, that the list in this database is complete, even if empty, '
       'and returns the count of adopted ids. Guards and views from elsewhere then use this list.
Errors: 22023 why is empty or over 4000 characters.
Example: SELECT dnc_list_is_complete(why => ''test copy without people'');';
