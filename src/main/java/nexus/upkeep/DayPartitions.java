package nexus.upkeep;

import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import nexus.queue.override.OwedExpiry;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;
import nexus.store.StoreErrors;
import org.jboss.logging.Logger;

/**
 * The daily partitions of {@code event}, {@code delivery}, {@code delivery_run} and {@code attempt}: created ahead of time, and dropped
 * as a whole when their day is older than RETENTION. Deliveries that are still owed then become DEAD as {@code expired}
 * first, and the partition is dropped in the next run, so that their outcome can be read in between.
 *
 * <p>One process at a time does this, on connections of its own. Lock requests have short timeouts, because a waiting
 * request blocks all later ones on the same table; a statement that times out is repeated in the next run.
 */
final class DayPartitions {
    private static final Logger LOG = Logger.getLogger(DayPartitions.class);
    private static final int DAYS_AHEAD = 7;

    private static final String PATIENCE = "SET lock_timeout = '2s'; SET statement_timeout = '60s'";

    /**
     * The lock belongs to a connection that does nothing else, because DETACH CONCURRENTLY cannot run in a transaction. It
     * ends with the connection and holds no snapshot, so it keeps no dead rows.
     */
    private static final String LOCK = "SET idle_in_transaction_session_timeout = 0; BEGIN;"
            + " LOCK TABLE nexus.retention_lock IN EXCLUSIVE MODE NOWAIT";

    /** Each day has a statement of its own, which releases its locks before the next one. */
    private static final NamedSql MAKE_AHEAD =
            NamedSql.of("SELECT ensure_day((now() AT TIME ZONE 'UTC')::date + :ahead::int)", "ahead");

    /** By the store's clock, which also gives each event its day: a wrong clock of this process must not drop anything. */
    private static final NamedSql FIRST_KEPT = NamedSql.of(
            "SELECT ((now() - make_interval(secs => :retention)) AT TIME ZONE 'UTC')::date AS day", "retention");

    /** Partitions are named {@code <table>_YYYYMMDD} by ensure_day. */
    private static final NamedSql PAST = NamedSql.of("""
            SELECT parent.relname AS parent, part.relname AS part, i.inhdetachpending AS pending
            FROM pg_inherits i
            JOIN pg_class parent ON parent.oid = i.inhparent
            JOIN pg_class part ON part.oid = i.inhrelid
            WHERE parent.relnamespace = 'nexus'::regnamespace
              AND part.relname ~ '^[a-z_]+_[0-9]{8}$'
              AND to_date(right(part.relname, 8), 'YYYYMMDD') < :first_kept
            ORDER BY part.relname""", "first_kept");

    private static final NamedSql IS_OWED = NamedSql.of("""
            SELECT EXISTS (SELECT FROM owed WHERE event_day < :first_kept)
                OR EXISTS (SELECT FROM owed_run WHERE event_day < :first_kept) AS is_owed""", "first_kept");

    /** Partitions that an earlier run detached but did not drop. */
    private static final NamedSql DETACHED = NamedSql.of("""
            SELECT c.relname FROM pg_class c
            WHERE c.relnamespace = 'nexus'::regnamespace AND c.relkind = 'r'
              AND c.relname ~ '^[a-z_]+_[0-9]{8}$'
              AND to_date(right(c.relname, 8), 'YYYYMMDD') < :first_kept
              AND EXISTS (SELECT FROM pg_class parent
                          WHERE parent.relnamespace = c.relnamespace AND parent.relkind = 'p'
                            AND parent.relname = left(c.relname, -9))
              AND NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid)""", "first_kept");

    private final Store store;
    private final OwedExpiry expiry;
    private final ExpiryNotices notices;
    private final Duration retention;

    DayPartitions(Store store, OwedExpiry expiry, ExpiryNotices notices, Duration retention) {
        this.store = store;
        this.expiry = expiry;
        this.notices = notices;
        this.retention = retention;
    }

    /** Creates the partitions of the coming days, then drops the past ones. */
    Future<Void> turn() {
        return alone(connection -> makeAhead(connection).compose(made -> dropPast(connection)));
    }

    /** Does nothing while another process holds the lock. */
    private Future<Void> alone(Function<PgConnection, Future<Void>> work) {
        return store.connection().compose(locking -> locking.query(LOCK)
                .execute()
                .transform(locked -> locked.succeeded()
                        ? onItsOwn(work)
                        : StoreErrors.isLocked(locked.cause())
                                ? Future.<Void>succeededFuture()
                                : Future.<Void>failedFuture(locked.cause()))
                .eventually(() -> locking.close()));
    }

    private Future<Void> onItsOwn(Function<PgConnection, Future<Void>> work) {
        return store.connection().compose(connection -> connection
                .query(PATIENCE)
                .execute()
                .compose(set -> work.apply(connection))
                .eventually(() -> connection.close()));
    }

    private static Future<Void> makeAhead(PgConnection connection) {
        Future<Void> all = Future.succeededFuture();
        for (int day = 0; day <= DAYS_AHEAD; day++) {
            int ahead = day;
            all = all.compose(before -> MAKE_AHEAD.on(connection, ahead).mapEmpty());
        }
        return all;
    }

    private Future<Void> dropPast(PgConnection connection) {
        return FIRST_KEPT
                .on(connection, (double) retention.toSeconds())
                .map(rows -> Rows.only(rows).getLocalDate("day"))
                .compose(firstKept -> dropBefore(connection, firstKept));
    }

    private Future<Void> dropBefore(PgConnection connection, LocalDate firstKept) {
        return PAST.on(connection, firstKept).compose(found -> {
            List<String> detaches = new ArrayList<>();
            found.forEach(row -> detaches.add(detach(row)));
            return isOwed(connection, firstKept)
                    .compose(owed -> owed
                            ? expire(firstKept)
                            : inTurn(connection, detaches).compose(detached -> dropDetached(connection, firstKept)));
        });
    }

    private static Future<Boolean> isOwed(PgConnection connection, LocalDate firstKept) {
        return IS_OWED.on(connection, firstKept).map(rows -> Rows.only(rows).getBoolean("is_owed"));
    }

    private Future<Void> expire(LocalDate firstKept) {
        return expiry.expireBefore(firstKept).compose(result -> {
            LOG.warnf("owed for longer than RETENTION, given up count=%d before=%s", result.count(), firstKept);
            return notices.raise(result.expired());
        });
    }

    private static Future<Void> dropDetached(PgConnection connection, LocalDate firstKept) {
        return DETACHED.on(connection, firstKept).compose(rows -> {
            List<String> drops = new ArrayList<>();
            rows.forEach(row -> drops.add("DROP TABLE nexus." + row.getString("relname")));
            return inTurn(connection, drops);
        });
    }

    /**
     * Detaches concurrently, because a plain DETACH or DROP waits for every reader and blocks all later ones. The names
     * come from the catalog and match a pattern of letters and digits, so they need no quotes.
     */
    private static String detach(Row past) {
        return "ALTER TABLE nexus." + past.getString("parent") + " DETACH PARTITION nexus." + past.getString("part")
                + (past.getBoolean("pending") ? " FINALIZE" : " CONCURRENTLY");
    }

    /** A statement that does not get its lock in time does not stop the others. */
    private static Future<Void> inTurn(PgConnection connection, List<String> statements) {
        Future<Void> all = Future.succeededFuture();
        for (String statement : statements) {
            all = all.compose(before -> connection.query(statement).execute())
                    .onSuccess(done -> LOG.infof("retention statement=\"%s\"", statement))
                    .<Void>mapEmpty()
                    .recover(failure -> {
                        LOG.warnf(
                                "retention statement postponed statement=\"%s\" reason=%s",
                                statement, failure.getMessage());
                        return Future.succeededFuture();
                    });
        }
        return all;
    }
}
