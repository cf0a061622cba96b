-- ---------------------------------------------------------------------------
-- The end of an import: its rows become opt-outs
-- ---------------------------------------------------------------------------

-- Rows whose meaning is beyond doubt are recorded without SQL (src/entry/import).
CREATE FUNCTION dnc.import_hash(batch bigint, format text) RETURNS TABLE (hash bytea, lines bigint)
    AS 'MODULE_PATHNAME', 'dnc_import_hash' LANGUAGE c STABLE ROWS 1 SET enable_sort = off;
CREATE FUNCTION dnc.import_take(batch bigint, region text, source text, header boolean, started_at timestamptz,
    lines bigint, OUT added bigint, OUT row_ids bigint[], OUT row_lines bigint[]) RETURNS SETOF record
    AS 'MODULE_PATHNAME', 'dnc_import_take' LANGUAGE c ROWS 1 SET enable_sort = off;
CREATE FUNCTION dnc.import_write(batch bigint, source text) RETURNS bigint
    AS 'MODULE_PATHNAME', 'dnc_import_write' LANGUAGE c;
COMMENT ON FUNCTION dnc.import_hash(bigint, text) IS 'SHA-256 over the rows of an import in order, and their count';
COMMENT ON FUNCTION dnc.import_take(bigint, text, text, boolean, timestamptz, bigint)
    IS 'records the plain rows of an import; returns their number, and ids and lines of the others';
COMMENT ON FUNCTION dnc.import_write(bigint, text) IS 'records the opt-outs in pg_temp.dnc_import_chosen';

CREATE FUNCTION dnc.import_progress()
RETURNS TABLE (pid integer, batch_id bigint, rows_done bigint, rows_total bigint, percent numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT p.pid, p.param10, p.param1, p.param2, round(100.0 * p.param1 / nullif(p.param2, 0), 1)
    FROM pg_stat_get_progress_info('COPY') AS p
    WHERE p.datid = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND p.relid = 'dnc.import_row'::regclass AND p.param10 > 0;
END;
COMMENT ON FUNCTION dnc.import_progress() IS 'rows of the view dnc.import_progress';
CREATE VIEW dnc.import_progress AS SELECT * FROM dnc.import_progress();
COMMENT ON VIEW dnc.import_progress
    IS 'imports that are being finished: rows read so far, which is counted again where a long file is read several '
       'times; a copy that still runs is in pg_stat_progress_copy';

-- Emptied as a whole where nothing else is in it: rows that are deleted one by one stay in the file until VACUUM. A
-- transaction that keeps one snapshot may not see every row, and deletes only those that it has read.
CREATE FUNCTION dnc.import_clear(batch bigint, lines bigint) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF lines >= 10000 AND current_setting('transaction_isolation') = 'read committed' THEN
        BEGIN
            LOCK TABLE dnc.import_row IN ACCESS EXCLUSIVE MODE NOWAIT;
            IF NOT EXISTS (SELECT FROM dnc.import_row AS i WHERE i.batch_id < batch)
                AND NOT EXISTS (SELECT FROM dnc.import_row AS i WHERE i.batch_id > batch) THEN
                TRUNCATE dnc.import_row;
                RETURN;
            END IF;
            -- The lock is given back.
            RAISE EXCEPTION USING ERRCODE = 'lock_not_available';
        EXCEPTION WHEN lock_not_available OR object_in_use THEN
            NULL;
        END;
    END IF;
    DELETE FROM dnc.import_row AS i WHERE i.batch_id = batch;
END
$$;
COMMENT ON FUNCTION dnc.import_clear(bigint, bigint) IS 'removes the rows of a finished import';

CREATE FUNCTION @extschema@.dnc_import_finish(batch bigint)
RETURNS TABLE (rows_read bigint, added bigint, duplicates bigint, rejected bigint, invalid bigint, undated bigint,
    entries bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    b      dnc.import_batch;
    hash   bytea;
    same   bigint[];
    plain  bigint := 0;
    ids    bigint[];
    lines  bigint[];
BEGIN
    SELECT * INTO b FROM dnc.import_batch AS x WHERE x.batch_id = batch FOR UPDATE;
    IF b.batch_id IS NULL OR b.state <> 'open' THEN
        RAISE EXCEPTION 'import % is not open', coalesce(batch::text, 'NULL')
            USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = CASE WHEN b.state IS NULL THEN 'There is no such import.' ELSE format('It is %s.', b.state) END,
            HINT = 'dnc_import_start opens one.';
    END IF;
    IF NOT EXISTS (SELECT FROM dnc.import_row AS i WHERE i.batch_id = batch) THEN
        RAISE EXCEPTION 'nothing was copied for import %', batch USING ERRCODE = 'no_data_found',
            DETAIL = 'The rows go to dnc.import_row.',
            HINT = format('Copy them and finish again; dnc_import_abandon(%s) removes an import that is not wanted.',
                batch);
    END IF;
    IF b.format IS NOT NULL THEN
        PERFORM dnc.require_format(b.format);
    END IF;
    SELECT h.hash, h.lines INTO hash, rows_read FROM dnc.import_hash(batch, b.format) AS h;
    -- Locked, so that none of them is undone until this import is finished.
    SELECT array_agg(l.batch_id) INTO same FROM (SELECT x.batch_id FROM dnc.import_batch AS x
        WHERE x.content_hash = hash AND x.source = b.source AND x.state = 'finished'
        ORDER BY x.batch_id FOR SHARE) AS l;
    IF same IS NOT NULL THEN
        RAISE NOTICE 'import %: the same contents were imported as %; only what was rejected then can be added', batch,
                array_to_string(same, ', ');
    END IF;
    IF same IS NULL AND b.format IS NULL THEN
        SELECT t.added, t.row_ids, t.row_lines INTO plain, ids, lines FROM dnc.import_take(batch, b.region, b.source,
            b.header, b.started_at, rows_read) AS t;
    ELSE
        SELECT array_agg(p.row_id), array_agg(p.line) INTO ids, lines FROM dnc.import_places(b) AS p;
    END IF;
    IF cardinality(ids) > 0 THEN
        -- Kept for rejected lines that are read again, when the others are gone.
        SELECT o.date_order INTO b.date_order FROM dnc.date_order(b) AS o WHERE o.known;
    END IF;
    CREATE TEMP TABLE dnc_import_line ON COMMIT DROP AS SELECT * FROM dnc.import_lines(b, ids, lines);
    UPDATE pg_temp.dnc_import_line AS l
        SET problem = format(CASE WHEN strpos(l.outside, ',') = 0 THEN '%s is in no range in use'
            ELSE '%s are in no range in use' END, l.outside)
        WHERE l.outside IS NOT NULL AND l.problem IS NULL AND b.invalid IS DISTINCT FROM 'accept';
    CREATE TEMP TABLE dnc_import_work ON COMMIT DROP AS
        SELECT l.line, n.number, c.channel, p.purpose, l.reason, l.external_ref, l.at, l.starts, l.stops
        FROM pg_temp.dnc_import_line AS l, unnest(l.phones) AS n (number), unnest(l.channels) AS c (channel),
            unnest(l.purposes) AS p (purpose)
        WHERE l.problem IS NULL;
    -- One reference is one request: with other times it is another, and which one holds is unknown.
    UPDATE pg_temp.dnc_import_line AS l
        SET problem = format('external_ref "%s" is that of line %s, which has other times', left(l.external_ref, 60),
        f.first)
        FROM (SELECT x.line, min(x.first) AS first FROM (
            SELECT w.line, first_value(w.line) OVER reference AS first,
                (w.starts, w.stops) IS DISTINCT FROM (first_value(w.starts) OVER reference,
                    first_value(w.stops) OVER reference) AS differs
                FROM pg_temp.dnc_import_work AS w WHERE w.external_ref IS NOT NULL
                WINDOW reference AS (PARTITION BY w.number::text, w.external_ref, w.channel, w.purpose, w.reason
                    ORDER BY w.line)) AS x WHERE x.differs GROUP BY x.line) AS f
        WHERE l.line = f.line;
    INSERT INTO dnc.import_reject (batch_id, line, phone, reason, region, recorded, fields)
        SELECT batch, l.line, left(l.spelling, 250), concat_ws('; ', l.problem, l.doubts),
            nullif(l.region, b.region), l.problem IS NULL, CASE WHEN l.problem IS NOT NULL THEN l.fields END
        FROM pg_temp.dnc_import_line AS l WHERE l.problem IS NOT NULL OR l.doubts IS NOT NULL;
    SELECT count(*) FILTER (WHERE l.problem IS NOT NULL),
        count(*) FILTER (WHERE l.problem IS NULL AND l.doubts IS NOT NULL), count(l.outside)
        INTO rejected, undated, invalid FROM pg_temp.dnc_import_line AS l;
    RAISE NOTICE 'import %: % rows read, % rejected, adding the rest', batch, rows_read, rejected;
    IF invalid > 0 THEN
        RAISE NOTICE 'import %: % row(s) with a number in no range in use, %', batch, invalid,
                CASE WHEN b.invalid = 'accept' THEN 'accepted' ELSE 'set aside for a decision' END
            USING HINT = 'Check the region in which they were read; dnc.import_unresolved lists what was set aside.';
    END IF;
    IF undated > 0 THEN
        RAISE NOTICE 'import %: % row(s) of which a part cannot be read, recorded with the default', batch, undated
            USING HINT = 'dnc.import_unresolved lists them.';
    END IF;
    CREATE TEMP TABLE dnc_import_chosen ON COMMIT DROP AS
        SELECT n.id, n.line, n.number, n.starts, n.stops, n.got, n.channel, n.purpose, n.reason,
            min(n.id) OVER (PARTITION BY n.line) AS request, n.at,
            coalesce(least(n.due, dnc.rule_due(n.number, n.channel, n.at, n.got)), n.got) AS due, n.taken_by,
            -- A spelling in E.164 is the number itself.
            jsonb_strip_nulls(jsonb_build_object('line', n.line, 'spelling', CASE WHEN n.spelling <> n.number::text
                THEN left(n.spelling, 250) END, 'words', n.words, 'note', n.note)) AS evidence, n.external_ref
        FROM (SELECT nextval('dnc.entry_entry_id_seq') AS id, d.* FROM (
            SELECT w.line, w.number, w.channel, w.purpose, l.reason, l.at, l.got, l.starts, l.stops, l.due,
                l.external_ref, l.taken_by, l.spelling, l.words, l.note,
                row_number() OVER (PARTITION BY w.number::text, w.external_ref, w.channel, w.purpose, w.reason,
                    w.starts, w.stops, CASE WHEN w.external_ref IS NULL THEN w.at END ORDER BY w.line) AS repeat
            FROM pg_temp.dnc_import_work AS w JOIN pg_temp.dnc_import_line AS l ON l.line = w.line
            WHERE l.problem IS NULL ORDER BY w.line, w.number::text, w.channel, w.purpose) AS d
        -- Suppressions already stored under a pseudonym of an erased number are not stored again.
        WHERE d.repeat = 1
          AND NOT (EXISTS (SELECT FROM dnc.pseudonym_key AS k)
              AND dnc.erased_is_suppressed(d.number, d.channel, d.purpose))
          AND (plain = 0 OR d.external_ref IS NOT NULL OR NOT EXISTS (
            SELECT FROM dnc.line_entries(d.number) AS x (id) JOIN dnc.entry AS e ON e.entry_id = x.id
            WHERE dnc.same_phone(e.phone, d.number) AND e.batch_id = batch AND e.external_ref IS NULL
                AND e.channel = d.channel AND e.purpose IS NOT DISTINCT FROM d.purpose
                AND e.reason = d.reason AND e.effective_at = d.starts AND e.expires_at = d.stops
                AND e.requested_at = d.at))
          AND (same IS NULL OR NOT EXISTS (
            SELECT FROM dnc.entry AS e WHERE e.batch_id = ANY (same) AND dnc.same_phone(e.phone, d.number)
                AND e.ends IS NULL
                AND e.channel = d.channel AND e.purpose IS NOT DISTINCT FROM d.purpose AND e.reason = d.reason
                AND e.expires_at = d.stops))) AS n;
    SELECT plain + count(*), plain + count(DISTINCT c.line) INTO entries, added FROM pg_temp.dnc_import_chosen AS c;
    PERFORM dnc.import_write(batch, b.source);
    duplicates := rows_read - added - rejected;
    DROP TABLE pg_temp.dnc_import_line, pg_temp.dnc_import_work, pg_temp.dnc_import_chosen;
    PERFORM set_config('dnc.import_batch', '', true);
    PERFORM dnc.import_clear(batch, rows_read);
    UPDATE dnc.import_batch AS x
        SET date_order = b.date_order, finished_at = now(),
        state = CASE WHEN same IS NOT NULL AND added = 0 THEN 'repeated' ELSE 'finished' END,
        content_hash = hash, rows_read = dnc_import_finish.rows_read, rows_added = added, rows_duplicate = duplicates,
            rows_rejected = rejected, rows_invalid = dnc_import_finish.invalid, rows_undated = undated,
            entries_added = entries
        WHERE x.batch_id = batch;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_import_finish(bigint)
    IS 'Records the rows of an import as opt-outs, all in one transaction, and returns the counts: rows read, added, '
       'repeated, and rejected; rows with a number in no range in use; rows recorded with a default for a time or '
       'reason that cannot be read; and opt-outs recorded, since a row may have several numbers. A row is recorded '
       'with all of its numbers or goes to dnc.import_reject with line and reason.
Errors: 55000 where the import is not open; P0002 where no row was copied.
Example: INSERT INTO dnc.import_row (batch_id, phone)
    VALUES (dnc_import_start(file => ''new.csv'', region => ''GB''), ''020 7946 0019'');
SELECT * FROM dnc_import_finish(batch => dnc.current_batch());';
