-- ---------------------------------------------------------------------------
-- Consents, relationships, reassigned numbers, purchased data
-- ---------------------------------------------------------------------------

CREATE TRIGGER "00_insert_only" BEFORE UPDATE
    OR DELETE ON dnc.consent_use FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change();
CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.consent_use FOR EACH STATEMENT
    EXECUTE FUNCTION dnc.refuse_change();
ALTER TABLE dnc.consent_use ENABLE ALWAYS TRIGGER "00_insert_only", ENABLE ALWAYS TRIGGER "00_no_truncate";

-- ---------------------------------------------------------------------------
-- Consents
-- ---------------------------------------------------------------------------

-- Consents in force at a time that cover the query's whole scope. A withdrawal, a reassignment or an opt-out that is
-- not older cancels a consent; an opt-out does not once the person has revoked it. These count up to `seen`, which is
-- later than `at` in queries about the present.
CREATE FUNCTION dnc.consents_in_force(channel text, purpose text, at timestamptz, seen timestamptz,
    known_at timestamptz) RETURNS SETOF dnc.consent LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT c.* FROM dnc.consent AS c
    WHERE NOT c.withdrawal AND c.given_at <= consents_in_force.at AND c.expires_at > consents_in_force.at
      AND c.recorded_at <= consents_in_force.known_at
      AND (c.channel = 'all' OR c.channel = consents_in_force.channel)
      AND (c.purpose IS NULL OR consents_in_force.purpose IS NOT NULL
          AND dnc.covers(c.purpose, consents_in_force.purpose))
      AND NOT EXISTS (SELECT FROM dnc.consent AS w WHERE w.phone OPERATOR(@extschema@.=) c.phone AND w.withdrawal
          AND w.given_at >= c.given_at AND w.given_at <= consents_in_force.seen
          AND w.recorded_at <= consents_in_force.known_at
            AND dnc.meets(w.channel, w.purpose, consents_in_force.channel, consents_in_force.purpose))
      AND NOT EXISTS (SELECT FROM dnc.reassignment AS r WHERE r.phone OPERATOR(@extschema@.=) c.phone
          AND r.reassigned_at >= c.given_at AND r.reassigned_at <= consents_in_force.seen
          AND r.recorded_at <= consents_in_force.known_at)
      AND NOT EXISTS (SELECT FROM dnc.entry AS e WHERE e.phone OPERATOR(@extschema@.=) c.phone AND e.ends IS NULL
          AND e.requested_at >= c.given_at AND e.received_at <= consents_in_force.seen
          AND e.recorded_at <= consents_in_force.known_at
            AND dnc.meets(e.channel, e.purpose, consents_in_force.channel, consents_in_force.purpose)
            AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.phone OPERATOR(@extschema@.=) e.phone
                AND w.ends = e.entry_id AND w.kind <> 'review' AND w.received_at <= consents_in_force.seen
                AND w.recorded_at <= consents_in_force.known_at
                AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, consents_in_force.channel,
                    consents_in_force.purpose)));
END;
CREATE FUNCTION dnc.consents(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz)
RETURNS SETOF dnc.consent LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT c.* FROM dnc.consents_in_force(nullif(consents.channel, 'all'), consents.purpose, consents.at, consents.at,
        'infinity') AS c WHERE c.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(consents.phone));
END;
COMMENT ON FUNCTION dnc.consents_in_force(text, text, timestamptz, timestamptz, timestamptz)
    IS 'consents of all numbers that are in force at a time and cover the query''s whole scope';
COMMENT ON FUNCTION dnc.consents(@extschema@.dnc_phone, text, text, timestamptz)
    IS 'consents of a number that are in force at a time and cover the query''s whole scope';

CREATE FUNCTION dnc.record_consent(
    phone @extschema@.dnc_phone, channel text, purpose text, given_at timestamptz, expires_at timestamptz, source text,
        wording text, evidence jsonb, taken_by text, external_ref text
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    fresh   bigint;
    earlier dnc.consent;
    refused bigint;
BEGIN
    IF phone IS NULL OR channel IS NULL OR source IS NULL THEN
        RAISE EXCEPTION 'phone, channel and source must not be NULL' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'Only purpose may be: it then means every purpose.';
    END IF;
    PERFORM dnc.require_known('channel', channel), dnc.require_known('source', source),
        dnc.require_evidence(evidence, taken_by, external_ref), dnc.require_past('consent given', given_at);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    expires_at := coalesce(expires_at, 'infinity');
    IF expires_at <= given_at THEN
        RAISE EXCEPTION 'the consent would end at %, before it was given', expires_at
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It was given at %s.', given_at),
            HINT = 'Leave expires_at out where the consent names no end.';
    END IF;
    IF dnc.rule_proof_until(phone, channel, given_at, given_at) IS NOT NULL
        AND (evidence = '{}' OR wording IS NULL) THEN
        RAISE EXCEPTION 'a consent of % needs its proof', dnc.mask(phone) USING ERRCODE = 'null_value_not_allowed',
            DETAIL = 'The law of a place where the number may be asks for it: which words the person was shown, and '
                     'how they agreed.',
            HINT = 'Give wording and evidence.';
    END IF;
    IF given_at < (SELECT max(p.purged_at - p.keep) FROM dnc.purge AS p WHERE p.subject = 'ended_entry') THEN
        RAISE EXCEPTION 'a consent of % is too old to be recorded', given_at USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'Opt-outs that ended before that are no longer stored, so whether one cancelled it is not '
                     'known (dnc.retention, ended_entry).', HINT = 'Ask the person again.';
    END IF;
    IF external_ref IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('consent/' || source || '/' || external_ref, 4476483));
        SELECT * INTO earlier FROM dnc.consent AS c WHERE c.source = source AND c.external_ref = external_ref
            AND dnc.same_phone(c.phone, phone) AND c.channel = channel AND c.purpose IS NOT DISTINCT FROM purpose;
        IF earlier.consent_id IS NOT NULL THEN
            RETURN earlier.consent_id;
        END IF;
    END IF;
    INSERT INTO dnc.consent (phone, channel, purpose, given_at, expires_at, source, wording, evidence, taken_by,
        external_ref, recorded_at)
        VALUES (phone, channel, purpose, given_at, expires_at, source, wording, evidence, taken_by, external_ref, now())
            ON CONFLICT DO NOTHING RETURNING consent_id INTO fresh;
    PERFORM dnc.require_recorded(fresh IS NOT NULL);
    -- Consents withdrawn before the number was erased stay withdrawn.
    INSERT INTO dnc.consent (phone, withdrawal, channel, purpose, given_at, source, evidence, recorded_at)
        SELECT phone, true, x.channel, x.purpose, x.ended_at, source, '{"erased": true}', greatest(x.ended_at, now())
        FROM dnc.erased_endings(phone, 'consent') AS x WHERE x.ended_at >= given_at
            AND dnc.meets(x.channel, x.purpose, nullif(channel, 'all'), purpose);
    SELECT count(*) INTO refused FROM dnc.entry AS e WHERE dnc.same_phone(e.phone, phone) AND e.ends IS NULL
        AND e.expires_at > now() AND (e.channel IN ('all', channel) OR channel = 'all')
        AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id
            AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL));
    IF refused > 0 THEN
        RAISE NOTICE '% opt-out(s) of % stay: a consent revokes none', refused, dnc.mask(phone)
            USING
            HINT = format('If the person revokes an opt-out by it: dnc_revoke(…, evidence => ''{"consent": %s}'').',
                fresh);
    END IF;
    RETURN fresh;
END
$$;
COMMENT ON FUNCTION dnc.record_consent(@extschema@.dnc_phone, text, text, timestamptz, timestamptz, text, text, jsonb,
    text, text)
    IS 'records a consent, for dnc_consent';

CREATE FUNCTION @extschema@.dnc_consent(
    phone @extschema@.dnc_phone, channel text, purpose text DEFAULT NULL, given_at timestamptz DEFAULT now(),
        expires_at timestamptz DEFAULT NULL, source text DEFAULT 'unspecified',
    wording text DEFAULT NULL, evidence jsonb DEFAULT '{}', by text DEFAULT NULL, external_ref text DEFAULT NULL
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.record_consent(phone, channel, purpose, given_at, expires_at, source, wording, evidence, by,
        external_ref);
END;
CREATE FUNCTION @extschema@.dnc_consent(
    phone text, channel text, purpose text DEFAULT NULL, given_at timestamptz DEFAULT now(),
        expires_at timestamptz DEFAULT NULL, source text DEFAULT 'unspecified',
    wording text DEFAULT NULL, evidence jsonb DEFAULT '{}', by text DEFAULT NULL, external_ref text DEFAULT NULL
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.record_consent(@extschema@.dnc_parse(phone), channel, purpose, given_at, expires_at, source, wording,
        evidence, by, external_ref);
END;
COMMENT ON FUNCTION @extschema@.dnc_consent(@extschema@.dnc_phone, text, text, timestamptz, timestamptz, text, text,
    jsonb, text, text)
    IS 'Records that a person agreed to be contacted and returns the consent_id. It revokes no opt-out. wording: the '
       'words the person was shown; evidence: proof that they agreed; purpose NULL: every purpose. A repeated '
       'external_ref of the same source, number and scope adds nothing.
Errors: 22004 phone, channel or source is NULL, or wording or evidence is missing where the law requires '
       'proof; 22023 unknown channel, purpose or source, given_at not in the past or too old, expires_at not after '
       'given_at, or evidence that is no object; 22001 by or external_ref not of 1 to 500 characters; 40001 the same '
       'was recorded concurrently; 54000 over 16 MiB.
Example: SELECT dnc_consent(phone => ''+1 212 555 0134'', channel => ''sms'', purpose => ''acme/energy'',
    wording => ''I agree to text messages.'', evidence => ''{"form": "web"}'', by => ''agent 12'');';
COMMENT ON FUNCTION @extschema@.dnc_consent(text, text, text, timestamptz, timestamptz, text, text, jsonb, text, text)
    IS 'dnc_consent for a text, read in the region of dnc.default_region; an error for text that is no number';

CREATE FUNCTION @extschema@.dnc_withdraw_consent(
    phone @extschema@.dnc_phone, channel text DEFAULT 'all', purpose text DEFAULT NULL,
        given_at timestamptz DEFAULT now(), source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}',
        by text DEFAULT NULL
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    taken_by ALIAS FOR $7; -- by
    ended integer;
BEGIN
    IF phone IS NULL OR channel IS NULL OR source IS NULL THEN
        RAISE EXCEPTION 'phone, channel and source must not be NULL' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'Only purpose may be: it then means every purpose.';
    END IF;
    PERFORM dnc.require_known('channel', channel), dnc.require_known('source', source),
        dnc.require_evidence(evidence, taken_by, NULL), dnc.require_past('consent withdrawn', given_at);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    SELECT count(*) INTO ended FROM dnc.consent AS c
        WHERE dnc.same_phone(c.phone, phone) AND NOT c.withdrawal AND c.given_at <= given_at AND c.expires_at > given_at
          AND dnc.meets(c.channel, c.purpose, nullif(channel, 'all'), purpose)
          AND NOT EXISTS (SELECT FROM dnc.consent AS w WHERE dnc.same_phone(w.phone, phone) AND w.withdrawal
              AND w.given_at >= c.given_at
              AND dnc.ends_all(w.channel, w.purpose, c.channel, c.purpose, nullif(channel, 'all'), purpose));
    -- Recorded in any case: an earlier consent may still be recorded later.
    INSERT INTO dnc.consent (phone, withdrawal, channel, purpose, given_at, source, evidence, taken_by, recorded_at)
    VALUES (phone, true, channel, purpose, given_at, source, evidence, taken_by, now());
    IF ended = 0 THEN
        RAISE NOTICE 'no consent of % has this scope; the withdrawal applies to any earlier one recorded later',
                dnc.mask(phone) USING HINT = 'To record an opt-out use dnc_add.';
    END IF;
    RETURN ended;
END
$$;
CREATE FUNCTION @extschema@.dnc_withdraw_consent(
    phone text, channel text DEFAULT 'all', purpose text DEFAULT NULL, given_at timestamptz DEFAULT now(),
        source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}', by text DEFAULT NULL
) RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_withdraw_consent(@extschema@.dnc_parse(phone), channel, purpose, given_at, source, evidence,
        by);
END;
COMMENT ON FUNCTION @extschema@.dnc_withdraw_consent(@extschema@.dnc_phone, text, text, timestamptz, text, jsonb, text)
    IS 'Withdraws consents for the given scope and returns how many it changed; it also applies to earlier consents '
       'recorded later. It is no opt-out. given_at: when the person withdrew.
Errors: 22004 phone, channel or source is NULL; 22023 unknown channel, purpose or source, given_at not in the '
       'past, or evidence that is no object; 22001 by not of 1 to 500 characters.
Example: SELECT dnc_withdraw_consent(phone => ''+49 30 901820'', channel => ''voice'', purpose => ''acme'');';
COMMENT ON FUNCTION @extschema@.dnc_withdraw_consent(text, text, text, timestamptz, text, jsonb, text)
    IS 'dnc_withdraw_consent for a text, read in the region of dnc.default_region; an error for text that is no number';

CREATE FUNCTION @extschema@.dnc_consent_used(consent bigint, used_at timestamptz DEFAULT now()) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    PERFORM dnc.require_past('consent used', used_at);
    PERFORM FROM dnc.consent AS c WHERE c.consent_id = consent AND NOT c.withdrawal FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no consent %', coalesce(consent::text, 'NULL') USING ERRCODE = 'no_data_found',
            HINT = 'dnc_history(phone) lists the consents of a number.';
    END IF;
    INSERT INTO dnc.consent_use VALUES (consent, (used_at AT TIME ZONE 'UTC')::date) ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_consent_used(bigint, timestamptz)
    IS 'Records that a contact relied on a consent; contact attempts that name a consent do this themselves.
Errors: P0002 no such consent; 22023 used_at not in the past.
Example: SELECT dnc_consent_used(consent => 1);';

CREATE VIEW dnc.consent_state AS
    SELECT c.consent_id, c.phone, c.channel, c.purpose, c.given_at, c.expires_at, u.last_used_on,
           CASE WHEN c.expires_at <= pg_catalog.statement_timestamp() THEN 'expired'
                WHEN EXISTS (SELECT FROM dnc.reassignment AS r WHERE r.phone OPERATOR(@extschema@.=) c.phone
                    AND r.reassigned_at >= c.given_at) THEN 'reassigned'
                WHEN EXISTS (SELECT FROM dnc.consent AS w WHERE w.phone OPERATOR(@extschema@.=) c.phone AND w.withdrawal
                    AND w.given_at >= c.given_at
                    AND dnc.ends_all(w.channel, w.purpose, c.channel, c.purpose, NULL, NULL)) THEN 'withdrawn'
                WHEN EXISTS (SELECT FROM dnc.consent AS w WHERE w.phone OPERATOR(@extschema@.=) c.phone AND w.withdrawal
                    AND w.given_at >= c.given_at
                    AND dnc.meets(w.channel, w.purpose, nullif(c.channel, 'all'), c.purpose)) THEN 'withdrawn in part'
                WHEN NOT EXISTS (SELECT
                    FROM dnc.consents_in_force(nullif(c.channel, 'all'), c.purpose, pg_catalog.statement_timestamp(),
                        'infinity', 'infinity') AS f WHERE f.consent_id = c.consent_id) THEN 'refused since'
                ELSE 'in force' END AS state,
           dnc.rule_proof_until(c.phone, c.channel, c.given_at,
               greatest(c.given_at, u.last_used_on::timestamp AT TIME ZONE 'UTC')) AS keep_proof_until
    FROM dnc.consent AS c
    LEFT JOIN LATERAL (SELECT pg_catalog.max(u.used_on) AS last_used_on FROM dnc.consent_use AS u
        WHERE u.consent_id = c.consent_id) AS u ON true
    WHERE NOT c.withdrawal;
COMMENT ON VIEW dnc.consent_state IS 'consents with their last use, their state, and how long their proof must be kept';

-- ---------------------------------------------------------------------------
-- Relationships, reassigned numbers, purchased data
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_relationship(
    phone @extschema@.dnc_phone, event text, purpose text DEFAULT NULL, happened_at timestamptz DEFAULT now(),
        source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}',
    by text DEFAULT NULL, external_ref text DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    taken_by ALIAS FOR $7; -- by
    fresh bigint;
BEGIN
    IF phone IS NULL OR source IS NULL THEN
        RAISE EXCEPTION 'phone and source must not be NULL' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF event IS NULL OR event NOT IN ('purchase', 'payment', 'delivery', 'contract', 'contract_end', 'inquiry', 'ended')
        THEN
        RAISE EXCEPTION 'unknown event "%"', left(coalesce(event, 'NULL'), 60)
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'Events are purchase, payment, delivery, contract, contract_end, inquiry; and ended, by the '
                     'person.';
    END IF;
    PERFORM dnc.require_known('source', source), dnc.require_evidence(evidence, taken_by, external_ref),
        dnc.require_past('event', happened_at);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    IF external_ref IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('relationship/' || source || '/' || external_ref, 4476483));
        SELECT r.relationship_id INTO fresh FROM dnc.relationship AS r
        WHERE r.source = source AND r.external_ref = external_ref AND r.event = event
            AND dnc.same_phone(r.phone, phone);
    END IF;
    IF fresh IS NULL THEN
        INSERT INTO dnc.relationship (phone, event, purpose, happened_at, source, evidence, taken_by, external_ref,
            recorded_at)
            VALUES (phone, event, purpose, happened_at, source, evidence, taken_by, external_ref, now())
                ON CONFLICT DO NOTHING RETURNING relationship_id INTO fresh;
        PERFORM dnc.require_recorded(fresh IS NOT NULL);
        INSERT INTO dnc.relationship (phone, event, purpose, happened_at, source, evidence, recorded_at)
            SELECT phone, 'ended', x.purpose, x.ended_at, source, '{"erased": true}', greatest(x.ended_at, now())
            FROM dnc.erased_endings(phone, 'relationship') AS x WHERE event <> 'ended' AND x.ended_at >= happened_at;
    END IF;
    RETURN fresh;
END
$$;
CREATE FUNCTION @extschema@.dnc_relationship(
    phone text, event text, purpose text DEFAULT NULL, happened_at timestamptz DEFAULT now(),
        source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}',
    by text DEFAULT NULL, external_ref text DEFAULT NULL
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_relationship(@extschema@.dnc_parse(phone), event, purpose, happened_at, source, evidence,
        by, external_ref);
END;
COMMENT ON FUNCTION @extschema@.dnc_relationship(@extschema@.dnc_phone, text, text, timestamptz, text, jsonb, text,
    text)
    IS 'Records an event of a business relationship and returns its id. event: purchase, payment, delivery, contract, '
       'contract_end or inquiry; ended: the person ended it. A repeated external_ref of the same source, event and '
       'number adds nothing.
Errors: 22004 phone or source is NULL; 22023 unknown event, purpose or source, happened_at not in the past, or '
       'evidence that is no object; 22001 by or external_ref not of 1 to 500 characters; 40001 the same was recorded '
       'concurrently.
Example: SELECT dnc_relationship(phone => ''+1 212 555 0134'', event => ''purchase'', purpose => ''acme/energy'');';
COMMENT ON FUNCTION @extschema@.dnc_relationship(text, text, text, timestamptz, text, jsonb, text, text)
    IS 'dnc_relationship for a text, read in the region of dnc.default_region; an error for text that is no number';

CREATE FUNCTION @extschema@.dnc_reassigned(phone @extschema@.dnc_phone, reassigned_at timestamptz DEFAULT now(),
    source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}', by text DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    taken_by ALIAS FOR $5; -- by
    fresh bigint;
BEGIN
    IF phone IS NULL OR source IS NULL THEN
        RAISE EXCEPTION 'phone and source must not be NULL' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM dnc.require_known('source', source), dnc.require_evidence(evidence, taken_by, NULL),
        dnc.require_past('number reassigned', reassigned_at);
    INSERT INTO dnc.reassignment (phone, reassigned_at, source, evidence, taken_by, recorded_at)
    VALUES (phone, reassigned_at, source, evidence, taken_by, now()) RETURNING reassignment_id INTO fresh;
    RETURN fresh;
END
$$;
CREATE FUNCTION @extschema@.dnc_reassigned(phone text, reassigned_at timestamptz DEFAULT now(),
    source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}', by text DEFAULT NULL)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_reassigned(@extschema@.dnc_parse(phone), reassigned_at, source, evidence, by);
END;
COMMENT ON FUNCTION @extschema@.dnc_reassigned(@extschema@.dnc_phone, timestamptz, text, jsonb, text)
    IS 'Records that a number was reassigned to somebody else and returns the reassignment_id: earlier consents and '
       'relationships no longer count; opt-outs stay and come up for review.
Errors: 22004 phone or source is NULL; 22023 unknown source, reassigned_at not in the past, or evidence that '
       'is no object; 22001 by not of 1 to 500 characters.
Example: SELECT dnc_reassigned(phone => ''+49 30 901820'', source => ''phone_agent'', by => ''agent 12'');';
COMMENT ON FUNCTION @extschema@.dnc_reassigned(text, timestamptz, text, jsonb, text)
    IS 'dnc_reassigned for a text, read in the region of dnc.default_region; an error for text that is no number';

CREATE FUNCTION @extschema@.dnc_acquired(phones @extschema@.dnc_phone[], vendor text,
    acquired_at timestamptz DEFAULT now(), lawful_basis text DEFAULT NULL, proof jsonb DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    added bigint;
BEGIN
    PERFORM dnc.require_known('vendor', vendor), dnc.require_past('data acquired', acquired_at);
    IF jsonb_typeof(proof) <> 'object' OR proof = '{}' OR length(lawful_basis) NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'proof of consent is a JSON object that says something, and a lawful basis has 1 to 500 '
                        'characters' USING ERRCODE = 'invalid_parameter_value',
                            HINT = 'What is absent is NULL: the numbers are then not to be contacted.';
    END IF;
    INSERT INTO dnc.acquisition (phone, vendor, acquired_at, lawful_basis, proof, recorded_at)
        SELECT DISTINCT p, vendor, acquired_at, lawful_basis, proof, now() FROM unnest(phones) AS p WHERE p IS NOT NULL;
    GET DIAGNOSTICS added = ROW_COUNT;
    IF lawful_basis IS NULL OR proof IS NULL THEN
        RAISE NOTICE '% number(s) are not to be contacted: % is absent', added,
                concat_ws(' and ', CASE WHEN lawful_basis IS NULL THEN 'the lawful basis' END,
            CASE WHEN proof IS NULL THEN 'the proof of consent' END);
    END IF;
    RETURN added;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_acquired(@extschema@.dnc_phone[], text, timestamptz, text, jsonb)
    IS 'Records that numbers came from a vendor and returns how many. Without lawful_basis and proof (of consent) they '
       'must not be contacted.
Errors: 22023 unknown vendor, acquired_at not in the past, proof that is no object or empty, or lawful_basis '
       'not of 1 to 500 characters.
Example: INSERT INTO dnc.vendor (vendor, description) VALUES (''leads'', ''Leads Ltd.'');
SELECT dnc_acquired(phones => dnc_phones(''{+49 30 901820,+1 212 555 0134}''::text[]), vendor => ''leads'',
    lawful_basis => ''consent'', proof => ''{"form": "2026-01"}'');';
