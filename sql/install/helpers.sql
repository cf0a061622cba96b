-- ---------------------------------------------------------------------------
-- Shared helper functions
-- ---------------------------------------------------------------------------

-- Raises for an unknown name and lists the known ones.
CREATE FUNCTION dnc.require_known(relation text, name text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog,
    pg_temp AS $$
DECLARE
    known text;
BEGIN
    -- A known name stays until this transaction ends: a session that would delete it waits (src/entry/lookup_key.rs).
    -- Rows of tables without that trigger are locked, as a foreign key would lock them.
    IF dnc.is_known(relation, name) THEN
        RETURN;
    END IF;
    EXECUTE format(
        'SELECT string_agg(%1$I, '', '' ORDER BY %1$I) FROM (SELECT %1$I FROM dnc.%1$I ORDER BY 1 LIMIT 50) AS x',
        relation) INTO known;
    RAISE EXCEPTION 'unknown % "%"', relation, left(coalesce(name, 'NULL'), 60)
        USING ERRCODE = 'invalid_parameter_value',
              DETAIL = format('Known are: %s.', coalesce(known, 'none yet')),
              HINT = format('A site adds its own by inserting into dnc.%s.', relation);
END
$$;
COMMENT ON FUNCTION dnc.require_known(text, text) IS 'raises unless a lookup table knows the name';

CREATE FUNCTION dnc.require_order(requested_at timestamptz, received_at timestamptz) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF requested_at > received_at OR received_at > now() OR NOT isfinite(requested_at) OR NOT isfinite(received_at) THEN
        RAISE EXCEPTION 'requested at %, received at %: out of order', requested_at, received_at
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('A request is made, then received, then recorded, which is now: %s.', now()),
                  HINT = 'For an opt-out that starts later give effective_at.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_order(timestamptz, timestamptz) IS 'raises unless requested_at <= received_at <= now';

-- Whether node is purpose or above it in the purpose tree.
CREATE FUNCTION dnc.covers(node text, purpose text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN purpose OPERATOR(pg_catalog.=) node OR pg_catalog.starts_with(purpose, node OPERATOR(pg_catalog.||) '/');
COMMENT ON FUNCTION dnc.covers(text, text) IS 'whether the first purpose is the second or above it';

-- Whether the scopes of an entry and a query overlap. NULL means any channel or any purpose; a purpose includes
-- everything below it. core/src/entry/scope.rs does the same.
CREATE FUNCTION dnc.meets(refused_channel text, refused_purpose text, channel text, purpose text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (channel IS NULL OR refused_channel IN ('all', channel))
       AND (purpose IS NULL OR refused_purpose IS NULL OR dnc.covers(refused_purpose, purpose)
           OR dnc.covers(purpose, refused_purpose));
-- Whether a revocation covers the whole overlap of an entry's scope and a query's; for NULL, NULL the entry's whole
-- scope.
CREATE FUNCTION dnc.ends_all(ending_channel text, ending_purpose text, refused_channel text, refused_purpose text,
    channel text, purpose text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ending_channel IN ('all', coalesce(channel, refused_channel))
       AND (ending_purpose IS NULL
           OR dnc.covers(ending_purpose,
               CASE WHEN dnc.covers(purpose, refused_purpose) THEN refused_purpose
                   ELSE coalesce(purpose, refused_purpose) END));
COMMENT ON FUNCTION dnc.meets(text, text, text, text) IS 'whether the scopes of an entry and of a query overlap';
COMMENT ON FUNCTION dnc.ends_all(text, text, text, text, text, text)
    IS 'whether a revocation covers the whole overlap of the scopes of an entry and of a query';

CREATE FUNCTION dnc.session_purpose() RETURNS text AS 'MODULE_PATHNAME', 'dnc_session_purpose_wrapper'
LANGUAGE c STABLE PARALLEL SAFE;
COMMENT ON FUNCTION dnc.session_purpose()
    IS 'the setting dnc.purpose where it applies; NULL: any purpose. A value set for a role applies only to that role, '
       'not after SET ROLE';

CREATE FUNCTION dnc.caller() RETURNS text AS 'MODULE_PATHNAME', 'dnc_caller_wrapper' LANGUAGE c STABLE;
COMMENT ON FUNCTION dnc.caller() IS 'the current role outside functions that run as superuser';

-- Functions that run as superuser call others bound at creation, not looked up by name: the owner of the target schema
-- could rename one and put another in its place. So PL/pgSQL here names nothing outside schema dnc and pg_catalog, and
-- takes the type from dnc.entry.phone%TYPE.
CREATE FUNCTION dnc.same_phone(a @extschema@.dnc_phone, b @extschema@.dnc_phone) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN a OPERATOR(@extschema@.=) b;
CREATE FUNCTION dnc.forms(phone @extschema@.dnc_phone) RETURNS @extschema@.dnc_phone[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT @extschema@.dnc_forms(forms.phone);
END;
CREATE FUNCTION dnc.same_line(a @extschema@.dnc_phone, b @extschema@.dnc_phone) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
    RETURN a OPERATOR(@extschema@.=) ANY (@extschema@.dnc_forms(b));
COMMENT ON FUNCTION dnc.forms(@extschema@.dnc_phone) IS 'dnc_forms, bound for functions that run as superuser';
COMMENT ON FUNCTION dnc.same_line(@extschema@.dnc_phone, @extschema@.dnc_phone)
    IS 'whether two numbers are forms of one line; an index on the first is used';
CREATE FUNCTION dnc.mask(phone @extschema@.dnc_phone) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN @extschema@.dnc_mask(phone);
CREATE FUNCTION dnc.try_parse(phone text, region text) RETURNS @extschema@.dnc_phone
LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN @extschema@.dnc_try_parse(phone, region);
CREATE FUNCTION dnc.parse_problem(phone text, region text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN @extschema@.dnc_parse_problem(phone, region);
CREATE FUNCTION dnc.is_valid(phone @extschema@.dnc_phone) RETURNS boolean
    AS 'MODULE_PATHNAME', 'dnc_is_valid_wrapper' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20;
CREATE FUNCTION dnc.no_range(phones @extschema@.dnc_phone[]) RETURNS text LANGUAGE sql STABLE
BEGIN ATOMIC
    -- Compared as text: pg_upgrade creates this before the operator class of dnc_phone.
    SELECT pg_catalog.string_agg(@extschema@.dnc_mask(x.e164::@extschema@.dnc_phone), ', ' ORDER BY x.e164)
    FROM (SELECT DISTINCT x.p::text AS e164 FROM pg_catalog.unnest(phones) AS x (p)
        WHERE NOT @extschema@.dnc_is_valid(x.p)) AS x;
END;
CREATE FUNCTION dnc.report_no_range(phones @extschema@.dnc_phone[]) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found text := dnc.no_range(phones);
BEGIN
    IF found IS NOT NULL THEN
        RAISE NOTICE '%', format(CASE WHEN strpos(found, ',') = 0 THEN '%s is in no range in use; recorded'
                ELSE '%s are in no range in use; recorded' END, found)
            USING HINT = 'Check the region in which it was read; dnc_correct moves an opt-out to another number.';
    END IF;
END
$$;
CREATE FUNCTION dnc.require_region(region text) RETURNS void LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT @extschema@.dnc_parse('+14155552671', region);
END;
COMMENT ON FUNCTION dnc.same_phone(@extschema@.dnc_phone, @extschema@.dnc_phone)
    IS 'equality of numbers, bound for functions that run as superuser';
COMMENT ON FUNCTION dnc.mask(@extschema@.dnc_phone) IS 'dnc_mask, bound for functions that run as superuser';
COMMENT ON FUNCTION dnc.try_parse(text, text) IS 'dnc_try_parse, bound for functions that run as superuser';
COMMENT ON FUNCTION dnc.parse_problem(text, text) IS 'dnc_parse_problem, bound for functions that run as superuser';
COMMENT ON FUNCTION dnc.is_valid(@extschema@.dnc_phone)
    IS 'dnc_is_valid, bound for functions that run as superuser';
COMMENT ON FUNCTION dnc.no_range(@extschema@.dnc_phone[])
    IS 'those of the numbers that are possible and in no range in use, masked; NULL if there are none';
COMMENT ON FUNCTION dnc.report_no_range(@extschema@.dnc_phone[])
    IS 'a NOTICE that names the numbers of dnc.no_range';
COMMENT ON FUNCTION dnc.require_region(text) IS 'raises for an unknown region';

-- Times as the Rust library stores them.
CREATE FUNCTION dnc.microseconds(at timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN pg_catalog.isfinite(at) THEN (EXTRACT(epoch FROM at) * 1000000)::bigint - 946684800000000 END;
COMMENT ON FUNCTION dnc.microseconds(timestamptz) IS 'microseconds since 2000-01-01; NULL for an infinite time';

-- With one snapshot for the whole transaction ON CONFLICT raises a serialization failure itself; otherwise no conflict
-- can occur, since a writer that records a reference holds a lock on it.
CREATE FUNCTION dnc.require_recorded(recorded boolean) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF recorded IS NOT TRUE THEN
        RAISE EXCEPTION 'the same was recorded while this transaction ran' USING ERRCODE = 'serialization_failure',
            HINT = 'Run the transaction again.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_recorded(boolean) IS 'raises unless a row was inserted';
CREATE FUNCTION dnc.require_evidence(evidence jsonb, taken_by text, external_ref text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF jsonb_typeof(evidence) IS DISTINCT FROM 'object' THEN
        RAISE EXCEPTION 'evidence must be a JSON object' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It is %s.', coalesce(jsonb_typeof(evidence), 'NULL')), HINT = 'Write {"words": "…"}.';
    END IF;
    IF length(external_ref) NOT BETWEEN 1 AND 500 OR length(taken_by) NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'external_ref and taken_by have 1 to 500 characters'
            USING ERRCODE = 'string_data_right_truncation',
            DETAIL = format('They have %s and %s.', coalesce(length(external_ref)::text, 'none'),
                coalesce(length(taken_by)::text, 'none')),
            HINT = 'Leave them out where there is nothing to say; longer texts belong into evidence.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_evidence(jsonb, text, text)
    IS 'raises unless evidence is a JSON object and the other texts have 1 to 500 characters';

CREATE FUNCTION dnc.require_past(what text, at timestamptz) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF at IS NULL OR NOT isfinite(at) OR at > now() THEN
        RAISE EXCEPTION '% at %: not a time up to now', what, coalesce(at::text, 'NULL')
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It is recorded when it has happened, and now is %s.', now());
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_past(text, timestamptz) IS 'raises unless the time is finite and not in the future';

-- Puts an insert-only table under audit.
CREATE FUNCTION dnc.audit_history(relation text, key_column text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM dnc.audit(relation, key_column);
    EXECUTE format(
        'CREATE TRIGGER "00_insert_only" BEFORE UPDATE OR DELETE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION '
        'dnc.refuse_change()', relation);
    EXECUTE format('ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "00_insert_only"', relation);
END
$$;
COMMENT ON FUNCTION dnc.audit_history(text, text)
    IS 'puts an insert-only table of schema dnc under audit; for the extension''s own scripts';

CREATE FUNCTION dnc.each_phone(phones @extschema@.dnc_phone[]) RETURNS SETOF @extschema@.dnc_phone
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF phones IS NULL OR cardinality(phones) = 0 OR array_ndims(phones) > 1
        OR array_position(phones, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'no number given' USING ERRCODE = 'null_value_not_allowed',
            DETAIL = 'What is recorded is about a number.',
            HINT = 'Check phones for NULL, an empty array and nested arrays.';
    END IF;
    RETURN QUERY SELECT DISTINCT p FROM unnest(phones) AS p ORDER BY p;
END
$$;
COMMENT ON FUNCTION dnc.each_phone(@extschema@.dnc_phone[])
    IS 'the distinct numbers of an array, in order; raises 22004 for an empty array or a NULL element';
