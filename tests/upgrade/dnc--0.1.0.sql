-- 00-schema.sql
-- Two places for names (README, "Where things are"): what applications call starts with dnc_ and goes into the target
-- schema (@extschema@); the data live in schema dnc.

-- The script runs as superuser: no name in it, no operator above all, may be found in a schema where others can create.
SET LOCAL search_path = pg_catalog, pg_temp;

DO $$
BEGIN
    IF '@extschema@' = 'dnc' THEN
        RAISE EXCEPTION 'extension dnc cannot be installed into the schema dnc'
            USING ERRCODE = 'invalid_schema_name',
                  DETAIL = 'The schema dnc holds the extension''s tables.',
                  HINT = 'Leave WITH SCHEMA out, or name another schema.';
    END IF;
    IF strpos('@extschema@', '%') > 0 THEN
        RAISE EXCEPTION 'extension dnc cannot be installed into a schema with a percent sign in its name'
            USING ERRCODE = 'invalid_schema_name', HINT = 'Leave WITH SCHEMA out, or name another schema.';
    END IF;
END
$$;

CREATE SCHEMA dnc;
GRANT USAGE ON SCHEMA dnc TO @extowner@;
COMMENT ON SCHEMA dnc IS 'Data of the extension dnc: the Do-Not-Call list, its history and its audit log';
-- 10-phone-type.sql
-- ---------------------------------------------------------------------------
-- Type dnc_phone: an E.164 number in eight bytes, passed by value
-- ---------------------------------------------------------------------------
-- Layout and order: src/phone/layout.rs. Equality, order and hash are int8's, so the operators below are int8's own.

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
COMMENT ON FUNCTION @extschema@.dnc_phone_in(cstring) IS 'input of dnc_phone: international spellings; for national ones use dnc_parse(text, region)';
COMMENT ON FUNCTION @extschema@.dnc_phone_out(@extschema@.dnc_phone) IS 'output of dnc_phone';
COMMENT ON FUNCTION @extschema@.dnc_phone_recv(internal) IS 'binary input of dnc_phone: eight bytes, validated';
COMMENT ON FUNCTION @extschema@.dnc_phone_send(@extschema@.dnc_phone) IS 'binary output of dnc_phone';

-- ---------------------------------------------------------------------------
-- Casts
-- ---------------------------------------------------------------------------
-- To and from text by input and output, as for every type: to text on assignment, from text only where it is written.
-- To and from bigint only where it is written, since a CRM's integer column may hold national numbers.

CREATE FUNCTION @extschema@.dnc_phone_to_bigint(@extschema@.dnc_phone) RETURNS bigint
    AS 'MODULE_PATHNAME', 'dnc_phone_to_bigint_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_from_bigint(bigint) RETURNS @extschema@.dnc_phone
    AS 'MODULE_PATHNAME', 'dnc_phone_from_bigint_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;

CREATE CAST (@extschema@.dnc_phone AS bigint) WITH FUNCTION @extschema@.dnc_phone_to_bigint(@extschema@.dnc_phone);
CREATE CAST (bigint AS @extschema@.dnc_phone) WITH FUNCTION @extschema@.dnc_phone_from_bigint(bigint);

COMMENT ON FUNCTION @extschema@.dnc_phone_to_bigint(@extschema@.dnc_phone) IS 'the E.164 digits as an integer: 14155552671';
COMMENT ON FUNCTION @extschema@.dnc_phone_from_bigint(bigint) IS 'the number whose E.164 digits are this integer';
COMMENT ON CAST (@extschema@.dnc_phone AS bigint) IS 'the E.164 digits as an integer: 14155552671';
COMMENT ON CAST (bigint AS @extschema@.dnc_phone) IS 'the number whose E.164 digits are this integer';
-- 12-phone-operators.sql
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
    COMMUTATOR = OPERATOR(@extschema@.>), NEGATOR = OPERATOR(@extschema@.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel
);
CREATE OPERATOR @extschema@.<= (
    LEFTARG = @extschema@.dnc_phone, RIGHTARG = @extschema@.dnc_phone, FUNCTION = @extschema@.dnc_phone_le,
    COMMUTATOR = OPERATOR(@extschema@.>=), NEGATOR = OPERATOR(@extschema@.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel
);
CREATE OPERATOR @extschema@.> (
    LEFTARG = @extschema@.dnc_phone, RIGHTARG = @extschema@.dnc_phone, FUNCTION = @extschema@.dnc_phone_gt,
    COMMUTATOR = OPERATOR(@extschema@.<), NEGATOR = OPERATOR(@extschema@.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel
);
CREATE OPERATOR @extschema@.>= (
    LEFTARG = @extschema@.dnc_phone, RIGHTARG = @extschema@.dnc_phone, FUNCTION = @extschema@.dnc_phone_ge,
    COMMUTATOR = OPERATOR(@extschema@.<=), NEGATOR = OPERATOR(@extschema@.<), RESTRICT = scalargesel, JOIN = scalargejoinsel
);

-- ---------------------------------------------------------------------------
-- Operator classes
-- ---------------------------------------------------------------------------
-- btequalimage lets a btree index keep equal numbers once; hashint8extended lets tables be partitioned by hash.

CREATE FUNCTION @extschema@.dnc_phone_cmp(@extschema@.dnc_phone, @extschema@.dnc_phone) RETURNS integer
    AS 'btint8cmp' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_sortsupport(internal) RETURNS void
    AS 'btint8sortsupport' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_hash(@extschema@.dnc_phone) RETURNS integer
    AS 'hashint8' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_hash_extended(@extschema@.dnc_phone, bigint) RETURNS bigint
    AS 'hashint8extended' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;

CREATE OPERATOR FAMILY @extschema@.dnc_phone_ops USING btree;
CREATE OPERATOR CLASS @extschema@.dnc_phone_ops DEFAULT FOR TYPE @extschema@.dnc_phone USING btree FAMILY @extschema@.dnc_phone_ops AS
    OPERATOR 1 @extschema@.<, OPERATOR 2 @extschema@.<=, OPERATOR 3 @extschema@.=, OPERATOR 4 @extschema@.>=, OPERATOR 5 @extschema@.>,
    FUNCTION 1 @extschema@.dnc_phone_cmp(@extschema@.dnc_phone, @extschema@.dnc_phone),
    FUNCTION 2 @extschema@.dnc_phone_sortsupport(internal),
    FUNCTION 4 pg_catalog.btequalimage(oid);

CREATE OPERATOR FAMILY @extschema@.dnc_phone_ops USING hash;
CREATE OPERATOR CLASS @extschema@.dnc_phone_ops DEFAULT FOR TYPE @extschema@.dnc_phone USING hash FAMILY @extschema@.dnc_phone_ops AS
    OPERATOR 1 @extschema@.=,
    FUNCTION 1 @extschema@.dnc_phone_hash(@extschema@.dnc_phone),
    FUNCTION 2 @extschema@.dnc_phone_hash_extended(@extschema@.dnc_phone, bigint);

CREATE OPERATOR FAMILY @extschema@.dnc_phone_ops USING brin;
CREATE OPERATOR CLASS @extschema@.dnc_phone_ops DEFAULT FOR TYPE @extschema@.dnc_phone USING brin FAMILY @extschema@.dnc_phone_ops AS
    OPERATOR 1 @extschema@.<, OPERATOR 2 @extschema@.<=, OPERATOR 3 @extschema@.=, OPERATOR 4 @extschema@.>=, OPERATOR 5 @extschema@.>,
    FUNCTION 1 pg_catalog.brin_minmax_opcinfo(internal),
    FUNCTION 2 pg_catalog.brin_minmax_add_value(internal, internal, internal, internal),
    FUNCTION 3 pg_catalog.brin_minmax_consistent(internal, internal, internal),
    FUNCTION 4 pg_catalog.brin_minmax_union(internal, internal, internal);

CREATE FUNCTION @extschema@.dnc_phone_smaller(@extschema@.dnc_phone, @extschema@.dnc_phone) RETURNS @extschema@.dnc_phone
    AS 'int8smaller' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_phone_larger(@extschema@.dnc_phone, @extschema@.dnc_phone) RETURNS @extschema@.dnc_phone
    AS 'int8larger' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE AGGREGATE @extschema@.min(@extschema@.dnc_phone) (
    SFUNC = @extschema@.dnc_phone_smaller, STYPE = @extschema@.dnc_phone, COMBINEFUNC = @extschema@.dnc_phone_smaller, SORTOP = OPERATOR(@extschema@.<), PARALLEL = SAFE
);
CREATE AGGREGATE @extschema@.max(@extschema@.dnc_phone) (
    SFUNC = @extschema@.dnc_phone_larger, STYPE = @extschema@.dnc_phone, COMBINEFUNC = @extschema@.dnc_phone_larger, SORTOP = OPERATOR(@extschema@.>), PARALLEL = SAFE
);

COMMENT ON FUNCTION @extschema@.dnc_phone_eq(@extschema@.dnc_phone, @extschema@.dnc_phone) IS 'implementation of an operator of dnc_phone: equal';
COMMENT ON FUNCTION @extschema@.dnc_phone_ne(@extschema@.dnc_phone, @extschema@.dnc_phone) IS 'implementation of an operator of dnc_phone: not equal';
COMMENT ON FUNCTION @extschema@.dnc_phone_lt(@extschema@.dnc_phone, @extschema@.dnc_phone) IS 'implementation of an operator of dnc_phone: less than';
COMMENT ON FUNCTION @extschema@.dnc_phone_le(@extschema@.dnc_phone, @extschema@.dnc_phone) IS 'implementation of an operator of dnc_phone: less than or equal';
COMMENT ON FUNCTION @extschema@.dnc_phone_gt(@extschema@.dnc_phone, @extschema@.dnc_phone) IS 'implementation of an operator of dnc_phone: greater than';
COMMENT ON FUNCTION @extschema@.dnc_phone_ge(@extschema@.dnc_phone, @extschema@.dnc_phone) IS 'implementation of an operator of dnc_phone: greater than or equal';
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
COMMENT ON FUNCTION @extschema@.dnc_phone_smaller(@extschema@.dnc_phone, @extschema@.dnc_phone) IS 'the smaller of two numbers';
COMMENT ON FUNCTION @extschema@.dnc_phone_larger(@extschema@.dnc_phone, @extschema@.dnc_phone) IS 'the larger of two numbers';
COMMENT ON AGGREGATE @extschema@.min(@extschema@.dnc_phone) IS 'minimum in the order of digit strings';
COMMENT ON AGGREGATE @extschema@.max(@extschema@.dnc_phone) IS 'maximum in the order of digit strings';
COMMENT ON OPERATOR FAMILY @extschema@.dnc_phone_ops USING btree IS 'btree operators of dnc_phone';
COMMENT ON OPERATOR CLASS @extschema@.dnc_phone_ops USING btree IS 'btree operators of dnc_phone';
COMMENT ON OPERATOR FAMILY @extschema@.dnc_phone_ops USING hash IS 'hash operators of dnc_phone';
COMMENT ON OPERATOR CLASS @extschema@.dnc_phone_ops USING hash IS 'hash operators of dnc_phone';
COMMENT ON OPERATOR FAMILY @extschema@.dnc_phone_ops USING brin IS 'brin operators of dnc_phone';
COMMENT ON OPERATOR CLASS @extschema@.dnc_phone_ops USING brin IS 'brin operators of dnc_phone';
-- 14-phone-functions.sql
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

COMMENT ON FUNCTION @extschema@.dnc_parse(text, text) IS 'the number that the text spells, read in a region (ISO 3166-1) unless it is international; an error if it is none; a NULL region reads international spellings only';
COMMENT ON FUNCTION @extschema@.dnc_parse(text) IS 'the number that the text spells, read in dnc.default_region; an error if it is none';
COMMENT ON FUNCTION @extschema@.dnc_try_parse(text, text) IS 'the number that the text spells, read in a region; NULL if it is none';
COMMENT ON FUNCTION @extschema@.dnc_try_parse(text) IS 'the number that the text spells, read in dnc.default_region; NULL if it is none';
COMMENT ON FUNCTION @extschema@.dnc_country_code(@extschema@.dnc_phone) IS 'country calling code: 1 for +14155552671';
COMMENT ON FUNCTION @extschema@.dnc_national(@extschema@.dnc_phone) IS 'national significant number with its leading zeros';
COMMENT ON FUNCTION @extschema@.dnc_mask(@extschema@.dnc_phone) IS 'the number with all but calling code and last two digits starred, for logs and screens';
COMMENT ON FUNCTION @extschema@.dnc_has_prefix(@extschema@.dnc_phone, text) IS 'whether the number begins with +digits; a range of an ordered index on the number';
COMMENT ON FUNCTION @extschema@.dnc_format(@extschema@.dnc_phone, text) IS 'the number written as e164, international, national or rfc3966';
COMMENT ON FUNCTION @extschema@.dnc_region(@extschema@.dnc_phone) IS 'ISO 3166-1 region of the number; NULL where it has none or it is not known';
COMMENT ON FUNCTION @extschema@.dnc_is_valid(@extschema@.dnc_phone) IS 'whether the number lies in a range that is in use, as far as this version knows';
COMMENT ON FUNCTION @extschema@.dnc_metadata_version() IS 'version of the libphonenumber metadata that this version of the extension reads numbers by';
COMMENT ON FUNCTION @extschema@.dnc_has_prefix_support(internal) IS 'planner support of dnc_has_prefix';
COMMENT ON FUNCTION @extschema@.dnc_parse_problem(text, text) IS 'why the text is no number in this region; NULL if it is one';
COMMENT ON FUNCTION @extschema@.dnc_line_type(@extschema@.dnc_phone) IS 'fixed_line, mobile, fixed_line_or_mobile, toll_free, premium_rate, shared_cost, voip, personal_number, pager, uan, voicemail or unknown';
COMMENT ON FUNCTION @extschema@.dnc_time_zones(@extschema@.dnc_phone) IS 'IANA time zones in which the number may be: of its area if it is geographic, else of its country; NULL for codes of no country';
-- 20-audit.sql
-- ---------------------------------------------------------------------------
-- The audit log: every change of a table that matters, written in the same transaction
-- ---------------------------------------------------------------------------
-- References run audit_log <- audit_data <- audit_seq of the audited row, so that a dump loads the log first and every
-- restored row finds what the log says of it. The log holds no personal data; audit_data does, and can be erased
-- without breaking the log, which keeps a salted commitment to it.

CREATE SEQUENCE dnc.audit_seq;
COMMENT ON SEQUENCE dnc.audit_seq IS 'numbers the changes of audited tables';

CREATE TABLE dnc.audit_log (
    seq            bigint      PRIMARY KEY,
    relation       text        NOT NULL,
    operation      text        NOT NULL CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE')),
    row_key        text        NOT NULL,
    logged_at      timestamptz NOT NULL,
    session_role   text        NOT NULL,
    effective_role text        NOT NULL,
    actor          text,
    commitment     bytea       NOT NULL CHECK (octet_length(commitment) = 32),
    row_hash       bytea       NOT NULL CHECK (octet_length(row_hash) = 32),
    format         smallint    NOT NULL,
    xid            xid8        NOT NULL,
    loaded         boolean     NOT NULL DEFAULT false
);
CREATE INDEX audit_log_row ON dnc.audit_log (relation, row_key, seq);

COMMENT ON TABLE dnc.audit_log IS 'one row a change of an audited table; append-only, no personal data';
COMMENT ON COLUMN dnc.audit_log.seq IS 'number of the change; the changed row carries it as audit_seq';
COMMENT ON COLUMN dnc.audit_log.relation IS 'changed table of schema dnc';
COMMENT ON COLUMN dnc.audit_log.operation IS 'INSERT, UPDATE or DELETE';
COMMENT ON COLUMN dnc.audit_log.row_key IS 'primary key of the changed row';
COMMENT ON COLUMN dnc.audit_log.logged_at IS 'server clock when the change was made';
COMMENT ON COLUMN dnc.audit_log.session_role IS 'role that connected (session_user)';
COMMENT ON COLUMN dnc.audit_log.effective_role IS 'role in force outside the extension''s own functions (SET ROLE)';
COMMENT ON COLUMN dnc.audit_log.actor IS 'the application''s claim who acted: the setting dnc.actor';
COMMENT ON COLUMN dnc.audit_log.commitment IS 'SHA-256 over salt, before and after of audit_data; see src/audit/commit.rs';
COMMENT ON COLUMN dnc.audit_log.row_hash IS 'RFC 6962 leaf hash of this row''s canonical bytes, without xid and loaded; see src/audit/commit.rs';
COMMENT ON COLUMN dnc.audit_log.format IS 'version of the canonical bytes; see src/audit/canonical.rs';
COMMENT ON COLUMN dnc.audit_log.xid IS 'transaction that made the change; means nothing after a restore';
COMMENT ON COLUMN dnc.audit_log.loaded IS 'the row came otherwise than by the audit triggers: from a restore, or from somebody''s hand';

CREATE TABLE dnc.audit_data (
    seq    bigint PRIMARY KEY REFERENCES dnc.audit_log,
    salt   bytea  NOT NULL CHECK (octet_length(salt) = 32),
    before text,
    after  text
);

COMMENT ON TABLE dnc.audit_data IS 'what the changed row was and became, as canonical JSON; append-only';
COMMENT ON COLUMN dnc.audit_data.seq IS 'row of dnc.audit_log';
COMMENT ON COLUMN dnc.audit_data.salt IS '32 random bytes of the commitment';
COMMENT ON COLUMN dnc.audit_data.before IS 'the row as it was: updates and deletes';
COMMENT ON COLUMN dnc.audit_data.after IS 'the row as it became: inserts and updates';

CREATE FUNCTION dnc.audit_draw() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_audit_draw' LANGUAGE c;
CREATE FUNCTION dnc.audit_write() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_audit_write' LANGUAGE c;
CREATE FUNCTION dnc.audit_stamp() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_audit_stamp' LANGUAGE c;

CREATE FUNCTION dnc.row_matches(logged text, changed record) RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_row_matches_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 50;
COMMENT ON FUNCTION dnc.row_matches(text, record) IS 'whether canonical bytes of the log describe this row; columns that the log does not know must be NULL';
COMMENT ON FUNCTION dnc.audit_draw() IS 'BEFORE trigger of audited tables: draws the number of the change; argument: key column';
COMMENT ON FUNCTION dnc.audit_write() IS 'AFTER trigger of audited tables: writes the log row; argument: key column';
COMMENT ON FUNCTION dnc.audit_stamp() IS 'BEFORE trigger of the log: marks rows that the audit triggers did not write';

CREATE FUNCTION dnc.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% of dnc.% is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege',
              DETAIL = 'The table is history: rows are added, never changed or removed.',
              HINT = CASE TG_TABLE_NAME
                     WHEN 'entry' THEN 'dnc_revoke ends a refusal, dnc_correct mends one.'
                     ELSE 'What is wrong in it is answered by a new row.' END;
END
$$;
COMMENT ON FUNCTION dnc.refuse_change() IS 'trigger that refuses what it is attached to';

-- Gives a table its audit triggers. They fire whatever session_replication_role says. The AFTER trigger's name sorts
-- before those of referential triggers, which then find the rows it wrote.
CREATE FUNCTION dnc.audit(relation text, key_column text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER "00_audit_draw" BEFORE INSERT OR UPDATE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION dnc.audit_draw(%L)', relation, key_column);
    EXECUTE format('CREATE TRIGGER "00_audit_write" AFTER INSERT OR UPDATE OR DELETE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION dnc.audit_write(%L)', relation, key_column);
    EXECUTE format('CREATE TRIGGER "00_audit_truncate" BEFORE TRUNCATE ON dnc.%I FOR EACH STATEMENT EXECUTE FUNCTION dnc.refuse_change()', relation);
    EXECUTE format('ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "00_audit_draw", ENABLE ALWAYS TRIGGER "00_audit_write", ENABLE ALWAYS TRIGGER "00_audit_truncate"', relation);
END
$$;
COMMENT ON FUNCTION dnc.audit(text, text) IS 'puts a table of schema dnc under audit; for the extension''s own scripts';

CREATE TRIGGER "00_stamp" BEFORE INSERT ON dnc.audit_log FOR EACH ROW EXECUTE FUNCTION dnc.audit_stamp();
ALTER TABLE dnc.audit_log ENABLE ALWAYS TRIGGER "00_stamp";

DO $$
DECLARE
    relation text;
BEGIN
    FOREACH relation IN ARRAY ARRAY['audit_log', 'audit_data'] LOOP
        EXECUTE format('CREATE TRIGGER "00_append_only" BEFORE UPDATE OR DELETE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change()', relation);
        EXECUTE format('CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.%I FOR EACH STATEMENT EXECUTE FUNCTION dnc.refuse_change()', relation);
        EXECUTE format('ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "00_append_only", ENABLE ALWAYS TRIGGER "00_no_truncate"', relation);
    END LOOP;
END
$$;

SELECT pg_catalog.pg_extension_config_dump('dnc.audit_seq', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.audit_log', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.audit_data', '');
-- 30-lookup.sql
-- ---------------------------------------------------------------------------
-- What a request can be about: channels, reasons, sources and purposes
-- ---------------------------------------------------------------------------
-- Built-in rows go in before the audit triggers exist, have no log row and are not dumped: the extension brings them. A
-- site adds its own by INSERT; those are audited and dumped.

CREATE TABLE dnc.channel (
    channel     text    PRIMARY KEY CHECK (channel ~ '^[a-z][a-z0-9_]{0,62}$'),
    description text    NOT NULL,
    builtin     boolean NOT NULL DEFAULT false,
    audit_seq   bigint  UNIQUE REFERENCES dnc.audit_data,
    CHECK (builtin = (audit_seq IS NULL))
);
INSERT INTO dnc.channel VALUES
    ('all',      'every channel, those added later included', true),
    ('voice',    'telephone calls', true),
    ('sms',      'text messages', true),
    ('whatsapp', 'WhatsApp messages and calls', true),
    ('fax',      'fax', true);

CREATE TABLE dnc.reason (
    reason      text    PRIMARY KEY CHECK (reason ~ '^[a-z][a-z0-9_]{0,62}$'),
    description text    NOT NULL,
    sticky      boolean NOT NULL DEFAULT false,
    builtin     boolean NOT NULL DEFAULT false,
    audit_seq   bigint  UNIQUE REFERENCES dnc.audit_data,
    CHECK (builtin = (audit_seq IS NULL))
);
INSERT INTO dnc.reason VALUES
    ('no_contact',     'asked not to be contacted', false, true),
    ('not_interested', 'has no interest in what was offered', false, true),
    ('wrong_number',   'the number belongs to somebody else', false, true),
    ('deceased',       'the person has died', false, true),
    ('no_processing',  'objects to any use of the data for marketing', false, true),
    ('complaint',      'complained', true, true),
    ('litigator',      'has sued or threatened to', true, true);

CREATE TABLE dnc.source (
    source      text    PRIMARY KEY CHECK (source ~ '^[a-z][a-z0-9_]{0,62}$'),
    description text    NOT NULL,
    builtin     boolean NOT NULL DEFAULT false,
    audit_seq   bigint  UNIQUE REFERENCES dnc.audit_data,
    CHECK (builtin = (audit_seq IS NULL))
);
INSERT INTO dnc.source VALUES
    ('unspecified', 'not recorded', true),
    ('phone_agent', 'told to an agent on the telephone', true),
    ('web_form',    'web form', true),
    ('email',       'e-mail', true),
    ('sms_keyword', 'reply to a text message', true),
    ('letter',      'letter', true),
    ('in_person',   'in person', true),
    ('import',      'list imported from a file', true);

CREATE TABLE dnc.purpose (
    purpose     text    PRIMARY KEY CHECK (purpose ~ '^[^/]+(/[^/]+)*$' AND length(purpose) <= 500),
    parent      text    GENERATED ALWAYS AS (CASE WHEN strpos(purpose, '/') > 0 THEN regexp_replace(purpose, '/[^/]*$', '') END) STORED,
    description text    NOT NULL DEFAULT '',
    audit_seq   bigint  UNIQUE REFERENCES dnc.audit_data
);

COMMENT ON TABLE dnc.channel IS 'ways to contact somebody';
COMMENT ON TABLE dnc.reason IS 'why somebody is not to be contacted; a sticky reason is ended only when forced';
COMMENT ON TABLE dnc.source IS 'ways in which a request arrives';
COMMENT ON TABLE dnc.purpose IS 'what a contact is for: a tree of paths brand/product/campaign; a refusal of a node covers what is below it';
COMMENT ON COLUMN dnc.purpose.parent IS 'the path without its last part';

-- The tree is kept by a trigger: a foreign key of a table to itself makes pg_dump warn of a restore that would fail.
CREATE FUNCTION dnc.purpose_tree() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.parent IS NOT NULL THEN
        PERFORM FROM dnc.purpose AS p WHERE p.purpose = NEW.parent FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'purpose "%" has no parent "%"', NEW.purpose, NEW.parent USING ERRCODE = 'foreign_key_violation',
                DETAIL = 'Purposes are a tree of paths, and a path begins with a purpose that is there.',
                HINT = 'Insert the parent first.';
        END IF;
    ELSIF TG_OP = 'DELETE' AND EXISTS (SELECT FROM dnc.purpose AS p WHERE p.parent = OLD.purpose) THEN
        RAISE EXCEPTION 'purpose "%" has purposes below it', OLD.purpose USING ERRCODE = 'foreign_key_violation',
            HINT = 'Delete those first.';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION dnc.purpose_tree() IS 'trigger that keeps the tree of purposes whole';
CREATE TRIGGER "01_tree" AFTER INSERT OR DELETE ON dnc.purpose FOR EACH ROW EXECUTE FUNCTION dnc.purpose_tree();
ALTER TABLE dnc.purpose ENABLE ALWAYS TRIGGER "01_tree";

SELECT dnc.audit('channel', 'channel');
SELECT dnc.audit('reason', 'reason');
SELECT dnc.audit('source', 'source');
SELECT dnc.audit('purpose', 'purpose');

SELECT pg_catalog.pg_extension_config_dump('dnc.channel', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('dnc.reason', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('dnc.source', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('dnc.purpose', '');

-- Built-in rows are the extension's; only its scripts change them, while they are being run.
CREATE FUNCTION dnc.keep_builtin() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (TG_OP <> 'INSERT' AND OLD.builtin) OR (TG_OP <> 'DELETE' AND NEW.builtin) THEN
        RAISE EXCEPTION 'built-in rows of dnc.% cannot be changed', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege',
                  DETAIL = 'They belong to the extension, and an update of it may replace them.',
                  HINT = 'Insert a row of your own, with builtin left out.';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
COMMENT ON FUNCTION dnc.keep_builtin() IS 'trigger that keeps built-in rows as the extension made them';

DO $$
DECLARE
    relation text;
BEGIN
    FOREACH relation IN ARRAY ARRAY['channel', 'reason', 'source'] LOOP
        EXECUTE format('CREATE TRIGGER "01_keep_builtin" BEFORE INSERT OR UPDATE OR DELETE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION dnc.keep_builtin()', relation);
        EXECUTE format('ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "01_keep_builtin"', relation);
    END LOOP;
END
$$;
-- 40-entry.sql
-- ---------------------------------------------------------------------------
-- The list: a row a request, a row an ending, and none of them ever changed
-- ---------------------------------------------------------------------------
-- The first eight columns are what a check reads (src/pg/check.rs); they keep their places.

CREATE TABLE dnc.entry (
    entry_id     bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    phone        @extschema@.dnc_phone NOT NULL,
    ends         bigint,
    effective_at timestamptz NOT NULL DEFAULT '-infinity',
    expires_at   timestamptz NOT NULL DEFAULT 'infinity',
    received_at  timestamptz NOT NULL,
    channel      text        NOT NULL REFERENCES dnc.channel,
    purpose      text        REFERENCES dnc.purpose,
    kind         text        NOT NULL CHECK (kind IN ('refusal', 'withdrawal', 'correction', 'undo')),
    reason       text        REFERENCES dnc.reason,
    source       text        NOT NULL REFERENCES dnc.source,
    request_id   bigint      NOT NULL,
    requested_at timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL,
    due_at       timestamptz,
    taken_by     text        CHECK (length(taken_by) BETWEEN 1 AND 500),
    evidence     jsonb       NOT NULL DEFAULT '{}',
    external_ref text        CHECK (length(external_ref) BETWEEN 1 AND 500),
    batch_id     bigint,
    corrects     bigint,
    audit_seq    bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data,
    CONSTRAINT entry_refusal_or_ending CHECK ((kind = 'refusal') = (ends IS NULL)),
    CONSTRAINT entry_refusal_has_reason CHECK ((kind = 'refusal') = (reason IS NOT NULL)),
    CONSTRAINT entry_times_are_finite CHECK (isfinite(requested_at) AND isfinite(received_at) AND isfinite(recorded_at) AND (due_at IS NULL OR isfinite(due_at))),
    CONSTRAINT entry_received_after_request CHECK (requested_at <= received_at),
    CONSTRAINT entry_recorded_after_receipt CHECK (received_at <= recorded_at),
    CONSTRAINT entry_effective_before_expiry CHECK (effective_at < expires_at),
    CONSTRAINT entry_due_after_request CHECK (due_at IS NULL OR due_at >= requested_at),
    CONSTRAINT entry_ending_takes_effect_at_once CHECK (ends IS NULL OR (effective_at = '-infinity' AND expires_at = 'infinity')),
    CONSTRAINT entry_only_refusals_correct CHECK (corrects IS NULL OR ends IS NULL),
    CONSTRAINT entry_evidence_is_an_object CHECK (jsonb_typeof(evidence) = 'object')
);
CREATE INDEX entry_phone ON dnc.entry (phone);
CREATE INDEX entry_ends ON dnc.entry (ends) WHERE ends IS NOT NULL;
CREATE INDEX entry_batch ON dnc.entry (batch_id) WHERE batch_id IS NOT NULL;
-- Once a batch: each import has its own entries, so that undoing one takes nothing from another.
CREATE UNIQUE INDEX entry_external_ref ON dnc.entry (source, external_ref, phone, channel, coalesce(purpose, ''), reason, coalesce(batch_id, 0)) WHERE external_ref IS NOT NULL;

COMMENT ON SEQUENCE dnc.entry_entry_id_seq IS 'numbers entries';
COMMENT ON TABLE dnc.entry IS 'the internal Do-Not-Call list: refusals and what ended them; insert-only history';
COMMENT ON COLUMN dnc.entry.entry_id IS 'identifies the entry';
COMMENT ON COLUMN dnc.entry.phone IS 'number that is not to be contacted';
COMMENT ON COLUMN dnc.entry.ends IS 'refusal that this row ends, for the channel and purpose it names; NULL for a refusal';
COMMENT ON COLUMN dnc.entry.effective_at IS 'explicit future start; -infinity: at once, for everybody who can see the row';
COMMENT ON COLUMN dnc.entry.expires_at IS 'explicit end of a temporary refusal; infinity: until it is withdrawn';
COMMENT ON COLUMN dnc.entry.received_at IS 'when the company received the request';
COMMENT ON COLUMN dnc.entry.channel IS 'refused channel, or all';
COMMENT ON COLUMN dnc.entry.purpose IS 'refused purpose with everything below it; NULL: every purpose';
COMMENT ON COLUMN dnc.entry.kind IS 'refusal; or ending: withdrawal by the person, correction of a mistake, undo of an import';
COMMENT ON COLUMN dnc.entry.reason IS 'why the person refuses';
COMMENT ON COLUMN dnc.entry.source IS 'way in which the request arrived';
COMMENT ON COLUMN dnc.entry.request_id IS 'first entry of the request: one request may name several numbers of a person';
COMMENT ON COLUMN dnc.entry.requested_at IS 'when the person made the request';
COMMENT ON COLUMN dnc.entry.recorded_at IS 'start of the transaction that recorded the row';
COMMENT ON COLUMN dnc.entry.due_at IS 'legal deadline by which the request must be honoured';
COMMENT ON COLUMN dnc.entry.taken_by IS 'who took the request';
COMMENT ON COLUMN dnc.entry.evidence IS 'words of the person, references, anything that proves the request';
COMMENT ON COLUMN dnc.entry.external_ref IS 'reference of the request in its source; the same one recorded again adds nothing';
COMMENT ON COLUMN dnc.entry.batch_id IS 'import that brought the row';
COMMENT ON COLUMN dnc.entry.corrects IS 'entry whose mistake this refusal mends';

SELECT dnc.audit('entry', 'entry_id');
CREATE TRIGGER "00_insert_only" BEFORE UPDATE OR DELETE ON dnc.entry FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change();
ALTER TABLE dnc.entry ENABLE ALWAYS TRIGGER "00_insert_only";

-- A refusal and a guarded row that commit at the same time meet in these; see src/pg/guard.rs.
CREATE FUNCTION dnc.entry_touch() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_entry_touch' LANGUAGE c;
CREATE FUNCTION dnc.entry_commit() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_entry_commit' LANGUAGE c;
COMMENT ON FUNCTION dnc.entry_touch() IS 'BEFORE trigger of dnc.entry: notes the number for the locks of the commit';
COMMENT ON FUNCTION dnc.entry_commit() IS 'deferred trigger of dnc.entry: takes the locks on its numbers';
CREATE TRIGGER "02_touch" BEFORE INSERT ON dnc.entry FOR EACH ROW EXECUTE FUNCTION dnc.entry_touch();
CREATE CONSTRAINT TRIGGER "zz_commit" AFTER INSERT ON dnc.entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dnc.entry_commit();
ALTER TABLE dnc.entry ENABLE ALWAYS TRIGGER "02_touch", ENABLE ALWAYS TRIGGER "zz_commit";

SELECT pg_catalog.pg_extension_config_dump('dnc.entry', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.entry_entry_id_seq', '');
-- 50-requests.sql
-- ---------------------------------------------------------------------------
-- Taking requests: recording a refusal, ending one, mending a mistake
-- ---------------------------------------------------------------------------
-- These run with the rights of the extension's owner: they touch no relation but its own, and take values only.

-- An error for a name that is not known, with what is known.
CREATE FUNCTION dnc.require_known(relation text, name text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known text;
    found boolean;
BEGIN
    -- Locked as a foreign key would, so that nobody deletes it before this transaction ends.
    EXECUTE format('SELECT true FROM dnc.%1$I WHERE %1$I = $1 FOR KEY SHARE', relation) INTO found USING name;
    IF found THEN
        RETURN;
    END IF;
    EXECUTE format('SELECT string_agg(%1$I, '', '' ORDER BY %1$I) FROM (SELECT %1$I FROM dnc.%1$I ORDER BY 1 LIMIT 20) AS x', relation) INTO known;
    RAISE EXCEPTION 'unknown % "%"', relation, left(coalesce(name, 'NULL'), 60)
        USING ERRCODE = 'invalid_parameter_value',
              DETAIL = format('Known are: %s.', coalesce(known, 'none yet')),
              HINT = format('A site adds its own by inserting into dnc.%s.', relation);
END
$$;
COMMENT ON FUNCTION dnc.require_known(text, text) IS 'raises unless a lookup table knows the name';

CREATE FUNCTION dnc.require_order(requested_at timestamptz, received_at timestamptz) RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF requested_at > received_at OR received_at > now() OR NOT isfinite(requested_at) OR NOT isfinite(received_at) THEN
        RAISE EXCEPTION 'requested at %, received at %: out of order', requested_at, received_at
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('A request is made, then received, then recorded, which is now: %s.', now()),
                  HINT = 'For a refusal that starts later give effective_at.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_order(timestamptz, timestamptz) IS 'raises unless a request was made before it was received, and received before now';

-- Whether node of the purpose tree is purpose or above it.
CREATE FUNCTION dnc.covers(node text, purpose text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN purpose OPERATOR(pg_catalog.=) node OR pg_catalog.starts_with(purpose, node OPERATOR(pg_catalog.||) '/');
COMMENT ON FUNCTION dnc.covers(text, text) IS 'whether the first purpose is the second or above it';

-- What functions that run as superuser call is bound when they are made, never looked up by a name: the owner of the
-- target schema could rename it and put something else in its place. So PL/pgSQL here names nothing outside schema dnc and
-- pg_catalog, and takes the type from dnc.entry.phone%TYPE.
CREATE FUNCTION dnc.same_phone(a @extschema@.dnc_phone, b @extschema@.dnc_phone) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN a OPERATOR(@extschema@.=) b;
CREATE FUNCTION dnc.mask(phone @extschema@.dnc_phone) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN @extschema@.dnc_mask(phone);
CREATE FUNCTION dnc.try_parse(phone text, region text) RETURNS @extschema@.dnc_phone LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN @extschema@.dnc_try_parse(phone, region);
CREATE FUNCTION dnc.parse_problem(phone text, region text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN @extschema@.dnc_parse_problem(phone, region);
CREATE FUNCTION dnc.require_region(region text) RETURNS void LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT @extschema@.dnc_parse('+14155552671', region);
END;
COMMENT ON FUNCTION dnc.same_phone(@extschema@.dnc_phone, @extschema@.dnc_phone) IS 'equality of numbers, bound for functions that run as superuser';
COMMENT ON FUNCTION dnc.mask(@extschema@.dnc_phone) IS 'dnc_mask, bound for functions that run as superuser';
COMMENT ON FUNCTION dnc.try_parse(text, text) IS 'dnc_try_parse, bound for functions that run as superuser';
COMMENT ON FUNCTION dnc.parse_problem(text, text) IS 'dnc_parse_problem, bound for functions that run as superuser';
COMMENT ON FUNCTION dnc.require_region(text) IS 'raises for an unknown region';

CREATE FUNCTION dnc.record_request(
    phones @extschema@.dnc_phone[], channel text, purpose text, reason text, source text, requested_at timestamptz,
    evidence jsonb, external_ref text, received_at timestamptz, effective_at timestamptz, expires_at timestamptz,
    due_at timestamptz, taken_by text
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    request bigint;
    entry   bigint;
    phone   dnc.entry.phone%TYPE;
    earlier record;
BEGIN
    IF phones IS NULL OR cardinality(phones) = 0 OR array_position(phones, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'no number given' USING ERRCODE = 'null_value_not_allowed',
            DETAIL = 'A refusal is recorded for a number.',
            HINT = 'Look for NULL or an empty list in what was passed to dnc_add.';
    END IF;
    IF channel IS NULL OR reason IS NULL OR source IS NULL OR requested_at IS NULL OR evidence IS NULL THEN
        RAISE EXCEPTION 'channel, reason, source, requested_at and evidence must not be NULL' USING ERRCODE = 'null_value_not_allowed',
            DETAIL = 'Only purpose may be: it then stands for every purpose.',
            HINT = 'Leave an argument out to get its default.';
    END IF;
    PERFORM dnc.require_known('channel', channel), dnc.require_known('reason', reason), dnc.require_known('source', source);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    received_at := coalesce(received_at, now());
    expires_at := coalesce(expires_at, 'infinity');
    -- Only a start yet to come is a start; any other takes effect at once, for everybody who can see the row.
    effective_at := CASE WHEN effective_at > now() THEN effective_at ELSE '-infinity' END;
    PERFORM dnc.require_order(requested_at, received_at);
    IF length(external_ref) NOT BETWEEN 1 AND 500 OR length(taken_by) NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'external_ref and taken_by have 1 to 500 characters' USING ERRCODE = 'string_data_right_truncation',
            DETAIL = format('They have %s and %s.', coalesce(length(external_ref)::text, 'none'), coalesce(length(taken_by)::text, 'none')),
            HINT = 'Leave them out where there is nothing to say; longer texts belong into evidence.';
    END IF;
    IF due_at < requested_at OR NOT isfinite(due_at) THEN
        RAISE EXCEPTION 'the request would be due at %, before it was made', due_at USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It was made at %s.', requested_at);
    END IF;
    IF effective_at >= expires_at OR expires_at <= now() THEN
        RAISE EXCEPTION 'the refusal would expire at %, before it takes effect', expires_at
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('It takes effect at %s.', CASE WHEN isfinite(effective_at) THEN effective_at ELSE now() END),
                  HINT = 'Leave expires_at out unless the person asked for a pause.';
    END IF;
    IF jsonb_typeof(evidence) <> 'object' THEN
        RAISE EXCEPTION 'evidence must be a JSON object' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It is %s.', jsonb_typeof(evidence)), HINT = 'Write {"words": "…"}.';
    END IF;
    IF external_ref IS NOT NULL THEN
        -- One request a reference: whoever comes second waits, and finds what the first one recorded.
        PERFORM pg_advisory_xact_lock(hashtextextended(source || '/' || external_ref, 4476483));
        SELECT min(e.request_id) AS request, count(*) AS numbers,
               bool_and(e.channel = channel AND e.purpose IS NOT DISTINCT FROM purpose AND e.reason = reason) AS same,
               bool_or(EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id)) AS ended,
               count(*) FILTER (WHERE EXISTS (SELECT FROM unnest(phones) AS p WHERE dnc.same_phone(p, e.phone))) AS same_numbers
            INTO earlier FROM dnc.entry AS e WHERE e.source = source AND e.external_ref = external_ref AND e.batch_id IS NULL;
        IF earlier.numbers > 0 AND earlier.ended THEN
            RAISE EXCEPTION 'the reference "%" of source % stands for a request that was withdrawn since', external_ref, source
                USING ERRCODE = 'unique_violation', DETAIL = format('Request %s has ended, in whole or in part.', earlier.request),
                      HINT = 'If the person refuses again, record that under a reference of its own.';
        ELSIF earlier.numbers > 0 THEN
            IF earlier.same AND earlier.same_numbers = earlier.numbers
               AND earlier.numbers = (SELECT count(DISTINCT p) FROM unnest(phones) AS p) THEN
                RETURN earlier.request;
            END IF;
            RAISE EXCEPTION 'the reference "%" of source % already stands for another request', external_ref, source
                USING ERRCODE = 'unique_violation',
                      DETAIL = format('Request %s differs in number, channel, purpose or reason.', earlier.request),
                      HINT = 'Give each request a reference of its own; the same request recorded twice adds nothing.';
        END IF;
    END IF;
    FOR phone IN SELECT DISTINCT p FROM unnest(phones) AS p ORDER BY p LOOP
        entry := nextval('dnc.entry_entry_id_seq');
        request := coalesce(request, entry);
        INSERT INTO dnc.entry (entry_id, phone, effective_at, expires_at, received_at, channel, purpose, kind, reason, source,
                               request_id, requested_at, recorded_at, due_at, taken_by, evidence, external_ref)
        VALUES (entry, phone, effective_at, expires_at, received_at, channel, purpose, 'refusal', reason, source,
                request, requested_at, now(), due_at, taken_by, evidence, external_ref);
    END LOOP;
    RETURN request;
END
$$;
COMMENT ON FUNCTION dnc.record_request(@extschema@.dnc_phone[], text, text, text, text, timestamptz, jsonb, text, timestamptz, timestamptz, timestamptz, timestamptz, text)
    IS 'records one request for all of a person''s numbers; behind dnc_add';

CREATE FUNCTION @extschema@.dnc_add(
    phone @extschema@.dnc_phone, channel text DEFAULT 'all', purpose text DEFAULT NULL, reason text DEFAULT 'no_contact',
    source text DEFAULT 'unspecified', requested_at timestamptz DEFAULT now(), evidence jsonb DEFAULT '{}', external_ref text DEFAULT NULL,
    received_at timestamptz DEFAULT NULL, effective_at timestamptz DEFAULT NULL, expires_at timestamptz DEFAULT NULL,
    due_at timestamptz DEFAULT NULL, taken_by text DEFAULT NULL
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.record_request(ARRAY[phone], channel, purpose, reason, source, requested_at, evidence, external_ref, received_at, effective_at, expires_at, due_at, taken_by);
END;
CREATE FUNCTION @extschema@.dnc_add(
    phone text, channel text DEFAULT 'all', purpose text DEFAULT NULL, reason text DEFAULT 'no_contact',
    source text DEFAULT 'unspecified', requested_at timestamptz DEFAULT now(), evidence jsonb DEFAULT '{}', external_ref text DEFAULT NULL,
    received_at timestamptz DEFAULT NULL, effective_at timestamptz DEFAULT NULL, expires_at timestamptz DEFAULT NULL,
    due_at timestamptz DEFAULT NULL, taken_by text DEFAULT NULL
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.record_request(ARRAY[@extschema@.dnc_parse(phone)], channel, purpose, reason, source, requested_at, evidence, external_ref, received_at, effective_at, expires_at, due_at, taken_by);
END;
CREATE FUNCTION @extschema@.dnc_add(
    phones @extschema@.dnc_phone[], channel text DEFAULT 'all', purpose text DEFAULT NULL, reason text DEFAULT 'no_contact',
    source text DEFAULT 'unspecified', requested_at timestamptz DEFAULT now(), evidence jsonb DEFAULT '{}', external_ref text DEFAULT NULL,
    received_at timestamptz DEFAULT NULL, effective_at timestamptz DEFAULT NULL, expires_at timestamptz DEFAULT NULL,
    due_at timestamptz DEFAULT NULL, taken_by text DEFAULT NULL
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.record_request(phones, channel, purpose, reason, source, requested_at, evidence, external_ref, received_at, effective_at, expires_at, due_at, taken_by);
END;
CREATE FUNCTION @extschema@.dnc_add(
    phones text[], channel text DEFAULT 'all', purpose text DEFAULT NULL, reason text DEFAULT 'no_contact',
    source text DEFAULT 'unspecified', requested_at timestamptz DEFAULT now(), evidence jsonb DEFAULT '{}', external_ref text DEFAULT NULL,
    received_at timestamptz DEFAULT NULL, effective_at timestamptz DEFAULT NULL, expires_at timestamptz DEFAULT NULL,
    due_at timestamptz DEFAULT NULL, taken_by text DEFAULT NULL
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.record_request(ARRAY(SELECT @extschema@.dnc_parse(p) FROM pg_catalog.unnest(phones) WITH ORDINALITY AS x(p, n)), channel, purpose, reason, source, requested_at, evidence, external_ref, received_at, effective_at, expires_at, due_at, taken_by);
END;
COMMENT ON FUNCTION @extschema@.dnc_add(@extschema@.dnc_phone, text, text, text, text, timestamptz, jsonb, text, timestamptz, timestamptz, timestamptz, timestamptz, text)
    IS 'records a refusal of one number and returns the entry; a request with the external_ref of an earlier one adds nothing';
COMMENT ON FUNCTION @extschema@.dnc_add(text, text, text, text, text, timestamptz, jsonb, text, timestamptz, timestamptz, timestamptz, timestamptz, text)
    IS 'records a refusal of one number and returns the entry (text is read as dnc_parse reads it); a request with the external_ref of an earlier one adds nothing';
COMMENT ON FUNCTION @extschema@.dnc_add(@extschema@.dnc_phone[], text, text, text, text, timestamptz, jsonb, text, timestamptz, timestamptz, timestamptz, timestamptz, text)
    IS 'records one refusal of all numbers of a person and returns the request, which is its first entry; a request with the external_ref of an earlier one adds nothing';
COMMENT ON FUNCTION @extschema@.dnc_add(text[], text, text, text, text, timestamptz, jsonb, text, timestamptz, timestamptz, timestamptz, timestamptz, text)
    IS 'records one refusal of all numbers of a person and returns the request, which is its first entry (text is read as dnc_parse reads it); a request with the external_ref of an earlier one adds nothing';

-- Ends exactly the scope it names. What is written is where that scope meets the refusal's own, so that taking back sms
-- from a refusal of everything leaves all else refused.
CREATE FUNCTION @extschema@.dnc_revoke(
    phone @extschema@.dnc_phone, channel text DEFAULT 'all', purpose text DEFAULT NULL, source text DEFAULT 'unspecified',
    evidence jsonb DEFAULT '{}', requested_at timestamptz DEFAULT now(), received_at timestamptz DEFAULT NULL,
    taken_by text DEFAULT NULL, force boolean DEFAULT false
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    e       record;
    ended   integer := 0;
    sticky  integer := 0;
    newer   integer := 0;
    part_c  text;
    part_p  text;
BEGIN
    IF phone IS NULL OR channel IS NULL OR source IS NULL OR evidence IS NULL OR requested_at IS NULL THEN
        RAISE EXCEPTION 'phone, channel, source, evidence and requested_at must not be NULL' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'Only purpose may be: it then stands for every purpose.';
    END IF;
    PERFORM dnc.require_known('channel', channel), dnc.require_known('source', source);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    received_at := coalesce(received_at, now());
    PERFORM dnc.require_order(requested_at, received_at);
    IF jsonb_typeof(evidence) <> 'object' OR length(taken_by) NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'evidence must be a JSON object, and taken_by have 1 to 500 characters' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOR e IN SELECT r.*, k.sticky FROM dnc.entry AS r JOIN dnc.reason AS k ON k.reason = r.reason
             WHERE dnc.same_phone(r.phone, phone) AND r.ends IS NULL ORDER BY r.entry_id LOOP
        part_c := CASE WHEN channel = 'all' THEN e.channel WHEN e.channel IN ('all', channel) THEN channel END;
        CONTINUE WHEN part_c IS NULL;
        -- A withdrawal that was made before the refusal does not take it back, however late it is recorded.
        IF e.requested_at > requested_at AND NOT force THEN
            newer := newer + 1;
            CONTINUE;
        END IF;
        IF purpose IS NULL OR dnc.covers(purpose, e.purpose) THEN
            part_p := e.purpose;
        ELSIF e.purpose IS NULL OR dnc.covers(e.purpose, purpose) THEN
            part_p := purpose;
        ELSE
            CONTINUE;
        END IF;
        CONTINUE WHEN EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id
                                AND w.channel IN ('all', part_c) AND (w.purpose IS NULL OR dnc.covers(w.purpose, part_p)));
        IF e.sticky AND NOT force THEN
            sticky := sticky + 1;
            CONTINUE;
        END IF;
        INSERT INTO dnc.entry (phone, ends, received_at, channel, purpose, kind, source, request_id, requested_at, recorded_at, taken_by, evidence)
        VALUES (phone, e.entry_id, received_at, part_c, part_p, 'withdrawal', source, e.request_id, requested_at, now(), taken_by, evidence);
        ended := ended + 1;
    END LOOP;
    IF sticky > 0 THEN
        RAISE NOTICE '% refusal(s) of % stay: complaints and litigation are ended only when forced', sticky, dnc.mask(phone)
            USING HINT = 'dnc_revoke(…, force => true) ends them, with the evidence for it.';
    ELSIF newer > 0 THEN
        RAISE NOTICE '% refusal(s) of % stay: they were made after this withdrawal', newer, dnc.mask(phone);
    ELSIF ended = 0 THEN
        RAISE NOTICE 'no refusal of % has this scope', dnc.mask(phone);
    END IF;
    RETURN ended;
END
$$;
CREATE FUNCTION @extschema@.dnc_revoke(
    phone text, channel text DEFAULT 'all', purpose text DEFAULT NULL, source text DEFAULT 'unspecified',
    evidence jsonb DEFAULT '{}', requested_at timestamptz DEFAULT now(), received_at timestamptz DEFAULT NULL,
    taken_by text DEFAULT NULL, force boolean DEFAULT false
) RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_revoke(@extschema@.dnc_parse(phone), channel, purpose, source, evidence, requested_at, received_at, taken_by, force);
END;

CREATE FUNCTION @extschema@.dnc_correct(entry bigint, new_phone @extschema@.dnc_phone, why text, taken_by text DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    e     dnc.entry;
    fresh bigint;
BEGIN
    SELECT * INTO e FROM dnc.entry AS x WHERE x.entry_id = entry FOR KEY SHARE;
    IF e.entry_id IS NULL OR e.ends IS NOT NULL THEN
        RAISE EXCEPTION 'there is no refusal %', coalesce(entry::text, 'NULL') USING ERRCODE = 'no_data_found',
            DETAIL = 'A correction mends a refusal that was recorded under a wrong number.',
            HINT = 'dnc_history(phone) tells the entries of a number.';
    END IF;
    IF why IS NULL OR btrim(why) = '' OR length(taken_by) NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'a correction needs its reason, and taken_by has 1 to 500 characters' USING ERRCODE = 'null_value_not_allowed', HINT = 'Say in why what was wrong.';
    END IF;
    IF new_phone IS NULL OR dnc.same_phone(new_phone, e.phone) THEN
        RAISE EXCEPTION 'a correction needs another number' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Entry %s is recorded for %s.', entry, dnc.mask(e.phone)),
            HINT = 'To end the refusal use dnc_revoke.';
    END IF;
    IF EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = entry AND w.channel IN ('all', e.channel) AND (w.purpose IS NULL OR dnc.covers(w.purpose, e.purpose))) THEN
        RAISE EXCEPTION 'entry % has ended already', entry USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'An ended refusal is not corrected.', HINT = 'Record the right number with dnc_add.';
    END IF;
    fresh := nextval('dnc.entry_entry_id_seq');
    INSERT INTO dnc.entry (entry_id, phone, effective_at, expires_at, received_at, channel, purpose, kind, reason, source,
                           request_id, requested_at, recorded_at, due_at, taken_by, evidence, batch_id, corrects)
    VALUES (fresh, new_phone, e.effective_at, e.expires_at, e.received_at, e.channel, e.purpose, 'refusal', e.reason, e.source,
            e.request_id, e.requested_at, now(), e.due_at, coalesce(taken_by, e.taken_by), e.evidence, e.batch_id, entry);
    -- Parts of the scope that were withdrawn stay withdrawn.
    INSERT INTO dnc.entry (phone, ends, received_at, channel, purpose, kind, source, request_id, requested_at, recorded_at, taken_by, evidence)
        SELECT new_phone, fresh, w.received_at, w.channel, w.purpose, w.kind, w.source, w.request_id, w.requested_at, now(), w.taken_by, w.evidence
        FROM dnc.entry AS w WHERE w.ends = entry ORDER BY w.entry_id;
    INSERT INTO dnc.entry (phone, ends, received_at, channel, purpose, kind, source, request_id, requested_at, recorded_at, taken_by, evidence)
    VALUES (e.phone, entry, now(), e.channel, e.purpose, 'correction', e.source, e.request_id, now(), now(), taken_by, jsonb_build_object('why', why));
    RETURN fresh;
END
$$;
CREATE FUNCTION @extschema@.dnc_correct(entry bigint, new_phone text, why text, taken_by text DEFAULT NULL)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_correct(entry, @extschema@.dnc_parse(new_phone), why, taken_by);
END;

COMMENT ON FUNCTION @extschema@.dnc_revoke(@extschema@.dnc_phone, text, text, text, jsonb, timestamptz, timestamptz, text, boolean)
    IS 'ends what the scope names of the number''s refusals and returns how many were touched; sticky ones only when forced';
COMMENT ON FUNCTION @extschema@.dnc_correct(bigint, @extschema@.dnc_phone, text, text)
    IS 'moves a refusal that was recorded under a wrong number to the right one and returns the new entry; no withdrawal';
COMMENT ON FUNCTION @extschema@.dnc_revoke(text, text, text, text, jsonb, timestamptz, timestamptz, text, boolean)
    IS 'ends what the scope names of the number''s refusals and returns how many were touched; sticky ones only when forced';
COMMENT ON FUNCTION @extschema@.dnc_correct(bigint, text, text, text)
    IS 'moves a refusal that was recorded under a wrong number to the right one and returns the new entry; no withdrawal';
-- 55-import.sql
-- ---------------------------------------------------------------------------
-- Imports: a batch a file
-- ---------------------------------------------------------------------------
-- dnc_import_start, then \copy into dnc.import_row, then dnc_import_finish. Nobody needs to be a superuser or to have
-- files on the server.

CREATE TABLE dnc.import_batch (
    batch_id        bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    file            text        NOT NULL CHECK (length(file) BETWEEN 1 AND 1000),
    region          text,
    source          text        NOT NULL REFERENCES dnc.source,
    header          boolean     NOT NULL,
    state           text        NOT NULL CHECK (state IN ('open', 'finished', 'repeated', 'undone')),
    started_at      timestamptz NOT NULL,
    started_by      text        NOT NULL,
    finished_at     timestamptz,
    content_hash    bytea,
    rows_read       bigint,
    rows_added      bigint,
    rows_duplicate  bigint,
    rows_rejected   bigint,
    undone_at       timestamptz,
    undone_why      text,
    audit_seq       bigint      UNIQUE REFERENCES dnc.audit_data,
    CHECK ((state = 'open') = (finished_at IS NULL)),
    CHECK ((state = 'undone') = (undone_at IS NOT NULL)),
    CHECK ((undone_at IS NULL) = (undone_why IS NULL)),
    CHECK (rows_read = rows_added + rows_duplicate + rows_rejected)
);
COMMENT ON SEQUENCE dnc.import_batch_batch_id_seq IS 'numbers imports';
COMMENT ON TABLE dnc.import_batch IS 'imported files';
COMMENT ON COLUMN dnc.import_batch.state IS 'open: rows are still coming; finished; repeated: the same contents had been imported, nothing was added; undone';
COMMENT ON COLUMN dnc.import_batch.header IS 'whether the file has a header line, which counts in the line numbers of rejects';
COMMENT ON COLUMN dnc.import_batch.content_hash IS 'SHA-256 over the rows in their order';

CREATE FUNCTION dnc.current_batch() RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(current_setting('dnc.import_batch', true), '') = '' THEN
        RAISE EXCEPTION 'no import is open in this session' USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Call dnc_import_start first, or give batch_id.';
    END IF;
    RETURN current_setting('dnc.import_batch')::bigint;
END
$$;
COMMENT ON FUNCTION dnc.current_batch() IS 'batch that dnc_import_start opened in this session';

CREATE TABLE dnc.import_row (
    batch_id     bigint NOT NULL DEFAULT dnc.current_batch() REFERENCES dnc.import_batch,
    row_id       bigint GENERATED BY DEFAULT AS IDENTITY,
    phone        text,
    channel      text,
    purpose      text,
    reason       text,
    requested_at text,
    external_ref text,
    taken_by     text,
    words        text,
    PRIMARY KEY (batch_id, row_id)
);
COMMENT ON SEQUENCE dnc.import_row_row_id_seq IS 'orders the rows of imports';
COMMENT ON TABLE dnc.import_row IS 'rows of open imports, for \copy; gone when the import is finished';
COMMENT ON COLUMN dnc.import_row.requested_at IS 'when the person asked, in ISO 8601; empty: when the import started';
COMMENT ON COLUMN dnc.import_row.channel IS 'refused channel; empty: all';
COMMENT ON COLUMN dnc.import_row.reason IS 'empty: no_contact';
COMMENT ON COLUMN dnc.import_row.words IS 'kept as evidence';

CREATE TABLE dnc.import_reject (
    batch_id bigint NOT NULL REFERENCES dnc.import_batch,
    line     bigint NOT NULL,
    phone    text,
    reason   text   NOT NULL,
    PRIMARY KEY (batch_id, line)
);
COMMENT ON TABLE dnc.import_reject IS 'rows of an import that were not added, with line and reason';
COMMENT ON COLUMN dnc.import_reject.phone IS 'number as the file spells it, 250 characters at most';

-- What comes after the end of an import would never be read.
CREATE FUNCTION dnc.import_is_open() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Locked, so that an import is not finished while rows for it are still to be committed.
    PERFORM FROM dnc.import_batch AS b WHERE b.batch_id = NEW.batch_id AND b.state = 'open' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'import % is not open', NEW.batch_id USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'The row would never be read.', HINT = 'dnc_import_start opens an import.';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION dnc.import_is_open() IS 'trigger that takes rows for open imports only';
CREATE TRIGGER "01_open" BEFORE INSERT OR UPDATE ON dnc.import_row FOR EACH ROW EXECUTE FUNCTION dnc.import_is_open();
ALTER TABLE dnc.import_row ENABLE ALWAYS TRIGGER "01_open";

SELECT dnc.audit('import_batch', 'batch_id');
SELECT pg_catalog.pg_extension_config_dump('dnc.import_batch', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.import_batch_batch_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.import_reject', '');

CREATE FUNCTION @extschema@.dnc_import_start(file text, region text DEFAULT NULL, source text DEFAULT 'import', header boolean DEFAULT true)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    batch bigint;
BEGIN
    IF file IS NULL OR file = '' THEN
        RAISE EXCEPTION 'an import needs the name of its file' USING ERRCODE = 'null_value_not_allowed', HINT = 'It is kept as evidence of where the rows came from.';
    END IF;
    PERFORM dnc.require_known('source', source);
    PERFORM dnc.require_region(region);
    INSERT INTO dnc.import_batch (file, region, source, header, state, started_at, started_by)
        VALUES (file, region, source, coalesce(header, true), 'open', now(), session_user) RETURNING batch_id INTO batch;
    PERFORM set_config('dnc.import_batch', batch::text, false);
    RETURN batch;
END
$$;

-- NULL for text that is no time.
CREATE FUNCTION dnc.try_timestamptz(value text) RETURNS timestamptz LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET DateStyle = 'ISO' AS $$
BEGIN
    -- ISO 8601, so that neither a session's DateStyle nor a word such as yesterday decides.
    RETURN CASE WHEN value ~ '^\s*\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}.*)?$' THEN value::timestamptz END;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION dnc.try_timestamptz(text) IS 'the time that the text spells; NULL if it is none';

CREATE FUNCTION @extschema@.dnc_import_finish(batch bigint)
RETURNS TABLE (rows_read bigint, added bigint, duplicates bigint, rejected bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    b    dnc.import_batch;
    hash bytea;
    same bigint[];
BEGIN
    SELECT * INTO b FROM dnc.import_batch AS x WHERE x.batch_id = batch FOR UPDATE;
    IF b.batch_id IS NULL OR b.state <> 'open' THEN
        RAISE EXCEPTION 'import % is not open', coalesce(batch::text, 'NULL') USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = CASE WHEN b.state IS NULL THEN 'There is no such import.' ELSE format('It is %s.', b.state) END,
            HINT = 'dnc_import_start opens one.';
    END IF;
    -- Hashed in portions, so that no portion outgrows a value however long the file is.
    SELECT sha256(string_agg(portion, NULL ORDER BY n)), coalesce(sum(rows), 0) INTO hash, rows_read FROM (
        SELECT r.n / 10000 AS n, sha256(convert_to(string_agg(r.line, E'\n' ORDER BY r.n), 'UTF8')) AS portion, count(*) AS rows FROM (
            SELECT row_number() OVER (ORDER BY i.row_id) AS n,
                   jsonb_build_array(i.phone, i.channel, i.purpose, i.reason, i.requested_at, i.external_ref, i.taken_by, i.words)::text AS line
            FROM dnc.import_row AS i WHERE i.batch_id = batch) AS r
        GROUP BY r.n / 10000) AS p;
    SELECT array_agg(x.batch_id ORDER BY x.batch_id) INTO same FROM dnc.import_batch AS x
        WHERE x.content_hash = hash AND x.source = b.source AND x.state = 'finished';
    IF same IS NOT NULL THEN
        RAISE NOTICE 'import %: the same contents were imported as %; only what was rejected then can be added', batch, array_to_string(same, ', ');
    END IF;
    CREATE TEMP TABLE dnc_import_work ON COMMIT DROP AS
        SELECT r.*, CASE
                WHEN r.number IS NULL THEN dnc.parse_problem(r.phone, b.region)
                WHEN c.channel IS NULL THEN format('unknown channel "%s"', r.channel)
                WHEN r.purpose IS NOT NULL AND p.purpose IS NULL THEN format('unknown purpose "%s"', r.purpose)
                WHEN k.reason IS NULL THEN format('unknown reason "%s"', r.reason)
                WHEN r.at IS NULL OR NOT isfinite(r.at) THEN format('requested_at is no time: "%s"', left(r.requested_at, 60))
                WHEN r.at > b.started_at THEN 'requested_at lies after the start of the import'
                WHEN length(r.external_ref) > 500 OR length(r.taken_by) > 500 THEN 'external_ref or taken_by has over 500 characters'
            END AS problem
        FROM (SELECT row_number() OVER (ORDER BY i.row_id) + b.header::int AS line, i.row_id, i.phone,
                     dnc.try_parse(i.phone, b.region) AS number,
                     coalesce(nullif(i.channel, ''), 'all') AS channel, nullif(i.purpose, '') AS purpose,
                     coalesce(nullif(i.reason, ''), 'no_contact') AS reason, i.requested_at,
                     CASE WHEN coalesce(i.requested_at, '') = '' THEN b.started_at ELSE dnc.try_timestamptz(i.requested_at) END AS at,
                     nullif(i.external_ref, '') AS external_ref, nullif(i.taken_by, '') AS taken_by, nullif(i.words, '') AS words
              FROM dnc.import_row AS i WHERE i.batch_id = batch) AS r
        LEFT JOIN dnc.channel AS c ON c.channel = r.channel
        LEFT JOIN dnc.purpose AS p ON p.purpose = r.purpose
        LEFT JOIN dnc.reason AS k ON k.reason = r.reason;
    INSERT INTO dnc.import_reject (batch_id, line, phone, reason)
        SELECT batch, w.line, left(w.phone, 250), w.problem FROM pg_temp.dnc_import_work AS w WHERE w.problem IS NOT NULL;
    GET DIAGNOSTICS rejected = ROW_COUNT;
    RAISE NOTICE 'import %: % rows read, % rejected, adding the rest', batch, rows_read, rejected;
    INSERT INTO dnc.entry (entry_id, phone, received_at, channel, purpose, kind, reason, source, request_id, requested_at, recorded_at, taken_by, evidence, external_ref, batch_id)
        SELECT u.id, u.number, b.started_at, u.channel, u.purpose, 'refusal', u.reason, b.source, u.id, u.at, now(), u.taken_by,
               jsonb_strip_nulls(jsonb_build_object('file', b.file, 'line', u.line, 'spelling', left(u.phone, 250), 'words', u.words)), u.external_ref, batch
        FROM (SELECT nextval('dnc.entry_entry_id_seq') AS id, d.* FROM (
            SELECT w.*, row_number() OVER (PARTITION BY w.number::text, w.external_ref, w.channel, w.purpose, w.reason,
                       CASE WHEN w.external_ref IS NULL THEN w.at END ORDER BY w.line) AS repeat
            FROM pg_temp.dnc_import_work AS w WHERE w.problem IS NULL ORDER BY w.line) AS d
        WHERE d.repeat = 1 AND (same IS NULL OR NOT EXISTS (
            SELECT FROM dnc.entry AS e WHERE e.batch_id = ANY (same) AND dnc.same_phone(e.phone, d.number) AND e.ends IS NULL
                AND e.channel = d.channel AND e.purpose IS NOT DISTINCT FROM d.purpose AND e.reason = d.reason))) AS u;
    GET DIAGNOSTICS added = ROW_COUNT;
    duplicates := rows_read - added - rejected;
    DROP TABLE pg_temp.dnc_import_work;
    PERFORM set_config('dnc.import_batch', '', false);
    DELETE FROM dnc.import_row AS i WHERE i.batch_id = batch;
    UPDATE dnc.import_batch AS x SET state = CASE WHEN same IS NOT NULL AND added = 0 THEN 'repeated' ELSE 'finished' END, finished_at = now(), content_hash = hash,
        rows_read = dnc_import_finish.rows_read, rows_added = added, rows_duplicate = duplicates, rows_rejected = rejected
        WHERE x.batch_id = batch;
    RETURN NEXT;
END
$$;

CREATE FUNCTION @extschema@.dnc_import_undo(batch bigint, why text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    b     dnc.import_batch;
    ended bigint;
BEGIN
    SELECT * INTO b FROM dnc.import_batch AS x WHERE x.batch_id = batch FOR UPDATE;
    IF b.batch_id IS NULL OR b.state <> 'finished' THEN
        RAISE EXCEPTION 'import % cannot be undone', coalesce(batch::text, 'NULL') USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = CASE WHEN b.state IS NULL THEN 'There is no such import.' ELSE format('It is %s.', b.state) END, HINT = 'Only a finished import is undone.';
    END IF;
    IF why IS NULL OR btrim(why) = '' THEN
        RAISE EXCEPTION 'undoing an import needs its reason' USING ERRCODE = 'null_value_not_allowed', HINT = 'Say in why what was wrong with the file.';
    END IF;
    INSERT INTO dnc.entry (phone, ends, received_at, channel, purpose, kind, source, request_id, requested_at, recorded_at, evidence, batch_id)
        SELECT e.phone, e.entry_id, now(), e.channel, e.purpose, 'undo', e.source, e.request_id, now(), now(), jsonb_build_object('why', why), batch
        FROM dnc.entry AS e WHERE e.batch_id = batch AND e.ends IS NULL ORDER BY e.entry_id;
    GET DIAGNOSTICS ended = ROW_COUNT;
    UPDATE dnc.import_batch AS x SET state = 'undone', undone_at = now(), undone_why = why WHERE x.batch_id = batch;
    RETURN ended;
END
$$;

COMMENT ON FUNCTION @extschema@.dnc_import_start(text, text, text, boolean) IS 'opens an import in this session and returns its batch; then \copy into dnc.import_row';
COMMENT ON FUNCTION @extschema@.dnc_import_finish(bigint) IS 'adds the rows of an import, all or none; unreadable ones go to dnc.import_reject';
COMMENT ON FUNCTION @extschema@.dnc_import_undo(bigint, text) IS 'ends the entries of this import and of no other; returns how many';
-- 60-check.sql
-- ---------------------------------------------------------------------------
-- The question
-- ---------------------------------------------------------------------------

-- The definition of the answer. A question meets a refusal where their scopes overlap; the refusal holds unless one
-- ending covers all of that (src/rules/scope.rs says why one must). NULL asks about any channel, any purpose. A start of
-- -infinity holds for everybody who sees the row; at a named time before this transaction, from its receipt. To ask about a
-- purpose is to ask about everything below it too.
CREATE FUNCTION dnc.refusals(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz)
RETURNS SETOF dnc.entry LANGUAGE sql STABLE PARALLEL SAFE ROWS 2
BEGIN ATOMIC
    SELECT e.* FROM dnc.entry AS e
    WHERE e.phone OPERATOR(@extschema@.=) refusals.phone AND e.ends IS NULL
      AND (refusals.channel IS NULL OR e.channel IN ('all', refusals.channel))
      AND (refusals.purpose IS NULL OR e.purpose IS NULL OR dnc.covers(e.purpose, refusals.purpose) OR dnc.covers(refusals.purpose, e.purpose))
      AND CASE WHEN e.effective_at = '-infinity' THEN refusals.at IS NULL OR e.received_at <= refusals.at OR refusals.at >= pg_catalog.transaction_timestamp()
               ELSE e.effective_at <= coalesce(refusals.at, pg_catalog.statement_timestamp()) END
      AND e.expires_at > coalesce(refusals.at, pg_catalog.statement_timestamp())
      AND NOT EXISTS (
          SELECT FROM dnc.entry AS w
          WHERE w.phone OPERATOR(@extschema@.=) refusals.phone AND w.ends = e.entry_id
            AND (refusals.at IS NULL OR w.received_at <= refusals.at OR refusals.at >= pg_catalog.transaction_timestamp())
            AND w.channel IN ('all', coalesce(refusals.channel, e.channel))
            AND (w.purpose IS NULL OR dnc.covers(w.purpose, CASE WHEN dnc.covers(refusals.purpose, e.purpose) THEN e.purpose ELSE coalesce(refusals.purpose, e.purpose) END)));
END;
COMMENT ON FUNCTION dnc.refusals(@extschema@.dnc_phone, text, text, timestamptz) IS 'refusals in force that meet the question; NULL for channel or purpose asks about any';

CREATE FUNCTION dnc.refused(e164 text, channel text, purpose text, at timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM dnc.refusals(e164::@extschema@.dnc_phone, channel, purpose, at));
END;
COMMENT ON FUNCTION dnc.refused(text, text, text, timestamptz) IS 'the answer in SQL: what dnc_check gives, slower, and what it falls back on';

CREATE FUNCTION @extschema@.dnc_check(phone @extschema@.dnc_phone, channel text DEFAULT 'voice', purpose text DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_check_phone_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 100;
CREATE FUNCTION @extschema@.dnc_check(phone text, channel text DEFAULT 'voice', purpose text DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_check_text_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 105;

-- Inlined into the query that calls it.
CREATE FUNCTION @extschema@.dnc_is_clear(phone @extschema@.dnc_phone, channel text DEFAULT 'voice', purpose text DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_check(phone, channel, purpose, at) IS FALSE;
CREATE FUNCTION @extschema@.dnc_is_clear(phone text, channel text DEFAULT 'voice', purpose text DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_check(phone, channel, purpose, at) IS FALSE;

COMMENT ON FUNCTION @extschema@.dnc_check(@extschema@.dnc_phone, text, text, timestamptz)
    IS 'true: do not contact; NULL: not known, do not contact; false: nothing recorded forbids it';
COMMENT ON FUNCTION @extschema@.dnc_check(text, text, text, timestamptz)
    IS 'true: do not contact; NULL: unreadable or not known, do not contact; false: nothing recorded forbids it; national spellings are read in dnc.default_region';
COMMENT ON FUNCTION @extschema@.dnc_is_clear(@extschema@.dnc_phone, text, text, timestamptz)
    IS 'true only where dnc_check is false; never NULL: for views, guards and conditions';
COMMENT ON FUNCTION @extschema@.dnc_is_clear(text, text, text, timestamptz)
    IS 'true only where dnc_check is false; never NULL: for views, guards and conditions';

-- ---------------------------------------------------------------------------
-- The answer's grounds
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.require_scope(channel text, purpose text, at timestamptz) RETURNS void LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT @extschema@.dnc_check(NULL::@extschema@.dnc_phone, channel, purpose, at);
END;
COMMENT ON FUNCTION dnc.require_scope(text, text, timestamptz) IS 'raises for an unknown channel or purpose, and for a time that is none';

CREATE FUNCTION @extschema@.dnc_explain(phone @extschema@.dnc_phone, channel text DEFAULT 'voice', purpose text DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS TABLE (ground text, list text, entry bigint, scope_channel text, scope_purpose text, reason text, source text, since timestamptz, until timestamptz, rule text, citation text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 2 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    asked_channel text := nullif(dnc_explain.channel, 'all');
    asked_purpose text := coalesce(dnc_explain.purpose, nullif(current_setting('dnc.purpose', true), ''));
BEGIN
    -- Raises for an unknown channel or purpose, as the check does.
    PERFORM dnc.require_scope(dnc_explain.channel, dnc_explain.purpose, dnc_explain.at);
    IF dnc_explain.phone IS NULL THEN
        RETURN QUERY SELECT 'unreadable'::text, NULL::text, NULL::bigint, NULL::text, NULL::text, NULL::text, NULL::text,
            NULL::timestamptz, NULL::timestamptz, 'What cannot be read as a number is not contacted.'::text, NULL::text;
        RETURN;
    END IF;
    RETURN QUERY
        SELECT 'refusal'::text, 'internal'::text, e.entry_id, e.channel, e.purpose, e.reason, e.source,
               CASE WHEN e.effective_at = '-infinity' THEN e.received_at ELSE e.effective_at END, nullif(e.expires_at, 'infinity'),
               'A request not to be contacted is honoured until the person withdraws it.'::text, NULL::text
        FROM dnc.refusals(dnc_explain.phone, asked_channel, asked_purpose, dnc_explain.at) AS e ORDER BY e.entry_id;
END
$$;
CREATE FUNCTION @extschema@.dnc_explain(phone text, channel text DEFAULT 'voice', purpose text DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS TABLE (ground text, list text, entry bigint, scope_channel text, scope_purpose text, reason text, source text, since timestamptz, until timestamptz, rule text, citation text)
LANGUAGE sql STABLE ROWS 2
BEGIN ATOMIC
    SELECT * FROM @extschema@.dnc_explain(@extschema@.dnc_try_parse(phone), channel, purpose, at);
END;
COMMENT ON FUNCTION @extschema@.dnc_explain(@extschema@.dnc_phone, text, text, timestamptz) IS 'every ground of what dnc_check answers, a row each; no row: nothing recorded forbids the contact';
COMMENT ON FUNCTION @extschema@.dnc_explain(text, text, text, timestamptz) IS 'every ground of what dnc_check answers, a row each; no row: nothing recorded forbids the contact';

-- Columns of views made by dnc_create_view(…, mode => 'flag').
CREATE FUNCTION @extschema@.dnc_status(phone @extschema@.dnc_phone, channel text DEFAULT 'voice', purpose text DEFAULT NULL) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE @extschema@.dnc_check(phone, channel, purpose) WHEN true THEN 'suppressed' WHEN false THEN 'clear' ELSE 'unreadable' END;
CREATE FUNCTION @extschema@.dnc_grounds(phone @extschema@.dnc_phone, channel text DEFAULT 'voice', purpose text DEFAULT NULL) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT string_agg(DISTINCT reason, ', ' ORDER BY reason) FROM @extschema@.dnc_explain(phone, channel, purpose) WHERE ground <> 'unreadable';
END;
CREATE FUNCTION @extschema@.dnc_lists(phone @extschema@.dnc_phone, channel text DEFAULT 'voice', purpose text DEFAULT NULL) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT string_agg(DISTINCT list, ', ' ORDER BY list) FROM @extschema@.dnc_explain(phone, channel, purpose) WHERE ground <> 'unreadable';
END;
COMMENT ON FUNCTION @extschema@.dnc_status(@extschema@.dnc_phone, text, text) IS 'clear, suppressed or unreadable';
COMMENT ON FUNCTION @extschema@.dnc_grounds(@extschema@.dnc_phone, text, text) IS 'reasons of the refusals that hold, comma-separated; NULL where none does';
COMMENT ON FUNCTION @extschema@.dnc_lists(@extschema@.dnc_phone, text, text) IS 'lists whose refusals hold, comma-separated; NULL where none does';

-- ---------------------------------------------------------------------------
-- The list, read
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_history(phone @extschema@.dnc_phone)
RETURNS TABLE (entry bigint, event text, ends bigint, channel text, purpose text, reason text, source text, taken_by text, requested_at timestamptz,
               received_at timestamptz, recorded_at timestamptz, effective_at timestamptz, expires_at timestamptz, due_at timestamptz, evidence jsonb,
               external_ref text, request bigint, corrects bigint, recorded_by text, actor text)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 5 SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT e.entry_id, e.kind, e.ends, e.channel, e.purpose, e.reason, e.source, e.taken_by, e.requested_at, e.received_at, e.recorded_at,
           nullif(e.effective_at, '-infinity'), nullif(e.expires_at, 'infinity'), e.due_at, e.evidence, e.external_ref, e.request_id, e.corrects,
           l.effective_role, l.actor
    FROM dnc.entry AS e LEFT JOIN dnc.audit_log AS l ON l.seq = e.audit_seq
    WHERE e.phone OPERATOR(@extschema@.=) dnc_history.phone
    ORDER BY e.recorded_at, e.entry_id;
END;
CREATE FUNCTION @extschema@.dnc_history(phone text)
RETURNS TABLE (entry bigint, event text, ends bigint, channel text, purpose text, reason text, source text, taken_by text, requested_at timestamptz,
               received_at timestamptz, recorded_at timestamptz, effective_at timestamptz, expires_at timestamptz, due_at timestamptz, evidence jsonb,
               external_ref text, request bigint, corrects bigint, recorded_by text, actor text)
LANGUAGE sql STABLE ROWS 5
BEGIN ATOMIC
    SELECT * FROM @extschema@.dnc_history(@extschema@.dnc_parse(phone));
END;
COMMENT ON FUNCTION @extschema@.dnc_history(@extschema@.dnc_phone) IS 'requests and endings of a number, in the order in which they were recorded';
COMMENT ON FUNCTION @extschema@.dnc_history(text) IS 'requests and endings of a number, in the order in which they were recorded';

CREATE VIEW dnc.suppressed AS
    SELECT e.phone::text AS e164,
           pg_catalog.array_agg(DISTINCT e.channel) AS channels,
           pg_catalog.array_agg(DISTINCT coalesce(e.purpose, '*')) AS purposes,
           pg_catalog.array_agg(DISTINCT e.reason) AS reasons,
           pg_catalog.array_agg(DISTINCT e.source) AS sources,
           pg_catalog.min(CASE WHEN e.effective_at = '-infinity' THEN e.received_at ELSE e.effective_at END) AS since,
           pg_catalog.count(*) AS entries
    FROM dnc.entry AS e
    WHERE e.ends IS NULL
      AND e.effective_at <= pg_catalog.statement_timestamp() AND e.expires_at > pg_catalog.statement_timestamp()
      AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND w.channel IN ('all', e.channel)
                        AND (w.purpose IS NULL OR dnc.covers(w.purpose, e.purpose)))
    GROUP BY e.phone;
COMMENT ON VIEW dnc.suppressed IS 'numbers with internal entries in force now, a row each: for analysis; to leave people out use dnc_is_clear or a view made by dnc_create_view';
COMMENT ON COLUMN dnc.suppressed.purposes IS 'refused purposes; * is every purpose';
-- 70-guard.sql
-- ---------------------------------------------------------------------------
-- Guards on the CRM's own tables
-- ---------------------------------------------------------------------------
-- Everything that runs a statement on a caller's table runs with the caller's rights. The trigger functions read the row
-- they are given and the extension's own tables, nothing else.

CREATE FUNCTION @extschema@.dnc_guard() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_guard_row' LANGUAGE c;
CREATE FUNCTION @extschema@.dnc_guard_commit() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_guard_commit' LANGUAGE c;
COMMENT ON FUNCTION @extschema@.dnc_guard() IS 'trigger of guarded tables; dnc_attach sets it up';
COMMENT ON FUNCTION @extschema@.dnc_guard_commit() IS 'deferred trigger of guarded tables; dnc_attach sets it up';

CREATE TABLE dnc.guard_event (
    event_id    bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    happened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    relation    text        NOT NULL,
    column_name text        NOT NULL,
    operation   text        NOT NULL CHECK (operation IN ('INSERT', 'UPDATE')),
    action      text        NOT NULL CHECK (action IN ('skip', 'flag')),
    e164        text,
    spelling    text,
    ground      text        NOT NULL CHECK (ground IN ('suppressed', 'unreadable')),
    role_name   text        NOT NULL,
    actor       text,
    CHECK ((ground = 'unreadable') = (e164 IS NULL))
);
CREATE INDEX guard_event_e164 ON dnc.guard_event (e164) WHERE e164 IS NOT NULL;
COMMENT ON SEQUENCE dnc.guard_event_event_id_seq IS 'numbers guard events';
COMMENT ON TABLE dnc.guard_event IS 'rows that guards skipped or flagged';
COMMENT ON COLUMN dnc.guard_event.spelling IS 'what could not be read, 100 bytes at most';
SELECT pg_catalog.pg_extension_config_dump('dnc.guard_event', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.guard_event_event_id_seq', '');

-- Checks that a relation has these columns and that they can be read, and gives for each an expression of type dnc_phone.
CREATE FUNCTION dnc.phone_expressions(relation regclass, phone_columns text[], region text, region_column text)
RETURNS text[] LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    wanted text;
    kind   regtype;
    out    text[] := '{}';
    phone  CONSTANT regtype := '@extschema@.dnc_phone';
    texts  CONSTANT regtype[] := '{text,varchar,bpchar}';
BEGIN
    IF relation IS NULL OR phone_columns IS NULL OR cardinality(phone_columns) = 0 THEN
        RAISE EXCEPTION 'a table and at least one phone column must be given' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF region IS NOT NULL AND region_column IS NOT NULL THEN
        RAISE EXCEPTION 'both a region and a region column are given' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Give region_column where rows differ, region where they do not.';
    END IF;
    PERFORM @extschema@.dnc_parse('+14155552671', region); -- raises for an unknown region
    FOREACH wanted IN ARRAY phone_columns || CASE WHEN region_column IS NULL THEN '{}'::text[] ELSE ARRAY[region_column] END LOOP
        SELECT coalesce(nullif(t.typbasetype, 0), t.oid)::regtype INTO kind FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
            WHERE a.attrelid = relation AND a.attname = wanted AND a.attnum > 0 AND NOT a.attisdropped;
        IF kind IS NULL THEN
            RAISE EXCEPTION 'column "%" of % does not exist', wanted, relation USING ERRCODE = 'undefined_column',
                DETAIL = (SELECT format('The columns are %s.', string_agg(a.attname, ', ' ORDER BY a.attnum)) FROM pg_attribute AS a
                          WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped),
                HINT = 'Names are compared exactly, upper and lower case included.';
        END IF;
        IF NOT (kind = ANY (texts) OR kind = phone AND wanted IS DISTINCT FROM region_column) THEN
            RAISE EXCEPTION 'column "%" of % has type %', wanted, relation, kind USING ERRCODE = 'datatype_mismatch',
                DETAIL = 'A phone column is dnc_phone or text, a region column is text.',
                HINT = 'A generated column can hold the number: phone dnc_phone GENERATED ALWAYS AS (dnc_try_parse(…)) STORED.';
        END IF;
        CONTINUE WHEN wanted IS NOT DISTINCT FROM region_column AND NOT wanted = ANY (phone_columns);
        IF kind = phone THEN
            out := out || format('r.%I', wanted);
        ELSIF region IS NULL AND region_column IS NULL THEN
            RAISE EXCEPTION 'column "%" of % is text, and no region is given to read it by', wanted, relation USING ERRCODE = 'invalid_parameter_value',
                DETAIL = 'A national spelling means another number in each country.',
                HINT = 'Give region => ''US'' or region_column => ''country''.';
        ELSE
            out := out || format('@extschema@.dnc_try_parse(r.%I::text, %s)', wanted,
                CASE WHEN region_column IS NULL THEN quote_literal(region) ELSE format('r.%I::text', region_column) END);
        END IF;
    END LOOP;
    RETURN out;
END
$$;
COMMENT ON FUNCTION dnc.phone_expressions(regclass, text[], text, text) IS 'expressions of type dnc_phone for the phone columns of relation r; raises for columns that cannot be read';

-- The condition under which a row of relation r may be contacted: some number there, and none refused or unreadable.
CREATE FUNCTION dnc.clear_condition(relation regclass, phone_columns text[], region text, region_column text, channel text, purpose text)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    numbers text[] := dnc.phone_expressions(relation, phone_columns, region, region_column);
    asked   text := format('%L%s', channel, CASE WHEN purpose IS NULL THEN '' ELSE format(', %L', purpose) END);
BEGIN
    -- Raises for an unknown channel or purpose.
    PERFORM @extschema@.dnc_check(NULL::@extschema@.dnc_phone, channel, purpose);
    IF cardinality(numbers) = 1 THEN
        RETURN format('@extschema@.dnc_is_clear(%s, %s)', numbers[1], asked);
    END IF;
    RETURN (SELECT format('(%s) AND (%s)',
                string_agg(format('%s OR @extschema@.dnc_is_clear(%s, %s)', dnc.blank(relation, phone_columns[i]), numbers[i], asked), ') AND (' ORDER BY i),
                string_agg(format('NOT (%s)', dnc.blank(relation, phone_columns[i])), ' OR ' ORDER BY i))
            FROM generate_subscripts(numbers, 1) AS i);
END
$$;
COMMENT ON FUNCTION dnc.clear_condition(regclass, text[], text, text, text, text) IS 'condition under which a row of relation r may be contacted';

CREATE FUNCTION dnc.blank(relation regclass, column_name text) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN coalesce(nullif(t.typbasetype, 0), t.oid) = '@extschema@.dnc_phone'::regtype THEN format('r.%I IS NULL', a.attname)
                ELSE format('r.%1$I IS NULL OR pg_catalog.btrim(r.%1$I::text, E'' \t\n\r\f\v'') OPERATOR(pg_catalog.=) ''''', a.attname) END
    FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid WHERE a.attrelid = relation AND a.attname = column_name;
END;
COMMENT ON FUNCTION dnc.blank(regclass, text) IS 'condition under which a phone column of relation r holds no number at all';

CREATE FUNCTION dnc.guard_name(prefix text, channel text) RETURNS name LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
    RETURN prefix || CASE WHEN length(channel) > 30 THEN left(channel, 20) || '_' || left(md5(channel), 8) ELSE coalesce(channel, 'all') END;
COMMENT ON FUNCTION dnc.guard_name(text, text) IS 'name of a guard''s trigger for a channel';

CREATE FUNCTION @extschema@.dnc_attach(
    relation regclass, phone_columns text[], channel text DEFAULT 'voice', purpose text DEFAULT NULL,
    region text DEFAULT NULL, region_column text DEFAULT NULL, mode text DEFAULT 'reject', flag_column text DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    condition text;
    arguments text;
    name      text := dnc.guard_name('zz_dnc_guard_', channel);
    kind      "char";
    generated text;
    flag_type regtype;
    found     bigint;
BEGIN
    condition := dnc.clear_condition(relation, phone_columns, region, region_column, channel, purpose);
    SELECT c.relkind INTO kind FROM pg_class AS c WHERE c.oid = relation;
    IF kind NOT IN ('r', 'p') THEN
        RAISE EXCEPTION '% is no table', relation USING ERRCODE = 'wrong_object_type', HINT = 'Guard the table behind it.';
    END IF;
    IF kind = 'r' AND EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhparent = relation) THEN
        RAISE EXCEPTION 'other tables inherit from %', relation USING ERRCODE = 'wrong_object_type',
            DETAIL = 'A row inserted into one of them would not be looked at.', HINT = 'Guard each of the tables that hold rows.';
    END IF;
    IF kind = 'p' AND mode = 'skip' THEN
        RAISE EXCEPTION 'mode skip is not for partitioned tables' USING ERRCODE = 'feature_not_supported',
            DETAIL = 'An UPDATE that moves a row to another partition deletes it first; skipping its insertion would lose it.', HINT = 'Use reject or flag.';
    END IF;
    IF flag_column = ANY (phone_columns) THEN
        RAISE EXCEPTION 'the flag cannot stand in a phone column' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF mode IS NULL OR mode NOT IN ('reject', 'skip', 'flag') THEN
        RAISE EXCEPTION 'unknown mode "%"', mode USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'reject raises an error, skip leaves the row out, flag stores it marked.';
    END IF;
    SELECT a.attname INTO generated FROM pg_attribute AS a
        WHERE a.attrelid = relation AND a.attname = ANY (phone_columns || region_column) AND a.attgenerated <> '' LIMIT 1;
    IF generated IS NOT NULL THEN
        RAISE EXCEPTION 'column "%" of % is generated', generated, relation USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'A guard sees the row before generated columns are computed.',
            HINT = 'Guard the column from which it is generated.';
    END IF;
    IF (mode = 'flag') <> (flag_column IS NOT NULL) THEN
        RAISE EXCEPTION 'mode flag and flag_column go together' USING ERRCODE = 'invalid_parameter_value',
            HINT = 'The flag column is boolean (true: do not contact) or text (clear, suppressed, unreadable).';
    END IF;
    IF flag_column IS NOT NULL THEN
        SELECT coalesce(nullif(t.typbasetype, 0), t.oid)::regtype INTO flag_type FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
            WHERE a.attrelid = relation AND a.attname = flag_column AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '';
        IF flag_type IS NULL OR flag_type NOT IN ('boolean', 'text') THEN
            RAISE EXCEPTION 'column "%" of % cannot hold the flag', flag_column, relation USING ERRCODE = 'datatype_mismatch',
                DETAIL = coalesce(format('Its type is %s.', flag_type), 'There is no such column, or it is generated.'),
                HINT = 'The flag column is boolean (true: do not contact) or text (clear, suppressed, unreadable).';
        END IF;
    END IF;
    IF EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = relation AND t.tgname = name) THEN
        RAISE EXCEPTION '% is guarded for channel % already', relation, coalesce(channel, 'all') USING ERRCODE = 'duplicate_object',
            HINT = 'Call dnc_detach first; a table has one guard a channel.';
    END IF;
    SELECT string_agg(quote_literal(coalesce(x, '')), ', ' ORDER BY n) INTO arguments
        FROM unnest(ARRAY[mode, nullif(channel, 'all'), purpose, region, region_column, flag_column] || phone_columns) WITH ORDINALITY AS u(x, n);
    EXECUTE format('CREATE TRIGGER %I BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION @extschema@.dnc_guard(%s)', name, relation, arguments);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', relation, name);
    IF mode <> 'flag' THEN
        EXECUTE format('CREATE CONSTRAINT TRIGGER %I AFTER INSERT OR UPDATE ON %s DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION @extschema@.dnc_guard_commit(%s)',
            dnc.guard_name('zz_dnc_commit_', channel), relation, arguments);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', relation, dnc.guard_name('zz_dnc_commit_', channel));
    END IF;
    EXECUTE format('SELECT count(*) FROM %s AS r WHERE NOT (%s) AND NOT (%s)', relation, condition,
        (SELECT string_agg(format('(%s)', dnc.blank(relation, x)), ' AND ') FROM unnest(phone_columns) AS x)) INTO found;
    IF found > 0 THEN
        RAISE NOTICE '% row(s) of % hold a refused or unreadable number already; none was changed', found, relation;
    END IF;
    RETURN found;
END
$$;
CREATE FUNCTION @extschema@.dnc_attach(
    relation regclass, phone_column text, channel text DEFAULT 'voice', purpose text DEFAULT NULL,
    region text DEFAULT NULL, region_column text DEFAULT NULL, mode text DEFAULT 'reject', flag_column text DEFAULT NULL
) RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_attach(relation, ARRAY[phone_column], channel, purpose, region, region_column, mode, flag_column);
END;

CREATE FUNCTION @extschema@.dnc_detach(relation regclass, channel text DEFAULT NULL) RETURNS integer LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    name    text;
    dropped integer := 0;
BEGIN
    FOR name IN SELECT t.tgname FROM pg_trigger AS t
                WHERE t.tgrelid = relation AND t.tgparentid = 0
                  AND t.tgfoid IN ('@extschema@.dnc_guard()'::regprocedure, '@extschema@.dnc_guard_commit()'::regprocedure)
                  AND (channel IS NULL OR t.tgname IN (dnc.guard_name('zz_dnc_guard_', channel), dnc.guard_name('zz_dnc_commit_', channel))) ORDER BY 1 LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', name, relation);
        dropped := dropped + (name LIKE 'zz\_dnc\_guard\_%')::int;
    END LOOP;
    IF dropped = 0 THEN
        RAISE NOTICE '% has no such guard', relation;
    END IF;
    RETURN dropped;
END
$$;

COMMENT ON FUNCTION @extschema@.dnc_attach(regclass, text[], text, text, text, text, text, text)
    IS 'guards a table: rows with a refused or unreadable number are rejected, skipped or flagged; returns how many such rows are there already';
COMMENT ON FUNCTION @extschema@.dnc_attach(regclass, text, text, text, text, text, text, text)
    IS 'guards a table: rows with a refused or unreadable number are rejected, skipped or flagged; returns how many such rows are there already';
COMMENT ON FUNCTION @extschema@.dnc_detach(regclass, text) IS 'takes the guards off a table, of one channel or of all; returns how many';

CREATE VIEW dnc.attachment AS
    SELECT t.tgrelid::pg_catalog.regclass AS relation, a[1] AS mode, coalesce(nullif(a[2], ''), 'all') AS channel, nullif(a[3], '') AS purpose,
           nullif(a[4], '') AS region, nullif(a[5], '') AS region_column, nullif(a[6], '') AS flag_column, a[7:pg_catalog.array_length(a, 1) - 1] AS phone_columns,
           t.tgenabled = 'A' AS always
    FROM pg_catalog.pg_trigger AS t
    CROSS JOIN LATERAL (SELECT pg_catalog.string_to_array(pg_catalog.encode(t.tgargs, 'escape'), '\000')) AS x(a)
    WHERE t.tgfoid = '@extschema@.dnc_guard()'::pg_catalog.regprocedure AND t.tgparentid = 0;
COMMENT ON VIEW dnc.attachment IS 'guarded tables, as their triggers say';

CREATE FUNCTION @extschema@.dnc_coverage() RETURNS TABLE (relation regclass, column_name text, column_type text, guarded boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT c.oid::regclass, a.attname::text, format_type(a.atttypid, a.atttypmod),
           EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgfoid = '@extschema@.dnc_guard()'::regprocedure
                     AND a.attname = ANY ((string_to_array(encode(t.tgargs, 'escape'), '\000'))[7:]))
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid JOIN pg_type AS y ON y.oid = a.atttypid
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
      AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'dnc'::regnamespace)
      AND c.relpersistence <> 't'
      AND (y.oid = '@extschema@.dnc_phone'::regtype
           OR y.typcategory = 'S' AND a.attname ~* '(phone|mobile|msisdn|cellular|telefon|^(tel|cell|fax|gsm|whatsapp)([_0-9]|$)|_(tel|cell|fax|gsm)([_0-9]|$))')
    ORDER BY 4, 1, 2;
END;
COMMENT ON FUNCTION @extschema@.dnc_coverage() IS 'columns that look like telephone numbers, those that nothing guards first';
-- 75-view.sql
-- ---------------------------------------------------------------------------
-- Views of the CRM's tables without, or with a mark on, those who must not be contacted
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_create_view(
    view_name text, source regclass, phone_columns text[], channel text DEFAULT 'voice', purpose text DEFAULT NULL,
    region text DEFAULT NULL, region_column text DEFAULT NULL, mode text DEFAULT 'exclude', readers text[] DEFAULT '{}', replace boolean DEFAULT false
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    parts     text[] := parse_ident(view_name);
    name      text;
    numbers   text[] := dnc.phone_expressions(source, phone_columns, region, region_column);
    condition text := dnc.clear_condition(source, phone_columns, region, region_column, channel, purpose);
    asked     text := format('%L%s', channel, CASE WHEN purpose IS NULL THEN '' ELSE format(', %L', purpose) END);
    shown     text;
    flags     text;
    reader    text;
    counts    record;
BEGIN
    IF mode IS NULL OR mode NOT IN ('exclude', 'flag', 'mask') THEN
        RAISE EXCEPTION 'unknown mode "%"', mode USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'exclude leaves rows out, flag adds columns dnc_status, dnc_grounds and dnc_lists, mask blanks the number.';
    END IF;
    IF cardinality(parts) > 2 THEN
        RAISE EXCEPTION '"%" is no name for a view', view_name USING ERRCODE = 'invalid_name', HINT = 'Write view or schema.view.';
    END IF;
    -- Without a schema the view goes beside its source, whatever the caller's search_path.
    name := CASE WHEN cardinality(parts) = 2 THEN format('%I.%I', parts[1], parts[2])
            ELSE format('%I.%I', (SELECT n.nspname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = source), parts[1]) END;
    SELECT string_agg(CASE WHEN mode = 'mask' AND a.attname = ANY (phone_columns)
                THEN format('CASE WHEN @extschema@.dnc_is_clear(%s, %s) THEN r.%I END AS %I', numbers[array_position(phone_columns, a.attname::text)], asked, a.attname, a.attname)
                ELSE format('r.%I', a.attname) END, ', ' ORDER BY a.attnum)
        INTO shown FROM pg_attribute AS a WHERE a.attrelid = source AND a.attnum > 0 AND NOT a.attisdropped;
    IF mode = 'flag' THEN
        -- First, so that columns the table gains later can be added behind.
        SELECT format('CASE WHEN %s THEN ''suppressed'' WHEN %s THEN ''clear'' ELSE ''unreadable'' END AS dnc_status, nullif(concat_ws('', '', %s), '''') AS dnc_grounds, nullif(concat_ws('', '', %s), '''') AS dnc_lists, ',
                   string_agg(format('@extschema@.dnc_check(%s, %s)', numbers[i], asked), ' OR ' ORDER BY i),
                   condition,
                   string_agg(format('CASE WHEN @extschema@.dnc_check(%1$s, %2$s) THEN @extschema@.dnc_grounds(%1$s, %2$s) END', numbers[i], asked), ', ' ORDER BY i),
                   string_agg(format('CASE WHEN @extschema@.dnc_check(%1$s, %2$s) THEN @extschema@.dnc_lists(%1$s, %2$s) END', numbers[i], asked), ', ' ORDER BY i))
            INTO flags FROM generate_subscripts(numbers, 1) AS i;
    END IF;
    EXECUTE format('CREATE %sVIEW %s AS SELECT %s%s FROM %s AS r%s', CASE WHEN replace THEN 'OR REPLACE ' ELSE '' END, name,
        coalesce(flags, ''), shown, source, CASE WHEN mode = 'exclude' THEN ' WHERE ' || condition ELSE '' END);
    EXECUTE format('COMMENT ON VIEW %s IS %L', name, 'dnc_create_view ' || jsonb_build_object('source', source::text, 'phone_columns', phone_columns,
        'channel', channel, 'purpose', purpose, 'region', region, 'region_column', region_column, 'mode', mode)::text);
    FOREACH reader IN ARRAY coalesce(readers, '{}') LOOP
        EXECUTE format('GRANT SELECT ON %s TO %s', name, CASE WHEN reader = 'public' THEN 'PUBLIC' ELSE quote_ident(reader) END);
        IF has_function_privilege('@extschema@.dnc_grant(text, text)', 'EXECUTE') THEN
            EXECUTE 'SELECT @extschema@.dnc_grant(''reader'', $1)' USING reader;
        ELSE
            RAISE NOTICE 'role % may select from % but may not yet run the checks in it', reader, name
                USING HINT = format('The extension''s owner calls dnc_grant(''reader'', %L).', reader);
        END IF;
    END LOOP;
    EXECUTE format('SELECT coalesce(sum(n), 0) AS numbers, coalesce(sum(o), 0) AS readable, count(*) AS rows, count(*) FILTER (WHERE c) AS clear FROM (SELECT %s AS n, %s AS o, %s AS c FROM %s AS r) AS x',
        (SELECT string_agg(format('(NOT (%s))::int', dnc.blank(source, x)), ' + ') FROM unnest(phone_columns) AS x),
        (SELECT string_agg(format('(%s IS NOT NULL)::int', x), ' + ') FROM unnest(numbers) AS x), condition, source) INTO counts;
    RAISE NOTICE 'view %: % of % numbers are readable, % of % rows are clear', name, counts.readable, counts.numbers, counts.clear, counts.rows;
END
$$;
CREATE FUNCTION @extschema@.dnc_create_view(
    view_name text, source regclass, phone_column text, channel text DEFAULT 'voice', purpose text DEFAULT NULL,
    region text DEFAULT NULL, region_column text DEFAULT NULL, mode text DEFAULT 'exclude', readers text[] DEFAULT '{}', replace boolean DEFAULT false
) RETURNS void LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_create_view(view_name, source, ARRAY[phone_column], channel, purpose, region, region_column, mode, readers, replace);
END;

CREATE FUNCTION @extschema@.dnc_refresh_view(view regclass) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made jsonb;
BEGIN
    made := substr(obj_description(view, 'pg_class'), length('dnc_create_view ') + 1)::jsonb;
    IF made IS NULL OR obj_description(view, 'pg_class') NOT LIKE 'dnc\_create\_view %' THEN
        RAISE invalid_text_representation;
    END IF;
    PERFORM @extschema@.dnc_create_view(format('%I.%I', n.nspname, c.relname), (made ->> 'source')::regclass,
            ARRAY(SELECT jsonb_array_elements_text(made -> 'phone_columns')), made ->> 'channel', made ->> 'purpose',
            made ->> 'region', made ->> 'region_column', made ->> 'mode', replace => true)
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = view;
EXCEPTION WHEN invalid_text_representation THEN
    RAISE EXCEPTION '% was not made by dnc_create_view, or its comment was changed', view USING ERRCODE = 'object_not_in_prerequisite_state',
        DETAIL = 'The comment of such a view tells how it was made.',
        HINT = 'Call dnc_create_view(…, replace => true).';
END
$$;

COMMENT ON FUNCTION @extschema@.dnc_create_view(text, regclass, text[], text, text, text, text, text, text[], boolean)
    IS 'makes a view of a table that leaves out (exclude), marks (flag) or blanks (mask) numbers that must not be contacted';
COMMENT ON FUNCTION @extschema@.dnc_create_view(text, regclass, text, text, text, text, text, text, text[], boolean)
    IS 'makes a view of a table that leaves out (exclude), marks (flag) or blanks (mask) numbers that must not be contacted';
COMMENT ON FUNCTION @extschema@.dnc_refresh_view(regclass) IS 'makes a view of dnc_create_view anew, with columns that its table has gained';
-- 80-health.sql
-- ---------------------------------------------------------------------------
-- Whether everything that must be in force is
-- ---------------------------------------------------------------------------

-- Triggers of the extension that do not fire always. DISABLE TRIGGER ALL followed by ENABLE TRIGGER ALL, as
-- pg_restore --disable-triggers does, leaves them ordinary.
CREATE VIEW dnc.weak_trigger AS
    SELECT t.tgrelid::pg_catalog.regclass AS relation, t.tgname::text AS trigger_name, t.tgenabled AS enabled
    FROM pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND t.tgenabled <> 'A'
      AND (c.relnamespace = 'dnc'::pg_catalog.regnamespace
           OR t.tgfoid OPERATOR(pg_catalog.=) ANY (ARRAY['@extschema@.dnc_guard()'::pg_catalog.regprocedure, '@extschema@.dnc_guard_commit()'::pg_catalog.regprocedure]::pg_catalog.oid[]));
COMMENT ON VIEW dnc.weak_trigger IS 'triggers of the extension that are off, or not on always';

CREATE FUNCTION dnc.unlogged(relation text, key_column text) RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM dnc.%1$I AS r LEFT JOIN dnc.audit_log AS l ON l.seq = r.audit_seq AND l.relation = %1$L AND l.row_key = r.%2$I::text AND l.operation <> ''DELETE''
        LEFT JOIN dnc.audit_data AS d ON d.seq = l.seq WHERE NOT coalesce(dnc.row_matches(d.after, r), false)%3$s', relation, key_column,
        CASE WHEN relation IN ('channel', 'reason', 'source') THEN ' AND NOT r.builtin' ELSE '' END) INTO n;
    RETURN n;
END
$$;
COMMENT ON FUNCTION dnc.unlogged(text, text) IS 'how many rows of an audited table the log does not describe';

CREATE FUNCTION @extschema@.dnc_health() RETURNS TABLE (subject text, healthy boolean, detail text, remedy text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found text;
    n     bigint;
BEGIN
    SELECT string_agg(format('%s: %s (%s)', w.relation, w.trigger_name, w.enabled), ', ' ORDER BY 1), count(*) INTO found, n FROM dnc.weak_trigger AS w;
    RETURN QUERY SELECT 'triggers'::text, n = 0, coalesce(found, 'all fire always'), CASE WHEN n > 0 THEN 'dnc_repair_triggers()' END;

    SELECT string_agg(c.relname, ', ' ORDER BY 1) INTO found FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
        WHERE c.relnamespace = 'dnc'::regnamespace AND NOT (i.indisvalid AND i.indisready AND i.indislive);
    IF to_regclass('dnc.entry_phone') IS NULL THEN
        found := concat_ws(', ', found, 'entry_phone is missing');
    END IF;
    RETURN QUERY SELECT 'indexes'::text, found IS NULL, coalesce('not valid: ' || found, 'all valid'),
        CASE WHEN found IS NOT NULL THEN 'REINDEX INDEX, or CREATE INDEX entry_phone ON dnc.entry (phone); until then checks are slow, not wrong' END;

    n := dnc.unlogged('entry', 'entry_id') + dnc.unlogged('purpose', 'purpose') + dnc.unlogged('channel', 'channel') + dnc.unlogged('reason', 'reason')
        + dnc.unlogged('source', 'source') + dnc.unlogged('import_batch', 'batch_id');
    RETURN QUERY SELECT 'rows in the log'::text, n = 0, CASE WHEN n = 0 THEN 'the log describes every row' ELSE format('the log does not describe %s rows', n) END,
        CASE WHEN n > 0 THEN 'find out who wrote past the triggers, or what was changed in a dump' END;

    SELECT count(*) INTO n FROM dnc.entry AS e WHERE NOT EXISTS (SELECT FROM dnc.channel AS c WHERE c.channel = e.channel)
        OR NOT EXISTS (SELECT FROM dnc.source AS s WHERE s.source = e.source) OR e.reason IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.reason AS r WHERE r.reason = e.reason)
        OR e.purpose IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.purpose AS p WHERE p.purpose = e.purpose)
        OR e.ends IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.entry AS x WHERE x.entry_id = e.ends AND dnc.same_phone(x.phone, e.phone));
    RETURN QUERY SELECT 'references'::text, n = 0, CASE WHEN n = 0 THEN 'every name and entry that is referred to is there' ELSE format('%s entries refer to what is not there', n) END,
        CASE WHEN n > 0 THEN 'insert the missing channel, purpose, reason or source; an ending of nothing ends nothing' END;

    SELECT count(*) INTO n FROM dnc.audit_log AS l WHERE l.loaded;
    RETURN QUERY SELECT 'loaded log rows'::text, true, format('%s log rows came from a restore or by hand', n), NULL::text;

    RETURN QUERY SELECT 'open imports'::text, count(*) = 0, CASE WHEN count(*) = 0 THEN 'none older than a day' ELSE format('open for over a day: %s', string_agg(b.batch_id::text, ', ')) END,
        CASE WHEN count(*) > 0 THEN 'dnc_import_finish(batch): until then its numbers are not on the list' END
        FROM dnc.import_batch AS b WHERE b.state = 'open' AND b.started_at < now() - interval '1 day';
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_health() IS 'what must be in force, and whether it is; a row a subject';

CREATE FUNCTION @extschema@.dnc_repair_triggers() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w        record;
    repaired integer := 0;
BEGIN
    -- The extension's own tables only: a guard is its table owner's to switch.
    FOR w IN SELECT * FROM dnc.weak_trigger AS x WHERE x.relation IN (SELECT c.oid FROM pg_class AS c WHERE c.relnamespace = 'dnc'::regnamespace) LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', w.relation, w.trigger_name);
        repaired := repaired + 1;
    END LOOP;
    RETURN repaired;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_repair_triggers() IS 'makes every trigger of the extension''s tables fire always again; returns how many did not';
-- 82-restore.sql
-- ---------------------------------------------------------------------------
-- Foreign keys that order a dump, and do not stand in the way of its restore
-- ---------------------------------------------------------------------------
-- The tables of an extension have their foreign keys from the start, and a parallel restore loads tables in any order: the
-- archive does not say which data need which. So the keys are declared, and pg_dump orders by them, but the inserting side
-- is not enforced by them: the functions that insert look names up and lock them, and dnc_health finds what refers to
-- nothing. The other side is enforced: nothing that is referred to can be deleted. Rows of dnc.import_row, which anybody
-- with the right to import inserts, are not dumped and are checked.

DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT g.tgrelid::regclass AS relation, g.tgname FROM pg_trigger AS g JOIN pg_constraint AS c ON c.oid = g.tgconstraint
             WHERE c.contype = 'f' AND c.connamespace = 'dnc'::regnamespace AND c.conrelid <> 'dnc.import_row'::regclass
               AND g.tgrelid = c.conrelid AND g.tgfoid IN ('"RI_FKey_check_ins"'::regproc, '"RI_FKey_check_upd"'::regproc) LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', t.relation, t.tgname);
    END LOOP;
END
$$;
-- 90-grants.sql
-- ---------------------------------------------------------------------------
-- Who may do what
-- ---------------------------------------------------------------------------
-- PUBLIC gets the type and the pure functions on numbers, which whoever inserts into a table with a generated column
-- needs, and nothing that touches the store: a check is an oracle. Everything else is handed out in sets.

-- Which set may use what: a function as a signature in the target schema, a relation of schema dnc with its privileges.
CREATE TABLE dnc.permission (
    grant_set text NOT NULL CHECK (grant_set IN ('reader', 'agent', 'administrator', 'auditor')),
    privilege text NOT NULL,
    object    text NOT NULL,
    PRIMARY KEY (grant_set, privilege, object)
);
COMMENT ON TABLE dnc.permission IS 'what dnc_grant hands out: sets of privileges';

DO $$
DECLARE
    f text;
BEGIN
    FOREACH f IN ARRAY ARRAY['dnc_check', 'dnc_is_clear', 'dnc_status', 'dnc_grounds', 'dnc_lists'] LOOP
        INSERT INTO dnc.permission SELECT s, 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p, unnest(ARRAY['reader', 'agent', 'administrator', 'auditor']) AS s
            WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname = f;
    END LOOP;
    FOREACH f IN ARRAY ARRAY['dnc_add', 'dnc_revoke', 'dnc_explain', 'dnc_history'] LOOP
        INSERT INTO dnc.permission SELECT s, 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p, unnest(ARRAY['agent', 'administrator']) AS s
            WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname = f;
    END LOOP;
    FOREACH f IN ARRAY ARRAY['dnc_correct', 'dnc_import_start', 'dnc_import_finish', 'dnc_import_undo', 'dnc_attach', 'dnc_detach', 'dnc_guard', 'dnc_guard_commit',
                             'dnc_create_view', 'dnc_refresh_view', 'dnc_coverage', 'dnc_health', 'dnc_repair_triggers'] LOOP
        INSERT INTO dnc.permission SELECT 'administrator', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
            WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname = f;
    END LOOP;
    FOREACH f IN ARRAY ARRAY['current_batch', 'phone_expressions', 'clear_condition', 'blank', 'guard_name'] LOOP
        INSERT INTO dnc.permission SELECT 'administrator', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
            WHERE p.pronamespace = 'dnc'::regnamespace AND p.proname = f;
    END LOOP;
    FOREACH f IN ARRAY ARRAY['dnc_explain', 'dnc_history', 'dnc_coverage', 'dnc_health'] LOOP
        INSERT INTO dnc.permission SELECT 'auditor', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
            WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname = f;
    END LOOP;
    INSERT INTO dnc.permission VALUES
        ('administrator', 'SELECT, INSERT', 'dnc.import_row'),
        ('agent', 'SELECT', 'dnc.channel'), ('agent', 'SELECT', 'dnc.reason'), ('agent', 'SELECT', 'dnc.source'), ('agent', 'SELECT', 'dnc.purpose');
    INSERT INTO dnc.permission SELECT 'administrator', 'SELECT, INSERT, DELETE, UPDATE (description)', 'dnc.' || x FROM unnest(ARRAY['channel', 'reason', 'source', 'purpose']) AS x;
    INSERT INTO dnc.permission SELECT 'administrator', 'SELECT', 'dnc.' || x
        FROM unnest(ARRAY['entry', 'suppressed', 'import_batch', 'import_reject', 'guard_event', 'attachment', 'weak_trigger', 'permission']) AS x;
    INSERT INTO dnc.permission SELECT 'auditor', 'SELECT', 'dnc.' || c.relname
        FROM pg_class AS c WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind IN ('r', 'v', 'S');
END
$$;

CREATE FUNCTION dnc.hand_out(verb text, grant_set text, role_name text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    who text := CASE WHEN role_name = 'public' THEN 'PUBLIC' ELSE quote_ident(role_name) END;
    p   record;
BEGIN
    IF grant_set IS NULL OR grant_set NOT IN ('reader', 'agent', 'administrator', 'auditor') THEN
        RAISE EXCEPTION 'unknown set "%"', grant_set USING ERRCODE = 'invalid_parameter_value', DETAIL = 'The sets are reader, agent, administrator and auditor.';
    END IF;
    IF role_name IS NULL OR who <> 'PUBLIC' AND NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = role_name) THEN
        RAISE EXCEPTION 'role "%" does not exist', role_name USING ERRCODE = 'undefined_object', HINT = 'CREATE ROLE makes one; public means everybody.';
    END IF;
    IF who = 'PUBLIC' AND grant_set <> 'reader' THEN
        RAISE EXCEPTION 'the set % is not for everybody', grant_set USING ERRCODE = 'invalid_grant_operation', DETAIL = 'Only reader can be granted to public.';
    END IF;
    IF verb = 'GRANT' AND grant_set <> 'reader' THEN
        EXECUTE format('GRANT USAGE ON SCHEMA dnc TO %s', who);
    END IF;
    FOR p IN SELECT x.privilege, x.object FROM dnc.permission AS x WHERE x.grant_set = grant_set LOOP
        EXECUTE format('%s %s ON %s %s %s %s', verb, p.privilege, CASE p.privilege WHEN 'EXECUTE' THEN 'FUNCTION' ELSE 'TABLE' END,
            CASE p.privilege WHEN 'EXECUTE' THEN p.object::regprocedure::text ELSE p.object END, CASE verb WHEN 'GRANT' THEN 'TO' ELSE 'FROM' END, who);
    END LOOP;
END
$$;
COMMENT ON FUNCTION dnc.hand_out(text, text, text) IS 'behind dnc_grant and dnc_ungrant';

CREATE FUNCTION @extschema@.dnc_grant(grant_set text, role_name text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.hand_out('GRANT', grant_set, role_name);
END;
CREATE FUNCTION @extschema@.dnc_ungrant(grant_set text, role_name text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.hand_out('REVOKE', grant_set, role_name);
END;
COMMENT ON FUNCTION @extschema@.dnc_grant(text, text) IS 'grants a set (reader, agent, administrator, auditor) to a role; for the extension''s owner';
COMMENT ON FUNCTION @extschema@.dnc_ungrant(text, text) IS 'takes a set from a role; what another of the role''s sets grants too goes with it';

DO $$
DECLARE
    f      record;
    -- What everybody may use: pure functions on numbers, and what the type's operators and classes call.
    public CONSTANT text := '^dnc_(phone_.*|parse|try_parse|parse_problem|format|region|country_code|national|is_valid|line_type|time_zones|mask|has_prefix|has_prefix_support|metadata_version)$';
    t      text;
BEGIN
    FOR f IN SELECT p.oid::regprocedure AS signature, p.prokind, p.pronamespace, p.proname FROM pg_proc AS p
             JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
             JOIN pg_extension AS x ON x.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass AND x.extname = 'dnc' LOOP
        CONTINUE WHEN f.prokind = 'a' OR f.pronamespace = '@extschema@'::regnamespace AND f.proname ~ public;
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f.signature);
    END LOOP;
    FOR t IN SELECT 'dnc.' || quote_ident(c.relname) FROM pg_class AS c WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind IN ('r', 'v', 'S') LOOP
        EXECUTE format('GRANT SELECT ON %s TO @extowner@', t);
    END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION @extschema@.dnc_grant(text, text), @extschema@.dnc_ungrant(text, text) TO @extowner@;
SELECT dnc.hand_out('GRANT', s, pg_catalog.btrim('@extowner@', '"')) FROM pg_catalog.unnest(ARRAY['reader', 'agent', 'administrator', 'auditor']) AS s;
