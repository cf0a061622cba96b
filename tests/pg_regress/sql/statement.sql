-- A query that makes a set of the list answers as one that does not.
\set VERBOSITY default
CREATE EXTENSION dnc;
INSERT INTO dnc.channel (channel, description) VALUES ('pigeon', 'a site''s own');
INSERT INTO dnc.purpose (purpose) VALUES ('a'), ('a/b'), ('z');
CREATE FUNCTION definition(phone dnc_phone, channel text, purpose text, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE
    BEGIN ATOMIC SELECT dnc.refused(phone::text, nullif(channel, 'all'), purpose, at); END;
-- Refusals and endings of every shape on a few hundred numbers: for good, for a time, not yet, of each channel and
-- purpose.
SELECT setseed(0.7);
CREATE TABLE number AS SELECT ('+1212555' || lpad(i::text, 4, '0'))::dnc_phone AS phone
    FROM generate_series(1, 600) AS i
    UNION ALL SELECT ('+44207183' || lpad(i::text, 4, '0'))::dnc_phone FROM generate_series(1, 60) AS i
    UNION ALL SELECT ('+39069' || lpad(i::text, 4, '0'))::dnc_phone FROM generate_series(1, 60) AS i;
CREATE FUNCTION pick(VARIADIC choices text[]) RETURNS text
LANGUAGE sql VOLATILE RETURN choices[1 + floor(random() * cardinality(choices))];
SELECT count(dnc_add(phone, pick('all', 'all', 'all', 'voice', 'voice', 'sms', 'whatsapp', 'fax', 'pigeon'),
        pick(NULL, NULL, NULL, 'a', 'a/b', 'z'),
    effective_at => CASE WHEN random() < 0.1 THEN now() + interval '1 day' END,
        expires_at => CASE WHEN random() < 0.1 THEN now() + interval '2 days' END)) > 500 AS added
    FROM number, generate_series(1, 3) WHERE random() < 0.25;
SET client_min_messages = warning;
SELECT sum(dnc_revoke(phone, pick('all', 'voice', 'sms', 'pigeon'), pick(NULL, 'a', 'a/b'))) > 50 AS ended FROM number
WHERE random() < 0.3;
CREATE FUNCTION compare(OUT ways bigint, OUT differ bigint, OUT refused bigint) LANGUAGE plpgsql AS $$
DECLARE
    asked record;
    d bigint; r bigint;
BEGIN
    ways := 0; differ := 0; refused := 0;
    FOR asked IN SELECT c, p FROM unnest(ARRAY['all', 'voice', 'sms', 'fax', 'pigeon']) AS c,
        unnest(ARRAY[NULL, 'a', 'a/b', 'z']) AS p LOOP
        EXECUTE format(
            'SELECT count(*) FILTER (WHERE dnc_check(phone, %L, %L) IS DISTINCT FROM definition(phone, %1$L, %2$L, '
            'NULL)), count(*) FILTER (WHERE dnc_check(phone, %1$L, %2$L)) FROM number', asked.c, asked.p) INTO d, r;
        ways := ways + 1; differ := differ + d; refused := refused + r;
    END LOOP;
END
$$;
SET dnc.statement_set = on;
SELECT ways, differ, refused > 2000 AS many FROM compare();
SET dnc.statement_set = off;
SELECT ways, differ, refused > 2000 AS many FROM compare();
SET dnc.statement_set = auto;
SELECT ways, differ, refused > 2000 AS many FROM compare();
-- A set is made where it says so: with the setting on, by the first check; by itself, once looks have cost as much.
SET dnc.statement_set = on; SET client_min_messages = debug1;
SELECT count(*) FILTER (WHERE dnc_check(phone)) > 100 AS many FROM number;
SET dnc.statement_set = off;
SELECT count(*) FILTER (WHERE dnc_check(phone)) > 100 AS many FROM number;
SET dnc.statement_set = on;
SHOW dnc.statement_set;
SET dnc.statement_set = 'sometimes';
-- Not for a question about a time, and not where there is too little memory.
SELECT count(*) FILTER (WHERE dnc_check(phone, at => now())) > 100 AS many FROM number;
SET client_min_messages = warning;
-- What the query's own snapshot does not see is not in its set, and what a function in it writes is not either; the
-- next statement sees it. A function that writes between its checks sees what it wrote.
CREATE FUNCTION refuse(p dnc_phone) RETURNS boolean LANGUAGE sql VOLATILE RETURN dnc_add(p) > 0;
SELECT bool_or(dnc_check('+14155550101'::dnc_phone)) AS before, bool_and(refuse('+14155550101')) AS written,
    bool_or(dnc_check('+14155550101'::dnc_phone)) AS after FROM generate_series(1, 300);
SELECT dnc_check('+14155550101') AS later;
CREATE FUNCTION write_between(OUT wrong integer, OUT checked integer) LANGUAGE plpgsql AS $$
DECLARE
    p dnc_phone;
BEGIN
    wrong := 0; checked := 0;
    FOR i IN 1..400 LOOP
        p := ('+1213555' || lpad(i::text, 4, '0'))::dnc_phone;
        IF dnc_check(p) THEN wrong := wrong + 1; END IF;
        PERFORM dnc_add(p);
        IF NOT dnc_check(p) THEN wrong := wrong + 1; END IF;
        IF i % 2 = 0 THEN
            PERFORM dnc_revoke(p);
            IF dnc_check(p) THEN wrong := wrong + 1; END IF;
        END IF;
        -- A subtransaction that is rolled back takes its refusal with it.
        BEGIN
            PERFORM dnc_add(('+1214555' || lpad(i::text, 4, '0'))::dnc_phone);
            IF NOT dnc_check(('+1214555' || lpad(i::text, 4, '0'))::dnc_phone) THEN wrong := wrong + 1; END IF;
            RAISE EXCEPTION 'back';
        EXCEPTION WHEN raise_exception THEN
            IF dnc_check(('+1214555' || lpad(i::text, 4, '0'))::dnc_phone) THEN wrong := wrong + 1; END IF;
        END;
        checked := checked + 1;
    END LOOP;
END
$$;
SELECT * FROM write_between();
DO $$ BEGIN PERFORM FROM write_between() AS w WHERE w.wrong > 400; END $$;
-- Inside a query that has a set, and in a loop over one.
SELECT sum(n) AS wrong
FROM (SELECT CASE WHEN dnc_check(phone) IS DISTINCT FROM definition(phone, 'voice', NULL, NULL) THEN 1 ELSE 0 END AS n
    FROM number) AS x;
CREATE FUNCTION loop_and_write(OUT wrong integer) LANGUAGE plpgsql AS $$
DECLARE
    n record;
BEGIN
    wrong := 0;
    FOR n IN SELECT phone, dnc_check(phone) AS was FROM number LOOP
        IF NOT n.was THEN
            PERFORM dnc_add(n.phone);
        ELSIF dnc_check(n.phone) IS NOT TRUE THEN
            wrong := wrong + 1;
        END IF;
        IF NOT dnc_check(n.phone) THEN wrong := wrong + 1; END IF;
    END LOOP;
END
$$;
BEGIN;
SELECT * FROM loop_and_write();
ROLLBACK;
-- A cursor keeps to its snapshot from one fetch to the next, whatever is written or rolled back in between.
BEGIN;
SELECT dnc_add('+14155550120') > 0 AS added;
DECLARE numbers CURSOR FOR SELECT dnc_check('+14155550120'::dnc_phone) AS refused,
    dnc_check('+14155550121'::dnc_phone) AS later FROM generate_series(1, 9);
FETCH 2 FROM numbers;
SAVEPOINT s;
SELECT dnc_add('+14155550121') > 0 AS added, dnc_revoke('+14155550120') AS ended;
FETCH 2 FROM numbers;
SELECT dnc_check('+14155550120') AS refused, dnc_check('+14155550121') AS later;
ROLLBACK TO s;
FETCH 2 FROM numbers;
SELECT dnc_check('+14155550120') AS refused, dnc_check('+14155550121') AS later;
-- An error in a fetch, caught by a savepoint, leaves the session as it was.
SAVEPOINT t;
SELECT count(*) FROM number WHERE dnc_check(phone) AND 1 / (length(phone::text) - 12) > 0;
ROLLBACK TO t;
SELECT count(*) > 100 AS many FROM number WHERE dnc_check(phone);
COMMIT;
-- A check that fails inside a query that goes on.
CREATE FUNCTION caught(c text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN dnc_check('+14155550101'::dnc_phone, c)::text;
EXCEPTION WHEN OTHERS THEN
    RETURN sqlstate;
END
$$;
SELECT caught(c), count(*), bool_or(dnc_check('+14155550101'::dnc_phone)) AS refused
FROM generate_series(1, 50), unnest(ARRAY['voice', 'nosuch']) AS c GROUP BY 1 ORDER BY 1;
-- A scan's rows are looked at ahead: among columns that are NULL, long, dropped or younger than the row.
CREATE TABLE wide (name text, dropped text, note text, phone dnc_phone, tail text);
INSERT INTO wide SELECT CASE WHEN n % 3 > 0 THEN repeat('x', (n % 50)::int) END, 'gone',
    CASE WHEN n % 1000 = 0 THEN repeat('long ', 100000) END, CASE WHEN n % 7 > 0 THEN phone END, 'y'
    FROM (SELECT row_number() OVER (ORDER BY phone) AS n, phone FROM number, generate_series(1, 3)) AS x;
ALTER TABLE wide DROP COLUMN dropped, ADD COLUMN other dnc_phone, ADD COLUMN filled dnc_phone DEFAULT '+14155550101';
INSERT INTO wide (phone, other) SELECT phone, phone FROM number;
DELETE FROM wide WHERE name = 'x';
SELECT count(*) AS rows, count(*) FILTER (WHERE NOT dnc_is_clear(phone)) > 100 AS many FROM wide;
SELECT count(*) - (SELECT count(*) FROM wide
    WHERE phone IS NOT NULL AND definition(phone, 'voice', NULL, NULL) IS FALSE) AS differ FROM wide
WHERE dnc_is_clear(phone);
SELECT count(*) - (SELECT count(*) FROM wide
    WHERE other IS NOT NULL AND definition(other, 'voice', NULL, NULL) IS FALSE) AS differ FROM wide
WHERE dnc_is_clear(other);
SELECT count(*) AS all_refused FROM wide WHERE dnc_check(filled);
SELECT count(*) AS none FROM wide WHERE dnc_is_clear(filled);
-- Texts are read ahead too: in any column, spelled in any way, unreadable ones among them, alike ones side by side.
SET dnc.default_region = 'US';
CREATE TABLE text_number (id int, v varchar(40), t text);
INSERT INTO text_number SELECT n,
    CASE n % 5 WHEN 0 THEN NULL WHEN 1 THEN phone::text WHEN 2 THEN dnc_format(phone, 'national')
    WHEN 3 THEN dnc_format(phone, 'international') || repeat(' ', 10) ELSE 'rubbish' END,
    CASE n % 7 WHEN 0 THEN repeat(phone::text, 1000) WHEN 1 THEN '' ELSE dnc_format(phone, 'international') END
        FROM (SELECT row_number() OVER (ORDER BY phone) AS n, phone FROM number, generate_series(1, 4)) AS x;
SELECT count(*) FILTER (WHERE id % 2 = 0) > 100 AS many,
    count(*) - (SELECT count(*) FROM text_number WHERE dnc_try_parse(v) IS NOT NULL
    AND definition(dnc_try_parse(v), 'voice', NULL, NULL) IS FALSE) AS differ FROM text_number WHERE dnc_is_clear(v);
SELECT count(*) > 100 AS many,
    count(*) - (SELECT count(*) FROM text_number WHERE dnc_try_parse(t) IS NOT NULL
    AND definition(dnc_try_parse(t), 'voice', NULL, NULL) IS FALSE) AS differ FROM text_number WHERE dnc_is_clear(t);
SELECT count(*) > 50 AS many,
    count(*) - (SELECT count(*) FROM text_number WHERE id % 3 > 0 AND definition(dnc_try_parse(t), 'voice', NULL, NULL))
    AS differ FROM text_number WHERE dnc_check(t) AND id % 3 > 0;
-- The region can change while a query runs.
SELECT count(*) AS differ
FROM (SELECT set_config('dnc.default_region', CASE WHEN id % 2 = 0 THEN 'US' ELSE 'GB' END, true) AS region, v
    FROM text_number OFFSET 0) AS x
    WHERE dnc_check(v) IS DISTINCT FROM definition(dnc_try_parse(v, region), 'voice', NULL, NULL)
      AND dnc_try_parse(v, region) IS NOT NULL;
RESET dnc.default_region;
SELECT count(*) FROM (SELECT
    FROM number AS a, LATERAL (SELECT FROM wide AS b WHERE dnc_check(b.phone) AND b.tail = 'y' LIMIT 2) AS x
    LIMIT 50) AS y;
-- In parallel workers, with a set each.
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
ANALYZE number;
SELECT count(*) FILTER (WHERE dnc_check(phone) IS DISTINCT FROM definition(phone, 'voice', NULL, NULL)) AS differ
FROM number;
RESET max_parallel_workers_per_gather; RESET parallel_setup_cost; RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
-- An index that does not judge its entries serves for looks only; nothing is read into a set.
SET client_min_messages = debug1;
BEGIN;
ALTER EXTENSION dnc DROP TABLE dnc.entry;
DROP INDEX dnc.entry_phone;
CREATE INDEX entry_phone ON dnc.entry (phone);
SELECT count(*) FILTER (WHERE dnc_check(phone) IS DISTINCT FROM definition(phone, 'voice', NULL, NULL)) AS differ
FROM number;
DROP INDEX dnc.entry_phone;
-- The right function of other columns, or another function.
CREATE INDEX entry_phone ON dnc.entry (phone, dnc.entry_shape(corrects, effective_at, expires_at, channel, purpose));
SELECT count(*) FILTER (WHERE dnc_check(phone) IS DISTINCT FROM definition(phone, 'voice', NULL, NULL)) AS differ
FROM number;
DROP INDEX dnc.entry_phone;
CREATE FUNCTION shape(bigint, timestamptz, timestamptz, text, text) RETURNS "char"
LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN 'f'; END $$;
CREATE INDEX entry_phone ON dnc.entry (phone, shape(ends, effective_at, expires_at, channel, purpose));
SELECT count(*) FILTER (WHERE dnc_check(phone) IS DISTINCT FROM definition(phone, 'voice', NULL, NULL)) AS differ
FROM number;
ROLLBACK;
