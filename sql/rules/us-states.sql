-- States of the United States; what is stricter than federal rules. Most statutes were read word for word in two public
-- collections that quote them (grade S: nobody here opened the primary text). Each holds for every call, on every
-- channel, unless it says otherwise. A state's own list is one that must be held besides the national registry, and a
-- federal exemption says nothing of it.

SELECT dnc.builtin_rule('us-al-hours', 'US-AL', 'calling_hours',
    'Ala. Admin. Code r. 770-X-5-.17(2); as quoted by secondary sources', 'S', windows => 'mon-sat 08:00-20:00',
    calendar => 'us-al', quoted_on => '2026-11-28');
SELECT dnc.builtin_rule('us-ca-hours', 'US-CA', 'calling_hours', 'Cal. Pub. Util. Code § 2872; secondary source', 'S',
    windows => 'daily 09:00-21:00', note => 'The section is about announcing devices; kept for every call.');
SELECT dnc.builtin_rule('us-ct-hours', 'US-CT', 'calling_hours',
    'Conn. Gen. Stat. § 42-288a(c), P.A. 23-98; as quoted by secondary sources', 'S', windows => 'daily 09:00-20:00',
    valid_from => '2023-10-01', quoted_on => '2026-11-28');
SELECT dnc.builtin_rule('us-ct-consent', 'US-CT', 'regime',
    'Conn. Gen. Stat. §§ 42-284, 42-288a, P.A. 23-98; secondary sources', 'S', regime => 'opt_in',
    call_types => '{sales,automated,claims_management,pensions}', valid_from => '2023-10-01', quoted_on => '2026-11-28',
    note => 'Prior express written consent for every telephonic sales call: by a live voice, a machine or a message.');
SELECT dnc.builtin_rule('us-fl-hours', 'US-FL', 'calling_hours',
    'Fla. Stat. § 501.616(6)(a); as quoted by secondary sources', 'S', windows => 'daily 08:00-20:00');
SELECT dnc.builtin_rule('us-fl-attempts', 'US-FL', 'attempt_cap',
    'Fla. Stat. § 501.616(6)(b); as quoted by secondary sources', 'S', '24 hours', 'attempt', attempts => 3,
    quoted_on => '2026-11-28', note => 'On one subject; here all count.');
SELECT dnc.builtin_rule('us-in-hours', 'US-IN', 'calling_hours', 'Ind. Code § 24-5-14-8; secondary source', 'S',
    windows => 'daily 09:00-20:00', note => 'The section is about automatic dialling; kept for every call.');
SELECT dnc.builtin_rule('us-in-list', 'US-IN', 'regime', 'Ind. Code § 24-4.7-4-1; secondary source', 'S',
    regime => 'registry', channels => '{voice}', quoted_on => '2026-11-28',
    note => 'The state''s own list, of each quarter. No relationship exempts from it (from memory).');
SELECT dnc.builtin_rule('us-ky-hours', 'US-KY', 'calling_hours', 'KRS 367.46955(16); as quoted by secondary sources',
    'S', windows => 'daily 10:00-21:00');
SELECT dnc.builtin_rule('us-la-hours', 'US-LA', 'calling_hours',
    'Louisiana PSC General Order R-29617, V(A)(2); as quoted by secondary sources', 'S',
    windows => 'mon-sat 08:00-20:00', calendar => 'us-la', quoted_on => '2026-11-28',
    note => 'Neither consent nor a relationship lifts it.');
SELECT dnc.builtin_rule('us-md-hours', 'US-MD', 'calling_hours',
    'Md. Code, Com. Law § 14-4502(c)(1); as quoted by secondary sources', 'S', windows => 'daily 00:00-20:00');
SELECT dnc.builtin_rule('us-md-attempts', 'US-MD', 'attempt_cap',
    'Md. Code, Com. Law § 14-4502(c)(2); as quoted by secondary sources', 'S', '24 hours', 'attempt', attempts => 3,
    quoted_on => '2026-11-28', note => 'On one subject; here all count.');
SELECT dnc.builtin_rule('us-ma-hours', 'US-MA', 'calling_hours',
    'M.G.L. c. 159C § 3; 201 CMR 12.02(2); as quoted by secondary sources', 'S', windows => 'daily 08:00-20:00',
    quoted_on => '2026-11-28');
SELECT dnc.builtin_rule('us-me-automated', 'US-ME', 'calling_hours',
    '10 M.R.S. § 1498(3); as quoted by secondary sources', 'S', windows => 'mon-fri 09:00-17:00',
    call_types => '{automated}');
SELECT dnc.builtin_rule('us-me-attempts', 'US-ME', 'attempt_cap', '10 M.R.S. § 1498(3); as quoted by secondary sources',
    'S', '8 hours', 'attempt', attempts => 1, call_types => '{automated}', quoted_on => '2026-11-28');
SELECT dnc.builtin_rule('us-mi-hours', 'US-MI', 'calling_hours', 'MCL 750.540e(1)(f); as quoted by secondary sources',
    'S', windows => 'daily 09:00-21:00', quoted_on => '2026-11-28');
SELECT dnc.builtin_rule('us-mn-hours', 'US-MN', 'calling_hours',
    'Minn. Stat. § 325E.30; as quoted by secondary sources', 'S', windows => 'daily 09:00-21:00',
    quoted_on => '2026-11-28');
SELECT dnc.builtin_rule('us-ms-hours', 'US-MS', 'calling_hours',
    'Miss. Code § 77-3-723(1); as quoted by secondary sources', 'S', windows => 'mon-sat 08:00-20:00',
    quoted_on => '2026-11-28', note => 'The text says Central Standard Time; the clock there counts.');
SELECT dnc.builtin_rule('us-nv-hours', 'US-NV', 'calling_hours', 'NRS 598.0918(3); secondary source', 'S',
    windows => 'daily 09:00-20:00', quoted_on => '2026-11-28');
SELECT dnc.builtin_rule('us-nj-mobile', 'US-NJ', 'regime', 'N.J.S.A. 56:8-130; secondary source', 'S',
    regime => 'opt_in', call_types => '{sales,automated,claims_management,pensions}', line_types => '{mobile}',
    quoted_on => '2026-11-28',
    note => 'No unsolicited sales call to a mobile telephone. North American numbers do not show whether they are.');
SELECT dnc.builtin_rule('us-nm-hours', 'US-NM', 'calling_hours',
    'NMSA § 57-12-22(B)(5); as quoted by secondary sources', 'S', windows => 'daily 09:00-21:00',
    quoted_on => '2026-11-28');
SELECT dnc.builtin_rule('us-ok-hours', 'US-OK', 'calling_hours', '15 O.S. § 775C.4; as quoted by secondary sources',
    'S', windows => 'daily 00:00-20:00');
SELECT dnc.builtin_rule('us-ok-attempts', 'US-OK', 'attempt_cap', '15 O.S. § 775C.4; as quoted by secondary sources',
    'S', '24 hours', 'attempt', attempts => 3, quoted_on => '2026-11-28', note => 'On one subject; here all count.');
SELECT dnc.builtin_rule('us-or-hours', 'US-OR', 'calling_hours',
    'ORS 646.563(1)(b), HB 3865 of 2025; as quoted by secondary sources', 'S', windows => 'daily 08:00-20:00',
    valid_from => '2026-01-01', quoted_on => '2026-11-28', note => 'Texts too.');
SELECT dnc.builtin_rule('us-or-attempts', 'US-OR', 'attempt_cap',
    'ORS 646.563(1)(b), HB 3865 of 2025; as quoted by secondary sources', 'S', '24 hours', 'attempt', attempts => 3,
    valid_from => '2026-01-01', quoted_on => '2026-11-28', note => 'Texts too.');
SELECT dnc.builtin_rule('us-pa-holidays', 'US-PA', 'closed_day',
    '73 P.S. § 2245(a)(10), Act 73 of 2019; secondary sources', 'S', windows => 'hol', calendar => 'us-pa',
    valid_from => '2019-12-03', quoted_on => '2026-11-28');
SELECT dnc.builtin_rule('us-pa-hours', 'US-PA', 'calling_hours',
    '73 P.S. § 2245(a)(1) as amended by Act 47 of 2026 (SB 992, approved 2026-07-20, in force 90 days later); as '
    'quoted by secondary sources', 'S', windows => 'mon-sat 09:00-19:00', valid_from => '2026-10-18',
        announced_on => '2026-07-20', quoted_on => '2026-11-28', note => 'Texts too.');
SELECT dnc.builtin_rule('us-pa-list', 'US-PA', 'regime', '73 P.S. § 2245.2(a); secondary sources', 'S',
    regime => 'registry', channels => '{voice}', quoted_on => '2026-11-28',
    note => 'The state''s own list, of each quarter.');
SELECT dnc.builtin_rule('us-pa-relationship', 'US-PA', 'relationship_exemption', '73 P.S. § 2242; secondary source',
    'S', '12 months', 'last_relation', quoted_on => '2026-11-28', note => 'From the state''s own list only.');
SELECT dnc.builtin_rule('us-ri-hours', 'US-RI', 'calling_hours', 'R.I. Gen. Laws §§ 5-61-2(2), 5-61-3.6', 'V',
    windows => 'mon-fri 09:00-18:00; sat 10:00-17:00', calendar => 'us-ri', quoted_on => '2026-11-28');
SELECT dnc.builtin_rule('us-sd-hours', 'US-SD', 'calling_hours', 'SDCL 37-30A-3(2); as quoted by secondary sources',
    'S', windows => 'mon-sat 09:00-21:00', quoted_on => '2026-11-28');
SELECT dnc.builtin_rule('us-tx-hours', 'US-TX', 'calling_hours',
    'Tex. Bus. & Com. Code § 301.051(b)(2); as quoted by secondary sources', 'S',
    windows => 'mon-sat 09:00-21:00; sun 12:00-21:00', quoted_on => '2026-11-28',
    note => 'Texts too since 2025-09-01 (SB 140).');
SELECT dnc.builtin_rule('us-tx-list', 'US-TX', 'regime', 'Tex. Bus. & Com. Code ch. 304; secondary source', 'S',
    regime => 'registry', channels => '{voice}', quoted_on => '2026-11-28', note => 'The state''s own list.');
SELECT dnc.builtin_rule('us-tx-relationship', 'US-TX', 'relationship_exemption', 'Tex. Bus. & Com. Code § 304.004', 'V',
    '1 year', 'last_relation', quoted_on => '2026-11-28',
    note => 'From the state''s own list only; a year from the end of the relationship.');
SELECT dnc.builtin_rule('us-ut-hours', 'US-UT', 'calling_hours',
    'Utah Code § 13-25a-103(3); as quoted by secondary sources', 'S', windows => 'mon-sat 08:00-21:00',
    calendar => 'us-ut', quoted_on => '2026-11-28');
SELECT dnc.builtin_rule('us-wa-hours', 'US-WA', 'calling_hours',
    'RCW 80.36.390, 19.158.110(4); as quoted by secondary sources', 'S', windows => 'daily 00:00-20:00');
SELECT dnc.builtin_rule('us-wy-hours', 'US-WY', 'calling_hours',
    'Wyo. Stat. § 40-12-302(d); as quoted by secondary sources', 'S', windows => 'daily 00:00-20:00');
