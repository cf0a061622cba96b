-- ---------------------------------------------------------------------------
-- Violations: attempts to numbers that were suppressed
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.is_refused(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_check(phone, channel, purpose, at);
COMMENT ON FUNCTION dnc.is_refused(@extschema@.dnc_phone, text, text, timestamptz)
    IS 'dnc_check, bound at creation for functions that run as superuser';

-- By receipt: what the company had received at that time. By request: what the person had requested at that time,
-- whenever it was recorded.
CREATE FUNCTION dnc.against(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz,
    by_request boolean, attempt bigint)
RETURNS TABLE (ground jsonb, requested_at timestamptz, due_at timestamptz, recorded_at timestamptz)
    LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object('ground', 'refusal', 'entry', e.entry_id, 'channel', e.channel, 'purpose',
        e.purpose, 'reason', e.reason, 'source', e.source,
               'requested_at', e.requested_at, 'received_at', e.received_at, 'recorded_at', e.recorded_at, 'due_at',
                   e.due_at),
           e.requested_at, coalesce(e.due_at, e.received_at), e.recorded_at
    FROM dnc.entries_of(against.phone) AS e
    WHERE e.ends IS NULL AND dnc.meets(e.channel, e.purpose, against.channel, against.purpose)
      AND CASE WHEN e.effective_at <> '-infinity' THEN e.effective_at
          ELSE CASE WHEN by_request THEN e.requested_at ELSE e.received_at END END <= against.at
      -- What was said in a contact is not against that contact.
      AND e.evidence -> 'attempt' IS DISTINCT FROM pg_catalog.to_jsonb(against.attempt)
      AND e.expires_at > against.at
      AND NOT EXISTS (SELECT FROM dnc.entries_of(against.phone) AS w
          WHERE w.ends = e.entry_id
          AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, against.channel, against.purpose)
                        AND (w.kind IN ('correction', 'undo')
                            OR CASE WHEN by_request THEN w.requested_at ELSE w.received_at END <= against.at))
    UNION ALL
    SELECT pg_catalog.jsonb_build_object('ground', 'prefix', 'prefix', p.prefix, 'prefix_id', p.prefix_id, 'reason',
        p.reason, 'received_at', p.received_at), NULL, NULL, p.received_at
    FROM dnc.prefix_refusals(against.phone, against.channel, against.purpose, against.at) AS p
    UNION ALL
    SELECT pg_catalog.jsonb_build_object('ground', 'list', 'list', g.list, 'version', g.version_id, 'activated_at',
        g.activated_at), NULL, NULL, g.activated_at
    FROM dnc.list_grounds(against.phone, against.channel, against.purpose) AS g WHERE NOT by_request AND g.listed
        AND g.activated_at <= against.at;
END;
COMMENT ON FUNCTION dnc.against(@extschema@.dnc_phone, text, text, timestamptz, boolean, bigint)
    IS 'what suppressed a number at the time of a contact attempt, by receipt or by request; corrected errors, and '
       'what was said in the attempt, are left out';

-- No row where it was none: nothing was against it, it was no contact, or the confirmation that a rule allows.
CREATE FUNCTION dnc.violation_of(phone @extschema@.dnc_phone, channel text, purpose text, happened_at timestamptz,
    attempt bigint, call_type text, outcome text, by_request boolean)
RETURNS TABLE (grounds jsonb, requested_at timestamptz, due_at timestamptz, on_record boolean, after_deadline boolean)
LANGUAGE plpgsql STABLE ROWS 1 COST 10000 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    recorded timestamptz;
BEGIN
    SELECT jsonb_agg(g.ground), min(g.requested_at), min(g.due_at), min(g.recorded_at)
        INTO grounds, requested_at, due_at, recorded
        FROM dnc.against(phone, channel, purpose, happened_at, by_request, attempt) AS g;
    IF grounds IS NULL OR EXISTS (SELECT FROM dnc.outcome AS o WHERE o.outcome = outcome AND NOT o.contacted) THEN
        RETURN;
    END IF;
    IF call_type = 'confirmation' THEN
        IF dnc.may_confirm(phone, channel, purpose, happened_at, attempt) THEN
            RETURN;
        END IF;
    END IF;
    on_record := recorded <= happened_at;
    after_deadline := happened_at > due_at;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION dnc.violation_of(@extschema@.dnc_phone, text, text, timestamptz, bigint, text, text, boolean)
    IS 'the violation that a contact attempt was, by receipt or by request; none: no row';

CREATE FUNCTION @extschema@.dnc_attempt_sweep(since timestamptz DEFAULT '-infinity') RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    new bigint;
BEGIN
    PERFORM dnc.require_attempts();
    INSERT INTO dnc.violation (attempt_id, happened_at, phone, channel, purpose, agent, campaign, grounds, requested_at,
        due_at, on_record, after_deadline, found_by, found_at)
        SELECT f.attempt_id, f.happened_at, f.phone, f.channel, f.purpose, f.agent, f.campaign, v.*, 'sweep', now()
        FROM dnc.contact_attempt AS f CROSS JOIN LATERAL dnc.violation_of(f.phone, f.channel, f.purpose, f.happened_at,
            f.attempt_id, f.call_type, dnc.attempt_outcome(f.outcome, f.source, f.code), true) AS v
        WHERE f.happened_at >= greatest(since,
            (SELECT now() - r.keep FROM dnc.retention AS r WHERE r.subject = 'violation')) AND f.direction = 'outbound'
          AND NOT EXISTS (SELECT FROM dnc.violation AS w WHERE w.attempt_id = f.attempt_id
            AND w.happened_at = f.happened_at AND dnc.same_phone(w.phone, f.phone))
        ORDER BY f.happened_at, f.attempt_id ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS new = ROW_COUNT;
    RETURN new;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_attempt_sweep(timestamptz)
    IS 'Checks the recorded attempts since a time again, by when people made their requests, records violations not '
       'found before, as after a late import, and returns their number.
Errors: 55000 no contact log yet.
Example: SELECT dnc_attempt_sweep(since => now() - interval ''30 days'');';

