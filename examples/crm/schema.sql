-- A small CRM such as thousands exist: telephone numbers are text, as somebody typed them.

CREATE TABLE contact (
    id      bigint PRIMARY KEY,
    name    text NOT NULL,
    country char(2),
    phone   text
);

CREATE TABLE dial_queue (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contact_id bigint REFERENCES contact,
    country    char(2),
    phone      text,
    queued_at  timestamptz NOT NULL DEFAULT now()
);

-- What the CRM called people by until now.
CREATE VIEW call_list AS SELECT id, name, country, phone FROM contact WHERE phone IS NOT NULL AND phone <> '';
