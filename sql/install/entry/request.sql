-- ---------------------------------------------------------------------------
-- Requests: record an opt-out, revoke one, correct a mistake
-- ---------------------------------------------------------------------------
-- These run with the privileges of the extension's owner: they access only the extension's relations, and take only
-- values.

CREATE FUNCTION dnc.record_request(
    phones @extschema@.dnc_phone[], channel text, purpose text, reason text, source text, requested_at timestamptz,
    evidence jsonb, external_ref text, received_at timestamptz, effective_at timestamptz, expires_at timestamptz,
    due_at timestamptz, taken_by text
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    request bigint;
    entry   bigint;
    phone   dnc.entry.phone%TYPE;
    earlier record;
BEGIN
    IF phones IS NULL OR cardinality(phones) = 0 OR array_ndims(phones) > 1
        OR array_position(phones, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'no number given' USING ERRCODE = 'null_value_not_allowed',
            DETAIL = 'An opt-out is recorded for a number.',
            HINT = 'Check what was passed to dnc_add for NULL, an empty array and nested arrays.';
    END IF;
    IF channel IS NULL OR reason IS NULL OR source IS NULL OR requested_at IS NULL OR evidence IS NULL THEN
        RAISE EXCEPTION 'channel, reason, source, requested_at and evidence must not be NULL'
            USING ERRCODE = 'null_value_not_allowed',
            DETAIL = 'Only purpose may be: it then means every purpose.',
            HINT = 'Leave an argument out to get its default.';
    END IF;
    PERFORM dnc.require_known('channel', channel), dnc.require_known('reason', reason),
        dnc.require_known('source', source);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    -- An objection to any use of the data covers every channel and purpose.
    IF reason = 'no_processing' AND (channel <> 'all' OR purpose IS NOT NULL) THEN
        RAISE NOTICE 'reason no_processing covers every channel and purpose, not only those given';
        channel := 'all';
        purpose := NULL;
    END IF;
    received_at := coalesce(received_at, now());
    expires_at := coalesce(expires_at, 'infinity');
    -- Only a future start is stored; any other takes effect at once, for everybody who can see the row.
    effective_at := CASE WHEN effective_at > now() THEN effective_at ELSE '-infinity' END;
    PERFORM dnc.require_order(requested_at, received_at);
    IF length(external_ref) NOT BETWEEN 1 AND 500 OR length(taken_by) NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'external_ref and taken_by have 1 to 500 characters'
            USING ERRCODE = 'string_data_right_truncation',
            DETAIL = format('They have %s and %s.', coalesce(length(external_ref)::text, 'none'),
                coalesce(length(taken_by)::text, 'none')),
            HINT = 'Leave them out where there is nothing to say; longer texts belong into evidence.';
    END IF;
    IF NOT isfinite(due_at) OR effective_at = 'infinity' THEN
        RAISE EXCEPTION 'effective_at and due_at of an opt-out must be finite'
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Given were effective_at %s and due_at %s.', effective_at, due_at),
            HINT = 'Leave them out: it then counts at once, and the rules say when it is due.';
    END IF;
    IF due_at < requested_at THEN
        RAISE EXCEPTION 'the request would be due at %, before it was made', due_at
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It was made at %s.', requested_at);
    END IF;
    IF effective_at >= expires_at OR expires_at <= now() THEN
        RAISE EXCEPTION 'the opt-out would expire at %, before it takes effect', expires_at
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('It takes effect at %s.',
                      CASE WHEN isfinite(effective_at) THEN effective_at ELSE now() END),
                  HINT = 'Leave expires_at out unless the person asked for a pause.';
    END IF;
    IF jsonb_typeof(evidence) <> 'object' THEN
        RAISE EXCEPTION 'evidence must be a JSON object' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It is %s.', jsonb_typeof(evidence)), HINT = 'Write {"words": "…"}.';
    END IF;
    IF external_ref IS NOT NULL THEN
        -- One request for each reference: a concurrent caller waits, then sees what the first recorded.
        PERFORM pg_advisory_xact_lock(hashtextextended(source || '/' || external_ref, 4476483));
        SELECT min(e.request_id) AS request, count(*) AS numbers,
               bool_and(e.channel = channel AND e.purpose IS NOT DISTINCT FROM purpose AND e.reason = reason) AS same,
               bool_or(EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id)) AS ended,
               count(*) FILTER (WHERE EXISTS (SELECT FROM unnest(phones) AS p WHERE dnc.same_phone(p, e.phone)))
                   AS same_numbers
            INTO earlier FROM dnc.entry AS e WHERE e.source = source AND e.external_ref = external_ref
                AND e.batch_id IS NULL;
        IF earlier.numbers > 0 AND earlier.ended THEN
            RAISE EXCEPTION 'the reference "%" of source % belongs to a request that was withdrawn since', external_ref,
                    source
                USING ERRCODE = 'unique_violation',
                DETAIL = format('Request %s has ended, in whole or in part.', earlier.request),
                      HINT = 'If the person opts out again, record that under a reference of its own.';
        ELSIF earlier.numbers > 0 THEN
            IF earlier.same AND earlier.same_numbers = earlier.numbers
               AND earlier.numbers = (SELECT count(DISTINCT p) FROM unnest(phones) AS p) THEN
                RETURN earlier.request;
            END IF;
            RAISE EXCEPTION 'the reference "%" of source % already belongs to another request', external_ref, source
                USING ERRCODE = 'unique_violation',
                      DETAIL = format('Request %s differs in number, channel, purpose or reason.', earlier.request),
                      HINT = 'Give each request a reference of its own; the same request recorded twice adds nothing.';
        END IF;
    END IF;
    FOR phone IN SELECT DISTINCT p FROM unnest(phones) AS p ORDER BY p LOOP
        entry := nextval('dnc.entry_entry_id_seq');
        request := coalesce(request, entry);
        INSERT INTO dnc.entry (entry_id, phone, effective_at, expires_at, received_at, channel, purpose, kind, reason,
            source,
                               request_id, requested_at, recorded_at, due_at, taken_by, evidence, external_ref)
        VALUES (entry, phone, effective_at, expires_at, received_at, channel, purpose, 'refusal', reason, source,
                request, requested_at, now(),
                    coalesce(least(due_at, dnc.rule_due(phone, channel, requested_at, received_at)), received_at),
                    taken_by, evidence, external_ref) ON CONFLICT DO NOTHING;
        PERFORM dnc.require_recorded(FOUND);
    END LOOP;
    PERFORM dnc.report_no_range(phones);
    RETURN request;
END
$$;
COMMENT ON FUNCTION dnc.record_request(@extschema@.dnc_phone[], text, text, text, text, timestamptz, jsonb, text,
    timestamptz, timestamptz, timestamptz, timestamptz, text)
    IS 'records one request for all of a person''s numbers, for dnc_add';

-- Plain requests for one number are recorded without SQL, all others by the function above (src/entry/request.rs).
CREATE FUNCTION @extschema@.dnc_add(
    phone @extschema@.dnc_phone, channel text DEFAULT 'all', purpose text DEFAULT NULL,
        reason text DEFAULT 'no_contact',
    source text DEFAULT 'unspecified', requested_at timestamptz DEFAULT now(), evidence jsonb DEFAULT '{}',
        external_ref text DEFAULT NULL,
    received_at timestamptz DEFAULT NULL, effective_at timestamptz DEFAULT NULL, expires_at timestamptz DEFAULT NULL,
    due_at timestamptz DEFAULT NULL, by text DEFAULT NULL
) RETURNS bigint AS 'MODULE_PATHNAME', 'dnc_add_phone'
    LANGUAGE c COST 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
CREATE FUNCTION @extschema@.dnc_add(
    phone text, channel text DEFAULT 'all', purpose text DEFAULT NULL, reason text DEFAULT 'no_contact',
    source text DEFAULT 'unspecified', requested_at timestamptz DEFAULT now(), evidence jsonb DEFAULT '{}',
        external_ref text DEFAULT NULL,
    received_at timestamptz DEFAULT NULL, effective_at timestamptz DEFAULT NULL, expires_at timestamptz DEFAULT NULL,
    due_at timestamptz DEFAULT NULL, by text DEFAULT NULL
) RETURNS bigint AS 'MODULE_PATHNAME', 'dnc_add_text' LANGUAGE c COST 100 SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp;
CREATE FUNCTION @extschema@.dnc_add(
    phones @extschema@.dnc_phone[], channel text DEFAULT 'all', purpose text DEFAULT NULL,
        reason text DEFAULT 'no_contact',
    source text DEFAULT 'unspecified', requested_at timestamptz DEFAULT now(), evidence jsonb DEFAULT '{}',
        external_ref text DEFAULT NULL,
    received_at timestamptz DEFAULT NULL, effective_at timestamptz DEFAULT NULL, expires_at timestamptz DEFAULT NULL,
    due_at timestamptz DEFAULT NULL, by text DEFAULT NULL
) RETURNS bigint AS 'MODULE_PATHNAME', 'dnc_add_phones'
    LANGUAGE c COST 100 SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION @extschema@.dnc_add(@extschema@.dnc_phone, text, text, text, text, timestamptz, jsonb, text,
    timestamptz, timestamptz, timestamptz, timestamptz, text)
    IS 'Records an opt-out of a number and returns its entry_id; a repeated external_ref of the same source and scope '
       'adds nothing and returns the earlier request. purpose NULL: every purpose, otherwise also everything below it; '
       'by: who took the request; effective_at: a future start; expires_at: end of a temporary opt-out; due_at: '
       'deadline to honour it, if earlier than that of the rules. A NOTICE names a number that is in no range in use; '
       'it is recorded.
Errors: 22004 a NULL argument other than purpose or one that defaults to NULL; 22023 unknown channel, purpose, '
       'reason or source, evidence that is no object, or times out of order; 22001 external_ref or by not of 1 to 500 '
       'characters; 23505 external_ref of a different or revoked request; 40001 the same was recorded concurrently; '
       '54000 over 16 MiB.
Example: SELECT dnc_add(phone => ''+44 20 7946 0018'', channel => ''voice'', source => ''phone_agent'');';
COMMENT ON FUNCTION @extschema@.dnc_add(text, text, text, text, text, timestamptz, jsonb, text, timestamptz,
    timestamptz, timestamptz, timestamptz, text)
    IS 'dnc_add for a text, read in the region of dnc.default_region; an error for text that is not exactly one '
       'number: for several, it says how to record them under one request';
COMMENT ON FUNCTION @extschema@.dnc_add(@extschema@.dnc_phone[], text, text, text, text, timestamptz, jsonb, text,
    timestamptz, timestamptz, timestamptz, timestamptz, text)
    IS 'dnc_add for all numbers of one person; returns the request_id, which is its first entry_id';

-- Revokes exactly the given scope: the revocation has the overlap of that scope and the entry, so that revoking sms in
-- an opt-out of everything leaves everything else suppressed.
CREATE FUNCTION @extschema@.dnc_revoke(
    phone @extschema@.dnc_phone, channel text DEFAULT 'all', purpose text DEFAULT NULL,
        source text DEFAULT 'unspecified',
    evidence jsonb DEFAULT '{}', requested_at timestamptz DEFAULT now(), received_at timestamptz DEFAULT NULL,
    by text DEFAULT NULL, force boolean DEFAULT false
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    taken_by ALIAS FOR $8; -- by
    e       record;
    ended   integer := 0;
    sticky  integer := 0;
    newer   integer := 0;
    locked  bigint[];
    part_c  text;
    part_p  text;
BEGIN
    IF phone IS NULL OR channel IS NULL OR source IS NULL OR evidence IS NULL OR requested_at IS NULL THEN
        RAISE EXCEPTION 'phone, channel, source, evidence and requested_at must not be NULL'
            USING ERRCODE = 'null_value_not_allowed',
            HINT = 'Only purpose may be: it then means every purpose.';
    END IF;
    PERFORM dnc.require_known('channel', channel), dnc.require_known('source', source);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    received_at := coalesce(received_at, now());
    PERFORM dnc.require_order(requested_at, received_at);
    IF jsonb_typeof(evidence) <> 'object' OR length(taken_by) NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'evidence must be a JSON object, and taken_by have 1 to 500 characters'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF evidence ? 'consent' THEN
        PERFORM FROM dnc.consent AS c WHERE to_jsonb(c.consent_id) = evidence -> 'consent' AND NOT c.withdrawal
            AND dnc.same_phone(c.phone, phone) FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no consent % of %', evidence -> 'consent', dnc.mask(phone)
                USING ERRCODE = 'invalid_parameter_value',
                DETAIL = 'A revocation can cite only a consent of the same number.',
                HINT = 'dnc_history(phone) lists the consents of a number.';
        END IF;
    END IF;
    locked := dnc.lock_refusals(phone);
    FOR e IN SELECT r.*, k.sticky FROM dnc.entries_of(phone) AS r JOIN dnc.reason AS k ON k.reason = r.reason
             WHERE r.entry_id = ANY (locked) ORDER BY r.entry_id LOOP
        part_c := CASE WHEN channel = 'all' THEN e.channel WHEN e.channel IN ('all', channel) THEN channel END;
        CONTINUE WHEN part_c IS NULL;
        -- An objection to any use of the data is revoked as a whole or not at all.
        IF (e.reason = 'no_processing' AND (channel <> 'all' OR purpose IS NOT NULL) OR e.evidence ? 'subject_request')
            AND NOT force THEN
            sticky := sticky + 1;
            CONTINUE;
        END IF;
        -- A revocation made before the opt-out does not revoke it, however late it is recorded.
        IF e.requested_at > requested_at AND NOT force THEN
            newer := newer + 1;
            CONTINUE;
        END IF;
        IF purpose IS NULL OR dnc.covers(purpose, e.purpose) THEN
            part_p := e.purpose;
        ELSIF e.purpose IS NULL OR dnc.covers(e.purpose, purpose) THEN
            part_p := purpose;
        ELSE
            CONTINUE;
        END IF;
        CONTINUE WHEN EXISTS (SELECT FROM dnc.entries_of(phone) AS w WHERE w.ends = e.entry_id
                                AND dnc.ends_all(w.channel, w.purpose, part_c, part_p, NULL, NULL));
        IF e.sticky AND NOT force THEN
            sticky := sticky + 1;
            CONTINUE;
        END IF;
        IF e.entry_id < 0 THEN
            -- An erased number: the opt-out is stored under its pseudonym.
            INSERT INTO dnc.pseudonym (pseudonym, pseudonym_low, key_id, ends, received_at, channel, purpose, kind,
                source, requested_at, recorded_at)
                SELECT f.pseudonym, f.pseudonym_low, f.key_id, f.pseudonym_id, received_at, part_c, part_p,
                    'withdrawal', source, requested_at, now()
                FROM dnc.pseudonym AS f WHERE f.pseudonym_id = -e.entry_id;
            ended := ended + 1;
            CONTINUE;
        END IF;
        INSERT INTO dnc.entry (phone, ends, received_at, channel, purpose, kind, source, request_id, requested_at,
            recorded_at, taken_by, evidence)
        VALUES (phone, e.entry_id, received_at, part_c, part_p, 'withdrawal', source, e.request_id, requested_at, now(),
            taken_by, evidence);
        ended := ended + 1;
    END LOOP;
    IF sticky > 0 THEN
        RAISE NOTICE '% opt-out(s) of % stay: complaints and litigation are revoked only when forced, an objection to '
                     'any use only as a whole, and one of the register by its request', sticky, dnc.mask(phone)
            USING HINT = 'dnc_revoke(…, force => true) revokes them, with the evidence for it.';
    ELSIF newer > 0 THEN
        RAISE NOTICE '% opt-out(s) of % stay: they were made after this revocation', newer, dnc.mask(phone);
    ELSIF ended = 0 THEN
        RAISE NOTICE 'no opt-out of % has this scope', dnc.mask(phone);
    END IF;
    IF ended > 0 THEN
        PERFORM dnc.report_no_range(ARRAY[phone]);
    END IF;
    RETURN ended;
END
$$;
CREATE FUNCTION @extschema@.dnc_revoke(
    phone text, channel text DEFAULT 'all', purpose text DEFAULT NULL, source text DEFAULT 'unspecified',
    evidence jsonb DEFAULT '{}', requested_at timestamptz DEFAULT now(), received_at timestamptz DEFAULT NULL,
    by text DEFAULT NULL, force boolean DEFAULT false
) RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_revoke(@extschema@.dnc_parse(phone), channel, purpose, source, evidence, requested_at,
        received_at, by, force);
END;

CREATE FUNCTION @extschema@.dnc_correct(entry bigint, new_phone @extschema@.dnc_phone, why text,
    by text DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    taken_by ALIAS FOR $4; -- by
    e     dnc.entry;
    fresh bigint;
    at    timestamptz;
BEGIN
    -- Serializes with transactions that revoke, move or erase it.
    SELECT * INTO e FROM dnc.entry AS x WHERE x.entry_id = entry FOR NO KEY UPDATE;
    IF e.entry_id IS NULL OR e.ends IS NOT NULL THEN
        RAISE EXCEPTION 'there is no opt-out %', coalesce(entry::text, 'NULL') USING ERRCODE = 'no_data_found',
            DETAIL = 'A correction moves an opt-out that was recorded under a wrong number.',
            HINT = 'dnc_history(phone) lists the entries of a number.';
    END IF;
    IF why IS NULL OR btrim(why) = '' OR length(taken_by) NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'a correction needs its reason, and taken_by has 1 to 500 characters'
            USING ERRCODE = 'null_value_not_allowed', HINT = 'Say in why what was wrong.';
    END IF;
    IF new_phone IS NULL OR dnc.same_phone(new_phone, e.phone) THEN
        RAISE EXCEPTION 'a correction needs another number' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Entry %s is recorded for %s.', entry, dnc.mask(e.phone)),
            HINT = 'To revoke the opt-out use dnc_revoke.';
    END IF;
    IF EXISTS (SELECT FROM dnc.entry AS w
        WHERE w.ends = entry AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL)) THEN
        RAISE EXCEPTION 'entry % has ended already', entry USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'A revoked opt-out is not corrected.', HINT = 'Record the right number with dnc_add.';
    END IF;
    -- Not before the entry it corrects, which may have been recorded since this transaction began.
    SELECT greatest(now(), max(x.recorded_at)) INTO at FROM dnc.entry AS x WHERE x.entry_id = entry OR x.ends = entry;
    fresh := nextval('dnc.entry_entry_id_seq');
    INSERT INTO dnc.entry (entry_id, phone, effective_at, expires_at, received_at, channel, purpose, kind, reason,
        source,
                           request_id, requested_at, recorded_at, due_at, taken_by, evidence, batch_id, corrects)
    VALUES (fresh, new_phone, e.effective_at, e.expires_at, e.received_at, e.channel, e.purpose, 'refusal', e.reason,
        e.source,
            e.request_id, e.requested_at, at,
                coalesce(least(e.due_at, dnc.rule_due(new_phone, e.channel, e.requested_at, e.received_at)),
                e.received_at), coalesce(taken_by, e.taken_by), e.evidence, e.batch_id, entry);
    -- Revoked parts of the scope stay revoked.
    INSERT INTO dnc.entry (phone, ends, received_at, channel, purpose, kind, source, request_id, requested_at,
        recorded_at, taken_by, evidence)
        SELECT new_phone, fresh, w.received_at, w.channel, w.purpose, w.kind, w.source, w.request_id, w.requested_at,
            at, w.taken_by, w.evidence
        FROM dnc.entry AS w WHERE w.ends = entry ORDER BY w.entry_id;
    INSERT INTO dnc.entry (phone, ends, received_at, channel, purpose, kind, source, request_id, requested_at,
        recorded_at, taken_by, evidence)
    VALUES (e.phone, entry, at, e.channel, e.purpose, 'correction', e.source, e.request_id, at, at, taken_by,
        jsonb_build_object('why', why));
    PERFORM dnc.report_no_range(ARRAY[new_phone]);
    RETURN fresh;
END
$$;
CREATE FUNCTION @extschema@.dnc_correct(entry bigint, new_phone text, why text, by text DEFAULT NULL)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_correct(entry, @extschema@.dnc_parse(new_phone), why, by);
END;

COMMENT ON FUNCTION @extschema@.dnc_revoke(@extschema@.dnc_phone, text, text, text, jsonb, timestamptz, timestamptz,
    text, boolean)
    IS 'Revokes, in the given scope, the opt-outs of a number and returns how many it changed. Sticky reasons '
       '(complaint, litigator), opt-outs newer than requested_at, and part of an objection to any use are revoked only '
       'with force. evidence may cite a consent: {"consent": consent_id}.
Errors: 22004 a NULL argument other than purpose, received_at and by; 22023 unknown channel, purpose or '
       'source, evidence that is no object, by not of 1 to 500 characters, times out of order, or no such consent of '
       'the number; 40001 an opt-out was revoked or moved concurrently.
Example: SELECT dnc_revoke(phone => ''+44 20 7946 0018'', channel => ''sms'', source => ''letter'');';
COMMENT ON FUNCTION @extschema@.dnc_correct(bigint, @extschema@.dnc_phone, text, text)
    IS 'Moves an opt-out recorded under a wrong number to the right one and returns the new entry_id. The old entry is '
       'closed as a correction, not as a revocation.
Errors: P0002 no such opt-out; 22004 why is empty, or by not of 1 to 500 characters; 22023 new_phone is NULL '
       'or the same number; 55000 the opt-out has been revoked.
Example: SELECT dnc_correct(entry => 2, new_phone => ''+1 212 555 0143'', why => ''digits swapped'');';
COMMENT ON FUNCTION @extschema@.dnc_revoke(text, text, text, text, jsonb, timestamptz, timestamptz, text, boolean)
    IS 'dnc_revoke for a text, read in the region of dnc.default_region; an error for text that is no number';
COMMENT ON FUNCTION @extschema@.dnc_correct(bigint, text, text, text)
    IS 'dnc_correct for a text, read in the region of dnc.default_region; an error for text that is no number';
