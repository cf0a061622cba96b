-- ---------------------------------------------------------------------------
-- Verification of the log against its checkpoints, and of the tables against the log
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.verify(since bigint, against text, data boolean, map boolean)
RETURNS TABLE (part text, healthy boolean, finding text, seal bigint, "position" bigint, seq bigint, detail text)
    AS 'MODULE_PATHNAME', 'dnc_verify_wrapper' LANGUAGE c STABLE SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION dnc.verify(bigint, text, boolean, boolean)
    IS 'verifies tree and log, the data of the log, and the map; for dnc_audit_verify';

CREATE FUNCTION dnc.off_the_log(relation text, key_column text) RETURNS TABLE (finding text, row_key text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT 'not logged'::text, u.row_key FROM dnc.unlogged(relation, key_column) AS u (row_key);
    RETURN QUERY EXECUTE format('SELECT ''row missing''::text, l.row_key FROM (
            SELECT DISTINCT ON (x.row_key) x.row_key, x.operation FROM dnc.audit_log AS x
            WHERE x.relation = %1$L ORDER BY x.row_key, x.seq DESC) AS l
        WHERE l.operation IN (''INSERT'', ''UPDATE'') 
          
          AND NOT EXISTS (SELECT FROM dnc.%1$I AS r WHERE r.%2$I::text = l.row_key)', relation, key_column);
END
$$;
COMMENT ON FUNCTION dnc.off_the_log(text, text)
    IS 'rows of an audited table that were written, changed or deleted without a log row';

CREATE VIEW dnc.audit_trigger AS
    SELECT a.relation, t.trigger_name, t.calls FROM dnc.audited AS a
    CROSS JOIN (VALUES ('00_audit_draw', 'audit_draw'), ('00_audit_write', 'audit_write'),
        ('00_audit_truncate', 'refuse_change')) AS t (trigger_name, calls)
    UNION ALL
    SELECT r.relation, t.trigger_name, t.calls
    FROM (VALUES ('audit_log'), ('audit_data'), ('seal'), ('audit_run'), ('audit_node'), ('audit_place'),
        ('audit_state')) AS r (relation)
        CROSS JOIN (VALUES ('00_append_only', 'refuse_change'), ('00_no_truncate', 'refuse_change'))
            AS t (trigger_name, calls)
    UNION ALL
    VALUES ('audit_log', '00_stamp', 'audit_stamp'), ('seal', '00_stamp', 'audit_stamp');
COMMENT ON VIEW dnc.audit_trigger
    IS 'required triggers of the audit log, and the functions of schema dnc that they call';

CREATE FUNCTION @extschema@.dnc_audit_verify(since bigint DEFAULT NULL, against text DEFAULT NULL,
    parts text[] DEFAULT '{triggers,log,data,map,tables}')
RETURNS TABLE (part text, healthy boolean, finding text, seal bigint, "position" bigint, seq bigint, detail text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    a     record;
    n     bigint := 0;
    wrong bigint := 0;
BEGIN
    IF parts IS NULL OR NOT parts <@ ARRAY['triggers', 'log', 'data', 'map', 'tables'] THEN
        RAISE EXCEPTION 'unknown part in %', parts USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'The parts are triggers, log, data, map and tables.';
    END IF;
    IF 'triggers' = ANY (parts) THEN
        RETURN QUERY SELECT 'triggers'::text, false,
            CASE WHEN t.oid IS NULL THEN 'trigger missing' WHEN t.tgfoid <> ('dnc.' || x.calls)::regproc
            THEN 'trigger changed' ELSE 'trigger off' END,
                NULL::bigint, NULL::bigint, NULL::bigint, format('%s of dnc.%s', x.trigger_name, x.relation)
            FROM dnc.audit_trigger AS x
            LEFT JOIN pg_trigger AS t ON t.tgrelid = to_regclass('dnc.' || quote_ident(x.relation))
                AND t.tgname = x.trigger_name
            WHERE t.oid IS NULL OR t.tgfoid <> ('dnc.' || x.calls)::regproc OR t.tgenabled <> 'A'
        UNION ALL
        SELECT 'triggers', false, 'function changed', NULL, NULL, NULL, p.oid::regprocedure::text FROM pg_proc AS p
            WHERE p.pronamespace = 'dnc'::regnamespace
              AND p.proname IN ('audit_draw', 'audit_write', 'audit_stamp', 'seal_now')
              AND (p.prolang <> (SELECT l.oid FROM pg_language AS l WHERE l.lanname = 'c')
                  OR p.probin IS DISTINCT FROM (SELECT v.probin FROM pg_proc AS v
                      WHERE v.oid = 'dnc.verify(bigint, text, boolean, boolean)'::regprocedure));
        IF NOT FOUND THEN
            RETURN QUERY SELECT 'triggers'::text, true, 'ok'::text, NULL::bigint, NULL::bigint, NULL::bigint,
                format('%s triggers are on always', (SELECT count(*) FROM dnc.audit_trigger));
        END IF;
    END IF;
    IF parts && ARRAY['log', 'data', 'map'] THEN
        RETURN QUERY SELECT v.part, v.healthy, v.finding, v.seal, v."position", v.seq, v.detail
            FROM dnc.verify(since, against, 'data' = ANY (parts), 'map' = ANY (parts)) AS v;
    END IF;
    IF 'tables' = ANY (parts) THEN
        FOR a IN SELECT x.relation, x.key_column FROM dnc.audited AS x ORDER BY x.relation LOOP
            n := n + 1;
            RETURN QUERY SELECT 'tables'::text, false, o.finding, NULL::bigint, NULL::bigint, NULL::bigint,
                format('row %s of dnc.%s', o.row_key, a.relation) FROM dnc.off_the_log(a.relation, a.key_column) AS o
                LIMIT 100;
            IF FOUND THEN
                wrong := wrong + 1;
            END IF;
        END LOOP;
        IF wrong = 0 THEN
            RETURN QUERY SELECT 'tables'::text, true, 'ok'::text, NULL::bigint, NULL::bigint, NULL::bigint,
                format('%s tables are what their log says', n);
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_audit_verify(bigint, text, text[])
    IS 'Verifies the audit log and returns what differs from its signed checkpoints, the first wrong leaf batch or '
       'row first, and one healthy row for each part without findings. parts are triggers, log, data (the content '
       'that log rows commit to; with log), map and tables. since: only rows added after that checkpoint; against: a '
       'checkpoint of dnc_audit_checkpoint that was kept elsewhere, up to 1 MiB.
Errors: 22023 unknown part, or against is of another log or not signed by it; 22P02 against is no checkpoint; 42704 '
       'no checkpoint since.
Example: SELECT * FROM dnc_audit_verify(parts => ''{triggers,log}'') WHERE NOT healthy;';
