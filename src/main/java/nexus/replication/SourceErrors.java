package nexus.replication;

import io.vertx.pgclient.PgException;
import java.net.ConnectException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What an error of the source database, or of the store, means for the connection it came over. */
final class SourceErrors {
    static final String INSUFFICIENT_PRIVILEGE = "42501";
    static final String UNDEFINED_OBJECT = "42704";
    static final String OBJECT_IN_USE = "55006";
    static final String WRONG_STATE = "55000";
    static final String NOT_ENOUGH_SLOTS = "53400";
    static final String LOCK_NOT_AVAILABLE = "55P03";
    static final String DUPLICATE_OBJECT = "42710";

    private SourceErrors() {}

    static boolean is(SQLException error, String sqlState) {
        return sqlState.equals(error.getSQLState());
    }

    /** The connection can't be used any more. */
    static boolean connectionIsGone(SQLException error) {
        String state = error.getSQLState();
        return state != null && (state.startsWith("08") || state.startsWith("57P"));
    }

    /** The server is shutting down, starting up, or nobody listens there. */
    static boolean serverIsDown(@Nullable Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || isShutdown(sqlState(cause))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isShutdown(@Nullable String sqlState) {
        return sqlState != null && sqlState.startsWith("57P0");
    }

    private static @Nullable String sqlState(Throwable error) {
        return switch (error) {
            case SQLException e -> e.getSQLState();
            case PgException e -> e.getSqlState();
            default -> null;
        };
    }
}
