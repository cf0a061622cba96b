-- ---------------------------------------------------------------------------
-- Values of a phone column that are probably no person's number
-- ---------------------------------------------------------------------------
-- Doubt changes no check: an opt-out of a doubtful number is stored and enforced.

CREATE FUNCTION dnc.doubt(phone @extschema@.dnc_phone) RETURNS text
    AS 'MODULE_PATHNAME', 'dnc_phone_doubt_wrapper' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20;
COMMENT ON FUNCTION dnc.doubt(@extschema@.dnc_phone)
    IS 'why a number is probably no person''s: placeholder, fiction, not_valid; NULL: nothing speaks against it';
CREATE FUNCTION dnc.field_problem(field text, region text) RETURNS text
    AS 'MODULE_PATHNAME', 'dnc_field_problem_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION dnc.field_problem(text, text)
    IS 'code of why a text is probably no person''s number; NULL: it is one number, and nothing speaks against it';
CREATE FUNCTION dnc.field_is_doubtful(field text, region text) RETURNS boolean
    AS 'MODULE_PATHNAME', 'dnc_field_is_doubtful_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 20;
COMMENT ON FUNCTION dnc.field_is_doubtful(text, text)
    IS 'whether dnc.doubt names any number that a text may mean; false for a text without numbers';

-- The condition of dnc_status doubtful, for rows that are clear.
CREATE FUNCTION dnc.doubtful_condition(relation regclass, phone_columns text[], place text)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT string_agg(CASE WHEN x.number LIKE 'r.%' THEN format('dnc.doubt(%s) IS NOT NULL', x.number)
        ELSE format('dnc.field_is_doubtful(r.%I::text, %s)', x.name, place) END, ' OR ' ORDER BY x.n)
    FROM unnest(dnc.phone_expressions(relation, phone_columns, place), phone_columns)
        WITH ORDINALITY AS x (number, name, n);
END;
COMMENT ON FUNCTION dnc.doubtful_condition(regclass, text[], text)
    IS 'SQL condition for a row of relation r with a doubtful number';

CREATE FUNCTION @extschema@.dnc_doubtful_rows(relation regclass, phone_column text, region text DEFAULT NULL,
    region_column text DEFAULT NULL, region_path text DEFAULT NULL, most_rows integer DEFAULT 20)
RETURNS TABLE (kind text, value text, read_in text, rows bigint, detail text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    place    text := dnc.region_expression(relation, region, region_column, region_path);
    number   text := (dnc.phone_expressions(relation, ARRAY[phone_column], place))[1];
    is_phone boolean := number LIKE 'r.%';
BEGIN
    IF most_rows IS NULL OR most_rows < 1 THEN
        RAISE EXCEPTION 'most_rows is %', coalesce(most_rows::text, 'NULL') USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'It is the count of rows, 1 or more, up to which a number is never called frequent.';
    END IF;
    RETURN QUERY EXECUTE format($query$
WITH grouped AS (
    SELECT r.%1$I::text AS value, %2$s AS place, count(*) AS rows FROM %3$s AS r WHERE NOT (%4$s) GROUP BY 1, 2),
field AS MATERIALIZED (
    SELECT g.*, %5$s AS code, %6$s AS phone FROM grouped AS g),
place AS MATERIALIZED (
    SELECT DISTINCT f.place FROM field AS f WHERE dnc.field_problem('1', f.place) IS DISTINCT FROM 'unknown_region'),
-- Spellings of another region than the row's: valid in another region of the column and with the prefix that is usual
-- there, or valid with a plus sign.
doubted AS (
    SELECT f.value, f.place, regexp_replace(f.value, '\D', '', 'g') AS digits FROM field AS f
    WHERE NOT %7$L AND f.code IN ('not_valid', 'too_short', 'too_long', 'impossible') AND strpos(f.value, '+') = 0),
elsewhere AS (
    SELECT d.value, d.place, coalesce(
        (SELECT 'valid in ' || string_agg(p.place, ', ' ORDER BY p.place COLLATE "C") FROM place AS p
            WHERE p.place IS DISTINCT FROM d.place AND dnc.field_problem(d.value, p.place) IS NULL
              AND left(d.digits, 1) = substring(@extschema@.dnc_format(
                @extschema@.dnc_try_parse(d.value, p.place), 'national') FROM '\d')),
        CASE WHEN dnc.field_problem('+' || d.digits, NULL) IS NULL THEN 'valid as +' || d.digits END) AS detail
    FROM doubted AS d WHERE length(d.digits) BETWEEN 7 AND 15),
number AS (
    SELECT f.phone, sum(f.rows)::bigint AS rows, count(*) AS spellings, bool_or(f.code IS NOT NULL) AS known
    FROM field AS f WHERE f.phone IS NOT NULL GROUP BY f.phone),
usual AS (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY n.rows) AS median FROM number AS n)
SELECT CASE WHEN e.detail IS NULL THEN f.code ELSE 'wrong_region' END COLLATE "C", f.value COLLATE "C", f.place, f.rows,
    coalesce(e.detail, CASE WHEN f.code IN ('two_numbers', 'ambiguous', 'digits_left')
            THEN (SELECT 'found: ' || string_agg(n.phone::text, ', ' ORDER BY n."position", n.phone)
                FROM @extschema@.dnc_numbers(f.value, f.place) AS n)
        WHEN f.code = 'placeholder' AND f.phone IS NULL THEN 'equal or consecutive digits'
        WHEN f.code = 'unknown_region' THEN 'no region has this name'
        WHEN f.phone IS NOT NULL THEN f.phone::text
        ELSE @extschema@.dnc_parse_problem(f.value, f.place) END)
FROM field AS f LEFT JOIN elsewhere AS e ON e.value = f.value AND e.place IS NOT DISTINCT FROM f.place
WHERE f.code <> 'missing'
UNION ALL
SELECT 'frequent', n.phone::text, NULL, n.rows,
    format('spellings: %%s; rows of the median number: %%s', n.spellings, u.median)
FROM number AS n, usual AS u WHERE NOT n.known AND n.rows > %8$s AND n.rows > 10 * u.median
ORDER BY 1, 4 DESC, 2, 3
$query$,
        phone_column,
        CASE WHEN is_phone THEN 'NULL' ELSE place END || '::text',
        relation, dnc.blank(relation, phone_column),
        CASE WHEN is_phone THEN 'dnc.doubt(g.value::@extschema@.dnc_phone)'
            ELSE 'dnc.field_problem(g.value, g.place)' END,
        CASE WHEN is_phone THEN 'g.value::@extschema@.dnc_phone'
            ELSE '@extschema@.dnc_try_parse(g.value, g.place)' END,
        is_phone, most_rows);
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_doubtful_rows(regclass, text, text, text, text, integer)
    IS 'Returns the values of a phone column that are probably no person''s number, with kind, count of rows and '
       'detail. Kinds of texts with a number: placeholder, fiction (a range set aside), not_valid (in no range in '
       'use), '
       'wrong_region (no number of the row''s region, but of another region in the column, or with a plus sign), '
       'frequent (on more than most_rows rows, and on more than ten times as many as the median number), two_numbers, '
       'digits_left, ambiguous. Of texts without one: masked, lost_digits, no_region, unknown_region, too_short, '
       'too_long, local_only, unknown_calling_code, impossible, text_too_long, account (IBAN), uuid, mail_address, '
       'web_address, internet_address, amount, date, time, reference, no_number. Blank values are not listed. The '
       'table is read with the caller''s privileges; nothing is changed.
Errors: as dnc_spellings; 22023 most_rows is less than 1.
Example: SELECT kind, sum(rows) FROM dnc_doubtful_rows(relation => ''contact'', phone_column => ''phone'',
    region_column => ''country'') GROUP BY kind;';
