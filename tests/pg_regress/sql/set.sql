-- Sets of numbers as values.
CREATE EXTENSION dnc;
SELECT '{+14155550102, +442079460018,+14155550101,+14155550102}'::dnc_phone_set, '{}'::dnc_phone_set,
    ' { } '::dnc_phone_set;
SELECT '+14155550101'::dnc_phone_set;
SELECT '{+14155550101,12}'::dnc_phone_set;
SELECT '{+14155550101,}'::dnc_phone_set;
CREATE TABLE number AS SELECT i,
    ('+1' || (2000000000 + (hashint8extended(i, 7) & 9223372036854775807) % 7999999999))::dnc_phone AS phone
    FROM generate_series(1, 50000) AS i;
CREATE TABLE sets AS SELECT dnc_set(phone) FILTER (WHERE i <= 30000) AS a, dnc_set(phone) FILTER (WHERE i > 20000) AS b,
    dnc_set(phone) FILTER (WHERE i < 0) AS none, dnc_set(NULL::dnc_phone) AS nulls FROM number;
SELECT dnc_set_count(a), dnc_set_count(b), dnc_set_count(none), dnc_set_count(nulls), none = nulls AS same,
    a = b AS differ, a <> b AS differ FROM sets;
SELECT dnc_set_count(dnc_set_union(a, b)), dnc_set_count(dnc_set_intersect(a, b)), dnc_set_common(a, b),
    dnc_set_count(dnc_set_minus(a, b)), dnc_set_union(a, none) = a AS same, dnc_set_minus(a, a) = none AS same
FROM sets;
SELECT count(*) FILTER (WHERE dnc_set_has(a, phone) <> (i <= 30000)) AS wrong FROM number, sets;
SELECT count(*), count(DISTINCT p) FROM sets, dnc_set_phones(a) AS p;
SELECT array_agg(p) FROM dnc_set_phones('{+442079460018,+14155550101}') AS p;
SELECT a = (SELECT dnc_set(p) FROM dnc_set_phones(a) AS p) AS same, a::text::dnc_phone_set = a AS by_text,
    pg_column_size(a) < 30000 * 3 AS small FROM sets;
SELECT dnc_set(phone) IS NULL AS is_null, dnc_set(phone) FROM number WHERE false;
-- In parallel.
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
ALTER TABLE number SET (parallel_workers = 2);
EXPLAIN (COSTS OFF) SELECT dnc_set(phone) FROM number;
SELECT dnc_set(phone) = (SELECT dnc_set_union(a, b) FROM sets) AS same FROM number;
RESET ALL;
-- In groups, in windows, over binary.
SELECT i % 3 AS g, dnc_set_count(dnc_set(phone)) FROM number GROUP BY 1 ORDER BY 1;
SELECT i, dnc_set_count(dnc_set(phone) OVER (ORDER BY i)) FROM number WHERE i <= 3;
CREATE TABLE copied (a dnc_phone_set);
DO $$BEGIN EXECUTE format('COPY (SELECT a FROM sets) TO %1$L (FORMAT binary)',
        current_setting('data_directory') || '/set');
    EXECUTE format('COPY copied FROM %L (FORMAT binary)', current_setting('data_directory') || '/set'); END$$;
SELECT c.a = s.a AS same FROM copied AS c, sets AS s;
-- A call by hand is refused; versions of the server do so in two ways.
DO $$
DECLARE
    call text;
BEGIN
    FOREACH call IN ARRAY ARRAY['dnc_set_finish(NULL)', 'dnc_set_add(NULL, ''+14155550101'')'] LOOP
        BEGIN
            EXECUTE 'SELECT ' || call;
            RAISE NOTICE '% was answered', call;
        EXCEPTION WHEN undefined_function OR feature_not_supported THEN
            RAISE NOTICE '% is refused', call;
        END;
    END LOOP;
END
$$;
