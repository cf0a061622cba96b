-- ---------------------------------------------------------------------------
-- Preferences: how, when and how often a person wants to be contacted
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_prefer(
    phone @extschema@.dnc_phone, channels text[] DEFAULT NULL, hours text DEFAULT NULL, time_zone text DEFAULT NULL,
        location text DEFAULT NULL, party text DEFAULT NULL, language text DEFAULT NULL,
    stated_at timestamptz DEFAULT now(), source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}',
    by text DEFAULT NULL, max_contacts integer DEFAULT NULL, max_per interval DEFAULT NULL,
    expires_at timestamptz DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    taken_by ALIAS FOR $11; -- by
    fresh bigint;
    x     text;
BEGIN
    IF phone IS NULL OR source IS NULL THEN
        RAISE EXCEPTION 'phone and source must not be NULL' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM dnc.require_known('source', source), dnc.require_evidence(evidence, taken_by, NULL),
        dnc.require_past('preference stated', stated_at), dnc.require_windows(hours), dnc.require_zone(time_zone);
    FOREACH x IN ARRAY coalesce(channels, '{}') LOOP
        PERFORM dnc.require_known('channel', x);
    END LOOP;
    IF location IS NOT NULL THEN
        PERFORM dnc.require_known('jurisdiction', location);
    END IF;
    IF party IS NOT NULL AND party NOT IN ('consumer', 'business') OR language !~ '^[a-z]{2,3}(-[A-Za-z0-9]+)*$'
        OR cardinality(channels) = 0 THEN
        RAISE EXCEPTION 'a party is consumer or business, a language a tag such as en or pt-BR, and channels are at '
                        'least one' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('They are %L, %L and %L.', party, language, channels),
            HINT = 'What the person did not say is NULL.';
    END IF;
    IF num_nonnulls(max_contacts, max_per) = 1 OR max_contacts NOT BETWEEN 1 AND 10000
        OR max_per NOT BETWEEN '1 hour' AND '10 years' OR expires_at <= stated_at THEN
        RAISE EXCEPTION 'a cap is a number of contacts in a period, and a statement ends after it was made'
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Given were max_contacts %s, max_per %s and expires_at %s.',
                coalesce(max_contacts::text, 'NULL'), coalesce(max_per::text, 'NULL'),
                coalesce(expires_at::text, 'NULL')),
            HINT = 'max_contacts goes from 1 to 10000, max_per from one hour to ten years. Somebody who wants no '
                   'contact at all opts out: dnc_add.';
    END IF;
    INSERT INTO dnc.preference (phone, channels, hours, time_zone, location, party, language, max_contacts, max_per,
        expires_at, stated_at, source, evidence, taken_by, recorded_at)
        VALUES (phone, channels, hours, time_zone, location, party, language, max_contacts, max_per,
            coalesce(expires_at, 'infinity'), stated_at, source, evidence, taken_by, now())
        RETURNING preference_id INTO fresh;
    RETURN fresh;
END
$$;
CREATE FUNCTION @extschema@.dnc_prefer(
    phone text, channels text[] DEFAULT NULL, hours text DEFAULT NULL, time_zone text DEFAULT NULL,
        location text DEFAULT NULL, party text DEFAULT NULL, language text DEFAULT NULL,
    stated_at timestamptz DEFAULT now(), source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}',
    by text DEFAULT NULL, max_contacts integer DEFAULT NULL, max_per interval DEFAULT NULL,
    expires_at timestamptz DEFAULT NULL
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_prefer(@extschema@.dnc_parse(phone), channels, hours, time_zone, location, party,
        language, stated_at, source, evidence, by, max_contacts, max_per, expires_at);
END;
COMMENT ON FUNCTION @extschema@.dnc_prefer(@extschema@.dnc_phone, text[], text, text, text, text, text, timestamptz,
    text, jsonb, text, integer, interval, timestamptz)
    IS 'Records how and when a person wants to be contacted and where they are, and returns the preference_id; it '
       'replaces the earlier statement as a whole. hours: on the person''s clock, such as mon-fri 17:00-20:00; '
       'time_zone: IANA name; location: ISO 3166 jurisdiction; party: consumer or business; max_contacts in each '
       'period of max_per: how often at most; expires_at: only where the person set an end; NULL: did not say. '
       'Decisions (dnc_may_contact) keep to it.
Errors: 22004 phone or source is NULL; 22023 unknown channel, source, location, party, time zone or language, '
       'invalid hours or cap, stated_at not in the past, or evidence that is no object; 22001 by not of 1 to 500 '
       'characters; 54000 over 16 MiB.
Example: SELECT dnc_prefer(phone => ''+49 30 901820'', channels => ''{voice}'', hours => ''mon-fri 17:00-20:00'',
    time_zone => ''Europe/Berlin'', language => ''de'');';
COMMENT ON FUNCTION @extschema@.dnc_prefer(text, text[], text, text, text, text, text, timestamptz, text, jsonb, text,
    integer, interval, timestamptz)
    IS 'dnc_prefer for a text, read in the region of dnc.default_region; an error for text that is no number';

-- A choice adds to what the person said before, where dnc_prefer replaces it.
CREATE FUNCTION dnc.prefer_also(phone @extschema@.dnc_phone, channels text[], hours text, max_contacts integer,
    max_per interval, expires_at timestamptz, stated_at timestamptz, source text, evidence jsonb)
RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    latest dnc.preference;
BEGIN
    SELECT * INTO latest FROM dnc.preference AS p WHERE dnc.same_line(p.phone, phone) AND p.stated_at <= stated_at
        AND p.expires_at > now()
        AND NOT EXISTS (SELECT FROM dnc.reassignment AS x
            WHERE dnc.same_phone(x.phone, p.phone) AND x.reassigned_at >= p.stated_at)
    ORDER BY p.stated_at DESC, p.preference_id DESC LIMIT 1;
    RETURN dnc.prefer(phone, coalesce(channels, latest.channels), coalesce(hours, latest.hours), latest.time_zone,
        latest.location, latest.party, latest.language, stated_at, source, evidence,
        coalesce(max_contacts, latest.max_contacts), coalesce(max_per, latest.max_per), expires_at);
END
$$;
CREATE FUNCTION dnc.prefer(phone @extschema@.dnc_phone, channels text[], hours text, time_zone text, location text,
    party text, language text, stated_at timestamptz, source text, evidence jsonb, max_contacts integer,
    max_per interval, expires_at timestamptz) RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_prefer(phone, channels, hours, time_zone, location, party, language, stated_at, source,
        evidence, NULL, max_contacts, max_per, expires_at);
END;
COMMENT ON FUNCTION dnc.prefer(@extschema@.dnc_phone, text[], text, text, text, text, text, timestamptz, text, jsonb,
    integer, interval, timestamptz)
    IS 'dnc_prefer, bound at creation for functions that run as superuser';
COMMENT ON FUNCTION dnc.prefer_also(@extschema@.dnc_phone, text[], text, integer, interval, timestamptz, timestamptz,
    text, jsonb)
    IS 'records a preference that keeps what the person said before and does not change';
