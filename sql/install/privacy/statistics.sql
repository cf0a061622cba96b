-- ---------------------------------------------------------------------------
-- No planner statistics of personal data
-- ---------------------------------------------------------------------------
-- ANALYZE copies values to pg_statistic, where they outlive their rows. So columns with numbers or personal data have
-- no statistics. The planner gets the selectivity of checks from the extension's own counters (src/pg/planning.rs).

CREATE FUNCTION dnc.no_statistics(relation regclass) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog,
    pg_temp AS $$
DECLARE
    columns text;
BEGIN
    SELECT string_agg(format('ALTER COLUMN %I SET STATISTICS 0', a.attname), ', ' ORDER BY a.attnum) INTO columns
    FROM pg_attribute AS a
        WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped
          AND a.attname
              = ANY (
              '{phone,e164,spelling,evidence,external_ref,before,after,wording,proof,reply,words,detail,authority,gro'
              'unds,decision,content,lines,start,stop,packed}');
    IF columns IS NOT NULL THEN
        EXECUTE format('ALTER TABLE %s %s', relation, columns);
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.no_statistics(regclass)
    IS 'disables statistics on the columns of a table that contain numbers or personal data';
SELECT dnc.no_statistics(c.oid::pg_catalog.regclass) FROM pg_catalog.pg_class AS c
WHERE c.relnamespace = 'dnc'::pg_catalog.regnamespace AND c.relkind IN ('r', 'p');
