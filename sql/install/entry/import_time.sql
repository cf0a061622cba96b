-- ---------------------------------------------------------------------------
-- Times in imported files
-- ---------------------------------------------------------------------------

-- Times as files have them: ISO 8601, 11/24/2026, 24.11.2026 3:45 pm, 24-Nov-2026, 20261124, seconds or milliseconds
-- since 1970, days since 1900 as spreadsheets count them. Never a word such as yesterday.
CREATE FUNCTION dnc.read_time(value text) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    RETURN CASE
        WHEN value ~ '^\s*\d{10}(\.\d+)?\s*$' THEN to_timestamp(value::double precision)
        WHEN value ~ '^\s*\d{13}\s*$' THEN to_timestamp(value::double precision / 1000)
        WHEN value ~ '^\s*\d{5}(\.\d+)?\s*$'
            THEN '1899-12-30'::timestamp + value::double precision * interval '1 day'
        -- A year of four digits, or a date that begins with one of two: 24/11/26.
        WHEN value ~ '^[\s,0-9A-Za-z./:+-]*$' AND value ~ '\d'
            AND value ~ '(\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}(?!\d))'
            AND value !~* '(now|today|tomorrow|yesterday|epoch|infinity|allballs|[a-z]{10})'
            THEN value::timestamptz END;
COMMENT ON FUNCTION dnc.read_time(text) IS 'for dnc.try_time: raises for some texts that are no time';
CREATE FUNCTION dnc.try_time(value text, date_order text) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET DateStyle = 'ISO, MDY' AS $$
BEGIN
    IF date_order = 'dmy' THEN
        PERFORM set_config('DateStyle', 'ISO, DMY', true); -- until the function ends, since it sets it
    END IF;
    RETURN dnc.read_time(value);
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION dnc.try_time(text, text)
    IS 'the time that a text means, in the order mdy or dmy where day and month are numbers; NULL if it is none';

-- The order of day and month in the dates of an import: as stated, or as those dates show of which a part is above 12.
CREATE FUNCTION dnc.date_order(b dnc.import_batch, OUT date_order text, OUT known boolean) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE WHEN b.date_order IS NOT NULL THEN b.date_order
        WHEN x.dmy AND NOT x.mdy THEN 'dmy' WHEN x.mdy AND NOT x.dmy THEN 'mdy'
        WHEN @extschema@.dnc_region_code(b.region) = 'US' THEN 'mdy' ELSE 'dmy' END,
        b.date_order IS NOT NULL OR x.dmy <> x.mdy
    FROM (SELECT coalesce(bool_or(m.parts[1]::int > 12), false) AS dmy, coalesce(bool_or(m.parts[2]::int > 12), false)
            AS mdy
        FROM dnc.import_row AS i, LATERAL (VALUES (i.requested_at), (i.received_at), (i.effective_at), (i.expires_at),
            (i.due_at)) AS v (value),
            LATERAL (SELECT pg_catalog.regexp_match(v.value, '^\s*(\d{1,2})[./-](\d{1,2})[./-]\d{2,4}') AS parts) AS m
        -- Read only where it is not known yet.
        WHERE b.date_order IS NULL AND i.batch_id = b.batch_id) AS x;
END;
COMMENT ON FUNCTION dnc.date_order(dnc.import_batch)
    IS 'the order of day and month in an import''s dates, mdy or dmy, and whether it is known or assumed';
