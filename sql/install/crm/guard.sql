-- ---------------------------------------------------------------------------
-- Guards on the CRM's own tables
-- ---------------------------------------------------------------------------
-- Functions that run statements on a caller's table run with the caller's rights. The trigger functions read only the
-- row they are given and the extension's own tables.

CREATE FUNCTION @extschema@.dnc_guard() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_guard_row' LANGUAGE c;
CREATE FUNCTION @extschema@.dnc_guard_commit() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_guard_commit' LANGUAGE c;
COMMENT ON FUNCTION @extschema@.dnc_guard() IS 'trigger function of guarded tables; dnc_attach creates the trigger';
COMMENT ON FUNCTION @extschema@.dnc_guard_commit()
    IS 'deferred trigger function of guarded tables; dnc_attach creates the trigger';

-- A guard's settings are its trigger's arguments, name=value, after guard=1, the format version. Dumps contain them, so
-- every released format must stay readable. src/pg/guard.rs reads them too.
--   mode, channel (missing: all), purpose, region, region_column, flag_column, phone_column (one or more)
--   table, places: OID of the guarded table, and the attribute numbers of its phone, region and flag columns in this
--     order
--   installation: id of the installation that the guard was made for
CREATE FUNCTION dnc.guard_argument(arguments bytea, name text) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT coalesce(array_agg(substr(v.value, length(guard_argument.name) + 2) ORDER BY x.n), '{}')
    FROM unnest(string_to_array(encode(arguments, 'escape'), '\000')) WITH ORDINALITY AS x (escaped, n)
    CROSS JOIN LATERAL (SELECT convert_from(decode(x.escaped, 'escape'), getdatabaseencoding()) AS value) AS v
    WHERE starts_with(v.value, guard_argument.name || '=');
END;
COMMENT ON FUNCTION dnc.guard_argument(bytea, text)
    IS 'values of an argument of a guard''s trigger (pg_trigger.tgargs); empty if it is missing';

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

CREATE FUNCTION dnc.phone_expressions(relation regclass, phone_columns text[], region text, region_column text)
RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    wanted text;
    kind   regtype;
    out    text[] := '{}';
    phone  CONSTANT regtype := '@extschema@.dnc_phone';
    texts  CONSTANT regtype[] := '{text,varchar,bpchar}';
    fields CONSTANT regtype[] := '{text,varchar,bpchar,int4,int8,numeric,text[],varchar[]}';
BEGIN
    IF relation IS NULL OR phone_columns IS NULL OR cardinality(phone_columns) = 0 THEN
        RAISE EXCEPTION 'a table and at least one phone column must be given' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF region IS NOT NULL AND region_column IS NOT NULL THEN
        RAISE EXCEPTION 'both a region and a region column are given' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Give region_column where rows differ, region where they do not.';
    END IF;
    PERFORM dnc.require_local(relation);
    PERFORM @extschema@.dnc_parse('+14155552671', region); -- raises for an unknown region
    FOREACH wanted IN ARRAY phone_columns
        || CASE WHEN region_column IS NULL THEN '{}'::text[] ELSE ARRAY[region_column] END LOOP
        SELECT dnc.base_type(a.atttypid) INTO kind FROM pg_attribute AS a
            WHERE a.attrelid = relation AND a.attname = wanted AND a.attnum > 0 AND NOT a.attisdropped;
        IF kind IS NULL THEN
            RAISE EXCEPTION 'column "%" of % does not exist', wanted, relation USING ERRCODE = 'undefined_column',
                DETAIL = (SELECT format('The columns are %s.', string_agg(a.attname, ', ' ORDER BY a.attnum))
                    FROM pg_attribute AS a
                          WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped),
                HINT = 'Names are compared exactly, upper and lower case included.';
        END IF;
        IF wanted IS NOT DISTINCT FROM region_column AND NOT kind = ANY (texts) THEN
            RAISE EXCEPTION 'column "%" of % has type %', wanted, relation, kind USING ERRCODE = 'datatype_mismatch',
                DETAIL = 'A region column is text: the name or code of a country.',
                HINT = 'Where the country is in another table, keep its code in a column of this one, which a trigger '
                       'on both tables fills.';
        ELSIF NOT (kind = ANY (fields) OR kind = phone) THEN
            RAISE EXCEPTION 'column "%" of % has type %', wanted, relation, kind USING ERRCODE = 'datatype_mismatch',
                DETAIL = 'A phone column is dnc_phone, text, an integer or numeric, or an array of texts.',
                HINT = CASE WHEN kind IN ('json', 'jsonb')
                    THEN format('Keep the number in a column of its own, which a trigger fills: phone := %I ->> '
                        '''phone''.', wanted)
                    ELSE 'Keep the number in a column of one of these types, which a trigger fills.' END;
        END IF;
        CONTINUE WHEN wanted IS NOT DISTINCT FROM region_column AND NOT wanted = ANY (phone_columns);
        IF kind = phone THEN
            out := out || format('r.%I', wanted);
        ELSIF region IS NULL AND region_column IS NULL THEN
            RAISE EXCEPTION 'column "%" of % holds national numbers, and no region is given to read them by', wanted,
                relation
                USING ERRCODE = 'invalid_parameter_value',
                DETAIL = 'A number in national format means a different number in each country.',
                HINT = 'Give region => ''US'' or region_column => ''country''.';
        ELSE
            out := out || format('@extschema@.dnc_try_parse(%s, %s)', dnc.written(wanted, kind),
                CASE WHEN region_column IS NULL THEN quote_literal(region)
                    ELSE format('r.%I::text', region_column) END);
        END IF;
    END LOOP;
    RETURN out;
END
$$;
COMMENT ON FUNCTION dnc.phone_expressions(regclass, text[], text, text)
    IS 'expressions of type dnc_phone for the phone columns of relation r; raises for missing or unusable columns';

-- Each column's check, in which every number of a text counts.
CREATE FUNCTION dnc.check_expressions(relation regclass, phone_columns text[], region text, region_column text,
    channel text, purpose text, at text DEFAULT 'NULL')
RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT array_agg(CASE WHEN x.number LIKE 'r.%'
            THEN format('@extschema@.dnc_check(%s, %L, %L, %s)', x.number, channel, purpose, at)
        ELSE format('dnc.check_field(%s, %L, %L, %s, %s)', dnc.written(relation, x.name), channel, purpose, at,
            CASE WHEN region_column IS NULL THEN quote_nullable(region) ELSE format('r.%I::text', region_column) END)
            END ORDER BY x.n)
    FROM unnest(dnc.phone_expressions(relation, phone_columns, region, region_column), phone_columns)
        WITH ORDINALITY AS x (number, name, n);
END;
COMMENT ON FUNCTION dnc.check_expressions(regclass, text[], text, text, text, text, text)
    IS 'SQL expressions for the checks of the phone columns of relation r';

-- A clear row has at least one number, and none that is suppressed or unreadable.
CREATE FUNCTION dnc.clear_condition(relation regclass, phone_columns text[], region text, region_column text,
    channel text, purpose text)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    checks text[] := dnc.check_expressions(relation, phone_columns, region, region_column, channel, purpose);
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
COMMENT ON FUNCTION dnc.clear_condition(regclass, text[], text, text, text, text)
    IS 'SQL condition for a clear row of relation r';

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

CREATE FUNCTION dnc.count_no_range(numbers text[]) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
    RETURN (SELECT string_agg(format('(@extschema@.dnc_is_valid(%s) IS FALSE)::int', n), ' + ')
        FROM unnest(numbers) AS n);
COMMENT ON FUNCTION dnc.count_no_range(text[])
    IS 'SQL expression: how many of these expressions are numbers in no range in use';

CREATE FUNCTION dnc.guard_name(prefix text, channel text) RETURNS name
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
    RETURN prefix || CASE WHEN length(channel) > 30 THEN
        left(channel, 20) || '_' || left(md5(channel), 8) ELSE coalesce(channel, 'all') END;
COMMENT ON FUNCTION dnc.guard_name(text, text) IS 'name of the guard''s trigger for a channel';

CREATE FUNCTION @extschema@.dnc_attach(
    relation regclass, phone_columns text[], region text DEFAULT NULL, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, region_column text DEFAULT NULL, mode text DEFAULT 'reject',
        flag_column text DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    condition text;
    arguments text;
    name      text := dnc.guard_name('zz_dnc_guard_', channel);
    kind      "char";
    generated text;
    flag_type regtype;
    found     bigint;
    outside   bigint;
BEGIN
    condition := dnc.clear_condition(relation, phone_columns, region, region_column, channel, purpose);
    SELECT c.relkind INTO kind FROM pg_class AS c WHERE c.oid = relation;
    IF kind NOT IN ('r', 'p') THEN
        RAISE EXCEPTION '% is no table', relation USING ERRCODE = 'wrong_object_type',
            HINT = 'Guard the table behind it.';
    END IF;
    IF kind = 'r' AND EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhparent = relation) THEN
        RAISE EXCEPTION 'other tables inherit from %', relation USING ERRCODE = 'wrong_object_type',
            DETAIL = 'A row inserted into one of them would not be checked.',
            HINT = 'Guard each of the tables that hold rows.';
    END IF;
    IF kind = 'p' AND mode = 'skip' THEN
        RAISE EXCEPTION 'mode skip is not for partitioned tables' USING ERRCODE = 'feature_not_supported',
            DETAIL = 'An UPDATE that moves a row to another partition deletes it first; skipping its insertion would '
                     'lose it.', HINT = 'Use reject or flag.';
    END IF;
    IF flag_column = ANY (phone_columns) THEN
        RAISE EXCEPTION 'flag_column must not be a phone column' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF mode IS NULL OR mode NOT IN ('reject', 'skip', 'flag') THEN
        RAISE EXCEPTION 'unknown mode "%"', mode USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'reject raises an error, skip leaves the row out, flag stores it with its flag set.';
    END IF;
    SELECT a.attname INTO generated FROM pg_attribute AS a
        WHERE a.attrelid = relation AND a.attname = ANY (phone_columns || region_column) AND a.attgenerated <> ''
        LIMIT 1;
    IF generated IS NOT NULL THEN
        RAISE EXCEPTION 'column "%" of % is generated', generated, relation USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'A guard sees the row before generated columns are computed.',
            HINT = 'Guard the column from which it is generated.';
    END IF;
    IF (mode = 'flag') <> (flag_column IS NOT NULL) THEN
        RAISE EXCEPTION 'mode flag and flag_column go together' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'The flag column is boolean (true: do not contact) or text (clear, suppressed, unreadable, '
                'missing).';
    END IF;
    IF flag_column IS NOT NULL THEN
        SELECT dnc.base_type(a.atttypid) INTO flag_type FROM pg_attribute AS a
            WHERE a.attrelid = relation AND a.attname = flag_column AND a.attnum > 0 AND NOT a.attisdropped
              AND a.attgenerated = '';
        IF flag_type IS NULL OR flag_type NOT IN ('boolean', 'text') THEN
            RAISE EXCEPTION 'column "%" of % cannot hold the flag', flag_column, relation
                USING ERRCODE = 'datatype_mismatch',
                DETAIL = coalesce(format('Its type is %s.', flag_type), 'There is no such column, or it is generated.'),
                HINT = 'The flag column is boolean (true: do not contact) or text (clear, suppressed, unreadable, '
                    'missing).';
        END IF;
    END IF;
    IF EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = relation AND t.tgname = name) THEN
        RAISE EXCEPTION '% is guarded for channel % already', relation, coalesce(channel, 'all')
            USING ERRCODE = 'duplicate_object',
            HINT = 'Call dnc_detach first; a table has one guard a channel.';
    END IF;
    SELECT string_agg(quote_literal(x.name || '=' || x.value), ', ' ORDER BY x.n) INTO arguments FROM (
        SELECT n,
            (ARRAY['guard', 'mode', 'channel', 'purpose', 'region', 'region_column', 'flag_column', 'installation',
                'table', 'places'])[n] AS name, v AS value
        FROM unnest(ARRAY['1', mode, nullif(channel, 'all'), purpose, region, region_column, flag_column,
                dnc.installation_id(), relation::oid::text,
                 (SELECT string_agg(a.attnum::text, ',' ORDER BY c.n)
                     FROM unnest(phone_columns || region_column || flag_column) WITH ORDINALITY AS c (name, n)
                  JOIN pg_attribute AS a ON a.attrelid = relation AND a.attname = c.name
                      AND NOT a.attisdropped)]) WITH ORDINALITY AS u (v, n)
        UNION ALL
        SELECT 100 + n, 'phone_column', v FROM unnest(phone_columns) WITH ORDINALITY AS u (v, n)) AS x
            WHERE x.value IS NOT NULL;
    EXECUTE format(
        'CREATE TRIGGER %I BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION @extschema@.dnc_guard(%s)', name,
        relation, arguments);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', relation, name);
    IF mode <> 'flag' THEN
        EXECUTE format(
            'CREATE CONSTRAINT TRIGGER %I AFTER INSERT OR UPDATE ON %s DEFERRABLE INITIALLY DEFERRED FOR EACH ROW '
            'EXECUTE FUNCTION @extschema@.dnc_guard_commit(%s)',
            dnc.guard_name('zz_dnc_commit_', channel), relation, arguments);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', relation, dnc.guard_name('zz_dnc_commit_', channel));
    END IF;
    EXECUTE format('SELECT count(*) FILTER (WHERE NOT (%s) AND NOT (%s)), coalesce(sum(%s), 0) FROM %s AS r', condition,
        (SELECT string_agg(format('(%s)', dnc.blank(relation, x)), ' AND ') FROM unnest(phone_columns) AS x),
        dnc.count_no_range(dnc.phone_expressions(relation, phone_columns, region, region_column)), relation)
            INTO found, outside;
    IF found > 0 THEN
        RAISE NOTICE '% row(s) of % already hold a suppressed or unreadable number; none was changed', found, relation;
    END IF;
    IF outside > 0 THEN
        RAISE NOTICE '% number(s) of % are in no range in use', outside, relation
            USING HINT = 'Check the region in which they are read.';
    END IF;
    RETURN found;
END
$$;
CREATE FUNCTION @extschema@.dnc_attach(
    relation regclass, phone_column text, region text DEFAULT NULL, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, region_column text DEFAULT NULL, mode text DEFAULT 'reject',
        flag_column text DEFAULT NULL
) RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_attach(relation, ARRAY[phone_column], region, channel, purpose, region_column, mode,
        flag_column);
END;

CREATE FUNCTION @extschema@.dnc_detach(relation regclass, channel text DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    name    text;
    dropped integer := 0;
BEGIN
    FOR name IN SELECT t.tgname FROM pg_trigger AS t
                WHERE t.tgrelid = relation AND t.tgparentid = 0
                  AND t.tgfoid IN ('@extschema@.dnc_guard()'::regprocedure,
                      '@extschema@.dnc_guard_commit()'::regprocedure)
                  AND (channel IS NULL
                      OR t.tgname IN (dnc.guard_name('zz_dnc_guard_', channel),
                          dnc.guard_name('zz_dnc_commit_', channel))) ORDER BY 1 LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', name, relation);
        dropped := dropped + (name LIKE 'zz\_dnc\_guard\_%')::int;
    END LOOP;
    IF dropped = 0 THEN
        RAISE NOTICE '% has no such guard', relation;
    END IF;
    RETURN dropped;
END
$$;

COMMENT ON FUNCTION @extschema@.dnc_attach(regclass, text[], text, text, text, text, text, text)
    IS 'Guards a table and returns the number of existing rows with a suppressed or unreadable number, which stay as '
       'they are. mode reject raises 23N01 to 23N05 for such a row, at the latest at COMMIT; skip leaves it out; flag '
       'stores it and sets flag_column, a boolean (true: do not contact) or text (clear, suppressed, unreadable, '
       'missing). A '
       'table has one guard for each channel. A text column is read in region or in the row''s region_column; one of '
       'them is required.
Errors: 22023 unknown mode, channel, purpose or region, a text column without a region, both region and '
       'region_column, a generated column, flag_column without mode flag or the reverse, or flag_column is a phone '
       'column; 22004 no relation or no column; 42703 no such column; 42804 column of an unusable type; 42809 not a '
       'table, or a parent of inheritance; 0A000 mode skip on a partitioned table, or table distributed by Citus; '
       '42710 already guarded for the channel.
Example: SELECT dnc_attach(relation => ''contact'', phone_columns => ''{phone}'', region_column => ''country'',
  mode => ''reject'');';
COMMENT ON FUNCTION @extschema@.dnc_attach(regclass, text, text, text, text, text, text, text)
    IS 'dnc_attach for one phone column';
COMMENT ON FUNCTION @extschema@.dnc_detach(regclass, text)
    IS 'Drops the guards of a table, for one channel or, without channel, for all, and returns their number.
Example: SELECT dnc_detach(relation => ''dial_queue'');';

CREATE VIEW dnc.attachment AS
    SELECT t.tgrelid::pg_catalog.regclass AS relation, m.mode,
        coalesce((dnc.guard_argument(t.tgargs, 'channel'))[1], 'all') AS channel,
        (dnc.guard_argument(t.tgargs, 'purpose'))[1] AS purpose,
           (dnc.guard_argument(t.tgargs, 'region'))[1] AS region,
               (dnc.guard_argument(t.tgargs, 'region_column'))[1] AS region_column,
               (dnc.guard_argument(t.tgargs, 'flag_column'))[1] AS flag_column,
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
                WHEN h.unguarded IS NOT NULL
                    THEN pg_catalog.format('rows of %s, which inherits from it, are not guarded', h.unguarded)
                WHEN EXISTS (SELECT FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid = t.tgrelid AND NOT g.tgisinternal
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
RETURNS TABLE (relation regclass, column_name text, column_type text, guarded boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT c.oid::regclass, a.attname::text, format_type(a.atttypid, a.atttypmod),
           EXISTS (SELECT FROM pg_trigger AS t
               WHERE t.tgrelid = c.oid AND t.tgfoid = '@extschema@.dnc_guard()'::regprocedure
                     AND a.attname = ANY (dnc.guard_argument(t.tgargs, 'phone_column')))
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid JOIN pg_type AS y ON y.oid = a.atttypid
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
      AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'dnc'::regnamespace)
      AND c.relpersistence <> 't'
      AND (y.oid = '@extschema@.dnc_phone'::regtype
           OR y.typcategory = 'S'
           AND a.attname ~* '(phone|mobile|msisdn|cellular|telefon|^(tel|cell|fax|gsm|whatsapp)([_0-9]|$)|_(tel|cell|f'
                            'ax|gsm)([_0-9]|$))')
    ORDER BY 4, 1, 2;
END;
COMMENT ON FUNCTION @extschema@.dnc_coverage()
    IS 'Returns the columns that seem to hold telephone numbers, by type or name, unguarded ones first.
Example: SELECT * FROM dnc_coverage() WHERE NOT guarded;';
