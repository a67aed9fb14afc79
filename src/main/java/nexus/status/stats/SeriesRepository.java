package nexus.status.stats;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;
import nexus.tally.StatusClass;
import nexus.tally.Tally;
import org.jspecify.annotations.Nullable;

/** Reads the counts by minute and by hour, and the deltas that are not added yet. */
@Singleton
public class SeriesRepository {
    /** Lane 0 is the sum of all lanes. The minutes of an hour are deleted by the statement that adds them to the hour. */
    private static final NamedSql COUNTED = NamedSql.of("""
            WITH sought AS MATERIALIZED (
                SELECT CASE WHEN :subscription::uuid IS NULL THEN 0
                            ELSE (SELECT lane FROM subscription WHERE id = :subscription::uuid) END AS lane)
            SELECT m.at, answers, events, sent, failed, dead, durations, NULL::bigint[] AS tried
            FROM sought JOIN stat_minute m USING (lane) WHERE m.at >= :since
            UNION ALL
            SELECT h.at, answers, events, sent, failed, dead, durations, NULL
            FROM sought JOIN stat_hour h USING (lane) WHERE :in_hours AND h.at >= :since
            UNION ALL
            SELECT d.at, 0::smallint, CASE WHEN sought.lane = d.lane THEN events + deliveries ELSE 0 END, 0, 0,
                   greatest(dead, 0), NULL, tried
            FROM sought JOIN stat_delta d ON sought.lane IN (0, d.lane) WHERE d.at >= :since
            """, "subscription", "since", "in_hours");

    private final Store store;

    public SeriesRepository(Store store) {
        this.store = store;
    }

    /**
     * The counts since the start of a point.
     *
     * @param subscription empty for all of them together
     */
    public Future<Series> counted(Optional<UUID> subscription, SeriesStep step, Instant since, Instant until) {
        return COUNTED.on(store.api(), subscription.orElse(null), Rows.utc(step.startOf(since)), step.isInHours())
                .map(rows -> Series.of(step, since, until, tallies(rows, step)));
    }

    private static Map<Instant, Tally> tallies(RowSet<Row> rows, SeriesStep step) {
        Map<Instant, Tally> tallies = new HashMap<>();
        for (Row row : rows) {
            add(row, tallies.computeIfAbsent(step.startOf(Rows.instant(row, "at")), first -> new Tally()));
        }
        return tallies;
    }

    private static void add(Row row, Tally tally) {
        tally.addEvents(row.getLong("events"));
        tally.addDead(row.getLong("dead"));
        Long @Nullable [] tried = row.getArrayOfLongs("tried");
        if (tried != null) {
            tally.add(tried);
        }
        Long @Nullable [] durations = row.getArrayOfLongs("durations");
        if (durations != null) {
            StatusClass answers = StatusClass.numbered(row.getShort("answers"));
            tally.add(answers, row.getLong("sent"), row.getLong("failed"), durations);
        }
    }
}
