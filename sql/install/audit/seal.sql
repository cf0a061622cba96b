-- ---------------------------------------------------------------------------
-- Signed checkpoints: the log as a Merkle tree, and a verifiable map of the numbers in it
-- ---------------------------------------------------------------------------

CREATE TRIGGER "00_stamp" BEFORE INSERT ON dnc.seal FOR EACH ROW EXECUTE FUNCTION dnc.audit_stamp();
ALTER TABLE dnc.seal ENABLE ALWAYS TRIGGER "00_stamp";
DO $$
DECLARE
    relation text;
BEGIN
    FOREACH relation IN ARRAY ARRAY['seal', 'audit_run', 'audit_node', 'audit_place', 'audit_state'] LOOP
        EXECUTE format(
            'CREATE TRIGGER "00_append_only" BEFORE UPDATE OR DELETE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION '
            'dnc.refuse_change()', relation);
        EXECUTE format(
            'CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.%I FOR EACH STATEMENT EXECUTE FUNCTION '
            'dnc.refuse_change()', relation);
        EXECUTE format(
            'ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "00_append_only", ENABLE ALWAYS TRIGGER "00_no_truncate"',
            relation);
        PERFORM pg_catalog.pg_extension_config_dump(format('dnc.%I', relation)::regclass, '');
    END LOOP;
END
$$;

CREATE FUNCTION dnc.seal_now(fold boolean, quiet bigint, accept text, origin text, by text)
RETURNS bigint AS 'MODULE_PATHNAME', 'dnc_seal_now_wrapper' LANGUAGE c SET search_path = pg_catalog, pg_temp;
CREATE FUNCTION dnc.seal_text(seal bigint) RETURNS text AS 'MODULE_PATHNAME', 'dnc_seal_text_wrapper'
LANGUAGE c STABLE STRICT SET search_path = pg_catalog, pg_temp;
CREATE FUNCTION dnc.log_text(seq bigint, relation text, operation text, row_key text, logged_at timestamptz,
    session_role text, effective_role text, actor text, commitment bytea) RETURNS text
    AS 'MODULE_PATHNAME', 'dnc_log_text_wrapper' LANGUAGE c IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION dnc.tree_root(size bigint) RETURNS bytea AS 'MODULE_PATHNAME', 'dnc_tree_root_wrapper'
LANGUAGE c STABLE STRICT SET search_path = pg_catalog, pg_temp;
CREATE FUNCTION dnc.tree_path("position" bigint, size bigint)
RETURNS bytea[] AS 'MODULE_PATHNAME', 'dnc_tree_path_wrapper' LANGUAGE c STABLE STRICT SET search_path = pg_catalog,
    pg_temp;
CREATE FUNCTION dnc.tree_growth(old bigint, new bigint) RETURNS bytea[] AS 'MODULE_PATHNAME', 'dnc_tree_growth_wrapper'
LANGUAGE c STABLE STRICT SET search_path = pg_catalog, pg_temp;
CREATE FUNCTION dnc.note_line(note text, name text) RETURNS text AS 'MODULE_PATHNAME', 'dnc_note_line_wrapper'
LANGUAGE c STABLE STRICT;
CREATE FUNCTION dnc.note_key(name text) RETURNS text AS 'MODULE_PATHNAME', 'dnc_note_key_wrapper'
LANGUAGE c STABLE STRICT;
CREATE FUNCTION dnc.place(name text) RETURNS bytea AS 'MODULE_PATHNAME', 'dnc_place_wrapper' LANGUAGE c STABLE STRICT;
CREATE FUNCTION dnc.state_path(place bytea, seal bigint, size bigint, root bytea)
RETURNS TABLE (siblings bytea[], ends_in bytea, positions bigint[])
    AS 'MODULE_PATHNAME', 'dnc_state_path_wrapper' LANGUAGE c STABLE STRICT ROWS 1 SET search_path = pg_catalog,
        pg_temp;
COMMENT ON FUNCTION dnc.seal_now(boolean, bigint, text, text, text) IS 'creates a checkpoint; for dnc_audit_seal';
COMMENT ON FUNCTION dnc.seal_text(bigint) IS 'canonical bytes of a checkpoint, whose hash is the last of its leaves';
COMMENT ON FUNCTION dnc.log_text(bigint, text, text, text, timestamptz, text, text, text, bytea)
    IS 'canonical bytes of a log row, whose hash is its leaf';
COMMENT ON FUNCTION dnc.tree_root(bigint) IS 'root of the tree of this size';
COMMENT ON FUNCTION dnc.tree_path(bigint, bigint)
    IS 'inclusion proof: hashes from a leaf up to the root of the tree of this size';
COMMENT ON FUNCTION dnc.tree_growth(bigint, bigint)
    IS 'consistency proof: hashes showing that one tree is a prefix of another';
COMMENT ON FUNCTION dnc.note_line(text, text) IS 'signature of a text, as a line of a note';
COMMENT ON FUNCTION dnc.note_key(text) IS 'public key of the signing key, in the format of note verifiers';
COMMENT ON FUNCTION dnc.place(text)
    IS 'leaf index of a name in the map: the first 16 bytes of HMAC-SHA-256 under the key named state';
COMMENT ON FUNCTION dnc.state_path(bytea, bigint, bigint, bytea)
    IS 'authentication path of a leaf index in a checkpoint''s map: sibling hashes, and the leaf where it ends with '
       'its log indexes; another leaf or none is a non-membership proof';

-- ---------------------------------------------------------------------------
-- Creating checkpoints
-- ---------------------------------------------------------------------------

-- A statement that waited for a lock must see what its previous holder committed.
CREATE FUNCTION dnc.require_read_committed() RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog,
    pg_temp AS $$
BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'this is done in READ COMMITTED only' USING ERRCODE = 'invalid_transaction_state',
            DETAIL = format(
            'The transaction is %s, and does not see what others have committed since it began, such as a legal hold.',
            current_setting('transaction_isolation')),
            HINT = 'BEGIN ISOLATION LEVEL READ COMMITTED.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_read_committed() IS 'raises unless the transaction is READ COMMITTED';

CREATE FUNCTION @extschema@.dnc_audit_seal(state boolean DEFAULT NULL, quiet interval DEFAULT '1 hour',
    accept text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS $$
BEGIN
    PERFORM dnc.require_read_committed();
    IF quiet IS NULL OR NOT isfinite(quiet) OR quiet < '0' OR accept = '' OR length(accept) > 5000 THEN
        RAISE EXCEPTION 'quiet is an interval from 0 on, and accept says in 1 to 5000 characters why rows from '
                        'outside are taken in' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- One checkpoint at a time; writers to the log do not take this lock.
    LOCK TABLE dnc.seal IN SHARE ROW EXCLUSIVE MODE;
    RETURN nullif(dnc.seal_now(state, least(extract(epoch FROM quiet), 1e11)::bigint * 1000000, accept,
            'dnc/' || gen_random_uuid(), session_user), 0);
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_audit_seal(boolean, interval, text)
    IS 'Adds the log rows of ended transactions to a new signed checkpoint (signed tree head) and returns its '
       'seal_id. Without new rows it returns the newest checkpoint, unless that is older than quiet. state: whether '
       'to update the map (NULL: when it pays, at the latest after an hour). accept: why restored or manually '
       'inserted log rows are accepted; without it they are left out.
Errors: 22023 quiet is negative or infinite, or accept is empty or over 5000 characters; F0000 the key file is '
       'invalid, or a key was replaced; XX001 the tree or the map is damaged; 25000 the transaction is not READ '
       'COMMITTED.
Example: SELECT dnc_audit_seal(quiet => ''0'');';

-- ---------------------------------------------------------------------------
-- Checkpoints and proofs
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.seal_of(seal bigint) RETURNS dnc.seal LANGUAGE plpgsql STABLE SET search_path = pg_catalog,
    pg_temp AS $$
#variable_conflict use_column
DECLARE
    found dnc.seal;
BEGIN
    SELECT * INTO found FROM dnc.seal AS s WHERE seal_of.seal IS NULL OR s.seal_id = seal_of.seal
    ORDER BY s.seal_id DESC LIMIT 1;
    IF found.seal_id IS NULL THEN
        RAISE EXCEPTION '%',
                CASE WHEN seal_of.seal IS NULL THEN 'nothing is sealed yet'
            ELSE format('there is no seal %s', seal_of.seal) END USING ERRCODE = 'undefined_object',
            HINT = CASE WHEN seal_of.seal IS NULL THEN 'dnc_audit_seal() seals; dnc_maintain() does so too.'
                ELSE 'dnc.seal lists them.' END;
    END IF;
    RETURN found;
END
$$;
COMMENT ON FUNCTION dnc.seal_of(bigint) IS 'a checkpoint, the newest for NULL; raises if there is none';

CREATE FUNCTION dnc.checkpoint_of(seal dnc.seal) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT x.note || E'\n' || coalesce((seal).signature, dnc.note_line(x.note, (seal).origin))
    FROM (SELECT format(E'%s\n%s\n%s\n', (seal).origin, (seal).tree_size, encode((seal).root, 'base64')) AS note) AS x;
END;
COMMENT ON FUNCTION dnc.checkpoint_of(dnc.seal) IS 'a checkpoint as a signed note';

CREATE FUNCTION @extschema@.dnc_audit_checkpoint(seal bigint DEFAULT NULL) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.checkpoint_of(dnc.seal_of(seal));
END;
COMMENT ON FUNCTION @extschema@.dnc_audit_checkpoint(bigint)
    IS 'Returns a signed checkpoint, the newest by default, as a note of origin, size, root and signature, to be kept '
       'or witnessed elsewhere.
Errors: 42704 no such checkpoint, or none yet; 55000 an unsigned checkpoint, and dnc.key_file cannot be used.
Example: SELECT dnc_audit_checkpoint();';

CREATE FUNCTION @extschema@.dnc_audit_key() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.note_key((dnc.seal_of(NULL)).origin);
END;
COMMENT ON FUNCTION @extschema@.dnc_audit_key()
    IS 'Returns the public key that verifies checkpoints: name, key id and key in base64. Give it to verifiers in '
       'advance.
Errors: 42704 no checkpoint yet, or dnc.key_file has no key named seal; 55000 dnc.key_file is not set, or others can '
       'read it.
Example: SELECT dnc_audit_key();';

CREATE FUNCTION dnc.base64s(hashes bytea[]) RETURNS jsonb LANGUAGE sql IMMUTABLE
    RETURN (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.encode(x.h, 'base64') ORDER BY x.n), '[]')
        FROM pg_catalog.unnest(hashes) WITH ORDINALITY AS x (h, n));
COMMENT ON FUNCTION dnc.base64s(bytea[]) IS 'hashes as a JSON array of base64';

CREATE FUNCTION dnc.position_of(seq bigint) RETURNS bigint LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT r.first + array_position(r.seqs, position_of.seq) - 1 FROM dnc.audit_run AS r
        WHERE r.least_seq IS NOT NULL AND int8range(r.least_seq, r.most_seq, '[]') @> position_of.seq
          AND position_of.seq = ANY (r.seqs) ORDER BY r.first LIMIT 1;
END;
COMMENT ON FUNCTION dnc.position_of(bigint) IS 'log index of a log row; NULL: not in a checkpoint';

CREATE FUNCTION dnc.seq_at("position" bigint) RETURNS bigint LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT r.seqs[seq_at."position" - r.first + 1] FROM dnc.audit_run AS r WHERE r.first <= seq_at."position"
    ORDER BY r.first DESC LIMIT 1;
END;
COMMENT ON FUNCTION dnc.seq_at(bigint) IS 'log row at a log index; 0: a checkpoint''s own leaf';

CREATE FUNCTION dnc.log_row(seq bigint) RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT jsonb_build_object('seq', l.seq, 'log',
        dnc.log_text(l.seq, l.relation, l.operation, l.row_key, l.logged_at, l.session_role, l.effective_role, l.actor,
            l.commitment))
        || CASE WHEN d.seq IS NULL THEN jsonb_build_object('data', NULL)
            ELSE jsonb_build_object('data',
                jsonb_build_object('salt', encode(d.salt, 'base64'), 'before', d.before, 'after', d.after)) END
    FROM dnc.audit_log AS l LEFT JOIN dnc.audit_data AS d ON d.seq = l.seq WHERE l.seq = log_row.seq;
END;
COMMENT ON FUNCTION dnc.log_row(bigint) IS 'a log row with its data, as in proofs; data is null after erasure';

CREATE FUNCTION @extschema@.dnc_audit_proof(seq bigint DEFAULT NULL, since bigint DEFAULT NULL,
    seal bigint DEFAULT NULL) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS $$
#variable_conflict use_variable
DECLARE
    of    dnc.seal := dnc.seal_of(seal);
    at    bigint := dnc.position_of(seq);
    proof jsonb;
BEGIN
    IF (seq IS NULL) = (since IS NULL) THEN
        RAISE EXCEPTION 'give seq, a row of the log, or since, the size of an earlier tree'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF since NOT BETWEEN 0 AND of.tree_size THEN
        RAISE EXCEPTION 'the tree of seal % has % leaves, and none of % is its beginning', of.seal_id, of.tree_size,
                since USING ERRCODE = 'invalid_parameter_value',
            HINT = 'since is the size in an earlier checkpoint.';
    END IF;
    IF seq IS NOT NULL AND (at IS NULL OR at >= of.tree_size) THEN
        RAISE EXCEPTION 'row % of the log is not in seal %', seq, of.seal_id USING ERRCODE = 'invalid_parameter_value',
            DETAIL = CASE WHEN at IS NOT NULL
                THEN format('Its log index is %s; the tree had %s leaves then.', at, of.tree_size)
                          WHEN EXISTS (SELECT FROM dnc.audit_log AS l WHERE l.seq = dnc_audit_proof.seq)
                              THEN 'It is not sealed yet.' ELSE 'There is no such row.' END,
            HINT = CASE WHEN at IS NULL THEN 'dnc_audit_seal() seals what transactions that have ended wrote.'
                ELSE 'Use a later seal.' END;
    END IF;
    IF seq IS NOT NULL THEN
        proof := dnc.log_row(seq)
            || jsonb_build_object('format', 'dnc-inclusion/1', 'position', at, 'path',
            dnc.base64s(dnc.tree_path(at, of.tree_size)));
    ELSE
        proof := jsonb_build_object('format', 'dnc-consistency/1', 'since', since, 'since_root',
            encode(dnc.tree_root(since), 'base64'), 'path', dnc.base64s(dnc.tree_growth(since, of.tree_size)));
    END IF;
    RETURN proof || jsonb_build_object('checkpoint', CASE WHEN of.signature IS NOT NULL THEN dnc.checkpoint_of(of) END,
        'size', of.tree_size, 'root', encode(of.root, 'base64'));
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_audit_proof(bigint, bigint, bigint)
    IS 'Returns a proof for an external verifier, as JSON with the signed checkpoint (by default the newest; null if '
       'unsigned): an inclusion proof of a log row (seq), or a consistency proof from an earlier tree size (since).
Errors: 22023 not exactly one of seq and since, seq not in the checkpoint, or since larger than its tree; 42704 no '
       'such checkpoint, or none yet.
Example: SELECT dnc_audit_proof(since => 1);';
