-- Places of which less is known, and what holds everywhere.
SELECT dnc.builtin_rule('in-cool-off', 'IN', 'cool_off',
    'TCCCPR 2018, second amendment of 2025-02-12; as quoted by a secondary source', 'S', '90 days', 'refusal',
    note => 'Consent is asked for again 90 days after it was withdrawn at the earliest.');
SELECT dnc.builtin_rule('in-regime', 'IN', 'regime', 'TCCCPR 2018', 'V', regime => 'registry', channels => '{voice}',
    note => 'A preference is made of 8 categories, modes, time bands and day types; see in-hours.');
SELECT dnc.builtin_rule('in-hours', 'IN', 'calling_hours',
    'TCCCPR 2018, Schedule III, Note 1; as quoted by a secondary source', 'S', windows => 'daily 10:00-21:00',
    quoted_on => '2026-11-28', note => 'The time bands outside are off for everybody who has not chosen otherwise.');
SELECT dnc.builtin_rule('sg-regime', 'SG', 'regime', 'Personal Data Protection Act 2012; secondary source', 'S',
    regime => 'registry', channels => '{voice,sms,fax}', note => 'Three registers: voice, text, fax.');
SELECT dnc.builtin_rule('sg-registry-age', 'SG', 'registry_max_age',
    'Personal Data Protection Act 2012; secondary source', 'S', '21 days');
SELECT dnc.builtin_rule('cn-regime', 'CN', 'regime',
    'Implementing Regulations of the Consumer Protection Law (State Council Decree 778, in force since 2024-07-01), '
    'art. 24; as quoted by a secondary source', 'S', regime => 'opt_in', quoted_on => '2026-11-28',
        note => 'No commercial message or call without consent, and it can be withdrawn as easily. Held before that '
                'day too.');
SELECT dnc.builtin_rule('cn-honour', 'CN', 'honour_within', 'MIIT Order 31 of 2015; secondary source', 'S', '0',
    'receipt', quoted_on => '2026-11-28',
    note => 'To stop after a refusal. The order is about messages; kept for calls too.');
SELECT dnc.builtin_rule('whatsapp-regime', '*', 'regime', 'WhatsApp Business Messaging Policy', 'V', regime => 'opt_in',
    channels => '{whatsapp}', note => 'Opt-in before messages and calls; a person may refuse marketing only.');
SELECT dnc.builtin_rule('br-honour', 'BR', 'honour_within', 'Per company; secondary source', 'S', '30 days', 'receipt',
    enabled => false, note => 'Time that a secondary source leaves; off, so that a request is due at once.');
-- Hours of places that have no regime here: calls stay without a rule, and messages by the regime for everywhere keep
-- to these hours.
SELECT dnc.builtin_rule('ae-hours', 'AE', 'calling_hours', 'Cabinet Resolution 56 of 2024; secondary sources', 'S',
    windows => 'daily 09:00-18:00', valid_from => '2024-08-27', quoted_on => '2026-11-28',
    note => 'Messages and social media included.');
SELECT dnc.builtin_rule('ae-attempts-day', 'AE', 'attempt_cap', 'Cabinet Resolution 56 of 2024; secondary sources', 'S',
    '24 hours', 'attempt', attempts => 1, valid_from => '2024-08-27', quoted_on => '2026-11-28',
    note => 'If nobody answered; here all count.');
SELECT dnc.builtin_rule('ae-attempts-week', 'AE', 'attempt_cap', 'Cabinet Resolution 56 of 2024; secondary sources',
    'S', '7 days', 'attempt', attempts => 2, valid_from => '2024-08-27', quoted_on => '2026-11-28',
    note => 'If nobody answered; here all count.');
SELECT dnc.builtin_rule('kr-hours', 'KR', 'calling_hours', 'Network Act, art. 50; secondary sources', 'S',
    windows => 'daily 08:00-21:00', quoted_on => '2026-11-28', note => 'At night only with a consent of its own.');
SELECT dnc.builtin_rule('za-hours', 'ZA', 'calling_hours', 'Consumer Protection Act 68 of 2008, notice R293', 'V',
    windows => 'mon-fri 08:00-20:00; sat 09:00-13:00', calendar => 'za', quoted_on => '2026-11-28',
    note => 'Unless the consumer agreed otherwise.');
