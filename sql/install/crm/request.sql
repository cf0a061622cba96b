-- ---------------------------------------------------------------------------
-- An opt-out of the person behind a row of the CRM
-- ---------------------------------------------------------------------------

-- Reads catalogs only; the fields themselves are read with the caller's rights.
CREATE FUNCTION dnc.guarded_fields(relation regclass)
RETURNS TABLE (column_name text, field text, place text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT ON (a.attnum) a.attname::text,
        CASE WHEN dnc.base_type(a.atttypid) = '@extschema@.dnc_phone'::regtype
            THEN format('r.%I::pg_catalog.text', a.attname) ELSE dnc.written(relation, a.attname::text) END,
        coalesce(dnc.region_expression(relation, g.region, g.region_column, g.region_path), 'NULL')
            || '::pg_catalog.text'
    FROM dnc.attachment AS g CROSS JOIN LATERAL unnest(g.phone_columns) AS c (name)
    JOIN pg_attribute AS a ON a.attrelid = g.relation AND a.attname = c.name AND NOT a.attisdropped
    WHERE g.relation = guarded_fields.relation ORDER BY a.attnum, g.channel;
END;
COMMENT ON FUNCTION dnc.guarded_fields(regclass)
    IS 'guarded columns of a table, with SQL expressions over relation r for their text and its region';

CREATE FUNCTION @extschema@.dnc_refuse_row(
    relation regclass, key text, region text DEFAULT NULL, channel text DEFAULT 'all', purpose text DEFAULT NULL,
    reason text DEFAULT 'no_contact', source text DEFAULT 'unspecified', requested_at timestamptz DEFAULT now(),
    evidence jsonb DEFAULT '{}', external_ref text DEFAULT NULL, received_at timestamptz DEFAULT NULL,
    expires_at timestamptz DEFAULT NULL, by text DEFAULT NULL
) RETURNS TABLE (request bigint, column_name text, phone @extschema@.dnc_phone, problem text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    taken_by ALIAS FOR $13; -- by
    keys    name[] := ARRAY(SELECT a.attname FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid
        AND a.attnum = ANY (i.indkey) WHERE i.indrelid = relation AND i.indisprimary);
    found   record;
    fields  text;
    numbers jsonb;
    phones  @extschema@.dnc_phone[];
BEGIN
    IF relation IS NULL OR key IS NULL THEN
        RAISE EXCEPTION 'a table and the key of a row must be given' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    SELECT string_agg(format('(%L, %s, %s)', g.column_name, g.field, g.place), ', ') INTO fields
        FROM dnc.guarded_fields(relation) AS g;
    IF fields IS NULL THEN
        RAISE EXCEPTION '% has no guard', relation USING ERRCODE = 'undefined_object',
            DETAIL = 'The numbers of a row are those in its guarded columns.',
            HINT = 'Guard the table with dnc_attach, or record the numbers with dnc_add(phones => …).';
    END IF;
    IF cardinality(keys) <> 1 THEN
        RAISE EXCEPTION '% has no primary key of one column', relation USING ERRCODE = 'invalid_parameter_value',
            HINT = 'Record the numbers with dnc_add(phones => …).';
    END IF;
    BEGIN
        EXECUTE format('SELECT jsonb_agg(jsonb_build_object(''name'', f.name, ''field'', f.field, ''place'', f.place)) '
            'FROM %s AS r, LATERAL (VALUES %s) AS f (name, field, place) WHERE r.%I = %L', relation, fields, keys[1],
            key) INTO numbers;
    EXCEPTION WHEN data_exception THEN -- no value of the key's type
        numbers := NULL;
    END;
    IF numbers IS NULL THEN
        RAISE EXCEPTION '% has no row with the key %', relation, left(key, 60) USING ERRCODE = 'no_data_found',
            DETAIL = format('The key is the value of "%s".', keys[1]);
    END IF;
    PERFORM dnc.require_region(region);
    SELECT jsonb_agg(CASE WHEN btrim(coalesce(f ->> 'place', '')) = '' THEN f || jsonb_build_object('place', region)
        ELSE f END) INTO numbers FROM jsonb_array_elements(numbers) AS f;
    -- The fields of the row, each with all of its numbers or with what prevents them from being recorded.
    SELECT array_agg(DISTINCT p) INTO phones FROM jsonb_to_recordset(numbers) AS f (name text, field text, place text),
        unnest(dnc.intake_phones(f.field, f.place)) AS p;
    IF phones IS NULL THEN
        RAISE EXCEPTION 'no number of the row can be recorded' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = (SELECT string_agg(format('%s: %s', f.name, dnc.intake_problem(f.field, f.place)), '; ')
                FROM jsonb_to_recordset(numbers) AS f (name text, field text, place text)),
            HINT = 'Give region => ''GB'' where the row has none, or record the number as the person says it: '
                   'dnc_add(phone => …).';
    END IF;
    request := @extschema@.dnc_add(phones, channel, purpose, reason, source, requested_at, evidence
        || jsonb_build_object('row', jsonb_build_object('relation', dnc.relation_name(relation), 'key', key)),
        external_ref, received_at, NULL, expires_at, NULL, taken_by);
    FOR found IN SELECT f.name, p.p, CASE WHEN p.p IS NULL THEN dnc.intake_problem(f.field, f.place) END AS problem
        FROM ROWS FROM (jsonb_to_recordset(numbers) AS (name text, field text, place text)) WITH ORDINALITY
            AS f (name, field, place, n)
        LEFT JOIN LATERAL unnest(dnc.intake_phones(f.field, f.place)) WITH ORDINALITY AS p (p, m) ON true
        ORDER BY f.n, p.m LOOP
        column_name := found.name; phone := found.p; problem := found.problem;
        RETURN NEXT;
    END LOOP;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_refuse_row(regclass, text, text, text, text, text, text, timestamptz, jsonb, text,
    timestamptz, timestamptz, text)
    IS 'Records an opt-out of every number in the guarded columns of a row, under one request, and returns the numbers '
       'with their columns; problem says why a field was not recorded, such as that it is missing or holds no certain '
       'number. key: value of the table''s primary key; region: for rows that have none. The row''s own flag is set at '
       'its next update or by dnc_recheck. The row is read with the caller''s privileges; evidence gets '
       'the row''s table and key.
Errors: as dnc_add; 22004 no relation or key; 42704 the table has no guard; 22023 no primary key of one column, or no '
       'number of the row can be recorded; P0002 no such row.
Example: SELECT column_name, phone, problem FROM dnc_refuse_row(relation => ''dial_queue'', key => ''1'',
    source => ''phone_agent'', by => ''agent 7'');';
