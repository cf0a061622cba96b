-- European Union.
SELECT dnc.builtin_rule('eu-honour', 'EU', 'honour_within', 'GDPR, art. 21(2)-(4)', 'V', '0', 'receipt',
    note => 'On objection to direct marketing processing for it stops.');
-- It gives a right to object and no permission: whom one may call is the law of the member state, and without a row for
-- that nobody.
SELECT dnc.builtin_rule('eu-answer', 'EU', 'answer_within', 'GDPR, art. 12(3)', 'M', '1 month', 'receipt',
    note => 'Two months more where it is complex.');
SELECT dnc.builtin_rule('eu-rights', 'EU', 'duty', 'GDPR, art. 15-19', 'M',
    note => 'Access, rectification, erasure with its exceptions (17(3)), restriction, and telling recipients.');
SELECT dnc.builtin_rule('eu-suppression', 'EU', 'duty', 'GDPR, art. 17(3), 21(3)', 'M',
    note => 'The least that is needed to honour an objection is kept.');
