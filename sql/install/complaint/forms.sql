-- ---------------------------------------------------------------------------
-- Complaints about numbers given as text, and about several numbers
-- ---------------------------------------------------------------------------
-- Every function that takes a number takes dnc_phone or text: drivers send text, and no caller needs a cast.

CREATE FUNCTION @extschema@.dnc_complaint(
    phone text, origin text DEFAULT 'person', words text DEFAULT NULL, received_at timestamptz DEFAULT now(),
    due_at timestamptz DEFAULT NULL, channel text DEFAULT 'all', purpose text DEFAULT NULL,
    source text DEFAULT 'unspecified', attempt_id bigint DEFAULT NULL, reference text DEFAULT NULL,
    authority text DEFAULT NULL, evidence jsonb DEFAULT '{}', by text DEFAULT NULL, opt_out boolean DEFAULT true
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_complaint(@extschema@.dnc_parse(phone), origin, words, received_at, due_at, channel, purpose,
        source, attempt_id, reference, authority, evidence, by, opt_out);
END;
COMMENT ON FUNCTION @extschema@.dnc_complaint(text, text, text, timestamptz, timestamptz, text, text, text, bigint,
    text, text, jsonb, text, boolean)
    IS 'dnc_complaint for a text, read in the region of dnc.default_region; an error for text that is no number';

CREATE FUNCTION @extschema@.dnc_complaint(
    phones @extschema@.dnc_phone[], origin text DEFAULT 'person', words text DEFAULT NULL,
    received_at timestamptz DEFAULT now(), due_at timestamptz DEFAULT NULL, channel text DEFAULT 'all',
    purpose text DEFAULT NULL, source text DEFAULT 'unspecified', reference text DEFAULT NULL,
    authority text DEFAULT NULL, evidence jsonb DEFAULT '{}', by text DEFAULT NULL, opt_out boolean DEFAULT true
) RETURNS SETOF bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_complaint(p, dnc_complaint.origin, dnc_complaint.words, dnc_complaint.received_at,
        dnc_complaint.due_at, dnc_complaint.channel, dnc_complaint.purpose, dnc_complaint.source, NULL,
        dnc_complaint.reference, dnc_complaint.authority, dnc_complaint.evidence, dnc_complaint.by,
        dnc_complaint.opt_out)
    FROM dnc.each_phone(dnc_complaint.phones) AS p;
END;
COMMENT ON FUNCTION @extschema@.dnc_complaint(@extschema@.dnc_phone[], text, text, timestamptz, timestamptz, text, text,
    text, text, text, jsonb, text, boolean)
    IS 'dnc_complaint for each of several numbers; returns the complaint ids in the order of the numbers';
