-- United Kingdom.
SELECT dnc.builtin_rule('gb-honour', 'GB', 'honour_within', 'PECR 2003, reg. 21', 'V', '0', 'receipt',
    note => 'The text gives no time; taken as at once.');
SELECT dnc.builtin_rule('gb-regime', 'GB', 'regime', 'PECR 2003, reg. 21', 'V', regime => 'registry',
    channels => '{voice}');
SELECT dnc.builtin_rule('gb-automated', 'GB', 'regime', 'PECR 2003, reg. 19; from memory', 'M', regime => 'opt_in',
    channels => '{voice}', call_types => '{automated}', quoted_on => '2026-11-28',
    note => 'Automated calls: consent to such calls, registered or not.');
SELECT dnc.builtin_rule('gb-claims', 'GB', 'regime', 'PECR 2003, reg. 21A', 'V', regime => 'opt_in',
    call_types => '{claims_management}');
SELECT dnc.builtin_rule('gb-pensions', 'GB', 'regime', 'PECR 2003, reg. 21B', 'V', regime => 'opt_in',
    call_types => '{pensions}');
SELECT dnc.builtin_rule('gb-registry-grace', 'GB', 'registry_grace', 'PECR 2003, reg. 21', 'V', '28 days', 'listing',
    note => 'Entries of TPS and CTPS younger than that are excused.');
SELECT dnc.builtin_rule('gb-override', 'GB', 'duty', 'PECR 2003, reg. 21', 'V',
    note => 'Who has told this caller that calls are welcome may withdraw that at any time.');
