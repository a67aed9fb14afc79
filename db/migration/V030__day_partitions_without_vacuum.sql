-- Rows of the day's tables are inserted, hardly ever changed, and dropped with their day. Since PostgreSQL 13 autovacuum
-- goes through what is only inserted all the same, each time a fifth has been added, and writes every page of it to the
-- WAL once more. Rows are still frozen when they have to be, and statistics still gathered, but less often, of a tenth of
-- the rows, and without the columns that no statement looks for: nothing here depends on them, as reads go by index.
CREATE FUNCTION tune_day(part regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    col name;
BEGIN
    EXECUTE format('ALTER TABLE %s SET (autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_scale_factor = 0.5)',
                   part);
    FOR col IN SELECT attname FROM pg_attribute WHERE attrelid = part AND attnum > 0 AND NOT attisdropped LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', part, col,
                       CASE WHEN col IN ('body', 'lanes', 'seqs', 'error', 'response') THEN 0 ELSE 10 END);
    END LOOP;
END $$;
COMMENT ON FUNCTION tune_day(regclass) IS 'How autovacuum treats a partition of a day.';

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
                     CHECK (day >= %3$L AND day < %4$L))',
                parent || '_' || to_char(wanted, 'YYYYMMDD'), parent, wanted, wanted + 1);
            PERFORM nexus.tune_day(format('nexus.%I', parent || '_' || to_char(wanted, 'YYYYMMDD'))::regclass);
            EXECUTE format(
                'ALTER TABLE nexus.%2$I ATTACH PARTITION nexus.%1$I FOR VALUES FROM (%3$L) TO (%4$L)',
                parent || '_' || to_char(wanted, 'YYYYMMDD'), parent, wanted, wanted + 1);
            made := true;
        END IF;
    END LOOP;
    RETURN made;
END $$;

SELECT tune_day(inhrelid) FROM pg_inherits
WHERE inhparent IN ('event'::regclass, 'delivery'::regclass, 'attempt'::regclass);
