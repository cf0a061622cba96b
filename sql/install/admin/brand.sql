-- ---------------------------------------------------------------------------
-- Views with masked numbers, and views limited to a brand
-- ---------------------------------------------------------------------------
-- Views, not row-level security, which would break the owner's dump. Hidden rows still count in checks.

CREATE VIEW dnc.suppressed_masked WITH (security_barrier) AS
    SELECT dnc.mask(s.e164::@extschema@.dnc_phone) AS masked, s.channels, s.purposes, s.reasons,
        (s.since AT TIME ZONE 'UTC')::date AS since FROM dnc.suppressed AS s ORDER BY 1;
COMMENT ON VIEW dnc.suppressed_masked
    IS 'dnc.suppressed with all but the last digits of the number hidden: for statistics, without personal data';

CREATE VIEW dnc.my_purpose WITH (security_barrier) AS
    SELECT p.purpose FROM dnc.purpose_reader AS p JOIN pg_catalog.pg_roles AS r ON r.rolname = p.role_name
        AND r.oid::bigint = p.role_id WHERE pg_catalog.pg_has_role(current_user, r.oid, 'USAGE');
COMMENT ON VIEW dnc.my_purpose
    IS 'purposes whose evidence the current role may read, by itself or as a member; those below them are included';

-- A row for every purpose (NULL) is visible to each brand.
CREATE VIEW dnc.brand_request WITH (security_barrier) AS
    SELECT e.entry_id, e.phone::text AS e164, e.ends, e.kind, e.channel, e.purpose, e.reason, e.source, e.requested_at,
        e.received_at, e.recorded_at, nullif(e.expires_at, 'infinity') AS expires_at, e.due_at, e.taken_by, e.evidence,
        e.external_ref
    FROM dnc.entry AS e
    WHERE EXISTS (SELECT FROM dnc.my_purpose AS m WHERE e.purpose IS NULL OR dnc.covers(m.purpose, e.purpose));
CREATE VIEW dnc.brand_consent WITH (security_barrier) AS
    SELECT c.consent_id, c.phone::text AS e164, c.withdrawal, c.channel, c.purpose, c.given_at,
        nullif(c.expires_at, 'infinity') AS expires_at, c.source, c.wording, c.evidence, c.taken_by, c.external_ref,
        c.recorded_at
    FROM dnc.consent AS c
    WHERE EXISTS (SELECT FROM dnc.my_purpose AS m WHERE c.purpose IS NULL OR dnc.covers(m.purpose, c.purpose));
CREATE VIEW dnc.brand_reply WITH (security_barrier) AS
    SELECT r.reply_id, r.phone::text AS e164, r.channel, r.purpose, r.reply, r.meaning, r.entry_id, r.received_at
    FROM dnc.reply AS r
    WHERE EXISTS (SELECT FROM dnc.my_purpose AS m WHERE r.purpose IS NULL OR dnc.covers(m.purpose, r.purpose));
CREATE VIEW dnc.brand_violation WITH (security_barrier) AS
    SELECT v.violation_id, v.attempt_id, v.happened_at, v.phone::text AS e164, v.channel, v.purpose, v.agent,
        v.campaign,
           (SELECT pg_catalog.jsonb_agg(g.ground) FROM pg_catalog.jsonb_array_elements(v.grounds) AS g (ground)
               WHERE g.ground ->> 'purpose' IS NULL
               OR EXISTS (SELECT FROM dnc.my_purpose AS m WHERE dnc.covers(m.purpose, g.ground ->> 'purpose')))
               AS grounds, v.requested_at, v.due_at, v.on_record, v.after_deadline
    FROM dnc.violation AS v
    WHERE EXISTS (SELECT FROM dnc.my_purpose AS m WHERE v.purpose IS NULL OR dnc.covers(m.purpose, v.purpose));
COMMENT ON VIEW dnc.brand_request
    IS 'opt-outs and revocations with their evidence, for the current role''s purposes and for all purposes';
COMMENT ON VIEW dnc.brand_consent IS 'consents for the current role''s purposes and for all purposes';
COMMENT ON VIEW dnc.brand_reply IS 'replies for the current role''s purposes and without a purpose';
COMMENT ON VIEW dnc.brand_violation IS 'violations for the current role''s purposes and without a purpose';

CREATE FUNCTION dnc.has_brand(role_name text) RETURNS boolean LANGUAGE sql STABLE
    RETURN EXISTS (SELECT FROM dnc.purpose_reader AS p JOIN pg_catalog.pg_roles AS r ON r.rolname = p.role_name
        AND r.oid::bigint = p.role_id WHERE p.role_name = has_brand.role_name);
CREATE FUNCTION dnc.hand_out_brand(verb text, role_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whom text := CASE verb WHEN 'GRANT' THEN 'TO ' ELSE 'FROM ' END || quote_ident(role_name);
BEGIN
    EXECUTE format('%s SELECT ON dnc.brand_request, dnc.brand_consent, dnc.brand_reply, dnc.brand_violation %s', verb,
        whom);
    IF verb = 'GRANT' THEN
        EXECUTE format('GRANT USAGE ON SCHEMA dnc %s', whom);
        EXECUTE format('GRANT EXECUTE ON FUNCTION dnc.covers(text, text) %s', whom);
    ELSIF NOT EXISTS (SELECT FROM unnest('{agent,administrator,auditor}'::text[]) AS s (grant_set),
        dnc.holders(s.grant_set) AS h WHERE h = role_name) THEN
        EXECUTE format('REVOKE EXECUTE ON FUNCTION dnc.covers(text, text) %s', whom);
        EXECUTE format('REVOKE USAGE ON SCHEMA dnc %s', whom);
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.has_brand(text) IS 'whether a role may read the evidence of a purpose';
COMMENT ON FUNCTION dnc.hand_out_brand(text, text) IS 'grants or revokes the privileges of dnc_grant_brand';
CREATE FUNCTION @extschema@.dnc_grant_brand(purpose text, role_name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    PERFORM dnc.require_known('purpose', purpose);
    IF role_name IS NULL OR NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = role_name) THEN
        RAISE EXCEPTION 'role "%" does not exist', role_name USING ERRCODE = 'undefined_object',
            HINT = 'CREATE ROLE makes one; evidence is not for everybody.';
    END IF;
    INSERT INTO dnc.purpose_reader (role_name, role_id, purpose) SELECT r.rolname, r.oid::bigint, purpose
    FROM pg_roles AS r WHERE r.rolname = role_name ON CONFLICT DO NOTHING;
    PERFORM dnc.hand_out_brand('GRANT', role_name);
END
$$;
CREATE FUNCTION @extschema@.dnc_ungrant_brand(purpose text, role_name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    DELETE FROM dnc.purpose_reader AS p WHERE p.role_name = role_name AND p.purpose = purpose;
    IF NOT FOUND THEN
        RAISE NOTICE 'role "%" does not read about the purpose "%"', role_name, purpose;
    END IF;
    IF EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = role_name) AND NOT dnc.has_brand(role_name)
        AND NOT EXISTS (SELECT FROM unnest('{administrator,auditor}'::text[]) AS s (grant_set),
        dnc.holders(s.grant_set) AS h WHERE h = role_name) THEN
        PERFORM dnc.hand_out_brand('REVOKE', role_name);
    END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_grant_brand(text, text)
    IS 'Lets a role read the evidence about a purpose and those below it, and no other, in dnc.brand_request, '
       'brand_consent, brand_reply and brand_violation. Checks are not affected.
Errors: 22023 unknown purpose; 42704 no such role.
Example: SELECT dnc_grant_brand(purpose => ''acme'', role_name => ''crm_reader'');';
COMMENT ON FUNCTION @extschema@.dnc_ungrant_brand(text, text)
    IS 'Revokes dnc_grant_brand. A NOTICE reports that there was no such grant.
Example: SELECT dnc_ungrant_brand(purpose => ''acme'', role_name => ''crm_reader'');';
