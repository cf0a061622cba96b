-- ---------------------------------------------------------------------------
-- The audit log: every change of an audited table, written in the same transaction
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.audit_draw() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_audit_draw' LANGUAGE c;
CREATE FUNCTION dnc.audit_write() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_audit_write' LANGUAGE c;
CREATE FUNCTION dnc.audit_stamp() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_audit_stamp' LANGUAGE c;

CREATE FUNCTION dnc.row_matches(logged text, changed record)
RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_row_matches_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION dnc.row_matches(text, record)
    IS 'whether logged canonical bytes describe a row; columns that they lack must be NULL';
COMMENT ON FUNCTION dnc.audit_draw()
    IS 'BEFORE trigger of audited tables: draws the log sequence number; argument: key column';
COMMENT ON FUNCTION dnc.audit_write() IS 'AFTER trigger of audited tables: writes the log row; argument: key column';
COMMENT ON FUNCTION dnc.audit_stamp() IS 'BEFORE trigger of the log: flags rows that the audit triggers did not write';

-- The right to erasure overrides insert-only tables (privacy/erase.sql).
CREATE FUNCTION dnc.erasing() RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_erasing_wrapper' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION dnc.erasing() IS 'whether rows are being erased; true only within dnc.erase_rows';
CREATE FUNCTION dnc.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_LEVEL = 'ROW' AND dnc.erasing() THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% of dnc.% is not allowed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege',
              DETAIL = 'The table is history: rows are added, never changed or removed.',
              HINT = CASE TG_TABLE_NAME
                     WHEN 'entry' THEN 'dnc_revoke revokes an opt-out, dnc_correct corrects one.'
                     ELSE 'Correct it by a new row.' END;
END
$$;
COMMENT ON FUNCTION dnc.refuse_change()
    IS 'trigger that rejects the operations it is attached to, except erasure of a row';

-- The triggers fire whatever session_replication_role is. The AFTER trigger's name sorts before those of referential
-- triggers, which then find the rows it wrote.
CREATE FUNCTION dnc.audit(relation text, key_column text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog,
    pg_temp AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER "00_audit_draw" BEFORE INSERT OR UPDATE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION '
        'dnc.audit_draw(%L)', relation, key_column);
    EXECUTE format(
        'CREATE TRIGGER "00_audit_write" AFTER INSERT OR UPDATE OR DELETE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION '
        'dnc.audit_write(%L)', relation, key_column);
    EXECUTE format(
        'CREATE TRIGGER "00_audit_truncate" BEFORE TRUNCATE ON dnc.%I FOR EACH STATEMENT EXECUTE FUNCTION '
        'dnc.refuse_change()', relation);
    EXECUTE format(
        'ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "00_audit_draw", ENABLE ALWAYS TRIGGER "00_audit_write", ENABLE '
        'ALWAYS TRIGGER "00_audit_truncate"', relation);
    INSERT INTO dnc.audited VALUES (relation, key_column);
END
$$;
COMMENT ON FUNCTION dnc.audit(text, text)
    IS 'adds audit triggers to a table of schema dnc; for the extension''s own scripts';

CREATE TRIGGER "00_stamp" BEFORE INSERT ON dnc.audit_log FOR EACH ROW EXECUTE FUNCTION dnc.audit_stamp();
ALTER TABLE dnc.audit_log ENABLE ALWAYS TRIGGER "00_stamp";

DO $$
DECLARE
    relation text;
BEGIN
    FOREACH relation IN ARRAY ARRAY['audit_log', 'audit_data'] LOOP
        EXECUTE format(
            'CREATE TRIGGER "00_append_only" BEFORE UPDATE OR DELETE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION '
            'dnc.refuse_change()', relation);
        EXECUTE format(
            'CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.%I FOR EACH STATEMENT EXECUTE FUNCTION '
            'dnc.refuse_change()', relation);
        EXECUTE format(
            'ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "00_append_only", ENABLE ALWAYS TRIGGER "00_no_truncate"',
            relation);
    END LOOP;
END
$$;
