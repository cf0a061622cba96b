-- ---------------------------------------------------------------------------
-- The life of requests: due dates, retention, reviews
-- ---------------------------------------------------------------------------

-- The state of each opt-out, a row each. Where no rule sets a deadline, it is due at receipt, with an hour of grace.
-- Rows of an import finished within an hour count as honoured when it began, so that its duration makes none late;
-- those of a list that another system has honoured count as honoured when they were received.
CREATE VIEW dnc.request AS
    SELECT e.entry_id, e.request_id, e.phone, e.channel, e.purpose, e.reason, e.source, e.requested_at, e.received_at,
        e.recorded_at,
           CASE WHEN e.effective_at = '-infinity' THEN e.recorded_at ELSE e.effective_at END AS effective_at,
           nullif(e.expires_at, 'infinity') AS expires_at, coalesce(e.due_at, e.received_at) AS due_at,
           CASE WHEN e.effective_at <> '-infinity' THEN e.effective_at
               WHEN b.honoured_since IS NOT NULL THEN e.received_at
               WHEN b.started_at > e.recorded_at - interval '1 hour' THEN b.started_at ELSE e.recorded_at END
               > CASE WHEN e.due_at <> e.received_at THEN e.due_at ELSE e.received_at + interval '1 hour' END AS late,
           dnc.rule_keep_until(e.phone, e.channel, e.requested_at, e.received_at) AS keep_until,
           CASE WHEN EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id
                   AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL)) THEN 'ended'
                WHEN e.expires_at <= pg_catalog.statement_timestamp() THEN 'expired'
                WHEN e.effective_at > pg_catalog.statement_timestamp() THEN 'to start'
                WHEN (p.reply_id IS NOT NULL OR e.evidence @> '{"provisional": true}') AND v.review_id IS NULL
                    THEN 'provisional'
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
    IS 'opt-outs, a row each: when received, effective and due, how long to keep them, and their state';

-- Late: opt-outs whose deadline came before their effect, and rows of unfinished imports.
CREATE VIEW dnc.overdue AS
    SELECT CASE WHEN r.effective_at > pg_catalog.statement_timestamp() THEN 'takes effect late'
            ELSE 'was recorded late' END AS problem, r.entry_id, r.phone::text AS e164, r.requested_at, r.received_at,
        r.due_at, r.effective_at AS honoured_at, NULL::bigint AS batch_id
    FROM dnc.watched('late') AS w (entry_id) JOIN dnc.request AS r ON r.entry_id = w.entry_id
    WHERE r.late AND (r.effective_at <= pg_catalog.statement_timestamp() OR r.state NOT IN ('ended', 'expired'))
    UNION ALL
    SELECT 'import is not finished', NULL, x.phone, x.requested_at, b.started_at,
        coalesce(dnc.rule_due(x.number, x.channel, x.requested_at, b.started_at), b.started_at), NULL, b.batch_id
    FROM dnc.import_batch AS b CROSS JOIN LATERAL (
        SELECT i.phone, dnc.try_parse(i.phone, b.region) AS number, coalesce(nullif(i.channel, ''), 'all') AS channel,
            coalesce(dnc.try_time(i.requested_at, b.date_order), b.started_at) AS requested_at
        FROM dnc.import_row AS i WHERE i.batch_id = b.batch_id) AS x
    -- The same grace as for finished imports.
    WHERE b.state = 'open' AND b.honoured_since IS NULL AND x.number IS NOT NULL
      AND CASE WHEN b.started_at > pg_catalog.statement_timestamp() - interval '1 hour' THEN b.started_at
        ELSE pg_catalog.statement_timestamp() END
        > coalesce(dnc.rule_due(x.number, x.channel, x.requested_at, b.started_at), b.started_at + interval '1 hour');
COMMENT ON COLUMN dnc.overdue.honoured_at IS 'when it took or takes effect; NULL: not known yet';
COMMENT ON VIEW dnc.overdue IS 'opt-outs not honoured by their deadline; late ones stay here as a record';

-- The plain definition, for all opt-outs.
CREATE VIEW dnc.review_need AS
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
CREATE VIEW dnc.review_due AS
    SELECT n.* FROM dnc.watched('review') AS w (entry_id) JOIN dnc.review_need AS n ON n.entry_id = w.entry_id;
COMMENT ON VIEW dnc.review_need
    IS 'the definition of dnc.review_due, over all opt-outs: for lookups of single entries; it reads the whole list '
       'otherwise';
COMMENT ON COLUMN dnc.request.late
    IS 'it took effect after its deadline or, where no rule sets one, over an hour after receipt';
COMMENT ON COLUMN dnc.request.keep_until IS 'how long it must be kept at least; NULL: no rule says';
COMMENT ON COLUMN dnc.request.state
    IS 'in force, in force in part, provisional (not certain, and not yet reviewed), to start, expired, ended';
COMMENT ON COLUMN dnc.request.reply_id IS 'reply from whose free text it was taken';
COMMENT ON VIEW dnc.review_due
    IS 'opt-outs that need a review: provisional, of a reassigned number, or past their retention period; they stay in '
       'force';

-- Every decision needs a signer and a reason.
CREATE FUNCTION dnc.require_signature(by text, why text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(btrim(by), '') = '' OR length(by) > 500 OR coalesce(btrim(why), '') = '' OR length(why) > 5000 THEN
        RAISE EXCEPTION 'a review needs who decides, and why' USING ERRCODE = 'null_value_not_allowed',
            DETAIL = 'It documents the decision.',
            HINT = 'Names have up to 500 characters, reasons up to 5000.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_signature(text, text) IS 'raises unless a signer and a reason are given';

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
        RAISE EXCEPTION 'decision must be keep or end, and review_again_at in the future'
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
    -- Serializes with transactions that revoke, move or erase them.
    PERFORM FROM dnc.entry AS e WHERE e.entry_id = ANY (entries) AND e.ends IS NULL
        ORDER BY e.entry_id FOR NO KEY UPDATE;
    SELECT array_agg(x ORDER BY x) INTO odd
    FROM (SELECT x FROM unnest(entries) AS x LEFT JOIN dnc.request AS q ON q.entry_id = x
        WHERE q.entry_id IS NULL OR q.state IN ('ended', 'expired') LIMIT 10) AS o;
    IF odd IS NOT NULL OR coalesce(cardinality(entries), 0) = 0 THEN
        RAISE EXCEPTION 'no opt-outs in force: %', coalesce(odd::text, 'none given') USING ERRCODE = 'no_data_found',
            DETAIL = 'A review decides about opt-outs in force.',
            HINT = 'dnc.review_due and dnc_review_open(task) list those that wait.';
    END IF;
    FOR r IN SELECT q.*, p.because FROM (SELECT DISTINCT x FROM unnest(entries) AS x) AS u
        JOIN dnc.request AS q ON q.entry_id = u.x
             LEFT JOIN LATERAL (SELECT string_agg(d.because, ',') AS because FROM dnc.review_need AS d
                 WHERE decision = 'end' AND d.entry_id = q.entry_id) AS p ON true ORDER BY q.entry_id LOOP
        IF decision = 'end' THEN
            -- Retention is a minimum: before its end a review can end only a provisional opt-out or one of a reassigned
            -- number.
            IF r.keep_until > now() AND r.because IS NULL THEN
                RAISE EXCEPTION 'opt-out % must be kept until %', r.entry_id, r.keep_until
                    USING ERRCODE = 'object_not_in_prerequisite_state',
                    DETAIL = 'The law of a place where the number may be says so.',
                    HINT = 'If the person takes it back: dnc_revoke; if it was a mistake: dnc_correct.';
            END IF;
            IF r.sticky AND NOT force THEN
                RAISE EXCEPTION 'opt-out % is a %, which is ended only when forced', r.entry_id, r.reason
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
    IS 'Records a signed review of opt-outs in force (decision: keep, or end where it may be ended) and returns how '
       'many. Retention forbids end, except for provisional opt-outs and those of reassigned numbers; sticky reasons '
       'need force. task: a review opened by dnc_review_start; review_again_at defaults to one year ahead.
Errors: 22004 why or by is empty or too long; 22023 unknown decision, or review_again_at not in the future; '
       'P0002 no such open task, or an entry that is no opt-out in force; 55000 it must still be kept, or has a sticky '
       'reason.
Example: SELECT dnc_review(entries => ''{1,2}'', decision => ''keep'', why => ''still wanted'', by => ''B. Lee'');';
COMMENT ON FUNCTION @extschema@.dnc_review(bigint, text, text, text, bigint, timestamptz, boolean)
    IS 'dnc_review for one entry';

-- Reviews of the whole list, each one task.
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
-- Opt-outs of a task: those in force when it started.
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
    IS 'opt-outs of a review of the whole list, and the decision on each; NULL: none yet';
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
            DETAIL = format('%s opt-outs wait for a decision.', waiting), HINT = 'dnc_review_open(task) lists them.';
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
COMMENT ON VIEW dnc.review_progress IS 'reviews of the whole list and their progress';
COMMENT ON FUNCTION @extschema@.dnc_review_start(text, text, timestamptz)
    IS 'Opens a review of every opt-out in force now and returns the task.
Errors: 22004 title or by is empty or too long; 22023 due_at not in the future.
Example: SELECT dnc_review_start(title => ''Yearly review'', by => ''B. Lee'');';
COMMENT ON FUNCTION @extschema@.dnc_review_open(bigint, integer)
    IS 'Returns the opt-outs of a review that wait for a decision, oldest first, at most up_to.
Example: SELECT entry, channel, reason FROM dnc_review_open(task => 1, up_to => 100);';
COMMENT ON FUNCTION @extschema@.dnc_review_finish(bigint, text)
    IS 'Closes a review in which no opt-out waits for a decision.
Errors: 22004 by is empty or too long; P0002 no such open task; 55000 opt-outs wait for a decision.
Example: SELECT dnc_review(entries => ARRAY(SELECT entry FROM dnc_review_open(task => 1)), decision => ''keep'',
    why => ''still wanted'', by => ''B. Lee'', task => 1);
SELECT dnc_review_finish(task => 1, by => ''B. Lee'');';

-- An objection to any use of the data also excludes the person from analytics and scoring.
CREATE FUNCTION @extschema@.dnc_may_process(phone @extschema@.dnc_phone) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN dnc_may_process.phone IS NOT NULL
        AND dnc.require_list() THEN NOT EXISTS (SELECT FROM dnc.refusals(dnc_may_process.phone, NULL, NULL, NULL) AS r
            WHERE r.reason = 'no_processing') AND pg_catalog.cardinality(dnc.missing_keys()) = 0 ELSE false END;
END;
COMMENT ON FUNCTION @extschema@.dnc_may_process(@extschema@.dnc_phone)
    IS 'Returns false where the person objects to any use of the data (reason no_processing), where that is not known, '
       'or for NULL: exclude them from analytics and scoring. Never NULL.
Errors: 55000 where the list is not in this database.
Example: SELECT dnc_may_process(phone => dnc_try_parse(''+44 20 7946 0018''));';
