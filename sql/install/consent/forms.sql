-- ---------------------------------------------------------------------------
-- Consents, for several numbers
-- ---------------------------------------------------------------------------
-- Every function that takes a number has a form for dnc_phone and one for text, so that no caller needs a cast: drivers
-- send text.

CREATE FUNCTION @extschema@.dnc_consent(
    phones @extschema@.dnc_phone[], channel text, purpose text DEFAULT NULL, given_at timestamptz DEFAULT now(),
    expires_at timestamptz DEFAULT NULL, source text DEFAULT 'unspecified', wording text DEFAULT NULL,
    evidence jsonb DEFAULT '{}', by text DEFAULT NULL, external_ref text DEFAULT NULL
) RETURNS SETOF bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_consent(p, dnc_consent.channel, dnc_consent.purpose, dnc_consent.given_at,
        dnc_consent.expires_at, dnc_consent.source, dnc_consent.wording, dnc_consent.evidence, dnc_consent.by,
        dnc_consent.external_ref)
    FROM dnc.each_phone(dnc_consent.phones) AS p;
END;
COMMENT ON FUNCTION @extschema@.dnc_consent(@extschema@.dnc_phone[], text, text, timestamptz, timestamptz, text, text,
    jsonb, text, text)
    IS 'dnc_consent for each of several numbers; returns the consents in the order of the numbers';

CREATE FUNCTION @extschema@.dnc_withdraw_consent(
    phones @extschema@.dnc_phone[], channel text DEFAULT 'all', purpose text DEFAULT NULL,
    given_at timestamptz DEFAULT now(), source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}',
    by text DEFAULT NULL
) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT coalesce(pg_catalog.sum(@extschema@.dnc_withdraw_consent(p, dnc_withdraw_consent.channel,
        dnc_withdraw_consent.purpose, dnc_withdraw_consent.given_at, dnc_withdraw_consent.source,
        dnc_withdraw_consent.evidence, dnc_withdraw_consent.by)), 0)::integer
    FROM dnc.each_phone(dnc_withdraw_consent.phones) AS p;
END;
COMMENT ON FUNCTION @extschema@.dnc_withdraw_consent(@extschema@.dnc_phone[], text, text, timestamptz, text, jsonb,
    text)
    IS 'dnc_withdraw_consent for each of several numbers; returns how many consents it changed';

CREATE FUNCTION @extschema@.dnc_relationship(
    phones @extschema@.dnc_phone[], event text, purpose text DEFAULT NULL,
    happened_at timestamptz DEFAULT now(), source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}',
    by text DEFAULT NULL, external_ref text DEFAULT NULL
) RETURNS SETOF bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_relationship(p, dnc_relationship.event, dnc_relationship.purpose,
        dnc_relationship.happened_at, dnc_relationship.source, dnc_relationship.evidence, dnc_relationship.by,
        dnc_relationship.external_ref)
    FROM dnc.each_phone(dnc_relationship.phones) AS p;
END;
COMMENT ON FUNCTION @extschema@.dnc_relationship(@extschema@.dnc_phone[], text, text, timestamptz, text, jsonb, text,
    text)
    IS 'dnc_relationship for each of several numbers; returns the events in the order of the numbers';

CREATE FUNCTION @extschema@.dnc_reassigned(
    phones @extschema@.dnc_phone[], reassigned_at timestamptz DEFAULT now(), source text DEFAULT 'unspecified',
    evidence jsonb DEFAULT '{}', by text DEFAULT NULL
) RETURNS SETOF bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_reassigned(p, dnc_reassigned.reassigned_at, dnc_reassigned.source,
        dnc_reassigned.evidence, dnc_reassigned.by)
    FROM dnc.each_phone(dnc_reassigned.phones) AS p;
END;
COMMENT ON FUNCTION @extschema@.dnc_reassigned(@extschema@.dnc_phone[], timestamptz, text, jsonb, text)
    IS 'dnc_reassigned for each of several numbers; returns the reassignments in the order of the numbers';

CREATE FUNCTION @extschema@.dnc_prefer(
    phones @extschema@.dnc_phone[], channels text[] DEFAULT NULL, hours text DEFAULT NULL,
    time_zone text DEFAULT NULL, location text DEFAULT NULL, party text DEFAULT NULL,
    language text DEFAULT NULL, stated_at timestamptz DEFAULT now(), source text DEFAULT 'unspecified',
    evidence jsonb DEFAULT '{}', by text DEFAULT NULL, max_contacts integer DEFAULT NULL,
    max_per interval DEFAULT NULL, expires_at timestamptz DEFAULT NULL
) RETURNS SETOF bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_prefer(p, dnc_prefer.channels, dnc_prefer.hours, dnc_prefer.time_zone,
        dnc_prefer.location, dnc_prefer.party, dnc_prefer.language, dnc_prefer.stated_at, dnc_prefer.source,
        dnc_prefer.evidence, dnc_prefer.by, dnc_prefer.max_contacts, dnc_prefer.max_per, dnc_prefer.expires_at)
    FROM dnc.each_phone(dnc_prefer.phones) AS p;
END;
COMMENT ON FUNCTION @extschema@.dnc_prefer(@extschema@.dnc_phone[], text[], text, text, text, text, text, timestamptz,
    text, jsonb, text, integer, interval, timestamptz)
    IS 'dnc_prefer for each of several numbers; returns the preferences in the order of the numbers';

CREATE FUNCTION @extschema@.dnc_acquired(
    phone @extschema@.dnc_phone, vendor text, acquired_at timestamptz DEFAULT now(),
    lawful_basis text DEFAULT NULL, proof jsonb DEFAULT NULL
) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN @extschema@.dnc_acquired(ARRAY[dnc_acquired.phone], dnc_acquired.vendor, dnc_acquired.acquired_at,
        dnc_acquired.lawful_basis, dnc_acquired.proof);
COMMENT ON FUNCTION @extschema@.dnc_acquired(@extschema@.dnc_phone, text, timestamptz, text, jsonb)
    IS 'dnc_acquired for one number';

CREATE FUNCTION @extschema@.dnc_acquired(
    phone text, vendor text, acquired_at timestamptz DEFAULT now(), lawful_basis text DEFAULT NULL,
    proof jsonb DEFAULT NULL
) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN @extschema@.dnc_acquired(ARRAY[@extschema@.dnc_parse(dnc_acquired.phone)], dnc_acquired.vendor,
        dnc_acquired.acquired_at, dnc_acquired.lawful_basis, dnc_acquired.proof);
COMMENT ON FUNCTION @extschema@.dnc_acquired(text, text, timestamptz, text, jsonb)
    IS 'dnc_acquired for a text, read in the region of dnc.default_region; an error for text that is no number';
