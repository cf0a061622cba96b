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
