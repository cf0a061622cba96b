-- ---------------------------------------------------------------------------
-- Data subject rights: forms for text and for several numbers
-- ---------------------------------------------------------------------------
-- Every function that takes a number takes dnc_phone or text: drivers send text, and no caller needs a cast.

CREATE FUNCTION @extschema@.dnc_may_process(phone text) RETURNS boolean
LANGUAGE sql STABLE
    RETURN @extschema@.dnc_may_process(@extschema@.dnc_try_parse(dnc_may_process.phone));
COMMENT ON FUNCTION @extschema@.dnc_may_process(text)
    IS 'dnc_may_process for a text, read in the region of dnc.default_region';

CREATE FUNCTION @extschema@.dnc_mentions(phone text) RETURNS TABLE (relation text, column_name text, rows bigint)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT * FROM @extschema@.dnc_mentions(@extschema@.dnc_try_parse(dnc_mentions.phone));
END;
COMMENT ON FUNCTION @extschema@.dnc_mentions(text)
    IS 'dnc_mentions for a text, read in the region of dnc.default_region';

CREATE FUNCTION @extschema@.dnc_pseudonym_migrate(phone text) RETURNS integer
LANGUAGE sql VOLATILE
    RETURN @extschema@.dnc_pseudonym_migrate(@extschema@.dnc_parse(dnc_pseudonym_migrate.phone));
COMMENT ON FUNCTION @extschema@.dnc_pseudonym_migrate(text)
    IS 'dnc_pseudonym_migrate for a text, read in the region of dnc.default_region';

CREATE FUNCTION @extschema@.dnc_subject_request(
    phones @extschema@.dnc_phone[], kind text, received_at timestamptz DEFAULT now(),
    source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}', by text DEFAULT NULL
) RETURNS SETOF bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_subject_request(p, dnc_subject_request.kind, dnc_subject_request.received_at,
        dnc_subject_request.source, dnc_subject_request.evidence, dnc_subject_request.by)
    FROM dnc.each_phone(dnc_subject_request.phones) AS p;
END;
COMMENT ON FUNCTION @extschema@.dnc_subject_request(@extschema@.dnc_phone[], text, timestamptz, text, jsonb, text)
    IS 'dnc_subject_request for each of several numbers; returns the request ids in the order of the numbers';

CREATE FUNCTION @extschema@.dnc_erase(
    phones @extschema@.dnc_phone[], why text DEFAULT 'the person asked for it', by text DEFAULT NULL,
    request bigint DEFAULT NULL, refuse boolean DEFAULT false
) RETURNS TABLE (e164 text, what text, rows bigint, outcome text, detail text)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT p::text, e.*
    FROM dnc.each_phone(dnc_erase.phones) AS p CROSS JOIN LATERAL @extschema@.dnc_erase(p, dnc_erase.why,
        dnc_erase.by, dnc_erase.request, dnc_erase.refuse) AS e;
END;
COMMENT ON FUNCTION @extschema@.dnc_erase(@extschema@.dnc_phone[], text, text, bigint, boolean)
    IS 'dnc_erase for each of several numbers; e164 is the number that a row is about';
