-- ---------------------------------------------------------------------------
-- Export of the internal list to dialers and partners, in clear or hashed
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.export_line(phone @extschema@.dnc_phone, format text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN CASE format WHEN 'e164' THEN phone::text WHEN 'digits' THEN pg_catalog.substr(phone::text, 2)
        ELSE CASE
            WHEN format NOT IN ('vicidial', 'five9') THEN phone::text
            -- North American dialers write NANP numbers with ten digits, others with the prefix dialled there; so a
            -- number whose own digits begin like that prefix is written with it.
            WHEN @extschema@.dnc_country_code(phone) = 1 AND NOT pg_catalog.starts_with(phone::text, '+1011')
                THEN pg_catalog.substr(phone::text, 3)
            ELSE '011' || pg_catalog.substr(phone::text, 2) END END;
COMMENT ON FUNCTION dnc.export_line(@extschema@.dnc_phone, text) IS 'a number as a format of dnc_export writes it';

CREATE FUNCTION dnc.require_export(format text) RETURNS void LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog,
    pg_temp AS $$
BEGIN
    IF format IS NULL OR format NOT IN ('e164', 'digits', 'vicidial', 'five9', 'csv', 'entries', 'everything') THEN
        RAISE EXCEPTION 'unknown format "%"', left(coalesce(format, 'NULL'), 60)
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'e164: +14155552671; digits: 14155552671; vicidial and five9: 4155552671 for North America, 011 '
                     'and digits for others; csv: with a header and scopes; entries: with a header, one opt-out per '
                     'line, as dnc.import_row takes them; everything: each row of every table as JSON.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_export(text) IS 'raises for an unknown format';

-- Changes of transactions before the position are in the export; later ones come with the next.
CREATE FUNCTION @extschema@.dnc_export_position() RETURNS bigint LANGUAGE sql STABLE
    RETURN pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::bigint;

-- An export does not say when an opt-out takes effect, so one that is still to start counts as in force.
CREATE FUNCTION dnc.held(channel text, purpose text) RETURNS SETOF dnc.entry LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT e.* FROM dnc.entry AS e,
        (SELECT nullif(held.channel, 'all') AS channel, coalesce(held.purpose, dnc.session_purpose()) AS purpose) AS q
    WHERE dnc.require_list() AND e.ends IS NULL AND e.expires_at > pg_catalog.statement_timestamp()
      AND dnc.meets(e.channel, e.purpose, q.channel, q.purpose)
      AND NOT EXISTS (SELECT FROM dnc.entry AS w
          WHERE w.ends = e.entry_id AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, q.channel, q.purpose));
END;
COMMENT ON FUNCTION dnc.held(text, text)
    IS 'internal opt-outs of every number in the query''s scope, in force now or later: dnc.refusals and those still '
       'to start';
CREATE FUNCTION dnc.held_lines(channel text, purpose text, format text) RETURNS SETOF text LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT dnc.export_line(h.phone, format)
    FROM (SELECT DISTINCT ON (e.phone::bigint) e.phone FROM dnc.held(channel, purpose) AS e) AS h
    ORDER BY h.phone::bigint;
END;
COMMENT ON FUNCTION dnc.held_lines(text, text, text) IS 'the numbers of dnc.held, each once';
CREATE FUNCTION dnc.export_keeps(e164 text, channel text, purpose text) RETURNS boolean LANGUAGE sql STABLE
    RETURN EXISTS (SELECT
        FROM dnc.refusals(e164::@extschema@.dnc_phone, nullif(channel, 'all'), coalesce(purpose, dnc.session_purpose()),
            NULL)) OR pg_catalog.cardinality(dnc.missing_keys()) > 0;
COMMENT ON FUNCTION dnc.export_keeps(text, text, text)
    IS 'whether an opt-out of the number, erased or not, is in the query''s scope, or that is unknown';
CREATE FUNCTION dnc.changed_lines(since bigint, channel text, purpose text, format text)
RETURNS TABLE (line text, action text) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT dnc.export_line(n.phone, format),
        CASE WHEN EXISTS (SELECT FROM dnc.held(changed_lines.channel, changed_lines.purpose) AS h
            WHERE h.phone OPERATOR(@extschema@.=) n.phone)
            -- The opt-out of an erased number is stored under its pseudonym.
            OR EXISTS (SELECT FROM dnc.pseudonym_key AS k)
            AND dnc.export_keeps(n.phone::text, changed_lines.channel, changed_lines.purpose) THEN 'add'
                ELSE 'remove' END
    FROM (SELECT DISTINCT ON (e.phone::bigint) e.phone FROM dnc.entry AS e
        JOIN dnc.audit_log AS l ON l.seq = e.audit_seq
          WHERE NOT l.loaded AND l.xid >= since::text::xid8
            AND l.xid < pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())) AS n ORDER BY n.phone::bigint;
END;
COMMENT ON FUNCTION dnc.changed_lines(bigint, text, text, text)
    IS 'numbers whose entries changed since a position, and whether to add or remove them';

-- A field that is empty is NULL to an import.
CREATE FUNCTION dnc.csv(field text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN coalesce('"' || replace(field, '"', '""') || '"', '');
CREATE FUNCTION dnc.iso(at timestamptz) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN pg_catalog.isfinite(at)
        THEN pg_catalog.to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') ELSE '' END;
COMMENT ON FUNCTION dnc.csv(text) IS 'a text as a quoted CSV field; empty for NULL';
COMMENT ON FUNCTION dnc.iso(timestamptz) IS 'a time in ISO 8601; empty for an infinite one';

CREATE FUNCTION dnc.numbers_of_version(version bigint) RETURNS SETOF @extschema@.dnc_phone LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT @extschema@.dnc_set_phones(dnc.version_numbers(version));
END;
COMMENT ON FUNCTION dnc.numbers_of_version(bigint) IS 'the numbers of a version of a list';
-- Blocks of lists are given as numbers, since nobody else can read them.
CREATE FUNCTION dnc.export_everything() RETURNS SETOF text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t text;
BEGIN
    PERFORM dnc.require_list();
    FOR t IN SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind IN ('r', 'p')
        AND NOT c.relispartition AND c.relname NOT IN ('list_block', 'list_line') ORDER BY c.relname LOOP
        RETURN QUERY EXECUTE format('SELECT jsonb_build_object(''table'', %L, ''row'', to_jsonb(r))::text '
            'FROM dnc.%I AS r', t, t);
    END LOOP;
    RETURN QUERY SELECT jsonb_build_object('list', v.list, 'version', v.version_id, 'e164', n.phone::text)::text
        FROM dnc.list_version AS v, dnc.numbers_of_version(v.version_id) AS n (phone) WHERE v.state = 'current';
END
$$;
COMMENT ON FUNCTION dnc.export_everything()
    IS 'all rows of schema dnc, and all numbers of the current versions of lists, as lines of JSON';

CREATE FUNCTION dnc.export_begins(format text, channel text, purpose text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM dnc.require_export(format), dnc.require_scope(channel, purpose, NULL);
    IF format = 'everything' AND NOT has_table_privilege(dnc.caller()::name, 'dnc.audit_data', 'SELECT') THEN
        RAISE EXCEPTION 'role % may not export everything', dnc.caller() USING ERRCODE = 'insufficient_privilege',
            DETAIL = 'The audit log is among it, which administrators may not read.',
            HINT = 'The extension''s owner may, and who reads dnc.audit_data.';
    END IF;
    RETURN true;
END
$$;
COMMENT ON FUNCTION dnc.export_begins(text, text, text)
    IS 'true; raises for an unknown format or scope, or everything without the right to it';
CREATE FUNCTION dnc.export_ends(channel text, purpose text) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    parts bigint;
BEGIN
    SELECT count(*) INTO parts FROM dnc.held(channel, purpose) AS e
    WHERE EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id);
    IF parts > 0 THEN
        RAISE NOTICE '% opt-out(s) were revoked in part; they are exported in full', parts
            USING HINT = 'The importing system then suppresses more than was requested, never less.';
    END IF;
    RETURN false;
END
$$;
COMMENT ON FUNCTION dnc.export_ends(text, text)
    IS 'false; raises a NOTICE for opt-outs that were revoked in part, after an export of entries';
CREATE FUNCTION dnc.held_entries(channel text, purpose text) RETURNS SETOF text LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT pg_catalog.concat_ws(',', e.phone::text, e.channel, dnc.csv(e.purpose), e.reason,
        dnc.iso(e.requested_at), dnc.csv(e.external_ref), dnc.csv(e.taken_by), dnc.csv(e.evidence ->> 'words'),
        dnc.iso(e.received_at), dnc.iso(e.effective_at), dnc.iso(e.expires_at), dnc.iso(e.due_at))
    FROM dnc.held(channel, purpose) AS e ORDER BY e.entry_id;
END;
CREATE FUNCTION dnc.held_scopes(channel text, purpose text) RETURNS SETOF text LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT pg_catalog.concat_ws(',', h.phone::text, pg_catalog.string_agg(DISTINCT h.channel, ' '),
        '"' || replace(pg_catalog.string_agg(DISTINCT coalesce(h.purpose, '*'), ' '), '"', '""') || '"',
        pg_catalog.string_agg(DISTINCT h.reason, ' '),
        pg_catalog.to_char(pg_catalog.min(CASE WHEN h.effective_at = '-infinity' THEN h.received_at
            ELSE h.effective_at END) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
    FROM dnc.held(channel, purpose) AS h GROUP BY h.phone::text ORDER BY h.phone::text COLLATE pg_catalog."C";
END;
COMMENT ON FUNCTION dnc.held_entries(text, text) IS 'the opt-outs of dnc.held, as dnc.import_row takes them';
COMMENT ON FUNCTION dnc.held_scopes(text, text) IS 'the numbers of dnc.held with their scopes, each once';

-- In SQL, so that SELECT dnc_export(…) and COPY (SELECT dnc_export(…)) TO … pass each line on when it is made.
CREATE FUNCTION @extschema@.dnc_export(format text DEFAULT 'e164', channel text DEFAULT 'voice',
    purpose text DEFAULT NULL) RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp
BEGIN ATOMIC
    SELECT NULL::text WHERE NOT dnc.export_begins(format, channel, purpose)
    UNION ALL
    SELECT h FROM dnc.held_lines(channel, purpose, format) AS h
    WHERE format IN ('e164', 'digits', 'vicidial', 'five9')
    UNION ALL
    SELECT 'phone,channel,purpose,reason,requested_at,external_ref,taken_by,words,received_at,effective_at,expires_at,'
        'due_at' WHERE format = 'entries'
    UNION ALL
    SELECT h FROM dnc.held_entries(channel, purpose) AS h WHERE format = 'entries'
    UNION ALL
    SELECT NULL WHERE format = 'entries' AND dnc.export_ends(channel, purpose)
    UNION ALL
    SELECT 'e164,channels,purposes,reasons,since' WHERE format = 'csv'
    UNION ALL
    SELECT h FROM dnc.held_scopes(channel, purpose) AS h WHERE format = 'csv'
    UNION ALL
    SELECT h FROM dnc.export_everything() AS h WHERE format = 'everything';
END;
CREATE FUNCTION @extschema@.dnc_export_since(since bigint, format text DEFAULT 'e164', channel text DEFAULT 'voice',
    purpose text DEFAULT NULL)
RETURNS TABLE (line text, action text) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS $$
#variable_conflict use_variable
BEGIN
    PERFORM dnc.require_export(format), dnc.require_scope(channel, purpose, NULL);
    IF format IN ('csv', 'entries', 'everything') OR since IS NULL THEN
        RAISE EXCEPTION 'changes since a position need one, and a format of bare numbers'
            USING ERRCODE = 'invalid_parameter_value',
            HINT = 'dnc_export_position() returns the position of an export made now.';
    END IF;
    RETURN QUERY SELECT * FROM dnc.changed_lines(since, channel, purpose, format);
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_export_position()
    IS 'Returns the position of an export made in the same statement, for the next dnc_export_since. A position is '
       'void after a restore.
Example: SELECT dnc_export_position(), count(*) FROM dnc_export(format => ''e164'');';
COMMENT ON FUNCTION @extschema@.dnc_export(text, text, text)
    IS 'Returns the numbers whose internal opt-outs are in the query''s scope, one per line, including opt-outs that '
       'are still to start. format e164, digits, vicidial or five9 gives bare numbers; csv adds a header and scopes; '
       'entries gives one line per opt-out, as dnc.import_row takes them; everything gives each row of every table of '
       'schema dnc and each number of the current lists as JSON, whatever the scope, for leaving; it needs SELECT on '
       'dnc.audit_data, as the extension''s owner has.
Errors: 22023 unknown format, channel or purpose; 42501 everything, without that right; 55000 the list is not in '
       'this database.
Example: SELECT * FROM dnc_export(format => ''csv'', channel => ''voice'', purpose => ''acme'');';
COMMENT ON FUNCTION @extschema@.dnc_export_since(bigint, text, text, text)
    IS 'Returns the numbers whose internal entries changed since a position of dnc_export_position, and whether to '
       'add or remove each.
Errors: 22023 unknown format, channel or purpose, format csv or entries, or no position; 55000 the list is not in '
       'this database.
Example: SELECT * FROM dnc_export_since(since => dnc_export_position(), format => ''five9'');';

-- Unkeyed SHA-256 hides nothing from someone who tries all numbers, but some partners require it. Keys are in a file
-- that only the server reads (dnc.key_file), never in the database.
CREATE FUNCTION @extschema@.dnc_hash(phone @extschema@.dnc_phone, key_id text DEFAULT NULL)
RETURNS bytea AS 'MODULE_PATHNAME', 'dnc_hash_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 100;
CREATE FUNCTION @extschema@.dnc_export_hashed(key_id text DEFAULT NULL, channel text DEFAULT 'voice',
    purpose text DEFAULT NULL) RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp
BEGIN ATOMIC
    SELECT encode(@extschema@.dnc_hash(h.phone, key_id), 'hex') AS hash
    FROM (SELECT DISTINCT ON (e.phone::bigint) e.phone FROM dnc.held(channel, purpose) AS e) AS h ORDER BY 1;
END;
CREATE FUNCTION @extschema@.dnc_match_hashed(hashes text[], key_id text DEFAULT NULL)
RETURNS TABLE (hash text, e164 text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT h.hash, s.e164 FROM pg_catalog.unnest(hashes) AS h (hash)
    JOIN (SELECT encode(@extschema@.dnc_hash(s.e164::@extschema@.dnc_phone, key_id), 'hex') AS hash, s.e164
        FROM dnc.suppressed AS s) AS s ON s.hash = lower(h.hash);
END;
COMMENT ON FUNCTION @extschema@.dnc_hash(@extschema@.dnc_phone, text)
    IS 'Returns the SHA-256 of the E.164 text with its plus sign or, with key_id, the HMAC-SHA-256 with that key of '
       'dnc.key_file. A join on it matches a partner''s hashed list with a table.
Errors: 55000 dnc.key_file is not set, or others can read it; 42704 no key of that name; F0000 the key file has an '
       'invalid line.
Example: SELECT encode(dnc_hash(phone => ''+44 20 7946 0018'', key_id => ''partner''), ''hex'');';
COMMENT ON FUNCTION @extschema@.dnc_export_hashed(text, text, text)
    IS 'Returns dnc_hash, in hexadecimal, of the numbers whose internal opt-outs are in the query''s scope.
Errors: 55000 dnc.key_file is not set, or others can read it; 42704 no key of that name; F0000 the key file has an '
       'invalid line.
Example: SELECT * FROM dnc_export_hashed(key_id => ''partner'', channel => ''voice'');';
COMMENT ON FUNCTION @extschema@.dnc_match_hashed(text[], text)
    IS 'Returns those of a partner''s hashes, in hexadecimal, that belong to numbers on the internal list, with the '
       'numbers.
Errors: 55000 dnc.key_file is not set, or others can read it; 42704 no key of that name; F0000 the key file has an '
       'invalid line.
Example: SELECT * FROM dnc_match_hashed(hashes => ARRAY[encode(dnc_hash(''+44 20 7946 0018'', ''partner''), ''hex'')],
  key_id => ''partner'');';
