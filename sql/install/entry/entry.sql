-- ---------------------------------------------------------------------------
-- The internal list: a row for each opt-out and each revocation, never changed
-- ---------------------------------------------------------------------------

CREATE TRIGGER "00_insert_only" BEFORE UPDATE OR DELETE ON dnc.entry FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change();
ALTER TABLE dnc.entry ENABLE ALWAYS TRIGGER "00_insert_only";

-- An opt-out and a guarded row that commit at the same time meet on these locks; see src/crm/guard/stripes.rs.
CREATE FUNCTION dnc.entry_touch() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_entry_touch' LANGUAGE c;
CREATE FUNCTION dnc.entry_commit() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_entry_commit' LANGUAGE c;
COMMENT ON FUNCTION dnc.entry_touch()
    IS 'BEFORE trigger of dnc.entry: notes the number for the locks at commit, and rejects a revocation of an entry '
       'revoked since the transaction''s snapshot';
COMMENT ON FUNCTION dnc.entry_commit() IS 'deferred trigger of dnc.entry: locks its numbers';
CREATE TRIGGER "02_touch" BEFORE INSERT ON dnc.entry FOR EACH ROW EXECUTE FUNCTION dnc.entry_touch();
CREATE CONSTRAINT TRIGGER "zz_commit" AFTER INSERT ON dnc.entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION dnc.entry_commit();
ALTER TABLE dnc.entry ENABLE ALWAYS TRIGGER "02_touch", ENABLE ALWAYS TRIGGER "zz_commit";

-- What src/entry/load.rs does where the table was changed.
CREATE FUNCTION dnc.insert_entry(entry_id bigint, phone @extschema@.dnc_phone, ends bigint, effective_at timestamptz,
    expires_at timestamptz, received_at timestamptz, channel text, purpose text, kind text, reason text, source text,
    request_id bigint, requested_at timestamptz, recorded_at timestamptz, due_at timestamptz, taken_by text,
    evidence jsonb, external_ref text, batch_id bigint, corrects bigint) RETURNS bigint
LANGUAGE sql SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    INSERT INTO dnc.entry (entry_id, phone, ends, effective_at, expires_at, received_at, channel, purpose, kind,
        reason, source, request_id, requested_at, recorded_at, due_at, taken_by, evidence, external_ref, batch_id,
        corrects)
    VALUES (entry_id, phone, ends, effective_at, expires_at, received_at, channel, purpose, kind, reason, source,
        request_id, requested_at, recorded_at, due_at, taken_by, evidence, external_ref, batch_id, corrects)
    RETURNING entry.entry_id;
END;
COMMENT ON FUNCTION dnc.insert_entry(bigint, @extschema@.dnc_phone, bigint, timestamptz, timestamptz, timestamptz,
    text, text, text, text, text, bigint, timestamptz, timestamptz, timestamptz, text, jsonb, text, bigint, bigint)
    IS 'inserts an entry by SQL';
