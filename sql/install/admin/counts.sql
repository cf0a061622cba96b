-- ---------------------------------------------------------------------------
-- What dnc_maintain counts for dnc_health
-- ---------------------------------------------------------------------------
-- Counting reads whole tables or many catalogs, so health reports the last count, and says of when it is.
CREATE TABLE dnc.health_count (
    subject    text        PRIMARY KEY,
    value      bigint      NOT NULL,
    detail     text,
    counted_at timestamptz NOT NULL
);
COMMENT ON TABLE dnc.health_count IS 'what dnc_maintain counted last for dnc_health; counted again after a restore';

-- The whole list is read when rules changed, and otherwise once in 30 days; else only what changed.
CREATE FUNCTION dnc.watch_maintain(OUT whole boolean, OUT rows bigint) LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    s        dnc.entry_watch_state;
    position xid8 := pg_snapshot_xmin(pg_current_snapshot());
    last     bigint := (SELECT q.last_value FROM dnc.audit_seq AS q);
    basis    text := dnc.watch_basis();
    covers   timestamptz;
    first    bigint := 0;
BEGIN
    -- A restore is still under way, or just ended: its rows do not count as changes.
    IF NOT EXISTS (SELECT FROM dnc.audit_log AS l WHERE NOT l.loaded) THEN
        DELETE FROM dnc.entry_watch_state;
        RETURN;
    END IF;
    SELECT * INTO s FROM dnc.entry_watch_state;
    whole := (s.basis = basis AND s.covers_to > now() + interval '10 days') IS NOT TRUE;
    covers := CASE WHEN whole THEN now() + interval '40 days' ELSE s.covers_to END;
    CREATE TEMP TABLE dnc_watch_work (entry_id bigint) ON COMMIT DROP;
    IF whole THEN
        INSERT INTO pg_temp.dnc_watch_work
            SELECT e.entry_id FROM dnc.entry AS e
                WHERE dnc.may_be_late(e) OR e.ends IS NULL AND NOT dnc.is_valid(e.phone)
            UNION SELECT c FROM dnc.watched_since(0, 'review', covers) AS c;
    ELSE
        first := dnc.watch_first(s.since);
        INSERT INTO pg_temp.dnc_watch_work
            SELECT w.entry_id FROM dnc.entry_watch AS w
            UNION SELECT c FROM dnc.watched_since(first, 'late', covers) AS c
            UNION SELECT c FROM dnc.watched_since(first, 'no_range', covers) AS c
            UNION SELECT c FROM dnc.watched_since(first, 'review', covers) AS c;
    END IF;
    ANALYZE pg_temp.dnc_watch_work;
    DELETE FROM dnc.entry_watch;
    INSERT INTO dnc.entry_watch (entry_id, review_from, late, no_range)
        SELECT x.entry_id, CASE WHEN x.review_from <= covers THEN x.review_from ELSE 'infinity' END, x.late, x.no_range
        FROM (SELECT r.entry_id, CASE WHEN r.state IN ('ended', 'expired') THEN 'infinity'
                WHEN r.state = 'provisional' OR dnc.reassigned_after(r.phone, r.requested_at, r.reviewed_at)
                    THEN '-infinity'
                ELSE greatest(r.keep_until, r.review_again_at) END AS review_from,
            r.late, r.state <> 'ended' AND NOT dnc.is_valid(r.phone) AS no_range
            FROM pg_temp.dnc_watch_work AS w JOIN dnc.request AS r ON r.entry_id = w.entry_id) AS x
        WHERE x.review_from <= covers OR x.late OR x.no_range;
    GET DIAGNOSTICS rows = ROW_COUNT;
    DROP TABLE pg_temp.dnc_watch_work;
    INSERT INTO dnc.entry_watch_state AS t (counted_at, read_at, covers_to, since, last_seq, basis)
        VALUES (now(), CASE WHEN whole THEN now() ELSE s.read_at END, covers, position, last, basis)
        ON CONFLICT (one) DO UPDATE SET (counted_at, read_at, covers_to, since, last_seq, basis)
            = (excluded.counted_at, excluded.read_at, excluded.covers_to, excluded.since, excluded.last_seq,
               excluded.basis);
END
$$;
COMMENT ON FUNCTION dnc.watch_maintain()
    IS 'brings dnc.entry_watch up to date, for dnc_maintain: whether the whole list was read, and how many opt-outs '
       'are in it; NULL: none, while nothing has been recorded here';

CREATE FUNCTION dnc.count_health() RETURNS void LANGUAGE sql SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    INSERT INTO dnc.health_count AS t (subject, value, detail, counted_at)
        SELECT 'phone columns', count(*),
            string_agg(x.relation || '.' || x.column_name, ', ' ORDER BY x.relation, x.column_name)
                FILTER (WHERE x.nth <= 5) || CASE WHEN count(*) > 5 THEN ' and others' ELSE '' END, now()
        FROM (SELECT dnc.relation_name(c.relation) AS relation, c.column_name,
                row_number() OVER (ORDER BY dnc.relation_name(c.relation), c.column_name) AS nth
            FROM @extschema@.dnc_coverage() AS c WHERE NOT c.guarded AND NOT c.viewed) AS x
        ON CONFLICT (subject) DO UPDATE SET (value, detail, counted_at)
            = (excluded.value, excluded.detail, excluded.counted_at);
END;
COMMENT ON FUNCTION dnc.count_health() IS 'counts for dnc.health_count, for dnc_maintain';

-- A reader of the write-ahead log that is far behind: a standby, a feed (logical slot) or this server's own.
CREATE FUNCTION dnc.behind(megabytes bigint DEFAULT 256) RETURNS TABLE (name text, why text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    here    pg_lsn;
    allowed numeric := behind.megabytes * 1048576;
BEGIN
    IF pg_is_in_recovery() THEN
        here := pg_last_wal_receive_lsn();
        RETURN QUERY SELECT 'this standby'::text, format('%s MB received are not replayed, the last change is of %s',
                round((here - pg_last_wal_replay_lsn()) / 1048576), pg_last_xact_replay_timestamp())
            WHERE here - pg_last_wal_replay_lsn() >= allowed
            UNION ALL SELECT 'this standby', 'replay is paused' WHERE pg_is_wal_replay_paused();
    ELSE
        here := pg_current_wal_lsn();
        RETURN QUERY SELECT format('%s %s', CASE s.slot_type WHEN 'logical' THEN 'feed' ELSE 'replica' END,
                s.slot_name), CASE WHEN s.wal_status = 'lost' THEN 'lost what it had not read: it must be made anew'
                ELSE format('%s MB behind%s', round((here - coalesce(s.confirmed_flush_lsn, s.restart_lsn)) / 1048576),
                    CASE WHEN NOT s.active THEN ', and nobody reads it' ELSE '' END) END
            FROM pg_replication_slots AS s WHERE NOT s.temporary AND (s.database IS NULL
                    OR s.database = current_database())
                AND (s.wal_status = 'lost' OR here - coalesce(s.confirmed_flush_lsn, s.restart_lsn) >= allowed)
            UNION ALL SELECT format('replica %s', r.application_name),
                format('%s MB behind', round((here - r.replay_lsn) / 1048576))
            FROM pg_stat_replication AS r WHERE here - r.replay_lsn >= allowed;
    END IF;
    RETURN QUERY SELECT format('subscription %s', s.subname), 'its worker does not run'::text
        FROM pg_subscription AS s LEFT JOIN pg_stat_subscription AS w ON w.subid = s.oid AND w.relid IS NULL
        WHERE s.subdbid = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
            AND s.subenabled AND w.pid IS NULL;
END
$$;
COMMENT ON FUNCTION dnc.behind(bigint)
    IS 'standbys, feeds and subscriptions that are so many megabytes behind, or stopped';

-- problems: 0 if all is well; NULL: not counted yet. A count is taken anew where that reads little.
CREATE FUNCTION dnc.health_counted()
RETURNS TABLE (subject text, problems bigint, detail text, remedy text, as_of timestamptz)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    s     dnc.entry_watch_state;
    c     dnc.health_count;
    small boolean := pg_relation_size('dnc.entry') <= 8388608;
    n     bigint;
    found text;
    uncounted CONSTANT text := 'not counted yet';
BEGIN
    SELECT * INTO s FROM dnc.entry_watch_state;
    SELECT h.* INTO c FROM dnc.health_count AS h WHERE h.subject = 'phone columns';
    RETURN QUERY SELECT 'phone columns'::text, c.value,
        CASE WHEN c.value IS NULL THEN uncounted WHEN c.value = 0 THEN 'each has a guard or a view'
            ELSE 'neither guarded nor read through a view of dnc_create_view: ' || c.detail END,
        CASE WHEN c.value > 0 THEN 'dnc_attach guards a column, dnc_create_view shows only rows that may be contacted; '
                'dnc_coverage() lists the columns; dnc_maintain() counts again'
            WHEN c.value IS NULL THEN 'dnc_maintain()' END, c.counted_at;

    IF small OR s.covers_to > statement_timestamp() AND s.basis = dnc.watch_basis()
        AND (SELECT q.last_value FROM dnc.audit_seq AS q) - s.last_seq <= 20000
        AND (SELECT count(*) FROM (SELECT FROM dnc.entry_watch AS w WHERE w.no_range LIMIT 1001) AS x) <= 1000 THEN
        SELECT count(*) INTO n FROM dnc.watched('no_range') AS w (entry_id)
        JOIN dnc.entry AS e ON e.entry_id = w.entry_id
        WHERE e.ends IS NULL AND NOT dnc.is_valid(e.phone) AND NOT EXISTS (SELECT FROM dnc.entry AS x
            WHERE x.ends = e.entry_id AND dnc.ends_all(x.channel, x.purpose, e.channel, e.purpose, NULL, NULL));
        as_of := statement_timestamp();
    ELSE
        SELECT CASE WHEN s.one THEN count(*) END INTO n FROM dnc.entry_watch AS w WHERE w.no_range;
        as_of := s.counted_at;
    END IF;
    RETURN QUERY SELECT 'numbers'::text, n,
        CASE WHEN n IS NULL THEN uncounted WHEN n = 0 THEN 'every number on the list is in a range in use'
            ELSE format('%s opt-outs are of numbers in no range in use', n) END,
        CASE WHEN n > 0 THEN 'dnc_doubtful() lists them; dnc_correct moves one that was read in a wrong region'
            WHEN n IS NULL THEN 'dnc_maintain()' END, as_of;

    -- The oldest first; what is older than 30 days is in the list, unless dnc_maintain has not run for as long.
    as_of := statement_timestamp();
    IF s.counted_at > now() - interval '30 days' THEN
        SELECT count(*) INTO n FROM (SELECT w.entry_id FROM dnc.entry_watch AS w WHERE w.review_from = '-infinity'
            ORDER BY w.review_from, w.entry_id LIMIT 1000) AS w JOIN dnc.request AS r ON r.entry_id = w.entry_id
            WHERE r.state = 'provisional' AND r.recorded_at < now() - interval '30 days';
    ELSIF small THEN
        SELECT count(*) INTO n FROM dnc.request AS r WHERE r.state = 'provisional'
            AND r.recorded_at < now() - interval '30 days';
    ELSE
        n := NULL;
        as_of := NULL;
    END IF;
    RETURN QUERY SELECT 'provisional refusals'::text, n,
        CASE WHEN n IS NULL THEN uncounted WHEN n = 0 THEN 'none older than 30 days'
            ELSE format('%s wait for review for over 30 days', n) END,
        CASE WHEN n > 0 THEN 'dnc.review_due lists them; dnc_review decides' WHEN n IS NULL THEN 'dnc_maintain()' END,
        as_of;

    n := CASE WHEN s.one THEN extract(epoch FROM now() - s.counted_at)::bigint / 86400 WHEN small THEN 0 END;
    RETURN QUERY SELECT 'maintenance'::text, n,
        CASE WHEN s.one THEN format('dnc_maintain() last ran at %s', to_char(s.counted_at AT TIME ZONE 'UTC',
                'YYYY-MM-DD HH24:MI "UTC"'))
            ELSE 'dnc_maintain() has not run since something was recorded' END,
        CASE WHEN n IS NULL OR n > 2 THEN 'schedule dnc_maintain() daily: until it runs, dnc.review_due and '
                'dnc.overdue are slow, and counts are old' END, statement_timestamp();

    SELECT count(*), string_agg(format('%s: %s', b.name, b.why), '; ' ORDER BY b.name, b.why) INTO n, found
    FROM dnc.behind() AS b;
    RETURN QUERY SELECT 'replicas'::text, n, coalesce(found, 'none is behind'),
        CASE WHEN n > 0 THEN 'find out why it does not read on: what it serves does not know the newest opt-outs; '
                'pg_drop_replication_slot removes a slot that nothing uses any more' END, statement_timestamp();
END
$$;
COMMENT ON FUNCTION dnc.health_counted() IS 'the checks of dnc_health that dnc_maintain counts for, and their times';
