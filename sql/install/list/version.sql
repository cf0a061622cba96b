-- ---------------------------------------------------------------------------
-- Versions: which one is current, what a file looks like, whether a version is whole, which are old
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
            DETAIL = format('The list is set to ask when over %s %% of its numbers would go, or there are none.',
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
            DETAIL = 'How many are kept is set by keep_versions of dnc.list.', HINT = 'Load the list anew.';
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

-- Which formats read a sample of a file, best first.
CREATE FUNCTION dnc.format_reads(sample text, format text, region text)
RETURNS TABLE (lines bigint, readable bigint) AS 'MODULE_PATHNAME', 'dnc_format_reads_wrapper' LANGUAGE c STABLE ROWS 1;
COMMENT ON FUNCTION dnc.format_reads(text, text, text)
    IS 'how many records a sample has in a format, and how many of them are numbers';
CREATE FUNCTION @extschema@.dnc_list_sniff(sample text, region text DEFAULT NULL)
RETURNS TABLE (format text, lines bigint, readable bigint, description text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT f.format, r.lines, r.readable, f.description
    FROM dnc.list_format AS f, dnc.format_reads(sample, f.format, region) AS r
    WHERE r.readable > 0
    ORDER BY r.readable::float8 / r.lines DESC, r.readable DESC, f.number_columns[1] !~ '^[0-9]+$' DESC,
        f.region IS NOT DISTINCT FROM dnc_list_sniff.region DESC, f.format;
END;

-- Whether the blocks of versions are still those that were written.
CREATE FUNCTION dnc.set_facts(set_id bigint)
RETURNS TABLE (digest bytea, numbers bigint, problem text) AS 'MODULE_PATHNAME', 'dnc_set_facts_wrapper'
LANGUAGE c STABLE ROWS 1;
COMMENT ON FUNCTION dnc.set_facts(bigint)
    IS 'digest and count of a set as its blocks are now, and what is wrong with the first bad one';
CREATE FUNCTION @extschema@.dnc_list_verify(list text DEFAULT NULL)
RETURNS TABLE (list_name text, version bigint, state text, healthy boolean, detail text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT v.list, v.version_id, v.state, c.problem IS NULL, coalesce(c.problem, v.numbers || ' numbers')
    FROM dnc.list_version AS v
    -- The version that a whole set was written for, pruned or not, has its digest.
    LEFT JOIN dnc.list_version AS m ON v.plus_set IS NOT NULL AND m.whole_set = v.whole_set AND m.plus_set IS NULL
    LEFT JOIN dnc.list_version AS b ON b.version_id = v.base_id
    CROSS JOIN LATERAL (
        SELECT sha256(string_agg(x.digest, '' ORDER BY x.n) FILTER (WHERE x.own)) AS digest,
            sha256(string_agg(x.digest, '') FILTER (WHERE x.n = 1)) AS whole,
            sum(CASE x.n WHEN 3 THEN -x.numbers ELSE x.numbers END) AS numbers, min(x.problem) AS problem
        FROM (SELECT s.n, s.own, t.*
            FROM (VALUES (1, v.whole_set, v.plus_set IS NULL), (2, v.plus_set, true), (3, v.minus_set, true))
            AS s (n, set_id, own), dnc.set_facts(s.set_id) AS t WHERE s.set_id IS NOT NULL) AS x) AS f
    -- Blocks against the count of the numbers that the load wrote, that count against the lines that it read, and
    -- against what it says to have changed.
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

-- What loads are doing, seen from other connections.
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
COMMENT ON FUNCTION dnc.load_progress() IS 'behind dnc.list_progress';
CREATE VIEW dnc.list_progress AS SELECT * FROM dnc.load_progress();
COMMENT ON VIEW dnc.list_progress
    IS 'loads of lists that are running: bytes and lines that are read, numbers that are written';

CREATE VIEW dnc.stale_list AS
    SELECT l.list, v.version_id, v.obtained_at, l.max_age_days,
        v.obtained_at + pg_catalog.make_interval(hours => 24 * l.max_age_days) AS good_until,
           CASE WHEN v.version_id IS NULL THEN 'not loaded' ELSE 'stale' END AS state, l.strict
    FROM dnc.list AS l LEFT JOIN dnc.list_version AS v ON v.list = l.list AND v.state = 'current'
    WHERE l.enabled AND (v.version_id IS NULL
        OR v.obtained_at + pg_catalog.make_interval(hours => 24 * l.max_age_days) < pg_catalog.statement_timestamp());
COMMENT ON COLUMN dnc.stale_list.good_until IS 'when the current version became stale';
COMMENT ON VIEW dnc.stale_list
    IS 'enabled lists that were never loaded, or whose current version is older than they allow';

COMMENT ON FUNCTION @extschema@.dnc_list_load(text, text, text, timestamptz, bigint, text, boolean, integer, text[])
    IS 'loads a file of the server, plain or gzip, as a new version of a list, makes it current and returns it; for '
       'whom PostgreSQL lets read files. applies_to: the file has changes for that version';
COMMENT ON FUNCTION @extschema@.dnc_list_load_query(text, text, timestamptz, bigint, text, boolean, integer, text[])
    IS 'loads the first column of a query, numbers or texts, as a new version of a list, makes it current and returns '
       'it';
COMMENT ON FUNCTION @extschema@.dnc_list_load_start(text, text, text, timestamptz, bigint, text, text[])
    IS 'opens a version of a list and returns it; then, in the same transaction, \copy dnc.list_line (line) FROM …';
COMMENT ON FUNCTION @extschema@.dnc_list_load_abandon(bigint)
    IS 'gives up a load that was started and not finished, and removes the lines that were copied for it';
COMMENT ON FUNCTION @extschema@.dnc_list_load_finish(bigint, boolean, integer)
    IS 'loads the lines that were copied and makes the version current';
COMMENT ON FUNCTION @extschema@.dnc_list_activate(text, bigint, boolean)
    IS 'makes a version current that is ready or was current before';
COMMENT ON FUNCTION @extschema@.dnc_list_revert(text)
    IS 'makes the version current that was before the present one, and returns it';
COMMENT ON FUNCTION @extschema@.dnc_list_prune(text)
    IS 'removes versions beyond those that the list is set to keep; returns how many';
COMMENT ON FUNCTION @extschema@.dnc_list_verify(text)
    IS 'whether the blocks of versions that are not pruned are those that were loaded, whole and unchanged, and hold '
       'what their files had; reads them all';
COMMENT ON FUNCTION @extschema@.dnc_list_sniff(text, text)
    IS 'formats that read something in a sample of a file, best first';
