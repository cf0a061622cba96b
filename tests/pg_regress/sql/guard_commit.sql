-- The numbers of a transaction's guarded rows are checked at once, when deferred constraints are: whatever becomes of
-- the subtransaction that wrote the first of them. An opt-out of the transaction itself shows whether a row is checked.
\set SHOW_CONTEXT never
\set VERBOSITY sqlstate
CREATE EXTENSION dnc;
CREATE TABLE queue (id int PRIMARY KEY, phone dnc_phone, note text);
SELECT dnc_attach('queue', 'phone');
CREATE FUNCTION refuse(n int) RETURNS boolean LANGUAGE sql AS $$SELECT dnc_add('+14155550' || n) > 0$$;
-- The triggers as a dump has them.
SELECT replace(regexp_replace(pg_get_triggerdef(oid), 'dnc_guard(_commit)?\(''.*', 'dnc_guard\1(…)'), 'public.', '')
    AS trigger, tgenabled FROM pg_trigger WHERE tgrelid = 'queue'::regclass ORDER BY tgname;
BEGIN;
INSERT INTO queue VALUES (1, '+14155550101'), (2, '+14155550102'), (3, '+14155550103');
SELECT refuse(103);
\set VERBOSITY default
COMMIT;
\set VERBOSITY sqlstate
-- The subtransaction of the first row is rolled back, and its event with it: the next row queues another.
BEGIN;
SAVEPOINT s;
INSERT INTO queue VALUES (1, '+14155550104');
ROLLBACK TO s;
INSERT INTO queue VALUES (2, '+14155550105');
SELECT refuse(105);
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK;
BEGIN;
SAVEPOINT s;
INSERT INTO queue VALUES (1, '+14155550104');
ROLLBACK TO s;
INSERT INTO queue VALUES (2, '+14155550105');
SELECT refuse(105);
COMMIT;
-- What is rolled back is not checked, what was there before is.
BEGIN;
INSERT INTO queue VALUES (1, '+14155550106');
SAVEPOINT s;
INSERT INTO queue VALUES (2, '+14155550107');
ROLLBACK TO s;
SELECT refuse(107);
COMMIT;
SELECT id, phone FROM queue;
BEGIN;
INSERT INTO queue VALUES (2, '+14155550108');
SAVEPOINT s;
INSERT INTO queue VALUES (3, '+14155550109');
ROLLBACK TO s;
SELECT refuse(108);
COMMIT;
-- A place on a page that a rolled-back row has left is another row's.
BEGIN;
SAVEPOINT s;
UPDATE queue SET note = 'x';
ROLLBACK TO s;
INSERT INTO queue VALUES (2, '+14155550110');
UPDATE queue SET note = 'y' WHERE id = 2;
SELECT refuse(110);
COMMIT;
-- Nested: the inner ones are released, and one of the outer ones is rolled back.
BEGIN;
SAVEPOINT a;
SAVEPOINT b;
INSERT INTO queue VALUES (2, '+14155550111'), (5, '+14155550139');
RELEASE b;
SAVEPOINT c;
INSERT INTO queue VALUES (3, '+14155550112');
RELEASE c;
RELEASE a;
SAVEPOINT d;
INSERT INTO queue VALUES (4, '+14155550113');
ROLLBACK TO d;
SELECT refuse(139);
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK;
BEGIN;
SAVEPOINT a;
SAVEPOINT b;
INSERT INTO queue VALUES (2, '+14155550112');
RELEASE b;
ROLLBACK TO a;
SAVEPOINT c;
INSERT INTO queue VALUES (2, '+14155550113');
RELEASE c;
SELECT refuse(112);
COMMIT;
SELECT id, phone FROM queue ORDER BY id;
-- Exception blocks.
DO $$
BEGIN
    FOR n IN 114 .. 119 LOOP
        BEGIN
            INSERT INTO queue VALUES (n, ('+14155550' || n)::dnc_phone);
            IF n % 2 = 0 THEN
                RAISE division_by_zero;
            END IF;
        EXCEPTION WHEN division_by_zero THEN
        END;
    END LOOP;
    PERFORM refuse(116);
END
$$;
SELECT id, phone FROM queue ORDER BY id;
DO $$
BEGIN
    FOR n IN 120 .. 123 LOOP
        BEGIN
            INSERT INTO queue VALUES (n, ('+14155550' || n)::dnc_phone);
            IF n % 2 = 0 THEN
                RAISE division_by_zero;
            END IF;
        EXCEPTION WHEN division_by_zero THEN
        END;
    END LOOP;
    PERFORM refuse(123);
END
$$;
-- Checked in a subtransaction that is rolled back: checked again. Checked in one that stays: not again.
BEGIN;
INSERT INTO queue VALUES (123, '+14155550121'), (124, '+14155550124');
SAVEPOINT s;
SET CONSTRAINTS ALL IMMEDIATE;
ROLLBACK TO s;
SELECT refuse(124);
COMMIT;
BEGIN;
INSERT INTO queue VALUES (125, '+14155550125');
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
INSERT INTO queue VALUES (126, '+14155550126');
SELECT refuse(126);
COMMIT;
-- An error in a check that a block catches leaves the rows unchecked.
BEGIN;
INSERT INTO queue VALUES (126, '+14155550125'), (127, '+14155550127');
SELECT refuse(127);
DO $$BEGIN SET CONSTRAINTS ALL IMMEDIATE; EXCEPTION WHEN integrity_constraint_violation THEN END$$;
COMMIT;
-- Constraints that are immediate are checked after each statement.
BEGIN;
SELECT refuse(137);
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO queue VALUES (128, '+14155550128'), (129, '+14155550129');
INSERT INTO queue VALUES (130, '+14155550107');
ROLLBACK;
-- A row that is deleted or gets another number is no reason for an error; one that is only touched is.
BEGIN;
INSERT INTO queue VALUES (131, '+14155550131'), (132, '+14155550132'), (133, '+14155550133');
DELETE FROM queue WHERE id = 131;
UPDATE queue SET phone = '+14155550134' WHERE id = 132;
UPDATE queue SET note = 'x' WHERE id = 133;
SELECT refuse(131), refuse(132);
COMMIT;
BEGIN;
UPDATE queue SET phone = '+14155550135' WHERE id = 132;
UPDATE queue SET note = 'x' WHERE id = 132;
SELECT refuse(135);
COMMIT;
-- A row from before, of which only another column is written, is none either.
BEGIN;
SELECT refuse(134);
UPDATE queue SET note = 'y' WHERE id = 132;
UPDATE queue SET note = 'z' WHERE id = 132;
COMMIT;
INSERT INTO queue VALUES (132, '+14155550136') ON CONFLICT (id) DO UPDATE SET note = 'conflict';
INSERT INTO queue VALUES (132, '+14155550107') ON CONFLICT DO NOTHING;
INSERT INTO queue VALUES (132, '+14155550136') ON CONFLICT (id) DO UPDATE SET phone = '+14155550107';
BEGIN;
INSERT INTO queue VALUES (132, '+14155550136') ON CONFLICT (id) DO UPDATE SET phone = excluded.phone;
SELECT refuse(136);
COMMIT;
SELECT * FROM queue ORDER BY id;
-- COPY, the table emptied before and after, a table that is dropped.
BEGIN;
COPY queue FROM STDIN;
201	+14155550201	\N
202	+14155550202	\N
\.
SELECT refuse(202);
COMMIT;
BEGIN;
TRUNCATE queue;
COPY queue FROM STDIN WITH (FREEZE);
201	+14155550201	\N
202	+14155550203	\N
\.
SELECT refuse(203);
COMMIT;
BEGIN;
INSERT INTO queue VALUES (203, '+14155550204');
TRUNCATE queue;
ROLLBACK;
BEGIN;
INSERT INTO queue VALUES (203, '+14155550204');
SET CONSTRAINTS ALL IMMEDIATE;
TRUNCATE queue;
SELECT refuse(204);
COMMIT;
CREATE TEMP TABLE fleeting (id int, phone text);
SELECT dnc_attach('fleeting', 'phone', region => 'US');
BEGIN;
INSERT INTO fleeting VALUES (1, '415 555 0205');
SELECT refuse(205);
COMMIT;
-- Partitions, also of a row that moves to another.
CREATE TABLE parted (id int, phone text, place int) PARTITION BY RANGE (place);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10);
CREATE TABLE parted_2 (place int, phone text, id int);
ALTER TABLE parted ATTACH PARTITION parted_2 FOR VALUES FROM (10) TO (20);
SELECT dnc_attach('parted', 'phone', region => 'US');
BEGIN;
INSERT INTO parted VALUES (1, '415 555 0301', 1), (2, '415 555 0302', 11), (3, '415 555 0303', 2);
SELECT refuse(302);
COMMIT;
INSERT INTO parted VALUES (1, '415 555 0301', 1), (2, '415 555 0303', 11);
BEGIN;
UPDATE parted SET place = 12 WHERE id = 1;
SELECT refuse(301);
COMMIT;
BEGIN;
UPDATE parted SET phone = '415 555 0304' WHERE id = 2;
UPDATE parted SET place = 3 WHERE id = 2;
SELECT refuse(304);
COMMIT;
SELECT tableoid::regclass, * FROM parted ORDER BY id;
-- A partition that is attached later has the guard, too.
CREATE TABLE parted_3 (note text, place int, id int, phone text);
ALTER TABLE parted_3 DROP COLUMN note;
ALTER TABLE parted ATTACH PARTITION parted_3 FOR VALUES FROM (20) TO (30);
BEGIN;
INSERT INTO parted_3 (id, phone, place) VALUES (4, '415 555 0305', 21);
SELECT refuse(305);
COMMIT;
-- Several tables, channels, purposes and columns in one transaction: each with its own scope.
INSERT INTO dnc.purpose (purpose) VALUES ('brand');
CREATE TABLE message (id int, mobile text, others text[], number bigint, region text);
SELECT dnc_attach('message', '{mobile,others}', channel => 'sms', region_column => 'region'),
    dnc_attach('message', '{number}', purpose => 'brand', region => 'US');
\set VERBOSITY default
BEGIN;
INSERT INTO queue VALUES (401, '+14155550401');
INSERT INTO message VALUES (1, '415 555 0402', '{415 555 0403,415 555 0404}', 4155550405, 'US');
SELECT dnc_add('+14155550401', channel => 'sms') > 0 AS other_channel, dnc_add('+14155550405', 'sms') > 0 AS sms,
    dnc_add('+14155550402', channel => 'voice') > 0 AS voice, dnc_add('+14155550402', 'voice', 'brand') > 0 AS brand;
COMMIT;
BEGIN;
INSERT INTO queue VALUES (402, '+14155550411');
INSERT INTO message VALUES (2, '415 555 0412', '{415 555 0413,415 555 0414}', 4155550415, 'US');
SELECT dnc_add('+14155550414', channel => 'sms') > 0 AS sms;
COMMIT;
BEGIN;
INSERT INTO queue VALUES (402, '+14155550411');
INSERT INTO message VALUES (2, '415 555 0412', NULL, 4155550415, 'US');
SELECT dnc_add('+14155550415', channel => 'voice', purpose => 'brand') > 0 AS brand;
COMMIT;
-- More numbers than there are locks; the error names the row.
CREATE TABLE many (id int PRIMARY KEY, phone dnc_phone);
SELECT dnc_attach('many', 'phone');
BEGIN;
INSERT INTO many SELECT n, ('+1213555' || n)::dnc_phone FROM generate_series(1000, 3999) AS n;
SELECT count(*) AS locks FROM pg_locks WHERE locktype = 'advisory' AND classid = 4476483;
SELECT dnc_add('+12135552345') > 0 AS added;
COMMIT;
BEGIN;
INSERT INTO many SELECT n, ('+1213555' || n)::dnc_phone FROM generate_series(1000, 3999) AS n WHERE n <> 2345;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT count(*) AS locks FROM pg_locks WHERE locktype = 'advisory' AND classid = 4476483;
COMMIT;
-- Prepared.
BEGIN;
INSERT INTO queue VALUES (403, '+14155550421');
PREPARE TRANSACTION 'guarded';
COMMIT PREPARED 'guarded';
BEGIN;
INSERT INTO queue VALUES (404, '+14155550422');
SELECT refuse(422);
PREPARE TRANSACTION 'guarded';
SELECT id FROM queue WHERE id > 402;
-- A caller may give any row: only those of the transaction count.
BEGIN;
SELECT dnc_guard_written('voice', 'queue'::regclass, ctid, NULL) FROM queue WHERE id = 403;
SELECT dnc_guard_written('voice', 'queue'::regclass, '(4294967295,1)', NULL),
    dnc_guard_written('voice', 'queue'::regclass, '(0,0)', '(77,1)'), dnc_guard_written('voice', 0, '(0,1)', NULL),
    dnc_guard_written('none', 'queue'::regclass, '(0,1)', NULL), dnc_guard_written(NULL, NULL, NULL, NULL);
COMMIT;
