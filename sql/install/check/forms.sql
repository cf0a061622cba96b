-- ---------------------------------------------------------------------------
-- Checks of numbers given as text
-- ---------------------------------------------------------------------------
-- Every function that takes a number has a form for dnc_phone and one for text, so that no caller needs a cast: drivers
-- send text.

CREATE FUNCTION @extschema@.dnc_lists_of(
    phone text, channel text DEFAULT 'voice', purpose text DEFAULT NULL
) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_lists_of(@extschema@.dnc_try_parse(dnc_lists_of.phone), dnc_lists_of.channel,
        dnc_lists_of.purpose);
COMMENT ON FUNCTION @extschema@.dnc_lists_of(text, text, text)
    IS 'dnc_lists_of for a text, read in the region of dnc.default_region; NULL for text that is no number';

CREATE FUNCTION @extschema@.dnc_check_as_of(
    phone text, at timestamptz, known_at timestamptz DEFAULT now(), channel text DEFAULT 'voice',
    purpose text DEFAULT NULL
) RETURNS boolean
LANGUAGE sql STABLE
    RETURN @extschema@.dnc_check_as_of(@extschema@.dnc_try_parse(dnc_check_as_of.phone), dnc_check_as_of.at,
        dnc_check_as_of.known_at, dnc_check_as_of.channel, dnc_check_as_of.purpose);
COMMENT ON FUNCTION @extschema@.dnc_check_as_of(text, timestamptz, timestamptz, text, text)
    IS 'dnc_check_as_of for a text, read in the region of dnc.default_region; NULL for text that is no number';
