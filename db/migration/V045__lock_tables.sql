-- Sessions of Nexus keep each other out by locks on these tables, which have no rows, and not by advisory locks: any role
-- of the database may take an advisory lock, and keep it; a table's lock needs rights in this schema. Processes of the
-- version before do not see these locks: until they have ended, a change of a subscription may meet an intake of theirs.
CREATE TABLE catalog_lock ();
COMMENT ON TABLE catalog_lock IS 'ROW SHARE by every intake, EXCLUSIVE by a change of a subscription.';
CREATE TABLE publication_lock ();
COMMENT ON TABLE publication_lock IS 'EXCLUSIVE by who looks at the source''s publications and changes them.';
CREATE TABLE retention_lock ();
COMMENT ON TABLE retention_lock IS 'EXCLUSIVE by who makes and drops the days'' partitions.';
CREATE TABLE ensure_day_lock ();
COMMENT ON TABLE ensure_day_lock IS 'EXCLUSIVE by ensure_day.';
CREATE TABLE counter_lock (one boolean PRIMARY KEY DEFAULT true CHECK (one));
INSERT INTO counter_lock DEFAULT VALUES;
COMMENT ON TABLE counter_lock IS 'Its row is locked by who folds stat_delta into stat.';
-- nothing is ever written to them, but a publication of all tables must not look as if it could hurt them
ALTER TABLE catalog_lock REPLICA IDENTITY FULL;
ALTER TABLE publication_lock REPLICA IDENTITY FULL;
ALTER TABLE retention_lock REPLICA IDENTITY FULL;
ALTER TABLE ensure_day_lock REPLICA IDENTITY FULL;
COMMENT ON TABLE process IS 'Written by queue. Who may dispatch and settle; a row that is gone was taken over, or has left. Who relies on what it owns locks process_<id>_lock.';

CREATE OR REPLACE FUNCTION ensure_day(wanted date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    part text;
    made boolean := false;
BEGIN
    LOCK TABLE nexus.ensure_day_lock IN EXCLUSIVE MODE;
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
