-- ---------------------------------------------------------------------------
-- Privileges
-- ---------------------------------------------------------------------------

DO $$
DECLARE
    f text;
BEGIN
    FOREACH f IN ARRAY ARRAY['dnc_check', 'dnc_is_clear', 'dnc_is_here', 'dnc_status', 'dnc_grounds', 'dnc_lists',
        'dnc_field_status', 'dnc_lists_of', 'dnc_may_contact'] LOOP
        INSERT INTO dnc.permission SELECT s, 'EXECUTE', p.oid::regprocedure::text
        FROM pg_proc AS p, unnest(ARRAY['reader', 'agent', 'administrator', 'auditor']) AS s
            WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname = f;
    END LOOP;
    INSERT INTO dnc.permission SELECT 'reader', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
        WHERE p.pronamespace = '@extschema@'::regnamespace
          AND p.proname IN ('dnc_may_process', 'dnc_holidays', 'dnc_business_day', 'dnc_places');
    FOREACH f IN ARRAY ARRAY['dnc_add', 'dnc_revoke', 'dnc_complaint', 'dnc_explain', 'dnc_history', 'dnc_consent',
        'dnc_withdraw_consent', 'dnc_relationship', 'dnc_prefer', 'dnc_reply', 'dnc_notice', 'dnc_token', 'dnc_redeem',
        'dnc_token_choices', 'dnc_choices',
        'dnc_attempt', 'dnc_callbacks', 'dnc_right_number', 'dnc_subject_request', 'dnc_refuse_row',
                             'dnc_may_process', 'dnc_holidays', 'dnc_business_day', 'dnc_places'] LOOP
        INSERT INTO dnc.permission SELECT s, 'EXECUTE', p.oid::regprocedure::text
        FROM pg_proc AS p, unnest(ARRAY['agent', 'administrator']) AS s
            WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname = f;
    END LOOP;
    FOREACH f IN ARRAY ARRAY['dnc_correct', 'dnc_import_start', 'dnc_import_finish', 'dnc_import_undo',
        'dnc_import_abandon', 'dnc_import_resolve', 'dnc_import_preview', 'dnc_import_retry', 'dnc_attach',
        'dnc_detach', 'dnc_recheck', 'dnc_guard', 'dnc_guard_commit',
                             'dnc_create_view', 'dnc_refresh_view', 'dnc_coverage', 'dnc_health', 'dnc_setup_check',
                                 'dnc_repair_triggers',
                                 'dnc_add_prefix', 'dnc_revoke_prefix',
                             'dnc_list_load', 'dnc_list_load_query', 'dnc_list_load_start', 'dnc_list_load_finish',
                                 'dnc_list_load_abandon', 'dnc_list_activate', 'dnc_list_revert', 'dnc_list_prune',
                                 'dnc_list_verify', 'dnc_list_sniff',
                             'dnc_list_numbers', 'dnc_overlap', 'dnc_overlaps', 'dnc_cross_check', 'dnc_scrub',
                                 'dnc_verify_scrub',
                             'dnc_registry_answer', 'dnc_registry_needs', 'dnc_registry_import', 'dnc_export',
                                 'dnc_export_position', 'dnc_export_since', 'dnc_hash', 'dnc_export_hashed',
                                 'dnc_match_hashed',
                             'dnc_spellings', 'dnc_doubtful_rows', 'dnc_doubtful', 'dnc_redundant',
                             'dnc_rule_accept', 'dnc_rule_enable', 'dnc_rule_disable', 'dnc_consent_used',
                                 'dnc_reassigned', 'dnc_acquired', 'dnc_add_notice', 'dnc_attempt_partitions',
                                 'dnc_attempt_sweep', 'dnc_attempt_reconcile', 'dnc_outcome_map',
                             'dnc_review', 'dnc_review_start', 'dnc_review_open', 'dnc_review_finish',
                                 'dnc_may_contact_all', 'dnc_segment',
                                 'dnc_check_as_of', 'dnc_may_contact_as_of', 'dnc_rule_impact',
                                 'dnc_rule_page',
                             'dnc_complaint_step', 'dnc_case', 'dnc_case_page',
                             'dnc_subject_request_step', 'dnc_rectify', 'dnc_hold', 'dnc_lift_hold', 'dnc_disclosed',
                                 'dnc_export_to', 'dnc_subject_report', 'dnc_erase', 'dnc_erase_finish', 'dnc_mentions',
                             'dnc_pseudonym_key', 'dnc_pseudonym_migrate', 'dnc_pseudonym_retire', 'dnc_maintain',
                                 'dnc_grant_brand', 'dnc_ungrant_brand',
                             'dnc_audit_seal', 'dnc_audit_checkpoint', 'dnc_audit_key', 'dnc_audit_proof',
                                 'dnc_audit_verify', 'dnc_certificate', 'dnc_list_is_complete'] LOOP
        INSERT INTO dnc.permission SELECT 'administrator', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
            WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname = f;
    END LOOP;
    FOREACH f IN ARRAY ARRAY['current_batch', 'installation_id', 'require_local', 'phone_expressions',
        'region_paths', 'foreign_key', 'region_hint', 'region_expression', 'status_expression', 'report_channel',
        'flag_type', 'lock_briefly', 'column_names', 'probable_path', 'guard_checked',
        'guard_status', 'flag_statement', 'count_query', 'parts', 'relation_name',
        'clear_condition', 'check_expressions', 'base_type', 'written', 'count_no_range', 'blank', 'guard_name',
        'load_begin', 'load_file', 'load_query', 'load_end', 'load_progress', 'import_progress',
                             'list_facts', 'scrub_begin', 'scrub_versions', 'scrub_end', 'scrub_running',
                                 'scrub_receipt', 'scrub_counts', 'scrub_summary', 'scrub_lists', 'require_unique',
                                 'scrub_query', 'scrub_hash_query', 'scrub_rows_of',
                                 'registry_take',
                             'segment_flags', 'segment_of', 'segment_channels',
                             'decide_query', 'decide_given', 'impact_query', 'decision_query', 'require_column',
                             'doubtful_condition', 'field_problem'] LOOP
        INSERT INTO dnc.permission SELECT 'administrator', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
            WHERE p.pronamespace = 'dnc'::regnamespace AND p.proname = f;
    END LOOP;
    FOREACH f IN ARRAY ARRAY['dnc_explain', 'dnc_history', 'dnc_coverage', 'dnc_health', 'dnc_setup_check',
        'dnc_list_verify',
        'dnc_overlap', 'dnc_overlaps', 'dnc_verify_scrub', 'dnc_registry_answer', 'dnc_doubtful', 'dnc_redundant',
        'dnc_review_open', 'dnc_check_as_of', 'dnc_may_contact_as_of', 'dnc_rule_page', 'dnc_notice', 'dnc_may_process',
        'dnc_holidays', 'dnc_business_day', 'dnc_places', 'dnc_subject_report',
                             'dnc_case', 'dnc_case_page',
                             'dnc_audit_checkpoint', 'dnc_audit_key', 'dnc_audit_proof', 'dnc_audit_verify',
                                 'dnc_certificate'] LOOP
        INSERT INTO dnc.permission SELECT 'auditor', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
            WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname = f;
    END LOOP;
    INSERT INTO dnc.permission VALUES
        ('administrator', 'SELECT, INSERT', 'dnc.import_row'), ('administrator', 'INSERT', 'dnc.list_line'),
        ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.list'),
            ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.list_format'),
            ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.registry'),
        ('auditor', 'EXECUTE', 'dnc.load_progress()'), ('auditor', 'EXECUTE', 'dnc.import_progress()'),
            ('auditor', 'EXECUTE', 'dnc.scrub_receipt(bigint)'),
            ('auditor', 'EXECUTE', 'dnc.scrub_counts(regclass)'), ('auditor', 'EXECUTE', 'dnc.scrub_summary(text)'),
            ('auditor', 'EXECUTE', 'dnc.scrub_lists(regclass)'),
            ('auditor', 'EXECUTE', 'dnc.scrub_hash_query(text)'),
            ('auditor', 'EXECUTE', 'dnc.scrub_rows_of(bigint, regclass, regclass)'),
        ('agent', 'SELECT', 'dnc.channel'), ('agent', 'SELECT', 'dnc.reason'), ('agent', 'SELECT', 'dnc.source'),
            ('agent', 'SELECT', 'dnc.purpose'), ('agent', 'SELECT', 'dnc.outcome'),
        ('administrator', 'SELECT, INSERT', 'dnc.rule'),
            ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.holiday'),
            ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.jurisdiction'),
        ('administrator', 'SELECT, INSERT, DELETE, UPDATE (description)', 'dnc.vendor'),
            ('administrator', 'SELECT, INSERT, UPDATE (description)', 'dnc.outcome'),
        ('agent', 'SELECT', 'dnc.outcome_code'), ('administrator', 'SELECT', 'dnc.outcome_code'),
        ('agent', 'USAGE', 'dnc.contact_attempt_seq'), ('administrator', 'USAGE', 'dnc.contact_attempt_seq'),
        ('administrator', 'SELECT', 'dnc.contact_attempt'), ('auditor', 'SELECT', 'dnc.contact_attempt');
    INSERT INTO dnc.permission
        SELECT s, 'INSERT (phone, happened_at, channel, purpose, direction, call_type, agent, campaign, outcome, '
            'duration, notice_id, consent_id, decision, source, code, external_ref, words, recording, next_at, caller, '
            'hung_up_by, queue_seconds, talk_seconds, abandoned, vendor, acquisition_id, attempt_number, cost, '
            'sale_value)', 'dnc.contact_attempt' FROM unnest(ARRAY['agent', 'administrator']) AS s;
    INSERT INTO dnc.permission SELECT s, 'EXECUTE', p.oid::regprocedure::text
    FROM pg_proc AS p, unnest(ARRAY['administrator', 'auditor']) AS s
        WHERE p.pronamespace = 'dnc'::regnamespace
          AND p.proname IN ('guard_argument', 'path_problem', 'try_time', 'read_time', 'rule_is_on',
            'consents_in_force', 'covers', 'meets', 'ends_all',
            'rule_due', 'rule_keep_until', 'rule_proof_until', 'review_scope', 'try_parse', 'watched');
    -- Called by views that readers may select from.
    INSERT INTO dnc.permission SELECT s, 'EXECUTE', p.oid::regprocedure::text
    FROM pg_proc AS p, unnest(ARRAY['reader', 'agent', 'administrator', 'auditor']) AS s
        WHERE p.pronamespace = 'dnc'::regnamespace
          AND p.proname IN ('check_field', 'clear_numbers', 'field_grounds', 'field_lists', 'field_lists_of', 'doubt',
            'field_is_doubtful');
    -- Called by dnc_refuse_row, which reads the row with its caller's rights.
    INSERT INTO dnc.permission SELECT s, 'EXECUTE', p.oid::regprocedure::text
    FROM pg_proc AS p, unnest(ARRAY['agent', 'administrator']) AS s
        WHERE p.pronamespace = 'dnc'::regnamespace
          AND (p.proname IN ('guarded_fields', 'intake_phones', 'intake_problem', 'require_region')
            OR p.proname = 'relation_name' AND s = 'agent');
    INSERT INTO dnc.permission SELECT s, 'EXECUTE', 'dnc.require_list()'
    FROM unnest(ARRAY['reader', 'agent', 'administrator', 'auditor']) AS s;
    INSERT INTO dnc.permission SELECT 'administrator', 'SELECT, INSERT, DELETE, UPDATE (description)', 'dnc.' || x
    FROM unnest(ARRAY['channel', 'reason', 'source', 'purpose']) AS x;
    INSERT INTO dnc.permission SELECT 'administrator', 'SELECT', 'dnc.' || x
        FROM unnest(ARRAY['installation', 'installation_claim', 'foreign_claim', 'entry', 'suppressed', 'import_batch',
                'import_reject', 'import_resolution', 'import_unresolved', 'guard_event', 'guard_check', 'attachment',
                    'weak_trigger', 'permission', 'prefix_entry',
                'list_version', 'list_reject', 'list_progress', 'import_progress',
                'stale_list', 'scrub', 'registry_batch',
                'registry_answer',
                          'rule_decision', 'rule_conflict', 'consent', 'consent_use', 'consent_state', 'relationship',
                              'reassignment', 'preference', 'acquisition', 'wrong_number', 'wrong_number_in_force',
                              'undecided_attempt', 'code_in_use', 'attempt_total', 'attempt_gap', 'reply',
                               'notice', 'token_use', 'violation',
                              'request', 'overdue', 'review_due',
                          'review_task', 'review', 'review_progress',
                          'complaint', 'complaint_step', 'complaint_state',
                          'subject_request', 'subject_request_step', 'subject_request_state', 'legal_hold',
                              'legal_hold_in_force', 'restriction_in_force', 'disclosure', 'pseudonym_key',
                              'pseudonym', 'erasure', 'erasure_part', 'erased_ending', 'kept_record', 'purge',
                              'purpose_reader', 'my_purpose', 'seal']) AS x;
    INSERT INTO dnc.permission VALUES ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.recipient'),
        ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.retention'),
        ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.complaint_deadline'),
        ('agent', 'SELECT', 'dnc.suppressed_masked'), ('administrator', 'SELECT', 'dnc.suppressed_masked');
    -- A view runs its functions with the privileges of the querying role.
    INSERT INTO dnc.permission SELECT s, 'EXECUTE', p.oid::regprocedure::text
    FROM pg_proc AS p, unnest(ARRAY['agent', 'administrator', 'auditor']) AS s
    WHERE p.pronamespace = 'dnc'::regnamespace AND p.proname IN ('mask', 'ends_all', 'covers', 'by_text')
    ON CONFLICT DO NOTHING;
    INSERT INTO dnc.permission SELECT 'administrator', 'SELECT', 'dnc.' || x
    FROM unnest(ARRAY['brand_request', 'brand_consent', 'brand_reply', 'brand_violation']) AS x;
    INSERT INTO dnc.permission SELECT 'auditor', 'SELECT', 'dnc.' || c.relname
        FROM pg_class AS c WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind IN ('r', 'v', 'S')
            AND c.relname !~ '^contact_attempt_(other|\d{4}_\d\d)$';
END
$$;

CREATE FUNCTION dnc.hand_out(verb text, grant_set text, role_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    who text := CASE WHEN role_name = 'public' THEN 'PUBLIC' ELSE quote_ident(role_name) END;
    p   record;
BEGIN
    IF grant_set IS NULL OR grant_set NOT IN ('reader', 'agent', 'administrator', 'auditor') THEN
        RAISE EXCEPTION 'unknown set "%"', grant_set USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'The sets are reader, agent, administrator and auditor.';
    END IF;
    IF role_name IS NULL OR who <> 'PUBLIC' AND NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = role_name) THEN
        RAISE EXCEPTION 'role "%" does not exist', role_name USING ERRCODE = 'undefined_object',
            HINT = 'CREATE ROLE makes one; public means everybody.';
    END IF;
    IF who = 'PUBLIC' AND grant_set <> 'reader' THEN
        RAISE EXCEPTION 'the set % is not for everybody', grant_set USING ERRCODE = 'invalid_grant_operation',
            DETAIL = 'Only reader can be granted to public.';
    END IF;
    IF verb = 'GRANT' AND grant_set <> 'reader' THEN
        EXECUTE format('GRANT USAGE ON SCHEMA dnc TO %s', who);
    END IF;
    FOR p IN SELECT x.privilege, x.object FROM dnc.permission AS x WHERE x.grant_set = grant_set LOOP
        -- The contact log is created later and granted then.
        CONTINUE WHEN p.privilege <> 'EXECUTE' AND to_regclass(p.object) IS NULL;
        EXECUTE format('%s %s ON %s %s %s %s', verb, p.privilege,
            CASE p.privilege WHEN 'EXECUTE' THEN 'ROUTINE' WHEN 'USAGE' THEN 'SEQUENCE' ELSE 'TABLE' END,
            CASE p.privilege WHEN 'EXECUTE' THEN p.object::regprocedure::text ELSE p.object END,
                CASE verb WHEN 'GRANT' THEN 'TO' ELSE 'FROM' END, who);
    END LOOP;
    -- Privileges from dnc_grant_brand stay.
    IF verb = 'REVOKE' AND dnc.has_brand(role_name) THEN
        PERFORM dnc.hand_out_brand('GRANT', role_name);
    ELSIF verb = 'REVOKE' AND grant_set <> 'reader'
        AND NOT EXISTS (SELECT FROM unnest(ARRAY['agent', 'administrator', 'auditor']) AS s (grant_set),
        dnc.holders(s.grant_set) AS h WHERE h = role_name) THEN
        EXECUTE format('REVOKE USAGE ON SCHEMA dnc FROM %s', who);
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.hand_out(text, text, text) IS 'grants or revokes a grant set; for dnc_grant and dnc_ungrant';

CREATE FUNCTION @extschema@.dnc_grant(grant_set text, role_name text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.hand_out('GRANT', grant_set, role_name);
END;
CREATE FUNCTION @extschema@.dnc_ungrant(grant_set text, role_name text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.hand_out('REVOKE', grant_set, role_name);
END;
COMMENT ON FUNCTION @extschema@.dnc_grant(text, text)
    IS 'Grants a grant set (reader, agent, administrator or auditor) to a role, or reader to public. For the '
       'extension''s owner. dnc.permission lists the sets.
Errors: 22023 unknown grant set; 42704 no such role; 0LP01 another set than reader for public.
Example: SELECT dnc_grant(grant_set => ''agent'', role_name => ''crm_agent'');';
COMMENT ON FUNCTION @extschema@.dnc_ungrant(text, text)
    IS 'Revokes a grant set from a role, including privileges that another of its sets also grants; grant that one '
       'again.
Errors: 22023 unknown grant set; 42704 no such role; 0LP01 another set than reader for public.
Example: SELECT dnc_ungrant(grant_set => ''agent'', role_name => ''crm_agent'');';

DO $$
DECLARE
    f      record;
    -- For PUBLIC: pure functions on numbers, those that the type's operators and operator classes call, and the one
    -- that a guarded table's triggers call as its writer.
    public CONSTANT text := '^dnc_(phone_.*|set_.*|parse|try_parse|parse_problem|numbers|readings|forms|format|region'
                            '|region_code|country_code|national|is_valid|line_type|time_zones|mask|keyword|has_prefix'
                            '|has_prefix_support|metadata_version|guard_written)$';
    t      text;
BEGIN
    FOR f IN SELECT p.oid::regprocedure AS signature, p.prokind, p.pronamespace, p.proname FROM pg_proc AS p
             JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
             JOIN pg_extension AS x ON x.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass
                 AND x.extname = 'dnc' LOOP
        CONTINUE WHEN f.prokind = 'a' OR f.pronamespace = '@extschema@'::regnamespace AND f.proname ~ public;
        EXECUTE format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', f.signature);
    END LOOP;
    FOR t IN SELECT 'dnc.' || quote_ident(c.relname) FROM pg_class AS c WHERE c.relnamespace = 'dnc'::regnamespace
        AND c.relkind IN ('r', 'v', 'S') LOOP
        EXECUTE format('GRANT SELECT ON %s TO @extowner@', t);
    END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION @extschema@.dnc_grant(text, text), @extschema@.dnc_ungrant(text, text) TO @extowner@;
SELECT dnc.hand_out('GRANT', s, pg_catalog.btrim('@extowner@', '"'))
FROM pg_catalog.unnest(ARRAY['reader', 'agent', 'administrator', 'auditor']) AS s;
