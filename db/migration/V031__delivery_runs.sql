-- Under load nearly everything is delivered at the first attempt, hundreds of deliveries a commit. Those of a lane go
-- into history as one row: a row and three index entries for each were more than half of what settling costs.
-- The version before this one goes on beside it: it does not show what is in these rows, and changes none.

CREATE TABLE delivery_run (
    day                date NOT NULL,
    lane               int NOT NULL,
    first_seq          bigint NOT NULL,
    last_seq           bigint NOT NULL CHECK (last_seq BETWEEN first_seq AND first_seq + 4095),
    first_attempted_at timestamptz NOT NULL,
    last_attempted_at  timestamptz NOT NULL CHECK (last_attempted_at - first_attempted_at <= interval '1 minute'),
    settled_at         timestamptz NOT NULL,
    seqs               bigint[] NOT NULL,
    stripes            smallint[] NOT NULL,
    event_ids          uuid[] NOT NULL,
    created_at         timestamptz[] NOT NULL,
    attempted_at       timestamptz[] NOT NULL,
    duration_ms        int[] NOT NULL,
    status_codes       smallint[] NOT NULL,
    responses          text[],
    PRIMARY KEY (lane, last_seq, day)
) PARTITION BY RANGE (day);
CREATE INDEX delivery_run_newest ON delivery_run (last_seq);
CREATE INDEX delivery_run_log ON delivery_run (lane, last_attempted_at, first_attempted_at);
COMMENT ON TABLE delivery_run IS 'Written by queue; answers that are erased of it, too. Deliveries of a lane that were made at the first attempt and settled together, in the partition of their events'' day.';
COMMENT ON COLUMN delivery_run.last_seq IS 'Runs overlap, but none reaches back far: whoever looks for a seq looks at those that end within 4096 of it.';
COMMENT ON COLUMN delivery_run.last_attempted_at IS 'At most a minute after the first, for the same reason.';
COMMENT ON COLUMN delivery_run.seqs IS 'Ascending. This and the other arrays go side by side.';
COMMENT ON COLUMN delivery_run.responses IS 'Null: none of them answered anything.';

CREATE VIEW delivery_of_run AS
SELECT r.day, r.lane, r.first_seq, r.last_seq, r.first_attempted_at, r.last_attempted_at, d.stripe, d.seq, d.event_id,
       'SENT'::text AS status, NULL::text AS dead_reason, 1::smallint AS attempts, d.created_at, r.settled_at,
       d.attempted_at, d.duration_ms, d.status_code::int AS status_code, NULL::text AS error, d.response
FROM delivery_run r CROSS JOIN LATERAL unnest(
    r.seqs, r.stripes, r.event_ids, r.created_at, r.attempted_at, r.duration_ms, r.status_codes, r.responses)
    d(seq, stripe, event_id, created_at, attempted_at, duration_ms, status_code, response);
COMMENT ON VIEW delivery_of_run IS 'The deliveries in delivery_run, a row each, with the columns of delivery.';

-- In one query, so that it becomes a part of the one it is used in.
CREATE FUNCTION settled_delivery(of_day date, of_lane int, of_seq bigint)
RETURNS TABLE (
    day date, lane int, stripe smallint, seq bigint, event_id uuid, status text, dead_reason text, attempts smallint,
    created_at timestamptz, settled_at timestamptz, attempted_at timestamptz, duration_ms int, status_code int,
    error text, response text)
LANGUAGE sql STABLE AS $$
    (SELECT d.day, d.lane, d.stripe, d.seq, d.event_id, d.status, d.dead_reason, d.attempts,
            d.created_at, d.settled_at, d.attempted_at, d.duration_ms, d.status_code, d.error, d.response
     FROM nexus.delivery d WHERE d.day = of_day AND d.seq = of_seq AND d.lane = of_lane LIMIT 1)
    UNION ALL
    (SELECT d.day, d.lane, d.stripe, d.seq, d.event_id, d.status, d.dead_reason, d.attempts,
            d.created_at, d.settled_at, d.attempted_at, d.duration_ms, d.status_code, d.error, d.response
     FROM nexus.delivery_of_run d
     WHERE d.day = of_day AND d.lane = of_lane AND d.last_seq BETWEEN of_seq AND of_seq + 4095
       AND d.first_seq <= of_seq AND d.seq = of_seq LIMIT 1)
$$;
COMMENT ON FUNCTION settled_delivery(date, int, bigint) IS 'One delivery that is no longer owed, wherever it was written.';

-- A run of up to 8 KB stays in one piece: parts of it would be rows and index entries again.
CREATE OR REPLACE FUNCTION tune_day(part regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    col record;
BEGIN
    EXECUTE format('ALTER TABLE %s SET (autovacuum_vacuum_insert_threshold = -1, autovacuum_analyze_scale_factor = 0.5)',
                   part);
    IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = part AND attname = 'first_seq') THEN
        EXECUTE format('ALTER TABLE %s SET (toast_tuple_target = 8160)', part);
    END IF;
    FOR col IN SELECT attname, attndims > 0 OR attname IN ('body', 'error', 'response') AS is_not_sought
               FROM pg_attribute WHERE attrelid = part AND attnum > 0 AND NOT attisdropped LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', part, col.attname,
                       CASE WHEN col.is_not_sought THEN 0 ELSE 10 END);
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
                'CREATE TABLE nexus.%1$I (LIKE nexus.%2$I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE,
                     CHECK (day >= %3$L AND day < %4$L))', part, parent, wanted, wanted + 1);
            PERFORM nexus.tune_day(format('nexus.%I', part)::regclass);
            EXECUTE format('ALTER TABLE nexus.%2$I ATTACH PARTITION nexus.%1$I FOR VALUES FROM (%3$L) TO (%4$L)',
                           part, parent, wanted, wanted + 1);
            made := true;
        END IF;
    END LOOP;
    RETURN made;
END $$;

SELECT ensure_day(to_date(right(part.relname, 8), 'YYYYMMDD'))
FROM pg_inherits i JOIN pg_class part ON part.oid = i.inhrelid
WHERE i.inhparent = 'event'::regclass;
