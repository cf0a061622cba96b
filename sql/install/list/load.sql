-- ---------------------------------------------------------------------------
-- Loading lists
-- ---------------------------------------------------------------------------
-- A load is one transaction: a version is built beside the current one and becomes current at commit. A file or query
-- is read with the caller's rights; everything else runs with those of the extension's owner.

-- Loads of one list wait for each other while they read and write. A load whose lines are still to be copied takes no
-- such lock.
CREATE FUNCTION dnc.load_begin(list text, file text, format text, obtained_at timestamptz, applies_to bigint,
    operation text, coverage text[], copied boolean DEFAULT false)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    l     dnc.list;
    f     dnc.list_format;
    now_v dnc.list_version;
    fresh bigint;
BEGIN
    IF NOT copied THEN
        PERFORM FROM dnc.list AS x WHERE x.list = list FOR NO KEY UPDATE;
    END IF;
    SELECT * INTO l FROM dnc.list AS x WHERE x.list = list FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unknown list "%"', left(coalesce(list, 'NULL'), 60) USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Known are: %s.',
                coalesce((SELECT string_agg(x.list, ', ' ORDER BY x.list) FROM dnc.list AS x), 'none yet')),
            HINT = 'INSERT INTO dnc.list (list, kind, jurisdiction, …) makes one.';
    END IF;
    IF file IS NULL OR length(file) NOT BETWEEN 1 AND 1000 THEN
        RAISE EXCEPTION 'a load needs the name of its file, of 1 to 1000 characters'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'It is kept as evidence of where the numbers came from.';
    END IF;
    format := coalesce(format, l.format, 'lines');
    PERFORM dnc.require_format(format);
    SELECT * INTO f FROM dnc.list_format AS x WHERE x.format = format;
    IF obtained_at > now() OR NOT isfinite(obtained_at) THEN
        RAISE EXCEPTION 'the list cannot have been obtained at %', obtained_at
            USING ERRCODE = 'invalid_parameter_value', DETAIL = format('Now is %s.', now()),
            HINT = 'obtained_at is when the registry gave the file out: the list''s age is counted from it.';
    END IF;
    PERFORM dnc.require_coverage(coverage);
    IF operation IS NOT NULL AND operation NOT IN ('add', 'remove') THEN
        RAISE EXCEPTION 'unknown operation "%"', left(operation, 60) USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'A file of changes adds or removes its numbers.',
            HINT = 'Leave operation out where each line says which.';
    END IF;
    IF applies_to IS NULL AND (f.action_column IS NOT NULL OR operation IS NOT NULL) THEN
        RAISE EXCEPTION 'a file of changes needs the version that it applies to'
            USING ERRCODE = 'null_value_not_allowed',
            DETAIL = CASE WHEN operation IS NULL THEN format('Format %s is one of changes.', format)
                ELSE 'operation is given for changes only.' END,
            HINT = 'Give applies_to, the version that the registry made the changes for.';
    END IF;
    IF applies_to IS NOT NULL THEN
        IF (f.action_column IS NULL) = (operation IS NULL) THEN
            RAISE EXCEPTION '%',
                    CASE WHEN operation IS NULL THEN 'it is not known whether the numbers are added or removed'
                ELSE 'each line says whether its number is added or removed' END
                USING ERRCODE = 'invalid_parameter_value',
                DETAIL = format('Format %s has %s column for the action.', format,
                    CASE WHEN operation IS NULL THEN 'no' ELSE 'a' END),
                      HINT = CASE WHEN operation IS NULL THEN 'Give operation => ''add'' or ''remove''.'
                          ELSE 'Leave operation out.' END;
        END IF;
        SELECT * INTO now_v FROM dnc.list_version AS x WHERE x.list = list AND x.state = 'current';
        IF now_v.version_id IS DISTINCT FROM applies_to THEN
            RAISE EXCEPTION 'the changes are for version % of list %, and version % is current', applies_to, list,
                    coalesce(now_v.version_id::text, 'none')
                USING ERRCODE = 'object_not_in_prerequisite_state',
                      DETAIL = CASE WHEN now_v.base_id = applies_to
                          THEN format('Version %s was made from %s by %s.', now_v.version_id, applies_to, now_v.file)
                                    ELSE 'Changes are applied to exactly the version that they were made for, once, '
                                         'and in their order.' END,
                      HINT = 'Load what is missing in between first, or the full list.';
        END IF;
    END IF;
    INSERT INTO dnc.list_version (list, state, base_id, operation, file, format, region, obtained_at, loaded_at,
        loaded_by, coverage)
        VALUES (list, 'open', applies_to, CASE WHEN applies_to IS NOT NULL THEN coalesce(operation, 'by_line') END,
            file, format,
                coalesce(l.region, f.region, left(l.jurisdiction, 2)), coalesce(obtained_at, now()), clock_timestamp(),
                    session_user, coalesce(coverage, l.coverage))
        RETURNING version_id INTO fresh;
    RETURN fresh;
END
$$;
COMMENT ON FUNCTION dnc.load_begin(text, text, text, timestamptz, bigint, text, text[], boolean)
    IS 'opens a version; for the functions that load lists';

CREATE FUNCTION dnc.load_end(version bigint, activate boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    v       dnc.list_version;
    earlier dnc.list_version;
    doubt   text;
BEGIN
    PERFORM FROM dnc.list AS l
        WHERE l.list = (SELECT x.list FROM dnc.list_version AS x WHERE x.version_id = version) FOR NO KEY UPDATE;
    SELECT * INTO v FROM dnc.list_version AS x WHERE x.version_id = version;
    IF v.version_id IS NULL OR v.state <> 'ready' THEN
        RAISE EXCEPTION 'version % is not one that has just been loaded', coalesce(version::text, 'NULL')
            USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'dnc_list_activate makes a version current that is ready or was current before.';
    END IF;
    IF v.base_id IS NOT NULL THEN
        SELECT * INTO earlier FROM dnc.list_version AS x WHERE x.list = v.list AND x.base_id = v.base_id
            AND x.file_hash = v.file_hash AND x.operation = v.operation
            AND x.version_id <> version AND x.state NOT IN ('open', 'abandoned');
        IF FOUND THEN
            RAISE EXCEPTION 'these changes have been applied to version % of list % before', v.base_id, v.list
                USING ERRCODE = 'object_not_in_prerequisite_state',
                DETAIL = format('They made version %s.', earlier.version_id),
                HINT = CASE WHEN earlier.state = 'pruned' THEN 'Load the full list.'
                    ELSE format('dnc_list_activate(%L, %s) makes that current.', v.list, earlier.version_id) END;
        END IF;
    END IF;
    RAISE NOTICE 'list %, version %: % numbers, % added, % removed, % duplicate, % rejected', v.list, version,
            v.numbers, v.added, v.removed, v.duplicates, v.rejected;
    IF activate IS NOT FALSE THEN
        doubt := dnc.doubt_about(v);
        IF doubt IS NOT NULL THEN
            RAISE WARNING 'version % of list % is not made current: it has %', version, v.list, doubt
                USING
                DETAIL = format('The list requires confirmation when over %s %% of its numbers would be removed, or '
                                'none are left.',
                    (SELECT x.shrink_percent FROM dnc.list AS x WHERE x.list = v.list)),
                      HINT = format('If that is right: dnc_list_activate(%L, %s, confirm => true).', v.list, version);
        ELSE
            PERFORM dnc.require_base(v), dnc.make_current(version);
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.load_end(bigint, boolean)
    IS 'ends a load and makes the version current if nothing is doubtful; for the functions that load lists';

CREATE FUNCTION dnc.require_base(v dnc.list_version) RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog,
    pg_temp AS $$
DECLARE
    c bigint;
BEGIN
    IF v.state <> 'ready' OR v.base_id IS NULL THEN
        RETURN;
    END IF;
    SELECT x.version_id INTO c FROM dnc.list_version AS x WHERE x.list = v.list AND x.state = 'current';
    IF c IS DISTINCT FROM v.base_id THEN
        RAISE EXCEPTION 'version % of list % was made from version %, and version % is current', v.version_id, v.list,
                v.base_id, coalesce(c::text, 'none') USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'It lacks what was changed since.',
            HINT = format('Make version %s current first, or load the changes again.', v.base_id);
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_base(dnc.list_version)
    IS 'raises for a ready version made by changes to another version than the current one';

CREATE FUNCTION dnc.doubt_about(v dnc.list_version) RETURNS text LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE WHEN v.numbers = 0 THEN 'no numbers' WHEN (c.numbers - v.numbers) * 100 > c.numbers * l.shrink_percent
        THEN (c.numbers - v.numbers) || ' numbers fewer than the current one' END
    FROM dnc.list AS l LEFT JOIN dnc.list_version AS c ON c.list = l.list AND c.state = 'current' WHERE l.list = v.list;
END;
COMMENT ON FUNCTION dnc.doubt_about(dnc.list_version)
    IS 'why a version must be confirmed before it becomes current; NULL: no reason';

CREATE FUNCTION dnc.make_current(version bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    name text := (SELECT v.list FROM dnc.list_version AS v WHERE v.version_id = version);
BEGIN
    UPDATE dnc.list_version AS v SET state = 'former' WHERE v.list = name AND v.state = 'current';
    BEGIN
        UPDATE dnc.list_version AS v SET state = 'current', activated_at = clock_timestamp(),
            activated_by = session_user WHERE v.version_id = version;
    EXCEPTION WHEN unique_violation THEN
        -- Under REPEATABLE READ, if the list had no version when this transaction began.
        RAISE EXCEPTION 'another version of list % became current since this transaction began', name
            USING ERRCODE = 'serialization_failure',
            DETAIL = 'This transaction does not see it, and so cannot replace it.',
            HINT = 'Run the transaction again.';
    END;
    PERFORM dnc.prune(name);
END
$$;
COMMENT ON FUNCTION dnc.make_current(bigint) IS 'makes a version current and the previous one former, and prunes';

-- DELETE, not TRUNCATE, so that transactions with an older snapshot still see all rows.
CREATE FUNCTION dnc.prune(list text) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS $$
#variable_conflict use_variable
DECLARE
    gone bigint[];
BEGIN
    -- Ready versions newer than the current one may still be activated. Loads left open for a week are abandoned.
    SELECT array_agg(v.version_id) INTO gone FROM (
        SELECT x.*, row_number() OVER (PARTITION BY x.state ORDER BY x.activated_at DESC, x.version_id DESC) AS age
        FROM dnc.list_version AS x WHERE x.list = list) AS v
        WHERE v.state = 'former' AND v.age > (SELECT l.keep_versions FROM dnc.list AS l WHERE l.list = list)
           OR v.state = 'ready'
           AND v.version_id < (SELECT c.version_id FROM dnc.list_version AS c
               WHERE c.list = list AND c.state = 'current')
           OR v.state = 'open' AND v.loaded_at < now() - interval '7 days';
    -- An open version to which lines are being copied is skipped until the next time, so as not to wait.
    gone := ARRAY(SELECT v.version_id FROM dnc.list_version AS v WHERE v.version_id = ANY (gone)
        AND NOT dnc.version_is_held(v) AND v.state <> 'open' ORDER BY v.version_id)
         || ARRAY(SELECT v.version_id FROM dnc.list_version AS v WHERE v.version_id = ANY (gone)
             AND NOT dnc.version_is_held(v) AND v.state = 'open' ORDER BY v.version_id FOR UPDATE SKIP LOCKED);
    PERFORM dnc.drop_versions(gone);
    RETURN coalesce(cardinality(gone), 0);
END
$$;
CREATE FUNCTION dnc.drop_versions(gone bigint[]) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog,
    pg_temp AS $$
DECLARE
    sets bigint[];
BEGIN
    SELECT array_agg(DISTINCT s) INTO sets
    FROM dnc.list_version AS v, unnest(ARRAY[v.whole_set, v.plus_set, v.minus_set]) AS s WHERE v.version_id = ANY (gone)
        AND s IS NOT NULL;
    UPDATE dnc.list_version AS v SET state = CASE v.state WHEN 'open' THEN 'abandoned' ELSE 'pruned' END
    WHERE v.version_id = ANY (gone);
    DELETE FROM dnc.list_chunk AS c WHERE c.version_id = ANY (gone);
    DELETE FROM dnc.list_block AS b WHERE b.set_id = ANY (sets)
        AND NOT EXISTS (SELECT FROM dnc.list_version AS v WHERE v.state <> 'pruned'
            AND b.set_id IN (v.whole_set, v.plus_set, v.minus_set));
END
$$;
COMMENT ON FUNCTION dnc.drop_versions(bigint[]) IS 'prunes versions and deletes the blocks that no other version needs';
COMMENT ON FUNCTION dnc.prune(text) IS 'prunes the versions that a list need not keep; returns their number';

-- These read with the caller's rights, and write blocks, rejects and counts of an open version.
CREATE FUNCTION dnc.load_file(version bigint, file text, reject_percent integer)
RETURNS void AS 'MODULE_PATHNAME', 'dnc_load_file_wrapper' LANGUAGE c;
CREATE FUNCTION dnc.load_query(version bigint, query text, reject_percent integer)
RETURNS void AS 'MODULE_PATHNAME', 'dnc_load_query_wrapper' LANGUAGE c;
CREATE FUNCTION dnc.load_chunks(version bigint, reject_percent integer)
RETURNS void AS 'MODULE_PATHNAME', 'dnc_load_chunks_wrapper' LANGUAGE c;
COMMENT ON FUNCTION dnc.load_file(bigint, text, integer) IS 'loads a file of the server into an open version';
COMMENT ON FUNCTION dnc.load_query(bigint, text, integer) IS 'loads the result of a query into an open version';
COMMENT ON FUNCTION dnc.load_chunks(bigint, integer) IS 'loads the lines copied to dnc.list_line into an open version';

CREATE FUNCTION @extschema@.dnc_list_load(
    list text, file text, format text DEFAULT NULL, obtained_at timestamptz DEFAULT NULL,
        applies_to bigint DEFAULT NULL, operation text DEFAULT NULL,
    activate boolean DEFAULT true, reject_percent integer DEFAULT NULL, coverage text[] DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    version bigint := dnc.load_begin(list, file, format, obtained_at, applies_to, operation, coverage);
BEGIN
    PERFORM dnc.load_file(version, file, reject_percent);
    PERFORM dnc.load_end(version, activate);
    RETURN version;
END
$$;
CREATE FUNCTION @extschema@.dnc_list_load_query(
    list text, query text, obtained_at timestamptz DEFAULT NULL, applies_to bigint DEFAULT NULL,
        operation text DEFAULT NULL,
    activate boolean DEFAULT true, reject_percent integer DEFAULT NULL, coverage text[] DEFAULT NULL,
    format text DEFAULT 'lines'
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    version bigint := dnc.load_begin(list, pg_catalog.concat('query: ', pg_catalog."left"(query, 900)),
        coalesce(format, 'lines'), obtained_at, applies_to, operation, coverage);
BEGIN
    PERFORM dnc.load_query(version, query, reject_percent);
    PERFORM dnc.load_end(version, activate);
    RETURN version;
END
$$;

CREATE VIEW dnc.list_line AS SELECT NULL::bigint AS version_id, NULL::text AS line WHERE false;
COMMENT ON COLUMN dnc.list_line.version_id
    IS 'result of dnc_list_load_start; NULL: the load started in this transaction';
COMMENT ON VIEW dnc.list_line
    IS 'target of \copy for the lines of a list file, between dnc_list_load_start and dnc_list_load_finish; always '
       'empty';
CREATE FUNCTION dnc.take_line() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_take_line' LANGUAGE c;
CREATE FUNCTION dnc.take_chunk() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_take_chunk' LANGUAGE c;
COMMENT ON FUNCTION dnc.take_line() IS 'trigger of dnc.list_line: stores a line';
COMMENT ON FUNCTION dnc.take_chunk()
    IS 'trigger of dnc.list_line: writes the remaining lines at the end of a statement';
CREATE TRIGGER "00_take" INSTEAD OF INSERT ON dnc.list_line FOR EACH ROW EXECUTE FUNCTION dnc.take_line();
CREATE TRIGGER "00_begin" BEFORE INSERT ON dnc.list_line FOR EACH STATEMENT EXECUTE FUNCTION dnc.take_chunk('begin');
CREATE TRIGGER "00_end" AFTER INSERT ON dnc.list_line FOR EACH STATEMENT EXECUTE FUNCTION dnc.take_chunk('end');

CREATE FUNCTION @extschema@.dnc_list_load_start(
    list text, file text, format text DEFAULT NULL, obtained_at timestamptz DEFAULT NULL,
        applies_to bigint DEFAULT NULL, operation text DEFAULT NULL, coverage text[] DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    version bigint := dnc.load_begin(list, file, format, obtained_at, applies_to, operation, coverage, true);
BEGIN
    -- With the transaction's id: a SET of an earlier client of the connection is not this transaction's load.
    PERFORM set_config('dnc.list_load', format('%s %s', version, pg_current_xact_id()), true);
    RETURN version;
END
$$;
CREATE FUNCTION @extschema@.dnc_list_load_finish(version bigint, activate boolean DEFAULT true,
    reject_percent integer DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    v dnc.list_version;
    c bigint;
BEGIN
    -- Waits for other loads of the list, and for lines of this load that are still being copied.
    PERFORM FROM dnc.list AS l
        WHERE l.list = (SELECT x.list FROM dnc.list_version AS x WHERE x.version_id = version) FOR NO KEY UPDATE;
    SELECT * INTO v FROM dnc.list_version AS x WHERE x.version_id = version FOR UPDATE;
    IF v.version_id IS NULL OR v.state <> 'open' THEN
        RAISE EXCEPTION 'load % is not open', coalesce(version::text, 'NULL')
            USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = CASE WHEN v.state IS NULL THEN 'There is no such version.' ELSE format('It is %s.', v.state) END,
            HINT = 'dnc_list_load_start opens one.';
    END IF;
    IF v.base_id IS NOT NULL THEN
        SELECT x.version_id INTO c FROM dnc.list_version AS x WHERE x.list = v.list AND x.state = 'current';
        IF c IS DISTINCT FROM v.base_id THEN
            RAISE EXCEPTION 'the changes are for version % of list %, and version % is current', v.base_id, v.list,
                    coalesce(c::text, 'none')
                USING ERRCODE = 'object_not_in_prerequisite_state',
                DETAIL = 'Another version became current since the load was started.',
                HINT = 'Load what is missing in between first, or the full list.';
        END IF;
    END IF;
    -- A failed copy leaves no lines, and a dump does not contain lines.
    IF NOT EXISTS (SELECT FROM dnc.list_chunk AS x WHERE x.version_id = version) THEN
        RAISE EXCEPTION 'nothing was copied for load %', version USING ERRCODE = 'no_data_found',
            DETAIL = 'The lines go to dnc.list_line.',
            HINT = format('Copy them and finish again; dnc_list_load_abandon(%s) removes a load that is not wanted.',
                version);
    END IF;
    PERFORM dnc.load_chunks(version, reject_percent);
    DELETE FROM dnc.list_chunk AS x WHERE x.version_id = version;
    PERFORM dnc.load_end(version, activate);
    PERFORM set_config('dnc.list_load', '', true);
    RETURN version;
END
$$;
CREATE FUNCTION @extschema@.dnc_list_load_abandon(version bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    found text;
BEGIN
    -- Waits for lines that are still being copied.
    SELECT v.state INTO found FROM dnc.list_version AS v WHERE v.version_id = version FOR UPDATE;
    IF found IS DISTINCT FROM 'open' THEN
        RAISE EXCEPTION 'load % is not open', coalesce(version::text, 'NULL')
            USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = CASE WHEN found IS NULL THEN 'There is no such version.' ELSE format('It is %s.', found) END,
            HINT = 'Only a load that was started and not finished can be removed; dnc_list_prune removes versions.';
    END IF;
    PERFORM dnc.drop_versions(ARRAY[version]);
END
$$;

