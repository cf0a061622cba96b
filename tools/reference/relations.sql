-- The page of tables and views of the schema dnc, as Markdown.
WITH columns AS (
    SELECT c.oid, c.relname AS name, c.relkind, obj_description(c.oid, 'pg_class') AS comment,
        string_agg(format('| `%s` | %s | %s |', a.attname,
            replace(format_type(a.atttypid, a.atttypmod), 'timestamp with time zone', 'timestamptz')
            || CASE WHEN a.attnotnull AND c.relkind = 'r' THEN ', not null' ELSE '' END,
            coalesce(col_description(c.oid, a.attnum), '')), E'\n' ORDER BY a.attnum) AS lines,
        (SELECT string_agg(CASE r.rolname WHEN 'crm_admin' THEN 'administrator' ELSE replace(r.rolname, 'crm_', '')
                END, ', ' ORDER BY r.rolname) FROM pg_roles AS r
            WHERE r.rolname LIKE 'crm\_%' AND has_table_privilege(r.rolname, c.oid, 'SELECT')) AS readers
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind IN ('r', 'v', 'p')
        AND c.relname !~ '^contact_attempt_(other|\d)'
    GROUP BY c.oid, c.relname, c.relkind
)
SELECT E'# Tables and views\n\nGenerated from the catalog and the COMMENTs. All are in the schema `dnc`.\n\n'
    || string_agg('## ' || CASE relkind WHEN 'v' THEN 'View ' ELSE 'Table ' END || 'dnc.' || name || E'\n\n'
        || coalesce(upper(left(comment, 1)) || substr(comment, 2) || E'.\n\n', '')
        || E'**May be read by** ' || coalesce(readers, 'superusers')
        || E'.\n\n| column | type | meaning |\n| --- | --- | --- |\n'
        || lines, E'\n\n' ORDER BY relkind = 'v' DESC, name)
FROM columns;
