package nexus.testkit;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** Rows of a store, written by SQL as intake and queue would write them. The payload of every event has big digits. */
public final class StoreRows {
    public static final String PAYLOAD =
            "{\"data\":{\"n\":12345678901234567890.10,\"text\":\"\u00e4\"},\"metadata\":{}}";

    private final String url;

    public StoreRows(String url) {
        this.url = url;
    }

    /** @return the lane of a new subscription */
    public int subscription(String kind) {
        UUID id = UUID.randomUUID();
        run("""
            INSERT INTO nexus.subscription (id, kind, settings, target, target_digest, fingerprint)
            VALUES ('%1$s', '%2$s', '{"name":"test","eventTypes":["*"]}', '', '', '%1$s'::text::bytea)""".formatted(id, kind));
        return Integer.parseInt(one("SELECT lane FROM nexus.subscription WHERE id = '" + id + "'"));
    }

    public UUID subscriptionId(int lane) {
        return UUID.fromString(one("SELECT id FROM nexus.subscription WHERE lane = " + lane));
    }

    public void delete(int lane) {
        run("UPDATE nexus.subscription SET deleted_at = now() WHERE lane = " + lane);
    }

    /** @return the id of a new event that is owed to these lanes, and not tried yet */
    public UUID event(String type, int... lanes) {
        UUID id = UUID.randomUUID();
        String owed = Arrays.stream(lanes)
                .mapToObj(lane ->
                        "(%d, %d, now(), (now() AT TIME ZONE 'UTC')::date, '%s', 10)".formatted(lane, lane % 8, id))
                .collect(Collectors.joining(", "));
        if (lanes.length > 0) {
            run("INSERT INTO nexus.owed (lane, stripe, created_at, event_day, event_id, body_bytes) VALUES " + owed);
        }
        String body = "{\"id\":\"%s\",\"type\":\"%s\",\"createdAt\":\"2026-01-31T18:20:43.400Z\",\"payload\":%s}"
                .formatted(id, type, PAYLOAD);
        run("""
            INSERT INTO nexus.event (day, id, seq, type, created_at, accepted_at, body, lanes, seqs)
            SELECT (now() AT TIME ZONE 'UTC')::date, '%1$s', nextval('nexus.event_seq'), '%2$s', now(), now(),
                   convert_to('%3$s', 'UTF8'), coalesce(array_agg(lane ORDER BY seq), '{}'),
                   coalesce(array_agg(seq ORDER BY seq), '{}')
            FROM nexus.owed WHERE event_id = '%1$s'""".formatted(id, type, body));
        return id;
    }

    /** The only delivery of an event. */
    public long seq(UUID event) {
        return Long.parseLong(one("SELECT seqs[1] FROM nexus.event WHERE id = '" + event + "'"));
    }

    /** One more attempt that failed; the next is due in an hour. */
    public void fail(long seq, int statusCode) {
        run("""
            WITH o AS (UPDATE nexus.owed SET attempts = attempts + 1, due = now() + interval '1 hour'
                       WHERE seq = %d RETURNING *)
            INSERT INTO nexus.attempt (day, lane, seq, attempt, attempted_at, duration_ms, status_code, response, next_run_at)
            SELECT event_day, lane, seq, attempts, clock_timestamp(), 20, %d, 'no', due FROM o""".formatted(seq, statusCode));
    }

    /** One more attempt, the last one. */
    public void settle(long seq, String status, int statusCode) {
        run("""
            WITH o AS (DELETE FROM nexus.owed WHERE seq = %d RETURNING *)
            INSERT INTO nexus.delivery (day, lane, stripe, seq, key, other_key, barrier, event_id, body_bytes, own, status,
                dead_reason, attempts, attempts_before, created_at, settled_at, attempted_at, duration_ms, status_code,
                response)
            SELECT event_day, lane, stripe, seq, key, other_key, barrier, event_id, body_bytes, own, '%s',
                %s, attempts + 1, attempts_before, created_at, now(), clock_timestamp(), 30, %d, 'answer' FROM o""".formatted(seq, status, "DEAD".equals(status) ? "'exhausted'" : "NULL", statusCode));
    }

    /** Events of a type that are each owed to all these lanes, in one go; a second lies between one and the next. */
    public void events(String type, int count, int... lanes) {
        run("""
            WITH made AS (
                SELECT n, gen_random_uuid() AS id, now() - interval '1 second' * (%2$d - n) AS at
                FROM generate_series(1, %2$d) n),
            put AS (
                INSERT INTO nexus.owed (lane, stripe, created_at, event_day, event_id, body_bytes)
                SELECT lane, lane %% 8, at, (now() AT TIME ZONE 'UTC')::date, id, 10
                FROM made CROSS JOIN unnest('{%3$s}'::int[]) lane ORDER BY n, lane
                RETURNING event_id, lane, seq)
            INSERT INTO nexus.event (day, id, seq, type, created_at, accepted_at, body, lanes, seqs)
            SELECT (now() AT TIME ZONE 'UTC')::date, id, nextval('nexus.event_seq'), '%1$s', at, at, '{}',
                   (SELECT array_agg(lane ORDER BY seq) FROM put WHERE event_id = id),
                   (SELECT array_agg(seq ORDER BY seq) FROM put WHERE event_id = id)
            FROM made ORDER BY n""".formatted(
                type, count, Arrays.stream(lanes).mapToObj(Integer::toString).collect(Collectors.joining(","))));
    }

    /** Delivered at the first attempt, all together and each in its own time: one row of history. Of one lane. */
    public void settleRun(List<Long> seqs) {
        run("""
            WITH o AS (DELETE FROM nexus.owed WHERE seq = ANY ('{%s}') RETURNING *)
            INSERT INTO nexus.delivery_run (day, lane, first_seq, last_seq, first_attempted_at, last_attempted_at,
                settled_at, seqs, stripes, event_ids, created_at, attempted_at, duration_ms, status_codes, responses)
            SELECT min(event_day), min(lane), min(seq), max(seq), min(at), max(at), now(), array_agg(seq ORDER BY seq),
                   array_agg(stripe ORDER BY seq), array_agg(event_id ORDER BY seq), array_agg(created_at ORDER BY seq),
                   array_agg(at ORDER BY seq), array_agg(30 ORDER BY seq), array_agg(200 ORDER BY seq),
                   array_agg('answer ' || seq ORDER BY seq)
            FROM (SELECT *, clock_timestamp() - interval '1 ms' * (seq %% 7) AS at FROM o) tried""".formatted(seqs.stream().map(Object::toString).collect(Collectors.joining(","))));
    }

    /** What is owed to the lane and was never tried is a run from now on: of each day one. */
    public void fold(int lane) {
        fold(lane, Integer.MAX_VALUE);
    }

    /** Only so many of the lowest seqs. */
    public void fold(int lane, int most) {
        run("""
            WITH o AS (
                DELETE FROM nexus.owed WHERE seq IN (
                    SELECT seq FROM nexus.owed
                    WHERE lane = %d AND due IS NULL AND attempts = 0 AND renewed_at IS NULL AND other_key IS NULL
                      AND NOT barrier AND NOT own
                    ORDER BY seq LIMIT %d)
                RETURNING *)
            INSERT INTO nexus.owed_run (lane, first_seq, event_day, created_at, seqs, stripes, keys, event_ids,
                body_bytes, is_owed)
            SELECT lane, min(seq), event_day, min(created_at), array_agg(seq ORDER BY seq),
                   array_agg(stripe ORDER BY seq), array_agg(key ORDER BY seq), array_agg(event_id ORDER BY seq),
                   array_agg(body_bytes ORDER BY seq), repeat('1', count(*)::int)::bit varying
            FROM o GROUP BY lane, event_day""".formatted(lane, most));
    }

    public String one(String sql) {
        return all(sql).getFirst();
    }

    public List<String> all(String sql) {
        return TestPostgres.query(url, sql);
    }

    public void run(String sql) {
        TestPostgres.execute(url, sql);
    }
}
