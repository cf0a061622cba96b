-- Deadlines and periods, each worked out by hand: what is told otherwise.
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
CREATE TABLE wanted (what text, phone dnc_phone, channel text, requested_at timestamptz, received_at timestamptz,
    expected timestamptz, why text);
\getenv source PG_ABS_SRCDIR
\set file :source '/data/deadlines.csv'
COPY wanted FROM :'file' WITH (FORMAT csv, HEADER true);
SELECT what, count(*) >= CASE what WHEN 'due' THEN 45 ELSE 15 END AS enough FROM wanted GROUP BY what ORDER BY what;
SELECT w.*, g.got FROM wanted AS w
CROSS JOIN LATERAL (SELECT CASE what WHEN 'due' THEN dnc.rule_due(phone, channel, requested_at, received_at)
        ELSE dnc.rule_keep_until(phone, channel, requested_at, received_at) END) AS g (got)
    WHERE got IS DISTINCT FROM expected;
