-- Many entries at once: the same rows, log rows and proofs as one by one.
CREATE EXTENSION dnc;
SET client_min_messages = warning;
INSERT INTO dnc.purpose (purpose) VALUES ('energy');
CREATE FUNCTION numbers(n integer) RETURNS dnc_phone[] LANGUAGE sql
    RETURN (SELECT array_agg(('+1212555' || lpad(i::text, 4, '0'))::dnc_phone) FROM generate_series(1, n) AS i);

SELECT dnc_add(numbers(3000), channel => 'voice', purpose => 'energy', reason => 'complaint', source => 'email',
    evidence => '{"words": "never \"again\"\nä", "n": 1.50}', external_ref => 'm-1', by => 'Ann',
    requested_at => '2026-11-01 10:00+00', received_at => '2026-11-02 10:00+00') AS request \gset
SELECT count(*), count(DISTINCT phone) AS phones, count(DISTINCT audit_seq) AS seqs, bool_and(request_id = :request)
    AS one_request, min(entry_id) = :request AS first FROM dnc.entry;
-- One by one.
SELECT dnc_add('+442079460001'::dnc_phone, channel => 'voice', purpose => 'energy', reason => 'complaint',
    source => 'email', evidence => '{"words": "never \"again\"\nä", "n": 1.50}', external_ref => 'm-2', by => 'Ann',
    requested_at => '2026-11-01 10:00+00', received_at => '2026-11-02 10:00+00') AS single \gset
SELECT DISTINCT e.effective_at, e.expires_at, e.received_at, e.channel, e.purpose, e.kind, e.reason, e.source,
    e.requested_at, e.recorded_at = now() AS now, e.due_at, e.taken_by, e.evidence, e.batch_id, e.corrects
    FROM dnc.entry AS e WHERE entry_id <> :single;
SELECT count(DISTINCT d.after::jsonb - '{entry_id,phone,request_id,recorded_at,external_ref,due_at}'::text[]) AS forms
    FROM dnc.audit_data AS d JOIN dnc.audit_log AS l USING (seq) WHERE l.relation = 'entry';
SELECT l.operation, count(*), bool_and(dnc.row_matches(d.after, e)) AS described, bool_and(l.row_key = e.entry_id::text)
    AS keys, count(DISTINCT l.commitment) AS commitments, count(DISTINCT l.session_role || l.effective_role) AS roles,
    bool_or(l.loaded) AS loaded, count(DISTINCT l.xid) AS transactions
    FROM dnc.entry AS e JOIN dnc.audit_log AS l ON l.seq = e.audit_seq JOIN dnc.audit_data AS d USING (seq) GROUP BY 1;
SELECT part, healthy, finding, detail FROM dnc_audit_verify(parts => '{log,data,tables}');
SELECT count(*) FILTER (WHERE dnc_check(p, 'voice', 'energy')) AS suppressed,
    count(*) FILTER (WHERE dnc_check(p, 'sms')) AS sms FROM unnest(numbers(3001)) AS p;
-- The same reference adds nothing, in any order and number of times; another set of numbers is another request.
SELECT dnc_add((SELECT array_agg(p ORDER BY p DESC) || array_agg(p) FROM unnest(numbers(3000)) AS p),
    channel => 'voice', purpose => 'energy', reason => 'complaint', source => 'email', external_ref => 'm-1')
    = :request AS same;
\set VERBOSITY terse
SELECT dnc_add(numbers(2), channel => 'voice', purpose => 'energy', reason => 'complaint', source => 'email',
    external_ref => 'm-1');
-- What is wrong is wrong for all: nothing is recorded.
SELECT dnc_add(numbers(5) || NULL::dnc_phone);
SELECT dnc_add('{}'::dnc_phone[]);
SELECT dnc_add(NULL::dnc_phone[]);
SELECT dnc_add(ARRAY[numbers(2), numbers(2)]);
SELECT dnc_add(numbers(5), channel => 'pigeon');
SELECT dnc_add(numbers(5), requested_at => '2026-11-03', received_at => '2026-11-02');
SELECT dnc_add(numbers(5), evidence => '[]');
SELECT dnc_add(numbers(5), due_at => 'infinity');
\set VERBOSITY default
SET client_min_messages = notice;
SELECT dnc_add('{+12125550101,+11115550101,+11115550102}'::dnc_phone[]) > 0 AS recorded;
SET client_min_messages = warning;
-- A column that is not there otherwise, or a site's own trigger: by SQL, with the same result.
SELECT count(*) AS before FROM dnc.entry \gset
CREATE TABLE seen (phone dnc_phone);
CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO public.seen VALUES (NEW.phone); RETURN NULL; END $$;
CREATE TRIGGER see AFTER INSERT ON dnc.entry FOR EACH ROW EXECUTE FUNCTION see();
SELECT dnc_add(numbers(20)) > 0 AS recorded;
SELECT count(*) FROM seen;
DROP TRIGGER see ON dnc.entry;
BEGIN;
ALTER TABLE dnc.entry ADD COLUMN more text;
SELECT dnc_add(numbers(20)) > 0 AS recorded;
SELECT count(*) - :before AS added FROM dnc.entry;
ROLLBACK;
SELECT count(*) - :before AS added FROM dnc.entry;
-- Rolled back, by a savepoint or an error.
BEGIN;
SAVEPOINT s;
SELECT dnc_add(numbers(50)) > 0 AS recorded;
ROLLBACK TO s;
SELECT dnc_add(numbers(30)) > 0 AS recorded;
COMMIT;
SELECT count(*) - :before AS added FROM dnc.entry;
-- The constraints of the table hold.
\set VERBOSITY terse
ALTER TABLE dnc.entry ADD CONSTRAINT site CHECK (phone <> '+12125550007') NOT VALID;
SELECT dnc_add(numbers(30));
ALTER TABLE dnc.entry DROP CONSTRAINT site;
CREATE UNIQUE INDEX once ON dnc.entry (phone, taken_by);
SELECT dnc_add(numbers(3100), by => 'Ann');
DROP INDEX dnc.once;
SELECT count(*) - :before AS added FROM dnc.entry;
SELECT part, healthy, finding, detail FROM dnc_audit_verify(parts => '{triggers,log,data,tables}');
DROP EXTENSION dnc CASCADE;
