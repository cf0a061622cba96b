-- ---------------------------------------------------------------------------
-- Notices that explain how to opt out
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
