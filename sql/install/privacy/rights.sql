-- ---------------------------------------------------------------------------
-- Requests of persons about their data, legal holds, and who was given numbers
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.require_words(what text, words text, most integer) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(btrim(words), '') = '' OR length(words) > most THEN
        RAISE EXCEPTION '% must be said, in up to % characters', what, most USING ERRCODE = 'invalid_parameter_value',
            DETAIL = CASE WHEN coalesce(btrim(words), '') = '' THEN 'Nothing was said.'
            ELSE format('It has %s characters.', length(words)) END, HINT = 'It is kept, and shown where it matters.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_words(text, text, integer)
    IS 'raises unless something was said, at not too great length';

-- ---------------------------------------------------------------------------
-- The register
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_subject_request(
    phone @extschema@.dnc_phone, kind text, received_at timestamptz DEFAULT now(), source text DEFAULT 'unspecified',
        evidence jsonb DEFAULT '{}', by text DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    taken_by ALIAS FOR $6; -- by
    fresh bigint;
    entry bigint;
BEGIN
    IF phone IS NULL OR kind IS NULL OR kind NOT IN ('access', 'rectification', 'erasure', 'restriction', 'objection')
        THEN
        RAISE EXCEPTION 'a request has a number and a kind' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('The kind is %L; kinds are access, rectification, erasure, restriction and objection.',
            kind);
    END IF;
    PERFORM dnc.require_known('source', source), dnc.require_evidence(evidence, taken_by, NULL),
        dnc.require_past('request received', received_at);
    -- Until it is decided, the data are not used: a restriction and an objection take effect at once (GDPR, art. 18 and
    -- 21(3)).
    fresh := nextval('dnc.subject_request_request_id_seq');
    IF kind IN ('restriction', 'objection') THEN
        entry := dnc.record_request(ARRAY[phone], 'all', NULL, 'no_processing', source, received_at,
            evidence || jsonb_build_object('subject_request', fresh), NULL, received_at, NULL, NULL, NULL, taken_by);
    END IF;
    INSERT INTO dnc.subject_request (request_id, phone, kind, received_at, due_at, source, evidence, taken_by, entry_id,
        recorded_at)
        VALUES (fresh, phone, kind, received_at,
            (received_at AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC', source, evidence, taken_by, entry,
            now());
    RETURN fresh;
END
$$;
CREATE FUNCTION @extschema@.dnc_subject_request(
    phone text, kind text, received_at timestamptz DEFAULT now(), source text DEFAULT 'unspecified',
        evidence jsonb DEFAULT '{}', by text DEFAULT NULL
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_subject_request(@extschema@.dnc_parse(phone), kind, received_at, source, evidence, by);
END;
COMMENT ON FUNCTION @extschema@.dnc_subject_request(@extschema@.dnc_phone, text, timestamptz, text, jsonb, text)
    IS 'enters a request of a person about their data (access, rectification, erasure, restriction, objection) into '
       'the register and returns it; a restriction and an objection refuse all use at once';
COMMENT ON FUNCTION @extschema@.dnc_subject_request(text, text, timestamptz, text, jsonb, text)
    IS 'enters a request of a person about their data (access, rectification, erasure, restriction, objection) into '
       'the register and returns it; a restriction and an objection refuse all use at once';

CREATE VIEW dnc.subject_request_state AS
    SELECT r.request_id, r.phone, r.kind, r.received_at, coalesce(x.due_at, r.due_at) AS due_at, r.source, r.taken_by,
        r.entry_id,
           i.detail AS identity_check, x.detail AS extended_because,
           CASE WHEN l.step_id IS NOT NULL THEN 'lifted' WHEN c.step IS NOT NULL THEN c.step
               WHEN i.step_id IS NULL THEN 'to be identified' ELSE 'open' END AS state,
           c.step IS NULL AND l.step_id IS NULL
               AND coalesce(x.due_at, r.due_at) < pg_catalog.statement_timestamp() AS overdue,
           coalesce(c.done_at, l.done_at) AS closed_at, coalesce(c.done_by, l.done_by) AS closed_by,
               coalesce(c.detail, l.detail) AS outcome,
           CASE WHEN r.kind IN ('restriction', 'objection') THEN EXISTS (SELECT FROM dnc.entry AS e
                   WHERE e.phone OPERATOR(@extschema@.=) r.phone AND e.reason = 'no_processing'
                   AND e.expires_at > pg_catalog.statement_timestamp()
               AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id
                   AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL))) END AS in_force
    FROM dnc.subject_request AS r
    LEFT JOIN LATERAL (SELECT s.* FROM dnc.subject_request_step AS s WHERE s.request_id = r.request_id
        AND s.step = 'identified' ORDER BY s.step_id DESC LIMIT 1) AS i ON true
    LEFT JOIN LATERAL (SELECT s.* FROM dnc.subject_request_step AS s WHERE s.request_id = r.request_id
        AND s.step = 'extended' ORDER BY s.step_id DESC LIMIT 1) AS x ON true
    LEFT JOIN LATERAL (SELECT s.* FROM dnc.subject_request_step AS s WHERE s.request_id = r.request_id
        AND s.step IN ('done', 'refused') ORDER BY s.step_id LIMIT 1) AS c ON true
    LEFT JOIN LATERAL (SELECT s.* FROM dnc.subject_request_step AS s WHERE s.request_id = r.request_id
        AND s.step = 'lifted' ORDER BY s.step_id LIMIT 1) AS l ON true;
COMMENT ON COLUMN dnc.subject_request_state.overdue IS 'neither done nor refused when it was due';
COMMENT ON COLUMN dnc.subject_request_state.in_force
    IS 'whether the refusal of all use that a restriction or an objection brings still holds';
COMMENT ON COLUMN dnc.subject_request_state.outcome IS 'what was done, or the ground of the refusal';
COMMENT ON VIEW dnc.subject_request_state
    IS 'requests of persons as they stand: how identified, due when, extended why, done or refused by whom';

CREATE FUNCTION @extschema@.dnc_subject_request_step(request bigint, step text, detail text, by text DEFAULT NULL,
    until timestamptz DEFAULT NULL) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS $$
#variable_conflict use_variable
DECLARE
    s       dnc.subject_request_state;
    who     text := coalesce(by, session_user::text);
    problem text;
    entry   bigint;
    next    bigint;
BEGIN
    PERFORM dnc.require_read_committed();
    IF step IS NULL OR step NOT IN ('identified', 'extended', 'done', 'refused', 'lifted') THEN
        RAISE EXCEPTION 'unknown step "%"', left(coalesce(step, 'NULL'), 60) USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'identified: how the person''s identity was checked; extended: why, with until; done: what was '
                     'done; refused: on which ground; lifted: why a restriction or objection ended.';
    END IF;
    PERFORM dnc.require_words('detail', detail, 5000), dnc.require_words('who does it', who, 500);
    PERFORM FROM dnc.subject_request AS r WHERE r.request_id = request FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no request %', coalesce(request::text, 'NULL') USING ERRCODE = 'no_data_found',
            HINT = 'dnc.subject_request_state tells the requests.';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('subject_request/' || request, 4476483));
    SELECT * INTO s FROM dnc.subject_request_state AS x WHERE x.request_id = request;
    problem := CASE
        WHEN step <> 'lifted' AND s.closed_at IS NOT NULL
            OR s.state = 'lifted' THEN format('It is %s since %s.', s.state, s.closed_at)
        WHEN step = 'done' AND s.identity_check IS NULL AND s.kind IN ('access', 'rectification', 'erasure')
            THEN 'Nobody has checked yet who asks: a step identified comes first.'
        WHEN step = 'extended'
            AND (until IS NULL OR NOT isfinite(until) OR until <= s.due_at
            OR until > s.received_at + interval '3 months')
            THEN format('An extension ends after %s and not after %s: two months more at the most (GDPR, art. 12(3)).',
            s.due_at, s.received_at + interval '3 months')
        WHEN step = 'extended' AND s.extended_because IS NOT NULL THEN 'It was extended once.'
        WHEN step = 'extended'
            AND now() > s.due_at
            THEN 'The person is told of an extension within the first month (GDPR, art. 12(3)), and that is over.'
        WHEN step <> 'extended' AND until IS NOT NULL THEN 'Only an extension has a new end.'
        WHEN step = 'lifted' AND (s.kind NOT IN ('restriction', 'objection') OR s.state = 'refused')
            THEN 'Only a restriction or an objection that is in force is lifted.' END;
    IF problem IS NOT NULL THEN
        RAISE EXCEPTION 'request % cannot be %', request, step USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = problem;
    END IF;
    INSERT INTO dnc.subject_request_step (request_id, step, detail, due_at, done_by, done_at)
    VALUES (request, step, detail, until, who, now());
    IF step = 'done' AND s.kind = 'erasure'
        AND EXISTS (SELECT FROM dnc.entry AS e WHERE dnc.same_phone(e.phone, s.phone)) THEN
        RAISE NOTICE 'request % is done, and data of % are still there', request, dnc.mask(s.phone)
            USING HINT = 'dnc_erase(…, request => …) erases them and closes the request.';
    END IF;
    -- What was refused at once for the time being ends, if the request is refused or lifted: under the number to which
    -- it was corrected, where it was.
    IF step = 'lifted' OR step = 'refused' AND s.kind IN ('restriction', 'objection') THEN
        entry := s.entry_id;
        LOOP
            PERFORM FROM dnc.entry AS e WHERE e.entry_id = entry FOR NO KEY UPDATE;
            SELECT e.entry_id INTO next FROM dnc.entry AS e WHERE e.corrects = entry;
            EXIT WHEN next IS NULL;
            entry := next;
        END LOOP;
        -- Against marketing an objection needs no ground (GDPR, art. 21(3)), so who objected is not contacted in any
        -- case.
        IF step = 'refused' AND s.kind = 'objection' THEN
            PERFORM dnc.record_request(ARRAY[e.phone], 'all', NULL, 'no_contact', e.source,
                least(e.requested_at, now()), jsonb_build_object('objection', request), NULL,
                least(e.received_at, now()), NULL, NULL, NULL, who) FROM dnc.entry AS e WHERE e.entry_id = entry;
        END IF;
        INSERT INTO dnc.entry (phone, ends, received_at, channel, purpose, kind, source, request_id, requested_at,
            recorded_at, taken_by, evidence)
            SELECT e.phone, e.entry_id, greatest(now(), e.recorded_at), e.channel, e.purpose, 'review', e.source,
                e.request_id, greatest(now(), e.recorded_at), greatest(now(), e.recorded_at), who,
                jsonb_build_object('subject_request', request, 'why', detail)
            FROM dnc.entry AS e WHERE e.entry_id = entry
                AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id
                AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL));
        IF NOT FOUND THEN
            RAISE NOTICE 'the refusal of request % had ended already, or was erased', request;
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_subject_request_step(bigint, text, text, text, timestamptz)
    IS 'records a step of a request: identified (how), extended (why; until), done (what), refused (ground), lifted '
       '(why a restriction or objection ended)';

-- ---------------------------------------------------------------------------
-- Rectification
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.correct(entry bigint, phone @extschema@.dnc_phone, why text, taken_by text) RETURNS bigint
LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_correct(entry, phone, why, taken_by);
END;
COMMENT ON FUNCTION dnc.correct(bigint, @extschema@.dnc_phone, text, text)
    IS 'dnc_correct, bound for functions that run as superuser';
CREATE FUNCTION @extschema@.dnc_rectify(phone @extschema@.dnc_phone, new_phone @extschema@.dnc_phone, why text,
    by text DEFAULT NULL) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    e     bigint;
    moved integer := 0;
BEGIN
    IF phone IS NULL OR new_phone IS NULL THEN
        RAISE EXCEPTION 'the number as it was recorded and the right one must be given'
            USING ERRCODE = 'null_value_not_allowed';
    END IF;
    FOR e IN SELECT x.entry_id FROM dnc.entry AS x WHERE dnc.same_phone(x.phone, phone) AND x.ends IS NULL
             AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = x.entry_id
                 AND dnc.ends_all(w.channel, w.purpose, x.channel, x.purpose, NULL, NULL)) ORDER BY 1 LOOP
        PERFORM dnc.correct(e, new_phone, why, by);
        moved := moved + 1;
    END LOOP;
    IF EXISTS (SELECT FROM dnc.consent AS c WHERE dnc.same_phone(c.phone, phone))
        OR EXISTS (SELECT FROM dnc.preference AS c WHERE dnc.same_phone(c.phone, phone))
        OR EXISTS (SELECT FROM dnc.relationship AS c WHERE dnc.same_phone(c.phone, phone)) THEN
        RAISE NOTICE 'consents, relationships and preferences of % stay where they are', dnc.mask(phone)
            USING DETAIL = 'What was agreed to for one number is no proof for another.',
            HINT = 'dnc_withdraw_consent ends them; dnc_consent, dnc_relationship and dnc_prefer record what holds '
                   'for the right number.';
    END IF;
    RETURN moved;
END
$$;
CREATE FUNCTION @extschema@.dnc_rectify(phone text, new_phone text, why text, by text DEFAULT NULL) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_rectify(@extschema@.dnc_parse(phone), @extschema@.dnc_parse(new_phone), why, by);
END;
COMMENT ON FUNCTION @extschema@.dnc_rectify(@extschema@.dnc_phone, @extschema@.dnc_phone, text, text)
    IS 'moves every refusal in force that was recorded under a wrong number to the right one, as dnc_correct does '
       'with one; returns how many';
COMMENT ON FUNCTION @extschema@.dnc_rectify(text, text, text, text)
    IS 'moves every refusal in force that was recorded under a wrong number to the right one, as dnc_correct does '
       'with one; returns how many';

-- ---------------------------------------------------------------------------
-- Legal holds
-- ---------------------------------------------------------------------------

CREATE VIEW dnc.legal_hold_in_force AS
    SELECT h.hold_id, h.matter, h.phone, h.since, h.until, h.why, h.done_by, h.recorded_at FROM dnc.legal_hold AS h
    WHERE h.lifts IS NULL AND NOT EXISTS (SELECT FROM dnc.legal_hold AS l WHERE l.lifts = h.hold_id);
COMMENT ON VIEW dnc.legal_hold_in_force IS 'legal holds that nobody has lifted';
CREATE VIEW dnc.restriction_in_force AS
    SELECT r.request_id, r.phone FROM dnc.subject_request AS r WHERE r.kind = 'restriction'
        AND NOT EXISTS (SELECT FROM dnc.subject_request_step AS s WHERE s.request_id = r.request_id
        AND s.step IN ('refused', 'lifted'));
COMMENT ON VIEW dnc.restriction_in_force
    IS 'requests for restriction that hold: the data are stored, not used, not erased (GDPR, art. 18)';
-- Whether something of a number is kept: a hold covers one of its times, or its data are restricted.
CREATE FUNCTION dnc.is_held(phone @extschema@.dnc_phone, at timestamptz[]) RETURNS boolean LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM dnc.legal_hold_in_force AS h
        WHERE (h.phone IS NULL OR h.phone OPERATOR(@extschema@.=) is_held.phone)
        AND EXISTS (SELECT FROM pg_catalog.unnest(is_held.at) AS t (t) WHERE t.t IS NULL OR h.since <= t.t
            AND t.t < h.until))
        OR EXISTS (SELECT FROM dnc.restriction_in_force AS r WHERE r.phone OPERATOR(@extschema@.=) is_held.phone);
END;
COMMENT ON FUNCTION dnc.is_held(@extschema@.dnc_phone, timestamptz[])
    IS 'whether what happened to a number or was recorded of it at one of some times is under a legal hold or a '
       'restriction; NULL: at any time';

CREATE FUNCTION @extschema@.dnc_hold(matter text, phones @extschema@.dnc_phone[], why text, by text DEFAULT NULL,
    since timestamptz DEFAULT '-infinity', until timestamptz DEFAULT 'infinity') RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    made integer;
BEGIN
    PERFORM dnc.require_words('the matter', matter, 500), dnc.require_words('why', why, 5000),
        dnc.require_words('who does it', coalesce(by, session_user::text), 500);
    IF array_ndims(phones) > 1 THEN
        RAISE EXCEPTION 'a hold is of a list of numbers' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'Given was a list of lists.';
    END IF;
    IF since IS NULL OR until IS NULL OR since >= until OR cardinality(phones) = 0
        OR array_position(phones, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'a hold is of numbers, or of every one (NULL), and of some time'
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It would be of %s number(s), from %s to %s.', coalesce(cardinality(phones)::text, 'every'),
            since, until);
    END IF;
    -- Whoever erases waits, and finds the hold.
    LOCK TABLE dnc.legal_hold IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO dnc.legal_hold (matter, phone, since, until, why, done_by, recorded_at)
        SELECT DISTINCT matter, p, since, until, why, coalesce(by, session_user::text), now()
        FROM (SELECT x FROM unnest(phones) AS x UNION ALL SELECT NULL WHERE phones IS NULL) AS u (p);
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made;
END
$$;
CREATE FUNCTION @extschema@.dnc_lift_hold(matter text, why text, by text DEFAULT NULL,
    phones @extschema@.dnc_phone[] DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    lifted integer;
BEGIN
    PERFORM dnc.require_words('the matter', matter, 500), dnc.require_words('why', why, 5000),
        dnc.require_words('who does it', coalesce(by, session_user::text), 500);
    LOCK TABLE dnc.legal_hold IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO dnc.legal_hold (matter, phone, since, until, lifts, why, done_by, recorded_at)
        SELECT h.matter, h.phone, h.since, h.until, h.hold_id, why, coalesce(by, session_user::text), now()
        FROM dnc.legal_hold_in_force AS h
        WHERE h.matter = matter
          AND (phones IS NULL OR EXISTS (SELECT FROM unnest(phones) AS p WHERE dnc.same_phone(p, h.phone)));
    GET DIAGNOSTICS lifted = ROW_COUNT;
    IF lifted = 0 THEN
        RAISE NOTICE 'no hold in force is for the matter "%"%', matter,
                CASE WHEN phones IS NOT NULL THEN ' and these numbers' ELSE '' END
            USING
            HINT = 'dnc.legal_hold_in_force tells those that are; a hold of every number is lifted as a whole, '
                   'without numbers.';
    END IF;
    RETURN lifted;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_hold(text, @extschema@.dnc_phone[], text, text, timestamptz, timestamptz)
    IS 'places a legal hold for a matter on numbers, or on every one (NULL), and on what was recorded between two '
       'times; it blocks erasure and purge until it is lifted';
COMMENT ON FUNCTION @extschema@.dnc_lift_hold(text, text, text, @extschema@.dnc_phone[])
    IS 'lifts the holds of a matter, or those of some numbers of it; returns how many';

-- ---------------------------------------------------------------------------
-- Recipients
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_disclosed(recipient text, what text, phones @extschema@.dnc_phone[] DEFAULT NULL,
    channel text DEFAULT NULL, purpose text DEFAULT NULL, disclosed_at timestamptz DEFAULT now()) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    made integer;
BEGIN
    PERFORM dnc.require_known('recipient', recipient), dnc.require_words('what was given', what, 500),
        dnc.require_past('numbers given', disclosed_at), dnc.require_scope(channel, purpose, NULL);
    IF cardinality(phones) = 0 OR array_position(phones, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'no number given' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'NULL in place of numbers: the whole internal list was given.';
    END IF;
    INSERT INTO dnc.disclosure (recipient, phone, what, channel, purpose, disclosed_at, recorded_by)
        SELECT DISTINCT recipient, p, what, nullif(channel, 'all'), purpose, disclosed_at, session_user::text
        FROM (SELECT x FROM unnest(phones) AS x UNION ALL SELECT NULL WHERE phones IS NULL) AS u (p);
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made;
END
$$;
CREATE FUNCTION dnc.disclosed(recipient text, what text, channel text, purpose text) RETURNS integer LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_disclosed(recipient, what, NULL, channel, purpose);
END;
CREATE FUNCTION dnc.export(format text, channel text, purpose text) RETURNS SETOF text LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_export(format, channel, purpose);
END;
CREATE FUNCTION @extschema@.dnc_export_to(recipient text, format text DEFAULT 'e164', channel text DEFAULT 'voice',
    purpose text DEFAULT NULL) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS $$
BEGIN
    PERFORM dnc.disclosed(recipient, 'export ' || coalesce(format, 'NULL'), channel, purpose);
    RETURN QUERY SELECT * FROM dnc.export(format, channel, purpose);
END
$$;
COMMENT ON FUNCTION dnc.disclosed(text, text, text, text)
    IS 'dnc_disclosed of the whole list, bound for functions that run as superuser';
COMMENT ON FUNCTION dnc.export(text, text, text) IS 'dnc_export, bound for functions that run as superuser';
COMMENT ON FUNCTION @extschema@.dnc_disclosed(text, text, @extschema@.dnc_phone[], text, text, timestamptz)
    IS 'records that a recipient was given numbers, or (NULL) the whole internal list for a channel and purpose; '
       'returns how many rows';
COMMENT ON FUNCTION @extschema@.dnc_export_to(text, text, text, text) IS 'dnc_export, recorded as given to a recipient';

-- Who was given a number, by name or with the list while it was on it.
CREATE FUNCTION dnc.recipients_of(phone @extschema@.dnc_phone)
RETURNS TABLE (recipient text, kind text, contact text, what text, first_at timestamptz, last_at timestamptz,
    times bigint) LANGUAGE sql STABLE ROWS 3
BEGIN ATOMIC
    SELECT d.recipient, r.kind, r.contact, d.what, pg_catalog.min(d.disclosed_at), pg_catalog.max(d.disclosed_at),
        pg_catalog.count(*)
    FROM dnc.disclosure AS d LEFT JOIN dnc.recipient AS r ON r.recipient = d.recipient
    WHERE d.phone OPERATOR(@extschema@.=) recipients_of.phone
       OR d.phone IS NULL AND EXISTS (
            SELECT FROM dnc.entry AS e WHERE e.phone OPERATOR(@extschema@.=) recipients_of.phone AND e.ends IS NULL
                AND e.recorded_at <= d.disclosed_at AND e.expires_at > d.disclosed_at
                AND dnc.meets(e.channel, e.purpose, d.channel, d.purpose)
              AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND w.recorded_at <= d.disclosed_at
                  AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, d.channel, d.purpose)))
    GROUP BY d.recipient, r.kind, r.contact, d.what;
END;
COMMENT ON FUNCTION dnc.recipients_of(@extschema@.dnc_phone)
    IS 'who was given a number, by itself or with the list while it was on it';
