-- ---------------------------------------------------------------------------
-- Guards on the CRM's own tables
-- ---------------------------------------------------------------------------
-- Functions that run statements on a caller's table run with the caller's rights. The trigger functions read only the
-- row they are given and the extension's own tables.

CREATE FUNCTION @extschema@.dnc_guard() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_guard_row' LANGUAGE c;
CREATE FUNCTION @extschema@.dnc_guard_commit() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_guard_commit' LANGUAGE c;
-- Called by the WHEN clause of the deferred triggers, as soon as a row is written. Whoever writes the table needs it.
CREATE FUNCTION @extschema@.dnc_guard_written(channel text, relation oid, place tid, earlier tid) RETURNS boolean
    AS 'MODULE_PATHNAME', 'dnc_guard_written' LANGUAGE c;
COMMENT ON FUNCTION @extschema@.dnc_guard_written(text, oid, tid, tid)
    IS 'notes a row that this transaction has written into a guarded table, to be checked at its end; true for the '
       'first one, whose event then checks all. dnc_attach writes it into its triggers';
COMMENT ON FUNCTION @extschema@.dnc_guard() IS 'trigger function of guarded tables; dnc_attach creates the trigger';
COMMENT ON FUNCTION @extschema@.dnc_guard_commit()
    IS 'deferred trigger function of guarded tables; dnc_attach creates the trigger';

-- A guard's settings are its trigger's arguments, name=value, after guard=1, the format version. Dumps contain them, so
-- every released format must stay readable. src/crm/guard/plan.rs reads them too.
--   mode, channel (missing: all), purpose, region, region_column, region_path, flag_column, unreadable (missing: as the
--     mode does), phone_column (one or more)
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

CREATE FUNCTION dnc.guard_name(prefix text, channel text) RETURNS name
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
    RETURN prefix || CASE WHEN length(channel) > 30 THEN
        left(channel, 20) || '_' || left(md5(channel), 8) ELSE coalesce(channel, 'all') END;
COMMENT ON FUNCTION dnc.guard_name(text, text) IS 'name of the guard''s trigger for a channel';

-- A table in use must not make every session wait behind the one that would guard it.
CREATE FUNCTION dnc.lock_briefly(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    before text := current_setting('lock_timeout');
BEGIN
    IF before = '0' OR before::interval > '5s' THEN
        PERFORM set_config('lock_timeout', '5s', true);
    END IF;
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', relation);
    PERFORM set_config('lock_timeout', before, true);
EXCEPTION WHEN lock_not_available THEN
    RAISE EXCEPTION '% is in use', relation USING ERRCODE = 'lock_not_available',
        DETAIL = 'A guard is made while nobody writes the table; a transaction that has written it holds it.',
        HINT = 'Try again. pg_stat_activity lists open transactions.';
END
$$;
COMMENT ON FUNCTION dnc.lock_briefly(regclass)
    IS 'locks a table against writers; raises if that takes longer than lock_timeout, and at most 5 seconds: whoever '
       'writes the table meanwhile waits behind it';

-- A table or column for messages is seldom meant for calls.
CREATE FUNCTION dnc.report_channel(relation regclass, phone_columns text[], channel text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    named text := (SELECT min(lower(m[2])) FROM unnest(ARRAY[relation::text, array_to_string(phone_columns, ', ')])
        AS x (names), LATERAL unnest(string_to_array(x.names, ', ')) AS y (name)
        LEFT JOIN LATERAL regexp_matches(y.name, '(^|[._])(sms|whatsapp|fax)(es)?([._]|$)', 'i') AS m ON true
        GROUP BY x.names HAVING bool_and(m IS NOT NULL) ORDER BY 1 LIMIT 1);
BEGIN
    IF channel = 'voice' AND named IS NOT NULL THEN
        RAISE NOTICE 'channel is voice: opt-outs from % alone do not count here', named
            USING HINT = format('Its name says that it is for %s: give channel => ''%s''.', named, named);
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.report_channel(regclass, text[], text)
    IS 'a NOTICE where the channel is voice and the name of a table, or of all its phone columns, says sms, whatsapp '
       'or fax';

CREATE FUNCTION dnc.flag_type(relation regclass, flag_column text) RETURNS regtype
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    flag_type regtype := (SELECT dnc.base_type(a.atttypid) FROM pg_attribute AS a
        WHERE a.attrelid = relation AND a.attname = flag_column AND a.attnum > 0 AND NOT a.attisdropped
          AND a.attgenerated = '');
    size      integer := (SELECT a.atttypmod - 4 FROM pg_attribute AS a
        WHERE a.attrelid = relation AND a.attname = flag_column AND a.atttypmod > 0);
BEGIN
    IF flag_type IS NULL OR flag_type NOT IN ('boolean', 'text', 'varchar') OR size < 10 THEN
        RAISE EXCEPTION 'column "%" of % cannot hold the flag', flag_column, relation
            USING ERRCODE = 'datatype_mismatch',
            DETAIL = coalesce(format('Its type is %s.', flag_type || coalesce('(' || size || ')', '')),
                'There is no such column, or it is generated.'),
            HINT = 'The flag column is boolean (true: do not contact) or text of 10 characters or more (clear, '
                   'suppressed, unreadable, missing).';
    END IF;
    RETURN flag_type;
END
$$;
COMMENT ON FUNCTION dnc.flag_type(regclass, text) IS 'boolean or text; raises unless a column can hold the flag';

CREATE FUNCTION @extschema@.dnc_attach(
    relation regclass, phone_columns text[], region text DEFAULT NULL, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, region_column text DEFAULT NULL, region_path text DEFAULT NULL,
    mode text DEFAULT 'reject', flag_column text DEFAULT NULL, unreadable text DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    -- Raises for an unknown channel or purpose, such as a region in their place.
    scope     boolean := @extschema@.dnc_check(NULL::@extschema@.dnc_phone, channel, purpose);
    place     text := dnc.region_expression(relation, region, region_column, region_path);
    name      text := dnc.guard_name('zz_dnc_guard_', channel);
    kind      "char" := (SELECT c.relkind FROM pg_class AS c WHERE c.oid = relation);
    regions   text[] := CASE WHEN region_path IS NULL THEN ARRAY[region_column]
        ELSE ARRAY(SELECT p.column_name FROM dnc.region_paths(relation, region_path) AS p ORDER BY p.n) END;
    -- Raises for columns that cannot be read.
    status    text := dnc.status_expression(relation, phone_columns, place, channel, purpose);
    arguments text;
    event     text;
    body      text;
    generated text;
    pages     bigint;
BEGIN
    IF kind NOT IN ('r', 'p') THEN
        RAISE EXCEPTION '% is no table', relation USING ERRCODE = 'wrong_object_type',
            HINT = 'Guard the table behind it.';
    END IF;
    IF kind = 'r' AND EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhparent = relation) THEN
        RAISE EXCEPTION 'other tables inherit from %', relation USING ERRCODE = 'wrong_object_type',
            DETAIL = 'A row inserted into one of them would not be checked.',
            HINT = 'Guard each of the tables that hold rows.';
    END IF;
    IF mode IS NULL OR mode NOT IN ('reject', 'skip', 'flag') THEN
        RAISE EXCEPTION 'unknown mode "%"', mode USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'reject raises an error, skip leaves the row out, flag stores it with its flag set.';
    END IF;
    IF unreadable NOT IN ('reject', 'flag', 'allow') THEN
        RAISE EXCEPTION 'unreadable is reject, flag or allow, not "%"', left(unreadable, 60)
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'It says what becomes of a row with a number that cannot be read; NULL: what the mode does.';
    END IF;
    IF kind = 'p' AND mode = 'skip' THEN
        RAISE EXCEPTION 'mode skip is not for partitioned tables' USING ERRCODE = 'feature_not_supported',
            DETAIL = 'An UPDATE that moves a row to another partition deletes it first; skipping its insertion would '
                     'lose it.', HINT = 'Use reject or flag.';
    END IF;
    IF flag_column = ANY (phone_columns || regions) THEN
        RAISE EXCEPTION 'flag_column must not be a phone or region column' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT a.attname INTO generated FROM pg_attribute AS a
        WHERE a.attrelid = relation AND a.attname = ANY (phone_columns || regions) AND a.attgenerated <> ''
        LIMIT 1;
    IF generated IS NOT NULL THEN
        RAISE EXCEPTION 'column "%" of % is generated', generated, relation USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'A guard sees the row before generated columns are computed.',
            HINT = 'Guard the column from which it is generated.';
    END IF;
    IF mode = 'flag' AND flag_column IS NULL OR mode = 'skip' AND flag_column IS NOT NULL THEN
        RAISE EXCEPTION 'mode % %', mode, CASE mode WHEN 'flag' THEN 'needs flag_column' ELSE 'takes no flag_column' END
            USING ERRCODE = 'invalid_parameter_value',
            HINT = 'The flag column is boolean (true: do not contact) or text (clear, suppressed, unreadable, '
                   'missing).';
    END IF;
    IF flag_column IS NOT NULL THEN
        PERFORM dnc.flag_type(relation, flag_column);
    END IF;
    IF EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = relation AND t.tgname = name) THEN
        RAISE EXCEPTION '% is guarded for channel % already', relation, coalesce(channel, 'all')
            USING ERRCODE = 'duplicate_object',
            HINT = 'Call dnc_detach first; a table has one guard a channel.';
    END IF;
    PERFORM dnc.report_channel(relation, phone_columns, channel);
    SELECT string_agg(quote_literal(x.name || '=' || x.value), ', ' ORDER BY x.n) INTO arguments FROM (
        SELECT n,
            (ARRAY['guard', 'mode', 'channel', 'purpose', 'region', 'region_column', 'region_path', 'flag_column',
                'unreadable', 'installation', 'table', 'places'])[n] AS name, v AS value
        FROM unnest(ARRAY['1', mode, nullif(channel, 'all'), purpose, region, region_column, region_path, flag_column,
                unreadable, dnc.installation_id(), relation::oid::text,
                 (SELECT string_agg(a.attnum::text, ',' ORDER BY c.n)
                     FROM unnest(phone_columns || region_column || flag_column) WITH ORDINALITY AS c (name, n)
                  JOIN pg_attribute AS a ON a.attrelid = relation AND a.attname = c.name
                      AND NOT a.attisdropped)]) WITH ORDINALITY AS u (v, n)
        UNION ALL
        SELECT 100 + n, 'phone_column', v FROM unnest(phone_columns) WITH ORDINALITY AS u (v, n)) AS x
            WHERE x.value IS NOT NULL;
    PERFORM dnc.lock_briefly(relation);
    BEGIN
        -- The row is changed or left out before it is written, or else checked once it is written: a trigger before an
        -- UPDATE locks the row, and one before an INSERT keeps COPY from writing many rows at once.
        IF mode <> 'reject' OR flag_column IS NOT NULL THEN
            EXECUTE format('CREATE TRIGGER %I BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION '
                '@extschema@.dnc_guard(%s)', dnc.guard_name('zz_dnc_guard_', channel), relation, arguments);
            EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', relation,
                dnc.guard_name('zz_dnc_guard_', channel));
        END IF;
        FOR event, name, body IN SELECT x.event, dnc.guard_name(CASE WHEN x.event = 'UPDATE' THEN 'zz_dnc_update_'
                WHEN mode = 'reject' AND flag_column IS NULL THEN 'zz_dnc_guard_' ELSE 'zz_dnc_commit_' END, channel),
                CASE WHEN x.event = 'INSERT' AND mode = 'reject' AND flag_column IS NULL THEN 'dnc_guard'
                ELSE 'dnc_guard_commit' END
            FROM unnest(ARRAY['INSERT', 'UPDATE']) AS x (event) WHERE mode <> 'flag' LOOP
            EXECUTE format('CREATE CONSTRAINT TRIGGER %I AFTER %s ON %s DEFERRABLE INITIALLY DEFERRED FOR EACH ROW '
                'WHEN (@extschema@.dnc_guard_written(%L, new.tableoid, new.ctid, %s)) EXECUTE FUNCTION '
                '@extschema@.%I(%s)', name, event, relation, coalesce(nullif(channel, 'all'), ''),
                CASE event WHEN 'UPDATE' THEN 'old.ctid' ELSE 'NULL' END, body, arguments);
            EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', relation, name);
        END LOOP;
    EXCEPTION WHEN object_in_use THEN
        RAISE EXCEPTION '% was written by this transaction, which has yet to check the rows', relation
            USING ERRCODE = 'object_in_use', DETAIL = 'Deferred constraints, such as foreign keys, are pending.',
            HINT = 'SET CONSTRAINTS ALL IMMEDIATE first, or attach the guard in a transaction of its own.';
    END;
    IF mode = 'skip' THEN
        RAISE NOTICE 'rows are left out without an error: an INSERT reports fewer rows, and RETURNING none'
            USING HINT = 'Code that reads back what it inserts, as ORMs do, fails then. Use reject or flag for it.';
    END IF;
    SELECT coalesce(sum(p.pages), 0) INTO pages FROM dnc.parts(relation) AS p;
    IF pages = 0 THEN
        PERFORM dnc.guard_checked(relation, coalesce(channel, 'all'), 0, 0, 0, 0);
    ELSE
        RAISE NOTICE 'the rows that % has already are not checked yet', relation
            USING HINT = format('CALL dnc_recheck(relation => %L) counts those that must not be contacted%s.',
                relation, CASE WHEN flag_column IS NULL THEN '' ELSE format(' and fills in "%s"', flag_column) END);
    END IF;
    RETURN pages;
END
$$;
CREATE FUNCTION @extschema@.dnc_attach(
    relation regclass, phone_column text, region text DEFAULT NULL, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, region_column text DEFAULT NULL, region_path text DEFAULT NULL,
    mode text DEFAULT 'reject', flag_column text DEFAULT NULL, unreadable text DEFAULT NULL
) RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_attach(relation, dnc.column_names(relation, phone_column), region, channel, purpose,
        region_column, region_path, mode, flag_column, unreadable);
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
                          dnc.guard_name('zz_dnc_commit_', channel),
                          dnc.guard_name('zz_dnc_update_', channel))) ORDER BY 1 LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', name, relation);
        dropped := dropped + (name LIKE 'zz\_dnc\_guard\_%')::int;
    END LOOP;
    IF dropped = 0 THEN
        RAISE NOTICE '% has no such guard', relation;
    END IF;
    RETURN dropped;
END
$$;

COMMENT ON FUNCTION @extschema@.dnc_attach(regclass, text[], text, text, text, text, text, text, text, text)
    IS 'Guards a table. It makes triggers and reads no row, waiting at most 5 seconds (less, if lock_timeout is '
       'shorter) for those who write the table. It returns the number of pages with existing rows, which stay as they '
       'are until CALL dnc_recheck counts and flags them; 0: the table is empty. mode reject raises 23N01 to 23N05 for '
       'a row with a suppressed or unreadable number, at the latest at COMMIT, with schema, table, '
       'column and constraint in the error''s fields; skip leaves it out; flag stores it. unreadable says what '
       'becomes of a '
       'row with a number that cannot be read: reject, flag (stored and recorded in dnc.guard_event) or allow; NULL: '
       'what the mode does. flag_column is a boolean (true: do not contact) or text (clear, suppressed, unreadable, '
       'missing), which only the guard sets; a boolean is true also where the number is missing. Mode flag needs it, '
       'reject may have it. An UPDATE is not rejected for a column that it leaves as it is. A table has one guard for '
       'each channel. A text column is read in region, in the '
       'region of region_column, or in the first region that is not blank of region_path: columns, or columns of other '
       'tables over foreign keys, separated by commas, as in country, country_id.iso2. Other tables are read with the '
       'privileges of the table''s owner.
Errors: 22023 unknown mode, unreadable, channel, purpose or region, a text column without a region, a region given '
       'twice, a generated column, mode flag without flag_column, mode skip with one, or flag_column is a phone or '
       'region column; 22004 no relation or no column; 42703 no such column; 42804 column of an unusable type; 42830 a '
       'path over a column without a foreign key; 42809 not a table, or a parent of inheritance; 0A000 mode skip on a '
       'partitioned table, or table distributed by Citus; 42710 already guarded for the channel; 55P03 the table is in '
       'use; 55006 the transaction wrote the table, and deferred constraints are pending.
Example: SELECT dnc_attach(relation => ''contact'', phone_columns => ''{phone}'', region_column => ''country'',
  mode => ''reject'');';
COMMENT ON FUNCTION @extschema@.dnc_attach(regclass, text, text, text, text, text, text, text, text, text)
    IS 'dnc_attach for one phone column';
COMMENT ON FUNCTION @extschema@.dnc_detach(regclass, text)
    IS 'Drops the guards of a table, for one channel or, without channel, for all, and returns their number.
Example: SELECT dnc_detach(relation => ''dial_queue'');';
