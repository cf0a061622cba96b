-- ---------------------------------------------------------------------------
-- Decisions: may this number be contacted now, if not why, and when next?
-- ---------------------------------------------------------------------------
-- The decision is computed in Rust (core/src/decision). Its input is the facts recorded about a number, in rows of one
-- shape: as of one time, as far as recorded by another, so that the past is queried like the present.

-- Facts: records about numbers, apart from suppressions and lists. A fact that permits counts up to `at`; one that
-- forbids counts up to `seen`: the same time, but infinity in queries about the present, since then every visible row
-- counts, whatever the statement's clock. Facts recorded after `known_at` do not count.
--
-- All facts have the same columns:
--   consent                 a: given, flag: proven
--   relationship            a: when, note: event
--   preference              a: stated, b: until when the cap that the person set is reached, note: JSON
--   wrong_number            a: found
--   undecided               a: when the attempt was
--   purchase                a: acquired, flag: with basis and proof
--   answer, other_answer    of an official register, of another: a: given, b: valid until, flag: clear,
--                           note: jurisdiction
--   refusal                 a: received
--   opt_out                 a: received, flag: nothing was sent since; only in queries about a confirmation
--   attempt                 a: when, note: channel; the query is in Rust (src/decide/gather.rs), since the contact log
--                           is created on first use
CREATE FUNCTION dnc.consent_facts(channel text, purpose text, at timestamptz, seen timestamptz, known_at timestamptz)
RETURNS TABLE (phone @extschema@.dnc_phone, fact text, a timestamptz, b timestamptz, flag boolean, note text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT c.phone, 'consent', c.given_at, NULL::timestamptz, c.wording IS NOT NULL AND c.evidence <> '{}', NULL::text
    FROM dnc.consents_in_force(consent_facts.channel, consent_facts.purpose, consent_facts.at, consent_facts.seen,
                               consent_facts.known_at) AS c;
END;
COMMENT ON FUNCTION dnc.consent_facts(text, text, timestamptz, timestamptz, timestamptz)
    IS 'facts for decisions: consents in force that cover a channel and a purpose; channel NULL means any';

CREATE FUNCTION dnc.relationship_facts(purpose text, at timestamptz, seen timestamptz, known_at timestamptz)
RETURNS TABLE (phone @extschema@.dnc_phone, fact text, a timestamptz, b timestamptz, flag boolean, note text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT r.phone, 'relationship', r.happened_at, NULL::timestamptz, NULL::boolean, r.event
    FROM dnc.relationship AS r
    WHERE r.event <> 'ended' AND r.happened_at <= relationship_facts.at AND r.recorded_at <= relationship_facts.known_at
      AND (r.purpose IS NULL
           OR relationship_facts.purpose IS NOT NULL AND dnc.covers(r.purpose, relationship_facts.purpose))
      AND NOT EXISTS (
          SELECT FROM dnc.relationship AS w
          WHERE w.phone OPERATOR(@extschema@.=) r.phone AND w.event = 'ended' AND w.happened_at >= r.happened_at
            AND w.happened_at <= relationship_facts.seen AND w.recorded_at <= relationship_facts.known_at
            AND (w.purpose IS NULL OR r.purpose IS NULL OR dnc.covers(w.purpose, r.purpose)
                 OR dnc.covers(r.purpose, w.purpose)))
      AND NOT EXISTS (
          SELECT FROM dnc.reassignment AS x
          WHERE x.phone OPERATOR(@extschema@.=) r.phone AND x.reassigned_at >= r.happened_at
            AND x.reassigned_at <= relationship_facts.seen AND x.recorded_at <= relationship_facts.known_at);
END;
COMMENT ON FUNCTION dnc.relationship_facts(text, timestamptz, timestamptz, timestamptz)
    IS 'facts for decisions: events of business relationships that have not ended';

-- When the person's own cap allows the next contact; NULL: it is not reached.
CREATE FUNCTION dnc.personal_cap(phone @extschema@.dnc_phone, contacts integer, period interval, at timestamptz,
    known_at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF to_regclass('dnc.contact_attempt') IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT CASE WHEN count(*) >= contacts THEN min(t.happened_at) + period END
        FROM (SELECT t.happened_at FROM unnest(dnc.forms(phone)) AS f (form)
            JOIN dnc.contact_attempt AS t ON dnc.same_phone(t.phone, f.form)
            WHERE t.direction = 'outbound' AND t.happened_at <= least(at, now() + interval '1 day')
              AND t.happened_at > at - period AND t.happened_at + period > at AND t.recorded_at <= known_at
              AND NOT EXISTS (SELECT FROM dnc.outcome AS o
                  WHERE o.outcome = dnc.attempt_outcome(t.outcome, t.source, t.code) AND NOT o.contacted)
            ORDER BY t.happened_at DESC LIMIT contacts) AS t);
END
$$;
COMMENT ON FUNCTION dnc.personal_cap(@extschema@.dnc_phone, integer, interval, timestamptz, timestamptz)
    IS 'when the cap that a person set allows the next contact; NULL: it is not reached';

CREATE FUNCTION dnc.preference_facts(at timestamptz, seen timestamptz, known_at timestamptz)
RETURNS TABLE (phone @extschema@.dnc_phone, fact text, a timestamptz, b timestamptz, flag boolean, note text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT p.phone, 'preference', p.stated_at, CASE WHEN p.max_contacts IS NOT NULL
               THEN dnc.personal_cap(p.phone, p.max_contacts, p.max_per, preference_facts.at,
                   preference_facts.known_at) END, NULL::boolean,
           pg_catalog.jsonb_build_object('channels', p.channels, 'hours', p.hours, 'zone', p.time_zone,
                                         'location', p.location, 'party', p.party)::text
    FROM dnc.preference AS p
    WHERE p.stated_at <= preference_facts.seen AND p.recorded_at <= preference_facts.known_at
      AND p.expires_at > preference_facts.at
      AND NOT EXISTS (
          SELECT FROM dnc.preference AS n
          WHERE n.phone OPERATOR(@extschema@.=) p.phone
            AND (n.stated_at, n.preference_id) > (p.stated_at, p.preference_id)
            AND n.stated_at <= preference_facts.seen AND n.recorded_at <= preference_facts.known_at)
      AND NOT EXISTS (
          SELECT FROM dnc.reassignment AS x
          WHERE x.phone OPERATOR(@extschema@.=) p.phone AND x.reassigned_at >= p.stated_at
            AND x.reassigned_at <= preference_facts.seen AND x.recorded_at <= preference_facts.known_at);
END;
COMMENT ON FUNCTION dnc.preference_facts(timestamptz, timestamptz, timestamptz)
    IS 'facts for decisions: the latest preference of each number';

-- A consent given since shows that the number is the contact's again.
CREATE FUNCTION dnc.wrong_number_facts(at timestamptz, seen timestamptz, known_at timestamptz)
RETURNS TABLE (phone @extschema@.dnc_phone, fact text, a timestamptz, b timestamptz, flag boolean, note text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT w.phone, 'wrong_number', w.found_at, NULL::timestamptz, NULL::boolean, NULL::text
    FROM dnc.wrong_number AS w
    WHERE w.ends IS NULL AND w.found_at <= wrong_number_facts.seen AND w.recorded_at <= wrong_number_facts.known_at
      AND NOT EXISTS (
          SELECT FROM dnc.wrong_number AS n
          WHERE n.ends = w.wrong_number_id AND n.found_at <= wrong_number_facts.at
            AND n.recorded_at <= wrong_number_facts.known_at)
      AND NOT EXISTS (
          SELECT FROM dnc.consent AS c
          WHERE c.phone OPERATOR(@extschema@.=) w.phone AND NOT c.withdrawal AND c.given_at > w.found_at
            AND c.given_at <= wrong_number_facts.at AND c.recorded_at <= wrong_number_facts.known_at);
END;
COMMENT ON FUNCTION dnc.wrong_number_facts(timestamptz, timestamptz, timestamptz)
    IS 'facts for decisions: numbers found not to be their contact''s';

CREATE FUNCTION dnc.undecided_facts(seen timestamptz, known_at timestamptz)
RETURNS TABLE (phone @extschema@.dnc_phone, fact text, a timestamptz, b timestamptz, flag boolean, note text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT u.phone, 'undecided', u.happened_at, NULL::timestamptz, NULL::boolean, u.source || ' ' || u.code
    FROM dnc.undecided_attempt AS u
    WHERE u.happened_at <= undecided_facts.seen AND u.recorded_at <= undecided_facts.known_at;
END;
COMMENT ON FUNCTION dnc.undecided_facts(timestamptz, timestamptz)
    IS 'facts for decisions: contact attempts whose code is not mapped to an outcome';

CREATE FUNCTION dnc.purchase_facts(seen timestamptz, known_at timestamptz)
RETURNS TABLE (phone @extschema@.dnc_phone, fact text, a timestamptz, b timestamptz, flag boolean, note text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT q.phone, 'purchase', q.acquired_at, NULL::timestamptz, q.lawful_basis IS NOT NULL AND q.proof IS NOT NULL,
           NULL::text
    FROM dnc.acquisition AS q
    WHERE q.acquired_at <= purchase_facts.seen AND q.recorded_at <= purchase_facts.known_at
      AND NOT EXISTS (
          SELECT FROM dnc.acquisition AS n
          WHERE n.phone OPERATOR(@extschema@.=) q.phone AND n.vendor = q.vendor
            AND (n.acquired_at, n.acquisition_id) > (q.acquired_at, q.acquisition_id)
            AND n.acquired_at <= purchase_facts.seen AND n.recorded_at <= purchase_facts.known_at);
END;
COMMENT ON FUNCTION dnc.purchase_facts(timestamptz, timestamptz)
    IS 'facts for decisions: the latest purchase of each number from each vendor';

CREATE FUNCTION dnc.answer_facts(channel text, seen timestamptz, known_at timestamptz)
RETURNS TABLE (phone @extschema@.dnc_phone, fact text, a timestamptz, b timestamptz, flag boolean, note text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT x.phone, CASE WHEN r.official THEN 'answer' ELSE 'other_answer' END, x.obtained_at, x.valid_until,
           x.result = 'not_listed' AND (r.channels IS NULL OR r.channels && ARRAY['all', answer_facts.channel]) IS TRUE,
           r.jurisdiction
    FROM dnc.registry_answer AS x
    JOIN dnc.registry AS r ON r.registry = x.registry
    JOIN dnc.registry_batch AS b ON b.batch_id = x.batch_id
    WHERE NOT r.by_date
      AND (r.channels IS NULL OR r.channels && ARRAY['all', answer_facts.channel]
           OR answer_facts.channel IS NULL AND x.result <> 'not_listed')
      AND x.obtained_at <= answer_facts.seen AND b.recorded_at <= answer_facts.known_at
      AND NOT EXISTS (
          SELECT FROM dnc.registry_answer AS n JOIN dnc.registry_batch AS m ON m.batch_id = n.batch_id
          WHERE n.phone OPERATOR(@extschema@.=) x.phone AND n.registry = x.registry
            AND (n.obtained_at, n.answer_id) > (x.obtained_at, x.answer_id)
            AND n.obtained_at <= answer_facts.seen AND m.recorded_at <= answer_facts.known_at);
END;
COMMENT ON FUNCTION dnc.answer_facts(text, timestamptz, timestamptz)
    IS 'facts for decisions: the latest answer of each registry about each number; channel NULL means any';

-- Opt-outs of any scope, neither revoked nor corrected, for the pauses that rules set after one.
CREATE FUNCTION dnc.refusal_facts(seen timestamptz, known_at timestamptz, since timestamptz)
RETURNS TABLE (phone @extschema@.dnc_phone, fact text, a timestamptz, b timestamptz, flag boolean, note text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT e.phone, 'refusal', e.received_at, NULL::timestamptz, NULL::boolean, NULL::text
    FROM dnc.entry AS e
    WHERE e.ends IS NULL AND e.received_at > refusal_facts.since AND e.received_at <= refusal_facts.seen
      AND e.recorded_at <= refusal_facts.known_at
      AND NOT EXISTS (
          SELECT FROM dnc.entry AS w
          WHERE w.phone OPERATOR(@extschema@.=) e.phone AND w.ends = e.entry_id
            AND w.received_at <= refusal_facts.seen AND w.recorded_at <= refusal_facts.known_at
            AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL));
END;
COMMENT ON FUNCTION dnc.refusal_facts(timestamptz, timestamptz, timestamptz)
    IS 'facts for decisions: opt-outs received after a time';

-- The opt-outs that the person sent through the channel, if nothing else suppresses the number: no list, prefix,
-- pseudonym or missing key, no earlier opt-out, no reason that is not the person's wish alone. anything: opt-outs of
-- other scopes count, too. attempt: one that does not count, since the query is about it. at NULL: now.
CREATE FUNCTION dnc.opt_out_facts(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz,
    anything boolean, attempt bigint)
RETURNS TABLE (fact text, a timestamptz, b timestamptz, flag boolean, note text)
LANGUAGE plpgsql STABLE ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    own boolean;
BEGIN
    SELECT min(e.received_at), bool_and(e.entry_id > 0 AND e.reason IN ('no_contact', 'not_interested')
            AND e.batch_id IS NULL AND e.corrects IS NULL AND e.effective_at = '-infinity'
            AND (coalesce(r.by, CASE e.source WHEN 'sms_keyword' THEN 'sms' END) = channel) IS TRUE)
        INTO a, own
        FROM dnc.refusals(phone, CASE WHEN NOT anything THEN channel END, CASE WHEN NOT anything THEN purpose END, at)
            AS e
        LEFT JOIN LATERAL (SELECT min(x.channel) AS by FROM dnc.reply AS x
            WHERE dnc.same_phone(x.phone, e.phone) AND x.entry_id = e.entry_id) AS r ON true;
    IF own IS NOT TRUE OR cardinality(dnc.missing_keys()) > 0
        OR EXISTS (SELECT FROM unnest(dnc.forms(phone)) AS x (form)
            WHERE dnc.list_refuses(x.form::text, channel, purpose, at) IS NOT FALSE)
        OR anything AND EXISTS (SELECT FROM unnest(dnc.forms(phone)) AS x (form)
            WHERE EXISTS (SELECT FROM dnc.prefix_refusals(x.form, NULL, NULL, at))) THEN
        RETURN;
    END IF;
    fact := 'opt_out';
    flag := true;
    IF to_regclass('dnc.contact_attempt') IS NOT NULL THEN
        flag := NOT EXISTS (SELECT FROM unnest(dnc.forms(phone)) AS x (form)
            JOIN dnc.contact_attempt AS t ON dnc.same_phone(t.phone, x.form)
            WHERE t.direction = 'outbound' AND (t.channel = channel OR t.call_type = 'confirmation')
              AND t.happened_at >= a AND (at IS NULL OR at >= now() OR t.happened_at <= at)
              AND t.attempt_id IS DISTINCT FROM attempt);
    END IF;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION dnc.opt_out_facts(@extschema@.dnc_phone, text, text, timestamptz, boolean, bigint)
    IS 'facts for decisions: the opt-out that a confirmation would confirm, if nothing else suppresses the number';

-- The version of a list that was current at a time.
CREATE FUNCTION dnc.version_at(list text, at timestamptz) RETURNS SETOF dnc.list_version LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT v.* FROM dnc.list_version AS v LEFT JOIN dnc.list_activation AS a ON a.list = v.list
        AND a.version_id = v.version_id AND a.activated_at <= version_at.at
    WHERE v.list = version_at.list
      AND CASE WHEN version_at.at >= pg_catalog.transaction_timestamp() THEN v.state = 'current'
        ELSE a.version_id IS NOT NULL END
    ORDER BY a.activated_at DESC NULLS LAST, v.version_id DESC LIMIT 1;
END;
COMMENT ON FUNCTION dnc.version_at(text, timestamptz) IS 'version of a list that was current at a time';
-- NULL: the version has been pruned, so membership is not known.
CREATE FUNCTION dnc.version_has(version dnc.list_version, number bigint) RETURNS boolean LANGUAGE sql STABLE
    RETURN CASE WHEN (version).state NOT IN ('current', 'former') THEN NULL
                WHEN (version).plus_set IS NULL THEN dnc.set_has((version).whole_set, number)
                ELSE dnc.set_has((version).plus_set, number)
                    OR (dnc.set_has((version).whole_set, number) AND NOT dnc.set_has((version).minus_set, number)) END;
COMMENT ON FUNCTION dnc.version_has(dnc.list_version, bigint)
    IS 'whether a version of a list contains a number; NULL: it was pruned';

-- The lists in scope and whether each contained the number at a time.
CREATE FUNCTION dnc.lists_as_of(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz)
RETURNS TABLE (list text, kind text, jurisdiction text, applies text, strict boolean, version_id bigint,
    obtained_at timestamptz, has boolean, doubt text, unknown boolean) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT l.list, l.kind, l.jurisdiction, l.applies, l.strict, v.version_id, v.obtained_at, h.has,
           CASE WHEN d.doubt IS NOT NULL THEN d.doubt
                WHEN l.channels IS NOT NULL
                    AND (lists_as_of.channel IS NULL OR NOT l.channels && ARRAY['all', lists_as_of.channel])
                    AND NOT 'all' = ANY (l.channels)
                  OR l.purposes IS NOT NULL
                  AND (lists_as_of.purpose IS NULL
                      OR NOT EXISTS (SELECT FROM pg_catalog.unnest(l.purposes) AS p (purpose)
                          WHERE dnc.covers(p.purpose, lists_as_of.purpose))) THEN 'uncovered' END,
           -- As in dnc.list_grounds.
           d.doubt IS NOT NULL AND h.has IS NOT TRUE AND l.strict
               AND coalesce(@extschema@.dnc_region(lists_as_of.phone) = pg_catalog.left(l.jurisdiction, 2), true)
           OR v.version_id IS NOT NULL AND h.has IS NULL
    FROM dnc.list AS l LEFT JOIN LATERAL dnc.version_at(l.list, lists_as_of.at) AS v ON true
    CROSS JOIN LATERAL (SELECT dnc.version_has(v, lists_as_of.phone::bigint)) AS h (has)
    CROSS JOIN LATERAL (SELECT CASE WHEN v.version_id IS NULL THEN 'missing'
                WHEN h.has IS NULL THEN 'pruned'
                WHEN v.obtained_at + pg_catalog.make_interval(hours => 24 * l.max_age_days) < lists_as_of.at
                    THEN 'stale'
                WHEN v.coverage IS NOT NULL
                    AND NOT EXISTS (SELECT FROM pg_catalog.unnest(v.coverage) AS c (prefix)
                    WHERE pg_catalog.starts_with(lists_as_of.phone::text, c.prefix)) THEN 'uncovered' END) AS d (doubt)
    WHERE l.enabled AND (lists_as_of.channel IS NULL OR l.channels IS NULL
        OR l.channels && ARRAY['all', lists_as_of.channel])
      AND (lists_as_of.purpose IS NULL OR l.purposes IS NULL
           OR EXISTS (SELECT FROM pg_catalog.unnest(l.purposes) AS p (purpose)
               WHERE dnc.covers(p.purpose, lists_as_of.purpose) OR dnc.covers(lists_as_of.purpose, p.purpose)));
END;
COMMENT ON FUNCTION dnc.lists_as_of(@extschema@.dnc_phone, text, text, timestamptz)
    IS 'for each list in scope, whether its version current at a time contained a number; unknown: dnc_check would '
       'have returned NULL';

-- In PL/pgSQL, which caches its plans: a SQL function would be planned on each call.
CREATE FUNCTION dnc.refused_as_of(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz,
    known_at timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN EXISTS (
        SELECT FROM dnc.entries_of(refused_as_of.phone) AS e
        WHERE e.ends IS NULL AND e.recorded_at <= refused_as_of.known_at
          AND dnc.meets(e.channel, e.purpose, refused_as_of.channel, refused_as_of.purpose)
          AND CASE WHEN e.effective_at = '-infinity' THEN e.received_at ELSE e.effective_at END <= refused_as_of.at
          AND e.expires_at > refused_as_of.at
          AND NOT EXISTS (SELECT FROM dnc.entries_of(refused_as_of.phone) AS w WHERE w.ends = e.entry_id
              AND w.received_at <= refused_as_of.at AND w.recorded_at <= refused_as_of.known_at
                AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, refused_as_of.channel,
                    refused_as_of.purpose)))
      OR EXISTS (
        SELECT FROM dnc.prefix_entry AS e
        WHERE pg_catalog.starts_with(refused_as_of.phone::text, e.prefix) AND e.ends IS NULL
          AND e.received_at <= least(refused_as_of.at, refused_as_of.known_at) AND e.expires_at > refused_as_of.at
          AND dnc.meets(e.channel, e.purpose, refused_as_of.channel, refused_as_of.purpose)
          AND NOT EXISTS (SELECT FROM dnc.prefix_entry AS w WHERE w.ends = e.prefix_id
              AND w.received_at <= least(refused_as_of.at, refused_as_of.known_at)
                AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, refused_as_of.channel,
                    refused_as_of.purpose)));
END
$$;
COMMENT ON FUNCTION dnc.refused_as_of(@extschema@.dnc_phone, text, text, timestamptz, timestamptz)
    IS 'whether the number was suppressed by an opt-out of it or of a prefix at a time, as far as recorded by another';

CREATE FUNCTION dnc.was_refused(phone @extschema@.dnc_phone, at timestamptz, known_at timestamptz, channel text,
    purpose text) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    listed  boolean;
    unknown boolean;
BEGIN
    IF at IS NULL OR known_at IS NULL OR NOT isfinite(at) OR at > now() THEN
        RAISE EXCEPTION 'at must be a finite time up to now, and known_at must not be NULL'
            USING ERRCODE = 'invalid_parameter_value', DETAIL = format('Given were %s and %s.', at, known_at),
            HINT = 'dnc_check queries the present.';
    END IF;
    PERFORM dnc.require_scope(channel, purpose, NULL);
    IF phone IS NULL THEN
        RETURN NULL;
    END IF;
    channel := nullif(channel, 'all');
    purpose := coalesce(purpose, dnc.session_purpose());
    IF dnc.refused_as_of(phone, channel, purpose, at, known_at) THEN
        RETURN true;
    END IF;
    SELECT bool_or(l.has), bool_or(l.unknown) FILTER (WHERE f.n = 1) INTO listed, unknown
        FROM unnest(dnc.forms(phone)) WITH ORDINALITY AS f (form, n)
        CROSS JOIN LATERAL dnc.lists_as_of(f.form, channel, purpose, least(at, known_at)) AS l
        WHERE l.applies = 'check';
    RETURN CASE WHEN listed THEN true WHEN unknown OR cardinality(dnc.missing_keys()) > 0
        OR at < (SELECT max(p.purged_at - p.keep) FROM dnc.purge AS p WHERE p.subject = 'ended_entry')
        -- Opt-outs revoked before an erasure are no longer recorded.
        OR at < (SELECT max(x.erased_at) FROM unnest(dnc.forms(phone)) AS f (form)
            CROSS JOIN LATERAL dnc.pseudonyms(f.form) AS m JOIN dnc.erasure AS x
            ON x.pseudonym = m.pseudonym AND x.pseudonym_low = m.pseudonym_low AND x.key_id = m.key_id)
        THEN NULL ELSE false END;
END
$$;
COMMENT ON FUNCTION dnc.was_refused(@extschema@.dnc_phone, timestamptz, timestamptz, text, text)
    IS 'the result of dnc_check_as_of';
CREATE FUNCTION @extschema@.dnc_check_as_of(phone @extschema@.dnc_phone, at timestamptz,
    known_at timestamptz DEFAULT now(), channel text DEFAULT 'voice', purpose text DEFAULT NULL)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.was_refused(phone, at, known_at, channel, purpose);
END;
COMMENT ON FUNCTION @extschema@.dnc_check_as_of(@extschema@.dnc_phone, timestamptz, timestamptz, text, text)
    IS 'Returns what dnc_check would have returned at a time, as far as recorded (not: committed) by known_at. Lists '
       'count by the version current then, NULL where it was pruned; which lists exist, and their scope, are taken as '
       'now.
Errors: 22023 at is not a finite time up to now, known_at is NULL, or unknown channel or purpose; 55000 where '
       'the list is not in this database.
Example: SELECT dnc_check_as_of(phone => ''+44 20 7946 0018'', at => now() - interval ''1 day'', channel => ''sms'');';

CREATE FUNCTION @extschema@.dnc_may_contact(
    phone @extschema@.dnc_phone, channel text DEFAULT 'voice', purpose text DEFAULT NULL, at timestamptz DEFAULT NULL,
        call_type text DEFAULT 'sales', party text DEFAULT NULL, location text DEFAULT NULL, time_zone text DEFAULT NULL
) RETURNS TABLE (allowed boolean, ground text, detail text, grounds text[], next_allowed_at timestamptz, rules text[],
    places text[], assumed boolean)
AS 'MODULE_PATHNAME', 'dnc_may_contact_wrapper' LANGUAGE c STABLE ROWS 1 COST 10000;
CREATE FUNCTION @extschema@.dnc_may_contact_as_of(
    phone @extschema@.dnc_phone, at timestamptz, known_at timestamptz DEFAULT now(), channel text DEFAULT 'voice',
        purpose text DEFAULT NULL, call_type text DEFAULT 'sales', party text DEFAULT NULL, location text DEFAULT NULL,
        time_zone text DEFAULT NULL
) RETURNS TABLE (allowed boolean, ground text, detail text, grounds text[], next_allowed_at timestamptz, rules text[],
    places text[], assumed boolean)
AS 'MODULE_PATHNAME', 'dnc_may_contact_as_of_wrapper' LANGUAGE c STABLE ROWS 1 COST 10000;
CREATE FUNCTION dnc.may_confirm(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz,
    attempt bigint) RETURNS boolean
AS 'MODULE_PATHNAME', 'dnc_may_confirm_wrapper' LANGUAGE c STABLE COST 10000;
COMMENT ON FUNCTION dnc.may_confirm(@extschema@.dnc_phone, text, text, timestamptz, bigint)
    IS 'whether a recorded attempt was the one confirmation of an opt-out that a rule allows';
COMMENT ON FUNCTION @extschema@.dnc_may_contact(@extschema@.dnc_phone, text, text, timestamptz, text, text, text, text)
    IS 'Returns the whole decision about a contact. allowed: nothing recorded and no enabled rule forbids it; this is '
       'no legal advice. ground decides, grounds are all; next_allowed_at: set where only the time forbids it; rules: '
       'those applied, with citations; assumed: places and zones were inferred from the number. at NULL: now. party: '
       'consumer or business; NULL counts as consumer. location: ISO 3166 jurisdiction; time_zone: IANA name. '
       'call_type '
       'confirmation: one message after an opt-out that came through the channel, where an accepted rule allows it.
Errors: 22023 unknown channel, purpose, call type, party, location or time zone, or an infinite time; 55000 '
       'where the list is not in this database.
Example: SELECT allowed, ground, next_allowed_at
    FROM dnc_may_contact(phone => ''+44 20 7946 0018'', channel => ''voice'', purpose => ''acme'');';
COMMENT ON FUNCTION @extschema@.dnc_may_contact_as_of(@extschema@.dnc_phone, timestamptz, timestamptz, text, text, text,
    text, text, text)
    IS 'Returns what dnc_may_contact would have returned at a time, as far as recorded by known_at, under the rules '
       'known then; this is no legal advice. A confirmation is never allowed.
Errors: as dnc_may_contact; 22004 at or known_at is NULL or infinite.
Example: SELECT allowed, ground
    FROM dnc_may_contact_as_of(phone => ''+44 20 7946 0018'', at => now() - interval ''1 day'');';

-- The same for all numbers of a table. The query runs with the caller's privileges; its columns are key, number, and
-- the result of dnc_check.
CREATE FUNCTION dnc.decide_query(query text, channel text, purpose text, at timestamptz, call_type text, party text)
RETURNS TABLE (key text, phone @extschema@.dnc_phone, allowed boolean, ground text, grounds text,
    next_allowed_at timestamptz, rules text)
AS 'MODULE_PATHNAME', 'dnc_decide_query_wrapper' LANGUAGE c STABLE ROWS 10000 COST 100000;
COMMENT ON FUNCTION dnc.decide_query(text, text, text, timestamptz, text, text)
    IS 'decisions about the numbers that a query returns, for dnc_may_contact_all';
CREATE FUNCTION dnc.decision_query(relation regclass, key_column text, phone_column text, channel text, purpose text,
    region text, region_column text, region_path text, at timestamptz)
RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC'
    SET DateStyle = 'ISO' AS $$
#variable_conflict use_variable
DECLARE
    place  text := dnc.region_expression(relation, region, region_column, region_path);
    number text := (dnc.phone_expressions(relation, ARRAY[phone_column], place))[1];
BEGIN
    PERFORM dnc.require_column(relation, key_column);
    RETURN format('SELECT r.%1$I::pg_catalog.text, %2$s, %3$s FROM %4$s AS r', key_column, number,
        (dnc.check_expressions(relation, ARRAY[phone_column], place, channel, purpose,
            coalesce(format('%L::pg_catalog.timestamptz', at), 'NULL')))[1], relation);
END
$$;
COMMENT ON FUNCTION dnc.decision_query(regclass, text, text, text, text, text, text, text, timestamptz)
    IS 'query for dnc.decide_query over a table';
CREATE FUNCTION @extschema@.dnc_may_contact_all(
    relation regclass, key_column text, phone_column text, region text DEFAULT NULL, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, region_column text DEFAULT NULL, region_path text DEFAULT NULL,
    at timestamptz DEFAULT NULL, call_type text DEFAULT 'sales', party text DEFAULT NULL
) RETURNS TABLE (key text, phone @extschema@.dnc_phone, allowed boolean, ground text, grounds text,
    next_allowed_at timestamptz, rules text) LANGUAGE sql STABLE ROWS 10000
BEGIN ATOMIC
    SELECT *
    FROM dnc.decide_query(dnc.decision_query(relation, key_column, phone_column, channel, purpose, region,
            region_column, region_path, at), channel, purpose, at, call_type, party);
END;
COMMENT ON FUNCTION @extschema@.dnc_may_contact_all(regclass, text, text, text, text, text, text, text, timestamptz,
    text, text)
    IS 'Returns the decision of dnc_may_contact for every row of a table, for campaigns; key is the text of '
       'key_column. National spellings are read in region or in the region of region_column or region_path. allowed: '
       'nothing recorded '
       'and no enabled rule forbids the contact; this is no legal advice.
Errors: as dnc_may_contact; 22004 relation or phone_column is NULL; 22023 at lies in the past, or the '
       'region is given twice; 42703 no such column; 54000 more facts than maintenance_work_mem allows.
Example: SELECT key, allowed, ground FROM dnc_may_contact_all(relation => ''contact'', key_column => ''id'',
    phone_column => ''phone'', region_column => ''country'', purpose => ''acme'');';

-- The same from given facts, for what-if queries: {"suppressed": false, "revoked": false, "facts": [[fact, a, b, flag,
-- note], …], "registers": [[jurisdiction, said, obtained, official or other], …]}, with times in microseconds since
-- 2000-01-01.
CREATE FUNCTION dnc.decide_given(phone @extschema@.dnc_phone, given jsonb, channel text, at timestamptz, call_type text,
    party text, location text, time_zone text)
RETURNS TABLE (allowed boolean, ground text, detail text, grounds text[], next_allowed_at timestamptz, rules text[],
    places text[], assumed boolean)
AS 'MODULE_PATHNAME', 'dnc_decide_given_wrapper' LANGUAGE c STABLE ROWS 1 COST 1000;
COMMENT ON FUNCTION dnc.decide_given(@extschema@.dnc_phone, jsonb, text, timestamptz, text, text, text, text)
    IS 'the decision from given facts alone';

-- ---------------------------------------------------------------------------
-- The effect of a change of rules
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.impact_query(query text, on_date date, channel text, purpose text, call_type text, party text)
RETURNS TABLE (place text, contacts bigint, allowed_before bigint, allowed_after bigint, newly_forbidden bigint,
    newly_allowed bigint, ground text, rules_ending text, rules_starting text, open_minutes_before integer,
    open_minutes_after integer)
AS 'MODULE_PATHNAME', 'dnc_impact_query_wrapper' LANGUAGE c STABLE ROWS 50 COST 100000;
COMMENT ON FUNCTION dnc.impact_query(text, date, text, text, text, text) IS 'the rows of dnc_rule_impact from a query';
CREATE FUNCTION @extschema@.dnc_rule_impact(
    relation regclass, phone_column text, on_date date, region text DEFAULT NULL, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, region_column text DEFAULT NULL, region_path text DEFAULT NULL,
    call_type text DEFAULT 'sales', party text DEFAULT NULL
) RETURNS TABLE (place text, contacts bigint, allowed_before bigint, allowed_after bigint, newly_forbidden bigint,
    newly_allowed bigint, ground text, rules_ending text, rules_starting text, open_minutes_before integer,
    open_minutes_after integer)
LANGUAGE sql STABLE ROWS 50
BEGIN ATOMIC
    SELECT *
    FROM dnc.impact_query(dnc.decision_query(relation, phone_column, phone_column, channel, purpose, region,
            region_column, region_path, NULL), on_date, channel, purpose, call_type, party) AS i
    ORDER BY i.newly_forbidden DESC, i.contacts DESC, i.place;
END;
COMMENT ON FUNCTION @extschema@.dnc_rule_impact(regclass, text, date, text, text, text, text, text, text, text)
    IS 'Returns the effect on the contacts of a table when the rules of on_date replace those of the day before, a row '
       'for each place: the rules that end and start, the decisions at noon there under both, the most frequent new '
       'ground, and the minutes a week in which calling is allowed.
Errors: as dnc_may_contact_all.
Example: SELECT place, contacts, newly_forbidden, ground FROM dnc_rule_impact(relation => ''contact'',
    phone_column => ''phone'', on_date => CURRENT_DATE, region_column => ''country'');';
