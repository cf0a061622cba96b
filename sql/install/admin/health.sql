-- ---------------------------------------------------------------------------
-- Health checks
-- ---------------------------------------------------------------------------

-- critical: a check may be wrong, or evidence is lost; warning: a deadline or duty is near or missed; notice: to know.
CREATE FUNCTION dnc.health_severity(subject text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN subject IN ('the list', 'guards', 'owner', 'triggers', 'rows in the log', 'data of the log',
            'references', 'keys of pseudonyms', 'registry answers', 'list blocks') THEN 'critical'
        WHEN subject IN ('indexes', 'contact attempts', 'attempt totals', 'guarded rows', 'numbers') THEN 'notice'
        ELSE 'warning' END;
COMMENT ON FUNCTION dnc.health_severity(text) IS 'how severe a problem of a health check is';

CREATE FUNCTION @extschema@.dnc_health(deep boolean DEFAULT false)
RETURNS TABLE (subject text, healthy boolean, severity text, value bigint, detail text, remedy text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT h.subject, h.problems = 0, CASE WHEN h.problems = 0 THEN 'ok' ELSE dnc.health_severity(h.subject) END,
        h.problems, h.detail, h.remedy
    FROM (SELECT * FROM dnc.health_quick() UNION ALL SELECT x.* FROM dnc.health_deep() AS x WHERE deep) AS h;
END;
COMMENT ON FUNCTION @extschema@.dnc_health(boolean)
    IS 'Returns one row per health check: subject, whether it is healthy, severity (ok, notice, warning, critical), '
       'value (count of problems, 0 if healthy), detail, and remedy: what to do. critical: a check may be wrong, or '
       'evidence is lost; warning: a deadline or duty is near or missed. deep adds the checks that compare whole '
       'tables, and takes as long as reading them.
Example: SELECT subject, severity, value, detail, remedy FROM dnc_health(deep => true) WHERE NOT healthy;';

CREATE FUNCTION @extschema@.dnc_repair_triggers() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w        record;
    repaired integer := 0;
BEGIN
    -- Only the extension's own tables: a guard belongs to the owner of its table.
    FOR w IN SELECT * FROM dnc.weak_trigger AS x
        WHERE x.relation IN (SELECT c.oid FROM pg_class AS c WHERE c.relnamespace = 'dnc'::regnamespace) LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', w.relation, w.trigger_name);
        repaired := repaired + 1;
    END LOOP;
    -- Writes made meanwhile may not have invalidated the caches of sessions.
    UPDATE dnc.list_epoch SET epoch = dnc.random_epoch();
    RETURN repaired;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_repair_triggers()
    IS 'Sets every trigger of the extension''s tables to ENABLE ALWAYS again and returns the count of those repaired.
Example: SELECT dnc_repair_triggers();';
