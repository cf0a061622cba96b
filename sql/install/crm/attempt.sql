-- ---------------------------------------------------------------------------
-- The contact log, and violations
-- ---------------------------------------------------------------------------

CREATE TRIGGER "01_keep_builtin" BEFORE INSERT OR UPDATE
    OR DELETE ON dnc.outcome FOR EACH ROW EXECUTE FUNCTION dnc.keep_builtin();
ALTER TABLE dnc.outcome ENABLE ALWAYS TRIGGER "01_keep_builtin";

CREATE FUNCTION dnc.is_refused(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_check(phone, channel, purpose, at);
COMMENT ON FUNCTION dnc.is_refused(@extschema@.dnc_phone, text, text, timestamptz)
    IS 'dnc_check, bound at creation for functions that run as superuser';

-- By receipt: what the company had received at that time. By request: what the person had requested at that time,
-- whenever it was recorded.
CREATE FUNCTION dnc.against(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz, by_request boolean)
RETURNS TABLE (ground jsonb, requested_at timestamptz, due_at timestamptz, recorded_at timestamptz)
    LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object('ground', 'refusal', 'entry', e.entry_id, 'channel', e.channel, 'purpose',
        e.purpose, 'reason', e.reason, 'source', e.source,
               'requested_at', e.requested_at, 'received_at', e.received_at, 'recorded_at', e.recorded_at, 'due_at',
                   e.due_at),
           e.requested_at, coalesce(e.due_at, e.received_at), e.recorded_at
    FROM dnc.entries_of(against.phone) AS e
    WHERE e.ends IS NULL AND dnc.meets(e.channel, e.purpose, against.channel, against.purpose)
      AND CASE WHEN e.effective_at <> '-infinity' THEN e.effective_at
          ELSE CASE WHEN by_request THEN e.requested_at ELSE e.received_at END END <= against.at
      AND e.expires_at > against.at
      AND NOT EXISTS (SELECT FROM dnc.entries_of(against.phone) AS w
          WHERE w.ends = e.entry_id
          AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, against.channel, against.purpose)
                        AND (w.kind IN ('correction', 'undo')
                            OR CASE WHEN by_request THEN w.requested_at ELSE w.received_at END <= against.at))
    UNION ALL
    SELECT pg_catalog.jsonb_build_object('ground', 'prefix', 'prefix', p.prefix, 'prefix_id', p.prefix_id, 'reason',
        p.reason, 'received_at', p.received_at), NULL, NULL, p.received_at
    FROM dnc.prefix_refusals(against.phone, against.channel, against.purpose, against.at) AS p
    UNION ALL
    SELECT pg_catalog.jsonb_build_object('ground', 'list', 'list', g.list, 'version', g.version_id, 'activated_at',
        g.activated_at), NULL, NULL, g.activated_at
    FROM dnc.list_grounds(against.phone, against.channel, against.purpose) AS g WHERE NOT by_request AND g.listed
        AND g.activated_at <= against.at;
END;
COMMENT ON FUNCTION dnc.against(@extschema@.dnc_phone, text, text, timestamptz, boolean)
    IS 'what suppressed a number at a time, by receipt or by request; corrected errors are left out';

CREATE FUNCTION dnc.attempt_written() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS $$
DECLARE
    x   record;
    new bigint;
BEGIN
    FOR x IN SELECT f.channel, f.purpose, f.outcome, max(f.happened_at) AS latest,
        bool_and(isfinite(f.happened_at)) AS finite FROM fresh AS f GROUP BY f.channel, f.purpose, f.outcome LOOP
        PERFORM dnc.require_known('channel', x.channel), dnc.require_known('outcome', x.outcome);
        IF x.purpose IS NOT NULL THEN
            PERFORM dnc.require_known('purpose', x.purpose);
        END IF;
        IF x.channel = 'all' OR NOT x.finite OR x.latest > clock_timestamp() + interval '5 minutes' THEN
            RAISE EXCEPTION 'a contact attempt was made through one channel, at a time up to now'
                USING ERRCODE = 'invalid_parameter_value',
                DETAIL = format('One has channel %s, the latest of its kind is at %s.', x.channel, x.latest),
                HINT = 'What is planned is no attempt.';
        END IF;
    END LOOP;
    -- Waits for a concurrent erasure, or makes it wait.
    PERFORM FROM dnc.consent AS c WHERE c.consent_id IN (SELECT f.consent_id FROM fresh AS f)
        ORDER BY c.consent_id FOR KEY SHARE;
    SELECT f.notice_id AS notice, f.consent_id AS consent INTO x FROM fresh AS f
        WHERE f.notice_id IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.notice AS n WHERE n.notice_id = f.notice_id)
           OR f.consent_id IS NOT NULL
           AND NOT EXISTS (SELECT FROM dnc.consent AS c WHERE c.consent_id = f.consent_id AND NOT c.withdrawal
               AND dnc.same_phone(c.phone, f.phone)) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a contact attempt names a notice or a consent that is not there'
            USING ERRCODE = 'foreign_key_violation',
            DETAIL = format('It names notice %s and consent %s.', coalesce(x.notice::text, 'none'),
            coalesce(x.consent::text, 'none')),
            HINT = 'A notice is a notice_id of dnc.notice, a consent one of the same number.';
    END IF;
    INSERT INTO dnc.consent_use SELECT DISTINCT f.consent_id, (f.happened_at AT TIME ZONE 'UTC')::date FROM fresh AS f
    WHERE f.consent_id IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO dnc.violation (attempt_id, happened_at, phone, channel, purpose, agent, campaign, grounds, requested_at,
        due_at, on_record, after_deadline, found_by, found_at)
        SELECT f.attempt_id, f.happened_at, f.phone, f.channel, f.purpose, f.agent, f.campaign, a.grounds,
            a.requested_at, a.due_at, a.recorded_at <= f.happened_at, f.happened_at > a.due_at, 'write', now()
        FROM (SELECT * FROM fresh AS f WHERE f.direction = 'outbound'
            AND dnc.is_refused(f.phone, f.channel, f.purpose, least(f.happened_at, now())) IS NOT FALSE) AS f
        LEFT JOIN dnc.outcome AS o ON o.outcome = f.outcome
        CROSS JOIN LATERAL (SELECT jsonb_agg(g.ground) AS grounds, min(g.requested_at) AS requested_at,
            min(g.due_at) AS due_at, min(g.recorded_at) AS recorded_at
            FROM dnc.against(f.phone, f.channel, f.purpose, f.happened_at, false) AS g) AS a
        WHERE coalesce(o.contacted, true) AND a.grounds IS NOT NULL
          AND (f.call_type IS DISTINCT FROM 'confirmation'
               OR dnc.may_confirm(f.phone, f.channel, f.purpose, f.happened_at, f.attempt_id) IS NOT TRUE)
        ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS new = ROW_COUNT;
    IF new > 0 THEN
        RAISE WARNING '% contact attempt(s) were made to a suppressed number', new
            USING HINT = 'dnc.violation has them with their evidence.';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION dnc.attempt_written() IS 'trigger of the contact log: validates new rows and records violations';

-- Rows of months without a partition are in contact_attempt_other until their partition is made.
CREATE FUNCTION @extschema@.dnc_attempt_partitions(since date DEFAULT NULL, ahead integer DEFAULT 3) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO' AS $$
DECLARE
    extension record;
    phone     text;
    month     timestamptz;
    name      text;
    made      integer := 0;
    strays    boolean;
    who       record;
BEGIN
    IF ahead IS NULL OR ahead NOT BETWEEN 1 AND 120 OR since > current_date OR since < '1990-01-01' THEN
        RAISE EXCEPTION 'partitions are made from 1990 at the earliest to 1 to 120 months ahead'
            USING ERRCODE = 'invalid_parameter_value', DETAIL = format('Given were %L and %L.', since, ahead);
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('dnc.contact_attempt', 4476483));
    SELECT x.oid, pg_get_userbyid(x.extowner) AS owner INTO extension FROM pg_extension AS x WHERE x.extname = 'dnc';
    IF to_regclass('dnc.contact_attempt') IS NULL THEN
        SELECT format_type(a.atttypid, a.atttypmod) INTO phone FROM pg_attribute AS a
        WHERE a.attrelid = 'dnc.entry'::regclass AND a.attname = 'phone';
        EXECUTE format($q$CREATE TABLE dnc.contact_attempt (
            attempt_id  bigint      NOT NULL DEFAULT nextval('dnc.contact_attempt_seq'),
            phone       %s          NOT NULL,
            happened_at timestamptz NOT NULL DEFAULT now(),
            channel     text        NOT NULL,
            purpose     text,
            direction   text        NOT NULL DEFAULT 'outbound' CHECK (direction IN ('outbound', 'inbound')),
            call_type   text,
            agent       text        CHECK (length(agent) <= 500),
            campaign    text        CHECK (length(campaign) <= 500),
            outcome     text        NOT NULL,
            duration    integer     CHECK (duration >= 0),
            notice_id   bigint,
            consent_id  bigint,
            decision    jsonb,
            recorded_at timestamptz NOT NULL DEFAULT now(),
            recorded_by text        NOT NULL DEFAULT session_user
        ) PARTITION BY RANGE (happened_at)$q$, phone);
        COMMENT ON TABLE dnc.contact_attempt IS 'the contact log: one row for each contact attempt; insert-only';
        COMMENT ON COLUMN dnc.contact_attempt.duration IS 'seconds';
        COMMENT ON COLUMN dnc.contact_attempt.notice_id IS 'version of the notice that the person was given';
        COMMENT ON COLUMN dnc.contact_attempt.consent_id IS 'consent that the contact relied on; recorded as its use';
        COMMENT ON COLUMN dnc.contact_attempt.decision
            IS 'the decision made before the attempt, by dnc_may_contact or the application';
        CREATE INDEX contact_attempt_phone ON dnc.contact_attempt (phone, happened_at);
        CREATE TRIGGER "00_insert_only" BEFORE UPDATE OR DELETE ON dnc.contact_attempt FOR EACH ROW
            EXECUTE FUNCTION dnc.refuse_change();
        CREATE TRIGGER "50_written" AFTER INSERT ON dnc.contact_attempt REFERENCING NEW TABLE
        AS fresh FOR EACH STATEMENT EXECUTE FUNCTION dnc.attempt_written();
        CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.contact_attempt FOR EACH STATEMENT
            EXECUTE FUNCTION dnc.refuse_change();
        ALTER TABLE dnc.contact_attempt ENABLE ALWAYS TRIGGER "00_insert_only", ENABLE ALWAYS TRIGGER "50_written",
            ENABLE ALWAYS TRIGGER "00_no_truncate";
        CREATE TABLE dnc.contact_attempt_other PARTITION OF dnc.contact_attempt DEFAULT;
        COMMENT ON TABLE dnc.contact_attempt_other IS 'contact attempts of months without a partition';
        CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.contact_attempt_other FOR EACH STATEMENT
            EXECUTE FUNCTION dnc.refuse_change();
        ALTER TABLE dnc.contact_attempt_other ENABLE ALWAYS TRIGGER "00_no_truncate",
            ENABLE ALWAYS TRIGGER "00_insert_only";
        -- dnc_grant gives the same privileges to roles granted later.
        FOR who IN SELECT p.privilege, g.role
            FROM (SELECT x.privilege, x.grant_set FROM dnc.permission AS x WHERE x.object = 'dnc.contact_attempt') AS p,
            dnc.holders(p.grant_set) AS g (role) LOOP
            EXECUTE format('GRANT %s ON dnc.contact_attempt TO %I', who.privilege, who.role);
        END LOOP;
        EXECUTE format('GRANT SELECT ON dnc.contact_attempt, dnc.contact_attempt_other TO %I', extension.owner);
        PERFORM dnc.no_statistics('dnc.contact_attempt'), dnc.no_statistics('dnc.contact_attempt_other');
    END IF;
    -- Months in UTC, whatever the session's time zone.
    FOR month IN SELECT *
        FROM generate_series(date_trunc('month', coalesce(since::timestamptz, now())),
        date_trunc('month', now()) + make_interval(months => ahead), '1 month') LOOP
        name := 'contact_attempt_' || to_char(month, 'YYYY_MM');
        CONTINUE WHEN to_regclass(format('dnc.%I', name)) IS NOT NULL;
        EXECUTE format('CREATE TABLE dnc.%I (LIKE dnc.contact_attempt INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
        SELECT EXISTS (SELECT FROM dnc.contact_attempt_other AS a WHERE a.happened_at >= month
            AND a.happened_at < month + interval '1 month') INTO strays;
        IF strays THEN
            LOCK TABLE dnc.contact_attempt IN ACCESS EXCLUSIVE MODE;
            ALTER TABLE dnc.contact_attempt_other DISABLE TRIGGER "00_insert_only";
            EXECUTE format(
                'WITH moved AS (DELETE FROM dnc.contact_attempt_other AS a WHERE a.happened_at >= $1 AND '
                'a.happened_at < $2 RETURNING a.*) INSERT INTO dnc.%I SELECT * FROM moved', name)
                USING month, month + interval '1 month';
            ALTER TABLE dnc.contact_attempt_other ENABLE ALWAYS TRIGGER "00_insert_only";
        END IF;
        EXECUTE format('ALTER TABLE dnc.contact_attempt ATTACH PARTITION dnc.%I FOR VALUES FROM (%L) TO (%L)', name,
            month, month + interval '1 month');
        EXECUTE format('COMMENT ON TABLE dnc.%I IS %L', name, 'contact attempts of one month (UTC)');
        EXECUTE format(
            'CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.%I FOR EACH STATEMENT EXECUTE FUNCTION '
            'dnc.refuse_change()', name);
        EXECUTE format(
            'ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "00_no_truncate", ENABLE ALWAYS TRIGGER "00_insert_only"', name);
        EXECUTE format('GRANT SELECT ON dnc.%I TO %I', name, extension.owner);
        PERFORM dnc.no_statistics(format('dnc.%I', name)::regclass);
        made := made + 1;
    END LOOP;
    RETURN made;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_attempt_partitions(date, integer)
    IS 'Creates the contact log if it does not exist, and its missing monthly partitions (UTC), from the month of '
       'since (default: this month) to ahead months from now; returns the number of partitions created. Call it once, '
       'then monthly.
Errors: 22023 since before 1990-01-01 or in the future, or ahead not from 1 to 120.
Example: SELECT dnc_attempt_partitions(ahead => 6);';

-- Derived from the privileges on one object of the set.
CREATE FUNCTION dnc.holders(grant_set text) RETURNS SETOF text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT CASE WHEN g.grantee = 0 THEN 'public' ELSE r.rolname::text END FROM (
        SELECT a.grantee FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
            AND d.deptype = 'e'
            JOIN pg_extension AS x ON x.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass
                AND x.extname = 'dnc', aclexplode(p.proacl) AS a
            WHERE a.privilege_type = 'EXECUTE'
              AND p.proowner = (SELECT n.nspowner FROM pg_namespace AS n WHERE n.nspname = 'dnc')
              AND p.proname = CASE holders.grant_set WHEN 'reader' THEN 'dnc_is_clear' WHEN 'agent' THEN 'dnc_add'
                WHEN 'administrator' THEN 'dnc_import_start' END
        UNION ALL
        SELECT a.grantee FROM pg_class AS c, aclexplode(c.relacl) AS a WHERE c.oid = 'dnc.audit_log'::regclass
            AND a.privilege_type = 'SELECT' AND holders.grant_set = 'auditor') AS g
    LEFT JOIN pg_roles AS r ON r.oid = g.grantee WHERE g.grantee = 0 OR NOT r.rolsuper;
END;
COMMENT ON FUNCTION dnc.holders(text) IS 'roles that were granted a grant set';

CREATE FUNCTION dnc.require_attempts() RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF to_regclass('dnc.contact_attempt') IS NULL THEN
        RAISE EXCEPTION 'there is no contact log yet' USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'SELECT dnc_attempt_partitions() makes it.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_attempts() IS 'raises if the contact log does not exist';

CREATE FUNCTION @extschema@.dnc_attempt(
    phone @extschema@.dnc_phone, outcome text, channel text DEFAULT 'voice', purpose text DEFAULT NULL,
        happened_at timestamptz DEFAULT now(), duration integer DEFAULT NULL, agent text DEFAULT NULL,
        campaign text DEFAULT NULL,
    direction text DEFAULT 'outbound', call_type text DEFAULT NULL, notice_id bigint DEFAULT NULL,
        consent_id bigint DEFAULT NULL, decision jsonb DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    fresh bigint;
BEGIN
    PERFORM dnc.require_attempts();
    IF $1 IS NULL OR $2 IS NULL OR $3 IS NULL OR $5 IS NULL OR $9 IS NULL THEN
        RAISE EXCEPTION 'phone, outcome, channel, happened_at and direction must not be NULL'
            USING ERRCODE = 'null_value_not_allowed', HINT = 'Leave an argument out to get its default.';
    END IF;
    IF $9 NOT IN ('outbound', 'inbound') OR $6 < 0 OR length($7) > 500 OR length($8) > 500 THEN
        RAISE EXCEPTION 'a contact attempt is outbound or inbound, takes some seconds, and its agent and campaign '
                        'have up to 500 characters' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Given were %L, %s seconds, and %s and %s characters.', left($9, 60),
                coalesce($6::text, 'no'), coalesce(length($7), 0), coalesce(length($8), 0));
    END IF;
    INSERT INTO dnc.contact_attempt (phone, happened_at, channel, purpose, direction, call_type, agent, campaign,
        outcome, duration, notice_id, consent_id, decision)
        VALUES ($1, $5, $3, $4, $9, $10, $7, $8, $2, $6, $11, $12, $13) RETURNING attempt_id INTO fresh;
    RETURN fresh;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_attempt(@extschema@.dnc_phone, text, text, text, timestamptz, integer, text, text,
    text, text, bigint, bigint, jsonb)
    IS 'Records a contact attempt and returns its attempt_id. duration is in seconds; decision is the result of '
       'dnc_may_contact or of the application. An attempt to a suppressed number is recorded as a violation too, with '
       'a WARNING, unless it is the confirmation of an opt-out (call_type confirmation) that dnc_may_contact allows. '
       'For '
       'bulk loads use COPY dnc.contact_attempt.
Errors: 22004 phone, outcome, channel, happened_at or direction is NULL; 22023 unknown channel, purpose or outcome, '
       'channel all, direction other than outbound or inbound, negative duration, agent or campaign over 500 '
       'characters, or a time in the future; 23503 unknown notice_id, or consent_id that is no consent of this '
       'number; 55000 no contact log yet.
Example: SELECT dnc_attempt(phone => ''+1 212 555 0101'', outcome => ''no_answer'', agent => ''agent 12'',
  campaign => ''winter'');';

CREATE FUNCTION @extschema@.dnc_attempt_sweep(since timestamptz DEFAULT '-infinity') RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    new bigint;
BEGIN
    PERFORM dnc.require_attempts();
    INSERT INTO dnc.violation (attempt_id, happened_at, phone, channel, purpose, agent, campaign, grounds, requested_at,
        due_at, on_record, after_deadline, found_by, found_at)
        SELECT f.attempt_id, f.happened_at, f.phone, f.channel, f.purpose, f.agent, f.campaign, a.grounds,
            a.requested_at, a.due_at, a.recorded_at <= f.happened_at, f.happened_at > a.due_at, 'sweep', now()
        FROM dnc.contact_attempt AS f LEFT JOIN dnc.outcome AS o ON o.outcome = f.outcome
        CROSS JOIN LATERAL (SELECT jsonb_agg(g.ground) AS grounds, min(g.requested_at) AS requested_at,
            min(g.due_at) AS due_at, min(g.recorded_at) AS recorded_at
            FROM dnc.against(f.phone, f.channel, f.purpose, f.happened_at, true) AS g) AS a
        WHERE coalesce(o.contacted, true)
          AND f.happened_at >= greatest(since,
            (SELECT now() - r.keep FROM dnc.retention AS r WHERE r.subject = 'violation')) AND f.direction = 'outbound'
          AND a.grounds IS NOT NULL
          AND (f.call_type IS DISTINCT FROM 'confirmation'
               OR dnc.may_confirm(f.phone, f.channel, f.purpose, f.happened_at, f.attempt_id) IS NOT TRUE)
          AND NOT EXISTS (SELECT FROM dnc.violation AS v WHERE v.attempt_id = f.attempt_id
            AND v.happened_at = f.happened_at AND dnc.same_phone(v.phone, f.phone))
        ORDER BY f.happened_at, f.attempt_id ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS new = ROW_COUNT;
    RETURN new;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_attempt_sweep(timestamptz)
    IS 'Checks the recorded attempts since a time again, by when people made their requests, records violations not '
       'found before, as after a late import, and returns their number.
Errors: 55000 no contact log yet.
Example: SELECT dnc_attempt_sweep(since => now() - interval ''30 days'');';

CREATE FUNCTION dnc.attempts_of(phone @extschema@.dnc_phone)
RETURNS TABLE (attempt_id bigint, happened_at timestamptz, channel text, purpose text, direction text, call_type text,
    agent text, campaign text, outcome text, duration integer, notice_id bigint, consent_id bigint, decision jsonb,
    recorded_at timestamptz, recorded_by text)
LANGUAGE plpgsql STABLE ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF to_regclass('dnc.contact_attempt') IS NOT NULL THEN
        RETURN QUERY SELECT a.attempt_id, a.happened_at, a.channel, a.purpose, a.direction, a.call_type, a.agent,
            a.campaign, a.outcome, a.duration, a.notice_id, a.consent_id, a.decision, a.recorded_at, a.recorded_by
            FROM dnc.contact_attempt AS a WHERE dnc.same_phone(a.phone, attempts_of.phone);
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.attempts_of(@extschema@.dnc_phone)
    IS 'contact attempts of a number; none if there is no contact log';
