-- From 0.3.0 to 0.4.0: rules and deadlines, consents and relationships, replies, notices and tokens, the log of contacts, reviews,
-- decisions. Sessions that had loaded the library of before cannot record requests until they connect again.

-- The script runs as superuser: no name in it, no operator above all, may be found in a schema where others can create.
SET LOCAL search_path = pg_catalog, pg_temp;

-- ---------------------------------------------------------------------------
-- What the functions below share
-- ---------------------------------------------------------------------------

-- Whether a question meets a refusal: their scopes overlap. NULL asks about any channel, any purpose; to ask about a purpose is to ask
-- about everything below it too. src/rules/scope.rs is the same.
CREATE FUNCTION dnc.meets(refused_channel text, refused_purpose text, channel text, purpose text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (channel IS NULL OR refused_channel IN ('all', channel))
       AND (purpose IS NULL OR refused_purpose IS NULL OR dnc.covers(refused_purpose, purpose) OR dnc.covers(purpose, refused_purpose));
COMMENT ON FUNCTION dnc.meets(text, text, text, text) IS 'whether a question about a channel and a purpose meets a refusal';
-- Whether an ending covers all of what a question meets of a refusal; for NULL, NULL all of the refusal.
CREATE FUNCTION dnc.ends_all(ending_channel text, ending_purpose text, refused_channel text, refused_purpose text, channel text, purpose text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ending_channel IN ('all', coalesce(channel, refused_channel))
       AND (ending_purpose IS NULL OR dnc.covers(ending_purpose, CASE WHEN dnc.covers(purpose, refused_purpose) THEN refused_purpose ELSE coalesce(purpose, refused_purpose) END));
COMMENT ON FUNCTION dnc.ends_all(text, text, text, text, text, text) IS 'whether an ending covers all of what a question about a channel and a purpose meets of a refusal';
CREATE FUNCTION dnc.require_evidence(evidence jsonb, taken_by text, external_ref text) RETURNS void LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF jsonb_typeof(evidence) IS DISTINCT FROM 'object' THEN
        RAISE EXCEPTION 'evidence must be a JSON object' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It is %s.', coalesce(jsonb_typeof(evidence), 'NULL')), HINT = 'Write {"words": "…"}.';
    END IF;
    IF length(external_ref) NOT BETWEEN 1 AND 500 OR length(taken_by) NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'external_ref and taken_by have 1 to 500 characters' USING ERRCODE = 'string_data_right_truncation',
            DETAIL = format('They have %s and %s.', coalesce(length(external_ref)::text, 'none'), coalesce(length(taken_by)::text, 'none')),
            HINT = 'Leave them out where there is nothing to say; longer texts belong into evidence.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_evidence(jsonb, text, text) IS 'raises unless evidence is an object and the short texts are short';
CREATE FUNCTION dnc.require_past(what text, at timestamptz) RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF at IS NULL OR NOT isfinite(at) OR at > now() THEN
        RAISE EXCEPTION '% at %: not a time up to now', what, coalesce(at::text, 'NULL') USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('It is recorded when it has happened, and now is %s.', now());
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_past(text, timestamptz) IS 'raises for a time that lies ahead or is none';
-- Puts a table that is history under audit: rows are added, never changed or removed.
CREATE FUNCTION dnc.audit_history(relation text, key_column text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM dnc.audit(relation, key_column);
    EXECUTE format('CREATE TRIGGER "00_insert_only" BEFORE UPDATE OR DELETE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change()', relation);
    EXECUTE format('ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "00_insert_only"', relation);
END
$$;
COMMENT ON FUNCTION dnc.audit_history(text, text) IS 'puts an insert-only table of schema dnc under audit; for the extension''s own scripts';

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

-- ---------------------------------------------------------------------------
-- Rules: what the law says, as rows with dates
-- ---------------------------------------------------------------------------
-- Built-in rows stand in sql/rules/, one file a jurisdiction, each with its source and how certain it is. A rule that forbids,
-- shortens or protects is on unless a site disables it. An exemption, a grace period or a safe harbour is off until somebody
-- accepts it, which only one that was read in a primary text (grade V) can be. A site adds rows of its own and may replace built-in
-- ones by them; nothing in this table is ever changed.

CREATE TABLE dnc.rule (
    rule         text     PRIMARY KEY CHECK (rule ~ '^[a-z][a-z0-9-]{0,62}$'),
    jurisdiction text     NOT NULL REFERENCES dnc.jurisdiction,
    kind         text     NOT NULL CHECK (kind IN ('honour_within', 'retention', 'records', 'answer_within', 'calling_hours', 'closed_day', 'regime', 'revocation_scope', 'registry_max_age',
                              'registry_grace', 'consent_max_age', 'consent_proof', 'relationship_exemption', 'attempt_cap', 'cool_off', 'confirmation', 'safe_harbor', 'duty')),
    channels     text[]   CHECK (cardinality(channels) > 0 AND array_position(channels, NULL) IS NULL),
    call_types   text[]   CHECK (cardinality(call_types) > 0 AND array_position(call_types, NULL) IS NULL),
    party        text     CHECK (party IN ('consumer', 'business')),
    line_types   text[]   CHECK (cardinality(line_types) > 0 AND array_position(line_types, NULL) IS NULL),
    amount       interval CHECK (amount < '1000 years' AND least(extract(year FROM amount), extract(month FROM amount), extract(day FROM amount), extract(hour FROM amount), extract(minute FROM amount), extract(second FROM amount)) >= 0),
    business     boolean  NOT NULL DEFAULT false,
    anchor       text     CHECK (anchor IN ('request', 'receipt', 'grant', 'last_use', 'purchase', 'contract', 'inquiry', 'last_relation', 'refusal', 'attempt', 'listing', 'porting')),
    attempts     integer  CHECK (attempts BETWEEN 1 AND 10000),
    windows      text,
    calendar     text,
    regime       text     CHECK (regime IN ('opt_out', 'registry', 'opt_in')),
    precedence   smallint NOT NULL DEFAULT 0,
    valid_from   date,
    valid_to     date,
    announced_on date,
    replaces     text,
    exempts      boolean  NOT NULL DEFAULT false,
    citation     text     NOT NULL CHECK (length(citation) BETWEEN 1 AND 500),
    url          text,
    quoted_on    date,
    confidence   text     NOT NULL CHECK (confidence IN ('V', 'S', 'M', '?')),
    enabled      boolean  NOT NULL DEFAULT true,
    note         text,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    recorded_by  text     NOT NULL DEFAULT session_user,
    builtin      boolean  NOT NULL DEFAULT false,
    audit_seq    bigint   UNIQUE REFERENCES dnc.audit_data,
    CHECK (builtin = (audit_seq IS NULL)),
    CONSTRAINT rule_ends_after_its_start CHECK (valid_from <= valid_to),
    CONSTRAINT rule_has_its_amount CHECK ((amount IS NOT NULL) = (kind IN ('honour_within', 'retention', 'records', 'answer_within', 'registry_max_age', 'registry_grace', 'consent_max_age', 'consent_proof', 'relationship_exemption', 'attempt_cap', 'cool_off', 'confirmation'))
                                          OR kind = 'safe_harbor'),
    CONSTRAINT rule_has_its_attempts CHECK ((attempts IS NOT NULL) = (kind = 'attempt_cap')),
    CONSTRAINT rule_has_its_windows CHECK ((windows IS NOT NULL) = (kind IN ('calling_hours', 'closed_day'))),
    CONSTRAINT rule_has_its_regime CHECK ((regime IS NOT NULL) = (kind = 'regime')),
    CONSTRAINT rule_counts_business_days_with_a_calendar CHECK (NOT business OR calendar IS NOT NULL AND extract(day FROM amount) > 0),
    CONSTRAINT rule_exempts CHECK (exempts = (kind IN ('registry_grace', 'relationship_exemption', 'confirmation', 'safe_harbor')))
);
COMMENT ON TABLE dnc.rule IS 'rules of jurisdictions, with the dates on which they hold and their sources; insert-only';
COMMENT ON COLUMN dnc.rule.jurisdiction IS 'where it holds, and in all that lies in it';
COMMENT ON COLUMN dnc.rule.kind IS 'honour_within, retention, records, answer_within, registry_max_age, registry_grace, consent_max_age, consent_proof, relationship_exemption, cool_off, confirmation: amount; attempt_cap: attempts within amount; calling_hours: windows; closed_day: days of windows without any, and holidays of calendar; regime; revocation_scope: a refusal of one purpose is one of all; safe_harbor and duty: told, not computed';
COMMENT ON COLUMN dnc.rule.channels IS 'NULL: every channel';
COMMENT ON COLUMN dnc.rule.call_types IS 'sales, automated, collections, research, charity, service or a site''s own words; NULL: every call';
COMMENT ON COLUMN dnc.rule.party IS 'consumer or business; NULL: both. Who is not known counts as a consumer';
COMMENT ON COLUMN dnc.rule.line_types IS 'as dnc_line_type names them; NULL: every line';
COMMENT ON COLUMN dnc.rule.amount IS 'months and days count on the callee''s calendar, without the day of the anchor and to the end of the last day; 0 is at once';
COMMENT ON COLUMN dnc.rule.business IS 'days of the amount are business days of the calendar';
COMMENT ON COLUMN dnc.rule.anchor IS 'from what the amount is counted';
COMMENT ON COLUMN dnc.rule.windows IS 'hours on the callee''s clock: mon-fri 10:00-13:00 14:00-20:00; sat 09:00-17:00; hol 10:00-12:00. Days not named are closed';
COMMENT ON COLUMN dnc.rule.calendar IS 'calendar of dnc.holiday: its days are no business days, and are closed unless windows name hol';
COMMENT ON COLUMN dnc.rule.regime IS 'whom one may contact without consent: opt_out, who did not refuse; registry, who is not registered either; opt_in, nobody';
COMMENT ON COLUMN dnc.rule.precedence IS 'of rules of a kind and a jurisdiction only those of the highest hold';
COMMENT ON COLUMN dnc.rule.valid_from IS 'first day; NULL: always';
COMMENT ON COLUMN dnc.rule.valid_to IS 'last day; NULL: until further notice';
COMMENT ON COLUMN dnc.rule.replaces IS 'rule that does not hold wherever and whenever this one does';
COMMENT ON COLUMN dnc.rule.exempts IS 'it allows what would be forbidden without it: off until dnc_rule_accept';
COMMENT ON COLUMN dnc.rule.confidence IS 'V: read in a primary text; S: in a secondary source; M: from memory; ?: sources differ, the stricter value stands';
COMMENT ON COLUMN dnc.rule.enabled IS 'whether it is on before anybody decides otherwise; see dnc.rule_decision';
COMMENT ON COLUMN dnc.rule.recorded_at IS 'from when on it was known';

CREATE TABLE dnc.rule_decision (
    decision_id bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    rule        text        NOT NULL REFERENCES dnc.rule,
    decision    text        NOT NULL CHECK (decision IN ('accept', 'enable', 'disable')),
    decided_by  text        NOT NULL CHECK (length(decided_by) BETWEEN 1 AND 500),
    why         text        CHECK (length(why) BETWEEN 1 AND 5000),
    decided_at  timestamptz NOT NULL,
    audit_seq   bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data
);
COMMENT ON SEQUENCE dnc.rule_decision_decision_id_seq IS 'numbers decisions about rules';
COMMENT ON TABLE dnc.rule_decision IS 'who accepted, enabled or disabled which rule; the last word counts';

CREATE FUNCTION dnc.rule_accept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x text;
    r dnc.rule;
BEGIN
    IF NEW.audit_seq IS NOT NULL OR NEW.builtin THEN
        RETURN NEW;
    END IF;
    PERFORM dnc.require_known('jurisdiction', NEW.jurisdiction);
    FOREACH x IN ARRAY coalesce(NEW.channels, '{}') LOOP
        PERFORM dnc.require_known('channel', x);
    END LOOP;
    IF 'all' = ANY (NEW.channels) THEN
        RAISE EXCEPTION 'a rule names its channels one by one, and not "all"' USING ERRCODE = 'invalid_parameter_value', DETAIL = format('Rule "%s" has channels %s.', NEW.rule, NEW.channels), HINT = 'NULL for channels is every channel.';
    END IF;
    PERFORM dnc.require_windows(NEW.windows);
    IF NEW.calendar IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.holiday AS h WHERE h.calendar = NEW.calendar) THEN
        RAISE EXCEPTION 'unknown calendar "%"', NEW.calendar USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Known are: %s.', (SELECT string_agg(DISTINCT h.calendar, ', ') FROM dnc.holiday AS h)), HINT = 'A site adds its own by inserting into dnc.holiday.';
    END IF;
    IF NEW.replaces IS NOT NULL THEN
        SELECT * INTO r FROM dnc.rule AS o WHERE o.rule = NEW.replaces;
        IF r.rule IS NULL OR r.kind <> NEW.kind OR r.jurisdiction <> NEW.jurisdiction THEN
            RAISE EXCEPTION 'rule "%" cannot replace "%"', NEW.rule, NEW.replaces USING ERRCODE = 'invalid_parameter_value',
                DETAIL = CASE WHEN r.rule IS NULL THEN 'There is no such rule.' ELSE format('That is %s of %s.', r.kind, r.jurisdiction) END,
                HINT = 'A rule is replaced by one of its own kind and jurisdiction.';
        END IF;
    END IF;
    -- What the clock and the session say, whatever was given.
    NEW.recorded_at := now();
    NEW.recorded_by := session_user;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION dnc.rule_accept() IS 'trigger that takes rules that can be read';

-- How built-in rows are written, before the triggers exist; sql/rules/.
CREATE FUNCTION dnc.builtin_rule(
    rule text, jurisdiction text, kind text, citation text, confidence text, amount interval DEFAULT NULL, anchor text DEFAULT NULL, business boolean DEFAULT false, calendar text DEFAULT NULL,
    windows text DEFAULT NULL, regime text DEFAULT NULL, attempts integer DEFAULT NULL, channels text[] DEFAULT NULL, call_types text[] DEFAULT NULL, party text DEFAULT NULL, line_types text[] DEFAULT NULL,
    valid_from date DEFAULT NULL, valid_to date DEFAULT NULL, announced_on date DEFAULT NULL, note text DEFAULT NULL, url text DEFAULT NULL, enabled boolean DEFAULT true,
    quoted_on date DEFAULT '2026-11-24', recorded_at timestamptz DEFAULT '2026-11-26 00:00:00+00'
) RETURNS void LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO dnc.rule (rule, jurisdiction, kind, citation, confidence, amount, anchor, business, calendar, windows, regime, attempts, channels, call_types, party, line_types, valid_from, valid_to,
                          announced_on, note, url, enabled, quoted_on, recorded_at, recorded_by, exempts, builtin)
    VALUES (rule, jurisdiction, kind, citation, confidence, amount, anchor, business, calendar, windows, regime, attempts, channels, call_types, party, line_types, valid_from, valid_to,
            announced_on, note, url, enabled, quoted_on, recorded_at, 'extension', kind IN ('registry_grace', 'relationship_exemption', 'confirmation', 'safe_harbor'), true);
END;
COMMENT ON FUNCTION dnc.builtin_rule(text, text, text, text, text, interval, text, boolean, text, text, text, integer, text[], text[], text, text[], date, date, date, text, text, boolean, date, timestamptz)
    IS 'writes a built-in rule; for the extension''s own scripts';

CREATE FUNCTION dnc.rule_decide(rule text, decision text, by text, why text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    r dnc.rule;
BEGIN
    PERFORM dnc.require_known('rule', rule);
    SELECT * INTO r FROM dnc.rule AS x WHERE x.rule = rule;
    IF by IS NULL OR btrim(by) = '' OR decision = 'disable' AND coalesce(btrim(why), '') = '' THEN
        RAISE EXCEPTION 'a decision about a rule needs who makes it, and to disable one also why' USING ERRCODE = 'null_value_not_allowed', HINT = 'It is kept, and shown where the rule is.';
    END IF;
    IF decision = 'accept' AND NOT r.exempts OR decision = 'enable' AND r.exempts THEN
        RAISE EXCEPTION 'rule "%" cannot be %', rule, CASE decision WHEN 'accept' THEN 'accepted' ELSE 'enabled' END USING ERRCODE = 'invalid_parameter_value',
            DETAIL = CASE WHEN r.exempts THEN 'It is an exemption, which somebody has to accept.' ELSE 'It forbids, shortens or protects, and is on without that.' END,
            HINT = CASE WHEN r.exempts THEN 'Call dnc_rule_accept.' ELSE 'dnc_rule_enable takes back that it was disabled.' END;
    END IF;
    IF decision = 'accept' AND r.confidence <> 'V' THEN
        RAISE EXCEPTION 'rule "%" cannot be accepted: its grade is %', rule, r.confidence USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'Only an exemption that was read in a primary text (V) can be relied on.', HINT = 'Read the text, and insert a rule of your own with its citation.';
    END IF;
    INSERT INTO dnc.rule_decision (rule, decision, decided_by, why, decided_at) VALUES (rule, decision, by, why, now());
    IF decision = 'accept' AND r.kind <> 'relationship_exemption' THEN
        RAISE NOTICE 'rule % is told where rules are shown; no decision is made by it', rule USING DETAIL = 'What it allows depends on facts that are not recorded here.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.rule_decide(text, text, text, text) IS 'records a decision about a rule; behind dnc_rule_accept, dnc_rule_enable and dnc_rule_disable';
CREATE FUNCTION @extschema@.dnc_rule_accept(rule text, by text, why text DEFAULT NULL) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.rule_decide(rule, 'accept', by, why);
END;
CREATE FUNCTION @extschema@.dnc_rule_enable(rule text, by text, why text DEFAULT NULL) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.rule_decide(rule, 'enable', by, why);
END;
CREATE FUNCTION @extschema@.dnc_rule_disable(rule text, by text, why text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.rule_decide(rule, 'disable', by, why);
END;
COMMENT ON FUNCTION @extschema@.dnc_rule_accept(text, text, text) IS 'relies on an exemption, a grace period or a safe harbour from now on, on somebody''s word; only for grade V';
COMMENT ON FUNCTION @extschema@.dnc_rule_enable(text, text, text) IS 'takes back that a rule was disabled, or switches one on that is off';
COMMENT ON FUNCTION @extschema@.dnc_rule_disable(text, text, text) IS 'switches a rule off from now on, on somebody''s word and for a reason';

-- What sessions keep of all that; times in microseconds since 2000-01-01.
CREATE FUNCTION dnc.rule_book() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object(
        'rules', (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('rule', r.rule, 'jurisdiction', r.jurisdiction, 'kind', r.kind, 'channels', r.channels, 'call_types', r.call_types,
                'party', r.party, 'line_types', r.line_types, 'months', EXTRACT(year FROM r.amount)::int * 12 + EXTRACT(month FROM r.amount)::int, 'days', EXTRACT(day FROM r.amount)::int,
                'micros', (EXTRACT(hour FROM r.amount) * 3600000000 + EXTRACT(minute FROM r.amount) * 60000000 + EXTRACT(microseconds FROM r.amount))::bigint, 'business', r.business, 'anchor', r.anchor,
                'attempts', r.attempts, 'windows', r.windows, 'calendar', r.calendar, 'regime', r.regime, 'precedence', r.precedence, 'from', pg_catalog.to_char(r.valid_from, 'YYYY-MM-DD'),
                'to', pg_catalog.to_char(r.valid_to, 'YYYY-MM-DD'), 'replaces', r.replaces, 'exempts', r.exempts, 'enabled', r.enabled, 'confidence', r.confidence, 'recorded_at', dnc.microseconds(r.recorded_at),
                'switched', (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(dnc.microseconds(d.decided_at), d.decision <> 'disable') ORDER BY d.decision_id) FROM dnc.rule_decision AS d WHERE d.rule = r.rule),
                'citation', r.citation) ORDER BY r.rule), '[]') FROM dnc.rule AS r),
        'holidays', (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('calendar', h.calendar, 'name', h.name, 'day', h.day, 'from', h.from_year, 'to', h.to_year) ORDER BY h.holiday), '[]') FROM dnc.holiday AS h),
        'within', (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(j.jurisdiction, j.within)), '[]') FROM dnc.jurisdiction AS j))::text;
END;
COMMENT ON FUNCTION dnc.rule_book() IS 'rules, holidays and jurisdictions as sessions keep them, in JSON';

-- The deadline and the periods of a request: where a number may be in several zones or places, the strictest.
CREATE FUNCTION dnc.rule_due(phone @extschema@.dnc_phone, channel text, requested_at timestamptz, received_at timestamptz) RETURNS timestamptz AS 'MODULE_PATHNAME', 'dnc_rule_due_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 100;
CREATE FUNCTION dnc.rule_keep_until(phone @extschema@.dnc_phone, channel text, requested_at timestamptz, received_at timestamptz) RETURNS timestamptz AS 'MODULE_PATHNAME', 'dnc_rule_keep_until_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 100;
CREATE FUNCTION dnc.rule_proof_until(phone @extschema@.dnc_phone, channel text, granted_at timestamptz, used_at timestamptz) RETURNS timestamptz AS 'MODULE_PATHNAME', 'dnc_rule_proof_until_wrapper' LANGUAGE c STABLE PARALLEL SAFE COST 100;
CREATE FUNCTION @extschema@.dnc_places(phone @extschema@.dnc_phone) RETURNS text[] AS 'MODULE_PATHNAME', 'dnc_rule_places_wrapper' LANGUAGE c STABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION dnc.rule_due(@extschema@.dnc_phone, text, timestamptz, timestamptz) IS 'when a request must be honoured at the latest, by the strictest rule; NULL: no rule says, so at once';
COMMENT ON FUNCTION dnc.rule_keep_until(@extschema@.dnc_phone, text, timestamptz, timestamptz) IS 'until when a refusal must be kept at the least; NULL: no rule says';
COMMENT ON FUNCTION dnc.rule_proof_until(@extschema@.dnc_phone, text, timestamptz, timestamptz) IS 'until when the proof of a consent must be kept; NULL: no rule says';
COMMENT ON FUNCTION @extschema@.dnc_places(@extschema@.dnc_phone) IS 'jurisdictions in which a number may be, as assumed from the number, with those around them';

-- United States, federal rules and those of states.
SELECT dnc.builtin_rule('us-honour-2003', 'US', 'honour_within', '47 CFR 64.1200(d)(3) as it stood until 2025-04-10', 'V', '30 days', 'receipt', valid_to => '2025-04-10');
SELECT dnc.builtin_rule('us-honour-2025', 'US', 'honour_within', '47 CFR 64.1200(d)(3); 89 FR 15756', 'V', '10 days', 'receipt', business => true, calendar => 'us-federal', valid_from => '2025-04-11',
    note => 'The day on which it began was read in a secondary source.');
SELECT dnc.builtin_rule('us-retention', 'US', 'retention', '47 CFR 64.1200(d)(6)', 'V', '5 years', 'request');
SELECT dnc.builtin_rule('us-records-1995', 'US', 'records', '16 CFR 310.5 as it stood until 2024-05-15', 'V', '2 years', 'attempt', valid_to => '2024-05-15');
SELECT dnc.builtin_rule('us-records-2024', 'US', 'records', '16 CFR 310.5; 89 FR 26760', 'V', '5 years', 'attempt', valid_from => '2024-05-16', note => 'Call-detail records since 2024-10-15.');
SELECT dnc.builtin_rule('us-regime', 'US', 'regime', '47 CFR 64.1200(c)(2)', 'V', regime => 'registry', channels => '{voice}', note => 'Telephone solicitations. Other channels have no rule here.');
SELECT dnc.builtin_rule('us-registry-age', 'US', 'registry_max_age', '47 CFR 64.1200(c)(2)(i); 16 CFR 310.4(b)(3)', 'V', '31 days');
SELECT dnc.builtin_rule('us-relationship-purchase', 'US', 'relationship_exemption', '47 CFR 64.1200(f)(5)', 'V', '18 months', 'purchase', note => 'From a purchase, payment or delivery.');
SELECT dnc.builtin_rule('us-relationship-inquiry', 'US', 'relationship_exemption', '47 CFR 64.1200(f)(5)', 'V', '3 months', 'inquiry');
SELECT dnc.builtin_rule('us-hours', 'US', 'calling_hours', '47 CFR 64.1200(c)(1)', 'V', windows => 'daily 08:00-21:00');
SELECT dnc.builtin_rule('us-revoke-all', 'US', 'revocation_scope', '47 CFR 64.1200(a)(10); FCC DA 26-12', 'S', valid_from => '2027-01-31', note => 'A revocation covers unrelated matters too; delayed from 2025-04-11.');
SELECT dnc.builtin_rule('us-confirmation', 'US', 'confirmation', '47 CFR 64.1200(a)(12)', 'S', '5 minutes', 'receipt', note => 'One message that confirms a revocation.');
SELECT dnc.builtin_rule('us-ported', 'US', 'safe_harbor', '47 CFR 64.1200(a)(1)(iv)', 'V', '15 days', 'porting', note => 'Numbers ported to wireless.');
SELECT dnc.builtin_rule('us-reassigned', 'US', 'safe_harbor', '47 CFR 64.1200(m)', 'V', note => 'A wrong no of the Reassigned Numbers Database.');
SELECT dnc.builtin_rule('us-policy', 'US', 'duty', '47 CFR 64.1200(d)(1)', 'S', note => 'A written policy, available on demand.');
SELECT dnc.builtin_rule('us-training', 'US', 'duty', '47 CFR 64.1200(d)(2)', 'S', note => 'Training of those who telephone.');

-- States; read in secondary sources, so their citations name the state and not yet the section.
SELECT dnc.builtin_rule('us-al-hours', 'US-AL', 'calling_hours', 'Alabama, telephone solicitation; secondary source', 'S', windows => 'mon-sat 08:00-20:00');
SELECT dnc.builtin_rule('us-ca-hours', 'US-CA', 'calling_hours', 'California, telephone solicitation; secondary source', 'S', windows => 'daily 09:00-21:00');
SELECT dnc.builtin_rule('us-fl-hours', 'US-FL', 'calling_hours', 'Florida, telephone solicitation; secondary source', 'S', windows => 'daily 08:00-20:00');
SELECT dnc.builtin_rule('us-in-hours', 'US-IN', 'calling_hours', 'Indiana, telephone solicitation; secondary source', 'S', windows => 'daily 09:00-20:00');
SELECT dnc.builtin_rule('us-ky-hours', 'US-KY', 'calling_hours', 'Kentucky, telephone solicitation; secondary source', 'S', windows => 'daily 10:00-21:00');
SELECT dnc.builtin_rule('us-la-sunday', 'US-LA', 'closed_day', 'Louisiana, telephone solicitation; secondary source', 'S', windows => 'sun');
SELECT dnc.builtin_rule('us-ms-sunday', 'US-MS', 'closed_day', 'Mississippi, telephone solicitation; secondary source', 'S', windows => 'sun');
SELECT dnc.builtin_rule('us-ok-hours', 'US-OK', 'calling_hours', 'Oklahoma, telephone solicitation; secondary source', 'S', windows => 'daily 00:00-20:00');
SELECT dnc.builtin_rule('us-md-hours', 'US-MD', 'calling_hours', 'Maryland, telephone solicitation; secondary source', 'S', windows => 'daily 00:00-20:00');
SELECT dnc.builtin_rule('us-wa-hours', 'US-WA', 'calling_hours', 'Washington, telephone solicitation; secondary source', 'S', windows => 'daily 00:00-20:00');
SELECT dnc.builtin_rule('us-wy-hours', 'US-WY', 'calling_hours', 'Wyoming, telephone solicitation; secondary source', 'S', windows => 'daily 00:00-20:00');
SELECT dnc.builtin_rule('us-tx-hours', 'US-TX', 'calling_hours', 'Texas, telephone solicitation; secondary source', 'S', windows => 'mon-sat 00:00-24:00; sun 12:00-24:00');
SELECT dnc.builtin_rule('us-pa-sunday', 'US-PA', 'closed_day', 'Pennsylvania, telephone solicitation; secondary source', 'S', windows => 'sun', valid_from => '2026-10-18');
SELECT dnc.builtin_rule('us-me-automated', 'US-ME', 'calling_hours', 'Maine, automated calls; secondary source', 'S', windows => 'mon-fri 09:00-17:00', call_types => '{automated}');

-- Canada.
SELECT dnc.builtin_rule('ca-honour', 'CA', 'honour_within', 'CRTC Unsolicited Telecommunications Rules', 'V', '14 days', 'receipt');
SELECT dnc.builtin_rule('ca-retention', 'CA', 'retention', 'CRTC Unsolicited Telecommunications Rules', 'V', '3 years 14 days', 'request');
SELECT dnc.builtin_rule('ca-regime', 'CA', 'regime', 'CRTC Unsolicited Telecommunications Rules', 'V', regime => 'registry', channels => '{voice}');
SELECT dnc.builtin_rule('ca-registry-age', 'CA', 'registry_max_age', 'CRTC Unsolicited Telecommunications Rules', 'V', '31 days');
SELECT dnc.builtin_rule('ca-hours', 'CA', 'calling_hours', 'CRTC Unsolicited Telecommunications Rules', 'V', windows => 'mon-fri 09:00-21:30; sat-sun 10:00-18:00');
SELECT dnc.builtin_rule('ca-relationship-purchase', 'CA', 'relationship_exemption', 'CRTC Unsolicited Telecommunications Rules', 'S', '18 months', 'purchase');
SELECT dnc.builtin_rule('ca-relationship-contract', 'CA', 'relationship_exemption', 'CRTC Unsolicited Telecommunications Rules', 'S', '18 months', 'contract');
SELECT dnc.builtin_rule('ca-relationship-inquiry', 'CA', 'relationship_exemption', 'CRTC Unsolicited Telecommunications Rules', 'S', '6 months', 'inquiry');

-- United Kingdom.
SELECT dnc.builtin_rule('gb-honour', 'GB', 'honour_within', 'PECR 2003, reg. 21', 'V', '0', 'receipt', note => 'The text gives no time; taken as at once.');
SELECT dnc.builtin_rule('gb-regime', 'GB', 'regime', 'PECR 2003, reg. 21', 'V', regime => 'registry', channels => '{voice}');
SELECT dnc.builtin_rule('gb-claims', 'GB', 'regime', 'PECR 2003, reg. 21A', 'V', regime => 'opt_in', call_types => '{claims_management}');
SELECT dnc.builtin_rule('gb-pensions', 'GB', 'regime', 'PECR 2003, reg. 21B', 'V', regime => 'opt_in', call_types => '{pensions}');
SELECT dnc.builtin_rule('gb-registry-grace', 'GB', 'registry_grace', 'PECR 2003, reg. 21', 'V', '28 days', 'listing', note => 'Entries of TPS and CTPS younger than that are excused.');
SELECT dnc.builtin_rule('gb-override', 'GB', 'duty', 'PECR 2003, reg. 21', 'V', note => 'Who has told this caller that calls are welcome may withdraw that at any time.');

-- European Union.
SELECT dnc.builtin_rule('eu-honour', 'EU', 'honour_within', 'GDPR, art. 21(2)-(4)', 'V', '0', 'receipt', note => 'On objection to direct marketing processing for it stops.');
-- It gives a right to object and no permission: whom one may call is the law of the member state, and without a row for that nobody.
SELECT dnc.builtin_rule('eu-answer', 'EU', 'answer_within', 'GDPR, art. 12(3)', 'M', '1 month', 'receipt', note => 'Two months more where it is complex.');
SELECT dnc.builtin_rule('eu-rights', 'EU', 'duty', 'GDPR, art. 15-19', 'M', note => 'Access, rectification, erasure with its exceptions (17(3)), restriction, and telling recipients.');
SELECT dnc.builtin_rule('eu-suppression', 'EU', 'duty', 'GDPR, art. 17(3), 21(3)', 'M', note => 'The least that is needed to honour an objection is kept.');

-- Germany.
SELECT dnc.builtin_rule('de-regime', 'DE', 'regime', 'UWG § 7(2)', 'V', regime => 'opt_in', note => 'Prior express consent.');
SELECT dnc.builtin_rule('de-proof', 'DE', 'consent_proof', 'UWG § 7a', 'V', '5 years', 'last_use', note => 'From the grant, and again after each use.');

-- France.
SELECT dnc.builtin_rule('fr-regime-registry', 'FR', 'regime', 'Code de la consommation, L223-1 as it stood (number of the article from memory); secondary source', 'S', regime => 'registry', channels => '{voice}', valid_to => '2026-08-10');
SELECT dnc.builtin_rule('fr-regime-consent', 'FR', 'regime', 'Code de la consommation, L223-1 since 2026-08-11 (number of the article from memory); secondary source', 'S', regime => 'opt_in', valid_from => '2026-08-11');
SELECT dnc.builtin_rule('fr-hours', 'FR', 'calling_hours', 'Code de la consommation, D223-9 (number of the article from memory)', 'V', windows => 'mon-fri 10:00-13:00 14:00-20:00', calendar => 'fr', note => 'Whether unchanged since 2026-08-11 is not known.');
SELECT dnc.builtin_rule('fr-attempts', 'FR', 'attempt_cap', 'Code de la consommation, D223-9 (number of the article from memory)', 'V', '30 days', 'attempt', attempts => 4, note => 'Whether unchanged since 2026-08-11 is not known.');
SELECT dnc.builtin_rule('fr-pause', 'FR', 'cool_off', 'Code de la consommation, D223-9 (number of the article from memory)', 'V', '60 days', 'refusal', note => 'Whether unchanged since 2026-08-11 is not known.');

-- Spain.
SELECT dnc.builtin_rule('es-regime', 'ES', 'regime', 'Ley General de Telecomunicaciones, art. 66.1.b', 'V', regime => 'opt_in', note => 'Prior consent or another legal basis.');
SELECT dnc.builtin_rule('es-relationship', 'ES', 'relationship_exemption', 'Ley General de Telecomunicaciones, art. 66.1.b', 'V', '1 year', 'last_relation', note => 'Legitimate interest lapses a year after the last relation.');
SELECT dnc.builtin_rule('es-consent-age', 'ES', 'consent_max_age', 'Renewal every two years; secondary source', 'S', '2 years', 'grant');
SELECT dnc.builtin_rule('es-robinson', 'ES', 'registry_grace', 'Lista Robinson', '?', '30 days', 'listing', note => 'Effective after two months or 30 days: sources differ.');

-- Italy.
SELECT dnc.builtin_rule('it-regime', 'IT', 'regime', 'Registro delle opposizioni; secondary source', 'S', regime => 'registry', channels => '{voice}');
SELECT dnc.builtin_rule('it-registry-age', 'IT', 'registry_max_age', 'Registro delle opposizioni; secondary source', 'S', '15 days');
SELECT dnc.builtin_rule('it-registry-grace', 'IT', 'registry_grace', 'Registro delle opposizioni; secondary source', 'S', '15 days', 'listing');

-- Australia.
SELECT dnc.builtin_rule('au-honour', 'AU', 'honour_within', 'Do Not Call Register Act 2006', 'V', '30 days', 'receipt');
SELECT dnc.builtin_rule('au-regime', 'AU', 'regime', 'Do Not Call Register Act 2006', 'V', regime => 'registry', channels => '{voice}');
SELECT dnc.builtin_rule('au-registry-age', 'AU', 'registry_max_age', 'Do Not Call Register Act 2006', 'V', '30 days', note => 'How long a wash is valid.');
SELECT dnc.builtin_rule('au-hours', 'AU', 'calling_hours', 'Telemarketing and Research Calls Industry Standard', 'V', windows => 'mon-fri 09:00-20:00; sat 09:00-17:00', calendar => 'au-national');

-- Places of which less is known, and what holds everywhere.
SELECT dnc.builtin_rule('in-cool-off', 'IN', 'cool_off', 'TCCCPR 2018; from memory', 'M', '90 days', 'refusal');
SELECT dnc.builtin_rule('in-regime', 'IN', 'regime', 'TCCCPR 2018', 'V', regime => 'registry', channels => '{voice}', note => 'A preference is made of 8 categories, modes, time bands and day types; its hours are not told here, since sources differ.');
SELECT dnc.builtin_rule('sg-regime', 'SG', 'regime', 'Personal Data Protection Act 2012; secondary source', 'S', regime => 'registry', channels => '{voice,sms,fax}', note => 'Three registers: voice, text, fax.');
SELECT dnc.builtin_rule('sg-registry-age', 'SG', 'registry_max_age', 'Personal Data Protection Act 2012; secondary source', 'S', '21 days');
SELECT dnc.builtin_rule('cn-regime', 'CN', 'regime', 'Draft of 2020; from memory', 'M', regime => 'opt_in', note => 'No express consent counts as a refusal.');
SELECT dnc.builtin_rule('cn-honour', 'CN', 'honour_within', 'Draft of 2020; from memory', 'M', '0', 'receipt', note => 'To stop after a refusal.');
SELECT dnc.builtin_rule('whatsapp-regime', '*', 'regime', 'WhatsApp Business Messaging Policy', 'V', regime => 'opt_in', channels => '{whatsapp}', note => 'Opt-in before messages and calls; a person may refuse marketing only.');
SELECT dnc.builtin_rule('br-honour', 'BR', 'honour_within', 'Per company; secondary source', 'S', '30 days', 'receipt', enabled => false, note => 'Time that a secondary source leaves; off, so that a request is due at once.');

-- ---------------------------------------------------------------------------
-- From here on every change of the rules is logged, and told to sessions
-- ---------------------------------------------------------------------------

SELECT dnc.audit_history('rule', 'rule');
SELECT dnc.audit_history('rule_decision', 'decision_id');
CREATE TRIGGER "00_accept" BEFORE INSERT ON dnc.rule FOR EACH ROW EXECUTE FUNCTION dnc.rule_accept();
CREATE TRIGGER "01_keep_builtin" BEFORE INSERT ON dnc.rule FOR EACH ROW EXECUTE FUNCTION dnc.keep_builtin();
CREATE TRIGGER "90_epoch" AFTER INSERT ON dnc.rule FOR EACH ROW EXECUTE FUNCTION dnc.new_rule_epoch();
CREATE TRIGGER "90_epoch" AFTER INSERT ON dnc.rule_decision FOR EACH ROW EXECUTE FUNCTION dnc.new_rule_epoch();
ALTER TABLE dnc.rule ENABLE ALWAYS TRIGGER "00_accept", ENABLE ALWAYS TRIGGER "01_keep_builtin", ENABLE ALWAYS TRIGGER "90_epoch";
ALTER TABLE dnc.rule_decision ENABLE ALWAYS TRIGGER "90_epoch";
SELECT pg_catalog.pg_extension_config_dump('dnc.rule', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('dnc.rule_decision', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.rule_decision_decision_id_seq', '');

-- ---------------------------------------------------------------------------
-- Rules in words, and those that contradict each other
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.rule_is_on(rule dnc.rule) RETURNS boolean LANGUAGE sql STABLE
    RETURN CASE WHEN (rule).exempts THEN (rule).confidence = 'V' AND coalesce((SELECT d.decision <> 'disable' FROM dnc.rule_decision AS d WHERE d.rule = (rule_is_on.rule).rule ORDER BY d.decision_id DESC LIMIT 1), false)
                ELSE coalesce((SELECT d.decision <> 'disable' FROM dnc.rule_decision AS d WHERE d.rule = (rule_is_on.rule).rule ORDER BY d.decision_id DESC LIMIT 1), (rule).enabled) END;
CREATE FUNCTION dnc.rule_value(rule dnc.rule) RETURNS text LANGUAGE sql IMMUTABLE SET IntervalStyle = 'postgres'
    RETURN concat_ws(', ', (rule).attempts || ' attempts', CASE WHEN (rule).amount = '0' THEN 'at once' WHEN (rule).business THEN extract(day FROM (rule).amount) || ' business days' ELSE (rule).amount::text END,
        'from ' || replace((rule).anchor, '_', ' '), (rule).windows, (rule).calendar || CASE WHEN (rule).windows IS NOT NULL THEN ' holidays closed' ELSE ' holidays' END, replace((rule).regime, '_', '-'));
CREATE FUNCTION dnc.rule_scope(rule dnc.rule) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN coalesce(nullif(concat_ws('; ', array_to_string((rule).channels, ', '), array_to_string((rule).call_types, ', '), (rule).party, array_to_string((rule).line_types, ', ')), ''), 'all');
COMMENT ON FUNCTION dnc.rule_is_on(dnc.rule) IS 'whether a rule is on now';
COMMENT ON FUNCTION dnc.rule_value(dnc.rule) IS 'what a rule says, in words';
COMMENT ON FUNCTION dnc.rule_scope(dnc.rule) IS 'for what a rule holds, in words';

-- Rules of one rank that say different things of the same.
CREATE VIEW dnc.rule_conflict AS
    SELECT a.rule, b.rule AS other_rule, a.jurisdiction, a.kind, greatest(a.valid_from, b.valid_from) AS valid_from, least(a.valid_to, b.valid_to) AS valid_to
    FROM dnc.rule AS a JOIN dnc.rule AS b ON b.jurisdiction = a.jurisdiction AND b.kind = a.kind AND b.rule > a.rule AND b.precedence = a.precedence
     AND (b.channels, b.call_types, b.party, b.line_types, b.anchor) IS NOT DISTINCT FROM (a.channels, a.call_types, a.party, a.line_types, a.anchor)
     AND (b.amount, b.business, b.windows, b.calendar, b.regime, b.attempts) IS DISTINCT FROM (a.amount, a.business, a.windows, a.calendar, a.regime, a.attempts)
     AND coalesce(a.valid_from, '-infinity') <= coalesce(b.valid_to, 'infinity') AND coalesce(b.valid_from, '-infinity') <= coalesce(a.valid_to, 'infinity')
    WHERE a.kind NOT IN ('duty', 'safe_harbor') AND a.replaces IS DISTINCT FROM b.rule AND b.replaces IS DISTINCT FROM a.rule
      AND dnc.rule_is_on(a) AND dnc.rule_is_on(b);
COMMENT ON VIEW dnc.rule_conflict IS 'rules that are on, of the same rank and scope, that say different things: the stricter holds; one that replaces the other settles it';

CREATE FUNCTION @extschema@.dnc_rule_page(jurisdiction text, on_date date DEFAULT CURRENT_DATE) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH RECURSIVE around (jurisdiction, depth) AS (
        SELECT j.jurisdiction, 0 FROM dnc.jurisdiction AS j WHERE j.jurisdiction = dnc_rule_page.jurisdiction
        UNION
        SELECT w.jurisdiction, a.depth + 1 FROM around AS a JOIN dnc.jurisdiction AS j ON j.jurisdiction = a.jurisdiction CROSS JOIN LATERAL unnest(j.within) AS w (jurisdiction) WHERE a.depth < 8)
    SELECT format(E'# Rules for %s on %s\n\n| rule | where | what | value | for whom | holds | grade | source | state |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n%s\nGrades: V read in a primary text; S in a secondary source; M from memory; ? sources differ, the stricter value stands. It informs; it is no legal advice.\n',
        concat_ws(', ', dnc_rule_page.jurisdiction, nullif((SELECT j.name FROM dnc.jurisdiction AS j WHERE j.jurisdiction = dnc_rule_page.jurisdiction), '')), to_char(on_date, 'YYYY-MM-DD'),
        coalesce((SELECT string_agg(format(E'| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n', r.rule, r.jurisdiction, replace(r.kind, '_', ' '), dnc.rule_value(r), dnc.rule_scope(r),
                concat_ws(' ', 'from ' || to_char(r.valid_from, 'YYYY-MM-DD'), 'to ' || to_char(r.valid_to, 'YYYY-MM-DD')), r.confidence, replace(concat_ws('. ', r.citation, r.note), '|', '/'),
                CASE WHEN d.decision IS NULL THEN CASE WHEN r.exempts THEN 'off: not accepted' WHEN r.enabled THEN 'on' ELSE 'off' END
                     ELSE replace(format('%s by %s on %s%s', CASE d.decision WHEN 'disable' THEN 'off: disabled' WHEN 'accept' THEN 'on: accepted' ELSE 'on: enabled' END, d.decided_by, to_char(d.decided_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), ', ' || d.why), '|', '/') END), ''
                ORDER BY a.depth, r.jurisdiction, r.kind, r.rule)
            FROM (SELECT x.jurisdiction, min(x.depth) AS depth FROM around AS x GROUP BY x.jurisdiction) AS a JOIN dnc.rule AS r ON r.jurisdiction = a.jurisdiction
            LEFT JOIN LATERAL (SELECT d.* FROM dnc.rule_decision AS d WHERE d.rule = r.rule ORDER BY d.decision_id DESC LIMIT 1) AS d ON true
            WHERE (r.valid_from IS NULL OR r.valid_from <= on_date) AND (r.valid_to IS NULL OR r.valid_to >= on_date)), E'| none | | | | | | | | without one nobody may be contacted there |\n'));
END;
COMMENT ON FUNCTION @extschema@.dnc_rule_page(text, date) IS 'the rules that hold in a jurisdiction on a day, in Markdown: value, source, grade, accepted or disabled by whom';

-- ---------------------------------------------------------------------------
-- What else a company knows of a person's will: consents, relationships, preferences, reassigned numbers, purchased data
-- ---------------------------------------------------------------------------
-- All of it is history: a row a fact, a row what ended it. A consent never ends a refusal; a withdrawal of the refusal that cites
-- it does (dnc_revoke, evidence => {"consent": …}).

CREATE TABLE dnc.consent (
    consent_id   bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    phone        @extschema@.dnc_phone NOT NULL,
    withdrawal   boolean     NOT NULL DEFAULT false,
    channel      text        NOT NULL REFERENCES dnc.channel,
    purpose      text        REFERENCES dnc.purpose,
    given_at     timestamptz NOT NULL CHECK (isfinite(given_at)),
    expires_at   timestamptz NOT NULL DEFAULT 'infinity' CHECK (expires_at > given_at),
    source       text        NOT NULL REFERENCES dnc.source,
    wording      text        CHECK (length(wording) BETWEEN 1 AND 100000),
    evidence     jsonb       NOT NULL CHECK (jsonb_typeof(evidence) = 'object'),
    taken_by     text        CHECK (length(taken_by) BETWEEN 1 AND 500),
    external_ref text        CHECK (length(external_ref) BETWEEN 1 AND 500),
    recorded_at  timestamptz NOT NULL CHECK (recorded_at >= given_at),
    audit_seq    bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data,
    CONSTRAINT consent_withdrawal_has_no_end CHECK (NOT withdrawal OR expires_at = 'infinity')
);
CREATE INDEX consent_phone ON dnc.consent (phone);
CREATE UNIQUE INDEX consent_external_ref ON dnc.consent (source, external_ref, phone, channel, coalesce(purpose, '')) WHERE external_ref IS NOT NULL;
COMMENT ON SEQUENCE dnc.consent_consent_id_seq IS 'numbers consents';
COMMENT ON TABLE dnc.consent IS 'consents and what ended them; insert-only history';
COMMENT ON COLUMN dnc.consent.withdrawal IS 'true: it takes back what was agreed to before, for the channel and purpose it names, whenever that comes to be recorded';
COMMENT ON COLUMN dnc.consent.purpose IS 'what was agreed to, with everything below it; NULL: every purpose';
COMMENT ON COLUMN dnc.consent.given_at IS 'when the person gave or withdrew it';
COMMENT ON COLUMN dnc.consent.wording IS 'words that the person was shown and agreed to';
COMMENT ON COLUMN dnc.consent.external_ref IS 'reference of the consent in its source; the same one recorded again adds nothing';

-- When a consent was relied on, a row a day: proof of it is to be kept from the last time on.
CREATE TABLE dnc.consent_use (
    consent_id bigint NOT NULL REFERENCES dnc.consent,
    used_on    date   NOT NULL CHECK (isfinite(used_on)),
    PRIMARY KEY (consent_id, used_on)
);
COMMENT ON TABLE dnc.consent_use IS 'days (UTC) on which contacts relied on a consent; insert-only';

CREATE TABLE dnc.relationship (
    relationship_id bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    phone           @extschema@.dnc_phone NOT NULL,
    event           text        NOT NULL CHECK (event IN ('purchase', 'payment', 'delivery', 'contract', 'contract_end', 'inquiry', 'ended')),
    purpose         text        REFERENCES dnc.purpose,
    happened_at     timestamptz NOT NULL CHECK (isfinite(happened_at)),
    source          text        NOT NULL REFERENCES dnc.source,
    evidence        jsonb       NOT NULL CHECK (jsonb_typeof(evidence) = 'object'),
    taken_by        text        CHECK (length(taken_by) BETWEEN 1 AND 500),
    external_ref    text        CHECK (length(external_ref) BETWEEN 1 AND 500),
    recorded_at     timestamptz NOT NULL CHECK (recorded_at >= happened_at),
    audit_seq       bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data
);
CREATE INDEX relationship_phone ON dnc.relationship (phone);
CREATE UNIQUE INDEX relationship_external_ref ON dnc.relationship (source, external_ref, phone, event) WHERE external_ref IS NOT NULL;
COMMENT ON SEQUENCE dnc.relationship_relationship_id_seq IS 'numbers events of relationships';
COMMENT ON TABLE dnc.relationship IS 'what makes a business relationship, an event a row; insert-only history';
COMMENT ON COLUMN dnc.relationship.event IS 'purchase, payment, delivery, contract, contract_end, inquiry; ended: the person ended it, and no event before counts';
COMMENT ON COLUMN dnc.relationship.purpose IS 'brand or product that it is with; NULL: the company';

CREATE TABLE dnc.reassignment (
    reassignment_id bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    phone           @extschema@.dnc_phone NOT NULL,
    reassigned_at   timestamptz NOT NULL CHECK (isfinite(reassigned_at)),
    source          text        NOT NULL REFERENCES dnc.source,
    evidence        jsonb       NOT NULL CHECK (jsonb_typeof(evidence) = 'object'),
    taken_by        text        CHECK (length(taken_by) BETWEEN 1 AND 500),
    recorded_at     timestamptz NOT NULL CHECK (recorded_at >= reassigned_at),
    audit_seq       bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data
);
CREATE INDEX reassignment_phone ON dnc.reassignment (phone);
COMMENT ON SEQUENCE dnc.reassignment_reassignment_id_seq IS 'numbers reassignments';
COMMENT ON TABLE dnc.reassignment IS 'numbers that went to somebody else: consents and relationships of before count no more, refusals stay and come up for review; insert-only';
COMMENT ON COLUMN dnc.reassignment.reassigned_at IS 'when it was known to have happened: what was given before is not the new holder''s';

CREATE TABLE dnc.preference (
    preference_id bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    phone         @extschema@.dnc_phone NOT NULL,
    channels      text[]      CHECK (cardinality(channels) > 0 AND array_position(channels, NULL) IS NULL),
    hours         text,
    time_zone     text,
    location      text,
    party         text        CHECK (party IN ('consumer', 'business')),
    language      text        CHECK (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]+)*$'),
    stated_at     timestamptz NOT NULL CHECK (isfinite(stated_at)),
    source        text        NOT NULL REFERENCES dnc.source,
    evidence      jsonb       NOT NULL CHECK (jsonb_typeof(evidence) = 'object'),
    taken_by      text        CHECK (length(taken_by) BETWEEN 1 AND 500),
    recorded_at   timestamptz NOT NULL CHECK (recorded_at >= stated_at),
    audit_seq     bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data
);
CREATE INDEX preference_phone ON dnc.preference (phone);
COMMENT ON SEQUENCE dnc.preference_preference_id_seq IS 'numbers statements of preferences';
COMMENT ON TABLE dnc.preference IS 'how and when a person wants to be contacted, and where they are; the newest statement counts, as a whole; insert-only';
COMMENT ON COLUMN dnc.preference.channels IS 'channels that the person wants, and no others; NULL: did not say';
COMMENT ON COLUMN dnc.preference.hours IS 'hours that the person wants, on their own clock: mon-fri 17:00-20:00; NULL: did not say';
COMMENT ON COLUMN dnc.preference.time_zone IS 'IANA name of the zone they live in; NULL: as assumed from the number';
COMMENT ON COLUMN dnc.preference.location IS 'jurisdiction (ISO 3166) they live in; its rules hold beside those of the number; NULL: not known';
COMMENT ON COLUMN dnc.preference.party IS 'consumer or business; NULL: not known, so a consumer';

-- Purchased data: who sold it, on which lawful basis, with which proof of consent. What is absent is not allowed.
CREATE TABLE dnc.vendor (
    vendor      text   PRIMARY KEY CHECK (vendor ~ '^[a-z][a-z0-9_-]{0,62}$'),
    description text   NOT NULL,
    audit_seq   bigint NOT NULL UNIQUE REFERENCES dnc.audit_data
);
COMMENT ON TABLE dnc.vendor IS 'who sells or hands over numbers';
CREATE TABLE dnc.acquisition (
    acquisition_id bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    phone          @extschema@.dnc_phone NOT NULL,
    vendor         text        NOT NULL REFERENCES dnc.vendor,
    acquired_at    timestamptz NOT NULL CHECK (isfinite(acquired_at)),
    lawful_basis   text        CHECK (length(lawful_basis) BETWEEN 1 AND 500),
    proof          jsonb       CHECK (jsonb_typeof(proof) = 'object' AND proof <> '{}'),
    recorded_at    timestamptz NOT NULL CHECK (recorded_at >= acquired_at),
    audit_seq      bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data
);
CREATE INDEX acquisition_phone ON dnc.acquisition (phone);
COMMENT ON SEQUENCE dnc.acquisition_acquisition_id_seq IS 'numbers acquisitions';
COMMENT ON TABLE dnc.acquisition IS 'numbers that came from a vendor; the newest row of a vendor counts; without lawful basis and proof of consent the number is not to be contacted; insert-only';
COMMENT ON COLUMN dnc.acquisition.proof IS 'proof of the consent that the vendor claims';

DO $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT * FROM (VALUES ('consent', 'consent_id'), ('relationship', 'relationship_id'), ('reassignment', 'reassignment_id'), ('preference', 'preference_id'), ('acquisition', 'acquisition_id')) AS v (relation, key) LOOP
        PERFORM dnc.audit_history(r.relation, r.key);
        PERFORM pg_extension_config_dump(format('dnc.%I', r.relation)::regclass, '');
        PERFORM pg_extension_config_dump(format('dnc.%s_%s_seq', r.relation, r.key)::regclass, '');
    END LOOP;
    PERFORM dnc.audit('vendor', 'vendor');
    PERFORM pg_extension_config_dump('dnc.vendor', '');
    PERFORM pg_extension_config_dump('dnc.consent_use', '');
END
$$;
CREATE TRIGGER "00_insert_only" BEFORE UPDATE OR DELETE ON dnc.consent_use FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change();
CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.consent_use FOR EACH STATEMENT EXECUTE FUNCTION dnc.refuse_change();
ALTER TABLE dnc.consent_use ENABLE ALWAYS TRIGGER "00_insert_only", ENABLE ALWAYS TRIGGER "00_no_truncate";

-- ---------------------------------------------------------------------------
-- Consents
-- ---------------------------------------------------------------------------

-- Consents in force at a time that cover all of a question. A withdrawal or a reassignment that is not older takes one back, and so
-- does a refusal, unless the person took that back. What is against it counts up to `seen`, which is later than `at` where the
-- present is asked about.
CREATE FUNCTION dnc.consents_in_force(channel text, purpose text, at timestamptz, seen timestamptz, known_at timestamptz) RETURNS SETOF dnc.consent LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT c.* FROM dnc.consent AS c
    WHERE NOT c.withdrawal AND c.given_at <= consents_in_force.at AND c.expires_at > consents_in_force.at AND c.recorded_at <= consents_in_force.known_at
      AND (c.channel = 'all' OR c.channel = consents_in_force.channel)
      AND (c.purpose IS NULL OR consents_in_force.purpose IS NOT NULL AND dnc.covers(c.purpose, consents_in_force.purpose))
      AND NOT EXISTS (SELECT FROM dnc.consent AS w WHERE w.phone OPERATOR(@extschema@.=) c.phone AND w.withdrawal AND w.given_at >= c.given_at AND w.given_at <= consents_in_force.seen AND w.recorded_at <= consents_in_force.known_at
            AND dnc.meets(w.channel, w.purpose, consents_in_force.channel, consents_in_force.purpose))
      AND NOT EXISTS (SELECT FROM dnc.reassignment AS r WHERE r.phone OPERATOR(@extschema@.=) c.phone AND r.reassigned_at >= c.given_at AND r.reassigned_at <= consents_in_force.seen AND r.recorded_at <= consents_in_force.known_at)
      AND NOT EXISTS (SELECT FROM dnc.entry AS e WHERE e.phone OPERATOR(@extschema@.=) c.phone AND e.ends IS NULL AND e.requested_at >= c.given_at AND e.received_at <= consents_in_force.seen AND e.recorded_at <= consents_in_force.known_at
            AND dnc.meets(e.channel, e.purpose, consents_in_force.channel, consents_in_force.purpose)
            AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.phone OPERATOR(@extschema@.=) e.phone AND w.ends = e.entry_id AND w.kind <> 'review' AND w.received_at <= consents_in_force.seen AND w.recorded_at <= consents_in_force.known_at
                AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, consents_in_force.channel, consents_in_force.purpose)));
END;
CREATE FUNCTION dnc.consents(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz) RETURNS SETOF dnc.consent LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT c.* FROM dnc.consents_in_force(nullif(consents.channel, 'all'), consents.purpose, consents.at, consents.at, 'infinity') AS c WHERE c.phone OPERATOR(@extschema@.=) consents.phone;
END;
COMMENT ON FUNCTION dnc.consents_in_force(text, text, timestamptz, timestamptz, timestamptz) IS 'consents of all numbers that are in force at a time and cover all of a question';
COMMENT ON FUNCTION dnc.consents(@extschema@.dnc_phone, text, text, timestamptz) IS 'consents in force at a time that cover all of a question';

CREATE FUNCTION dnc.record_consent(
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
    IF external_ref IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('consent/' || source || '/' || external_ref, 4476483));
        SELECT * INTO earlier FROM dnc.consent AS c WHERE c.source = source AND c.external_ref = external_ref AND dnc.same_phone(c.phone, phone) AND c.channel = channel AND c.purpose IS NOT DISTINCT FROM purpose;
        IF earlier.consent_id IS NOT NULL THEN
            RETURN earlier.consent_id;
        END IF;
    END IF;
    INSERT INTO dnc.consent (phone, channel, purpose, given_at, expires_at, source, wording, evidence, taken_by, external_ref, recorded_at)
        VALUES (phone, channel, purpose, given_at, expires_at, source, wording, evidence, taken_by, external_ref, now()) RETURNING consent_id INTO fresh;
    SELECT count(*) INTO refused FROM dnc.entry AS e WHERE dnc.same_phone(e.phone, phone) AND e.ends IS NULL AND e.expires_at > now() AND (e.channel IN ('all', channel) OR channel = 'all')
        AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL));
    IF refused > 0 THEN
        RAISE NOTICE '% refusal(s) of % stay: a consent ends none', refused, dnc.mask(phone)
            USING HINT = format('If the person takes a refusal back by it: dnc_revoke(…, evidence => ''{"consent": %s}'').', fresh);
    END IF;
    RETURN fresh;
END
$$;
COMMENT ON FUNCTION dnc.record_consent(@extschema@.dnc_phone, text, text, timestamptz, timestamptz, text, text, jsonb, text, text) IS 'records a consent; behind dnc_consent';

CREATE FUNCTION @extschema@.dnc_consent(
    phone @extschema@.dnc_phone, channel text, purpose text DEFAULT NULL, given_at timestamptz DEFAULT now(), expires_at timestamptz DEFAULT NULL, source text DEFAULT 'unspecified',
    wording text DEFAULT NULL, evidence jsonb DEFAULT '{}', taken_by text DEFAULT NULL, external_ref text DEFAULT NULL
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.record_consent(phone, channel, purpose, given_at, expires_at, source, wording, evidence, taken_by, external_ref);
END;
CREATE FUNCTION @extschema@.dnc_consent(
    phone text, channel text, purpose text DEFAULT NULL, given_at timestamptz DEFAULT now(), expires_at timestamptz DEFAULT NULL, source text DEFAULT 'unspecified',
    wording text DEFAULT NULL, evidence jsonb DEFAULT '{}', taken_by text DEFAULT NULL, external_ref text DEFAULT NULL
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.record_consent(@extschema@.dnc_parse(phone), channel, purpose, given_at, expires_at, source, wording, evidence, taken_by, external_ref);
END;
COMMENT ON FUNCTION @extschema@.dnc_consent(@extschema@.dnc_phone, text, text, timestamptz, timestamptz, text, text, jsonb, text, text)
    IS 'records that a person agreed to be contacted, with the words they were shown and the proof, and returns the consent; it ends no refusal';
COMMENT ON FUNCTION @extschema@.dnc_consent(text, text, text, timestamptz, timestamptz, text, text, jsonb, text, text)
    IS 'records that a person agreed to be contacted, with the words they were shown and the proof, and returns the consent; it ends no refusal';

CREATE FUNCTION @extschema@.dnc_withdraw_consent(
    phone @extschema@.dnc_phone, channel text DEFAULT 'all', purpose text DEFAULT NULL, given_at timestamptz DEFAULT now(), source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}', taken_by text DEFAULT NULL
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    ended integer;
BEGIN
    IF phone IS NULL OR channel IS NULL OR source IS NULL THEN
        RAISE EXCEPTION 'phone, channel and source must not be NULL' USING ERRCODE = 'null_value_not_allowed', HINT = 'Only purpose may be: it then stands for every purpose.';
    END IF;
    PERFORM dnc.require_known('channel', channel), dnc.require_known('source', source), dnc.require_evidence(evidence, taken_by, NULL), dnc.require_past('consent withdrawn', given_at);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    SELECT count(*) INTO ended FROM dnc.consent AS c
        WHERE dnc.same_phone(c.phone, phone) AND NOT c.withdrawal AND c.given_at <= given_at AND c.expires_at > given_at AND dnc.meets(c.channel, c.purpose, nullif(channel, 'all'), purpose)
          AND NOT EXISTS (SELECT FROM dnc.consent AS w WHERE dnc.same_phone(w.phone, phone) AND w.withdrawal AND w.given_at >= c.given_at AND dnc.ends_all(w.channel, w.purpose, c.channel, c.purpose, nullif(channel, 'all'), purpose));
    -- Recorded in any case: a consent of before may yet come in.
    INSERT INTO dnc.consent (phone, withdrawal, channel, purpose, given_at, source, evidence, taken_by, recorded_at) VALUES (phone, true, channel, purpose, given_at, source, evidence, taken_by, now());
    IF ended = 0 THEN
        RAISE NOTICE 'no consent of % has this scope; the withdrawal stands for any of before that comes in later', dnc.mask(phone) USING HINT = 'To record that the person refuses use dnc_add.';
    END IF;
    RETURN ended;
END
$$;
CREATE FUNCTION @extschema@.dnc_withdraw_consent(
    phone text, channel text DEFAULT 'all', purpose text DEFAULT NULL, given_at timestamptz DEFAULT now(), source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}', taken_by text DEFAULT NULL
) RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_withdraw_consent(@extschema@.dnc_parse(phone), channel, purpose, given_at, source, evidence, taken_by);
END;
COMMENT ON FUNCTION @extschema@.dnc_withdraw_consent(@extschema@.dnc_phone, text, text, timestamptz, text, jsonb, text) IS 'ends consents for the scope it names and returns how many were touched; it is no refusal';
COMMENT ON FUNCTION @extschema@.dnc_withdraw_consent(text, text, text, timestamptz, text, jsonb, text) IS 'ends consents for the scope it names and returns how many were touched; it is no refusal';

CREATE FUNCTION @extschema@.dnc_consent_used(consent bigint, used_at timestamptz DEFAULT now()) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    PERFORM dnc.require_past('consent used', used_at);
    PERFORM FROM dnc.consent AS c WHERE c.consent_id = consent AND NOT c.withdrawal FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no consent %', coalesce(consent::text, 'NULL') USING ERRCODE = 'no_data_found', HINT = 'dnc_history(phone) tells the consents of a number.';
    END IF;
    INSERT INTO dnc.consent_use VALUES (consent, (used_at AT TIME ZONE 'UTC')::date) ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_consent_used(bigint, timestamptz) IS 'records that a contact relied on a consent; contact attempts that name one do so by themselves';

CREATE VIEW dnc.consent_state AS
    SELECT c.consent_id, c.phone, c.channel, c.purpose, c.given_at, c.expires_at, u.last_used_on,
           CASE WHEN c.expires_at <= pg_catalog.statement_timestamp() THEN 'expired'
                WHEN EXISTS (SELECT FROM dnc.reassignment AS r WHERE r.phone OPERATOR(@extschema@.=) c.phone AND r.reassigned_at >= c.given_at) THEN 'reassigned'
                WHEN EXISTS (SELECT FROM dnc.consent AS w WHERE w.phone OPERATOR(@extschema@.=) c.phone AND w.withdrawal AND w.given_at >= c.given_at AND dnc.ends_all(w.channel, w.purpose, c.channel, c.purpose, NULL, NULL)) THEN 'withdrawn'
                WHEN EXISTS (SELECT FROM dnc.consent AS w WHERE w.phone OPERATOR(@extschema@.=) c.phone AND w.withdrawal AND w.given_at >= c.given_at AND dnc.meets(w.channel, w.purpose, nullif(c.channel, 'all'), c.purpose)) THEN 'withdrawn in part'
                WHEN NOT EXISTS (SELECT FROM dnc.consents_in_force(nullif(c.channel, 'all'), c.purpose, pg_catalog.statement_timestamp(), 'infinity', 'infinity') AS f WHERE f.consent_id = c.consent_id) THEN 'refused since'
                ELSE 'in force' END AS state,
           dnc.rule_proof_until(c.phone, c.channel, c.given_at, greatest(c.given_at, u.last_used_on::timestamp AT TIME ZONE 'UTC')) AS keep_proof_until
    FROM dnc.consent AS c LEFT JOIN LATERAL (SELECT pg_catalog.max(u.used_on) AS last_used_on FROM dnc.consent_use AS u WHERE u.consent_id = c.consent_id) AS u ON true
    WHERE NOT c.withdrawal;
COMMENT ON VIEW dnc.consent_state IS 'consents with their last use, whether they hold, and until when their proof must be kept';

-- ---------------------------------------------------------------------------
-- Relationships, reassigned numbers, preferences, purchased data
-- ---------------------------------------------------------------------------

CREATE FUNCTION @extschema@.dnc_relationship(
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
    END IF;
    RETURN fresh;
END
$$;
CREATE FUNCTION @extschema@.dnc_relationship(
    phone text, event text, happened_at timestamptz DEFAULT now(), purpose text DEFAULT NULL, source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}',
    taken_by text DEFAULT NULL, external_ref text DEFAULT NULL
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_relationship(@extschema@.dnc_parse(phone), event, happened_at, purpose, source, evidence, taken_by, external_ref);
END;
COMMENT ON FUNCTION @extschema@.dnc_relationship(@extschema@.dnc_phone, text, timestamptz, text, text, jsonb, text, text) IS 'records an event of a business relationship, or that the person ended it, and returns it';
COMMENT ON FUNCTION @extschema@.dnc_relationship(text, text, timestamptz, text, text, jsonb, text, text) IS 'records an event of a business relationship, or that the person ended it, and returns it';

CREATE FUNCTION @extschema@.dnc_reassigned(phone @extschema@.dnc_phone, reassigned_at timestamptz DEFAULT now(), source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}', taken_by text DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    fresh bigint;
BEGIN
    IF phone IS NULL OR source IS NULL THEN
        RAISE EXCEPTION 'phone and source must not be NULL' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM dnc.require_known('source', source), dnc.require_evidence(evidence, taken_by, NULL), dnc.require_past('number reassigned', reassigned_at);
    INSERT INTO dnc.reassignment (phone, reassigned_at, source, evidence, taken_by, recorded_at) VALUES (phone, reassigned_at, source, evidence, taken_by, now()) RETURNING reassignment_id INTO fresh;
    RETURN fresh;
END
$$;
CREATE FUNCTION @extschema@.dnc_reassigned(phone text, reassigned_at timestamptz DEFAULT now(), source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}', taken_by text DEFAULT NULL)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_reassigned(@extschema@.dnc_parse(phone), reassigned_at, source, evidence, taken_by);
END;
COMMENT ON FUNCTION @extschema@.dnc_reassigned(@extschema@.dnc_phone, timestamptz, text, jsonb, text) IS 'records that a number went to somebody else: consents and relationships of before end, refusals come up for review';
COMMENT ON FUNCTION @extschema@.dnc_reassigned(text, timestamptz, text, jsonb, text) IS 'records that a number went to somebody else: consents and relationships of before end, refusals come up for review';

CREATE FUNCTION @extschema@.dnc_prefer(
    phone @extschema@.dnc_phone, channels text[] DEFAULT NULL, hours text DEFAULT NULL, time_zone text DEFAULT NULL, location text DEFAULT NULL, party text DEFAULT NULL, language text DEFAULT NULL,
    stated_at timestamptz DEFAULT now(), source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}', taken_by text DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    fresh bigint;
    x     text;
BEGIN
    IF phone IS NULL OR source IS NULL THEN
        RAISE EXCEPTION 'phone and source must not be NULL' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM dnc.require_known('source', source), dnc.require_evidence(evidence, taken_by, NULL), dnc.require_past('preference stated', stated_at), dnc.require_windows(hours), dnc.require_zone(time_zone);
    FOREACH x IN ARRAY coalesce(channels, '{}') LOOP
        PERFORM dnc.require_known('channel', x);
    END LOOP;
    IF location IS NOT NULL THEN
        PERFORM dnc.require_known('jurisdiction', location);
    END IF;
    IF party IS NOT NULL AND party NOT IN ('consumer', 'business') OR language !~ '^[a-z]{2,3}(-[A-Za-z0-9]+)*$' OR cardinality(channels) = 0 THEN
        RAISE EXCEPTION 'a party is consumer or business, a language a tag such as en or pt-BR, and channels are at least one' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('They are %L, %L and %L.', party, language, channels), HINT = 'What the person did not say is NULL.';
    END IF;
    INSERT INTO dnc.preference (phone, channels, hours, time_zone, location, party, language, stated_at, source, evidence, taken_by, recorded_at)
        VALUES (phone, channels, hours, time_zone, location, party, language, stated_at, source, evidence, taken_by, now()) RETURNING preference_id INTO fresh;
    RETURN fresh;
END
$$;
CREATE FUNCTION @extschema@.dnc_prefer(
    phone text, channels text[] DEFAULT NULL, hours text DEFAULT NULL, time_zone text DEFAULT NULL, location text DEFAULT NULL, party text DEFAULT NULL, language text DEFAULT NULL,
    stated_at timestamptz DEFAULT now(), source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}', taken_by text DEFAULT NULL
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_prefer(@extschema@.dnc_parse(phone), channels, hours, time_zone, location, party, language, stated_at, source, evidence, taken_by);
END;
COMMENT ON FUNCTION @extschema@.dnc_prefer(@extschema@.dnc_phone, text[], text, text, text, text, text, timestamptz, text, jsonb, text)
    IS 'records how and when a person wants to be contacted and where they are, in place of what they said before, and returns the statement';
COMMENT ON FUNCTION @extschema@.dnc_prefer(text, text[], text, text, text, text, text, timestamptz, text, jsonb, text)
    IS 'records how and when a person wants to be contacted and where they are, in place of what they said before, and returns the statement';

CREATE FUNCTION @extschema@.dnc_acquired(phones @extschema@.dnc_phone[], vendor text, acquired_at timestamptz DEFAULT now(), lawful_basis text DEFAULT NULL, proof jsonb DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    added bigint;
BEGIN
    PERFORM dnc.require_known('vendor', vendor), dnc.require_past('data acquired', acquired_at);
    IF jsonb_typeof(proof) <> 'object' OR proof = '{}' OR length(lawful_basis) NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'proof of consent is a JSON object that says something, and a lawful basis has 1 to 500 characters' USING ERRCODE = 'invalid_parameter_value', HINT = 'What is absent is NULL: the numbers are then not to be contacted.';
    END IF;
    INSERT INTO dnc.acquisition (phone, vendor, acquired_at, lawful_basis, proof, recorded_at)
        SELECT DISTINCT p, vendor, acquired_at, lawful_basis, proof, now() FROM unnest(phones) AS p WHERE p IS NOT NULL;
    GET DIAGNOSTICS added = ROW_COUNT;
    IF lawful_basis IS NULL OR proof IS NULL THEN
        RAISE NOTICE '% number(s) are not to be contacted: % is absent', added, concat_ws(' and ', CASE WHEN lawful_basis IS NULL THEN 'the lawful basis' END, CASE WHEN proof IS NULL THEN 'the proof of consent' END);
    END IF;
    RETURN added;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_acquired(@extschema@.dnc_phone[], text, timestamptz, text, jsonb) IS 'records that numbers came from a vendor, with lawful basis and proof of consent, and returns how many; what is absent is not allowed';

-- ---------------------------------------------------------------------------
-- When which version of a list became current
-- ---------------------------------------------------------------------------
-- When which version became current; a row of dnc.list_version tells the last time only.
CREATE TABLE dnc.list_activation (
    list         text        NOT NULL,
    version_id   bigint      NOT NULL,
    activated_at timestamptz NOT NULL,
    PRIMARY KEY (list, activated_at, version_id)
);
COMMENT ON TABLE dnc.list_activation IS 'when which version of a list became current; insert-only, kept by trigger';
CREATE FUNCTION dnc.list_activated() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO dnc.list_activation VALUES (NEW.list, NEW.version_id, NEW.activated_at) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION dnc.list_activated() IS 'trigger that notes when a version became current';
INSERT INTO dnc.list_activation SELECT v.list, v.version_id, v.activated_at FROM dnc.list_version AS v WHERE v.activated_at IS NOT NULL;
CREATE TRIGGER "50_activated" AFTER UPDATE ON dnc.list_version FOR EACH ROW WHEN (NEW.state = 'current') EXECUTE FUNCTION dnc.list_activated();
CREATE TRIGGER "00_insert_only" BEFORE UPDATE OR DELETE ON dnc.list_activation FOR EACH ROW EXECUTE FUNCTION dnc.refuse_change();
CREATE TRIGGER "00_no_truncate" BEFORE TRUNCATE ON dnc.list_activation FOR EACH STATEMENT EXECUTE FUNCTION dnc.refuse_change();
ALTER TABLE dnc.list_version ENABLE ALWAYS TRIGGER "50_activated";
ALTER TABLE dnc.list_activation ENABLE ALWAYS TRIGGER "00_insert_only", ENABLE ALWAYS TRIGGER "00_no_truncate";
SELECT pg_catalog.pg_extension_config_dump('dnc.list_activation', '');

-- ---------------------------------------------------------------------------
-- Taking requests: deadlines, objections to any use of the data, withdrawals that cite a consent
-- ---------------------------------------------------------------------------

ALTER TABLE dnc.entry DROP CONSTRAINT entry_kind_check;
ALTER TABLE dnc.entry ADD CONSTRAINT entry_kind_check CHECK (kind IN ('refusal', 'withdrawal', 'correction', 'undo', 'review'));
COMMENT ON COLUMN dnc.entry.kind IS 'refusal; or ending: withdrawal by the person, correction of a mistake, undo of an import, review';

-- ---------------------------------------------------------------------------
-- Taking requests: recording a refusal, ending one, mending a mistake
-- ---------------------------------------------------------------------------
-- These run with the rights of the extension's owner: they touch no relation but its own, and take values only.

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
    IF phones IS NULL OR cardinality(phones) = 0 OR array_position(phones, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'no number given' USING ERRCODE = 'null_value_not_allowed',
            DETAIL = 'A refusal is recorded for a number.',
            HINT = 'Look for NULL or an empty list in what was passed to dnc_add.';
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
    IF due_at < requested_at OR NOT isfinite(due_at) THEN
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
    FOR e IN SELECT r.*, k.sticky FROM dnc.entry AS r JOIN dnc.reason AS k ON k.reason = r.reason
             WHERE dnc.same_phone(r.phone, phone) AND r.ends IS NULL ORDER BY r.entry_id LOOP
        part_c := CASE WHEN channel = 'all' THEN e.channel WHEN e.channel IN ('all', channel) THEN channel END;
        CONTINUE WHEN part_c IS NULL;
        -- An objection to any use of the data is taken back as a whole, or not at all.
        IF e.reason = 'no_processing' AND (channel <> 'all' OR purpose IS NOT NULL) AND NOT force THEN
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
        CONTINUE WHEN EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id
                                AND dnc.ends_all(w.channel, w.purpose, part_c, part_p, NULL, NULL));
        IF e.sticky AND NOT force THEN
            sticky := sticky + 1;
            CONTINUE;
        END IF;
        INSERT INTO dnc.entry (phone, ends, received_at, channel, purpose, kind, source, request_id, requested_at, recorded_at, taken_by, evidence)
        VALUES (phone, e.entry_id, received_at, part_c, part_p, 'withdrawal', source, e.request_id, requested_at, now(), taken_by, evidence);
        ended := ended + 1;
    END LOOP;
    IF sticky > 0 THEN
        RAISE NOTICE '% refusal(s) of % stay: complaints and litigation are ended only when forced, an objection to any use only as a whole', sticky, dnc.mask(phone)
            USING HINT = 'dnc_revoke(…, force => true) ends them, with the evidence for it.';
    ELSIF newer > 0 THEN
        RAISE NOTICE '% refusal(s) of % stay: they were made after this withdrawal', newer, dnc.mask(phone);
    ELSIF ended = 0 THEN
        RAISE NOTICE 'no refusal of % has this scope', dnc.mask(phone);
    END IF;
    RETURN ended;
END
$$;
CREATE OR REPLACE FUNCTION @extschema@.dnc_revoke(
    phone text, channel text DEFAULT 'all', purpose text DEFAULT NULL, source text DEFAULT 'unspecified',
    evidence jsonb DEFAULT '{}', requested_at timestamptz DEFAULT now(), received_at timestamptz DEFAULT NULL,
    taken_by text DEFAULT NULL, force boolean DEFAULT false
) RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_revoke(@extschema@.dnc_parse(phone), channel, purpose, source, evidence, requested_at, received_at, taken_by, force);
END;
CREATE OR REPLACE FUNCTION @extschema@.dnc_correct(entry bigint, new_phone @extschema@.dnc_phone, why text, taken_by text DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    e     dnc.entry;
    fresh bigint;
BEGIN
    SELECT * INTO e FROM dnc.entry AS x WHERE x.entry_id = entry FOR KEY SHARE;
    IF e.entry_id IS NULL OR e.ends IS NOT NULL THEN
        RAISE EXCEPTION 'there is no refusal %', coalesce(entry::text, 'NULL') USING ERRCODE = 'no_data_found',
            DETAIL = 'A correction mends a refusal that was recorded under a wrong number.',
            HINT = 'dnc_history(phone) tells the entries of a number.';
    END IF;
    IF why IS NULL OR btrim(why) = '' OR length(taken_by) NOT BETWEEN 1 AND 500 THEN
        RAISE EXCEPTION 'a correction needs its reason, and taken_by has 1 to 500 characters' USING ERRCODE = 'null_value_not_allowed', HINT = 'Say in why what was wrong.';
    END IF;
    IF new_phone IS NULL OR dnc.same_phone(new_phone, e.phone) THEN
        RAISE EXCEPTION 'a correction needs another number' USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Entry %s is recorded for %s.', entry, dnc.mask(e.phone)),
            HINT = 'To end the refusal use dnc_revoke.';
    END IF;
    IF EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = entry AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL)) THEN
        RAISE EXCEPTION 'entry % has ended already', entry USING ERRCODE = 'object_not_in_prerequisite_state',
            DETAIL = 'An ended refusal is not corrected.', HINT = 'Record the right number with dnc_add.';
    END IF;
    fresh := nextval('dnc.entry_entry_id_seq');
    INSERT INTO dnc.entry (entry_id, phone, effective_at, expires_at, received_at, channel, purpose, kind, reason, source,
                           request_id, requested_at, recorded_at, due_at, taken_by, evidence, batch_id, corrects)
    VALUES (fresh, new_phone, e.effective_at, e.expires_at, e.received_at, e.channel, e.purpose, 'refusal', e.reason, e.source,
            e.request_id, e.requested_at, now(), coalesce(least(e.due_at, dnc.rule_due(new_phone, e.channel, e.requested_at, e.received_at)), e.received_at), coalesce(taken_by, e.taken_by), e.evidence, e.batch_id, entry);
    -- Parts of the scope that were withdrawn stay withdrawn.
    INSERT INTO dnc.entry (phone, ends, received_at, channel, purpose, kind, source, request_id, requested_at, recorded_at, taken_by, evidence)
        SELECT new_phone, fresh, w.received_at, w.channel, w.purpose, w.kind, w.source, w.request_id, w.requested_at, now(), w.taken_by, w.evidence
        FROM dnc.entry AS w WHERE w.ends = entry ORDER BY w.entry_id;
    INSERT INTO dnc.entry (phone, ends, received_at, channel, purpose, kind, source, request_id, requested_at, recorded_at, taken_by, evidence)
    VALUES (e.phone, entry, now(), e.channel, e.purpose, 'correction', e.source, e.request_id, now(), now(), taken_by, jsonb_build_object('why', why));
    RETURN fresh;
END
$$;
CREATE OR REPLACE FUNCTION @extschema@.dnc_correct(entry bigint, new_phone text, why text, taken_by text DEFAULT NULL)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_correct(entry, @extschema@.dnc_parse(new_phone), why, taken_by);
END;

-- What is written is where the scope meets the refusal's own, as in dnc_revoke.
CREATE OR REPLACE FUNCTION @extschema@.dnc_revoke_prefix(
    prefix text, channel text DEFAULT 'all', purpose text DEFAULT NULL, source text DEFAULT 'unspecified', evidence jsonb DEFAULT '{}', force boolean DEFAULT false
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    e      record;
    ended  integer := 0;
    sticky integer := 0;
    part_c text;
    part_p text;
BEGIN
    PERFORM dnc.require_prefix_scope(prefix, channel, purpose, source, evidence);
    FOR e IN SELECT r.*, k.sticky FROM dnc.prefix_entry AS r JOIN dnc.reason AS k ON k.reason = r.reason WHERE r.prefix = prefix AND r.ends IS NULL ORDER BY r.prefix_id LOOP
        part_c := CASE WHEN channel = 'all' THEN e.channel WHEN e.channel IN ('all', channel) THEN channel END;
        part_p := CASE WHEN purpose IS NULL OR dnc.covers(purpose, e.purpose) THEN e.purpose ELSE purpose END;
        CONTINUE WHEN part_c IS NULL OR purpose IS NOT NULL AND e.purpose IS NOT NULL AND NOT dnc.covers(purpose, e.purpose) AND NOT dnc.covers(e.purpose, purpose);
        CONTINUE WHEN EXISTS (SELECT FROM dnc.prefix_entry AS w WHERE w.ends = e.prefix_id AND dnc.ends_all(w.channel, w.purpose, part_c, part_p, NULL, NULL));
        IF e.sticky AND NOT force THEN
            sticky := sticky + 1;
            CONTINUE;
        END IF;
        INSERT INTO dnc.prefix_entry (prefix, ends, received_at, channel, purpose, kind, source, evidence)
            VALUES (prefix, e.prefix_id, now(), part_c, part_p, 'withdrawal', source, evidence);
        ended := ended + 1;
    END LOOP;
    IF sticky > 0 THEN
        RAISE NOTICE '% refusal(s) of % stay: complaints and litigation are ended only when forced', sticky, prefix
            USING HINT = 'dnc_revoke_prefix(…, force => true) ends them, with the evidence for it.';
    ELSIF ended = 0 THEN
        RAISE NOTICE 'no refusal of prefix % has this scope', prefix;
    END IF;
    RETURN ended;
END
$$;

ALTER TABLE dnc.import_row ADD COLUMN received_at text, ADD COLUMN effective_at text, ADD COLUMN expires_at text, ADD COLUMN due_at text;
COMMENT ON COLUMN dnc.import_row.received_at IS 'when the company, or who keeps its list, received the request; empty: when the import started';
COMMENT ON COLUMN dnc.import_row.effective_at IS 'explicit future start; empty: at once';
COMMENT ON COLUMN dnc.import_row.expires_at IS 'explicit end of a temporary refusal; empty: none';
COMMENT ON COLUMN dnc.import_row.due_at IS 'deadline that was told; the one of the rules counts if it is earlier';

CREATE OR REPLACE FUNCTION @extschema@.dnc_import_finish(batch bigint)
RETURNS TABLE (rows_read bigint, added bigint, duplicates bigint, rejected bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    b    dnc.import_batch;
    hash bytea;
    same bigint[];
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
        WHERE d.repeat = 1 AND (same IS NULL OR NOT EXISTS (
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
-- Replies: what people write back
-- ---------------------------------------------------------------------------
-- A keyword (STOP, ARRÊT, 停止 …) refuses at once. Free text that likely asks not to be contacted refuses at once too, provisionally:
-- it comes up for review. START opens again only the channel it came by and the sender's purpose; it is never guessed.

CREATE FUNCTION @extschema@.dnc_keyword(reply text) RETURNS text AS 'MODULE_PATHNAME', 'dnc_keyword_wrapper' LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 100;
COMMENT ON FUNCTION @extschema@.dnc_keyword(text) IS 'what a reply means: stop, start or help for a keyword; likely_stop for free text that likely asks not to be contacted; nothing';

CREATE TABLE dnc.reply (
    reply_id     bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    phone        @extschema@.dnc_phone NOT NULL,
    channel      text        NOT NULL REFERENCES dnc.channel,
    purpose      text        REFERENCES dnc.purpose,
    reply        text        NOT NULL CHECK (length(reply) <= 10000),
    meaning      text        NOT NULL CHECK (meaning IN ('stop', 'start', 'help', 'likely_stop', 'nothing')),
    entry_id     bigint,
    ended        integer     NOT NULL,
    received_at  timestamptz NOT NULL CHECK (isfinite(received_at)),
    external_ref text        CHECK (length(external_ref) BETWEEN 1 AND 500),
    recorded_at  timestamptz NOT NULL CHECK (recorded_at >= received_at),
    audit_seq    bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data,
    CHECK ((entry_id IS NOT NULL) = (meaning IN ('stop', 'likely_stop')))
);
CREATE INDEX reply_phone ON dnc.reply (phone);
CREATE INDEX reply_entry ON dnc.reply (entry_id) WHERE meaning = 'likely_stop';
CREATE UNIQUE INDEX reply_external_ref ON dnc.reply (channel, external_ref) WHERE external_ref IS NOT NULL;
COMMENT ON SEQUENCE dnc.reply_reply_id_seq IS 'numbers replies';
COMMENT ON TABLE dnc.reply IS 'replies of people and what was done upon them; insert-only';
COMMENT ON COLUMN dnc.reply.purpose IS 'purpose of the message that was replied to';
COMMENT ON COLUMN dnc.reply.entry_id IS 'refusal that was recorded; provisional for likely_stop, until it is reviewed';
COMMENT ON COLUMN dnc.reply.ended IS 'how many refusals a START ended, in whole or in part';
SELECT dnc.audit_history('reply', 'reply_id');
SELECT pg_catalog.pg_extension_config_dump('dnc.reply', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.reply_reply_id_seq', '');

-- Recording and ending refusals, bound for functions that run as superuser.
CREATE FUNCTION dnc.revoke(phone @extschema@.dnc_phone, channel text, purpose text, source text, evidence jsonb, requested_at timestamptz, received_at timestamptz) RETURNS integer LANGUAGE sql
BEGIN ATOMIC
    SELECT @extschema@.dnc_revoke(phone, channel, purpose, source, evidence, requested_at, received_at);
END;
CREATE FUNCTION dnc.keyword(reply text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN @extschema@.dnc_keyword(reply);
COMMENT ON FUNCTION dnc.revoke(@extschema@.dnc_phone, text, text, text, jsonb, timestamptz, timestamptz) IS 'dnc_revoke, bound for functions that run as superuser';
COMMENT ON FUNCTION dnc.keyword(text) IS 'dnc_keyword, bound for functions that run as superuser';

CREATE FUNCTION @extschema@.dnc_reply(
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
            IF NOT dnc.same_phone(earlier.phone, phone) OR earlier.reply <> left(reply, 10000) THEN
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
CREATE FUNCTION @extschema@.dnc_reply(
    phone text, reply text, channel text DEFAULT 'sms', purpose text DEFAULT NULL, received_at timestamptz DEFAULT now(), external_ref text DEFAULT NULL,
    refuse_channel text DEFAULT 'all', refuse_purpose text DEFAULT NULL, source text DEFAULT 'sms_keyword'
) RETURNS TABLE (meaning text, entry bigint, ended integer) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT * FROM @extschema@.dnc_reply(@extschema@.dnc_parse(phone), reply, channel, purpose, received_at, external_ref, refuse_channel, refuse_purpose, source);
END;
COMMENT ON FUNCTION @extschema@.dnc_reply(@extschema@.dnc_phone, text, text, text, timestamptz, text, text, text, text)
    IS 'records a reply and acts on it: stop and likely_stop refuse (everything, unless refuse_channel and refuse_purpose say less), start ends refusals of its channel and purpose; the same external_ref again adds nothing';
COMMENT ON FUNCTION @extschema@.dnc_reply(text, text, text, text, timestamptz, text, text, text, text)
    IS 'records a reply and acts on it: stop and likely_stop refuse (everything, unless refuse_channel and refuse_purpose say less), start ends refusals of its channel and purpose; the same external_ref again adds nothing';

-- ---------------------------------------------------------------------------
-- Notices that tell people how to opt out, and tokens with which they do
-- ---------------------------------------------------------------------------

CREATE TABLE dnc.notice (
    notice_id   bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    notice      text        NOT NULL CHECK (notice ~ '^[a-z][a-z0-9_-]{0,62}$'),
    language    text        NOT NULL CHECK (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]+)*$'),
    version     integer     NOT NULL CHECK (version > 0),
    channel     text        NOT NULL REFERENCES dnc.channel,
    body        text        NOT NULL CHECK (length(body) BETWEEN 1 AND 100000),
    valid_from  timestamptz NOT NULL CHECK (isfinite(valid_from)),
    recorded_at timestamptz NOT NULL,
    recorded_by text        NOT NULL,
    audit_seq   bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data,
    UNIQUE (notice, language, version)
);
COMMENT ON SEQUENCE dnc.notice_notice_id_seq IS 'numbers versions of notices';
COMMENT ON TABLE dnc.notice IS 'texts that tell people how to opt out, a row a version; insert-only';
COMMENT ON COLUMN dnc.notice.notice_id IS 'what contact attempts record';
COMMENT ON COLUMN dnc.notice.body IS 'the text; {token} stands for what dnc_token makes';
COMMENT ON COLUMN dnc.notice.valid_from IS 'from when on this version is used';

CREATE TABLE dnc.token_use (
    token_id  text        PRIMARY KEY CHECK (token_id ~ '^[0-9a-f]{48}$'),
    phone     @extschema@.dnc_phone NOT NULL,
    action    text        NOT NULL CHECK (action IN ('stop', 'start')),
    channel   text        NOT NULL,
    purpose   text,
    entry_id  bigint,
    ended     integer     NOT NULL,
    used_at   timestamptz NOT NULL,
    audit_seq bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data
);
CREATE INDEX token_use_phone ON dnc.token_use (phone);
COMMENT ON TABLE dnc.token_use IS 'tokens that were redeemed, each once; insert-only';
COMMENT ON COLUMN dnc.token_use.token_id IS 'random part of the token';

SELECT dnc.audit_history('notice', 'notice_id'), dnc.audit_history('token_use', 'token_id');
SELECT pg_catalog.pg_extension_config_dump('dnc.notice', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.notice_notice_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.token_use', '');

CREATE FUNCTION @extschema@.dnc_add_notice(notice text, language text, body text, channel text DEFAULT 'all', valid_from timestamptz DEFAULT now()) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    latest dnc.notice;
    fresh  bigint;
BEGIN
    IF notice IS NULL OR language IS NULL OR coalesce(body, '') = '' OR valid_from IS NULL THEN
        RAISE EXCEPTION 'a notice has a name, a language, a text, and a time from which on it is used' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    PERFORM dnc.require_known('channel', channel);
    PERFORM pg_advisory_xact_lock(hashtextextended('notice/' || notice || '/' || language, 4476483));
    SELECT * INTO latest FROM dnc.notice AS n WHERE n.notice = notice AND n.language = language ORDER BY n.version DESC LIMIT 1;
    IF latest.body = body AND latest.channel = channel THEN
        RETURN latest.notice_id;
    END IF;
    IF valid_from < latest.valid_from THEN
        RAISE EXCEPTION 'version % of notice "%" would be used from % on, before version %', latest.version + 1, notice, valid_from, latest.version USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('That one is used from %s on.', latest.valid_from), HINT = 'Which text was used when is evidence; a new version begins after the last.';
    END IF;
    INSERT INTO dnc.notice (notice, language, version, channel, body, valid_from, recorded_at, recorded_by)
        VALUES (notice, language, coalesce(latest.version, 0) + 1, channel, body, valid_from, now(), session_user) RETURNING notice_id INTO fresh;
    RETURN fresh;
END
$$;
CREATE FUNCTION @extschema@.dnc_notice(notice text, language text, at timestamptz DEFAULT now()) RETURNS TABLE (notice_id bigint, version integer, channel text, body text) LANGUAGE sql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT n.notice_id, n.version, n.channel, n.body FROM dnc.notice AS n
    WHERE n.notice = dnc_notice.notice AND n.language = dnc_notice.language AND n.valid_from <= dnc_notice.at ORDER BY n.version DESC LIMIT 1;
END;
COMMENT ON FUNCTION @extschema@.dnc_add_notice(text, text, text, text, timestamptz) IS 'adds a version of a notice and returns it; the text of the last version again adds nothing';
COMMENT ON FUNCTION @extschema@.dnc_notice(text, text, timestamptz) IS 'the version of a notice that is used at a time';

-- ---------------------------------------------------------------------------
-- Tokens
-- ---------------------------------------------------------------------------
-- A token names a number, what to do and until when, encrypted and authenticated with the key "token" of the file dnc.key_file
-- (src/pg/reply.rs). Nothing is stored when one is made, so that a campaign makes millions in a query.

CREATE FUNCTION dnc.token_close(phone @extschema@.dnc_phone, until timestamptz, starts boolean, channel text, purpose text) RETURNS text AS 'MODULE_PATHNAME', 'dnc_token_close_wrapper' LANGUAGE c VOLATILE PARALLEL SAFE COST 200;
CREATE FUNCTION dnc.token_open(token text) RETURNS TABLE (token_id text, phone @extschema@.dnc_phone, until timestamptz, starts boolean, channel text, purpose text) AS 'MODULE_PATHNAME', 'dnc_token_open_wrapper' LANGUAGE c STABLE STRICT ROWS 1;
COMMENT ON FUNCTION dnc.token_close(@extschema@.dnc_phone, timestamptz, boolean, text, text) IS 'makes a token; behind dnc_token';
COMMENT ON FUNCTION dnc.token_open(text) IS 'what a token says; raises for one that was not made here or that was changed';

CREATE FUNCTION @extschema@.dnc_token(phone @extschema@.dnc_phone, action text DEFAULT 'stop', channel text DEFAULT 'all', purpose text DEFAULT NULL, valid_for interval DEFAULT '90 days')
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF phone IS NULL THEN
        RETURN NULL;
    END IF;
    IF action IS NULL OR action NOT IN ('stop', 'start') OR valid_for IS NULL OR now() + valid_for <= now() OR valid_for > '10 years' THEN
        RAISE EXCEPTION 'a token stops or starts, for some time up to ten years' USING ERRCODE = 'invalid_parameter_value', DETAIL = format('Given were %L and %L.', action, valid_for);
    END IF;
    PERFORM dnc.require_known('channel', channel);
    IF purpose IS NOT NULL THEN
        PERFORM dnc.require_known('purpose', purpose);
    END IF;
    RETURN dnc.token_close(phone, now() + valid_for, action = 'start', channel, purpose);
END
$$;
CREATE FUNCTION @extschema@.dnc_redeem(token text) RETURNS TABLE (action text, masked text, channel text, purpose text, entry bigint, ended integer) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    t    record;
    used timestamptz;
    said jsonb;
BEGIN
    IF token IS NULL THEN
        RAISE EXCEPTION 'no token given' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    SELECT * INTO t FROM dnc.token_open(token);
    -- Whoever comes second waits for the first, and finds what that did.
    PERFORM pg_advisory_xact_lock(hashtextextended('token/' || t.token_id, 4476483));
    SELECT u.used_at INTO used FROM dnc.token_use AS u WHERE u.token_id = t.token_id;
    IF used IS NOT NULL THEN
        RAISE EXCEPTION 'the token was redeemed already' USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('It was on %s, and what it asked for was done.', used), HINT = 'A token serves once; dnc_token(phone) makes a new one.';
    END IF;
    IF t.until <= clock_timestamp() THEN
        RAISE EXCEPTION 'the token has expired' USING ERRCODE = 'invalid_authorization_specification', DETAIL = format('It was good until %s.', t.until), HINT = 'dnc_token(phone) makes a new one.';
    END IF;
    action := CASE WHEN t.starts THEN 'start' ELSE 'stop' END;
    masked := dnc.mask(t.phone);
    channel := t.channel;
    purpose := t.purpose;
    ended := 0;
    said := jsonb_build_object('token', t.token_id);
    IF t.starts THEN
        ended := dnc.revoke(t.phone, channel, purpose, 'web_form', said, now(), now());
    ELSE
        entry := dnc.record_request(ARRAY[t.phone], channel, purpose, 'no_contact', 'web_form', now(), said, NULL, NULL, NULL, NULL, NULL, NULL);
    END IF;
    INSERT INTO dnc.token_use (token_id, phone, action, channel, purpose, entry_id, ended, used_at) VALUES (t.token_id, t.phone, action, channel, purpose, entry, ended, now());
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_token(@extschema@.dnc_phone, text, text, text, interval) IS 'a token with which a web page opts a person out (stop) or in again (start) for a scope, once, without a login; needs the key "token" in the file dnc.key_file';
COMMENT ON FUNCTION @extschema@.dnc_redeem(text) IS 'does what a token asks for; one that was changed, has expired or was redeemed before is refused';

-- ---------------------------------------------------------------------------
-- The question: one place says what an ending covers
-- ---------------------------------------------------------------------------

-- ---------------------------------------------------------------------------
-- The question
-- ---------------------------------------------------------------------------

-- The definition of the answer. A question meets a refusal where their scopes overlap; the refusal holds unless one
-- ending covers all of that (src/rules/scope.rs says why one must). NULL asks about any channel, any purpose. A start of
-- -infinity holds for everybody who sees the row; at a named time before this transaction, from its receipt. To ask about a
-- purpose is to ask about everything below it too.
CREATE OR REPLACE FUNCTION dnc.refusals(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz)
RETURNS SETOF dnc.entry LANGUAGE sql STABLE PARALLEL SAFE ROWS 2
BEGIN ATOMIC
    SELECT e.* FROM dnc.entry AS e
    WHERE e.phone OPERATOR(@extschema@.=) refusals.phone AND e.ends IS NULL
      AND dnc.meets(e.channel, e.purpose, refusals.channel, refusals.purpose)
      AND CASE WHEN e.effective_at = '-infinity' THEN refusals.at IS NULL OR e.received_at <= refusals.at OR refusals.at >= pg_catalog.transaction_timestamp()
               ELSE e.effective_at <= coalesce(refusals.at, pg_catalog.statement_timestamp()) END
      AND e.expires_at > coalesce(refusals.at, pg_catalog.statement_timestamp())
      AND NOT EXISTS (
          SELECT FROM dnc.entry AS w
          WHERE w.phone OPERATOR(@extschema@.=) refusals.phone AND w.ends = e.entry_id
            AND (refusals.at IS NULL OR w.received_at <= refusals.at OR refusals.at >= pg_catalog.transaction_timestamp())
            AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, refusals.channel, refusals.purpose));
END;
-- The same for prefixes.
CREATE OR REPLACE FUNCTION dnc.prefix_refusals(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz)
RETURNS SETOF dnc.prefix_entry LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    SELECT e.* FROM dnc.prefix_entry AS e
    WHERE pg_catalog.starts_with(prefix_refusals.phone::text, e.prefix) AND e.ends IS NULL
      AND dnc.meets(e.channel, e.purpose, prefix_refusals.channel, prefix_refusals.purpose)
      AND (prefix_refusals.at IS NULL OR e.received_at <= prefix_refusals.at OR prefix_refusals.at >= pg_catalog.transaction_timestamp())
      AND e.expires_at > coalesce(prefix_refusals.at, pg_catalog.statement_timestamp())
      AND NOT EXISTS (
          SELECT FROM dnc.prefix_entry AS w
          WHERE w.ends = e.prefix_id
            AND (prefix_refusals.at IS NULL OR w.received_at <= prefix_refusals.at OR prefix_refusals.at >= pg_catalog.transaction_timestamp())
            AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, prefix_refusals.channel, prefix_refusals.purpose));
END;
-- The same for external lists: every enabled list that is asked in checks and binds the channel and the purpose, a row each. Lists know no
-- time but the present one.
CREATE OR REPLACE FUNCTION dnc.set_has(set_id bigint, number bigint) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT dnc.block_has(b.packed, set_has.number) FROM dnc.list_block AS b WHERE b.set_id = set_has.set_id AND b.start <= set_has.number AND b.stop > set_has.number);
END
$$;
-- What checks keep in memory of all that, until dnc.list_epoch changes: times in microseconds since 2000-01-01.
CREATE OR REPLACE FUNCTION dnc.check_config() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object(
        'lists', (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('list', l.list, 'whole', v.whole_set, 'plus', v.plus_set, 'minus', v.minus_set,
                'channels', l.channels, 'purposes', l.purposes, 'strict', l.strict, 'region', pg_catalog.left(l.jurisdiction, 2), 'coverage', v.coverage,
                'good_until', dnc.microseconds(v.obtained_at + pg_catalog.make_interval(hours => 24 * l.max_age_days)), 'applies', l.applies, 'kind', l.kind, 'jurisdiction', l.jurisdiction, 'obtained_at', dnc.microseconds(v.obtained_at)) ORDER BY l.list), '[]')
            FROM dnc.list AS l LEFT JOIN dnc.list_version AS v ON v.list = l.list AND v.state = 'current' WHERE l.enabled),
        'prefixes', (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('entry', p.prefix_id, 'prefix', p.prefix, 'ends', p.ends, 'expires', dnc.microseconds(p.expires_at),
                'received', dnc.microseconds(p.received_at), 'channel', p.channel, 'purpose', p.purpose)), '[]') FROM dnc.prefix_entry AS p))::text;
END;
-- ---------------------------------------------------------------------------
-- The list, read
-- ---------------------------------------------------------------------------

CREATE OR REPLACE VIEW dnc.suppressed AS
    SELECT e.phone::text AS e164,
           pg_catalog.array_agg(DISTINCT e.channel) AS channels,
           pg_catalog.array_agg(DISTINCT coalesce(e.purpose, '*')) AS purposes,
           pg_catalog.array_agg(DISTINCT e.reason) AS reasons,
           pg_catalog.array_agg(DISTINCT e.source) AS sources,
           pg_catalog.min(CASE WHEN e.effective_at = '-infinity' THEN e.received_at ELSE e.effective_at END) AS since,
           pg_catalog.count(*) AS entries
    FROM dnc.entry AS e
    WHERE e.ends IS NULL
      AND e.effective_at <= pg_catalog.statement_timestamp() AND e.expires_at > pg_catalog.statement_timestamp()
      AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL))
    GROUP BY e.phone;

-- ---------------------------------------------------------------------------
-- Registries, exports
-- ---------------------------------------------------------------------------

ALTER TABLE dnc.registry ADD COLUMN official boolean;
COMMENT ON COLUMN dnc.registry.official IS 'it is the register that the law of its jurisdiction asks for: its answer may stand in for a list there';
ALTER TABLE dnc.registry DISABLE TRIGGER USER;
UPDATE dnc.registry SET official = NOT by_date WHERE builtin;
ALTER TABLE dnc.registry ENABLE ALWAYS TRIGGER "01_keep_builtin", ENABLE ALWAYS TRIGGER "00_audit_draw", ENABLE ALWAYS TRIGGER "00_audit_write", ENABLE ALWAYS TRIGGER "00_audit_truncate";

-- Answers are read with the caller's rights and written with the owner's.
CREATE OR REPLACE FUNCTION dnc.registry_take(registry text, file text, obtained_at timestamptz, phones @extschema@.dnc_phone[], words text[], dates date[], rejected bigint) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    r     dnc.registry;
    batch bigint;
    odd   text;
BEGIN
    SELECT * INTO r FROM dnc.registry AS x WHERE x.registry = registry FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unknown registry "%"', left(coalesce(registry, 'NULL'), 60) USING ERRCODE = 'invalid_parameter_value',
            DETAIL = format('Known are: %s.', (SELECT string_agg(x.registry, ', ' ORDER BY x.registry) FROM dnc.registry AS x)), HINT = 'A site adds its own by inserting into dnc.registry.';
    END IF;
    obtained_at := coalesce(obtained_at, now());
    IF obtained_at > now() OR NOT isfinite(obtained_at) OR file IS NULL OR length(file) NOT BETWEEN 1 AND 1000 THEN
        RAISE EXCEPTION 'answers need the name of their file and the time at which they were given, not later than now' USING ERRCODE = 'invalid_parameter_value', DETAIL = format('They are %L and %s.', file, obtained_at),
            HINT = 'How long they are good is counted from that time.';
    END IF;
    SELECT string_agg(DISTINCT w, ', ') INTO odd FROM unnest(words) AS w WHERE coalesce(r.results ->> w, r.results ->> lower(w), r.results ->> upper(w)) IS NULL;
    IF odd IS NOT NULL OR array_position(words, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'registry % has no such answers: %', registry, left(coalesce(odd, 'NULL'), 200) USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It answers %s.', (SELECT string_agg(k, ', ' ORDER BY k) FROM jsonb_object_keys(r.results) AS k)),
            HINT = 'What its words mean is in dnc.registry.results.';
    END IF;
    IF r.by_date AND array_position(dates, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'registry % is asked about a number and a date', registry USING ERRCODE = 'null_value_not_allowed', HINT = 'Give the date as the third column.';
    END IF;
    INSERT INTO dnc.registry_batch (registry, file, obtained_at, recorded_at, recorded_by, answers, rejected, content_hash)
        SELECT registry, file, obtained_at, now(), session_user, count(*), rejected, dnc.hash_texts(array_agg(concat_ws('|', a.phone, a.word, a.asked) ORDER BY a.n)) FROM unnest(phones, words, dates) WITH ORDINALITY AS a (phone, word, asked, n) RETURNING batch_id INTO batch;
    INSERT INTO dnc.registry_answer (batch_id, registry, phone, result, asked_about, obtained_at, valid_until)
        SELECT batch, registry, a.phone, coalesce(r.results ->> a.word, r.results ->> lower(a.word), r.results ->> upper(a.word)), a.asked, obtained_at, coalesce(obtained_at + make_interval(hours => 24 * r.valid_days), 'infinity')
        FROM unnest(phones, words, dates) AS a (phone, word, asked);
    -- A number that was given up since the date it was asked about is somebody else's now, if anybody's.
    IF r.by_date THEN
        INSERT INTO dnc.reassignment (phone, reassigned_at, source, evidence, recorded_at)
            SELECT DISTINCT a.phone, obtained_at, 'import', jsonb_build_object('registry', registry, 'batch', batch), now() FROM dnc.registry_answer AS a WHERE a.batch_id = batch AND a.result = 'listed';
    END IF;
    RETURN batch;
END
$$;

-- Fields of lines that dnc_export writes: empty for NULL, which an import takes for it.
CREATE FUNCTION dnc.csv(field text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN coalesce('"' || replace(field, '"', '""') || '"', '');
COMMENT ON FUNCTION dnc.csv(text) IS 'a text as a quoted field';
CREATE FUNCTION dnc.iso(at timestamptz) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN CASE WHEN pg_catalog.isfinite(at) THEN pg_catalog.to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') ELSE '' END;
COMMENT ON FUNCTION dnc.iso(timestamptz) IS 'a time in ISO 8601; empty for an infinite one';

CREATE OR REPLACE FUNCTION dnc.require_export(format text) RETURNS void LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF format IS NULL OR format NOT IN ('e164', 'digits', 'vicidial', 'five9', 'csv', 'entries') THEN
        RAISE EXCEPTION 'unknown format "%"', left(coalesce(format, 'NULL'), 60) USING ERRCODE = 'invalid_parameter_value',
            DETAIL = 'e164: +14155552671; digits: 14155552671; vicidial and five9: 4155552671 for North America, 011 and digits for others; csv: with a header and scopes; entries: with a header, a refusal a line, as dnc.import_row takes them.';
    END IF;
END
$$;
-- Internal refusals that hold or will hold and meet the question, of all numbers at once. Whoever gets the list is not told when a refusal
-- starts, so it counts from now on.
CREATE OR REPLACE FUNCTION dnc.held(channel text, purpose text) RETURNS SETOF dnc.entry LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT e.* FROM dnc.entry AS e, (SELECT nullif(held.channel, 'all') AS channel, coalesce(held.purpose, nullif(pg_catalog.current_setting('dnc.purpose', true), '')) AS purpose) AS q
    WHERE e.ends IS NULL AND e.expires_at > pg_catalog.statement_timestamp()
      AND dnc.meets(e.channel, e.purpose, q.channel, q.purpose)
      AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, q.channel, q.purpose));
END;
CREATE OR REPLACE FUNCTION @extschema@.dnc_export_since(since bigint, format text DEFAULT 'e164', channel text DEFAULT 'voice', purpose text DEFAULT NULL)
RETURNS TABLE (line text, action text) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
    PERFORM dnc.require_export(format), dnc.require_scope(channel, purpose, NULL);
    IF format IN ('csv', 'entries') OR since IS NULL THEN
        RAISE EXCEPTION 'changes since a position need one, and another format than csv and entries' USING ERRCODE = 'invalid_parameter_value', HINT = 'dnc_export_position() tells the position of an export that is made now.';
    END IF;
    RETURN QUERY SELECT * FROM dnc.changed_lines(since, channel, purpose, format);
END
$$;

CREATE OR REPLACE FUNCTION @extschema@.dnc_export(format text DEFAULT 'e164', channel text DEFAULT 'voice', purpose text DEFAULT NULL) RETURNS SETOF text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    parts bigint;
BEGIN
    PERFORM dnc.require_export(format), dnc.require_scope(channel, purpose, NULL);
    IF format = 'entries' THEN
        RETURN NEXT 'phone,channel,purpose,reason,requested_at,external_ref,taken_by,words,received_at,effective_at,expires_at,due_at';
        RETURN QUERY SELECT concat_ws(',', e.phone::text, e.channel, dnc.csv(e.purpose), e.reason, dnc.iso(e.requested_at), dnc.csv(e.external_ref), dnc.csv(e.taken_by), dnc.csv(e.evidence ->> 'words'),
                dnc.iso(e.received_at), dnc.iso(e.effective_at), dnc.iso(e.expires_at), dnc.iso(e.due_at)) FROM dnc.held(channel, purpose) AS e ORDER BY e.entry_id;
        SELECT count(*) INTO parts FROM dnc.held(channel, purpose) AS e WHERE EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id);
        IF parts > 0 THEN
            RAISE NOTICE '% refusal(s) were taken back in part; they are written as a whole', parts USING HINT = 'Whoever takes them in refuses more than the persons do, never less.';
        END IF;
        RETURN;
    END IF;
    IF format <> 'csv' THEN
        RETURN QUERY SELECT * FROM dnc.held_lines(channel, purpose, format);
        RETURN;
    END IF;
    RETURN NEXT 'e164,channels,purposes,reasons,since';
    RETURN QUERY SELECT concat_ws(',', h.phone::text, string_agg(DISTINCT h.channel, ' '), '"' || replace(string_agg(DISTINCT coalesce(h.purpose, '*'), ' '), '"', '""') || '"', string_agg(DISTINCT h.reason, ' '),
            to_char(min(CASE WHEN h.effective_at = '-infinity' THEN h.received_at ELSE h.effective_at END) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
        FROM dnc.held(channel, purpose) AS h GROUP BY h.phone ORDER BY h.phone;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_export(text, text, text) IS 'numbers whose internal refusals meet the question, those still to start too, a line each: e164, digits, vicidial, five9, csv, entries';

-- ---------------------------------------------------------------------------
-- The log of contacts, and contacts that should not have been
-- ---------------------------------------------------------------------------
-- dnc.contact_attempt is partitioned by month. Parent and partitions are made by dnc_attempt_partitions, after the extension, and
-- belong to no extension: so a dump has them and restores them. Rows are added, never changed; none is logged one by one.

CREATE TABLE dnc.outcome (
    outcome     text    PRIMARY KEY CHECK (outcome ~ '^[a-z][a-z0-9_]{0,62}$'),
    description text    NOT NULL,
    contacted   boolean NOT NULL DEFAULT true,
    builtin     boolean NOT NULL DEFAULT false,
    audit_seq   bigint  UNIQUE REFERENCES dnc.audit_data,
    CHECK (builtin = (audit_seq IS NULL))
);
INSERT INTO dnc.outcome VALUES
    ('connected',   'somebody answered', true, true),
    ('no_answer',   'nobody answered', true, true),
    ('busy',        'the line was busy', true, true),
    ('voicemail',   'a machine answered', true, true),
    ('abandoned',   'answered, and no agent was free', true, true),
    ('delivered',   'the message was delivered', true, true),
    ('sent',        'the message was sent; whether it arrived is not known', true, true),
    ('undelivered', 'the message was not delivered', true, true),
    ('failed',      'the network refused the call or message', false, true),
    ('blocked',     'not tried: the check or the decision said no', false, true);
COMMENT ON TABLE dnc.outcome IS 'what became of contact attempts';
COMMENT ON COLUMN dnc.outcome.contacted IS 'it counts as an attempt to contact: against caps, and as a violation where a refusal held; so does an outcome whose row is gone';
SELECT dnc.audit('outcome', 'outcome');
CREATE TRIGGER "01_keep_builtin" BEFORE INSERT OR UPDATE OR DELETE ON dnc.outcome FOR EACH ROW EXECUTE FUNCTION dnc.keep_builtin();
ALTER TABLE dnc.outcome ENABLE ALWAYS TRIGGER "01_keep_builtin";
SELECT pg_catalog.pg_extension_config_dump('dnc.outcome', 'WHERE NOT builtin');

CREATE SEQUENCE dnc.contact_attempt_seq;
COMMENT ON SEQUENCE dnc.contact_attempt_seq IS 'numbers contact attempts';
SELECT pg_catalog.pg_extension_config_dump('dnc.contact_attempt_seq', '');

CREATE TABLE dnc.violation (
    violation_id   bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    attempt_id     bigint      NOT NULL,
    happened_at    timestamptz NOT NULL,
    phone          @extschema@.dnc_phone NOT NULL,
    channel        text        NOT NULL,
    purpose        text,
    agent          text,
    campaign       text,
    grounds        jsonb       NOT NULL CHECK (jsonb_typeof(grounds) = 'array' AND grounds <> '[]'),
    requested_at   timestamptz,
    due_at         timestamptz,
    on_record      boolean     NOT NULL,
    after_deadline boolean,
    found_by       text        NOT NULL CHECK (found_by IN ('write', 'sweep')),
    found_at       timestamptz NOT NULL,
    audit_seq      bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data,
    UNIQUE (attempt_id, happened_at, phone)
);
CREATE INDEX violation_phone ON dnc.violation (phone);
COMMENT ON SEQUENCE dnc.violation_violation_id_seq IS 'numbers violations';
COMMENT ON TABLE dnc.violation IS 'contact attempts against a refusal or a listed number, with their evidence; insert-only';
COMMENT ON COLUMN dnc.violation.attempt_id IS 'row of dnc.contact_attempt';
COMMENT ON COLUMN dnc.violation.grounds IS 'refusals (entry, scope, reason, times), prefixes and lists (with version) that were against it';
COMMENT ON COLUMN dnc.violation.requested_at IS 'when the person first asked; NULL: a prefix or a list was against it';
COMMENT ON COLUMN dnc.violation.due_at IS 'by when the first of the requests had to be honoured at the latest';
COMMENT ON COLUMN dnc.violation.on_record IS 'a ground was recorded when the attempt was made; false: it was recorded later, as by a late import';
COMMENT ON COLUMN dnc.violation.after_deadline IS 'the attempt was made when a request had to be honoured; NULL: no request was against it';
COMMENT ON COLUMN dnc.violation.found_by IS 'write: when the attempt was recorded; sweep: by dnc_attempt_sweep';
SELECT dnc.audit_history('violation', 'violation_id');
SELECT pg_catalog.pg_extension_config_dump('dnc.violation', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.violation_violation_id_seq', '');

-- Bound for functions that run as superuser.
CREATE FUNCTION dnc.is_refused(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN @extschema@.dnc_check(phone, channel, purpose, at);
COMMENT ON FUNCTION dnc.is_refused(@extschema@.dnc_phone, text, text, timestamptz) IS 'dnc_check, bound for functions that run as superuser';

-- Refusals that were against a contact at a time, and what they say of themselves. By receipt: what the company had been told; by
-- request: what the person had said, whenever it came to be known here.
CREATE FUNCTION dnc.against(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz, by_request boolean)
RETURNS TABLE (ground jsonb, requested_at timestamptz, due_at timestamptz, recorded_at timestamptz) LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT pg_catalog.jsonb_build_object('ground', 'refusal', 'entry', e.entry_id, 'channel', e.channel, 'purpose', e.purpose, 'reason', e.reason, 'source', e.source,
               'requested_at', e.requested_at, 'received_at', e.received_at, 'recorded_at', e.recorded_at, 'due_at', e.due_at),
           e.requested_at, coalesce(e.due_at, e.received_at), e.recorded_at
    FROM dnc.entry AS e
    WHERE e.phone OPERATOR(@extschema@.=) against.phone AND e.ends IS NULL AND dnc.meets(e.channel, e.purpose, against.channel, against.purpose)
      AND CASE WHEN e.effective_at <> '-infinity' THEN e.effective_at ELSE CASE WHEN by_request THEN e.requested_at ELSE e.received_at END END <= against.at AND e.expires_at > against.at
      AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, against.channel, against.purpose)
                        AND (w.kind IN ('correction', 'undo') OR CASE WHEN by_request THEN w.requested_at ELSE w.received_at END <= against.at))
    UNION ALL
    SELECT pg_catalog.jsonb_build_object('ground', 'prefix', 'prefix', p.prefix, 'prefix_id', p.prefix_id, 'reason', p.reason, 'received_at', p.received_at), NULL, NULL, p.received_at
    FROM dnc.prefix_refusals(against.phone, against.channel, against.purpose, against.at) AS p
    UNION ALL
    SELECT pg_catalog.jsonb_build_object('ground', 'list', 'list', g.list, 'version', g.version_id, 'activated_at', g.activated_at), NULL, NULL, g.activated_at
    FROM dnc.list_grounds(against.phone, against.channel, against.purpose) AS g WHERE NOT by_request AND g.listed AND g.activated_at <= against.at;
END;
COMMENT ON FUNCTION dnc.against(@extschema@.dnc_phone, text, text, timestamptz, boolean) IS 'what was against a contact at a time, by receipt or by request; a mistake that was mended never was';

-- What every row of the log must be, and what it is evidence of.
CREATE FUNCTION dnc.attempt_written() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x   record;
    new bigint;
BEGIN
    FOR x IN SELECT f.channel, f.purpose, f.outcome, max(f.happened_at) AS latest, bool_and(isfinite(f.happened_at)) AS finite FROM fresh AS f GROUP BY f.channel, f.purpose, f.outcome LOOP
        PERFORM dnc.require_known('channel', x.channel), dnc.require_known('outcome', x.outcome);
        IF x.purpose IS NOT NULL THEN
            PERFORM dnc.require_known('purpose', x.purpose);
        END IF;
        IF x.channel = 'all' OR NOT x.finite OR x.latest > clock_timestamp() + interval '5 minutes' THEN
            RAISE EXCEPTION 'a contact attempt was made through one channel, at a time up to now' USING ERRCODE = 'invalid_parameter_value', DETAIL = format('One has channel %s, the latest of its kind is at %s.', x.channel, x.latest),
                HINT = 'What is planned is no attempt.';
        END IF;
    END LOOP;
    SELECT f.notice_id AS notice, f.consent_id AS consent INTO x FROM fresh AS f
        WHERE f.notice_id IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.notice AS n WHERE n.notice_id = f.notice_id)
           OR f.consent_id IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.consent AS c WHERE c.consent_id = f.consent_id AND NOT c.withdrawal AND dnc.same_phone(c.phone, f.phone)) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a contact attempt names a notice or a consent that is not there' USING ERRCODE = 'foreign_key_violation', DETAIL = format('It names notice %s and consent %s.', coalesce(x.notice::text, 'none'), coalesce(x.consent::text, 'none')),
            HINT = 'A notice is a notice_id of dnc.notice, a consent one of the same number.';
    END IF;
    INSERT INTO dnc.consent_use SELECT DISTINCT f.consent_id, (f.happened_at AT TIME ZONE 'UTC')::date FROM fresh AS f WHERE f.consent_id IS NOT NULL ON CONFLICT DO NOTHING;
    INSERT INTO dnc.violation (attempt_id, happened_at, phone, channel, purpose, agent, campaign, grounds, requested_at, due_at, on_record, after_deadline, found_by, found_at)
        SELECT f.attempt_id, f.happened_at, f.phone, f.channel, f.purpose, f.agent, f.campaign, a.grounds, a.requested_at, a.due_at, a.recorded_at <= f.happened_at, f.happened_at > a.due_at, 'write', now()
        FROM (SELECT * FROM fresh AS f WHERE f.direction = 'outbound' AND dnc.is_refused(f.phone, f.channel, f.purpose, least(f.happened_at, now())) IS NOT FALSE) AS f
        LEFT JOIN dnc.outcome AS o ON o.outcome = f.outcome
        CROSS JOIN LATERAL (SELECT jsonb_agg(g.ground) AS grounds, min(g.requested_at) AS requested_at, min(g.due_at) AS due_at, min(g.recorded_at) AS recorded_at FROM dnc.against(f.phone, f.channel, f.purpose, f.happened_at, false) AS g) AS a
        WHERE coalesce(o.contacted, true) AND a.grounds IS NOT NULL ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS new = ROW_COUNT;
    IF new > 0 THEN
        RAISE WARNING '% contact attempt(s) were made against a refusal or to a listed number', new USING HINT = 'dnc.violation has them with their evidence.';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION dnc.attempt_written() IS 'trigger of the log of contacts: takes rows that say what they must, and finds violations';

-- Makes the log if it is not there, and its partitions: a month each, from the month of `since` to `ahead` months from now. Rows of other
-- months are kept in a partition of their own until their month is made.
CREATE FUNCTION @extschema@.dnc_attempt_partitions(since date DEFAULT NULL, ahead integer DEFAULT 3) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO' AS $$
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
        made := made + 1;
    END LOOP;
    RETURN made;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_attempt_partitions(date, integer) IS 'makes the log of contacts if it is not there, and its partitions ahead, a month each; returns how many. To be called once, and then every month';

-- Roles that were granted a set, as the rights on one of its objects say.
CREATE FUNCTION dnc.holders(grant_set text) RETURNS SETOF text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT CASE WHEN g.grantee = 0 THEN 'public' ELSE r.rolname::text END FROM (
        SELECT a.grantee FROM pg_proc AS p JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
            JOIN pg_extension AS x ON x.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass AND x.extname = 'dnc', aclexplode(p.proacl) AS a
            WHERE a.privilege_type = 'EXECUTE' AND p.proname = CASE holders.grant_set WHEN 'reader' THEN 'dnc_is_clear' WHEN 'agent' THEN 'dnc_add' WHEN 'administrator' THEN 'dnc_import_start' END
        UNION ALL
        SELECT a.grantee FROM pg_class AS c, aclexplode(c.relacl) AS a WHERE c.oid = 'dnc.audit_log'::regclass AND a.privilege_type = 'SELECT' AND holders.grant_set = 'auditor') AS g
    LEFT JOIN pg_roles AS r ON r.oid = g.grantee WHERE g.grantee = 0 OR NOT r.rolsuper;
END;
COMMENT ON FUNCTION dnc.holders(text) IS 'roles that were granted a set';

CREATE FUNCTION dnc.require_attempts() RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF to_regclass('dnc.contact_attempt') IS NULL THEN
        RAISE EXCEPTION 'there is no log of contacts yet' USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'SELECT dnc_attempt_partitions() makes it.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_attempts() IS 'raises if the log of contacts has not been made';

CREATE FUNCTION @extschema@.dnc_attempt(
    phone @extschema@.dnc_phone, outcome text, channel text DEFAULT 'voice', purpose text DEFAULT NULL, happened_at timestamptz DEFAULT now(), duration integer DEFAULT NULL, agent text DEFAULT NULL, campaign text DEFAULT NULL,
    direction text DEFAULT 'outbound', call_type text DEFAULT NULL, notice_id bigint DEFAULT NULL, consent_id bigint DEFAULT NULL, decision jsonb DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    fresh bigint;
BEGIN
    PERFORM dnc.require_attempts();
    INSERT INTO dnc.contact_attempt (phone, happened_at, channel, purpose, direction, call_type, agent, campaign, outcome, duration, notice_id, consent_id, decision)
        VALUES ($1, $5, $3, $4, $9, $10, $7, $8, $2, $6, $11, $12, $13) RETURNING attempt_id INTO fresh;
    RETURN fresh;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_attempt(@extschema@.dnc_phone, text, text, text, timestamptz, integer, text, text, text, text, bigint, bigint, jsonb) IS 'records a contact attempt and returns it; in bulk: COPY dnc.contact_attempt';

CREATE FUNCTION @extschema@.dnc_attempt_sweep(since timestamptz DEFAULT '-infinity') RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    new bigint;
BEGIN
    PERFORM dnc.require_attempts();
    INSERT INTO dnc.violation (attempt_id, happened_at, phone, channel, purpose, agent, campaign, grounds, requested_at, due_at, on_record, after_deadline, found_by, found_at)
        SELECT f.attempt_id, f.happened_at, f.phone, f.channel, f.purpose, f.agent, f.campaign, a.grounds, a.requested_at, a.due_at, a.recorded_at <= f.happened_at, f.happened_at > a.due_at, 'sweep', now()
        FROM dnc.contact_attempt AS f LEFT JOIN dnc.outcome AS o ON o.outcome = f.outcome
        CROSS JOIN LATERAL (SELECT jsonb_agg(g.ground) AS grounds, min(g.requested_at) AS requested_at, min(g.due_at) AS due_at, min(g.recorded_at) AS recorded_at FROM dnc.against(f.phone, f.channel, f.purpose, f.happened_at, true) AS g) AS a
        WHERE coalesce(o.contacted, true) AND f.happened_at >= since AND f.direction = 'outbound' AND a.grounds IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.violation AS v WHERE v.attempt_id = f.attempt_id AND v.happened_at = f.happened_at AND dnc.same_phone(v.phone, f.phone)) ORDER BY f.happened_at, f.attempt_id ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS new = ROW_COUNT;
    RETURN new;
END
$$;
COMMENT ON FUNCTION @extschema@.dnc_attempt_sweep(timestamptz) IS 'looks at recorded attempts again, by when people asked, and records violations that were not known before, as after a late import; returns how many';

-- The attempts of a number, of none while there is no log.
CREATE FUNCTION dnc.attempts_of(phone @extschema@.dnc_phone)
RETURNS TABLE (attempt_id bigint, happened_at timestamptz, channel text, purpose text, direction text, call_type text, agent text, campaign text, outcome text, duration integer, notice_id bigint, consent_id bigint, decision jsonb, recorded_at timestamptz, recorded_by text)
LANGUAGE plpgsql STABLE ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF to_regclass('dnc.contact_attempt') IS NOT NULL THEN
        RETURN QUERY SELECT a.attempt_id, a.happened_at, a.channel, a.purpose, a.direction, a.call_type, a.agent, a.campaign, a.outcome, a.duration, a.notice_id, a.consent_id, a.decision, a.recorded_at, a.recorded_by
            FROM dnc.contact_attempt AS a WHERE dnc.same_phone(a.phone, attempts_of.phone);
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.attempts_of(@extschema@.dnc_phone) IS 'recorded contact attempts of a number';

-- ---------------------------------------------------------------------------
-- Requests through their life: due, kept, reviewed
-- ---------------------------------------------------------------------------
-- A refusal takes effect when it is recorded. By when it had to, and how long it must be kept at the least, say the rules. After that
-- it comes up for review and stays in force until somebody who signs for it decides otherwise.

CREATE TABLE dnc.review_task (
    task_id     bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    title       text        NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    started_at  timestamptz NOT NULL,
    started_by  text        NOT NULL CHECK (length(started_by) BETWEEN 1 AND 500),
    due_at      timestamptz CHECK (isfinite(due_at)),
    last_entry  bigint      NOT NULL,
    finished_at timestamptz,
    finished_by text        CHECK (length(finished_by) BETWEEN 1 AND 500),
    audit_seq   bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data,
    CHECK ((finished_at IS NULL) = (finished_by IS NULL))
);
COMMENT ON SEQUENCE dnc.review_task_task_id_seq IS 'numbers reviews of the whole list';
COMMENT ON TABLE dnc.review_task IS 'reviews of the whole list, each of the refusals that were there when it started';
COMMENT ON COLUMN dnc.review_task.last_entry IS 'newest entry when it started';

CREATE TABLE dnc.review (
    review_id       bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    entry_id        bigint      NOT NULL REFERENCES dnc.entry,
    task_id         bigint      REFERENCES dnc.review_task,
    decision        text        NOT NULL CHECK (decision IN ('keep', 'end')),
    why             text        NOT NULL CHECK (length(why) BETWEEN 1 AND 5000),
    decided_by      text        NOT NULL CHECK (length(decided_by) BETWEEN 1 AND 500),
    decided_at      timestamptz NOT NULL,
    review_again_at timestamptz NOT NULL CHECK (review_again_at > decided_at),
    audit_seq       bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data
);
CREATE INDEX review_entry ON dnc.review (entry_id, decided_at);
CREATE INDEX review_of_task ON dnc.review (task_id) WHERE task_id IS NOT NULL;
COMMENT ON SEQUENCE dnc.review_review_id_seq IS 'numbers reviews';
COMMENT ON TABLE dnc.review IS 'signed reviews: who decided what about which refusal, when and why; insert-only';
COMMENT ON COLUMN dnc.review.task_id IS 'review of the whole list to which it belongs';
COMMENT ON COLUMN dnc.review.decision IS 'keep: the refusal stays, and one that was provisional is confirmed; end: it ends';
COMMENT ON COLUMN dnc.review.review_again_at IS 'when a refusal that is kept comes up again; infinity: never';

SELECT dnc.audit('review_task', 'task_id'), dnc.audit_history('review', 'review_id');
SELECT pg_catalog.pg_extension_config_dump('dnc.review_task', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.review_task_task_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.review', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.review_review_id_seq', '');

-- A request as it stands: a row a refusal.
CREATE VIEW dnc.request AS
    SELECT e.entry_id, e.request_id, e.phone, e.channel, e.purpose, e.reason, e.source, e.requested_at, e.received_at, e.recorded_at,
           CASE WHEN e.effective_at = '-infinity' THEN e.recorded_at ELSE e.effective_at END AS effective_at,
           nullif(e.expires_at, 'infinity') AS expires_at, coalesce(e.due_at, e.received_at) AS due_at,
           CASE WHEN e.effective_at = '-infinity' THEN e.recorded_at ELSE e.effective_at END > coalesce(e.due_at, e.received_at) AS late,
           dnc.rule_keep_until(e.phone, e.channel, e.requested_at, e.received_at) AS keep_until,
           CASE WHEN EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL)) THEN 'ended'
                WHEN e.expires_at <= pg_catalog.statement_timestamp() THEN 'expired'
                WHEN e.effective_at > pg_catalog.statement_timestamp() THEN 'to start'
                WHEN p.reply_id IS NOT NULL AND v.review_id IS NULL THEN 'provisional'
                WHEN EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id) THEN 'in force in part'
                ELSE 'in force' END AS state,
           k.sticky, p.reply_id, v.review_id AS last_review, v.decided_at AS reviewed_at, v.review_again_at
    FROM dnc.entry AS e JOIN dnc.reason AS k ON k.reason = e.reason
    LEFT JOIN LATERAL (SELECT r.reply_id FROM dnc.reply AS r WHERE r.entry_id = e.entry_id AND r.meaning = 'likely_stop' LIMIT 1) AS p ON true
    LEFT JOIN LATERAL (SELECT r.review_id, r.decided_at, r.review_again_at FROM dnc.review AS r WHERE r.entry_id = e.entry_id ORDER BY r.review_id DESC LIMIT 1) AS v ON true
    WHERE e.ends IS NULL;
COMMENT ON VIEW dnc.request IS 'requests as they stand: when received, effective, due, until when kept, in which state; a row a refusal';
COMMENT ON COLUMN dnc.request.late IS 'it took effect after its deadline';
COMMENT ON COLUMN dnc.request.keep_until IS 'until when it must be kept at the least; NULL: no rule says';
COMMENT ON COLUMN dnc.request.state IS 'in force, in force in part, provisional (free text that nobody has reviewed), to start, expired, ended';
COMMENT ON COLUMN dnc.request.reply_id IS 'reply whose free text it was taken from';

-- What is late: requests whose deadline came before their effect, and rows of imports that nobody has finished.
CREATE VIEW dnc.overdue AS
    SELECT 'takes effect late'::text AS problem, r.entry_id, r.phone::text AS e164, r.requested_at, r.received_at, r.due_at, r.effective_at AS honoured_at, NULL::bigint AS batch_id
    FROM dnc.request AS r WHERE r.late AND r.state NOT IN ('ended', 'expired') AND r.effective_at > pg_catalog.statement_timestamp()
    UNION ALL
    SELECT 'was recorded late', r.entry_id, r.phone::text, r.requested_at, r.received_at, r.due_at, r.effective_at, NULL
    FROM dnc.request AS r WHERE r.late AND r.effective_at <= pg_catalog.statement_timestamp()
    UNION ALL
    SELECT 'import is not finished', NULL, x.phone, x.requested_at, b.started_at, coalesce(dnc.rule_due(x.number, x.channel, x.requested_at, b.started_at), b.started_at), NULL, b.batch_id
    FROM dnc.import_batch AS b CROSS JOIN LATERAL (
        SELECT i.phone, dnc.try_parse(i.phone, b.region) AS number, coalesce(nullif(i.channel, ''), 'all') AS channel, coalesce(dnc.try_timestamptz(i.requested_at), b.started_at) AS requested_at
        FROM dnc.import_row AS i WHERE i.batch_id = b.batch_id) AS x
    WHERE b.state = 'open' AND x.number IS NOT NULL AND coalesce(dnc.rule_due(x.number, x.channel, x.requested_at, b.started_at), b.started_at) < pg_catalog.statement_timestamp();
COMMENT ON VIEW dnc.overdue IS 'requests that were, or are still, not honoured when they had to be: late ones stay here as the record they are';
COMMENT ON COLUMN dnc.overdue.honoured_at IS 'when it took, or takes, effect; NULL: nobody knows yet';

CREATE VIEW dnc.review_due AS
    SELECT r.entry_id, r.phone, r.channel, r.purpose, r.reason, d.because, d.since, r.keep_until, r.reviewed_at
    FROM dnc.request AS r CROSS JOIN LATERAL (
        SELECT 'provisional'::text AS because, r.recorded_at AS since WHERE r.state = 'provisional'
        UNION ALL
        SELECT 'reassigned', pg_catalog.max(x.recorded_at) FROM dnc.reassignment AS x
            WHERE x.phone OPERATOR(@extschema@.=) r.phone AND x.reassigned_at >= r.requested_at HAVING pg_catalog.max(x.recorded_at) > coalesce(r.reviewed_at, '-infinity')
        UNION ALL
        SELECT 'kept long enough', greatest(r.keep_until, r.review_again_at) WHERE greatest(r.keep_until, r.review_again_at) <= pg_catalog.statement_timestamp()) AS d
    WHERE r.state NOT IN ('ended', 'expired');
COMMENT ON VIEW dnc.review_due IS 'refusals that somebody has to look at: provisional, of a reassigned number, or kept as long as they must; they stay in force';

-- Who signs a review, and why: what every decision needs.
CREATE FUNCTION dnc.require_signature(by text, why text) RETURNS void LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(btrim(by), '') = '' OR length(by) > 500 OR coalesce(btrim(why), '') = '' OR length(why) > 5000 THEN
        RAISE EXCEPTION 'a review needs who decides, and why' USING ERRCODE = 'null_value_not_allowed', DETAIL = 'It is what stands for the decision afterwards.', HINT = 'Names have up to 500 characters, reasons up to 5000.';
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.require_signature(text, text) IS 'raises unless somebody signs, for a reason';

CREATE FUNCTION @extschema@.dnc_review(entries bigint[], decision text, why text, by text, task bigint DEFAULT NULL, review_again_at timestamptz DEFAULT NULL, force boolean DEFAULT false)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    r     record;
    done  integer := 0;
    odd   bigint[];
BEGIN
    PERFORM dnc.require_signature(by, why);
    review_again_at := coalesce(review_again_at, now() + interval '1 year');
    IF decision IS NULL OR decision NOT IN ('keep', 'end') OR review_again_at <= now() THEN
        RAISE EXCEPTION 'a review decides to keep or to end, and to look again later' USING ERRCODE = 'invalid_parameter_value', DETAIL = format('Given were %L and %s.', decision, review_again_at);
    END IF;
    IF task IS NOT NULL THEN
        PERFORM FROM dnc.review_task AS t WHERE t.task_id = task AND t.finished_at IS NULL FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no open review %', task USING ERRCODE = 'no_data_found', HINT = 'dnc_review_start opens one.';
        END IF;
    END IF;
    SELECT array_agg(x ORDER BY x) INTO odd FROM (SELECT x FROM unnest(entries) AS x LEFT JOIN dnc.request AS q ON q.entry_id = x WHERE q.entry_id IS NULL OR q.state IN ('ended', 'expired') LIMIT 10) AS o;
    IF odd IS NOT NULL OR coalesce(cardinality(entries), 0) = 0 THEN
        RAISE EXCEPTION 'no refusals in force: %', coalesce(odd::text, 'none given') USING ERRCODE = 'no_data_found', DETAIL = 'A review decides about refusals that hold.', HINT = 'dnc.review_due and dnc_review_open(task) tell which wait.';
    END IF;
    FOR r IN SELECT q.*, p.because FROM (SELECT DISTINCT x FROM unnest(entries) AS x) AS u JOIN dnc.request AS q ON q.entry_id = u.x
             LEFT JOIN LATERAL (SELECT string_agg(d.because, ',') AS because FROM dnc.review_due AS d WHERE decision = 'end' AND d.entry_id = q.entry_id) AS p ON true ORDER BY q.entry_id LOOP
        IF decision = 'end' THEN
            -- Retention is a minimum: before it is over only what was a guess, or another person's, can be ended by a review.
            IF r.keep_until > now() AND r.because IS NULL THEN
                RAISE EXCEPTION 'refusal % must be kept until %', r.entry_id, r.keep_until USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = 'The law of a place where the number may be says so.',
                    HINT = 'If the person takes it back: dnc_revoke; if it was a mistake: dnc_correct.';
            END IF;
            IF r.sticky AND NOT force THEN
                RAISE EXCEPTION 'refusal % is a %, which is ended only when forced', r.entry_id, r.reason USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'dnc_review(…, force => true), with the reason for it.';
            END IF;
        END IF;
        INSERT INTO dnc.review (entry_id, task_id, decision, why, decided_by, decided_at, review_again_at) VALUES (r.entry_id, task, decision, why, by, now(), review_again_at);
        IF decision = 'end' THEN
            INSERT INTO dnc.entry (phone, ends, received_at, channel, purpose, kind, source, request_id, requested_at, recorded_at, taken_by, evidence)
                VALUES (r.phone, r.entry_id, now(), r.channel, r.purpose, 'review', r.source, r.request_id, now(), now(), by, jsonb_build_object('why', why, 'review', currval('dnc.review_review_id_seq')));
        END IF;
        done := done + 1;
    END LOOP;
    RETURN done;
END
$$;
CREATE FUNCTION @extschema@.dnc_review(entry bigint, decision text, why text, by text, task bigint DEFAULT NULL, review_again_at timestamptz DEFAULT NULL, force boolean DEFAULT false)
RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT @extschema@.dnc_review(ARRAY[entry], decision, why, by, task, review_again_at, force);
END;
COMMENT ON FUNCTION @extschema@.dnc_review(bigint[], text, text, text, bigint, timestamptz, boolean) IS 'records a signed review of refusals: keep, or end what may be ended; returns how many';
COMMENT ON FUNCTION @extschema@.dnc_review(bigint, text, text, text, bigint, timestamptz, boolean) IS 'records a signed review of a refusal: keep, or end what may be ended';

-- The whole list, as one task.
CREATE FUNCTION @extschema@.dnc_review_start(title text, by text, due_at timestamptz DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    task bigint;
BEGIN
    PERFORM dnc.require_signature(by, title);
    IF due_at <= now() OR NOT isfinite(due_at) THEN
        RAISE EXCEPTION 'the review would be due at %, before it starts', due_at USING ERRCODE = 'invalid_parameter_value', DETAIL = format('It starts at %s.', now());
    END IF;
    INSERT INTO dnc.review_task (title, started_at, started_by, due_at, last_entry) VALUES (title, now(), by, due_at, coalesce((SELECT max(e.entry_id) FROM dnc.entry AS e), 0)) RETURNING task_id INTO task;
    RETURN task;
END
$$;
-- Refusals of a task: those that held when it started, and whether they are done.
CREATE FUNCTION dnc.review_scope(task bigint) RETURNS TABLE (entry_id bigint, decision text) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT e.entry_id, coalesce((SELECT r.decision FROM dnc.review AS r WHERE r.entry_id = e.entry_id AND r.task_id = t.task_id ORDER BY r.review_id DESC LIMIT 1),
        CASE WHEN e.expires_at <= coalesce(t.finished_at, pg_catalog.statement_timestamp())
               OR EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND w.recorded_at <= coalesce(t.finished_at, 'infinity') AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL)) THEN 'ended otherwise' END)
    FROM dnc.review_task AS t JOIN dnc.entry AS e ON e.ends IS NULL AND e.entry_id <= t.last_entry AND e.expires_at > t.started_at
    WHERE t.task_id = review_scope.task
      AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.ends = e.entry_id AND w.recorded_at < t.started_at AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL));
END;
COMMENT ON FUNCTION dnc.review_scope(bigint) IS 'refusals of a review of the whole list, and what was decided; NULL: nothing yet';
CREATE FUNCTION @extschema@.dnc_review_open(task bigint, up_to integer DEFAULT 1000) RETURNS TABLE (entry bigint, phone @extschema@.dnc_phone, channel text, purpose text, reason text, source text, requested_at timestamptz, keep_until timestamptz, evidence jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT e.entry_id, e.phone, e.channel, e.purpose, e.reason, e.source, e.requested_at, dnc.rule_keep_until(e.phone, e.channel, e.requested_at, e.received_at), e.evidence
    FROM (SELECT s.entry_id FROM dnc.review_scope(task) AS s WHERE s.decision IS NULL ORDER BY s.entry_id LIMIT up_to) AS s JOIN dnc.entry AS e ON e.entry_id = s.entry_id ORDER BY e.entry_id;
END;
CREATE FUNCTION @extschema@.dnc_review_finish(task bigint, by text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    t       dnc.review_task;
    waiting bigint;
BEGIN
    PERFORM dnc.require_signature(by, 'finished');
    SELECT * INTO t FROM dnc.review_task AS x WHERE x.task_id = task FOR UPDATE;
    IF t.task_id IS NULL OR t.finished_at IS NOT NULL THEN
        RAISE EXCEPTION 'there is no open review %', coalesce(task::text, 'NULL') USING ERRCODE = 'no_data_found', HINT = 'dnc_review_start opens one.';
    END IF;
    SELECT count(*) INTO waiting FROM dnc.review_scope(task) AS s WHERE s.decision IS NULL;
    IF waiting > 0 THEN
        RAISE EXCEPTION 'review % is not done', task USING ERRCODE = 'object_not_in_prerequisite_state', DETAIL = format('%s refusals wait for a decision.', waiting), HINT = 'dnc_review_open(task) tells which.';
    END IF;
    UPDATE dnc.review_task AS x SET finished_at = now(), finished_by = by WHERE x.task_id = task;
END
$$;
CREATE VIEW dnc.review_progress AS
    SELECT t.task_id, t.title, t.started_at, t.started_by, t.due_at, t.finished_at, t.finished_by, s.total, s.total - s.waiting AS done, s.waiting, s.kept, s.ended,
           CASE WHEN s.total > 0 THEN pg_catalog.round(100.0 * (s.total - s.waiting) / s.total, 1) ELSE 100.0 END AS percent,
           coalesce(t.finished_at IS NULL AND t.due_at < pg_catalog.statement_timestamp(), false) AS late
    FROM dnc.review_task AS t CROSS JOIN LATERAL (
        SELECT pg_catalog.count(*) AS total, pg_catalog.count(*) FILTER (WHERE x.decision IS NULL) AS waiting, pg_catalog.count(*) FILTER (WHERE x.decision = 'keep') AS kept,
               pg_catalog.count(*) FILTER (WHERE x.decision IN ('end', 'ended otherwise')) AS ended FROM dnc.review_scope(t.task_id) AS x) AS s;
COMMENT ON VIEW dnc.review_progress IS 'reviews of the whole list, and how far each is';
COMMENT ON FUNCTION @extschema@.dnc_review_start(text, text, timestamptz) IS 'opens a review of every refusal that holds now, and returns the task';
COMMENT ON FUNCTION @extschema@.dnc_review_open(bigint, integer) IS 'refusals of a review that wait for a decision, oldest first';
COMMENT ON FUNCTION @extschema@.dnc_review_finish(bigint, text) IS 'closes a review when nothing waits any more; signed';

-- An objection to any use of the data takes a person out of analytics and scoring too.
CREATE FUNCTION @extschema@.dnc_may_process(phone @extschema@.dnc_phone) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT CASE WHEN dnc_may_process.phone IS NOT NULL THEN NOT EXISTS (SELECT FROM dnc.refusals(dnc_may_process.phone, NULL, NULL, NULL) AS r WHERE r.reason = 'no_processing') ELSE false END;
END;
COMMENT ON FUNCTION @extschema@.dnc_may_process(@extschema@.dnc_phone) IS 'false where the person objects to any use of the data (no_processing): leave them out of analytics and scoring; never NULL';

-- ---------------------------------------------------------------------------
-- A person's whole story
-- ---------------------------------------------------------------------------

-- What is recorded of a number beside its requests, in the columns of dnc_history.
CREATE FUNCTION dnc.story(phone @extschema@.dnc_phone)
RETURNS TABLE (event text, id bigint, ends bigint, channel text, purpose text, reason text, source text, taken_by text, happened_at timestamptz, recorded_at timestamptz, expires_at timestamptz,
               evidence jsonb, external_ref text, audit_seq bigint, recorded_by text)
LANGUAGE sql STABLE ROWS 10
BEGIN ATOMIC
    SELECT CASE WHEN c.withdrawal THEN 'consent withdrawn' ELSE 'consent' END, c.consent_id, NULL::bigint, c.channel, c.purpose, NULL::text, c.source, c.taken_by, c.given_at, c.recorded_at, nullif(c.expires_at, 'infinity'),
           c.evidence || pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('wording', c.wording)), c.external_ref, c.audit_seq, NULL::text
    FROM dnc.consent AS c WHERE c.phone OPERATOR(@extschema@.=) story.phone
    UNION ALL
    SELECT 'relationship', r.relationship_id, NULL, NULL, r.purpose, r.event, r.source, r.taken_by, r.happened_at, r.recorded_at, NULL, r.evidence, r.external_ref, r.audit_seq, NULL
    FROM dnc.relationship AS r WHERE r.phone OPERATOR(@extschema@.=) story.phone
    UNION ALL
    SELECT 'reassigned', r.reassignment_id, NULL, NULL, NULL, NULL, r.source, r.taken_by, r.reassigned_at, r.recorded_at, NULL, r.evidence, NULL, r.audit_seq, NULL
    FROM dnc.reassignment AS r WHERE r.phone OPERATOR(@extschema@.=) story.phone
    UNION ALL
    SELECT 'preference', p.preference_id, NULL, NULL, NULL, NULL, p.source, p.taken_by, p.stated_at, p.recorded_at, NULL,
           p.evidence || pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('channels', p.channels, 'hours', p.hours, 'time_zone', p.time_zone, 'location', p.location, 'party', p.party, 'language', p.language)), NULL, p.audit_seq, NULL
    FROM dnc.preference AS p WHERE p.phone OPERATOR(@extschema@.=) story.phone
    UNION ALL
    SELECT 'acquired', a.acquisition_id, NULL, NULL, NULL, NULL, a.vendor, NULL, a.acquired_at, a.recorded_at, NULL, pg_catalog.jsonb_build_object('lawful_basis', a.lawful_basis, 'proof', a.proof), NULL, a.audit_seq, NULL
    FROM dnc.acquisition AS a WHERE a.phone OPERATOR(@extschema@.=) story.phone
    UNION ALL
    SELECT 'reply', r.reply_id, NULL, r.channel, r.purpose, r.meaning, NULL, NULL, r.received_at, r.recorded_at, NULL, pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('words', r.reply, 'entry', r.entry_id)), r.external_ref, r.audit_seq, NULL
    FROM dnc.reply AS r WHERE r.phone OPERATOR(@extschema@.=) story.phone
    UNION ALL
    SELECT 'token redeemed', NULL, NULL, t.channel, t.purpose, t.action, 'web_form', NULL, t.used_at, t.used_at, NULL, pg_catalog.jsonb_build_object('token', t.token_id, 'entry', t.entry_id), NULL, t.audit_seq, NULL
    FROM dnc.token_use AS t WHERE t.phone OPERATOR(@extschema@.=) story.phone
    UNION ALL
    SELECT 'review', r.review_id, NULL, e.channel, e.purpose, r.decision, NULL, r.decided_by, r.decided_at, r.decided_at, nullif(r.review_again_at, 'infinity'), pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('why', r.why, 'entry', r.entry_id, 'task', r.task_id)), NULL, r.audit_seq, NULL
    FROM dnc.entry AS e JOIN dnc.review AS r ON r.entry_id = e.entry_id WHERE e.phone OPERATOR(@extschema@.=) story.phone
    UNION ALL
    SELECT CASE a.direction WHEN 'inbound' THEN 'inbound contact' ELSE 'attempt' END, a.attempt_id, NULL, a.channel, a.purpose, a.outcome, NULL, a.agent, a.happened_at, a.recorded_at, NULL,
           pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('campaign', a.campaign, 'call_type', a.call_type, 'seconds', a.duration, 'notice', a.notice_id, 'consent', a.consent_id, 'decision', a.decision)), NULL, NULL, a.recorded_by
    FROM dnc.attempts_of(story.phone) AS a
    UNION ALL
    SELECT 'violation', v.violation_id, NULL, v.channel, v.purpose, v.found_by, NULL, v.agent, v.happened_at, v.found_at, NULL,
           pg_catalog.jsonb_build_object('attempt', v.attempt_id, 'grounds', v.grounds, 'on_record', v.on_record, 'after_deadline', v.after_deadline), NULL, v.audit_seq, NULL
    FROM dnc.violation AS v WHERE v.phone OPERATOR(@extschema@.=) story.phone
    UNION ALL
    SELECT 'registry answer', a.answer_id, NULL, NULL, NULL, a.result, a.registry, NULL, a.obtained_at, b.recorded_at, nullif(a.valid_until, 'infinity'), pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('asked_about', a.asked_about)), NULL, b.audit_seq, NULL
    FROM dnc.registry_answer AS a JOIN dnc.registry_batch AS b ON b.batch_id = a.batch_id WHERE a.phone OPERATOR(@extschema@.=) story.phone;
END;
COMMENT ON FUNCTION dnc.story(@extschema@.dnc_phone) IS 'what is recorded of a number beside its requests';

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
        FROM dnc.entry AS e WHERE e.phone OPERATOR(@extschema@.=) dnc_history.phone
        UNION ALL
        SELECT s.id, s.event, s.ends, s.channel, s.purpose, s.reason, s.source, s.taken_by, s.happened_at, NULL, s.recorded_at, NULL, s.expires_at, NULL, s.evidence, s.external_ref, NULL, NULL, s.audit_seq, s.recorded_by, 1
        FROM dnc.story(dnc_history.phone) AS s) AS h
    LEFT JOIN dnc.audit_log AS l ON l.seq = h.audit_seq
    ORDER BY h.recorded_at, h.audit_seq NULLS FIRST, h.n, h.id;
END;
CREATE OR REPLACE FUNCTION @extschema@.dnc_history(phone text)
RETURNS TABLE (entry bigint, event text, ends bigint, channel text, purpose text, reason text, source text, taken_by text, requested_at timestamptz,
               received_at timestamptz, recorded_at timestamptz, effective_at timestamptz, expires_at timestamptz, due_at timestamptz, evidence jsonb,
               external_ref text, request bigint, corrects bigint, recorded_by text, actor text)
LANGUAGE sql STABLE ROWS 5
BEGIN ATOMIC
    SELECT * FROM @extschema@.dnc_history(@extschema@.dnc_parse(phone));
END;
COMMENT ON FUNCTION @extschema@.dnc_history(@extschema@.dnc_phone) IS 'all that is recorded of a number, in the order in which it was recorded: requests and what ended them, and beside those consents, relationships, preferences, replies, reviews, contact attempts, violations, answers of registries';
COMMENT ON FUNCTION @extschema@.dnc_history(text) IS 'all that is recorded of a number, in the order in which it was recorded: requests and what ended them, and beside those consents, relationships, preferences, replies, reviews, contact attempts, violations, answers of registries';

-- ---------------------------------------------------------------------------
-- Decisions: may this number be contacted now, why not, and when next?
-- ---------------------------------------------------------------------------
-- The decision itself is src/rules/decide.rs. It is given what is recorded of a number, in rows of one shape; all of it as it was at a
-- time, as far as it had been recorded at another, so that the past can be asked like the present.

-- What else is recorded, beside refusals and attempts. What permits counts up to `at`, what is against it up to `seen`: the same time,
-- but infinity where the present is asked about, since what can be seen then counts, whatever the clock of the statement says.
-- Facts: consent (a: given, flag: proven), relationship (a: when, note: event),
-- preference (note: JSON), purchase (flag: with basis and proof), answer of an official register and other_answer (a: given, b: good
-- until, flag: clear, note: jurisdiction).
CREATE FUNCTION dnc.decision_facts(channel text, purpose text, at timestamptz, seen timestamptz, known_at timestamptz)
RETURNS TABLE (phone @extschema@.dnc_phone, fact text, a timestamptz, b timestamptz, flag boolean, note text) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT c.phone, 'consent', c.given_at, NULL::timestamptz, c.wording IS NOT NULL AND c.evidence <> '{}', NULL::text
    FROM dnc.consents_in_force(decision_facts.channel, decision_facts.purpose, decision_facts.at, decision_facts.seen, decision_facts.known_at) AS c
    UNION ALL
    SELECT r.phone, 'relationship', r.happened_at, NULL, NULL, r.event
    FROM dnc.relationship AS r
    WHERE r.event <> 'ended' AND r.happened_at <= decision_facts.at AND r.recorded_at <= decision_facts.known_at
      AND (r.purpose IS NULL OR decision_facts.purpose IS NOT NULL AND dnc.covers(r.purpose, decision_facts.purpose))
      AND NOT EXISTS (SELECT FROM dnc.relationship AS w WHERE w.phone OPERATOR(@extschema@.=) r.phone AND w.event = 'ended' AND w.happened_at >= r.happened_at AND w.happened_at <= decision_facts.seen AND w.recorded_at <= decision_facts.known_at
            AND (w.purpose IS NULL OR r.purpose IS NULL OR dnc.covers(w.purpose, r.purpose) OR dnc.covers(r.purpose, w.purpose)))
      AND NOT EXISTS (SELECT FROM dnc.reassignment AS x WHERE x.phone OPERATOR(@extschema@.=) r.phone AND x.reassigned_at >= r.happened_at AND x.reassigned_at <= decision_facts.seen AND x.recorded_at <= decision_facts.known_at)
    UNION ALL
    SELECT p.phone, 'preference', p.stated_at, NULL, NULL, pg_catalog.jsonb_build_object('channels', p.channels, 'hours', p.hours, 'zone', p.time_zone, 'location', p.location, 'party', p.party)::text
    FROM dnc.preference AS p
    WHERE p.stated_at <= decision_facts.seen AND p.recorded_at <= decision_facts.known_at
      AND NOT EXISTS (SELECT FROM dnc.preference AS n WHERE n.phone OPERATOR(@extschema@.=) p.phone AND (n.stated_at, n.preference_id) > (p.stated_at, p.preference_id) AND n.stated_at <= decision_facts.seen AND n.recorded_at <= decision_facts.known_at)
      AND NOT EXISTS (SELECT FROM dnc.reassignment AS x WHERE x.phone OPERATOR(@extschema@.=) p.phone AND x.reassigned_at >= p.stated_at AND x.reassigned_at <= decision_facts.seen AND x.recorded_at <= decision_facts.known_at)
    UNION ALL
    SELECT q.phone, 'purchase', q.acquired_at, NULL, q.lawful_basis IS NOT NULL AND q.proof IS NOT NULL, NULL
    FROM dnc.acquisition AS q
    WHERE q.acquired_at <= decision_facts.seen AND q.recorded_at <= decision_facts.known_at
      AND NOT EXISTS (SELECT FROM dnc.acquisition AS n WHERE n.phone OPERATOR(@extschema@.=) q.phone AND n.vendor = q.vendor AND (n.acquired_at, n.acquisition_id) > (q.acquired_at, q.acquisition_id) AND n.acquired_at <= decision_facts.seen AND n.recorded_at <= decision_facts.known_at)
    UNION ALL
    SELECT x.phone, CASE WHEN r.official THEN 'answer' ELSE 'other_answer' END, x.obtained_at, x.valid_until, x.result = 'not_listed' AND (r.channels IS NULL OR r.channels && ARRAY['all', decision_facts.channel]) IS TRUE, r.jurisdiction
    FROM dnc.registry_answer AS x JOIN dnc.registry AS r ON r.registry = x.registry JOIN dnc.registry_batch AS b ON b.batch_id = x.batch_id
    WHERE NOT r.by_date AND (r.channels IS NULL OR r.channels && ARRAY['all', decision_facts.channel] OR decision_facts.channel IS NULL AND x.result <> 'not_listed') AND x.obtained_at <= decision_facts.seen AND b.recorded_at <= decision_facts.known_at
      AND NOT EXISTS (SELECT FROM dnc.registry_answer AS n JOIN dnc.registry_batch AS m ON m.batch_id = n.batch_id WHERE n.phone OPERATOR(@extschema@.=) x.phone AND n.registry = x.registry AND (n.obtained_at, n.answer_id) > (x.obtained_at, x.answer_id)
            AND n.obtained_at <= decision_facts.seen AND m.recorded_at <= decision_facts.known_at);
END;
COMMENT ON FUNCTION dnc.decision_facts(text, text, timestamptz, timestamptz, timestamptz) IS 'what decisions are made from, beside refusals, attempts and lists; NULL for the channel is any';

-- How far back attempts and refusals matter: as long as the longest rule about them, and a day for clocks.
CREATE FUNCTION dnc.longest_pause() RETURNS interval LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT coalesce(pg_catalog.max(r.amount), '0') * 2 + interval '2 days' FROM dnc.rule AS r WHERE r.kind IN ('attempt_cap', 'cool_off');
END;
COMMENT ON FUNCTION dnc.longest_pause() IS 'how far back attempts and refusals matter to decisions';
CREATE FUNCTION dnc.is_refused_by_entry(phone @extschema@.dnc_phone) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM dnc.refusals(phone, NULL, NULL, NULL) AS r);
END
$$;
COMMENT ON FUNCTION dnc.is_refused_by_entry(@extschema@.dnc_phone) IS 'whether a refusal of anything holds now';

-- Refusals that nobody has taken back and no mistake, for pauses after a refusal; whatever they were about.
CREATE FUNCTION dnc.decision_refusals(at timestamptz, known_at timestamptz, since timestamptz) RETURNS TABLE (phone @extschema@.dnc_phone, fact text, a timestamptz, b timestamptz, flag boolean, note text) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT e.phone, 'refusal', e.received_at, NULL::timestamptz, NULL::boolean, NULL::text FROM dnc.entry AS e
    WHERE e.ends IS NULL AND e.received_at > since AND e.received_at <= decision_refusals.at AND e.recorded_at <= decision_refusals.known_at
      AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE w.phone OPERATOR(@extschema@.=) e.phone AND w.ends = e.entry_id AND w.received_at <= decision_refusals.at AND w.recorded_at <= decision_refusals.known_at
            AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, NULL, NULL));
END;
COMMENT ON FUNCTION dnc.decision_refusals(timestamptz, timestamptz, timestamptz) IS 'refusals that decisions about pauses are made from';
CREATE FUNCTION dnc.decision_attempts(of_phone @extschema@.dnc_phone, at timestamptz, known_at timestamptz, since timestamptz) RETURNS TABLE (phone @extschema@.dnc_phone, fact text, a timestamptz, b timestamptz, flag boolean, note text) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF to_regclass('dnc.contact_attempt') IS NULL THEN
        RETURN;
    END IF;
    IF $1 IS NOT NULL THEN
        RETURN QUERY SELECT t.phone, 'attempt', t.happened_at, NULL::timestamptz, NULL::boolean, t.channel FROM dnc.contact_attempt AS t LEFT JOIN dnc.outcome AS o ON o.outcome = t.outcome
            WHERE coalesce(o.contacted, true) AND dnc.same_phone(t.phone, $1) AND t.direction = 'outbound' AND t.happened_at > $4 AND t.happened_at <= $2 AND t.recorded_at <= $3;
    ELSE
        RETURN QUERY SELECT t.phone, 'attempt', t.happened_at, NULL::timestamptz, NULL::boolean, t.channel FROM dnc.contact_attempt AS t LEFT JOIN dnc.outcome AS o ON o.outcome = t.outcome
            WHERE coalesce(o.contacted, true) AND t.direction = 'outbound' AND t.happened_at > $4 AND t.happened_at <= $2 AND t.recorded_at <= $3;
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.decision_attempts(@extschema@.dnc_phone, timestamptz, timestamptz, timestamptz) IS 'attempts that decisions about caps are made from, of a number or of all';

-- Which version of a list was current at a time.
CREATE FUNCTION dnc.version_at(list text, at timestamptz) RETURNS SETOF dnc.list_version LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT v.* FROM dnc.list_version AS v LEFT JOIN dnc.list_activation AS a ON a.list = v.list AND a.version_id = v.version_id AND a.activated_at <= version_at.at
    WHERE v.list = version_at.list AND CASE WHEN version_at.at >= pg_catalog.transaction_timestamp() THEN v.state = 'current' ELSE a.version_id IS NOT NULL END
    ORDER BY a.activated_at DESC NULLS LAST, v.version_id DESC LIMIT 1;
END;
COMMENT ON FUNCTION dnc.version_at(text, timestamptz) IS 'version of a list that was current at a time';
-- NULL: the version was pruned since, and nobody can tell any more.
CREATE FUNCTION dnc.version_has(version dnc.list_version, number bigint) RETURNS boolean LANGUAGE sql STABLE
    RETURN CASE WHEN (version).state NOT IN ('current', 'former') THEN NULL
                WHEN (version).plus_set IS NULL THEN dnc.set_has((version).whole_set, number)
                ELSE dnc.set_has((version).plus_set, number) OR (dnc.set_has((version).whole_set, number) AND NOT dnc.set_has((version).minus_set, number)) END;
COMMENT ON FUNCTION dnc.version_has(dnc.list_version, bigint) IS 'whether a version of a list has a number; NULL: it was pruned';

-- Lists and what they said of a number at a time.
CREATE FUNCTION dnc.lists_as_of(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz)
RETURNS TABLE (list text, kind text, jurisdiction text, applies text, strict boolean, version_id bigint, obtained_at timestamptz, has boolean, doubt text) LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT l.list, l.kind, l.jurisdiction, l.applies, l.strict, v.version_id, v.obtained_at, h.has,
           CASE WHEN v.version_id IS NULL THEN 'missing'
                WHEN h.has IS NULL THEN 'pruned'
                WHEN v.obtained_at + pg_catalog.make_interval(hours => 24 * l.max_age_days) < lists_as_of.at THEN 'stale'
                WHEN v.coverage IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.unnest(v.coverage) AS c (prefix) WHERE pg_catalog.starts_with(lists_as_of.phone::text, c.prefix)) THEN 'uncovered'
                WHEN l.channels IS NOT NULL AND (lists_as_of.channel IS NULL OR NOT l.channels && ARRAY['all', lists_as_of.channel]) AND NOT 'all' = ANY (l.channels)
                  OR l.purposes IS NOT NULL AND (lists_as_of.purpose IS NULL OR NOT EXISTS (SELECT FROM pg_catalog.unnest(l.purposes) AS p (purpose) WHERE dnc.covers(p.purpose, lists_as_of.purpose))) THEN 'uncovered' END
    FROM dnc.list AS l LEFT JOIN LATERAL dnc.version_at(l.list, lists_as_of.at) AS v ON true
    CROSS JOIN LATERAL (SELECT dnc.version_has(v, lists_as_of.phone::bigint)) AS h (has)
    WHERE l.enabled AND (lists_as_of.channel IS NULL OR l.channels IS NULL OR l.channels && ARRAY['all', lists_as_of.channel])
      AND (lists_as_of.purpose IS NULL OR l.purposes IS NULL
           OR EXISTS (SELECT FROM pg_catalog.unnest(l.purposes) AS p (purpose) WHERE dnc.covers(p.purpose, lists_as_of.purpose) OR dnc.covers(lists_as_of.purpose, p.purpose)));
END;
COMMENT ON FUNCTION dnc.lists_as_of(@extschema@.dnc_phone, text, text, timestamptz) IS 'what the version of each list that was current at a time said of a number';

-- In PL/pgSQL, which keeps its plans: a function in SQL would be planned anew by each call.
CREATE FUNCTION dnc.refused_as_of(phone @extschema@.dnc_phone, channel text, purpose text, at timestamptz, known_at timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN EXISTS (
        SELECT FROM dnc.entry AS e
        WHERE dnc.same_phone(e.phone, refused_as_of.phone) AND e.ends IS NULL AND e.recorded_at <= refused_as_of.known_at AND dnc.meets(e.channel, e.purpose, refused_as_of.channel, refused_as_of.purpose)
          AND CASE WHEN e.effective_at = '-infinity' THEN e.received_at ELSE e.effective_at END <= refused_as_of.at AND e.expires_at > refused_as_of.at
          AND NOT EXISTS (SELECT FROM dnc.entry AS w WHERE dnc.same_phone(w.phone, refused_as_of.phone) AND w.ends = e.entry_id AND w.received_at <= refused_as_of.at AND w.recorded_at <= refused_as_of.known_at
                AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, refused_as_of.channel, refused_as_of.purpose)))
      OR EXISTS (
        SELECT FROM dnc.prefix_entry AS e
        WHERE pg_catalog.starts_with(refused_as_of.phone::text, e.prefix) AND e.ends IS NULL AND e.received_at <= least(refused_as_of.at, refused_as_of.known_at) AND e.expires_at > refused_as_of.at
          AND dnc.meets(e.channel, e.purpose, refused_as_of.channel, refused_as_of.purpose)
          AND NOT EXISTS (SELECT FROM dnc.prefix_entry AS w WHERE w.ends = e.prefix_id AND w.received_at <= least(refused_as_of.at, refused_as_of.known_at)
                AND dnc.ends_all(w.channel, w.purpose, e.channel, e.purpose, refused_as_of.channel, refused_as_of.purpose)));
END
$$;
COMMENT ON FUNCTION dnc.refused_as_of(@extschema@.dnc_phone, text, text, timestamptz, timestamptz) IS 'whether a refusal of the number or of a prefix held at a time, as far as was recorded at another';

CREATE FUNCTION dnc.was_refused(phone @extschema@.dnc_phone, at timestamptz, known_at timestamptz, channel text, purpose text) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
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
    RETURN CASE WHEN listed THEN true WHEN unknown THEN NULL ELSE false END;
END
$$;
COMMENT ON FUNCTION dnc.was_refused(@extschema@.dnc_phone, timestamptz, timestamptz, text, text) IS 'the answer of dnc_check_as_of';
CREATE FUNCTION @extschema@.dnc_check_as_of(phone @extschema@.dnc_phone, at timestamptz, known_at timestamptz DEFAULT now(), channel text DEFAULT 'voice', purpose text DEFAULT NULL)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.was_refused(phone, at, known_at, channel, purpose);
END;
COMMENT ON FUNCTION @extschema@.dnc_check_as_of(@extschema@.dnc_phone, timestamptz, timestamptz, text, text)
    IS 'what dnc_check would have said at a time, as far as was recorded (not: committed) at another; lists count by the version that was current then, NULL where that was pruned; which lists there are, and whom they bind, is taken as it is now';

-- All that a decision about one number is made from, in JSON; times in microseconds since 2000-01-01. NULL for known_at: the present.
CREATE FUNCTION dnc.decision_of(e164 text, channel text, purpose text, at timestamptz, known_at timestamptz) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN (SELECT jsonb_build_object(
        'suppressed', CASE WHEN decision_of.known_at IS NULL THEN dnc.is_refused(t.phone, decision_of.channel, decision_of.purpose, decision_of.at) ELSE dnc.was_refused(t.phone, decision_of.at, decision_of.known_at, decision_of.channel, decision_of.purpose) END,
        'revoked', CASE WHEN decision_of.known_at IS NULL THEN dnc.refused_as_of(t.phone, NULL, NULL, t.at, t.known_at) OR dnc.is_refused_by_entry(t.phone) ELSE dnc.refused_as_of(t.phone, NULL, NULL, t.at, t.known_at) END,
        'facts', (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(f.fact, dnc.microseconds(f.a), dnc.microseconds(f.b), f.flag, f.note)), '[]') FROM (
            SELECT f.* FROM dnc.decision_facts(t.channel, t.purpose, t.at, t.seen, t.known_at) AS f WHERE dnc.same_phone(f.phone, t.phone)
            UNION ALL SELECT f.* FROM dnc.decision_refusals(t.seen, t.known_at, t.at - dnc.longest_pause()) AS f WHERE dnc.same_phone(f.phone, t.phone)
            UNION ALL SELECT f.* FROM dnc.decision_attempts(t.phone, t.seen, t.known_at, t.at - dnc.longest_pause()) AS f) AS f),
        'registers', (SELECT coalesce(jsonb_agg(jsonb_build_array(l.jurisdiction, CASE WHEN l.has THEN 'listed' ELSE coalesce(l.doubt, 'clear') END, dnc.microseconds(l.obtained_at), CASE WHEN l.kind IN ('national', 'state') AND l.jurisdiction IS NOT NULL THEN 'official' ELSE 'other' END)), '[]')
            FROM dnc.lists_as_of(t.phone, t.channel, t.purpose, least(t.at, t.known_at)) AS l))::text
    FROM (SELECT dnc.try_parse(decision_of.e164, NULL) AS phone, nullif(decision_of.channel, 'all') AS channel, coalesce(decision_of.purpose, nullif(pg_catalog.current_setting('dnc.purpose', true), '')) AS purpose,
                 coalesce(decision_of.at, statement_timestamp()) AS at, CASE WHEN decision_of.known_at IS NULL AND (decision_of.at IS NULL OR decision_of.at >= transaction_timestamp()) THEN 'infinity' ELSE decision_of.at END AS seen, coalesce(decision_of.known_at, 'infinity') AS known_at) AS t);
END
$$;
COMMENT ON FUNCTION dnc.decision_of(text, text, text, timestamptz, timestamptz) IS 'what a decision about a number is made from, in JSON';
-- What decisions about many numbers are made from: facts, refusals and attempts, a query each. They are parsed under the caller's
-- search_path, and run as the owner: nothing in them but qualified names and literals.
CREATE FUNCTION dnc.decision_queries(channel text, purpose text, at timestamptz) RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO'
BEGIN ATOMIC
    SELECT ARRAY[
        format('SELECT f.phone, f.fact, f.a, f.b, f.flag, f.note FROM dnc.decision_facts(%L, %L, %L, %L, ''infinity'') AS f ORDER BY f.phone', t.channel, t.purpose, t.at, t.seen),
        format('SELECT f.phone, f.fact, f.a, f.b, f.flag, f.note FROM dnc.decision_refusals(%L, ''infinity'', %L) AS f ORDER BY f.phone', t.seen, t.since),
        format('SELECT f.phone, f.fact, f.a, f.b, f.flag, f.note FROM dnc.decision_attempts(NULL, %L, ''infinity'', %L) AS f ORDER BY f.phone', t.seen, t.since)]
    FROM (SELECT t.*, t.at - dnc.longest_pause() AS since FROM (SELECT nullif(decision_queries.channel, 'all') AS channel, coalesce(decision_queries.purpose, nullif(current_setting('dnc.purpose', true), '')) AS purpose, coalesce(decision_queries.at, statement_timestamp()) AS at, CASE WHEN decision_queries.at IS NULL OR decision_queries.at >= transaction_timestamp() THEN 'infinity' ELSE decision_queries.at END AS seen) AS t) AS t;
END;
COMMENT ON FUNCTION dnc.decision_queries(text, text, timestamptz) IS 'queries that give what decisions about many numbers are made from: facts, refusals, attempts';

CREATE FUNCTION @extschema@.dnc_may_contact(
    phone @extschema@.dnc_phone, channel text DEFAULT 'voice', purpose text DEFAULT NULL, at timestamptz DEFAULT NULL, call_type text DEFAULT 'sales', party text DEFAULT NULL, location text DEFAULT NULL, time_zone text DEFAULT NULL
) RETURNS TABLE (allowed boolean, ground text, detail text, grounds text[], next_allowed_at timestamptz, rules text[], places text[], assumed boolean)
AS 'MODULE_PATHNAME', 'dnc_may_contact_wrapper' LANGUAGE c STABLE ROWS 1 COST 10000;
CREATE FUNCTION @extschema@.dnc_may_contact_as_of(
    phone @extschema@.dnc_phone, at timestamptz, known_at timestamptz DEFAULT now(), channel text DEFAULT 'voice', purpose text DEFAULT NULL, call_type text DEFAULT 'sales', party text DEFAULT NULL, location text DEFAULT NULL, time_zone text DEFAULT NULL
) RETURNS TABLE (allowed boolean, ground text, detail text, grounds text[], next_allowed_at timestamptz, rules text[], places text[], assumed boolean)
AS 'MODULE_PATHNAME', 'dnc_may_contact_as_of_wrapper' LANGUAGE c STABLE ROWS 1 COST 10000;
COMMENT ON FUNCTION @extschema@.dnc_may_contact(@extschema@.dnc_phone, text, text, timestamptz, text, text, text, text)
    IS 'the whole decision about a contact. Allowed means: nothing recorded and no enabled rule forbids it; it is no legal advice. ground decides, grounds are all of them; next_allowed_at: when nothing but time is in the way; rules: those looked at, with citations; assumed: places and zones are taken from the number';
COMMENT ON FUNCTION @extschema@.dnc_may_contact_as_of(@extschema@.dnc_phone, timestamptz, timestamptz, text, text, text, text, text, text)
    IS 'what dnc_may_contact would have said at a time, as far as was recorded at another, under the rules that were known then; no legal advice';

-- The same for all numbers of a table. The query is run with the caller's rights; its columns are key, number, and what dnc_check says.
CREATE FUNCTION dnc.decide_query(query text, channel text, purpose text, at timestamptz, call_type text, party text)
RETURNS TABLE (key text, phone @extschema@.dnc_phone, allowed boolean, ground text, grounds text, next_allowed_at timestamptz, rules text)
AS 'MODULE_PATHNAME', 'dnc_decide_query_wrapper' LANGUAGE c STABLE ROWS 10000 COST 100000;
COMMENT ON FUNCTION dnc.decide_query(text, text, text, timestamptz, text, text) IS 'decisions about the numbers that a query gives; behind dnc_may_contact_all';
CREATE FUNCTION dnc.require_column(relation regclass, column_name text) RETURNS void LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = relation AND a.attname = column_name AND a.attnum > 0 AND NOT a.attisdropped) THEN
        RAISE EXCEPTION 'column "%" of % does not exist', column_name, relation USING ERRCODE = 'undefined_column', HINT = 'Names are compared exactly, upper and lower case included.';
    END IF;
END
$$;
CREATE FUNCTION dnc.decision_query(relation regclass, key_column text, phone_column text, channel text, purpose text, region text, region_column text, at timestamptz) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO' AS $$
#variable_conflict use_variable
DECLARE
    number text := (dnc.phone_expressions(relation, ARRAY[phone_column], region, region_column))[1];
BEGIN
    PERFORM dnc.require_column(relation, key_column);
    RETURN format('SELECT r.%1$I::pg_catalog.text, %2$s, @extschema@.dnc_check(%2$s, %3$L, %4$L%6$s) FROM %5$s AS r', key_column, number, channel, purpose, relation,
        CASE WHEN at IS NULL THEN '' ELSE format(', %L::pg_catalog.timestamptz', at) END);
END
$$;
COMMENT ON FUNCTION dnc.decision_query(regclass, text, text, text, text, text, text, timestamptz) IS 'query for dnc.decide_query over a table';
COMMENT ON FUNCTION dnc.require_column(regclass, text) IS 'raises for an unknown column';
CREATE FUNCTION @extschema@.dnc_may_contact_all(
    relation regclass, key_column text, phone_column text, channel text DEFAULT 'voice', purpose text DEFAULT NULL, region text DEFAULT NULL, region_column text DEFAULT NULL, at timestamptz DEFAULT NULL,
    call_type text DEFAULT 'sales', party text DEFAULT NULL
) RETURNS TABLE (key text, phone @extschema@.dnc_phone, allowed boolean, ground text, grounds text, next_allowed_at timestamptz, rules text) LANGUAGE sql STABLE ROWS 10000
BEGIN ATOMIC
    SELECT * FROM dnc.decide_query(dnc.decision_query(relation, key_column, phone_column, channel, purpose, region, region_column, at), channel, purpose, at, call_type, party);
END;
COMMENT ON FUNCTION @extschema@.dnc_may_contact_all(regclass, text, text, text, text, text, text, timestamptz, text, text)
    IS 'dnc_may_contact for every row of a table: for campaigns. Allowed means: nothing recorded and no enabled rule forbids it; it is no legal advice';

-- The same from what is given, for what-if questions: {"suppressed": false, "revoked": false, "facts": [[fact, a, b, flag, note], …],
-- "registers": [[jurisdiction, said, obtained], …]}, with times in microseconds since 2000-01-01, as dnc.decision_of gives it.
CREATE FUNCTION dnc.decide_given(phone @extschema@.dnc_phone, given jsonb, channel text, at timestamptz, call_type text, party text, location text, time_zone text)
RETURNS TABLE (allowed boolean, ground text, detail text, grounds text[], next_allowed_at timestamptz, rules text[], places text[], assumed boolean)
AS 'MODULE_PATHNAME', 'dnc_decide_given_wrapper' LANGUAGE c STABLE ROWS 1 COST 1000;
COMMENT ON FUNCTION dnc.decide_given(@extschema@.dnc_phone, jsonb, text, timestamptz, text, text, text, text) IS 'the decision from what is given, whatever is recorded';

-- ---------------------------------------------------------------------------
-- What a change of rules means
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.impact_query(query text, on_date date, channel text, purpose text, call_type text, party text)
RETURNS TABLE (place text, contacts bigint, allowed_before bigint, allowed_after bigint, newly_forbidden bigint, newly_allowed bigint, ground text, rules_ending text, rules_starting text, open_minutes_before integer, open_minutes_after integer)
AS 'MODULE_PATHNAME', 'dnc_impact_query_wrapper' LANGUAGE c STABLE ROWS 50 COST 100000;
COMMENT ON FUNCTION dnc.impact_query(text, date, text, text, text, text) IS 'behind dnc_rule_impact';
CREATE FUNCTION @extschema@.dnc_rule_impact(
    on_date date, relation regclass, phone_column text, channel text DEFAULT 'voice', purpose text DEFAULT NULL, region text DEFAULT NULL, region_column text DEFAULT NULL, call_type text DEFAULT 'sales', party text DEFAULT NULL
) RETURNS TABLE (place text, contacts bigint, allowed_before bigint, allowed_after bigint, newly_forbidden bigint, newly_allowed bigint, ground text, rules_ending text, rules_starting text, open_minutes_before integer, open_minutes_after integer)
LANGUAGE sql STABLE ROWS 50
BEGIN ATOMIC
    SELECT * FROM dnc.impact_query(dnc.decision_query(relation, phone_column, phone_column, channel, purpose, region, region_column, NULL), on_date, channel, purpose, call_type, party) AS i ORDER BY i.newly_forbidden DESC, i.contacts DESC, i.place;
END;
COMMENT ON FUNCTION @extschema@.dnc_rule_impact(date, regclass, text, text, text, text, text, text, text)
    IS 'what changes for the contacts of a table when the rules of a day take the place of those of the day before: a row a place, with the rules that end and start, decisions at noon there under both, the commonest new ground, and minutes a week at which it may be called';

CREATE OR REPLACE FUNCTION dnc.unlogged(relation text, key_column text) RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM dnc.%1$I AS r LEFT JOIN dnc.audit_log AS l ON l.seq = r.audit_seq AND l.relation = %1$L AND l.row_key = r.%2$I::text AND l.operation <> ''DELETE''
        LEFT JOIN dnc.audit_data AS d ON d.seq = l.seq WHERE NOT coalesce(dnc.row_matches(d.after, r), false)%3$s', relation, key_column,
        CASE WHEN relation IN ('channel', 'reason', 'source', 'list_format', 'registry', 'holiday', 'jurisdiction', 'rule', 'outcome') THEN ' AND NOT r.builtin' ELSE '' END) INTO n;
    RETURN n;
END
$$;
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
    RETURN QUERY SELECT 'indexes'::text, found IS NULL, coalesce('not as they must be: ' || found, 'all valid'),
        CASE WHEN found IS NOT NULL THEN 'REINDEX INDEX, or CREATE INDEX entry_phone ON dnc.entry (phone, dnc.entry_shape(ends, effective_at, expires_at, channel, purpose)); until then checks are slow, not wrong' END;

    n := dnc.unlogged('entry', 'entry_id') + dnc.unlogged('purpose', 'purpose') + dnc.unlogged('channel', 'channel') + dnc.unlogged('reason', 'reason')
        + dnc.unlogged('source', 'source') + dnc.unlogged('import_batch', 'batch_id') + dnc.unlogged('list', 'list') + dnc.unlogged('list_version', 'version_id')
        + dnc.unlogged('list_format', 'format') + dnc.unlogged('prefix_entry', 'prefix_id') + dnc.unlogged('scrub', 'scrub_id') + dnc.unlogged('registry', 'registry')
        + dnc.unlogged('registry_batch', 'batch_id') + dnc.unlogged('holiday', 'holiday') + dnc.unlogged('jurisdiction', 'jurisdiction') + dnc.unlogged('rule', 'rule')
        + dnc.unlogged('rule_decision', 'decision_id') + dnc.unlogged('consent', 'consent_id') + dnc.unlogged('relationship', 'relationship_id') + dnc.unlogged('reassignment', 'reassignment_id')
        + dnc.unlogged('preference', 'preference_id') + dnc.unlogged('vendor', 'vendor') + dnc.unlogged('acquisition', 'acquisition_id') + dnc.unlogged('reply', 'reply_id') + dnc.unlogged('notice', 'notice_id')
        + dnc.unlogged('token_use', 'token_id') + dnc.unlogged('outcome', 'outcome') + dnc.unlogged('violation', 'violation_id') + dnc.unlogged('review_task', 'task_id') + dnc.unlogged('review', 'review_id');
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
        + (SELECT count(*) FROM dnc.reply AS r WHERE r.entry_id IS NOT NULL AND NOT EXISTS (SELECT FROM dnc.entry AS e WHERE e.entry_id = r.entry_id));
    RETURN QUERY SELECT 'references'::text, n = 0, CASE WHEN n = 0 THEN 'every name and entry that is referred to is there' ELSE format('%s rows refer to what is not there', n) END,
        CASE WHEN n > 0 THEN 'insert what is missing (list, channel, purpose, reason, source, registry, jurisdiction, calendar, rule, vendor); an ending of nothing ends nothing' END;

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

    SELECT string_agg(b.batch_id::text, ', ' ORDER BY b.batch_id) INTO found FROM dnc.registry_batch AS b WHERE b.answers <> (SELECT count(*) FROM dnc.registry_answer AS a WHERE a.batch_id = b.batch_id);
    RETURN QUERY SELECT 'registry answers'::text, found IS NULL, coalesce('not as many as were imported: ' || found, 'as many as were imported'), CASE WHEN found IS NOT NULL THEN 'find out who wrote past the triggers' END;

    SELECT string_agg(format('%s version %s', v.list, v.version_id), ', ' ORDER BY v.version_id) INTO found FROM dnc.list_version AS v, unnest(ARRAY[v.whole_set, v.plus_set, v.minus_set]) AS s
        WHERE v.state IN ('ready', 'current', 'former') AND s IS NOT NULL
          AND (SELECT count(*) FILTER (WHERE b.start = 0) = 1 AND sum(b.stop - b.start) = 1000000000000000 FROM dnc.list_block AS b WHERE b.set_id = s) IS NOT TRUE;
    RETURN QUERY SELECT 'list blocks'::text, found IS NULL, coalesce('missing or overlapping: ' || found, 'every version has all of its blocks'),
        CASE WHEN found IS NOT NULL THEN 'load the list anew; dnc_list_verify tells more' END;
END
$$;

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
-- Who may do what
-- ---------------------------------------------------------------------------

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
    IF verb = 'REVOKE' AND grant_set <> 'reader' AND NOT EXISTS (SELECT FROM unnest(ARRAY['agent', 'administrator', 'auditor']) AS s (grant_set), dnc.holders(s.grant_set) AS h WHERE h = role_name) THEN
        EXECUTE format('REVOKE USAGE ON SCHEMA dnc FROM %s', who);
    END IF;
END
$$;

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
    FOREACH f IN ARRAY ARRAY['dnc_add', 'dnc_revoke', 'dnc_explain', 'dnc_history', 'dnc_consent', 'dnc_withdraw_consent', 'dnc_relationship', 'dnc_prefer', 'dnc_reply', 'dnc_notice', 'dnc_token', 'dnc_redeem', 'dnc_attempt',
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
                             'dnc_review', 'dnc_review_start', 'dnc_review_open', 'dnc_review_finish', 'dnc_may_contact_all', 'dnc_check_as_of', 'dnc_may_contact_as_of', 'dnc_rule_impact', 'dnc_rule_page'] LOOP
        INSERT INTO dnc.permission SELECT 'administrator', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
            WHERE p.pronamespace = '@extschema@'::regnamespace AND p.proname = f ON CONFLICT DO NOTHING;
    END LOOP;
    FOREACH f IN ARRAY ARRAY['current_batch', 'phone_expressions', 'clear_condition', 'blank', 'guard_name', 'load_begin', 'load_file', 'load_query', 'load_end', 'load_progress',
                             'list_facts', 'scrub_begin', 'scrub_versions', 'scrub_end', 'scrub_running', 'scrub_receipt', 'scrub_counts', 'scrub_summary', 'scrub_lists', 'require_unique', 'registry_take',
                             'decide_query', 'decide_given', 'impact_query', 'decision_query', 'require_column'] LOOP
        INSERT INTO dnc.permission SELECT 'administrator', 'EXECUTE', p.oid::regprocedure::text FROM pg_proc AS p
            WHERE p.pronamespace = 'dnc'::regnamespace AND p.proname = f ON CONFLICT DO NOTHING;
    END LOOP;
    FOREACH f IN ARRAY ARRAY['dnc_explain', 'dnc_history', 'dnc_coverage', 'dnc_health', 'dnc_list_verify', 'dnc_overlap', 'dnc_overlaps', 'dnc_verify_scrub', 'dnc_registry_answer', 'dnc_doubtful', 'dnc_redundant', 'dnc_review_open', 'dnc_check_as_of', 'dnc_may_contact_as_of', 'dnc_rule_page', 'dnc_notice', 'dnc_may_process', 'dnc_holidays', 'dnc_business_day', 'dnc_places'] LOOP
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
                          'review_task', 'review', 'review_progress']) AS x ON CONFLICT DO NOTHING;
    INSERT INTO dnc.permission SELECT 'auditor', 'SELECT', 'dnc.' || c.relname
        FROM pg_class AS c WHERE c.relnamespace = 'dnc'::regnamespace AND c.relkind IN ('r', 'v', 'S') ON CONFLICT DO NOTHING;
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
             WHERE p.proacl IS NULL AND p.prokind <> 'a' AND (p.pronamespace = 'dnc'::regnamespace OR p.proname ~ '^dnc_(holidays|business_day|places|rule|consent|withdraw_consent|relationship|reassigned|prefer|acquired|reply|add_notice|notice|token|redeem|attempt|review|may|decision|check_as_of|rules)') LOOP
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
