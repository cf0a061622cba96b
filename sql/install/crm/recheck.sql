-- ---------------------------------------------------------------------------
-- Rows that were in a table before its guard, or whose country has changed since
-- ---------------------------------------------------------------------------

-- The regions that the rows of a table have over its paths, as one value; it changes with any of them.
CREATE FUNCTION dnc.region_state_query(relation regclass, region_path text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT format('SELECT pg_catalog.md5(coalesce(pg_catalog.string_agg(x.state, '','' ORDER BY x.state COLLATE "C"), '
            ''''')) FROM (%s) AS x', string_agg(format('SELECT pg_catalog.concat_ws(''>'', %s, r.%I::pg_catalog.text, '
                '(%sr.%I)) AS state FROM (SELECT DISTINCT r.%I FROM %s AS r) AS r', p.n, p.column_name, p.lookup,
                p.column_name, p.column_name, relation), ' UNION ALL ' ORDER BY p.n))
    FROM dnc.region_paths(relation, region_path) AS p WHERE p.lookup IS NOT NULL HAVING count(*) > 0;
END;
COMMENT ON FUNCTION dnc.region_state_query(regclass, text)
    IS 'query for a hash over the regions of a table''s rows in other tables; NULL where the path leads to none';

-- Runs as the owner of a table of the CRM, in a restricted context, as foreign-key triggers do (src/crm/owner.rs).
CREATE FUNCTION dnc.as_table_owner(relation regclass, statement text) RETURNS text
    AS 'MODULE_PATHNAME', 'dnc_as_table_owner' LANGUAGE c STRICT;
COMMENT ON FUNCTION dnc.as_table_owner(regclass, text)
    IS 'runs a statement as the owner of a table and returns the first value of its result, or the count of changed '
       'rows; for the extension''s own functions';

CREATE FUNCTION dnc.guard_checked(relation regclass, channel text, rows bigint, suppressed bigint, unreadable bigint,
    missing bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    state text := (SELECT dnc.as_table_owner(a.relation, dnc.region_state_query(a.relation, a.region_path))
        FROM dnc.attachment AS a WHERE a.relation = relation AND a.channel = channel AND a.region_path IS NOT NULL);
BEGIN
    IF EXISTS (SELECT FROM dnc.attachment AS a WHERE a.relation = relation AND a.channel = channel) THEN
        INSERT INTO dnc.guard_check AS g (relation, channel, checked_at, rows, suppressed, unreadable, missing, regions)
        SELECT dnc.relation_name(relation), channel, now(), rows, suppressed, unreadable, missing, state
        ON CONFLICT ON CONSTRAINT guard_check_pkey DO UPDATE SET checked_at = excluded.checked_at,
            rows = excluded.rows, suppressed = excluded.suppressed, unreadable = excluded.unreadable,
            missing = excluded.missing, regions = excluded.regions;
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.guard_checked(regclass, text, bigint, bigint, bigint, bigint)
    IS 'records what the rows of a guarded table hold; for dnc_attach and dnc_recheck';

CREATE FUNCTION dnc.guard_status(g dnc.attachment) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    RETURN dnc.status_expression((g).relation, (g).phone_columns, dnc.region_expression((g).relation, (g).region,
        (g).region_column, (g).region_path), (g).channel, (g).purpose);
COMMENT ON FUNCTION dnc.guard_status(dnc.attachment) IS 'SQL expression for the status of a row of a guard''s table';
CREATE FUNCTION dnc.flag_statement(g dnc.attachment, part regclass, condition text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    flag text := CASE dnc.flag_type(g.relation, g.flag_column) WHEN 'boolean'::regtype
        THEN format('((%s) OPERATOR(pg_catalog.<>) ''clear'')', dnc.guard_status(g)) ELSE dnc.guard_status(g) END;
BEGIN
    RETURN format('UPDATE ONLY %s AS r SET %I = %s WHERE %s AND r.%I IS DISTINCT FROM %s', part, g.flag_column, flag,
        condition, g.flag_column, flag);
END
$$;
COMMENT ON FUNCTION dnc.flag_statement(dnc.attachment, regclass, text)
    IS 'statement that sets the flags of those rows in a part of a guard''s table for which a condition holds';

CREATE FUNCTION dnc.parts(relation regclass) RETURNS TABLE (part regclass, pages bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT c.oid::regclass, pg_relation_size(c.oid) / current_setting('block_size')::bigint
    FROM pg_class AS c LEFT JOIN pg_partition_tree(relation) AS p ON p.relid = c.oid
    WHERE c.oid = relation AND c.relkind = 'r' OR p.isleaf AND c.relkind = 'r';
END;
COMMENT ON FUNCTION dnc.parts(regclass) IS 'the tables that hold a table''s rows, with their size in pages';

-- A procedure, because it commits after each batch. A SET clause would forbid that. It runs with the caller's rights.
CREATE PROCEDURE @extschema@.dnc_recheck(relation regclass, channel text DEFAULT NULL, batch integer DEFAULT 1000)
LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    guards dnc.attachment[] := ARRAY(SELECT a FROM dnc.attachment AS a
        WHERE a.relation OPERATOR(pg_catalog.=) relation AND (channel IS NULL
            OR a.channel OPERATOR(pg_catalog.=) channel) ORDER BY a.channel);
    g      dnc.attachment;
    p      record;
    found  record;
    n      pg_catalog.int8;
    flags  pg_catalog.int8;
    -- Rows, suppressed, unreadable, missing; numbers in no range in use.
    counts   pg_catalog._int8;
    outside  pg_catalog.text;
    place    pg_catalog.text;
    flagging pg_catalog.bool;
BEGIN
    IF batch IS NULL OR batch < 1 THEN
        RAISE EXCEPTION 'batch is %', coalesce(batch::pg_catalog.text, 'NULL')
            USING ERRCODE = 'invalid_parameter_value', DETAIL = 'It is a count of pages of the table, 1 or more.';
    END IF;
    IF pg_catalog.cardinality(guards) = 0 THEN
        RAISE EXCEPTION '% has no such guard', relation USING ERRCODE = 'undefined_object',
            HINT = 'dnc_attach guards a table; dnc.attachment lists the guards.';
    END IF;
    FOREACH g IN ARRAY guards LOOP
        counts := '{0,0,0,0,0}';
        flags := 0;
        outside := dnc.count_no_range(dnc.phone_expressions(g.relation, g.phone_columns,
            dnc.region_expression(g.relation, g.region, g.region_column, g.region_path)));
        -- Rows are counted before the flags move some of them. Each batch is a transaction.
        FOREACH flagging IN ARRAY '{f,t}'::pg_catalog._bool LOOP
            FOR p IN SELECT x.part, x.pages FROM dnc.parts(relation) AS x WHERE NOT flagging
                OR g.flag_column IS NOT NULL ORDER BY x.part::pg_catalog.text LOOP
                FOR page IN 0 .. p.pages - 1 BY batch LOOP
                    place := pg_catalog.format(
                        'r.ctid OPERATOR(pg_catalog.>=) ''(%s,0)'' AND r.ctid OPERATOR(pg_catalog.<) ''(%s,0)''',
                        page, page + batch);
                    IF flagging THEN
                        EXECUTE dnc.flag_statement(g, p.part, place);
                        GET DIAGNOSTICS n = ROW_COUNT;
                        flags := flags + n;
                    ELSE
                        EXECUTE dnc.count_query(p.part, dnc.guard_status(g), outside, place) INTO found;
                        counts := ARRAY[counts[1] + found.rows, counts[2] + found.suppressed,
                            counts[3] + found.unreadable, counts[4] + found.missing, counts[5] + found.outside];
                    END IF;
                    COMMIT;
                    IF p.pages > batch THEN
                        RAISE NOTICE '%: % % %%', p.part, CASE WHEN flagging THEN 'flagged' ELSE 'counted' END,
                            least(100, (page + batch) * 100 / p.pages);
                    END IF;
                END LOOP;
            END LOOP;
        END LOOP;
        PERFORM dnc.guard_checked(relation, g.channel, counts[1], counts[2], counts[3], counts[4]);
        COMMIT;
        RAISE NOTICE '% for %: % rows, % suppressed, % unreadable, % missing; % flags set', relation, g.channel,
                counts[1], counts[2], counts[3], counts[4], flags;
        IF counts[5] > 0 THEN
            RAISE NOTICE '% number(s) of % are in no range in use', counts[5], relation
                USING HINT = 'Check the region in which they are read.';
        END IF;
    END LOOP;
END
$$;
COMMENT ON PROCEDURE @extschema@.dnc_recheck(regclass, text, integer)
    IS 'Counts the rows of a guarded table by status, sets the flag of its guard where it has one, commits after each '
       'batch of pages, reports its progress by NOTICEs, and records the counts in dnc.guard_check. For rows that were '
       'there before the guard, and for flags that are older than an opt-out. It may be cancelled at any time and '
       'called again: flags that were set stay. It needs SELECT on the table, and UPDATE of the flag.
Errors: 22023 batch is less than 1; 42704 no such guard; 2D000 within a transaction block.
Example (not run): CALL dnc_recheck(relation => ''dial_queue'');';

-- Called by dnc_maintain: one transaction.
CREATE FUNCTION dnc.recheck_moved() RETURNS TABLE (relation regclass, channel text, rows bigint, detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    g     dnc.attachment;
    known text;
    part  regclass;
    found bigint[];
    counted boolean;
BEGIN
    FOR g IN SELECT a.* FROM dnc.attachment AS a WHERE a.region_path IS NOT NULL AND a.problem IS NULL
        ORDER BY a.relation::text, a.channel LOOP
        counted := NULL;
        SELECT c.regions, true INTO known, counted FROM dnc.guard_check AS c
            WHERE c.relation = dnc.relation_name(g.relation) AND c.channel = g.channel;
        relation := g.relation; channel := g.channel; rows := 0; detail := NULL;
        -- All of a table's rows in one transaction may be too many.
        IF counted IS NULL THEN
            detail := 'not checked yet: CALL dnc_recheck';
            RETURN NEXT;
            CONTINUE;
        END IF;
        BEGIN
            CONTINUE WHEN known IS NOT DISTINCT FROM
                dnc.as_table_owner(g.relation, dnc.region_state_query(g.relation, g.region_path));
            FOR part IN SELECT x.part FROM dnc.parts(g.relation) AS x WHERE g.flag_column IS NOT NULL LOOP
                rows := rows + dnc.as_table_owner(g.relation, dnc.flag_statement(g, part, 'true'))::bigint;
            END LOOP;
            found := dnc.as_table_owner(g.relation, format('SELECT ARRAY[x.rows, x.suppressed, x.unreadable, '
                'x.missing]::pg_catalog.text FROM (%s) AS x', dnc.count_query(g.relation, dnc.guard_status(g))));
            PERFORM dnc.guard_checked(g.relation, g.channel, found[1], found[2], found[3], found[4]);
            detail := format('countries of its rows are new or have changed: %s rows, %s suppressed, %s unreadable',
                found[1], found[2], found[3]);
        EXCEPTION WHEN OTHERS THEN
            -- One table must not prevent the rest of the maintenance.
            rows := 0; detail := 'not checked: ' || SQLERRM;
        END;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION dnc.recheck_moved()
    IS 'checks the guarded rows again whose country in another table has changed, and returns the flags set';
