-- ---------------------------------------------------------------------------
-- Decisions about numbers given as text
-- ---------------------------------------------------------------------------
-- Every function that takes a number has a form for dnc_phone and one for text, so that no caller needs a cast: drivers
-- send text.

CREATE FUNCTION @extschema@.dnc_may_contact(
    phone text, channel text DEFAULT 'voice', purpose text DEFAULT NULL, at timestamptz DEFAULT NULL,
    call_type text DEFAULT 'sales', party text DEFAULT NULL, location text DEFAULT NULL,
    time_zone text DEFAULT NULL
)
RETURNS TABLE (allowed boolean, ground text, detail text, grounds text[], next_allowed_at timestamptz, rules
text[], places text[], assumed boolean)
LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT * FROM @extschema@.dnc_may_contact(@extschema@.dnc_try_parse(dnc_may_contact.phone),
        dnc_may_contact.channel, dnc_may_contact.purpose, dnc_may_contact.at, dnc_may_contact.call_type,
        dnc_may_contact.party, dnc_may_contact.location, dnc_may_contact.time_zone);
END;
COMMENT ON FUNCTION @extschema@.dnc_may_contact(text, text, text, timestamptz, text, text, text, text)
    IS 'dnc_may_contact for a text, read in the region of dnc.default_region; without a number for text that is none';

CREATE FUNCTION @extschema@.dnc_may_contact_as_of(
    phone text, at timestamptz, known_at timestamptz DEFAULT now(), channel text DEFAULT 'voice',
    purpose text DEFAULT NULL, call_type text DEFAULT 'sales', party text DEFAULT NULL,
    location text DEFAULT NULL, time_zone text DEFAULT NULL
)
RETURNS TABLE (allowed boolean, ground text, detail text, grounds text[], next_allowed_at timestamptz, rules
text[], places text[], assumed boolean)
LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT * FROM @extschema@.dnc_may_contact_as_of(@extschema@.dnc_try_parse(dnc_may_contact_as_of.phone),
        dnc_may_contact_as_of.at, dnc_may_contact_as_of.known_at, dnc_may_contact_as_of.channel,
        dnc_may_contact_as_of.purpose, dnc_may_contact_as_of.call_type, dnc_may_contact_as_of.party,
        dnc_may_contact_as_of.location, dnc_may_contact_as_of.time_zone);
END;
COMMENT ON FUNCTION @extschema@.dnc_may_contact_as_of(text, timestamptz, timestamptz, text, text, text, text, text,
    text)
    IS 'dnc_may_contact_as_of for a text, read in the region of dnc.default_region; without a number for text that is '
       'none';
