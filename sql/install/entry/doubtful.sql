-- ---------------------------------------------------------------------------
-- Duplicates and doubtful entries: reports, never a deletion
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_spellings(relation regclass, phone_column text, region text DEFAULT NULL,
    region_column text DEFAULT NULL, region_path text DEFAULT NULL)
RETURNS TABLE (e164 text, rows bigint, spellings text[]) LANGUAGE plpgsql STABLE SET search_path = pg_catalog,
    pg_temp AS $$
#variable_conflict use_variable
DECLARE
    number text := (dnc.phone_expressions(relation, ARRAY[phone_column], dnc.region_expression(relation, region,
        region_column, region_path)))[1];
BEGIN
    RETURN QUERY
        EXECUTE format(
        'SELECT x.phone::text, count(*), (array_agg(DISTINCT x.spelling ORDER BY x.spelling))[1:20] FROM (SELECT %s '
        'AS phone, r.%I::text AS spelling FROM %s AS r) AS x WHERE x.phone IS NOT NULL GROUP BY x.phone HAVING '
        'count(*) > 1 ORDER BY 2 DESC, 1',
        number, phone_column, relation);
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_spellings(regclass, text, text, text, text)
    IS 'Returns the numbers that occur in several rows of a table, however they are spelled there: count of rows and '
       'up to 20 spellings each, most frequent first. National spellings are read in region or in the '
       'region of region_column or region_path.
Errors: 22004 relation or phone_column is NULL; 22023 the region is given twice; 42703 no such '
       'column.
Example: SELECT * FROM dnc_spellings(relation => ''contact'', phone_column => ''phone'',
    region_column => ''country'');';

CREATE FUNCTION @extschema@.dnc_doubtful() RETURNS TABLE (entry bigint, e164 text, problem text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT x.entry_id, x.e164,
        CASE x.doubt WHEN 'fiction' THEN 'a number set aside for fiction'
        WHEN 'placeholder' THEN 'a placeholder: equal or consecutive digits'
        ELSE CASE WHEN x.region IS NULL THEN 'in a range that no country has assigned'
            ELSE 'not a valid number of its country' END END
    FROM (SELECT e.entry_id, e.phone::text AS e164, dnc.doubt(e.phone) AS doubt,
        @extschema@.dnc_region(e.phone) AS region FROM dnc.entry AS e
          WHERE e.ends IS NULL
            AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND w.channel IN ('all', e.channel)
              AND (w.purpose IS NULL OR dnc.covers(w.purpose, e.purpose)))) AS x
    WHERE x.doubt IS NOT NULL ORDER BY x.entry_id;
END;
CREATE FUNCTION @extschema@.dnc_redundant() RETURNS TABLE (entry bigint, e164 text, wider bigint, why text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH held AS (
        SELECT e.* FROM dnc.entry AS e WHERE e.ends IS NULL AND e.effective_at <= now() AND e.expires_at > now()
            AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id))
    SELECT e.entry_id, e.phone::text, w.entry_id,
        concat_ws(' ', 'covered by entry', w.entry_id, 'of', w.channel, coalesce(w.purpose, 'every purpose'))
    FROM held AS e JOIN held AS w ON w.phone OPERATOR(@extschema@.=) e.phone AND w.entry_id <> e.entry_id
        AND w.channel IN ('all', e.channel) AND (w.purpose IS NULL OR dnc.covers(w.purpose, e.purpose))
        AND w.expires_at >= e.expires_at
    WHERE (w.channel, coalesce(w.purpose, ''), w.expires_at) IS DISTINCT FROM (e.channel, coalesce(e.purpose, ''),
        e.expires_at) OR w.entry_id < e.entry_id
    ORDER BY 1, 3;
END;
COMMENT ON FUNCTION @extschema@.dnc_doubtful()
    IS 'Returns the opt-outs not revoked whose number is a placeholder, reserved for fiction, invalid, or in an '
       'unassigned range, with the problem. A report: nothing is changed, and each of them is enforced.
Example: SELECT entry, problem FROM dnc_doubtful();';
COMMENT ON FUNCTION @extschema@.dnc_redundant()
    IS 'Returns the entries in force that another entry, as wide or wider, covers completely. A report: nothing is '
       'changed.
Example: SELECT entry, wider, why FROM dnc_redundant();';
