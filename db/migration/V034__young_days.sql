-- Statistics of a day's tables are gathered of 3000 rows, and of no column that no statement looks for. They were not:
-- arrays are not known by their dimensions (a table made LIKE another has none noted), and an expression in an index has
-- a number of its own, by which 30 000 rows were read. Every page that is read so for the first time after it was written
-- goes to the WAL as a whole: once a minute 160 MB, while a day's tables are young and their growth is large.
-- The function is for tables that have their indexes: those of a partition come when it is attached. A new one needs no
-- CHECK to be attached quickly, as it is empty; each statement that wrote into it parsed that CHECK anew.
CREATE OR REPLACE FUNCTION tune_day(part regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    col record;
BEGIN
    EXECUTE format('ALTER TABLE %s SET (autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_scale_factor = 1)',
                   part);
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = part AND attname = 'first_seq') THEN
        EXECUTE format('ALTER TABLE %s SET (toast_tuple_target = 8160)', part);
    END IF;
    FOR col IN SELECT a.attname, t.typcategory = 'A' OR a.attname IN ('body', 'error', 'response') AS is_not_sought
               FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
               WHERE a.attrelid = part AND a.attnum > 0 AND NOT a.attisdropped LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', part, col.attname,
                       CASE WHEN col.is_not_sought THEN 0 ELSE 10 END);
    END LOOP;
    FOR col IN SELECT i.indexrelid::regclass AS index, a.attnum
               FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indexrelid
               WHERE i.indrelid = part AND i.indkey[a.attnum - 1] = 0 LOOP
        EXECUTE format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS 10', col.index, col.attnum);
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION ensure_day(wanted date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    part text;
    made boolean := false;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('nexus.ensure_day'));
    FOR parent IN SELECT relname FROM pg_class WHERE relnamespace = 'nexus'::regnamespace AND relkind = 'p' LOOP
        part := parent || '_' || to_char(wanted, 'YYYYMMDD');
        IF to_regclass(format('nexus.%I', part)) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE nexus.%1$I (LIKE nexus.%2$I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)',
                part, parent);
            EXECUTE format('ALTER TABLE nexus.%2$I ATTACH PARTITION nexus.%1$I FOR VALUES FROM (%3$L) TO (%4$L)',
                           part, parent, wanted, wanted + 1);
            PERFORM nexus.tune_day(format('nexus.%I', part)::regclass);
            made := true;
        END IF;
    END LOOP;
    RETURN made;
END $$;

SELECT tune_day(i.inhrelid)
FROM pg_inherits i JOIN pg_class parent ON parent.oid = i.inhparent
WHERE parent.relnamespace = 'nexus'::regnamespace AND parent.relkind = 'p';
