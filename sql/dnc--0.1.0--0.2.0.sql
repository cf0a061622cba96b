-- From 0.1.0 to 0.2.0: the index of the list holds the shape of each entry, and the planner is told of checks. The index
-- is built anew, which takes about a second a million entries and keeps writers of the list waiting.

-- The script runs as superuser: no name in it, no operator above all, may be found in a schema where others can create.
SET LOCAL search_path = pg_catalog, pg_temp;

CREATE FUNCTION dnc.entry_shape(ends bigint, effective_at timestamptz, expires_at timestamptz, channel text, purpose text)
RETURNS "char" AS 'MODULE_PATHNAME', 'dnc_entry_shape_wrapper' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 1;
COMMENT ON FUNCTION dnc.entry_shape(bigint, timestamptz, timestamptz, text, text)
    IS '*: refusal of everything, without times; v, s, w, f: the same of voice, sms, whatsapp or fax; ?: any other entry';
DROP INDEX dnc.entry_phone;
CREATE INDEX entry_phone ON dnc.entry (phone, dnc.entry_shape(ends, effective_at, expires_at, channel, purpose));

CREATE FUNCTION dnc.check_support(internal) RETURNS internal AS 'MODULE_PATHNAME', 'dnc_check_support_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dnc.check_support(internal) IS 'tells the planner how many rows a check leaves, and what it costs';
ALTER FUNCTION @extschema@.dnc_check(@extschema@.dnc_phone, text, text, timestamptz) SUPPORT dnc.check_support;
ALTER FUNCTION @extschema@.dnc_check(text, text, text, timestamptz) SUPPORT dnc.check_support;

REVOKE ALL ON FUNCTION dnc.entry_shape(bigint, timestamptz, timestamptz, text, text), dnc.check_support(internal) FROM PUBLIC;
