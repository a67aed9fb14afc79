package nexus.replication.source;

import io.vertx.pgclient.PgException;
import java.net.ConnectException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an error of the source database, or of the store, means for the connection it came over. */
public final class SourceErrors {
    public static final String INSUFFICIENT_PRIVILEGE = "42501";
    public static final String UNDEFINED_OBJECT = "42704";
    public static final String OBJECT_IN_USE = "55006";
    public static final String WRONG_STATE = "55000";
    public static final String NOT_ENOUGH_SLOTS = "53400";
    static final String LOCK_NOT_AVAILABLE = "55P03";
    public static final String PROTOCOL_VIOLATION = "08P01";
    public static final String DUPLICATE_OBJECT = "42710";

    private SourceErrors() {}

    public static boolean is(SQLException error, String sqlState) {
        return sqlState.equals(error.getSQLState());
    }

    /** The whole server stops or starts; no other code of class 57 says so. */
    private static final Set<String> SERVER_IS_DOWN = Set.of(
            "57P01", // admin_shutdown
            "57P02", // crash_shutdown
            "57P03"); // cannot_connect_now

    /** Ends the session alone. */
    private static final Set<String> SESSION_IS_OVER = Set.of(
            "57P04", // database_dropped
            "57P05", // idle_session_timeout
            "25P03", // idle_in_transaction_session_timeout
            "25P04"); // transaction_timeout

    /** The connection can't be used any more. */
    public static boolean connectionIsGone(SQLException error) {
        String state = error.getSQLState();
        return state != null
                && (state.startsWith("08") || SERVER_IS_DOWN.contains(state) || SESSION_IS_OVER.contains(state));
    }

    /** The server is shutting down, starting up, or nobody listens there. */
    public static boolean serverIsDown(@Nullable Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || SERVER_IS_DOWN.contains(sqlState(cause))) {
                return true;
            }
        }
        return false;
    }

    /** Empty when the error has none. */
    private static String sqlState(Throwable error) {
        @Nullable
        String state =
                switch (error) {
                    case SQLException e -> e.getSQLState();
                    case PgException e -> e.getSqlState();
                    default -> null;
                };
        return state == null ? "" : state;
    }
}
