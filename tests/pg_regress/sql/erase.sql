-- Erasure: the data go, the refusal stays under a pseudonym, and still answers every question as it did.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
INSERT INTO dnc.purpose (purpose) VALUES ('acme'), ('acme/loans'), ('acme/cards'), ('other');
-- No key, no erasure: the refusal could not stay.
SELECT dnc_add('+12125550101') > 0 AS added;
SELECT * FROM dnc_erase('+12125550101');
SELECT dnc_check('+12125550101') AS still;
DO $$
DECLARE
    f text;
BEGIN
    FOREACH f IN ARRAY ARRAY['pseudonym 000102030405060708090a0b0c0d0e0f',
            'pseudonym 100102030405060708090a0b0c0d0e0f',
            E'pseudonym 000102030405060708090a0b0c0d0e0f\npseudonym-2 200102030405060708090a0b0c0d0e0f\n'
            'pseudonym-3 200102030405060708090a0b0c0d0e0f',
            'pseudonym-2 200102030405060708090a0b0c0d0e0f'] LOOP
        EXECUTE format('COPY (SELECT * FROM string_to_table(%L, E''\n'')) TO %L', f,
            current_setting('data_directory') || '/pseudonym-' || left(md5(f), 4));
    END LOOP;
END
$$;
\! chmod 600 $(psql -Atc 'SHOW data_directory' -d postgres)/pseudonym-*
SELECT current_setting('data_directory') || '/pseudonym-' || left(md5('pseudonym 000102030405060708090a0b0c0d0e0f'), 4)
    AS one, current_setting('data_directory') || '/pseudonym-'
    || left(md5('pseudonym 100102030405060708090a0b0c0d0e0f'), 4) AS wrong,
    current_setting('data_directory') || '/pseudonym-' || left(md5(
        E'pseudonym 000102030405060708090a0b0c0d0e0f\npseudonym-2 200102030405060708090a0b0c0d0e0f\n'
        'pseudonym-3 200102030405060708090a0b0c0d0e0f'), 4) AS ring,
    current_setting('data_directory') || '/pseudonym-' || left(md5('pseudonym-2 200102030405060708090a0b0c0d0e0f'), 4)
        AS two \gset
SET dnc.key_file = :'one';
-- Refusals of every kind, and what the checks say of them before and after; a second number of each kind is not erased.
CREATE TABLE person (n int, kind text, phone dnc_phone);
INSERT INTO person SELECT n, k, ('+1212555' || lpad((1000 + n + 100 * s)::text, 4, '0'))::dnc_phone
    FROM unnest(
        '{everything,sms,brand,product,taken back,taken back in part,product taken back,temporary,over,to start,'
        'sticky,no processing,never,consent}'::text[]) WITH ORDINALITY AS k (k, n), generate_series(0, 1) AS s;
SELECT count(dnc_add(phone)) FROM person WHERE kind IN ('everything', 'taken back', 'taken back in part');
SELECT count(dnc_add(phone, 'sms')) FROM person WHERE kind = 'sms';
SELECT count(dnc_add(phone, purpose => 'acme', requested_at => '2026-01-01', received_at => '2026-01-02')) FROM person
WHERE kind IN ('brand', 'product taken back');
SELECT count(dnc_add(phone, 'voice', 'acme/loans')) FROM person WHERE kind = 'product';
SELECT count(dnc_add(phone, expires_at => now() + interval '1 day')) FROM person WHERE kind = 'temporary';
SELECT count(dnc_add(phone, expires_at => now() + interval '50 ms')) FROM person WHERE kind = 'over';
SELECT count(dnc_add(phone, effective_at => now() + interval '1 day')) FROM person WHERE kind = 'to start';
SELECT count(dnc_add(phone, reason => 'litigator')) FROM person WHERE kind = 'sticky';
SELECT count(dnc_add(phone, reason => 'no_processing')) FROM person WHERE kind = 'no processing';
SELECT count(dnc_revoke(phone)) FROM person WHERE kind = 'taken back';
SELECT count(dnc_revoke(phone, 'sms', 'acme')) FROM person WHERE kind = 'taken back in part';
SELECT count(dnc_revoke(phone, purpose => 'acme/cards', requested_at => '2026-02-01', received_at => '2026-02-01'))
FROM person WHERE kind = 'product taken back';
SELECT count(dnc_consent(phone, 'voice', 'other', wording => 'x', evidence => '{"a": 1}')) FROM person
WHERE kind = 'consent';
SELECT pg_sleep(0.06);
CREATE VIEW answer AS SELECT p.n, p.kind, p.phone, c, u, dnc_check(p.phone, c, u) AS now,
    dnc_check(p.phone, c, u, '2026-01-15') AS january, dnc_check(p.phone, c, u, '2026-03-01') AS march,
    dnc_check(p.phone, c, u, now() + interval '2 days') AS soon,
    dnc_check_as_of(p.phone, now(), channel => c, purpose => u) AS of_now,
        dnc_check_as_of(p.phone, '2026-03-01', channel => c, purpose => u) AS of_march
    FROM person AS p, unnest('{all,voice,sms,fax}'::text[]) AS c,
        unnest('{NULL,acme,acme/loans,acme/cards,other}'::text[]) AS u;
CREATE TABLE before AS SELECT * FROM answer;
SELECT count(*) AS erased FROM person AS p, LATERAL (SELECT count(*) FROM dnc_erase(p.phone, 'test')) AS e
WHERE p.phone < '+12125551100';
SELECT count(*) AS entries FROM dnc.entry AS e JOIN person AS p ON p.phone = e.phone AND p.phone < '+12125551100';
SELECT f.kind, f.channel, f.purpose, f.reason, count(*) FROM dnc.pseudonym AS f GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4;
-- Every answer is as it was, from looks, from a set, and in SQL; of the past it may be that nobody can tell.
SELECT count(*) AS differ FROM answer AS a JOIN before AS b USING (phone, c) WHERE a.u IS NOT DISTINCT FROM b.u
    AND (a.now, a.january, a.march, a.soon, a.of_now, coalesce(a.of_march, b.of_march)) IS DISTINCT FROM (b.now,
    b.january, b.march, b.soon, b.of_now, b.of_march);
SET dnc.statement_set = on;
SELECT count(*) AS differ FROM answer AS a JOIN before AS b USING (phone, c) WHERE a.u IS NOT DISTINCT FROM b.u
    AND (a.now, a.january, a.march, a.soon, a.of_now, coalesce(a.of_march, b.of_march)) IS DISTINCT FROM (b.now,
    b.january, b.march, b.soon, b.of_now, b.of_march);
RESET dnc.statement_set;
SELECT count(*) AS differ FROM answer AS a
WHERE a.now IS DISTINCT FROM dnc.refused(a.phone::text, nullif(a.c, 'all'), a.u, NULL);
-- Also where the index of pseudonyms cannot be trusted, or where there is a filter.
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'dnc.pseudonym_lookup'::regclass;
SELECT count(*) AS differ FROM answer AS a JOIN before AS b USING (phone, c) WHERE a.u IS NOT DISTINCT FROM b.u
    AND (a.now, a.january) IS DISTINCT FROM (b.now, b.january);
UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'dnc.pseudonym_lookup'::regclass;
SELECT count(*) AS differ FROM answer AS a JOIN before AS b USING (phone, c), generate_series(1, 20)
WHERE a.u IS NOT DISTINCT FROM b.u AND (a.now) IS DISTINCT FROM (b.now);
-- A number that is erased in a session that has made its filter is in the next one.
SELECT dnc_add('+12125559001') > 0 AS added; SELECT dnc_check('+12125559001');
SELECT count(*) > 0 AS erased FROM dnc_erase('+12125559001');
SELECT dnc_check('+12125559001');
BEGIN;
SAVEPOINT a;
SELECT count(*) > 0 AS erased FROM dnc_erase('+12125550101');
SELECT dnc_check('+12125550101'), (SELECT count(*) FROM dnc.entry WHERE phone = '+12125550101') AS entries;
ROLLBACK TO a;
SELECT dnc_check('+12125550101'), (SELECT count(*) FROM dnc.entry WHERE phone = '+12125550101') AS entries,
    (SELECT count(*) FROM dnc_history('+12125550101')) AS rows;
COMMIT;
-- What else asks.
SELECT n, kind, ground, list, entry, scope_channel, scope_purpose, reason, rule
FROM person, LATERAL dnc_explain(phone, 'all') WHERE n IN (1, 6, 11) AND phone < '+12125551100' ORDER BY n;
SELECT dnc_lists_of('+12125551001'), dnc_grounds('+12125551001'), dnc_lists('+12125551001'), dnc_status('+12125551001'),
    dnc_may_process('+12125551012') AS processing, dnc_may_process('+12125551013') AS other, allowed, ground,
    array_remove(grounds, 'outside_hours') AS grounds FROM dnc_may_contact('+12125551001');
SELECT event, ends, channel, purpose, evidence FROM dnc_history('+12125551006');
CREATE TABLE queue (id int, phone dnc_phone);
SELECT dnc_attach('queue', 'phone');
INSERT INTO queue VALUES (1, '+12125551001');
SELECT * FROM dnc_cross_check('queue', 'phone') LIMIT 0;
SELECT dnc_attempt_partitions() > 0 AS made, dnc_attempt('+12125551001', 'connected') > 0 AS attempt;
SELECT channel, grounds -> 0 ->> 'ground' AS ground, grounds -> 0 ->> 'reason' AS reason FROM dnc.violation;
-- An import brings the refusal back neither in clear nor twice, but what it refuses beyond.
BEGIN;
SELECT dnc_import_start('f.csv', 'US') AS batch \gset
INSERT INTO dnc.import_row (phone, channel, purpose) VALUES ('212 555 1001', NULL, NULL),
    ('212 555 1001', 'sms', 'acme'), ('212 555 1004', 'voice', 'acme/loans'), ('212 555 1004', NULL, 'other'),
    ('212 555 1006', NULL, NULL), ('212 555 1999', NULL, NULL);
COMMIT;
SELECT * FROM dnc_import_finish(:batch);
SELECT phone, channel, purpose FROM dnc.entry WHERE batch_id = :batch ORDER BY phone;
-- The person takes it back.
SELECT dnc_revoke('+12125551001', 'voice') AS part;
SELECT dnc_check('+12125551001') AS voice, dnc_check('+12125551001', 'sms') AS sms;
SELECT dnc_revoke('+12125551001') AS rest;
SELECT dnc_check('+12125551001') AS voice, dnc_check('+12125551001', 'sms') AS sms, dnc_revoke('+12125551001') AS again;
SELECT dnc_revoke('+12125551011') AS sticky; SELECT dnc_revoke('+12125551011', force => true) AS forced;
SELECT dnc_check('+12125551011');
SELECT dnc_revoke('+12125551012', 'sms') AS in_part; SELECT dnc_revoke('+12125551012') AS whole;
SELECT dnc_may_process('+12125551012');
-- Refused anew, and erased anew.
SELECT dnc_add('+12125551001') > 0 AS added; SELECT dnc_check('+12125551001');
SELECT what, rows, outcome, regexp_replace(detail, '\d{4}-\d\d-\d\d', '…') AS detail FROM dnc_erase('+12125551001')
WHERE outcome <> 'out of reach';
SELECT dnc_check('+12125551001'), (SELECT count(*) FROM dnc.erasure AS e, dnc.pseudonyms('+12125551001') AS m
    WHERE m.pseudonym = e.pseudonym) AS erasures;
-- Nothing to keep; or a refusal first.
SELECT what, rows, outcome, detail FROM dnc_erase('+12125557001') WHERE what = 'refusals in force';
SELECT dnc_check('+12125557001');
SELECT what, rows, outcome FROM dnc_erase('+12125557001', refuse => true) WHERE what = 'refusals in force';
SELECT dnc_check('+12125557001');
-- The log: erased rows are said to be, their data are gone, and the commitments of before stay.
SELECT operation, count(*) AS rows, count(d.seq) AS data, count(d.before) AS before, count(d.after) AS after
FROM dnc.audit_log AS l LEFT JOIN dnc.audit_data AS d USING (seq) WHERE l.relation = 'entry' GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM dnc.audit_data WHERE concat(before, after) ~ '12125551001|12125550101'
    AND concat(before, after) !~ '"entry_id":1,';
DELETE FROM dnc.entry; DELETE FROM dnc.audit_data; DELETE FROM dnc.pseudonym; UPDATE dnc.pseudonym SET pseudonym = 1;
DELETE FROM dnc.erasure; UPDATE dnc.erasure SET erased_at = '2020-01-01'; DELETE FROM dnc.erasure_part;
TRUNCATE dnc.pseudonym; DELETE FROM dnc.kept_record;
-- A missing key, or a wrong one: what nothing else refuses is not known.
SET dnc.key_file = :'wrong';
SELECT dnc_check('+12125550101') AS on_the_list, dnc_check('+12125551004', 'voice', 'acme/loans') IS NULL AS erased,
    dnc_check('+12125558888') IS NULL AS stranger, dnc_is_clear('+12125558888'),
    dnc.refused('+12125558888', NULL, NULL, NULL) IS NULL AS in_sql,
    dnc_check_as_of('+12125558888', now()) IS NULL AS as_of, dnc_may_process('+12125558888');
SELECT ground, rule FROM dnc_explain('+12125558888');
SELECT dnc_status('+12125558888'), dnc_grounds('+12125558888'), (dnc_may_contact('+12125558888')).allowed;
SET dnc.key_file = '';
SELECT count(*) FILTER (WHERE dnc_check(phone) IS NULL) AS unknown, count(*) FILTER (WHERE dnc_is_clear(phone)) AS clear
FROM person WHERE phone < '+12125551100';
SELECT healthy, detail FROM dnc_health(deep => true) WHERE subject = 'keys of pseudonyms';
INSERT INTO queue VALUES (2, '+12125558888');
SELECT * FROM dnc_erase('+12125558888');
-- Keys change: new pseudonyms come under the newest, the old ones follow when their number turns up.
SET dnc.key_file = :'ring';
SELECT dnc_check('+12125558888') AS known_again;
SELECT dnc_pseudonym_key('pseudonym-2'); SELECT dnc_pseudonym_key('pseudonym-2');
SELECT dnc_pseudonym_key('pseudonym-3'); SELECT dnc_pseudonym_key('token');
SELECT dnc_pseudonym_key('pseudonym-9');
SELECT dnc_add('+12125556001') > 0 AS added;
SELECT count(*) > 0 AS erased FROM dnc_erase('+12125556001');
SELECT key_id, count(*) FROM dnc.pseudonym GROUP BY 1 ORDER BY 1;
SELECT count(*) AS differ FROM answer AS a JOIN before AS b USING (phone, c) WHERE a.u IS NOT DISTINCT FROM b.u
    AND a.n NOT IN (1, 4, 6, 11, 12) AND (a.now, a.january) IS DISTINCT FROM (b.now, b.january);
SELECT dnc_pseudonym_retire('pseudonym');
SELECT sum(dnc_pseudonym_migrate(phone)) AS moved FROM person;
SELECT dnc_pseudonym_migrate('+12125559001'), dnc_pseudonym_migrate('+12125557001'),
    dnc_pseudonym_migrate('+12125556001'), dnc_pseudonym_migrate(NULL);
SELECT key_id, count(*) FROM dnc.pseudonym GROUP BY 1 ORDER BY 1;
SELECT dnc_pseudonym_retire('pseudonym'); SELECT dnc_pseudonym_retire('pseudonym');
SET dnc.key_file = :'two';
SELECT count(*) AS differ FROM answer AS a JOIN before AS b USING (phone, c) WHERE a.u IS NOT DISTINCT FROM b.u
    AND a.n NOT IN (1, 4, 6, 11, 12) AND (a.now, a.january) IS DISTINCT FROM (b.now, b.january);
SELECT dnc_check('+12125556001'), dnc_check('+12125559001'), dnc_check('+12125558888');
SELECT key_id, retired_at IS NOT NULL AS retired FROM dnc.pseudonym_key ORDER BY 1;
SELECT subject, detail FROM dnc_health(deep => true) WHERE NOT healthy;
-- A line is erased in all its forms, and its opt-outs stay for all.
SELECT dnc_add('+541155550123') > 0 AS landline, dnc_consent('+5491155550123', 'sms',
    source => 'web_form') > 0 AS mobile;
SELECT what, rows, outcome FROM dnc_erase('+5491155550123') WHERE rows > 0 ORDER BY what;
SELECT (SELECT count(*) FROM dnc.entry AS e WHERE e.phone = ANY (dnc_forms('+541155550123'))) AS entries,
    (SELECT count(*) FROM dnc.consent AS c WHERE c.phone = ANY (dnc_forms('+541155550123'))) AS consents,
    dnc_check('+541155550123') AS landline, dnc_check('+5491155550123') AS mobile;
-- What attempts recorded beside opt-outs, and attempts whose outcome is not known.
SELECT dnc_attempt('+12125558001', 'wrong_number', words => 'I am not Ann') > 0 AS wrong,
    dnc_attempt('+12125558001', source => 'ourdialer', code => 'NEW-1') > 0 AS undecided,
    dnc_attempt('+12125558002', source => 'ourdialer', code => 'NEW-1') > 0 AS other;
SELECT what, rows FROM dnc_erase('+12125558001') WHERE outcome = 'erased' AND rows > 0 ORDER BY what;
SELECT (SELECT count(*) FROM dnc.wrong_number WHERE phone = '+12125558001') AS wrong,
    (SELECT count(*) FROM dnc.undecided_attempt WHERE phone = '+12125558001') AS undecided,
    (SELECT count(*) FROM dnc.undecided_attempt) AS others;
