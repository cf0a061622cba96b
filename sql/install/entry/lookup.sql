-- ---------------------------------------------------------------------------
-- What a request can be about: channels, reasons, sources and purposes
-- ---------------------------------------------------------------------------
-- Built-in rows go in before the audit triggers exist, have no log row and are not dumped: the extension brings them. A
-- site adds its own by INSERT; those are audited and dumped.

CREATE TABLE dnc.channel (
    channel     text    PRIMARY KEY CHECK (channel ~ '^[a-z][a-z0-9_]{0,62}$'),
    description text    NOT NULL,
    builtin     boolean NOT NULL DEFAULT false,
    audit_seq   bigint  UNIQUE REFERENCES dnc.audit_data,
    CHECK (builtin = (audit_seq IS NULL))
);
INSERT INTO dnc.channel VALUES
    ('all',      'every channel, those added later included', true),
    ('voice',    'telephone calls', true),
    ('sms',      'text messages', true),
    ('whatsapp', 'WhatsApp messages and calls', true),
    ('fax',      'fax', true);

CREATE TABLE dnc.reason (
    reason      text    PRIMARY KEY CHECK (reason ~ '^[a-z][a-z0-9_]{0,62}$'),
    description text    NOT NULL,
    sticky      boolean NOT NULL DEFAULT false,
    builtin     boolean NOT NULL DEFAULT false,
    audit_seq   bigint  UNIQUE REFERENCES dnc.audit_data,
    CHECK (builtin = (audit_seq IS NULL))
);
INSERT INTO dnc.reason VALUES
    ('no_contact',     'asked not to be contacted', false, true),
    ('not_interested', 'has no interest in what was offered', false, true),
    ('wrong_number',   'the number belongs to somebody else', false, true),
    ('deceased',       'the person has died', false, true),
    ('no_processing',  'objects to any use of the data for marketing', false, true),
    ('complaint',      'complained', true, true),
    ('litigator',      'has sued or threatened to', true, true);

CREATE TABLE dnc.source (
    source      text    PRIMARY KEY CHECK (source ~ '^[a-z][a-z0-9_]{0,62}$'),
    description text    NOT NULL,
    builtin     boolean NOT NULL DEFAULT false,
    audit_seq   bigint  UNIQUE REFERENCES dnc.audit_data,
    CHECK (builtin = (audit_seq IS NULL))
);
INSERT INTO dnc.source VALUES
    ('unspecified', 'not recorded', true),
    ('phone_agent', 'told to an agent on the telephone', true),
    ('web_form',    'web form', true),
    ('email',       'e-mail', true),
    ('sms_keyword', 'reply to a text message', true),
    ('letter',      'letter', true),
    ('in_person',   'in person', true),
    ('import',      'list imported from a file', true);

CREATE TABLE dnc.purpose (
    purpose     text    PRIMARY KEY CHECK (purpose ~ '^[^/]+(/[^/]+)*$' AND length(purpose) <= 500),
    parent      text    GENERATED ALWAYS AS (CASE WHEN strpos(purpose, '/') > 0 THEN regexp_replace(purpose, '/[^/]*$', '') END) STORED,
    description text    NOT NULL DEFAULT '',
    audit_seq   bigint  UNIQUE REFERENCES dnc.audit_data
);

COMMENT ON TABLE dnc.channel IS 'ways to contact somebody';
COMMENT ON TABLE dnc.reason IS 'why somebody is not to be contacted; a sticky reason is ended only when forced';
COMMENT ON TABLE dnc.source IS 'ways in which a request arrives';
COMMENT ON TABLE dnc.purpose IS 'what a contact is for: a tree of paths brand/product/campaign; a refusal of a node covers what is below it';
COMMENT ON COLUMN dnc.purpose.parent IS 'the path without its last part';

-- The tree is kept by a trigger: a foreign key of a table to itself makes pg_dump warn of a restore that would fail.
CREATE FUNCTION dnc.purpose_tree() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.parent IS NOT NULL THEN
        PERFORM FROM dnc.purpose AS p WHERE p.purpose = NEW.parent FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'purpose "%" has no parent "%"', NEW.purpose, NEW.parent USING ERRCODE = 'foreign_key_violation',
                DETAIL = 'Purposes are a tree of paths, and a path begins with a purpose that is there.',
                HINT = 'Insert the parent first.';
        END IF;
    ELSIF TG_OP = 'DELETE' AND EXISTS (SELECT FROM dnc.purpose AS p WHERE p.parent = OLD.purpose) THEN
        RAISE EXCEPTION 'purpose "%" has purposes below it', OLD.purpose USING ERRCODE = 'foreign_key_violation',
            HINT = 'Delete those first.';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION dnc.purpose_tree() IS 'trigger that keeps the tree of purposes whole';
CREATE TRIGGER "01_tree" AFTER INSERT OR DELETE ON dnc.purpose FOR EACH ROW EXECUTE FUNCTION dnc.purpose_tree();
ALTER TABLE dnc.purpose ENABLE ALWAYS TRIGGER "01_tree";

-- A name stays while a transaction refers to it that has not ended; see src/pg/known.rs.
CREATE FUNCTION dnc.names_wait() RETURNS trigger AS 'MODULE_PATHNAME', 'dnc_names_wait' LANGUAGE c;
CREATE FUNCTION dnc.is_known(relation text, name text) RETURNS boolean AS 'MODULE_PATHNAME', 'dnc_is_known_wrapper' LANGUAGE c VOLATILE COST 10;
COMMENT ON FUNCTION dnc.names_wait() IS 'trigger of lookup tables: waits for those who refer to a name, and has sessions forget which names there are';
COMMENT ON FUNCTION dnc.is_known(text, text) IS 'whether a lookup table has a name, which is then there until the transaction ends';

SELECT dnc.audit('channel', 'channel');
SELECT dnc.audit('reason', 'reason');
SELECT dnc.audit('source', 'source');
SELECT dnc.audit('purpose', 'purpose');

SELECT pg_catalog.pg_extension_config_dump('dnc.channel', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('dnc.reason', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('dnc.source', 'WHERE NOT builtin');
SELECT pg_catalog.pg_extension_config_dump('dnc.purpose', '');

-- Built-in rows are the extension's; only its scripts change them, while they are being run.
CREATE FUNCTION dnc.keep_builtin() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (TG_OP <> 'INSERT' AND OLD.builtin) OR (TG_OP <> 'DELETE' AND NEW.builtin) THEN
        RAISE EXCEPTION 'built-in rows of dnc.% cannot be changed', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege',
                  DETAIL = 'They belong to the extension, and an update of it may replace them.',
                  HINT = 'Insert a row of your own, with builtin left out.';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
COMMENT ON FUNCTION dnc.keep_builtin() IS 'trigger that keeps built-in rows as the extension made them';

DO $$
DECLARE
    relation text;
BEGIN
    FOREACH relation IN ARRAY ARRAY['channel', 'reason', 'source', 'purpose'] LOOP
        EXECUTE format('CREATE TRIGGER "00_names_wait" BEFORE DELETE ON dnc.%I FOR EACH STATEMENT EXECUTE FUNCTION dnc.names_wait()', relation);
        EXECUTE format('ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "00_names_wait"', relation);
    END LOOP;
    FOREACH relation IN ARRAY ARRAY['channel', 'reason', 'source'] LOOP
        EXECUTE format('CREATE TRIGGER "01_keep_builtin" BEFORE INSERT OR UPDATE OR DELETE ON dnc.%I FOR EACH ROW EXECUTE FUNCTION dnc.keep_builtin()', relation);
        EXECUTE format('ALTER TABLE dnc.%I ENABLE ALWAYS TRIGGER "01_keep_builtin"', relation);
    END LOOP;
END
$$;
