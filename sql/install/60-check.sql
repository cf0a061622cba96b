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

CREATE FUNCTION dnc.check_support(internal) RETURNS internal AS 'MODULE_PATHNAME', 'dnc_check_support_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION dnc.check_support(internal) IS 'tells the planner how many rows a check leaves, and what it costs';
CREATE FUNCTION @extschema@.dnc_check(phone @extschema@.dnc_phone, channel text DEFAULT 'voice', purpose text DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_check_phone_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 100 SUPPORT dnc.check_support;
CREATE FUNCTION @extschema@.dnc_check(phone text, channel text DEFAULT 'voice', purpose text DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_check_text_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 105 SUPPORT dnc.check_support;

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
