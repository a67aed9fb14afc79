package nexus.status.trouble;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.event.EventBody;
import nexus.status.meters.StoreSampler;
import nexus.status.trouble.Troubles.Trouble;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;
import org.jspecify.annotations.Nullable;

/** Reads the subscriptions that do not deliver. It costs one pass over subscriptions and counters, and no history. */
@Singleton
class TroubleRepository {
    private static final int MOST = 100;

    /** One row at least, for the sums. A subscription with a reason of its own and DEAD deliveries is two rows. */
    private static final NamedSql ALL = NamedSql.of("""
            WITH counted AS MATERIALIZED (
                SELECT lane, sum(pending + failed)::bigint AS owed, sum(dead)::bigint AS dead
                FROM (SELECT lane, pending, failed, dead FROM stat
                      UNION ALL SELECT lane, pending, failed, dead FROM stat_delta) both_tables
                WHERE lane > 0 GROUP BY lane),
            known AS MATERIALIZED (
                SELECT s.*, coalesce(c.owed, 0) AS owed, coalesce(c.dead, 0) AS dead,
                       CASE WHEN s.state <> 'active' THEN s.state
                            WHEN s.failing_since IS NOT NULL OR s.breaker_opened_at IS NOT NULL THEN 'failing'
                            WHEN s.held_until > now() THEN 'held' END AS reason
                FROM subscription s LEFT JOIN counted c USING (lane)
                WHERE s.deleted_at IS NULL),
            troubled AS MATERIALIZED (
                SELECT k.*, k.owed AS concerned, 0 AS part FROM known k WHERE reason IS NOT NULL
                UNION ALL
                SELECT k.*, k.dead AS concerned, 1 AS part FROM known k WHERE dead > 0),
            sums AS (
                SELECT coalesce(sum(owed), 0)::bigint AS all_owed,
                       count(*) FILTER (WHERE reason = 'failing') AS failing,
                       count(*) FILTER (WHERE reason = 'disabled') AS disabled,
                       count(*) FILTER (WHERE reason = 'paused') AS paused,
                       count(*) FILTER (WHERE reason = 'held') AS held,
                       count(*) FILTER (WHERE dead > 0) AS with_dead
                FROM known),
            shown AS (
                SELECT * FROM troubled
                ORDER BY CASE WHEN part = 1 THEN 3
                              WHEN reason = 'failing' OR disabled_reason IS NOT NULL THEN 0
                              WHEN reason = 'held' THEN 1 ELSE 2 END, concerned DESC, lane
                LIMIT :most)
            SELECT sums.*, t.id, t.settings ->> 'name' AS name, t.kind,
                   CASE WHEN t.part = 1 THEN 'dead' ELSE t.reason END AS reason,
                   CASE WHEN t.part = 0 AND t.reason = 'failing' THEN coalesce(t.failing_since, t.breaker_opened_at)
                        WHEN t.part = 0 AND t.reason IN ('disabled', 'paused') THEN t.updated_at END AS since,
                   CASE WHEN t.part = 0 AND t.held_until > now() THEN t.held_until END AS until,
                   t.concerned, t.failing_attempts, t.disabled_reason, t.breaker_opened_at, t.breaker_probe_at,
                   t.breaker_probe_at > now() AS waits, last.status_code, last.error
            FROM sums LEFT JOIN shown t ON true
            LEFT JOIN LATERAL (
                SELECT * FROM (
                    (SELECT attempted_at, status_code, error FROM attempt
                     WHERE lane = t.lane ORDER BY attempted_at DESC LIMIT 1)
                    UNION ALL
                    (SELECT attempted_at, status_code, error FROM delivery
                     WHERE lane = t.lane AND attempted_at IS NOT NULL ORDER BY attempted_at DESC LIMIT 1)) both_tables
                ORDER BY attempted_at DESC LIMIT 1) last ON true
            ORDER BY CASE WHEN t.part = 1 THEN 3
                          WHEN t.reason = 'failing' OR t.disabled_reason IS NOT NULL THEN 0
                          WHEN t.reason = 'held' THEN 1 ELSE 2 END, t.concerned DESC, t.lane""", "most");

    private final Store store;
    private final StoreSampler sampler;

    @Inject
    TroubleRepository(Store store, StoreSampler sampler) {
        this.store = store;
        this.sampler = sampler;
    }

    Future<Troubles> all() {
        return ALL.on(store.api(), MOST).map(this::troubles);
    }

    private Troubles troubles(RowSet<Row> rows) {
        List<Trouble> data = new ArrayList<>();
        for (Row row : rows) {
            if (row.getUUID("id") != null) {
                data.add(trouble(row));
            }
        }
        Row sums = rows.iterator().next();
        double oldest = sampler.latest().oldestDueSeconds();
        return new Troubles(
                sums.getLong("all_owed"),
                Double.isNaN(oldest) ? null : Long.valueOf((long) oldest),
                sums.getLong("failing"),
                sums.getLong("disabled"),
                sums.getLong("paused"),
                sums.getLong("held"),
                sums.getLong("with_dead"),
                List.copyOf(data));
    }

    private static Trouble trouble(Row row) {
        Optional<Instant> opened = Rows.time(row, "breaker_opened_at");
        String breaker = opened.isEmpty() ? "closed" : row.getBoolean("waits") ? "open" : "half-open";
        return new Trouble(
                row.getUUID("id").toString(),
                row.getString("name"),
                row.getString("kind"),
                row.getString("reason"),
                text(row, "since"),
                text(row, "until"),
                row.getLong("concerned"),
                row.getInteger("failing_attempts"),
                row.getInteger("status_code"),
                row.getString("error"),
                row.getString("disabled_reason"),
                breaker,
                text(row, "breaker_probe_at"));
    }

    private static @Nullable String text(Row row, String column) {
        return Rows.time(row, column).map(EventBody::timestamp).orElse(null);
    }
}
