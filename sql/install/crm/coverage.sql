-- ---------------------------------------------------------------------------
-- What is guarded, and what is not
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.path_problem(relation regclass, region_path text) RETURNS text
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM dnc.region_paths(relation, region_path);
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLERRM;
END
$$;
COMMENT ON FUNCTION dnc.path_problem(regclass, text) IS 'why a region path leads nowhere; NULL if it leads to a region';

CREATE VIEW dnc.attachment AS
    SELECT t.tgrelid::pg_catalog.regclass AS relation, m.mode,
        coalesce((dnc.guard_argument(t.tgargs, 'channel'))[1], 'all') AS channel,
        (dnc.guard_argument(t.tgargs, 'purpose'))[1] AS purpose,
           (dnc.guard_argument(t.tgargs, 'region'))[1] AS region,
               (dnc.guard_argument(t.tgargs, 'region_column'))[1] AS region_column,
               (dnc.guard_argument(t.tgargs, 'region_path'))[1] AS region_path,
               (dnc.guard_argument(t.tgargs, 'flag_column'))[1] AS flag_column,
               (dnc.guard_argument(t.tgargs, 'unreadable'))[1] AS unreadable,
           dnc.guard_argument(t.tgargs, 'phone_column') AS phone_columns, t.tgenabled = 'A' AS always,
               t.tgname::text AS trigger_name,
           CASE WHEN m.mode IS NULL THEN 'its trigger''s arguments cannot be read'
                WHEN t.tgenabled <> 'A' THEN 'its trigger does not fire always'
                WHEN EXISTS (SELECT
                    FROM unnest(dnc.guard_argument(t.tgargs, 'phone_column')
                        || dnc.guard_argument(t.tgargs, 'region_column') || dnc.guard_argument(t.tgargs, 'flag_column'),
                                 CASE WHEN t.tgrelid::text = (dnc.guard_argument(t.tgargs, 'table'))[1]
                                     THEN pg_catalog.string_to_array((dnc.guard_argument(t.tgargs, 'places'))[1],
                                         ',') END) AS c (name, place)
                             WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = t.tgrelid
                                 AND a.attname = c.name AND NOT a.attisdropped
                                 AND a.attnum::text = coalesce(c.place, a.attnum::text)))
                    THEN 'a column was renamed, or made anew'
                WHEN dnc.path_problem(t.tgrelid, (dnc.guard_argument(t.tgargs, 'region_path'))[1]) IS NOT NULL
                    THEN dnc.path_problem(t.tgrelid, (dnc.guard_argument(t.tgargs, 'region_path'))[1])
                WHEN h.unguarded IS NOT NULL
                    THEN pg_catalog.format('rows of %s, which inherits from it, are not guarded', h.unguarded)
                WHEN t.tgtype & 2 = 2 AND EXISTS (SELECT FROM pg_catalog.pg_trigger AS g
                    WHERE g.tgrelid = t.tgrelid AND NOT g.tgisinternal
                    AND g.tgtype & 3 = 3 AND g.tgtype & 20 <> 0 AND g.tgname > t.tgname AND g.tgfoid <> t.tgfoid
                    AND g.tgenabled <> 'D')
                    THEN 'another trigger may change the row after it'
           END AS problem
    FROM pg_catalog.pg_trigger AS t CROSS JOIN LATERAL (SELECT (dnc.guard_argument(t.tgargs, 'mode'))[1] AS mode) AS m
    CROSS JOIN LATERAL (SELECT pg_catalog.string_agg(i.inhrelid::pg_catalog.regclass::text, ', '
            ORDER BY i.inhrelid::pg_catalog.regclass::text) AS unguarded FROM pg_catalog.pg_inherits AS i
        JOIN pg_catalog.pg_class AS c ON c.oid = i.inhparent AND c.relkind = 'r' WHERE i.inhparent = t.tgrelid
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid = i.inhrelid AND g.tgfoid = t.tgfoid
             AND g.tgname = t.tgname)) AS h
    WHERE t.tgfoid = '@extschema@.dnc_guard()'::pg_catalog.regprocedure AND t.tgparentid = 0;
COMMENT ON VIEW dnc.attachment IS 'guarded tables with the settings of their guards, and what makes a guard incomplete';

CREATE FUNCTION @extschema@.dnc_coverage()
RETURNS TABLE (relation regclass, column_name text, column_type text, guarded boolean, viewed boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT c.oid::regclass, a.attname::text, format_type(a.atttypid, a.atttypmod),
           EXISTS (SELECT FROM pg_trigger AS t
               WHERE t.tgrelid = c.oid AND t.tgfoid = '@extschema@.dnc_guard()'::regprocedure
                     AND a.attname = ANY (dnc.guard_argument(t.tgargs, 'phone_column'))),
           EXISTS (SELECT FROM pg_depend AS f JOIN pg_depend AS d ON d.classid = f.classid AND d.objid = f.objid
               WHERE f.classid = 'pg_rewrite'::regclass AND f.refclassid = 'pg_proc'::regclass
                 AND f.refobjid = '@extschema@.dnc_is_here(text)'::regprocedure
                 AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid = a.attnum)
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid JOIN pg_type AS y ON y.oid = a.atttypid
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
      AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'dnc'::regnamespace)
      AND c.relpersistence <> 't'
      AND (y.oid = '@extschema@.dnc_phone'::regtype
           OR y.typcategory = 'S'
           AND a.attname ~* '(phone|mobile|msisdn|cellular|telefon|^(tel|cell|fax|gsm|whatsapp)([_0-9]|$)|_(tel|cell|f'
                            'ax|gsm)([_0-9]|$))')
    ORDER BY 4, 5, 1, 2;
END;
COMMENT ON FUNCTION @extschema@.dnc_coverage()
    IS 'Returns the columns that seem to hold telephone numbers, by type or name, unguarded ones first: whether a '
       'guard '
       'has them, and whether a view of dnc_create_view shows them.
Example: SELECT * FROM dnc_coverage() WHERE NOT guarded;';
