-- ---------------------------------------------------------------------------
-- Requests through their life: due, kept, reviewed
-- ---------------------------------------------------------------------------

-- A request as it stands: a row a refusal. What no rule gives a time for is due at once, at its receipt; at once is
-- within an hour. The rows of an import that was finished within an hour were honoured when it began: it is not late by
-- what it took itself.
CREATE VIEW dnc.request AS
    SELECT e.entry_id, e.request_id, e.phone, e.channel, e.purpose, e.reason, e.source, e.requested_at, e.received_at,
        e.recorded_at,
           CASE WHEN e.effective_at = '-infinity' THEN e.recorded_at ELSE e.effective_at END AS effective_at,
           nullif(e.expires_at, 'infinity') AS expires_at, coalesce(e.due_at, e.received_at) AS due_at,
           CASE WHEN e.effective_at <> '-infinity' THEN e.effective_at
               WHEN b.started_at > e.recorded_at - interval '1 hour' THEN b.started_at ELSE e.recorded_at END
               > CASE WHEN e.due_at <> e.received_at THEN e.due_at ELSE e.received_at + interval '1 hour' END AS late,
           dnc.rule_keep_until(e.phone, e.channel, e.requested_at, e.received_at) AS keep_until,
           CASE WHEN EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id
                   AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL)) THEN 'ended'
                WHEN e.expires_at <= pg_catalog.statement_timestamp() THEN 'expired'
                WHEN e.effective_at > pg_catalog.statement_timestamp() THEN 'to start'
                WHEN p.reply_id IS NOT NULL AND v.review_id IS NULL THEN 'provisional'
                WHEN EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id) THEN 'in force in part'
                ELSE 'in force' END AS state,
           k.sticky, p.reply_id, v.review_id AS last_review, v.decided_at AS reviewed_at, v.review_again_at
    FROM dnc.entry AS e JOIN dnc.reason AS k ON k.reason = e.reason
    LEFT JOIN dnc.import_batch AS b ON b.batch_id = e.batch_id
    LEFT JOIN LATERAL (SELECT r.reply_id FROM dnc.reply AS r WHERE r.entry_id = e.entry_id AND r.meaning = 'likely_stop'
        LIMIT 1) AS p ON true
    LEFT JOIN LATERAL (SELECT r.review_id, r.decided_at, r.review_again_at FROM dnc.review AS r
        WHERE r.entry_id = e.entry_id ORDER BY r.review_id DESC LIMIT 1) AS v ON true
    WHERE e.ends IS NULL;
COMMENT ON VIEW dnc.request
    IS 'requests as they stand: when received, effective, due, until when kept, in which state; a row a refusal';

-- What is late: requests whose deadline came before their effect, and rows of imports that nobody has finished.
CREATE VIEW dnc.overdue AS
    SELECT 'takes effect late'::text AS problem, r.entry_id, r.phone::text AS e164, r.requested_at, r.received_at,
        r.due_at, r.effective_at AS honoured_at, NULL::bigint AS batch_id
    FROM dnc.request AS r WHERE r.late AND r.state NOT IN ('ended', 'expired')
        AND r.effective_at > pg_catalog.statement_timestamp()
    UNION ALL
    SELECT 'was recorded late', r.entry_id, r.phone::text, r.requested_at, r.received_at, r.due_at, r.effective_at, NULL
    FROM dnc.request AS r WHERE r.late AND r.effective_at <= pg_catalog.statement_timestamp()
    UNION ALL
    SELECT 'import is not finished', NULL, x.phone, x.requested_at, b.started_at,
        coalesce(dnc.rule_due(x.number, x.channel, x.requested_at, b.started_at), b.started_at), NULL, b.batch_id
    FROM dnc.import_batch AS b CROSS JOIN LATERAL (
        SELECT i.phone, dnc.try_parse(i.phone, b.region) AS number, coalesce(nullif(i.channel, ''), 'all') AS channel,
            coalesce(dnc.try_timestamptz(i.requested_at), b.started_at) AS requested_at
        FROM dnc.import_row AS i WHERE i.batch_id = b.batch_id) AS x
    -- As for those that are finished.
    WHERE b.state = 'open' AND x.number IS NOT NULL
      AND CASE WHEN b.started_at > pg_catalog.statement_timestamp() - interval '1 hour' THEN b.started_at
        ELSE pg_catalog.statement_timestamp() END
        > coalesce(dnc.rule_due(x.number, x.channel, x.requested_at, b.started_at), b.started_at + interval '1 hour');
COMMENT ON COLUMN dnc.overdue.honoured_at IS 'when it took, or takes, effect; NULL: nobody knows yet';
COMMENT ON VIEW dnc.overdue
    IS 'requests that were, or are still, not honoured when they had to be: late ones stay here as the record they are';

CREATE VIEW dnc.review_due AS
    SELECT r.entry_id, r.phone, r.channel, r.purpose, r.reason, d.because, d.since, r.keep_until, r.reviewed_at
    FROM dnc.request AS r CROSS JOIN LATERAL (
        SELECT 'provisional'::text AS because, r.recorded_at AS since WHERE r.state = 'provisional'
        UNION ALL
        SELECT 'reassigned', pg_catalog.max(x.recorded_at) FROM dnc.reassignment AS x
            WHERE x.phone OPERATOR(@extschema@.=) r.phone AND x.reassigned_at >= r.requested_at
            HAVING pg_catalog.max(x.recorded_at) > coalesce(r.reviewed_at, '-infinity')
        UNION ALL
        SELECT 'kept long enough', greatest(r.keep_until, r.review_again_at)
        WHERE greatest(r.keep_until, r.review_again_at) <= pg_catalog.statement_timestamp()) AS d
    WHERE r.state NOT IN ('ended', 'expired');
COMMENT ON COLUMN dnc.request.late
    IS 'it took effect after its deadline; where no rule says when it is due, over an hour after its receipt';
COMMENT ON COLUMN dnc.request.keep_until IS 'until when it must be kept at the least; NULL: no rule says';
COMMENT ON COLUMN dnc.request.state
    IS 'in force, in force in part, provisional (free text that nobody has reviewed), to start, expired, ended';
COMMENT ON COLUMN dnc.request.reply_id IS 'reply whose free text it was taken from';
COMMENT ON VIEW dnc.review_due
    IS 'refusals that somebody has to look at: provisional, of a reassigned number, or kept as long as they must; '
       'they stay in force';

-- Who signs a review, and why: what every decision needs.
CREATE FUNCTION dnc.require_signature(by text, why text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(btrim(by), '') = '' OR length(by) > 500 OR coalesce(btrim(why), '') = '' OR length(why) > 5000 THEN
        RAISE EXCEPTION 'a review needs who decides, and why' USING ERRCODE = 'null_value_not_allowed',
            DETAIL = 'It is what stands for the decision afterwards.',
            HINT = 'Names have up to 500 characters, reasons up to 5000.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_signature(text, text) IS 'raises unless somebody signs, for a reason';

CREATE FUNCTION @extschema@.dnc_review(entries bigint[], decision text, why text, by text, task bigint DEFAULT NULL,
    review_again_at timestamptz DEFAULT NULL, force boolean DEFAULT false)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    r     record;
    done  integer := 0;
    odd   bigint[];
BEGIN
    PERFORM dnc.require_signature(by, why);
    review_again_at := coalesce(review_again_at, now() + interval '1 year');
    IF decision IS NULL OR decision NOT IN ('keep', 'end') OR review_again_at <= now() THEN
        RAISE EXCEPTION 'a review decides to keep or to end, and to look again later'
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Given were %L and %s.', decision, review_again_at);
    END IF;
    IF task IS NOT NULL THEN
        PERFORM FROM dnc.review_task AS t WHERE t.task_id = task AND t.finished_at IS NULL FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no open review %', task USING ERRCODE = 'no_data_found',
                HINT = 'dnc_review_start opens one.';
        END IF;
    END IF;
    -- Whoever else ends, moves or erases them waits, or is waited for.
    PERFORM FROM dnc.entry AS e WHERE e.entry_id = ANY (entries) AND e.ends IS NULL
        ORDER BY e.entry_id FOR NO KEY UPDATE;
    SELECT array_agg(x ORDER BY x) INTO odd
    FROM (SELECT x FROM unnest(entries) AS x LEFT JOIN dnc.request AS q ON q.entry_id = x
        WHERE q.entry_id IS NULL OR q.state IN ('ended', 'expired') LIMIT 10) AS o;
    IF odd IS NOT NULL OR coalesce(cardinality(entries), 0) = 0 THEN
        RAISE EXCEPTION 'no refusals in force: %', coalesce(odd::text, 'none given') USING ERRCODE = 'no_data_found',
            DETAIL = 'A review decides about refusals that hold.',
            HINT = 'dnc.review_due and dnc_review_open(task) tell which wait.';
    END IF;
    FOR r IN SELECT q.*, p.because FROM (SELECT DISTINCT x FROM unnest(entries) AS x) AS u
        JOIN dnc.request AS q ON q.entry_id = u.x
             LEFT JOIN LATERAL (SELECT string_agg(d.because, ',') AS because FROM dnc.review_due AS d
                 WHERE decision = 'end' AND d.entry_id = q.entry_id) AS p ON true ORDER BY q.entry_id LOOP
        IF decision = 'end' THEN
            -- Retention is a minimum: before it is over only what was a guess, or another person's, can be ended by a
            -- review.
            IF r.keep_until > now() AND r.because IS NULL THEN
                RAISE EXCEPTION 'refusal % must be kept until %', r.entry_id, r.keep_until
                    USING ERRCODE = 'object_not_in_prerequisite_state',
                    DETAIL = 'The law of a place where the number may be says so.',
                    HINT = 'If the person takes it back: dnc_revoke; if it was a mistake: dnc_correct.';
            END IF;
            IF r.sticky AND NOT force THEN
                RAISE EXCEPTION 'refusal % is a %, which is ended only when forced', r.entry_id, r.reason
                    USING ERRCODE = 'object_not_in_prerequisite_state',
                    HINT = 'dnc_review(…, force => true), with the reason for it.';
            END IF;
        END IF;
        INSERT INTO dnc.review (entry_id, task_id, decision, why, decided_by, decided_at, review_again_at)
        VALUES (r.entry_id, task, decision, why, by, now(), review_again_at);
        IF decision = 'end' THEN
            INSERT INTO dnc.entry (phone, ends, received_at, channel, purpose, kind, source, request_id, requested_at,
                recorded_at, taken_by, evidence)
                VALUES (r.phone, r.entry_id, greatest(now(), r.recorded_at), r.channel, r.purpose, 'review', r.source,
                    r.request_id, greatest(now(), r.recorded_at), greatest(now(), r.recorded_at), by,
                    jsonb_build_object('why', why, 'review', currval('dnc.review_review_id_seq')));
        END IF;
        done := done + 1;
    END LOOP;
    RETURN done;
END
$$;
CREATE FUNCTION @extschema@.dnc_review(entry bigint, decision text, why text, by text, task bigint DEFAULT NULL,
    review_again_at timestamptz DEFAULT NULL, force boolean DEFAULT false)
RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_review(ARRAY[entry], decision, why, by, task, review_again_at, force);
END;
COMMENT ON FUNCTION @extschema@.dnc_review(bigint[], text, text, text, bigint, timestamptz, boolean)
    IS 'records a signed review of refusals: keep, or end what may be ended; returns how many';
COMMENT ON FUNCTION @extschema@.dnc_review(bigint, text, text, text, bigint, timestamptz, boolean)
    IS 'records a signed review of a refusal: keep, or end what may be ended';

-- The whole list, as one task.
CREATE FUNCTION @extschema@.dnc_review_start(title text, by text, due_at timestamptz DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    task bigint;
BEGIN
    PERFORM dnc.require_signature(by, title);
    IF due_at <= now() OR NOT isfinite(due_at) THEN
        RAISE EXCEPTION 'the review would be due at %, before it starts', due_at
            USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It starts at %s.', now());
    END IF;
    INSERT INTO dnc.review_task (title, started_at, started_by, due_at, last_entry)
    VALUES (title, now(), by, due_at, coalesce((SELECT max(e.entry_id) FROM dnc.entry AS e), 0))
    RETURNING task_id INTO task;
    RETURN task;
END
$$;
-- Refusals of a task: those that held when it started, and whether they are done.
CREATE FUNCTION dnc.review_scope(task bigint) RETURNS TABLE (entry_id bigint, decision text) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT e.entry_id,
        coalesce((SELECT r.decision FROM dnc.review AS r WHERE r.entry_id = e.entry_id AND r.task_id = t.task_id
            ORDER BY r.review_id DESC LIMIT 1),
        CASE WHEN e.expires_at <= coalesce(t.finished_at, pg_catalog.statement_timestamp())
               OR EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id
                   AND w.recorded_at <= coalesce(t.finished_at, 'infinity')
                   AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL)) THEN 'ended otherwise' END)
    FROM dnc.review_task AS t JOIN dnc.entry AS e ON e.ends IS NULL AND e.entry_id <= t.last_entry
        AND e.expires_at > t.started_at
    WHERE t.task_id = review_scope.task
      AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND w.recorded_at < t.started_at
          AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL));
END;
COMMENT ON FUNCTION dnc.review_scope(bigint)
    IS 'refusals of a review of the whole list, and what was decided; NULL: nothing yet';
CREATE FUNCTION @extschema@.dnc_review_open(task bigint, up_to integer DEFAULT 1000)
RETURNS TABLE (entry bigint, phone @extschema@.dnc_phone, channel text, purpose text, reason text, source text,
    requested_at timestamptz, keep_until timestamptz, evidence jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT e.entry_id, e.phone, e.channel, e.purpose, e.reason, e.source, e.requested_at,
        dnc.rule_keep_until(e.phone, e.channel, e.requested_at, e.received_at), e.evidence
    FROM (SELECT s.entry_id FROM dnc.review_scope(task) AS s WHERE s.decision IS NULL ORDER BY s.entry_id
        LIMIT greatest(up_to, 0)) AS s JOIN dnc.entry AS e ON e.entry_id = s.entry_id ORDER BY e.entry_id;
END;
CREATE FUNCTION @extschema@.dnc_review_finish(task bigint, by text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    t       dnc.review_task;
    waiting bigint;
BEGIN
    PERFORM dnc.require_signature(by, 'finished');
    SELECT * INTO t FROM dnc.review_task AS x WHERE x.task_id = task FOR UPDATE;
    IF t.task_id IS NULL OR t.finished_at IS NOT NULL THEN
        RAISE EXCEPTION 'there is no open review %', coalesce(task::text, 'NULL') USING ERRCODE = 'no_data_found',
            HINT = 'dnc_review_start opens one.';
    END IF;
    SELECT count(*) INTO waiting FROM dnc.review_scope(task) AS s WHERE s.decision IS NULL;
    IF waiting > 0 THEN
        RAISE EXCEPTION 'review % is not done', task USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = format('%s refusals wait for a decision.', waiting), HINT = 'dnc_review_open(task) tells which.';
    END IF;
    UPDATE dnc.review_task AS x SET finished_at = now(), finished_by = by WHERE x.task_id = task;
END
$$;
CREATE VIEW dnc.review_progress AS
    SELECT t.task_id, t.title, t.started_at, t.started_by, t.due_at, t.finished_at, t.finished_by, s.total,
        s.total - s.waiting AS done, s.waiting, s.kept, s.ended,
           CASE WHEN s.total > 0 THEN pg_catalog.round(100.0 * (s.total - s.waiting) / s.total, 1) ELSE 100.0 END
               AS percent,
           coalesce(t.finished_at IS NULL AND t.due_at < pg_catalog.statement_timestamp(), false) AS late
    FROM dnc.review_task AS t CROSS JOIN LATERAL (
        SELECT pg_catalog.count(*) AS total, pg_catalog.count(*) FILTER (WHERE x.decision IS NULL) AS waiting,
            pg_catalog.count(*) FILTER (WHERE x.decision = 'keep') AS kept,
               pg_catalog.count(*) FILTER (WHERE x.decision IN ('end', 'ended otherwise')) AS ended
                   FROM dnc.review_scope(t.task_id) AS x) AS s;
COMMENT ON VIEW dnc.review_progress IS 'reviews of the whole list, and how far each is';
COMMENT ON FUNCTION @extschema@.dnc_review_start(text, text, timestamptz)
    IS 'opens a review of every refusal that holds now, and returns the task';
COMMENT ON FUNCTION @extschema@.dnc_review_open(bigint, integer)
    IS 'refusals of a review that wait for a decision, oldest first';
COMMENT ON FUNCTION @extschema@.dnc_review_finish(bigint, text)
    IS 'closes a review when nothing waits any more; signed';

-- An objection to any use of the data takes a person out of analytics and scoring too.
CREATE FUNCTION @extschema@.dnc_may_process(phone @extschema@.dnc_phone) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN dnc_may_process.phone IS NOT NULL
        AND dnc.require_list() THEN NOT EXISTS (SELECT FROM dnc.refusals(dnc_may_process.phone, NULL, NULL, NULL) AS r
            WHERE r.reason = 'no_processing') AND pg_catalog.cardinality(dnc.missing_keys()) = 0 ELSE false END;
END;
COMMENT ON FUNCTION @extschema@.dnc_may_process(@extschema@.dnc_phone)
    IS 'false where the person objects to any use of the data (no_processing): leave them out of analytics and '
       'scoring; never NULL';
