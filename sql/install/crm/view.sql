-- ---------------------------------------------------------------------------
-- Views of the CRM's tables that exclude, flag or mask suppressed numbers
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_create_view(
    view_name text, relation regclass, phone_columns text[], region text DEFAULT NULL, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, region_column text DEFAULT NULL, region_path text DEFAULT NULL,
    mode text DEFAULT 'exclude', readers text[] DEFAULT '{}', replace boolean DEFAULT false
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    -- Raises for an unknown channel or purpose, such as a region in their place.
    scope     boolean := @extschema@.dnc_check(NULL::@extschema@.dnc_phone, channel, purpose);
    parts     text[] := parse_ident(view_name);
    name      text;
    place     text := dnc.region_expression(relation, region, region_column, region_path);
    numbers   text[] := dnc.phone_expressions(relation, phone_columns, place);
    checks    text[] := dnc.check_expressions(relation, phone_columns, place, channel, purpose);
    condition text := dnc.clear_condition(relation, phone_columns, place, channel, purpose);
    asked     text := format('%L%s', channel, CASE WHEN purpose IS NULL THEN '' ELSE format(', %L', purpose) END);
    doubtful  text := dnc.doubtful_condition(relation, phone_columns, place);
    shown     text;
    -- First columns, because CREATE OR REPLACE VIEW can only append the columns that the table gains later.
    flags     text;
    source    text := format('%s AS r', relation);
    reader    text;
    counts    record;
BEGIN
    IF mode IS NULL OR mode NOT IN ('exclude', 'flag', 'mask', 'numbers') THEN
        RAISE EXCEPTION 'unknown mode "%"', mode USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'exclude leaves rows out, flag adds columns dnc_status, dnc_grounds and dnc_lists, mask blanks '
                     'the number, numbers returns a row for each clear number.';
    END IF;
    PERFORM dnc.report_channel(relation, phone_columns, channel);
    IF cardinality(parts) > 2 THEN
        RAISE EXCEPTION '"%" is no name for a view', view_name USING ERRCODE = 'invalid_name',
            HINT = 'Write view or schema.view.';
    END IF;
    -- Without a schema the view is made in its table's schema, whatever the caller's search_path.
    name := CASE WHEN cardinality(parts) = 2 THEN format('%I.%I', parts[1], parts[2])
            ELSE format('%I.%I', (SELECT n.nspname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                    WHERE c.oid = relation), parts[1]) END;
    SELECT string_agg(CASE WHEN mode IN ('mask', 'numbers') AND a.attname = ANY (phone_columns)
                THEN format('CASE WHEN %s IS FALSE THEN r.%I END AS %I',
                    checks[array_position(phone_columns, a.attname::text)], a.attname, a.attname)
                ELSE format('r.%I', a.attname) END, ', ' ORDER BY a.attnum)
        INTO shown FROM pg_attribute AS a WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped
            -- A flag column of a guard is replaced by what the view computes.
            AND a.attname <> ALL (CASE mode WHEN 'flag' THEN '{dnc_status,dnc_grounds,dnc_lists}'::name[]
                WHEN 'numbers' THEN '{dnc_phone,dnc_column}' ELSE '{}' END);
    IF mode = 'flag' THEN
        SELECT format(
            'CASE WHEN %s THEN ''suppressed'' WHEN %s THEN CASE WHEN %s THEN ''doubtful'' ELSE ''clear'' END '
            'WHEN %s THEN ''missing'' ELSE ''unreadable'' END AS dnc_status, '
            'nullif(concat_ws('', '', %s), '''') AS dnc_grounds, nullif(concat_ws('', '', %s), '''') AS dnc_lists, ',
                   string_agg(checks[i], ' OR ' ORDER BY i),
                   condition, doubtful,
                   string_agg(dnc.blank(relation, phone_columns[i]), ' AND ' ORDER BY i),
                   string_agg(format('CASE WHEN %s IS NOT FALSE THEN %s END', checks[i],
                           CASE WHEN numbers[i] LIKE 'r.%' THEN format('@extschema@.dnc_grounds(%s, %s)', numbers[i],
                               asked)
                           ELSE format('dnc.field_grounds(%s, %s, %s)', dnc.written(relation, phone_columns[i]),
                               place, asked) END),
                       ', ' ORDER BY i),
                   string_agg(format('CASE WHEN %s IS NOT FALSE THEN %s END', checks[i],
                           CASE WHEN numbers[i] LIKE 'r.%' THEN format('@extschema@.dnc_lists(%s, %s)', numbers[i],
                               asked)
                           ELSE format('dnc.field_lists(%s, %s, %s)', dnc.written(relation, phone_columns[i]),
                               place, asked) END),
                       ', ' ORDER BY i))
            INTO flags FROM generate_subscripts(numbers, 1) AS i;
    ELSIF mode = 'numbers' THEN
        -- A number that stands in several columns comes once, with the first of them.
        flags := 'n.phone AS dnc_phone, n.name AS dnc_column, ';
        SELECT format('%s CROSS JOIN LATERAL (SELECT DISTINCT ON (c.phone) c.phone, c.name FROM (%s) AS c '
                'ORDER BY c.phone, c.n) AS n', source, string_agg(CASE WHEN numbers[i] LIKE 'r.%'
                THEN format('SELECT %s AS phone, %L::pg_catalog.text AS name, %s AS n WHERE %s IS FALSE', numbers[i],
                    phone_columns[i], i, checks[i])
                ELSE format('SELECT x.phone, %L::pg_catalog.text AS name, %s AS n FROM dnc.clear_numbers(%s, %s, %s) '
                    'AS x (phone)', phone_columns[i], i, dnc.written(relation, phone_columns[i]), place, asked) END,
                ' UNION ALL ' ORDER BY i))
            INTO source FROM generate_subscripts(numbers, 1) AS i;
    END IF;
    EXECUTE format('CREATE %sVIEW %s AS SELECT %s%s FROM %s%s', CASE WHEN replace THEN 'OR REPLACE ' ELSE '' END,
        name,
        coalesce(flags, ''), shown, source, format(' WHERE @extschema@.dnc_is_here(%L)', dnc.installation_id())
            || CASE WHEN mode = 'exclude' THEN format(' AND (%s)', condition) ELSE '' END);
    EXECUTE format('COMMENT ON VIEW %s IS %L', name,
        'dnc_create_view ' || jsonb_build_object('relation', relation::text, 'phone_columns', phone_columns,
        'channel', channel, 'purpose', purpose, 'region', region, 'region_column', region_column,
        'region_path', region_path, 'mode', mode,
            'installation', dnc.installation_id())::text);
    FOREACH reader IN ARRAY coalesce(readers, '{}') LOOP
        EXECUTE format('GRANT SELECT ON %s TO %s', name,
            CASE WHEN reader = 'public' THEN 'PUBLIC' ELSE quote_ident(reader) END);
        IF has_function_privilege('@extschema@.dnc_grant(text, text)', 'EXECUTE') THEN
            EXECUTE 'SELECT @extschema@.dnc_grant(''reader'', $1)' USING reader;
        ELSE
            RAISE NOTICE 'role % may select from % but may not yet run the checks in it', reader, name
                USING HINT = format('The extension''s owner calls dnc_grant(''reader'', %L).', reader);
        END IF;
    END LOOP;
    EXECUTE format(
        'SELECT coalesce(sum(n), 0) AS numbers, coalesce(sum(o), 0) AS readable, count(*) AS rows, count(*) FILTER '
        '(WHERE c) AS clear, coalesce(sum(v), 0) AS outside FROM (SELECT %s AS n, %s AS o, %s AS c, %s AS v FROM %s '
        'AS r) AS x',
        (SELECT string_agg(format('(NOT (%s))::int', dnc.blank(relation, x)), ' + ') FROM unnest(phone_columns) AS x),
        (SELECT string_agg(format('(%s IS NOT NULL)::int', x), ' + ') FROM unnest(numbers) AS x), condition,
            dnc.count_no_range(numbers), relation) INTO counts;
    IF mode = 'numbers' THEN
        EXECUTE format('SELECT count(*) FROM %s', name) INTO counts.clear;
        RAISE NOTICE 'view %: % clear numbers, of % numbers in % rows', name, counts.clear, counts.numbers, counts.rows;
        RETURN;
    END IF;
    RAISE NOTICE 'view %: % of % numbers are readable, % of % rows are clear%', name, counts.readable, counts.numbers,
            counts.clear, counts.rows,
            CASE WHEN counts.outside > 0 THEN format(', %s are in no range in use', counts.outside) ELSE '' END;
END
$$;
CREATE FUNCTION @extschema@.dnc_create_view(
    view_name text, relation regclass, phone_column text, region text DEFAULT NULL, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, region_column text DEFAULT NULL, region_path text DEFAULT NULL,
    mode text DEFAULT 'exclude', readers text[] DEFAULT '{}', replace boolean DEFAULT false
) RETURNS void LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_create_view(view_name, relation, dnc.column_names(relation, phone_column), region, channel,
        purpose, region_column, region_path, mode, readers, replace);
END;

CREATE FUNCTION @extschema@.dnc_refresh_view(view regclass) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog,
    pg_temp AS $$
DECLARE
    made jsonb;
BEGIN
    made := substr(obj_description(view, 'pg_class'), length('dnc_create_view ') + 1)::jsonb;
    IF made ->> 'relation' IS NULL OR obj_description(view, 'pg_class') NOT LIKE 'dnc\_create\_view %' THEN
        RAISE invalid_text_representation;
    END IF;
    PERFORM @extschema@.dnc_create_view(format('%I.%I', n.nspname, c.relname), (made ->> 'relation')::regclass,
            ARRAY(SELECT jsonb_array_elements_text(made -> 'phone_columns')), made ->> 'region', made ->> 'channel',
            made ->> 'purpose', made ->> 'region_column', made ->> 'region_path', made ->> 'mode', replace => true)
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = view;
EXCEPTION WHEN invalid_text_representation THEN
    RAISE EXCEPTION '% was not made by dnc_create_view, or its comment was changed', view
        USING ERRCODE = 'object_not_in_prerequisite_state',
        DETAIL = 'The comment of such a view records how it was made.',
        HINT = 'Call dnc_create_view(…, replace => true).';
END
$$;

COMMENT ON FUNCTION @extschema@.dnc_create_view(text, regclass, text[], text, text, text, text, text, text, text[],
    boolean)
    IS 'Creates a view of a table that excludes, flags or masks suppressed and unreadable numbers. mode exclude '
       'leaves a row out if any of its numbers is one; numbers returns a row for each clear number, with dnc_phone and '
       'dnc_column as the first columns, so that a contact with a suppressed landline keeps its mobile number, and the '
       'phone columns as mask shows them; flag '
       'keeps all rows and adds dnc_status, dnc_grounds and dnc_lists as the first columns; mask sets the number to '
       'NULL. dnc_status is suppressed, missing, unreadable, doubtful (clear, but a number is '
       'probably no person''s; dnc_doubtful_rows lists the reasons; the other modes keep such rows) or clear. '
       'view_name without a schema means the table''s '
       'schema. A text column is read in region, or in the region of region_column or region_path, as dnc_attach '
       'says; one '
       'of them is required. readers are '
       'granted SELECT on the view and, if the caller may call dnc_grant, the grant set reader. A NOTICE reports the '
       'readable numbers and clear rows.
Errors: 22023 unknown mode, channel, purpose or region, a text column without a region, or a region given '
       'twice; 42602 view_name is no name; 22004 no relation or no column; 42703 no such column; 42804 column '
       'of another type than dnc_phone or text; 0A000 table distributed by Citus.
Example: SELECT dnc_create_view(view_name => ''callable'', relation => ''contact'', phone_columns => ''{phone}'',
  region_column => ''country'');';
COMMENT ON FUNCTION @extschema@.dnc_create_view(text, regclass, text, text, text, text, text, text, text, text[],
    boolean)
    IS 'dnc_create_view for one phone column';
COMMENT ON FUNCTION @extschema@.dnc_refresh_view(regclass)
    IS 'Recreates a view of dnc_create_view, with the columns that its table has gained since. It reads the arguments '
       'from the view''s comment; grants on the view stay.
Errors: 55000 the view was not made by dnc_create_view, or its comment was changed.
Example: SELECT dnc_create_view(view_name => ''callable'', relation => ''contact'', phone_columns => ''{phone}'',
  region_column => ''country'');
SELECT dnc_refresh_view(view => ''callable'');';
