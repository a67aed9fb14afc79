package nexus.status.stats;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;
import nexus.store.IndexedRead;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;

/** Reads the counters: the sums in {@code stat} plus the deltas that are not added yet. */
@Singleton
public class StatRepository {
    private static final String TOTALS = """
            SELECT coalesce(sum(events), 0)::bigint AS events, coalesce(sum(deliveries), 0)::bigint AS deliveries,
                   coalesce(sum(pending), 0)::bigint AS pending, coalesce(sum(sent), 0)::bigint AS sent,
                   coalesce(sum(failed), 0)::bigint AS failed, coalesce(sum(dead), 0)::bigint AS dead
            FROM (SELECT events, deliveries, pending, sent, failed, dead FROM stat
                  UNION ALL SELECT events, deliveries, pending, sent, failed, dead FROM stat_delta) counted""";

    /**
     * Attempts by index, the newest 1000 of each table and then of all. A packed row has at least 32 and may cover a minute,
     * so the newest 1000 of the newest 40 packed rows are about the newest 1000 of all packed rows.
     */
    private static final NamedSql OF_SUBSCRIPTION = NamedSql.of("""
            WITH s AS MATERIALIZED (
                SELECT lane, held_until, breaker_opened_at, breaker_probe_at, now() AS now
                FROM subscription WHERE id = :id AND deleted_at IS NULL),
            recent AS MATERIALIZED (
                SELECT * FROM (
                    (SELECT attempted_at, duration_ms, status_code FROM attempt
                     WHERE lane = (SELECT lane FROM s) ORDER BY attempted_at DESC LIMIT 1000)
                    UNION ALL
                    (SELECT attempted_at, duration_ms, status_code FROM delivery
                     WHERE lane = (SELECT lane FROM s) AND attempted_at IS NOT NULL
                     ORDER BY attempted_at DESC LIMIT 1000)
                    UNION ALL
                    (SELECT attempted_at, duration_ms, status_code FROM delivery_of_run
                     WHERE lane = (SELECT lane FROM s) AND last_attempted_at >= (
                         SELECT min(last_attempted_at)
                         FROM (SELECT last_attempted_at FROM delivery_run
                               WHERE lane = (SELECT lane FROM s)
                               ORDER BY last_attempted_at DESC LIMIT 40) newest)
                     ORDER BY attempted_at DESC LIMIT 1000)) all_tables
                ORDER BY attempted_at DESC LIMIT 1000),
            tried AS (
                SELECT count(*)::int AS attempts,
                       (count(*) FILTER (WHERE status_code BETWEEN 200 AND 299))::float8 / nullif(count(*), 0) AS success_rate,
                       percentile_disc(0.5) WITHIN GROUP (ORDER BY duration_ms)::float8 AS p50,
                       percentile_disc(0.95) WITHIN GROUP (ORDER BY duration_ms)::float8 AS p95,
                       percentile_disc(0.99) WITHIN GROUP (ORDER BY duration_ms)::float8 AS p99
                FROM recent),
            counts AS (
                SELECT coalesce(sum(deliveries), 0)::bigint AS deliveries, coalesce(sum(pending), 0)::bigint AS pending,
                       coalesce(sum(sent), 0)::bigint AS sent, coalesce(sum(failed), 0)::bigint AS failed,
                       coalesce(sum(dead), 0)::bigint AS dead,
                       coalesce(sum(filter_unknown), 0)::bigint AS filter_unknown
                FROM (SELECT deliveries, pending, sent, failed, dead, filter_unknown FROM stat
                      WHERE lane = (SELECT lane FROM s)
                      UNION ALL
                      SELECT deliveries, pending, sent, failed, dead, filter_unknown FROM stat_delta
                      WHERE lane = (SELECT lane FROM s)) counted)
            SELECT counts.*, tried.*, s.* FROM s, counts, tried""", "id");

    private final Store store;

    public StatRepository(Store store) {
        this.store = store;
    }

    Future<Stats> totals() {
        return store.api().query(TOTALS).execute().map(rows -> {
            Row row = Rows.only(rows);
            return new Stats(
                    row.getLong("events"),
                    row.getLong("deliveries"),
                    row.getLong("pending"),
                    row.getLong("sent"),
                    row.getLong("failed"),
                    row.getLong("dead"));
        });
    }

    /** Empty when the subscription does not exist or is deleted. */
    Future<Optional<SubscriptionStats>> ofSubscription(UUID id) {
        return IndexedRead.of(OF_SUBSCRIPTION, id)
                .on(store.api())
                .map(rows -> Rows.first(rows, StatRepository::subscriptionStats));
    }

    private static SubscriptionStats subscriptionStats(Row row) {
        return new SubscriptionStats(
                row.getLong("deliveries"),
                row.getLong("pending"),
                row.getLong("sent"),
                row.getLong("failed"),
                row.getLong("dead"),
                row.getLong("filter_unknown"),
                row.getInteger("attempts"),
                row.getDouble("success_rate"),
                new SubscriptionStats.LatencyMs(row.getDouble("p50"), row.getDouble("p95"), row.getDouble("p99")),
                SubscriptionStats.Breaker.of(
                        Rows.time(row, "breaker_opened_at").orElse(null),
                        Rows.time(row, "breaker_probe_at").orElse(null),
                        Rows.time(row, "held_until").orElse(null),
                        Rows.instant(row, "now")));
    }
}
