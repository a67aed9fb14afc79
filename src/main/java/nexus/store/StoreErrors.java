package nexus.store;

import io.vertx.core.VertxException;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import nexus.notation.SqlState;

/** Classifies failures of the store by SQLSTATE, because their text depends on the server's language. */
public final class StoreErrors {
    private StoreErrors() {}

    /** The partition for a row's day does not exist. A violated CHECK has the same code, but names its constraint. */
    public static boolean isMissingPartition(Throwable failure) {
        return failure instanceof PgException e
                && SqlState.is(e, SqlState.CHECK_VIOLATION)
                && e.getConstraint() == null;
    }

    /**
     * Whether the values of one row caused the failure (class 22, data exception, 23, a violated constraint, and 54, a
     * limit), so that the statement would succeed without that row.
     */
    public static boolean isAboutOneRow(Throwable failure) {
        String state = SqlState.of(failure);
        return state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
    }

    /** Whether a row of this table, or of one of its partitions, may be the cause: not every error names its table. */
    public static boolean mayBeOfTable(Throwable failure, String table) {
        return failure instanceof PgException e
                && (e.getTable() == null
                        || e.getTable().equals(table)
                        || e.getTable().startsWith(table + '_'));
    }

    /** A row with the same key exists already. */
    public static boolean isTaken(Throwable failure) {
        return SqlState.is(failure, SqlState.UNIQUE_VIOLATION);
    }

    /** The table does not exist; a process's own table is missing once the process has ended. */
    public static boolean isMissingTable(Throwable failure) {
        return SqlState.is(failure, SqlState.UNDEFINED_TABLE);
    }

    /** Another session held a lock for longer than the lock timeout. */
    public static boolean isLocked(Throwable failure) {
        return SqlState.is(failure, SqlState.LOCK_NOT_AVAILABLE);
    }

    /**
     * A connection was refused, lost, or not available in time, or the server cannot do it now. A later try may
     * succeed. It is unknown whether an open transaction was committed.
     */
    public static boolean isAway(Throwable failure) {
        if (failure instanceof PgException) {
            return SqlState.isTemporary(failure);
        }
        return failure instanceof IOException
                || failure instanceof TimeoutException
                || failure instanceof VertxException
                || failure instanceof NoStackTraceThrowable;
    }

    /** The server ended this transaction because of a deadlock; it succeeds when repeated. */
    public static boolean isDeadlock(Throwable failure) {
        return SqlState.is(failure, SqlState.DEADLOCK_DETECTED);
    }
}
