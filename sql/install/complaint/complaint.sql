-- ---------------------------------------------------------------------------
-- The register of complaints
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.complaint_due(origin text, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE
    RETURN (at AT TIME ZONE 'UTC' + coalesce(
            (SELECT d.answer_within FROM dnc.complaint_deadline AS d WHERE d.origin = complaint_due.origin),
            CASE complaint_due.origin WHEN 'carrier' THEN interval '7 days' ELSE interval '1 month' END))
        AT TIME ZONE 'UTC';
COMMENT ON FUNCTION dnc.complaint_due(text, timestamptz)
    IS 'deadline for answering a complaint of an origin that was received at a time';

CREATE FUNCTION dnc.require_origin(origin text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF origin IS NULL OR origin NOT IN ('person', 'regulator', 'carrier', 'other') THEN
        RAISE EXCEPTION 'unknown origin "%"', left(coalesce(origin, 'NULL'), 60)
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'Origins of a complaint are person, regulator, carrier and other.',
            HINT = 'authority says which regulator, carrier or other it is.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_origin(text) IS 'raises for an unknown origin of a complaint';

CREATE FUNCTION @extschema@.dnc_complaint(
    phone @extschema@.dnc_phone, origin text DEFAULT 'person', words text DEFAULT NULL,
    received_at timestamptz DEFAULT now(), due_at timestamptz DEFAULT NULL, channel text DEFAULT 'all',
    purpose text DEFAULT NULL, source text DEFAULT 'unspecified', attempt_id bigint DEFAULT NULL,
    reference text DEFAULT NULL, authority text DEFAULT NULL, evidence jsonb DEFAULT '{}', by text DEFAULT NULL,
    opt_out boolean DEFAULT true
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    taken_by ALIAS FOR $13; -- by
    earlier  dnc.complaint;
    fresh    bigint;
    entry    bigint;
BEGIN
    IF phone IS NULL OR channel IS NULL OR source IS NULL OR opt_out IS NULL THEN
        RAISE EXCEPTION 'phone, channel, source and opt_out must not be NULL' USING ERRCODE = 'null_value_not_allowed',
            DETAIL = 'A complaint is about contacts to a number.',
            HINT = 'Leave an argument out to get its default; channel all means every channel.';
    END IF;
    PERFORM dnc.require_origin(origin), dnc.require_known('channel', channel), dnc.require_known('source', source),
        dnc.require_evidence(evidence, NULL, NULL), dnc.require_past('complaint received', received_at);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    IF length(authority) NOT BETWEEN 1 AND 500 OR length(reference) NOT BETWEEN 1 AND 500
        OR length(taken_by) NOT BETWEEN 1 AND 500 OR length(words) NOT BETWEEN 1 AND 100000 THEN
        RAISE EXCEPTION 'authority, reference and by have 1 to 500 characters, and words 1 to 100000'
            USING ERRCODE = 'string_data_right_truncation',
            DETAIL = format('They have %s, %s, %s and %s.', coalesce(length(authority)::text, 'none'),
                coalesce(length(reference)::text, 'none'), coalesce(length(taken_by)::text, 'none'),
                coalesce(length(words)::text, 'none')),
            HINT = 'Leave them out where there is nothing to say; name documents in evidence.';
    END IF;
    IF due_at <= received_at OR NOT isfinite(due_at) THEN
        RAISE EXCEPTION 'the answer would be due at %', due_at USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('The complaint was received at %s; its answer is due at a finite time after that.',
                received_at),
            HINT = 'Leave due_at out to get the period of dnc.complaint_deadline.';
    END IF;
    IF attempt_id IS NOT NULL AND NOT EXISTS (SELECT FROM unnest(dnc.forms(phone)) AS f (form)
            CROSS JOIN LATERAL dnc.attempts_of(f.form) AS a WHERE a.attempt_id = attempt_id) THEN
        RAISE EXCEPTION 'there is no contact attempt % of %', attempt_id, dnc.mask(phone)
            USING ERRCODE = 'foreign_key_violation',
            DETAIL = 'A complaint is about a contact attempt of the same number, or names none.',
            HINT = 'dnc_history(phone) lists the attempts; leave attempt_id out if it is none of them.';
    END IF;
    IF reference IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws('/', 'complaint', source, authority, reference),
            4476483));
        SELECT * INTO earlier FROM dnc.complaint AS c WHERE c.source = source AND c.external_ref = reference
            AND c.authority IS NOT DISTINCT FROM authority AND dnc.same_phone(c.phone, phone);
        IF earlier.complaint_id IS NOT NULL THEN
            IF earlier.origin <> origin OR earlier.channel <> channel OR earlier.purpose IS DISTINCT FROM purpose THEN
                RAISE EXCEPTION 'the reference "%" of source % already belongs to another complaint', reference, source
                    USING ERRCODE = 'unique_violation',
                    DETAIL = format('Complaint %s about the same number differs in origin, channel or purpose.',
                        earlier.complaint_id),
                    HINT = 'Give each complaint a reference of its own; the same one recorded twice adds nothing.';
            END IF;
            RETURN earlier.complaint_id;
        END IF;
    END IF;
    fresh := nextval('dnc.complaint_complaint_id_seq');
    IF opt_out THEN
        entry := dnc.record_request(ARRAY[phone], channel, purpose, 'complaint', source, received_at,
            jsonb_strip_nulls(jsonb_build_object('words', words)) || evidence || jsonb_build_object('complaint', fresh),
            NULL, received_at, NULL, NULL, NULL, taken_by);
    END IF;
    INSERT INTO dnc.complaint (complaint_id, phone, origin, authority, external_ref, received_at, due_at, channel,
        purpose, attempt_id, words, source, evidence, taken_by, entry_id, recorded_at)
        VALUES (fresh, phone, origin, authority, reference, received_at,
            coalesce(due_at, dnc.complaint_due(origin, received_at)), channel, purpose, attempt_id, words, source,
            evidence, taken_by, entry, now()) ON CONFLICT DO NOTHING;
    PERFORM dnc.require_recorded(FOUND);
    RETURN fresh;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_complaint(@extschema@.dnc_phone, text, text, timestamptz, timestamptz, text, text,
    text, bigint, text, text, jsonb, text, boolean)
    IS 'Records a complaint about contacts to a number and returns its complaint_id. origin: person, regulator, '
       'carrier or other; authority and reference: who wrote, and their file number; a repeated reference of the same '
       'source, authority and number adds nothing. Unless opt_out => false, it also records an opt-out with the reason '
       'complaint, of everything unless channel or purpose narrow it. due_at: deadline of the answer; by default 7 '
       'days after receipt for a carrier''s complaint, one month for others, or what the site sets in '
       'dnc.complaint_deadline. attempt_id: the contact attempt that it is about.
Errors: 22004 phone, channel, source or opt_out is NULL; 22023 unknown origin, channel, purpose or source, evidence '
       'that is no object, received_at in the future, or due_at infinite or not after it; 22001 words, authority, '
       'reference or by is empty or too long; 23503 attempt_id is no attempt of this number; 23505 reference of '
       'another complaint; 40001 the same was recorded concurrently.
Example: SELECT dnc_complaint(phone => ''+44 20 7946 0018'', origin => ''regulator'', authority => ''ICO'',
  reference => ''IC-2026-118'', words => ''called three times after an opt-out'', source => ''letter'',
  due_at => now() + interval ''28 days'', by => ''legal'');';

CREATE VIEW dnc.complaint_state AS
    SELECT c.complaint_id, c.phone, c.origin, c.authority, c.external_ref, c.received_at,
        coalesce(d.due_at, c.due_at) AS due_at, c.channel, c.purpose, c.attempt_id, c.source, c.taken_by, c.entry_id,
        CASE WHEN z.step_id IS NOT NULL THEN 'closed' WHEN a.step_id IS NOT NULL THEN 'answered'
            WHEN o.step_id IS NOT NULL THEN 'reopened' WHEN k.step_id IS NOT NULL THEN 'acknowledged'
            ELSE 'open' END AS state,
        z.step_id IS NULL AND a.step_id IS NULL
            AND coalesce(d.due_at, c.due_at) < pg_catalog.statement_timestamp() AS overdue,
        k.done_at AS acknowledged_at, a.done_at AS answered_at, z.done_at AS closed_at,
        coalesce(z.done_by, a.done_by) AS closed_by, coalesce(z.detail, a.detail) AS outcome
    FROM dnc.complaint AS c
    LEFT JOIN LATERAL (SELECT s.* FROM dnc.complaint_step AS s WHERE s.complaint_id = c.complaint_id
        AND s.step = 'reopened' ORDER BY s.step_id DESC LIMIT 1) AS o ON true
    LEFT JOIN LATERAL (SELECT s.* FROM dnc.complaint_step AS s WHERE s.complaint_id = c.complaint_id
        AND s.due_at IS NOT NULL ORDER BY s.step_id DESC LIMIT 1) AS d ON true
    LEFT JOIN LATERAL (SELECT s.* FROM dnc.complaint_step AS s WHERE s.complaint_id = c.complaint_id
        AND s.step = 'acknowledged' ORDER BY s.step_id LIMIT 1) AS k ON true
    LEFT JOIN LATERAL (SELECT s.* FROM dnc.complaint_step AS s WHERE s.complaint_id = c.complaint_id
        AND s.step = 'answered' AND s.step_id > coalesce(o.step_id, 0) ORDER BY s.step_id DESC LIMIT 1) AS a ON true
    LEFT JOIN LATERAL (SELECT s.* FROM dnc.complaint_step AS s WHERE s.complaint_id = c.complaint_id
        AND s.step = 'closed' AND s.step_id > coalesce(o.step_id, 0) ORDER BY s.step_id DESC LIMIT 1) AS z ON true;
COMMENT ON VIEW dnc.complaint_state IS 'current state of complaints, a row each: deadline in force, result';
COMMENT ON COLUMN dnc.complaint_state.due_at
    IS 'deadline of the answer that is in force: that of the last extension or reopening, if any';
COMMENT ON COLUMN dnc.complaint_state.state IS 'open, acknowledged, reopened: to be answered; answered; closed';
COMMENT ON COLUMN dnc.complaint_state.overdue IS 'neither answered nor closed by due_at';
COMMENT ON COLUMN dnc.complaint_state.answered_at IS 'time of the last answer since it was reopened, if it was';
COMMENT ON COLUMN dnc.complaint_state.closed_by IS 'who closed it, or else answered it';
COMMENT ON COLUMN dnc.complaint_state.outcome IS 'how it was closed, or else what was answered';

CREATE FUNCTION @extschema@.dnc_complaint_step(complaint bigint, step text, detail text, by text DEFAULT NULL,
    due_at timestamptz DEFAULT NULL) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS $$
#variable_conflict use_variable
DECLARE
    s       dnc.complaint_state;
    who     text := coalesce(by, session_user::text);
    problem text;
BEGIN
    PERFORM dnc.require_read_committed();
    IF step IS NULL OR step NOT IN ('acknowledged', 'extended', 'action', 'answered', 'closed', 'reopened') THEN
        RAISE EXCEPTION 'unknown step "%"', left(coalesce(step, 'NULL'), 60) USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'acknowledged: how receipt was confirmed; extended: why, with due_at; action: what was done about '
                     'it; answered: what was answered; closed: how it ended; reopened: why.';
    END IF;
    PERFORM dnc.require_words('detail', detail, 5000), dnc.require_words('who does it', who, 500);
    PERFORM FROM dnc.complaint AS c WHERE c.complaint_id = complaint FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no complaint %', coalesce(complaint::text, 'NULL') USING ERRCODE = 'no_data_found',
            HINT = 'dnc.complaint_state lists the complaints.';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('complaint/' || complaint, 4476483));
    SELECT * INTO s FROM dnc.complaint_state AS x WHERE x.complaint_id = complaint;
    problem := CASE
        WHEN s.state = 'closed' AND step NOT IN ('reopened', 'action')
            THEN format('It is closed since %s: reopen it first.', s.closed_at)
        WHEN s.state = 'answered' AND step IN ('acknowledged', 'extended')
            THEN format('It was answered at %s: reopen it first.', s.answered_at)
        WHEN step = 'reopened' AND s.state NOT IN ('answered', 'closed')
            THEN 'It is open: only what was answered or closed is reopened.'
        WHEN step = 'extended' AND (due_at IS NULL OR NOT isfinite(due_at) OR due_at <= greatest(s.due_at, now()))
            THEN format('An extension has a due_at, after now and after %s, when the answer is due.', s.due_at)
        WHEN step = 'reopened' AND (NOT isfinite(due_at) OR due_at <= now())
            THEN format('The new due_at, %s, must be finite and after now.', due_at)
        WHEN step NOT IN ('extended', 'reopened') AND due_at IS NOT NULL
            THEN 'Only what is extended or reopened has a new due_at.' END;
    IF problem IS NOT NULL THEN
        RAISE EXCEPTION 'complaint % cannot be recorded as %', complaint, step
            USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = problem,
            HINT = 'dnc.complaint_state shows its state; a step action is always possible.';
    END IF;
    INSERT INTO dnc.complaint_step (complaint_id, step, detail, due_at, done_by, done_at)
        VALUES (complaint, step, detail,
            CASE step WHEN 'reopened' THEN coalesce(due_at, dnc.complaint_due(s.origin, now())) ELSE due_at END, who,
            now());
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_complaint_step(bigint, text, text, text, timestamptz)
    IS 'Records a step of a complaint. step is acknowledged, extended (until due_at), action, answered, closed or '
       'reopened (due_at: by default a period of dnc.complaint_deadline from now); detail says what was done or '
       'answered, or why. None of them ends the opt-out.
Errors: 22023 unknown step, or detail or by is empty or too long; P0002 no such complaint; 55000 the step does not fit '
       'the state of the complaint, or due_at the step; 25000 the transaction is not READ COMMITTED.
Example: SELECT dnc_complaint_step(complaint => 1, step => ''answered'', detail => ''letter of apology sent'',
  by => ''legal'');';
