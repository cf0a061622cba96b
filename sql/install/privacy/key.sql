-- ---------------------------------------------------------------------------
-- Pseudonym keys
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_pseudonym_key(key_id text DEFAULT 'pseudonym') RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    wanted bytea;
BEGIN
    IF key_id IS NULL OR key_id !~ '^pseudonym(-[A-Za-z0-9_-]{1,60})?$' THEN
        RAISE EXCEPTION '"%" is no name for a key of pseudonyms', left(coalesce(key_id, 'NULL'), 60)
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Write pseudonym, or pseudonym-2027.';
    END IF;
    wanted := dnc.key_check(key_id);
    PERFORM FROM dnc.pseudonym_key AS k WHERE k.check_value = wanted AND k.key_id <> key_id;
    IF FOUND THEN
        RAISE EXCEPTION 'the key "%" is one that is registered under another name', key_id
            USING ERRCODE = 'unique_violation', HINT = 'Draw a new one: openssl rand -hex 32.';
    END IF;
    INSERT INTO dnc.pseudonym_key (key_id, check_value, added_at, added_by)
    VALUES (key_id, wanted, clock_timestamp(), session_user);
EXCEPTION WHEN unique_violation THEN
    IF EXISTS (SELECT FROM dnc.pseudonym_key AS k WHERE k.key_id = key_id AND k.check_value = wanted
        AND k.retired_at IS NULL) THEN
        RETURN;
    ELSIF EXISTS (SELECT FROM dnc.pseudonym_key AS k WHERE k.key_id = key_id) THEN
        RAISE EXCEPTION 'another key "%" is registered, or it is retired', key_id USING ERRCODE = 'unique_violation',
            HINT = 'Give a new key a name of its own.';
    END IF;
    RAISE;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_pseudonym_key(text)
    IS 'Registers a key of dnc.key_file as the one under which numbers are pseudonymised from now on. Pseudonyms '
       'under earlier keys stay until dnc_pseudonym_migrate. A key that is already registered is left as it is.
Errors: 22023 the name is neither pseudonym nor pseudonym-*; 23505 the name is retired or has another key, or the key '
       'has another name; 55000 dnc.key_file is not set, or others can read it; 42704 no key of that name; F0000 the '
       'key file has an invalid line.
Example: SELECT dnc_pseudonym_key(key_id => ''pseudonym'');';

CREATE FUNCTION dnc.migrate_pseudonym(phone @extschema@.dnc_phone) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    newest record;
    older  record;
    moved  integer := 0;
    f      dnc.pseudonym;
    fresh  bigint;
    locked bigint[];
    taken  bigint[];
BEGIN
    PERFORM dnc.require_read_committed();
    FOR older IN SELECT m.*, row_number() OVER () AS n FROM dnc.pseudonyms(phone) AS m LOOP
        IF older.n = 1 THEN
            newest := older;
            CONTINUE;
        END IF;
        CONTINUE WHEN NOT EXISTS (SELECT FROM dnc.pseudonym AS x WHERE x.pseudonym = older.pseudonym
            AND x.pseudonym_low = older.pseudonym_low AND x.key_id = older.key_id)
                  AND NOT EXISTS (SELECT FROM dnc.erasure AS x WHERE x.pseudonym = older.pseudonym
                      AND x.pseudonym_low = older.pseudonym_low AND x.key_id = older.key_id);
        -- Pseudonyms added by a concurrent erasure are left for the next call.
        locked := ARRAY(SELECT l.pseudonym_id
            FROM (SELECT x.pseudonym_id FROM dnc.pseudonym AS x WHERE x.pseudonym = older.pseudonym
                AND x.pseudonym_low = older.pseudonym_low AND x.key_id = older.key_id AND x.ends IS NULL
                ORDER BY x.pseudonym_id FOR NO KEY UPDATE) AS l);
        FOR f IN SELECT x.* FROM dnc.pseudonym AS x WHERE x.pseudonym_id = ANY (locked)
            ORDER BY x.pseudonym_id LOOP
            INSERT INTO dnc.pseudonym (pseudonym, pseudonym_low, key_id, effective_at, expires_at, received_at, channel,
                purpose, kind, reason, source, requested_at, recorded_at, due_at, keep_until)
                VALUES (newest.pseudonym, newest.pseudonym_low, newest.key_id, f.effective_at, f.expires_at,
                    f.received_at, f.channel, f.purpose, f.kind, f.reason, f.source, f.requested_at, f.recorded_at,
                    f.due_at, f.keep_until) RETURNING pseudonym_id INTO fresh;
            INSERT INTO dnc.pseudonym (pseudonym, pseudonym_low, key_id, ends, received_at, channel, purpose, kind,
                source, requested_at, recorded_at)
                SELECT newest.pseudonym, newest.pseudonym_low, newest.key_id, fresh, w.received_at, w.channel,
                    w.purpose, w.kind, w.source, w.requested_at, w.recorded_at
                FROM dnc.pseudonym AS w WHERE w.ends = f.pseudonym_id
                ORDER BY w.pseudonym_id;
            moved := moved + 1;
        END LOOP;
        PERFORM dnc.erase_rows('pseudonym',
            format('r.pseudonym_id = ANY (%1$L::bigint[]) OR r.ends = ANY (%1$L::bigint[])', locked));
        taken := ARRAY(SELECT l.ending_id
            FROM (SELECT x.ending_id FROM dnc.erased_ending AS x WHERE x.pseudonym = older.pseudonym
                AND x.pseudonym_low = older.pseudonym_low AND x.key_id = older.key_id
                ORDER BY x.ending_id FOR NO KEY UPDATE)
            AS l);
        INSERT INTO dnc.erased_ending (pseudonym, pseudonym_low, key_id, ended, channel, purpose, ended_at)
            SELECT newest.pseudonym, newest.pseudonym_low, newest.key_id, x.ended, x.channel, x.purpose, x.ended_at
            FROM dnc.erased_ending AS x WHERE x.ending_id = ANY (taken);
        PERFORM dnc.erase_rows('erased_ending', format('r.ending_id = ANY (%L::bigint[])', taken));
        UPDATE dnc.erasure AS x
        SET pseudonym = newest.pseudonym, pseudonym_low = newest.pseudonym_low, key_id = newest.key_id
        WHERE x.pseudonym = older.pseudonym AND x.pseudonym_low = older.pseudonym_low AND x.key_id = older.key_id;
    END LOOP;
    RETURN moved;
END
$$;
COMMENT ON FUNCTION dnc.migrate_pseudonym(@extschema@.dnc_phone)
    IS 'dnc_pseudonym_migrate for exactly this number, not for its line';
CREATE FUNCTION @extschema@.dnc_pseudonym_migrate(phone @extschema@.dnc_phone) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT coalesce(sum(dnc.migrate_pseudonym(f.form)), 0)::integer
        FROM unnest(@extschema@.dnc_forms(phone)) AS f (form);
END;
COMMENT ON FUNCTION @extschema@.dnc_pseudonym_migrate(@extschema@.dnc_phone)
    IS 'Moves the pseudonyms of an erased number to the newest key and returns the count of its opt-outs. A pseudonym '
       'cannot be reversed, so call it for every known number.
Errors: 25000 the transaction is not READ COMMITTED.
Example: SELECT sum(dnc_pseudonym_migrate(phone => dnc_try_parse(phone, country))) FROM contact;';

CREATE FUNCTION @extschema@.dnc_pseudonym_retire(key_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    left_over bigint;
BEGIN
    PERFORM dnc.require_read_committed();
    -- Waits for a running erasure.
    LOCK TABLE dnc.erasure, dnc.pseudonym IN SHARE ROW EXCLUSIVE MODE;
    SELECT count(*) INTO left_over FROM dnc.pseudonym AS f WHERE f.key_id = key_id AND f.ends IS NULL
        AND f.expires_at > now()
        AND NOT EXISTS (SELECT FROM dnc.pseudonym AS w WHERE w.ends = f.pseudonym_id
        AND dnc.ends_all(w.channel, w.purpose, f.channel, f.purpose, NULL, NULL));
    left_over := left_over + (SELECT count(*) FROM dnc.kept_record AS k
        JOIN dnc.erasure AS e ON e.erasure_id = k.erasure_id WHERE e.key_id = key_id) + (SELECT count(*)
        FROM dnc.erased_ending AS e WHERE e.key_id = key_id);
    IF left_over > 0 THEN
        RAISE EXCEPTION 'key "%" is still needed', key_id USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = format('%s opt-outs in force, revocations and kept records use it.', left_over),
            HINT = 'dnc_pseudonym_migrate(phone) moves a known number to the newest key; the opt-out of a number that '
                   'is no longer known keeps its key.';
    END IF;
    UPDATE dnc.pseudonym_key AS k SET retired_at = now() WHERE k.key_id = key_id AND k.retired_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no key "%" to retire', left(coalesce(key_id, 'NULL'), 60)
            USING ERRCODE = 'undefined_object', HINT = 'dnc.pseudonym_key lists the keys.';
    END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_pseudonym_retire(text)
    IS 'Retires a key that no opt-out in force, revocation or kept record uses, so that dnc.key_file need not contain '
       'it.
Errors: 25000 the transaction is not READ COMMITTED; 42704 no such key, or already retired; 55000 the key is still in '
       'use.
Example: SELECT dnc_pseudonym_retire(key_id => ''pseudonym'');';

