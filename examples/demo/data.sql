-- Makes the demo's input: contacts.csv and optouts.csv. Nobody real is in it: the numbers are from ranges that
-- regulators reserve for fiction, and libphonenumber's example numbers. The same files every time.
--
-- Reserved for fiction: US and Canada 555-0100 to 555-0199 in every area code (NANPA); UK 020 7946 0xxx and others
-- (Ofcom); France 01 99 00, 02 61 91, 03 53 01, 04 65 71, 05 36 49, 06 39 98 (ARCEP); Germany 030 23125, 069 90009,
-- 040 66969, 0221 4710, 089 99998 (BNetzA); Australia 02 5550, 03 5550, 07 5550, 08 5550 (ACMA); Sweden 031-390 06,
-- 040-628 04, 08-465 004, 070-174 06 (PTS).

\set ON_ERROR_STOP 1
SET client_min_messages = warning;
CREATE EXTENSION dnc;

CREATE TEMP TABLE fiction (country text, prefix text, digits int);
INSERT INTO fiction
    SELECT 'US', '+1' || a || '55501', 2
    FROM unnest(
        '{201,202,203,205,206,207,208,209,210,212,213,214,215,216,217,218,219,224,225,228,229,231,234,239,240,248,251,'
        '252,253,254,256,260,262,267,269,270,272,276,281,301,302,303,304,305,307,308,309,310,312,313,314,315,316,317,'
        '318,319,320,321,323,325,330,331,334,336,337,339,346,347,351,352,360,361,385,386,401,402,404,405,406,407,408,'
        '409,410,412,413,414,415,417,419,423,424,425,430,432,434,435,440,443,469,470,475,478,479,480,484,501,502,503,'
        '504,505,507,508,509,510,512,513,515,516,517,518,520,530,540,541,551,559,561,562,563,567,570,571,573,574,575,'
        '580,585,586,601,602,603,605,606,607,608,609,610,612,614,615,616,617,618,619,620,623,626,630,631,636,641,646,'
        '650,651,660,661,662,678,682,701,702,703,704,706,707,708,712,713,714,715,716,717,718,719,720,724,727,731,732,'
        '734,737,740,747,754,757,760,762,763,765,769,770,772,773,774,775,779,781,785,786,801,802,803,804,805,806,808,'
        '810,812,813,814,815,816,817,818,828,830,831,832,843,845,847,848,850,856,857,858,859,860,862,863,864,865,870,'
        '872,878,901,903,904,906,907,908,909,910,912,913,914,915,916,917,918,919,920,925,928,931,936,937,940,941,947,'
        '949,951,952,954,956,970,971,972,973,978,979,980,985,989}'::int[]) AS a
    UNION ALL SELECT 'CA', '+1' || a || '55501', 2
    FROM unnest(
        '{204,226,236,250,306,403,416,418,438,450,506,514,519,587,604,613,647,705,709,778,780,807,819,902,905}'::int[])
        AS a
    UNION ALL VALUES ('GB', '+442079460', 3), ('GB', '+441134960', 3), ('GB', '+441144960', 3), ('GB', '+441154960', 3),
        ('GB', '+441164960', 3),
        ('GB', '+441174960', 3), ('GB', '+441184960', 3), ('GB', '+441214960', 3), ('GB', '+441314960', 3),
        ('GB', '+441414960', 3),
        ('GB', '+441514960', 3), ('GB', '+441614960', 3), ('GB', '+447700900', 3),
        ('FR', '+33199000', 3), ('FR', '+33261910', 3), ('FR', '+33353010', 3), ('FR', '+33465710', 3),
        ('FR', '+33536490', 3), ('FR', '+33639980', 3),
        ('DE', '+493023125', 3), ('DE', '+496990009', 3), ('DE', '+494066969', 3), ('DE', '+492214710', 3),
        ('DE', '+498999998', 3),
        ('AU', '+6125550', 4), ('AU', '+6135550', 4), ('AU', '+6175550', 4), ('AU', '+6185550', 4),
        ('SE', '+463139006', 2), ('SE', '+464062804', 2), ('SE', '+468465004', 2), ('SE', '+467017406', 2);
-- Of every other country the library's example numbers, one of a fixed line and one of a mobile.
INSERT INTO fiction SELECT country, number, 0 FROM (VALUES
    ('ES', '+34810123456'), ('ES', '+34612345678'), ('IT', '+390212345678'), ('IT', '+393123456789'),
    ('NL', '+31101234567'), ('NL', '+31612345678'),
    ('BE', '+3212345678'), ('BE', '+32450001234'), ('CH', '+41212345678'), ('CH', '+41781234567'),
    ('AT', '+431234567890'), ('AT', '+43664123456'),
    ('DK', '+4532123456'), ('DK', '+4534412345'), ('NO', '+4721234567'), ('NO', '+4740612345'), ('FI', '+358131234567'),
    ('FI', '+358412345678'),
    ('PL', '+48123456789'), ('PL', '+48512345678'), ('PT', '+351212345678'), ('PT', '+351912345678'),
    ('CZ', '+420212345678'), ('CZ', '+420601123456'),
    ('GR', '+302123456789'), ('GR', '+306912345678'), ('TR', '+902123456789'), ('TR', '+905012345678'),
    ('BR', '+551123456789'), ('BR', '+5511961234567'),
    ('MX', '+522001234567'), ('MX', '+522221234567'), ('IN', '+917410410123'), ('IN', '+918123456789'),
    ('JP', '+81312345678'), ('JP', '+819012345678'),
    ('SG', '+6561234567'), ('SG', '+6581234567'), ('ZA', '+27101234567'), ('ZA', '+27711234567'), ('NZ', '+6432345678'),
    ('NZ', '+64211234567'),
    ('IL', '+97221234567'), ('IL', '+972502345678'), ('AE', '+97122345678'), ('AE', '+971501234567'),
    ('RU', '+73011234567'), ('RU', '+79123456789'),
    ('KR', '+8222123456'), ('KR', '+821020000000')) AS example (country, number);

CREATE TEMP TABLE number AS
    SELECT row_number() OVER (ORDER BY hashtextextended(e164, 7)) AS n, country, e164::dnc_phone AS phone FROM (
        SELECT country, prefix || CASE WHEN digits = 0 THEN '' ELSE lpad(i::text, digits, '0') END AS e164
        FROM fiction, generate_series(0, CASE WHEN digits = 0 THEN 0 ELSE 10 ^ digits - 1 END::int) AS i) AS x;

-- 120,000 contacts: numbers come up again under other spellings; some are missing, some are none.
CREATE TEMP TABLE contact AS
    SELECT id, 'Contact ' || id AS name, country,
        CASE h % 50
            WHEN 0 THEN NULL
            WHEN 1 THEN ''
            WHEN 2 THEN (ARRAY['n/a', 'none', '12345', '000-000', 'ask at reception', '+999 123 456 789',
                    '555'])[h / 50 % 7 + 1]
            ELSE CASE h / 50 % 12
                WHEN 0 THEN phone::text
                WHEN 1 THEN dnc_format(phone, 'international')
                WHEN 2 THEN dnc_format(phone, 'national') || ' ext. ' || (h % 900 + 100)
                WHEN 3 THEN replace(dnc_format(phone, 'national'), ' ', '.')
                WHEN 4 THEN replace(dnc_format(phone, 'international'), ' ', '-')
                WHEN 5 THEN '00' || ltrim(phone::text, '+')
                WHEN 6 THEN regexp_replace(dnc_format(phone, 'national'), '[^0-9]', '', 'g')
                WHEN 7 THEN ' ' || dnc_format(phone, 'national') || ' '
                WHEN 8 THEN translate(dnc_format(phone, 'international'), '0123456789', '０１２３４５６７８９')
                WHEN 9 THEN dnc_format(phone, 'rfc3966')
                ELSE dnc_format(phone, 'national')
            END
        END AS phone, phone AS truth
    FROM (SELECT i AS id, abs(hashint8(i)) AS h FROM generate_series(1, 120000) AS i) AS c
    JOIN number ON n = 1 + c.id * 7919 % (SELECT count(*) FROM number);
-- Under 00 a number is international only where that is the country's prefix.
UPDATE contact SET phone = truth::text
WHERE phone LIKE '00%' AND country IN ('US', 'CA', 'AU', 'BR', 'JP', 'SG', 'RU', 'KR', 'FI', 'IL');

\copy (SELECT id, name, country, phone FROM contact ORDER BY id) TO 'contacts.csv' WITH (FORMAT csv, HEADER)
\copy (SELECT CASE WHEN n % 500 = 0 THEN 'illegible' WHEN n % 3 = 0 THEN phone::text ELSE dnc_format(phone, 'international') END AS phone, to_char(timestamp '2026-01-01' + n % 300 * interval '1 day', 'YYYY-MM-DD') AS requested_at, (ARRAY['stop calling me', 'take me off your list', 'no more calls', 'STOP'])[n % 4 + 1] AS words FROM number WHERE n % 10 = 0 OR dnc_region(phone) IN ('IT', 'KR', 'BR') ORDER BY n) TO 'optouts.csv' WITH (FORMAT csv, HEADER)
