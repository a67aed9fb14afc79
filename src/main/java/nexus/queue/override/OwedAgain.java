package nexus.queue.override;

import static nexus.store.NamedSql.array;
import static nexus.store.NamedSql.parameter;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import nexus.event.Ordering;
import nexus.queue.notify.OwedRows;
import nexus.queue.notify.OwedSignal;
import nexus.queue.owed.KeySlices;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * Makes stored events owed to one lane, for a replay. Their ordering keys are other ones than those of live deliveries, so
 * that within the replay the order per key holds, and no live delivery waits for a replayed one that fails.
 */
@Singleton
public class OwedAgain {
    /** Most rows that are counted. */
    public static final int MOST_COUNTED = 2_000;

    /** The bits of a key that choose its key slice stay, because a delivery's id contains the key slice. */
    private static final long SLICE_BITS = KeySlices.COUNT - 1;

    private static final NamedSql COUNT = NamedSql.of("""
            SELECT count(*)::int AS owed, count(*) FILTER (WHERE due IS NULL)::int AS ready,
                   count(*) FILTER (WHERE job = :job)::int AS own_owed,
                   count(*) FILTER (WHERE job = :job AND due IS NULL)::int AS own_ready
            FROM (SELECT due, job FROM owed WHERE lane = :lane AND job IS NOT NULL LIMIT %d) counted""".formatted(MOST_COUNTED), "job", "lane");

    /** Another replay that sends the same events waits here, and then sees the new deliveries. */
    private static final NamedSql.From<Call> LOCK = NamedSql.from(
            """
            SELECT e.id
            FROM unnest(:days::date[], :ids::uuid[]) w(day, id)
            CROSS JOIN LATERAL (
                SELECT id FROM event e
                WHERE e.id = w.id AND e.day = w.day AND e.body IS NOT NULL
                  AND (NOT :only_missing::boolean OR NOT :lane::int = ANY (e.lanes))
                LIMIT 1 FOR UPDATE) e""",
            parameter("days", Call::days),
            parameter("ids", Call::ids),
            parameter("only_missing", Call::onlyMissing),
            parameter("lane", Call::lane));

    private static final NamedSql.From<Call> INSERT = NamedSql.from(
            """
            WITH drawn AS MATERIALIZED (
                SELECT nextval('owed_seq_seq') AS seq, w.*
                FROM unnest(:days::date[], :ids::uuid[], :key_slices::int[], :keys::bigint[], :other_keys::bigint[],
                            :body_bytes::int[], :own::boolean[])
                     w(day, id, stripe, key, other_key, body_bytes, own)),
            put AS (
                INSERT INTO owed (lane, stripe, seq, key, other_key, created_at, event_day, event_id, body_bytes, own, job)
                SELECT :lane::int, stripe, seq, key, other_key, now(), day, id, body_bytes, own, :job::uuid FROM drawn),
            named AS (
                UPDATE event e SET lanes = e.lanes || :lane::int, seqs = e.seqs || d.seq
                FROM drawn d WHERE e.id = d.id AND e.day = d.day),
            counted AS (
                INSERT INTO stat_delta (lane, deliveries, pending)
                SELECT :lane::int, count(*), count(*) FROM drawn WHERE NOT own HAVING count(*) > 0)
            SELECT count(*)::int AS deliveries, min(seq) AS lowest_seq FROM drawn""",
            parameter("days", Call::days),
            parameter("ids", Call::ids),
            parameter("key_slices", Call::keySlices),
            parameter("keys", Call::keys),
            parameter("other_keys", Call::otherKeys),
            parameter("body_bytes", call -> array(call.events(), Integer[]::new, RepeatedEvent::bodyBytes)),
            parameter("own", call -> array(call.events(), Boolean[]::new, RepeatedEvent::own)),
            parameter("lane", Call::lane),
            parameter("job", Call::job));

    private static final NamedSql.From<Call> LOCK_DEAD = NamedSql.from(
            """
            SELECT d.seq
            FROM unnest(:days::date[], :dead_seqs::bigint[]) w(day, seq)
            CROSS JOIN LATERAL (
                SELECT seq FROM delivery d
                WHERE d.seq = w.seq AND d.day = w.day AND d.lane = :lane::int AND d.status = 'DEAD'
                LIMIT 1 FOR UPDATE) d""", parameter("days", Call::days), parameter("dead_seqs", Call::deadSeqs), parameter("lane", Call::lane));

    /** As in {@link DeliveryOverride}: DEAD deliveries return from history to their old position, with a new budget. */
    private static final NamedSql.From<Call> REVIVE = NamedSql.from(
            """
            WITH wanted AS MATERIALIZED (
                SELECT * FROM unnest(:days::date[], :dead_seqs::bigint[], :keys::bigint[], :other_keys::bigint[])
                              w(day, seq, key, other_key)),
            taken AS (
                DELETE FROM delivery
                WHERE seq = ANY (:dead_seqs::bigint[]) AND day = ANY (:days::date[]) AND lane = :lane::int
                  AND status = 'DEAD'
                RETURNING *),
            logged AS (
                INSERT INTO attempt (
                    day, lane, seq, attempt, attempted_at, duration_ms, status_code, error, response, batch)
                SELECT day, lane, seq, attempts, attempted_at, duration_ms, status_code, error, response, batch
                FROM taken WHERE attempted_at IS NOT NULL),
            revived AS (
                INSERT INTO owed (lane, stripe, seq, key, other_key, due, attempts, attempts_before,
                                  created_at, renewed_at, event_day, event_id, body_bytes, own, job)
                SELECT t.lane, t.stripe, t.seq, w.key, w.other_key, NULL, t.attempts, t.attempts,
                       t.created_at, now(), t.day, t.event_id, t.body_bytes, t.own, :job::uuid
                FROM taken t JOIN wanted w ON w.seq = t.seq
                RETURNING lane, seq, own),
            counted AS (
                INSERT INTO stat_delta (lane, pending, dead)
                SELECT :lane::int, count(*), -count(*) FROM revived WHERE NOT own HAVING count(*) > 0)
            SELECT count(*)::int AS deliveries, min(seq) AS lowest_seq FROM revived""",
            parameter("days", Call::days),
            parameter("dead_seqs", Call::deadSeqs),
            parameter("keys", Call::keys),
            parameter("other_keys", Call::otherKeys),
            parameter("lane", Call::lane),
            parameter("job", Call::job));

    /** The values of the statements. */
    private record Call(UUID job, int lane, List<RepeatedEvent> events, boolean onlyMissing) {
        LocalDate[] days() {
            return array(events, LocalDate[]::new, RepeatedEvent::day);
        }

        UUID[] ids() {
            return array(events, UUID[]::new, RepeatedEvent::id);
        }

        Integer[] keySlices() {
            return array(
                    events,
                    Integer[]::new,
                    event -> KeySlices.of(event.key() == null ? event.id().hashCode() : event.key()));
        }

        @Nullable
        Long[] keys() {
            return events.stream().map(event -> mixed(event.key())).toArray(Long[]::new);
        }

        @Nullable
        Long[] otherKeys() {
            return events.stream().map(event -> mixed(event.otherKey())).toArray(Long[]::new);
        }

        Long[] deadSeqs() {
            return array(events, Long[]::new, event -> event.deadSeq().orElseThrow());
        }

        private @Nullable Long mixed(@Nullable Long key) {
            return key == null ? null : Long.valueOf(key ^ (Ordering.hash("replay " + job) & ~SLICE_BITS));
        }

        Call with(List<RepeatedEvent> others) {
            return new Call(job, lane, others, onlyMissing);
        }
    }

    /**
     * The owed deliveries of all replays and backfills in a lane, as far as they were counted.
     *
     * @param owed all of them
     * @param ready those that can be sent now: not the ones that wait for a retry
     * @param ownOwed those of the job
     * @param ownReady those of the job that can be sent now
     */
    public record Counts(int owed, int ready, int ownOwed, int ownReady) {}

    /**
     * The deliveries that were made.
     *
     * @param rows to be passed to {@link #signal} after the commit
     */
    public record Made(int deliveries, OwedRows rows) {}

    private final Store store;
    private final OwedSignal signal;

    public OwedAgain(Store store, OwedSignal signal) {
        this.store = store;
        this.signal = signal;
    }

    public Future<Counts> count(int lane, UUID job) {
        return COUNT.on(store.queue(), job, lane).map(rows -> {
            Row row = Rows.only(rows);
            return new Counts(
                    row.getInteger("owed"),
                    row.getInteger("ready"),
                    row.getInteger("own_owed"),
                    row.getInteger("own_ready"));
        });
    }

    /**
     * Adds new deliveries, in the order of the events. Events whose payloads were erased meanwhile are left out.
     *
     * @param transaction which holds the catalog's lock, like every transaction that draws seqs
     * @param onlyMissing leaves out the events of which the lane has a delivery
     */
    public Future<Made> insert(
            SqlConnection transaction, int lane, UUID job, List<RepeatedEvent> events, boolean onlyMissing) {
        Call call = new Call(job, lane, events, onlyMissing);
        return LOCK.on(transaction, call).compose(locked -> {
            Set<UUID> present = new HashSet<>(Rows.all(locked, row -> row.getUUID("id")));
            List<RepeatedEvent> left = events.stream()
                    .filter(event -> present.contains(event.id()))
                    .toList();
            return left.isEmpty()
                    ? Future.succeededFuture(made(0, lane, OptionalLong.empty(), false))
                    : INSERT.on(transaction, call.with(left)).map(rows -> made(rows, lane, false));
        });
    }

    /** Makes DEAD deliveries owed again. Those that are not DEAD any more are left out. */
    public Future<Made> revive(SqlConnection transaction, int lane, UUID job, List<RepeatedEvent> events) {
        Call call = new Call(job, lane, events, false);
        return LOCK_DEAD.on(transaction, call).compose(locked -> {
            Set<Long> dead = new HashSet<>(Rows.all(locked, row -> row.getLong("seq")));
            List<RepeatedEvent> left = new ArrayList<>(events);
            left.removeIf(event -> !dead.contains(event.deadSeq().orElseThrow()));
            return left.isEmpty()
                    ? Future.succeededFuture(made(0, lane, OptionalLong.empty(), true))
                    : REVIVE.on(transaction, call.with(left)).map(rows -> made(rows, lane, true));
        });
    }

    /** Tells the dispatcher about deliveries, after the commit. */
    public void signal(Made made) {
        if (made.deliveries() > 0) {
            signal.raise(made.rows());
        }
    }

    private static Made made(RowSet<Row> rows, int lane, boolean byHand) {
        Row row = Rows.only(rows);
        @Nullable Long lowest = row.getLong("lowest_seq");
        return made(
                row.getInteger("deliveries"),
                lane,
                lowest == null ? OptionalLong.empty() : OptionalLong.of(lowest),
                byHand);
    }

    private static Made made(int deliveries, int lane, OptionalLong lowest, boolean byHand) {
        return new Made(
                deliveries, new OwedRows(lowest.isEmpty() ? Map.of() : Map.of(lane, lowest.getAsLong()), byHand));
    }
}
