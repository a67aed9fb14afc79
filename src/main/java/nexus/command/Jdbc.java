package nexus.command;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nexus.store.PostgresUrl;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Blocking connections, for what happens before or without the running application. */
final class Jdbc {
    private Jdbc() {}

    static Connection connect(PostgresUrl url) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", url.user());
        if (!url.password().isEmpty()) {
            properties.setProperty("password", url.password());
        }
        return DriverManager.getConnection(url.jdbcUrl(), properties);
    }

    /** The server's or the driver's own sentence, on one line. Neither ever holds a password. */
    static String reason(SQLException failure) {
        if (failure instanceof PSQLException fromServer && fromServer.getServerErrorMessage() != null) {
            ServerErrorMessage message = fromServer.getServerErrorMessage();
            return Stream.of(message.getMessage(), message.getDetail(), message.getHint())
                    .filter(Objects::nonNull)
                    .map(Jdbc::oneLine)
                    .collect(Collectors.joining("; "));
        }
        return failure.getMessage() == null ? "SQLSTATE " + failure.getSQLState() : oneLine(failure.getMessage());
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ").strip();
    }
}
