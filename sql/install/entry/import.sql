-- ---------------------------------------------------------------------------
-- Imports: one batch for each file
-- ---------------------------------------------------------------------------

-- A row added after the end of an import would never be read.
CREATE FUNCTION dnc.import_is_open() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS $$
BEGIN
    -- Locked: an import cannot be finished while rows for it are uncommitted.
    PERFORM FROM dnc.import_batch AS b WHERE b.batch_id = NEW.batch_id AND b.state = 'open' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'import % is not open', NEW.batch_id USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'The row would never be read.', HINT = 'dnc_import_start opens an import.';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION dnc.import_is_open() IS 'trigger of dnc.import_row: accepts rows for open imports only';
CREATE TRIGGER "01_open" BEFORE INSERT OR UPDATE ON dnc.import_row FOR EACH ROW EXECUTE FUNCTION dnc.import_is_open();
ALTER TABLE dnc.import_row ENABLE ALWAYS TRIGGER "01_open";

CREATE FUNCTION @extschema@.dnc_import_start(file text, region text DEFAULT NULL, source text DEFAULT 'import',
    header boolean DEFAULT true)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    batch bigint;
BEGIN
    IF file IS NULL OR file = '' THEN
        RAISE EXCEPTION 'an import needs the name of its file' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'It is kept as evidence of where the rows came from.';
    END IF;
    PERFORM dnc.require_known('source', source);
    PERFORM dnc.require_region(region);
    INSERT INTO dnc.import_batch (file, region, source, header, state, started_at, started_by)
        VALUES (file, region, source, coalesce(header, true), 'open', now(), session_user)
            RETURNING batch_id INTO batch;
    PERFORM set_config('dnc.import_batch', batch::text, true);
    RETURN batch;
END
$$;

-- NULL for text that is not a time.
CREATE FUNCTION dnc.try_timestamptz(value text) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET DateStyle = 'ISO' AS $$
BEGIN
    -- ISO 8601 only, so that neither the session's DateStyle nor a word such as yesterday matters.
    RETURN CASE WHEN value ~ '^\s*\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}.*)?$' THEN value::timestamptz END;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION dnc.try_timestamptz(text) IS 'the time written in ISO 8601; NULL if it is none';

CREATE FUNCTION @extschema@.dnc_import_finish(batch bigint)
RETURNS TABLE (rows_read bigint, added bigint, duplicates bigint, rejected bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    b      dnc.import_batch;
    hash   bytea;
    same   bigint[];
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
    -- Hashed in portions, so that no value grows with the length of the file.
    SELECT sha256(string_agg(portion, NULL ORDER BY n)), coalesce(sum(rows), 0) INTO hash, rows_read FROM (
        SELECT r.n / 10000 AS n, sha256(convert_to(string_agg(r.line, E'\n' ORDER BY r.n), 'UTF8')) AS portion,
            count(*) AS rows FROM (
            SELECT row_number() OVER (ORDER BY i.row_id) AS n,
                   jsonb_build_array(i.phone, i.channel, i.purpose, i.reason, i.requested_at, i.external_ref,
                       i.taken_by, i.words)::text
                       || CASE WHEN concat(i.received_at, i.effective_at, i.expires_at, i.due_at) = '' THEN ''
                           ELSE jsonb_build_array(i.received_at, i.effective_at, i.expires_at, i.due_at)::text END
                           AS line
            FROM dnc.import_row AS i WHERE i.batch_id = batch) AS r
        GROUP BY r.n / 10000) AS p;
    -- Locked, so that none of them is undone until this import is finished.
    SELECT array_agg(l.batch_id) INTO same FROM (SELECT x.batch_id FROM dnc.import_batch AS x
        WHERE x.content_hash = hash AND x.source = b.source AND x.state = 'finished'
        ORDER BY x.batch_id FOR SHARE) AS l;
    IF same IS NOT NULL THEN
        RAISE NOTICE 'import %: the same contents were imported as %; only what was rejected then can be added', batch,
                array_to_string(same, ', ');
    END IF;
    CREATE TEMP TABLE dnc_import_work ON COMMIT DROP AS
        SELECT r.*, CASE
                WHEN r.number IS NULL THEN dnc.parse_problem(r.phone, b.region)
                WHEN c.channel IS NULL THEN format('unknown channel "%s"', r.channel)
                WHEN r.purpose IS NOT NULL AND p.purpose IS NULL THEN format('unknown purpose "%s"', r.purpose)
                WHEN k.reason IS NULL THEN format('unknown reason "%s"', r.reason)
                WHEN r.at IS NULL OR NOT isfinite(r.at)
                    THEN format('requested_at is no time: "%s"', left(r.requested_at, 60))
                WHEN r.at > b.started_at THEN 'requested_at lies after the start of the import'
                WHEN r.got IS NULL
                    OR NOT isfinite(r.got) THEN format('received_at is no time: "%s"', left(r.received_at, 60))
                WHEN r.got > b.started_at
                    OR r.got < r.at THEN 'received_at lies after the start of the import, or before requested_at'
                WHEN r.starts IS NULL THEN format('effective_at is no time: "%s"', left(r.effective_at, 60))
                WHEN r.stops IS NULL THEN format('expires_at is no time: "%s"', left(r.expires_at, 60))
                WHEN r.stops <= greatest(r.starts, now()) THEN 'expires_at has passed, or lies before effective_at'
                WHEN r.due IS NULL AND coalesce(r.due_at, '') <> ''
                    OR r.due < r.at THEN format('due_at is no time, or lies before requested_at: "%s"',
                    left(r.due_at, 60))
                WHEN length(r.external_ref) > 500
                    OR length(r.taken_by) > 500 THEN 'external_ref or taken_by has over 500 characters'
            END AS problem
        FROM (SELECT row_number() OVER (ORDER BY i.row_id) + b.header::int AS line, i.row_id, i.phone,
                     dnc.try_parse(i.phone, b.region) AS number,
                     CASE WHEN i.reason = 'no_processing' THEN 'all' ELSE coalesce(nullif(i.channel, ''), 'all') END
                         AS channel, CASE WHEN i.reason IS DISTINCT FROM 'no_processing' THEN nullif(i.purpose, '') END
                         AS purpose,
                     coalesce(nullif(i.reason, ''), 'no_contact') AS reason, i.requested_at,
                     CASE WHEN coalesce(i.requested_at, '') = '' THEN b.started_at
                         ELSE dnc.try_timestamptz(i.requested_at) END AS at,
                     i.received_at, CASE WHEN coalesce(i.received_at, '') = '' THEN b.started_at
                         ELSE dnc.try_timestamptz(i.received_at) END AS got,
                     i.effective_at, CASE WHEN coalesce(i.effective_at, '') = ''
                         OR dnc.try_timestamptz(i.effective_at) <= now() THEN '-infinity'
                         ELSE dnc.try_timestamptz(i.effective_at) END AS starts,
                     i.expires_at, CASE WHEN coalesce(i.expires_at, '') = '' THEN 'infinity'
                         ELSE dnc.try_timestamptz(i.expires_at) END AS stops,
                     i.due_at, dnc.try_timestamptz(i.due_at) AS due,
                     nullif(i.external_ref, '') AS external_ref, nullif(i.taken_by, '') AS taken_by,
                         nullif(i.words, '') AS words
              FROM dnc.import_row AS i WHERE i.batch_id = batch) AS r
        LEFT JOIN dnc.channel AS c ON c.channel = r.channel
        LEFT JOIN dnc.purpose AS p ON p.purpose = r.purpose
        LEFT JOIN dnc.reason AS k ON k.reason = r.reason;
    -- One reference is one request: with other times it is another, and which one holds is unknown.
    UPDATE pg_temp.dnc_import_work AS w
        SET problem = format('external_ref "%s" is that of line %s, which has other times', left(w.external_ref, 60),
        f.first)
        FROM (SELECT x.line, first_value(x.line) OVER reference AS first,
            (x.starts, x.stops) IS DISTINCT FROM (first_value(x.starts) OVER reference,
                first_value(x.stops) OVER reference) AS differs
              FROM pg_temp.dnc_import_work AS x WHERE x.problem IS NULL AND x.external_ref IS NOT NULL
              WINDOW reference AS (PARTITION BY x.number::text, x.external_ref, x.channel, x.purpose, x.reason
                  ORDER BY x.line)) AS f
        WHERE w.line = f.line AND f.differs;
    INSERT INTO dnc.import_reject (batch_id, line, phone, reason)
        SELECT batch, w.line, left(w.phone, 250), w.problem FROM pg_temp.dnc_import_work AS w
        WHERE w.problem IS NOT NULL;
    GET DIAGNOSTICS rejected = ROW_COUNT;
    RAISE NOTICE 'import %: % rows read, % rejected, adding the rest', batch, rows_read, rejected;
    INSERT INTO dnc.entry (entry_id, phone, effective_at, expires_at, received_at, channel, purpose, kind, reason,
        source, request_id, requested_at, recorded_at, due_at, taken_by, evidence, external_ref, batch_id)
        SELECT u.id, u.number, u.starts, u.stops, u.got, u.channel, u.purpose, 'refusal', u.reason, b.source, u.id,
            u.at, now(),
               coalesce(least(u.due, dnc.rule_due(u.number, u.channel, u.at, u.got)), u.got), u.taken_by,
               jsonb_strip_nulls(jsonb_build_object('file', b.file, 'line', u.line, 'spelling', left(u.phone, 250),
                       'words', u.words)), u.external_ref, batch
        FROM (SELECT nextval('dnc.entry_entry_id_seq') AS id, d.* FROM (
            SELECT w.*, row_number() OVER (PARTITION BY w.number::text, w.external_ref, w.channel, w.purpose, w.reason,
                w.starts, w.stops,
                       CASE WHEN w.external_ref IS NULL THEN w.at END ORDER BY w.line) AS repeat
            FROM pg_temp.dnc_import_work AS w WHERE w.problem IS NULL ORDER BY w.line) AS d
        -- Suppressions already stored under a pseudonym of an erased number are not stored again.
        WHERE d.repeat = 1
          AND NOT (EXISTS (SELECT FROM dnc.pseudonym_key AS k)
              AND dnc.erased_is_suppressed(d.number, d.channel, d.purpose))
          AND (same IS NULL OR NOT EXISTS (
            SELECT FROM dnc.entry AS e WHERE e.batch_id = ANY (same) AND dnc.same_phone(e.phone, d.number)
                AND e.ends IS NULL
                AND e.channel = d.channel AND e.purpose IS NOT DISTINCT FROM d.purpose AND e.reason = d.reason
                AND e.expires_at = d.stops))) AS u;
    GET DIAGNOSTICS added = ROW_COUNT;
    duplicates := rows_read - added - rejected;
    DROP TABLE pg_temp.dnc_import_work;
    PERFORM set_config('dnc.import_batch', '', true);
    DELETE FROM dnc.import_row AS i WHERE i.batch_id = batch;
    UPDATE dnc.import_batch AS x
        SET state = CASE WHEN same IS NOT NULL AND added = 0 THEN 'repeated' ELSE 'finished' END, finished_at = now(),
        content_hash = hash,
        rows_read = dnc_import_finish.rows_read, rows_added = added, rows_duplicate = duplicates,
            rows_rejected = rejected
        WHERE x.batch_id = batch;
    RETURN NEXT;
END
$$;

CREATE FUNCTION @extschema@.dnc_import_undo(batch bigint, why text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    b      dnc.import_batch;
    locked bigint;
    there  bigint;
    ended  bigint;
BEGIN
    SELECT * INTO b FROM dnc.import_batch AS x WHERE x.batch_id = batch FOR UPDATE;
    IF b.batch_id IS NULL OR b.state <> 'finished' THEN
        RAISE EXCEPTION 'import % cannot be undone', coalesce(batch::text, 'NULL')
            USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = CASE WHEN b.state IS NULL THEN 'There is no such import.' ELSE format('It is %s.', b.state) END,
            HINT = 'Only a finished import is undone.';
    END IF;
    IF why IS NULL OR btrim(why) = '' THEN
        RAISE EXCEPTION 'undoing an import needs its reason' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'Say in why what was wrong with the file.';
    END IF;
    -- Serializes with transactions that revoke, move or erase its entries; repeated until entries moved meanwhile are
    -- locked too.
    LOOP
        PERFORM FROM dnc.entry AS e WHERE e.batch_id = batch AND e.ends IS NULL ORDER BY e.entry_id FOR NO KEY UPDATE;
        GET DIAGNOSTICS locked = ROW_COUNT;
        SELECT count(*) INTO there FROM dnc.entry AS e WHERE e.batch_id = batch AND e.ends IS NULL;
        EXIT WHEN locked = there;
    END LOOP;
    INSERT INTO dnc.entry (phone, ends, received_at, channel, purpose, kind, source, request_id, requested_at,
        recorded_at, evidence, batch_id)
        SELECT e.phone, e.entry_id, greatest(now(), e.recorded_at), e.channel, e.purpose, 'undo', e.source,
            e.request_id, greatest(now(), e.recorded_at), greatest(now(), e.recorded_at),
            jsonb_build_object('why', why), batch
        FROM dnc.entry AS e WHERE e.batch_id = batch AND e.ends IS NULL ORDER BY e.entry_id;
    GET DIAGNOSTICS ended = ROW_COUNT;
    UPDATE dnc.import_batch AS x SET state = 'undone', undone_at = now(), undone_why = why WHERE x.batch_id = batch;
    RETURN ended;
END
$$;

-- Unfinished rows are opt-outs not yet recorded: only an explicit call deletes them.
CREATE FUNCTION @extschema@.dnc_import_abandon(batch bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found text;
    rows  bigint;
BEGIN
    -- Waits for uncommitted rows.
    SELECT b.state INTO found FROM dnc.import_batch AS b WHERE b.batch_id = batch FOR UPDATE;
    IF found IS DISTINCT FROM 'open' THEN
        RAISE EXCEPTION 'import % is not open', coalesce(batch::text, 'NULL')
            USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = CASE WHEN found IS NULL THEN 'There is no such import.' ELSE format('It is %s.', found) END,
            HINT = 'Only an import that was started and not finished can be removed; dnc_import_undo ends what a '
                   'finished one added.';
    END IF;
    DELETE FROM dnc.import_row AS i WHERE i.batch_id = batch;
    GET DIAGNOSTICS rows = ROW_COUNT;
    UPDATE dnc.import_batch AS b SET state = 'abandoned' WHERE b.batch_id = batch;
    RETURN rows;
END
$$;

COMMENT ON FUNCTION @extschema@.dnc_import_start(text, text, text, boolean)
    IS 'Opens an import and returns its batch id; then, in the same transaction, \copy into dnc.import_row and call '
       'dnc_import_finish. region: ISO 3166 code in which national spellings are read.
Errors: 22004 without a file name; 22023 unknown source or region.
Example: SELECT dnc_import_start(file => ''new.csv'', region => ''GB'');';
COMMENT ON FUNCTION @extschema@.dnc_import_abandon(bigint)
    IS 'Abandons an unfinished import, deletes its rows and returns how many.
Errors: 55000 where the import is not open.
Example: SELECT dnc_import_abandon(batch => dnc_import_start(file => ''new.csv''));';
COMMENT ON FUNCTION @extschema@.dnc_import_finish(bigint)
    IS 'Records the rows of an import as opt-outs, all in one transaction, and returns the counts; rows that cannot be '
       'read go to dnc.import_reject with line and reason.
Errors: 55000 where the import is not open; P0002 where no row was copied.
Example: INSERT INTO dnc.import_row (batch_id, phone)
    VALUES (dnc_import_start(file => ''new.csv'', region => ''GB''), ''020 7946 0019'');
SELECT * FROM dnc_import_finish(batch => dnc.current_batch());';
COMMENT ON FUNCTION @extschema@.dnc_import_undo(bigint, text)
    IS 'Revokes the entries of this import and of no other; returns how many.
Errors: 22004 without a reason; 55000 where the import is not finished.
Example: SELECT dnc_import_undo(batch => 1, why => ''The file was the wrong one.'');';
