-- ---------------------------------------------------------------------------
-- Several numbers
-- ---------------------------------------------------------------------------
-- Functions that take several numbers take dnc_phone[]. Arrays of texts, as drivers send them, become that by
-- themselves. Only whole arrays do: comparing a text with a number still needs a cast, so that no index is missed
-- without notice.

CREATE FUNCTION @extschema@.dnc_phones(phones text[]) RETURNS @extschema@.dnc_phone[]
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE WHEN dnc_phones.phones IS NOT NULL
        THEN ARRAY(SELECT @extschema@.dnc_parse(x.phone)
                   FROM pg_catalog.unnest(dnc_phones.phones) WITH ORDINALITY AS x (phone, n) ORDER BY x.n) END;
END;
CREATE FUNCTION @extschema@.dnc_phones(phones varchar[]) RETURNS @extschema@.dnc_phone[]
LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_phones(dnc_phones.phones::text[]);
COMMENT ON FUNCTION @extschema@.dnc_phones(text[])
    IS 'numbers of texts, read as dnc_parse reads them; an error (22P02) for text that is no number';
COMMENT ON FUNCTION @extschema@.dnc_phones(varchar[])
    IS 'numbers of texts, read as dnc_parse reads them; an error (22P02) for text that is no number';
CREATE CAST (text[] AS @extschema@.dnc_phone[]) WITH FUNCTION @extschema@.dnc_phones(text[]) AS IMPLICIT;
CREATE CAST (varchar[] AS @extschema@.dnc_phone[]) WITH FUNCTION @extschema@.dnc_phones(varchar[]) AS IMPLICIT;
COMMENT ON CAST (text[] AS @extschema@.dnc_phone[]) IS 'numbers, read as dnc_parse reads them';
COMMENT ON CAST (varchar[] AS @extschema@.dnc_phone[]) IS 'numbers, read as dnc_parse reads them';
