-- ---------------------------------------------------------------------------
-- Opt-outs of erased numbers, stored under pseudonyms
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.pseudonyms(phone @extschema@.dnc_phone)
RETURNS TABLE (key_id text, pseudonym bigint, pseudonym_low bigint) AS 'MODULE_PATHNAME', 'dnc_pseudonyms_wrapper'
LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 1 COST 20;
CREATE FUNCTION dnc.missing_keys() RETURNS text[] AS 'MODULE_PATHNAME', 'dnc_missing_keys_wrapper'
LANGUAGE c STABLE PARALLEL SAFE COST 10;
CREATE FUNCTION dnc.key_check(key_id text) RETURNS bytea AS 'MODULE_PATHNAME', 'dnc_key_check_wrapper'
LANGUAGE c STABLE STRICT COST 100;
COMMENT ON FUNCTION dnc.pseudonyms(@extschema@.dnc_phone)
    IS 'the number''s pseudonym under each registered key that is available, newest key first';
COMMENT ON FUNCTION dnc.missing_keys()
    IS 'registered keys that dnc.key_file lacks or has with other bytes; while there is one, a check that nothing '
       'else suppresses is unknown';
COMMENT ON FUNCTION dnc.key_check(text) IS 'check value that identifies a key of dnc.key_file';

-- Invalidates each session's cached filter of pseudonyms and its keys. Per statement, because pseudonyms are restored
-- in bulk.
CREATE TRIGGER "90_epoch_before" BEFORE INSERT OR UPDATE OR DELETE ON dnc.pseudonym FOR EACH STATEMENT
    EXECUTE FUNCTION dnc.new_epoch();
CREATE TRIGGER "90_epoch" AFTER INSERT OR UPDATE OR DELETE ON dnc.pseudonym FOR EACH STATEMENT
    EXECUTE FUNCTION dnc.new_epoch();
-- Logical replication fires row triggers only; once per transaction is enough for sessions that see it committed.
CREATE FUNCTION dnc.new_epoch_applied() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS $$
BEGIN
    UPDATE dnc.list_epoch AS e SET epoch = dnc.random_epoch() WHERE e.xmin::text <> pg_current_xact_id()::xid::text;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION dnc.new_epoch_applied()
    IS 'trigger that invalidates the cached pseudonyms of other sessions, once per transaction';
CREATE TRIGGER "91_epoch_row" AFTER INSERT OR UPDATE OR DELETE ON dnc.pseudonym FOR EACH ROW
    WHEN (pg_catalog.current_setting('session_replication_role') = 'replica') EXECUTE FUNCTION dnc.new_epoch_applied();
CREATE TRIGGER "91_epoch_row" AFTER INSERT OR UPDATE OR DELETE ON dnc.pseudonym_key FOR EACH ROW
    WHEN (pg_catalog.current_setting('session_replication_role') = 'replica') EXECUTE FUNCTION dnc.new_epoch_applied();
CREATE TRIGGER "90_epoch" AFTER INSERT OR UPDATE OR DELETE ON dnc.pseudonym_key FOR EACH STATEMENT
    EXECUTE FUNCTION dnc.new_epoch();
ALTER TABLE dnc.pseudonym ENABLE ALWAYS TRIGGER "90_epoch_before", ENABLE ALWAYS TRIGGER "90_epoch",
    ENABLE ALWAYS TRIGGER "91_epoch_row";
ALTER TABLE dnc.pseudonym_key ENABLE ALWAYS TRIGGER "90_epoch", ENABLE ALWAYS TRIGGER "91_epoch_row";

CREATE FUNCTION dnc.line_entries(phone @extschema@.dnc_phone) RETURNS SETOF bigint
LANGUAGE sql STABLE PARALLEL SAFE ROWS 2
BEGIN ATOMIC
    SELECT e.entry_id FROM dnc.entry AS e
    WHERE e.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(line_entries.phone));
END;
COMMENT ON FUNCTION dnc.line_entries(@extschema@.dnc_phone) IS 'ids of the entries of a number''s line';

CREATE FUNCTION dnc.entries_of(phone @extschema@.dnc_phone) RETURNS SETOF dnc.entry
LANGUAGE sql STABLE PARALLEL SAFE ROWS 2
BEGIN ATOMIC
    SELECT e.* FROM dnc.entry AS e WHERE e.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(entries_of.phone))
    UNION ALL
    SELECT -f.pseudonym_id, x.form, -f.ends, f.effective_at, f.expires_at, f.received_at, f.channel,
        f.purpose, f.kind, f.reason, f.source, -coalesce(f.ends, f.pseudonym_id),
           f.requested_at, f.recorded_at, f.due_at, NULL, '{"erased": true}', NULL, NULL, NULL, f.audit_seq
    FROM pg_catalog.unnest(@extschema@.dnc_forms(entries_of.phone)) AS x (form)
    CROSS JOIN LATERAL dnc.pseudonyms(x.form) AS m
    JOIN dnc.pseudonym AS f ON f.pseudonym = m.pseudonym AND f.pseudonym_low = m.pseudonym_low AND f.key_id = m.key_id;
END;
CREATE FUNCTION dnc.erased_is_suppressed(phone @extschema@.dnc_phone, channel text, purpose text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM dnc.pseudonyms(erased_is_suppressed.phone) AS m
        JOIN dnc.pseudonym AS f ON f.pseudonym = m.pseudonym AND f.pseudonym_low = m.pseudonym_low
            AND f.key_id = m.key_id
        WHERE f.ends IS NULL AND f.effective_at = '-infinity' AND f.expires_at = 'infinity'
          AND f.channel IN ('all', erased_is_suppressed.channel)
          AND (f.purpose IS NULL OR dnc.covers(f.purpose, erased_is_suppressed.purpose))
          AND NOT EXISTS (SELECT FROM dnc.pseudonym AS w WHERE w.ends = f.pseudonym_id));
END;
COMMENT ON FUNCTION dnc.erased_is_suppressed(@extschema@.dnc_phone, text, text)
    IS 'whether the number was erased and has an unlimited, unrevoked opt-out that covers at least this scope';
-- A writer that revokes, moves, copies or erases opt-outs first locks them in the order of their ids, then reads them
-- again, so that it sees what the previous writer left. An opt-out recorded meanwhile is a separate one. The trigger
-- 02_touch of dnc.entry detects a snapshot older than a revocation.
CREATE FUNCTION dnc.lock_refusals(phone @extschema@.dnc_phone) RETURNS bigint[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    entries bigint[];
    marked  bigint[];
    locked  bigint[];
BEGIN
    entries := ARRAY(SELECT l.entry_id
        FROM (SELECT e.entry_id FROM dnc.entry AS e
            WHERE e.entry_id IN (SELECT dnc.line_entries(lock_refusals.phone)) AND e.ends IS NULL
                ORDER BY e.entry_id FOR NO KEY UPDATE) AS l);
    -- An erasure that this session waited for has moved them to a pseudonym, and a key migration to another one.
    LOOP
        marked := ARRAY(SELECT -f.pseudonym_id
            FROM unnest(dnc.forms(lock_refusals.phone)) AS x (form) CROSS JOIN LATERAL dnc.pseudonyms(x.form) AS m
            JOIN dnc.pseudonym AS f ON f.pseudonym = m.pseudonym AND f.pseudonym_low = m.pseudonym_low
                AND f.key_id = m.key_id
            WHERE f.ends IS NULL ORDER BY f.pseudonym_id);
        locked := ARRAY(SELECT -l.pseudonym_id
            FROM (SELECT f.pseudonym_id FROM dnc.pseudonym AS f WHERE -f.pseudonym_id = ANY (marked)
                ORDER BY f.pseudonym_id FOR NO KEY UPDATE) AS l);
        EXIT WHEN locked = marked;
    END LOOP;
    RETURN entries || locked;
END
$$;
COMMENT ON FUNCTION dnc.lock_refusals(@extschema@.dnc_phone)
    IS 'locks the opt-outs of a number until the end of the transaction and returns their ids; negative for an erased '
       'number';
COMMENT ON FUNCTION dnc.entries_of(@extschema@.dnc_phone)
    IS 'entries of a number''s line in all its forms, erased or not; those of an erased number have negative ids and '
        'no personal data';
