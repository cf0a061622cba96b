-- ---------------------------------------------------------------------------
-- Contact attempts: forms for text
-- ---------------------------------------------------------------------------
-- Every function that takes a number takes dnc_phone or text: drivers send text, and no caller needs a cast.

CREATE FUNCTION @extschema@.dnc_attempt(
    phone text, outcome text, channel text DEFAULT 'voice', purpose text DEFAULT NULL,
    happened_at timestamptz DEFAULT now(), duration integer DEFAULT NULL, agent text DEFAULT NULL,
    campaign text DEFAULT NULL, direction text DEFAULT 'outbound', call_type text DEFAULT NULL,
    notice_id bigint DEFAULT NULL, consent_id bigint DEFAULT NULL, decision jsonb DEFAULT NULL
) RETURNS bigint
LANGUAGE sql VOLATILE
    RETURN @extschema@.dnc_attempt(@extschema@.dnc_parse(dnc_attempt.phone), dnc_attempt.outcome,
        dnc_attempt.channel, dnc_attempt.purpose, dnc_attempt.happened_at, dnc_attempt.duration,
        dnc_attempt.agent, dnc_attempt.campaign, dnc_attempt.direction, dnc_attempt.call_type,
        dnc_attempt.notice_id, dnc_attempt.consent_id, dnc_attempt.decision);
COMMENT ON FUNCTION @extschema@.dnc_attempt(text, text, text, text, timestamptz, integer, text, text, text, text,
    bigint, bigint, jsonb)
    IS 'dnc_attempt for a text, read in the region of dnc.default_region';
