package nexus.upkeep;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import nexus.store.Store;
import org.jboss.logging.Logger;

/**
 * The daily partitions of {@code event}, {@code delivery} and {@code attempt}: made ahead, and dropped as a whole when
 * their day is over RETENTION. A day to which something is still owed stays.
 */
final class DayPartitions {
    private static final Logger LOG = Logger.getLogger(DayPartitions.class);
    private static final int DAYS_AHEAD = 7;

    private static final String MAKE_AHEAD =
            "SELECT ensure_day((now() AT TIME ZONE 'UTC')::date + n) FROM generate_series(0, " + DAYS_AHEAD + ") n";

    /** Partitions are named {@code <table>_YYYYMMDD} by ensure_day. */
    private static final String PAST = """
            SELECT parent.relname AS parent, part.relname AS part, i.inhdetachpending AS pending
            FROM pg_inherits i
            JOIN pg_class parent ON parent.oid = i.inhparent
            JOIN pg_class part ON part.oid = i.inhrelid
            WHERE parent.relnamespace = 'nexus'::regnamespace
              AND parent.relname IN ('event', 'delivery', 'attempt')
              AND part.relname ~ '^(event|delivery|attempt)_[0-9]{8}$'
              AND to_date(right(part.relname, 8), 'YYYYMMDD') < $1
              AND NOT EXISTS (
                  SELECT FROM owed WHERE event_day = to_date(right(part.relname, 8), 'YYYYMMDD'))
            ORDER BY part.relname""";

    /** Detached in an earlier run that did not come to the DROP. */
    private static final String DETACHED = """
            SELECT c.relname FROM pg_class c
            WHERE c.relnamespace = 'nexus'::regnamespace AND c.relkind = 'r'
              AND c.relname ~ '^(event|delivery|attempt)_[0-9]{8}$'
              AND to_date(right(c.relname, 8), 'YYYYMMDD') < $1
              AND NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid)""";

    private final Store store;
    private final Clock clock;
    private final Duration retention;

    DayPartitions(Store store, Clock clock, Duration retention) {
        this.store = store;
        this.clock = clock;
        this.retention = retention;
    }

    Future<Void> makeAhead() {
        return store.api().query(MAKE_AHEAD).execute().mapEmpty();
    }

    Future<Void> dropPast() {
        LocalDate firstKept =
                clock.instant().minus(retention).atOffset(ZoneOffset.UTC).toLocalDate();
        return store.api()
                .preparedQuery(PAST)
                .execute(Tuple.of(firstKept))
                .compose(rows -> {
                    List<Past> past = new ArrayList<>();
                    rows.forEach(row -> past.add(Past.of(row)));
                    return inTurn(past.stream().map(Past::detach).toList());
                })
                .compose(detached -> store.api().preparedQuery(DETACHED).execute(Tuple.of(firstKept)))
                .compose(rows -> {
                    List<String> drops = new ArrayList<>();
                    rows.forEach(row -> drops.add("DROP TABLE nexus." + row.getString(0)));
                    return inTurn(drops);
                });
    }

    /** Names come from the catalog and match a pattern of letters and digits, so they need no quoting. */
    private record Past(String parent, String part, boolean isPending) {
        static Past of(Row row) {
            return new Past(row.getString("parent"), row.getString("part"), row.getBoolean("pending"));
        }

        /** Concurrently: a plain DETACH or DROP waits behind every reader, and everybody else waits behind it. */
        String detach() {
            return "ALTER TABLE nexus." + parent + " DETACH PARTITION nexus." + part
                    + (isPending ? " FINALIZE" : " CONCURRENTLY");
        }
    }

    private Future<Void> inTurn(List<String> statements) {
        Future<Void> all = Future.succeededFuture();
        for (String statement : statements) {
            all = all.compose(before -> store.api().query(statement).execute())
                    .onSuccess(done -> LOG.infof("retention statement=\"%s\"", statement))
                    .mapEmpty();
        }
        return all;
    }
}
