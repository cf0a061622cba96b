-- What callers hand over: limits, wrong values, and what two functions say about the same.
\set SHOW_CONTEXT never
SET client_min_messages = error; SET jit = off;
CREATE EXTENSION dnc;
SELECT dnc_attempt_partitions() > 0 AS attempts;
CREATE FUNCTION state(sql text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE sql;
    RETURN 'ok';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' / ', SQLSTATE, SQLERRM, nullif(detail, ''));
END
$$;
-- Wrong values are told as such, not by the constraint that they would break.
SELECT state(s) FROM unnest(ARRAY[
    $$SELECT dnc_attempt(NULL::dnc_phone, 'connected')$$,
    $$SELECT dnc_attempt('+14155550101'::dnc_phone, 'connected', NULL)$$,
    $$SELECT dnc_attempt('+14155550101'::dnc_phone, 'connected', happened_at => NULL)$$,
    $$SELECT dnc_attempt('+14155550101'::dnc_phone, 'connected', direction => 'sideways')$$,
    $$SELECT dnc_attempt('+14155550101'::dnc_phone, 'connected', duration => -1)$$,
    $$SELECT dnc_attempt('+14155550101'::dnc_phone, 'connected', agent => repeat('x', 501))$$,
    $$SELECT dnc_add_notice('Not a name', 'en', 'body', valid_from => '2026-01-01 00:00Z')$$,
    $$SELECT dnc_add_notice('n', 'English', 'body', valid_from => '2026-01-01 00:00Z')$$,
    $$SELECT dnc_add_notice('n', 'en', 'body', valid_from => 'infinity')$$,
    $$SELECT count(*) FROM dnc_review_open(1, -1)$$,
    $$SELECT dnc_hold('m', ARRAY[ARRAY['+14155550101', '+14155550102']]::dnc_phone[], 'why')$$]) AS s;
-- What has a limit says it; what is a number or none has none.
SELECT state(s) FROM unnest(ARRAY[
    $$SELECT dnc_audit_verify(against => repeat('x', 2000000))$$,
    $$SELECT dnc_prefer('+14155550101', hours => repeat('x', 2000000))$$,
    $$SELECT dnc_keyword(repeat('x', 2000000))$$,
    $$SELECT dnc_check('+14155550101', repeat('x', 2000000))$$,
    $$SELECT dnc_check('+14155550101', 'voice', repeat('x', 2000000))$$,
    $$SELECT dnc_add('+14155550101', evidence => jsonb_build_object('words', repeat('x', 20000000)))$$,
    $$SELECT dnc_consent('+14155550101', 'voice', evidence => jsonb_build_object('words', repeat('x', 20000000)))$$])
        AS s;
SELECT dnc_try_parse(repeat('x', 2000000)) IS NULL AS none, dnc_parse_problem(repeat('x', 2000000), 'US') AS problem;
-- No error carries a stack, whatever the environment of the server asks for (tools/lib.sh sets it).
SELECT state($$SELECT dnc_parse('x')$$), state($$SELECT dnc_holidays('none', 2026)$$);
-- A strict list that is not loaded, or is about less than what is asked: what was says what is.
INSERT INTO dnc.list (list, kind, jurisdiction, strict) VALUES ('us', 'national', 'US', true);
INSERT INTO dnc.list (list, kind, strict, channels) VALUES ('texts', 'other', true, '{sms}');
CREATE VIEW answers AS SELECT p, c, dnc_check(p, c) AS is, dnc_check_as_of(p, now(), channel => coalesce(c, 'all'))
AS was
    FROM (VALUES ('+12125550101'::dnc_phone), ('+442079460018'), ('+80012345678')) AS n (p),
        (VALUES ('voice'), ('sms'), (NULL)) AS v (c);
SELECT * FROM answers ORDER BY p, c;
SELECT dnc_list_load_query('us', 'SELECT ''+12125550199''') > 0 AS us,
    dnc_list_load_query('texts', 'SELECT ''+12125550199''') > 0 AS texts;
SELECT * FROM answers ORDER BY p, c;
SET dnc.allow_drop = on;
DROP VIEW answers; DROP FUNCTION state(text); DROP EXTENSION dnc CASCADE;
DO $$ BEGIN EXECUTE (SELECT coalesce(string_agg(format('DROP TABLE %s CASCADE', c.oid::regclass), '; '), 'SELECT')
        FROM pg_class AS c WHERE c.relname = 'contact_attempt'); END $$;
