package nexus.replication.source;

import java.net.ConnectException;
import java.sql.SQLException;
import java.util.Set;
import nexus.notation.SqlState;
import org.jspecify.annotations.Nullable;

/** Tells whether an error of the source database or of the store means that its connection or server is down. */
public final class SourceErrors {
    /** The server shuts down or starts; the other codes of class 57 do not mean that. */
    private static final Set<String> SERVER_IS_DOWN =
            Set.of(SqlState.ADMIN_SHUTDOWN, SqlState.CRASH_SHUTDOWN, SqlState.CANNOT_CONNECT_NOW);

    /** The server ended this session only. */
    private static final Set<String> SESSION_IS_OVER = Set.of(
            SqlState.DATABASE_DROPPED,
            SqlState.IDLE_SESSION_TIMEOUT,
            SqlState.IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
            SqlState.TRANSACTION_TIMEOUT);

    private SourceErrors() {}

    /** Whether the connection is unusable. */
    public static boolean connectionIsGone(SQLException error) {
        String state = SqlState.of(error);
        return state.startsWith("08") || SERVER_IS_DOWN.contains(state) || SESSION_IS_OVER.contains(state);
    }

    /** Whether the server is shutting down, starting up, or not listening. */
    public static boolean serverIsDown(@Nullable Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || SERVER_IS_DOWN.contains(SqlState.of(cause))) {
                return true;
            }
        }
        return false;
    }
}
