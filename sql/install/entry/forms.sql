-- ---------------------------------------------------------------------------
-- Requests for numbers given as text, and for several numbers
-- ---------------------------------------------------------------------------
-- Every function that takes a number has a form for dnc_phone and one for text, so that no caller needs a cast: drivers
-- send text.

CREATE FUNCTION @extschema@.dnc_token(
    phone text, action text DEFAULT 'stop', channel text DEFAULT 'all', purpose text DEFAULT NULL,
    valid_for interval DEFAULT '90 days', choices text[] DEFAULT NULL
) RETURNS text
LANGUAGE sql VOLATILE
    RETURN @extschema@.dnc_token(@extschema@.dnc_parse(dnc_token.phone), dnc_token.action, dnc_token.channel,
        dnc_token.purpose, dnc_token.valid_for, dnc_token.choices);
COMMENT ON FUNCTION @extschema@.dnc_token(text, text, text, text, interval, text[])
    IS 'dnc_token for a text, read in the region of dnc.default_region; an error for text that is no number';

CREATE FUNCTION @extschema@.dnc_revoke(
    phones @extschema@.dnc_phone[], channel text DEFAULT 'all', purpose text DEFAULT NULL,
    source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}', requested_at timestamptz DEFAULT now(),
    received_at timestamptz DEFAULT NULL, by text DEFAULT NULL, force boolean DEFAULT false
) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT coalesce(pg_catalog.sum(@extschema@.dnc_revoke(p, dnc_revoke.channel, dnc_revoke.purpose,
        dnc_revoke.source, dnc_revoke.evidence, dnc_revoke.requested_at, dnc_revoke.received_at, dnc_revoke.by,
        dnc_revoke.force)), 0)::integer
    FROM dnc.each_phone(dnc_revoke.phones) AS p;
END;
COMMENT ON FUNCTION @extschema@.dnc_revoke(@extschema@.dnc_phone[], text, text, text, jsonb, timestamptz, timestamptz,
    text, boolean)
    IS 'dnc_revoke for each of several numbers; returns how many opt-outs were revoked';
