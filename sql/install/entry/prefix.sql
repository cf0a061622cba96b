-- ---------------------------------------------------------------------------
-- Prefixes: opt-outs of every number that begins with one
-- ---------------------------------------------------------------------------

CREATE TRIGGER "00_insert_only" BEFORE UPDATE
    OR DELETE ON dnc.prefix_entry FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change();
CREATE TRIGGER "02_touch" BEFORE INSERT ON dnc.prefix_entry FOR EACH ROW EXECUTE FUNCTION dnc.touch_all();
CREATE TRIGGER "90_epoch" AFTER INSERT ON dnc.prefix_entry FOR EACH ROW EXECUTE FUNCTION dnc.new_epoch();
CREATE CONSTRAINT TRIGGER "zz_commit" AFTER INSERT ON dnc.prefix_entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION dnc.entry_commit();
ALTER TABLE dnc.prefix_entry ENABLE ALWAYS TRIGGER "00_insert_only", ENABLE ALWAYS TRIGGER "02_touch",
    ENABLE ALWAYS TRIGGER "90_epoch", ENABLE ALWAYS TRIGGER "zz_commit";

CREATE FUNCTION dnc.require_prefix_scope(prefix text, channel text, purpose text, source text, evidence jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF prefix IS NULL OR channel IS NULL OR source IS NULL OR evidence IS NULL THEN
        RAISE EXCEPTION 'prefix, channel, source and evidence must not be NULL'
            USING ERRCODE = 'null_value_not_allowed',
            HINT = 'Only purpose may be: it then means every purpose.';
    END IF;
    IF prefix !~ '^\+[1-9][0-9]{0,13}$' THEN
        RAISE EXCEPTION 'invalid number prefix "%"', left(prefix, 60) USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'A prefix is a plus sign and up to 14 digits, calling code first.',
            HINT = 'Write it like +1900; a whole number goes to dnc_add.';
    END IF;
    IF jsonb_typeof(evidence) <> 'object' THEN
        RAISE EXCEPTION 'evidence must be a JSON object' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It is %s.', jsonb_typeof(evidence)), HINT = 'Write {"why": "…"}.';
    END IF;
    PERFORM dnc.require_known('channel', channel), dnc.require_known('source', source);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_prefix_scope(text, text, text, text, jsonb)
    IS 'raises unless a prefix, its scope and its evidence are valid';

CREATE FUNCTION @extschema@.dnc_add_prefix(
    prefix text, channel text DEFAULT 'all', purpose text DEFAULT NULL, reason text DEFAULT 'no_contact',
        source text DEFAULT 'unspecified',
    evidence jsonb DEFAULT '{}', expires_at timestamptz DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    fresh bigint;
BEGIN
    PERFORM dnc.require_prefix_scope(prefix, channel, purpose, source, evidence), dnc.require_known('reason', reason);
    IF expires_at <= now() THEN
        RAISE EXCEPTION 'the opt-out would expire at %, before it takes effect', expires_at
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It takes effect at %s.', now()), HINT = 'Leave expires_at out unless it is for a time.';
    END IF;
    INSERT INTO dnc.prefix_entry (prefix, expires_at, received_at, channel, purpose, kind, reason, source, evidence)
        VALUES (prefix, coalesce(expires_at, 'infinity'), now(), channel, purpose, 'refusal', reason, source, evidence)
            RETURNING prefix_id INTO fresh;
    RETURN fresh;
END
$$;

-- The revocation has the overlap of the scope and the entry, as in dnc_revoke.
CREATE FUNCTION @extschema@.dnc_revoke_prefix(
    prefix text, channel text DEFAULT 'all', purpose text DEFAULT NULL, source text DEFAULT 'unspecified',
        evidence jsonb DEFAULT '{}', force boolean DEFAULT false
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    e      record;
    ended  integer := 0;
    sticky integer := 0;
    locked bigint[];
    part_c text;
    part_p text;
BEGIN
    PERFORM dnc.require_prefix_scope(prefix, channel, purpose, source, evidence);
    locked := ARRAY(SELECT l.prefix_id
        FROM (SELECT r.prefix_id FROM dnc.prefix_entry AS r WHERE r.prefix = prefix AND r.ends IS NULL
            ORDER BY r.prefix_id FOR NO KEY UPDATE) AS l);
    FOR e IN SELECT r.*, k.sticky FROM dnc.prefix_entry AS r JOIN dnc.reason AS k ON k.reason = r.reason
        WHERE r.prefix_id = ANY (locked) ORDER BY r.prefix_id LOOP
        part_c := CASE WHEN channel = 'all' THEN e.channel WHEN e.channel IN ('all', channel) THEN channel END;
        part_p := CASE WHEN purpose IS NULL OR dnc.covers(purpose, e.purpose) THEN e.purpose ELSE purpose END;
        CONTINUE WHEN part_c IS NULL OR purpose IS NOT NULL AND e.purpose IS NOT NULL
            AND NOT dnc.covers(purpose, e.purpose) AND NOT dnc.covers(e.purpose, purpose);
        CONTINUE WHEN EXISTS (SELECT FROM dnc.prefix_entry AS w WHERE w.ends = e.prefix_id
            AND dnc.ends_all(w.channel, w.purpose, part_c, part_p, NULL, NULL));
        IF e.sticky AND NOT force THEN
            sticky := sticky + 1;
            CONTINUE;
        END IF;
        INSERT INTO dnc.prefix_entry (prefix, ends, received_at, channel, purpose, kind, source, evidence)
            VALUES (prefix, e.prefix_id, now(), part_c, part_p, 'withdrawal', source, evidence);
        ended := ended + 1;
    END LOOP;
    IF sticky > 0 THEN
        RAISE NOTICE '% opt-out(s) of % stay: complaints and litigation are revoked only when forced', sticky, prefix
            USING HINT = 'dnc_revoke_prefix(…, force => true) revokes them, with the evidence for it.';
    ELSIF ended = 0 THEN
        RAISE NOTICE 'no opt-out of prefix % has this scope', prefix;
    END IF;
    RETURN ended;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_add_prefix(text, text, text, text, text, jsonb, timestamptz)
    IS 'Records an opt-out of every number that begins with a prefix, such as +1900, and returns its prefix_id. '
       'purpose NULL: every purpose; expires_at NULL: no end.
Errors: 22004 a NULL argument other than purpose and expires_at; 22023 prefix that is not a plus sign and up '
       'to 14 digits, unknown channel, purpose, reason or source, evidence that is no object, or expires_at not in the '
       'future.
Example: SELECT dnc_add_prefix(prefix => ''+44909'', channel => ''voice'', evidence => ''{"why": "premium rate"}'');';
COMMENT ON FUNCTION @extschema@.dnc_revoke_prefix(text, text, text, text, jsonb, boolean)
    IS 'Revokes, in the given scope, the opt-outs of exactly this prefix, and returns how many it changed; sticky '
       'reasons (complaint, litigator) only with force.
Errors: 22004 a NULL argument other than purpose; 22023 prefix that is not a plus sign and up to 14 digits, '
       'unknown channel, purpose or source, or evidence that is no object.
Example: SELECT dnc_revoke_prefix(prefix => ''+1900'', channel => ''sms'', evidence => ''{"why": "not needed"}'');';
