-- What needs a review and what was late, read from a short list, against the plain definitions; and reads by index.
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
SET client_min_messages = warning;
-- The plain definitions, written again.
CREATE VIEW plain_due AS
    SELECT r.entry_id, d.because FROM dnc.request AS r CROSS JOIN LATERAL (
        SELECT 'provisional' AS because WHERE r.state = 'provisional'
        UNION ALL SELECT 'reassigned' WHERE (SELECT max(x.recorded_at) FROM dnc.reassignment AS x
            WHERE x.phone = r.phone AND x.reassigned_at >= r.requested_at) > coalesce(r.reviewed_at, '-infinity')
        UNION ALL SELECT 'kept long enough'
            WHERE greatest(r.keep_until, r.review_again_at) <= statement_timestamp()) AS d
    WHERE r.state NOT IN ('ended', 'expired');
CREATE VIEW plain_late AS
    SELECT r.entry_id, 'takes effect late' AS problem FROM dnc.request AS r
    WHERE r.late AND r.state NOT IN ('ended', 'expired') AND r.effective_at > statement_timestamp()
    UNION ALL
    SELECT r.entry_id, 'was recorded late' FROM dnc.request AS r
    WHERE r.late AND r.effective_at <= statement_timestamp();
CREATE FUNCTION same(OUT due boolean, OUT wrong bigint, OUT late boolean, OUT wrongly_late bigint) LANGUAGE sql AS $$
    SELECT (SELECT count(*) FROM plain_due) > 0,
        (SELECT count(*) FROM ((TABLE plain_due EXCEPT ALL SELECT entry_id, because FROM dnc.review_due)
            UNION ALL (SELECT entry_id, because FROM dnc.review_due EXCEPT ALL TABLE plain_due)) AS x),
        (SELECT count(*) FROM plain_late) > 0,
        (SELECT count(*) FROM ((TABLE plain_late EXCEPT ALL SELECT entry_id, problem FROM dnc.overdue)
            UNION ALL (SELECT entry_id, problem FROM dnc.overdue EXCEPT ALL TABLE plain_late)) AS x)
$$;
-- Odd times in no order: requests up to twelve years old, received and recorded later or at once, from everywhere; some
-- end, some start later, some have deadlines of their own, some are provisional.
CREATE FUNCTION record(first int, last int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO dnc.entry (phone, effective_at, expires_at, received_at, channel, kind, reason, source, request_id,
        requested_at, recorded_at, due_at, evidence)
        SELECT (p.prefix || lpad((i % 1000)::text, 4, '0'))::dnc_phone,
            CASE WHEN i % 37 = 0 THEN now() + interval '30 days' WHEN i % 41 = 0 THEN x.at + interval '50 days'
                ELSE '-infinity' END,
            CASE WHEN i % 31 = 0 THEN now() - interval '1 hour' WHEN i % 29 = 0 THEN now() + interval '60 days'
                ELSE 'infinity' END,
            x.at, (ARRAY['all', 'voice', 'sms'])[i % 3 + 1], 'refusal', 'no_contact', 'letter', i,
            x.at - make_interval(days => (i * 53) % 90),
            x.at + make_interval(hours => CASE WHEN i % 7 = 0 THEN i ELSE 0 END),
            CASE WHEN i % 5 = 0 THEN x.at + interval '20 days' WHEN i % 11 = 0 THEN NULL ELSE x.at END,
            CASE WHEN i % 23 = 0 THEN '{"provisional": true}' ELSE '{}' END::jsonb
        FROM generate_series(first, last) AS i
        CROSS JOIN LATERAL (SELECT now() - interval '100 days' - make_interval(days => (i * 7919) % 4400)) AS x (at)
        CROSS JOIN LATERAL (SELECT (ARRAY['+1212555', '+1416555', '+4420794', '+493055', '+8131234', '+1212055',
            '+1800555'])[i % 7 + 1] AS prefix) AS p
        WHERE NOT (i % 31 = 0 AND (i % 37 = 0))
$$;
SELECT record(1, 300);
-- Without the list of dnc_maintain, with it, and with what came since.
SELECT * FROM same();
SELECT task, rows > 0 AS some, detail FROM dnc_maintain() WHERE task = 'counted';
SELECT * FROM same();
SELECT count(*) < (SELECT count(*) FROM dnc.entry) / 2 AS few FROM dnc.watched('review') AS w;
SELECT record(301, 500);
SELECT * FROM same();
-- Reviews: kept for long, to be seen again soon, ended; of opt-outs that no rule keeps. Revocations in whole and in
-- part, corrections, reassignments before and after the opt-out was recorded, words that may mean stop.
SELECT sum(dnc_review(entry_id, 'keep', 'x', 'B. Lee')) > 0 AS kept FROM dnc.review_due WHERE entry_id % 4 = 0;
INSERT INTO dnc.review (entry_id, decision, why, decided_by, decided_at, review_again_at)
    SELECT entry_id, 'keep', 'x', 'B. Lee', now() - interval '2 days', now() - interval '1 day' FROM dnc.entry
    WHERE entry_id % 17 = 3;
SELECT sum(dnc_review(entry_id, 'end', 'x', 'B. Lee')) > 0 AS ended
FROM (SELECT DISTINCT entry_id FROM dnc.review_due WHERE entry_id % 4 = 1) AS x;
SELECT * FROM same();
SELECT count(dnc_revoke(phone, CASE WHEN entry_id % 2 = 0 THEN 'all' ELSE 'voice' END)) > 0 AS revoked
FROM (SELECT DISTINCT ON (phone::text) phone, entry_id FROM dnc.entry WHERE ends IS NULL AND entry_id % 13 = 5) AS x;
SELECT count(dnc_correct(entry_id, '+14155550' || lpad((entry_id % 1000)::text, 3, '0'), 'x')) > 0 AS corrected
FROM dnc.request WHERE entry_id % 19 = 4 AND state NOT IN ('ended', 'expired');
SELECT count(dnc_reassigned(phone, now() - interval '1 day')) > 0 AS reassigned
FROM (SELECT DISTINCT ON (phone::text) phone FROM dnc.entry WHERE ends IS NULL AND entry_id % 25 = 6) AS x;
SELECT dnc_reassigned('+13105550199', now() - interval '1 day') > 0 AS reassigned,
    dnc_add('+13105550199', requested_at => now() - interval '9 days', received_at => now() - interval '9 days') > 0
    AS recorded_afterwards, dnc_add('+13105550199') > 0 AS requested_afterwards;
SELECT meaning FROM dnc_reply('+13105550198', 'please never call again');
INSERT INTO dnc.reply (phone, channel, reply, meaning, entry_id, ended, received_at, recorded_at)
    SELECT '+13105550197', 'sms', 'hm, no', 'likely_stop', dnc_add('+13105550197'), 0, now(), now();
SELECT * FROM same();
SELECT because FROM dnc.review_due WHERE phone IN ('+13105550199', '+13105550198', '+13105550197') ORDER BY 1;
-- Only what changed is read again.
SELECT detail FROM dnc_maintain() WHERE task = 'counted';
SELECT * FROM same();
-- Recorded now, requested before a reassignment that the list knows already.
SELECT dnc_add('+13105550199', 'sms', requested_at => now() - interval '8 days') > 0 AS added;
SELECT * FROM same();
SELECT channel FROM dnc.review_due WHERE phone = '+13105550199' ORDER BY 1;
-- Other rules: the list does not hold until dnc_maintain has read all; then it does.
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, anchor, citation, confidence)
VALUES ('gb-retention', 'GB', 'retention', '1 year', 'request', 'x', 'V');
SELECT * FROM same();
SELECT dnc_rule_disable('us-retention', 'B. Lee', 'a test');
SELECT * FROM same();
SELECT detail FROM dnc_maintain() WHERE task = 'counted';
SELECT * FROM same();
-- Its time is over: nothing is missed.
UPDATE dnc.entry_watch_state SET covers_to = now() - interval '1 second';
DELETE FROM dnc.entry_watch WHERE NOT late;
SELECT * FROM same();
SELECT detail FROM dnc_maintain() WHERE task = 'counted';
SELECT * FROM same();
-- Reviews that come due within the time covered are in it, and later ones are not.
SELECT bool_or(w.review_from > now()) AS ahead,
    bool_and(w.review_from <= s.covers_to OR w.review_from = 'infinity') AS covered
FROM dnc.entry_watch AS w, dnc.entry_watch_state AS s;

-- Small reads use indexes: none reads a big table in full (by sequential scans of over a thousand rows).
CREATE FUNCTION scans(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    before bigint[];
    n bigint;
    big CONSTANT regclass[] := '{dnc.entry,dnc.audit_log,dnc.audit_data}';
BEGIN
    SELECT array_agg(coalesce(pg_stat_get_xact_tuples_returned(t), 0) ORDER BY t) INTO before FROM unnest(big) AS t;
    EXECUTE query;
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN format('%s rows, read in full: %s', n, coalesce((SELECT string_agg(t::text, ', ' ORDER BY t)
        FROM unnest(big) WITH ORDINALITY AS x (t, i)
        WHERE pg_stat_get_xact_tuples_returned(t) >= 1000
            + before[(SELECT count(*) FROM unnest(big) AS y WHERE y <= t)]), 'none'));
END
$$;
INSERT INTO dnc.entry (phone, received_at, channel, kind, reason, source, request_id, requested_at, recorded_at)
    SELECT ('+1303' || 2000000 + i * 7)::dnc_phone, now(), 'all', 'refusal', 'no_contact', 'web_form', 1, now(), now()
    FROM generate_series(1, 20000) AS i;
SELECT count(*) > 0 AS ran FROM dnc_maintain();
VACUUM (ANALYZE) dnc.entry, dnc.audit_log, dnc.audit_data, dnc.review;
SELECT dnc_export_position() AS position \gset
SELECT count(dnc_add(('+1303' || 9000000 + i)::dnc_phone)) AS added FROM generate_series(1, 100) AS i;
SELECT scans('SELECT count(*) FROM dnc.entry WHERE taken_by IS NULL') AS in_full;
SELECT scans($$SELECT FROM dnc.request WHERE phone = '+13032000007'$$);
SELECT scans('SELECT FROM dnc.review_due') ~ 'in full: none' AS review_due;
SELECT scans('SELECT FROM dnc.overdue') ~ 'in full: none' AS overdue;
SELECT scans($$SELECT FROM dnc.suppressed WHERE e164 = '+13032000007'$$);
SELECT scans($$SELECT FROM dnc_history('+13032000007'::dnc_phone)$$);
SELECT scans(format('SELECT FROM dnc_export_since(%s)', :position));
SELECT scans('SELECT FROM dnc_health()') ~ 'in full: none' AS health;
CREATE FUNCTION plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query;
END
$$;
SELECT q AS query, bool_or(p ~ 'Seq Scan on entry') AS in_full,
    bool_or(p ~ 'Index Cond: \(phone = ''\+1303') AS by_number
FROM unnest(ARRAY['dnc.request WHERE phone = ''+13032000007''', 'dnc.review_due', 'dnc.overdue',
    'dnc.suppressed WHERE e164 = ''+13032000007''', 'dnc_history(''+13032000007''::dnc_phone)',
    'dnc_export_since(1)']) WITH ORDINALITY AS x (q, n), plan('SELECT * FROM ' || q) AS p GROUP BY q, n ORDER BY n;
SELECT e164, channels, entries FROM dnc.suppressed WHERE '+13032000007' = e164;
SELECT count(*) AS no_such_spelling FROM dnc.suppressed WHERE e164 = '13032000007';
-- A full export passes its lines on as they are made: what it says at its end comes at its end.
\set VERBOSITY sqlstate
BEGIN;
SET LOCAL client_min_messages = notice;
DECLARE lines CURSOR FOR SELECT dnc_export('entries', 'all');
FETCH 1 FROM lines;
MOVE 1000 FROM lines;
SELECT 'not at its end' AS here;
MOVE ALL FROM lines;
COMMIT;
-- A restored row, which the log does not know as a change of this database, discards the short list.
\set VERBOSITY default
CREATE TEMP TABLE kept AS SELECT * FROM dnc.entry WHERE phone = '+13032000007';
BEGIN;
ALTER TABLE dnc.entry DISABLE TRIGGER USER;
DELETE FROM dnc.entry WHERE phone = '+13032000007';
SELECT dnc_repair_triggers() > 0 AS repaired;
COMMIT;
SELECT count(*) AS short_list FROM dnc.entry_watch_state;
BEGIN;
SAVEPOINT s;
INSERT INTO dnc.entry SELECT * FROM kept;
ROLLBACK TO s;
INSERT INTO dnc.entry SELECT * FROM kept;
COMMIT;
SELECT count(*) AS short_list FROM dnc.entry_watch_state;
SELECT count(*) > 0 AS ran FROM dnc_maintain();
SELECT count(*) AS short_list FROM dnc.entry_watch_state;
