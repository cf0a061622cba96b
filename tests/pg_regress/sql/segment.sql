-- Segments: what each contact may still be approached with.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SELECT dnc_attempt_partitions() > 0 AS log;
CREATE TABLE contact (id int PRIMARY KEY, phone text, country text DEFAULT 'US');
INSERT INTO contact (id, phone) VALUES (1, '(212) 555-0101'), (2, '(212) 555-0102'), (3, '(212) 555-0103'),
    (4, '(212) 555-0104'), (5, '(212) 555-0105'), (6, '(212) 555-0106'), (7, 'call me'), (8, ''), (9, NULL),
    (10, '212 555 0110 / 212 555 0102'), (11, '(212) 555-0111'), (12, '(212) 555-0112'), (13, '(900) 555-0113');
-- Without purposes.
SELECT dnc_add('+12125550102') > 0 AS everything, dnc_add('+12125550103', 'sms') > 0 AS sms,
    dnc_add('+12125550104', reason => 'pause', expires_at => now() + interval '10 days') > 0 AS pause,
    dnc_attempt('+12125550105', 'wrong_number') > 0 AS wrong,
    dnc_attempt('+12125550106', source => 'ours', code => 'X') > 0 AS undecided, dnc_add_prefix('+1900') > 0 AS prefix;
CREATE FUNCTION segments(purpose text DEFAULT NULL, channel text DEFAULT 'voice', OUT id int, OUT segment text,
    OUT days int, OUT channels text[], OUT purposes text[], OUT why text) RETURNS SETOF record LANGUAGE sql AS $$
    SELECT key::int, segment, round(extract(epoch FROM from_at - now()) / 86400)::int, channels, purposes,
        regexp_replace(why, '\d{4}-\d\d-\d\d', '…', 'g')
    FROM dnc_segment('contact', 'id', 'phone', region_column => 'country', channel => $2, purpose => $1) ORDER BY 1
$$;
SELECT * FROM segments();
SELECT * FROM segments(channel => 'sms') WHERE id = 3;
-- With purposes.
INSERT INTO dnc.purpose (purpose) VALUES ('acme'), ('acme/solar'), ('acme/solar/spring'), ('acme/gas'), ('other');
SELECT dnc_attempt('+12125550111', 'not_interested', purpose => 'acme/solar/spring') > 0 AS product,
    dnc_add('+12125550112', purpose => 'acme') > 0 AS brand;
SELECT id, segment, channels, purposes, why FROM segments('acme/solar') WHERE id IN (1, 2, 11, 12);
SELECT id, segment, channels, purposes, why FROM segments('acme/gas') WHERE id IN (11, 12);
SELECT id, segment, purposes FROM segments('other') WHERE id IN (2, 11, 12);
SELECT id, segment, purposes FROM segments() WHERE id IN (2, 3, 11, 12);
-- An opt-out of everything is never narrowed by a later one of a product.
SELECT dnc_attempt('+12125550102', 'not_interested', purpose => 'acme/solar') > 0 AS later;
SELECT id, segment, purposes FROM segments('other') WHERE id = 2;
-- The same for a typed column; what is suppressed is what dnc_check says.
CREATE TABLE typed AS SELECT id, dnc_try_parse(phone, country) AS phone FROM contact;
SELECT count(*) AS different FROM dnc_segment('typed', 'id', 'phone', purpose => 'acme/solar') AS s
JOIN typed AS t ON t.id = s.key::int
WHERE (s.segment LIKE 'refused%' OR s.segment = 'paused') IS DISTINCT FROM coalesce(dnc_check(t.phone,
    purpose => 'acme/solar'), false);
SELECT segment, count(*) FROM dnc_segment('typed', 'id', 'phone') GROUP BY 1 ORDER BY 1;
-- A number that can be read in two ways is that of each; one that cannot be read beside one that refused is not clear.
INSERT INTO contact VALUES (20, '491713920012', 'DE'), (21, '212 555 0102 or nothing', 'US');
SELECT dnc_add('+49491713920012') > 0 AS one_reading;
SELECT id, segment FROM segments() WHERE id IN (20, 21);
-- A list that has to answer and cannot: not known, which is not clear, and not the field's fault.
BEGIN;
INSERT INTO dnc.list (list, kind, jurisdiction, strict) VALUES ('us', 'national', 'US', true);
SELECT id, segment, channels, why FROM segments() WHERE id IN (1, 2, 7, 8) ORDER BY id;
SELECT segment, count(*) FROM dnc_segment('typed', 'id', 'phone') GROUP BY 1 ORDER BY 1;
ROLLBACK;
\set VERBOSITY sqlstate
SELECT * FROM dnc_segment('contact', 'id', 'phone', channel => 'pigeon');
SELECT * FROM dnc_segment('contact', 'id', 'phone', purpose => 'nobody');
SELECT * FROM dnc_segment('contact', 'no', 'phone');
\set VERBOSITY default
-- The table is read as the caller.
CREATE ROLE regress_dnc_admin; SELECT dnc_grant('administrator', 'regress_dnc_admin'); SET ROLE regress_dnc_admin;
SELECT * FROM segments();
RESET ROLE; GRANT SELECT ON contact TO regress_dnc_admin; SET ROLE regress_dnc_admin;
SELECT count(*) = 15 AS every_row FROM segments();
RESET ROLE;
DROP OWNED BY regress_dnc_admin; DROP ROLE regress_dnc_admin;
