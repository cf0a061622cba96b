-- ---------------------------------------------------------------------------
-- Certificates: what was recorded and sealed about a number at a time
-- ---------------------------------------------------------------------------

-- The first checkpoint that is complete to the time and has a current map; else the newest with a current map; else the
-- newest.
CREATE FUNCTION dnc.seal_for(at timestamptz) RETURNS dnc.seal LANGUAGE plpgsql STABLE SET search_path = pg_catalog,
    pg_temp AS $$
#variable_conflict use_column
DECLARE
    found dnc.seal;
BEGIN
    SELECT * INTO found FROM dnc.seal AS s WHERE s.state_size = s.tree_size - 1 AND s.complete_to >= seal_for.at
    ORDER BY s.complete_to, s.seal_id LIMIT 1;
    IF found.seal_id IS NULL THEN
        SELECT * INTO found FROM dnc.seal AS s WHERE s.state_size = s.tree_size - 1
        ORDER BY s.complete_to DESC, s.seal_id DESC LIMIT 1;
    END IF;
    RETURN CASE WHEN found.seal_id IS NULL THEN dnc.seal_of(NULL) ELSE found END;
END
$$;
COMMENT ON FUNCTION dnc.seal_for(timestamptz) IS 'checkpoint used for a certificate about a time';

CREATE FUNCTION dnc.proven_place(name text, seal dnc.seal) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT jsonb_build_object('name', proven_place.name, 'place', encode(x.place, 'base64'), 'positions',
        CASE WHEN p.ends_in = x.place THEN to_jsonb(p.positions) ELSE '[]' END, 'siblings', dnc.base64s(p.siblings),
        'ends_in', CASE WHEN p.ends_in IS NOT NULL
            THEN jsonb_build_object('place', encode(p.ends_in, 'base64'), 'positions', to_jsonb(p.positions)) END)
    FROM (SELECT dnc.place(proven_place.name) AS place) AS x
    CROSS JOIN LATERAL dnc.state_path(x.place, (seal).seal_id, (seal).state_size, (seal).state_root) AS p;
END;
COMMENT ON FUNCTION dnc.proven_place(text, dnc.seal)
    IS 'log indexes of a name in the map with the authentication path, which proves them or their absence';

CREATE FUNCTION dnc.proven_seal(seal bigint, size bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT jsonb_build_object('text', dnc.seal_text(s.seal_id), 'position', s.tree_size - 1, 'path',
        dnc.base64s(dnc.tree_path(s.tree_size - 1, size))) FROM dnc.seal AS s WHERE s.seal_id = proven_seal.seal;
END;
COMMENT ON FUNCTION dnc.proven_seal(bigint, bigint)
    IS 'text of a checkpoint, its leaf, and its inclusion proof for a tree of this size';

CREATE FUNCTION dnc.proven_row("position" bigint, size bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT coalesce(dnc.log_row(x.seq), jsonb_build_object('seq', x.seq, 'log', NULL, 'data', NULL))
        || jsonb_build_object('position', proven_row."position", 'path',
        dnc.base64s(dnc.tree_path(proven_row."position", size)))
    FROM (SELECT dnc.seq_at(proven_row."position") AS seq) AS x;
END;
COMMENT ON FUNCTION dnc.proven_row(bigint, bigint) IS 'log row at a log index with its inclusion proof';

CREATE FUNCTION dnc.changes_of(phone @extschema@.dnc_phone)
RETURNS TABLE (relation text, audit_seq bigint, row_key text) LANGUAGE plpgsql STABLE SET search_path = pg_catalog,
    pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT 'entry', x.audit_seq, x.entry_id::text FROM dnc.entries_of(changes_of.phone) AS x
        UNION ALL SELECT 'pseudonym', x.audit_seq, x.pseudonym_id::text
        FROM unnest(dnc.forms(changes_of.phone)) AS f (form) CROSS JOIN LATERAL dnc.pseudonyms(f.form) AS m
        JOIN dnc.pseudonym AS x ON x.pseudonym = m.pseudonym AND x.pseudonym_low = m.pseudonym_low
            AND x.key_id = m.key_id
        UNION ALL SELECT 'consent', x.audit_seq, x.consent_id::text FROM dnc.consent AS x
        WHERE dnc.same_line(x.phone, changes_of.phone)
        UNION ALL SELECT 'relationship', x.audit_seq, x.relationship_id::text FROM dnc.relationship AS x
        WHERE dnc.same_line(x.phone, changes_of.phone)
        UNION ALL SELECT 'reassignment', x.audit_seq, x.reassignment_id::text FROM dnc.reassignment AS x
        WHERE dnc.same_line(x.phone, changes_of.phone)
        UNION ALL SELECT 'preference', x.audit_seq, x.preference_id::text FROM dnc.preference AS x
        WHERE dnc.same_line(x.phone, changes_of.phone)
        UNION ALL SELECT 'wrong_number', x.audit_seq, x.wrong_number_id::text FROM dnc.wrong_number AS x
        WHERE dnc.same_line(x.phone, changes_of.phone);
END
$$;
COMMENT ON FUNCTION dnc.changes_of(@extschema@.dnc_phone)
    IS 'rows about a number that checks and decisions read, with their log sequence numbers';

CREATE FUNCTION dnc.decision_as_of(phone @extschema@.dnc_phone, at timestamptz, channel text, purpose text)
RETURNS TABLE (decision jsonb, rules text[]) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object('allowed', d.allowed, 'ground', d.ground, 'detail', d.detail, 'grounds',
        pg_catalog.to_jsonb(d.grounds), 'places', pg_catalog.to_jsonb(d.places)), d.rules
    FROM @extschema@.dnc_may_contact_as_of(phone, at, at, channel, purpose) AS d;
END;
COMMENT ON FUNCTION dnc.decision_as_of(@extschema@.dnc_phone, timestamptz, text, text)
    IS 'dnc_may_contact_as_of, bound at creation for functions that run as superuser';

CREATE FUNCTION @extschema@.dnc_certificate(phone @extschema@.dnc_phone, at timestamptz, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO' AS $$
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
        RAISE EXCEPTION 'a certificate is about a number' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'dnc_parse(text, region) reads one.';
    END IF;
    -- The purpose of the query may be that of the session.
    purpose := coalesce(purpose, dnc.session_purpose());
    -- Raises for an invalid time or scope.
    answer := dnc.was_refused(phone, at, at, channel, purpose);
    by_seal := dnc.seal_for(at);
    has_map := by_seal.state_root IS NOT NULL;
    SELECT jsonb_agg(jsonb_build_object('list', l.list, 'kind', l.kind, 'applies', l.applies, 'version', l.version_id,
            'has', l.has, 'doubt', l.doubt, 'digest', encode(v.digest, 'hex'),
            'file', v.file, 'file_hash', encode(v.file_hash, 'hex'), 'obtained_at', l.obtained_at, 'numbers', v.numbers)
                ORDER BY l.list), array_agg('list:' || l.list ORDER BY l.list) INTO lists, names
        FROM dnc.lists_as_of(phone, nullif(channel, 'all'), purpose, at) AS l
        LEFT JOIN dnc.list_version AS v ON v.version_id = l.version_id;
    names := ARRAY(SELECT 'phone:' || f.form FROM unnest(dnc.forms(phone)::text[]) WITH ORDINALITY AS f (form, n)
            ORDER BY f.n)
        || ARRAY(SELECT 'pseudonym:' || m.key_id || ':' || lpad(to_hex(m.pseudonym), 16, '0')
            || lpad(to_hex(m.pseudonym_low), 16, '0')
        FROM unnest(dnc.forms(phone)) WITH ORDINALITY AS f (form, n) CROSS JOIN LATERAL dnc.pseudonyms(f.form) AS m
        ORDER BY f.n) || ARRAY['prefixes', 'rules'] || names;
    IF has_map THEN
        SELECT jsonb_agg(dnc.proven_place(n.name, by_seal) ORDER BY n.n) INTO places
        FROM unnest(names) WITH ORDINALITY AS n (name, n);
        -- All rows of the number and of prefixes; of lists and rules, those not superseded at the time. A row with
        -- erased data is accompanied by its ERASE row, which shows from when on it no longer counts.
        SELECT coalesce(jsonb_agg(dnc.proven_row(r.position, by_seal.tree_size) ORDER BY r.position), '[]') INTO rows
        FROM (
            WITH x AS (
                SELECT p.position, l.seq, l.relation, l.row_key, q.name LIKE 'phone:%' OR q.name LIKE 'pseudonym:%'
                    OR q.name = 'prefixes' AS all_rows,
                    lead(l.logged_at) OVER (PARTITION BY q.name, l.relation, l.row_key
                    ORDER BY p.position) AS superseded_at
                FROM jsonb_array_elements(places) AS x (place)
                CROSS JOIN LATERAL (SELECT x.place ->> 'name') AS q (name)
                CROSS JOIN LATERAL jsonb_array_elements_text(x.place -> 'positions') AS t (position)
                    CROSS JOIN LATERAL (SELECT t.position::bigint) AS p (position)
                LEFT JOIN dnc.audit_log AS l ON l.seq = dnc.seq_at(p.position))
            SELECT x.position FROM x WHERE x.all_rows OR x.superseded_at IS NULL OR x.superseded_at > at
            UNION
            SELECT e.position FROM x CROSS JOIN LATERAL (
                SELECT dnc.position_of(l.seq) AS position FROM dnc.audit_log AS l WHERE l.relation = x.relation
                    AND l.row_key = x.row_key AND l.seq > x.seq AND l.operation = 'ERASE') AS e
            WHERE NOT EXISTS (SELECT FROM dnc.audit_data AS d WHERE d.seq = x.seq)
              AND e.position < by_seal.state_size) AS r;
    END IF;
    SELECT coalesce(jsonb_agg(jsonb_build_object('seq', x.audit_seq, 'relation', x.relation, 'row', x.row_key,
                'logged_at', l.logged_at, 'sealed', x.position IS NOT NULL) ORDER BY x.audit_seq), '[]') INTO since
        FROM (SELECT c.*, dnc.position_of(c.audit_seq) AS position FROM dnc.changes_of(phone) AS c) AS x
        LEFT JOIN dnc.audit_log AS l ON l.seq = x.audit_seq
        WHERE x.position IS NULL OR x.position >= CASE WHEN has_map THEN by_seal.state_size ELSE 0 END;
    -- Starts at the last checkpoint that was not complete to the time: a row added after a complete one cannot be
    -- older.
    SELECT coalesce(jsonb_agg(dnc.proven_seal(s.seal_id, by_seal.tree_size) ORDER BY s.seal_id), '[]') INTO earlier
    FROM dnc.seal AS s
        WHERE s.seal_id < by_seal.seal_id AND by_seal.complete_to >= at
          AND s.seal_id >= coalesce((SELECT x.seal_id FROM dnc.seal AS x
                WHERE x.complete_to < at AND x.seal_id < by_seal.seal_id ORDER BY x.seal_id DESC LIMIT 1), 1);
    SELECT d.* INTO decision FROM dnc.decision_as_of(phone, at, channel, purpose) AS d;
    RETURN jsonb_build_object('format', 'dnc-certificate/1', 'number', phone::text,
        'forms', to_jsonb(dnc.forms(phone)::text[]), 'at', at, 'channel', channel,
        'purpose', purpose, 'issued_at', clock_timestamp(),
        'listed', answer, 'complete', has_map AND by_seal.state_size = by_seal.tree_size - 1
            AND by_seal.complete_to >= at,
        'decision', decision.decision,
        'rules',
            (SELECT coalesce(jsonb_agg(jsonb_build_object('rule', r.rule, 'citation', r.citation, 'builtin', r.builtin)
                    ORDER BY r.rule), '[]') FROM dnc.rule AS r
                WHERE r.rule IN (SELECT split_part(x, ': ', 1) FROM unnest(decision.rules) AS x)),
        'lists', coalesce(lists, '[]'),
        'seal', dnc.proven_seal(by_seal.seal_id, by_seal.tree_size),
        'earlier', earlier,
        'checkpoint', CASE WHEN by_seal.signature IS NOT NULL THEN dnc.checkpoint_of(by_seal) END, 'root',
            encode(by_seal.root, 'base64'),
        'places', places, 'rows', rows, 'not_covered', since);
END
$$;
CREATE FUNCTION @extschema@.dnc_certificate(phone text, at timestamptz, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_certificate(@extschema@.dnc_parse(phone), at, channel, purpose);
END;
COMMENT ON FUNCTION @extschema@.dnc_certificate(@extschema@.dnc_phone, timestamptz, text, text)
    IS 'Returns, as JSON, what was recorded and sealed about a number at a time: whether it was suppressed (listed), '
       'the decision, list versions, rules, and proofs that an external verifier can check '
       '(examples/verify/dnc_verify.py). For what is not recorded it contains a non-membership proof. not_covered '
       'names changes that the checkpoint lacks.
Errors: 22004 no number; 22023 unknown channel or purpose, or at is infinite or in the future; 42704 no checkpoint '
       'yet, or dnc.key_file lacks a key; 55000 dnc.key_file is not set, or others can read it.
Example: SELECT dnc_certificate(phone => ''+44 20 7946 0018'', at => now(), channel => ''voice'');';
COMMENT ON FUNCTION @extschema@.dnc_certificate(text, timestamptz, text, text)
    IS 'dnc_certificate for a text, read in the region of dnc.default_region';
