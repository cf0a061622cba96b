-- ---------------------------------------------------------------------------
-- Overlap of lists, and of a table with all lists
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_lists_of(phone @extschema@.dnc_phone, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL)
RETURNS text[] AS 'MODULE_PATHNAME', 'dnc_lists_of_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.dnc_lists_of(@extschema@.dnc_phone, text, text)
    IS 'Returns the lists that suppress a number, internal for the internal one; {} for none, NULL if unknown, as in '
       'dnc_check.
Errors: 22023 unknown channel or purpose; 55000 the list is not in this database.
Example: SELECT dnc_lists_of(phone => ''+12125550188'', channel => ''voice'');';

CREATE FUNCTION dnc.version_numbers(version bigint) RETURNS @extschema@.dnc_phone_set AS 'MODULE_PATHNAME',
    'dnc_version_numbers_wrapper' LANGUAGE c STABLE STRICT;
CREATE FUNCTION dnc.version_common(a bigint, b bigint) RETURNS bigint AS 'MODULE_PATHNAME', 'dnc_version_common_wrapper'
LANGUAGE c STABLE STRICT;
COMMENT ON FUNCTION dnc.version_numbers(bigint) IS 'numbers of a version as a set';
COMMENT ON FUNCTION dnc.version_common(bigint, bigint) IS 'count of numbers that two versions have in common';

CREATE FUNCTION dnc.current_version(list text) RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = pg_catalog,
    pg_temp AS $$
#variable_conflict use_variable
DECLARE
    version bigint;
BEGIN
    SELECT v.version_id INTO version FROM dnc.list_version AS v WHERE v.list = list AND v.state = 'current';
    IF version IS NULL THEN
        RAISE EXCEPTION 'list "%" has no current version', left(coalesce(list, 'NULL'), 60)
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Those that have one: %s.',
                coalesce((SELECT string_agg(v.list, ', ' ORDER BY v.list) FROM dnc.list_version AS v
                        WHERE v.state = 'current'), 'none')),
            HINT = 'internal is the list of the company itself.';
    END IF;
    RETURN version;
END
$$;
COMMENT ON FUNCTION dnc.current_version(text) IS 'current version of a list; raises if there is none';

CREATE FUNCTION dnc.internal_numbers() RETURNS @extschema@.dnc_phone_set LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT @extschema@.dnc_set(s.e164::@extschema@.dnc_phone) FROM dnc.suppressed AS s;
END;
COMMENT ON FUNCTION dnc.internal_numbers() IS 'numbers of the internal entries in force';
CREATE FUNCTION @extschema@.dnc_list_numbers(list text) RETURNS @extschema@.dnc_phone_set
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN list = 'internal' THEN dnc.internal_numbers()
        ELSE dnc.version_numbers(dnc.current_version(list)) END;
END;
CREATE FUNCTION @extschema@.dnc_overlap(a text, b text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN 'internal' IN (a, b)
        THEN @extschema@.dnc_set_common(@extschema@.dnc_list_numbers(a), @extschema@.dnc_list_numbers(b))
                ELSE dnc.version_common(dnc.current_version(a), dnc.current_version(b)) END;
END;
CREATE FUNCTION @extschema@.dnc_overlaps()
RETURNS TABLE (a text, b text, kind text, jurisdiction text, numbers_b bigint, in_both bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH internal AS MATERIALIZED (SELECT dnc.internal_numbers() AS numbers)
    SELECT 'internal', l.list, l.kind, l.jurisdiction, v.numbers,
        @extschema@.dnc_set_common(i.numbers, dnc.version_numbers(v.version_id))
    FROM internal AS i, dnc.list AS l JOIN dnc.list_version AS v ON v.list = l.list AND v.state = 'current'
    UNION ALL
    SELECT v.list, w.list, l.kind, l.jurisdiction, w.numbers, dnc.version_common(v.version_id, w.version_id)
    FROM dnc.list_version AS v JOIN dnc.list_version AS w ON v.list < w.list AND w.state = 'current'
    JOIN dnc.list AS l ON l.list = w.list WHERE v.state = 'current'
    ORDER BY 1, 2;
END;
CREATE FUNCTION dnc.field_lists_of(field text, region text, channel text, purpose text) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT array_agg(DISTINCT l.list ORDER BY l.list)
    FROM @extschema@.dnc_numbers(field, region) AS n,
        unnest(@extschema@.dnc_lists_of(n.phone, channel, purpose)) AS l (list);
END;
COMMENT ON FUNCTION dnc.field_lists_of(text, text, text, text)
    IS 'dnc_lists_of for all numbers of a field in the region of its row; NULL if none has a list';

COMMENT ON FUNCTION @extschema@.dnc_list_numbers(text)
    IS 'Returns the numbers of a list''s current version as a set; for internal, the numbers of the internal entries '
       'in force.
Errors: 22023 the list has no current version.
Example: SELECT dnc_list_numbers(list => ''partner'');';
COMMENT ON FUNCTION @extschema@.dnc_overlap(text, text)
    IS 'Returns the count of numbers that two lists have in common; internal is the company''s own list.
Errors: 22023 a list has no current version.
Example: SELECT dnc_overlap(a => ''internal'', b => ''us-national'');';
COMMENT ON FUNCTION @extschema@.dnc_overlaps()
    IS 'Returns dnc_overlap for every pair of lists, with kind, jurisdiction and count of numbers of the second.
Example: SELECT * FROM dnc_overlaps() WHERE in_both > 0;';

CREATE FUNCTION dnc.list_facts() RETURNS TABLE (list text, kind text, jurisdiction text, version_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT l.list, l.kind, l.jurisdiction, v.version_id FROM dnc.list AS l
    LEFT JOIN dnc.list_version AS v ON v.list = l.list AND v.state = 'current';
END;
COMMENT ON FUNCTION dnc.list_facts() IS 'kind, jurisdiction and current version of lists';

CREATE FUNCTION @extschema@.dnc_cross_check(relation regclass, phone_column text, region text DEFAULT NULL,
    channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, region_column text DEFAULT NULL, region_path text DEFAULT NULL)
RETURNS TABLE (list text, kind text, jurisdiction text, version bigint, rows bigint)
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    place  text := dnc.region_expression(relation, region, region_column, region_path);
    number text := (dnc.phone_expressions(relation, ARRAY[phone_column], place))[1];
    -- Every number of a field counts; one that has no list is clear only if dnc_check says so.
    lists  text := CASE WHEN number LIKE 'r.%' THEN format('@extschema@.dnc_lists_of(%s, %L, %L)', number, channel,
            purpose)
        ELSE format('CASE WHEN %1$s IS NOT NULL THEN @extschema@.dnc_lists_of(%1$s, %2$L, %3$L) WHEN %5$s THEN '
            'dnc.field_lists_of(%4$s, %6$s, %2$L, %3$L) WHEN NOT %5$s THEN ''{}'' ELSE ''{unreadable}'' END',
            number, channel, purpose, dnc.written(relation, phone_column),
            (dnc.check_expressions(relation, ARRAY[phone_column], place, channel, purpose))[1], place) END;
    pages  bigint := (SELECT pg_relation_size(c.oid) / current_setting('block_size')::int FROM pg_class AS c
        WHERE c.oid = relation AND c.relkind = 'r');
    -- A large table is read in twenty parts, all under the calling query's snapshot, so that progress can be reported.
    parts  CONSTANT integer := CASE WHEN pages > 1000 THEN 20 ELSE 1 END;
    counts jsonb := '{}';
    part   jsonb;
    pages_of_part text;
BEGIN
    FOR n IN 1..parts LOOP
        pages_of_part := CASE WHEN parts = 1 THEN '' WHEN n < parts 
            THEN format($q$WHERE r.ctid >= '(%s,0)' AND r.ctid < '(%s,0)'$q$,
                pages * (n - 1) / parts, pages * n / parts)
                         ELSE format($q$WHERE r.ctid >= '(%s,0)'$q$, pages * (n - 1) / parts) END;
        -- Counts by set of lists first, because there are few such sets.
        EXECUTE format($q$
            SELECT coalesce(jsonb_object_agg(x.lists, x.rows), '{}') FROM (
                SELECT CASE WHEN s.missing THEN '{missing}'
                    ELSE coalesce(nullif(s.lists, '{}'),
                        CASE WHEN s.lists IS NULL THEN '{"not known"}' ELSE '{clear}' END::text[]) END::text AS lists,
                    count(*) AS rows
                FROM (SELECT %s AS missing, %s AS lists FROM %s AS r %s OFFSET 0) AS s GROUP BY 1) AS x$q$,
            dnc.blank(relation, phone_column), lists, relation, pages_of_part) INTO part;
        SELECT coalesce(jsonb_object_agg(x.key, x.rows), '{}') INTO counts FROM (
            SELECT e.key, sum(e.value::bigint) AS rows
            FROM (SELECT * FROM jsonb_each_text(counts) UNION ALL SELECT * FROM jsonb_each_text(part)) AS e
            GROUP BY 1) AS x;
        IF parts > 1 THEN
            RAISE NOTICE '%: % %% is read', relation, n * 100 / parts;
        END IF;
    END LOOP;
    RETURN QUERY SELECT l.list, f.kind, f.jurisdiction, f.version_id, sum(c.value::bigint)::bigint
        FROM jsonb_each_text(counts) AS c CROSS JOIN LATERAL unnest(c.key::text[]) AS l (list)
        LEFT JOIN dnc.list_facts() AS f ON f.list = l.list
        GROUP BY 1, 2, 3, 4 ORDER BY f.kind IS NOT NULL, 1;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_cross_check(regclass, text, text, text, text, text, text)
    IS 'Returns the count of a table''s rows by list; a row on several lists counts for each. Besides the external '
       'lists there are the names internal, clear, not known, unreadable and missing. A text column is read in region, '
       'or in the region of the row''s region_column or region_path; one of them is required.
Errors: 22023 unknown channel, purpose or region, a text column without a region, or a region given twice; '
       '22004 no relation or no column; 42703 no such column; 42804 column of another type than dnc_phone or text; '
       '0A000 table distributed by Citus.
Example: SELECT * FROM dnc_cross_check(relation => ''contact'', phone_column => ''phone'',
  region_column => ''country'');';
