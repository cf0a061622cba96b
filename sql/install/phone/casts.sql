-- ---------------------------------------------------------------------------
-- Several numbers
-- ---------------------------------------------------------------------------
-- Functions that take several numbers take dnc_phone[]. Arrays of text, as drivers send them, are cast implicitly. Only
-- whole arrays are: comparing a text with a number needs an explicit cast, so that no index is missed unnoticed.

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
    IS 'Returns the numbers of an array of texts, read as dnc_parse(text) reads them; NULL elements stay NULL.
Errors: 22P02 text that is no number.
Example: SELECT dnc_phones(phones => ''{+44 20 7946 0018,212 555 0134}''::text[]);';
COMMENT ON FUNCTION @extschema@.dnc_phones(varchar[]) IS 'dnc_phones for an array of varchar';
CREATE CAST (text[] AS @extschema@.dnc_phone[]) WITH FUNCTION @extschema@.dnc_phones(text[]) AS IMPLICIT;
CREATE CAST (varchar[] AS @extschema@.dnc_phone[]) WITH FUNCTION @extschema@.dnc_phones(varchar[]) AS IMPLICIT;
COMMENT ON CAST (text[] AS @extschema@.dnc_phone[]) IS 'implicit cast by dnc_phones';
COMMENT ON CAST (varchar[] AS @extschema@.dnc_phone[]) IS 'implicit cast by dnc_phones';
