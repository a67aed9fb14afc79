-- Functions that publish events and metadata as part of the caller's transaction. Flyway runs this file in Nexus's own
-- database; if the source is another database, an administrator runs it there:
-- psql -f db/migration/R__publish_from_sql.sql
-- It may be repeated at any time and needs no tables of Nexus: the functions write only to the WAL.

DO $$
BEGIN
    IF pg_catalog.to_regnamespace('nexus') IS NULL THEN -- CREATE SCHEMA IF NOT EXISTS requires the right even if the schema exists
        CREATE SCHEMA nexus;
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION nexus.publish(
    type text, data jsonb, metadata jsonb DEFAULT '{}', ordering_key text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    event   jsonb;
    content bytea;
BEGIN
    IF current_setting('wal_level') <> 'logical' THEN
        RAISE 'wal_level is not logical: the event would be lost'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF type IS NULL OR length(type) > 256 OR type !~ '^[A-Za-z0-9_-]+([.][A-Za-z0-9_-]+)*$' THEN
        RAISE 'type must be segments of A-Z a-z 0-9 _ - with dots between them, at most 256 characters'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF starts_with(type, 'pg.') OR starts_with(type, 'nexus.') THEN
        RAISE 'type must not start with "pg." or "nexus.": these prefixes are reserved for Nexus'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF jsonb_typeof(data) IS DISTINCT FROM 'object' THEN
        RAISE 'data must be a JSON object' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF jsonb_typeof(coalesce(metadata, '{}')) <> 'object' THEN
        RAISE 'metadata must be a JSON object' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF length(ordering_key) NOT BETWEEN 1 AND 256 THEN
        RAISE 'ordering_key must have 1 to 256 characters' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    event := jsonb_build_object('type', type, 'orderingKey', ordering_key, 'data', data, 'metadata', coalesce(metadata, '{}'));
    IF jsonb_path_exists(event, 'strict $.**{100} ? (@.type() == "object" || @.type() == "array")') THEN
        RAISE 'data and metadata must not nest deeper than 98' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    content := convert_to(event::text, 'UTF8'); -- because the WAL stores the bytes unchanged, in any encoding of the database
    IF octet_length(content) > 1048576 THEN
        RAISE 'data and metadata must have at most 1 MiB together' USING ERRCODE = 'program_limit_exceeded';
    END IF;
    PERFORM pg_logical_emit_message(true, 'nexus.publish', content);
END
$$;

COMMENT ON FUNCTION nexus.publish(text, jsonb, jsonb, text) IS
    'Publishes an event when this transaction commits, and nothing when it rolls back. type: dotted segments of A-Z a-z 0-9 _ -. data, metadata: JSON objects. ordering_key: events with the same key are delivered in order.';

CREATE OR REPLACE FUNCTION nexus.annotate(metadata jsonb)
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    reserved text;
    content  bytea;
BEGIN
    IF jsonb_typeof(metadata) IS DISTINCT FROM 'object' THEN
        RAISE 'metadata must be a JSON object' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT min(name) INTO reserved FROM jsonb_object_keys(metadata) name
    WHERE name IN ('source', 'database', 'lsn', 'ordinal', 'xid', 'committedAt', 'partition', 'undecoded');
    IF reserved IS NOT NULL THEN
        RAISE 'metadata must not have "%": it is set by Nexus', reserved USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF jsonb_path_exists(metadata, 'strict $.**{100} ? (@.type() == "object" || @.type() == "array")') THEN
        RAISE 'metadata must not nest deeper than 100' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    content := convert_to(metadata::text, 'UTF8');
    IF octet_length(content) > 8192 THEN
        RAISE 'metadata must have at most 8 KiB' USING ERRCODE = 'program_limit_exceeded';
    END IF;
    PERFORM pg_logical_emit_message(true, 'nexus.annotate', content);
END
$$;

COMMENT ON FUNCTION nexus.annotate(jsonb) IS
    'Adds the members of metadata to the metadata of every row change that follows in this transaction; the later of two calls takes precedence, member by member.';
