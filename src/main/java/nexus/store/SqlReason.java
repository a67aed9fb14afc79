package nexus.store;

import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nexus.notation.SqlState;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Why a statement or a connection failed: the server's or the driver's own sentence, for people. */
public final class SqlReason {
    /** Connection exceptions, too many connections, a lock not got in time, starting up or shutting down. */
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

    /** Whether trying again some time later may help, with nobody changing anything. */
    public static boolean passes(SQLException failure) {
        return PASSING.contains(SqlState.of(failure));
    }

    /** On one line. Neither sentence ever holds a password. */
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
