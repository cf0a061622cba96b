-- ---------------------------------------------------------------------------
-- Registries queried about a company's own numbers
-- ---------------------------------------------------------------------------

CREATE TRIGGER "01_keep_builtin" BEFORE INSERT OR UPDATE
    OR DELETE ON dnc.registry FOR EACH ROW EXECUTE FUNCTION dnc.keep_builtin();
CREATE TRIGGER "00_insert_only" BEFORE UPDATE
    OR DELETE ON dnc.registry_batch FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change();
CREATE TRIGGER "00_insert_only" BEFORE UPDATE
    OR DELETE ON dnc.registry_answer FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change();
CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.registry_answer FOR EACH STATEMENT
    EXECUTE FUNCTION dnc.refuse_change();
ALTER TABLE dnc.registry ENABLE ALWAYS TRIGGER "01_keep_builtin";
ALTER TABLE dnc.registry_batch ENABLE ALWAYS TRIGGER "00_insert_only";
ALTER TABLE dnc.registry_answer ENABLE ALWAYS TRIGGER "00_insert_only", ENABLE ALWAYS TRIGGER "00_no_truncate";

-- A disconnection after a date is also after any earlier date, and none after a date means none after any later date:
-- so listed is valid for earlier dates too, and not_listed for later ones.
CREATE FUNCTION dnc.answers_about(result text, asked_about date, wanted date) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN wanted IS NULL OR asked_about = wanted OR (result = 'listed' AND asked_about > wanted)
        OR (result = 'not_listed' AND asked_about < wanted);
COMMENT ON FUNCTION dnc.answers_about(text, date, date) IS 'whether an answer about one date also answers for another';
CREATE FUNCTION @extschema@.dnc_registry_answer(phone @extschema@.dnc_phone, registry text,
    asked_about date DEFAULT NULL)
RETURNS TABLE (result text, asked_about date, obtained_at timestamptz, valid_until timestamptz, valid boolean)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT a.result, a.asked_about, a.obtained_at, a.valid_until, a.valid_until > now() FROM dnc.registry_answer AS a
    WHERE a.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(dnc_registry_answer.phone))
        AND a.registry = dnc_registry_answer.registry
      AND dnc.answers_about(a.result, a.asked_about, dnc_registry_answer.asked_about)
    ORDER BY a.obtained_at DESC, a.answer_id DESC LIMIT 1;
END;
CREATE FUNCTION @extschema@.dnc_registry_needs(phone @extschema@.dnc_phone, registry text,
    ahead interval DEFAULT '7 days', asked_about date DEFAULT NULL)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN dnc_registry_needs.phone IS NOT NULL THEN NOT EXISTS (
        SELECT FROM dnc.registry_answer AS a
        WHERE a.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(dnc_registry_needs.phone))
            AND a.registry = dnc_registry_needs.registry
          AND a.valid_until > now() + dnc_registry_needs.ahead
          AND dnc.answers_about(a.result, a.asked_about, dnc_registry_needs.asked_about)) END;
END;
COMMENT ON FUNCTION @extschema@.dnc_registry_answer(@extschema@.dnc_phone, text, date)
    IS 'Returns a registry''s latest answer about a number and whether it is still valid; no row without an answer. '
       'asked_about is the date for registries queried by date.
Example: SELECT * FROM dnc_registry_answer(phone => ''+61 2 5550 1234'', registry => ''au-dncr'');';
COMMENT ON FUNCTION @extschema@.dnc_registry_needs(@extschema@.dnc_phone, text, interval, date)
    IS 'Returns whether a registry must be queried about a number: it has no answer, or the answer expires within '
       'ahead. NULL for NULL.
Example: SELECT DISTINCT phone FROM contact
WHERE country = ''AU'' AND dnc_registry_needs(phone => dnc_try_parse(phone, country), registry => ''au-dncr'');';

-- Answers are read with the caller's rights and written with those of the extension's owner.
CREATE FUNCTION dnc.registry_take(registry text, file text, obtained_at timestamptz, phones @extschema@.dnc_phone[],
    words text[], dates date[], rejected bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    r     dnc.registry;
    batch bigint;
    odd   text;
BEGIN
    SELECT * INTO r FROM dnc.registry AS x WHERE x.registry = registry FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unknown registry "%"', left(coalesce(registry, 'NULL'), 60)
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Known are: %s.', (SELECT string_agg(x.registry, ', ' ORDER BY x.registry)
                    FROM dnc.registry AS x)), HINT = 'A site adds its own by inserting into dnc.registry.';
    END IF;
    obtained_at := coalesce(obtained_at, now());
    IF obtained_at > now() OR NOT isfinite(obtained_at) OR file IS NULL OR length(file) NOT BETWEEN 1 AND 1000 THEN
        RAISE EXCEPTION 'answers need the name of their file and the time at which they were given, not later than now'
            USING ERRCODE = 'invalid_parameter_value', DETAIL = format('They are %L and %s.', file, obtained_at),
            HINT = 'How long they are good is counted from that time.';
    END IF;
    SELECT string_agg(DISTINCT w, ', ') INTO odd FROM unnest(words) AS w
    WHERE coalesce(r.results ->> w, r.results ->> lower(w), r.results ->> upper(w)) IS NULL;
    IF odd IS NOT NULL OR array_position(words, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'registry % has no such answers: %', registry, left(coalesce(odd, 'NULL'), 200)
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It answers %s.',
            (SELECT string_agg(k, ', ' ORDER BY k) FROM jsonb_object_keys(r.results) AS k)),
            HINT = 'What its words mean is in dnc.registry.results.';
    END IF;
    IF r.by_date AND array_position(dates, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'registry % is queried by number and date', registry
            USING ERRCODE = 'null_value_not_allowed', HINT = 'Give the date as the third column.';
    END IF;
    INSERT INTO dnc.registry_batch (registry, file, obtained_at, recorded_at, recorded_by, answers, rejected,
        content_hash)
        SELECT registry, file, obtained_at, now(), session_user, count(*), rejected,
            dnc.hash_texts(array_agg(concat_ws('|', a.phone, a.word, a.asked) ORDER BY a.n))
        FROM unnest(phones, words, dates) WITH ORDINALITY AS a (phone, word, asked, n) RETURNING batch_id INTO batch;
    INSERT INTO dnc.registry_answer (batch_id, registry, phone, result, asked_about, obtained_at, valid_until)
        SELECT batch, registry, a.phone,
            coalesce(r.results ->> a.word, r.results ->> lower(a.word), r.results ->> upper(a.word)), a.asked,
            obtained_at, coalesce(obtained_at + make_interval(hours => 24 * r.valid_days), 'infinity')
        FROM unnest(phones, words, dates) AS a (phone, word, asked);
    -- A number disconnected since the queried date no longer belongs to the same person.
    IF r.by_date THEN
        INSERT INTO dnc.reassignment (phone, reassigned_at, source, evidence, recorded_at)
            SELECT DISTINCT a.phone, obtained_at, 'import', jsonb_build_object('registry', registry, 'batch', batch),
                now() FROM dnc.registry_answer AS a WHERE a.batch_id = batch AND a.result = 'listed';
    END IF;
    RETURN batch;
END
$$;
CREATE FUNCTION dnc.hash_texts(texts text[]) RETURNS bytea LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT @extschema@.dnc_scrub_hash(t.t ORDER BY t.n) FROM pg_catalog.unnest(texts) WITH ORDINALITY AS t (t, n);
END;
COMMENT ON FUNCTION dnc.registry_take(text, text, timestamptz, @extschema@.dnc_phone[], text[], date[], bigint)
    IS 'records answers; for dnc_registry_import';
COMMENT ON FUNCTION dnc.hash_texts(text[]) IS 'dnc_scrub_hash of texts in array order';

CREATE FUNCTION @extschema@.dnc_registry_import(registry text, file text, query text,
    obtained_at timestamptz DEFAULT NULL, region text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    a record;
BEGIN
    EXECUTE pg_catalog.format($q$SELECT
            pg_catalog.array_agg(x.phone) FILTER (WHERE x.phone IS NOT NULL) AS phones,
            pg_catalog.array_agg(x.word) FILTER (WHERE x.phone IS NOT NULL) AS words,
            pg_catalog.array_agg(x.asked) FILTER (WHERE x.phone IS NOT NULL) AS dates,
            pg_catalog.count(*) FILTER (WHERE x.phone IS NULL) AS rejected
        FROM (SELECT @extschema@.dnc_try_parse(q.number, %L) AS phone, pg_catalog.btrim(q.word) AS word, q.asked
            FROM (SELECT q.number::pg_catalog.text, q.word::pg_catalog.text, q.asked::pg_catalog.date
                FROM (%s) AS q (number, word, asked)) AS q) AS x$q$, region, query) INTO a;
    RETURN dnc.registry_take(registry, file, obtained_at, coalesce(a.phones, '{}'), coalesce(a.words, '{}'),
        coalesce(a.dates, '{}'), a.rejected);
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_registry_import(text, text, text, timestamptz, text)
    IS 'Records a registry''s answers from a query of three columns, number, word and date (NULL unless the registry '
       'is queried by date), and returns the id of the import. Numbers are read in region; unreadable ones are '
       'counted as rejected. obtained_at is when the registry answered (default: now); the validity is counted from '
       'it. The query runs with the caller''s rights.
Errors: 22023 unknown registry or region, an unknown word, obtained_at in the future, or file not of 1 to 1000 '
       'characters; 22004 a date is missing for a registry queried by date.
Example: SELECT dnc_registry_import(registry => ''au-dncr'', file => ''wash-01.csv'',
  query => ''VALUES (''''+61 2 5550 1234'''', ''''N'''', NULL)'', region => ''AU'');';
