-- Refusals of every number that begins like this.
CREATE EXTENSION dnc;
SELECT dnc_add_prefix('+1900', evidence => '{"why": "premium rate"}');
SELECT n, dnc_check(n), dnc_check(n, 'sms') AS sms
FROM unnest(ARRAY['+19005550101', '+18005550101', '+19015550101', '+442079460018']) AS n;
SELECT ground, list, entry, scope_channel, reason, source, rule FROM dnc_explain('+19005550101');
SELECT dnc_grounds('+19005550101'), dnc_lists('+19005550101'), dnc_status('+19005550101');
-- Scopes, as of numbers.
INSERT INTO dnc.purpose (purpose) VALUES ('brand'), ('brand/product'), ('other');
SELECT dnc_add_prefix('+4420', 'sms', 'brand');
SELECT c, p, dnc_check('+442079460018', c, p)
FROM unnest(ARRAY['sms', 'voice', 'all']) AS c, unnest(ARRAY[NULL, 'brand', 'brand/product', 'other']) AS p
ORDER BY 1, 2;
SELECT dnc_revoke_prefix('+1900', 'sms');
SELECT dnc_check('+19005550101'), dnc_check('+19005550101', 'sms'), dnc_check('+19005550101', 'all');
SELECT dnc_revoke_prefix('+1900', 'sms');
SELECT dnc_revoke_prefix('+190');
SELECT dnc_revoke_prefix('+4420', purpose => 'brand/product');
SELECT p, dnc_check('+442079460018', 'sms', p) FROM unnest(ARRAY[NULL, 'brand', 'brand/product']) AS p ORDER BY 1;
SELECT dnc_add_prefix('+1976', reason => 'litigator');
SELECT dnc_revoke_prefix('+1976');
SELECT dnc_revoke_prefix('+1976', force => true), dnc_check('+19765550101');
SELECT dnc_check('+19765550101');
-- Times: for a while, and asked about the past.
SELECT dnc_add_prefix('+1906', expires_at => now() + interval '1 hour');
SELECT dnc_check('+19065550101'), dnc_check('+19065550101', at => now() + interval '2 hours'),
    dnc_check('+19065550101', at => now() - interval '1 hour');
-- In every answer: texts, long scans, guards, the definition.
CREATE TABLE contact
AS SELECT ('+1' || (2000000000 + (hashint8extended(i, 7) & 9223372036854775807) % 7999999999))::dnc_phone AS phone
    FROM generate_series(1, 20000) AS i;
SELECT count(*) > 20 AS some,
    count(*) FILTER (WHERE dnc_check(phone)) = count(*) FILTER (WHERE phone::text LIKE '+1900%'
    OR phone::text LIKE '+1906%') AS right FROM contact;
SET dnc.statement_set = on;
SELECT count(*) FILTER (WHERE dnc_check(phone) IS DISTINCT FROM dnc.refused(phone::text, 'voice', NULL, NULL)) AS wrong,
    count(*) FILTER (WHERE dnc_check(phone::text)) > 20 AS some FROM contact;
RESET dnc.statement_set;
CREATE TABLE queue (phone dnc_phone);
SELECT dnc_attach('queue', 'phone');
INSERT INTO queue VALUES ('+19005550101');
INSERT INTO queue VALUES ('+18005550101');
-- Bad ones.
SELECT dnc_add_prefix('1900');
SELECT dnc_add_prefix('+0900');
SELECT dnc_add_prefix('+141555501010000');
SELECT dnc_add_prefix(NULL);
SELECT dnc_add_prefix('+1900', 'telegraph');
SELECT dnc_add_prefix('+1900', evidence => '[]');
\set VERBOSITY terse
SELECT dnc_add_prefix('+1900', expires_at => '-infinity');
\set VERBOSITY default
SELECT dnc_revoke_prefix('+1900', evidence => NULL);
UPDATE dnc.prefix_entry SET prefix = '+1';
DELETE FROM dnc.prefix_entry;
TRUNCATE dnc.prefix_entry;
SELECT operation, count(*) FROM dnc.audit_log WHERE relation = 'prefix_entry' GROUP BY 1;
SELECT subject, healthy FROM dnc_health(deep => true) WHERE subject = 'rows in the log';
