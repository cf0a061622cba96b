-- ---------------------------------------------------------------------------
-- Erasure
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.out_of_reach() RETURNS TABLE (what text, detail text) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT 'tables of the CRM',
        'guarded: ' || coalesce((SELECT pg_catalog.string_agg(DISTINCT a.relation::text, ', ')
            FROM dnc.attachment AS a), 'none') || '; dnc_coverage() finds others; numbers in them must be erased there'
    UNION ALL
    SELECT 'results of scrubs', pg_catalog.string_agg(DISTINCT s.target, ', ') FROM dnc.scrub AS s
    WHERE pg_catalog.to_regclass(s.target) IS NOT NULL HAVING pg_catalog.count(*) > 0
    UNION ALL
    SELECT 'backups and dumps', 'earlier ones have the data until they are replaced'
    UNION ALL
    SELECT 'write-ahead log',
        CASE pg_catalog.current_setting('archive_mode')
        WHEN 'off' THEN 'not archived; files in pg_wal are used again in time'
        ELSE 'archived (archive_mode = ' || pg_catalog.current_setting('archive_mode')
        || '): the archive has the data written before dnc_erase_finish' END
    UNION ALL
    SELECT 'the server''s log and statistics of statements', 'statements that were logged with their values'
    UNION ALL
    SELECT 'standbys',
        'they follow: ' || pg_catalog.string_agg(coalesce(nullif(r.application_name, ''), r.pid::text), ', ')
    FROM pg_catalog.pg_stat_replication AS r HAVING pg_catalog.count(*) > 0
    UNION ALL
    SELECT 'subscribers', 'slots of logical replication: ' || pg_catalog.string_agg(s.slot_name::text, ', ')
    FROM pg_catalog.pg_replication_slots AS s WHERE s.slot_type = 'logical'
        AND s.database = pg_catalog.current_database() HAVING pg_catalog.count(*) > 0;
END;
COMMENT ON FUNCTION dnc.out_of_reach()
    IS 'places where data of an erased number may remain that no statement in this database can reach';

CREATE FUNCTION dnc.erase_number(phone @extschema@.dnc_phone, why text, by text, request bigint, refuse boolean)
RETURNS TABLE (what text, rows bigint, outcome text, detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    who      text := coalesce(by, session_user::text);
    state    dnc.subject_request_state;
    ring     record;
    erasure  bigint;
    told     jsonb;
    versions bigint[];
    locked   bigint[];
    entries  bigint[];
    consents bigint[];
    logged   bigint[];
    attempts bigint[];
    used     jsonb;
    scopes   text[] := '{}';
    e        record;
    fresh    bigint;
    part     record;
    n        bigint;
BEGIN
    IF phone IS NULL OR refuse IS NULL THEN
        RAISE EXCEPTION 'no number given, or NULL for refuse' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM dnc.require_read_committed(), dnc.require_words('why', why, 5000),
        dnc.require_words('who does it', who, 500);
    -- In the lock order of dnc_erase_finish. A concurrent dnc_hold waits, and an earlier one is seen below.
    LOCK TABLE dnc.erasure, dnc.legal_hold, dnc.subject_request IN ROW EXCLUSIVE MODE;
    PERFORM pg_advisory_xact_lock(hashtextextended('erase/' || phone::text, 4476483));
    IF request IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('subject_request/' || request, 4476483));
    END IF;
    SELECT string_agg(format('request %s for %s, %s', s.request_id, s.kind, s.state), ', ' ORDER BY s.request_id) INTO
        detail FROM dnc.subject_request_state AS s
        WHERE dnc.same_phone(s.phone, phone)
          AND (s.kind IN ('access', 'rectification') AND s.closed_at IS NULL OR s.kind = 'restriction'
            AND s.state NOT IN ('refused', 'lifted'));
    IF detail IS NOT NULL THEN
        RAISE EXCEPTION '% has requests that an erasure would make void', dnc.mask(phone)
            USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('%s.', detail),
            HINT = 'Close them first (dnc_subject_request_step), and lift a restriction: restricted data are stored '
                   '(GDPR, art. 18(1)).';
    END IF;
    IF dnc.is_held(phone, ARRAY[NULL::timestamptz]) THEN
        RAISE EXCEPTION '% is under a legal hold', dnc.mask(phone) USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = format('For %s.', (SELECT string_agg(DISTINCT h.matter, ', ') FROM dnc.legal_hold_in_force AS h
                    WHERE h.phone IS NULL OR dnc.same_phone(h.phone, phone))),
            HINT = 'What a legal claim needs is kept (GDPR, art. 17(3)(e)); dnc_lift_hold ends the hold. The request '
                   'can be refused with that ground.';
    END IF;
    SELECT string_agg(format('complaint %s, %s', s.complaint_id, s.state), ', ' ORDER BY s.complaint_id) INTO detail
        FROM dnc.complaint_state AS s
        WHERE dnc.same_phone(s.phone, phone) AND s.state NOT IN ('answered', 'closed');
    IF detail IS NOT NULL THEN
        RAISE EXCEPTION '% has complaints that wait for an answer', dnc.mask(phone)
            USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('%s.', detail),
            HINT = 'Answer or close them first (dnc_complaint_step), with the file that dnc_case returns; what a legal '
                   'claim needs is kept by dnc_hold (GDPR, art. 17(3)(e)).';
    END IF;
    IF request IS NOT NULL THEN
        SELECT * INTO state FROM dnc.subject_request_state AS s WHERE s.request_id = request;
        IF state.request_id IS NULL OR state.kind <> 'erasure' OR NOT dnc.same_phone(state.phone, phone)
            OR state.closed_at IS NOT NULL OR state.identity_check IS NULL THEN
            RAISE EXCEPTION 'request % is no open request for the erasure of %', request, dnc.mask(phone)
                USING ERRCODE = 'object_not_in_prerequisite_state',
                DETAIL = CASE WHEN state.request_id IS NULL THEN 'There is no such request.'
                    ELSE format('It is for %s of %s, and its state is: %s.', state.kind, dnc.mask(state.phone),
                        state.state) END,
                HINT = 'A step identified (dnc_subject_request_step) comes before what is irreversible.';
        END IF;
        INSERT INTO dnc.subject_request_step (request_id, step, detail, done_by, done_at)
        VALUES (request, 'done', 'erased', who, now());
    END IF;
    -- This also completes other open requests for erasure or objection.
    INSERT INTO dnc.subject_request_step (request_id, step, detail, done_by, done_at)
        SELECT s.request_id, 'done', 'erased', who, now() FROM dnc.subject_request_state AS s
        WHERE dnc.same_phone(s.phone, phone) AND s.kind IN ('erasure', 'objection') AND s.closed_at IS NULL
        ORDER BY s.request_id;
    IF NOT EXISTS (SELECT FROM dnc.pseudonym_key AS k WHERE k.retired_at IS NULL) THEN
        PERFORM dnc.register_key();
    END IF;
    IF cardinality(dnc.missing_keys()) > 0 THEN
        RAISE EXCEPTION 'numbers cannot be erased without the key "%"', array_to_string(dnc.missing_keys(), '", "')
            USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'The opt-out would be lost.', HINT = 'Put it back into the file of the setting dnc.key_file.';
    END IF;
    SELECT m.* INTO ring FROM dnc.pseudonyms(phone) AS m LIMIT 1;
    -- Waits for concurrent revocations and moves, which are seen below. Entries recorded from here on are new and stay.
    locked := dnc.lock_refusals(phone);
    -- Nobody knows any more then what was said in an attempt without an outcome, or that the number is a stranger's.
    refuse := refuse OR EXISTS (SELECT FROM dnc.undecided_attempt AS u WHERE dnc.same_phone(u.phone, phone))
        OR EXISTS (SELECT FROM dnc.wrong_number_in_force AS w WHERE dnc.same_phone(w.phone, phone));
    IF refuse AND NOT EXISTS (SELECT FROM dnc.refusals(phone, NULL, NULL, NULL) AS r
        WHERE r.channel = 'all' AND r.purpose IS NULL) THEN
        locked := locked || dnc.record_request(ARRAY[phone], 'all', NULL, 'no_contact', 'unspecified', now(), '{}',
            NULL, NULL, NULL, NULL, NULL, who);
    END IF;
    entries := ARRAY(SELECT x.entry_id FROM dnc.entry AS x WHERE dnc.same_phone(x.phone, phone)
        AND (coalesce(x.ends, x.entry_id) = ANY (locked) OR x.ends IS NOT NULL
            AND NOT EXISTS (SELECT FROM dnc.entry AS r WHERE r.entry_id = x.ends)));
    consents := ARRAY(SELECT l.consent_id
        FROM (SELECT c.consent_id FROM dnc.consent AS c WHERE dnc.same_phone(c.phone, phone)
            ORDER BY c.consent_id FOR UPDATE) AS l);
    logged := ARRAY(SELECT x.audit_seq FROM dnc.relationship AS x WHERE dnc.same_phone(x.phone, phone)
        UNION ALL SELECT x.audit_seq FROM dnc.reassignment AS x WHERE dnc.same_phone(x.phone, phone)
        UNION ALL SELECT x.audit_seq FROM dnc.reply AS x WHERE dnc.same_phone(x.phone, phone)
        UNION ALL SELECT x.audit_seq FROM dnc.token_use AS x WHERE dnc.same_phone(x.phone, phone)
        UNION ALL SELECT x.audit_seq FROM dnc.violation AS x WHERE dnc.same_phone(x.phone, phone)
        -- One that was recorded or reopened meanwhile stays, to be answered.
        UNION ALL SELECT x.audit_seq FROM dnc.complaint AS x JOIN dnc.complaint_state AS s
            ON s.complaint_id = x.complaint_id WHERE dnc.same_phone(x.phone, phone)
            AND s.state IN ('answered', 'closed'));
    attempts := ARRAY(SELECT a.attempt_id FROM dnc.attempts_of(phone) AS a);
    SELECT jsonb_agg(to_jsonb(d)) INTO told FROM dnc.recipients_of(phone) AS d;

    INSERT INTO dnc.erasure (pseudonym, pseudonym_low, key_id, erased_at, erased_by, why, request)
        VALUES (ring.pseudonym, ring.pseudonym_low, ring.key_id, now(), dnc.redact(who, phone), dnc.redact(why, phone),
                (SELECT jsonb_agg(dnc.redact_row(to_jsonb(s), phone) ORDER BY s.request_id)
                    FROM dnc.subject_request_state AS s WHERE dnc.same_phone(s.phone, phone)))
        RETURNING erasure_id INTO erasure;

    -- The opt-outs in force, and their partial revocations.
    FOR e IN SELECT x.* FROM dnc.entry AS x WHERE x.entry_id = ANY (entries) AND x.ends IS NULL AND x.expires_at > now()
             AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = x.entry_id
                 AND dnc.ends_all(w.channel, w.purpose, x.channel, x.purpose, NULL, NULL)) ORDER BY x.entry_id LOOP
        INSERT INTO dnc.pseudonym (pseudonym, pseudonym_low, key_id, effective_at, expires_at, received_at, channel,
            purpose, kind, reason, source, requested_at, recorded_at, due_at, keep_until)
            VALUES (ring.pseudonym, ring.pseudonym_low, ring.key_id, e.effective_at, e.expires_at, e.received_at,
                e.channel, e.purpose, 'refusal', e.reason, e.source, e.requested_at, e.recorded_at, e.due_at,
                dnc.rule_keep_until(phone, e.channel, e.requested_at, e.received_at))
            RETURNING pseudonym_id INTO fresh;
        INSERT INTO dnc.pseudonym (pseudonym, pseudonym_low, key_id, ends, received_at, channel, purpose, kind, source,
            requested_at, recorded_at)
            SELECT ring.pseudonym, ring.pseudonym_low, ring.key_id, fresh, w.received_at, w.channel, w.purpose, w.kind,
                w.source, w.requested_at, w.recorded_at FROM dnc.entry AS w WHERE w.ends = e.entry_id
                ORDER BY w.entry_id;
        scopes := scopes || concat_ws(' of ', e.channel, e.purpose);
    END LOOP;
    what := 'refusals in force'; rows := cardinality(scopes);
    outcome := CASE WHEN rows > 0 THEN 'kept under a pseudonym' ELSE 'none' END;
    detail := CASE WHEN rows > 0
        THEN format(
            'under the key "%s", for %s; pseudonymous, and still personal data; other reasons not to contact '
            '(consents withdrawn, data bought without proof, hours) are deleted, except those reported below',
                           ring.key_id,
                           (SELECT string_agg(DISTINCT s, ', ') FROM unnest(scopes) AS s))
                   WHEN EXISTS (SELECT FROM dnc.entries_of(phone) AS x WHERE x.entry_id < 0)
                       THEN 'erased before; the opt-outs kept then stay'
                   ELSE 'nothing will keep the number from being contacted again; refuse => true records an opt-out '
                        'first' END;
    RETURN NEXT;

    -- Revocations, and the times up to which they apply.
    INSERT INTO dnc.erased_ending (pseudonym, pseudonym_low, key_id, ended, channel, purpose, ended_at)
        SELECT ring.pseudonym, ring.pseudonym_low, ring.key_id, x.ended, x.channel, x.purpose, max(x.at) FROM (
            SELECT 'consent' AS ended, c.channel, c.purpose, c.given_at AS at FROM dnc.consent AS c
            WHERE c.consent_id = ANY (consents) AND c.withdrawal
            UNION ALL SELECT 'consent', e.channel, e.purpose, e.requested_at FROM dnc.entry AS e
            WHERE e.entry_id = ANY (entries) AND e.ends IS NULL
            UNION ALL SELECT v.ended, 'all', NULL, g.reassigned_at
            FROM dnc.reassignment AS g, unnest('{consent,relationship}'::text[]) AS v (ended)
            WHERE g.audit_seq = ANY (logged)
            UNION ALL SELECT 'relationship', 'all', l.purpose, l.happened_at FROM dnc.relationship AS l
            WHERE l.audit_seq = ANY (logged) AND l.event = 'ended') AS x
        GROUP BY x.ended, x.channel, x.purpose;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n > 0 THEN
        what := 'ended consents and relationships'; rows := n; outcome := 'kept under a pseudonym';
            detail := 'so that an earlier consent or relationship, recorded again, does not count';
        RETURN NEXT;
    END IF;

    -- Records that a rule requires, without the number.
    INSERT INTO dnc.kept_record (erasure_id, relation, record, keep_until, because)
        SELECT erasure, k.relation, dnc.redact_row(k.record, phone), k.keep_until,
            coalesce(dnc.why_kept(phone, k.kind), 'a rule')
        FROM (
            SELECT 'consent' AS relation, 'consent_proof' AS kind, to_jsonb(c) AS record,
                dnc.rule_proof_until(phone, c.channel, c.given_at,
                greatest(c.given_at, (SELECT max(u.used_on) FROM dnc.consent_use AS u
                        WHERE u.consent_id = c.consent_id)::timestamp AT TIME ZONE 'UTC')) AS keep_until
                FROM dnc.consent AS c WHERE c.consent_id = ANY (consents) AND NOT c.withdrawal
            UNION ALL
            SELECT 'contact_attempt', 'records', to_jsonb(a) - 'decision',
                dnc.rule_records_until(phone, a.channel, a.happened_at) FROM dnc.attempts_of(phone) AS a
            WHERE a.attempt_id = ANY (attempts)
            UNION ALL
            SELECT 'violation', 'records', to_jsonb(v), dnc.rule_records_until(phone, v.channel, v.happened_at)
            FROM dnc.violation AS v WHERE v.audit_seq = ANY (logged)) AS k
        WHERE k.keep_until > now();
    FOR part IN SELECT k.relation, count(*) AS n, max(k.keep_until) AS until, k.because FROM dnc.kept_record AS k
        WHERE k.erasure_id = erasure GROUP BY k.relation, k.because ORDER BY 1 LOOP
        what := 'dnc.' || part.relation; rows := part.n; outcome := 'kept without the number';
            detail := format(
            'a law requires it until %s at the latest: %s; ask your counsel whether it suffices without the number',
            to_char(part.until, 'YYYY-MM-DD'), part.because);
        RETURN NEXT;
    END LOOP;

    -- Used tokens and replies stay used, without number and text.
    SELECT jsonb_agg(to_jsonb(x)) INTO used FROM (
        SELECT 'token' AS kind, u.token_id AS id, u.action AS meaning, u.channel, u.purpose, u.used_at AS at
        FROM dnc.token_use AS u WHERE u.audit_seq = ANY (logged)
        UNION ALL SELECT 'reply', l.external_ref, l.meaning, l.channel, l.purpose, l.received_at FROM dnc.reply AS l
        WHERE l.audit_seq = ANY (logged) AND l.meaning = 'start' AND l.external_ref IS NOT NULL
            AND NOT l.external_ref ~ dnc.spelled(phone)) AS x;
    -- Referenced rows last.
    FOR part IN SELECT * FROM dnc.erase_conditions(phone, entries, consents, logged, attempts) LOOP
        IF part.parts IS NOT NULL THEN
            EXECUTE format(
                'INSERT INTO dnc.erasure_part (erasure_id, relation, part, rows) SELECT $1, %L, %s, count(*) FROM '
                'dnc.%I AS r WHERE %s GROUP BY 3', part.relation, part.parts, part.relation, part.condition)
                    USING erasure;
        END IF;
        n := dnc.erase_rows(part.relation, part.condition);
        CONTINUE WHEN n = 0;
        IF part.parts IS NULL THEN
            INSERT INTO dnc.erasure_part (erasure_id, relation, rows) VALUES (erasure, part.relation, n);
        END IF;
        what := 'dnc.' || part.relation; rows := n; outcome := 'erased'; detail := NULL;
        RETURN NEXT;
    END LOOP;

    INSERT INTO dnc.token_use (token_id, action, channel, purpose, ended, used_at)
        SELECT u.id, u.meaning, u.channel, u.purpose, 0, u.at
        FROM jsonb_to_recordset(used) AS u (kind text, id text, meaning text, channel text, purpose text,
            at timestamptz) WHERE u.kind = 'token';
    INSERT INTO dnc.reply (channel, purpose, reply, meaning, ended, received_at, external_ref, recorded_at)
        SELECT u.channel, u.purpose, '', u.meaning, 0, u.at, u.id, greatest(u.at, now())
        FROM jsonb_to_recordset(used) AS u (kind text, id text, meaning text, channel text, purpose text,
            at timestamptz) WHERE u.kind = 'reply';
    -- Columns with numbers have no statistics (privacy/statistics.sql), but may have had some earlier.
    DELETE FROM pg_statistic AS s USING pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'dnc'::regnamespace AND a.attstattarget = 0 AND s.starelid = a.attrelid
        AND s.staattnum = a.attnum;

    -- List versions out of use. Those in use keep what their publisher lists.
    SELECT array_agg(v.version_id) INTO versions FROM dnc.list_version AS v WHERE dnc.version_stores(v, phone)
        AND (v.state = 'former' OR v.state = 'ready'
            AND v.version_id < (SELECT c.version_id FROM dnc.list_version AS c
                WHERE c.list = v.list AND c.state = 'current')) AND NOT dnc.version_is_held(v);
    IF versions IS NOT NULL THEN
        PERFORM dnc.drop_versions(versions);
        INSERT INTO dnc.erasure_part (erasure_id, relation, rows) VALUES (erasure, 'list_block', cardinality(versions));
        what := 'old versions of lists'; rows := cardinality(versions); outcome := 'erased';
            detail := format('pruned: %s',
            (SELECT string_agg(format('%s version %s', v.list, v.version_id), ', ' ORDER BY v.version_id)
                FROM dnc.list_version AS v WHERE v.version_id = ANY (versions)));
        RETURN NEXT;
    END IF;
    FOR part IN SELECT v.list, v.version_id, v.state, l.source, l.kind FROM dnc.list_version AS v
        JOIN dnc.list AS l ON l.list = v.list WHERE dnc.version_stores(v, phone) ORDER BY v.version_id LOOP
        what := format('list %s, version %s', part.list, part.version_id); rows := 1; outcome := 'kept';
            detail := CASE part.state WHEN 'former' THEN 'the version has numbers that are under a legal hold'
            ELSE format('the list''s publisher has it (%s); it is deleted with the next version loaded without it',
                coalesce(part.source, part.kind)) END;
        RETURN NEXT;
    END LOOP;
    SELECT count(*), string_agg(DISTINCT i.batch_id::text, ', ') INTO part FROM dnc.import_row AS i
    JOIN dnc.import_batch AS b ON b.batch_id = i.batch_id WHERE dnc.row_spells(i, b.region, phone);
    IF part.count > 0 THEN
        what := 'dnc.import_row'; rows := part.count; outcome := 'kept';
            detail := format('rows of imports that are not finished (%s): finish or abandon them, and erase again',
            part.string_agg);
        RETURN NEXT;
    END IF;

    SELECT count(DISTINCT c.version_id), string_agg(DISTINCT c.version_id::text, ', ') INTO part
    FROM dnc.list_chunk AS c;
    IF part.count > 0 THEN
        what := 'loads of lists that are not finished'; rows := part.count; outcome := 'kept';
            detail := format('versions %s may contain the number, from their publishers', part.string_agg);
        RETURN NEXT;
    END IF;
    SELECT count(*), string_agg(p.prefix_id::text, ', ') INTO part FROM dnc.prefix_entry AS p
    WHERE p.prefix = phone::text;
    IF part.count > 0 THEN
        what := 'dnc.prefix_entry'; rows := part.count; outcome := 'kept';
            detail := format(
            'the number itself is recorded as a prefix (%s): a prefix covers many numbers; use dnc_add for a number',
            part.string_agg);
        RETURN NEXT;
    END IF;
    SELECT count(*), string_agg(f.name, ', ') INTO part
    FROM (SELECT 'import ' || b.batch_id AS name, b.file FROM dnc.import_batch AS b
        UNION ALL SELECT 'version ' || v.version_id, v.file FROM dnc.list_version AS v
        UNION ALL SELECT 'answers ' || r.batch_id, r.file FROM dnc.registry_batch AS r) AS f
            WHERE f.file ~ dnc.spelled(phone);
    IF part.count > 0 THEN
        what := 'names of files and queries'; rows := part.count; outcome := 'kept';
            detail := format('the number is in the name under which these were loaded: %s', part.string_agg);
        RETURN NEXT;
    END IF;

    FOR part IN SELECT d ->> 'recipient' AS recipient, d ->> 'kind' AS kind, d ->> 'contact' AS contact,
        sum((d ->> 'times')::bigint) AS times, max(d ->> 'last_at') AS last_at
        FROM jsonb_array_elements(coalesce(told, '[]')) AS d GROUP BY 1, 2, 3 ORDER BY 1 LOOP
        what := format('%s %s', coalesce(part.kind, 'recipient'),
            part.recipient); rows := part.times; outcome := 'to be notified';
            detail := format('received the number, last at %s%s', part.last_at,
            coalesce('; contact: ' || part.contact, ''));
        RETURN NEXT;
    END LOOP;
    rows := NULL; outcome := 'out of reach';
    FOR part IN SELECT * FROM dnc.out_of_reach() LOOP
        what := part.what; detail := part.detail;
        RETURN NEXT;
    END LOOP;
    what := 'texts about others'; outcome := 'to be reviewed';
        detail := 'dnc_mentions(phone) finds the number in texts about other numbers, such as those of the same '
                  'request';
    RETURN NEXT;
    what := 'the files of this database'; outcome := 'to be finished';
        detail := 'deleted data stay readable in them until dnc_erase_finish()';
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION dnc.erase_number(@extschema@.dnc_phone, text, text, bigint, boolean)
    IS 'erases a number; for dnc_erase';

-- In deletion order. parts: expression by which rows are counted. Where something is kept, only the rows that were read
-- for it are deleted, not rows recorded meanwhile.
CREATE FUNCTION dnc.erase_conditions(phone @extschema@.dnc_phone, entries bigint[], consents bigint[], logged bigint[],
    attempts bigint[]) RETURNS TABLE (relation text, condition text, parts text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    same text := format('dnc.same_phone(r.phone, %L)', phone::text);
    seen text := format('r.audit_seq = ANY (%L::bigint[])', logged);
BEGIN
    RETURN QUERY SELECT * FROM (VALUES
        ('consent_use', format('r.consent_id = ANY (%L::bigint[])', consents), NULL),
        ('consent', format('r.consent_id = ANY (%L::bigint[])', consents), NULL), ('relationship', seen, NULL),
            ('reassignment', seen, NULL), ('preference', same, NULL), ('acquisition', same, NULL),
        ('wrong_number', same, NULL), ('undecided_attempt', same, NULL),
        ('reply', seen, NULL), ('token_use', seen, NULL), ('violation', seen, NULL),
            ('contact_attempt', format('%s AND r.attempt_id = ANY (%L::bigint[])', same, attempts),
            'r.tableoid::regclass::text'), ('registry_answer', same, 'r.batch_id::text'),
        ('guard_event', format('r.e164 = %1$L OR r.e164 IS NULL AND dnc.mentions(r.spelling, %1$L)', phone::text),
            NULL),
        ('import_reject',
            format(
                'EXISTS (SELECT FROM dnc.import_batch AS b WHERE b.batch_id = r.batch_id AND dnc.spells(r.phone, '
                'coalesce(r.region, b.region), %L))', phone::text), NULL),
        ('subject_request_step',
            format(
                'r.request_id IN (SELECT s.request_id FROM dnc.subject_request AS s WHERE dnc.same_phone(s.phone, %L))',
                phone::text), NULL),
        ('subject_request', same, NULL),
        ('complaint_step',
            format('r.complaint_id IN (SELECT c.complaint_id FROM dnc.complaint AS c WHERE c.audit_seq = ANY '
                '(%L::bigint[]))', logged), NULL), ('complaint', seen, NULL),
        ('legal_hold', same, NULL), ('disclosure', same, NULL),
        ('review', format('r.entry_id = ANY (%L::bigint[])', entries), NULL),
            ('entry', format('r.entry_id = ANY (%L::bigint[])', entries), NULL)) AS v (relation, condition, parts)
    WHERE to_regclass('dnc.' || v.relation) IS NOT NULL;
END
$$;
COMMENT ON FUNCTION dnc.erase_conditions(@extschema@.dnc_phone, bigint[], bigint[], bigint[], bigint[])
    IS 'conditions for the rows of a number, by table';
CREATE FUNCTION dnc.version_lists(version dnc.list_version, phone @extschema@.dnc_phone) RETURNS boolean
LANGUAGE sql STABLE
    RETURN CASE WHEN (version).state NOT IN ('ready', 'current', 'former') THEN false
                WHEN (version).plus_set IS NULL THEN dnc.set_has((version).whole_set, phone::bigint)
                ELSE dnc.set_has((version).plus_set, phone::bigint)
                    OR (dnc.set_has((version).whole_set, phone::bigint)
                    AND NOT dnc.set_has((version).minus_set, phone::bigint)) END;
COMMENT ON FUNCTION dnc.version_lists(dnc.list_version, @extschema@.dnc_phone)
    IS 'whether a list version that is not pruned contains a number';
CREATE FUNCTION dnc.version_stores(version dnc.list_version, phone @extschema@.dnc_phone) RETURNS boolean
LANGUAGE sql STABLE
    RETURN (version).state IN ('ready', 'current', 'former')
        AND (dnc.set_has((version).whole_set, phone::bigint) IS TRUE
        OR dnc.set_has((version).plus_set, phone::bigint) IS TRUE
        OR dnc.set_has((version).minus_set, phone::bigint) IS TRUE);
COMMENT ON FUNCTION dnc.version_stores(dnc.list_version, @extschema@.dnc_phone)
    IS 'whether the blocks of a list version that is not pruned contain a number, even one that its changes remove';
CREATE FUNCTION dnc.version_is_held(version dnc.list_version) RETURNS boolean LANGUAGE sql STABLE
    RETURN EXISTS (SELECT FROM dnc.legal_hold_in_force AS h WHERE h.until > (version).loaded_at
        AND (h.phone IS NULL OR dnc.version_lists(version, h.phone)));
COMMENT ON FUNCTION dnc.version_is_held(dnc.list_version)
    IS 'whether a list version contains a number under a legal hold';
CREATE FUNCTION dnc.register_key() RETURNS void LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_pseudonym_key();
END;
COMMENT ON FUNCTION dnc.register_key()
    IS 'registers the key "pseudonym"; bound at creation for functions that run as superuser';

-- Other forms of the line are erased with the number, where anything is stored about them.
CREATE FUNCTION dnc.erase_line(phone @extschema@.dnc_phone, why text, by text, request bigint, refuse boolean)
RETURNS TABLE (what text, rows bigint, outcome text, detail text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    form dnc.entry.phone%TYPE;
BEGIN
    RETURN QUERY SELECT * FROM dnc.erase_number($1, $2, $3, $4, $5);
    FOR form IN SELECT f.form FROM unnest(dnc.forms(phone)) WITH ORDINALITY AS f (form, n) WHERE f.n > 1 LOOP
        CONTINUE WHEN NOT dnc.is_stored(form);
        RETURN QUERY SELECT e.what, e.rows, e.outcome, concat_ws('; ', 'as ' || dnc.mask(form), e.detail)
            FROM dnc.erase_number(form, $2, $3, NULL, false) AS e WHERE e.rows > 0;
    END LOOP;
END
$$;
COMMENT ON FUNCTION dnc.erase_line(@extschema@.dnc_phone, text, text, bigint, boolean)
    IS 'erases a number and the other forms of its line; for dnc_erase';
-- Exactly this number, not its line.
CREATE FUNCTION dnc.is_stored(phone @extschema@.dnc_phone) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found boolean;
BEGIN
    SELECT EXISTS (SELECT FROM dnc.entry AS x WHERE dnc.same_phone(x.phone, $1))
        OR EXISTS (SELECT FROM dnc.consent AS x WHERE dnc.same_phone(x.phone, $1))
        OR EXISTS (SELECT FROM dnc.relationship AS x WHERE dnc.same_phone(x.phone, $1))
        OR EXISTS (SELECT FROM dnc.reassignment AS x WHERE dnc.same_phone(x.phone, $1))
        OR EXISTS (SELECT FROM dnc.preference AS x WHERE dnc.same_phone(x.phone, $1))
        OR EXISTS (SELECT FROM dnc.acquisition AS x WHERE dnc.same_phone(x.phone, $1))
        OR EXISTS (SELECT FROM dnc.wrong_number AS x WHERE dnc.same_phone(x.phone, $1))
        OR EXISTS (SELECT FROM dnc.reply AS x WHERE dnc.same_phone(x.phone, $1))
        OR EXISTS (SELECT FROM dnc.token_use AS x WHERE dnc.same_phone(x.phone, $1))
        OR EXISTS (SELECT FROM dnc.violation AS x WHERE dnc.same_phone(x.phone, $1))
        OR EXISTS (SELECT FROM dnc.complaint AS x WHERE dnc.same_phone(x.phone, $1))
        OR EXISTS (SELECT FROM dnc.registry_answer AS x WHERE dnc.same_phone(x.phone, $1))
        OR EXISTS (SELECT FROM dnc.guard_event AS x WHERE x.e164 = $1::text)
        OR EXISTS (SELECT FROM dnc.attempts_of($1)) INTO found;
    RETURN found;
END
$$;
COMMENT ON FUNCTION dnc.is_stored(@extschema@.dnc_phone)
    IS 'whether anything is stored about exactly this number, whatever is stored about other forms of its line';

CREATE FUNCTION @extschema@.dnc_erase(phone @extschema@.dnc_phone, why text DEFAULT 'the person asked for it',
    by text DEFAULT NULL, request bigint DEFAULT NULL, refuse boolean DEFAULT false)
RETURNS TABLE (what text, rows bigint, outcome text, detail text)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT * FROM dnc.erase_line(phone, why, by, request, refuse);
END;
CREATE FUNCTION @extschema@.dnc_erase(phone text, why text DEFAULT 'the person asked for it', by text DEFAULT NULL,
    request bigint DEFAULT NULL, refuse boolean DEFAULT false)
RETURNS TABLE (what text, rows bigint, outcome text, detail text)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT * FROM dnc.erase_line(@extschema@.dnc_parse(phone), why, by, request, refuse);
END;
COMMENT ON FUNCTION @extschema@.dnc_erase(@extschema@.dnc_phone, text, text, bigint, boolean)
    IS 'Erases a person''s data, keeps the opt-outs in force under a pseudonym that still suppresses the number, and '
       'returns what was erased, what is kept and why, which recipients to notify, and what it cannot reach. refuse '
       '=> true first records an opt-out for all channels, as is always done for a wrong number, and where the outcome '
       'of an attempt is not known. request is an open, identified erasure request, which is '
       'completed. Call dnc_erase_finish afterwards.
Errors: 22004 no number, or refuse is NULL; 22023 why or by is empty or too long; 55000 a legal hold, a '
       'restriction, an open request of the person or a complaint without an answer stands against it, request is '
       'not an open and identified erasure request of the number, or a pseudonym key is missing; 25000 the '
       'transaction is not READ COMMITTED.
Example: SELECT * FROM dnc_erase(phone => ''+44 20 7946 0018'', why => ''request by letter'', by => ''agent 12'');';
COMMENT ON FUNCTION @extschema@.dnc_erase(text, text, text, bigint, boolean)
    IS 'dnc_erase for a text, read in the region of dnc.default_region';

