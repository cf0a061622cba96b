-- ---------------------------------------------------------------------------
-- From spellings to numbers
-- ---------------------------------------------------------------------------
-- What a text spells is the same for ever in one version of the extension, so these are immutable and can stand in
-- generated columns and indexes; there use dnc_try_parse, since a messy row must not stop a restore.

CREATE FUNCTION @extschema@.dnc_parse(text text, region text) RETURNS @extschema@.dnc_phone
    AS 'MODULE_PATHNAME', 'dnc_parse_wrapper' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 5;
CREATE FUNCTION @extschema@.dnc_parse(text text) RETURNS @extschema@.dnc_phone
    AS 'MODULE_PATHNAME', 'dnc_parse_default_wrapper' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 5;
CREATE FUNCTION @extschema@.dnc_try_parse(text text, region text) RETURNS @extschema@.dnc_phone
    AS 'MODULE_PATHNAME', 'dnc_try_parse_wrapper' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 5;
CREATE FUNCTION @extschema@.dnc_try_parse(text text) RETURNS @extschema@.dnc_phone
    AS 'MODULE_PATHNAME', 'dnc_try_parse_default_wrapper' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 5;
CREATE FUNCTION @extschema@.dnc_parse_problem(text text, region text) RETURNS text
    AS 'MODULE_PATHNAME', 'dnc_parse_problem_wrapper' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 5;

-- ---------------------------------------------------------------------------
-- Parts that follow from the digits alone
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_country_code(phone @extschema@.dnc_phone) RETURNS integer
    AS 'MODULE_PATHNAME', 'dnc_country_code_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1;
CREATE FUNCTION @extschema@.dnc_national(phone @extschema@.dnc_phone) RETURNS text
    AS 'MODULE_PATHNAME', 'dnc_national_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1;
CREATE FUNCTION @extschema@.dnc_mask(phone @extschema@.dnc_phone) RETURNS text
    AS 'MODULE_PATHNAME', 'dnc_mask_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1;
CREATE FUNCTION @extschema@.dnc_has_prefix_support(internal) RETURNS internal
    AS 'MODULE_PATHNAME', 'dnc_has_prefix_support_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_has_prefix(phone @extschema@.dnc_phone, prefix text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'dnc_has_prefix_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1
    SUPPORT @extschema@.dnc_has_prefix_support;

-- ---------------------------------------------------------------------------
-- Facts of numbering plans: stable only, since metadata change with the extension's version
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_format(phone @extschema@.dnc_phone, style text) RETURNS text
    AS 'MODULE_PATHNAME', 'dnc_format_wrapper' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION @extschema@.dnc_region(phone @extschema@.dnc_phone) RETURNS text
    AS 'MODULE_PATHNAME', 'dnc_region_wrapper' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION @extschema@.dnc_is_valid(phone @extschema@.dnc_phone) RETURNS boolean
    AS 'MODULE_PATHNAME', 'dnc_is_valid_wrapper' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION @extschema@.dnc_line_type(phone @extschema@.dnc_phone) RETURNS text
    AS 'MODULE_PATHNAME', 'dnc_line_type_wrapper' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION @extschema@.dnc_time_zones(phone @extschema@.dnc_phone) RETURNS text[]
    AS 'MODULE_PATHNAME', 'dnc_time_zones_wrapper' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION @extschema@.dnc_metadata_version() RETURNS text
    AS 'MODULE_PATHNAME', 'dnc_metadata_version_wrapper' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1;

COMMENT ON FUNCTION @extschema@.dnc_parse(text, text)
    IS 'the number that the text spells, read in a region (ISO 3166-1) unless it is international; an error if it is '
       'none; a NULL region reads international spellings only';
COMMENT ON FUNCTION @extschema@.dnc_parse(text)
    IS 'the number that the text spells, read in dnc.default_region; an error if it is none';
COMMENT ON FUNCTION @extschema@.dnc_try_parse(text, text)
    IS 'the number that the text spells, read in a region; NULL if it is none';
COMMENT ON FUNCTION @extschema@.dnc_try_parse(text)
    IS 'the number that the text spells, read in dnc.default_region; NULL if it is none';
COMMENT ON FUNCTION @extschema@.dnc_country_code(@extschema@.dnc_phone) IS 'country calling code: 1 for +14155552671';
COMMENT ON FUNCTION @extschema@.dnc_national(@extschema@.dnc_phone)
    IS 'national significant number with its leading zeros';
COMMENT ON FUNCTION @extschema@.dnc_mask(@extschema@.dnc_phone)
    IS 'the number with all but calling code and last two digits starred, for logs and screens';
COMMENT ON FUNCTION @extschema@.dnc_has_prefix(@extschema@.dnc_phone, text)
    IS 'whether the number begins with +digits; a range of an ordered index on the number';
COMMENT ON FUNCTION @extschema@.dnc_format(@extschema@.dnc_phone, text)
    IS 'the number written as e164, international, national or rfc3966';
COMMENT ON FUNCTION @extschema@.dnc_region(@extschema@.dnc_phone)
    IS 'ISO 3166-1 region of the number; NULL where it has none or it is not known';
COMMENT ON FUNCTION @extschema@.dnc_is_valid(@extschema@.dnc_phone)
    IS 'whether the number lies in a range that is in use, as far as this version knows';
COMMENT ON FUNCTION @extschema@.dnc_metadata_version()
    IS 'version of the libphonenumber metadata that this version of the extension reads numbers by';
COMMENT ON FUNCTION @extschema@.dnc_has_prefix_support(internal) IS 'planner support of dnc_has_prefix';
COMMENT ON FUNCTION @extschema@.dnc_parse_problem(text, text)
    IS 'why the text is no number in this region; NULL if it is one';
COMMENT ON FUNCTION @extschema@.dnc_line_type(@extschema@.dnc_phone)
    IS 'fixed_line, mobile, fixed_line_or_mobile, toll_free, premium_rate, shared_cost, voip, personal_number, pager, '
       'uan, voicemail or unknown';
COMMENT ON FUNCTION @extschema@.dnc_time_zones(@extschema@.dnc_phone)
    IS 'IANA time zones in which the number may be: of its area if it is geographic, else of its country; NULL for '
       'codes of no country';
