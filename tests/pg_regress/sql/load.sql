-- Loads of lists from the client: whose the lines are, what becomes of all of them, and what is left of a load that
-- nobody finishes.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE EXTENSION dnc;
INSERT INTO dnc.list (list, kind, jurisdiction, shrink_percent) VALUES ('us', 'national', 'US', 100),
    ('uk', 'national', 'GB', 100);

-- Behind a pooler a session is whoever's. What a transaction started is the default of that transaction alone.
SELECT dnc_list_load_start('us', 'a') AS us \gset
SELECT current_setting('dnc.list_load') = '' AS nothing_left;
INSERT INTO dnc.list_line (line) VALUES ('4155550101');
COPY dnc.list_line (line) FROM STDIN;
4155550101
\.
BEGIN;
SELECT dnc_list_load_start('uk', 'b') AS uk \gset
INSERT INTO dnc.list_line (line) VALUES ('020 7946 0101');
SAVEPOINT s;
SELECT dnc_list_load_start('us', 'c') AS other \gset
ROLLBACK TO s;
INSERT INTO dnc.list_line (line) VALUES ('020 7946 0102');
SELECT dnc_list_load_finish(:uk) = :uk AS finished;
INSERT INTO dnc.list_line (line) VALUES ('020 7946 0103');
ROLLBACK;
SELECT count(*) AS rolled_back FROM dnc.list_version WHERE list = 'uk';
-- Otherwise each line says which load it is of.
SELECT dnc_list_load_start('uk', 'b') AS uk \gset
CREATE TABLE both_lists (version_id bigint, line text);
INSERT INTO both_lists VALUES (:us, '4155550101'), (:uk, '020 7946 0101'), (:us, '4155550102'), (:us, '4155550103'),
    (:uk, '020 7946 0102');
INSERT INTO dnc.list_line SELECT * FROM both_lists;
COPY dnc.list_line FROM STDIN WITH (FORMAT csv);
999999,4155550104
\.
INSERT INTO dnc.list_line VALUES (:uk, '020 7946 0103'), (NULL, '020 7946 0104');
SELECT dnc_list_load_finish(:uk) = :uk AS finished, dnc_list_load_finish(:us) = :us AS finished_too;
SELECT list, lines, numbers, rejected FROM dnc.list_version WHERE state = 'current' ORDER BY 1;
SELECT n, dnc_lists(n::dnc_phone)
FROM unnest(ARRAY['+14155550101', '+14155550102', '+14155550103', '+442079460101', '+442079460102', '+442079460103'])
    AS n;

-- A statement within a statement: neither takes the other's lines, whichever of them fails.
CREATE FUNCTION also(line text, fails boolean) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dnc.list_line (line) VALUES ('415555' || right(line, 4));
    IF fails THEN
        RAISE 'no';
    END IF;
    RETURN line;
EXCEPTION WHEN raise_exception THEN
    RETURN line;
END
$$;
CREATE FUNCTION also_plain(line text) RETURNS text
LANGUAGE sql AS $$ INSERT INTO dnc.list_line (line) VALUES ('415555' || right(line, 4)); SELECT line $$;
CREATE FUNCTION loaded(insert text) RETURNS TABLE (lines bigint, numbers bigint, rejected bigint, listed text)
LANGUAGE plpgsql AS $$
DECLARE
    v bigint := dnc_list_load_start('us', insert);
BEGIN
    EXECUTE insert;
    PERFORM dnc_list_load_finish(v, activate => false);
    RETURN QUERY SELECT x.lines, x.numbers, x.rejected,
        (SELECT string_agg(i::text, ' ' ORDER BY i) FROM generate_series(2125550201, 2125550209) AS i
            WHERE dnc.block_has((SELECT b.packed FROM dnc.list_block AS b WHERE b.set_id = x.whole_set
                    AND b.start <= 10000000000 + i AND b.stop > 10000000000 + i), 10000000000 + i))
        FROM dnc.list_version AS x WHERE x.version_id = v;
END
$$;
SELECT *
FROM loaded($$INSERT INTO dnc.list_line (line) SELECT also('212555020' || i, false) FROM generate_series(1, 4) AS i$$);
SELECT *
FROM loaded($$INSERT INTO dnc.list_line (line) SELECT also('212555020' || i, i % 2 = 0)
        FROM generate_series(1, 4) AS i$$);
SELECT *
FROM loaded($$INSERT INTO dnc.list_line (line) SELECT also_plain('212555020' || i) FROM generate_series(1, 4) AS i$$);
SELECT *
FROM loaded($$WITH inner_line AS (INSERT INTO dnc.list_line (line) SELECT '212555020' || i
            FROM generate_series(1, 4) AS i RETURNING line) INSERT INTO dnc.list_line (line)
        SELECT '415555' || right(line, 4) FROM inner_line$$);
SELECT *
FROM loaded(
    $$DO 'BEGIN INSERT INTO dnc.list_line (line) SELECT CASE WHEN i < 4 THEN ''212555020'' || i ELSE (1 / (i - '
         '4))::text END FROM generate_series(1, 4) AS i; EXCEPTION WHEN division_by_zero THEN INSERT INTO '
         'dnc.list_line (line) VALUES (''2125550209''); END'$$);

-- A finish of nothing is an error, and so is a load of what is finished. What nobody finishes keeps nobody and can be
-- removed.
SELECT dnc_list_load_start('us', 'forgotten') AS forgotten \gset
INSERT INTO dnc.list_line VALUES (:forgotten, '4155550109');
SELECT dnc_list_load_start('us', 'again') AS again \gset
SELECT dnc_list_load_finish(:again);
INSERT INTO dnc.list_line VALUES (:again, '4155550101');
SELECT dnc_list_load_finish(:again) = :again AS finished;
SELECT dnc_list_load_finish(:again);
SELECT dnc_list_load_abandon(:forgotten);
SELECT state FROM dnc.list_version WHERE version_id = :forgotten;
SELECT count(*) AS chunks FROM dnc.list_chunk;
INSERT INTO dnc.list_line VALUES (:forgotten, '4155550109');
SELECT dnc_list_load_finish(:forgotten);
SELECT dnc_list_load_abandon(:forgotten);
SELECT dnc_list_load_abandon(:again);
SELECT dnc_list_load_abandon(0), 'no such version';
SELECT dnc_list_load_abandon(NULL);
SELECT dnc_check('+14155550109') AS never_loaded;
-- Health tells of one after a day, and after a week the next load removes it.
SELECT dnc_list_load_start('us', 'forgotten') AS forgotten \gset
INSERT INTO dnc.list_line VALUES (:forgotten, '4155550109');
SELECT healthy, detail FROM dnc_health(deep => true) WHERE subject = 'open loads';
UPDATE dnc.list_version SET loaded_at = loaded_at - interval '25 hours' WHERE version_id = :forgotten;
SELECT healthy, replace(detail, :'forgotten', 'N') AS detail FROM dnc_health(deep => true) WHERE subject = 'open loads';
UPDATE dnc.list_version SET loaded_at = loaded_at - interval '7 days' WHERE version_id = :forgotten;
SELECT dnc_list_load_query('us', 'SELECT 4155550101') > 0 AS loaded;
SELECT state, (SELECT count(*) FROM dnc.list_chunk) AS chunks FROM dnc.list_version WHERE version_id = :forgotten;

-- Every line is accounted for, in each version that there is, and cannot be otherwise.
SELECT dnc_list_load_query('us', $$VALUES ('4155550101'), ('4155550101'), ('4155550102'), ('rubbish')$$,
    reject_percent => 50) AS whole \gset
SELECT dnc_list_load_query('us', $$VALUES ('4155550101'), ('4155550103'), ('4155550104'), ('4155550104'), ('rubbish')$$,
    applies_to => :whole, operation => 'add', reject_percent => 50) AS changed \gset
SELECT lines, numbers, added, removed, duplicates, rejected FROM dnc.list_version WHERE version_id IN (:whole, :changed)
ORDER BY version_id;
\set VERBOSITY terse
UPDATE dnc.list_version SET lines = lines + 1 WHERE version_id = :whole;
UPDATE dnc.list_version SET numbers = numbers - 1 WHERE version_id = :whole;
UPDATE dnc.list_version SET duplicates = NULL WHERE version_id = :whole;
UPDATE dnc.list_version SET added = added - 1 WHERE version_id = :changed;
UPDATE dnc.list_version SET lines = NULL WHERE version_id = :changed;
\set VERBOSITY default
SELECT bool_and(healthy) FROM dnc_list_verify();
-- A count that fits by itself is compared with the blocks, and with what the changes were made to.
UPDATE dnc.list_version SET numbers = numbers - 1, lines = lines - 1 WHERE version_id = :whole;
SELECT version - :whole AS version, healthy, replace(detail, :'whole', 'N') AS detail FROM dnc_list_verify('us')
WHERE version >= :whole;
SET dnc.allow_drop = on;
DROP EXTENSION dnc CASCADE;
