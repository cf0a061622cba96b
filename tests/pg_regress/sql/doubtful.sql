-- Values that are probably no person's number: listed, flagged, and enforced all the same.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
CREATE TABLE contact (id int GENERATED ALWAYS AS IDENTITY, phone text, country text);
INSERT INTO contact (phone, country) VALUES
    -- Nothing speaks against these.
    ('(415) 555-2671', 'US'), ('+1 415 555 2672', NULL), ('030 23126001 (mornings, since 2019)', 'DE'),
    ('+442079470018', 'Atlantis'),
    ('(415) 555-2673', 'DE'), (NULL, 'US'), ('', 'US'), (E' \t', NULL), (U&'\00a0\200b', 'US'),
    -- A number, but probably nobody's.
    ('123-456-7890', 'US'), ('123-456-7890', 'US'), ('0000000000', 'US'), ('0000000000', NULL), ('+10000000000', NULL),
    ('0', 'DE'), ('(415) 555-0134', 'US'), ('020 7946 0018', 'GB'), ('0171 3920012', 'DE'), ('385 170 5840', 'US'),
    -- A number of another region.
    ('13851705849', 'US'), ('139 1099 8888', 'CN'), ('442079470018', 'US'),
    -- Not one number.
    ('415-555-2674 / 415-555-2675', 'US'), ('491713920012', 'DE'), ('415-555-2676 3', 'US'), ('415XXXXXXX', 'US'),
    ('4.15555E+09', 'US'), ('(415) 555-2677', NULL), ('(415) 555-2677', ' '), ('(415) 555-2677', 'Atlantis'),
    ('12', 'DE'), ('17', 'US'), ('41555526714155552671', 'US'), ('555-2671', 'US'), ('+2101234567', 'US'),
    (repeat('1 ', 2000), 'US'),
    -- Something else.
    ('2026-11-24', 'US'), ('24.11.2026', 'DE'), ('5 pm', 'US'), ('EUR 1.250,00', 'DE'), ('192.168.1.1', 'US'),
    ('DE89 3704 0044 0532 0130 00', 'DE'), ('123e4567-e89b-12d3-a456-426614174000', 'US'), ('jane7@example.com', 'US'),
    ('https://example.com/4155552671', 'US'), ('order no. 12345678', 'US'), ('n/a', 'US'), ('ask Bob', NULL);
-- One number on very many rows, in two spellings.
INSERT INTO contact (phone, country) SELECT CASE WHEN n % 2 = 0 THEN '415 555 2699' ELSE '+14155552699' END, 'US'
FROM generate_series(1, 21) AS n;
SELECT kind, left(value, 40) AS value, read_in, rows, detail
FROM dnc_doubtful_rows('contact', 'phone', region_column => 'country');
-- A row is of one kind, but for frequent; rows with nothing against them, and blank ones, are of none.
SELECT sum(rows) FILTER (WHERE kind <> 'frequent') AS doubtful, (SELECT count(*) FROM contact) AS rows
FROM dnc_doubtful_rows('contact', 'phone', region_column => 'country');
SELECT kind, value, rows FROM dnc_doubtful_rows('contact', 'phone', region_column => 'country', most_rows => 21)
WHERE kind = 'frequent';
-- Frequent is what is so against the other numbers.
CREATE TABLE twice (phone text);
INSERT INTO twice SELECT '41555526' || lpad(n::text, 2, '0') FROM generate_series(10, 15) AS n, generate_series(1, 3);
INSERT INTO twice SELECT '4155552699' FROM generate_series(1, 30);
SELECT * FROM dnc_doubtful_rows('twice', 'phone', 'US');
INSERT INTO twice VALUES ('4155552699');
SELECT * FROM dnc_doubtful_rows('twice', 'phone', 'US');
-- A column of numbers.
CREATE TABLE e164 (id int, phone dnc_phone);
INSERT INTO e164 VALUES (1, '+14155552671'), (2, '+10000000000'), (3, '+14155550134'), (4, '+13851705840'), (5, NULL);
SELECT * FROM dnc_doubtful_rows('e164', 'phone');
-- Bad input.
SELECT * FROM dnc_doubtful_rows('contact', 'phone');
SELECT * FROM dnc_doubtful_rows('contact', 'telephone', 'US');
SELECT * FROM dnc_doubtful_rows('contact', 'phone', 'US', 'country');
SELECT * FROM dnc_doubtful_rows('contact', 'phone', 'US', most_rows => 0);
SELECT * FROM dnc_doubtful_rows(NULL, 'phone', 'US');
-- The caller's privileges, and an operator and a function in the caller's way.
CREATE ROLE regress_dnc_doubtful;
SELECT dnc_grant('administrator', 'regress_dnc_doubtful');
SET ROLE regress_dnc_doubtful;
SELECT * FROM dnc_doubtful_rows('contact', 'phone', 'US');
RESET ROLE;
GRANT SELECT ON e164 TO regress_dnc_doubtful;
SET ROLE regress_dnc_doubtful;
CREATE FUNCTION pg_temp.doubt(dnc_phone) RETURNS text LANGUAGE sql RETURN NULL;
SELECT count(*) FROM dnc_doubtful_rows('e164', 'phone');
DROP FUNCTION pg_temp.doubt(dnc_phone);
RESET ROLE;

-- ---------------------------------------------------------------------------
-- Views: suppressed, then missing, then unreadable, then doubtful, then clear
-- ---------------------------------------------------------------------------
CREATE TABLE person (id int, phone text, mobile text, country text, e164 dnc_phone);
INSERT INTO person VALUES
    (1, '(415) 555-2671', NULL, 'US', '+14155552671'), (2, '(415) 555-0134', NULL, 'US', '+14155550134'),
    (3, '+10000000000', NULL, NULL, '+10000000000'), (4, '385 170 5840', NULL, 'US', '+13851705840'),
    (5, '0000000000', NULL, 'US', NULL), (6, NULL, ' ', 'US', NULL), (7, '(415) 555-0135', NULL, 'US', '+14155550135'),
    (8, '+11234567890', NULL, 'US', '+11234567890'), (9, '(415) 555-2671', '(415) 555-0134', 'US', '+14155552672'),
    (10, '(415) 555-2671 / (415) 555-0136', NULL, 'US', NULL), (11, '(415) 555-0134', 'rubbish', 'US', NULL),
    (12, '(415) 555-2671', '(415) 555-0135', 'US', NULL);
-- An opt-out of a doubtful number is stored, reported and enforced.
SELECT dnc_add('+14155550135') > 0 AS fiction, dnc_add('+11234567890') > 0 AS placeholder,
    dnc_add('+10000000001') > 0 AS not_valid, dnc_add('+10000000000', 'sms') > 0 AS zeros;
SELECT e164, problem, dnc_check(e164, 'sms') FROM dnc_doubtful() ORDER BY entry;
SELECT dnc_create_view('flagged', 'person', '{phone,mobile}'::text[], region_column => 'country', mode => 'flag');
SELECT dnc_create_view('flagged_e164', 'person', 'e164', mode => 'flag');
SELECT f.id, f.dnc_status, e.dnc_status AS e164, f.dnc_grounds FROM flagged AS f JOIN flagged_e164 AS e USING (id)
ORDER BY id;
-- Clear rows are in the other modes' views, doubtful or not.
SELECT dnc_create_view('callable', 'person', '{phone,mobile}'::text[], region_column => 'country');
SELECT count(*) FILTER (WHERE f.dnc_status = 'doubtful') AS doubtful,
    count(*) FILTER (WHERE f.dnc_status = 'clear') AS clear,
    bool_and((c.id IS NOT NULL) = (f.dnc_status IN ('clear', 'doubtful'))) AS same
FROM flagged AS f LEFT JOIN callable AS c USING (id);
-- A reader of the view needs no more than the grant set reader.
SELECT dnc_ungrant('administrator', 'regress_dnc_doubtful');
GRANT SELECT ON flagged TO regress_dnc_doubtful; SELECT dnc_grant('reader', 'regress_dnc_doubtful');
SET ROLE regress_dnc_doubtful;
SELECT dnc_status, count(*) FROM flagged GROUP BY 1 ORDER BY 1;
RESET ROLE;
SELECT dnc_ungrant('reader', 'regress_dnc_doubtful');
REVOKE ALL ON flagged, e164 FROM regress_dnc_doubtful;
DROP ROLE regress_dnc_doubtful;
