-- ---------------------------------------------------------------------------
-- Imports: one batch for each file
-- ---------------------------------------------------------------------------

-- A row added after the end of an import would never be read.
CREATE FUNCTION dnc.import_is_open() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_import_is_open' LANGUAGE c;
COMMENT ON FUNCTION dnc.import_is_open() IS 'trigger of dnc.import_row: accepts rows for open imports only';
CREATE TRIGGER "01_open" BEFORE INSERT OR UPDATE ON dnc.import_row FOR EACH ROW EXECUTE FUNCTION dnc.import_is_open();
ALTER TABLE dnc.import_row ENABLE ALWAYS TRIGGER "01_open";

CREATE FUNCTION @extschema@.dnc_import_start(file text, region text DEFAULT NULL, source text DEFAULT 'import',
    header boolean DEFAULT true, invalid text DEFAULT 'reject', format text DEFAULT NULL,
    date_order text DEFAULT NULL, honoured_since timestamptz DEFAULT NULL)
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
    IF invalid IS NULL OR invalid NOT IN ('reject', 'accept') THEN
        RAISE EXCEPTION 'invalid is reject or accept, not "%"', left(coalesce(invalid, 'NULL'), 60)
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'It says what happens to a number that is possible but in no range in use.',
            HINT = 'reject sets the line aside for a decision; accept records it.';
    END IF;
    IF format IS NOT NULL THEN
        PERFORM dnc.require_format(format);
    END IF;
    IF date_order NOT IN ('mdy', 'dmy') THEN
        RAISE EXCEPTION 'date_order is mdy or dmy, not "%"', left(date_order, 60)
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'mdy: 11/24/2026; dmy: 24/11/2026. Dates that begin with the year need none.';
    END IF;
    IF honoured_since > now() OR NOT isfinite(honoured_since) THEN
        RAISE EXCEPTION 'honoured_since is %', honoured_since USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'It is the time since when another system has honoured this list: up to now.';
    END IF;
    INSERT INTO dnc.import_batch (file, region, source, header, state, started_at, started_by, format, invalid,
        date_order, honoured_since)
        VALUES (file, region, source, coalesce(header, true), 'open', now(), session_user, format, invalid,
            date_order, honoured_since) RETURNING batch_id INTO batch;
    PERFORM set_config('dnc.import_batch', format('%s %s', batch, pg_current_xact_id()), true);
    RETURN batch;
END
$$;

-- The numbers of a field of which each is certain, in the order of the text; NULL if there are none, or if anything in
-- the field may belong to another number (src/entry/intake.rs).
CREATE FUNCTION dnc.intake_phones(field text, region text) RETURNS @extschema@.dnc_phone[]
    AS 'MODULE_PATHNAME', 'dnc_intake_phones' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
CREATE FUNCTION dnc.intake_problem(field text, region text) RETURNS text
    AS 'MODULE_PATHNAME', 'dnc_intake_problem' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dnc.intake_phones(text, text)
    IS 'all numbers of a field that are recorded together; NULL if any of them is not certain';
COMMENT ON FUNCTION dnc.intake_problem(text, text) IS 'why dnc.intake_phones is NULL, and what to do';

CREATE FUNCTION dnc.with_prefix(phone text, prefixes text[]) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN coalesce((SELECT pg_catalog.split_part(x.p, '=', 2)
            || pg_catalog.substr(t.phone, pg_catalog.length(pg_catalog.split_part(x.p, '=', 1)) + 1)
        FROM (SELECT pg_catalog.btrim(with_prefix.phone, E' \t\r\n') AS phone) AS t,
            pg_catalog.unnest(prefixes) WITH ORDINALITY AS x (p, n)
        WHERE t.phone ~ '^[+0-9]' AND pg_catalog.starts_with(t.phone, pg_catalog.split_part(x.p, '=', 1))
        ORDER BY x.n LIMIT 1), with_prefix.phone);
COMMENT ON FUNCTION dnc.with_prefix(text, text[])
    IS 'a number with its beginning replaced as dnc.list_format.prefixes says; Format::read does the same for lists';
CREATE FUNCTION dnc.import_spelling(phone text, phone_code text, phone_number text, prefixes text[]) RETURNS text
LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN coalesce(pg_catalog.btrim(phone_number), '') = ''
            THEN CASE WHEN prefixes IS NULL THEN phone ELSE dnc.with_prefix(phone, prefixes) END
        WHEN coalesce(pg_catalog.btrim(phone_code), '') = '' THEN dnc.with_prefix(phone_number, prefixes)
        WHEN phone_number ~ '^\s*\+' THEN phone_number
        ELSE '+' || pg_catalog.regexp_replace(pg_catalog.btrim(phone_code), '^(\+|00|011)?\s*', '') || ' '
            || pg_catalog.btrim(phone_number) END;
COMMENT ON FUNCTION dnc.import_spelling(text, text, text, text[])
    IS 'the text in which the numbers of a row of dnc.import_row are read';

-- Scopes as a row names them. dnc_export(format => 'csv') names several in one field. A reason in other words is no
-- reason to reject an opt-out.
CREATE FUNCTION dnc.import_scope(channel text, purpose text, reason text)
RETURNS TABLE (channels text[], purposes text[], chosen text, problem text, doubt text)
LANGUAGE plpgsql STABLE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    reasons text[] := CASE WHEN reason = '' THEN '{no_contact}' ELSE string_to_array(reason, ' ') END;
    x       text;
BEGIN
    channels := CASE WHEN channel = '' THEN '{all}'
        WHEN EXISTS (SELECT FROM dnc.channel AS c WHERE c.channel = channel) THEN ARRAY[channel]
        ELSE ARRAY(SELECT CASE WHEN w.word IN ('phone', 'telephone', 'tel', 'call', 'calls') THEN 'voice'
                WHEN w.word IN ('text', 'texts', 'txt', 'mms') THEN 'sms'
                WHEN w.word IN ('any', 'both', 'every', '*') THEN 'all' ELSE w.word END
            FROM regexp_split_to_table(lower(channel), '[\s,;]+') AS w (word)) END;
    purposes := CASE WHEN purpose IN ('', '*') THEN ARRAY[NULL::text]
        WHEN EXISTS (SELECT FROM dnc.purpose AS p WHERE p.purpose = purpose) THEN ARRAY[purpose]
        ELSE string_to_array(purpose, ' ', '*') END;
    FOREACH x IN ARRAY channels LOOP
        IF NOT EXISTS (SELECT FROM dnc.channel AS c WHERE c.channel = x) THEN
            problem := format('unknown channel "%s"', channel);
        END IF;
    END LOOP;
    FOREACH x IN ARRAY purposes LOOP
        IF x IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.purpose AS p WHERE p.purpose = x) THEN
            problem := coalesce(problem, format('unknown purpose "%s"', purpose));
        END IF;
    END LOOP;
    FOREACH x IN ARRAY reasons LOOP
        IF NOT EXISTS (SELECT FROM dnc.reason AS k WHERE k.reason = x) THEN
            doubt := format('unknown reason "%s": recorded as no_contact', left(reason, 60));
            reasons := '{no_contact}';
        END IF;
    END LOOP;
    SELECT k.reason INTO chosen FROM dnc.reason AS k WHERE k.reason = ANY (reasons)
    ORDER BY k.reason = 'no_processing' DESC, k.sticky DESC, k.reason LIMIT 1;
    IF chosen = 'no_processing' OR 'all' = ANY (channels) THEN
        channels := '{all}';
    END IF;
    IF chosen = 'no_processing' OR array_position(purposes, NULL) IS NOT NULL THEN
        purposes := ARRAY[NULL::text];
    END IF;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION dnc.import_scope(text, text, text)
    IS 'channels, purposes and the strictest reason that a row of dnc.import_row names, and what is unknown of them: '
       'problem rejects the row, doubt does not';

-- A line is recorded with all of its numbers or rejected. A time that cannot be read does not reject the opt-out: it
-- gets the default, and doubts says so.
CREATE FUNCTION dnc.import_places(b dnc.import_batch) RETURNS TABLE (row_id bigint, line bigint) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT i.row_id, pg_catalog.row_number() OVER (ORDER BY i.row_id) + b.header::int FROM dnc.import_row AS i
    WHERE i.batch_id = b.batch_id;
END;
COMMENT ON FUNCTION dnc.import_places(dnc.import_batch) IS 'the rows of an import, and their lines of the file';
CREATE FUNCTION dnc.import_lines(b dnc.import_batch, row_ids bigint[], row_lines bigint[])
RETURNS TABLE (line bigint, spelling text, region text, phones @extschema@.dnc_phone[], problem text, doubts text,
    outside text, channels text[], purposes text[], reason text, at timestamptz, got timestamptz, starts timestamptz,
    stops timestamptz, due timestamptz, external_ref text, taken_by text, words text, note text, remark text,
    fields jsonb)
LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH scope AS MATERIALIZED (
        SELECT d.channel, d.purpose, d.reason, s.channels, s.purposes, s.chosen, s.problem, s.doubt
        FROM (SELECT DISTINCT coalesce(pg_catalog.btrim(i.channel), '') AS channel,
                coalesce(pg_catalog.btrim(i.purpose), '') AS purpose,
                coalesce(pg_catalog.btrim(i.reason), '') AS reason
            FROM dnc.import_row AS i WHERE i.batch_id = b.batch_id) AS d,
            dnc.import_scope(d.channel, d.purpose, d.reason) AS s),
    read AS (
        SELECT w.line, i.*, o.date_order,
            o.known AS order_is_known,
            pg_catalog.concat_ws(' ', nullif(i.phone, ''), nullif(i.phone_code, ''), nullif(i.phone_number, ''))
                AS spelling,
            coalesce(nullif(pg_catalog.btrim(i.region), ''), b.region, f.region) AS place,
            dnc.import_spelling(i.phone, i.phone_code, i.phone_number, f.prefixes) AS field,
            dnc.try_time(i.requested_at, o.date_order) AS asked, dnc.try_time(i.received_at, o.date_order) AS received,
            dnc.try_time(i.effective_at, o.date_order) AS effective,
            dnc.try_time(i.expires_at, o.date_order) AS expires,
            dnc.try_time(i.due_at, o.date_order) AS due
        FROM dnc.date_order(b) AS o, ROWS FROM (pg_catalog.unnest(row_ids), pg_catalog.unnest(row_lines))
            AS w (row_id, line) JOIN dnc.import_row AS i ON i.batch_id = b.batch_id AND i.row_id = w.row_id
            LEFT JOIN dnc.list_format AS f ON f.format = b.format),
    timed AS (
        SELECT r.*, CASE WHEN r.asked <= b.started_at AND pg_catalog.isfinite(r.asked) THEN r.asked
                ELSE b.started_at END AS at,
            CASE WHEN r.effective > pg_catalog.now() AND pg_catalog.isfinite(r.effective) THEN r.effective
                ELSE '-infinity' END AS starts,
            coalesce(r.expires, 'infinity') AS stops,
            dnc.intake_phones(r.field, r.place) AS phones
        FROM read AS r)
    SELECT t.line, t.spelling, t.place, t.phones,
        CASE WHEN coalesce(pg_catalog.btrim(t.phone_code), '') <> '' AND coalesce(pg_catalog.btrim(t.phone_number),
            '') = ''
                THEN 'phone_code is given without phone_number'
            WHEN coalesce(pg_catalog.btrim(t.phone), '') <> '' AND coalesce(pg_catalog.btrim(t.phone_number), '') <> ''
                THEN 'both phone and phone_number are given'
            WHEN pg_catalog.btrim(t.phone_code) !~ '^((\+|00|011)?\s*[1-9][0-9]{0,2})?$'
                THEN pg_catalog.format('phone_code is no calling code: "%s"', pg_catalog.left(t.phone_code, 60))
            WHEN t.phones IS NULL THEN dnc.intake_problem(t.field, t.place)
            WHEN s.problem IS NOT NULL THEN s.problem
            WHEN t.stops <= greatest(t.starts, pg_catalog.now())
                THEN 'expires_at has passed, or lies before effective_at'
            WHEN pg_catalog.length(t.external_ref) > 500
                OR pg_catalog.length(t.taken_by) > 500 THEN 'external_ref or taken_by has over 500 characters'
        END,
        nullif(pg_catalog.concat_ws('; ',
            CASE WHEN NOT t.order_is_known AND t.requested_at ~ '^\s*(0?\d|1[0-2])[./-](0?\d|1[0-2])[./-]\d{2,4}'
                    AND pg_catalog.substring(t.requested_at, '(\d+)')::int
                        <> pg_catalog.substring(t.requested_at, '\d+\D+(\d+)')::int
                THEN pg_catalog.format('requested_at "%s" is assumed to be %s', pg_catalog.left(t.requested_at, 60),
                    t.date_order) END,
            CASE WHEN t.requested_at <> '' AND t.asked IS DISTINCT FROM t.at THEN
                CASE WHEN t.asked > b.started_at THEN 'requested_at lies after the start of the import'
                    ELSE pg_catalog.format('requested_at is no time: "%s"', pg_catalog.left(t.requested_at,
                        60)) END END,
            CASE WHEN t.received_at <> '' AND (t.received BETWEEN t.at AND b.started_at) IS NOT TRUE THEN
                CASE WHEN t.received IS NOT NULL
                    THEN 'received_at lies after the start of the import, or before requested_at'
                    ELSE pg_catalog.format('received_at is no time: "%s"', pg_catalog.left(t.received_at, 60)) END END,
            CASE WHEN t.effective_at <> '' AND t.effective IS NULL
                THEN pg_catalog.format('effective_at is no time: "%s"', pg_catalog.left(t.effective_at, 60)) END,
            CASE WHEN t.expires_at <> '' AND t.expires IS NULL
                THEN pg_catalog.format('expires_at is no time: "%s"', pg_catalog.left(t.expires_at, 60)) END,
            CASE WHEN t.due_at <> '' AND (t.due >= t.at) IS NOT TRUE
                THEN pg_catalog.format('due_at is no time, or lies before requested_at: "%s"',
                    pg_catalog.left(t.due_at, 60)) END), ''),
        (SELECT pg_catalog.string_agg(@extschema@.dnc_mask(p), ', ' ORDER BY p::text)
            FROM pg_catalog.unnest(t.phones) AS p WHERE NOT @extschema@.dnc_is_valid(p)), s.channels, s.purposes,
                s.chosen, t.at,
        CASE WHEN t.received BETWEEN t.at AND b.started_at THEN t.received ELSE b.started_at END, t.starts, t.stops,
        CASE WHEN t.due >= t.at THEN t.due END, nullif(t.external_ref, ''), nullif(t.taken_by, ''), nullif(t.words, ''),
        nullif(pg_catalog.concat_ws('; ', nullif(t.note, ''), CASE WHEN s.doubt IS NOT NULL THEN t.reason END), ''),
        s.doubt,
        pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('phone', t.phone, 'channel', t.channel, 'purpose',
            t.purpose, 'reason', t.reason, 'requested_at', t.requested_at, 'external_ref', t.external_ref, 'taken_by',
            t.taken_by, 'words', t.words, 'received_at', t.received_at, 'effective_at', t.effective_at, 'expires_at',
            t.expires_at, 'due_at', t.due_at, 'region', t.region, 'phone_code', t.phone_code, 'phone_number',
            t.phone_number, 'note', t.note))
    FROM timed AS t JOIN scope AS s ON s.channel = coalesce(pg_catalog.btrim(t.channel), '')
        AND s.purpose = coalesce(pg_catalog.btrim(t.purpose), '') AND s.reason = coalesce(pg_catalog.btrim(t.reason),
            '');
END;
CREATE FUNCTION dnc.import_lines(b dnc.import_batch)
RETURNS TABLE (line bigint, spelling text, region text, phones @extschema@.dnc_phone[], problem text, doubts text,
    outside text, channels text[], purposes text[], reason text, at timestamptz, got timestamptz, starts timestamptz,
    stops timestamptz, due timestamptz, external_ref text, taken_by text, words text, note text, remark text,
    fields jsonb)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT l.* FROM (SELECT pg_catalog.array_agg(p.row_id) AS row_ids, pg_catalog.array_agg(p.line) AS row_lines
            FROM dnc.import_places(b) AS p) AS a, dnc.import_lines(b, a.row_ids, a.row_lines) AS l;
END;
COMMENT ON FUNCTION dnc.import_lines(dnc.import_batch)
    IS 'the lines of an open import as they are recorded or rejected';
COMMENT ON FUNCTION dnc.import_lines(dnc.import_batch, bigint[], bigint[]) IS 'the same of some of its rows';

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

COMMENT ON FUNCTION @extschema@.dnc_import_start(text, text, text, boolean, text, text, text, timestamptz)
    IS 'Opens an import and returns its batch id; then, in the same transaction, \copy into dnc.import_row and call '
       'dnc_import_finish. region: ISO 3166 code in which national spellings are read, unless a row has its own; '
       'invalid: reject sets a line aside whose number is possible but in no range in use, accept records it; format: '
       'row of dnc.list_format whose prefixes the numbers of the file are read by, such as e164-digits or vicidial; '
       'date_order: mdy (11/24/2026) or dmy (24/11/2026), by default as the dates of the file show; honoured_since: '
       'since when another system has honoured the list, so that dnc.overdue reports none of it as late.
Errors: 22004 without a file name; 22023 unknown source, region, format or date_order, invalid is neither, or '
       'honoured_since is in the future.
Example: SELECT dnc_import_start(file => ''new.csv'', region => ''GB'');';
COMMENT ON FUNCTION @extschema@.dnc_import_abandon(bigint)
    IS 'Abandons an unfinished import, deletes its rows and returns how many.
Errors: 55000 where the import is not open.
Example: SELECT dnc_import_abandon(batch => dnc_import_start(file => ''new.csv''));';
COMMENT ON FUNCTION @extschema@.dnc_import_undo(bigint, text)
    IS 'Revokes the entries of this import and of no other; returns how many.
Errors: 22004 without a reason; 55000 where the import is not finished.
Example: SELECT dnc_import_undo(batch => 1, why => ''The file was the wrong one.'');';
