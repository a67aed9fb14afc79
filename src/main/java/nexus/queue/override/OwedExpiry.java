package nexus.queue.override;

import static nexus.store.NamedSql.parameter;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import nexus.queue.notify.OwedSignal;
import nexus.queue.owed.PackedRows;
import nexus.store.NamedSql;
import nexus.store.Store;
import nexus.store.StoreErrors;
import org.jspecify.annotations.Nullable;

/**
 * Expires owed deliveries of days that are about to be dropped, without the dispatcher, because their payloads are dropped as
 * well, whichever process owns the lane. A process with such a delivery in progress notices when it settles.
 */
@Singleton
public class OwedExpiry {
    private static final int CHUNK = 2_000;
    private static final int MOST_NAMED = 100;

    private static final NamedSql UNPACK =
            NamedSql.of(PackedRows.unpacking("owed_run WHERE event_day < :first_kept"), "first_kept");

    /** Continues after a row, in the order of the primary key. */
    static final NamedSql.From<Chunk> EXPIRE = NamedSql.from(
            """
            WITH past AS MATERIALIZED (
                SELECT ctid AS place FROM owed
                WHERE event_day < :first_kept AND (lane, stripe, seq) > (:lane, :key_slice::int::smallint, :seq)
                ORDER BY lane, stripe, seq LIMIT :limit FOR UPDATE),
            taken AS (
                DELETE FROM owed WHERE ctid = ANY (ARRAY(SELECT place FROM past)) RETURNING *),
            """ + GivenUp.recorded("expired") + """
            SELECT t.lane, t.stripe, t.seq, t.event_id, t.own, s.id AS subscription_id,
                   s.settings ->> 'name' AS name
            FROM taken t LEFT JOIN subscription s ON s.lane = t.lane AND s.deleted_at IS NULL
            ORDER BY t.lane, t.stripe, t.seq""",
            parameter("first_kept", Chunk::firstKept),
            parameter("lane", chunk -> chunk.after().lane()),
            parameter("key_slice", chunk -> chunk.after().keySlice()),
            parameter("seq", chunk -> chunk.after().seq()),
            parameter("limit", chunk -> CHUNK));

    private record Chunk(LocalDate firstKept, Position after) {}

    /** Deliveries that were retried by hand at the moment in which their day was dropped. */
    private static final NamedSql ENSURE_DAYS = NamedSql.of("""
            SELECT ensure_day(day)
            FROM (SELECT DISTINCT event_day AS day FROM owed WHERE event_day < :first_kept) past""", "first_kept");

    /**
     * The expired deliveries of one subscription.
     *
     * @param eventIds of the first hundred
     */
    public record Expired(UUID subscription, String name, int count, List<UUID> eventIds) {}

    private final Store store;
    private final OwedSignal signal;

    public OwedExpiry(Store store, OwedSignal signal) {
        this.store = store;
        this.signal = signal;
    }

    /**
     * Expires all owed deliveries of the days before this one, some thousand rows at a time.
     *
     * @return their number, and those of each existing subscription without Nexus's own events
     */
    public Future<Result> expireBefore(LocalDate firstKept) {
        Position beginning = new Position(Integer.MIN_VALUE, 0, 0);
        Result none = new Result(0, List.of());
        return UNPACK.on(store.queue(), firstKept)
                .compose(unpacked -> expire(firstKept, beginning, none))
                .recover(failure -> StoreErrors.isMissingPartition(failure)
                        ? ENSURE_DAYS.on(store.queue(), firstKept).compose(made -> expire(firstKept, beginning, none))
                        : Future.failedFuture(failure));
    }

    /** @param count expired deliveries */
    public record Result(int count, List<Expired> expired) {}

    private record Position(int lane, int keySlice, long seq) {}

    private Future<Result> expire(LocalDate firstKept, Position after, Result before) {
        return EXPIRE.on(store.queue(), new Chunk(firstKept, after)).compose(rows -> {
            Result result = add(before, rows);
            signal(rows);
            if (rows.size() < CHUNK) {
                return Future.succeededFuture(result);
            }
            Row last = null;
            for (Row row : rows) {
                last = row;
            }
            return last == null
                    ? Future.succeededFuture(result)
                    : expire(
                            firstKept,
                            new Position(last.getInteger("lane"), last.getInteger("stripe"), last.getLong("seq")),
                            result);
        });
    }

    private void signal(RowSet<Row> rows) {
        Map<Integer, Long> lowestSeqByLane = new HashMap<>();
        rows.forEach(row -> lowestSeqByLane.merge(row.getInteger("lane"), row.getLong("seq"), Math::min));
        GivenUp.signal(signal, lowestSeqByLane);
    }

    private static Result add(Result before, RowSet<Row> rows) {
        List<Expired> expired = new ArrayList<>(before.expired());
        for (Row row : rows) {
            @Nullable UUID subscription = row.getUUID("subscription_id");
            if (subscription == null || row.getBoolean("own")) {
                continue;
            }
            Expired last = expired.isEmpty() ? null : expired.getLast();
            if (last == null || !last.subscription().equals(subscription)) {
                expired.add(new Expired(subscription, row.getString("name"), 1, List.of(row.getUUID("event_id"))));
            } else {
                List<UUID> ids = new ArrayList<>(last.eventIds());
                if (ids.size() < MOST_NAMED) {
                    ids.add(row.getUUID("event_id"));
                }
                expired.set(
                        expired.size() - 1, new Expired(subscription, last.name(), last.count() + 1, List.copyOf(ids)));
            }
        }
        return new Result(before.count() + rows.size(), expired);
    }
}
