-- The page of settings, as Markdown. They are known once the library is loaded.
LOAD 'dnc';
SELECT E'# Settings\n\nGenerated from `pg_settings`.\n\n| setting | type | default | may be set by | description |\n'
    || E'| --- | --- | --- | --- | --- |\n'
    || string_agg(format('| `%s` | %s%s | %s | %s | %s |', name, vartype,
        coalesce(': ' || array_to_string(enumvals, ', '), ''),
        CASE WHEN coalesce(boot_val, '') = '' THEN 'empty' ELSE '`' || boot_val || '`' END,
        CASE context WHEN 'user' THEN 'everybody' WHEN 'superuser' THEN 'superusers'
            WHEN 'sighup' THEN 'the configuration file'
            WHEN 'postmaster' THEN 'the configuration file, at start' ELSE context END,
        concat_ws(' ', short_desc, extra_desc)), E'\n' ORDER BY name)
FROM pg_settings WHERE name LIKE 'dnc.%';
