-- From 0.2.0 to 0.3.0: external lists and refused prefixes. Sessions that had loaded the library of before ask about neither
-- until they connect again.

-- The script runs as superuser: no name in it, no operator above all, may be found in a schema where others can create.
SET LOCAL search_path = pg_catalog, pg_temp;

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

CREATE FUNCTION @extschema@.dnc_set_count(numbers @extschema@.dnc_phone_set) RETURNS bigint AS 'MODULE_PATHNAME', 'dnc_set_count_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_set_has(numbers @extschema@.dnc_phone_set, phone @extschema@.dnc_phone) RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_set_has_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10;
CREATE FUNCTION @extschema@.dnc_set_phones(numbers @extschema@.dnc_phone_set) RETURNS SETOF @extschema@.dnc_phone AS 'MODULE_PATHNAME', 'dnc_set_phones_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_set_union(a @extschema@.dnc_phone_set, b @extschema@.dnc_phone_set) RETURNS @extschema@.dnc_phone_set AS 'MODULE_PATHNAME', 'dnc_set_union_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000;
CREATE FUNCTION @extschema@.dnc_set_intersect(a @extschema@.dnc_phone_set, b @extschema@.dnc_phone_set) RETURNS @extschema@.dnc_phone_set AS 'MODULE_PATHNAME', 'dnc_set_intersect_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000;
CREATE FUNCTION @extschema@.dnc_set_minus(a @extschema@.dnc_phone_set, b @extschema@.dnc_phone_set) RETURNS @extschema@.dnc_phone_set AS 'MODULE_PATHNAME', 'dnc_set_minus_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000;
CREATE FUNCTION @extschema@.dnc_set_common(a @extschema@.dnc_phone_set, b @extschema@.dnc_phone_set) RETURNS bigint AS 'MODULE_PATHNAME', 'dnc_set_common_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 1000;
CREATE FUNCTION @extschema@.dnc_set_eq(a @extschema@.dnc_phone_set, b @extschema@.dnc_phone_set) RETURNS boolean AS 'byteaeq' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_set_ne(a @extschema@.dnc_phone_set, b @extschema@.dnc_phone_set) RETURNS boolean AS 'byteane' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE OPERATOR @extschema@.= (LEFTARG = @extschema@.dnc_phone_set, RIGHTARG = @extschema@.dnc_phone_set, FUNCTION = @extschema@.dnc_set_eq, COMMUTATOR = OPERATOR(@extschema@.=), NEGATOR = OPERATOR(@extschema@.<>));
CREATE OPERATOR @extschema@.<> (LEFTARG = @extschema@.dnc_phone_set, RIGHTARG = @extschema@.dnc_phone_set, FUNCTION = @extschema@.dnc_set_ne, COMMUTATOR = OPERATOR(@extschema@.<>), NEGATOR = OPERATOR(@extschema@.=));

CREATE FUNCTION @extschema@.dnc_set_add(internal, @extschema@.dnc_phone) RETURNS internal AS 'MODULE_PATHNAME', 'dnc_set_add_wrapper' LANGUAGE c IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_set_combine(internal, internal) RETURNS internal AS 'MODULE_PATHNAME', 'dnc_set_combine_wrapper' LANGUAGE c IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_set_serialize(internal) RETURNS bytea AS 'MODULE_PATHNAME', 'dnc_set_serialize_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_set_deserialize(bytea, internal) RETURNS internal AS 'MODULE_PATHNAME', 'dnc_set_deserialize_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION @extschema@.dnc_set_finish(internal) RETURNS @extschema@.dnc_phone_set AS 'MODULE_PATHNAME', 'dnc_set_finish_wrapper' LANGUAGE c IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE @extschema@.dnc_set(@extschema@.dnc_phone) (
    SFUNC = @extschema@.dnc_set_add, STYPE = internal, SSPACE = 8388608, FINALFUNC = @extschema@.dnc_set_finish, FINALFUNC_MODIFY = READ_WRITE,
    COMBINEFUNC = @extschema@.dnc_set_combine, SERIALFUNC = @extschema@.dnc_set_serialize, DESERIALFUNC = @extschema@.dnc_set_deserialize, PARALLEL = SAFE
);

COMMENT ON TYPE @extschema@.dnc_phone_set IS 'set of telephone numbers, one to two bytes each';
COMMENT ON FUNCTION @extschema@.dnc_phone_set_in(cstring) IS 'input of dnc_phone_set: {+14155552671,+442079460018}';
COMMENT ON FUNCTION @extschema@.dnc_phone_set_out(@extschema@.dnc_phone_set) IS 'output of dnc_phone_set';
COMMENT ON FUNCTION @extschema@.dnc_phone_set_recv(internal) IS 'binary input of dnc_phone_set, validated';
COMMENT ON FUNCTION @extschema@.dnc_phone_set_send(@extschema@.dnc_phone_set) IS 'binary output of dnc_phone_set';
COMMENT ON FUNCTION @extschema@.dnc_set_count(@extschema@.dnc_phone_set) IS 'how many numbers a set has';
COMMENT ON FUNCTION @extschema@.dnc_set_has(@extschema@.dnc_phone_set, @extschema@.dnc_phone) IS 'whether a set has a number';
COMMENT ON FUNCTION @extschema@.dnc_set_phones(@extschema@.dnc_phone_set) IS 'the numbers of a set, in the order of their E.164 digits as integers';
COMMENT ON FUNCTION @extschema@.dnc_set_union(@extschema@.dnc_phone_set, @extschema@.dnc_phone_set) IS 'numbers of either set';
COMMENT ON FUNCTION @extschema@.dnc_set_intersect(@extschema@.dnc_phone_set, @extschema@.dnc_phone_set) IS 'numbers of both sets';
COMMENT ON FUNCTION @extschema@.dnc_set_minus(@extschema@.dnc_phone_set, @extschema@.dnc_phone_set) IS 'numbers of the first set that are not in the second';
COMMENT ON FUNCTION @extschema@.dnc_set_common(@extschema@.dnc_phone_set, @extschema@.dnc_phone_set) IS 'how many numbers both sets have';
COMMENT ON FUNCTION @extschema@.dnc_set_eq(@extschema@.dnc_phone_set, @extschema@.dnc_phone_set) IS 'implementation of an operator of dnc_phone_set: equal';
COMMENT ON FUNCTION @extschema@.dnc_set_ne(@extschema@.dnc_phone_set, @extschema@.dnc_phone_set) IS 'implementation of an operator of dnc_phone_set: not equal';
COMMENT ON OPERATOR @extschema@.= (@extschema@.dnc_phone_set, @extschema@.dnc_phone_set) IS 'equal';
COMMENT ON OPERATOR @extschema@.<> (@extschema@.dnc_phone_set, @extschema@.dnc_phone_set) IS 'not equal';
COMMENT ON FUNCTION @extschema@.dnc_set_add(internal, @extschema@.dnc_phone) IS 'behind dnc_set: takes a number';
COMMENT ON FUNCTION @extschema@.dnc_set_combine(internal, internal) IS 'behind dnc_set: joins what two workers have';
COMMENT ON FUNCTION @extschema@.dnc_set_serialize(internal) IS 'behind dnc_set: what a worker sends';
COMMENT ON FUNCTION @extschema@.dnc_set_deserialize(bytea, internal) IS 'behind dnc_set: what a worker sent';
COMMENT ON FUNCTION @extschema@.dnc_set_finish(internal) IS 'behind dnc_set: the set';
COMMENT ON AGGREGATE @extschema@.dnc_set(@extschema@.dnc_phone) IS 'the set of numbers; NULL is none; the empty set of no rows';

-- ---------------------------------------------------------------------------
-- External lists: hundreds of millions of bare numbers, packed
-- ---------------------------------------------------------------------------
-- A list has versions, and one of them is current. A version is made of sets: the whole list, or what an earlier whole list
-- gained (plus) and lost (minus). A set is a row a block in dnc.list_block; sets never change, so versions share them.

-- Which layout a file has is a row, not code (src/lists/format.rs).
CREATE TABLE dnc.list_format (
    format         text    PRIMARY KEY CHECK (format ~ '^[a-z][a-z0-9_-]{0,62}$'),
    description    text    NOT NULL,
    layout         text    NOT NULL CHECK (layout IN ('lines', 'xml')),
    delimiter      text    CHECK (octet_length(delimiter) = 1),
    quote          text    CHECK (octet_length(quote) = 1),
    comment        text    CHECK (octet_length(comment) = 1),
    number_columns text[]  NOT NULL CHECK (cardinality(number_columns) BETWEEN 1 AND 8 AND array_position(number_columns, NULL) IS NULL AND array_position(number_columns, '') IS NULL),
    action_column  text    CHECK (action_column <> ''),
    add_values     text[]  CHECK (array_position(add_values, NULL) IS NULL),
    remove_values  text[]  CHECK (array_position(remove_values, NULL) IS NULL),
    region         text,
    builtin        boolean NOT NULL DEFAULT false,
    audit_seq      bigint  UNIQUE REFERENCES dnc.audit_data,
    CHECK (builtin = (audit_seq IS NULL)),
    CHECK ((action_column IS NULL) = (add_values IS NULL) AND (action_column IS NULL) = (remove_values IS NULL))
);
INSERT INTO dnc.list_format VALUES
    ('lines',          'one number a line, in any spelling that the list''s region allows', 'lines', NULL, NULL, '#', '{1}', NULL, NULL, NULL, NULL, true),
    ('csv',            'comma-separated, the number in the first column', 'lines', ',', '"', '#', '{1}', NULL, NULL, NULL, NULL, true),
    ('csv-phone',      'comma-separated with a header, the number in the column phone', 'lines', ',', '"', '#', '{phone}', NULL, NULL, NULL, NULL, true),
    ('us-dnc',         'United States, National Do Not Call Registry, full list: area code and number, or ten digits', 'lines', ',', NULL, '#', '{1,2}', NULL, NULL, NULL, 'US', true),
    ('us-dnc-changes', 'United States, National Do Not Call Registry, change list: area code, number, time, A or D', 'lines', ',', NULL, '#', '{1,2}', '4', '{a}', '{d}', 'US', true),
    ('ca-dncl',        'Canada, LNNTE-DNCL, CSV: area code and number', 'lines', ',', NULL, '#', '{1,2}', NULL, NULL, NULL, 'CA', true),
    ('ca-dncl-xml',    'Canada, LNNTE-DNCL, XML: <ac val=''416''><ph val=''1234567''/>', 'xml', NULL, NULL, NULL, '{ac/@val,ph/@val}', NULL, NULL, NULL, 'CA', true),
    ('uk-tps',         'United Kingdom, TPS and CTPS: dialling code and number in twelve characters', 'lines', NULL, NULL, '#', '{1}', NULL, NULL, NULL, 'GB', true);

CREATE TABLE dnc.list (
    list           text    PRIMARY KEY CHECK (list ~ '^[a-z][a-z0-9_-]{0,62}$' AND list <> 'internal'),
    kind           text    NOT NULL CHECK (kind IN ('national', 'state', 'industry', 'litigator', 'reassigned', 'wireless', 'partner', 'other')),
    description    text    NOT NULL DEFAULT '',
    jurisdiction   text    CHECK (jurisdiction ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$'),
    channels       text[]  CHECK (cardinality(channels) > 0 AND array_position(channels, NULL) IS NULL),
    purposes       text[]  CHECK (cardinality(purposes) > 0 AND array_position(purposes, NULL) IS NULL),
    applies        text    NOT NULL DEFAULT 'check' CHECK (applies IN ('check', 'decision')),
    strict         boolean NOT NULL DEFAULT false,
    max_age_days   integer CHECK (max_age_days BETWEEN 1 AND 36500),
    coverage       text[]  CHECK (cardinality(coverage) > 0 AND array_position(coverage, NULL) IS NULL),
    format         text    REFERENCES dnc.list_format,
    region         text,
    source         text,
    reject_percent integer NOT NULL DEFAULT 1 CHECK (reject_percent BETWEEN 0 AND 100),
    shrink_percent integer NOT NULL DEFAULT 5 CHECK (shrink_percent BETWEEN 0 AND 100),
    keep_versions  integer NOT NULL DEFAULT 2 CHECK (keep_versions BETWEEN 0 AND 1000),
    enabled        boolean NOT NULL DEFAULT true,
    audit_seq      bigint  UNIQUE REFERENCES dnc.audit_data
);

CREATE TABLE dnc.list_version (
    version_id   bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    list         text        NOT NULL REFERENCES dnc.list,
    state        text        NOT NULL CHECK (state IN ('open', 'ready', 'current', 'former', 'pruned', 'abandoned')),
    base_id      bigint,
    operation    text        CHECK (operation IN ('add', 'remove', 'by_line')),
    whole_set    bigint,
    plus_set     bigint,
    minus_set    bigint,
    file         text        NOT NULL CHECK (length(file) BETWEEN 1 AND 1000),
    file_hash    bytea,
    file_bytes   bigint,
    format       text        REFERENCES dnc.list_format,
    region       text,
    obtained_at  timestamptz NOT NULL CHECK (isfinite(obtained_at)),
    loaded_at    timestamptz NOT NULL,
    loaded_by    text        NOT NULL,
    activated_at timestamptz,
    activated_by text,
    coverage     text[]      CHECK (cardinality(coverage) > 0),
    lines        bigint,
    numbers      bigint,
    added        bigint,
    removed      bigint,
    duplicates   bigint,
    rejected     bigint,
    digest       bytea       CHECK (octet_length(digest) = 32),
    audit_seq    bigint      UNIQUE REFERENCES dnc.audit_data,
    CHECK ((state IN ('open', 'abandoned', 'pruned')) OR (whole_set IS NOT NULL AND numbers IS NOT NULL AND digest IS NOT NULL)),
    CHECK ((base_id IS NULL) = (operation IS NULL)),
    CHECK ((plus_set IS NULL) = (minus_set IS NULL)),
    CHECK (state NOT IN ('current', 'former') OR activated_at IS NOT NULL)
);
CREATE UNIQUE INDEX list_version_current ON dnc.list_version (list) WHERE state = 'current';
CREATE INDEX list_version_list ON dnc.list_version (list, version_id);
CREATE SEQUENCE dnc.list_set_seq;

CREATE TABLE dnc.list_reject (
    version_id bigint NOT NULL REFERENCES dnc.list_version,
    line       bigint NOT NULL,
    content    text   NOT NULL,
    reason     text   NOT NULL,
    PRIMARY KEY (version_id, line)
);

CREATE FUNCTION dnc.block_is_valid(start bigint, stop bigint, packed bytea) RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_block_is_valid_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10000;
CREATE FUNCTION dnc.block_has(packed bytea, number bigint) RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_block_has_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50;
CREATE FUNCTION dnc.block_count(packed bytea) RETURNS integer AS 'MODULE_PATHNAME', 'dnc_block_count_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10;

-- A row fills a page, and is read where it lies: never compressed, never moved out of line.
CREATE TABLE dnc.list_block (
    set_id bigint NOT NULL,
    start  bigint NOT NULL,
    stop   bigint NOT NULL,
    packed bytea  NOT NULL,
    PRIMARY KEY (set_id, start),
    CHECK (0 <= start AND start < stop AND stop <= 1000000000000000),
    CONSTRAINT list_block_is_valid CHECK (dnc.block_is_valid(start, stop, packed))
);
ALTER TABLE dnc.list_block ALTER COLUMN packed SET STORAGE PLAIN;

COMMENT ON TABLE dnc.list_format IS 'layouts of list files: what separates columns, which make the number, which says that it is added or removed';
COMMENT ON COLUMN dnc.list_format.layout IS 'lines, or xml: a stream of tags';
COMMENT ON COLUMN dnc.list_format.delimiter IS 'between columns; NULL: a line is one column';
COMMENT ON COLUMN dnc.list_format.number_columns IS 'what makes the number when put together: places from 1, names of the header, or in XML element/@attribute or element; a line without delimiters is the whole number';
COMMENT ON COLUMN dnc.list_format.action_column IS 'what says that a number is added or removed: files of changes only';
COMMENT ON COLUMN dnc.list_format.region IS 'by whose rules national spellings are read where the list does not say';
COMMENT ON TABLE dnc.list IS 'external lists: national and state registries, industry lists, litigators, reassigned numbers, partners';
COMMENT ON COLUMN dnc.list.jurisdiction IS 'ISO 3166 country or subdivision whose list it is';
COMMENT ON COLUMN dnc.list.channels IS 'channels that it binds; NULL: every channel';
COMMENT ON COLUMN dnc.list.purposes IS 'purposes that it binds, with what is below them; NULL: every purpose';
COMMENT ON COLUMN dnc.list.applies IS 'check: in checks and decisions; decision: in decisions only, as a registry that consent overrides';
COMMENT ON COLUMN dnc.list.strict IS 'what is not listed is unknown (NULL) while the list is stale, not loaded, or does not cover the number';
COMMENT ON COLUMN dnc.list.max_age_days IS 'days after which a version is stale; NULL: never';
COMMENT ON COLUMN dnc.list.coverage IS 'prefixes that are subscribed, such as {+1415,+1628}, taken over by each version; NULL: all of the list';
COMMENT ON COLUMN dnc.list.region IS 'by whose rules national spellings are read; NULL: the format''s, else the jurisdiction''s';
COMMENT ON COLUMN dnc.list.source IS 'where it comes from';
COMMENT ON COLUMN dnc.list.reject_percent IS 'a load with more unreadable lines fails';
COMMENT ON COLUMN dnc.list.shrink_percent IS 'a version with fewer numbers than the current one by more than this waits for confirmation';
COMMENT ON COLUMN dnc.list.keep_versions IS 'how many former versions are kept';
COMMENT ON TABLE dnc.list_version IS 'versions of lists: what was loaded, from where, by whom, and which is current';
COMMENT ON SEQUENCE dnc.list_version_version_id_seq IS 'numbers versions';
COMMENT ON COLUMN dnc.list_version.state IS 'open: lines are being copied; ready: loaded, never current; current; former; pruned: its numbers are gone; abandoned: never loaded';
COMMENT ON COLUMN dnc.list_version.base_id IS 'version that the changes were applied to; NULL: a full list';
COMMENT ON COLUMN dnc.list_version.operation IS 'what a file of changes does with its numbers; by_line: each line says';
COMMENT ON COLUMN dnc.list_version.whole_set IS 'set that the list is, or that it differs from by plus and minus';
COMMENT ON COLUMN dnc.list_version.plus_set IS 'set of numbers that are listed beyond the whole';
COMMENT ON COLUMN dnc.list_version.minus_set IS 'set of numbers of the whole that are not listed';
COMMENT ON COLUMN dnc.list_version.file_hash IS 'SHA-256 of the file''s bytes, or of the lines that were copied';
COMMENT ON COLUMN dnc.list_version.obtained_at IS 'when it was obtained from its registry: what its age is counted from';
COMMENT ON COLUMN dnc.list_version.numbers IS 'how many numbers are listed';
COMMENT ON COLUMN dnc.list_version.added IS 'how many of them were not listed in the version that was current then, or in the base';
COMMENT ON COLUMN dnc.list_version.duplicates IS 'lines that said again what another said, or asked for what was so already';
COMMENT ON COLUMN dnc.list_version.digest IS 'SHA-256 over the digests of the sets that were written for this version (whole, or plus and minus); that of a set is SHA-256 over its blocks in order: start, stop and length, eight bytes each, little-endian, and the block';
COMMENT ON SEQUENCE dnc.list_set_seq IS 'numbers sets of blocks';
COMMENT ON TABLE dnc.list_reject IS 'lines of list files that could not be read, the first 10000 a load';
COMMENT ON COLUMN dnc.list_reject.content IS 'the line, its digits starred but for the last two, 60 characters at most';
COMMENT ON TABLE dnc.list_block IS 'packed numbers of external lists, a block a row: insert and delete only';
COMMENT ON COLUMN dnc.list_block.set_id IS 'set of blocks; its ranges follow each other from 0 to 10^15';
COMMENT ON COLUMN dnc.list_block.start IS 'least number (E.164 digits as an integer) that the block would hold';
COMMENT ON COLUMN dnc.list_block.stop IS 'start of the next block';
COMMENT ON COLUMN dnc.list_block.packed IS 'Elias-Fano code of the numbers; src/lists/packed.rs says what each byte is';
COMMENT ON FUNCTION dnc.block_is_valid(bigint, bigint, bytea) IS 'whether these bytes are a block of numbers from start on and before stop';
COMMENT ON FUNCTION dnc.block_has(bytea, bigint) IS 'whether a block holds a number';
COMMENT ON FUNCTION dnc.block_count(bytea) IS 'how many numbers a block holds';

-- A name, region or prefix that nothing knows is told of when a list is made. A row that brings its audit_seq is restored,
-- perhaps before what it names.
CREATE FUNCTION dnc.list_accept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x text;
BEGIN
    IF TG_OP = 'INSERT' AND NEW.audit_seq IS NOT NULL THEN
        RETURN NEW;
    END IF;
    PERFORM dnc.require_region(NEW.region);
    IF TG_TABLE_NAME = 'list' THEN
        IF NEW.format IS NOT NULL THEN
            PERFORM dnc.require_format(NEW.format);
        END IF;
        PERFORM dnc.require_region(left(NEW.jurisdiction, 2));
        FOREACH x IN ARRAY coalesce(NEW.channels, '{}') LOOP
            PERFORM dnc.require_known('channel', x);
        END LOOP;
        FOREACH x IN ARRAY coalesce(NEW.purposes, '{}') LOOP
            PERFORM dnc.require_known('purpose', x);
        END LOOP;
        PERFORM dnc.require_coverage(NEW.coverage);
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION dnc.require_format(format text) RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    PERFORM FROM dnc.list_format AS f WHERE f.format = format;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unknown format "%"', left(coalesce(format, 'NULL'), 60) USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Known are: %s.', (SELECT string_agg(f.format, ', ' ORDER BY f.format) FROM dnc.list_format AS f)),
            HINT = 'A site adds its own by inserting into dnc.list_format; dnc_list_sniff(sample) proposes one.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_format(text) IS 'raises for an unknown format';
CREATE FUNCTION dnc.require_coverage(coverage text[]) RETURNS void LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x text;
BEGIN
    IF cardinality(coverage) = 0 THEN
        RAISE EXCEPTION 'coverage has no prefix' USING ERRCODE = 'invalid_parameter_value', DETAIL = 'A list that covers nothing cannot tell anything.', HINT = 'NULL: the list covers all that it is about.';
    END IF;
    FOREACH x IN ARRAY coalesce(coverage, '{}') LOOP
        IF x IS NULL OR x !~ '^\+[1-9][0-9]{0,13}$' THEN
            RAISE EXCEPTION '"%" is no prefix', x USING ERRCODE = 'invalid_parameter_value',
                DETAIL = 'Coverage is told by prefixes: a plus sign and up to 14 digits, calling code first.', HINT = 'Write +1415 for the area code 415.';
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION dnc.list_accept() IS 'trigger that takes lists and formats only with names, regions and prefixes that are known';
COMMENT ON FUNCTION dnc.require_coverage(text[]) IS 'raises for what is no prefix';

-- Blocks are made once and go when no version needs them.
CREATE FUNCTION dnc.keep_block() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM dnc.list_version AS v WHERE OLD.set_id IN (v.whole_set, v.plus_set, v.minus_set) AND v.state <> 'pruned') THEN
        RAISE EXCEPTION 'blocks of set % are in use', OLD.set_id USING ERRCODE = 'insufficient_privilege',
            DETAIL = 'A version that may still be asked, or made current again, consists of them.', HINT = 'dnc_list_prune(list) removes what the list need not keep.';
    END IF;
    RETURN OLD;
END
$$;
COMMENT ON FUNCTION dnc.keep_block() IS 'trigger that keeps the blocks of versions that are not pruned';

-- What checks know of lists and prefixes is kept by each session until this number changes. It is drawn at random: no number comes
-- again, neither after a rollback or a restore nor from another server.
CREATE FUNCTION dnc.random_epoch() RETURNS bigint LANGUAGE sql VOLATILE
    RETURN pg_catalog.hashtextextended(pg_catalog.gen_random_uuid()::text, 0);
COMMENT ON FUNCTION dnc.random_epoch() IS 'a random number';
CREATE TABLE dnc.list_epoch (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch bigint  NOT NULL
);
INSERT INTO dnc.list_epoch (epoch) VALUES (dnc.random_epoch());
COMMENT ON TABLE dnc.list_epoch IS 'one row: the state of lists, current versions and prefixes; a new number with every change';
CREATE FUNCTION dnc.new_epoch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE dnc.list_epoch SET epoch = dnc.random_epoch();
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
COMMENT ON FUNCTION dnc.new_epoch() IS 'trigger that tells checks to look at lists and prefixes anew';

-- A change that concerns every number meets guarded rows that commit at the same time in all of their locks.
CREATE FUNCTION dnc.touch_all() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_touch_all' LANGUAGE c;
COMMENT ON FUNCTION dnc.touch_all() IS 'trigger that notes every number for the locks of the commit';

CREATE TRIGGER "00_accept" BEFORE INSERT OR UPDATE ON dnc.list FOR EACH ROW EXECUTE FUNCTION dnc.list_accept();
CREATE TRIGGER "00_accept" BEFORE INSERT OR UPDATE ON dnc.list_format FOR EACH ROW EXECUTE FUNCTION dnc.list_accept();
CREATE TRIGGER "01_keep_builtin" BEFORE INSERT OR UPDATE OR DELETE ON dnc.list_format FOR EACH ROW EXECUTE FUNCTION dnc.keep_builtin();
SELECT dnc.audit('list_format', 'format');
SELECT dnc.audit('list', 'list');
SELECT dnc.audit('list_version', 'version_id');
CREATE TRIGGER "00_insert_only" BEFORE UPDATE ON dnc.list_block FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change();
CREATE TRIGGER "00_keep" BEFORE DELETE ON dnc.list_block FOR EACH ROW EXECUTE FUNCTION dnc.keep_block();
CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.list_block FOR EACH STATEMENT EXECUTE FUNCTION dnc.refuse_change();
-- Before as well as after: a check within the statement that changes a list, as in a condition of it, must not keep what it saw.
CREATE TRIGGER "90_epoch_before" BEFORE INSERT OR UPDATE OR DELETE ON dnc.list FOR EACH ROW EXECUTE FUNCTION dnc.new_epoch();
CREATE TRIGGER "02_touch" BEFORE INSERT OR UPDATE ON dnc.list FOR EACH ROW EXECUTE FUNCTION dnc.touch_all();
CREATE CONSTRAINT TRIGGER "zz_commit" AFTER INSERT OR UPDATE ON dnc.list DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dnc.entry_commit();
CREATE TRIGGER "90_epoch" AFTER INSERT OR UPDATE OR DELETE ON dnc.list FOR EACH ROW EXECUTE FUNCTION dnc.new_epoch();
CREATE TRIGGER "90_epoch_insert" AFTER INSERT ON dnc.list_version FOR EACH ROW WHEN (NEW.state = 'current') EXECUTE FUNCTION dnc.new_epoch();
CREATE TRIGGER "90_epoch_update" AFTER UPDATE ON dnc.list_version FOR EACH ROW WHEN (NEW.state = 'current' OR OLD.state = 'current') EXECUTE FUNCTION dnc.new_epoch();
CREATE TRIGGER "90_epoch_delete" AFTER DELETE ON dnc.list_version FOR EACH ROW WHEN (OLD.state = 'current') EXECUTE FUNCTION dnc.new_epoch();
CREATE TRIGGER "02_touch" BEFORE INSERT OR UPDATE ON dnc.list_version FOR EACH ROW WHEN (NEW.state = 'current') EXECUTE FUNCTION dnc.touch_all();
CREATE CONSTRAINT TRIGGER "zz_commit" AFTER INSERT OR UPDATE ON dnc.list_version DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'current') EXECUTE FUNCTION dnc.entry_commit();
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT g.tgrelid::regclass AS relation, g.tgname FROM pg_trigger AS g WHERE NOT g.tgisinternal AND g.tgenabled <> 'A'
             AND g.tgrelid IN ('dnc.list'::regclass, 'dnc.list_format'::regclass, 'dnc.list_version'::regclass, 'dnc.list_block'::regclass) LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.relation, t.tgname);
    END LOOP;
END
$$;

SELECT pg_catalog.pg_extension_config_dump('dnc.list_format', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('dnc.list', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.list_version', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.list_version_version_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.list_set_seq', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.list_block', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.list_reject', '');

-- ---------------------------------------------------------------------------
-- Prefixes: refusals of every number that begins like this
-- ---------------------------------------------------------------------------

CREATE TABLE dnc.prefix_entry (
    prefix_id    bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    prefix       text        NOT NULL CHECK (prefix ~ '^\+[1-9][0-9]{0,13}$'),
    ends         bigint,
    expires_at   timestamptz NOT NULL DEFAULT 'infinity',
    received_at  timestamptz NOT NULL CHECK (isfinite(received_at)),
    channel      text        NOT NULL REFERENCES dnc.channel,
    purpose      text        REFERENCES dnc.purpose,
    kind         text        NOT NULL CHECK (kind IN ('refusal', 'withdrawal')),
    reason       text        REFERENCES dnc.reason,
    source       text        NOT NULL REFERENCES dnc.source,
    evidence     jsonb       NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(evidence) = 'object'),
    audit_seq    bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data,
    CHECK ((kind = 'refusal') = (ends IS NULL)),
    CHECK ((kind = 'refusal') = (reason IS NOT NULL)),
    CHECK (ends IS NULL OR expires_at = 'infinity')
);
COMMENT ON SEQUENCE dnc.prefix_entry_prefix_id_seq IS 'numbers entries of prefixes';
COMMENT ON TABLE dnc.prefix_entry IS 'the internal list''s refusals of whole prefixes, and what ended them; insert-only history';
COMMENT ON COLUMN dnc.prefix_entry.prefix IS 'plus sign and digits, calling code first, such as +1900';
COMMENT ON COLUMN dnc.prefix_entry.ends IS 'refusal that this row ends, for the channel and purpose it names; NULL for a refusal';
COMMENT ON COLUMN dnc.prefix_entry.expires_at IS 'end of a temporary refusal; infinity: until it is withdrawn';
COMMENT ON COLUMN dnc.prefix_entry.received_at IS 'when it was recorded';
COMMENT ON COLUMN dnc.prefix_entry.channel IS 'refused channel, or all';
COMMENT ON COLUMN dnc.prefix_entry.purpose IS 'refused purpose with everything below it; NULL: every purpose';

SELECT dnc.audit('prefix_entry', 'prefix_id');
CREATE TRIGGER "00_insert_only" BEFORE UPDATE OR DELETE ON dnc.prefix_entry FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change();
CREATE TRIGGER "02_touch" BEFORE INSERT ON dnc.prefix_entry FOR EACH ROW EXECUTE FUNCTION dnc.touch_all();
CREATE TRIGGER "90_epoch" AFTER INSERT ON dnc.prefix_entry FOR EACH ROW EXECUTE FUNCTION dnc.new_epoch();
CREATE CONSTRAINT TRIGGER "zz_commit" AFTER INSERT ON dnc.prefix_entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dnc.entry_commit();
ALTER TABLE dnc.prefix_entry ENABLE ALWAYS TRIGGER "00_insert_only", ENABLE ALWAYS TRIGGER "02_touch", ENABLE ALWAYS TRIGGER "90_epoch", ENABLE ALWAYS TRIGGER "zz_commit";
SELECT pg_catalog.pg_extension_config_dump('dnc.prefix_entry', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.prefix_entry_prefix_id_seq', '');

CREATE FUNCTION dnc.require_prefix_scope(prefix text, channel text, purpose text, source text, evidence jsonb) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF prefix IS NULL OR channel IS NULL OR source IS NULL OR evidence IS NULL THEN
        RAISE EXCEPTION 'prefix, channel, source and evidence must not be NULL' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'Only purpose may be: it then stands for every purpose.';
    END IF;
    IF prefix !~ '^\+[1-9][0-9]{0,13}$' THEN
        RAISE EXCEPTION 'invalid number prefix "%"', left(prefix, 60) USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'A prefix is a plus sign and up to 14 digits, calling code first.', HINT = 'Write it like +1900; a whole number goes to dnc_add.';
    END IF;
    IF jsonb_typeof(evidence) <> 'object' THEN
        RAISE EXCEPTION 'evidence must be a JSON object' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It is %s.', jsonb_typeof(evidence)), HINT = 'Write {"why": "…"}.';
    END IF;
    PERFORM dnc.require_known('channel', channel), dnc.require_known('source', source);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_prefix_scope(text, text, text, text, jsonb) IS 'raises unless a prefix, its scope and its evidence are what they must be';

CREATE FUNCTION @extschema@.dnc_add_prefix(
    prefix text, channel text DEFAULT 'all', purpose text DEFAULT NULL, reason text DEFAULT 'no_contact', source text DEFAULT 'unspecified',
    evidence jsonb DEFAULT '{}', expires_at timestamptz DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    fresh bigint;
BEGIN
    PERFORM dnc.require_prefix_scope(prefix, channel, purpose, source, evidence), dnc.require_known('reason', reason);
    IF expires_at <= now() THEN
        RAISE EXCEPTION 'the refusal would expire at %, before it takes effect', expires_at USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It takes effect at %s.', now()), HINT = 'Leave expires_at out unless it is for a time.';
    END IF;
    INSERT INTO dnc.prefix_entry (prefix, expires_at, received_at, channel, purpose, kind, reason, source, evidence)
        VALUES (prefix, coalesce(expires_at, 'infinity'), now(), channel, purpose, 'refusal', reason, source, evidence) RETURNING prefix_id INTO fresh;
    RETURN fresh;
END
$$;

-- What is written is where the scope meets the refusal's own, as in dnc_revoke.
CREATE FUNCTION @extschema@.dnc_revoke_prefix(
    prefix text, channel text DEFAULT 'all', purpose text DEFAULT NULL, source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}', force boolean DEFAULT false
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    e      record;
    ended  integer := 0;
    sticky integer := 0;
    part_c text;
    part_p text;
BEGIN
    PERFORM dnc.require_prefix_scope(prefix, channel, purpose, source, evidence);
    FOR e IN SELECT r.*, k.sticky FROM dnc.prefix_entry AS r JOIN dnc.reason AS k ON k.reason = r.reason WHERE r.prefix = prefix AND r.ends IS NULL ORDER BY r.prefix_id LOOP
        part_c := CASE WHEN channel = 'all' THEN e.channel WHEN e.channel IN ('all', channel) THEN channel END;
        part_p := CASE WHEN purpose IS NULL OR dnc.covers(purpose, e.purpose) THEN e.purpose ELSE purpose END;
        CONTINUE WHEN part_c IS NULL OR purpose IS NOT NULL AND e.purpose IS NOT NULL AND NOT dnc.covers(purpose, e.purpose) AND NOT dnc.covers(e.purpose, purpose);
        CONTINUE WHEN EXISTS (SELECT FROM dnc.prefix_entry AS w WHERE w.ends = e.prefix_id AND w.channel IN ('all', part_c) AND (w.purpose IS NULL OR dnc.covers(w.purpose, part_p)));
        IF e.sticky AND NOT force THEN
            sticky := sticky + 1;
            CONTINUE;
        END IF;
        INSERT INTO dnc.prefix_entry (prefix, ends, received_at, channel, purpose, kind, source, evidence)
            VALUES (prefix, e.prefix_id, now(), part_c, part_p, 'withdrawal', source, evidence);
        ended := ended + 1;
    END LOOP;
    IF sticky > 0 THEN
        RAISE NOTICE '% refusal(s) of % stay: complaints and litigation are ended only when forced', sticky, prefix
            USING HINT = 'dnc_revoke_prefix(…, force => true) ends them, with the evidence for it.';
    ELSIF ended = 0 THEN
        RAISE NOTICE 'no refusal of prefix % has this scope', prefix;
    END IF;
    RETURN ended;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_add_prefix(text, text, text, text, text, jsonb, timestamptz) IS 'records a refusal of every number that begins like this and returns its entry';
COMMENT ON FUNCTION @extschema@.dnc_revoke_prefix(text, text, text, text, jsonb, boolean) IS 'ends what the scope names of the refusals of exactly this prefix and returns how many were touched';

-- ---------------------------------------------------------------------------
-- Loading lists
-- ---------------------------------------------------------------------------
-- A load is one transaction: a version is built beside the current one and becomes current with the commit. Reading a file or
-- a query happens with the caller's rights, everything else with those of the extension's owner.

-- The version that a load makes. Loads of one list wait for each other.
CREATE FUNCTION dnc.load_begin(list text, file text, format text, obtained_at timestamptz, applies_to bigint, operation text, coverage text[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    l     dnc.list;
    f     dnc.list_format;
    now_v dnc.list_version;
    fresh bigint;
BEGIN
    SELECT * INTO l FROM dnc.list AS x WHERE x.list = list FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unknown list "%"', left(coalesce(list, 'NULL'), 60) USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Known are: %s.', coalesce((SELECT string_agg(x.list, ', ' ORDER BY x.list) FROM dnc.list AS x), 'none yet')),
            HINT = 'INSERT INTO dnc.list (list, kind, jurisdiction, …) makes one.';
    END IF;
    IF file IS NULL OR length(file) NOT BETWEEN 1 AND 1000 THEN
        RAISE EXCEPTION 'a load needs the name of its file, of 1 to 1000 characters' USING ERRCODE = 'invalid_parameter_value', HINT = 'It is kept as evidence of where the numbers came from.';
    END IF;
    format := coalesce(format, l.format, 'lines');
    PERFORM dnc.require_format(format);
    SELECT * INTO f FROM dnc.list_format AS x WHERE x.format = format;
    IF obtained_at > now() OR NOT isfinite(obtained_at) THEN
        RAISE EXCEPTION 'the list cannot have been obtained at %', obtained_at USING ERRCODE = 'invalid_parameter_value', DETAIL = format('Now is %s.', now()),
            HINT = 'obtained_at is when the registry gave the file out: the list''s age is counted from it.';
    END IF;
    PERFORM dnc.require_coverage(coverage);
    IF operation IS NOT NULL AND operation NOT IN ('add', 'remove') THEN
        RAISE EXCEPTION 'unknown operation "%"', left(operation, 60) USING ERRCODE = 'invalid_parameter_value', DETAIL = 'A file of changes adds or removes its numbers.', HINT = 'Leave operation out where each line says which.';
    END IF;
    IF applies_to IS NULL AND (f.action_column IS NOT NULL OR operation IS NOT NULL) THEN
        RAISE EXCEPTION 'a file of changes needs the version that it applies to' USING ERRCODE = 'null_value_not_allowed',
            DETAIL = CASE WHEN operation IS NULL THEN format('Format %s is one of changes.', format) ELSE 'operation is given for changes only.' END,
            HINT = 'Give applies_to, the version that the registry made the changes for.';
    END IF;
    IF applies_to IS NOT NULL THEN
        IF (f.action_column IS NULL) = (operation IS NULL) THEN
            RAISE EXCEPTION '%', CASE WHEN operation IS NULL THEN 'it is not known whether the numbers are added or removed' ELSE 'each line says whether its number is added or removed' END
                USING ERRCODE = 'invalid_parameter_value', DETAIL = format('Format %s has %s column that tells.', format, CASE WHEN operation IS NULL THEN 'no' ELSE 'a' END),
                      HINT = CASE WHEN operation IS NULL THEN 'Give operation => ''add'' or ''remove''.' ELSE 'Leave operation out.' END;
        END IF;
        SELECT * INTO now_v FROM dnc.list_version AS x WHERE x.list = list AND x.state = 'current';
        IF now_v.version_id IS DISTINCT FROM applies_to THEN
            RAISE EXCEPTION 'the changes are for version % of list %, and version % is current', applies_to, list, coalesce(now_v.version_id::text, 'none')
                USING ERRCODE = 'object_not_in_prerequisite_state',
                      DETAIL = CASE WHEN now_v.base_id = applies_to THEN format('Version %s was made from %s by %s.', now_v.version_id, applies_to, now_v.file)
                                    ELSE 'Changes are applied to exactly the version that they were made for, once, and in their order.' END,
                      HINT = 'Load what is missing in between first, or the full list.';
        END IF;
    END IF;
    INSERT INTO dnc.list_version (list, state, base_id, operation, file, format, region, obtained_at, loaded_at, loaded_by, coverage)
        VALUES (list, 'open', applies_to, CASE WHEN applies_to IS NOT NULL THEN coalesce(operation, 'by_line') END, file, format,
                coalesce(l.region, f.region, left(l.jurisdiction, 2)), coalesce(obtained_at, now()), clock_timestamp(), session_user, coalesce(coverage, l.coverage))
        RETURNING version_id INTO fresh;
    RETURN fresh;
END
$$;
COMMENT ON FUNCTION dnc.load_begin(text, text, text, timestamptz, bigint, text, text[]) IS 'opens a version; behind the functions that load lists';

-- What the loader read: rejects, blocks and counts are written; the version is ready, and current if nothing speaks against it.
CREATE FUNCTION dnc.load_end(version bigint, activate boolean) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    v       dnc.list_version;
    earlier dnc.list_version;
    doubt   text;
BEGIN
    PERFORM FROM dnc.list AS l WHERE l.list = (SELECT x.list FROM dnc.list_version AS x WHERE x.version_id = version) FOR NO KEY UPDATE;
    SELECT * INTO v FROM dnc.list_version AS x WHERE x.version_id = version;
    IF v.version_id IS NULL OR v.state <> 'ready' THEN
        RAISE EXCEPTION 'version % is not one that has just been loaded', coalesce(version::text, 'NULL') USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'dnc_list_activate makes a version current that is ready or was current before.';
    END IF;
    IF v.base_id IS NOT NULL THEN
        SELECT * INTO earlier FROM dnc.list_version AS x WHERE x.list = v.list AND x.base_id = v.base_id AND x.file_hash = v.file_hash AND x.operation = v.operation
            AND x.version_id <> version AND x.state NOT IN ('open', 'abandoned');
        IF FOUND THEN
            RAISE EXCEPTION 'these changes have been applied to version % of list % before', v.base_id, v.list USING ERRCODE = 'object_not_in_prerequisite_state',
                DETAIL = format('They made version %s.', earlier.version_id),
                HINT = CASE WHEN earlier.state = 'pruned' THEN 'Load the full list.' ELSE format('dnc_list_activate(%L, %s) makes that current.', v.list, earlier.version_id) END;
        END IF;
    END IF;
    RAISE NOTICE 'list %, version %: % numbers, % added, % removed, % duplicate, % rejected', v.list, version, v.numbers, v.added, v.removed, v.duplicates, v.rejected;
    IF activate IS NOT FALSE THEN
        doubt := dnc.doubt_about(v);
        IF doubt IS NOT NULL THEN
            RAISE WARNING 'version % of list % is not made current: it has %', version, v.list, doubt
                USING DETAIL = format('The list is set to ask when over %s %% of its numbers would go, or there are none.', (SELECT x.shrink_percent FROM dnc.list AS x WHERE x.list = v.list)),
                      HINT = format('If that is right: dnc_list_activate(%L, %s, confirm => true).', v.list, version);
        ELSE
            PERFORM dnc.require_base(v), dnc.make_current(version);
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.load_end(bigint, boolean) IS 'ends a load; behind the functions that load lists';

-- Changes that were loaded and never current are good only as long as what they were made from is.
CREATE FUNCTION dnc.require_base(v dnc.list_version) RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c bigint;
BEGIN
    IF v.state <> 'ready' OR v.base_id IS NULL THEN
        RETURN;
    END IF;
    SELECT x.version_id INTO c FROM dnc.list_version AS x WHERE x.list = v.list AND x.state = 'current';
    IF c IS DISTINCT FROM v.base_id THEN
        RAISE EXCEPTION 'version % of list % was made from version %, and version % is current', v.version_id, v.list, v.base_id, coalesce(c::text, 'none') USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'It lacks what was changed since.', HINT = format('Make version %s current first, or load the changes again.', v.base_id);
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_base(dnc.list_version) IS 'raises for changes that were made from another version than the current one';

CREATE FUNCTION dnc.doubt_about(v dnc.list_version) RETURNS text LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE WHEN v.numbers = 0 THEN 'no numbers' WHEN (c.numbers - v.numbers) * 100 > c.numbers * l.shrink_percent THEN (c.numbers - v.numbers) || ' numbers fewer than the current one' END
    FROM dnc.list AS l LEFT JOIN dnc.list_version AS c ON c.list = l.list AND c.state = 'current' WHERE l.list = v.list;
END;
COMMENT ON FUNCTION dnc.doubt_about(dnc.list_version) IS 'what speaks against making a version current without being asked; NULL: nothing';

CREATE FUNCTION dnc.make_current(version bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    name text := (SELECT v.list FROM dnc.list_version AS v WHERE v.version_id = version);
BEGIN
    UPDATE dnc.list_version AS v SET state = 'former' WHERE v.list = name AND v.state = 'current';
    UPDATE dnc.list_version AS v SET state = 'current', activated_at = clock_timestamp(), activated_by = session_user WHERE v.version_id = version;
    PERFORM dnc.prune(name);
END
$$;
COMMENT ON FUNCTION dnc.make_current(bigint) IS 'makes a version current and the one before former, and prunes';

-- Old rows go by DELETE, so that whoever still sees an older state finds all of it.
CREATE FUNCTION dnc.prune(list text) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    gone bigint[];
    sets bigint[];
BEGIN
    -- A version that was loaded after the current one became that may yet be wanted; lines that nobody finished in a week are not.
    SELECT array_agg(v.version_id) INTO gone FROM (
        SELECT x.*, row_number() OVER (PARTITION BY x.state ORDER BY x.activated_at DESC, x.version_id DESC) AS age FROM dnc.list_version AS x WHERE x.list = list) AS v
        WHERE v.state = 'former' AND v.age > (SELECT l.keep_versions FROM dnc.list AS l WHERE l.list = list)
           OR v.state = 'ready' AND v.version_id < (SELECT c.version_id FROM dnc.list_version AS c WHERE c.list = list AND c.state = 'current')
           OR v.state = 'open' AND v.loaded_at < now() - interval '7 days';
    SELECT array_agg(DISTINCT s) INTO sets FROM dnc.list_version AS v, unnest(ARRAY[v.whole_set, v.plus_set, v.minus_set]) AS s WHERE v.version_id = ANY (gone) AND s IS NOT NULL;
    UPDATE dnc.list_version AS v SET state = CASE v.state WHEN 'open' THEN 'abandoned' ELSE 'pruned' END WHERE v.version_id = ANY (gone);
    DELETE FROM dnc.list_chunk AS c WHERE c.version_id = ANY (gone);
    DELETE FROM dnc.list_block AS b WHERE b.set_id = ANY (sets)
        AND NOT EXISTS (SELECT FROM dnc.list_version AS v WHERE v.list = list AND v.state <> 'pruned' AND b.set_id IN (v.whole_set, v.plus_set, v.minus_set));
    RETURN coalesce(cardinality(gone), 0);
END
$$;
COMMENT ON FUNCTION dnc.prune(text) IS 'removes the blocks of versions that a list need not keep; returns how many versions';

-- The loaders proper read with the rights of who calls them, and write blocks, rejects and counts of an open version.
CREATE FUNCTION dnc.load_file(version bigint, file text, reject_percent integer) RETURNS void AS 'MODULE_PATHNAME', 'dnc_load_file_wrapper' LANGUAGE c;
CREATE FUNCTION dnc.load_query(version bigint, query text, reject_percent integer) RETURNS void AS 'MODULE_PATHNAME', 'dnc_load_query_wrapper' LANGUAGE c;
CREATE FUNCTION dnc.load_chunks(version bigint, reject_percent integer) RETURNS void AS 'MODULE_PATHNAME', 'dnc_load_chunks_wrapper' LANGUAGE c;
COMMENT ON FUNCTION dnc.load_file(bigint, text, integer) IS 'reads a file of the server into an open version';
COMMENT ON FUNCTION dnc.load_query(bigint, text, integer) IS 'reads what a query gives into an open version';
COMMENT ON FUNCTION dnc.load_chunks(bigint, integer) IS 'reads the lines that were copied into dnc.list_line into an open version';

CREATE FUNCTION @extschema@.dnc_list_load(
    list text, file text, format text DEFAULT NULL, obtained_at timestamptz DEFAULT NULL, applies_to bigint DEFAULT NULL, operation text DEFAULT NULL,
    activate boolean DEFAULT true, reject_percent integer DEFAULT NULL, coverage text[] DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    version bigint := dnc.load_begin(list, file, format, obtained_at, applies_to, operation, coverage);
BEGIN
    PERFORM dnc.load_file(version, file, reject_percent);
    PERFORM dnc.load_end(version, activate);
    RETURN version;
END
$$;
CREATE FUNCTION @extschema@.dnc_list_load_query(
    list text, query text, obtained_at timestamptz DEFAULT NULL, applies_to bigint DEFAULT NULL, operation text DEFAULT NULL,
    activate boolean DEFAULT true, reject_percent integer DEFAULT NULL, coverage text[] DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    version bigint := dnc.load_begin(list, pg_catalog.concat('query: ', pg_catalog."left"(query, 900)), 'lines', obtained_at, applies_to, operation, coverage);
BEGIN
    PERFORM dnc.load_query(version, query, reject_percent);
    PERFORM dnc.load_end(version, activate);
    RETURN version;
END
$$;

-- From the client: dnc_list_load_start, then \copy into dnc.list_line, then dnc_list_load_finish. Lines are gathered into chunks.
CREATE TABLE dnc.list_chunk (
    version_id bigint NOT NULL REFERENCES dnc.list_version,
    chunk_id   bigint GENERATED BY DEFAULT AS IDENTITY,
    lines      bytea  NOT NULL,
    PRIMARY KEY (version_id, chunk_id)
);
ALTER TABLE dnc.list_chunk ALTER COLUMN lines SET STORAGE EXTERNAL;
COMMENT ON SEQUENCE dnc.list_chunk_chunk_id_seq IS 'orders chunks';
COMMENT ON TABLE dnc.list_chunk IS 'lines of open versions as they were copied, many a row; gone when the load is finished';

CREATE VIEW dnc.list_line AS SELECT NULL::text AS line WHERE false;
COMMENT ON VIEW dnc.list_line IS 'takes the lines of a list file by \copy, between dnc_list_load_start and dnc_list_load_finish; always empty';
CREATE FUNCTION dnc.take_line() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_take_line' LANGUAGE c;
CREATE FUNCTION dnc.take_chunk() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_take_chunk' LANGUAGE c;
COMMENT ON FUNCTION dnc.take_line() IS 'trigger of dnc.list_line: keeps a line';
COMMENT ON FUNCTION dnc.take_chunk() IS 'trigger of dnc.list_line: writes what lines are left at the end of a statement';
CREATE TRIGGER "00_take" INSTEAD OF INSERT ON dnc.list_line FOR EACH ROW EXECUTE FUNCTION dnc.take_line();
CREATE TRIGGER "00_begin" BEFORE INSERT ON dnc.list_line FOR EACH STATEMENT EXECUTE FUNCTION dnc.take_chunk('begin');
CREATE TRIGGER "00_end" AFTER INSERT ON dnc.list_line FOR EACH STATEMENT EXECUTE FUNCTION dnc.take_chunk('end');

CREATE FUNCTION @extschema@.dnc_list_load_start(
    list text, file text, format text DEFAULT NULL, obtained_at timestamptz DEFAULT NULL, applies_to bigint DEFAULT NULL, operation text DEFAULT NULL, coverage text[] DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    version bigint := dnc.load_begin(list, file, format, obtained_at, applies_to, operation, coverage);
BEGIN
    PERFORM set_config('dnc.list_load', version::text, false);
    RETURN version;
END
$$;
CREATE FUNCTION @extschema@.dnc_list_load_finish(version bigint, activate boolean DEFAULT true, reject_percent integer DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    v dnc.list_version;
    c bigint;
BEGIN
    -- Loads of one list wait for each other, and lines that are still being copied for this one.
    PERFORM FROM dnc.list AS l WHERE l.list = (SELECT x.list FROM dnc.list_version AS x WHERE x.version_id = version) FOR NO KEY UPDATE;
    SELECT * INTO v FROM dnc.list_version AS x WHERE x.version_id = version FOR UPDATE;
    IF v.version_id IS NULL OR v.state <> 'open' THEN
        RAISE EXCEPTION 'load % is not open', coalesce(version::text, 'NULL') USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = CASE WHEN v.state IS NULL THEN 'There is no such version.' ELSE format('It is %s.', v.state) END, HINT = 'dnc_list_load_start opens one.';
    END IF;
    IF v.base_id IS NOT NULL THEN
        SELECT x.version_id INTO c FROM dnc.list_version AS x WHERE x.list = v.list AND x.state = 'current';
        IF c IS DISTINCT FROM v.base_id THEN
            RAISE EXCEPTION 'the changes are for version % of list %, and version % is current', v.base_id, v.list, coalesce(c::text, 'none')
                USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'Another version became current since the load was started.', HINT = 'Load what is missing in between first, or the full list.';
        END IF;
    END IF;
    -- A copy that failed has left nothing, and lines do not come with a dump.
    IF NOT EXISTS (SELECT FROM dnc.list_chunk AS x WHERE x.version_id = version) THEN
        RAISE EXCEPTION 'nothing was copied for load %', version USING ERRCODE = 'no_data_found',
            DETAIL = 'The lines go to dnc.list_line, in the session that started the load.', HINT = 'Copy them and finish again; a load that is not wanted may stay open, and is given up after a week.';
    END IF;
    PERFORM dnc.load_chunks(version, reject_percent);
    DELETE FROM dnc.list_chunk AS x WHERE x.version_id = version;
    PERFORM dnc.load_end(version, activate);
    PERFORM set_config('dnc.list_load', '', false);
    RETURN version;
END
$$;

CREATE FUNCTION @extschema@.dnc_list_activate(list text, version bigint, confirm boolean DEFAULT false) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    v     dnc.list_version;
    doubt text;
BEGIN
    PERFORM FROM dnc.list AS l WHERE l.list = list FOR NO KEY UPDATE;
    SELECT * INTO v FROM dnc.list_version AS x WHERE x.version_id = version AND x.list = list;
    IF v.state = 'current' THEN
        RETURN;
    END IF;
    IF v.version_id IS NULL OR v.state NOT IN ('ready', 'former') THEN
        RAISE EXCEPTION 'version % of list % cannot be made current', coalesce(version::text, 'NULL'), coalesce(list, 'NULL') USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = CASE WHEN v.version_id IS NULL THEN 'There is no such version.' ELSE format('It is %s.', v.state) END,
            HINT = 'Versions that are ready or former can be: see dnc.list_version.';
    END IF;
    PERFORM dnc.require_base(v);
    doubt := dnc.doubt_about(v);
    IF doubt IS NOT NULL AND confirm IS NOT TRUE THEN
        RAISE EXCEPTION 'version % of list % has %', version, list, doubt USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = format('The list is set to ask when over %s %% of its numbers would go, or there are none.', (SELECT l.shrink_percent FROM dnc.list AS l WHERE l.list = list)), HINT = 'If that is right, give confirm => true.';
    END IF;
    PERFORM dnc.make_current(version);
END
$$;
CREATE FUNCTION @extschema@.dnc_list_revert(list text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    earlier bigint;
BEGIN
    PERFORM FROM dnc.list AS l WHERE l.list = list FOR NO KEY UPDATE;
    SELECT v.version_id INTO earlier FROM dnc.list_version AS v WHERE v.list = list AND v.state = 'former' ORDER BY v.activated_at DESC, v.version_id DESC LIMIT 1;
    IF earlier IS NULL THEN
        RAISE EXCEPTION 'list % has no former version', coalesce(list, 'NULL') USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'How many are kept is set by keep_versions of dnc.list.', HINT = 'Load the list anew.';
    END IF;
    PERFORM dnc.make_current(earlier);
    RETURN earlier;
END
$$;
CREATE FUNCTION @extschema@.dnc_list_prune(list text) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    PERFORM FROM dnc.list AS l WHERE l.list = list FOR NO KEY UPDATE;
    RETURN dnc.prune(list);
END
$$;

-- Which formats read a sample of a file, best first.
CREATE FUNCTION dnc.format_reads(sample text, format text, region text) RETURNS TABLE (lines bigint, readable bigint) AS 'MODULE_PATHNAME', 'dnc_format_reads_wrapper' LANGUAGE c STABLE ROWS 1;
COMMENT ON FUNCTION dnc.format_reads(text, text, text) IS 'how many records a sample has in a format, and how many of them are numbers';
CREATE FUNCTION @extschema@.dnc_list_sniff(sample text, region text DEFAULT NULL) RETURNS TABLE (format text, lines bigint, readable bigint, description text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT f.format, r.lines, r.readable, f.description FROM dnc.list_format AS f, dnc.format_reads(sample, f.format, region) AS r
    WHERE r.readable > 0 ORDER BY r.readable::float8 / r.lines DESC, r.readable DESC, f.number_columns[1] !~ '^[0-9]+$' DESC, f.region IS NOT DISTINCT FROM dnc_list_sniff.region DESC, f.format;
END;

-- Whether the blocks of versions are still those that were written.
CREATE FUNCTION dnc.set_facts(set_id bigint) RETURNS TABLE (digest bytea, numbers bigint, problem text) AS 'MODULE_PATHNAME', 'dnc_set_facts_wrapper' LANGUAGE c STABLE ROWS 1;
COMMENT ON FUNCTION dnc.set_facts(bigint) IS 'digest and count of a set as its blocks are now, and what is wrong with the first bad one';
CREATE FUNCTION @extschema@.dnc_list_verify(list text DEFAULT NULL) RETURNS TABLE (list_name text, version bigint, state text, healthy boolean, detail text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT v.list, v.version_id, v.state, f.problem IS NULL AND f.numbers = v.numbers AND f.digest = v.digest AND (m.digest IS NULL OR f.whole = m.digest),
           CASE WHEN f.problem IS NOT NULL THEN f.problem WHEN f.numbers <> v.numbers THEN f.numbers || ' numbers instead of ' || v.numbers
                WHEN f.digest <> v.digest OR f.whole <> m.digest THEN 'the blocks are not those that were loaded' ELSE v.numbers || ' numbers' END
    FROM dnc.list_version AS v
    -- The version that a whole set was written for, pruned or not, has its digest.
    LEFT JOIN dnc.list_version AS m ON v.plus_set IS NOT NULL AND m.whole_set = v.whole_set AND m.plus_set IS NULL
    CROSS JOIN LATERAL (
        SELECT sha256(string_agg(x.digest, '' ORDER BY x.n) FILTER (WHERE x.own)) AS digest, sha256(string_agg(x.digest, '') FILTER (WHERE x.n = 1)) AS whole, sum(CASE x.n WHEN 3 THEN -x.numbers ELSE x.numbers END) AS numbers, min(x.problem) AS problem
        FROM (SELECT s.n, s.own, t.* FROM (VALUES (1, v.whole_set, v.plus_set IS NULL), (2, v.plus_set, true), (3, v.minus_set, true)) AS s (n, set_id, own), dnc.set_facts(s.set_id) AS t WHERE s.set_id IS NOT NULL) AS x) AS f
    WHERE (dnc_list_verify.list IS NULL OR v.list = dnc_list_verify.list) AND v.state IN ('ready', 'current', 'former') ORDER BY v.list, v.version_id;
END;

-- What loads are doing, seen from other connections.
CREATE FUNCTION dnc.load_progress() RETURNS TABLE (pid integer, version_id bigint, phase text, bytes bigint, bytes_total bigint, lines bigint, rejected bigint, numbers bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT p.pid, p.param10, CASE p.param11 WHEN 1 THEN 'reading' WHEN 2 THEN 'sorting and writing' WHEN 3 THEN 'joining changes' END, p.param1, nullif(p.param2, 0), p.param3, p.param4, p.param12
    FROM pg_stat_get_progress_info('COPY') AS p WHERE p.datid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND p.relid = 'dnc.list_block'::regclass AND p.param10 > 0;
END;
COMMENT ON FUNCTION dnc.load_progress() IS 'behind dnc.list_progress';
CREATE VIEW dnc.list_progress AS SELECT * FROM dnc.load_progress();
COMMENT ON VIEW dnc.list_progress IS 'loads of lists that are running: bytes and lines that are read, numbers that are written';

CREATE VIEW dnc.stale_list AS
    SELECT l.list, v.version_id, v.obtained_at, l.max_age_days, v.obtained_at + pg_catalog.make_interval(hours => 24 * l.max_age_days) AS good_until,
           CASE WHEN v.version_id IS NULL THEN 'not loaded' ELSE 'stale' END AS state, l.strict
    FROM dnc.list AS l LEFT JOIN dnc.list_version AS v ON v.list = l.list AND v.state = 'current'
    WHERE l.enabled AND (v.version_id IS NULL OR v.obtained_at + pg_catalog.make_interval(hours => 24 * l.max_age_days) < pg_catalog.statement_timestamp());
COMMENT ON VIEW dnc.stale_list IS 'enabled lists that were never loaded, or whose current version is older than they allow';
COMMENT ON COLUMN dnc.stale_list.good_until IS 'when the current version became stale';

COMMENT ON FUNCTION @extschema@.dnc_list_load(text, text, text, timestamptz, bigint, text, boolean, integer, text[])
    IS 'loads a file of the server, plain or gzip, as a new version of a list, makes it current and returns it; for whom PostgreSQL lets read files. applies_to: the file has changes for that version';
COMMENT ON FUNCTION @extschema@.dnc_list_load_query(text, text, timestamptz, bigint, text, boolean, integer, text[])
    IS 'loads the first column of a query, numbers or texts, as a new version of a list, makes it current and returns it';
COMMENT ON FUNCTION @extschema@.dnc_list_load_start(text, text, text, timestamptz, bigint, text, text[]) IS 'opens a version of a list in this session and returns it; then \copy dnc.list_line FROM …';
COMMENT ON FUNCTION @extschema@.dnc_list_load_finish(bigint, boolean, integer) IS 'loads the lines that were copied and makes the version current';
COMMENT ON FUNCTION @extschema@.dnc_list_activate(text, bigint, boolean) IS 'makes a version current that is ready or was current before';
COMMENT ON FUNCTION @extschema@.dnc_list_revert(text) IS 'makes the version current that was before the present one, and returns it';
COMMENT ON FUNCTION @extschema@.dnc_list_prune(text) IS 'removes versions beyond those that the list is set to keep; returns how many';
COMMENT ON FUNCTION @extschema@.dnc_list_verify(text) IS 'whether the blocks of versions that are not pruned are those that were loaded, whole and unchanged; reads them all';
COMMENT ON FUNCTION @extschema@.dnc_list_sniff(text, text) IS 'formats that read something in a sample of a file, best first';

-- The same for prefixes.
CREATE FUNCTION dnc.prefix_refusals(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz)
RETURNS SETOF dnc.prefix_entry LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT e.* FROM dnc.prefix_entry AS e
    WHERE pg_catalog.starts_with(prefix_refusals.phone::text, e.prefix) AND e.ends IS NULL
      AND (prefix_refusals.channel IS NULL OR e.channel IN ('all', prefix_refusals.channel))
      AND (prefix_refusals.purpose IS NULL OR e.purpose IS NULL OR dnc.covers(e.purpose, prefix_refusals.purpose) OR dnc.covers(prefix_refusals.purpose, e.purpose))
      AND (prefix_refusals.at IS NULL OR e.received_at <= prefix_refusals.at OR prefix_refusals.at >= pg_catalog.transaction_timestamp())
      AND e.expires_at > coalesce(prefix_refusals.at, pg_catalog.statement_timestamp())
      AND NOT EXISTS (
          SELECT FROM dnc.prefix_entry AS w
          WHERE w.ends = e.prefix_id
            AND (prefix_refusals.at IS NULL OR w.received_at <= prefix_refusals.at OR prefix_refusals.at >= pg_catalog.transaction_timestamp())
            AND w.channel IN ('all', coalesce(prefix_refusals.channel, e.channel))
            AND (w.purpose IS NULL OR dnc.covers(w.purpose, CASE WHEN dnc.covers(prefix_refusals.purpose, e.purpose) THEN e.purpose ELSE coalesce(prefix_refusals.purpose, e.purpose) END)));
END;
COMMENT ON FUNCTION dnc.prefix_refusals(@extschema@.dnc_phone, text, text, timestamptz) IS 'refusals of prefixes in force that meet the question; NULL for channel or purpose asks about any';

-- The same for external lists: every enabled list that is asked in checks and binds the channel and the purpose, a row each. Lists know no
-- time but the present one.
CREATE FUNCTION dnc.set_has(set_id bigint, number bigint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT dnc.block_has(b.packed, set_has.number) FROM dnc.list_block AS b
    WHERE b.set_id = set_has.set_id AND b.start <= set_has.number AND b.stop > set_has.number;
END;
COMMENT ON FUNCTION dnc.set_has(bigint, bigint) IS 'whether a set of blocks holds a number; NULL: its block is missing';
CREATE FUNCTION dnc.list_grounds(phone @extschema@.dnc_phone, channel text, purpose text)
RETURNS TABLE (list text, kind text, version_id bigint, obtained_at timestamptz, activated_at timestamptz, channels text[], purposes text[], source text, listed boolean, doubt text, unknown boolean)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 3
BEGIN ATOMIC
    SELECT l.list, l.kind, v.version_id, v.obtained_at, v.activated_at, l.channels, l.purposes, l.source, s.listed, d.doubt,
           d.doubt IS NOT NULL AND s.listed IS NOT TRUE AND l.strict AND coalesce(@extschema@.dnc_region(list_grounds.phone) = pg_catalog.left(l.jurisdiction, 2), true)
           OR v.version_id IS NOT NULL AND s.listed IS NULL
    FROM dnc.list AS l LEFT JOIN dnc.list_version AS v ON v.list = l.list AND v.state = 'current'
    CROSS JOIN LATERAL (SELECT CASE WHEN v.plus_set IS NULL THEN dnc.set_has(v.whole_set, list_grounds.phone::bigint)
        ELSE dnc.set_has(v.plus_set, list_grounds.phone::bigint) OR (dnc.set_has(v.whole_set, list_grounds.phone::bigint) AND NOT dnc.set_has(v.minus_set, list_grounds.phone::bigint)) END) AS s (listed)
    CROSS JOIN LATERAL (SELECT CASE
        WHEN v.version_id IS NULL THEN 'not loaded'
        WHEN v.obtained_at + pg_catalog.make_interval(hours => 24 * l.max_age_days) < pg_catalog.statement_timestamp() THEN 'stale'
        WHEN v.coverage IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.unnest(v.coverage) AS c (prefix) WHERE pg_catalog.starts_with(list_grounds.phone::text, c.prefix)) THEN 'uncovered'
        END) AS d (doubt)
    WHERE l.enabled AND l.applies = 'check'
      AND (list_grounds.channel IS NULL OR l.channels IS NULL OR l.channels && ARRAY['all', list_grounds.channel])
      AND (list_grounds.purpose IS NULL OR l.purposes IS NULL
           OR EXISTS (SELECT FROM pg_catalog.unnest(l.purposes) AS p (purpose) WHERE dnc.covers(p.purpose, list_grounds.purpose) OR dnc.covers(list_grounds.purpose, p.purpose)));
END;
COMMENT ON FUNCTION dnc.list_grounds(@extschema@.dnc_phone, text, text)
    IS 'what each list that meets the question says of a number: listed or not; doubt: not loaded, stale or uncovered; unknown: for that, or for a missing block, the answer is not known';

-- What checks keep in memory of all that, until dnc.list_epoch changes: times in microseconds since 2000-01-01.
CREATE FUNCTION dnc.microseconds(at timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN pg_catalog.isfinite(at) THEN (EXTRACT(epoch FROM at) * 1000000)::bigint - 946684800000000 END;
CREATE FUNCTION dnc.check_config() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object(
        'lists', (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('list', l.list, 'whole', v.whole_set, 'plus', v.plus_set, 'minus', v.minus_set,
                'channels', l.channels, 'purposes', l.purposes, 'strict', l.strict, 'region', pg_catalog.left(l.jurisdiction, 2), 'coverage', v.coverage,
                'good_until', dnc.microseconds(v.obtained_at + pg_catalog.make_interval(hours => 24 * l.max_age_days))) ORDER BY l.list), '[]')
            FROM dnc.list AS l LEFT JOIN dnc.list_version AS v ON v.list = l.list AND v.state = 'current' WHERE l.enabled AND l.applies = 'check'),
        'prefixes', (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('entry', p.prefix_id, 'prefix', p.prefix, 'ends', p.ends, 'expires', dnc.microseconds(p.expires_at),
                'received', dnc.microseconds(p.received_at), 'channel', p.channel, 'purpose', p.purpose)), '[]') FROM dnc.prefix_entry AS p))::text;
END;
COMMENT ON FUNCTION dnc.microseconds(timestamptz) IS 'microseconds since 2000-01-01; NULL for an infinite time';
COMMENT ON FUNCTION dnc.check_config() IS 'lists, current versions and prefixes as checks keep them in memory, in JSON';

-- The answer in SQL: what dnc_check gives, slower, and what it falls back on.
CREATE FUNCTION dnc.list_refuses(e164 text, channel text, purpose text, at timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN EXISTS (SELECT FROM dnc.prefix_refusals(e164::@extschema@.dnc_phone, channel, purpose, at)) OR pg_catalog.bool_or(g.listed) THEN true
                WHEN pg_catalog.bool_or(g.unknown) THEN NULL ELSE false END
    FROM dnc.list_grounds(e164::@extschema@.dnc_phone, channel, purpose) AS g;
END;
CREATE OR REPLACE FUNCTION dnc.refused(e164 text, channel text, purpose text, at timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM dnc.refusals(e164::@extschema@.dnc_phone, channel, purpose, at)) OR dnc.list_refuses(e164, channel, purpose, at);
END;
COMMENT ON FUNCTION dnc.list_refuses(text, text, text, timestamptz) IS 'whether a refusal of a prefix holds, or an external list has the number; NULL: not known';
COMMENT ON FUNCTION dnc.refused(text, text, text, timestamptz) IS 'the answer in SQL: what dnc_check gives, slower; NULL: not known';

CREATE OR REPLACE FUNCTION @extschema@.dnc_explain(phone @extschema@.dnc_phone, channel text DEFAULT 'voice', purpose text DEFAULT NULL, at timestamptz DEFAULT NULL)
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
    RETURN QUERY
        SELECT 'prefix'::text, 'internal'::text, e.prefix_id, e.channel, e.purpose, e.reason, e.source, e.received_at, nullif(e.expires_at, 'infinity'),
               format('Numbers that begin with %s are not contacted until that is withdrawn.', e.prefix), NULL::text
        FROM dnc.prefix_refusals(dnc_explain.phone, asked_channel, asked_purpose, dnc_explain.at) AS e ORDER BY e.prefix_id;
    RETURN QUERY
        SELECT CASE WHEN g.listed THEN 'listed' ELSE coalesce(g.doubt, 'unreadable') END, g.list, NULL::bigint, coalesce(array_to_string(g.channels, ', '), 'all'), array_to_string(g.purposes, ', '),
               CASE WHEN g.listed THEN g.kind END, CASE WHEN g.version_id IS NOT NULL THEN format('version %s, obtained %s', g.version_id, to_char(g.obtained_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')) END, CASE WHEN g.listed THEN g.activated_at END, NULL::timestamptz,
               CASE WHEN g.listed THEN 'What an external list holds is not contacted.'
                    WHEN g.unknown THEN 'The list cannot say that the number is not on it, so it is not contacted.'
                    ELSE 'The list does not have the number, as far as it was loaded.' END, g.source
        FROM dnc.list_grounds(dnc_explain.phone, asked_channel, asked_purpose) AS g WHERE g.listed OR g.unknown OR g.doubt IS NOT NULL ORDER BY g.list;
    RETURN QUERY
        SELECT DISTINCT ON (a.registry) 'registry answer'::text, a.registry, NULL::bigint, coalesce(array_to_string(r.channels, ', '), 'all'), NULL::text, NULL::text, concat_ws(' ', a.result, 'as of ' || a.asked_about, CASE WHEN a.valid_until <= now() THEN 'lapsed' END),
               a.obtained_at, nullif(a.valid_until, 'infinity'), 'Answers of registries count in decisions, not in checks.'::text, r.source
        FROM dnc.registry_answer AS a JOIN dnc.registry AS r ON r.registry = a.registry
        WHERE dnc.same_phone(a.phone, dnc_explain.phone) AND (asked_channel IS NULL OR r.channels IS NULL OR asked_channel = ANY (r.channels)) ORDER BY a.registry, a.obtained_at DESC, a.answer_id DESC;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_explain(@extschema@.dnc_phone, text, text, timestamptz) IS 'every ground of what dnc_check answers, a row each (unreadable, refusal, prefix, listed), each list that was asked although it is not loaded, stale or does not cover the number, and what registries answered last; no row: nothing recorded forbids the contact';
COMMENT ON FUNCTION @extschema@.dnc_explain(text, text, text, timestamptz) IS 'every ground of what dnc_check answers, a row each (unreadable, refusal, prefix, listed), each list that was asked although it is not loaded, stale or does not cover the number, and what registries answered last; no row: nothing recorded forbids the contact';

-- Grounds that decide: of the doubts about lists only those that make the answer unknown.
CREATE FUNCTION dnc.deciding(phone @extschema@.dnc_phone, channel text, purpose text) RETURNS TABLE (ground text, list text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH asked AS (SELECT nullif(deciding.channel, 'all') AS channel, coalesce(deciding.purpose, nullif(pg_catalog.current_setting('dnc.purpose', true), '')) AS purpose WHERE deciding.phone IS NOT NULL)
    SELECT e.reason, 'internal' FROM asked AS a, dnc.refusals(deciding.phone, a.channel, a.purpose, NULL) AS e
    UNION ALL
    SELECT e.reason, 'internal' FROM asked AS a, dnc.prefix_refusals(deciding.phone, a.channel, a.purpose, NULL) AS e
    UNION ALL
    SELECT CASE WHEN g.listed THEN g.kind ELSE coalesce(g.doubt, 'unreadable') END, g.list || coalesce(' (version ' || g.version_id || ')', '')
    FROM asked AS a, dnc.list_grounds(deciding.phone, a.channel, a.purpose) AS g WHERE g.listed OR g.unknown;
END;
CREATE OR REPLACE FUNCTION @extschema@.dnc_grounds(phone @extschema@.dnc_phone, channel text DEFAULT 'voice', purpose text DEFAULT NULL) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT string_agg(DISTINCT ground, ', ' ORDER BY ground) FROM dnc.deciding(phone, channel, purpose);
END;
CREATE OR REPLACE FUNCTION @extschema@.dnc_lists(phone @extschema@.dnc_phone, channel text DEFAULT 'voice', purpose text DEFAULT NULL) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT string_agg(DISTINCT list, ', ' ORDER BY list) FROM dnc.deciding(phone, channel, purpose);
END;
CREATE FUNCTION dnc.deciding_lists(e164 text, channel text, purpose text) RETURNS text LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT string_agg(DISTINCT d.list, ', ' ORDER BY d.list) FROM dnc.deciding(e164::@extschema@.dnc_phone, coalesce(channel, 'all'), purpose) AS d;
END;
COMMENT ON FUNCTION dnc.deciding_lists(text, text, text) IS 'the lists that decide, as errors of guards name them';
COMMENT ON FUNCTION dnc.deciding(@extschema@.dnc_phone, text, text) IS 'reasons and lists, with versions, that make dnc_check true or unknown';
COMMENT ON FUNCTION @extschema@.dnc_grounds(@extschema@.dnc_phone, text, text) IS 'reasons of the refusals that hold, kinds of the lists that have the number, and why a list cannot tell, comma-separated; NULL where there is none';
COMMENT ON FUNCTION @extschema@.dnc_lists(@extschema@.dnc_phone, text, text) IS 'lists on which the number is, or that cannot tell, external ones with their version, comma-separated; NULL where there is none';

-- ---------------------------------------------------------------------------
-- Lists against each other, and contacts against all of them
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_lists_of(phone @extschema@.dnc_phone, channel text DEFAULT 'voice', purpose text DEFAULT NULL)
RETURNS text[] AS 'MODULE_PATHNAME', 'dnc_lists_of_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 200;
COMMENT ON FUNCTION @extschema@.dnc_lists_of(@extschema@.dnc_phone, text, text) IS 'lists on which a number is, the internal one as internal; {}: none; NULL: not known, as dnc_check';

CREATE FUNCTION dnc.version_numbers(version bigint) RETURNS @extschema@.dnc_phone_set AS 'MODULE_PATHNAME', 'dnc_version_numbers_wrapper' LANGUAGE c STABLE STRICT;
CREATE FUNCTION dnc.version_common(a bigint, b bigint) RETURNS bigint AS 'MODULE_PATHNAME', 'dnc_version_common_wrapper' LANGUAGE c STABLE STRICT;
COMMENT ON FUNCTION dnc.version_numbers(bigint) IS 'the numbers of a version';
COMMENT ON FUNCTION dnc.version_common(bigint, bigint) IS 'how many numbers two versions have in common';

CREATE FUNCTION dnc.current_version(list text) RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    version bigint;
BEGIN
    SELECT v.version_id INTO version FROM dnc.list_version AS v WHERE v.list = list AND v.state = 'current';
    IF version IS NULL THEN
        RAISE EXCEPTION 'list "%" has no current version', left(coalesce(list, 'NULL'), 60) USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Those that have one: %s.', coalesce((SELECT string_agg(v.list, ', ' ORDER BY v.list) FROM dnc.list_version AS v WHERE v.state = 'current'), 'none')),
            HINT = 'internal is the list of the company itself.';
    END IF;
    RETURN version;
END
$$;
COMMENT ON FUNCTION dnc.current_version(text) IS 'the current version of a list; an error if there is none';

CREATE FUNCTION dnc.internal_numbers() RETURNS @extschema@.dnc_phone_set LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT @extschema@.dnc_set(s.e164::@extschema@.dnc_phone) FROM dnc.suppressed AS s;
END;
COMMENT ON FUNCTION dnc.internal_numbers() IS 'the numbers of internal entries that are in force';
CREATE FUNCTION @extschema@.dnc_list_numbers(list text) RETURNS @extschema@.dnc_phone_set LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN list = 'internal' THEN dnc.internal_numbers() ELSE dnc.version_numbers(dnc.current_version(list)) END;
END;
CREATE FUNCTION @extschema@.dnc_overlap(a text, b text) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN 'internal' IN (a, b) THEN @extschema@.dnc_set_common(@extschema@.dnc_list_numbers(a), @extschema@.dnc_list_numbers(b))
                ELSE dnc.version_common(dnc.current_version(a), dnc.current_version(b)) END;
END;
CREATE FUNCTION @extschema@.dnc_overlaps() RETURNS TABLE (a text, b text, kind text, jurisdiction text, numbers_b bigint, in_both bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH internal AS MATERIALIZED (SELECT dnc.internal_numbers() AS numbers)
    SELECT 'internal', l.list, l.kind, l.jurisdiction, v.numbers, @extschema@.dnc_set_common(i.numbers, dnc.version_numbers(v.version_id))
    FROM internal AS i, dnc.list AS l JOIN dnc.list_version AS v ON v.list = l.list AND v.state = 'current'
    UNION ALL
    SELECT v.list, w.list, l.kind, l.jurisdiction, w.numbers, dnc.version_common(v.version_id, w.version_id)
    FROM dnc.list_version AS v JOIN dnc.list_version AS w ON v.list < w.list AND w.state = 'current' JOIN dnc.list AS l ON l.list = w.list WHERE v.state = 'current'
    ORDER BY 1, 2;
END;
COMMENT ON FUNCTION @extschema@.dnc_list_numbers(text) IS 'the numbers of a list''s current version as a set; internal: of internal entries that are in force';
COMMENT ON FUNCTION @extschema@.dnc_overlap(text, text) IS 'how many numbers two lists have in common; internal is the list of the company itself';
COMMENT ON FUNCTION @extschema@.dnc_overlaps() IS 'the same for every pair of lists, with kind and jurisdiction of the second';

CREATE FUNCTION dnc.list_facts() RETURNS TABLE (list text, kind text, jurisdiction text, version_id bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT l.list, l.kind, l.jurisdiction, v.version_id FROM dnc.list AS l LEFT JOIN dnc.list_version AS v ON v.list = l.list AND v.state = 'current';
END;
COMMENT ON FUNCTION dnc.list_facts() IS 'kind, jurisdiction and current version of lists';

CREATE FUNCTION @extschema@.dnc_cross_check(relation regclass, phone_column text, channel text DEFAULT 'voice', purpose text DEFAULT NULL, region text DEFAULT NULL, region_column text DEFAULT NULL)
RETURNS TABLE (list text, kind text, jurisdiction text, version bigint, rows bigint) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    number text := (dnc.phone_expressions(relation, ARRAY[phone_column], region, region_column))[1];
    pages  bigint := (SELECT pg_relation_size(c.oid) / current_setting('block_size')::int FROM pg_class AS c WHERE c.oid = relation AND c.relkind = 'r');
    -- A large table is read in twenty parts, all under the snapshot of the query that calls, so that it can be told how far it is.
    parts  CONSTANT integer := CASE WHEN pages > 1000 THEN 20 ELSE 1 END;
    counts jsonb := '{}';
    part   jsonb;
    pages_of_part text;
BEGIN
    FOR n IN 1..parts LOOP
        pages_of_part := CASE WHEN parts = 1 THEN '' WHEN n < parts THEN format($q$WHERE r.ctid >= '(%s,0)' AND r.ctid < '(%s,0)'$q$, pages * (n - 1) / parts, pages * n / parts)
                         ELSE format($q$WHERE r.ctid >= '(%s,0)'$q$, pages * (n - 1) / parts) END;
        -- Counted as sets of lists first: there are few of those.
        EXECUTE format($q$
            SELECT coalesce(jsonb_object_agg(x.lists, x.rows), '{}') FROM (
                SELECT CASE WHEN s.phone IS NULL THEN '{unreadable}' ELSE coalesce(nullif(s.lists, '{}'), CASE WHEN s.lists IS NULL THEN '{"not known"}' ELSE '{clear}' END::text[]) END::text AS lists, count(*) AS rows
                FROM (SELECT p.phone, @extschema@.dnc_lists_of(p.phone, %L, %L) AS lists FROM (SELECT %s AS phone FROM %s AS r %s OFFSET 0) AS p OFFSET 0) AS s GROUP BY 1) AS x$q$,
            channel, purpose, number, relation, pages_of_part) INTO part;
        SELECT coalesce(jsonb_object_agg(x.key, x.rows), '{}') INTO counts FROM (
            SELECT e.key, sum(e.value::bigint) AS rows FROM (SELECT * FROM jsonb_each_text(counts) UNION ALL SELECT * FROM jsonb_each_text(part)) AS e GROUP BY 1) AS x;
        IF parts > 1 THEN
            RAISE NOTICE '%: % %% is read', relation, n * 100 / parts;
        END IF;
    END LOOP;
    RETURN QUERY SELECT l.list, f.kind, f.jurisdiction, f.version_id, sum(c.value::bigint)::bigint
        FROM jsonb_each_text(counts) AS c CROSS JOIN LATERAL unnest(c.key::text[]) AS l (list) LEFT JOIN dnc.list_facts() AS f ON f.list = l.list
        GROUP BY 1, 2, 3, 4 ORDER BY f.kind IS NOT NULL, 1;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_cross_check(regclass, text, text, text, text, text)
    IS 'how many rows of a table are on which list; a row on several counts for each. clear, not known, unreadable and internal stand beside the names of external lists';

-- ---------------------------------------------------------------------------
-- Scrubs: a campaign's numbers judged in one pass, and the receipt for it
-- ---------------------------------------------------------------------------
-- A receipt is one part of what a safe harbour asks for; others are the written procedures, training, the registry's subscription and
-- the calls themselves.

CREATE TABLE dnc.scrub (
    scrub_id     bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    source       text        NOT NULL,
    target       text        NOT NULL,
    key_column   text        NOT NULL,
    phone_column text        NOT NULL,
    channel      text        NOT NULL REFERENCES dnc.channel,
    purpose      text        REFERENCES dnc.purpose,
    state        text        NOT NULL CHECK (state IN ('running', 'finished')),
    started_at   timestamptz NOT NULL,
    started_by   text        NOT NULL,
    finished_at  timestamptz,
    rows         bigint,
    clear        bigint,
    suppressed   bigint,
    unreadable   bigint,
    lists        jsonb,
    versions     jsonb       NOT NULL DEFAULT '[]',
    result_hash  bytea       CHECK (octet_length(result_hash) = 32),
    audit_seq    bigint      UNIQUE REFERENCES dnc.audit_data,
    CHECK ((state = 'finished') = (finished_at IS NOT NULL) AND (state = 'finished') = (result_hash IS NOT NULL)),
    CHECK (rows = clear + suppressed + unreadable)
);
COMMENT ON SEQUENCE dnc.scrub_scrub_id_seq IS 'numbers scrubs';
COMMENT ON TABLE dnc.scrub IS 'receipts of scrubs: what was judged, when, by whom, against which versions, with which result; one part of a safe-harbour file, not all of it';
COMMENT ON COLUMN dnc.scrub.lists IS 'how many rows were on which list';
COMMENT ON COLUMN dnc.scrub.versions IS 'versions of lists that were current, one element for each state that batches found';
COMMENT ON COLUMN dnc.scrub.result_hash IS 'SHA-256 over the rows of the result in order, as dnc_scrub_hash makes it';
SELECT dnc.audit('scrub', 'scrub_id');
SELECT pg_catalog.pg_extension_config_dump('dnc.scrub', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.scrub_scrub_id_seq', '');

CREATE FUNCTION @extschema@.dnc_scrub_hash_add(internal, text) RETURNS internal AS 'MODULE_PATHNAME', 'dnc_scrub_hash_add_wrapper' LANGUAGE c IMMUTABLE;
CREATE FUNCTION @extschema@.dnc_scrub_hash_finish(internal) RETURNS bytea AS 'MODULE_PATHNAME', 'dnc_scrub_hash_finish_wrapper' LANGUAGE c IMMUTABLE;
CREATE AGGREGATE @extschema@.dnc_scrub_hash(text) (SFUNC = @extschema@.dnc_scrub_hash_add, STYPE = internal, FINALFUNC = @extschema@.dnc_scrub_hash_finish, FINALFUNC_MODIFY = READ_WRITE);
COMMENT ON FUNCTION @extschema@.dnc_scrub_hash_add(internal, text) IS 'behind dnc_scrub_hash: takes a text';
COMMENT ON FUNCTION @extschema@.dnc_scrub_hash_finish(internal) IS 'behind dnc_scrub_hash: the hash';
COMMENT ON AGGREGATE @extschema@.dnc_scrub_hash(text) IS 'SHA-256 over texts in order, each with its length in bytes before it (eight, little-endian); 2^64 - 1 and nothing for NULL';

CREATE FUNCTION dnc.scrub_begin(source text, target text, key_column text, phone_column text, channel text, purpose text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    fresh bigint;
BEGIN
    PERFORM dnc.require_known('channel', channel);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    INSERT INTO dnc.scrub (source, target, key_column, phone_column, channel, purpose, state, started_at, started_by)
        VALUES (source, target, key_column, phone_column, channel, purpose, 'running', now(), session_user) RETURNING scrub_id INTO fresh;
    RETURN fresh;
END
$$;
-- What a batch found in force; told before and after it, in the same transaction.
CREATE FUNCTION dnc.scrub_versions(scrub bigint) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    UPDATE dnc.scrub AS s SET versions = s.versions || pg_catalog.jsonb_build_array(f.now) FROM (
        SELECT coalesce(pg_catalog.jsonb_object_agg(x.list, x.version_id), '{}') AS now FROM dnc.list_facts() AS x) AS f
    WHERE s.scrub_id = scrub AND s.state = 'running' AND s.started_by = session_user AND s.versions -> -1 IS DISTINCT FROM f.now;
END;
CREATE FUNCTION dnc.scrub_end(scrub bigint, rows bigint, clear bigint, suppressed bigint, unreadable bigint, lists jsonb, result_hash bytea) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    UPDATE dnc.scrub AS s SET state = 'finished', finished_at = clock_timestamp(), rows = rows, clear = clear, suppressed = suppressed, unreadable = unreadable, lists = lists, result_hash = result_hash
        WHERE s.scrub_id = scrub AND s.state = 'running' AND s.started_by = session_user;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'scrub % is not running, or not yours', scrub USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'A receipt is written once; scrub again for another one.';
    END IF;
END
$$;
CREATE FUNCTION dnc.scrub_running(target text) RETURNS dnc.scrub LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT s FROM dnc.scrub AS s WHERE s.target = scrub_running.target AND s.state = 'running' AND s.started_by = session_user ORDER BY s.scrub_id DESC LIMIT 1;
END;
CREATE FUNCTION dnc.scrub_receipt(scrub bigint) RETURNS dnc.scrub LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT s FROM dnc.scrub AS s WHERE s.scrub_id = scrub;
END;
COMMENT ON FUNCTION dnc.scrub_begin(text, text, text, text, text, text) IS 'opens a receipt; behind dnc_scrub';
COMMENT ON FUNCTION dnc.scrub_versions(bigint) IS 'notes the versions that are current; behind dnc_scrub';
COMMENT ON FUNCTION dnc.scrub_end(bigint, bigint, bigint, bigint, bigint, jsonb, bytea) IS 'completes a receipt; behind dnc_scrub';
COMMENT ON FUNCTION dnc.scrub_running(text) IS 'the scrub into this table that the session''s user has not finished';
COMMENT ON FUNCTION dnc.scrub_receipt(bigint) IS 'a receipt';

-- Counts and hash of the rows of a result that come in order.
CREATE FUNCTION dnc.scrub_summary(rows_in_order text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN 'SELECT pg_catalog.count(*) AS rows, pg_catalog.count(*) FILTER (WHERE t.status OPERATOR(pg_catalog.=) ''clear'') AS clear, pg_catalog.count(*) FILTER (WHERE t.status OPERATOR(pg_catalog.=) ''suppressed'') AS suppressed, '
        || 'pg_catalog.count(*) FILTER (WHERE t.status OPERATOR(pg_catalog.=) ''unreadable'') AS unreadable, '
        || '@extschema@.dnc_scrub_hash(pg_catalog.concat_ws(''|'', t.n, t.key, t.phone, t.status, t.ground, pg_catalog.array_to_string(t.lists, '',''))) AS result_hash FROM ' || rows_in_order || ' AS t';
CREATE FUNCTION dnc.scrub_lists(target regclass) RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    lists jsonb;
BEGIN
    EXECUTE format($q$SELECT coalesce(jsonb_object_agg(x.list, x.rows), '{}') FROM (SELECT l.list, count(*) AS rows FROM %1$s AS t, unnest(t.lists) AS l (list) WHERE t.status = 'suppressed' GROUP BY 1) AS x$q$, target) INTO lists;
    RETURN lists;
END
$$;
CREATE FUNCTION dnc.scrub_counts(target regclass, OUT rows bigint, OUT clear bigint, OUT suppressed bigint, OUT unreadable bigint, OUT result_hash bytea, OUT lists jsonb) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE dnc.scrub_summary(format('(SELECT * FROM %s ORDER BY n)', target)) INTO rows, clear, suppressed, unreadable, result_hash;
    lists := dnc.scrub_lists(target);
END
$$;
COMMENT ON FUNCTION dnc.scrub_summary(text) IS 'a query for counts and hash of the rows of a result, which come in order';
COMMENT ON FUNCTION dnc.scrub_lists(regclass) IS 'how many rows of a result are on which list';
COMMENT ON FUNCTION dnc.scrub_counts(regclass) IS 'counts and hash of the result of a scrub, as it is now';

CREATE FUNCTION dnc.require_unique(relation regclass, key_column text) RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_attribute AS a JOIN pg_index AS i ON i.indrelid = a.attrelid AND i.indisunique AND i.indisvalid AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum AND i.indpred IS NULL
                   WHERE a.attrelid = relation AND a.attname = key_column AND a.attnotnull) THEN
        RAISE EXCEPTION 'column "%" of % is no unique key', key_column, relation USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'Batches follow each other by a column that is NOT NULL and has a unique index of its own.', HINT = 'Leave batch out to judge the table in one pass.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_unique(regclass, text) IS 'raises unless a column is NOT NULL and unique by itself';

-- A procedure, so that it can commit what it has done. It has no SET clause, which would forbid that; it runs with the caller's rights.
CREATE PROCEDURE @extschema@.dnc_scrub(
    source regclass, key_column text, phone_column text, target text, channel text DEFAULT 'voice', purpose text DEFAULT NULL,
    region text DEFAULT NULL, region_column text DEFAULT NULL, batch integer DEFAULT NULL, INOUT receipt bigint DEFAULT NULL
) LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    number  text := (dnc.phone_expressions(source, ARRAY[phone_column], region, region_column))[1];
    asked   text := pg_catalog.format('%L, %L', channel, purpose);
    running dnc.scrub;
    parts   pg_catalog.text[] := pg_catalog.parse_ident(target);
    found   pg_catalog.regclass;
    done    bigint := 0;
    step    bigint;
    counts  record;
    insert  text;
    whole   boolean;
BEGIN
    IF pg_catalog.cardinality(parts) > 2 THEN
        RAISE EXCEPTION '"%" is no name for a table', target USING ERRCODE = 'invalid_name', HINT = 'Write table or schema.table.';
    END IF;
    SELECT pg_catalog.string_agg(pg_catalog.quote_ident(p), '.' ORDER BY n) INTO target FROM pg_catalog.unnest(parts) WITH ORDINALITY AS u (p, n);
    found := pg_catalog.to_regclass(target);
    IF batch IS NOT NULL THEN
        PERFORM dnc.require_unique(source, key_column);
    END IF;
    running := dnc.scrub_running(target);
    IF running.scrub_id IS NOT NULL AND found IS NOT NULL THEN
        IF (running.source, running.key_column, running.phone_column, running.channel) IS DISTINCT FROM (source::pg_catalog.text, key_column, phone_column, channel) OR running.purpose IS DISTINCT FROM purpose THEN
            RAISE EXCEPTION 'scrub % into % was begun with other arguments', running.scrub_id, target USING ERRCODE = 'object_not_in_prerequisite_state',
                DETAIL = pg_catalog.format('It judges %s.%s of %s for %s.', running.source, running.phone_column, running.key_column, running.channel),
                HINT = 'Call it with those to go on, or name another table.';
        END IF;
        receipt := running.scrub_id;
        EXECUTE pg_catalog.format('SELECT coalesce(pg_catalog.max(n), 0) FROM %s', found) INTO done;
        RAISE NOTICE 'scrub %: going on after % rows', receipt, done;
    ELSIF found IS NOT NULL THEN
        RAISE EXCEPTION 'table % exists already', target USING ERRCODE = 'duplicate_table', HINT = 'Name a table that is not there yet: the result of a scrub is put into a new one.';
    ELSE
        receipt := dnc.scrub_begin(source::pg_catalog.text, target, key_column, phone_column, channel, purpose);
        EXECUTE pg_catalog.format('CREATE TABLE %s AS SELECT NULL::pg_catalog.int8 AS n, r.%I AS key, NULL::@extschema@.dnc_phone AS phone, NULL::pg_catalog.text AS status, NULL::pg_catalog.text AS ground, NULL::pg_catalog.text[] AS lists FROM %s AS r WITH NO DATA',
            target, key_column, source);
        found := pg_catalog.to_regclass(target);
    END IF;
    whole := batch IS NULL AND done = 0;
    LOOP
        PERFORM dnc.scrub_versions(receipt);
        insert := pg_catalog.format($q$
            INSERT INTO %1$s (n, key, phone, status, ground, lists)
            SELECT %2$s + pg_catalog.row_number() OVER (), s.key, s.phone,
                   CASE WHEN s.refused THEN 'suppressed' WHEN NOT s.refused THEN 'clear' ELSE 'unreadable' END,
                   CASE WHEN NOT s.refused THEN NULL WHEN s.phone IS NULL THEN 'unreadable' WHEN s.refused IS NULL THEN 'not known' WHEN 'internal' OPERATOR(pg_catalog.=) ANY (s.lists) THEN 'refusal' ELSE 'listed' END, s.lists
            FROM (SELECT c.key, c.phone, c.refused, CASE WHEN c.refused THEN @extschema@.dnc_lists_of(c.phone, %3$s) END AS lists
                  FROM (SELECT p.key, p.phone, @extschema@.dnc_check(p.phone, %3$s) AS refused FROM (SELECT r.%4$I AS key, %5$s AS phone FROM %6$s AS r %7$s) AS p OFFSET 0) AS c OFFSET 0) AS s$q$,
            found, done, asked, key_column, number, source,
            CASE WHEN whole THEN '' ELSE pg_catalog.format('WHERE r.%1$I > (SELECT t.key FROM %2$s AS t WHERE t.n OPERATOR(pg_catalog.=) %3$s) OR %3$s OPERATOR(pg_catalog.=) 0 ORDER BY r.%1$I LIMIT %4$s', key_column, found, done, coalesce(batch::pg_catalog.text, 'ALL')) END);
        IF whole THEN
            -- Counted and hashed as the rows are put in, in their order.
            EXECUTE pg_catalog.format('WITH put AS (%s RETURNING *) %s', insert, dnc.scrub_summary('put')) INTO counts;
            step := counts.rows;
        ELSE
            EXECUTE insert;
            GET DIAGNOSTICS step = ROW_COUNT;
        END IF;
        -- A list that was swapped while the batch was being judged may have been asked in either version.
        PERFORM dnc.scrub_versions(receipt);
        done := done + step;
        EXIT WHEN batch IS NULL OR step < batch;
        RAISE NOTICE 'scrub %: % rows', receipt, done;
        COMMIT;
    END LOOP;
    IF NOT whole THEN
        SELECT * INTO counts FROM dnc.scrub_counts(found);
    END IF;
    PERFORM dnc.scrub_end(receipt, counts.rows, counts.clear, counts.suppressed, counts.unreadable, dnc.scrub_lists(found), counts.result_hash);
    RAISE NOTICE 'scrub %: % clear, % suppressed, % unreadable', receipt, counts.clear, counts.suppressed, counts.unreadable
        USING DETAIL = 'The receipt is in dnc.scrub. It is one part of a safe-harbour file, not all of it.';
END
$$;
COMMENT ON PROCEDURE @extschema@.dnc_scrub(regclass, text, text, text, text, text, text, text, integer, bigint)
    IS 'judges the numbers of a table into a new one (n, key, phone, status, ground, lists) and writes a receipt; with batch it commits so many rows at a time, in the order of a unique key, and the same call goes on where it was cut short';

CREATE FUNCTION @extschema@.dnc_verify_scrub(receipt bigint, target regclass) RETURNS TABLE (what text, receipted text, found text, same boolean) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    r dnc.scrub := dnc.scrub_receipt(receipt);
    c record;
BEGIN
    IF r.state IS DISTINCT FROM 'finished' THEN
        RAISE EXCEPTION 'there is no receipt %', coalesce(receipt::text, 'NULL') USING ERRCODE = 'no_data_found', HINT = 'dnc.scrub has the receipts; one that is running has none yet.';
    END IF;
    SELECT * INTO c FROM dnc.scrub_counts(target);
    RETURN QUERY SELECT x.what, x.receipted, x.found, x.receipted IS NOT DISTINCT FROM x.found FROM (VALUES
        ('rows', r.rows::text, c.rows::text), ('clear', r.clear::text, c.clear::text), ('suppressed', r.suppressed::text, c.suppressed::text),
        ('unreadable', r.unreadable::text, c.unreadable::text), ('lists', r.lists::text, c.lists::text), ('hash', encode(r.result_hash, 'hex'), encode(c.result_hash, 'hex'))) AS x (what, receipted, found);
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_verify_scrub(bigint, regclass) IS 'whether the result of a scrub is the one that was receipted: counts and hash, a row each';

-- ---------------------------------------------------------------------------
-- Registries that answer about one's own numbers
-- ---------------------------------------------------------------------------
-- Australia's register washes a file and answers for each number; Singapore's three registers do; the United States' database of
-- reassigned numbers is asked about a number and a date. An answer is good for a time.

CREATE TABLE dnc.registry (
    registry     text    PRIMARY KEY CHECK (registry ~ '^[a-z][a-z0-9_-]{0,62}$'),
    description  text    NOT NULL,
    jurisdiction text    NOT NULL CHECK (jurisdiction ~ '^[A-Z]{2}(-[A-Z0-9]{1,3})?$'),
    channels     text[]  CHECK (cardinality(channels) > 0 AND array_position(channels, NULL) IS NULL),
    valid_days   integer CHECK (valid_days BETWEEN 1 AND 3660),
    by_date      boolean NOT NULL DEFAULT false,
    results      jsonb   NOT NULL CHECK (jsonb_typeof(results) = 'object'),
    source       text,
    builtin      boolean NOT NULL DEFAULT false,
    audit_seq    bigint  UNIQUE REFERENCES dnc.audit_data,
    CHECK (builtin = (audit_seq IS NULL))
);
INSERT INTO dnc.registry VALUES
    ('au-dncr',     'Australia, Do Not Call Register, wash', 'AU', '{voice,fax}', 30, false, '{"Y": "listed", "N": "not_listed", "I": "invalid"}', 'Do Not Call Register Act 2006; a wash is valid 30 days', true),
    ('sg-voice',    'Singapore, No Voice Call Register',   'SG', '{voice}', 21, false, '{"Y": "listed", "N": "not_listed"}', 'Personal Data Protection Act 2012; a result is valid 21 days', true),
    ('sg-text',     'Singapore, No Text Message Register', 'SG', '{sms,whatsapp}', 21, false, '{"Y": "listed", "N": "not_listed"}', 'Personal Data Protection Act 2012; a result is valid 21 days', true),
    ('sg-fax',      'Singapore, No Fax Message Register',  'SG', '{fax}', 21, false, '{"Y": "listed", "N": "not_listed"}', 'Personal Data Protection Act 2012; a result is valid 21 days', true),
    ('us-reassigned', 'United States, Reassigned Numbers Database: has the number been disconnected for good since the date?', 'US', NULL, NULL, true, '{"yes": "listed", "no": "not_listed", "no_data": "no_data"}', '47 CFR 64.1200(m)', true);

CREATE TABLE dnc.registry_batch (
    batch_id    bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    registry    text        NOT NULL REFERENCES dnc.registry,
    file        text        NOT NULL CHECK (length(file) BETWEEN 1 AND 1000),
    obtained_at timestamptz NOT NULL CHECK (isfinite(obtained_at)),
    recorded_at timestamptz NOT NULL,
    recorded_by text        NOT NULL,
    answers     bigint      NOT NULL,
    rejected    bigint      NOT NULL,
    content_hash bytea      NOT NULL CHECK (octet_length(content_hash) = 32),
    audit_seq   bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data
);
CREATE TABLE dnc.registry_answer (
    answer_id   bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    batch_id    bigint      NOT NULL REFERENCES dnc.registry_batch,
    registry    text        NOT NULL REFERENCES dnc.registry,
    phone       @extschema@.dnc_phone NOT NULL,
    result      text        NOT NULL CHECK (result IN ('listed', 'not_listed', 'invalid', 'no_data')),
    asked_about date,
    obtained_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL CHECK (valid_until > obtained_at)
);
CREATE INDEX registry_answer_phone ON dnc.registry_answer (phone, registry, obtained_at);
COMMENT ON TABLE dnc.registry IS 'registries that are asked about one''s own numbers and answer for each';
COMMENT ON COLUMN dnc.registry.channels IS 'channels that its answers are about; NULL: every channel';
COMMENT ON COLUMN dnc.registry.valid_days IS 'days for which an answer is good; NULL: for good';
COMMENT ON COLUMN dnc.registry.by_date IS 'it is asked about a number and a date';
COMMENT ON COLUMN dnc.registry.results IS 'what its words mean: listed, not_listed, invalid or no_data';
COMMENT ON TABLE dnc.registry_batch IS 'imports of answers, with a hash over the answers in order';
COMMENT ON SEQUENCE dnc.registry_batch_batch_id_seq IS 'numbers imports of answers';
COMMENT ON COLUMN dnc.registry_batch.content_hash IS 'SHA-256 over number, result and date of each answer, as dnc_scrub_hash makes it';
COMMENT ON TABLE dnc.registry_answer IS 'answers of registries, insert-only: what was known of a number, from when to when';
COMMENT ON SEQUENCE dnc.registry_answer_answer_id_seq IS 'numbers answers';
COMMENT ON COLUMN dnc.registry_answer.asked_about IS 'the date that was asked about, as of the consent or the last contact';
COMMENT ON COLUMN dnc.registry_answer.obtained_at IS 'when the registry answered';
COMMENT ON COLUMN dnc.registry_answer.valid_until IS 'until when the answer is good; infinity: for good';

SELECT dnc.audit('registry', 'registry');
SELECT dnc.audit('registry_batch', 'batch_id');
CREATE TRIGGER "01_keep_builtin" BEFORE INSERT OR UPDATE OR DELETE ON dnc.registry FOR EACH ROW EXECUTE FUNCTION dnc.keep_builtin();
CREATE TRIGGER "00_insert_only" BEFORE UPDATE OR DELETE ON dnc.registry_batch FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change();
CREATE TRIGGER "00_insert_only" BEFORE UPDATE OR DELETE ON dnc.registry_answer FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change();
CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.registry_answer FOR EACH STATEMENT EXECUTE FUNCTION dnc.refuse_change();
ALTER TABLE dnc.registry ENABLE ALWAYS TRIGGER "01_keep_builtin";
ALTER TABLE dnc.registry_batch ENABLE ALWAYS TRIGGER "00_insert_only";
ALTER TABLE dnc.registry_answer ENABLE ALWAYS TRIGGER "00_insert_only", ENABLE ALWAYS TRIGGER "00_no_truncate";
SELECT pg_catalog.pg_extension_config_dump('dnc.registry', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('dnc.registry_batch', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.registry_batch_batch_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.registry_answer', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.registry_answer_answer_id_seq', '');

-- The newest answer about a number. What happened after a date happened after any earlier one; what did not, did not after any later
-- one: so an answer of yes is good for earlier dates too, and one of no for later ones.
CREATE FUNCTION dnc.answers_about(result text, asked_about date, wanted date) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN wanted IS NULL OR asked_about = wanted OR (result = 'listed' AND asked_about > wanted) OR (result = 'not_listed' AND asked_about < wanted);
COMMENT ON FUNCTION dnc.answers_about(text, date, date) IS 'whether an answer about a date says what is wanted about another one';
CREATE FUNCTION @extschema@.dnc_registry_answer(phone @extschema@.dnc_phone, registry text, asked_about date DEFAULT NULL)
RETURNS TABLE (result text, asked_about date, obtained_at timestamptz, valid_until timestamptz, valid boolean) LANGUAGE sql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT a.result, a.asked_about, a.obtained_at, a.valid_until, a.valid_until > now() FROM dnc.registry_answer AS a
    WHERE a.phone OPERATOR(@extschema@.=) dnc_registry_answer.phone AND a.registry = dnc_registry_answer.registry
      AND dnc.answers_about(a.result, a.asked_about, dnc_registry_answer.asked_about)
    ORDER BY a.obtained_at DESC, a.answer_id DESC LIMIT 1;
END;
CREATE FUNCTION @extschema@.dnc_registry_needs(phone @extschema@.dnc_phone, registry text, ahead interval DEFAULT '7 days', asked_about date DEFAULT NULL)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN dnc_registry_needs.phone IS NOT NULL THEN NOT EXISTS (
        SELECT FROM dnc.registry_answer AS a
        WHERE a.phone OPERATOR(@extschema@.=) dnc_registry_needs.phone AND a.registry = dnc_registry_needs.registry AND a.valid_until > now() + dnc_registry_needs.ahead
          AND dnc.answers_about(a.result, a.asked_about, dnc_registry_needs.asked_about)) END;
END;
COMMENT ON FUNCTION @extschema@.dnc_registry_answer(@extschema@.dnc_phone, text, date) IS 'what a registry answered last about a number, and whether that is still good';
COMMENT ON FUNCTION @extschema@.dnc_registry_needs(@extschema@.dnc_phone, text, interval, date)
    IS 'whether a registry has to be asked about a number: nothing is known, or it lapses within the time ahead; COPY (SELECT DISTINCT phone FROM contact WHERE dnc_registry_needs(phone, ''au-dncr'')) TO … makes the file';

-- Answers are read with the caller's rights and written with the owner's.
CREATE FUNCTION dnc.registry_take(registry text, file text, obtained_at timestamptz, phones @extschema@.dnc_phone[], words text[], dates date[], rejected bigint) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    r     dnc.registry;
    batch bigint;
    odd   text;
BEGIN
    SELECT * INTO r FROM dnc.registry AS x WHERE x.registry = registry FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unknown registry "%"', left(coalesce(registry, 'NULL'), 60) USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Known are: %s.', (SELECT string_agg(x.registry, ', ' ORDER BY x.registry) FROM dnc.registry AS x)), HINT = 'A site adds its own by inserting into dnc.registry.';
    END IF;
    obtained_at := coalesce(obtained_at, now());
    IF obtained_at > now() OR NOT isfinite(obtained_at) OR file IS NULL OR length(file) NOT BETWEEN 1 AND 1000 THEN
        RAISE EXCEPTION 'answers need the name of their file and the time at which they were given, not later than now' USING ERRCODE = 'invalid_parameter_value', DETAIL = format('They are %L and %s.', file, obtained_at),
            HINT = 'How long they are good is counted from that time.';
    END IF;
    SELECT string_agg(DISTINCT w, ', ') INTO odd FROM unnest(words) AS w WHERE coalesce(r.results ->> w, r.results ->> lower(w), r.results ->> upper(w)) IS NULL;
    IF odd IS NOT NULL OR array_position(words, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'registry % has no such answers: %', registry, left(coalesce(odd, 'NULL'), 200) USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It answers %s.', (SELECT string_agg(k, ', ' ORDER BY k) FROM jsonb_object_keys(r.results) AS k)),
            HINT = 'What its words mean is in dnc.registry.results.';
    END IF;
    IF r.by_date AND array_position(dates, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'registry % is asked about a number and a date', registry USING ERRCODE = 'null_value_not_allowed', HINT = 'Give the date as the third column.';
    END IF;
    INSERT INTO dnc.registry_batch (registry, file, obtained_at, recorded_at, recorded_by, answers, rejected, content_hash)
        SELECT registry, file, obtained_at, now(), session_user, count(*), rejected, dnc.hash_texts(array_agg(concat_ws('|', a.phone, a.word, a.asked) ORDER BY a.n)) FROM unnest(phones, words, dates) WITH ORDINALITY AS a (phone, word, asked, n) RETURNING batch_id INTO batch;
    INSERT INTO dnc.registry_answer (batch_id, registry, phone, result, asked_about, obtained_at, valid_until)
        SELECT batch, registry, a.phone, coalesce(r.results ->> a.word, r.results ->> lower(a.word), r.results ->> upper(a.word)), a.asked, obtained_at, coalesce(obtained_at + make_interval(hours => 24 * r.valid_days), 'infinity')
        FROM unnest(phones, words, dates) AS a (phone, word, asked);
    RETURN batch;
END
$$;
CREATE FUNCTION dnc.hash_texts(texts text[]) RETURNS bytea LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT @extschema@.dnc_scrub_hash(t.t ORDER BY t.n) FROM pg_catalog.unnest(texts) WITH ORDINALITY AS t (t, n);
END;
COMMENT ON FUNCTION dnc.registry_take(text, text, timestamptz, @extschema@.dnc_phone[], text[], date[], bigint) IS 'records answers; behind dnc_registry_import';
COMMENT ON FUNCTION dnc.hash_texts(text[]) IS 'dnc_scrub_hash of texts in their order';

CREATE FUNCTION @extschema@.dnc_registry_import(registry text, file text, query text, obtained_at timestamptz DEFAULT NULL, region text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    a record;
BEGIN
    EXECUTE pg_catalog.format($q$SELECT pg_catalog.array_agg(x.phone) FILTER (WHERE x.phone IS NOT NULL) AS phones, pg_catalog.array_agg(x.word) FILTER (WHERE x.phone IS NOT NULL) AS words, pg_catalog.array_agg(x.asked) FILTER (WHERE x.phone IS NOT NULL) AS dates, pg_catalog.count(*) FILTER (WHERE x.phone IS NULL) AS rejected
        FROM (SELECT @extschema@.dnc_try_parse(q.number, %L) AS phone, pg_catalog.btrim(q.word) AS word, q.asked FROM (SELECT q.number::pg_catalog.text, q.word::pg_catalog.text, q.asked::pg_catalog.date FROM (%s) AS q (number, word, asked)) AS q) AS x$q$, region, query) INTO a;
    RETURN dnc.registry_take(registry, file, obtained_at, coalesce(a.phones, '{}'), coalesce(a.words, '{}'), coalesce(a.dates, '{}'), a.rejected);
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_registry_import(text, text, text, timestamptz, text)
    IS 'records what a registry answered: a query of three columns, number, word and date (NULL where the registry is not asked about one); returns the import';

-- ---------------------------------------------------------------------------
-- Sharing the internal list: with dialers and partners, in clear or hashed
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.export_line(phone @extschema@.dnc_phone, format text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN CASE format WHEN 'e164' THEN phone::text WHEN 'digits' THEN pg_catalog.substr(phone::text, 2)
        -- Dialers of North America write its numbers with ten digits, others with the prefix that is dialled there.
        WHEN 'vicidial' THEN CASE WHEN @extschema@.dnc_country_code(phone) = 1 THEN pg_catalog.substr(phone::text, 3) ELSE '011' || pg_catalog.substr(phone::text, 2) END
        WHEN 'five9' THEN CASE WHEN @extschema@.dnc_country_code(phone) = 1 THEN pg_catalog.substr(phone::text, 3) ELSE '011' || pg_catalog.substr(phone::text, 2) END
        ELSE phone::text END;
COMMENT ON FUNCTION dnc.export_line(@extschema@.dnc_phone, text) IS 'a number as a format of dnc_export writes it';

CREATE FUNCTION dnc.require_export(format text) RETURNS void LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF format IS NULL OR format NOT IN ('e164', 'digits', 'vicidial', 'five9', 'csv') THEN
        RAISE EXCEPTION 'unknown format "%"', left(coalesce(format, 'NULL'), 60) USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'e164: +14155552671; digits: 14155552671; vicidial and five9: 4155552671 for North America, 011 and digits for others; csv: with a header and scopes.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_export(text) IS 'raises for an unknown format';

-- Where an export stands: changes of transactions before it are in it, those of others come with the next one. Means nothing after a restore.
CREATE FUNCTION @extschema@.dnc_export_position() RETURNS bigint LANGUAGE sql STABLE
    RETURN pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::bigint;

-- Internal refusals that hold or will hold and meet the question, of all numbers at once. Whoever gets the list is not told when a refusal
-- starts, so it counts from now on.
CREATE FUNCTION dnc.held(channel text, purpose text) RETURNS SETOF dnc.entry LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT e.* FROM dnc.entry AS e, (SELECT nullif(held.channel, 'all') AS channel, coalesce(held.purpose, nullif(pg_catalog.current_setting('dnc.purpose', true), '')) AS purpose) AS q
    WHERE e.ends IS NULL AND e.expires_at > pg_catalog.statement_timestamp()
      AND (q.channel IS NULL OR e.channel IN ('all', q.channel))
      AND (q.purpose IS NULL OR e.purpose IS NULL OR dnc.covers(e.purpose, q.purpose) OR dnc.covers(q.purpose, e.purpose))
      AND NOT EXISTS (
          SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND w.channel IN ('all', coalesce(q.channel, e.channel))
            AND (w.purpose IS NULL OR dnc.covers(w.purpose, CASE WHEN dnc.covers(q.purpose, e.purpose) THEN e.purpose ELSE coalesce(q.purpose, e.purpose) END)));
END;
COMMENT ON FUNCTION dnc.held(text, text) IS 'internal refusals that hold, or will, and meet the question, of every number: what dnc.refusals gives of one, and those that are still to start';
CREATE FUNCTION dnc.held_lines(channel text, purpose text, format text) RETURNS SETOF text LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT dnc.export_line(h.phone, format) FROM (SELECT DISTINCT e.phone FROM dnc.held(channel, purpose) AS e) AS h ORDER BY h.phone;
END;
COMMENT ON FUNCTION dnc.held_lines(text, text, text) IS 'their numbers, each once';
CREATE FUNCTION dnc.changed_lines(since bigint, channel text, purpose text, format text) RETURNS TABLE (line text, action text) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT dnc.export_line(n.phone, format), CASE WHEN EXISTS (SELECT FROM dnc.held(changed_lines.channel, changed_lines.purpose) AS h WHERE h.phone OPERATOR(@extschema@.=) n.phone) THEN 'add' ELSE 'remove' END
    FROM (SELECT DISTINCT e.phone FROM dnc.entry AS e JOIN dnc.audit_log AS l ON l.seq = e.audit_seq
          WHERE l.xid >= since::text::xid8 AND l.xid < pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())) AS n ORDER BY n.phone;
END;
COMMENT ON FUNCTION dnc.changed_lines(bigint, text, text, text) IS 'numbers whose entries changed since a position, and what is to be done with them';

CREATE FUNCTION @extschema@.dnc_export(format text DEFAULT 'e164', channel text DEFAULT 'voice', purpose text DEFAULT NULL) RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    PERFORM dnc.require_export(format), dnc.require_scope(channel, purpose, NULL);
    IF format <> 'csv' THEN
        RETURN QUERY SELECT * FROM dnc.held_lines(channel, purpose, format);
        RETURN;
    END IF;
    RETURN NEXT 'e164,channels,purposes,reasons,since';
    RETURN QUERY SELECT concat_ws(',', h.phone::text, string_agg(DISTINCT h.channel, ' '), '"' || replace(string_agg(DISTINCT coalesce(h.purpose, '*'), ' '), '"', '""') || '"', string_agg(DISTINCT h.reason, ' '),
            to_char(min(CASE WHEN h.effective_at = '-infinity' THEN h.received_at ELSE h.effective_at END) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
        FROM dnc.held(channel, purpose) AS h GROUP BY h.phone ORDER BY h.phone;
END
$$;
CREATE FUNCTION @extschema@.dnc_export_since(since bigint, format text DEFAULT 'e164', channel text DEFAULT 'voice', purpose text DEFAULT NULL)
RETURNS TABLE (line text, action text) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    PERFORM dnc.require_export(format), dnc.require_scope(channel, purpose, NULL);
    IF format = 'csv' OR since IS NULL THEN
        RAISE EXCEPTION 'changes since a position need one, and another format than csv' USING ERRCODE = 'invalid_parameter_value', HINT = 'dnc_export_position() tells the position of an export that is made now.';
    END IF;
    RETURN QUERY SELECT * FROM dnc.changed_lines(since, channel, purpose, format);
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_export_position() IS 'position of an export that is made in this statement; the next one asks dnc_export_since for what came later';
COMMENT ON FUNCTION @extschema@.dnc_export(text, text, text) IS 'numbers whose internal refusals meet the question, those still to start too, a line each: e164, digits, vicidial, five9, csv';
COMMENT ON FUNCTION @extschema@.dnc_export_since(bigint, text, text, text) IS 'numbers whose internal entries changed since a position, and whether they are to be added or removed';

-- Hashes of numbers, for partners. Unkeyed SHA-256 hides nothing from who tries all numbers; it is what some partners ask for. A
-- key comes from a file that only the server reads (dnc.key_file), and never into the database.
CREATE FUNCTION @extschema@.dnc_hash(phone @extschema@.dnc_phone, key_id text DEFAULT NULL) RETURNS bytea AS 'MODULE_PATHNAME', 'dnc_hash_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 100;
CREATE FUNCTION @extschema@.dnc_export_hashed(key_id text DEFAULT NULL, channel text DEFAULT 'voice', purpose text DEFAULT NULL) RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT encode(@extschema@.dnc_hash(h.phone, key_id), 'hex') AS hash FROM (SELECT DISTINCT e.phone FROM dnc.held(channel, purpose) AS e) AS h ORDER BY 1;
END;
CREATE FUNCTION @extschema@.dnc_match_hashed(hashes text[], key_id text DEFAULT NULL) RETURNS TABLE (hash text, e164 text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT h.hash, s.e164 FROM pg_catalog.unnest(hashes) AS h (hash) JOIN (SELECT encode(@extschema@.dnc_hash(s.e164::@extschema@.dnc_phone, key_id), 'hex') AS hash, s.e164 FROM dnc.suppressed AS s) AS s ON s.hash = lower(h.hash);
END;
COMMENT ON FUNCTION @extschema@.dnc_hash(@extschema@.dnc_phone, text) IS 'SHA-256 of the E.164 text with its plus sign; with a key of the file dnc.key_file, HMAC-SHA-256. A join on it matches a partner''s hashed list against a table';
COMMENT ON FUNCTION @extschema@.dnc_export_hashed(text, text, text) IS 'dnc_hash, in hexadecimal, of numbers whose internal refusals meet the question';
COMMENT ON FUNCTION @extschema@.dnc_match_hashed(text[], text) IS 'which of a partner''s hashes, in hexadecimal, are of numbers on the internal list';

-- ---------------------------------------------------------------------------
-- Duplicates and doubtful entries: reports, never a deletion
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_spellings(relation regclass, phone_column text, region text DEFAULT NULL, region_column text DEFAULT NULL)
RETURNS TABLE (e164 text, rows bigint, spellings text[]) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    number text := (dnc.phone_expressions(relation, ARRAY[phone_column], region, region_column))[1];
BEGIN
    RETURN QUERY EXECUTE format('SELECT x.phone::text, count(*), (array_agg(DISTINCT x.spelling ORDER BY x.spelling))[1:20] FROM (SELECT %s AS phone, r.%I::text AS spelling FROM %s AS r) AS x WHERE x.phone IS NOT NULL GROUP BY x.phone HAVING count(*) > 1 ORDER BY 2 DESC, 1',
        number, phone_column, relation);
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_spellings(regclass, text, text, text) IS 'numbers that stand in several rows of a table, however they are spelled there, with up to 20 of the spellings';

-- Numbers that films and manuals use: North America''s 555-01xx, the United Kingdom''s for drama (Ofcom), Australia''s for fiction (ACMA).
CREATE FUNCTION dnc.is_test_number(e164 text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN e164 ~ '^\+(1[0-9]{3}55501[0-9]{2}|44(1632960|1134960|1144960|1154960|1164960|1174960|1184960|1214960|1314960|1414960|1514960|1614960|2079460|1914980|2896496|2920180|7700900|8081570|9098790|3069990)[0-9]{3}|61([2378]5550|[2378]7010)[0-9]{4}|6149157(0006|0156|0157|0158|0159|0110|0313|0737|1266|1491|1804|2549|2665|2983|3770|3087|4118|4632|5254|5789|6398|6801|7426|7644|8957|8148|8888|9212|9760))$';
COMMENT ON FUNCTION dnc.is_test_number(text) IS 'whether a number is one of those set aside for fiction and documentation';

CREATE FUNCTION @extschema@.dnc_doubtful() RETURNS TABLE (entry bigint, e164 text, problem text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT x.entry_id, x.e164, CASE WHEN x.test THEN 'a number set aside for fiction' WHEN x.region IS NULL THEN 'in a range that no country has assigned' ELSE 'not a valid number of its country' END
    FROM (SELECT e.entry_id, e.phone::text AS e164, dnc.is_test_number(e.phone::text) AS test, @extschema@.dnc_is_valid(e.phone) AS valid, @extschema@.dnc_region(e.phone) AS region FROM dnc.entry AS e
          WHERE e.ends IS NULL AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND w.channel IN ('all', e.channel) AND (w.purpose IS NULL OR dnc.covers(w.purpose, e.purpose)))) AS x
    WHERE x.test OR NOT x.valid ORDER BY x.entry_id;
END;
CREATE FUNCTION @extschema@.dnc_redundant() RETURNS TABLE (entry bigint, e164 text, wider bigint, why text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH held AS (
        SELECT e.* FROM dnc.entry AS e WHERE e.ends IS NULL AND e.effective_at <= now() AND e.expires_at > now() AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id))
    SELECT e.entry_id, e.phone::text, w.entry_id, concat_ws(' ', 'covered by entry', w.entry_id, 'of', w.channel, coalesce(w.purpose, 'every purpose'))
    FROM held AS e JOIN held AS w ON w.phone OPERATOR(@extschema@.=) e.phone AND w.entry_id <> e.entry_id AND w.channel IN ('all', e.channel) AND (w.purpose IS NULL OR dnc.covers(w.purpose, e.purpose)) AND w.expires_at >= e.expires_at
    WHERE (w.channel, coalesce(w.purpose, ''), w.expires_at) IS DISTINCT FROM (e.channel, coalesce(e.purpose, ''), e.expires_at) OR w.entry_id < e.entry_id
    ORDER BY 1, 3;
END;
COMMENT ON FUNCTION @extschema@.dnc_doubtful() IS 'entries in force whose number is not valid, is set aside for fiction, or lies in a range that nobody has; a report, nothing is changed';
COMMENT ON FUNCTION @extschema@.dnc_redundant() IS 'entries in force that another one, as wide or wider, covers whole; a report, nothing is changed';

CREATE OR REPLACE FUNCTION @extschema@.dnc_create_view(
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
                   string_agg(format('CASE WHEN @extschema@.dnc_check(%1$s, %2$s) IS NOT FALSE THEN @extschema@.dnc_grounds(%1$s, %2$s) END', numbers[i], asked), ', ' ORDER BY i),
                   string_agg(format('CASE WHEN @extschema@.dnc_check(%1$s, %2$s) IS NOT FALSE THEN @extschema@.dnc_lists(%1$s, %2$s) END', numbers[i], asked), ', ' ORDER BY i))
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
CREATE OR REPLACE FUNCTION @extschema@.dnc_create_view(
    view_name text, source regclass, phone_column text, channel text DEFAULT 'voice', purpose text DEFAULT NULL,
    region text DEFAULT NULL, region_column text DEFAULT NULL, mode text DEFAULT 'exclude', readers text[] DEFAULT '{}', replace boolean DEFAULT false
) RETURNS void LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_create_view(view_name, source, ARRAY[phone_column], channel, purpose, region, region_column, mode, readers, replace);
END;

CREATE OR REPLACE VIEW dnc.weak_trigger AS
    SELECT t.tgrelid::pg_catalog.regclass AS relation, t.tgname::text AS trigger_name, t.tgenabled AS enabled
    FROM pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND t.tgenabled <> 'A' AND c.relkind <> 'v'
      AND (c.relnamespace = 'dnc'::pg_catalog.regnamespace
           OR t.tgfoid OPERATOR(pg_catalog.=) ANY (ARRAY['@extschema@.dnc_guard()'::pg_catalog.regprocedure, '@extschema@.dnc_guard_commit()'::pg_catalog.regprocedure]::pg_catalog.oid[]));

CREATE OR REPLACE FUNCTION dnc.unlogged(relation text, key_column text) RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM dnc.%1$I AS r LEFT JOIN dnc.audit_log AS l ON l.seq = r.audit_seq AND l.relation = %1$L AND l.row_key = r.%2$I::text AND l.operation <> ''DELETE''
        LEFT JOIN dnc.audit_data AS d ON d.seq = l.seq WHERE NOT coalesce(dnc.row_matches(d.after, r), false)%3$s', relation, key_column,
        CASE WHEN relation IN ('channel', 'reason', 'source', 'list_format', 'registry') THEN ' AND NOT r.builtin' ELSE '' END) INTO n;
    RETURN n;
END
$$;

CREATE OR REPLACE FUNCTION @extschema@.dnc_health() RETURNS TABLE (subject text, healthy boolean, detail text, remedy text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found text;
    n     bigint;
BEGIN
    SELECT string_agg(format('%s: %s (%s)', w.relation, w.trigger_name, w.enabled), ', ' ORDER BY w.relation::text, w.trigger_name), count(*) INTO found, n FROM dnc.weak_trigger AS w;
    RETURN QUERY SELECT 'triggers'::text, n = 0, coalesce(found, 'all fire always'), CASE WHEN n > 0 THEN 'dnc_repair_triggers()' END;

    SELECT string_agg(c.relname, ', ' ORDER BY c.relname) INTO found FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
        WHERE c.relnamespace = 'dnc'::regnamespace AND NOT (i.indisvalid AND i.indisready AND i.indislive);
    IF to_regclass('dnc.entry_phone') IS NULL THEN
        found := concat_ws(', ', found, 'entry_phone is missing');
    ELSIF pg_get_indexdef(to_regclass('dnc.entry_phone')) NOT LIKE '% USING btree (phone, dnc.entry_shape(ends, effective_at, expires_at, channel, purpose))' THEN
        found := concat_ws(', ', found, 'entry_phone is another one');
    END IF;
    RETURN QUERY SELECT 'indexes'::text, found IS NULL, coalesce('not as they must be: ' || found, 'all valid'),
        CASE WHEN found IS NOT NULL THEN 'REINDEX INDEX, or CREATE INDEX entry_phone ON dnc.entry (phone, dnc.entry_shape(ends, effective_at, expires_at, channel, purpose)); until then checks are slow, not wrong' END;

    n := dnc.unlogged('entry', 'entry_id') + dnc.unlogged('purpose', 'purpose') + dnc.unlogged('channel', 'channel') + dnc.unlogged('reason', 'reason')
        + dnc.unlogged('source', 'source') + dnc.unlogged('import_batch', 'batch_id') + dnc.unlogged('list', 'list') + dnc.unlogged('list_version', 'version_id')
        + dnc.unlogged('list_format', 'format') + dnc.unlogged('prefix_entry', 'prefix_id') + dnc.unlogged('scrub', 'scrub_id') + dnc.unlogged('registry', 'registry')
        + dnc.unlogged('registry_batch', 'batch_id');
    RETURN QUERY SELECT 'rows in the log'::text, n = 0, CASE WHEN n = 0 THEN 'the log describes every row' ELSE format('the log does not describe %s rows', n) END,
        CASE WHEN n > 0 THEN 'find out who wrote past the triggers, or what was changed in a dump' END;

    SELECT count(*) INTO n FROM dnc.entry AS e WHERE NOT EXISTS (SELECT FROM dnc.channel AS c WHERE c.channel = e.channel)
        OR NOT EXISTS (SELECT FROM dnc.source AS s WHERE s.source = e.source) OR e.reason IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.reason AS r WHERE r.reason = e.reason)
        OR e.purpose IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.purpose AS p WHERE p.purpose = e.purpose)
        OR e.ends IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.entry AS x WHERE x.entry_id = e.ends AND dnc.same_phone(x.phone, e.phone));
    n := n + (SELECT count(*) FROM dnc.list_version AS v WHERE NOT EXISTS (SELECT FROM dnc.list AS l WHERE l.list = v.list))
        + (SELECT count(*) FROM dnc.list AS l WHERE EXISTS (SELECT FROM unnest(l.channels) AS c WHERE NOT EXISTS (SELECT FROM dnc.channel AS x WHERE x.channel = c))
            OR EXISTS (SELECT FROM unnest(l.purposes) AS p WHERE NOT EXISTS (SELECT FROM dnc.purpose AS x WHERE x.purpose = p)))
        + (SELECT count(*) FROM dnc.prefix_entry AS e WHERE NOT EXISTS (SELECT FROM dnc.channel AS c WHERE c.channel = e.channel)
            OR e.purpose IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.purpose AS p WHERE p.purpose = e.purpose)
            OR e.ends IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.prefix_entry AS x WHERE x.prefix_id = e.ends AND x.prefix = e.prefix))
        + (SELECT count(*) FROM dnc.registry_batch AS b WHERE NOT EXISTS (SELECT FROM dnc.registry AS r WHERE r.registry = b.registry));
    RETURN QUERY SELECT 'references'::text, n = 0, CASE WHEN n = 0 THEN 'every name and entry that is referred to is there' ELSE format('%s rows refer to what is not there', n) END,
        CASE WHEN n > 0 THEN 'insert the missing list, channel, purpose, reason, source or registry; an ending of nothing ends nothing' END;

    SELECT count(*) INTO n FROM dnc.audit_log AS l WHERE l.loaded;
    RETURN QUERY SELECT 'loaded log rows'::text, true, format('%s log rows came from a restore or by hand', n), NULL::text;

    RETURN QUERY SELECT 'open imports'::text, count(*) = 0, CASE WHEN count(*) = 0 THEN 'none older than a day' ELSE format('open for over a day: %s', string_agg(b.batch_id::text, ', ')) END,
        CASE WHEN count(*) > 0 THEN 'dnc_import_finish(batch): until then its numbers are not on the list' END
        FROM dnc.import_batch AS b WHERE b.state = 'open' AND b.started_at < now() - interval '1 day';

    -- In good time: when a fifth of what a list may age is left.
    SELECT string_agg(x.list || ' ' || x.problem, ', ' ORDER BY x.list) INTO found FROM (
        SELECT l.list, CASE WHEN v.version_id IS NULL THEN 'is not loaded'
            WHEN v.obtained_at + make_interval(hours => 24 * l.max_age_days) < now() THEN format('is stale since %s', to_char(v.obtained_at + make_interval(hours => 24 * l.max_age_days), 'YYYY-MM-DD'))
            WHEN v.obtained_at + make_interval(hours => 24 * l.max_age_days * 4 / 5) < now() THEN format('becomes stale on %s', to_char(v.obtained_at + make_interval(hours => 24 * l.max_age_days), 'YYYY-MM-DD'))
            WHEN EXISTS (SELECT FROM dnc.list_version AS n WHERE n.list = l.list AND n.state = 'ready' AND n.version_id > v.version_id) THEN 'has a newer version that is not current' END AS problem
        FROM dnc.list AS l LEFT JOIN dnc.list_version AS v ON v.list = l.list AND v.state = 'current' WHERE l.enabled) AS x WHERE x.problem IS NOT NULL;
    RETURN QUERY SELECT 'external lists'::text, found IS NULL, coalesce(found, 'all loaded and fresh'), CASE WHEN found IS NOT NULL THEN 'dnc_list_load, or dnc_list_activate for a version that waits' END;

    SELECT string_agg(b.batch_id::text, ', ' ORDER BY b.batch_id) INTO found FROM dnc.registry_batch AS b WHERE b.answers <> (SELECT count(*) FROM dnc.registry_answer AS a WHERE a.batch_id = b.batch_id);
    RETURN QUERY SELECT 'registry answers'::text, found IS NULL, coalesce('not as many as were imported: ' || found, 'as many as were imported'), CASE WHEN found IS NOT NULL THEN 'find out who wrote past the triggers' END;

    SELECT string_agg(format('%s version %s', v.list, v.version_id), ', ' ORDER BY v.version_id) INTO found FROM dnc.list_version AS v, unnest(ARRAY[v.whole_set, v.plus_set, v.minus_set]) AS s
        WHERE v.state IN ('ready', 'current', 'former') AND s IS NOT NULL
          AND (SELECT count(*) FILTER (WHERE b.start = 0) = 1 AND sum(b.stop - b.start) = 1000000000000000 FROM dnc.list_block AS b WHERE b.set_id = s) IS NOT TRUE;
    RETURN QUERY SELECT 'list blocks'::text, found IS NULL, coalesce('missing or overlapping: ' || found, 'every version has all of its blocks'),
        CASE WHEN found IS NOT NULL THEN 'load the list anew; dnc_list_verify tells more' END;
END
$$;

CREATE OR REPLACE FUNCTION @extschema@.dnc_repair_triggers() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w        record;
    repaired integer := 0;
BEGIN
    -- The extension's own tables only: a guard is its table owner's to switch.
    FOR w IN SELECT * FROM dnc.weak_trigger AS x WHERE x.relation IN (SELECT c.oid FROM pg_class AS c WHERE c.relnamespace = 'dnc'::regnamespace) LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', w.relation, w.trigger_name);
        repaired := repaired + 1;
    END LOOP;
    -- What was written meanwhile may have told no session to look anew.
    UPDATE dnc.list_epoch SET epoch = dnc.random_epoch();
    RETURN repaired;
END
$$;

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

-- ---------------------------------------------------------------------------
-- Who may do what
-- ---------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION dnc.hand_out(verb text, grant_set text, role_name text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
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
        EXECUTE format('%s %s ON %s %s %s %s', verb, p.privilege, CASE p.privilege WHEN 'EXECUTE' THEN 'ROUTINE' ELSE 'TABLE' END,
            CASE p.privilege WHEN 'EXECUTE' THEN p.object::regprocedure::text ELSE p.object END, CASE verb WHEN 'GRANT' THEN 'TO' ELSE 'FROM' END, who);
    END LOOP;
END
$$;

DO $$
DECLARE
    f record;
    t text;
BEGIN
    INSERT INTO dnc.permission SELECT 'administrator', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
        WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname IN ('dnc_add_prefix', 'dnc_revoke_prefix', 'dnc_list_load', 'dnc_list_load_query', 'dnc_list_load_start', 'dnc_list_load_finish', 'dnc_list_activate', 'dnc_list_revert', 'dnc_list_prune', 'dnc_list_verify', 'dnc_list_sniff', 'dnc_list_numbers', 'dnc_overlap', 'dnc_overlaps', 'dnc_cross_check', 'dnc_scrub', 'dnc_verify_scrub', 'dnc_registry_answer', 'dnc_registry_needs', 'dnc_registry_import', 'dnc_export', 'dnc_export_position', 'dnc_export_since', 'dnc_hash', 'dnc_export_hashed', 'dnc_match_hashed', 'dnc_spellings', 'dnc_doubtful', 'dnc_redundant')
           OR p.pronamespace = 'dnc'::regnamespace AND p.proname IN ('load_begin', 'load_file', 'load_query', 'load_end', 'load_progress', 'list_facts', 'scrub_begin', 'scrub_versions', 'scrub_end', 'scrub_running', 'scrub_receipt', 'scrub_counts', 'scrub_summary', 'scrub_lists', 'require_unique', 'registry_take');
    INSERT INTO dnc.permission SELECT 'auditor', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
        WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname IN ('dnc_list_verify', 'dnc_overlap', 'dnc_overlaps', 'dnc_verify_scrub', 'dnc_registry_answer', 'dnc_doubtful', 'dnc_redundant');
    INSERT INTO dnc.permission SELECT s, 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p, unnest(ARRAY['reader', 'agent', 'administrator', 'auditor']) AS s
        WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname = 'dnc_lists_of';
    INSERT INTO dnc.permission VALUES
        ('administrator', 'INSERT', 'dnc.list_line'), ('auditor', 'EXECUTE', 'dnc.load_progress()'), ('auditor', 'EXECUTE', 'dnc.scrub_receipt(bigint)'), ('auditor', 'EXECUTE', 'dnc.scrub_counts(regclass)'), ('auditor', 'EXECUTE', 'dnc.scrub_summary(text)'), ('auditor', 'EXECUTE', 'dnc.scrub_lists(regclass)'),
        ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.list'), ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.list_format'), ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.registry');
    INSERT INTO dnc.permission SELECT 'administrator', 'SELECT', 'dnc.' || x
        FROM unnest(ARRAY['prefix_entry', 'list_version', 'list_reject', 'list_progress', 'stale_list', 'scrub', 'registry_batch', 'registry_answer']) AS x;
    INSERT INTO dnc.permission SELECT 'auditor', 'SELECT', 'dnc.' || c.relname FROM pg_class AS c
        WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind IN ('r', 'v', 'S') AND NOT EXISTS (SELECT FROM dnc.permission AS p WHERE p.grant_set = 'auditor' AND p.object = 'dnc.' || c.relname);
    -- Functions that nobody has been granted or denied yet: those that are new.
    FOR f IN SELECT p.oid::regprocedure AS signature FROM pg_proc AS p
             JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
             JOIN pg_extension AS x ON x.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass AND x.extname = 'dnc'
             WHERE p.proacl IS NULL AND p.prokind <> 'a' AND (p.pronamespace = 'dnc'::regnamespace OR p.proname ~ '^dnc_(list|add_prefix|revoke_prefix|overlap|cross|scrub|verify|registry|export|hash|match|spellings|doubtful|redundant)') LOOP
        EXECUTE format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', f.signature);
    END LOOP;
    FOR t IN SELECT 'dnc.' || quote_ident(c.relname) FROM pg_class AS c WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind IN ('r', 'v', 'S') LOOP
        EXECUTE format('GRANT SELECT ON %s TO @extowner@', t);
    END LOOP;
END
$$;
SELECT dnc.hand_out('GRANT', s, pg_catalog.btrim('@extowner@', '"')) FROM pg_catalog.unnest(ARRAY['reader', 'agent', 'administrator', 'auditor']) AS s;
