-- Canada.
SELECT dnc.builtin_rule('ca-honour', 'CA', 'honour_within', 'CRTC Unsolicited Telecommunications Rules', 'V', '14 days',
    'receipt');
SELECT dnc.builtin_rule('ca-retention', 'CA', 'retention', 'CRTC Unsolicited Telecommunications Rules', 'V',
    '3 years 14 days', 'request');
SELECT dnc.builtin_rule('ca-regime', 'CA', 'regime', 'CRTC Unsolicited Telecommunications Rules', 'V',
    regime => 'registry', channels => '{voice}');
SELECT dnc.builtin_rule('ca-registry-age', 'CA', 'registry_max_age', 'CRTC Unsolicited Telecommunications Rules', 'V',
    '31 days');
SELECT dnc.builtin_rule('ca-hours', 'CA', 'calling_hours', 'CRTC Unsolicited Telecommunications Rules', 'V',
    windows => 'mon-fri 09:00-21:30; sat-sun 10:00-18:00');
SELECT dnc.builtin_rule('ca-relationship-purchase', 'CA', 'relationship_exemption',
    'CRTC Unsolicited Telecommunications Rules', 'S', '18 months', 'purchase');
SELECT dnc.builtin_rule('ca-relationship-contract', 'CA', 'relationship_exemption',
    'CRTC Unsolicited Telecommunications Rules', 'S', '18 months', 'contract');
SELECT dnc.builtin_rule('ca-relationship-inquiry', 'CA', 'relationship_exemption',
    'CRTC Unsolicited Telecommunications Rules', 'S', '6 months', 'inquiry');
SELECT dnc.builtin_rule('ca-automated', 'CA', 'regime',
    'CRTC Unsolicited Telecommunications Rules, Part IV; secondary source', 'S', regime => 'opt_in',
    channels => '{voice}', call_types => '{automated}', quoted_on => '2026-11-28',
    note => 'Automatic dialling-announcing devices: express consent for solicitation; a relationship is none.');
SELECT dnc.builtin_rule('ca-bc-holidays', 'CA-BC', 'closed_day',
    'Telemarketer Licensing Regulation; Consumer Protection BC, Everything you wanted to know about telemarketers', 'V',
    windows => 'hol', calendar => 'ca-bc', quoted_on => '2026-11-28', note => 'Statutory holidays.');
SELECT dnc.builtin_rule('ca-bc-attempts', 'CA-BC', 'attempt_cap',
    'Telemarketer Licensing Regulation; Consumer Protection BC, 5 rules about telemarketing calls', 'V', '30 days',
    'attempt', attempts => 1, quoted_on => '2026-11-28', note => 'About one offer; here all count.');
