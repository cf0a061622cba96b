-- ---------------------------------------------------------------------------
-- Functions of numbers given as text
-- ---------------------------------------------------------------------------
-- Every function that takes a number has a form for dnc_phone and one for text, so that no caller needs a cast: drivers
-- send text.

CREATE FUNCTION @extschema@.dnc_forms(phone text) RETURNS @extschema@.dnc_phone[]
LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_forms(@extschema@.dnc_try_parse(dnc_forms.phone));
COMMENT ON FUNCTION @extschema@.dnc_forms(text)
    IS 'dnc_forms for a text, read in the region of dnc.default_region; NULL for text that is no number';

CREATE FUNCTION @extschema@.dnc_country_code(phone text) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_country_code(@extschema@.dnc_try_parse(dnc_country_code.phone));
COMMENT ON FUNCTION @extschema@.dnc_country_code(text)
    IS 'dnc_country_code for a text, read in the region of dnc.default_region; NULL for text that is no number';

CREATE FUNCTION @extschema@.dnc_national(phone text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_national(@extschema@.dnc_try_parse(dnc_national.phone));
COMMENT ON FUNCTION @extschema@.dnc_national(text)
    IS 'dnc_national for a text, read in the region of dnc.default_region; NULL for text that is no number';

CREATE FUNCTION @extschema@.dnc_mask(phone text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_mask(@extschema@.dnc_try_parse(dnc_mask.phone));
COMMENT ON FUNCTION @extschema@.dnc_mask(text)
    IS 'dnc_mask for a text, read in the region of dnc.default_region; NULL for text that is no number';

CREATE FUNCTION @extschema@.dnc_has_prefix(phone text, prefix text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_has_prefix(@extschema@.dnc_try_parse(dnc_has_prefix.phone), dnc_has_prefix.prefix);
COMMENT ON FUNCTION @extschema@.dnc_has_prefix(text, text)
    IS 'dnc_has_prefix for a text, read in the region of dnc.default_region; NULL for text that is no number';

CREATE FUNCTION @extschema@.dnc_format(phone text, style text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_format(@extschema@.dnc_try_parse(dnc_format.phone), dnc_format.style);
COMMENT ON FUNCTION @extschema@.dnc_format(text, text)
    IS 'dnc_format for a text, read in the region of dnc.default_region; NULL for text that is no number';

CREATE FUNCTION @extschema@.dnc_region(phone text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_region(@extschema@.dnc_try_parse(dnc_region.phone));
COMMENT ON FUNCTION @extschema@.dnc_region(text)
    IS 'dnc_region for a text, read in the region of dnc.default_region; NULL for text that is no number';

CREATE FUNCTION @extschema@.dnc_is_valid(phone text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_is_valid(@extschema@.dnc_try_parse(dnc_is_valid.phone));
COMMENT ON FUNCTION @extschema@.dnc_is_valid(text)
    IS 'dnc_is_valid for a text, read in the region of dnc.default_region; NULL for text that is no number';

CREATE FUNCTION @extschema@.dnc_line_type(phone text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_line_type(@extschema@.dnc_try_parse(dnc_line_type.phone));
COMMENT ON FUNCTION @extschema@.dnc_line_type(text)
    IS 'dnc_line_type for a text, read in the region of dnc.default_region; NULL for text that is no number';

CREATE FUNCTION @extschema@.dnc_time_zones(phone text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_time_zones(@extschema@.dnc_try_parse(dnc_time_zones.phone));
COMMENT ON FUNCTION @extschema@.dnc_time_zones(text)
    IS 'dnc_time_zones for a text, read in the region of dnc.default_region; NULL for text that is no number';

CREATE FUNCTION @extschema@.dnc_set_has(phones @extschema@.dnc_phone_set, phone text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_set_has(dnc_set_has.phones, @extschema@.dnc_try_parse(dnc_set_has.phone));
COMMENT ON FUNCTION @extschema@.dnc_set_has(@extschema@.dnc_phone_set, text)
    IS 'dnc_set_has for a text, read in the region of dnc.default_region; NULL for text that is no number';
