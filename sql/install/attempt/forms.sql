-- ---------------------------------------------------------------------------
-- Contact attempts: forms for text
-- ---------------------------------------------------------------------------
-- Every function that takes a number takes dnc_phone or text: drivers send text, and no caller needs a cast.

CREATE FUNCTION @extschema@.dnc_attempt(
    phone text, outcome text DEFAULT NULL, channel text DEFAULT 'voice', purpose text DEFAULT NULL,
    happened_at timestamptz DEFAULT now(), duration integer DEFAULT NULL, agent text DEFAULT NULL,
    campaign text DEFAULT NULL, direction text DEFAULT 'outbound', call_type text DEFAULT NULL,
    notice_id bigint DEFAULT NULL, consent_id bigint DEFAULT NULL, decision jsonb DEFAULT NULL,
    source text DEFAULT NULL, code text DEFAULT NULL, words text DEFAULT NULL, recording text DEFAULT NULL,
    next_at timestamptz DEFAULT NULL, caller text DEFAULT NULL, hung_up_by text DEFAULT NULL,
    queue_seconds integer DEFAULT NULL, talk_seconds integer DEFAULT NULL, abandoned boolean DEFAULT NULL,
    vendor text DEFAULT NULL, acquisition_id bigint DEFAULT NULL, attempt_number integer DEFAULT NULL,
    cost numeric DEFAULT NULL, sale_value numeric DEFAULT NULL, external_ref text DEFAULT NULL
) RETURNS bigint
LANGUAGE sql VOLATILE
    RETURN @extschema@.dnc_attempt(@extschema@.dnc_parse(dnc_attempt.phone), dnc_attempt.outcome,
        dnc_attempt.channel, dnc_attempt.purpose, dnc_attempt.happened_at, dnc_attempt.duration,
        dnc_attempt.agent, dnc_attempt.campaign, dnc_attempt.direction, dnc_attempt.call_type,
        dnc_attempt.notice_id, dnc_attempt.consent_id, dnc_attempt.decision, dnc_attempt.source, dnc_attempt.code,
        dnc_attempt.words, dnc_attempt.recording, dnc_attempt.next_at, dnc_attempt.caller, dnc_attempt.hung_up_by,
        dnc_attempt.queue_seconds, dnc_attempt.talk_seconds, dnc_attempt.abandoned, dnc_attempt.vendor,
        dnc_attempt.acquisition_id, dnc_attempt.attempt_number, dnc_attempt.cost, dnc_attempt.sale_value,
        dnc_attempt.external_ref);
COMMENT ON FUNCTION @extschema@.dnc_attempt(text, text, text, text, timestamptz, integer, text, text, text, text,
    bigint, bigint, jsonb, text, text, text, text, timestamptz, text, text, integer, integer, boolean, text, bigint,
    integer, numeric, numeric, text)
    IS 'dnc_attempt for a text, read in the region of dnc.default_region';

CREATE FUNCTION @extschema@.dnc_right_number(phone text, why text, by text DEFAULT NULL) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_right_number(@extschema@.dnc_parse(phone), why, by);
END;
COMMENT ON FUNCTION @extschema@.dnc_right_number(text, text, text)
    IS 'dnc_right_number for a text, read in the region of dnc.default_region';
