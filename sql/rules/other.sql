-- Places of which less is known, and what holds everywhere.
SELECT dnc.builtin_rule('in-cool-off', 'IN', 'cool_off', 'TCCCPR 2018; from memory', 'M', '90 days', 'refusal');
SELECT dnc.builtin_rule('in-regime', 'IN', 'regime', 'TCCCPR 2018', 'V', regime => 'registry', channels => '{voice}', note => 'A preference is made of 8 categories, modes, time bands and day types; its hours are not told here, since sources differ.');
SELECT dnc.builtin_rule('sg-regime', 'SG', 'regime', 'Personal Data Protection Act 2012; secondary source', 'S', regime => 'registry', channels => '{voice,sms,fax}', note => 'Three registers: voice, text, fax.');
SELECT dnc.builtin_rule('sg-registry-age', 'SG', 'registry_max_age', 'Personal Data Protection Act 2012; secondary source', 'S', '21 days');
SELECT dnc.builtin_rule('cn-regime', 'CN', 'regime', 'Draft of 2020; from memory', 'M', regime => 'opt_in', note => 'No express consent counts as a refusal.');
SELECT dnc.builtin_rule('cn-honour', 'CN', 'honour_within', 'Draft of 2020; from memory', 'M', '0', 'receipt', note => 'To stop after a refusal.');
SELECT dnc.builtin_rule('whatsapp-regime', '*', 'regime', 'WhatsApp Business Messaging Policy', 'V', regime => 'opt_in', channels => '{whatsapp}', note => 'Opt-in before messages and calls; a person may refuse marketing only.');
SELECT dnc.builtin_rule('br-honour', 'BR', 'honour_within', 'Per company; secondary source', 'S', '30 days', 'receipt', enabled => false, note => 'Time that a secondary source leaves; off, so that a request is due at once.');
