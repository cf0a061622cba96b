-- Seals of the audit log: checkpoints, proofs, what is refused. Tampering is tried in tests/scripts/tamper, late
-- transactions in the isolation test seal, proofs by a verifier outside in tests/scripts/verify.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
-- Before anything is sealed.
SELECT * FROM dnc_audit_verify();
SELECT dnc_audit_checkpoint();
SELECT dnc_audit_proof(1);
SELECT dnc_certificate('+14155550101', now());
-- Without keys: a tree, neither signature nor map.
SELECT dnc_add('+14155550101'), dnc_add('+14155550102', 'sms');
SELECT dnc_audit_seal();
SELECT seal_id, tree_size, rows, state_size, signature, loaded_rows, loaded, complete_to = sealed_at AS complete,
    sealed_by FROM dnc.seal;
SELECT dnc_audit_checkpoint();
SELECT dnc_audit_key();
SELECT dnc_audit_seal(true);
SELECT subject, healthy, detail, remedy FROM dnc_health(deep => true) WHERE subject IN ('seals', 'keys of seals');
SELECT c -> 'listed' AS listed, c -> 'complete' AS complete, c -> 'places' AS places, c -> 'checkpoint' AS checkpoint
FROM dnc_certificate('+14155550101', now()) AS c;
SELECT * FROM dnc_audit_verify();
-- With keys.
DO $$ BEGIN
    EXECUTE format('COPY (SELECT name || '' '' || repeat(digits, 32) FROM (VALUES (''seal'', ''11''), '
        '(''state'', ''22''), (''pseudonym'', ''33'')) AS k (name, digits)) TO PROGRAM %L',
        'umask 077; cat >' || current_setting('data_directory') || '/seal-keys');
    PERFORM set_config('dnc.key_file', current_setting('data_directory') || '/seal-keys', false);
END $$;
SELECT dnc_audit_seal();
SELECT dnc_audit_seal(true);
SELECT seal_id, tree_size, rows, state_size, signature IS NOT NULL AS signed FROM dnc.seal ORDER BY seal_id;
SELECT subject, healthy, detail, remedy FROM dnc_health(deep => true) WHERE subject = 'keys of seals';
-- A note of four lines and a signature; the name and its key; the first seal, not signed then, is signed now.
SELECT regexp_replace(regexp_replace(dnc_audit_checkpoint(), '[0-9a-f-]{36}', 'UUID', 'g'), '[A-Za-z0-9+/]{43,}=*',
    'BASE64', 'g') AS checkpoint;
SELECT split_part(dnc_audit_checkpoint(1), E'\n', 2) AS size;
SELECT dnc_audit_key() ~ '^dnc/[0-9a-f-]{36}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$' AS key;
-- With nothing new the newest seal is given, unless that is older than quiet.
SELECT dnc_audit_seal(), dnc_audit_seal(quiet => '0') AS another;
SELECT dnc_audit_seal(quiet => '-1 s');
SELECT dnc_audit_seal(quiet => NULL);
SELECT dnc_audit_seal(accept => '');
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT dnc_audit_seal();
ROLLBACK;
-- Proofs.
SELECT jsonb_object_keys(dnc_audit_proof(1));
SELECT p -> 'position' AS position, p -> 'seq' AS seq, p ->> 'log' LIKE '{"actor":null,%' AS log,
    jsonb_array_length(p -> 'path') AS path FROM dnc_audit_proof(2, seal => 1) AS p;
SELECT p -> 'since' AS since, decode(p ->> 'since_root', 'base64') = (SELECT root FROM dnc.seal
    WHERE seal_id = 1) AS root, jsonb_array_length(p -> 'path') AS path FROM dnc_audit_proof(since => 3) AS p;
SELECT dnc_audit_proof();
SELECT dnc_audit_proof(1, 1);
SELECT dnc_audit_proof(99);
SELECT dnc_add('+14155550103') > 0 AS added;
SELECT dnc_audit_proof((SELECT max(seq) FROM dnc.audit_log));
SELECT dnc_audit_proof(since => 99);
SELECT dnc_audit_proof(since => -1);
SELECT dnc_audit_proof(1, seal => 99);
SELECT dnc_audit_checkpoint(99);
SELECT dnc_audit_verify(since => 99);
SELECT dnc_audit_verify(parts => '{everything}');
-- A row that is not sealed yet is in no earlier seal.
SELECT dnc_audit_seal() > 0 AS sealed;
SELECT dnc_audit_proof((SELECT max(seq) FROM dnc.audit_log), seal => 1);
SELECT part, healthy, finding, detail FROM dnc_audit_verify();
SELECT part, healthy, finding, detail FROM dnc_audit_verify(since => 2, parts => '{log}');
-- Checkpoints from elsewhere.
SELECT bool_and(healthy) FROM dnc_audit_verify(against => dnc_audit_checkpoint(2));
SELECT dnc_audit_verify(against => 'rubbish');
SELECT dnc_audit_verify(against => '');
SELECT dnc_audit_verify(against => repeat('x', 1000000));
\set VERBOSITY terse
SELECT dnc_audit_verify(against => E'another/log\n1\n' || repeat('A', 43) || E'=\n\n— another/log AAAAAAAA\n');
\set VERBOSITY default
SELECT dnc_audit_verify(against => regexp_replace(dnc_audit_checkpoint(2), E'\n\\d+\n', E'\n1\n'));
-- Nobody changes what is sealed.
UPDATE dnc.seal SET rows = 0;
DELETE FROM dnc.audit_run;
TRUNCATE dnc.audit_place;
TRUNCATE dnc.audit_node, dnc.audit_state;
-- Certificates. Of what is listed, what is not, what was withdrawn, and by a prefix.
SELECT dnc_revoke('+14155550102', 'sms') AS withdrawn, dnc_add_prefix('+1900') > 0 AS prefix;
SELECT dnc_audit_seal(true) > 0 AS sealed;
CREATE FUNCTION told(c jsonb) RETURNS TABLE (listed jsonb, complete jsonb, names text, rows text, not_covered int)
LANGUAGE sql AS $$
    SELECT c -> 'listed', c -> 'complete',
        (SELECT string_agg(regexp_replace(p ->> 'name', ':[0-9a-f]{32}$', ':MARK') || ' ' || (p ->> 'positions'), ', ')
        FROM jsonb_array_elements(c -> 'places') AS p),
        (SELECT string_agg(concat_ws(' ', r ->> 'position', (r ->> 'log')::jsonb ->> 'relation',
            (r ->> 'log')::jsonb ->> 'operation', CASE WHEN r -> 'data' = 'null' THEN 'erased' END), ', ')
            FROM jsonb_array_elements(c -> 'rows') AS r), jsonb_array_length(c -> 'not_covered') $$;
SELECT x.* FROM (VALUES ('+14155550101'), ('+14155550102'), ('+14155550199'), ('+19005550101')) AS p (phone),
    told(dnc_certificate(p.phone, (SELECT max(sealed_at) FROM dnc.seal))) AS x;
SELECT * FROM told(dnc_certificate('+14155550102', (SELECT sealed_at FROM dnc.seal WHERE seal_id = 2), 'sms'));
SELECT jsonb_object_keys(dnc_certificate('+14155550101', now()));
SELECT r ->> 'rule' AS rule, length(r ->> 'citation') > 5 AS cited, r ->> 'builtin' AS builtin
FROM jsonb_array_elements(dnc_certificate('+14155550101', now()) -> 'rules') AS r
WHERE r ->> 'rule' IN ('us-ca-hours', 'us-regime', 'us-hours') ORDER BY 1;
-- What is not sealed yet is named.
SELECT dnc_add('+14155550199') > 0 AS added;
SELECT complete, names, not_covered FROM told(dnc_certificate('+14155550199', now() - interval '1 us'));
SELECT dnc_certificate(NULL::dnc_phone, now());
SELECT dnc_certificate('+14155550101', NULL);
\set VERBOSITY terse
SELECT dnc_certificate('+14155550101', now() + interval '1 day');
\set VERBOSITY default
SELECT dnc_certificate('+14155550101', now(), 'pigeon');
SELECT dnc_certificate('rubbish', now());
-- After an erasure the log still verifies, and the certificate tells of the pseudonym.
SELECT count(*) > 0 AS erased FROM dnc_erase('+14155550101');
SELECT dnc_audit_seal(true) > 0 AS sealed;
SELECT part, healthy, finding, detail FROM dnc_audit_verify();
SELECT listed, complete, names FROM told(dnc_certificate('+14155550101', now()));
-- Rows from outside are no part of the tree until somebody says why.
INSERT INTO dnc.audit_log SELECT 1000, relation, operation, 'x', logged_at, session_role, effective_role, actor,
    commitment, row_hash, format, xid FROM dnc.audit_log WHERE seq = 1;
SELECT part, finding, seq, detail FROM dnc_audit_verify(parts => '{log}') WHERE NOT healthy;
SELECT part, finding, seq, detail FROM dnc_audit_verify(parts => '{log,data}') WHERE NOT healthy;
SELECT dnc_audit_seal(quiet => '0') > 0 AS sealed;
SELECT rows, loaded_rows, accepted FROM dnc.seal ORDER BY seal_id DESC LIMIT 1;
SELECT dnc_audit_seal(accept => 'a test') > 0 AS sealed;
SELECT rows, loaded_rows, accepted FROM dnc.seal ORDER BY seal_id DESC LIMIT 1;
SELECT part, finding, seq, detail FROM dnc_audit_verify(parts => '{log}') WHERE NOT healthy;
-- A seal that somebody puts in by hand ends sealing.
INSERT INTO dnc.seal SELECT seal_id + 1, origin, tree_size + 1, 0, root, sealed_at, complete_to, sealed_by, state_size,
    state_root, state_key, 0, NULL, signature, horizon, next_xid FROM dnc.seal ORDER BY seal_id DESC LIMIT 1;
SELECT dnc_audit_seal();
SELECT part, finding, seal FROM dnc_audit_verify(parts => '{log}') WHERE NOT healthy AND part = 'tree';
-- A key that cannot sign.
DO $$ BEGIN EXECUTE format('COPY (VALUES (''seal 1111111111111111111111111111111111'')) TO PROGRAM %L',
        'umask 077; cat >' || current_setting('data_directory') || '/seal-keys'); END $$;
SELECT dnc_audit_key();
\! rm -f $(psql -Atc 'SHOW data_directory' -d postgres)/seal-keys
