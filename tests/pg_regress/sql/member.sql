-- Every member of the extension, with the properties that others rely on: a change here is a change of the interface.
CREATE EXTENSION dnc;
SELECT pg_describe_object(classid, objid, 0) AS member FROM pg_depend WHERE refclassid = 'pg_extension'::regclass
    AND deptype = 'e'
    AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'dnc') AND classid <> 'pg_proc'::regclass
    AND NOT (classid = 'pg_type'::regclass AND objid IN (SELECT oid FROM pg_type WHERE typrelid <> 0 OR typelem <> 0))
    ORDER BY pg_describe_object(classid, objid, 0) COLLATE "C";
SELECT p.oid::regprocedure AS function, p.provolatile AS v, p.proparallel AS p, p.proisstrict AS strict,
    p.prosecdef AS definer, p.proleakproof AS leakproof, p.procost AS cost, l.lanname AS lang
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang JOIN pg_depend d ON d.classid = 'pg_proc'::regclass
        AND d.objid = p.oid AND d.deptype = 'e' AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'dnc')
    ORDER BY p.oid::regprocedure::text COLLATE "C";
-- Everything has a comment.
SELECT pg_describe_object(d.classid, d.objid, 0) AS without_comment FROM pg_depend d
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'
    AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'dnc')
    AND NOT (d.classid = 'pg_type'::regclass
        AND d.objid IN (SELECT oid FROM pg_type WHERE typrelid <> 0 OR typelem <> 0))
    AND NOT EXISTS (SELECT FROM pg_description c WHERE c.classoid = d.classid AND c.objoid = d.objid AND c.objsubid = 0)
        ORDER BY 1;
-- Every table with data of the site is dumped.
SELECT c.relname, coalesce(x.condition, 'not dumped') AS dumped FROM pg_class c LEFT JOIN (
        SELECT unnest(extconfig) AS oid, unnest(extcondition) AS condition FROM pg_extension
        WHERE extname = 'dnc') AS x ON x.oid = c.oid
    WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind IN ('r', 'S') ORDER BY 1;
-- Every function of one to fifteen arguments is called once with nothing but NULLs: none crashes.
DO $$
DECLARE
    f record;
    called int := 0;
BEGIN
    FOR f IN SELECT p.oid, p.oid::regprocedure AS name,
        (SELECT string_agg(format('NULL::%s', format_type(t, NULL)), ', ' ORDER BY n)
        FROM unnest(p.proargtypes) WITH ORDINALITY AS a(t, n)) AS arguments
             FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
                 AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'dnc')
             WHERE p.prokind = 'f' AND p.prorettype <> 'trigger'::regtype
               AND NOT 'internal'::regtype = ANY (p.proargtypes) ORDER BY 2::text LOOP
        BEGIN
            EXECUTE format('SELECT %s(%s)', f.oid::regproc, f.arguments);
        EXCEPTION
            WHEN internal_error OR crash_shutdown THEN RAISE WARNING '% failed: %', f.name, SQLERRM;
            WHEN OTHERS THEN NULL;
        END;
        called := called + 1;
    END LOOP;
    RAISE NOTICE '% functions called', called;
END
$$;
