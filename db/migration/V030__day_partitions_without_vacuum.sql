-- Rows of the day's tables are inserted, hardly ever changed, and dropped with their day. Since PostgreSQL 13 autovacuum
-- goes through what is only inserted all the same, each time a fifth has been added, and writes every page of it to the
-- WAL once more. Statistics are still gathered, and rows still frozen when they have to be.
CREATE OR REPLACE FUNCTION ensure_day(wanted date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    made boolean := false;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('nexus.ensure_day'));
    FOREACH parent IN ARRAY ARRAY['event', 'delivery', 'attempt'] LOOP
        IF to_regclass(format('nexus.%I', parent || '_' || to_char(wanted, 'YYYYMMDD'))) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE nexus.%1$I (LIKE nexus.%2$I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE,
                     CHECK (day >= %3$L AND day < %4$L)) WITH (autovacuum_vacuum_insert_threshold = -1)',
                parent || '_' || to_char(wanted, 'YYYYMMDD'), parent, wanted, wanted + 1);
            EXECUTE format(
                'ALTER TABLE nexus.%2$I ATTACH PARTITION nexus.%1$I FOR VALUES FROM (%3$L) TO (%4$L)',
                parent || '_' || to_char(wanted, 'YYYYMMDD'), parent, wanted, wanted + 1);
            made := true;
        END IF;
    END LOOP;
    RETURN made;
END $$;

DO $$
DECLARE
    part regclass;
BEGIN
    FOR part IN SELECT inhrelid::regclass FROM pg_inherits
                WHERE inhparent IN ('event'::regclass, 'delivery'::regclass, 'attempt'::regclass) LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_vacuum_insert_threshold = -1)', part);
    END LOOP;
END $$;
