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
