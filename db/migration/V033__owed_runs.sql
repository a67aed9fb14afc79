-- Under load most of what becomes owed is delivered within milliseconds, by the process that has stored it and knows it
-- already. What a lane owes of one transaction is one row then, not a row with its index entries for each delivery.
-- While a process of the version before this one delivers, nothing is written in this way: it would not find it.

CREATE TABLE owed_run (
    lane       int NOT NULL,
    first_seq  bigint NOT NULL,
    event_day  date NOT NULL,
    created_at timestamptz NOT NULL,
    seqs       bigint[] NOT NULL,
    stripes    smallint[] NOT NULL,
    keys       bigint[] NOT NULL,
    event_ids  uuid[] NOT NULL,
    body_bytes int[] NOT NULL,
    is_owed    bit varying NOT NULL,
    PRIMARY KEY (lane, first_seq)
) WITH (toast_tuple_target = 8160, vacuum_truncate = off, autovacuum_vacuum_scale_factor = 0,
        autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
COMMENT ON TABLE owed_run IS 'Inserted by intake, changed by queue. Deliveries that the owner of their lane has in memory, none of them tried; as soon as it has not, they become rows of owed.';
COMMENT ON COLUMN owed_run.seqs IS 'Ascending. This and the other arrays go side by side; what is missing here has its default in owed.';
COMMENT ON COLUMN owed_run.is_owed IS 'A bit for each: 0 when it is in the history by now. The row is deleted with the last one.';

CREATE VIEW owed_of_run AS
SELECT r.lane, d.stripe, d.seq, d.key, NULL::bigint AS other_key, false AS barrier, NULL::timestamptz AS due,
       0::smallint AS attempts, 0::smallint AS attempts_before, r.created_at, NULL::timestamptz AS renewed_at,
       r.event_day, d.event_id, d.body_bytes, false AS own, r.first_seq
FROM owed_run r CROSS JOIN LATERAL unnest(r.seqs, r.stripes, r.keys, r.event_ids, r.body_bytes)
    WITH ORDINALITY d(seq, stripe, key, event_id, body_bytes, place)
WHERE get_bit(r.is_owed, d.place::int - 1) = 1;
COMMENT ON VIEW owed_of_run IS 'The deliveries in owed_run, a row each, with the columns of owed; first_seq is that of their run.';

-- In one query, so that it becomes a part of the one it is used in. An event does not name the stripe: all eight are tried.
CREATE FUNCTION owed_delivery(of_lane int, of_seq bigint)
RETURNS TABLE (
    lane int, stripe smallint, seq bigint, due timestamptz, attempts smallint, created_at timestamptz,
    renewed_at timestamptz, event_day date, event_id uuid)
LANGUAGE sql STABLE AS $$
    (SELECT o.lane, o.stripe, o.seq, o.due, o.attempts, o.created_at, o.renewed_at, o.event_day, o.event_id
     FROM nexus.owed o
     WHERE o.lane = of_lane AND o.stripe = ANY ('{0,1,2,3,4,5,6,7}'::smallint[]) AND o.seq = of_seq LIMIT 1)
    UNION ALL
    (SELECT o.lane, o.stripe, o.seq, o.due, o.attempts, o.created_at, o.renewed_at, o.event_day, o.event_id
     FROM nexus.owed_of_run o
     WHERE o.lane = of_lane AND o.first_seq <= of_seq AND o.seq = of_seq LIMIT 1)
$$;
COMMENT ON FUNCTION owed_delivery(int, bigint) IS 'One delivery that is owed, wherever it lies.';

CREATE FUNCTION unfold_owed(of_lane int, of_first_seqs bigint[]) RETURNS void LANGUAGE sql AS $$
    WITH taken AS (
        DELETE FROM nexus.owed_run WHERE lane = of_lane AND first_seq = ANY (of_first_seqs) RETURNING *)
    INSERT INTO nexus.owed (lane, stripe, seq, key, created_at, event_day, event_id, body_bytes)
    SELECT r.lane, d.stripe, d.seq, d.key, r.created_at, r.event_day, d.event_id, d.body_bytes
    FROM taken r CROSS JOIN LATERAL unnest(r.seqs, r.stripes, r.keys, r.event_ids, r.body_bytes)
        WITH ORDINALITY d(seq, stripe, key, event_id, body_bytes, place)
    WHERE get_bit(r.is_owed, d.place::int - 1) = 1
$$;
COMMENT ON FUNCTION unfold_owed(int, bigint[]) IS 'Turns runs of one lane, by their first seqs, into rows of owed; one that is gone is left out.';

ALTER TABLE process ADD COLUMN reads_runs boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN process.reads_runs IS 'Whether it finds what is in owed_run; the versions before do not.';
