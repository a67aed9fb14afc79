package nexus.delivery.overview;

import static nexus.store.NamedSql.array;
import static nexus.store.NamedSql.parameter;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import nexus.delivery.overview.DeadGroup.Ending;
import nexus.delivery.state.Delivery;
import nexus.delivery.state.DeliveryId;
import nexus.delivery.state.TimeBounds;
import nexus.queue.owed.DeliveryKey;
import nexus.store.IndexedRead;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;
import org.jspecify.annotations.Nullable;

/** Reads what people want to know of deliveries beside their state. */
@Singleton
public class DeliveryOverview {
    /** Dead deliveries that the groups contain at most. */
    public static final int MOST_DEAD = 10_000;

    private static final int ERROR_CHARACTERS = 200;
    /** Packed rows before and after a delivery in which its ordering key is sought. */
    private static final int PACKED_ROWS = 64;

    private static final NamedSql.From<List<Delivery>> LABELS = NamedSql.from(
            """
            SELECT e.type, coalesce(s.settings ->> 'name', '') AS name
            FROM unnest(:days::date[], :events::uuid[], :lanes::int[]) WITH ORDINALITY w(day, event_id, lane, place)
            LEFT JOIN LATERAL (
                SELECT e.type FROM event e WHERE e.id = w.event_id AND e.day = w.day LIMIT 1) e ON true
            LEFT JOIN LATERAL (SELECT s.settings FROM subscription s WHERE s.lane = w.lane LIMIT 1) s ON true
            ORDER BY w.place""",
            parameter(
                    "days",
                    all -> array(all, LocalDate[]::new, delivery -> delivery.id()
                            .key()
                            .day())),
            parameter("events", all -> array(all, UUID[]::new, Delivery::eventId)),
            parameter(
                    "lanes",
                    all -> array(
                            all, Integer[]::new, delivery -> delivery.id().key().lane())));

    /** Of one direction: {@code <} goes before, {@code >} after. */
    private static String others(String name, String direction) {
        String order = direction.equals("<") ? "DESC" : "ASC";
        String owed = """
                (SELECT o.event_day AS day, o.stripe, o.seq FROM owed o
                 WHERE o.lane = m.lane AND %s AND o.seq %s m.seq ORDER BY o.seq LIMIT %d)""";
        return """
               %1$s AS MATERIALIZED (
                   SELECT other.* FROM mine m CROSS JOIN LATERAL (
                       %2$s
                       UNION %3$s
                       UNION %4$s
                       UNION %5$s
                       UNION %6$s
                       UNION
                       (SELECT r.event_day, d.stripe, d.seq
                        FROM (SELECT * FROM owed_run r
                              WHERE r.lane = m.lane AND r.first_seq %7$s m.seq + CASE WHEN '%7$s' = '>' THEN -4096 ELSE 0 END
                              ORDER BY r.first_seq %8$s LIMIT %9$d) r
                        CROSS JOIN LATERAL unnest(r.seqs, r.stripes, r.keys)
                            WITH ORDINALITY d(seq, stripe, key, place)
                        WHERE d.seq %7$s m.seq AND get_bit(r.is_owed, d.place::int - 1) = 1
                          AND (m.barrier OR d.key = m.key OR d.key = m.other_key)
                        ORDER BY d.seq LIMIT %10$d)) other
                   WHERE m.key IS NOT NULL OR m.barrier)""".formatted(
                        name,
                        owed.formatted("o.key = m.key", direction, KeyWait.MOST),
                        owed.formatted("o.key = m.other_key", direction, KeyWait.MOST),
                        owed.formatted("o.other_key IN (m.key, m.other_key)", direction, KeyWait.MOST),
                        owed.formatted("o.barrier", direction, KeyWait.MOST),
                        owed.formatted("m.barrier", direction, KeyWait.MOST),
                        direction,
                        order,
                        PACKED_ROWS,
                        KeyWait.MOST);
    }

    private static final NamedSql WAIT = NamedSql.of(
            """
            WITH mine AS MATERIALIZED (
                (SELECT lane, seq, key, other_key, barrier, attempts_before, renewed_at FROM owed
                 WHERE lane = :lane::int AND stripe = :stripe::smallint AND seq = :seq::bigint)
                UNION ALL
                (SELECT r.lane, :seq::bigint, r.keys[place.n], NULL, false, 0::smallint, NULL
                 FROM owed_run r CROSS JOIN LATERAL (SELECT array_position(r.seqs, :seq::bigint) AS n OFFSET 0) place
                 WHERE r.lane = :lane::int AND r.first_seq <= :seq::bigint AND get_bit(r.is_owed, place.n - 1) = 1
                 ORDER BY r.first_seq DESC LIMIT 1)),
            """ + others("ahead", "<") + ",\n" + others("behind", ">") + """

            SELECT m.attempts_before, m.renewed_at, m.key IS NOT NULL OR m.barrier AS is_ordered,
                   least((SELECT count(*) FROM ahead), %1$d)::int AS ahead,
                   least((SELECT count(*) FROM behind), %1$d)::int AS behind,
                   f.day AS first_day, f.stripe::int AS first_stripe, f.seq AS first_seq,
                   n.day AS next_day, n.stripe::int AS next_stripe, n.seq AS next_seq
            FROM mine m
            LEFT JOIN LATERAL (SELECT * FROM ahead ORDER BY seq LIMIT 1) f ON true
            LEFT JOIN LATERAL (SELECT * FROM behind ORDER BY seq LIMIT 1) n ON true""".formatted(KeyWait.MOST),
            "lane",
            "stripe",
            "seq");

    /** The newest ones, in groups of equal endings. */
    private static final NamedSql DEAD =
            NamedSql.of("""
            WITH newest AS MATERIALIZED (
                SELECT d.day, d.lane, d.stripe, d.seq, d.event_id, d.dead_reason, d.settled_at, d.status_code,
                       left(d.error, %d) AS error
                FROM delivery d
                WHERE d.status = 'DEAD'
                  AND (:subscription::uuid IS NULL
                       OR d.lane = (SELECT lane FROM subscription WHERE id = :subscription::uuid))
                  AND d.created_at >= :since::timestamptz AND d.created_at < :until::timestamptz
                  AND d.day BETWEEN (:since::timestamptz AT TIME ZONE 'UTC')::date
                                AND (:until::timestamptz AT TIME ZONE 'UTC')::date
                ORDER BY d.seq DESC LIMIT :most),
            ending AS MATERIALIZED (
                SELECT lane, dead_reason, status_code, count(*)::int AS count, min(settled_at) AS first_at,
                       max(settled_at) AS last_at, max(seq) AS seq, max(error) AS error
                FROM newest GROUP BY lane, dead_reason, status_code)
            SELECT g.*, n.day, n.stripe::int AS stripe, (SELECT epoch FROM store) AS epoch, e.type, s.id, s.name, s.is_deleted
            FROM ending g
            JOIN newest n ON n.lane = g.lane AND n.seq = g.seq
            LEFT JOIN LATERAL (
                SELECT e.type FROM event e WHERE e.id = n.event_id AND e.day = n.day LIMIT 1) e ON true
            CROSS JOIN LATERAL (
                SELECT s.id, coalesce(s.settings ->> 'name', '') AS name, s.deleted_at IS NOT NULL AS is_deleted
                FROM subscription s WHERE s.lane = g.lane LIMIT 1) s
            ORDER BY g.count DESC, g.seq DESC LIMIT 1000""".formatted(ERROR_CHARACTERS), "subscription", "since", "until", "most");

    private final Store store;

    public DeliveryOverview(Store store) {
        this.store = store;
    }

    /** The same deliveries in the same order. */
    public Future<List<LabelledDelivery>> labelled(List<Delivery> deliveries) {
        if (deliveries.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        return IndexedRead.of(LABELS, deliveries).on(store.api()).map(rows -> {
            List<LabelledDelivery> labelled = new ArrayList<>(deliveries.size());
            for (Row row : rows) {
                labelled.add(new LabelledDelivery(
                        deliveries.get(labelled.size()),
                        Optional.ofNullable(row.getString("type")),
                        row.getString("name")));
            }
            return labelled;
        });
    }

    /** {@link KeyWait#NONE} for a delivery that is settled. */
    public Future<KeyWait> keyWait(DeliveryId id) {
        DeliveryKey key = id.key();
        return IndexedRead.of(WAIT, key.lane(), (short) key.keySlice(), key.seq())
                .on(store.api())
                .map(rows -> Rows.first(rows, row -> wait(row, id)).orElse(KeyWait.NONE));
    }

    /** The newest dead deliveries, {@link #MOST_DEAD} at most. */
    public Future<DeadGroups> dead(Optional<UUID> subscription, Optional<Instant> since, Optional<Instant> until) {
        return IndexedRead.of(
                        DEAD,
                        subscription.orElse(null),
                        TimeBounds.sinceOrBeginning(since),
                        TimeBounds.untilOrEnd(until),
                        MOST_DEAD)
                .on(store.api())
                .map(DeliveryOverview::groups);
    }

    private static KeyWait wait(Row row, DeliveryId of) {
        return new KeyWait(
                row.getInteger("attempts_before"),
                Rows.time(row, "renewed_at"),
                row.getBoolean("is_ordered"),
                row.getInteger("ahead"),
                other(row, "first", of),
                row.getInteger("behind"),
                other(row, "next", of));
    }

    private static Optional<DeliveryId> other(Row row, String which, DeliveryId of) {
        LocalDate day = row.getLocalDate(which + "_day");
        return day == null
                ? Optional.empty()
                : Optional.of(new DeliveryId(
                        of.epoch(),
                        new DeliveryKey(
                                day, of.key().lane(), row.getInteger(which + "_stripe"), row.getLong(which + "_seq"))));
    }

    /** A group has a row for each status of its last attempts. */
    private record GroupKey(int lane, String reason) {}

    private static DeadGroups groups(RowSet<Row> rows) {
        Map<GroupKey, List<Row>> byGroup = new LinkedHashMap<>();
        int read = 0;
        for (Row row : rows) {
            GroupKey key = new GroupKey(row.getInteger("lane"), row.getString("dead_reason"));
            byGroup.computeIfAbsent(key, group -> new ArrayList<>()).add(row);
            read += row.getInteger("count");
        }
        List<DeadGroup> groups = byGroup.values().stream()
                .map(DeliveryOverview::group)
                .sorted(Comparator.comparingInt(DeadGroup::count).reversed())
                .toList();
        return new DeadGroups(groups, read, read < MOST_DEAD);
    }

    private static DeadGroup group(List<Row> rows) {
        Row newest = rows.stream()
                .max(Comparator.comparingLong(row -> row.getLong("seq")))
                .orElseThrow();
        return new DeadGroup(
                newest.getUUID("id"),
                newest.getString("name"),
                newest.getBoolean("is_deleted"),
                newest.getString("dead_reason"),
                rows.stream().mapToInt(row -> row.getInteger("count")).sum(),
                rows.stream()
                        .map(row -> Rows.instant(row, "first_at"))
                        .min(Comparator.naturalOrder())
                        .orElseThrow(),
                rows.stream()
                        .map(row -> Rows.instant(row, "last_at"))
                        .max(Comparator.naturalOrder())
                        .orElseThrow(),
                new DeliveryId(
                        newest.getInteger("epoch"),
                        new DeliveryKey(
                                newest.getLocalDate("day"),
                                newest.getInteger("lane"),
                                newest.getInteger("stripe"),
                                newest.getLong("seq"))),
                Optional.ofNullable(newest.getString("type")),
                rows.stream().map(DeliveryOverview::ending).toList());
    }

    private static Ending ending(Row row) {
        @Nullable Integer code = row.getInteger("status_code");
        return new Ending(
                Optional.ofNullable(code), Optional.ofNullable(row.getString("error")), row.getInteger("count"));
    }
}
