-- What need not be kept goes, and nothing else: not what a rule wants kept, not what is under a legal hold, not a
-- refusal in force.
\set SHOW_CONTEXT never
CREATE EXTENSION dnc;
SET TimeZone = 'UTC';
SELECT * FROM dnc_maintain();
INSERT INTO dnc.retention VALUES ('everything', '1 year', 'x');
INSERT INTO dnc.retention VALUES ('reply', '1 hour', 'x');
INSERT INTO dnc.retention (subject, keep, why) VALUES ('reply', '1 year', '');
-- Times of rows are the server's; here they are what a past would have left.
CREATE FUNCTION past(years int, months int DEFAULT 0) RETURNS timestamptz
LANGUAGE sql STABLE RETURN date_trunc('month', now()) - make_interval(years => years, months => months)
    + interval '10 days';
SELECT dnc_attempt_partitions(past(7)::date) > 84 AS partitions;
-- Germany has no rule for records of contacts, the United States five years (since 2024; here since ever).
INSERT INTO dnc.rule (rule, jurisdiction, kind, amount, anchor, citation, confidence, replaces)
VALUES ('us-records', 'US', 'records', '5 years', 'attempt', 'x', 'V', 'us-records-1995');
SELECT count(dnc_attempt(n, 'connected', happened_at => t))
FROM unnest('{+4930123456,+12125550001}'::dnc_phone[]) AS n, unnest(ARRAY[past(6), past(3), past(0, 1)]) AS t;
SELECT dnc_consent('+4930123456', 'voice', given_at => past(6), wording => 'x', evidence => '{"a": 1}') AS old_in_force,
    dnc_consent('+4930123457', 'voice', given_at => past(6), expires_at => past(4), wording => 'x',
    evidence => '{"a": 1}') AS expired_proof_kept \gset
SELECT dnc_consent_used(:expired_proof_kept, past(4, 6)),
    dnc_consent('+442079460018', 'voice', given_at => past(6), expires_at => past(4)) AS expired,
    dnc_consent('+442079460019', 'voice', given_at => past(6)) AS withdrawn,
    dnc_withdraw_consent('+442079460019', given_at => past(5)) AS taken_back;
SELECT dnc_relationship('+4930123456', 'purchase', happened_at => past(6)) AS old,
    dnc_relationship('+4930123456', 'inquiry', happened_at => past(0, 2)) AS new,
        dnc_reassigned('+4930123456', past(7)) AS reassigned,
    dnc_reassigned('+4930123459', past(7)) AS of_nothing;
SELECT dnc_prefer('+4930123456', '{sms}', stated_at => past(6)) AS first,
    dnc_prefer('+4930123456', '{voice}', stated_at => past(5)) AS second,
    dnc_prefer('+4930123456', '{fax}', stated_at => past(0, 1)) AS newest;
SELECT meaning FROM dnc_reply('+4930123456', 'hello', received_at => past(6)); SELECT meaning
FROM dnc_reply('+4930123456', 'please never call again', received_at => past(6));
SELECT dnc_registry_import('au-dncr', 'wash.csv', $$VALUES ('+61291234567', 'N', NULL), ('+61291234568', 'Y', NULL)$$,
    past(6)) > 0 AS answers;
SELECT dnc_add('+4930123460', requested_at => past(6), received_at => past(6)) AS in_force,
    dnc_add('+4930123461', requested_at => past(6), received_at => past(6)) AS ended,
    dnc_add('+12125550002', requested_at => past(4), received_at => past(4)) AS us_ended,
    dnc_add('+4930123462', requested_at => past(6), received_at => past(6)) AS ended_in_part;
SELECT dnc_revoke('+4930123461', requested_at => past(5), received_at => past(5)),
    dnc_revoke('+12125550002', requested_at => past(3, 6), received_at => past(3, 6)),
    dnc_revoke('+4930123462', 'sms', requested_at => past(5), received_at => past(5));
SELECT dnc_subject_request('+4930123456', 'access', past(6)) AS request \gset
SELECT dnc_subject_request_step(:request, 'identified', 'x'), dnc_subject_request_step(:request, 'done', 'x');
INSERT INTO dnc.retention (subject, keep, why) SELECT s, '2 years', 'policy 7'
FROM unnest(
    '{contact_attempt,violation,consent,relationship,reassignment,preference,acquisition,reply,token_use,'
    'registry_answer,guard_event,import_reject,list_reject,subject_request,ended_entry}'::text[]) AS s;
-- A dry run tells and does nothing.
CREATE FUNCTION rows() RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    r text;
    n bigint;
    o text := '';
BEGIN
    FOREACH r
        IN ARRAY '{contact_attempt,violation,consent,consent_use,relationship,reassignment,preference,reply,'
                 'registry_answer,entry,subject_request,subject_request_step,audit_log,purge}'::text[] LOOP
        EXECUTE format('SELECT count(*) FROM dnc.%I', r) INTO n;
        o := o || format('%s %s, ', r, n);
    END LOOP;
    RETURN o;
END
$$;
SELECT rows() AS before \gset
SET client_min_messages = warning;
SELECT task, subject, rows, detail FROM dnc_maintain(dry_run => true) WHERE rows > 0;
SELECT rows() = :'before' AS unchanged;
-- A hold keeps all of a number's, and partitions that hold any of it.
SELECT dnc_hold('a matter', ARRAY['+4930123456'::dnc_phone], 'x') AS held;
SELECT subject, rows FROM dnc_maintain(dry_run => true) WHERE rows > 0;
SELECT dnc_lift_hold('a matter', 'x') AS lifted,
    dnc_hold('one time', ARRAY['+4930123456'::dnc_phone], 'x', since => past(3, 1), until => past(2, 11))
    AS held_in_part;
SELECT task, subject, rows FROM dnc_maintain() WHERE rows > 0;
RESET client_min_messages;
SELECT phone, round(extract(epoch FROM now() - happened_at) / 31557600) AS years FROM dnc.contact_attempt ORDER BY 1, 2;
SELECT count(*) AS partitions_older_than_six_years FROM pg_class WHERE relnamespace = 'dnc'::regnamespace
    AND relname ~ '^contact_attempt_\d{4}_\d\d$' AND to_date(right(relname, 7), 'YYYY_MM') < past(6);
SELECT phone, expires_at < now() AS expired, withdrawal FROM dnc.consent ORDER BY consent_id;
SELECT event FROM dnc.relationship; SELECT phone FROM dnc.reassignment; SELECT channels FROM dnc.preference
ORDER BY preference_id; SELECT meaning FROM dnc.reply; SELECT count(*) FROM dnc.registry_answer; SELECT count(*)
FROM dnc.subject_request;
SELECT phone, kind FROM dnc.entry ORDER BY entry_id;
SELECT dnc_check('+4930123460') AS in_force, dnc_check('+4930123461') AS ended, dnc_check('+4930123462') AS in_part,
    dnc_check('+4930123462', 'sms') AS the_part, dnc_check('+4930123456') AS provisional;
SELECT subject, relation, part ~ '.' AS part, rows, keep FROM dnc.purge WHERE rows > 0 ORDER BY purge_id;
-- What is gone is gone from the log too, and all is well; a second run finds nothing.
SELECT count(*) FROM dnc.audit_data AS d JOIN dnc.audit_log AS l USING (seq) WHERE l.relation IN ('entry', 'consent')
    AND d.after ~ '4930123461|442079460018';
SELECT subject, detail FROM dnc_health(deep => true) WHERE NOT healthy AND subject <> 'provisional refusals';
SELECT task, subject, rows FROM dnc_maintain() WHERE rows > 0;
-- By an administrator, and nobody below.
CREATE ROLE regress_dnc_keeper; SELECT dnc_grant('administrator', 'regress_dnc_keeper'); CREATE ROLE regress_dnc_reader;
SELECT dnc_grant('agent', 'regress_dnc_reader');
SET ROLE regress_dnc_keeper; SELECT count(*) > 0 AS ran FROM dnc_maintain(); UPDATE dnc.retention SET keep = '3 years'
    WHERE subject = 'reply'; SELECT dnc.erase_rows('entry', 'true');
SET ROLE regress_dnc_reader; SELECT count(*) FROM dnc_maintain(); RESET ROLE;
SELECT dnc_ungrant('administrator', 'regress_dnc_keeper'), dnc_ungrant('agent', 'regress_dnc_reader');
DROP OWNED BY regress_dnc_keeper, regress_dnc_reader; DROP ROLE regress_dnc_keeper, regress_dnc_reader;
