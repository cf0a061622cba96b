-- ---------------------------------------------------------------------------
-- Replies of people to messages
-- ---------------------------------------------------------------------------
-- A keyword (STOP, ARRÊT, 停止 …) opts out at once. Free text that likely asks not to be contacted opts out at once too,
-- provisionally, until it is reviewed. START revokes opt-outs only for the channel it came by and the purpose of the
-- message; it is never inferred from free text.

CREATE FUNCTION @extschema@.dnc_keyword(reply text) RETURNS text AS 'MODULE_PATHNAME', 'dnc_keyword_wrapper'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.dnc_keyword(text)
    IS 'Returns the meaning of a reply: stop, start or help for a keyword; likely_stop for free text that likely asks '
       'not to be contacted; otherwise nothing.
Errors: 54000 reply over 1 MiB.
Example: SELECT dnc_keyword(reply => ''STOP'');';

-- Recording and revoking opt-outs, bound for functions that run as superuser.
CREATE FUNCTION dnc.revoke(phone @extschema@.dnc_phone, channel text, purpose text, source text, evidence jsonb,
    requested_at timestamptz, received_at timestamptz) RETURNS integer LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_revoke(phone, channel, purpose, source, evidence, requested_at, received_at);
END;
CREATE FUNCTION dnc.keyword(reply text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN @extschema@.dnc_keyword(reply);
COMMENT ON FUNCTION dnc.revoke(@extschema@.dnc_phone, text, text, text, jsonb, timestamptz, timestamptz)
    IS 'dnc_revoke, bound for functions that run as superuser';
COMMENT ON FUNCTION dnc.keyword(text) IS 'dnc_keyword, bound for functions that run as superuser';

CREATE FUNCTION @extschema@.dnc_reply(
    phone @extschema@.dnc_phone, reply text, channel text DEFAULT 'sms', purpose text DEFAULT NULL,
        received_at timestamptz DEFAULT now(), external_ref text DEFAULT NULL,
    opt_out_channel text DEFAULT 'all', opt_out_purpose text DEFAULT NULL, source text DEFAULT 'sms_keyword'
) RETURNS TABLE (meaning text, entry bigint, ended integer)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    earlier dnc.reply;
    said    jsonb;
BEGIN
    IF phone IS NULL OR reply IS NULL OR channel IS NULL OR channel = 'all' THEN
        RAISE EXCEPTION 'a reply has a number, words, and the channel it came by'
            USING ERRCODE = 'null_value_not_allowed', DETAIL = format('The channel is %L.', channel),
            HINT = 'Such as sms or whatsapp.';
    END IF;
    PERFORM dnc.require_known('channel', channel), dnc.require_evidence('{}', NULL, external_ref),
        dnc.require_past('reply received', received_at);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    IF external_ref IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('reply/' || channel || '/' || external_ref, 4476483));
        SELECT * INTO earlier FROM dnc.reply AS r WHERE r.channel = channel AND r.external_ref = external_ref;
        IF earlier.reply_id IS NOT NULL THEN
            IF earlier.phone IS NOT NULL
                AND (NOT dnc.same_phone(earlier.phone, phone) OR earlier.reply <> left(reply, 10000)) THEN
                RAISE EXCEPTION 'the reference "%" of channel % already belongs to another reply', external_ref, channel
                    USING ERRCODE = 'unique_violation',
                    DETAIL = format('Reply %s differs in number or words.', earlier.reply_id),
                    HINT = 'Give each reply a reference of its own; the same one recorded twice adds nothing.';
            END IF;
            meaning := earlier.meaning;
            entry := earlier.entry_id;
            ended := earlier.ended;
            RETURN NEXT;
            RETURN;
        END IF;
    END IF;
    meaning := dnc.keyword(reply);
    said := jsonb_build_object('words', left(reply, 10000), 'channel', channel);
    ended := 0;
    IF meaning IN ('stop', 'likely_stop') THEN
        entry := dnc.record_request(ARRAY[phone], opt_out_channel, opt_out_purpose, 'no_contact', source, received_at,
            said || CASE WHEN meaning = 'likely_stop' THEN '{"provisional": true}'::jsonb ELSE '{}' END,
                                    NULL, received_at, NULL, NULL, NULL, NULL);
    ELSIF meaning = 'start' AND coalesce(purpose, dnc.session_purpose()) IS NULL
        AND EXISTS (SELECT FROM dnc.purpose AS p) THEN
        RAISE NOTICE 'no opt-out is revoked: the purpose of the message is not known'
            USING HINT = 'Give the purpose of the message that was replied to.';
    ELSIF meaning = 'start' THEN
        ended := dnc.revoke(phone, channel, coalesce(purpose, dnc.session_purpose()), source, said, received_at,
            received_at);
    END IF;
    INSERT INTO dnc.reply (phone, channel, purpose, reply, meaning, entry_id, ended, received_at, external_ref,
        recorded_at)
        VALUES (phone, channel, purpose, left(reply, 10000), meaning, entry, ended, received_at, external_ref, now())
            ON CONFLICT DO NOTHING;
    PERFORM dnc.require_recorded(FOUND);
    RETURN NEXT;
END
$$;
CREATE FUNCTION @extschema@.dnc_reply(
    phone text, reply text, channel text DEFAULT 'sms', purpose text DEFAULT NULL,
        received_at timestamptz DEFAULT now(), external_ref text DEFAULT NULL,
    opt_out_channel text DEFAULT 'all', opt_out_purpose text DEFAULT NULL, source text DEFAULT 'sms_keyword'
) RETURNS TABLE (meaning text, entry bigint, ended integer) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp
BEGIN ATOMIC
    SELECT * FROM @extschema@.dnc_reply(@extschema@.dnc_parse(phone), reply, channel, purpose, received_at,
        external_ref, opt_out_channel, opt_out_purpose, source);
END;
COMMENT ON FUNCTION @extschema@.dnc_reply(@extschema@.dnc_phone, text, text, text, timestamptz, text, text, text, text)
    IS 'Records a reply and acts on its meaning: stop and likely_stop opt out (of opt_out_channel and opt_out_purpose, '
       'by default everything); start revokes the opt-outs of its channel and purpose. Returns the meaning, the new '
       'entry, and how many opt-outs were revoked. channel and purpose: those of the message; a repeated external_ref '
       'adds nothing.
Errors: 22004 phone, reply or channel is NULL, or channel is all; 22023 unknown channel, purpose or source, or '
       'received_at not in the past; 22001 external_ref not of 1 to 500 characters; 23505 external_ref of another '
       'reply; 40001 the same reply was recorded concurrently; 54000 reply over 1 MiB.
Example: SELECT meaning, entry FROM dnc_reply(phone => ''+1 212 555 0134'', reply => ''STOP'', purpose => ''acme'');';
COMMENT ON FUNCTION @extschema@.dnc_reply(text, text, text, text, timestamptz, text, text, text, text)
    IS 'dnc_reply for a text, read in the region of dnc.default_region; an error for text that is no number';
