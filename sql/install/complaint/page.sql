-- ---------------------------------------------------------------------------
-- The file of a complaint as a page
-- ---------------------------------------------------------------------------
-- For people who know no SQL. The page has no script and loads nothing. Every value is escaped, whoever wrote it;
-- control characters and marks of the writing direction become spaces.

CREATE FUNCTION dnc.html(words text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN coalesce(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(pg_catalog.replace(
        pg_catalog.regexp_replace(words,
            '[\x01-\x08\x0b-\x1f\x7f\u200e\u200f\u2028-\u202e\u2066-\u2069]', ' ', 'g'),
        '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&#39;'), '');
COMMENT ON FUNCTION dnc.html(text) IS 'a text escaped for HTML, in elements and in attributes';
-- Times without fractions; names of grounds and the like without underscores.
CREATE FUNCTION dnc.html_value(name text, value jsonb) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN CASE pg_catalog.jsonb_typeof(value)
        WHEN 'boolean' THEN CASE WHEN value::boolean THEN 'yes' ELSE 'no' END
        WHEN 'string' THEN dnc.html(CASE
            WHEN name ~ '(^|_)at$' AND value #>> '{}' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d'
                THEN pg_catalog.replace(pg_catalog.left(value #>> '{}', 19), 'T', ' ')
            WHEN name ~ '^(ground|reason|source|outcome|meaning|result|what)'
                THEN pg_catalog.replace(value #>> '{}', '_', ' ')
            ELSE value #>> '{}' END)
        WHEN 'array' THEN (SELECT pg_catalog.string_agg(dnc.html(CASE
                WHEN name = 'grounds' AND pg_catalog.jsonb_typeof(x.value) = 'object'
                    THEN pg_catalog.regexp_replace(dnc.readable(x.value),
                        '(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?\+00:00', '\1 \2', 'g')
                WHEN name = 'grounds' THEN pg_catalog.replace(x.value #>> '{}', '_', ' ')
                WHEN pg_catalog.jsonb_typeof(x.value) = 'object' THEN dnc.readable(x.value)
                ELSE x.value #>> '{}' END), '<br>' ORDER BY x.n)
            FROM pg_catalog.jsonb_array_elements(value) WITH ORDINALITY AS x (value, n))
        WHEN 'object' THEN dnc.html(dnc.readable(value))
        WHEN 'number' THEN dnc.html(value #>> '{}') END;
COMMENT ON FUNCTION dnc.html_value(text, jsonb) IS 'the value of a field as HTML';
-- Columns that have a value in no row are left out.
CREATE FUNCTION dnc.html_table(rows jsonb, names text[], heads text[]) RETURNS text LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    WITH used AS MATERIALIZED (
        SELECT c.name, c.head, c.n FROM ROWS FROM (pg_catalog.unnest(names), pg_catalog.unnest(heads))
            WITH ORDINALITY AS c (name, head, n)
        WHERE EXISTS (SELECT FROM pg_catalog.jsonb_array_elements(rows) AS r (value)
            WHERE dnc.html_value(c.name, r.value -> c.name) <> ''))
    SELECT CASE WHEN coalesce(rows, '[]') = '[]' THEN E'<p>Nothing is recorded.</p>\n'
        ELSE '<table><thead><tr>' || (SELECT pg_catalog.string_agg('<th>' || dnc.html(u.head) || '</th>', ''
                ORDER BY u.n) FROM used AS u) || E'</tr></thead><tbody>\n'
            || (SELECT pg_catalog.string_agg('<tr>' || (SELECT pg_catalog.string_agg('<td>'
                        || coalesce(dnc.html_value(u.name, r.value -> u.name), '') || '</td>', '' ORDER BY u.n)
                    FROM used AS u) || E'</tr>\n', '' ORDER BY r.n)
                FROM pg_catalog.jsonb_array_elements(rows) WITH ORDINALITY AS r (value, n))
            || E'</tbody></table>\n' END;
END;
COMMENT ON FUNCTION dnc.html_table(jsonb, text[], text[])
    IS 'JSON objects as a table of HTML, a row each: names of the fields, and heads of their columns';
CREATE FUNCTION dnc.html_list(sentences jsonb, otherwise text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN coalesce(E'<ul>\n' || (SELECT pg_catalog.string_agg('<li>' || dnc.html(x.value) || E'</li>\n', ''
                ORDER BY x.n) FROM pg_catalog.jsonb_array_elements_text(sentences) WITH ORDINALITY AS x (value, n))
            || E'</ul>\n', '<p>' || dnc.html(otherwise) || E'</p>\n');
COMMENT ON FUNCTION dnc.html_list(jsonb, text) IS 'sentences as a list of HTML, or what is said where there are none';
CREATE FUNCTION dnc.yes_no(value text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN CASE value WHEN 'true' THEN 'yes' WHEN 'false' THEN 'no' ELSE 'not known' END;
COMMENT ON FUNCTION dnc.yes_no(text) IS 'a truth value in words';

-- The sentences at the top.
CREATE FUNCTION dnc.case_summary(file jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c     jsonb := file -> 'complaint';
    calls record;
BEGIN
    SELECT count(*) AS outbound, count(*) FILTER (WHERE (a.value ->> 'at')::timestamptz
            > (c ->> 'received_at')::timestamptz) AS later INTO calls
        FROM jsonb_array_elements(file -> 'attempts') AS a WHERE a.value ->> 'direction' = 'outbound';
    RETURN jsonb_build_array(
        format('The complaint was received at %s%s%s.', replace(left(c ->> 'received_at', 19), 'T', ' '),
            CASE c ->> 'origin' WHEN 'person' THEN ' from the person' WHEN 'regulator' THEN ' from a regulator'
                WHEN 'carrier' THEN ' from a carrier' ELSE ' from somebody else' END, ', ' || (c ->> 'authority')),
        format('Its state is: %s. The answer %s due at %s%s.', c ->> 'state', CASE WHEN c ->> 'answered_at' IS NULL
                AND c ->> 'closed_at' IS NULL THEN 'is' ELSE 'was' END, replace(left(c ->> 'due_at', 19), 'T', ' '),
            CASE WHEN (c ->> 'overdue')::boolean THEN ' and is overdue' END),
        CASE WHEN c ->> 'entry_id' IS NULL THEN 'No opt-out was recorded with the complaint.'
            ELSE format('Opt-out %s was recorded with it.', c ->> 'entry_id') END,
        format('Outbound contact attempts in this file: %s; after the complaint was received: %s.', calls.outbound,
            calls.later),
        format('Contacts to a suppressed number in this file: %s.', jsonb_array_length(file -> 'violations')),
        format('The number is suppressed now: %s.', (SELECT string_agg(x.key || ' ' || dnc.yes_no(x.value), ', '
                ORDER BY x.key) FROM jsonb_each_text(file -> 'suppressed_now') AS x)));
END
$$;
COMMENT ON FUNCTION dnc.case_summary(jsonb) IS 'a case in a few sentences';

CREATE FUNCTION dnc.case_html(file jsonb) RETURNS text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    c     jsonb := file -> 'complaint';
    title text := dnc.html(format('Complaint %s about %s', c ->> 'complaint_id', file ->> 'number'));
    p     text;
    r     jsonb;
BEGIN
    p := format($html$<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>%1$s</title>
<style>
body { font-family: sans-serif; line-height: 1.4; margin: 2em auto; max-width: 75em; padding: 0 1em }
table { border-collapse: collapse; margin: 0.5em 0 }
th, td { border: 1px solid #999; padding: 0.2em 0.5em; text-align: left; vertical-align: top }
td { white-space: pre-wrap; overflow-wrap: anywhere }
th { background: #eee }
blockquote { border-left: 0.3em solid #999; margin: 0; padding-left: 1em; white-space: pre-wrap }
</style>
</head>
<body>
<h1>%1$s</h1>
<p>Made at %2$s UTC by %3$s, from the Do-Not-Call records of this database. Times are in UTC, unless a column says
local time.</p>
<h2>Summary</h2>
%4$s<h2>The complaint</h2>
%5$s$html$, title, dnc.html_value('at', file -> 'made_at'), dnc.html(file ->> 'made_by'),
        dnc.html_list(dnc.case_summary(file), ''),
        coalesce('<blockquote>' || dnc.html(c ->> 'words') || E'</blockquote>\n',
            E'<p>Its words are not recorded.</p>\n'));
    p := p || dnc.html_table((SELECT jsonb_agg(jsonb_build_object('what', v.what, CASE WHEN v.name ~ '_at$' THEN 'at'
                ELSE 'value' END, c -> v.name) ORDER BY v.n)
            FROM (VALUES (1, 'Received', 'received_at'), (2, 'Recorded', 'recorded_at'),
                (3, 'First due', 'first_due_at'), (4, 'Answer due', 'due_at'), (5, 'Answered', 'answered_at'),
                (6, 'Closed', 'closed_at'), (7, 'From', 'origin'), (8, 'Authority', 'authority'),
                (9, 'Their reference', 'external_ref'), (10, 'Came by', 'source'), (11, 'Taken by', 'taken_by'),
                (12, 'Channel', 'channel'), (13, 'Purpose', 'purpose'), (14, 'About attempt', 'attempt_id'),
                (15, 'Opt-out recorded', 'entry_id'), (16, 'Outcome', 'outcome'), (17, 'Evidence', 'evidence'))
                AS v (n, what, name) WHERE c ->> v.name IS NOT NULL AND c -> v.name <> '{}'),
            '{what,at,value}', '{"","Time (UTC)",""}')
        || E'<h3>Steps</h3>\n' || dnc.html_table(file -> 'steps', '{done_at,step,detail,due_at,done_by}',
            '{"Time (UTC)",Step,Detail,"New deadline (UTC)",By}');
    p := p || E'<h2>Chronology</h2>\n<p>Everything recorded about the number, in the order in which it happened. '
        'Local time is that of the person, by what they stated or else by the number; where it is empty, it is not '
        'known or does not matter.</p>\n'
        || dnc.html_table(file -> 'timeline', '{at,local,event,id,text}',
            '{"Time (UTC)","Local time",Event,Number,Detail}');
    p := p || E'<h2>Contacts</h2>\n' || dnc.html_table(file -> 'attempts',
            '{id,at,local,event,channel,purpose,call_type,outcome,code,duration,caller,agent,campaign,words,recording,'
            'consent_id,recorded_at,recorded_by,decision}',
            '{Attempt,"Time (UTC)","Local time",Event,Channel,Purpose,Type,Outcome,"Code of the dialer",Seconds,'
            '"Called from",Agent,Campaign,Words,Recording,Consent,"Recorded (UTC)","Recorded by",'
            '"Decision recorded with it"}');
    p := p || E'<h2>Were the contacts allowed?</h2>\n<p>For each attempt: whether the number was suppressed, and the '
        'whole decision. Both were computed for this page, as of the time of the attempt, from what was recorded by '
        'then and under the rules known then; and again with what was recorded and which rules became known later. '
        'Which lists exist is taken as of now. This is no legal advice.</p>\n'
        || dnc.html_table(file -> 'decisions',
            '{attempt,at,local,channel,purpose,suppressed,allowed,ground,detail,grounds,allowed_with_later_records,'
            'ground_with_later_records,rules,places,remark,problem}',
            '{Attempt,"Time (UTC)","Local time",Channel,Purpose,Suppressed,Allowed,Ground,Detail,"All grounds",'
            '"Allowed, with later records","Ground, with later records",Rules,Places,Remark,"Not computed because"}');
    p := p || E'<h3>The rules of these decisions</h3>\n<p>Grades: V read in a primary text; S in a secondary source; M '
        'from memory; ? sources differ, and the stricter value applies.</p>\n'
        || dnc.html_table(file -> 'rules',
            '{rule,jurisdiction,kind,value,scope,valid_from,valid_to,citation,note,confidence}',
            '{Rule,Where,What,Value,"For whom",From,To,Source,Note,Grade}');
    p := p || E'<h2>Contacts to a suppressed number</h2>\n' || dnc.html_table(file -> 'violations',
            '{id,at,attempt_id,channel,purpose,agent,campaign,on_record,after_deadline,requested_at,due_at,grounds}',
            '{Number,"Time (UTC)",Attempt,Channel,Purpose,Agent,Campaign,"Opt-out was on record","After the deadline",'
            '"Requested (UTC)","Due (UTC)",Grounds}');
    p := p || E'<h2>Opt-outs and what ended them</h2>\n' || dnc.html_table(file -> 'requests',
            '{id,at,event,ends,channel,purpose,reason,source,requested_at,recorded_at,due_at,expires_at,taken_by,'
            'external_ref,evidence}',
            '{Entry,"Received (UTC)",Event,"Ends entry",Channel,Purpose,Reason,"Came by","Requested (UTC)",'
            '"Recorded (UTC)","Due (UTC)","Expires (UTC)","Taken by",Reference,Evidence}');
    p := p || E'<h2>Consents</h2>\n' || dnc.html_table(file -> 'consents',
            '{id,at,event,channel,purpose,expires_at,source,wording,evidence,taken_by,recorded_at}',
            '{Consent,"Time (UTC)",Event,Channel,Purpose,"Expires (UTC)","Came by",Wording,Evidence,"Taken by",'
            '"Recorded (UTC)"}');
    p := p || E'<h2>Business relationships</h2>\n' || dnc.html_table(file -> 'relationships',
            '{id,at,what,purpose,source,evidence,taken_by,recorded_at}',
            '{Number,"Time (UTC)",Event,Purpose,"Came by",Evidence,"Taken by","Recorded (UTC)"}');
    p := p || E'<h2>Preferences</h2>\n' || dnc.html_table(file -> 'preferences',
            '{id,at,channels,hours,max_contacts,max_per,expires_at,time_zone,location,party,language,source,'
            'recorded_at}', '{Number,"Time (UTC)",Channels,Hours,"Contacts at most",Per,"Expires (UTC)","Time zone",'
            'Place,Party,Language,"Came by","Recorded (UTC)"}');
    p := p || E'<h2>Replies</h2>\n' || dnc.html_table(file -> 'replies',
            '{id,at,channel,purpose,reply,meaning,entry_id,ended,recorded_at}',
            '{Reply,"Time (UTC)",Channel,Purpose,Words,Meaning,"Opt-out recorded","Opt-outs revoked",'
            '"Recorded (UTC)"}');
    p := p || E'<h2>All complaints about this number</h2>\n' || dnc.html_table(file -> 'complaints',
            '{id,at,origin,authority,external_ref,channel,purpose,words,state}',
            '{Complaint,"Received (UTC)",From,Authority,Reference,Channel,Purpose,Words,State}');
    p := p || E'<h2>Actions taken</h2>\n' || dnc.html_table(file -> 'actions',
            '{at,event,id,complaint,detail,due_at,by}',
            '{"Time (UTC)",Action,Number,Complaint,Detail,"Due (UTC)",By}');
    p := p || E'<h2>Other records</h2>\n' || dnc.html_table(file -> 'others',
            '{at,event,id,channel,purpose,result,source,evidence}',
            '{"Time (UTC)",Event,Number,Channel,Purpose,Result,From,Evidence}');

    p := p || E'<h2>Certificates</h2>\n<p>A certificate states what was recorded and sealed about the number, with '
        'proofs that an outsider can check. Here is what each states; the whole certificates are in the JSON form of '
        'this file, which dnc_case returns.</p>\n';
    FOR r IN SELECT x.value FROM jsonb_array_elements(file -> 'certificates') WITH ORDINALITY AS x (value, n)
            ORDER BY x.n LOOP
        p := p || '<h3>' || dnc.html(format('As of %s UTC (%s)', replace(left(r ->> 'at', 19), 'T', ' '), r ->> 'what'))
            || E'</h3>\n';
        IF r ? 'problem' THEN
            p := p || '<p>' || dnc.html(r ->> 'problem') || E'</p>\n';
        ELSE
            r := r -> 'certificate';
            p := p || dnc.html_list(jsonb_build_array(format('Suppressed: %s.', dnc.yes_no(r ->> 'listed')),
                    format('Allowed: %s%s.', dnc.yes_no(r #>> '{decision,allowed}'),
                        ', ' || (r #>> '{decision,ground}')),
                    CASE WHEN (r ->> 'complete')::boolean THEN 'The checkpoint covers this time.'
                        ELSE 'The checkpoint does not cover this time, or has no map: not all of this is proven.' END,
                    format('The checkpoint is %s. Its root is %s.', CASE WHEN r ->> 'checkpoint' IS NULL
                            THEN 'not signed' ELSE 'signed' END, r ->> 'root'),
                    format('Changes about the number that it does not cover: %s.',
                        jsonb_array_length(coalesce(r -> 'not_covered', '[]')))), '')
                || E'<p>The lists that were consulted:</p>\n' || dnc.html_table(r -> 'lists',
                    '{list,kind,version,obtained_at,has,doubt,digest}',
                    '{List,Kind,Version,"Obtained (UTC)","Has the number",Doubt,Digest}');
        END IF;
    END LOOP;
    RETURN p || E'<h2>What is not known</h2>\n' || dnc.html_list(file -> 'not_known', 'Nothing is named.')
        || E'<h2>What this page leaves out</h2>\n' || dnc.html_list(file -> 'limits',
            'No limit left anything out.')
        || $html$<h2>Words</h2>
<dl>
<dt>Opt-out</dt><dd>a request not to be contacted, by a channel and for a purpose, or by all and for all</dd>
<dt>Suppressed</dt><dd>not to be contacted, because of an opt-out or a list</dd>
<dt>Attempt</dt><dd>a call or a message to the number, whether or not somebody answered</dd>
<dt>Local time</dt><dd>the time on the clock of the person who was contacted</dd>
<dt>Checkpoint</dt><dd>a signed statement of the whole log at a time, which later changes of the log contradict</dd>
</dl>
</body>
</html>
$html$;
END
$$;
COMMENT ON FUNCTION dnc.case_html(jsonb) IS 'the case of a complaint as a page of HTML, for dnc_case_page';

CREATE FUNCTION @extschema@.dnc_case_page(complaint bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT dnc.case_html(dnc.case_of(complaint));
END;
COMMENT ON FUNCTION @extschema@.dnc_case_page(bigint)
    IS 'Returns the file of a complaint (dnc_case) as one page of HTML for people who know no SQL: without scripts and '
       'external resources, every value escaped. Write it in UTF-8.
Errors: P0002 no such complaint.
Example: SELECT dnc_complaint(phone => ''+44 20 7946 0018'', words => ''stop it'') AS complaint \gset
SELECT length(dnc_case_page(complaint => :complaint));';
