-- ---------------------------------------------------------------------------
-- The question
-- ---------------------------------------------------------------------------

-- The definition of the answer. A question meets a refusal where their scopes overlap; the refusal holds unless one
-- ending covers all of that (src/rules/scope.rs says why one must). NULL asks about any channel, any purpose. A start
-- of -infinity holds for everybody who sees the row; at a named time before this transaction, from its receipt. To ask
-- about a purpose is to ask about everything below it too.
CREATE FUNCTION dnc.refusals(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz)
RETURNS SETOF dnc.entry LANGUAGE sql STABLE PARALLEL SAFE ROWS 2
BEGIN ATOMIC
    SELECT e.* FROM dnc.entries_of(refusals.phone) AS e
    WHERE e.ends IS NULL
      AND dnc.meets(e.channel, e.purpose, refusals.channel, refusals.purpose)
      AND CASE WHEN e.effective_at = '-infinity' THEN refusals.at IS NULL OR e.received_at <= refusals.at
          OR refusals.at >= pg_catalog.transaction_timestamp()
               ELSE e.effective_at <= coalesce(refusals.at, pg_catalog.statement_timestamp()) END
      AND e.expires_at > coalesce(refusals.at, pg_catalog.statement_timestamp())
      AND NOT EXISTS (
          SELECT FROM dnc.entries_of(refusals.phone) AS w
          WHERE w.ends = e.entry_id
            AND (refusals.at IS NULL OR w.received_at <= refusals.at
                OR refusals.at >= pg_catalog.transaction_timestamp())
            AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, refusals.channel, refusals.purpose));
END;
COMMENT ON FUNCTION dnc.refusals(@extschema@.dnc_phone, text, text, timestamptz)
    IS 'refusals in force that meet the question; NULL for channel or purpose asks about any';

-- The same of one pseudonym, for where its index cannot be trusted.
CREATE FUNCTION dnc.pseudonym_refuses(pseudonym bigint, pseudonym_low bigint, channel text, purpose text, at timestamptz)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM dnc.pseudonym AS f
        WHERE f.pseudonym = pseudonym_refuses.pseudonym AND f.pseudonym_low = pseudonym_refuses.pseudonym_low AND f.ends IS NULL
          AND dnc.meets(f.channel, f.purpose, pseudonym_refuses.channel, pseudonym_refuses.purpose)
          AND CASE WHEN f.effective_at = '-infinity' THEN pseudonym_refuses.at IS NULL
              OR f.received_at <= pseudonym_refuses.at OR pseudonym_refuses.at >= pg_catalog.transaction_timestamp()
                   ELSE f.effective_at <= coalesce(pseudonym_refuses.at, pg_catalog.statement_timestamp()) END
          AND f.expires_at > coalesce(pseudonym_refuses.at, pg_catalog.statement_timestamp())
          AND NOT EXISTS (SELECT FROM dnc.pseudonym AS w WHERE w.ends = f.pseudonym_id
                AND (pseudonym_refuses.at IS NULL OR w.received_at <= pseudonym_refuses.at
                    OR pseudonym_refuses.at >= pg_catalog.transaction_timestamp())
                AND dnc.ends_all(w.channel, w.purpose, f.channel, f.purpose, pseudonym_refuses.channel,
                    pseudonym_refuses.purpose)));
END;
COMMENT ON FUNCTION dnc.pseudonym_refuses(bigint, bigint, text, text, timestamptz)
    IS 'whether a refusal of an erased number with this pseudonym meets the question';

-- The same for prefixes.
CREATE FUNCTION dnc.prefix_refusals(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz)
RETURNS SETOF dnc.prefix_entry LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT e.* FROM dnc.prefix_entry AS e
    WHERE pg_catalog.starts_with(prefix_refusals.phone::text, e.prefix) AND e.ends IS NULL
      AND dnc.meets(e.channel, e.purpose, prefix_refusals.channel, prefix_refusals.purpose)
      AND (prefix_refusals.at IS NULL OR e.received_at <= prefix_refusals.at
          OR prefix_refusals.at >= pg_catalog.transaction_timestamp())
      AND e.expires_at > coalesce(prefix_refusals.at, pg_catalog.statement_timestamp())
      AND NOT EXISTS (
          SELECT FROM dnc.prefix_entry AS w
          WHERE w.ends = e.prefix_id
            AND (prefix_refusals.at IS NULL OR w.received_at <= prefix_refusals.at
                OR prefix_refusals.at >= pg_catalog.transaction_timestamp())
            AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, prefix_refusals.channel,
                prefix_refusals.purpose));
END;
COMMENT ON FUNCTION dnc.prefix_refusals(@extschema@.dnc_phone, text, text, timestamptz)
    IS 'refusals of prefixes in force that meet the question; NULL for channel or purpose asks about any';

-- The same for external lists: every enabled list that is asked in checks and binds the channel and the purpose, a row
-- each. Lists know no time but the present one.
CREATE FUNCTION dnc.set_has(set_id bigint, number bigint) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT dnc.block_has(b.packed, set_has.number) FROM dnc.list_block AS b WHERE b.set_id = set_has.set_id
        AND b.start <= set_has.number AND b.stop > set_has.number);
END
$$;
COMMENT ON FUNCTION dnc.set_has(bigint, bigint) IS 'whether a set of blocks holds a number; NULL: its block is missing';
CREATE FUNCTION dnc.list_grounds(phone @extschema@.dnc_phone, channel text, purpose text)
RETURNS TABLE (list text, kind text, version_id bigint, obtained_at timestamptz, activated_at timestamptz,
    channels text[], purposes text[], source text, listed boolean, doubt text, unknown boolean)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 3
BEGIN ATOMIC
    SELECT l.list, l.kind, v.version_id, v.obtained_at, v.activated_at, l.channels, l.purposes, l.source, s.listed,
        d.doubt,
           d.doubt IS NOT NULL AND s.listed IS NOT TRUE AND l.strict
               AND coalesce(@extschema@.dnc_region(list_grounds.phone) = pg_catalog.left(l.jurisdiction, 2), true)
           OR v.version_id IS NOT NULL AND s.listed IS NULL
    FROM dnc.list AS l LEFT JOIN dnc.list_version AS v ON v.list = l.list AND v.state = 'current'
    CROSS JOIN LATERAL (SELECT CASE WHEN v.plus_set IS NULL THEN dnc.set_has(v.whole_set, list_grounds.phone::bigint)
        ELSE dnc.set_has(v.plus_set, list_grounds.phone::bigint)
            OR (dnc.set_has(v.whole_set, list_grounds.phone::bigint)
            AND NOT dnc.set_has(v.minus_set, list_grounds.phone::bigint)) END) AS s (listed)
    CROSS JOIN LATERAL (SELECT CASE
        WHEN v.version_id IS NULL THEN 'not loaded'
        WHEN v.obtained_at + pg_catalog.make_interval(hours => 24 * l.max_age_days) < pg_catalog.statement_timestamp()
            THEN 'stale'
        WHEN v.coverage IS NOT NULL
            AND NOT EXISTS (SELECT FROM pg_catalog.unnest(v.coverage) AS c (prefix)
            WHERE pg_catalog.starts_with(list_grounds.phone::text, c.prefix)) THEN 'uncovered'
        END) AS d (doubt)
    WHERE l.enabled AND l.applies = 'check'
      AND (list_grounds.channel IS NULL OR l.channels IS NULL OR l.channels && ARRAY['all', list_grounds.channel])
      AND (list_grounds.purpose IS NULL OR l.purposes IS NULL
           OR EXISTS (SELECT FROM pg_catalog.unnest(l.purposes) AS p (purpose)
               WHERE dnc.covers(p.purpose, list_grounds.purpose) OR dnc.covers(list_grounds.purpose, p.purpose)));
END;
COMMENT ON FUNCTION dnc.list_grounds(@extschema@.dnc_phone, text, text)
    IS 'what each list that meets the question says of a number: listed or not; doubt: not loaded, stale or '
       'uncovered; unknown: for that, or for a missing block, the answer is not known';

-- The answer in SQL: what dnc_check gives, slower, and what it falls back on.
CREATE FUNCTION dnc.list_refuses(e164 text, channel text, purpose text, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN EXISTS (SELECT FROM dnc.prefix_refusals(e164::@extschema@.dnc_phone, channel, purpose, at))
        OR pg_catalog.bool_or(g.listed) THEN true
                WHEN pg_catalog.bool_or(g.unknown) THEN NULL ELSE false END
    FROM dnc.list_grounds(e164::@extschema@.dnc_phone, channel, purpose) AS g;
END;
CREATE FUNCTION dnc.refused(e164 text, channel text, purpose text, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM dnc.refusals(e164::@extschema@.dnc_phone, channel, purpose, at))
        OR dnc.list_refuses(e164, channel, purpose, at)
        -- Whether it was erased is not known without the keys.
        OR CASE WHEN pg_catalog.cardinality(dnc.missing_keys()) > 0 THEN NULL::boolean ELSE false END;
END;
COMMENT ON FUNCTION dnc.list_refuses(text, text, text, timestamptz)
    IS 'whether a refusal of a prefix holds, or an external list has the number; NULL: not known';
COMMENT ON FUNCTION dnc.refused(text, text, text, timestamptz)
    IS 'the answer in SQL: what dnc_check gives, slower; NULL: not known';

CREATE FUNCTION dnc.check_support(internal) RETURNS internal AS 'MODULE_PATHNAME', 'dnc_check_support_wrapper'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dnc.check_support(internal) IS 'tells the planner how many rows a check leaves, and what it costs';
CREATE FUNCTION @extschema@.dnc_check(phone @extschema@.dnc_phone, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_check_phone_wrapper'
    LANGUAGE c STABLE PARALLEL SAFE COST 100 SUPPORT dnc.check_support;
CREATE FUNCTION @extschema@.dnc_check(phone text, channel text DEFAULT 'voice', purpose text DEFAULT NULL,
    at timestamptz DEFAULT NULL)
RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_check_text_wrapper'
    LANGUAGE c STABLE PARALLEL SAFE COST 105 SUPPORT dnc.check_support;

-- Inlined into the query that calls it.
CREATE FUNCTION @extschema@.dnc_is_clear(phone @extschema@.dnc_phone, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_check(phone, channel, purpose, at) IS FALSE;
CREATE FUNCTION @extschema@.dnc_is_clear(phone text, channel text DEFAULT 'voice', purpose text DEFAULT NULL,
    at timestamptz DEFAULT NULL)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_check(phone, channel, purpose, at) IS FALSE;

COMMENT ON FUNCTION @extschema@.dnc_check(@extschema@.dnc_phone, text, text, timestamptz)
    IS 'true: do not contact; NULL: not known, do not contact; false: nothing recorded forbids it';
COMMENT ON FUNCTION @extschema@.dnc_check(text, text, text, timestamptz)
    IS 'true: do not contact; NULL: unreadable or not known, do not contact; false: nothing recorded forbids it; '
       'national spellings are read in dnc.default_region';
COMMENT ON FUNCTION @extschema@.dnc_is_clear(@extschema@.dnc_phone, text, text, timestamptz)
    IS 'true only where dnc_check is false; never NULL: for views, guards and conditions';
COMMENT ON FUNCTION @extschema@.dnc_is_clear(text, text, text, timestamptz)
    IS 'true only where dnc_check is false; never NULL: for views, guards and conditions';

-- ---------------------------------------------------------------------------
-- The answer's grounds
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.require_scope(channel text, purpose text, at timestamptz) RETURNS void LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT @extschema@.dnc_check(NULL::@extschema@.dnc_phone, channel, purpose, at) WHERE dnc.require_list();
END;
COMMENT ON FUNCTION dnc.require_scope(text, text, timestamptz)
    IS 'raises for an unknown channel or purpose, for a time that is none, and where the list is not in this database';

CREATE FUNCTION @extschema@.dnc_explain(phone @extschema@.dnc_phone, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS TABLE (ground text, list text, entry bigint, scope_channel text, scope_purpose text, reason text, source text,
    since timestamptz, until timestamptz, rule text, citation text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 2 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    asked_channel text := nullif(dnc_explain.channel, 'all');
    asked_purpose text := coalesce(dnc_explain.purpose, dnc.session_purpose());
BEGIN
    -- Raises for an unknown channel or purpose, as the check does.
    PERFORM dnc.require_scope(dnc_explain.channel, dnc_explain.purpose, dnc_explain.at);
    IF dnc_explain.phone IS NULL THEN
        RETURN QUERY SELECT 'unreadable'::text, NULL::text, NULL::bigint, NULL::text, NULL::text, NULL::text,
            NULL::text,
            NULL::timestamptz, NULL::timestamptz, 'What cannot be read as a number is not contacted.'::text, NULL::text;
        RETURN;
    END IF;
    RETURN QUERY
        SELECT 'refusal'::text, 'internal'::text, CASE WHEN e.entry_id > 0 THEN e.entry_id END, e.channel, e.purpose,
            e.reason, e.source,
               CASE WHEN e.effective_at = '-infinity' THEN e.received_at ELSE e.effective_at END,
                   nullif(e.expires_at, 'infinity'),
               CASE WHEN e.entry_id > 0 THEN 'A request not to be contacted is honoured until the person withdraws it.'
                   ELSE 'The person''s data were erased; the refusal stays, under a pseudonym of the number.' END, NULL::text
        FROM dnc.refusals(dnc_explain.phone, asked_channel, asked_purpose, dnc_explain.at) AS e ORDER BY e.entry_id;
    RETURN QUERY
        SELECT 'key missing'::text, 'internal'::text, NULL::bigint, NULL::text, NULL::text, NULL::text, NULL::text,
            NULL::timestamptz, NULL::timestamptz,
               format('Whether the number was erased is not known without the key %s, so it is not contacted.',
                   array_to_string(dnc.missing_keys(), ', ')), NULL::text
        WHERE cardinality(dnc.missing_keys()) > 0;
    RETURN QUERY
        SELECT 'prefix'::text, 'internal'::text, e.prefix_id, e.channel, e.purpose, e.reason, e.source, e.received_at,
            nullif(e.expires_at, 'infinity'),
               format('Numbers that begin with %s are not contacted until that is withdrawn.', e.prefix), NULL::text
        FROM dnc.prefix_refusals(dnc_explain.phone, asked_channel, asked_purpose, dnc_explain.at) AS e
        ORDER BY e.prefix_id;
    RETURN QUERY
        SELECT CASE WHEN g.listed THEN 'listed' ELSE coalesce(g.doubt, 'unreadable') END, g.list, NULL::bigint,
            coalesce(array_to_string(g.channels, ', '), 'all'), array_to_string(g.purposes, ', '),
               CASE WHEN g.listed THEN g.kind END,
                   CASE WHEN g.version_id IS NOT NULL
                   THEN format('version %s, obtained %s', g.version_id,
                       to_char(g.obtained_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')) END,
                   CASE WHEN g.listed THEN g.activated_at END, NULL::timestamptz,
               CASE WHEN g.listed THEN 'What an external list holds is not contacted.'
                    WHEN g.unknown THEN 'The list cannot say that the number is not on it, so it is not contacted.'
                    ELSE 'The list does not have the number, as far as it was loaded.' END, g.source
        FROM dnc.list_grounds(dnc_explain.phone, asked_channel, asked_purpose) AS g WHERE g.listed OR g.unknown
            OR g.doubt IS NOT NULL ORDER BY g.list;
    RETURN QUERY
        SELECT DISTINCT ON (a.registry) 'registry answer'::text, a.registry, NULL::bigint,
            coalesce(array_to_string(r.channels, ', '), 'all'), NULL::text, NULL::text,
            concat_ws(' ', a.result, 'as of ' || a.asked_about, CASE WHEN a.valid_until <= now() THEN 'lapsed' END),
               a.obtained_at, nullif(a.valid_until, 'infinity'),
                   'Answers of registries count in decisions, not in checks.'::text, r.source
        FROM dnc.registry_answer AS a JOIN dnc.registry AS r ON r.registry = a.registry
        WHERE dnc.same_phone(a.phone, dnc_explain.phone)
          AND (asked_channel IS NULL OR r.channels IS NULL OR asked_channel = ANY (r.channels))
        ORDER BY a.registry, a.obtained_at DESC, a.answer_id DESC;
END
$$;
CREATE FUNCTION @extschema@.dnc_explain(phone text, channel text DEFAULT 'voice', purpose text DEFAULT NULL,
    at timestamptz DEFAULT NULL)
RETURNS TABLE (ground text, list text, entry bigint, scope_channel text, scope_purpose text, reason text, source text,
    since timestamptz, until timestamptz, rule text, citation text)
LANGUAGE sql STABLE ROWS 2
BEGIN ATOMIC
    SELECT * FROM @extschema@.dnc_explain(@extschema@.dnc_try_parse(phone), channel, purpose, at);
END;
COMMENT ON FUNCTION @extschema@.dnc_explain(@extschema@.dnc_phone, text, text, timestamptz)
    IS 'every ground of what dnc_check answers, a row each (unreadable, refusal, key missing, prefix, listed), each '
       'list that was asked although it is not loaded, stale or does not cover the number, and what registries '
       'answered last; no row: nothing recorded forbids the contact';
COMMENT ON FUNCTION @extschema@.dnc_explain(text, text, text, timestamptz)
    IS 'every ground of what dnc_check answers, a row each (unreadable, refusal, key missing, prefix, listed), each '
       'list that was asked although it is not loaded, stale or does not cover the number, and what registries '
       'answered last; no row: nothing recorded forbids the contact';

-- Columns of views made by dnc_create_view(…, mode => 'flag').
CREATE FUNCTION @extschema@.dnc_status(phone @extschema@.dnc_phone, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE @extschema@.dnc_check(phone, channel, purpose) WHEN true THEN 'suppressed' WHEN false THEN 'clear'
        ELSE 'unreadable' END;
-- Grounds that decide: of the doubts about lists only those that make the answer unknown.
CREATE FUNCTION dnc.deciding(phone @extschema@.dnc_phone, channel text, purpose text)
RETURNS TABLE (ground text, list text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH asked AS (SELECT nullif(deciding.channel, 'all') AS channel,
        coalesce(deciding.purpose, dnc.session_purpose()) AS purpose WHERE deciding.phone IS NOT NULL)
    SELECT e.reason, 'internal' FROM asked AS a, dnc.refusals(deciding.phone, a.channel, a.purpose, NULL) AS e
    UNION ALL
    SELECT 'key missing', 'internal' FROM asked AS a WHERE pg_catalog.cardinality(dnc.missing_keys()) > 0
    UNION ALL
    SELECT e.reason, 'internal' FROM asked AS a, dnc.prefix_refusals(deciding.phone, a.channel, a.purpose, NULL) AS e
    UNION ALL
    SELECT CASE WHEN g.listed THEN g.kind ELSE coalesce(g.doubt, 'unreadable') END,
        g.list || coalesce(' (version ' || g.version_id || ')', '')
    FROM asked AS a, dnc.list_grounds(deciding.phone, a.channel, a.purpose) AS g WHERE g.listed OR g.unknown;
END;
CREATE FUNCTION @extschema@.dnc_grounds(phone @extschema@.dnc_phone, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT string_agg(DISTINCT ground, ', ' ORDER BY ground) FROM dnc.deciding(phone, channel, purpose);
END;
CREATE FUNCTION @extschema@.dnc_lists(phone @extschema@.dnc_phone, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT string_agg(DISTINCT list, ', ' ORDER BY list) FROM dnc.deciding(phone, channel, purpose);
END;
CREATE FUNCTION dnc.deciding_lists(e164 text, channel text, purpose text) RETURNS text LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT string_agg(DISTINCT d.list, ', ' ORDER BY d.list)
    FROM dnc.deciding(e164::@extschema@.dnc_phone, coalesce(channel, 'all'), purpose) AS d;
END;
COMMENT ON FUNCTION dnc.deciding_lists(text, text, text) IS 'the lists that decide, as errors of guards name them';
COMMENT ON FUNCTION dnc.deciding(@extschema@.dnc_phone, text, text)
    IS 'reasons and lists, with versions, that make dnc_check true or unknown';
COMMENT ON FUNCTION @extschema@.dnc_status(@extschema@.dnc_phone, text, text) IS 'clear, suppressed or unreadable';
COMMENT ON FUNCTION @extschema@.dnc_grounds(@extschema@.dnc_phone, text, text)
    IS 'reasons of the refusals that hold, kinds of the lists that have the number, and why a list cannot tell, '
       'comma-separated; NULL where there is none';
COMMENT ON FUNCTION @extschema@.dnc_lists(@extschema@.dnc_phone, text, text)
    IS 'lists on which the number is, or that cannot tell, external ones with their version, comma-separated; NULL '
       'where there is none';

-- ---------------------------------------------------------------------------
-- The list, read
-- ---------------------------------------------------------------------------

-- Grouped by the number's bits: pg_upgrade makes views before the operator class of dnc_phone.
CREATE VIEW dnc.suppressed AS
    SELECT pg_catalog.min(e.phone::text) AS e164,
           pg_catalog.array_agg(DISTINCT e.channel) AS channels,
           pg_catalog.array_agg(DISTINCT coalesce(e.purpose, '*')) AS purposes,
           pg_catalog.array_agg(DISTINCT e.reason) AS reasons,
           pg_catalog.array_agg(DISTINCT e.source) AS sources,
           pg_catalog.min(CASE WHEN e.effective_at = '-infinity' THEN e.received_at ELSE e.effective_at END) AS since,
           pg_catalog.count(*) AS entries
    FROM dnc.entry AS e
    WHERE dnc.require_list() AND e.ends IS NULL
      AND e.effective_at <= pg_catalog.statement_timestamp() AND e.expires_at > pg_catalog.statement_timestamp()
      AND NOT EXISTS (SELECT FROM dnc.entry AS w
          WHERE w.ends = e.entry_id AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL))
    GROUP BY e.phone::bigint;
COMMENT ON VIEW dnc.suppressed
    IS 'numbers with internal entries in force now, a row each: for analysis; to leave people out use dnc_is_clear or '
       'a view made by dnc_create_view';
COMMENT ON COLUMN dnc.suppressed.purposes IS 'refused purposes; * is every purpose';
