-- ---------------------------------------------------------------------------
-- Operators: order is that of the digit strings, +1 < +1415 < +15
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_phone_eq(@extschema@.dnc_phone, @extschema@.dnc_phone) RETURNS boolean
    AS 'int8eq' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_ne(@extschema@.dnc_phone, @extschema@.dnc_phone) RETURNS boolean
    AS 'int8ne' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_lt(@extschema@.dnc_phone, @extschema@.dnc_phone) RETURNS boolean
    AS 'int8lt' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_le(@extschema@.dnc_phone, @extschema@.dnc_phone) RETURNS boolean
    AS 'int8le' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_gt(@extschema@.dnc_phone, @extschema@.dnc_phone) RETURNS boolean
    AS 'int8gt' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_ge(@extschema@.dnc_phone, @extschema@.dnc_phone) RETURNS boolean
    AS 'int8ge' LANGUAGE internal IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE;

CREATE OPERATOR @extschema@.= (
    LEFTARG = @extschema@.dnc_phone, RIGHTARG = @extschema@.dnc_phone, FUNCTION = @extschema@.dnc_phone_eq,
    COMMUTATOR = OPERATOR(@extschema@.=), NEGATOR = OPERATOR(@extschema@.<>), RESTRICT = eqsel, JOIN = eqjoinsel,
    HASHES, MERGES
);
CREATE OPERATOR @extschema@.<> (
    LEFTARG = @extschema@.dnc_phone, RIGHTARG = @extschema@.dnc_phone, FUNCTION = @extschema@.dnc_phone_ne,
    COMMUTATOR = OPERATOR(@extschema@.<>), NEGATOR = OPERATOR(@extschema@.=), RESTRICT = neqsel, JOIN = neqjoinsel
);
CREATE OPERATOR @extschema@.< (
    LEFTARG = @extschema@.dnc_phone, RIGHTARG = @extschema@.dnc_phone, FUNCTION = @extschema@.dnc_phone_lt,
    COMMUTATOR = OPERATOR(@extschema@.>), NEGATOR = OPERATOR(@extschema@.>=), RESTRICT = scalarltsel,
        JOIN = scalarltjoinsel
);
CREATE OPERATOR @extschema@.<= (
    LEFTARG = @extschema@.dnc_phone, RIGHTARG = @extschema@.dnc_phone, FUNCTION = @extschema@.dnc_phone_le,
    COMMUTATOR = OPERATOR(@extschema@.>=), NEGATOR = OPERATOR(@extschema@.>), RESTRICT = scalarlesel,
        JOIN = scalarlejoinsel
);
CREATE OPERATOR @extschema@.> (
    LEFTARG = @extschema@.dnc_phone, RIGHTARG = @extschema@.dnc_phone, FUNCTION = @extschema@.dnc_phone_gt,
    COMMUTATOR = OPERATOR(@extschema@.<), NEGATOR = OPERATOR(@extschema@.<=), RESTRICT = scalargtsel,
        JOIN = scalargtjoinsel
);
CREATE OPERATOR @extschema@.>= (
    LEFTARG = @extschema@.dnc_phone, RIGHTARG = @extschema@.dnc_phone, FUNCTION = @extschema@.dnc_phone_ge,
    COMMUTATOR = OPERATOR(@extschema@.<=), NEGATOR = OPERATOR(@extschema@.<), RESTRICT = scalargesel,
        JOIN = scalargejoinsel
);

-- ---------------------------------------------------------------------------
-- Operator classes
-- ---------------------------------------------------------------------------
-- btequalimage enables deduplication in btree indexes; hashint8extended enables hash partitioning.

CREATE FUNCTION @extschema@.dnc_phone_cmp(@extschema@.dnc_phone, @extschema@.dnc_phone) RETURNS integer
    AS 'btint8cmp' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_sortsupport(internal) RETURNS void
    AS 'btint8sortsupport' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_hash(@extschema@.dnc_phone) RETURNS integer
    AS 'hashint8' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_hash_extended(@extschema@.dnc_phone, bigint) RETURNS bigint
    AS 'hashint8extended' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;

CREATE OPERATOR FAMILY @extschema@.dnc_phone_ops USING btree;
CREATE OPERATOR CLASS @extschema@.dnc_phone_ops DEFAULT FOR TYPE @extschema@.dnc_phone
    USING btree FAMILY @extschema@.dnc_phone_ops AS
    OPERATOR 1 @extschema@.<, OPERATOR 2 @extschema@.<=, OPERATOR 3 @extschema@.=, OPERATOR 4 @extschema@.>=,
        OPERATOR 5 @extschema@.>,
    FUNCTION 1 @extschema@.dnc_phone_cmp(@extschema@.dnc_phone, @extschema@.dnc_phone),
    FUNCTION 2 @extschema@.dnc_phone_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);

CREATE OPERATOR FAMILY @extschema@.dnc_phone_ops USING hash;
CREATE OPERATOR CLASS @extschema@.dnc_phone_ops DEFAULT FOR TYPE @extschema@.dnc_phone
    USING hash FAMILY @extschema@.dnc_phone_ops AS
    OPERATOR 1 @extschema@.=,
    FUNCTION 1 @extschema@.dnc_phone_hash(@extschema@.dnc_phone),
    FUNCTION 2 @extschema@.dnc_phone_hash_extended(@extschema@.dnc_phone, bigint);

CREATE OPERATOR FAMILY @extschema@.dnc_phone_ops USING brin;
CREATE OPERATOR CLASS @extschema@.dnc_phone_ops DEFAULT FOR TYPE @extschema@.dnc_phone
    USING brin FAMILY @extschema@.dnc_phone_ops AS
    OPERATOR 1 @extschema@.<, OPERATOR 2 @extschema@.<=, OPERATOR 3 @extschema@.=, OPERATOR 4 @extschema@.>=,
        OPERATOR 5 @extschema@.>,
    FUNCTION 1 pg_catalog.brin_minmax_opcinfo(internal),
    FUNCTION 2 pg_catalog.brin_minmax_add_value(internal, internal, internal, internal),
    FUNCTION 3 pg_catalog.brin_minmax_consistent(internal, internal, internal),
    FUNCTION 4 pg_catalog.brin_minmax_union(internal, internal, internal);

CREATE FUNCTION @extschema@.dnc_phone_smaller(@extschema@.dnc_phone, @extschema@.dnc_phone)
RETURNS @extschema@.dnc_phone
    AS 'int8smaller' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_larger(@extschema@.dnc_phone, @extschema@.dnc_phone) RETURNS @extschema@.dnc_phone
    AS 'int8larger' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE AGGREGATE @extschema@.min(@extschema@.dnc_phone) (
    SFUNC = @extschema@.dnc_phone_smaller, STYPE = @extschema@.dnc_phone, COMBINEFUNC = @extschema@.dnc_phone_smaller,
        SORTOP = OPERATOR(@extschema@.<), PARALLEL = SAFE
);
CREATE AGGREGATE @extschema@.max(@extschema@.dnc_phone) (
    SFUNC = @extschema@.dnc_phone_larger, STYPE = @extschema@.dnc_phone, COMBINEFUNC = @extschema@.dnc_phone_larger,
        SORTOP = OPERATOR(@extschema@.>), PARALLEL = SAFE
);

COMMENT ON FUNCTION @extschema@.dnc_phone_eq(@extschema@.dnc_phone, @extschema@.dnc_phone)
    IS 'implementation of operator = of dnc_phone';
COMMENT ON FUNCTION @extschema@.dnc_phone_ne(@extschema@.dnc_phone, @extschema@.dnc_phone)
    IS 'implementation of operator <> of dnc_phone';
COMMENT ON FUNCTION @extschema@.dnc_phone_lt(@extschema@.dnc_phone, @extschema@.dnc_phone)
    IS 'implementation of operator < of dnc_phone';
COMMENT ON FUNCTION @extschema@.dnc_phone_le(@extschema@.dnc_phone, @extschema@.dnc_phone)
    IS 'implementation of operator <= of dnc_phone';
COMMENT ON FUNCTION @extschema@.dnc_phone_gt(@extschema@.dnc_phone, @extschema@.dnc_phone)
    IS 'implementation of operator > of dnc_phone';
COMMENT ON FUNCTION @extschema@.dnc_phone_ge(@extschema@.dnc_phone, @extschema@.dnc_phone)
    IS 'implementation of operator >= of dnc_phone';
COMMENT ON OPERATOR @extschema@.= (@extschema@.dnc_phone, @extschema@.dnc_phone) IS 'equal';
COMMENT ON OPERATOR @extschema@.<> (@extschema@.dnc_phone, @extschema@.dnc_phone) IS 'not equal';
COMMENT ON OPERATOR @extschema@.< (@extschema@.dnc_phone, @extschema@.dnc_phone) IS 'less than';
COMMENT ON OPERATOR @extschema@.<= (@extschema@.dnc_phone, @extschema@.dnc_phone) IS 'less than or equal';
COMMENT ON OPERATOR @extschema@.> (@extschema@.dnc_phone, @extschema@.dnc_phone) IS 'greater than';
COMMENT ON OPERATOR @extschema@.>= (@extschema@.dnc_phone, @extschema@.dnc_phone) IS 'greater than or equal';
COMMENT ON FUNCTION @extschema@.dnc_phone_cmp(@extschema@.dnc_phone, @extschema@.dnc_phone) IS 'btree comparison';
COMMENT ON FUNCTION @extschema@.dnc_phone_sortsupport(internal) IS 'btree sort support';
COMMENT ON FUNCTION @extschema@.dnc_phone_hash(@extschema@.dnc_phone) IS 'hash';
COMMENT ON FUNCTION @extschema@.dnc_phone_hash_extended(@extschema@.dnc_phone, bigint) IS '64-bit hash with a seed';
COMMENT ON FUNCTION @extschema@.dnc_phone_smaller(@extschema@.dnc_phone, @extschema@.dnc_phone)
    IS 'the smaller of two numbers';
COMMENT ON FUNCTION @extschema@.dnc_phone_larger(@extschema@.dnc_phone, @extschema@.dnc_phone)
    IS 'the larger of two numbers';
COMMENT ON AGGREGATE @extschema@.min(@extschema@.dnc_phone) IS 'minimum in the order of digit strings';
COMMENT ON AGGREGATE @extschema@.max(@extschema@.dnc_phone) IS 'maximum in the order of digit strings';
COMMENT ON OPERATOR FAMILY @extschema@.dnc_phone_ops USING btree IS 'btree operators of dnc_phone';
COMMENT ON OPERATOR CLASS @extschema@.dnc_phone_ops USING btree IS 'btree operators of dnc_phone';
COMMENT ON OPERATOR FAMILY @extschema@.dnc_phone_ops USING hash IS 'hash operators of dnc_phone';
COMMENT ON OPERATOR CLASS @extschema@.dnc_phone_ops USING hash IS 'hash operators of dnc_phone';
COMMENT ON OPERATOR FAMILY @extschema@.dnc_phone_ops USING brin IS 'brin operators of dnc_phone';
COMMENT ON OPERATOR CLASS @extschema@.dnc_phone_ops USING brin IS 'brin operators of dnc_phone';
