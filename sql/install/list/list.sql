-- ---------------------------------------------------------------------------
-- External lists: hundreds of millions of numbers, packed
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.block_has(packed bytea, number bigint) RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_block_has_wrapper'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 50;
CREATE FUNCTION dnc.block_count(packed bytea) RETURNS integer AS 'MODULE_PATHNAME', 'dnc_block_count_wrapper'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10;
COMMENT ON FUNCTION dnc.block_has(bytea, bigint) IS 'whether a block contains a number';
COMMENT ON FUNCTION dnc.block_count(bytea) IS 'count of numbers in a block';

-- A row with audit_seq comes from a restore, perhaps before the rows that it refers to.
CREATE FUNCTION dnc.list_accept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS $$
DECLARE
    x text;
BEGIN
    IF TG_OP = 'INSERT' AND NEW.audit_seq IS NOT NULL THEN
        RETURN NEW;
    END IF;
    PERFORM dnc.require_region(NEW.region);
    IF TG_TABLE_NAME = 'list' THEN
        IF NEW.format IS NOT NULL THEN
            PERFORM dnc.require_format(NEW.format);
        END IF;
        PERFORM dnc.require_region(left(NEW.jurisdiction, 2));
        FOREACH x IN ARRAY coalesce(NEW.channels, '{}') LOOP
            PERFORM dnc.require_known('channel', x);
        END LOOP;
        FOREACH x IN ARRAY coalesce(NEW.purposes, '{}') LOOP
            PERFORM dnc.require_known('purpose', x);
        END LOOP;
        PERFORM dnc.require_coverage(NEW.coverage);
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION dnc.require_format(format text) RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog,
    pg_temp AS $$
#variable_conflict use_variable
BEGIN
    PERFORM FROM dnc.list_format AS f WHERE f.format = format;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unknown format "%"', left(coalesce(format, 'NULL'), 60)
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Known are: %s.', (SELECT string_agg(f.format, ', ' ORDER BY f.format)
                    FROM dnc.list_format AS f)),
            HINT = 'A site adds its own by inserting into dnc.list_format; dnc_list_sniff(sample) proposes one.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_format(text) IS 'raises for an unknown format';
CREATE FUNCTION dnc.require_coverage(coverage text[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x text;
BEGIN
    IF cardinality(coverage) = 0 THEN
        RAISE EXCEPTION 'coverage has no prefix' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'A list that covers nothing cannot report anything.',
            HINT = 'NULL: the list covers all that it is about.';
    END IF;
    FOREACH x IN ARRAY coalesce(coverage, '{}') LOOP
        IF x IS NULL OR x !~ '^\+[1-9][0-9]{0,13}$' THEN
            RAISE EXCEPTION '"%" is no prefix', x USING ERRCODE = 'invalid_parameter_value',
                DETAIL = 'Coverage is given as prefixes: a plus sign and up to 14 digits, calling code first.',
                HINT = 'Write +1415 for the area code 415.';
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION dnc.list_accept()
    IS 'trigger that rejects lists and formats with unknown names, regions or prefixes';
COMMENT ON FUNCTION dnc.require_coverage(text[]) IS 'raises for coverage that is not a list of prefixes';
CREATE FUNCTION dnc.list_activated() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS $$
BEGIN
    INSERT INTO dnc.list_activation VALUES (NEW.list, NEW.version_id, NEW.activated_at) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION dnc.list_activated() IS 'trigger that records when a version became current';

CREATE FUNCTION dnc.keep_block() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM dnc.list_version AS v WHERE OLD.set_id IN (v.whole_set, v.plus_set, v.minus_set)
        AND v.state <> 'pruned') THEN
        RAISE EXCEPTION 'blocks of set % are in use', OLD.set_id USING ERRCODE = 'insufficient_privilege',
            DETAIL = 'They belong to a version that may still be queried or made current again.',
            HINT = 'dnc_list_prune(list) removes what the list need not keep.';
    END IF;
    RETURN OLD;
END
$$;
COMMENT ON FUNCTION dnc.keep_block() IS 'trigger that prevents deleting blocks of versions that are not pruned';
CREATE FUNCTION dnc.new_epoch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS $$
BEGIN
    UPDATE dnc.list_epoch SET epoch = dnc.random_epoch();
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
COMMENT ON FUNCTION dnc.new_epoch() IS 'trigger that invalidates the cached lists and prefixes of all sessions';

-- A change that affects every number takes all commit locks, to conflict with guarded rows that commit concurrently.
CREATE FUNCTION dnc.touch_all() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_touch_all' LANGUAGE c;
COMMENT ON FUNCTION dnc.touch_all() IS 'trigger that registers every number for the commit locks';

CREATE TRIGGER "00_accept" BEFORE INSERT OR UPDATE ON dnc.list FOR EACH ROW EXECUTE FUNCTION dnc.list_accept();
CREATE TRIGGER "00_accept" BEFORE INSERT OR UPDATE ON dnc.list_format FOR EACH ROW EXECUTE FUNCTION dnc.list_accept();
CREATE TRIGGER "01_keep_builtin" BEFORE INSERT OR UPDATE
    OR DELETE ON dnc.list_format FOR EACH ROW EXECUTE FUNCTION dnc.keep_builtin();
CREATE TRIGGER "00_insert_only" BEFORE UPDATE ON dnc.list_block FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change();
CREATE TRIGGER "00_keep" BEFORE DELETE ON dnc.list_block FOR EACH ROW EXECUTE FUNCTION dnc.keep_block();
CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.list_block FOR EACH STATEMENT
    EXECUTE FUNCTION dnc.refuse_change();
-- Before and after: a check run within the statement that changes a list, as in its WHERE, must not cache what it saw.
CREATE TRIGGER "90_epoch_before" BEFORE INSERT OR UPDATE
    OR DELETE ON dnc.list FOR EACH ROW EXECUTE FUNCTION dnc.new_epoch();
CREATE TRIGGER "02_touch" BEFORE INSERT OR UPDATE ON dnc.list FOR EACH ROW EXECUTE FUNCTION dnc.touch_all();
CREATE CONSTRAINT TRIGGER "zz_commit" AFTER INSERT OR UPDATE ON dnc.list DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION dnc.entry_commit();
CREATE TRIGGER "90_epoch" AFTER INSERT OR UPDATE OR DELETE ON dnc.list FOR EACH ROW EXECUTE FUNCTION dnc.new_epoch();
CREATE TRIGGER "90_epoch_insert" AFTER INSERT ON dnc.list_version FOR EACH ROW WHEN (NEW.state = 'current')
    EXECUTE FUNCTION dnc.new_epoch();
CREATE TRIGGER "90_epoch_update" AFTER UPDATE ON dnc.list_version FOR EACH ROW
    WHEN (NEW.state = 'current' OR OLD.state = 'current') EXECUTE FUNCTION dnc.new_epoch();
CREATE TRIGGER "90_epoch_delete" AFTER DELETE ON dnc.list_version FOR EACH ROW WHEN (OLD.state = 'current')
    EXECUTE FUNCTION dnc.new_epoch();
CREATE TRIGGER "02_touch" BEFORE INSERT OR UPDATE ON dnc.list_version FOR EACH ROW WHEN (NEW.state = 'current')
    EXECUTE FUNCTION dnc.touch_all();
CREATE CONSTRAINT TRIGGER "zz_commit" AFTER INSERT
    OR UPDATE ON dnc.list_version DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'current')
    EXECUTE FUNCTION dnc.entry_commit();
CREATE TRIGGER "50_activated" AFTER UPDATE ON dnc.list_version FOR EACH ROW WHEN (NEW.state = 'current')
    EXECUTE FUNCTION dnc.list_activated();
CREATE TRIGGER "00_insert_only" BEFORE UPDATE
    OR DELETE ON dnc.list_activation FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change();
CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.list_activation FOR EACH STATEMENT
    EXECUTE FUNCTION dnc.refuse_change();
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT g.tgrelid::regclass AS relation, g.tgname FROM pg_trigger AS g
        WHERE NOT g.tgisinternal AND g.tgenabled <> 'A'
             AND g.tgrelid IN ('dnc.list_activation'::regclass, 'dnc.list'::regclass, 'dnc.list_format'::regclass,
                 'dnc.list_version'::regclass, 'dnc.list_block'::regclass) LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.relation, t.tgname);
    END LOOP;
END
$$;
