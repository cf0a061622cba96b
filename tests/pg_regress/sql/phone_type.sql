-- The type: input, output, storage, order, classes, plans.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SELECT a.amname, amvalidate(o.oid) FROM pg_opclass o JOIN pg_am a ON a.oid = o.opcmethod
WHERE o.opcname = 'dnc_phone_ops' ORDER BY 1;
SELECT typlen, typbyval, typalign, typstorage FROM pg_type WHERE typname = 'dnc_phone';
SELECT pg_column_size('+14155552671'::dnc_phone), '+14155552671'::dnc_phone, ' tel:+1-415-555-2671;ext=5'::dnc_phone,
    '+39 06 6982 1234'::dnc_phone;
-- What a CRM holds.
SELECT left(text, 30) AS text, region, dnc_try_parse(text, region), dnc_parse_problem(text, region) FROM (VALUES
    ('(415) 555-2671', 'US'), ('415.555.2671 ext. 12', 'us'), ('1-800-FLOWERS', 'US'), ('011 44 20 7946 0018', 'US'),
    ('+44 (0)20 7946 0018', NULL),
    ('０２０ ７９４６ ００１８', 'GB'), ('٠٢٠٧٩٤٦٠٠١٨', 'GB'), ('020 7946 0018', 'UK'), ('06 69 82 12 34', 'IT'),
    ('+490301234567', NULL),
    ('', 'US'), ('n/a', 'US'), ('12345', 'US'), ('555-2671', 'US'), ('+1 415 555 26711', NULL), ('415 555 2671', NULL),
    ('415 555 2671', 'XX'),
    ('+999 415 555 2671', NULL), ('4155552671;phone-context=+1', 'US'), (repeat('4', 251), 'US'),
    (NULL, 'US')) AS x (text, region);
SELECT length(repeat('1', 1048576)), dnc_try_parse(repeat('1', 1048576), 'US'),
left(dnc_parse_problem(repeat('1', 1048576), 'US'), 60);
-- Errors name the value, the rule and the way out.
SELECT dnc_parse('12345', 'US');
SELECT dnc_parse('415 555 2671', NULL);
SELECT dnc_parse('4155552671', 'ZZZ');
SELECT dnc_parse(repeat('9', 300), 'US');
SELECT '415 555 2671'::dnc_phone;
SELECT '+1 415 555 26711'::dnc_phone;
SELECT (99999)::bigint::dnc_phone;
SELECT dnc_has_prefix('+14155552671', '1415');
SELECT dnc_format('+14155552671', 'morse');
-- The default region.
SET dnc.default_region = 'GB';
SELECT dnc_parse('020 7946 0018'), dnc_try_parse('junk');
SET dnc.default_region = 'Narnia';
SELECT dnc_try_parse('020 7946 0018');
RESET dnc.default_region;
-- Parts and facts.
SELECT p, dnc_country_code(p), dnc_national(p), dnc_region(p), dnc_is_valid(p), dnc_mask(p), p::bigint,
    p::bigint::dnc_phone = p AS round, p::text
    FROM unnest('{+14155552671,+442079460018,+390669821234,+80012345678,+12423651234,+15005550006}'::dnc_phone[]) AS p;
SELECT style, dnc_format('+442079460018', style)
FROM unnest('{e164,international,national,rfc3966,NATIONAL}'::text[]) AS style;
SELECT dnc_metadata_version() ~ '^\d+\.\d+\.\d+$' AS versioned;
-- A corpus: equality, order and hash agree for all pairs; order is that of the digit strings.
CREATE TABLE corpus (p dnc_phone);
INSERT INTO corpus SELECT DISTINCT p FROM (
    SELECT dnc_try_parse('+' || c || substr(translate(md5(c || i::text), 'abcdef', '012345'), 1, l), NULL) AS p
    FROM unnest('{1,7,33,39,44,49,54,61,62,81,86,225,350,378,423,800,881,998}'::int[]) AS c, generate_series(1, 6) AS i,
        generate_series(6, 12) AS l) AS x WHERE p IS NOT NULL;
SELECT count(*) > 200 AS enough FROM corpus;
SELECT count(*) AS disagree FROM corpus a, corpus b
    WHERE (a.p = b.p) <> (a.p::text = b.p::text) OR (a.p < b.p) <> (a.p::text < b.p::text COLLATE "C")
      OR (a.p <= b.p) = (a.p > b.p) OR (a.p >= b.p) = (a.p < b.p)
       OR (a.p <> b.p) = (a.p = b.p)
       OR sign(dnc_phone_cmp(a.p, b.p)) <> CASE WHEN a.p < b.p THEN -1 WHEN a.p > b.p THEN 1 ELSE 0 END
       OR (a.p = b.p AND dnc_phone_hash(a.p) <> dnc_phone_hash(b.p))
       OR (a.p = b.p AND dnc_phone_hash_extended(a.p, 7) <> dnc_phone_hash_extended(b.p, 7));
SELECT count(DISTINCT dnc_phone_hash(p)) > count(*) * 0.99 AS spread FROM corpus;
SELECT count(*) AS not_canonical FROM corpus WHERE p::text::dnc_phone <> p;
-- A prefix is a range, with and without an index.
SELECT count(*) AS disagree
FROM corpus a, (SELECT left(p::text, n) AS prefix FROM corpus TABLESAMPLE SYSTEM (100), generate_series(1, 14) AS n)
    AS x
    WHERE dnc_has_prefix(a.p, x.prefix) <> starts_with(a.p::text, x.prefix);
CREATE INDEX corpus_btree ON corpus (p);
CREATE INDEX corpus_hash ON corpus USING hash (p);
ANALYZE corpus;
SET enable_seqscan = off; SET enable_bitmapscan = off;
EXPLAIN (COSTS OFF) SELECT * FROM corpus WHERE dnc_has_prefix(p, '+44');
SELECT count(*) = (SELECT count(*) FROM corpus WHERE p::text LIKE '+44%') AS same FROM corpus
WHERE dnc_has_prefix(p, '+44');
DROP INDEX corpus_btree;
EXPLAIN (COSTS OFF) SELECT * FROM corpus WHERE p = '+442079460018';
RESET enable_seqscan; RESET enable_bitmapscan;
EXPLAIN (COSTS OFF) SELECT * FROM corpus WHERE dnc_has_prefix(p, '+44');
CREATE INDEX corpus_btree ON corpus (p);
SELECT min(p) = (SELECT p FROM corpus ORDER BY p LIMIT 1) AS min,
    max(p) = (SELECT p FROM corpus ORDER BY p DESC LIMIT 1) AS max FROM corpus;
-- Joins, DISTINCT, arrays, parallel plans.
SET enable_nestloop = off; SET enable_hashjoin = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM corpus a JOIN corpus b USING (p);
SELECT count(*) = (SELECT count(*) FROM corpus) AS merge_join FROM corpus a JOIN corpus b USING (p);
SET enable_hashjoin = on; SET enable_mergejoin = off;
SELECT count(*) = (SELECT count(*) FROM corpus) AS hash_join FROM corpus a JOIN corpus b USING (p);
RESET enable_nestloop; RESET enable_hashjoin; RESET enable_mergejoin;
SELECT count(DISTINCT p) = count(*) AS distinct_numbers, array_length(array_agg(p), 1) = count(*) AS arrays,
    bool_and(p = ANY (ARRAY[p])) AS member FROM corpus;
SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT count(*) FROM corpus WHERE dnc_country_code(p) = 44;
RESET max_parallel_workers_per_gather; RESET parallel_setup_cost; RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
-- A btree keeps equal numbers once.
CREATE TABLE same AS SELECT '+14155552671'::dnc_phone AS p FROM generate_series(1, 20000);
CREATE INDEX same_p ON same (p);
CREATE INDEX same_p_plain ON same (p) WITH (deduplicate_items = off);
SELECT pg_relation_size('same_p') * 2 < pg_relation_size('same_p_plain') AS deduplicated;
-- Partitions by hash and by range.
CREATE TABLE by_hash (p dnc_phone) PARTITION BY HASH (p);
CREATE TABLE by_hash_0 PARTITION OF by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_hash_1 PARTITION OF by_hash FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO by_hash SELECT p FROM corpus;
SELECT (SELECT count(*) FROM by_hash_0) > 50 AND (SELECT count(*) FROM by_hash_1) > 50 AS spread;
CREATE TABLE by_range (p dnc_phone) PARTITION BY RANGE (p);
CREATE TABLE by_range_1 PARTITION OF by_range FOR VALUES FROM (MINVALUE) TO ('+442079460018');
CREATE TABLE by_range_2 PARTITION OF by_range FOR VALUES FROM ('+442079460018') TO (MAXVALUE);
INSERT INTO by_range SELECT p FROM corpus;
SELECT (SELECT count(*) FROM by_range_1) + (SELECT count(*) FROM by_range_2) = (SELECT count(*) FROM corpus) AS whole;
-- Generated columns and indexes on expressions, over rows in any state.
CREATE TABLE crm (phone text, country text, e164 dnc_phone GENERATED ALWAYS AS (dnc_try_parse(phone, country)) STORED);
CREATE INDEX crm_expression ON crm (dnc_try_parse(phone, 'US'));
INSERT INTO crm VALUES ('(415) 555-2671', 'US'), ('020 7946 0018', 'GB'), ('rubbish', 'US'), (NULL, NULL), ('', '');
SELECT * FROM crm;
-- Binary copies.
SELECT current_setting('data_directory') || '/phone.bin' AS file \gset
COPY corpus TO :'file' (FORMAT binary);
CREATE TABLE copied (p dnc_phone);
COPY copied FROM :'file' (FORMAT binary);
SELECT count(*) = (SELECT count(*) FROM corpus) AS same FROM copied JOIN corpus USING (p);
CREATE TABLE bits (b bigint);
INSERT INTO bits VALUES (0), (-1), (15), ((141555526710000::bigint << 4) | 10), ((999415555267100::bigint << 4) | 12);
CREATE TABLE one (b bigint);
DO $$
DECLARE
    v bigint;
    f text := current_setting('data_directory') || '/bad.bin';
BEGIN
    FOR v IN SELECT b FROM bits LOOP
        TRUNCATE one; INSERT INTO one VALUES (v);
        EXECUTE format('COPY one TO %L (FORMAT binary)', f);
        BEGIN
            EXECUTE format('COPY copied FROM %L (FORMAT binary)', f);
            RAISE NOTICE '% was taken', v;
        EXCEPTION WHEN invalid_binary_representation THEN
            RAISE NOTICE 'refused: %', SQLERRM;
        END;
    END LOOP;
END
$$;
COPY copied FROM STDIN;
+14155552671
not a number
\.
-- Volatility: what follows from metadata is not immutable.
SELECT proname, provolatile, proparallel, count(*) FROM pg_proc
WHERE proname ~ '^dnc_(parse|try_parse|format|region|is_valid|national|mask|has_prefix|country_code)$' GROUP BY 1, 2, 3
ORDER BY 1, 2;
-- What kind of line, and where: the zones of the area, or of the whole country.
SELECT p, dnc_line_type(p), dnc_time_zones(p)
    FROM unnest('{+14155552671,+442079460018,+447700900123,+18005551234,+80012345678,'
                '+74951234567,+61491570006,+15005550006}'::dnc_phone[]) AS p
    WHERE dnc_country_code(p) <> 1 OR dnc_line_type(p) <> 'toll_free';
SELECT dnc_line_type('+18005551234'), cardinality(dnc_time_zones('+18005551234')) > 10 AS any_zone_of_the_country;
-- BRIN.
CREATE TABLE sorted AS SELECT p FROM corpus ORDER BY p;
CREATE INDEX sorted_brin ON sorted USING brin (p);
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM sorted WHERE dnc_has_prefix(p, '+44');
SELECT count(*) = (SELECT count(*) FROM corpus WHERE p::text LIKE '+44%') AS same FROM sorted
WHERE dnc_has_prefix(p, '+44');
