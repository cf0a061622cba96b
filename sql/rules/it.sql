-- Italy.
SELECT dnc.builtin_rule('it-regime', 'IT', 'regime', 'Registro delle opposizioni; secondary source', 'S', regime => 'registry', channels => '{voice}');
SELECT dnc.builtin_rule('it-registry-age', 'IT', 'registry_max_age', 'Registro delle opposizioni; secondary source', 'S', '15 days');
SELECT dnc.builtin_rule('it-registry-grace', 'IT', 'registry_grace', 'Registro delle opposizioni; secondary source', 'S', '15 days', 'listing');
