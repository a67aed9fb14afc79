package nexus.upkeep;

import io.vertx.core.Future;
import nexus.store.Store;

/**
 * Vacuums {@code owed} and {@code owed_run} according to the number of deleted rows. At full rate a million dead rows
 * collect between two runs of autovacuum, and every reader has to skip them.
 */
final class QueueVacuum {
    private static final long WORTH_IT = 50_000;
    private static final String NO_TIMEOUT = "SET statement_timeout = 0";
    private static final String VACUUM = "VACUUM (TRUNCATE off) owed, owed_run";

    private final Store store;
    private long dead;

    QueueVacuum(Store store) {
        this.store = store;
    }

    synchronized void add(long deletedRows) {
        dead += deletedRows;
    }

    Future<Void> run() {
        synchronized (this) {
            if (dead < WORTH_IT) {
                return Future.succeededFuture();
            }
            dead = 0;
        }
        return store.connection().compose(connection -> connection
                .query(NO_TIMEOUT)
                .execute()
                .compose(set -> connection.query(VACUUM).execute())
                .<Void>mapEmpty()
                .eventually(() -> connection.close()));
    }
}
