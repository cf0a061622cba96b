-- ---------------------------------------------------------------------------
-- Type dnc_phone_set: a set of numbers as one value
-- ---------------------------------------------------------------------------
-- Bytes: src/lists/set.rs. There is one way to write a set, so sets are equal if their bytes are.

CREATE TYPE @extschema@.dnc_phone_set;

CREATE FUNCTION @extschema@.dnc_phone_set_in(cstring) RETURNS @extschema@.dnc_phone_set
    AS 'MODULE_PATHNAME', 'dnc_phone_set_in_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_set_out(@extschema@.dnc_phone_set) RETURNS cstring
    AS 'MODULE_PATHNAME', 'dnc_phone_set_out_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_set_recv(internal) RETURNS @extschema@.dnc_phone_set
    AS 'MODULE_PATHNAME', 'dnc_phone_set_recv_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_set_send(@extschema@.dnc_phone_set) RETURNS bytea
    AS 'byteasend' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;

-- Packed already: compressing it again would only cost time.
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
COMMENT ON FUNCTION @extschema@.dnc_set_count(@extschema@.dnc_phone_set) IS 'how many numbers a set has';
COMMENT ON FUNCTION @extschema@.dnc_set_has(@extschema@.dnc_phone_set, @extschema@.dnc_phone)
    IS 'whether a set has a number';
COMMENT ON FUNCTION @extschema@.dnc_set_phones(@extschema@.dnc_phone_set)
    IS 'the numbers of a set, in the order of their E.164 digits as integers';
COMMENT ON FUNCTION @extschema@.dnc_set_union(@extschema@.dnc_phone_set, @extschema@.dnc_phone_set)
    IS 'numbers of either set';
COMMENT ON FUNCTION @extschema@.dnc_set_intersect(@extschema@.dnc_phone_set, @extschema@.dnc_phone_set)
    IS 'numbers of both sets';
COMMENT ON FUNCTION @extschema@.dnc_set_minus(@extschema@.dnc_phone_set, @extschema@.dnc_phone_set)
    IS 'numbers of the first set that are not in the second';
COMMENT ON FUNCTION @extschema@.dnc_set_common(@extschema@.dnc_phone_set, @extschema@.dnc_phone_set)
    IS 'how many numbers both sets have';
COMMENT ON FUNCTION @extschema@.dnc_set_eq(@extschema@.dnc_phone_set, @extschema@.dnc_phone_set)
    IS 'implementation of an operator of dnc_phone_set: equal';
COMMENT ON FUNCTION @extschema@.dnc_set_ne(@extschema@.dnc_phone_set, @extschema@.dnc_phone_set)
    IS 'implementation of an operator of dnc_phone_set: not equal';
COMMENT ON OPERATOR @extschema@.= (@extschema@.dnc_phone_set, @extschema@.dnc_phone_set) IS 'equal';
COMMENT ON OPERATOR @extschema@.<> (@extschema@.dnc_phone_set, @extschema@.dnc_phone_set) IS 'not equal';
COMMENT ON FUNCTION @extschema@.dnc_set_add(internal, @extschema@.dnc_phone) IS 'behind dnc_set: takes a number';
COMMENT ON FUNCTION @extschema@.dnc_set_combine(internal, internal) IS 'behind dnc_set: joins what two workers have';
COMMENT ON FUNCTION @extschema@.dnc_set_serialize(internal) IS 'behind dnc_set: what a worker sends';
COMMENT ON FUNCTION @extschema@.dnc_set_deserialize(bytea, internal) IS 'behind dnc_set: what a worker sent';
COMMENT ON FUNCTION @extschema@.dnc_set_finish(internal) IS 'behind dnc_set: the set';
COMMENT ON AGGREGATE @extschema@.dnc_set(@extschema@.dnc_phone)
    IS 'the set of numbers; NULL is none; the empty set of no rows';
