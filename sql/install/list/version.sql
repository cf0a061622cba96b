-- ---------------------------------------------------------------------------
-- Versions: activation, pruning, format detection, verification, age
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_list_activate(list text, version bigint, confirm boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    v     dnc.list_version;
    doubt text;
BEGIN
    PERFORM FROM dnc.list AS l WHERE l.list = list FOR NO KEY UPDATE;
    SELECT * INTO v FROM dnc.list_version AS x WHERE x.version_id = version AND x.list = list;
    IF v.state = 'current' THEN
        RETURN;
    END IF;
    IF v.version_id IS NULL OR v.state NOT IN ('ready', 'former') THEN
        RAISE EXCEPTION 'version % of list % cannot be made current', coalesce(version::text, 'NULL'),
                coalesce(list, 'NULL') USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = CASE WHEN v.version_id IS NULL THEN 'There is no such version.'
                ELSE format('It is %s.', v.state) END,
            HINT = 'Versions that are ready or former can be: see dnc.list_version.';
    END IF;
    PERFORM dnc.require_base(v);
    doubt := dnc.doubt_about(v);
    IF doubt IS NOT NULL AND confirm IS NOT TRUE THEN
        RAISE EXCEPTION 'version % of list % has %', version, list, doubt
            USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = format('The list requires confirmation when over %s %% of its numbers would be removed, or '
                            'none are left.',
                (SELECT l.shrink_percent FROM dnc.list AS l WHERE l.list = list)),
            HINT = 'If that is right, give confirm => true.';
    END IF;
    PERFORM dnc.make_current(version);
END
$$;
CREATE FUNCTION @extschema@.dnc_list_revert(list text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    earlier bigint;
BEGIN
    PERFORM FROM dnc.list AS l WHERE l.list = list FOR NO KEY UPDATE;
    SELECT v.version_id INTO earlier FROM dnc.list_version AS v WHERE v.list = list AND v.state = 'former'
    ORDER BY v.activated_at DESC, v.version_id DESC LIMIT 1;
    IF earlier IS NULL THEN
        RAISE EXCEPTION 'list % has no former version', coalesce(list, 'NULL')
            USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'How many are kept is set by keep_versions of dnc.list.', HINT = 'Load the list again.';
    END IF;
    PERFORM dnc.make_current(earlier);
    RETURN earlier;
END
$$;
CREATE FUNCTION @extschema@.dnc_list_prune(list text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    PERFORM FROM dnc.list AS l WHERE l.list = list FOR NO KEY UPDATE;
    RETURN dnc.prune(list);
END
$$;

CREATE FUNCTION dnc.format_reads(sample text, format text, region text)
RETURNS TABLE (lines bigint, readable bigint) AS 'MODULE_PATHNAME', 'dnc_format_reads_wrapper' LANGUAGE c STABLE ROWS 1;
COMMENT ON FUNCTION dnc.format_reads(text, text, text)
    IS 'count of records that a sample has in a format, and of those that are numbers';
CREATE FUNCTION @extschema@.dnc_list_sniff(sample text, region text DEFAULT NULL)
RETURNS TABLE (format text, lines bigint, readable bigint, description text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT f.format, r.lines, r.readable, f.description
    FROM dnc.list_format AS f, dnc.format_reads(sample, f.format, dnc_list_sniff.region) AS r
    WHERE r.readable > 0
    ORDER BY r.readable::float8 / r.lines DESC, r.readable DESC, f.number_columns[1] !~ '^[0-9]+$' DESC,
        f.prefixes IS NULL DESC, @extschema@.dnc_region_code(f.region) IS NOT DISTINCT FROM
        @extschema@.dnc_region_code(dnc_list_sniff.region) DESC, f.format;
END;

CREATE FUNCTION dnc.set_facts(set_id bigint)
RETURNS TABLE (digest bytea, numbers bigint, problem text) AS 'MODULE_PATHNAME', 'dnc_set_facts_wrapper'
LANGUAGE c STABLE ROWS 1;
COMMENT ON FUNCTION dnc.set_facts(bigint)
    IS 'digest and count of a set from its blocks, and the fault of the first bad block';
CREATE FUNCTION @extschema@.dnc_list_verify(list text DEFAULT NULL)
RETURNS TABLE (list_name text, version bigint, state text, healthy boolean, detail text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT v.list, v.version_id, v.state, c.problem IS NULL, coalesce(c.problem, v.numbers || ' numbers')
    FROM dnc.list_version AS v
    -- The digest of a whole set is in the version that it was written for, even after pruning.
    LEFT JOIN dnc.list_version AS m ON v.plus_set IS NOT NULL AND m.whole_set = v.whole_set AND m.plus_set IS NULL
    LEFT JOIN dnc.list_version AS b ON b.version_id = v.base_id
    CROSS JOIN LATERAL (
        SELECT sha256(string_agg(x.digest, '' ORDER BY x.n) FILTER (WHERE x.own)) AS digest,
            sha256(string_agg(x.digest, '') FILTER (WHERE x.n = 1)) AS whole,
            sum(CASE x.n WHEN 3 THEN -x.numbers ELSE x.numbers END) AS numbers, min(x.problem) AS problem
        FROM (SELECT s.n, s.own, t.*
            FROM (VALUES (1, v.whole_set, v.plus_set IS NULL), (2, v.plus_set, true), (3, v.minus_set, true))
            AS s (n, set_id, own), dnc.set_facts(s.set_id) AS t WHERE s.set_id IS NOT NULL) AS x) AS f
    -- Compares the blocks with the recorded count and digest, the count with the lines of the file, and the count with
    -- the base and its changes.
    CROSS JOIN LATERAL (
        SELECT CASE WHEN f.problem IS NOT NULL THEN f.problem
            WHEN f.numbers IS DISTINCT FROM v.numbers THEN coalesce(f.numbers::text, 'no') || ' numbers instead of '
                || v.numbers
            WHEN f.digest IS DISTINCT FROM v.digest
                OR f.whole <> m.digest THEN 'the blocks are not those that were loaded'
            WHEN v.lines IS DISTINCT FROM CASE WHEN v.base_id IS NULL THEN v.numbers ELSE v.added + v.removed END
                + v.duplicates + v.rejected
                THEN 'its file had ' || coalesce(v.lines::text, 'no') || ' lines, of which not all are accounted for'
            WHEN v.numbers <> b.numbers + v.added - v.removed THEN v.numbers || ' numbers, and '
                || b.numbers + v.added - v.removed || ' by the changes to version ' || v.base_id END AS problem) AS c
    WHERE (dnc_list_verify.list IS NULL OR v.list = dnc_list_verify.list) AND v.state IN ('ready', 'current', 'former')
    ORDER BY v.list, v.version_id;
END;

CREATE FUNCTION dnc.load_progress()
RETURNS TABLE (pid integer, version_id bigint, phase text, bytes bigint, bytes_total bigint, lines bigint,
    rejected bigint, numbers bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT p.pid, p.param10,
        CASE p.param11 WHEN 1 THEN 'reading' WHEN 2 THEN 'sorting and writing' WHEN 3 THEN 'joining changes' END,
        p.param1, nullif(p.param2, 0), p.param3, p.param4, p.param12
    FROM pg_stat_get_progress_info('COPY') AS p
    WHERE p.datid = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND p.relid = 'dnc.list_block'::regclass AND p.param10 > 0;
END;
COMMENT ON FUNCTION dnc.load_progress() IS 'rows of dnc.list_progress';
CREATE VIEW dnc.list_progress AS SELECT * FROM dnc.load_progress();
COMMENT ON VIEW dnc.list_progress IS 'running list loads: bytes and lines read, numbers written';

CREATE VIEW dnc.stale_list AS
    SELECT l.list, v.version_id, v.obtained_at, l.max_age_days,
        v.obtained_at + pg_catalog.make_interval(hours => 24 * l.max_age_days) AS good_until,
           CASE WHEN v.version_id IS NULL THEN 'not loaded' ELSE 'stale' END AS state, l.strict
    FROM dnc.list AS l LEFT JOIN dnc.list_version AS v ON v.list = l.list AND v.state = 'current'
    WHERE l.enabled AND (v.version_id IS NULL
        OR v.obtained_at + pg_catalog.make_interval(hours => 24 * l.max_age_days) < pg_catalog.statement_timestamp());
COMMENT ON COLUMN dnc.stale_list.good_until IS 'when the current version became stale';
COMMENT ON VIEW dnc.stale_list
    IS 'enabled lists that were never loaded or whose current version is older than max_age_days';

COMMENT ON FUNCTION @extschema@.dnc_list_load(text, text, text, timestamptz, bigint, text, boolean, integer, text[])
    IS 'Loads a file of the server, plain or gzip, as a new version of a list, makes it current and returns its '
       'version_id. Without activate, or if the version is empty or shrinks the list by more than its shrink_percent, '
       'it stays ready (the latter with a WARNING). A change file needs applies_to, the version that it changes, and '
       'operation add or remove unless its format has an action column. obtained_at is when the registry issued the '
       'file; coverage is a list of prefixes such as {+1415}. The caller needs the privileges of pg_read_server_files.
Errors: 22023 unknown list, format or operation, coverage that is no prefix, obtained_at in the future, or operation '
       'given where each line has its own or missing where none has; 22004 changes without applies_to; 55000 '
       'applies_to is not the current version, or the same changes were applied before; 42501 the caller may not read '
       'server files; 58P01 the file cannot be read; 22021 not a text file; 42703 the header lacks a column of the '
       'format; 22P02 more unreadable lines than reject_percent.
Example (not run): SELECT dnc_list_load(list => ''us-national'', file => ''/srv/dnc/2026-02.txt.gz'',
  obtained_at => ''2026-02-01'');';
COMMENT ON FUNCTION @extschema@.dnc_list_load_query(text, text, timestamptz, bigint, text, boolean, integer, text[],
    text)
    IS 'Loads the first column of a query, numbers or texts, as a new version of a list, makes it current and returns '
       'its version_id. The query runs with the caller''s rights. The other arguments are those of dnc_list_load.
Errors: 22023 unknown list, format or operation, coverage that is no prefix, obtained_at in the future, or operation '
       'given where each line has its own or missing where none has; 22004 changes without applies_to; 55000 '
       'applies_to is not the current version, or the same changes were applied before; 22P02 more unreadable rows '
       'than reject_percent.
Example: SELECT dnc_list_load_query(list => ''partner'',
  query => ''VALUES (''''+12125550188''''), (''''+12125550111'''')'');';
COMMENT ON FUNCTION @extschema@.dnc_list_load_start(text, text, text, timestamptz, bigint, text, text[])
    IS 'Opens a version of a list for lines sent by the client and returns its version_id. The client then copies to '
       'dnc.list_line with \copy and calls dnc_list_load_finish, all in one transaction, or gives version_id with '
       'each line. The arguments are those of dnc_list_load.
Errors: 22023 unknown list, format or operation, coverage that is no prefix, obtained_at in the future, or operation '
       'given where each line has its own or missing where none has; 22004 changes without applies_to; 55000 '
       'applies_to is not the current version.
Example: SELECT dnc_list_load_start(list => ''partner'', file => ''february.txt'', obtained_at => now());';
COMMENT ON FUNCTION @extschema@.dnc_list_load_abandon(bigint)
    IS 'Abandons a load that was started and not finished, and deletes its copied lines.
Errors: 55000 the load is not open.
Example: SELECT dnc_list_load_abandon(version => dnc_list_load_start(list => ''partner'', file => ''february.txt''));';
COMMENT ON FUNCTION @extschema@.dnc_list_load_finish(bigint, boolean, integer)
    IS 'Loads the copied lines into the open version, makes it current as dnc_list_load does, and returns its '
       'version_id.
Errors: 55000 the load is not open, or the version that its changes apply to is no longer current; P0002 no lines '
       'were copied; 22021, 42703 and 22P02 as dnc_list_load.
Example (not run): BEGIN;
SELECT dnc_list_load_start(list => ''partner'', file => ''february.txt'') AS version \gset
\copy dnc.list_line (line) FROM ''february.txt''
SELECT dnc_list_load_finish(version => :version);
COMMIT;';
COMMENT ON FUNCTION @extschema@.dnc_list_activate(text, bigint, boolean)
    IS 'Makes a ready or former version of a list current. confirm accepts a version that is empty or has fewer '
       'numbers than the list''s shrink_percent allows.
Errors: 55000 no such version, or it is neither ready nor former; it needs confirm; or its changes were made for '
       'another version than the current one.
Example: SELECT dnc_list_activate(list => ''partner'',
  version => dnc_list_load_query(list => ''partner'', query => ''VALUES (''''+12125550111'''')'', activate => false));';
COMMENT ON FUNCTION @extschema@.dnc_list_revert(text)
    IS 'Makes the previous version of a list current again and returns its version_id.
Errors: 55000 the list has no former version.
Example: SELECT dnc_list_load_query(list => ''partner'', query => ''VALUES (''''+12125550111'''')'');
SELECT dnc_list_revert(list => ''partner'');';
COMMENT ON FUNCTION @extschema@.dnc_list_prune(text)
    IS 'Deletes the numbers of versions beyond the list''s keep_versions, of ready versions older than the current '
       'one, and of loads left open for a week; returns the number of versions. Versions under a hold stay.
Example: SELECT dnc_list_prune(list => ''partner'');';
COMMENT ON FUNCTION @extschema@.dnc_list_verify(text)
    IS 'Checks, for each version that is not pruned, that its blocks are the ones that were loaded and account for '
       'all lines of its file. One row per version, of one list or of all. Reads all blocks.
Example: SELECT * FROM dnc_list_verify(list => ''us-national'') WHERE NOT healthy;';
COMMENT ON FUNCTION @extschema@.dnc_list_sniff(text, text)
    IS 'Returns the formats that can read a sample of a file, best first, with the counts of records and of readable '
       'numbers.
Errors: 22023 unknown region.
Example: SELECT * FROM dnc_list_sniff(sample => ''212,5550134'', region => ''US'');';
