-- ---------------------------------------------------------------------------
-- Dropping the extension
-- ---------------------------------------------------------------------------
-- DROP EXTENSION deletes the list and its log. So do DROP SCHEMA of the schema that it is installed in, and DROP OWNED
-- BY its owner. None of them happens by the way while opt-outs are in force. An event trigger on sql_drop would not
-- fire for its own extension.

-- What is still in force, if a command of this role drops the extension; otherwise NULL, also where the role may not
-- drop it and learns nothing. kind: extension, schema (with CASCADE), or owned (by a role).
CREATE FUNCTION dnc.would_be_dropped(kind text, name text, cascade boolean, role_name text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE
        WHEN EXISTS (SELECT FROM dnc.entry AS e WHERE e.ends IS NULL AND e.expires_at > statement_timestamp()
            AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id
                AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL))) THEN 'opt-outs'
        WHEN EXISTS (SELECT FROM dnc.pseudonym AS e WHERE e.ends IS NULL AND e.expires_at > statement_timestamp()
            AND NOT EXISTS (SELECT FROM dnc.pseudonym AS w WHERE w.ends = e.pseudonym_id
                AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL)))
            THEN 'opt-outs of erased persons'
        WHEN EXISTS (SELECT FROM dnc.prefix_entry AS e WHERE e.ends IS NULL AND e.expires_at > statement_timestamp()
            AND NOT EXISTS (SELECT FROM dnc.prefix_entry AS w WHERE w.ends = e.prefix_id
                AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL)))
            THEN 'suppressed prefixes' END
    FROM pg_extension AS x JOIN pg_namespace AS n ON n.oid = x.extnamespace
    WHERE x.extname = 'dnc' AND CASE would_be_dropped.kind
        WHEN 'extension' THEN x.extname = would_be_dropped.name
            AND pg_has_role(role_name::name, x.extowner, 'USAGE')
        WHEN 'schema' THEN n.nspname = would_be_dropped.name AND pg_has_role(role_name::name, n.nspowner, 'USAGE')
        ELSE EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = would_be_dropped.name
            AND pg_has_role(role_name::name, r.oid, 'USAGE')
            AND (r.oid = x.extowner OR cascade AND r.oid = n.nspowner)) END;
END;
COMMENT ON FUNCTION dnc.would_be_dropped(text, text, boolean, text)
    IS 'what is in force and would be lost by a DROP of this role; NULL: nothing, or nothing that it may drop';

CREATE FUNCTION dnc.before_drop() RETURNS event_trigger AS 'MODULE_PATHNAME', 'dnc_before_drop' LANGUAGE c;
COMMENT ON FUNCTION dnc.before_drop()
    IS 'function of the event trigger dnc_before_drop: raises 2BP01 for a command that would drop the extension while '
       'opt-outs are in force, unless the setting dnc.allow_drop is on';
CREATE EVENT TRIGGER dnc_before_drop ON ddl_command_start WHEN TAG IN ('DROP EXTENSION', 'DROP SCHEMA', 'DROP OWNED')
    EXECUTE FUNCTION dnc.before_drop();
ALTER EVENT TRIGGER dnc_before_drop ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER dnc_before_drop IS 'keeps the extension while opt-outs are in force';
