-- What somebody could try against the list, and who is refused: a table of attacks and roles.
--
-- A cell is the SQLSTATE of the refusal, or ok where the role may do it. 00000 is a statement that ran and changed
-- nothing, refused stands for the same attack on many objects. ok! and XX000! are what must not be; the last queries
-- say that there is none, and that nothing was changed.
\set SHOW_CONTEXT never
SET client_min_messages = error; SET jit = off;
-- ---------------------------------------------------------------------------
-- Who tries: the sets of rights, nobody, and an owner of the database who installed the extension and is no superuser
-- ---------------------------------------------------------------------------
CREATE ROLE regress_dnc_t_nobody; CREATE ROLE regress_dnc_t_reader; CREATE ROLE regress_dnc_t_agent;
CREATE ROLE regress_dnc_t_administrator; CREATE ROLE regress_dnc_t_auditor; CREATE ROLE regress_dnc_t_owner;
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO regress_dnc_t_owner', current_database()); END $$;
SET ROLE regress_dnc_t_owner;
CREATE EXTENSION dnc;
SELECT count(dnc_grant(s, 'regress_dnc_t_' || s)) AS sets
FROM unnest('{reader,agent,administrator,auditor}'::text[]) AS s;
-- ---------------------------------------------------------------------------
-- What is there to be had
-- ---------------------------------------------------------------------------
INSERT INTO dnc.purpose (purpose) VALUES ('acme'), ('acme/cards');
INSERT INTO dnc.vendor (vendor, description) VALUES ('leads', 'sells');
INSERT INTO dnc.list (list, kind, jurisdiction) VALUES ('us', 'national', 'US'), ('empty', 'other', NULL);
SELECT dnc_list_load_query('us', $$VALUES ('4155550190'), ('4155550191')$$) > 0 AS list;
SELECT dnc_add('+14155550101', evidence => '{"words": "stop"}') > 0 AS refusal,
    dnc_add('+14155550102', 'sms', 'acme', external_ref => 'R-1') > 0 AS partial,
    dnc_complaint('+14155550103', words => 'no more') > 0 AS complaint;
SELECT dnc_import_start('file.csv', 'US') AS batch \gset
INSERT INTO dnc.import_row (batch_id, phone) VALUES (:batch, '415 555 0104');
SELECT added FROM dnc_import_finish(:batch);
SELECT dnc_import_start('open.csv', 'US') > 0 AS open_batch, dnc_list_load_start('us', 'open.txt') > 0 AS open_load;
SELECT dnc_consent('+14155550105', 'voice', wording => 'w', evidence => '{"form": 7}') > 0 AS consent,
    dnc_attempt_partitions() > 0 AS attempts, dnc_attempt('+14155550106', 'connected') > 0 AS attempt;
SELECT dnc_registry_import('au-dncr', 'wash.csv', $$VALUES ('+61291234567', 'N', NULL)$$) > 0 AS answer,
    dnc_rule_disable('us-hours', 'Legal', 'tried') AS decision, dnc_add_prefix('+1900') > 0 AS prefix;
CREATE TABLE queue (id int PRIMARY KEY, phone dnc_phone, spelling text, note text);
SELECT dnc_attach('queue', 'phone'),
    dnc_attach('queue', 'spelling', channel => 'sms', region => 'US', mode => 'flag', flag_column => 'note');
INSERT INTO queue VALUES (1, '+14155550199', '4155550101');
GRANT SELECT, INSERT, UPDATE, DELETE ON queue TO PUBLIC;
CREATE TABLE secret (id int PRIMARY KEY, phone text); INSERT INTO secret VALUES (1, '4155550198');
CREATE TABLE "we""ird; DROP TABLE secret; --$$" (id int PRIMARY KEY, "ph'one"" $q$ %s %I \ ;--" text, "region'\" text);
INSERT INTO "we""ird; DROP TABLE secret; --$$" VALUES (1, '4155550101', 'US'), (2, '4155550197', 'US');
RESET ROLE;
ANALYZE dnc.entry;
-- A schema where everybody creates. Its baits count who runs them: as the role itself, or as somebody else.
CREATE SCHEMA lair; GRANT ALL ON SCHEMA lair TO PUBLIC;
CREATE SEQUENCE lair.ran_as_itself; CREATE SEQUENCE lair.ran_as_another;
GRANT ALL ON SEQUENCE lair.ran_as_itself, lair.ran_as_another TO PUBLIC;
SET ROLE regress_dnc_t_nobody;
CREATE FUNCTION lair.bait() RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF current_user = session_user THEN PERFORM nextval('lair.ran_as_itself');
    ELSE PERFORM nextval('lair.ran_as_another'); END IF;
    RETURN true;
END
$$;
CREATE FUNCTION lair.bait_trigger() RETURNS trigger
LANGUAGE plpgsql AS $$ BEGIN PERFORM lair.bait(); RETURN NEW; END $$;
-- For attacks that raise no error and have no effect.
CREATE FUNCTION lair.must(boolean) RETURNS void
LANGUAGE plpgsql AS $$ BEGIN IF $1 IS NOT TRUE THEN RAISE EXCEPTION 'it had no effect' USING ERRCODE = '00DNC'; END IF;
    END $$;
CREATE FUNCTION lair.stopped() RETURNS boolean
LANGUAGE plpgsql AS $$ BEGIN PERFORM dnc_check('+14155550188'); RETURN false;
    EXCEPTION WHEN object_not_in_prerequisite_state THEN RETURN true; END $$;
RESET ROLE;
-- ---------------------------------------------------------------------------
-- How it is tried: as the role, in a subtransaction that is always rolled back; {super} stands for the superuser's name
-- ---------------------------------------------------------------------------
CREATE FUNCTION pg_temp.attempt(role text, sql text, OUT state text, OUT message text, OUT detail text, OUT hint text)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', role);
    EXECUTE replace(sql, '{super}', quote_ident((SELECT rolname FROM pg_roles WHERE oid = 10)));
    SET CONSTRAINTS ALL IMMEDIATE;
    RAISE EXCEPTION 'done' USING ERRCODE = 'DONE0';
EXCEPTION WHEN query_canceled OR OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT;
END
$$;
CREATE FUNCTION pg_temp.state() RETURNS TABLE (what text, hash text) LANGUAGE plpgsql AS $$
DECLARE
    t regclass;
BEGIN
    FOR t IN SELECT c.oid FROM pg_class AS c WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind = 'r'
        OR c.oid IN ('queue'::regclass, 'secret'::regclass) LOOP
        RETURN QUERY
            EXECUTE format('SELECT %L::text, md5(string_agg(md5(r::text), '''' ORDER BY md5(r::text))) FROM %s AS r', t,
            t);
    END LOOP;
    RETURN QUERY SELECT 'trigger ' || t.tgname || ' of ' || t.tgrelid::regclass,
        t.tgenabled::text || pg_get_triggerdef(t.oid) FROM pg_trigger AS t;
    RETURN QUERY SELECT 'relation ' || c.oid::regclass,
        concat_ws(' ', c.relowner, c.relacl, c.relfilenode, c.relrowsecurity, c.reloptions) FROM pg_class AS c
        WHERE c.relnamespace = 'dnc'::regnamespace;
    RETURN QUERY SELECT 'index ' || i.indexrelid::regclass, concat_ws(' ', i.indisvalid, i.indisready, i.indisclustered)
        FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid WHERE c.relnamespace = 'dnc'::regnamespace;
    RETURN QUERY SELECT 'function ' || p.oid::regprocedure,
        concat_ws(' ', p.proowner, p.proacl, p.prosecdef, p.proconfig, md5(p.prosrc), obj_description(p.oid, 'pg_proc'))
        FROM pg_proc AS p WHERE p.pronamespace IN ('dnc'::regnamespace, 'public'::regnamespace);
    RETURN QUERY SELECT 'schema', concat_ws(' ', n.nspowner, n.nspacl) FROM pg_namespace AS n WHERE n.nspname = 'dnc';
    RETURN QUERY SELECT 'member ' || pg_describe_object(d.classid, d.objid, 0), d.deptype::text FROM pg_depend AS d
        WHERE d.refclassid = 'pg_extension'::regclass
        AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'dnc');
    RETURN QUERY SELECT 'role ' || r.rolname, concat_ws(' ', r.rolsuper, r.rolcreaterole, r.rolcreatedb, r.rolconfig)
        FROM pg_roles AS r WHERE r.rolname LIKE 'regress\_dnc\_t\_%';
END
$$;
SELECT dnc_audit_seal() > 0 AS sealed;
CREATE TEMP TABLE before AS SELECT * FROM pg_temp.state();
SELECT count(*) > 1000 AS looked_at FROM before;
CREATE TEMP TABLE role (n int GENERATED ALWAYS AS IDENTITY, role text);
INSERT INTO role (role) VALUES ('nobody'), ('reader'), ('agent'), ('administrator'), ('auditor'), ('owner');
-- A row an attack: what it is, who may do it, the SQLSTATEs that refuse it (00DNC: no effect), and the statement.
CREATE TEMP TABLE attack (n int GENERATED ALWAYS AS IDENTITY, topic text, what text, may text, refused text[], sql text,
    many boolean NOT NULL DEFAULT false);
CREATE TEMP TABLE topic (topic text DEFAULT NULL, n int GENERATED ALWAYS AS IDENTITY);
CREATE FUNCTION pg_temp.topic() RETURNS text LANGUAGE sql AS $$ SELECT topic FROM topic ORDER BY n DESC LIMIT 1 $$;
ALTER TABLE attack ALTER COLUMN topic SET DEFAULT pg_temp.topic();
-- ---------------------------------------------------------------------------
INSERT INTO topic VALUES ('reading the store');
-- ---------------------------------------------------------------------------
INSERT INTO attack (what, may, refused, sql) VALUES
    ('refusals',                                   'administrator auditor owner',       '{42501}',
        $$SELECT * FROM dnc.entry$$),
    ('numbers that are refused',                   'administrator auditor owner',       '{42501}',
        $$SELECT * FROM dnc.suppressed$$),
    ('the log',                                    'auditor owner',                     '{42501}',
        $$SELECT * FROM dnc.audit_log$$),
    ('data behind the log',                        'auditor owner',                     '{42501}',
        $$SELECT * FROM dnc.audit_data$$),
    ('one column of them',                         'auditor owner',                     '{42501}',
        $$SELECT salt FROM dnc.audit_data$$),
    ('their rows as a whole',                      'auditor owner',                     '{42501}',
        $$SELECT d FROM dnc.audit_data AS d$$),
    ('system columns of refusals',                 'administrator auditor owner',       '{42501}',
        $$SELECT ctid, xmin FROM dnc.entry$$),
    ('consents and their evidence',                'administrator auditor owner',       '{42501}',
        $$SELECT * FROM dnc.consent$$),
    ('replies of people',                          'administrator auditor owner',       '{42501}',
        $$SELECT * FROM dnc.reply$$),
    ('tokens that were used',                      'administrator auditor owner',       '{42501}',
        $$SELECT * FROM dnc.token_use$$),
    ('pseudonyms of numbers that were erased',    'administrator auditor owner',       '{42501}',
        $$SELECT * FROM dnc.pseudonym$$),
    ('requests of persons about their data',       'administrator auditor owner',       '{42501}',
        $$SELECT * FROM dnc.subject_request$$),
    ('all that is held of a person',               'administrator auditor owner',       '{42501}',
        $$SELECT * FROM dnc_subject_report('+14155550101')$$),
    ('complaints and their words',                 'administrator auditor owner',       '{42501}',
        $$SELECT * FROM dnc.complaint$$),
    ('the file of a complaint',                    'administrator auditor owner',       '{42501}',
        $$SELECT lair.must(dnc_case_page(1) ~ 'html')$$),
    ('evidence of a brand',                        'administrator auditor owner',       '{42501}',
        $$SELECT * FROM dnc.brand_request$$),
    ('refused numbers with their digits starred',  'agent administrator auditor owner', '{42501}',
        $$SELECT * FROM dnc.suppressed_masked$$),
    ('what guards turned away',                    'administrator auditor owner',       '{42501}',
        $$SELECT * FROM dnc.guard_event$$),
    ('lines of open imports',                      'administrator auditor owner',       '{42501}',
        $$SELECT * FROM dnc.import_row$$),
    ('lines of open loads',                        'auditor owner',                     '{42501}',
        $$SELECT * FROM dnc.list_chunk$$),
    ('blocks of lists',                            'auditor owner',                     '{42501}',
        $$SELECT * FROM dnc.list_block$$),
    ('the log of contacts',                        'administrator auditor owner',       '{42501}',
        $$SELECT * FROM dnc.contact_attempt$$),
    ('a partition of it',                          'owner',                             '{42501}',
        $$SELECT * FROM dnc.contact_attempt_other$$),
    ('who has which rights',                       'administrator auditor owner',       '{42501}',
        $$SELECT * FROM dnc.permission$$),
    ('a sequence',                                 'auditor owner',                     '{42501}',
        $$SELECT last_value FROM dnc.entry_entry_id_seq$$),
    ('where it stands',                            'auditor owner',                     '{00DNC}',
        $$SELECT lair.must(last_value IS NOT NULL) FROM pg_sequences
            WHERE schemaname = 'dnc' AND sequencename = 'audit_seq'$$),
    ('statistics of the planner',                  'administrator auditor owner',       '{00DNC}',
        $$SELECT lair.must(count(*) > 0) FROM pg_stats WHERE schemaname = 'dnc' AND tablename = 'entry'$$),
    ('their table',                                '',                                  '{42501}',
        $$SELECT stavalues1 FROM pg_statistic$$),
    ('a view of one''s own',                       'administrator auditor owner',       '{42501}',
        $$CREATE TEMP VIEW v AS SELECT * FROM dnc.entry; SELECT * FROM v$$),
    ('a materialized view',                        'administrator auditor owner',       '{42501}',
        $$CREATE MATERIALIZED VIEW lair.v AS SELECT * FROM dnc.entry$$),
    ('a function of one''s own, as its owner',     'administrator auditor owner',       '{42501}',
        $$CREATE FUNCTION pg_temp.f() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM dnc.entry';
            SELECT pg_temp.f()$$),
    ('a policy as an oracle',                      'auditor owner',                     '{42501}',
        $$CREATE TABLE lair.t (a dnc_phone); ALTER TABLE lair.t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
            CREATE POLICY p ON lair.t USING (EXISTS (SELECT FROM dnc.audit_data)); SELECT * FROM lair.t$$),
    ('a plan with its estimates',                  'administrator auditor owner',       '{42501}',
        $$EXPLAIN SELECT * FROM dnc.entry WHERE phone = '+14155550101'$$),
    ('a plan of a check of a constant',            'reader agent administrator auditor owner', '{42501}',
        $$EXPLAIN SELECT * FROM queue WHERE dnc_check('+14155550101'::dnc_phone)$$),
    ('whether a number is refused',                'reader agent administrator auditor owner', '{42501}',
        $$SELECT dnc_check('+14155550101')$$),
    ('the same by is_clear, which is inlined',     'reader agent administrator auditor owner', '{42501}',
        $$SELECT dnc_is_clear(phone) FROM queue$$),
    ('the whole decision',                         'reader agent administrator auditor owner', '{42501}',
        $$SELECT * FROM dnc_may_contact('+14155550101')$$),
    ('why a number is refused',                    'agent administrator auditor owner', '{42501}',
        $$SELECT * FROM dnc_explain('+14155550101'::dnc_phone)$$),
    ('its history, with evidence',                 'agent administrator auditor owner', '{42501}',
        $$SELECT * FROM dnc_history('+14155550101'::dnc_phone)$$),
    ('the same by the overload for text',          'agent administrator auditor owner', '{42501}',
        $$SELECT * FROM dnc_history('+14155550101')$$),
    ('the past',                                   'administrator auditor owner',       '{42501}',
        $$SELECT dnc_check_as_of('+14155550101', now())$$),
    ('all numbers',                                'administrator owner',               '{42501}',
        $$SELECT * FROM dnc_export()$$),
    ('their hashes',                               'administrator owner',               '{42501}',
        $$SELECT * FROM dnc_export_hashed()$$),
    ('numbers of hashes',                          'administrator owner',               '{42501}',
        $$SELECT * FROM dnc_match_hashed('{00}')$$),
    ('numbers of a list',                          'administrator owner',               '{42501}',
        $$SELECT dnc_list_numbers('us')$$),
    ('how much two lists have in common',          'administrator auditor owner',       '{42501}',
        $$SELECT dnc_overlap('us', 'internal')$$),
    ('the answer of a registry',                   'administrator auditor owner',       '{42501}',
        $$SELECT * FROM dnc_registry_answer('+61291234567', 'au-dncr')$$),
    ('refusals to be reviewed',                    'administrator auditor owner',       '{42501}',
        $$SELECT * FROM dnc_review_open(1)$$),
    ('whether all is well',                        'administrator auditor owner',       '{42501}',
        $$SELECT * FROM dnc_health(deep => true)$$);
-- ---------------------------------------------------------------------------
INSERT INTO topic VALUES ('writing past the functions');
-- ---------------------------------------------------------------------------
INSERT INTO attack (what, may, refused, sql)
    SELECT format('%s dnc.%s', o.op, t.relation), '',
        CASE WHEN o.op = 'INSERT' AND t.relation = 'rule' THEN '{42501,22023}' ELSE '{42501}' END::text[],
           format(o.sql, t.relation,
               (SELECT a.attname FROM pg_attribute AS a WHERE a.attrelid = ('dnc.' || t.relation)::regclass
                   AND a.attnum = 1))
    FROM unnest(
        '{entry,audit_log,audit_data,list_version,list_block,permission,rule,consent,registry_answer,guard_event,'
        'list_epoch}'::text[]) WITH ORDINALITY AS t (relation, n),
         (VALUES (1, 'INSERT', 'INSERT INTO dnc.%1$I DEFAULT VALUES'), (2, 'UPDATE', 'UPDATE dnc.%1$I SET %2$I = %2$I'),
             (3, 'DELETE', 'DELETE FROM dnc.%1$I'),
                 (4, 'TRUNCATE', 'TRUNCATE dnc.%1$I'),
                 (5, 'TRUNCATE CASCADE', 'TRUNCATE dnc.%1$I RESTART IDENTITY CASCADE')) AS o (n, op, sql)
                     ORDER BY t.n, o.n;
-- What nobody was granted, on every other relation.
INSERT INTO attack (what, may, refused, sql, many)
    SELECT format('%s any other %s', o.op, CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END), '',
        '{42501,55000,0A000}',
        format(o.sql, c.relname, (SELECT a.attname FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum = 1)),
        true
    FROM pg_class AS c,
        (VALUES (1, 'INSERT', 'INSERT INTO dnc.%1$I DEFAULT VALUES'), (2, 'UPDATE', 'UPDATE dnc.%1$I SET %2$I = %2$I'),
        (3, 'DELETE', 'DELETE FROM dnc.%1$I'), (4, 'TRUNCATE', 'TRUNCATE dnc.%1$I CASCADE')) AS o (n, op, sql)
    WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind IN ('r', 'p', 'v')
      AND c.relname
        <> ALL (
        '{entry,audit_log,audit_data,list_version,list_block,permission,rule,consent,registry_answer,guard_event,'
        'list_epoch}')
      AND (o.n < 4 OR c.relkind <> 'v')
      AND NOT EXISTS (SELECT FROM dnc.permission AS p WHERE p.object = 'dnc.' || c.relname AND p.privilege ~ o.op)
          ORDER BY o.n, c.relkind, c.relname;
INSERT INTO attack (what, may, refused, sql) VALUES
    ('a refusal past dnc_add',                     '',                                  '{42501}',
        $$INSERT INTO dnc.entry (phone, channel, kind, reason, source, request_id, requested_at, received_at,
                recorded_at) VALUES ('+14155550111', 'all', 'refusal', 'no_contact', 'web_form', 1, now(), now(),
                now())$$),
    ('an ending past dnc_revoke',                  '',                                  '{42501}',
        $$INSERT INTO dnc.entry (phone, ends, channel, kind, source, request_id, requested_at, received_at, recorded_at)
            VALUES ('+14155550101', 1, 'all', 'withdrawal', 'web_form', 1, now(), now(), now())$$),
    ('ON CONFLICT DO UPDATE',                      '',                                  '{42501}',
        $$INSERT INTO dnc.entry (entry_id) VALUES (1) ON CONFLICT (entry_id) DO UPDATE SET channel = 'fax'$$),
    ('MERGE',                                      '',                                  '{42501}',
        $$MERGE INTO dnc.entry AS e USING (SELECT 1) AS x ON true WHEN MATCHED THEN DELETE$$),
    ('a CTE that deletes',                         '',                                  '{42501}',
        $$WITH d AS (DELETE FROM dnc.entry RETURNING *) SELECT count(*) FROM d$$),
    ('a view of one''s own that is written',       '',                                  '{42501}',
        $$CREATE TEMP VIEW v AS SELECT * FROM dnc.entry; DELETE FROM v$$),
    ('a rule of one''s own that writes',           '',                                  '{42501}',
        $$CREATE TABLE lair.t (a int); CREATE RULE r AS ON INSERT TO lair.t DO ALSO DELETE FROM dnc.entry;
            INSERT INTO lair.t VALUES (1)$$),
    ('a trigger of one''s own that writes',        '',                                  '{42501}',
        $$CREATE TABLE lair.t (a int); CREATE FUNCTION lair.w() RETURNS trigger
            LANGUAGE plpgsql AS 'BEGIN DELETE FROM dnc.entry; RETURN NEW; END';
            CREATE TRIGGER t BEFORE INSERT ON lair.t FOR EACH ROW EXECUTE FUNCTION lair.w();
            INSERT INTO lair.t VALUES (1)$$),
    ('a view of the store',                        '',                                  '{42501,55000}',
        $$DELETE FROM dnc.request$$),
    ('a view of guards',                           '',                                  '{42501,55000}',
        $$DELETE FROM dnc.attachment$$),
    ('a number drawn',                             '',                                  '{42501}',
        $$SELECT nextval('dnc.audit_seq')$$),
    ('a sequence set back',                        '',                                  '{42501}',
        $$SELECT setval('dnc.entry_entry_id_seq', 1, false)$$),
    ('that of contacts, set back',                 '',                                  '{42501}',
        $$SELECT setval('dnc.contact_attempt_seq', 1, false)$$),
    ('a contact with a recorder of one''s choice', '',                                  '{42501}',
        $$INSERT INTO dnc.contact_attempt (phone, channel, outcome, recorded_by)
            VALUES ('+14155550106', 'voice', 'connected', 'somebody else')$$),
    ('one into a partition, past the triggers',    '',                                  '{42501}',
        $$INSERT INTO dnc.contact_attempt_other (phone, channel, outcome)
            VALUES ('+14155550106', 'voice', 'connected')$$),
    ('a contact changed',                          '',                                  '{42501}',
        $$UPDATE dnc.contact_attempt SET outcome = 'blocked'$$),
    ('one made in the future',                     '',                                  '{42501,22023}',
        $$INSERT INTO dnc.contact_attempt (phone, channel, outcome, happened_at)
            VALUES ('+14155550106', 'voice', 'connected', now() + interval '1 day')$$),
    ('one that cites the consent of another',      '',                                  '{42501,23503}',
        $$INSERT INTO dnc.contact_attempt (phone, channel, outcome, consent_id)
            VALUES ('+14155550106', 'voice', 'connected', 1)$$),
    ('catalog: triggers off',                      '',                                  '{42501}',
        $$UPDATE pg_trigger SET tgenabled = 'D' WHERE tgrelid = 'dnc.entry'::regclass$$),
    ('catalog: an owner of tables',                '',                                  '{42501}',
        $$UPDATE pg_class SET relowner = 'regress_dnc_t_nobody'::regrole WHERE oid = 'dnc.entry'::regclass$$),
    ('catalog: an index not valid',                '',                                  '{42501}',
        $$UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'dnc.entry_phone'::regclass$$),
    ('catalog: the body of a function',            '',                                  '{42501}',
        $$UPDATE pg_proc SET prosrc = 'BEGIN RETURN NEW; END' WHERE oid = 'dnc.refuse_change'::regproc$$),
    ('catalog: what a dump leaves out',            '',                                  '{42501}',
        $$UPDATE pg_extension SET extcondition = NULL$$);
-- ---------------------------------------------------------------------------
INSERT INTO topic VALUES ('what administrators may write, and how far');
-- ---------------------------------------------------------------------------
INSERT INTO attack (what, may, refused, sql) VALUES
    ('a purpose',                                  'administrator owner',               '{42501}',
        $$INSERT INTO dnc.purpose (purpose) VALUES ('new')$$),
    ('a purpose that refusals name, deleted',      '',                                  '{42501,23503}',
        $$DELETE FROM dnc.purpose WHERE purpose = 'acme'$$),
    ('a purpose renamed',                          '',                                  '{42501}',
        $$UPDATE dnc.purpose SET purpose = 'other'$$),
    ('a built-in channel deleted',                 '',                                  '{42501}',
        $$DELETE FROM dnc.channel WHERE channel = 'fax'$$),
    ('a built-in reason no longer sticky',         '',                                  '{42501}',
        $$UPDATE dnc.reason SET sticky = false$$),
    ('a built-in description changed',             '',                                  '{42501}',
        $$UPDATE dnc.channel SET description = 'x' WHERE channel = 'all'$$),
    ('a row of one''s own as a built-in one',      '',                                  '{42501}',
        $$INSERT INTO dnc.channel (channel, description, builtin) VALUES ('x', 'x', true)$$),
    ('a built-in format changed',                  '',                                  '{42501}',
        $$UPDATE dnc.list_format SET number_columns = '{9}' WHERE format = 'us-dnc'$$),
    ('a built-in registry''s words turned round',  '',                                  '{42501}',
        $$UPDATE dnc.registry SET results = '{"Y": "not_listed"}' WHERE registry = 'au-dncr'$$),
    ('a built-in holiday deleted',                 '',                                  '{42501}',
        $$DELETE FROM dnc.holiday WHERE builtin$$),
    ('a built-in jurisdiction moved',              '',                                  '{42501}',
        $$UPDATE dnc.jurisdiction SET within = '{}' WHERE jurisdiction = 'US'$$),
    ('a built-in rule changed',                    '',                                  '{42501}',
        $$UPDATE dnc.rule SET amount = '0' WHERE rule = 'us-retention'$$),
    ('a rule deleted',                             '',                                  '{42501}',
        $$DELETE FROM dnc.rule$$),
    ('a rule dated back',                          '',                                  '{42501,00DNC}',
        $$INSERT INTO dnc.rule (rule, jurisdiction, kind, regime, citation, confidence, recorded_at)
            VALUES ('t', 'JP', 'regime', 'opt_out', 't', 'V', '2020-01-01');
            SELECT lair.must(recorded_at < '2021-01-01') FROM dnc.rule WHERE rule = 't'$$),
    ('an exemption accepted that is of grade M',   '',                                  '{42501,55000}',
        $$INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, anchor, exempts, citation, confidence)
            VALUES ('t', 'US', 'relationship_exemption', '9 years', 'purchase', true, 't', 'M');
            SELECT dnc_rule_accept('t', 'me')$$),
    ('one declared not to be an exemption',        '',                                  '{42501,23514}',
        $$INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, anchor, exempts, citation, confidence)
            VALUES ('t', 'US', 'relationship_exemption', '9 years', 'purchase', false, 't', 'V')$$),
    ('a rule brought as if restored',              '',                                  '{42501,23000}',
        $$INSERT INTO dnc.rule (rule, jurisdiction, kind, regime, citation, confidence, recorded_at, audit_seq)
            VALUES ('t', 'JP', 'regime', 'opt_out', 't', 'V', '2020-01-01', 1)$$),
    ('a purpose brought as if restored',           '',                                  '{42501,23000}',
        $$INSERT INTO dnc.purpose (purpose, audit_seq) VALUES ('t', 1000000)$$),
    ('one that was deleted brought back so',       '',                                  '{42501,23000}',
        $$INSERT INTO dnc.vendor (vendor, description) VALUES ('t', 't'); CREATE TEMP TABLE v AS SELECT *
            FROM dnc.vendor WHERE vendor = 't'; DELETE FROM dnc.vendor WHERE vendor = 't';
            INSERT INTO dnc.vendor SELECT * FROM v$$),
    ('a list brought past its checks',             '',                                  '{42501,23000}',
        $$INSERT INTO dnc.list (list, kind, region, audit_seq) VALUES ('t', 'other', 'ZZ', 1)$$),
    ('a list in a region that is none',            '',                                  '{42501,22023}',
        $$INSERT INTO dnc.list (list, kind, region) VALUES ('t', 'other', 'ZZ')$$),
    ('a list with versions deleted',               '',                                  '{42501,23503}',
        $$DELETE FROM dnc.list WHERE list = 'us'$$),
    ('a list renamed',                             '',                                  '{42501,0A000}',
        $$UPDATE dnc.list SET list = 'gone' WHERE list = 'empty'$$),
    ('the number of its change rewritten',         '',                                  '{42501,00DNC}',
        $$UPDATE dnc.list SET audit_seq = 1 WHERE list = 'us'; SELECT lair.must(audit_seq = 1) FROM dnc.list
            WHERE list = 'us'$$),
    ('lines for an import that is finished',       '',                                  '{42501,55000}',
        $$INSERT INTO dnc.import_row (batch_id, phone) VALUES (1, '4155550111')$$),
    ('lines for a version that is current',        '',                                  '{42501,55000}',
        $$SET LOCAL dnc.list_load = '1'; INSERT INTO dnc.list_line (line) VALUES ('4155550111')$$),
    ('lines for a version of garbage',             '',                                  '{42501,55000}',
        $$SET LOCAL dnc.list_load = '1; DROP TABLE dnc.entry';
            INSERT INTO dnc.list_line (line) VALUES ('4155550111')$$),
    ('an import of garbage',                       '',                                  '{42501,55000}',
        $$SET LOCAL dnc.import_batch = 'x'; INSERT INTO dnc.import_row (phone) VALUES ('4155550111')$$),
    ('an import removed that is finished',         '',                                  '{42501,55000}',
        $$SELECT dnc_import_abandon(1)$$),
    ('a version removed that is current',          '',                                  '{42501,55000}',
        $$SELECT dnc_list_load_abandon(1)$$),
    ('an import undone twice',                     '',                                  '{42501,55000}',
        $$SELECT dnc_import_undo(1, 'x'), dnc_import_undo(1, 'x')$$),
    ('an outcome that does not count',             'administrator owner',               '{42501}',
        $$INSERT INTO dnc.outcome (outcome, description, contacted) VALUES ('t', 't', false)$$),
    ('a code mapped by somebody',                  'administrator owner',               '{42501}',
        $$SELECT dnc_outcome_map('ours', 'X', 'not_now')$$),
    ('a code of refusals mapped to none',          '',                                  '{42501,55000}',
        $$SELECT dnc_outcome_map('vicidial', 'DNC', 'connected')$$),
    ('a code put into the table',                  '',                                  '{42501}',
        $$INSERT INTO dnc.outcome_code (source, code, outcome) VALUES ('vicidial', 'DNC', 'connected')$$),
    ('an outcome taken away',                      '',                                  '{42501}',
        $$DELETE FROM dnc.outcome WHERE outcome = 'refused'$$),
    ('undecided attempts taken away',              '',                                  '{42501}',
        $$DELETE FROM dnc.undecided_attempt$$),
    ('a review without a signature',               '',                                  '{42501,22004}',
        $$SELECT dnc_review(1, 'end', 'x', ' ')$$),
    ('a review that ends what must be kept',       '',                                  '{42501,55000}',
        $$SELECT dnc_review(1, 'end', 'x', 'me')$$),
    ('a list switched off',                        'administrator owner',               '{42501}',
        $$UPDATE dnc.list SET enabled = false WHERE list = 'us'; SELECT lair.must(NOT dnc_check('+14155550190'))$$),
    ('a complaint ended by force',                 'agent administrator owner',         '{42501}',
        $$SELECT lair.must(dnc_revoke('+14155550103', force => true) = 1)$$),
    ('a receipt of a scrub that never was',        'administrator owner',               '{42501}',
        $$SELECT dnc.scrub_end(dnc.scrub_begin('t', 'u', 'id', 'phone', 'voice', NULL), 1, 1, 0, 0, 0, '{}',
                sha256('x'))$$),
    ('a receipt written twice',                    '',                                  '{42501,55000}',
        $$CALL dnc_scrub('queue', 'id', 'phone', 'lair.result');
            SELECT dnc.scrub_end(max(s.scrub_id), 1, 1, 0, 0, 0, '{}', sha256('x')) FROM dnc.scrub AS s$$),
    ('a period after which refusals in force go',  'administrator owner',               '{42501}',
        $$INSERT INTO dnc.retention (subject, keep, why) VALUES ('ended_entry', '1 day', 't'),
            ('consent', '1 day', 't'), ('contact_attempt', '1 day', 't'); SELECT * FROM dnc_maintain();
            SELECT lair.must(dnc_check('+14155550101') AND count(*) = 1) FROM dnc.consent$$),
    ('a period for the log',                       '',                                  '{42501,23514}',
        $$INSERT INTO dnc.retention (subject, keep, why) VALUES ('audit_log', '1 day', 't')$$),
    ('a period of no time',                        '',                                  '{42501,23514}',
        $$INSERT INTO dnc.retention (subject, keep, why) VALUES ('reply', '1 day -24 hours', 't')$$),
    ('a period longer than time',                  '',                                  '{42501,22008,23514}',
        $$INSERT INTO dnc.retention (subject, keep, why) VALUES ('reply', '178000000 years', 't'); SELECT *
            FROM dnc_maintain(true)$$),
    ('a person erased without keys',               '',                                  '{42501,55000}',
        $$SELECT * FROM dnc_erase('+14155550101')$$),
    ('a key of erasures by a path',                '',                                  '{42501,22023}',
        $$SELECT dnc_pseudonym_key('../../etc/passwd')$$),
    ('a request closed that is none',              '',                                  '{42501,P0002}',
        $$SELECT dnc_subject_request_step(99, 'done', 'x')$$),
    ('a complaint closed that is none',            '',                                  '{42501,P0002}',
        $$SELECT dnc_complaint_step(99, 'closed', 'x')$$),
    ('numbers given to a recipient that is none',  '',                                  '{42501,22023}',
        $$SELECT * FROM dnc_export_to('nobody''; --')$$),
    ('evidence of a brand given to a role',        'administrator owner',               '{42501}',
        $$SELECT dnc_grant_brand('acme', 'regress_dnc_t_nobody')$$),
    ('the same, to everybody',                     '',                                  '{42501,42704}',
        $$SELECT dnc_grant_brand('acme', 'public')$$),
    ('triggers made to fire always',               'administrator owner',               '{42501}',
        $$SELECT dnc_repair_triggers()$$);
-- ---------------------------------------------------------------------------
INSERT INTO topic VALUES ('the sealed log');
-- ---------------------------------------------------------------------------
INSERT INTO attack (what, may, refused, sql) VALUES
    ('seals',                                      'administrator auditor owner',       '{42501}',
        $$SELECT * FROM dnc.seal$$),
    ('leaves of the tree',                         'auditor owner',                     '{42501}',
        $$SELECT * FROM dnc.audit_run$$),
    ('places of numbers',                          'auditor owner',                     '{42501}',
        $$SELECT * FROM dnc.audit_place$$),
    ('a seal',                                     'administrator owner',               '{42501}',
        $$SELECT dnc_audit_seal(quiet => '0')$$),
    ('rows from outside taken in',                 'administrator owner',               '{42501}',
        $$SELECT dnc_audit_seal(accept => 'x')$$),
    ('a seal by hand',                             '',                                  '{42501}',
        $$INSERT INTO dnc.seal SELECT seal_id + 1, origin, tree_size + 1, 0, root, sealed_at, complete_to, sealed_by,
            state_size, state_root, state_key, 0, NULL, signature, horizon, next_xid FROM dnc.seal$$),
    ('a leaf changed',                             '',                                  '{42501}',
        $$UPDATE dnc.audit_run SET leaves = leaves$$),
    ('a leaf removed',                             '',                                  '{42501}',
        $$DELETE FROM dnc.audit_run$$),
    ('a place added',                              '',                                  '{42501}',
        $$INSERT INTO dnc.audit_place VALUES (decode(repeat('00', 16), 'hex'), 0)$$),
    ('the map emptied',                            '',                                  '{42501}',
        $$TRUNCATE dnc.audit_state$$),
    ('sealing held up by a lock',                  '',                                  '{42501}',
        $$LOCK TABLE dnc.seal IN SHARE ROW EXCLUSIVE MODE$$),
    ('a text of one''s own signed',                '',                                  '{42501}',
        $$SELECT dnc.note_line('anything', 'anybody')$$),
    ('the place of a number',                      '',                                  '{42501}',
        $$SELECT dnc.place('phone:+14155550101')$$),
    ('a seal as of another',                       '',                                  '{42501}',
        $$SELECT dnc.seal_now(true, 0, NULL, 'x', 'somebody else')$$),
    ('another key to sign with',                   '',                                  '{42501}',
        $$SET dnc.seal_key = 'pseudonym'; SELECT dnc_audit_key()$$),
    ('a certificate about a number',               'administrator auditor owner',       '{42501}',
        $$SELECT dnc_certificate('+14155550101', now())$$),
    ('a certificate that runs what it is given',   '',                                  '{42501,22023}',
        $$SELECT dnc_certificate('+14155550101', now(), 'voice''); SELECT lair.bait(); --')$$),
    ('a proof with the data of a row',             'administrator auditor owner',       '{42501}',
        $$SELECT dnc_audit_proof(1)$$),
    ('the log verified',                           'administrator auditor owner',       '{42501}',
        $$SELECT * FROM dnc_audit_verify(parts => '{triggers,log}')$$),
    ('a checkpoint that is no text',               '',                                  '{42501,22P02}',
        $$SELECT * FROM dnc_audit_verify(against => E'x\n1\n')$$),
    ('a table under audit taken out',              '',                                  '{42501}',
        $$DELETE FROM dnc.audited$$);
-- ---------------------------------------------------------------------------
INSERT INTO topic VALUES ('tables, triggers and rules');
-- ---------------------------------------------------------------------------
INSERT INTO attack (what, may, refused, sql) VALUES
    ('triggers off',                               '',                                  '{42501}',
        $$ALTER TABLE dnc.entry DISABLE TRIGGER ALL$$),
    ('one trigger off',                            '',                                  '{42501}',
        $$ALTER TABLE dnc.audit_log DISABLE TRIGGER "00_append_only"$$),
    ('a trigger that no longer fires always',      '',                                  '{42501}',
        $$ALTER TABLE dnc.entry ENABLE TRIGGER "00_audit_write"$$),
    ('a trigger dropped',                          '',                                  '{42501}',
        $$DROP TRIGGER "00_audit_write" ON dnc.entry$$),
    ('a trigger replaced',                         '',                                  '{42501}',
        $$CREATE OR REPLACE TRIGGER "00_insert_only" BEFORE UPDATE ON dnc.entry FOR EACH ROW
            EXECUTE FUNCTION lair.bait_trigger()$$),
    ('a trigger renamed',                          '',                                  '{42501}',
        $$ALTER TRIGGER "00_audit_write" ON dnc.entry RENAME TO zzz$$),
    ('a trigger added',                            '',                                  '{42501}',
        $$CREATE TRIGGER t BEFORE INSERT ON dnc.entry FOR EACH ROW EXECUTE FUNCTION lair.bait_trigger()$$),
    ('one on a view',                              '',                                  '{42501}',
        $$CREATE TRIGGER t INSTEAD OF INSERT ON dnc.list_line FOR EACH ROW EXECUTE FUNCTION lair.bait_trigger()$$),
    ('triggers off for the session',               '',                                  '{42501}',
        $$SET session_replication_role = replica$$),
    ('the same by set_config',                     '',                                  '{42501}',
        $$SELECT set_config('session_replication_role', 'replica', true)$$),
    ('a rule off',                                 '',                                  '{42501}',
        $$ALTER TABLE dnc.suppressed DISABLE RULE "_RETURN"$$),
    ('a rule added',                               '',                                  '{42501}',
        $$CREATE RULE r AS ON INSERT TO dnc.entry DO INSTEAD NOTHING$$),
    ('a view replaced',                            '',                                  '{42501}',
        $$CREATE OR REPLACE VIEW dnc.weak_trigger AS SELECT NULL::regclass AS relation, NULL::text AS trigger_name,
            NULL::"char" AS enabled WHERE false$$),
    ('row security',                               '',                                  '{42501}',
        $$ALTER TABLE dnc.entry ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY$$),
    ('a policy',                                   '',                                  '{42501}',
        $$CREATE POLICY p ON dnc.entry USING (false)$$),
    ('a column added',                             '',                                  '{42501}',
        $$ALTER TABLE dnc.entry ADD COLUMN x text DEFAULT lair.bait()::text$$),
    ('a column dropped',                           '',                                  '{42501}',
        $$ALTER TABLE dnc.entry DROP COLUMN ends$$),
    ('a column of another type',                   '',                                  '{42501}',
        $$ALTER TABLE dnc.entry ALTER COLUMN phone TYPE text$$),
    ('another default',                            '',                                  '{42501}',
        $$ALTER TABLE dnc.entry ALTER COLUMN expires_at SET DEFAULT now()$$),
    ('a constraint added',                         '',                                  '{42501}',
        $$ALTER TABLE dnc.entry ADD CONSTRAINT c CHECK (false) NOT VALID$$),
    ('a constraint dropped',                       '',                                  '{42501}',
        $$ALTER TABLE dnc.list_block DROP CONSTRAINT list_block_is_valid$$),
    ('a foreign key to a table of the store',      '',                                  '{42501}',
        $$CREATE TABLE lair.t (e bigint REFERENCES dnc.entry (entry_id))$$),
    ('one to the epoch, which would block it',     '',                                  '{42501}',
        $$CREATE TABLE lair.t (e boolean REFERENCES dnc.list_epoch)$$),
    ('a table that inherits',                      '',                                  '{42501}',
        $$CREATE TABLE lair.t () INHERITS (dnc.entry)$$),
    ('a table that comes to inherit',              '',                                  '{42501}',
        $$CREATE TABLE lair.t (one boolean NOT NULL, epoch bigint NOT NULL, CHECK (one));
            ALTER TABLE lair.t INHERIT dnc.list_epoch$$),
    ('a partition of the log of contacts',         '',                                  '{42501}',
        $$CREATE TABLE lair.t PARTITION OF dnc.contact_attempt FOR VALUES FROM ('1980-01-01') TO ('1981-01-01')$$),
    ('a table attached to it',                     '',                                  '{42501}',
        $$CREATE TABLE lair.t (a int); ALTER TABLE dnc.contact_attempt ATTACH PARTITION lair.t DEFAULT$$),
    ('a partition detached',                       '',                                  '{42501}',
        $$ALTER TABLE dnc.contact_attempt DETACH PARTITION dnc.contact_attempt_other$$),
    ('a table of the store as a partition',        '',                                  '{42501}',
        $$CREATE TABLE lair.t (one boolean, epoch bigint) PARTITION BY LIST (one);
            ALTER TABLE lair.t ATTACH PARTITION dnc.list_epoch DEFAULT$$),
    ('another owner',                              '',                                  '{42501}',
        $$ALTER TABLE dnc.entry OWNER TO CURRENT_USER$$),
    ('another schema',                             '',                                  '{42501}',
        $$ALTER TABLE dnc.entry SET SCHEMA lair$$),
    ('another name',                               '',                                  '{42501}',
        $$ALTER TABLE dnc.entry RENAME TO old_entry$$),
    ('not logged for crashes',                     '',                                  '{42501}',
        $$ALTER TABLE dnc.entry SET UNLOGGED$$),
    ('storage parameters',                         '',                                  '{42501}',
        $$ALTER TABLE dnc.entry SET (autovacuum_enabled = false)$$),
    ('statistics targets',                         '',                                  '{42501}',
        $$ALTER TABLE dnc.entry ALTER COLUMN phone SET STATISTICS 0$$),
    ('replica identity',                           '',                                  '{42501}',
        $$ALTER TABLE dnc.entry REPLICA IDENTITY NOTHING$$),
    ('a publication',                              '',                                  '{42501}',
        $$CREATE PUBLICATION p FOR TABLE dnc.entry$$),
    ('a publication of all tables',                '',                                  '{42501}',
        $$CREATE PUBLICATION p FOR ALL TABLES$$),
    ('a subscription',                             '',                                  '{42501}',
        $$CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false)$$),
    ('a table dropped',                            '',                                  '{42501}',
        $$DROP TABLE dnc.entry CASCADE$$),
    ('a view dropped',                             '',                                  '{42501}',
        $$DROP VIEW dnc.suppressed CASCADE$$),
    ('a sequence dropped',                         '',                                  '{42501}',
        $$DROP SEQUENCE dnc.audit_seq CASCADE$$),
    ('a sequence restarted',                       '',                                  '{42501}',
        $$ALTER SEQUENCE dnc.audit_seq RESTART$$),
    ('the index of the list dropped',              '',                                  '{42501}',
        $$DROP INDEX dnc.entry_phone$$),
    ('the same, renamed',                          '',                                  '{42501}',
        $$ALTER INDEX dnc.entry_phone RENAME TO x$$),
    ('the same, with other parameters',            '',                                  '{42501}',
        $$ALTER INDEX dnc.entry_phone SET (fillfactor = 10)$$),
    ('the same, built anew',                       '',                                  '{42501}',
        $$REINDEX INDEX dnc.entry_phone$$),
    ('all indexes of the list built anew',         '',                                  '{42501}',
        $$REINDEX TABLE dnc.entry$$),
    ('the list rewritten by CLUSTER',              '',                                  '{42501}',
        $$CLUSTER dnc.entry USING entry_phone$$),
    ('an index added',                             '',                                  '{42501}',
        $$CREATE INDEX i ON dnc.entry (lair.must(true))$$),
    ('extended statistics',                        '',                                  '{42501}',
        $$CREATE STATISTICS lair.s ON phone, channel FROM dnc.entry$$),
    ('an event trigger',                           '',                                  '{42501}',
        $$CREATE FUNCTION lair.e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
            CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION lair.e()$$),
    ('a comment on a table',                       '',                                  '{42501}',
        $$COMMENT ON TABLE dnc.entry IS 'nothing here'$$),
    ('a comment on a trigger',                     '',                                  '{42501}',
        $$COMMENT ON TRIGGER "00_audit_write" ON dnc.entry IS 'off'$$),
    ('a security label',                           '',                                  '{42501,22023}',
        $$SECURITY LABEL ON TABLE dnc.entry IS 'public'$$),
    ('a table in the schema of the store',         '',                                  '{42501}',
        $$CREATE TABLE dnc.t (a int)$$),
    ('a type there',                               '',                                  '{42501}',
        $$CREATE DOMAIN dnc.text AS text$$),
    ('an operator there',                          '',                                  '{42501}',
        $$CREATE OPERATOR dnc.= (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)$$),
    ('a table moved there',                        '',                                  '{42501}',
        $$CREATE TABLE lair.contact_attempt_2020_01 (a int); ALTER TABLE lair.contact_attempt_2020_01 SET SCHEMA dnc$$),
    ('the schema renamed',                         '',                                  '{42501}',
        $$ALTER SCHEMA dnc RENAME TO old_dnc$$),
    ('the schema taken over',                      '',                                  '{42501}',
        $$ALTER SCHEMA dnc OWNER TO CURRENT_USER$$),
    ('the schema dropped',                         '',                                  '{42501}',
        $$DROP SCHEMA dnc CASCADE$$);
-- ---------------------------------------------------------------------------
INSERT INTO topic VALUES ('locks that others would wait for');
-- ---------------------------------------------------------------------------
INSERT INTO attack (what, may, refused, sql) VALUES
    ('the list, against everybody',                '',                                  '{42501}',
        $$LOCK TABLE dnc.entry IN ACCESS EXCLUSIVE MODE$$),
    ('the list, against who records refusals',     '',                                  '{42501}',
        $$LOCK TABLE dnc.entry IN SHARE MODE$$),
    ('the list, as who records them',              '',                                  '{42501}',
        $$LOCK TABLE dnc.entry IN ROW EXCLUSIVE MODE$$),
    ('the log',                                    '',                                  '{42501}',
        $$LOCK TABLE dnc.audit_log IN EXCLUSIVE MODE$$),
    ('the epoch',                                  '',                                  '{42501}',
        $$LOCK TABLE dnc.list_epoch IN ACCESS EXCLUSIVE MODE$$),
    ('a view, and what is behind it',              '',                                  '{42501}',
        $$LOCK TABLE dnc.suppressed IN ACCESS EXCLUSIVE MODE$$),
    ('all tables of a schema, by name',            '',                                  '{42501}',
        $$LOCK TABLE dnc.consent, dnc.reply, dnc.rule_epoch$$),
    ('rows of the list',                           '',                                  '{42501}',
        $$SELECT * FROM dnc.entry FOR UPDATE$$),
    ('the least lock on them',                     '',                                  '{42501}',
        $$SELECT * FROM dnc.entry FOR KEY SHARE$$),
    ('the row of the epoch',                       '',                                  '{42501}',
        $$SELECT * FROM dnc.list_epoch FOR UPDATE$$),
    ('rows of versions',                           '',                                  '{42501}',
        $$SELECT * FROM dnc.list_version FOR UPDATE$$),
    ('rows of consents, by a view',                '',                                  '{42501}',
        $$CREATE TEMP VIEW v AS SELECT * FROM dnc.consent; SELECT * FROM v FOR SHARE$$),
    ('lists and channels, which one may change',   'administrator owner',               '{42501}',
        $$LOCK TABLE dnc.list, dnc.channel IN ACCESS EXCLUSIVE MODE$$);
-- ---------------------------------------------------------------------------
INSERT INTO topic VALUES ('functions, types and operators');
-- ---------------------------------------------------------------------------
INSERT INTO attack (what, may, refused, sql) VALUES
    ('search_path no longer pinned',               '',                                  '{42501}',
        $$ALTER FUNCTION dnc.refuse_change RESET search_path$$),
    ('the same, of one that applications call',    '',                                  '{42501}',
        $$ALTER FUNCTION dnc_import_undo RESET ALL$$),
    ('search_path set',                            '',                                  '{42501}',
        $$ALTER FUNCTION dnc_import_undo SET search_path = lair, pg_catalog$$),
    ('run as the caller',                          '',                                  '{42501}',
        $$ALTER FUNCTION dnc_import_undo SECURITY INVOKER$$),
    ('run as the owner',                           '',                                  '{42501}',
        $$ALTER FUNCTION dnc_list_load_query SECURITY DEFINER$$),
    ('taken over',                                 '',                                  '{42501}',
        $$ALTER FUNCTION dnc_import_undo OWNER TO CURRENT_USER$$),
    ('renamed',                                    '',                                  '{42501}',
        $$ALTER FUNCTION dnc_import_undo RENAME TO old$$),
    ('moved',                                      '',                                  '{42501}',
        $$ALTER FUNCTION dnc_import_undo SET SCHEMA lair$$),
    ('declared free of leaks',                     '',                                  '{42501}',
        $$ALTER FUNCTION dnc_keyword LEAKPROOF$$),
    ('declared immutable',                         '',                                  '{42501}',
        $$ALTER FUNCTION dnc_redeem IMMUTABLE$$),
    ('a trigger function replaced',                '',                                  '{42501}',
        $$CREATE OR REPLACE FUNCTION dnc.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'$$),
    ('a function replaced that applications call', '',                                  '{42501}',
        $$CREATE OR REPLACE FUNCTION public.dnc_keyword(reply text) RETURNS text LANGUAGE sql AS 'SELECT ''start'''$$),
    ('a closer match planted beside it',           'owner',                             '{42501}',
        $$CREATE FUNCTION public.dnc_check(varchar, text, text) RETURNS boolean LANGUAGE sql AS 'SELECT false'$$),
    ('a function dropped',                         '',                                  '{42501}',
        $$DROP FUNCTION dnc.refuse_change() CASCADE$$),
    ('one in a schema that is one''s own',         '',                                  '{42501,2BP01}',
        $$DROP FUNCTION public.dnc_import_undo(bigint, text) CASCADE$$),
    ('the type dropped',                           '',                                  '{42501,2BP01}',
        $$DROP TYPE public.dnc_phone CASCADE$$),
    ('the type renamed',                           '',                                  '{42501}',
        $$ALTER TYPE public.dnc_phone RENAME TO old$$),
    ('the type stored otherwise',                  '',                                  '{42501}',
        $$ALTER TYPE public.dnc_phone_set SET (STORAGE = main)$$),
    ('an operator dropped',                        '',                                  '{42501,2BP01}',
        $$DROP OPERATOR public.= (dnc_phone, dnc_phone) CASCADE$$),
    ('an operator with another estimator',         '',                                  '{42501}',
        $$ALTER OPERATOR public.= (dnc_phone, dnc_phone) SET (RESTRICT = neqsel)$$),
    ('another default operator class',             '',                                  '{42501}',
        $$CREATE OPERATOR CLASS lair.c DEFAULT FOR TYPE dnc_phone USING btree AS OPERATOR 1 <$$),
    ('more in the operator family',                '',                                  '{42501}',
        $$ALTER OPERATOR FAMILY public.dnc_phone_ops USING btree ADD OPERATOR 1 < (dnc_phone, bigint)$$),
    ('a cast without a look',                      '',                                  '{42501}',
        $$CREATE CAST (bytea AS dnc_phone_set) WITHOUT FUNCTION$$),
    ('a cast on assignment',                       '',                                  '{42501}',
        $$CREATE CAST (text AS dnc_phone) WITH INOUT AS IMPLICIT$$),
    ('a function of the library by its symbol',    '',                                  '{42501}',
        $$CREATE FUNCTION lair.f() RETURNS trigger LANGUAGE c AS 'dnc', 'dnc_audit_stamp'$$),
    ('one of the server',                          '',                                  '{42501}',
        $$CREATE FUNCTION lair.f(dnc_phone) RETURNS bigint LANGUAGE internal AS 'int8abs'$$),
    ('the library loaded by hand',                 '',                                  '{42501}', $$LOAD 'dnc'$$),
    ('an estimator borrowed',                      '',                                  '{42501}',
        $$CREATE FUNCTION lair.f(dnc_phone) RETURNS boolean LANGUAGE sql SUPPORT dnc.check_support AS 'SELECT true'$$),
    ('an aggregate over states of another one',    '',                                  '{42P13}',
        $$CREATE AGGREGATE lair.a (dnc_phone) (SFUNC = dnc_set_add, STYPE = internal,
                FINALFUNC = dnc_scrub_hash_finish)$$),
    -- Versions of the server refuse it in two ways.
    ('a state of an aggregate by hand',            '',                                  '{42883}',
        $q$DO $d$ BEGIN PERFORM dnc_set_finish(dnc_set_add(NULL, '+14155550101'::dnc_phone));
                EXCEPTION WHEN feature_not_supported OR undefined_function THEN RAISE undefined_function
                USING MESSAGE = 'function refused'; END $d$$q$),
    ('a message of the protocol by hand',          '',                                  '{42883}',
        $$SELECT dnc_phone_recv('\x0000000000000000'::bytea)$$),
    ('a trigger function called',                  '',                                  '{42501}',
        $$SELECT dnc.audit_write()$$),
    ('a guard called',                             '',                                  '{42501,39P01}',
        $$SELECT dnc_guard()$$),
    ('the log''s trigger on one''s own table',     '',                                  '{42501}',
        $$CREATE TEMP TABLE t (audit_seq bigint);
            CREATE TRIGGER t AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION dnc.audit_write('audit_seq')$$),
    ('the one that finds violations',              '',                                  '{42501}',
        $$CREATE TEMP TABLE t (a int);
            CREATE TRIGGER t AFTER INSERT ON t REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT
            EXECUTE FUNCTION dnc.attempt_written()$$),
    ('the one that takes lines',                   '',                                  '{42501}',
        $$CREATE TEMP VIEW v AS SELECT NULL::text AS line;
            CREATE TRIGGER t INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION dnc.take_line()$$),
    ('the one that makes a new epoch',             '',                                  '{42501}',
        $$CREATE TEMP TABLE t (a int);
            CREATE TRIGGER t AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION dnc.new_epoch()$$),
    ('a check behind an operator',                 'reader agent administrator auditor owner', '{42501}',
        $$CREATE OPERATOR lair.? (RIGHTARG = dnc_phone, FUNCTION = dnc_may_process)$$),
    ('a comment on a function',                    '',                                  '{42501}',
        $$COMMENT ON FUNCTION dnc_keyword(text) IS 'x'$$);
-- Functions of schema dnc, called by whom they were not given; generically, and some by name.
INSERT INTO attack (what, may, refused, sql, many)
    SELECT format('any function of schema dnc without the right (%s)',
        CASE WHEN p.prosecdef THEN 'runs as the owner' ELSE 'runs as the caller' END),
        (SELECT string_agg(r.role, ' ') FROM role AS r
        WHERE has_function_privilege('regress_dnc_t_' || r.role, p.oid, 'EXECUTE')), '{42501}',
           format('SELECT lair.must(false) WHERE (%s(%s)) IS NULL', p.oid::regproc,
               (SELECT string_agg('NULL::' || format_type(t, NULL), ', ' ORDER BY n)
                   FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, n))), true
    FROM pg_proc AS p WHERE p.pronamespace = 'dnc'::regnamespace AND p.prokind = 'f'
        AND NOT 'internal'::regtype = ANY (p.proargtypes) AND NOT p.proretset AND NOT p.proisstrict
    ORDER BY p.prosecdef, p.oid::regprocedure::text;
DELETE FROM attack WHERE what LIKE 'any function%' AND may LIKE '%administrator%';
INSERT INTO attack (what, may, refused, sql) VALUES
    ('hand_out',                                   '',                                  '{42501}',
        $$SELECT dnc.hand_out('GRANT', 'auditor', 'regress_dnc_t_nobody')$$),
    ('record_request',                             '',                                  '{42501}',
        $$SELECT dnc.record_request(ARRAY['+14155550101'::dnc_phone], 'all', NULL, 'no_contact', 'web_form', now(),
                '{}', NULL, NULL, NULL, NULL, NULL, NULL)$$),
    ('revoke',                                     '',                                  '{42501}',
        $$SELECT dnc.revoke('+14155550101', 'all', NULL, 'web_form', '{}', now(), now())$$),
    ('make_current',                               '',                                  '{42501}',
        $$SELECT dnc.make_current(1)$$),
    ('prune',                                      '',                                  '{42501}',
        $$SELECT dnc.prune('us')$$),
    ('load_file',                                  '',                                  '{42501,55000}',
        $$SELECT dnc.load_file(1, '/etc/passwd', 100)$$),
    ('load_query into a version that is current',  '',                                  '{42501,55000}',
        $$SELECT dnc.load_query(1, 'SELECT ''4155550111''', 100)$$),
    ('load_chunks',                                '',                                  '{42501}',
        $$SELECT dnc.load_chunks(1, 100)$$),
    ('load_end of a version that is current',      '',                                  '{42501,55000}',
        $$SELECT dnc.load_end(1, true)$$),
    ('scrub_end of a scrub that is none',          '',                                  '{42501,55000}',
        $$SELECT dnc.scrub_end(99, 1, 1, 0, 0, 0, '{}', sha256(''))$$),
    ('registry_take of words that are none',       '',                                  '{42501,22023}',
        $$SELECT dnc.registry_take('au-dncr', 'x', now(), ARRAY['+61291234567'::dnc_phone], '{clear}', '{NULL}', 0)$$),
    ('audit, to put triggers on a table',          '',                                  '{42501}',
        $$SELECT dnc.audit('entry', 'entry_id')$$),
    ('builtin_rule',                               '',                                  '{42501}',
        $$SELECT dnc.builtin_rule('t', 'US', 'regime', 't', 'V', regime => 'opt_out')$$),
    ('rule_decide',                                '',                                  '{42501}',
        $$SELECT dnc.rule_decide('us-hours', 'disable', 'me', 'x')$$),
    ('token_close',                                '',                                  '{42501}',
        $$SELECT dnc.token_close('+14155550101', 'infinity', true, 'all', NULL, 0)$$),
    ('version_numbers',                            '',                                  '{42501}',
        $$SELECT dnc.version_numbers(1)$$),
    ('refusal_facts',                              '',                                  '{42501}',
        $$SELECT dnc.refusal_facts(now(), now(), now())$$),
    ('consent_facts',                              '',                                  '{42501}',
        $$SELECT dnc.consent_facts('voice', NULL, now(), now(), now())$$);
-- ---------------------------------------------------------------------------
INSERT INTO topic VALUES ('the extension and rights');
-- ---------------------------------------------------------------------------
INSERT INTO attack (what, may, refused, sql) VALUES
    ('the extension dropped by the way',           '',                                  '{42501,2BP01}',
        $$DROP EXTENSION dnc CASCADE$$),
    ('the same by its schema',                     '',                                  '{42501,2BP01}',
        $$DROP SCHEMA public CASCADE$$),
    ('the extension dropped',                      'owner',                             '{42501}',
        $$SET LOCAL dnc.allow_drop = on; DROP EXTENSION dnc CASCADE$$),
    ('its schema dropped',                         'owner',                             '{42501}',
        $$SET LOCAL dnc.allow_drop = on; DROP SCHEMA public CASCADE$$),
    ('the extension brought up to date',           'owner',                             '{42501}',
        $$ALTER EXTENSION dnc UPDATE$$),
    ('brought to a version that is none',          '',                                  '{42501,22023}',
        $$ALTER EXTENSION dnc UPDATE TO '9.9'$$),
    ('moved to another schema',                    '',                                  '{42501,0A000}',
        $$ALTER EXTENSION dnc SET SCHEMA lair$$),
    ('a table taken out of it',                    '',                                  '{42501}',
        $$ALTER EXTENSION dnc DROP TABLE dnc.entry$$),
    ('a function taken out of it',                 '',                                  '{42501}',
        $$ALTER EXTENSION dnc DROP FUNCTION public.dnc_keyword(text)$$),
    ('the schema taken out of it',                 '',                                  '{42501}',
        $$ALTER EXTENSION dnc DROP SCHEMA dnc$$),
    ('a function of one''s own put into it',       'owner',                             '{42501}',
        $$CREATE FUNCTION lair.dnc_add() RETURNS int LANGUAGE sql AS 'SELECT 1';
            ALTER EXTENSION dnc ADD FUNCTION lair.dnc_add()$$),
    ('a function of another''s put into it',       '',                                  '{42501}',
        $$ALTER EXTENSION dnc ADD FUNCTION lair.bait()$$),
    ('a function made to depend on it',            '',                                  '{42501}',
        $$ALTER FUNCTION public.dnc_keyword(text) DEPENDS ON EXTENSION dnc$$),
    ('rows kept out of dumps',                     '',                                  '{42501,0A000}',
        $$SELECT pg_extension_config_dump('dnc.entry', 'WHERE false')$$),
    ('made a second time',                         '',                                  '{42710}',
        $$CREATE EXTENSION dnc SCHEMA lair$$),
    ('all that the superuser owns dropped',        '',                                  '{42501}',
        $$DROP OWNED BY {super}$$),
    ('all that the superuser owns taken over',     '',                                  '{42501}',
        $$REASSIGN OWNED BY {super} TO CURRENT_USER$$),
    ('a set granted',                              'owner',                             '{42501}',
        $$SELECT dnc_grant('reader', 'regress_dnc_t_nobody')$$),
    ('the set of auditors granted',                'owner',                             '{42501}',
        $$SELECT dnc_grant('auditor', 'regress_dnc_t_administrator')$$),
    ('a set taken from the auditor',               'owner',                             '{42501}',
        $$SELECT dnc_ungrant('auditor', 'regress_dnc_t_auditor')$$),
    ('a set that is none',                         '',                                  '{42501,22023}',
        $$SELECT dnc_grant('reader'' OR true --', 'regress_dnc_t_nobody')$$),
    ('a role that is none',                        '',                                  '{42501,42704}',
        $$SELECT dnc_grant('reader', 'regress_dnc_t_nobody" WITH GRANT OPTION; --')$$),
    ('more than reading for everybody',            '',                                  '{42501,0LP01}',
        $$SELECT dnc_grant('agent', 'public')$$),
    ('reading granted on',                         '',                                  '{42501,00DNC}',
        $$GRANT SELECT ON dnc.entry TO regress_dnc_t_nobody;
            SELECT lair.must(has_table_privilege('regress_dnc_t_nobody', 'dnc.entry', 'SELECT'))$$),
    ('writing granted',                            '',                                  '{42501,00DNC}',
        $$GRANT ALL ON dnc.entry TO CURRENT_USER; SELECT lair.must(has_table_privilege('dnc.entry', 'DELETE'))$$),
    ('all tables of the schema',                   '',                                  '{42501,00DNC}',
        $$GRANT ALL ON ALL TABLES IN SCHEMA dnc TO CURRENT_USER;
            SELECT lair.must(has_table_privilege('dnc.audit_data', 'DELETE'))$$),
    ('a function granted on',                      '',                                  '{42501,00DNC}',
        $$GRANT EXECUTE ON FUNCTION dnc_redeem TO regress_dnc_t_nobody;
            SELECT lair.must(has_function_privilege('regress_dnc_t_nobody',
                'dnc_redeem(text,text,timestamptz,text[],text[],text,integer,interval)', 'EXECUTE'))$$),
    ('the schema granted on',                      '',                                  '{42501,00DNC}',
        $$GRANT ALL ON SCHEMA dnc TO regress_dnc_t_nobody;
            SELECT lair.must(has_schema_privilege('regress_dnc_t_nobody', 'dnc', 'USAGE'))$$),
    ('a right taken from others',                  '',                                  '{42501,00DNC}',
        $$REVOKE SELECT ON dnc.entry FROM regress_dnc_t_auditor;
            SELECT lair.must(NOT has_table_privilege('regress_dnc_t_auditor', 'dnc.entry', 'SELECT'))$$),
    ('default rights of the superuser',            '',                                  '{42501}',
        $$ALTER DEFAULT PRIVILEGES FOR ROLE {super} IN SCHEMA dnc GRANT ALL ON TABLES TO PUBLIC$$),
    ('default rights of one''s own',               '',                                  '{42501,00DNC}',
        $$ALTER DEFAULT PRIVILEGES IN SCHEMA dnc GRANT ALL ON TABLES TO PUBLIC;
            SELECT lair.must(has_table_privilege('regress_dnc_t_nobody', 'dnc.entry', 'SELECT'))$$),
    ('the role of the owner',                      'owner',                             '{42501}',
        $$SET ROLE regress_dnc_t_owner$$),
    ('the role of the superuser',                  '',                                  '{42501}',
        $$SET ROLE {super}$$),
    ('the role of the auditor',                    'auditor',                           '{42501}',
        $$SELECT set_config('role', 'regress_dnc_t_auditor', true)$$),
    ('a role granted to oneself',                  '',                                  '{42501}',
        $$GRANT regress_dnc_t_auditor TO regress_dnc_t_nobody$$),
    ('files of the server granted to oneself',     '',                                  '{42501}',
        $$GRANT pg_read_server_files TO CURRENT_USER$$),
    ('superuser',                                  '',                                  '{42501}',
        $$ALTER ROLE CURRENT_USER SUPERUSER$$),
    ('a new superuser',                            '',                                  '{42501}',
        $$CREATE ROLE regress_dnc_t_new SUPERUSER$$),
    ('settings of the server',                     '',                                  '{42501}',
        $$ALTER ROLE {super} SET search_path = lair$$);
-- ---------------------------------------------------------------------------
INSERT INTO topic VALUES ('settings, files and programs of the server');
-- ---------------------------------------------------------------------------
INSERT INTO attack (what, may, refused, sql) VALUES
    ('the file of keys',                           '',                                  '{42501}',
        $$SET dnc.key_file = '/tmp/keys'$$),
    ('the same for the role',                      '',                                  '{42501}',
        $$ALTER ROLE CURRENT_USER SET dnc.key_file = '/tmp/keys'$$),
    ('the same for the database',                  '',                                  '{42501}',
        $$SELECT pg_temp.nothing(); $$),
    ('reading it',                                 'nobody reader agent administrator auditor owner', '{42501}',
        $$SHOW dnc.key_file$$),
    ('the purpose that checks ask about',          '',                                  '{42501}',
        $$SET dnc.purpose = 'acme/cards'$$),
    ('the same by set_config',                     '',                                  '{42501}',
        $$SELECT set_config('dnc.purpose', 'acme/cards', true)$$),
    ('the same around a function',                 '',                                  '{42501}',
        $$CREATE FUNCTION lair.f() RETURNS int LANGUAGE sql SET dnc.purpose = 'acme/cards' AS 'SELECT 1';
            SELECT lair.f()$$),
    ('a setting that there is not',                '',                                  '{42602}',
        $$SET dnc.off = 'yes'$$),
    ('the library taken out',                      '',                                  '{42501,55P02}',
        $$SET shared_preload_libraries = ''$$),
    ('another library',                            '',                                  '{42501,55P02}',
        $$SET session_preload_libraries = 'x'$$),
    ('a list from a file that all may read',       '',                                  '{42501}',
        $$SELECT dnc_list_load('us', '/etc/passwd')$$),
    ('from one that is not there',                 '',                                  '{42501}',
        $$SELECT dnc_list_load('us', '/no/such/file')$$),
    ('from one of the cluster',                    '',                                  '{42501}',
        $$SELECT dnc_list_load('us', 'PG_VERSION')$$),
    ('from one above it',                          '',                                  '{42501}',
        $$SELECT dnc_list_load('us', '../../../../etc/passwd')$$),
    ('from a device',                              '',                                  '{42501}',
        $$SELECT dnc_list_load('us', '/dev/zero')$$),
    ('from a program',                             '',                                  '{42501}',
        $$SELECT dnc_list_load('us', '|id')$$),
    ('COPY to a file',                             '',                                  '{42501}',
        $$COPY dnc.entry TO '/tmp/regress_dnc_threat'$$),
    ('COPY from a file',                           '',                                  '{42501}',
        $$COPY dnc.entry FROM '/etc/passwd'$$),
    ('COPY to a program',                          '',                                  '{42501}',
        $$COPY (SELECT 1) TO PROGRAM 'id'$$),
    ('COPY from a program',                        '',                                  '{42501}',
        $$COPY dnc.import_row (phone) FROM PROGRAM 'id'$$),
    ('a file read',                                '',                                  '{42501}',
        $$SELECT pg_read_file('PG_VERSION')$$),
    ('a file read as a large object',              '',                                  '{42501}',
        $$SELECT lo_import('/etc/passwd')$$),
    ('a large object written to a file',           '',                                  '{42501}',
        $$SELECT lo_export(1, '/tmp/regress_dnc_threat')$$),
    ('a folder listed',                            '',                                  '{42501}',
        $$SELECT pg_ls_dir('.')$$),
    ('the server''s configuration',                '',                                  '{42501}',
        $$SELECT pg_reload_conf()$$);
UPDATE attack SET sql = format('ALTER DATABASE %I SET dnc.key_file = ''/tmp/keys''', current_database())
WHERE what = 'the same for the database';
-- ---------------------------------------------------------------------------
-- To the table secret, which only the owner reads, and into the store.
INSERT INTO topic VALUES ('functions of the extension as a proxy');
-- ---------------------------------------------------------------------------
INSERT INTO attack (what, may, refused, sql) VALUES
    ('a load by a query',                          'owner',                             '{42501}',
        $$SELECT dnc_list_load_query('us', 'SELECT phone FROM public.secret', activate => false)$$),
    ('a load by a query of the store',             '',                                  '{42501,22P02}',
        $$SELECT dnc_list_load_query('us', 'SELECT salt::text FROM dnc.audit_data', activate => false)$$),
    ('a load by a query that writes',              '',                                  '{42501,22023}',
        $$SELECT dnc_list_load_query('us', 'DELETE FROM dnc.list_block RETURNING 1', activate => false)$$),
    ('a load by two statements',                   '',                                  '{42501,42P11}',
        $$SELECT dnc_list_load_query('us', 'SELECT 4155550111; DELETE FROM dnc.entry', activate => false)$$),
    ('a load by a query that changes the role',    '',                                  '{42501,22P02}',
        $$SELECT dnc_list_load_query('us', 'SELECT set_config(''role'', ''regress_dnc_t_auditor'', true)',
                activate => false)$$),
    ('a load by a query that loads the same list', 'administrator owner',               '{42501}',
        $$SELECT dnc_list_load_query('us',
                'SELECT 4155550100 + dnc_list_load_query(''us'', ''SELECT 4155550111'', activate => false) % 9',
                activate => false)$$),
    ('a load by a query that ends its own version', '',                                 '{42501,55000}',
        $$SELECT dnc_list_load_query('us',
                'SELECT 4155550111 FROM (SELECT dnc.load_query(max(v.version_id), ''SELECT 4155550111'', 100) FROM '
                'dnc.list_version AS v) AS x', activate => false)$$),
    ('a load by a query that fails midway',        '',                                  '{42501,22012}',
        $$SELECT dnc_list_load_query('us', 'SELECT 4155550111 / (i - 3) FROM generate_series(1, 9) AS i',
                activate => false)$$),
    ('answers by a query',                         '',                                  '{42501,22023}',
        $$SELECT dnc_registry_import('au-dncr', 'x',
                'SELECT ''+61291234567'', s.phone, NULL FROM public.secret AS s')$$),
    ('answers by a query that breaks out',         '',                                  '{42501,42601}',
        $$SELECT dnc_registry_import('au-dncr', 'x',
                'SELECT 1, 2, NULL) AS q (number, word, asked)) AS q) AS x; DELETE FROM dnc.entry; --')$$),
    ('a scrub of it',                              'owner',                             '{42501}',
        $$CALL dnc_scrub('public.secret', 'id', 'phone', 'lair.result', region => 'US')$$),
    ('a scrub into a table of the store',          '',                                  '{42501}',
        $$CALL dnc_scrub('queue', 'id', 'phone', 'dnc.result')$$),
    ('a scrub over a table of the store',          '',                                  '{42501,42P07}',
        $$CALL dnc_scrub('queue', 'id', 'phone', 'dnc.entry')$$),
    ('a scrub of the log',                         '',                                  '{42501,42703}',
        $$CALL dnc_scrub('dnc.audit_data', 'seq', 'phone', 'lair.result')$$),
    ('a scrub that commits',                       '',                                  '{42501,2D000}',
        $$CALL dnc_scrub('queue', 'id', 'phone', 'lair.result', batch => 1)$$),
    ('a cross check of it',                        'owner',                             '{42501}',
        $$SELECT * FROM dnc_cross_check('public.secret', 'phone', region => 'US')$$),
    ('its spellings',                              'owner',                             '{42501}',
        $$SELECT * FROM dnc_spellings('public.secret', 'phone', 'US')$$),
    ('its doubtful rows',                          'owner',                             '{42501}',
        $$SELECT * FROM dnc_doubtful_rows('public.secret', 'phone', 'US')$$),
    ('decisions about it',                         'owner',                             '{42501}',
        $$SELECT * FROM dnc_may_contact_all('public.secret', 'id', 'phone', region => 'US')$$),
    ('decisions about a query of it',              'owner',                             '{42501}',
        $$SELECT * FROM dnc.decide_query('SELECT s.phone, NULL::dnc_phone, false FROM public.secret AS s', 'voice',
                NULL, NULL, NULL, NULL)$$),
    ('decisions about a query of other columns',   '',                                  '{42501,42804}',
        $$SELECT * FROM dnc.decide_query('SELECT 1, 2, 3', 'voice', NULL, NULL, NULL, NULL)$$),
    ('decisions about what returns no rows',       '',                                  '{42501,42804,42601,22023}',
        $$SELECT * FROM dnc.decide_query('DELETE FROM queue', 'voice', NULL, NULL, NULL, NULL)$$),
    ('decisions about the end of a transaction',   '',                                  '{42501,42601}',
        $$SELECT * FROM dnc.decide_query('COMMIT', 'voice', NULL, NULL, NULL, NULL)$$),
    ('a hash over a query of it',                  'owner',                             '{42501}',
        $$SELECT dnc.scrub_hash_query('SELECT s.phone::text FROM public.secret AS s')$$),
    ('results of a query of it',                   '',                                  '{42501,42804}',
        $$SELECT * FROM dnc.scrub_query('public.queue', 'SELECT 1, s.phone::text, true FROM public.secret AS s',
                'voice', NULL, 0, true)$$),
    ('results put into the store',                 '',                                  '{42501,42703}',
        $$SELECT * FROM dnc.scrub_query('dnc.entry', 'SELECT 1, ''x''::text, true, ''US''::text', 'voice', NULL, 0,
                true)$$),
    ('results of a query that writes',             '',                                  '{42501,42601,0A000}',
        $$SELECT * FROM dnc.scrub_query('public.queue', 'DELETE FROM queue RETURNING 1', 'voice', NULL, 0, true)$$),
    ('results of the end of a transaction',        '',                                  '{42501,42601}',
        $$SELECT * FROM dnc.scrub_query('public.queue', 'COMMIT', 'voice', NULL, 0, true)$$),
    ('what a rule changes for it',                 'owner',                             '{42501}',
        $$SELECT * FROM dnc_rule_impact('public.secret', 'phone', '2027-01-31', region => 'US')$$),
    ('a view of it',                               'owner',                             '{42501}',
        $$SELECT dnc_create_view('lair.v', 'public.secret', 'phone', region => 'US')$$),
    ('a comment that is forged',                   '',                                  '{42501,42602}',
        $$CREATE VIEW lair.v AS SELECT 1 AS a;
            COMMENT ON VIEW lair.v IS 'dnc_create_view {"relation": "no such table; DROP TABLE queue"}';
            SELECT dnc_refresh_view('lair.v')$$),
    ('a view in the schema of the store',          '',                                  '{42501}',
        $$SELECT dnc_create_view('mine', 'dnc.entry', 'phone')$$),
    ('a view in place of a table of the store',    '',                                  '{42501,42809}',
        $$SELECT dnc_create_view('dnc.suppressed', 'queue', 'phone', replace => true)$$),
    ('a view for others to read what one reads not', 'owner',                           '{42501}',
        $$SELECT dnc_create_view('lair.v', 'public.secret', 'phone', region => 'US',
                readers => '{regress_dnc_t_nobody}')$$),
    ('a guard on a table of the store',            '',                                  '{42501}',
        $$SELECT dnc_attach('dnc.entry', 'phone')$$),
    ('a guard on a catalog',                       '',                                  '{42501}',
        $$SELECT dnc_attach('pg_catalog.pg_description', 'description', region => 'US')$$),
    ('a guard on another''s table',                'owner',                             '{42501}',
        $$SELECT dnc_attach('public.secret', 'phone', region => 'US')$$),
    ('another''s guard taken off',                 'owner',                             '{42501}',
        $$SELECT dnc_detach('queue')$$),
    ('a receipt verified against another table',   '',                                  '{42501,42703}',
        $$CALL dnc_scrub('queue', 'id', 'phone', 'lair.result'); SELECT v.*
            FROM dnc.scrub AS s, LATERAL dnc_verify_scrub(s.scrub_id, 'public.queue') AS v$$),
    ('a temporary table in an import''s place',    '',                                  '{42501,42P07}',
        $$CREATE TEMP TABLE dnc_import_work (a int);
            INSERT INTO dnc.import_row (batch_id, phone) SELECT max(b.batch_id), '4155550111'
            FROM dnc.import_batch AS b; SELECT dnc_import_finish(max(b.batch_id)) FROM dnc.import_batch AS b$$),
    ('a forged token',                             '',                                  '{42501,28000}',
        $$SELECT * FROM dnc_redeem(repeat('A', 90))$$),
    ('a token without keys',                       '',                                  '{42501,55000}',
        $$SELECT dnc_token('+14155550101')$$);
-- ---------------------------------------------------------------------------
INSERT INTO topic VALUES ('names');
-- ---------------------------------------------------------------------------
\set weird '"we""ird; DROP TABLE secret; --$$"'
\set column 'ph''one" $q$ %s %I \\ ;--'
INSERT INTO attack (what, may, refused, sql)
    SELECT v.what, v.may, v.refused::text[],
        format(v.sql, quote_literal(:'weird'), quote_literal(:'column'), quote_literal('region''\')) FROM (VALUES
    ('a guard',                                    'owner',                             '{42501}',
        'SELECT dnc_attach(%1$s, %2$s, region_column => %3$s); SELECT lair.must(count(*) = 1) FROM dnc.attachment '
        'WHERE relation = %1$s::regclass'),
    ('a view that leaves out',                     'owner',                             '{42501}',
        'SELECT dnc_create_view(''lair."v"";$$"'', %1$s, %2$s, region_column => %3$s); SELECT lair.must(count(*) = 1) '
        'FROM lair."v"";$$"'),
    ('a view that flags',                               'owner',                             '{42501}',
        'SELECT dnc_create_view(''lair."v"";$$"'', %1$s, %2$s, region_column => %3$s, mode => ''flag''); SELECT '
        'dnc_refresh_view(''lair."v"";$$"''); SELECT lair.must(count(*) = 2) FROM lair."v"";$$"'),
    ('a view that masks',                          'owner',                             '{42501}',
        'SELECT dnc_create_view(''lair."v"";$$"'', %1$s, %2$s, region_column => %3$s, mode => ''mask''); SELECT '
        'lair.must(count(*) = 2) FROM lair."v"";$$"'),
    ('a cross check',                              'owner',                             '{42501}',
        'SELECT lair.must(count(*) = 2) FROM dnc_cross_check(%1$s, %2$s, region_column => %3$s)'),
    ('spellings',                                  'owner',                             '{42501}',
        'SELECT lair.must(count(*) = 0) FROM dnc_spellings(%1$s, %2$s, region_column => %3$s)'),
    ('doubtful rows',                              'owner',                             '{42501}',
        'SELECT lair.must(count(*) = 2) FROM dnc_doubtful_rows(%1$s, %2$s, region_column => %3$s)'),
    ('decisions',                                  'owner',                             '{42501}',
        'SELECT lair.must(count(*) = 2) FROM dnc_may_contact_all(%1$s, ''id'', %2$s, region_column => %3$s)'),
    ('impact of a rule',                           'owner',                             '{42501}',
        'SELECT * FROM dnc_rule_impact(%1$s, %2$s, ''2027-01-31'', region_column => %3$s)'),
    ('a scrub',                                    'owner',                             '{42501}',
        'CALL dnc_scrub(%1$s, %2$s, %2$s, ''lair."r"";$$"'', region_column => %3$s); SELECT lair.must(count(*) = 2) '
        'FROM lair."r"";$$"'),
    ('the same with strings as they were once',    'owner',                             '{42501}',
        'SET LOCAL standard_conforming_strings = off; SET LOCAL quote_all_identifiers = on; CALL dnc_scrub(%1$s, %2$s,'
        ' %2$s, ''lair."r"";$$"'', region_column => $a$region''\$a$); SELECT dnc_attach(%1$s, $a$'
            || replace(:'column', '%', '%%') || '$a$, region_column => $a$region''\$a$)')) AS v (what, may, refused,
            sql);
UPDATE attack SET sql = replace(sql, quote_literal(:'column'), '$a$' || :'column' || '$a$')
WHERE what = 'the same with strings as they were once';
INSERT INTO attack (what, may, refused, sql) VALUES
    ('a column that is none',                      '',                                  '{42501,42703}',
        $$SELECT dnc_attach('queue', 'phone"); DROP TABLE secret; --')$$),
    ('a column of the system',                     '',                                  '{42501,42703}',
        $$SELECT dnc_attach('queue', 'ctid')$$),
    ('a key column that breaks out',               '',                                  '{42501,42703}',
        $$SELECT * FROM dnc_may_contact_all('queue', 'id", (SELECT 1) AS "x', 'phone')$$),
    ('a table that breaks out',                    '',                                  '{42501,42P01,42602}',
        $$SELECT dnc_attach('queue; DROP TABLE secret', 'phone')$$),
    ('a view name that breaks out',                '',                                  '{42501,22023}',
        $$SELECT dnc_create_view('lair.v AS SELECT * FROM public.secret; --', 'queue', 'phone')$$),
    ('a result table that breaks out',             '',                                  '{42501,22023}',
        $$CALL dnc_scrub('queue', 'id', 'phone', 'lair.r (a int); DROP TABLE secret; --')$$),
    ('three parts',                                '',                                  '{42501,42602}',
        $$CALL dnc_scrub('queue', 'id', 'phone', 'a.b.c')$$),
    ('a region that breaks out',                   '',                                  '{42501,22023}',
        $$SELECT * FROM dnc_spellings('queue', 'spelling', 'US''); DROP TABLE secret; --')$$),
    ('a channel that breaks out',                  '',                                  '{42501,22023}',
        $$SELECT dnc_attach('queue', 'phone', channel => 'voice''); DROP TABLE secret; --')$$),
    ('a purpose that breaks out',                  '',                                  '{42501,22023}',
        $$SELECT * FROM dnc_cross_check('queue', 'phone', channel => 'voice',
                purpose => 'acme''; DROP TABLE secret; --')$$),
    ('a reader that breaks out',                   '',                                  '{42501,42704}',
        $$SELECT dnc_create_view('lair.v', 'public.secret', 'phone', region => 'US',
                readers => '{"public; DROP TABLE secret"}')$$),
    ('a mode that breaks out',                     '',                                  '{42501,22023}',
        $$SELECT dnc_attach('queue', 'phone', channel => 'fax', mode => 'skip''); DROP TABLE secret; --')$$),
    ('a list that breaks out',                     '',                                  '{42501,22023}',
        $$SELECT dnc_list_numbers('us''; DROP TABLE secret; --')$$),
    ('a name for a list that breaks out',          '',                                  '{42501,23514}',
        $$INSERT INTO dnc.list (list, kind) VALUES ('us''; --', 'other')$$),
    ('a channel that breaks out, added',           '',                                  '{42501,23514}',
        $$INSERT INTO dnc.channel (channel, description) VALUES ('a"; --', 'x')$$),
    ('a purpose that is quoted, added',            'administrator owner',               '{42501}',
        $$INSERT INTO dnc.purpose (purpose) VALUES ('a''; "$$ || '$q$' || $$ \ %s');
        SELECT lair.must(dnc_check('+14155550188', 'voice', 'a''; "$$ || '$q$' || $$ \ %s') = false);
        SELECT * FROM dnc_may_contact_all('queue', 'id', 'phone', purpose => 'a''; "$$ || '$q$' || $$ \ %s')$$),
    ('keys of hashes that are paths',              '',                                  '{42501,55000}',
        $$SELECT dnc_hash('+14155550101', '../../etc/passwd')$$);
-- ---------------------------------------------------------------------------
INSERT INTO topic VALUES ('values, tried by everybody');
-- ---------------------------------------------------------------------------
INSERT INTO attack (what, may, refused, sql) VALUES
    ('a number of a megabyte',                     '',                                  '{22P02}',
        $$SELECT repeat('1', 1000000)::dnc_phone$$),
    ('a megabyte of spaces',                       '',                                  '{22P02}',
        $$SELECT repeat(' ', 1000000)::dnc_phone$$),
    ('a megabyte of plus signs',                   '',                                  '{22P02}',
        $$SELECT repeat('+', 1000000)::dnc_phone$$),
    ('a megabyte of brackets, read in a region',   '',                                  '{22P02}',
        $$SELECT dnc_parse(repeat('(', 500000) || repeat(')', 500000), 'US')$$),
    ('a megabyte of letters for digits',           '',                                  '{22P02}',
        $$SELECT dnc_parse(repeat('A', 1000000), 'US')$$),
    ('the same with nothing for what is none',     'nobody reader agent administrator auditor owner', '{}',
        $$SELECT lair.must(dnc_try_parse(repeat('+1', 500000), 'US') IS NULL
                AND dnc_parse_problem(repeat('+1', 500000), 'US') IS NOT NULL)$$),
    ('an extension of a megabyte',                 'nobody reader agent administrator auditor owner', '{}',
        $$SELECT dnc_try_parse('+14155550101 ext. ' || repeat('9', 1000000), 'US')$$),
    ('a reply of a megabyte',                      'nobody reader agent administrator auditor owner', '{}',
        $$SELECT lair.must(dnc_keyword(repeat('stop ', 200000)) IS NOT NULL)$$),
    ('a prefix of a megabyte',                     '',                                  '{22023}',
        $$SELECT dnc_has_prefix('+14155550101', '+' || repeat('1', 1000000))$$),
    ('empty text',                                 '',                                  '{22P02}',
        $$SELECT ''::dnc_phone$$),
    ('text that is no UTF-8',                      '',                                  '{22021}',
        $$SELECT convert_from('\x2b31ff34313535353530313031', 'UTF8')::dnc_phone$$),
    ('a zero byte',                                '',                                  '{54000,22021}',
        $$SELECT (chr(0) || '+14155550101')::dnc_phone$$),
    ('control characters and marks of direction',  'nobody reader agent administrator auditor owner', '{}',
        $$SELECT dnc_try_parse(E'\x01+1\u202E415\u200B5550101', 'US'),
            dnc_try_parse(U&'\FF0B\FF11\FF14\FF11\FF15\FF15\FF15\FF15\FF10\FF11\FF10\FF11', NULL)$$),
    ('the last character there is',                '',                                  '{22P02}',
        $$SELECT (chr(1114111) || '1')::dnc_phone$$),
    ('a region that is none',                      '',                                  '{22023}',
        $$SELECT dnc_parse('4155550101', 'ZZ')$$),
    ('a region of a megabyte',                     '',                                  '{22023}',
        $$SELECT dnc_parse('4155550101', repeat('U', 1000000))$$),
    ('a format that is none',                      '',                                  '{22023}',
        $$SELECT dnc_format('+14155550101', '%n%n%n')$$),
    ('a cast from bytes',                          '',                                  '{42846}',
        $$SELECT '\x0102030405060708'::bytea::dnc_phone$$),
    ('a cast from bytes to a set',                 '',                                  '{42846}',
        $$SELECT '\x01'::bytea::dnc_phone_set$$),
    ('a cast from json',                           '',                                  '{42846}',
        $$SELECT '1'::jsonb::dnc_phone$$),
    ('the least integer',                          '',                                  '{22003}',
        $$SELECT (-9223372036854775808)::dnc_phone$$),
    ('the greatest integer',                       '',                                  '{22003}',
        $$SELECT 9223372036854775807::dnc_phone$$),
    ('zero',                                       '',                                  '{22003}',
        $$SELECT 0::bigint::dnc_phone$$),
    ('minus one',                                  '',                                  '{22003}',
        $$SELECT (-1)::bigint::dnc_phone$$),
    ('sixteen digits',                             '',                                  '{22003}',
        $$SELECT 1000000000000000::dnc_phone$$),
    ('a set without its end',                      '',                                  '{22P02}',
        $$SELECT '{+14155550101'::dnc_phone_set$$),
    ('a set in a set',                             'nobody reader agent administrator auditor owner', '{}',
        $$SELECT lair.must('{{+14155550101}}'::dnc_phone_set = '{+14155550101}')$$),
    ('a set of commas',                            '',                                  '{22P02}',
        $$SELECT ('{' || repeat(',', 1000000) || '}')::dnc_phone_set$$),
    ('a set of a hundred thousand numbers',        'nobody reader agent administrator auditor owner', '{}',
        $$SELECT lair.must(
                dnc_set_count(('{' || string_agg('+1415555' || lpad((i % 10000)::text, 4, '0'), ',')
                        || '}')::dnc_phone_set) = 10000) FROM generate_series(1, 100000) AS i$$),
    ('an array of arrays of numbers',              '',                                  '{42501,22004}',
        $$SELECT dnc_add('{{+14155550111},{+14155550112}}'::dnc_phone[])$$),
    ('an array of nothing',                        '',                                  '{42501,22004}',
        $$SELECT dnc_add('{NULL}'::dnc_phone[])$$),
    ('an empty array',                             '',                                  '{42501,22004}',
        $$SELECT dnc_add('{}'::text[])$$),
    ('an old refusal of the far future',           '',                                  '{42501,22023}',
        $$SELECT dnc_add('+14155550111', requested_at => 'infinity')$$),
    ('one of before the calendar',                 'agent administrator owner',         '{42501}',
        $$SELECT dnc_add('+14155550111', requested_at => '4714-11-24 00:00:00+00 BC',
                received_at => '4714-11-24 00:00:00+00 BC')$$),
    ('one that starts when time ends',             'agent administrator owner',         '{42501}',
        $$SELECT dnc_add('+14155550111', effective_at => '294276-12-31 23:59:59+00')$$),
    ('one that starts after it',                   '',                                  '{42501,22023}',
        $$SELECT dnc_add('+14155550111', effective_at => 'infinity')$$),
    ('one that is over before it begins',          '',                                  '{42501,22023}',
        $$SELECT dnc_add('+14155550111', expires_at => '-infinity')$$),
    ('a deadline that never comes',                '',                                  '{42501,22023}',
        $$SELECT dnc_add('+14155550111', due_at => 'infinity')$$),
    ('a check at no time',                         '',                                  '{42501,22023}',
        $$SELECT dnc_check('+14155550101', at => 'infinity')$$),
    ('a check before the calendar',                'reader agent administrator auditor owner', '{42501}',
        $$SELECT dnc_check('+14155550101', at => '4714-11-24 00:00:00+00 BC')$$),
    ('a decision when time ends',                  'reader agent administrator auditor owner', '{42501}',
        $$SELECT * FROM dnc_may_contact('+14155550101', at => '294276-12-31 23:59:59+00')$$),
    ('a decision before the calendar',             'reader agent administrator auditor owner', '{42501}',
        $$SELECT * FROM dnc_may_contact('+14155550101', at => '4714-11-24 00:00:00+00 BC')$$),
    ('holidays of the last year',                 'reader agent administrator auditor owner', '{42501}',
        $$SELECT lair.must(count(*) = 0) FROM dnc_holidays('us-federal', 2147483647)$$),
    ('holidays of the first year',                'reader agent administrator auditor owner', '{42501}',
        $$SELECT lair.must(count(*) = 0) FROM dnc_holidays('us-federal', -2147483648)$$),
    ('the last business day',                      '',                                  '{42501,22023}',
        $$SELECT dnc_business_day('2026-01-01', 2147483647, 'us-federal')$$),
    ('a business day when time ends',             'reader agent administrator auditor owner', '{42501}',
        $$SELECT lair.must(dnc_business_day('5874897-12-31', 1, 'us-federal') IS NULL)$$),
    ('a business day of infinity',                'reader agent administrator auditor owner', '{42501}',
        $$SELECT lair.must(dnc_business_day('infinity', 1, 'us-federal') IS NULL)$$),
    ('a token for all time',                       '',                                  '{42501,22023}',
        $$SELECT dnc_token('+14155550101', valid_for => '200000 years')$$),
    ('an import that has no number',               '',                                  '{42501,55000}',
        $$SELECT * FROM dnc_import_finish(-9223372036854775808)$$),
    ('an entry that is none',                      '',                                  '{42501,P0002}',
        $$SELECT dnc_correct(9223372036854775807, '+14155550111', 'x')$$),
    ('partitions for ever',                        '',                                  '{42501,22023}',
        $$SELECT dnc_attempt_partitions(ahead => 2147483647)$$),
    ('partitions from the beginning',              '',                                  '{42501,22023}',
        $$SELECT dnc_attempt_partitions('-infinity')$$),
    ('a list older than the calendar',             'administrator owner',               '{42501}',
        $$SELECT dnc_list_load_query('us', 'SELECT 4155550111', '4714-11-24 00:00:00+00 BC', activate => false)$$),
    ('a list of the future',                       '',                                  '{42501,22023}',
        $$SELECT dnc_list_load_query('us', 'SELECT 4155550111', 'infinity', activate => false)$$),
    ('changes to a version that is none',          '',                                  '{42501,55000}',
        $$SELECT dnc_list_load_query('us', 'SELECT 4155550111', applies_to => -1, operation => 'add')$$),
    ('a share of rejects that overflows',          'administrator owner',               '{42501}',
        $$SELECT dnc_list_load_query('us', 'SELECT 4155550111', reject_percent => 2147483647, activate => false)$$),
    ('answers good for all time',                  'administrator owner',               '{42501}',
        $$SELECT dnc_registry_needs('+61291234567', 'au-dncr', '1000 years')$$),
    ('a name for a purpose of a megabyte',         '',                                  '{42501,23514,54000}',
        $$INSERT INTO dnc.purpose (purpose) VALUES (repeat('x', 1000000))$$),
    ('a file name of a megabyte',                  '',                                  '{42501,23514,22023}',
        $$SELECT dnc_import_start(repeat('x', 1000000))$$);
-- ---------------------------------------------------------------------------
INSERT INTO topic VALUES ('evidence, and who acts');
-- ---------------------------------------------------------------------------
INSERT INTO attack (what, may, refused, sql) VALUES
    ('a megabyte',                                 'agent administrator owner',         '{42501}',
        $$SELECT dnc_add('+14155550111', evidence => jsonb_build_object('words', repeat('x', 1000000)))$$),
    ('three hundred levels',                       'agent administrator owner',         '{42501}',
        $$SELECT dnc_add('+14155550111',
                evidence => ('{"a":' || repeat('[', 300) || repeat(']', 300) || '}')::jsonb)$$),
    ('three thousand levels',                      'agent administrator owner',         '{42501}',
        $$SELECT dnc_add('+14155550111',
                evidence => ('{"a":' || repeat('[', 3000) || repeat(']', 3000) || '}')::jsonb)$$),
    ('a million levels',                           '',                                  '{54001}',
        $$SELECT dnc_add('+14155550111',
                evidence => ('{"a":' || repeat('[', 1000000) || repeat(']', 1000000) || '}')::jsonb)$$),
    ('control characters',                         'agent administrator owner',         '{42501}',
        $$SELECT dnc_add('+14155550111',
                evidence => '{"words": "\u0001\u001b[2J\u007f\u2028\ud83d\ude00", "\u0002": "\\u0000"}')$$),
    ('a zero character',                           '',                                  '{22P05}',
        $$SELECT dnc_add('+14155550111', evidence => '{"words": "\u0000"}')$$),
    ('a number of a hundred thousand digits',      'agent administrator owner',         '{42501}',
        $$SELECT dnc_add('+14155550111', evidence => '{"n": 1e100000, "m": -1e-16000, "o": 0.10}')$$),
    ('an array',                                   '',                                  '{42501,22023}',
        $$SELECT dnc_add('+14155550111', evidence => '[]')$$),
    ('null',                                       '',                                  '{42501,22023}',
        $$SELECT dnc_add('+14155550111', evidence => 'null')$$),
    ('nothing',                                    '',                                  '{42501,22004}',
        $$SELECT dnc_add('+14155550111', evidence => NULL)$$),
    ('another number''s consent, to end a refusal', '',                                 '{42501,22023}',
        $$SELECT dnc_revoke('+14155550101', evidence => '{"consent": 1}')$$),
    ('a consent that is none',                     '',                                  '{42501,22023}',
        $$SELECT dnc_revoke('+14155550101', evidence => '{"consent": 99999999999999999999999}')$$),
    ('a consent that is a text',                   '',                                  '{42501,22023}',
        $$SELECT dnc_revoke('+14155550105', evidence => '{"consent": "1"}')$$),
    ('a consent that is a condition',              '',                                  '{42501,22023}',
        $$SELECT dnc_revoke('+14155550101', evidence => '{"consent": {"or": true}}')$$),
    ('a complaint ended as if it were a refusal',  '',                                  '{42501,00DNC}',
        $$SELECT lair.must(dnc_revoke('+14155550103') > 0)$$),
    ('a withdrawal from before the refusal',       '',                                  '{42501,00DNC}',
        $$SELECT lair.must(dnc_revoke('+14155550101', requested_at => '2020-01-01') > 0)$$),
    ('a reference that stands for another request', '',                                 '{42501,23505}',
        $$SELECT dnc_add('+14155550111', external_ref => 'R-1')$$),
    ('a reference of a megabyte',                  '',                                  '{42501,22001}',
        $$SELECT dnc_add('+14155550111', external_ref => repeat('x', 1000000))$$),
    ('who took it, of a megabyte',                 '',                                  '{42501,22001}',
        $$SELECT dnc_add('+14155550111', by => repeat('x', 1000000))$$),
    ('quotes in who acts',                         'agent administrator owner',         '{42501}',
        $$SET LOCAL dnc.actor = 'x''); DROP TABLE dnc.entry; -- "$q$ \ '; SELECT dnc_add('+14155550111');
            SELECT lair.must(actor = 'x''); DROP TABLE dnc.entry; -- "$q$ \ ') FROM dnc_history('+14155550111')$$),
    ('who acts, of a megabyte',                    'agent administrator owner',         '{42501}',
        $$SELECT set_config('dnc.actor', repeat('x', 1000000), true); SELECT dnc_add('+14155550111')$$),
    ('another role named as who records',          '',                                  '{42501,00DNC}',
        $$SELECT set_config('dnc.actor', 'regress_dnc_t_owner', true); SELECT dnc_add('+14155550111');
            SELECT lair.must(recorded_by <> session_user) FROM dnc_history('+14155550111')$$),
    ('settings that change how text is read',      'agent administrator owner',         '{42501}',
        $$SET LOCAL standard_conforming_strings = off; SET LOCAL array_nulls = off;
        SET LOCAL transform_null_equals = on;
        SET LOCAL DateStyle = 'SQL, DMY'; SET LOCAL IntervalStyle = sql_standard; SET LOCAL bytea_output = escape;
        SET LOCAL TimeZone = 'Pacific/Kiritimati'; SET LOCAL quote_all_identifiers = on;
        SET LOCAL extra_float_digits = -15;
        SET LOCAL xmloption = document;
        SELECT dnc_add('+14155550111', evidence => '{"a": "b"}', external_ref => 'R-2',
            requested_at => '2026-02-01 12:00:00.123456Z',
            received_at => '2026-02-01 12:00:00.123456Z');
        SELECT lair.must(dnc_check('+14155550111') AND requested_at = '2026-02-01 12:00:00.123456Z')
            FROM dnc_history('+14155550111') WHERE external_ref = 'R-2'$$),
    ('the same: what the log then says',           'administrator owner',               '{42501}',
        $$SET LOCAL array_nulls = off; SET LOCAL DateStyle = 'SQL, DMY'; SET LOCAL IntervalStyle = sql_standard;
            SET LOCAL bytea_output = escape; SET LOCAL TimeZone = 'Pacific/Kiritimati';
            SET LOCAL extra_float_digits = -15;
            INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, anchor, channels, citation, confidence)
            VALUES ('t', 'US', 'cool_off', '1 mon 2 days 03:04:05.678', 'refusal', '{sms,voice}', 't', 'V');
            SELECT dnc_add('+14155550111', evidence => '{"a": 1.50}'); SELECT lair.must(healthy)
            FROM dnc_health(deep => true) WHERE subject = 'rows in the log'$$);
-- ---------------------------------------------------------------------------
INSERT INTO topic VALUES ('rows of an administrator that poison what comes after');
-- ---------------------------------------------------------------------------
INSERT INTO attack (what, may, refused, sql) VALUES
    ('a rule that holds for ever',                 '',                                  '{42501,23514}',
        $$INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, attempts, anchor, citation, confidence)
            VALUES ('t', 'US', 'attempt_cap', '178000000 years', 1, 'attempt', 't', 'V')$$),
    ('a rule of less than nothing',                '',                                  '{42501,23514}',
        $$INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, anchor, citation, confidence)
            VALUES ('t', 'US', 'cool_off', '1 year -40 days', 'refusal', 't', 'V')$$),
    ('a rule of very many days',                   'administrator owner',               '{42501}',
        $$INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, anchor, citation, confidence)
            VALUES ('t', 'US', 'cool_off', '300000 days 900000:00:00', 'refusal', 't', 'V');
            SELECT dnc_add('+14155550111'); SELECT * FROM dnc_may_contact('+14155550101'), dnc_rule_page('US'); SELECT *
            FROM dnc.request$$),
    ('a deadline in a thousand years of business days', 'administrator owner',           '{42501}',
        $$INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, anchor, business, calendar, citation, confidence)
            VALUES ('t', 'JP', 'honour_within', '359000 days', 'request', true, 'us-federal', 't', 'V');
            SELECT dnc_add('+81312345678')$$),
    ('a rule from infinity to infinity',           'administrator owner',               '{42501}',
        $$INSERT INTO dnc.rule (rule, jurisdiction, kind, regime, citation, confidence, valid_from, valid_to)
            VALUES ('t', 'JP', 'regime', 'opt_out', 't', 'V', '-infinity', 'infinity'); SELECT *
            FROM dnc_may_contact('+81312345678'), dnc_rule_page('JP')$$),
    ('hours that are none',                        '',                                  '{42501,22023}',
        $$INSERT INTO dnc.rule (rule, jurisdiction, kind, windows, citation, confidence)
            VALUES ('t', 'US', 'calling_hours', 'daily 99:00-25:61', 't', 'V')$$),
    ('a day that is none',                         '',                                  '{42501,22023}',
        $$INSERT INTO dnc.holiday (holiday, calendar, name, day, source)
            VALUES ('own/t', 'own', 't', '5 mon 99', 't')$$),
    ('a day far from Easter',                      '',                                  '{42501,22023}',
        $$INSERT INTO dnc.holiday (holiday, calendar, name, day, source)
            VALUES ('own/t', 'own', 't', 'easter+2147483647', 't')$$),
    ('a place that lies in itself',                '',                                  '{42501,22023}',
        $$INSERT INTO dnc.jurisdiction (jurisdiction, within) VALUES ('XA', '{*}'), ('XB', '{XA}');
            UPDATE dnc.jurisdiction SET within = '{XB}' WHERE jurisdiction = 'XA'; SELECT *
            FROM dnc_may_contact('+14155550111', location => 'XA'), dnc_rule_page('XA')$$),
    ('a holiday on every day there is',            'administrator owner',               '{42501}',
        $$INSERT INTO dnc.holiday (holiday, calendar, name, day, source) SELECT 'own/' || d, 'own', 't',
            to_char('2024-01-01'::date + d, 'MM-DD'), 't' FROM generate_series(0, 365) AS d;
            INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, anchor, business, calendar, citation, confidence)
            VALUES ('t', 'JP', 'honour_within', '10 days', 'request', true, 'own', 't', 'V');
            SELECT dnc_add('+81312345678')$$),
    ('a registry of other words',                  '',                                  '{42501,23514}',
        $$INSERT INTO dnc.registry (registry, description, jurisdiction, results)
            VALUES ('t', 't', 'US', '{"Y": {"a": 1}, "N": 7}');
            SELECT dnc_registry_import('t', 'x', $a$VALUES ('+14155550101', 'Y', NULL)$a$)$$),
    ('a format of columns that there are not',     '',                                  '{42501,22P02,42703,23514}',
        $$INSERT INTO dnc.list_format (format, description, layout, number_columns)
            VALUES ('t', 't', 'lines', '{99999999999999999999}'); SELECT dnc_list_load_start('us', 'x', 't');
            INSERT INTO dnc.list_line (line) VALUES ('4155550111'); SELECT dnc_list_load_finish(max(v.version_id))
            FROM dnc.list_version AS v$$),
    ('a format whose delimiter is the line''s end', '',                                 '{42501,22P02,42703,23514}',
        $$INSERT INTO dnc.list_format (format, description, layout, number_columns, delimiter, quote, comment)
            VALUES ('t', 't', 'lines', '{0}', E'\n', E'\n', E'\n'); SELECT dnc_list_load_start('us', 'x', 't');
            INSERT INTO dnc.list_line (line) VALUES ('4155550111'); SELECT dnc_list_load_finish(max(v.version_id))
            FROM dnc.list_version AS v$$),
    ('lines of XML without an end',                '',                                  '{42501,22P02,22023}',
        $$SELECT dnc_list_load_start('us', 'x', 'ca-dncl-xml');
            INSERT INTO dnc.list_line (line) VALUES (repeat('<', 100000)), ('<ac val=''' || repeat('4', 100000)),
            ('<!--'), ('<ph val=>'); SELECT dnc_list_load_finish(max(v.version_id)) FROM dnc.list_version AS v$$),
    ('a line of a megabyte, and one without an end', '',                                '{42501,22P02}',
        $$SELECT dnc_list_load_start('us', 'x', 'csv');
            INSERT INTO dnc.list_line (line) VALUES (repeat('4', 1000000)), ('"' || repeat('x', 1000)), (NULL);
            SELECT dnc_list_load_finish(max(v.version_id)) FROM dnc.list_version AS v$$),
    ('a list that covers nothing',                 '',                                  '{42501,22023,23514}',
        $$UPDATE dnc.list SET coverage = '{}' WHERE list = 'us'$$),
    ('a prefix of everything',                     '',                                  '{42501,22023}',
        $$SELECT dnc_add_prefix('+')$$),
    ('a preference of garbage',                    '',                                  '{42501,22023}',
        $$SELECT dnc_prefer('+14155550101', hours => repeat('mon ', 1000))$$),
    ('a preference of a zone that is a path',      '',                                  '{42501,22023}',
        $$SELECT dnc_prefer('+14155550101', time_zone => '../../etc/passwd')$$),
    ('facts that are none',                        'administrator owner',               '{42501}',
        $$SELECT * FROM dnc.decide_given('+14155550101', '{"facts": [[1, "x", {}, 9e99]], "registers": "x"}', 'voice',
                now(), 'sales', NULL, NULL, NULL)$$),
    ('what the checks then say',                   'reader agent administrator auditor owner', '{42501}',
        $$SELECT lair.must(dnc_check('+14155550101') AND dnc_check('+14155550190') AND NOT dnc_check('+14155550111')
                AND dnc_check('+19005550101'))$$);
-- ---------------------------------------------------------------------------
INSERT INTO topic VALUES ('past a guard, by whom the table is open');
-- ---------------------------------------------------------------------------
INSERT INTO attack (what, may, refused, sql) VALUES
    ('a number that is clear',                     'nobody reader agent administrator auditor owner', '{}',
        $$INSERT INTO queue VALUES (9, '+14155550188')$$),
    ('one that is refused',                        '',                                  '{23N01}',
        $$INSERT INTO queue VALUES (9, '+14155550101')$$),
    ('one on a list',                              '',                                  '{23N01}',
        $$INSERT INTO queue VALUES (9, '+14155550190')$$),
    ('the same by an update',                      '',                                  '{23N01}',
        $$UPDATE queue SET phone = '+14155550101'$$),
    ('by ON CONFLICT',                             '',                                  '{23N01}',
        $$INSERT INTO queue VALUES (1, NULL) ON CONFLICT (id) DO UPDATE SET phone = '+14155550101'$$),
    ('by MERGE',                                   '',                                  '{23N01}',
        $$MERGE INTO queue AS q USING (SELECT 9 AS id) AS s ON q.id = s.id WHEN NOT MATCHED THEN INSERT
            VALUES (9, '+14155550101')$$),
    ('by a view',                                  '',                                  '{23N01}',
        $$CREATE TEMP VIEW v AS SELECT * FROM queue; INSERT INTO v VALUES (9, '+14155550101')$$),
    ('by a rule',                                  '',                                  '{23N01}',
        $$CREATE TABLE lair.t (p dnc_phone);
            CREATE RULE r AS ON INSERT TO lair.t DO INSTEAD INSERT INTO queue VALUES (9, NEW.p);
            INSERT INTO lair.t VALUES ('+14155550101')$$),
    ('by a statement in a query',                  '',                                  '{23N01}',
        $$WITH i AS (INSERT INTO queue VALUES (9, '+14155550101') RETURNING 1) SELECT * FROM i$$),
    ('by a statement that was prepared',           '',                                  '{23N01}',
        $$SET LOCAL plan_cache_mode = force_generic_plan; DEALLOCATE ALL;
            PREPARE regress_dnc_t (dnc_phone) AS INSERT INTO queue VALUES (9, $1);
            EXECUTE regress_dnc_t ('+14155550101')$$),
    ('with the deferred look at once',             '',                                  '{23N01}',
        $$SET CONSTRAINTS ALL IMMEDIATE; INSERT INTO queue VALUES (9, '+14155550101')$$),
    ('with checks as a set',                       '',                                  '{23N01}',
        $$SET LOCAL dnc.statement_set = on; INSERT INTO queue SELECT 9, '+14155550101'$$),
    ('under a search_path with baits',             '',                                  '{23N01}',
        $$SET LOCAL search_path = lair, pg_catalog, public; INSERT INTO public.queue VALUES (9, '+14155550101')$$),
    ('when checks are read in another region',     '',                                  '{23N01}',
        $$SET LOCAL dnc.default_region = 'FR'; INSERT INTO queue VALUES (9, '+14155550101')$$),
    ('with the pseudonym written by hand',         '',                                  '{00DNC}',
        $$INSERT INTO queue VALUES (9, NULL, '(415) 555-0101', 'clear'); UPDATE queue SET note = 'clear';
            SELECT lair.must(note = 'clear') FROM queue WHERE id = 9$$),
    ('the guard off',                              'owner',                             '{42501}',
        $$ALTER TABLE queue DISABLE TRIGGER ALL$$),
    ('the guard dropped',                          'owner',                             '{42501}',
        $$DROP TRIGGER zz_dnc_guard_voice ON queue$$),
    ('a guard without arguments',                  '',                                  '{42501,55000}',
        $$CREATE TEMP TABLE t (phone dnc_phone);
            CREATE TRIGGER t BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION dnc_guard();
            INSERT INTO t VALUES ('+14155550188')$$),
    ('a guard over a column of another type',      '',                                  '{42501,23N02}',
        $$CREATE TEMP TABLE t (phone int);
            CREATE TRIGGER t BEFORE INSERT ON t FOR EACH ROW
            EXECUTE FUNCTION dnc_guard('guard=1', 'mode=reject', 'phone_column=phone'); INSERT INTO t VALUES (7)$$),
    ('a guard with a mode that is none',           '',                                  '{42501,55000}',
        $$CREATE TEMP TABLE t (phone dnc_phone);
            CREATE TRIGGER t BEFORE INSERT ON t FOR EACH ROW
            EXECUTE FUNCTION dnc_guard('guard=1', 'mode=none', 'phone_column=phone');
            INSERT INTO t VALUES ('+14155550101')$$),
    ('a guard that fires once a statement',        '',                                  '{42501,39P01}',
        $$CREATE TEMP TABLE t (phone dnc_phone);
            CREATE TRIGGER t BEFORE INSERT ON t FOR EACH STATEMENT
            EXECUTE FUNCTION dnc_guard('guard=1', 'mode=reject', 'phone_column=phone');
            INSERT INTO t VALUES ('+14155550101')$$),
    ('a guard of deletions',                       '',                                  '{42501,39P01}',
        $$CREATE TEMP TABLE t (phone dnc_phone);
            CREATE TRIGGER t BEFORE DELETE ON t FOR EACH ROW
            EXECUTE FUNCTION dnc_guard('guard=1', 'mode=reject', 'phone_column=phone');
            INSERT INTO t VALUES ('+14155550101'); DELETE FROM t$$),
    ('a guard that flags in a number',             '',                                  '{42501,55000}',
        $$CREATE TEMP TABLE t (phone dnc_phone, f int);
            CREATE TRIGGER t BEFORE INSERT ON t FOR EACH ROW
            EXECUTE FUNCTION dnc_guard('guard=1', 'mode=flag', 'flag_column=f', 'phone_column=phone');
            INSERT INTO t VALUES ('+14155550101')$$),
    ('a list said to be complete',                 'administrator owner',               '{42501}',
        $$SELECT dnc_list_is_complete('I want to call')$$),
    ('an id of another list',                      '',                                  '{42501}',
        $$INSERT INTO dnc.installation (installation, own, since)
            VALUES ('00000000-0000-0000-0000-000000000001', true, now())$$),
    ('checks stopped by a view of another list',   'administrator owner',               '{42501,00DNC}',
        $$CREATE TEMP VIEW v AS SELECT 1 AS one WHERE dnc_is_here('00000000-0000-0000-0000-000000000001');
            SELECT lair.must(lair.stopped())$$),
    ('a guarded column that is a number since',    '',                                  '{42501,23N01}',
        $$CREATE TABLE lair.t (phone text, region text);
            SELECT dnc_attach('lair.t', 'phone', region_column => 'region'); ALTER TABLE lair.t ALTER phone TYPE bigint
            USING 1; INSERT INTO lair.t VALUES (4155550101, 'US')$$),
    ('a guarded column that is gone',              '',                                  '{42501,55000}',
        $$CREATE TABLE lair.t (phone text, region text);
            SELECT dnc_attach('lair.t', 'phone', region_column => 'region'); ALTER TABLE lair.t DROP phone;
            INSERT INTO lair.t VALUES ('US')$$),
    ('a flag that is a number since',              '',                                  '{42501,55000}',
        $$CREATE TABLE lair.t (phone dnc_phone, f text);
            SELECT dnc_attach('lair.t', 'phone', mode => 'flag', flag_column => 'f');
            ALTER TABLE lair.t ALTER f TYPE bigint USING 1; INSERT INTO lair.t VALUES ('+14155550101')$$),
    ('a region that is a number since',            '',
        '{42501,55000,23514,23N01,23N02,23N03}', $$CREATE TABLE lair.t (phone text, region text);
            SELECT dnc_attach('lair.t', 'phone', region_column => 'region'); ALTER TABLE lair.t ALTER region TYPE bigint
            USING 1; INSERT INTO lair.t VALUES ('4155550101', 7)$$);
-- ---------------------------------------------------------------------------
-- Every attack as every role
-- ---------------------------------------------------------------------------
CREATE TEMP TABLE outcome (n int, role text, state text, message text, detail text, hint text);
DO $$
DECLARE
    a record;
BEGIN
    FOR a IN SELECT x.n, r.role, x.sql FROM attack AS x, role AS r ORDER BY x.n, r.n LOOP
        INSERT INTO outcome SELECT a.n, a.role, t.* FROM pg_temp.attempt('regress_dnc_t_' || a.role, a.sql) AS t;
    END LOOP;
END
$$;
CREATE TEMP VIEW judged AS
    SELECT a.n, a.topic, a.what, o.role, o.state, o.message, o.detail, o.hint,
        CASE WHEN a.many AND x.as_it_should THEN 'refused' WHEN o.state = '00DNC'
        AND NOT o.role = ANY (string_to_array(a.may, ' ')) THEN '00000' WHEN o.state = 'DONE0' THEN 'ok'
        ELSE o.state END || CASE WHEN x.as_it_should THEN '' ELSE '!' END AS cell, x.as_it_should
    FROM attack AS a JOIN outcome AS o USING (n)
    CROSS JOIN LATERAL (SELECT CASE WHEN o.role = ANY (string_to_array(a.may, ' ')) THEN o.state = 'DONE0'
            ELSE o.state = ANY (a.refused) END) AS x (as_it_should);
CREATE TEMP VIEW shown AS
    SELECT topic, what, string_agg(DISTINCT cell, ' ') FILTER (WHERE role = 'nobody') AS nobody,
        string_agg(DISTINCT cell, ' ') FILTER (WHERE role = 'reader') AS reader,
        string_agg(DISTINCT cell, ' ') FILTER (WHERE role = 'agent') AS agent,
           string_agg(DISTINCT cell, ' ') FILTER (WHERE role = 'administrator') AS administrator,
               string_agg(DISTINCT cell, ' ') FILTER (WHERE role = 'auditor') AS auditor,
               string_agg(DISTINCT cell, ' ') FILTER (WHERE role = 'owner') AS owner, min(n) AS n
    FROM judged GROUP BY topic, what;
SELECT format(
    'SELECT what AS %I, nobody, reader, agent, administrator, auditor, owner FROM shown WHERE topic = %L ORDER BY n',
    topic, topic) FROM topic ORDER BY n \gexec
-- What the agent is told, once for each kind.
SELECT DISTINCT ON (state) state, what, message,
    regexp_replace(detail, '[A-Z][a-z]{2} [A-Z][a-z]{2} [^.]*\.\d+ \d{4} [A-Z]+', '(a time)', 'g') AS detail, hint
FROM judged WHERE role = 'agent' AND state NOT IN ('DONE0', '00DNC', '54001') AND cell <> 'refused' ORDER BY state, n;
-- Attacks that were not refused as they should have been, and legitimate uses that were.
SELECT topic, what, string_agg(role, ', ' ORDER BY role) AS roles, state, message FROM judged
WHERE NOT as_it_should OR state LIKE 'XX%' GROUP BY n, topic, what, state, message ORDER BY n, state;
-- ---------------------------------------------------------------------------
-- Rights that are not in dnc.permission: none
-- ---------------------------------------------------------------------------
CREATE TEMP VIEW granted AS
    SELECT r.role, p.privilege, p.object FROM role AS r JOIN dnc.permission AS p ON p.grant_set = r.role
        OR r.role = 'owner'
    UNION ALL SELECT 'owner', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
    WHERE p.proname IN ('dnc_grant', 'dnc_ungrant')
    UNION ALL SELECT 'owner', 'SELECT', c.oid::regclass::text FROM pg_class AS c
    WHERE c.relnamespace = 'dnc'::regnamespace;
SELECT r.role, p.oid::regprocedure AS function FROM role AS r, pg_proc AS p WHERE p.pronamespace = 'dnc'::regnamespace
    AND has_function_privilege('regress_dnc_t_' || r.role, p.oid, 'EXECUTE')
    AND NOT EXISTS (SELECT FROM granted AS g WHERE g.role = r.role AND g.privilege = 'EXECUTE'
        AND to_regprocedure(g.object) = p.oid);
SELECT r.role, p.oid::regprocedure AS function FROM role AS r, pg_proc AS p
JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    WHERE p.pronamespace = 'public'::regnamespace
      AND has_function_privilege('regress_dnc_t_' || r.role, p.oid, 'EXECUTE')
      AND NOT has_function_privilege('regress_dnc_t_nobody', p.oid, 'EXECUTE')
      AND NOT EXISTS (SELECT FROM granted AS g WHERE g.role = r.role AND g.privilege = 'EXECUTE'
          AND to_regprocedure(g.object) = p.oid);
SELECT p.oid::regprocedure AS function_of_the_store FROM pg_proc AS p
JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
WHERE p.prosecdef AND has_function_privilege('regress_dnc_t_nobody', p.oid, 'EXECUTE');
SELECT r.role, c.oid::regclass AS relation, x.privilege
FROM role AS r, pg_class AS c,
    unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) AS x (privilege)
    WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind IN ('r', 'p', 'v')
      AND CASE WHEN x.privilege IN ('DELETE', 'TRUNCATE', 'TRIGGER')
        THEN has_table_privilege('regress_dnc_t_' || r.role, c.oid, x.privilege)
        ELSE has_any_column_privilege('regress_dnc_t_' || r.role, c.oid, x.privilege) END
      AND NOT EXISTS (SELECT FROM granted AS g WHERE g.role = r.role AND g.privilege ~ x.privilege
          AND CASE WHEN g.privilege <> 'EXECUTE' THEN to_regclass(g.object) END = c.oid);
SELECT r.role, n.nspname FROM role AS r, pg_namespace AS n
WHERE n.nspname = 'dnc' AND has_schema_privilege('regress_dnc_t_' || r.role, n.oid, 'CREATE');
SELECT p.grant_set, p.object AS grantable FROM dnc.permission AS p
WHERE CASE WHEN p.privilege = 'EXECUTE'
    THEN has_function_privilege('regress_dnc_t_owner', p.object, 'EXECUTE WITH GRANT OPTION') END;
-- ---------------------------------------------------------------------------
-- Every function with the ends of its arguments' types, under a search_path with baits
-- ---------------------------------------------------------------------------
-- Baits: an operator or a function for each of pg_catalog over the types that the extension uses; then types and tables
-- by its names.
SET ROLE regress_dnc_t_nobody;
DO $$
DECLARE
    types CONSTANT regtype[] := '{text,text[],name,"char",boolean,int2,int4,int8,int8[],float8,numeric,oid,date,'
                                'timestamptz,interval,jsonb,bytea,xid8,regclass,dnc_phone,dnc_phone[],dnc_phone_set}';
    o     record;
BEGIN
    FOR o IN SELECT p.oid, n.nspname, p.oprname, p.oprleft::regtype AS l, p.oprright::regtype AS r,
        p.oprresult::regtype AS result FROM pg_operator AS p JOIN pg_namespace AS n ON n.oid = p.oprnamespace
             WHERE p.oprleft = ANY (types::oid[]) AND p.oprright = ANY (types::oid[])
               AND n.nspname IN ('pg_catalog', 'public')
             UNION ALL SELECT 1, 'pg_catalog', '=', 'text[]', 'text[]', 'boolean'
             UNION ALL SELECT 2, 'pg_catalog', '&&', 'text[]', 'text[]', 'boolean'
             UNION ALL SELECT 3, 'pg_catalog', '@>', 'text[]', 'text[]', 'boolean'
             UNION ALL SELECT 4, 'pg_catalog', '||', 'text[]', 'text[]', 'text[]' LOOP
        EXECUTE format('CREATE FUNCTION lair.operator_%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS %L', o.oid, o.l, o.r,
            o.result, format('BEGIN PERFORM lair.bait(); RETURN $1 OPERATOR(%s.%s) $2; END', o.nspname, o.oprname));
        EXECUTE format('CREATE OPERATOR lair.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = lair.operator_%s)', o.oprname,
            o.l, o.r, o.oid);
    END LOOP;
    FOR o IN SELECT p.oid, p.proname, p.proargtypes::regtype[] AS arguments, p.prorettype::regtype AS result,
        (SELECT string_agg('$' || i, ', ') FROM generate_series(1, p.pronargs) AS i) AS passed FROM pg_proc AS p
             WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND NOT p.proretset
               AND p.provariadic = 0 AND p.pronargs > 0 AND p.proargtypes::oid[] <@ types::oid[]
               AND p.prorettype = ANY (types::oid[]) AND has_function_privilege(p.oid, 'EXECUTE')
               AND EXISTS (SELECT FROM pg_proc AS d WHERE d.prosrc ~ ('\m' || p.proname || '\s*\(')
                   AND d.pronamespace IN ('dnc'::regnamespace, 'public'::regnamespace)) LOOP
        EXECUTE format('CREATE FUNCTION lair.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', o.proname,
            array_to_string(o.arguments, ', '), o.result,
            format('BEGIN PERFORM lair.bait(); RETURN pg_catalog.%I(%s); END', o.proname, o.passed));
    END LOOP;
    FOR o IN SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind = 'r' LOOP
        EXECUTE format('CREATE VIEW lair.%I AS SELECT lair.bait()', o.relname);
    END LOOP;
END
$$;
CREATE FUNCTION lair.now() RETURNS timestamptz
LANGUAGE plpgsql AS $$ BEGIN PERFORM lair.bait(); RETURN pg_catalog.now(); END $$;
CREATE VIEW lair.pg_class AS SELECT lair.bait(); CREATE VIEW lair.pg_proc AS SELECT lair.bait();
CREATE VIEW lair.pg_trigger AS SELECT lair.bait(); CREATE VIEW lair.fresh AS SELECT lair.bait();
CREATE FUNCTION lair.bait_text(text) RETURNS boolean
LANGUAGE plpgsql AS $$ BEGIN PERFORM lair.bait(); RETURN true; END $$;
CREATE DOMAIN lair.dnc_phone AS text CHECK (lair.bait_text(VALUE));
CREATE DOMAIN lair.text AS pg_catalog.text CHECK (lair.bait_text(VALUE));
CREATE DOMAIN lair.regclass AS pg_catalog.text CHECK (lair.bait_text(VALUE));
CREATE DOMAIN lair.jsonb AS pg_catalog.text CHECK (lair.bait_text(VALUE));
RESET ROLE;
-- What an argument is given where another one is tried.
CREATE TEMP TABLE typical (type text, name text, value text);
INSERT INTO typical VALUES
    ('text', NULL, '''x'''), ('text', 'channel', '''voice'''), ('text', 'opt_out_channel', '''all'''),
    ('text', 'purpose', '''acme'''), ('text', 'opt_out_purpose', 'NULL'), ('text', 'reason', '''no_contact'''),
    ('text', 'source', '''web_form'''), ('text', 'region', '''US'''), ('text', 'region_column', 'NULL'),
    ('text', 'phone', '''+14155550101'''), ('text', 'text', '''4155550101'''), ('text', 'e164', '''+14155550101'''),
    ('text', 'list', '''us'''), ('text', 'registry', '''au-dncr'''), ('text', 'a', '''us'''),
    ('text', 'b', '''internal'''), ('text', 'phone_column', '''phone'''), ('text', 'key_column', '''id'''),
    ('text', 'target', '''lair.r'''), ('text', 'view_name', '''lair.v'''), ('text', 'mode', 'NULL'),
    ('text', 'query', '''SELECT 4155550111'''), ('text', 'format', '''lines'''), ('text', 'operation', 'NULL'),
    ('text', 'file', '''x.txt'''), ('text', 'jurisdiction', '''US'''), ('text', 'rule', '''us-hours'''),
    ('text', 'event', '''purchase'''), ('text', 'outcome', '''connected'''), ('text', 'calendar', '''us-federal'''),
    ('text', 'prefix', '''+1415'''), ('text', 'direction', '''outbound'''), ('text', 'call_type', '''sales'''),
    ('text', 'party', '''consumer'''), ('text', 'location', '''US-CA'''), ('text', 'time_zone', '''America/New_York'''),
    ('text', 'hours', '''mon-fri 09:00-17:00'''), ('text', 'action', '''stop'''), ('text', 'decision', '''keep'''),
    ('text', 'vendor', '''leads'''), ('text', 'style', '''national'''), ('text', 'key_id', 'NULL'),
    ('text', 'flag_column', 'NULL'), ('text', 'external_ref', 'NULL'), ('text', 'language', '''en'''),
    ('text', 'reply', '''stop'''), ('text', 'matter', '''Doe v. Acme'''), ('text', 'kind', '''objection'''),
    ('text', 'step', '''identified'''),
    ('_text', NULL, '''{x}'''), ('_text', 'channels', '''{voice}'''), ('_text', 'phone_columns', '''{phone}'''),
    ('_text', 'phones', '''{+14155550111}'''), ('_text', 'coverage', '''{+1}'''), ('_text', 'readers', '''{}'''),
    ('_text', 'words', '''{N}'''),
    ('dnc_phone', NULL, '''+14155550101'''), ('_dnc_phone', NULL, '''{+14155550111}'''),
    ('dnc_phone_set', NULL, '''{+14155550101}'''), ('int8', NULL, '1'), ('int8', 'receipt', 'NULL'),
    ('int8', 'task', 'NULL'), ('int8', 'applies_to', 'NULL'), ('int8', 'notice_id', 'NULL'),
    ('int8', 'consent_id', 'NULL'), ('_int8', NULL, '''{1}'''), ('int4', NULL, '1'), ('int4', 'batch', 'NULL'),
    ('bool', NULL, 'false'),
    ('timestamptz', NULL, 'now() - interval ''1 day'''), ('timestamptz', 'expires_at', 'NULL'),
    ('timestamptz', 'effective_at', 'NULL'), ('timestamptz', 'due_at', 'NULL'), ('timestamptz', 'known_at', 'now()'),
    ('timestamptz', 'review_again_at', 'NULL'), ('date', NULL, '''2026-08-11'''), ('_date', NULL, '''{NULL}'''),
    ('interval', NULL, '''1 day'''),
    ('jsonb', NULL, '''{"a": 1}'''), ('bytea', NULL, 'sha256('''')'), ('regclass', NULL, '''public.queue'''),
    ('record', NULL, 'NULL');
CREATE TEMP TABLE extreme (type text, value text);
INSERT INTO extreme VALUES
    ('text', 'NULL'), ('text', ''''''), ('text', 'chr(1) || chr(8238) || chr(1114111)'),
    ('text', 'repeat(''x'', 20000)'), ('text', $$'x''"; DROP TABLE secret; --$a$ $q$ \ %s %I %L %'$$),
    ('text', '''{"a": [1, null, {}]}'''), ('text', '''-1'''), ('text', '''*'''),
    ('_text', 'NULL'), ('_text', '''{}'''), ('_text', '''{NULL}'''), ('_text', '''{{a,b},{c,d}}'''),
    ('_text', '''[-5:-4]={a,b}'''), ('_text', 'array_fill(''x''::text, ''{3000}'')'),
    ('dnc_phone', 'NULL'), ('dnc_phone', '''+8888888888888'''), ('dnc_phone', '''+999999999999999'''),
    ('dnc_phone', '''+70000000'''), ('dnc_phone', '''+80012345678'''), ('_dnc_phone', 'NULL'), ('_dnc_phone', '''{}'''),
    ('_dnc_phone', '''{NULL}'''), ('_dnc_phone', '''{{+14155550111},{+14155550112}}'''),
    ('dnc_phone_set', 'NULL'), ('dnc_phone_set', '''{}'''), ('dnc_phone_set', '''{+999999999999999,+70000000}'''),
    ('int8', 'NULL'), ('int8', '0'), ('int8', '-1'), ('int8', '9223372036854775807'), ('int8', '-9223372036854775808'),
    ('_int8', 'NULL'), ('_int8', '''{}'''), ('_int8', '''{NULL}'''), ('_int8', '''{{1},{9223372036854775807}}'''),
    ('int4', 'NULL'), ('int4', '0'), ('int4', '-1'), ('int4', '2147483647'), ('int4', '-2147483648'), ('bool', 'NULL'),
    ('bool', 'true'),
    ('timestamptz', 'NULL'), ('timestamptz', '''infinity'''), ('timestamptz', '''-infinity'''),
    ('timestamptz', '''294276-12-31 23:59:59.999999+00'''), ('timestamptz', '''4714-11-24 00:00:00+00 BC'''),
    ('timestamptz', '''1582-10-10'''), ('timestamptz', 'now()'),
    ('date', 'NULL'), ('date', '''infinity'''), ('date', '''-infinity'''), ('date', '''5874897-12-31'''),
    ('date', '''4714-11-24 BC'''), ('_date', 'NULL'), ('_date', '''{}'''), ('_date', '''{infinity,-infinity}'''),
    ('interval', 'NULL'), ('interval', '''0'''), ('interval', '''178000000 years'''),
    ('interval', '''-178000000 years'''), ('interval', '''2147483647 days'''),
    ('interval', '''2147483647 months -2147483648 days'''),
    ('jsonb', 'NULL'), ('jsonb', '''null'''), ('jsonb', '''[]'''), ('jsonb', '''{}'''),
    ('jsonb', '''{"consent": 1e300, "facts": {}, "registers": 7, "suppressed": "x"}'''),
    ('jsonb',
        '''{"suppressed": false, "facts": [["attempt", 9223372036854775807, -9223372036854775808, null, null], '
        '["preference", 1, 1, 1, "{"]], "registers": [["US", "clear", 1e30]]}'''), ('jsonb',
            '(''{"a":'' || repeat(''['', 500) || repeat('']'', 500) || ''}'')'),
    ('bytea', 'NULL'), ('bytea', ''''''), ('bytea', '''\x00'''), ('bytea', 'decode(repeat(''ff'', 4000), ''hex'')'),
    ('regclass', 'NULL'), ('regclass', '0'), ('regclass', '4294967295'), ('regclass', '''pg_catalog.pg_class'''),
    ('regclass', '''dnc.suppressed'''), ('regclass', '''dnc.entry_phone'''), ('regclass', '''dnc.audit_seq'''),
    ('regclass', '''public.secret''');
CREATE TEMP TABLE called (function regprocedure, role text, sql text, state text, message text);
DO $$
DECLARE
    f record;
    x record;
BEGIN
    FOR f IN SELECT p.oid, p.prokind, format('%I.%I', n.nspname, p.proname) AS name,
        CASE WHEN has_function_privilege('regress_dnc_t_owner', p.oid, 'EXECUTE') THEN 'regress_dnc_t_owner'
        ELSE (SELECT rolname FROM pg_roles WHERE oid = 10) END AS role,
                    (SELECT array_agg(t.typname ORDER BY a.n) FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, n)
                        JOIN pg_type AS t ON t.oid = a.t) AS types,
                    (SELECT array_agg(format('%I.%I', s.nspname, t.typname) ORDER BY a.n)
                        FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, n) JOIN pg_type AS t ON t.oid = a.t
                        JOIN pg_namespace AS s ON s.oid = t.typnamespace) AS full_types, p.proargnames AS names
             FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
             JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
             WHERE p.prokind IN ('f', 'p') AND p.pronargs > 0
               AND NOT p.proargtypes::oid[] && '{internal,cstring}'::regtype[]::oid[] ORDER BY 1 LOOP
        FOR x IN SELECT array_agg(format('(%s)::%s', coalesce(given.value, 'NULL'), f.full_types[given.i])
            ORDER BY given.i) AS arguments
                 FROM (SELECT 0 AS place, NULL AS value UNION ALL SELECT i, e.value
                     FROM generate_subscripts(f.types, 1) AS i JOIN extreme AS e ON e.type = f.types[i]) AS tried
                 CROSS JOIN LATERAL (SELECT i,
                     CASE WHEN i = tried.place THEN tried.value
                         ELSE (SELECT t.value FROM typical AS t WHERE t.type = f.types[i]
                             AND (t.name = f.names[i] OR t.name IS NULL) ORDER BY t.name NULLS LAST LIMIT 1) END
                     AS value FROM generate_subscripts(f.types, 1) AS i) AS given
                 GROUP BY tried.place, tried.value LOOP
            INSERT INTO called SELECT f.oid, f.role, s.sql, a.state, a.message
                FROM (SELECT format('SET LOCAL search_path = lair, pg_catalog, public; %s %s(%s)',
                        CASE f.prokind WHEN 'p' THEN 'CALL' ELSE 'SELECT * FROM' END, f.name,
                        array_to_string(x.arguments, ', ')) AS sql) AS s, LATERAL pg_temp.attempt(f.role, s.sql) AS a;
        END LOOP;
    END LOOP;
END
$$;
SELECT count(DISTINCT function) > 150 AS functions, count(*) > 3000 AS calls,
    count(*) FILTER (WHERE state = 'DONE0') > 500 AS answered FROM called;
-- What the server calls internal, a panic, or names and words of a text that became a statement's: none.
SELECT function, state, message, min(sql) AS for_example FROM called WHERE role = 'regress_dnc_t_owner'
    AND (state ~ '^(XX|58)|^(57014|42883|42P01|42P02)$' OR state = '42601' AND sql ~ 'DROP TABLE'
    AND sql !~ '_query\(|registry_import\(') GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
-- Whether the baits work, and whether any of them ran as somebody else than who called.
SELECT state AS control
FROM pg_temp.attempt('regress_dnc_t_reader',
    'SET LOCAL search_path = lair, pg_catalog, public; SELECT ''a''::pg_catalog.text = ''a''::pg_catalog.text, now()');
SELECT a.is_called AS ran_as_itself, b.is_called AS ran_as_another
FROM lair.ran_as_itself AS a, lair.ran_as_another AS b;
-- ---------------------------------------------------------------------------
-- COPY from and to a client, and bytes that are no numbers
-- ---------------------------------------------------------------------------
SET SESSION AUTHORIZATION regress_dnc_t_agent;
COPY dnc.entry TO STDOUT;
COPY (SELECT after FROM dnc.audit_data) TO STDOUT;
\copy dnc.entry FROM '/dev/null'
\copy dnc.audit_log FROM '/dev/null' WITH (FREEZE)
\copy dnc.contact_attempt (phone, channel, outcome, recorded_by) FROM '/dev/null'
\copy dnc.list_line FROM '/dev/null'
\copy queue (id, phone) FROM PROGRAM 'printf "9\\t+14155550101\\n"'
VACUUM FULL dnc.entry; VACUUM (DISABLE_PAGE_SKIPPING) dnc.audit_log; ANALYZE dnc.entry;
CREATE TEMP TABLE number (phone dnc_phone); CREATE TEMP TABLE several (numbers dnc_phone_set);
-- Eight zero bytes; eight bytes of ones; four; nine; a number of a country that there is not; one of no digits.
\copy number FROM PROGRAM 'printf "PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\10\\0\\0\\0\\0\\0\\0\\0\\0\\377\\377"' WITH (FORMAT binary)
\copy number FROM PROGRAM 'printf "PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\10\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377"' WITH (FORMAT binary)
\copy number FROM PROGRAM 'printf "PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\4\\1\\2\\3\\4\\377\\377"' WITH (FORMAT binary)
\copy number FROM PROGRAM 'printf "PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\11\\1\\2\\3\\4\\5\\6\\7\\10\\11\\377\\377"' WITH (FORMAT binary)
\copy number FROM PROGRAM 'printf "PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\10\\177\\377\\377\\377\\377\\377\\377\\377\\377\\377"' WITH (FORMAT binary)
\copy number FROM PROGRAM 'printf "PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\0\\377\\377"' WITH (FORMAT binary)
-- Sets: of no bytes; of one; of headers that promise more than there is.
\copy several FROM PROGRAM 'printf "PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\0\\377\\377"' WITH (FORMAT binary)
\copy several FROM PROGRAM 'printf "PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\1\\1\\377\\377"' WITH (FORMAT binary)
\copy several FROM PROGRAM 'printf "PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\30\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377"' WITH (FORMAT binary)
\copy several FROM PROGRAM 'printf "PGCOPY\\n\\377\\r\\n\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\40\\1\\0\\0\\0\\0\\0\\0\\0\\377\\377\\377\\377\\377\\377\\377\\177\\1\\0\\0\\0\\1\\0\\0\\0\\1\\1\\1\\1\\1\\1\\1\\1\\377\\377"' WITH (FORMAT binary)
SELECT count(*) AS taken FROM number;
SELECT count(*) AS taken, max(dnc_set_count(numbers)) AS numbers FROM several;
DROP TABLE number, several;
RESET SESSION AUTHORIZATION;
-- ---------------------------------------------------------------------------
-- Whether anything was changed
-- ---------------------------------------------------------------------------
(SELECT 'gone' AS it_is, * FROM (TABLE before EXCEPT SELECT * FROM pg_temp.state()) AS x)
UNION ALL (SELECT 'new', * FROM (SELECT * FROM pg_temp.state() EXCEPT TABLE before) AS x) ORDER BY 1, 2;
SELECT subject, healthy FROM dnc_health(deep => true)
WHERE subject IN ('triggers', 'indexes', 'rows in the log', 'references', 'list blocks', 'registry answers');
SELECT dnc_check('+14155550101') AS refused, dnc_check('+14155550102', 'sms') AS in_part,
    dnc_check('+14155550103') AS complaint, dnc_check('+14155550104') AS imported, dnc_check('+14155550190') AS listed,
    dnc_check('+19005550101') AS by_prefix, dnc_check('+14155550188') AS clear;
SET dnc.allow_drop = on;
DROP EXTENSION dnc CASCADE; DROP SCHEMA lair CASCADE;
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO CURRENT_USER', current_database()); END $$;
DROP OWNED BY regress_dnc_t_nobody, regress_dnc_t_reader, regress_dnc_t_agent, regress_dnc_t_administrator,
    regress_dnc_t_auditor, regress_dnc_t_owner CASCADE;
DROP ROLE regress_dnc_t_nobody, regress_dnc_t_reader, regress_dnc_t_agent, regress_dnc_t_administrator,
    regress_dnc_t_auditor, regress_dnc_t_owner;
