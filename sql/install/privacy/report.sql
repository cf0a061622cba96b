-- ---------------------------------------------------------------------------
-- Access: all data about a person, as JSON and as readable text
-- ---------------------------------------------------------------------------
-- GDPR, art. 15: the data, their purposes, sources, recipients and retention.

CREATE FUNCTION dnc.held_of(phone @extschema@.dnc_phone) RETURNS TABLE (part text, used_for text, rows jsonb)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT p.part, p.used_for, p.rows FROM (VALUES
        (1, 'refusals', 'to leave the number out of contacts, and to prove that this was done', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(e) - 'audit_seq' - 'phone'
                || pg_catalog.jsonb_build_object('keep_until',
                    dnc.rule_keep_until(held_of.phone, e.channel, e.requested_at, e.received_at))
                ORDER BY e.recorded_at, abs(e.entry_id)) FROM dnc.entries_of(held_of.phone) AS e)),
        (2, 'suppressed prefixes', 'to leave out every number that begins like this; not about the person', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('prefix', e.prefix, 'channel', e.channel,
                    'purpose', e.purpose, 'reason', e.reason, 'source', e.source, 'received_at', e.received_at)
                ORDER BY e.prefix_id) FROM dnc.prefix_refusals(held_of.phone, NULL, NULL, NULL) AS e)),
        (3, 'external lists', 'to leave out what a registry or another list has; the list is its publisher''s', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('list', l.list, 'kind', l.kind, 'version',
                    v.version_id, 'state', v.state, 'obtained_at', v.obtained_at, 'source', l.source)
                ORDER BY l.list, v.version_id)
            FROM dnc.list AS l JOIN dnc.list_version AS v ON v.list = l.list
            WHERE dnc.version_lists(v, held_of.phone))),
        (4, 'consents', 'to know and to prove what the person agreed to', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(c) - 'audit_seq' - 'phone'
                || pg_catalog.jsonb_build_object('used_on', (SELECT pg_catalog.jsonb_agg(u.used_on ORDER BY u.used_on)
                        FROM dnc.consent_use AS u WHERE u.consent_id = c.consent_id)) ORDER BY c.consent_id)
            FROM dnc.consent AS c WHERE c.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(held_of.phone)))),
        (5, 'relationships', 'to know whether a business relationship allows a contact', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(r) - 'audit_seq' - 'phone' ORDER BY r.relationship_id)
            FROM dnc.relationship AS r
            WHERE r.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(held_of.phone)))),
        (6, 'reassignments', 'to know that the number went to somebody else', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(r) - 'audit_seq' - 'phone' ORDER BY r.reassignment_id)
            FROM dnc.reassignment AS r
            WHERE r.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(held_of.phone)))),
        (7, 'preferences', 'to contact the person how and when they want it', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(p) - 'audit_seq' - 'phone' ORDER BY p.preference_id)
            FROM dnc.preference AS p WHERE p.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(held_of.phone)))),
        (8, 'acquisitions', 'to know from whom the number was bought, and with which proof', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(a) - 'audit_seq' - 'phone' ORDER BY a.acquisition_id)
            FROM dnc.acquisition AS a
            WHERE a.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(held_of.phone)))),
        (9, 'replies', 'to do what the person wrote back', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(r) - 'audit_seq' - 'phone' ORDER BY r.reply_id)
            FROM dnc.reply AS r WHERE r.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(held_of.phone)))),
        (10, 'links used', 'to let a link for opting out work once', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(t) - 'audit_seq' - 'phone' ORDER BY t.used_at)
            FROM dnc.token_use AS t WHERE t.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(held_of.phone)))),
        (11, 'contacts', 'to keep to caps on attempts, and to prove what was and was not done', (
            -- Limited by the size of a JSON value; dnc_history returns the rest.
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(a) ORDER BY a.happened_at, a.attempt_id)
                || CASE WHEN pg_catalog.max(a.of) > 10000
                THEN pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('note',
                        pg_catalog.format('the newest 10000 of %s; dnc_history(phone) returns all',
                            pg_catalog.max(a.of)))) ELSE '[]' END
            FROM (SELECT x.*, pg_catalog.count(*) OVER () AS of FROM dnc.attempts_of(held_of.phone) AS x
                ORDER BY x.happened_at DESC, x.attempt_id DESC LIMIT 10000) AS a)),
        (19, 'wrong numbers', 'to know that the number is not that of a contact', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(w) - 'audit_seq' - 'phone' ORDER BY w.wrong_number_id)
            FROM dnc.wrong_number AS w
            WHERE w.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(held_of.phone)))),
        (12, 'violations', 'to find out how a contact came about that should not have', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(v) - 'audit_seq' - 'phone' ORDER BY v.violation_id)
            FROM dnc.violation AS v WHERE v.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(held_of.phone)))),
        (13, 'answers of registries', 'to know whether a registry has the number', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(a) - 'phone' ORDER BY a.answer_id)
            FROM dnc.registry_answer AS a
            WHERE a.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(held_of.phone)))),
        (14, 'reviews', 'to decide whether an opt-out is still needed', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(r) - 'audit_seq' ORDER BY r.review_id) FROM dnc.entry AS e
            JOIN dnc.review AS r ON r.entry_id = e.entry_id
                WHERE e.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(held_of.phone)))),
        (15, 'rows kept from tables', 'to show that a guard kept the number out', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(g) - 'e164' ORDER BY g.event_id) FROM dnc.guard_event AS g
            WHERE g.e164 = held_of.phone::text OR g.e164 IS NULL AND dnc.mentions(g.spelling, held_of.phone))),
        (16, 'requests about the data', 'to answer them in time, and to prove it', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(s) - 'phone'
                || pg_catalog.jsonb_build_object('evidence', (SELECT r.evidence FROM dnc.subject_request AS r
                        WHERE r.request_id = s.request_id)) ORDER BY s.request_id) FROM dnc.subject_request_state AS s
            WHERE s.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(held_of.phone)))),
        (17, 'legal holds', 'to keep what a legal matter needs', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('matter', h.matter, 'since', h.since, 'until',
                    h.until, 'lifted', h.lifts IS NOT NULL, 'recorded_at', h.recorded_at) ORDER BY h.hold_id)
            FROM dnc.legal_hold AS h WHERE h.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(held_of.phone)))),
        (18, 'erasures', 'to prove that data were erased', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('erased_at', x.erased_at, 'why', x.why, 'request',
                    x.request, 'finished_at', x.finished_at,
                    'kept',
                        (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('from', k.relation, 'record',
                                k.record, 'keep_until', k.keep_until, 'because', k.because) ORDER BY k.kept_id)
                        FROM dnc.kept_record AS k WHERE k.erasure_id = x.erasure_id)) ORDER BY x.erasure_id)
            FROM dnc.pseudonyms(held_of.phone) AS m JOIN dnc.erasure AS x ON x.pseudonym = m.pseudonym
                AND x.pseudonym_low = m.pseudonym_low AND x.key_id = m.key_id)),
        (19, 'rows of imports that were not added', 'to show what became of a file', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('file', b.file, 'line', i.line, 'spelling',
                    i.phone, 'reason', i.reason) ORDER BY i.batch_id, i.line) FROM dnc.import_reject AS i
            JOIN dnc.import_batch AS b ON b.batch_id = i.batch_id
            WHERE dnc.spells(i.phone, coalesce(i.region, b.region), held_of.phone))),
        (20, 'rows of imports that are not finished', 'to be added to the list', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(i) ORDER BY i.batch_id, i.row_id) FROM dnc.import_row AS i
            JOIN dnc.import_batch AS b ON b.batch_id = i.batch_id WHERE dnc.row_spells(i, b.region, held_of.phone))),
        (21, 'consents and relationships ended before an erasure', 'so that an earlier consent or relationship does '
                                                                   'not count', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('ended', x.ended, 'channel', x.channel, 'purpose',
                    x.purpose, 'up_to', x.ended_at) ORDER BY x.ending_id)
            FROM pg_catalog.unnest('{consent,relationship}'::text[]) AS v (ended),
                dnc.erased_endings(held_of.phone, v.ended) AS x)),
        (22, 'complaints', 'to answer them, to learn what went wrong, and to prove what was done', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(s) - 'phone'
                || pg_catalog.jsonb_build_object('words', c.words, 'evidence', c.evidence, 'steps', (
                    SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(x) - '{complaint_id,audit_seq}'::text[]
                        ORDER BY x.step_id) FROM dnc.complaint_step AS x WHERE x.complaint_id = c.complaint_id))
                ORDER BY s.complaint_id)
            FROM dnc.complaint_state AS s JOIN dnc.complaint AS c ON c.complaint_id = s.complaint_id
            WHERE s.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(held_of.phone))))
    ) AS p (n, part, used_for, rows) WHERE p.rows IS NOT NULL ORDER BY p.n;
END;
COMMENT ON FUNCTION dnc.held_of(@extschema@.dnc_phone) IS 'all data about a number, one part per row';

CREATE FUNCTION dnc.came_from(phone @extschema@.dnc_phone) RETURNS TABLE (origin text, first_at timestamptz)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT o.origin, pg_catalog.min(o.at) FROM (
        SELECT coalesce(s.description, e.source) || coalesce(' (' || b.file || ')', ''), e.received_at
        FROM dnc.entries_of(came_from.phone) AS e LEFT JOIN dnc.source AS s ON s.source = e.source
        LEFT JOIN dnc.import_batch AS b ON b.batch_id = e.batch_id
        UNION ALL
        SELECT coalesce(s.description, x.source), x.at FROM (
            SELECT c.source, c.given_at AS at FROM dnc.consent AS c
            WHERE c.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(came_from.phone))
            UNION ALL SELECT c.source, c.happened_at FROM dnc.relationship AS c
            WHERE c.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(came_from.phone))
            UNION ALL SELECT c.source, c.reassigned_at FROM dnc.reassignment AS c
            WHERE c.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(came_from.phone))
            UNION ALL SELECT c.source, c.stated_at FROM dnc.preference AS c
            WHERE c.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(came_from.phone))
            UNION ALL SELECT c.source, c.received_at FROM dnc.subject_request AS c
            WHERE c.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(came_from.phone))
            UNION ALL SELECT c.source, c.received_at FROM dnc.complaint AS c
            WHERE c.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(came_from.phone))) AS x
            LEFT JOIN dnc.source AS s ON s.source = x.source
        UNION ALL
        SELECT 'bought from ' || coalesce(v.description, a.vendor), a.acquired_at FROM dnc.acquisition AS a
        LEFT JOIN dnc.vendor AS v ON v.vendor = a.vendor
            WHERE a.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(came_from.phone))
        UNION ALL
        SELECT 'registry ' || a.registry, a.obtained_at FROM dnc.registry_answer AS a
        WHERE a.phone OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(came_from.phone))
        UNION ALL
        SELECT 'the company''s own contacts', a.happened_at
        FROM dnc.attempts_of(came_from.phone) AS a) AS o (origin, at)
    GROUP BY o.origin ORDER BY 2, 1;
END;
COMMENT ON FUNCTION dnc.came_from(@extschema@.dnc_phone) IS 'sources of the data about a number';

-- Replaces control characters, so that free text cannot begin a line, move the cursor or change the writing direction.
CREATE FUNCTION dnc.readable(object jsonb) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN (SELECT pg_catalog.regexp_replace(pg_catalog.string_agg(replace(f.key, '_', ' ') || ': '
                || CASE pg_catalog.jsonb_typeof(f.value) WHEN 'string' THEN f.value #>> '{}' ELSE f.value::text END,
                '; ' ORDER BY f.n), '[\x01-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]', ' ', 'g')
            FROM pg_catalog.jsonb_each(object) WITH ORDINALITY AS f (key, value, n)
            WHERE f.value NOT IN ('null', '{}', '[]', '""', '"infinity"', '"-infinity"'));
COMMENT ON FUNCTION dnc.readable(jsonb) IS 'a JSON object as a readable line, without empty values';

CREATE FUNCTION @extschema@.dnc_subject_report(phone @extschema@.dnc_phone, OUT report jsonb, OUT readable text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' AS $$
#variable_conflict use_variable
DECLARE
    held      jsonb;
    origins   jsonb;
    receivers jsonb;
    log       record;
    p         record;
    r         jsonb;
BEGIN
    IF phone IS NULL THEN
        RAISE EXCEPTION 'no number given' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    SELECT coalesce(jsonb_agg(jsonb_build_object('part', h.part, 'used_for', h.used_for, 'rows', h.rows) ORDER BY h.n),
        '[]') INTO held FROM (SELECT x.*, row_number() OVER () AS n FROM dnc.held_of(phone) AS x) AS h;
    SELECT coalesce(jsonb_agg(jsonb_build_object('from', c.origin, 'first_at', c.first_at)
            ORDER BY c.first_at, c.origin), '[]') INTO origins FROM dnc.came_from(phone) AS c;
    SELECT coalesce(jsonb_agg(to_jsonb(d) ORDER BY d.recipient, d.what), '[]') INTO receivers
    FROM dnc.recipients_of(phone) AS d;
    report := jsonb_build_object('number', phone::text, 'made_at', now(), 'held', held, 'came_from', origins,
        'received_by', receivers,
        'keys_missing', to_jsonb(dnc.missing_keys()), 'keys_retired',
            (SELECT coalesce(jsonb_agg(k.key_id ORDER BY k.key_id), '[]') FROM dnc.pseudonym_key AS k
            WHERE k.retired_at IS NOT NULL AND EXISTS (SELECT FROM dnc.erasure AS e WHERE e.key_id = k.key_id)),
        'log', 'The audit log keeps the old and new state of each row; both are erased with the row.',
        'kept',
            'An opt-out is kept until the person revokes it or it expires; the rules and the site''s retention '
            'periods (dnc.retention) say how long other data are kept.',
        'rights',
            'The person may ask for access, rectification, erasure and restriction, may object, and may complain to a '
            'supervisory authority (GDPR, art. 15 to 18, 21 and 77).');
    readable := format(E'Data about %s, as of %s UTC\n', phone, to_char(now(), 'YYYY-MM-DD HH24:MI'));
    IF held = '[]' THEN
        readable := readable || E'\nThere are no data about this number.\n';
    END IF;
    FOR p IN SELECT h.value ->> 'part' AS part, h.value ->> 'used_for' AS used_for, h.value -> 'rows' AS rows
        FROM jsonb_array_elements(held) AS h LOOP
        readable := readable || format(E'\n%s (%s), used %s\n', upper(left(p.part, 1)) || substr(p.part, 2),
            jsonb_array_length(p.rows), p.used_for);
        readable := readable || (SELECT string_agg('  - ' || dnc.readable(x.value), E'\n' ORDER BY x.n)
            FROM jsonb_array_elements(p.rows) WITH ORDINALITY AS x (value, n)) || E'\n';
    END LOOP;
    readable := readable || E'\nWhere it came from\n'
        || coalesce((SELECT string_agg(format('  - %s, first at %s', o.value ->> 'from', o.value ->> 'first_at'), E'\n'
                ORDER BY o.n) FROM jsonb_array_elements(origins) WITH ORDINALITY AS o (value, n)),
        '  - nothing recorded') || E'\n';
    readable := readable || E'\nWho received it\n'
        || coalesce((SELECT string_agg('  - ' || dnc.readable(o.value), E'\n' ORDER BY o.n)
            FROM jsonb_array_elements(receivers) WITH ORDINALITY AS o (value, n)),
        '  - nobody, as far as was recorded (dnc_export_to, dnc_disclosed); other exports are not known') || E'\n';
    readable := readable || format(E'\n%s\n%s\n%s\n', report ->> 'log', report ->> 'kept', report ->> 'rights');
    IF report -> 'keys_retired' <> '[]' THEN
        readable := readable || E'\nErasures under a retired key can no longer be recognized.\n';
    END IF;
    IF cardinality(dnc.missing_keys()) > 0 THEN
        readable := readable
            || format(E'\nNot complete: data kept about an erased number cannot be found without the key %s.\n',
            array_to_string(dnc.missing_keys(), ', '));
    END IF;
END
$$;
CREATE FUNCTION @extschema@.dnc_subject_report(phone text, OUT report jsonb, OUT readable text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT r.report, r.readable FROM @extschema@.dnc_subject_report(@extschema@.dnc_parse(phone)) AS r;
END;
COMMENT ON FUNCTION @extschema@.dnc_subject_report(@extschema@.dnc_phone)
    IS 'Returns all data about a number with their purposes, sources and recipients (GDPR, art. 15), as JSON (report) '
       'and as text (readable).
Errors: 22004 no number.
Example: SELECT readable FROM dnc_subject_report(phone => ''+44 20 7946 0018'');';
COMMENT ON FUNCTION @extschema@.dnc_subject_report(text)
    IS 'dnc_subject_report for a text, read in the region of dnc.default_region';
