-- ---------------------------------------------------------------------------
-- Calendars, jurisdictions and rules
-- ---------------------------------------------------------------------------

-- A row for each holiday; core/src/rule/calendar.rs defines the syntax of days. A calendar exists if rows name it.
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
COMMENT ON TABLE dnc.holiday IS 'holidays of calendars; a site adds its own calendars, and days to existing ones';
COMMENT ON COLUMN dnc.holiday.holiday IS 'calendar, a slash, and a unique name';
COMMENT ON COLUMN dnc.holiday.day
    IS '2026-06-05; 12-25; 07-04 nearest (Friday or Monday beside a weekend); 12-26 next (weekday after it); 3 mon '
       '01; last mon 05; mon before 05-25; easter+1';
COMMENT ON COLUMN dnc.holiday.from_year IS 'first year; NULL: always';
COMMENT ON COLUMN dnc.holiday.to_year IS 'last year; NULL: until further notice';

INSERT INTO dnc.holiday (holiday, calendar, name, day, from_year, source, builtin) VALUES
    ('us-federal/new-year',     'us-federal', 'New Year''s Day',                       '01-01 nearest', NULL,
        '5 U.S.C. 6103', true),
    ('us-federal/king',         'us-federal', 'Birthday of Martin Luther King, Jr.',   '3 mon 01',      1986,
        '5 U.S.C. 6103', true),
    ('us-federal/washington',   'us-federal', 'Washington''s Birthday',                '3 mon 02',      NULL,
        '5 U.S.C. 6103', true),
    ('us-federal/memorial',     'us-federal', 'Memorial Day',                          'last mon 05',   NULL,
        '5 U.S.C. 6103', true),
    ('us-federal/juneteenth',   'us-federal', 'Juneteenth National Independence Day',  '06-19 nearest', 2021,
        '5 U.S.C. 6103', true),
    ('us-federal/independence', 'us-federal', 'Independence Day',                      '07-04 nearest', NULL,
        '5 U.S.C. 6103', true),
    ('us-federal/labor',        'us-federal', 'Labor Day',                             '1 mon 09',      NULL,
        '5 U.S.C. 6103', true),
    ('us-federal/columbus',     'us-federal', 'Columbus Day',                          '2 mon 10',      NULL,
        '5 U.S.C. 6103', true),
    ('us-federal/veterans',     'us-federal', 'Veterans Day',                          '11-11 nearest', NULL,
        '5 U.S.C. 6103', true),
    ('us-federal/thanksgiving', 'us-federal', 'Thanksgiving Day',                      '4 thu 11',      NULL,
        '5 U.S.C. 6103', true),
    ('us-federal/christmas',    'us-federal', 'Christmas Day',                         '12-25 nearest', NULL,
        '5 U.S.C. 6103', true),
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
    ('au-national/new-year',      'au-national', 'New Year''s Day', '01-01 next', NULL,
        'Fair Work Act 2009, s. 115; from memory', true),
    ('au-national/australia',     'au-national', 'Australia Day',   '01-26 next', NULL,
        'Fair Work Act 2009, s. 115; from memory', true),
    ('au-national/good-friday',   'au-national', 'Good Friday',     'easter-2',   NULL,
        'Fair Work Act 2009, s. 115; from memory', true),
    ('au-national/easter-monday', 'au-national', 'Easter Monday',   'easter+1',   NULL,
        'Fair Work Act 2009, s. 115; from memory', true),
    ('au-national/anzac',         'au-national', 'Anzac Day',       '04-25 next', NULL,
        'Fair Work Act 2009, s. 115; from memory. The day is a holiday; whether another is given differs between '
        'states, and both are kept', true),
    ('au-national/christmas',     'au-national', 'Christmas Day',   '12-25 next', NULL,
        'Fair Work Act 2009, s. 115; from memory', true),
    ('au-national/boxing',        'au-national', 'Boxing Day',      '12-26 next', NULL,
        'Fair Work Act 2009, s. 115; from memory', true);

-- Holidays of states in which calls on them are forbidden: the federal ones and their own.
INSERT INTO dnc.holiday (holiday, calendar, name, day, from_year, source, builtin)
    SELECT replace(h.holiday, 'us-federal', c), c, h.name, h.day, h.from_year, h.source, true
    FROM dnc.holiday AS h, unnest('{us-al,us-la,us-pa,us-ri,us-ut}'::text[]) AS c WHERE h.calendar = 'us-federal';
INSERT INTO dnc.holiday (holiday, calendar, name, day, source, builtin) VALUES
    ('us-al/mardi-gras',   'us-al', 'Mardi Gras',                 'easter-47',
        'Ala. Code § 1-3-8; from memory. A holiday in two counties', true),
    ('us-al/confederate',  'us-al', 'Confederate Memorial Day',   '4 mon 04',        'Ala. Code § 1-3-8; from memory',
        true),
    ('us-al/davis',        'us-al', 'Jefferson Davis'' Birthday', '1 mon 06',
        'Ala. Code § 1-3-8; secondary source', true),
    ('us-la/new-orleans',  'us-la', 'Battle of New Orleans',      '01-08',           'La. R.S. 1:55; from memory',
        true),
    ('us-la/mardi-gras',   'us-la', 'Mardi Gras',                 'easter-47',
        'Louisiana PSC General Order R-29617; secondary source', true),
    ('us-la/good-friday',  'us-la', 'Good Friday',                'easter-2',
        'Louisiana PSC General Order R-29617; secondary source', true),
    ('us-la/long',         'us-la', 'Huey P. Long Day',           '08-30',           'La. R.S. 1:55; from memory',
        true),
    ('us-la/all-saints',   'us-la', 'All Saints'' Day',           '11-01',           'La. R.S. 1:55; from memory',
        true),
    ('us-la/election',     'us-la', 'Election Day',               'tue before 11-09',
        'La. R.S. 1:55; from memory. In even years; kept in every one', true),
    ('us-la/acadian',      'us-la', 'Acadian Day',                'fri before 11-30', 'La. R.S. 1:55; from memory',
        true),
    ('us-pa/good-friday',  'us-pa', 'Good Friday',                'easter-2',        '44 P.S. § 11; secondary source',
        true),
    ('us-pa/flag',         'us-pa', 'Flag Day',                   '06-14',           '44 P.S. § 11; secondary source',
        true),
    ('us-pa/election',     'us-pa', 'Election Day',               'tue before 11-09', '44 P.S. § 11; secondary source',
        true),
    ('us-ri/independence-of-state', 'us-ri', 'Rhode Island Independence Day', '05-04',
        'R.I. Gen. Laws § 25-1-1; secondary source', true),
    ('us-ri/victory',      'us-ri', 'Victory Day',                '2 mon 08',
        'R.I. Gen. Laws § 25-1-1; secondary source', true),
    ('us-ri/election',     'us-ri', 'Election Day',               'tue before 11-09',
        'R.I. Gen. Laws § 25-1-1; from memory. In even years; kept in every one', true),
    ('us-ut/pioneer',      'us-ut', 'Pioneer Day',                '07-24 nearest',
        'Utah Code § 63G-1-301; secondary source', true),
    ('us-ut/juneteenth-monday', 'us-ut', 'Juneteenth, on the Monday of its week', 'mon before 06-20',
        'Utah Code § 63G-1-301; from memory', true),
    ('us-ut/juneteenth-next',   'us-ut', 'Juneteenth, after a weekend',           '06-19 next',
        'Utah Code § 63G-1-301; from memory', true),
    ('ca-bc/new-year',     'ca-bc', 'New Year''s Day',            '01-01',
        'Employment Standards Act (British Columbia); from memory', true),
    ('ca-bc/family',       'ca-bc', 'Family Day',                 '3 mon 02',
        'Employment Standards Act (British Columbia); from memory', true),
    ('ca-bc/good-friday',  'ca-bc', 'Good Friday',                'easter-2',
        'Employment Standards Act (British Columbia); from memory', true),
    ('ca-bc/victoria',     'ca-bc', 'Victoria Day',               'mon before 05-25',
        'Employment Standards Act (British Columbia); from memory', true),
    ('ca-bc/canada',       'ca-bc', 'Canada Day',                 '07-01',
        'Employment Standards Act (British Columbia); from memory', true),
    ('ca-bc/province',     'ca-bc', 'British Columbia Day',       '1 mon 08',
        'Employment Standards Act (British Columbia); from memory', true),
    ('ca-bc/labour',       'ca-bc', 'Labour Day',                 '1 mon 09',
        'Employment Standards Act (British Columbia); from memory', true),
    ('ca-bc/truth',        'ca-bc', 'National Day for Truth and Reconciliation', '09-30',
        'Employment Standards Act (British Columbia); from memory', true),
    ('ca-bc/thanksgiving', 'ca-bc', 'Thanksgiving Day',           '2 mon 10',
        'Employment Standards Act (British Columbia); from memory', true),
    ('ca-bc/remembrance',  'ca-bc', 'Remembrance Day',            '11-11',
        'Employment Standards Act (British Columbia); from memory', true),
    ('ca-bc/christmas',    'ca-bc', 'Christmas Day',              '12-25',
        'Employment Standards Act (British Columbia); from memory', true);
-- Spain: national and regional holidays together, since a number does not identify the region.
INSERT INTO dnc.holiday (holiday, calendar, name, day, source, builtin) SELECT 'es/' || key, 'es', name, day,
    source || '; from memory', true
    FROM (VALUES ('new-year', 'Año Nuevo', '01-01'), ('epiphany', 'Epifanía del Señor', '01-06'),
        ('joseph', 'San José', '03-19'), ('holy-thursday', 'Jueves Santo', 'easter-3'),
        ('good-friday', 'Viernes Santo', 'easter-2'),
                 ('labour', 'Fiesta del Trabajo', '05-01'), ('james', 'Santiago Apóstol', '07-25'),
                     ('assumption', 'Asunción de la Virgen', '08-15'), ('nation', 'Fiesta Nacional', '10-12'),
                     ('all-saints', 'Todos los Santos', '11-01'),
                 ('constitution', 'Día de la Constitución', '12-06'), ('immaculate', 'Inmaculada Concepción', '12-08'),
                     ('christmas', 'Natividad del Señor', '12-25')) AS h (key, name, day),
                     (VALUES ('Estatuto de los Trabajadores, art. 37.2; Real Decreto 2001/1983, art. 45')) AS s (source)
    UNION ALL SELECT 'es/' || key, 'es', name, day, 'Holidays of autonomous communities; from memory', true
    FROM (VALUES ('andalusia', 'Día de Andalucía', '02-28'), ('balearics', 'Día de las Illes Balears', '03-01'),
        ('easter-monday', 'Lunes de Pascua', 'easter+1'), ('aragon', 'San Jorge; Castilla y León', '04-23'),
        ('madrid', 'Comunidad de Madrid', '05-02'), ('galicia-letters', 'Día das Letras Galegas', '05-17'),
                 ('canaries', 'Día de Canarias', '05-30'), ('castile', 'Castilla-La Mancha', '05-31'),
                     ('corpus', 'Corpus Christi', 'easter+60'), ('murcia', 'Región de Murcia; La Rioja', '06-09'),
                     ('john', 'San Juan', '06-24'), ('cantabria', 'Día de las Instituciones de Cantabria', '07-28'),
                     ('ceuta', 'Ceuta', '08-05'),
                 ('ceuta-day', 'Día de Ceuta', '09-02'), ('asturias', 'Asturias; Extremadura', '09-08'),
                     ('catalonia', 'Diada de Catalunya', '09-11'), ('bien-aparecida', 'La Bien Aparecida', '09-15'),
                     ('melilla', 'Melilla', '09-17'), ('valencia', 'Comunitat Valenciana', '10-09'),
                     ('navarre', 'San Francisco Javier', '12-03'), ('stephen', 'San Esteban', '12-26')) AS h (key, name,
                     day);
INSERT INTO dnc.holiday (holiday, calendar, name, day, source, builtin) SELECT 'za/' || key, 'za', name, day,
    'Public Holidays Act 36 of 1994; from memory. Given on Mondays for Sundays; here for Saturdays too', true
    FROM (VALUES ('new-year', 'New Year''s Day', '01-01 next'), ('human-rights', 'Human Rights Day', '03-21 next'),
        ('good-friday', 'Good Friday', 'easter-2'), ('family', 'Family Day', 'easter+1'),
        ('freedom', 'Freedom Day', '04-27 next'), ('workers', 'Workers'' Day', '05-01 next'),
        ('youth', 'Youth Day', '06-16 next'),
                 ('women', 'National Women''s Day', '08-09 next'), ('heritage', 'Heritage Day', '09-24 next'),
                     ('reconciliation', 'Day of Reconciliation', '12-16 next'),
                     ('christmas', 'Christmas Day', '12-25 next'),
                     ('goodwill', 'Day of Goodwill', '12-26 next')) AS h (key, name, day);

-- Where rules apply: countries and their parts (ISO 3166), groups of them, and everywhere.
CREATE TABLE dnc.jurisdiction (
    jurisdiction text    PRIMARY KEY CHECK (jurisdiction ~ '^(\*|[A-Z]{2}(-[A-Z0-9]{1,3})?)$'),
    within       text[]  NOT NULL DEFAULT '{*}' CHECK (array_position(within, NULL) IS NULL),
    name         text    NOT NULL DEFAULT '',
    builtin      boolean NOT NULL DEFAULT false,
    audit_seq    bigint  UNIQUE REFERENCES dnc.audit_data,
    CHECK (builtin = (audit_seq IS NULL))
);
COMMENT ON TABLE dnc.jurisdiction
    IS 'where rules apply: countries and their parts (ISO 3166), groups of them, and * for everywhere';
COMMENT ON COLUMN dnc.jurisdiction.within IS 'jurisdictions that contain it, whose rules apply in it too';

INSERT INTO dnc.jurisdiction (jurisdiction, within, name, builtin) VALUES ('*', '{}', 'everywhere', true),
    ('EU', '{*}', 'European Union', true);
-- Countries and territories with telephone numbers of their own.
INSERT INTO dnc.jurisdiction (jurisdiction, within, builtin) SELECT c, CASE
        WHEN c = ANY ('{AT,BE,BG,CY,CZ,DE,DK,EE,ES,FI,FR,GR,HR,HU,IE,IT,LT,LU,LV,MT,NL,PL,PT,RO,SE,SI,SK}')
            THEN '{EU}'::text[]
        WHEN c = ANY ('{GF,GP,MF,MQ,RE,YT}') THEN '{FR}'
        WHEN c = ANY ('{AS,GU,MP,PR,VI}') THEN '{US}'
        WHEN c = 'AX' THEN '{FI}' WHEN c IN ('CC', 'CX') THEN '{AU}' WHEN c = 'SJ' THEN '{NO}'
        ELSE '{*}' END, true
    FROM unnest(string_to_array(
            'AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY '
            'BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ '
            'FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR '
            'IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH '
            'MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK '
            'PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA '
            'TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW',
                ' ')) AS c;
INSERT INTO dnc.jurisdiction (jurisdiction, within, name, builtin) SELECT 'US-' || split_part(s, ' ', 1), '{US}',
    substr(s, 4), true
FROM unnest(string_to_array(
        'AL Alabama,AK Alaska,AZ Arizona,AR Arkansas,CA California,CO Colorado,CT Connecticut,DE Delaware,DC District '
        'of Columbia,FL Florida,GA Georgia,HI Hawaii,ID Idaho,IL Illinois,IN Indiana,IA Iowa,KS Kansas,KY Kentucky,LA '
        'Louisiana,ME Maine,MD Maryland,MA Massachusetts,MI Michigan,MN Minnesota,MS Mississippi,MO Missouri,MT '
        'Montana,NE Nebraska,NV Nevada,NH New Hampshire,NJ New Jersey,NM New Mexico,NY New York,NC North Carolina,ND '
        'North Dakota,OH Ohio,OK Oklahoma,OR Oregon,PA Pennsylvania,RI Rhode Island,SC South Carolina,SD South '
        'Dakota,TN Tennessee,TX Texas,UT Utah,VT Vermont,VA Virginia,WA Washington,WV West Virginia,WI Wisconsin,WY '
        'Wyoming', ',')) AS s;
INSERT INTO dnc.jurisdiction (jurisdiction, within, name, builtin) SELECT 'CA-' || split_part(s, ' ', 1), '{CA}',
    substr(s, 4), true
FROM unnest(string_to_array(
        'AB Alberta,BC British Columbia,MB Manitoba,NB New Brunswick,NL Newfoundland and Labrador,NS Nova Scotia,NT '
        'Northwest Territories,NU Nunavut,ON Ontario,PE Prince Edward Island,QC Quebec,SK Saskatchewan,YT Yukon',
            ',')) AS s;

-- Sessions cache rules, holidays and jurisdictions until this number changes (as dnc.list_epoch).
CREATE TABLE dnc.rule_epoch (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch bigint  NOT NULL
);
INSERT INTO dnc.rule_epoch (epoch) VALUES (dnc.random_epoch());
COMMENT ON TABLE dnc.rule_epoch
    IS 'one row: version of the rules, holidays and jurisdictions; a new random number with every change';

SELECT dnc.audit(r, r) FROM unnest('{holiday,jurisdiction}'::text[]) AS r;
-- Built-in rows are in sql/rules/, one file for each jurisdiction, with source and certainty. A rule that forbids,
-- shortens or protects is on unless a site disables it. An exemption, a grace period or a safe harbour is off until it
-- is accepted, which requires a primary text (grade V). A site adds its own rows, which may replace built-in ones; rows
-- are never changed.
CREATE TABLE dnc.rule (
    rule         text     PRIMARY KEY CHECK (rule ~ '^[a-z][a-z0-9-]{0,62}$'),
    jurisdiction text     NOT NULL REFERENCES dnc.jurisdiction,
    kind         text     NOT NULL
        CHECK (kind IN ('honour_within', 'retention', 'records', 'answer_within', 'calling_hours', 'closed_day',
            'regime', 'revocation_scope', 'registry_max_age',
                              'registry_grace', 'consent_max_age', 'consent_proof', 'relationship_exemption',
                                  'attempt_cap', 'cool_off', 'confirmation', 'safe_harbor', 'duty')),
    channels     text[]   CHECK (cardinality(channels) > 0 AND array_position(channels, NULL) IS NULL),
    call_types   text[]   CHECK (cardinality(call_types) > 0 AND array_position(call_types, NULL) IS NULL),
    party        text     CHECK (party IN ('consumer', 'business')),
    line_types   text[]   CHECK (cardinality(line_types) > 0 AND array_position(line_types, NULL) IS NULL),
    amount       interval
        CHECK (amount < '1000 years'
        AND least(extract(year FROM amount), extract(month FROM amount), extract(day FROM amount),
            extract(hour FROM amount), extract(minute FROM amount), extract(second FROM amount)) >= 0),
    business     boolean  NOT NULL DEFAULT false,
    anchor       text
        CHECK (anchor IN ('request', 'receipt', 'grant', 'last_use', 'purchase', 'contract', 'inquiry', 'last_relation',
            'refusal', 'attempt', 'listing', 'porting')),
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
    CONSTRAINT rule_has_its_amount
        CHECK ((amount IS NOT NULL)
        = (kind IN ('honour_within', 'retention', 'records', 'answer_within', 'registry_max_age', 'registry_grace',
                'consent_max_age', 'consent_proof', 'relationship_exemption', 'attempt_cap', 'cool_off',
                'confirmation'))
                                          OR kind = 'safe_harbor'),
    CONSTRAINT rule_has_its_attempts CHECK ((attempts IS NOT NULL) = (kind = 'attempt_cap')),
    CONSTRAINT rule_has_its_windows CHECK ((windows IS NOT NULL) = (kind IN ('calling_hours', 'closed_day'))),
    CONSTRAINT rule_has_its_regime CHECK ((regime IS NOT NULL) = (kind = 'regime')),
    CONSTRAINT rule_counts_business_days_with_a_calendar
        CHECK (NOT business OR calendar IS NOT NULL AND extract(day FROM amount) > 0),
    CONSTRAINT rule_exempts
        CHECK (exempts = (kind IN ('registry_grace', 'relationship_exemption', 'confirmation', 'safe_harbor')))
);
COMMENT ON TABLE dnc.rule IS 'rules of jurisdictions, with validity dates and sources; insert-only';
COMMENT ON COLUMN dnc.rule.jurisdiction IS 'where it applies, including everything within';
COMMENT ON COLUMN dnc.rule.kind
    IS 'honour_within, retention, records, answer_within, registry_max_age, registry_grace, consent_max_age, '
       'consent_proof, relationship_exemption, cool_off, confirmation: amount; attempt_cap: attempts within amount; '
       'calling_hours: windows; closed_day: days of windows without any, and holidays of calendar; regime; '
       'revocation_scope: an opt-out of one purpose covers all; safe_harbor and duty: shown, not computed';
COMMENT ON COLUMN dnc.rule.channels IS 'NULL: every channel';
COMMENT ON COLUMN dnc.rule.call_types
    IS 'sales, automated, collections, research, charity, service or a site''s own words; NULL: every call';
COMMENT ON COLUMN dnc.rule.party IS 'consumer or business; NULL: both. An unknown party counts as a consumer';
COMMENT ON COLUMN dnc.rule.line_types IS 'values of dnc_line_type; NULL: every line';
COMMENT ON COLUMN dnc.rule.amount
    IS 'months and days count on the callee''s calendar, from the day after the anchor to the end of the last day; 0: '
       'at once';
COMMENT ON COLUMN dnc.rule.business IS 'days of amount are business days of the calendar';
COMMENT ON COLUMN dnc.rule.anchor IS 'event from which amount is counted';
COMMENT ON COLUMN dnc.rule.windows
    IS 'hours on the callee''s clock: mon-fri 10:00-13:00 14:00-20:00; sat 09:00-17:00; hol 10:00-12:00. Days not '
       'named are closed';
COMMENT ON COLUMN dnc.rule.calendar
    IS 'calendar of dnc.holiday: its days are not business days, and are closed unless windows name hol';
COMMENT ON COLUMN dnc.rule.regime
    IS 'who may be contacted without consent: opt_out: anybody not suppressed; registry: anybody not suppressed or '
       'registered; opt_in: nobody';
COMMENT ON COLUMN dnc.rule.precedence
    IS 'of rules of one kind and jurisdiction only those of the highest precedence apply';
COMMENT ON COLUMN dnc.rule.valid_from IS 'first day; NULL: always';
COMMENT ON COLUMN dnc.rule.valid_to IS 'last day; NULL: until further notice';
COMMENT ON COLUMN dnc.rule.replaces IS 'rule that does not apply where and when this one does';
COMMENT ON COLUMN dnc.rule.exempts IS 'it allows an otherwise forbidden contact: off until dnc_rule_accept';
COMMENT ON COLUMN dnc.rule.confidence
    IS 'V: read in a primary text; S: in a secondary source; M: from memory; ?: sources differ, the stricter value is '
       'used';
COMMENT ON COLUMN dnc.rule.enabled IS 'whether it is on by default; see dnc.rule_decision';
COMMENT ON COLUMN dnc.rule.recorded_at IS 'when it became known';

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
COMMENT ON TABLE dnc.rule_decision IS 'who accepted, enabled or disabled which rule; the latest decision counts';
SELECT pg_catalog.pg_extension_config_dump('dnc.rule', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('dnc.rule_decision', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.rule_decision_decision_id_seq', '');
