-- ---------------------------------------------------------------------------
-- Tokens: links with which a person opts out, or chooses something less, without a login
-- ---------------------------------------------------------------------------
-- A token contains a number, an action, what else it offers, and an expiry time, encrypted and authenticated with the
-- key "token" of the file dnc.key_file (src/reply/token.rs). Nothing is stored when a token is made, so one query can
-- make millions for a campaign.

CREATE FUNCTION dnc.token_close(phone @extschema@.dnc_phone, until timestamptz, starts boolean, channel text,
    purpose text, offers integer) RETURNS text AS 'MODULE_PATHNAME', 'dnc_token_close_wrapper'
LANGUAGE c VOLATILE PARALLEL SAFE COST 200;
CREATE FUNCTION dnc.token_open(token text)
RETURNS TABLE (token_id text, phone @extschema@.dnc_phone, until timestamptz, starts boolean, channel text,
    purpose text, offers integer) AS 'MODULE_PATHNAME', 'dnc_token_open_wrapper' LANGUAGE c STABLE STRICT ROWS 1;
COMMENT ON FUNCTION dnc.token_close(@extschema@.dnc_phone, timestamptz, boolean, text, text, integer)
    IS 'makes a token, for dnc_token; offers: bits in the order of dnc.offers()';
COMMENT ON FUNCTION dnc.token_open(text) IS 'contents of a token; raises for one that was changed or not made here';
CREATE FUNCTION dnc.offers() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN '{pause,fewer,only,product,hours}'::text[];
COMMENT ON FUNCTION dnc.offers() IS 'choices that a token can offer beside its action';

CREATE FUNCTION @extschema@.dnc_token(phone @extschema@.dnc_phone, action text DEFAULT 'stop',
    channel text DEFAULT 'all', purpose text DEFAULT NULL, valid_for interval DEFAULT '90 days',
    choices text[] DEFAULT NULL)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF phone IS NULL THEN
        RETURN NULL;
    END IF;
    IF action IS NULL OR action NOT IN ('stop', 'start') OR valid_for IS NULL OR now() + valid_for <= now()
        OR valid_for > '10 years' THEN
        RAISE EXCEPTION 'a token stops or starts, for some time up to ten years'
            USING ERRCODE = 'invalid_parameter_value', DETAIL = format('Given were %L and %L.', action, valid_for);
    END IF;
    IF NOT choices <@ dnc.offers() OR action = 'start' AND cardinality(choices) > 0 THEN
        RAISE EXCEPTION 'a token offers pause, fewer, only, product and hours, beside stop'
            USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Given were %L and the choices %s.', action, left(choices::text, 200)),
            HINT = 'Stop is always offered. A token that starts offers nothing else.';
    END IF;
    PERFORM dnc.require_known('channel', channel);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    RETURN dnc.token_close(phone, now() + valid_for, action = 'start', channel, purpose, (SELECT
        coalesce(sum(1 << (o.n::int - 1)), 0)::int FROM unnest(dnc.offers()) WITH ORDINALITY AS o (choice, n)
        WHERE o.choice = ANY (choices)));
END
$$;

CREATE FUNCTION @extschema@.dnc_token_choices(token text)
RETURNS TABLE (masked text, action text, channel text, purpose text, choices text[], until timestamptz, used text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT dnc.mask(t.phone), CASE WHEN t.starts THEN 'start' ELSE 'stop' END, t.channel, t.purpose,
        ARRAY(SELECT o.choice FROM unnest(dnc.offers()) WITH ORDINALITY AS o (choice, n)
            WHERE t.offers & (1 << (o.n::int - 1)) <> 0 ORDER BY o.n), t.until,
        ARRAY(SELECT u.action FROM dnc.token_use AS u WHERE u.token_id = t.token_id OR u.token_id IN (
                SELECT t.token_id || '/' || x FROM unnest(dnc.offers() || 'stop'::text) AS x)
            ORDER BY u.used_at, u.token_id)
        FROM dnc.token_open(token) AS t;
END
$$;

CREATE FUNCTION @extschema@.dnc_redeem(token text, choice text DEFAULT NULL, until timestamptz DEFAULT NULL,
    channels text[] DEFAULT NULL, purposes text[] DEFAULT NULL, hours text DEFAULT NULL,
    max_contacts integer DEFAULT NULL, max_per interval DEFAULT NULL)
RETURNS TABLE (action text, masked text, channel text, purpose text, entry bigint, ended integer, preference bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    t       record;
    used    timestamptz;
    said    jsonb;
    use_id  text;
BEGIN
    IF token IS NULL THEN
        RAISE EXCEPTION 'no token given' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    SELECT * INTO t FROM dnc.token_open(token);
    action := CASE WHEN t.starts THEN 'start' ELSE 'stop' END;
    IF choice IS NOT NULL AND choice <> action THEN
        IF (t.offers & (1 << (array_position(dnc.offers(), choice) - 1)) <> 0) IS NOT TRUE THEN
            RAISE EXCEPTION 'the token does not offer "%"', left(choice, 60) USING ERRCODE = 'invalid_parameter_value',
                DETAIL = format('It offers %s.', array_to_string(action || ARRAY(SELECT o.choice
                    FROM unnest(dnc.offers()) WITH ORDINALITY AS o (choice, n)
                    WHERE t.offers & (1 << (o.n::int - 1)) <> 0), ', ')),
                HINT = 'dnc_token(phone, choices => …) says what a link offers.';
        END IF;
        action := choice;
    END IF;
    PERFORM dnc.require_choice(action, until, channels, purposes, hours, max_contacts, max_per, t.purpose);
    -- Each choice of a token serves once: whoever paused can still stop.
    use_id := t.token_id || CASE WHEN t.offers = 0 THEN '' ELSE '/' || action END;
    -- A concurrent call with the same token waits here, then sees it redeemed.
    PERFORM pg_advisory_xact_lock(hashtextextended('token/' || t.token_id, 4476483));
    SELECT u.used_at INTO used FROM dnc.token_use AS u WHERE u.token_id = use_id;
    IF used IS NOT NULL THEN
        RAISE EXCEPTION 'the token was redeemed already' USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = format('It was on %s, and what it asked for was done.', used),
            HINT = 'A token serves once; dnc_token(phone) makes a new one.';
    END IF;
    IF t.until <= clock_timestamp() THEN
        RAISE EXCEPTION 'the token has expired' USING ERRCODE = 'invalid_authorization_specification',
            DETAIL = format('It was good until %s.', t.until), HINT = 'dnc_token(phone) makes a new one.';
    END IF;
    masked := dnc.mask(t.phone);
    channel := t.channel;
    purpose := t.purpose;
    ended := 0;
    said := jsonb_build_object('token', t.token_id);
    IF action = 'start' THEN
        ended := dnc.revoke(t.phone, channel, purpose, 'web_form', said, now(), now());
    ELSIF action = 'stop' THEN
        entry := dnc.record_request(ARRAY[t.phone], channel, purpose, 'no_contact', 'web_form', now(), said, NULL, NULL,
            NULL, NULL, NULL, NULL);
    ELSE
        SELECT c.entry, c.preference INTO entry, preference
            FROM dnc.record_choice(t.phone, action, until, channels, purposes, max_contacts, max_per, hours, channel,
                purpose, 'web_form', said, now()) AS c;
    END IF;
    INSERT INTO dnc.token_use (token_id, phone, action, channel, purpose, entry_id, ended, used_at)
    VALUES (use_id, t.phone, action, channel, purpose, entry, ended, now()) ON CONFLICT DO NOTHING;
    PERFORM dnc.require_recorded(FOUND);
    RETURN NEXT;
END
$$;

CREATE FUNCTION dnc.require_choice(choice text, until timestamptz, channels text[], purposes text[], hours text,
    max_contacts integer, max_per interval, purpose text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x text;
BEGIN
    FOREACH x IN ARRAY coalesce(channels, '{}') LOOP
        IF x NOT IN ('email', 'letter') THEN
            PERFORM dnc.require_known('channel', x);
        END IF;
    END LOOP;
    FOREACH x IN ARRAY coalesce(purposes, '{}') LOOP
        PERFORM dnc.require_known('purpose', x);
    END LOOP;
    PERFORM dnc.require_windows(hours);
    IF (CASE choice
        WHEN 'pause' THEN until > now() AND until <= now() + interval '10 years'
        WHEN 'only' THEN cardinality(channels) > 0 AND NOT 'all' = ANY (channels)
        WHEN 'product' THEN cardinality(purposes) > 0 OR purposes IS NULL AND purpose IS NOT NULL
        WHEN 'hours' THEN hours IS NOT NULL
        WHEN 'fewer' THEN num_nonnulls(max_contacts, max_per) = 0
            OR max_contacts BETWEEN 1 AND 10000 AND max_per BETWEEN '1 hour' AND '10 years'
        ELSE true END) IS NOT TRUE THEN
        RAISE EXCEPTION 'the choice "%" lacks what it is about', choice USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'pause needs until, a time in the next ten years; only needs channels, those that the person '
                     'wants; product needs purposes, unless the token has one; hours needs hours; fewer takes '
                     'max_contacts and max_per.',
            HINT = 'Show the choices again, or record a stop: it is always right to contact a person less.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_choice(text, timestamptz, text[], text[], text, integer, interval, text)
    IS 'raises unless a choice of a token has its arguments, and they are known';

COMMENT ON FUNCTION @extschema@.dnc_token(@extschema@.dnc_phone, text, text, text, interval, text[])
    IS 'Returns a token with which a web page opts a person out (stop) or in again (start) for a scope, once, without '
       'a login; NULL for a NULL phone. choices: what else the page offers: pause, fewer, only (other channels), '
       'product, hours. Needs the key "token" in the file dnc.key_file.
Errors: 22023 unknown action, channel, purpose or choice, or valid_for not within ten years; 42704 there is no key '
       '"token"; 55000 there is no key file, or others can read it.
Example: SELECT dnc_token(phone => ''+44 20 7946 0018'', channel => ''sms'', valid_for => ''30 days'');';
COMMENT ON FUNCTION @extschema@.dnc_token_choices(text)
    IS 'Returns what a token does and offers, for the page that it opens, and redeems nothing: the masked number, its '
       'action (stop or start) and scope, the other choices, until when it serves, and what was redeemed already.
Errors: 28000 the token is invalid.
Example: SELECT action, choices FROM dnc_token_choices(token => dnc_token(phone => ''+44 20 7946 0018'',
    choices => ''{pause,fewer}''));';
COMMENT ON FUNCTION @extschema@.dnc_redeem(text, text, timestamptz, text[], text[], text, integer, interval)
    IS 'Does what a token requests, or the choice that it offers, and returns it: the new entry of an opt-out, how '
       'many opt-outs were revoked, or the new preference; masked is the masked number. choice: NULL or stop; pause, '
       'with until; only, with the channels that the person wants (email and letter: none of the phone); product, with '
       'the purposes that they do not want, by default the token''s; hours, with hours; fewer, with max_contacts in '
       'each max_per, by default one a month. Each choice of a token serves once.
Errors: 22004 token is NULL; 22023 a choice that the token does not offer, or without what it is about; 28000 the '
       'token is invalid or has expired; 55000 it was redeemed already.
Example: SELECT action, entry FROM dnc_redeem(token => dnc_token(phone => ''+44 20 7946 0018'',
    choices => ''{pause}''), choice => ''pause'', until => now() + interval ''3 months'');';
