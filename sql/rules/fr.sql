-- France.
SELECT dnc.builtin_rule('fr-regime-registry', 'FR', 'regime',
    'Code de la consommation, L223-1 as it stood (number of the article from memory); secondary source', 'S',
    regime => 'registry', channels => '{voice}', valid_to => '2026-08-10');
SELECT dnc.builtin_rule('fr-regime-consent', 'FR', 'regime',
    'Code de la consommation, L223-1 since 2026-08-11 (number of the article from memory); secondary source', 'S',
    regime => 'opt_in', valid_from => '2026-08-11');
SELECT dnc.builtin_rule('fr-hours', 'FR', 'calling_hours',
    'Code de la consommation, D223-9 (number of the article from memory)', 'V',
    windows => 'mon-fri 10:00-13:00 14:00-20:00', calendar => 'fr',
    note => 'Whether unchanged since 2026-08-11 is not known.');
SELECT dnc.builtin_rule('fr-attempts', 'FR', 'attempt_cap',
    'Code de la consommation, D223-9 (number of the article from memory)', 'V', '30 days', 'attempt', attempts => 4,
    note => 'Whether unchanged since 2026-08-11 is not known.');
SELECT dnc.builtin_rule('fr-pause', 'FR', 'cool_off',
    'Code de la consommation, D223-9 (number of the article from memory)', 'V', '60 days', 'refusal',
    note => 'Whether unchanged since 2026-08-11 is not known.');
