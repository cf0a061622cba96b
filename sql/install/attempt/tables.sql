-- ---------------------------------------------------------------------------
-- Contact attempts: outcomes and their effects, codes of dialers, violations
-- ---------------------------------------------------------------------------

-- dnc.contact_attempt is partitioned by month. dnc_attempt_partitions creates parent and partitions after CREATE
-- EXTENSION, outside the extension, so that pg_dump dumps and restores them. The table is insert-only, and its rows are
-- not audited one by one.
CREATE TABLE dnc.outcome (
    outcome     text    PRIMARY KEY CHECK (outcome ~ '^[a-z][a-z0-9_]{0,62}$'),
    description text    NOT NULL,
    class       text    NOT NULL DEFAULT 'other'
        CHECK (class IN ('not_reached', 'reached', 'hang_up', 'abandoned', 'machine', 'not_interested', 'call_back',
            'refusal', 'complaint', 'wrong_number', 'sale', 'other')),
    records     text    NOT NULL DEFAULT 'nothing'
        CHECK (records IN ('nothing', 'opt_out', 'provisional', 'pause', 'wrong_number', 'callback')),
    scope       text    CHECK (scope IN ('everything', 'channel', 'product')),
    reason      text    REFERENCES dnc.reason,
    contacted   boolean NOT NULL DEFAULT true,
    builtin     boolean NOT NULL DEFAULT false,
    audit_seq   bigint  UNIQUE REFERENCES dnc.audit_data,
    CHECK (builtin = (audit_seq IS NULL)),
    CONSTRAINT outcome_opt_out_has_scope
        CHECK ((records IN ('opt_out', 'provisional', 'pause')) = (scope IS NOT NULL)),
    CONSTRAINT outcome_opt_out_has_reason
        CHECK ((records IN ('opt_out', 'provisional', 'pause')) = (reason IS NOT NULL)),
    CONSTRAINT outcome_objection_is_to_everything CHECK (reason <> 'no_processing' OR scope = 'everything'),
    -- A request not to be contacted is one, whatever an outcome is called.
    CONSTRAINT outcome_refusal_is_recorded
        CHECK (class NOT IN ('refusal', 'complaint') OR records IN ('opt_out', 'provisional'))
);
INSERT INTO dnc.outcome (outcome, description, class, records, scope, reason, contacted, builtin) VALUES
    ('connected', 'somebody answered', 'reached', 'nothing', NULL, NULL, true, true),
    ('transferred', 'passed on to another agent, queue or number', 'reached', 'nothing', NULL, NULL, true, true),
    ('ended', 'the call ended, and nothing is known of what was said', 'reached', 'nothing', NULL, NULL, true, true),
    ('no_answer', 'nobody answered', 'not_reached', 'nothing', NULL, NULL, true, true),
    ('busy', 'the line was busy', 'not_reached', 'nothing', NULL, NULL, true, true),
    ('not_in_service', 'the number is disconnected or not in service', 'not_reached', 'nothing', NULL, NULL, true,
        true),
    ('voicemail', 'a machine answered', 'machine', 'nothing', NULL, NULL, true, true),
    ('fax_answered', 'a fax or a modem answered', 'machine', 'nothing', NULL, NULL, true, true),
    ('abandoned', 'answered, and no agent was free within two seconds', 'abandoned', 'nothing', NULL, NULL, true,
        true),
    ('hang_up', 'the person hung up', 'hang_up', 'nothing', NULL, NULL, true, true),
    ('delivered', 'the message was delivered', 'reached', 'nothing', NULL, NULL, true, true),
    ('sent', 'the message was sent; whether it arrived is not known', 'other', 'nothing', NULL, NULL, true, true),
    ('undelivered', 'the message was not delivered', 'not_reached', 'nothing', NULL, NULL, true, true),
    ('failed', 'the network refused the call or message', 'not_reached', 'nothing', NULL, NULL, false, true),
    ('blocked', 'not tried: the check or the decision said no', 'not_reached', 'nothing', NULL, NULL, false, true),
    ('in_progress', 'not finished yet', 'other', 'nothing', NULL, NULL, true, true),
    ('sale', 'the person bought', 'sale', 'nothing', NULL, NULL, true, true),
    ('call_back', 'the person asks to be called at another time', 'call_back', 'callback', NULL, NULL, true, true),
    ('not_now', 'no interest at this time; the person did not ask to be left alone', 'not_interested', 'nothing', NULL,
        NULL, true, true),
    ('not_interested', 'no interest in this product', 'not_interested', 'opt_out', 'product', 'not_interested', true,
        true),
    ('paused', 'asked to be left alone until a time', 'not_interested', 'pause', 'everything', 'pause', true, true),
    ('refused', 'asked not to be contacted again', 'refusal', 'opt_out', 'everything', 'no_contact', true, true),
    ('refused_channel', 'asked not to be contacted in this way again', 'refusal', 'opt_out', 'channel', 'no_contact',
        true, true),
    ('refused_product', 'asked not to be contacted about this product again', 'refusal', 'opt_out', 'product',
        'no_contact', true, true),
    ('refused_perhaps', 'may have asked not to be contacted; somebody has to find out', 'refusal', 'provisional',
        'everything', 'no_contact', true, true),
    ('complained', 'complained about being contacted', 'complaint', 'opt_out', 'everything', 'complaint', true, true),
    ('threatened', 'threatened to sue, or with a lawyer or an authority', 'complaint', 'opt_out', 'everything',
        'litigator', true, true),
    ('deceased', 'the person has died', 'refusal', 'opt_out', 'everything', 'deceased', true, true),
    ('wrong_number', 'the number is not that of the contact (or no longer)', 'wrong_number', 'wrong_number', NULL,
        NULL, true, true);
COMMENT ON TABLE dnc.outcome IS 'outcomes of contact attempts, and what an attempt with each records; insert-only';
COMMENT ON COLUMN dnc.outcome.class
    IS 'kind of result, for reports: not_reached, reached, hang_up (by the person), abandoned (by the company), '
       'machine, not_interested, call_back, refusal, complaint, wrong_number, sale, other';
COMMENT ON COLUMN dnc.outcome.records
    IS 'what an attempt with this outcome records in its own transaction: nothing; opt_out; provisional (an opt-out '
       'until it is reviewed); pause (an opt-out until next_at of the attempt; without next_at provisional); '
       'wrong_number (a row of dnc.wrong_number); callback (dnc_callbacks lists it)';
COMMENT ON COLUMN dnc.outcome.scope
    IS 'of its opt-out: everything; channel: that of the attempt; product: the first two parts of the purpose of the '
       'attempt, or everything where the attempt has none';
COMMENT ON COLUMN dnc.outcome.reason IS 'reason of its opt-out';
COMMENT ON COLUMN dnc.outcome.contacted
    IS 'counts as an attempt to contact: against frequency caps, and as a violation where the number was suppressed; '
       'an outcome without a row here counts too';
SELECT dnc.audit('outcome', 'outcome');
SELECT pg_catalog.pg_extension_config_dump('dnc.outcome', 'WHERE NOT builtin');

-- What a dialer or messaging service calls an outcome. Built-in rows follow in attempt/codes.sql.
CREATE TABLE dnc.outcome_code (
    code_id   bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    source    text        NOT NULL CHECK (source ~ '^[a-z][a-z0-9_-]{0,62}$'),
    code      text        NOT NULL CHECK (length(code) BETWEEN 1 AND 200),
    label     text        CHECK (length(label) <= 1000),
    outcome   text        REFERENCES dnc.outcome,
    seen_at   timestamptz,
    builtin   boolean     NOT NULL DEFAULT false,
    audit_seq bigint      UNIQUE REFERENCES dnc.audit_data,
    CHECK (builtin = (audit_seq IS NULL)),
    CHECK (outcome IS NOT NULL OR NOT builtin),
    UNIQUE (source, code, builtin)
);
COMMENT ON SEQUENCE dnc.outcome_code_code_id_seq IS 'numbers codes of outcomes';
COMMENT ON TABLE dnc.outcome_code
    IS 'codes of dialers and messaging services, and the outcome that each means; dnc_outcome_map maps them, and a '
       'site''s own row counts before a built-in one';
COMMENT ON COLUMN dnc.outcome_code.source IS 'the dialer or service, such as vicidial';
COMMENT ON COLUMN dnc.outcome_code.code IS 'the code as it is delivered, capitals included';
COMMENT ON COLUMN dnc.outcome_code.outcome
    IS 'NULL: not mapped yet; attempts with it are in dnc.undecided_attempt until it is';
COMMENT ON COLUMN dnc.outcome_code.seen_at IS 'when an attempt first had this code, while it was not mapped';

-- One row, changed with every mapping: a transaction with an older snapshot cannot see the mapping, but that this row
-- has changed. Neither dumped nor audited.
CREATE TABLE dnc.code_change (
    single     boolean     PRIMARY KEY DEFAULT true CHECK (single),
    changed_at timestamptz NOT NULL
);
INSERT INTO dnc.code_change (changed_at) VALUES (now());
COMMENT ON TABLE dnc.code_change IS 'when a code was last mapped';

-- Not audited: it follows from the contact log and dnc.outcome_code.
CREATE TABLE dnc.undecided_attempt (
    phone       @extschema@.dnc_phone NOT NULL,
    attempt_id  bigint      NOT NULL,
    happened_at timestamptz NOT NULL,
    source      text        NOT NULL,
    code        text        NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (attempt_id, happened_at)
);
CREATE INDEX undecided_attempt_phone ON dnc.undecided_attempt (phone);
CREATE INDEX undecided_attempt_code ON dnc.undecided_attempt (source, code);
COMMENT ON TABLE dnc.undecided_attempt
    IS 'contact attempts whose code is not mapped to an outcome yet: nobody knows what the person said, and '
       'dnc_may_contact allows no contact until dnc_outcome_map maps the code';
SELECT pg_catalog.pg_extension_config_dump('dnc.undecided_attempt', '');

CREATE TABLE dnc.wrong_number (
    wrong_number_id bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    phone           @extschema@.dnc_phone NOT NULL,
    ends            bigint,
    found_at        timestamptz NOT NULL CHECK (isfinite(found_at)),
    attempt_id      bigint,
    taken_by        text        CHECK (length(taken_by) BETWEEN 1 AND 500),
    evidence        jsonb       NOT NULL CHECK (jsonb_typeof(evidence) = 'object'),
    recorded_at     timestamptz NOT NULL CHECK (recorded_at >= found_at),
    audit_seq       bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data
);
CREATE INDEX wrong_number_phone ON dnc.wrong_number (phone);
CREATE UNIQUE INDEX wrong_number_ends ON dnc.wrong_number (ends) WHERE ends IS NOT NULL;
COMMENT ON SEQUENCE dnc.wrong_number_wrong_number_id_seq IS 'numbers findings of wrong numbers';
COMMENT ON TABLE dnc.wrong_number
    IS 'numbers that are not the contact''s (or no longer), and ends of that; no opt-outs; insert-only';
COMMENT ON COLUMN dnc.wrong_number.ends
    IS 'finding that this row ends: the contact has the number after all, or another contact has; NULL for a finding';
COMMENT ON COLUMN dnc.wrong_number.attempt_id IS 'contact attempt at which it was found';
SELECT dnc.audit_history('wrong_number', 'wrong_number_id');
SELECT pg_catalog.pg_extension_config_dump('dnc.wrong_number', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.wrong_number_wrong_number_id_seq', '');

-- A dialer's own totals of a day, and what the contact log had then.
CREATE TABLE dnc.attempt_total (
    total_id    bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    source      text        NOT NULL CHECK (source ~ '^[a-z][a-z0-9_-]{0,62}$'),
    day         date        NOT NULL CHECK (isfinite(day)),
    time_zone   text        NOT NULL,
    counts      jsonb       NOT NULL CHECK (jsonb_typeof(counts) = 'object'),
    recorded    jsonb       NOT NULL CHECK (jsonb_typeof(recorded) = 'object'),
    missing     bigint      NOT NULL CHECK (missing >= 0),
    surplus     bigint      NOT NULL CHECK (surplus >= 0),
    compared_at timestamptz NOT NULL,
    compared_by text        NOT NULL,
    audit_seq   bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data
);
CREATE INDEX attempt_total_day ON dnc.attempt_total (source, day);
COMMENT ON SEQUENCE dnc.attempt_total_total_id_seq IS 'numbers comparisons with totals of dialers';
COMMENT ON TABLE dnc.attempt_total
    IS 'totals of dialers for a day, and the attempts recorded then; the newest row of a day counts; insert-only';
COMMENT ON COLUMN dnc.attempt_total.day IS 'day in time_zone';
COMMENT ON COLUMN dnc.attempt_total.counts IS 'the dialer''s numbers of attempts by code, or total alone';
COMMENT ON COLUMN dnc.attempt_total.recorded IS 'numbers of attempts in the log by code, and in total';
COMMENT ON COLUMN dnc.attempt_total.missing IS 'attempts of the dialer that the log does not have';
COMMENT ON COLUMN dnc.attempt_total.surplus IS 'attempts of the log that the dialer does not have';
SELECT dnc.audit_history('attempt_total', 'total_id');
SELECT pg_catalog.pg_extension_config_dump('dnc.attempt_total', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.attempt_total_total_id_seq', '');

CREATE SEQUENCE dnc.contact_attempt_seq;
COMMENT ON SEQUENCE dnc.contact_attempt_seq IS 'numbers contact attempts';
SELECT pg_catalog.pg_extension_config_dump('dnc.contact_attempt_seq', '');

CREATE TABLE dnc.violation (
    violation_id   bigint      GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    attempt_id     bigint      NOT NULL,
    happened_at    timestamptz NOT NULL,
    phone          @extschema@.dnc_phone NOT NULL,
    channel        text        NOT NULL,
    purpose        text,
    agent          text,
    campaign       text,
    grounds        jsonb       NOT NULL CHECK (jsonb_typeof(grounds) = 'array' AND grounds <> '[]'),
    requested_at   timestamptz,
    due_at         timestamptz,
    on_record      boolean     NOT NULL,
    after_deadline boolean,
    found_by       text        NOT NULL CHECK (found_by IN ('write', 'sweep')),
    found_at       timestamptz NOT NULL,
    audit_seq      bigint      NOT NULL UNIQUE REFERENCES dnc.audit_data,
    UNIQUE (attempt_id, happened_at, phone)
);
CREATE INDEX violation_phone ON dnc.violation (phone);
COMMENT ON SEQUENCE dnc.violation_violation_id_seq IS 'numbers violations';
COMMENT ON TABLE dnc.violation IS 'contact attempts to suppressed numbers, with their evidence; insert-only';
COMMENT ON COLUMN dnc.violation.attempt_id IS 'row of dnc.contact_attempt';
COMMENT ON COLUMN dnc.violation.grounds
    IS 'opt-outs (entry, scope, reason, times), prefixes and lists (with version) that suppressed the number';
COMMENT ON COLUMN dnc.violation.requested_at
    IS 'time of the first opt-out request; NULL: a prefix or a list suppressed the number';
COMMENT ON COLUMN dnc.violation.due_at IS 'earliest deadline for honouring one of the requests';
COMMENT ON COLUMN dnc.violation.on_record
    IS 'a ground was on record when the attempt was made; false: recorded later, for example by a late import';
COMMENT ON COLUMN dnc.violation.after_deadline IS 'the attempt was made after due_at; NULL: there was no request';
COMMENT ON COLUMN dnc.violation.found_by
    IS 'write: found when the attempt was recorded; sweep: found by dnc_attempt_sweep';
SELECT dnc.audit_history('violation', 'violation_id');
SELECT pg_catalog.pg_extension_config_dump('dnc.violation', '');
SELECT pg_catalog.pg_extension_config_dump('dnc.violation_violation_id_seq', '');
