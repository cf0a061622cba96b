-- ---------------------------------------------------------------------------
-- From here on every change of the rules is logged, and told to sessions
-- ---------------------------------------------------------------------------

SELECT dnc.audit_history('rule', 'rule');
SELECT dnc.audit_history('rule_decision', 'decision_id');
CREATE TRIGGER "00_accept" BEFORE INSERT ON dnc.rule FOR EACH ROW EXECUTE FUNCTION dnc.rule_accept();
CREATE TRIGGER "01_keep_builtin" BEFORE INSERT ON dnc.rule FOR EACH ROW EXECUTE FUNCTION dnc.keep_builtin();
CREATE TRIGGER "90_epoch" AFTER INSERT ON dnc.rule FOR EACH ROW EXECUTE FUNCTION dnc.new_rule_epoch();
CREATE TRIGGER "90_epoch" AFTER INSERT ON dnc.rule_decision FOR EACH ROW EXECUTE FUNCTION dnc.new_rule_epoch();
ALTER TABLE dnc.rule ENABLE ALWAYS TRIGGER "00_accept", ENABLE ALWAYS TRIGGER "01_keep_builtin", ENABLE ALWAYS TRIGGER "90_epoch";
ALTER TABLE dnc.rule_decision ENABLE ALWAYS TRIGGER "90_epoch";
SELECT pg_catalog.pg_extension_config_dump('dnc.rule', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('dnc.rule_decision', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.rule_decision_decision_id_seq', '');

