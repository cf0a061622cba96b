-- ---------------------------------------------------------------------------
-- Health checks
-- ---------------------------------------------------------------------------

-- DISABLE TRIGGER ALL followed by ENABLE TRIGGER ALL, as in pg_restore --disable-triggers, turns ENABLE ALWAYS into
-- ENABLE.
CREATE VIEW dnc.weak_trigger AS
    SELECT t.tgrelid::pg_catalog.regclass AS relation, t.tgname::text AS trigger_name, t.tgenabled AS enabled
    FROM pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND t.tgenabled <> 'A' AND c.relkind <> 'v'
      AND (c.relnamespace = 'dnc'::pg_catalog.regnamespace
           OR t.tgfoid OPERATOR(pg_catalog.=) ANY (ARRAY['@extschema@.dnc_guard()'::pg_catalog.regprocedure,
                   '@extschema@.dnc_guard_commit()'::pg_catalog.regprocedure]::pg_catalog.oid[]));
COMMENT ON VIEW dnc.weak_trigger IS 'triggers of the extension that are not ENABLE ALWAYS';

CREATE FUNCTION dnc.unlogged(relation text, key_column text) RETURNS SETOF text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY EXECUTE format('SELECT r.%2$I::text FROM dnc.%1$I AS r
        LEFT JOIN dnc.audit_log AS l ON l.seq = r.audit_seq AND l.relation = %1$L AND l.row_key = r.%2$I::text
            AND l.operation <> ''DELETE''
        LEFT JOIN dnc.audit_data AS d ON d.seq = l.seq WHERE NOT coalesce(dnc.row_matches(d.after, r), false)%3$s',
        relation, key_column,
        CASE WHEN EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = format('dnc.%I', relation)::regclass
                AND a.attname = 'builtin' AND NOT a.attisdropped) THEN ' AND NOT r.builtin' ELSE '' END);
END
$$;
COMMENT ON FUNCTION dnc.unlogged(text, text) IS 'keys of rows of an audited table that the log does not describe';

-- While these run, no checkpoint covers transactions that began later.
CREATE FUNCTION dnc.holds_back(horizon xid8) RETURNS TABLE (who text) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT pg_catalog.format('session %s (%s, %s, since %s)', a.pid, a.usename, a.state, a.xact_start)
    FROM pg_catalog.pg_stat_activity AS a WHERE a.backend_xid IS NOT NULL AND a.pid <> pg_catalog.pg_backend_pid()
        AND pg_catalog.age(a.backend_xid) >= pg_catalog.age(holds_back.horizon::xid)
    UNION ALL
    SELECT pg_catalog.format('prepared transaction %s', p.gid) FROM pg_catalog.pg_prepared_xacts AS p
    WHERE pg_catalog.age(p.transaction) >= pg_catalog.age(holds_back.horizon::xid);
END;
COMMENT ON FUNCTION dnc.holds_back(xid8)
    IS 'sessions and prepared transactions that were running at the last checkpoint and still are, and so delay the '
       'next one';

CREATE FUNCTION @extschema@.dnc_health() RETURNS TABLE (subject text, healthy boolean, detail text, remedy text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found    text;
    n        bigint;
    unsealed record;
    unsigned boolean;
    unmapped boolean;
BEGIN
    found := coalesce(dnc.absence(), (SELECT format('%s of %s', c.kind, c.relation) FROM dnc.foreign_claim AS c
            ORDER BY c.relation::text LIMIT 1));
    RETURN QUERY SELECT 'the list'::text, found IS NULL
        AND x.known, CASE WHEN found = 'worker'
        THEN 'this is a worker of a Citus cluster: the list is on the coordinator, and no check gives an answer here'
            WHEN found IS NOT NULL
                THEN format(
                'the %s was made for a list that is not in this database: the list was lost, or this came from '
                'elsewhere', found)
            WHEN x.known THEN 'is in this database'
                ELSE 'nothing was ever recorded or loaded: every number is clear' END,
        CASE WHEN found = 'worker' THEN 'check on the coordinator'
            WHEN found IS NOT NULL
            THEN 'restore the data of the extension as a superuser; dnc.foreign_claim names what was made for the '
                 'lost list; dnc_list_is_complete(why) states that nothing is missing'
            WHEN NOT x.known
                THEN 'record or import the opt-outs there are; dnc_list_is_complete(why) states that there are none' END
        FROM (SELECT EXISTS (SELECT FROM dnc.entry) OR EXISTS (SELECT FROM dnc.pseudonym)
            OR EXISTS (SELECT FROM dnc.prefix_entry)
            OR EXISTS (SELECT FROM dnc.list_version AS v WHERE v.state <> 'open')
                  OR EXISTS (SELECT FROM dnc.registry_answer) OR EXISTS (SELECT FROM dnc.purge)
                  OR EXISTS (SELECT FROM dnc.installation AS i WHERE NOT i.own) AS known) AS x;
    SELECT string_agg(format('%s: %s', a.relation, a.problem), '; ' ORDER BY a.relation::text, a.trigger_name)
        INTO found FROM dnc.attachment AS a WHERE a.problem IS NOT NULL;
    RETURN QUERY SELECT 'guards'::text, found IS NULL,
        coalesce(found, 'each guards the columns and tables that it was made for'),
        CASE WHEN found IS NOT NULL
            THEN 'dnc_detach and dnc_attach again; guard tables that inherit by themselves; name a trigger so that it '
                 'comes before the guard' END;

    SELECT string_agg(format('%s: %s (%s)', w.relation, w.trigger_name, w.enabled), ', '
        ORDER BY w.relation::text, w.trigger_name), count(*) INTO found, n FROM dnc.weak_trigger AS w;
    RETURN QUERY SELECT 'triggers'::text, n = 0, coalesce(found, 'all fire always'),
        CASE WHEN n > 0 THEN 'dnc_repair_triggers()' END;

    SELECT string_agg(c.relname, ', ' ORDER BY c.relname) INTO found FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
        WHERE c.relnamespace = 'dnc'::regnamespace AND NOT (i.indisvalid AND i.indisready AND i.indislive);
    IF to_regclass('dnc.entry_phone') IS NULL THEN
        found := concat_ws(', ', found, 'entry_phone is missing');
    ELSIF pg_get_indexdef(
        to_regclass(
            'dnc.entry_phone')) NOT LIKE '% USING btree (phone, dnc.entry_shape(ends, effective_at, expires_at, '
                                         'channel, purpose))' THEN
        found := concat_ws(', ', found, 'entry_phone has another definition');
    END IF;
    IF to_regclass('dnc.pseudonym_lookup') IS NULL
        OR pg_get_indexdef(
        to_regclass(
            'dnc.pseudonym_lookup')) NOT LIKE '% USING btree (pseudonym, dnc.entry_shape(ends, effective_at, '
                                              'expires_at, channel, purpose))' THEN
        found := concat_ws(', ', found, 'pseudonym_lookup is missing, or has another definition');
    END IF;
    RETURN QUERY SELECT 'indexes'::text, found IS NULL, coalesce('not as they must be: ' || found, 'all valid'),
        CASE WHEN found IS NOT NULL
            THEN 'REINDEX INDEX, or CREATE INDEX entry_phone ON dnc.entry (phone, dnc.entry_shape(ends, effective_at, '
                 'expires_at, channel, purpose)), and pseudonym_lookup on dnc.pseudonym (pseudonym, …) likewise; until '
                 'then checks are slow, not wrong' END;

    SELECT count(*) INTO n FROM dnc.audited AS a, dnc.unlogged(a.relation, a.key_column);
    RETURN QUERY SELECT 'rows in the log'::text, n = 0,
        CASE WHEN n = 0 THEN 'the log describes every row' ELSE format('the log does not describe %s rows', n) END,
        CASE WHEN n > 0 THEN 'find out who wrote past the triggers, or what was changed in a dump' END;

    SELECT count(*) INTO n FROM dnc.entry AS e
    WHERE NOT EXISTS (SELECT FROM dnc.channel AS c WHERE c.channel = e.channel)
        OR NOT EXISTS (SELECT FROM dnc.source AS s WHERE s.source = e.source) OR e.reason IS NOT NULL
        AND NOT EXISTS (SELECT FROM dnc.reason AS r WHERE r.reason = e.reason)
        OR e.purpose IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.purpose AS p WHERE p.purpose = e.purpose)
        OR e.ends IS NOT NULL
        AND NOT EXISTS (SELECT FROM dnc.entry AS x WHERE x.entry_id = e.ends AND dnc.same_phone(x.phone, e.phone));
    n := n + (SELECT count(*) FROM dnc.list_version AS v
        WHERE NOT EXISTS (SELECT FROM dnc.list AS l WHERE l.list = v.list))
        + (SELECT count(*) FROM dnc.list AS l
            WHERE EXISTS (SELECT FROM unnest(l.channels) AS c
                WHERE NOT EXISTS (SELECT FROM dnc.channel AS x WHERE x.channel = c))
            OR EXISTS (SELECT FROM unnest(l.purposes) AS p
                WHERE NOT EXISTS (SELECT FROM dnc.purpose AS x WHERE x.purpose = p)))
        + (SELECT count(*) FROM dnc.prefix_entry AS e
            WHERE NOT EXISTS (SELECT FROM dnc.channel AS c WHERE c.channel = e.channel)
            OR e.purpose IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.purpose AS p WHERE p.purpose = e.purpose)
            OR e.ends IS NOT NULL
            AND NOT EXISTS (SELECT FROM dnc.prefix_entry AS x WHERE x.prefix_id = e.ends AND x.prefix = e.prefix))
        + (SELECT count(*) FROM dnc.registry_batch AS b
            WHERE NOT EXISTS (SELECT FROM dnc.registry AS r WHERE r.registry = b.registry))
        + (SELECT count(*) FROM dnc.rule AS r
            WHERE NOT EXISTS (SELECT FROM dnc.jurisdiction AS j WHERE j.jurisdiction = r.jurisdiction)
            OR r.calendar IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.holiday AS h WHERE h.calendar = r.calendar))
        + (SELECT count(*) FROM dnc.rule_decision AS d
            WHERE NOT EXISTS (SELECT FROM dnc.rule AS r WHERE r.rule = d.rule))
        + (SELECT count(*) FROM dnc.consent_use AS u
            WHERE NOT EXISTS (SELECT FROM dnc.consent AS c WHERE c.consent_id = u.consent_id))
        + (SELECT count(*) FROM dnc.acquisition AS a
            WHERE NOT EXISTS (SELECT FROM dnc.vendor AS v WHERE v.vendor = a.vendor))
        + (SELECT count(*) FROM dnc.review AS r
            WHERE NOT EXISTS (SELECT FROM dnc.entry AS e WHERE e.entry_id = r.entry_id))
        + (SELECT count(*) FROM dnc.reply AS r WHERE r.entry_id IS NOT NULL
            AND NOT EXISTS (SELECT FROM dnc.entry AS e WHERE e.entry_id = r.entry_id))
        + (SELECT count(*) FROM dnc.pseudonym AS f
            WHERE NOT EXISTS (SELECT FROM dnc.channel AS c WHERE c.channel = f.channel)
            OR NOT EXISTS (SELECT FROM dnc.pseudonym_key AS k WHERE k.key_id = f.key_id)
            OR f.purpose IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.purpose AS p WHERE p.purpose = f.purpose)
            OR f.ends IS NOT NULL
            AND NOT EXISTS (SELECT FROM dnc.pseudonym AS x WHERE x.pseudonym_id = f.ends AND x.pseudonym = f.pseudonym))
        + (SELECT count(*) FROM dnc.subject_request_step AS s
            WHERE NOT EXISTS (SELECT FROM dnc.subject_request AS r WHERE r.request_id = s.request_id))
        + (SELECT count(*) FROM dnc.disclosure AS d
            WHERE NOT EXISTS (SELECT FROM dnc.recipient AS r WHERE r.recipient = d.recipient))
        + (SELECT count(*) FROM dnc.kept_record AS k
            WHERE NOT EXISTS (SELECT FROM dnc.erasure AS e WHERE e.erasure_id = k.erasure_id));
    RETURN QUERY SELECT 'references'::text, n = 0,
        CASE WHEN n = 0 THEN 'every referenced name and entry exists'
        ELSE format('%s rows refer to missing rows', n) END,
        CASE
            WHEN n > 0
            THEN 'insert the missing rows (list, channel, purpose, reason, source, registry, jurisdiction, calendar, '
                 'rule, vendor); a revocation without its entry has no effect' END;

    SELECT count(*) INTO n FROM dnc.audit_log AS l
    WHERE NOT EXISTS (SELECT FROM dnc.audit_data AS d WHERE d.seq = l.seq)
        AND NOT EXISTS (SELECT FROM dnc.audit_log AS x WHERE x.relation = l.relation AND x.row_key = l.row_key
            AND x.seq > l.seq AND x.operation = 'ERASE');
    RETURN QUERY SELECT 'data of the log'::text, n = 0,
        CASE WHEN n = 0 THEN 'the data of every change are there, or were erased with its row'
        ELSE format('the data of %s changes are gone', n) END,
        CASE WHEN n > 0 THEN 'find out who removed them, or restore a dump that has them' END;

    SELECT string_agg(k, ', ') INTO found
    FROM (SELECT k FROM unnest(dnc.missing_keys()) AS k UNION ALL SELECT x.key_id || ' (retired, and still needed)'
        FROM dnc.pseudonym_key AS x WHERE x.retired_at IS NOT NULL
        AND EXISTS (SELECT FROM dnc.pseudonym AS f WHERE f.key_id = x.key_id AND f.ends IS NULL
            AND f.expires_at > now()
        AND NOT EXISTS (SELECT FROM dnc.pseudonym AS w WHERE w.ends = f.pseudonym_id
            AND dnc.ends_all(w.channel, w.purpose, f.channel, f.purpose, NULL, NULL)))) AS x (k);
    RETURN QUERY SELECT 'keys of pseudonyms'::text, found IS NULL,
        coalesce('not available: ' || found, 'all available, or none needed'),
        CASE WHEN found IS NOT NULL
        THEN 'put them back into the file of the setting dnc.key_file; until then checks return NULL for numbers not '
             'suppressed otherwise' END;

    SELECT count(*) INTO n FROM dnc.erasure AS e WHERE e.finished_at IS NULL
        AND e.erased_at < now() - interval '30 days';
    RETURN QUERY SELECT 'erasures'::text, n = 0,
        CASE WHEN n = 0 THEN 'none unfinished for over 30 days'
        ELSE format('%s unfinished for over 30 days', n) END,
        CASE WHEN n > 0 THEN 'dnc_erase_finish(): until then erased data may be readable in the files' END;

    SELECT count(*) INTO n FROM dnc.subject_request_state AS s WHERE s.overdue;
    RETURN QUERY SELECT 'requests of persons'::text, n = 0,
        CASE WHEN n = 0 THEN 'none overdue' ELSE format('%s are overdue', n) END,
        CASE WHEN n > 0 THEN 'dnc.subject_request_state lists them' END;

    SELECT count(*) INTO n FROM dnc.audit_log AS l WHERE l.loaded;
    RETURN QUERY SELECT 'loaded log rows'::text, true, format('%s log rows came from a restore or by hand', n),
        NULL::text;

    -- The oldest row without a checkpoint, by the checkpoints made in this database.
    SELECT l.logged_at, s.horizon, s.sealed_at INTO unsealed
    FROM (SELECT max(x.horizon) AS horizon, max(x.sealed_at) AS sealed_at FROM dnc.seal AS x WHERE NOT x.loaded) AS s
        LEFT JOIN LATERAL (SELECT x.logged_at FROM dnc.audit_log AS x
            WHERE NOT x.loaded AND x.xid >= coalesce(s.horizon, '0') ORDER BY x.xid, x.seq LIMIT 1) AS l ON true;
    SELECT string_agg(h.who, ', ') INTO found FROM dnc.holds_back(unsealed.horizon) AS h
    WHERE unsealed.sealed_at > now() - interval '1 hour';
    RETURN QUERY SELECT 'seals'::text, coalesce(unsealed.logged_at > now() - interval '1 day', true),
        CASE WHEN unsealed.logged_at > now() - interval '1 day' IS NOT FALSE THEN 'no row has waited for over a day'
            ELSE format('rows since %s are not sealed', unsealed.logged_at)
            || coalesce(', held back by ' || found, '') END,
        CASE WHEN unsealed.logged_at <= now() - interval '1 day'
            THEN CASE WHEN found IS NULL THEN 'dnc_maintain() or dnc_audit_seal(), to be scheduled'
                ELSE 'end what holds it back' END END;

    SELECT s.signature IS NULL, s.state_root IS NULL INTO unsigned, unmapped FROM dnc.seal AS s ORDER BY s.seal_id DESC
    LIMIT 1;
    RETURN QUERY SELECT 'keys of seals'::text, NOT coalesce(unsigned OR unmapped, false),
        CASE WHEN unsigned
        OR unmapped THEN 'the newest seal '
        || concat_ws(' and ', CASE WHEN unsigned THEN 'is not signed' END,
            CASE WHEN unmapped THEN 'has no map, which exclusion proofs need' END)
        ELSE 'available, or nothing is sealed yet' END,
        CASE WHEN unsigned OR unmapped THEN
            'put keys named seal and state into the file of the setting dnc.key_file, 32 bytes in hexadecimal each' END;

    RETURN QUERY SELECT 'open imports'::text, count(*) = 0,
        CASE WHEN count(*) = 0 THEN 'none older than a day'
        ELSE format('open for over a day: %s', string_agg(b.batch_id::text, ', ')) END,
        CASE WHEN count(*) > 0
            THEN 'dnc_import_finish(batch): until then its numbers are not on the list; dnc_import_abandon(batch) if '
                 'it is not wanted' END
        FROM dnc.import_batch AS b WHERE b.state = 'open' AND b.started_at < now() - interval '1 day';

    RETURN QUERY SELECT 'rejected import lines'::text, count(*) = 0,
        CASE WHEN count(*) = 0 THEN 'somebody has dealt with each'
            ELSE format('%s were not recorded, %s were with a default for their times, in import %s',
                count(*) FILTER (WHERE NOT u.recorded), count(*) FILTER (WHERE u.recorded),
                string_agg(DISTINCT u.batch_id::text, ', ')) END,
        CASE WHEN count(*) > 0 THEN 'dnc.import_unresolved lists them: record what can be read with dnc_add, then '
                'dnc_import_resolve(batch, line, by, why)' END
        FROM dnc.import_unresolved AS u;

    SELECT count(*) INTO n FROM dnc.entry AS e WHERE e.ends IS NULL AND NOT dnc.is_valid(e.phone);
    RETURN QUERY SELECT 'numbers'::text, true,
        CASE WHEN n = 0 THEN 'every number on the list is in a range in use'
            ELSE format('%s opt-outs are of numbers in no range in use', n) END,
        CASE WHEN n > 0 THEN 'dnc_doubtful() lists them; dnc_correct moves one that was read in a wrong region' END;

    RETURN QUERY SELECT 'open loads'::text, count(*) = 0,
        CASE WHEN count(*) = 0 THEN 'none older than a day'
        ELSE format('open for over a day: %s',
            string_agg(v.version_id || ' of ' || v.list, ', ' ORDER BY v.version_id)) END,
        CASE WHEN count(*) > 0
            THEN 'dnc_list_load_finish(version), or dnc_list_load_abandon(version) if it is not wanted' END
        FROM dnc.list_version AS v WHERE v.state = 'open' AND v.loaded_at < now() - interval '1 day';

    IF to_regclass('dnc.contact_attempt') IS NOT NULL THEN
        found := CASE WHEN EXISTS (SELECT FROM dnc.contact_attempt_other AS a)
            THEN 'there are rows of months without a partition'
                      WHEN to_regclass('dnc.contact_attempt_'
                          || to_char((now() AT TIME ZONE 'UTC') + interval '1 month', 'YYYY_MM')) IS NULL
                          THEN 'the next month has no partition' END;
        RETURN QUERY SELECT 'contact attempts'::text, found IS NULL, coalesce(found, 'partitions are made ahead'),
            CASE WHEN found IS NOT NULL
            THEN 'dnc_attempt_partitions(), with since for older months; until then nothing is lost, but slower' END;
    END IF;

    SELECT count(*) INTO n FROM dnc.request AS r WHERE r.state = 'provisional'
        AND r.recorded_at < now() - interval '30 days';
    RETURN QUERY SELECT 'provisional refusals'::text, n = 0,
        CASE WHEN n = 0 THEN 'none older than 30 days' ELSE format('%s wait for review for over 30 days', n) END,
        CASE WHEN n > 0 THEN 'dnc.review_due lists them; dnc_review decides' END;

    SELECT string_agg(format('%s and %s', c.rule, c.other_rule), ', ' ORDER BY c.rule) INTO found
    FROM dnc.rule_conflict AS c;
    RETURN QUERY SELECT 'rules'::text, found IS NULL,
        coalesce('same rank and scope, different values: ' || found, 'none contradict each other'),
        CASE WHEN found IS NOT NULL THEN 'the stricter applies; insert a rule that replaces one, or disable one' END;

    -- Warns when a fifth of max_age_days is left.
    SELECT string_agg(x.list || ' ' || x.problem, ', ' ORDER BY x.list) INTO found FROM (
        SELECT l.list, CASE WHEN v.version_id IS NULL THEN 'is not loaded'
            WHEN v.obtained_at + make_interval(hours => 24 * l.max_age_days) < now()
                THEN format('is stale since %s',
                to_char(v.obtained_at + make_interval(hours => 24 * l.max_age_days), 'YYYY-MM-DD'))
            WHEN v.obtained_at + make_interval(hours => 24 * l.max_age_days * 4 / 5) < now()
                THEN format('becomes stale on %s',
                to_char(v.obtained_at + make_interval(hours => 24 * l.max_age_days), 'YYYY-MM-DD'))
            WHEN EXISTS (SELECT FROM dnc.list_version AS n WHERE n.list = l.list AND n.state = 'ready'
                AND n.version_id > v.version_id) THEN 'has a newer version that is not current' END AS problem
        FROM dnc.list AS l LEFT JOIN dnc.list_version AS v ON v.list = l.list AND v.state = 'current'
        WHERE l.enabled) AS x WHERE x.problem IS NOT NULL;
    RETURN QUERY SELECT 'external lists'::text, found IS NULL, coalesce(found, 'all loaded and fresh'),
        CASE WHEN found IS NOT NULL THEN 'dnc_list_load, or dnc_list_activate for a version that is not current' END;

    SELECT string_agg(b.batch_id::text, ', ' ORDER BY b.batch_id) INTO found FROM dnc.registry_batch AS b
    WHERE b.answers <> (SELECT count(*) FROM dnc.registry_answer AS a WHERE a.batch_id = b.batch_id)
        + coalesce((SELECT sum(p.rows) FROM dnc.erasure_part AS p WHERE p.relation = 'registry_answer'
                AND p.part = b.batch_id::text), 0)
        + coalesce((SELECT sum(p.rows) FROM dnc.purge AS p WHERE p.relation = 'registry_answer'
                AND p.part = b.batch_id::text), 0);
    RETURN QUERY SELECT 'registry answers'::text, found IS NULL,
        coalesce('not as many as were imported: ' || found, 'as many as were imported'),
        CASE WHEN found IS NOT NULL THEN 'find out who wrote past the triggers' END;

    SELECT string_agg(format('%s version %s', v.list, v.version_id), ', ' ORDER BY v.version_id) INTO found
    FROM dnc.list_version AS v, unnest(ARRAY[v.whole_set, v.plus_set, v.minus_set]) AS s
        WHERE v.state IN ('ready', 'current', 'former') AND s IS NOT NULL
          AND (SELECT count(*) FILTER (WHERE b.start = 0) = 1 AND sum(b.stop - b.start) = 1000000000000000
              FROM dnc.list_block AS b WHERE b.set_id = s) IS NOT TRUE;
    RETURN QUERY SELECT 'list blocks'::text, found IS NULL,
        coalesce('missing or overlapping: ' || found, 'every version has all of its blocks'),
        CASE WHEN found IS NOT NULL THEN 'load the list again; dnc_list_verify returns the reason' END;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_health()
    IS 'Returns one row per health check: subject, whether it is healthy, detail and remedy.
Example: SELECT subject, detail, remedy FROM dnc_health() WHERE NOT healthy;';

CREATE FUNCTION @extschema@.dnc_repair_triggers() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w        record;
    repaired integer := 0;
BEGIN
    -- Only the extension's own tables: a guard belongs to the owner of its table.
    FOR w IN SELECT * FROM dnc.weak_trigger AS x
        WHERE x.relation IN (SELECT c.oid FROM pg_class AS c WHERE c.relnamespace = 'dnc'::regnamespace) LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', w.relation, w.trigger_name);
        repaired := repaired + 1;
    END LOOP;
    -- Writes made meanwhile may not have invalidated the caches of sessions.
    UPDATE dnc.list_epoch SET epoch = dnc.random_epoch();
    RETURN repaired;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_repair_triggers()
    IS 'Sets every trigger of the extension''s tables to ENABLE ALWAYS again and returns the count of those repaired.
Example: SELECT dnc_repair_triggers();';
