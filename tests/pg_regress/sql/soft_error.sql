-- Errors that do not stop the statement, from PostgreSQL 16 on.
CREATE EXTENSION dnc;
SELECT text, pg_input_is_valid(text, 'dnc_phone')
FROM unnest('{+14155552671,+1 415 555 2671,415 555 2671,"",+999123}'::text[]) AS text;
SELECT * FROM pg_input_error_info('415 555 2671', 'dnc_phone');
CREATE TABLE loaded (p dnc_phone);
COPY loaded FROM STDIN WITH (ON_ERROR ignore);
+14155552671
rubbish
+442079460018
\.
SELECT * FROM loaded;
