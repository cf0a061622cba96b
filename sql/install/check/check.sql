-- ---------------------------------------------------------------------------
-- The query
-- ---------------------------------------------------------------------------

-- The definition of dnc_check's result. A suppression entry applies where its scope overlaps the query's, unless one
-- revocation covers the whole overlap (core/src/entry/scope.rs says why one must). NULL means any channel or any
-- purpose; a purpose includes everything below it. A start of -infinity applies to everybody who sees the row; for a
-- given time before this transaction, it applies from receipt.
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
    IS 'suppression entries in force in the query''s scope; NULL for channel or purpose means any';

-- The same for one pseudonym, where its index cannot be trusted.
CREATE FUNCTION dnc.pseudonym_refuses(pseudonym bigint, pseudonym_low bigint, channel text, purpose text,
    at timestamptz)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM dnc.pseudonym AS f
        WHERE f.pseudonym = pseudonym_refuses.pseudonym AND f.pseudonym_low = pseudonym_refuses.pseudonym_low
          AND f.ends IS NULL
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
    IS 'whether an opt-out stored under this pseudonym of an erased number is in the query''s scope';

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
    IS 'suppressed prefixes of the number in the query''s scope; NULL for channel or purpose means any';

-- The same for external lists: a row for each enabled list that is used in checks and covers the channel and purpose.
-- Lists have no history here: only the current version is read.
CREATE FUNCTION dnc.set_has(set_id bigint, number bigint) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT dnc.block_has(b.packed, set_has.number) FROM dnc.list_block AS b WHERE b.set_id = set_has.set_id
        AND b.start <= set_has.number AND b.stop > set_has.number);
END
$$;
COMMENT ON FUNCTION dnc.set_has(bigint, bigint)
    IS 'whether a set of blocks contains a number; NULL if its block is missing';
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
    IS 'for each list in the query''s scope, whether the number is on it; doubt: not loaded, stale or uncovered; '
       'unknown: the result is not known because of that doubt or a missing block';

-- dnc_check in SQL: slower; the Rust code falls back on it.
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
        -- Without the keys an erased number cannot be recognized.
        OR CASE WHEN pg_catalog.cardinality(dnc.missing_keys()) > 0 THEN NULL::boolean ELSE false END;
END;
COMMENT ON FUNCTION dnc.list_refuses(text, text, text, timestamptz)
    IS 'whether the number is suppressed by a prefix or an external list; NULL: not known';
COMMENT ON FUNCTION dnc.refused(text, text, text, timestamptz) IS 'dnc_check in SQL, slower; NULL: not known';

CREATE FUNCTION dnc.check_support(internal) RETURNS internal AS 'MODULE_PATHNAME', 'dnc_check_support_wrapper'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dnc.check_support(internal) IS 'planner support function: a check''s selectivity and cost';
CREATE FUNCTION @extschema@.dnc_check(phone @extschema@.dnc_phone, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_check_phone_wrapper'
    LANGUAGE c STABLE PARALLEL SAFE COST 100 SUPPORT dnc.check_support;
CREATE FUNCTION @extschema@.dnc_check(phone text, channel text DEFAULT 'voice', purpose text DEFAULT NULL,
    at timestamptz DEFAULT NULL)
RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_check_text_wrapper'
    LANGUAGE c STABLE PARALLEL SAFE COST 105 SUPPORT dnc.check_support;

CREATE FUNCTION @extschema@.dnc_check(phones @extschema@.dnc_phone_set, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_check_set_wrapper'
    LANGUAGE c STABLE PARALLEL SAFE COST 105 SUPPORT dnc.check_support;
COMMENT ON FUNCTION @extschema@.dnc_check(@extschema@.dnc_phone_set, text, text, timestamptz)
    IS 'dnc_check for all numbers of a set, such as dnc_readings: true if one is suppressed, false if all are clear; '
       'NULL for an empty set';
-- The field of a row: all of its numbers count.
CREATE FUNCTION dnc.check_field(field text, channel text, purpose text, at timestamptz, region text)
RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_check_field_wrapper'
    LANGUAGE c STABLE PARALLEL SAFE COST 105 SUPPORT dnc.check_support;
COMMENT ON FUNCTION dnc.check_field(text, text, text, timestamptz, text)
    IS 'dnc_check for a text in the region of its row, as views, scrubs and decisions read fields';

-- Inlined into the query that calls it.
CREATE FUNCTION @extschema@.dnc_is_clear(phone @extschema@.dnc_phone, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_check(phone, channel, purpose, at) IS FALSE;
CREATE FUNCTION @extschema@.dnc_is_clear(phone text, channel text DEFAULT 'voice', purpose text DEFAULT NULL,
    at timestamptz DEFAULT NULL)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_check(phone, channel, purpose, at) IS FALSE;

CREATE FUNCTION @extschema@.dnc_is_clear(phones @extschema@.dnc_phone_set, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_check(phones, channel, purpose, at) IS FALSE;
COMMENT ON FUNCTION @extschema@.dnc_is_clear(@extschema@.dnc_phone_set, text, text, timestamptz)
    IS 'dnc_is_clear for all numbers of a set: true only if all are clear';

COMMENT ON FUNCTION @extschema@.dnc_check(@extschema@.dnc_phone, text, text, timestamptz)
    IS 'Returns whether a number is suppressed: true: do not contact; NULL: not known, do not contact; false: no entry '
       'forbids the contact. channel => ''all'' or NULL means any channel; purpose NULL means the setting dnc.purpose, '
       'or any; at NULL means now.
Errors: 22023 unknown channel or purpose, or an infinite time; 55000 where the list is not in this database.
Example: SELECT dnc_check(phone => ''+44 20 7946 0018'', channel => ''voice'', purpose => ''acme'');';
COMMENT ON FUNCTION @extschema@.dnc_check(text, text, text, timestamptz)
    IS 'dnc_check for a text, read in the region of dnc.default_region: true if a number that it may mean is '
       'suppressed, false only if it was read completely and all are clear';
COMMENT ON FUNCTION @extschema@.dnc_is_clear(@extschema@.dnc_phone, text, text, timestamptz)
    IS 'Returns true only where dnc_check is false, otherwise false; never NULL. For views, guards and conditions.
Errors: as dnc_check.
Example: SELECT dnc_is_clear(phone => ''+44 20 7946 0018'', channel => ''sms'');';
COMMENT ON FUNCTION @extschema@.dnc_is_clear(text, text, text, timestamptz)
    IS 'dnc_is_clear for a text, read in the region of dnc.default_region; false for text that is no number';

-- ---------------------------------------------------------------------------
-- The reasons for the result
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.require_scope(channel text, purpose text, at timestamptz) RETURNS void LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT @extschema@.dnc_check(NULL::@extschema@.dnc_phone, channel, purpose, at) WHERE dnc.require_list();
END;
COMMENT ON FUNCTION dnc.require_scope(text, text, timestamptz)
    IS 'raises for an unknown channel or purpose, for an infinite time, and where the list is not in this database';

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
    -- Raises for an unknown channel or purpose, as dnc_check does.
    PERFORM dnc.require_scope(dnc_explain.channel, dnc_explain.purpose, dnc_explain.at);
    IF dnc_explain.phone IS NULL THEN
        RETURN QUERY SELECT 'unreadable'::text, NULL::text, NULL::bigint, NULL::text, NULL::text, NULL::text,
            NULL::text,
            NULL::timestamptz, NULL::timestamptz, 'Text that cannot be read as a number is not contacted.'::text,
            NULL::text;
        RETURN;
    END IF;
    RETURN QUERY
        SELECT 'refusal'::text, 'internal'::text, CASE WHEN e.entry_id > 0 THEN e.entry_id END, e.channel, e.purpose,
            e.reason, e.source,
               CASE WHEN e.effective_at = '-infinity' THEN e.received_at ELSE e.effective_at END,
                   nullif(e.expires_at, 'infinity'),
               CASE WHEN e.entry_id > 0 THEN 'A request not to be contacted is honoured until the person withdraws it.'
                   ELSE 'The person''s data were erased; the opt-out stays under a pseudonym of the number.' END,
               NULL::text
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
               format('Numbers that begin with %s are suppressed until the entry is revoked.', e.prefix), NULL::text
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
               CASE WHEN g.listed THEN 'Numbers on an external list are not contacted.'
                    WHEN g.unknown THEN 'Whether the number is on the list is unknown, so it is not contacted.'
                    ELSE 'The number is not on the list, as far as it was loaded.' END, g.source
        FROM dnc.list_grounds(dnc_explain.phone, asked_channel, asked_purpose) AS g WHERE g.listed OR g.unknown
            OR g.doubt IS NOT NULL ORDER BY g.list;
    RETURN QUERY
        SELECT DISTINCT ON (a.registry) 'registry answer'::text, a.registry, NULL::bigint,
            coalesce(array_to_string(r.channels, ', '), 'all'), NULL::text, NULL::text,
            concat_ws(' ', a.result, 'as of ' || a.asked_about, CASE WHEN a.valid_until <= now() THEN 'lapsed' END),
               a.obtained_at, nullif(a.valid_until, 'infinity'),
                   'Answers of registries count in decisions, not in checks.'::text, r.source
        FROM dnc.registry_answer AS a JOIN dnc.registry AS r ON r.registry = a.registry
        WHERE dnc.same_line(a.phone, dnc_explain.phone)
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
    IS 'Returns the reasons for the result of dnc_check, a row each (ground: unreadable, refusal, key missing, prefix, '
       'listed), each list in scope that is not loaded, stale or does not cover the number, and the latest answer of '
       'each registry. No row: no entry forbids the contact. since and until bound the suppression; until NULL: no '
       'end.
Errors: as dnc_check.
Example: SELECT ground, list, entry, rule FROM dnc_explain(phone => ''+44 20 7946 0018'', channel => ''voice'');';
COMMENT ON FUNCTION @extschema@.dnc_explain(text, text, text, timestamptz)
    IS 'dnc_explain for a text, read in the region of dnc.default_region; ground unreadable for text that is no number';

-- Columns of views made by dnc_create_view(…, mode => 'flag').
CREATE FUNCTION @extschema@.dnc_status(phone @extschema@.dnc_phone, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE @extschema@.dnc_check(phone, channel, purpose) WHEN true THEN 'suppressed' WHEN false THEN 'clear'
        ELSE 'unreadable' END;
-- A doubt about a list counts only if it makes the result unknown.
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
-- The same for a field, in which every number counts. NULL purpose: as dnc_check.
CREATE FUNCTION dnc.field_grounds(field text, region text, channel text, purpose text DEFAULT NULL) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT string_agg(DISTINCT d.ground, ', ' ORDER BY d.ground)
    FROM @extschema@.dnc_numbers(field, region) AS n,
        dnc.deciding(n.phone, channel, purpose) AS d;
END;
CREATE FUNCTION dnc.field_lists(field text, region text, channel text, purpose text DEFAULT NULL) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT string_agg(DISTINCT d.list, ', ' ORDER BY d.list)
    FROM @extschema@.dnc_numbers(field, region) AS n,
        dnc.deciding(n.phone, channel, purpose) AS d;
END;
COMMENT ON FUNCTION dnc.field_grounds(text, text, text, text)
    IS 'dnc_grounds for all numbers of a field in the region of its row';
COMMENT ON FUNCTION dnc.field_lists(text, text, text, text)
    IS 'dnc_lists for all numbers of a field in the region of its row';


-- For forms, before a row is written.
CREATE FUNCTION @extschema@.dnc_field_status(field text, region text DEFAULT NULL, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, OUT status text, OUT problem text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN c.missing THEN 'missing' WHEN c.checked THEN 'suppressed' WHEN NOT c.checked THEN 'clear'
            ELSE 'unreadable' END,
        CASE WHEN c.checked IS NULL AND NOT c.missing
            THEN coalesce(@extschema@.dnc_parse_problem(dnc_field_status.field, dnc_field_status.region),
                'the result is not known') END
    FROM (SELECT dnc.check_field(dnc_field_status.field, dnc_field_status.channel, dnc_field_status.purpose, NULL,
            dnc_field_status.region) AS checked,
        coalesce(pg_catalog.btrim(dnc_field_status.field, E' \t\n\r\f\013'), '') = '' AS missing) AS c;
END;
COMMENT ON FUNCTION @extschema@.dnc_field_status(text, text, text, text)
    IS 'Returns what a guard would say of a field: status clear, suppressed, unreadable or missing, and the problem of '
       'an unreadable one.
Errors: as dnc_check.
Example: SELECT status, problem FROM dnc_field_status(field => ''020 7946 0018 or so'', region => ''GB'');';

-- For views of dnc_create_view(…, mode => 'numbers').
CREATE FUNCTION dnc.clear_numbers(field text, region text, channel text, purpose text DEFAULT NULL)
RETURNS SETOF @extschema@.dnc_phone LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT n.phone FROM @extschema@.dnc_numbers(field, region) AS n
    WHERE n.certain AND @extschema@.dnc_check(n.phone, channel, purpose) IS FALSE;
END;
COMMENT ON FUNCTION dnc.clear_numbers(text, text, text, text)
    IS 'the numbers of a field that are certain and clear';

CREATE FUNCTION dnc.deciding_lists(e164 text, channel text, purpose text) RETURNS text LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT string_agg(DISTINCT d.list, ', ' ORDER BY d.list)
    FROM dnc.deciding(e164::@extschema@.dnc_phone, coalesce(channel, 'all'), purpose) AS d;
END;
COMMENT ON FUNCTION dnc.deciding_lists(text, text, text)
    IS 'lists that make dnc_check true or unknown, as the errors of guards name them';
COMMENT ON FUNCTION dnc.deciding(@extschema@.dnc_phone, text, text)
    IS 'reasons and lists, with versions, that make dnc_check true or unknown';
COMMENT ON FUNCTION @extschema@.dnc_status(@extschema@.dnc_phone, text, text)
    IS 'Returns clear, suppressed, or unreadable where dnc_check is NULL.
Errors: as dnc_check.
Example: SELECT dnc_status(phone => dnc_try_parse(''+1 212 555 0134''), channel => ''voice'');';
COMMENT ON FUNCTION @extschema@.dnc_grounds(@extschema@.dnc_phone, text, text)
    IS 'Returns the reasons for which a number is suppressed, comma-separated: reasons of entries, kinds of external '
       'lists, and why a list''s result is unknown; NULL if there are none.
Example: SELECT dnc_grounds(phone => dnc_try_parse(''+1 212 555 0134''), channel => ''voice'');';
COMMENT ON FUNCTION @extschema@.dnc_lists(@extschema@.dnc_phone, text, text)
    IS 'Returns the lists that contain a number or whose result is unknown, comma-separated, external ones with their '
       'version; NULL if there are none.
Example: SELECT dnc_lists(phone => dnc_try_parse(''+1 212 555 0134''), channel => ''voice'');';

-- ---------------------------------------------------------------------------
-- The list as a view
-- ---------------------------------------------------------------------------

-- Always true: beside a condition e164 = '+…' the planner uses the index on the number for it (src/sys/planner.rs).
CREATE FUNCTION dnc.by_text_support(internal) RETURNS internal AS 'MODULE_PATHNAME', 'dnc_by_text_support_wrapper'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dnc.by_text_support(internal) IS 'planner support function: the index condition of dnc.by_text';
CREATE FUNCTION dnc.by_text(phone @extschema@.dnc_phone, again @extschema@.dnc_phone) RETURNS boolean
AS 'int8eq' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE LEAKPROOF COST 1 SUPPORT dnc.by_text_support;
COMMENT ON FUNCTION dnc.by_text(@extschema@.dnc_phone, @extschema@.dnc_phone)
    IS 'true for a number, given twice: makes a condition on its text use the index on it';

-- Grouped by the number as text: pg_upgrade creates views before the operator class of dnc_phone, and conditions on
-- e164 select entries, not groups.
CREATE VIEW dnc.suppressed AS
    SELECT e.phone::text AS e164,
           pg_catalog.array_agg(DISTINCT e.channel) AS channels,
           pg_catalog.array_agg(DISTINCT coalesce(e.purpose, '*')) AS purposes,
           pg_catalog.array_agg(DISTINCT e.reason) AS reasons,
           pg_catalog.array_agg(DISTINCT e.source) AS sources,
           pg_catalog.min(CASE WHEN e.effective_at = '-infinity' THEN e.received_at ELSE e.effective_at END) AS since,
           pg_catalog.count(*) AS entries
    FROM dnc.entry AS e
    WHERE dnc.require_list() AND dnc.by_text(e.phone, e.phone) AND e.ends IS NULL
      AND e.effective_at <= pg_catalog.statement_timestamp() AND e.expires_at > pg_catalog.statement_timestamp()
      AND NOT EXISTS (SELECT FROM dnc.entry AS w
          WHERE w.ends = e.entry_id AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL))
    GROUP BY e.phone::text;
COMMENT ON VIEW dnc.suppressed
    IS 'numbers with internal entries in force now, a row each: for analysis; to filter contacts use dnc_is_clear or a '
       'view made by dnc_create_view';
COMMENT ON COLUMN dnc.suppressed.purposes IS 'suppressed purposes; * is every purpose';
