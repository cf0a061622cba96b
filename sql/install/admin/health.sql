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

-- What value counts, and the most that is healthy.
CREATE FUNCTION dnc.health_unit(subject text, OUT unit text, OUT most bigint) LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT x.unit, x.most FROM (VALUES
        ('the list', 'lists lost, or never begun', 0),
        ('guards', 'guards with a problem', 0),
        ('triggers', 'triggers that may not act', 0),
        ('owner', 'groups of roles that can switch triggers off', 0),
        ('indexes', 'indexes', 0),
        ('keys of pseudonyms', 'keys not available', 0),
        ('erasures', 'erasures unfinished for over 30 days', 0),
        ('requests of persons', 'requests overdue', 0),
        ('complaints', 'complaints overdue', 0),
        ('seals', 'seals missing for over a day', 0),
        ('keys of seals', 'seals without signature or map', 0),
        ('open imports', 'imports open for over a day', 0),
        ('rejected import lines', 'lines that nobody has dealt with', 0),
        ('open loads', 'loads open for over a day', 0),
        ('contact attempts', 'partitions missing', 0),
        ('outcome codes', 'codes without a meaning', 0),
        ('attempt totals', 'days of the last 90 that differ', 0),
        ('rules', 'pairs of rules that contradict each other', 0),
        ('external lists', 'lists missing or too old', 0),
        ('guarded rows', 'tables with suppressed numbers', 0),
        ('phone columns', 'columns without guard or view', 0),
        ('numbers', 'opt-outs of invalid numbers', 0),
        ('provisional refusals', 'opt-outs not reviewed for over 30 days', 0),
        ('maintenance', 'days since the last run', 2),
        ('replicas', 'replicas and feeds stopped, or over 256 MB behind', 0),
        ('rows in the log', 'rows that the log does not describe', 0),
        ('references', 'rows that refer to missing rows', 0),
        ('data of the log', 'changes without their data', 0),
        ('loaded log rows', 'rows', 0),
        ('registry answers', 'imports with too few or too many answers', 0),
        ('list blocks', 'versions with missing blocks', 0),
        ('reviews', 'opt-outs left out of dnc.review_due or dnc.overdue', 0)) AS x (subject, unit, most)
    WHERE x.subject = health_unit.subject;
END;
COMMENT ON FUNCTION dnc.health_unit(text) IS 'what the value of a health check counts, and the most that is healthy';

CREATE FUNCTION @extschema@.dnc_health(deep boolean DEFAULT false)
RETURNS TABLE (subject text, healthy boolean, severity text, value bigint, unit text, "limit" bigint, detail text,
    remedy text, as_of timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT h.subject, y.healthy, CASE WHEN y.healthy THEN 'ok' ELSE dnc.health_severity(h.subject) END,
        h.problems, u.unit, u.most, h.detail, h.remedy, h.as_of
    FROM (SELECT q.*, statement_timestamp() AS as_of FROM dnc.health_quick() AS q
        UNION ALL SELECT c.* FROM dnc.health_counted() AS c
            WHERE deep IS NOT TRUE OR c.subject NOT IN ('numbers', 'provisional refusals')
        UNION ALL SELECT x.*, statement_timestamp() FROM dnc.health_deep() AS x WHERE deep) AS h
    CROSS JOIN LATERAL dnc.health_unit(h.subject) AS u
    -- A count that is due since the last one is the concern of maintenance.
    CROSS JOIN LATERAL (SELECT CASE WHEN h.subject = 'maintenance' THEN coalesce(h.problems <= u.most, false)
        ELSE coalesce(h.problems <= u.most, true) END AS healthy) AS y;
END;
COMMENT ON FUNCTION @extschema@.dnc_health(boolean)
    IS 'Returns one row per health check: subject, whether it is healthy, severity (ok, notice, warning, critical), '
       'value with its unit (NULL: not counted yet), limit (the most that is healthy), detail, remedy: what to do, and '
       'as_of: the time of the value, which dnc_maintain may have counted. critical: a check may be wrong, or evidence '
       'is lost; warning: a deadline or duty is near or missed. It reads catalogs, counts and short lists. deep adds '
       'the checks that compare whole tables, and takes as long as reading them.
Example: SELECT subject, severity, value, unit, detail, remedy FROM dnc_health(deep => true) WHERE NOT healthy;';

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
