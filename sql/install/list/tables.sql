-- ---------------------------------------------------------------------------
-- External lists with their versions and blocks; registries queried about single numbers
-- ---------------------------------------------------------------------------

-- A list has versions, one of them current. A version consists of sets: a whole list, or the numbers added to (plus)
-- and removed from (minus) an earlier whole list. A set is stored as rows of dnc.list_block, one for each block. Sets
-- never change, so versions share them.

-- A file layout is a row, not code, so that a site can add one (src/list/format.rs).
CREATE TABLE dnc.list_format (
    format         text    PRIMARY KEY CHECK (format ~ '^[a-z][a-z0-9_-]{0,62}$'),
    description    text    NOT NULL,
    layout         text    NOT NULL CHECK (layout IN ('lines', 'xml')),
    delimiter      text    CHECK (octet_length(delimiter) = 1),
    quote          text    CHECK (octet_length(quote) = 1),
    comment        text    CHECK (octet_length(comment) = 1),
    number_columns text[]  NOT NULL
        CHECK (cardinality(number_columns) BETWEEN 1 AND 8 AND array_position(number_columns, NULL) IS NULL
        AND array_position(number_columns, '') IS NULL),
    action_column  text    CHECK (action_column <> ''),
    add_values     text[]  CHECK (array_position(add_values, NULL) IS NULL),
    remove_values  text[]  CHECK (array_position(remove_values, NULL) IS NULL),
    region         text,
    builtin        boolean NOT NULL DEFAULT false,
    audit_seq      bigint  UNIQUE REFERENCES dnc.audit_data,
    prefixes       text[]  CHECK (cardinality(prefixes) BETWEEN 1 AND 16 AND array_position(prefixes, NULL) IS NULL
        AND array_to_string(prefixes, ',') ~ '^[+0-9]*=[+0-9]*(,[+0-9]*=[+0-9]*)*$'),
    CHECK (builtin = (audit_seq IS NULL)),
    CHECK ((action_column IS NULL) = (add_values IS NULL) AND (action_column IS NULL) = (remove_values IS NULL))
);
INSERT INTO dnc.list_format VALUES
    ('lines',          'one number a line, in any spelling that the list''s region allows', 'lines', NULL, NULL, '#',
        '{1}', NULL, NULL, NULL, NULL, true),
    ('csv',            'comma-separated, the number in the first column', 'lines', ',', '"', '#', '{1}', NULL, NULL,
        NULL, NULL, true),
    ('csv-phone',      'comma-separated with a header, the number in the column phone', 'lines', ',', '"', '#',
        '{phone}', NULL, NULL, NULL, NULL, true),
    ('us-dnc',         'United States, National Do Not Call Registry, full list: area code and number, or ten digits',
        'lines', ',', NULL, '#', '{1,2}', NULL, NULL, NULL, 'US', true),
    ('us-dnc-changes', 'United States, National Do Not Call Registry, change list: area code, number, time, A or D',
        'lines', ',', NULL, '#', '{1,2}', '4', '{a}', '{d}', 'US', true),
    ('ca-dncl',        'Canada, LNNTE-DNCL, CSV: area code and number', 'lines', ',', NULL, '#', '{1,2}', NULL, NULL,
        NULL, 'CA', true),
    ('ca-dncl-xml',    'Canada, LNNTE-DNCL, XML: <ac val=''416''><ph val=''1234567''/>', 'xml', NULL, NULL, NULL,
        '{ac/@val,ph/@val}', NULL, NULL, NULL, 'CA', true),
    ('uk-tps',         'United Kingdom, TPS and CTPS: dialling code and number in twelve characters', 'lines', NULL,
        NULL, '#', '{1}', NULL, NULL, NULL, 'GB', true);
-- What dnc_export writes as digits, vicidial, five9 and csv.
INSERT INTO dnc.list_format (format, description, layout, delimiter, quote, comment, number_columns, region, builtin,
    prefixes) VALUES
    ('e164-digits',    'one number a line: E.164 digits without the plus sign', 'lines', NULL, NULL, '#', '{1}', NULL,
        true, '{+=+,=+}'),
    ('vicidial',       'VICIdial: ten digits for North America, 011 and E.164 digits for others', 'lines', NULL, NULL,
        '#', '{1}', 'US', true, '{+=+,011=+,=+1}'),
    ('five9',          'Five9: ten digits for North America, 011 and E.164 digits for others', 'lines', NULL, NULL,
        '#', '{1}', 'US', true, '{+=+,011=+,=+1}'),
    ('csv-e164',       'comma-separated with a header, the number in the column e164', 'lines', ',', '"', '#',
        '{e164}', NULL, true, NULL);

CREATE TABLE dnc.list (
    list           text    PRIMARY KEY CHECK (list ~ '^[a-z][a-z0-9_-]{0,62}$' AND list <> 'internal'),
    kind           text    NOT NULL
        CHECK (kind IN ('national', 'state', 'industry', 'litigator', 'reassigned', 'wireless', 'partner', 'other')),
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
    CHECK ((state IN ('open', 'abandoned', 'pruned'))
        OR (whole_set IS NOT NULL AND numbers IS NOT NULL AND digest IS NOT NULL)),
    -- Every line of the file is a number or a change, a duplicate, or a reject.
    CONSTRAINT list_version_accounts_for_its_lines CHECK (state IN ('open', 'abandoned') OR
        coalesce(lines = CASE WHEN base_id IS NULL THEN numbers ELSE added + removed END + duplicates + rejected,
            false)),
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

CREATE FUNCTION dnc.block_is_valid(start bigint, stop bigint, packed bytea)
RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_block_is_valid_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10000;

-- A row fills a page and is read in place, so it is neither compressed nor moved out of line.
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

COMMENT ON TABLE dnc.list_format
    IS 'layouts of list files: delimiters, the columns that make up the number, and the column that says whether it '
       'is added or removed';
COMMENT ON COLUMN dnc.list_format.layout IS 'lines, or xml: a stream of tags';
COMMENT ON COLUMN dnc.list_format.delimiter IS 'column delimiter; NULL: a line is one column';
COMMENT ON COLUMN dnc.list_format.number_columns
    IS 'columns that are concatenated to the number: positions from 1, header names, or for XML element/@attribute or '
       'element; a line without a delimiter is the whole number';
COMMENT ON COLUMN dnc.list_format.action_column
    IS 'column that says whether the number is added or removed; change files only';
COMMENT ON COLUMN dnc.list_format.prefixes
    IS 'what replaces the beginning of a number that begins with a digit or plus sign, as beginning=replacement: the '
       'first that fits; {011=+,=+1} reads 01144… as +44… and all others as +1…';
COMMENT ON COLUMN dnc.list_format.region IS 'region in which national numbers are read if the list sets none';
COMMENT ON TABLE dnc.list
    IS 'external lists: national and state registries, industry lists, litigators, reassigned numbers, partners';
COMMENT ON COLUMN dnc.list.jurisdiction IS 'ISO 3166 country or subdivision that the list belongs to';
COMMENT ON COLUMN dnc.list.channels IS 'channels that the list applies to; NULL: every channel';
COMMENT ON COLUMN dnc.list.purposes IS 'purposes that the list applies to, with those below them; NULL: every purpose';
COMMENT ON COLUMN dnc.list.applies
    IS 'check: applies to checks and decisions; decision: to decisions only, for example a registry that consent '
       'overrides';
COMMENT ON COLUMN dnc.list.strict
    IS 'a number that is not on the list is unknown (NULL) while the list is stale, not loaded, or does not cover the '
       'number';
COMMENT ON COLUMN dnc.list.max_age_days IS 'days after which a version is stale; NULL: never';
COMMENT ON COLUMN dnc.list.coverage
    IS 'subscribed prefixes such as {+1415,+1628}, copied to each version; NULL: the whole list';
COMMENT ON COLUMN dnc.list.region
    IS 'region in which national numbers are read; NULL: the format''s, else the jurisdiction''s';
COMMENT ON COLUMN dnc.list.source IS 'origin of the list';
COMMENT ON COLUMN dnc.list.reject_percent IS 'a load with a higher share of unreadable lines fails';
COMMENT ON COLUMN dnc.list.shrink_percent
    IS 'a version that has fewer numbers than the current one by more than this must be confirmed';
COMMENT ON COLUMN dnc.list.keep_versions IS 'number of former versions to keep';
COMMENT ON TABLE dnc.list_version
    IS 'list versions: what was loaded, from where, by whom, and which version is current';
COMMENT ON SEQUENCE dnc.list_version_version_id_seq IS 'numbers versions';
COMMENT ON COLUMN dnc.list_version.state
    IS 'open: lines are being copied; ready: loaded, never current; current; former; pruned: numbers deleted; '
       'abandoned: never loaded';
COMMENT ON COLUMN dnc.list_version.base_id IS 'version that the changes were applied to; NULL: a full list';
COMMENT ON COLUMN dnc.list_version.operation IS 'what a change file does with its numbers; by_line: each line says';
COMMENT ON COLUMN dnc.list_version.whole_set IS 'set with the whole list, or the set that plus and minus apply to';
COMMENT ON COLUMN dnc.list_version.plus_set IS 'set of numbers added to whole_set';
COMMENT ON COLUMN dnc.list_version.minus_set IS 'set of numbers removed from whole_set';
COMMENT ON COLUMN dnc.list_version.file_hash IS 'SHA-256 of the file''s bytes, or of the copied lines';
COMMENT ON COLUMN dnc.list_version.obtained_at
    IS 'when the list was obtained from its registry; its age is counted from here';
COMMENT ON COLUMN dnc.list_version.numbers IS 'count of numbers on the list';
COMMENT ON COLUMN dnc.list_version.added IS 'count of numbers that the base, or the version then current, did not have';
COMMENT ON COLUMN dnc.list_version.duplicates
    IS 'lines that repeat another line, or a change that was already in effect';
COMMENT ON COLUMN dnc.list_version.digest
    IS 'SHA-256 over the digests of the sets written for this version (whole, or plus and minus). The digest of a set '
       'is SHA-256 over its blocks in order: start, stop and length, eight bytes each, little-endian, then the block';
COMMENT ON SEQUENCE dnc.list_set_seq IS 'numbers sets of blocks';
COMMENT ON TABLE dnc.list_reject IS 'unreadable lines of list files, the first 10000 of each load';
COMMENT ON COLUMN dnc.list_reject.content
    IS 'the line, at most 60 characters, with all digits but the last two starred';
COMMENT ON TABLE dnc.list_block IS 'packed numbers of external lists, one block per row; only inserted and deleted';
COMMENT ON COLUMN dnc.list_block.set_id IS 'set of blocks; its ranges are contiguous from 0 to 10^15';
COMMENT ON COLUMN dnc.list_block.start IS 'lowest number (E.164 digits as an integer) in the range of the block';
COMMENT ON COLUMN dnc.list_block.stop IS 'start of the next block';
COMMENT ON COLUMN dnc.list_block.packed
    IS 'Elias-Fano code of the numbers; its bytes are described in core/src/list/block.rs';
COMMENT ON FUNCTION dnc.block_is_valid(bigint, bigint, bytea)
    IS 'whether the bytes are a block of numbers from start (inclusive) to stop (exclusive)';

-- dnc.list_version has only the last activation of a version.
CREATE TABLE dnc.list_activation (
    list         text        NOT NULL,
    version_id   bigint      NOT NULL,
    activated_at timestamptz NOT NULL,
    PRIMARY KEY (list, activated_at, version_id)
);
COMMENT ON TABLE dnc.list_activation IS 'activations of list versions; insert-only, written by a trigger';

-- Each session caches lists and prefixes for its checks until this number changes. It is random, so that no value
-- recurs after a rollback or a restore, or on another server.
CREATE FUNCTION dnc.random_epoch() RETURNS bigint LANGUAGE sql VOLATILE
    RETURN pg_catalog.hashtextextended(pg_catalog.gen_random_uuid()::text, 0);
COMMENT ON FUNCTION dnc.random_epoch() IS 'a random number';
CREATE TABLE dnc.list_epoch (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch bigint  NOT NULL
);
INSERT INTO dnc.list_epoch (epoch) VALUES (dnc.random_epoch());
COMMENT ON TABLE dnc.list_epoch
    IS 'one row: the cache epoch of lists, current versions and prefixes; every change sets a new random number';
SELECT dnc.audit('list_format', 'format');
SELECT dnc.audit('list', 'list');
SELECT dnc.audit('list_version', 'version_id');

SELECT pg_catalog.pg_extension_config_dump('dnc.list_format', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('dnc.list', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.list_version', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.list_version_version_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.list_set_seq', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.list_block', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.list_activation', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.list_reject', '');

-- A client calls dnc_list_load_start, copies to dnc.list_line with \copy, and calls dnc_list_load_finish. Lines without
-- version_id belong to the load started in the same transaction, no longer: behind a pooler the next transaction may be
-- another client's. Lines copied in other transactions must give version_id.
CREATE TABLE dnc.list_chunk (
    version_id bigint NOT NULL REFERENCES dnc.list_version,
    chunk_id   bigint GENERATED BY DEFAULT AS IDENTITY,
    lines      bytea  NOT NULL,
    PRIMARY KEY (version_id, chunk_id)
);
ALTER TABLE dnc.list_chunk ALTER COLUMN lines SET STORAGE EXTERNAL;
COMMENT ON SEQUENCE dnc.list_chunk_chunk_id_seq IS 'orders chunks';
COMMENT ON TABLE dnc.list_chunk IS 'copied lines of open versions, many per row; deleted when the load finishes';
-- Australia's register washes a file and answers for each number, as do Singapore's three registers; the United States'
-- Reassigned Numbers Database is queried by number and date. An answer is valid for a limited time.
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
    official     boolean,
    CHECK (builtin = (audit_seq IS NULL))
);
INSERT INTO dnc.registry (registry, description, jurisdiction, channels, valid_days, by_date, results, source, builtin,
    official) VALUES
    ('au-dncr',     'Australia, Do Not Call Register, wash', 'AU', '{voice,fax}', 30, false,
        '{"Y": "listed", "N": "not_listed", "I": "invalid"}', 'Do Not Call Register Act 2006; a wash is valid 30 days',
        true, true),
    ('sg-voice',    'Singapore, No Voice Call Register',   'SG', '{voice}', 21, false,
        '{"Y": "listed", "N": "not_listed"}', 'Personal Data Protection Act 2012; a result is valid 21 days', true,
        true),
    ('sg-text',     'Singapore, No Text Message Register', 'SG', '{sms,whatsapp}', 21, false,
        '{"Y": "listed", "N": "not_listed"}', 'Personal Data Protection Act 2012; a result is valid 21 days', true,
        true),
    ('sg-fax',      'Singapore, No Fax Message Register',  'SG', '{fax}', 21, false,
        '{"Y": "listed", "N": "not_listed"}', 'Personal Data Protection Act 2012; a result is valid 21 days', true,
        true),
    ('us-reassigned',
        'United States, Reassigned Numbers Database: has the number been disconnected for good since the date?', 'US',
        NULL, NULL, true, '{"yes": "listed", "no": "not_listed", "no_data": "no_data"}', '47 CFR 64.1200(m)', true,
        false);

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
COMMENT ON TABLE dnc.registry IS 'registries that are queried about a company''s own numbers and answer for each';
COMMENT ON COLUMN dnc.registry.channels IS 'channels that its answers apply to; NULL: every channel';
COMMENT ON COLUMN dnc.registry.valid_days IS 'days for which an answer is valid; NULL: without limit';
COMMENT ON COLUMN dnc.registry.by_date IS 'queried by number and date';
COMMENT ON COLUMN dnc.registry.official
    IS 'the law of its jurisdiction requires this register: its answer may replace a list there';
COMMENT ON COLUMN dnc.registry.results IS 'maps the words of its answers to listed, not_listed, invalid or no_data';
COMMENT ON TABLE dnc.registry_batch IS 'imports of answers, with a hash over the answers in order';
COMMENT ON SEQUENCE dnc.registry_batch_batch_id_seq IS 'numbers imports of answers';
COMMENT ON COLUMN dnc.registry_batch.content_hash
    IS 'SHA-256 over number, result and date of each answer, as computed by dnc_scrub_hash';
COMMENT ON TABLE dnc.registry_answer IS 'answers of registries with their validity; insert-only';
COMMENT ON SEQUENCE dnc.registry_answer_answer_id_seq IS 'numbers answers';
COMMENT ON COLUMN dnc.registry_answer.asked_about
    IS 'date that was queried, for example that of the consent or the last contact';
COMMENT ON COLUMN dnc.registry_answer.obtained_at IS 'when the registry answered';
COMMENT ON COLUMN dnc.registry_answer.valid_until IS 'end of validity; infinity: without limit';

SELECT dnc.audit('registry', 'registry');
SELECT dnc.audit('registry_batch', 'batch_id');
SELECT pg_catalog.pg_extension_config_dump('dnc.registry', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('dnc.registry_batch', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.registry_batch_batch_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.registry_answer', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.registry_answer_answer_id_seq', '');
