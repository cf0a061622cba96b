-- From 0.5.0 to 0.6.0: seals of the audit log, checkpoints, proofs, verification, certificates.

-- The script runs as superuser: no name in it, no operator above all, may be found in a schema where others can create.
SET LOCAL search_path = pg_catalog, pg_temp;

-- ---------------------------------------------------------------------------
-- The log: which tables are under it, and in which order it is sealed
-- ---------------------------------------------------------------------------

-- The order in which rows are sealed (22-seal.sql).
CREATE INDEX audit_log_xid ON dnc.audit_log (xid, seq) WHERE NOT loaded;
-- The tables under audit.
CREATE TABLE dnc.audited (
    relation   text PRIMARY KEY,
    key_column text NOT NULL
);
COMMENT ON TABLE dnc.audited IS 'tables of schema dnc whose changes are logged; filled by the extension''s own scripts';
COMMENT ON COLUMN dnc.audited.key_column IS 'column whose text is row_key in dnc.audit_log';
-- Gives a table its audit triggers. They fire whatever session_replication_role says. The AFTER trigger's name sorts
-- before those of referential triggers, which then find the rows it wrote.
CREATE OR REPLACE FUNCTION dnc.audit(relation text, key_column text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER "00_audit_draw" BEFORE INSERT OR UPDATE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION dnc.audit_draw(%L)', relation, key_column);
    EXECUTE format('CREATE TRIGGER "00_audit_write" AFTER INSERT OR UPDATE OR DELETE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION dnc.audit_write(%L)', relation, key_column);
    EXECUTE format('CREATE TRIGGER "00_audit_truncate" BEFORE TRUNCATE ON dnc.%I FOR EACH STATEMENT EXECUTE FUNCTION dnc.refuse_change()', relation);
    EXECUTE format('ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "00_audit_draw", ENABLE ALWAYS TRIGGER "00_audit_write", ENABLE ALWAYS TRIGGER "00_audit_truncate"', relation);
    INSERT INTO dnc.audited VALUES (relation, key_column);
END
$$;

-- ---------------------------------------------------------------------------
-- Seals: the log as a Merkle tree, and a map of whom it speaks of
-- ---------------------------------------------------------------------------
-- A seal takes the rows of transactions that have ended into the tree of RFC 6962, in the order of transaction and number, and
-- adds a leaf of its own, which commits to the map (src/audit/state.rs). Its root is signed with a key that the database does
-- not hold. Who keeps a root, or has it witnessed, can tell later whether the log was changed, whoever changed it.
-- All of this is written by seals only; writers to the log never wait for one.

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
COMMENT ON TABLE dnc.seal IS 'seals of the audit log: how long the tree was and what its root was; insert-only';
COMMENT ON COLUMN dnc.seal.seal_id IS 'seals are numbered from 1 without gaps';
COMMENT ON COLUMN dnc.seal.origin IS 'name of this log in checkpoints, the same in all seals';
COMMENT ON COLUMN dnc.seal.tree_size IS 'leaves of the tree, the last of which is the seal''s own';
COMMENT ON COLUMN dnc.seal.rows IS 'rows of the log that it added';
COMMENT ON COLUMN dnc.seal.root IS 'RFC 6962 root of the tree';
COMMENT ON COLUMN dnc.seal.sealed_at IS 'server clock before the rows were read';
COMMENT ON COLUMN dnc.seal.complete_to IS 'every row that was logged before, and was not rolled back, is in the tree';
COMMENT ON COLUMN dnc.seal.sealed_by IS 'role that connected (session_user)';
COMMENT ON COLUMN dnc.seal.state_size IS 'the map tells of the positions below this; NULL: there was no key named state yet';
COMMENT ON COLUMN dnc.seal.state_root IS 'root of the map';
COMMENT ON COLUMN dnc.seal.state_key IS 'what tells the key of the map from any other';
COMMENT ON COLUMN dnc.seal.loaded_rows IS 'rows of it that the audit triggers did not write';
COMMENT ON COLUMN dnc.seal.accepted IS 'why those were taken in';
COMMENT ON COLUMN dnc.seal.signature IS 'signature line of the checkpoint; NULL: there was no key to sign with';
COMMENT ON COLUMN dnc.seal.horizon IS 'rows of transactions before this are in the tree; means nothing after a restore';
COMMENT ON COLUMN dnc.seal.next_xid IS 'transactions from this on began later; means nothing after a restore';
COMMENT ON COLUMN dnc.seal.loaded IS 'the row came otherwise than by sealing: from a restore, or from somebody''s hand';

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
-- Which run has a row.
CREATE INDEX audit_run_seqs ON dnc.audit_run USING gist (int8range(least_seq, most_seq, '[]')) WHERE least_seq IS NOT NULL;
COMMENT ON TABLE dnc.audit_run IS 'leaves of the tree in their order, never across a multiple of 256; insert-only';
COMMENT ON COLUMN dnc.audit_run.first IS 'position of the first leaf, counted from 0';
COMMENT ON COLUMN dnc.audit_run.seal_id IS 'seal that added them';
COMMENT ON COLUMN dnc.audit_run.seqs IS 'their rows of dnc.audit_log; 0: the leaf of the seal itself';
COMMENT ON COLUMN dnc.audit_run.leaves IS 'their hashes, 32 bytes each';
COMMENT ON COLUMN dnc.audit_run.least_seq IS 'the least of the rows; NULL: there is none';

CREATE TABLE dnc.audit_node (
    level integer NOT NULL CHECK (level > 0 AND level % 8 = 0),
    index bigint  NOT NULL CHECK (index >= 0),
    hash  bytea   NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, index)
);
COMMENT ON TABLE dnc.audit_node IS 'complete nodes of the tree on every eighth level; insert-only';
COMMENT ON COLUMN dnc.audit_node.level IS 'a node of level n stands for 2^n leaves';
COMMENT ON COLUMN dnc.audit_node.index IS 'from the left, counted from 0';

CREATE TABLE dnc.audit_place (
    place    bytea  NOT NULL CHECK (octet_length(place) = 16),
    position bigint NOT NULL CHECK (position >= 0),
    PRIMARY KEY (place, position)
);
COMMENT ON TABLE dnc.audit_place IS 'the map: where the log speaks of a number, an external list, the refused prefixes or the rules; insert-only';
COMMENT ON COLUMN dnc.audit_place.place IS 'keyed hash of the name (dnc.place): it tells nobody which number';
COMMENT ON COLUMN dnc.audit_place.position IS 'position of the leaf in the tree';

CREATE TABLE dnc.audit_state (
    layer   integer NOT NULL CHECK (layer IN (1, 2)),
    prefix  integer NOT NULL CHECK (prefix BETWEEN 0 AND 65535),
    seal_id bigint  NOT NULL,
    single  boolean NOT NULL,
    hash    bytea   NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (layer, prefix, seal_id)
);
COMMENT ON TABLE dnc.audit_state IS 'nodes of the map, a version for each seal that changed them; insert-only';
COMMENT ON COLUMN dnc.audit_state.layer IS 'bytes of the place that lead to the node';
COMMENT ON COLUMN dnc.audit_state.prefix IS 'those bytes';
COMMENT ON COLUMN dnc.audit_state.seal_id IS 'seal from which on it holds, until a later version';
COMMENT ON COLUMN dnc.audit_state.single IS 'there is one place below it, whose leaf it is';

CREATE TRIGGER "00_stamp" BEFORE INSERT ON dnc.seal FOR EACH ROW EXECUTE FUNCTION dnc.audit_stamp();
ALTER TABLE dnc.seal ENABLE ALWAYS TRIGGER "00_stamp";
DO $$
DECLARE
    relation text;
BEGIN
    FOREACH relation IN ARRAY ARRAY['seal', 'audit_run', 'audit_node', 'audit_place', 'audit_state'] LOOP
        EXECUTE format('CREATE TRIGGER "00_append_only" BEFORE UPDATE OR DELETE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change()', relation);
        EXECUTE format('CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.%I FOR EACH STATEMENT EXECUTE FUNCTION dnc.refuse_change()', relation);
        EXECUTE format('ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "00_append_only", ENABLE ALWAYS TRIGGER "00_no_truncate"', relation);
        PERFORM pg_catalog.pg_extension_config_dump(format('dnc.%I', relation)::regclass, '');
    END LOOP;
END
$$;

CREATE FUNCTION dnc.seal_now(fold boolean, quiet bigint, accept text, origin text, by text) RETURNS bigint AS 'MODULE_PATHNAME', 'dnc_seal_now_wrapper' LANGUAGE c SET search_path = pg_catalog, pg_temp;
CREATE FUNCTION dnc.seal_text(seal bigint) RETURNS text AS 'MODULE_PATHNAME', 'dnc_seal_text_wrapper' LANGUAGE c STABLE STRICT SET search_path = pg_catalog, pg_temp;
CREATE FUNCTION dnc.log_text(seq bigint, relation text, operation text, row_key text, logged_at timestamptz, session_role text, effective_role text, actor text, commitment bytea) RETURNS text
    AS 'MODULE_PATHNAME', 'dnc_log_text_wrapper' LANGUAGE c IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION dnc.tree_root(size bigint) RETURNS bytea AS 'MODULE_PATHNAME', 'dnc_tree_root_wrapper' LANGUAGE c STABLE STRICT SET search_path = pg_catalog, pg_temp;
CREATE FUNCTION dnc.tree_path("position" bigint, size bigint) RETURNS bytea[] AS 'MODULE_PATHNAME', 'dnc_tree_path_wrapper' LANGUAGE c STABLE STRICT SET search_path = pg_catalog, pg_temp;
CREATE FUNCTION dnc.tree_growth(old bigint, new bigint) RETURNS bytea[] AS 'MODULE_PATHNAME', 'dnc_tree_growth_wrapper' LANGUAGE c STABLE STRICT SET search_path = pg_catalog, pg_temp;
CREATE FUNCTION dnc.note_line(note text, name text) RETURNS text AS 'MODULE_PATHNAME', 'dnc_note_line_wrapper' LANGUAGE c STABLE STRICT;
CREATE FUNCTION dnc.note_key(name text) RETURNS text AS 'MODULE_PATHNAME', 'dnc_note_key_wrapper' LANGUAGE c STABLE STRICT;
CREATE FUNCTION dnc.place(name text) RETURNS bytea AS 'MODULE_PATHNAME', 'dnc_place_wrapper' LANGUAGE c STABLE STRICT;
CREATE FUNCTION dnc.state_path(place bytea, seal bigint, size bigint, root bytea) RETURNS TABLE (siblings bytea[], ends_in bytea, positions bigint[])
    AS 'MODULE_PATHNAME', 'dnc_state_path_wrapper' LANGUAGE c STABLE STRICT ROWS 1 SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION dnc.seal_now(boolean, bigint, text, text, text) IS 'behind dnc_audit_seal';
COMMENT ON FUNCTION dnc.seal_text(bigint) IS 'canonical bytes of a seal, whose hash is the last of its leaves';
COMMENT ON FUNCTION dnc.log_text(bigint, text, text, text, timestamptz, text, text, text, bytea) IS 'canonical bytes of a log row, whose hash is its leaf';
COMMENT ON FUNCTION dnc.tree_root(bigint) IS 'root of the first leaves of the tree';
COMMENT ON FUNCTION dnc.tree_path(bigint, bigint) IS 'hashes that lead from a leaf to the root of a tree of this size, from below';
COMMENT ON FUNCTION dnc.tree_growth(bigint, bigint) IS 'hashes that show that one tree is the beginning of another';
COMMENT ON FUNCTION dnc.note_line(text, text) IS 'signature of a text, as a line of a note';
COMMENT ON FUNCTION dnc.note_key(text) IS 'public key of the key that signs, as verifiers of notes take it';
COMMENT ON FUNCTION dnc.place(text) IS 'what a name becomes in the map: the first 16 bytes of HMAC-SHA-256 under the key named state';
COMMENT ON FUNCTION dnc.state_path(bytea, bigint, bigint, bytea) IS 'way to a place in the map of a seal: what stands beside it, and the place that it ends in with its positions; another place, or none, proves that there are no positions';

-- ---------------------------------------------------------------------------
-- Sealing
-- ---------------------------------------------------------------------------

-- What waits for a lock must then see what its holder did.
CREATE OR REPLACE FUNCTION dnc.require_read_committed() RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'this is done in READ COMMITTED only' USING ERRCODE = 'invalid_transaction_state', DETAIL = format('The transaction is %s, and does not see what others have committed since it began, such as a legal hold.', current_setting('transaction_isolation')),
            HINT = 'BEGIN ISOLATION LEVEL READ COMMITTED.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_read_committed() IS 'raises in a transaction that does not see what others commit';

CREATE FUNCTION @extschema@.dnc_audit_seal(state boolean DEFAULT NULL, quiet interval DEFAULT '1 hour', accept text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM dnc.require_read_committed();
    IF quiet IS NULL OR NOT isfinite(quiet) OR quiet < '0' OR accept = '' OR length(accept) > 5000 THEN
        RAISE EXCEPTION 'quiet is an interval from 0 on, and accept says in 1 to 5000 characters why rows from outside are taken in' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- One seal at a time; who writes to the log does not take part in this.
    LOCK TABLE dnc.seal IN SHARE ROW EXCLUSIVE MODE;
    RETURN nullif(dnc.seal_now(state, least(extract(epoch FROM quiet), 1e11)::bigint * 1000000, accept, 'dnc/' || gen_random_uuid(), session_user), 0);
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_audit_seal(boolean, interval, text) IS 'seals what the log has got since the last seal and returns the newest seal; with nothing new only if that is older than quiet. state: whether the map is brought up to date (NULL: when it pays, at the latest after an hour); accept: why rows that came by a restore or by hand are taken in';

-- ---------------------------------------------------------------------------
-- Checkpoints and proofs
-- ---------------------------------------------------------------------------

-- A seal, the newest if none is named.
CREATE FUNCTION dnc.seal_of(seal bigint) RETURNS dnc.seal LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    found dnc.seal;
BEGIN
    SELECT * INTO found FROM dnc.seal AS s WHERE seal_of.seal IS NULL OR s.seal_id = seal_of.seal ORDER BY s.seal_id DESC LIMIT 1;
    IF found.seal_id IS NULL THEN
        RAISE EXCEPTION '%', CASE WHEN seal_of.seal IS NULL THEN 'nothing is sealed yet' ELSE format('there is no seal %s', seal_of.seal) END USING ERRCODE = 'undefined_object',
            HINT = CASE WHEN seal_of.seal IS NULL THEN 'dnc_audit_seal() seals; dnc_maintain() does so too.' ELSE 'dnc.seal lists them.' END;
    END IF;
    RETURN found;
END
$$;
COMMENT ON FUNCTION dnc.seal_of(bigint) IS 'a seal; the newest for NULL; an error if there is none';

CREATE FUNCTION dnc.checkpoint_of(seal dnc.seal) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT x.note || E'\n' || coalesce((seal).signature, dnc.note_line(x.note, (seal).origin))
    FROM (SELECT format(E'%s\n%s\n%s\n', (seal).origin, (seal).tree_size, encode((seal).root, 'base64')) AS note) AS x;
END;
COMMENT ON FUNCTION dnc.checkpoint_of(dnc.seal) IS 'signed checkpoint of a seal';

CREATE FUNCTION @extschema@.dnc_audit_checkpoint(seal bigint DEFAULT NULL) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.checkpoint_of(dnc.seal_of(seal));
END;
COMMENT ON FUNCTION @extschema@.dnc_audit_checkpoint(bigint) IS 'signed checkpoint of a seal, the newest if none is named: a note of origin, size, root and signature, to be kept or witnessed elsewhere';

CREATE FUNCTION @extschema@.dnc_audit_key() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.note_key((dnc.seal_of(NULL)).origin);
END;
COMMENT ON FUNCTION @extschema@.dnc_audit_key() IS 'public key with which checkpoints are verified: name, key id and key in base64; hand it out before it is needed';

-- A row of the log as a proof shows it; base64 throughout.
CREATE FUNCTION dnc.base64s(hashes bytea[]) RETURNS jsonb LANGUAGE sql IMMUTABLE
    RETURN (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.encode(x.h, 'base64') ORDER BY x.n), '[]') FROM pg_catalog.unnest(hashes) WITH ORDINALITY AS x (h, n));
COMMENT ON FUNCTION dnc.base64s(bytea[]) IS 'hashes as a JSON array of base64';

CREATE FUNCTION dnc.position_of(seq bigint) RETURNS bigint LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT r.first + array_position(r.seqs, position_of.seq) - 1 FROM dnc.audit_run AS r
        WHERE r.least_seq IS NOT NULL AND int8range(r.least_seq, r.most_seq, '[]') @> position_of.seq AND position_of.seq = ANY (r.seqs) ORDER BY r.first LIMIT 1;
END;
COMMENT ON FUNCTION dnc.position_of(bigint) IS 'position in the tree of a row of the log; NULL: it is not sealed';

CREATE FUNCTION dnc.seq_at("position" bigint) RETURNS bigint LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT r.seqs[seq_at."position" - r.first + 1] FROM dnc.audit_run AS r WHERE r.first <= seq_at."position" ORDER BY r.first DESC LIMIT 1;
END;
COMMENT ON FUNCTION dnc.seq_at(bigint) IS 'row of the log at a position of the tree; 0: a seal''s own leaf';

CREATE FUNCTION dnc.log_row(seq bigint) RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT jsonb_build_object('seq', l.seq, 'log', dnc.log_text(l.seq, l.relation, l.operation, l.row_key, l.logged_at, l.session_role, l.effective_role, l.actor, l.commitment))
        || CASE WHEN d.seq IS NULL THEN jsonb_build_object('data', NULL) ELSE jsonb_build_object('data', jsonb_build_object('salt', encode(d.salt, 'base64'), 'before', d.before, 'after', d.after)) END
    FROM dnc.audit_log AS l LEFT JOIN dnc.audit_data AS d ON d.seq = l.seq WHERE l.seq = log_row.seq;
END;
COMMENT ON FUNCTION dnc.log_row(bigint) IS 'a row of the log with its data, as proofs show it; data are null once they are erased';

CREATE FUNCTION @extschema@.dnc_audit_proof(seq bigint DEFAULT NULL, since bigint DEFAULT NULL, seal bigint DEFAULT NULL) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    of    dnc.seal := dnc.seal_of(seal);
    at    bigint := dnc.position_of(seq);
    proof jsonb;
BEGIN
    IF (seq IS NULL) = (since IS NULL) THEN
        RAISE EXCEPTION 'give seq, a row of the log, or since, the size of an earlier tree' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF since NOT BETWEEN 0 AND of.tree_size THEN
        RAISE EXCEPTION 'the tree of seal % has % leaves, and none of % is its beginning', of.seal_id, of.tree_size, since USING ERRCODE = 'invalid_parameter_value',
            HINT = 'since is the size in an earlier checkpoint.';
    END IF;
    IF seq IS NOT NULL AND (at IS NULL OR at >= of.tree_size) THEN
        RAISE EXCEPTION 'row % of the log is not in seal %', seq, of.seal_id USING ERRCODE = 'invalid_parameter_value',
            DETAIL = CASE WHEN at IS NOT NULL THEN format('It is at position %s of the tree, which had %s leaves then.', at, of.tree_size)
                          WHEN EXISTS (SELECT FROM dnc.audit_log AS l WHERE l.seq = dnc_audit_proof.seq) THEN 'It is not sealed yet.' ELSE 'There is no such row.' END,
            HINT = CASE WHEN at IS NULL THEN 'dnc_audit_seal() seals what transactions that have ended wrote.' ELSE 'Ask for a later seal.' END;
    END IF;
    IF seq IS NOT NULL THEN
        proof := dnc.log_row(seq) || jsonb_build_object('format', 'dnc-inclusion/1', 'position', at, 'path', dnc.base64s(dnc.tree_path(at, of.tree_size)));
    ELSE
        proof := jsonb_build_object('format', 'dnc-consistency/1', 'since', since, 'since_root', encode(dnc.tree_root(since), 'base64'), 'path', dnc.base64s(dnc.tree_growth(since, of.tree_size)));
    END IF;
    RETURN proof || jsonb_build_object('checkpoint', CASE WHEN of.signature IS NOT NULL THEN dnc.checkpoint_of(of) END, 'size', of.tree_size, 'root', encode(of.root, 'base64'));
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_audit_proof(bigint, bigint, bigint) IS 'proof for somebody outside, with the checkpoint of a seal (the newest if none is named; null if it is not signed): that a row of the log is in the tree (seq), or that the tree of an earlier size is its beginning (since)';

-- ---------------------------------------------------------------------------
-- Lookup tables
-- ---------------------------------------------------------------------------

-- A name stays while a transaction refers to it that has not ended; see src/pg/known.rs.
CREATE FUNCTION dnc.names_wait() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_names_wait' LANGUAGE c;
CREATE FUNCTION dnc.is_known(relation text, name text) RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_is_known_wrapper' LANGUAGE c VOLATILE COST 10;
COMMENT ON FUNCTION dnc.names_wait() IS 'trigger of lookup tables: waits for those who refer to a name, and has sessions forget which names there are';
COMMENT ON FUNCTION dnc.is_known(text, text) IS 'whether a lookup table has a name, which is then there until the transaction ends';
DO $$
DECLARE
    relation text;
BEGIN
    FOREACH relation IN ARRAY ARRAY['channel', 'reason', 'source', 'purpose'] LOOP
        EXECUTE format('CREATE TRIGGER "00_names_wait" BEFORE DELETE ON dnc.%I FOR EACH STATEMENT EXECUTE FUNCTION dnc.names_wait()', relation);
        EXECUTE format('ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "00_names_wait"', relation);
    END LOOP;
END
$$;

-- ---------------------------------------------------------------------------
-- Names that are looked up
-- ---------------------------------------------------------------------------

-- An error for a name that is not known, with what is known.
CREATE OR REPLACE FUNCTION dnc.require_known(relation text, name text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known text;
BEGIN
    -- What is known is there until this transaction ends: whoever would delete it
    -- waits (src/pg/known.rs). Rows of tables without the trigger for that are
    -- locked, as a foreign key would lock them.
    IF dnc.is_known(relation, name) THEN
        RETURN;
    END IF;
    EXECUTE format('SELECT string_agg(%1$I, '', '' ORDER BY %1$I) FROM (SELECT %1$I FROM dnc.%1$I ORDER BY 1 LIMIT 20) AS x', relation) INTO known;
    RAISE EXCEPTION 'unknown % "%"', relation, left(coalesce(name, 'NULL'), 60)
        USING ERRCODE = 'invalid_parameter_value',
              DETAIL = format('Known are: %s.', coalesce(known, 'none yet')),
              HINT = format('A site adds its own by inserting into dnc.%s.', relation);
END
$$;

-- ---------------------------------------------------------------------------
-- Taking requests
-- ---------------------------------------------------------------------------

-- Of one number: plain requests are recorded without SQL, all others by the function above (src/pg/request.rs).
CREATE OR REPLACE FUNCTION @extschema@.dnc_add(
    phone @extschema@.dnc_phone, channel text DEFAULT 'all', purpose text DEFAULT NULL, reason text DEFAULT 'no_contact',
    source text DEFAULT 'unspecified', requested_at timestamptz DEFAULT now(), evidence jsonb DEFAULT '{}', external_ref text DEFAULT NULL,
    received_at timestamptz DEFAULT NULL, effective_at timestamptz DEFAULT NULL, expires_at timestamptz DEFAULT NULL,
    due_at timestamptz DEFAULT NULL, taken_by text DEFAULT NULL
) RETURNS bigint AS 'MODULE_PATHNAME', 'dnc_add_phone' LANGUAGE c COST 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
CREATE OR REPLACE FUNCTION @extschema@.dnc_add(
    phone text, channel text DEFAULT 'all', purpose text DEFAULT NULL, reason text DEFAULT 'no_contact',
    source text DEFAULT 'unspecified', requested_at timestamptz DEFAULT now(), evidence jsonb DEFAULT '{}', external_ref text DEFAULT NULL,
    received_at timestamptz DEFAULT NULL, effective_at timestamptz DEFAULT NULL, expires_at timestamptz DEFAULT NULL,
    due_at timestamptz DEFAULT NULL, taken_by text DEFAULT NULL
) RETURNS bigint AS 'MODULE_PATHNAME', 'dnc_add_text' LANGUAGE c COST 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp;

-- ---------------------------------------------------------------------------
-- Numbers that are in force
-- ---------------------------------------------------------------------------

-- Grouped by the number's bits: pg_upgrade makes views before the operator class of dnc_phone.
CREATE OR REPLACE VIEW dnc.suppressed AS
    SELECT pg_catalog.min(e.phone::text) AS e164,
           pg_catalog.array_agg(DISTINCT e.channel) AS channels,
           pg_catalog.array_agg(DISTINCT coalesce(e.purpose, '*')) AS purposes,
           pg_catalog.array_agg(DISTINCT e.reason) AS reasons,
           pg_catalog.array_agg(DISTINCT e.source) AS sources,
           pg_catalog.min(CASE WHEN e.effective_at = '-infinity' THEN e.received_at ELSE e.effective_at END) AS since,
           pg_catalog.count(*) AS entries
    FROM dnc.entry AS e
    WHERE e.ends IS NULL
      AND e.effective_at <= pg_catalog.statement_timestamp() AND e.expires_at > pg_catalog.statement_timestamp()
      AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL))
    GROUP BY e.phone::bigint;

-- ---------------------------------------------------------------------------
-- Exports
-- ---------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION dnc.held_lines(channel text, purpose text, format text) RETURNS SETOF text LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT dnc.export_line(h.phone, format) FROM (SELECT DISTINCT ON (e.phone::bigint) e.phone FROM dnc.held(channel, purpose) AS e) AS h ORDER BY h.phone::bigint;
END;
CREATE OR REPLACE FUNCTION dnc.changed_lines(since bigint, channel text, purpose text, format text) RETURNS TABLE (line text, action text) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT dnc.export_line(n.phone, format), CASE WHEN EXISTS (SELECT FROM dnc.held(changed_lines.channel, changed_lines.purpose) AS h WHERE h.phone OPERATOR(@extschema@.=) n.phone)
            -- Of an erased number the refusal stands under its mark.
            OR EXISTS (SELECT FROM dnc.fingerprint_key AS k) AND dnc.export_keeps(n.phone::text, changed_lines.channel, changed_lines.purpose) THEN 'add' ELSE 'remove' END
    FROM (SELECT DISTINCT ON (e.phone::bigint) e.phone FROM dnc.entry AS e JOIN dnc.audit_log AS l ON l.seq = e.audit_seq
          WHERE l.xid >= since::text::xid8 AND l.xid < pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())) AS n ORDER BY n.phone::bigint;
END;
CREATE OR REPLACE FUNCTION @extschema@.dnc_export_hashed(key_id text DEFAULT NULL, channel text DEFAULT 'voice', purpose text DEFAULT NULL) RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT encode(@extschema@.dnc_hash(h.phone, key_id), 'hex') AS hash FROM (SELECT DISTINCT ON (e.phone::bigint) e.phone FROM dnc.held(channel, purpose) AS e) AS h ORDER BY 1;
END;

-- ---------------------------------------------------------------------------
-- Health
-- ---------------------------------------------------------------------------

DROP FUNCTION dnc.unlogged(text, text);
CREATE FUNCTION dnc.unlogged(relation text, key_column text) RETURNS SETOF text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT r.%2$I::text FROM dnc.%1$I AS r LEFT JOIN dnc.audit_log AS l ON l.seq = r.audit_seq AND l.relation = %1$L AND l.row_key = r.%2$I::text AND l.operation <> ''DELETE''
        LEFT JOIN dnc.audit_data AS d ON d.seq = l.seq WHERE NOT coalesce(dnc.row_matches(d.after, r), false)%3$s', relation, key_column,
        CASE WHEN EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = format('dnc.%I', relation)::regclass AND a.attname = 'builtin' AND NOT a.attisdropped) THEN ' AND NOT r.builtin' ELSE '' END);
END
$$;
COMMENT ON FUNCTION dnc.unlogged(text, text) IS 'keys of rows of an audited table that the log does not describe';
-- Nothing of a transaction that began later is sealed while these run.
CREATE FUNCTION dnc.holds_back(horizon xid8) RETURNS TABLE (who text) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT pg_catalog.format('session %s (%s, %s, since %s)', a.pid, a.usename, a.state, a.xact_start) FROM pg_catalog.pg_stat_activity AS a WHERE a.backend_xid IS NOT NULL AND a.pid <> pg_catalog.pg_backend_pid() AND pg_catalog.age(a.backend_xid) >= pg_catalog.age(holds_back.horizon::xid)
    UNION ALL
    SELECT pg_catalog.format('prepared transaction %s', p.gid) FROM pg_catalog.pg_prepared_xacts AS p WHERE pg_catalog.age(p.transaction) >= pg_catalog.age(holds_back.horizon::xid);
END;
COMMENT ON FUNCTION dnc.holds_back(xid8) IS 'sessions and prepared transactions that were running when the log was last sealed, and still are: what began after them waits for its seal';
CREATE OR REPLACE FUNCTION @extschema@.dnc_health() RETURNS TABLE (subject text, healthy boolean, detail text, remedy text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found    text;
    n        bigint;
    unsealed record;
    unsigned boolean;
    unmapped boolean;
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
    IF to_regclass('dnc.fingerprint_mark') IS NULL OR pg_get_indexdef(to_regclass('dnc.fingerprint_mark')) NOT LIKE '% USING btree (mark, dnc.entry_shape(ends, effective_at, expires_at, channel, purpose))' THEN
        found := concat_ws(', ', found, 'fingerprint_mark is missing, or another one');
    END IF;
    RETURN QUERY SELECT 'indexes'::text, found IS NULL, coalesce('not as they must be: ' || found, 'all valid'),
        CASE WHEN found IS NOT NULL THEN 'REINDEX INDEX, or CREATE INDEX entry_phone ON dnc.entry (phone, dnc.entry_shape(ends, effective_at, expires_at, channel, purpose)), and fingerprint_mark on dnc.fingerprint (mark, …) likewise; until then checks are slow, not wrong' END;

    SELECT count(*) INTO n FROM dnc.audited AS a, dnc.unlogged(a.relation, a.key_column);
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
        + (SELECT count(*) FROM dnc.registry_batch AS b WHERE NOT EXISTS (SELECT FROM dnc.registry AS r WHERE r.registry = b.registry))
        + (SELECT count(*) FROM dnc.rule AS r WHERE NOT EXISTS (SELECT FROM dnc.jurisdiction AS j WHERE j.jurisdiction = r.jurisdiction) OR r.calendar IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.holiday AS h WHERE h.calendar = r.calendar))
        + (SELECT count(*) FROM dnc.rule_decision AS d WHERE NOT EXISTS (SELECT FROM dnc.rule AS r WHERE r.rule = d.rule))
        + (SELECT count(*) FROM dnc.consent_use AS u WHERE NOT EXISTS (SELECT FROM dnc.consent AS c WHERE c.consent_id = u.consent_id))
        + (SELECT count(*) FROM dnc.acquisition AS a WHERE NOT EXISTS (SELECT FROM dnc.vendor AS v WHERE v.vendor = a.vendor))
        + (SELECT count(*) FROM dnc.review AS r WHERE NOT EXISTS (SELECT FROM dnc.entry AS e WHERE e.entry_id = r.entry_id))
        + (SELECT count(*) FROM dnc.reply AS r WHERE r.entry_id IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.entry AS e WHERE e.entry_id = r.entry_id))
        + (SELECT count(*) FROM dnc.fingerprint AS f WHERE NOT EXISTS (SELECT FROM dnc.channel AS c WHERE c.channel = f.channel) OR NOT EXISTS (SELECT FROM dnc.fingerprint_key AS k WHERE k.key_id = f.key_id)
            OR f.purpose IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.purpose AS p WHERE p.purpose = f.purpose) OR f.ends IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.fingerprint AS x WHERE x.fingerprint_id = f.ends AND x.mark = f.mark))
        + (SELECT count(*) FROM dnc.subject_request_step AS s WHERE NOT EXISTS (SELECT FROM dnc.subject_request AS r WHERE r.request_id = s.request_id))
        + (SELECT count(*) FROM dnc.disclosure AS d WHERE NOT EXISTS (SELECT FROM dnc.recipient AS r WHERE r.recipient = d.recipient))
        + (SELECT count(*) FROM dnc.kept_record AS k WHERE NOT EXISTS (SELECT FROM dnc.erasure AS e WHERE e.erasure_id = k.erasure_id));
    RETURN QUERY SELECT 'references'::text, n = 0, CASE WHEN n = 0 THEN 'every name and entry that is referred to is there' ELSE format('%s rows refer to what is not there', n) END,
        CASE WHEN n > 0 THEN 'insert what is missing (list, channel, purpose, reason, source, registry, jurisdiction, calendar, rule, vendor); an ending of nothing ends nothing' END;

    SELECT count(*) INTO n FROM dnc.audit_log AS l WHERE NOT EXISTS (SELECT FROM dnc.audit_data AS d WHERE d.seq = l.seq)
        AND NOT EXISTS (SELECT FROM dnc.audit_log AS x WHERE x.relation = l.relation AND x.row_key = l.row_key AND x.seq > l.seq AND x.operation = 'ERASE');
    RETURN QUERY SELECT 'data of the log'::text, n = 0, CASE WHEN n = 0 THEN 'the data of every change are there, or were erased with its row' ELSE format('the data of %s changes are gone', n) END, CASE WHEN n > 0 THEN 'find out who removed them, or restore a dump that has them' END;

    SELECT string_agg(k, ', ') INTO found FROM (SELECT k FROM unnest(dnc.missing_keys()) AS k UNION ALL SELECT x.key_id || ' (retired, and still needed)' FROM dnc.fingerprint_key AS x WHERE x.retired_at IS NOT NULL AND EXISTS (SELECT FROM dnc.fingerprint AS f WHERE f.key_id = x.key_id AND f.ends IS NULL AND f.expires_at > now()
        AND NOT EXISTS (SELECT FROM dnc.fingerprint AS w WHERE w.ends = f.fingerprint_id AND dnc.ends_all(w.channel, w.purpose, f.channel, f.purpose, NULL, NULL)))) AS x (k);
    RETURN QUERY SELECT 'keys of fingerprints'::text, found IS NULL, coalesce('not at hand: ' || found, 'all at hand, or none needed'), CASE WHEN found IS NOT NULL THEN 'put them back into the file of the setting dnc.key_file; until then checks answer NULL for what nothing else refuses' END;

    SELECT count(*) INTO n FROM dnc.erasure AS e WHERE e.finished_at IS NULL AND e.erased_at < now() - interval '30 days';
    RETURN QUERY SELECT 'erasures'::text, n = 0, CASE WHEN n = 0 THEN 'none waits for its finish for over 30 days' ELSE format('%s wait for their finish for over 30 days', n) END, CASE WHEN n > 0 THEN 'dnc_erase_finish(): until then what was erased may be read in the files' END;

    SELECT count(*) INTO n FROM dnc.subject_request_state AS s WHERE s.overdue;
    RETURN QUERY SELECT 'requests of persons'::text, n = 0, CASE WHEN n = 0 THEN 'none overdue' ELSE format('%s are overdue', n) END, CASE WHEN n > 0 THEN 'dnc.subject_request_state tells which' END;

    SELECT count(*) INTO n FROM dnc.audit_log AS l WHERE l.loaded;
    RETURN QUERY SELECT 'loaded log rows'::text, true, format('%s log rows came from a restore or by hand', n), NULL::text;

    -- The oldest row that no seal has, as far as seals that were made here tell.
    SELECT l.logged_at, s.horizon, s.sealed_at INTO unsealed FROM (SELECT max(x.horizon) AS horizon, max(x.sealed_at) AS sealed_at FROM dnc.seal AS x WHERE NOT x.loaded) AS s
        LEFT JOIN LATERAL (SELECT x.logged_at FROM dnc.audit_log AS x WHERE NOT x.loaded AND x.xid >= coalesce(s.horizon, '0') ORDER BY x.xid, x.seq LIMIT 1) AS l ON true;
    SELECT string_agg(h.who, ', ') INTO found FROM dnc.holds_back(unsealed.horizon) AS h WHERE unsealed.sealed_at > now() - interval '1 hour';
    RETURN QUERY SELECT 'seals'::text, coalesce(unsealed.logged_at > now() - interval '1 day', true),
        CASE WHEN unsealed.logged_at > now() - interval '1 day' IS NOT FALSE THEN 'no row has waited for over a day' ELSE format('rows since %s are not sealed', unsealed.logged_at) || coalesce(', held back by ' || found, '') END,
        CASE WHEN unsealed.logged_at <= now() - interval '1 day' THEN CASE WHEN found IS NULL THEN 'dnc_maintain() or dnc_audit_seal(), to be scheduled' ELSE 'end what holds it back' END END;

    SELECT s.signature IS NULL, s.state_root IS NULL INTO unsigned, unmapped FROM dnc.seal AS s ORDER BY s.seal_id DESC LIMIT 1;
    RETURN QUERY SELECT 'keys of seals'::text, NOT coalesce(unsigned OR unmapped, false), CASE WHEN unsigned OR unmapped THEN 'the newest seal ' || concat_ws(' and ', CASE WHEN unsigned THEN 'is not signed' END, CASE WHEN unmapped THEN 'has no map, without which nobody can prove that a number was not listed' END) ELSE 'at hand, or nothing is sealed yet' END,
        CASE WHEN unsigned OR unmapped THEN 'put keys named seal and state into the file of the setting dnc.key_file, 32 bytes in hexadecimal each' END;

    RETURN QUERY SELECT 'open imports'::text, count(*) = 0, CASE WHEN count(*) = 0 THEN 'none older than a day' ELSE format('open for over a day: %s', string_agg(b.batch_id::text, ', ')) END,
        CASE WHEN count(*) > 0 THEN 'dnc_import_finish(batch): until then its numbers are not on the list' END
        FROM dnc.import_batch AS b WHERE b.state = 'open' AND b.started_at < now() - interval '1 day';

    IF to_regclass('dnc.contact_attempt') IS NOT NULL THEN
        found := CASE WHEN EXISTS (SELECT FROM dnc.contact_attempt_other AS a) THEN 'there are rows of months without a partition'
                      WHEN to_regclass('dnc.contact_attempt_' || to_char((now() AT TIME ZONE 'UTC') + interval '1 month', 'YYYY_MM')) IS NULL THEN 'the next month has no partition' END;
        RETURN QUERY SELECT 'contact attempts'::text, found IS NULL, coalesce(found, 'partitions are made ahead'), CASE WHEN found IS NOT NULL THEN 'dnc_attempt_partitions(), with since for older months; until then nothing is lost, but slower' END;
    END IF;

    SELECT count(*) INTO n FROM dnc.request AS r WHERE r.state = 'provisional' AND r.recorded_at < now() - interval '30 days';
    RETURN QUERY SELECT 'provisional refusals'::text, n = 0, CASE WHEN n = 0 THEN 'none older than 30 days' ELSE format('%s wait for review for over 30 days', n) END, CASE WHEN n > 0 THEN 'dnc.review_due tells which; dnc_review decides' END;

    SELECT string_agg(format('%s and %s', c.rule, c.other_rule), ', ' ORDER BY c.rule) INTO found FROM dnc.rule_conflict AS c;
    RETURN QUERY SELECT 'rules'::text, found IS NULL, coalesce('of one rank and scope, and different: ' || found, 'none contradict each other'), CASE WHEN found IS NOT NULL THEN 'the stricter holds; insert a rule that replaces one, or disable one' END;

    -- In good time: when a fifth of what a list may age is left.
    SELECT string_agg(x.list || ' ' || x.problem, ', ' ORDER BY x.list) INTO found FROM (
        SELECT l.list, CASE WHEN v.version_id IS NULL THEN 'is not loaded'
            WHEN v.obtained_at + make_interval(hours => 24 * l.max_age_days) < now() THEN format('is stale since %s', to_char(v.obtained_at + make_interval(hours => 24 * l.max_age_days), 'YYYY-MM-DD'))
            WHEN v.obtained_at + make_interval(hours => 24 * l.max_age_days * 4 / 5) < now() THEN format('becomes stale on %s', to_char(v.obtained_at + make_interval(hours => 24 * l.max_age_days), 'YYYY-MM-DD'))
            WHEN EXISTS (SELECT FROM dnc.list_version AS n WHERE n.list = l.list AND n.state = 'ready' AND n.version_id > v.version_id) THEN 'has a newer version that is not current' END AS problem
        FROM dnc.list AS l LEFT JOIN dnc.list_version AS v ON v.list = l.list AND v.state = 'current' WHERE l.enabled) AS x WHERE x.problem IS NOT NULL;
    RETURN QUERY SELECT 'external lists'::text, found IS NULL, coalesce(found, 'all loaded and fresh'), CASE WHEN found IS NOT NULL THEN 'dnc_list_load, or dnc_list_activate for a version that waits' END;

    SELECT string_agg(b.batch_id::text, ', ' ORDER BY b.batch_id) INTO found FROM dnc.registry_batch AS b WHERE b.answers <> (SELECT count(*) FROM dnc.registry_answer AS a WHERE a.batch_id = b.batch_id)
        + coalesce((SELECT sum(p.rows) FROM dnc.erasure_part AS p WHERE p.relation = 'registry_answer' AND p.part = b.batch_id::text), 0)
        + coalesce((SELECT sum(p.rows) FROM dnc.purge AS p WHERE p.relation = 'registry_answer' AND p.part = b.batch_id::text), 0);
    RETURN QUERY SELECT 'registry answers'::text, found IS NULL, coalesce('not as many as were imported: ' || found, 'as many as were imported'), CASE WHEN found IS NOT NULL THEN 'find out who wrote past the triggers' END;

    SELECT string_agg(format('%s version %s', v.list, v.version_id), ', ' ORDER BY v.version_id) INTO found FROM dnc.list_version AS v, unnest(ARRAY[v.whole_set, v.plus_set, v.minus_set]) AS s
        WHERE v.state IN ('ready', 'current', 'former') AND s IS NOT NULL
          AND (SELECT count(*) FILTER (WHERE b.start = 0) = 1 AND sum(b.stop - b.start) = 1000000000000000 FROM dnc.list_block AS b WHERE b.set_id = s) IS NOT TRUE;
    RETURN QUERY SELECT 'list blocks'::text, found IS NULL, coalesce('missing or overlapping: ' || found, 'every version has all of its blocks'),
        CASE WHEN found IS NOT NULL THEN 'load the list anew; dnc_list_verify tells more' END;
END
$$;

-- ---------------------------------------------------------------------------
-- A certificate: what was recorded and sealed about a number when it was contacted
-- ---------------------------------------------------------------------------
-- It holds all that somebody outside needs to check it: rows with their data, the ways to the root that was signed, and for
-- what is not there the way through the map that ends elsewhere. examples/verify/dnc_verify.py does so.

CREATE INDEX seal_folded ON dnc.seal (complete_to) WHERE state_size = tree_size - 1;

-- The seal that tells of a time: the first that is complete to it and has its map up to date; else the newest such; else the newest.
CREATE FUNCTION dnc.seal_for(at timestamptz) RETURNS dnc.seal LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    found dnc.seal;
BEGIN
    SELECT * INTO found FROM dnc.seal AS s WHERE s.state_size = s.tree_size - 1 AND s.complete_to >= seal_for.at ORDER BY s.complete_to, s.seal_id LIMIT 1;
    IF found.seal_id IS NULL THEN
        SELECT * INTO found FROM dnc.seal AS s WHERE s.state_size = s.tree_size - 1 ORDER BY s.complete_to DESC, s.seal_id DESC LIMIT 1;
    END IF;
    RETURN CASE WHEN found.seal_id IS NULL THEN dnc.seal_of(NULL) ELSE found END;
END
$$;
COMMENT ON FUNCTION dnc.seal_for(timestamptz) IS 'seal by which a certificate about a time is made';

-- Where the log speaks of a name, as a seal's map has it.
CREATE FUNCTION dnc.proven_place(name text, seal dnc.seal) RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT jsonb_build_object('name', proven_place.name, 'place', encode(x.place, 'base64'), 'positions', CASE WHEN p.ends_in = x.place THEN to_jsonb(p.positions) ELSE '[]' END, 'siblings', dnc.base64s(p.siblings),
        'ends_in', CASE WHEN p.ends_in IS NOT NULL THEN jsonb_build_object('place', encode(p.ends_in, 'base64'), 'positions', to_jsonb(p.positions)) END)
    FROM (SELECT dnc.place(proven_place.name) AS place) AS x CROSS JOIN LATERAL dnc.state_path(x.place, (seal).seal_id, (seal).state_size, (seal).state_root) AS p;
END;
COMMENT ON FUNCTION dnc.proven_place(text, dnc.seal) IS 'positions of a name in the log with the way through the map that proves them, or that there are none';

CREATE FUNCTION dnc.proven_seal(seal bigint, size bigint) RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT jsonb_build_object('text', dnc.seal_text(s.seal_id), 'position', s.tree_size - 1, 'path', dnc.base64s(dnc.tree_path(s.tree_size - 1, size))) FROM dnc.seal AS s WHERE s.seal_id = proven_seal.seal;
END;
COMMENT ON FUNCTION dnc.proven_seal(bigint, bigint) IS 'text of a seal, its leaf, with its way to the root of a tree of this size';

CREATE FUNCTION dnc.proven_row("position" bigint, size bigint) RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT coalesce(dnc.log_row(x.seq), jsonb_build_object('seq', x.seq, 'log', NULL, 'data', NULL)) || jsonb_build_object('position', proven_row."position", 'path', dnc.base64s(dnc.tree_path(proven_row."position", size)))
    FROM (SELECT dnc.seq_at(proven_row."position") AS seq) AS x;
END;
COMMENT ON FUNCTION dnc.proven_row(bigint, bigint) IS 'row of the log at a position with its way to the root';

-- What the tables say of a number, by the number of the change: to tell what is newer than a seal.
CREATE FUNCTION dnc.changes_of(phone @extschema@.dnc_phone) RETURNS TABLE (relation text, audit_seq bigint, row_key text) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT 'entry', x.audit_seq, x.entry_id::text FROM dnc.entries_of(changes_of.phone) AS x
        UNION ALL SELECT 'fingerprint', x.audit_seq, x.fingerprint_id::text FROM dnc.marks(changes_of.phone) AS m JOIN dnc.fingerprint AS x ON x.mark = m.mark AND x.mark_low = m.mark_low AND x.key_id = m.key_id
        UNION ALL SELECT 'consent', x.audit_seq, x.consent_id::text FROM dnc.consent AS x WHERE dnc.same_phone(x.phone, changes_of.phone)
        UNION ALL SELECT 'relationship', x.audit_seq, x.relationship_id::text FROM dnc.relationship AS x WHERE dnc.same_phone(x.phone, changes_of.phone)
        UNION ALL SELECT 'reassignment', x.audit_seq, x.reassignment_id::text FROM dnc.reassignment AS x WHERE dnc.same_phone(x.phone, changes_of.phone)
        UNION ALL SELECT 'preference', x.audit_seq, x.preference_id::text FROM dnc.preference AS x WHERE dnc.same_phone(x.phone, changes_of.phone);
END
$$;
COMMENT ON FUNCTION dnc.changes_of(@extschema@.dnc_phone) IS 'rows about a number that checks and decisions read, with the number of their change';

CREATE FUNCTION dnc.decision_as_of(phone @extschema@.dnc_phone, at timestamptz, channel text, purpose text) RETURNS TABLE (decision jsonb, rules text[]) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object('allowed', d.allowed, 'ground', d.ground, 'detail', d.detail, 'grounds', pg_catalog.to_jsonb(d.grounds), 'places', pg_catalog.to_jsonb(d.places)), d.rules
    FROM @extschema@.dnc_may_contact_as_of(phone, at, at, channel, purpose) AS d;
END;
COMMENT ON FUNCTION dnc.decision_as_of(@extschema@.dnc_phone, timestamptz, text, text) IS 'dnc_may_contact_as_of, bound for functions that run as superuser';

CREATE FUNCTION @extschema@.dnc_certificate(phone @extschema@.dnc_phone, at timestamptz, channel text DEFAULT 'voice', purpose text DEFAULT NULL) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO' AS $$
#variable_conflict use_variable
DECLARE
    by_seal  dnc.seal;
    has_map  boolean;
    names    text[];
    places   jsonb := '[]';
    rows     jsonb := '[]';
    since    jsonb;
    earlier  jsonb;
    lists    jsonb;
    decision record;
    answer   boolean;
BEGIN
    IF phone IS NULL THEN
        RAISE EXCEPTION 'a certificate is about a number' USING ERRCODE = 'null_value_not_allowed', HINT = 'dnc_parse(text, region) reads one.';
    END IF;
    -- The certificate names the purpose that was asked about, which may be the session's own.
    purpose := coalesce(purpose, nullif(current_setting('dnc.purpose', true), ''));
    -- Also sees to the time and the scope.
    answer := dnc.was_refused(phone, at, at, channel, purpose);
    by_seal := dnc.seal_for(at);
    has_map := by_seal.state_root IS NOT NULL;
    SELECT jsonb_agg(jsonb_build_object('list', l.list, 'kind', l.kind, 'applies', l.applies, 'version', l.version_id, 'has', l.has, 'doubt', l.doubt, 'digest', encode(v.digest, 'hex'),
            'file', v.file, 'file_hash', encode(v.file_hash, 'hex'), 'obtained_at', l.obtained_at, 'numbers', v.numbers) ORDER BY l.list), array_agg('list:' || l.list ORDER BY l.list) INTO lists, names
        FROM dnc.lists_as_of(phone, nullif(channel, 'all'), purpose, at) AS l LEFT JOIN dnc.list_version AS v ON v.version_id = l.version_id;
    names := ARRAY['phone:' || phone::text] || ARRAY(SELECT 'mark:' || m.key_id || ':' || lpad(to_hex(m.mark), 16, '0') || lpad(to_hex(m.mark_low), 16, '0') FROM dnc.marks(phone) AS m) || ARRAY['prefixes', 'rules'] || names;
    IF has_map THEN
        SELECT jsonb_agg(dnc.proven_place(n.name, by_seal) ORDER BY n.n) INTO places FROM unnest(names) WITH ORDINALITY AS n (name, n);
        -- Of the number and of prefixes all rows; of lists and rules those that were not superseded by the time. Beside a row whose data
        -- are gone stands that of its erasure, which speaks of nobody any more: it shows from when on the row counts no longer.
        SELECT coalesce(jsonb_agg(dnc.proven_row(r.position, by_seal.tree_size) ORDER BY r.position), '[]') INTO rows FROM (
            WITH x AS (
                SELECT p.position, l.seq, l.relation, l.row_key, q.name LIKE 'phone:%' OR q.name LIKE 'mark:%' OR q.name = 'prefixes' AS all_rows, lead(l.logged_at) OVER (PARTITION BY q.name, l.relation, l.row_key ORDER BY p.position) AS superseded_at
                FROM jsonb_array_elements(places) AS x (place) CROSS JOIN LATERAL (SELECT x.place ->> 'name') AS q (name)
                CROSS JOIN LATERAL jsonb_array_elements_text(x.place -> 'positions') AS t (position) CROSS JOIN LATERAL (SELECT t.position::bigint) AS p (position)
                LEFT JOIN dnc.audit_log AS l ON l.seq = dnc.seq_at(p.position))
            SELECT x.position FROM x WHERE x.all_rows OR x.superseded_at IS NULL OR x.superseded_at > at
            UNION
            SELECT e.position FROM x CROSS JOIN LATERAL (
                SELECT dnc.position_of(l.seq) AS position FROM dnc.audit_log AS l WHERE l.relation = x.relation AND l.row_key = x.row_key AND l.seq > x.seq AND l.operation = 'ERASE') AS e
            WHERE NOT EXISTS (SELECT FROM dnc.audit_data AS d WHERE d.seq = x.seq) AND e.position < by_seal.state_size) AS r;
    END IF;
    SELECT coalesce(jsonb_agg(jsonb_build_object('seq', x.audit_seq, 'relation', x.relation, 'row', x.row_key, 'logged_at', l.logged_at, 'sealed', x.position IS NOT NULL) ORDER BY x.audit_seq), '[]') INTO since
        FROM (SELECT c.*, dnc.position_of(c.audit_seq) AS position FROM dnc.changes_of(phone) AS c) AS x LEFT JOIN dnc.audit_log AS l ON l.seq = x.audit_seq
        WHERE x.position IS NULL OR x.position >= CASE WHEN has_map THEN by_seal.state_size ELSE 0 END;
    -- The seals from the last that was not complete to the time on: a row that came after one that was complete cannot be older.
    SELECT coalesce(jsonb_agg(dnc.proven_seal(s.seal_id, by_seal.tree_size) ORDER BY s.seal_id), '[]') INTO earlier FROM dnc.seal AS s
        WHERE s.seal_id < by_seal.seal_id AND by_seal.complete_to >= at AND s.seal_id >= coalesce((SELECT x.seal_id FROM dnc.seal AS x WHERE x.complete_to < at AND x.seal_id < by_seal.seal_id ORDER BY x.seal_id DESC LIMIT 1), 1);
    SELECT d.* INTO decision FROM dnc.decision_as_of(phone, at, channel, purpose) AS d;
    RETURN jsonb_build_object('format', 'dnc-certificate/1', 'number', phone::text, 'at', at, 'channel', channel, 'purpose', purpose, 'issued_at', clock_timestamp(),
        'listed', answer, 'complete', has_map AND by_seal.state_size = by_seal.tree_size - 1 AND by_seal.complete_to >= at,
        'decision', decision.decision,
        'rules', (SELECT coalesce(jsonb_agg(jsonb_build_object('rule', r.rule, 'citation', r.citation, 'builtin', r.builtin) ORDER BY r.rule), '[]') FROM dnc.rule AS r WHERE r.rule = ANY (decision.rules)),
        'lists', coalesce(lists, '[]'),
        'seal', dnc.proven_seal(by_seal.seal_id, by_seal.tree_size),
        'earlier', earlier,
        'checkpoint', CASE WHEN by_seal.signature IS NOT NULL THEN dnc.checkpoint_of(by_seal) END, 'root', encode(by_seal.root, 'base64'),
        'places', places, 'rows', rows, 'not_covered', since);
END
$$;
CREATE FUNCTION @extschema@.dnc_certificate(phone text, at timestamptz, channel text DEFAULT 'voice', purpose text DEFAULT NULL) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_certificate(@extschema@.dnc_parse(phone), at, channel, purpose);
END;
COMMENT ON FUNCTION @extschema@.dnc_certificate(@extschema@.dnc_phone, timestamptz, text, text) IS 'what was recorded and sealed about a number at a time, listed or not, with decision, list versions, rules and proofs that somebody outside can check; not_covered names what the seal does not hold';
COMMENT ON FUNCTION @extschema@.dnc_certificate(text, timestamptz, text, text) IS 'the same (text is read as dnc_parse reads it)';

-- ---------------------------------------------------------------------------
-- Whether the log is what was sealed, and the tables are what the log says
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.verify(since bigint, against text, data boolean, map boolean) RETURNS TABLE (part text, healthy boolean, finding text, seal bigint, "position" bigint, seq bigint, detail text)
    AS 'MODULE_PATHNAME', 'dnc_verify_wrapper' LANGUAGE c STABLE SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION dnc.verify(bigint, text, boolean, boolean) IS 'behind dnc_audit_verify: tree and log, the data behind the log, and the map';

-- Rows of an audited table that its log does not describe, and rows that are gone though the log says nothing of that.
CREATE FUNCTION dnc.off_the_log(relation text, key_column text) RETURNS TABLE (finding text, row_key text) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT 'not logged'::text, u.row_key FROM dnc.unlogged(relation, key_column) AS u (row_key);
    RETURN QUERY EXECUTE format('SELECT ''row missing''::text, l.row_key FROM (SELECT DISTINCT ON (x.row_key) x.row_key, x.operation FROM dnc.audit_log AS x WHERE x.relation = %1$L ORDER BY x.row_key, x.seq DESC) AS l
        WHERE l.operation IN (''INSERT'', ''UPDATE'') AND NOT EXISTS (SELECT FROM dnc.%1$I AS r WHERE r.%2$I::text = l.row_key)', relation, key_column);
END
$$;
COMMENT ON FUNCTION dnc.off_the_log(text, text) IS 'rows of an audited table that were written, changed or removed past its triggers, by what the log says';

-- The triggers that must be there, and what they call.
CREATE VIEW dnc.audit_trigger AS
    SELECT a.relation, t.trigger_name, t.calls FROM dnc.audited AS a CROSS JOIN (VALUES ('00_audit_draw', 'audit_draw'), ('00_audit_write', 'audit_write'), ('00_audit_truncate', 'refuse_change')) AS t (trigger_name, calls)
    UNION ALL
    SELECT r.relation, t.trigger_name, t.calls FROM (VALUES ('audit_log'), ('audit_data'), ('seal'), ('audit_run'), ('audit_node'), ('audit_place'), ('audit_state')) AS r (relation)
        CROSS JOIN (VALUES ('00_append_only', 'refuse_change'), ('00_no_truncate', 'refuse_change')) AS t (trigger_name, calls)
    UNION ALL
    VALUES ('audit_log', '00_stamp', 'audit_stamp'), ('seal', '00_stamp', 'audit_stamp');
COMMENT ON VIEW dnc.audit_trigger IS 'triggers without which a change would not be logged, and the functions of schema dnc that they call';

CREATE FUNCTION @extschema@.dnc_audit_verify(since bigint DEFAULT NULL, against text DEFAULT NULL, parts text[] DEFAULT '{triggers,log,data,map,tables}')
RETURNS TABLE (part text, healthy boolean, finding text, seal bigint, "position" bigint, seq bigint, detail text) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    a     record;
    n     bigint := 0;
    wrong bigint := 0;
BEGIN
    IF parts IS NULL OR NOT parts <@ ARRAY['triggers', 'log', 'data', 'map', 'tables'] THEN
        RAISE EXCEPTION 'unknown part in %', parts USING ERRCODE = 'invalid_parameter_value', DETAIL = 'The parts are triggers, log, data, map and tables.';
    END IF;
    IF 'triggers' = ANY (parts) THEN
        RETURN QUERY SELECT 'triggers'::text, false, CASE WHEN t.oid IS NULL THEN 'trigger missing' WHEN t.tgfoid <> ('dnc.' || x.calls)::regproc THEN 'trigger changed' ELSE 'trigger off' END,
                NULL::bigint, NULL::bigint, NULL::bigint, format('%s of dnc.%s', x.trigger_name, x.relation)
            FROM dnc.audit_trigger AS x LEFT JOIN pg_trigger AS t ON t.tgrelid = to_regclass('dnc.' || quote_ident(x.relation)) AND t.tgname = x.trigger_name
            WHERE t.oid IS NULL OR t.tgfoid <> ('dnc.' || x.calls)::regproc OR t.tgenabled <> 'A'
        UNION ALL
        SELECT 'triggers', false, 'function changed', NULL, NULL, NULL, p.oid::regprocedure::text FROM pg_proc AS p
            WHERE p.pronamespace = 'dnc'::regnamespace AND p.proname IN ('audit_draw', 'audit_write', 'audit_stamp', 'seal_now')
              AND (p.prolang <> (SELECT l.oid FROM pg_language AS l WHERE l.lanname = 'c') OR p.probin IS DISTINCT FROM (SELECT v.probin FROM pg_proc AS v WHERE v.oid = 'dnc.verify(bigint, text, boolean, boolean)'::regprocedure));
        IF NOT FOUND THEN
            RETURN QUERY SELECT 'triggers'::text, true, 'ok'::text, NULL::bigint, NULL::bigint, NULL::bigint, format('%s triggers are on always', (SELECT count(*) FROM dnc.audit_trigger));
        END IF;
    END IF;
    IF parts && ARRAY['log', 'data', 'map'] THEN
        RETURN QUERY SELECT v.part, v.healthy, v.finding, v.seal, v."position", v.seq, v.detail FROM dnc.verify(since, against, 'data' = ANY (parts), 'map' = ANY (parts)) AS v;
    END IF;
    IF 'tables' = ANY (parts) THEN
        FOR a IN SELECT x.relation, x.key_column FROM dnc.audited AS x ORDER BY x.relation LOOP
            n := n + 1;
            RETURN QUERY SELECT 'tables'::text, false, o.finding, NULL::bigint, NULL::bigint, NULL::bigint, format('row %s of dnc.%s', o.row_key, a.relation) FROM dnc.off_the_log(a.relation, a.key_column) AS o LIMIT 100;
            IF FOUND THEN
                wrong := wrong + 1;
            END IF;
        END LOOP;
        IF wrong = 0 THEN
            RETURN QUERY SELECT 'tables'::text, true, 'ok'::text, NULL::bigint, NULL::bigint, NULL::bigint, format('%s tables are what their log says', n);
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_audit_verify(bigint, text, text[]) IS 'what is not as it was sealed, the first false block or row first; a row that is healthy for each part in which nothing was found. since: only what later seals added; against: a checkpoint that was kept elsewhere; parts: triggers, log, data (what rows of the log commit to, told with the log), map, tables';

-- ---------------------------------------------------------------------------
-- Maintenance
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.audit_seal() RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_audit_seal();
END;
COMMENT ON FUNCTION dnc.audit_seal() IS 'dnc_audit_seal, bound for functions that run as superuser';
CREATE OR REPLACE FUNCTION @extschema@.dnc_maintain(dry_run boolean DEFAULT false) RETURNS TABLE (task text, subject text, rows bigint, detail text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    t    record;
    c    record;
    n    bigint;
    idle text[] := '{}';
    seal bigint;
BEGIN
    IF dry_run IS NULL THEN
        RAISE EXCEPTION 'a dry run or none: NULL is neither' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM dnc.require_read_committed();
    IF NOT pg_try_advisory_xact_lock(hashtextextended('maintain', 4476483)) THEN
        task := 'nothing done'; rows := 0; detail := 'another session is at it';
        RETURN NEXT;
        RETURN;
    END IF;
    -- Nobody places a hold meanwhile; whoever did is found.
    LOCK TABLE dnc.legal_hold, dnc.subject_request IN ROW EXCLUSIVE MODE;
    task := CASE WHEN dry_run THEN 'would be purged' ELSE 'purged' END;
    SELECT count(*) INTO n FROM dnc.kept_record AS k WHERE k.keep_until <= now() AND NOT dnc.kept_is_held(k.erasure_id);
    IF NOT dry_run AND n > 0 THEN
        n := dnc.erase_rows('kept_record', 'r.keep_until <= now() AND NOT dnc.kept_is_held(r.erasure_id)');
        INSERT INTO dnc.purge (subject, relation, rows, purged_at, purged_by) VALUES ('kept_record', 'kept_record', n, now(), session_user);
    END IF;
    subject := 'kept_record'; rows := n; detail := 'records of erased numbers that a rule wanted kept until now';
    RETURN NEXT;
    -- What others depend on goes after them, so that a dry run counts what a run takes.
    FOR t IN SELECT r.subject, r.keep, r.why FROM dnc.retention AS r ORDER BY r.subject <> 'ended_entry', r.subject LOOP
        subject := t.subject; rows := 0; detail := format('kept for %s: %s', t.keep, t.why);
        FOR c IN SELECT coalesce(x.relation, m.name) AS relation, x.condition, x.parts, coalesce(m.whole, false) AS whole FROM dnc.retention_conditions(t.subject, t.keep) AS x
                 LEFT JOIN LATERAL (SELECT split_part(a.partition::text, '.', 2) AS name, a.whole FROM dnc.attempt_months(t.keep) AS a) AS m ON x.relation IS NULL WHERE coalesce(x.relation, m.name) IS NOT NULL LOOP
            IF dry_run OR c.whole THEN
                EXECUTE format('SELECT count(*) FROM dnc.%I AS r WHERE %s', c.relation, CASE WHEN c.whole THEN 'true' ELSE c.condition END) INTO n;
            END IF;
            IF NOT dry_run AND c.parts IS NOT NULL THEN
                EXECUTE format('INSERT INTO dnc.purge (subject, relation, part, rows, keep, purged_at, purged_by) SELECT $1, $1, %1$s, count(*), $2, now(), session_user FROM dnc.%2$I AS r WHERE %3$s GROUP BY %1$s', c.parts, c.relation, c.condition) USING t.subject, t.keep;
            END IF;
            IF NOT dry_run AND c.whole THEN
                idle := idle || c.relation;
            ELSIF NOT dry_run THEN
                n := dnc.erase_rows(c.relation, c.condition);
            END IF;
            IF NOT dry_run AND c.parts IS NULL AND (n > 0 OR t.subject = 'contact_attempt' AND c.relation <> 'contact_attempt_other') THEN
                INSERT INTO dnc.purge (subject, relation, part, rows, keep, purged_at, purged_by)
                    VALUES (t.subject, CASE t.subject WHEN 'contact_attempt' THEN t.subject ELSE c.relation END, CASE t.subject WHEN 'contact_attempt' THEN 'dnc.' || c.relation ELSE '' END, n, t.keep, now(), session_user);
            END IF;
            rows := rows + n;
        END LOOP;
        IF rows > 0 THEN
            RAISE NOTICE '% %: % rows', subject, task, rows;
        END IF;
        RETURN NEXT;
    END LOOP;
    -- Last what keeps contacts from being recorded and decided until this transaction ends.
    IF NOT dry_run AND to_regclass('dnc.contact_attempt') IS NOT NULL THEN
        FOREACH detail IN ARRAY idle LOOP
            EXECUTE format('DROP TABLE dnc.%I', detail);
        END LOOP;
        task := 'partitions made'; subject := 'contact_attempt'; rows := dnc.attempt_partitions(); detail := NULL;
        RETURN NEXT;
    END IF;
    SELECT count(*), min(e.erased_at) INTO c FROM dnc.erasure AS e WHERE e.finished_at IS NULL;
    IF c.count > 0 THEN
        task := 'to be done'; subject := 'erasure'; rows := c.count; detail := format('dnc_erase_finish() at a quiet hour: the oldest erasure is of %s', c.min);
        RETURN NEXT;
    END IF;
    IF NOT dry_run THEN
        -- What was purged just now is sealed by the next run: this transaction has not ended.
        subject := 'audit_log';
        SELECT coalesce(max(s.seal_id), 0) INTO n FROM dnc.seal AS s;
        BEGIN
            seal := dnc.audit_seal();
            SELECT 'sealed', coalesce(sum(s.rows), 0), format('seal %s, %s leaves', max(s.seal_id), max(s.tree_size)) INTO task, rows, detail FROM dnc.seal AS s WHERE s.seal_id > n;
            detail := CASE WHEN seal > n THEN detail ELSE 'nothing new since seal ' || seal END;
        EXCEPTION WHEN OTHERS THEN
            -- A key that cannot be read is no reason to keep what must go.
            RAISE WARNING 'the audit log was not sealed: %', SQLERRM;
            task := 'not sealed'; rows := 0; detail := SQLERRM;
        END;
        RETURN NEXT;
    END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_maintain(boolean) IS 'purges what neither a period of dnc.retention nor a rule, a legal hold or a restriction keeps, makes partitions ahead and seals the audit log; never a refusal in force. With dry_run it only tells. To be scheduled; safe to run twice at once';

-- Tables that are under audit already.
INSERT INTO dnc.audited (relation, key_column)
    SELECT c.relname, pg_catalog.encode(pg_catalog.substring(t.tgargs, 1, pg_catalog.octet_length(t.tgargs) - 1), 'escape') FROM pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
    WHERE c.relnamespace = 'dnc'::pg_catalog.regnamespace AND t.tgname = '00_audit_write';

-- ---------------------------------------------------------------------------
-- Who may do what
-- ---------------------------------------------------------------------------

-- All rows, of which those that are there already stay.
DO $$
DECLARE
    f text;
BEGIN
    FOREACH f IN ARRAY ARRAY['dnc_check', 'dnc_is_clear', 'dnc_status', 'dnc_grounds', 'dnc_lists', 'dnc_lists_of', 'dnc_may_contact'] LOOP
        INSERT INTO dnc.permission SELECT s, 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p, unnest(ARRAY['reader', 'agent', 'administrator', 'auditor']) AS s
            WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname = f ON CONFLICT DO NOTHING;
    END LOOP;
    INSERT INTO dnc.permission SELECT 'reader', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
        WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname IN ('dnc_may_process', 'dnc_holidays', 'dnc_business_day', 'dnc_places') ON CONFLICT DO NOTHING;
    FOREACH f IN ARRAY ARRAY['dnc_add', 'dnc_revoke', 'dnc_explain', 'dnc_history', 'dnc_consent', 'dnc_withdraw_consent', 'dnc_relationship', 'dnc_prefer', 'dnc_reply', 'dnc_notice', 'dnc_token', 'dnc_redeem', 'dnc_attempt', 'dnc_subject_request',
                             'dnc_may_process', 'dnc_holidays', 'dnc_business_day', 'dnc_places'] LOOP
        INSERT INTO dnc.permission SELECT s, 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p, unnest(ARRAY['agent', 'administrator']) AS s
            WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname = f ON CONFLICT DO NOTHING;
    END LOOP;
    FOREACH f IN ARRAY ARRAY['dnc_correct', 'dnc_import_start', 'dnc_import_finish', 'dnc_import_undo', 'dnc_attach', 'dnc_detach', 'dnc_guard', 'dnc_guard_commit',
                             'dnc_create_view', 'dnc_refresh_view', 'dnc_coverage', 'dnc_health', 'dnc_repair_triggers', 'dnc_add_prefix', 'dnc_revoke_prefix',
                             'dnc_list_load', 'dnc_list_load_query', 'dnc_list_load_start', 'dnc_list_load_finish', 'dnc_list_activate', 'dnc_list_revert', 'dnc_list_prune', 'dnc_list_verify', 'dnc_list_sniff',
                             'dnc_list_numbers', 'dnc_overlap', 'dnc_overlaps', 'dnc_cross_check', 'dnc_scrub', 'dnc_verify_scrub',
                             'dnc_registry_answer', 'dnc_registry_needs', 'dnc_registry_import', 'dnc_export', 'dnc_export_position', 'dnc_export_since', 'dnc_hash', 'dnc_export_hashed', 'dnc_match_hashed',
                             'dnc_spellings', 'dnc_doubtful', 'dnc_redundant',
                             'dnc_rule_accept', 'dnc_rule_enable', 'dnc_rule_disable', 'dnc_consent_used', 'dnc_reassigned', 'dnc_acquired', 'dnc_add_notice', 'dnc_attempt_partitions', 'dnc_attempt_sweep',
                             'dnc_review', 'dnc_review_start', 'dnc_review_open', 'dnc_review_finish', 'dnc_may_contact_all', 'dnc_check_as_of', 'dnc_may_contact_as_of', 'dnc_rule_impact', 'dnc_rule_page',
                             'dnc_subject_request_step', 'dnc_rectify', 'dnc_hold', 'dnc_lift_hold', 'dnc_disclosed', 'dnc_export_to', 'dnc_subject_report', 'dnc_erase', 'dnc_erase_finish', 'dnc_mentions',
                             'dnc_fingerprint_key', 'dnc_fingerprint_migrate', 'dnc_fingerprint_retire', 'dnc_maintain', 'dnc_grant_brand', 'dnc_ungrant_brand',
                             'dnc_audit_seal', 'dnc_audit_checkpoint', 'dnc_audit_key', 'dnc_audit_proof', 'dnc_audit_verify', 'dnc_certificate'] LOOP
        INSERT INTO dnc.permission SELECT 'administrator', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
            WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname = f ON CONFLICT DO NOTHING;
    END LOOP;
    FOREACH f IN ARRAY ARRAY['current_batch', 'phone_expressions', 'clear_condition', 'blank', 'guard_name', 'load_begin', 'load_file', 'load_query', 'load_end', 'load_progress',
                             'list_facts', 'scrub_begin', 'scrub_versions', 'scrub_end', 'scrub_running', 'scrub_receipt', 'scrub_counts', 'scrub_summary', 'scrub_lists', 'require_unique', 'registry_take',
                             'decide_query', 'decide_given', 'impact_query', 'decision_query', 'require_column'] LOOP
        INSERT INTO dnc.permission SELECT 'administrator', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
            WHERE p.pronamespace = 'dnc'::regnamespace AND p.proname = f ON CONFLICT DO NOTHING;
    END LOOP;
    FOREACH f IN ARRAY ARRAY['dnc_explain', 'dnc_history', 'dnc_coverage', 'dnc_health', 'dnc_list_verify', 'dnc_overlap', 'dnc_overlaps', 'dnc_verify_scrub', 'dnc_registry_answer', 'dnc_doubtful', 'dnc_redundant', 'dnc_review_open', 'dnc_check_as_of', 'dnc_may_contact_as_of', 'dnc_rule_page', 'dnc_notice', 'dnc_may_process', 'dnc_holidays', 'dnc_business_day', 'dnc_places', 'dnc_subject_report',
                             'dnc_audit_checkpoint', 'dnc_audit_key', 'dnc_audit_proof', 'dnc_audit_verify', 'dnc_certificate'] LOOP
        INSERT INTO dnc.permission SELECT 'auditor', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
            WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname = f ON CONFLICT DO NOTHING;
    END LOOP;
    INSERT INTO dnc.permission VALUES
        ('administrator', 'SELECT, INSERT', 'dnc.import_row'), ('administrator', 'INSERT', 'dnc.list_line'),
        ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.list'), ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.list_format'), ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.registry'),
        ('auditor', 'EXECUTE', 'dnc.load_progress()'), ('auditor', 'EXECUTE', 'dnc.scrub_receipt(bigint)'), ('auditor', 'EXECUTE', 'dnc.scrub_counts(regclass)'), ('auditor', 'EXECUTE', 'dnc.scrub_summary(text)'), ('auditor', 'EXECUTE', 'dnc.scrub_lists(regclass)'),
        ('agent', 'SELECT', 'dnc.channel'), ('agent', 'SELECT', 'dnc.reason'), ('agent', 'SELECT', 'dnc.source'), ('agent', 'SELECT', 'dnc.purpose'), ('agent', 'SELECT', 'dnc.outcome'),
        ('administrator', 'SELECT, INSERT', 'dnc.rule'), ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.holiday'), ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.jurisdiction'),
        ('administrator', 'SELECT, INSERT, DELETE, UPDATE (description)', 'dnc.vendor'), ('administrator', 'SELECT, INSERT, DELETE, UPDATE (description)', 'dnc.outcome'),
        ('agent', 'USAGE', 'dnc.contact_attempt_seq'), ('administrator', 'USAGE', 'dnc.contact_attempt_seq'), ('agent', 'INSERT (phone, happened_at, channel, purpose, direction, call_type, agent, campaign, outcome, duration, notice_id, consent_id, decision)', 'dnc.contact_attempt'), ('administrator', 'INSERT (phone, happened_at, channel, purpose, direction, call_type, agent, campaign, outcome, duration, notice_id, consent_id, decision)', 'dnc.contact_attempt'), ('administrator', 'SELECT', 'dnc.contact_attempt'), ('auditor', 'SELECT', 'dnc.contact_attempt') ON CONFLICT DO NOTHING;
    INSERT INTO dnc.permission SELECT s, 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p, unnest(ARRAY['administrator', 'auditor']) AS s
        WHERE p.pronamespace = 'dnc'::regnamespace AND p.proname IN ('rule_is_on', 'consents_in_force', 'covers', 'meets', 'ends_all', 'rule_due', 'rule_keep_until', 'rule_proof_until', 'review_scope', 'try_parse', 'try_timestamptz') ON CONFLICT DO NOTHING;
    INSERT INTO dnc.permission SELECT 'administrator', 'SELECT, INSERT, DELETE, UPDATE (description)', 'dnc.' || x FROM unnest(ARRAY['channel', 'reason', 'source', 'purpose']) AS x ON CONFLICT DO NOTHING;
    INSERT INTO dnc.permission SELECT 'administrator', 'SELECT', 'dnc.' || x
        FROM unnest(ARRAY['entry', 'suppressed', 'import_batch', 'import_reject', 'guard_event', 'attachment', 'weak_trigger', 'permission', 'prefix_entry', 'list_version', 'list_reject', 'list_progress', 'stale_list', 'scrub', 'registry_batch', 'registry_answer',
                          'rule_decision', 'rule_conflict', 'consent', 'consent_use', 'consent_state', 'relationship', 'reassignment', 'preference', 'acquisition', 'reply', 'notice', 'token_use', 'violation', 'request', 'overdue', 'review_due',
                          'review_task', 'review', 'review_progress',
                          'subject_request', 'subject_request_step', 'subject_request_state', 'legal_hold', 'legal_hold_in_force', 'restriction_in_force', 'disclosure', 'fingerprint_key', 'fingerprint', 'erasure', 'erasure_part', 'erased_ending', 'kept_record', 'purge', 'purpose_reader', 'my_purpose', 'seal']) AS x ON CONFLICT DO NOTHING;
    INSERT INTO dnc.permission VALUES ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.recipient'), ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.retention'), ('agent', 'SELECT', 'dnc.suppressed_masked'), ('administrator', 'SELECT', 'dnc.suppressed_masked') ON CONFLICT DO NOTHING;
    -- A view runs functions with its reader's rights.
    INSERT INTO dnc.permission SELECT s, 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p, unnest(ARRAY['agent', 'administrator', 'auditor']) AS s WHERE p.pronamespace = 'dnc'::regnamespace AND p.proname IN ('mask', 'ends_all', 'covers') ON CONFLICT DO NOTHING;
    INSERT INTO dnc.permission SELECT 'administrator', 'SELECT', 'dnc.' || x FROM unnest(ARRAY['brand_request', 'brand_consent', 'brand_reply', 'brand_violation']) AS x ON CONFLICT DO NOTHING;
    INSERT INTO dnc.permission SELECT 'auditor', 'SELECT', 'dnc.' || c.relname
        FROM pg_class AS c WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind IN ('r', 'v', 'S') AND c.relname !~ '^contact_attempt_(other|\d{4}_\d\d)$' ON CONFLICT DO NOTHING;
END
$$;

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
        -- The log of contacts is made later, and rights are given then.
        CONTINUE WHEN p.privilege <> 'EXECUTE' AND to_regclass(p.object) IS NULL;
        EXECUTE format('%s %s ON %s %s %s %s', verb, p.privilege, CASE p.privilege WHEN 'EXECUTE' THEN 'ROUTINE' WHEN 'USAGE' THEN 'SEQUENCE' ELSE 'TABLE' END,
            CASE p.privilege WHEN 'EXECUTE' THEN p.object::regprocedure::text ELSE p.object END, CASE verb WHEN 'GRANT' THEN 'TO' ELSE 'FROM' END, who);
    END LOOP;
    -- What a brand gives stays.
    IF verb = 'REVOKE' AND dnc.has_brand(role_name) THEN
        PERFORM dnc.hand_out_brand('GRANT', role_name);
    ELSIF verb = 'REVOKE' AND grant_set <> 'reader' AND NOT EXISTS (SELECT FROM unnest(ARRAY['agent', 'administrator', 'auditor']) AS s (grant_set), dnc.holders(s.grant_set) AS h WHERE h = role_name) THEN
        EXECUTE format('REVOKE USAGE ON SCHEMA dnc FROM %s', who);
    END IF;
END
$$;

DO $$
DECLARE
    f record;
    t text;
BEGIN
    -- Functions that nobody has been granted or denied yet: those that are new.
    FOR f IN SELECT p.oid::regprocedure AS signature FROM pg_proc AS p
             JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
             JOIN pg_extension AS x ON x.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass AND x.extname = 'dnc'
             WHERE p.proacl IS NULL AND p.prokind <> 'a' AND (p.pronamespace = 'dnc'::regnamespace OR p.proname ~ '^dnc_(audit|certificate)') LOOP
        EXECUTE format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', f.signature);
    END LOOP;
    FOR t IN SELECT 'dnc.' || quote_ident(c.relname) FROM pg_class AS c WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind IN ('r', 'v', 'S') LOOP
        EXECUTE format('GRANT SELECT ON %s TO @extowner@', t);
    END LOOP;
END
$$;
SELECT dnc.hand_out('GRANT', s, pg_catalog.btrim('@extowner@', '"')) FROM pg_catalog.unnest(ARRAY['reader', 'agent', 'administrator', 'auditor']) AS s;
-- Roles that were granted a set get what it has gained.
SELECT dnc.hand_out('GRANT', s.grant_set, h.role) FROM pg_catalog.unnest(ARRAY['reader', 'agent', 'administrator', 'auditor']) AS s (grant_set), dnc.holders(s.grant_set) AS h (role);
