-- ---------------------------------------------------------------------------
-- The audit log, its data, and its signed tree
-- ---------------------------------------------------------------------------

-- References run audit_log <- audit_data <- audit_seq of the audited row, so that a dump loads the log first and every
-- restored row finds its log row. The log has no personal data; audit_data has, and can be erased without breaking the
-- log, which keeps a salted commitment to it.
CREATE SEQUENCE dnc.audit_seq;
COMMENT ON SEQUENCE dnc.audit_seq IS 'log sequence numbers';

CREATE TABLE dnc.audit_log (
    seq            bigint      PRIMARY KEY,
    relation       text        NOT NULL,
    operation      text        NOT NULL CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE', 'ERASE')),
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
-- The log row of an entry is found by the audit_seq of the entry; an erased one, by its ERASE row.
CREATE INDEX audit_log_row ON dnc.audit_log (relation, row_key, seq)
    WHERE relation <> 'entry' OR operation <> 'INSERT';
-- The order in which checkpoints add rows (audit/seal.sql).
CREATE INDEX audit_log_xid ON dnc.audit_log (xid, seq) WHERE NOT loaded;

COMMENT ON TABLE dnc.audit_log
    IS 'audit log: one row per change of an audited table; append-only, without personal data';
COMMENT ON COLUMN dnc.audit_log.seq IS 'log sequence number; the changed row has it as audit_seq';
COMMENT ON COLUMN dnc.audit_log.relation IS 'changed table of schema dnc';
COMMENT ON COLUMN dnc.audit_log.operation
    IS 'INSERT, UPDATE, DELETE; or ERASE: the row and its content in dnc.audit_data were deleted';
COMMENT ON COLUMN dnc.audit_log.row_key IS 'primary key of the changed row';
COMMENT ON COLUMN dnc.audit_log.logged_at IS 'server clock at the change';
COMMENT ON COLUMN dnc.audit_log.session_role IS 'role that connected (session_user)';
COMMENT ON COLUMN dnc.audit_log.effective_role IS 'role in force outside the extension''s own functions (SET ROLE)';
COMMENT ON COLUMN dnc.audit_log.actor IS 'who acted, as claimed by the application in the setting dnc.actor';
COMMENT ON COLUMN dnc.audit_log.commitment
    IS 'SHA-256 over salt, before and after of audit_data; see src/audit/commit.rs';
COMMENT ON COLUMN dnc.audit_log.row_hash
    IS 'RFC 6962 leaf hash of this row''s canonical bytes, without xid and loaded; see src/audit/commit.rs';
COMMENT ON COLUMN dnc.audit_log.format IS 'version of the canonical bytes; see src/audit/canonical.rs';
COMMENT ON COLUMN dnc.audit_log.xid IS 'transaction that made the change; void after a restore';
COMMENT ON COLUMN dnc.audit_log.loaded IS 'not written by the audit triggers: restored, or inserted manually';

CREATE TABLE dnc.audit_data (
    seq    bigint PRIMARY KEY REFERENCES dnc.audit_log,
    salt   bytea  NOT NULL CHECK (octet_length(salt) = 32),
    before text,
    after  text
);

COMMENT ON TABLE dnc.audit_data IS 'the changed row before and after, as canonical JSON; append-only';
COMMENT ON COLUMN dnc.audit_data.seq IS 'row of dnc.audit_log';
COMMENT ON COLUMN dnc.audit_data.salt IS '32 random bytes of the commitment';
COMMENT ON COLUMN dnc.audit_data.before IS 'the row before an update or delete';
COMMENT ON COLUMN dnc.audit_data.after IS 'the row after an insert or update';

CREATE TABLE dnc.audited (
    relation   text PRIMARY KEY,
    key_column text NOT NULL
);
COMMENT ON TABLE dnc.audited IS 'audited tables of schema dnc; filled by the extension''s own scripts';
COMMENT ON COLUMN dnc.audited.key_column IS 'column whose text is row_key in dnc.audit_log';

SELECT pg_catalog.pg_extension_config_dump('dnc.audit_seq', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.audit_log', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.audit_data', '');
-- A signed checkpoint adds the rows of ended transactions to the RFC 6962 tree, ordered by transaction and log sequence
-- number, then a leaf of its own, which commits to the verifiable map (src/audit/state.rs). Its root is signed with a
-- key that is not in the database. Anyone who keeps a root, or has it witnessed, can later detect whether anybody
-- changed the log. Only dnc_audit_seal writes these tables; writers to the log never wait for it.
CREATE TABLE dnc.seal (
    seal_id     bigint      PRIMARY KEY CHECK (seal_id > 0),
    origin      text        NOT NULL CHECK (origin ~ '^[!-*,-~]{1,200}$'),
    tree_size   bigint      NOT NULL UNIQUE CHECK (tree_size > rows),
    rows        bigint      NOT NULL CHECK (rows >= 0),
    root        bytea       NOT NULL CHECK (octet_length(root) = 32),
    sealed_at   timestamptz NOT NULL,
    complete_to timestamptz NOT NULL,
    sealed_by   text        NOT NULL,
    state_size  bigint      CHECK (state_size < tree_size),
    state_root  bytea       CHECK (octet_length(state_root) = 32),
    state_key   bytea       CHECK (octet_length(state_key) = 32),
    loaded_rows bigint      NOT NULL CHECK (loaded_rows BETWEEN 0 AND rows),
    accepted    text        CHECK (length(accepted) BETWEEN 1 AND 5000),
    signature   text        CHECK (length(signature) < 1000),
    horizon     xid8        NOT NULL,
    next_xid    xid8        NOT NULL,
    loaded      boolean     NOT NULL DEFAULT false,
    CHECK ((state_size IS NULL) = (state_root IS NULL) AND (state_size IS NULL) = (state_key IS NULL)),
    CHECK ((loaded_rows = 0) = (accepted IS NULL))
);
COMMENT ON TABLE dnc.seal
    IS 'signed checkpoints (signed tree heads) of the audit log: size and root of the tree; insert-only';
COMMENT ON COLUMN dnc.seal.seal_id IS 'checkpoint number, from 1 without gaps';
COMMENT ON COLUMN dnc.seal.origin IS 'name of this log, the same in all checkpoints';
COMMENT ON COLUMN dnc.seal.tree_size IS 'leaves of the tree; the last one is the checkpoint''s own';
COMMENT ON COLUMN dnc.seal.rows IS 'log rows that the checkpoint added';
COMMENT ON COLUMN dnc.seal.root IS 'RFC 6962 root of the tree';
COMMENT ON COLUMN dnc.seal.sealed_at IS 'server clock before the rows were read';
COMMENT ON COLUMN dnc.seal.complete_to IS 'every committed row logged before this time is in the tree';
COMMENT ON COLUMN dnc.seal.sealed_by IS 'role that connected (session_user)';
COMMENT ON COLUMN dnc.seal.state_size
    IS 'the map covers the log indexes below this; NULL: there was no key named state yet';
COMMENT ON COLUMN dnc.seal.state_root IS 'root of the map';
COMMENT ON COLUMN dnc.seal.state_key IS 'check value that identifies the map''s key';
COMMENT ON COLUMN dnc.seal.loaded_rows IS 'added rows that the audit triggers did not write';
COMMENT ON COLUMN dnc.seal.accepted IS 'why those rows were accepted';
COMMENT ON COLUMN dnc.seal.signature IS 'signature line of the checkpoint; NULL: there was no signing key';
COMMENT ON COLUMN dnc.seal.horizon
    IS 'oldest-xmin cutoff: rows of transactions before it are in the tree; void after a restore';
COMMENT ON COLUMN dnc.seal.next_xid IS 'transactions from this one on began later; void after a restore';
COMMENT ON COLUMN dnc.seal.loaded IS 'not written by dnc_audit_seal: restored, or inserted manually';

CREATE TABLE dnc.audit_run (
    first     bigint   PRIMARY KEY CHECK (first >= 0),
    seal_id   bigint   NOT NULL,
    seqs      bigint[] NOT NULL CHECK (cardinality(seqs) BETWEEN 1 AND 256),
    leaves    bytea    NOT NULL CHECK (octet_length(leaves) = 32 * cardinality(seqs)),
    least_seq bigint,
    most_seq  bigint,
    CHECK (first / 256 = (first + cardinality(seqs) - 1) / 256)
);
ALTER TABLE dnc.audit_run ALTER COLUMN leaves SET STORAGE EXTERNAL;
-- Finds the leaf batch of a log row.
CREATE INDEX audit_run_seqs ON dnc.audit_run USING gist (int8range(least_seq, most_seq, '[]'))
    WHERE least_seq IS NOT NULL;
COMMENT ON TABLE dnc.audit_run IS 'leaf batches of the tree in order, none across a multiple of 256; insert-only';
COMMENT ON COLUMN dnc.audit_run.first IS 'log index of the first leaf, from 0';
COMMENT ON COLUMN dnc.audit_run.seal_id IS 'checkpoint that added the leaves';
COMMENT ON COLUMN dnc.audit_run.seqs IS 'their rows of dnc.audit_log; 0: the checkpoint''s own leaf';
COMMENT ON COLUMN dnc.audit_run.leaves IS 'leaf hashes, 32 bytes each';
COMMENT ON COLUMN dnc.audit_run.least_seq IS 'smallest value of seqs; NULL: no log rows';

CREATE TABLE dnc.audit_node (
    level integer NOT NULL CHECK (level > 0 AND level % 8 = 0),
    index bigint  NOT NULL CHECK (index >= 0),
    hash  bytea   NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, index)
);
COMMENT ON TABLE dnc.audit_node IS 'complete nodes of the tree on every eighth level; insert-only';
COMMENT ON COLUMN dnc.audit_node.level IS 'a node of level n covers 2^n leaves';
COMMENT ON COLUMN dnc.audit_node.index IS 'from the left, from 0';

CREATE TABLE dnc.audit_place (
    place    bytea  NOT NULL CHECK (octet_length(place) = 16),
    position bigint NOT NULL CHECK (position >= 0),
    PRIMARY KEY (place, position)
);
COMMENT ON TABLE dnc.audit_place
    IS 'verifiable map (sparse Merkle tree): log indexes of the changes to a number, an external list, the suppressed '
       'prefixes or the rules; insert-only';
COMMENT ON COLUMN dnc.audit_place.place
    IS 'leaf index in the map: keyed hash of the name (dnc.place), which does not reveal the number';
COMMENT ON COLUMN dnc.audit_place.position IS 'log index of a change';

CREATE TABLE dnc.audit_state (
    layer   integer NOT NULL CHECK (layer IN (1, 2)),
    prefix  integer NOT NULL CHECK (prefix BETWEEN 0 AND 65535),
    seal_id bigint  NOT NULL,
    single  boolean NOT NULL,
    hash    bytea   NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (layer, prefix, seal_id)
);
COMMENT ON TABLE dnc.audit_state IS 'nodes of the map, one version per checkpoint that changed them; insert-only';
COMMENT ON COLUMN dnc.audit_state.layer IS 'bytes of the leaf index that lead to the node';
COMMENT ON COLUMN dnc.audit_state.prefix IS 'those bytes';
COMMENT ON COLUMN dnc.audit_state.seal_id IS 'checkpoint from which this version is valid, until the next version';
COMMENT ON COLUMN dnc.audit_state.single IS 'the node has one leaf below it, whose hash it is';
-- Finds the checkpoint of a certificate.
CREATE INDEX seal_folded ON dnc.seal (complete_to) WHERE state_size = tree_size - 1;
