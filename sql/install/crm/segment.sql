-- ---------------------------------------------------------------------------
-- Segments: what each contact of a table may still be approached with
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.segment_flags() RETURNS TABLE (phone @extschema@.dnc_phone)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT f.form FROM (SELECT w.phone FROM dnc.wrong_number_in_force AS w
        UNION ALL SELECT u.phone FROM dnc.undecided_attempt AS u) AS x, unnest(dnc.forms(x.phone)) AS f (form);
END;
COMMENT ON FUNCTION dnc.segment_flags()
    IS 'numbers that are wrong, or have an attempt whose outcome is not known; for dnc_segment';

CREATE FUNCTION dnc.segment_channels() RETURNS TABLE (channel text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT c.channel FROM dnc.channel AS c WHERE c.channel <> 'all' ORDER BY 1;
END;
COMMENT ON FUNCTION dnc.segment_channels() IS 'every channel; for dnc_segment';

-- The worst of several numbers counts. Scopes are looked up one by one only where a refusal does not cover them all.
CREATE FUNCTION dnc.segment_of(numbers @extschema@.dnc_phone[], channel text, purpose text)
RETURNS TABLE (segment text, from_at timestamptz, channels text[], purposes text[], why text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    asked   boolean;
    doubt   boolean;
    open    boolean;
    ends    timestamptz;
    endless boolean;
    asked_p text := coalesce(purpose, dnc.session_purpose());
BEGIN
    SELECT bool_or(x.refused), bool_or(x.refused IS NULL) INTO asked, doubt
        FROM (SELECT dnc.is_refused(n, channel, asked_p, NULL) AS refused FROM unnest(numbers) AS n) AS x;
    IF EXISTS (SELECT FROM unnest(numbers) AS n, dnc.refusals(n, NULL, NULL, NULL) AS r
        WHERE r.channel = 'all' AND r.purpose IS NULL AND r.expires_at = 'infinity'
          AND NOT EXISTS (SELECT FROM dnc.entries_of(n) AS w WHERE w.ends = r.entry_id)) THEN
        open := false;
    ELSE
        SELECT bool_or(s.open), array_agg(DISTINCT s.channel) FILTER (WHERE s.open AND (asked_p IS NULL
                OR s.purpose = asked_p)), array_agg(DISTINCT s.purpose) FILTER (WHERE s.open AND s.purpose IS NOT NULL
                AND (channel = 'all' OR s.channel = segment_of.channel)) INTO open, channels, purposes
        FROM (SELECT c.channel, p.purpose, (SELECT bool_and(dnc.is_refused(n, c.channel, p.purpose, NULL) IS FALSE)
                FROM unnest(numbers) AS n) AS open
            -- Every channel, and every purpose of the site, or one without a name.
            FROM dnc.segment_channels() AS c LEFT JOIN dnc.purpose AS p ON true) AS s;
    END IF;
    -- The parts below an open purpose go without saying.
    purposes := ARRAY(SELECT p FROM unnest(purposes) AS p
        WHERE NOT EXISTS (SELECT FROM unnest(purposes) AS q WHERE q <> p AND dnc.covers(q, p)) ORDER BY p);
    channels := coalesce(channels, '{}');
    SELECT max(g.until), bool_or(g.until IS NULL),
        string_agg(DISTINCT concat_ws(' ', CASE g.ground WHEN 'refusal' THEN g.reason ELSE g.ground END,
            CASE WHEN g.ground = 'refusal' AND (g.scope_channel <> 'all' OR g.scope_purpose IS NOT NULL)
                THEN concat_ws(' ', 'of', nullif(g.scope_channel, 'all'), g.scope_purpose) END,
            CASE WHEN g.ground IN ('refusal', 'prefix') THEN 'since ' || to_char(g.since, 'YYYY-MM-DD')
                ELSE g.list END, 'until ' || to_char(g.until, 'YYYY-MM-DD')), '; ')
        INTO ends, endless, why
        FROM unnest(numbers) AS n, dnc.explain(n, channel, asked_p) AS g
        WHERE g.ground IN ('refusal', 'prefix', 'listed', 'key missing');
    -- Not known of one number: not known of the contact, unless another refused.
    segment := CASE WHEN asked IS NOT TRUE AND doubt IS NOT FALSE THEN 'unknown'
        WHEN asked AND NOT endless THEN 'paused'
        WHEN asked AND open IS NOT TRUE THEN 'refused_everything'
        WHEN asked AND purposes <> '{}' THEN 'refused_product'
        WHEN asked AND channels <> '{}' THEN 'refused_channel'
        WHEN asked THEN 'refused_here'
        WHEN EXISTS (SELECT FROM unnest(numbers) AS n, dnc.wrong_number_in_force AS w WHERE dnc.same_line(w.phone, n))
            THEN 'wrong_number'
        WHEN EXISTS (SELECT FROM unnest(numbers) AS n, dnc.undecided_attempt AS u WHERE dnc.same_line(u.phone, n))
            THEN 'not_decided'
        ELSE 'clear' END;
    from_at := CASE segment WHEN 'paused' THEN ends WHEN 'refused_everything' THEN NULL WHEN 'unknown' THEN NULL
        WHEN 'wrong_number' THEN NULL WHEN 'not_decided' THEN NULL ELSE statement_timestamp() END;
    why := CASE segment WHEN 'wrong_number' THEN 'the number is not that of the contact'
        WHEN 'not_decided' THEN 'an attempt has a code that is not mapped to an outcome'
        WHEN 'unknown' THEN 'a list or a key that is needed is not available' ELSE why END;
    IF segment IN ('unknown', 'wrong_number', 'not_decided', 'refused_everything') THEN
        channels := '{}';
        purposes := '{}';
    END IF;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION dnc.segment_of(@extschema@.dnc_phone[], text, text)
    IS 'segment of a contact with these numbers; for dnc_segment';
CREATE FUNCTION dnc.explain(phone @extschema@.dnc_phone, channel text, purpose text)
RETURNS TABLE (ground text, list text, scope_channel text, scope_purpose text, reason text, since timestamptz,
    until timestamptz) LANGUAGE sql STABLE ROWS 2
BEGIN ATOMIC
    SELECT e.ground, e.list, e.scope_channel, e.scope_purpose, e.reason, e.since, e.until
    FROM @extschema@.dnc_explain(phone, channel, purpose) AS e;
END;
COMMENT ON FUNCTION dnc.explain(@extschema@.dnc_phone, text, text)
    IS 'dnc_explain, bound at creation for functions that run as superuser';

CREATE FUNCTION @extschema@.dnc_segment(
    relation regclass, key_column text, phone_column text, region text DEFAULT NULL, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, region_column text DEFAULT NULL, region_path text DEFAULT NULL
) RETURNS TABLE (key text, segment text, from_at timestamptz, channels text[], purposes text[], why text)
LANGUAGE plpgsql STABLE ROWS 10000 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    place  text := dnc.region_expression(relation, region, region_column, region_path);
    number text := (dnc.phone_expressions(relation, ARRAY[phone_column], place))[1];
    every  text[];
BEGIN
    PERFORM dnc.require_column(relation, key_column);
    -- Raises for an unknown channel or purpose, also where no row needs them.
    PERFORM @extschema@.dnc_check(NULL::@extschema@.dnc_phone, channel, purpose);
    every := ARRAY(SELECT c.channel FROM dnc.segment_channels() AS c);
    -- What a check cannot answer is unknown if a list or key is missing, and else unreadable.
    RETURN QUERY EXECUTE format($q$
        SELECT x.key, y.segment, CASE WHEN y.segment IN ('missing', 'unreadable') THEN NULL
                WHEN s.segment IS NULL THEN pg_catalog.statement_timestamp() ELSE s.from_at END,
            CASE WHEN y.segment IN ('missing', 'unreadable') THEN '{}' WHEN s.segment IS NULL THEN $1
                ELSE s.channels END,
            CASE WHEN y.segment IN ('missing', 'unreadable') THEN '{}' WHEN s.segment IS NULL THEN NULL
                ELSE s.purposes END,
            CASE y.segment WHEN 'missing' THEN 'there is no number'
                WHEN 'unreadable' THEN 'not everything in the field can be read as numbers' ELSE s.why END
        FROM (SELECT r.%1$I::pg_catalog.text AS key, %2$s AS status, %3$s AS numbers FROM %4$s AS r) AS x
        LEFT JOIN LATERAL dnc.segment_of(x.numbers, $2, $3) AS s
            ON x.status OPERATOR(pg_catalog.=) 'suppressed'
            OR x.status OPERATOR(pg_catalog.=) 'unreadable' AND pg_catalog.cardinality(x.numbers)
                OPERATOR(pg_catalog.>) 0
            OR EXISTS (SELECT FROM pg_catalog.unnest(x.numbers) AS n WHERE n::pg_catalog.int8 IN
                (SELECT f.phone::pg_catalog.int8 FROM dnc.segment_flags() AS f))
        CROSS JOIN LATERAL (SELECT CASE WHEN x.status OPERATOR(pg_catalog.=) 'missing' THEN 'missing'
            WHEN x.status OPERATOR(pg_catalog.=) 'unreadable' AND s.segment IS DISTINCT FROM 'unknown'
                THEN 'unreadable' ELSE coalesce(s.segment, 'clear') END) AS y (segment)$q$,
        key_column, dnc.status_expression(relation, ARRAY[phone_column], place, 'all', NULL),
        CASE WHEN number LIKE 'r.%' THEN format('ARRAY[%s]', number)
            ELSE format('ARRAY(SELECT n FROM @extschema@.dnc_set_phones(@extschema@.dnc_readings(%s, %s)) AS n)',
                dnc.written(relation, phone_column), place) END, relation) USING every, channel, purpose;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_segment(regclass, text, text, text, text, text, text, text)
    IS 'Returns for each row of a table its segment for a contact through channel and about purpose: '
       'refused_everything; refused_product (other purposes are open); refused_channel (other channels are open); '
       'refused_here (other pairs of channel and purpose are open); paused (until from_at); wrong_number; not_decided '
       '(a code of a dialer is not mapped); unknown (a list or key is not available); unreadable; missing; clear. '
       'channels and purposes: what is not suppressed now, for this purpose and through this channel; purposes NULL: '
       'every one. from_at: from when on. why: the grounds. It tells of suppression; consent, hours and caps are for '
       'dnc_may_contact_all.
Errors: as dnc_may_contact_all.
Example: SELECT segment, count(*) FROM dnc_segment(relation => ''contact'', key_column => ''id'',
    phone_column => ''phone'', region_column => ''country'') GROUP BY segment;';
