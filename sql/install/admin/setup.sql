-- ---------------------------------------------------------------------------
-- The steps of a new installation
-- ---------------------------------------------------------------------------

-- Reads catalogs, settings and the extension's own tables; runs nothing of the CRM's.
CREATE FUNCTION @extschema@.dnc_setup_check()
RETURNS TABLE (step integer, item text, done boolean, detail text, statement text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH unguarded AS (
        SELECT c.relation, c.column_name FROM @extschema@.dnc_coverage() AS c WHERE NOT c.guarded AND NOT c.viewed),
    facts AS (
        SELECT (SELECT count(*) FROM unguarded) AS unguarded,
            (SELECT format('SELECT dnc_attach(relation => %L, phone_columns => %L, %s);', u.relation,
                    array_agg(u.column_name ORDER BY u.column_name), dnc.region_argument(u.relation))
                FROM unguarded AS u GROUP BY u.relation ORDER BY u.relation::text LIMIT 1) AS attach,
            (SELECT count(*) FROM dnc.attachment) AS guards,
            (SELECT count(*) FROM dnc.installation_claim AS c WHERE c.kind = 'view') AS views,
            (SELECT string_agg(DISTINCT h.role_name, ', ') FROM unnest(ARRAY['reader', 'agent', 'administrator',
                'auditor']) AS s (name), dnc.holders(s.name) AS h (role_name), pg_extension AS x
                WHERE x.extname = 'dnc' AND h.role_name <> pg_get_userbyid(x.extowner)::text) AS roles,
            (SELECT count(*) FROM dnc.list AS l WHERE l.enabled) AS lists,
            (SELECT string_agg(l.list, ', ' ORDER BY l.list) FROM dnc.list AS l WHERE l.enabled
                AND NOT EXISTS (SELECT FROM dnc.list_version AS v WHERE v.list = l.list AND v.state = 'current'))
                AS unloaded,
            (SELECT max(s.sealed_at) FROM dnc.seal AS s WHERE NOT s.loaded) AS sealed,
            (SELECT s.signature IS NOT NULL FROM dnc.seal AS s ORDER BY s.seal_id DESC LIMIT 1) AS signed,
            EXISTS (SELECT FROM dnc.entry) OR EXISTS (SELECT FROM dnc.prefix_entry)
                OR EXISTS (SELECT FROM dnc.pseudonym)
                OR EXISTS (SELECT FROM dnc.installation AS i WHERE NOT i.own) AS recorded,
            nullif(current_setting('dnc.key_file', true), '') AS key_file,
            current_setting('shared_preload_libraries') AS preloaded)
    SELECT s.* FROM facts AS f CROSS JOIN LATERAL (VALUES
        (1, 'keys', f.key_file IS NOT NULL AND cardinality(dnc.missing_keys()) = 0,
            CASE WHEN f.key_file IS NULL THEN 'no key file: persons cannot be erased, checkpoints are not signed'
                WHEN cardinality(dnc.missing_keys()) > 0
                THEN 'missing in the key file: ' || array_to_string(dnc.missing_keys(), ', ')
                ELSE 'the key file is set' END,
            'LOAD ''dnc''; ALTER SYSTEM SET dnc.key_file = ''/etc/postgresql/dnc.keys''; SELECT pg_reload_conf();'),
        (2, 'preloading', f.preloaded ~ '(^|[,\s"/])dnc([,\s".]|$)',
            'without it all works; with it the first check of a session is faster, and sessions share memory',
            format('ALTER SYSTEM SET shared_preload_libraries = %s; -- and restart the server',
                concat_ws(', ', nullif(f.preloaded, ''), 'dnc'))),
        (3, 'the list', f.recorded,
            CASE WHEN f.recorded THEN 'opt-outs are recorded' ELSE 'nothing is recorded: every number is clear' END,
            'SELECT dnc_import_start(file => ''optouts.csv'', region => ''US''); -- \copy dnc.import_row, then '
                'dnc_import_preview and dnc_import_finish'),
        (4, 'external lists', f.lists > 0 AND f.unloaded IS NULL,
            CASE WHEN f.lists = 0 THEN 'none: national lists are not checked'
                WHEN f.unloaded IS NOT NULL THEN 'not loaded: ' || f.unloaded ELSE f.lists || ' loaded' END,
            'INSERT INTO dnc.list (list, kind, jurisdiction, format, max_age_days) VALUES (''us-national'', '
                '''national'', ''US'', ''lines'', 31); -- then dnc_list_load'),
        (5, 'guards', f.guards > 0 AND f.unguarded = 0,
            format('%s guards; %s phone columns have neither guard nor view', f.guards, f.unguarded),
            coalesce(f.attach, 'SELECT * FROM dnc_coverage();')),
        (6, 'views', f.views > 0,
            CASE WHEN f.views = 0 THEN 'none: queries must call dnc_is_clear themselves' ELSE f.views || ' made' END,
            'SELECT dnc_create_view(view_name => ''callable'', relation => ''contact'', phone_columns => ''{phone}'', '
                'region_column => ''country'', readers => ''{crm_reader}'');'),
        (7, 'roles', f.roles IS NOT NULL,
            coalesce('granted: ' || f.roles, 'only the extension''s owner may check, record or report'),
            'SELECT dnc_grant(grant_set => ''agent'', role_name => ''crm_agent'');'),
        (8, 'maintenance', coalesce(f.sealed > now() - interval '2 days', false),
            coalesce('the log was last sealed at ' || f.sealed, 'the log was never sealed'),
            'SELECT cron.schedule(''dnc'', ''17 3 * * *'', ''SELECT dnc_maintain()''); -- with pg_cron, or by any '
                'scheduler'),
        (9, 'checkpoints', CASE WHEN f.signed THEN NULL ELSE false END,
            CASE WHEN f.signed THEN 'signed; whether copies are kept elsewhere cannot be seen from here'
                ELSE 'the log has no signed checkpoint' END,
            'SELECT dnc_audit_checkpoint(); -- to a place that this database''s administrators cannot write'),
        (10, 'contact log', to_regclass('dnc.contact_attempt') IS NOT NULL,
            'attempts are recorded for caps and violations once it exists', 'SELECT dnc_attempt_partitions();'))
        AS s (step, item, done, detail, statement) ORDER BY s.step;
END;
COMMENT ON FUNCTION @extschema@.dnc_setup_check()
    IS 'Returns the steps of a new installation in their order: whether each is done (NULL: this cannot be seen from '
       'the database), the present state, and the statement that does it, with names to be replaced.
Example: SELECT step, item, detail, statement FROM dnc_setup_check() WHERE done IS NOT TRUE;';
