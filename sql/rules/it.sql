-- Italy.
SELECT dnc.builtin_rule('it-regime', 'IT', 'regime', 'Registro delle opposizioni; secondary source', 'S',
    regime => 'registry', channels => '{voice}');
SELECT dnc.builtin_rule('it-registry-age', 'IT', 'registry_max_age', 'Registro delle opposizioni; secondary source',
    'S', '15 days');
SELECT dnc.builtin_rule('it-registry-grace', 'IT', 'registry_grace', 'Registro delle opposizioni; secondary source',
    'S', '15 days', 'listing');
SELECT dnc.builtin_rule('it-automated', 'IT', 'regime', 'Directive 2002/58/EC, art. 13(1); from memory', 'M',
    regime => 'opt_in', channels => '{voice}', call_types => '{automated}', quoted_on => '2026-11-28',
    note => 'Automated calls: prior consent, registered or not.');
