-- ---------------------------------------------------------------------------
-- Outcomes: what an attempt records, and what a dialer's code means
-- ---------------------------------------------------------------------------

-- What an attempt recorded follows from the outcome it had: an outcome never changes.
CREATE FUNCTION dnc.keep_outcome() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.outcome, NEW.class, NEW.records, NEW.contacted) IS DISTINCT FROM (OLD.outcome,
        OLD.class, OLD.records, OLD.contacted) OR (NEW.scope, NEW.reason) IS DISTINCT FROM (OLD.scope, OLD.reason) THEN
        RAISE EXCEPTION 'outcome "%" stays as it is', OLD.outcome USING ERRCODE = 'insufficient_privilege',
            DETAIL = 'Contact attempts with it have recorded what it said then.',
            HINT = 'Insert an outcome of another name; dnc_outcome_map says which codes of a dialer mean it.';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION dnc.keep_outcome() IS 'trigger that rejects changes of outcomes, apart from their description';
CREATE TRIGGER "01_keep_builtin" BEFORE INSERT OR UPDATE
    OR DELETE ON dnc.outcome FOR EACH ROW EXECUTE FUNCTION dnc.keep_builtin();
CREATE TRIGGER "02_keep_outcome" BEFORE UPDATE OR DELETE ON dnc.outcome FOR EACH ROW
    EXECUTE FUNCTION dnc.keep_outcome();
CREATE TRIGGER "01_keep_builtin" BEFORE INSERT OR UPDATE
    OR DELETE ON dnc.outcome_code FOR EACH ROW EXECUTE FUNCTION dnc.keep_builtin();
-- With it, names need no lock of their rows (src/entry/lookup_key.rs).
CREATE TRIGGER "00_names_wait" BEFORE DELETE ON dnc.outcome FOR EACH STATEMENT EXECUTE FUNCTION dnc.names_wait();
ALTER TABLE dnc.outcome ENABLE ALWAYS TRIGGER "00_names_wait", ENABLE ALWAYS TRIGGER "01_keep_builtin",
    ENABLE ALWAYS TRIGGER "02_keep_outcome";
ALTER TABLE dnc.outcome_code ENABLE ALWAYS TRIGGER "01_keep_builtin";

CREATE VIEW dnc.code_in_use AS
    SELECT DISTINCT ON (c.source, c.code) c.source, c.code, c.label, c.outcome, c.seen_at, c.builtin
    FROM dnc.outcome_code AS c ORDER BY c.source, c.code, c.builtin;
COMMENT ON VIEW dnc.code_in_use
    IS 'codes of dialers with the outcome each means now: a site''s own, or else the built-in one; NULL: not mapped';

CREATE FUNCTION dnc.attempt_outcome(outcome text, source text, code text) RETURNS text LANGUAGE sql STABLE
    RETURN coalesce(outcome, (SELECT c.outcome FROM dnc.outcome_code AS c WHERE c.source = attempt_outcome.source
        AND c.code = attempt_outcome.code ORDER BY c.builtin LIMIT 1));
COMMENT ON FUNCTION dnc.attempt_outcome(text, text, text)
    IS 'outcome of a contact attempt: its own, or what its code means now; NULL: the code is not mapped';

CREATE FUNCTION dnc.require_code_source(source text) RETURNS void LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF source !~ '^[a-z][a-z0-9_-]{0,62}$' THEN
        RAISE EXCEPTION 'the source "%" is no short name', left(source, 80) USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'A name begins with a small letter; small letters, digits, _ and - follow, up to 63 in all.',
            HINT = 'Such as vicidial: dnc.outcome_code lists the known sources.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_code_source(text) IS 'raises for a malformed name of a dialer or service';

-- One text for an outcome or a code, as no outcome and no source has a space.
CREATE FUNCTION dnc.result_key(outcome text, source text, code text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN coalesce(outcome, source || ' ' || code);
COMMENT ON FUNCTION dnc.result_key(text, text, text)
    IS 'text for the outcome or the code of a contact attempt, for joins';

-- A code is mapped while nobody writes attempts with codes: else an attempt would miss the mapping, and the mapping the
-- attempt. Codes that nobody has seen get a row without an outcome.
CREATE FUNCTION dnc.results(names text[], sources text[], codes text[], OUT keys text[], OUT means text[],
    OUT kinds text[]) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF codes <> '{}' THEN
        PERFORM pg_advisory_xact_lock_shared(hashtextextended('dnc.outcome_code', 4476483));
        IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
            -- Fails if a code was mapped since the snapshot.
            PERFORM FROM dnc.code_change FOR SHARE;
        END IF;
        INSERT INTO dnc.outcome_code (source, code, seen_at)
            SELECT DISTINCT n.source, n.code, now() FROM unnest(sources, codes) AS n (source, code)
            WHERE NOT EXISTS (SELECT FROM dnc.outcome_code AS c WHERE c.source = n.source AND c.code = n.code)
            ORDER BY 1, 2 ON CONFLICT DO NOTHING;
    END IF;
    SELECT array_agg(r.key), array_agg(r.outcome), array_agg(r.records) INTO keys, means, kinds FROM (
        SELECT o.outcome AS key, o.outcome, o.records FROM dnc.outcome AS o
            WHERE o.outcome = ANY (names) AND o.records NOT IN ('nothing', 'callback')
        UNION
        SELECT dnc.result_key(NULL, n.source, n.code), c.outcome, coalesce(o.records, 'undecided')
            FROM unnest(sources, codes) AS n (source, code)
            CROSS JOIN LATERAL (SELECT dnc.attempt_outcome(NULL, n.source, n.code)) AS c (outcome)
            LEFT JOIN dnc.outcome AS o ON o.outcome = c.outcome
            WHERE o.records IS NULL OR o.records NOT IN ('nothing', 'callback')) AS r;
END
$$;
COMMENT ON FUNCTION dnc.results(text[], text[], text[])
    IS 'of the outcomes and codes of new attempts, those that record something, or that nobody has mapped; holds the '
       'mapping until the transaction ends';

CREATE FUNCTION dnc.product_of(purpose text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN pg_catalog.substring(purpose, '^[^/]+(?:/[^/]+)?');
COMMENT ON FUNCTION dnc.product_of(text) IS 'the product of a purpose: its first two parts, brand/product';

CREATE FUNCTION dnc.attempt_evidence(a jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE
    RETURN pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('attempt', a -> 'attempt_id', 'outcome',
        a -> 'outcome', 'code_source', CASE WHEN a ->> 'code' IS NOT NULL THEN a -> 'source' END, 'code', a -> 'code',
        'words', a -> 'words', 'recording', a -> 'recording', 'external_ref', a -> 'external_ref', 'campaign',
        a -> 'campaign'));
COMMENT ON FUNCTION dnc.attempt_evidence(jsonb)
    IS 'what a contact attempt proves of what it records: its id, outcome or code, the words, the recording';

-- The person asked during the contact, which is taken to have ended after its duration.
CREATE FUNCTION dnc.attempt_entry(a jsonb, o dnc.outcome) RETURNS dnc.entry
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET DateStyle = 'ISO' AS $$
DECLARE
    e        dnc.entry;
    happened timestamptz := (a ->> 'happened_at')::timestamptz;
    until    timestamptz := CASE WHEN o.records = 'pause' THEN (a ->> 'next_at')::timestamptz END;
BEGIN
    e.entry_id := nextval('dnc.entry_entry_id_seq');
    e.request_id := e.entry_id;
    e.phone := a ->> 'phone';
    e.requested_at := least(happened
        + make_interval(secs => coalesce((a ->> 'duration')::int, (a ->> 'talk_seconds')::int, 0)), now());
    e.received_at := e.requested_at;
    e.recorded_at := now();
    e.effective_at := '-infinity';
    e.expires_at := CASE WHEN until > e.requested_at THEN until ELSE 'infinity' END;
    e.kind := 'refusal';
    e.channel := CASE o.scope WHEN 'channel' THEN a ->> 'channel' ELSE 'all' END;
    e.purpose := CASE o.scope WHEN 'product' THEN dnc.product_of(a ->> 'purpose') END;
    e.reason := o.reason;
    e.source := CASE WHEN a ->> 'channel' = 'voice' THEN 'phone_agent' ELSE 'dialer' END;
    e.due_at := coalesce(dnc.rule_due(e.phone, e.channel, e.requested_at, e.received_at), e.received_at);
    e.taken_by := nullif(a ->> 'agent', '');
    e.evidence := dnc.attempt_evidence(a) || CASE
        WHEN o.records = 'provisional' OR o.records = 'pause' AND e.expires_at = 'infinity' THEN
        '{"provisional": true}'::jsonb ELSE '{}' END;
    RETURN e;
END
$$;
COMMENT ON FUNCTION dnc.attempt_entry(jsonb, dnc.outcome)
    IS 'the opt-out that an attempt with such an outcome records; a pause without its end stays until it is reviewed';

CREATE FUNCTION @extschema@.dnc_outcome_map(source text, code text, outcome text, label text DEFAULT NULL,
    force boolean DEFAULT false)
RETURNS TABLE (attempts bigint, opt_outs bigint, wrong_numbers bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    earlier dnc.code_in_use;
    before  dnc.outcome;
    means   dnc.outcome;
    own     boolean;
BEGIN
    IF source IS NULL OR code IS NULL OR outcome IS NULL THEN
        RAISE EXCEPTION 'source, code and outcome must not be NULL' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'source is the dialer, code what it calls the outcome, outcome a row of dnc.outcome.';
    END IF;
    IF length(code) NOT BETWEEN 1 AND 200 OR length(label) > 1000 THEN
        RAISE EXCEPTION 'a code has 1 to 200 characters, a label up to 1000' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Given were %s and %s.', length(code), coalesce(length(label)::text, 'none')),
            HINT = 'Map the code as the dialer delivers it.';
    END IF;
    PERFORM dnc.require_code_source(source), dnc.require_read_committed();
    PERFORM dnc.require_known('outcome', outcome);
    -- Waits for transactions that write attempts with codes; those that begin later see the mapping.
    PERFORM pg_advisory_xact_lock(hashtextextended('dnc.outcome_code', 4476483));
    SELECT * INTO earlier FROM dnc.code_in_use AS c WHERE c.source = source AND c.code = code;
    own := EXISTS (SELECT FROM dnc.outcome_code AS c WHERE c.source = source AND c.code = code AND NOT c.builtin);
    SELECT * INTO means FROM dnc.outcome AS o WHERE o.outcome = outcome;
    SELECT * INTO before FROM dnc.outcome AS o WHERE o.outcome = earlier.outcome;
    attempts := 0;
    opt_outs := 0;
    wrong_numbers := 0;
    IF earlier.outcome = outcome THEN
        RETURN NEXT;
        RETURN;
    END IF;
    IF before.class IN ('refusal', 'complaint') AND means.class NOT IN ('refusal', 'complaint') AND NOT force THEN
        RAISE EXCEPTION 'code "%" of % means "%", that somebody asked not to be contacted', code, source,
                before.outcome USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = format('"%s" would not record that any more.', outcome),
            HINT = 'dnc_outcome_map(…, force => true) maps it; opt-outs that were recorded stay.';
    END IF;
    UPDATE dnc.code_change SET changed_at = now();
    IF own THEN
        UPDATE dnc.outcome_code AS c SET outcome = dnc_outcome_map.outcome,
            label = coalesce(dnc_outcome_map.label, c.label), seen_at = NULL
            WHERE c.source = dnc_outcome_map.source AND c.code = dnc_outcome_map.code AND NOT c.builtin;
    ELSE
        INSERT INTO dnc.outcome_code (source, code, outcome, label) VALUES (source, code, outcome, label);
    END IF;
    IF to_regclass('dnc.contact_attempt') IS NOT NULL THEN
        SELECT * INTO attempts, opt_outs, wrong_numbers
            FROM dnc.take_effect(source, code, means, earlier.source IS NOT NULL AND earlier.outcome IS NULL);
    END IF;
    RETURN NEXT;
END
$$;

-- Attempts whose code was not mapped are in dnc.undecided_attempt; others are searched for.
CREATE FUNCTION dnc.take_effect(source text, code text, means dnc.outcome, undecided boolean)
RETURNS TABLE (attempts bigint, opt_outs bigint, wrong_numbers bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    rows_of text := 'dnc.contact_attempt AS a WHERE a.source = $1 AND a.code = $2';
BEGIN
    IF undecided THEN
        rows_of := 'dnc.undecided_attempt AS u JOIN dnc.contact_attempt AS a ON dnc.same_phone(a.phone, u.phone) '
            'AND a.happened_at = u.happened_at AND a.attempt_id = u.attempt_id WHERE u.source = $1 AND u.code = $2';
    END IF;
    EXECUTE format('SELECT count(*) FROM %s', rows_of) INTO attempts USING source, code;
    opt_outs := 0;
    wrong_numbers := 0;
    IF means.scope IS NOT NULL THEN
        EXECUTE format('INSERT INTO dnc.entry SELECT e.* FROM (SELECT a.* FROM %s) AS a CROSS JOIN LATERAL '
            'dnc.attempt_entry(to_jsonb(a), $3) AS e WHERE NOT EXISTS (SELECT FROM dnc.entry AS w '
            'WHERE dnc.same_phone(w.phone, a.phone) AND w.ends IS NULL AND w.evidence -> ''attempt'' = '
            'to_jsonb(a.attempt_id) AND w.channel = e.channel AND w.purpose IS NOT DISTINCT FROM e.purpose '
            'AND w.reason = e.reason)', rows_of) USING source, code, means;
        GET DIAGNOSTICS opt_outs = ROW_COUNT;
    ELSIF means.records = 'wrong_number' THEN
        EXECUTE format('INSERT INTO dnc.wrong_number (phone, found_at, attempt_id, taken_by, evidence, recorded_at) '
            'SELECT a.phone, least(a.happened_at, now()), a.attempt_id, nullif(a.agent, ''''), '
            'dnc.attempt_evidence(to_jsonb(a)), now() FROM (SELECT a.* FROM %s) AS a WHERE NOT EXISTS '
            '(SELECT FROM dnc.wrong_number AS w WHERE dnc.same_phone(w.phone, a.phone) AND w.attempt_id = '
            'a.attempt_id AND w.ends IS NULL)', rows_of) USING source, code;
        GET DIAGNOSTICS wrong_numbers = ROW_COUNT;
    END IF;
    DELETE FROM dnc.undecided_attempt AS u WHERE u.source = source AND u.code = code;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION dnc.take_effect(text, text, dnc.outcome, boolean)
    IS 'records what an outcome records for past attempts with a code; for dnc_outcome_map';
COMMENT ON FUNCTION @extschema@.dnc_outcome_map(text, text, text, text, boolean)
    IS 'Says which outcome a code of a dialer or service means, from now on and for the attempts recorded so far, and '
       'returns the number of such attempts, and of the opt-outs and wrong numbers recorded for them. A site''s '
       'mapping counts before a built-in one. An opt-out that an attempt recorded stays, whatever its code means '
       'later.
Errors: 22004 source, code or outcome is NULL; 22023 unknown outcome, malformed source, code or label; 55000 the '
       'code meant a refusal or complaint and would mean none, without force; 25000 the transaction is not READ '
       'COMMITTED.
Example: SELECT * FROM dnc_outcome_map(source => ''ourdialer'', code => ''DNC-EMAIL'', outcome => ''refused'');';

-- Codes of one source as those of another: a dialer of a known kind under a name of its own.
CREATE FUNCTION @extschema@.dnc_outcome_map(source text, codes_of text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    c    record;
    done integer := 0;
BEGIN
    IF source IS NULL OR NOT EXISTS (SELECT FROM dnc.code_in_use AS u WHERE u.source = codes_of
        AND u.outcome IS NOT NULL) THEN
        RAISE EXCEPTION 'no codes of "%" are known', left(coalesce(codes_of, 'NULL'), 60)
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Known are the codes of %s.',
                (SELECT string_agg(DISTINCT u.source, ', ') FROM dnc.code_in_use AS u WHERE u.outcome IS NOT NULL)),
            HINT = 'dnc_outcome_map(source, code, outcome) maps a single code.';
    END IF;
    FOR c IN SELECT u.code, u.outcome, u.label FROM dnc.code_in_use AS u
        WHERE u.source = codes_of AND u.outcome IS NOT NULL
          AND NOT EXISTS (SELECT FROM dnc.outcome_code AS o
              WHERE o.source = source AND o.code = u.code AND o.outcome IS NOT NULL) ORDER BY 1 LOOP
        PERFORM dnc.outcome_map(source, c.code, c.outcome, c.label);
        done := done + 1;
    END LOOP;
    RETURN done;
END
$$;
CREATE FUNCTION dnc.outcome_map(source text, code text, outcome text, label text) RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
    SELECT m.opt_outs FROM @extschema@.dnc_outcome_map(source, code, outcome, label) AS m;
END;
COMMENT ON FUNCTION dnc.outcome_map(text, text, text, text)
    IS 'dnc_outcome_map, bound at creation for functions that run as superuser';
COMMENT ON FUNCTION @extschema@.dnc_outcome_map(text, text)
    IS 'Maps every code of a source as that of another source is, apart from those that are mapped already, and '
       'returns how many it mapped.
Errors: 22023 codes_of has no mapped codes, or malformed source; 25000 the transaction is not READ COMMITTED.
Example: SELECT dnc_outcome_map(source => ''vicidial-paris'', codes_of => ''vicidial'');';

-- Wrong numbers and promised callbacks.
CREATE FUNCTION @extschema@.dnc_right_number(phone @extschema@.dnc_phone, why text, by text DEFAULT NULL)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    done integer;
BEGIN
    IF phone IS NULL OR coalesce(btrim(why), '') = '' OR length(why) > 5000 OR length(by) NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'phone and why must be given, why up to 5000 characters and by 1 to 500'
            USING ERRCODE = 'null_value_not_allowed',
            HINT = 'Say in why how it is known whose number it is now.';
    END IF;
    INSERT INTO dnc.wrong_number (phone, ends, found_at, taken_by, evidence, recorded_at)
        SELECT w.phone, w.wrong_number_id, greatest(now(), w.found_at), by, jsonb_build_object('why', why),
            greatest(now(), w.recorded_at)
        FROM dnc.wrong_number_in_force AS w WHERE dnc.same_line(w.phone, phone) ORDER BY w.wrong_number_id
        ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS done = ROW_COUNT;
    RETURN done;
END
$$;
CREATE VIEW dnc.wrong_number_in_force AS
    SELECT w.wrong_number_id, w.phone, w.found_at, w.attempt_id, w.taken_by, w.evidence, w.recorded_at
    FROM dnc.wrong_number AS w
    WHERE w.ends IS NULL
      AND NOT EXISTS (SELECT FROM dnc.wrong_number AS n WHERE n.ends = w.wrong_number_id);
COMMENT ON VIEW dnc.wrong_number_in_force
    IS 'numbers that are not their contact''s: for the CRM to correct; dnc_right_number ends one';
COMMENT ON FUNCTION @extschema@.dnc_right_number(@extschema@.dnc_phone, text, text)
    IS 'Ends the findings that a number is wrong, since it is known whose it is, and returns how many. It is no '
       'consent, and revokes no opt-out.
Errors: 22004 phone or why is missing, or a text is too long.
Example: SELECT dnc_right_number(phone => ''+1 212 555 0134'', why => ''the customer confirmed it by e-mail'');';

CREATE FUNCTION @extschema@.dnc_callbacks(until timestamptz DEFAULT 'infinity', since timestamptz DEFAULT '-infinity')
RETURNS TABLE (attempt_id bigint, phone @extschema@.dnc_phone, due_at timestamptz, channel text, purpose text,
    agent text, campaign text, promised_at timestamptz, kept_at timestamptz, suppressed boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    PERFORM dnc.require_attempts();
    RETURN QUERY SELECT a.attempt_id, a.phone, a.next_at, a.channel, a.purpose, a.agent, a.campaign, a.happened_at,
        k.at, dnc.is_refused(a.phone, a.channel, a.purpose, NULL)
        FROM dnc.contact_attempt AS a
        JOIN dnc.outcome AS o ON o.outcome = dnc.attempt_outcome(a.outcome, a.source, a.code)
            AND o.records = 'callback'
        LEFT JOIN LATERAL (SELECT min(n.happened_at) AS at FROM dnc.contact_attempt AS n
            LEFT JOIN dnc.outcome AS m ON m.outcome = dnc.attempt_outcome(n.outcome, n.source, n.code)
            WHERE dnc.same_phone(n.phone, a.phone) AND n.happened_at > a.happened_at
                AND n.direction = 'outbound' AND coalesce(m.contacted, true)) AS k ON true
        WHERE a.next_at IS NOT NULL AND a.next_at <= until AND a.next_at >= since
        ORDER BY a.next_at, a.attempt_id;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_callbacks(timestamptz, timestamptz)
    IS 'Returns the callbacks that were promised for a time, with when the next contact was made (kept_at, NULL: none '
       'yet) and whether the number is suppressed now. A promised callback is no consent: it is checked like every '
       'other contact.
Errors: 55000 no contact log yet.
Example: SELECT phone, due_at, agent FROM dnc_callbacks(until => now() + interval ''1 day'') WHERE kept_at IS NULL;';
