-- The page of one subject's functions, as Markdown: psql -v subject=entry -v names='{dnc_add,…}' -f functions.sql
-- A COMMENT has the description, then a line "Errors: …" and a line "Example: …", where there are any.
-- As people write types and defaults.
CREATE FUNCTION pg_temp.short(text) RETURNS text LANGUAGE sql
    RETURN replace(regexp_replace($1, '::[a-z_]+( with time zone)?(\[\])?', '', 'g'), 'timestamp with time zone',
        'timestamptz');

-- An argument a line.
CREATE FUNCTION pg_temp.signature(p pg_catalog.pg_proc) RETURNS text LANGUAGE sql BEGIN ATOMIC
    SELECT CASE p.prokind WHEN 'p' THEN 'CALL ' ELSE '' END || p.proname || CASE
        WHEN pg_get_function_arguments(p.oid) = '' THEN '()'
        WHEN length(inputs.line) < 80 THEN '(' || inputs.line || ')'
        ELSE E'(\n    ' || inputs.lines || E'\n)' END
        || CASE WHEN p.prokind = 'p' THEN ''
            ELSE ' → ' || pg_temp.short(replace(pg_get_function_result(p.oid), 'TABLE(', 'table (')) END
    FROM (SELECT string_agg(a.part, E',\n    ' ORDER BY a.n) AS lines, string_agg(a.part, ', ' ORDER BY a.n) AS line
        FROM (SELECT n, pg_temp.short(concat_ws(' ', p.proargnames[n], format_type(t.oid, NULL),
                'DEFAULT ' || pg_get_function_arg_default(p.oid, n::integer))) AS part
            FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS x (oid, n)
            JOIN pg_type AS t ON t.oid = x.oid) AS a) AS inputs;
END;

WITH functions AS (
    SELECT p AS f, p.oid, p.proname AS name, coalesce(obj_description(p.oid, 'pg_proc'), '') AS comment, p.prokind,
        (SELECT string_agg(CASE r.rolname WHEN 'crm_admin' THEN 'administrator' ELSE replace(r.rolname, 'crm_', '')
                END, ', ' ORDER BY r.rolname) FROM pg_roles AS r
            WHERE r.rolname LIKE 'crm\_%' AND has_function_privilege(r.rolname, p.oid, 'EXECUTE')) AS roles,
        EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
            WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE') AS public
    FROM pg_proc AS p WHERE p.pronamespace = 'public'::regnamespace AND p.proname = ANY (:'names'::text[])
        AND p.prorettype <> 'trigger'::regtype
        -- What stands behind types, operators and aggregates is called by nobody.
        AND NOT p.proargtypes::oid[] && ARRAY['internal', 'cstring']::regtype[]::oid[]
        AND p.oid NOT IN (SELECT oprcode FROM pg_operator UNION ALL SELECT amproc FROM pg_amproc UNION ALL
            SELECT unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn]) FROM pg_aggregate)
        AND NOT EXISTS (SELECT FROM pg_type AS t WHERE p.oid IN (t.typinput, t.typoutput, t.typreceive, t.typsend))
), parts AS (
    SELECT f.*, trim(E' \n' FROM split_part(split_part(f.comment, E'\nErrors:', 1), E'\nExample', 1)) AS description,
        trim(E' \n' FROM split_part(substring(f.comment FROM E'\nErrors:(.*)'), E'\nExample', 1)) AS errors,
        trim(E' \n' FROM substring(f.comment FROM E'\nExample:(.*)')) AS example,
        trim(E' \n' FROM substring(f.comment FROM E'\nExample \\(not run\\):(.*)')) AS unrun
    FROM functions AS f
), entries AS (
    SELECT name, '## ' || name || E'\n\n```text\n'
        || string_agg(pg_temp.signature(f), E'\n' ORDER BY length(comment) DESC, pg_get_function_arguments(oid))
        || E'\n```\n\n'
        || string_agg(upper(left(description, 1)) || substr(description, 2)
            || CASE WHEN description LIKE '%.' THEN '' ELSE '.' END, E'\n\n'
            ORDER BY length(comment) DESC, pg_get_function_arguments(oid))
        || coalesce(E'\n\n**Errors.** ' || max(errors), '')
        || E'\n\n**May be called by** '
        || CASE WHEN bool_or(public) THEN 'everybody' ELSE coalesce(max(roles), 'superusers') END || '.'
        || coalesce(E'\n\n```sql\nBEGIN;\n' || max(example) || E'\nROLLBACK;\n```', '')
        || coalesce(E'\n\n```sql not run\n' || max(unrun) || E'\n```', '') AS text
    FROM parts GROUP BY name
)
SELECT E'# Functions: ' || :'title' || E'\n\nGenerated from the catalog and the COMMENTs. Examples use the tables of\n'
    || E'[`examples/crm/schema.sql`](../../examples/crm/schema.sql) and run in a test.\n\n'
    || string_agg('[' || name || '](#' || name || ')', ', ' ORDER BY name) || E'\n\n'
    || string_agg(text, E'\n\n' ORDER BY name)
FROM entries;
