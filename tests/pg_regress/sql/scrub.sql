-- Scrubs: written and hashed in one pass, with the result of a slow query.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION dnc;
CREATE TABLE number AS SELECT i,
    ('+1' || (2000000000 + (hashint8extended(i, 7) & 9223372036854775807) % 7999999999))::dnc_phone AS phone
    FROM generate_series(1, 3000) AS i;
INSERT INTO dnc.list (list, kind, jurisdiction, strict) VALUES ('a', 'national', 'US', false),
    ('b', 'industry', 'US', false), ('never-loaded', 'national', 'FR', true);
SELECT dnc_list_load_query('a', 'SELECT phone FROM number WHERE i <= 1000') > 0,
    dnc_list_load_query('b', 'SELECT phone FROM number WHERE i BETWEEN 501 AND 1500') > 0;
SELECT count(dnc_add(phone)) FROM number WHERE i BETWEEN 901 AND 1100;
SELECT dnc_add('+49 171 3920012') > 0;

-- Fields of every kind.
CREATE TABLE contact AS SELECT i AS id,
    CASE i % 12 WHEN 0 THEN 'rubbish ' || i WHEN 1 THEN NULL WHEN 2 THEN E' \t' WHEN 3 THEN '0171 3920012'
        WHEN 4 THEN '030 23125001 / 0171 3920012' WHEN 5 THEN dnc_format(phone, 'national') || ' / 415-555-0143'
        WHEN 6 THEN '01 42 68 53 00' WHEN 7 THEN phone::text || ' (priv|at)' WHEN 8 THEN '030 23125001 - 2'
        ELSE dnc_format(phone, 'national') END AS phone,
    CASE i % 12 WHEN 3 THEN 'DE' WHEN 4 THEN 'Germany' WHEN 6 THEN 'FR' WHEN 8 THEN 'DE' WHEN 9 THEN NULL
        WHEN 10 THEN 'Atlantis'
        ELSE 'US' END::varchar AS country
    FROM number;
CREATE TABLE other AS SELECT i AS id, CASE WHEN i % 7 > 0 THEN phone END AS phone,
    CASE i % 5 WHEN 0 THEN '{}' WHEN 1 THEN ARRAY[phone::text, NULL] WHEN 2 THEN NULL
        ELSE ARRAY[phone::text, '415-555-0143'] END AS phones,
    substr(phone::text, 2)::bigint AS digits FROM number;

-- The result by a query that reads its rows as a filter does, in the order in which they come.
CREATE FUNCTION expected(source text, field text, place text)
RETURNS TABLE (n bigint, key text, phone dnc_phone, status text, ground text, lists text[]) LANGUAGE plpgsql AS $$BEGIN
    RETURN QUERY EXECUTE format($q$
        SELECT row_number() OVER (), s.id::text, s.number, CASE WHEN s.refused THEN 'suppressed'
                WHEN NOT s.refused THEN 'clear' WHEN s.blank THEN 'missing' ELSE 'unreadable' END,
            CASE WHEN NOT s.refused THEN NULL WHEN s.blank THEN 'missing'
                WHEN s.number IS NULL AND s.refused IS NULL THEN 'unreadable' WHEN s.refused IS NULL THEN 'not known'
                WHEN 'internal' = ANY (s.lists) THEN 'refusal' ELSE 'listed' END, s.lists
        FROM (SELECT c.id, c.number, c.refused, c.blank, CASE WHEN c.refused THEN CASE WHEN c.number IS NULL
                THEN dnc.field_lists_of(c.field, c.region, 'voice', NULL) ELSE dnc_lists_of(c.number) END END AS lists
            FROM (SELECT r.id, %2$s AS field, %3$s AS region, dnc_try_parse(%2$s, %3$s) AS number,
                    dnc.check_field(%2$s, 'voice', NULL, NULL, %3$s) AS refused,
                    %2$s IS NULL OR btrim(%2$s, E' \t\n\r\f\013') = '' AS blank
                FROM %1$s AS r OFFSET 0) AS c OFFSET 0) AS s$q$, source, field, place);
END$$;
CREATE FUNCTION result(target text) RETURNS TABLE (n bigint, key text, phone dnc_phone, status text, ground text,
    lists text[]) LANGUAGE plpgsql AS $$BEGIN
    RETURN QUERY EXECUTE format('SELECT n, key::text, phone, status, ground, lists FROM %s', target);
END$$;
-- What is in one and not in the other, and whether the hash of the receipt is that of the rows in order.
CREATE FUNCTION compared(target text, relation text, phone text, region text,
    OUT rows bigint, OUT wrong bigint, OUT hash boolean) LANGUAGE plpgsql AS $$
DECLARE
    receipt dnc.scrub;
BEGIN
    SELECT * INTO receipt FROM dnc.scrub AS s WHERE s.target = compared.target;
    CREATE TEMP TABLE wanted AS SELECT * FROM expected(relation, phone, region) AS e
        WHERE receipt.store = 'all' OR e.status <> 'clear';
    SELECT count(*) INTO rows FROM wanted;
    SELECT count(*) INTO wrong FROM ((SELECT * FROM wanted EXCEPT ALL SELECT * FROM result(target))
        UNION ALL (SELECT * FROM result(target) EXCEPT ALL SELECT * FROM wanted)) AS x;
    SELECT dnc_scrub_hash(concat_ws('|', w.n, w.key, w.phone, w.status, w.ground, array_to_string(w.lists, ','))
        ORDER BY w.n) = receipt.result_hash INTO hash FROM wanted AS w;
    DROP TABLE wanted;
END$$;
CALL dnc_scrub('contact', 'id', 'phone', 'whole', region_column => 'country');
CALL dnc_scrub('contact', 'id', 'phone', 'part', region_column => 'country', store => 'not_clear');
CALL dnc_scrub('other', 'id', 'phone', 'phones');
CALL dnc_scrub('other', 'id', 'phone', 'phones_part', store => 'not_clear');
CALL dnc_scrub('other', 'id', 'phones', 'arrays', region => 'US');
CALL dnc_scrub('other', 'id', 'digits', 'digits', region => 'US', store => 'not_clear');
SELECT status, ground, lists, count(*), count(phone) FROM whole GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
SELECT 'whole', * FROM compared('whole', 'contact', 'r.phone', 'r.country')
UNION ALL SELECT 'part', * FROM compared('part', 'contact', 'r.phone', 'r.country')
UNION ALL SELECT 'phones', * FROM compared('phones', 'other', 'r.phone::text', 'NULL::text')
UNION ALL SELECT 'phones_part', * FROM compared('phones_part', 'other', 'r.phone::text', 'NULL::text')
UNION ALL SELECT 'arrays', * FROM compared('arrays', 'other', $$array_to_string(r.phones, ' ; ')$$, $$'US'::text$$)
UNION ALL SELECT 'digits', * FROM compared('digits', 'other', 'r.digits::text', $$'US'::text$$);
SELECT target, store, rows, clear, suppressed, unreadable, missing, lists, region, region_column FROM dnc.scrub
ORDER BY scrub_id;

-- The hash over all rows, from the bytes that are documented: the same in both modes and in any order.
CREATE FUNCTION netstring(t text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN coalesce(octet_length(convert_to(t, 'UTF8')) || ':' || t || ',', '-');
CREATE FUNCTION hash_of_all(query text) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    hash bytea;
BEGIN
    EXECUTE format('SELECT sha256(string_agg(h, '''' ORDER BY h)) FROM (SELECT sha256(convert_to(netstring(key) '
        '|| netstring(phone) || netstring(region) || netstring(status), ''UTF8'')) AS h FROM (%s) AS x) AS y', query)
        INTO hash;
    RETURN hash;
END$$;
CREATE TABLE shuffled AS SELECT * FROM contact ORDER BY hashint4(id);
SELECT s.target, s.rows_hash = hash_of_all('SELECT c.id::text AS key, c.phone, c.country AS region, '
    'coalesce(r.status, ''clear'') AS status FROM shuffled AS c LEFT JOIN part AS r ON r.key = c.id') AS same
FROM dnc.scrub AS s WHERE s.source = 'contact' ORDER BY scrub_id;
SELECT s.target, s.rows_hash = hash_of_all('SELECT c.id::text AS key, c.phone::text, NULL AS region, r.status '
    'FROM other AS c JOIN phones AS r ON r.key = c.id') AS same
FROM dnc.scrub AS s WHERE s.phone_column = 'phone' AND s.source = 'other' ORDER BY scrub_id;
SELECT s.rows_hash = hash_of_all($$SELECT id::text AS key, array_to_string(phones, ' ; ') AS phone, 'US' AS region,
    status FROM other JOIN arrays ON key = id$$) AS same FROM dnc.scrub AS s WHERE s.target = 'arrays';
SELECT what, same FROM dnc_verify_scrub(1, 'whole', 'shuffled');
SELECT what, same FROM dnc_verify_scrub(2, 'part', 'shuffled');
SELECT bool_and(same), count(*) FROM dnc_verify_scrub(4, 'phones_part', 'other');
SELECT bool_and(same), count(*) FROM dnc_verify_scrub(6, 'digits', 'other');
-- A clear row that was another, one more, and a result that is gone.
BEGIN;
UPDATE shuffled SET phone = '415-555-0199' WHERE id = 11;
SELECT what FROM dnc_verify_scrub(2, 'part', 'shuffled') WHERE NOT same;
ROLLBACK;
BEGIN;
UPDATE shuffled SET country = 'CA' WHERE id = 11;
SELECT what FROM dnc_verify_scrub(2, 'part', 'shuffled') WHERE NOT same;
ROLLBACK;
BEGIN;
INSERT INTO shuffled VALUES (0, '415-555-0199', 'US');
SELECT what FROM dnc_verify_scrub(2, 'part', 'shuffled') WHERE NOT same;
ROLLBACK;
BEGIN;
DELETE FROM part WHERE n = 4;
SELECT what FROM dnc_verify_scrub(2, 'part', 'shuffled') WHERE NOT same;
ROLLBACK;
-- In several runs of a sort, and of a table that is filled by a batch more than once.
CREATE TABLE many AS SELECT i AS id, ('+1' || (2000000000 + (hashint8extended(i, 7) & 9223372036854775807)
    % 7999999999))::dnc_phone AS phone FROM generate_series(1, 70000) AS i;
SET maintenance_work_mem = '1MB';
CALL dnc_scrub('many', 'id', 'phone', 'many_all');
SET maintenance_work_mem = '64MB';
CALL dnc_scrub('many', 'id', 'phone', 'many_part', store => 'not_clear');
SELECT count(DISTINCT rows_hash), max(rows), bool_and(rows_hash = hash_of_all('SELECT m.id::text AS key, '
    'm.phone::text, NULL AS region, r.status FROM many AS m JOIN many_all AS r ON r.key = m.id'))
FROM dnc.scrub WHERE source = 'many';
SELECT 'many_all', * FROM compared('many_all', 'many', 'r.phone::text', 'NULL::text')
UNION ALL SELECT 'many_part', * FROM compared('many_part', 'many', 'r.phone::text', 'NULL::text');
RESET maintenance_work_mem;
-- Keys of other types, whatever the settings.
CREATE TABLE keyed AS SELECT timestamptz '2026-03-29 00:30:00+00' + id * interval '7 minutes' AS at,
    id / 3.0::float8 AS real,
    CASE WHEN id % 10 > 0 THEN id END AS gaps, id::text::char(8) AS padded, repeat('|key ', id % 900) || id AS long,
    md5(id::text)::uuid AS uuid, interval '1 day 2 hours' * id AS span, phone FROM other WHERE id <= 900;
SET timezone = 'America/New_York'; SET datestyle = 'German';
SET extra_float_digits = -15; SET intervalstyle = 'iso_8601';
CREATE TABLE key_column AS SELECT * FROM unnest('{at,real,gaps,padded,long,uuid,span}'::text[])
    WITH ORDINALITY AS c (c, n);
DO $$DECLARE c text; id bigint; BEGIN FOR c IN SELECT k.c FROM key_column AS k ORDER BY n LOOP
    CALL dnc_scrub('keyed', c, 'phone', 'by_' || c, receipt => id); END LOOP; END$$;
RESET timezone; RESET datestyle; RESET extra_float_digits; RESET intervalstyle;
SELECT s.key_column, count(*), string_agg(v.what, ', ') FILTER (WHERE NOT v.same) AS differ
FROM dnc.scrub AS s, dnc_verify_scrub(s.scrub_id, s.target::regclass, 'keyed') AS v WHERE s.source = 'keyed'
GROUP BY s.scrub_id, s.key_column ORDER BY s.scrub_id;
SELECT (SELECT count(*) FROM by_gaps WHERE key IS NULL), (SELECT max(length(key)) FROM by_long);

-- Nothing to check, a view, a partitioned table, and names.
CREATE TABLE empty (id int, phone dnc_phone);
CALL dnc_scrub('empty', 'id', 'phone', 'empty_all');
CALL dnc_scrub('empty', 'id', 'phone', 'empty_part', store => 'not_clear');
SELECT rows, encode(rows_hash, 'hex') = encode(sha256(''), 'hex') AS of_nothing, result_hash = rows_hash AS both
FROM dnc.scrub WHERE source = 'empty';
CREATE VIEW seen AS SELECT c.id, c.phone, c.country FROM contact AS c WHERE c.id % 2 = 0;
CALL dnc_scrub('seen', 'id', 'phone', 'seen_result', region_column => 'country');
SELECT * FROM compared('seen_result', 'seen', 'r.phone', 'r.country');
CREATE TABLE parted (id int, phone text, country text) PARTITION BY HASH (id);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parted SELECT * FROM contact;
CALL dnc_scrub('parted', 'id', 'phone', 'parted_result', region_column => 'country', store => 'not_clear');
SELECT * FROM compared('parted_result', 'parted', 'r.phone', 'r.country');
CREATE SCHEMA "weird ""name";
CREATE TABLE "weird ""name"."a table" AS SELECT id AS "the ""key", phone AS "select", country AS "order" FROM contact;
CALL dnc_scrub('"weird ""name"."a table"', 'the "key', 'select', '"weird ""name"."order"', region_column => 'order',
    store => 'not_clear');
SELECT bool_and(same), count(*) FROM dnc_verify_scrub((SELECT max(scrub_id) FROM dnc.scrub), '"weird ""name"."order"',
    '"weird ""name"."a table"');
SELECT count(*) FROM (TABLE "weird ""name"."order" EXCEPT ALL TABLE part) AS x;

-- What stops it leaves nothing: an error in a row, a cancellation, a constraint.
CREATE VIEW broken AS SELECT id, phone, country FROM contact WHERE 1 / (id - 2500) < 2;
CALL dnc_scrub('broken', 'id', 'phone', 'none', region_column => 'country');
CREATE VIEW slow AS SELECT i AS id, '415-555-0142'::text AS phone FROM generate_series(1, 1000000) AS i
    WHERE pg_sleep(0.001) IS NOT NULL;
SET statement_timeout = '300ms';
CALL dnc_scrub('slow', 'id', 'phone', 'none', region => 'US');
RESET statement_timeout;
CALL dnc_scrub('contact', 'id', 'phone', 'none', region_column => 'country', store => 'clear');
CALL dnc_scrub('contact', 'id', 'phone', 'none', region_column => 'country', store => NULL);
CALL dnc_scrub('contact', 'id', 'phone', 'none', region_column => 'country', store => 'not_clear', batch => 1000);
BEGIN;
CALL dnc_scrub('contact', 'id', 'phone', 'none', region_column => 'country');
ROLLBACK;
SELECT to_regclass('none') IS NULL AS no_table, (SELECT count(*) FROM dnc.scrub WHERE target = 'none') AS receipts;

-- The result table has all effects of an INSERT, whatever an event trigger adds to it.
CREATE TABLE noted (what text, n bigint);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
    IF TG_LEVEL = 'STATEMENT' THEN INSERT INTO noted SELECT TG_WHEN, count(*) FROM made; RETURN NULL; END IF;
    IF NEW.n = 3 THEN RETURN NULL; END IF;
    NEW.ground := coalesce(NEW.ground, 'changed'); RETURN NEW;
END$$;
CREATE FUNCTION add_to_it() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN
    EXECUTE (SELECT string_agg(format(s, 'made'), '; ')
        FROM unnest(string_to_array(current_setting('test.add'), '; ')) AS s);
END$$;
CREATE EVENT TRIGGER add_to_it ON ddl_command_end WHEN TAG IN ('CREATE TABLE AS') EXECUTE FUNCTION add_to_it();
CREATE FUNCTION scrub_with(what text, OUT rows bigint, OUT hash_of_whole boolean, OUT differ text)
LANGUAGE plpgsql AS $$
DECLARE
    id bigint;
BEGIN
    PERFORM set_config('test.add', what, true);
    DROP TABLE IF EXISTS made;
    CALL dnc_scrub('contact', 'id', 'phone', 'made', region_column => 'country', receipt => id);
    SELECT count(*) INTO rows FROM made;
    hash_of_whole := (SELECT s.result_hash FROM dnc.scrub AS s WHERE s.scrub_id = id)
        = (SELECT s.result_hash FROM dnc.scrub AS s WHERE s.target = 'whole');
    SELECT string_agg(v.what, ', ') INTO differ FROM dnc_verify_scrub(id, 'made') AS v WHERE NOT v.same;
END$$;
SELECT * FROM scrub_with('ALTER TABLE %s ADD CHECK (n < 2000)');
SELECT * FROM scrub_with('ALTER TABLE %s ALTER phone SET NOT NULL');
SELECT * FROM scrub_with('CREATE UNIQUE INDEX ON %s (phone)');
SELECT to_regclass('made') IS NULL AS no_table;
SELECT * FROM scrub_with('CREATE INDEX made_key ON %s (key); CREATE INDEX made_low ON %s (lower(status)) WHERE n > 5; '
    'CREATE INDEX made_lists ON %s USING gin (lists); ALTER TABLE %s ADD CHECK (n > 0)');
SET enable_seqscan = off;
SELECT count(*) FROM made WHERE key BETWEEN 1 AND 3000;
SELECT lower(status) AS status, count(*) FROM made WHERE n > 5 AND lower(status) IN ('clear', 'suppressed') GROUP BY 1
ORDER BY 1;
SELECT count(*) FROM made WHERE lists @> '{internal}';
RESET enable_seqscan;
SELECT * FROM scrub_with('CREATE TRIGGER note BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION note()');
SELECT ground, count(*) FROM made WHERE status = 'clear' GROUP BY 1;
SELECT * FROM scrub_with('CREATE TRIGGER note AFTER INSERT ON %s FOR EACH STATEMENT EXECUTE FUNCTION note()');
SELECT * FROM noted;
SELECT * FROM scrub_with('ALTER TABLE %s ADD at date DEFAULT ''2026-01-01'', ADD two bigint '
    'GENERATED ALWAYS AS (n * 2) STORED');
SELECT count(*) FROM made WHERE at = '2026-01-01' AND two = n * 2;
SELECT * FROM scrub_with('CREATE RULE nothing AS ON INSERT TO %s DO INSTEAD NOTHING');
SELECT * FROM scrub_with('ALTER TABLE %s ALTER key TYPE varchar(3) USING key::text');
SELECT * FROM scrub_with('ALTER TABLE %s DROP COLUMN ground');
SELECT * FROM scrub_with('ALTER TABLE %s ADD gone int; ALTER TABLE %s DROP gone');
DROP EVENT TRIGGER add_to_it;

-- Progress is where that of a COPY is.
CREATE FUNCTION spy(id int) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN
    IF id = 60000 THEN
        PERFORM set_config('test.progress', (SELECT format('%s %s %s', relid::regclass, command,
            tuples_processed > 50000)
            FROM pg_stat_progress_copy WHERE pid = pg_backend_pid()), false);
    END IF;
    RETURN true;
END$$;
CREATE VIEW watched AS SELECT * FROM many WHERE spy(id);
CALL dnc_scrub('watched', 'id', 'phone', 'watched_result', store => 'not_clear');
SELECT current_setting('test.progress'), (SELECT count(*) FROM pg_stat_progress_copy) AS running;

-- The caller's rights: on the table, on its columns, by its policies, and through its search_path.
CREATE ROLE regress_dnc_scrubber;
SELECT dnc_grant('administrator', 'regress_dnc_scrubber');
CREATE SCHEMA lair AUTHORIZATION regress_dnc_scrubber;
CREATE TABLE secret AS SELECT *, 'x' AS hidden FROM contact;
CREATE TABLE walled AS SELECT *, id % 3 AS owner FROM contact;
ALTER TABLE walled ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON walled USING (owner = 1);
GRANT SELECT ON walled TO regress_dnc_scrubber;
SET ROLE regress_dnc_scrubber;
CALL dnc_scrub('secret', 'id', 'phone', 'lair.none', region_column => 'country');
CREATE TABLE lair.own (n bigint, key int, phone dnc_phone, status text, ground text, lists text[]);
SELECT dnc.scrub_query('lair.own', 'SELECT id, phone, true, country::text FROM secret', 'voice', NULL, 0, true);
SELECT dnc.scrub_hash_query('SELECT phone FROM secret');
RESET ROLE;
GRANT SELECT (id, phone) ON secret TO regress_dnc_scrubber;
SET ROLE regress_dnc_scrubber;
CALL dnc_scrub('secret', 'id', 'phone', 'lair.none', region_column => 'country');
CALL dnc_scrub('secret', 'id', 'phone', 'lair.columns', region => 'US');
SELECT count(*) FROM lair.columns;
CALL dnc_scrub('walled', 'id', 'phone', 'lair.mine', region_column => 'country', store => 'not_clear');
SELECT bool_and(same), max(found) FILTER (WHERE what = 'all rows') FROM dnc_verify_scrub((SELECT max(scrub_id)
    FROM dnc.scrub), 'lair.mine', 'walled');
CREATE FUNCTION lair.never(text, text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'hijacked'; END$$;
CREATE FUNCTION lair.never(bigint, bigint) RETURNS boolean
LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'hijacked'; END$$;
CREATE FUNCTION lair.unnest(anyarray) RETURNS SETOF anyelement
LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'hijacked'; END$$;
CREATE OPERATOR lair.= (LEFTARG = text, RIGHTARG = text, FUNCTION = lair.never);
CREATE OPERATOR lair.< (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = lair.never);
CREATE TABLE lair.dnc_scrubbed (n int);
CREATE FUNCTION lair.trip() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
SET search_path = lair, pg_catalog, public;
CALL public.dnc_scrub('walled', 'id', 'phone', 'lair.hostile', region_column => 'country', store => 'not_clear');
CALL public.dnc_scrub('walled', 'id', 'phone', 'lair.hostile_all', region_column => 'country');
RESET search_path;
SELECT bool_and(v.same) FROM dnc.scrub AS s, dnc_verify_scrub(s.scrub_id, s.target::regclass) AS v
WHERE s.target LIKE 'lair.hostile%';
-- Tables that the caller may not write to, by the function itself.
SELECT dnc.scrub_query('public.whole', 'SELECT key, phone, true, NULL::text FROM lair.mine', 'voice', NULL, 0, true);
SELECT dnc.scrub_query('dnc.entry', 'SELECT key, phone, true, NULL::text FROM lair.mine', 'voice', NULL, 0, true);
SELECT dnc.scrub_query('lair.mine', 'DELETE FROM lair.mine RETURNING key, phone, true, NULL::text', 'voice', NULL, 0,
    true);
SELECT dnc.scrub_query('lair.mine', 'SELECT key, phone FROM lair.mine', 'voice', NULL, 0, true);
SELECT dnc.scrub_query(NULL, NULL, NULL, NULL, NULL, NULL);
SELECT dnc.scrub_hash_query('SELECT 1');
RESET ROLE;
SELECT count(*) = 3000 AS unchanged FROM whole;
DROP OWNED BY regress_dnc_scrubber;
DROP ROLE regress_dnc_scrubber;
SELECT subject FROM dnc_health(deep => true) WHERE NOT healthy;
