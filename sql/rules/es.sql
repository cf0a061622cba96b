-- Spain.
SELECT dnc.builtin_rule('es-regime', 'ES', 'regime', 'Ley General de Telecomunicaciones, art. 66.1.b', 'V', regime => 'opt_in', note => 'Prior consent or another legal basis.');
SELECT dnc.builtin_rule('es-relationship', 'ES', 'relationship_exemption', 'Ley General de Telecomunicaciones, art. 66.1.b', 'V', '1 year', 'last_relation', note => 'Legitimate interest lapses a year after the last relation.');
SELECT dnc.builtin_rule('es-consent-age', 'ES', 'consent_max_age', 'Renewal every two years; secondary source', 'S', '2 years', 'grant');
SELECT dnc.builtin_rule('es-robinson', 'ES', 'registry_grace', 'Lista Robinson', '?', '30 days', 'listing', note => 'Effective after two months or 30 days: sources differ.');
