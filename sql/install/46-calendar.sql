-- ---------------------------------------------------------------------------
-- Holidays and jurisdictions
-- ---------------------------------------------------------------------------

-- A row a holiday; src/rules/calendar.rs says how days are told. Calendars are the names that stand in it.
CREATE TABLE dnc.holiday (
    holiday   text    PRIMARY KEY CHECK (starts_with(holiday, calendar || '/')),
    calendar  text    NOT NULL CHECK (calendar ~ '^[a-z][a-z0-9_-]{0,62}$'),
    name      text    NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    day       text    NOT NULL,
    from_year integer,
    to_year   integer,
    source    text    NOT NULL,
    builtin   boolean NOT NULL DEFAULT false,
    audit_seq bigint  UNIQUE REFERENCES dnc.audit_data,
    CHECK (builtin = (audit_seq IS NULL)),
    CHECK (from_year <= to_year)
);
COMMENT ON TABLE dnc.holiday IS 'holidays of calendars; a site adds its own calendars, and days to those there are';
COMMENT ON COLUMN dnc.holiday.holiday IS 'calendar, a slash, and a name of its own';
COMMENT ON COLUMN dnc.holiday.day IS '2026-06-05; 12-25; 07-04 nearest (Friday or Monday beside a weekend); 12-26 next (weekday after it); 3 mon 01; last mon 05; mon before 05-25; easter+1';
COMMENT ON COLUMN dnc.holiday.from_year IS 'first year; NULL: always';
COMMENT ON COLUMN dnc.holiday.to_year IS 'last year; NULL: until further notice';

INSERT INTO dnc.holiday (holiday, calendar, name, day, from_year, source, builtin) VALUES
    ('us-federal/new-year',     'us-federal', 'New Year''s Day',                       '01-01 nearest', NULL, '5 U.S.C. 6103', true),
    ('us-federal/king',         'us-federal', 'Birthday of Martin Luther King, Jr.',   '3 mon 01',      1986, '5 U.S.C. 6103', true),
    ('us-federal/washington',   'us-federal', 'Washington''s Birthday',                '3 mon 02',      NULL, '5 U.S.C. 6103', true),
    ('us-federal/memorial',     'us-federal', 'Memorial Day',                          'last mon 05',   NULL, '5 U.S.C. 6103', true),
    ('us-federal/juneteenth',   'us-federal', 'Juneteenth National Independence Day',  '06-19 nearest', 2021, '5 U.S.C. 6103', true),
    ('us-federal/independence', 'us-federal', 'Independence Day',                      '07-04 nearest', NULL, '5 U.S.C. 6103', true),
    ('us-federal/labor',        'us-federal', 'Labor Day',                             '1 mon 09',      NULL, '5 U.S.C. 6103', true),
    ('us-federal/columbus',     'us-federal', 'Columbus Day',                          '2 mon 10',      NULL, '5 U.S.C. 6103', true),
    ('us-federal/veterans',     'us-federal', 'Veterans Day',                          '11-11 nearest', NULL, '5 U.S.C. 6103', true),
    ('us-federal/thanksgiving', 'us-federal', 'Thanksgiving Day',                      '4 thu 11',      NULL, '5 U.S.C. 6103', true),
    ('us-federal/christmas',    'us-federal', 'Christmas Day',                         '12-25 nearest', NULL, '5 U.S.C. 6103', true),
    ('fr/new-year',     'fr', 'Jour de l''an',      '01-01',     NULL, 'Code du travail, L3133-1', true),
    ('fr/easter',       'fr', 'Lundi de Pâques',    'easter+1',  NULL, 'Code du travail, L3133-1', true),
    ('fr/labour',       'fr', 'Fête du travail',    '05-01',     NULL, 'Code du travail, L3133-1', true),
    ('fr/victory',      'fr', 'Victoire 1945',      '05-08',     NULL, 'Code du travail, L3133-1', true),
    ('fr/ascension',    'fr', 'Ascension',          'easter+39', NULL, 'Code du travail, L3133-1', true),
    ('fr/pentecost',    'fr', 'Lundi de Pentecôte', 'easter+50', NULL, 'Code du travail, L3133-1', true),
    ('fr/national',     'fr', 'Fête nationale',     '07-14',     NULL, 'Code du travail, L3133-1', true),
    ('fr/assumption',   'fr', 'Assomption',         '08-15',     NULL, 'Code du travail, L3133-1', true),
    ('fr/all-saints',   'fr', 'Toussaint',          '11-01',     NULL, 'Code du travail, L3133-1', true),
    ('fr/armistice',    'fr', 'Armistice 1918',     '11-11',     NULL, 'Code du travail, L3133-1', true),
    ('fr/christmas',    'fr', 'Noël',               '12-25',     NULL, 'Code du travail, L3133-1', true),
    ('au-national/new-year',      'au-national', 'New Year''s Day', '01-01 next', NULL, 'Fair Work Act 2009, s. 115; from memory', true),
    ('au-national/australia',     'au-national', 'Australia Day',   '01-26 next', NULL, 'Fair Work Act 2009, s. 115; from memory', true),
    ('au-national/good-friday',   'au-national', 'Good Friday',     'easter-2',   NULL, 'Fair Work Act 2009, s. 115; from memory', true),
    ('au-national/easter-monday', 'au-national', 'Easter Monday',   'easter+1',   NULL, 'Fair Work Act 2009, s. 115; from memory', true),
    ('au-national/anzac',         'au-national', 'Anzac Day',       '04-25 next', NULL, 'Fair Work Act 2009, s. 115; from memory. The day is a holiday; whether another is given differs between states, and both are kept', true),
    ('au-national/christmas',     'au-national', 'Christmas Day',   '12-25 next', NULL, 'Fair Work Act 2009, s. 115; from memory', true),
    ('au-national/boxing',        'au-national', 'Boxing Day',      '12-26 next', NULL, 'Fair Work Act 2009, s. 115; from memory', true);

-- Where rules hold: countries and their parts (ISO 3166), groups of them, and everywhere.
CREATE TABLE dnc.jurisdiction (
    jurisdiction text    PRIMARY KEY CHECK (jurisdiction ~ '^(\*|[A-Z]{2}(-[A-Z0-9]{1,3})?)$'),
    within       text[]  NOT NULL DEFAULT '{*}' CHECK (array_position(within, NULL) IS NULL),
    name         text    NOT NULL DEFAULT '',
    builtin      boolean NOT NULL DEFAULT false,
    audit_seq    bigint  UNIQUE REFERENCES dnc.audit_data,
    CHECK (builtin = (audit_seq IS NULL))
);
COMMENT ON TABLE dnc.jurisdiction IS 'where rules hold: countries and their parts (ISO 3166), groups of them, and * for everywhere';
COMMENT ON COLUMN dnc.jurisdiction.within IS 'what it lies in: the rules of those hold in it too';

INSERT INTO dnc.jurisdiction (jurisdiction, within, name, builtin) VALUES ('*', '{}', 'everywhere', true), ('EU', '{*}', 'European Union', true);
-- Countries and territories with telephone numbers of their own.
INSERT INTO dnc.jurisdiction (jurisdiction, within, builtin) SELECT c, CASE
        WHEN c = ANY ('{AT,BE,BG,CY,CZ,DE,DK,EE,ES,FI,FR,GR,HR,HU,IE,IT,LT,LU,LV,MT,NL,PL,PT,RO,SE,SI,SK}') THEN '{EU}'::text[]
        WHEN c = ANY ('{GF,GP,MF,MQ,RE,YT}') THEN '{FR}'
        WHEN c = ANY ('{AS,GU,MP,PR,VI}') THEN '{US}'
        WHEN c = 'AX' THEN '{FI}' WHEN c IN ('CC', 'CX') THEN '{AU}' WHEN c = 'SJ' THEN '{NO}'
        ELSE '{*}' END, true
    FROM unnest(string_to_array('AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW', ' ')) AS c;
INSERT INTO dnc.jurisdiction (jurisdiction, within, name, builtin) SELECT 'US-' || split_part(s, ' ', 1), '{US}', substr(s, 4), true FROM unnest(string_to_array('AL Alabama,AK Alaska,AZ Arizona,AR Arkansas,CA California,CO Colorado,CT Connecticut,DE Delaware,DC District of Columbia,FL Florida,GA Georgia,HI Hawaii,ID Idaho,IL Illinois,IN Indiana,IA Iowa,KS Kansas,KY Kentucky,LA Louisiana,ME Maine,MD Maryland,MA Massachusetts,MI Michigan,MN Minnesota,MS Mississippi,MO Missouri,MT Montana,NE Nebraska,NV Nevada,NH New Hampshire,NJ New Jersey,NM New Mexico,NY New York,NC North Carolina,ND North Dakota,OH Ohio,OK Oklahoma,OR Oregon,PA Pennsylvania,RI Rhode Island,SC South Carolina,SD South Dakota,TN Tennessee,TX Texas,UT Utah,VT Vermont,VA Virginia,WA Washington,WV West Virginia,WI Wisconsin,WY Wyoming', ',')) AS s;
INSERT INTO dnc.jurisdiction (jurisdiction, within, name, builtin) SELECT 'CA-' || split_part(s, ' ', 1), '{CA}', substr(s, 4), true FROM unnest(string_to_array('AB Alberta,BC British Columbia,MB Manitoba,NB New Brunswick,NL Newfoundland and Labrador,NS Nova Scotia,NT Northwest Territories,NU Nunavut,ON Ontario,PE Prince Edward Island,QC Quebec,SK Saskatchewan,YT Yukon', ',')) AS s;

-- What sessions know of rules, holidays and jurisdictions they keep until this number changes (as dnc.list_epoch).
CREATE TABLE dnc.rule_epoch (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch bigint  NOT NULL
);
INSERT INTO dnc.rule_epoch (epoch) VALUES (dnc.random_epoch());
COMMENT ON TABLE dnc.rule_epoch IS 'one row: the state of rules, holidays and jurisdictions; a new number with every change';
CREATE FUNCTION dnc.new_rule_epoch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE dnc.rule_epoch SET epoch = dnc.random_epoch();
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION dnc.new_rule_epoch() IS 'trigger that tells sessions to look at rules anew';

CREATE FUNCTION dnc.require_holiday(day text) RETURNS void AS 'MODULE_PATHNAME', 'dnc_require_holiday_wrapper' LANGUAGE c IMMUTABLE STRICT;
CREATE FUNCTION dnc.require_windows(windows text) RETURNS void AS 'MODULE_PATHNAME', 'dnc_require_windows_wrapper' LANGUAGE c IMMUTABLE STRICT;
CREATE FUNCTION dnc.require_zone(name text) RETURNS void AS 'MODULE_PATHNAME', 'dnc_require_zone_wrapper' LANGUAGE c IMMUTABLE STRICT;
COMMENT ON FUNCTION dnc.require_holiday(text) IS 'raises for what dnc.holiday.day cannot be';
COMMENT ON FUNCTION dnc.require_windows(text) IS 'raises for what are no hours of a week';
COMMENT ON FUNCTION dnc.require_zone(text) IS 'raises for an unknown time zone';

CREATE FUNCTION dnc.calendar_accept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
COMMENT ON FUNCTION dnc.calendar_accept() IS 'trigger that takes holidays and jurisdictions that can be read';

SELECT dnc.audit(r, r) FROM unnest('{holiday,jurisdiction}'::text[]) AS r;
DO $$
DECLARE
    r text;
BEGIN
    FOREACH r IN ARRAY ARRAY['holiday', 'jurisdiction'] LOOP
        EXECUTE format('CREATE TRIGGER "00_accept" BEFORE INSERT OR UPDATE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION dnc.calendar_accept()', r);
        EXECUTE format('CREATE TRIGGER "01_keep_builtin" BEFORE INSERT OR UPDATE OR DELETE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION dnc.keep_builtin()', r);
        EXECUTE format('CREATE TRIGGER "90_epoch" AFTER INSERT OR UPDATE OR DELETE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION dnc.new_rule_epoch()', r);
        EXECUTE format('ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "00_accept", ENABLE ALWAYS TRIGGER "01_keep_builtin", ENABLE ALWAYS TRIGGER "90_epoch"', r);
        PERFORM pg_extension_config_dump(format('dnc.%I', r)::regclass, 'WHERE NOT builtin');
    END LOOP;
END
$$;

CREATE FUNCTION @extschema@.dnc_holidays(calendar text, year integer) RETURNS TABLE (day date, name text) AS 'MODULE_PATHNAME', 'dnc_holidays_wrapper' LANGUAGE c STABLE STRICT ROWS 15;
CREATE FUNCTION @extschema@.dnc_business_day(day date, days integer, calendar text) RETURNS date AS 'MODULE_PATHNAME', 'dnc_business_day_wrapper' LANGUAGE c STABLE STRICT;
COMMENT ON FUNCTION @extschema@.dnc_holidays(text, integer) IS 'holidays of a year, with the days given for those on weekends';
COMMENT ON FUNCTION @extschema@.dnc_business_day(date, integer, text) IS 'the n-th business day after a day; neither weekends nor holidays of the calendar count';
