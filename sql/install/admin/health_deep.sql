-- ---------------------------------------------------------------------------
-- Health checks that read whole tables
-- ---------------------------------------------------------------------------
-- problems: 0 if all is well.

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

CREATE FUNCTION dnc.health_deep() RETURNS TABLE (subject text, problems bigint, detail text, remedy text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found text;
    n     bigint;
BEGIN
    SELECT count(*) INTO n FROM dnc.audited AS a, dnc.unlogged(a.relation, a.key_column);
    RETURN QUERY SELECT 'rows in the log'::text, n,
        CASE WHEN n = 0 THEN 'the log describes every row of the list'
            ELSE format('the log does not describe %s rows', n) END,
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
        + (SELECT count(*) FROM dnc.complaint AS c
            WHERE NOT EXISTS (SELECT FROM dnc.channel AS x WHERE x.channel = c.channel)
            OR NOT EXISTS (SELECT FROM dnc.source AS x WHERE x.source = c.source)
            OR c.purpose IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.purpose AS p WHERE p.purpose = c.purpose))
        + (SELECT count(*) FROM dnc.complaint_step AS s
            WHERE NOT EXISTS (SELECT FROM dnc.complaint AS c WHERE c.complaint_id = s.complaint_id))
        + (SELECT count(*) FROM dnc.disclosure AS d
            WHERE NOT EXISTS (SELECT FROM dnc.recipient AS r WHERE r.recipient = d.recipient))
        + (SELECT count(*) FROM dnc.kept_record AS k
            WHERE NOT EXISTS (SELECT FROM dnc.erasure AS e WHERE e.erasure_id = k.erasure_id));
    RETURN QUERY SELECT 'references'::text, n,
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
    RETURN QUERY SELECT 'data of the log'::text, n,
        CASE WHEN n = 0 THEN 'the data of every change are there, or were erased with its row'
        ELSE format('the data of %s changes are gone', n) END,
        CASE WHEN n > 0 THEN 'find out who removed them, or restore a dump that has them' END;

    SELECT count(*) INTO n FROM dnc.audit_log AS l WHERE l.loaded;
    RETURN QUERY SELECT 'loaded log rows'::text, 0::bigint, format('%s log rows came from a restore or by hand', n),
        NULL::text;

    SELECT count(*) INTO n FROM dnc.entry AS e
    WHERE e.ends IS NULL AND NOT dnc.is_valid(e.phone) AND NOT EXISTS (SELECT FROM dnc.entry AS w
        WHERE w.ends = e.entry_id AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL));
    RETURN QUERY SELECT 'numbers'::text, n,
        CASE WHEN n = 0 THEN 'every number on the list is in a range in use'
            ELSE format('%s opt-outs are of numbers in no range in use', n) END,
        CASE WHEN n > 0 THEN 'dnc_doubtful() lists them; dnc_correct moves one that was read in a wrong region' END;

    SELECT count(*) INTO n FROM dnc.request AS r WHERE r.state = 'provisional'
        AND r.recorded_at < now() - interval '30 days';
    RETURN QUERY SELECT 'provisional refusals'::text, n,
        CASE WHEN n = 0 THEN 'none older than 30 days' ELSE format('%s wait for review for over 30 days', n) END,
        CASE WHEN n > 0 THEN 'dnc.review_due lists them; dnc_review decides' END;

    SELECT (SELECT count(*) FROM dnc.review_need AS d
            WHERE NOT EXISTS (SELECT FROM dnc.watched('review') AS w (entry_id) WHERE w.entry_id = d.entry_id))
        + (SELECT count(*) FROM dnc.request AS r WHERE r.late
            AND NOT EXISTS (SELECT FROM dnc.watched('late') AS w (entry_id) WHERE w.entry_id = r.entry_id)) INTO n;
    RETURN QUERY SELECT 'reviews'::text, n,
        CASE WHEN n = 0 THEN 'dnc.review_due and dnc.overdue show every opt-out that they must'
            ELSE format('%s opt-outs are missing in dnc.review_due or dnc.overdue', n) END,
        CASE WHEN n > 0 THEN 'a superuser deletes the row of dnc.entry_watch_state and calls dnc_maintain(); find out '
                'who wrote past the triggers' END;

    SELECT string_agg(b.batch_id::text, ', ' ORDER BY b.batch_id) INTO found FROM dnc.registry_batch AS b
    WHERE b.answers <> (SELECT count(*) FROM dnc.registry_answer AS a WHERE a.batch_id = b.batch_id)
        + coalesce((SELECT sum(p.rows) FROM dnc.erasure_part AS p WHERE p.relation = 'registry_answer'
                AND p.part = b.batch_id::text), 0)
        + coalesce((SELECT sum(p.rows) FROM dnc.purge AS p WHERE p.relation = 'registry_answer'
                AND p.part = b.batch_id::text), 0);
    RETURN QUERY SELECT 'registry answers'::text,
        coalesce(cardinality(string_to_array(found, ', ')), 0)::bigint,
        coalesce('not as many as were imported: ' || found, 'as many as were imported'),
        CASE WHEN found IS NOT NULL THEN 'find out who wrote past the triggers' END;

    SELECT string_agg(format('%s version %s', v.list, v.version_id), ', ' ORDER BY v.version_id) INTO found
    FROM dnc.list_version AS v, unnest(ARRAY[v.whole_set, v.plus_set, v.minus_set]) AS s
        WHERE v.state IN ('ready', 'current', 'former') AND s IS NOT NULL
          AND (SELECT count(*) FILTER (WHERE b.start = 0) = 1 AND sum(b.stop - b.start) = 1000000000000000
              FROM dnc.list_block AS b WHERE b.set_id = s) IS NOT TRUE;
    RETURN QUERY SELECT 'list blocks'::text,
        coalesce(cardinality(string_to_array(found, ', ')), 0)::bigint,
        coalesce('missing or overlapping: ' || found, 'every version has all of its blocks'),
        CASE WHEN found IS NOT NULL THEN 'load the list again; dnc_list_verify returns the reason' END;
END
$$;
COMMENT ON FUNCTION dnc.health_deep() IS 'the checks of dnc_health that compare whole tables';
