-- ---------------------------------------------------------------------------
-- A number's complete history
-- ---------------------------------------------------------------------------

-- Records of a number other than its requests, in the columns of dnc_history.
CREATE FUNCTION dnc.story(phone @extschema@.dnc_phone)
RETURNS TABLE (event text, id bigint, ends bigint, channel text, purpose text, reason text, source text, taken_by text,
    happened_at timestamptz, recorded_at timestamptz, expires_at timestamptz,
               evidence jsonb, external_ref text, audit_seq bigint, recorded_by text)
LANGUAGE sql STABLE ROWS 10
BEGIN ATOMIC
    SELECT CASE WHEN c.withdrawal THEN 'consent withdrawn' ELSE 'consent' END, c.consent_id, NULL::bigint, c.channel,
        c.purpose, NULL::text, c.source, c.taken_by, c.given_at, c.recorded_at, nullif(c.expires_at, 'infinity'),
           c.evidence || pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('wording', c.wording)),
               c.external_ref, c.audit_seq, NULL::text
    FROM dnc.consent AS c WHERE c.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(story.phone))
    UNION ALL
    SELECT 'relationship', r.relationship_id, NULL, NULL, r.purpose, r.event, r.source, r.taken_by, r.happened_at,
        r.recorded_at, NULL, r.evidence, r.external_ref, r.audit_seq, NULL
    FROM dnc.relationship AS r WHERE r.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(story.phone))
    UNION ALL
    SELECT 'reassigned', r.reassignment_id, NULL, NULL, NULL, NULL, r.source, r.taken_by, r.reassigned_at,
        r.recorded_at, NULL, r.evidence, NULL, r.audit_seq, NULL
    FROM dnc.reassignment AS r WHERE r.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(story.phone))
    UNION ALL
    SELECT 'preference', p.preference_id, NULL, NULL, NULL, NULL, p.source, p.taken_by, p.stated_at, p.recorded_at,
        NULL,
           p.evidence || pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('channels', p.channels, 'hours',
                   p.hours, 'max_contacts', p.max_contacts, 'max_per', p.max_per, 'expires_at',
                   nullif(p.expires_at, 'infinity'), 'time_zone', p.time_zone, 'location', p.location,
                   'party', p.party, 'language', p.language)), NULL, p.audit_seq, NULL
    FROM dnc.preference AS p WHERE p.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(story.phone))
    UNION ALL
    SELECT 'acquired', a.acquisition_id, NULL, NULL, NULL, NULL, a.vendor, NULL, a.acquired_at, a.recorded_at, NULL,
        pg_catalog.jsonb_build_object('lawful_basis', a.lawful_basis, 'proof', a.proof), NULL, a.audit_seq, NULL
    FROM dnc.acquisition AS a WHERE a.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(story.phone))
    UNION ALL
    SELECT 'reply', r.reply_id, NULL, r.channel, r.purpose, r.meaning, NULL, NULL, r.received_at, r.recorded_at, NULL,
        pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('words', r.reply, 'entry', r.entry_id, 'choices',
            r.choices, 'preference', r.preference_id)),
        r.external_ref, r.audit_seq, NULL
    FROM dnc.reply AS r WHERE r.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(story.phone))
    UNION ALL
    SELECT 'token redeemed', NULL, NULL, t.channel, t.purpose, t.action, 'web_form', NULL, t.used_at, t.used_at, NULL,
        pg_catalog.jsonb_build_object('token', t.token_id, 'entry', t.entry_id), NULL, t.audit_seq, NULL
    FROM dnc.token_use AS t WHERE t.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(story.phone))
    UNION ALL
    SELECT 'review', r.review_id, NULL, e.channel, e.purpose, r.decision, NULL, r.decided_by, r.decided_at,
        r.decided_at, nullif(r.review_again_at, 'infinity'),
        pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('why', r.why, 'entry', r.entry_id, 'task',
            r.task_id)), NULL, r.audit_seq, NULL
    FROM dnc.entry AS e JOIN dnc.review AS r ON r.entry_id = e.entry_id
    WHERE e.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(story.phone))
    UNION ALL
    SELECT CASE a.direction WHEN 'inbound' THEN 'inbound contact' ELSE 'attempt' END, a.attempt_id, NULL, a.channel,
        a.purpose, a.outcome, NULL, a.agent, a.happened_at, a.recorded_at, NULL,
           pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('campaign', a.campaign, 'call_type', a.call_type,
                   'seconds', a.duration, 'notice', a.notice_id, 'consent', a.consent_id, 'decision', a.decision,
                   'source', a.source, 'code', a.code, 'words', a.words, 'recording', a.recording, 'next_at',
                   a.next_at, 'caller', a.caller, 'hung_up_by', a.hung_up_by, 'abandoned', a.abandoned, 'vendor',
                   a.vendor)), a.external_ref, NULL, a.recorded_by
    FROM dnc.attempts_of(story.phone) AS a
    UNION ALL
    SELECT CASE WHEN w.ends IS NULL THEN 'wrong number' ELSE 'right number' END, w.wrong_number_id, w.ends, NULL, NULL,
        NULL, NULL, w.taken_by, w.found_at, w.recorded_at, NULL, w.evidence, NULL, w.audit_seq, NULL
    FROM dnc.wrong_number AS w WHERE w.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(story.phone))
    UNION ALL
    SELECT 'violation', v.violation_id, NULL, v.channel, v.purpose, v.found_by, NULL, v.agent, v.happened_at,
        v.found_at, NULL,
           pg_catalog.jsonb_build_object('attempt', v.attempt_id, 'grounds', v.grounds, 'on_record', v.on_record,
               'after_deadline', v.after_deadline), NULL, v.audit_seq, NULL
    FROM dnc.violation AS v WHERE v.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(story.phone))
    UNION ALL
    SELECT 'registry answer', a.answer_id, NULL, NULL, NULL, a.result, a.registry, NULL, a.obtained_at, b.recorded_at,
        nullif(a.valid_until, 'infinity'),
        pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('asked_about', a.asked_about)), NULL, b.audit_seq,
        NULL
    FROM dnc.registry_answer AS a JOIN dnc.registry_batch AS b ON b.batch_id = a.batch_id
    WHERE a.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(story.phone))
    UNION ALL
    SELECT 'complaint', c.complaint_id, NULL, c.channel, c.purpose, c.origin, c.source, c.taken_by, c.received_at,
        c.recorded_at, NULL, c.evidence || pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('words', c.words,
            'authority', c.authority, 'answer_due_at', c.due_at, 'attempt', c.attempt_id, 'entry', c.entry_id)),
        c.external_ref, c.audit_seq, NULL
    FROM dnc.complaint AS c WHERE c.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(story.phone))
    UNION ALL
    SELECT 'complaint ' || s.step, s.step_id, NULL, c.channel, c.purpose, NULL, NULL, s.done_by, s.done_at, s.done_at,
        NULL, pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('complaint', s.complaint_id, 'detail',
            s.detail, 'answer_due_at', s.due_at)), NULL, s.audit_seq, NULL
    FROM dnc.complaint AS c JOIN dnc.complaint_step AS s ON s.complaint_id = c.complaint_id
    WHERE c.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(story.phone));
END;
COMMENT ON FUNCTION dnc.story(@extschema@.dnc_phone) IS 'records of a number other than its requests';

CREATE FUNCTION @extschema@.dnc_history(phone @extschema@.dnc_phone)
RETURNS TABLE (entry bigint, event text, ends bigint, channel text, purpose text, reason text, source text,
    taken_by text, requested_at timestamptz,
               received_at timestamptz, recorded_at timestamptz, effective_at timestamptz, expires_at timestamptz,
                   due_at timestamptz, evidence jsonb,
               external_ref text, request bigint, corrects bigint, recorded_by text, actor text)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 5 SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT h.id, h.event, h.ends, h.channel, h.purpose, h.reason, h.source, h.taken_by, h.requested_at, h.received_at,
        h.recorded_at, h.effective_at, h.expires_at, h.due_at, h.evidence, h.external_ref, h.request, h.corrects,
           coalesce(l.effective_role, h.recorded_by), l.actor
    FROM (
        SELECT e.entry_id AS id, e.kind AS event, e.ends, e.channel, e.purpose, e.reason, e.source, e.taken_by,
            e.requested_at, e.received_at, e.recorded_at,
               nullif(e.effective_at, '-infinity') AS effective_at, nullif(e.expires_at, 'infinity') AS expires_at,
                   e.due_at, e.evidence, e.external_ref, e.request_id AS request, e.corrects, e.audit_seq,
                   NULL::text AS recorded_by, 0 AS n
        FROM dnc.entries_of(dnc_history.phone) AS e
        UNION ALL
        SELECT s.id, s.event, s.ends, s.channel, s.purpose, s.reason, s.source, s.taken_by, s.happened_at, NULL,
            s.recorded_at, NULL, s.expires_at, NULL, s.evidence, s.external_ref, NULL, NULL, s.audit_seq, s.recorded_by,
            1
        FROM dnc.story(dnc_history.phone) AS s) AS h
    -- LIMIT keeps lookups by number, however many rows of a number the planner expects.
    LEFT JOIN LATERAL (SELECT x.effective_role, x.actor FROM dnc.audit_log AS x WHERE x.seq = h.audit_seq LIMIT 1) AS l
        ON true
    ORDER BY h.recorded_at, h.audit_seq NULLS FIRST, h.n, h.id;
END;
CREATE FUNCTION @extschema@.dnc_history(phone text)
RETURNS TABLE (entry bigint, event text, ends bigint, channel text, purpose text, reason text, source text,
    taken_by text, requested_at timestamptz,
               received_at timestamptz, recorded_at timestamptz, effective_at timestamptz, expires_at timestamptz,
                   due_at timestamptz, evidence jsonb,
               external_ref text, request bigint, corrects bigint, recorded_by text, actor text)
LANGUAGE sql STABLE ROWS 5
BEGIN ATOMIC
    SELECT * FROM @extschema@.dnc_history(@extschema@.dnc_parse(phone));
END;
COMMENT ON FUNCTION @extschema@.dnc_history(@extschema@.dnc_phone)
    IS 'Returns everything recorded about a number, in the order of recording: opt-outs and revocations, consents, '
       'relationships, preferences, replies, reviews, contact attempts, violations, answers of registries, complaints '
       'and their steps. event says what a row is; entry is its id in its own table.
Example: SELECT event, entry, channel, requested_at FROM dnc_history(phone => ''+44 20 7946 0018'');';
COMMENT ON FUNCTION @extschema@.dnc_history(text)
    IS 'dnc_history for a text, read in the region of dnc.default_region; an error for text that is no number';
