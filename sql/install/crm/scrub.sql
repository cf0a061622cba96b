-- ---------------------------------------------------------------------------
-- Scrubs: check all numbers of a table and keep a receipt
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_scrub_hash_add(internal, text)
RETURNS internal AS 'MODULE_PATHNAME', 'dnc_scrub_hash_add_wrapper' LANGUAGE c IMMUTABLE;
CREATE FUNCTION @extschema@.dnc_scrub_hash_finish(internal)
RETURNS bytea AS 'MODULE_PATHNAME', 'dnc_scrub_hash_finish_wrapper' LANGUAGE c IMMUTABLE;
CREATE AGGREGATE @extschema@.dnc_scrub_hash(text) (SFUNC = @extschema@.dnc_scrub_hash_add, STYPE = internal,
    FINALFUNC = @extschema@.dnc_scrub_hash_finish, FINALFUNC_MODIFY = READ_WRITE);
COMMENT ON FUNCTION @extschema@.dnc_scrub_hash_add(internal, text) IS 'transition function of dnc_scrub_hash';
COMMENT ON FUNCTION @extschema@.dnc_scrub_hash_finish(internal) IS 'final function of dnc_scrub_hash';
COMMENT ON AGGREGATE @extschema@.dnc_scrub_hash(text)
    IS 'Returns the SHA-256 over texts in their aggregation order. Each text is preceded by its length in bytes (8 '
       'bytes, little-endian); NULL is the length 2^64 - 1 and no bytes.
Example: SELECT dnc_scrub_hash(phone ORDER BY id) FROM contact;';

CREATE FUNCTION dnc.scrub_begin(source text, target text, key_column text, phone_column text, channel text,
    purpose text, store text DEFAULT 'all', region text DEFAULT NULL, region_column text DEFAULT NULL,
    region_path text DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    fresh bigint;
BEGIN
    PERFORM dnc.require_list(), dnc.require_known('channel', channel);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    INSERT INTO dnc.scrub (source, target, key_column, phone_column, channel, purpose, state, started_at, started_by,
        store, region, region_column, region_path)
    VALUES (source, target, key_column, phone_column, channel, purpose, 'running', now(), session_user,
        store, region, region_column, region_path)
    RETURNING scrub_id INTO fresh;
    RETURN fresh;
END
$$;
-- Called before and after each batch, in its transaction.
CREATE FUNCTION dnc.scrub_versions(scrub bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    UPDATE dnc.scrub AS s SET versions = s.versions || pg_catalog.jsonb_build_array(f.now) FROM (
        SELECT coalesce(pg_catalog.jsonb_object_agg(x.list, x.version_id), '{}') AS now FROM dnc.list_facts() AS x) AS f
    WHERE s.scrub_id = scrub AND s.state = 'running' AND s.started_by = session_user
      AND s.versions -> -1 IS DISTINCT FROM f.now;
END;
CREATE FUNCTION dnc.scrub_end(scrub bigint, rows bigint, clear bigint, suppressed bigint, unreadable bigint,
    missing bigint, lists jsonb, result_hash bytea, rows_hash bytea DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    PERFORM dnc.require_list();
    UPDATE dnc.scrub AS s SET state = 'finished', finished_at = clock_timestamp(), rows = rows, clear = clear,
        suppressed = suppressed, unreadable = unreadable, missing = missing,
        lists = lists, result_hash = result_hash, rows_hash = rows_hash
        WHERE s.scrub_id = scrub AND s.state = 'running' AND s.started_by = session_user;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'scrub % is not running, or not yours', scrub
            USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'A receipt is written once; scrub again for another one.';
    END IF;
END
$$;
CREATE FUNCTION dnc.scrub_running(target text) RETURNS dnc.scrub
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT s FROM dnc.scrub AS s WHERE s.target = scrub_running.target AND s.state = 'running'
        AND s.started_by = session_user ORDER BY s.scrub_id DESC LIMIT 1;
END;
CREATE FUNCTION dnc.scrub_receipt(scrub bigint) RETURNS dnc.scrub
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT s FROM dnc.scrub AS s WHERE s.scrub_id = scrub;
END;
COMMENT ON FUNCTION dnc.scrub_begin(text, text, text, text, text, text, text, text, text, text)
    IS 'opens a receipt; for dnc_scrub';
COMMENT ON FUNCTION dnc.scrub_versions(bigint) IS 'records the current list versions in the receipt; for dnc_scrub';
COMMENT ON FUNCTION dnc.scrub_end(bigint, bigint, bigint, bigint, bigint, bigint, jsonb, bytea, bytea)
    IS 'completes a receipt; for dnc_scrub';
COMMENT ON FUNCTION dnc.scrub_running(text) IS 'the session user''s latest unfinished scrub into a table';
COMMENT ON FUNCTION dnc.scrub_receipt(bigint) IS 'a scrub receipt by its id';

CREATE FUNCTION dnc.scrub_summary(rows_in_order text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN 'SELECT pg_catalog.count(*) AS rows, pg_catalog.count(*) FILTER (WHERE t.status OPERATOR(pg_catalog.=) '
           '''clear'') AS clear, pg_catalog.count(*) FILTER (WHERE t.status OPERATOR(pg_catalog.=) ''suppressed'') AS '
           'suppressed, '
        || 'pg_catalog.count(*) FILTER (WHERE t.status OPERATOR(pg_catalog.=) ''unreadable'') AS unreadable, '
        || 'pg_catalog.count(*) FILTER (WHERE t.status OPERATOR(pg_catalog.=) ''missing'') AS missing, '
        || '@extschema@.dnc_scrub_hash(pg_catalog.concat_ws(''|'', t.n, t.key, t.phone, t.status, t.ground, '
           'pg_catalog.array_to_string(t.lists, '',''))) AS result_hash FROM ' || rows_in_order || ' AS t';
CREATE FUNCTION dnc.scrub_lists(target regclass) RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog,
    pg_temp AS $$
DECLARE
    lists jsonb;
BEGIN
    EXECUTE format($q$SELECT coalesce(jsonb_object_agg(x.list, x.rows), '{}') FROM (
        SELECT l.list, count(*) AS rows FROM %1$s AS t, unnest(t.lists) AS l (list)
        WHERE t.status = 'suppressed' GROUP BY 1) AS x$q$, target) INTO lists;
    RETURN lists;
END
$$;
CREATE FUNCTION dnc.scrub_counts(target regclass, OUT rows bigint, OUT clear bigint, OUT suppressed bigint,
    OUT unreadable bigint, OUT missing bigint, OUT result_hash bytea, OUT lists jsonb)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
-- A key's text does not depend on the session.
SET datestyle = 'ISO, MDY' SET intervalstyle = postgres SET timezone = 'UTC' SET extra_float_digits = 1
SET bytea_output = hex AS $$
BEGIN
    EXECUTE dnc.scrub_summary(format('(SELECT * FROM %s ORDER BY n)', target)) INTO rows, clear, suppressed,
        unreadable, missing, result_hash;
    lists := dnc.scrub_lists(target);
END
$$;
COMMENT ON FUNCTION dnc.scrub_summary(text)
    IS 'text of a query for the counts and hash of result rows, which must arrive in order';
COMMENT ON FUNCTION dnc.scrub_lists(regclass) IS 'number of suppressed rows of a scrub result by list';
COMMENT ON FUNCTION dnc.scrub_counts(regclass) IS 'current counts and hash of a scrub''s result table';

CREATE FUNCTION dnc.require_unique(relation regclass, key_column text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_attribute AS a JOIN pg_index AS i ON i.indrelid = a.attrelid AND i.indisunique
        AND i.indisvalid AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum AND i.indpred IS NULL
                   WHERE a.attrelid = relation AND a.attname = key_column AND a.attnotnull) THEN
        RAISE EXCEPTION 'column "%" of % is no unique key', key_column, relation
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'Batches are ordered by a column that is NOT NULL and has a unique index of its own.',
            HINT = 'Leave batch out to check the table in one pass.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_unique(regclass, text)
    IS 'raises unless a column is NOT NULL and has a unique index of its own';

-- The text of a key, as its type's output function writes it.
CREATE FUNCTION dnc.key_text(alias text, column_name text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
    RETURN format('CASE WHEN %1$s.%2$I IS NULL THEN NULL ELSE pg_catalog.concat(%1$s.%2$I) END', alias, column_name);
COMMENT ON FUNCTION dnc.key_text(text, text) IS 'SQL expression for the text of a key in a scrub''s hashes';

-- Run with the caller's rights: they run the caller's query, and insert as an INSERT of the caller would.
CREATE FUNCTION dnc.scrub_query(target regclass, query text, channel text, purpose text, before bigint,
    store_all boolean)
RETURNS TABLE (direct boolean, rows bigint, clear bigint, suppressed bigint, unreadable bigint, missing bigint,
    list_names text[], list_rows bigint[], result_hash bytea, rows_hash bytea)
AS 'MODULE_PATHNAME', 'dnc_scrub_query_wrapper' LANGUAGE c VOLATILE;
CREATE FUNCTION dnc.scrub_hash_query(query text) RETURNS bytea
AS 'MODULE_PATHNAME', 'dnc_scrub_hash_query_wrapper' LANGUAGE c STABLE;
COMMENT ON FUNCTION dnc.scrub_query(regclass, text, text, text, bigint, boolean)
    IS 'writes the results of a query''s rows (key, number or field, check, region) into a scrub''s table, and returns '
       'their counts and hashes; direct is false if the table needed an INSERT';
COMMENT ON FUNCTION dnc.scrub_hash_query(text)
    IS 'rows_hash of dnc.scrub over a query''s rows (key, number as written, region, status, all of them texts)';

-- A procedure, because it commits after each batch. A SET clause would forbid that. It runs with the caller's rights.
CREATE PROCEDURE @extschema@.dnc_scrub(
    relation regclass, key_column text, phone_column text, target text, region text DEFAULT NULL,
        channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, region_column text DEFAULT NULL, region_path text DEFAULT NULL,
    batch integer DEFAULT NULL, store text DEFAULT 'all', INOUT receipt bigint DEFAULT NULL
) LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    place   text := dnc.region_expression(relation, region, region_column, region_path);
    number  text := (dnc.phone_expressions(relation, ARRAY[phone_column], place))[1];
    verdict text := (dnc.check_expressions(relation, ARRAY[phone_column], place, channel, purpose))[1];
    running dnc.scrub;
    parts   pg_catalog.text[] := pg_catalog.parse_ident(target);
    found   pg_catalog.regclass;
    done    bigint := 0;
    step    record;
    counts  record;
    query   text;
    lists   jsonb;
    is_text boolean := number NOT LIKE 'r.%';
    whole   boolean;
BEGIN
    IF pg_catalog.cardinality(parts) > 2 THEN
        RAISE EXCEPTION '"%" is no name for a table', target USING ERRCODE = 'invalid_name',
            HINT = 'Write table or schema.table.';
    END IF;
    IF (store OPERATOR(pg_catalog.=) ANY ('{all,not_clear}'::pg_catalog.text[])) IS NOT TRUE THEN
        RAISE EXCEPTION 'unknown choice of rows "%"', store USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'A scrub stores all rows, or those that are not clear.',
            HINT = 'Write store => ''all'' or store => ''not_clear''.';
    END IF;
    SELECT pg_catalog.string_agg(pg_catalog.quote_ident(p), '.' ORDER BY n) INTO target
    FROM pg_catalog.unnest(parts) WITH ORDINALITY AS u (p, n);
    found := pg_catalog.to_regclass(target);
    IF batch IS NOT NULL THEN
        IF store OPERATOR(pg_catalog.<>) 'all' THEN
            RAISE EXCEPTION 'a scrub in batches stores all rows' USING ERRCODE = 'invalid_parameter_value',
                DETAIL = 'The hash over all rows, which proves what was clear, is made in one pass.',
                HINT = 'Leave batch out, or write store => ''all''.';
        END IF;
        PERFORM dnc.require_unique(relation, key_column);
    END IF;
    running := dnc.scrub_running(target);
    IF running.scrub_id IS NOT NULL AND found IS NOT NULL THEN
        IF (running.source, running.key_column, running.phone_column, running.channel, running.store)
                IS DISTINCT FROM (relation::pg_catalog.text, key_column, phone_column, channel, store)
            OR (running.purpose, running.region, running.region_column, running.region_path)
                IS DISTINCT FROM (purpose, region, region_column, region_path) THEN
            RAISE EXCEPTION 'scrub % into % was begun with other arguments', running.scrub_id, target
                USING ERRCODE = 'object_not_in_prerequisite_state',
                DETAIL = pg_catalog.format('It checks %s.%s of %s for %s.', running.source, running.phone_column,
                    running.key_column, running.channel),
                HINT = 'Repeat those arguments to continue it, or name another table.';
        END IF;
        receipt := running.scrub_id;
        EXECUTE pg_catalog.format('SELECT coalesce(pg_catalog.max(n), 0) FROM %s', found) INTO done;
        RAISE NOTICE 'scrub %: continuing after % rows', receipt, done;
    ELSIF found IS NOT NULL THEN
        RAISE EXCEPTION 'table % exists already', target USING ERRCODE = 'duplicate_table',
            HINT = 'Name a new table: a scrub creates its result table.';
    ELSE
        receipt := dnc.scrub_begin(relation::pg_catalog.text, target, key_column, phone_column, channel, purpose,
            store, region, region_column, region_path);
        EXECUTE pg_catalog.format(
            'CREATE TABLE %s AS SELECT NULL::pg_catalog.int8 AS n, r.%I AS key, NULL::@extschema@.dnc_phone AS phone, '
            'NULL::pg_catalog.text AS status, NULL::pg_catalog.text AS ground, NULL::pg_catalog.text[] AS lists FROM '
            '%s AS r WITH NO DATA',
            target, key_column, relation);
        found := pg_catalog.to_regclass(target);
    END IF;
    whole := batch IS NULL AND done = 0;
    LOOP
        PERFORM dnc.scrub_versions(receipt);
        query := pg_catalog.format('SELECT r.%1$I, %2$s, %3$s, %4$s FROM %5$s AS r %6$s', key_column,
            CASE WHEN is_text THEN dnc.written(relation, phone_column)
                ELSE pg_catalog.format('r.%I::@extschema@.dnc_phone', phone_column) END,
            verdict, CASE WHEN is_text THEN pg_catalog.format('(%s)::pg_catalog.text', place)
                ELSE 'NULL::pg_catalog.text' END, relation,
            CASE WHEN whole THEN ''
                ELSE pg_catalog.format(
                    'WHERE r.%1$I > (SELECT t.key FROM %2$s AS t WHERE t.n OPERATOR(pg_catalog.=) %3$s) OR %3$s '
                    'OPERATOR(pg_catalog.=) 0 ORDER BY r.%1$I LIMIT %4$s', key_column, found, done,
                        coalesce(batch::pg_catalog.text, 'ALL')) END);
        SELECT * INTO step FROM dnc.scrub_query(found, query, channel, purpose, done,
            store OPERATOR(pg_catalog.=) 'all');
        -- A list version activated during the batch: either version may have been used.
        PERFORM dnc.scrub_versions(receipt);
        done := done OPERATOR(pg_catalog.+) step.rows;
        EXIT WHEN batch IS NULL OR step.rows OPERATOR(pg_catalog.<) batch;
        RAISE NOTICE 'scrub %: % rows', receipt, done;
        COMMIT;
    END LOOP;
    counts := step;
    IF whole AND step.direct THEN
        SELECT coalesce(pg_catalog.jsonb_object_agg(l.list, l.rows), '{}') INTO lists
        FROM ROWS FROM (pg_catalog.unnest(step.list_names), pg_catalog.unnest(step.list_rows)) AS l (list, rows);
    ELSIF store OPERATOR(pg_catalog.=) 'all' THEN
        -- A trigger or rule may have changed what the table holds.
        SELECT s.*, CASE WHEN whole THEN step.rows_hash END AS rows_hash INTO counts FROM dnc.scrub_counts(found) AS s;
        lists := counts.lists;
    ELSE
        SELECT step.rows, step.clear, step.suppressed, step.unreadable, step.missing, s.result_hash, step.rows_hash,
            s.lists INTO counts
        FROM dnc.scrub_counts(found) AS s;
        lists := counts.lists;
    END IF;
    PERFORM dnc.scrub_end(receipt, counts.rows, counts.clear, counts.suppressed, counts.unreadable, counts.missing,
        lists, counts.result_hash, counts.rows_hash);
    RAISE NOTICE 'scrub %: % clear, % suppressed, % unreadable, % missing', receipt, counts.clear, counts.suppressed,
            counts.unreadable, counts.missing
        USING DETAIL = 'The receipt is in dnc.scrub. It is one part of a safe-harbour file, not all of it.';
END
$$;
COMMENT ON PROCEDURE @extschema@.dnc_scrub(regclass, text, text, text, text, text, text, text, text, integer, text,
    bigint)
    IS 'Checks the numbers of a table, writes the results to a new table target (n, key, phone, status, ground, '
       'lists) and returns the id of its receipt in dnc.scrub. status is clear, suppressed, unreadable or missing. '
       'phone is NULL where a field has several numbers. A text '
       'column is read in region, or in the region of the row''s region_column or region_path; one is required. '
       'store => ''not_clear'' stores only rows that are not clear; n still counts all rows, and the receipt''s '
       'rows_hash covers all of them. With batch it commits after '
       'each batch of that many rows, in the order of a unique key; the same call resumes an interrupted scrub.
Errors: 22023 unknown channel, purpose, region or choice of rows to store, a text column without a region, a region '
       'given twice, or batch with a key that is not unique or without all rows stored; 42602 target is no '
       'name; 42P07 target exists and belongs to no '
       'unfinished scrub; 55000 an unfinished scrub into target had other arguments; 22004 no relation or no column; '
       '42703 no such column; 42804 phone column of another type than dnc_phone or text; 0A000 table distributed by '
       'Citus.
Example: CALL dnc_scrub(relation => ''contact'', key_column => ''id'', phone_column => ''phone'',
  target => ''winter_scrub'',
  region_column => ''country'');';

-- Reads no row of the table: it only writes a query, so that auditors need no right on what it calls.
CREATE FUNCTION dnc.scrub_rows_of(receipt bigint, target regclass, relation regclass) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r       dnc.scrub := dnc.scrub_receipt(receipt);
    place   text := dnc.region_expression(relation, r.region, r.region_column, r.region_path);
    is_text boolean := (dnc.phone_expressions(relation, ARRAY[r.phone_column], place))[1] NOT LIKE 'r.%';
BEGIN
    PERFORM dnc.require_column(relation, r.key_column);
    -- A row that has no result was clear, if only the others were stored.
    RETURN format($q$SELECT s.key, s.written, s.region, coalesce(t.status, %1$L) FROM (
            SELECT %2$s AS key, %3$s AS written, (%4$s)::pg_catalog.text AS region FROM %5$s AS r) AS s
        LEFT JOIN (SELECT %6$s AS key, x.status FROM %7$s AS x) AS t ON t.key OPERATOR(pg_catalog.=) s.key$q$,
        CASE WHEN r.store = 'not_clear' THEN 'clear' ELSE 'none' END, dnc.key_text('r', r.key_column),
        dnc.written(relation, r.phone_column), CASE WHEN is_text THEN place ELSE 'NULL' END, relation,
        dnc.key_text('x', 'key'), target);
END
$$;
COMMENT ON FUNCTION dnc.scrub_rows_of(bigint, regclass, regclass)
    IS 'query for the rows of a checked table with the results that a scrub stored, for dnc.scrub_hash_query';

CREATE FUNCTION @extschema@.dnc_verify_scrub(receipt bigint, target regclass, relation regclass DEFAULT NULL)
RETURNS TABLE (what text, receipted text, found text, same boolean)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, MDY' SET intervalstyle = postgres SET timezone = 'UTC' SET extra_float_digits = 1
SET bytea_output = hex AS $$
#variable_conflict use_variable
DECLARE
    r dnc.scrub := dnc.scrub_receipt(receipt);
    c record;
    all_rows  bigint := r.rows;
    found     bigint;
BEGIN
    IF r.state IS DISTINCT FROM 'finished' THEN
        RAISE EXCEPTION 'there is no receipt %', coalesce(receipt::text, 'NULL') USING ERRCODE = 'no_data_found',
            HINT = 'dnc.scrub has the receipts; one that is running has none yet.';
    END IF;
    IF relation IS NOT NULL AND r.rows_hash IS NULL THEN
        RAISE EXCEPTION 'receipt % has no hash over all rows', receipt
            USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'A scrub in batches has none, because its rows were not all read at one time.',
            HINT = 'Leave relation out: every row is stored in the result.';
    END IF;
    SELECT * INTO c FROM dnc.scrub_counts(target);
    IF r.store = 'not_clear' THEN
        r.rows := r.rows - r.clear;
        r.clear := 0;
    END IF;
    RETURN QUERY SELECT x.what, x.receipted, x.found, x.receipted IS NOT DISTINCT FROM x.found FROM (VALUES
        ('rows', r.rows::text, c.rows::text), ('clear', r.clear::text, c.clear::text),
            ('suppressed', r.suppressed::text, c.suppressed::text),
        ('unreadable', r.unreadable::text, c.unreadable::text), ('missing', r.missing::text, c.missing::text),
            ('lists', r.lists::text, c.lists::text),
            ('hash', encode(r.result_hash, 'hex'), encode(c.result_hash, 'hex'))) AS x (what, receipted, found);
    IF relation IS NULL THEN
        RETURN;
    END IF;
    EXECUTE format('SELECT count(*) FROM %s', relation) INTO found;
    RETURN QUERY SELECT x.what, x.receipted, x.found, x.receipted IS NOT DISTINCT FROM x.found FROM (VALUES
        ('all rows', all_rows::text, found::text), ('hash of all rows', encode(r.rows_hash, 'hex'),
            encode(dnc.scrub_hash_query(dnc.scrub_rows_of(receipt, target, relation)), 'hex')))
        AS x (what, receipted, found);
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_verify_scrub(bigint, regclass, regclass)
    IS 'Compares a scrub result table with its receipt and returns one row for each of rows, clear, suppressed, '
       'unreadable, missing, lists and hash. With store => ''not_clear'' the table must have no clear row. relation, '
       'the checked table or a copy of it as it was, adds all rows and hash of all rows: it proves which rows were '
       'clear. That needs a key that is unique and never NULL.
Errors: P0002 no finished scrub has this receipt; 55000 relation of a scrub in batches.
Example: SELECT * FROM dnc_verify_scrub(receipt => 1, target => ''scrub_result'', relation => ''contact'');';
