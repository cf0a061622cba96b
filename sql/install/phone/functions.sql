-- ---------------------------------------------------------------------------
-- From spellings to numbers
-- ---------------------------------------------------------------------------
-- A text is read the same way in every session of one version of the extension, so these are immutable and may be used
-- in generated columns and indexes; there use dnc_try_parse, since an unreadable row must not stop a restore.

CREATE FUNCTION @extschema@.dnc_parse(text text, region text) RETURNS @extschema@.dnc_phone
    AS 'MODULE_PATHNAME', 'dnc_parse_wrapper' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 5;
CREATE FUNCTION @extschema@.dnc_parse(text text) RETURNS @extschema@.dnc_phone
    AS 'MODULE_PATHNAME', 'dnc_parse_default_wrapper' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 5;
CREATE FUNCTION @extschema@.dnc_try_parse(text text, region text) RETURNS @extschema@.dnc_phone
    AS 'MODULE_PATHNAME', 'dnc_try_parse_wrapper' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 5;
CREATE FUNCTION @extschema@.dnc_try_parse(text text) RETURNS @extschema@.dnc_phone
    AS 'MODULE_PATHNAME', 'dnc_try_parse_default_wrapper' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 5;
CREATE FUNCTION @extschema@.dnc_region_code(region text) RETURNS text
    AS 'MODULE_PATHNAME', 'dnc_region_code_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1;
CREATE FUNCTION @extschema@.dnc_parse_problem(text text, region text) RETURNS text
    AS 'MODULE_PATHNAME', 'dnc_parse_problem_wrapper' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 5;
CREATE FUNCTION @extschema@.dnc_numbers(text text, region text DEFAULT NULL)
RETURNS TABLE (phone @extschema@.dnc_phone, extension text, label text, "position" integer, certain boolean)
    AS 'MODULE_PATHNAME', 'dnc_numbers_wrapper' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 20 ROWS 1;
COMMENT ON FUNCTION @extschema@.dnc_numbers(text, text)
    IS 'Returns the numbers in a text as people write them, one row each, in the order of the text. position counts '
       'bytes from 1. Not certain: a number that may be meant, such as one that only the last digits of are written. '
       'Without a known region only international spellings are read.
Example: SELECT phone, extension, label, certain FROM dnc_numbers(
  text => ''Tel. 030 23125001 / 02, mobil 0171 3920012'',
  region => ''DE'');';

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
-- Facts of numbering plans: only stable, since metadata change with the extension version
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
    IS 'Returns the number that a text spells, read in a region (GB, GBR, United Kingdom, +44: see dnc_region_code) '
       'unless it is international; a NULL region reads international spellings only.
Errors: 22P02 text that is not exactly one number; 22021 bytes invalid in the database encoding; 22023 unknown or '
       'ambiguous region.
Example: SELECT dnc_parse(text => ''020 7946 0018'', region => ''GB'');';
COMMENT ON FUNCTION @extschema@.dnc_parse(text)
    IS 'dnc_parse in the region of dnc.default_region; an error for text that is no number';
COMMENT ON FUNCTION @extschema@.dnc_try_parse(text, text)
    IS 'Returns the number that a text spells, read in a region; NULL if the text is not exactly one number, or the '
       'region is not known. dnc_parse_problem returns the reason, dnc_numbers the numbers that it found.
Example: SELECT id, dnc_try_parse(text => phone, region => country) FROM contact;';
COMMENT ON FUNCTION @extschema@.dnc_try_parse(text) IS 'dnc_try_parse in the region of dnc.default_region';
CREATE FUNCTION @extschema@.dnc_forms(phone @extschema@.dnc_phone) RETURNS @extschema@.dnc_phone[]
    AS 'MODULE_PATHNAME', 'dnc_forms_wrapper' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION @extschema@.dnc_forms(@extschema@.dnc_phone)
    IS 'Returns all forms of a number''s line: the number itself, then the newest form and earlier ones, by published '
       'renumberings and spellings of one subscriber in two forms (data/renumberings.tsv). An opt-out of one form '
       'applies to all.
Example: SELECT dnc_forms(phone => ''+541123456789'');';
COMMENT ON FUNCTION @extschema@.dnc_country_code(@extschema@.dnc_phone)
    IS 'Returns the country calling code: 1 for +14155552671.
Example: SELECT dnc_country_code(phone => ''+44 20 7946 0018'');';
COMMENT ON FUNCTION @extschema@.dnc_national(@extschema@.dnc_phone)
    IS 'Returns the national significant number with its leading zeros.
Example: SELECT dnc_national(phone => ''+44 20 7946 0018'');';
COMMENT ON FUNCTION @extschema@.dnc_mask(@extschema@.dnc_phone)
    IS 'Returns the number with all but the calling code and the last two digits starred, for logs and screens.
Example: SELECT dnc_mask(phone => ''+44 20 7946 0018'');';
COMMENT ON FUNCTION @extschema@.dnc_has_prefix(@extschema@.dnc_phone, text)
    IS 'Returns whether the number begins with a prefix, such as +1415; an ordered index on the number is used as a '
       'range.
Errors: 22023 prefix that is not a plus sign and up to 15 digits.
Example: SELECT dnc_has_prefix(phone => ''+44 20 7946 0018'', prefix => ''+4420'');';
COMMENT ON FUNCTION @extschema@.dnc_format(@extschema@.dnc_phone, text)
    IS 'Returns the number written in a style: e164, international, national or rfc3966.
Errors: 22023 unknown style.
Example: SELECT dnc_format(phone => ''+44 20 7946 0018'', style => ''national'');';
COMMENT ON FUNCTION @extschema@.dnc_region(@extschema@.dnc_phone)
    IS 'Returns the ISO 3166-1 region of the number; NULL if it has none or it is not known.
Example: SELECT dnc_region(phone => ''+44 20 7946 0018'');';
COMMENT ON FUNCTION @extschema@.dnc_is_valid(@extschema@.dnc_phone)
    IS 'Returns whether the number is in a range in use according to the metadata of this version.
Example: SELECT dnc_is_valid(phone => ''+44 20 7946 0018'');';
COMMENT ON FUNCTION @extschema@.dnc_metadata_version()
    IS 'Returns the version of the libphonenumber metadata by which this version of the extension reads numbers.
Example: SELECT dnc_metadata_version();';
COMMENT ON FUNCTION @extschema@.dnc_has_prefix_support(internal) IS 'planner support function of dnc_has_prefix';
COMMENT ON FUNCTION @extschema@.dnc_parse_problem(text, text)
    IS 'Returns why a text is no number in this region, and which region is not known; NULL if it is one.
Example: SELECT dnc_parse_problem(text => ''12'', region => ''US'');';
COMMENT ON FUNCTION @extschema@.dnc_region_code(text)
    IS 'Returns the ISO 3166-1 alpha-2 code of the region that a text names by its alpha-2 or alpha-3 code, its name '
        'in '
       'English or its own languages, or its calling code; NULL if it names none, or may mean several.
Example: SELECT country, count(*) FROM contact WHERE dnc_region_code(region => country) IS NULL GROUP BY country;';
COMMENT ON FUNCTION @extschema@.dnc_line_type(@extschema@.dnc_phone)
    IS 'Returns fixed_line, mobile, fixed_line_or_mobile, toll_free, premium_rate, shared_cost, voip, personal_number, '
       'pager, uan, voicemail or unknown.
Example: SELECT dnc_line_type(phone => ''+44 20 7946 0018'');';
COMMENT ON FUNCTION @extschema@.dnc_time_zones(@extschema@.dnc_phone)
    IS 'Returns the IANA time zones in which the number may be: those of its area if it is geographic, otherwise those '
       'of its country; NULL for codes of no country.
Example: SELECT dnc_time_zones(phone => ''+1 212 555 0134'');';
