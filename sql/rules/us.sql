-- United States, federal rules. Those of states: us-states.sql.
SELECT dnc.builtin_rule('us-honour-2003', 'US', 'honour_within', '47 CFR 64.1200(d)(3) as it stood until 2025-04-10',
    'V', '30 days', 'receipt', valid_to => '2025-04-10');
SELECT dnc.builtin_rule('us-honour-2025', 'US', 'honour_within', '47 CFR 64.1200(d)(3); 89 FR 15756', 'V', '10 days',
    'receipt', business => true, calendar => 'us-federal', valid_from => '2025-04-11',
    note => 'The day on which it began was read in a secondary source.');
SELECT dnc.builtin_rule('us-retention', 'US', 'retention', '47 CFR 64.1200(d)(6)', 'V', '5 years', 'request');
SELECT dnc.builtin_rule('us-records-1995', 'US', 'records', '16 CFR 310.5 as it stood until 2024-05-15', 'V', '2 years',
    'attempt', valid_to => '2024-05-15');
SELECT dnc.builtin_rule('us-records-2024', 'US', 'records', '16 CFR 310.5; 89 FR 26760', 'V', '5 years', 'attempt',
    valid_from => '2024-05-16', note => 'Call-detail records since 2024-10-15.');
SELECT dnc.builtin_rule('us-regime', 'US', 'regime', '47 CFR 64.1200(c)(2)', 'V', regime => 'registry',
    channels => '{voice}', note => 'Telephone solicitations. Other channels have no rule here.');
SELECT dnc.builtin_rule('us-automated', 'US', 'regime', '47 CFR 64.1200(a)(2), (3); FCC 24-17; secondary source', 'S',
    regime => 'opt_in', channels => '{voice}', call_types => '{automated}', quoted_on => '2026-11-28',
    note => 'Artificial or prerecorded voices, those of machines that speak included, and autodialled marketing: '
            'prior express written consent, registered or not. No relationship stands in for it since 2013-10-16.');
SELECT dnc.builtin_rule('us-registry-age', 'US', 'registry_max_age', '47 CFR 64.1200(c)(2)(i); 16 CFR 310.4(b)(3)', 'V',
    '31 days');
SELECT dnc.builtin_rule('us-relationship-purchase', 'US', 'relationship_exemption', '47 CFR 64.1200(f)(5)', 'V',
    '18 months', 'purchase',
    note => 'From a purchase, payment or delivery. From the national registry, and from no state''s list.');
SELECT dnc.builtin_rule('us-relationship-inquiry', 'US', 'relationship_exemption', '47 CFR 64.1200(f)(5)', 'V',
    '3 months', 'inquiry', note => 'From the national registry, and from no state''s list.');
SELECT dnc.builtin_rule('us-hours', 'US', 'calling_hours', '47 CFR 64.1200(c)(1)', 'V', windows => 'daily 08:00-21:00');
SELECT dnc.builtin_rule('us-collections-attempts', 'US', 'attempt_cap', '12 CFR 1006.14(b)(2)(i)(A); from memory', 'M',
    '7 days', 'attempt', attempts => 7, channels => '{voice}', call_types => '{collections}',
    valid_from => '2021-11-30', quoted_on => '2026-11-28',
    note => 'Calls about one debt; here all calls count. The pause of 7 days after a conversation is not applied.');
SELECT dnc.builtin_rule('us-revoke-all', 'US', 'revocation_scope', '47 CFR 64.1200(a)(10); FCC DA 26-12', 'S',
    valid_from => '2027-01-31', note => 'A revocation covers unrelated matters too; delayed from 2025-04-11.');
SELECT dnc.builtin_rule('us-confirmation', 'US', 'confirmation',
    '47 CFR 64.1200(a)(12); 89 FR 15756; as quoted by secondary sources', 'S', '5 minutes', 'receipt',
    channels => '{sms}', valid_from => '2024-04-04',
    note => 'One text message that confirms a revocation, without marketing, and the only one after it. Later ones '
        'need '
            'a reason for the delay. It says nothing of hours, so the calling hours hold.');
SELECT dnc.builtin_rule('us-ported', 'US', 'safe_harbor', '47 CFR 64.1200(a)(1)(iv)', 'V', '15 days', 'porting',
    note => 'Numbers ported to wireless.');
SELECT dnc.builtin_rule('us-reassigned', 'US', 'safe_harbor', '47 CFR 64.1200(m)', 'V',
    note => 'A wrong no of the Reassigned Numbers Database.');
SELECT dnc.builtin_rule('us-policy', 'US', 'duty', '47 CFR 64.1200(d)(1)', 'S',
    note => 'A written policy, available on demand.');
SELECT dnc.builtin_rule('us-training', 'US', 'duty', '47 CFR 64.1200(d)(2)', 'S',
    note => 'Training of those who telephone.');
