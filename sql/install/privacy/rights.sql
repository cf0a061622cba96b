-- ---------------------------------------------------------------------------
-- Data subject requests, rectification, legal holds, recipients
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
COMMENT ON FUNCTION dnc.require_words(text, text, integer) IS 'raises for a text that is empty or too long';

-- ---------------------------------------------------------------------------
-- The register of requests
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
    -- A restriction and an objection take effect at once, before the decision (GDPR, art. 18 and 21(3)).
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
    IS 'Records a data subject request (access, rectification, erasure, restriction or objection), due one month '
       'after receipt, and returns its request_id. A restriction and an objection also record an opt-out from all '
       'processing at once.
Errors: 22023 no number, unknown kind or source, evidence that is no object, or received_at in the future; 22001 by '
       'is empty or over 500 characters.
Example: SELECT dnc_subject_request(phone => ''+44 20 7946 0018'', kind => ''access'', source => ''phone_agent'',
  by => ''agent 12'');';
COMMENT ON FUNCTION @extschema@.dnc_subject_request(text, text, timestamptz, text, jsonb, text)
    IS 'dnc_subject_request for a text, read in the region of dnc.default_region';

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
COMMENT ON COLUMN dnc.subject_request_state.overdue IS 'neither done nor refused by due_at';
COMMENT ON COLUMN dnc.subject_request_state.in_force
    IS 'whether the opt-out of the restriction or objection is still in force';
COMMENT ON COLUMN dnc.subject_request_state.outcome IS 'what was done, or the ground for refusing the request';
COMMENT ON VIEW dnc.subject_request_state
    IS 'current state of data subject requests: identification, deadline, extension, result';

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
            HINT = 'dnc.subject_request_state lists the requests.';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('subject_request/' || request, 4476483));
    SELECT * INTO s FROM dnc.subject_request_state AS x WHERE x.request_id = request;
    problem := CASE
        WHEN step <> 'lifted' AND s.closed_at IS NOT NULL
            OR s.state = 'lifted' THEN format('It is %s since %s.', s.state, s.closed_at)
        WHEN step = 'done' AND s.identity_check IS NULL AND s.kind IN ('access', 'rectification', 'erasure')
            THEN 'The person''s identity is not verified yet: record a step identified first.'
        WHEN step = 'extended'
            AND (until IS NULL OR NOT isfinite(until) OR until <= s.due_at
            OR until > s.received_at + interval '3 months')
            THEN format('An extension ends after %s and not after %s: two months more at the most (GDPR, art. 12(3)).',
            s.due_at, s.received_at + interval '3 months')
        WHEN step = 'extended' AND s.extended_because IS NOT NULL THEN 'It was extended once.'
        WHEN step = 'extended'
            AND now() > s.due_at
            THEN 'The person must be informed of an extension within the first month (GDPR, art. 12(3)), which is over.'
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
    -- Refusing or lifting the request revokes its provisional opt-out, under the corrected number if there is one.
    IF step = 'lifted' OR step = 'refused' AND s.kind IN ('restriction', 'objection') THEN
        entry := s.entry_id;
        LOOP
            PERFORM FROM dnc.entry AS e WHERE e.entry_id = entry FOR NO KEY UPDATE;
            SELECT e.entry_id INTO next FROM dnc.entry AS e WHERE e.corrects = entry;
            EXIT WHEN next IS NULL;
            entry := next;
        END LOOP;
        -- An objection to marketing needs no ground (GDPR, art. 21(3)), so the number stays suppressed in any case.
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
            RAISE NOTICE 'the opt-out of request % was already revoked, or was erased', request;
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_subject_request_step(bigint, text, text, text, timestamptz)
    IS 'Records a step of a data subject request. step is identified, extended, done, refused or lifted; detail says '
       'how the person was identified, why it was extended (until when: until), what was done, on which ground it was '
       'refused, or why a restriction or objection ended. done and refused close the request; refused and lifted '
       'revoke its opt-out.
Errors: 22023 unknown step, or detail or by is empty or too long; P0002 no such request; 55000 the step does not fit '
       'the state of the request, or an extension its limits; 25000 the transaction is not READ COMMITTED.
Example: SELECT dnc_subject_request_step(request => 1, step => ''identified'', detail => ''called back, code word'',
  by => ''agent 12'');';

-- ---------------------------------------------------------------------------
-- Rectification
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.correct(entry bigint, phone @extschema@.dnc_phone, why text, taken_by text) RETURNS bigint
LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_correct(entry, phone, why, taken_by);
END;
COMMENT ON FUNCTION dnc.correct(bigint, @extschema@.dnc_phone, text, text)
    IS 'dnc_correct, bound at creation for functions that run as superuser';
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
    IF EXISTS (SELECT FROM dnc.complaint AS c WHERE dnc.same_phone(c.phone, phone)) THEN
        RAISE NOTICE 'complaints of % stay where they are', dnc.mask(phone)
            USING DETAIL = 'They are history, recorded under the number as it was taken.',
            HINT = 'If one was about the right number, record it there (dnc_complaint) and close this one '
                   '(dnc_complaint_step).';
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
    IS 'Moves every opt-out in force from a wrong number to the right one, as dnc_correct does with one, and returns '
       'their count. Consents, relationships, preferences and complaints stay.
Errors: 22004 a number or why is missing; 22023 both numbers are the same.
Example: SELECT dnc_rectify(phone => ''+44 20 7946 0018'', new_phone => ''+44 20 7946 0019'',
  why => ''typing error'', by => ''agent 12'');';
COMMENT ON FUNCTION @extschema@.dnc_rectify(text, text, text, text)
    IS 'dnc_rectify for texts, read in the region of dnc.default_region';

-- ---------------------------------------------------------------------------
-- Legal holds
-- ---------------------------------------------------------------------------

CREATE VIEW dnc.legal_hold_in_force AS
    SELECT h.hold_id, h.matter, h.phone, h.since, h.until, h.why, h.done_by, h.recorded_at FROM dnc.legal_hold AS h
    WHERE h.lifts IS NULL AND NOT EXISTS (SELECT FROM dnc.legal_hold AS l WHERE l.lifts = h.hold_id);
COMMENT ON VIEW dnc.legal_hold_in_force IS 'legal holds that were not lifted';
CREATE VIEW dnc.restriction_in_force AS
    SELECT r.request_id, r.phone FROM dnc.subject_request AS r WHERE r.kind = 'restriction'
        AND NOT EXISTS (SELECT FROM dnc.subject_request_step AS s WHERE s.request_id = r.request_id
        AND s.step IN ('refused', 'lifted'));
COMMENT ON VIEW dnc.restriction_in_force
    IS 'restriction requests in force: the data are stored, but neither used nor erased (GDPR, art. 18)';
CREATE FUNCTION dnc.is_held(phone @extschema@.dnc_phone, at timestamptz[]) RETURNS boolean LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM dnc.legal_hold_in_force AS h
        WHERE (h.phone IS NULL OR h.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(is_held.phone)))
        AND EXISTS (SELECT FROM pg_catalog.unnest(is_held.at) AS t (t) WHERE t.t IS NULL OR h.since <= t.t
            AND t.t < h.until))
        OR EXISTS (SELECT FROM dnc.restriction_in_force AS r
            WHERE r.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(is_held.phone)));
END;
COMMENT ON FUNCTION dnc.is_held(@extschema@.dnc_phone, timestamptz[])
    IS 'whether a restriction, or a legal hold covering one of the times (NULL: any time), applies to a number';

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
    -- A concurrent erasure waits, and then sees the hold.
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
            HINT = 'dnc.legal_hold_in_force lists the holds in force; a hold of every number is lifted as a whole, '
                   'without numbers.';
    END IF;
    RETURN lifted;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_hold(text, @extschema@.dnc_phone[], text, text, timestamptz, timestamptz)
    IS 'Places a legal hold for a matter on numbers, or on every number (NULL), for data recorded from since to '
       'until, and returns the count of holds. It blocks erasure and purge until dnc_lift_hold.
Errors: 22023 matter, why or by is empty or too long, no or NULL numbers, a nested array, or since not before until.
Example: SELECT dnc_hold(matter => ''case 8'', phones => ''{+12125550188}'', why => ''claim received'',
  by => ''Legal'');';
COMMENT ON FUNCTION @extschema@.dnc_lift_hold(text, text, text, @extschema@.dnc_phone[])
    IS 'Lifts the holds of a matter, or those on some of its numbers, and returns their count.
Errors: 22023 matter, why or by is empty or too long.
Example: SELECT dnc_lift_hold(matter => ''case 7'', why => ''settled'', by => ''Legal'');';

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
    IS 'dnc_disclosed of the whole list, bound at creation for functions that run as superuser';
COMMENT ON FUNCTION dnc.export(text, text, text) IS 'dnc_export, bound at creation for functions that run as superuser';
COMMENT ON FUNCTION @extschema@.dnc_disclosed(text, text, @extschema@.dnc_phone[], text, text, timestamptz)
    IS 'Records that numbers, or (NULL) the whole internal list for a channel and purpose, were disclosed to a '
       'recipient of dnc.recipient, and returns the count of rows.
Errors: 22023 unknown recipient, channel or purpose, what is empty or over 500 characters, or disclosed_at in the '
       'future; 22004 empty or NULL numbers; 55000 the list is not in this database.
Example: SELECT dnc_disclosed(recipient => ''dialer'', what => ''winter campaign'', phones => ''{+12125550188}'');';
COMMENT ON FUNCTION @extschema@.dnc_export_to(text, text, text, text)
    IS 'Returns dnc_export and records it as a disclosure to a recipient.
Errors: 22023 unknown recipient, format, channel or purpose; 55000 the list is not in this database.
Example: SELECT * FROM dnc_export_to(recipient => ''dialer'', format => ''five9'');';

CREATE FUNCTION dnc.recipients_of(phone @extschema@.dnc_phone)
RETURNS TABLE (recipient text, kind text, contact text, what text, first_at timestamptz, last_at timestamptz,
    times bigint) LANGUAGE sql STABLE ROWS 3
BEGIN ATOMIC
    SELECT d.recipient, r.kind, r.contact, d.what, pg_catalog.min(d.disclosed_at), pg_catalog.max(d.disclosed_at),
        pg_catalog.count(*)
    FROM dnc.disclosure AS d LEFT JOIN dnc.recipient AS r ON r.recipient = d.recipient
    WHERE d.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(recipients_of.phone))
       OR d.phone IS NULL AND EXISTS (
            SELECT FROM dnc.entry AS e
            WHERE e.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(recipients_of.phone)) AND e.ends IS NULL
                AND e.recorded_at <= d.disclosed_at AND e.expires_at > d.disclosed_at
                AND dnc.meets(e.channel, e.purpose, d.channel, d.purpose)
              AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND w.recorded_at <= d.disclosed_at
                  AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, d.channel, d.purpose)))
    GROUP BY d.recipient, r.kind, r.contact, d.what;
END;
COMMENT ON FUNCTION dnc.recipients_of(@extschema@.dnc_phone)
    IS 'recipients to which a number was disclosed, by itself or with the list while it was on it';
