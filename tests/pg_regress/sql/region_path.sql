-- Regions over foreign keys: paths, several of them, what they may lead to, and a country that changes.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SELECT dnc_add('+493012345678') > 0 AS added, dnc_add('+442079460018') > 0 AS added;
CREATE SCHEMA "weird ""name";
SET search_path = "weird ""name", public;
CREATE TABLE country (id int PRIMARY KEY, name text, iso2 char(2), size int);
INSERT INTO country VALUES (1, 'Germany', 'DE', 1), (2, 'United Kingdom', 'GB', 2), (3, 'France', NULL, 3);
CREATE TABLE "Com pany" (id uuid PRIMARY KEY, country_id int REFERENCES country);
INSERT INTO "Com pany" VALUES ('00000000-0000-0000-0000-000000000001', 1),
    ('00000000-0000-0000-0000-000000000002', 2), ('00000000-0000-0000-0000-000000000003', NULL);
CREATE TABLE contact (id int PRIMARY KEY, phone text, country_id int REFERENCES country,
    "company.id" uuid REFERENCES "Com pany", country text, other_id int, dnc_status text);
-- What a path may be.
SELECT dnc_attach('contact', 'phone', region_column => 'country_id');
SELECT dnc_attach('contact', 'phone', region_path => 'country_id');
SELECT dnc_attach('contact', 'phone', region_path => 'other_id.iso2');
SELECT dnc_attach('contact', 'phone', region_path => 'country_id.iso3');
SELECT dnc_attach('contact', 'phone', region_path => 'country_id.size');
SELECT dnc_attach('contact', 'phone', region_path => 'nowhere.iso2');
SELECT dnc_attach('contact', 'phone', region_path => 'country_id.iso2; DROP TABLE country');
SELECT dnc_attach('contact', 'phone', region_path => ' , ');
SELECT dnc_attach('contact', 'phone', region_path => 'country_id.iso2', region => 'US');
SELECT dnc_attach('contact', 'phone');
-- The first that is not blank counts: a column, the country, its name, that of the company.
SELECT dnc_attach('contact', 'phone',
    region_path => 'country, country_id.iso2, country_id.name, "company.id".country_id.iso2',
    mode => 'flag', flag_column => 'dnc_status');
INSERT INTO contact (id, phone, country_id, "company.id", country)
    VALUES (1, '030 12345678', 1, NULL, NULL), (2, '020 7946 0018', 2, NULL, NULL), (3, '01 99 00 01 23', 3, NULL, ''),
    (4, '030 12345678', NULL, '00000000-0000-0000-0000-000000000001', NULL),
    (5, '020 7946 0018', NULL, '00000000-0000-0000-0000-000000000002', NULL),
    (6, '030 12345678', NULL, '00000000-0000-0000-0000-000000000003', NULL),
    (7, '020 7946 0018', 1, NULL, ' '), (8, '020 7946 0018', 1, NULL, 'Atlantis'),
    (9, '030 12345678', NULL, NULL, NULL),
    (10, '020 7946 0018', 1, NULL, 'United Kingdom');
SELECT id, dnc_status FROM contact ORDER BY id;
SELECT region_path, problem FROM dnc.attachment;
-- Views, reports and scrubs read the same.
SELECT dnc_create_view('flagged', 'contact', 'phone',
    region_path => 'country, country_id.iso2, country_id.name, "company.id".country_id.iso2', mode => 'flag');
SELECT f.id, f.dnc_status, c.dnc_status FROM flagged AS f JOIN contact AS c USING (id)
    WHERE f.dnc_status <> c.dnc_status AND f.dnc_status <> 'doubtful';
ALTER TABLE contact ADD COLUMN note text;
SELECT dnc_refresh_view('flagged');
SELECT count(*) FROM flagged;
SELECT dnc_create_view('callable', 'contact', 'phone', region_path => 'country_id.iso2');
SELECT id FROM callable ORDER BY id;
SELECT list, rows FROM dnc_cross_check('contact', 'phone', region_path => 'country_id.iso2');
SELECT e164, rows FROM dnc_spellings('contact', 'phone', region_path => 'country_id.name');
SELECT kind, value, read_in FROM dnc_doubtful_rows('contact', 'phone', region_path => 'country_id.iso2') ORDER BY 1, 2;
SELECT key, phone, ground FROM dnc_may_contact_all('contact', 'id', 'phone', region_path => 'country_id.iso2')
    ORDER BY key::int LIMIT 3;
CALL dnc_scrub('contact', 'id', 'phone', 'scrubbed', region_path => 'country_id.iso2');
SELECT key, status FROM scrubbed ORDER BY key;
-- A country that is corrected: maintenance checks its rows again, once.
SELECT task, subject, rows, detail FROM dnc_maintain() WHERE task = 'checked again';
UPDATE country SET iso2 = 'GB', name = 'Northern Ireland' WHERE id = 1;
SELECT id, dnc_status FROM contact WHERE country_id = 1 ORDER BY id;
SELECT task, subject, rows, detail FROM dnc_maintain() WHERE task = 'checked again';
SELECT id, dnc_status FROM contact WHERE country_id = 1 ORDER BY id;
SELECT task, subject, rows, detail FROM dnc_maintain() WHERE task = 'checked again';
-- An update of the key to another country is an update of the number's meaning.
SELECT dnc_detach('contact'), dnc_attach('contact', 'phone', region_path => 'country_id.iso2');
INSERT INTO contact (id, phone, country_id) VALUES (20, '030 12345678', 2);
UPDATE contact SET note = 'x' WHERE id = 20;
UPDATE contact SET country_id = 3 WHERE id = 20;
UPDATE country SET iso2 = 'DE' WHERE id = 1;
UPDATE contact SET country_id = 1 WHERE id = 20;
-- The other table is read as the guarded table's owner, who needs no rights of the writer.
CREATE ROLE owner_of_paths;
CREATE ROLE writer_of_paths;
GRANT USAGE, CREATE ON SCHEMA "weird ""name" TO owner_of_paths;
GRANT USAGE ON SCHEMA "weird ""name" TO writer_of_paths;
ALTER TABLE contact OWNER TO owner_of_paths;
GRANT INSERT ON contact TO writer_of_paths;
SET ROLE writer_of_paths;
INSERT INTO contact (id, phone, country_id) VALUES (21, '030 12345679', 1);
RESET ROLE;
GRANT SELECT ON country TO owner_of_paths;
SET ROLE writer_of_paths;
INSERT INTO contact (id, phone, country_id) VALUES (21, '030 12345679', 1);
INSERT INTO contact (id, phone, country_id) VALUES (22, '030 12345678', 1);
RESET ROLE;
-- A path that leads nowhere any more stops the table, and says so.
ALTER TABLE country RENAME COLUMN iso2 TO code;
INSERT INTO contact (id, phone, country_id) VALUES (23, '030 12345679', 1);
SELECT relation, problem FROM dnc.attachment;
SELECT healthy, detail FROM dnc_health() WHERE subject = 'guards';
ALTER TABLE country RENAME COLUMN code TO iso2;
INSERT INTO contact (id, phone, country_id) VALUES (23, '030 12345679', 1);
-- Partitions.
CREATE TABLE parted (id int, country_id int REFERENCES country, phone text) PARTITION BY RANGE (id);
CREATE TABLE parted_1 (phone text, id int, country_id int);
ALTER TABLE parted ATTACH PARTITION parted_1 FOR VALUES FROM (0) TO (10);
SELECT dnc_attach('parted', 'phone', region_path => 'country_id.iso2');
INSERT INTO parted VALUES (1, 1, '030 12345678');
INSERT INTO parted VALUES (1, 2, '030 12345678');
INSERT INTO parted_1 (id, country_id, phone) VALUES (2, 1, '030 12345678');
CALL dnc_recheck('parted');
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA "weird ""name" CASCADE;
DROP ROLE writer_of_paths, owner_of_paths;
