-- Regions as people name them.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SELECT replace(region, U&'\200E', '.') AS region, dnc_region_code(region) AS code,
    dnc_try_parse('030 23125 123', region) AS read FROM (VALUES
    ('DE'), ('de'), (' De '), ('DEU'), ('deu'), ('Germany'), ('GERMANY'), ('Deutschland'), ('Allemagne'), ('Alemania'),
    ('D.E.'), ('+49'), ('49'), ('0049'), (U&'\200E+49'), ('Germny'), ('GER'), ('Deutsch'), ('490'), ('49.0'), (''),
    (' '), ('-'), (NULL)) AS r (region);
SELECT region, dnc_region_code(region) AS code FROM (VALUES
    ('US'), ('USA'), ('U.S.A.'), ('United States'), ('Estados Unidos'), ('+1'), ('1'),
    ('UK'), ('uk'), ('United Kingdom'), ('England'), ('+44'), ('44'), ('+7'), ('RU'),
    (U&'\00D6sterreich'), ('Osterreich'), ('Oesterreich'), (U&'ESPA\00D1A'), ('Espana'), (U&'C\00F4te d\2019Ivoire'),
    ('Congo'), ('Congo - Kinshasa'), ('Korea'), ('South Korea'), ('234'), ('+234'), ('276'), ('+800'), ('+999'),
    (U&'\00C1o')) AS r (region);
-- A calling code is that of its main region; numbers of the others are read as the same there.
SELECT dnc_parse('(809) 234-5678', 'DO') = dnc_parse('(809) 234-5678', '+1') AS dominican,
    dnc_parse('07781 123456', 'GG') = dnc_parse('07781 123456', '44') AS guernsey,
    dnc_parse('8 710 009 9998', 'KZ') = dnc_parse('8 710 009 9998', '7') AS kazakh;
SELECT dnc_parse('020 7946 0018', 'United Kingdom'), dnc_parse('(415) 555-2671', 'USA'),
    dnc_parse('+14155552671', 'Germany');
-- What names no region, or several: the error says what was probably meant.
SELECT dnc_parse('030 23125 123', 'Germny');
SELECT dnc_parse('030 23125 123', 'GER');
SELECT dnc_parse('030 23125 123', 'Germany (DE)');
SELECT dnc_parse('030 23125 123', 'Narnia');
SELECT dnc_parse('030 23125 123', '');
SELECT dnc_parse('030 23125 123', 'Congo');
SELECT dnc_parse('030 23125 123', '234');
SELECT dnc_parse('030 23125 123', '276');
SELECT dnc_parse('030 23125 123', '+1-809');
SELECT dnc_parse('030 23125 123', 'United');
SELECT dnc_parse('030 23125 123', repeat('Germany', 100));
SELECT region, dnc_try_parse('030 23125 123', region) AS read, dnc_parse_problem('030 23125 123', region) AS problem
FROM (VALUES ('Germany'), ('Germny'), ('Congo'), ('Narnia'), (' '), (NULL)) AS r (region);
-- An international spelling needs no region.
SELECT dnc_try_parse('+49 30 23125 123', 'Narnia'), dnc_parse_problem('+49 30 23125 123', 'Narnia');
SELECT phone FROM dnc_numbers('030 23125 123 or 030 23125 124', 'Deutschland');
SELECT dnc_readings('030 23125 123', 'Allemagne'), dnc_readings('030 23125 123', 'Germny');
-- The setting.
SET dnc.default_region = 'Deutschland';
SELECT dnc_parse('030 23125 123'), dnc_check('030 23125 123');
SET dnc.default_region = '44';
SELECT dnc_parse('020 7946 0018');
SET dnc.default_region = 'Deutchland';
SELECT dnc_parse('030 23125 123');
SELECT dnc_check('030 23125 123');
RESET dnc.default_region;
-- Tables: in a region, and in that of the row.
SELECT dnc_add('+493023125123') > 0 AS added;
CREATE TABLE contact (id int, phone text, country text);
INSERT INTO contact VALUES (1, '030 23125 123', 'Germany'), (2, '030 23125 124', 'Germany'), (3, '030 23125 123',
    'DEU'),
    (4, '030 23125 124', 'DEU'), (5, '030 23125 123', '+49'), (6, '030 23125 124', '49'), (7, '030 23125 123',
        'Germny'),
    (8, '030 23125 124', 'Germny'), (9, '030 23125 123', NULL), (10, '+49 30 23125 124', 'Narnia'),
    (11, '+49 30 23125 123', 'Narnia'), (12, '020 7946 0018', 'United Kingdom'), (13, '020 7946 0018', '234'),
    (14, '01 234 567 89', U&'\00D6sterreich');
SELECT dnc_create_view('callable', 'contact', 'phone', region_column => 'country');
SELECT id FROM callable ORDER BY id;
SELECT dnc_create_view('flagged', 'contact', 'phone', region_column => 'country', mode => 'flag');
SELECT id, country, dnc_status FROM flagged ORDER BY id;
SELECT dnc_create_view('german', 'contact', 'phone', region => 'Germany');
SELECT id FROM german WHERE id < 5 ORDER BY id;
SELECT dnc_create_view('none', 'contact', 'phone', region => 'Germny');
SELECT dnc_create_view('none', 'contact', 'phone', region => 'Congo');
SELECT dnc_attach('contact', 'phone', region => 'Deutschlnd');
-- The same over many rows.
CREATE TABLE many AS SELECT i AS id, '030 ' || 23125000 + i AS phone,
    (ARRAY['DE', 'de', 'Germany', 'DEU', '+49', '49', 'Germny'])[i % 7 + 1] AS country
    FROM generate_series(1, 7000) AS i;
SELECT dnc_create_view('many_callable', 'many', 'phone', region_column => 'country');
SELECT count(*), count(*) FILTER (WHERE country = 'Germny') AS unreadable,
    count(*) FILTER (WHERE phone = '030 23125123') AS suppressed FROM many_callable;
-- Guards.
CREATE TABLE queue (id int, phone text, country text);
SELECT dnc_attach('queue', 'phone', region_column => 'country');
INSERT INTO queue VALUES (1, '030 23125 124', 'Germany'), (2, '020 7946 0018', 'UK'), (3, '415 555 2671', 'U.S.A.');
INSERT INTO queue VALUES (4, '030 23125 123', 'Germany');
INSERT INTO queue VALUES (5, '030 23125 124', 'Germny');
INSERT INTO queue VALUES (6, '030 23125 124', 'Congo');
INSERT INTO queue VALUES (7, '030 23125 124', NULL);
INSERT INTO queue VALUES (8, '+49 30 23125 124', 'Narnia');
UPDATE queue SET country = 'Narnia 7' WHERE id = 1;
SELECT * FROM queue ORDER BY id;
CREATE TABLE german_queue (id int, phone text);
SELECT dnc_attach('german_queue', 'phone', region => 'Allemagne');
INSERT INTO german_queue VALUES (1, '030 23125 124');
INSERT INTO german_queue VALUES (2, '030 23125 123');
-- Lists and imports.
INSERT INTO dnc.list (list, kind, region) VALUES ('german', 'national', 'Deutschland');
INSERT INTO dnc.list (list, kind, region) VALUES ('none', 'national', 'Deutchland');
SELECT format, lines, readable FROM dnc_list_sniff(E'030 23125 125\n030 23125 126\n', 'Germany') LIMIT 1;
SELECT format FROM dnc_list_sniff(E'030 23125 125\n030 23125 126\n', 'Germny');
SELECT dnc_import_start('a.csv', region => 'Deutschland') > 0 AS started;
SELECT dnc_import_start('b.csv', region => 'Deutchland');
-- A region in the place of a channel.
SELECT dnc_check('+493023125123'::dnc_phone, 'Germany');
