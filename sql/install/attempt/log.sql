-- ---------------------------------------------------------------------------
-- The contact log
-- ---------------------------------------------------------------------------

-- In this order: names are checked, codes are looked up, attempts to numbers suppressed before are violations, what the
-- outcomes record is recorded, and later attempts in the same rows to numbers that refused are violations, too.
-- Statements over all rows run only if a row needs them. Plans are made once: for a single contact, planning takes
-- longer than everything else, and no plan here depends on the number of rows.
CREATE FUNCTION dnc.attempt_written() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    x       record;
    new     bigint;
    found_n bigint;
    names   text[] := '{}';
    sources text[] := '{}';
    codes   text[] := '{}'; -- of the sources
    refers  boolean := false;
    -- Outcomes and codes that record something: a key of each (dnc.result_key), its outcome (NULL: the code is not
    -- mapped), and what that records.
    keys    text[] := '{}';
    means   text[] := '{}';
    kinds   text[] := '{}';
    refusing text[]; -- keys of those that record an opt-out
BEGIN
    -- Greatest and least values, since these cost least, and nothing where there is no value.
    FOR x IN SELECT f.channel, f.purpose, f.outcome, f.source, f.code, f.vendor, max(f.happened_at) AS latest,
        isfinite(min(f.happened_at)) AND isfinite(max(f.happened_at)) AS finite,
        (isfinite(min(f.next_at)) AND isfinite(max(f.next_at))) IS NOT FALSE AS next_finite,
        num_nonnulls(max(f.notice_id), max(f.consent_id), max(f.acquisition_id)) > 0 AS refers
        FROM fresh AS f GROUP BY f.channel, f.purpose, f.outcome, f.source, f.code, f.vendor LOOP
        PERFORM dnc.require_known('channel', x.channel);
        IF x.outcome IS NOT NULL THEN
            PERFORM dnc.require_known('outcome', x.outcome);
        END IF;
        IF x.source IS NOT NULL THEN
            PERFORM dnc.require_code_source(x.source);
        END IF;
        IF x.code IS NOT NULL THEN
            sources := sources || x.source;
            codes := codes || x.code;
        END IF;
        names := names || x.outcome;
        IF x.purpose IS NOT NULL THEN
            PERFORM dnc.require_known('purpose', x.purpose);
        END IF;
        IF x.vendor IS NOT NULL THEN
            PERFORM dnc.require_known('vendor', x.vendor);
        END IF;
        IF NOT x.next_finite THEN
            RAISE EXCEPTION 'next_at of a contact attempt is a time' USING ERRCODE = 'invalid_parameter_value',
                DETAIL = 'It is infinite.', HINT = 'Leave it out where the person named none.';
        END IF;
        IF x.channel = 'all' OR NOT x.finite OR x.latest > clock_timestamp() + interval '5 minutes' THEN
            RAISE EXCEPTION 'a contact attempt was made through one channel, at a time up to now'
                USING ERRCODE = 'invalid_parameter_value',
                DETAIL = format('One has channel %s, the latest of its kind is at %s.', x.channel, x.latest),
                HINT = 'What is planned is no attempt.';
        END IF;
        refers := refers OR x.refers;
    END LOOP;
    SELECT r.keys, r.means, r.kinds INTO keys, means, kinds FROM dnc.results(names, sources, codes) AS r;
    IF 'undecided' = ANY (kinds) THEN
        INSERT INTO dnc.undecided_attempt (phone, attempt_id, happened_at, source, code, recorded_at)
            SELECT f.phone, f.attempt_id, f.happened_at, f.source, f.code, now() FROM fresh AS f
            JOIN unnest(keys, means) AS m (key, outcome) ON m.key = dnc.result_key(f.outcome, f.source, f.code)
                AND m.outcome IS NULL
            ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS new = ROW_COUNT;
        RAISE WARNING '% contact attempt(s) have a code that is not mapped to an outcome', new
            USING HINT = 'dnc.outcome_code lists the codes; dnc_outcome_map(source, code, outcome) says what one '
                         'means, also for these attempts. Until then dnc_may_contact does not allow these numbers.';
    END IF;
    IF refers THEN
        -- Waits for a concurrent erasure, or makes it wait.
        PERFORM FROM dnc.consent AS c WHERE c.consent_id IN (SELECT f.consent_id FROM fresh AS f)
            ORDER BY c.consent_id FOR KEY SHARE;
        SELECT f.notice_id AS notice, f.consent_id AS consent, f.acquisition_id AS acquisition INTO x FROM fresh AS f
            WHERE f.notice_id IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.notice AS n WHERE n.notice_id = f.notice_id)
               OR f.consent_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM dnc.consent AS c WHERE c.consent_id = f.consent_id AND NOT c.withdrawal
                   AND dnc.same_phone(c.phone, f.phone))
               OR f.acquisition_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM dnc.acquisition AS q WHERE q.acquisition_id = f.acquisition_id
                   AND dnc.same_phone(q.phone, f.phone)) LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'a contact attempt names a notice, a consent or an acquisition that is not there'
                USING ERRCODE = 'foreign_key_violation',
                DETAIL = format('It names notice %s, consent %s and acquisition %s.',
                    coalesce(x.notice::text, 'none'), coalesce(x.consent::text, 'none'),
                    coalesce(x.acquisition::text, 'none')),
                HINT = 'A notice is a notice_id of dnc.notice; a consent and an acquisition are of the same number.';
        END IF;
        INSERT INTO dnc.consent_use SELECT DISTINCT f.consent_id, (f.happened_at AT TIME ZONE 'UTC')::date
            FROM fresh AS f WHERE f.consent_id IS NOT NULL ON CONFLICT DO NOTHING;
    END IF;
    INSERT INTO dnc.violation (attempt_id, happened_at, phone, channel, purpose, agent, campaign, grounds, requested_at,
        due_at, on_record, after_deadline, found_by, found_at)
        SELECT f.attempt_id, f.happened_at, f.phone, f.channel, f.purpose, f.agent, f.campaign, v.*, 'write', now()
        FROM fresh AS f CROSS JOIN LATERAL dnc.violation_of(f.phone, f.channel, f.purpose, f.happened_at,
            f.attempt_id, f.call_type, dnc.attempt_outcome(f.outcome, f.source, f.code), false) AS v
        WHERE f.direction = 'outbound'
          AND dnc.is_refused(f.phone, f.channel, f.purpose, least(f.happened_at, now())) IS NOT FALSE
        ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS found_n = ROW_COUNT;
    IF kinds && '{opt_out,provisional,pause}' THEN
        refusing := ARRAY(SELECT m.key FROM unnest(keys, kinds) AS m (key, kind)
            WHERE m.kind IN ('opt_out', 'provisional', 'pause'));
        INSERT INTO dnc.entry SELECT e.* FROM fresh AS f
            JOIN unnest(keys, means) AS m (key, outcome) ON m.key = dnc.result_key(f.outcome, f.source, f.code)
            JOIN dnc.outcome AS o ON o.outcome = m.outcome AND o.scope IS NOT NULL
            CROSS JOIN LATERAL dnc.attempt_entry(to_jsonb(f), o) AS e;
        INSERT INTO dnc.violation (attempt_id, happened_at, phone, channel, purpose, agent, campaign, grounds,
            requested_at, due_at, on_record, after_deadline, found_by, found_at)
            SELECT f.attempt_id, f.happened_at, f.phone, f.channel, f.purpose, f.agent, f.campaign, v.*, 'write', now()
            -- CASE keeps the planner from a join, which would be slow where it expects few rows.
            FROM (SELECT g.*, min(g.happened_at) FILTER (WHERE dnc.result_key(g.outcome, g.source, g.code)
                    = ANY (refusing)) OVER (PARTITION BY g.phone) AS since
                FROM fresh AS g WHERE CASE WHEN g.phone::bigint IN (SELECT h.phone::bigint FROM fresh AS h
                    WHERE dnc.result_key(h.outcome, h.source, h.code) = ANY (refusing)) THEN true ELSE false END) AS f
            CROSS JOIN LATERAL dnc.violation_of(f.phone, f.channel, f.purpose, f.happened_at,
                f.attempt_id, f.call_type, dnc.attempt_outcome(f.outcome, f.source, f.code), false) AS v
            WHERE f.happened_at > f.since AND f.direction = 'outbound'
            ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS new = ROW_COUNT;
        found_n := found_n + new;
    END IF;
    IF 'wrong_number' = ANY (kinds) THEN
        INSERT INTO dnc.wrong_number (phone, found_at, attempt_id, taken_by, evidence, recorded_at)
            SELECT f.phone, least(f.happened_at, now()), f.attempt_id, nullif(f.agent, ''),
                dnc.attempt_evidence(to_jsonb(f)), now() FROM fresh AS f
            JOIN unnest(keys, means) AS m (key, outcome) ON m.key = dnc.result_key(f.outcome, f.source, f.code)
            JOIN dnc.outcome AS o ON o.outcome = m.outcome AND o.records = 'wrong_number';
    END IF;
    IF found_n > 0 THEN
        RAISE WARNING '% contact attempt(s) were made to a suppressed number', found_n
            USING HINT = 'dnc.violation has them with their evidence.';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION dnc.attempt_written()
    IS 'trigger of the contact log: validates new rows, records violations, and what the outcomes record';

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
            outcome     text,
            duration    integer     CHECK (duration >= 0),
            notice_id   bigint,
            consent_id  bigint,
            decision    jsonb,
            recorded_at timestamptz NOT NULL DEFAULT now(),
            recorded_by text        NOT NULL DEFAULT session_user,
            source      text,
            code        text,
            external_ref text,
            words       text,
            recording   text,
            next_at     timestamptz,
            caller      text,
            hung_up_by  text,
            queue_seconds integer,
            talk_seconds integer,
            abandoned   boolean,
            vendor      text,
            acquisition_id bigint,
            attempt_number integer,
            cost        numeric,
            sale_value  numeric,
            -- One constraint, which ends at once for the rows of most loads.
            CONSTRAINT contact_attempt_details CHECK (num_nonnulls(code, external_ref, words, recording, caller,
                hung_up_by, queue_seconds, talk_seconds, attempt_number, cost) = 0
                OR (length(code) BETWEEN 1 AND 200 AND length(external_ref) BETWEEN 1 AND 500
                    AND length(words) BETWEEN 1 AND 10000 AND length(recording) BETWEEN 1 AND 500
                    AND length(caller) BETWEEN 1 AND 100 AND hung_up_by IN ('person', 'agent', 'system')
                    AND queue_seconds >= 0 AND talk_seconds >= 0 AND attempt_number > 0 AND cost >= 0) IS NOT FALSE),
            CONSTRAINT contact_attempt_outcome_or_code
                CHECK (num_nonnulls(outcome, code) = 1 AND (code IS NULL OR source IS NOT NULL))
        ) PARTITION BY RANGE (happened_at)$q$, phone);
        COMMENT ON TABLE dnc.contact_attempt IS 'the contact log: one row for each contact attempt; insert-only';
        COMMENT ON COLUMN dnc.contact_attempt.duration IS 'seconds, from the first ring or sending to the end';
        COMMENT ON COLUMN dnc.contact_attempt.outcome IS 'row of dnc.outcome; NULL: the code says what came of it';
        COMMENT ON COLUMN dnc.contact_attempt.source
            IS 'dialer or service that made the attempt, such as vicidial; needed with a code';
        COMMENT ON COLUMN dnc.contact_attempt.code
            IS 'what the source calls the outcome; dnc.outcome_code maps it, also later; NULL with an outcome';
        COMMENT ON COLUMN dnc.contact_attempt.external_ref IS 'the source''s own id of the call or message';
        COMMENT ON COLUMN dnc.contact_attempt.words IS 'what the person said or wrote; evidence of an opt-out';
        COMMENT ON COLUMN dnc.contact_attempt.recording IS 'where the recording is; evidence of an opt-out';
        COMMENT ON COLUMN dnc.contact_attempt.next_at
            IS 'time that the person named: the end of a pause, or of a promised callback';
        COMMENT ON COLUMN dnc.contact_attempt.caller IS 'number or name that the person saw as the caller or sender';
        COMMENT ON COLUMN dnc.contact_attempt.abandoned
            IS 'the person answered, and no agent was there within two seconds (47 CFR 64.1200(a)(7), '
               '16 CFR 310.4(b)(4)(iii))';
        COMMENT ON COLUMN dnc.contact_attempt.vendor IS 'row of dnc.vendor from which the number came';
        COMMENT ON COLUMN dnc.contact_attempt.acquisition_id IS 'row of dnc.acquisition with which the number came';
        COMMENT ON COLUMN dnc.contact_attempt.attempt_number IS 'how many attempts the source made so far, this one '
            'included';
        COMMENT ON COLUMN dnc.contact_attempt.cost IS 'cost of the attempt, in the site''s currency';
        COMMENT ON COLUMN dnc.contact_attempt.sale_value IS 'value of the sale, in the site''s currency';
        COMMENT ON COLUMN dnc.contact_attempt.notice_id IS 'version of the notice that the person was given';
        COMMENT ON COLUMN dnc.contact_attempt.consent_id IS 'consent that the contact relied on; recorded as its use';
        COMMENT ON COLUMN dnc.contact_attempt.decision
            IS 'the decision made before the attempt, by dnc_may_contact or the application';
        CREATE INDEX contact_attempt_phone ON dnc.contact_attempt (phone, happened_at);
        CREATE INDEX contact_attempt_next ON dnc.contact_attempt (next_at) WHERE next_at IS NOT NULL;
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
    phone @extschema@.dnc_phone, outcome text DEFAULT NULL, channel text DEFAULT 'voice', purpose text DEFAULT NULL,
    happened_at timestamptz DEFAULT now(), duration integer DEFAULT NULL, agent text DEFAULT NULL,
    campaign text DEFAULT NULL, direction text DEFAULT 'outbound', call_type text DEFAULT NULL,
    notice_id bigint DEFAULT NULL, consent_id bigint DEFAULT NULL, decision jsonb DEFAULT NULL,
    source text DEFAULT NULL, code text DEFAULT NULL, words text DEFAULT NULL, recording text DEFAULT NULL,
    next_at timestamptz DEFAULT NULL, caller text DEFAULT NULL, hung_up_by text DEFAULT NULL,
    queue_seconds integer DEFAULT NULL, talk_seconds integer DEFAULT NULL, abandoned boolean DEFAULT NULL,
    vendor text DEFAULT NULL, acquisition_id bigint DEFAULT NULL, attempt_number integer DEFAULT NULL,
    cost numeric DEFAULT NULL, sale_value numeric DEFAULT NULL, external_ref text DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    fresh bigint;
    wrong text;
BEGIN
    PERFORM dnc.require_attempts();
    IF phone IS NULL OR channel IS NULL OR happened_at IS NULL OR direction IS NULL THEN
        RAISE EXCEPTION 'phone, channel, happened_at and direction must not be NULL'
            USING ERRCODE = 'null_value_not_allowed', HINT = 'Leave an argument out to get its default.';
    END IF;
    IF num_nonnulls(outcome, code) <> 1 OR code IS NOT NULL AND source IS NULL THEN
        RAISE EXCEPTION 'a contact attempt has an outcome, or a code and its source'
            USING ERRCODE = 'null_value_not_allowed',
            DETAIL = format('Given were outcome %L, source %L and code %L.', left(outcome, 60), left(source, 60),
                left(code, 60)),
            HINT = 'dnc.outcome lists the outcomes; source is the dialer whose code it is, such as vicidial.';
    END IF;
    IF direction NOT IN ('outbound', 'inbound') OR duration < 0 OR length(agent) > 500 OR length(campaign) > 500 THEN
        RAISE EXCEPTION 'a contact attempt is outbound or inbound, takes some seconds, and its agent and campaign '
                        'have up to 500 characters' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Given were %L, %s seconds, and %s and %s characters.', left(direction, 60),
                coalesce(duration::text, 'no'), coalesce(length(agent), 0), coalesce(length(campaign), 0));
    END IF;
    SELECT string_agg(v.name, ', ') INTO wrong FROM (VALUES
        ('code', length(code) BETWEEN 1 AND 200),
        ('words', length(words) <= 10000), ('recording', length(recording) <= 500), ('caller', length(caller) <= 100),
        ('external_ref', length(external_ref) <= 500), ('hung_up_by', hung_up_by IN ('person', 'agent', 'system')),
        ('queue_seconds', queue_seconds >= 0), ('talk_seconds', talk_seconds >= 0),
        ('attempt_number', attempt_number > 0), ('cost', cost >= 0)) AS v (name, good) WHERE NOT v.good;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'out of range: %', wrong USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'hung_up_by is person, agent or system, seconds and costs are not negative, and attempt_number '
                     'counts from 1.',
            HINT = 'A code has up to 200 characters, words 10000, recording and external_ref 500, caller 100.';
    END IF;
    INSERT INTO dnc.contact_attempt (phone, happened_at, channel, purpose, direction, call_type, agent, campaign,
        outcome, duration, notice_id, consent_id, decision, source, code, words, recording, next_at, caller,
        hung_up_by, queue_seconds, talk_seconds, abandoned, vendor, acquisition_id, attempt_number, cost, sale_value,
        external_ref)
        VALUES (phone, happened_at, channel, purpose, direction, call_type, agent, campaign, outcome, duration,
            notice_id, consent_id, decision, source, code, nullif(words, ''), nullif(recording, ''), next_at,
            nullif(caller, ''), hung_up_by, queue_seconds, talk_seconds, abandoned, vendor, acquisition_id,
            attempt_number, cost, sale_value, nullif(external_ref, '')) RETURNING attempt_id INTO fresh;
    RETURN fresh;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_attempt(@extschema@.dnc_phone, text, text, text, timestamptz, integer, text, text,
    text, text, bigint, bigint, jsonb, text, text, text, text, timestamptz, text, text, integer, integer, boolean, text,
    bigint, integer, numeric, numeric, text)
    IS 'Records a contact attempt and returns its attempt_id. What its outcome records (dnc.outcome.records: an '
       'opt-out, a pause, a wrong number) is recorded with it; agent, words and recording are the evidence. A dialer '
       'gives its source and code in place of an outcome. next_at: end of a pause or time of a callback. duration is '
       'in seconds; decision is the result of '
       'dnc_may_contact or of the application. An attempt to a suppressed number is recorded as a violation too, with '
       'a WARNING, unless it is the confirmation of an opt-out (call_type confirmation) that dnc_may_contact allows. '
       'For bulk loads use COPY dnc.contact_attempt.
Errors: 22004 phone, channel, happened_at or direction is NULL, or not exactly one of outcome and code with '
       'source is given; 22023 unknown channel, purpose, outcome or vendor, '
       'channel all, direction other than outbound or inbound, a negative number, a text that is too long, or a time '
       'in the future; 23503 unknown notice_id, or consent_id or acquisition_id that is none of this '
       'number; 55000 no contact log yet.
Example: SELECT dnc_attempt(phone => ''+1 212 555 0101'', outcome => ''no_answer'', agent => ''agent 12'',
  campaign => ''winter'');';

CREATE FUNCTION dnc.attempts_of(phone @extschema@.dnc_phone)
RETURNS TABLE (attempt_id bigint, happened_at timestamptz, channel text, purpose text, direction text, call_type text,
    agent text, campaign text, outcome text, duration integer, notice_id bigint, consent_id bigint, decision jsonb,
    recorded_at timestamptz, recorded_by text, source text, code text, external_ref text, words text, recording text,
    next_at timestamptz, caller text, hung_up_by text, queue_seconds integer, talk_seconds integer, abandoned boolean,
    vendor text, acquisition_id bigint, attempt_number integer, cost numeric, sale_value numeric)
LANGUAGE plpgsql STABLE ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF to_regclass('dnc.contact_attempt') IS NOT NULL THEN
        RETURN QUERY SELECT a.attempt_id, a.happened_at, a.channel, a.purpose, a.direction, a.call_type, a.agent,
            a.campaign, dnc.attempt_outcome(a.outcome, a.source, a.code), a.duration, a.notice_id, a.consent_id,
            a.decision, a.recorded_at, a.recorded_by, a.source, a.code, a.external_ref, a.words, a.recording,
            a.next_at, a.caller, a.hung_up_by, a.queue_seconds, a.talk_seconds, a.abandoned, a.vendor,
            a.acquisition_id, a.attempt_number, a.cost, a.sale_value
            FROM dnc.contact_attempt AS a WHERE dnc.same_phone(a.phone, attempts_of.phone);
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.attempts_of(@extschema@.dnc_phone)
    IS 'contact attempts of a number, with the outcome that a code means now; none if there is no contact log';
