-- Germany.
SELECT dnc.builtin_rule('de-regime', 'DE', 'regime', 'UWG § 7(2)', 'V', regime => 'opt_in',
    note => 'Prior express consent.');
SELECT dnc.builtin_rule('de-proof', 'DE', 'consent_proof', 'UWG § 7a', 'V', '5 years', 'last_use',
    note => 'From the grant, and again after each use.');
