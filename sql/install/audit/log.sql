-- ---------------------------------------------------------------------------
-- The audit log: every change of a table that matters, written in the same transaction
-- ---------------------------------------------------------------------------
-- References run audit_log <- audit_data <- audit_seq of the audited row, so that a dump loads the log first and every
-- restored row finds what the log says of it. The log holds no personal data; audit_data does, and can be erased
-- without breaking the log, which keeps a salted commitment to it.

CREATE SEQUENCE dnc.audit_seq;
COMMENT ON SEQUENCE dnc.audit_seq IS 'numbers the changes of audited tables';

CREATE TABLE dnc.audit_log (
    seq            bigint      PRIMARY KEY,
    relation       text        NOT NULL,
    operation      text        NOT NULL CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE', 'ERASE')),
    row_key        text        NOT NULL,
    logged_at      timestamptz NOT NULL,
    session_role   text        NOT NULL,
    effective_role text        NOT NULL,
    actor          text,
    commitment     bytea       NOT NULL CHECK (octet_length(commitment) = 32),
    row_hash       bytea       NOT NULL CHECK (octet_length(row_hash) = 32),
    format         smallint    NOT NULL,
    xid            xid8        NOT NULL,
    loaded         boolean     NOT NULL DEFAULT false
);
CREATE INDEX audit_log_row ON dnc.audit_log (relation, row_key, seq);
-- The order in which rows are sealed (audit/seal.sql).
CREATE INDEX audit_log_xid ON dnc.audit_log (xid, seq) WHERE NOT loaded;

COMMENT ON TABLE dnc.audit_log IS 'one row a change of an audited table; append-only, no personal data';
COMMENT ON COLUMN dnc.audit_log.seq IS 'number of the change; the changed row carries it as audit_seq';
COMMENT ON COLUMN dnc.audit_log.relation IS 'changed table of schema dnc';
COMMENT ON COLUMN dnc.audit_log.operation IS 'INSERT, UPDATE, DELETE; or ERASE: the row is gone, and so is what the log held of it in dnc.audit_data';
COMMENT ON COLUMN dnc.audit_log.row_key IS 'primary key of the changed row';
COMMENT ON COLUMN dnc.audit_log.logged_at IS 'server clock when the change was made';
COMMENT ON COLUMN dnc.audit_log.session_role IS 'role that connected (session_user)';
COMMENT ON COLUMN dnc.audit_log.effective_role IS 'role in force outside the extension''s own functions (SET ROLE)';
COMMENT ON COLUMN dnc.audit_log.actor IS 'the application''s claim who acted: the setting dnc.actor';
COMMENT ON COLUMN dnc.audit_log.commitment IS 'SHA-256 over salt, before and after of audit_data; see src/audit/commit.rs';
COMMENT ON COLUMN dnc.audit_log.row_hash IS 'RFC 6962 leaf hash of this row''s canonical bytes, without xid and loaded; see src/audit/commit.rs';
COMMENT ON COLUMN dnc.audit_log.format IS 'version of the canonical bytes; see src/audit/canonical.rs';
COMMENT ON COLUMN dnc.audit_log.xid IS 'transaction that made the change; means nothing after a restore';
COMMENT ON COLUMN dnc.audit_log.loaded IS 'the row came otherwise than by the audit triggers: from a restore, or from somebody''s hand';

CREATE TABLE dnc.audit_data (
    seq    bigint PRIMARY KEY REFERENCES dnc.audit_log,
    salt   bytea  NOT NULL CHECK (octet_length(salt) = 32),
    before text,
    after  text
);

COMMENT ON TABLE dnc.audit_data IS 'what the changed row was and became, as canonical JSON; append-only';
COMMENT ON COLUMN dnc.audit_data.seq IS 'row of dnc.audit_log';
COMMENT ON COLUMN dnc.audit_data.salt IS '32 random bytes of the commitment';
COMMENT ON COLUMN dnc.audit_data.before IS 'the row as it was: updates and deletes';
COMMENT ON COLUMN dnc.audit_data.after IS 'the row as it became: inserts and updates';

CREATE FUNCTION dnc.audit_draw() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_audit_draw' LANGUAGE c;
CREATE FUNCTION dnc.audit_write() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_audit_write' LANGUAGE c;
CREATE FUNCTION dnc.audit_stamp() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_audit_stamp' LANGUAGE c;

CREATE FUNCTION dnc.row_matches(logged text, changed record) RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_row_matches_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION dnc.row_matches(text, record) IS 'whether canonical bytes of the log describe this row; columns that the log does not know must be NULL';
COMMENT ON FUNCTION dnc.audit_draw() IS 'BEFORE trigger of audited tables: draws the number of the change; argument: key column';
COMMENT ON FUNCTION dnc.audit_write() IS 'AFTER trigger of audited tables: writes the log row; argument: key column';
COMMENT ON FUNCTION dnc.audit_stamp() IS 'BEFORE trigger of the log: marks rows that the audit triggers did not write';

-- A person's right to be forgotten goes before the rule that history stays (privacy/erase.sql).
CREATE FUNCTION dnc.erasing() RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_erasing_wrapper' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION dnc.erasing() IS 'whether rows are being erased: only within dnc.erase_rows';
CREATE FUNCTION dnc.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_LEVEL = 'ROW' AND dnc.erasing() THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% of dnc.% is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege',
              DETAIL = 'The table is history: rows are added, never changed or removed.',
              HINT = CASE TG_TABLE_NAME
                     WHEN 'entry' THEN 'dnc_revoke ends a refusal, dnc_correct mends one.'
                     ELSE 'What is wrong in it is answered by a new row.' END;
END
$$;
COMMENT ON FUNCTION dnc.refuse_change() IS 'trigger that refuses what it is attached to, but the erasure of a row';

-- The tables under audit.
CREATE TABLE dnc.audited (
    relation   text PRIMARY KEY,
    key_column text NOT NULL
);
COMMENT ON TABLE dnc.audited IS 'tables of schema dnc whose changes are logged; filled by the extension''s own scripts';
COMMENT ON COLUMN dnc.audited.key_column IS 'column whose text is row_key in dnc.audit_log';

-- Gives a table its audit triggers. They fire whatever session_replication_role says. The AFTER trigger's name sorts
-- before those of referential triggers, which then find the rows it wrote.
CREATE FUNCTION dnc.audit(relation text, key_column text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER "00_audit_draw" BEFORE INSERT OR UPDATE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION dnc.audit_draw(%L)', relation, key_column);
    EXECUTE format('CREATE TRIGGER "00_audit_write" AFTER INSERT OR UPDATE OR DELETE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION dnc.audit_write(%L)', relation, key_column);
    EXECUTE format('CREATE TRIGGER "00_audit_truncate" BEFORE TRUNCATE ON dnc.%I FOR EACH STATEMENT EXECUTE FUNCTION dnc.refuse_change()', relation);
    EXECUTE format('ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "00_audit_draw", ENABLE ALWAYS TRIGGER "00_audit_write", ENABLE ALWAYS TRIGGER "00_audit_truncate"', relation);
    INSERT INTO dnc.audited VALUES (relation, key_column);
END
$$;
COMMENT ON FUNCTION dnc.audit(text, text) IS 'puts a table of schema dnc under audit; for the extension''s own scripts';

CREATE TRIGGER "00_stamp" BEFORE INSERT ON dnc.audit_log FOR EACH ROW EXECUTE FUNCTION dnc.audit_stamp();
ALTER TABLE dnc.audit_log ENABLE ALWAYS TRIGGER "00_stamp";

DO $$
DECLARE
    relation text;
BEGIN
    FOREACH relation IN ARRAY ARRAY['audit_log', 'audit_data'] LOOP
        EXECUTE format('CREATE TRIGGER "00_append_only" BEFORE UPDATE OR DELETE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change()', relation);
        EXECUTE format('CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.%I FOR EACH STATEMENT EXECUTE FUNCTION dnc.refuse_change()', relation);
        EXECUTE format('ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "00_append_only", ENABLE ALWAYS TRIGGER "00_no_truncate"', relation);
    END LOOP;
END
$$;

SELECT pg_catalog.pg_extension_config_dump('dnc.audit_seq', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.audit_log', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.audit_data', '');
