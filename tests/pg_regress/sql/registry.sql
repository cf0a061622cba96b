-- Registries that answer about one's own numbers.
CREATE EXTENSION dnc;
CREATE TABLE contact (id int, phone text, consent date);
INSERT INTO contact VALUES (1, '0412 345 678', '2026-01-01'), (2, '0412 345 679', '2026-02-01'),
    (3, '02 9876 5432', '2026-03-01'), (4, 'rubbish', NULL), (5, '+61 412 345 678', NULL);
-- What must be asked.
SELECT DISTINCT dnc_try_parse(phone, 'AU') AS ask FROM contact
WHERE dnc_registry_needs(dnc_try_parse(phone, 'AU'), 'au-dncr') ORDER BY 1;
CREATE TABLE answer (number text, word text, asked date);
INSERT INTO answer VALUES ('0412345678', 'Y', NULL), ('0412345679', 'n', NULL), ('0298765432', 'I', NULL),
    ('rubbish', 'Y', NULL);
SELECT dnc_registry_import('au-dncr', 'wash.csv', 'SELECT * FROM answer', now() - interval '25 days', 'AU');
SELECT registry, phone, result, asked_about, valid_until - obtained_at AS good FROM dnc.registry_answer ORDER BY phone;
SELECT registry, file, answers, rejected, recorded_by,
    content_hash = sha256('\x0e00000000000000'::bytea || '+61412345678|Y' || '\x0e00000000000000' || '+61412345679|n'
    || '\x0e00000000000000' || '+61298765432|I') AS hash FROM dnc.registry_batch;
SELECT id, (dnc_registry_answer(dnc_try_parse(phone, 'AU'), 'au-dncr')).result FROM contact ORDER BY id;
SELECT ahead, count(*) FILTER (WHERE dnc_registry_needs(dnc_try_parse(phone, 'AU'), 'au-dncr', ahead))
FROM contact, unnest('{1 day,7 days}'::interval[]) AS ahead GROUP BY 1 ORDER BY 1;
-- Shown, and no part of a check.
SELECT ground, list, source, until > now() AS good, rule, citation FROM dnc_explain('+61412345678');
SELECT dnc_check('+61412345678'), (SELECT count(*) FROM dnc_explain('+61412345678', 'sms')) AS of_texts;
SELECT dnc_registry_import('au-dncr', 'wash2.csv', $$SELECT '+61412345678', 'N', NULL$$);
SELECT source FROM dnc_explain('+61412345678');
-- About a number and a date.
SELECT dnc_registry_import('us-reassigned', 'rnd.csv',
    $$VALUES ('+14155550101', 'no', '2026-03-01'), ('+14155550102', 'yes', '2026-03-01'),
        ('+14155550103', 'no_data', '2026-03-01')$$);
SELECT p, d, (dnc_registry_answer(p, 'us-reassigned', d)).result,
    dnc_registry_needs(p, 'us-reassigned', asked_about => d)
FROM unnest('{+14155550101,+14155550102,+14155550103,+14155550104}'::dnc_phone[]) AS p,
    unnest('{2026-02-01,2026-03-01,2026-04-01}'::date[]) AS d ORDER BY p, d;
SELECT source FROM dnc_explain('+14155550102');
-- A site's own.
INSERT INTO dnc.registry (registry, description, jurisdiction, valid_days, results)
VALUES ('mine', 'own', 'DE', 1, '{"J": "listed", "N": "not_listed"}');
SELECT dnc_registry_import('mine', 'x', $$VALUES ('+4930901820', 'J', NULL)$$, now() - interval '2 days');
SELECT (dnc_registry_answer('+4930901820', 'mine')).valid, dnc_registry_needs('+4930901820', 'mine'),
    (SELECT source FROM dnc_explain('+4930901820'));
-- Bad ones.
SELECT dnc_registry_import('nowhere', 'x', 'SELECT * FROM answer');
SELECT dnc_registry_import('mine', 'x', 'SELECT * FROM answer');
SELECT dnc_registry_import('us-reassigned', 'x', $$VALUES ('+14155550101', 'no', NULL)$$);
SELECT dnc_registry_import('mine', '', $$VALUES ('+4930901820', 'J', NULL)$$, '-infinity') ;
SELECT dnc_registry_import('mine', 'x', 'SELECT 1');
SELECT dnc_registry_import('mine', 'nothing', 'SELECT * FROM answer WHERE false') > 0 AS empty;
UPDATE dnc.registry_answer SET result = 'not_listed';
DELETE FROM dnc.registry_answer;
TRUNCATE dnc.registry_answer;
UPDATE dnc.registry SET valid_days = 400 WHERE registry = 'au-dncr';
SELECT relation, operation, count(*) FROM dnc.audit_log WHERE relation LIKE 'registry%' GROUP BY 1, 2 ORDER BY 1, 2;
SELECT subject FROM dnc_health(deep => true) WHERE NOT healthy;
