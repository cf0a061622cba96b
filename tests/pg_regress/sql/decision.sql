-- Decisions, each worked out by hand from the rules' texts: what is told otherwise.
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
SELECT dnc_rule_accept(r, 'test')
FROM unnest('{us-relationship-purchase,us-relationship-inquiry,us-tx-relationship,es-relationship}'::text[]) AS r;
-- Rules that a site may have: whom one may contact where the extension does not say.
INSERT INTO dnc.rule (rule, jurisdiction, kind, regime, channels, citation, confidence)
VALUES ('test-eu', 'EU', 'regime', 'opt_out', NULL, 'test', 'V'),
    ('test-br', 'BR', 'regime', 'opt_out', NULL, 'test', 'V'),
    ('test-us-sms', 'US', 'regime', 'registry', '{sms}', 'test', 'V');
CREATE TABLE wanted (phone dnc_phone, channel text, call_type text, party text, at timestamptz, location text,
    zone text, suppressed boolean, facts jsonb, registers jsonb, allowed boolean, ground text,
    next_allowed_at timestamptz, why text);
\getenv source PG_ABS_SRCDIR
\set file :source '/data/decisions.csv'
COPY wanted FROM :'file' WITH (FORMAT csv, HEADER true);
SELECT count(*) >= 150 AS enough, count(DISTINCT ground) >= 18 AS of_many_kinds FROM wanted;
CREATE FUNCTION pg_temp.times(row_ jsonb, places int[]) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_agg(CASE WHEN n = ANY (places)
            AND v <> 'null' THEN to_jsonb(dnc.microseconds((v #>> '{}')::timestamptz)) ELSE v END ORDER BY n)
    FROM jsonb_array_elements(row_) WITH ORDINALITY AS x (v, n)
$$;
SELECT w.phone, w.channel, w.call_type, w.location, w.at, w.allowed, d.allowed AS got, w.ground, d.grounds,
    w.next_allowed_at, d.next_allowed_at AS got_next, w.why
FROM wanted AS w
CROSS JOIN LATERAL dnc.decide_given(w.phone, jsonb_build_object('suppressed', w.suppressed, 'revoked', false,
        'facts', (SELECT coalesce(jsonb_agg(pg_temp.times(f, '{2,3}')), '[]') FROM jsonb_array_elements(w.facts) AS f),
            'registers', (SELECT coalesce(jsonb_agg(pg_temp.times(f, '{3}')), '[]')
            FROM jsonb_array_elements(w.registers) AS f)),
        w.channel, w.at, w.call_type, w.party, w.location, w.zone) AS d
WHERE (w.allowed, w.ground, w.next_allowed_at) IS DISTINCT FROM (d.allowed, d.ground, d.next_allowed_at);
