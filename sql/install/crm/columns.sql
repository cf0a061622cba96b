-- ---------------------------------------------------------------------------
-- Phone columns of the CRM's tables, and the region in which their texts are read
-- ---------------------------------------------------------------------------
-- These functions write SQL expressions over a relation r. They run with the caller's rights.

-- The type below all domains.
CREATE FUNCTION dnc.base_type(type oid) RETURNS regtype
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH RECURSIVE below AS (
        SELECT t.oid, t.typbasetype FROM pg_type AS t WHERE t.oid = base_type.type
        UNION ALL
        SELECT t.oid, t.typbasetype FROM below AS b JOIN pg_type AS t ON t.oid = b.typbasetype)
    SELECT b.oid::regtype FROM below AS b WHERE b.typbasetype = 0;
END;
COMMENT ON FUNCTION dnc.base_type(oid)
    IS 'the type that a domain, or a domain over a domain, is of; other types as they are';
-- The text that a column of relation r holds.
CREATE FUNCTION dnc.written(column_name text, kind regtype) RETURNS text
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp
    RETURN CASE WHEN kind IN ('text[]', 'varchar[]')
        THEN format('pg_catalog.array_to_string(r.%I::pg_catalog.text[], '' ; '')', column_name)
        ELSE format('r.%I::text', column_name) END;
COMMENT ON FUNCTION dnc.written(text, regtype) IS 'SQL expression for the text of a phone column of relation r';
CREATE FUNCTION dnc.written(relation regclass, column_name text) RETURNS text
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.written(a.attname::text, dnc.base_type(a.atttypid)) FROM pg_attribute AS a
    WHERE a.attrelid = relation AND a.attname = column_name;
END;
COMMENT ON FUNCTION dnc.written(regclass, text) IS 'SQL expression for the text of a phone column of relation r';

-- As guards write it into dnc.guard_event.
CREATE FUNCTION dnc.relation_name(relation regclass) RETURNS text
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = relation;
END;
COMMENT ON FUNCTION dnc.relation_name(regclass) IS 'a relation''s name with its schema, whatever the search_path';

CREATE FUNCTION dnc.require_column(relation regclass, column_name text, OUT number smallint, OUT kind regtype)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    SELECT a.attnum, dnc.base_type(a.atttypid) INTO number, kind FROM pg_attribute AS a
        WHERE a.attrelid = relation AND a.attname = column_name AND a.attnum > 0 AND NOT a.attisdropped;
    IF kind IS NULL THEN
        RAISE EXCEPTION 'column "%" of % does not exist', column_name, relation USING ERRCODE = 'undefined_column',
            DETAIL = (SELECT format('The columns are %s.', string_agg(a.attname, ', ' ORDER BY a.attnum))
                FROM pg_attribute AS a WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped),
            HINT = 'Names are compared exactly, upper and lower case included.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_column(regclass, text) IS 'number and base type of a column; raises if there is none';

-- An untyped '{phone,mobile}' is a text to the server, and several columns to whoever writes it.
CREATE FUNCTION dnc.column_names(relation regclass, phone_column text) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    RETURN CASE WHEN phone_column ~ '^\{.*\}$' AND NOT EXISTS (SELECT FROM pg_attribute AS a
            WHERE a.attrelid = relation AND a.attname = phone_column)
        THEN phone_column::text[] ELSE ARRAY[phone_column] END;
COMMENT ON FUNCTION dnc.column_names(regclass, text)
    IS 'the columns that a text names: one, or those of an array''s text if no column has this name';

-- ---------------------------------------------------------------------------
-- Regions
-- ---------------------------------------------------------------------------

-- Foreign keys of one column, with their referenced column and the operator by which the server compares the two.
CREATE FUNCTION dnc.foreign_key(relation regclass, column_number smallint)
RETURNS TABLE (referenced regclass, column_name name, operator text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT c.confrelid::regclass, a.attname, format('OPERATOR(%I.%s)', n.nspname, o.oprname)
    FROM pg_constraint AS c
    JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = c.confkey[1]
    JOIN pg_operator AS o ON o.oid = c.conpfeqop[1] JOIN pg_namespace AS n ON n.oid = o.oprnamespace
    WHERE c.contype = 'f' AND c.conrelid = relation AND c.conkey = ARRAY[column_number]
    -- A partitioned table that is referred to has one more for each of its partitions.
    ORDER BY c.conparentid <> 0, c.oid LIMIT 1;
END;
COMMENT ON FUNCTION dnc.foreign_key(regclass, smallint)
    IS 'the table and column that a column refers to by a foreign key of its own, and the operator of their comparison';

-- A path ends at a text column: of the table itself, or of one reached over foreign keys. It holds names only, no SQL,
-- since guards run with privileges that the writer of a row may not have.
CREATE FUNCTION dnc.region_paths(relation regclass, region_path text)
RETURNS TABLE (n integer, column_name text, lookup text)
LANGUAGE plpgsql STABLE ROWS 2 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    path   text;
    parts  text[];
    place  regclass;
    number smallint;
    kind   regtype;
    key    record;
    joined text;
    found  text;
BEGIN
    n := 0;
    -- Separated by commas, but for those within a quoted name.
    FOR path IN SELECT btrim(m[1]) FROM regexp_matches(region_path, '(?:"(?:[^"]|"")*"|[^,"])+', 'g') AS m LOOP
        BEGIN
            parts := parse_ident(path);
        EXCEPTION WHEN invalid_parameter_value THEN
            RAISE EXCEPTION 'region_path "%" holds no name', left(path, 60) USING ERRCODE = 'invalid_parameter_value',
                DETAIL = 'A path is a column, or a column and those of the tables that it leads to, with dots between.',
                HINT = 'Write country, country_id.iso2, or several of them, separated by commas.';
        END;
        n := n + 1; column_name := parts[1]; place := relation; joined := NULL;
        FOR i IN 1 .. cardinality(parts) LOOP
            SELECT c.number, c.kind INTO number, kind FROM dnc.require_column(place, parts[i]) AS c;
            EXIT WHEN i = cardinality(parts);
            SELECT f.* INTO key FROM dnc.foreign_key(place, number) AS f;
            IF key.referenced IS NULL THEN
                RAISE EXCEPTION 'column "%" of % has no foreign key of its own', parts[i], place
                    USING ERRCODE = 'invalid_foreign_key',
                    DETAIL = format('The path %s leads over it to "%s".', path, parts[i + 1]),
                    HINT = 'Add the foreign key. Where none is possible, keep the country''s code in a column of this '
                           'table.';
            END IF;
            IF i = 1 THEN
                joined := format('%s AS k1', key.referenced);
                found := format('k1.%I %s ', key.column_name, key.operator);
            ELSE
                joined := joined || format(' JOIN %s AS k%s ON k%s.%I %s k%s.%I', key.referenced, i, i,
                    key.column_name, key.operator, i - 1, parts[i]);
            END IF;
            place := key.referenced;
        END LOOP;
        IF kind NOT IN ('text', 'varchar', 'bpchar') THEN
            RAISE EXCEPTION 'column "%" of % has type %', parts[cardinality(parts)], place, kind
                USING ERRCODE = 'datatype_mismatch',
                DETAIL = 'A region is text: the name or code of a country.', HINT = dnc.region_hint(place, number);
        END IF;
        lookup := CASE WHEN joined IS NOT NULL THEN format('SELECT k%s.%I::pg_catalog.text FROM %s WHERE %s',
            cardinality(parts) - 1, parts[cardinality(parts)], joined, found) END;
        RETURN NEXT;
    END LOOP;
    IF n = 0 THEN
        RAISE EXCEPTION 'region_path "%" names no column', region_path USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Write country, country_id.iso2, or several of them, separated by commas.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.region_paths(regclass, text)
    IS 'the paths of region_path: the column that each begins with and, where it leads to another table, the query for '
       'its text, which ends before that column''s value';

-- Where the country probably is, over a column that refers to another table.
CREATE FUNCTION dnc.probable_path(relation regclass, column_number smallint) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT format('region_path => ''%I.%I''', k.attname, a.attname)
    FROM pg_attribute AS k CROSS JOIN LATERAL dnc.foreign_key(relation, k.attnum) AS f
    JOIN pg_attribute AS a ON a.attrelid = f.referenced AND a.attnum > 0 AND NOT a.attisdropped
        AND dnc.base_type(a.atttypid) IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype)
    WHERE k.attrelid = relation AND k.attnum = column_number
    ORDER BY a.attname !~* 'iso|alpha', a.attname !~* 'code', a.attname !~* '^name|country', a.attnum LIMIT 1;
END;
COMMENT ON FUNCTION dnc.probable_path(regclass, smallint)
    IS 'the argument region_path over a column, to the text of the other table that is most like a country; NULL '
       'without a foreign key';
CREATE FUNCTION dnc.region_hint(relation regclass, column_number smallint) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    RETURN coalesce('The country is in another table: ' || dnc.probable_path(relation, column_number) || '.',
        'Where the country is in another table, give region_path => ''country_id.iso2'', over a foreign key.');
COMMENT ON FUNCTION dnc.region_hint(regclass, smallint) IS 'the hint for a region column that is no text';

-- What dnc_setup_check proposes.
CREATE FUNCTION dnc.region_argument(relation regclass) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT coalesce(
        (SELECT format('region_column => %L', a.attname) FROM pg_attribute AS a
            WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped AND a.attname ~* 'countr|region|^iso'
              AND dnc.base_type(a.atttypid) IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype)
            ORDER BY a.attnum LIMIT 1),
        (SELECT p.argument FROM pg_attribute AS a CROSS JOIN LATERAL dnc.foreign_key(relation, a.attnum) AS f
            CROSS JOIN LATERAL dnc.probable_path(relation, a.attnum) AS p (argument)
            WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped AND p.argument IS NOT NULL
              AND f.referenced::text ~* 'countr|region|nation' ORDER BY a.attnum LIMIT 1),
        'region => ''US''');
END;
COMMENT ON FUNCTION dnc.region_argument(regclass)
    IS 'the argument that says where the rows of a table have their country';

CREATE FUNCTION dnc.region_expression(relation regclass, region text, region_column text, region_path text DEFAULT NULL)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    place record;
BEGIN
    IF relation IS NULL THEN
        RAISE EXCEPTION 'a table and at least one phone column must be given' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF num_nonnulls(region, region_column, region_path) > 1 THEN
        RAISE EXCEPTION 'the region is given more than once' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'region is the same for all rows, region_column a column of the table, region_path a column of '
                     'another table, or several columns.',
            HINT = 'Give one of them. To try one column after another: region_path => ''country, country_id.iso2''.';
    END IF;
    PERFORM @extschema@.dnc_parse('+14155552671', region); -- raises for an unknown region
    IF region_column IS NOT NULL THEN
        SELECT c.* INTO place FROM dnc.require_column(relation, region_column) AS c;
        IF place.kind NOT IN ('text', 'varchar', 'bpchar') THEN
            RAISE EXCEPTION 'column "%" of % has type %', region_column, relation, place.kind
                USING ERRCODE = 'datatype_mismatch',
                DETAIL = 'A region column is text: the name or code of a country.',
                HINT = dnc.region_hint(relation, place.number);
        END IF;
        RETURN format('r.%I::pg_catalog.text', region_column);
    END IF;
    IF region_path IS NULL THEN
        RETURN quote_literal(region);
    END IF;
    RETURN (SELECT CASE WHEN count(*) = 1 THEN min(x.value)
            ELSE format('coalesce(%s)', string_agg(format('nullif(pg_catalog.btrim(%s), '''')', x.value), ', '
                ORDER BY x.n)) END
        FROM (SELECT p.n, CASE WHEN p.lookup IS NULL THEN format('r.%I::pg_catalog.text', p.column_name)
                ELSE format('(%sr.%I)', p.lookup, p.column_name) END AS value
            FROM dnc.region_paths(relation, region_path) AS p) AS x);
END
$$;
COMMENT ON FUNCTION dnc.region_expression(regclass, text, text, text)
    IS 'SQL expression for the region of a row of relation r; NULL if none is given. Raises if it is given twice, or '
       'wrongly';

-- ---------------------------------------------------------------------------
-- Numbers and their checks; place is an expression of dnc.region_expression
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.phone_expressions(relation regclass, phone_columns text[], place text)
RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    wanted text;
    kind   regtype;
    out    text[] := '{}';
    phone  CONSTANT regtype := '@extschema@.dnc_phone';
    fields CONSTANT regtype[] := '{text,varchar,bpchar,int4,int8,numeric,text[],varchar[]}';
BEGIN
    IF relation IS NULL OR phone_columns IS NULL OR cardinality(phone_columns) = 0 THEN
        RAISE EXCEPTION 'a table and at least one phone column must be given' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM dnc.require_local(relation);
    FOREACH wanted IN ARRAY phone_columns LOOP
        kind := (dnc.require_column(relation, wanted)).kind;
        IF kind = phone THEN
            out := out || format('r.%I', wanted);
        ELSIF NOT kind = ANY (fields) THEN
            RAISE EXCEPTION 'column "%" of % has type %', wanted, relation, kind USING ERRCODE = 'datatype_mismatch',
                DETAIL = 'A phone column is dnc_phone, text, an integer or numeric, or an array of texts.',
                HINT = CASE WHEN kind IN ('json', 'jsonb')
                    THEN format('Keep the number in a column of its own, which a trigger fills: phone := %I ->> '
                        '''phone''.', wanted)
                    ELSE 'Keep the number in a column of one of these types, which a trigger fills.' END;
        ELSIF place IS NULL THEN
            RAISE EXCEPTION 'column "%" of % may hold national numbers, and no region is given to read them by', wanted,
                relation
                USING ERRCODE = 'invalid_parameter_value',
                DETAIL = 'A number in national format means a different number in each country.',
                HINT = 'Give region => ''US'', region_column => ''country'', or region_path => ''country_id.iso2''.';
        ELSE
            out := out || format('@extschema@.dnc_try_parse(%s, %s)', dnc.written(wanted, kind), place);
        END IF;
    END LOOP;
    RETURN out;
END
$$;
COMMENT ON FUNCTION dnc.phone_expressions(regclass, text[], text)
    IS 'expressions of type dnc_phone for the phone columns of relation r; raises for missing or unusable columns';

-- Each column's check, in which every number of a text counts.
CREATE FUNCTION dnc.check_expressions(relation regclass, phone_columns text[], place text, channel text, purpose text,
    at text DEFAULT 'NULL')
RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT array_agg(CASE WHEN x.number LIKE 'r.%'
            THEN format('@extschema@.dnc_check(%s, %L, %L, %s)', x.number, channel, purpose, at)
        ELSE format('dnc.check_field(%s, %L, %L, %s, %s)', dnc.written(relation, x.name), channel, purpose, at,
            place) END ORDER BY x.n)
    FROM unnest(dnc.phone_expressions(relation, phone_columns, place), phone_columns)
        WITH ORDINALITY AS x (number, name, n);
END;
COMMENT ON FUNCTION dnc.check_expressions(regclass, text[], text, text, text, text)
    IS 'SQL expressions for the checks of the phone columns of relation r';

CREATE FUNCTION dnc.blank(relation regclass, column_name text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN dnc.base_type(a.atttypid) = '@extschema@.dnc_phone'::regtype
        THEN format('r.%I IS NULL', a.attname)
                ELSE format('r.%I IS NULL OR pg_catalog.btrim(%s, E'' \t\n\r\f\013'') OPERATOR(pg_catalog.=) ''''',
                    a.attname, dnc.written(a.attname::text, dnc.base_type(a.atttypid))) END
    FROM pg_attribute AS a WHERE a.attrelid = relation
        AND a.attname = column_name;
END;
COMMENT ON FUNCTION dnc.blank(regclass, text) IS 'SQL condition for a phone column of relation r that is NULL or blank';

-- A clear row has at least one number, and none that is suppressed or unreadable.
CREATE FUNCTION dnc.clear_condition(relation regclass, phone_columns text[], place text, channel text, purpose text)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    checks text[] := dnc.check_expressions(relation, phone_columns, place, channel, purpose);
BEGIN
    -- Raises for an unknown channel or purpose.
    PERFORM @extschema@.dnc_check(NULL::@extschema@.dnc_phone, channel, purpose);
    IF cardinality(checks) = 1 THEN
        RETURN format('%s IS FALSE', checks[1]);
    END IF;
    RETURN (SELECT format('(%s) AND (%s)',
                string_agg(format('%s OR %s IS FALSE', dnc.blank(relation, phone_columns[i]), checks[i]),
                    ') AND (' ORDER BY i),
                string_agg(format('NOT (%s)', dnc.blank(relation, phone_columns[i])), ' OR ' ORDER BY i))
            FROM generate_subscripts(checks, 1) AS i);
END
$$;
COMMENT ON FUNCTION dnc.clear_condition(regclass, text[], text, text, text)
    IS 'SQL condition for a clear row of relation r';

CREATE FUNCTION dnc.status_expression(relation regclass, phone_columns text[], place text, channel text, purpose text)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT format('CASE WHEN %s THEN ''suppressed'' WHEN %s THEN ''clear'' WHEN %s THEN ''missing'' '
            'ELSE ''unreadable'' END', string_agg(x.checked, ' OR ' ORDER BY x.n),
        dnc.clear_condition(relation, phone_columns, place, channel, purpose),
        string_agg(dnc.blank(relation, phone_columns[x.n]), ' AND ' ORDER BY x.n))
    FROM unnest(dnc.check_expressions(relation, phone_columns, place, channel, purpose)) WITH ORDINALITY AS x (checked,
        n);
END;
COMMENT ON FUNCTION dnc.status_expression(regclass, text[], text, text, text)
    IS 'SQL expression for the status of a row of relation r: suppressed, clear, missing or unreadable, as guards set '
       'it';

CREATE FUNCTION dnc.count_query(relation regclass, status text, outside text DEFAULT '0',
    condition text DEFAULT 'true') RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    RETURN format('SELECT pg_catalog.count(*) AS rows, %s, coalesce(pg_catalog.sum(x.outside), 0) AS outside FROM '
        '(SELECT %s AS status, %s AS outside FROM %s AS r WHERE %s) AS x',
        (SELECT string_agg(format('pg_catalog.count(*) FILTER (WHERE x.status OPERATOR(pg_catalog.=) %L) AS %I', s, s),
            ', ') FROM unnest(ARRAY['suppressed', 'unreadable', 'missing']) AS s), status, outside, relation,
        condition);
COMMENT ON FUNCTION dnc.count_query(regclass, text, text, text)
    IS 'query for the count by status of a table''s rows that satisfy a condition, and the sum of another expression';

CREATE FUNCTION dnc.count_no_range(numbers text[]) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
    RETURN (SELECT string_agg(format('(@extschema@.dnc_is_valid(%s) IS FALSE)::int', n), ' + ')
        FROM unnest(numbers) AS n);
COMMENT ON FUNCTION dnc.count_no_range(text[])
    IS 'SQL expression: how many of these expressions are numbers in no range in use';
