-- From 0.1.0 to 0.2.0: the index of the list holds the shape of each entry, and the planner is told of checks. The index
-- is built anew, which takes about a second a million entries and keeps writers of the list waiting. Sessions that had
-- loaded the library of before cannot record refusals afterwards until they connect again.

-- The script runs as superuser: no name in it, no operator above all, may be found in a schema where others can create.
SET LOCAL search_path = pg_catalog, pg_temp;

CREATE FUNCTION dnc.entry_shape(ends bigint, effective_at timestamptz, expires_at timestamptz, channel text, purpose text)
RETURNS "char" AS 'MODULE_PATHNAME', 'dnc_entry_shape_wrapper' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dnc.entry_shape(bigint, timestamptz, timestamptz, text, text)
    IS '*: refusal of everything, without times; v, s, w, f: the same of voice, sms, whatsapp or fax; ?: any other entry';
DROP INDEX IF EXISTS dnc.entry_phone;
CREATE INDEX entry_phone ON dnc.entry (phone, dnc.entry_shape(ends, effective_at, expires_at, channel, purpose));

CREATE FUNCTION dnc.check_support(internal) RETURNS internal AS 'MODULE_PATHNAME', 'dnc_check_support_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dnc.check_support(internal) IS 'tells the planner how many rows a check leaves, and what it costs';
ALTER FUNCTION @extschema@.dnc_check(@extschema@.dnc_phone, text, text, timestamptz) SUPPORT dnc.check_support;
ALTER FUNCTION @extschema@.dnc_check(text, text, text, timestamptz) SUPPORT dnc.check_support;

REVOKE ALL ON FUNCTION dnc.entry_shape(bigint, timestamptz, timestamptz, text, text), dnc.check_support(internal) FROM PUBLIC;

-- Tells of an index that does not hold the shapes.
CREATE OR REPLACE FUNCTION @extschema@.dnc_health() RETURNS TABLE (subject text, healthy boolean, detail text, remedy text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found text;
    n     bigint;
BEGIN
    SELECT string_agg(format('%s: %s (%s)', w.relation, w.trigger_name, w.enabled), ', ' ORDER BY 1), count(*) INTO found, n FROM dnc.weak_trigger AS w;
    RETURN QUERY SELECT 'triggers'::text, n = 0, coalesce(found, 'all fire always'), CASE WHEN n > 0 THEN 'dnc_repair_triggers()' END;

    SELECT string_agg(c.relname, ', ' ORDER BY 1) INTO found FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
        WHERE c.relnamespace = 'dnc'::regnamespace AND NOT (i.indisvalid AND i.indisready AND i.indislive);
    IF to_regclass('dnc.entry_phone') IS NULL THEN
        found := concat_ws(', ', found, 'entry_phone is missing');
    ELSIF pg_get_indexdef(to_regclass('dnc.entry_phone')) NOT LIKE '% USING btree (phone, dnc.entry_shape(ends, effective_at, expires_at, channel, purpose))' THEN
        found := concat_ws(', ', found, 'entry_phone is another one');
    END IF;
    RETURN QUERY SELECT 'indexes'::text, found IS NULL, coalesce('not as they must be: ' || found, 'all valid'),
        CASE WHEN found IS NOT NULL THEN 'REINDEX INDEX, or CREATE INDEX entry_phone ON dnc.entry (phone, dnc.entry_shape(ends, effective_at, expires_at, channel, purpose)); until then checks are slow, not wrong' END;

    n := dnc.unlogged('entry', 'entry_id') + dnc.unlogged('purpose', 'purpose') + dnc.unlogged('channel', 'channel') + dnc.unlogged('reason', 'reason')
        + dnc.unlogged('source', 'source') + dnc.unlogged('import_batch', 'batch_id');
    RETURN QUERY SELECT 'rows in the log'::text, n = 0, CASE WHEN n = 0 THEN 'the log describes every row' ELSE format('the log does not describe %s rows', n) END,
        CASE WHEN n > 0 THEN 'find out who wrote past the triggers, or what was changed in a dump' END;

    SELECT count(*) INTO n FROM dnc.entry AS e WHERE NOT EXISTS (SELECT FROM dnc.channel AS c WHERE c.channel = e.channel)
        OR NOT EXISTS (SELECT FROM dnc.source AS s WHERE s.source = e.source) OR e.reason IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.reason AS r WHERE r.reason = e.reason)
        OR e.purpose IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.purpose AS p WHERE p.purpose = e.purpose)
        OR e.ends IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.entry AS x WHERE x.entry_id = e.ends AND dnc.same_phone(x.phone, e.phone));
    RETURN QUERY SELECT 'references'::text, n = 0, CASE WHEN n = 0 THEN 'every name and entry that is referred to is there' ELSE format('%s entries refer to what is not there', n) END,
        CASE WHEN n > 0 THEN 'insert the missing channel, purpose, reason or source; an ending of nothing ends nothing' END;

    SELECT count(*) INTO n FROM dnc.audit_log AS l WHERE l.loaded;
    RETURN QUERY SELECT 'loaded log rows'::text, true, format('%s log rows came from a restore or by hand', n), NULL::text;

    RETURN QUERY SELECT 'open imports'::text, count(*) = 0, CASE WHEN count(*) = 0 THEN 'none older than a day' ELSE format('open for over a day: %s', string_agg(b.batch_id::text, ', ')) END,
        CASE WHEN count(*) > 0 THEN 'dnc_import_finish(batch): until then its numbers are not on the list' END
        FROM dnc.import_batch AS b WHERE b.state = 'open' AND b.started_at < now() - interval '1 day';
END
$$;
