-- ---------------------------------------------------------------------------
-- Notices that explain how to opt out, and tokens that do it
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_add_notice(notice text, language text, body text, channel text DEFAULT 'all',
    valid_from timestamptz DEFAULT now()) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS $$
#variable_conflict use_variable
DECLARE
    latest dnc.notice;
    fresh  bigint;
BEGIN
    IF notice IS NULL OR language IS NULL OR coalesce(body, '') = '' OR valid_from IS NULL THEN
        RAISE EXCEPTION 'a notice has a name, a language, a text, and a time from which on it is used'
            USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF notice !~ '^[a-z][a-z0-9_-]{0,62}$' OR language !~ '^[a-z]{2,3}(-[A-Za-z0-9]+)*$' OR length(body) > 100000
        OR NOT isfinite(valid_from) THEN
        RAISE EXCEPTION 'a notice has a short name, a language such as en or pt-BR, up to 100000 characters of text, '
                        'and a time from which on it is used' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Given were %L, %L, %s characters and %s.', left(notice, 60), left(language, 60),
                length(body), valid_from),
            HINT = 'A name begins with a small letter; small letters, digits, _ and - follow.';
    END IF;
    PERFORM dnc.require_known('channel', channel);
    PERFORM pg_advisory_xact_lock(hashtextextended('notice/' || notice || '/' || language, 4476483));
    SELECT * INTO latest FROM dnc.notice AS n WHERE n.notice = notice AND n.language = language ORDER BY n.version DESC
    LIMIT 1;
    IF latest.body = body AND latest.channel = channel THEN
        RETURN latest.notice_id;
    END IF;
    IF valid_from < latest.valid_from THEN
        RAISE EXCEPTION 'version % of notice "%" would be used from % on, before version %', latest.version + 1, notice,
                valid_from, latest.version USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('That one is used from %s on.', latest.valid_from),
            HINT = 'Which text was used when is evidence; a new version begins after the last.';
    END IF;
    INSERT INTO dnc.notice (notice, language, version, channel, body, valid_from, recorded_at, recorded_by)
        VALUES (notice, language, coalesce(latest.version, 0) + 1, channel, body, valid_from, now(), session_user)
            ON CONFLICT DO NOTHING RETURNING notice_id INTO fresh;
    PERFORM dnc.require_recorded(fresh IS NOT NULL);
    RETURN fresh;
END
$$;
CREATE FUNCTION @extschema@.dnc_notice(notice text, language text, at timestamptz DEFAULT now())
RETURNS TABLE (notice_id bigint, version integer, channel text, body text)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT n.notice_id, n.version, n.channel, n.body FROM dnc.notice AS n
    WHERE n.notice = dnc_notice.notice AND n.language = dnc_notice.language AND n.valid_from <= dnc_notice.at
    ORDER BY n.version DESC LIMIT 1;
END;
COMMENT ON FUNCTION @extschema@.dnc_add_notice(text, text, text, text, timestamptz)
    IS 'Records a version of a notice and returns its notice_id; if text and channel equal the latest version''s, '
       'returns that one and adds nothing. notice: a short name; language: such as en or pt-BR.
Errors: 22004 a NULL or an empty body; 22023 malformed name or language, unknown channel, body over 100000 '
       'characters, or valid_from before the latest version''s; 40001 the same version was recorded concurrently.
Example: SELECT dnc_add_notice(notice => ''spring'', language => ''en'', body => ''Reply STOP to opt out.'',
    channel => ''sms'');';
COMMENT ON FUNCTION @extschema@.dnc_notice(text, text, timestamptz)
    IS 'Returns the version of a notice in use at a time; no row if there is none.
Example: SELECT notice_id, version, body FROM dnc_notice(notice => ''winter'', language => ''en'');';

-- ---------------------------------------------------------------------------
-- Tokens
-- ---------------------------------------------------------------------------
-- A token contains a number, an action and an expiry time, encrypted and authenticated with the key "token" of the file
-- dnc.key_file (src/reply/mod.rs). Nothing is stored when a token is made, so one query can make millions for a
-- campaign.

CREATE FUNCTION dnc.token_close(phone @extschema@.dnc_phone, until timestamptz, starts boolean, channel text,
    purpose text) RETURNS text AS 'MODULE_PATHNAME', 'dnc_token_close_wrapper'
LANGUAGE c VOLATILE PARALLEL SAFE COST 200;
CREATE FUNCTION dnc.token_open(token text)
RETURNS TABLE (token_id text, phone @extschema@.dnc_phone, until timestamptz, starts boolean, channel text,
    purpose text) AS 'MODULE_PATHNAME', 'dnc_token_open_wrapper' LANGUAGE c STABLE STRICT ROWS 1;
COMMENT ON FUNCTION dnc.token_close(@extschema@.dnc_phone, timestamptz, boolean, text, text)
    IS 'makes a token, for dnc_token';
COMMENT ON FUNCTION dnc.token_open(text) IS 'contents of a token; raises for one that was changed or not made here';

CREATE FUNCTION @extschema@.dnc_token(phone @extschema@.dnc_phone, action text DEFAULT 'stop',
    channel text DEFAULT 'all', purpose text DEFAULT NULL, valid_for interval DEFAULT '90 days')
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF phone IS NULL THEN
        RETURN NULL;
    END IF;
    IF action IS NULL OR action NOT IN ('stop', 'start') OR valid_for IS NULL OR now() + valid_for <= now()
        OR valid_for > '10 years' THEN
        RAISE EXCEPTION 'a token stops or starts, for some time up to ten years'
            USING ERRCODE = 'invalid_parameter_value', DETAIL = format('Given were %L and %L.', action, valid_for);
    END IF;
    PERFORM dnc.require_known('channel', channel);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    RETURN dnc.token_close(phone, now() + valid_for, action = 'start', channel, purpose);
END
$$;
CREATE FUNCTION @extschema@.dnc_redeem(token text)
RETURNS TABLE (action text, masked text, channel text, purpose text, entry bigint, ended integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    t    record;
    used timestamptz;
    said jsonb;
BEGIN
    IF token IS NULL THEN
        RAISE EXCEPTION 'no token given' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    SELECT * INTO t FROM dnc.token_open(token);
    -- A concurrent call with the same token waits here, then sees it redeemed.
    PERFORM pg_advisory_xact_lock(hashtextextended('token/' || t.token_id, 4476483));
    SELECT u.used_at INTO used FROM dnc.token_use AS u WHERE u.token_id = t.token_id;
    IF used IS NOT NULL THEN
        RAISE EXCEPTION 'the token was redeemed already' USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = format('It was on %s, and what it asked for was done.', used),
            HINT = 'A token serves once; dnc_token(phone) makes a new one.';
    END IF;
    IF t.until <= clock_timestamp() THEN
        RAISE EXCEPTION 'the token has expired' USING ERRCODE = 'invalid_authorization_specification',
            DETAIL = format('It was good until %s.', t.until), HINT = 'dnc_token(phone) makes a new one.';
    END IF;
    action := CASE WHEN t.starts THEN 'start' ELSE 'stop' END;
    masked := dnc.mask(t.phone);
    channel := t.channel;
    purpose := t.purpose;
    ended := 0;
    said := jsonb_build_object('token', t.token_id);
    IF t.starts THEN
        ended := dnc.revoke(t.phone, channel, purpose, 'web_form', said, now(), now());
    ELSE
        entry := dnc.record_request(ARRAY[t.phone], channel, purpose, 'no_contact', 'web_form', now(), said, NULL, NULL,
            NULL, NULL, NULL, NULL);
    END IF;
    INSERT INTO dnc.token_use (token_id, phone, action, channel, purpose, entry_id, ended, used_at)
    VALUES (t.token_id, t.phone, action, channel, purpose, entry, ended, now()) ON CONFLICT DO NOTHING;
    PERFORM dnc.require_recorded(FOUND);
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_token(@extschema@.dnc_phone, text, text, text, interval)
    IS 'Returns a token with which a web page opts a person out (stop) or in again (start) for a scope, once, without '
       'a login; NULL for a NULL phone. Needs the key "token" in the file dnc.key_file.
Errors: 22023 unknown action, channel or purpose, or valid_for not within ten years; 42704 there is no key '
       '"token"; 55000 there is no key file, or others can read it.
Example: SELECT dnc_token(phone => ''+44 20 7946 0018'', channel => ''sms'', valid_for => ''30 days'');';
COMMENT ON FUNCTION @extschema@.dnc_redeem(text)
    IS 'Does what a token requests and returns it: the new entry of an opt-out, or how many opt-outs were revoked; '
       'masked is the masked number.
Errors: 22004 token is NULL; 28000 the token is invalid or has expired; 55000 it was redeemed already.
Example: SELECT action, entry FROM dnc_redeem(token => dnc_token(phone => ''+44 20 7946 0018'', channel => ''sms''));';
