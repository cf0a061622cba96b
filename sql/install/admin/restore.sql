-- ---------------------------------------------------------------------------
-- Foreign keys that order a dump, and do not stand in the way of its restore
-- ---------------------------------------------------------------------------
-- The tables of an extension have their foreign keys from the start, and a parallel restore loads tables in any order:
-- the archive does not say which data need which. So the keys are declared, and pg_dump orders by them, but the
-- inserting side is not enforced by them: the functions that insert look names up and lock them, and dnc_health finds
-- what refers to nothing. The other side is enforced: nothing that is referred to can be deleted. Rows of
-- dnc.import_row, which anybody with the right to import inserts, are not dumped and are checked.

DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT g.tgrelid::regclass AS relation, g.tgname FROM pg_trigger AS g
        JOIN pg_constraint AS c ON c.oid = g.tgconstraint
             WHERE c.contype = 'f' AND c.connamespace = 'dnc'::regnamespace AND c.conrelid <> 'dnc.import_row'::regclass
               AND g.tgrelid = c.conrelid
               AND g.tgfoid IN ('"RI_FKey_check_ins"'::regproc, '"RI_FKey_check_upd"'::regproc) LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', t.relation, t.tgname);
    END LOOP;
END
$$;
