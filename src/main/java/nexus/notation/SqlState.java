package nexus.notation;

import io.vertx.pgclient.PgException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Error codes of PostgreSQL (its documentation, appendix A), by their names there. The text of an error depends on the
 * server's language; its code does not.
 */
public final class SqlState {
    public static final String PROTOCOL_VIOLATION = "08P01";
    public static final String FEATURE_NOT_SUPPORTED = "0A000";
    public static final String CHARACTER_NOT_IN_REPERTOIRE = "22021";
    public static final String UNTRANSLATABLE_CHARACTER = "22P05";
    public static final String UNIQUE_VIOLATION = "23505";
    public static final String CHECK_VIOLATION = "23514";
    public static final String READ_ONLY_SQL_TRANSACTION = "25006";
    public static final String IDLE_IN_TRANSACTION_SESSION_TIMEOUT = "25P03";
    public static final String TRANSACTION_TIMEOUT = "25P04";
    public static final String INVALID_AUTHORIZATION_SPECIFICATION = "28000";
    public static final String INVALID_PASSWORD = "28P01";
    public static final String INVALID_CATALOG_NAME = "3D000";
    public static final String DEADLOCK_DETECTED = "40P01";
    public static final String INSUFFICIENT_PRIVILEGE = "42501";
    public static final String UNDEFINED_OBJECT = "42704";
    public static final String DUPLICATE_OBJECT = "42710";
    public static final String UNDEFINED_TABLE = "42P01";
    public static final String TOO_MANY_CONNECTIONS = "53300";
    public static final String CONFIGURATION_LIMIT_EXCEEDED = "53400";
    public static final String OBJECT_NOT_IN_PREREQUISITE_STATE = "55000";
    public static final String OBJECT_IN_USE = "55006";
    public static final String LOCK_NOT_AVAILABLE = "55P03";
    public static final String QUERY_CANCELED = "57014";
    public static final String ADMIN_SHUTDOWN = "57P01";
    public static final String CRASH_SHUTDOWN = "57P02";
    public static final String CANNOT_CONNECT_NOW = "57P03";
    public static final String DATABASE_DROPPED = "57P04";
    public static final String IDLE_SESSION_TIMEOUT = "57P05";

    private static final Set<String> TEMPORARY = Set.of(
            READ_ONLY_SQL_TRANSACTION, // a standby that is not promoted yet
            IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
            TRANSACTION_TIMEOUT,
            DEADLOCK_DETECTED,
            QUERY_CANCELED); // also by a timeout

    private SqlState() {}

    /** The code that one of the two drivers reports; empty text when the failure has none. */
    public static String of(Throwable failure) {
        @Nullable
        String state =
                switch (failure) {
                    case SQLException e -> e.getSQLState();
                    case PgException e -> e.getSqlState();
                    default -> null;
                };
        return state == null ? "" : state;
    }

    /**
     * Whether the server refused now and may accept the same statement later: a connection was refused or lost (class
     * 08), the server lacks resources (53), starts or stops (57P), or ended the transaction for another reason than the
     * statement itself.
     */
    public static boolean isTemporary(Throwable failure) {
        String state = of(failure);
        return state.startsWith("08") || state.startsWith("53") || state.startsWith("57P") || TEMPORARY.contains(state);
    }

    /** @param sqlState one of this class's constants */
    public static boolean is(Throwable failure, String sqlState) {
        return sqlState.equals(of(failure));
    }
}
