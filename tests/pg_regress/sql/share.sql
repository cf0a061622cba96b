-- The internal list for dialers and partners, and reports on it.
CREATE EXTENSION dnc;
INSERT INTO dnc.purpose (purpose) VALUES ('brand'), ('brand/product');
SELECT dnc_add('+14155552671'), dnc_add('+442079460018', 'sms', reason => 'complaint'),
    dnc_add('+14155552672', 'voice', 'brand'), dnc_add('+14155552673'),
    dnc_add('+14155552674', effective_at => now() + interval '1 day');
SELECT dnc_revoke('+14155552673', 'voice');
SELECT f, array_agg(l) FROM unnest('{e164,digits,vicidial,five9}'::text[]) AS f, dnc_export(f, 'all') AS l GROUP BY 1
ORDER BY 1;
SELECT dnc_export('e164', 'voice'); SELECT dnc_export('e164', 'sms');
SELECT dnc_export('e164', 'voice', 'brand/product');
SELECT regexp_replace(l, '\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', 'time') FROM dnc_export('csv', 'all') AS l;
SELECT dnc_export('papyrus');
SELECT dnc_export('e164', 'telegraph');
-- The same as the definition, for every question.
SELECT c, p, (SELECT array_agg(x ORDER BY x)
    FROM dnc_export('e164', c, p) AS x) IS NOT DISTINCT FROM (SELECT array_agg(DISTINCT e.phone::text
        ORDER BY e.phone::text) FROM dnc.entry AS e WHERE dnc_check(e.phone, c, p) OR e.effective_at > now()) AS same
FROM unnest('{all,voice,sms,fax}'::text[]) AS c, unnest(ARRAY[NULL, 'brand', 'brand/product']) AS p ORDER BY 1, 2;
-- Since a position; other transactions of the server hold it back.
CREATE PROCEDURE settle()
LANGUAGE plpgsql AS $$BEGIN FOR i IN 1..100 LOOP EXIT
    WHEN pg_snapshot_xmin(pg_current_snapshot()) = pg_snapshot_xmax(pg_current_snapshot()); PERFORM pg_sleep(0.1);
    COMMIT; END LOOP; END$$;
CALL settle();
SELECT dnc_export_position() AS position \gset
SELECT * FROM dnc_export_since(:position);
SELECT dnc_add('+14155552675'), dnc_revoke('+14155552671');
CALL settle();
SELECT * FROM dnc_export_since(:position);
SELECT * FROM dnc_export_since(:position, 'vicidial', 'sms');
SELECT * FROM dnc_export_since(dnc_export_position());
SELECT * FROM dnc_export_since(NULL);
SELECT * FROM dnc_export_since(1, 'csv');
-- Hashed.
SELECT encode(dnc_hash('+14155552671'), 'hex') = encode(sha256('+14155552671'), 'hex') AS as_sha256;
SELECT count(*) FROM dnc_export_hashed(channel => 'all');
SELECT e164
FROM dnc_match_hashed((SELECT array_agg(upper(encode(sha256(x::bytea), 'hex')))
        FROM unnest('{+14155552672,+442079460018,+14155550199}'::text[]) AS x)) ORDER BY 1;
SELECT dnc_hash('+14155552671', 'partner');
SET dnc.key_file = '/nowhere/keys';
SELECT dnc_hash('+14155552671', 'partner');
-- What Python's hmac.new(bytes(range(16)), b'+14155552671', 'sha256') gives.
DO $$
BEGIN
    EXECUTE format('COPY (SELECT ''# keys'' UNION ALL SELECT ''partner 000102030405060708090a0b0c0d0e0f'') TO %L',
        current_setting('data_directory') || '/keys');
    PERFORM set_config('dnc.key_file', current_setting('data_directory') || '/keys', false);
END
$$;
\set VERBOSITY terse
SELECT dnc_hash('+14155552671', 'partner');
\! chmod 600 $(psql -Atc 'SHOW data_directory' -d postgres)/keys
\set VERBOSITY default
SELECT encode(dnc_hash('+14155552671', 'partner'), 'hex');
SELECT dnc_hash('+14155552671', 'other');
SELECT e164 FROM dnc_match_hashed(ARRAY(SELECT dnc_export_hashed('partner', 'all')), 'partner') ORDER BY 1;
SELECT dnc_hash(NULL, 'partner') IS NULL AS nothing;
CREATE ROLE regress_dnc_reader; SELECT dnc_grant('reader', 'regress_dnc_reader'); SET ROLE regress_dnc_reader;
SELECT dnc_hash('+14155552671'); SELECT dnc_export(); SET dnc.key_file = 'x';
RESET ROLE; SELECT dnc_ungrant('reader', 'regress_dnc_reader'); DROP ROLE regress_dnc_reader;

-- The same number under several spellings.
CREATE TABLE contact (phone text, country text);
INSERT INTO contact VALUES ('(415) 555-2671', 'US'), ('+1 415 555 2671', 'US'), ('4155552671', 'US'),
    ('020 7946 0018', 'GB'), ('+44 20 7946 0018', 'US'), ('415 555 2672', 'US'), ('rubbish', 'US'), (NULL, NULL);
SELECT * FROM dnc_spellings('contact', 'phone', region_column => 'country');
-- Doubtful numbers, and entries that a wider one covers.
SELECT dnc_add('+12025550143'), dnc_add('+442079460018'), dnc_add('+11234567890'), dnc_add('+491511234567890'),
    dnc_add('+61491570156');
SELECT e164, problem FROM dnc_doubtful() ORDER BY 1;
SELECT dnc_add('+14155552672', 'voice', 'brand/product') AS narrower,
    dnc_add('+14155552672', 'voice', 'brand') AS twice, dnc_add('+14155552672') AS wide;
SELECT e164, why FROM dnc_redundant() ORDER BY 1, 2;
SELECT count(*) FROM dnc.entry WHERE ends IS NOT NULL;
-- What is exported can be read back: the same numbers from every format, in a list and in an import, however hard they
-- are to read: too short, in no range, ten digits that begin with 011, codes of no country, a zero that is kept.
CREATE TABLE own AS SELECT x::dnc_phone AS phone FROM unnest('{+12125550143,+18095550143,+16045550143,+11234567890,
    +10114155552,+12025000000,+12222222222,+442079460018,+390612345678,+393123456789,+39061234567,+5491123456789,
    +541123456789,+5215512345678,+525512345678,+551123456789,+5511923456789,+2250123456789,+4930901820,
    +491511234567890,+33123456789,+8613851705849,+79161234567,+6834001,+8821612345678,+80012345678,+212522123456,
    +61491570156,+37866661212,+2290151234567}'::text[]) AS x;
SELECT count(dnc_add(phone, purpose => 'brand', reason => 'complaint')) FROM own;
SELECT dnc_add('+442079460018', 'sms', 'brand/product') > 0 AS a_second_scope;
CREATE TABLE exported AS SELECT f AS format, l AS line, row_number() OVER () AS n
FROM unnest('{e164,digits,vicidial,five9,csv}'::text[]) AS f, dnc_export(f, 'all') AS l;
CREATE TABLE format_of AS SELECT * FROM (VALUES ('e164', 'lines'), ('digits', 'e164-digits'), ('vicidial', 'vicidial'),
    ('five9', 'five9'), ('csv', 'csv-e164')) AS x (exported, read_as);
SELECT dnc_set(line::dnc_phone)::text AS whole, count(*) AS numbers FROM exported WHERE format = 'e164' \gset
SELECT :numbers AS numbers;
INSERT INTO dnc.list (list, kind, jurisdiction, reject_percent, shrink_percent)
    SELECT 'own-' || exported, 'other', CASE exported WHEN 'e164' THEN 'DE' WHEN 'digits' THEN 'GB' END, 0, 0
    FROM format_of;
SELECT f.exported, dnc_list_load_query('own-' || exported,
    format('SELECT line FROM exported WHERE format = %L ORDER BY n', exported), format => read_as) > 0 AS loaded
FROM format_of AS f ORDER BY 1;
SELECT f.exported, dnc_list_numbers('own-' || exported)::text = :'whole' AS same
FROM format_of AS f ORDER BY 1;
-- The same from a file of the server.
DO $$
DECLARE
    f record;
BEGIN
    FOR f IN SELECT * FROM format_of LOOP
        EXECUTE format('COPY (SELECT line FROM exported WHERE format = %L ORDER BY n) TO %L', f.exported,
            current_setting('data_directory') || '/export-' || f.exported);
        PERFORM dnc_list_load('own-' || f.exported, current_setting('data_directory') || '/export-' || f.exported,
            f.read_as);
    END LOOP;
END
$$;
SELECT f.exported, v.lines, dnc_list_numbers('own-' || exported)::text = :'whole' AS same
FROM format_of AS f JOIN dnc.list_version AS v ON v.list = 'own-' || exported AND v.state = 'current'
ORDER BY 1;
SELECT format, lines, readable FROM dnc_list_sniff(E'442079460018\n390612345678\n4930901820\n', 'US') LIMIT 1;
-- In imports.
DO $$
DECLARE
    f record;
    b bigint;
BEGIN
    FOR f IN SELECT * FROM format_of UNION ALL VALUES ('entries', NULL) LOOP
        b := dnc_import_start('own.' || f.exported, CASE f.exported WHEN 'e164' THEN 'DE' END, invalid => 'accept',
            format => f.read_as);
        IF f.exported = 'entries' THEN
            EXECUTE format('COPY (SELECT dnc_export(''entries'', ''all'')) TO %L',
                current_setting('data_directory') || '/export-entries');
        END IF;
        EXECUTE format('COPY dnc.import_row (phone%s) FROM %L WITH (FORMAT csv, HEADER %s)',
            CASE f.exported WHEN 'csv' THEN ', channel, purpose, reason, requested_at' WHEN 'entries' THEN
                ', channel, purpose, reason, requested_at, external_ref, taken_by, words, received_at, effective_at, '
                'expires_at, due_at' ELSE '' END,
            current_setting('data_directory') || '/export-' || f.exported,
            CASE WHEN f.exported IN ('csv', 'entries') THEN 'true' ELSE 'false' END);
        PERFORM dnc_import_finish(b);
    END LOOP;
END
$$;
SELECT split_part(b.file, '.', 2) AS exported, b.rows_rejected, b.rows_undated,
    (SELECT dnc_set(e.phone)::text FROM dnc.entry AS e WHERE e.batch_id = b.batch_id) = :'whole' AS same
FROM dnc.import_batch AS b ORDER BY batch_id;
SELECT channel, purpose, reason FROM dnc.entry AS e JOIN dnc.import_batch AS b ON b.batch_id = e.batch_id
WHERE b.file = 'own.csv' AND e.phone = '+18095550143';
