-- ---------------------------------------------------------------------------
-- Places of a number given as text
-- ---------------------------------------------------------------------------
-- Every function that takes a number has a form for dnc_phone and one for text, so that no caller needs a cast: drivers
-- send text.

CREATE FUNCTION @extschema@.dnc_places(phone text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_places(@extschema@.dnc_try_parse(dnc_places.phone));
COMMENT ON FUNCTION @extschema@.dnc_places(text)
    IS 'dnc_places for a text, read in the region of dnc.default_region; NULL for text that is no number';
