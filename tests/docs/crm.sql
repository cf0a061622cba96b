-- What is in the tables of examples/crm/schema.sql while the documents' SQL runs. Nobody real:
-- numbers reserved for fiction.
SET client_min_messages = warning;
INSERT INTO contact (id, name, country, phone) VALUES
    (1, 'Alice Archer', 'GB', '020 7946 0018'), (2, 'Bob Baker', 'US', '(212) 555-0134'),
    (3, 'Carol Cook', 'US', '212.555.0188'), (4, 'Dora Dyer', 'DE', '030 23125 077'),
    (5, 'Emil Engel', 'FR', '+33 1 99 00 01 23'), (6, 'Fay Fisher', 'US', 'ask her sister'),
    (7, 'Gus Glover', 'AU', '0491 570 006'), (8, 'Hal Hunter', 'US', NULL);
INSERT INTO dial_queue (contact_id, country, phone) VALUES (3, 'US', '212.555.0188');
