-- Ids of row changes are keyed: nobody who knows where a change stands in the WAL can say which id it will have.
ALTER TABLE store ADD COLUMN event_id_key bytea NOT NULL DEFAULT
    pg_catalog.decode(pg_catalog.replace(
        pg_catalog.gen_random_uuid()::pg_catalog.text || pg_catalog.gen_random_uuid()::pg_catalog.text, '-', ''), 'hex')
    CHECK (pg_catalog.octet_length(event_id_key) >= 32);
COMMENT ON COLUMN store.event_id_key IS 'Made once and never changed: with another one the same change would have another id. No answer of the API shows it.';
