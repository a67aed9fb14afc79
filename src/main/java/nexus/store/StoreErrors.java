package nexus.store;

import io.vertx.core.VertxException;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import nexus.notation.SqlState;

/** What a failure of the store is about, by its SQLSTATE: the text depends on the server's language. */
public final class StoreErrors {
    private StoreErrors() {}

    /** A row belongs to a day of which there is no partition; a broken CHECK has the same code, but names itself. */
    public static boolean isMissingPartition(Throwable failure) {
        return failure instanceof PgException e
                && SqlState.is(e, SqlState.CHECK_VIOLATION)
                && e.getConstraint() == null;
    }

    /**
     * The values of one row are at fault (class 22, data exception, 23, a broken constraint, and 54, a limit): without
     * that row the same statement would succeed.
     */
    public static boolean isAboutOneRow(Throwable failure) {
        String state = SqlState.of(failure);
        return state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
    }

    /** Whether a row of this table, or of one of its partitions, may be at fault: not every error names its table. */
    public static boolean mayBeOfTable(Throwable failure, String table) {
        return failure instanceof PgException e
                && (e.getTable() == null
                        || e.getTable().equals(table)
                        || e.getTable().startsWith(table + '_'));
    }

    /** A row with the same key is there already. */
    public static boolean isTaken(Throwable failure) {
        return SqlState.is(failure, SqlState.UNIQUE_VIOLATION);
    }

    /** There is no such table: of a process, when it has ended. */
    public static boolean isMissingTable(Throwable failure) {
        return SqlState.is(failure, SqlState.UNDEFINED_TABLE);
    }

    /** Another session kept a lock for longer than is waited for one. */
    public static boolean isLocked(Throwable failure) {
        return SqlState.is(failure, SqlState.LOCK_NOT_AVAILABLE);
    }

    /**
     * A connection was refused, lost, or not to be had in time, or the server starts, stops or is full: it may be back in a
     * moment. Whether a transaction under way was committed is not known then.
     */
    public static boolean isAway(Throwable failure) {
        if (failure instanceof PgException e) {
            String state = SqlState.of(e);
            return state.startsWith("08") || state.startsWith("53") || state.startsWith("57P");
        }
        return failure instanceof IOException
                || failure instanceof TimeoutException
                || failure instanceof VertxException
                || failure instanceof NoStackTraceThrowable;
    }

    /** Two transactions waited for each other, and this one was ended: done once more, it succeeds. */
    public static boolean isDeadlock(Throwable failure) {
        return SqlState.is(failure, SqlState.DEADLOCK_DETECTED);
    }
}
