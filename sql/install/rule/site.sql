-- ---------------------------------------------------------------------------
-- From here on every change of the rules is logged, and sessions reload
-- ---------------------------------------------------------------------------

SELECT dnc.audit_history('rule', 'rule');
SELECT dnc.audit_history('rule_decision', 'decision_id');
CREATE TRIGGER "00_accept" BEFORE INSERT ON dnc.rule FOR EACH ROW EXECUTE FUNCTION dnc.rule_accept();
CREATE TRIGGER "01_keep_builtin" BEFORE INSERT ON dnc.rule FOR EACH ROW EXECUTE FUNCTION dnc.keep_builtin();
CREATE TRIGGER "90_epoch" AFTER INSERT ON dnc.rule FOR EACH ROW EXECUTE FUNCTION dnc.new_rule_epoch();
CREATE TRIGGER "90_epoch" AFTER INSERT ON dnc.rule_decision FOR EACH ROW EXECUTE FUNCTION dnc.new_rule_epoch();
ALTER TABLE dnc.rule ENABLE ALWAYS TRIGGER "00_accept", ENABLE ALWAYS TRIGGER "01_keep_builtin",
    ENABLE ALWAYS TRIGGER "90_epoch";
ALTER TABLE dnc.rule_decision ENABLE ALWAYS TRIGGER "90_epoch";

-- ---------------------------------------------------------------------------
-- Rules as text, and conflicts between them
-- ---------------------------------------------------------------------------

CREATE FUNCTION dnc.rule_is_on(rule dnc.rule) RETURNS boolean LANGUAGE sql STABLE
    RETURN CASE WHEN (rule).exempts THEN (rule).confidence = 'V'
        AND coalesce((SELECT d.decision <> 'disable' FROM dnc.rule_decision AS d WHERE d.rule = (rule_is_on.rule).rule
                ORDER BY d.decision_id DESC LIMIT 1), false)
                ELSE coalesce((SELECT d.decision <> 'disable' FROM dnc.rule_decision AS d
                        WHERE d.rule = (rule_is_on.rule).rule ORDER BY d.decision_id DESC LIMIT 1), (rule).enabled) END;
CREATE FUNCTION dnc.rule_value(rule dnc.rule) RETURNS text LANGUAGE sql IMMUTABLE SET IntervalStyle = 'postgres'
    RETURN concat_ws(', ', (rule).attempts || ' attempts',
        CASE WHEN (rule).amount = '0' THEN 'at once' WHEN (rule).business THEN extract(day FROM (rule).amount)
            || ' business days' ELSE (rule).amount::text END,
        'from ' || replace((rule).anchor, '_', ' '), (rule).windows,
            (rule).calendar || CASE WHEN (rule).windows IS NOT NULL THEN ' holidays closed' ELSE ' holidays' END,
            replace((rule).regime, '_', '-'));
CREATE FUNCTION dnc.rule_scope(rule dnc.rule) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN coalesce(nullif(concat_ws('; ', array_to_string((rule).channels, ', '),
                array_to_string((rule).call_types, ', '), (rule).party, array_to_string((rule).line_types, ', ')), ''),
        'all');
COMMENT ON FUNCTION dnc.rule_is_on(dnc.rule) IS 'whether a rule is on now';
COMMENT ON FUNCTION dnc.rule_value(dnc.rule) IS 'the value of a rule as text';
COMMENT ON FUNCTION dnc.rule_scope(dnc.rule) IS 'the scope of a rule as text';

-- Rules of equal precedence and scope with different values.
CREATE VIEW dnc.rule_conflict AS
    SELECT a.rule, b.rule AS other_rule, a.jurisdiction, a.kind, greatest(a.valid_from, b.valid_from) AS valid_from,
        least(a.valid_to, b.valid_to) AS valid_to
    FROM dnc.rule AS a JOIN dnc.rule AS b ON b.jurisdiction = a.jurisdiction AND b.kind = a.kind AND b.rule > a.rule
        AND b.precedence = a.precedence
     AND (b.channels, b.call_types, b.party, b.line_types, b.anchor) IS NOT DISTINCT FROM (a.channels, a.call_types,
         a.party, a.line_types, a.anchor)
     AND (b.amount, b.business, b.windows, b.calendar, b.regime, b.attempts) IS DISTINCT FROM (a.amount, a.business,
         a.windows, a.calendar, a.regime, a.attempts)
     AND coalesce(a.valid_from, '-infinity') <= coalesce(b.valid_to, 'infinity')
     AND coalesce(b.valid_from, '-infinity') <= coalesce(a.valid_to, 'infinity')
    -- Caps of different periods apply together.
    WHERE a.kind NOT IN ('duty', 'safe_harbor') AND (a.kind <> 'attempt_cap' OR b.amount = a.amount)
      AND a.replaces IS DISTINCT FROM b.rule AND b.replaces IS DISTINCT FROM a.rule
      AND dnc.rule_is_on(a) AND dnc.rule_is_on(b);
COMMENT ON VIEW dnc.rule_conflict
    IS 'enabled rules of equal precedence and scope with different values: the stricter applies; a rule that replaces '
       'the other settles it';

CREATE FUNCTION @extschema@.dnc_rule_page(jurisdiction text, on_date date DEFAULT CURRENT_DATE) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH RECURSIVE around (jurisdiction, depth) AS (
        SELECT j.jurisdiction, 0 FROM dnc.jurisdiction AS j WHERE j.jurisdiction = dnc_rule_page.jurisdiction
        UNION
        SELECT w.jurisdiction, a.depth + 1 FROM around AS a
        JOIN dnc.jurisdiction AS j ON j.jurisdiction = a.jurisdiction
        CROSS JOIN LATERAL unnest(j.within) AS w (jurisdiction) WHERE a.depth < 8)
    SELECT format(E'# Rules for %s on %s\n\n| rule | where | what | value | for whom | holds | grade | '
            'source | state |\n'
            '| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n%s\n'
            'Grades: V read in a primary text; S in a secondary source; M from memory; ? sources differ, '
            'the stricter value applies. It informs; it is no legal advice.\n',
        concat_ws(', ', dnc_rule_page.jurisdiction,
            nullif((SELECT j.name FROM dnc.jurisdiction AS j WHERE j.jurisdiction = dnc_rule_page.jurisdiction), '')),
            to_char(on_date, 'YYYY-MM-DD'),
        coalesce((SELECT string_agg(format(E'| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n', r.rule, r.jurisdiction,
                        replace(r.kind, '_', ' '), dnc.rule_value(r), dnc.rule_scope(r),
                concat_ws(' ', 'from ' || to_char(r.valid_from, 'YYYY-MM-DD'),
                    'to ' || to_char(r.valid_to, 'YYYY-MM-DD')), r.confidence,
                    replace(concat_ws('. ', r.citation, r.note), '|', '/'),
                CASE WHEN d.decision IS NULL
                    THEN CASE WHEN r.exempts THEN 'off: not accepted' WHEN r.enabled THEN 'on' ELSE 'off' END
                     ELSE replace(format('%s by %s on %s%s',
                             CASE d.decision WHEN 'disable' THEN 'off: disabled' WHEN 'accept' THEN 'on: accepted'
                                 ELSE 'on: enabled' END, d.decided_by,
                             to_char(d.decided_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), ', ' || d.why), '|', '/') END), ''
                ORDER BY a.depth, r.jurisdiction, r.kind, r.rule)
            FROM (SELECT x.jurisdiction, min(x.depth) AS depth FROM around AS x GROUP BY x.jurisdiction) AS a
            JOIN dnc.rule AS r ON r.jurisdiction = a.jurisdiction
            LEFT JOIN LATERAL (SELECT d.* FROM dnc.rule_decision AS d WHERE d.rule = r.rule ORDER BY d.decision_id DESC
                LIMIT 1) AS d ON true
            WHERE (r.valid_from IS NULL OR r.valid_from <= on_date) AND (r.valid_to IS NULL OR r.valid_to >= on_date)),
                E'| none | | | | | | | | without one nobody may be contacted there |\n'));
END;
COMMENT ON FUNCTION @extschema@.dnc_rule_page(text, date)
    IS 'Returns the rules of a jurisdiction on a day, in Markdown: value, source, grade, and who accepted or disabled '
       'them.
Example: SELECT dnc_rule_page(jurisdiction => ''US-FL'', on_date => ''2026-07-01'');';
