-- From 0.4.0 to 0.5.0: a person's rights, erasure with keyed fingerprints, retention, reading by brand.

-- The script runs as superuser: no name in it, no operator above all, may be found in a schema where others can create.
SET LOCAL search_path = pg_catalog, pg_temp;

-- ---------------------------------------------------------------------------
-- The log: erased rows
-- ---------------------------------------------------------------------------

ALTER TABLE dnc.audit_log DROP CONSTRAINT audit_log_operation_check;
ALTER TABLE dnc.audit_log ADD CONSTRAINT audit_log_operation_check CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE', 'ERASE'));
COMMENT ON COLUMN dnc.audit_log.operation IS 'INSERT, UPDATE, DELETE; or ERASE: the row is gone, and so is what the log held of it in dnc.audit_data';
-- A person's right to be forgotten goes before the rule that history stays (84-erase.sql).
CREATE FUNCTION dnc.erasing() RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_erasing_wrapper' LANGUAGE c VOLATILE;
COMMENT ON FUNCTION dnc.erasing() IS 'whether rows are being erased: only within dnc.erase_rows';
CREATE OR REPLACE FUNCTION dnc.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_LEVEL = 'ROW' AND dnc.erasing() THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% of dnc.% is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege',
              DETAIL = 'The table is history: rows are added, never changed or removed.',
              HINT = CASE TG_TABLE_NAME
                     WHEN 'entry' THEN 'dnc_revoke ends a refusal, dnc_correct mends one.'
                     ELSE 'What is wrong in it is answered by a new row.' END;
END
$$;
COMMENT ON FUNCTION dnc.refuse_change() IS 'trigger that refuses what it is attached to, but the erasure of a row';

-- ---------------------------------------------------------------------------
-- Jurisdictions that lie in themselves are refused
-- ---------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION dnc.calendar_accept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    around text;
BEGIN
    -- A restored row was accepted once, and what it names may not be there yet.
    IF NEW.audit_seq IS NOT NULL AND TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;
    IF TG_TABLE_NAME = 'holiday' THEN
        PERFORM dnc.require_holiday(NEW.day);
    ELSE
        FOREACH around IN ARRAY NEW.within LOOP
            PERFORM dnc.require_known('jurisdiction', around);
        END LOOP;
        IF EXISTS (WITH RECURSIVE outside (jurisdiction) AS (SELECT unnest(NEW.within) UNION SELECT unnest(j.within) FROM outside AS o JOIN dnc.jurisdiction AS j ON j.jurisdiction = o.jurisdiction)
                   SELECT FROM outside AS o WHERE o.jurisdiction = NEW.jurisdiction) THEN
            RAISE EXCEPTION 'jurisdiction % would lie in itself', NEW.jurisdiction USING ERRCODE = 'invalid_parameter_value', DETAIL = format('Its column within has %s, and one of them lies in it.', NEW.within);
        END IF;
        IF NEW.jurisdiction LIKE '__-%' AND NOT left(NEW.jurisdiction, 2) = ANY (NEW.within) THEN
            RAISE EXCEPTION 'jurisdiction % lies in %', NEW.jurisdiction, left(NEW.jurisdiction, 2) USING ERRCODE = 'invalid_parameter_value',
                DETAIL = format('Its column within has %s.', NEW.within), HINT = 'Otherwise its country''s rules would not hold in it.';
        END IF;
    END IF;
    RETURN NEW;
END
$$;

-- ---------------------------------------------------------------------------
-- Until when records of contacts are kept
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.rule_records_until(phone @extschema@.dnc_phone, channel text, happened_at timestamptz) RETURNS timestamptz AS 'MODULE_PATHNAME', 'dnc_rule_records_until_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 100;
COMMENT ON FUNCTION dnc.rule_records_until(@extschema@.dnc_phone, text, timestamptz) IS 'until when the record of a contact must be kept; NULL: no rule says';

-- ---------------------------------------------------------------------------
-- Consents and relationships of erased numbers
-- ---------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION dnc.record_consent(
    phone @extschema@.dnc_phone, channel text, purpose text, given_at timestamptz, expires_at timestamptz, source text, wording text, evidence jsonb, taken_by text, external_ref text
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    fresh   bigint;
    earlier dnc.consent;
    refused bigint;
BEGIN
    IF phone IS NULL OR channel IS NULL OR source IS NULL THEN
        RAISE EXCEPTION 'phone, channel and source must not be NULL' USING ERRCODE = 'null_value_not_allowed', HINT = 'Only purpose may be: it then stands for every purpose.';
    END IF;
    PERFORM dnc.require_known('channel', channel), dnc.require_known('source', source), dnc.require_evidence(evidence, taken_by, external_ref), dnc.require_past('consent given', given_at);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    expires_at := coalesce(expires_at, 'infinity');
    IF expires_at <= given_at THEN
        RAISE EXCEPTION 'the consent would end at %, before it was given', expires_at USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It was given at %s.', given_at), HINT = 'Leave expires_at out where the consent names no end.';
    END IF;
    IF dnc.rule_proof_until(phone, channel, given_at, given_at) IS NOT NULL AND (evidence = '{}' OR wording IS NULL) THEN
        RAISE EXCEPTION 'a consent of % needs its proof', dnc.mask(phone) USING ERRCODE = 'null_value_not_allowed',
            DETAIL = 'The law of a place where the number may be asks for it: which words the person was shown, and how they agreed.',
            HINT = 'Give wording and evidence.';
    END IF;
    IF given_at < (SELECT max(p.purged_at - p.keep) FROM dnc.purge AS p WHERE p.subject = 'ended_entry') THEN
        RAISE EXCEPTION 'a consent of % is too old to be recorded', given_at USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'Refusals that ended before that are not kept any more, so whether one took it back cannot be told (dnc.retention, ended_entry).', HINT = 'Ask the person anew.';
    END IF;
    IF external_ref IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('consent/' || source || '/' || external_ref, 4476483));
        SELECT * INTO earlier FROM dnc.consent AS c WHERE c.source = source AND c.external_ref = external_ref AND dnc.same_phone(c.phone, phone) AND c.channel = channel AND c.purpose IS NOT DISTINCT FROM purpose;
        IF earlier.consent_id IS NOT NULL THEN
            RETURN earlier.consent_id;
        END IF;
    END IF;
    INSERT INTO dnc.consent (phone, channel, purpose, given_at, expires_at, source, wording, evidence, taken_by, external_ref, recorded_at)
        VALUES (phone, channel, purpose, given_at, expires_at, source, wording, evidence, taken_by, external_ref, now()) RETURNING consent_id INTO fresh;
    -- What was taken back before the number was erased stays taken back.
    INSERT INTO dnc.consent (phone, withdrawal, channel, purpose, given_at, source, evidence, recorded_at)
        SELECT phone, true, x.channel, x.purpose, x.ended_at, source, '{"erased": true}', now() FROM dnc.erased_endings(phone, 'consent') AS x WHERE x.ended_at >= given_at AND dnc.meets(x.channel, x.purpose, nullif(channel, 'all'), purpose);
    SELECT count(*) INTO refused FROM dnc.entry AS e WHERE dnc.same_phone(e.phone, phone) AND e.ends IS NULL AND e.expires_at > now() AND (e.channel IN ('all', channel) OR channel = 'all')
        AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL));
    IF refused > 0 THEN
        RAISE NOTICE '% refusal(s) of % stay: a consent ends none', refused, dnc.mask(phone)
            USING HINT = format('If the person takes a refusal back by it: dnc_revoke(…, evidence => ''{"consent": %s}'').', fresh);
    END IF;
    RETURN fresh;
END
$$;
CREATE OR REPLACE FUNCTION @extschema@.dnc_relationship(
    phone @extschema@.dnc_phone, event text, happened_at timestamptz DEFAULT now(), purpose text DEFAULT NULL, source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}',
    taken_by text DEFAULT NULL, external_ref text DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    fresh bigint;
BEGIN
    IF phone IS NULL OR source IS NULL THEN
        RAISE EXCEPTION 'phone and source must not be NULL' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF event IS NULL OR event NOT IN ('purchase', 'payment', 'delivery', 'contract', 'contract_end', 'inquiry', 'ended') THEN
        RAISE EXCEPTION 'unknown event "%"', left(coalesce(event, 'NULL'), 60) USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'Events are purchase, payment, delivery, contract, contract_end, inquiry; and ended, by the person.';
    END IF;
    PERFORM dnc.require_known('source', source), dnc.require_evidence(evidence, taken_by, external_ref), dnc.require_past('event', happened_at);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    IF external_ref IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('relationship/' || source || '/' || external_ref, 4476483));
        SELECT r.relationship_id INTO fresh FROM dnc.relationship AS r WHERE r.source = source AND r.external_ref = external_ref AND r.event = event AND dnc.same_phone(r.phone, phone);
    END IF;
    IF fresh IS NULL THEN
        INSERT INTO dnc.relationship (phone, event, purpose, happened_at, source, evidence, taken_by, external_ref, recorded_at)
            VALUES (phone, event, purpose, happened_at, source, evidence, taken_by, external_ref, now()) RETURNING relationship_id INTO fresh;
        INSERT INTO dnc.relationship (phone, event, purpose, happened_at, source, evidence, recorded_at)
            SELECT phone, 'ended', x.purpose, x.ended_at, source, '{"erased": true}', now() FROM dnc.erased_endings(phone, 'relationship') AS x WHERE event <> 'ended' AND x.ended_at >= happened_at;
    END IF;
    RETURN fresh;
END
$$;

-- ---------------------------------------------------------------------------
-- Taking requests, of erased numbers too
-- ---------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION dnc.record_request(
    phones @extschema@.dnc_phone[], channel text, purpose text, reason text, source text, requested_at timestamptz,
    evidence jsonb, external_ref text, received_at timestamptz, effective_at timestamptz, expires_at timestamptz,
    due_at timestamptz, taken_by text
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    request bigint;
    entry   bigint;
    phone   dnc.entry.phone%TYPE;
    earlier record;
BEGIN
    IF phones IS NULL OR cardinality(phones) = 0 OR array_ndims(phones) > 1 OR array_position(phones, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'no number given' USING ERRCODE = 'null_value_not_allowed',
            DETAIL = 'A refusal is recorded for a number.',
            HINT = 'Look for NULL, an empty list or a list of lists in what was passed to dnc_add.';
    END IF;
    IF channel IS NULL OR reason IS NULL OR source IS NULL OR requested_at IS NULL OR evidence IS NULL THEN
        RAISE EXCEPTION 'channel, reason, source, requested_at and evidence must not be NULL' USING ERRCODE = 'null_value_not_allowed',
            DETAIL = 'Only purpose may be: it then stands for every purpose.',
            HINT = 'Leave an argument out to get its default.';
    END IF;
    PERFORM dnc.require_known('channel', channel), dnc.require_known('reason', reason), dnc.require_known('source', source);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    -- An objection to any use of the data is no smaller than that.
    IF reason = 'no_processing' AND (channel <> 'all' OR purpose IS NOT NULL) THEN
        RAISE NOTICE 'reason no_processing refuses every channel and purpose, not just what was named';
        channel := 'all';
        purpose := NULL;
    END IF;
    received_at := coalesce(received_at, now());
    expires_at := coalesce(expires_at, 'infinity');
    -- Only a start yet to come is a start; any other takes effect at once, for everybody who can see the row.
    effective_at := CASE WHEN effective_at > now() THEN effective_at ELSE '-infinity' END;
    PERFORM dnc.require_order(requested_at, received_at);
    IF length(external_ref) NOT BETWEEN 1 AND 500 OR length(taken_by) NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'external_ref and taken_by have 1 to 500 characters' USING ERRCODE = 'string_data_right_truncation',
            DETAIL = format('They have %s and %s.', coalesce(length(external_ref)::text, 'none'), coalesce(length(taken_by)::text, 'none')),
            HINT = 'Leave them out where there is nothing to say; longer texts belong into evidence.';
    END IF;
    IF NOT isfinite(due_at) OR effective_at = 'infinity' THEN
        RAISE EXCEPTION 'a refusal starts at some time, and is due at some time' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Given were effective_at %s and due_at %s.', effective_at, due_at), HINT = 'Leave them out: it then counts at once, and the rules say when it is due.';
    END IF;
    IF due_at < requested_at THEN
        RAISE EXCEPTION 'the request would be due at %, before it was made', due_at USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It was made at %s.', requested_at);
    END IF;
    IF effective_at >= expires_at OR expires_at <= now() THEN
        RAISE EXCEPTION 'the refusal would expire at %, before it takes effect', expires_at
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('It takes effect at %s.', CASE WHEN isfinite(effective_at) THEN effective_at ELSE now() END),
                  HINT = 'Leave expires_at out unless the person asked for a pause.';
    END IF;
    IF jsonb_typeof(evidence) <> 'object' THEN
        RAISE EXCEPTION 'evidence must be a JSON object' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It is %s.', jsonb_typeof(evidence)), HINT = 'Write {"words": "…"}.';
    END IF;
    IF external_ref IS NOT NULL THEN
        -- One request a reference: whoever comes second waits, and finds what the first one recorded.
        PERFORM pg_advisory_xact_lock(hashtextextended(source || '/' || external_ref, 4476483));
        SELECT min(e.request_id) AS request, count(*) AS numbers,
               bool_and(e.channel = channel AND e.purpose IS NOT DISTINCT FROM purpose AND e.reason = reason) AS same,
               bool_or(EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id)) AS ended,
               count(*) FILTER (WHERE EXISTS (SELECT FROM unnest(phones) AS p WHERE dnc.same_phone(p, e.phone))) AS same_numbers
            INTO earlier FROM dnc.entry AS e WHERE e.source = source AND e.external_ref = external_ref AND e.batch_id IS NULL;
        IF earlier.numbers > 0 AND earlier.ended THEN
            RAISE EXCEPTION 'the reference "%" of source % stands for a request that was withdrawn since', external_ref, source
                USING ERRCODE = 'unique_violation', DETAIL = format('Request %s has ended, in whole or in part.', earlier.request),
                      HINT = 'If the person refuses again, record that under a reference of its own.';
        ELSIF earlier.numbers > 0 THEN
            IF earlier.same AND earlier.same_numbers = earlier.numbers
               AND earlier.numbers = (SELECT count(DISTINCT p) FROM unnest(phones) AS p) THEN
                RETURN earlier.request;
            END IF;
            RAISE EXCEPTION 'the reference "%" of source % already stands for another request', external_ref, source
                USING ERRCODE = 'unique_violation',
                      DETAIL = format('Request %s differs in number, channel, purpose or reason.', earlier.request),
                      HINT = 'Give each request a reference of its own; the same request recorded twice adds nothing.';
        END IF;
    END IF;
    FOR phone IN SELECT DISTINCT p FROM unnest(phones) AS p ORDER BY p LOOP
        entry := nextval('dnc.entry_entry_id_seq');
        request := coalesce(request, entry);
        INSERT INTO dnc.entry (entry_id, phone, effective_at, expires_at, received_at, channel, purpose, kind, reason, source,
                               request_id, requested_at, recorded_at, due_at, taken_by, evidence, external_ref)
        VALUES (entry, phone, effective_at, expires_at, received_at, channel, purpose, 'refusal', reason, source,
                request, requested_at, now(), coalesce(least(due_at, dnc.rule_due(phone, channel, requested_at, received_at)), received_at), taken_by, evidence, external_ref);
    END LOOP;
    RETURN request;
END
$$;
-- Ends exactly the scope it names. What is written is where that scope meets the refusal's own, so that taking back sms
-- from a refusal of everything leaves all else refused.
CREATE OR REPLACE FUNCTION @extschema@.dnc_revoke(
    phone @extschema@.dnc_phone, channel text DEFAULT 'all', purpose text DEFAULT NULL, source text DEFAULT 'unspecified',
    evidence jsonb DEFAULT '{}', requested_at timestamptz DEFAULT now(), received_at timestamptz DEFAULT NULL,
    taken_by text DEFAULT NULL, force boolean DEFAULT false
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    e       record;
    ended   integer := 0;
    sticky  integer := 0;
    newer   integer := 0;
    part_c  text;
    part_p  text;
BEGIN
    IF phone IS NULL OR channel IS NULL OR source IS NULL OR evidence IS NULL OR requested_at IS NULL THEN
        RAISE EXCEPTION 'phone, channel, source, evidence and requested_at must not be NULL' USING ERRCODE = 'null_value_not_allowed',
            HINT = 'Only purpose may be: it then stands for every purpose.';
    END IF;
    PERFORM dnc.require_known('channel', channel), dnc.require_known('source', source);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    received_at := coalesce(received_at, now());
    PERFORM dnc.require_order(requested_at, received_at);
    IF jsonb_typeof(evidence) <> 'object' OR length(taken_by) NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'evidence must be a JSON object, and taken_by have 1 to 500 characters' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF evidence ? 'consent' THEN
        PERFORM FROM dnc.consent AS c WHERE to_jsonb(c.consent_id) = evidence -> 'consent' AND NOT c.withdrawal AND dnc.same_phone(c.phone, phone) FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no consent % of %', evidence -> 'consent', dnc.mask(phone) USING ERRCODE = 'invalid_parameter_value',
                DETAIL = 'A withdrawal that cites a consent cites one of the same number.', HINT = 'dnc_history(phone) tells the consents of a number.';
        END IF;
    END IF;
    -- An erasure waits for what is recorded here, and this for an erasure.
    PERFORM FROM dnc.entry AS x WHERE dnc.same_phone(x.phone, phone) AND x.ends IS NULL ORDER BY x.entry_id FOR KEY SHARE;
    FOR e IN SELECT r.*, k.sticky FROM dnc.entries_of(phone) AS r JOIN dnc.reason AS k ON k.reason = r.reason
             WHERE r.ends IS NULL ORDER BY r.entry_id LOOP
        part_c := CASE WHEN channel = 'all' THEN e.channel WHEN e.channel IN ('all', channel) THEN channel END;
        CONTINUE WHEN part_c IS NULL;
        -- An objection to any use of the data is taken back as a whole, or not at all.
        IF (e.reason = 'no_processing' AND (channel <> 'all' OR purpose IS NOT NULL) OR e.evidence ? 'subject_request') AND NOT force THEN
            sticky := sticky + 1;
            CONTINUE;
        END IF;
        -- A withdrawal that was made before the refusal does not take it back, however late it is recorded.
        IF e.requested_at > requested_at AND NOT force THEN
            newer := newer + 1;
            CONTINUE;
        END IF;
        IF purpose IS NULL OR dnc.covers(purpose, e.purpose) THEN
            part_p := e.purpose;
        ELSIF e.purpose IS NULL OR dnc.covers(e.purpose, purpose) THEN
            part_p := purpose;
        ELSE
            CONTINUE;
        END IF;
        CONTINUE WHEN EXISTS (SELECT FROM dnc.entries_of(phone) AS w WHERE w.ends = e.entry_id
                                AND dnc.ends_all(w.channel, w.purpose, part_c, part_p, NULL, NULL));
        IF e.sticky AND NOT force THEN
            sticky := sticky + 1;
            CONTINUE;
        END IF;
        IF e.entry_id < 0 THEN
            -- Of an erased number, whose refusal stands under its mark.
            INSERT INTO dnc.fingerprint (mark, mark_low, key_id, ends, received_at, channel, purpose, kind, source, requested_at, recorded_at)
                SELECT f.mark, f.mark_low, f.key_id, f.fingerprint_id, received_at, part_c, part_p, 'withdrawal', source, requested_at, now() FROM dnc.fingerprint AS f WHERE f.fingerprint_id = -e.entry_id;
            ended := ended + 1;
            CONTINUE;
        END IF;
        INSERT INTO dnc.entry (phone, ends, received_at, channel, purpose, kind, source, request_id, requested_at, recorded_at, taken_by, evidence)
        VALUES (phone, e.entry_id, received_at, part_c, part_p, 'withdrawal', source, e.request_id, requested_at, now(), taken_by, evidence);
        ended := ended + 1;
    END LOOP;
    IF sticky > 0 THEN
        RAISE NOTICE '% refusal(s) of % stay: complaints and litigation are ended only when forced, an objection to any use only as a whole, and one of the register by its request', sticky, dnc.mask(phone)
            USING HINT = 'dnc_revoke(…, force => true) ends them, with the evidence for it.';
    ELSIF newer > 0 THEN
        RAISE NOTICE '% refusal(s) of % stay: they were made after this withdrawal', newer, dnc.mask(phone);
    ELSIF ended = 0 THEN
        RAISE NOTICE 'no refusal of % has this scope', dnc.mask(phone);
    END IF;
    RETURN ended;
END
$$;

-- ---------------------------------------------------------------------------
-- Replies
-- ---------------------------------------------------------------------------

ALTER TABLE dnc.reply ALTER COLUMN phone DROP NOT NULL;
COMMENT ON COLUMN dnc.reply.phone IS 'NULL: the number was erased; of the reply only that its reference was used is left';
CREATE OR REPLACE FUNCTION @extschema@.dnc_reply(
    phone @extschema@.dnc_phone, reply text, channel text DEFAULT 'sms', purpose text DEFAULT NULL, received_at timestamptz DEFAULT now(), external_ref text DEFAULT NULL,
    refuse_channel text DEFAULT 'all', refuse_purpose text DEFAULT NULL, source text DEFAULT 'sms_keyword'
) RETURNS TABLE (meaning text, entry bigint, ended integer) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    earlier dnc.reply;
    said    jsonb;
BEGIN
    IF phone IS NULL OR reply IS NULL OR channel IS NULL OR channel = 'all' THEN
        RAISE EXCEPTION 'a reply has a number, words, and the channel it came by' USING ERRCODE = 'null_value_not_allowed', DETAIL = format('The channel is %L.', channel), HINT = 'Such as sms or whatsapp.';
    END IF;
    PERFORM dnc.require_known('channel', channel), dnc.require_evidence('{}', NULL, external_ref), dnc.require_past('reply received', received_at);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    IF external_ref IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('reply/' || channel || '/' || external_ref, 4476483));
        SELECT * INTO earlier FROM dnc.reply AS r WHERE r.channel = channel AND r.external_ref = external_ref;
        IF earlier.reply_id IS NOT NULL THEN
            IF earlier.phone IS NOT NULL AND (NOT dnc.same_phone(earlier.phone, phone) OR earlier.reply <> left(reply, 10000)) THEN
                RAISE EXCEPTION 'the reference "%" of channel % already stands for another reply', external_ref, channel USING ERRCODE = 'unique_violation',
                    DETAIL = format('Reply %s differs in number or words.', earlier.reply_id), HINT = 'Give each reply a reference of its own; the same one recorded twice adds nothing.';
            END IF;
            meaning := earlier.meaning;
            entry := earlier.entry_id;
            ended := earlier.ended;
            RETURN NEXT;
            RETURN;
        END IF;
    END IF;
    meaning := dnc.keyword(reply);
    said := jsonb_build_object('words', left(reply, 10000), 'channel', channel);
    ended := 0;
    IF meaning IN ('stop', 'likely_stop') THEN
        entry := dnc.record_request(ARRAY[phone], refuse_channel, refuse_purpose, 'no_contact', source, received_at, said || CASE WHEN meaning = 'likely_stop' THEN '{"provisional": true}'::jsonb ELSE '{}' END,
                                    NULL, received_at, NULL, NULL, NULL, NULL);
    ELSIF meaning = 'start' AND coalesce(purpose, nullif(current_setting('dnc.purpose', true), '')) IS NULL AND EXISTS (SELECT FROM dnc.purpose AS p) THEN
        RAISE NOTICE 'nothing is opened again: what the message was about is not known' USING HINT = 'Give the purpose of the message that was replied to.';
    ELSIF meaning = 'start' THEN
        ended := dnc.revoke(phone, channel, coalesce(purpose, nullif(current_setting('dnc.purpose', true), '')), source, said, received_at, received_at);
    END IF;
    INSERT INTO dnc.reply (phone, channel, purpose, reply, meaning, entry_id, ended, received_at, external_ref, recorded_at)
        VALUES (phone, channel, purpose, left(reply, 10000), meaning, entry, ended, received_at, external_ref, now());
    RETURN NEXT;
END
$$;

-- ---------------------------------------------------------------------------
-- Imports
-- ---------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION @extschema@.dnc_import_finish(batch bigint)
RETURNS TABLE (rows_read bigint, added bigint, duplicates bigint, rejected bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    b      dnc.import_batch;
    hash   bytea;
    same   bigint[];
    marked boolean := EXISTS (SELECT FROM dnc.fingerprint_key AS k);
BEGIN
    SELECT * INTO b FROM dnc.import_batch AS x WHERE x.batch_id = batch FOR UPDATE;
    IF b.batch_id IS NULL OR b.state <> 'open' THEN
        RAISE EXCEPTION 'import % is not open', coalesce(batch::text, 'NULL') USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = CASE WHEN b.state IS NULL THEN 'There is no such import.' ELSE format('It is %s.', b.state) END,
            HINT = 'dnc_import_start opens one.';
    END IF;
    -- Hashed in portions, so that no portion outgrows a value however long the file is.
    SELECT sha256(string_agg(portion, NULL ORDER BY n)), coalesce(sum(rows), 0) INTO hash, rows_read FROM (
        SELECT r.n / 10000 AS n, sha256(convert_to(string_agg(r.line, E'\n' ORDER BY r.n), 'UTF8')) AS portion, count(*) AS rows FROM (
            SELECT row_number() OVER (ORDER BY i.row_id) AS n,
                   jsonb_build_array(i.phone, i.channel, i.purpose, i.reason, i.requested_at, i.external_ref, i.taken_by, i.words)::text
                       || CASE WHEN concat(i.received_at, i.effective_at, i.expires_at, i.due_at) = '' THEN '' ELSE jsonb_build_array(i.received_at, i.effective_at, i.expires_at, i.due_at)::text END AS line
            FROM dnc.import_row AS i WHERE i.batch_id = batch) AS r
        GROUP BY r.n / 10000) AS p;
    SELECT array_agg(x.batch_id ORDER BY x.batch_id) INTO same FROM dnc.import_batch AS x
        WHERE x.content_hash = hash AND x.source = b.source AND x.state = 'finished';
    IF same IS NOT NULL THEN
        RAISE NOTICE 'import %: the same contents were imported as %; only what was rejected then can be added', batch, array_to_string(same, ', ');
    END IF;
    CREATE TEMP TABLE dnc_import_work ON COMMIT DROP AS
        SELECT r.*, CASE
                WHEN r.number IS NULL THEN dnc.parse_problem(r.phone, b.region)
                WHEN c.channel IS NULL THEN format('unknown channel "%s"', r.channel)
                WHEN r.purpose IS NOT NULL AND p.purpose IS NULL THEN format('unknown purpose "%s"', r.purpose)
                WHEN k.reason IS NULL THEN format('unknown reason "%s"', r.reason)
                WHEN r.at IS NULL OR NOT isfinite(r.at) THEN format('requested_at is no time: "%s"', left(r.requested_at, 60))
                WHEN r.at > b.started_at THEN 'requested_at lies after the start of the import'
                WHEN r.got IS NULL OR NOT isfinite(r.got) THEN format('received_at is no time: "%s"', left(r.received_at, 60))
                WHEN r.got > b.started_at OR r.got < r.at THEN 'received_at lies after the start of the import, or before requested_at'
                WHEN r.starts IS NULL THEN format('effective_at is no time: "%s"', left(r.effective_at, 60))
                WHEN r.stops IS NULL THEN format('expires_at is no time: "%s"', left(r.expires_at, 60))
                WHEN r.stops <= greatest(r.starts, now()) THEN 'expires_at has passed, or lies before effective_at'
                WHEN r.due IS NULL AND coalesce(r.due_at, '') <> '' OR r.due < r.at THEN format('due_at is no time, or lies before requested_at: "%s"', left(r.due_at, 60))
                WHEN length(r.external_ref) > 500 OR length(r.taken_by) > 500 THEN 'external_ref or taken_by has over 500 characters'
            END AS problem
        FROM (SELECT row_number() OVER (ORDER BY i.row_id) + b.header::int AS line, i.row_id, i.phone,
                     dnc.try_parse(i.phone, b.region) AS number,
                     CASE WHEN i.reason = 'no_processing' THEN 'all' ELSE coalesce(nullif(i.channel, ''), 'all') END AS channel, CASE WHEN i.reason IS DISTINCT FROM 'no_processing' THEN nullif(i.purpose, '') END AS purpose,
                     coalesce(nullif(i.reason, ''), 'no_contact') AS reason, i.requested_at,
                     CASE WHEN coalesce(i.requested_at, '') = '' THEN b.started_at ELSE dnc.try_timestamptz(i.requested_at) END AS at,
                     i.received_at, CASE WHEN coalesce(i.received_at, '') = '' THEN b.started_at ELSE dnc.try_timestamptz(i.received_at) END AS got,
                     i.effective_at, CASE WHEN coalesce(i.effective_at, '') = '' THEN '-infinity' ELSE dnc.try_timestamptz(i.effective_at) END AS starts,
                     i.expires_at, CASE WHEN coalesce(i.expires_at, '') = '' THEN 'infinity' ELSE dnc.try_timestamptz(i.expires_at) END AS stops,
                     i.due_at, dnc.try_timestamptz(i.due_at) AS due,
                     nullif(i.external_ref, '') AS external_ref, nullif(i.taken_by, '') AS taken_by, nullif(i.words, '') AS words
              FROM dnc.import_row AS i WHERE i.batch_id = batch) AS r
        LEFT JOIN dnc.channel AS c ON c.channel = r.channel
        LEFT JOIN dnc.purpose AS p ON p.purpose = r.purpose
        LEFT JOIN dnc.reason AS k ON k.reason = r.reason;
    INSERT INTO dnc.import_reject (batch_id, line, phone, reason)
        SELECT batch, w.line, left(w.phone, 250), w.problem FROM pg_temp.dnc_import_work AS w WHERE w.problem IS NOT NULL;
    GET DIAGNOSTICS rejected = ROW_COUNT;
    RAISE NOTICE 'import %: % rows read, % rejected, adding the rest', batch, rows_read, rejected;
    INSERT INTO dnc.entry (entry_id, phone, effective_at, expires_at, received_at, channel, purpose, kind, reason, source, request_id, requested_at, recorded_at, due_at, taken_by, evidence, external_ref, batch_id)
        SELECT u.id, u.number, CASE WHEN u.starts > now() THEN u.starts ELSE '-infinity' END, u.stops, u.got, u.channel, u.purpose, 'refusal', u.reason, b.source, u.id, u.at, now(),
               coalesce(least(u.due, dnc.rule_due(u.number, u.channel, u.at, u.got)), u.got), u.taken_by,
               jsonb_strip_nulls(jsonb_build_object('file', b.file, 'line', u.line, 'spelling', left(u.phone, 250), 'words', u.words)), u.external_ref, batch
        FROM (SELECT nextval('dnc.entry_entry_id_seq') AS id, d.* FROM (
            SELECT w.*, row_number() OVER (PARTITION BY w.number::text, w.external_ref, w.channel, w.purpose, w.reason, w.starts, w.stops,
                       CASE WHEN w.external_ref IS NULL THEN w.at END ORDER BY w.line) AS repeat
            FROM pg_temp.dnc_import_work AS w WHERE w.problem IS NULL ORDER BY w.line) AS d
        -- What an erased number refuses already is not written down again.
        WHERE d.repeat = 1 AND NOT (marked AND dnc.is_marked(d.number, d.channel, d.purpose)) AND (same IS NULL OR NOT EXISTS (
            SELECT FROM dnc.entry AS e WHERE e.batch_id = ANY (same) AND dnc.same_phone(e.phone, d.number) AND e.ends IS NULL
                AND e.channel = d.channel AND e.purpose IS NOT DISTINCT FROM d.purpose AND e.reason = d.reason AND e.expires_at = d.stops))) AS u;
    GET DIAGNOSTICS added = ROW_COUNT;
    duplicates := rows_read - added - rejected;
    DROP TABLE pg_temp.dnc_import_work;
    PERFORM set_config('dnc.import_batch', '', false);
    DELETE FROM dnc.import_row AS i WHERE i.batch_id = batch;
    UPDATE dnc.import_batch AS x SET state = CASE WHEN same IS NOT NULL AND added = 0 THEN 'repeated' ELSE 'finished' END, finished_at = now(), content_hash = hash,
        rows_read = dnc_import_finish.rows_read, rows_added = added, rows_duplicate = duplicates, rows_rejected = rejected
        WHERE x.batch_id = batch;
    RETURN NEXT;
END
$$;

-- ---------------------------------------------------------------------------
-- Links
-- ---------------------------------------------------------------------------

ALTER TABLE dnc.token_use ALTER COLUMN phone DROP NOT NULL;
COMMENT ON COLUMN dnc.token_use.phone IS 'NULL: the number was erased; that the token was used is left';

-- ---------------------------------------------------------------------------
-- Versions of lists, pruned one by one
-- ---------------------------------------------------------------------------

-- Old rows go by DELETE, so that whoever still sees an older state finds all of it.
CREATE OR REPLACE FUNCTION dnc.prune(list text) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    gone bigint[];
BEGIN
    -- A version that was loaded after the current one became that may yet be wanted; lines that nobody finished in a week are not.
    SELECT array_agg(v.version_id) INTO gone FROM (
        SELECT x.*, row_number() OVER (PARTITION BY x.state ORDER BY x.activated_at DESC, x.version_id DESC) AS age FROM dnc.list_version AS x WHERE x.list = list) AS v
        WHERE v.state = 'former' AND v.age > (SELECT l.keep_versions FROM dnc.list AS l WHERE l.list = list)
           OR v.state = 'ready' AND v.version_id < (SELECT c.version_id FROM dnc.list_version AS c WHERE c.list = list AND c.state = 'current')
           OR v.state = 'open' AND v.loaded_at < now() - interval '7 days';
    gone := ARRAY(SELECT v.version_id FROM dnc.list_version AS v WHERE v.version_id = ANY (gone) AND NOT dnc.version_is_held(v) ORDER BY v.version_id);
    PERFORM dnc.drop_versions(gone);
    RETURN coalesce(cardinality(gone), 0);
END
$$;
CREATE FUNCTION dnc.drop_versions(gone bigint[]) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    sets bigint[];
BEGIN
    SELECT array_agg(DISTINCT s) INTO sets FROM dnc.list_version AS v, unnest(ARRAY[v.whole_set, v.plus_set, v.minus_set]) AS s WHERE v.version_id = ANY (gone) AND s IS NOT NULL;
    UPDATE dnc.list_version AS v SET state = CASE v.state WHEN 'open' THEN 'abandoned' ELSE 'pruned' END WHERE v.version_id = ANY (gone);
    DELETE FROM dnc.list_chunk AS c WHERE c.version_id = ANY (gone);
    DELETE FROM dnc.list_block AS b WHERE b.set_id = ANY (sets)
        AND NOT EXISTS (SELECT FROM dnc.list_version AS v WHERE v.state <> 'pruned' AND b.set_id IN (v.whole_set, v.plus_set, v.minus_set));
END
$$;
COMMENT ON FUNCTION dnc.drop_versions(bigint[]) IS 'prunes these versions: their blocks go, as far as no other version needs them';

-- ---------------------------------------------------------------------------
-- What stays of erased numbers: refusals under a mark that nobody can read
-- ---------------------------------------------------------------------------
-- A mark is a keyed hash of the number (src/lists/fingerprint.rs). The keys stand in the file dnc.key_file, under names that begin with
-- fingerprint, and never in the database. Who has the key and tries all numbers finds the number: a mark is pseudonymous, and still
-- personal data.

CREATE TABLE dnc.fingerprint_key (
    key_id      text        PRIMARY KEY CHECK (key_id ~ '^fingerprint(-[A-Za-z0-9_-]{1,60})?$'),
    check_value bytea       NOT NULL CHECK (octet_length(check_value) = 16),
    added_at    timestamptz NOT NULL,
    added_by    text        NOT NULL,
    retired_at  timestamptz,
    audit_seq   bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data
);
COMMENT ON TABLE dnc.fingerprint_key IS 'keys under which numbers are marked; the keys themselves are in the file dnc.key_file';
COMMENT ON COLUMN dnc.fingerprint_key.check_value IS 'tells the key from any other, and nothing of it';
COMMENT ON COLUMN dnc.fingerprint_key.retired_at IS 'from when on no mark was made under it any more, and the key need not be at hand';

-- The first nine columns are what a check reads (src/pg/store.rs); they keep their places.
CREATE TABLE dnc.fingerprint (
    fingerprint_id bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    mark           bigint      NOT NULL,
    ends           bigint,
    effective_at   timestamptz NOT NULL DEFAULT '-infinity',
    expires_at     timestamptz NOT NULL DEFAULT 'infinity',
    received_at    timestamptz NOT NULL,
    channel        text        NOT NULL REFERENCES dnc.channel,
    purpose        text        REFERENCES dnc.purpose,
    mark_low       bigint      NOT NULL,
    key_id         text        NOT NULL REFERENCES dnc.fingerprint_key,
    kind           text        NOT NULL CHECK (kind IN ('refusal', 'withdrawal', 'correction', 'undo', 'review')),
    reason         text        REFERENCES dnc.reason,
    source         text        NOT NULL REFERENCES dnc.source,
    requested_at   timestamptz NOT NULL,
    recorded_at    timestamptz NOT NULL,
    due_at         timestamptz,
    keep_until     timestamptz,
    audit_seq      bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data,
    CONSTRAINT fingerprint_refusal_or_ending CHECK ((kind = 'refusal') = (ends IS NULL)),
    CONSTRAINT fingerprint_refusal_has_reason CHECK ((kind = 'refusal') = (reason IS NOT NULL)),
    CONSTRAINT fingerprint_effective_before_expiry CHECK (effective_at < expires_at)
);
CREATE INDEX fingerprint_mark ON dnc.fingerprint (mark, dnc.entry_shape(ends, effective_at, expires_at, channel, purpose));
CREATE INDEX fingerprint_ends ON dnc.fingerprint (ends) WHERE ends IS NOT NULL;
COMMENT ON SEQUENCE dnc.fingerprint_fingerprint_id_seq IS 'numbers fingerprints';
COMMENT ON TABLE dnc.fingerprint IS 'refusals of erased numbers, and what ended them: as dnc.entry, without the number and whatever tells of the person; insert-only, but for changing keys';
COMMENT ON COLUMN dnc.fingerprint.mark IS 'high half of the number''s mark under the key';
COMMENT ON COLUMN dnc.fingerprint.mark_low IS 'low half';
COMMENT ON COLUMN dnc.fingerprint.ends IS 'refusal that this row ends, for the channel and purpose it names; NULL for a refusal';
COMMENT ON COLUMN dnc.fingerprint.keep_until IS 'until when the rules wanted the refusal kept at the least; it stays until the person takes it back';

SELECT dnc.audit('fingerprint_key', 'key_id'), dnc.audit_history('fingerprint', 'fingerprint_id');
SELECT pg_catalog.pg_extension_config_dump('dnc.fingerprint_key', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.fingerprint', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.fingerprint_fingerprint_id_seq', '');

CREATE FUNCTION dnc.marks(phone @extschema@.dnc_phone) RETURNS TABLE (key_id text, mark bigint, mark_low bigint) AS 'MODULE_PATHNAME', 'dnc_marks_wrapper' LANGUAGE c STABLE STRICT PARALLEL SAFE ROWS 1 COST 20;
CREATE FUNCTION dnc.missing_keys() RETURNS text[] AS 'MODULE_PATHNAME', 'dnc_missing_keys_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 10;
CREATE FUNCTION dnc.key_check(key_id text) RETURNS bytea AS 'MODULE_PATHNAME', 'dnc_key_check_wrapper' LANGUAGE c STABLE STRICT COST 100;
COMMENT ON FUNCTION dnc.marks(@extschema@.dnc_phone) IS 'the number''s mark under each registered key that is at hand, that of the newest first';
COMMENT ON FUNCTION dnc.missing_keys() IS 'registered keys that the file dnc.key_file does not have, or has with other bytes: while there is one, what nothing else refuses is unknown';
COMMENT ON FUNCTION dnc.key_check(text) IS 'what tells a key of the file dnc.key_file from any other';

-- A session's filter of marks goes when this changes, and so do the keys that it knows. A statement at a time: marks are restored in bulk.
CREATE TRIGGER "90_epoch_before" BEFORE INSERT OR UPDATE OR DELETE ON dnc.fingerprint FOR EACH STATEMENT EXECUTE FUNCTION dnc.new_epoch();
CREATE TRIGGER "90_epoch" AFTER INSERT OR UPDATE OR DELETE ON dnc.fingerprint FOR EACH STATEMENT EXECUTE FUNCTION dnc.new_epoch();
-- Logical replication fires triggers of rows only; once a transaction is enough for who sees it committed.
CREATE FUNCTION dnc.new_epoch_applied() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE dnc.list_epoch AS e SET epoch = dnc.random_epoch() WHERE e.xmin::text <> pg_current_xact_id()::xid::text;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION dnc.new_epoch_applied() IS 'trigger that tells checks of other sessions to look at fingerprints anew, once a transaction';
CREATE TRIGGER "91_epoch_row" AFTER INSERT OR UPDATE OR DELETE ON dnc.fingerprint FOR EACH ROW WHEN (pg_catalog.current_setting('session_replication_role') = 'replica') EXECUTE FUNCTION dnc.new_epoch_applied();
CREATE TRIGGER "91_epoch_row" AFTER INSERT OR UPDATE OR DELETE ON dnc.fingerprint_key FOR EACH ROW WHEN (pg_catalog.current_setting('session_replication_role') = 'replica') EXECUTE FUNCTION dnc.new_epoch_applied();
CREATE TRIGGER "90_epoch" AFTER INSERT OR UPDATE OR DELETE ON dnc.fingerprint_key FOR EACH STATEMENT EXECUTE FUNCTION dnc.new_epoch();
ALTER TABLE dnc.fingerprint ENABLE ALWAYS TRIGGER "90_epoch_before", ENABLE ALWAYS TRIGGER "90_epoch", ENABLE ALWAYS TRIGGER "91_epoch_row";
ALTER TABLE dnc.fingerprint_key ENABLE ALWAYS TRIGGER "90_epoch", ENABLE ALWAYS TRIGGER "91_epoch_row";

-- Refusals of a number, and what ended them, whether it stands in the list or was erased. Rows of erased numbers have numbers below zero.
CREATE FUNCTION dnc.entries_of(phone @extschema@.dnc_phone) RETURNS SETOF dnc.entry LANGUAGE sql STABLE PARALLEL SAFE ROWS 2
BEGIN ATOMIC
    SELECT e.* FROM dnc.entry AS e WHERE e.phone OPERATOR(@extschema@.=) entries_of.phone
    UNION ALL
    SELECT -f.fingerprint_id, entries_of.phone, -f.ends, f.effective_at, f.expires_at, f.received_at, f.channel, f.purpose, f.kind, f.reason, f.source, -coalesce(f.ends, f.fingerprint_id),
           f.requested_at, f.recorded_at, f.due_at, NULL, '{"erased": true}', NULL, NULL, NULL, f.audit_seq
    FROM dnc.marks(entries_of.phone) AS m JOIN dnc.fingerprint AS f ON f.mark = m.mark AND f.mark_low = m.mark_low AND f.key_id = m.key_id;
END;
CREATE FUNCTION dnc.is_marked(phone @extschema@.dnc_phone, channel text, purpose text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM dnc.marks(is_marked.phone) AS m JOIN dnc.fingerprint AS f ON f.mark = m.mark AND f.mark_low = m.mark_low AND f.key_id = m.key_id
        WHERE f.ends IS NULL AND f.effective_at = '-infinity' AND f.expires_at = 'infinity' AND f.channel IN ('all', is_marked.channel) AND (f.purpose IS NULL OR dnc.covers(f.purpose, is_marked.purpose))
          AND NOT EXISTS (SELECT FROM dnc.fingerprint AS w WHERE w.ends = f.fingerprint_id));
END;
COMMENT ON FUNCTION dnc.is_marked(@extschema@.dnc_phone, text, text) IS 'whether the number was erased and refuses at least this, whole and for good';
COMMENT ON FUNCTION dnc.entries_of(@extschema@.dnc_phone) IS 'entries of a number; those of an erased one have numbers below zero and nothing that tells of the person';

-- ---------------------------------------------------------------------------
-- The question, of erased numbers too
-- ---------------------------------------------------------------------------

-- The definition of the answer. A question meets a refusal where their scopes overlap; the refusal holds unless one
-- ending covers all of that (src/rules/scope.rs says why one must). NULL asks about any channel, any purpose. A start of
-- -infinity holds for everybody who sees the row; at a named time before this transaction, from its receipt. To ask about a
-- purpose is to ask about everything below it too.
CREATE OR REPLACE FUNCTION dnc.refusals(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz)
RETURNS SETOF dnc.entry LANGUAGE sql STABLE PARALLEL SAFE ROWS 2
BEGIN ATOMIC
    SELECT e.* FROM dnc.entries_of(refusals.phone) AS e
    WHERE e.ends IS NULL
      AND dnc.meets(e.channel, e.purpose, refusals.channel, refusals.purpose)
      AND CASE WHEN e.effective_at = '-infinity' THEN refusals.at IS NULL OR e.received_at <= refusals.at OR refusals.at >= pg_catalog.transaction_timestamp()
               ELSE e.effective_at <= coalesce(refusals.at, pg_catalog.statement_timestamp()) END
      AND e.expires_at > coalesce(refusals.at, pg_catalog.statement_timestamp())
      AND NOT EXISTS (
          SELECT FROM dnc.entries_of(refusals.phone) AS w
          WHERE w.ends = e.entry_id
            AND (refusals.at IS NULL OR w.received_at <= refusals.at OR refusals.at >= pg_catalog.transaction_timestamp())
            AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, refusals.channel, refusals.purpose));
END;
-- The same of one mark, for where its index cannot be trusted.
CREATE FUNCTION dnc.fingerprint_refuses(mark bigint, mark_low bigint, channel text, purpose text, at timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM dnc.fingerprint AS f
        WHERE f.mark = fingerprint_refuses.mark AND f.mark_low = fingerprint_refuses.mark_low AND f.ends IS NULL
          AND dnc.meets(f.channel, f.purpose, fingerprint_refuses.channel, fingerprint_refuses.purpose)
          AND CASE WHEN f.effective_at = '-infinity' THEN fingerprint_refuses.at IS NULL OR f.received_at <= fingerprint_refuses.at OR fingerprint_refuses.at >= pg_catalog.transaction_timestamp()
                   ELSE f.effective_at <= coalesce(fingerprint_refuses.at, pg_catalog.statement_timestamp()) END
          AND f.expires_at > coalesce(fingerprint_refuses.at, pg_catalog.statement_timestamp())
          AND NOT EXISTS (SELECT FROM dnc.fingerprint AS w WHERE w.ends = f.fingerprint_id
                AND (fingerprint_refuses.at IS NULL OR w.received_at <= fingerprint_refuses.at OR fingerprint_refuses.at >= pg_catalog.transaction_timestamp())
                AND dnc.ends_all(w.channel, w.purpose, f.channel, f.purpose, fingerprint_refuses.channel, fingerprint_refuses.purpose)));
END;
COMMENT ON FUNCTION dnc.fingerprint_refuses(bigint, bigint, text, text, timestamptz) IS 'whether a refusal of an erased number with this mark meets the question';
-- What checks keep in memory of all that, until dnc.list_epoch changes: times in microseconds since 2000-01-01.
CREATE OR REPLACE FUNCTION dnc.check_config() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object(
        'lists', (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('list', l.list, 'whole', v.whole_set, 'plus', v.plus_set, 'minus', v.minus_set,
                'channels', l.channels, 'purposes', l.purposes, 'strict', l.strict, 'region', pg_catalog.left(l.jurisdiction, 2), 'coverage', v.coverage,
                'good_until', dnc.microseconds(v.obtained_at + pg_catalog.make_interval(hours => 24 * l.max_age_days)), 'applies', l.applies, 'kind', l.kind, 'jurisdiction', l.jurisdiction, 'obtained_at', dnc.microseconds(v.obtained_at)) ORDER BY l.list), '[]')
            FROM dnc.list AS l LEFT JOIN dnc.list_version AS v ON v.list = l.list AND v.state = 'current' WHERE l.enabled),
        'keys', (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('key', k.key_id, 'check', pg_catalog.encode(k.check_value, 'hex')) ORDER BY k.added_at DESC, k.key_id), '[]') FROM dnc.fingerprint_key AS k WHERE k.retired_at IS NULL),
        'prefixes', (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('entry', p.prefix_id, 'prefix', p.prefix, 'ends', p.ends, 'expires', dnc.microseconds(p.expires_at),
                'received', dnc.microseconds(p.received_at), 'channel', p.channel, 'purpose', p.purpose)), '[]') FROM dnc.prefix_entry AS p))::text;
END;
COMMENT ON FUNCTION dnc.check_config() IS 'lists, current versions, prefixes and keys as checks keep them in memory, in JSON';
CREATE OR REPLACE FUNCTION dnc.refused(e164 text, channel text, purpose text, at timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM dnc.refusals(e164::@extschema@.dnc_phone, channel, purpose, at)) OR dnc.list_refuses(e164, channel, purpose, at)
        -- Whether it was erased is not known without the keys.
        OR CASE WHEN pg_catalog.cardinality(dnc.missing_keys()) > 0 THEN NULL::boolean ELSE false END;
END;
CREATE OR REPLACE FUNCTION @extschema@.dnc_explain(phone @extschema@.dnc_phone, channel text DEFAULT 'voice', purpose text DEFAULT NULL, at timestamptz DEFAULT NULL)
RETURNS TABLE (ground text, list text, entry bigint, scope_channel text, scope_purpose text, reason text, source text, since timestamptz, until timestamptz, rule text, citation text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 2 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    asked_channel text := nullif(dnc_explain.channel, 'all');
    asked_purpose text := coalesce(dnc_explain.purpose, nullif(current_setting('dnc.purpose', true), ''));
BEGIN
    -- Raises for an unknown channel or purpose, as the check does.
    PERFORM dnc.require_scope(dnc_explain.channel, dnc_explain.purpose, dnc_explain.at);
    IF dnc_explain.phone IS NULL THEN
        RETURN QUERY SELECT 'unreadable'::text, NULL::text, NULL::bigint, NULL::text, NULL::text, NULL::text, NULL::text,
            NULL::timestamptz, NULL::timestamptz, 'What cannot be read as a number is not contacted.'::text, NULL::text;
        RETURN;
    END IF;
    RETURN QUERY
        SELECT 'refusal'::text, 'internal'::text, CASE WHEN e.entry_id > 0 THEN e.entry_id END, e.channel, e.purpose, e.reason, e.source,
               CASE WHEN e.effective_at = '-infinity' THEN e.received_at ELSE e.effective_at END, nullif(e.expires_at, 'infinity'),
               CASE WHEN e.entry_id > 0 THEN 'A request not to be contacted is honoured until the person withdraws it.' ELSE 'The person''s data were erased; the refusal stays, under a mark of the number.' END, NULL::text
        FROM dnc.refusals(dnc_explain.phone, asked_channel, asked_purpose, dnc_explain.at) AS e ORDER BY e.entry_id;
    RETURN QUERY
        SELECT 'key missing'::text, 'internal'::text, NULL::bigint, NULL::text, NULL::text, NULL::text, NULL::text, NULL::timestamptz, NULL::timestamptz,
               format('Whether the number was erased is not known without the key %s, so it is not contacted.', array_to_string(dnc.missing_keys(), ', ')), NULL::text
        WHERE cardinality(dnc.missing_keys()) > 0;
    RETURN QUERY
        SELECT 'prefix'::text, 'internal'::text, e.prefix_id, e.channel, e.purpose, e.reason, e.source, e.received_at, nullif(e.expires_at, 'infinity'),
               format('Numbers that begin with %s are not contacted until that is withdrawn.', e.prefix), NULL::text
        FROM dnc.prefix_refusals(dnc_explain.phone, asked_channel, asked_purpose, dnc_explain.at) AS e ORDER BY e.prefix_id;
    RETURN QUERY
        SELECT CASE WHEN g.listed THEN 'listed' ELSE coalesce(g.doubt, 'unreadable') END, g.list, NULL::bigint, coalesce(array_to_string(g.channels, ', '), 'all'), array_to_string(g.purposes, ', '),
               CASE WHEN g.listed THEN g.kind END, CASE WHEN g.version_id IS NOT NULL THEN format('version %s, obtained %s', g.version_id, to_char(g.obtained_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')) END, CASE WHEN g.listed THEN g.activated_at END, NULL::timestamptz,
               CASE WHEN g.listed THEN 'What an external list holds is not contacted.'
                    WHEN g.unknown THEN 'The list cannot say that the number is not on it, so it is not contacted.'
                    ELSE 'The list does not have the number, as far as it was loaded.' END, g.source
        FROM dnc.list_grounds(dnc_explain.phone, asked_channel, asked_purpose) AS g WHERE g.listed OR g.unknown OR g.doubt IS NOT NULL ORDER BY g.list;
    RETURN QUERY
        SELECT DISTINCT ON (a.registry) 'registry answer'::text, a.registry, NULL::bigint, coalesce(array_to_string(r.channels, ', '), 'all'), NULL::text, NULL::text, concat_ws(' ', a.result, 'as of ' || a.asked_about, CASE WHEN a.valid_until <= now() THEN 'lapsed' END),
               a.obtained_at, nullif(a.valid_until, 'infinity'), 'Answers of registries count in decisions, not in checks.'::text, r.source
        FROM dnc.registry_answer AS a JOIN dnc.registry AS r ON r.registry = a.registry
        WHERE dnc.same_phone(a.phone, dnc_explain.phone) AND (asked_channel IS NULL OR r.channels IS NULL OR asked_channel = ANY (r.channels)) ORDER BY a.registry, a.obtained_at DESC, a.answer_id DESC;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_explain(@extschema@.dnc_phone, text, text, timestamptz) IS 'every ground of what dnc_check answers, a row each (unreadable, refusal, key missing, prefix, listed), each list that was asked although it is not loaded, stale or does not cover the number, and what registries answered last; no row: nothing recorded forbids the contact';
COMMENT ON FUNCTION @extschema@.dnc_explain(text, text, text, timestamptz) IS 'every ground of what dnc_check answers, a row each (unreadable, refusal, key missing, prefix, listed), each list that was asked although it is not loaded, stale or does not cover the number, and what registries answered last; no row: nothing recorded forbids the contact';
-- Grounds that decide: of the doubts about lists only those that make the answer unknown.
CREATE OR REPLACE FUNCTION dnc.deciding(phone @extschema@.dnc_phone, channel text, purpose text) RETURNS TABLE (ground text, list text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH asked AS (SELECT nullif(deciding.channel, 'all') AS channel, coalesce(deciding.purpose, nullif(pg_catalog.current_setting('dnc.purpose', true), '')) AS purpose WHERE deciding.phone IS NOT NULL)
    SELECT e.reason, 'internal' FROM asked AS a, dnc.refusals(deciding.phone, a.channel, a.purpose, NULL) AS e
    UNION ALL
    SELECT 'key missing', 'internal' FROM asked AS a WHERE pg_catalog.cardinality(dnc.missing_keys()) > 0
    UNION ALL
    SELECT e.reason, 'internal' FROM asked AS a, dnc.prefix_refusals(deciding.phone, a.channel, a.purpose, NULL) AS e
    UNION ALL
    SELECT CASE WHEN g.listed THEN g.kind ELSE coalesce(g.doubt, 'unreadable') END, g.list || coalesce(' (version ' || g.version_id || ')', '')
    FROM asked AS a, dnc.list_grounds(deciding.phone, a.channel, a.purpose) AS g WHERE g.listed OR g.unknown;
END;

-- ---------------------------------------------------------------------------
-- Guards
-- ---------------------------------------------------------------------------

ALTER TABLE dnc.guard_event DROP CONSTRAINT guard_event_ground_check;
ALTER TABLE dnc.guard_event ADD CONSTRAINT guard_event_ground_check CHECK (ground IN ('suppressed', 'unreadable', 'unknown'));
COMMENT ON COLUMN dnc.guard_event.ground IS 'suppressed; unreadable: no number; unknown: a list or a key could not tell';

-- ---------------------------------------------------------------------------
-- Exports
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.export_keeps(e164 text, channel text, purpose text) RETURNS boolean LANGUAGE sql STABLE
    RETURN EXISTS (SELECT FROM dnc.refusals(e164::@extschema@.dnc_phone, nullif(channel, 'all'), coalesce(purpose, nullif(pg_catalog.current_setting('dnc.purpose', true), '')), NULL)) OR pg_catalog.cardinality(dnc.missing_keys()) > 0;
COMMENT ON FUNCTION dnc.export_keeps(text, text, text) IS 'whether a refusal of a number, erased or not, meets the question, or nobody knows';
CREATE OR REPLACE FUNCTION dnc.changed_lines(since bigint, channel text, purpose text, format text) RETURNS TABLE (line text, action text) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT dnc.export_line(n.phone, format), CASE WHEN EXISTS (SELECT FROM dnc.held(changed_lines.channel, changed_lines.purpose) AS h WHERE h.phone OPERATOR(@extschema@.=) n.phone)
            -- Of an erased number the refusal stands under its mark.
            OR EXISTS (SELECT FROM dnc.fingerprint_key AS k) AND dnc.export_keeps(n.phone::text, changed_lines.channel, changed_lines.purpose) THEN 'add' ELSE 'remove' END
    FROM (SELECT DISTINCT e.phone FROM dnc.entry AS e JOIN dnc.audit_log AS l ON l.seq = e.audit_seq
          WHERE l.xid >= since::text::xid8 AND l.xid < pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())) AS n ORDER BY n.phone;
END;

-- ---------------------------------------------------------------------------
-- Contacts
-- ---------------------------------------------------------------------------

-- Refusals that were against a contact at a time, and what they say of themselves. By receipt: what the company had been told; by
-- request: what the person had said, whenever it came to be known here.
CREATE OR REPLACE FUNCTION dnc.against(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz, by_request boolean)
RETURNS TABLE (ground jsonb, requested_at timestamptz, due_at timestamptz, recorded_at timestamptz) LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object('ground', 'refusal', 'entry', e.entry_id, 'channel', e.channel, 'purpose', e.purpose, 'reason', e.reason, 'source', e.source,
               'requested_at', e.requested_at, 'received_at', e.received_at, 'recorded_at', e.recorded_at, 'due_at', e.due_at),
           e.requested_at, coalesce(e.due_at, e.received_at), e.recorded_at
    FROM dnc.entries_of(against.phone) AS e
    WHERE e.ends IS NULL AND dnc.meets(e.channel, e.purpose, against.channel, against.purpose)
      AND CASE WHEN e.effective_at <> '-infinity' THEN e.effective_at ELSE CASE WHEN by_request THEN e.requested_at ELSE e.received_at END END <= against.at AND e.expires_at > against.at
      AND NOT EXISTS (SELECT FROM dnc.entries_of(against.phone) AS w WHERE w.ends = e.entry_id AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, against.channel, against.purpose)
                        AND (w.kind IN ('correction', 'undo') OR CASE WHEN by_request THEN w.requested_at ELSE w.received_at END <= against.at))
    UNION ALL
    SELECT pg_catalog.jsonb_build_object('ground', 'prefix', 'prefix', p.prefix, 'prefix_id', p.prefix_id, 'reason', p.reason, 'received_at', p.received_at), NULL, NULL, p.received_at
    FROM dnc.prefix_refusals(against.phone, against.channel, against.purpose, against.at) AS p
    UNION ALL
    SELECT pg_catalog.jsonb_build_object('ground', 'list', 'list', g.list, 'version', g.version_id, 'activated_at', g.activated_at), NULL, NULL, g.activated_at
    FROM dnc.list_grounds(against.phone, against.channel, against.purpose) AS g WHERE NOT by_request AND g.listed AND g.activated_at <= against.at;
END;
-- Makes the log if it is not there, and its partitions: a month each, from the month of `since` to `ahead` months from now. Rows of other
-- months are kept in a partition of their own until their month is made.
CREATE OR REPLACE FUNCTION @extschema@.dnc_attempt_partitions(since date DEFAULT NULL, ahead integer DEFAULT 3) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO' AS $$
DECLARE
    extension record;
    phone     text;
    month     timestamptz;
    name      text;
    made      integer := 0;
    strays    boolean;
    who       record;
BEGIN
    IF ahead IS NULL OR ahead NOT BETWEEN 1 AND 120 OR since > current_date OR since < '1990-01-01' THEN
        RAISE EXCEPTION 'partitions are made from 1990 at the earliest to 1 to 120 months ahead' USING ERRCODE = 'invalid_parameter_value', DETAIL = format('Given were %L and %L.', since, ahead);
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('dnc.contact_attempt', 4476483));
    SELECT x.oid, pg_get_userbyid(x.extowner) AS owner INTO extension FROM pg_extension AS x WHERE x.extname = 'dnc';
    IF to_regclass('dnc.contact_attempt') IS NULL THEN
        SELECT format_type(a.atttypid, a.atttypmod) INTO phone FROM pg_attribute AS a WHERE a.attrelid = 'dnc.entry'::regclass AND a.attname = 'phone';
        EXECUTE format($q$CREATE TABLE dnc.contact_attempt (
            attempt_id  bigint      NOT NULL DEFAULT nextval('dnc.contact_attempt_seq'),
            phone       %s          NOT NULL,
            happened_at timestamptz NOT NULL DEFAULT now(),
            channel     text        NOT NULL,
            purpose     text,
            direction   text        NOT NULL DEFAULT 'outbound' CHECK (direction IN ('outbound', 'inbound')),
            call_type   text,
            agent       text        CHECK (length(agent) <= 500),
            campaign    text        CHECK (length(campaign) <= 500),
            outcome     text        NOT NULL,
            duration    integer     CHECK (duration >= 0),
            notice_id   bigint,
            consent_id  bigint,
            decision    jsonb,
            recorded_at timestamptz NOT NULL DEFAULT now(),
            recorded_by text        NOT NULL DEFAULT session_user
        ) PARTITION BY RANGE (happened_at)$q$, phone);
        COMMENT ON TABLE dnc.contact_attempt IS 'contacts that were made or tried, an attempt a row; insert-only';
        COMMENT ON COLUMN dnc.contact_attempt.duration IS 'seconds';
        COMMENT ON COLUMN dnc.contact_attempt.notice_id IS 'version of the notice that the person was given';
        COMMENT ON COLUMN dnc.contact_attempt.consent_id IS 'consent that the contact relied on: it counts as used';
        COMMENT ON COLUMN dnc.contact_attempt.decision IS 'what was decided before, as dnc_may_contact or the application said';
        CREATE INDEX contact_attempt_phone ON dnc.contact_attempt (phone, happened_at);
        CREATE TRIGGER "00_insert_only" BEFORE UPDATE OR DELETE ON dnc.contact_attempt FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change();
        CREATE TRIGGER "50_written" AFTER INSERT ON dnc.contact_attempt REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION dnc.attempt_written();
        CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.contact_attempt FOR EACH STATEMENT EXECUTE FUNCTION dnc.refuse_change();
        ALTER TABLE dnc.contact_attempt ENABLE ALWAYS TRIGGER "00_insert_only", ENABLE ALWAYS TRIGGER "50_written", ENABLE ALWAYS TRIGGER "00_no_truncate";
        CREATE TABLE dnc.contact_attempt_other PARTITION OF dnc.contact_attempt DEFAULT;
        COMMENT ON TABLE dnc.contact_attempt_other IS 'contact attempts of months that have no partition yet';
        CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.contact_attempt_other FOR EACH STATEMENT EXECUTE FUNCTION dnc.refuse_change();
        ALTER TABLE dnc.contact_attempt_other ENABLE ALWAYS TRIGGER "00_no_truncate", ENABLE ALWAYS TRIGGER "00_insert_only";
        -- Who records attempts may write them in bulk, who reads the store may read them: as dnc_grant does for roles that come later.
        FOR who IN SELECT p.privilege, g.role FROM (SELECT x.privilege, x.grant_set FROM dnc.permission AS x WHERE x.object = 'dnc.contact_attempt') AS p, dnc.holders(p.grant_set) AS g (role) LOOP
            EXECUTE format('GRANT %s ON dnc.contact_attempt TO %I', who.privilege, who.role);
        END LOOP;
        EXECUTE format('GRANT SELECT ON dnc.contact_attempt, dnc.contact_attempt_other TO %I', extension.owner);
        PERFORM dnc.no_statistics('dnc.contact_attempt'), dnc.no_statistics('dnc.contact_attempt_other');
    END IF;
    -- Months are UTC's, whatever the session's zone.
    FOR month IN SELECT * FROM generate_series(date_trunc('month', coalesce(since::timestamptz, now())), date_trunc('month', now()) + make_interval(months => ahead), '1 month') LOOP
        name := 'contact_attempt_' || to_char(month, 'YYYY_MM');
        CONTINUE WHEN to_regclass(format('dnc.%I', name)) IS NOT NULL;
        EXECUTE format('CREATE TABLE dnc.%I (LIKE dnc.contact_attempt INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
        SELECT EXISTS (SELECT FROM dnc.contact_attempt_other AS a WHERE a.happened_at >= month AND a.happened_at < month + interval '1 month') INTO strays;
        IF strays THEN
            LOCK TABLE dnc.contact_attempt IN ACCESS EXCLUSIVE MODE;
            ALTER TABLE dnc.contact_attempt_other DISABLE TRIGGER "00_insert_only";
            EXECUTE format('WITH moved AS (DELETE FROM dnc.contact_attempt_other AS a WHERE a.happened_at >= $1 AND a.happened_at < $2 RETURNING a.*) INSERT INTO dnc.%I SELECT * FROM moved', name)
                USING month, month + interval '1 month';
            ALTER TABLE dnc.contact_attempt_other ENABLE ALWAYS TRIGGER "00_insert_only";
        END IF;
        EXECUTE format('ALTER TABLE dnc.contact_attempt ATTACH PARTITION dnc.%I FOR VALUES FROM (%L) TO (%L)', name, month, month + interval '1 month');
        EXECUTE format('COMMENT ON TABLE dnc.%I IS %L', name, 'contact attempts of a month (UTC)');
        EXECUTE format('CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.%I FOR EACH STATEMENT EXECUTE FUNCTION dnc.refuse_change()', name);
        EXECUTE format('ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "00_no_truncate", ENABLE ALWAYS TRIGGER "00_insert_only"', name);
        EXECUTE format('GRANT SELECT ON dnc.%I TO %I', name, extension.owner);
        PERFORM dnc.no_statistics(format('dnc.%I', name)::regclass);
        made := made + 1;
    END LOOP;
    RETURN made;
END
$$;
-- Roles that were granted a set, as the rights on one of its objects say.
CREATE OR REPLACE FUNCTION dnc.holders(grant_set text) RETURNS SETOF text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT CASE WHEN g.grantee = 0 THEN 'public' ELSE r.rolname::text END FROM (
        SELECT a.grantee FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
            JOIN pg_extension AS x ON x.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass AND x.extname = 'dnc', aclexplode(p.proacl) AS a
            WHERE a.privilege_type = 'EXECUTE' AND p.proowner = (SELECT n.nspowner FROM pg_namespace AS n WHERE n.nspname = 'dnc') AND p.proname = CASE holders.grant_set WHEN 'reader' THEN 'dnc_is_clear' WHEN 'agent' THEN 'dnc_add' WHEN 'administrator' THEN 'dnc_import_start' END
        UNION ALL
        SELECT a.grantee FROM pg_class AS c, aclexplode(c.relacl) AS a WHERE c.oid = 'dnc.audit_log'::regclass AND a.privilege_type = 'SELECT' AND holders.grant_set = 'auditor') AS g
    LEFT JOIN pg_roles AS r ON r.oid = g.grantee WHERE g.grantee = 0 OR NOT r.rolsuper;
END;
CREATE OR REPLACE FUNCTION @extschema@.dnc_attempt_sweep(since timestamptz DEFAULT '-infinity') RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    new bigint;
BEGIN
    PERFORM dnc.require_attempts();
    INSERT INTO dnc.violation (attempt_id, happened_at, phone, channel, purpose, agent, campaign, grounds, requested_at, due_at, on_record, after_deadline, found_by, found_at)
        SELECT f.attempt_id, f.happened_at, f.phone, f.channel, f.purpose, f.agent, f.campaign, a.grounds, a.requested_at, a.due_at, a.recorded_at <= f.happened_at, f.happened_at > a.due_at, 'sweep', now()
        FROM dnc.contact_attempt AS f LEFT JOIN dnc.outcome AS o ON o.outcome = f.outcome
        CROSS JOIN LATERAL (SELECT jsonb_agg(g.ground) AS grounds, min(g.requested_at) AS requested_at, min(g.due_at) AS due_at, min(g.recorded_at) AS recorded_at FROM dnc.against(f.phone, f.channel, f.purpose, f.happened_at, true) AS g) AS a
        WHERE coalesce(o.contacted, true) AND f.happened_at >= greatest(since, (SELECT now() - r.keep FROM dnc.retention AS r WHERE r.subject = 'violation')) AND f.direction = 'outbound' AND a.grounds IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.violation AS v WHERE v.attempt_id = f.attempt_id AND v.happened_at = f.happened_at AND dnc.same_phone(v.phone, f.phone)) ORDER BY f.happened_at, f.attempt_id ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS new = ROW_COUNT;
    RETURN new;
END
$$;

-- ---------------------------------------------------------------------------
-- Whether data may be used
-- ---------------------------------------------------------------------------

-- An objection to any use of the data takes a person out of analytics and scoring too.
CREATE OR REPLACE FUNCTION @extschema@.dnc_may_process(phone @extschema@.dnc_phone) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN dnc_may_process.phone IS NOT NULL THEN NOT EXISTS (SELECT FROM dnc.refusals(dnc_may_process.phone, NULL, NULL, NULL) AS r WHERE r.reason = 'no_processing') AND pg_catalog.cardinality(dnc.missing_keys()) = 0 ELSE false END;
END;

-- ---------------------------------------------------------------------------
-- History
-- ---------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION @extschema@.dnc_history(phone @extschema@.dnc_phone)
RETURNS TABLE (entry bigint, event text, ends bigint, channel text, purpose text, reason text, source text, taken_by text, requested_at timestamptz,
               received_at timestamptz, recorded_at timestamptz, effective_at timestamptz, expires_at timestamptz, due_at timestamptz, evidence jsonb,
               external_ref text, request bigint, corrects bigint, recorded_by text, actor text)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 5 SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT h.id, h.event, h.ends, h.channel, h.purpose, h.reason, h.source, h.taken_by, h.requested_at, h.received_at, h.recorded_at, h.effective_at, h.expires_at, h.due_at, h.evidence, h.external_ref, h.request, h.corrects,
           coalesce(l.effective_role, h.recorded_by), l.actor
    FROM (
        SELECT e.entry_id AS id, e.kind AS event, e.ends, e.channel, e.purpose, e.reason, e.source, e.taken_by, e.requested_at, e.received_at, e.recorded_at,
               nullif(e.effective_at, '-infinity') AS effective_at, nullif(e.expires_at, 'infinity') AS expires_at, e.due_at, e.evidence, e.external_ref, e.request_id AS request, e.corrects, e.audit_seq, NULL::text AS recorded_by, 0 AS n
        FROM dnc.entries_of(dnc_history.phone) AS e
        UNION ALL
        SELECT s.id, s.event, s.ends, s.channel, s.purpose, s.reason, s.source, s.taken_by, s.happened_at, NULL, s.recorded_at, NULL, s.expires_at, NULL, s.evidence, s.external_ref, NULL, NULL, s.audit_seq, s.recorded_by, 1
        FROM dnc.story(dnc_history.phone) AS s) AS h
    LEFT JOIN dnc.audit_log AS l ON l.seq = h.audit_seq
    ORDER BY h.recorded_at, h.audit_seq NULLS FIRST, h.n, h.id;
END;

-- ---------------------------------------------------------------------------
-- Health
-- ---------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION @extschema@.dnc_health() RETURNS TABLE (subject text, healthy boolean, detail text, remedy text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found text;
    n     bigint;
BEGIN
    SELECT string_agg(format('%s: %s (%s)', w.relation, w.trigger_name, w.enabled), ', ' ORDER BY w.relation::text, w.trigger_name), count(*) INTO found, n FROM dnc.weak_trigger AS w;
    RETURN QUERY SELECT 'triggers'::text, n = 0, coalesce(found, 'all fire always'), CASE WHEN n > 0 THEN 'dnc_repair_triggers()' END;

    SELECT string_agg(c.relname, ', ' ORDER BY c.relname) INTO found FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
        WHERE c.relnamespace = 'dnc'::regnamespace AND NOT (i.indisvalid AND i.indisready AND i.indislive);
    IF to_regclass('dnc.entry_phone') IS NULL THEN
        found := concat_ws(', ', found, 'entry_phone is missing');
    ELSIF pg_get_indexdef(to_regclass('dnc.entry_phone')) NOT LIKE '% USING btree (phone, dnc.entry_shape(ends, effective_at, expires_at, channel, purpose))' THEN
        found := concat_ws(', ', found, 'entry_phone is another one');
    END IF;
    IF to_regclass('dnc.fingerprint_mark') IS NULL OR pg_get_indexdef(to_regclass('dnc.fingerprint_mark')) NOT LIKE '% USING btree (mark, dnc.entry_shape(ends, effective_at, expires_at, channel, purpose))' THEN
        found := concat_ws(', ', found, 'fingerprint_mark is missing, or another one');
    END IF;
    RETURN QUERY SELECT 'indexes'::text, found IS NULL, coalesce('not as they must be: ' || found, 'all valid'),
        CASE WHEN found IS NOT NULL THEN 'REINDEX INDEX, or CREATE INDEX entry_phone ON dnc.entry (phone, dnc.entry_shape(ends, effective_at, expires_at, channel, purpose)), and fingerprint_mark on dnc.fingerprint (mark, …) likewise; until then checks are slow, not wrong' END;

    n := dnc.unlogged('entry', 'entry_id') + dnc.unlogged('purpose', 'purpose') + dnc.unlogged('channel', 'channel') + dnc.unlogged('reason', 'reason')
        + dnc.unlogged('source', 'source') + dnc.unlogged('import_batch', 'batch_id') + dnc.unlogged('list', 'list') + dnc.unlogged('list_version', 'version_id')
        + dnc.unlogged('list_format', 'format') + dnc.unlogged('prefix_entry', 'prefix_id') + dnc.unlogged('scrub', 'scrub_id') + dnc.unlogged('registry', 'registry')
        + dnc.unlogged('registry_batch', 'batch_id') + dnc.unlogged('holiday', 'holiday') + dnc.unlogged('jurisdiction', 'jurisdiction') + dnc.unlogged('rule', 'rule')
        + dnc.unlogged('rule_decision', 'decision_id') + dnc.unlogged('consent', 'consent_id') + dnc.unlogged('relationship', 'relationship_id') + dnc.unlogged('reassignment', 'reassignment_id')
        + dnc.unlogged('preference', 'preference_id') + dnc.unlogged('vendor', 'vendor') + dnc.unlogged('acquisition', 'acquisition_id') + dnc.unlogged('reply', 'reply_id') + dnc.unlogged('notice', 'notice_id')
        + dnc.unlogged('token_use', 'token_id') + dnc.unlogged('outcome', 'outcome') + dnc.unlogged('violation', 'violation_id') + dnc.unlogged('review_task', 'task_id') + dnc.unlogged('review', 'review_id')
        + dnc.unlogged('fingerprint_key', 'key_id') + dnc.unlogged('fingerprint', 'fingerprint_id') + dnc.unlogged('subject_request', 'request_id') + dnc.unlogged('subject_request_step', 'step_id')
        + dnc.unlogged('legal_hold', 'hold_id') + dnc.unlogged('recipient', 'recipient') + dnc.unlogged('disclosure', 'disclosure_id') + dnc.unlogged('erasure', 'erasure_id') + dnc.unlogged('kept_record', 'kept_id') + dnc.unlogged('erased_ending', 'ending_id')
        + dnc.unlogged('retention', 'subject') + dnc.unlogged('purge', 'purge_id') + dnc.unlogged('purpose_reader', 'reader_id');
    RETURN QUERY SELECT 'rows in the log'::text, n = 0, CASE WHEN n = 0 THEN 'the log describes every row' ELSE format('the log does not describe %s rows', n) END,
        CASE WHEN n > 0 THEN 'find out who wrote past the triggers, or what was changed in a dump' END;

    SELECT count(*) INTO n FROM dnc.entry AS e WHERE NOT EXISTS (SELECT FROM dnc.channel AS c WHERE c.channel = e.channel)
        OR NOT EXISTS (SELECT FROM dnc.source AS s WHERE s.source = e.source) OR e.reason IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.reason AS r WHERE r.reason = e.reason)
        OR e.purpose IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.purpose AS p WHERE p.purpose = e.purpose)
        OR e.ends IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.entry AS x WHERE x.entry_id = e.ends AND dnc.same_phone(x.phone, e.phone));
    n := n + (SELECT count(*) FROM dnc.list_version AS v WHERE NOT EXISTS (SELECT FROM dnc.list AS l WHERE l.list = v.list))
        + (SELECT count(*) FROM dnc.list AS l WHERE EXISTS (SELECT FROM unnest(l.channels) AS c WHERE NOT EXISTS (SELECT FROM dnc.channel AS x WHERE x.channel = c))
            OR EXISTS (SELECT FROM unnest(l.purposes) AS p WHERE NOT EXISTS (SELECT FROM dnc.purpose AS x WHERE x.purpose = p)))
        + (SELECT count(*) FROM dnc.prefix_entry AS e WHERE NOT EXISTS (SELECT FROM dnc.channel AS c WHERE c.channel = e.channel)
            OR e.purpose IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.purpose AS p WHERE p.purpose = e.purpose)
            OR e.ends IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.prefix_entry AS x WHERE x.prefix_id = e.ends AND x.prefix = e.prefix))
        + (SELECT count(*) FROM dnc.registry_batch AS b WHERE NOT EXISTS (SELECT FROM dnc.registry AS r WHERE r.registry = b.registry))
        + (SELECT count(*) FROM dnc.rule AS r WHERE NOT EXISTS (SELECT FROM dnc.jurisdiction AS j WHERE j.jurisdiction = r.jurisdiction) OR r.calendar IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.holiday AS h WHERE h.calendar = r.calendar))
        + (SELECT count(*) FROM dnc.rule_decision AS d WHERE NOT EXISTS (SELECT FROM dnc.rule AS r WHERE r.rule = d.rule))
        + (SELECT count(*) FROM dnc.consent_use AS u WHERE NOT EXISTS (SELECT FROM dnc.consent AS c WHERE c.consent_id = u.consent_id))
        + (SELECT count(*) FROM dnc.acquisition AS a WHERE NOT EXISTS (SELECT FROM dnc.vendor AS v WHERE v.vendor = a.vendor))
        + (SELECT count(*) FROM dnc.review AS r WHERE NOT EXISTS (SELECT FROM dnc.entry AS e WHERE e.entry_id = r.entry_id))
        + (SELECT count(*) FROM dnc.reply AS r WHERE r.entry_id IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.entry AS e WHERE e.entry_id = r.entry_id))
        + (SELECT count(*) FROM dnc.fingerprint AS f WHERE NOT EXISTS (SELECT FROM dnc.channel AS c WHERE c.channel = f.channel) OR NOT EXISTS (SELECT FROM dnc.fingerprint_key AS k WHERE k.key_id = f.key_id)
            OR f.purpose IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.purpose AS p WHERE p.purpose = f.purpose) OR f.ends IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.fingerprint AS x WHERE x.fingerprint_id = f.ends AND x.mark = f.mark))
        + (SELECT count(*) FROM dnc.subject_request_step AS s WHERE NOT EXISTS (SELECT FROM dnc.subject_request AS r WHERE r.request_id = s.request_id))
        + (SELECT count(*) FROM dnc.disclosure AS d WHERE NOT EXISTS (SELECT FROM dnc.recipient AS r WHERE r.recipient = d.recipient))
        + (SELECT count(*) FROM dnc.kept_record AS k WHERE NOT EXISTS (SELECT FROM dnc.erasure AS e WHERE e.erasure_id = k.erasure_id));
    RETURN QUERY SELECT 'references'::text, n = 0, CASE WHEN n = 0 THEN 'every name and entry that is referred to is there' ELSE format('%s rows refer to what is not there', n) END,
        CASE WHEN n > 0 THEN 'insert what is missing (list, channel, purpose, reason, source, registry, jurisdiction, calendar, rule, vendor); an ending of nothing ends nothing' END;

    SELECT count(*) INTO n FROM dnc.audit_log AS l WHERE NOT EXISTS (SELECT FROM dnc.audit_data AS d WHERE d.seq = l.seq)
        AND NOT EXISTS (SELECT FROM dnc.audit_log AS x WHERE x.relation = l.relation AND x.row_key = l.row_key AND x.seq > l.seq AND x.operation = 'ERASE');
    RETURN QUERY SELECT 'data of the log'::text, n = 0, CASE WHEN n = 0 THEN 'the data of every change are there, or were erased with its row' ELSE format('the data of %s changes are gone', n) END, CASE WHEN n > 0 THEN 'find out who removed them, or restore a dump that has them' END;

    SELECT string_agg(k, ', ') INTO found FROM (SELECT k FROM unnest(dnc.missing_keys()) AS k UNION ALL SELECT x.key_id || ' (retired, and still needed)' FROM dnc.fingerprint_key AS x WHERE x.retired_at IS NOT NULL AND EXISTS (SELECT FROM dnc.fingerprint AS f WHERE f.key_id = x.key_id AND f.ends IS NULL AND f.expires_at > now()
        AND NOT EXISTS (SELECT FROM dnc.fingerprint AS w WHERE w.ends = f.fingerprint_id AND dnc.ends_all(w.channel, w.purpose, f.channel, f.purpose, NULL, NULL)))) AS x (k);
    RETURN QUERY SELECT 'keys of fingerprints'::text, found IS NULL, coalesce('not at hand: ' || found, 'all at hand, or none needed'), CASE WHEN found IS NOT NULL THEN 'put them back into the file of the setting dnc.key_file; until then checks answer NULL for what nothing else refuses' END;

    SELECT count(*) INTO n FROM dnc.erasure AS e WHERE e.finished_at IS NULL AND e.erased_at < now() - interval '30 days';
    RETURN QUERY SELECT 'erasures'::text, n = 0, CASE WHEN n = 0 THEN 'none waits for its finish for over 30 days' ELSE format('%s wait for their finish for over 30 days', n) END, CASE WHEN n > 0 THEN 'dnc_erase_finish(): until then what was erased may be read in the files' END;

    SELECT count(*) INTO n FROM dnc.subject_request_state AS s WHERE s.overdue;
    RETURN QUERY SELECT 'requests of persons'::text, n = 0, CASE WHEN n = 0 THEN 'none overdue' ELSE format('%s are overdue', n) END, CASE WHEN n > 0 THEN 'dnc.subject_request_state tells which' END;

    SELECT count(*) INTO n FROM dnc.audit_log AS l WHERE l.loaded;
    RETURN QUERY SELECT 'loaded log rows'::text, true, format('%s log rows came from a restore or by hand', n), NULL::text;

    RETURN QUERY SELECT 'open imports'::text, count(*) = 0, CASE WHEN count(*) = 0 THEN 'none older than a day' ELSE format('open for over a day: %s', string_agg(b.batch_id::text, ', ')) END,
        CASE WHEN count(*) > 0 THEN 'dnc_import_finish(batch): until then its numbers are not on the list' END
        FROM dnc.import_batch AS b WHERE b.state = 'open' AND b.started_at < now() - interval '1 day';

    IF to_regclass('dnc.contact_attempt') IS NOT NULL THEN
        found := CASE WHEN EXISTS (SELECT FROM dnc.contact_attempt_other AS a) THEN 'there are rows of months without a partition'
                      WHEN to_regclass('dnc.contact_attempt_' || to_char((now() AT TIME ZONE 'UTC') + interval '1 month', 'YYYY_MM')) IS NULL THEN 'the next month has no partition' END;
        RETURN QUERY SELECT 'contact attempts'::text, found IS NULL, coalesce(found, 'partitions are made ahead'), CASE WHEN found IS NOT NULL THEN 'dnc_attempt_partitions(), with since for older months; until then nothing is lost, but slower' END;
    END IF;

    SELECT count(*) INTO n FROM dnc.request AS r WHERE r.state = 'provisional' AND r.recorded_at < now() - interval '30 days';
    RETURN QUERY SELECT 'provisional refusals'::text, n = 0, CASE WHEN n = 0 THEN 'none older than 30 days' ELSE format('%s wait for review for over 30 days', n) END, CASE WHEN n > 0 THEN 'dnc.review_due tells which; dnc_review decides' END;

    SELECT string_agg(format('%s and %s', c.rule, c.other_rule), ', ' ORDER BY c.rule) INTO found FROM dnc.rule_conflict AS c;
    RETURN QUERY SELECT 'rules'::text, found IS NULL, coalesce('of one rank and scope, and different: ' || found, 'none contradict each other'), CASE WHEN found IS NOT NULL THEN 'the stricter holds; insert a rule that replaces one, or disable one' END;

    -- In good time: when a fifth of what a list may age is left.
    SELECT string_agg(x.list || ' ' || x.problem, ', ' ORDER BY x.list) INTO found FROM (
        SELECT l.list, CASE WHEN v.version_id IS NULL THEN 'is not loaded'
            WHEN v.obtained_at + make_interval(hours => 24 * l.max_age_days) < now() THEN format('is stale since %s', to_char(v.obtained_at + make_interval(hours => 24 * l.max_age_days), 'YYYY-MM-DD'))
            WHEN v.obtained_at + make_interval(hours => 24 * l.max_age_days * 4 / 5) < now() THEN format('becomes stale on %s', to_char(v.obtained_at + make_interval(hours => 24 * l.max_age_days), 'YYYY-MM-DD'))
            WHEN EXISTS (SELECT FROM dnc.list_version AS n WHERE n.list = l.list AND n.state = 'ready' AND n.version_id > v.version_id) THEN 'has a newer version that is not current' END AS problem
        FROM dnc.list AS l LEFT JOIN dnc.list_version AS v ON v.list = l.list AND v.state = 'current' WHERE l.enabled) AS x WHERE x.problem IS NOT NULL;
    RETURN QUERY SELECT 'external lists'::text, found IS NULL, coalesce(found, 'all loaded and fresh'), CASE WHEN found IS NOT NULL THEN 'dnc_list_load, or dnc_list_activate for a version that waits' END;

    SELECT string_agg(b.batch_id::text, ', ' ORDER BY b.batch_id) INTO found FROM dnc.registry_batch AS b WHERE b.answers <> (SELECT count(*) FROM dnc.registry_answer AS a WHERE a.batch_id = b.batch_id)
        + coalesce((SELECT sum(p.rows) FROM dnc.erasure_part AS p WHERE p.relation = 'registry_answer' AND p.part = b.batch_id::text), 0)
        + coalesce((SELECT sum(p.rows) FROM dnc.purge AS p WHERE p.relation = 'registry_answer' AND p.part = b.batch_id::text), 0);
    RETURN QUERY SELECT 'registry answers'::text, found IS NULL, coalesce('not as many as were imported: ' || found, 'as many as were imported'), CASE WHEN found IS NOT NULL THEN 'find out who wrote past the triggers' END;

    SELECT string_agg(format('%s version %s', v.list, v.version_id), ', ' ORDER BY v.version_id) INTO found FROM dnc.list_version AS v, unnest(ARRAY[v.whole_set, v.plus_set, v.minus_set]) AS s
        WHERE v.state IN ('ready', 'current', 'former') AND s IS NOT NULL
          AND (SELECT count(*) FILTER (WHERE b.start = 0) = 1 AND sum(b.stop - b.start) = 1000000000000000 FROM dnc.list_block AS b WHERE b.set_id = s) IS NOT TRUE;
    RETURN QUERY SELECT 'list blocks'::text, found IS NULL, coalesce('missing or overlapping: ' || found, 'every version has all of its blocks'),
        CASE WHEN found IS NOT NULL THEN 'load the list anew; dnc_list_verify tells more' END;
END
$$;

-- ---------------------------------------------------------------------------
-- Decisions
-- ---------------------------------------------------------------------------

-- In PL/pgSQL, which keeps its plans: a function in SQL would be planned anew by each call.
CREATE OR REPLACE FUNCTION dnc.refused_as_of(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz, known_at timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN EXISTS (
        SELECT FROM dnc.entries_of(refused_as_of.phone) AS e
        WHERE e.ends IS NULL AND e.recorded_at <= refused_as_of.known_at AND dnc.meets(e.channel, e.purpose, refused_as_of.channel, refused_as_of.purpose)
          AND CASE WHEN e.effective_at = '-infinity' THEN e.received_at ELSE e.effective_at END <= refused_as_of.at AND e.expires_at > refused_as_of.at
          AND NOT EXISTS (SELECT FROM dnc.entries_of(refused_as_of.phone) AS w WHERE w.ends = e.entry_id AND w.received_at <= refused_as_of.at AND w.recorded_at <= refused_as_of.known_at
                AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, refused_as_of.channel, refused_as_of.purpose)))
      OR EXISTS (
        SELECT FROM dnc.prefix_entry AS e
        WHERE pg_catalog.starts_with(refused_as_of.phone::text, e.prefix) AND e.ends IS NULL AND e.received_at <= least(refused_as_of.at, refused_as_of.known_at) AND e.expires_at > refused_as_of.at
          AND dnc.meets(e.channel, e.purpose, refused_as_of.channel, refused_as_of.purpose)
          AND NOT EXISTS (SELECT FROM dnc.prefix_entry AS w WHERE w.ends = e.prefix_id AND w.received_at <= least(refused_as_of.at, refused_as_of.known_at)
                AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, refused_as_of.channel, refused_as_of.purpose)));
END
$$;
CREATE OR REPLACE FUNCTION dnc.was_refused(phone @extschema@.dnc_phone, at timestamptz, known_at timestamptz, channel text, purpose text) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    listed  boolean;
    unknown boolean;
BEGIN
    IF at IS NULL OR known_at IS NULL OR NOT isfinite(at) OR at > now() THEN
        RAISE EXCEPTION 'what was true is asked of a time up to now, as far as was known at a time' USING ERRCODE = 'invalid_parameter_value', DETAIL = format('Given were %s and %s.', at, known_at), HINT = 'dnc_check asks about the present.';
    END IF;
    PERFORM dnc.require_scope(channel, purpose, NULL);
    IF phone IS NULL THEN
        RETURN NULL;
    END IF;
    channel := nullif(channel, 'all');
    purpose := coalesce(purpose, nullif(current_setting('dnc.purpose', true), ''));
    IF dnc.refused_as_of(phone, channel, purpose, at, known_at) THEN
        RETURN true;
    END IF;
    SELECT bool_or(l.has), bool_or(l.has IS NULL AND l.version_id IS NOT NULL OR l.strict AND l.doubt IS NOT NULL) INTO listed, unknown
        FROM dnc.lists_as_of(phone, channel, purpose, least(at, known_at)) AS l WHERE l.applies = 'check';
    RETURN CASE WHEN listed THEN true WHEN unknown OR cardinality(dnc.missing_keys()) > 0 OR at < (SELECT max(p.purged_at - p.keep) FROM dnc.purge AS p WHERE p.subject = 'ended_entry')
        -- What ended before an erasure is not told any more.
        OR at < (SELECT max(x.erased_at) FROM dnc.marks(phone) AS m JOIN dnc.erasure AS x ON x.mark = m.mark AND x.mark_low = m.mark_low AND x.key_id = m.key_id) THEN NULL ELSE false END;
END
$$;

-- ---------------------------------------------------------------------------
-- Requests of persons about their data, legal holds, and who was given numbers
-- ---------------------------------------------------------------------------
-- Access, rectification, erasure, restriction and objection (GDPR, art. 15 to 18 and 21). A request is a row, and what becomes of it a row
-- a step; nothing is changed.

CREATE TABLE dnc.subject_request (
    request_id   bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    phone        @extschema@.dnc_phone NOT NULL,
    kind         text        NOT NULL CHECK (kind IN ('access', 'rectification', 'erasure', 'restriction', 'objection')),
    received_at  timestamptz NOT NULL CHECK (isfinite(received_at)),
    due_at       timestamptz NOT NULL CHECK (due_at > received_at),
    source       text        NOT NULL REFERENCES dnc.source,
    evidence     jsonb       NOT NULL CHECK (jsonb_typeof(evidence) = 'object'),
    taken_by     text        CHECK (length(taken_by) BETWEEN 1 AND 500),
    entry_id     bigint,
    recorded_at  timestamptz NOT NULL CHECK (recorded_at >= received_at),
    audit_seq    bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data
);
CREATE INDEX subject_request_phone ON dnc.subject_request (phone);
CREATE TABLE dnc.subject_request_step (
    step_id    bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    request_id bigint      NOT NULL REFERENCES dnc.subject_request,
    step       text        NOT NULL CHECK (step IN ('identified', 'extended', 'done', 'refused', 'lifted')),
    detail     text        NOT NULL CHECK (length(detail) BETWEEN 1 AND 5000),
    due_at     timestamptz CHECK (isfinite(due_at)),
    done_by    text        NOT NULL CHECK (length(done_by) BETWEEN 1 AND 500),
    done_at    timestamptz NOT NULL,
    audit_seq  bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data,
    CHECK ((step = 'extended') = (due_at IS NOT NULL))
);
CREATE INDEX subject_request_step_request ON dnc.subject_request_step (request_id);
CREATE UNIQUE INDEX subject_request_step_closes ON dnc.subject_request_step (request_id) WHERE step IN ('done', 'refused');
COMMENT ON SEQUENCE dnc.subject_request_request_id_seq IS 'numbers requests of persons';
COMMENT ON TABLE dnc.subject_request IS 'register of requests of persons about their data: access, rectification, erasure, restriction, objection; insert-only';
COMMENT ON COLUMN dnc.subject_request.due_at IS 'a month after receipt, by UTC''s calendar (GDPR, art. 12(3)); an extension is a step';
COMMENT ON COLUMN dnc.subject_request.entry_id IS 'refusal that a restriction or an objection recorded';
COMMENT ON SEQUENCE dnc.subject_request_step_step_id_seq IS 'numbers steps';
COMMENT ON TABLE dnc.subject_request_step IS 'what became of requests, a step a row; insert-only';
COMMENT ON COLUMN dnc.subject_request_step.step IS 'identified: how the person''s identity was checked; extended: why, and until when; done: what was done; refused: on which ground; lifted: a restriction ended';

CREATE TABLE dnc.legal_hold (
    hold_id     bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    matter      text        NOT NULL CHECK (length(matter) BETWEEN 1 AND 500),
    phone       @extschema@.dnc_phone,
    since       timestamptz NOT NULL DEFAULT '-infinity',
    until       timestamptz NOT NULL DEFAULT 'infinity',
    lifts       bigint,
    why         text        NOT NULL CHECK (length(why) BETWEEN 1 AND 5000),
    done_by     text        NOT NULL CHECK (length(done_by) BETWEEN 1 AND 500),
    recorded_at timestamptz NOT NULL,
    audit_seq   bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data,
    CHECK (since < until)
);
CREATE INDEX legal_hold_phone ON dnc.legal_hold (phone);
CREATE UNIQUE INDEX legal_hold_lifts ON dnc.legal_hold (lifts) WHERE lifts IS NOT NULL;
COMMENT ON SEQUENCE dnc.legal_hold_hold_id_seq IS 'numbers legal holds';
COMMENT ON TABLE dnc.legal_hold IS 'what must be kept for a legal matter, and what lifted that; it blocks erasure and purge; insert-only';
COMMENT ON COLUMN dnc.legal_hold.phone IS 'number whose data are held; NULL: those of every number';
COMMENT ON COLUMN dnc.legal_hold.since IS 'what happened or was recorded from then on is kept from purges';
COMMENT ON COLUMN dnc.legal_hold.until IS 'and up to then';
COMMENT ON COLUMN dnc.legal_hold.lifts IS 'hold that this row ends';

CREATE TABLE dnc.recipient (
    recipient   text   PRIMARY KEY CHECK (recipient ~ '^[a-z][a-z0-9_-]{0,62}$'),
    kind        text   NOT NULL CHECK (kind IN ('dialer', 'partner', 'processor', 'authority', 'other')),
    description text   NOT NULL,
    contact     text,
    audit_seq   bigint NOT NULL UNIQUE REFERENCES dnc.audit_data
);
CREATE TABLE dnc.disclosure (
    disclosure_id bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    recipient     text        NOT NULL REFERENCES dnc.recipient,
    phone         @extschema@.dnc_phone,
    what          text        NOT NULL CHECK (length(what) BETWEEN 1 AND 500),
    channel       text,
    purpose       text,
    disclosed_at  timestamptz NOT NULL CHECK (isfinite(disclosed_at)),
    recorded_by   text        NOT NULL,
    audit_seq     bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data
);
CREATE INDEX disclosure_phone ON dnc.disclosure (phone);
COMMENT ON TABLE dnc.recipient IS 'who is given numbers: dialers, partners, processors, authorities';
COMMENT ON COLUMN dnc.recipient.contact IS 'where they are told of an erasure or a rectification (GDPR, art. 19)';
COMMENT ON SEQUENCE dnc.disclosure_disclosure_id_seq IS 'numbers disclosures';
COMMENT ON TABLE dnc.disclosure IS 'when who was given which number, or the whole list; insert-only';
COMMENT ON COLUMN dnc.disclosure.phone IS 'number that was given; NULL: the internal list as it was then, for the channel and purpose';

DO $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT * FROM (VALUES ('subject_request', 'request_id'), ('subject_request_step', 'step_id'), ('legal_hold', 'hold_id'), ('disclosure', 'disclosure_id')) AS v (relation, key) LOOP
        PERFORM dnc.audit_history(r.relation, r.key);
        PERFORM pg_extension_config_dump(format('dnc.%I', r.relation)::regclass, '');
        PERFORM pg_extension_config_dump(format('dnc.%s_%s_seq', r.relation, r.key)::regclass, '');
    END LOOP;
    PERFORM dnc.audit('recipient', 'recipient');
    PERFORM pg_extension_config_dump('dnc.recipient', '');
END
$$;

-- What waits for a lock must then see what its holder did.
CREATE FUNCTION dnc.require_read_committed() RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'this is done in READ COMMITTED only' USING ERRCODE = 'invalid_transaction_state', DETAIL = format('The transaction is %s, and does not see a legal hold that was placed since it began.', current_setting('transaction_isolation')),
            HINT = 'BEGIN ISOLATION LEVEL READ COMMITTED.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_read_committed() IS 'raises in a transaction that does not see what others commit';
CREATE FUNCTION dnc.require_words(what text, words text, most integer) RETURNS void LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(btrim(words), '') = '' OR length(words) > most THEN
        RAISE EXCEPTION '% must be said, in up to % characters', what, most USING ERRCODE = 'invalid_parameter_value', DETAIL = CASE WHEN coalesce(btrim(words), '') = '' THEN 'Nothing was said.' ELSE format('It has %s characters.', length(words)) END, HINT = 'It is kept, and shown where it matters.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_words(text, text, integer) IS 'raises unless something was said, at not too great length';

-- ---------------------------------------------------------------------------
-- The register
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_subject_request(
    phone @extschema@.dnc_phone, kind text, received_at timestamptz DEFAULT now(), source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}', taken_by text DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    fresh bigint;
    entry bigint;
BEGIN
    IF phone IS NULL OR kind IS NULL OR kind NOT IN ('access', 'rectification', 'erasure', 'restriction', 'objection') THEN
        RAISE EXCEPTION 'a request has a number and a kind' USING ERRCODE = 'invalid_parameter_value', DETAIL = format('The kind is %L; kinds are access, rectification, erasure, restriction and objection.', kind);
    END IF;
    PERFORM dnc.require_known('source', source), dnc.require_evidence(evidence, taken_by, NULL), dnc.require_past('request received', received_at);
    -- Until it is decided, the data are not used: a restriction and an objection take effect at once (GDPR, art. 18 and 21(3)).
    fresh := nextval('dnc.subject_request_request_id_seq');
    IF kind IN ('restriction', 'objection') THEN
        entry := dnc.record_request(ARRAY[phone], 'all', NULL, 'no_processing', source, received_at, evidence || jsonb_build_object('subject_request', fresh), NULL, received_at, NULL, NULL, NULL, taken_by);
    END IF;
    INSERT INTO dnc.subject_request (request_id, phone, kind, received_at, due_at, source, evidence, taken_by, entry_id, recorded_at)
        VALUES (fresh, phone, kind, received_at, (received_at AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC', source, evidence, taken_by, entry, now());
    RETURN fresh;
END
$$;
CREATE FUNCTION @extschema@.dnc_subject_request(
    phone text, kind text, received_at timestamptz DEFAULT now(), source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}', taken_by text DEFAULT NULL
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_subject_request(@extschema@.dnc_parse(phone), kind, received_at, source, evidence, taken_by);
END;
COMMENT ON FUNCTION @extschema@.dnc_subject_request(@extschema@.dnc_phone, text, timestamptz, text, jsonb, text) IS 'enters a request of a person about their data (access, rectification, erasure, restriction, objection) into the register and returns it; a restriction and an objection refuse all use at once';
COMMENT ON FUNCTION @extschema@.dnc_subject_request(text, text, timestamptz, text, jsonb, text) IS 'enters a request of a person about their data (access, rectification, erasure, restriction, objection) into the register and returns it; a restriction and an objection refuse all use at once';

CREATE VIEW dnc.subject_request_state AS
    SELECT r.request_id, r.phone, r.kind, r.received_at, coalesce(x.due_at, r.due_at) AS due_at, r.source, r.taken_by, r.entry_id,
           i.detail AS identity_check, x.detail AS extended_because,
           CASE WHEN l.step_id IS NOT NULL THEN 'lifted' WHEN c.step IS NOT NULL THEN c.step WHEN i.step_id IS NULL THEN 'to be identified' ELSE 'open' END AS state,
           c.step IS NULL AND l.step_id IS NULL AND coalesce(x.due_at, r.due_at) < pg_catalog.statement_timestamp() AS overdue,
           coalesce(c.done_at, l.done_at) AS closed_at, coalesce(c.done_by, l.done_by) AS closed_by, coalesce(c.detail, l.detail) AS outcome,
           CASE WHEN r.kind IN ('restriction', 'objection') THEN EXISTS (SELECT FROM dnc.entry AS e WHERE e.phone OPERATOR(@extschema@.=) r.phone AND e.reason = 'no_processing' AND e.expires_at > pg_catalog.statement_timestamp()
               AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL))) END AS in_force
    FROM dnc.subject_request AS r
    LEFT JOIN LATERAL (SELECT s.* FROM dnc.subject_request_step AS s WHERE s.request_id = r.request_id AND s.step = 'identified' ORDER BY s.step_id DESC LIMIT 1) AS i ON true
    LEFT JOIN LATERAL (SELECT s.* FROM dnc.subject_request_step AS s WHERE s.request_id = r.request_id AND s.step = 'extended' ORDER BY s.step_id DESC LIMIT 1) AS x ON true
    LEFT JOIN LATERAL (SELECT s.* FROM dnc.subject_request_step AS s WHERE s.request_id = r.request_id AND s.step IN ('done', 'refused') ORDER BY s.step_id LIMIT 1) AS c ON true
    LEFT JOIN LATERAL (SELECT s.* FROM dnc.subject_request_step AS s WHERE s.request_id = r.request_id AND s.step = 'lifted' ORDER BY s.step_id LIMIT 1) AS l ON true;
COMMENT ON VIEW dnc.subject_request_state IS 'requests of persons as they stand: how identified, due when, extended why, done or refused by whom';
COMMENT ON COLUMN dnc.subject_request_state.overdue IS 'neither done nor refused when it was due';
COMMENT ON COLUMN dnc.subject_request_state.in_force IS 'whether the refusal of all use that a restriction or an objection brings still holds';
COMMENT ON COLUMN dnc.subject_request_state.outcome IS 'what was done, or the ground of the refusal';

CREATE FUNCTION @extschema@.dnc_subject_request_step(request bigint, step text, detail text, by text DEFAULT NULL, until timestamptz DEFAULT NULL) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    s       dnc.subject_request_state;
    who     text := coalesce(by, session_user::text);
    problem text;
    entry   bigint;
    next    bigint;
BEGIN
    PERFORM dnc.require_read_committed();
    IF step IS NULL OR step NOT IN ('identified', 'extended', 'done', 'refused', 'lifted') THEN
        RAISE EXCEPTION 'unknown step "%"', left(coalesce(step, 'NULL'), 60) USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'identified: how the person''s identity was checked; extended: why, with until; done: what was done; refused: on which ground; lifted: why a restriction or objection ended.';
    END IF;
    PERFORM dnc.require_words('detail', detail, 5000), dnc.require_words('who does it', who, 500);
    PERFORM FROM dnc.subject_request AS r WHERE r.request_id = request FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no request %', coalesce(request::text, 'NULL') USING ERRCODE = 'no_data_found', HINT = 'dnc.subject_request_state tells the requests.';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('subject_request/' || request, 4476483));
    SELECT * INTO s FROM dnc.subject_request_state AS x WHERE x.request_id = request;
    problem := CASE
        WHEN step <> 'lifted' AND s.closed_at IS NOT NULL OR s.state = 'lifted' THEN format('It is %s since %s.', s.state, s.closed_at)
        WHEN step = 'done' AND s.identity_check IS NULL AND s.kind IN ('access', 'rectification', 'erasure') THEN 'Nobody has checked yet who asks: a step identified comes first.'
        WHEN step = 'extended' AND (until IS NULL OR NOT isfinite(until) OR until <= s.due_at OR until > s.received_at + interval '3 months') THEN format('An extension ends after %s and not after %s: two months more at the most (GDPR, art. 12(3)).', s.due_at, s.received_at + interval '3 months')
        WHEN step = 'extended' AND s.extended_because IS NOT NULL THEN 'It was extended once.'
        WHEN step = 'extended' AND now() > s.due_at THEN 'The person is told of an extension within the first month (GDPR, art. 12(3)), and that is over.'
        WHEN step <> 'extended' AND until IS NOT NULL THEN 'Only an extension has a new end.'
        WHEN step = 'lifted' AND (s.kind NOT IN ('restriction', 'objection') OR s.state = 'refused') THEN 'Only a restriction or an objection that is in force is lifted.' END;
    IF problem IS NOT NULL THEN
        RAISE EXCEPTION 'request % cannot be %', request, step USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = problem;
    END IF;
    INSERT INTO dnc.subject_request_step (request_id, step, detail, due_at, done_by, done_at) VALUES (request, step, detail, until, who, now());
    IF step = 'done' AND s.kind = 'erasure' AND EXISTS (SELECT FROM dnc.entry AS e WHERE dnc.same_phone(e.phone, s.phone)) THEN
        RAISE NOTICE 'request % is done, and data of % are still there', request, dnc.mask(s.phone) USING HINT = 'dnc_erase(…, request => …) erases them and closes the request.';
    END IF;
    -- What was refused at once for the time being ends, if the request is refused or lifted: under the number to which it was corrected, where it was.
    IF step = 'lifted' OR step = 'refused' AND s.kind IN ('restriction', 'objection') THEN
        entry := s.entry_id;
        LOOP
            SELECT e.entry_id INTO next FROM dnc.entry AS e WHERE e.corrects = entry;
            EXIT WHEN next IS NULL;
            entry := next;
        END LOOP;
        PERFORM FROM dnc.entry AS e WHERE e.entry_id = entry FOR KEY SHARE;
        -- Against marketing an objection needs no ground (GDPR, art. 21(3)), so who objected is not contacted in any case.
        IF step = 'refused' AND s.kind = 'objection' THEN
            PERFORM dnc.record_request(ARRAY[e.phone], 'all', NULL, 'no_contact', e.source, e.requested_at, jsonb_build_object('objection', request), NULL, e.received_at, NULL, NULL, NULL, who) FROM dnc.entry AS e WHERE e.entry_id = entry;
        END IF;
        INSERT INTO dnc.entry (phone, ends, received_at, channel, purpose, kind, source, request_id, requested_at, recorded_at, taken_by, evidence)
            SELECT e.phone, e.entry_id, now(), e.channel, e.purpose, 'review', e.source, e.request_id, now(), now(), who, jsonb_build_object('subject_request', request, 'why', detail)
            FROM dnc.entry AS e WHERE e.entry_id = entry AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL));
        IF NOT FOUND THEN
            RAISE NOTICE 'the refusal of request % had ended already, or was erased', request;
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_subject_request_step(bigint, text, text, text, timestamptz)
    IS 'records a step of a request: identified (how), extended (why; until), done (what), refused (ground), lifted (why a restriction or objection ended)';

-- ---------------------------------------------------------------------------
-- Rectification
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.correct(entry bigint, phone @extschema@.dnc_phone, why text, taken_by text) RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_correct(entry, phone, why, taken_by);
END;
COMMENT ON FUNCTION dnc.correct(bigint, @extschema@.dnc_phone, text, text) IS 'dnc_correct, bound for functions that run as superuser';
CREATE FUNCTION @extschema@.dnc_rectify(phone @extschema@.dnc_phone, new_phone @extschema@.dnc_phone, why text, by text DEFAULT NULL) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    e     bigint;
    moved integer := 0;
BEGIN
    IF phone IS NULL OR new_phone IS NULL THEN
        RAISE EXCEPTION 'the number as it was recorded and the right one must be given' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    FOR e IN SELECT x.entry_id FROM dnc.entry AS x WHERE dnc.same_phone(x.phone, phone) AND x.ends IS NULL
             AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = x.entry_id AND dnc.ends_all(w.channel, w.purpose, x.channel, x.purpose, NULL, NULL)) ORDER BY 1 LOOP
        PERFORM dnc.correct(e, new_phone, why, by);
        moved := moved + 1;
    END LOOP;
    IF EXISTS (SELECT FROM dnc.consent AS c WHERE dnc.same_phone(c.phone, phone)) OR EXISTS (SELECT FROM dnc.preference AS c WHERE dnc.same_phone(c.phone, phone)) OR EXISTS (SELECT FROM dnc.relationship AS c WHERE dnc.same_phone(c.phone, phone)) THEN
        RAISE NOTICE 'consents, relationships and preferences of % stay where they are', dnc.mask(phone) USING DETAIL = 'What was agreed to for one number is no proof for another.', HINT = 'dnc_withdraw_consent ends them; dnc_consent, dnc_relationship and dnc_prefer record what holds for the right number.';
    END IF;
    RETURN moved;
END
$$;
CREATE FUNCTION @extschema@.dnc_rectify(phone text, new_phone text, why text, by text DEFAULT NULL) RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_rectify(@extschema@.dnc_parse(phone), @extschema@.dnc_parse(new_phone), why, by);
END;
COMMENT ON FUNCTION @extschema@.dnc_rectify(@extschema@.dnc_phone, @extschema@.dnc_phone, text, text) IS 'moves every refusal in force that was recorded under a wrong number to the right one, as dnc_correct does with one; returns how many';
COMMENT ON FUNCTION @extschema@.dnc_rectify(text, text, text, text) IS 'moves every refusal in force that was recorded under a wrong number to the right one, as dnc_correct does with one; returns how many';

-- ---------------------------------------------------------------------------
-- Legal holds
-- ---------------------------------------------------------------------------

CREATE VIEW dnc.legal_hold_in_force AS
    SELECT h.hold_id, h.matter, h.phone, h.since, h.until, h.why, h.done_by, h.recorded_at FROM dnc.legal_hold AS h
    WHERE h.lifts IS NULL AND NOT EXISTS (SELECT FROM dnc.legal_hold AS l WHERE l.lifts = h.hold_id);
COMMENT ON VIEW dnc.legal_hold_in_force IS 'legal holds that nobody has lifted';
CREATE VIEW dnc.restriction_in_force AS
    SELECT r.request_id, r.phone FROM dnc.subject_request AS r WHERE r.kind = 'restriction' AND NOT EXISTS (SELECT FROM dnc.subject_request_step AS s WHERE s.request_id = r.request_id AND s.step IN ('refused', 'lifted'));
COMMENT ON VIEW dnc.restriction_in_force IS 'requests for restriction that hold: the data are stored, not used, not erased (GDPR, art. 18)';
-- Whether something of a number is kept: a hold covers one of its times, or its data are restricted.
CREATE FUNCTION dnc.is_held(phone @extschema@.dnc_phone, at timestamptz[]) RETURNS boolean LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM dnc.legal_hold_in_force AS h WHERE (h.phone IS NULL OR h.phone OPERATOR(@extschema@.=) is_held.phone) AND EXISTS (SELECT FROM pg_catalog.unnest(is_held.at) AS t (t) WHERE t.t IS NULL OR h.since <= t.t AND t.t < h.until))
        OR EXISTS (SELECT FROM dnc.restriction_in_force AS r WHERE r.phone OPERATOR(@extschema@.=) is_held.phone);
END;
COMMENT ON FUNCTION dnc.is_held(@extschema@.dnc_phone, timestamptz[]) IS 'whether what happened to a number or was recorded of it at one of some times is under a legal hold or a restriction; NULL: at any time';

CREATE FUNCTION @extschema@.dnc_hold(matter text, phones @extschema@.dnc_phone[], why text, by text DEFAULT NULL, since timestamptz DEFAULT '-infinity', until timestamptz DEFAULT 'infinity') RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    made integer;
BEGIN
    PERFORM dnc.require_words('the matter', matter, 500), dnc.require_words('why', why, 5000), dnc.require_words('who does it', coalesce(by, session_user::text), 500);
    IF since IS NULL OR until IS NULL OR since >= until OR cardinality(phones) = 0 OR array_position(phones, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'a hold is of numbers, or of every one (NULL), and of some time' USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It would be of %s number(s), from %s to %s.', coalesce(cardinality(phones)::text, 'every'), since, until);
    END IF;
    -- Whoever erases waits, and finds the hold.
    LOCK TABLE dnc.legal_hold IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO dnc.legal_hold (matter, phone, since, until, why, done_by, recorded_at)
        SELECT DISTINCT matter, p, since, until, why, coalesce(by, session_user::text), now() FROM (SELECT x FROM unnest(phones) AS x UNION ALL SELECT NULL WHERE phones IS NULL) AS u (p);
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made;
END
$$;
CREATE FUNCTION @extschema@.dnc_lift_hold(matter text, why text, by text DEFAULT NULL, phones @extschema@.dnc_phone[] DEFAULT NULL) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    lifted integer;
BEGIN
    PERFORM dnc.require_words('the matter', matter, 500), dnc.require_words('why', why, 5000), dnc.require_words('who does it', coalesce(by, session_user::text), 500);
    LOCK TABLE dnc.legal_hold IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO dnc.legal_hold (matter, phone, since, until, lifts, why, done_by, recorded_at)
        SELECT h.matter, h.phone, h.since, h.until, h.hold_id, why, coalesce(by, session_user::text), now() FROM dnc.legal_hold_in_force AS h
        WHERE h.matter = matter AND (phones IS NULL OR EXISTS (SELECT FROM unnest(phones) AS p WHERE dnc.same_phone(p, h.phone)));
    GET DIAGNOSTICS lifted = ROW_COUNT;
    IF lifted = 0 THEN
        RAISE NOTICE 'no hold in force is for the matter "%"%', matter, CASE WHEN phones IS NOT NULL THEN ' and these numbers' ELSE '' END
            USING HINT = 'dnc.legal_hold_in_force tells those that are; a hold of every number is lifted as a whole, without numbers.';
    END IF;
    RETURN lifted;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_hold(text, @extschema@.dnc_phone[], text, text, timestamptz, timestamptz) IS 'places a legal hold for a matter on numbers, or on every one (NULL), and on what was recorded between two times; it blocks erasure and purge until it is lifted';
COMMENT ON FUNCTION @extschema@.dnc_lift_hold(text, text, text, @extschema@.dnc_phone[]) IS 'lifts the holds of a matter, or those of some numbers of it; returns how many';

-- ---------------------------------------------------------------------------
-- Recipients
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_disclosed(recipient text, what text, phones @extschema@.dnc_phone[] DEFAULT NULL, channel text DEFAULT NULL, purpose text DEFAULT NULL, disclosed_at timestamptz DEFAULT now()) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    made integer;
BEGIN
    PERFORM dnc.require_known('recipient', recipient), dnc.require_words('what was given', what, 500), dnc.require_past('numbers given', disclosed_at), dnc.require_scope(channel, purpose, NULL);
    IF cardinality(phones) = 0 OR array_position(phones, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'no number given' USING ERRCODE = 'null_value_not_allowed', HINT = 'NULL in place of numbers: the whole internal list was given.';
    END IF;
    INSERT INTO dnc.disclosure (recipient, phone, what, channel, purpose, disclosed_at, recorded_by)
        SELECT DISTINCT recipient, p, what, nullif(channel, 'all'), purpose, disclosed_at, session_user::text FROM (SELECT x FROM unnest(phones) AS x UNION ALL SELECT NULL WHERE phones IS NULL) AS u (p);
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made;
END
$$;
CREATE FUNCTION dnc.disclosed(recipient text, what text, channel text, purpose text) RETURNS integer LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_disclosed(recipient, what, NULL, channel, purpose);
END;
CREATE FUNCTION dnc.export(format text, channel text, purpose text) RETURNS SETOF text LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_export(format, channel, purpose);
END;
CREATE FUNCTION @extschema@.dnc_export_to(recipient text, format text DEFAULT 'e164', channel text DEFAULT 'voice', purpose text DEFAULT NULL) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM dnc.disclosed(recipient, 'export ' || coalesce(format, 'NULL'), channel, purpose);
    RETURN QUERY SELECT * FROM dnc.export(format, channel, purpose);
END
$$;
COMMENT ON FUNCTION dnc.disclosed(text, text, text, text) IS 'dnc_disclosed of the whole list, bound for functions that run as superuser';
COMMENT ON FUNCTION dnc.export(text, text, text) IS 'dnc_export, bound for functions that run as superuser';
COMMENT ON FUNCTION @extschema@.dnc_disclosed(text, text, @extschema@.dnc_phone[], text, text, timestamptz) IS 'records that a recipient was given numbers, or (NULL) the whole internal list for a channel and purpose; returns how many rows';
COMMENT ON FUNCTION @extschema@.dnc_export_to(text, text, text, text) IS 'dnc_export, recorded as given to a recipient';

-- Who was given a number, by name or with the list while it was on it.
CREATE FUNCTION dnc.recipients_of(phone @extschema@.dnc_phone) RETURNS TABLE (recipient text, kind text, contact text, what text, first_at timestamptz, last_at timestamptz, times bigint) LANGUAGE sql STABLE ROWS 3
BEGIN ATOMIC
    SELECT d.recipient, r.kind, r.contact, d.what, pg_catalog.min(d.disclosed_at), pg_catalog.max(d.disclosed_at), pg_catalog.count(*)
    FROM dnc.disclosure AS d LEFT JOIN dnc.recipient AS r ON r.recipient = d.recipient
    WHERE d.phone OPERATOR(@extschema@.=) recipients_of.phone
       OR d.phone IS NULL AND EXISTS (
            SELECT FROM dnc.entry AS e WHERE e.phone OPERATOR(@extschema@.=) recipients_of.phone AND e.ends IS NULL AND e.recorded_at <= d.disclosed_at AND e.expires_at > d.disclosed_at AND dnc.meets(e.channel, e.purpose, d.channel, d.purpose)
              AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND w.recorded_at <= d.disclosed_at AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, d.channel, d.purpose)))
    GROUP BY d.recipient, r.kind, r.contact, d.what;
END;
COMMENT ON FUNCTION dnc.recipients_of(@extschema@.dnc_phone) IS 'who was given a number, by itself or with the list while it was on it';

-- ---------------------------------------------------------------------------
-- Erasure: a person's data go, the refusal stays
-- ---------------------------------------------------------------------------
-- dnc_erase removes the rows of a number from every table, from the log's payload and from versions of lists that are no longer current, and
-- puts its refusals in force under a mark (58-fingerprint.sql). What a rule wants kept stays without the number, under the mark too.
-- dnc_erase_finish then rewrites what was touched, since deleted rows stay readable in the files.

CREATE TABLE dnc.erasure (
    erasure_id  bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    mark        bigint      NOT NULL,
    mark_low    bigint      NOT NULL,
    key_id      text        NOT NULL REFERENCES dnc.fingerprint_key,
    erased_at   timestamptz NOT NULL,
    erased_by   text        NOT NULL CHECK (length(erased_by) BETWEEN 1 AND 500),
    why         text        NOT NULL CHECK (length(why) BETWEEN 1 AND 5000),
    request     jsonb,
    finished_at timestamptz,
    audit_seq   bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data
);
CREATE INDEX erasure_mark ON dnc.erasure (mark);
CREATE TABLE dnc.erasure_part (
    erasure_id bigint NOT NULL REFERENCES dnc.erasure,
    relation   text   NOT NULL,
    part       text   NOT NULL DEFAULT '',
    rows       bigint NOT NULL CHECK (rows > 0),
    PRIMARY KEY (erasure_id, relation, part)
);
CREATE TABLE dnc.kept_record (
    kept_id    bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    erasure_id bigint      NOT NULL REFERENCES dnc.erasure,
    relation   text        NOT NULL,
    record     jsonb       NOT NULL,
    keep_until timestamptz NOT NULL,
    because    text        NOT NULL,
    audit_seq  bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data
);
CREATE INDEX kept_record_erasure ON dnc.kept_record (erasure_id);
-- What the person took back stays too, so that a consent or a relationship of before that is recorded again does not count.
CREATE TABLE dnc.erased_ending (
    ending_id bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    mark      bigint      NOT NULL,
    mark_low  bigint      NOT NULL,
    key_id    text        NOT NULL REFERENCES dnc.fingerprint_key,
    ended     text        NOT NULL CHECK (ended IN ('consent', 'relationship')),
    channel   text        NOT NULL,
    purpose   text,
    ended_at  timestamptz NOT NULL CHECK (isfinite(ended_at)),
    audit_seq bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data
);
CREATE INDEX erased_ending_mark ON dnc.erased_ending (mark);
COMMENT ON SEQUENCE dnc.erased_ending_ending_id_seq IS 'numbers endings of erased numbers';
COMMENT ON TABLE dnc.erased_ending IS 'up to when consents and relationships of erased numbers count no more; insert-only, but for changing keys';
COMMENT ON COLUMN dnc.erased_ending.mark IS 'high half of the erased number''s mark';
COMMENT ON SEQUENCE dnc.erasure_erasure_id_seq IS 'numbers erasures';
COMMENT ON TABLE dnc.erasure IS 'erasures: of which mark, when, by whom, why, upon which request of the person';
COMMENT ON COLUMN dnc.erasure.mark IS 'high half of the erased number''s mark';
COMMENT ON COLUMN dnc.erasure.request IS 'what the register held of the person''s requests, without number and evidence';
COMMENT ON COLUMN dnc.erasure.finished_at IS 'when the files were rewritten; NULL: what was erased may still be read in them';
COMMENT ON TABLE dnc.erasure_part IS 'how many rows of which table an erasure took; insert-only';
COMMENT ON COLUMN dnc.erasure_part.part IS 'partition, import of answers, or version, where that tells more';
COMMENT ON SEQUENCE dnc.kept_record_kept_id_seq IS 'numbers kept records';
COMMENT ON TABLE dnc.kept_record IS 'what a rule wants kept of erased numbers, without the number; goes when that is over';
COMMENT ON COLUMN dnc.kept_record.record IS 'the row, without the number, and with it taken out of texts';

SELECT dnc.audit('erasure', 'erasure_id'), dnc.audit_history('kept_record', 'kept_id'), dnc.audit_history('erased_ending', 'ending_id');
CREATE TRIGGER "00_insert_only" BEFORE UPDATE OR DELETE ON dnc.erasure_part FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change();
CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.erasure_part FOR EACH STATEMENT EXECUTE FUNCTION dnc.refuse_change();
ALTER TABLE dnc.erasure_part ENABLE ALWAYS TRIGGER "00_insert_only", ENABLE ALWAYS TRIGGER "00_no_truncate";
-- Of an erasure only its mark changes, with the keys, and that it was finished.
CREATE FUNCTION dnc.erasure_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.erasure_id, NEW.erased_at, NEW.erased_by, NEW.why) IS DISTINCT FROM (OLD.erasure_id, OLD.erased_at, OLD.erased_by, OLD.why) OR NEW.request IS DISTINCT FROM OLD.request OR NEW.finished_at IS NULL AND OLD.finished_at IS NOT NULL THEN
        RAISE EXCEPTION '% of dnc.erasure is refused', TG_OP USING ERRCODE = 'insufficient_privilege', DETAIL = 'An erasure is kept as it was recorded.', HINT = 'dnc_erase_finish completes it.';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION dnc.erasure_change() IS 'trigger that keeps erasures as they were recorded';
CREATE TRIGGER "00_accept" BEFORE UPDATE OR DELETE ON dnc.erasure FOR EACH ROW EXECUTE FUNCTION dnc.erasure_change();
ALTER TABLE dnc.erasure ENABLE ALWAYS TRIGGER "00_accept";
SELECT pg_catalog.pg_extension_config_dump('dnc.erasure', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.erasure_erasure_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.erasure_part', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.erased_ending', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.erased_ending_ending_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.kept_record', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.kept_record_kept_id_seq', '');

CREATE FUNCTION dnc.erase_rows(relation text, condition text) RETURNS bigint AS 'MODULE_PATHNAME', 'dnc_erase_rows_wrapper' LANGUAGE c STRICT;
COMMENT ON FUNCTION dnc.erase_rows(text, text) IS 'deletes rows of a table of schema dnc, with all that the log holds of them; behind dnc_erase and dnc_maintain';

-- The digits of a number as people write them: its national part, with whatever is no digit between them, a dozen signs at the most.
CREATE FUNCTION dnc.spelled(phone @extschema@.dnc_phone) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN pg_catalog.regexp_replace(@extschema@.dnc_national(phone), '(\d)(?=\d)', '\1[^0-9]{0,12}', 'g');
CREATE FUNCTION dnc.redact(words text, phone @extschema@.dnc_phone) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN pg_catalog.regexp_replace(pg_catalog.translate(words, '０１２３４５６７８９٠١٢٣٤٥٦٧٨٩', '01234567890123456789'), dnc.spelled(phone), '[erased]', 'g');
-- Whole: with its calling code, and no digit before or after. Other numbers may have the same digits within.
CREATE FUNCTION dnc.mentions(words text, phone @extschema@.dnc_phone) RETURNS boolean LANGUAGE sql IMMUTABLE
    RETURN pg_catalog.translate(words, '０１２３４５６７８９٠١٢٣٤٥٦٧٨٩', '01234567890123456789') OPERATOR(pg_catalog.~) ('(^|[^0-9])(00|011)?' || @extschema@.dnc_country_code(phone) || '[^0-9]{0,3}(\(?0\)?)?[^0-9]{0,3}' || dnc.spelled(phone) || '($|[^0-9])');
-- Whether a spelling that a table or a file brought is this number, read as it was read there; what cannot be read is, if it says the whole number.
CREATE FUNCTION dnc.spells(spelling text, region text, phone @extschema@.dnc_phone) RETURNS boolean LANGUAGE sql IMMUTABLE
    RETURN coalesce(dnc.same_phone(dnc.try_parse(spelling, region), phone), dnc.mentions(spelling, phone));
-- The texts within JSON, names too; a number that says it becomes a text. Recursion ends: what is stored as jsonb was read once.
CREATE FUNCTION dnc.redact_json(given jsonb, phone @extschema@.dnc_phone) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE jsonb_typeof(given)
        WHEN 'object' THEN (SELECT coalesce(jsonb_object_agg(dnc.redact(f.key, redact_json.phone), dnc.redact_json(f.value, redact_json.phone)), '{}') FROM jsonb_each(given) AS f)
        WHEN 'array' THEN (SELECT coalesce(jsonb_agg(dnc.redact_json(f.value, redact_json.phone) ORDER BY f.n), '[]') FROM jsonb_array_elements(given) WITH ORDINALITY AS f (value, n))
        WHEN 'string' THEN to_jsonb(dnc.redact(given #>> '{}', redact_json.phone))
        WHEN 'number' THEN CASE WHEN given::text ~ dnc.spelled(redact_json.phone) THEN to_jsonb(dnc.redact(given::text, redact_json.phone)) ELSE given END
        ELSE given END;
END
$$;
-- Of a row only what somebody wrote: times and numbers of rows stay what they are.
CREATE FUNCTION dnc.redact_row(given jsonb, phone @extschema@.dnc_phone) RETURNS jsonb LANGUAGE sql IMMUTABLE
    RETURN (SELECT coalesce(pg_catalog.jsonb_object_agg(f.key, CASE WHEN f.key = ANY ('{evidence,wording,words,agent,campaign,taken_by,recorded_by,external_ref,grounds,decision,identity_check,extended_because,outcome,closed_by}') THEN dnc.redact_json(f.value, phone) ELSE f.value END), '{}')
            FROM pg_catalog.jsonb_each(given) AS f WHERE f.key <> ALL ('{phone,audit_seq,entry_id}'));
COMMENT ON FUNCTION dnc.spelled(@extschema@.dnc_phone) IS 'regular expression of a number as people write it';
COMMENT ON FUNCTION dnc.redact(text, @extschema@.dnc_phone) IS 'a text with the number taken out';
COMMENT ON FUNCTION dnc.mentions(text, @extschema@.dnc_phone) IS 'whether a text has the whole number in it';
COMMENT ON FUNCTION dnc.spells(text, text, @extschema@.dnc_phone) IS 'whether a spelling, read in a region, is the number';
COMMENT ON FUNCTION dnc.redact_json(jsonb, @extschema@.dnc_phone) IS 'JSON with the number taken out of texts, names and numbers';
COMMENT ON FUNCTION dnc.redact_row(jsonb, @extschema@.dnc_phone) IS 'a row as JSON, without the number, and with it taken out of what somebody wrote';
CREATE FUNCTION dnc.why_kept(phone @extschema@.dnc_phone, kind text) RETURNS text LANGUAGE sql STABLE
    RETURN (SELECT pg_catalog.string_agg(DISTINCT r.citation, '; ' ORDER BY r.citation) FROM dnc.rule AS r WHERE r.kind = why_kept.kind AND r.jurisdiction = ANY (@extschema@.dnc_places(phone)) AND r.valid_to IS NULL);
COMMENT ON FUNCTION dnc.why_kept(@extschema@.dnc_phone, text) IS 'citations of the rules of a kind where the number may be';

CREATE FUNCTION dnc.erased_endings(phone @extschema@.dnc_phone, ended text) RETURNS SETOF dnc.erased_ending LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT x.* FROM dnc.marks(erased_endings.phone) AS m JOIN dnc.erased_ending AS x ON x.mark = m.mark AND x.mark_low = m.mark_low AND x.key_id = m.key_id WHERE x.ended = erased_endings.ended;
END;
COMMENT ON FUNCTION dnc.erased_endings(@extschema@.dnc_phone, text) IS 'up to when consents or relationships of an erased number count no more';

-- ---------------------------------------------------------------------------
-- Keys
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_fingerprint_key(key_id text DEFAULT 'fingerprint') RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    wanted bytea;
BEGIN
    IF key_id IS NULL OR key_id !~ '^fingerprint(-[A-Za-z0-9_-]{1,60})?$' THEN
        RAISE EXCEPTION '"%" is no name for a key of fingerprints', left(coalesce(key_id, 'NULL'), 60) USING ERRCODE = 'invalid_parameter_value', HINT = 'Write fingerprint, or fingerprint-2027.';
    END IF;
    wanted := dnc.key_check(key_id);
    PERFORM FROM dnc.fingerprint_key AS k WHERE k.check_value = wanted AND k.key_id <> key_id;
    IF FOUND THEN
        RAISE EXCEPTION 'the key "%" is one that is registered under another name', key_id USING ERRCODE = 'unique_violation', HINT = 'Draw a new one: openssl rand -hex 32.';
    END IF;
    INSERT INTO dnc.fingerprint_key (key_id, check_value, added_at, added_by) VALUES (key_id, wanted, clock_timestamp(), session_user);
EXCEPTION WHEN unique_violation THEN
    IF EXISTS (SELECT FROM dnc.fingerprint_key AS k WHERE k.key_id = key_id AND k.check_value = wanted AND k.retired_at IS NULL) THEN
        RETURN;
    ELSIF EXISTS (SELECT FROM dnc.fingerprint_key AS k WHERE k.key_id = key_id) THEN
        RAISE EXCEPTION 'another key "%" is registered, or it is retired', key_id USING ERRCODE = 'unique_violation', HINT = 'Give a new key a name of its own.';
    END IF;
    RAISE;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_fingerprint_key(text) IS 'registers a key of the file dnc.key_file: from now on numbers are marked under it; those marked under others stay so until dnc_fingerprint_migrate';

CREATE FUNCTION @extschema@.dnc_fingerprint_migrate(phone @extschema@.dnc_phone) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    newest record;
    older  record;
    moved  integer := 0;
    f      dnc.fingerprint;
    fresh  bigint;
BEGIN
    FOR older IN SELECT m.*, row_number() OVER () AS n FROM dnc.marks(phone) AS m LOOP
        IF older.n = 1 THEN
            newest := older;
            CONTINUE;
        END IF;
        CONTINUE WHEN NOT EXISTS (SELECT FROM dnc.fingerprint AS x WHERE x.mark = older.mark AND x.mark_low = older.mark_low AND x.key_id = older.key_id)
                  AND NOT EXISTS (SELECT FROM dnc.erasure AS x WHERE x.mark = older.mark AND x.mark_low = older.mark_low AND x.key_id = older.key_id);
        FOR f IN SELECT x.* FROM dnc.fingerprint AS x WHERE x.mark = older.mark AND x.mark_low = older.mark_low AND x.key_id = older.key_id AND x.ends IS NULL ORDER BY x.fingerprint_id LOOP
            INSERT INTO dnc.fingerprint (mark, mark_low, key_id, effective_at, expires_at, received_at, channel, purpose, kind, reason, source, requested_at, recorded_at, due_at, keep_until)
                VALUES (newest.mark, newest.mark_low, newest.key_id, f.effective_at, f.expires_at, f.received_at, f.channel, f.purpose, f.kind, f.reason, f.source, f.requested_at, f.recorded_at, f.due_at, f.keep_until) RETURNING fingerprint_id INTO fresh;
            INSERT INTO dnc.fingerprint (mark, mark_low, key_id, ends, received_at, channel, purpose, kind, source, requested_at, recorded_at)
                SELECT newest.mark, newest.mark_low, newest.key_id, fresh, w.received_at, w.channel, w.purpose, w.kind, w.source, w.requested_at, w.recorded_at FROM dnc.fingerprint AS w WHERE w.ends = f.fingerprint_id ORDER BY w.fingerprint_id;
            moved := moved + 1;
        END LOOP;
        PERFORM dnc.erase_rows('fingerprint', format('r.mark = %s AND r.mark_low = %s AND r.key_id = %L', older.mark, older.mark_low, older.key_id));
        INSERT INTO dnc.erased_ending (mark, mark_low, key_id, ended, channel, purpose, ended_at)
            SELECT newest.mark, newest.mark_low, newest.key_id, x.ended, x.channel, x.purpose, x.ended_at FROM dnc.erased_ending AS x WHERE x.mark = older.mark AND x.mark_low = older.mark_low AND x.key_id = older.key_id;
        PERFORM dnc.erase_rows('erased_ending', format('r.mark = %s AND r.mark_low = %s AND r.key_id = %L', older.mark, older.mark_low, older.key_id));
        UPDATE dnc.erasure AS x SET mark = newest.mark, mark_low = newest.mark_low, key_id = newest.key_id WHERE x.mark = older.mark AND x.mark_low = older.mark_low AND x.key_id = older.key_id;
    END LOOP;
    RETURN moved;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_fingerprint_migrate(@extschema@.dnc_phone) IS 'puts an erased number under the newest key, and returns how many refusals that were; to be called for every number that one has, as in SELECT sum(dnc_fingerprint_migrate(phone)) FROM contact';

CREATE FUNCTION @extschema@.dnc_fingerprint_retire(key_id text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    left_over bigint;
BEGIN
    PERFORM dnc.require_read_committed();
    -- An erasure that is going on is waited for.
    LOCK TABLE dnc.erasure, dnc.fingerprint IN SHARE ROW EXCLUSIVE MODE;
    SELECT count(*) INTO left_over FROM dnc.fingerprint AS f WHERE f.key_id = key_id AND f.ends IS NULL AND f.expires_at > now() AND NOT EXISTS (SELECT FROM dnc.fingerprint AS w WHERE w.ends = f.fingerprint_id AND dnc.ends_all(w.channel, w.purpose, f.channel, f.purpose, NULL, NULL));
    left_over := left_over + (SELECT count(*) FROM dnc.kept_record AS k JOIN dnc.erasure AS e ON e.erasure_id = k.erasure_id WHERE e.key_id = key_id) + (SELECT count(*) FROM dnc.erased_ending AS e WHERE e.key_id = key_id);
    IF left_over > 0 THEN
        RAISE EXCEPTION 'key "%" is still needed', key_id USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('%s refusals in force, endings and kept records are under it.', left_over),
            HINT = 'dnc_fingerprint_migrate(phone) puts each number that one has under the newest key; a refusal of a number that nobody has any more keeps its key.';
    END IF;
    UPDATE dnc.fingerprint_key AS k SET retired_at = now() WHERE k.key_id = key_id AND k.retired_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no key "%" to retire', left(coalesce(key_id, 'NULL'), 60) USING ERRCODE = 'undefined_object', HINT = 'dnc.fingerprint_key tells the keys.';
    END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_fingerprint_retire(text) IS 'a key under which no refusal in force is left need not be at hand any more';

-- ---------------------------------------------------------------------------
-- Erasure
-- ---------------------------------------------------------------------------

-- What is beyond reach, as far as the server can tell.
CREATE FUNCTION dnc.out_of_reach() RETURNS TABLE (what text, detail text) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT 'tables of the CRM', 'guarded: ' || coalesce((SELECT pg_catalog.string_agg(DISTINCT a.relation::text, ', ') FROM dnc.attachment AS a), 'none') || '; dnc_coverage() looks for more: their numbers are theirs to erase'
    UNION ALL
    SELECT 'results of scrubs', pg_catalog.string_agg(DISTINCT s.target, ', ') FROM dnc.scrub AS s WHERE pg_catalog.to_regclass(s.target) IS NOT NULL HAVING pg_catalog.count(*) > 0
    UNION ALL
    SELECT 'backups and dumps', 'those of before have the data until they are replaced'
    UNION ALL
    SELECT 'write-ahead log', CASE pg_catalog.current_setting('archive_mode') WHEN 'off' THEN 'not archived; files in pg_wal are used again in time' ELSE 'archived (archive_mode = ' || pg_catalog.current_setting('archive_mode') || '): the archive has what was written until dnc_erase_finish' END
    UNION ALL
    SELECT 'the server''s log and statistics of statements', 'statements that were logged with their values'
    UNION ALL
    SELECT 'standbys', 'they follow: ' || pg_catalog.string_agg(coalesce(nullif(r.application_name, ''), r.pid::text), ', ') FROM pg_catalog.pg_stat_replication AS r HAVING pg_catalog.count(*) > 0
    UNION ALL
    SELECT 'subscribers', 'slots of logical replication: ' || pg_catalog.string_agg(s.slot_name::text, ', ') FROM pg_catalog.pg_replication_slots AS s WHERE s.slot_type = 'logical' AND s.database = pg_catalog.current_database() HAVING pg_catalog.count(*) > 0;
END;
COMMENT ON FUNCTION dnc.out_of_reach() IS 'where data of an erased number may still be that no statement in this database reaches';

CREATE FUNCTION dnc.erase_number(phone @extschema@.dnc_phone, why text, by text, request bigint, refuse boolean) RETURNS TABLE (what text, rows bigint, outcome text, detail text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    who      text := coalesce(by, session_user::text);
    state    dnc.subject_request_state;
    ring     record;
    erasure  bigint;
    told     jsonb;
    versions bigint[];
    entries  bigint[];
    scopes   text[] := '{}';
    e        record;
    fresh    bigint;
    part     record;
    n        bigint;
BEGIN
    IF phone IS NULL OR refuse IS NULL THEN
        RAISE EXCEPTION 'no number given, or NULL for whether to refuse first' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM dnc.require_read_committed(), dnc.require_words('why', why, 5000), dnc.require_words('who does it', who, 500);
    -- First what dnc_erase_finish takes first. Nobody places a hold meanwhile; whoever did is found.
    LOCK TABLE dnc.erasure, dnc.legal_hold, dnc.subject_request IN ROW EXCLUSIVE MODE;
    PERFORM pg_advisory_xact_lock(hashtextextended('erase/' || phone::text, 4476483));
    IF request IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('subject_request/' || request, 4476483));
    END IF;
    SELECT string_agg(format('request %s for %s, %s', s.request_id, s.kind, s.state), ', ' ORDER BY s.request_id) INTO detail FROM dnc.subject_request_state AS s
        WHERE dnc.same_phone(s.phone, phone) AND (s.kind IN ('access', 'rectification') AND s.closed_at IS NULL OR s.kind = 'restriction' AND s.state NOT IN ('refused', 'lifted'));
    IF detail IS NOT NULL THEN
        RAISE EXCEPTION '% has requests that an erasure would make void', dnc.mask(phone) USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('%s.', detail),
            HINT = 'Close them first (dnc_subject_request_step), and lift a restriction: restricted data are stored (GDPR, art. 18(1)).';
    END IF;
    IF dnc.is_held(phone, ARRAY[NULL::timestamptz]) THEN
        RAISE EXCEPTION '% is under a legal hold', dnc.mask(phone) USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = format('For %s.', (SELECT string_agg(DISTINCT h.matter, ', ') FROM dnc.legal_hold_in_force AS h WHERE h.phone IS NULL OR dnc.same_phone(h.phone, phone))),
            HINT = 'What a legal claim needs is kept (GDPR, art. 17(3)(e)); dnc_lift_hold ends the hold. The request can be refused with that ground.';
    END IF;
    IF request IS NOT NULL THEN
        SELECT * INTO state FROM dnc.subject_request_state AS s WHERE s.request_id = request;
        IF state.request_id IS NULL OR state.kind <> 'erasure' OR NOT dnc.same_phone(state.phone, phone) OR state.closed_at IS NOT NULL OR state.identity_check IS NULL THEN
            RAISE EXCEPTION 'request % is no open request for the erasure of %', request, dnc.mask(phone) USING ERRCODE = 'object_not_in_prerequisite_state',
                DETAIL = CASE WHEN state.request_id IS NULL THEN 'There is no such request.' ELSE format('It is for %s of %s, and its state is: %s.', state.kind, dnc.mask(state.phone), state.state) END,
                HINT = 'A step identified (dnc_subject_request_step) comes before what is irreversible.';
        END IF;
        INSERT INTO dnc.subject_request_step (request_id, step, detail, done_by, done_at) VALUES (request, 'done', 'erased', who, now());
    END IF;
    -- Other requests for what is being done are done with it.
    INSERT INTO dnc.subject_request_step (request_id, step, detail, done_by, done_at)
        SELECT s.request_id, 'done', 'erased', who, now() FROM dnc.subject_request_state AS s WHERE dnc.same_phone(s.phone, phone) AND s.kind IN ('erasure', 'objection') AND s.closed_at IS NULL ORDER BY s.request_id;
    IF NOT EXISTS (SELECT FROM dnc.fingerprint_key AS k WHERE k.retired_at IS NULL) THEN
        PERFORM dnc.register_key();
    END IF;
    IF cardinality(dnc.missing_keys()) > 0 THEN
        RAISE EXCEPTION 'numbers cannot be erased without the key "%"', array_to_string(dnc.missing_keys(), '", "') USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'The refusal would not stay.', HINT = 'Put it back into the file of the setting dnc.key_file.';
    END IF;
    SELECT m.* INTO ring FROM dnc.marks(phone) AS m LIMIT 1;
    IF refuse AND NOT EXISTS (SELECT FROM dnc.refusals(phone, NULL, NULL, NULL) AS r WHERE r.channel = 'all' AND r.purpose IS NULL) THEN
        PERFORM dnc.record_request(ARRAY[phone], 'all', NULL, 'no_contact', 'unspecified', now(), '{}', NULL, NULL, NULL, NULL, NULL, who);
    END IF;
    -- Withdrawals that are being recorded come first, and are seen below; a refusal that comes in later is a new one, and stays.
    PERFORM FROM dnc.entry AS x WHERE dnc.same_phone(x.phone, phone) ORDER BY x.entry_id FOR UPDATE;
    entries := ARRAY(SELECT x.entry_id FROM dnc.entry AS x WHERE dnc.same_phone(x.phone, phone));
    SELECT jsonb_agg(to_jsonb(d)) INTO told FROM dnc.recipients_of(phone) AS d;

    INSERT INTO dnc.erasure (mark, mark_low, key_id, erased_at, erased_by, why, request)
        VALUES (ring.mark, ring.mark_low, ring.key_id, now(), dnc.redact(who, phone), dnc.redact(why, phone),
                (SELECT jsonb_agg(dnc.redact_row(to_jsonb(s), phone) ORDER BY s.request_id) FROM dnc.subject_request_state AS s WHERE dnc.same_phone(s.phone, phone)))
        RETURNING erasure_id INTO erasure;

    -- The refusals in force, and what ended parts of them.
    FOR e IN SELECT x.* FROM dnc.entry AS x WHERE x.entry_id = ANY (entries) AND x.ends IS NULL AND x.expires_at > now()
             AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = x.entry_id AND dnc.ends_all(w.channel, w.purpose, x.channel, x.purpose, NULL, NULL)) ORDER BY x.entry_id LOOP
        INSERT INTO dnc.fingerprint (mark, mark_low, key_id, effective_at, expires_at, received_at, channel, purpose, kind, reason, source, requested_at, recorded_at, due_at, keep_until)
            VALUES (ring.mark, ring.mark_low, ring.key_id, e.effective_at, e.expires_at, e.received_at, e.channel, e.purpose, 'refusal', e.reason, e.source, e.requested_at, e.recorded_at, e.due_at, dnc.rule_keep_until(phone, e.channel, e.requested_at, e.received_at))
            RETURNING fingerprint_id INTO fresh;
        INSERT INTO dnc.fingerprint (mark, mark_low, key_id, ends, received_at, channel, purpose, kind, source, requested_at, recorded_at)
            SELECT ring.mark, ring.mark_low, ring.key_id, fresh, w.received_at, w.channel, w.purpose, w.kind, w.source, w.requested_at, w.recorded_at FROM dnc.entry AS w WHERE w.ends = e.entry_id ORDER BY w.entry_id;
        scopes := scopes || concat_ws(' of ', e.channel, e.purpose);
    END LOOP;
    what := 'refusals in force'; rows := cardinality(scopes);
    outcome := CASE WHEN rows > 0 THEN 'kept under a mark' ELSE 'none' END;
    detail := CASE WHEN rows > 0 THEN format('under the key "%s", for %s; pseudonymous, and still personal data; what else was against contacts (consents withdrawn, data bought without proof, hours) is gone but for what is told below', ring.key_id,
                           (SELECT string_agg(DISTINCT s, ', ') FROM unnest(scopes) AS s))
                   WHEN EXISTS (SELECT FROM dnc.entries_of(phone) AS x WHERE x.entry_id < 0) THEN 'it was erased before, and what was refused then stays'
                   ELSE 'nothing will keep the number from being contacted again; refuse => true records a refusal first' END;
    RETURN NEXT;

    -- What the person took back, up to when.
    INSERT INTO dnc.erased_ending (mark, mark_low, key_id, ended, channel, purpose, ended_at)
        SELECT ring.mark, ring.mark_low, ring.key_id, x.ended, x.channel, x.purpose, max(x.at) FROM (
            SELECT 'consent' AS ended, c.channel, c.purpose, c.given_at AS at FROM dnc.consent AS c WHERE dnc.same_phone(c.phone, phone) AND c.withdrawal
            UNION ALL SELECT 'consent', e.channel, e.purpose, e.requested_at FROM dnc.entry AS e WHERE e.entry_id = ANY (entries) AND e.ends IS NULL
            UNION ALL SELECT v.ended, 'all', NULL, g.reassigned_at FROM dnc.reassignment AS g, unnest('{consent,relationship}'::text[]) AS v (ended) WHERE dnc.same_phone(g.phone, phone)
            UNION ALL SELECT 'relationship', 'all', l.purpose, l.happened_at FROM dnc.relationship AS l WHERE dnc.same_phone(l.phone, phone) AND l.event = 'ended') AS x
        GROUP BY x.ended, x.channel, x.purpose;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n > 0 THEN
        what := 'what was taken back'; rows := n; outcome := 'kept under a mark'; detail := 'so that a consent or a relationship of before, recorded again, does not count';
        RETURN NEXT;
    END IF;

    -- What a rule wants kept, without the number.
    INSERT INTO dnc.kept_record (erasure_id, relation, record, keep_until, because)
        SELECT erasure, k.relation, dnc.redact_row(k.record, phone), k.keep_until, coalesce(dnc.why_kept(phone, k.kind), 'a rule')
        FROM (
            SELECT 'consent' AS relation, 'consent_proof' AS kind, to_jsonb(c) AS record, dnc.rule_proof_until(phone, c.channel, c.given_at, greatest(c.given_at, (SELECT max(u.used_on) FROM dnc.consent_use AS u WHERE u.consent_id = c.consent_id)::timestamp AT TIME ZONE 'UTC')) AS keep_until
                FROM dnc.consent AS c WHERE dnc.same_phone(c.phone, phone) AND NOT c.withdrawal
            UNION ALL
            SELECT 'contact_attempt', 'records', to_jsonb(a) - 'decision', dnc.rule_records_until(phone, a.channel, a.happened_at) FROM dnc.attempts_of(phone) AS a
            UNION ALL
            SELECT 'violation', 'records', to_jsonb(v), dnc.rule_records_until(phone, v.channel, v.happened_at) FROM dnc.violation AS v WHERE dnc.same_phone(v.phone, phone)) AS k
        WHERE k.keep_until > now();
    FOR part IN SELECT k.relation, count(*) AS n, max(k.keep_until) AS until, k.because FROM dnc.kept_record AS k WHERE k.erasure_id = erasure GROUP BY k.relation, k.because ORDER BY 1 LOOP
        what := 'dnc.' || part.relation; rows := part.n; outcome := 'kept without the number'; detail := format('a law wants it kept until %s at the latest: %s; whether it is content without the number, ask your counsel', to_char(part.until, 'YYYY-MM-DD'), part.because);
        RETURN NEXT;
    END LOOP;

    -- What was used once stays used, without number and words.
    CREATE TEMP TABLE dnc_used ON COMMIT DROP AS
        SELECT 'token' AS kind, u.token_id AS id, u.action AS meaning, u.channel, u.purpose, u.used_at AS at FROM dnc.token_use AS u WHERE dnc.same_phone(u.phone, phone)
        UNION ALL SELECT 'reply', l.external_ref, l.meaning, l.channel, l.purpose, l.received_at FROM dnc.reply AS l WHERE dnc.same_phone(l.phone, phone) AND l.meaning = 'start' AND l.external_ref IS NOT NULL AND NOT l.external_ref ~ dnc.spelled(phone);
    -- Rows that others refer to go last.
    FOR part IN SELECT * FROM dnc.erase_conditions(phone, entries) LOOP
        IF part.parts IS NOT NULL THEN
            EXECUTE format('INSERT INTO dnc.erasure_part (erasure_id, relation, part, rows) SELECT $1, %L, %s, count(*) FROM dnc.%I AS r WHERE %s GROUP BY 3', part.relation, part.parts, part.relation, part.condition) USING erasure;
        END IF;
        n := dnc.erase_rows(part.relation, part.condition);
        CONTINUE WHEN n = 0;
        IF part.parts IS NULL THEN
            INSERT INTO dnc.erasure_part (erasure_id, relation, rows) VALUES (erasure, part.relation, n);
        END IF;
        what := 'dnc.' || part.relation; rows := n; outcome := 'erased'; detail := NULL;
        RETURN NEXT;
    END LOOP;

    INSERT INTO dnc.token_use (token_id, action, channel, purpose, ended, used_at) SELECT u.id, u.meaning, u.channel, u.purpose, 0, u.at FROM pg_temp.dnc_used AS u WHERE u.kind = 'token';
    INSERT INTO dnc.reply (channel, purpose, reply, meaning, ended, received_at, external_ref, recorded_at) SELECT u.channel, u.purpose, '', u.meaning, 0, u.at, u.id, now() FROM pg_temp.dnc_used AS u WHERE u.kind = 'reply';
    DROP TABLE pg_temp.dnc_used;
    -- Of columns that hold numbers no statistics are made (89-statistics.sql), but some may have been before.
    DELETE FROM pg_statistic AS s USING pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid WHERE c.relnamespace = 'dnc'::regnamespace AND a.attstattarget = 0 AND s.starelid = a.attrelid AND s.staattnum = a.attnum;

    -- Versions of lists that are not asked any more; those that are have what their publisher says.
    SELECT array_agg(v.version_id) INTO versions FROM dnc.list_version AS v WHERE dnc.version_stores(v, phone)
        AND (v.state = 'former' OR v.state = 'ready' AND v.version_id < (SELECT c.version_id FROM dnc.list_version AS c WHERE c.list = v.list AND c.state = 'current')) AND NOT dnc.version_is_held(v);
    IF versions IS NOT NULL THEN
        PERFORM dnc.drop_versions(versions);
        INSERT INTO dnc.erasure_part (erasure_id, relation, rows) VALUES (erasure, 'list_block', cardinality(versions));
        what := 'old versions of lists'; rows := cardinality(versions); outcome := 'erased'; detail := format('pruned: %s', (SELECT string_agg(format('%s version %s', v.list, v.version_id), ', ' ORDER BY v.version_id) FROM dnc.list_version AS v WHERE v.version_id = ANY (versions)));
        RETURN NEXT;
    END IF;
    FOR part IN SELECT v.list, v.version_id, v.state, l.source, l.kind FROM dnc.list_version AS v JOIN dnc.list AS l ON l.list = v.list WHERE dnc.version_stores(v, phone) ORDER BY v.version_id LOOP
        what := format('list %s, version %s', part.list, part.version_id); rows := 1; outcome := 'kept'; detail := CASE part.state WHEN 'former' THEN 'the version has numbers that are under a legal hold' ELSE format('what the list''s publisher says (%s); it goes with the next version that is loaded without it', coalesce(part.source, part.kind)) END;
        RETURN NEXT;
    END LOOP;
    SELECT count(*), string_agg(DISTINCT i.batch_id::text, ', ') INTO part FROM dnc.import_row AS i JOIN dnc.import_batch AS b ON b.batch_id = i.batch_id WHERE dnc.spells(i.phone, b.region, phone);
    IF part.count > 0 THEN
        what := 'dnc.import_row'; rows := part.count; outcome := 'kept'; detail := format('rows of imports that are not finished (%s): finish them, and erase again', part.string_agg);
        RETURN NEXT;
    END IF;

    SELECT count(DISTINCT c.version_id), string_agg(DISTINCT c.version_id::text, ', ') INTO part FROM dnc.list_chunk AS c;
    IF part.count > 0 THEN
        what := 'loads of lists that are not finished'; rows := part.count; outcome := 'kept'; detail := format('versions %s may bring the number: they are their publisher''s', part.string_agg);
        RETURN NEXT;
    END IF;
    SELECT count(*), string_agg(p.prefix_id::text, ', ') INTO part FROM dnc.prefix_entry AS p WHERE p.prefix = phone::text;
    IF part.count > 0 THEN
        what := 'dnc.prefix_entry'; rows := part.count; outcome := 'kept'; detail := format('the number itself is recorded as a prefix (%s): a prefix stands for many numbers, a number belongs to dnc_add', part.string_agg);
        RETURN NEXT;
    END IF;
    SELECT count(*), string_agg(f.name, ', ') INTO part FROM (SELECT 'import ' || b.batch_id AS name, b.file FROM dnc.import_batch AS b UNION ALL SELECT 'version ' || v.version_id, v.file FROM dnc.list_version AS v
        UNION ALL SELECT 'answers ' || r.batch_id, r.file FROM dnc.registry_batch AS r) AS f WHERE f.file ~ dnc.spelled(phone);
    IF part.count > 0 THEN
        what := 'names of files and queries'; rows := part.count; outcome := 'kept'; detail := format('the number stands in the name under which these were loaded: %s', part.string_agg);
        RETURN NEXT;
    END IF;

    FOR part IN SELECT d ->> 'recipient' AS recipient, d ->> 'kind' AS kind, d ->> 'contact' AS contact, sum((d ->> 'times')::bigint) AS times, max(d ->> 'last_at') AS last_at FROM jsonb_array_elements(coalesce(told, '[]')) AS d GROUP BY 1, 2, 3 ORDER BY 1 LOOP
        what := format('%s %s', coalesce(part.kind, 'recipient'), part.recipient); rows := part.times; outcome := 'to be notified'; detail := format('received the number, last at %s%s', part.last_at, coalesce('; contact: ' || part.contact, ''));
        RETURN NEXT;
    END LOOP;
    rows := NULL; outcome := 'out of reach';
    FOR part IN SELECT * FROM dnc.out_of_reach() LOOP
        what := part.what; detail := part.detail;
        RETURN NEXT;
    END LOOP;
    what := 'texts about others'; outcome := 'to be looked through'; detail := 'dnc_mentions(phone) looks for the number in whatever was written about other numbers, such as those of the same request';
    RETURN NEXT;
    what := 'the files of this database'; outcome := 'to be finished'; detail := 'what was deleted stays readable in them until dnc_erase_finish()';
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION dnc.erase_number(@extschema@.dnc_phone, text, text, bigint, boolean) IS 'erases a number; behind dnc_erase';

-- Which rows are a number's, in the order in which they can go; parts: by what they are counted where that matters later.
CREATE FUNCTION dnc.erase_conditions(phone @extschema@.dnc_phone, entries bigint[]) RETURNS TABLE (relation text, condition text, parts text) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    same text := format('dnc.same_phone(r.phone, %L)', phone::text);
BEGIN
    RETURN QUERY SELECT * FROM (VALUES
        ('consent_use', format('r.consent_id IN (SELECT c.consent_id FROM dnc.consent AS c WHERE dnc.same_phone(c.phone, %L))', phone::text), NULL),
        ('consent', same, NULL), ('relationship', same, NULL), ('reassignment', same, NULL), ('preference', same, NULL), ('acquisition', same, NULL),
        ('reply', same, NULL), ('token_use', same, NULL), ('violation', same, NULL), ('contact_attempt', same, 'r.tableoid::regclass::text'), ('registry_answer', same, 'r.batch_id::text'),
        ('guard_event', format('r.e164 = %1$L OR r.e164 IS NULL AND dnc.mentions(r.spelling, %1$L)', phone::text), NULL),
        ('import_reject', format('EXISTS (SELECT FROM dnc.import_batch AS b WHERE b.batch_id = r.batch_id AND dnc.spells(r.phone, b.region, %L))', phone::text), NULL),
        ('subject_request_step', format('r.request_id IN (SELECT s.request_id FROM dnc.subject_request AS s WHERE dnc.same_phone(s.phone, %L))', phone::text), NULL),
        ('subject_request', same, NULL), ('legal_hold', same, NULL), ('disclosure', same, NULL),
        ('review', format('r.entry_id = ANY (%L::bigint[])', entries), NULL), ('entry', format('r.entry_id = ANY (%L::bigint[])', entries), NULL)) AS v (relation, condition, parts)
    WHERE to_regclass('dnc.' || v.relation) IS NOT NULL;
END
$$;
COMMENT ON FUNCTION dnc.erase_conditions(@extschema@.dnc_phone, bigint[]) IS 'which rows are a number''s, table by table';
CREATE FUNCTION dnc.version_lists(version dnc.list_version, phone @extschema@.dnc_phone) RETURNS boolean LANGUAGE sql STABLE
    RETURN CASE WHEN (version).state NOT IN ('ready', 'current', 'former') THEN false
                WHEN (version).plus_set IS NULL THEN dnc.set_has((version).whole_set, phone::bigint)
                ELSE dnc.set_has((version).plus_set, phone::bigint) OR (dnc.set_has((version).whole_set, phone::bigint) AND NOT dnc.set_has((version).minus_set, phone::bigint)) END;
COMMENT ON FUNCTION dnc.version_lists(dnc.list_version, @extschema@.dnc_phone) IS 'whether a version of a list that is not pruned has a number';
-- Whether a set that a version is made of has a number, also one that its changes take out again.
CREATE FUNCTION dnc.version_stores(version dnc.list_version, phone @extschema@.dnc_phone) RETURNS boolean LANGUAGE sql STABLE
    RETURN (version).state IN ('ready', 'current', 'former') AND (dnc.set_has((version).whole_set, phone::bigint) IS TRUE OR dnc.set_has((version).plus_set, phone::bigint) IS TRUE OR dnc.set_has((version).minus_set, phone::bigint) IS TRUE);
COMMENT ON FUNCTION dnc.version_stores(dnc.list_version, @extschema@.dnc_phone) IS 'whether the blocks of a version that is not pruned hold a number, listed or taken out';
CREATE FUNCTION dnc.version_is_held(version dnc.list_version) RETURNS boolean LANGUAGE sql STABLE
    RETURN EXISTS (SELECT FROM dnc.legal_hold_in_force AS h WHERE h.until > (version).loaded_at AND (h.phone IS NULL OR dnc.version_lists(version, h.phone)));
COMMENT ON FUNCTION dnc.version_is_held(dnc.list_version) IS 'whether a version of a list has a number that is under a legal hold';
CREATE FUNCTION dnc.register_key() RETURNS void LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_fingerprint_key();
END;
COMMENT ON FUNCTION dnc.register_key() IS 'registers the key "fingerprint", bound for functions that run as superuser';

CREATE FUNCTION @extschema@.dnc_erase(phone @extschema@.dnc_phone, why text DEFAULT 'the person asked for it', by text DEFAULT NULL, request bigint DEFAULT NULL, refuse boolean DEFAULT false)
RETURNS TABLE (what text, rows bigint, outcome text, detail text) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT * FROM dnc.erase_number(phone, why, by, request, refuse);
END;
CREATE FUNCTION @extschema@.dnc_erase(phone text, why text DEFAULT 'the person asked for it', by text DEFAULT NULL, request bigint DEFAULT NULL, refuse boolean DEFAULT false)
RETURNS TABLE (what text, rows bigint, outcome text, detail text) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT * FROM dnc.erase_number(@extschema@.dnc_parse(phone), why, by, request, refuse);
END;
COMMENT ON FUNCTION @extschema@.dnc_erase(@extschema@.dnc_phone, text, text, bigint, boolean)
    IS 'erases a person''s data and keeps the refusals in force under a mark that still suppresses; tells what went, what stays and why, who is to be notified, and what is out of reach; then dnc_erase_finish';
COMMENT ON FUNCTION @extschema@.dnc_erase(text, text, text, bigint, boolean)
    IS 'erases a person''s data and keeps the refusals in force under a mark that still suppresses; tells what went, what stays and why, who is to be notified, and what is out of reach; then dnc_erase_finish';

-- ---------------------------------------------------------------------------
-- The files
-- ---------------------------------------------------------------------------

-- What may still see rows that were deleted by a transaction: rewriting a table would keep them for it.
CREATE FUNCTION dnc.seen_by(xid xid) RETURNS TABLE (who text, pid integer) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT CASE WHEN a.pid = pg_catalog.pg_backend_pid() THEN 'this transaction' ELSE pg_catalog.format('session %s (%s, %s, since %s)', a.pid, a.usename, a.state, a.xact_start) END, a.pid FROM pg_catalog.pg_stat_activity AS a
        WHERE (a.datname = pg_catalog.current_database() OR a.datname IS NULL) AND greatest(pg_catalog.age(a.backend_xmin), pg_catalog.age(a.backend_xid)) >= pg_catalog.age(seen_by.xid)
    UNION ALL
    SELECT pg_catalog.format('prepared transaction %s', p.gid), NULL FROM pg_catalog.pg_prepared_xacts AS p WHERE p.database = pg_catalog.current_database() AND pg_catalog.age(p.transaction) >= pg_catalog.age(seen_by.xid)
    UNION ALL
    SELECT pg_catalog.format('replication slot %s', s.slot_name), NULL FROM pg_catalog.pg_replication_slots AS s
        WHERE greatest(pg_catalog.age(s.xmin), CASE WHEN s.database = pg_catalog.current_database() THEN pg_catalog.age(s.catalog_xmin) END) >= pg_catalog.age(seen_by.xid);
END;
COMMENT ON FUNCTION dnc.seen_by(xid) IS 'sessions, prepared transactions and replication slots that may still see what a transaction deleted';

CREATE FUNCTION @extschema@.dnc_erase_finish() RETURNS TABLE (relation text, outcome text, detail text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET max_parallel_maintenance_workers = 0 SET lock_timeout = '1min' AS $$
#variable_conflict use_variable
DECLARE
    newest  xid;
    pending bigint;
    holders text;
    own     boolean;
    t       record;
    begun   timestamptz;
    before  bigint;
BEGIN
    PERFORM dnc.require_read_committed();
    -- One at a time, and not beside a purge; and nobody erases meanwhile.
    PERFORM pg_advisory_xact_lock(hashtextextended('maintain', 4476483));
    LOCK TABLE dnc.erasure IN SHARE ROW EXCLUSIVE MODE;
    SELECT count(*) INTO pending FROM dnc.erasure AS e WHERE e.finished_at IS NULL;
    IF pending = 0 THEN
        RAISE NOTICE 'no erasure waits for its finish';
        RETURN;
    END IF;
    -- The (sub)transaction that wrote an erasure deleted its rows.
    SELECT e.xmin INTO newest FROM dnc.erasure AS e WHERE e.finished_at IS NULL ORDER BY age(e.xmin) LIMIT 1;
    FOR tries IN 1..100 LOOP
        SELECT string_agg(s.who, ', '), bool_or(s.pid = pg_backend_pid()) INTO holders, own FROM dnc.seen_by(newest) AS s;
        EXIT WHEN holders IS NULL OR own;
        -- Most are soon done.
        PERFORM pg_sleep(0.1), pg_stat_clear_snapshot();
    END LOOP;
    IF own THEN
        RAISE EXCEPTION 'dnc_erase_finish needs a transaction of its own, begun after the erasures' USING ERRCODE = 'active_sql_transaction', DETAIL = 'This one may still see what they deleted.', HINT = 'Commit, close cursors, and call it again.';
    ELSIF holders IS NOT NULL THEN
        RAISE EXCEPTION 'what was erased is still seen by others' USING ERRCODE = 'object_in_use', DETAIL = format('By %s.', holders), HINT = 'Wait until they are done, or end them, and call it again.';
    END IF;
    -- All of them first, the data of the log last, as whoever writes takes them. Also those that no erasure has touched: what was deleted, rolled back or
    -- moved before may have been of the same number. Of the log of contacts only the months that something was taken from.
    CREATE TEMP TABLE dnc_rewrite ON COMMIT DROP AS
        SELECT c.oid::regclass AS table_name, (SELECT i.indexrelid FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL ORDER BY i.indisprimary DESC, i.indexrelid LIMIT 1) AS index_id
        FROM pg_class AS c WHERE c.relkind = 'r' AND c.relnamespace = 'dnc'::regnamespace AND EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attstattarget = 0)
            AND (c.relname !~ '^contact_attempt_\d{4}_\d\d$' OR c.oid IN (SELECT to_regclass(p.part) FROM dnc.erasure_part AS p JOIN dnc.erasure AS e ON e.erasure_id = p.erasure_id WHERE p.relation = 'contact_attempt' AND e.finished_at IS NULL
                                                                              UNION SELECT to_regclass(p.part) FROM dnc.purge AS p WHERE p.relation = 'contact_attempt' AND p.rows > 0));
    FOR t IN SELECT w.* FROM pg_temp.dnc_rewrite AS w ORDER BY w.table_name = 'dnc.audit_data'::regclass, w.table_name::text LOOP
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', t.table_name);
    END LOOP;
    INSERT INTO pg_temp.dnc_rewrite VALUES ('pg_statistic', 'pg_statistic_relid_att_inh_index'::regclass);
    FOR t IN SELECT w.* FROM pg_temp.dnc_rewrite AS w WHERE w.index_id IS NOT NULL ORDER BY w.table_name = 'pg_statistic'::regclass, w.table_name::text LOOP
        begun := clock_timestamp();
        before := pg_total_relation_size(t.table_name);
        EXECUTE format('CLUSTER %s USING %I', t.table_name, (SELECT c.relname FROM pg_class AS c WHERE c.oid = t.index_id));
        relation := t.table_name; outcome := 'rewritten'; detail := format('%s, %s before', pg_size_pretty(pg_total_relation_size(t.table_name)), pg_size_pretty(before));
        RAISE NOTICE '% rewritten in % s', relation, round(extract(epoch FROM clock_timestamp() - begun), 1);
        RETURN NEXT;
    END LOOP;
    DROP TABLE pg_temp.dnc_rewrite;
    UPDATE dnc.erasure AS e SET finished_at = now() WHERE e.finished_at IS NULL;
    relation := 'write-ahead log'; outcome := 'clean from here on'; detail := format('from %s on, once this transaction is committed; what was written before has it', pg_switch_wal());
    RETURN NEXT;
    RAISE NOTICE '% erasure(s) finished', pending;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_erase_finish() IS 'rewrites the tables and indexes that hold numbers, so that nothing of what was erased can be read in the files; holds them exclusively until its transaction ends';

-- Where a number is written in texts that are about others.
CREATE FUNCTION @extschema@.dnc_mentions(phone @extschema@.dnc_phone) RETURNS TABLE (relation text, column_name text, rows bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c record;
BEGIN
    FOR c IN SELECT k.relname, a.attname FROM pg_class AS k JOIN pg_attribute AS a ON a.attrelid = k.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid IN ('text'::regtype, 'jsonb'::regtype)
             WHERE k.relnamespace = 'dnc'::regnamespace AND (k.relkind = 'p' OR k.relkind = 'r' AND NOT k.relispartition) ORDER BY 1, 2 LOOP
        EXECUTE format('SELECT count(*) FROM dnc.%1$I AS r WHERE r.%2$I::text ~ dnc.spelled($1)', c.relname, c.attname) INTO rows USING phone;
        IF rows > 0 THEN
            relation := 'dnc.' || c.relname;
            column_name := c.attname;
            RETURN NEXT;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_mentions(@extschema@.dnc_phone) IS 'in which texts of schema dnc the digits of a number stand, whoever they are about; reads everything';

-- ---------------------------------------------------------------------------
-- Access: everything that is held of a person, as JSON and as text to be read
-- ---------------------------------------------------------------------------
-- GDPR, art. 15: the data, what they are used for, where they came from, who received them, how long they are kept.

-- A part of the report: its name, what its data are used for, and the rows.
CREATE FUNCTION dnc.held_of(phone @extschema@.dnc_phone) RETURNS TABLE (part text, used_for text, rows jsonb) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT p.part, p.used_for, p.rows FROM (VALUES
        (1, 'refusals', 'to leave the number out of contacts, and to prove that this was done', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(e) - 'audit_seq' - 'phone' || pg_catalog.jsonb_build_object('keep_until', dnc.rule_keep_until(held_of.phone, e.channel, e.requested_at, e.received_at)) ORDER BY e.recorded_at, abs(e.entry_id)) FROM dnc.entries_of(held_of.phone) AS e)),
        (2, 'prefixes refused', 'to leave out every number that begins like this; not about the person', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('prefix', e.prefix, 'channel', e.channel, 'purpose', e.purpose, 'reason', e.reason, 'source', e.source, 'received_at', e.received_at) ORDER BY e.prefix_id) FROM dnc.prefix_refusals(held_of.phone, NULL, NULL, NULL) AS e)),
        (3, 'external lists', 'to leave out what a registry or another list has; the list is its publisher''s', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('list', l.list, 'kind', l.kind, 'version', v.version_id, 'state', v.state, 'obtained_at', v.obtained_at, 'source', l.source) ORDER BY l.list, v.version_id)
            FROM dnc.list AS l JOIN dnc.list_version AS v ON v.list = l.list WHERE dnc.version_lists(v, held_of.phone))),
        (4, 'consents', 'to know and to prove what the person agreed to', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(c) - 'audit_seq' - 'phone' || pg_catalog.jsonb_build_object('used_on', (SELECT pg_catalog.jsonb_agg(u.used_on ORDER BY u.used_on) FROM dnc.consent_use AS u WHERE u.consent_id = c.consent_id)) ORDER BY c.consent_id) FROM dnc.consent AS c WHERE c.phone OPERATOR(@extschema@.=) held_of.phone)),
        (5, 'relationships', 'to know whether a business relationship allows a contact', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(r) - 'audit_seq' - 'phone' ORDER BY r.relationship_id) FROM dnc.relationship AS r WHERE r.phone OPERATOR(@extschema@.=) held_of.phone)),
        (6, 'reassignments', 'to know that the number went to somebody else', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(r) - 'audit_seq' - 'phone' ORDER BY r.reassignment_id) FROM dnc.reassignment AS r WHERE r.phone OPERATOR(@extschema@.=) held_of.phone)),
        (7, 'preferences', 'to contact the person how and when they want it', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(p) - 'audit_seq' - 'phone' ORDER BY p.preference_id) FROM dnc.preference AS p WHERE p.phone OPERATOR(@extschema@.=) held_of.phone)),
        (8, 'acquisitions', 'to know from whom the number was bought, and with which proof', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(a) - 'audit_seq' - 'phone' ORDER BY a.acquisition_id) FROM dnc.acquisition AS a WHERE a.phone OPERATOR(@extschema@.=) held_of.phone)),
        (9, 'replies', 'to do what the person wrote back', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(r) - 'audit_seq' - 'phone' ORDER BY r.reply_id) FROM dnc.reply AS r WHERE r.phone OPERATOR(@extschema@.=) held_of.phone)),
        (10, 'links used', 'to let a link for opting out work once', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(t) - 'audit_seq' - 'phone' ORDER BY t.used_at) FROM dnc.token_use AS t WHERE t.phone OPERATOR(@extschema@.=) held_of.phone)),
        (11, 'contacts', 'to keep to caps on attempts, and to prove what was and was not done', (
            -- As many as a JSON value holds; the others are told by dnc_history.
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(a) ORDER BY a.happened_at, a.attempt_id) || CASE WHEN pg_catalog.max(a.of) > 10000 THEN pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('note', pg_catalog.format('the newest 10000 of %s; dnc_history(phone) tells all', pg_catalog.max(a.of)))) ELSE '[]' END
            FROM (SELECT x.*, pg_catalog.count(*) OVER () AS of FROM dnc.attempts_of(held_of.phone) AS x ORDER BY x.happened_at DESC, x.attempt_id DESC LIMIT 10000) AS a)),
        (12, 'violations', 'to find out how a contact came about that should not have', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(v) - 'audit_seq' - 'phone' ORDER BY v.violation_id) FROM dnc.violation AS v WHERE v.phone OPERATOR(@extschema@.=) held_of.phone)),
        (13, 'answers of registries', 'to know whether a registry has the number', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(a) - 'phone' ORDER BY a.answer_id) FROM dnc.registry_answer AS a WHERE a.phone OPERATOR(@extschema@.=) held_of.phone)),
        (14, 'reviews', 'to decide whether a refusal is still needed', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(r) - 'audit_seq' ORDER BY r.review_id) FROM dnc.entry AS e JOIN dnc.review AS r ON r.entry_id = e.entry_id WHERE e.phone OPERATOR(@extschema@.=) held_of.phone)),
        (15, 'rows kept from tables', 'to show that a guard kept the number out', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(g) - 'e164' ORDER BY g.event_id) FROM dnc.guard_event AS g WHERE g.e164 = held_of.phone::text OR g.e164 IS NULL AND dnc.mentions(g.spelling, held_of.phone))),
        (16, 'requests about the data', 'to answer them in time, and to prove it', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(s) - 'phone' || pg_catalog.jsonb_build_object('evidence', (SELECT r.evidence FROM dnc.subject_request AS r WHERE r.request_id = s.request_id)) ORDER BY s.request_id) FROM dnc.subject_request_state AS s WHERE s.phone OPERATOR(@extschema@.=) held_of.phone)),
        (17, 'legal holds', 'to keep what a legal matter needs', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('matter', h.matter, 'since', h.since, 'until', h.until, 'lifted', h.lifts IS NOT NULL, 'recorded_at', h.recorded_at) ORDER BY h.hold_id) FROM dnc.legal_hold AS h WHERE h.phone OPERATOR(@extschema@.=) held_of.phone)),
        (18, 'erasures', 'to prove that data were erased', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('erased_at', x.erased_at, 'why', x.why, 'request', x.request, 'finished_at', x.finished_at,
                    'kept', (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('from', k.relation, 'record', k.record, 'keep_until', k.keep_until, 'because', k.because) ORDER BY k.kept_id) FROM dnc.kept_record AS k WHERE k.erasure_id = x.erasure_id)) ORDER BY x.erasure_id)
            FROM dnc.marks(held_of.phone) AS m JOIN dnc.erasure AS x ON x.mark = m.mark AND x.mark_low = m.mark_low AND x.key_id = m.key_id)),
        (19, 'rows of imports that were not added', 'to show what became of a file', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('file', b.file, 'line', i.line, 'spelling', i.phone, 'reason', i.reason) ORDER BY i.batch_id, i.line) FROM dnc.import_reject AS i JOIN dnc.import_batch AS b ON b.batch_id = i.batch_id WHERE dnc.spells(i.phone, b.region, held_of.phone))),
        (20, 'rows of imports that are not finished', 'to be added to the list', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(i) ORDER BY i.batch_id, i.row_id) FROM dnc.import_row AS i JOIN dnc.import_batch AS b ON b.batch_id = i.batch_id WHERE dnc.spells(i.phone, b.region, held_of.phone))),
        (21, 'what was taken back before an erasure', 'so that a consent or a relationship of before does not count', (
            SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('ended', x.ended, 'channel', x.channel, 'purpose', x.purpose, 'up_to', x.ended_at) ORDER BY x.ending_id)
            FROM pg_catalog.unnest('{consent,relationship}'::text[]) AS v (ended), dnc.erased_endings(held_of.phone, v.ended) AS x))
    ) AS p (n, part, used_for, rows) WHERE p.rows IS NOT NULL ORDER BY p.n;
END;
COMMENT ON FUNCTION dnc.held_of(@extschema@.dnc_phone) IS 'everything that is held of a number, a part a row';

-- Where it came from: sources of what people said, vendors, files, registries, lists.
CREATE FUNCTION dnc.came_from(phone @extschema@.dnc_phone) RETURNS TABLE (origin text, first_at timestamptz) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT o.origin, pg_catalog.min(o.at) FROM (
        SELECT coalesce(s.description, e.source) || coalesce(' (' || b.file || ')', ''), e.received_at FROM dnc.entries_of(came_from.phone) AS e LEFT JOIN dnc.source AS s ON s.source = e.source LEFT JOIN dnc.import_batch AS b ON b.batch_id = e.batch_id
        UNION ALL
        SELECT coalesce(s.description, x.source), x.at FROM (
            SELECT c.source, c.given_at AS at FROM dnc.consent AS c WHERE c.phone OPERATOR(@extschema@.=) came_from.phone
            UNION ALL SELECT c.source, c.happened_at FROM dnc.relationship AS c WHERE c.phone OPERATOR(@extschema@.=) came_from.phone
            UNION ALL SELECT c.source, c.reassigned_at FROM dnc.reassignment AS c WHERE c.phone OPERATOR(@extschema@.=) came_from.phone
            UNION ALL SELECT c.source, c.stated_at FROM dnc.preference AS c WHERE c.phone OPERATOR(@extschema@.=) came_from.phone
            UNION ALL SELECT c.source, c.received_at FROM dnc.subject_request AS c WHERE c.phone OPERATOR(@extschema@.=) came_from.phone) AS x LEFT JOIN dnc.source AS s ON s.source = x.source
        UNION ALL
        SELECT 'bought from ' || coalesce(v.description, a.vendor), a.acquired_at FROM dnc.acquisition AS a LEFT JOIN dnc.vendor AS v ON v.vendor = a.vendor WHERE a.phone OPERATOR(@extschema@.=) came_from.phone
        UNION ALL
        SELECT 'registry ' || a.registry, a.obtained_at FROM dnc.registry_answer AS a WHERE a.phone OPERATOR(@extschema@.=) came_from.phone
        UNION ALL
        SELECT 'the company''s own contacts', a.happened_at FROM dnc.attempts_of(came_from.phone) AS a) AS o (origin, at)
    GROUP BY o.origin ORDER BY 2, 1;
END;
COMMENT ON FUNCTION dnc.came_from(@extschema@.dnc_phone) IS 'where what is held of a number came from';

-- A JSON object as a line to be read: names and values, without what is empty. What somebody wrote cannot begin a line, move the cursor or turn
-- the direction of writing.
CREATE FUNCTION dnc.readable(object jsonb) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN (SELECT pg_catalog.regexp_replace(pg_catalog.string_agg(replace(f.key, '_', ' ') || ': ' || CASE pg_catalog.jsonb_typeof(f.value) WHEN 'string' THEN f.value #>> '{}' ELSE f.value::text END, '; ' ORDER BY f.n), '[\x01-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]', ' ', 'g')
            FROM pg_catalog.jsonb_each(object) WITH ORDINALITY AS f (key, value, n) WHERE f.value NOT IN ('null', '{}', '[]', '""', '"infinity"', '"-infinity"'));
COMMENT ON FUNCTION dnc.readable(jsonb) IS 'a JSON object as a line to be read';

CREATE FUNCTION @extschema@.dnc_subject_report(phone @extschema@.dnc_phone, OUT report jsonb, OUT readable text) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' AS $$
#variable_conflict use_variable
DECLARE
    held      jsonb;
    origins   jsonb;
    receivers jsonb;
    log       record;
    p         record;
    r         jsonb;
BEGIN
    IF phone IS NULL THEN
        RAISE EXCEPTION 'no number given' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    SELECT coalesce(jsonb_agg(jsonb_build_object('part', h.part, 'used_for', h.used_for, 'rows', h.rows) ORDER BY h.n), '[]') INTO held FROM (SELECT x.*, row_number() OVER () AS n FROM dnc.held_of(phone) AS x) AS h;
    SELECT coalesce(jsonb_agg(jsonb_build_object('from', c.origin, 'first_at', c.first_at) ORDER BY c.first_at, c.origin), '[]') INTO origins FROM dnc.came_from(phone) AS c;
    SELECT coalesce(jsonb_agg(to_jsonb(d) ORDER BY d.recipient, d.what), '[]') INTO receivers FROM dnc.recipients_of(phone) AS d;
    report := jsonb_build_object('number', phone::text, 'made_at', now(), 'held', held, 'came_from', origins, 'received_by', receivers,
        'keys_missing', to_jsonb(dnc.missing_keys()), 'keys_retired', (SELECT coalesce(jsonb_agg(k.key_id ORDER BY k.key_id), '[]') FROM dnc.fingerprint_key AS k WHERE k.retired_at IS NOT NULL AND EXISTS (SELECT FROM dnc.erasure AS e WHERE e.key_id = k.key_id)),
        'log', 'Of each row the audit log keeps what it was and became; that goes with the row when it is erased.',
        'kept', 'A refusal is kept until the person takes it back or the time for which it was made is over; what else is kept for how long, the rules and the site''s periods of retention say (dnc.retention).',
        'rights', 'The person may ask for access, rectification, erasure and restriction, may object, and may complain to a supervisory authority (GDPR, art. 15 to 18, 21 and 77).');
    readable := format(E'What is held of %s, as of %s UTC\n', phone, to_char(now(), 'YYYY-MM-DD HH24:MI'));
    IF held = '[]' THEN
        readable := readable || E'\nNothing is held of this number.\n';
    END IF;
    FOR p IN SELECT h.value ->> 'part' AS part, h.value ->> 'used_for' AS used_for, h.value -> 'rows' AS rows FROM jsonb_array_elements(held) AS h LOOP
        readable := readable || format(E'\n%s (%s), used %s\n', upper(left(p.part, 1)) || substr(p.part, 2), jsonb_array_length(p.rows), p.used_for);
        readable := readable || (SELECT string_agg('  - ' || dnc.readable(x.value), E'\n' ORDER BY x.n) FROM jsonb_array_elements(p.rows) WITH ORDINALITY AS x (value, n)) || E'\n';
    END LOOP;
    readable := readable || E'\nWhere it came from\n' || coalesce((SELECT string_agg(format('  - %s, first at %s', o.value ->> 'from', o.value ->> 'first_at'), E'\n' ORDER BY o.n) FROM jsonb_array_elements(origins) WITH ORDINALITY AS o (value, n)), '  - nothing recorded') || E'\n';
    readable := readable || E'\nWho received it\n' || coalesce((SELECT string_agg('  - ' || dnc.readable(o.value), E'\n' ORDER BY o.n) FROM jsonb_array_elements(receivers) WITH ORDINALITY AS o (value, n)), '  - nobody, as far as was recorded (dnc_export_to, dnc_disclosed); other exports are not known') || E'\n';
    readable := readable || format(E'\n%s\n%s\n%s\n', report ->> 'log', report ->> 'kept', report ->> 'rights');
    IF report -> 'keys_retired' <> '[]' THEN
        readable := readable || E'\nThat a number was erased under a key that is retired cannot be told any more.\n';
    END IF;
    IF cardinality(dnc.missing_keys()) > 0 THEN
        readable := readable || format(E'\nNot complete: what was kept of an erased number cannot be told without the key %s.\n', array_to_string(dnc.missing_keys(), ', '));
    END IF;
END
$$;
CREATE FUNCTION @extschema@.dnc_subject_report(phone text, OUT report jsonb, OUT readable text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT r.report, r.readable FROM @extschema@.dnc_subject_report(@extschema@.dnc_parse(phone)) AS r;
END;
COMMENT ON FUNCTION @extschema@.dnc_subject_report(@extschema@.dnc_phone) IS 'everything that is held of a number, what it is used for, where it came from, who received it: as JSON and as text to be read';
COMMENT ON FUNCTION @extschema@.dnc_subject_report(text) IS 'everything that is held of a number, what it is used for, where it came from, who received it: as JSON and as text to be read';

-- ---------------------------------------------------------------------------
-- Retention: what need not be kept any more goes
-- ---------------------------------------------------------------------------
-- No law says after how long most of this must go, so a site says it: a row a subject. What a rule wants kept is kept at least so long, whatever
-- the row says; what is under a legal hold or a restriction stays; a refusal goes only when it has ended. No purge turns a no into a yes: what takes
-- something back (withdrawals of consents, the newest reassignment, the end of a relationship, the newest answer of a registry) stays, and so does
-- what pauses and caps are counted from.

CREATE TABLE dnc.retention (
    subject   text     PRIMARY KEY CHECK (subject IN ('contact_attempt', 'violation', 'consent', 'relationship', 'reassignment', 'preference', 'acquisition', 'reply', 'token_use',
                                                      'registry_answer', 'guard_event', 'import_reject', 'list_reject', 'subject_request', 'ended_entry')),
    keep      interval NOT NULL CHECK (keep >= interval '1 day' AND keep < interval '1000 years' AND least(extract(year FROM keep), extract(month FROM keep), extract(day FROM keep), extract(hour FROM keep), extract(minute FROM keep), extract(second FROM keep)) >= 0),
    why       text     NOT NULL CHECK (length(why) BETWEEN 1 AND 5000),
    audit_seq bigint   NOT NULL UNIQUE REFERENCES dnc.audit_data
);
COMMENT ON TABLE dnc.retention IS 'how long a site keeps what, counted from when it was over; what has no row is kept';
COMMENT ON COLUMN dnc.retention.subject IS 'table of schema dnc; ended_entry: refusals that have ended, with what ended them';
COMMENT ON COLUMN dnc.retention.keep IS 'from when it happened, ended, lapsed or was superseded on; longer where a rule says so';
COMMENT ON COLUMN dnc.retention.why IS 'on which ground: a policy, a statute, a contract';
SELECT dnc.audit('retention', 'subject');
SELECT pg_catalog.pg_extension_config_dump('dnc.retention', '');

-- What was purged, for whoever counts rows later.
CREATE TABLE dnc.purge (
    purge_id  bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    subject   text        NOT NULL,
    relation  text        NOT NULL,
    part      text        NOT NULL DEFAULT '',
    rows      bigint      NOT NULL CHECK (rows >= 0),
    keep      interval,
    purged_at timestamptz NOT NULL,
    purged_by text        NOT NULL,
    audit_seq bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data
);
COMMENT ON SEQUENCE dnc.purge_purge_id_seq IS 'numbers purges';
COMMENT ON TABLE dnc.purge IS 'what dnc_maintain removed: how many rows of which table, by which period; insert-only';
COMMENT ON COLUMN dnc.purge.part IS 'partition, or import of answers';
COMMENT ON COLUMN dnc.purge.rows IS 'how many; 0: a partition was looked through, and all of it is to be kept';
SELECT dnc.audit_history('purge', 'purge_id');
SELECT pg_catalog.pg_extension_config_dump('dnc.purge', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.purge_purge_id_seq', '');

-- A consent that has expired, was withdrawn as a whole, or whose number went to somebody else, before a time, and whose proof no rule wants kept.
CREATE FUNCTION dnc.consent_is_over(consent dnc.consent, cutoff timestamptz) RETURNS boolean LANGUAGE sql STABLE
    RETURN NOT (consent).withdrawal AND ((consent).expires_at < cutoff
            OR EXISTS (SELECT FROM dnc.consent AS w WHERE w.phone OPERATOR(@extschema@.=) (consent).phone AND w.withdrawal AND w.given_at >= (consent).given_at AND w.given_at < cutoff AND dnc.ends_all(w.channel, w.purpose, (consent).channel, (consent).purpose, NULL, NULL))
            OR EXISTS (SELECT FROM dnc.reassignment AS r WHERE r.phone OPERATOR(@extschema@.=) (consent).phone AND r.reassigned_at >= (consent).given_at AND r.reassigned_at < cutoff))
       AND NOT dnc.is_held((consent).phone, ARRAY[(consent).given_at, (consent).recorded_at])
       AND coalesce(dnc.rule_proof_until((consent).phone, (consent).channel, (consent).given_at, greatest((consent).given_at, (SELECT pg_catalog.max(u.used_on) FROM dnc.consent_use AS u WHERE u.consent_id = (consent).consent_id)::timestamp AT TIME ZONE 'UTC')), cutoff) <= pg_catalog.now();
-- A refusal that ended as a whole before a time, that no rule wants kept, from which no pause is counted, and that takes no consent back.
CREATE FUNCTION dnc.entry_is_over(entry dnc.entry, cutoff timestamptz) RETURNS boolean LANGUAGE sql STABLE
    RETURN (entry).ends IS NULL AND (entry).received_at < least(cutoff, pg_catalog.now() - dnc.longest_pause())
       AND ((entry).expires_at < cutoff OR EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = (entry).entry_id AND w.received_at < cutoff AND dnc.ends_all(w.channel, w.purpose, (entry).channel, (entry).purpose, NULL, NULL)))
       AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = (entry).entry_id AND (w.received_at >= cutoff OR dnc.is_held(w.phone, ARRAY[w.received_at, w.recorded_at])))
       AND NOT EXISTS (SELECT FROM dnc.consent AS c WHERE c.phone OPERATOR(@extschema@.=) (entry).phone AND NOT c.withdrawal AND c.given_at <= (entry).requested_at)
       AND NOT dnc.is_held((entry).phone, ARRAY[(entry).requested_at, (entry).received_at, (entry).recorded_at])
       AND coalesce(dnc.rule_keep_until((entry).phone, (entry).channel, (entry).requested_at, (entry).received_at), cutoff) <= pg_catalog.now();
COMMENT ON FUNCTION dnc.consent_is_over(dnc.consent, timestamptz) IS 'whether a consent was over before a time, and its proof need not be kept';
COMMENT ON FUNCTION dnc.entry_is_over(dnc.entry, timestamptz) IS 'whether a refusal had ended before a time, and nothing depends on it any more';

-- Which rows of a subject its period no longer keeps; r is the row. Where rows of several tables go together they are chosen once, 100000 of them at the
-- most: the rest goes with the next run.
CREATE FUNCTION dnc.retention_conditions(subject text, keep interval) RETURNS TABLE (relation text, condition text, parts text) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET DateStyle = 'ISO' SET TimeZone = 'UTC' AS $$
#variable_conflict use_variable
DECLARE
    cutoff_at timestamptz := now() - keep;
    cutoff    text := quote_literal(cutoff_at) || '::timestamptz';
    -- Attempts count against caps for so long.
    counted   text := quote_literal(least(cutoff_at, now() - dnc.longest_pause())) || '::timestamptz';
    chosen    bigint[] := '{}';
    chosen_in text;
BEGIN
    IF subject = 'consent' THEN
        chosen := ARRAY(SELECT c.consent_id FROM dnc.consent AS c WHERE NOT c.withdrawal AND c.given_at < cutoff_at AND dnc.consent_is_over(c, cutoff_at) LIMIT 100000);
    ELSIF subject = 'subject_request' THEN
        chosen := ARRAY(SELECT s.request_id FROM dnc.subject_request_state AS s WHERE s.closed_at < cutoff_at AND (s.kind NOT IN ('restriction', 'objection') OR s.state IN ('refused', 'lifted')) AND NOT dnc.is_held(s.phone, ARRAY[s.received_at, s.closed_at]) LIMIT 100000);
    ELSIF subject = 'ended_entry' THEN
        chosen := ARRAY(SELECT e.entry_id FROM dnc.entry AS e WHERE e.ends IS NULL AND e.received_at < cutoff_at AND (e.expires_at < cutoff_at OR EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND w.received_at < cutoff_at)) AND dnc.entry_is_over(e, cutoff_at) LIMIT 100000);
    END IF;
    chosen_in := format('ANY (%L::bigint[])', chosen);
    RETURN QUERY SELECT v.relation, replace(replace(replace(v.condition, '$cutoff', cutoff), '$counted', counted), '$chosen', chosen_in), v.parts FROM (VALUES
        ('contact_attempt', NULL, 'r.happened_at < $counted AND NOT dnc.is_held(r.phone, ARRAY[r.happened_at, r.recorded_at]) AND coalesce(dnc.rule_records_until(r.phone, r.channel, r.happened_at), $cutoff) <= now()', NULL),
        ('violation', 'violation', 'r.happened_at < $cutoff AND NOT dnc.is_held(r.phone, ARRAY[r.happened_at, r.found_at]) AND coalesce(dnc.rule_records_until(r.phone, r.channel, r.happened_at), $cutoff) <= now()', NULL),
        ('consent', 'consent_use', 'r.consent_id = $chosen', NULL),
        ('consent', 'consent', 'r.consent_id = $chosen', NULL),
        ('relationship', 'relationship', 'r.event <> ''ended'' AND r.happened_at < $cutoff AND NOT dnc.is_held(r.phone, ARRAY[r.happened_at, r.recorded_at]) AND coalesce(dnc.rule_records_until(r.phone, NULL, r.happened_at), $cutoff) <= now()', NULL),
        -- Only what was superseded: the newest counts, and stays.
        ('reassignment', 'reassignment', 'NOT dnc.is_held(r.phone, ARRAY[r.reassigned_at, r.recorded_at]) AND EXISTS (SELECT FROM dnc.reassignment AS p WHERE dnc.same_phone(p.phone, r.phone) AND (p.reassigned_at, p.reassignment_id) > (r.reassigned_at, r.reassignment_id) AND p.reassigned_at < $cutoff)', NULL),
        ('preference', 'preference', 'NOT dnc.is_held(r.phone, ARRAY[r.stated_at, r.recorded_at]) AND EXISTS (SELECT FROM dnc.preference AS p WHERE dnc.same_phone(p.phone, r.phone) AND (p.stated_at, p.preference_id) > (r.stated_at, r.preference_id) AND p.stated_at < $cutoff)', NULL),
        ('acquisition', 'acquisition', 'NOT dnc.is_held(r.phone, ARRAY[r.acquired_at, r.recorded_at]) AND EXISTS (SELECT FROM dnc.acquisition AS p WHERE dnc.same_phone(p.phone, r.phone) AND p.vendor = r.vendor AND (p.acquired_at, p.acquisition_id) > (r.acquired_at, r.acquisition_id) AND p.acquired_at < $cutoff)', NULL),
        ('registry_answer', 'registry_answer', 'NOT dnc.is_held(r.phone, ARRAY[r.obtained_at]) AND EXISTS (SELECT FROM dnc.registry_answer AS p WHERE dnc.same_phone(p.phone, r.phone) AND p.registry = r.registry AND p.asked_about IS NOT DISTINCT FROM r.asked_about AND (p.obtained_at, p.answer_id) > (r.obtained_at, r.answer_id) AND p.obtained_at < $cutoff)', 'r.batch_id::text'),
        -- What waits for its review stays; and what opened something again, so that it does so once.
        ('reply', 'reply', 'r.received_at < $cutoff AND NOT dnc.is_held(r.phone, ARRAY[r.received_at, r.recorded_at]) AND r.meaning <> ''start'' AND (r.meaning <> ''likely_stop'' OR EXISTS (SELECT FROM dnc.review AS v WHERE v.entry_id = r.entry_id))', NULL),
        -- A link that could be used again must be known: they work for ten years at the longest.
        ('token_use', 'token_use', 'r.used_at < least($cutoff, now() - interval ''10 years'') AND NOT dnc.is_held(r.phone, ARRAY[r.used_at])', NULL),
        ('guard_event', 'guard_event', 'r.happened_at < $cutoff AND NOT EXISTS (SELECT FROM dnc.legal_hold_in_force AS h WHERE h.phone IS NULL OR h.phone::text = r.e164 OR dnc.mentions(r.spelling, h.phone))', NULL),
        ('import_reject', 'import_reject', 'EXISTS (SELECT FROM dnc.import_batch AS b WHERE b.batch_id = r.batch_id AND b.finished_at < $cutoff) AND NOT EXISTS (SELECT FROM dnc.legal_hold_in_force AS h WHERE h.phone IS NULL OR dnc.mentions(r.phone, h.phone))', NULL),
        -- Their digits are starred: whose they are nobody can tell.
        ('list_reject', 'list_reject', 'EXISTS (SELECT FROM dnc.list_version AS b WHERE b.version_id = r.version_id AND b.loaded_at < $cutoff) AND NOT EXISTS (SELECT FROM dnc.legal_hold_in_force AS h)', NULL),
        ('subject_request', 'subject_request_step', 'r.request_id = $chosen', NULL),
        ('subject_request', 'subject_request', 'r.request_id = $chosen', NULL),
        ('ended_entry', 'review', 'r.entry_id = $chosen', NULL),
        ('ended_entry', 'entry', 'r.entry_id = $chosen OR r.ends = $chosen', NULL)) AS v (subject, relation, condition, parts)
    WHERE v.subject = subject;
END
$$;
COMMENT ON FUNCTION dnc.retention_conditions(text, interval) IS 'which rows a subject''s period no longer keeps, table by table, in the order in which they can go';

-- The months of the log of contacts that a period no longer keeps: dropped as a whole where neither a rule nor a legal hold keeps anything of it, which
-- takes no time; else looked through, once in 30 days.
CREATE FUNCTION dnc.attempt_months(keep interval) RETURNS TABLE (partition regclass, whole boolean) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' AS $$
#variable_conflict use_variable
DECLARE
    longest interval := (SELECT max(r.amount) FROM dnc.rule AS r WHERE r.kind = 'records');
    counted timestamptz := least(now() - keep, now() - dnc.longest_pause());
    p       record;
    ends    timestamptz;
BEGIN
    IF to_regclass('dnc.contact_attempt') IS NULL THEN
        RETURN;
    END IF;
    FOR p IN SELECT c.oid::regclass AS name, to_timestamp(right(c.relname, 7), 'YYYY_MM') AS month FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid WHERE i.inhparent = to_regclass('dnc.contact_attempt') AND c.relname ~ '^contact_attempt_\d{4}_\d\d$' ORDER BY 2 LOOP
        ends := p.month + interval '1 month';
        CONTINUE WHEN ends >= counted;
        partition := p.name;
        -- A day for the zones.
        whole := ends + coalesce(longest, '0') + interval '1 day' < now() AND NOT EXISTS (SELECT FROM dnc.legal_hold_in_force AS h WHERE h.since < ends AND h.until > p.month) AND NOT EXISTS (SELECT FROM dnc.restriction_in_force AS h);
        CONTINUE WHEN NOT whole AND EXISTS (SELECT FROM dnc.purge AS x WHERE x.relation = 'contact_attempt' AND x.part = p.name::text AND x.purged_at > now() - interval '30 days');
        RETURN NEXT;
    END LOOP;
    partition := to_regclass('dnc.contact_attempt_other'); whole := false;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION dnc.attempt_months(interval) IS 'partitions of the log of contacts that a period no longer keeps, and whether they can go as a whole';

CREATE FUNCTION dnc.kept_is_held(erasure bigint) RETURNS boolean LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM dnc.legal_hold_in_force AS h WHERE h.phone IS NULL OR EXISTS (SELECT FROM dnc.erasure AS e JOIN dnc.marks(h.phone) AS m ON m.mark = e.mark AND m.mark_low = e.mark_low AND m.key_id = e.key_id WHERE e.erasure_id = kept_is_held.erasure));
END;
COMMENT ON FUNCTION dnc.kept_is_held(bigint) IS 'whether the number of an erasure is under a legal hold';
CREATE FUNCTION dnc.attempt_partitions() RETURNS integer LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_attempt_partitions();
END;
COMMENT ON FUNCTION dnc.attempt_partitions() IS 'dnc_attempt_partitions, bound for functions that run as superuser';

CREATE FUNCTION @extschema@.dnc_maintain(dry_run boolean DEFAULT false) RETURNS TABLE (task text, subject text, rows bigint, detail text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    t    record;
    c    record;
    n    bigint;
    idle text[] := '{}';
BEGIN
    IF dry_run IS NULL THEN
        RAISE EXCEPTION 'a dry run or none: NULL is neither' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM dnc.require_read_committed();
    IF NOT pg_try_advisory_xact_lock(hashtextextended('maintain', 4476483)) THEN
        task := 'nothing done'; rows := 0; detail := 'another session is at it';
        RETURN NEXT;
        RETURN;
    END IF;
    -- Nobody places a hold meanwhile; whoever did is found.
    LOCK TABLE dnc.legal_hold, dnc.subject_request IN ROW EXCLUSIVE MODE;
    task := CASE WHEN dry_run THEN 'would be purged' ELSE 'purged' END;
    SELECT count(*) INTO n FROM dnc.kept_record AS k WHERE k.keep_until <= now() AND NOT dnc.kept_is_held(k.erasure_id);
    IF NOT dry_run AND n > 0 THEN
        n := dnc.erase_rows('kept_record', 'r.keep_until <= now() AND NOT dnc.kept_is_held(r.erasure_id)');
        INSERT INTO dnc.purge (subject, relation, rows, purged_at, purged_by) VALUES ('kept_record', 'kept_record', n, now(), session_user);
    END IF;
    subject := 'kept_record'; rows := n; detail := 'records of erased numbers that a rule wanted kept until now';
    RETURN NEXT;
    -- What others depend on goes after them, so that a dry run counts what a run takes.
    FOR t IN SELECT r.subject, r.keep, r.why FROM dnc.retention AS r ORDER BY r.subject <> 'ended_entry', r.subject LOOP
        subject := t.subject; rows := 0; detail := format('kept for %s: %s', t.keep, t.why);
        FOR c IN SELECT coalesce(x.relation, m.name) AS relation, x.condition, x.parts, coalesce(m.whole, false) AS whole FROM dnc.retention_conditions(t.subject, t.keep) AS x
                 LEFT JOIN LATERAL (SELECT split_part(a.partition::text, '.', 2) AS name, a.whole FROM dnc.attempt_months(t.keep) AS a) AS m ON x.relation IS NULL WHERE coalesce(x.relation, m.name) IS NOT NULL LOOP
            IF dry_run OR c.whole THEN
                EXECUTE format('SELECT count(*) FROM dnc.%I AS r WHERE %s', c.relation, CASE WHEN c.whole THEN 'true' ELSE c.condition END) INTO n;
            END IF;
            IF NOT dry_run AND c.parts IS NOT NULL THEN
                EXECUTE format('INSERT INTO dnc.purge (subject, relation, part, rows, keep, purged_at, purged_by) SELECT $1, $1, %1$s, count(*), $2, now(), session_user FROM dnc.%2$I AS r WHERE %3$s GROUP BY %1$s', c.parts, c.relation, c.condition) USING t.subject, t.keep;
            END IF;
            IF NOT dry_run AND c.whole THEN
                idle := idle || c.relation;
            ELSIF NOT dry_run THEN
                n := dnc.erase_rows(c.relation, c.condition);
            END IF;
            IF NOT dry_run AND c.parts IS NULL AND (n > 0 OR t.subject = 'contact_attempt' AND c.relation <> 'contact_attempt_other') THEN
                INSERT INTO dnc.purge (subject, relation, part, rows, keep, purged_at, purged_by)
                    VALUES (t.subject, CASE t.subject WHEN 'contact_attempt' THEN t.subject ELSE c.relation END, CASE t.subject WHEN 'contact_attempt' THEN 'dnc.' || c.relation ELSE '' END, n, t.keep, now(), session_user);
            END IF;
            rows := rows + n;
        END LOOP;
        IF rows > 0 THEN
            RAISE NOTICE '% %: % rows', subject, task, rows;
        END IF;
        RETURN NEXT;
    END LOOP;
    -- Last what keeps contacts from being recorded and decided until this transaction ends.
    IF NOT dry_run AND to_regclass('dnc.contact_attempt') IS NOT NULL THEN
        FOREACH detail IN ARRAY idle LOOP
            EXECUTE format('DROP TABLE dnc.%I', detail);
        END LOOP;
        task := 'partitions made'; subject := 'contact_attempt'; rows := dnc.attempt_partitions(); detail := NULL;
        RETURN NEXT;
    END IF;
    SELECT count(*), min(e.erased_at) INTO c FROM dnc.erasure AS e WHERE e.finished_at IS NULL;
    IF c.count > 0 THEN
        task := 'to be done'; subject := 'erasure'; rows := c.count; detail := format('dnc_erase_finish() at a quiet hour: the oldest erasure is of %s', c.min);
        RETURN NEXT;
    END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_maintain(boolean) IS 'purges what neither a period of dnc.retention nor a rule, a legal hold or a restriction keeps, and makes partitions ahead; never a refusal in force. With dry_run it only tells. To be scheduled; safe to run twice at once';

-- ---------------------------------------------------------------------------
-- Reading without the number, and reading what one's own brand needs
-- ---------------------------------------------------------------------------
-- Views, and not row-level security, which would break the owner's dump. What they hide still counts: a check answers from all of it.

-- For who may check but not read.
CREATE VIEW dnc.suppressed_masked WITH (security_barrier) AS
    SELECT dnc.mask(s.e164::@extschema@.dnc_phone) AS masked, s.channels, s.purposes, s.reasons, (s.since AT TIME ZONE 'UTC')::date AS since FROM dnc.suppressed AS s ORDER BY 1;
COMMENT ON VIEW dnc.suppressed_masked IS 'dnc.suppressed with all but the last digits of the number hidden: for statistics, without anything that tells of a person';

-- Which role works for which brand: a node of the purposes, with what is below it.
CREATE TABLE dnc.purpose_reader (
    reader_id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    role_name text   NOT NULL,
    role_id   bigint NOT NULL,
    purpose   text   NOT NULL REFERENCES dnc.purpose,
    audit_seq bigint NOT NULL UNIQUE REFERENCES dnc.audit_data,
    UNIQUE (role_name, role_id, purpose)
);
COMMENT ON SEQUENCE dnc.purpose_reader_reader_id_seq IS 'numbers grants of brands';
COMMENT ON TABLE dnc.purpose_reader IS 'roles that may read evidence about a purpose and what is below it';
COMMENT ON COLUMN dnc.purpose_reader.role_id IS 'its OID: a role that was dropped and made anew, or restored elsewhere, is granted anew';
SELECT dnc.audit('purpose_reader', 'reader_id');
SELECT pg_catalog.pg_extension_config_dump('dnc.purpose_reader_reader_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.purpose_reader', '');

-- Purposes that the role that asks, or one that it is a member of, works for.
CREATE VIEW dnc.my_purpose WITH (security_barrier) AS
    SELECT p.purpose FROM dnc.purpose_reader AS p JOIN pg_catalog.pg_roles AS r ON r.rolname = p.role_name AND r.oid::bigint = p.role_id WHERE pg_catalog.pg_has_role(current_user, r.oid, 'USAGE');
COMMENT ON VIEW dnc.my_purpose IS 'purposes whose evidence the reading role may read, with what is below them';

-- What is about every purpose (NULL) is about each.
CREATE VIEW dnc.brand_request WITH (security_barrier) AS
    SELECT e.entry_id, e.phone::text AS e164, e.ends, e.kind, e.channel, e.purpose, e.reason, e.source, e.requested_at, e.received_at, e.recorded_at, nullif(e.expires_at, 'infinity') AS expires_at, e.due_at, e.taken_by, e.evidence, e.external_ref
    FROM dnc.entry AS e WHERE EXISTS (SELECT FROM dnc.my_purpose AS m WHERE e.purpose IS NULL OR dnc.covers(m.purpose, e.purpose));
CREATE VIEW dnc.brand_consent WITH (security_barrier) AS
    SELECT c.consent_id, c.phone::text AS e164, c.withdrawal, c.channel, c.purpose, c.given_at, nullif(c.expires_at, 'infinity') AS expires_at, c.source, c.wording, c.evidence, c.taken_by, c.external_ref, c.recorded_at
    FROM dnc.consent AS c WHERE EXISTS (SELECT FROM dnc.my_purpose AS m WHERE c.purpose IS NULL OR dnc.covers(m.purpose, c.purpose));
CREATE VIEW dnc.brand_reply WITH (security_barrier) AS
    SELECT r.reply_id, r.phone::text AS e164, r.channel, r.purpose, r.reply, r.meaning, r.entry_id, r.received_at FROM dnc.reply AS r
    WHERE EXISTS (SELECT FROM dnc.my_purpose AS m WHERE r.purpose IS NULL OR dnc.covers(m.purpose, r.purpose));
CREATE VIEW dnc.brand_violation WITH (security_barrier) AS
    SELECT v.violation_id, v.attempt_id, v.happened_at, v.phone::text AS e164, v.channel, v.purpose, v.agent, v.campaign,
           (SELECT pg_catalog.jsonb_agg(g.ground) FROM pg_catalog.jsonb_array_elements(v.grounds) AS g (ground) WHERE g.ground ->> 'purpose' IS NULL OR EXISTS (SELECT FROM dnc.my_purpose AS m WHERE dnc.covers(m.purpose, g.ground ->> 'purpose'))) AS grounds, v.requested_at, v.due_at, v.on_record, v.after_deadline
    FROM dnc.violation AS v WHERE EXISTS (SELECT FROM dnc.my_purpose AS m WHERE v.purpose IS NULL OR dnc.covers(m.purpose, v.purpose));
COMMENT ON VIEW dnc.brand_request IS 'refusals and what ended them, with their evidence, of the purposes that the reading role works for, and those of every purpose';
COMMENT ON VIEW dnc.brand_consent IS 'consents of the purposes that the reading role works for, and those of every purpose';
COMMENT ON VIEW dnc.brand_reply IS 'replies about the purposes that the reading role works for, and those about none';
COMMENT ON VIEW dnc.brand_violation IS 'violations of the purposes that the reading role works for, and those of none';

CREATE FUNCTION dnc.has_brand(role_name text) RETURNS boolean LANGUAGE sql STABLE
    RETURN EXISTS (SELECT FROM dnc.purpose_reader AS p JOIN pg_catalog.pg_roles AS r ON r.rolname = p.role_name AND r.oid::bigint = p.role_id WHERE p.role_name = has_brand.role_name);
CREATE FUNCTION dnc.hand_out_brand(verb text, role_name text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whom text := CASE verb WHEN 'GRANT' THEN 'TO ' ELSE 'FROM ' END || quote_ident(role_name);
BEGIN
    EXECUTE format('%s SELECT ON dnc.brand_request, dnc.brand_consent, dnc.brand_reply, dnc.brand_violation %s', verb, whom);
    IF verb = 'GRANT' THEN
        EXECUTE format('GRANT USAGE ON SCHEMA dnc %s', whom);
        EXECUTE format('GRANT EXECUTE ON FUNCTION dnc.covers(text, text) %s', whom);
    ELSIF NOT EXISTS (SELECT FROM unnest('{agent,administrator,auditor}'::text[]) AS s (grant_set), dnc.holders(s.grant_set) AS h WHERE h = role_name) THEN
        EXECUTE format('REVOKE EXECUTE ON FUNCTION dnc.covers(text, text) %s', whom);
        EXECUTE format('REVOKE USAGE ON SCHEMA dnc %s', whom);
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.has_brand(text) IS 'whether a role reads the evidence of a brand';
COMMENT ON FUNCTION dnc.hand_out_brand(text, text) IS 'the rights behind dnc_grant_brand and dnc_ungrant_brand';
CREATE FUNCTION @extschema@.dnc_grant_brand(purpose text, role_name text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    PERFORM dnc.require_known('purpose', purpose);
    IF role_name IS NULL OR NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = role_name) THEN
        RAISE EXCEPTION 'role "%" does not exist', role_name USING ERRCODE = 'undefined_object', HINT = 'CREATE ROLE makes one; evidence is not for everybody.';
    END IF;
    INSERT INTO dnc.purpose_reader (role_name, role_id, purpose) SELECT r.rolname, r.oid::bigint, purpose FROM pg_roles AS r WHERE r.rolname = role_name ON CONFLICT DO NOTHING;
    PERFORM dnc.hand_out_brand('GRANT', role_name);
END
$$;
CREATE FUNCTION @extschema@.dnc_ungrant_brand(purpose text, role_name text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    DELETE FROM dnc.purpose_reader AS p WHERE p.role_name = role_name AND p.purpose = purpose;
    IF NOT FOUND THEN
        RAISE NOTICE 'role "%" does not read about the purpose "%"', role_name, purpose;
    END IF;
    IF EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = role_name) AND NOT dnc.has_brand(role_name) AND NOT EXISTS (SELECT FROM unnest('{administrator,auditor}'::text[]) AS s (grant_set), dnc.holders(s.grant_set) AS h WHERE h = role_name) THEN
        PERFORM dnc.hand_out_brand('REVOKE', role_name);
    END IF;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_grant_brand(text, text) IS 'lets a role read the evidence about a purpose and what is below it, and no other, in dnc.brand_request, brand_consent, brand_reply, brand_violation; checks answer as ever';
COMMENT ON FUNCTION @extschema@.dnc_ungrant_brand(text, text) IS 'takes that back';

-- ---------------------------------------------------------------------------
-- Foreign keys that order a dump, and do not stand in the way of its restore
-- ---------------------------------------------------------------------------
-- The tables of an extension have their foreign keys from the start, and a parallel restore loads tables in any order: the
-- archive does not say which data need which. So the keys are declared, and pg_dump orders by them, but the inserting side
-- is not enforced by them: the functions that insert look names up and lock them, and dnc_health finds what refers to
-- nothing. The other side is enforced: nothing that is referred to can be deleted. Rows of dnc.import_row, which anybody
-- with the right to import inserts, are not dumped and are checked.

DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT g.tgrelid::regclass AS relation, g.tgname FROM pg_trigger AS g JOIN pg_constraint AS c ON c.oid = g.tgconstraint
             WHERE c.contype = 'f' AND c.connamespace = 'dnc'::regnamespace AND c.conrelid <> 'dnc.import_row'::regclass
               AND g.tgrelid = c.conrelid AND g.tgfoid IN ('"RI_FKey_check_ins"'::regproc, '"RI_FKey_check_upd"'::regproc) LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', t.relation, t.tgname);
    END LOOP;
END
$$;

-- ---------------------------------------------------------------------------
-- No statistics of what an erasure must remove
-- ---------------------------------------------------------------------------
-- ANALYZE copies values into pg_statistic, where they stay after their rows have gone. So none are made of columns that hold a number or what
-- a person said. How often a check is true the planner learns from the extension's own
-- counters (src/pg/planning.rs).

CREATE FUNCTION dnc.no_statistics(relation regclass) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    columns text;
BEGIN
    SELECT string_agg(format('ALTER COLUMN %I SET STATISTICS 0', a.attname), ', ' ORDER BY a.attnum) INTO columns FROM pg_attribute AS a
        WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped
          AND a.attname = ANY ('{phone,e164,spelling,evidence,external_ref,before,after,wording,proof,reply,words,grounds,decision,content,lines,start,stop,packed}');
    IF columns IS NOT NULL THEN
        EXECUTE format('ALTER TABLE %s %s', relation, columns);
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.no_statistics(regclass) IS 'keeps the columns of a table of schema dnc that hold a number, or what a person said, out of pg_statistic';
SELECT dnc.no_statistics(c.oid::pg_catalog.regclass) FROM pg_catalog.pg_class AS c WHERE c.relnamespace = 'dnc'::pg_catalog.regnamespace AND c.relkind IN ('r', 'p');

-- Statistics of releases before.
DELETE FROM pg_catalog.pg_statistic AS s USING pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'dnc'::pg_catalog.regnamespace AND a.attstattarget = 0 AND s.starelid = a.attrelid AND s.staattnum = a.attnum;

-- ---------------------------------------------------------------------------
-- Who may do what
-- ---------------------------------------------------------------------------

-- All rows, of which those that are there already stay.
DO $$
DECLARE
    f text;
BEGIN
    FOREACH f IN ARRAY ARRAY['dnc_check', 'dnc_is_clear', 'dnc_status', 'dnc_grounds', 'dnc_lists', 'dnc_lists_of', 'dnc_may_contact'] LOOP
        INSERT INTO dnc.permission SELECT s, 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p, unnest(ARRAY['reader', 'agent', 'administrator', 'auditor']) AS s
            WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname = f ON CONFLICT DO NOTHING;
    END LOOP;
    INSERT INTO dnc.permission SELECT 'reader', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
        WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname IN ('dnc_may_process', 'dnc_holidays', 'dnc_business_day', 'dnc_places') ON CONFLICT DO NOTHING;
    FOREACH f IN ARRAY ARRAY['dnc_add', 'dnc_revoke', 'dnc_explain', 'dnc_history', 'dnc_consent', 'dnc_withdraw_consent', 'dnc_relationship', 'dnc_prefer', 'dnc_reply', 'dnc_notice', 'dnc_token', 'dnc_redeem', 'dnc_attempt', 'dnc_subject_request',
                             'dnc_may_process', 'dnc_holidays', 'dnc_business_day', 'dnc_places'] LOOP
        INSERT INTO dnc.permission SELECT s, 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p, unnest(ARRAY['agent', 'administrator']) AS s
            WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname = f ON CONFLICT DO NOTHING;
    END LOOP;
    FOREACH f IN ARRAY ARRAY['dnc_correct', 'dnc_import_start', 'dnc_import_finish', 'dnc_import_undo', 'dnc_attach', 'dnc_detach', 'dnc_guard', 'dnc_guard_commit',
                             'dnc_create_view', 'dnc_refresh_view', 'dnc_coverage', 'dnc_health', 'dnc_repair_triggers', 'dnc_add_prefix', 'dnc_revoke_prefix',
                             'dnc_list_load', 'dnc_list_load_query', 'dnc_list_load_start', 'dnc_list_load_finish', 'dnc_list_activate', 'dnc_list_revert', 'dnc_list_prune', 'dnc_list_verify', 'dnc_list_sniff',
                             'dnc_list_numbers', 'dnc_overlap', 'dnc_overlaps', 'dnc_cross_check', 'dnc_scrub', 'dnc_verify_scrub',
                             'dnc_registry_answer', 'dnc_registry_needs', 'dnc_registry_import', 'dnc_export', 'dnc_export_position', 'dnc_export_since', 'dnc_hash', 'dnc_export_hashed', 'dnc_match_hashed',
                             'dnc_spellings', 'dnc_doubtful', 'dnc_redundant',
                             'dnc_rule_accept', 'dnc_rule_enable', 'dnc_rule_disable', 'dnc_consent_used', 'dnc_reassigned', 'dnc_acquired', 'dnc_add_notice', 'dnc_attempt_partitions', 'dnc_attempt_sweep',
                             'dnc_review', 'dnc_review_start', 'dnc_review_open', 'dnc_review_finish', 'dnc_may_contact_all', 'dnc_check_as_of', 'dnc_may_contact_as_of', 'dnc_rule_impact', 'dnc_rule_page',
                             'dnc_subject_request_step', 'dnc_rectify', 'dnc_hold', 'dnc_lift_hold', 'dnc_disclosed', 'dnc_export_to', 'dnc_subject_report', 'dnc_erase', 'dnc_erase_finish', 'dnc_mentions',
                             'dnc_fingerprint_key', 'dnc_fingerprint_migrate', 'dnc_fingerprint_retire', 'dnc_maintain', 'dnc_grant_brand', 'dnc_ungrant_brand'] LOOP
        INSERT INTO dnc.permission SELECT 'administrator', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
            WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname = f ON CONFLICT DO NOTHING;
    END LOOP;
    FOREACH f IN ARRAY ARRAY['current_batch', 'phone_expressions', 'clear_condition', 'blank', 'guard_name', 'load_begin', 'load_file', 'load_query', 'load_end', 'load_progress',
                             'list_facts', 'scrub_begin', 'scrub_versions', 'scrub_end', 'scrub_running', 'scrub_receipt', 'scrub_counts', 'scrub_summary', 'scrub_lists', 'require_unique', 'registry_take',
                             'decide_query', 'decide_given', 'impact_query', 'decision_query', 'require_column'] LOOP
        INSERT INTO dnc.permission SELECT 'administrator', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
            WHERE p.pronamespace = 'dnc'::regnamespace AND p.proname = f ON CONFLICT DO NOTHING;
    END LOOP;
    FOREACH f IN ARRAY ARRAY['dnc_explain', 'dnc_history', 'dnc_coverage', 'dnc_health', 'dnc_list_verify', 'dnc_overlap', 'dnc_overlaps', 'dnc_verify_scrub', 'dnc_registry_answer', 'dnc_doubtful', 'dnc_redundant', 'dnc_review_open', 'dnc_check_as_of', 'dnc_may_contact_as_of', 'dnc_rule_page', 'dnc_notice', 'dnc_may_process', 'dnc_holidays', 'dnc_business_day', 'dnc_places', 'dnc_subject_report'] LOOP
        INSERT INTO dnc.permission SELECT 'auditor', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
            WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname = f ON CONFLICT DO NOTHING;
    END LOOP;
    INSERT INTO dnc.permission VALUES
        ('administrator', 'SELECT, INSERT', 'dnc.import_row'), ('administrator', 'INSERT', 'dnc.list_line'),
        ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.list'), ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.list_format'), ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.registry'),
        ('auditor', 'EXECUTE', 'dnc.load_progress()'), ('auditor', 'EXECUTE', 'dnc.scrub_receipt(bigint)'), ('auditor', 'EXECUTE', 'dnc.scrub_counts(regclass)'), ('auditor', 'EXECUTE', 'dnc.scrub_summary(text)'), ('auditor', 'EXECUTE', 'dnc.scrub_lists(regclass)'),
        ('agent', 'SELECT', 'dnc.channel'), ('agent', 'SELECT', 'dnc.reason'), ('agent', 'SELECT', 'dnc.source'), ('agent', 'SELECT', 'dnc.purpose'), ('agent', 'SELECT', 'dnc.outcome'),
        ('administrator', 'SELECT, INSERT', 'dnc.rule'), ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.holiday'), ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.jurisdiction'),
        ('administrator', 'SELECT, INSERT, DELETE, UPDATE (description)', 'dnc.vendor'), ('administrator', 'SELECT, INSERT, DELETE, UPDATE (description)', 'dnc.outcome'),
        ('agent', 'USAGE', 'dnc.contact_attempt_seq'), ('administrator', 'USAGE', 'dnc.contact_attempt_seq'), ('agent', 'INSERT (phone, happened_at, channel, purpose, direction, call_type, agent, campaign, outcome, duration, notice_id, consent_id, decision)', 'dnc.contact_attempt'), ('administrator', 'INSERT (phone, happened_at, channel, purpose, direction, call_type, agent, campaign, outcome, duration, notice_id, consent_id, decision)', 'dnc.contact_attempt'), ('administrator', 'SELECT', 'dnc.contact_attempt'), ('auditor', 'SELECT', 'dnc.contact_attempt') ON CONFLICT DO NOTHING;
    INSERT INTO dnc.permission SELECT s, 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p, unnest(ARRAY['administrator', 'auditor']) AS s
        WHERE p.pronamespace = 'dnc'::regnamespace AND p.proname IN ('rule_is_on', 'consents_in_force', 'covers', 'meets', 'ends_all', 'rule_due', 'rule_keep_until', 'rule_proof_until', 'review_scope', 'try_parse', 'try_timestamptz') ON CONFLICT DO NOTHING;
    INSERT INTO dnc.permission SELECT 'administrator', 'SELECT, INSERT, DELETE, UPDATE (description)', 'dnc.' || x FROM unnest(ARRAY['channel', 'reason', 'source', 'purpose']) AS x ON CONFLICT DO NOTHING;
    INSERT INTO dnc.permission SELECT 'administrator', 'SELECT', 'dnc.' || x
        FROM unnest(ARRAY['entry', 'suppressed', 'import_batch', 'import_reject', 'guard_event', 'attachment', 'weak_trigger', 'permission', 'prefix_entry', 'list_version', 'list_reject', 'list_progress', 'stale_list', 'scrub', 'registry_batch', 'registry_answer',
                          'rule_decision', 'rule_conflict', 'consent', 'consent_use', 'consent_state', 'relationship', 'reassignment', 'preference', 'acquisition', 'reply', 'notice', 'token_use', 'violation', 'request', 'overdue', 'review_due',
                          'review_task', 'review', 'review_progress',
                          'subject_request', 'subject_request_step', 'subject_request_state', 'legal_hold', 'legal_hold_in_force', 'restriction_in_force', 'disclosure', 'fingerprint_key', 'fingerprint', 'erasure', 'erasure_part', 'erased_ending', 'kept_record', 'purge', 'purpose_reader', 'my_purpose']) AS x ON CONFLICT DO NOTHING;
    INSERT INTO dnc.permission VALUES ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.recipient'), ('administrator', 'SELECT, INSERT, DELETE, UPDATE', 'dnc.retention'), ('agent', 'SELECT', 'dnc.suppressed_masked'), ('administrator', 'SELECT', 'dnc.suppressed_masked') ON CONFLICT DO NOTHING;
    -- A view runs functions with its reader's rights.
    INSERT INTO dnc.permission SELECT s, 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p, unnest(ARRAY['agent', 'administrator', 'auditor']) AS s WHERE p.pronamespace = 'dnc'::regnamespace AND p.proname IN ('mask', 'ends_all', 'covers') ON CONFLICT DO NOTHING;
    INSERT INTO dnc.permission SELECT 'administrator', 'SELECT', 'dnc.' || x FROM unnest(ARRAY['brand_request', 'brand_consent', 'brand_reply', 'brand_violation']) AS x ON CONFLICT DO NOTHING;
    INSERT INTO dnc.permission SELECT 'auditor', 'SELECT', 'dnc.' || c.relname
        FROM pg_class AS c WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind IN ('r', 'v', 'S') AND c.relname !~ '^contact_attempt_(other|\d{4}_\d\d)$' ON CONFLICT DO NOTHING;
END
$$;

CREATE OR REPLACE FUNCTION dnc.hand_out(verb text, grant_set text, role_name text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    who text := CASE WHEN role_name = 'public' THEN 'PUBLIC' ELSE quote_ident(role_name) END;
    p   record;
BEGIN
    IF grant_set IS NULL OR grant_set NOT IN ('reader', 'agent', 'administrator', 'auditor') THEN
        RAISE EXCEPTION 'unknown set "%"', grant_set USING ERRCODE = 'invalid_parameter_value', DETAIL = 'The sets are reader, agent, administrator and auditor.';
    END IF;
    IF role_name IS NULL OR who <> 'PUBLIC' AND NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = role_name) THEN
        RAISE EXCEPTION 'role "%" does not exist', role_name USING ERRCODE = 'undefined_object', HINT = 'CREATE ROLE makes one; public means everybody.';
    END IF;
    IF who = 'PUBLIC' AND grant_set <> 'reader' THEN
        RAISE EXCEPTION 'the set % is not for everybody', grant_set USING ERRCODE = 'invalid_grant_operation', DETAIL = 'Only reader can be granted to public.';
    END IF;
    IF verb = 'GRANT' AND grant_set <> 'reader' THEN
        EXECUTE format('GRANT USAGE ON SCHEMA dnc TO %s', who);
    END IF;
    FOR p IN SELECT x.privilege, x.object FROM dnc.permission AS x WHERE x.grant_set = grant_set LOOP
        -- The log of contacts is made later, and rights are given then.
        CONTINUE WHEN p.privilege <> 'EXECUTE' AND to_regclass(p.object) IS NULL;
        EXECUTE format('%s %s ON %s %s %s %s', verb, p.privilege, CASE p.privilege WHEN 'EXECUTE' THEN 'ROUTINE' WHEN 'USAGE' THEN 'SEQUENCE' ELSE 'TABLE' END,
            CASE p.privilege WHEN 'EXECUTE' THEN p.object::regprocedure::text ELSE p.object END, CASE verb WHEN 'GRANT' THEN 'TO' ELSE 'FROM' END, who);
    END LOOP;
    -- What a brand gives stays.
    IF verb = 'REVOKE' AND dnc.has_brand(role_name) THEN
        PERFORM dnc.hand_out_brand('GRANT', role_name);
    ELSIF verb = 'REVOKE' AND grant_set <> 'reader' AND NOT EXISTS (SELECT FROM unnest(ARRAY['agent', 'administrator', 'auditor']) AS s (grant_set), dnc.holders(s.grant_set) AS h WHERE h = role_name) THEN
        EXECUTE format('REVOKE USAGE ON SCHEMA dnc FROM %s', who);
    END IF;
END
$$;

DO $$
DECLARE
    f record;
    t text;
BEGIN
    -- Functions that nobody has been granted or denied yet: those that are new.
    FOR f IN SELECT p.oid::regprocedure AS signature FROM pg_proc AS p
             JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
             JOIN pg_extension AS x ON x.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass AND x.extname = 'dnc'
             WHERE p.proacl IS NULL AND p.prokind <> 'a' AND (p.pronamespace = 'dnc'::regnamespace OR p.proname ~ '^dnc_(erase|subject|rectify|hold|lift_hold|disclosed|export_to|fingerprint|maintain|grant_brand|ungrant_brand|mentions)') LOOP
        EXECUTE format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', f.signature);
    END LOOP;
    FOR t IN SELECT 'dnc.' || quote_ident(c.relname) FROM pg_class AS c WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind IN ('r', 'v', 'S') LOOP
        EXECUTE format('GRANT SELECT ON %s TO @extowner@', t);
    END LOOP;
END
$$;
SELECT dnc.hand_out('GRANT', s, pg_catalog.btrim('@extowner@', '"')) FROM pg_catalog.unnest(ARRAY['reader', 'agent', 'administrator', 'auditor']) AS s;
-- Roles that were granted a set get what it has gained.
SELECT dnc.hand_out('GRANT', s.grant_set, h.role) FROM pg_catalog.unnest(ARRAY['reader', 'agent', 'administrator', 'auditor']) AS s (grant_set), dnc.holders(s.grant_set) AS h (role);
