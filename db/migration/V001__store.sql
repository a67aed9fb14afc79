-- Nexus's own tables. The COMMENT of each names the room that writes it. Hot tables have no foreign keys, because
-- FOR KEY SHARE on one shared row by many transactions creates multixacts at transaction rate.

-- The store and its subscriptions.

CREATE TABLE store (
    one             boolean PRIMARY KEY DEFAULT true CHECK (one),
    id              uuid    NOT NULL DEFAULT gen_random_uuid(),
    epoch           int     NOT NULL DEFAULT 1,
    catalog_version bigint  NOT NULL DEFAULT 1,
    event_id_key    bytea   NOT NULL
        DEFAULT decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')
        CHECK (octet_length(event_id_key) >= 32),
    mask_key        bytea   NOT NULL
        DEFAULT decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex')
        CHECK (octet_length(mask_key) >= 32)
);
INSERT INTO store DEFAULT VALUES;
COMMENT ON TABLE store IS 'Written by subscription. One row: the identity of the store, and the version of the subscriptions.';
COMMENT ON COLUMN store.epoch IS 'Part of every delivery id; increased by hand after a restore from a backup.';
COMMENT ON COLUMN store.catalog_version IS 'Increased by every change of a subscription; intake compares it in the transaction that matches events.';
COMMENT ON COLUMN store.event_id_key IS 'Generated once and never changed: with another key the same change would have another id. No answer of the API contains it.';
COMMENT ON COLUMN store.mask_key IS 'Key of the hashes that are sent in place of masked columns. Generated once and never changed: with another key equal values would have other hashes.';

CREATE TABLE subscription (
    id                    uuid PRIMARY KEY,
    lane                  int GENERATED ALWAYS AS IDENTITY UNIQUE,
    kind                  text NOT NULL CHECK (kind IN ('subscription', 'listener')),
    settings              jsonb NOT NULL,
    target                bytea,
    target_digest         bytea NOT NULL,
    fingerprint           bytea NOT NULL,
    state                 text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'disabled')),
    disabled_reason       text,
    pauses                jsonb NOT NULL DEFAULT '[]',
    held_until            timestamptz,
    breaker_opened_at     timestamptz,
    breaker_probe_at      timestamptz,
    breaker_failed_probes int NOT NULL DEFAULT 0,
    failing_since         timestamptz,
    failing_attempts      int NOT NULL DEFAULT 0,
    alert                 jsonb,
    alert_due             boolean NOT NULL DEFAULT false,
    created_at            timestamptz NOT NULL DEFAULT now(),
    updated_at            timestamptz NOT NULL DEFAULT now(),
    deleted_at            timestamptz,
    version               bigint NOT NULL DEFAULT 1,
    CHECK (disabled_reason IS NULL OR state = 'disabled'),
    CHECK ((breaker_opened_at IS NULL) = (breaker_probe_at IS NULL)),
    CHECK ((failing_since IS NULL) = (failing_attempts = 0)),
    CHECK (target IS NOT NULL OR deleted_at IS NOT NULL)
);
CREATE UNIQUE INDEX subscription_once ON subscription (fingerprint) WHERE deleted_at IS NULL;
CREATE INDEX subscription_version ON subscription (version);
COMMENT ON TABLE subscription IS 'Written by subscription. A deleted one stays as a tombstone until its history is gone.';
COMMENT ON COLUMN subscription.settings IS 'All settings by the caller except the target, in the form of the API''s answers.';
COMMENT ON COLUMN subscription.target IS 'A JSON object with the URL and every secret, AES-256-GCM under NEXUS_SECRET_KEY: key id (4 bytes), nonce (12), ciphertext and tag.';
COMMENT ON COLUMN subscription.target_digest IS 'HMAC-SHA256 of the URL under a key derived from NEXUS_SECRET_KEY: equal for equal URLs.';
COMMENT ON COLUMN subscription.fingerprint IS 'HMAC-SHA256, under the same key, over the fields that identify a subscription.';
COMMENT ON COLUMN subscription.state IS 'active: events are owed and sent; paused: owed and held; disabled: not owed, only counted in missed.';
COMMENT ON COLUMN subscription.pauses IS 'When it was paused or disabled: ascending [[from, to], ...] in milliseconds since 1970, to is null while it is. These times do not count towards DELIVERY_MAX_AGE.';
COMMENT ON COLUMN subscription.held_until IS 'Retry-After of the endpoint: the lane sends nothing before this time.';
COMMENT ON COLUMN subscription.breaker_opened_at IS 'When the breaker opened, since when only probes are sent; null: the breaker is closed.';
COMMENT ON COLUMN subscription.breaker_probe_at IS 'When the next delivery may probe the endpoint.';
COMMENT ON COLUMN subscription.version IS 'The catalog version that the last change of the row made, so that a process reads only what it does not know yet.';
COMMENT ON COLUMN subscription.failing_since IS 'Time of the first attempt in a series of failures, a minute late at most; null: the last known attempt succeeded.';
COMMENT ON COLUMN subscription.alert IS 'The last change of the endpoint''s health that is announced: it fails, or it has recovered.';
COMMENT ON COLUMN subscription.alert_due IS 'The event about the alert may not be stored yet.';

-- The processes, and the shards that each of them owns.

CREATE TABLE process (
    id            int PRIMARY KEY,
    epoch         bigint NOT NULL,
    beat          bigint NOT NULL DEFAULT 0,
    leaving       boolean NOT NULL DEFAULT false,
    place         text,
    backend_pid   int,
    backend_since timestamptz
);
CREATE SEQUENCE process_epoch;
COMMENT ON TABLE process IS 'Written by queue. The processes that may dispatch and settle. The row is deleted when a process leaves or is taken over. A transaction that relies on the ownership of shards locks process_<id>_lock.';
COMMENT ON COLUMN process.beat IS 'Heartbeat, increased every few seconds; a process whose heartbeat does not change for long is taken over.';
COMMENT ON COLUMN process.leaving IS 'The process finishes its in-flight requests and takes no more shards; the others divide the shards without it.';
COMMENT ON COLUMN process.place IS 'Where it runs: boot of the machine, namespaces, process id and start, container, lock file and the locked byte; - is unknown.';
COMMENT ON COLUMN process.backend_pid IS 'Id of the server process of the connection that writes the heartbeat.';
COMMENT ON COLUMN process.backend_since IS 'When that server process started, because ids are reused.';

CREATE TABLE shard (
    shard      smallint PRIMARY KEY,
    process    int,
    generation bigint NOT NULL DEFAULT 0
);
INSERT INTO shard (shard) SELECT generate_series(0, 63);
COMMENT ON TABLE shard IS 'Written by queue. The owner of each shard; the shard of a lane is lane modulo 64. Null: free.';

-- Sessions of Nexus exclude each other by locks on these tables, and on flyway_schema_history. They use no advisory locks,
-- because any role of the database may take one and keep it; a table's lock requires rights in this schema. The tables
-- are never written; they have a replica identity so that a publication of all tables is not reported as harmful.

CREATE TABLE catalog_lock ();
ALTER TABLE catalog_lock REPLICA IDENTITY FULL;
COMMENT ON TABLE catalog_lock IS 'Locked ROW SHARE by every intake, EXCLUSIVE by a change of a subscription.';

CREATE TABLE publication_lock ();
ALTER TABLE publication_lock REPLICA IDENTITY FULL;
COMMENT ON TABLE publication_lock IS 'Locked EXCLUSIVE by the process that reads and changes the source''s publications.';

CREATE TABLE retention_lock ();
ALTER TABLE retention_lock REPLICA IDENTITY FULL;
COMMENT ON TABLE retention_lock IS 'Locked EXCLUSIVE by the process that creates and drops the days'' partitions.';

CREATE TABLE ensure_day_lock ();
ALTER TABLE ensure_day_lock REPLICA IDENTITY FULL;
COMMENT ON TABLE ensure_day_lock IS 'Locked EXCLUSIVE by ensure_day.';

CREATE TABLE counter_lock (one boolean PRIMARY KEY DEFAULT true CHECK (one));
INSERT INTO counter_lock DEFAULT VALUES;
COMMENT ON TABLE counter_lock IS 'Its row is locked by the process that folds stat_delta into stat.';

-- Events. One index finds the newest events of all types and of one type: a search for a type skips the entries of the
-- others, up to the bound of the lists for one page. The index contains hashes, because names of types are long.

CREATE SEQUENCE event_seq;
CREATE TABLE event (
    day         date NOT NULL,
    id          uuid NOT NULL,
    seq         bigint NOT NULL,
    type        text NOT NULL,
    created_at  timestamptz NOT NULL,
    accepted_at timestamptz NOT NULL,
    erased_at   timestamptz,
    body        bytea,
    key         bigint,
    other_key   bigint CHECK (other_key IS NULL OR key IS NOT NULL),
    row_key     bigint,
    lanes       int[] NOT NULL,
    seqs        bigint[] NOT NULL,
    PRIMARY KEY (id, day)
) PARTITION BY RANGE (day);
CREATE INDEX event_newest_with_type ON event (seq, hashtext(type));
CREATE INDEX event_of_key ON event USING brin (
    (seq + 0) int8_minmax_ops, key int8_bloom_ops (n_distinct_per_range = 1200, false_positive_rate = 0.002))
    WITH (pages_per_range = 64);
CREATE INDEX event_of_other_key ON event (other_key) WHERE other_key IS NOT NULL;
CREATE INDEX event_of_row_key ON event (row_key) WHERE row_key IS NOT NULL;
ALTER TABLE event ALTER COLUMN body SET STORAGE EXTERNAL;
COMMENT ON TABLE event IS 'Written by intake; erasure is written by queue. Events, by the day on which Nexus stored them.';
COMMENT ON INDEX event_of_key IS 'An entry for each event would cost intake more than all of its other entries. This index costs nothing when a row is inserted: upkeep adds ranges of pages when they are full, and a search reads the last ones as they are. The seq is an expression, so that no other index is chosen for a search.';
COMMENT ON COLUMN event.erased_at IS 'When the payload was erased on request; the body is then null.';
COMMENT ON COLUMN event.body IS 'The default format, byte for byte as it is signed and sent on every attempt.';
COMMENT ON COLUMN event.key IS '64-bit hash of the ordering key; null: no order.';
COMMENT ON COLUMN event.other_key IS 'The second ordering key of an UPDATE that changes the identity; equal to key for a barrier.';
COMMENT ON COLUMN event.row_key IS 'Hash of the row''s key when it orders nothing: a primary key beside another identity, or a change just after the identity of the table changed.';
COMMENT ON COLUMN event.lanes IS 'The lanes of its deliveries, pairwise with seqs: the primary keys of its deliveries. A replay appends to it.';

CREATE TABLE idempotency (
    scope      text NOT NULL,
    key        text NOT NULL,
    body_hash  text NOT NULL,
    answer     text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_expiry ON idempotency (expires_at);
COMMENT ON TABLE idempotency IS 'Inserted by intake, in the transaction of the events; pruned by upkeep.';
COMMENT ON COLUMN idempotency.scope IS 'The API key''s fingerprint, or "event" for event ids that are UUIDs.';

-- Owed deliveries. Under load most of them are delivered within milliseconds, by the process that has stored them and has
-- them in memory: the deliveries of one lane and transaction are then one packed row of owed_run, and not one row with its
-- index entries each. The primary key of owed finds the deliveries without an attempt, as few others are among them.

CREATE TABLE owed (
    lane            int NOT NULL,
    stripe          smallint NOT NULL,
    seq             bigint GENERATED BY DEFAULT AS IDENTITY,
    key             bigint,
    other_key       bigint CHECK (other_key IS NULL OR key IS NOT NULL),
    barrier         boolean NOT NULL DEFAULT false,
    due             timestamptz,
    attempts        smallint NOT NULL DEFAULT 0,
    attempts_before smallint NOT NULL DEFAULT 0 CHECK (attempts_before <= attempts),
    created_at      timestamptz NOT NULL,
    renewed_at      timestamptz,
    event_day       date NOT NULL,
    event_id        uuid NOT NULL,
    body_bytes      int NOT NULL,
    own             boolean NOT NULL DEFAULT false,
    job             uuid,
    PRIMARY KEY (lane, stripe, seq),
    CHECK (due IS NULL OR attempts > 0)
) WITH (fillfactor = 90, vacuum_truncate = off, autovacuum_vacuum_scale_factor = 0,
        autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX owed_due ON owed (lane, due, seq) WHERE due IS NOT NULL;
CREATE INDEX owed_key ON owed (lane, key, seq) WHERE key IS NOT NULL;
CREATE INDEX owed_other_key ON owed (lane, other_key, seq) WHERE other_key IS NOT NULL;
CREATE INDEX owed_barrier ON owed (lane, seq) WHERE barrier;
CREATE INDEX owed_renewed ON owed (lane, seq) WHERE renewed_at IS NOT NULL AND due IS NULL AND job IS NULL;
CREATE INDEX owed_job ON owed (lane, job) WHERE job IS NOT NULL;
COMMENT ON TABLE owed IS 'Inserted by intake, changed by queue. A row exists only while its delivery is owed.';
COMMENT ON COLUMN owed.stripe IS 'Key slice: hash of the ordering key modulo 8. The eight slices of a lane are read in parallel, all by one process.';
COMMENT ON COLUMN owed.seq IS 'The order of delivery, drawn when the row is inserted. Unique over all lanes.';
COMMENT ON COLUMN owed.key IS '64-bit hash of the ordering key; null: no order.';
COMMENT ON COLUMN owed.other_key IS 'The second ordering key of an UPDATE that changes the identity.';
COMMENT ON COLUMN owed.barrier IS 'Waits for all earlier deliveries of the lane, and all later ones wait for it: TRUNCATE.';
COMMENT ON COLUMN owed.due IS 'When to retry. Null: no attempt yet, or retried by hand.';
COMMENT ON COLUMN owed.attempts_before IS 'Attempts before the last retry by hand; they do not count towards the maximum.';
COMMENT ON COLUMN owed.renewed_at IS 'The last retry by hand: DELIVERY_MAX_AGE counts from here.';
COMMENT ON COLUMN owed.body_bytes IS 'Size of the body, which is reserved in the memory budget before the body is read.';
COMMENT ON COLUMN owed.own IS 'One of Nexus''s own events (nexus.*): not counted, and raises none.';
COMMENT ON COLUMN owed.job IS 'The replay or backfill that it belongs to, which its requests name. The keys of a replay differ from those of other deliveries, which never wait for it.';
COMMENT ON INDEX owed_renewed IS 'Deliveries that were retried by hand and have no attempt since: they bypass an open breaker.';

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
COMMENT ON TABLE owed_run IS 'Inserted by intake, changed by queue. Packed rows: deliveries without an attempt that the owner of their lane has in memory. When it removes them from memory, they become rows of owed.';
COMMENT ON COLUMN owed_run.seqs IS 'Ascending. The arrays have one element for each delivery; attributes without an array have their default in owed.';
COMMENT ON COLUMN owed_run.is_owed IS 'One bit for each delivery: 0 if it is settled. The row is deleted with its last delivery.';

CREATE VIEW owed_of_run AS
SELECT r.lane, d.stripe, d.seq, d.key, NULL::bigint AS other_key, false AS barrier, NULL::timestamptz AS due,
       0::smallint AS attempts, 0::smallint AS attempts_before, r.created_at, NULL::timestamptz AS renewed_at,
       r.event_day, d.event_id, d.body_bytes, false AS own, r.first_seq
FROM owed_run r CROSS JOIN LATERAL unnest(r.seqs, r.stripes, r.keys, r.event_ids, r.body_bytes)
    WITH ORDINALITY d(seq, stripe, key, event_id, body_bytes, place)
WHERE get_bit(r.is_owed, d.place::int - 1) = 1;
COMMENT ON VIEW owed_of_run IS 'The deliveries in owed_run, one row each, with the columns of owed; first_seq is that of their packed row.';

CREATE FUNCTION unfold_owed(of_lane int, of_first_seqs bigint[]) RETURNS void LANGUAGE sql AS $$
    WITH taken AS (
        DELETE FROM nexus.owed_run WHERE lane = of_lane AND first_seq = ANY (of_first_seqs) RETURNING *)
    INSERT INTO nexus.owed (lane, stripe, seq, key, created_at, event_day, event_id, body_bytes)
    SELECT r.lane, d.stripe, d.seq, d.key, r.created_at, r.event_day, d.event_id, d.body_bytes
    FROM taken r CROSS JOIN LATERAL unnest(r.seqs, r.stripes, r.keys, r.event_ids, r.body_bytes)
        WITH ORDINALITY d(seq, stripe, key, event_id, body_bytes, place)
    WHERE get_bit(r.is_owed, d.place::int - 1) = 1
$$;
COMMENT ON FUNCTION unfold_owed(int, bigint[]) IS 'Converts packed rows of one lane, given by their first seqs, into rows of owed; deleted ones are skipped.';

-- History: settled deliveries. Under load nearly all deliveries succeed at the first attempt, hundreds in one commit. Those
-- of a lane are stored in delivery_run as one packed row, because a row and three index entries for each would be more
-- than half of the cost of settling.

CREATE TABLE delivery (
    day             date NOT NULL,
    lane            int NOT NULL,
    stripe          smallint NOT NULL,
    seq             bigint NOT NULL,
    key             bigint,
    other_key       bigint,
    barrier         boolean NOT NULL,
    event_id        uuid NOT NULL,
    body_bytes      int NOT NULL,
    own             boolean NOT NULL,
    status          text NOT NULL CHECK (status IN ('SENT', 'DEAD')),
    dead_reason     text CHECK ((status = 'DEAD') = (dead_reason IS NOT NULL)),
    attempts        smallint NOT NULL,
    attempts_before smallint NOT NULL,
    created_at      timestamptz NOT NULL,
    settled_at      timestamptz NOT NULL,
    attempted_at    timestamptz,
    duration_ms     int,
    status_code     int,
    error           text,
    response        text,
    batch           uuid,
    job             uuid,
    PRIMARY KEY (seq, day),
    CHECK ((attempted_at IS NULL) = (duration_ms IS NULL))
) PARTITION BY RANGE (day);
CREATE INDEX delivery_of_lane ON delivery (lane, seq);
CREATE INDEX delivery_log ON delivery (lane, attempted_at) WHERE attempted_at IS NOT NULL;
CREATE INDEX delivery_late ON delivery (attempted_at)
    WHERE attempted_at >= (day + 4)::timestamp AT TIME ZONE 'UTC';
CREATE INDEX delivery_dead ON delivery (seq) WHERE status = 'DEAD';
COMMENT ON TABLE delivery IS 'Written by queue. Settled deliveries, in the partition of their event''s day.';
COMMENT ON COLUMN delivery.attempted_at IS 'This column and the next four describe the last attempt. Earlier attempts are in attempt. Null: no attempt, or the last attempt is in attempt.';
COMMENT ON COLUMN delivery.batch IS 'Id of the batch in which the last attempt was made; null: it was sent by itself.';
COMMENT ON COLUMN delivery.job IS 'As in owed, for a DEAD one, which may be retried.';
COMMENT ON COLUMN delivery.dead_reason IS 'exhausted, expired, cancelled, subscription-deleted, gone, refused, payload-gone, payload-erased, transform-failed, or event-unreadable.';

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
    batches            uuid[],
    PRIMARY KEY (lane, last_seq, day)
) PARTITION BY RANGE (day);
CREATE INDEX delivery_run_newest ON delivery_run (last_seq);
CREATE INDEX delivery_run_log ON delivery_run (lane, last_attempted_at, first_attempted_at);
CREATE INDEX delivery_run_late ON delivery_run (last_attempted_at)
    WHERE last_attempted_at >= (day + 4)::timestamp AT TIME ZONE 'UTC';
COMMENT ON TABLE delivery_run IS 'Written by queue, including erasure of answers. Packed rows: deliveries of a lane that succeeded at the first attempt and were settled together, in the partition of their events'' day.';
COMMENT ON COLUMN delivery_run.last_seq IS 'Packed rows overlap, but each spans less than 4096 seqs: a search for a seq reads those that end within 4096 of it.';
COMMENT ON COLUMN delivery_run.last_attempted_at IS 'At most a minute after the first, for the same reason.';
COMMENT ON COLUMN delivery_run.seqs IS 'Ascending. The arrays have one element for each delivery.';
COMMENT ON COLUMN delivery_run.responses IS 'Null: no answer had a body.';
COMMENT ON COLUMN delivery_run.batches IS 'Null: none was sent in a batch.';

CREATE VIEW delivery_of_run AS
SELECT r.day, r.lane, r.first_seq, r.last_seq, r.first_attempted_at, r.last_attempted_at, d.stripe, d.seq, d.event_id,
       'SENT'::text AS status, NULL::text AS dead_reason, 1::smallint AS attempts, d.created_at, r.settled_at,
       d.attempted_at, d.duration_ms, d.status_code::int AS status_code, NULL::text AS error, d.response, d.batch
FROM delivery_run r CROSS JOIN LATERAL unnest(
    r.seqs, r.stripes, r.event_ids, r.created_at, r.attempted_at, r.duration_ms, r.status_codes, r.responses, r.batches)
    d(seq, stripe, event_id, created_at, attempted_at, duration_ms, status_code, response, batch);
COMMENT ON VIEW delivery_of_run IS 'The deliveries in delivery_run, one row each, with the columns of delivery.';

-- A single query, so that the planner inlines it into the calling query.
CREATE FUNCTION settled_delivery(of_day date, of_lane int, of_seq bigint)
RETURNS TABLE (
    day date, lane int, stripe smallint, seq bigint, event_id uuid, status text, dead_reason text, attempts smallint,
    created_at timestamptz, settled_at timestamptz, attempted_at timestamptz, duration_ms int, status_code int,
    error text, response text, batch uuid)
LANGUAGE sql STABLE AS $$
    (SELECT d.day, d.lane, d.stripe, d.seq, d.event_id, d.status, d.dead_reason, d.attempts,
            d.created_at, d.settled_at, d.attempted_at, d.duration_ms, d.status_code, d.error, d.response, d.batch
     FROM nexus.delivery d WHERE d.day = of_day AND d.seq = of_seq AND d.lane = of_lane LIMIT 1)
    UNION ALL
    (SELECT d.day, d.lane, d.stripe, d.seq, d.event_id, d.status, d.dead_reason, d.attempts,
            d.created_at, d.settled_at, d.attempted_at, d.duration_ms, d.status_code, d.error, d.response, d.batch
     FROM nexus.delivery_of_run d
     WHERE d.day = of_day AND d.lane = of_lane AND d.last_seq BETWEEN of_seq AND of_seq + 4095
       AND d.first_seq <= of_seq AND d.seq = of_seq LIMIT 1)
$$;
COMMENT ON FUNCTION settled_delivery(date, int, bigint) IS 'One settled delivery, from delivery or delivery_run.';

CREATE TABLE attempt (
    day          date NOT NULL,
    lane         int NOT NULL,
    seq          bigint NOT NULL,
    attempt      smallint NOT NULL,
    attempted_at timestamptz NOT NULL,
    duration_ms  int NOT NULL,
    status_code  int,
    error        text,
    response     text,
    next_run_at  timestamptz,
    batch        uuid,
    PRIMARY KEY (seq, attempt, day)
) PARTITION BY RANGE (day);
CREATE INDEX attempt_log ON attempt (lane, attempted_at);
CREATE INDEX attempt_late ON attempt (attempted_at) WHERE attempted_at >= (day + 4)::timestamp AT TIME ZONE 'UTC';
COMMENT ON TABLE attempt IS 'Written by queue, together with the delivery''s state. Every attempt but the one in the delivery''s row.';
COMMENT ON INDEX attempt_late IS 'Attempts made four days after the day of their event or later, as in delivery_late and delivery_run_late. Few rows are in these indexes, and their absence limits the days that a page of the log reads.';

-- The days. Rows of a day's tables are inserted, rarely changed, and dropped with their day.

-- By default autovacuum processes an insert-only table each time it has grown by a fifth, and writes every page to the WAL
-- again; this is switched off. Rows are still frozen when necessary, and statistics are still gathered, but less often,
-- from 3000 rows, and only for columns in search conditions, because every page that is first read for them after it was
-- written goes to the WAL as a whole. Arrays are detected by type, as a table created LIKE another records no array
-- dimensions; an expression in an index has its own statistics.
-- A row of delivery_run of up to 8 KB is not split, because its parts would be additional rows and index entries.
CREATE FUNCTION tune_day(part regclass) RETURNS void LANGUAGE plpgsql AS $$
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
COMMENT ON FUNCTION tune_day(regclass) IS 'Sets how autovacuum treats a partition of a day. The partition must have its indexes.';

-- A partition is created separately and then attached, because CREATE ... PARTITION OF would lock the parent for long. It is
-- empty and therefore attaches quickly without a CHECK, which each statement that writes into it would parse anew.
-- Attaching creates its indexes.
CREATE FUNCTION ensure_day(wanted date) RETURNS boolean LANGUAGE plpgsql AS $$
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
COMMENT ON FUNCTION ensure_day(date) IS 'Creates the partitions of a day; false if they existed.';
SELECT ensure_day((now() AT TIME ZONE 'UTC')::date + n) FROM generate_series(0, 7) n;

-- The source: the stored position, the gaps, and the history of its catalog.

CREATE TABLE source_position (
    source             text PRIMARY KEY,
    system_id          text NOT NULL,
    timeline           int NOT NULL,
    generation         bigint NOT NULL,
    checkpoint         text NOT NULL
                       CHECK (checkpoint ~ '^(0|[1-9A-F][0-9A-F]{0,7})/(0|[1-9A-F][0-9A-F]{0,7})( (0|[1-9A-F][0-9A-F]{0,7})/(0|[1-9A-F][0-9A-F]{0,7}):[1-9][0-9]{0,18})?$'),
    options_hash       text NOT NULL,
    updated_at         timestamptz NOT NULL DEFAULT now(),
    reset_requested_at timestamptz
);
COMMENT ON TABLE source_position IS 'Written by intake, in the transaction that stores the events; created and taken over by replication.';
COMMENT ON COLUMN source_position.generation IS 'Increased by the process that takes capture over, so that the next batch of the previous one fails.';
COMMENT ON COLUMN source_position.source IS 'The slot that it is read from.';
COMMENT ON COLUMN source_position.checkpoint IS 'Written by replication, only compared by intake: the end of the last completely stored transaction, which alone is ever confirmed to the source; and of a large transaction that is partly stored, its commit and the number of its last stored message.';
COMMENT ON COLUMN source_position.reset_requested_at IS 'Written by replication: POST /v1/source/reset. Reset to null when capture continues.';

CREATE TABLE source_gap (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slot       text NOT NULL,
    from_lsn   pg_lsn,
    to_lsn     pg_lsn,
    since      timestamptz,
    noticed_at timestamptz NOT NULL DEFAULT now(),
    reason     text NOT NULL
);
COMMENT ON TABLE source_gap IS 'Written by replication. Ranges of the WAL in which changes may have been missed.';

-- Whether a subscription receives all matching changes depends on the source's tables, which one process examines. Its
-- findings are stored here, so that every process can show them and a change of them is reported once.
CREATE TABLE source_coverage (
    subscription_id uuid PRIMARY KEY,
    fingerprint     text NOT NULL,
    losses          jsonb NOT NULL,
    changed_at      timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE source_coverage IS 'Written by replication. The changes that each subscription selects and the source does not publish.';
COMMENT ON COLUMN source_coverage.fingerprint IS 'Fingerprint of the losses without their wording; another value is a change.';

-- How the source's catalog described published tables and their types, and since which of its transactions. A change may
-- be read long after its table was detached, renamed or dropped.
CREATE TABLE source_catalog (
    slot        text NOT NULL,
    system_id   text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('table', 'type')),
    object      bigint NOT NULL,
    since_xid   bigint NOT NULL,
    description jsonb NOT NULL,
    seen_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (slot, system_id, kind, object, since_xid)
);
COMMENT ON TABLE source_catalog IS 'Written by replication, before the events that depend on it.';
COMMENT ON COLUMN source_catalog.object IS 'The object id in the source database.';
COMMENT ON COLUMN source_catalog.since_xid IS 'The first transaction whose changes it applies to; 2 for any.';

-- Row changes that could not be stored as they were. The capturing process adds to these counts from time to time, so that
-- every process, and a later one, reports them.
CREATE TABLE source_trouble (
    slot        text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('undecoded', 'reduced', 'refused')),
    count       bigint NOT NULL,
    first_at    timestamptz NOT NULL,
    last_at     timestamptz NOT NULL,
    last_of     text NOT NULL,
    last_reason text NOT NULL,
    PRIMARY KEY (slot, kind)
);
COMMENT ON TABLE source_trouble IS 'Written by replication. Row changes that could not be stored as they were, counted by kind.';
COMMENT ON COLUMN source_trouble.kind IS 'undecoded: values arrive as text; reduced: the store accepts the change only without its values; refused: the change is left out.';
COMMENT ON COLUMN source_trouble.count IS 'Changes since first_at; it restarts after a week without any.';
COMMENT ON COLUMN source_trouble.last_of IS 'Table or event type of the last change.';

-- Counters. An administrator's FOR ALL TABLES includes Nexus's own tables: without a replica identity, rows of stat_delta
-- could not be deleted.

CREATE TABLE stat (
    lane           int PRIMARY KEY,
    events         bigint NOT NULL DEFAULT 0,
    deliveries     bigint NOT NULL DEFAULT 0,
    pending        bigint NOT NULL DEFAULT 0,
    failed         bigint NOT NULL DEFAULT 0,
    sent           bigint NOT NULL DEFAULT 0,
    dead           bigint NOT NULL DEFAULT 0,
    filter_unknown bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE stat IS 'Written by upkeep: totals. Lane 0 counts events, the others their deliveries.';

CREATE TABLE stat_delta (
    lane           int NOT NULL,
    events         bigint NOT NULL DEFAULT 0,
    deliveries     bigint NOT NULL DEFAULT 0,
    pending        bigint NOT NULL DEFAULT 0,
    failed         bigint NOT NULL DEFAULT 0,
    sent           bigint NOT NULL DEFAULT 0,
    dead           bigint NOT NULL DEFAULT 0,
    filter_unknown bigint NOT NULL DEFAULT 0,
    at             timestamptz NOT NULL DEFAULT now(),
    tried          bigint[]
);
ALTER TABLE stat_delta REPLICA IDENTITY FULL;
COMMENT ON TABLE stat_delta IS 'Inserted by intake and queue, one row a transaction and lane; folded into stat and stat_minute by upkeep.';
COMMENT ON COLUMN stat_delta.tried IS 'The attempts, by result and duration. In each number n, attempts of a kind are counted: their count n >> 16; 1 if they delivered: n >> 12 & 1; class of the answer: n >> 9 & 7; bucket of the duration: n & 511.';

-- The same by time: a row for each minute, lane and class of answers in which something was counted. A day later the minutes
-- of an hour become a row of stat_hour.

CREATE TABLE stat_minute (
    lane      int NOT NULL,
    at        timestamptz NOT NULL,
    answers   smallint NOT NULL,
    events    bigint NOT NULL DEFAULT 0,
    sent      bigint NOT NULL DEFAULT 0,
    failed    bigint NOT NULL DEFAULT 0,
    dead      bigint NOT NULL DEFAULT 0,
    durations bigint[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (lane, at, answers)
) WITH (fillfactor = 70);
CREATE TABLE stat_hour (LIKE stat_minute INCLUDING DEFAULTS, PRIMARY KEY (lane, at, answers));
COMMENT ON TABLE stat_minute IS 'Written by upkeep. Counts of the last day by minute; lane 0 is the sum of all lanes.';
COMMENT ON TABLE stat_hour IS 'Written by upkeep. Counts by hour, once their minutes are more than a day past.';
COMMENT ON COLUMN stat_minute.answers IS 'Class of the answers: 0 none, 1 other, 2 to 5 the first digit of the status. Events and dead deliveries are counted in class 0.';
COMMENT ON COLUMN stat_minute.durations IS 'In each number n, attempts of about the same duration are counted: their count n >> 16; bucket of the duration: n & 511.';

CREATE FUNCTION summed_durations(durations bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg((n << 16) | bucket ORDER BY bucket), '{}')
    FROM (SELECT d & 511 AS bucket, sum(d >> 16)::bigint AS n FROM unnest(durations) d GROUP BY 1) counted
$$;
COMMENT ON FUNCTION summed_durations(bigint[]) IS 'Adds up the numbers of the same bucket.';

-- Replays and backfills: long tasks in steps. Each step is one transaction, which also stores how far the job is.

CREATE TABLE job (
    id              uuid PRIMARY KEY,
    number          bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    kind            text NOT NULL CHECK (kind IN ('replay', 'backfill')),
    subscription_id uuid NOT NULL,
    lane            int NOT NULL,
    state           text NOT NULL DEFAULT 'running'
                    CHECK (state IN ('running', 'paused', 'done', 'cancelled', 'failed')),
    settings        jsonb NOT NULL,
    cursor          jsonb NOT NULL,
    rate_limit      int CHECK (rate_limit > 0),
    total           bigint,
    done            bigint NOT NULL DEFAULT 0,
    skipped         bigint NOT NULL DEFAULT 0,
    error           text,
    version         bigint NOT NULL DEFAULT 1,
    runner          uuid,
    leased_until    timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    finished_at     timestamptz,
    CHECK ((error IS NOT NULL) = (state = 'failed')),
    CHECK ((finished_at IS NULL) = (state IN ('running', 'paused')))
) WITH (fillfactor = 50);
CREATE INDEX job_open ON job (number) WHERE state IN ('running', 'paused');
COMMENT ON TABLE job IS 'Written by job. Pruned by upkeep, RETENTION after the end of a job.';
COMMENT ON COLUMN job.settings IS 'What the caller asked for, in the form of its kind.';
COMMENT ON COLUMN job.cursor IS 'How far it is, in the form of its kind.';
COMMENT ON COLUMN job.skipped IS 'Events that could not be sent because their payloads were erased.';
COMMENT ON COLUMN job.version IS 'Increased by every change; a step of a job that has changed since it was read is rolled back.';
COMMENT ON COLUMN job.runner IS 'The process that may make steps until leased_until; an id that it draws when it starts.';

-- What disabled subscriptions miss. A delta is one row a transaction, whatever number of subscriptions miss its events.

CREATE TABLE missed (
    lane     int PRIMARY KEY,
    count    bigint NOT NULL CHECK (count > 0),
    first_at timestamptz NOT NULL,
    last_at  timestamptz NOT NULL
);
COMMENT ON TABLE missed IS 'Folded by upkeep, cleared by subscription. Events that disabled subscriptions select, since each was disabled.';
COMMENT ON COLUMN missed.first_at IS 'When the first of these events was stored.';

CREATE TABLE missed_delta (
    at     timestamptz NOT NULL DEFAULT now(),
    lanes  int[] NOT NULL,
    counts bigint[] NOT NULL
);
ALTER TABLE missed_delta REPLICA IDENTITY FULL;
COMMENT ON TABLE missed_delta IS 'Inserted by intake, in the transaction that stores the events; folded into missed.';

CREATE FUNCTION fold_missed() RETURNS void LANGUAGE sql AS $$
    WITH taken AS (DELETE FROM nexus.missed_delta RETURNING *)
    INSERT INTO nexus.missed AS m (lane, count, first_at, last_at)
    SELECT d.lane, sum(d.count), min(t.at), max(t.at)
    FROM taken t CROSS JOIN LATERAL unnest(t.lanes, t.counts) d(lane, count)
    GROUP BY d.lane ORDER BY d.lane
    ON CONFLICT (lane) DO UPDATE SET
        count = m.count + excluded.count, first_at = least(m.first_at, excluded.first_at),
        last_at = greatest(m.last_at, excluded.last_at)
$$;
COMMENT ON FUNCTION fold_missed() IS 'Adds the rows of missed_delta to missed. Lock the row of counter_lock first.';

-- API keys, and the changes made with them.

CREATE TABLE api_key (
    id           uuid PRIMARY KEY,
    number       bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    name         text NOT NULL,
    scopes       text[] NOT NULL CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['publish', 'read', 'manage']),
    digest       bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz,
    last_used_at timestamptz
);
COMMENT ON TABLE api_key IS 'Written by access. Keys created through the API; those of API_KEYS are not in the store.';
COMMENT ON COLUMN api_key.digest IS 'SHA-256 of the key. The key itself is shown once and not stored.';
COMMENT ON COLUMN api_key.number IS 'Order in the list.';

CREATE TABLE audit (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL DEFAULT now(),
    actor       text NOT NULL,
    actor_name  text,
    address     text,
    user_agent  text,
    method      text NOT NULL,
    path        text NOT NULL,
    resource_id text,
    fields      text[] NOT NULL DEFAULT '{}',
    status      int
);
CREATE INDEX audit_time ON audit (at);
COMMENT ON TABLE audit IS 'Written by access: a row before each change through the API, completed in the transaction of the change. Pruned by upkeep.';
COMMENT ON COLUMN audit.actor IS 'The id of a stored key; env: and the start of the SHA-256 of one of API_KEYS; or open.';
COMMENT ON COLUMN audit.fields IS 'Names of the fields in the request; never their values.';
COMMENT ON COLUMN audit.status IS 'Status of the answer. Null: the request is in progress, or its connection or its process ended before anything was changed.';
