-- ---------------------------------------------------------------------------
-- Lookup tables: channels, reasons, sources and purposes
-- ---------------------------------------------------------------------------

-- A trigger keeps the tree: a foreign key of a table to itself makes pg_dump warn of a restore that would fail.
CREATE FUNCTION dnc.purpose_tree() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.parent IS NOT NULL THEN
        PERFORM FROM dnc.purpose AS p WHERE p.purpose = NEW.parent FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'purpose "%" has no parent "%"', NEW.purpose, NEW.parent
                USING ERRCODE = 'foreign_key_violation',
                DETAIL = 'Purposes are a tree of paths, and a path begins with a purpose that is there.',
                HINT = 'Insert the parent first.';
        END IF;
    ELSIF TG_OP = 'DELETE' AND EXISTS (SELECT FROM dnc.purpose AS p WHERE p.parent = OLD.purpose) THEN
        RAISE EXCEPTION 'purpose "%" has purposes below it', OLD.purpose USING ERRCODE = 'foreign_key_violation',
            HINT = 'Delete those first.';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION dnc.purpose_tree() IS 'trigger that keeps the tree of purposes complete';
CREATE TRIGGER "01_tree" AFTER INSERT OR DELETE ON dnc.purpose FOR EACH ROW EXECUTE FUNCTION dnc.purpose_tree();
ALTER TABLE dnc.purpose ENABLE ALWAYS TRIGGER "01_tree";

-- A name is not deleted while an open transaction refers to it; see src/entry/lookup_key.rs.
CREATE FUNCTION dnc.names_wait() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_names_wait' LANGUAGE c;
CREATE FUNCTION dnc.is_known(relation text, name text) RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_is_known_wrapper'
LANGUAGE c VOLATILE COST 10;
COMMENT ON FUNCTION dnc.names_wait()
    IS 'trigger of lookup tables: waits for transactions that refer to a name, and clears the name caches of sessions';
COMMENT ON FUNCTION dnc.is_known(text, text)
    IS 'whether a lookup table has a name; if so, it stays there until the transaction ends';

-- Only scripts of the extension, while they run, change built-in rows.
CREATE FUNCTION dnc.keep_builtin() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (TG_OP <> 'INSERT' AND OLD.builtin) OR (TG_OP <> 'DELETE' AND NEW.builtin) THEN
        RAISE EXCEPTION 'built-in rows of dnc.% cannot be changed', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege',
                  DETAIL = 'They belong to the extension, and an update of it may replace them.',
                  HINT = 'Insert a row of your own, with builtin left out.';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
COMMENT ON FUNCTION dnc.keep_builtin() IS 'trigger that rejects changes of built-in rows';

DO $$
DECLARE
    relation text;
BEGIN
    FOREACH relation IN ARRAY ARRAY['channel', 'reason', 'source', 'purpose'] LOOP
        EXECUTE format(
            'CREATE TRIGGER "00_names_wait" BEFORE DELETE ON dnc.%I FOR EACH STATEMENT EXECUTE FUNCTION '
            'dnc.names_wait()', relation);
        EXECUTE format('ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "00_names_wait"', relation);
    END LOOP;
    FOREACH relation IN ARRAY ARRAY['channel', 'reason', 'source'] LOOP
        EXECUTE format(
            'CREATE TRIGGER "01_keep_builtin" BEFORE INSERT OR UPDATE OR DELETE ON dnc.%I FOR EACH ROW EXECUTE '
            'FUNCTION dnc.keep_builtin()', relation);
        EXECUTE format('ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "01_keep_builtin"', relation);
    END LOOP;
END
$$;
