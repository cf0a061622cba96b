-- ---------------------------------------------------------------------------
-- Finishing erasures: rewriting the files
-- ---------------------------------------------------------------------------

-- A rewrite would keep deleted rows that these may still see.
CREATE FUNCTION dnc.seen_by(xid xid) RETURNS TABLE (who text, pid integer) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE WHEN a.pid = pg_catalog.pg_backend_pid() THEN 'this transaction'
        ELSE pg_catalog.format('session %s (%s, %s, since %s)', a.pid, a.usename, a.state, a.xact_start) END, a.pid
    FROM pg_catalog.pg_stat_activity AS a
        WHERE (a.datname = pg_catalog.current_database() OR a.datname IS NULL)
          AND greatest(pg_catalog.age(a.backend_xmin), pg_catalog.age(a.backend_xid)) >= pg_catalog.age(seen_by.xid)
    UNION ALL
    SELECT pg_catalog.format('prepared transaction %s', p.gid), NULL FROM pg_catalog.pg_prepared_xacts AS p
    WHERE p.database = pg_catalog.current_database() AND pg_catalog.age(p.transaction) >= pg_catalog.age(seen_by.xid)
    UNION ALL
    SELECT pg_catalog.format('replication slot %s', s.slot_name), NULL FROM pg_catalog.pg_replication_slots AS s
        WHERE greatest(pg_catalog.age(s.xmin),
            CASE WHEN s.database = pg_catalog.current_database() THEN pg_catalog.age(s.catalog_xmin) END)
            >= pg_catalog.age(seen_by.xid);
END;
COMMENT ON FUNCTION dnc.seen_by(xid)
    IS 'sessions, prepared transactions and replication slots that may still see rows deleted by a transaction';

CREATE FUNCTION @extschema@.dnc_erase_finish() RETURNS TABLE (relation text, outcome text, detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET max_parallel_maintenance_workers = 0
SET lock_timeout = '1min' AS $$
#variable_conflict use_variable
DECLARE
    newest  xid;
    pending bigint;
    holders text;
    own     boolean;
    t       record;
    begun   timestamptz;
    before  bigint;
BEGIN
    PERFORM dnc.require_read_committed();
    -- Runs alone: no other finish, purge or erasure at the same time.
    PERFORM pg_advisory_xact_lock(hashtextextended('maintain', 4476483));
    LOCK TABLE dnc.erasure IN SHARE ROW EXCLUSIVE MODE;
    SELECT count(*) INTO pending FROM dnc.erasure AS e WHERE e.finished_at IS NULL;
    IF pending = 0 THEN
        RAISE NOTICE 'no erasure is unfinished';
        RETURN;
    END IF;
    -- The (sub)transaction that wrote an erasure deleted its rows.
    SELECT e.xmin INTO newest FROM dnc.erasure AS e WHERE e.finished_at IS NULL ORDER BY age(e.xmin) LIMIT 1;
    FOR tries IN 1..100 LOOP
        SELECT string_agg(s.who, ', '), bool_or(s.pid = pg_backend_pid()) INTO holders, own
        FROM dnc.seen_by(newest) AS s;
        EXIT WHEN holders IS NULL OR own;
        -- Most transactions end soon.
        PERFORM pg_sleep(0.1), pg_stat_clear_snapshot();
    END LOOP;
    IF own THEN
        RAISE EXCEPTION 'dnc_erase_finish needs a transaction of its own, begun after the erasures'
            USING ERRCODE = 'active_sql_transaction', DETAIL = 'This one may still see what they deleted.',
            HINT = 'Commit, close cursors, and call it again.';
    ELSIF holders IS NOT NULL THEN
        RAISE EXCEPTION 'erased data are still visible to others' USING ERRCODE = 'object_in_use',
            DETAIL = format('By %s.', holders), HINT = 'Wait until they are done, or end them, and call it again.';
    END IF;
    -- Locks all tables first, dnc.audit_data last, in the order in which writers lock them. Tables that no erasure has
    -- touched are rewritten too: rows deleted, rolled back or moved earlier may have had the same number. Of the
    -- contact log, only the months from which rows were deleted.
    CREATE TEMP TABLE dnc_rewrite ON COMMIT DROP AS
        SELECT c.oid::regclass AS table_name,
            (SELECT i.indexrelid FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL
            ORDER BY i.indisprimary DESC, i.indexrelid LIMIT 1) AS index_id
        FROM pg_class AS c WHERE c.relkind = 'r' AND c.relnamespace = 'dnc'::regnamespace
            AND EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attstattarget = 0)
            AND (c.relname !~ '^contact_attempt_\d{4}_\d\d$'
                OR c.oid IN (SELECT to_regclass(p.part) FROM dnc.erasure_part AS p
                    JOIN dnc.erasure AS e ON e.erasure_id = p.erasure_id WHERE p.relation = 'contact_attempt'
                    AND e.finished_at IS NULL
                                                                              UNION SELECT to_regclass(p.part)
                                                                              FROM dnc.purge AS p
                                                                              WHERE p.relation = 'contact_attempt'
                                                                                  AND p.rows > 0));
    FOR t IN SELECT w.* FROM pg_temp.dnc_rewrite AS w
        ORDER BY w.table_name = 'dnc.audit_data'::regclass, w.table_name::text LOOP
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', t.table_name);
    END LOOP;
    INSERT INTO pg_temp.dnc_rewrite VALUES ('pg_statistic', 'pg_statistic_relid_att_inh_index'::regclass);
    FOR t IN SELECT w.* FROM pg_temp.dnc_rewrite AS w WHERE w.index_id IS NOT NULL
        ORDER BY w.table_name = 'pg_statistic'::regclass, w.table_name::text LOOP
        begun := clock_timestamp();
        before := pg_total_relation_size(t.table_name);
        EXECUTE format('CLUSTER %s USING %I', t.table_name,
            (SELECT c.relname FROM pg_class AS c WHERE c.oid = t.index_id));
        relation := t.table_name; outcome := 'rewritten';
            detail := format('%s, %s before', pg_size_pretty(pg_total_relation_size(t.table_name)),
            pg_size_pretty(before));
        RAISE NOTICE '% rewritten in % s', relation, round(extract(epoch FROM clock_timestamp() - begun), 1);
        RETURN NEXT;
    END LOOP;
    DROP TABLE pg_temp.dnc_rewrite;
    UPDATE dnc.erasure AS e SET finished_at = now() WHERE e.finished_at IS NULL;
    relation := 'write-ahead log'; outcome := 'clean from here on';
        detail := format('from %s on, once this transaction is committed; earlier WAL has the data',
        pg_switch_wal());
    RETURN NEXT;
    RAISE NOTICE '% erasure(s) finished', pending;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_erase_finish()
    IS 'Rewrites the tables and indexes that contain numbers, so that erased data cannot be read from the files, and '
       'returns one row per table. Locks them exclusively until the end of the transaction.
Errors: 25000 the transaction is not READ COMMITTED; 25001 the transaction may still see the erased rows; 55006 '
       'another session, prepared transaction or replication slot may.
Example: SELECT * FROM dnc_erase_finish();';

CREATE FUNCTION @extschema@.dnc_mentions(phone @extschema@.dnc_phone)
RETURNS TABLE (relation text, column_name text, rows bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c record;
BEGIN
    FOR c IN SELECT k.relname, a.attname FROM pg_class AS k JOIN pg_attribute AS a ON a.attrelid = k.oid
        AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid IN ('text'::regtype, 'jsonb'::regtype)
             WHERE k.relnamespace = 'dnc'::regnamespace
               AND (k.relkind = 'p' OR k.relkind = 'r' AND NOT k.relispartition) ORDER BY 1, 2 LOOP
        EXECUTE format('SELECT count(*) FROM dnc.%1$I AS r WHERE r.%2$I::text ~ dnc.spelled($1)', c.relname, c.attname)
            INTO rows USING phone;
        IF rows > 0 THEN
            relation := 'dnc.' || c.relname;
            column_name := c.attname;
            RETURN NEXT;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_mentions(@extschema@.dnc_phone)
    IS 'Returns the text and JSON columns of schema dnc in which the digits of a number occur, in rows about any '
       'number, with the count of rows. Reads all tables.
Example: SELECT * FROM dnc_mentions(phone => ''+44 20 7946 0018'');';
