-- ---------------------------------------------------------------------------
-- Choices between all and nothing: a pause, fewer contacts, another channel, other products, hours
-- ---------------------------------------------------------------------------
-- A pause and what a person wants no longer are opt-outs, so that checks keep to them, too; caps and hours are
-- preferences, which decisions keep to. None expires unless the person said so, and none ends an earlier opt-out.

CREATE FUNCTION @extschema@.dnc_choices(reply text, day date DEFAULT CURRENT_DATE)
RETURNS TABLE (choice text, until date, channels text[], max_contacts integer, max_per interval, hours text)
AS 'MODULE_PATHNAME', 'dnc_choices_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE ROWS 1 COST 100;
COMMENT ON FUNCTION @extschema@.dnc_choices(text, date)
    IS 'Reads what a reply chooses between all and nothing, a row each, if its meaning is certain: pause (no contact '
       'before until), only and not (channels; email and letter are no channels of the list), fewer (max_contacts in '
       'max_per; NULL: no number was named), hours, product (no longer the product of the message). day is the day of '
       'the reply. No row: no choice, or none that is certain; dnc_keyword then says likely_stop where it may be one.
Errors: 54000 reply over 1 MiB.
Example: SELECT choice, until FROM dnc_choices(reply => ''Please pause for 3 months'', day => ''2026-11-29'');';
CREATE FUNCTION dnc.choices(reply text, day date)
RETURNS TABLE (choice text, until date, channels text[], max_contacts integer, max_per interval, hours text)
LANGUAGE sql IMMUTABLE ROWS 1
BEGIN ATOMIC
    SELECT c.choice, c.until, c.channels, c.max_contacts, c.max_per, c.hours FROM @extschema@.dnc_choices(reply, day)
        AS c;
END;
COMMENT ON FUNCTION dnc.choices(text, date) IS 'dnc_choices, bound for functions that run as superuser';

-- The last of the places where the number may be: a pause ends when the day has begun everywhere there.
CREATE FUNCTION dnc.begins_at(day date, phone @extschema@.dnc_phone) RETURNS timestamptz LANGUAGE sql STABLE
    RETURN coalesce((SELECT pg_catalog.max(day::timestamp AT TIME ZONE z.zone)
        FROM pg_catalog.unnest(@extschema@.dnc_time_zones(phone)) AS z (zone)),
        day::timestamp AT TIME ZONE 'Etc/GMT+12');
CREATE FUNCTION dnc.day_there(at timestamptz, phone @extschema@.dnc_phone) RETURNS date LANGUAGE sql STABLE
    RETURN coalesce((SELECT pg_catalog.min((at AT TIME ZONE z.zone)::date)
        FROM pg_catalog.unnest(@extschema@.dnc_time_zones(phone)) AS z (zone)), (at AT TIME ZONE 'UTC')::date);
COMMENT ON FUNCTION dnc.begins_at(date, @extschema@.dnc_phone)
    IS 'when a day has begun in every place where a number may be';
COMMENT ON FUNCTION dnc.day_there(timestamptz, @extschema@.dnc_phone)
    IS 'day of a time in the places where a number may be; the earliest of several';

CREATE FUNCTION dnc.record_choice(phone @extschema@.dnc_phone, choice text, until timestamptz, channels text[],
    purposes text[], max_contacts integer, max_per interval, hours text, channel text, purpose text, source text,
    evidence jsonb, received_at timestamptz, OUT entry bigint, OUT preference bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET IntervalStyle = 'iso_8601' AS $$
#variable_conflict use_variable
DECLARE
    x      text;
    fresh  bigint;
    known  text[] := ARRAY(SELECT c.channel FROM dnc.channel AS c WHERE c.channel = ANY (channels)
        AND c.channel <> 'all' ORDER BY 1);
BEGIN
    evidence := evidence || jsonb_strip_nulls(jsonb_build_object('choice', choice, 'until', until, 'channels', channels,
        'purposes', purposes, 'max_contacts', max_contacts, 'max_per', max_per, 'hours', hours));
    CASE choice
    WHEN 'pause' THEN
        entry := dnc.record_request(ARRAY[phone], channel, purpose, 'pause', source, received_at, evidence, NULL,
            received_at, NULL, until, NULL, NULL);
    WHEN 'only' THEN
        -- An opt-out of everything, channels added later included, of which the person keeps some.
        entry := dnc.record_request(ARRAY[phone], 'all', purpose, 'no_contact', source, received_at, evidence, NULL,
            received_at, NULL, NULL, NULL, NULL);
        FOREACH x IN ARRAY known LOOP
            INSERT INTO dnc.entry (phone, ends, received_at, channel, purpose, kind, source, request_id, requested_at,
                recorded_at, evidence)
                VALUES (phone, entry, received_at, x, purpose, 'withdrawal', source, entry, received_at, now(),
                    evidence);
        END LOOP;
        IF known <> '{}' THEN
            preference := dnc.prefer_also(phone, known, NULL, NULL, NULL, NULL, received_at, source, evidence);
        END IF;
    WHEN 'not' THEN
        FOREACH x IN ARRAY known LOOP
            fresh := dnc.record_request(ARRAY[phone], x, purpose, 'no_contact', source, received_at, evidence, NULL,
                received_at, NULL, NULL, NULL, NULL);
            entry := coalesce(entry, fresh);
        END LOOP;
    WHEN 'product' THEN
        FOREACH x IN ARRAY coalesce(purposes, ARRAY[dnc.product_of(purpose)]) LOOP
            fresh := dnc.record_request(ARRAY[phone], 'all', x, 'not_interested', source, received_at, evidence, NULL,
                received_at, NULL, NULL, NULL, NULL);
            entry := coalesce(entry, fresh);
        END LOOP;
    WHEN 'fewer' THEN
        preference := dnc.prefer_also(phone, NULL, NULL, coalesce(max_contacts, 1), coalesce(max_per, '1 month'), NULL,
            received_at, source, evidence);
    WHEN 'hours' THEN
        preference := dnc.prefer_also(phone, NULL, hours, NULL, NULL, NULL, received_at, source, evidence);
    END CASE;
END
$$;
COMMENT ON FUNCTION dnc.record_choice(@extschema@.dnc_phone, text, timestamptz, text[], text[], integer, interval, text,
    text, text, text, jsonb, timestamptz)
    IS 'records a choice of a person and returns its first opt-out, or its preference; fewer without a number is one '
       'contact a month';
