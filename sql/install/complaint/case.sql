-- ---------------------------------------------------------------------------
-- The file of a complaint: everything recorded about it, in one JSON value or one page
-- ---------------------------------------------------------------------------

-- Bound at creation for functions that run as superuser.
CREATE FUNCTION dnc.zones(phone @extschema@.dnc_phone) RETURNS text[] LANGUAGE sql STABLE
    RETURN @extschema@.dnc_time_zones(phone);
CREATE FUNCTION dnc.certificate(phone @extschema@.dnc_phone, at timestamptz, channel text, purpose text) RETURNS jsonb
LANGUAGE sql STABLE
    RETURN @extschema@.dnc_certificate(phone, at, channel, purpose);
CREATE FUNCTION dnc.attempt_decision(phone @extschema@.dnc_phone, at timestamptz, known_at timestamptz, channel text,
    purpose text, call_type text) RETURNS TABLE (decision jsonb, rules text[]) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object('allowed', d.allowed, 'ground', d.ground, 'detail', d.detail, 'grounds',
        pg_catalog.to_jsonb(d.grounds), 'places', pg_catalog.to_jsonb(d.places)), d.rules
    FROM @extschema@.dnc_may_contact_as_of(phone, at, known_at, channel, purpose, call_type) AS d;
END;
COMMENT ON FUNCTION dnc.zones(@extschema@.dnc_phone) IS 'dnc_time_zones, bound for functions that run as superuser';
COMMENT ON FUNCTION dnc.certificate(@extschema@.dnc_phone, timestamptz, text, text)
    IS 'dnc_certificate, bound for functions that run as superuser';
COMMENT ON FUNCTION dnc.attempt_decision(@extschema@.dnc_phone, timestamptz, timestamptz, text, text, text)
    IS 'dnc_may_contact_as_of, bound for functions that run as superuser';

-- The decision about an attempt as of its time: by what was recorded then, and by what is recorded now. What cannot be
-- computed is named, since one attempt must not prevent the file.
CREATE FUNCTION dnc.case_decision(phone @extschema@.dnc_phone, at timestamptz, channel text, purpose text,
    call_type text) RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    kind   text := coalesce(call_type, 'sales');
    result jsonb := '{}';
BEGIN
    result := jsonb_build_object('suppressed', dnc.was_refused(phone, at, at, channel, purpose));
    LOOP
        BEGIN
            SELECT result || d.decision || jsonb_build_object('allowed_with_later_records', n.decision -> 'allowed',
                    'ground_with_later_records', n.decision -> 'ground', 'rules', (SELECT coalesce(jsonb_agg(u.r
                        ORDER BY u.r), '[]') FROM (SELECT unnest(d.rules) UNION SELECT unnest(n.rules)) AS u (r)))
                INTO result FROM dnc.attempt_decision(phone, at, at, channel, purpose, kind) AS d
                CROSS JOIN dnc.attempt_decision(phone, at, now(), channel, purpose, kind) AS n;
            RETURN result;
        EXCEPTION WHEN invalid_parameter_value THEN
            IF kind = 'sales' THEN
                RETURN result || jsonb_build_object('problem', SQLERRM);
            END IF;
            result := result || jsonb_build_object('remark', format('The rules do not know the type "%s": decided as '
                'for a sales call.', kind));
            kind := 'sales';
        END;
    END LOOP;
EXCEPTION WHEN OTHERS THEN
    RETURN result || jsonb_build_object('problem', SQLERRM);
END
$$;
COMMENT ON FUNCTION dnc.case_decision(@extschema@.dnc_phone, timestamptz, text, text, text)
    IS 'the decision about an attempt, for a case';

CREATE FUNCTION dnc.is_zone(name text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN now() AT TIME ZONE name IS NOT NULL;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN false;
END
$$;
COMMENT ON FUNCTION dnc.is_zone(text) IS 'whether this server has a time zone';
CREATE FUNCTION dnc.local_time(at timestamptz, zones text[]) RETURNS text LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE WHEN x.first = x.last THEN x.first || CASE WHEN x.n = 1 THEN ' ' || zones[1] ELSE '' END
        ELSE x.first || ' to ' || x.last || ', by the place' END
    FROM (SELECT pg_catalog.to_char(pg_catalog.min(l.at), 'YYYY-MM-DD HH24:MI:SS') AS first,
            pg_catalog.to_char(pg_catalog.max(l.at), 'YYYY-MM-DD HH24:MI:SS') AS last, pg_catalog.count(*) AS n
        FROM (SELECT local_time.at AT TIME ZONE z AS at FROM pg_catalog.unnest(zones) AS z) AS l) AS x;
END;
COMMENT ON FUNCTION dnc.local_time(timestamptz, text[])
    IS 'a time on the clocks of time zones, as text; NULL if there is none';

-- What is recorded about a number: parts of a case, as rows of one shape.
CREATE FUNCTION dnc.case_rows(phone @extschema@.dnc_phone)
RETURNS TABLE (part text, at timestamptz, event text, id bigint, facts jsonb)
LANGUAGE sql STABLE ROWS 100
BEGIN ATOMIC
    SELECT 'requests', e.received_at, CASE e.kind WHEN 'refusal' THEN 'Opt-out' WHEN 'withdrawal'
            THEN 'Opt-out revoked by the person' WHEN 'correction' THEN 'Opt-out ended: recorded for a wrong number'
            WHEN 'undo' THEN 'Opt-out ended: its import was undone' ELSE 'Opt-out ended by a review' END, e.entry_id,
        pg_catalog.to_jsonb(e) - '{entry_id,phone,kind,audit_seq,batch_id,request_id}'::text[]
            || pg_catalog.jsonb_build_object('expires_at', nullif(e.expires_at, 'infinity'), 'effective_at',
                nullif(e.effective_at, '-infinity'))
    FROM dnc.entries_of(case_rows.phone) AS e
    UNION ALL
    SELECT 'attempts', a.happened_at, CASE a.direction WHEN 'inbound' THEN 'The person contacted the company'
            ELSE 'Contact attempt' END, a.attempt_id, pg_catalog.to_jsonb(a) - '{attempt_id,happened_at}'::text[]
    FROM pg_catalog.unnest(@extschema@.dnc_forms(case_rows.phone)) AS f (form)
    CROSS JOIN LATERAL dnc.attempts_of(f.form) AS a
    UNION ALL
    SELECT 'violations', v.happened_at, 'Contact to a suppressed number', v.violation_id,
        pg_catalog.to_jsonb(v) - '{violation_id,phone,happened_at,audit_seq}'::text[]
    FROM dnc.violation AS v WHERE dnc.same_line(v.phone, case_rows.phone)
    UNION ALL
    SELECT 'consents', c.given_at, CASE WHEN c.withdrawal THEN 'Consent withdrawn' ELSE 'Consent' END, c.consent_id,
        pg_catalog.to_jsonb(c) - '{consent_id,phone,given_at,withdrawal,audit_seq}'::text[]
            || pg_catalog.jsonb_build_object('expires_at', nullif(c.expires_at, 'infinity'))
    FROM dnc.consent AS c WHERE dnc.same_line(c.phone, case_rows.phone)
    UNION ALL
    SELECT 'relationships', r.happened_at, 'Business relationship', r.relationship_id,
        pg_catalog.to_jsonb(r) - '{relationship_id,phone,event,happened_at,audit_seq}'::text[]
            || pg_catalog.jsonb_build_object('what', r.event)
    FROM dnc.relationship AS r WHERE dnc.same_line(r.phone, case_rows.phone)
    UNION ALL
    SELECT 'preferences', p.stated_at, 'Preference stated', p.preference_id,
        pg_catalog.to_jsonb(p) - '{preference_id,phone,stated_at,audit_seq}'::text[]
            || pg_catalog.jsonb_build_object('expires_at', nullif(p.expires_at, 'infinity'))
    FROM dnc.preference AS p WHERE dnc.same_line(p.phone, case_rows.phone)
    UNION ALL
    SELECT 'replies', r.received_at, 'Reply of the person', r.reply_id,
        pg_catalog.to_jsonb(r) - '{reply_id,phone,received_at,audit_seq}'::text[]
    FROM dnc.reply AS r WHERE dnc.same_line(r.phone, case_rows.phone)
    UNION ALL
    SELECT 'complaints', c.received_at, 'Complaint', c.complaint_id,
        pg_catalog.to_jsonb(c) - '{complaint_id,phone,received_at,audit_seq}'::text[]
            || pg_catalog.jsonb_build_object('state', s.state)
    FROM dnc.complaint AS c JOIN dnc.complaint_state AS s ON s.complaint_id = c.complaint_id
    WHERE dnc.same_line(c.phone, case_rows.phone)
    UNION ALL
    SELECT 'actions', s.done_at, CASE s.step WHEN 'action' THEN 'Action taken' ELSE 'Complaint ' || s.step END,
        s.step_id, pg_catalog.jsonb_build_object('complaint', s.complaint_id, 'detail', s.detail, 'by', s.done_by,
            'due_at', s.due_at)
    FROM dnc.complaint AS c JOIN dnc.complaint_step AS s ON s.complaint_id = c.complaint_id
    WHERE dnc.same_line(c.phone, case_rows.phone)
    UNION ALL
    SELECT 'actions', e.recorded_at, 'Opt-out recorded for the complaint', e.entry_id, pg_catalog.jsonb_build_object(
            'complaint', c.complaint_id, 'detail', pg_catalog.format('of channel %s, of %s', e.channel,
            coalesce('purpose ' || e.purpose, 'every purpose')), 'by', e.taken_by, 'due_at', e.due_at)
    FROM dnc.complaint AS c JOIN dnc.entry AS e ON e.entry_id = c.entry_id
    WHERE dnc.same_line(c.phone, case_rows.phone)
    UNION ALL
    SELECT 'actions', r.decided_at, 'Review of opt-out ' || r.entry_id || ': ' || r.decision, r.review_id,
        pg_catalog.jsonb_build_object('detail', r.why, 'by', r.decided_by)
    FROM dnc.entries_of(case_rows.phone) AS e JOIN dnc.review AS r ON r.entry_id = e.entry_id
    UNION ALL
    SELECT 'others', s.happened_at, CASE s.event WHEN 'reassigned' THEN 'Number reassigned to somebody else'
            WHEN 'acquired' THEN 'Number bought' WHEN 'registry answer' THEN 'Answer of a registry'
            WHEN 'token redeemed' THEN 'Link in a message used'
            ELSE pg_catalog.upper(pg_catalog.left(s.event, 1)) || pg_catalog.substr(s.event, 2) END, s.id,
        pg_catalog.jsonb_build_object('channel', s.channel, 'purpose', s.purpose, 'result', s.reason, 'source',
            s.source, 'evidence', s.evidence)
    FROM dnc.story(case_rows.phone) AS s
    WHERE s.event !~ '^(consent|relationship|preference|reply|review|attempt|inbound contact|violation|complaint)';
END;
COMMENT ON FUNCTION dnc.case_rows(@extschema@.dnc_phone)
    IS 'everything recorded about a number, in the parts of a case';

-- Limits, so that memory is bounded: rows of a part, attempts with a decision, and the days before the complaint from
-- which on attempts have one.
CREATE FUNCTION dnc.case_limit(what text) RETURNS integer LANGUAGE sql IMMUTABLE
    RETURN CASE what WHEN 'rows' THEN 10000 WHEN 'decisions' THEN 100 WHEN 'days' THEN 90 END;
COMMENT ON FUNCTION dnc.case_limit(text) IS 'limits of a case: rows of each part, decisions, days before the complaint';

CREATE FUNCTION dnc.case_of(complaint bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO'
    SET IntervalStyle = 'postgres' AS $$
#variable_conflict use_variable
DECLARE
    most      CONSTANT integer := dnc.case_limit('rows');
    c         dnc.complaint;
    s         dnc.complaint_state;
    parts     jsonb := '{}';
    limits    text[] := '{}';
    unknown   text[] := '{}';
    by_number text[];
    zones     text[];
    timeline  jsonb;
    about     jsonb;
    decisions jsonb := '[]';
    proofs    jsonb := '[]';
    no_seal   boolean := NOT EXISTS (SELECT FROM dnc.seal);
    p         record;
    o         jsonb;
    n         bigint;
    m         bigint;
    t         timestamptz;
BEGIN
    SELECT * INTO c FROM dnc.complaint AS x WHERE x.complaint_id = complaint;
    IF c.complaint_id IS NULL THEN
        RAISE EXCEPTION 'there is no complaint %', coalesce(complaint::text, 'NULL') USING ERRCODE = 'no_data_found',
            DETAIL = 'It was never recorded, or it was erased with its number, or purged.',
            HINT = 'dnc.complaint_state lists the complaints; dnc_complaint records one.';
    END IF;
    SELECT * INTO s FROM dnc.complaint_state AS x WHERE x.complaint_id = complaint;
    by_number := coalesce(dnc.zones(c.phone), '{}');
    SELECT coalesce(array_agg(z ORDER BY z), '{}') INTO zones FROM (SELECT unnest(by_number) AS z
        UNION SELECT x.time_zone FROM dnc.preference AS x WHERE dnc.same_line(x.phone, c.phone)) AS u
        WHERE z IS NOT NULL AND dnc.is_zone(z);
    by_number := ARRAY(SELECT z FROM unnest(by_number) AS z WHERE z = ANY (zones));

    -- The newest rows of each part, in the order of time; the attempt that the complaint is about in any case.
    FOR p IN SELECT r.part, max(r.total) AS total, jsonb_agg(jsonb_build_object('id', r.id, 'at', r.at, 'event',
                r.event) || CASE WHEN r.part = 'attempts'
                THEN jsonb_build_object('local', dnc.local_time(r.at, CASE WHEN l.time_zone = ANY (zones)
                        THEN ARRAY[l.time_zone] ELSE by_number END)) ELSE '{}' END || r.facts ORDER BY r.at, r.id)
                AS rows
            FROM (SELECT x.*, count(*) OVER (PARTITION BY x.part) AS total, row_number() OVER (PARTITION BY x.part
                    ORDER BY x.part = 'attempts' AND x.id = c.attempt_id DESC NULLS LAST, x.at DESC, x.id DESC) AS rank
                FROM dnc.case_rows(c.phone) AS x) AS r
            LEFT JOIN LATERAL (SELECT y.time_zone FROM dnc.preference AS y WHERE r.part = 'attempts'
                AND dnc.same_line(y.phone, c.phone) AND y.stated_at <= r.at ORDER BY y.stated_at DESC,
                y.preference_id DESC LIMIT 1) AS l ON true
            WHERE r.rank <= most GROUP BY r.part ORDER BY r.part LOOP
        parts := parts || jsonb_build_object(p.part, p.rows);
        IF p.total > most THEN
            limits := limits || format('Of %s %s only the newest %s are in this file. dnc_history lists all of them.',
                p.total, p.part, most);
        END IF;
    END LOOP;
    SELECT coalesce(jsonb_agg(jsonb_build_object('at', r.value -> 'at', 'local', r.value -> 'local', 'event',
            r.value -> 'event', 'id', r.value -> 'id', 'part', f.key, 'text', dnc.readable(r.value
                - '{id,at,local,event,decision,evidence,external_ref,grounds,recorded_at,recorded_by,received_at,'
                'requested_at,effective_at,found_at,due_at}'::text[]))
            ORDER BY (r.value ->> 'at')::timestamptz, f.key, (r.value ->> 'id')::bigint), '[]') INTO timeline
        FROM jsonb_each(parts) AS f CROSS JOIN LATERAL jsonb_array_elements(f.value) AS r;

    -- The decisions, as of the time of each attempt.
    SELECT a.value INTO about FROM jsonb_array_elements(parts -> 'attempts') AS a
        WHERE (a.value ->> 'id')::bigint = c.attempt_id;
    n := 0;
    FOR p IN SELECT a.value AS a, (a.value ->> 'id')::bigint AS id, (a.value ->> 'at')::timestamptz AS at,
                a.value ->> 'channel' AS channel, a.value ->> 'purpose' AS purpose, a.value ->> 'call_type' AS call_type
            FROM jsonb_array_elements(parts -> 'attempts') AS a WHERE a.value ->> 'direction' = 'outbound'
                AND ((a.value ->> 'id')::bigint = c.attempt_id OR (a.value ->> 'at')::timestamptz
                    >= c.received_at - make_interval(days => dnc.case_limit('days')))
            ORDER BY (a.value ->> 'id')::bigint = c.attempt_id DESC NULLS LAST, (a.value ->> 'at')::timestamptz DESC,
                (a.value ->> 'id')::bigint DESC LOOP
        n := n + 1;
        CONTINUE WHEN n > dnc.case_limit('decisions');
        t := least(p.at, now());
        o := jsonb_build_object('attempt', p.id, 'at', p.at, 'local', p.a -> 'local', 'channel', p.channel, 'purpose',
            p.purpose);
        decisions := decisions || (o || dnc.case_decision(c.phone, t, p.channel, p.purpose, p.call_type));
    END LOOP;
    SELECT coalesce(jsonb_agg(x.value ORDER BY (x.value ->> 'at')::timestamptz, (x.value ->> 'attempt')::bigint), '[]')
        INTO decisions FROM jsonb_array_elements(decisions) AS x;
    IF n > dnc.case_limit('decisions') THEN
        limits := limits || format('Decisions were computed for %s of the %s outbound attempts from %s days before the '
            'complaint on: the newest, and the one that it is about. dnc_may_contact_as_of computes any other.',
            dnc.case_limit('decisions'), n, dnc.case_limit('days'));
    END IF;
    SELECT count(*) INTO m FROM jsonb_array_elements(parts -> 'attempts') AS a
        WHERE a.value ->> 'direction' = 'outbound';
    IF m > n THEN
        limits := limits || format('Decisions were not computed for %s outbound attempts over %s days before the '
            'complaint. dnc_may_contact_as_of computes them.', m - n, dnc.case_limit('days'));
    END IF;

    -- Certificates about the attempt, and about now.
    o := about;
    IF o IS NULL THEN
        SELECT a.value INTO o FROM jsonb_array_elements(parts -> 'attempts') AS a
            WHERE a.value ->> 'direction' = 'outbound' AND (a.value ->> 'at')::timestamptz <= c.received_at
            ORDER BY (a.value ->> 'at')::timestamptz DESC, (a.value ->> 'id')::bigint DESC LIMIT 1;
    END IF;
    FOR p IN SELECT 'attempt ' || (o ->> 'id') || CASE WHEN about IS NULL THEN ', the last before the complaint'
                ELSE ', which the complaint is about' END AS what, least((o ->> 'at')::timestamptz, now()) AS at
            WHERE o IS NOT NULL
            UNION ALL SELECT 'now', now() ORDER BY at LOOP
        IF no_seal THEN
            proofs := proofs || jsonb_build_object('what', p.what, 'at', p.at, 'problem', 'There is no certificate, '
                'because there is no signed checkpoint yet: nothing here is proven to an outsider. dnc_audit_seal '
                'makes one.');
            CONTINUE;
        END IF;
        BEGIN
            proofs := proofs || jsonb_build_object('what', p.what, 'at', p.at, 'certificate', dnc.certificate(c.phone,
                p.at, coalesce(o ->> 'channel', c.channel), coalesce(o ->> 'purpose', c.purpose)));
        EXCEPTION WHEN OTHERS THEN
            proofs := proofs || jsonb_build_object('what', p.what, 'at', p.at, 'problem',
                format('There is no certificate: %s.', SQLERRM));
        END;
    END LOOP;

    -- What is not known.
    IF to_regclass('dnc.contact_attempt') IS NULL THEN
        unknown := unknown || 'Which contacts took place: this database has no contact log.'::text;
    ELSE
        unknown := unknown || 'Contacts that were made past this database and were not recorded in it.'::text;
    END IF;
    SELECT count(*) INTO n FROM dnc.attempt_gap AS g
        WHERE g.day BETWEEN c.received_at::date - 90 AND c.received_at::date;
    IF n > 0 THEN
        unknown := unknown || format('All contacts of %s days in the 90 days before the complaint: the totals of the '
            'dialers differ from the log, or were not compared with it.', n);
    END IF;
    SELECT count(*) INTO n FROM jsonb_array_elements(parts -> 'attempts') AS a WHERE a.value ->> 'outcome' IS NULL;
    IF n > 0 THEN
        unknown := unknown || format('What came of %s of the contacts: the code of the dialer has no meaning yet.', n);
    END IF;
    unknown := unknown || 'What was said in a contact, beyond the words that are recorded with it.'::text
        || 'Who answered: a number is a line, not a person.'::text;
    SELECT max(x.purged_at - x.keep) INTO t FROM dnc.purge AS x WHERE x.subject = 'contact_attempt' AND x.rows > 0;
    IF t IS NOT NULL THEN
        unknown := unknown || format('Contacts before %s: attempts from that time were purged when their retention '
            'period ended.', to_char(t, 'YYYY-MM-DD'));
    END IF;
    IF c.attempt_id IS NULL THEN
        unknown := unknown || 'Which contact the complaint is about: it names none.'::text;
    ELSIF about IS NULL THEN
        unknown := unknown || format('The contact that the complaint is about: attempt %s is no longer recorded.',
            c.attempt_id);
    END IF;
    IF cardinality(zones) = 0 THEN
        unknown := unknown || 'The local time of the person: the time zone is not known.'::text;
    ELSIF cardinality(by_number) > 1 THEN
        unknown := unknown || format('The local time of the person, where they did not state it: by the number, the '
            'time zone is one of %s.', cardinality(by_number));
    END IF;
    FOR p IN SELECT v.what, v.n FROM (SELECT
                count(*) FILTER (WHERE x.value ->> 'suppressed' IS NULL AND NOT x.value ? 'problem') AS doubt,
                count(*) FILTER (WHERE x.value ? 'problem') AS problem,
                count(*) FILTER (WHERE x.value ->> 'ground' = 'no_rule') AS none
            FROM jsonb_array_elements(decisions) AS x) AS y CROSS JOIN LATERAL (VALUES
            (1, y.doubt, 'Whether the number was suppressed, for %s of the attempts: a list, a key or an older record '
                'that is needed is gone.'),
            (2, y.problem, 'Whether the contact was allowed, for %s of the attempts: the decision could not be '
                'computed.'),
            (3, y.none, 'Which rules were known, for %s of the attempts: this database had none for the place then, as '
                'before its installation.')) AS v (k, n, what) WHERE v.n > 0 ORDER BY v.k LOOP
        unknown := unknown || format(p.what, p.n);
    END LOOP;
    SELECT count(*) FILTER (WHERE a.value ->> 'decision' IS NULL) INTO n
        FROM jsonb_array_elements(parts -> 'attempts') AS a WHERE a.value ->> 'direction' = 'outbound';
    IF n > 0 THEN
        unknown := unknown || format('What was decided beforehand, for %s of the outbound attempts: no decision was '
            'recorded with them. The decisions in this file were computed when it was made.', n);
    END IF;
    IF EXISTS (SELECT FROM unnest(dnc.forms(c.phone)) AS f (form) CROSS JOIN LATERAL dnc.pseudonyms(f.form) AS x
            JOIN dnc.erasure AS e ON e.pseudonym = x.pseudonym AND e.pseudonym_low = x.pseudonym_low
            AND e.key_id = x.key_id) THEN
        unknown := unknown || 'What was recorded before the number was erased.'::text;
    END IF;
    IF cardinality(dnc.missing_keys()) > 0 THEN
        unknown := unknown || format('What was kept under a pseudonym: the key %s is not available.',
            array_to_string(dnc.missing_keys(), ', '));
    END IF;

    RETURN jsonb_build_object('format', 'dnc-case/1', 'made_at', now(), 'made_by', session_user, 'number',
        c.phone::text, 'time_zones', to_jsonb(by_number),
        'complaint', to_jsonb(c) - '{phone,audit_seq}'::text[] || jsonb_build_object('due_at', s.due_at, 'first_due_at',
            c.due_at, 'state', s.state, 'overdue', s.overdue, 'acknowledged_at', s.acknowledged_at, 'answered_at',
            s.answered_at, 'closed_at', s.closed_at, 'outcome', s.outcome),
        'steps', (SELECT coalesce(jsonb_agg(to_jsonb(x) - '{complaint_id,audit_seq}'::text[] ORDER BY x.step_id), '[]')
            FROM dnc.complaint_step AS x WHERE x.complaint_id = complaint),
        'suppressed_now', (SELECT jsonb_object_agg(x.channel, dnc.was_refused(c.phone, now(), now(), x.channel,
                c.purpose)) FROM dnc.channel AS x WHERE x.channel <> 'all'),
        'timeline', timeline, 'decisions', decisions,
        'rules', (SELECT coalesce(jsonb_agg(jsonb_build_object('rule', r.rule, 'jurisdiction', r.jurisdiction, 'kind',
                replace(r.kind, '_', ' '), 'value', dnc.rule_value(r), 'scope', dnc.rule_scope(r), 'citation',
                r.citation, 'valid_from', r.valid_from, 'valid_to', r.valid_to, 'confidence', r.confidence, 'note',
                r.note) ORDER BY r.jurisdiction, r.rule), '[]') FROM dnc.rule AS r
                WHERE r.rule IN (SELECT split_part(x.rule #>> '{}', ':', 1)
                    FROM jsonb_path_query(decisions, '$[*].rules[*]') AS x (rule))),
        'certificates', proofs, 'not_known', to_jsonb(unknown), 'limits', to_jsonb(limits))
        || jsonb '{"requests": [], "attempts": [], "violations": [], "consents": [], "relationships": [],
            "preferences": [], "replies": [], "complaints": [], "actions": [], "others": []}' || parts;
END
$$;
COMMENT ON FUNCTION dnc.case_of(bigint) IS 'the case of a complaint as JSON, for dnc_case and dnc_case_page';

CREATE FUNCTION @extschema@.dnc_case(complaint bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.case_of(complaint);
END;
COMMENT ON FUNCTION @extschema@.dnc_case(bigint)
    IS 'Returns the file of a complaint as JSON: the complaint and its steps, what is recorded about the number in '
       'parts and in the order of time (timeline), the decision and the rules as of the time of each attempt from 90 '
       'days before the complaint on (at most 100), certificates about the attempt and now, what is not known, and '
       'which limits left something out. At most 10000 rows of each part, the newest. Times are in UTC; attempts have '
       'the local time too. dnc_case_page returns it as a page to read.
Errors: P0002 no such complaint.
Example: SELECT dnc_complaint(phone => ''+44 20 7946 0018'', words => ''stop it'') AS complaint \gset
SELECT jsonb_pretty(dnc_case(complaint => :complaint));';
