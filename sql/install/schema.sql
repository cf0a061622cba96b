-- Two schemas (README, "Where things are"): functions for applications start with dnc_ and are in the target schema
-- (@extschema@); the data are in schema dnc.

-- The script runs as superuser: no name in it, above all no operator, may be looked up in a schema where others can
-- create objects.
SET LOCAL search_path = pg_catalog, pg_temp;

DO $$
BEGIN
    IF '@extschema@' = 'dnc' THEN
        RAISE EXCEPTION 'extension dnc cannot be installed into the schema dnc'
            USING ERRCODE = 'invalid_schema_name',
                  DETAIL = 'The schema dnc holds the extension''s tables.',
                  HINT = 'Leave WITH SCHEMA out, or name another schema.';
    END IF;
    IF strpos('@extschema@', '%') > 0 THEN
        RAISE EXCEPTION 'extension dnc cannot be installed into a schema with a percent sign in its name'
            USING ERRCODE = 'invalid_schema_name', HINT = 'Leave WITH SCHEMA out, or name another schema.';
    END IF;
END
$$;

CREATE SCHEMA dnc;
GRANT USAGE ON SCHEMA dnc TO @extowner@;
COMMENT ON SCHEMA dnc IS 'Data of the extension dnc: the Do-Not-Call list, its history and its audit log';
