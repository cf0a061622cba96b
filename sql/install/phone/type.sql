-- ---------------------------------------------------------------------------
-- Type dnc_phone: an E.164 number in eight bytes, passed by value
-- ---------------------------------------------------------------------------
-- Layout and order: core/src/phone/layout.rs. Equality, order and hash equal int8's, so the operators use
-- int8's functions.

CREATE TYPE @extschema@.dnc_phone;

CREATE FUNCTION @extschema@.dnc_phone_in(cstring) RETURNS @extschema@.dnc_phone
    AS 'MODULE_PATHNAME', 'dnc_phone_in_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_out(@extschema@.dnc_phone) RETURNS cstring
    AS 'MODULE_PATHNAME', 'dnc_phone_out_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_recv(internal) RETURNS @extschema@.dnc_phone
    AS 'MODULE_PATHNAME', 'dnc_phone_recv_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_send(@extschema@.dnc_phone) RETURNS bytea
    AS 'int8send' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;

CREATE TYPE @extschema@.dnc_phone (
    INPUT = @extschema@.dnc_phone_in,
    OUTPUT = @extschema@.dnc_phone_out,
    RECEIVE = @extschema@.dnc_phone_recv,
    SEND = @extschema@.dnc_phone_send,
    LIKE = pg_catalog.int8
);

COMMENT ON TYPE @extschema@.dnc_phone IS 'telephone number in E.164 form, such as +14155552671';
COMMENT ON FUNCTION @extschema@.dnc_phone_in(cstring)
    IS 'input of dnc_phone: international spellings; for national ones use dnc_parse(text, region)';
COMMENT ON FUNCTION @extschema@.dnc_phone_out(@extschema@.dnc_phone) IS 'output of dnc_phone';
COMMENT ON FUNCTION @extschema@.dnc_phone_recv(internal) IS 'binary input of dnc_phone: eight bytes, validated';
COMMENT ON FUNCTION @extschema@.dnc_phone_send(@extschema@.dnc_phone) IS 'binary output of dnc_phone';

-- ---------------------------------------------------------------------------
-- Casts
-- ---------------------------------------------------------------------------
-- To and from text by input and output, as for every type: to text on assignment, from text only explicitly. To and
-- from bigint only explicitly, since an integer column of a CRM may hold national numbers.

CREATE FUNCTION @extschema@.dnc_phone_to_bigint(@extschema@.dnc_phone) RETURNS bigint
    AS 'MODULE_PATHNAME', 'dnc_phone_to_bigint_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_from_bigint(bigint) RETURNS @extschema@.dnc_phone
    AS 'MODULE_PATHNAME', 'dnc_phone_from_bigint_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;

CREATE CAST (@extschema@.dnc_phone AS bigint) WITH FUNCTION @extschema@.dnc_phone_to_bigint(@extschema@.dnc_phone);
CREATE CAST (bigint AS @extschema@.dnc_phone) WITH FUNCTION @extschema@.dnc_phone_from_bigint(bigint);

COMMENT ON FUNCTION @extschema@.dnc_phone_to_bigint(@extschema@.dnc_phone)
    IS 'the E.164 digits as an integer: 14155552671';
COMMENT ON FUNCTION @extschema@.dnc_phone_from_bigint(bigint) IS 'the number whose E.164 digits are this integer';
COMMENT ON CAST (@extschema@.dnc_phone AS bigint) IS 'the E.164 digits as an integer: 14155552671';
COMMENT ON CAST (bigint AS @extschema@.dnc_phone) IS 'the number whose E.164 digits are this integer';
