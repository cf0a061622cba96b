-- ---------------------------------------------------------------------------
-- Rules of law, as rows with dates
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.rule_accept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS $$
DECLARE
    x text;
    r dnc.rule;
BEGIN
    IF NEW.audit_seq IS NOT NULL OR NEW.builtin THEN
        RETURN NEW;
    END IF;
    PERFORM dnc.require_known('jurisdiction', NEW.jurisdiction);
    FOREACH x IN ARRAY coalesce(NEW.channels, '{}') LOOP
        PERFORM dnc.require_known('channel', x);
    END LOOP;
    IF 'all' = ANY (NEW.channels) THEN
        RAISE EXCEPTION 'a rule names its channels one by one, and not "all"' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Rule "%s" has channels %s.', NEW.rule, NEW.channels),
            HINT = 'NULL for channels is every channel.';
    END IF;
    PERFORM dnc.require_windows(NEW.windows);
    IF NEW.calendar IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.holiday AS h WHERE h.calendar = NEW.calendar) THEN
        RAISE EXCEPTION 'unknown calendar "%"', NEW.calendar USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Known are: %s.', (SELECT string_agg(DISTINCT h.calendar, ', ') FROM dnc.holiday AS h)),
            HINT = 'A site adds its own by inserting into dnc.holiday.';
    END IF;
    IF NEW.replaces IS NOT NULL THEN
        SELECT * INTO r FROM dnc.rule AS o WHERE o.rule = NEW.replaces;
        IF r.rule IS NULL OR r.kind <> NEW.kind OR r.jurisdiction <> NEW.jurisdiction THEN
            RAISE EXCEPTION 'rule "%" cannot replace "%"', NEW.rule, NEW.replaces
                USING ERRCODE = 'invalid_parameter_value',
                DETAIL = CASE WHEN r.rule IS NULL THEN 'There is no such rule.'
                    ELSE format('That is %s of %s.', r.kind, r.jurisdiction) END,
                HINT = 'A rule is replaced by one of its own kind and jurisdiction.';
        END IF;
    END IF;
    -- Set here, whatever the caller gave.
    NEW.recorded_at := now();
    NEW.recorded_by := session_user;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION dnc.rule_accept() IS 'trigger that accepts only valid rules';

-- Writes the built-in rows of sql/rules/, before the triggers exist.
CREATE FUNCTION dnc.builtin_rule(
    rule text, jurisdiction text, kind text, citation text, confidence text, amount interval DEFAULT NULL,
        anchor text DEFAULT NULL, business boolean DEFAULT false, calendar text DEFAULT NULL,
    windows text DEFAULT NULL, regime text DEFAULT NULL, attempts integer DEFAULT NULL, channels text[] DEFAULT NULL,
        call_types text[] DEFAULT NULL, party text DEFAULT NULL, line_types text[] DEFAULT NULL,
    valid_from date DEFAULT NULL, valid_to date DEFAULT NULL, announced_on date DEFAULT NULL, note text DEFAULT NULL,
        url text DEFAULT NULL, enabled boolean DEFAULT true,
    quoted_on date DEFAULT '2026-11-24', recorded_at timestamptz DEFAULT '2026-11-26 00:00:00+00'
) RETURNS void LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO dnc.rule (rule, jurisdiction, kind, citation, confidence, amount, anchor, business, calendar, windows,
        regime, attempts, channels, call_types, party, line_types, valid_from, valid_to,
                          announced_on, note, url, enabled, quoted_on, recorded_at, recorded_by, exempts, builtin)
    VALUES (rule, jurisdiction, kind, citation, confidence, amount, anchor, business, calendar, windows, regime,
        attempts, channels, call_types, party, line_types, valid_from, valid_to,
            announced_on, note, url, enabled, quoted_on, recorded_at, 'extension',
                kind IN ('registry_grace', 'relationship_exemption', 'confirmation', 'safe_harbor'), true);
END;
COMMENT ON FUNCTION dnc.builtin_rule(text, text, text, text, text, interval, text, boolean, text, text, text, integer,
    text[], text[], text, text[], date, date, date, text, text, boolean, date, timestamptz)
    IS 'writes a built-in rule; for the extension''s own scripts';

CREATE FUNCTION dnc.rule_decide(rule text, decision text, by text, why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    r dnc.rule;
BEGIN
    PERFORM dnc.require_known('rule', rule);
    SELECT * INTO r FROM dnc.rule AS x WHERE x.rule = rule;
    IF by IS NULL OR btrim(by) = '' OR decision = 'disable' AND coalesce(btrim(why), '') = '' THEN
        RAISE EXCEPTION 'a decision about a rule needs who makes it, and to disable one also why'
            USING ERRCODE = 'null_value_not_allowed', HINT = 'It is kept, and shown where the rule is.';
    END IF;
    IF decision = 'accept' AND NOT r.exempts OR decision = 'enable' AND r.exempts THEN
        RAISE EXCEPTION 'rule "%" cannot be %', rule, CASE decision WHEN 'accept' THEN 'accepted' ELSE 'enabled' END
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = CASE WHEN r.exempts THEN 'It is an exemption, which must be accepted.'
                ELSE 'It forbids, shortens or protects, and is on without that.' END,
            HINT = CASE WHEN r.exempts THEN 'Call dnc_rule_accept.'
                ELSE 'dnc_rule_enable enables it again after it was disabled.' END;
    END IF;
    IF decision = 'accept' AND r.confidence <> 'V' THEN
        RAISE EXCEPTION 'rule "%" cannot be accepted: its grade is %', rule, r.confidence
            USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'Only an exemption that was read in a primary text (V) can be relied on.',
            HINT = 'Read the text, and insert a rule of your own with its citation.';
    END IF;
    INSERT INTO dnc.rule_decision (rule, decision, decided_by, why, decided_at) VALUES (rule, decision, by, why, now());
    IF decision = 'accept' AND r.kind NOT IN ('relationship_exemption', 'confirmation') THEN
        RAISE NOTICE 'rule % is shown with the rules, but no decision uses it', rule
            USING DETAIL = 'What it allows depends on facts that are not recorded here.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.rule_decide(text, text, text, text)
    IS 'records a decision about a rule, for dnc_rule_accept, dnc_rule_enable and dnc_rule_disable';
CREATE FUNCTION @extschema@.dnc_rule_accept(rule text, by text, why text DEFAULT NULL) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.rule_decide(rule, 'accept', by, why);
END;
CREATE FUNCTION @extschema@.dnc_rule_enable(rule text, by text, why text DEFAULT NULL) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.rule_decide(rule, 'enable', by, why);
END;
CREATE FUNCTION @extschema@.dnc_rule_disable(rule text, by text, why text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.rule_decide(rule, 'disable', by, why);
END;
COMMENT ON FUNCTION @extschema@.dnc_rule_accept(text, text, text)
    IS 'Enables an exemption, a grace period or a safe harbour from now on; only one of grade V (read in a primary '
       'text). by: who accepts it.
Errors: 22004 by is empty; 22023 unknown rule, or no exemption; 55000 its grade is not V.
Example: SELECT dnc_rule_accept(rule => ''us-relationship-purchase'', by => ''B. Lee'', why => ''counsel agrees'');';
COMMENT ON FUNCTION @extschema@.dnc_rule_enable(text, text, text)
    IS 'Enables a rule that was disabled or is off by default.
Errors: 22004 by is empty; 22023 unknown rule, or an exemption (see dnc_rule_accept).
Example: SELECT dnc_rule_enable(rule => ''us-hours'', by => ''B. Lee'');';
COMMENT ON FUNCTION @extschema@.dnc_rule_disable(text, text, text)
    IS 'Disables a rule from now on; by and why are recorded.
Errors: 22004 by or why is empty; 22023 unknown rule.
Example: SELECT dnc_rule_disable(rule => ''us-hours'', by => ''B. Lee'', why => ''own rule is stricter'');';

-- The lookback of decisions over attempts and opt-outs.
CREATE FUNCTION dnc.longest_pause() RETURNS interval
AS 'MODULE_PATHNAME', 'dnc_longest_pause_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION dnc.longest_pause()
    IS 'lookback of decisions over attempts and opt-outs: twice the longest pause or cap of a rule, and two days';

-- The deadline and the periods of a request: the strictest where a number may be in several zones or places.
CREATE FUNCTION dnc.rule_due(phone @extschema@.dnc_phone, channel text, requested_at timestamptz,
    received_at timestamptz) RETURNS timestamptz AS 'MODULE_PATHNAME', 'dnc_rule_due_wrapper'
LANGUAGE c STABLE PARALLEL SAFE COST 100;
CREATE FUNCTION dnc.rule_keep_until(phone @extschema@.dnc_phone, channel text, requested_at timestamptz,
    received_at timestamptz) RETURNS timestamptz AS 'MODULE_PATHNAME', 'dnc_rule_keep_until_wrapper'
LANGUAGE c STABLE PARALLEL SAFE COST 100;
CREATE FUNCTION dnc.rule_proof_until(phone @extschema@.dnc_phone, channel text, granted_at timestamptz,
    used_at timestamptz) RETURNS timestamptz AS 'MODULE_PATHNAME', 'dnc_rule_proof_until_wrapper'
LANGUAGE c STABLE PARALLEL SAFE COST 100;
CREATE FUNCTION dnc.rule_records_until(phone @extschema@.dnc_phone, channel text, happened_at timestamptz)
RETURNS timestamptz AS 'MODULE_PATHNAME', 'dnc_rule_records_until_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION dnc.rule_records_until(@extschema@.dnc_phone, text, timestamptz)
    IS 'how long the record of a contact must be kept; NULL: no rule says';
CREATE FUNCTION @extschema@.dnc_places(phone @extschema@.dnc_phone)
RETURNS text[] AS 'MODULE_PATHNAME', 'dnc_rule_places_wrapper' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION dnc.rule_due(@extschema@.dnc_phone, text, timestamptz, timestamptz)
    IS 'deadline to honour a request by the strictest rule; NULL: no rule sets one, so at once';
COMMENT ON FUNCTION dnc.rule_keep_until(@extschema@.dnc_phone, text, timestamptz, timestamptz)
    IS 'how long an opt-out must be kept at least; NULL: no rule says';
COMMENT ON FUNCTION dnc.rule_proof_until(@extschema@.dnc_phone, text, timestamptz, timestamptz)
    IS 'how long the proof of a consent must be kept; NULL: no rule says';
COMMENT ON FUNCTION @extschema@.dnc_places(@extschema@.dnc_phone)
    IS 'Returns the jurisdictions (ISO 3166, groups, *) in which a number may be, inferred from the number, with those '
       'that contain them.
Example: SELECT dnc_places(phone => ''+1 212 555 0134'');';
