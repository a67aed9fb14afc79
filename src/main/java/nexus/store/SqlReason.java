package nexus.store;

import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Why a statement or a connection failed: the server's or the driver's own sentence, for people. */
public final class SqlReason {
    /** Connection exceptions, too many connections, a lock not got in time, starting up or shutting down. */
    private static final Set<String> PASSING =
            Set.of("08000", "08001", "08003", "08006", "53300", "55P03", "57P01", "57P03");

    private SqlReason() {}

    /** Whether trying again some time later may help, with nobody changing anything. */
    public static boolean passes(SQLException failure) {
        return failure.getSQLState() != null && PASSING.contains(failure.getSQLState());
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
