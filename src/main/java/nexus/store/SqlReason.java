package nexus.store;

import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nexus.notation.SqlState;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** The reason why a statement or a connection failed: the server's or the driver's own message, for people. */
public final class SqlReason {
    /** Connection exceptions, too many connections, a lock timeout, a server that starts up or shuts down. */
    private static final Set<String> PASSING = Set.of(
            "08000",
            "08001",
            "08003",
            "08006",
            SqlState.TOO_MANY_CONNECTIONS,
            SqlState.LOCK_NOT_AVAILABLE,
            SqlState.ADMIN_SHUTDOWN,
            SqlState.CANNOT_CONNECT_NOW);

    private SqlReason() {}

    /** Whether a later try may succeed without any change by an administrator. */
    public static boolean passes(SQLException failure) {
        return PASSING.contains(SqlState.of(failure));
    }

    /** The message on one line. The messages of server and driver never contain a password. */
    public static String of(SQLException failure) {
        if (failure instanceof PSQLException fromServer && fromServer.getServerErrorMessage() != null) {
            ServerErrorMessage message = fromServer.getServerErrorMessage();
            return Stream.of(message.getMessage(), message.getDetail(), message.getHint())
                    .filter(Objects::nonNull)
                    .map(SqlReason::oneLine)
                    .collect(Collectors.joining("; "));
        }
        return failure.getMessage() == null ? "SQLSTATE " + failure.getSQLState() : oneLine(failure.getMessage());
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ").strip();
    }
}
