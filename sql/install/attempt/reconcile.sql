-- ---------------------------------------------------------------------------
-- Completeness: the contact log against the dialer's own totals
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_attempt_reconcile(source text, day date, counts jsonb, time_zone text DEFAULT 'UTC')
RETURNS TABLE (code text, counted bigint, recorded bigint, missing bigint, surplus bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET DateStyle = 'ISO' AS $$
#variable_conflict use_variable
DECLARE
    since timestamptz;
    until timestamptz;
    found jsonb;
    lost  bigint := 0;
    extra bigint := 0;
BEGIN
    PERFORM dnc.require_attempts();
    IF source IS NULL OR day IS NULL OR counts IS NULL OR time_zone IS NULL THEN
        RAISE EXCEPTION 'source, day, counts and time_zone must not be NULL' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM dnc.require_zone(time_zone), dnc.require_code_source(source);
    since := day::timestamp AT TIME ZONE time_zone;
    until := (day + 1)::timestamp AT TIME ZONE time_zone;
    IF jsonb_typeof(counts) = 'number' THEN
        counts := jsonb_build_object('total', counts);
    END IF;
    IF NOT isfinite(day) OR until > now() OR jsonb_typeof(counts) <> 'object'
        OR counts = '{}' OR EXISTS (SELECT FROM jsonb_each(counts) AS c
            WHERE jsonb_typeof(c.value) <> 'number' OR c.value::text !~ '^\d{1,15}$') THEN
        RAISE EXCEPTION 'totals are whole numbers by code, of a source and a day that is over'
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Given were %L, %s (until %s) and %s.', left(source, 60), day, until,
                left(counts::text, 200)),
            HINT = 'Write {"A": 120, "DNC": 3}, or {"total": 123} where the dialer has only that.';
    END IF;
    SELECT coalesce(jsonb_object_agg(x.code, x.n), '{}') || jsonb_build_object('total', coalesce(sum(x.n), 0))
        INTO found FROM (SELECT coalesce(a.code, a.outcome) AS code, count(*) AS n FROM dnc.contact_attempt AS a
            WHERE a.happened_at >= since AND a.happened_at < until AND a.source = source GROUP BY 1) AS x;
    FOR code, counted, recorded IN
        SELECT k.code, coalesce((counts ->> k.code)::bigint, 0), coalesce((found ->> k.code)::bigint, 0)
        FROM (SELECT jsonb_object_keys(counts) UNION SELECT jsonb_object_keys(found)) AS k (code)
        WHERE counts ? k.code OR k.code <> 'total' AND (counts - 'total') <> '{}' ORDER BY k.code = 'total', k.code LOOP
        missing := greatest(counted - recorded, 0);
        surplus := greatest(recorded - counted, 0);
        -- The total repeats what the codes say, unless it is alone, or says more.
        IF code = 'total' THEN
            lost := greatest(lost, missing);
            extra := greatest(extra, surplus);
        ELSE
            lost := lost + missing;
            extra := extra + surplus;
        END IF;
        RETURN NEXT;
    END LOOP;
    INSERT INTO dnc.attempt_total (source, day, time_zone, counts, recorded, missing, surplus, compared_at, compared_by)
        VALUES (source, day, time_zone, counts, found, lost, extra, now(), session_user);
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_attempt_reconcile(text, date, jsonb, text)
    IS 'Compares the attempts recorded for a source and a day with the dialer''s own totals, keeps the result, and '
       'returns a row for each code. counts: numbers by code (or outcome), such as {"A": 120, "DNC": 3}, with the key '
       '"total" or a plain number for the sum. day is a day in time_zone. dnc.attempt_gap and dnc_health() show '
       'what is missing. Attempts without a source are not compared.
Errors: 22004 a NULL argument; 22023 malformed source or counts, a day that is not over, or unknown time zone; 55000 '
       'no contact log yet.
Example: SELECT * FROM dnc_attempt_reconcile(source => ''vicidial'', day => current_date - 2,
    counts => ''{"NA": 120, "DNC": 3}'', time_zone => ''America/New_York'');';

-- From the first day that was compared on, every day is expected.
CREATE VIEW dnc.attempt_gap AS
    WITH newest AS (
        SELECT DISTINCT ON (t.source, t.day) t.source, t.day, t.time_zone, t.missing, t.surplus, t.compared_at
        FROM dnc.attempt_total AS t ORDER BY t.source, t.day, t.total_id DESC)
    SELECT n.source, n.day, n.missing, n.surplus, n.compared_at FROM newest AS n WHERE n.missing > 0 OR n.surplus > 0
    UNION ALL
    SELECT d.source, d.day::date, NULL, NULL, NULL
    FROM (SELECT n.source, pg_catalog.generate_series(pg_catalog.min(n.day)::timestamp,
            (pg_catalog.statement_timestamp() AT TIME ZONE 'UTC')::date - interval '2 days', interval '1 day') AS day
        FROM newest AS n GROUP BY n.source) AS d
    WHERE NOT EXISTS (SELECT FROM newest AS n WHERE n.source = d.source AND n.day = d.day::date);
COMMENT ON VIEW dnc.attempt_gap
    IS 'days on which the contact log and the totals of a dialer differ, or were not compared (missing NULL): what '
       'counts attempts of these days counts too few or too many';
COMMENT ON COLUMN dnc.attempt_gap.missing IS 'attempts of the dialer that the log does not have; NULL: not compared';
COMMENT ON COLUMN dnc.attempt_gap.surplus IS 'attempts of the log that the dialer does not have';
