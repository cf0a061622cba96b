-- ---------------------------------------------------------------------------
-- Health checks that take milliseconds
-- ---------------------------------------------------------------------------
-- problems: 0 if all is well.

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

CREATE FUNCTION dnc.health_quick() RETURNS TABLE (subject text, problems bigint, detail text, remedy text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found    text;
    n        bigint;
    unsealed record;
    unsigned boolean;
    unmapped boolean;
BEGIN
    found := coalesce(dnc.absence(), (SELECT format('%s of %s', c.kind, c.relation) FROM dnc.foreign_claim AS c
            ORDER BY c.relation::text LIMIT 1));
    RETURN QUERY SELECT 'the list'::text, (found IS NOT NULL OR NOT x.known)::int::bigint, CASE WHEN found = 'worker'
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
    SELECT count(*),
        string_agg(format('%s: %s', a.relation, a.problem), '; ' ORDER BY a.relation::text, a.trigger_name)
        INTO n, found FROM dnc.attachment AS a WHERE a.problem IS NOT NULL;
    RETURN QUERY SELECT 'guards'::text, n,
        coalesce(found, 'each guards what it was made for'),
        CASE WHEN found IS NOT NULL
            THEN 'dnc_detach and dnc_attach again; guard tables that inherit by themselves; name a trigger so that it '
                 'comes before the guard' END;

    SELECT string_agg(format('%s: %s (%s)', w.relation, w.trigger_name, w.enabled), ', '
        ORDER BY w.relation::text, w.trigger_name), count(*) INTO found, n FROM dnc.weak_trigger AS w;
    RETURN QUERY SELECT 'triggers'::text, n, coalesce(found, 'every change is recorded, and every guard acts'),
        CASE WHEN n > 0 THEN 'dnc_repair_triggers()' END;

    SELECT string_agg(DISTINCT pg_get_userbyid(c.relowner)::text, ', ') INTO found FROM pg_class AS c
        JOIN pg_roles AS r ON r.oid = c.relowner
        WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind IN ('r', 'p') AND NOT r.rolsuper;
    RETURN QUERY SELECT 'owner'::text, (found IS NOT NULL)::int::bigint,
        coalesce('the tables of the list belong to ' || found || ', who is no superuser and can switch triggers off',
            'no role but a superuser can switch triggers off'),
        CASE WHEN found IS NOT NULL THEN 'a superuser gives them to another superuser: REASSIGN OWNED' END;

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
    RETURN QUERY SELECT 'indexes'::text,
        coalesce(cardinality(string_to_array(found, ', ')), 0)::bigint,
        coalesce('not as they must be: ' || found, 'all valid'),
        CASE WHEN found IS NOT NULL
            THEN 'REINDEX INDEX, or CREATE INDEX entry_phone ON dnc.entry (phone, dnc.entry_shape(ends, effective_at, '
                 'expires_at, channel, purpose)), and pseudonym_lookup on dnc.pseudonym (pseudonym, …) likewise; until '
                 'then checks are slow, not wrong' END;

    SELECT string_agg(k, ', ') INTO found
    FROM (SELECT k FROM unnest(dnc.missing_keys()) AS k UNION ALL SELECT x.key_id || ' (retired, and still needed)'
        FROM dnc.pseudonym_key AS x WHERE x.retired_at IS NOT NULL
        AND EXISTS (SELECT FROM dnc.pseudonym AS f WHERE f.key_id = x.key_id AND f.ends IS NULL
            AND f.expires_at > now()
        AND NOT EXISTS (SELECT FROM dnc.pseudonym AS w WHERE w.ends = f.pseudonym_id
            AND dnc.ends_all(w.channel, w.purpose, f.channel, f.purpose, NULL, NULL)))) AS x (k);
    RETURN QUERY SELECT 'keys of pseudonyms'::text,
        coalesce(cardinality(string_to_array(found, ', ')), 0)::bigint,
        coalesce('not available: ' || found, 'all available, or none needed'),
        CASE WHEN found IS NOT NULL
        THEN 'put them back into the file of the setting dnc.key_file; until then checks return NULL for numbers not '
             'suppressed otherwise' END;

    SELECT count(*) INTO n FROM dnc.erasure AS e WHERE e.finished_at IS NULL
        AND e.erased_at < now() - interval '30 days';
    RETURN QUERY SELECT 'erasures'::text, n,
        CASE WHEN n = 0 THEN 'none unfinished for over 30 days'
        ELSE format('%s unfinished for over 30 days', n) END,
        CASE WHEN n > 0 THEN 'dnc_erase_finish(): until then erased data may be readable in the files' END;

    SELECT count(*) INTO n FROM dnc.subject_request_state AS s WHERE s.overdue;
    RETURN QUERY SELECT 'requests of persons'::text, n,
        CASE WHEN n = 0 THEN 'none overdue' ELSE format('%s are overdue', n) END,
        CASE WHEN n > 0 THEN 'dnc.subject_request_state lists them' END;

    SELECT count(*) INTO n FROM dnc.complaint_state AS s WHERE s.overdue;
    RETURN QUERY SELECT 'complaints'::text, n,
        CASE WHEN n = 0 THEN 'none overdue' ELSE format('%s are overdue', n) END,
        CASE WHEN n > 0 THEN 'dnc.complaint_state lists them; dnc_case gathers the file for the answer' END;

    -- The oldest row without a checkpoint, by the checkpoints made in this database.
    SELECT l.logged_at, s.horizon, s.sealed_at INTO unsealed
    FROM (SELECT max(x.horizon) AS horizon, max(x.sealed_at) AS sealed_at FROM dnc.seal AS x WHERE NOT x.loaded) AS s
        LEFT JOIN LATERAL (SELECT x.logged_at FROM dnc.audit_log AS x
            WHERE NOT x.loaded AND x.xid >= coalesce(s.horizon, '0') ORDER BY x.xid, x.seq LIMIT 1) AS l ON true;
    SELECT string_agg(h.who, ', ') INTO found FROM dnc.holds_back(unsealed.horizon) AS h
    WHERE unsealed.sealed_at > now() - interval '1 hour';
    RETURN QUERY SELECT 'seals'::text,
        coalesce(unsealed.logged_at <= now() - interval '1 day', false)::int::bigint,
        CASE WHEN unsealed.logged_at > now() - interval '1 day' IS NOT FALSE THEN 'no row has waited for over a day'
            ELSE format('rows since %s are not sealed', unsealed.logged_at)
            || coalesce(', held back by ' || found, '') END,
        CASE WHEN unsealed.logged_at <= now() - interval '1 day'
            THEN CASE WHEN found IS NULL THEN 'dnc_maintain() or dnc_audit_seal(), to be scheduled'
                ELSE 'end what holds it back' END END;

    SELECT s.signature IS NULL, s.state_root IS NULL INTO unsigned, unmapped FROM dnc.seal AS s ORDER BY s.seal_id DESC
    LIMIT 1;
    RETURN QUERY SELECT 'keys of seals'::text, coalesce(unsigned OR unmapped, false)::int::bigint,
        CASE WHEN unsigned
        OR unmapped THEN 'the newest seal '
        || concat_ws(' and ', CASE WHEN unsigned THEN 'is not signed' END,
            CASE WHEN unmapped THEN 'has no map, which exclusion proofs need' END)
        ELSE 'available, or nothing is sealed yet' END,
        CASE WHEN unsigned OR unmapped THEN
            'put keys named seal and state into the file of the setting dnc.key_file, 32 bytes in hexadecimal each' END;

    RETURN QUERY SELECT 'open imports'::text, count(*),
        CASE WHEN count(*) = 0 THEN 'none older than a day'
        ELSE format('open for over a day: %s', string_agg(b.batch_id::text, ', ')) END,
        CASE WHEN count(*) > 0
            THEN 'dnc_import_finish(batch): until then its numbers are not on the list; dnc_import_abandon(batch) if '
                 'it is not wanted' END
        FROM dnc.import_batch AS b WHERE b.state = 'open' AND b.started_at < now() - interval '1 day';

    RETURN QUERY SELECT 'rejected import lines'::text, count(*),
        CASE WHEN count(*) = 0 THEN 'somebody has dealt with each'
            ELSE format('%s were not recorded, %s were with a default for a time that cannot be read, in import %s',
                count(*) FILTER (WHERE NOT u.recorded), count(*) FILTER (WHERE u.recorded),
                string_agg(DISTINCT u.batch_id::text, ', ')) END,
        CASE WHEN count(*) > 0 THEN 'dnc.import_unresolved lists them: record what can be read with dnc_add, then '
                'dnc_import_resolve(batch, line, by, why)' END
        FROM dnc.import_unresolved AS u;

    RETURN QUERY SELECT 'open loads'::text, count(*),
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
        RETURN QUERY SELECT 'contact attempts'::text,
        coalesce(cardinality(string_to_array(found, ', ')), 0)::bigint, coalesce(found, 'partitions are made ahead'),
            CASE WHEN found IS NOT NULL
            THEN 'dnc_attempt_partitions(), with since for older months; until then nothing is lost, but slower' END;
    END IF;

    SELECT count(*), string_agg(format('%s of %s (since %s)', c.code, c.source, to_char(c.seen_at, 'YYYY-MM-DD')), ', '
        ORDER BY c.seen_at) FILTER (WHERE c.nth <= 5) INTO n, found
    FROM (SELECT u.*, row_number() OVER (ORDER BY u.seen_at, u.source, u.code) AS nth FROM dnc.code_in_use AS u
        WHERE u.outcome IS NULL) AS c;
    RETURN QUERY SELECT 'outcome codes'::text, n, CASE WHEN n = 0 THEN 'every code is mapped'
        ELSE format('not mapped, so that nobody knows what people said: %s%s', found,
            CASE WHEN n > 5 THEN ' and others' ELSE '' END) END,
        CASE WHEN n > 0 THEN 'dnc_outcome_map(source, code, outcome) says what a code means, also for the attempts '
            'recorded so far; until then dnc_may_contact allows no contact with these numbers' END;

    SELECT count(*), string_agg(format('%s on %s%s', g.source, g.day, CASE WHEN g.missing IS NULL THEN ' (not compared)'
            ELSE format(' (%s missing, %s too many)', g.missing, g.surplus) END), ', ' ORDER BY g.day DESC)
        FILTER (WHERE g.nth <= 5) INTO n, found
    FROM (SELECT x.*, row_number() OVER (ORDER BY x.day DESC, x.source) AS nth FROM dnc.attempt_gap AS x
        WHERE x.day > current_date - 90) AS g;
    RETURN QUERY SELECT 'attempt totals'::text, n, CASE WHEN n = 0 THEN 'no day differs from the dialers'' totals'
        ELSE format('days that differ in the last 90: %s%s', found, CASE WHEN n > 5 THEN ' and others' ELSE '' END)
        END, CASE WHEN n > 0 THEN 'load what is missing, then compare again: dnc_attempt_reconcile(source, day, '
            'counts); dnc.attempt_gap lists the days' END;

    SELECT string_agg(format('%s and %s', c.rule, c.other_rule), ', ' ORDER BY c.rule) INTO found
    FROM dnc.rule_conflict AS c;
    RETURN QUERY SELECT 'rules'::text,
        coalesce(cardinality(string_to_array(found, ', ')), 0)::bigint,
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
    RETURN QUERY SELECT 'external lists'::text,
        coalesce(cardinality(string_to_array(found, ', ')), 0)::bigint,
        coalesce(found, CASE WHEN EXISTS (SELECT FROM dnc.list AS l WHERE l.enabled) THEN 'all loaded and fresh'
            ELSE 'none is set up: numbers are checked against the internal list only' END),
        CASE WHEN found IS NOT NULL THEN 'dnc_list_load, or dnc_list_activate for a version that is not current' END;

    -- Flagged rows are where they should be.
    SELECT count(*), string_agg(g.relation, ', ' ORDER BY g.relation) INTO n, found FROM dnc.guard_check AS g
        JOIN dnc.attachment AS a ON dnc.relation_name(a.relation) = g.relation AND a.channel = g.channel
        WHERE g.suppressed > 0 AND a.flag_column IS NULL;
    RETURN QUERY SELECT 'guarded rows'::text, n,
        CASE WHEN n = 0 THEN 'no guarded table held a suppressed number when it was last checked'
            ELSE format('rows from before the guard hold suppressed numbers in %s', found) END,
        CASE WHEN n > 0 THEN 'read these tables through views of dnc_create_view; CALL dnc_recheck(relation) checks '
                'them again' END;
END
$$;
COMMENT ON FUNCTION dnc.health_quick() IS 'the checks of dnc_health that read little';
