-- ---------------------------------------------------------------------------
-- Imports before and after: what would be recorded, and what was rejected
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_import_preview(batch bigint)
RETURNS TABLE (line bigint, spelling text, region text, phones text[], status text, problem text, channels text[],
    purposes text[], reason text, requested_at timestamptz, external_ref text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    b dnc.import_batch;
BEGIN
    SELECT * INTO b FROM dnc.import_batch AS x WHERE x.batch_id = batch;
    IF b.state IS DISTINCT FROM 'open' THEN
        RAISE EXCEPTION 'import % is not open', coalesce(batch::text, 'NULL')
            USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = CASE WHEN b.state IS NULL THEN 'There is no such import.' ELSE format('It is %s.', b.state) END,
            HINT = 'dnc_import_start opens one.';
    END IF;
    RETURN QUERY SELECT l.line, l.spelling, l.region, l.phones::text[],
        CASE WHEN l.problem IS NOT NULL THEN 'rejected'
            WHEN l.outside IS NOT NULL AND b.invalid IS DISTINCT FROM 'accept' THEN 'rejected'
            WHEN l.doubts IS NOT NULL OR l.outside IS NOT NULL THEN 'in part' ELSE 'recorded' END,
        nullif(concat_ws('; ', l.problem, l.doubts, l.remark, l.outside || ': in no range in use'), ''),
        l.channels, l.purposes, l.reason, l.at, l.external_ref
        FROM dnc.import_lines(b) AS l ORDER BY l.line;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_import_preview(bigint)
    IS 'Returns what dnc_import_finish would do with each row of an open import; nothing is written. status: recorded, '
       'in part (recorded, with a default or a problem that is reported) or rejected. Whether a row repeats another is '
       'not looked up.
Errors: 55000 where the import is not open.
Example: SELECT dnc_import_start(file => ''new.csv'', region => ''GB'') AS batch;
INSERT INTO dnc.import_row (batch_id, phone) SELECT max(batch_id), ''020 7946 0019'' FROM dnc.import_batch;
SELECT line, phones, status, problem FROM dnc_import_preview(batch => (SELECT max(batch_id) FROM dnc.import_batch));';

-- Says that somebody has dealt with rejected lines: recorded them by hand, corrected the file, or decided that they are
-- no opt-outs.
CREATE FUNCTION @extschema@.dnc_import_resolve(batch bigint, line bigint, by text, why text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    resolved bigint;
BEGIN
    IF by IS NULL OR why IS NULL OR btrim(why) = '' OR length(by) NOT BETWEEN 1 AND 500 OR length(why) > 5000 THEN
        RAISE EXCEPTION 'a decision about a rejected line names who decides, and why'
            USING ERRCODE = 'null_value_not_allowed',
            DETAIL = 'by has 1 to 500 characters, why 1 to 5000.',
            HINT = 'Say in why what was done: recorded by hand as entry 7, corrected in another import, no number.';
    END IF;
    -- Serializes decisions about one import.
    PERFORM FROM dnc.import_batch AS b WHERE b.batch_id = batch FOR NO KEY UPDATE;
    SELECT count(*) INTO resolved FROM dnc.import_unresolved AS u
    WHERE u.batch_id = batch AND (u.line = line OR line IS NULL);
    IF resolved = 0 THEN
        RAISE EXCEPTION 'import % has no %', coalesce(batch::text, 'NULL'),
                CASE WHEN line IS NULL THEN 'rejected line to be resolved'
                    ELSE format('rejected line %s to be resolved', line) END
            USING ERRCODE = 'no_data_found',
            DETAIL = 'Either it was not rejected, or somebody has dealt with it.',
            HINT = 'dnc.import_unresolved lists the lines that wait.';
    END IF;
    INSERT INTO dnc.import_resolution (batch_id, line, why, resolved_by, resolved_at)
        VALUES (batch, line, why, by, now());
    RETURN resolved;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_import_resolve(bigint, bigint, text, text)
    IS 'Records that somebody has dealt with a rejected line of an import or, with line NULL, with all of them, and '
       'returns how many. dnc_health reports the others (dnc.import_unresolved).
Errors: 22004 without by or why, or over 500 or 5000 characters; P0002 no such line waits.
Example: SELECT dnc_import_start(file => ''rest.csv'', region => ''US'') AS batch;
INSERT INTO dnc.import_row (batch_id, phone) SELECT max(batch_id), ''415XXXXXXX'' FROM dnc.import_batch;
SELECT dnc_import_finish(batch => max(batch_id)) FROM dnc.import_batch;
SELECT dnc_import_resolve(batch => max(batch_id), line => 2, by => ''clerk 4'', why => ''dnc_add_prefix'')
    FROM dnc.import_batch;';

CREATE FUNCTION dnc.import_start(file text, region text, source text, invalid text, format text, date_order text,
    honoured_since timestamptz) RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_import_start(file, region, source, false, invalid, format, date_order, honoured_since);
END;
CREATE FUNCTION dnc.import_finish(batch bigint) RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
    SELECT f.entries FROM @extschema@.dnc_import_finish(batch) AS f;
END;
CREATE FUNCTION dnc.import_abandon(batch bigint) RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_import_abandon(batch);
END;
COMMENT ON FUNCTION dnc.import_start(text, text, text, text, text, text, timestamptz)
    IS 'dnc_import_start, bound for functions that run as superuser';
COMMENT ON FUNCTION dnc.import_finish(bigint) IS 'dnc_import_finish, bound for functions that run as superuser';
COMMENT ON FUNCTION dnc.import_abandon(bigint) IS 'dnc_import_abandon, bound for functions that run as superuser';

-- Rejected lines go through an import of their own; those that still cannot be read stay where they are.
CREATE FUNCTION @extschema@.dnc_import_retry(batch bigint, by text, line bigint DEFAULT NULL, region text DEFAULT NULL,
    phone text DEFAULT NULL, invalid text DEFAULT NULL)
RETURNS TABLE (line_no bigint, spelling text, recorded boolean, problem text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    b     dnc.import_batch;
    again bigint;
    fresh dnc.import_batch;
BEGIN
    IF dnc_import_retry.by IS NULL THEN
        RAISE EXCEPTION 'a decision about rejected lines names who decides' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'Give by.';
    END IF;
    IF dnc_import_retry.phone IS NOT NULL AND dnc_import_retry.line IS NULL THEN
        RAISE EXCEPTION 'phone is given without line' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'A corrected number is that of one line.';
    END IF;
    SELECT * INTO b FROM dnc.import_batch AS x WHERE x.batch_id = dnc_import_retry.batch FOR NO KEY UPDATE;
    CREATE TEMP TABLE dnc_import_again ON COMMIT DROP AS
        SELECT row_number() OVER (ORDER BY r.line) AS n, r.line, r.fields FROM dnc.import_unresolved AS u
        JOIN dnc.import_reject AS r ON r.batch_id = u.batch_id AND r.line = u.line
        WHERE u.batch_id = dnc_import_retry.batch AND NOT u.recorded AND r.fields IS NOT NULL
            AND (dnc_import_retry.line IS NULL OR u.line = dnc_import_retry.line);
    IF NOT EXISTS (SELECT FROM pg_temp.dnc_import_again) THEN
        RAISE EXCEPTION 'import % has no such rejected line', coalesce(dnc_import_retry.batch::text, 'NULL')
            USING ERRCODE = 'no_data_found', DETAIL = 'Either it was not rejected, or somebody has dealt with it.',
            HINT = 'dnc.import_unresolved lists the lines that wait.';
    END IF;
    again := dnc.import_start(format('%s (lines rejected by import %s)', left(b.file, 900), b.batch_id),
        b.region, b.source, coalesce(dnc_import_retry.invalid, b.invalid),
        b.format, b.date_order, b.honoured_since);
    INSERT INTO dnc.import_row (batch_id, row_id, phone, channel, purpose, reason, requested_at, external_ref, taken_by,
        words, received_at, effective_at, expires_at, due_at, region, phone_code, phone_number, note)
        SELECT again, a.n, coalesce(dnc_import_retry.phone, f.phone), f.channel, f.purpose, f.reason, f.requested_at,
            f.external_ref, f.taken_by, f.words, f.received_at, f.effective_at, f.expires_at, f.due_at,
            f.region,
            CASE WHEN dnc_import_retry.phone IS NULL THEN f.phone_code END,
            CASE WHEN dnc_import_retry.phone IS NULL THEN f.phone_number END, f.note
        FROM pg_temp.dnc_import_again AS a, jsonb_populate_record(NULL::dnc.import_row, a.fields) AS f;
    SELECT * INTO fresh FROM dnc.import_batch AS x WHERE x.batch_id = again;
    IF dnc_import_retry.region IS NOT NULL THEN
        PERFORM dnc.require_region(dnc_import_retry.region);
        -- Not the numbers that can be read: a line may have been rejected for another reason.
        UPDATE dnc.import_row AS i SET region = dnc_import_retry.region FROM dnc.import_lines(fresh) AS l
            WHERE i.batch_id = again AND i.row_id = l.line AND (l.phones IS NULL OR l.outside IS NOT NULL);
    END IF;
    CREATE TEMP TABLE dnc_import_result ON COMMIT DROP AS
        SELECT a.line, l.line AS n, l.phones::text[] AS phones, l.spelling,
            CASE WHEN l.problem IS NOT NULL THEN l.problem
                WHEN fresh.invalid IS DISTINCT FROM 'accept' AND l.outside IS NOT NULL
                THEN l.outside || ': in no range in use' END AS problem
        FROM dnc.import_lines(fresh) AS l JOIN pg_temp.dnc_import_again AS a ON a.n = l.line;
    DELETE FROM dnc.import_row AS i USING pg_temp.dnc_import_result AS r
        WHERE i.batch_id = again AND i.row_id = r.n AND r.problem IS NOT NULL;
    IF EXISTS (SELECT FROM pg_temp.dnc_import_result AS r WHERE r.problem IS NULL) THEN
        PERFORM dnc.import_finish(again);
        INSERT INTO dnc.import_resolution (batch_id, line, why, resolved_by, resolved_at)
            SELECT b.batch_id, r.line, format('recorded by import %s', again), dnc_import_retry.by, now()
            FROM pg_temp.dnc_import_result AS r WHERE r.problem IS NULL ORDER BY r.line;
    ELSE
        PERFORM dnc.import_abandon(again);
    END IF;
    RETURN QUERY SELECT r.line, coalesce(array_to_string(r.phones, ', '), r.spelling), r.problem IS NULL, r.problem
        FROM pg_temp.dnc_import_result AS r ORDER BY r.line;
    DROP TABLE pg_temp.dnc_import_again, pg_temp.dnc_import_result;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_import_retry(bigint, text, bigint, text, text, text)
    IS 'Reads the rejected lines of an import again, or the one given by line: in another region those whose number '
       'could not be read or is in no range in use, with a corrected phone, or with invalid => accept. Those that can '
       'be read now are recorded by an import of their own and count '
       'as dealt with; the others stay in dnc.import_unresolved. by: who decides.
Errors: as dnc_import_start; 22023 phone without line; 22004 without by; P0002 no such line waits.
Example: SELECT dnc_import_start(file => ''rest.csv'', region => ''US'') AS batch;
INSERT INTO dnc.import_row (batch_id, phone) SELECT max(batch_id), ''020 7946 0019'' FROM dnc.import_batch;
SELECT dnc_import_finish(batch => max(batch_id)) FROM dnc.import_batch;
SELECT line_no, spelling, recorded, problem FROM dnc_import_retry(batch => (SELECT max(batch_id) FROM dnc.import_batch),
    by => ''clerk 4'', region => ''GB'');';
