-- ---------------------------------------------------------------------------
-- Foreign keys that order a dump but do not block its restore
-- ---------------------------------------------------------------------------
-- The tables of an extension have their foreign keys from the start, but a parallel restore loads tables in any order,
-- because the archive does not record which data depend on which. So the keys are declared, which orders pg_dump, but
-- not enforced on insert: the inserting functions look names up and lock them, and dnc_health finds dangling
-- references. Deletes are enforced: a referenced row cannot be deleted.

DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT g.tgrelid::regclass AS relation, g.tgname FROM pg_trigger AS g
        JOIN pg_constraint AS c ON c.oid = g.tgconstraint
             WHERE c.contype = 'f' AND c.connamespace = 'dnc'::regnamespace
               AND g.tgrelid = c.conrelid
               AND g.tgfoid IN ('"RI_FKey_check_ins"'::regproc, '"RI_FKey_check_upd"'::regproc) LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', t.relation, t.tgname);
    END LOOP;
END
$$;
