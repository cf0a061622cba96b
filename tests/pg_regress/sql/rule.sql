-- Calendars, jurisdictions, and rules as rows.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
-- Holidays: on weekends, of the year before, counted from Easter, of one year only.
SELECT * FROM dnc_holidays('us-federal', 2026);
SELECT * FROM dnc_holidays('us-federal', 2028) WHERE day < '2028-01-10' OR name LIKE 'Vet%';
SELECT string_agg(to_char(day, 'Dy MM-DD'), ', ' ORDER BY day) FROM dnc_holidays('fr', 2026);
SELECT string_agg(to_char(day, 'Dy MM-DD'), ', ' ORDER BY day) FROM dnc_holidays('au-national', 2021);
SELECT string_agg(to_char(day, 'Dy MM-DD'), ', ' ORDER BY day) FROM dnc_holidays('au-national', 2022);
SELECT y, (SELECT day - 1 FROM dnc_holidays('fr', y) WHERE name LIKE '%Pâques') AS easter
FROM unnest(ARRAY[1818, 1943, 2000, 2008, 2024, 2025, 2026, 2027, 2038, 2285]) AS y;
SELECT dnc_business_day('2026-07-02', 1, 'us-federal'), dnc_business_day('2026-11-25', 1, 'us-federal'),
    dnc_business_day('2026-11-25', 2, 'us-federal'), dnc_business_day('2026-12-31', 1, 'us-federal'),
    dnc_business_day('2026-11-28', 0, 'us-federal');
SELECT dnc_business_day('1999-12-30', 2, 'us-federal'),
    dnc_business_day('2027-12-30', 1, 'us-federal') AS new_year_is_given_on_friday;
SELECT dnc_business_day('2026-07-02', -1, 'us-federal');
SELECT dnc_business_day('2026-07-02', 1, 'moon');
SELECT * FROM dnc_holidays('moon', 2026);
-- A site's own calendar, and a day more in a built-in one; seen at once in the same session.
INSERT INTO dnc.holiday (holiday, calendar, name, day, from_year, to_year, source) VALUES
    ('acme/founder', 'acme', 'Founder''s Day', '02-29', NULL, NULL, 'by-laws'),
    ('acme/victoria', 'acme', 'Victoria Day', 'mon before 05-25', 2020, 2030, 'by-laws'),
    ('acme/first', 'acme', 'First Friday', '1 fri 10', NULL, NULL, 'by-laws'),
    ('us-federal/mourning', 'us-federal', 'National day of mourning', '2026-06-04', NULL, NULL, 'proclamation');
SELECT * FROM dnc_holidays('acme', 2024);
SELECT * FROM dnc_holidays('acme', 2026);
SELECT * FROM dnc_holidays('acme', 2031);
SELECT dnc_business_day('2026-06-03', 1, 'us-federal');
BEGIN; DELETE FROM dnc.holiday WHERE holiday = 'us-federal/mourning';
SELECT dnc_business_day('2026-06-03', 1, 'us-federal'); ROLLBACK;
SELECT dnc_business_day('2026-06-03', 1, 'us-federal');
INSERT INTO dnc.holiday (holiday, calendar, name, day, source) VALUES ('acme/x', 'acme', 'X', '13-01', 'x');
INSERT INTO dnc.holiday (holiday, calendar, name, day, source) VALUES ('acme/x', 'acme', 'X', '6 mon 01', 'x');
INSERT INTO dnc.holiday (holiday, calendar, name, day, source) VALUES ('acme/x', 'acme', 'X', 'easter+1000', 'x');
INSERT INTO dnc.holiday (holiday, calendar, name, day, source) VALUES ('x', 'acme', 'X', '01-01', 'x');
UPDATE dnc.holiday SET day = '01-02' WHERE holiday = 'us-federal/new-year';
DELETE FROM dnc.holiday WHERE holiday = 'us-federal/new-year';
-- Where a number may be.
SELECT n, dnc_places(n::dnc_phone)
FROM unnest(ARRAY['+12125550101', '+18675550101', '+18005550101', '+17875550101', '+33142685300', '+262262123456',
        '+442079460018', '+441534123456', '+390612345678', '+390669812345', '+78005553535', '+77012345678',
        '+80012345678']) AS n;
INSERT INTO dnc.jurisdiction (jurisdiction, within, name) VALUES ('DE-BY', '{DE}', 'Bayern');
INSERT INTO dnc.jurisdiction (jurisdiction, within) VALUES ('DE-XX', '{*}');
INSERT INTO dnc.jurisdiction (jurisdiction, within) VALUES ('XX', '{YY}');
INSERT INTO dnc.jurisdiction (jurisdiction) VALUES ('germany');
-- Built-in rules: exemptions are off, and only those of grade V can be accepted.
SELECT confidence, exempts, count(*) FROM dnc.rule GROUP BY 1, 2 ORDER BY 1, 2;
SELECT rule FROM dnc.rule AS r
WHERE NOT EXISTS (SELECT FROM dnc.jurisdiction AS j WHERE j.jurisdiction = r.jurisdiction) OR quoted_on IS NULL
    OR NOT builtin;
SELECT dnc_rule_accept('us-relationship-purchase', 'Legal, A. Smith', 'memo 12');
SELECT dnc_rule_accept('ca-relationship-purchase', 'Legal, A. Smith');
SELECT dnc_rule_accept('us-hours', 'Legal, A. Smith');
SELECT dnc_rule_accept('us-relationship-inquiry', '');
SELECT dnc_rule_accept('no-such-rule', 'Legal');
SELECT dnc_rule_disable('us-al-hours', 'Legal, A. Smith', NULL);
SELECT dnc_rule_enable('us-relationship-inquiry', 'Legal, A. Smith');
SELECT dnc_rule_disable('us-relationship-purchase', 'Legal, A. Smith', 'memo 13');
SELECT rule, decision, decided_by, why FROM dnc.rule_decision ORDER BY decision_id;
-- A site's own rules; a deadline moves at once, and back.
SELECT dnc.rule_due('+81312345678', 'voice', '2026-06-01 00:00Z', '2026-06-01 00:00Z') AS no_rule;
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, anchor, citation, confidence)
VALUES ('acme-jp', 'JP', 'honour_within', '3 days', 'receipt', 'our policy', 'V');
SELECT dnc.rule_due('+81312345678', 'voice', '2026-06-01 00:00Z', '2026-06-01 00:00Z') AS three_days;
SELECT dnc_rule_disable('acme-jp', 'Legal', 'too long');
SELECT dnc.rule_due('+81312345678', 'voice', '2026-06-01 00:00Z', '2026-06-01 00:00Z') AS no_rule;
SELECT dnc_rule_enable('acme-jp', 'Legal');
SELECT dnc.rule_due('+81312345678', 'voice', '2026-06-01 00:00Z', '2026-06-01 00:00Z') AS three_days;
-- The strictest of several; one that replaces another, for some channels, for a time; one of higher rank.
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, anchor, business, calendar, channels, citation, confidence,
    valid_to, replaces) VALUES
    ('acme-us-sms', 'US', 'honour_within', '1 day', 'receipt', false, NULL, '{sms}', 'our policy', 'V', NULL, NULL),
    ('acme-us-fax', 'US', 'honour_within', '20 days', 'receipt', true, 'acme', '{fax}', 'our policy', 'V', '2026-06-30',
        'us-honour-2025');
SELECT c, dnc.rule_due('+12125550101', c, d, d)
FROM unnest('{voice,sms,fax,all}'::text[]) AS c, unnest('{2026-06-30 12:00Z,2026-07-01 12:00Z}'::timestamptz[]) AS d
ORDER BY d, c;
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, anchor, precedence, citation, confidence)
VALUES ('acme-us-all', 'US', 'honour_within', '5 days', 'request', 1, 'our policy', 'V');
SELECT c, dnc.rule_due('+12125550101', c, '2026-06-29 12:00Z', '2026-07-01 12:00Z')
FROM unnest('{voice,sms,fax}'::text[]) AS c;
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, anchor, citation, confidence)
VALUES ('acme-keep', 'US-NY', 'retention', '10 years', 'receipt', 'our policy', 'V');
SELECT n, dnc.rule_keep_until(n::dnc_phone, 'voice', '2026-06-29 12:00Z', '2026-07-01 12:00Z')
FROM unnest('{+12125550101,+14155552671,+442079460018}'::text[]) AS n;
-- Bad rows: each a clear error.
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, anchor, citation, confidence)
VALUES ('x', 'ZZ', 'retention', '1 year', 'request', 'c', 'V');
INSERT INTO dnc.rule (rule, jurisdiction, kind, windows, citation, confidence)
VALUES ('x', 'JP', 'calling_hours', 'mon-fri 09:00-12:00 11:00-17:00', 'c', 'V');
INSERT INTO dnc.rule (rule, jurisdiction, kind, windows, citation, confidence)
VALUES ('x', 'JP', 'calling_hours', 'mon-fri 18:00-09:00', 'c', 'V');
INSERT INTO dnc.rule (rule, jurisdiction, kind, windows, citation, confidence)
VALUES ('x', 'JP', 'calling_hours', 'mon 09:00-12:00; mon-fri 13:00-14:00', 'c', 'V');
INSERT INTO dnc.rule (rule, jurisdiction, kind, windows, citation, confidence)
VALUES ('x', 'JP', 'calling_hours', 'monday 09:00-12:00', 'c', 'V');
INSERT INTO dnc.rule (rule, jurisdiction, kind, windows, citation, confidence)
VALUES ('x', 'JP', 'calling_hours', 'mon 9-12', 'c', 'V');
INSERT INTO dnc.rule (rule, jurisdiction, kind, windows, calendar, citation, confidence)
VALUES ('x', 'JP', 'calling_hours', 'daily 09:00-12:00', 'moon', 'c', 'V');
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, citation, confidence, channels)
VALUES ('x', 'JP', 'retention', '1 year', 'c', 'V', '{pigeon}');
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, citation, confidence, replaces)
VALUES ('x', 'JP', 'retention', '1 year', 'c', 'V', 'us-retention');
\set VERBOSITY terse
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, citation, confidence, valid_from, valid_to)
VALUES ('x', 'JP', 'retention', '1 year', 'c', 'V', '2026-01-02', '2026-01-01');
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, citation, confidence)
VALUES ('x', 'JP', 'retention', '-1 year', 'c', 'V');
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, business, citation, confidence)
VALUES ('x', 'JP', 'honour_within', '10 days', true, 'c', 'V');
INSERT INTO dnc.rule (rule, jurisdiction, kind, citation, confidence) VALUES ('x', 'JP', 'retention', 'c', 'V');
\set VERBOSITY default
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, citation, confidence, builtin)
VALUES ('x', 'JP', 'retention', '1 year', 'c', 'V', true);
\set VERBOSITY terse
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, citation, confidence)
VALUES ('x', 'JP', 'retention', '1 mon -1 day', 'c', 'V');
INSERT INTO dnc.holiday (holiday, calendar, name, day, source)
VALUES ('acme/x', 'acme', 'X', 'easter-9223372036854775808', 'x');
\set VERBOSITY default
-- A day that is given in the next year.
INSERT INTO dnc.holiday (holiday, calendar, name, day, source) VALUES ('acme/eve', 'acme', 'Eve', '12-31 next', 'x');
SELECT dnc_business_day('2022-12-30', 1, 'acme') AS monday_is_given;
-- Rules that cannot be read keep no refusal from being recorded: it is due at once.
BEGIN;
ALTER TABLE dnc.rule DISABLE TRIGGER USER; UPDATE dnc.rule SET windows = 'rubbish' WHERE rule = 'us-hours';
UPDATE dnc.rule_epoch SET epoch = 1;
SELECT dnc_add('+12125550150', received_at => '2026-07-01', requested_at => '2026-07-01') > 0 AS recorded;
SELECT due_at = received_at AS at_once FROM dnc.entry WHERE phone = '+12125550150';
SELECT dnc_may_contact('+12125550150');
ROLLBACK;
UPDATE dnc.rule SET amount = '1 day' WHERE rule = 'us-retention';
DELETE FROM dnc.rule WHERE rule = 'acme-jp';
SELECT recorded_by = session_user AND recorded_at > now() - interval '1 hour' AS stamped FROM dnc.rule
WHERE rule = 'acme-jp';
SELECT subject, severity, detail, remedy FROM dnc_health(deep => true) WHERE NOT healthy;
