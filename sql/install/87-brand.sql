-- ---------------------------------------------------------------------------
-- Reading without the number, and reading what one's own brand needs
-- ---------------------------------------------------------------------------
-- Views, and not row-level security, which would break the owner's dump. What they hide still counts: a check answers from all of it.

-- For who may check but not read.
CREATE VIEW dnc.suppressed_masked WITH (security_barrier) AS
    SELECT dnc.mask(s.e164::@extschema@.dnc_phone) AS masked, s.channels, s.purposes, s.reasons, s.since FROM dnc.suppressed AS s;
COMMENT ON VIEW dnc.suppressed_masked IS 'dnc.suppressed with all but the last digits of the number hidden: for statistics, without anything that tells of a person';

-- Which role works for which brand: a node of the purposes, with what is below it.
CREATE TABLE dnc.purpose_reader (
    role_name text   NOT NULL,
    purpose   text   NOT NULL REFERENCES dnc.purpose,
    grant_id  text   GENERATED ALWAYS AS (role_name || '/' || purpose) STORED PRIMARY KEY,
    audit_seq bigint NOT NULL UNIQUE REFERENCES dnc.audit_data
);
COMMENT ON TABLE dnc.purpose_reader IS 'roles that may read evidence about a purpose and what is below it';
SELECT dnc.audit('purpose_reader', 'grant_id');
SELECT pg_catalog.pg_extension_config_dump('dnc.purpose_reader', '');

-- Whether the role that asks, or one that it is a member of, works for a purpose. What is about every purpose (NULL) is about each.
CREATE FUNCTION dnc.reads_purpose(purpose text) RETURNS boolean LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM dnc.purpose_reader AS p JOIN pg_catalog.pg_roles AS r ON r.rolname = p.role_name
        WHERE pg_catalog.pg_has_role(current_user, r.oid, 'USAGE') AND (reads_purpose.purpose IS NULL OR dnc.covers(p.purpose, reads_purpose.purpose)));
END;
COMMENT ON FUNCTION dnc.reads_purpose(text) IS 'whether the role that asks may read evidence about a purpose';

CREATE VIEW dnc.brand_request WITH (security_barrier) AS
    SELECT e.entry_id, e.phone::text AS e164, e.ends, e.kind, e.channel, e.purpose, e.reason, e.source, e.requested_at, e.received_at, e.recorded_at, nullif(e.expires_at, 'infinity') AS expires_at, e.due_at, e.taken_by, e.evidence, e.external_ref
    FROM dnc.entry AS e WHERE dnc.reads_purpose(e.purpose);
CREATE VIEW dnc.brand_consent WITH (security_barrier) AS
    SELECT c.consent_id, c.phone::text AS e164, c.withdrawal, c.channel, c.purpose, c.given_at, nullif(c.expires_at, 'infinity') AS expires_at, c.source, c.wording, c.evidence, c.taken_by, c.external_ref, c.recorded_at
    FROM dnc.consent AS c WHERE dnc.reads_purpose(c.purpose);
CREATE VIEW dnc.brand_reply WITH (security_barrier) AS
    SELECT r.reply_id, r.phone::text AS e164, r.channel, r.purpose, r.reply, r.meaning, r.entry_id, r.received_at FROM dnc.reply AS r WHERE dnc.reads_purpose(r.purpose);
CREATE VIEW dnc.brand_violation WITH (security_barrier) AS
    SELECT v.violation_id, v.attempt_id, v.happened_at, v.phone::text AS e164, v.channel, v.purpose, v.agent, v.campaign, v.grounds, v.requested_at, v.due_at, v.on_record, v.after_deadline
    FROM dnc.violation AS v WHERE dnc.reads_purpose(v.purpose);
COMMENT ON VIEW dnc.brand_request IS 'refusals and what ended them, with their evidence, of the purposes that the reading role works for, and those of every purpose';
COMMENT ON VIEW dnc.brand_consent IS 'consents of the purposes that the reading role works for, and those of every purpose';
COMMENT ON VIEW dnc.brand_reply IS 'replies about the purposes that the reading role works for, and those about none';
COMMENT ON VIEW dnc.brand_violation IS 'violations of the purposes that the reading role works for, and those of none';

CREATE FUNCTION @extschema@.dnc_grant_brand(purpose text, role_name text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    PERFORM dnc.require_known('purpose', purpose);
    IF role_name IS NULL OR NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = role_name) THEN
        RAISE EXCEPTION 'role "%" does not exist', role_name USING ERRCODE = 'undefined_object', HINT = 'CREATE ROLE makes one; evidence is not for everybody.';
    END IF;
    INSERT INTO dnc.purpose_reader (role_name, purpose) VALUES (role_name, purpose) ON CONFLICT DO NOTHING;
    EXECUTE format('GRANT USAGE ON SCHEMA dnc TO %I', role_name);
    EXECUTE format('GRANT SELECT ON dnc.brand_request, dnc.brand_consent, dnc.brand_reply, dnc.brand_violation TO %I', role_name);
    EXECUTE format('GRANT EXECUTE ON FUNCTION dnc.reads_purpose(text) TO %I', role_name);
END
$$;
CREATE FUNCTION @extschema@.dnc_ungrant_brand(purpose text, role_name text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    DELETE FROM dnc.purpose_reader AS p WHERE p.role_name = role_name AND p.purpose = purpose;
    IF NOT FOUND THEN
        RAISE NOTICE 'role "%" does not read about the purpose "%"', role_name, purpose;
    END IF;
    IF NOT EXISTS (SELECT FROM dnc.purpose_reader AS p WHERE p.role_name = role_name) AND EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = role_name) AND NOT EXISTS (SELECT FROM dnc.holders('auditor') AS h WHERE h = role_name) THEN
        EXECUTE format('REVOKE SELECT ON dnc.brand_request, dnc.brand_consent, dnc.brand_reply, dnc.brand_violation FROM %I', role_name);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION dnc.reads_purpose(text) FROM %I', role_name);
    END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_grant_brand(text, text) IS 'lets a role read the evidence about a purpose and what is below it, and no other, in dnc.brand_request, brand_consent, brand_reply, brand_violation; checks answer as ever';
COMMENT ON FUNCTION @extschema@.dnc_ungrant_brand(text, text) IS 'takes that back';
