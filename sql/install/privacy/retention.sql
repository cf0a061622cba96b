-- ---------------------------------------------------------------------------
-- Retention: purging data that need not be kept
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.consent_is_over(consent dnc.consent, cutoff timestamptz) RETURNS boolean LANGUAGE sql STABLE
    RETURN NOT (consent).withdrawal AND ((consent).expires_at < cutoff
            OR EXISTS (SELECT FROM dnc.consent AS w WHERE w.phone OPERATOR(@extschema@.=) (consent).phone
                AND w.withdrawal AND w.given_at >= (consent).given_at AND w.given_at < cutoff
                AND dnc.ends_all(w.channel, w.purpose, (consent).channel, (consent).purpose, NULL, NULL))
            OR EXISTS (SELECT FROM dnc.reassignment AS r WHERE r.phone OPERATOR(@extschema@.=) (consent).phone
                AND r.reassigned_at >= (consent).given_at AND r.reassigned_at < cutoff))
       AND NOT dnc.is_held((consent).phone, ARRAY[(consent).given_at, (consent).recorded_at])
       AND coalesce(dnc.rule_proof_until((consent).phone, (consent).channel, (consent).given_at,
               greatest((consent).given_at, (SELECT pg_catalog.max(u.used_on) FROM dnc.consent_use AS u
                       WHERE u.consent_id = (consent).consent_id)::timestamp AT TIME ZONE 'UTC')), cutoff)
           <= pg_catalog.now();
CREATE FUNCTION dnc.entry_is_over(entry dnc.entry, cutoff timestamptz) RETURNS boolean LANGUAGE sql STABLE
    RETURN (entry).ends IS NULL AND (entry).received_at < least(cutoff, pg_catalog.now() - dnc.longest_pause())
       AND ((entry).expires_at < cutoff
           OR EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = (entry).entry_id AND w.received_at < cutoff
               AND dnc.ends_all(w.channel, w.purpose, (entry).channel, (entry).purpose, NULL, NULL)))
       AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = (entry).entry_id
           AND (w.received_at >= cutoff OR dnc.is_held(w.phone, ARRAY[w.received_at, w.recorded_at])))
       AND NOT EXISTS (SELECT FROM dnc.consent AS c WHERE c.phone OPERATOR(@extschema@.=) (entry).phone
           AND NOT c.withdrawal AND c.given_at <= (entry).requested_at)
       AND NOT dnc.is_held((entry).phone, ARRAY[(entry).requested_at, (entry).received_at, (entry).recorded_at])
       AND coalesce(dnc.rule_keep_until((entry).phone, (entry).channel, (entry).requested_at, (entry).received_at),
           cutoff) <= pg_catalog.now();
COMMENT ON FUNCTION dnc.consent_is_over(dnc.consent, timestamptz)
    IS 'whether a consent expired, was fully withdrawn or lost its number before a time, and no rule requires its '
       'proof';
COMMENT ON FUNCTION dnc.entry_is_over(dnc.entry, timestamptz)
    IS 'whether an opt-out fully ended before a time, no rule requires it, no pause counts from it, and it revokes no '
       'consent';

CREATE FUNCTION dnc.attempts_count_since() RETURNS timestamptz LANGUAGE sql STABLE
    RETURN least(pg_catalog.now() - dnc.longest_pause(),
        (SELECT pg_catalog.now() - pg_catalog.max(p.max_per) FROM dnc.preference AS p));
COMMENT ON FUNCTION dnc.attempts_count_since()
    IS 'since when contact attempts may count in decisions: against pauses and caps of rules, and caps of persons';

-- Conditions on row r. Where rows of several tables are deleted together, at most 100000 of them are selected; the rest
-- is left for the next run.
CREATE FUNCTION dnc.retention_conditions(subject text, keep interval)
RETURNS TABLE (relation text, condition text, parts text) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO' SET TimeZone = 'UTC' AS $$
#variable_conflict use_variable
DECLARE
    cutoff_at timestamptz := now() - keep;
    cutoff    text := quote_literal(cutoff_at) || '::timestamptz';
    -- Attempts count against caps for the longest pause of a rule or of a person.
    counted   text := quote_literal(least(cutoff_at, dnc.attempts_count_since())) || '::timestamptz';
    chosen    bigint[] := '{}';
    chosen_in text;
BEGIN
    IF subject = 'consent' THEN
        chosen := ARRAY(SELECT c.consent_id FROM dnc.consent AS c WHERE NOT c.withdrawal AND c.given_at < cutoff_at
            AND dnc.consent_is_over(c, cutoff_at) LIMIT 100000);
    ELSIF subject = 'subject_request' THEN
        chosen := ARRAY(SELECT s.request_id FROM dnc.subject_request_state AS s WHERE s.closed_at < cutoff_at
            AND (s.kind NOT IN ('restriction', 'objection') OR s.state IN ('refused', 'lifted'))
            AND NOT dnc.is_held(s.phone, ARRAY[s.received_at, s.closed_at]) LIMIT 100000);
    ELSIF subject = 'complaint' THEN
        chosen := ARRAY(SELECT s.complaint_id FROM dnc.complaint_state AS s WHERE s.state IN ('answered', 'closed')
            AND coalesce(s.closed_at, s.answered_at) < cutoff_at
            AND NOT dnc.is_held(s.phone, ARRAY[s.received_at, coalesce(s.closed_at, s.answered_at)]) LIMIT 100000);
    ELSIF subject = 'ended_entry' THEN
        chosen := ARRAY(SELECT e.entry_id FROM dnc.entry AS e WHERE e.ends IS NULL AND e.received_at < cutoff_at
            AND (e.expires_at < cutoff_at
                OR EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND w.received_at < cutoff_at))
            AND dnc.entry_is_over(e, cutoff_at) LIMIT 100000);
    END IF;
    chosen_in := format('ANY (%L::bigint[])', chosen);
    RETURN QUERY SELECT v.relation,
        replace(replace(replace(v.condition, '$cutoff', cutoff), '$counted', counted), '$chosen', chosen_in), v.parts
        FROM (VALUES
        ('contact_attempt', NULL,
            -- What nobody has explained yet may be an opt-out.
            'r.happened_at < $counted AND NOT dnc.is_held(r.phone, ARRAY[r.happened_at, r.recorded_at]) AND '
            'NOT EXISTS (SELECT FROM dnc.undecided_attempt AS u WHERE u.attempt_id = r.attempt_id AND '
            'u.happened_at = r.happened_at) AND '
            'coalesce(dnc.rule_records_until(r.phone, r.channel, r.happened_at), $cutoff) <= now()', NULL),
        ('violation', 'violation',
            'r.happened_at < $cutoff AND NOT dnc.is_held(r.phone, ARRAY[r.happened_at, r.found_at]) AND '
            'coalesce(dnc.rule_records_until(r.phone, r.channel, r.happened_at), $cutoff) <= now()', NULL),
        ('consent', 'consent_use', 'r.consent_id = $chosen', NULL),
        ('consent', 'consent', 'r.consent_id = $chosen', NULL),
        ('relationship', 'relationship',
            'r.event <> ''ended'' AND r.happened_at < $cutoff AND NOT dnc.is_held(r.phone, ARRAY[r.happened_at, '
            'r.recorded_at]) AND coalesce(dnc.rule_records_until(r.phone, NULL, r.happened_at), $cutoff) <= now()',
                NULL),
        -- Only superseded rows: the newest stays in effect.
        ('reassignment', 'reassignment',
            'NOT dnc.is_held(r.phone, ARRAY[r.reassigned_at, r.recorded_at]) AND EXISTS (SELECT FROM dnc.reassignment '
            'AS p WHERE dnc.same_phone(p.phone, r.phone) AND (p.reassigned_at, p.reassignment_id) > (r.reassigned_at, '
            'r.reassignment_id) AND p.reassigned_at < $cutoff)', NULL),
        ('preference', 'preference',
            'NOT dnc.is_held(r.phone, ARRAY[r.stated_at, r.recorded_at]) AND EXISTS (SELECT FROM dnc.preference AS p '
            'WHERE dnc.same_phone(p.phone, r.phone) AND (p.stated_at, p.preference_id) > (r.stated_at, '
            'r.preference_id) AND p.stated_at < $cutoff)', NULL),
        ('acquisition', 'acquisition',
            'NOT dnc.is_held(r.phone, ARRAY[r.acquired_at, r.recorded_at]) AND EXISTS (SELECT FROM dnc.acquisition AS '
            'p WHERE dnc.same_phone(p.phone, r.phone) AND p.vendor = r.vendor AND (p.acquired_at, p.acquisition_id) > '
            '(r.acquired_at, r.acquisition_id) AND p.acquired_at < $cutoff)', NULL),
        -- A finding in force stays in effect.
        ('wrong_number', 'wrong_number',
            'NOT dnc.is_held(r.phone, ARRAY[r.found_at, r.recorded_at]) AND coalesce(r.ends, r.wrong_number_id) IN '
            '(SELECT n.ends FROM dnc.wrong_number AS n WHERE n.recorded_at < $cutoff)', NULL),
        ('registry_answer', 'registry_answer',
            'NOT dnc.is_held(r.phone, ARRAY[r.obtained_at]) AND EXISTS (SELECT FROM dnc.registry_answer AS p WHERE '
            'dnc.same_phone(p.phone, r.phone) AND p.registry = r.registry AND p.asked_about IS NOT DISTINCT FROM '
            'r.asked_about AND (p.obtained_at, p.answer_id) > (r.obtained_at, r.answer_id) AND p.obtained_at < '
            '$cutoff)', 'r.batch_id::text'),
        -- Replies awaiting review stay, and those that resumed contact, so that each does so only once.
        ('reply', 'reply',
            'r.received_at < $cutoff AND NOT dnc.is_held(r.phone, ARRAY[r.received_at, r.recorded_at]) AND r.meaning '
            '<> ''start'' AND (r.meaning <> ''likely_stop'' OR EXISTS (SELECT FROM dnc.review AS v WHERE v.entry_id = '
            'r.entry_id))', NULL),
        -- Links work for up to ten years, and a used one must stay known that long.
        ('token_use', 'token_use',
            'r.used_at < least($cutoff, now() - interval ''10 years'') AND NOT dnc.is_held(r.phone, ARRAY[r.used_at])',
            NULL),
        ('guard_event', 'guard_event',
            'r.happened_at < $cutoff AND NOT EXISTS (SELECT FROM dnc.legal_hold_in_force AS h WHERE h.phone IS NULL '
            'OR h.phone::text = r.e164 OR dnc.mentions(r.spelling, h.phone))', NULL),
        ('import_reject', 'import_reject',
            'EXISTS (SELECT FROM dnc.import_batch AS b WHERE b.batch_id = r.batch_id AND b.finished_at < $cutoff) AND '
            'NOT EXISTS (SELECT FROM dnc.legal_hold_in_force AS h WHERE h.phone IS NULL OR dnc.mentions(r.phone, '
            'h.phone))', NULL),
        -- The digits are starred, so that a hold on one number cannot be matched.
        ('list_reject', 'list_reject',
            'EXISTS (SELECT FROM dnc.list_version AS b WHERE b.version_id = r.version_id AND b.loaded_at < $cutoff) '
            'AND NOT EXISTS (SELECT FROM dnc.legal_hold_in_force AS h)', NULL),
        ('subject_request', 'subject_request_step', 'r.request_id = $chosen', NULL),
        ('subject_request', 'subject_request', 'r.request_id = $chosen', NULL),
        ('complaint', 'complaint_step', 'r.complaint_id = $chosen', NULL),
        ('complaint', 'complaint', 'r.complaint_id = $chosen', NULL),
        ('ended_entry', 'review', 'r.entry_id = $chosen', NULL),
        ('ended_entry', 'entry', 'r.entry_id = $chosen OR r.ends = $chosen', NULL)) AS v (subject, relation, condition,
            parts)
    WHERE v.subject = subject;
END
$$;
COMMENT ON FUNCTION dnc.retention_conditions(text, interval)
    IS 'conditions for the rows of a subject past its period, by table, in deletion order';

-- A partition is dropped as a whole, which is fast, if neither a rule nor a legal hold keeps any row of it; otherwise
-- it is searched, once in 30 days.
CREATE FUNCTION dnc.attempt_months(keep interval) RETURNS TABLE (partition regclass, whole boolean)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' AS $$
#variable_conflict use_variable
DECLARE
    longest interval := (SELECT max(r.amount) FROM dnc.rule AS r WHERE r.kind = 'records');
    counted timestamptz := least(now() - keep, dnc.attempts_count_since());
    p       record;
    ends    timestamptz;
BEGIN
    IF to_regclass('dnc.contact_attempt') IS NULL THEN
        RETURN;
    END IF;
    FOR p IN SELECT c.oid::regclass AS name, to_timestamp(right(c.relname, 7), 'YYYY_MM') AS month FROM pg_inherits AS i
        JOIN pg_class AS c ON c.oid = i.inhrelid WHERE i.inhparent = to_regclass('dnc.contact_attempt')
        AND c.relname ~ '^contact_attempt_\d{4}_\d\d$' ORDER BY 2 LOOP
        ends := p.month + interval '1 month';
        CONTINUE WHEN ends >= counted;
        partition := p.name;
        -- One day for time zones.
        whole := ends + coalesce(longest, '0') + interval '1 day' < now()
            AND NOT EXISTS (SELECT FROM dnc.legal_hold_in_force AS h WHERE h.since < ends AND h.until > p.month)
            AND NOT EXISTS (SELECT FROM dnc.undecided_attempt AS u
                WHERE u.happened_at >= p.month AND u.happened_at < ends)
            AND NOT EXISTS (SELECT FROM dnc.restriction_in_force AS h);
        CONTINUE WHEN NOT whole
            AND EXISTS (SELECT FROM dnc.purge AS x WHERE x.relation = 'contact_attempt' AND x.part = p.name::text
            AND x.purged_at > now() - interval '30 days');
        RETURN NEXT;
    END LOOP;
    partition := to_regclass('dnc.contact_attempt_other'); whole := false;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION dnc.attempt_months(interval)
    IS 'partitions of the contact log past a period, and whether they can be dropped as a whole';

CREATE FUNCTION dnc.kept_is_held(erasure bigint) RETURNS boolean LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM dnc.legal_hold_in_force AS h
        WHERE h.phone IS NULL
        OR EXISTS (SELECT FROM dnc.erasure AS e JOIN dnc.pseudonyms(h.phone) AS m ON m.pseudonym = e.pseudonym
            AND m.pseudonym_low = e.pseudonym_low AND m.key_id = e.key_id WHERE e.erasure_id = kept_is_held.erasure));
END;
COMMENT ON FUNCTION dnc.kept_is_held(bigint) IS 'whether the number of an erasure is under a legal hold';
CREATE FUNCTION dnc.attempt_partitions() RETURNS integer LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_attempt_partitions();
END;
COMMENT ON FUNCTION dnc.attempt_partitions()
    IS 'dnc_attempt_partitions, bound at creation for functions that run as superuser';

CREATE FUNCTION dnc.audit_seal() RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_audit_seal();
END;
COMMENT ON FUNCTION dnc.audit_seal() IS 'dnc_audit_seal, bound at creation for functions that run as superuser';

CREATE FUNCTION @extschema@.dnc_maintain(dry_run boolean DEFAULT false)
RETURNS TABLE (task text, subject text, rows bigint, detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    t    record;
    c    record;
    n    bigint;
    idle text[] := '{}';
    seal bigint;
BEGIN
    IF dry_run IS NULL THEN
        RAISE EXCEPTION 'dry_run must not be NULL' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM dnc.require_read_committed();
    IF NOT pg_try_advisory_xact_lock(hashtextextended('maintain', 4476483)) THEN
        task := 'nothing done'; rows := 0; detail := 'another session is running it';
        RETURN NEXT;
        RETURN;
    END IF;
    -- A concurrent dnc_hold waits, and an earlier one is seen.
    LOCK TABLE dnc.legal_hold, dnc.subject_request IN ROW EXCLUSIVE MODE;
    task := CASE WHEN dry_run THEN 'would be purged' ELSE 'purged' END;
    SELECT count(*) INTO n FROM dnc.kept_record AS k WHERE k.keep_until <= now() AND NOT dnc.kept_is_held(k.erasure_id);
    IF NOT dry_run AND n > 0 THEN
        n := dnc.erase_rows('kept_record', 'r.keep_until <= now() AND NOT dnc.kept_is_held(r.erasure_id)');
        INSERT INTO dnc.purge (subject, relation, rows, purged_at, purged_by)
        VALUES ('kept_record', 'kept_record', n, now(), session_user);
    END IF;
    subject := 'kept_record'; rows := n; detail := 'records of erased numbers that a rule required until now';
    RETURN NEXT;
    -- Dependent subjects first, so that a dry run counts what a run deletes.
    FOR t IN SELECT r.subject, r.keep, r.why FROM dnc.retention AS r ORDER BY r.subject <> 'ended_entry', r.subject LOOP
        subject := t.subject; rows := 0; detail := format('kept for %s: %s', t.keep, t.why);
        FOR c IN SELECT coalesce(x.relation, m.name) AS relation, x.condition, x.parts,
            coalesce(m.whole, false) AS whole FROM dnc.retention_conditions(t.subject, t.keep) AS x
                 LEFT JOIN LATERAL (SELECT split_part(a.partition::text, '.', 2) AS name, a.whole
                     FROM dnc.attempt_months(t.keep) AS a) AS m ON x.relation IS NULL
                 WHERE coalesce(x.relation, m.name) IS NOT NULL LOOP
            IF dry_run OR c.whole THEN
                EXECUTE format('SELECT count(*) FROM dnc.%I AS r WHERE %s', c.relation,
                    CASE WHEN c.whole THEN 'true' ELSE c.condition END) INTO n;
            END IF;
            IF NOT dry_run AND c.parts IS NOT NULL THEN
                EXECUTE format(
                    'INSERT INTO dnc.purge (subject, relation, part, rows, keep, purged_at, purged_by) SELECT $1, $1, '
                    '%1$s, count(*), $2, now(), session_user FROM dnc.%2$I AS r WHERE %3$s GROUP BY %1$s', c.parts,
                        c.relation, c.condition) USING t.subject, t.keep;
            END IF;
            IF NOT dry_run AND c.whole THEN
                idle := idle || c.relation;
            ELSIF NOT dry_run THEN
                n := dnc.erase_rows(c.relation, c.condition);
            END IF;
            IF NOT dry_run AND c.parts IS NULL
                AND (n > 0 OR t.subject = 'contact_attempt' AND c.relation <> 'contact_attempt_other') THEN
                INSERT INTO dnc.purge (subject, relation, part, rows, keep, purged_at, purged_by)
                    VALUES (t.subject, CASE t.subject WHEN 'contact_attempt' THEN t.subject ELSE c.relation END,
                        CASE t.subject WHEN 'contact_attempt' THEN 'dnc.' || c.relation ELSE '' END, n, t.keep, now(),
                        session_user);
            END IF;
            rows := rows + n;
        END LOOP;
        IF rows > 0 THEN
            RAISE NOTICE '% %: % rows', subject, task, rows;
        END IF;
        RETURN NEXT;
    END LOOP;
    -- Last, because it blocks recording and deciding contacts until this transaction ends.
    IF NOT dry_run AND to_regclass('dnc.contact_attempt') IS NOT NULL THEN
        FOREACH detail IN ARRAY idle LOOP
            EXECUTE format('DROP TABLE dnc.%I', detail);
        END LOOP;
        task := 'partitions made'; subject := 'contact_attempt'; rows := dnc.attempt_partitions(); detail := NULL;
        RETURN NEXT;
    END IF;
    SELECT count(*), min(e.erased_at) INTO c FROM dnc.erasure AS e WHERE e.finished_at IS NULL;
    IF c.count > 0 THEN
        task := 'to be done'; subject := 'erasure'; rows := c.count;
            detail := format('dnc_erase_finish() at a quiet hour: the oldest erasure is of %s', c.min);
        RETURN NEXT;
    END IF;
    IF NOT dry_run THEN
        FOR c IN SELECT m.* FROM dnc.recheck_moved() AS m LOOP
            task := 'checked again'; subject := c.relation::text; rows := c.rows; detail := c.detail;
            RETURN NEXT;
        END LOOP;
        PERFORM dnc.count_health();
        SELECT w.rows, CASE WHEN w.whole THEN 'opt-outs that may need attention: the whole list was read'
            ELSE 'opt-outs that may need attention: what changed was read' END INTO rows, detail
            FROM dnc.watch_maintain() AS w WHERE w.rows IS NOT NULL;
        IF FOUND THEN
            task := 'counted'; subject := 'entry';
            RETURN NEXT;
        END IF;
        -- The next run seals what this one purged, because this transaction has not ended.
        subject := 'audit_log';
        SELECT coalesce(max(s.seal_id), 0) INTO n FROM dnc.seal AS s;
        BEGIN
            seal := dnc.audit_seal();
            SELECT 'sealed', coalesce(sum(s.rows), 0), format('seal %s, %s leaves', max(s.seal_id), max(s.tree_size))
                INTO task, rows, detail FROM dnc.seal AS s WHERE s.seal_id > n;
            detail := CASE WHEN seal > n THEN detail ELSE 'nothing new since seal ' || seal END;
        EXCEPTION WHEN OTHERS THEN
            -- An unreadable key must not prevent the purge.
            RAISE WARNING 'the audit log was not sealed: %', SQLERRM;
            task := 'not sealed'; rows := 0; detail := SQLERRM;
        END;
        RETURN NEXT;
    END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_maintain(boolean)
    IS 'Purges data that neither a period of dnc.retention nor a rule, a legal hold or a restriction keeps, creates '
       'partitions ahead, counts for dnc_health, keeps dnc.review_due and dnc.overdue fast, and seals the audit log; '
       'returns one row per task. It never purges an opt-out in force. '
       'dry_run only counts. Schedule it; concurrent calls are safe.
Errors: 22004 dry_run is NULL; 25000 the transaction is not READ COMMITTED.
Example: SELECT * FROM dnc_maintain(dry_run => true);';
