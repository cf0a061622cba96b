-- ---------------------------------------------------------------------------
-- Type dnc_phone_set: a set of numbers as one value
-- ---------------------------------------------------------------------------
-- Bytes: core/src/list/phone_set.rs. A set has only one representation, so equal sets have equal bytes.

CREATE TYPE @extschema@.dnc_phone_set;

CREATE FUNCTION @extschema@.dnc_phone_set_in(cstring) RETURNS @extschema@.dnc_phone_set
    AS 'MODULE_PATHNAME', 'dnc_phone_set_in_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_set_out(@extschema@.dnc_phone_set) RETURNS cstring
    AS 'MODULE_PATHNAME', 'dnc_phone_set_out_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_set_recv(internal) RETURNS @extschema@.dnc_phone_set
    AS 'MODULE_PATHNAME', 'dnc_phone_set_recv_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_set_send(@extschema@.dnc_phone_set) RETURNS bytea
    AS 'byteasend' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;

-- STORAGE external: the bytes are packed already, and compressing them again would only cost time.
CREATE TYPE @extschema@.dnc_phone_set (
    INPUT = @extschema@.dnc_phone_set_in,
    OUTPUT = @extschema@.dnc_phone_set_out,
    RECEIVE = @extschema@.dnc_phone_set_recv,
    SEND = @extschema@.dnc_phone_set_send,
    INTERNALLENGTH = VARIABLE,
    STORAGE = external
);

CREATE FUNCTION @extschema@.dnc_set_count(phones @extschema@.dnc_phone_set)
RETURNS bigint AS 'MODULE_PATHNAME', 'dnc_set_count_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_set_has(phones @extschema@.dnc_phone_set, phone @extschema@.dnc_phone)
RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_set_has_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10;
CREATE FUNCTION @extschema@.dnc_set_phones(phones @extschema@.dnc_phone_set)
RETURNS SETOF @extschema@.dnc_phone AS 'MODULE_PATHNAME', 'dnc_set_phones_wrapper'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_set_union(a @extschema@.dnc_phone_set, b @extschema@.dnc_phone_set)
RETURNS @extschema@.dnc_phone_set AS 'MODULE_PATHNAME', 'dnc_set_union_wrapper'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000;
CREATE FUNCTION @extschema@.dnc_set_intersect(a @extschema@.dnc_phone_set, b @extschema@.dnc_phone_set)
RETURNS @extschema@.dnc_phone_set AS 'MODULE_PATHNAME', 'dnc_set_intersect_wrapper'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000;
CREATE FUNCTION @extschema@.dnc_set_minus(a @extschema@.dnc_phone_set, b @extschema@.dnc_phone_set)
RETURNS @extschema@.dnc_phone_set AS 'MODULE_PATHNAME', 'dnc_set_minus_wrapper'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000;
CREATE FUNCTION @extschema@.dnc_set_common(a @extschema@.dnc_phone_set, b @extschema@.dnc_phone_set)
RETURNS bigint AS 'MODULE_PATHNAME', 'dnc_set_common_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000;
CREATE FUNCTION @extschema@.dnc_set_eq(a @extschema@.dnc_phone_set, b @extschema@.dnc_phone_set)
RETURNS boolean AS 'byteaeq' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_set_ne(a @extschema@.dnc_phone_set, b @extschema@.dnc_phone_set)
RETURNS boolean AS 'byteane' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE OPERATOR @extschema@.= (LEFTARG = @extschema@.dnc_phone_set, RIGHTARG = @extschema@.dnc_phone_set,
    FUNCTION = @extschema@.dnc_set_eq, COMMUTATOR = OPERATOR(@extschema@.=), NEGATOR = OPERATOR(@extschema@.<>));
CREATE OPERATOR @extschema@.<> (LEFTARG = @extschema@.dnc_phone_set, RIGHTARG = @extschema@.dnc_phone_set,
    FUNCTION = @extschema@.dnc_set_ne, COMMUTATOR = OPERATOR(@extschema@.<>), NEGATOR = OPERATOR(@extschema@.=));

CREATE FUNCTION @extschema@.dnc_set_add(internal, @extschema@.dnc_phone)
RETURNS internal AS 'MODULE_PATHNAME', 'dnc_set_add_wrapper' LANGUAGE c IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_set_combine(internal, internal)
RETURNS internal AS 'MODULE_PATHNAME', 'dnc_set_combine_wrapper' LANGUAGE c IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_set_serialize(internal) RETURNS bytea AS 'MODULE_PATHNAME', 'dnc_set_serialize_wrapper'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_set_deserialize(bytea, internal)
RETURNS internal AS 'MODULE_PATHNAME', 'dnc_set_deserialize_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_set_finish(internal) RETURNS @extschema@.dnc_phone_set AS 'MODULE_PATHNAME',
    'dnc_set_finish_wrapper' LANGUAGE c IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE @extschema@.dnc_set(@extschema@.dnc_phone) (
    SFUNC = @extschema@.dnc_set_add, STYPE = internal, SSPACE = 8388608, FINALFUNC = @extschema@.dnc_set_finish,
        FINALFUNC_MODIFY = READ_WRITE,
    COMBINEFUNC = @extschema@.dnc_set_combine, SERIALFUNC = @extschema@.dnc_set_serialize,
        DESERIALFUNC = @extschema@.dnc_set_deserialize, PARALLEL = SAFE
);

COMMENT ON TYPE @extschema@.dnc_phone_set IS 'set of telephone numbers, one to two bytes each';
COMMENT ON FUNCTION @extschema@.dnc_phone_set_in(cstring) IS 'input of dnc_phone_set: {+14155552671,+442079460018}';
COMMENT ON FUNCTION @extschema@.dnc_phone_set_out(@extschema@.dnc_phone_set) IS 'output of dnc_phone_set';
COMMENT ON FUNCTION @extschema@.dnc_phone_set_recv(internal) IS 'binary input of dnc_phone_set, validated';
COMMENT ON FUNCTION @extschema@.dnc_phone_set_send(@extschema@.dnc_phone_set) IS 'binary output of dnc_phone_set';
COMMENT ON FUNCTION @extschema@.dnc_set_count(@extschema@.dnc_phone_set)
    IS 'Returns the number of elements of a set.
Example: SELECT dnc_set_count(phones => ''{+14155552671,+442079460018}'');';
COMMENT ON FUNCTION @extschema@.dnc_set_has(@extschema@.dnc_phone_set, @extschema@.dnc_phone)
    IS 'Returns whether a set contains a number.
Example: SELECT dnc_set_has(phones => ''{+14155552671}'', phone => dnc_try_parse(''+1 415 555 2671''));';
COMMENT ON FUNCTION @extschema@.dnc_set_phones(@extschema@.dnc_phone_set)
    IS 'Returns the numbers of a set, ordered by their E.164 digits as integers.
Example: SELECT * FROM dnc_set_phones(phones => ''{+14155552671,+442079460018}'');';
COMMENT ON FUNCTION @extschema@.dnc_set_union(@extschema@.dnc_phone_set, @extschema@.dnc_phone_set)
    IS 'Returns the numbers of either set.
Errors: 54000 the result would exceed one gigabyte.
Example: SELECT dnc_set_union(a => ''{+14155552671}'', b => ''{+442079460018}'');';
COMMENT ON FUNCTION @extschema@.dnc_set_intersect(@extschema@.dnc_phone_set, @extschema@.dnc_phone_set)
    IS 'Returns the numbers of both sets.
Example: SELECT dnc_set_intersect(a => ''{+14155552671}'', b => ''{+14155552671,+442079460018}'');';
COMMENT ON FUNCTION @extschema@.dnc_set_minus(@extschema@.dnc_phone_set, @extschema@.dnc_phone_set)
    IS 'Returns the numbers of set a that are not in set b.
Example: SELECT dnc_set_minus(a => ''{+14155552671,+442079460018}'', b => ''{+442079460018}'');';
COMMENT ON FUNCTION @extschema@.dnc_set_common(@extschema@.dnc_phone_set, @extschema@.dnc_phone_set)
    IS 'Returns how many numbers are in both sets.
Example: SELECT dnc_set_common(a => ''{+14155552671}'', b => ''{+14155552671,+442079460018}'');';
COMMENT ON FUNCTION @extschema@.dnc_set_eq(@extschema@.dnc_phone_set, @extschema@.dnc_phone_set)
    IS 'implementation of operator = of dnc_phone_set';
COMMENT ON FUNCTION @extschema@.dnc_set_ne(@extschema@.dnc_phone_set, @extschema@.dnc_phone_set)
    IS 'implementation of operator <> of dnc_phone_set';
COMMENT ON OPERATOR @extschema@.= (@extschema@.dnc_phone_set, @extschema@.dnc_phone_set) IS 'equal';
COMMENT ON OPERATOR @extschema@.<> (@extschema@.dnc_phone_set, @extschema@.dnc_phone_set) IS 'not equal';
COMMENT ON FUNCTION @extschema@.dnc_set_add(internal, @extschema@.dnc_phone) IS 'transition function of dnc_set';
COMMENT ON FUNCTION @extschema@.dnc_set_combine(internal, internal) IS 'combine function of dnc_set';
COMMENT ON FUNCTION @extschema@.dnc_set_serialize(internal) IS 'serialization function of dnc_set';
COMMENT ON FUNCTION @extschema@.dnc_set_deserialize(bytea, internal) IS 'deserialization function of dnc_set';
COMMENT ON FUNCTION @extschema@.dnc_set_finish(internal) IS 'final function of dnc_set';
COMMENT ON AGGREGATE @extschema@.dnc_set(@extschema@.dnc_phone)
    IS 'Returns the set of the numbers aggregated; NULLs are ignored; the empty set for no rows.
Errors: 54000 the set would exceed one gigabyte.
Example: SELECT dnc_set(dnc_try_parse(phone, country)) FROM contact;';

-- ---------------------------------------------------------------------------
-- The numbers that a text may mean
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_readings(text text, region text) RETURNS @extschema@.dnc_phone_set
    AS 'MODULE_PATHNAME', 'dnc_readings_wrapper' LANGUAGE c IMMUTABLE PARALLEL SAFE COST 10;
CREATE FUNCTION @extschema@.dnc_readings(text text) RETURNS @extschema@.dnc_phone_set
    AS 'MODULE_PATHNAME', 'dnc_readings_default_wrapper' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION @extschema@.dnc_readings(text, text)
    IS 'Returns all numbers that a text may mean as a set, for columns and checks; NULL if the text was not read '
       'completely, so that another number may stand in it.
Example: SELECT id, dnc_check(dnc_readings(text => phone, region => country)) FROM contact;';
COMMENT ON FUNCTION @extschema@.dnc_readings(text) IS 'dnc_readings in the region of dnc.default_region';
