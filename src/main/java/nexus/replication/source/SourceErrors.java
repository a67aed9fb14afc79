package nexus.replication.source;

import java.net.ConnectException;
import java.sql.SQLException;
import java.util.Set;
import nexus.notation.SqlState;
import org.jspecify.annotations.Nullable;

/** What an error of the source database, or of the store, means for the connection it came over. */
public final class SourceErrors {
    /** The whole server stops or starts; no other code of class 57 says so. */
    private static final Set<String> SERVER_IS_DOWN =
            Set.of(SqlState.ADMIN_SHUTDOWN, SqlState.CRASH_SHUTDOWN, SqlState.CANNOT_CONNECT_NOW);

    /** Ends the session alone. */
    private static final Set<String> SESSION_IS_OVER = Set.of(
            SqlState.DATABASE_DROPPED,
            SqlState.IDLE_SESSION_TIMEOUT,
            SqlState.IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
            SqlState.TRANSACTION_TIMEOUT);

    private SourceErrors() {}

    /** The connection can't be used any more. */
    public static boolean connectionIsGone(SQLException error) {
        String state = SqlState.of(error);
        return state.startsWith("08") || SERVER_IS_DOWN.contains(state) || SESSION_IS_OVER.contains(state);
    }

    /** The server is shutting down, starting up, or nobody listens there. */
    public static boolean serverIsDown(@Nullable Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || SERVER_IS_DOWN.contains(SqlState.of(cause))) {
                return true;
            }
        }
        return false;
    }
}
