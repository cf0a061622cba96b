-- The extension is not dropped by the way while opt-outs are in force.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
CREATE SCHEMA api;
CREATE SCHEMA other;
CREATE EXTENSION dnc WITH SCHEMA api;
-- An empty list: nothing is lost.
DROP EXTENSION dnc;
CREATE EXTENSION dnc WITH SCHEMA api;
SELECT api.dnc_add('+14155550101') > 0 AS added;
DROP EXTENSION dnc;
DROP EXTENSION IF EXISTS dnc CASCADE;
DROP SCHEMA api;
DROP SCHEMA api CASCADE;
DROP SCHEMA other, api CASCADE;
DROP SCHEMA IF EXISTS nowhere CASCADE;
DROP SCHEMA other CASCADE;
DROP EXTENSION nothing;
DO $$BEGIN EXECUTE 'DROP EXTENSION dnc CASCADE'; END$$;
SET session_replication_role = replica;
DROP EXTENSION dnc;
RESET session_replication_role;
-- Its owner's belongings, and those of the owner of its schema.
CREATE ROLE owner_of_list;
CREATE ROLE owner_of_schema;
GRANT CREATE ON SCHEMA api TO owner_of_list;
SET dnc.allow_drop = on;
DROP EXTENSION dnc;
RESET dnc.allow_drop;
SELECT current_database() AS db \gset
GRANT CREATE ON DATABASE :"db" TO owner_of_list;
ALTER SCHEMA api OWNER TO owner_of_schema;
GRANT CREATE, USAGE ON SCHEMA api TO owner_of_list;
SET ROLE owner_of_list;
CREATE EXTENSION dnc WITH SCHEMA api;
SELECT api.dnc_add_prefix('+1900') > 0 AS added;
DROP OWNED BY CURRENT_USER;
DROP OWNED BY owner_of_list CASCADE;
RESET ROLE;
DROP OWNED BY owner_of_schema CASCADE;
DROP OWNED BY owner_of_list, owner_of_schema;
DROP OWNED BY nobody_at_all;
SELECT extname FROM pg_extension WHERE extname = 'dnc';
-- A role that may not drop it learns nothing from trying.
CREATE ROLE nobody_of_list;
\set VERBOSITY terse
SET ROLE nobody_of_list;
DROP EXTENSION dnc;
DROP SCHEMA api CASCADE;
DROP OWNED BY owner_of_list CASCADE;
RESET ROLE;
DROP ROLE nobody_of_list;
\set VERBOSITY default
-- All data, to leave with.
SELECT line::jsonb ->> 'table' AS "table", line::jsonb -> 'row' ->> 'prefix' AS prefix
FROM api.dnc_export('everything') AS line WHERE line::jsonb ->> 'table' = 'prefix_entry';
SELECT api.dnc_export_since(0, 'everything');
-- A revocation ends the reason; then nothing is lost.
SELECT api.dnc_revoke_prefix('+1900') AS revoked;
DROP OWNED BY owner_of_list CASCADE;
SELECT extname FROM pg_extension WHERE extname = 'dnc';
SET ROLE NONE;
DROP OWNED BY owner_of_list, owner_of_schema CASCADE;
DROP ROLE owner_of_list, owner_of_schema;
