-- Spain.
SELECT dnc.builtin_rule('es-regime', 'ES', 'regime', 'Ley General de Telecomunicaciones, art. 66.1.b', 'V',
    regime => 'opt_in', note => 'Prior consent or another legal basis.');
SELECT dnc.builtin_rule('es-relationship', 'ES', 'relationship_exemption',
    'Ley General de Telecomunicaciones, art. 66.1.b', 'V', '1 year', 'last_relation',
    note => 'Legitimate interest lapses a year after the last relation.');
SELECT dnc.builtin_rule('es-consent-age', 'ES', 'consent_max_age',
    'Ley 10/2025 (in force since 2025-12-28, with 12 months to adapt); secondary source', 'S', '2 years', 'grant',
    note => 'Consent is renewed every two years.');
SELECT dnc.builtin_rule('es-robinson', 'ES', 'registry_grace', 'Lista Robinson', '?', '30 days', 'listing',
    note => 'Effective after two months or 30 days: sources differ.');
SELECT dnc.builtin_rule('es-hours', 'ES', 'calling_hours',
    'Texto refundido de la Ley General para la Defensa de los Consumidores y Usuarios (RDL 1/2007), art. 96.2; as '
    'quoted by secondary sources', 'S', windows => 'mon-fri 09:00-21:00', calendar => 'es', quoted_on => '2026-11-28',
        note => 'Whatever consent there is. Holidays of regions count everywhere, since numbers do not show the '
                'region.');
SELECT dnc.builtin_rule('es-automated', 'ES', 'regime',
    'Texto refundido de la Ley General para la Defensa de los Consumidores y Usuarios (RDL 1/2007), art. 96.3; as '
    'quoted by secondary sources', 'S', regime => 'opt_in', channels => '{voice}', call_types => '{automated}',
        quoted_on => '2026-11-28', note => 'Automated calls: express consent; no other legal basis stands in for it.');
