-- ---------------------------------------------------------------------------
-- Holidays and jurisdictions
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.new_rule_epoch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS $$
BEGIN
    UPDATE dnc.rule_epoch SET epoch = dnc.random_epoch();
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION dnc.new_rule_epoch() IS 'trigger that makes sessions reload the rules';

CREATE FUNCTION dnc.require_holiday(day text) RETURNS void AS 'MODULE_PATHNAME', 'dnc_require_holiday_wrapper'
LANGUAGE c IMMUTABLE STRICT;
CREATE FUNCTION dnc.require_windows(windows text) RETURNS void AS 'MODULE_PATHNAME', 'dnc_require_windows_wrapper'
LANGUAGE c IMMUTABLE STRICT;
CREATE FUNCTION dnc.require_zone(name text) RETURNS void AS 'MODULE_PATHNAME', 'dnc_require_zone_wrapper'
LANGUAGE c IMMUTABLE STRICT;
COMMENT ON FUNCTION dnc.require_holiday(text) IS 'raises unless the text is valid for dnc.holiday.day';
COMMENT ON FUNCTION dnc.require_windows(text) IS 'raises unless the text gives hours of a week';
COMMENT ON FUNCTION dnc.require_zone(text) IS 'raises for an unknown time zone';

CREATE FUNCTION dnc.calendar_accept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS $$
DECLARE
    around text;
BEGIN
    -- A restored row was accepted before, and the names in it may not be restored yet.
    IF NEW.audit_seq IS NOT NULL AND TG_OP = 'INSERT' THEN
        RETURN NEW;
    END IF;
    IF TG_TABLE_NAME = 'holiday' THEN
        PERFORM dnc.require_holiday(NEW.day);
    ELSE
        FOREACH around IN ARRAY NEW.within LOOP
            PERFORM dnc.require_known('jurisdiction', around);
        END LOOP;
        IF EXISTS (WITH RECURSIVE outside (jurisdiction) AS (SELECT unnest(NEW.within) UNION SELECT unnest(j.within)
                FROM outside AS o JOIN dnc.jurisdiction AS j ON j.jurisdiction = o.jurisdiction)
                   SELECT FROM outside AS o WHERE o.jurisdiction = NEW.jurisdiction) THEN
            RAISE EXCEPTION 'jurisdiction % would lie in itself', NEW.jurisdiction
                USING ERRCODE = 'invalid_parameter_value',
                DETAIL = format('Its column within has %s, and one of them lies in it.', NEW.within);
        END IF;
        IF NEW.jurisdiction LIKE '__-%' AND NOT left(NEW.jurisdiction, 2) = ANY (NEW.within) THEN
            RAISE EXCEPTION 'jurisdiction % lies in %', NEW.jurisdiction, left(NEW.jurisdiction, 2)
                USING ERRCODE = 'invalid_parameter_value',
                DETAIL = format('Its column within has %s.', NEW.within),
                HINT = 'Otherwise its country''s rules would not hold in it.';
        END IF;
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION dnc.calendar_accept() IS 'trigger that accepts only valid holidays and jurisdictions';
DO $$
DECLARE
    r text;
BEGIN
    FOREACH r IN ARRAY ARRAY['holiday', 'jurisdiction'] LOOP
        EXECUTE format(
            'CREATE TRIGGER "00_accept" BEFORE INSERT OR UPDATE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION '
            'dnc.calendar_accept()', r);
        EXECUTE format(
            'CREATE TRIGGER "01_keep_builtin" BEFORE INSERT OR UPDATE OR DELETE ON dnc.%I FOR EACH ROW EXECUTE '
            'FUNCTION dnc.keep_builtin()', r);
        EXECUTE format(
            'CREATE TRIGGER "90_epoch" AFTER INSERT OR UPDATE OR DELETE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION '
            'dnc.new_rule_epoch()', r);
        EXECUTE format(
            'ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "00_accept", ENABLE ALWAYS TRIGGER "01_keep_builtin", ENABLE '
            'ALWAYS TRIGGER "90_epoch"', r);
        PERFORM pg_extension_config_dump(format('dnc.%I', r)::regclass, 'WHERE NOT builtin');
    END LOOP;
END
$$;

CREATE FUNCTION @extschema@.dnc_holidays(calendar text, year integer)
RETURNS TABLE (day date, name text) AS 'MODULE_PATHNAME', 'dnc_holidays_wrapper' LANGUAGE c STABLE STRICT ROWS 15;
CREATE FUNCTION @extschema@.dnc_business_day(day date, days integer, calendar text)
RETURNS date AS 'MODULE_PATHNAME', 'dnc_business_day_wrapper' LANGUAGE c STABLE STRICT;
COMMENT ON FUNCTION @extschema@.dnc_holidays(text, integer)
    IS 'Returns the holidays of a year, including substitute days for those on weekends.
Errors: 22023 unknown calendar.
Example: SELECT day, name FROM dnc_holidays(calendar => ''us-federal'', year => 2026);';
COMMENT ON FUNCTION @extschema@.dnc_business_day(date, integer, text)
    IS 'Returns the n-th business day after a day; weekends and the calendar''s holidays do not count.
Errors: 22023 unknown calendar, or days not from 0 to 10,000.
Example: SELECT dnc_business_day(day => ''2026-12-24'', days => 3, calendar => ''us-federal'');';
