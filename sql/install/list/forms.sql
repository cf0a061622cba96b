-- ---------------------------------------------------------------------------
-- Lists: forms for text
-- ---------------------------------------------------------------------------
-- Every function that takes a number takes dnc_phone or text: drivers send text, and no caller needs a cast.

CREATE FUNCTION @extschema@.dnc_hash(phone text, key_id text DEFAULT NULL) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_hash(@extschema@.dnc_try_parse(dnc_hash.phone), dnc_hash.key_id);
COMMENT ON FUNCTION @extschema@.dnc_hash(text, text) IS 'dnc_hash for a text, read in the region of dnc.default_region';

CREATE FUNCTION @extschema@.dnc_registry_answer(phone text, registry text, asked_about date DEFAULT NULL)
RETURNS TABLE (result text, asked_about date, obtained_at timestamptz, valid_until timestamptz, valid boolean)
LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT * FROM @extschema@.dnc_registry_answer(@extschema@.dnc_try_parse(dnc_registry_answer.phone),
        dnc_registry_answer.registry, dnc_registry_answer.asked_about);
END;
COMMENT ON FUNCTION @extschema@.dnc_registry_answer(text, text, date)
    IS 'dnc_registry_answer for a text, read in the region of dnc.default_region';

CREATE FUNCTION @extschema@.dnc_registry_needs(
    phone text, registry text, ahead interval DEFAULT '7 days', asked_about date DEFAULT NULL
) RETURNS boolean
LANGUAGE sql STABLE
    RETURN @extschema@.dnc_registry_needs(@extschema@.dnc_try_parse(dnc_registry_needs.phone),
        dnc_registry_needs.registry, dnc_registry_needs.ahead, dnc_registry_needs.asked_about);
COMMENT ON FUNCTION @extschema@.dnc_registry_needs(text, text, interval, date)
    IS 'dnc_registry_needs for a text, read in the region of dnc.default_region';
