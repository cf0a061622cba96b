-- Errors that do not stop the statement, from PostgreSQL 17 on; before it, these are the errors that they were.
CREATE EXTENSION dnc;
SELECT current_setting('server_version_num')::int >= 170000 AS soft \gset
\if :soft
SELECT text, pg_input_is_valid(text, 'dnc_phone')
FROM unnest('{+14155552671,+1 415 555 2671,415 555 2671,"",+999123}'::text[]) AS text;
SELECT * FROM pg_input_error_info('415 555 2671', 'dnc_phone');
CREATE TABLE loaded (p dnc_phone);
COPY loaded FROM PROGRAM 'printf ''%s\n'' +14155552671 rubbish +442079460018' WITH (ON_ERROR ignore);
SELECT * FROM loaded;
\endif
