-- Australia.
SELECT dnc.builtin_rule('au-honour', 'AU', 'honour_within', 'Do Not Call Register Act 2006', 'V', '30 days', 'receipt');
SELECT dnc.builtin_rule('au-regime', 'AU', 'regime', 'Do Not Call Register Act 2006', 'V', regime => 'registry',
    channels => '{voice}');
SELECT dnc.builtin_rule('au-registry-age', 'AU', 'registry_max_age', 'Do Not Call Register Act 2006', 'V', '30 days',
    note => 'How long a wash is valid.');
SELECT dnc.builtin_rule('au-hours', 'AU', 'calling_hours', 'Telemarketing and Research Calls Industry Standard', 'V',
    windows => 'mon-fri 09:00-20:00; sat 09:00-17:00', calendar => 'au-national');
