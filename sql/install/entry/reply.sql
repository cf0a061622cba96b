-- ---------------------------------------------------------------------------
-- Replies of people to messages
-- ---------------------------------------------------------------------------
-- A keyword (STOP, ARRÊT, 停止 …) opts out at once. Free text that likely asks not to be contacted opts out at once too,
-- provisionally, until it is reviewed. START revokes opt-outs only for the channel it came by and the purpose of the
-- message; it is never inferred from free text. A reply that chooses something less (a pause, fewer messages, other
-- channels or hours) gets what it chooses if its meaning is certain, and otherwise opts out provisionally.

CREATE FUNCTION @extschema@.dnc_keyword(reply text) RETURNS text AS 'MODULE_PATHNAME', 'dnc_keyword_wrapper'
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.dnc_keyword(text)
    IS 'Returns the meaning of a reply: stop, start or help for a keyword; likely_stop for free text that likely asks '
       'not to be contacted, or that chooses something less (dnc_choices reads what); otherwise nothing.
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
) RETURNS TABLE (meaning text, entry bigint, ended integer, choices text[], preference bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    earlier dnc.reply;
    said    jsonb;
    c       record;
    got     record;
    chosen  jsonb := '[]';
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
            choices := ARRAY(SELECT x ->> 'choice' FROM jsonb_array_elements(earlier.choices) AS x);
            preference := earlier.preference_id;
            RETURN NEXT;
            RETURN;
        END IF;
    END IF;
    meaning := dnc.keyword(reply);
    said := jsonb_build_object('words', left(reply, 10000), 'channel', channel);
    ended := 0;
    choices := '{}';
    IF meaning = 'likely_stop' THEN
        FOR c IN SELECT x.*, dnc.begins_at(x.until, phone) AS ends
            FROM dnc.choices(reply, dnc.day_there(received_at, phone)) AS x LOOP
            -- A product that is not known, a pause that is over, or no way of the list is read as more than that.
            IF c.choice = 'product' AND purpose IS NULL OR c.ends <= now() OR c.choice = 'not'
                AND NOT EXISTS (SELECT FROM dnc.channel AS k WHERE k.channel = ANY (c.channels)) THEN
                chosen := '[]';
                EXIT;
            END IF;
            chosen := chosen || jsonb_strip_nulls(to_jsonb(c));
        END LOOP;
    END IF;
    IF chosen <> '[]' THEN
        meaning := 'choice';
        FOR c IN SELECT * FROM jsonb_to_recordset(chosen) AS x (choice text, ends timestamptz, channels text[],
            max_contacts integer, max_per interval, hours text) LOOP
            SELECT * INTO got FROM dnc.record_choice(phone, c.choice, c.ends, c.channels, NULL, c.max_contacts,
                c.max_per, c.hours, opt_out_channel,
                CASE WHEN c.choice = 'product' THEN purpose ELSE opt_out_purpose END, source,
                said, received_at);
            entry := coalesce(entry, got.entry);
            preference := coalesce(got.preference, preference);
            choices := choices || c.choice;
        END LOOP;
    ELSIF meaning IN ('stop', 'likely_stop') THEN
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
    INSERT INTO dnc.reply (phone, channel, purpose, reply, meaning, choices, entry_id, preference_id, ended,
        received_at, external_ref, recorded_at)
        VALUES (phone, channel, purpose, left(reply, 10000), meaning, nullif(chosen, '[]'), entry, preference, ended,
            received_at, external_ref, now()) ON CONFLICT DO NOTHING;
    PERFORM dnc.require_recorded(FOUND);
    RETURN NEXT;
END
$$;
CREATE FUNCTION @extschema@.dnc_reply(
    phone text, reply text, channel text DEFAULT 'sms', purpose text DEFAULT NULL,
        received_at timestamptz DEFAULT now(), external_ref text DEFAULT NULL,
    opt_out_channel text DEFAULT 'all', opt_out_purpose text DEFAULT NULL, source text DEFAULT 'sms_keyword'
) RETURNS TABLE (meaning text, entry bigint, ended integer, choices text[], preference bigint)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT * FROM @extschema@.dnc_reply(@extschema@.dnc_parse(phone), reply, channel, purpose, received_at,
        external_ref, opt_out_channel, opt_out_purpose, source);
END;
COMMENT ON FUNCTION @extschema@.dnc_reply(@extschema@.dnc_phone, text, text, text, timestamptz, text, text, text, text)
    IS 'Records a reply and acts on its meaning: stop and likely_stop opt out (of opt_out_channel and opt_out_purpose, '
       'by default everything); start revokes the opt-outs of its channel and purpose; a choice between all and '
       'nothing (dnc_choices) records what it says. Returns the meaning, the new entry, how many opt-outs were '
       'revoked, the choices, and the preference that they recorded. channel and purpose: those of the message; a '
       'repeated external_ref adds nothing.
Errors: 22004 phone, reply or channel is NULL, or channel is all; 22023 unknown channel, purpose or source, or '
       'received_at not in the past; 22001 external_ref not of 1 to 500 characters; 23505 external_ref of another '
       'reply; 40001 the same reply was recorded concurrently; 54000 reply over 1 MiB.
Example: SELECT meaning, entry FROM dnc_reply(phone => ''+1 212 555 0134'', reply => ''STOP'', purpose => ''acme'');';
COMMENT ON FUNCTION @extschema@.dnc_reply(text, text, text, text, timestamptz, text, text, text, text)
    IS 'dnc_reply for a text, read in the region of dnc.default_region; an error for text that is no number';
