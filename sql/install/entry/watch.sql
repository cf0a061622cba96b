-- ---------------------------------------------------------------------------
-- Opt-outs that may need attention: a short list that dnc_maintain keeps
-- ---------------------------------------------------------------------------
-- Reviews and deadlines depend on rules, which no index can hold. So dnc_maintain lists the few opt-outs that may need
-- attention until its next runs. Readers add what was recorded since, which the order of transactions in the audit log
-- finds, and test each candidate by the plain definition: the list decides what is read, never what is due. Where it
-- does not hold (never made, too old, other rules), readers take every opt-out that the plain definition may select.

CREATE TABLE dnc.entry_watch (
    entry_id    bigint      PRIMARY KEY,
    review_from timestamptz NOT NULL,
    late        boolean     NOT NULL,
    no_range    boolean     NOT NULL
);
CREATE INDEX entry_watch_review ON dnc.entry_watch (review_from) WHERE review_from < 'infinity';
CREATE INDEX entry_watch_late ON dnc.entry_watch (entry_id) WHERE late;
CREATE INDEX entry_watch_no_range ON dnc.entry_watch (entry_id) WHERE no_range;
COMMENT ON TABLE dnc.entry_watch
    IS 'opt-outs that may need attention, as dnc_maintain found them; made again after a restore';
COMMENT ON COLUMN dnc.entry_watch.review_from
    IS 'from when it may need a review; infinity: not within the time covered';
COMMENT ON COLUMN dnc.entry_watch.late IS 'it took or takes effect after its deadline';
COMMENT ON COLUMN dnc.entry_watch.no_range IS 'its number is in no range in use';

CREATE TABLE dnc.entry_watch_state (
    one        boolean     PRIMARY KEY DEFAULT true CHECK (one),
    counted_at timestamptz NOT NULL,
    read_at    timestamptz NOT NULL,
    covers_to  timestamptz NOT NULL,
    since      xid8        NOT NULL,
    last_seq   bigint      NOT NULL,
    basis      text        NOT NULL
);
COMMENT ON TABLE dnc.entry_watch_state IS 'what dnc.entry_watch holds; no row: dnc_maintain has not made it yet';
COMMENT ON COLUMN dnc.entry_watch_state.counted_at IS 'when dnc_maintain brought it up to date';
COMMENT ON COLUMN dnc.entry_watch_state.read_at IS 'when dnc_maintain last read the whole list for it';
COMMENT ON COLUMN dnc.entry_watch_state.covers_to IS 'reviews that come due before this time are in it';
COMMENT ON COLUMN dnc.entry_watch_state.since
    IS 'changes of transactions before this one are in it; void after a restore';
COMMENT ON COLUMN dnc.entry_watch_state.last_seq IS 'last log sequence number then';
COMMENT ON COLUMN dnc.entry_watch_state.basis IS 'hash over what decides how long opt-outs are kept';

CREATE FUNCTION dnc.watch_basis() RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO' SET IntervalStyle = 'postgres' SET TimeZone = 'UTC'
BEGIN ATOMIC
    SELECT md5(concat_ws(E'\n', @extschema@.dnc_metadata_version(),
        (SELECT string_agg(r::text, E'\n' ORDER BY r.rule) FROM dnc.rule AS r WHERE r.kind = 'retention'),
        (SELECT string_agg(d::text, E'\n' ORDER BY d.decision_id) FROM dnc.rule_decision AS d
            WHERE EXISTS (SELECT FROM dnc.rule AS r WHERE r.rule = d.rule AND r.kind = 'retention')),
        (SELECT string_agg(j::text, E'\n' ORDER BY j.jurisdiction) FROM dnc.jurisdiction AS j),
        (SELECT string_agg(h::text, E'\n' ORDER BY h::text) FROM dnc.holiday AS h
            WHERE EXISTS (SELECT FROM dnc.rule AS r WHERE r.calendar = h.calendar AND r.kind = 'retention'))));
END;
COMMENT ON FUNCTION dnc.watch_basis() IS 'hash over what decides how long opt-outs are kept: rules and metadata';

-- An opt-out is kept from its request at the earliest. Three days for time zones and the ends of months.
CREATE FUNCTION dnc.kept_until_before(at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT pg_catalog.max(kept_until_before.at - r.amount) + interval '3 days' FROM dnc.rule AS r
    WHERE r.kind = 'retention';
END;
COMMENT ON FUNCTION dnc.kept_until_before(timestamptz)
    IS 'opt-outs requested after this time must be kept beyond the given one, if a rule keeps them at all; NULL: no '
       'rule keeps any';

-- What transactions wrote since begins at their least log sequence number; later numbers may be of earlier
-- transactions, and only add candidates. In PL/pgSQL, which plans for the position: it selects few rows. OFFSET keeps
-- the planner from looking for the least number along the key.
CREATE FUNCTION dnc.watch_first(since xid8) RETURNS bigint LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT min(x.seq) FROM (SELECT l.seq FROM dnc.audit_log AS l
        WHERE NOT l.loaded AND l.xid >= watch_first.since OFFSET 0) AS x);
END
$$;
COMMENT ON FUNCTION dnc.watch_first(xid8)
    IS 'least log sequence number written since a position; NULL: nothing was written';

CREATE FUNCTION dnc.may_be_late(entry dnc.entry) RETURNS boolean LANGUAGE sql STABLE
    RETURN (entry).ends IS NULL
        AND CASE WHEN (entry).effective_at <> '-infinity' THEN (entry).effective_at ELSE (entry).recorded_at END
        > CASE WHEN (entry).due_at <> (entry).received_at THEN (entry).due_at
            ELSE (entry).received_at + interval '1 hour' END;
COMMENT ON FUNCTION dnc.may_be_late(dnc.entry) IS 'whether dnc.request may call an opt-out late';

-- Operators of dnc_phone are bound when these are created: a schema that is renamed changes nothing.
CREATE FUNCTION dnc.reassigned_after(phone @extschema@.dnc_phone, requested_at timestamptz, reviewed_at timestamptz)
RETURNS boolean LANGUAGE sql STABLE
    RETURN EXISTS (SELECT FROM dnc.reassignment AS x
        WHERE x.phone OPERATOR(@extschema@.=) reassigned_after.phone
            AND x.reassigned_at >= reassigned_after.requested_at
            AND x.recorded_at > coalesce(reassigned_after.reviewed_at, '-infinity'));
COMMENT ON FUNCTION dnc.reassigned_after(@extschema@.dnc_phone, timestamptz, timestamptz)
    IS 'whether a number was reassigned after a request, and that was recorded after the last review';
CREATE FUNCTION dnc.reassigned_since(first bigint) RETURNS SETOF bigint LANGUAGE sql STABLE
BEGIN ATOMIC
    -- OFFSET keeps lookups by number.
    SELECT e.entry_id FROM dnc.reassignment AS x CROSS JOIN LATERAL (
            SELECT n.entry_id FROM dnc.entry AS n WHERE n.phone OPERATOR(@extschema@.=) x.phone
                AND n.ends IS NULL AND x.reassigned_at >= n.requested_at OFFSET 0) AS e
        WHERE x.audit_seq >= reassigned_since.first
    UNION ALL
    -- An opt-out may also be recorded after the reassignment of its number.
    SELECT e.entry_id FROM dnc.entry AS e
        WHERE reassigned_since.first > 0 AND e.audit_seq >= reassigned_since.first AND e.ends IS NULL
            AND dnc.reassigned_after(e.phone, e.requested_at, NULL);
END;
COMMENT ON FUNCTION dnc.reassigned_since(bigint)
    IS 'opt-outs of reassigned numbers, among the changes from a log sequence number on';

-- Each branch begins at the first change to be read; 0 reads all.
CREATE FUNCTION dnc.watched_since(first bigint, what text, at timestamptz) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    cutoff timestamptz := dnc.kept_until_before(at);
BEGIN
    IF what = 'late' THEN
        RETURN QUERY SELECT e.entry_id FROM dnc.entry AS e WHERE e.audit_seq >= first AND dnc.may_be_late(e);
    ELSIF what = 'no_range' THEN
        RETURN QUERY SELECT e.entry_id FROM dnc.entry AS e
            WHERE e.audit_seq >= first AND e.ends IS NULL AND NOT dnc.is_valid(e.phone);
    ELSE
        RETURN QUERY SELECT e.entry_id FROM dnc.entry AS e
            WHERE e.audit_seq >= first AND e.ends IS NULL
                AND (e.requested_at <= cutoff OR e.evidence @> '{"provisional": true}');
        RETURN QUERY SELECT r.entry_id FROM dnc.reply AS r
            WHERE r.audit_seq >= first AND r.meaning = 'likely_stop' AND r.entry_id IS NOT NULL;
        RETURN QUERY SELECT r.entry_id FROM dnc.review AS r WHERE r.audit_seq >= first AND r.review_again_at <= at;
        IF EXISTS (SELECT FROM dnc.reassignment) THEN
            RETURN QUERY SELECT * FROM dnc.reassigned_since(first);
        END IF;
    END IF;
END
$$;
COMMENT ON FUNCTION dnc.watched_since(bigint, text, timestamptz)
    IS 'opt-outs that may be late, in no range in use, or due for review by a time, among the changes from a log '
       'sequence number on; some twice';

CREATE FUNCTION dnc.watched(what text) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    s     dnc.entry_watch_state;
    first bigint := 0;
BEGIN
    SELECT * INTO s FROM dnc.entry_watch_state;
    IF what = 'late' AND s.one OR s.covers_to > statement_timestamp() AND s.basis = dnc.watch_basis() THEN
        first := dnc.watch_first(s.since);
        IF what = 'late' THEN
            RETURN QUERY SELECT w.entry_id FROM dnc.entry_watch AS w WHERE w.late
                UNION SELECT c FROM dnc.watched_since(first, what, NULL) AS c;
        ELSIF what = 'no_range' THEN
            RETURN QUERY SELECT w.entry_id FROM dnc.entry_watch AS w WHERE w.no_range
                UNION SELECT c FROM dnc.watched_since(first, what, NULL) AS c;
        ELSE
            RETURN QUERY SELECT w.entry_id FROM dnc.entry_watch AS w
                WHERE w.review_from <= statement_timestamp() AND w.review_from < 'infinity'
                UNION SELECT c FROM dnc.watched_since(first, what, statement_timestamp()) AS c;
        END IF;
        RETURN;
    END IF;
    RETURN QUERY SELECT DISTINCT c FROM dnc.watched_since(0, what, statement_timestamp()) AS c;
END
$$;
COMMENT ON FUNCTION dnc.watched(text)
    IS 'opt-outs that may be late, in no range in use (no_range), or due for review (review) now: at least those that '
       'are';
