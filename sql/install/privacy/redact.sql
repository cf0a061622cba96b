-- ---------------------------------------------------------------------------
-- Erasure: deleting rows, and removing a number from texts
-- ---------------------------------------------------------------------------

CREATE TRIGGER "00_insert_only" BEFORE UPDATE
    OR DELETE ON dnc.erasure_part FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change();
CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.erasure_part FOR EACH STATEMENT
    EXECUTE FUNCTION dnc.refuse_change();
ALTER TABLE dnc.erasure_part ENABLE ALWAYS TRIGGER "00_insert_only", ENABLE ALWAYS TRIGGER "00_no_truncate";
-- Only the pseudonym (key migration) and finished_at of an erasure may change.
CREATE FUNCTION dnc.erasure_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR (NEW.erasure_id, NEW.erased_at, NEW.erased_by, NEW.why) IS DISTINCT FROM (OLD.erasure_id, OLD.erased_at,
        OLD.erased_by, OLD.why) OR NEW.request IS DISTINCT FROM OLD.request OR NEW.finished_at IS NULL
        AND OLD.finished_at IS NOT NULL THEN
        RAISE EXCEPTION '% of dnc.erasure is not allowed', TG_OP USING ERRCODE = 'insufficient_privilege',
            DETAIL = 'An erasure is kept as it was recorded.', HINT = 'dnc_erase_finish completes it.';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION dnc.erasure_change() IS 'trigger that rejects other changes to erasures';
CREATE TRIGGER "00_accept" BEFORE UPDATE OR DELETE ON dnc.erasure FOR EACH ROW EXECUTE FUNCTION dnc.erasure_change();
ALTER TABLE dnc.erasure ENABLE ALWAYS TRIGGER "00_accept";

CREATE FUNCTION dnc.erase_rows(relation text, condition text)
RETURNS bigint AS 'MODULE_PATHNAME', 'dnc_erase_rows_wrapper' LANGUAGE c STRICT;
COMMENT ON FUNCTION dnc.erase_rows(text, text)
    IS 'deletes rows of a table of schema dnc, with their content in the audit log; for dnc_erase and dnc_maintain';

-- The digits of the national number, with up to twelve other characters between two digits.
CREATE FUNCTION dnc.spelled(phone @extschema@.dnc_phone) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN pg_catalog.regexp_replace(@extschema@.dnc_national(phone), '(\d)(?=\d)', '\1[^0-9]{0,12}', 'g');
CREATE FUNCTION dnc.redact(words text, phone @extschema@.dnc_phone) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN pg_catalog.regexp_replace(pg_catalog.translate(words, '０１２３４５６７８９٠١٢٣٤٥٦٧٨٩', '01234567890123456789'),
        dnc.spelled(phone), '[erased]', 'g');
-- With the calling code and no digit before or after, because other numbers may contain the same digits.
CREATE FUNCTION dnc.mentions(words text, phone @extschema@.dnc_phone) RETURNS boolean LANGUAGE sql IMMUTABLE
    RETURN pg_catalog.translate(words, '０１２３４５６７８９٠١٢٣٤٥٦٧٨٩',
        '01234567890123456789') OPERATOR(pg_catalog.~) ('(^|[^0-9])(00|011)?' || @extschema@.dnc_country_code(phone)
        || '[^0-9]{0,3}(\(?0\)?)?[^0-9]{0,3}' || dnc.spelled(phone) || '($|[^0-9])');
-- An unparseable spelling counts if it contains the whole number.
CREATE FUNCTION dnc.spells(spelling text, region text, phone @extschema@.dnc_phone) RETURNS boolean
LANGUAGE sql IMMUTABLE
    RETURN coalesce(dnc.same_phone(dnc.try_parse(spelling, region), phone), dnc.mentions(spelling, phone)
        OR EXISTS (SELECT FROM @extschema@.dnc_numbers(spelling, region) AS n
            WHERE dnc.same_phone(n.phone, spells.phone)));
CREATE FUNCTION dnc.row_spells(i dnc.import_row, region text, phone @extschema@.dnc_phone) RETURNS boolean
LANGUAGE sql IMMUTABLE
    RETURN dnc.spells(dnc.import_spelling(i.phone, i.phone_code, i.phone_number, NULL),
            coalesce(nullif(i.region, ''), region), phone)
        OR dnc.mentions(pg_catalog.concat_ws(' ', i.phone, i.phone_code, i.phone_number), phone);
COMMENT ON FUNCTION dnc.row_spells(dnc.import_row, text, @extschema@.dnc_phone)
    IS 'whether a row of an import, read in a region unless it has its own, is of the number';
-- A JSON number that contains the digits becomes a string. The recursion is bounded, because stored jsonb was parsed
-- before.
CREATE FUNCTION dnc.redact_json(given jsonb, phone @extschema@.dnc_phone) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE jsonb_typeof(given)
        WHEN 'object'
            THEN (SELECT coalesce(jsonb_object_agg(dnc.redact(f.key, redact_json.phone),
                    dnc.redact_json(f.value, redact_json.phone)), '{}') FROM jsonb_each(given) AS f)
        WHEN 'array' THEN (SELECT coalesce(jsonb_agg(dnc.redact_json(f.value, redact_json.phone) ORDER BY f.n), '[]')
            FROM jsonb_array_elements(given) WITH ORDINALITY AS f (value, n))
        WHEN 'string' THEN to_jsonb(dnc.redact(given #>> '{}', redact_json.phone))
        WHEN 'number' THEN CASE WHEN given::text ~ dnc.spelled(redact_json.phone)
            THEN to_jsonb(dnc.redact(given::text, redact_json.phone)) ELSE given END
        ELSE given END;
END
$$;
-- Only free text: times and ids stay.
CREATE FUNCTION dnc.redact_row(given jsonb, phone @extschema@.dnc_phone) RETURNS jsonb LANGUAGE sql IMMUTABLE
    RETURN (SELECT coalesce(pg_catalog.jsonb_object_agg(f.key,
                CASE
                    WHEN f.key
                    = ANY (
                        '{evidence,wording,words,agent,campaign,taken_by,recorded_by,external_ref,grounds,decision,ide'
                        'ntity_check,extended_because,outcome,closed_by}') THEN dnc.redact_json(f.value, phone)
                            ELSE f.value END), '{}')
            FROM pg_catalog.jsonb_each(given) AS f WHERE f.key <> ALL ('{phone,audit_seq,entry_id}'));
COMMENT ON FUNCTION dnc.spelled(@extschema@.dnc_phone) IS 'regular expression for the common spellings of a number';
COMMENT ON FUNCTION dnc.redact(text, @extschema@.dnc_phone) IS 'a text with the number removed';
COMMENT ON FUNCTION dnc.mentions(text, @extschema@.dnc_phone) IS 'whether a text contains the whole number';
COMMENT ON FUNCTION dnc.spells(text, text, @extschema@.dnc_phone)
    IS 'whether a spelling, read in a region, is the number or contains it';
COMMENT ON FUNCTION dnc.redact_json(jsonb, @extschema@.dnc_phone)
    IS 'JSON with the number removed from strings, names and numbers';
COMMENT ON FUNCTION dnc.redact_row(jsonb, @extschema@.dnc_phone)
    IS 'a row as JSON, without the number, and with it removed from free text';
CREATE FUNCTION dnc.why_kept(phone @extschema@.dnc_phone, kind text) RETURNS text LANGUAGE sql STABLE
    RETURN (SELECT pg_catalog.string_agg(DISTINCT r.citation, '; ' ORDER BY r.citation) FROM dnc.rule AS r
        WHERE r.kind = why_kept.kind AND r.jurisdiction = ANY (@extschema@.dnc_places(phone)) AND r.valid_to IS NULL);
COMMENT ON FUNCTION dnc.why_kept(@extschema@.dnc_phone, text)
    IS 'citations of the rules of a kind where the number may be';

CREATE FUNCTION dnc.erased_endings(phone @extschema@.dnc_phone, ended text) RETURNS SETOF dnc.erased_ending
LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT x.* FROM dnc.pseudonyms(erased_endings.phone) AS m JOIN dnc.erased_ending AS x ON x.pseudonym = m.pseudonym
        AND x.pseudonym_low = m.pseudonym_low AND x.key_id = m.key_id WHERE x.ended = erased_endings.ended;
END;
COMMENT ON FUNCTION dnc.erased_endings(@extschema@.dnc_phone, text)
    IS 'times up to which consents or relationships of an erased number no longer count';

